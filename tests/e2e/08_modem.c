/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 8: modems misbehave. Each story does one thing to a modem in the middle of the work;
 * afterwards everybody has what they should have, once.
 */
#include "cmocka_story.h"

static struct box *box_of(int modems, int segment_ms)
{
	struct box *box =
		box_new(&(struct box_options){ .modems = modems, .segment_ms = segment_ms });

	box_start(box);
	return box;
}

/* Ben asks for help and gets his one answer. */
static void ben_is_answered_once(struct box *box)
{
	box_settle(box);
	box_wait_status(box, "outbox.unknown", 0, false);
	assert_int_equal(texts_with(box, ben.phone, NULL), 1);
	box_free(box);
}

static void a_text_is_received_stored_handled_and_deleted(void **state)
{
	struct box *box = box_of(1, 0);
	json_t *modems;

	(void)state;
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	box_settle(box);
	modems = sim_ask(box, "{s:s}", "cmd", "modems");
	assert_int_equal(json_number_at(modems, "modems.0.stores.SM.used"), 0);
	json_decref(modems);
	box_free(box);
}

static void a_text_that_came_while_farod_was_down_is_found_by_the_sweep(void **state)
{
	struct box *box = box_of(1, 0);

	(void)state;
	assert_int_equal(box_stop(box), 0);
	person_texts(box, &ben, "HELP");
	box_start(box);
	expect_text(box, &ben, "STOP");
	ben_is_answered_once(box);
}

static void a_lost_notice_does_not_lose_the_text(void **state)
{
	struct box *box = box_of(1, 0);

	(void)state;
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "fault", "modem", "sim1", "kind", "lost_notice");
	person_texts(box, &ben, "HELP");
	/* the next notice drains the store */
	person_texts(box, &carla, "HELP");
	expect_text(box, &carla, "STOP");
	expect_text(box, &ben, "STOP");
	ben_is_answered_once(box);
}

static void a_doubled_notice_is_one_text(void **state)
{
	struct box *box = box_of(1, 0);

	(void)state;
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "fault", "modem", "sim1", "kind", "doubled_notice");
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	ben_is_answered_once(box);
}

static void a_slot_that_cannot_be_deleted_is_one_text(void **state)
{
	struct box *box = box_of(1, 0);

	(void)state;
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "undeletable",
		"times", 3);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	person_texts(box, &carla, "HELP");
	expect_text(box, &carla, "STOP");
	ben_is_answered_once(box);
}

static void the_same_text_after_a_restart_is_handled_once(void **state)
{
	struct box *box = box_of(1, 0);

	(void)state;
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "undeletable",
		"times", 0);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	box_settle(box);
	box_kill(box);
	box_start(box);
	ben_is_answered_once(box);
}

/* HELP from Ben, by a centre whose time stamp is none (TS 23.040 9.2.3.11: no month is 0). */
static void help_without_a_time(struct box *box)
{
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "text", "modem", "sim1", "pdu",
		"00040B915101550511F100000000000000000004C822130A");
}

static void equal_texts_without_a_time_are_two_and_each_is_handled_once(void **state)
{
	const char *family = getenv("FARO_SIM_PROFILE");
	struct box *box;

	(void)state;
	/* It stores one text twice: of two equal ones without a time nobody can tell. */
	if (family && strcmp(family, "a7670") == 0)
		skip();
	box = box_of(1, 0);
	help_without_a_time(box);
	expect_text(box, &ben, "STOP");
	box_settle(box);
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "undeletable",
		"times", 0);
	help_without_a_time(box);
	expect_text(box, &ben, "STOP");
	box_settle(box);
	box_kill(box);
	box_start(box);
	expect_no_text(box, &ben);
	assert_int_equal(texts_with(box, ben.phone, NULL), 2);
	box_free(box);
}

/* The box learns how fast this modem is, and waits no minutes for its answers from then on. */
static void learn_pace(struct box *box)
{
	for (int i = 0; i < 12; i++) {
		char phone[24];

		snprintf(phone, sizeof(phone), "+15105550%d", 130 + i);
		person_texts(box, (&(struct person_of_test){ phone, "one of twelve" }), "HELP");
	}
	box_settle(box);
}

