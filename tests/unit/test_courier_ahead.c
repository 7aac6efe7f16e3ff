/* SPDX-License-Identifier: Apache-2.0 */
/* What follows is chosen and encoded before the answer, and obeys what comes between the two. */
#include "courier_world.h"

static const struct ahead *ahead_of(const struct world *world, int modem)
{
	return &world->courier->posts[modem].ahead;
}

static void queue_three(struct world *world)
{
	queue(world, ANA, CLASS_ALERT, "one");
	queue(world, BEN, CLASS_ALERT, "two");
	queue(world, CLEO, CLASS_ALERT, "three");
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), ANA);
}

static void test_the_next_is_chosen_and_encoded_before_the_answer(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	queue_three(world);
	assert_int_equal(world->courier->counts.prepared, 1);
	assert_true(ahead_of(world, 0)->size > 0);
	assert_string_equal(ahead_of(world, 0)->choice.claim.phone, BEN);
	/* and nothing of it is in the store */
	assert_int_equal(count(world, MESSAGE_QUEUED), 2);
	answer(&world->modems[0], accepted_as(1));
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), BEN);
	assert_int_equal(world->courier->counts.taken, 1);
	assert_int_equal(count(world, MESSAGE_SENDING), 1);
	answer(&world->modems[0], accepted_as(2));
	turn(world);
	assert_int_equal(world->courier->counts.taken, 2);
	/* nothing follows the last: it is looked for once, not again and again */
	assert_true(ahead_of(world, 0)->looked);
	assert_int_equal(ahead_of(world, 0)->size, 0);
	assert_false(ahead_prepare(world->courier, world->now));
	world_free(world);
}

static void test_parts_of_a_message_are_chosen_ahead_too(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	char text[500];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	queue(world, ANA, CLASS_ALERT, text);
	queue(world, BEN, CLASS_ALERT, "two");
	for (int part = 1; part <= 4; part++) {
		turn(world);
		assert_string_equal(on_air(&world->modems[0]), ANA);
		assert_int_equal(world->modems[0].submit.ud.ud[5], part);
		answer(&world->modems[0], accepted_as(part));
	}
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), BEN);
	assert_int_equal(world->courier->counts.taken, 4);
	world_free(world);
}

static void test_what_is_more_urgent_goes_before_what_was_chosen(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	queue_three(world);
	queue(world, "+15105550104", CLASS_DISPATCH, "code 1234");
	answer(&world->modems[0], accepted_as(1));
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), "+15105550104");
	assert_int_equal(world->courier->counts.taken, 0);
	answer(&world->modems[0], accepted_as(2));
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), BEN);
	world_free(world);
}

static void desk_hears_stop(struct world *world)
{
	const struct store_text *text;
	while ((text = next_text(world)))
		assert_int_equal(
			store_person_leave(world->store, text->person_id, world->now, NULL), 0);
	courier_wake(world->courier);
}

/* In the turn of the answer, and in one of its own before it. */
static void test_a_stop_keeps_back_what_was_chosen(void **state)
{
	(void)state;
	for (int early = 0; early < 2; early++) {
		struct world *world = world_new(1);
		world->desk = desk_hears_stop;
		queue_three(world);
		text_comes(world, &world->modems[0], 7, BEN, "STOP");
		if (early)
			turn(world);
		answer(&world->modems[0], accepted_as(1));
		turn(world);
		assert_string_equal(on_air(&world->modems[0]), CLEO);
		assert_int_equal(count(world, MESSAGE_DROPPED), 1);
		world_free(world);
	}
}

static void test_a_pause_keeps_back_what_was_chosen(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	queue_three(world);
	courier_set_paused(world->courier, true);
	answer(&world->modems[0], accepted_as(1));
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), "");
	courier_set_paused(world->courier, false);
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), BEN);
	world_free(world);
}

static void test_a_cap_keeps_back_what_was_chosen(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct courier_caps two_a_day = { .per_day = 3 };
	assert_int_equal(courier_set_caps(world->courier, "sim1", &two_a_day), 0);
	queue_three(world);
	/* one of the three is for what is urgent */
	for (int i = 0; i < 2; i++) {
		answer(&world->modems[0], accepted_as(i));
		turn(world);
	}
	assert_string_equal(on_air(&world->modems[0]), "");
	assert_int_equal(count(world, MESSAGE_QUEUED), 1);
	assert_int_equal(world->courier->counts.taken, 1);
	world_free(world);
}

