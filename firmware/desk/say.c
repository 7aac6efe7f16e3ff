/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the box says: words from the message files, encoded once, queued for one person or for many.
 */
#include <stdio.h>

#include "internal.h"

#define SAY_ARGS_MAX 12

static void say_message(
	struct turn *turn, const char *language, const struct saying *saying, struct strbuf *out)
{
	struct speech_arg args[SAY_ARGS_MAX] = { SPEECH_TEXT(
		"box", turn->desk->settings->box.name) };
	char memory[SAY_SIZE];
	struct strbuf said;
	size_t n = 1;

	for (size_t i = 0; i < saying->n && n < SAY_ARGS_MAX; i++)
		args[n++] = saying->args[i];
	strbuf_init(&said, memory, sizeof(memory));
	strbuf_add(out, speech_say(turn->desk->speech, language, saying->id, args, n, &said));
}

void say_in(
	struct turn *turn, const char *language, const struct saying *saying, struct strbuf *out)
{
	if (saying->compose)
		saying->compose(turn, language, saying->arg, out);
	else
		say_message(turn, language, saying, out);
}

void say_break(const struct turn *turn, const char *language, struct strbuf *out)
{
	if (out->len == 0)
		return;
	speech_end_sentence(turn->desk->speech, language, out);
	strbuf_add(out, " ");
}

void say_next(
	struct turn *turn, const char *language, const struct saying *saying, struct strbuf *out)
{
	say_break(turn, language, out);
	say_in(turn, language, saying, out);
}

const char *person_handle(int64_t person_id, char out[HANDLE_SIZE])
{
	snprintf(out, HANDLE_SIZE, "P%" PRId64, person_id);
	return out;
}

const char *shown_name(const struct person *person, char out[PERSON_NAME_SIZE])
{
	if (person->name[0])
		text_copy(out, PERSON_NAME_SIZE, person->name);
	else
		person_handle(person->id, out);
	return out;
}

/* ---- bodies ---- */

struct encoding {
	const struct sms_plan *plan;
	const char *text;
	uint16_t reference;
};

static int encode_part(void *ctx, int index, uint8_t out[BODY_PART_SIZE])
{
	const struct encoding *encoding = ctx;

	return speech_segment(
		encoding->plan, encoding->text, index, encoding->reference, out, BODY_PART_SIZE);
}

int body_add(struct desk *desk, const char *language, const char *text, int64_t *body_id)
{
	struct encoding encoding = { &desk->plan, text, desk->reference++ };
	struct store_body body = {
		.text = text, .language = language, .part = encode_part, .ctx = &encoding
	};
	int rc = speech_plan(desk->speech, language, text, &desk->plan);

	if (rc < 0)
		return rc;
	body.parts = desk->plan.segments;
	return store_body_add(desk->store, &body, body_id);
}

int broadcast_bodies(struct turn *turn, int64_t broadcast_id, const struct saying *saying)
{
	struct desk *desk = turn->desk;
	const char *language;
	struct strbuf out;
	int64_t body_id;
	int rc = 0;

	for (int i = 0; rc == 0 && (language = speech_language(desk->speech, i)); i++) {
		strbuf_init(&out, desk->said, sizeof(desk->said));
		say_in(turn, language, saying, &out);
		rc = body_add(desk, language, out.text, &body_id);
		if (rc == 0)
			rc = store_broadcast_body(desk->store, broadcast_id, language, body_id);
		/* the box's own language is the first, and stands in where there is no other */
		if (rc == 0 && i == 0)
			rc = store_broadcast_body(desk->store, broadcast_id, "", body_id);
	}
	return rc;
}

/* ---- to people ---- */

static const char *language_of(const struct desk *desk, const struct person *person)
{
	return person->language[0] ? person->language : desk->settings->box.language;
}

static int64_t life_of(enum message_class class)
{
	/* the confirmation of a STOP is due within 5 minutes (47 CFR 64.1200(a)(12)) */
	return class == CLASS_STOP ? 5 * MS_PER_MIN : REPLY_LIFE_MS;
}

