/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Local time across the days on which clocks are changed. Los Angeles 2026: forward on Sunday 8
 * March at 2:00 (10:00Z), back on Sunday 1 November at 2:00 (9:00Z). `date -d @S` says the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "faro/base.h"

#define LOS_ANGELES "America/Los_Angeles"
#define SUNDAY      0
#define SATURDAY    6
#define AT(h, m)    ((h)*60 + (m))

static void live_in(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

/* "2026-03-08T10:00Z" as wall_ms. */
static int64_t utc(const char *text)
{
	struct tm tm = { .tm_year = 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M", &tm);

	assert_non_null(end);
	assert_string_equal(end, "Z");
	return (int64_t)timegm(&tm) * MS_PER_S;
}

static void assert_moment(int64_t wall_ms, const char *expected)
{
	char text[TIME_ISO_SIZE];

	time_iso(wall_ms, text);
	strcpy(text + strlen("2026-03-08T10:00"), "Z");
	assert_string_equal(text, expected);
	assert_int_equal(wall_ms % MS_PER_MIN, 0);
}

/* ---- what the clock shows, and when ---- */

static const struct {
	const char *zone, *utc;
	struct time_local shown;
} shows[] = {
	{ LOS_ANGELES, "2026-01-01T08:00Z", { 2026, 1, 1, AT(0, 0), 4 } },
	{ LOS_ANGELES, "2026-01-01T07:59Z", { 2025, 12, 31, AT(23, 59), 3 } },
	{ LOS_ANGELES, "2026-03-08T09:59Z", { 2026, 3, 8, AT(1, 59), SUNDAY } },
	{ LOS_ANGELES, "2026-03-08T10:00Z", { 2026, 3, 8, AT(3, 0), SUNDAY } },
	{ LOS_ANGELES, "2026-11-01T08:30Z", { 2026, 11, 1, AT(1, 30), SUNDAY } },
	{ LOS_ANGELES, "2026-11-01T09:30Z", { 2026, 11, 1, AT(1, 30), SUNDAY } },
	{ "Asia/Kathmandu", "2026-02-28T18:15Z", { 2026, 3, 1, AT(0, 0), SUNDAY } },
	{ "UTC", "1969-12-31T23:59Z", { 1969, 12, 31, AT(23, 59), 3 } },
	{ "UTC", "2080-02-29T12:00Z", { 2080, 2, 29, AT(12, 0), 4 } },
};

static void the_clock_on_the_wall_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shows); i++) {
		struct time_local local;

		live_in(shows[i].zone);
		time_local(utc(shows[i].utc), &local);
		assert_memory_equal(&local, &shows[i].shown, sizeof(local));
	}
}

static void a_millisecond_before_1970_is_the_minute_before(void **state)
{
	struct time_local local;

	(void)state;
	live_in("UTC");
	time_local(-1, &local);
	assert_int_equal(local.year, 1969);
	assert_int_equal(local.minute, AT(23, 59));
}

