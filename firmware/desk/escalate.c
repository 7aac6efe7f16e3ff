/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report that nobody takes goes to more and more people.
 *
 * Eva: REPORT ...           -> two dispatchers on duty
 * (desk.escalate_after)     -> the others on duty
 * (again)                   -> all dispatchers
 * (again)                   -> the admins: #17 waits and nobody took it; the alert light
 * In a flood it is told in a sum only: so are the admins, after desk.escalate_after.
 */
#include <limits.h>

#include "internal.h"

static const struct level {
	bool on_duty;
	int most; /* people told at this level */
} levels[] = {
	{ .on_duty = true, .most = 2 },
	{ .on_duty = true, .most = INT_MAX },
	{ .on_duty = false, .most = INT_MAX },
};
#define LEVEL_ADMINS ((int)ARRAY_SIZE(levels)) /* what comes after them */
#define LEVEL_SUM    (-1)                      /* dispatchers are told in a sum: flood.c */

/* Tells the next level that has anybody who does not know yet. How many were told. */
static int tell_next(struct turn *turn, const struct incident *incident, struct work *work,
	const struct saying *saying)
{
	int told = 0;

	while (told == 0 && work->level < LEVEL_ADMINS) {
		const struct level *level = &levels[work->level++];
		struct person_filter filter = { .role_min = ROLE_DISPATCHER,
			.active_only = true,
			.on_duty_at_ms = level->on_duty ? turn->now_ms : 0 };

		told = tell_untold(turn, &filter, level->most, incident, saying);
	}
	return told;
}

static int set_next(struct turn *turn, struct work *work)
{
	const struct settings_desk *settings = &turn->desk->settings->desk;

	work->escalate_ms = turn->now_ms + settings->escalate_after_s * MS_PER_S;
	return store_work_set(turn->desk->store, work);
}

int escalate_first(struct turn *turn, const struct incident *incident, struct work *work,
	const struct saying *saying)
{
	int told;

	if (turn->held) {
		work->level = LEVEL_SUM;
		return set_next(turn, work);
	}
	told = tell_next(turn, incident, work, saying);

	if (told == 0)
		log_alert("incident=%" PRId64 ": there is no dispatcher to be told", incident->id);
	return told < 0 ? told : set_next(turn, work);
}

/* ---- nobody took it -------------------------------------------------------------------------- */

struct first_words {
	char text[TOLD_TEXT_BYTES];
};

/* What it was opened by: a report, any other text, or a dispatcher's own alert. */
static int take_first(void *ctx, const struct incident_note *note)
{
	static const char *const opened[] = { "reported", "message", "alert" };

	for (size_t i = 0; i < ARRAY_SIZE(opened); i++)
		if (strcmp(note->what, opened[i]) == 0) {
			text_copy(ctx, TOLD_TEXT_BYTES, note->text);
			return 1;
		}
	return 0;
}

int incident_words(struct turn *turn, int64_t incident_id, char out[TOLD_TEXT_BYTES])
{
	int rc;

	out[0] = '\0';
	rc = store_incident_notes(turn->desk->store, incident_id, take_first, out);
	return rc < 0 ? rc : 0;
}

static int tell_admins(struct turn *turn, const struct incident *incident, struct work *work)
{
	int64_t minutes = (turn->now_ms - incident->opened_ms) / MS_PER_MIN;
	int rc;

	work->level = LEVEL_ADMINS + 1;
	work->escalate_ms = 0;
	turn->desk->news.changed = true;
	log_alert("incident=%" PRId64 " was taken by nobody", incident->id);
	rc = store_work_set(turn->desk->store, work);
	if (rc == 0)
		rc = tell_role(turn, ROLE_ADMIN, incident->reporter_id, incident->id,
			SAY(MSG_UNTAKEN, SPEECH_NUMBER("incident", incident->id),
				SPEECH_NUMBER("minutes", minutes)));
	return rc < 0 ? rc : 0;
}

static int wait_in_sum(struct turn *turn, struct work *work)
{
	int rc;

	work->level = LEVEL_ADMINS + 1;
	work->escalate_ms = 0;
	turn->desk->news.changed = true;
	rc = store_work_set(turn->desk->store, work);
	return rc < 0 ? rc : flood_untaken(turn, work->incident_id);
}

int escalate_on(struct turn *turn, const struct incident *incident, struct work *work)
{
	char text[TOLD_TEXT_BYTES];
	int told, rc;

	if (incident->state != INCIDENT_OPEN || incident->taken_by_id > 0) {
		work->escalate_ms = 0;
		return store_work_set(turn->desk->store, work);
	}
	if (work->level == LEVEL_SUM)
		return wait_in_sum(turn, work);
	rc = incident_words(turn, incident->id, text);
	if (rc < 0)
		return rc;
	told = tell_next(turn, incident, work,
		SAY(MSG_TOLD_REPORT, SPEECH_NUMBER("incident", incident->id),
			SPEECH_TEXT("text", text)));
	if (told != 0)
		return told < 0 ? told : set_next(turn, work);
	return tell_admins(turn, incident, work);
}

int escalate_stop(struct turn *turn, int64_t incident_id)
{
	struct store *store = turn->desk->store;
	struct work work;
	int rc = store_work_get(store, incident_id, &work);

	if (rc < 0 || (!work.escalate_ms && work.level <= LEVEL_ADMINS))
		return rc;
	work.escalate_ms = 0;
	work.level = LEVEL_ADMINS;
	turn->desk->news.changed = true;
	return store_work_set(store, &work);
}

struct releasing {
	struct turn *turn;
	int64_t person_id;
};

static int release_one(void *ctx, const struct incident *incident)
{
	const struct releasing *round = ctx;
	struct turn *turn = round->turn;
	struct store *store = turn->desk->store;
	struct work work;
	int rc;

	if (incident->taken_by_id != round->person_id || incident->state != INCIDENT_TAKEN ||
		incident->kind != INCIDENT_REPORT || incident->reporter_id == 0)
		return 0;
	rc = store_incident_release(store, incident->id, round->person_id, turn->now_ms);
	if (rc == 0)
		rc = store_work_get(store, incident->id, &work);
	if (rc < 0)
		return rc;
	work.level = 0;
	work.escalate_ms = turn->now_ms;
	return store_work_set(store, &work);
}

int escalate_again(struct turn *turn, int64_t person_id)
{
	struct releasing round = { turn, person_id };

	return store_incident_walk(turn->desk->store, true, 0, release_one, &round);
}

int untaken_count(struct desk *desk, int64_t *count)
{
	return store_work_waiting(desk->store, LEVEL_ADMINS + 1, count);
}
