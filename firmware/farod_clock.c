/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time it is: who may say so, in the order of base.h, and what follows when it becomes known.
 * The system's clock is looked at, never set.
 */
#include <string.h>

#include "farod.h"

#define LOOK_UNKNOWN_MS MS_PER_MIN /* until the kernel is synchronized */
#define LOOK_KNOWN_MS   (10 * MS_PER_MIN)
#define LOOK_SLACK_MS   (10 * MS_PER_S)
/* What is less is followed, and not worth a line or a write. */
#define NEWS_MS MS_PER_S

static void keep(struct farod *farod)
{
	const struct store_clock clock = { .source = (int)farod->clock.source,
		.base_ms = farod->clock.base_ms,
		.from_ms = farod->clock_from_ms };
	int rc = store_clock_keep(farod->store, &clock);

	if (rc < 0)
		log_error("clock: what it shows is not kept: %s", strerror(-rc));
}

/*
 * What was written until now gets its date: once more after a text had told the time, for that was
 * only the earliest that it could be.
 */
static void date(struct farod *farod, int64_t step_ms)
{
	int rc = store_clock_date(farod->store, farod->clock_from_ms, step_ms);

	if (rc < 0)
		log_error(
			"clock: what happened before it was known is not dated: %s", strerror(-rc));
	farod->clock_from_ms =
		farod->clock.source > CLOCK_TEXT ? 0 : farod->clock_from_ms + step_ms;
}

static void tell(const struct farod *farod, int64_t step_ms)
{
	const struct clock *clock = &farod->clock;
	char iso[TIME_ISO_SIZE];

	log_notice("clock: it is %s by %s%s%s, %+lld s", time_iso(time_wall_ms(), iso),
		clock_source_name(clock->source), clock->who[0] ? " of " : "", clock->who,
		(long long)(step_ms / MS_PER_S));
}

void farod_hear_time(
	struct farod *farod, enum clock_source source, const char *who, int64_t told_ms)
{
	const struct clock before = farod->clock;
	int64_t step_ms;

	if (!clock_hear(&farod->clock, source, who, told_ms, time_mono_ms()))
		return;
	step_ms = farod->clock.base_ms - before.base_ms;
	time_set_base(farod->clock.base_ms);
	if (before.source == farod->clock.source && step_ms > -NEWS_MS && step_ms < NEWS_MS)
		return;
	tell(farod, step_ms);
	if (farod->clock_from_ms)
		date(farod, step_ms);
	keep(farod);
	if (farod->courier)
		courier_wake(farod->courier);
	if (farod->desk) {
		desk_set_time_known(farod->desk, true);
		farod_desk_wanted(farod);
	}
}

void farod_look_at_clock(struct farod *farod)
{
	switch (farod->settings->box.clock) {
	case SETTINGS_CLOCK_SYSTEM:
		farod_hear_time(farod, CLOCK_SYSTEM, "", time_system_ms());
		break;
	case SETTINGS_CLOCK_AUTO:
		if (clock_is_synchronized())
			farod_hear_time(farod, CLOCK_NTP, "", time_system_ms());
		break;
	case SETTINGS_CLOCK_NETWORK:
		break;
	}
}

static void look(void *ctx)
{
	struct farod *farod = ctx;
	int64_t wait_ms;

	farod_look_at_clock(farod);
	wait_ms = farod->clock.source < CLOCK_SYSTEM ? LOOK_UNKNOWN_MS : LOOK_KNOWN_MS;
	loop_timer_set(farod->clock_timer, time_mono_ms() + wait_ms, LOOK_SLACK_MS);
}

/*
 * Another process of this boot may have known it. The system's clock is believed no longer than it
 * is vouched for: anybody may set what it left.
 */
static int recall(struct farod *farod)
{
	struct store_clock kept;
	int rc = store_clock_recall(farod->store, &kept);

	if (rc <= 0)
		return rc;
	farod->clock.base_ms = kept.base_ms;
	farod->clock.source =
		kept.source < CLOCK_SYSTEM ? (enum clock_source)kept.source : CLOCK_TEXT;
	farod->clock_from_ms = kept.from_ms;
	return 1;
}

int farod_start_clock(struct farod *farod)
{
	int64_t mono_ms = time_mono_ms(), newest_ms;
	int rc = store_clock_newest(farod->store, &newest_ms);

	if (rc < 0)
		return rc;
	clock_begin(&farod->clock, time_system_ms(), newest_ms, mono_ms);
	farod->clock_from_ms = mono_ms + farod->clock.base_ms;
	rc = recall(farod);
	time_set_base(farod->clock.base_ms);
	if (rc == 0)
		keep(farod);
	if (rc >= 0)
		rc = loop_timer_new(farod->loop, look, farod, &farod->clock_timer);
	if (rc >= 0)
		rc = loop_steps_new(farod->loop, look, farod, &farod->clock_steps);
	if (rc < 0)
		return rc;
	look(farod);
	if (farod->clock.source == CLOCK_UNKNOWN)
		log_notice(
			"clock: the time is not known; nothing happens by the clock until it is");
	return 0;
}

void farod_stop_clock(struct farod *farod)
{
	loop_steps_free(farod->clock_steps);
	loop_timer_free(farod->clock_timer);
	if (farod->clock.source != CLOCK_UNKNOWN && farod->store)
		store_clock_seen(farod->store, time_wall_ms());
}
