/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one SIM may be used for: in a minute, on a day, in a month; and what is kept for the urgent.
 */
#include "courier_world.h"

#include <time.h>

/* 2027-01-15 00:00 in Los Angeles. */
#define MIDNIGHT INT64_C(1800000000000)
#define SENT_MAX 1024

static int64_t sent_ms[SENT_MAX];
static int n_sent;

static void caps(struct world *world, int modem, int per_minute, int per_day, int per_month)
{
	struct courier_caps set = { per_minute, per_day, per_month };
	assert_int_equal(courier_set_caps(world->courier, world->modems[modem].name, &set), 0);
}

static struct world *capped_world(int modems, int per_minute, int per_day, int per_month)
{
	setenv("TZ", "America/Los_Angeles", 1);
	tzset();
	struct world *world = world_new(modems);
	assert_int_equal(world->now, MIDNIGHT);
	caps(world, 0, per_minute, per_day, per_month);
	n_sent = 0;
	return world;
}

static void queue_many(struct world *world, int first, int n, enum message_class class)
{
	char phone[PHONE_SIZE];
	for (int i = first; i < first + n; i++) {
		snprintf(phone, sizeof(phone), "+1%03d55501%02d", 200 + i / 100, i % 100);
		queue(world, phone, class, "come");
	}
}

/** Lets time pass; what leaves is accepted after took_ms. Returns how often the courier woke up. */
static int run_for(struct world *world, int64_t ms, int64_t took_ms)
{
	int64_t end = world->now + ms;
	int turns = 0;
	turn(world);
	for (;;) {
		bool answered = false;
		for (int i = 0; i < world->n_modems; i++) {
			struct modem_result result = accepted_as(n_sent % 256);
			if (!world->modems[i].sending)
				continue;
			assert_true(n_sent < SENT_MAX);
			sent_ms[n_sent++] = world->now;
			world->now += took_ms;
			result.took_ms = took_ms;
			answer(&world->modems[i], result);
			answered = true;
		}
		turns++;
		turn(world);
		if (answered)
			continue;
		int64_t next = courier_deadline(world->courier);
		if (next > end)
			break;
		world->now = next;
		turn(world);
	}
	if (world->now < end)
		world->now = end;
	return turns;
}

static int most_in_a_minute(void)
{
	int most = 0;
	for (int i = 0; i < n_sent; i++) {
		int n = 0;
		for (int k = i; k < n_sent && sent_ms[k] < sent_ms[i] + MS_PER_MIN; k++)
			n++;
		most = n > most ? n : most;
	}
	return most;
}

static void restart(struct world *world, int modems)
{
	for (int i = 0; i < world->n_modems; i++)
		world->modems[i].sending = false;
	world_stop(world);
	world_start_store(world);
	world_start(world, modems);
}

static struct courier_modem_stats stats_of(struct world *world, int modem)
{
	struct courier_modem_stats stats;
	assert_int_equal(
		courier_get_modem_stats(world->courier, &world->modems[modem], world->now, &stats),
		0);
	return stats;
}

/* ---- a minute ------------------------------------------------------------------------------- */

static void test_no_minute_sees_more_than_the_cap_and_none_is_wasted(void **state)
{
	(void)state;
	static const int caps_tried[] = { 1, 2, 7, 15, 60 };
	for (size_t i = 0; i < ARRAY_SIZE(caps_tried); i++) {
		int cap = caps_tried[i], rate = cap - cap / 10;
		struct world *world = capped_world(1, cap, 0, 0);
		queue_many(world, 0, 8 * cap, CLASS_ALERT);
		queue_many(world, 500, cap / 2, CLASS_DISPATCH);
		int turns = run_for(world, 5 * MS_PER_MIN, 1);
		assert_true(most_in_a_minute() <= cap);
		assert_true(n_sent >= 5 * rate);
		/* A timer for each segment, and hardly one more: nothing is polled. */
		assert_true(turns <= 2 * n_sent + 4);
		world_free(world);
	}
}

