/* SPDX-License-Identifier: Apache-2.0 */
/* A text to oneself: whether what a SIM sends arrives. */
#include "courier_world.h"

#define OTHER_SIM "+15105550171"

static struct {
	int blocked, percent, back;
	char words[400];
} heard;

static void on_blocked(void *ctx, const char *modem, int percent)
{
	(void)ctx;
	assert_string_equal(modem, "sim1");
	heard.blocked++;
	heard.percent = percent;
}

static void on_unblocked(void *ctx, const char *modem)
{
	(void)ctx;
	assert_string_equal(modem, "sim1");
	heard.back++;
}

static void words(void *ctx, const char *modem, const char *token, struct strbuf *out)
{
	(void)ctx;
	strbuf_addf(out, "Faro: test of %s. %s%s", modem, token, heard.words);
}

/* A world whose first modem has a canary. */
static struct world *canary_world(int modems, const char *phone)
{
	static const struct courier_events events = {
		.texts_waiting = world_texts_waiting,
		.alarm = world_alarm,
		.blocked = on_blocked,
		.unblocked = on_unblocked,
		.canary_words = words,
	};
	struct world *world = world_new(modems);
	memset(&heard, 0, sizeof(heard));
	courier_free(world->courier);
	assert_int_equal(courier_new(world->loop, world->store, &world->settings, &events, world,
				 &world->courier),
		0);
	assert_int_equal(courier_start(world->courier, world->now), 0);
	for (int i = 0; i < modems; i++) {
		world->modems[i].ctx = world->courier;
		assert_int_equal(courier_add_modem(world->courier, &world->modems[i]), 0);
	}
	if (modems > 1)
		text_copy(world->modems[1].own_number, PHONE_SIZE, OTHER_SIM);
	assert_int_equal(courier_set_canary(world->courier, "sim1", phone), 0);
	return world;
}

static const char *text_on_air(const struct modem *modem)
{
	static char text[400];
	assert_true(sms_ud_text(&modem->submit.ud, text, sizeof(text)) >= 0);
	return text;
}

/* The canary is on the air and accepted. */
static void accept_canary(struct world *world, const char *phone, int reference)
{
	struct modem *modem = &world->modems[0];
	assert_string_equal(on_air(modem), phone);
	assert_non_null(strstr(text_on_air(modem), "test of sim1"));
	answer(modem, accepted_as(reference));
	turn(world);
}

static const char *canary_state(struct world *world)
{
	struct courier_modem_stats stats;
	assert_int_equal(
		courier_get_modem_stats(world->courier, &world->modems[0], world->now, &stats), 0);
	return stats.canary;
}

static void test_it_goes_out_once_a_day_and_is_nobody_s_text(void **state)
{
	(void)state;
	struct world *world = canary_world(2, OTHER_SIM);
	for (int day = 0; day < 3; day++) {
		turn(world);
		accept_canary(world, OTHER_SIM, 7 + day);
		assert_string_equal(canary_state(world), "waiting");
		text_comes(world, &world->modems[1], 5, "+15105550170",
			text_on_air(&world->modems[0]));
		turn(world);
		assert_string_equal(canary_state(world), "arrived");
		assert_null(next_text(world));
		assert_int_equal(world->modems[1].n_taken, day + 1);
		pass(world, MS_PER_DAY - MS_PER_MIN);
		assert_int_equal(world->modems[0].sends, day + 1);
		pass(world, MS_PER_MIN);
	}
	assert_int_equal(heard.blocked, 0);
	/* It is no message: what people are told of does not count it. */
	assert_int_equal(count(world, MESSAGE_SENT) + count(world, MESSAGE_SENDING), 0);
	world_free(world);
}

