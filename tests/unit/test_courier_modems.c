/* SPDX-License-Identifier: Apache-2.0 */
/* Modems that come, go, are refused and are slow; their paces. */
#include "courier_world.h"

/* ---- modems that come and go ---------------------------------------------------------------- */

static void test_an_outage_on_one_modem_sends_the_text_on_another(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	struct modem *first = world->modems[0].sending ? &world->modems[0] : &world->modems[1];
	struct modem *other = first == &world->modems[0] ? &world->modems[1] : &world->modems[0];
	answer(first, refused_with(38));
	turn(world);
	assert_true(first->parked);
	assert_string_equal(on_air(other), ANA);
	pass(world, 199);
	assert_true(first->parked);
	pass(world, 1);
	assert_false(first->parked);
	world_free(world);
}

static void test_an_outage_that_goes_on_parks_the_modem_for_longer_and_longer(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	int64_t parked_ms = 0, longest_ms = 0;
	for (int i = 0; i < 30; i++)
		queue(world, ANA, CLASS_ALERT, "come");
	for (int i = 0; i < 12; i++) {
		turn(world);
		assert_true(modem->sending);
		answer(modem, refused_with(38));
		turn(world);
		for (parked_ms = 0; modem->parked; parked_ms += MS_PER_S)
			pass(world, MS_PER_S);
		assert_true(parked_ms >= longest_ms);
		longest_ms = parked_ms;
	}
	/* modems.md: 38 rests for minutes, once it is clear that it lasts */
	assert_int_equal(longest_ms, 300 * MS_PER_S);
	world_free(world);
}

/* One modem, six messages, and the third try is the first of three that are answered with 38. */
static void test_an_outage_of_a_moment_holds_nobody_up(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	int64_t stood_ms = 0, longest_ms = 0;
	int accepted = 0;
	for (int i = 0; i < 6; i++)
		queue(world, i % 2 ? ANA : BEN, CLASS_ALERT, "come");
	turn(world);
	for (int try = 1; accepted < 6; stood_ms += 50) {
		longest_ms = stood_ms > longest_ms ? stood_ms : longest_ms;
		assert_true(stood_ms < MS_PER_MIN);
		if (modem->sending) {
			bool refused = try >= 3 && try <= 5;
			answer(modem, refused ? refused_with(38) : accepted_as(try));
			accepted += !refused;
			stood_ms = 0;
			try++;
		}
		pass(world, 50);
	}
	assert_true(longest_ms <= 500);
	assert_int_equal(count(world, MESSAGE_SENT), 6);
	world_free(world);
}

static void test_an_outage_of_an_hour_costs_no_alert_and_is_asked_seldom(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	int64_t start = world->now;
	int tries = 0;
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	while (world->now < start + MS_PER_H) {
		if (modem->sending) {
			answer(modem, refused_with(38));
			tries++;
		}
		pass(world, 100);
	}
	assert_true(tries <= 16);
	pass(world, 10 * MS_PER_MIN);
	assert_true(modem->sending);
	answer(modem, accepted_as(1));
	turn(world);
	assert_int_equal(count(world, MESSAGE_SENT), 1);
	world_free(world);
}

static void test_a_lost_modems_message_starts_again_on_another(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	queue(world, ANA, CLASS_ALERT, long_text());
	turn(world);
	struct modem *first = world->modems[0].sending ? &world->modems[0] : &world->modems[1];
	struct modem *other = first == &world->modems[0] ? &world->modems[1] : &world->modems[0];
	answer(first, accepted_as(1));
	turn(world);
	answer(first, ended(MODEM_SENT_NEVER)); /* unplugged before the second part */
	set_state(first, MODEM_ABSENT);
	turn(world);
	/* It may come back: its part waits a little. */
	assert_false(other->sending);
	pass(world, 15 * MS_PER_S);
	for (int part = 1; part <= 3; part++) {
		assert_string_equal(on_air(other), ANA);
		assert_int_equal(other->submit.ud.ud[5], part);
		answer(other, accepted_as(part));
		turn(world);
	}
	assert_int_equal(count(world, MESSAGE_SENT), 1);
	world_free(world);
}

