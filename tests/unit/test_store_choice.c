/* SPDX-License-Identifier: Apache-2.0 */
/* What is chosen while a segment is on the air, and all that makes it fall away. */
#include "store_world.h"

static int choose(struct world *w, const char *modem, int64_t after, struct store_choice *out)
{
	return store_choose(w->store, modem, NULL, BEGIN_ALL, after, w->now_ms, out);
}

static int take(struct world *w, const char *modem, struct store_choice *choice)
{
	return store_claim_choice(w->store, modem, NULL, BEGIN_ALL, w->now_ms, choice);
}

static int64_t next_of(struct world *w, const char *modem)
{
	struct store_claim c;
	int rc = claim(w, modem, &c);
	assert_true(rc == 0 || rc == 1);
	return rc ? c.message_id : 0;
}

static int64_t alert_to(struct world *w, int people)
{
	struct store_broadcast b = { .kind = BROADCAST_ALERT,
		.zones = 1,
		.wide = true,
		.expires_ms = w->now_ms + MS_PER_H };
	int64_t id;
	for (int i = 0; i < people; i++)
		person_new(w, i, ROLE_MEMBER, 1);
	OK(store_broadcast_new(w->store, &b, w->now_ms, &id));
	OK(store_broadcast_body(w->store, id, "", body_new(w, 1)));
	assert_int_equal(store_broadcast_expand(w->store, 100, w->now_ms), 0);
	return id;
}

static void choosing_writes_nothing_and_taking_is_the_claim(void **state)
{
	struct world *w = *state;
	struct store_choice choice;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t id = message_new(w, person, 2, CLASS_REPLY);
	assert_int_equal(next_of(w, "sim2"), id);
	OK(store_segment_requeue(w->store, id * 256, w->now_ms, 42, w->now_ms));
	/* the modem's own row is there from its first claim on */
	assert_int_equal(choose(w, "sim1", 0, &choice), 1);
	int changes = sqlite3_total_changes(w->store->db);
	assert_int_equal(choose(w, "sim1", 0, &choice), 1);
	assert_int_equal(sqlite3_total_changes(w->store->db), changes);
	assert_int_equal(state_of(w, id), MESSAGE_QUEUED);
	assert_int_equal(choice.claim.message_id, id);
	assert_int_equal(choice.claim.segment_id, id * 256);
	assert_int_equal(choice.claim.attempt, 2);
	assert_int_equal(choice.claim.part_size, 100);
	assert_string_equal(choice.claim.phone, phone_of(1));
	assert_true(store_choice_stands(w->store, &choice));
	assert_int_equal(take(w, "sim1", &choice), 1);
	assert_int_equal(state_of(w, id), MESSAGE_SENDING);
	assert_int_equal(peek(w, "SELECT tries FROM message"), 2);
	assert_int_equal(peek(w, "SELECT lane IS NULL FROM message"), 1);
	OK(store_segment_sent(w->store, id * 256, 1, w->now_ms));
	/* nobody takes it twice */
	assert_false(store_choice_stands(w->store, &choice));
	assert_int_equal(take(w, "sim2", &choice), 0);
}

/* ---- what falls away ------------------------------------------------------------------------ */

static int64_t broadcast_id;

static void somebody_says_stop(struct world *w, const struct store_claim *chosen)
{
	OK(store_person_leave(w->store, chosen->person_id, w->now_ms, NULL));
}

static void an_admin_blocks(struct world *w, const struct store_claim *chosen)
{
	OK(store_person_set_blocked(w->store, chosen->person_id, true, w->now_ms));
}

static void the_alert_is_cancelled(struct world *w, const struct store_claim *chosen)
{
	(void)chosen;
	assert_true(store_broadcast_drop(w->store, broadcast_id, w->now_ms) > 0);
}

static void enough_said_yes(struct world *w, const struct store_claim *chosen)
{
	(void)chosen;
	assert_true(store_broadcast_hold(w->store, broadcast_id, w->now_ms) > 0);
}

static void something_urgent_is_queued(struct world *w, const struct store_claim *chosen)
{
	message_new(w, chosen->person_id, 1, CLASS_STOP);
}

