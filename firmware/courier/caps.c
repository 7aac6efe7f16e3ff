/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each SIM may still be used for. The minute is a token bucket: it fills at the cap's own pace
 * less the reserve and holds one segment more than the reserve, so that no minute, wherever it
 * begins, sees more than the cap. Ordinary segments leave when it is full, urgent ones when there
 * is one in it. Day and month are the calendar's: counted in the store when a segment is claimed,
 * in the claim's own transaction, and given back when the network refused it.
 */
#include "office.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOKEN MS_PER_MIN /* a cap of N fills N units each ms: a segment a minute for each */

/** A tenth, for what is urgent; at least one where there is one to spare. */
static int64_t reserve_of(int64_t cap)
{
	return cap > 1 ? (cap + 9) / 10 : 0;
}

/** A small cap needs none: an urgent text waits for the next of few segments a minute. */
static int64_t minute_reserve(const struct caps *caps)
{
	return caps->set.per_minute / 10;
}

static int64_t minute_rate(const struct caps *caps)
{
	return caps->set.per_minute - minute_reserve(caps);
}

static int64_t bucket_size(const struct caps *caps)
{
	return (1 + minute_reserve(caps)) * TOKEN;
}

void caps_init(struct caps *caps)
{
	*caps = (struct caps){ .widens_ms = TIME_NEVER };
}

bool caps_bound(const struct post *post)
{
	const struct courier_caps *set = &post->caps.set;
	return set->per_minute || set->per_day || set->recipients_per_month || watch_blocked(post);
}

/* ---- the calendar --------------------------------------------------------------------------- */

static int64_t month_of(const struct time_local *day, int months)
{
	struct time_local first = { .year = day->year, .month = day->month + months, .day = 1 };
	return time_of_local(&first);
}

/**
 * The local day and month of now_ms; returns when the month began. The box's zone is the process's
 * (TZ).
 */
static int64_t follow_calendar(struct caps *caps, int64_t now_ms)
{
	struct time_local today;
	time_local(now_ms, &today);
	snprintf(caps->month, sizeof(caps->month), "%04u-%02u", (unsigned int)today.year % 10000,
		(unsigned int)today.month % 100);
	caps->day_ms = time_day(now_ms, 0);
	caps->day_end_ms = time_day(now_ms, 1);
	caps->month_end_ms = month_of(&today, 1);
	return month_of(&today, 0);
}

static bool is_today(const struct caps *caps, int64_t now_ms)
{
	return caps->day_ms <= now_ms && now_ms < caps->day_end_ms;
}

/** A new day begins with nothing used; so does a new month. */
static void turn_page(struct caps *caps, int64_t now_ms)
{
	char month[sizeof(caps->month)];
	memcpy(month, caps->month, sizeof(month));
	follow_calendar(caps, now_ms);
	caps->used = 0;
	if (strcmp(month, caps->month) != 0)
		caps->people = 0;
}

/* ---- the bucket ----------------------------------------------------------------------------- */

/** After a restart: what was accepted in the last minute is missing from it, never less. */
static int guess_level(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct caps *caps = &post->caps;
	int64_t sent = 0;
	int rc = 0;
	if (caps->set.per_minute)
		rc = store_modem_sent_since(courier->store, post->name, now_ms - MS_PER_MIN, &sent);
	if (rc < 0)
		return rc;
	int64_t level = time_min(bucket_size(caps), minute_rate(caps) * TOKEN) - sent * TOKEN;
	if (sent == 0)
		level = bucket_size(caps);
	caps->level = level > 0 ? level : 0;
	caps->level_ms = now_ms;
	return 0;
}

static void fill(struct caps *caps, int64_t now_ms)
{
	if (now_ms > caps->level_ms)
		caps->level = time_min(caps->level + minute_rate(caps) * (now_ms - caps->level_ms),
			bucket_size(caps));
	caps->level_ms = now_ms;
}

/** When the bucket holds so much. */
static int64_t filled_ms(const struct caps *caps, int64_t level)
{
	int64_t rate = minute_rate(caps);
	return caps->level_ms + (level - caps->level + rate - 1) / rate;
}

/* ---- what was used -------------------------------------------------------------------------- */

