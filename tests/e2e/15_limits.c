/* SPDX-License-Identifier: Apache-2.0 */
/* Story 15: what a SIM may be used for, and what the box says of it before and after. */
#include "cmocka_story.h"
#include "proof.h"

/* Sends an alert to everybody; returns the promise. */
static json_t *promised_alert(struct box *box, const char *text)
{
	json_t *answer = farod_ask(box, "{s:s,s:s,s:b}", "cmd", "alert", "text", text, "yes", 1);

	assert_non_null(answer);
	return answer;
}

static int64_t modem_number(struct box *box, const char *key)
{
	json_t *status = box_status(box);
	json_t *modem = json_array_get(json_object_get(status, "modems"), 0);
	const json_t *value = json_object_get(modem, key);
	int64_t number = json_is_integer(value) ? json_integer_value(value) : -1;

	json_decref(status);
	return number;
}

static void a_day_s_cap_is_promised_kept_and_leaves_room_for_the_urgent(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modem_settings = "per_day = 20;" });
	json_t *promise;
	struct ran ran;

	(void)state;
	box_start(box);
	import_members(box, 28);
	assert_int_equal(modem_number(box, "allowance_today"), 20);
	promise = promised_alert(box, "come to the market");
	assert_int_equal(json_number_at(promise, "allowance"), 18);
	assert_int_equal(json_number_at(promise, "people"), 30);
	json_decref(promise);
	box_wait_status(box, "outbox.segments_sent", 18, false);
	assert_int_equal(modem_number(box, "allowance_today"), 2);

	/* it is the box's day, not the process's */
	box_stop(box);
	box_start(box);
	assert_int_equal(modem_number(box, "allowance_today"), 2);
	person_texts(box, &ana, "STATUS");
	expect_text(box, &ana, "modem");
	assert_int_equal(modem_number(box, "allowance_today"), 1);
	assert_int_equal(texts_with(box, NULL, "market"), 18);

	/* somebody asks before they send */
	ran = box_faroctl(box, "status", NULL);
	assert_non_null(strstr(ran.out, "left"));
	ran_free(&ran);
	ran = box_faroctl(box, "alert", "--yes", "--no-wait", "come", NULL);
	assert_non_null(strstr(ran.out, "segments may leave today"));
	ran_free(&ran);
	box_free(box);
}

static void what_one_sim_may_not_send_another_does(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.modems = 2, .first_modem_settings = "per_day = 10; recipients_per_month = 5;" });
	json_t *promise;

	(void)state;
	box_start(box);
	import_members(box, 30);
	promise = promised_alert(box, "come to the market");
	/* the other has no cap: nothing to warn of */
	assert_true(json_is_null(json_object_get(promise, "allowance")));
	json_decref(promise);
	box_settle(box);
	assert_int_equal(texts_with(box, NULL, "market"), 32);
	assert_true(modem_number(box, "allowance_today") >= 5);
	box_free(box);
}

static void a_minute_s_cap_paces_an_alert_but_not_an_answer_to_a_dispatcher(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modem_settings = "per_minute = 120;" });
	json_t *promise;
	int in_time;

	(void)state;
	box_start(box);
	import_members(box, 58);
	promise = promised_alert(box, "come to the market");
	/* 60 segments at 108 a minute, though the modem could send them at once */
	assert_true(json_number_at(promise, "seconds") >= 33);
	json_decref(promise);
	box_wait_status(box, "outbox.segments_sent", 3, true);
	person_texts(box, &ana, "STATUS");
	expect_text(box, &ana, "modem");
	in_time = texts_with(box, NULL, "market");
	assert_true(in_time < 30);
	box_free(box);
}

static void a_promise_and_the_time_it_took_stand_side_by_side(void **state)
{
	struct box *box = box_new(&(struct box_options){ .segment_ms = 100 });
	json_t *promise, *shown;
	struct ran ran;

	(void)state;
	box_start(box);
	import_members(box, 18);
	/* the first teaches the pace, the second is promised with it */
	json_decref(promised_alert(box, "come to the market"));
	box_wait_status(box, "outbox.segments_sent", 20, false);
	promise = promised_alert(box, "come to the school");
	box_wait_status(box, "outbox.segments_sent", 40, false);
	shown = farod_ask(box, "{s:s,s:i}", "cmd", "show", "n", (int)json_number_at(promise, "n"));
	assert_int_equal(
		json_number_at(shown, "alert.promised_s"), json_number_at(promise, "seconds"));
	assert_in_range(json_number_at(shown, "alert.promised_s"), 2, 4);
	assert_in_range(json_number_at(shown, "alert.took_s"), 2, 4);
	json_decref(shown);
	json_decref(promise);
	ran = box_faroctl(box, "show", "2", NULL);
	assert_non_null(strstr(ran.out, "promised  "));
	assert_non_null(strstr(ran.out, "left after"));
	ran_free(&ran);
	box_free(box);
}

