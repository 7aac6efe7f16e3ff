/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two people report the same thing.
 *
 * Flo: REPORT vans at 5th and Main    -> Ana: #18 REPORT: ... Perhaps the same as #17: SAME 17 18
 * Ana: SAME 17 18                     -> #18 belongs to #17 now
 * Flo: two more came                  -> who took #17: #17 more: two more came
 * Ana: #17 thank you both             -> Eva and Flo
 */
#include "internal.h"

#define NEAR_MS   (30 * MS_PER_MIN)
#define NEAR_LOOK 30 /* so many numbers back */

/* ---- is it? ---------------------------------------------------------------------------------- */

struct likeness {
	struct turn *turn;
	const struct incident *incident;
	uint64_t zones;
	int64_t found;
};

static int compare(void *ctx, const struct incident *other)
{
	struct likeness *likeness = ctx;
	const struct incident *incident = likeness->incident;
	struct work work;
	int rc;

	if (other->id >= incident->id)
		return 1;
	if (other->kind != INCIDENT_REPORT || other->reporter_id == incident->reporter_id ||
		incident->opened_ms - other->opened_ms > NEAR_MS)
		return 0;
	rc = store_work_get(likeness->turn->desk->store, other->id, &work);
	if (rc == 0 && (work.zones & likeness->zones))
		likeness->found = other->id;
	return rc;
}

int same_perhaps(struct turn *turn, const struct incident *incident, const struct work *work,
	int64_t *other_id)
{
	struct likeness likeness = { .turn = turn, .incident = incident, .zones = work->zones };
	int rc = 0;

	if (work->zones)
		rc = store_incident_walk(turn->desk->store, true,
			incident->id > NEAR_LOOK ? incident->id - NEAR_LOOK : 0, compare,
			&likeness);
	*other_id = likeness.found;
	return rc < 0 ? rc : 0;
}

/* ---- SAME n m -------------------------------------------------------------------------------- */

static int join(struct turn *turn, const struct incident *first, const struct incident *second)
{
	struct store *store = turn->desk->store;
	struct work work;
	int rc = store_work_get(store, second->id, &work);

	if (rc < 0)
		return rc;
	work = (struct work){ .incident_id = second->id,
		.zones = work.zones,
		.confirmed = work.confirmed,
		.same_as = first->id };
	rc = store_work_set(store, &work);
	if (rc == 0)
		rc = store_incident_set(
			store, second->id, INCIDENT_CLOSED, turn->who.id, turn->now_ms);
	if (rc == 0)
		rc = store_incident_note(
			store, first->id, turn->who.id, "joined", NULL, turn->now_ms);
	turn->desk->news.changed = true;
	return rc;
}

int same_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	struct incident first, second;
	struct alert alert;
	int rc = take_open_incident(turn, &rest, &first);

	if (rc == 1)
		rc = take_open_incident(turn, &rest, &second);
	if (rc != 1)
		return rc;
	if (first.id == second.id)
		return reply(turn, SAY(MSG_HOW_SAME));
	rc = store_alert_of_incident(turn->desk->store, second.id, &alert);
	if (rc < 0)
		return rc;
	if (rc == 1 && alert.state <= ALERT_RUNNING)
		return reply(turn, SAY(MSG_ALERT_RUNNING, SPEECH_NUMBER("incident", second.id)));
	rc = join(turn, &first, &second);
	return rc < 0 ? rc
		      : reply(turn, SAY(MSG_SAME_JOINED, SPEECH_NUMBER("incident", first.id),
					    SPEECH_NUMBER("other", second.id)));
}

/* The one that a joined incident belongs to now, if that is open. 1, 0, -errno. */
int same_follow(struct turn *turn, int64_t incident_id, struct incident *out)
{
	struct work work;
	int rc = store_work_get(turn->desk->store, incident_id, &work);

	for (int hops = 0; rc == 0 && work.same_as && hops < 8; hops++) {
		rc = store_incident_get(turn->desk->store, work.same_as, out);
		if (rc == 0 && !incident_closed(out))
			return 1;
		if (rc == 0)
			rc = store_work_get(turn->desk->store, out->id, &work);
	}
	return rc == -ENOENT ? 0 : rc;
}
