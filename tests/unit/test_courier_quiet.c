/* SPDX-License-Identifier: Apache-2.0 */
/* Quiet hours: bulk waits for the morning, nothing else does. */
#include "courier_world.h"

#include <time.h>

#define FROM 21 * 60
#define TO   8 * 60

static int64_t utc(int year, int month, int day, int hour, int minute)
{
	struct tm tm = { .tm_year = year - 1900,
		.tm_mon = month - 1,
		.tm_mday = day,
		.tm_hour = hour,
		.tm_min = minute };

	return (int64_t)timegm(&tm) * MS_PER_S;
}

static void set_hours(struct world *world, int from_minute, int to_minute)
{
	world->settings.quiet_from_minute = from_minute;
	world->settings.quiet_to_minute = to_minute;
	courier_set_settings(world->courier, &world->settings);
}

/* A box in California at this moment; from nine in the evening to eight it is quiet. */
static struct world *world_at(int64_t now_ms)
{
	setenv("TZ", "America/Los_Angeles", 1);
	tzset();
	struct world *world = world_new(1);
	world->now = now_ms;
	set_hours(world, FROM, TO);
	return world;
}

static void leaves(struct world *world, const char *phone)
{
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), phone);
	answer(&world->modems[0], accepted_as(1));
	turn(world);
}

static void bulk_waits_for_the_morning_and_nothing_else_does(void **state)
{
	static const enum message_class others[] = { CLASS_STOP, CLASS_DISPATCH, CLASS_ALERT,
		CLASS_RELAY, CLASS_REPLY };
	/* 21:30 in summer */
	struct world *world = world_at(utc(2026, 9, 22, 4, 30));

	(void)state;
	queue(world, ANA, CLASS_REST, "digest");
	turn(world);
	assert_false(world->modems[0].sending);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		queue(world, BEN, others[i], "at once");
		leaves(world, BEN);
	}
	assert_false(world->modems[0].sending);
	assert_true(courier_quiet_until(world->courier, world->now) == utc(2026, 9, 22, 15, 0));
	assert_true(courier_deadline(world->courier) == utc(2026, 9, 22, 15, 0));
	pass(world, utc(2026, 9, 22, 14, 59) - world->now);
	assert_false(world->modems[0].sending);
	pass(world, MS_PER_MIN);
	assert_string_equal(on_air(&world->modems[0]), ANA);
	assert_true(courier_quiet_until(world->courier, world->now) == 0);
	world_free(world);
}

/* The night in which the clocks are changed is an hour longer, or shorter; the morning is at 8. */
static void the_clock_on_the_wall_counts(void **state)
{
	static const struct {
		int evening[5], morning[5];
	} nights[] = {
		{ { 2026, 11, 1, 4, 30 }, { 2026, 11, 1, 16, 0 } }, /* back */
		{ { 2027, 3, 14, 6, 0 }, { 2027, 3, 14, 15, 0 } },  /* ahead */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nights); i++) {
		const int *e = nights[i].evening, *m = nights[i].morning;
		int64_t morning_ms = utc(m[0], m[1], m[2], m[3], m[4]);
		struct world *world = world_at(utc(e[0], e[1], e[2], e[3], e[4]));

		queue(world, ANA, CLASS_REST, "digest");
		pass(world, morning_ms - world->now - 1);
		assert_false(world->modems[0].sending);
		pass(world, 1);
		assert_string_equal(on_air(&world->modems[0]), ANA);
		world_free(world);
	}
}

static void a_restart_in_the_night_changes_nothing(void **state)
{
	struct world *world = world_at(utc(2026, 9, 22, 4, 30));
	struct courier_settings settings = world->settings;

	(void)state;
	queue(world, ANA, CLASS_REST, "digest");
	turn(world);
	world_stop(world);
	world->now += MS_PER_H;
	world_start_store(world);
	world_start(world, 1);
	set_hours(world, settings.quiet_from_minute, settings.quiet_to_minute);
	turn(world);
	assert_false(world->modems[0].sending);
	pass(world, utc(2026, 9, 22, 15, 0) - world->now);
	assert_string_equal(on_air(&world->modems[0]), ANA);
	world_free(world);
}

static void what_was_begun_is_finished_and_not_cut_in_two_by_the_night(void **state)
{
	struct world *world = world_at(utc(2026, 9, 22, 3, 59)); /* 20:59 */
	char text[300];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	queue(world, ANA, CLASS_REST, text);
	queue(world, BEN, CLASS_REST, "digest");
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), ANA);
	world->now += 2 * MS_PER_MIN;
	answer(&world->modems[0], accepted_as(1));
	leaves(world, ANA);
	assert_false(world->modems[0].sending);
	assert_int_equal(count(world, MESSAGE_SENT), 1);
	world_free(world);
}

static void a_sim_with_caps_keeps_the_hours_too(void **state)
{
	static const struct courier_caps caps = { .per_day = 100, .recipients_per_month = 100 };
	struct world *world = world_at(utc(2026, 9, 22, 4, 30));

	(void)state;
	assert_int_equal(courier_set_caps(world->courier, "sim1", &caps), 0);
	queue(world, ANA, CLASS_REST, "digest");
	turn(world);
	assert_false(world->modems[0].sending);
	queue(world, BEN, CLASS_ALERT, "alert");
	leaves(world, BEN);
	assert_false(world->modems[0].sending);
	pass(world, utc(2026, 9, 22, 15, 0) - world->now);
	assert_string_equal(on_air(&world->modems[0]), ANA);
	world_free(world);
}

static void a_box_without_quiet_hours_and_one_that_loses_them_send_at_once(void **state)
{
	struct world *world = world_at(utc(2026, 9, 22, 4, 30));

	(void)state;
	queue(world, ANA, CLASS_REST, "digest");
	turn(world);
	assert_false(world->modems[0].sending);
	set_hours(world, 0, 0);
	leaves(world, ANA);
	set_hours(world, 12 * 60, 20 * 60);
	queue(world, BEN, CLASS_REST, "digest");
	leaves(world, BEN);
	world_free(world);
}

/* Half past one comes a second time, an hour later: not a day later. */
static void a_night_that_ends_twice_ends(void **state)
{
	struct world *world = world_at(utc(2026, 11, 1, 9, 10));

	(void)state;
	set_hours(world, FROM, 60 + 30);
	queue(world, ANA, CLASS_REST, "digest");
	pass(world, 20 * MS_PER_MIN - 1);
	assert_false(world->modems[0].sending);
	pass(world, 1);
	assert_string_equal(on_air(&world->modems[0]), ANA);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bulk_waits_for_the_morning_and_nothing_else_does),
		cmocka_unit_test(the_clock_on_the_wall_counts),
		cmocka_unit_test(a_restart_in_the_night_changes_nothing),
		cmocka_unit_test(what_was_begun_is_finished_and_not_cut_in_two_by_the_night),
		cmocka_unit_test(a_sim_with_caps_keeps_the_hours_too),
		cmocka_unit_test(a_box_without_quiet_hours_and_one_that_loses_them_send_at_once),
		cmocka_unit_test(a_night_that_ends_twice_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