static void test_it_leaves_as_is_wished_by_then(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	queue_three(world);
	assert_true(world->modems[0].submit.want_report);
	world->settings.reports = false;
	courier_set_settings(world->courier, &world->settings);
	answer(&world->modems[0], accepted_as(1));
	turn(world);
	assert_int_equal(world->courier->counts.taken, 1);
	assert_false(world->modems[0].submit.want_report);
	world_free(world);
}

static void test_its_validity_is_that_of_its_hand_over(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct person person;
	queue(world, ANA, CLASS_ALERT, "one");
	assert_int_equal(store_person_meet(world->store, BEN, world->now, &person), 0);
	struct store_message message = { .person_id = person.id,
		.body_id = world_body(world, "two"),
		.class = CLASS_ALERT,
		.expires_ms = world->now + 30 * MS_PER_MIN };
	assert_int_equal(store_message_add(world->store, &message, world->now, NULL), 0);
	turn(world);
	assert_true(ahead_of(world, 0)->size > 0);
	world->now += 11 * MS_PER_MIN;
	answer(&world->modems[0], accepted_as(1));
	turn(world);
	assert_int_equal(world->courier->counts.taken, 1);
	assert_int_equal(
		sms_validity_relative_s(world->modems[0].submit.validity.relative), 15 * 60);
	world_free(world);
}

/* Whoever is free first takes the first in line; nobody keeps it for the other. */
static void test_several_modems_share_the_line_in_order(void **state)
{
	(void)state;
	struct world *world = world_new(3);
	char phone[PHONE_SIZE];
	int next = 0;
	for (int i = 0; i < 60; i++) {
		snprintf(phone, sizeof(phone), "+1%03d5550101", 201 + i);
		queue(world, phone, CLASS_ALERT, "come");
	}
	turn(world);
	for (int i = 0; i < 3; i++)
		assert_string_equal(ahead_of(world, i)->choice.claim.phone, "+12045550101");
	next = 3;
	for (int i = 0; next < 60; i++) {
		struct modem *modem = &world->modems[i * 7 % 3];
		snprintf(phone, sizeof(phone), "+1%03d5550101", 201 + next++);
		answer(modem, accepted_as(i));
		turn(world);
		assert_string_equal(on_air(modem), phone);
	}
	assert_int_equal(world->courier->counts.taken, 57);
	/* all at once: one has it, the others choose anew */
	for (int i = 0; i < 3; i++)
		answer(&world->modems[i], accepted_as(i));
	turn(world);
	assert_int_equal(count(world, MESSAGE_SENT), 60);
	world_free(world);
}

static void test_two_answers_in_one_turn_take_two(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	queue_three(world);
	queue(world, "+15105550104", CLASS_ALERT, "four");
	turn(world);
	assert_string_equal(on_air(&world->modems[1]), BEN);
	answer(&world->modems[0], accepted_as(1));
	answer(&world->modems[1], accepted_as(1));
	turn(world);
	assert_string_equal(on_air(&world->modems[0]), CLEO);
	assert_string_equal(on_air(&world->modems[1]), "+15105550104");
	assert_int_equal(world->courier->counts.taken, 1);
	world_free(world);
}

/* ---- the prompt before the segment ---------------------------------------------------------- */

static void test_what_follows_is_announced_with_the_answer(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue_three(world);
	assert_int_equal(modem->announces, 0);
	answer(modem, accepted_as(1));
	assert_int_equal(modem->announced, ahead_of(world, 0)->size);
	assert_int_equal(count(world, MESSAGE_SENDING), 1); /* nothing is committed yet */
	turn(world);
	assert_string_equal(on_air(modem), BEN);
	assert_int_equal(modem->withdrawals, 0);
	answer(modem, accepted_as(2));
	turn(world);
	answer(modem, accepted_as(3));
	assert_int_equal(modem->announces, 2); /* nothing follows the third */
	world_free(world);
}

