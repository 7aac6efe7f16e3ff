/* SPDX-License-Identifier: Apache-2.0 */
/* A SIM that is blocked without a word: everything is accepted, nothing is reported any more. */
#include "courier_world.h"

static int reference;

/** n segments on the first modem, a minute apart; every report_each-th is reported (0: none). */
static void send_some(struct world *world, int n, int report_each)
{
	struct modem *modem = &world->modems[0];
	bool others[WORLD_MODEMS] = { false };
	for (int i = 1; i < world->n_modems; i++) {
		others[i] = world->modems[i].busy;
		world->modems[i].busy = true;
	}
	for (int i = 0; i < n; i++) {
		a_copy_leaves(
			world, modem, i, ++reference % 256, report_each && i % report_each == 0);
		pass(world, 10 * MS_PER_S);
	}
	for (int i = 1; i < world->n_modems; i++)
		world->modems[i].busy = others[i];
}

static bool blocked(struct world *world)
{
	return courier_modem_blocked(world->courier, &world->modems[0]);
}

static void test_reports_that_stop_coming_mean_a_blocked_sim(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	struct courier_pace pace;
	send_some(world, 40, 1);
	pass(world, MS_PER_H);
	assert_false(blocked(world));
	/* Nothing is awaited: nothing wakes up. */
	assert_int_equal(courier_deadline(world->courier), TIME_NEVER);
	send_some(world, 64, 0);
	pass(world, MS_PER_H);
	assert_true(blocked(world));
	assert_int_equal(world->alarms, 1);
	assert_string_equal(world->alarm, "blocked");

	/* Everything goes over the other one, and the promise counts that one alone. */
	int sends = world->modems[0].sends;
	courier_get_pace(world->courier, &pace);
	assert_int_equal(pace.ready, 1);
	queue(world, ANA, CLASS_ALERT, "come");
	queue(world, BEN, CLASS_DISPATCH, "code");
	turn(world);
	assert_string_equal(on_air(&world->modems[1]), BEN);
	answer(&world->modems[1], accepted_as(1));
	turn(world);
	assert_string_equal(on_air(&world->modems[1]), ANA);
	assert_int_equal(world->modems[0].sends, sends);

	/* Without another only what is urgent leaves. */
	queue(world, CLEO, CLASS_ALERT, "come");
	set_state(&world->modems[1], MODEM_SEARCHING);
	turn(world);
	assert_int_equal(world->modems[0].sends, sends);
	queue(world, BEN, CLASS_DISPATCH, "code");
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), BEN);
	world_free(world);
}

/** One modem, two reports, and then none for an hour. */
static struct world *blocked_world(void)
{
	struct world *world = world_new(1);
	send_some(world, 2, 1);
	send_some(world, 64, 0);
	pass(world, MS_PER_H);
	assert_true(blocked(world));
	return world;
}

static void test_a_network_without_reports_and_phones_that_are_off_are_no_block(void **state)
{
	(void)state;
	static const int each[] = { 0, 2, 3, 4 };
	for (size_t i = 0; i < ARRAY_SIZE(each); i++) {
		struct world *world = world_new(1);
		send_some(world, 150, each[i]);
		pass(world, MS_PER_H);
		assert_false(blocked(world));
		world_free(world);
	}
}

static void test_few_segments_are_not_enough(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	send_some(world, 2, 1);
	send_some(world, 15, 0);
	pass(world, MS_PER_H);
	assert_false(blocked(world));
	world_free(world);
}

static void test_it_is_known_after_a_restart_and_tried_again_after_a_day(void **state)
{
	(void)state;
	struct world *world = blocked_world();
	world_stop(world);
	world_start_store(world);
	world_start(world, 1);
	assert_true(blocked(world));
	queue(world, ANA, CLASS_ALERT, "come");
	pass(world, 22 * MS_PER_H);
	assert_int_equal(on_air(&world->modems[0])[0], '\0');
	pass(world, 2 * MS_PER_H);
	assert_false(blocked(world));
	assert_string_equal(on_air(&world->modems[0]), ANA);
	world_free(world);
}

