/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A phone joins the parts of a text by their sender's number (TS 23.040 9.2.3.24.1), so a message
 * stays on the modem that sent its first part. When that modem cannot go on, what it has begun
 * starts again on another one, whole: when it is away for longer than a restart takes, when its SIM
 * is taken for blocked or may send nothing more today, and when it is not in the configuration any
 * more. A part on the air or of unknown fate is settled first (store_modem_release()). Without
 * another modem everything waits for the one that has begun it.
 */
#include "office.h"

#define AWAY_MS (15 * MS_PER_S) /* a modem that only restarts keeps what it has begun */

static bool cannot_go_on(const struct post *post, int64_t now_ms)
{
	bool away = post->away_ms != TIME_NEVER && now_ms >= post->away_ms + AWAY_MS;
	return away || watch_blocked(post) || caps_exhausted(post);
}

/** Why, for the log. */
static const char *why_of(const struct post *post)
{
	if (watch_blocked(post))
		return "blocked";
	return caps_exhausted(post) ? "used up for today" : "away";
}

static void log_released(const char *modem, const char *why, int64_t n)
{
	log_notice("modem %s is %s: %lld begun messages go on elsewhere", modem, why, (long long)n);
}

static int release_post(struct courier *courier, struct turn *turn, struct post *post)
{
	bool on_air = post->flight.on && !post->flight.answered;
	if (!post->used || on_air || turn->now_ms < post->release_ms)
		return 0;
	if (!cannot_go_on(post, turn->now_ms)) {
		post->released = false;
		return 0;
	}
	/* Again when rows became due: an unknown of this modem may be queued now. */
	if ((post->released && !turn->due) || !caps_other_can_send(courier, post))
		return 0;
	int64_t n = store_modem_release(courier->store, post->name, turn->now_ms);
	if (n < 0)
		return (int)n;
	post->released = true;
	if (n > 0) {
		log_released(post->name, why_of(post), n);
		office_undry(courier);
	}
	return 0;
}

/** What modems have begun that this box has no more. */
static int release_orphans(struct courier *courier, int64_t now_ms)
{
	const char *here[COURIER_MODEMS_MAX];
	int n_here = 0;
	if (!courier->orphans || !caps_other_can_send(courier, NULL))
		return 0;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		if (courier->posts[i].used)
			here[n_here++] = courier->posts[i].name;
	}
	int64_t n = store_orphans_release(courier->store, here, n_here, now_ms);
	if (n < 0)
		return (int)n;
	courier->orphans = false;
	if (n > 0) {
		log_released("of before", "not in the configuration", n);
		office_undry(courier);
	}
	return 0;
}

int release_begun(struct courier *courier, struct turn *turn)
{
	turn->step = STEP_RELEASE;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		turn->post = &courier->posts[i];
		int rc = release_post(courier, turn, turn->post);
		if (rc < 0)
			return rc;
	}
	turn->post = NULL;
	return release_orphans(courier, turn->now_ms);
}
