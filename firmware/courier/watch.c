/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operators block a SIM without a word: every text is accepted and none arrives. What shows it is
 * that delivery reports, which came before, stop coming. A ring of the segments that were accepted
 * last is kept for each modem; a slot is free again when its report came or is overdue, so that a
 * fast broadcast is sampled and a slow one is seen whole. A blocked SIM is used for nothing while
 * another modem is ready, and for urgent texts only while none is. It is tried again as soon as
 * reports come for what it sent since, when its canary arrives, or, where it has none, after a day.
 */
#include "office.h"

#include <stdio.h>
#include <string.h>

#define JUDGED_MIN      20 /* of fewer segments nothing is concluded */
#define MISSING_PERCENT 80 /* of those judged: some phones are always off */
#define SUSPECT_MIN     8  /* from so many, and so many missing, on a canary is */
#define SUSPECT_PERCENT 50 /* asked */
#define BACK_MIN        3  /* reports after it was blocked that show that it is not */
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

/* Phones that are on report within seconds; the default is ten minutes. */
static int64_t overdue_ms(const struct courier *courier)
{
	return courier->settings.report_wait_s * MS_PER_S;
}

static bool is_open(const struct courier *courier, const struct awaited *awaited, int64_t now_ms)
{
	return awaited->sent_ms && !awaited->reported &&
	       awaited->sent_ms + overdue_ms(courier) > now_ms;
}

void watch_sent(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct watch *watch = &post->watch;
	struct awaited *slot = &watch->ring[watch->next % WATCHED];
	if (!courier->settings.reports || is_open(courier, slot, now_ms))
		return;
	*slot = (struct awaited){ .sent_ms = now_ms,
		.phone = hash_of(post->flight.phone),
		.reference = post->flight.result.reference };
	watch->next++;
	if (watch->reports_come)
		watch->look_ms = time_min(watch->look_ms, now_ms + overdue_ms(courier));
}

void watch_unblock(struct courier *courier, struct post *post, const char *why)
{
	if (!post->watch.blocked_ms)
		return;
	log_notice("%s: not held for blocked any more: %s", post->name, why);
	keep(courier, post, "blocked", 0);
	memset(post->watch.ring, 0, sizeof(post->watch.ring));
	post->watch.blocked_ms = 0;
	post->watch.back = 0;
	post->watch.look_ms = TIME_NEVER;
	office_undry(courier);
	office_request(courier);
	if (courier->events.unblocked)
		courier->events.unblocked(courier->ctx, post->name);
	if (courier->events.changed)
		courier->events.changed(courier->ctx);
}

void watch_reported(struct courier *courier, struct post *post, const struct report *report)
{
	struct watch *watch = &post->watch;
	uint64_t phone = hash_of(report->phone);
	if (!watch->reports_come) {
		keep(courier, post, "reports", 1);
		watch->look_ms = courier->now_ms + overdue_ms(courier);
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
		watch_unblock(courier, post, "reports come again");
}

/* ---- the judgement -------------------------------------------------------------------------- */

void watch_block(struct courier *courier, struct post *post, int percent, int64_t now_ms)
{
	char words[96] = "its canaries do not arrive: the SIM may be blocked";
	if (post->watch.blocked_ms)
		return;
	post->watch.blocked_ms = now_ms;
	post->watch.back = 0;
	keep(courier, post, "blocked", now_ms);
	if (percent)
		snprintf(words, sizeof(words),
			"%d%% of its segments get no report: the SIM may be blocked", percent);
	office_alarm(courier, post, "blocked", words);
	/* What waited for this modem is for the others. */
	office_undry(courier);
	if (courier->events.blocked)
		courier->events.blocked(courier->ctx, post->name, percent);
	if (courier->events.changed)
		courier->events.changed(courier->ctx);
}

/** Whoever has a canary is blocked only when it does not arrive: reports may stop by themselves. */
static void accuse(struct courier *courier, struct post *post, int percent, int64_t now_ms)
{
	switch (canary_says(courier, post, now_ms)) {
	case CANARY_NOTHING:
		watch_block(courier, post, percent, now_ms);
		break;
	case CANARY_ARRIVED:
		/* What is missing is explained: only what is sent from now on counts. */
		memset(post->watch.ring, 0, sizeof(post->watch.ring));
		break;
	case CANARY_WAIT:
		post->watch.look_ms = time_min(post->watch.look_ms, now_ms + overdue_ms(courier));
		break;
	}
}

static void judge(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct watch *watch = &post->watch;
	int judged = 0, missing = 0;
	watch->look_ms = TIME_NEVER;
	for (unsigned int i = 0; i < WATCHED; i++) {
		const struct awaited *awaited = &watch->ring[i];
		if (is_open(courier, awaited, now_ms))
			watch->look_ms =
				time_min(watch->look_ms, awaited->sent_ms + overdue_ms(courier));
		else if (awaited->sent_ms)
			judged++, missing += !awaited->reported;
	}
	/* One look takes in all that is overdue about then. */
	int64_t look_every_ms = time_min(LOOK_EVERY_MS, overdue_ms(courier));
	if (watch->look_ms != TIME_NEVER && watch->look_ms < now_ms + look_every_ms)
		watch->look_ms = now_ms + look_every_ms;
	if (!watch->reports_come || judged < SUSPECT_MIN ||
		missing * 100 < judged * SUSPECT_PERCENT)
		return;
	canary_ask(post, now_ms);
	if (judged >= JUDGED_MIN && missing * 100 >= judged * MISSING_PERCENT)
		accuse(courier, post, missing * 100 / judged, now_ms);
}

void watch_tick(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct watch *watch = &post->watch;
	if (watch->look_ms > now_ms)
		return;
	if (!watch->blocked_ms)
		judge(courier, post, now_ms);
	else if (!post->canary.phone[0] && now_ms >= watch->blocked_ms + TRY_AGAIN_MS)
		watch_unblock(courier, post, "it is tried again");
	if (watch->blocked_ms)
		watch->look_ms =
			post->canary.phone[0] ? TIME_NEVER : watch->blocked_ms + TRY_AGAIN_MS;
	else if (watch->look_ms <= now_ms)
		watch->look_ms = TIME_NEVER;
}

void watch_stepped(struct courier *courier, struct post *post, int64_t step_ms)
{
	struct watch *watch = &post->watch;
	for (unsigned int i = 0; i < WATCHED; i++) {
		if (watch->ring[i].sent_ms)
			watch->ring[i].sent_ms += step_ms;
	}
	if (watch->look_ms != TIME_NEVER)
		watch->look_ms += step_ms;
	if (!watch->blocked_ms)
		return;
	watch->blocked_ms += step_ms;
	keep(courier, post, "blocked", watch->blocked_ms);
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
