/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator answers AT as a modem by the book does. */
#include "../sim/sim_line.h"

static int setup(void **state)
{
	(void)state;
	return line_start(1, "sim1", "ATE0");
}

static void echo_lasts_until_it_is_switched_off(void **state)
{
	(void)state;
	rig_at(&r, fd, "ATE1", "OK\r\n");
	assert_string_equal(rig_at(&r, fd, "AT", "OK\r\n"), "AT\r\r\nOK\r\n");
	assert_string_equal(rig_at(&r, fd, "ATE0", "OK\r\n"), "ATE0\r\r\nOK\r\n");
	assert_string_equal(rig_at(&r, fd, "AT", "OK\r\n"), "\r\nOK\r\n");
}

static void one_line_holds_several_commands_and_ends_with_one_result(void **state)
{
	(void)state;
	assert_string_equal(rig_at(&r, fd, "at+csq;+cmgf?;+creg?", "OK\r\n"),
		"\r\n+CSQ: 21,99\r\n\r\n+CMGF: 0\r\n\r\n+CREG: 0,1\r\n\r\nOK\r\n");
}

static void the_first_error_ends_the_line(void **state)
{
	(void)state;
	assert_string_equal(rig_at(&r, fd, "AT+CSQ;+NONSENSE;+CSQ", "ERROR\r\n"),
		"\r\n+CSQ: 21,99\r\n\r\nERROR\r\n");
}

static void errors_are_said_as_cmee_asks(void **state)
{
	(void)state;
	assert_string_equal(rig_at(&r, fd, "AT+NONSENSE", "ERROR\r\n"), "\r\nERROR\r\n");
	rig_at(&r, fd, "AT+CMEE=1", "OK\r\n");
	assert_string_equal(rig_at(&r, fd, "AT+NONSENSE", "100\r\n"), "\r\n+CME ERROR: 100\r\n");
	rig_at(&r, fd, "AT+CMEE=2", "OK\r\n");
	assert_string_equal(
		rig_at(&r, fd, "AT+NONSENSE", "unknown\r\n"), "\r\n+CME ERROR: unknown\r\n");
	assert_string_equal(rig_at(&r, fd, "AT+CMGR=99", "321\r\n"), "\r\n+CMS ERROR: 321\r\n");
}

static void noise_before_at_is_passed_over_and_a_slash_repeats(void **state)
{
	(void)state;
	assert_string_equal(
		rig_at(&r, fd, "xyz\x7f AT+CMGF?", "OK\r\n"), "\r\n+CMGF: 0\r\n\r\nOK\r\n");
	assert_string_equal(rig_at(&r, fd, "A/", "OK\r\n"), "\r\n+CMGF: 0\r\n\r\nOK\r\n");
	rig_type(fd, "no command\r");
	rig_silent(&r, fd, 50);
}

static void s3_is_the_end_of_a_line(void **state)
{
	(void)state;
	rig_at(&r, fd, "ATS3=33", "OK\r\n");
	rig_type(fd, "AT+CMGF?!");
	assert_true(rig_hear(&r, fd, "OK\r\n", RIG_LIMIT_MS));
	rig_type(fd, "ATS3=13!");
	assert_true(rig_hear(&r, fd, "OK\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "ATS3?", "013\r\n\r\nOK\r\n");
}

static void cnmi_refuses_what_it_does_not_show(void **state)
{
	(void)state;
	assert_string_equal(rig_at(&r, fd, "AT+CNMI=?", "OK\r\n"),
		"\r\n+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)\r\n\r\nOK\r\n");
	rig_at(&r, fd, "AT+CNMI=2,1,0,1,0", "OK\r\n");
	rig_at(&r, fd, "AT+CNMI=2,1,0,3,0", "+CMS ERROR: 302\r\n");
	rig_at(&r, fd, "AT+CNMI=2,1,0,1,0,1", "+CMS ERROR: 302\r\n");
	assert_string_equal(
		rig_at(&r, fd, "AT+CNMI?", "OK\r\n"), "\r\n+CNMI: 2,1,0,1,0\r\n\r\nOK\r\n");
}

static void cpms_takes_the_memories_that_there_are(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CPMS=\"MT\"", "+CMS ERROR: 302\r\n");
	assert_string_equal(rig_at(&r, fd, "AT+CPMS=\"ME\",\"SM\",\"ME\"", "OK\r\n"),
		"\r\n+CPMS: 0,100,0,30,0,100\r\n\r\nOK\r\n");
	rig_do(&r, "{\"cmd\":\"memory\",\"modem\":\"sim1\",\"memory\":\"ME\",\"size\":7}");
	rig_do(&r, "{\"cmd\":\"fill\",\"modem\":\"sim1\",\"memory\":\"ME\",\"count\":5}");
	assert_string_equal(rig_at(&r, fd, "AT+CPMS?", "OK\r\n"),
		"\r\n+CPMS: \"ME\",5,7,\"SM\",0,30,\"ME\",5,7\r\n\r\nOK\r\n");
}

static void three_wrong_pins_ask_for_the_puk(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"required\":true,\"pin\":\"4711\",\"puk\":"
		   "\"87654321\"}");
	rig_at(&r, fd, "AT+CMEE=1", "OK\r\n");
	rig_at(&r, fd, "AT+CPIN?", "+CPIN: SIM PIN\r\n\r\nOK\r\n");
	rig_at(&r, fd, "AT+CMGL=4", "+CMS ERROR: 311\r\n");
	rig_at(&r, fd, "AT+CIMI", "+CME ERROR: 11\r\n");
	rig_at(&r, fd, "AT+CPIN=\"0000\"", "+CME ERROR: 16\r\n");
	rig_at(&r, fd, "AT+CPIN=\"0001\"", "+CME ERROR: 16\r\n");
	rig_at(&r, fd, "AT+CPIN=\"0002\"", "+CME ERROR: 12\r\n");
	rig_at(&r, fd, "AT+CPIN=\"4711\",\"1111\"", "+CME ERROR: 16\r\n"); /* not the PUK */
	rig_at(&r, fd, "AT+CPIN=\"87654321\",\"1111\"", "OK\r\n");
	rig_at(&r, fd, "AT+CPIN?", "+CPIN: READY\r\n\r\nOK\r\n");
}

