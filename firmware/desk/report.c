/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eva: REPORT two vans at 5th and Main   -> thank you, it is #17; how many ...? (form.c goes on)
 *                                        -> dispatchers: #17 REPORT: ... (escalate.c: whom)
 * Eva, later: they are gone              -> added to #17
 *                                        -> who took #17: #17 more: ...
 * Dan: is the clinic open?               -> thank you, it is #18
 *                                        -> dispatchers: #18 message: ...
 */
#include <ctype.h>

#include "internal.h"

static int open_incident(
	struct turn *turn, enum incident_kind kind, const char *text, struct incident *out)
{
	struct desk *desk = turn->desk;
	bool report = kind == INCIDENT_REPORT;
	int64_t id;
	int rc = store_incident_open(desk->store, kind, turn->who.id, turn->now_ms, &id);

	if (rc == 0)
		rc = store_incident_note(desk->store, id, turn->who.id,
			report ? "reported" : "message", text, turn->now_ms);
	if (rc < 0)
		return rc;
	desk->news.changed = true;
	log_notice("incident=%" PRId64 " opened by person=%" PRId64, id, turn->who.id);
	rc = store_incident_get(desk->store, id, out);
	return rc < 0 ? rc : words_hurry(turn, out);
}

/* ---- REPORT ---------------------------------------------------------------------------------- */

/* Where it is, as far as the words say; else where its sender lives. */
static uint64_t zones_of_report(const struct turn *turn, const char *text)
{
	uint64_t zones = 0;
	char word[64];

	while (take_word(&text, word, sizeof(word)))
		zones |= zone_of_word(turn->desk, word);
	return zones ? zones : turn->who.zones;
}

struct told {
	int64_t incident_id, other_id;
	const char *text;
};

static void compose_told(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct told *told = arg;

	say_in(turn, language,
		SAY(MSG_TOLD_REPORT, SPEECH_NUMBER("incident", told->incident_id),
			SPEECH_TEXT("text", told->text)),
		out);
	if (told->other_id)
		say_next(turn, language,
			SAY(MSG_PERHAPS_SAME, SPEECH_NUMBER("incident", told->incident_id),
				SPEECH_NUMBER("other", told->other_id)),
			out);
}

static int open_report(struct turn *turn, const char *text, struct incident *incident)
{
	struct work work = { .zones = zones_of_report(turn, text) };
	struct told told = { .text = cut_text(turn->desk, text) };
	int rc = open_incident(turn, INCIDENT_REPORT, text, incident);

	if (rc == 0)
		rc = same_perhaps(turn, incident, &work, &told.other_id);
	if (rc < 0)
		return rc;
	work.incident_id = told.incident_id = incident->id;
	return escalate_first(turn, incident, &work, COMPOSED(compose_told, &told));
}

/* ---- further texts --------------------------------------------------------------------------- */

/* What dispatchers are told of a text: its words, and that its sender left by it. */
struct words_told {
	enum speech_message id;
	int64_t incident_id;
};

static void compose_words(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct words_told *told = arg;

	say_in(turn, language,
		SAY(told->id, SPEECH_NUMBER("incident", told->incident_id),
			SPEECH_TEXT("text", cut_text(turn->desk, turn->body))),
		out);
	if (turn->leaves)
		say_next(turn, language, SAY(MSG_TOLD_LEFT), out);
}

static int add_to(struct turn *turn, const struct incident *incident)
{
	struct words_told told = { MSG_TOLD_MORE, incident->id };
	struct desk *desk = turn->desk;
	int rc = store_incident_note(
		desk->store, incident->id, turn->who.id, "more", turn->body, turn->now_ms);

	/* the same words for the third time are kept, and nobody is told them again */
	if (rc == 0 && !(turn->quiet && turn->same > 1))
		rc = tell_holder(turn, incident, COMPOSED(compose_words, &told));
	if (rc < 0)
		return rc;
	return thank(turn, SAY(MSG_MESSAGE_ADDED, SPEECH_NUMBER("incident", incident->id)));
}