static void test_a_modem_alone_goes_on_where_it_was(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, long_text());
	turn(world);
	answer(modem, accepted_as(1));
	turn(world);
	answer(modem, ended(MODEM_SENT_NEVER));
	set_state(modem, MODEM_ABSENT);
	pass(world, MS_PER_H);
	set_state(modem, MODEM_READY);
	turn(world);
	assert_int_equal(modem->submit.ud.ud[5], 2);
	world_free(world);
}

static void test_a_modem_taken_away_in_mid_send_leaves_one_unknown(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	world->modems[1].busy = true;
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	courier_remove_modem(world->courier, &world->modems[0]);
	turn(world);
	assert_int_equal(count(world, MESSAGE_UNKNOWN), 1);
	assert_ptr_equal(courier_modem(world->courier, 0), &world->modems[1]);
	assert_null(courier_modem(world->courier, 1));
	world->modems[1].busy = false;
	pass(world, 60 * MS_PER_S);
	assert_string_equal(on_air(&world->modems[1]), ANA);
	world_free(world);
}

static void test_congestion_slows_the_modem_and_success_speeds_it_up(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	int64_t busy_until;
	for (int i = 0; i < 30; i++)
		queue(world, ANA, CLASS_REPLY, "hello");
	turn(world);
	answer(modem, accepted_as(1));
	turn(world);
	assert_true(modem->sending);
	answer(modem, refused_with(42));
	turn(world);
	assert_false(modem->sending);
	busy_until = courier_deadline(world->courier);
	assert_int_equal(busy_until, world->now + 4000); /* its own time: half the pace */
	int64_t last_rest = 5000;
	for (int i = 0; i < 25; i++) {
		pass(world, 5000);
		assert_true(modem->sending);
		answer(modem, accepted_as(i + 2));
		turn(world);
		int64_t rest = modem->sending ? 0 : courier_deadline(world->courier) - world->now;
		assert_true(rest < last_rest || rest == 0);
		last_rest = rest;
	}
	assert_int_equal(last_rest, 0);
	world_free(world);
}

/*
 * However often it is asked while it is congested: an eighth of the pace is the least, and a
 * network that takes texts again is soon used as fast as one that said so once.
 */
static void test_congestion_never_slows_to_less_than_an_eighth(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	struct courier_modem_stats stats;
	for (int i = 0; i < 30; i++)
		queue(world, ANA, CLASS_REPLY, "hello");
	turn(world);
	answer(modem, accepted_as(1)); /* in 4 s */
	for (int i = 0; i < 10; i++) {
		turn(world);
		pass(world, MS_PER_MIN);
		assert_true(modem->sending);
		answer(modem, refused_with(42));
	}
	turn(world);
	courier_get_modem_stats(world->courier, modem, world->now, &stats);
	assert_true(stats.rest_s == 28.0);
	for (int i = 0; i < 3; i++) {
		pass(world, MS_PER_MIN);
		assert_true(modem->sending);
		answer(modem, accepted_as(i + 2));
		turn(world);
	}
	courier_get_modem_stats(world->courier, modem, world->now, &stats);
	assert_true(stats.rest_s > 4.0 && stats.rest_s < 8.0);
	world_free(world);
}

/* ---- paces ---------------------------------------------------------------------------------- */

