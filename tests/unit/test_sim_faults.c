/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that goes wrong, goes wrong on command, as often as asked, and then no more. */
#include "../sim/sim_line.h"

static int setup(void **state)
{
	(void)state;
	line_start(1, "sim1", "ATE0;+CMEE=1;+CNMI=2,1,0,0,0");
	rig_do(&r, "{\"cmd\":\"subscribe\"}");
	return 0;
}

#define FAULT(rest) rig_do(&r, "{\"cmd\":\"fault\",\"modem\":\"sim1\"," rest "}")
#define TO          "+15105550101"

static int64_t accepted(void)
{
	json_t *stats = rig_ask(&r, "{\"cmd\":\"stats\"}");
	int64_t n = rig_int(stats, "segments");

	json_decref(stats);
	return n;
}

/* Types a PDU after the prompt, and hears nothing. */
static void send_unheard(void)
{
	rig_at(&r, fd, "AT+CMGS=17", "> ");
	rig_type(fd, "0001000B915101551010F1000004D4F29C0E\x1a");
	rig_silent(&r, fd, 100);
}

static void silence_swallows_a_command_as_often_as_asked(void **state)
{
	(void)state;
	FAULT("\"kind\":\"silence\",\"on\":\"+CSQ\",\"times\":2");
	for (int i = 0; i < 2; i++) {
		rig_type(fd, "AT+CSQ\r");
		rig_silent(&r, fd, 50);
		rig_at(&r, fd, "AT+CMGF?", "OK\r\n");
	}
	rig_at(&r, fd, "AT+CSQ", "OK\r\n");
}

static void silence_with_effect_is_a_lost_answer(void **state)
{
	(void)state;
	FAULT("\"kind\":\"silence\",\"on\":\"+CREG\",\"effect\":true");
	rig_type(fd, "AT+CREG=2\r");
	rig_silent(&r, fd, 50);
	rig_at(&r, fd, "AT+CREG?", "+CREG: 2,1");
}

static void an_answer_comes_late(void **state)
{
	int64_t began_ms = time_mono_ms();

	(void)state;
	FAULT("\"kind\":\"late\",\"on\":\"+CSQ\",\"ms\":120");
	rig_at(&r, fd, "AT+CSQ", "OK\r\n");
	assert_in_range(time_mono_ms() - began_ms, 120, RIG_LIMIT_MS);
}

static void any_command_answers_any_error(void **state)
{
	(void)state;
	FAULT("\"kind\":\"error\",\"on\":\"+CPMS\",\"code\":500");
	rig_at(&r, fd, "AT+CPMS?", "\r\n+CMS ERROR: 500\r\n");
	FAULT("\"kind\":\"error\",\"on\":\"+COPS\",\"code\":14,\"family\":\"cme\"");
	rig_at(&r, fd, "AT+COPS?", "\r\n+CME ERROR: 14\r\n");
	FAULT("\"kind\":\"error\",\"on\":\"+CREG\"");
	rig_at(&r, fd, "AT+CREG?", "\r\nERROR\r\n");
	rig_at(&r, fd, "AT+CREG?", "OK\r\n");
}

static void the_prompt_may_not_come(void **state)
{
	(void)state;
	FAULT("\"kind\":\"no_prompt\"");
	rig_type(fd, "AT+CMGS=17\r");
	rig_silent(&r, fd, 50);
	rig_at(&r, fd, "AT", "OK\r\n");
	rig_send(&r, fd, TO, "x", "OK\r\n");
}

static void the_network_may_refuse(void **state)
{
	(void)state;
	FAULT("\"kind\":\"error\",\"on\":\"+CMGS\",\"code\":42,\"times\":2,\"after\":1");
	rig_send(&r, fd, TO, "x", "OK\r\n");
	rig_send(&r, fd, TO, "x", "+CMS ERROR: 42\r\n");
	rig_send(&r, fd, TO, "x", "+CMS ERROR: 42\r\n");
	rig_send(&r, fd, TO, "x", "OK\r\n");
	assert_int_equal(accepted(), 2);
}

