/* SPDX-License-Identifier: Apache-2.0 */
/* An alert's text in each language, what sending it would mean, and sending it. */
#include "internal.h"

static int segments_of(struct turn *turn, const char *language, const struct saying *saying)
{
	char memory[SAY_SIZE];
	struct strbuf out;
	int rc;

	strbuf_init(&out, memory, sizeof(memory));
	say_in(turn, language, saying, &out);
	rc = speech_plan(turn->desk->speech, language, out.text, &turn->desk->plan);
	return rc < 0 ? rc : turn->desk->plan.segments;
}

/*
 * How to answer is left out where it would cost a segment more: everybody's airtime is worth more
 * than a reminder.
 */
static void compose_alert(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct alert *alert = arg;
	const struct speech_arg args[] = { SPEECH_NUMBER("incident", alert->incident_id),
		SPEECH_TEXT("text", alert->text) };
	struct saying full = { .id = MSG_ALERT_FULL, .args = args, .n = ARRAY_SIZE(args) };
	struct saying brief = { .id = MSG_ALERT_SHORT, .args = args, .n = ARRAY_SIZE(args) };
	bool same = segments_of(turn, language, &full) == segments_of(turn, language, &brief);

	say_in(turn, language, same ? &full : &brief, out);
}

/* ---- the promise ---- */

/* Stands for the number that the alert's incident will have: as long as one is for years. */
#define NUMBER_TO_COME 9999

struct measure {
	struct turn *turn;
	const struct alert *alert;
	int dearest;
	int64_t segments;
};

static int measure_language(void *ctx, const char *language, int64_t people)
{
	struct measure *measure = ctx;
	int segments =
		segments_of(measure->turn, language, COMPOSED(compose_alert, measure->alert));

	if (segments < 0)
		return segments;
	measure->segments += segments * people;
	if (segments > measure->dearest)
		measure->dearest = segments;
	return 0;
}

static int64_t seconds_for(int64_t segments, const struct desk_pace *pace)
{
	double seconds;

	if (pace->segments_per_s <= 0)
		return -1;
	seconds = (double)segments / pace->segments_per_s;
	return (int64_t)seconds + ((double)(int64_t)seconds < seconds);
}

int alert_measure(struct turn *turn, const struct alert *alert, struct desk_promise *promise)
{
	struct desk *desk = turn->desk;
	struct alert numbered = *alert;
	struct measure measure = { .turn = turn, .alert = &numbered };
	struct desk_pace pace = { .allowance = -1, .newcomers = -1 };
	struct store_audience audience;
	int rc;

	if (numbered.incident_id == 0)
		numbered.incident_id = NUMBER_TO_COME;
	rc = store_audience_measure(desk->store, alert->zones, alert->wide, turn->now_ms, &audience,
		measure_language, &measure);
	if (rc < 0)
		return rc;
	if (desk->events.pace)
		desk->events.pace(desk->ctx, &pace);
	promise->people = audience.total;
	promise->on_duty = audience.people[RANK_DUTY];
	promise->segments = measure.dearest;
	promise->segments_all = measure.segments;
	promise->allowance = pace.allowance;
	promise->newcomers = pace.newcomers;
	promise->seconds = seconds_for(measure.segments, &pace);
	promise->seconds_on_duty = seconds_for(promise->on_duty * measure.dearest, &pace);
	return 0;
}

/* ---- sending ---- */

static int begin_broadcast(struct turn *turn, const struct alert *alert)
{
	struct desk *desk = turn->desk;
	int64_t expires_ms = turn->now_ms + desk->settings->alerts.shelf_life_s * MS_PER_S, id;
	struct store_broadcast broadcast = { .kind = BROADCAST_ALERT,
		.alert_id = alert->id,
		.zones = alert->zones,
		.wide = alert->wide,
		.expires_ms = expires_ms };
	int rc = store_broadcast_new(desk->store, &broadcast, turn->now_ms, &id);

	if (rc == 0)
		rc = broadcast_bodies(turn, id, COMPOSED(compose_alert, alert));
	if (rc == 0)
		rc = store_alert_start(desk->store, alert->id, id, expires_ms, turn->now_ms);
	return rc;
}

int alert_start(struct turn *turn, const struct alert *alert)
{
	struct desk *desk = turn->desk;
	int rc = begin_broadcast(turn, alert);

	/* the first, those on duty, with the code's own commit: they are on the air at once */
	if (rc == 0)
		rc = store_broadcast_expand(desk->store, SLICE_FIRST, turn->now_ms);
	if (rc >= 0)
		rc = store_incident_set(desk->store, alert->incident_id, INCIDENT_ALERTED,
			turn->who.id, turn->now_ms);
	if (rc < 0)
		return rc;
	desk->news.wake = desk->news.changed = true;
	log_notice("incident=%" PRId64 " alert=%" PRId64 " is going out", alert->incident_id,
		alert->id);
	return 0;
}
