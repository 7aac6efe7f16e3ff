/* SPDX-License-Identifier: Apache-2.0 */
/* What is not durable has not happened: full disks, lost files, crashes, steps of the clock. */
#include "courier_world.h"

#include <signal.h>
#include <sys/resource.h>

/* ---- a disk that takes nothing --------------------------------------------------------------- */

/** Every write to a file fails from now on, as on a full disk; or works again. */
static void disk_works(bool works)
{
	struct rlimit limit;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = works ? limit.rlim_max : 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_what_cannot_be_committed_has_not_happened_and_is_tried_again(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	struct modem *modem = &world->modems[0], *other = &world->modems[1];
	other->busy = true;
	queue(world, ANA, CLASS_ALERT, "one");
	queue(world, BEN, CLASS_ALERT, "two");
	turn(world);
	assert_string_equal(on_air(modem), ANA);

	disk_works(false);
	answer(modem, accepted_as(9));
	text_comes(world, modem, 5, CLEO, "JOIN");
	other->busy = false;
	int failures = 0;
	for (int i = 0; i < 10; i++) {
		failures += courier_settle(world->courier, world->now) < 0;
		world->now = courier_deadline(world->courier);
	}
	bool nothing_happened = modem->sends == 1 && other->sends == 0 && modem->n_taken == 0;
	int alarms = world->alarms;
	disk_works(true);
	assert_int_equal(failures, 10);
	assert_true(nothing_happened);
	assert_int_equal(alarms, 1);

	turn(world);
	assert_int_equal(count(world, MESSAGE_SENT), 1);
	assert_int_equal(modem->sends + other->sends, 2);
	assert_int_equal(modem->n_taken, 1);
	assert_string_equal(next_text(world)->body, "JOIN");
	world_free(world);
}

static void test_nothing_is_taken_from_a_modem_while_the_database_is_gone(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	char away[80];
	snprintf(away, sizeof(away), "%s.away", world->dir);
	turn(world);
	queue(world, ANA, CLASS_ALERT, "one");
	assert_int_equal(rename(world->dir, away), 0);
	text_comes(world, modem, 5, CLEO, "JOIN");
	for (int i = 0; i < 5; i++) {
		assert_int_equal(courier_settle(world->courier, world->now), -ESTALE);
		world->now = courier_deadline(world->courier);
	}
	assert_int_equal(modem->n_taken, 0);
	assert_int_equal(modem->sends, 0);
	assert_int_equal(world->alarms, 1);
	assert_string_equal(world->alarm, "store");
	assert_int_equal(rename(away, world->dir), 0);
	turn(world);
	assert_int_equal(modem->n_taken, 1);
	assert_string_equal(next_text(world)->body, "JOIN");
	world_free(world);
}

/* The file goes in the moment between its commit and the modem's acknowledgement. */
static const char *going, *gone;
static void goes_away(struct modem *modem, const uint8_t *tpdu, size_t size)
{
	(void)modem;
	(void)tpdu;
	(void)size;
	assert_int_equal(rename(going, gone), 0);
}

static void test_what_was_committed_into_a_file_that_has_gone_is_not_taken(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	struct modem *first = &world->modems[0], *second = &world->modems[1];
	char away[80];
	snprintf(away, sizeof(away), "%s.away", world->dir);
	turn(world);
	first->handed = goes_away;
	going = world->dir;
	gone = away;
	/* a part that waits for the others does not keep claims back */
	struct sms_deliver part = a_text(CLEO, long_text(), 0, world->now);
	hand_up_deliver(second, 5, &part);
	queue(world, ANA, CLASS_ALERT, "one");
	assert_int_equal(courier_settle(world->courier, world->now), 0);
	assert_int_equal(first->sends, 1);
	assert_int_equal(second->n_taken, 0);
	assert_int_equal(courier_settle(world->courier, world->now), -ESTALE);
	assert_int_equal(rename(away, world->dir), 0);
	world->now = courier_deadline(world->courier);
	turn(world);
	assert_int_equal(second->n_taken, 1);
	world_free(world);
}

static void test_one_row_that_the_store_does_not_want_stops_nothing_else(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	int64_t message = queue(world, ANA, CLASS_ALERT, "one");
	turn(world);
	/* Part 0 of the message: settled behind the courier's back. */
	assert_int_equal(store_segment_failed(world->store, message * 256, 0, world->now), 0);
	queue(world, BEN, CLASS_ALERT, "two");
	answer(modem, accepted_as(9));
	text_comes(world, modem, 5, CLEO, "JOIN");
	turn(world);
	assert_string_equal(next_text(world)->body, "JOIN");
	assert_string_equal(on_air(modem), BEN);
	assert_int_equal(world->alarms, 0);
	world_free(world);
}

/* ---- the clock ------------------------------------------------------------------------------- */

static void test_a_step_of_the_clock_neither_stalls_nor_hurries_a_wait(void **state)
{
	(void)state;
	static const int64_t steps[] = { -MS_PER_DAY, MS_PER_DAY };
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct world *world = world_new(2);
		struct modem *modem = &world->modems[0], *parked = &world->modems[1];
		office_follow_clock(world->courier, world->now, 0);
		queue(world, ANA, CLASS_REPLY, "one");
		queue(world, BEN, CLASS_REPLY, "two");
		turn(world);
		answer(modem, ended(MODEM_SENT_UNKNOWN)); /* 60 s */
		answer(parked, refused_with(310));        /* 300 s */
		turn(world);
		answer(modem, accepted_as(1)); /* which took it over */
		turn(world);
		office_follow_clock(world->courier, world->now + 10000, 10000); /* no step */
		world->now += 10000 + steps[i];
		office_follow_clock(world->courier, world->now, 10000);
		turn(world);
		assert_int_equal(modem->sends, 2);
		pass(world, 50000 - 1);
		assert_int_equal(modem->sends, 2);
		pass(world, 1);
		assert_int_equal(modem->sends, 3);
		answer(modem, accepted_as(2));
		pass(world, 240000 - 1);
		assert_true(parked->parked);
		pass(world, 1);
		assert_false(parked->parked);
		world_free(world);
	}
}

