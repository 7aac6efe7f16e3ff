/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana (dispatcher): #17 are they still there?   -> Eva: Faro #17: are they still there?
 * Eva: yes, three of them                       -> who took #17, or all: #17 more: yes, three ...
 * Neither sees the other's number. Any dispatcher may step in. After 30 quiet days #17 reaches
 * nobody any more.
 */
#include "internal.h"

int tell_holder(struct turn *turn, const struct incident *incident, const struct saying *saying)
{
	int rc = words_hurry(turn, incident);

	if (rc < 0)
		return rc;
	if (incident->taken_by_id > 0 && incident->taken_by_id != turn->who.id)
		return tell_dispatcher(turn, incident->taken_by_id, incident->id, saying);
	return tell_role(turn, ROLE_DISPATCHER, turn->who.id, incident->id, saying);
}

/* 1 told, 0 not. */
static int tell_one(struct turn *turn, int64_t incident_id, int64_t reporter_id,
	const struct alert *but, const struct saying *saying)
{
	struct person reporter;
	struct alert alert;
	int rc = store_person_get(turn->desk->store, reporter_id, &reporter);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	rc = but ? store_alert_for_person(turn->desk->store, reporter_id, but->started_ms, &alert)
		 : 0;
	if (rc < 0 || (rc == 1 && alert.id == but->id))
		return rc < 0 ? rc : 0;
	/* the talk is theirs now: the form asks nothing more */
	rc = form_close(turn, reporter_id);
	return rc < 0 ? rc : tell(turn, &reporter, CLASS_RELAY, incident_id, saying);
}

int tell_reporters(struct turn *turn, const struct incident *incident, const struct alert *but,
	const struct saying *saying)
{
	struct store *store = turn->desk->store;
	int told = tell_one(turn, incident->id, incident->reporter_id, but, saying), rc = 0;
	int64_t joined_id = 0;

	while (told >= 0) {
		struct incident joined;

		rc = store_incident_joined(store, incident->id, joined_id, &joined_id);
		if (rc < 0 || joined_id == 0)
			break;
		rc = store_incident_get(store, joined_id, &joined);
		if (rc == 0)
			rc = tell_one(turn, incident->id, joined.reporter_id, but, saying);
		if (rc < 0)
			break;
		told += rc;
	}
	return rc < 0 ? rc : told;
}

static int say_to_reporters(struct turn *turn, const struct incident *incident, const char *text)
{
	int told = tell_reporters(turn, incident, NULL,
		SAY(MSG_RELAYED, SPEECH_NUMBER("incident", incident->id),
			SPEECH_TEXT("text", text)));

	if (told < 0)
		return told;
	if (told == 0)
		return reply(turn, SAY(MSG_RELAY_FAILED, SPEECH_NUMBER("incident", incident->id)));
	return store_incident_note(
		turn->desk->store, incident->id, turn->who.id, "relayed", text, turn->now_ms);
}

static int from_dispatcher(struct turn *turn, const struct incident *incident, const char *text)
{
	if (!*text)
		return reply(turn, SAY(MSG_RELAY_HOW, SPEECH_NUMBER("incident", incident->id)));
	if (incident->reporter_id == 0)
		return reply(turn, SAY(MSG_RELAY_NOBODY, SPEECH_NUMBER("incident", incident->id)));
	if (strlen(text) >= ALERT_TEXT_SIZE)
		return reply(turn, SAY(MSG_TOO_LONG));
	int rc = escalate_stop(turn, incident->id);

	return rc < 0 ? rc : say_to_reporters(turn, incident, text);
}

static int from_reporter(struct turn *turn, const struct incident *incident, const char *text)
{
	int rc = store_incident_note(
		turn->desk->store, incident->id, turn->who.id, "more", text, turn->now_ms);

	if (rc == 0)
		rc = tell_holder(turn, incident,
			SAY(MSG_TOLD_MORE, SPEECH_NUMBER("incident", incident->id),
				SPEECH_TEXT("text", cut_text(turn->desk, text))));
	if (rc < 0)
		return rc;
	return reply(turn, SAY(MSG_MESSAGE_ADDED, SPEECH_NUMBER("incident", incident->id)));
}

int relay_handle(struct turn *turn)
{
	const char *text = turn->body;
	struct incident incident;
	int64_t number;
	bool expired;
	int rc;

	if (*text != '#' || !take_number(&text, &number))
		return NOT_MINE;
	turn->taken_for = "relay";
	rc = store_incident_get(turn->desk->store, number, &incident);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	expired = rc == 0 && turn->now_ms - incident.changed_ms >= REPORTER_MS;
	if (rc == 0 && !expired && incident.reporter_id == turn->who.id && *text) {
		rc = same_follow(turn, incident.id, &incident);
		return rc < 0 ? rc : from_reporter(turn, &incident, text);
	}
	if (turn->role < ROLE_DISPATCHER)
		return NOT_MINE; /* a number that is not theirs says nothing */
	if (rc == -ENOENT)
		return reply(turn, SAY(MSG_INCIDENT_UNKNOWN, SPEECH_NUMBER("number", number)));
	if (expired)
		return reply(turn, SAY(MSG_RELAY_EXPIRED, SPEECH_NUMBER("incident", number)));
	return from_dispatcher(turn, &incident, text);
}