static void the_right_pin_leads_to_the_network(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"required\":true,\"pin\":\"4711\"}");
	rig_at(&r, fd, "AT+CREG=1;+CREG?", "+CREG: 1,0\r\n\r\nOK\r\n");
	rig_type(fd, "AT+CPIN=\"4711\"\r");
	assert_true(rig_hear(&r, fd, "+CREG: 1\r\n", RIG_LIMIT_MS));
}

static void a_change_of_registration_is_told_to_who_asked(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CREG=2;+CEREG=1", "OK\r\n");
	rig_do(&r, "{\"cmd\":\"network\",\"modem\":\"sim1\",\"state\":\"denied\"}");
	assert_true(rig_hear(&r, fd, "+CEREG: 3\r\n", RIG_LIMIT_MS));
	assert_string_equal(r.said, "\r\n+CREG: 3\r\n\r\n+CEREG: 3\r\n");
	rig_at(&r, fd, "AT+CSQ;+COPS?", "+CSQ: 99,99\r\n\r\n+COPS: 0\r\n\r\nOK\r\n");
	rig_do(&r, "{\"cmd\":\"network\",\"modem\":\"sim1\",\"state\":\"roaming\"}");
	assert_true(rig_hear(&r, fd, "+CREG: 5,\"00A1\",\"0000B2C3\",0\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+COPS?", "+COPS: 0,0,\"Faronet\",7\r\n\r\nOK\r\n");
}

static void a_restart_says_its_boot_lines_and_forgets_settings(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CNMI=2,1,0,1,0;+CMEE=1;+CREG=2", "OK\r\n");
	rig_do(&r, "{\"cmd\":\"fill\",\"modem\":\"sim1\",\"memory\":\"SM\",\"count\":3}");
	rig_type(fd, "AT+CFUN=1,1\r");
	assert_true(rig_hear(&r, fd, "SMS Ready\r\n", RIG_LIMIT_MS));
	assert_non_null(strstr(r.said, "\r\nOK\r\n\r\nRDY\r\n\r\n+CPIN: READY\r\n"));
	rig_at(&r, fd, "ATE0", "OK\r\n");
	assert_string_equal(rig_at(&r, fd, "AT+CNMI?;+CMEE?;+CPMS?", "OK\r\n"),
		"\r\n+CNMI: 0,0,0,0,0\r\n\r\n+CMEE: 0\r\n\r\n+CPMS: "
		"\"SM\",3,30,\"SM\",3,30,\"SM\",3,30\r\n\r\nOK\r\n");
}

static void airplane_mode_sends_nothing(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CFUN=4", "OK\r\n");
	rig_at(&r, fd, "AT+CREG?", "+CREG: 0,0\r\n\r\nOK\r\n");
	rig_at(&r, fd, "AT+CMGS=20", "+CMS ERROR: 302\r\n");
	rig_type(fd, "AT+CREG=1;+CFUN=1\r");
	assert_true(rig_hear(&r, fd, "+CREG: 1\r\n", RIG_LIMIT_MS));
}

static void answers_in_chunks_are_the_same_answers(void **state)
{
	static const int chunks[] = { 1, 3, -1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(chunks); i++) {
		rig_do(&r,
			"{\"cmd\":\"radio\",\"modem\":\"sim1\",\"chunk\":%d,\"chunk_gap_us\":200}",
			chunks[i]);
		assert_string_equal(rig_at(&r, fd, "AT+CGMI;+CGMM;+CSCA?", "OK\r\n"),
			"\r\nFaro\r\n\r\nGENERIC\r\n\r\n+CSCA: \"+15105550199\",145\r\n\r\nOK\r\n");
	}
}

static void text_mode_sends_and_lists(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"subscribe\",\"events\":[\"text\"]}");
	rig_at(&r, fd, "AT+CMGF=1", "OK\r\n");
	rig_at(&r, fd, "AT+CMGS=\"+15105550101\"", "> ");
	rig_type(fd, "plain words\x1a");
	assert_true(rig_hear(&r, fd, "+CMGS: 0\r\n\r\nOK\r\n", RIG_LIMIT_MS));
	json_t *event = rig_event(&r, "text");
	assert_string_equal(rig_str(event, "text"), "plain words");
	assert_string_equal(rig_str(event, "to"), "+15105550101");
	json_decref(event);
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550102\",\"text\":\"hello\",\"modem\":"
		   "\"sim1\"}");
	rig_at(&r, fd, "AT+CMGL=\"ALL\"", "hello\r\n\r\nOK\r\n");
	assert_non_null(strstr(r.said, "+CMGL: 1,\"REC UNREAD\",\"+15105550102\",,\""));
	rig_at(&r, fd, "AT+CMGL=\"REC READ\"", "hello\r\n\r\nOK\r\n");
}

