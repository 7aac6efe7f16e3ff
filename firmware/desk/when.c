/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When, as people write it: a time of day (18:30, 9:00, 6pm, 18h30), and before it a day: today,
 * tomorrow, a day of the week, or a date (2026-12-24). It is what clock and calendar on the wall
 * will show, whatever becomes of the zone's rules until then.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

#define NOON_MINUTE     (TIME_DAY_MINUTES / 2)
#define WEEK_DAYS       7
#define DAYS_AHEAD_MOST 366

/* "18:30", "9:05pm", "6 pm" is two words and not taken, "6pm", "18h", "18h30", "18.30". */
static bool read_time(const char *text, int *minute)
{
	char *end;
	long hour, minutes = 0;
	bool marked = false;

	if (!isdigit((unsigned char)*text))
		return false;
	hour = strtol(text, &end, 10);
	if (*end && strchr(":.hH", *end) &&
		(isdigit((unsigned char)end[1]) || tolower(*end) == 'h')) {
		const char *at = end + 1;

		marked = true;
		minutes = isdigit((unsigned char)*at) ? strtol(at, &end, 10) : 0;
		end = end < at ? (char *)at : end;
		if (end != at && end != at + 2)
			return false;
	}
	if (hour > 23 || minutes > 59)
		return false;
	if (tolower((unsigned char)end[0]) != 'a' && tolower((unsigned char)end[0]) != 'p') {
		*minute = (int)(hour * 60 + minutes);
		return marked && *end == '\0';
	}
	if (hour < 1 || hour > 12 || tolower((unsigned char)end[1]) != 'm' || end[2])
		return false;
	*minute = (int)(hour % 12 * 60 + minutes);
	*minute += tolower((unsigned char)end[0]) == 'p' ? NOON_MINUTE : 0;
	return true;
}

static bool read_date(const char *text, struct time_local *day)
{
	int length = 0;

	return sscanf(text, "%4d-%2d-%2d%n", &day->year, &day->month, &day->day, &length) == 3 &&
	       text[length] == '\0' && strlen(text) >= strlen("2026-1-1") && day->month >= 1 &&
	       day->month <= 12 && day->day >= 1 && day->day <= 31;
}

/* A day by its name; the next one of a weekday may be today (*again: or a week later). */
static bool read_day(const struct desk *desk, const char *text, struct time_local *day, bool *again)
{
	*again = false;
	if (read_date(text, day) || speech_is(desk->speech, text, WORD_TODAY))
		return true;
	if (speech_is(desk->speech, text, WORD_TOMORROW)) {
		day->day++;
		return true;
	}
	for (int i = 0; i < WEEK_DAYS; i++) {
		if (!speech_is(desk->speech, text, (enum speech_word)(WORD_SUNDAY + i)))
			continue;
		day->day += (i - day->weekday + WEEK_DAYS) % WEEK_DAYS;
		*again = true;
		return true;
	}
	return false;
}

/* "sat10:00": a script without blanks has none before the time either. */
static bool part_day_and_time(char *word, char time[WHEN_SIZE])
{
	size_t digits = strcspn(word, "0123456789");

	if (digits == 0 || !word[digits] || !text_copy(time, WHEN_SIZE, word + digits))
		return false;
	word[digits] = '\0';
	return true;
}

/* What is over today comes in `step` days; 0: it is over. */
static int settle_when(struct time_local *out, int step, int64_t now_ms)
{
	int64_t at_ms = time_of_local(out);

	if (at_ms <= now_ms && step > 0) {
		out->day += step;
		at_ms = time_of_local(out);
	}
	if (at_ms <= now_ms || at_ms > now_ms + DAYS_AHEAD_MOST * MS_PER_DAY)
		return -ERANGE;
	time_local(at_ms, out);
	return 1;
}

int when_take(const struct desk *desk, const char **cursor, int64_t now_ms, struct time_local *out)
{
	const char *rest = *cursor;
	char word[WHEN_SIZE * 2], time[WHEN_SIZE];
	bool again;
	int rc;

	time_local(now_ms, out);
	if (!take_word(&rest, word, sizeof(word)))
		return 0;
	if (read_time(word, &out->minute)) {
		rc = settle_when(out, 1, now_ms);
		*cursor = rest;
		return rc;
	}
	if (read_day(desk, word, out, &again)) {
		if (!take_word(&rest, time, sizeof(time)))
			return 0;
	} else if (!part_day_and_time(word, time) || !read_day(desk, word, out, &again)) {
		return 0;
	}
	if (!read_time(time, &out->minute))
		return 0;
	*cursor = rest;
	return settle_when(out, again ? WEEK_DAYS : 0, now_ms);
}

const char *when_say(const struct time_local *when, char out[WHEN_SIZE])
{
	snprintf(out, WHEN_SIZE, "%04d-%02d-%02d %02d:%02d", when->year % 10000, when->month % 100,
		when->day % 100, when->minute / 60 % 24, when->minute % 60);
	return out;
}

/* As a row has it: 202612241800. */
int64_t when_number(const struct time_local *when)
{
	return (((when->year * INT64_C(100) + when->month) * 100 + when->day) * 100 +
		       when->minute / 60) *
		       100 +
	       when->minute % 60;
}

void when_of_number(int64_t number, struct time_local *out)
{
	*out = (struct time_local){ .year = (int)(number / 100000000),
		.month = (int)(number / 1000000 % 100),
		.day = (int)(number / 10000 % 100),
		.minute = (int)(number / 100 % 100 * 60 + number % 100) };
}
