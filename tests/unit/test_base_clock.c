/* SPDX-License-Identifier: Apache-2.0 */
/* What time it is, and who is believed: tables of who says what, and what the clock shows then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "faro/base.h"

#define NOON  INT64_C(1795262400000) /* 2026-11-21T12:00Z */
#define Y1970 INT64_C(12000)
#define Y1980 INT64_C(315964812000)
#define Y2004 INT64_C(1072915212000)
#define Y2069 INT64_C(3155734800000) /* "69/12/31": 1970 as it is west of Greenwich */
#define Y2080 INT64_C(3471292800000)

#define MIN_ MS_PER_MIN
#define H_   MS_PER_H
#define DAY_ MS_PER_DAY

/* ---- at the start ---- */

static const struct {
	int64_t system_ms, newest_ms, shows_ms;
} starts[] = {
	{ NOON, 0, NOON }, { NOON, NOON - DAY_, NOON },
	{ NOON - DAY_, NOON, NOON + 1 }, /* never before what is remembered */
	{ Y1970, NOON, NOON + 1 }, { Y1980, NOON, NOON + 1 }, { Y2004, NOON, NOON + 1 },
	{ Y2080, NOON, NOON + 1 },
	{ Y1970, 0, INT64_C(1767225600000) }, /* the first day of the box is a day of 2026 */
};

static void it_begins_behind_all_that_is_remembered(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		struct clock clock;

		clock_begin(&clock, starts[i].system_ms, starts[i].newest_ms, 5000);
		assert_int_equal(clock.base_ms + 5000, starts[i].shows_ms);
		assert_int_equal(clock.source, CLOCK_UNKNOWN);
	}
}

/* ---- who is believed ---- */

struct saying {
	enum clock_source source;
	const char *who;
	int64_t told_ms;
	/* then */
	bool news;
	int64_t shows_ms;
	enum clock_source by;
};

/* The box starts at noon by a clock that nobody vouches for; its newest row is an hour old. */
static void hear(const struct saying *sayings, size_t n)
{
	struct clock clock;

	clock_begin(&clock, NOON, NOON - H_, 0);
	for (size_t i = 0; i < n; i++) {
		const struct saying *s = &sayings[i];

		assert_int_equal(clock_hear(&clock, s->source, s->who, s->told_ms, 0), s->news);
		assert_int_equal(clock.base_ms, s->shows_ms);
		assert_int_equal(clock.source, s->by);
	}
}
#define HEAR(...)                                                                                  \
	hear((const struct saying[]){ __VA_ARGS__ },                                               \
		sizeof((const struct saying[]){ __VA_ARGS__ }) / sizeof(struct saying))

static void the_order_of_trust_is_ntp_network_text(void **state)
{
	(void)state;
	HEAR({ CLOCK_TEXT, "", NOON + H_, true, NOON + H_, CLOCK_TEXT },
		{ CLOCK_NETWORK, "sim1", NOON - 9 * DAY_, true, NOON - 9 * DAY_, CLOCK_NETWORK },
		{ CLOCK_TEXT, "", NOON + H_, false, NOON - 9 * DAY_, CLOCK_NETWORK },
		{ CLOCK_NTP, "", NOON + DAY_, true, NOON + DAY_, CLOCK_NTP },
		{ CLOCK_NETWORK, "sim1", NOON, false, NOON + DAY_, CLOCK_NTP },
		{ CLOCK_TEXT, "", NOON + 2 * DAY_, false, NOON + DAY_, CLOCK_NTP });
}

static void a_clock_that_lies_is_not_believed_whoever_it_is(void **state)
{
	static const int64_t lies[] = { Y1970, Y1980, Y2004, Y2069, Y2080, 0, -1, INT64_MAX };
	static const enum clock_source sources[] = { CLOCK_TEXT, CLOCK_NETWORK, CLOCK_SYSTEM,
		CLOCK_NTP };

	(void)state;
	for (size_t l = 0; l < ARRAY_SIZE(lies); l++)
		for (size_t s = 0; s < ARRAY_SIZE(sources); s++)
			HEAR({ sources[s], "", lies[l], false, NOON, CLOCK_UNKNOWN });
	/* nor once the time is known */
	HEAR({ CLOCK_SYSTEM, "", NOON + 7, true, NOON + 7, CLOCK_SYSTEM },
		{ CLOCK_SYSTEM, "", Y1970, false, NOON + 7, CLOCK_SYSTEM },
		{ CLOCK_SYSTEM, "", Y2080, false, NOON + 7, CLOCK_SYSTEM },
		{ CLOCK_SYSTEM, "", NOON + 9, true, NOON + 9, CLOCK_SYSTEM });
}