static void the_answer_may_be_lost_though_it_went_out(void **state)
{
	json_t *event;

	(void)state;
	FAULT("\"kind\":\"lost_answer\"");
	send_unheard();
	event = rig_event(&r, "fault");
	assert_string_equal(rig_str(event, "kind"), "lost_answer");
	assert_true(rig_int(event, "segment") > 0);
	json_decref(event);
	assert_int_equal(accepted(), 1);
	rig_at(&r, fd, "AT", "OK\r\n");
}

static void an_error_may_be_said_though_it_went_out(void **state)
{
	(void)state;
	FAULT("\"kind\":\"error_accepted\"");
	rig_send(&r, fd, TO, "x", "+CMS ERROR: 500\r\n");
	assert_int_equal(accepted(), 1);
}

static void an_accepted_text_may_be_answered_late(void **state)
{
	int64_t began_ms = time_mono_ms();

	(void)state;
	FAULT("\"kind\":\"late\",\"stage\":\"accepted\",\"ms\":150");
	rig_send(&r, fd, TO, "x", "+CMGS: 0\r\n\r\nOK\r\n");
	assert_in_range(time_mono_ms() - began_ms, 150, RIG_LIMIT_MS);
	rig_at(&r, fd, "AT", "\r\nOK\r\n");
}

static void a_hang_reads_nothing_and_then_goes_on(void **state)
{
	int64_t began_ms = time_mono_ms();

	(void)state;
	FAULT("\"kind\":\"hang\",\"on\":\"+CSQ\",\"ms\":200");
	rig_type(fd, "AT+CSQ\r");
	rig_at(&r, fd, "AT+CMGF?", "OK\r\n");
	assert_in_range(time_mono_ms() - began_ms, 200, RIG_LIMIT_MS);
	assert_string_equal(r.said, "\r\n+CMGF: 0\r\n\r\nOK\r\n");
	FAULT("\"kind\":\"hang\",\"ms\":0");
	rig_type(fd, "AT\r");
	rig_type(fd, "AT+CMGF?\r");
	rig_silent(&r, fd, 100);
	rig_do(&r, "{\"cmd\":\"clear\",\"modem\":\"sim1\"}");
	assert_true(rig_hear(&r, fd, "+CMGF: 0\r\n\r\nOK\r\n", RIG_LIMIT_MS));
}

static void stray_lines_come_before_and_during_the_wait(void **state)
{
	(void)state;
	FAULT("\"kind\":\"garbage\",\"on\":\"+CSQ\",\"lines\":[\"^RSSI: 20\",\"@#$\"]");
	assert_string_equal(rig_at(&r, fd, "AT+CSQ", "OK\r\n"),
		"\r\n+CSQ: 21,99\r\n\r\n^RSSI: 20\r\n\r\n@#$\r\n\r\nOK\r\n");
	FAULT("\"kind\":\"garbage\",\"stage\":\"prompt\",\"lines\":[\"^BOOT: 1\"]");
	assert_string_equal(rig_at(&r, fd, "AT+CMGS=17", "> "), "\r\n^BOOT: 1\r\n\r\n> ");
	rig_do(&r, "{\"cmd\":\"raw\",\"modem\":\"sim1\",\"bytes\":\"\\u0001\\r\\nNOISE\\r\\n\"}");
	assert_true(rig_hear(&r, fd, "\x01\r\nNOISE\r\n", RIG_LIMIT_MS)); /* in the prompt */
	rig_type(fd, "\x1b");
	assert_true(rig_hear(&r, fd, "OK\r\n", RIG_LIMIT_MS));
	rig_do(&r, "{\"cmd\":\"radio\",\"segment_ms\":150}");
	rig_at(&r, fd, "AT+CMGS=17", "> ");
	rig_type(fd, "0001000B915101551010F1000004D4F29C0E\x1a");
	rig_do(&r, "{\"cmd\":\"line\",\"modem\":\"sim1\",\"text\":\"^RSSI: 9\"}");
	assert_true(rig_hear(&r, fd, "+CMGS: 0\r\n\r\nOK\r\n", RIG_LIMIT_MS));
	assert_string_equal(r.said, "\r\n^RSSI: 9\r\n\r\n+CMGS: 0\r\n\r\nOK\r\n");
}

