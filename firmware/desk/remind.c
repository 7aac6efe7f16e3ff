/* SPDX-License-Identifier: Apache-2.0 */
/*
 * (alerts.remind_after after Carla's phone got #17, and not a word of hers)
 *   -> Carla: #17: can you come? YES and minutes, or NO.
 * Responders only, once, and not while enough others are coming.
 */
#include "internal.h"

#define SLICE 200 /* responders who are looked at in one transaction */

static int64_t patience_ms(const struct turn *turn)
{
	return turn->desk->settings->alerts.remind_after_s * MS_PER_S;
}

/* Some get their copy later than others: they are looked at again and again. */
static int64_t next_look_ms(const struct turn *turn)
{
	int64_t quarter_ms = patience_ms(turn) / 4;

	return turn->now_ms + (quarter_ms < MS_PER_S            ? MS_PER_S
				      : quarter_ms > MS_PER_MIN ? MS_PER_MIN
								: quarter_ms);
}

int reminders_begin(struct turn *turn, const struct alert *alert)
{
	struct reminder reminder = { .alert_id = alert->id,
		.due_ms = turn->now_ms + patience_ms(turn) };

	return patience_ms(turn) == 0 ? 0 : store_reminder_set(turn->desk->store, &reminder);
}

static int open_broadcast(struct turn *turn, const struct alert *alert, struct reminder *reminder)
{
	struct store_broadcast broadcast = {
		.kind = BROADCAST_REMINDER, .alert_id = alert->id, .expires_ms = alert->expires_ms
	};
	int rc = store_broadcast_new(
		turn->desk->store, &broadcast, turn->now_ms, &reminder->broadcast_id);

	return rc < 0 ? rc
		      : broadcast_bodies(turn, reminder->broadcast_id,
				SAY(MSG_REMINDER, SPEECH_NUMBER("incident", alert->incident_id)));
}

/* The next responders. */
static int remind_some(struct turn *turn, const struct alert *alert, struct reminder *reminder)
{
	int rc = reminder->broadcast_id ? 0 : open_broadcast(turn, alert, reminder);

	reminder->expires_ms = alert->expires_ms;
	if (rc == 0)
		rc = store_remind(turn->desk->store, reminder, turn->now_ms - patience_ms(turn),
			SLICE, turn->now_ms);
	turn->desk->news.wake = true;
	reminder->due_ms = rc == 1 ? turn->now_ms : next_look_ms(turn);
	return rc < 0 ? rc : 0;
}

static int look_at_one(struct turn *turn, struct reminder *reminder)
{
	struct alert alert;
	int rc = store_alert_get(turn->desk->store, reminder->alert_id, &alert);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (rc == -ENOENT || alert.state != ALERT_RUNNING || patience_ms(turn) == 0)
		reminder->due_ms = 0;
	else if (alert.held)
		reminder->due_ms = next_look_ms(turn);
	else
		rc = remind_some(turn, &alert, reminder);
	return rc < 0 && rc != -ENOENT ? rc : store_reminder_set(turn->desk->store, reminder);
}

int reminders_do(struct turn *turn, int64_t *next_ms)
{
	struct store *store = turn->desk->store;
	struct reminder reminder;
	int rc = store_reminder_due(store, turn->now_ms, &reminder);

	if (rc == 1)
		rc = look_at_one(turn, &reminder);
	return rc < 0 ? rc : store_reminder_next_due(store, next_ms);
}

/* ---- with the alert's own copies ------------------------------------------------------------- */

int reminders_gate(struct turn *turn, int64_t alert_id,
	int64_t (*gate)(struct store *store, int64_t broadcast_id, int64_t now_ms))
{
	struct reminder reminder;
	int rc = store_reminder_get(turn->desk->store, alert_id, &reminder);
	int64_t copies;

	if (rc != 1 || reminder.broadcast_id == 0)
		return rc < 0 ? rc : 0;
	copies = gate(turn->desk->store, reminder.broadcast_id, turn->now_ms);
	return copies < 0 ? (int)copies : 0;
}