static void test_words_that_look_like_one_are_somebody_s(void **state)
{
	(void)state;
	struct world *world = canary_world(2, OTHER_SIM);
	turn(world);
	accept_canary(world, OTHER_SIM, 7);
	text_comes(world, &world->modems[1], 5, ANA, "Faro: test of sim1. LX9K3B2M-4F7A91C2");
	turn(world);
	assert_non_null(next_text(world));
	assert_string_equal(canary_state(world), "waiting");
	world_free(world);
}

static void test_a_phone_s_delivery_report_counts(void **state)
{
	(void)state;
	struct world *world = canary_world(1, ANA);
	/* Ana is on the list too: a message to her has the same reference, long ago. */
	int64_t id = queue(world, ANA, CLASS_REPLY, "hello");
	turn(world);
	accept_canary(world, ANA, 7);
	assert_string_equal(on_air(&world->modems[0]), ANA);
	answer(&world->modems[0], accepted_as(9));
	turn(world);
	report_comes(world, &world->modems[0], 3, 7, ANA, 0x00);
	turn(world);
	assert_string_equal(canary_state(world), "arrived");
	assert_int_equal(count(world, MESSAGE_DELIVERED), 0);
	report_comes(world, &world->modems[0], 4, 9, ANA, 0x00);
	turn(world);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	assert_true(id > 0);
	assert_int_equal(world->modems[0].n_taken, 2);
	world_free(world);
}

static void test_a_report_that_comes_before_the_answer_counts_too(void **state)
{
	(void)state;
	struct world *world = canary_world(1, ANA);
	turn(world);
	report_comes(world, &world->modems[0], 3, 7, ANA, 0x00);
	turn(world);
	accept_canary(world, ANA, 7);
	assert_string_equal(canary_state(world), "arrived");
	world_free(world);
}

static void lose_two(struct world *world, const char *phone)
{
	turn(world);
	accept_canary(world, phone, 7);
	pass(world, 10 * MS_PER_MIN);
	assert_int_equal(heard.blocked, 0);
	/* at once another one, because one text may get lost */
	accept_canary(world, phone, 8);
	pass(world, 10 * MS_PER_MIN);
}

static void test_two_that_do_not_arrive_mean_a_blocked_sim(void **state)
{
	(void)state;
	struct world *world = canary_world(2, OTHER_SIM);
	struct modem *modem = &world->modems[0];
	lose_two(world, OTHER_SIM);
	assert_int_equal(heard.blocked, 1);
	assert_int_equal(heard.percent, 0);
	assert_string_equal(world->alarm, "blocked");
	assert_string_equal(canary_state(world), "missing");
	assert_true(courier_modem_blocked(world->courier, modem));
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	assert_string_equal(on_air(&world->modems[1]), ANA);

	/* it is tried an hour after each, also after a day, and only its canary frees it */
	for (int hour = 0; hour < 30; hour++) {
		pass(world, MS_PER_H);
		accept_canary(world, OTHER_SIM, 9 + hour);
		pass(world, 10 * MS_PER_MIN);
		assert_true(courier_modem_blocked(world->courier, modem));
	}
	assert_int_equal(heard.blocked, 1);
	pass(world, MS_PER_H);
	accept_canary(world, OTHER_SIM, 99);
	text_comes(world, &world->modems[1], 5, "+15105550170", text_on_air(modem));
	turn(world);
	assert_false(courier_modem_blocked(world->courier, modem));
	assert_int_equal(heard.back, 1);
	world_free(world);
}

/* Nothing could free it any more but what every SIM without one has: a day. */
static void test_a_blocked_sim_that_loses_its_canary_is_tried_again(void **state)
{
	(void)state;
	struct world *world = canary_world(2, OTHER_SIM);
	struct modem *modem = &world->modems[0];
	lose_two(world, OTHER_SIM);
	pass(world, MS_PER_MIN);
	assert_true(courier_modem_blocked(world->courier, modem));
	assert_int_equal(courier_set_canary(world->courier, modem->name, ""), 0);
	pass(world, 23 * MS_PER_H);
	assert_true(courier_modem_blocked(world->courier, modem));
	pass(world, 2 * MS_PER_H);
	assert_false(courier_modem_blocked(world->courier, modem));
	world_free(world);
}

