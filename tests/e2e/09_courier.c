/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 9: the post office. Who goes first, on which modem, for how long, and what becomes of it.
 */
#include <signal.h>

#include "cmocka_story.h"

#define SLOW_MS 250

static void number_of(int i, char phone[24])
{
	snprintf(phone, 24, "+1212555%04d", 100 + i);
}

/*
 * A list of n people: every third is a responder, every fourth of the south, number 5 and 9 are on
 * duty.
 */
static void import_people(struct box *box, int n)
{
	char path[256], phone[24];
	struct ran ran;
	FILE *file;

	snprintf(path, sizeof(path), "%s/people.csv", box_dir(box));
	file = fopen(path, "w");
	fprintf(file, "phone,name,role,language,zones\n");
	for (int i = 0; i < n; i++) {
		number_of(i, phone);
		fprintf(file, "%s,P%d,%s,en,%s\n", phone, i, i % 3 ? "member" : "responder",
			i % 4 ? "north" : "south");
	}
	fclose(file);
	ran = box_faroctl(box, "members", "import", path, NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_wait_status(box, "members.active", n + 2, false);
}

static void start_alert(struct box *box, const char *zone, const char *text)
{
	json_t *answer =
		zone ? farod_ask(box, "{s:s,s:s,s:[s],s:b}", "cmd", "alert", "text", text, "zones",
			       zone, "yes", 1)
		     : farod_ask(box, "{s:s,s:s,s:b}", "cmd", "alert", "text", text, "yes", 1);

	assert_non_null(answer);
	json_decref(answer);
}

/*
 * The place in the order of arrival of the text with `piece` to this number; fails when it did not
 * come.
 */
static int place_of(struct box *box, const char *phone, const char *piece)
{
	for (int i = 0; heard_at(box, i); i++)
		if (strcmp(heard_at(box, i)->to, phone) == 0 &&
			strstr(heard_at(box, i)->text, piece))
			return i;
	fail_msg("%s never got \"%s\"", phone, piece);
	return -1;
}

static void note_deleted(void *ctx, const json_t *event)
{
	int64_t *deleted_us = ctx;
	const char *kind = json_string_value(json_object_get(event, "event"));

	if (!*deleted_us && kind && strcmp(kind, "deleted") == 0)
		*deleted_us = json_integer_value(json_object_get(event, "mono_us"));
}

static void what_a_text_causes_leaves_before_the_text_is_deleted(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	int64_t deleted_us = 0, answered_us;

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:[s,s]}", "cmd", "subscribe", "events", "text", "deleted");
	box_set_event_hook(box, note_deleted, &deleted_us);
	person_texts(box, &ben, "HELP");
	answered_us = expect_text(box, &ben, "STOP")->mono_us;
	while (!deleted_us)
		assert_true(box_wait_event(box, WAIT_MS));
	assert_true(answered_us < deleted_us);
	box_set_event_hook(box, NULL, NULL);
	box_free(box);
}

static void urgent_texts_overtake_a_running_alert(void **state)
{
	struct box *box = box_new(&(struct box_options){ .segment_ms = SLOW_MS });
	char phone[24];
	int last = 0;

	(void)state;
	box_start(box);
	import_people(box, 20);
	start_alert(box, NULL, "come to the market");
	number_of(0, phone);
	expect_text(box, (&(struct person_of_test){ phone, "the first" }), "market");
	/* in the middle of it: a report is relayed, somebody says STOP, a dispatcher asks */
	person_texts(box, &ben, "HELP");
	person_texts(box, &ana, "STATUS");
	number_of(19, phone);
	person_texts(box, (&(struct person_of_test){ phone, "number 19" }), "STOP");
	box_settle(box);
	for (int i = 0; i < 19; i++) {
		int place;

		number_of(i, phone);
		place = place_of(box, phone, "market");
		last = place > last ? place : last;
	}
	number_of(19, phone);
	assert_true(place_of(box, phone, "off the list") < last);
	assert_true(place_of(box, ana.phone, " ready. ") < last);
	/* a plain reply waits for the alert */
	assert_true(place_of(box, ben.phone, "STOP") > last);
	assert_int_equal(texts_with(box, phone, "market"), 0);
	box_free(box);
}

