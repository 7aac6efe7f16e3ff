/* SPDX-License-Identifier: Apache-2.0 */
/* What time it is, and who says so. */
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#include "faro/base.h"

#define PLAUSIBLE_FROM_MS INT64_C(1767225600000) /* 2026-01-01T00:00Z */
/* 1970 is 1969 in the west, and two digits of a year are read as 2069 */
#define PLAUSIBLE_UNTIL_MS INT64_C(3124224000000) /* 2069-01-01T00:00Z */
/* A modem tells whole seconds, and not at once; what differs by less is the same time. */
#define SAME_TIME_MS MS_PER_MIN
/* A text takes some seconds: one that is older by less than this did not wait. */
#define FRESH_TEXT_MS (10 * MS_PER_MIN)

/* systemd-timesyncd.service(8): made when the clock is first synchronized, gone with the boot */
#define TIMESYNC_MARK "/run/systemd/timesync/synchronized"

const char *clock_source_name(enum clock_source source)
{
	static const char *const names[] = { [CLOCK_UNKNOWN] = "unknown",
		[CLOCK_TEXT] = "text",
		[CLOCK_NETWORK] = "network",
		[CLOCK_SYSTEM] = "system",
		[CLOCK_NTP] = "ntp" };

	return names[source];
}

bool clock_is_plausible(int64_t wall_ms)
{
	return wall_ms >= PLAUSIBLE_FROM_MS && wall_ms < PLAUSIBLE_UNTIL_MS;
}

void clock_begin(struct clock *clock, int64_t system_ms, int64_t floor_ms, int64_t mono_ms)
{
	int64_t shown_ms = clock_is_plausible(system_ms) ? system_ms : PLAUSIBLE_FROM_MS;

	*clock = (struct clock){ .source = CLOCK_UNKNOWN, .floor_ms = floor_ms };
	clock->base_ms = (shown_ms > floor_ms ? shown_ms : floor_ms + 1) - mono_ms;
}

static bool is_near(int64_t a, int64_t b, int64_t within_ms)
{
	return a - b < within_ms && b - a < within_ms;
}

/* What each source may do to a clock that shows shown_ms; false: it is not believed. */
static bool may_set(const struct clock *clock, enum clock_source source, const char *who,
	int64_t told_ms, int64_t shown_ms)
{
	if (source == CLOCK_TEXT)
		return clock->source == CLOCK_TEXT ? told_ms > shown_ms
						   : told_ms > clock->floor_ms - FRESH_TEXT_MS;
	if (source == CLOCK_NETWORK && clock->source == CLOCK_NETWORK)
		return !clock->who[0] || strcmp(clock->who, who) == 0 ||
		       is_near(told_ms, shown_ms, SAME_TIME_MS);
	return true;
}

/* The system's clock is followed to the millisecond; others tell the time of a little while ago. */
static bool is_other_time(enum clock_source source, int64_t told_ms, int64_t shown_ms)
{
	if (source == CLOCK_TEXT && told_ms <= shown_ms)
		return !is_near(told_ms, shown_ms, FRESH_TEXT_MS);
	return source >= CLOCK_SYSTEM || !is_near(told_ms, shown_ms, SAME_TIME_MS);
}

bool clock_hear(struct clock *clock, enum clock_source source, const char *who, int64_t told_ms,
	int64_t mono_ms)
{
	int64_t shown_ms = mono_ms + clock->base_ms;
	bool better = source > clock->source, other;

	if (source < clock->source || !clock_is_plausible(told_ms) ||
		!may_set(clock, source, who, told_ms, shown_ms))
		return false;
	other = is_other_time(source, told_ms, shown_ms);
	if (better || !clock->who[0])
		text_copy(clock->who, sizeof(clock->who), who);
	if (!better && !other)
		return false;
	clock->source = source;
	if (!other)
		return true;
	clock->base_ms = told_ms - mono_ms;
	return better || told_ms != shown_ms;
}

bool clock_is_synchronized(void)
{
	struct timex timex = { .modes = 0 };
	int state = adjtimex(&timex);

	if (state >= 0)
		return state != TIME_ERROR && !(timex.status & STA_UNSYNC);
	return access(TIMESYNC_MARK, F_OK) == 0;
}