int own_open_incident(struct turn *turn, struct incident *incident)
{
	struct store *store = turn->desk->store;
	int64_t since_ms = turn->now_ms - REPORTER_MS;
	int rc = store_incident_of(store, turn->who.id, since_ms, incident);

	if (rc != -ENOENT)
		return rc < 0 ? rc : 1;
	rc = store_incident_last_of(store, turn->who.id, since_ms, incident);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	return same_follow(turn, incident->id, incident);
}

struct thanks {
	int64_t incident_id;
	int field; /* that is asked first */
};

static void compose_thanks(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct thanks *thanks = arg;
	enum speech_message id = thanks->field == FIELD_PLACE  ? MSG_REPORT_THANKS_PLACE
				 : thanks->field == FIELD_SIZE ? MSG_REPORT_THANKS_MORE
							       : MSG_REPORT_THANKS;

	say_in(turn, language, SAY(id, SPEECH_NUMBER("incident", thanks->incident_id)), out);
	if (id == MSG_REPORT_THANKS && thanks->field < FIELDS)
		form_say_question(turn, language, thanks->field, out);
}

int report_command(struct turn *turn)
{
	const char *text = turn->heard.rest;
	struct thanks thanks;
	struct incident incident;
	int rc;

	if (!*text)
		return reply(turn, SAY(MSG_REPORT_HOW));
	/* the same report again is not a second incident: a phone or a person tried twice */
	rc = turn->same > 1 ? own_open_incident(turn, &incident) : 0;
	if (rc != 0)
		return rc < 0 ? rc : add_to(turn, &incident);
	rc = open_report(turn, text, &incident);
	if (rc == 0)
		rc = turn->quiet ? 0 : flood_may_thank(turn);
	if (rc != 1)
		return rc;
	thanks.incident_id = incident.id;
	thanks.field = form_open(turn, incident.id, salute_known(turn, text));
	if (thanks.field < 0)
		return thanks.field;
	return reply(turn, COMPOSED(compose_thanks, &thanks));
}

/* ---- everything else ---- */

/* "ALRET north ..." of a dispatcher is no message to the dispatchers. */
static int nearly_a_command(struct turn *turn)
{
	static const enum speech_word checked[] = { WORD_ALERT, WORD_UPDATE, WORD_CLEAR,
		WORD_CANCEL, WORD_CONFIRM, WORD_STATUS, WORD_PAUSE, WORD_RESUME, WORD_BLOCK,
		WORD_UNFOUNDED, WORD_REPORT };
	const char *rest = turn->body;
	char word[32], folded[32];

	if (turn->role < ROLE_DISPATCHER || turn->heard.word != WORD_NONE ||
		!take_word(&rest, word, sizeof(word)) || strlen(word) < 4)
		return NOT_MINE;
	text_fold(folded, sizeof(folded), word);
	for (size_t i = 0; i < ARRAY_SIZE(checked); i++) {
		char known[32];

		if (text_distance(folded, speech_word_name(checked[i])) != 1)
			continue;
		text_copy(known, sizeof(known), speech_word_name(checked[i]));
		for (char *c = known; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		return reply(turn, SAY(MSG_UNKNOWN_WORD, SPEECH_TEXT("word", word),
					   SPEECH_TEXT("known", known)));
	}
	return NOT_MINE;
}

int message_pass_on(struct turn *turn)
{
	struct words_told told = { .id = MSG_TOLD_MESSAGE };
	struct incident incident;
	int rc = own_open_incident(turn, &incident);

	if (rc != 0)
		return rc < 0 ? rc : add_to(turn, &incident);
	rc = open_incident(turn, INCIDENT_MESSAGE, turn->body, &incident);
	told.incident_id = incident.id;
	if (rc == 0)
		rc = tell_role(turn, ROLE_DISPATCHER, turn->who.id, incident.id,
			COMPOSED(compose_words, &told));
	return rc < 0 ? rc
		      : thank(turn,
				SAY(MSG_MESSAGE_THANKS, SPEECH_NUMBER("incident", incident.id)));
}

int message_handle(struct turn *turn)
{
	int rc;

	turn->taken_for = *turn->body ? "message" : "empty";
	if (!*turn->body)
		return 0;
	rc = nearly_a_command(turn);
	return rc == NOT_MINE ? message_pass_on(turn) : rc;
}
