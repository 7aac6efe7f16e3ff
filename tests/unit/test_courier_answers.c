/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of every answer of a modem, and of every report. */
#include "courier_world.h"

/* ---- answers -------------------------------------------------------------------------------- */

static void test_an_accepted_text_is_sent_and_its_report_makes_it_delivered(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	assert_string_equal(on_air(modem), ANA);
	assert_int_equal(count(world, MESSAGE_SENDING), 1);
	answer(modem, accepted_as(9));
	turn(world);
	assert_int_equal(count(world, MESSAGE_SENT), 1);
	report_comes(world, modem, 4, 9, ANA, 0x00);
	assert_int_equal(modem->n_taken, 0);
	turn(world);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	assert_int_equal(modem->n_taken, 1);
	assert_int_equal(modem->taken[0], 4);
	assert_int_equal(modem->sends, 1);
	world_free(world);
}

static const struct {
	int cms; /* 0: never, -1: no answer */
	enum message_state state;
	int64_t again_ms; /* handed over once more after; -1 = not by this modem, or never */
	bool parked;
	int alarms;
} answers[] = {
	{ 1, MESSAGE_FAILED, -1, false, 0 },
	{ 8, MESSAGE_FAILED, -1, true, 1 },
	{ 21, MESSAGE_QUEUED, 120000, false, 0 },
	{ 41, MESSAGE_QUEUED, 5000, false, 0 },
	{ 42, MESSAGE_QUEUED, 5000, false, 0 },
	{ 38, MESSAGE_QUEUED, 200, true, 1 },
	{ 17, MESSAGE_UNKNOWN, 60000, false, 0 },
	{ 500, MESSAGE_UNKNOWN, 60000, false, 0 },
	{ -1, MESSAGE_UNKNOWN, 60000, false, 0 },
	{ 310, MESSAGE_QUEUED, 300000, true, 1 },
	{ 322, MESSAGE_QUEUED, 5000, false, 1 },
	{ 330, MESSAGE_QUEUED, 2000, true, 1 },
	{ 304, MESSAGE_FAILED, -1, false, 1 },
	{ 0, MESSAGE_QUEUED, 0, false, 0 },
};

static void test_every_answer_leaves_the_right_state_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct world *world = world_new(1);
		struct modem *modem = &world->modems[0];
		queue(world, ANA, CLASS_REPLY, "hello");
		turn(world);
		modem->busy = true; /* so that what is queued at once stays so for the look */
		answer(modem, answers[i].cms > 0 ? refused_with(answers[i].cms)
			      : answers[i].cms   ? ended(MODEM_SENT_UNKNOWN)
						 : ended(MODEM_SENT_NEVER));
		turn(world);
		if (count(world, answers[i].state) != 1)
			fail_msg("+CMS ERROR %d: not %s", answers[i].cms,
				store_message_state_name(answers[i].state));
		assert_int_equal(modem->parked, answers[i].parked);
		assert_int_equal(world->alarms, answers[i].alarms);
		modem->busy = false;
		if (answers[i].again_ms > 0) {
			pass(world, answers[i].again_ms - 1);
			assert_int_equal(modem->sends, 1);
			pass(world, 1);
		}
		courier_modem_events()->idle(modem->ctx, modem);
		turn(world);
		assert_int_equal(modem->sends, answers[i].again_ms < 0 ? 1 : 2);
		world_free(world);
	}
}

static void test_a_temporary_failure_is_tried_ten_times_and_no_more(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_REPLY, "hello");
	turn(world);
	for (int i = 0; i < 50; i++) {
		if (modem->sending)
			answer(modem, refused_with(41));
		pass(world, 10 * MS_PER_MIN);
	}
	assert_int_equal(modem->sends, 10);
	assert_int_equal(count(world, MESSAGE_FAILED), 1);
	world_free(world);
}

static void test_an_attempt_that_never_came_to_the_hand_over_does_not_count(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_REPLY, "hello");
	turn(world);
	for (int i = 0; i < 30; i++) {
		answer(modem, ended(MODEM_SENT_NEVER));
		/* A modem that fails every time is not asked as fast as it can fail. */
		pass(world, MS_PER_MIN);
	}
	assert_int_equal(modem->sends, 31);
	/* The first attempt that counts. */
	answer(modem, refused_with(41));
	pass(world, MS_PER_MIN);
	assert_int_equal(modem->sends, 32);
	answer(modem, accepted_as(1));
	turn(world);
	assert_int_equal(count(world, MESSAGE_SENT), 1);
	world_free(world);
}

static void test_an_unknown_is_sent_once_more_and_never_a_third_time(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	answer(modem, ended(MODEM_SENT_UNKNOWN));
	pass(world, 59 * MS_PER_S);
	assert_int_equal(modem->sends, 1);
	pass(world, MS_PER_S);
	assert_int_equal(modem->sends, 2);
	answer(modem, ended(MODEM_SENT_UNKNOWN));
	pass(world, MS_PER_DAY);
	assert_int_equal(modem->sends, 2);
	assert_int_equal(count(world, MESSAGE_FAILED), 1);
	assert_int_equal(courier_deadline(world->courier), TIME_NEVER);
	world_free(world);
}

static void test_a_report_settles_an_unknown_and_nothing_is_sent_twice(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	answer(modem, ended(MODEM_SENT_UNKNOWN));
	pass(world, 20 * MS_PER_S);
	report_comes(world, modem, 1, 33, ANA, 0x00);
	pass(world, MS_PER_DAY);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	assert_int_equal(modem->sends, 1);
	world_free(world);
}

