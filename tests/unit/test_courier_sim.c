/* SPDX-License-Identifier: Apache-2.0 */
/* The courier with real modems' manners: broadcasts, reports that lag, answers that never come. */
#include "courier_sim.h"

#include "../../firmware/courier/office.h"

/** Segments that the network accepted; the answer is the caller's. */
static json_t *accepted(struct office *office, json_t **segments)
{
	json_t *answer = sim_ask(office, "{s:s}", "cmd", "accepted");
	*segments = json_object_get(answer, "segments");
	assert_true(json_is_array(*segments));
	return answer;
}

static int64_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *string(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

static size_t accepted_count(struct office *office)
{
	json_t *segments, *answer = accepted(office, &segments);
	size_t n = json_array_size(segments);
	json_decref(answer);
	return n;
}

static void test_a_broadcast_to_forty_is_delivered_by_both_modems(void **state)
{
	(void)state;
	struct office *office = office_new(2, 10, 60);
	struct courier_modem_stats first, second;
	queue_many(office, "Come to 5th and Main", 40);
	run_until_state(office, MESSAGE_DELIVERED, 40);
	assert_int_equal(accepted_count(office), 40);
	int64_t now = time_wall_ms();
	assert_int_equal(
		courier_get_modem_stats(office->courier, office->modems[0], now, &first), 0);
	assert_int_equal(
		courier_get_modem_stats(office->courier, office->modems[1], now, &second), 0);
	assert_int_equal(first.sent + second.sent, 40);
	assert_true(first.sent >= 10 && second.sent >= 10);
	assert_int_equal(first.sent_today + second.sent_today, 40);
	office_free(office);
}

static bool fifty_are_accepted(struct office *office, void *what)
{
	(void)what;
	return office->courier->posts[0].pace.sent >= 50;
}

/*
 * A report that comes while a segment is on the air is committed with the answer to it. Those that
 * the modem still has when nothing is on the air any more take a turn each.
 */
static void test_a_segment_with_its_report_costs_one_turn(void **state)
{
	(void)state;
	struct office *office = office_new(1, 20, 60);
	int64_t turns = office->courier->counts.turns;
	queue_many(office, "Come to 5th and Main", 50);
	run_until_ms(office, fifty_are_accepted, NULL, OFFICE_WAIT_MS, "accepted");
	turns = office->courier->counts.turns - turns;
	assert_in_range(turns, 50, 55);
	run_until_state(office, MESSAGE_DELIVERED, 50);
	office_free(office);
}

static void test_parts_stay_on_one_modem_and_in_order(void **state)
{
	(void)state;
	struct office *office = office_new(3, 5, 60);
	struct {
		char to[PHONE_SIZE], modem[32];
		int64_t part;
	} seen[12] = { 0 };
	char text[400];
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	queue_many(office, text, ARRAY_SIZE(seen));
	run_until_state(office, MESSAGE_DELIVERED, ARRAY_SIZE(seen));
	json_t *segments, *segment, *answer = accepted(office, &segments);
	size_t i;
	json_array_foreach (segments, i, segment) {
		size_t k = 0;
		while (k < ARRAY_SIZE(seen) && seen[k].part &&
			strcmp(seen[k].to, string(segment, "to")) != 0)
			k++;
		assert_true(k < ARRAY_SIZE(seen));
		if (seen[k].part)
			assert_string_equal(seen[k].modem, string(segment, "modem"));
		assert_int_equal(number(segment, "part"), ++seen[k].part);
		text_copy(seen[k].to, sizeof(seen[k].to), string(segment, "to"));
		text_copy(seen[k].modem, sizeof(seen[k].modem), string(segment, "modem"));
	}
	assert_int_equal(i, 3 * ARRAY_SIZE(seen));
	json_decref(answer);
	office_free(office);
}

static void test_reports_come_late_never_or_say_failed(void **state)
{
	(void)state;
	struct office *office = office_new(1, 1, 60);
	sim_do(office, "{s:s,s:s,s:s,s:i}", "cmd", "report", "number", "+12015550100", "outcome",
		"delivered", "delay_ms", 400);
	sim_do(office, "{s:s,s:s,s:s}", "cmd", "report", "number", "+12015550101", "outcome",
		"never");
	sim_do(office, "{s:s,s:s,s:s}", "cmd", "report", "number", "+12015550102", "outcome",
		"failed");
	sim_do(office, "{s:s,s:s,s:s}", "cmd", "report", "number", "+12015550103", "outcome",
		"refused");
	queue_many(office, "hello", 5);
	run_until_state(office, MESSAGE_FAILED, 2);
	run_until_state(office, MESSAGE_DELIVERED, 2);
	assert_int_equal(tally_of(office, MESSAGE_SENT), 1);
	assert_int_equal(accepted_count(office), 4);
	office_free(office);
}

static void fault(struct office *office, const char *modem, const char *kind)
{
	sim_do(office, "{s:s,s:s,s:s}", "cmd", "fault", "modem", modem, "kind", kind);
}

static void test_an_unknown_that_is_reported_is_not_sent_again(void **state)
{
	(void)state;
	struct office *office = office_new(1, 1, 10);
	struct courier_modem_stats stats;
	modem_set_answer_limit(office->modems[0], 300);
	sim_do(office, "{s:s,s:s,s:i}", "cmd", "report", "outcome", "delivered", "delay_ms", 2500);
	fault(office, "sim1", "lost_answer");
	queue_many(office, "hello", 1);
	run_until_state(office, MESSAGE_UNKNOWN, 1);
	run_until_state(office, MESSAGE_DELIVERED, 1);
	assert_int_equal(accepted_count(office), 1);
	courier_get_modem_stats(office->courier, office->modems[0], time_wall_ms(), &stats);
	assert_int_equal(stats.unknown, 1);
	office_free(office);
}

static void test_an_error_that_hides_a_success_is_not_sent_again(void **state)
{
	(void)state;
	struct office *office = office_new(1, 1, 5);
	sim_do(office, "{s:s,s:s,s:i}", "cmd", "report", "outcome", "delivered", "delay_ms", 100);
	fault(office, "sim1", "error_accepted");
	queue_many(office, "hello", 1);
	run_until_state(office, MESSAGE_DELIVERED, 1);
	assert_int_equal(accepted_count(office), 1);
	office_free(office);
}

static void test_an_unknown_without_a_report_is_sent_once_more_and_never_a_third_time(void **state)
{
	(void)state;
	struct office *office = office_new(1, 1, 1);
	modem_set_answer_limit(office->modems[0], 200);
	sim_do(office, "{s:s,s:s}", "cmd", "report", "outcome", "never");
	sim_do(office, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "lost_answer",
		"times", 0);
	queue_many(office, "hello", 1);
	run_until_state(office, MESSAGE_FAILED, 1);
	assert_int_equal(accepted_count(office), 2);
	assert_int_equal(courier_deadline(office->courier), TIME_NEVER);
	office_free(office);
}

/* What a modem sent before it was pulled out may be reported only when it is back. */
static bool forty_are_served(struct office *office, void *what)
{
	struct store_tally tally;
	(void)what;
	assert_int_equal(store_tally(office->store, 0, &tally), 0);
	return tally.messages[MESSAGE_SENT] + tally.messages[MESSAGE_DELIVERED] == 40;
}

static void test_unplugged_in_mid_send_the_other_modem_serves_everybody(void **state)
{
	(void)state;
	struct office *office = office_new(2, 5, 1);
	struct store_tally tally;
	sim_do(office, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "unplug",
		"after", 3);
	queue_many(office, "Come to 5th and Main", 40);
	run_until(office, forty_are_served, NULL);
	/* The one on the air was handed over: it is reported to nobody, so it is sent once more. */
	assert_int_equal(store_tally(office->store, 0, &tally), 0);
	assert_true(tally.resent <= 1);
	assert_int_equal(accepted_count(office), 40 + (size_t)tally.resent);
	assert_int_not_equal(modem_state(office->modems[0]), MODEM_READY);
	office_free(office);
}

static void test_refused_for_a_moment_everybody_is_served_in_the_end(void **state)
{
	(void)state;
	struct office *office = office_new(1, 1, 60);
	sim_do(office, "{s:s,s:s,s:s,s:i,s:i}", "cmd", "fault", "modem", "sim1", "kind", "error",
		"code", 41, "times", 2);
	queue_many(office, "hello", 10);
	run_until_state(office, MESSAGE_DELIVERED, 10);
	assert_int_equal(accepted_count(office), 10);
	office_free(office);
}

static bool text_waits(struct office *office, void *what)
{
	static struct store_text text;
	return store_text_next(office->store, &text) == 1 && strcmp(text.body, what) == 0;
}

static void test_a_text_that_comes_is_durable_and_gone_from_the_modem(void **state)
{
	(void)state;
	struct office *office = office_new(1, 1, 60);
	char words[301];
	memset(words, 'w', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	sim_do(office, "{s:s,s:s,s:s,s:s,s:[i,i]}", "cmd", "text", "from", "+15105550101", "modem",
		"sim1", "text", words, "order", 2, 1);
	run_until(office, text_waits, words);
	office_free(office);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_broadcast_to_forty_is_delivered_by_both_modems),
		cmocka_unit_test(test_a_segment_with_its_report_costs_one_turn),
		cmocka_unit_test(test_parts_stay_on_one_modem_and_in_order),
		cmocka_unit_test(test_reports_come_late_never_or_say_failed),
		cmocka_unit_test(test_an_unknown_that_is_reported_is_not_sent_again),
		cmocka_unit_test(test_an_error_that_hides_a_success_is_not_sent_again),
		cmocka_unit_test(
			test_an_unknown_without_a_report_is_sent_once_more_and_never_a_third_time),
		cmocka_unit_test(test_unplugged_in_mid_send_the_other_modem_serves_everybody),
		cmocka_unit_test(test_refused_for_a_moment_everybody_is_served_in_the_end),
		cmocka_unit_test(test_a_text_that_comes_is_durable_and_gone_from_the_modem),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