static void those_on_duty_are_first_then_responders_then_the_rest_of_the_zone(void **state)
{
	struct box *box = box_new(&(struct box_options){ .segment_ms = 60 });
	int worst[4] = { 0 }, best[4] = { 1000, 1000, 1000, 1000 };
	char phone[24];

	(void)state;
	box_start(box);
	import_people(box, 24);
	for (int i = 3; i <= 15; i += 12) { /* 3 and 15 are responders of the north */
		number_of(i, phone);
		person_texts(box, (&(struct person_of_test){ phone, "on duty" }), "DUTY ON 4");
		expect_text(box, (&(struct person_of_test){ phone, "on duty" }), "on duty");
	}
	person_texts(box, &ana, "ALERT north ALL come to the market");
	{
		const struct heard *promise = expect_text(box, &ana, "to send");
		char code[8];

		digits_of(strstr(promise->text, "Reply "), 4, code);
		person_texts(box, &ana, code);
	}
	expect_text(box, &ana, "is going out");
	box_settle(box);
	for (int i = 0; i < 24; i++) {
		bool north = i % 4 != 0, responder = i % 3 == 0, duty = i == 3 || i == 15;
		int class = !north ? 3 : duty ? 0 : responder ? 1 : 2, place;

		number_of(i, phone);
		place = place_of(box, phone, "market");
		worst[class] = place > worst[class] ? place : worst[class];
		best[class] = place < best[class] ? place : best[class];
	}
	assert_true(worst[0] < best[1]);
	assert_true(worst[1] < best[2]);
	assert_true(worst[2] < best[3]);
	box_free(box);
}

/* ---- segments as the network sees them ---- */

struct seen {
	int parts[64]; /* the parts in the order they came */
	char modem[64][16];
	int n, validity_min, alerts;
};

static void note_segment(void *ctx, const json_t *event)
{
	struct seen *seen = ctx;
	const char *kind = json_string_value(json_object_get(event, "event"));

	if (!kind || strcmp(kind, "segment") != 0 || seen->n >= 64)
		return;
	seen->parts[seen->n] = (int)json_integer_value(json_object_get(event, "part"));
	snprintf(
		seen->modem[seen->n], 16, "%s", json_string_value(json_object_get(event, "modem")));
	seen->validity_min = (int)json_integer_value(json_object_get(event, "validity_min"));
	seen->n++;
}

static void parts_stay_on_one_modem_in_order_and_all_modems_work(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 2, .segment_ms = 40 });
	struct seen seen = { 0 };
	bool used[2] = { false, false };

	(void)state;
	box_start(box);
	import_people(box, 10);
	sim_do(box, "{s:s,s:[s,s]}", "cmd", "subscribe", "events", "text", "segment");
	box_set_event_hook(box, note_segment, &seen);
	start_alert(box, NULL,
		"Three vans and eleven men in vests are stopping everybody who walks from the "
		"station to the market at the corner "
		"of 35th and International, and two more vans wait behind the church on Fruitvale. "
		"Come in pairs.");
	box_wait_status(box, "outbox.delivered", 12, true);
	box_hear(box);
	box_set_event_hook(box, NULL, NULL);
	assert_int_equal(seen.n, 24);
	for (int m = 0; m < 2; m++) {
		char name[8];
		int next = 1;

		snprintf(name, sizeof(name), "sim%d", m + 1);
		for (int i = 0; i < seen.n; i++) {
			if (strcmp(seen.modem[i], name) != 0)
				continue;
			used[m] = true;
			assert_int_equal(seen.parts[i], next);
			next = next == 1 ? 2 : 1;
		}
		assert_int_equal(next, 1);
	}
	assert_true(used[0] && used[1]);
	box_free(box);
}

static void the_validity_period_is_the_shelf_life(void **state)
{
	struct box *box =
		box_new(&(struct box_options){ .settings = "alerts : { shelf_life = 3600; };" });
	struct seen seen = { 0 };

	(void)state;
	box_start(box);
	import_people(box, 1);
	sim_do(box, "{s:s,s:[s,s]}", "cmd", "subscribe", "events", "text", "segment");
	box_set_event_hook(box, note_segment, &seen);
	start_alert(box, NULL, "come");
	box_settle(box);
	box_set_event_hook(box, NULL, NULL);
	/* in steps of 5 minutes, never longer than the shelf life (TS 23.040 9.2.3.12.1) */
	assert_in_range(seen.validity_min, 55, 60);
	box_free(box);
}

static void each_state_has_its_own_count(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	char phone[24];

	(void)state;
	box_start(box);
	import_people(box, 3);
	number_of(0, phone);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "report", "number", phone, "outcome", "failed");
	number_of(1, phone);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "report", "number", phone, "outcome", "never");
	start_alert(box, NULL, "come");
	box_wait_status(box, "outbox.failed", 1, false);
	box_wait_status(box, "outbox.sent", 1, false);
	box_wait_status(box, "outbox.delivered", 3, false);
	box_wait_status(box, "outbox.unknown", 0, false);
	box_free(box);
}

static void a_wrong_number_fails_at_once_and_keeps_nobody_waiting(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "error", "on",
		"+CMGS", "code", 28);
	person_texts(box, &ben, "HELP");
	box_wait_status(box, "outbox.failed", 1, false);
	person_texts(box, &carla, "HELP");
	expect_text(box, &carla, "STOP");
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, NULL), 0);
	box_free(box);
}

static void note_fault(void *ctx, const json_t *event)
{
	char *modem = ctx;
	const char *kind = json_string_value(json_object_get(event, "event"));

	if (kind && strcmp(kind, "fault") == 0)
		snprintf(modem, 16, "%s", json_string_value(json_object_get(event, "modem")));
}