/* ---- a start -------------------------------------------------------------------------------- */

static void test_what_was_on_the_air_at_a_crash_waits_for_its_report(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "come");
	queue(world, BEN, CLASS_ALERT, "come");
	turn(world);
	assert_string_equal(on_air(modem), ANA);
	world_stop(world);
	modem->sending = false;
	world_start_store(world);
	world_start(world, 1);
	turn(world);
	assert_int_equal(count(world, MESSAGE_UNKNOWN), 1);
	assert_string_equal(on_air(modem), BEN);
	answer(modem, accepted_as(2));
	report_comes(world, modem, 1, 1, ANA, 0x00);
	turn(world);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	pass(world, MS_PER_H);
	assert_int_equal(modem->sends, 2);
	world_free(world);
}

static void test_nothing_waits_when_nothing_is_to_be_done(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	turn(world);
	assert_int_equal(courier_deadline(world->courier), TIME_NEVER);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_cannot_be_committed_has_not_happened_and_is_tried_again),
		cmocka_unit_test(test_nothing_is_taken_from_a_modem_while_the_database_is_gone),
		cmocka_unit_test(test_what_was_committed_into_a_file_that_has_gone_is_not_taken),
		cmocka_unit_test(test_one_row_that_the_store_does_not_want_stops_nothing_else),
		cmocka_unit_test(test_a_step_of_the_clock_neither_stalls_nor_hurries_a_wait),
		cmocka_unit_test(test_what_was_on_the_air_at_a_crash_waits_for_its_report),
		cmocka_unit_test(test_nothing_waits_when_nothing_is_to_be_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
