/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Somebody calls; the modem has refused it.
 *
 * -> Eva: Faro cannot take calls. Please text what you see, or HELP.
 * -> dispatchers: #17: somebody called and was asked to text.
 * A withheld number cannot be answered: dispatchers are told. Both once in an hour.
 */
#include "internal.h"

#define CALL_AGAIN_MS MS_PER_H

struct calls {
	int64_t since_ms;
	bool called;
};

static int look_for_call(void *ctx, const struct incident_note *note)
{
	struct calls *calls = ctx;

	calls->called |= strcmp(note->what, "called") == 0 && note->at_ms > calls->since_ms;
	return calls->called;
}

/* 1 answered within the last hour, 0 not, -errno. */
static int called_lately(struct turn *turn, int64_t person_id)
{
	struct store *store = turn->desk->store;
	struct calls calls = { .since_ms = turn->now_ms - CALL_AGAIN_MS };
	struct incident incident;
	int rc = store_incident_last_of(store, person_id, calls.since_ms, &incident);

	return rc == -ENOENT ? 0
	       : rc < 0      ? rc
			     : store_incident_notes(store, incident.id, look_for_call, &calls);
}

static int call_incident(struct turn *turn, const struct person *caller, struct incident *out)
{
	struct store *store = turn->desk->store;
	int64_t id;
	int rc = store_incident_of(store, caller->id, turn->now_ms - REPORTER_MS, out);

	if (rc == -ENOENT) {
		rc = store_incident_open(store, INCIDENT_MESSAGE, caller->id, turn->now_ms, &id);
		if (rc == 0)
			rc = store_incident_get(store, id, out);
	}
	return rc < 0 ? rc
		      : store_incident_note(
				store, out->id, caller->id, "called", NULL, turn->now_ms);
}

/* In the caller's language; where it is not known, in each that is no draft: one text. */
static void compose_answer(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct person *caller = arg;
	struct speech *speech = turn->desk->speech;

	say_in(turn, language, SAY(MSG_CALL_ANSWER), out);
	for (int i = 0; !caller->language[0] && speech_language(speech, i); i++)
		if (strcmp(speech_language(speech, i), language) != 0 &&
			!speech_is_draft(speech, speech_language(speech, i), NULL))
			say_next(turn, speech_language(speech, i), SAY(MSG_CALL_ANSWER), out);
}

static int answer_call(struct turn *turn, void *arg)
{
	struct person caller;
	struct incident incident;
	int rc = store_person_meet(turn->desk->store, arg, turn->now_ms, &caller);

	if (rc < 0 || caller.blocked || caller.suppressed || caller.muted_until_ms > turn->now_ms)
		return rc;
	turn->who = caller;
	turn->role = role_of(&caller);
	rc = called_lately(turn, caller.id);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = call_incident(turn, &caller, &incident);
	if (rc == 0)
		rc = flood_answers(turn);
	if (rc == 1)
		rc = tell(
			turn, &caller, CLASS_REPLY, incident.id, COMPOSED(compose_answer, &caller));
	if (rc >= 0)
		rc = words_hurry(turn, &incident);
	if (rc >= 0)
		rc = tell_role(turn, ROLE_DISPATCHER, caller.id, incident.id,
			SAY(MSG_CALL_TOLD, SPEECH_NUMBER("incident", incident.id)));
	turn->desk->news.changed = true;
	return rc < 0 ? rc : 0;
}

static int tell_withheld(struct turn *turn, void *arg)
{
	struct store *store = turn->desk->store;
	int64_t before_ms = 0;
	int rc = store_value_get(store, "withheld call", &before_ms);

	(void)arg;
	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (before_ms <= turn->now_ms && turn->now_ms - before_ms < CALL_AGAIN_MS)
		return 0;
	rc = store_value_set(store, "withheld call", turn->now_ms);
	if (rc == 0)
		rc = tell_role(turn, ROLE_DISPATCHER, 0, 0, SAY(MSG_CALL_WITHHELD));
	return rc < 0 ? rc : 0;
}

int desk_call(struct desk *desk, const char *phone, int64_t now_ms)
{
	char e164[PHONE_SIZE];

	if (!phone[strspn(phone, " ")])
		return desk_transact(desk, now_ms, tell_withheld, NULL);
	if (phone_parse(phone, desk->settings->box.country_code, e164) != PHONE_E164 ||
		(desk->events.own_number && desk->events.own_number(desk->ctx, e164)))
		return 0;
	return desk_transact(desk, now_ms, answer_call, e164);
}