static void test_the_pace_is_measured(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	struct courier_pace pace;
	struct courier_modem_stats stats;
	courier_get_pace(world->courier, &pace);
	assert_int_equal(pace.modems, 2);
	/* Nothing is known yet: reports settle it, the modem is patient with what is late. */
	assert_int_equal(world->modems[0].answer_limit_ms, 4500);
	assert_int_equal(pace.ready, 2);
	assert_true(pace.segment_s == 4.0 && pace.segments_per_s == 0.5);

	set_state(&world->modems[1], MODEM_SEARCHING);
	for (int i = 0; i < 12; i++) {
		struct modem_result result = accepted_as(i);
		result.took_ms = 2000;
		queue(world, ANA, CLASS_REPLY, "hello");
		turn(world);
		answer(&world->modems[0], result);
		turn(world);
	}
	courier_get_pace(world->courier, &pace);
	assert_int_equal(pace.ready, 1);
	assert_true(pace.segment_s == 2.0 && pace.segments_per_s == 0.5);
	assert_int_equal(
		courier_get_modem_stats(world->courier, &world->modems[0], world->now, &stats), 0);
	assert_true(stats.segment_s == 2.0);
	assert_int_equal(stats.sent, 12);
	assert_int_equal(stats.sent_today, 12);
	assert_int_equal(stats.busy_ms, 24000);
	/*
	 * The deadline of an answer follows what this modem takes: twelve means, three times the
	 * longest.
	 */
	assert_int_equal(world->modems[0].answer_limit_ms, 24 * MS_PER_S);
	struct modem_result slow = accepted_as(12);
	slow.took_ms = 35000;
	queue(world, ANA, CLASS_REPLY, "hello");
	turn(world);
	answer(&world->modems[0], slow);
	turn(world);
	assert_int_equal(world->modems[0].answer_limit_ms, 105 * MS_PER_S);
	world_free(world);
}

static void test_the_pace_is_the_modems_own_also_after_the_plug_was_pulled(void **state)
{
	static const char other[] = "860000000009999";
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	courier_modem_events()->learned(modem->ctx, modem, "860000000001234");
	for (int i = 0; i < 2; i++) {
		struct modem_result result = accepted_as(i);
		result.took_ms = 1000;
		queue(world, ANA, CLASS_REPLY, "hello");
		turn(world);
		answer(modem, result);
		turn(world);
	}
	assert_int_equal(modem->answer_limit_ms, 12 * MS_PER_S);
	/* Nobody says goodbye to the modem: what is known of it is in the store already. */
	world_stop(world);
	world_start_store(world);
	world_start(world, 1);
	assert_int_equal(modem->answer_limit_ms, 12 * MS_PER_S);
	/* Another stick in the same section is another modem; the first comes back as itself. */
	courier_modem_events()->learned(modem->ctx, modem, other);
	assert_int_equal(modem->answer_limit_ms, 4500);
	courier_modem_events()->learned(modem->ctx, modem, "860000000001234");
	assert_int_equal(modem->answer_limit_ms, 12 * MS_PER_S);
	world_free(world);
}

static void plug_was_pulled(struct world *world)
{
	world_stop(world);
	world_start_store(world);
	world_start(world, 1);
}

/* A box that loses its power again and again must not spend the tries of a SIM. */
static void test_a_pin_that_was_refused_is_known_after_the_plug_was_pulled(void **state)
{
	static const char device[] = "860000000001234", other[] = "860000000009999";
	const struct modem_events *events = courier_modem_events();
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	assert_int_equal(events->pin_entering(modem->ctx, modem, device, "1234"), 0);
	events->pin_refused(modem->ctx, modem, device, "1234");
	plug_was_pulled(world);
	assert_int_equal(events->pin_entering(modem->ctx, modem, device, "1234"), -EALREADY);
	assert_int_equal(events->pin_entering(modem->ctx, modem, other, "1234"), 0);
	assert_int_equal(events->pin_entering(modem->ctx, modem, device, "4321"), 0);
	events->pin_refused(modem->ctx, modem, device, "4321");
	assert_int_equal(events->pin_entering(modem->ctx, modem, device, "4321"), -EALREADY);
	/* it was out of the file */
	events->pin_free(modem->ctx, modem, device, false);
	assert_int_equal(events->pin_entering(modem->ctx, modem, device, "4321"), 0);
	world_free(world);
}