/* A refusal, a text that may be a STOP, a modem that is capped: the turn decides. */
static void test_what_may_not_follow_is_not_announced(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	struct courier_caps caps = { .per_day = 100 };
	queue_three(world);
	queue(world, "+15105550104", CLASS_ALERT, "four");
	queue(world, "+15105550105", CLASS_ALERT, "five");
	turn(world);
	answer(modem, refused_with(1));
	turn(world);
	text_comes(world, modem, 7, ANA, "hello");
	answer(modem, accepted_as(2));
	turn(world);
	next_text(world);
	courier_wake(world->courier);
	turn(world);
	assert_int_equal(courier_set_caps(world->courier, "sim1", &caps), 0);
	turn(world);
	answer(modem, accepted_as(3));
	turn(world);
	assert_int_equal(modem->sends, 4);
	assert_int_equal(modem->announces, 0);
	world_free(world);
}

static void test_an_announcement_is_taken_back_when_nothing_follows(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue_three(world);
	answer(modem, accepted_as(1));
	assert_int_equal(modem->announces, 1);
	/* between the answer and its turn */
	courier_set_paused(world->courier, true);
	turn(world);
	assert_int_equal(modem->withdrawals, 1);
	assert_string_equal(on_air(modem), "");
	world_free(world);
}

static void test_an_announcement_is_taken_back_when_nothing_can_be_committed(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue_three(world);
	answer(modem, accepted_as(1));
	char away[96], here[96];
	snprintf(here, sizeof(here), "%s/faro.db", world->dir);
	snprintf(away, sizeof(away), "%s/away", world->dir);
	assert_int_equal(rename(here, away), 0);
	assert_int_equal(courier_settle(world->courier, world->now), -ESTALE);
	assert_int_equal(modem->withdrawals, 1);
	assert_int_equal(modem->sends, 1);
	assert_int_equal(rename(away, here), 0);
	pass(world, MS_PER_MIN);
	assert_string_equal(on_air(modem), BEN);
	assert_int_equal(modem->sends, 2);
	world_free(world);
}

/* The report that comes when the last one is acknowledged is in the commit of the answer. */
static void test_an_answer_waits_for_the_acknowledgement_on_its_way(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue_three(world);
	modem->acknowledges = true;
	answer(modem, accepted_as(1));
	int64_t turns = world->courier->counts.turns;
	report_comes(world, modem, 3, 1, ANA, 0);
	modem->busy = false;
	courier_modem_events()->idle(modem->ctx, modem);
	turn(world);
	assert_int_equal(world->courier->counts.turns, turns + 1);
	assert_int_equal(count(world, MESSAGE_DELIVERED), 1);
	assert_string_equal(on_air(modem), BEN);
	/* a turn that comes before that commits the answer, and takes nothing back */
	answer(modem, accepted_as(2));
	turn(world);
	assert_int_equal(count(world, MESSAGE_SENT), 1);
	assert_int_equal(modem->withdrawals, 0);
	modem->busy = false;
	courier_modem_events()->idle(modem->ctx, modem);
	turn(world);
	assert_string_equal(on_air(modem), CLEO);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_next_is_chosen_and_encoded_before_the_answer),
		cmocka_unit_test(test_parts_of_a_message_are_chosen_ahead_too),
		cmocka_unit_test(test_what_is_more_urgent_goes_before_what_was_chosen),
		cmocka_unit_test(test_a_stop_keeps_back_what_was_chosen),
		cmocka_unit_test(test_a_pause_keeps_back_what_was_chosen),
		cmocka_unit_test(test_a_cap_keeps_back_what_was_chosen),
		cmocka_unit_test(test_it_leaves_as_is_wished_by_then),
		cmocka_unit_test(test_its_validity_is_that_of_its_hand_over),
		cmocka_unit_test(test_several_modems_share_the_line_in_order),
		cmocka_unit_test(test_two_answers_in_one_turn_take_two),
		cmocka_unit_test(test_what_follows_is_announced_with_the_answer),
		cmocka_unit_test(test_what_may_not_follow_is_not_announced),
		cmocka_unit_test(test_an_announcement_is_taken_back_when_nothing_follows),
		cmocka_unit_test(test_an_announcement_is_taken_back_when_nothing_can_be_committed),
		cmocka_unit_test(test_an_answer_waits_for_the_acknowledgement_on_its_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
