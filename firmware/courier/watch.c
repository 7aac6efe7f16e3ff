/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators block a SIM without a word: every text is accepted and none arrives. What shows it is
 * that delivery reports, which came before, stop coming. A ring of the segments that were accepted
 * last is kept for each modem; a slot is free again when its report came or is overdue, so that a
 * fast broadcast is sampled and a slow one is seen whole. A blocked SIM is used for nothing while
 * another modem is ready, and for urgent texts only while none is. It is tried again after a day,
 * or as soon as reports come for what it sent since.
 */
#include "office.h"

#include <stdio.h>
#include <string.h>

#define OVERDUE_MS      (10 * MS_PER_MIN) /* phones that are on report within seconds */
#define JUDGED_MIN      20                /* of fewer segments nothing is concluded */
#define MISSING_PERCENT 80                /* of those judged: some phones are always off */
#define BACK_MIN        3 /* reports after it was blocked that show that it is not */
#define TRY_AGAIN_MS    MS_PER_DAY
#define LOOK_EVERY_MS   MS_PER_MIN /* while something is overdue soon */
#define KEY_SIZE        48

static const char *key_of(char key[KEY_SIZE], const char *what, const struct post *post)
{
	snprintf(key, KEY_SIZE, "%s %s", what, post->name);
	return key;
}

static void keep(struct courier *courier, const struct post *post, const char *what, int64_t value)
{
	char key[KEY_SIZE];
	int rc = store_value_set(courier->store, key_of(key, what, post), value);
	if (rc < 0)
		log_error("what is known of %s cannot be kept: %s", post->name, strerror(-rc));
}

static int64_t kept(struct courier *courier, const struct post *post, const char *what)
{
	char key[KEY_SIZE];
	int64_t value;
	int rc = store_value_get(courier->store, key_of(key, what, post), &value);
	return rc == 0 ? value : 0;
}

void watch_init(struct courier *courier, struct post *post)
{
	post->watch = (struct watch){ .look_ms = TIME_NEVER };
	post->watch.reports_come = kept(courier, post, "reports") > 0;
	post->watch.blocked_ms = kept(courier, post, "blocked");
	if (post->watch.blocked_ms)
		post->watch.look_ms = post->watch.blocked_ms + TRY_AGAIN_MS;
}

/* ---- what is awaited ------------------------------------------------------------------------- */

static uint64_t hash_of(const char *phone)
{
	return inward_hash(phone, strlen(phone));
}

static bool is_open(const struct awaited *awaited, int64_t now_ms)
{
	return awaited->sent_ms && !awaited->reported && awaited->sent_ms + OVERDUE_MS > now_ms;
}

void watch_sent(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct watch *watch = &post->watch;
	struct awaited *slot = &watch->ring[watch->next % WATCHED];
	if (!courier->settings.reports || is_open(slot, now_ms))
		return;
	*slot = (struct awaited){ .sent_ms = now_ms,
		.phone = hash_of(post->flight.phone),
		.reference = post->flight.result.reference };
	watch->next++;
	if (watch->reports_come)
		watch->look_ms = time_min(watch->look_ms, now_ms + OVERDUE_MS);
}

static void unblock(struct courier *courier, struct post *post, const char *why)
{
	log_notice("%s: not held for blocked any more: %s", post->name, why);
	keep(courier, post, "blocked", 0);
	memset(post->watch.ring, 0, sizeof(post->watch.ring));
	post->watch.blocked_ms = 0;
	post->watch.back = 0;
	office_undry(courier);
	office_request(courier);
}

void watch_reported(struct courier *courier, struct post *post, const struct report *report)
{
	struct watch *watch = &post->watch;
	uint64_t phone = hash_of(report->phone);
	if (!watch->reports_come) {
		keep(courier, post, "reports", 1);
		watch->look_ms = courier->now_ms + OVERDUE_MS;
	}
	watch->reports_come = true;
	for (unsigned int i = 0; i < WATCHED; i++) {
		struct awaited *awaited = &watch->ring[i];
		if (!awaited->sent_ms || awaited->reported || awaited->phone != phone ||
			awaited->reference != report->reference)
			continue;
		awaited->reported = true;
		watch->back += watch->blocked_ms && awaited->sent_ms > watch->blocked_ms;
		break;
	}
	if (watch->back >= BACK_MIN)
		unblock(courier, post, "reports come again");
}

/* ---- the judgement -------------------------------------------------------------------------- */

static void block(struct courier *courier, struct post *post, int percent, int64_t now_ms)
{
	char words[96];
	post->watch.blocked_ms = now_ms;
	post->watch.back = 0;
	keep(courier, post, "blocked", now_ms);
	snprintf(words, sizeof(words), "%d%% of its segments get no report: the SIM may be blocked",
		percent);
	office_alarm(courier, post, "blocked", words);
	/* What waited for this modem is for the others. */
	office_undry(courier);
	if (courier->events.blocked)
		courier->events.blocked(courier->ctx, post->name, percent);
	if (courier->events.changed)
		courier->events.changed(courier->ctx);
}

static void judge(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct watch *watch = &post->watch;
	int judged = 0, missing = 0;
	watch->look_ms = TIME_NEVER;
	for (unsigned int i = 0; i < WATCHED; i++) {
		const struct awaited *awaited = &watch->ring[i];
		if (is_open(awaited, now_ms))
			watch->look_ms = time_min(watch->look_ms, awaited->sent_ms + OVERDUE_MS);
		else if (awaited->sent_ms)
			judged++, missing += !awaited->reported;
	}
	/* One look takes in all that is overdue about then. */
	if (watch->look_ms != TIME_NEVER && watch->look_ms < now_ms + LOOK_EVERY_MS)
		watch->look_ms = now_ms + LOOK_EVERY_MS;
	if (watch->reports_come && judged >= JUDGED_MIN &&
		missing * 100 >= judged * MISSING_PERCENT)
		block(courier, post, missing * 100 / judged, now_ms);
}

void watch_tick(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct watch *watch = &post->watch;
	if (watch->look_ms > now_ms)
		return;
	if (!watch->blocked_ms)
		judge(courier, post, now_ms);
	else if (now_ms >= watch->blocked_ms + TRY_AGAIN_MS)
		unblock(courier, post, "it is tried again");
	if (watch->blocked_ms)
		watch->look_ms = watch->blocked_ms + TRY_AGAIN_MS;
	else if (watch->look_ms <= now_ms)
		watch->look_ms = TIME_NEVER;
}

bool watch_blocked(const struct post *post)
{
	return post->watch.blocked_ms != 0;
}

bool courier_modem_blocked(const struct courier *courier, const struct modem *modem)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		const struct post *post = &courier->posts[i];
		if (post->used && post->modem == modem)
			return watch_blocked(post);
	}
	return false;
}
