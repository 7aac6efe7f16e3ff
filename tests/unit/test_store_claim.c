/* SPDX-License-Identifier: Apache-2.0 */
/* Which segment leaves next. */
#include "store_world.h"

static int64_t next_of(struct world *w, const char *modem)
{
	struct store_claim c;
	int rc = claim(w, modem, &c);
	assert_true(rc == 0 || rc == 1);
	return rc ? c.message_id : 0;
}

static void a_claim_carries_all_that_a_submit_needs(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t id = message_new(w, person, 2, CLASS_REPLY);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.message_id, id);
	assert_int_equal(c.person_id, person);
	assert_string_equal(c.phone, phone_of(1));
	assert_int_equal(c.index, 0);
	assert_int_equal(c.total, 2);
	assert_int_equal(c.attempt, 1);
	assert_int_equal(c.part_size, 100);
	assert_int_equal(c.part[99], 'a');
	assert_int_equal(c.class, CLASS_REPLY);
	assert_true(c.expires_ms == TIME_NEVER);
	assert_int_equal(state_of(w, id), MESSAGE_SENDING);
	assert_int_equal(claim(w, "sim2", &c), 0);
}

static void the_more_urgent_class_goes_first_then_rank_then_age(void **state)
{
	struct world *w = *state;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t rest = message_new(w, person, 1, CLASS_REST);
	int64_t reply1 = message_new(w, person, 1, CLASS_REPLY);
	int64_t reply2 = message_new(w, person, 1, CLASS_REPLY);
	int64_t stop = message_new(w, person, 1, CLASS_STOP);
	struct store_message ranked = { .person_id = person,
		.body_id = body_new(w, 1),
		.class = CLASS_REPLY,
		.rank = -1,
		.expires_ms = TIME_NEVER };
	int64_t first;
	OK(store_message_add(w->store, &ranked, w->now_ms, &first));
	assert_int_equal(next_of(w, "sim1"), stop);
	assert_int_equal(next_of(w, "sim2"), first);
	assert_int_equal(next_of(w, "sim1"), reply1);
	assert_int_equal(next_of(w, "sim2"), reply2);
	assert_int_equal(next_of(w, "sim1"), rest);
	assert_int_equal(next_of(w, "sim1"), 0);
}

