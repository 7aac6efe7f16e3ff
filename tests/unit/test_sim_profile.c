/* SPDX-License-Identifier: Apache-2.0 */
/* A family of modems is a text file: what it says is what the simulator does. */
#include "../sim/sim_rig.h"

static struct rig r;

static int setup(void **state)
{
	(void)state;
	rig_start(&r, 0, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rig_stop(&r);
	return 0;
}

/* Writes the family's file and adds a modem of it; the answer of `add`. */
static json_t *add(const char *family, bool boot)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/odd.modem", r.dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(family, f);
	fclose(f);
	return rig_ask(&r, "{\"cmd\":\"add\",\"modem\":\"odd\",\"profile\":\"%s\",\"boot\":%s}",
		path, boot ? "true" : "false");
}

static int open_family(const char *family)
{
	int fd;

	rig_must(&r, add(family, false));
	fd = rig_open(&r, "odd");
	rig_at(&r, fd, "ATE0", "OK\r\n");
	return fd;
}

static void whole_commands_are_answered_in_its_own_words(void **state)
{
	int fd = open_family(
		"manufacturer SIMCOM\nmodel SIM800\n"
		"AT+CGMR   Revision:1308B01\nAT^CURC=0  OK\nAT+CSCA?  +CSCA: \"\",129\\nOK\n"
		"AT+CGSMS=?  ERROR\nAT+CMMS=2\t+CMS ERROR: 500\nAT+CIMI  +CME ERROR: 13\n");

	(void)state;
	rig_at(&r, fd, "AT+CMEE=1", "OK\r\n");
	assert_string_equal(rig_at(&r, fd, "AT+CGMI;+CGMR", "OK\r\n"),
		"\r\nSIMCOM\r\n\r\nRevision:1308B01\r\n\r\nOK\r\n");
	assert_string_equal(rig_at(&r, fd, "at^curc=0", "OK\r\n"), "\r\nOK\r\n");
	assert_string_equal(
		rig_at(&r, fd, "AT+CSCA?", "OK\r\n"), "\r\n+CSCA: \"\",129\r\n\r\nOK\r\n");
	assert_string_equal(rig_at(&r, fd, "AT+CGSMS=?", "ERROR\r\n"), "\r\nERROR\r\n");
	assert_string_equal(rig_at(&r, fd, "AT+CMMS=2", "500\r\n"), "\r\n+CMS ERROR: 500\r\n");
	assert_string_equal(rig_at(&r, fd, "AT+CIMI", "13\r\n"), "\r\n+CME ERROR: 13\r\n");
	close(fd);
}

/* TS 27.005 3.5.6: 1 falls back to 0 when the next command comes too late, 2 does not. */
static void the_link_is_kept_up_as_it_was_told(void **state)
{
	static const struct {
		const char *family, *set, *after;
	} rows[] = {
		{ "link_ms 0\n", "AT+CMMS=1", "+CMMS: 0\r\n" },
		{ "link_ms 0\n", "AT+CMMS=2", "+CMMS: 2\r\n" },
		{ "link_ms 60000\n", "AT+CMMS=1", "+CMMS: 1\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int fd = open_family(rows[i].family);

		rig_at(&r, fd, rows[i].set, "OK\r\n");
		rig_send(&r, fd, "+15105550101", "one", "OK\r\n");
		rig_send(&r, fd, "+15105550101", "two", "OK\r\n");
		assert_non_null(strstr(rig_at(&r, fd, "AT+CMMS?", "OK\r\n"), rows[i].after));
		close(fd);
		rig_do(&r, "{\"cmd\":\"remove\",\"modem\":\"odd\"}");
	}
}

static void it_may_show_cnmi_values_that_it_does_not_take(void **state)
{
	int fd = open_family("cnmi (0-2),(0-3),(0,2),(0-2),(1)\ncnmi_mode 0,1\ncnmi_ds "
			     "0,1\ncnmi_bfr 1\ncnmi_least 5\n");

	(void)state;
	rig_at(&r, fd, "AT+CNMI=?", "+CNMI: (0-2),(0-3),(0,2),(0-2),(1)\r\n\r\nOK\r\n");
	rig_at(&r, fd, "AT+CNMI=2,1,0,1,1", "+CMS ERROR: 302\r\n");
	rig_at(&r, fd, "AT+CNMI=1,1,0,2,1", "+CMS ERROR: 302\r\n");
	rig_at(&r, fd, "AT+CNMI=1,1,0,1", "+CMS ERROR: 302\r\n");
	rig_at(&r, fd, "AT+CNMI=1,1,0,1,1", "OK\r\n");
	close(fd);
}

static void it_says_so_when_it_is_full_and_then_nothing(void **state)
{
	int fd = open_family("store_SM 2\nslot_base 0\nfull_line ^SMMEMFULL: \"SM\"\n");

	(void)state;
	rig_at(&r, fd, "AT+CNMI=2,1", "OK\r\n");
	for (int i = 0; i < 3; i++)
		rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"x\"}");
	assert_true(rig_hear(&r, fd, "FULL: \"SM\"\r\n", RIG_LIMIT_MS));
	assert_string_equal(
		r.said, "\r\n+CMTI: \"SM\",0\r\n\r\n+CMTI: \"SM\",1\r\n\r\n^SMMEMFULL: \"SM\"\r\n");
	rig_silent(&r, fd, 50);
	close(fd);
}

