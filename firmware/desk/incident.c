/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana (dispatcher): TAKE 17     -> #17 is yours                 the others: #17 was taken by Ana
 * Ana: CONFIRM 17               -> #17 is confirmed, ALERT 17 ...
 * Ana: FALSE 17                 -> #17 is closed as unfounded
 * Rosa (admin): BLOCK 17        -> its sender is kept, and neither answered nor shown
 */
#include "internal.h"

int take_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	char name[PERSON_NAME_SIZE];
	struct incident incident;
	int rc = take_open_incident(turn, &rest, &incident);

	if (rc != 1)
		return rc;
	rc = store_incident_take(turn->desk->store, incident.id, turn->who.id, turn->now_ms);
	if (rc < 0)
		return rc;
	turn->desk->news.changed = true;
	rc = flood_show(turn, incident.id);
	if (rc >= 0)
		rc = reply(turn, SAY(MSG_TAKEN, SPEECH_NUMBER("incident", incident.id)));
	if (rc == 0 && incident.taken_by_id != turn->who.id)
		rc = tell_role(turn, ROLE_DISPATCHER, turn->who.id, incident.id,
			SAY(MSG_TAKEN_BY, SPEECH_NUMBER("incident", incident.id),
				SPEECH_TEXT("name", shown_name(&turn->who, name))));
	return rc < 0 ? rc : 0;
}

/* An incident whose alert runs ends by CLEAR or CANCEL, which tell those who were sent it. */
static int alert_is_running(struct turn *turn, int64_t incident_id)
{
	struct alert alert;
	int rc = store_alert_of_incident(turn->desk->store, incident_id, &alert);

	if (rc <= 0)
		return rc;
	return alert.state == ALERT_RUNNING;
}

/* Known for good, whatever the incident's state becomes. */
static int set_confirmed(struct turn *turn, int64_t incident_id)
{
	struct store *store = turn->desk->store;
	struct work work;
	int rc = store_work_get(store, incident_id, &work);

	work.confirmed = true;
	return rc < 0 ? rc : store_work_set(store, &work);
}

static int confirmed_running(struct turn *turn, const struct incident *incident)
{
	int rc = store_incident_note(
		turn->desk->store, incident->id, turn->who.id, "confirmed", NULL, turn->now_ms);

	return rc < 0 ? rc
		      : reply(turn, SAY(MSG_CONFIRMED_RUNNING,
					    SPEECH_NUMBER("incident", incident->id)));
}

static int move(struct turn *turn, enum incident_state state, enum speech_message id)
{
	const char *rest = turn->heard.rest;
	struct incident incident;
	int rc = take_open_incident(turn, &rest, &incident);

	if (rc != 1)
		return rc;
	rc = state == INCIDENT_CONFIRMED ? set_confirmed(turn, incident.id) : 0;
	if (rc == 0)
		rc = alert_is_running(turn, incident.id);
	if (rc == 1 && state == INCIDENT_CONFIRMED)
		return confirmed_running(turn, &incident);
	if (rc != 0)
		return rc < 0 ? rc
			      : reply(turn, SAY(MSG_ALERT_RUNNING,
						    SPEECH_NUMBER("incident", incident.id)));
	/* what is found to be nothing is not sent by somebody who does not know it yet */
	if (state == INCIDENT_UNFOUNDED)
		rc = alerts_withdraw(turn, incident.id, NULL, MSG_CANCELLED_PENDING);
	if (rc == 0)
		rc = store_incident_set(
			turn->desk->store, incident.id, state, turn->who.id, turn->now_ms);
	if (rc < 0)
		return rc;
	turn->desk->news.changed = true;
	return reply(turn, SAY(id, SPEECH_NUMBER("incident", incident.id)));
}

int confirm_command(struct turn *turn)
{
	return move(turn, INCIDENT_CONFIRMED, MSG_CONFIRMED);
}

int unfounded_command(struct turn *turn)
{
	return move(turn, INCIDENT_UNFOUNDED, MSG_UNFOUNDED);
}

int block_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	struct incident incident;
	struct person sender;
	int rc = take_incident(turn, &rest, &incident);

	if (rc != 1)
		return rc;
	if (incident.reporter_id == 0)
		return reply(turn, SAY(MSG_RELAY_NOBODY, SPEECH_NUMBER("incident", incident.id)));
	rc = store_person_get(turn->desk->store, incident.reporter_id, &sender);
	if (rc < 0)
		return rc;
	if (role_of(&sender) >= ROLE_DISPATCHER)
		return reply(turn, SAY(MSG_BLOCK_REFUSED, SPEECH_NUMBER("incident", incident.id)));
	rc = store_person_set_blocked(turn->desk->store, sender.id, true, turn->now_ms);
	if (rc == 0)
		rc = left_list(turn, &sender);
	if (rc < 0)
		return rc;
	log_notice("person=%" PRId64 " blocked by person=%" PRId64, sender.id, turn->who.id);
	return reply(turn, SAY(MSG_BLOCKED, SPEECH_NUMBER("incident", incident.id)));
}