static void set_fault(struct box *box, const char *fault)
{
	json_t *command = json_loads(fault, 0, NULL);

	assert_non_null(command);
	json_object_set_new(command, "cmd", json_string("fault"));
	json_object_set_new(command, "modem", json_string("sim1"));
	sim_do(box, "O", command);
	json_decref(command);
}

/* A fault at the sending of Ben's answer, and what must come of it: one copy. */
static void fault_while_sending(const char *fault)
{
	struct box *box = box_of(1, 0);

	set_fault(box, fault);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	ben_is_answered_once(box);
}

/*
 * A modem that is lost with Ben's answer on the air. Its report comes when the modem is there
 * again: one that starts has not yet been told to pass reports on, and loses them.
 */
static void lost_while_sending(const char *fault)
{
	struct box *box = box_new(&(struct box_options){
		.settings =
			"delivery : { reports = true; unknown_wait = 30; retry = [ 1, 2 ]; };" });

	box_start(box);
	sim_do(box, "{s:s,s:s,s:b}", "cmd", "phone", "number", ben.phone, "on", 0);
	set_fault(box, fault);
	person_texts(box, &ben, "HELP");
	box_wait_status(box, "outbox.unknown", 1, false);
	box_wait_state(box, "sim1", "ready");
	sim_do(box, "{s:s,s:s,s:b}", "cmd", "phone", "number", ben.phone, "on", 1);
	expect_text(box, &ben, "STOP");
	ben_is_answered_once(box);
}

/* Before the box knows how fast its modem is, too, nobody waits for minutes. */
static void the_very_first_answer_is_lost_and_texts_still_come_in(void **state)
{
	struct box *box = box_of(1, 0);

	(void)state;
	set_fault(box, "{\"kind\":\"lost_answer\"}");
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	person_texts(box, &carla, "HELP");
	expect_text(box, &carla, "STOP");
	ben_is_answered_once(box);
}

static void a_store_that_is_not_listed_is_read_place_by_place(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	set_fault(box, "{\"kind\":\"error\",\"on\":\"+CMGL\",\"code\":303,\"times\":0}");
	person_texts(box, &ben, "HELP");
	box_start(box);
	expect_text(box, &ben, "STOP");
	person_texts(box, &carla, "HELP");
	expect_text(box, &carla, "STOP");
	ben_is_answered_once(box);
}

/* The SIM names no service centre: +CMS ERROR 330 until somebody sets one. */
static void set_centre(struct box *box, const char *number)
{
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "centre", "modem", "sim1", "number", number);
}

static void a_sim_without_a_service_centre_sends_by_the_configured_one(void **state)
{
	struct box *box = box_new(
		&(struct box_options){ .modem_settings = "service_centre = \"+15105550199\";" });

	(void)state;
	set_centre(box, "");
	box_start(box);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	/* and lost again while it runs: set anew before the second and last try */
	set_centre(box, "");
	person_texts(box, &carla, "HELP");
	expect_text(box, &carla, "STOP");
	assert_int_equal(texts_with(box, carla.phone, NULL), 1);
	ben_is_answered_once(box);
}

static void a_temporary_error_is_tried_again(void **state)
{
	(void)state;
	fault_while_sending("{\"kind\":\"error\",\"on\":\"+CMGS\",\"code\":41}");
}

static void a_prompt_that_never_comes_is_tried_again(void **state)
{
	(void)state;
	fault_while_sending("{\"kind\":\"no_prompt\"}");
}

/* Two lines "attempt 1" of one segment would look like a segment that was sent twice. */
static void a_try_that_never_left_is_told_as_not_counted(void **state)
{
	struct box *box = box_of(1, 0);
	char *log;

	(void)state;
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "fault", "modem", "sim1", "kind", "no_prompt");
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	log = box_log(box);
	assert_non_null(strstr(log, " attempt 1 (not counted) on sim1: never handed over"));
	assert_null(strstr(log, " attempt 1 on sim1: never handed over"));
	free(log);
	box_free(box);
}

static void garbage_between_prompt_and_answer_is_ignored(void **state)
{
	(void)state;
	fault_while_sending("{\"kind\":\"garbage\",\"on\":\"+CMGS\",\"lines\":[\"^RSSI:18\",\"+"
			    "CIEV: 2,4\",\"\\u00fe junk\"]}");
}

