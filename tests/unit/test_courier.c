/* SPDX-License-Identifier: Apache-2.0 */
/* The turn: what is committed when, what leaves after it, and what becomes of every answer. */
#include "courier_world.h"

#include <signal.h>
#include <sys/resource.h>

#include "../../firmware/courier/office.h"

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

/* ---- order ---------------------------------------------------------------------------------- */

static void test_the_more_urgent_leaves_first(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, "+15105550106", CLASS_REST, "rest");
	queue(world, "+15105550105", CLASS_REPLY, "reply");
	queue(world, "+15105550104", CLASS_RELAY, "relay");
	queue(world, "+15105550103", CLASS_ALERT, "alert");
	queue(world, "+15105550102", CLASS_DISPATCH, "code");
	queue(world, "+15105550101", CLASS_STOP, "you have left");
	for (int i = 1; i <= 6; i++) {
		char phone[PHONE_SIZE];
		snprintf(phone, sizeof(phone), "+1510555010%d", i);
		turn(world);
		assert_string_equal(on_air(modem), phone);
		answer(modem, accepted_as(i));
	}
	turn(world);
	assert_int_equal(count(world, MESSAGE_SENT), 6);
	world_free(world);
}

static void test_a_paused_box_sends_only_what_is_urgent(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	courier_set_paused(world->courier, true);
	queue(world, ANA, CLASS_ALERT, "alert");
	turn(world);
	assert_int_equal(modem->sends, 0);
	queue(world, BEN, CLASS_DISPATCH, "code");
	turn(world);
	assert_string_equal(on_air(modem), BEN);
	answer(modem, accepted_as(1));
	turn(world);
	assert_int_equal(modem->sends, 1);

	/* It is kept across a restart. */
	world_stop(world);
	world_start_store(world);
	world_start(world, 1);
	assert_true(courier_paused(world->courier));
	turn(world);
	assert_int_equal(modem->sends, 1);
	courier_set_paused(world->courier, false);
	turn(world);
	assert_string_equal(on_air(modem), ANA);
	world_free(world);
}

static const char *long_text(void)
{
	static char text[400];
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	return text;
}

static void test_parts_of_one_message_leave_in_order_on_one_modem(void **state)
{
	(void)state;
	struct world *world = world_new(3);
	struct {
		int modem, parts;
	} seen[2] = { 0 };
	static const char *const phones[2] = { ANA, BEN };
	queue(world, ANA, CLASS_ALERT, long_text());
	queue(world, BEN, CLASS_ALERT, long_text());
	for (int step = 0; step < 8; step++) {
		turn(world);
		for (int m = 2; m >= 0; m--) {
			struct modem *modem = &world->modems[m];
			if (!modem->sending)
				continue;
			int who = strcmp(on_air(modem), phones[0]) != 0;
			struct sms_udh udh;
			assert_int_equal(sms_udh_read(&modem->submit.ud, &udh), 0);
			assert_int_equal(udh.part, seen[who].parts + 1);
			assert_int_equal(udh.total, 3);
			assert_true(!seen[who].parts || seen[who].modem == m);
			seen[who].parts++;
			seen[who].modem = m;
			answer(modem, accepted_as(step));
		}
	}
	assert_int_equal(seen[0].parts, 3);
	assert_int_equal(seen[1].parts, 3);
	assert_int_not_equal(seen[0].modem, seen[1].modem);
	assert_int_equal(count(world, MESSAGE_SENT), 2);
	world_free(world);
}

static void test_an_urgent_text_goes_between_the_parts_of_another(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_REPLY, long_text());
	turn(world);
	queue(world, BEN, CLASS_DISPATCH, "code");
	answer(modem, accepted_as(1));
	turn(world);
	assert_string_equal(on_air(modem), BEN);
	answer(modem, accepted_as(2));
	turn(world);
	assert_string_equal(on_air(modem), ANA);
	assert_int_equal(modem->submit.ud.ud[5], 2); /* the second part */
	world_free(world);
}