/* In the store it cannot be read without the box's key. */
static void test_which_modem_a_section_has_is_known_after_a_restart(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	char imei[COURIER_IMEI_SIZE];
	int64_t kept;
	courier_known_imei(world->courier, "m0", imei);
	assert_string_equal(imei, "");
	static const char *const imeis[] = { "010000000000123", "86000000000123",
		"8600000000001234" };
	for (size_t i = 0; i < ARRAY_SIZE(imeis); i++) {
		struct modem *modem = &world->modems[0];
		courier_modem_events()->learned(modem->ctx, modem, imeis[i]);
		world_stop(world);
		world_start_store(world);
		world_start(world, 2);
		courier_known_imei(world->courier, world->modems[0].name, imei);
		assert_string_equal(imei, imeis[i]);
		courier_known_imei(world->courier, world->modems[1].name, imei);
		assert_string_equal(imei, "");
	}
	char key[48];
	snprintf(key, sizeof(key), "imei %s", world->modems[0].name);
	assert_int_equal(store_value_get(world->store, key, &kept), 0);
	assert_true(kept > 0 && kept % INT64_C(1000000) != 1234);
	world_free(world);
}

static void test_reports_that_come_again_end_it(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	send_some(world, 2, 1);
	send_some(world, 64, 0);
	pass(world, MS_PER_H);
	assert_true(blocked(world));
	queue(world, CLEO, CLASS_ALERT, "come");
	for (int i = 0; i < 3; i++) {
		queue(world, BEN, CLASS_DISPATCH, "code");
		turn(world);
		assert_true(blocked(world));
		assert_string_equal(on_air(modem), BEN);
		answer(modem, accepted_as(100 + i));
		turn(world);
		report_comes(world, modem, 1, 100 + i, BEN, 0x00);
		turn(world);
	}
	assert_false(blocked(world));
	turn(world);
	assert_string_equal(on_air(modem), CLEO);
	world_free(world);
}

static void step_clock(struct world *world, int64_t step_ms)
{
	world->courier->offset_ms = world->now;
	world->now += step_ms;
	office_follow_clock(world->courier, world->now, 0);
}

/* The clock of a box without a battery is set: what was just sent is not overdue for that. */
static void test_a_step_of_the_clock_blocks_nothing(void **state)
{
	(void)state;
	static const int64_t steps_ms[] = { MS_PER_DAY, -MS_PER_DAY };
	for (size_t i = 0; i < ARRAY_SIZE(steps_ms); i++) {
		struct world *world = world_new(1);
		send_some(world, 4, 1);
		pass(world, 6 * MS_PER_MIN);
		send_some(world, 19, 0);
		step_clock(world, steps_ms[i]);
		pass(world, 2 * MS_PER_MIN);
		assert_false(blocked(world));
		/* But who is silent for as long as ever is. */
		send_some(world, 40, 0);
		pass(world, 30 * MS_PER_MIN);
		assert_true(blocked(world));
		world_free(world);
	}
}

/* Blocked by a clock that is set back later: a day is a day. */
static void test_a_clock_that_is_set_back_does_not_block_for_longer(void **state)
{
	(void)state;
	struct world *world = blocked_world();
	step_clock(world, -300 * MS_PER_DAY);
	pass(world, MS_PER_DAY);
	assert_false(blocked(world));
	world_free(world);
}

/* The other one has sent its last: the blocked one is all there is, and good for what is urgent. */
static void test_a_blocked_sim_takes_what_is_urgent_when_the_other_is_used_up(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	struct courier_caps caps = { .per_day = 1 };
	send_some(world, 40, 1);
	send_some(world, 64, 0);
	pass(world, MS_PER_H);
	assert_true(blocked(world));
	assert_int_equal(courier_set_caps(world->courier, "sim2", &caps), 0);
	queue(world, ANA, CLASS_DISPATCH, "code");
	queue(world, BEN, CLASS_DISPATCH, "code");
	turn(world);
	assert_string_equal(on_air(&world->modems[1]), ANA);
	answer(&world->modems[1], accepted_as(1));
	pass(world, MS_PER_S);
	assert_string_equal(on_air(&world->modems[0]), BEN);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reports_that_stop_coming_mean_a_blocked_sim),
		cmocka_unit_test(
			test_a_network_without_reports_and_phones_that_are_off_are_no_block),
		cmocka_unit_test(test_few_segments_are_not_enough),
		cmocka_unit_test(test_it_is_known_after_a_restart_and_tried_again_after_a_day),
		cmocka_unit_test(test_which_modem_a_section_has_is_known_after_a_restart),
		cmocka_unit_test(test_reports_that_come_again_end_it),
		cmocka_unit_test(test_a_step_of_the_clock_blocks_nothing),
		cmocka_unit_test(test_a_clock_that_is_set_back_does_not_block_for_longer),
		cmocka_unit_test(test_a_blocked_sim_takes_what_is_urgent_when_the_other_is_used_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