static void test_an_urgent_text_does_not_wait_for_the_minute(void **state)
{
	(void)state;
	struct world *world = capped_world(1, 60, 0, 0);
	queue_many(world, 0, 300, CLASS_ALERT);
	run_for(world, 90 * MS_PER_S, 1);
	int64_t asked_ms = world->now;
	for (int i = 0; i < 3; i++) {
		queue(world, ANA, CLASS_DISPATCH, "code");
		turn(world);
		if (strcmp(on_air(&world->modems[0]), ANA) != 0)
			run_for(world, 1, 1);
	}
	run_for(world, MS_PER_S, 1);
	int64_t left = count(world, MESSAGE_QUEUED);
	assert_true(world->now < asked_ms + 3 * MS_PER_S);
	assert_true(count(world, MESSAGE_SENT) + left == 303);
	run_for(world, 10 * MS_PER_MIN, 1);
	assert_true(most_in_a_minute() <= 60);
	assert_int_equal(count(world, MESSAGE_SENT), 303);
	world_free(world);
}

static void test_a_restart_does_not_give_a_new_minute(void **state)
{
	(void)state;
	struct world *world = capped_world(1, 20, 0, 0);
	queue_many(world, 0, 100, CLASS_ALERT);
	for (int i = 0; i < 6; i++) {
		run_for(world, 17 * MS_PER_S, 1);
		restart(world, 1);
		caps(world, 0, 20, 0, 0);
	}
	run_for(world, MS_PER_MIN, 1);
	assert_true(most_in_a_minute() <= 20);
	assert_true(n_sent > 20);
	world_free(world);
}

/* ---- a day ---------------------------------------------------------------------------------- */

static void test_a_day_has_its_cap_and_a_tenth_is_for_the_urgent(void **state)
{
	(void)state;
	struct world *world = capped_world(1, 0, 20, 0);
	world->now += 20 * MS_PER_H;
	queue_many(world, 0, 30, CLASS_ALERT);
	run_for(world, MS_PER_H, 1000);
	assert_int_equal(n_sent, 18);
	assert_int_equal(stats_of(world, 0).allowance_today, 2);
	assert_int_equal(courier_deadline(world->courier), MIDNIGHT + MS_PER_DAY);

	restart(world, 1);
	caps(world, 0, 0, 20, 0);
	run_for(world, MS_PER_MIN, 1000);
	assert_int_equal(n_sent, 18);
	queue(world, ANA, CLASS_STOP, "you have left");
	queue(world, BEN, CLASS_DISPATCH, "code");
	queue(world, CLEO, CLASS_DISPATCH, "another");
	int turns = run_for(world, MS_PER_H, 1000);
	assert_int_equal(n_sent, 20);
	assert_true(turns < 10);
	assert_int_equal(stats_of(world, 0).allowance_today, 0);

	/* The next local day. */
	run_for(world, MIDNIGHT + MS_PER_DAY - 1 - world->now, 1000);
	assert_int_equal(n_sent, 20);
	run_for(world, MS_PER_H, 1000);
	assert_int_equal(n_sent, 33);
	assert_int_equal(stats_of(world, 0).allowance_today, 7);
	/* And nothing wakes up for it any more, but to show the new day. */
	assert_int_equal(courier_deadline(world->courier), MIDNIGHT + 2 * MS_PER_DAY);
	run_for(world, 2 * MS_PER_DAY, 1000);
	assert_int_equal(courier_deadline(world->courier), TIME_NEVER);
	world_free(world);
}

static void test_a_day_of_the_calendar_may_have_23_hours(void **state)
{
	(void)state;
	struct world *world = capped_world(1, 0, 10, 0);
	/* 2027-03-14 00:00 PST; the clock goes forward in this night. */
	world->now = INT64_C(1805011200000);
	queue_many(world, 0, 20, CLASS_ALERT);
	run_for(world, MS_PER_MIN, 1000);
	assert_int_equal(n_sent, 9);
	assert_int_equal(courier_deadline(world->courier), INT64_C(1805011200000) + 23 * MS_PER_H);
	world_free(world);
}

static void test_what_was_refused_does_not_count(void **state)
{
	(void)state;
	struct world *world = capped_world(1, 0, 10, 0);
	for (int i = 0; i < 30; i++) {
		queue(world, ANA, CLASS_REPLY, "hello");
		turn(world);
		answer(&world->modems[0], refused_with(1));
		turn(world);
	}
	assert_int_equal(stats_of(world, 0).allowance_today, 10);
	/* An unknown may have gone out: it counts. */
	queue(world, ANA, CLASS_REPLY, "hello");
	turn(world);
	answer(&world->modems[0], ended(MODEM_SENT_UNKNOWN));
	turn(world);
	assert_int_equal(stats_of(world, 0).allowance_today, 9);
	world_free(world);
}