/* ---- STOP and CANCEL ------------------------------------------------------------------------ */

static void desk_stops_all(struct world *world)
{
	const struct store_text *text;
	while ((text = next_text(world)))
		assert_int_equal(
			store_person_leave(world->store, text->person_id, world->now, NULL), 0);
	courier_wake(world->courier);
}

static void test_a_stop_is_heard_before_the_next_segment_leaves(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	world->desk = desk_stops_all;
	queue(world, ANA, CLASS_ALERT, "one");
	queue(world, BEN, CLASS_ALERT, "two");
	turn(world);
	assert_string_equal(on_air(modem), ANA);
	/* The STOP of the next in line comes together with the answer that frees the modem. */
	text_comes(world, modem, 7, BEN, "STOP");
	answer(modem, accepted_as(1));
	turn(world);
	assert_int_equal(world->announced, 2); /* at the start, and now */
	assert_int_equal(modem->sends, 1);
	assert_int_equal(count(world, MESSAGE_DROPPED), 1);
	world_free(world);
}

static void test_a_stop_between_two_parts_keeps_the_rest_back(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	world->desk = desk_stops_all;
	queue(world, ANA, CLASS_ALERT, long_text());
	turn(world);
	text_comes(world, modem, 7, ANA, "STOP");
	turn(world);
	answer(modem, accepted_as(1));
	pass(world, MS_PER_H);
	assert_int_equal(modem->sends, 1);
	world_free(world);
}

/* ---- broadcasts ------------------------------------------------------------------------------ */

/** An alert to n members, not yet expanded. */
static int64_t a_broadcast(struct world *world, int n)
{
	struct store_broadcast broadcast = { .kind = BROADCAST_ALERT,
		.alert_id = 1,
		.zones = ZONES_ALL,
		.expires_ms = world->now + 2 * MS_PER_H };
	struct person person;
	char phone[PHONE_SIZE];
	int64_t id;
	assert_int_equal(store_begin(world->store), 0);
	for (int i = 0; i < n; i++) {
		snprintf(phone, sizeof(phone), "+1%03d55501%02d", 201 + i / 100, i % 100);
		assert_int_equal(store_person_meet(world->store, phone, world->now, &person), 0);
		assert_int_equal(store_person_join(world->store, person.id, 1, false, "test",
					 "test", world->now),
			0);
	}
	assert_int_equal(store_broadcast_new(world->store, &broadcast, world->now, &id), 0);
	assert_int_equal(store_broadcast_body(world->store, id, "", world_body(world, "come")), 0);
	assert_int_equal(store_commit(world->store), 0);
	courier_wake(world->courier);
	return id;
}

static void test_a_broadcast_begins_to_leave_while_it_is_being_expanded(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	a_broadcast(world, 2000);
	assert_int_equal(courier_settle(world->courier, world->now), 0);
	assert_true(world->modems[0].sending && world->modems[1].sending);
	assert_true(count(world, MESSAGE_QUEUED) < 1900);
	assert_true(courier_deadline(world->courier) <= world->now);
	turn(world);
	assert_int_equal(count(world, MESSAGE_QUEUED), 1998);
	assert_int_equal(count(world, MESSAGE_SENDING), 2);
	world_free(world);
}

static void test_a_cancel_keeps_back_what_has_not_left(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	int64_t id = a_broadcast(world, 300);
	turn(world);
	answer(modem, accepted_as(1));
	turn(world);
	assert_int_equal(modem->sends, 2);
	assert_true(store_broadcast_drop(world->store, id, world->now) >= 0);
	courier_wake(world->courier);
	answer(modem, accepted_as(2));
	pass(world, MS_PER_H);
	assert_int_equal(modem->sends, 2);
	assert_int_equal(count(world, MESSAGE_DROPPED), 298);
	world_free(world);
}