/*
 * Ben's answer is claimed and its command was given, but what it says is not in the modem yet when
 * his STOP comes over the other one.
 */
static void a_stop_that_comes_before_the_prompt_stops_that_segment(void **state)
{
	static const char *const names[] = { "sim1", "sim2" };
	struct box *box = box_new(&(struct box_options){ .modems = 2 });
	char waits[16] = "";

	(void)state;
	box_start(box);
	box_settle(box);
	sim_do(box, "{s:s,s:[s,s]}", "cmd", "subscribe", "events", "text", "fault");
	box_set_event_hook(box, note_fault, waits);
	for (int i = 0; i < 2; i++)
		sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", names[i], "kind",
			"late_prompt", "ms", 1500);
	person_texts(box, &ben, "HELP");
	while (!waits[0])
		assert_true(box_wait_event(box, WAIT_MS));
	box_set_event_hook(box, NULL, NULL);
	bool first = strcmp(waits, names[0]) == 0;
	sim_do(box, "{s:s,s:s}", "cmd", "clear", "modem", names[first]);
	sim_do(box, "{s:s,s:s,s:s,s:s}", "cmd", "text", "from", ben.phone, "text", "STOP", "modem",
		names[first]);
	expect_text(box, &ben, "START");
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, NULL), 1);
	box_wait_status(box, "outbox.dropped", 1, false);
	box_free(box);
}

/* An upgrade, a restart: cut off, its end would be unknown until its report, or sent once more. */
static void a_segment_on_the_air_is_waited_for_when_farod_stops(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1, .segment_ms = 4 * SLOW_MS });
	struct ran ran;
	char *log;

	(void)state;
	box_start(box);
	person_texts(box, &ana, "STATUS");
	box_wait_status(box, "outbox.sending", 1, false);
	assert_int_equal(box_stop(box), 0);
	expect_text(box, &ana, " ready. ");
	box_start(box);
	box_settle(box);
	assert_int_equal(texts_with(box, ana.phone, NULL), 1);
	log = box_log(box);
	assert_null(strstr(log, "unknown"));
	free(log);
	/* who asks twice does not want to wait */
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "fault", "modem", "sim1", "kind", "lost_answer");
	person_texts(box, &ana, "HELP");
	box_wait_status(box, "outbox.sending", 1, false);
	kill(box_pid(box), SIGTERM);
	ran = box_faroctl(box, "status", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	assert_int_equal(box_stop(box), 0);
	box_free(box);
}

static void count_fault(void *ctx, const json_t *event)
{
	int *n = ctx;
	const char *kind = json_string_value(json_object_get(event, "event"));

	*n += kind && strcmp(kind, "fault") == 0;
}

/* What slows an alert down, and is nobody's fault here, is said where an admin looks for it. */
static void congestion_is_said_and_called_nothing_else(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	struct ran ran;
	int refusals = 0;

	(void)state;
	box_start(box);
	box_settle(box);
	sim_do(box, "{s:s,s:[s,s]}", "cmd", "subscribe", "events", "text", "fault");
	box_set_event_hook(box, count_fault, &refusals);
	sim_do(box, "{s:s,s:s,s:s,s:s,s:i,s:i}", "cmd", "fault", "modem", "sim1", "kind", "error",
		"on", "+CMGS", "code", 42, "times", 3);
	person_texts(box, &ana, "STATUS");
	person_texts(box, &rosa, "STATUS");
	person_texts(box, &ben, "HELP");
	while (refusals < 3)
		assert_true(box_wait_event(box, WAIT_MS));
	box_set_event_hook(box, NULL, NULL);
	ran = box_faroctl(box, "status", NULL);
	assert_non_null(strstr(ran.out, "the network is congested: for now"));
	assert_null(strstr(ran.out, "is the SIM allowed"));
	ran_free(&ran);
	expect_text(box, &ana, " ready. ");
	box_settle(box);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(what_a_text_causes_leaves_before_the_text_is_deleted),
		cmocka_unit_test(urgent_texts_overtake_a_running_alert),
		cmocka_unit_test(those_on_duty_are_first_then_responders_then_the_rest_of_the_zone),
		cmocka_unit_test(parts_stay_on_one_modem_in_order_and_all_modems_work),
		cmocka_unit_test(the_validity_period_is_the_shelf_life),
		cmocka_unit_test(each_state_has_its_own_count),
		cmocka_unit_test(a_wrong_number_fails_at_once_and_keeps_nobody_waiting),
		cmocka_unit_test(a_stop_that_comes_before_the_prompt_stops_that_segment),
		cmocka_unit_test(a_segment_on_the_air_is_waited_for_when_farod_stops),
		cmocka_unit_test(congestion_is_said_and_called_nothing_else),
	};

	return run_stories(stories);
}
