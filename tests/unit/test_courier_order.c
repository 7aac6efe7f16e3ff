/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves first, what between, and what STOP, CANCEL and a shelf life keep back. */
#include "courier_world.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_more_urgent_leaves_first),
		cmocka_unit_test(test_a_paused_box_sends_only_what_is_urgent),
		cmocka_unit_test(test_parts_of_one_message_leave_in_order_on_one_modem),
		cmocka_unit_test(test_an_urgent_text_goes_between_the_parts_of_another),
		cmocka_unit_test(test_a_stop_is_heard_before_the_next_segment_leaves),
		cmocka_unit_test(test_a_stop_between_two_parts_keeps_the_rest_back),
		cmocka_unit_test(test_a_broadcast_begins_to_leave_while_it_is_being_expanded),
		cmocka_unit_test(test_a_cancel_keeps_back_what_has_not_left),
		cmocka_unit_test(test_a_shelf_life_that_has_ended_keeps_back_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