static const struct {
	const char *zone;
	struct time_local shown;
	const char *utc;
} comes[] = {
	{ LOS_ANGELES, { 2026, 12, 24, AT(18, 0), 0 }, "2026-12-25T02:00Z" },
	{ LOS_ANGELES, { 2026, 7, 4, AT(18, 0), 0 }, "2026-07-05T01:00Z" },
	/* the spring gap: at the moment at which the clock goes forward */
	{ LOS_ANGELES, { 2026, 3, 8, AT(1, 59), 0 }, "2026-03-08T09:59Z" },
	{ LOS_ANGELES, { 2026, 3, 8, AT(2, 0), 0 }, "2026-03-08T10:00Z" },
	{ LOS_ANGELES, { 2026, 3, 8, AT(2, 30), 0 }, "2026-03-08T10:00Z" },
	{ LOS_ANGELES, { 2026, 3, 8, AT(3, 0), 0 }, "2026-03-08T10:00Z" },
	{ LOS_ANGELES, { 2026, 3, 8, AT(3, 1), 0 }, "2026-03-08T10:01Z" },
	/* the autumn fold: the first of the two */
	{ LOS_ANGELES, { 2026, 11, 1, AT(0, 59), 0 }, "2026-11-01T07:59Z" },
	{ LOS_ANGELES, { 2026, 11, 1, AT(1, 0), 0 }, "2026-11-01T08:00Z" },
	{ LOS_ANGELES, { 2026, 11, 1, AT(1, 30), 0 }, "2026-11-01T08:30Z" },
	{ LOS_ANGELES, { 2026, 11, 1, AT(2, 0), 0 }, "2026-11-01T10:00Z" },
	/* midnight itself is skipped, and comes twice */
	{ "Africa/Cairo", { 2026, 4, 24, AT(0, 0), 0 }, "2026-04-23T22:00Z" },
	{ "America/Havana", { 2026, 11, 1, AT(0, 0), 0 }, "2026-11-01T04:00Z" },
	/* by half an hour, on the other half of the earth */
	{ "Australia/Lord_Howe", { 2026, 10, 4, AT(2, 15), 0 }, "2026-10-03T15:30Z" },
	{ "Australia/Lord_Howe", { 2026, 4, 5, AT(1, 45), 0 }, "2026-04-04T14:45Z" },
	/* a whole day was skipped */
	{ "Pacific/Apia", { 2011, 12, 30, AT(10, 0), 0 }, "2011-12-30T10:00Z" },
	{ "UTC", { 2026, 1, 32, AT(0, 0), 0 }, "2026-02-01T00:00Z" },
	{ "UTC", { 2026, 14, 1, AT(0, 0), 0 }, "2027-02-01T00:00Z" },
	{ "UTC", { 2028, 3, 0, AT(0, 0), 0 }, "2028-02-29T00:00Z" },
};

static void every_time_of_day_comes_once_a_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(comes); i++) {
		live_in(comes[i].zone);
		assert_moment(time_of_local(&comes[i].shown), comes[i].utc);
	}
}

/* ---- what comes again ---- */

#define DAILY(minute)                                                                              \
	{                                                                                          \
		(minute), TIME_ANY_DAY, TIME_ANY_DAY                                               \
	}
#define WEEKLY(weekday, minute)                                                                    \
	{                                                                                          \
		(minute), (weekday), TIME_ANY_DAY                                                  \
	}
#define MONTHLY(day, minute)                                                                       \
	{                                                                                          \
		(minute), TIME_ANY_DAY, (day)                                                      \
	}

static const struct {
	struct time_rule rule;
	const char *after, *next;
} nexts[] = {
	{ DAILY(AT(9, 0)), "2026-01-05T16:59Z", "2026-01-05T17:00Z" },
	{ DAILY(AT(9, 0)), "2026-01-05T17:00Z", "2026-01-06T17:00Z" }, /* later, not as late */
	{ DAILY(AT(9, 0)), "2026-03-07T17:00Z", "2026-03-08T16:00Z" }, /* 23 hours */
	{ DAILY(AT(9, 0)), "2026-10-31T16:00Z", "2026-11-01T17:00Z" }, /* 25 hours */
	{ DAILY(AT(2, 30)), "2026-03-07T10:30Z", "2026-03-08T10:00Z" },
	{ DAILY(AT(2, 30)), "2026-03-08T10:00Z", "2026-03-09T09:30Z" },
	{ DAILY(AT(1, 30)), "2026-10-31T08:30Z", "2026-11-01T08:30Z" },
	{ DAILY(AT(1, 30)), "2026-11-01T08:30Z", "2026-11-02T09:30Z" }, /* not twice */
	{ DAILY(AT(1, 30)), "2026-11-01T09:10Z", "2026-11-02T09:30Z" },
	{ DAILY(AT(23, 59)), "2026-12-31T08:00Z", "2027-01-01T07:59Z" },
	{ WEEKLY(SUNDAY, AT(18, 0)), "2026-03-02T02:00Z", "2026-03-09T01:00Z" },
	{ WEEKLY(SUNDAY, AT(2, 0)), "2026-03-02T00:00Z", "2026-03-08T10:00Z" },
	{ WEEKLY(SATURDAY, AT(0, 0)), "2026-11-21T08:00Z", "2026-11-28T08:00Z" },
	{ WEEKLY(SATURDAY, AT(0, 0)), "2026-11-21T07:59Z", "2026-11-21T08:00Z" },
	{ MONTHLY(1, AT(9, 0)), "2026-01-01T17:00Z", "2026-02-01T17:00Z" },
	{ MONTHLY(31, AT(9, 0)), "2026-01-31T17:00Z", "2026-02-28T17:00Z" },
	{ MONTHLY(31, AT(9, 0)), "2026-02-28T17:00Z", "2026-03-31T16:00Z" },
	{ MONTHLY(29, AT(9, 0)), "2028-02-01T17:00Z", "2028-02-29T17:00Z" },
	{ MONTHLY(1, AT(9, 0)), "1970-01-01T00:00Z", "1970-01-01T17:00Z" },
	{ MONTHLY(8, AT(2, 30)), "2026-03-01T00:00Z", "2026-03-08T10:00Z" },
};