static bool may_be_texted(const struct person *to, enum message_class class)
{
	return to->id > 0 && ((!to->blocked && !to->suppressed) || class == CLASS_STOP);
}

static int queue(struct turn *turn, const struct person *to, enum message_class class,
	int64_t incident_id, int64_t body_id)
{
	struct store_message message = { .person_id = to->id,
		.body_id = body_id,
		.class = class,
		.rank = turn->first || to->duty_until_ms > turn->now_ms ? 0 : 1,
		.expires_ms = turn->now_ms + life_of(class),
		.incident_id = incident_id,
		.answers_text_id = turn->text ? turn->text->id : 0 };
	int rc = store_message_add(turn->desk->store, &message, turn->now_ms, NULL);

	if (rc == -EPERM)
		return 0;
	turn->desk->news.wake |= rc == 0;
	return rc < 0 ? rc : 1;
}

static int tell_in(struct turn *turn, const struct person *to, const char *language,
	enum message_class class, int64_t incident_id, const struct saying *saying)
{
	struct desk *desk = turn->desk;
	struct strbuf out;
	int64_t body_id;
	int rc;

	if (!may_be_texted(to, class))
		return 0;
	strbuf_init(&out, desk->said, sizeof(desk->said));
	say_in(turn, language, saying, &out);
	rc = body_add(desk, language, out.text, &body_id);
	return rc < 0 ? rc : queue(turn, to, class, incident_id, body_id);
}

int tell(struct turn *turn, const struct person *to, enum message_class class, int64_t incident_id,
	const struct saying *saying)
{
	return tell_in(turn, to, language_of(turn->desk, to), class, incident_id, saying);
}

int answer(struct turn *turn, enum message_class class, const struct saying *saying)
{
	int rc = tell_in(turn, &turn->who, turn->language, class, 0, saying);

	return rc < 0 ? rc : 0;
}

/* An echo is known by it. */
static void remember(struct turn *turn, const struct saying *saying)
{
	struct desk *desk = turn->desk;
	struct strbuf out;

	strbuf_init(&out, desk->said, sizeof(desk->said));
	say_in(turn, turn->language, saying, &out);
	flood_recent(desk, turn->who.id)->hash = flood_hash(out.text);
}

int reply(struct turn *turn, const struct saying *saying)
{
	if (turn->quiet)
		return 0;
	if (turn->role >= ROLE_DISPATCHER)
		return answer(turn, CLASS_DISPATCH, saying);
	int rc = flood_answers(turn);

	if (rc != 1)
		return rc;
	remember(turn, saying);
	return answer(turn, CLASS_REPLY, saying);
}

int done(struct turn *turn, const struct saying *saying)
{
	bool staff = turn->role >= ROLE_DISPATCHER;
	int rc;

	if (!turn->quiet)
		return reply(turn, saying);
	rc = flood_may_help(turn);
	if (rc == 1)
		rc = flood_answers(turn);
	return rc == 1 ? answer(turn, staff ? CLASS_DISPATCH : CLASS_REPLY, saying) : rc;
}

int thank(struct turn *turn, const struct saying *saying)
{
	int rc = turn->quiet ? 0 : flood_may_thank(turn);

	return rc == 1 ? reply(turn, saying) : rc;
}

static enum message_class class_of_told(const struct turn *turn)
{
	return turn->calm ? CLASS_RELAY : CLASS_DISPATCH;
}

/* One saying on its way to many: each language is encoded once. */
struct round {
	struct turn *turn;
	const struct saying *saying;
	int64_t except_id, incident_id;
	struct {
		char language[LANGUAGE_SIZE];
		int64_t body_id;
	} bodies[SPEECH_LANGUAGES_MAX];
	int n_bodies, told;
	bool untold_only; /* and it is noted who was told */
	int most;
};

