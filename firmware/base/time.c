/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <time.h>

#include "faro/base.h"

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t time_wall_ms(void)
{
	return clock_us(CLOCK_REALTIME) / 1000;
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
