/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report still lacks is asked one thing at a time, the place first (SALUTE: size, activity,
 * location, unit, time, equipment).
 *
 * Eva: REPORT men in vests take people     -> it is #17. Where exactly?
 * Eva: 5th and Main                        -> how many people and vehicles?
 *                                          -> who took #17: #17 so far. Where: 5th and Main
 * Eva: six                                 -> what are they doing?
 * Eva: taking two men out of a car         -> ...
 *                                          -> a minute after that: all of it in one text
 * The first answer after a quiet minute goes at once, and so do the place and the last one.
 */
#include <stdio.h>

#include "internal.h"

#define FORM_ASKED_MS  (30 * MS_PER_MIN) /* an answer within this time fills the form */
#define FORM_PAUSE_MS  MS_PER_MIN        /* between two times that answers are passed on */
#define FORM_VALUE_MAX 160
#define SHORT_WORDS    4

/* In the order in which they are asked. The first question comes with the thanks for the report. */
static const struct field {
	const char *note; /* in the trail */
	enum speech_message ask, known;
} fields[FIELDS] = {
	[FIELD_PLACE] = { "place", MSG_FORM_ASK_PLACE, MSG_FORM_PLACE },
	[FIELD_SIZE] = { "size", MSG_FORM_ASK_SIZE, MSG_FORM_SIZE },
	[FIELD_ACTIVITY] = { "activity", MSG_FORM_ASK_ACTIVITY, MSG_FORM_ACTIVITY },
	[FIELD_UNIT] = { "unit", MSG_FORM_ASK_UNIT, MSG_FORM_UNIT },
	[FIELD_TIME] = { "time", MSG_FORM_ASK_TIME, MSG_FORM_TIME },
	[FIELD_EQUIPMENT] = { "equipment", MSG_FORM_ASK_EQUIPMENT, MSG_FORM_EQUIPMENT },
};

/** The open question, as the dialogue keeps it. */
struct question {
	int64_t incident_id, asked_ms;
	int64_t told_ms; /* when answers are passed on, or were last; 0 = none were yet */
	int field;
	unsigned int known; /* bits of fields */
};

static int first_lacking(unsigned int known)
{
	int field = 0;

	while (field < FIELDS && (known >> field & 1))
		field++;
	return field;
}

static int keep_question(struct turn *turn, const struct question *question)
{
	struct dialogue dialogue = { .kind = DIALOGUE_FORM,
		.expires_ms = turn->now_ms + FORM_ASKED_MS };

	snprintf(dialogue.data, sizeof(dialogue.data), "%" PRId64 " %d %u %" PRId64 " %" PRId64,
		question->incident_id, question->field, question->known, turn->now_ms,
		question->told_ms);
	return store_dialogue_set(turn->desk->store, turn->who.id, &dialogue);
}

static int open_question(struct turn *turn, struct question *out)
{
	struct dialogue dialogue;
	int rc = store_dialogue_get(turn->desk->store, turn->who.id, turn->now_ms, &dialogue);

	if (rc < 0 || dialogue.kind != DIALOGUE_FORM)
		return rc;
	out->told_ms = 0;
	rc = sscanf(dialogue.data, "%" SCNd64 " %d %u %" SCNd64 " %" SCNd64, &out->incident_id,
		&out->field, &out->known, &out->asked_ms, &out->told_ms);
	return rc >= 4 && out->field >= 0 && out->field < FIELDS;
}

/* There is one question at a time, and what was prepared must not be lost with its own. */
static int waits_for_a_code(struct turn *turn)
{
	struct dialogue dialogue;
	int rc = store_dialogue_get(turn->desk->store, turn->who.id, turn->now_ms, &dialogue);

	return rc < 0 ? rc : dialogue.kind == DIALOGUE_GRANT || dialogue.kind == DIALOGUE_DRAFT;
}

int form_open(struct turn *turn, int64_t incident_id, unsigned int known)
{
	struct question question = { .incident_id = incident_id, .known = known };
	int rc = waits_for_a_code(turn);

	question.field = first_lacking(question.known);
	if (rc == 1 || question.field == FIELDS)
		return FIELDS;
	if (rc == 0)
		rc = keep_question(turn, &question);
	return rc < 0 ? rc : question.field;
}

void form_say_question(struct turn *turn, const char *language, int field, struct strbuf *out)
{
	say_next(turn, language, SAY(fields[field].ask), out);
}

int form_close(struct turn *turn, int64_t person_id)
{
	struct dialogue dialogue;
	int rc = store_dialogue_get(turn->desk->store, person_id, turn->now_ms, &dialogue);

	if (rc < 0 || dialogue.kind != DIALOGUE_FORM)
		return rc;
	return store_dialogue_clear(turn->desk->store, person_id);
}

/* ---- what is known --------------------------------------------------------------------------- */

struct form_values {
	char text[FIELDS][FORM_VALUE_MAX];
	int n;
};

static int read_note(void *ctx, const struct incident_note *note)
{
	struct form_values *values = ctx;

	for (int i = 0; i < FIELDS; i++) {
		if (strcmp(fields[i].note, note->what) != 0)
			continue;
		struct strbuf text;
		char before[FORM_VALUE_MAX];

		text_copy(before, sizeof(before), values->text[i]);
		values->n += !before[0];
		strbuf_init(&text, values->text[i], FORM_VALUE_MAX);
		strbuf_addf(&text, "%s%s%s", before, before[0] ? "; " : "", note->text);
	}
	return 0;
}

static int read_form(struct turn *turn, int64_t incident_id, struct form_values *out)
{
	*out = (struct form_values){ .n = 0 };
	return store_incident_notes(turn->desk->store, incident_id, read_note, out);
}

