/* SPDX-License-Identifier: Apache-2.0 */
/* The desk: when its turn comes, and what it asks of the others. */
#include <string.h>

#include "farod.h"

/* Wall clocks step: no timer sleeps longer than this without looking again. */
#define LOOK_AGAIN_MS MS_PER_H

/* The store is in trouble, and said so: it is tried again after this. */
#define TRY_AGAIN_MS (5 * MS_PER_S)

/* Nobody minds when a turn comes a little later, with another timer's wake-up. */
#define TURN_SLACK_MS 200

/* ---- its turns ----------------------------------------------------------------------------- */

/* One text a turn, so that modems are served in between. */
static void desk_turn(void *ctx)
{
	struct farod *farod = ctx;
	int64_t now, next;
	int handled;

	farod_look_at_clock(farod);
	now = time_wall_ms();
	handled = desk_handle_next(farod->desk, now);
	if (handled == 1)
		loop_idle_request(farod->desk_idle);
	next = desk_tick(farod->desk, now);
	if (handled < 0 || next < 0)
		next = now + TRY_AGAIN_MS;
	next = time_mono_ms() + time_min(next > now ? next - now : 0, LOOK_AGAIN_MS);
	loop_timer_set(farod->desk_timer, next, TURN_SLACK_MS);
	farod_changed(farod);
}

void farod_desk_wanted(void *ctx)
{
	struct farod *farod = ctx;

	loop_idle_request(farod->desk_idle);
}

int farod_start_turns(struct farod *farod)
{
	int rc = loop_idle_new(farod->loop, desk_turn, farod, &farod->desk_idle);

	if (rc == 0)
		rc = loop_timer_new(farod->loop, farod_desk_wanted, farod, &farod->desk_timer);
	return rc;
}

void farod_stop_turns(struct farod *farod)
{
	loop_timer_free(farod->desk_timer);
	loop_idle_free(farod->desk_idle);
}

/* ---- what it asks -------------------------------------------------------------------------- */

static void desk_wakes_courier(void *ctx)
{
	struct farod *farod = ctx;

	courier_wake(farod->courier);
	loop_idle_request(farod->desk_idle); /* its deadlines may be nearer now */
}

/* The strongest of the modems, dBm; 0 = none is known. */
static int best_signal(const struct farod *farod)
{
	int best = 0;

	for (int i = 0; i < farod->n_modems; i++) {
		struct modem_info info;

		modem_get_info(farod->modems[i], &info);
		if (info.signal_dbm != 0 && (best == 0 || info.signal_dbm > best))
			best = info.signal_dbm;
	}
	return best;
}

static void desk_asks_pace(void *ctx, struct desk_pace *out)
{
	struct farod *farod = ctx;
	struct courier_pace pace;

	courier_get_pace(farod->courier, &pace);
	*out = (struct desk_pace){ .modems = pace.modems,
		.modems_ready = pace.ready,
		.segments_per_s = pace.segments_per_s,
		.allowance = pace.allowance,
		.newcomers = pace.newcomers,
		.signal_dbm = best_signal(farod) };
}

static bool desk_asks_own_number(void *ctx, const char *phone)
{
	struct farod *farod = ctx;

	for (int i = 0; i < farod->n_modems; i++) {
		struct modem_info info;

		modem_get_info(farod->modems[i], &info);
		if (info.own_number[0] && strcmp(info.own_number, phone) == 0)
			return true;
	}
	return false;
}

static void desk_pauses(void *ctx, bool paused)
{
	struct farod *farod = ctx;

	courier_set_paused(farod->courier, paused);
}

/* ---- its life ------------------------------------------------------------------------------ */

int farod_start_desk(struct farod *farod)
{
	static const struct desk_events events = {
		.wake = desk_wakes_courier,
		.pace = desk_asks_pace,
		.own_number = desk_asks_own_number,
		.paused = desk_pauses,
		.changed = farod_changed,
	};
	int64_t now = time_wall_ms();
	int rc = desk_new(
		farod->settings, farod->store, farod->speech, &events, farod, now, &farod->desk);

	if (rc < 0)
		return rc;
	desk_set_time_known(farod->desk, farod->clock.source != CLOCK_UNKNOWN);
	return courier_start(farod->courier, now);
}

void farod_stop_desk(struct farod *farod)
{
	desk_free(farod->desk);
}