static void test_a_message_that_does_not_fit_into_the_day_is_not_begun(void **state)
{
	(void)state;
	struct world *world = capped_world(1, 0, 10, 0);
	char text[400];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	queue_many(world, 0, 7, CLASS_ALERT);
	run_for(world, MS_PER_MIN, 1000);
	queue(world, ANA, CLASS_ALERT, text); /* three segments, two are left */
	queue_many(world, 50, 1, CLASS_ALERT);
	run_for(world, MS_PER_MIN, 1000);
	assert_int_equal(n_sent, 8);
	assert_int_equal(count(world, MESSAGE_SENDING), 0);
	run_for(world, MS_PER_DAY, 1000);
	assert_int_equal(n_sent, 11);
	world_free(world);
}

static void test_a_capped_modem_does_not_stall_the_others(void **state)
{
	(void)state;
	struct world *world = capped_world(2, 0, 10, 0);
	queue_many(world, 0, 60, CLASS_ALERT);
	run_for(world, 5 * MS_PER_MIN, 1000);
	assert_int_equal(count(world, MESSAGE_SENT), 60);
	assert_int_equal(world->modems[0].sends, 9);
	assert_int_equal(world->modems[1].sends, 51);
	world_free(world);
}

/* ---- a month -------------------------------------------------------------------------------- */

static void test_a_month_has_its_recipients_and_known_ones_are_free(void **state)
{
	(void)state;
	struct world *world = capped_world(1, 0, 0, 10);
	queue_many(world, 0, 12, CLASS_ALERT);
	run_for(world, MS_PER_H, 1000);
	assert_int_equal(n_sent, 9);
	assert_int_equal(stats_of(world, 0).newcomers_left, 1);
	assert_int_equal(stats_of(world, 0).allowance_today, -1);

	restart(world, 1);
	caps(world, 0, 0, 0, 10);
	queue_many(world, 0, 9, CLASS_ALERT); /* once more to the same */
	run_for(world, MS_PER_H, 1000);
	assert_int_equal(n_sent, 18);
	queue(world, ANA, CLASS_DISPATCH, "code");
	queue(world, BEN, CLASS_DISPATCH, "code");
	run_for(world, MS_PER_H, 1000);
	assert_int_equal(n_sent, 19);
	assert_int_equal(stats_of(world, 0).newcomers_left, 0);

	/* February: those who waited, as far as their texts are still worth something. */
	run_for(world, 17 * MS_PER_DAY, 1000);
	assert_int_equal(n_sent, 23);
	assert_int_equal(stats_of(world, 0).newcomers_left, 6);
	world_free(world);
}

static void test_another_sim_takes_those_that_one_may_not_text(void **state)
{
	(void)state;
	struct world *world = capped_world(2, 0, 0, 5);
	queue_many(world, 0, 40, CLASS_ALERT);
	run_for(world, MS_PER_H, 1000);
	assert_int_equal(count(world, MESSAGE_SENT), 40);
	assert_int_equal(world->modems[0].sends, 4);
	world_free(world);
}

static void test_a_cap_that_comes_later_knows_what_was_sent(void **state)
{
	(void)state;
	struct world *world = capped_world(1, 0, 0, 0);
	queue_many(world, 0, 8, CLASS_ALERT);
	run_for(world, MS_PER_H, 1000);
	caps(world, 0, 0, 20, 10);
	turn(world);
	assert_int_equal(stats_of(world, 0).allowance_today, 12);
	assert_int_equal(stats_of(world, 0).newcomers_left, 2);
	world_free(world);
}

/* ---- promises ------------------------------------------------------------------------------- */