static bool link_is_there(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", r.dir, name);
	return access(path, F_OK) == 0;
}

static void wait_on(void)
{
	for (;;) {
		json_t *event = rig_event(&r, "modem");
		bool on = !strcmp(rig_str(event, "power"), "on");

		json_decref(event);
		if (on)
			return;
	}
}

static void it_is_unplugged_in_mid_send_and_returns_under_another_name(void **state)
{
	(void)state;
	FAULT("\"kind\":\"unplug\",\"ms\":50,\"link\":\"usb7\"");
	rig_at(&r, fd, "AT+CMGS=17", "> ");
	rig_type(fd, "0001000B915101551010F1000004D4F29C0E\x1a");
	assert_false(rig_hear(&r, fd, "\n", RIG_LIMIT_MS));
	assert_int_equal(accepted(), 1);
	close(fd);
	wait_on();
	assert_false(link_is_there("sim1"));
	fd = rig_open(&r, "usb7");
	rig_at(&r, fd, "ATE0", "OK\r\n");
	rig_at(&r, fd, "AT+CGSN", "OK\r\n");
}

static void before_it_went_out_a_lost_port_loses_it(void **state)
{
	(void)state;
	FAULT("\"kind\":\"unplug\",\"stage\":\"pdu\",\"ms\":20");
	rig_at(&r, fd, "AT+CMGS=17", "> ");
	rig_type(fd, "0001000B915101551010F1000004D4F29C0E\x1a");
	assert_false(rig_hear(&r, fd, "\n", RIG_LIMIT_MS));
	assert_int_equal(accepted(), 0);
	wait_on();
}

static void it_restarts_in_mid_send_and_keeps_its_store(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"fill\",\"modem\":\"sim1\",\"count\":4}");
	FAULT("\"kind\":\"reboot\",\"stage\":\"prompt\"");
	rig_type(fd, "AT+CMGS=17\r");
	assert_true(rig_hear(&r, fd, "SMS Ready\r\n", RIG_LIMIT_MS));
	assert_null(strstr(r.said, "> "));
	rig_at(&r, fd, "ATE0", "OK\r\n");
	rig_at(&r, fd, "AT+CPMS?", "+CPMS: \"SM\",4,30");
}

static void the_network_goes_and_comes_back(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CREG=1", "OK\r\n");
	FAULT("\"kind\":\"network\",\"on\":\"+CMGS\",\"ms\":100");
	rig_send(&r, fd, TO, "x", "+CMS ERROR: 331\r\n");
	assert_non_null(strstr(r.said, "+CREG: 2\r\n"));
	assert_true(rig_hear(&r, fd, "+CREG: 1\r\n", RIG_LIMIT_MS));
	rig_send(&r, fd, TO, "x", "OK\r\n");
}

static void text_in(void)
{
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550102\",\"text\":\"x\"}");
	json_decref(rig_event(&r, "stored"));
}

static void a_notice_is_lost_or_comes_twice(void **state)
{
	(void)state;
	FAULT("\"kind\":\"lost_notice\",\"on\":\"+CMTI\"");
	FAULT("\"kind\":\"doubled_notice\",\"on\":\"+CMTI\"");
	text_in();
	rig_silent(&r, fd, 50);
	text_in();
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",2\r\n\r\n+CMTI: \"SM\",2\r\n", RIG_LIMIT_MS));
	text_in();
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",3\r\n", RIG_LIMIT_MS));
	assert_string_equal(r.said, "\r\n+CMTI: \"SM\",3\r\n");
}