static void a_begun_message_stays_on_its_modem_and_goes_before_its_equals(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t longer = message_new(w, person, 3, CLASS_ALERT);
	int64_t other = message_new(w, person, 1, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
	assert_int_equal(next_of(w, "sim2"), other);
	assert_int_equal(next_of(w, "sim2"), 0);
	int64_t urgent = message_new(w, person, 1, CLASS_STOP);
	assert_int_equal(next_of(w, "sim1"), urgent);
	for (int i = 1; i < 3; i++) {
		assert_int_equal(claim(w, "sim1", &c), 1);
		assert_int_equal(c.message_id, longer);
		assert_int_equal(c.index, i);
		OK(store_segment_sent(w->store, c.segment_id, 1 + i, w->now_ms));
	}
	assert_int_equal(state_of(w, longer), MESSAGE_SENT);
}

static void only_urgent_ones_leave_a_paused_box(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	message_new(w, person, 1, CLASS_ALERT);
	int64_t code = message_new(w, person, 1, CLASS_DISPATCH);
	assert_int_equal(store_claim_next(w->store, "sim1", true, w->now_ms, &c), 1);
	assert_int_equal(c.message_id, code);
	assert_int_equal(store_claim_next(w->store, "sim1", true, w->now_ms, &c), 0);
}

static void what_has_expired_is_dropped_on_the_way(void **state)
{
	struct world *w = *state;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	struct store_message late = { .person_id = person,
		.body_id = body_new(w, 1),
		.class = CLASS_ALERT,
		.expires_ms = w->now_ms + 1000 };
	int64_t expired, fresh;
	OK(store_message_add(w->store, &late, w->now_ms, &expired));
	late.expires_ms = w->now_ms + 5000;
	OK(store_message_add(w->store, &late, w->now_ms, &fresh));
	w->now_ms += 1000;
	assert_int_equal(next_of(w, "sim1"), fresh);
	assert_int_equal(state_of(w, expired), MESSAGE_DROPPED);
	tallies_are_true(w);
}

static void a_message_that_is_not_due_waits_and_comes_by_itself(void **state)
{
	struct world *w = *state;
	int64_t at, person = person_new(w, 1, ROLE_MEMBER, 1);
	struct store_message later = { .person_id = person,
		.body_id = body_new(w, 1),
		.class = CLASS_REST,
		.due_ms = w->now_ms + 1000,
		.expires_ms = TIME_NEVER };
	int64_t id;
	OK(store_message_add(w->store, &later, w->now_ms, &id));
	OK(store_next_due(w->store, &at));
	assert_int_equal(at, w->now_ms + 1000);
	assert_int_equal(next_of(w, "sim1"), 0);
	w->now_ms += 1000;
	assert_int_equal(next_of(w, "sim1"), id);
	OK(store_next_due(w->store, &at));
	assert_true(at == TIME_NEVER);
}

/* Counts the steps of SQLite's machine: they must not follow the length of the queue. */
static int64_t steps_of_a_claim(struct world *w)
{
	struct store_claim c;
	for (int i = 0; i < SQL_COUNT; i++) {
		if (w->store->stmts[i])
			sqlite3_stmt_status(w->store->stmts[i], SQLITE_STMTSTATUS_VM_STEP, 1);
	}
	assert_int_equal(claim(w, "sim1", &c), 1);
	int64_t steps = 0;
	for (int i = 0; i < SQL_COUNT; i++) {
		if (w->store->stmts[i])
			steps += sqlite3_stmt_status(
				w->store->stmts[i], SQLITE_STMTSTATUS_VM_STEP, 0);
	}
	return steps;
}

static void a_claim_costs_the_same_whatever_waits(void **state)
{
	struct world *w = *state;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	struct store_message waits = { .person_id = person,
		.body_id = body_new(w, 1),
		.class = CLASS_STOP,
		.expires_ms = TIME_NEVER };
	for (int i = 0; i < 4; i++)
		message_new(w, person, 1, CLASS_REPLY);
	next_of(w, "sim1");
	int64_t before = steps_of_a_claim(w);
	OK(store_begin(w->store));
	for (int i = 0; i < 3000; i++) {
		waits.due_ms = w->now_ms + 1000 + i; /* more urgent, but not yet due */
		OK(store_message_add(w->store, &waits, w->now_ms, NULL));
		waits.due_ms = 0;
		waits.class = CLASS_REST;
		OK(store_message_add(w->store, &waits, w->now_ms, NULL));
		waits.class = CLASS_STOP;
	}
	OK(store_commit(w->store));
	assert_in_range(steps_of_a_claim(w), 1, before + 20);
}

static void a_lost_modem_frees_what_it_has_begun(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t id = message_new(w, person, 2, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 7, w->now_ms));
	assert_int_equal(next_of(w, "sim2"), 0);
	assert_int_equal(store_modem_release(w->store, "sim1", w->now_ms), 1);
	/* The phone joins parts of one sender only: the whole message again. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(claim(w, "sim2", &c), 1);
		assert_int_equal(c.message_id, id);
		assert_int_equal(c.index, i);
		OK(store_segment_sent(w->store, c.segment_id, 8 + i, w->now_ms));
	}
	assert_int_equal(state_of(w, id), MESSAGE_SENT);
	assert_int_equal(
		store_report(w->store, "sim2", 8, phone_of(1), REPORT_DELIVERED, 0, w->now_ms), 1);
	assert_int_equal(
		store_report(w->store, "sim2", 9, phone_of(1), REPORT_DELIVERED, 0, w->now_ms), 1);
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
}

static void begun_on(struct world *w, int64_t person, const char *modem)
{
	struct store_claim c;
	message_new(w, person, 2, CLASS_ALERT);
	assert_int_equal(claim(w, modem, &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
}

/* Renamed again and again: more names than are kept in memory at once. */
static void of_many_modems_that_there_were_none_keeps_a_message_or_stands_still(void **state)
{
	static const int counts[] = { 40, 300 };
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	struct store_claim c;
	for (size_t k = 0; k < ARRAY_SIZE(counts); k++) {
		for (int i = 0; i < counts[k]; i++) {
			char name[16];
			snprintf(name, sizeof(name), "old%d", i);
			begun_on(w, ana, name);
		}
		world_reopen(w);
		alarm(60);
		assert_int_equal(store_orphans_release(w->store, NULL, 0, w->now_ms), counts[k]);
		alarm(0);
		for (int i = 0; i < 2 * counts[k]; i++) {
			assert_int_equal(claim(w, "sim1", &c), 1);
			OK(store_segment_sent(w->store, c.segment_id, i % 256, w->now_ms));
		}
		assert_int_equal(claim(w, "sim1", &c), 0);
	}
}

static void an_unknown_part_of_a_lost_modem_begins_again_elsewhere_when_it_is_due(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	message_new(w, person, 2, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 7, w->now_ms));
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_unknown(w->store, c.segment_id, 0, w->now_ms + 60000, w->now_ms));
	assert_int_equal(store_modem_release(w->store, "sim1", w->now_ms), 0);
	assert_int_equal(next_of(w, "sim2"), 0);
	w->now_ms += 60000;
	assert_int_equal(claim(w, "sim2", &c), 1);
	assert_int_equal(c.index, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_claim_carries_all_that_a_submit_needs),
		TEST(the_more_urgent_class_goes_first_then_rank_then_age),
		TEST(a_begun_message_stays_on_its_modem_and_goes_before_its_equals),
		TEST(only_urgent_ones_leave_a_paused_box),
		TEST(what_has_expired_is_dropped_on_the_way),
		TEST(a_message_that_is_not_due_waits_and_comes_by_itself),
		TEST(a_claim_costs_the_same_whatever_waits),
		TEST(a_lost_modem_frees_what_it_has_begun),
		TEST(of_many_modems_that_there_were_none_keeps_a_message_or_stands_still),
		TEST(an_unknown_part_of_a_lost_modem_begins_again_elsewhere_when_it_is_due),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