static void test_promises_are_made_of_what_the_caps_leave(void **state)
{
	(void)state;
	struct world *world = capped_world(2, 0, 0, 0);
	struct courier_pace pace;
	courier_get_pace(world->courier, &pace);
	assert_int_equal(pace.allowance, -1);
	assert_int_equal(pace.newcomers, -1);
	caps(world, 0, 10, 100, 50);
	turn(world);
	courier_get_pace(world->courier, &pace);
	assert_int_equal(pace.allowance, -1); /* the other has none */
	assert_true(pace.segments_per_s > 0.25 + 0.149 && pace.segments_per_s < 0.25 + 0.151);
	caps(world, 1, 0, 200, 20);
	turn(world);
	courier_get_pace(world->courier, &pace);
	assert_int_equal(pace.allowance, 90 + 180);
	assert_int_equal(pace.newcomers, 45 + 18);
	set_state(&world->modems[1], MODEM_SEARCHING);
	courier_get_pace(world->courier, &pace);
	assert_int_equal(pace.allowance, 90);
	world_free(world);
}

static void test_a_failed_commit_counts_nothing(void **state)
{
	(void)state;
	struct world *world = capped_world(1, 6, 10, 10);
	queue_many(world, 0, 20, CLASS_ALERT);
	turn(world);
	assert_int_equal(world->modems[0].sends, 1);
	answer(&world->modems[0], accepted_as(1));
	/* Nothing but the caller's own transaction stands in the way. */
	assert_int_equal(store_begin(world->store), 0);
	assert_int_equal(courier_settle(world->courier, world->now), -EBUSY);
	store_rollback(world->store);
	turn(world);
	assert_int_equal(stats_of(world, 0).allowance_today, 9);
	world_free(world);
}

/* ---- the clock ------------------------------------------------------------------------------ */

static void step_clock(struct world *world, int64_t step_ms)
{
	world->courier->offset_ms = world->now;
	world->now += step_ms;
	office_follow_clock(world->courier, world->now, 0);
}

/* Over midnight or the end of the month and back: what was used then was used. */
static void test_a_clock_that_is_set_back_gives_no_second_day(void **state)
{
	(void)state;
	static const int64_t steps_ms[] = { MS_PER_H, 20 * MS_PER_DAY };
	for (size_t i = 0; i < ARRAY_SIZE(steps_ms); i++) {
		struct world *world = capped_world(1, 0, 20, 18);
		world->now += 23 * MS_PER_H + 30 * MS_PER_MIN;
		queue_many(world, 0, 60, CLASS_ALERT);
		run_for(world, 5 * MS_PER_MIN, 1000);
		assert_int_equal(n_sent, 16); /* two of 18 people are kept */
		world->modems[0].busy = true;
		step_clock(world, steps_ms[i]);
		turn(world);
		step_clock(world, -steps_ms[i]);
		world->modems[0].busy = false;
		queue_many(world, 0, 10, CLASS_ALERT);
		run_for(world, 5 * MS_PER_MIN, 1000);
		assert_int_equal(n_sent, 18);
		assert_int_equal(stats_of(world, 0).allowance_today, 2);
		assert_int_equal(stats_of(world, 0).newcomers_left, 2);
		world_free(world);
	}
}

/* Nor another minute. */
static void test_a_step_of_the_clock_gives_no_new_minute(void **state)
{
	(void)state;
	static const int64_t steps_ms[] = { MS_PER_H, -MS_PER_H };
	for (size_t i = 0; i < ARRAY_SIZE(steps_ms); i++) {
		struct world *world = capped_world(1, 6, 0, 0);
		world->now += 12 * MS_PER_H;
		queue_many(world, 0, 20, CLASS_ALERT);
		run_for(world, MS_PER_S, 1);
		assert_int_equal(n_sent, 1);
		step_clock(world, steps_ms[i]);
		run_for(world, 9 * MS_PER_S - 2, 1);
		assert_int_equal(n_sent, 1);
		run_for(world, 2 * MS_PER_S, 1);
		assert_int_equal(n_sent, 2);
		world_free(world);
	}
}

/* A promise is not made of a SIM that may send no alert any more. */
static void test_a_promise_does_not_count_the_speed_of_a_sim_that_is_used_up(void **state)
{
	(void)state;
	struct world *world = capped_world(2, 0, 10, 0);
	struct courier_pace pace;
	queue_many(world, 0, 40, CLASS_ALERT);
	run_for(world, MS_PER_H, 4000);
	assert_int_equal(n_sent, 40);
	courier_get_pace(world->courier, &pace);
	assert_int_equal(pace.ready, 2);
	assert_true(pace.segments_per_s > 0.249 && pace.segments_per_s < 0.251);
	world_free(world);
}

