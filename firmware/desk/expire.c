/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ends by itself: a pending alert whose code ran out, a running one whose shelf life is over.
 */
#include "internal.h"

static int end_pending(void *ctx, const struct alert *alert)
{
	struct turn *turn = ctx;
	int rc;

	if (alert->code_expires_ms > turn->now_ms && !code_is_stale(turn, alert->code_expires_ms))
		return 0;
	rc = store_alert_end(turn->desk->store, alert->id, ALERT_EXPIRED, turn->now_ms);
	if (rc == 0)
		rc = alert_incident_forget(turn, alert->incident_id);
	if (rc < 0)
		return rc;
	turn->desk->news.changed = true;
	if (alert->author_id == 0) /* faroctl's: its user was there and said no */
		return 0;
	rc = tell_dispatcher(turn, alert->author_id, alert->incident_id,
		SAY(MSG_CODE_EXPIRED, SPEECH_NUMBER("incident", alert->incident_id)));
	return rc < 0 ? rc : 0;
}

/* Who promised to come hears that nobody counts on it any more. */
static int tell_coming(
	struct turn *turn, const struct alert *alert, const struct answer_counts *counts)
{
	struct desk *desk = turn->desk;
	struct store_broadcast broadcast = { .kind = BROADCAST_OVER,
		.alert_id = alert->id,
		.expires_ms = turn->now_ms + desk->settings->alerts.shelf_life_s * MS_PER_S };
	int64_t id;
	int rc;

	if (alert->info || counts->yes + counts->here == 0)
		return 0;
	rc = store_broadcast_new(desk->store, &broadcast, turn->now_ms, &id);
	if (rc == 0)
		rc = broadcast_bodies(turn, id,
			SAY(MSG_ALERT_OVER, SPEECH_NUMBER("incident", alert->incident_id)));
	return rc < 0 ? rc : store_broadcast_expand(desk->store, SLICE_FIRST, turn->now_ms);
}

/* Nobody was asked to come to what is to be known only: who said yes to it says nothing. */
static int tell_author(
	struct turn *turn, const struct alert *alert, const struct answer_counts *counts)
{
	return tell_dispatcher(turn, alert->author_id, alert->incident_id,
		SAY(alert->info ? MSG_INFO_EXPIRED : MSG_ALERT_EXPIRED,
			SPEECH_NUMBER("incident", alert->incident_id),
			SPEECH_NUMBER("yes", counts->yes + counts->here + counts->done)));
}

static int end_running(void *ctx, const struct alert *alert)
{
	struct turn *turn = ctx;
	struct store *store = turn->desk->store;
	struct answer_counts counts;
	int64_t dropped;
	int rc;

	if (alert->expires_ms > turn->now_ms)
		return 0;
	rc = store_answer_counts(store, alert->id, turn->now_ms, &counts);
	if (rc == 0)
		rc = store_alert_end(store, alert->id, ALERT_EXPIRED, turn->now_ms);
	if (rc < 0)
		return rc;
	rc = reminders_gate(turn, alert->id, store_broadcast_drop);
	if (rc < 0)
		return rc;
	dropped = store_broadcast_drop(store, alert->broadcast_id, turn->now_ms);
	if (dropped < 0)
		return (int)dropped;
	rc = tell_coming(turn, alert, &counts);
	if (rc < 0)
		return rc;
	turn->desk->news.wake = turn->desk->news.changed = true;
	log_notice("incident=%" PRId64 " alert=%" PRId64 " is over, %" PRId64 " copies dropped",
		alert->incident_id, alert->id, dropped);
	if (alert->planned) /* an announcement: nothing came of it, and nothing follows */
		return store_incident_set(
			store, alert->incident_id, INCIDENT_CLOSED, 0, turn->now_ms);
	rc = tell_author(turn, alert, &counts);
	return rc < 0 ? rc : reporters_tell_over(turn, alert);
}

int expiries(struct turn *turn)
{
	struct store *store = turn->desk->store;
	int64_t next_ms = TIME_NEVER;
	int rc = store_alert_walk(store, ALERT_PENDING, end_pending, turn);

	if (rc == 0)
		rc = store_alert_next_end(store, &next_ms);
	if (rc < 0 || next_ms > turn->now_ms)
		return rc;
	return store_alert_walk(store, ALERT_RUNNING, end_running, turn);
}
