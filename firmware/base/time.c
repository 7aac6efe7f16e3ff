/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "faro/base.h"

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t time_system_ms(void)
{
	return clock_us(CLOCK_REALTIME) / 1000;
}

static int64_t wall_base_ms = TIME_NEVER;

void time_set_base(int64_t base_ms)
{
	wall_base_ms = base_ms;
}

int64_t time_wall_ms(void)
{
	if (wall_base_ms != TIME_NEVER)
		return time_mono_ms() + wall_base_ms;
	return time_system_ms();
}

int64_t time_mono_ms(void)
{
	return clock_us(CLOCK_MONOTONIC) / 1000;
}

int64_t time_mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

const char *time_iso(int64_t wall_ms, char out[TIME_ISO_SIZE])
{
	int64_t ms = wall_ms % 1000;
	time_t s = (time_t)(wall_ms / 1000);
	struct tm tm;
	size_t n;

	if (ms < 0) {
		ms += 1000;
		s--;
	}
	if (wall_ms == TIME_NEVER || !gmtime_r(&s, &tm)) {
		text_copy(out, TIME_ISO_SIZE, "never");
		return out;
	}
	n = strftime(out, TIME_ISO_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, TIME_ISO_SIZE - n, ".%03uZ", (unsigned int)ms % 1000);
	return out;
}

const char *time_clock(int64_t wall_ms, char out[CLOCK_SIZE])
{
	time_t s = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!localtime_r(&s, &tm) || strftime(out, CLOCK_SIZE, "%H:%M", &tm) == 0)
		text_copy(out, CLOCK_SIZE, "?");
	return out;
}

/* ---- local time ---------------------------------------------------------------------------- */

#define S_PER_DAY 86400
/* A rule is met at least once in so many days: the 31st of a month counts as its last day. */
#define RULE_DAYS 33

/* What the clock on the wall shows, as seconds of a calendar without zones. */
static int64_t shown_s(int64_t utc_s)
{
	time_t s = (time_t)utc_s;
	struct tm tm = { .tm_gmtoff = 0 };

	localtime_r(&s, &tm);
	return utc_s + tm.tm_gmtoff;
}

static int64_t calendar_s(const struct time_local *local)
{
	struct tm tm = { .tm_year = local->year - 1900,
		.tm_mon = local->month - 1,
		.tm_mday = local->day,
		.tm_min = local->minute };

	return (int64_t)timegm(&tm);
}

static void calendar_day(int64_t calendar, struct time_local *out)
{
	time_t s = (time_t)calendar;
	struct tm tm = { .tm_year = 70, .tm_mday = 1 };

	gmtime_r(&s, &tm);
	*out = (struct time_local){ .year = tm.tm_year + 1900,
		.month = tm.tm_mon + 1,
		.day = tm.tm_mday,
		.minute = tm.tm_hour * 60 + tm.tm_min,
		.weekday = tm.tm_wday };
}

/* The moment between early_s and late_s at which the clock skips what was wanted. */
static int64_t skipped_s(int64_t early_s, int64_t late_s, int64_t wanted)
{
	while (early_s + 1 < late_s) {
		int64_t middle = early_s + (late_s - early_s) / 2;

		if (shown_s(middle) < wanted)
			early_s = middle;
		else
			late_s = middle;
	}
	return late_s;
}

void time_local(int64_t wall_ms, struct time_local *out)
{
	int64_t s = wall_ms / MS_PER_S - (wall_ms % MS_PER_S < 0);

	calendar_day(shown_s(s), out);
}

/*
 * No zone is further than a day from UTC: a day before and a day after there stand the offsets that
 * hold before and after the clock was changed, if it was.
 */
int64_t time_of_local(const struct time_local *local)
{
	int64_t wanted = calendar_s(local);
	int64_t before_s = wanted - S_PER_DAY, after_s = wanted + S_PER_DAY;
	int64_t with_old = wanted - (shown_s(before_s) - before_s);
	int64_t with_new = wanted - (shown_s(after_s) - after_s);
	int64_t early = time_min(with_old, with_new);
	int64_t late = early == with_old ? with_new : with_old;

	if (shown_s(early) == wanted)
		return early * MS_PER_S;
	if (shown_s(late) == wanted)
		return late * MS_PER_S;
	return skipped_s(early, late, wanted) * MS_PER_S;
}

int64_t time_day(int64_t wall_ms, int days)
{
	struct time_local day;

	time_local(wall_ms, &day);
	day.minute = 0;
	day.day += days;
	return time_of_local(&day);
}

static int last_day(const struct time_local *local)
{
	struct time_local last = { .year = local->year, .month = local->month + 1, .day = 0 };

	calendar_day(calendar_s(&last), &last);
	return last.day;
}

static bool is_day_of(const struct time_rule *rule, const struct time_local *day)
{
	int wanted = rule->day;

	if (rule->weekday != TIME_ANY_DAY && rule->weekday != day->weekday)
		return false;
	if (wanted == TIME_ANY_DAY)
		return true;
	return day->day == (wanted < last_day(day) ? wanted : last_day(day));
}

int64_t time_next(int64_t after_ms, const struct time_rule *rule)
{
	struct time_local today, day;

	time_local(after_ms, &today);
	today.minute = rule->minute;
	for (int i = 0; i < RULE_DAYS; i++) {
		int64_t at_ms;

		calendar_day(calendar_s(&today) + (int64_t)i * S_PER_DAY, &day);
		at_ms = time_of_local(&day);
		if (is_day_of(rule, &day) && at_ms > after_ms)
			return at_ms;
	}
	return TIME_NEVER;
}

bool time_is_between(int64_t wall_ms, int from_minute, int to_minute)
{
	struct time_local local;

	time_local(wall_ms, &local);
	if (from_minute <= to_minute)
		return from_minute <= local.minute && local.minute < to_minute;
	return from_minute <= local.minute || local.minute < to_minute;
}

int64_t time_between_ends(int64_t wall_ms, int from_minute, int to_minute)
{
	struct time_rule end = { to_minute, TIME_ANY_DAY, TIME_ANY_DAY };
	struct time_local now, then;
	int64_t minute, soon_ms;

	if (!time_is_between(wall_ms, from_minute, to_minute))
		return 0;
	time_local(wall_ms, &now);
	minute = (to_minute - now.minute + TIME_DAY_MINUTES) % TIME_DAY_MINUTES;
	soon_ms = (wall_ms / MS_PER_MIN + minute) * MS_PER_MIN;
	time_local(soon_ms, &then);
	return then.minute == to_minute ? soon_ms : time_next(wall_ms, &end);
}

int time_minute_parse(const char *text)
{
	const char *colon = strchr(text, ':');
	int hour, minute;

	if (!colon || colon - text < 1 || colon - text > 2 || strlen(colon) != 3 ||
		strspn(text, "0123456789:") != strlen(text))
		return -EINVAL;
	if (strchr(colon + 1, ':'))
		return -EINVAL;
	hour = atoi(text);
	minute = atoi(colon + 1);
	return hour < 24 && minute < 60 ? hour * 60 + minute : -EINVAL;
}