static void test_a_target_that_is_away_says_nothing(void **state)
{
	(void)state;
	struct world *world = canary_world(2, OTHER_SIM);
	turn(world);
	accept_canary(world, OTHER_SIM, 7);
	set_state(&world->modems[1], MODEM_ABSENT);
	pass(world, MS_PER_DAY * 3);
	assert_int_equal(world->modems[0].sends, 1);
	assert_int_equal(heard.blocked, 0);
	set_state(&world->modems[1], MODEM_READY);
	pass(world, MS_PER_MIN);
	accept_canary(world, OTHER_SIM, 8);
	world_free(world);
}

static void test_a_number_that_does_not_take_it_is_no_block(void **state)
{
	(void)state;
	struct world *world = canary_world(1, ANA);
	for (int i = 0; i < 5; i++) {
		turn(world);
		accept_canary(world, ANA, 7);
		report_comes(world, &world->modems[0], 1, 7, ANA, 0x46);
		turn(world);
		world->modems[0].n_taken = 0;
		pass(world, MS_PER_DAY);
	}
	assert_int_equal(heard.blocked, 0);
	world_free(world);
}

static void test_it_is_judged_after_a_restart_and_not_sent_twice(void **state)
{
	(void)state;
	struct world *world = canary_world(1, ANA);
	turn(world);
	accept_canary(world, ANA, 7);
	world_stop(world);
	world_start_store(world);
	world_start(world, 1);
	assert_int_equal(courier_set_canary(world->courier, "sim1", ANA), 0);
	turn(world);
	assert_int_equal(world->modems[0].sends, 1);
	assert_string_equal(canary_state(world), "waiting");
	report_comes(world, &world->modems[0], 3, 7, ANA, 0x00);
	turn(world);
	assert_string_equal(canary_state(world), "arrived");
	pass(world, MS_PER_DAY - MS_PER_MIN);
	assert_int_equal(world->modems[0].sends, 1);
	world_free(world);
}

static void test_words_that_are_too_long_leave_the_token(void **state)
{
	(void)state;
	struct world *world = canary_world(2, OTHER_SIM);
	memset(heard.words, 'x', 300);
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), OTHER_SIM);
	assert_true(strlen(text_on_air(&world->modems[0])) < 30);
	answer(&world->modems[0], accepted_as(1));
	turn(world);
	text_comes(world, &world->modems[1], 5, "+15105550170", text_on_air(&world->modems[0]));
	turn(world);
	assert_string_equal(canary_state(world), "arrived");
	world_free(world);
}

static void test_caps_hold_for_it_and_a_paused_box_sends_none(void **state)
{
	(void)state;
	struct world *world = canary_world(2, OTHER_SIM);
	struct courier_caps caps = { .per_day = 1 };
	assert_int_equal(courier_set_caps(world->courier, "sim1", &caps), 0);
	courier_set_paused(world->courier, true);
	pass(world, MS_PER_H);
	assert_int_equal(world->modems[0].sends, 0);
	courier_set_paused(world->courier, false);
	pass(world, MS_PER_MIN);
	accept_canary(world, OTHER_SIM, 7);
	pass(world, 20 * MS_PER_MIN);
	assert_int_equal(world->modems[0].sends, 1);
	world_free(world);
}

/* ---- together with reports that stop coming -------------------------------------------------- */

static int reference;

/** n segments on the first modem; those that are asked for are reported. */
static void send_some(struct world *world, int n, bool reported)
{
	struct modem *modem = &world->modems[0];
	world->modems[1].busy = true;
	for (int i = 0; i < n; i++) {
		a_copy_leaves(world, modem, i, ++reference % 256, reported);
		turn(world);
	}
	world->modems[1].busy = false;
}