static void another_modem_takes_it(struct world *w, const struct store_claim *chosen)
{
	assert_int_equal(next_of(w, "sim2"), chosen->message_id);
}

static void its_shelf_life_ends(struct world *w, const struct store_claim *chosen)
{
	(void)chosen;
	w->now_ms += MS_PER_H;
}

static const struct {
	void (*happens)(struct world *w, const struct store_claim *chosen);
	bool others_leave; /* some other copy of the alert goes in its place */
} between[] = {
	{ somebody_says_stop, true },
	{ an_admin_blocks, true },
	{ the_alert_is_cancelled, false },
	{ enough_said_yes, false },
	{ something_urgent_is_queued, true },
	{ another_modem_takes_it, true },
	{ its_shelf_life_ends, false },
};

static void whatever_comes_between_is_obeyed(void **state)
{
	struct world *w = *state;
	for (size_t i = 0; i < ARRAY_SIZE(between); i++) {
		struct store_choice choice;
		broadcast_id = alert_to(w, 10);
		assert_int_equal(choose(w, "sim1", 0, &choice), 1);
		between[i].happens(w, &choice.claim);
		assert_int_equal(take(w, "sim1", &choice), 0);
		int64_t next = next_of(w, "sim1");
		assert_int_not_equal(next, choice.claim.message_id);
		assert_int_equal(next != 0, between[i].others_leave);
		assert_true(store_broadcast_drop(w->store, broadcast_id, w->now_ms) >= 0);
		assert_true(store_due(w->store, 100, w->now_ms) >= 0);
		tallies_are_true(w);
	}
}

static void a_paused_box_takes_nothing_that_it_chose_before(void **state)
{
	struct world *w = *state;
	struct store_choice choice;
	message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	assert_int_equal(choose(w, "sim1", 0, &choice), 1);
	assert_int_equal(
		store_claim_choice(w->store, "sim1", NULL, BEGIN_URGENT, w->now_ms, &choice), 0);
	assert_int_equal(take(w, "sim1", &choice), 1);
}

static void what_was_rolled_back_is_chosen_anew(void **state)
{
	struct world *w = *state;
	struct store_choice choice;
	int64_t id = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	assert_int_equal(choose(w, "sim1", 0, &choice), 1);
	OK(store_begin(w->store));
	assert_int_equal(take(w, "sim1", &choice), 1);
	store_rollback(w->store);
	assert_int_equal(state_of(w, id), MESSAGE_QUEUED);
	assert_int_equal(take(w, "sim1", &choice), 0);
	assert_int_equal(next_of(w, "sim1"), id);
}

/* ---- what does not -------------------------------------------------------------------------- */

static void a_result_and_a_report_leave_it_standing(void **state)
{
	struct world *w = *state;
	struct store_choice choice;
	struct store_claim on_air;
	alert_to(w, 10);
	assert_int_equal(claim(w, "sim1", &on_air), 1);
	assert_int_equal(choose(w, "sim1", on_air.segment_id, &choice), 1);
	OK(store_begin(w->store));
	OK(store_segment_sent(w->store, on_air.segment_id, 7, w->now_ms));
	assert_int_equal(store_report(w->store, "sim1", 7, on_air.phone, REPORT_DELIVERED,
				 w->now_ms, w->now_ms),
		1);
	assert_int_equal(take(w, "sim1", &choice), 1);
	OK(store_commit(w->store));
	assert_int_equal(state_of(w, on_air.message_id), MESSAGE_DELIVERED);
	assert_int_equal(state_of(w, choice.claim.message_id), MESSAGE_SENDING);
}