static void it_boots_with_its_own_lines_and_leaves_the_bus_in_a_restart(void **state)
{
	int fd;

	(void)state;
	rig_must(&r,
		add("boot 0 RDY\nboot 30 +QIND: SMS DONE\nready_ms 20\nreenumerate_ms 50\n", true));
	fd = rig_open(&r, "odd");
	assert_true(rig_hear(&r, fd, "+QIND: SMS DONE\r\n", RIG_LIMIT_MS));
	rig_do(&r, "{\"cmd\":\"subscribe\",\"events\":[\"modem\"]}");
	rig_type(fd, "AT+CFUN=1,1\r");
	while (rig_hear(&r, fd, "\n", RIG_LIMIT_MS))
		;
	close(fd); /* hung up */
	for (const char *power = ""; strcmp(power, "on");) {
		json_t *event = rig_event(&r, "modem");

		power = !strcmp(rig_str(event, "power"), "on") ? "on" : "";
		json_decref(event);
	}
	fd = rig_open(&r, "odd");
	rig_at(&r, fd, "AT", "OK\r\n");
	close(fd);
}

static void noise_and_odd_report_lines_are_its_habit(void **state)
{
	int fd = open_family(
		"noise 15 ^RSSI: 20\ncds_prefix +CDS: ,\ncsms 0\ncmms\ncmms_error 500\n");

	(void)state;
	assert_true(rig_hear(&r, fd, "\r\n^RSSI: 20\r\n\r\n^RSSI: 20\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CSMS=1", "+CMS ERROR: 302\r\n");
	rig_at(&r, fd, "AT+CMMS=2", "+CMS ERROR: 500\r\n");
	rig_at(&r, fd, "AT+CNMI=2,1,0,1", "OK\r\n");
	rig_do(&r, "{\"cmd\":\"report\",\"outcome\":\"delivered\",\"delay_ms\":50}");
	rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
	assert_true(rig_hear(&r, fd, "+CDS: ,25\r\n", RIG_LIMIT_MS));
	close(fd);
}

static void a_line_that_is_wrong_is_named(void **state)
{
	json_t *answer;

	(void)state;
	answer = add("model X\nstore_SM many\n", false);
	assert_non_null(strstr(rig_str(answer, "error"), "odd.modem:2: not understood: store_SM"));
	json_decref(answer);
	answer = add("modle X\n", false);
	assert_non_null(strstr(rig_str(answer, "error"), "odd.modem:1: not understood: modle"));
	json_decref(answer);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_commands_are_answered_in_its_own_words),
		TEST(the_link_is_kept_up_as_it_was_told),
		TEST(it_may_show_cnmi_values_that_it_does_not_take),
		TEST(it_says_so_when_it_is_full_and_then_nothing),
		TEST(it_boots_with_its_own_lines_and_leaves_the_bus_in_a_restart),
		TEST(noise_and_odd_report_lines_are_its_habit),
		TEST(a_line_that_is_wrong_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