static void a_lost_answer_is_settled_by_the_report(void **state)
{
	struct box *box = box_of(1, 0);

	(void)state;
	learn_pace(box);
	set_fault(box, "{\"kind\":\"lost_answer\"}");
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	ben_is_answered_once(box);
}

static void an_error_although_accepted_is_settled_by_the_report(void **state)
{
	(void)state;
	fault_while_sending("{\"kind\":\"error_accepted\",\"code\":500}");
}

static void the_port_pulled_in_mid_send_comes_back(void **state)
{
	(void)state;
	lost_while_sending("{\"kind\":\"unplug\",\"ms\":300}");
}

static void a_reboot_in_mid_send_is_survived(void **state)
{
	(void)state;
	lost_while_sending("{\"kind\":\"reboot\"}");
}

static void an_unknown_without_any_report_is_sent_once_more_and_counted(void **state)
{
	struct box *box = box_of(1, 0);
	const struct heard *said;
	struct ran ran;

	(void)state;
	learn_pace(box);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "report", "number", ben.phone, "outcome", "never");
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "lost_answer",
		"times", 2);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	expect_text(box, &ben, "STOP");
	/* never a third time */
	box_wait_status(box, "outbox.failed", 1, false);
	box_wait_status(box, "outbox.given_up", 1, false);
	assert_int_equal(texts_with(box, ben.phone, NULL), 2);
	ran = box_faroctl(box, "status", NULL);
	assert_non_null(
		strstr(ran.out, "1 failed, 0 dropped\n          1 of the failed was given up: "
				"no answer and no report came, nobody can know\n"));
	ran_free(&ran);
	person_texts(box, &rosa, "STATUS");
	said = expect_text(box, &rosa, "De 1 mensaje no se sabe si llegó.");
	assert_null(strstr(said->text, "sin entregar"));
	box_free(box);
}

/* Its phone was off, say: the report comes when it is on again. */
static void a_report_that_comes_when_all_was_given_up_says_who_has_it(void **state)
{
	struct box *box = box_of(1, 0);

	(void)state;
	learn_pace(box);
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "report", "number", ben.phone, "outcome",
		"delivered", "delay_ms", 20000);
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "lost_answer",
		"times", 2);
	person_texts(box, &ben, "HELP");
	box_wait_status(box, "outbox.given_up", 1, false);
	box_wait_status(box, "outbox.given_up", 0, false);
	box_wait_status(box, "outbox.failed", 0, false);
	box_wait_status(box, "outbox.delivered", 13, false);
	assert_int_equal(texts_with(box, ben.phone, NULL), 2);
	box_free(box);
}

/* Whether `status` tells an operator and a signal of the first modem: 2 both, 0 neither. */
static int told_of_the_air(struct box *box)
{
	json_t *status = box_status(box);
	const json_t *modem = json_array_get(json_object_get(status, "modems"), 0);
	int told = !json_is_null(json_object_get(modem, "signal_dbm"));

	told += *json_string_value(json_object_get(modem, "operator")) != '\0';
	json_decref(status);
	return told;
}

static void wait_told_of_the_air(struct box *box, int told)
{
	for (int i = 0; i < WAIT_MS / 100 && told_of_the_air(box) != told; i++)
		box_wait_event(box, 100);
	assert_int_equal(told_of_the_air(box), told);
}

static void what_the_air_was_like_is_not_told_of_a_modem_that_cannot_be_asked(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });

	(void)state;
	box_start(box);
	wait_told_of_the_air(box, 2);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "searching");
	box_wait_state(box, "sim1", "searching");
	assert_true(told_of_the_air(box) < 2); /* there is no operator */
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "home");
	wait_told_of_the_air(box, 2);
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	box_wait_state(box, "sim1", "absent");
	assert_int_equal(told_of_the_air(box), 0);
	sim_do(box, "{s:s,s:s,s:s,s:b}", "cmd", "pin", "modem", "sim1", "pin", "9999", "required",
		1);
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
	box_wait_state(box, "sim1", "pin");
	assert_int_equal(told_of_the_air(box), 0);
	box_free(box);
}