static void the_next_part_is_chosen_while_the_one_before_is_on_the_air(void **state)
{
	struct world *w = *state;
	struct store_choice choice;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t longer = message_new(w, person, 3, CLASS_ALERT);
	message_new(w, person, 1, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	for (int part = 1; part < 3; part++) {
		int64_t on_air = longer * 256 + part - 1;
		assert_int_equal(choose(w, "sim1", on_air, &choice), 1);
		assert_int_equal(choice.claim.message_id, longer);
		assert_int_equal(choice.claim.index, part);
		assert_int_equal(choice.claim.part_size, 100 + part);
		assert_int_equal(choice.claim.attempt, 1);
		/* not before it is accepted */
		assert_int_equal(take(w, "sim1", &choice), 0);
		assert_int_equal(choose(w, "sim1", on_air, &choice), 1);
		OK(store_segment_sent(w->store, on_air, part, w->now_ms));
		assert_int_equal(take(w, "sim1", &choice), 1);
	}
	OK(store_segment_sent(w->store, longer * 256 + 2, 3, w->now_ms));
	assert_int_equal(state_of(w, longer), MESSAGE_SENT);
}

static void a_part_that_was_refused_goes_again_before_the_next(void **state)
{
	struct world *w = *state;
	struct store_choice choice;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	message_new(w, person, 3, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(choose(w, "sim1", c.segment_id, &choice), 1);
	OK(store_segment_requeue(w->store, c.segment_id, w->now_ms, 42, w->now_ms));
	assert_int_equal(take(w, "sim1", &choice), 0);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.index, 0);
}

static void the_urgent_is_chosen_before_the_next_part(void **state)
{
	struct world *w = *state;
	struct store_choice choice;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	message_new(w, person, 3, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	int64_t urgent = message_new(w, person, 1, CLASS_DISPATCH);
	assert_int_equal(choose(w, "sim1", c.segment_id, &choice), 1);
	assert_int_equal(choice.claim.message_id, urgent);
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
	assert_int_equal(take(w, "sim1", &choice), 1);
}

/* ---- caps ----------------------------------------------------------------------------------- */

static const struct store_scope wide = { .least = CLASS_REST,
	.begun = CLASS_REST,
	.parts = 10,
	.parts_urgent = 10,
	.newcomers = CLASS_REST,
	.month = "2026-11" };

static int take_within(
	struct world *w, const struct store_scope *scope, struct store_choice *choice)
{
	return store_claim_choice(w->store, "sim1", scope, BEGIN_ALL, w->now_ms, choice);
}

static void a_scope_holds_what_was_chosen_within_it(void **state)
{
	struct world *w = *state;
	struct store_choice choice;
	struct store_claim c;
	struct store_scope now = wide, narrow = wide, month = wide;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t id = message_new(w, person, 3, CLASS_ALERT);
	assert_int_equal(
		store_choose(w->store, "sim1", &wide, BEGIN_ALL, 0, w->now_ms, &choice), 1);
	narrow.parts = 2;
	assert_int_equal(take_within(w, &narrow, &choice), 0);
	now.parts = 11;
	assert_int_equal(take_within(w, &now, &choice), 0);
	memcpy(month.month, "2026-12", sizeof(month.month));
	assert_int_equal(take_within(w, &month, &choice), 0);
	assert_int_equal(take_within(w, NULL, &choice), 0);
	now.parts = 9;
	assert_int_equal(take_within(w, &now, &choice), 1);
	assert_true(choice.claim.newcomer);
	/* its next part, for which a place of the day is enough */
	narrow.parts = 0;
	assert_int_equal(
		store_choose(w->store, "sim1", &narrow, BEGIN_ALL, id * 256, w->now_ms, &choice),
		1);
	assert_int_equal(choice.claim.index, 1);
	OK(store_segment_sent(w->store, id * 256, 1, w->now_ms));
	assert_int_equal(take_within(w, &narrow, &choice), 1);
	assert_false(choice.claim.newcomer);
	assert_int_equal(store_claim_within(w->store, "sim1", &narrow, w->now_ms, &c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(choosing_writes_nothing_and_taking_is_the_claim),
		TEST(whatever_comes_between_is_obeyed),
		TEST(a_paused_box_takes_nothing_that_it_chose_before),
		TEST(what_was_rolled_back_is_chosen_anew),
		TEST(a_result_and_a_report_leave_it_standing),
		TEST(the_next_part_is_chosen_while_the_one_before_is_on_the_air),
		TEST(a_part_that_was_refused_goes_again_before_the_next),
		TEST(the_urgent_is_chosen_before_the_next_part),
		TEST(a_scope_holds_what_was_chosen_within_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