/* One row that is put aside in a turn, and the turn with it: what is on the air has left. */
static void test_a_turn_that_fails_gives_no_new_minute(void **state)
{
	(void)state;
	struct world *world = capped_world(2, 1, 0, 0);
	world->modems[1].busy = true;
	queue_many(world, 0, 5, CLASS_ALERT);
	turn(world);
	assert_int_equal(world->modems[0].sends, 1);
	world->modems[1].busy = false;
	int64_t other = queue(world, ANA, CLASS_DISPATCH, "code");
	turn(world);
	assert_string_equal(on_air(&world->modems[1]), ANA);
	/* Settled behind the courier's back: its answer is not wanted. */
	assert_int_equal(store_segment_failed(world->store, other * 256, 0, world->now), 0);
	answer(&world->modems[1], accepted_as(1));
	world->modems[1].busy = true;
	turn(world);
	answer(&world->modems[0], accepted_as(1));
	run_for(world, MS_PER_MIN - 1, 1);
	assert_int_equal(world->modems[0].sends, 1);
	run_for(world, 2, 1);
	assert_int_equal(world->modems[0].sends, 2);
	world_free(world);
}

/* 0:00 to 1:00 comes twice in Havana and the Azores; in Cairo and Beirut it does not come. */
static void test_a_day_whose_midnight_comes_twice_or_not_at_all_has_one_cap(void **state)
{
	static const struct {
		const char *zone;
		int64_t change_ms; /* when the clock is changed */
	} changes[] = {
		{ "America/Havana", INT64_C(1793509200000) },
		{ "Atlantic/Azores", INT64_C(1792890000000) },
		{ "Africa/Cairo", INT64_C(1776981600000) },
		{ "Asia/Beirut", INT64_C(1806184800000) },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct world *world = capped_world(1, 0, 10, 0);
		setenv("TZ", changes[i].zone, 1);
		tzset();
		world->now = changes[i].change_ms - 2 * MS_PER_H;
		queue_many(world, 0, 90, CLASS_ALERT);
		run_for(world, 5 * MS_PER_H, 1000);
		assert_int_equal(n_sent, 18); /* one day's, and the next one's */
		restart(world, 1);
		caps(world, 0, 0, 10, 0);
		int turns = run_for(world, 5 * MS_PER_H, 1000);
		assert_int_equal(n_sent, 18);
		assert_true(turns < 10);
		assert_int_equal(stats_of(world, 0).allowance_today, 1);
		world_free(world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_minute_sees_more_than_the_cap_and_none_is_wasted),
		cmocka_unit_test(test_an_urgent_text_does_not_wait_for_the_minute),
		cmocka_unit_test(test_a_restart_does_not_give_a_new_minute),
		cmocka_unit_test(test_a_day_has_its_cap_and_a_tenth_is_for_the_urgent),
		cmocka_unit_test(test_a_day_of_the_calendar_may_have_23_hours),
		cmocka_unit_test(test_what_was_refused_does_not_count),
		cmocka_unit_test(test_a_message_that_does_not_fit_into_the_day_is_not_begun),
		cmocka_unit_test(test_a_capped_modem_does_not_stall_the_others),
		cmocka_unit_test(test_a_month_has_its_recipients_and_known_ones_are_free),
		cmocka_unit_test(test_another_sim_takes_those_that_one_may_not_text),
		cmocka_unit_test(test_a_cap_that_comes_later_knows_what_was_sent),
		cmocka_unit_test(test_promises_are_made_of_what_the_caps_leave),
		cmocka_unit_test(test_a_failed_commit_counts_nothing),
		cmocka_unit_test(test_a_clock_that_is_set_back_gives_no_second_day),
		cmocka_unit_test(test_a_step_of_the_clock_gives_no_new_minute),
		cmocka_unit_test(test_a_promise_does_not_count_the_speed_of_a_sim_that_is_used_up),
		cmocka_unit_test(test_a_turn_that_fails_gives_no_new_minute),
		cmocka_unit_test(test_a_day_whose_midnight_comes_twice_or_not_at_all_has_one_cap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