static struct world *reporting_world(void)
{
	struct world *world = canary_world(2, OTHER_SIM);
	turn(world);
	accept_canary(world, OTHER_SIM, 200);
	text_comes(world, &world->modems[1], 5, "+15105550170", text_on_air(&world->modems[0]));
	turn(world);
	reference = 0;
	send_some(world, 20, true);
	pass(world, 10 * MS_PER_MIN);
	return world;
}

static void test_missing_reports_ask_for_one_and_one_is_enough(void **state)
{
	(void)state;
	struct world *world = reporting_world();
	/* the ring holds the newest 64: half of it missing is suspicious */
	send_some(world, 64, false);
	pass(world, 11 * MS_PER_MIN);
	accept_canary(world, OTHER_SIM, 201);
	assert_int_equal(heard.blocked, 0);
	pass(world, 11 * MS_PER_MIN);
	assert_int_equal(heard.blocked, 1);
	assert_true(courier_modem_blocked(world->courier, &world->modems[0]));
	world_free(world);
}

/* It arrives at the other SIM: the network reports nothing, and delivers. */
static void a_canary_explains_missing_reports(struct world *world)
{
	send_some(world, 64, false);
	pass(world, 11 * MS_PER_MIN);
	accept_canary(world, OTHER_SIM, 201);
	text_comes(world, &world->modems[1], 5, "+15105550170", text_on_air(&world->modems[0]));
	turn(world);
}

static void test_a_network_that_stops_reporting_is_no_block(void **state)
{
	(void)state;
	struct world *world = reporting_world();
	a_canary_explains_missing_reports(world);
	pass(world, 12 * MS_PER_H);
	assert_int_equal(heard.blocked, 0);
	assert_false(courier_modem_blocked(world->courier, &world->modems[0]));
	/* and nothing more is sent for what has been explained */
	assert_false(world->modems[0].sending);
	world_free(world);
}

/* What arrived in a time that the clock took back speaks for an hour, not for a day and an hour. */
static void test_a_clock_that_is_set_back_lets_no_block_go_unseen(void **state)
{
	(void)state;
	struct world *world = reporting_world();
	a_canary_explains_missing_reports(world);
	world->courier->offset_ms = world->now;
	world->now -= MS_PER_DAY;
	office_follow_clock(world->courier, world->now, 0);
	pass(world, 2 * MS_PER_H);
	send_some(world, 64, false);
	pass(world, 11 * MS_PER_MIN);
	accept_canary(world, OTHER_SIM, 202);
	pass(world, 11 * MS_PER_MIN);
	assert_true(courier_modem_blocked(world->courier, &world->modems[0]));
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_goes_out_once_a_day_and_is_nobody_s_text),
		cmocka_unit_test(test_words_that_look_like_one_are_somebody_s),
		cmocka_unit_test(test_a_phone_s_delivery_report_counts),
		cmocka_unit_test(test_a_report_that_comes_before_the_answer_counts_too),
		cmocka_unit_test(test_two_that_do_not_arrive_mean_a_blocked_sim),
		cmocka_unit_test(test_a_blocked_sim_that_loses_its_canary_is_tried_again),
		cmocka_unit_test(test_a_target_that_is_away_says_nothing),
		cmocka_unit_test(test_a_number_that_does_not_take_it_is_no_block),
		cmocka_unit_test(test_it_is_judged_after_a_restart_and_not_sent_twice),
		cmocka_unit_test(test_words_that_are_too_long_leave_the_token),
		cmocka_unit_test(test_caps_hold_for_it_and_a_paused_box_sends_none),
		cmocka_unit_test(test_missing_reports_ask_for_one_and_one_is_enough),
		cmocka_unit_test(test_a_network_that_stops_reporting_is_no_block),
		cmocka_unit_test(test_a_clock_that_is_set_back_lets_no_block_go_unseen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
