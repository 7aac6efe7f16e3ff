/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that were written before the time was known: their order, and the dates they get. */
#include "store_world.h"

#define STEP (40 * MS_PER_DAY)
#define FROM (NOW_MS + MS_PER_H) /* when the box started, by its own clock */

static int64_t incident_new(struct world *w, int64_t reporter)
{
	int64_t id;

	OK(store_incident_open(w->store, INCIDENT_REPORT, reporter, w->now_ms, &id));
	return id;
}

static void what_happened_before_is_dated_and_what_is_older_stays(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1), old = incident_new(w, ana), young, ben;
	int64_t old_message = message_new(w, ana, 1, CLASS_REPLY), message;

	OK(store_person_set_duty(w->store, ana, NOW_MS + 2 * MS_PER_H));
	w->now_ms = FROM + MS_PER_MIN;
	ben = person_new(w, 2, ROLE_RESPONDER, 1);
	young = incident_new(w, ben);
	message = message_new(w, ben, 1, CLASS_REPLY);
	OK(store_clock_date(w->store, FROM, STEP));
	w->now_ms += STEP;

	assert_int_equal(
		peek(w, "SELECT opened_ms FROM incident WHERE id = %lld", (long long)old), NOW_MS);
	assert_int_equal(
		peek(w, "SELECT opened_ms FROM incident WHERE id = %lld", (long long)young),
		w->now_ms);
	assert_int_equal(
		peek(w, "SELECT changed_ms FROM incident WHERE id = %lld", (long long)old), NOW_MS);
	assert_int_equal(
		peek(w, "SELECT count(*) FROM note WHERE at_ms = %lld", (long long)NOW_MS), 1);
	assert_int_equal(
		peek(w, "SELECT count(*) FROM note WHERE at_ms = %lld", (long long)w->now_ms), 1);
	assert_int_equal(
		peek(w, "SELECT queued_ms FROM message WHERE id = %lld", (long long)old_message),
		NOW_MS);
	assert_int_equal(
		peek(w, "SELECT queued_ms FROM message WHERE id = %lld", (long long)message),
		w->now_ms);
	assert_int_equal(person_now(w, ben).joined_ms, w->now_ms);
	assert_int_equal(person_now(w, ana).joined_ms, NOW_MS);
	/* a shift that people know the end of did not begin here */
	assert_int_equal(person_now(w, ana).duty_until_ms, NOW_MS + 2 * MS_PER_H);
}

static void a_code_and_a_shelf_life_end_as_much_later(void **state)
{
	struct world *w = *state;
	struct alert alert = { .zones = 1, .text = "a van" }, found;
	char code[ALERT_CODE_SIZE];

	w->now_ms = FROM;
	alert.incident_id = incident_new(w, person_new(w, 1, ROLE_DISPATCHER, 1));
	alert.code_expires_ms = FROM + 5 * MS_PER_MIN;
	OK(store_alert_new(w->store, &alert, w->now_ms, code));
	OK(store_clock_date(w->store, FROM, STEP));
	w->now_ms = FROM + STEP + MS_PER_MIN;
	assert_int_equal(store_alert_by_code(w->store, code, w->now_ms, &found), 1);
	assert_int_equal(found.code_expires_ms, FROM + STEP + 5 * MS_PER_MIN);
	assert_int_equal(found.created_ms, FROM + STEP);
	assert_int_equal(
		store_alert_by_code(w->store, code, w->now_ms + 5 * MS_PER_MIN, &found), 0);
}

/* The clock that nobody vouched for may have been ahead. */
static void it_may_step_back(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1), id;

	w->now_ms = FROM + 9 * MS_PER_DAY;
	id = incident_new(w, ana);
	OK(store_clock_date(w->store, FROM + MS_PER_DAY, -8 * MS_PER_DAY));
	assert_int_equal(peek(w, "SELECT opened_ms FROM incident WHERE id = %lld", (long long)id),
		FROM + MS_PER_DAY);
	assert_int_equal(person_now(w, ana).joined_ms, NOW_MS);
}

static void the_newest_of_what_is_remembered_is_known(void **state)
{
	struct world *w = *state;
	int64_t newest_ms, ana;

	OK(store_clock_newest(w->store, &newest_ms));
	assert_int_equal(newest_ms, 0);
	ana = person_new(w, 1, ROLE_MEMBER, 1);
	w->now_ms += MS_PER_MIN;
	message_new(w, ana, 1, CLASS_REPLY);
	OK(store_clock_newest(w->store, &newest_ms));
	assert_int_equal(newest_ms, NOW_MS + MS_PER_MIN);
	w->now_ms += MS_PER_MIN;
	incident_new(w, ana);
	OK(store_clock_newest(w->store, &newest_ms));
	assert_int_equal(newest_ms, NOW_MS + 2 * MS_PER_MIN);
	OK(store_clock_seen(w->store, NOW_MS + MS_PER_DAY));
	world_reopen(w);
	OK(store_clock_newest(w->store, &newest_ms));
	assert_int_equal(newest_ms, NOW_MS + MS_PER_DAY);
}

static void another_process_of_this_boot_goes_on_by_the_same_clock(void **state)
{
	struct world *w = *state;
	struct store_clock clock = { .source = 2, .base_ms = NOW_MS - 7, .from_ms = FROM }, found;

	assert_int_equal(store_clock_recall(w->store, &found), 0);
	OK(store_clock_keep(w->store, &clock));
	world_reopen(w);
	assert_int_equal(store_clock_recall(w->store, &found), 1);
	assert_int_equal(found.source, 2);
	assert_int_equal(found.base_ms, NOW_MS - 7);
	assert_int_equal(found.from_ms, FROM);
	/* monotonic time began anew: what was kept says nothing */
	OK(store_value_set(w->store, "clock boot", 1));
	assert_int_equal(store_clock_recall(w->store, &found), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_happened_before_is_dated_and_what_is_older_stays),
		TEST(a_code_and_a_shelf_life_end_as_much_later),
		TEST(it_may_step_back),
		TEST(the_newest_of_what_is_remembered_is_known),
		TEST(another_process_of_this_boot_goes_on_by_the_same_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