/* It may be the right one: but two may have been wrong, and the third would block the SIM. */
static void test_a_pin_is_entered_again_after_one_cut_and_not_after_two(void **state)
{
	static const char device[] = "860000000001234";
	const struct modem_events *events = courier_modem_events();
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	for (int i = 0; i < 2; i++) {
		assert_int_equal(events->pin_entering(modem->ctx, modem, device, "1234"), 0);
		plug_was_pulled(world);
	}
	assert_int_equal(events->pin_entering(modem->ctx, modem, device, "1234"), -EALREADY);
	/* one that the SIM took is right, however often the power goes */
	assert_int_equal(events->pin_entering(modem->ctx, modem, device, "4321"), 0);
	events->pin_free(modem->ctx, modem, device, true);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(events->pin_entering(modem->ctx, modem, device, "4321"), 0);
		plug_was_pulled(world);
	}
	/* until it is right no more */
	events->pin_refused(modem->ctx, modem, device, "4321");
	assert_int_equal(events->pin_entering(modem->ctx, modem, device, "4321"), -EALREADY);
	world_free(world);
}

/* The answer of each is lost or late; the report is for what is on the air, or for another. */
static void test_a_report_before_the_answer_says_that_it_is_late(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_REPLY, "hello");
	turn(world);
	report_comes(world, modem, -1, 7, BEN, 0x00);
	assert_int_equal(modem->arrived, 0);
	world->now -= MS_PER_MIN; /* of a text that left a minute ago */
	report_comes(world, modem, -1, 6, ANA, 0x00);
	world->now += MS_PER_MIN;
	assert_int_equal(modem->arrived, 0);
	report_comes(world, modem, -1, 7, ANA, 0x00);
	assert_int_equal(modem->arrived, 1);
	answer(modem, ended(MODEM_SENT_UNKNOWN));
	turn(world);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);

	/* From now on it is known how the modem counts: 8 is on the air, then 9. */
	queue(world, ANA, CLASS_REPLY, "again");
	turn(world);
	report_comes(world, modem, -1, 7, ANA, 0x00);
	assert_int_equal(modem->arrived, 1);
	report_comes(world, modem, -1, 8, ANA, 0x00);
	assert_int_equal(modem->arrived, 2);
	answer(modem, accepted_as(8));
	turn(world);
	queue(world, ANA, CLASS_REPLY, "and again");
	turn(world);
	report_comes(world, modem, -1, 8, ANA, 0x00);
	assert_int_equal(modem->arrived, 2);
	answer(modem, accepted_as(9));
	turn(world);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_outage_on_one_modem_sends_the_text_on_another),
		cmocka_unit_test(test_an_outage_that_goes_on_parks_the_modem_for_longer_and_longer),
		cmocka_unit_test(test_an_outage_of_a_moment_holds_nobody_up),
		cmocka_unit_test(test_an_outage_of_an_hour_costs_no_alert_and_is_asked_seldom),
		cmocka_unit_test(test_a_lost_modems_message_starts_again_on_another),
		cmocka_unit_test(test_a_modem_alone_goes_on_where_it_was),
		cmocka_unit_test(test_a_modem_taken_away_in_mid_send_leaves_one_unknown),
		cmocka_unit_test(test_congestion_slows_the_modem_and_success_speeds_it_up),
		cmocka_unit_test(test_congestion_never_slows_to_less_than_an_eighth),
		cmocka_unit_test(test_the_pace_is_measured),
		cmocka_unit_test(test_the_pace_is_the_modems_own_also_after_the_plug_was_pulled),
		cmocka_unit_test(test_a_pin_that_was_refused_is_known_after_the_plug_was_pulled),
		cmocka_unit_test(test_a_pin_is_entered_again_after_one_cut_and_not_after_two),
		cmocka_unit_test(test_a_report_before_the_answer_says_that_it_is_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