static void a_text_may_have_waited(void **state)
{
	(void)state;
	/* from before the newest row: it says nothing */
	HEAR({ CLOCK_TEXT, "", NOON - 2 * H_, false, NOON, CLOCK_UNKNOWN },
		/* later than that: the clock nobody vouched for was wrong */
		{ CLOCK_TEXT, "", NOON - H_ / 2, true, NOON - H_ / 2, CLOCK_TEXT },
		/* from now on only forward */
		{ CLOCK_TEXT, "", NOON - H_, false, NOON - H_ / 2, CLOCK_TEXT },
		{ CLOCK_TEXT, "", NOON + 3 * DAY_, true, NOON + 3 * DAY_, CLOCK_TEXT },
		{ CLOCK_TEXT, "", NOON + DAY_, false, NOON + 3 * DAY_, CLOCK_TEXT });
	/* a text of this minute says that the clock is right */
	HEAR({ CLOCK_TEXT, "", NOON - 20 * MS_PER_S, true, NOON, CLOCK_TEXT });
}

static void of_two_modems_the_first_is_believed(void **state)
{
	(void)state;
	HEAR({ CLOCK_NETWORK, "sim1", NOON + DAY_, true, NOON + DAY_, CLOCK_NETWORK },
		{ CLOCK_NETWORK, "sim2", NOON + 900 * DAY_, false, NOON + DAY_, CLOCK_NETWORK },
		{ CLOCK_NETWORK, "sim2", NOON + DAY_ - 20 * MS_PER_S, false, NOON + DAY_,
			CLOCK_NETWORK },
		/* the network corrects its own modem */
		{ CLOCK_NETWORK, "sim1", NOON + 2 * DAY_, true, NOON + 2 * DAY_, CLOCK_NETWORK });
}

/* Another process of the same boot heard it from a modem; which one is not known any more. */
static void after_a_restart_any_modem_may_correct_it(void **state)
{
	struct clock clock;

	(void)state;
	clock_begin(&clock, NOON, 0, 0);
	clock.source = CLOCK_NETWORK;
	assert_false(clock_hear(&clock, CLOCK_NETWORK, "sim2", NOON + 1000, 0));
	assert_string_equal(clock.who, "sim2");
	clock.who[0] = '\0';
	assert_true(clock_hear(&clock, CLOCK_NETWORK, "sim1", NOON + DAY_, 0));
	assert_int_equal(clock.base_ms, NOON + DAY_);
	assert_false(clock_hear(&clock, CLOCK_NETWORK, "sim2", NOON, 0));
}

static void whole_seconds_that_come_late_do_not_move_it(void **state)
{
	(void)state;
	HEAR({ CLOCK_NETWORK, "sim1", NOON - 1800, true, NOON, CLOCK_NETWORK },
		{ CLOCK_NETWORK, "sim1", NOON + MIN_ - 1, false, NOON, CLOCK_NETWORK },
		{ CLOCK_NETWORK, "sim1", NOON + MIN_, true, NOON + MIN_, CLOCK_NETWORK },
		/* the system's clock is followed as it is */
		{ CLOCK_NTP, "", NOON + MIN_ + 3, true, NOON + MIN_ + 3, CLOCK_NTP },
		{ CLOCK_NTP, "", NOON + MIN_ + 3, false, NOON + MIN_ + 3, CLOCK_NTP },
		{ CLOCK_NTP, "", NOON + MIN_ + 1, true, NOON + MIN_ + 1, CLOCK_NTP });
}

static void the_process_lives_by_it(void **state)
{
	int64_t system_ms;

	(void)state;
	time_set_base(NOON - time_mono_ms());
	assert_in_range(time_wall_ms(), NOON, NOON + MIN_);
	time_set_base(TIME_NEVER);
	system_ms = time_system_ms();
	assert_in_range(time_wall_ms() - system_ms, 0, MIN_);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_begins_behind_all_that_is_remembered),
		cmocka_unit_test(the_order_of_trust_is_ntp_network_text),
		cmocka_unit_test(a_clock_that_lies_is_not_believed_whoever_it_is),
		cmocka_unit_test(a_text_may_have_waited),
		cmocka_unit_test(of_two_modems_the_first_is_believed),
		cmocka_unit_test(after_a_restart_any_modem_may_correct_it),
		cmocka_unit_test(whole_seconds_that_come_late_do_not_move_it),
		cmocka_unit_test(the_process_lives_by_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