static void test_a_shelf_life_that_has_ended_keeps_back_the_rest(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	a_broadcast(world, 10);
	turn(world);
	pass(world, 2 * MS_PER_H);
	answer(modem, accepted_as(1));
	pass(world, MS_PER_H);
	assert_int_equal(modem->sends, 1);
	assert_int_equal(count(world, MESSAGE_DROPPED), 9);
	assert_int_equal(courier_deadline(world->courier), TIME_NEVER);
	world_free(world);
}

/* ---- texts that come ------------------------------------------------------------------------ */

static void test_a_text_is_deleted_from_the_modem_after_its_commit_only(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	text_comes(world, modem, 3, ANA, "JOIN north");
	assert_int_equal(modem->n_taken, 0);
	turn(world);
	assert_int_equal(modem->n_taken, 1);
	const struct store_text *text = next_text(world);
	assert_non_null(text);
	assert_string_equal(text->body, "JOIN north");
	assert_string_equal(text->sender, ANA);
	assert_string_equal(text->modem, "sim1");
	assert_int_equal(text->gaps, 0);
	assert_null(next_text(world));
	world_free(world);
}

static void test_the_same_pdu_twice_is_one_text_and_both_copies_go(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	text_comes(world, &world->modems[0], 3, ANA, "hello");
	text_comes(world, &world->modems[0], 4, ANA, "hello");
	turn(world);
	text_comes(world, &world->modems[0], 3, ANA, "hello");
	turn(world);
	assert_int_equal(world->modems[0].n_taken, 3);
	assert_non_null(next_text(world));
	assert_null(next_text(world));
	world_free(world);
}

static void test_parts_in_any_order_make_one_text(void **state)
{
	(void)state;
	static const unsigned int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };
	char text[400];
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	text[sizeof(text) - 1] = '\0';
	for (size_t o = 0; o < ARRAY_SIZE(orders); o++) {
		struct world *world = world_new(1);
		for (int i = 0; i < 3; i++) {
			struct sms_deliver part = a_text(ANA, text, orders[o][i], world->now);
			hand_up_deliver(&world->modems[0], i, &part);
			turn(world);
			assert_int_equal(world->announced, i < 2 ? 1 : 2);
		}
		assert_string_equal(next_text(world)->body, text);
		world_free(world);
	}
}

static void test_parts_that_never_come_are_marked_after_the_wait(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct sms_deliver part = a_text(ANA, long_text(), 0, world->now);
	hand_up_deliver(&world->modems[0], 1, &part);
	part = a_text(ANA, long_text(), 2, world->now);
	hand_up_deliver(&world->modems[0], 2, &part);
	turn(world);
	assert_int_equal(courier_deadline(world->courier), world->now + 600 * MS_PER_S);
	pass(world, 600 * MS_PER_S - 1);
	assert_null(next_text(world));
	pass(world, 1);
	const struct store_text *text = next_text(world);
	assert_non_null(text);
	assert_int_equal(text->gaps, 1);
	assert_non_null(strstr(text->body, "x[...]x"));
	assert_int_equal(courier_deadline(world->courier), TIME_NEVER);
	world_free(world);
}

static void test_a_corrupt_pdu_stops_nothing(void **state)
{
	(void)state;
	static const uint8_t corrupt[] = { 0x04, 0xFF, 0x91 };
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	hand_up(modem, MODEM_PDU_DELIVER, 9, corrupt, sizeof(corrupt));
	assert_int_equal(modem->n_taken, 1);
	text_comes(world, modem, 10, ANA, "hello");
	turn(world);
	assert_string_equal(next_text(world)->body, "hello");
	world_free(world);
}

static void test_more_texts_than_there_is_room_for_are_settled_at_once(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	char words[32];
	world->now = time_wall_ms();
	for (int i = 0; i < 100; i++) {
		snprintf(words, sizeof(words), "text %d", i);
		text_comes(world, modem, i, ANA, words);
	}
	turn(world);
	assert_int_equal(modem->n_taken, 100);
	for (int i = 0; i < 100; i++) {
		snprintf(words, sizeof(words), "text %d", i);
		assert_string_equal(next_text(world)->body, words);
	}
	world_free(world);
}

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