static void say_values(struct turn *turn, const char *language, const struct form_values *values,
	struct strbuf *out)
{
	for (int i = 0; i < FIELDS; i++)
		if (values->text[i][0])
			say_next(turn, language,
				SAY(fields[i].known, SPEECH_TEXT("text", values->text[i])), out);
}

struct form_words {
	int64_t incident_id;
	struct form_values values;
};

static void compose_form(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct form_words *words = arg;

	say_in(turn, language, SAY(MSG_TOLD_FORM, SPEECH_NUMBER("incident", words->incident_id)),
		out);
	say_values(turn, language, &words->values, out);
}

void form_say(struct turn *turn, const char *language, int64_t incident_id, struct strbuf *out)
{
	struct form_values values;

	if (read_form(turn, incident_id, &values) == 0)
		say_values(turn, language, &values, out);
}

int form_tell(struct turn *turn, const struct incident *incident)
{
	struct form_words words = { .incident_id = incident->id };
	int rc = read_form(turn, incident->id, &words.values);

	if (rc == 0 && words.values.n > 0)
		rc = tell_holder(turn, incident, COMPOSED(compose_form, &words));
	return rc < 0 ? rc : 0;
}

/* ---- an answer ------------------------------------------------------------------------------- */

/* "Start of the street": no more than the word brings somebody back. */
static bool begins_as_start(const struct turn *turn)
{
	return turn->heard.word == WORD_START && *turn->heard.rest;
}

/*
 * A command is one in every dialogue; YES, NO and a number answer the question that came last: an
 * alert's, or this one's.
 */
static int is_an_answer(struct turn *turn, const struct question *question)
{
	enum speech_word word = turn->heard.word;
	struct alert alert;
	int rc;

	if (!*turn->body || *turn->body == '#')
		return 0;
	if (word != WORD_YES && word != WORD_NO && !begins_as_start(turn) && judge_is_command(turn))
		return 0;
	/* "help!!!" says neither where nor how many */
	if (word == WORD_HELP && salute_known(turn, turn->body) == 0)
		return 0;
	/* what waits for a code leaves by it, whatever was asked since */
	rc = code_is_awaited(turn);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = store_alert_for_person(turn->desk->store, turn->who.id, question->asked_ms, &alert);
	return rc < 0 ? rc : rc == 0;
}

static bool is_quiet(const struct turn *turn, const struct question *question)
{
	int64_t ago_ms = turn->now_ms - question->told_ms;

	return ago_ms >= FORM_PAUSE_MS || ago_ms < -FORM_PAUSE_MS;
}

/*
 * Passed on at once when the place is known now or all is, and after a quiet minute: what it says
 * may be alarming. Else a minute after the time before, however many more come until then.
 */
static int pass_on(struct turn *turn, struct question *question, bool now)
{
	struct store *store = turn->desk->store;
	struct incident incident;
	struct work work;
	int rc = store_work_get(store, question->incident_id, &work);

	if (rc < 0)
		return rc;
	now |= work.form_ms == 0 && is_quiet(turn, question);
	if (now)
		question->told_ms = turn->now_ms;
	else if (work.form_ms == 0)
		question->told_ms += FORM_PAUSE_MS;
	work.form_ms = now ? 0 : question->told_ms;
	rc = store_work_set(store, &work);
	if (rc < 0 || !now)
		return rc;
	rc = store_incident_get(store, question->incident_id, &incident);
	return rc < 0 ? rc : form_tell(turn, &incident);
}

/*
 * An answer is short or says something that can be asked for. What is neither may be a machine's,
 * which answers question after question for ever.
 */
static bool is_to_the_point(const struct turn *turn)
{
	return !turn->alike &&
	       (count_words(turn->body) <= SHORT_WORDS || salute_known(turn, turn->body) != 0);
}

/* All is known, or nobody seems to be there who answers: no more is asked. */
static int end_questions(struct turn *turn, const struct question *question, bool thanks)
{
	int rc = store_dialogue_clear(turn->desk->store, turn->who.id);

	return rc < 0 || !thanks
		       ? rc
		       : reply(turn, SAY(MSG_FORM_THANKS,
					     SPEECH_NUMBER("incident", question->incident_id)));
}

static int answered(struct turn *turn, struct question *question)
{
	struct store *store = turn->desk->store;
	int field = salute_field(turn, turn->body, question->field);
	int rc = store_incident_note(store, question->incident_id, turn->who.id, fields[field].note,
		turn->body, turn->now_ms);

	if (rc < 0)
		return rc;
	turn->taken_for = "report-more";
	question->known |= 1U << question->field | salute_known(turn, turn->body);
	question->field = first_lacking(question->known);
	rc = is_to_the_point(turn) ? 1 : flood_may_thank(turn);
	if (rc < 0)
		return rc;
	int goes_on = rc == 1 && question->field < FIELDS;

	int passed = pass_on(turn, question, field == FIELD_PLACE || !goes_on);

	if (passed < 0)
		return passed;
	if (!goes_on)
		return end_questions(turn, question, rc == 1);
	rc = keep_question(turn, question);
	return rc < 0 ? rc : reply(turn, SAY(fields[question->field].ask));
}

int form_handle(struct turn *turn)
{
	struct question question = { .incident_id = 0 };
	struct incident incident;
	int rc = open_question(turn, &question);

	if (rc == 1)
		rc = is_an_answer(turn, &question);
	if (rc <= 0)
		return rc < 0 ? rc : NOT_MINE;
	rc = store_incident_get(turn->desk->store, question.incident_id, &incident);
	if (rc == -ENOENT || (rc == 0 && incident_closed(&incident)))
		rc = store_dialogue_clear(turn->desk->store, turn->who.id);
	else if (rc == 0)
		return answered(turn, &question);
	return rc < 0 ? rc : NOT_MINE;
}