static void what_comes_again_comes_by_the_clock_on_the_wall(void **state)
{
	(void)state;
	live_in(LOS_ANGELES);
	for (size_t i = 0; i < ARRAY_SIZE(nexts); i++)
		assert_moment(time_next(utc(nexts[i].after), &nexts[i].rule), nexts[i].next);
}

static void a_year_of_days_has_each_of_them_once(void **state)
{
	static const struct time_rule rules[] = { DAILY(AT(0, 0)), DAILY(AT(1, 30)),
		DAILY(AT(2, 30)), DAILY(AT(12, 0)) };
	int64_t end_ms;

	(void)state;
	live_in(LOS_ANGELES);
	end_ms = utc("2027-01-01T08:00Z");
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		int64_t at_ms = utc("2026-01-01T08:00Z") - 1;
		int days = 0, previous = 0;

		while ((at_ms = time_next(at_ms, &rules[i])) < end_ms) {
			struct time_local local;

			time_local(at_ms, &local);
			assert_int_not_equal(local.day, previous);
			previous = local.day;
			days++;
		}
		assert_int_equal(days, 365);
	}
}

static void hours_may_go_over_midnight(void **state)
{
	(void)state;
	live_in(LOS_ANGELES);
	assert_true(time_is_between(utc("2026-01-05T17:00Z"), AT(9, 0), AT(17, 0)));
	assert_false(time_is_between(utc("2026-01-05T16:59Z"), AT(9, 0), AT(17, 0)));
	assert_false(time_is_between(utc("2026-01-06T01:00Z"), AT(9, 0), AT(17, 0)));
	assert_true(time_is_between(utc("2026-01-06T06:00Z"), AT(22, 0), AT(7, 0)));
	assert_true(time_is_between(utc("2026-01-06T14:59Z"), AT(22, 0), AT(7, 0)));
	assert_false(time_is_between(utc("2026-01-06T15:00Z"), AT(22, 0), AT(7, 0)));
	assert_false(time_is_between(utc("2026-01-06T06:00Z"), AT(22, 0), AT(22, 0)));
	/* both of an hour that comes twice */
	assert_true(time_is_between(utc("2026-11-01T08:30Z"), AT(1, 0), AT(2, 0)));
	assert_true(time_is_between(utc("2026-11-01T09:30Z"), AT(1, 0), AT(2, 0)));
	assert_false(time_is_between(utc("2026-03-08T10:00Z"), AT(2, 0), AT(3, 0)));
}

static void times_of_day_are_parsed(void **state)
{
	static const char *const wrong[] = { "", ":", "24:00", "12:60", "12:5", "123:00", "12:000",
		"-1:00", "12", "1a:00", "12:0a", "1:2:3", " 7:00", "7:00 ", ":00", "::00" };

	(void)state;
	assert_int_equal(time_minute_parse("0:00"), 0);
	assert_int_equal(time_minute_parse("07:05"), AT(7, 5));
	assert_int_equal(time_minute_parse("7:05"), AT(7, 5));
	assert_int_equal(time_minute_parse("23:59"), AT(23, 59));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(time_minute_parse(wrong[i]), -EINVAL);
}