/* ---- start, figures ------------------------------------------------------------------------- */

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

static void test_the_pace_is_measured(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	struct courier_pace pace;
	struct courier_modem_stats stats;
	courier_get_pace(world->courier, &pace);
	assert_int_equal(pace.modems, 2);
	/* Nothing is known yet: what most modems need, for reports settle what they do not. */
	assert_int_equal(world->modems[0].answer_limit_ms, 10 * MS_PER_S);
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
	assert_int_equal(modem->answer_limit_ms, 10 * MS_PER_S);
	courier_modem_events()->learned(modem->ctx, modem, "860000000001234");
	assert_int_equal(modem->answer_limit_ms, 12 * MS_PER_S);
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
		cmocka_unit_test(test_the_more_urgent_leaves_first),
		cmocka_unit_test(test_a_paused_box_sends_only_what_is_urgent),
		cmocka_unit_test(test_parts_of_one_message_leave_in_order_on_one_modem),
		cmocka_unit_test(test_an_urgent_text_goes_between_the_parts_of_another),
		cmocka_unit_test(test_a_stop_is_heard_before_the_next_segment_leaves),
		cmocka_unit_test(test_a_stop_between_two_parts_keeps_the_rest_back),
		cmocka_unit_test(test_a_broadcast_begins_to_leave_while_it_is_being_expanded),
		cmocka_unit_test(test_a_cancel_keeps_back_what_has_not_left),
		cmocka_unit_test(test_a_shelf_life_that_has_ended_keeps_back_the_rest),
		cmocka_unit_test(test_a_text_is_deleted_from_the_modem_after_its_commit_only),
		cmocka_unit_test(test_the_same_pdu_twice_is_one_text_and_both_copies_go),
		cmocka_unit_test(test_parts_in_any_order_make_one_text),
		cmocka_unit_test(test_parts_that_never_come_are_marked_after_the_wait),
		cmocka_unit_test(test_a_corrupt_pdu_stops_nothing),
		cmocka_unit_test(test_more_texts_than_there_is_room_for_are_settled_at_once),
		cmocka_unit_test(test_an_outage_on_one_modem_sends_the_text_on_another),
		cmocka_unit_test(test_an_outage_that_goes_on_parks_the_modem_for_longer_and_longer),
		cmocka_unit_test(test_an_outage_of_a_moment_holds_nobody_up),
		cmocka_unit_test(test_an_outage_of_an_hour_costs_no_alert_and_is_asked_seldom),
		cmocka_unit_test(test_a_lost_modems_message_starts_again_on_another),
		cmocka_unit_test(test_a_modem_alone_goes_on_where_it_was),
		cmocka_unit_test(test_a_modem_taken_away_in_mid_send_leaves_one_unknown),
		cmocka_unit_test(test_congestion_slows_the_modem_and_success_speeds_it_up),
		cmocka_unit_test(test_what_cannot_be_committed_has_not_happened_and_is_tried_again),
		cmocka_unit_test(test_nothing_is_taken_from_a_modem_while_the_database_is_gone),
		cmocka_unit_test(test_what_was_committed_into_a_file_that_has_gone_is_not_taken),
		cmocka_unit_test(test_one_row_that_the_store_does_not_want_stops_nothing_else),
		cmocka_unit_test(test_a_step_of_the_clock_neither_stalls_nor_hurries_a_wait),
		cmocka_unit_test(test_what_was_on_the_air_at_a_crash_waits_for_its_report),
		cmocka_unit_test(test_nothing_waits_when_nothing_is_to_be_done),
		cmocka_unit_test(test_the_pace_is_measured),
		cmocka_unit_test(test_the_pace_is_the_modems_own_also_after_the_plug_was_pulled),
		cmocka_unit_test(test_a_report_before_the_answer_says_that_it_is_late),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