static int load(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct caps *caps = &post->caps;
	int64_t month_ms = follow_calendar(caps, now_ms);
	int rc = store_allowance_load(courier->store, post->name, caps->day_ms, caps->month,
		month_ms, &caps->used, caps->set.recipients_per_month ? &caps->people : NULL);
	/* The bucket is not the store's: what it holds is known from its first guess on. */
	if (rc == 0 && !caps->level_ms)
		rc = guess_level(courier, post, now_ms);
	else if (rc == 0)
		fill(caps, now_ms);
	caps->loaded = rc == 0;
	return rc;
}

static int refresh(struct courier *courier, struct post *post, int64_t now_ms)
{
	if (!post->caps.loaded)
		return load(courier, post, now_ms);
	if (!is_today(&post->caps, now_ms))
		turn_page(&post->caps, now_ms);
	fill(&post->caps, now_ms);
	return 0;
}

static int count(struct courier *courier, struct post *post, int64_t segments)
{
	struct caps *caps = &post->caps;
	caps->used += segments;
	if (!caps->set.per_day)
		return 0;
	if (caps_exhausted(post)) {
		/* One that is held for blocked may be the last that can send. */
		office_undry(courier);
		courier->again = true;
	}
	return store_allowance_set(courier->store, post->name, caps->day_ms, caps->used);
}

int caps_refund(struct courier *courier, struct post *post)
{
	if (!post->caps.loaded || post->caps.used < 1 || !caps_bound(post))
		return 0;
	return count(courier, post, -1);
}

/* ---- what is left --------------------------------------------------------------------------- */

static int64_t left_of(int64_t cap, int64_t used, bool all)
{
	int64_t left = cap - used - (all ? 0 : reserve_of(cap));
	if (cap == 0)
		return -1;
	return left > 0 ? left : 0;
}

int64_t caps_segments_left(const struct caps *caps, bool all)
{
	return left_of(caps->set.per_day, caps->used, all);
}

int64_t caps_people_left(const struct caps *caps, bool all)
{
	return left_of(caps->set.recipients_per_month, caps->people, all);
}

double caps_segment_s(const struct caps *caps)
{
	return caps->set.per_minute ? 60.0 / (double)minute_rate(caps) : 0;
}

/* ---- claims --------------------------------------------------------------------------------- */

static int64_t no_cap(int64_t left)
{
	return left < 0 ? BODY_PARTS_MAX : left;
}

/** The month's part of the scope. */
static void scope_people(const struct caps *caps, struct store_scope *scope)
{
	scope->newcomers = CLASS_REST;
	if (!caps->set.recipients_per_month)
		return;
	memcpy(scope->month, caps->month, sizeof(scope->month));
	if (caps_people_left(caps, false) == 0)
		scope->newcomers = caps_people_left(caps, true) > 0 ? (int)CLASS_DISPATCH : -1;
}

/** A new day and a new month allow more only when something of this one was used. */
static int64_t calendar_widens_ms(const struct caps *caps, const struct store_scope *scope)
{
	int64_t at_ms = TIME_NEVER;
	if (scope->parts < BODY_PARTS_MAX && caps->used > 0)
		at_ms = caps->day_end_ms;
	if (scope->newcomers < (int)CLASS_REST && caps->people > 0)
		at_ms = time_min(at_ms, caps->month_end_ms);
	return at_ms;
}

/** What is allowed now, and when more will be. False when nothing is. */
static bool scope_of(struct courier *courier, struct caps *caps, struct store_scope *scope)
{
	bool minute = caps->set.per_minute > 0;
	bool full = !minute || caps->level >= bucket_size(caps);
	*scope = (struct store_scope){ .least = CLASS_REST, .begun = CLASS_REST };
	scope->parts = no_cap(caps_segments_left(caps, false));
	scope->parts_urgent = no_cap(caps_segments_left(caps, true));
	scope_people(caps, scope);
	caps->widens_ms = calendar_widens_ms(caps, scope);
	if (!full)
		caps->widens_ms = time_min(caps->widens_ms, filled_ms(caps, bucket_size(caps)));
	if (office_begin(courier) == BEGIN_NO_BULK)
		scope->least = CLASS_REST - 1;
	if (!full || office_begin(courier) == BEGIN_URGENT)
		scope->least = (int)(scope->begun = CLASS_DISPATCH);
	bool token = !minute || caps->level >= TOKEN;
	if (!token)
		caps->widens_ms = time_min(caps->widens_ms, filled_ms(caps, TOKEN));
	return token && scope->parts_urgent > 0;
}