/* Ben is on the list, and the copies of three alerts to him were refused. */
static struct box *box_where_ben_fails(void)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	box_start(box);
	person_joins(box, &ben, "JOIN north");
	box_settle(box);
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "report", "number", ben.phone, "outcome", "refused",
		"status", 1);
	for (int i = 0; i < 3; i++) {
		json_decref(promised_alert(box, "come to x"));
		expect_text(box, &rosa, "come to x");
		box_settle(box);
	}
	return box;
}

static void a_number_that_fails_in_three_alerts_is_suspended_until_it_texts(void **state)
{
	struct box *box = box_where_ben_fails();
	struct ran ran;

	(void)state;
	expect_text(box, &rosa, "3 alertas seguidas");
	box_wait_status(box, "members.suspended", 1, false);
	ran = box_faroctl(box, "members", "list", NULL);
	assert_non_null(strstr(ran.out, "suspended"));
	ran_free(&ran);

	/* told once, and no more alerts go there */
	json_decref(promised_alert(box, "come to y"));
	expect_text(box, &rosa, "come to y");
	box_settle(box);
	assert_int_equal(texts_with(box, rosa.phone, "alertas seguidas"), 1);
	assert_int_equal(texts_with(box, ben.phone, "ALERT"), 0);

	sim_do(box, "{s:s,s:s,s:s}", "cmd", "report", "number", ben.phone, "outcome", "delivered");
	person_texts(box, &ben, "HELP");
	box_wait_status(box, "members.suspended", 0, false);
	box_settle(box);
	json_decref(promised_alert(box, "come to z"));
	expect_text(box, &rosa, "come to z");
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, "come to z"), 1);
	box_free(box);
}

static void an_admin_brings_somebody_suspended_back_and_the_count_begins_anew(void **state)
{
	struct box *box = box_where_ben_fails();
	struct ran ran;

	(void)state;
	box_wait_status(box, "members.suspended", 1, false);
	ran = box_faroctl(box, "members", "add", ben.phone, NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_wait_status(box, "members.suspended", 0, false);
	ran = box_faroctl(box, "members", "list", NULL);
	assert_null(strstr(ran.out, "suspended"));
	assert_non_null(strstr(ran.out, "north"));
	ran_free(&ran);
	/* one more failure is the first again, not the fourth */
	json_decref(promised_alert(box, "come to y"));
	expect_text(box, &rosa, "come to y");
	box_settle(box);
	box_wait_status(box, "members.suspended", 0, false);
	box_free(box);
}

/*
 * A SIM that holds ten texts, an alert to 40 people, and 200 texts that come in meanwhile: they are
 * drained between the segments, before the store is full for good, and none is lost.
 */
static void a_burst_of_texts_during_an_alert_is_drained_from_a_small_store(void **state)
{
	struct box *box = box_new(&(struct box_options){ .segment_ms = 10 });
	char phone[24];
	json_t *status;

	(void)state;
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "memory", "modem", "sim1", "memory", "SM", "size",
		10);
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "memory", "modem", "sim1", "memory", "ME", "size",
		10);
	box_start(box);
	import_members(box, 38);
	json_decref(promised_alert(box, "come to the market"));
	box_wait_status(box, "outbox.segments_sent", 1, true);
	for (int i = 0; i < 200; i++) {
		snprintf(phone, sizeof(phone), "+1415555%04d", 100 + i % 100);
		sim_do(box, "{s:s,s:s,s:s,s:s}", "cmd", "text", "modem", "sim1", "from", phone,
			"text", i < 100 ? "I see a van" : "It is white");
	}
	box_wait_status(box, "inbox.received", 200, false);
	box_wait_status(box, "inbox.handled", 200, false);
	box_settle(box);
	status = box_status(box);
	assert_int_equal(json_number_at(status, "outbox.unknown"), 0);
	json_decref(status);
	for (int i = 0; i < 38; i++) {
		number_of(i, phone);
		assert_int_equal(texts_with(box, phone, "market"), 1);
	}
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_s_cap_is_promised_kept_and_leaves_room_for_the_urgent),
		cmocka_unit_test(what_one_sim_may_not_send_another_does),
		cmocka_unit_test(a_minute_s_cap_paces_an_alert_but_not_an_answer_to_a_dispatcher),
		cmocka_unit_test(a_promise_and_the_time_it_took_stand_side_by_side),
		cmocka_unit_test(a_number_that_fails_in_three_alerts_is_suspended_until_it_texts),
		cmocka_unit_test(an_admin_brings_somebody_suspended_back_and_the_count_begins_anew),
		cmocka_unit_test(a_burst_of_texts_during_an_alert_is_drained_from_a_small_store),
	};
	return run_stories(tests);
}