/* Where clocks are changed at midnight: it comes twice, or not at all. */
static const struct {
	const char *zone, *now, *begins, *ends;
} days[] = {
	{ "America/Havana", "2026-11-01T03:59Z", "2026-10-31T04:00Z", "2026-11-01T04:00Z" },
	{ "America/Havana", "2026-11-01T04:00Z", "2026-11-01T04:00Z", "2026-11-02T05:00Z" },
	{ "America/Havana", "2026-11-01T04:30Z", "2026-11-01T04:00Z", "2026-11-02T05:00Z" },
	{ "America/Havana", "2026-11-01T05:30Z", "2026-11-01T04:00Z", "2026-11-02T05:00Z" },
	{ "Atlantic/Azores", "2026-10-25T00:30Z", "2026-10-25T00:00Z", "2026-10-26T01:00Z" },
	{ "Africa/Cairo", "2026-04-23T21:59Z", "2026-04-22T22:00Z", "2026-04-23T22:00Z" },
	{ "Africa/Cairo", "2026-04-23T22:00Z", "2026-04-23T22:00Z", "2026-04-24T21:00Z" },
	{ "Africa/Cairo", "2026-10-29T20:30Z", "2026-10-28T21:00Z", "2026-10-29T22:00Z" },
	{ "Africa/Cairo", "2026-10-29T21:30Z", "2026-10-28T21:00Z", "2026-10-29T22:00Z" },
	{ "Asia/Beirut", "2027-03-27T22:00Z", "2027-03-27T22:00Z", "2027-03-28T21:00Z" },
	{ LOS_ANGELES, "2026-12-31T20:00Z", "2026-12-31T08:00Z", "2027-01-01T08:00Z" },
};

static void every_moment_is_within_its_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		live_in(days[i].zone);
		assert_moment(time_day(utc(days[i].now), 0), days[i].begins);
		assert_moment(time_day(utc(days[i].now), 1), days[i].ends);
	}
}

/* Where the clock goes back its end comes twice too, and is not waited for until the next day. */
static const struct {
	const char *zone, *now;
	int from, to;
	const char *ends;
} spans[] = {
	{ LOS_ANGELES, "2026-09-22T04:30Z", AT(21, 0), AT(8, 0), "2026-09-22T15:00Z" },
	{ LOS_ANGELES, "2026-11-01T04:30Z", AT(21, 0), AT(8, 0), "2026-11-01T16:00Z" },
	{ LOS_ANGELES, "2026-11-01T04:30Z", AT(21, 0), AT(1, 30), "2026-11-01T08:30Z" },
	{ LOS_ANGELES, "2026-11-01T09:10Z", AT(21, 0), AT(1, 30), "2026-11-01T09:30Z" },
	{ LOS_ANGELES, "2027-03-14T09:00Z", AT(21, 0), AT(2, 30), "2027-03-14T10:00Z" },
	{ "America/Havana", "2026-11-01T04:10Z", AT(22, 0), AT(0, 30), "2026-11-01T04:30Z" },
	{ "America/Havana", "2026-11-01T05:10Z", AT(22, 0), AT(0, 30), "2026-11-01T05:30Z" },
	{ "Africa/Cairo", "2026-04-23T21:30Z", AT(22, 0), AT(0, 30), "2026-04-23T22:00Z" },
	{ "Asia/Beirut", "2026-10-24T21:10Z", AT(22, 0), AT(23, 30), "2026-10-24T21:30Z" },
};

static void what_is_between_two_times_of_day_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		int64_t ends_ms;

		live_in(spans[i].zone);
		ends_ms = time_between_ends(utc(spans[i].now), spans[i].from, spans[i].to);
		assert_moment(ends_ms, spans[i].ends);
		assert_true(time_is_between(ends_ms - 1, spans[i].from, spans[i].to));
		assert_false(time_is_between(ends_ms, spans[i].from, spans[i].to));
		assert_int_equal(time_between_ends(ends_ms, spans[i].from, spans[i].to), 0);
	}
	assert_int_equal(time_between_ends(0, AT(8, 0), AT(8, 0)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_on_the_wall_is_read),
		cmocka_unit_test(a_millisecond_before_1970_is_the_minute_before),
		cmocka_unit_test(every_time_of_day_comes_once_a_day),
		cmocka_unit_test(what_comes_again_comes_by_the_clock_on_the_wall),
		cmocka_unit_test(a_year_of_days_has_each_of_them_once),
		cmocka_unit_test(hours_may_go_over_midnight),
		cmocka_unit_test(times_of_day_are_parsed),
		cmocka_unit_test(every_moment_is_within_its_day),
		cmocka_unit_test(what_is_between_two_times_of_day_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