static void a_slot_refuses_to_be_deleted(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"fill\",\"modem\":\"sim1\",\"count\":3}");
	FAULT("\"kind\":\"undeletable\",\"slot\":2,\"times\":0");
	rig_at(&r, fd, "AT+CMGD=1", "OK\r\n");
	rig_at(&r, fd, "AT+CMGD=2", "OK\r\n");
	rig_at(&r, fd, "AT+CPMS?", "+CPMS: \"SM\",2,30");
	rig_do(&r, "{\"cmd\":\"clear\"}");
	rig_at(&r, fd, "AT+CMGD=2", "OK\r\n");
	rig_at(&r, fd, "AT+CPMS?", "+CPMS: \"SM\",1,30");
}

static void a_probability_is_kept(void **state)
{
	int odd = 0;

	(void)state;
	FAULT("\"kind\":\"garbage\",\"on\":\"+CSQ\",\"times\":0,\"probability\":0.3,\"lines\":["
	      "\"odd\"]");
	for (int i = 0; i < 400; i++)
		odd += !!strstr(rig_at(&r, fd, "AT+CSQ", "OK\r\n"), "odd");
	assert_in_range(odd, 70, 170);
}

static void what_is_wrong_with_a_fault_is_said(void **state)
{
	static const struct {
		const char *command, *error;
	} rows[] = {
		{ "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"gremlin\"}",
			"no such kind: gremlin" },
		{ "{\"cmd\":\"fault\",\"modem\":\"sim9\",\"kind\":\"hang\"}",
			"no such modem: sim9" },
		{ "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"hang\",\"stage\":\"x\"}",
			"no such stage: x" },
		{ "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"hang\",\"time\":3}",
			"fault does not know time" },
		{ "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"hang\",\"ms\":\"x\"}",
			"ms is a whole number from 0 to 1000000000" },
		{ "{\"cmd\":\"dance\"}", "no such command: dance" },
		{ "not json", "not JSON: '[' or '{' expected near 'not'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_t *answer = rig_ask(&r, "%s", rows[i].command);

		assert_true(json_is_false(json_object_get(answer, "ok")));
		assert_string_equal(rig_str(answer, "error"), rows[i].error);
		json_decref(answer);
	}
}

static void a_bad_cable_loses_bytes_and_brings_others(void **state)
{
	static const char answer[] = "\r\nOK\r\n";

	(void)state;
	rig_do(&r, "{\"cmd\":\"radio\",\"modem\":\"sim1\",\"lost_ppm\":1000000}");
	rig_type(fd, "AT\r");
	rig_silent(&r, fd, 50);
	rig_do(&r, "{\"cmd\":\"radio\",\"modem\":\"sim1\",\"lost_ppm\":0,\"junk_ppm\":1000000}");
	rig_type(fd, "AT\r");
	for (size_t i = 0; i < 2 * strlen(answer); i++) {
		char c;

		assert_int_equal(read(fd, &c, 1), 1);
		if (i % 2)
			assert_int_equal(c, answer[i / 2]);
	}
	rig_do(&r, "{\"cmd\":\"radio\",\"modem\":\"sim1\",\"junk_ppm\":0}");
	rig_at(&r, fd, "AT", "\r\nOK\r\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, line_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(silence_swallows_a_command_as_often_as_asked),
		TEST(silence_with_effect_is_a_lost_answer),
		TEST(an_answer_comes_late),
		TEST(any_command_answers_any_error),
		TEST(the_prompt_may_not_come),
		TEST(the_network_may_refuse),
		TEST(the_answer_may_be_lost_though_it_went_out),
		TEST(an_error_may_be_said_though_it_went_out),
		TEST(an_accepted_text_may_be_answered_late),
		TEST(a_hang_reads_nothing_and_then_goes_on),
		TEST(stray_lines_come_before_and_during_the_wait),
		TEST(it_is_unplugged_in_mid_send_and_returns_under_another_name),
		TEST(before_it_went_out_a_lost_port_loses_it),
		TEST(it_restarts_in_mid_send_and_keeps_its_store),
		TEST(the_network_goes_and_comes_back),
		TEST(a_notice_is_lost_or_comes_twice),
		TEST(a_slot_refuses_to_be_deleted),
		TEST(a_probability_is_kept),
		TEST(a_bad_cable_loses_bytes_and_brings_others),
		TEST(what_is_wrong_with_a_fault_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