static int round_body(struct round *round, const char *language, int64_t *body_id)
{
	struct desk *desk = round->turn->desk;
	struct strbuf out;
	int rc;

	for (int i = 0; i < round->n_bodies; i++)
		if (strcmp(round->bodies[i].language, language) == 0) {
			*body_id = round->bodies[i].body_id;
			return 0;
		}
	strbuf_init(&out, desk->said, sizeof(desk->said));
	say_in(round->turn, language, round->saying, &out);
	rc = body_add(desk, language, out.text, body_id);
	if (rc == 0 && round->n_bodies < SPEECH_LANGUAGES_MAX) {
		text_copy(round->bodies[round->n_bodies].language, LANGUAGE_SIZE, language);
		round->bodies[round->n_bodies++].body_id = *body_id;
	}
	return rc;
}

/* 1: was not told before, and is now. */
static int take_untold(struct round *round, const struct person *person)
{
	struct store *store = round->turn->desk->store;
	enum asked_state state;
	int rc = store_asked_get(store, round->incident_id, person->id, &state);

	if (rc < 0 || state != ASKED_NOT)
		return rc;
	rc = store_asked_set(store, round->incident_id, person->id, ASKED_TOLD);
	return rc < 0 ? rc : 1;
}

static int round_visit(void *ctx, const struct person *person)
{
	struct round *round = ctx;
	const char *language = language_of(round->turn->desk, person);
	int64_t body_id;
	int rc;

	if (person->id == round->except_id || !may_be_texted(person, class_of_told(round->turn)))
		return 0;
	rc = round->untold_only ? take_untold(round, person) : 1;
	if (rc != 1)
		return rc;
	rc = round_body(round, language, &body_id);
	if (rc == 0)
		rc = queue(round->turn, person, class_of_told(round->turn), round->incident_id,
			body_id);
	if (rc < 0)
		return rc;
	round->told += rc;
	return round->most > 0 && round->told >= round->most;
}

int tell_role(struct turn *turn, enum role role_min, int64_t except_id, int64_t incident_id,
	const struct saying *saying)
{
	struct round round = {
		.turn = turn, .saying = saying, .except_id = except_id, .incident_id = incident_id
	};
	struct person_filter filter = { .role_min = role_min, .active_only = true };
	int rc =
		turn->held ? 0 : store_person_walk(turn->desk->store, &filter, round_visit, &round);

	if (rc == 0 && round.told == 0 && !turn->held && except_id == 0)
		log_alert("incident=%" PRId64 ": there is no dispatcher to be told", incident_id);
	return rc < 0 ? rc : round.told;
}

int tell_some(struct turn *turn, const struct person_filter *filter, int most, int64_t except_id,
	int64_t incident_id, const struct saying *saying)
{
	struct round round = { .turn = turn,
		.saying = saying,
		.except_id = except_id,
		.incident_id = incident_id,
		.most = most };
	int rc = store_person_walk(turn->desk->store, filter, round_visit, &round);

	return rc < 0 ? rc : round.told;
}

int tell_untold(struct turn *turn, const struct person_filter *filter, int most,
	const struct incident *incident, const struct saying *saying)
{
	struct round round = { .turn = turn,
		.saying = saying,
		.except_id = incident->reporter_id,
		.incident_id = incident->id,
		.untold_only = true,
		.most = most };
	int rc = store_person_walk(turn->desk->store, filter, round_visit, &round);

	return rc < 0 ? rc : round.told;
}

int tell_dispatcher(
	struct turn *turn, int64_t person_id, int64_t incident_id, const struct saying *saying)
{
	struct person person = { 0 };

	if (turn->held)
		return 0;
	int rc = person_id > 0 ? store_person_get(turn->desk->store, person_id, &person) : 0;

	if (rc < 0 && rc != -ENOENT)
		return rc;
	/* a number that fails for good is nobody's ear */
	if (person.id > 0 && person.state == PERSON_ACTIVE && role_of(&person) >= ROLE_DISPATCHER) {
		rc = tell(turn, &person, class_of_told(turn), incident_id, saying);
		if (rc != 0)
			return rc;
	}
	return tell_role(turn, ROLE_DISPATCHER, 0, incident_id, saying);
}
