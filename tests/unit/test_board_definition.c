/* SPDX-License-Identifier: Apache-2.0 */
/* Definition files: each mistake is named with its file, its line and what is allowed. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/board.h"

static char path[] = "/tmp/faro-definition-XXXXXX";
static char said[4096]; /* all reports, one a line, without the file's name */

static void report(void *ctx, const char *text)
{
	size_t n = strlen(said);

	(void)ctx;
	if (strncmp(text, path, strlen(path)) == 0)
		text += strlen(path);
	snprintf(said + n, sizeof(said) - n, "%s\n", text);
}

static int check(const char *driver, const char *definition)
{
	const struct board_config config = { .driver = driver, .definition = path };
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(definition, file);
	fclose(file);
	said[0] = '\0';
	return board_check(&config, report, NULL);
}

static void expect_said(const char *driver, const char *definition, const char *expected)
{
	int n = 0;

	for (const char *c = expected; *c; c++)
		n += *c == '\n';
	assert_int_equal(n, check(driver, definition));
	assert_string_equal(expected, said);
}

static void a_right_definition_has_no_mistakes(void **state)
{
	(void)state;
	expect_said("sim", "board = \"x\";\nsocket = \"x.sock\";\n", "");
	expect_said("sim",
		"socket = \"x.sock\";\n"
		"lights : { power = { }; };\n"
		"buttons : { };\n"
		"modems = ( { name = \"a\"; power = { pulse_ms = 60000; }; } );\n",
		"");
}

static void unknown_keys_name_the_nearest_and_all_that_are_allowed(void **state)
{
	(void)state;
	expect_said("sim", "socket = \"x.sock\";\nligths : { };\n",
		":2: unknown key \"ligths\"; did you mean \"lights\"? allowed: board, socket, "
		"chips, lights, "
		"buttons, buzzer, sensors, modems\n");
	expect_said("sim", "socket = \"x.sock\";\nlights : {\n\tpowr = { };\n};\n",
		":3: unknown key \"powr\"; did you mean \"power\"? allowed: power, network, "
		"traffic, alert, "
		"fault\n");
	expect_said("sim", "socket = \"x.sock\";\nbuttons : { send = { activelow = true; }; };\n",
		":2: unknown key \"activelow\"; did you mean \"active_low\"? allowed: chip, line, "
		"active_low, "
		"bias, debounce_ms, settle_ms, pulse_ms\n");
}

static void wrong_kinds_of_value_say_what_they_must_be(void **state)
{
	(void)state;
	expect_said("sim", "socket = 5;\n",
		":1: \"socket\" must be a text in quotes\n: \"socket\" is missing\n");
	expect_said("sim", "socket = \"s\";\nlights : { power = 17; };\n",
		":2: \"power\" must be a group { ... }\n");
	expect_said("sim",
		"socket = \"s\";\nlights : { power = { line = \"17\"; active_low = 1; }; };\n",
		":2: \"line\" must be a whole number\n:2: \"active_low\" must be true or false\n");
	expect_said("sim", "socket = \"s\";\nmodems = ( 5 );\n", ":2: must be a group { ... }\n");
}

static void values_out_of_range_say_the_range(void **state)
{
	(void)state;
	expect_said("sim",
		"socket = \"s\";\nlights : {\npower = { line = 5000; };\nalert = { line = -1; "
		"};\n};\n"
		"buttons : { send = { debounce_ms = 101; bias = \"up\"; }; };\n"
		"modems = ( { name = \"m\"; reset = { pulse_ms = 60001; }; } );\n",
		":3: \"line\" must be 0 to 1023\n:4: \"line\" must be 0 to 1023\n"
		":6: bias \"up\" is not known; known: as-is, none, pull-up, pull-down\n"
		":6: \"debounce_ms\" must be 0 to 100\n"
		":7: \"pulse_ms\" must be 0 to 60000\n");
}

static void a_modem_line_needs_the_name_of_its_modem(void **state)
{
	(void)state;
	expect_said("sim", "socket = \"s\";\nmodems = (\n{ reset = { }; } );\n",
		":3: a modem needs the \"name\" that it has in faro.cfg\n");
}

static void a_broken_file_is_named_with_its_line(void **state)
{
	const struct board_config missing = { .driver = "sim", .definition = "/nowhere/b.cfg" };

	(void)state;
	expect_said("sim", "socket = \"s\";\nlights : {\n", ":3: syntax error\n");
	said[0] = '\0';
	assert_int_equal(1, board_check(&missing, report, NULL));
	assert_string_equal(
		"/nowhere/b.cfg: No such file or directory (board.definition names this file)\n",
		said);
}