static void another_modem_takes_over_when_one_is_pulled(void **state)
{
	struct box *box = box_of(2, 0);

	(void)state;
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim2");
	for (int i = 0; i < 6; i++) {
		char phone[24];
		struct person_of_test who = { phone, "one of six" };

		snprintf(phone, sizeof(phone), "+1510555013%d", i);
		person_texts(box, &who, "HELP");
		expect_text(box, &who, "STOP");
	}
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim2");
	box_wait_state(box, "sim2", "ready");
	box_free(box);
}

static void the_pin_is_entered_once(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modem_settings = "pin = \"1234\";" });

	(void)state;
	sim_do(box, "{s:s,s:s,s:s,s:b}", "cmd", "pin", "modem", "sim1", "pin", "1234", "required",
		1);
	box_start(box);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	box_free(box);
}

static void a_wrong_pin_is_never_tried_twice(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modem_settings = "pin = \"1111\";" });
	json_t *modems;

	(void)state;
	sim_do(box, "{s:s,s:s,s:s,s:b,s:i}", "cmd", "pin", "modem", "sim1", "pin", "1234",
		"required", 1, "tries", 3);
	box_start_modems(box, 0);
	box_wait_state(box, "sim1", "pin");
	/* a reboot and a restart do not make it try again */
	sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", "sim1");
	box_wait_state(box, "sim1", "pin");
	modems = sim_ask(box, "{s:s}", "cmd", "modems");
	assert_int_equal(json_number_at(modems, "modems.0.pin_left"), 2);
	json_decref(modems);
	box_free(box);
}

static void a_lost_network_comes_back(void **state)
{
	struct box *box = box_of(1, 0);

	(void)state;
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "searching");
	box_wait_state(box, "sim1", "searching");
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "home");
	box_wait_state(box, "sim1", "ready");
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	ben_is_answered_once(box);
}

static void a_full_store_is_swept(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "memory", "modem", "sim1", "memory", "SM", "size",
		5);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "fill", "modem", "sim1", "memory", "SM");
	box_start(box);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	box_free(box);
}

static void answers_in_single_bytes_are_understood(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	sim_do(box, "{s:s,s:i}", "cmd", "radio", "chunk", 1);
	box_start(box);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	ben_is_answered_once(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_text_is_received_stored_handled_and_deleted),
		cmocka_unit_test(a_text_that_came_while_farod_was_down_is_found_by_the_sweep),
		cmocka_unit_test(a_lost_notice_does_not_lose_the_text),
		cmocka_unit_test(a_doubled_notice_is_one_text),
		cmocka_unit_test(a_slot_that_cannot_be_deleted_is_one_text),
		cmocka_unit_test(the_same_text_after_a_restart_is_handled_once),
		cmocka_unit_test(equal_texts_without_a_time_are_two_and_each_is_handled_once),
		cmocka_unit_test(the_very_first_answer_is_lost_and_texts_still_come_in),
		cmocka_unit_test(a_store_that_is_not_listed_is_read_place_by_place),
		cmocka_unit_test(a_sim_without_a_service_centre_sends_by_the_configured_one),
		cmocka_unit_test(a_temporary_error_is_tried_again),
		cmocka_unit_test(a_prompt_that_never_comes_is_tried_again),
		cmocka_unit_test(a_try_that_never_left_is_told_as_not_counted),
		cmocka_unit_test(garbage_between_prompt_and_answer_is_ignored),
		cmocka_unit_test(a_lost_answer_is_settled_by_the_report),
		cmocka_unit_test(an_error_although_accepted_is_settled_by_the_report),
		cmocka_unit_test(the_port_pulled_in_mid_send_comes_back),
		cmocka_unit_test(a_reboot_in_mid_send_is_survived),
		cmocka_unit_test(an_unknown_without_any_report_is_sent_once_more_and_counted),
		cmocka_unit_test(what_the_air_was_like_is_not_told_of_a_modem_that_cannot_be_asked),
		cmocka_unit_test(a_report_that_comes_when_all_was_given_up_says_who_has_it),
		cmocka_unit_test(another_modem_takes_over_when_one_is_pulled),
		cmocka_unit_test(the_pin_is_entered_once),
		cmocka_unit_test(a_wrong_pin_is_never_tried_twice),
		cmocka_unit_test(a_lost_network_comes_back),
		cmocka_unit_test(a_full_store_is_swept),
		cmocka_unit_test(answers_in_single_bytes_are_understood),
	};

	return run_stories(stories);
}
