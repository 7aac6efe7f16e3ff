/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana (dispatcher): #17 are they still there?   -> Eva: Faro #17: are they still there?
 * Eva: yes, three of them                       -> who took #17, or all: #17 more: yes, three ...
 * Neither sees the other's number.
 */
#include "internal.h"

int tell_holder(struct turn *turn, const struct incident *incident, const struct saying *saying)
{
	words_hurry(turn);
	if (incident->taken_by_id > 0 && incident->taken_by_id != turn->who.id)
		return tell_dispatcher(turn, incident->taken_by_id, incident->id, saying);
	return tell_role(turn, ROLE_DISPATCHER, turn->who.id, incident->id, saying);
}

static int say_to_reporter(struct turn *turn, const struct incident *incident, const char *text)
{
	struct store *store = turn->desk->store;
	struct person reporter;
	int rc = store_person_get(store, incident->reporter_id, &reporter);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (rc == 0)
		rc = tell(turn, &reporter, CLASS_RELAY, incident->id,
			SAY(MSG_RELAYED, SPEECH_NUMBER("incident", incident->id),
				SPEECH_TEXT("text", text)));
	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (rc != 1)
		return reply(turn, SAY(MSG_RELAY_FAILED, SPEECH_NUMBER("incident", incident->id)));
	return store_incident_note(
		store, incident->id, turn->who.id, "relayed", text, turn->now_ms);
}

static int from_dispatcher(struct turn *turn, const struct incident *incident, const char *text)
{
	if (!*text)
		return reply(turn, SAY(MSG_RELAY_HOW, SPEECH_NUMBER("incident", incident->id)));
	if (incident->reporter_id == 0)
		return reply(turn, SAY(MSG_RELAY_NOBODY, SPEECH_NUMBER("incident", incident->id)));
	if (strlen(text) >= ALERT_TEXT_SIZE)
		return reply(turn, SAY(MSG_TOO_LONG));
	return say_to_reporter(turn, incident, text);
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
	int rc;

	if (*text != '#' || !take_number(&text, &number))
		return NOT_MINE;
	turn->taken_for = "relay";
	rc = store_incident_get(turn->desk->store, number, &incident);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (rc == 0 && incident.reporter_id == turn->who.id && *text)
		return from_reporter(turn, &incident, text);
	if (turn->role < ROLE_DISPATCHER)
		return NOT_MINE; /* a number that is not theirs says nothing */
	if (rc == -ENOENT)
		return reply(turn, SAY(MSG_INCIDENT_UNKNOWN, SPEECH_NUMBER("number", number)));
	return from_dispatcher(turn, &incident, text);
}