static void pins_need_a_chip_a_line_each_and_no_line_twice(void **state)
{
	(void)state;
	expect_said("gpiod", "lights : { power = { line = 1; }; };\n",
		": \"chips\" is missing: chips = ( { labels = [ \"...\" ]; } );\n");
	expect_said("gpiod",
		"chips = ( { labels = [ \"a\" ]; },\n{ id = \"b\"; path = \"/dev/x\"; labels = [ "
		"\"c\" ]; },\n"
		"{ id = \"d\"; } );\n"
		"lights : {\npower = { line = 1; };\nalert = { line = 1; };\nfault = { };\n"
		"network = { chip = \"b\"; line = 1; };\ntraffic = { chip = \"z\"; line = 2; "
		"};\n};\n",
		":2: a chip needs either \"labels\" or \"path\"\n"
		":3: a chip needs either \"labels\" or \"path\"\n"
		":9: chip \"z\" is not in \"chips\"\n"
		":6: light alert is on line 1, as is light power (line 5 of this file)\n"
		":7: light fault has no \"line\"\n");
}

static void a_chip_that_is_not_there_is_named_with_those_that_are(void **state)
{
	static const char expected[] =
		":2: chip label \"faro-none-1\" or \"faro-none-2\" is not present; present: ";

	(void)state;
	assert_int_equal(1,
		check("gpiod", "\nchips = ( { labels = [ \"faro-none-1\", \"faro-none-2\" ]; } );\n"
			       "lights : { power = { line = 1; }; };\n"));
	assert_memory_equal(expected, said, strlen(expected));
	assert_true(strlen(said) > strlen(expected) + 1);
	expect_said("gpiod", "chips = ( { path = \"/dev/faro-none\"; } );\n",
		":1: chip /dev/faro-none: No such file or directory\n");
}

static void a_socket_path_that_is_too_long_or_has_no_folder_is_named(void **state)
{
	(void)state;
	expect_said("sim", "\nsocket = \"/nowhere/x.sock\";\n",
		":2: no socket can be made in /nowhere: No such file or directory\n");
	expect_said("sim",
		"socket = "
		"\"/tmp/"
		"0123456789012345678901234567890123456789012345678901234567890123456789012345"
		"6789012345678901234567890123456789\";\n",
		":1: the socket's path is 115 bytes long, at most 107 are possible\n");
}

static void an_error_at_opening_is_the_first_mistake_of_the_check(void **state)
{
	const struct board_config config = { .driver = "gpiod", .definition = path };
	const struct board_events events = { 0 };
	char error[BOARD_ERROR_SIZE];
	struct board *board;
	struct loop *loop;

	(void)state;
	check("gpiod", "chips = ( { labels = [ \"faro-none\" ]; } );\nlights : { power = { line = "
		       "1; }; };\n");
	assert_true(loop_new(&loop) >= 0);
	assert_int_equal(-ENODEV, board_open(&config, loop, &events, &board, error));
	assert_null(board);
	assert_memory_equal(said, error + strlen(path), strlen(said) - 1);
	loop_free(loop);
}

/* The shipped definitions are right but for the chip, which this machine does not have. */
static void the_shipped_definitions_are_right(void **state)
{
	static const char *const files[] = { "config/boards/raspberry-pi.cfg",
		"config/boards/raspberry-pi-5.cfg" };
	struct board_config config = { .driver = "gpiod" };
	int mistakes;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		config.definition = files[i];
		said[0] = '\0';
		mistakes = board_check(&config, report, NULL);
		assert_true(
			mistakes == 0 || (mistakes == 1 && strstr(said, "chip label \"pinctrl-")));
	}
	config = (struct board_config){
		.driver = "sim", .definition = "config/boards/sim.cfg", .socket_dir = "/tmp"
	};
	assert_int_equal(0, board_check(&config, report, NULL));
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_definition_has_no_mistakes),
		cmocka_unit_test(unknown_keys_name_the_nearest_and_all_that_are_allowed),
		cmocka_unit_test(wrong_kinds_of_value_say_what_they_must_be),
		cmocka_unit_test(values_out_of_range_say_the_range),
		cmocka_unit_test(a_modem_line_needs_the_name_of_its_modem),
		cmocka_unit_test(a_broken_file_is_named_with_its_line),
		cmocka_unit_test(pins_need_a_chip_a_line_each_and_no_line_twice),
		cmocka_unit_test(a_chip_that_is_not_there_is_named_with_those_that_are),
		cmocka_unit_test(a_socket_path_that_is_too_long_or_has_no_folder_is_named),
		cmocka_unit_test(an_error_at_opening_is_the_first_mistake_of_the_check),
		cmocka_unit_test(the_shipped_definitions_are_right),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