static void test_a_segment_that_could_not_be_handed_over_goes_next_turn(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	world->modems[1].busy = true;
	world->modems[0].send_fails = true;
	queue(world, ANA, CLASS_ALERT, "come");
	assert_int_equal(courier_settle(world->courier, world->now), 0);
	set_state(&world->modems[0], MODEM_ABSENT);
	world->modems[1].busy = false;
	turn(world);
	assert_string_equal(on_air(&world->modems[1]), ANA);
	assert_int_equal(count(world, MESSAGE_UNKNOWN), 0);
	world_free(world);
}

/* ---- reports -------------------------------------------------------------------------------- */

static void test_a_report_in_the_turn_of_its_answer_matches(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	report_comes(world, modem, 1, 9, ANA, 0x00); /* even before it */
	answer(modem, accepted_as(9));
	turn(world);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	world_free(world);
}

static void test_a_report_is_not_taken_before_it_is_durable_and_waits_seconds_at_most(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "come");
	queue(world, BEN, CLASS_ALERT, "come");
	turn(world);
	answer(modem, accepted_as(9));
	turn(world);
	assert_string_equal(on_air(modem), BEN);
	report_comes(world, modem, 4, 9, ANA, 0x00);
	assert_int_equal(modem->n_taken, 0);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 0);
	assert_in_range(courier_deadline(world->courier), world->now + 1, world->now + 6000);
	/* no answer comes */
	pass(world, 6000);
	assert_int_equal(modem->n_taken, 1);
	assert_int_equal(modem->taken[0], 4);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	world_free(world);
}

/*
 * The turn that brings the answer takes the report along, and the modem is told so before it is
 * busy again.
 */
static void handed_after_taken(struct modem *modem, const uint8_t *tpdu, size_t size)
{
	(void)tpdu;
	(void)size;
	assert_int_equal(modem->n_taken, modem->sends == 3);
}

static void test_a_report_is_taken_in_the_turn_of_the_answer_before_the_next_segment(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	modem->handed = handed_after_taken;
	queue(world, ANA, CLASS_ALERT, "come");
	queue(world, BEN, CLASS_ALERT, "come");
	queue(world, CLEO, CLASS_ALERT, "come");
	turn(world);
	answer(modem, accepted_as(9));
	turn(world);
	report_comes(world, modem, 4, 9, ANA, 0x00);
	answer(modem, accepted_as(10));
	assert_int_equal(courier_settle(world->courier, world->now), 0);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	assert_string_equal(on_air(modem), CLEO);
	assert_int_equal(modem->sends, 3);
	world_free(world);
}

static void test_a_report_does_not_lose_against_the_end_of_its_unknowns_wait(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	answer(modem, ended(MODEM_SENT_UNKNOWN));
	turn(world);
	world->now += 59000;
	queue(world, BEN, CLASS_ALERT, "come");
	turn(world);
	assert_string_equal(on_air(modem), BEN);
	report_comes(world, modem, 4, 9, ANA, 0x00);
	pass(world, 10000);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	answer(modem, accepted_as(10));
	turn(world);
	assert_string_equal(on_air(modem), "");
	assert_int_equal(modem->sends, 2);
	world_free(world);
}

static void test_a_report_that_overtakes_its_answer_matches(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	report_comes(world, modem, 1, 9, ANA, 0x00);
	turn(world);
	world->now += 3000;
	turn(world);
	answer(modem, accepted_as(9));
	turn(world);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	assert_int_equal(modem->n_taken, 1);
	world_free(world);
}

static void test_a_report_that_still_tries_is_not_the_end(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	answer(modem, accepted_as(9));
	report_comes(world, modem, 1, 9, ANA, 0x20);
	turn(world);
	assert_int_equal(count(world, MESSAGE_SENT), 1);
	report_comes(world, modem, 2, 9, ANA, 0x46);
	turn(world);
	assert_int_equal(count(world, MESSAGE_FAILED), 1);
	assert_int_equal(modem->n_taken, 2);
	world_free(world);
}

static void test_a_report_for_nothing_is_let_go_after_a_second_look(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	report_comes(world, modem, 1, 9, BEN, 0x00);
	turn(world);
	assert_int_equal(modem->n_taken, 1);
	assert_int_equal(courier_deadline(world->courier), TIME_NEVER);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_accepted_text_is_sent_and_its_report_makes_it_delivered),
		cmocka_unit_test(test_every_answer_leaves_the_right_state_behind),
		cmocka_unit_test(test_a_temporary_failure_is_tried_ten_times_and_no_more),
		cmocka_unit_test(test_an_attempt_that_never_came_to_the_hand_over_does_not_count),
		cmocka_unit_test(test_an_unknown_is_sent_once_more_and_never_a_third_time),
		cmocka_unit_test(test_a_report_settles_an_unknown_and_nothing_is_sent_twice),
		cmocka_unit_test(test_a_segment_that_could_not_be_handed_over_goes_next_turn),
		cmocka_unit_test(test_a_report_in_the_turn_of_its_answer_matches),
		cmocka_unit_test(
			test_a_report_is_not_taken_before_it_is_durable_and_waits_seconds_at_most),
		cmocka_unit_test(
			test_a_report_is_taken_in_the_turn_of_the_answer_before_the_next_segment),
		cmocka_unit_test(test_a_report_does_not_lose_against_the_end_of_its_unknowns_wait),
		cmocka_unit_test(test_a_report_that_overtakes_its_answer_matches),
		cmocka_unit_test(test_a_report_that_still_tries_is_not_the_end),
		cmocka_unit_test(test_a_report_for_nothing_is_let_go_after_a_second_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