static void a_call_rings_until_it_is_hung_up(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CLIP=1", "OK\r\n");
	rig_do(&r, "{\"cmd\":\"call\",\"modem\":\"sim1\",\"from\":\"+15105550105\"}");
	assert_true(rig_hear(&r, fd, "+CLIP: \"+15105550105\",145,,,,0\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CHUP", "OK\r\n");
	rig_at(&r, fd, "AT+CLCC", "OK\r\n");
	assert_string_equal(r.said, "\r\nOK\r\n");
}

static void ussd_answers_after_ok(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"ussd\",\"modem\":\"sim1\",\"code\":\"*100#\",\"answer\":\"12.50 "
		   "left\"}");
	assert_string_equal(rig_at(&r, fd, "AT+CUSD=1,\"*100#\",15", "15\r\n"),
		"\r\nOK\r\n\r\n+CUSD: 0,\"12.50 left\",15\r\n");
}

static void what_nobody_read_does_not_greet_the_next_client(void **state)
{
	(void)state;
	rig_type(fd, "AT+CGMI\r");
	rig_do(&r, "{\"cmd\":\"ping\"}");
	close(fd);
	rig_do(&r, "{\"cmd\":\"ping\"}");
	rig_do(&r, "{\"cmd\":\"line\",\"modem\":\"sim1\",\"text\":\"+NOBODY: 1\"}");
	fd = rig_open(&r, "sim1");
	assert_string_equal(rig_at(&r, fd, "AT", "OK\r\n"), "\r\nOK\r\n");
	close(fd);
	rig_do(&r, "{\"cmd\":\"ping\"}");
	fd = rig_open(&r, "sim1");
	rig_do(&r, "{\"cmd\":\"line\",\"modem\":\"sim1\",\"text\":\"+SOMEBODY: 1\"}");
	assert_true(rig_hear(&r, fd, "+SOMEBODY: 1\r\n", RIG_LIMIT_MS));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, line_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(echo_lasts_until_it_is_switched_off),
		TEST(one_line_holds_several_commands_and_ends_with_one_result),
		TEST(the_first_error_ends_the_line),
		TEST(errors_are_said_as_cmee_asks),
		TEST(noise_before_at_is_passed_over_and_a_slash_repeats),
		TEST(s3_is_the_end_of_a_line),
		TEST(cnmi_refuses_what_it_does_not_show),
		TEST(cpms_takes_the_memories_that_there_are),
		TEST(three_wrong_pins_ask_for_the_puk),
		TEST(the_right_pin_leads_to_the_network),
		TEST(a_change_of_registration_is_told_to_who_asked),
		TEST(a_restart_says_its_boot_lines_and_forgets_settings),
		TEST(airplane_mode_sends_nothing),
		TEST(answers_in_chunks_are_the_same_answers),
		TEST(text_mode_sends_and_lists),
		TEST(a_call_rings_until_it_is_hung_up),
		TEST(ussd_answers_after_ok),
		TEST(what_nobody_read_does_not_greet_the_next_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
