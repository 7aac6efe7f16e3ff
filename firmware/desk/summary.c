/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the author of an alert hears of the answers: a summary when something changed, at most one
 * in summary_every_s, and at once when as many as needed are coming: then the copies that have not
 * left are held.
 */
#include "internal.h"

int64_t answers_coming(const struct answer_counts *counts)
{
	return counts->yes + counts->here + counts->done;
}

/* ---- as many as needed ---- */

/* All answers until now were told. */
static int set_told(struct turn *turn, int64_t alert_id, const struct answer_counts *counts)
{
	int64_t told_ms = turn->now_ms > counts->last_ms ? turn->now_ms : counts->last_ms;

	return store_alert_set_summary(turn->desk->store, alert_id, told_ms);
}

static int hold(struct turn *turn, struct alert *alert, const struct answer_counts *counts)
{
	struct store *store = turn->desk->store;
	int64_t held = store_broadcast_hold(store, alert->broadcast_id, turn->now_ms);
	int rc = held < 0 ? (int)held : store_alert_set_held(store, alert->id, true);

	if (rc == 0)
		rc = reminders_gate(turn, alert->id, store_broadcast_hold);
	/* it says what a summary would say now */
	if (rc == 0)
		rc = set_told(turn, alert->id, counts);
	if (rc < 0)
		return rc;
	log_notice("incident=%" PRId64 " alert=%" PRId64 " has the %d it needs, %" PRId64
		   " copies held",
		alert->incident_id, alert->id, alert->need, held);
	return tell_dispatcher(turn, alert->author_id, alert->incident_id,
		SAY(MSG_QUORUM, SPEECH_NUMBER("incident", alert->incident_id),
			SPEECH_NUMBER("need", alert->need), SPEECH_NUMBER("held", held)));
}

int64_t quorum_release(struct turn *turn, struct alert *alert)
{
	struct store *store = turn->desk->store;
	int64_t released = store_broadcast_release(store, alert->broadcast_id, turn->now_ms);
	int rc = released < 0 ? (int)released : store_alert_set_held(store, alert->id, false);

	if (rc == 0)
		rc = reminders_gate(turn, alert->id, store_broadcast_release);
	turn->desk->news.wake = turn->desk->news.changed = true;
	alert->held = false;
	return rc < 0 ? rc : released;
}

static int go_on(struct turn *turn, struct alert *alert, int64_t yes)
{
	int64_t released = quorum_release(turn, alert);

	if (released < 0)
		return (int)released;
	return tell_dispatcher(turn, alert->author_id, alert->incident_id,
		SAY(MSG_QUORUM_LOST, SPEECH_NUMBER("incident", alert->incident_id),
			SPEECH_NUMBER("yes", yes), SPEECH_NUMBER("need", alert->need),
			SPEECH_NUMBER("held", released)));
}

int quorum_check(struct turn *turn, struct alert *alert)
{
	struct answer_counts counts;
	int rc;

	if (alert->need == 0)
		return 0;
	rc = store_answer_counts(turn->desk->store, alert->id, turn->now_ms, &counts);
	if (rc < 0 || (answers_coming(&counts) >= alert->need) == alert->held)
		return rc;
	turn->desk->news.wake = true;
	rc = alert->held ? go_on(turn, alert, answers_coming(&counts)) : hold(turn, alert, &counts);
	return rc < 0 ? rc : 0;
}

static int check_one(void *ctx, const struct alert *alert)
{
	struct alert running = *alert;

	return quorum_check(ctx, &running);
}

int quorums_check(struct turn *turn)
{
	return store_alert_walk(turn->desk->store, ALERT_RUNNING, check_one, turn);
}

/* ---- the rolling summary ---- */

struct summary {
	const struct alert *alert;
	struct answer_counts counts;
	struct store_tally tally;
};

static int64_t copies_sent(const struct store_tally *tally)
{
	return tally->messages[MESSAGE_SENT] + tally->messages[MESSAGE_DELIVERED] +
	       tally->messages[MESSAGE_UNKNOWN];
}

static int64_t copies(const struct store_tally *tally)
{
	int64_t n = 0;

	for (int i = 0; i < MESSAGE_STATES; i++)
		n += tally->messages[i];
	return n;
}

static void compose_summary(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct summary *summary = arg;
	const struct answer_counts *counts = &summary->counts;

	say_in(turn, language,
		SAY(MSG_SUMMARY, SPEECH_NUMBER("incident", summary->alert->incident_id),
			SPEECH_NUMBER("yes", counts->yes), SPEECH_NUMBER("here", counts->here),
			SPEECH_NUMBER("done", counts->done), SPEECH_NUMBER("no", counts->no),
			SPEECH_NUMBER("sent", copies_sent(&summary->tally)),
			SPEECH_NUMBER("total", copies(&summary->tally))),
		out);
	if (counts->eta_min_soonest >= 0)
		say_next(turn, language,
			SAY(MSG_SUMMARY_ETA, SPEECH_NUMBER("minutes", counts->eta_min_soonest)),
			out);
}

static int tell_summary(struct turn *turn, struct summary *summary)
{
	struct store *store = turn->desk->store;
	const struct alert *alert = summary->alert;
	int rc = store_tally(store, alert->broadcast_id, &summary->tally);

	if (rc == 0)
		rc = tell_dispatcher(turn, alert->author_id, alert->incident_id,
			COMPOSED(compose_summary, summary));
	return rc < 0 ? rc : set_told(turn, alert->id, &summary->counts);
}

struct look {
	struct turn *turn;
	int64_t next_ms;
};

static int look_at_alert(void *ctx, const struct alert *alert)
{
	struct look *look = ctx;
	struct turn *turn = look->turn;
	struct summary summary = { .alert = alert };
	int64_t due_ms;
	int rc = store_answer_counts(turn->desk->store, alert->id, turn->now_ms, &summary.counts);

	if (rc < 0 || summary.counts.last_ms == 0 || summary.counts.last_ms <= alert->summary_ms)
		return rc;
	due_ms =
		alert->summary_ms == 0
			? turn->now_ms
			: alert->summary_ms + turn->desk->settings->desk.summary_every_s * MS_PER_S;
	if (due_ms <= turn->now_ms)
		return tell_summary(turn, &summary);
	look->next_ms = time_min(look->next_ms, due_ms);
	return 0;
}

int summaries_tell(struct turn *turn, int64_t *next_ms)
{
	struct look look = { turn, TIME_NEVER };
	int rc = store_alert_walk(turn->desk->store, ALERT_RUNNING, look_at_alert, &look);

	*next_ms = time_min(*next_ms, look.next_ms);
	return rc;
}