bool caps_exhausted(const struct post *post)
{
	return post->caps.loaded && caps_segments_left(&post->caps, true) == 0;
}

bool caps_other_can_send(const struct courier *courier, const struct post *post)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		const struct post *other = &courier->posts[i];
		if (other != post && other->used && other->modem && !watch_blocked(other) &&
			!caps_exhausted(other) && modem_state(other->modem) == MODEM_READY)
			return true;
	}
	return false;
}

/** Alone, a SIM that is held for blocked is good for what is urgent, and for what it has begun. */
static void narrow_for_blocked(struct store_scope *scope)
{
	if (scope->least > (int)CLASS_DISPATCH)
		scope->least = CLASS_DISPATCH;
}

int caps_scope(
	struct courier *courier, struct post *post, int64_t now_ms, struct store_scope *scope)
{
	int rc = refresh(courier, post, now_ms);
	if (rc < 0)
		return rc;
	if (!scope_of(courier, &post->caps, scope))
		return 0;
	if (watch_blocked(post) && caps_other_can_send(courier, post))
		return 0;
	if (watch_blocked(post))
		narrow_for_blocked(scope);
	return 1;
}

int caps_claimed(struct courier *courier, struct post *post, const struct store_claim *claim)
{
	struct caps *caps = &post->caps;
	caps->widens_ms = TIME_NEVER;
	caps->people += claim->newcomer;
	if (caps->set.per_minute)
		caps->level -= TOKEN;
	return count(courier, post, 1);
}

int caps_claim(struct courier *courier, struct post *post, int64_t now_ms, struct store_claim *out)
{
	struct store_scope scope;
	int rc = caps_scope(courier, post, now_ms, &scope);
	if (rc > 0)
		rc = store_claim_within(courier->store, post->name, &scope, now_ms, out);
	if (rc <= 0)
		return rc;
	rc = caps_claimed(courier, post, out);
	return rc < 0 ? rc : 1;
}

int caps_take(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct caps *caps = &post->caps;
	if (!caps_bound(post))
		return 1;
	int rc = refresh(courier, post, now_ms);
	if (rc < 0)
		return rc;
	if ((caps->set.per_minute && caps->level < TOKEN) || caps_segments_left(caps, true) == 0)
		return 0;
	if (caps->set.per_minute)
		caps->level -= TOKEN;
	rc = count(courier, post, 1);
	return rc < 0 ? rc : 1;
}

/* ---- time ----------------------------------------------------------------------------------- */

void caps_tick(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct caps *caps = &post->caps;
	if (!caps_bound(post))
		return;
	int rc = refresh(courier, post, now_ms);
	if (rc < 0)
		log_error("what modem %s has been used for cannot be read: %s", post->name,
			strerror(-rc));
	if (caps->widens_ms > now_ms)
		return;
	caps->widens_ms = TIME_NEVER;
	post->dry = false;
}

int64_t caps_next_ms(const struct caps *caps)
{
	/* At midnight what is shown changes too. */
	bool shown = caps->loaded && caps->set.per_day && caps->used > 0;
	return time_min(caps->widens_ms, shown ? caps->day_end_ms : TIME_NEVER);
}

void caps_forget(struct post *post)
{
	struct caps *caps = &post->caps;
	if (post->claimed.size && caps->set.per_minute)
		caps->level += TOKEN;
	caps->loaded = false;
}

void caps_stepped(struct caps *caps, int64_t step_ms)
{
	if (caps->level_ms)
		caps->level_ms += step_ms;
	/* Another day, or one that was before: the store knows what was used of it. */
	caps->loaded = false;
	/* The calendar does not wait as long as it would have: it is looked at at once. */
	if (caps->widens_ms != TIME_NEVER)
		caps->widens_ms = 0;
}

int courier_set_caps(struct courier *courier, const char *modem, const struct courier_caps *caps)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		if (!post->used || strcmp(post->name, modem) != 0)
			continue;
		if (memcmp(&post->caps.set, caps, sizeof(*caps)) == 0)
			return 0;
		caps_init(&post->caps);
		post->caps.set = *caps;
		post->dry = false;
		office_request(courier);
		return 0;
	}
	return -ENOENT;
}
