/* SPDX-License-Identifier: Apache-2.0 */
/* Story 1: the box starts, says what it is, and says what is wrong with its configuration. */
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_story.h"

static void write_file(struct box *box, const char *name, const char *text, char path[256])
{
	FILE *file;

	snprintf(path, 256, "%s/%s", box_dir(box), name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void status_has_every_key_that_others_rely_on(void **state)
{
	static const char *const numbers[] = { "uptime_s", "paused", "modems.0.signal_dbm",
		"modems.0.segment_s", "modems.0.sent_today", "modems.0.resets", "members.active",
		"members.applicants", "members.left", "outbox.queued", "outbox.sending",
		"outbox.sent", "outbox.delivered", "outbox.failed", "outbox.unknown",
		"inbox.received", "inbox.handled", "incidents.open", "alerts.running" };
	struct box *box = box_new(&(struct box_options){ .modems = 2 });
	struct ran ran;
	json_t *status;

	(void)state;
	box_start(box);
	ran = box_faroctl(box, "--json", "status", NULL);
	assert_int_equal(ran.code, 0);
	status = json_loads(ran.out, 0, NULL);
	assert_non_null(status);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_number_at(status, numbers[i]);
	assert_true(json_is_null(json_object_get(
		json_array_get(json_object_get(status, "modems"), 0), "allowance_today")));
	assert_string_equal(json_string_value(json_object_get(status, "box")), "Faro");
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(json_object_get(status, "modems"), 1), "state")),
		"ready");
	assert_int_equal(json_array_size(json_object_get(status, "modems")), 2);
	json_decref(status);
	ran_free(&ran);
	box_free(box);
}

static void the_socket_is_for_the_group_and_the_key_for_nobody_else(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	char path[256];
	struct stat st;

	(void)state;
	box_start(box);
	snprintf(path, sizeof(path), "%s/control.sock", box_dir(box));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	snprintf(path, sizeof(path), "%s/data/key", box_dir(box));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	box_free(box);
}

static void every_mistake_of_a_configuration_is_named_with_its_line(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	char path[256], line[300];
	struct ran ran;

	(void)state;
	write_file(box, "wrong.cfg",
		"box : { nmae = \"Faro\"; language = \"en\"; messages_dir = \"config/messages\"; "
		"};\n"
		"modems = ( { name = \"a\"; port = \"/dev/null\"; baud = 17; } );\n"
		"people = ( { phone = \"12\"; name = \"Ana\"; role = \"boss\"; } );\n"
		"delivery : { unknown_wait = \"soon\"; };\n",
		path);
	ran = box_check_config(box, path);
	assert_int_equal(ran.code, 78);
	for (int n = 1; n <= 4; n++) {
		snprintf(line, sizeof(line), "%s:%d: ", path, n);
		if (!strstr(ran.err, line))
			fail_msg("no %s in:\n%s", line, ran.err);
	}
	assert_non_null(strstr(ran.err, "name"));       /* the nearest known key */
	assert_non_null(strstr(ran.err, "dispatcher")); /* what is allowed */
	ran_free(&ran);
	box_free(box);
}

/* `ran.err` has a line about this place. */
static void assert_told(const struct ran *ran, const char *path, int line)
{
	char place[300];

	snprintf(place, sizeof(place), "%s:%d: ", path, line);
	if (!strstr(ran->err, place))
		fail_msg("no %s in:\n%s", place, ran->err);
}

static void mistakes_of_the_board_and_the_words_are_told_with_those_of_the_settings(void **state)
{
	static const char settings[] =
		"box : { language = \"en\"; timezone = \"Mars\"; messages_dir = \"%s/words\";\n"
		"\tdata_dir = \"%s/data\"; control_socket = \"%s/control.sock\"; };\n"
		"alerts : { code_ttl = \"soon\"; };\n"
		"board : { driver = \"sim\"; definition = \"%s/board.cfg\"; };\n"
		"people = ( { phone = \"+15105550100\"; name = \"Ana\"; role = \"admin\"; } );\n";
	struct box *box = box_new(&(struct box_options){ 0 });
	char path[256], board[256], words[256], text[1600], command[600];
	const char *dir = box_dir(box);
	struct ran ran;

	(void)state;
	snprintf(command, sizeof(command), "mkdir %s/words && cp config/messages/en.cfg %s/words",
		dir, dir);
	assert_int_equal(system(command), 0);
	write_file(box, "words/qq.cfg", "language : { code = \"qq\"; };\nmessages : {\n  = ; };\n",
		words);
	write_file(box, "board.cfg", "lights : {\n\tpwoer = 1;\n};\n", board);
	snprintf(text, sizeof(text), settings, dir, dir, dir, dir);
	write_file(box, "wrong.cfg", text, path);
	ran = box_check_config(box, path);
	assert_int_equal(ran.code, 78);
	assert_told(&ran, path, 1);
	assert_told(&ran, path, 3);
	assert_told(&ran, words, 3);
	assert_told(&ran, board, 2);
	ran_free(&ran);
	box_free(box);
}

#define ZONES(zones) "list : { zones = ( " zones " ); };"
#define INFO(keywords)                                                                             \
	"info = ( { keyword = " keywords ";\ntext = ( { language = \"en\"; body = \"x\"; } ); } "  \
	");"

/* "JOIN alto" would join a zone, "alto" leave the list; who texts "yes" wants no text. */
static void a_name_that_is_a_word_of_texts_is_refused(void **state)
{
	static const struct {
		const char *section, *told;
		int line;
	} wrong[] = {
		{ ZONES("{ id = \"stop\"; }"), "\"stop\" of language \"en\"", 3 },
		{ ZONES("{ id = \"hills\";\nnames = ( \"colinas\",\n\"Alto\" ); }"),
			"\"hills\" is called \"Alto\"", 4 },
		{ ZONES("{ id = \"hills\"; names = ( \"need\" ); }"), "\"need\"", 3 },
		{ INFO("\"Stop\""),
			"\"Stop\", which people text for something else (the word "
			"\"stop\" of language \"en\")",
			3 },
		{ INFO("( \"rights\",\n\"sí\" )"), "(the word \"yes\" of language \"es\")", 3 },
		{ INFO("\"alert\""), "never be given: its keyword is \"alert\"", 3 },
		{ INFO("\"report\""), "never be given: its keyword is \"report\"", 3 },
	};
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char text[1200], path[256];
		struct ran ran;

		snprintf(text, sizeof(text),
			"box : { language = \"en\"; messages_dir = \"config/messages\";\n"
			"data_dir = \"%s/data\"; };\n"
			"%s\n"
			"board : { driver = \"none\"; };\n"
			"people = ( { phone = \"+15105550100\"; role = \"admin\"; } );\n",
			box_dir(box), wrong[i].section);
		write_file(box, "wrong.cfg", text, path);
		ran = box_check_config(box, path);
		assert_int_equal(ran.code, 78);
		assert_told(&ran, path, wrong[i].line);
		if (!strstr(ran.err, wrong[i].told))
			fail_msg("no %s in:\n%s", wrong[i].told, ran.err);
		ran_free(&ran);
	}
	box_free(box);
}

/* The defaults that stand in for what is wrong are nobody's choice: nothing is said of them. */
static void a_wrong_board_section_is_told_and_no_other_board_is_looked_at(void **state)
{
	struct box *box =
		box_new(&(struct box_options){ .board = "board : { driver = \"gpoid\"; };" });
	struct ran ran = box_check_config(box, NULL);

	(void)state;
	assert_int_equal(ran.code, 78);
	assert_non_null(strstr(ran.err, "board.driver"));
	assert_null(strstr(ran.err, "raspberry-pi"));
	ran_free(&ran);
	box_free(box);
}

static void a_right_configuration_is_said_to_be_in_order(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	struct ran ran = box_check_config(box, NULL);

	(void)state;
	if (ran.code != 0)
		fail_msg("%d: %s", ran.code, ran.err);
	assert_non_null(strstr(ran.out, "in order"));
	ran_free(&ran);
	/* `make demo` makes the directory that the file's paths begin with */
	mkdir("build", 0755);
	mkdir("build/demo", 0755);
	ran = box_check_config(box, "config/demo.cfg");
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_free(box);
}

/* What farod says that does not get as far as to run: it ends with 1. */
static void assert_start_fails(struct box *box, const char *said)
{
	char program[256], command[800], path[256], log[4096] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/start.log", box_dir(box));
	snprintf(command, sizeof(command), "%s -c %s/faro.cfg 2>%s", box_program("farod", program),
		box_dir(box), path);
	assert_int_equal(WEXITSTATUS(system(command)), 1);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(log, 1, sizeof(log) - 1, file) > 0);
	fclose(file);
	if (!strstr(log, said))
		fail_msg("no \"%s\" in:\n%s", said, log);
}

static void a_missing_chip_is_a_clear_error_at_check_and_at_start(void **state)
{
	struct box *box = box_new(
		&(struct box_options){ .board = "board : { driver = \"gpiod\"; definition = "
						"\"config/boards/raspberry-pi.cfg\"; };" });
	struct ran ran = box_check_config(box, NULL);

	(void)state;
	assert_int_equal(ran.code, 78);
	assert_non_null(strstr(ran.err, "raspberry-pi.cfg:"));
	assert_non_null(strstr(ran.err, "pinctrl-bcm2835"));
	ran_free(&ran);
	assert_start_fails(box, "pinctrl-bcm2835");
	box_free(box);
}

static void faroctl_says_when_nobody_answers_and_when_it_is_used_wrongly(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	struct ran ran = box_faroctl(box, "status", NULL);

	(void)state;
	assert_int_equal(ran.code, 75);
	ran_free(&ran);
	ran = box_faroctl(box, "statsu", NULL);
	assert_int_equal(ran.code, 64);
	assert_non_null(strstr(ran.err, "did you mean \"status\""));
	ran_free(&ran);
	ran = box_faroctl(box, "bogus", NULL); /* near to nothing: no guess */
	assert_int_equal(ran.code, 64);
	assert_null(strstr(ran.err, "did you mean"));
	ran_free(&ran);
	box_free(box);
}

static void help_is_no_mistake(void **state)
{
	static const char *const programs[] = { "farod", "faroctl", "modemsim" };
	static const char *const words[] = { "-h", "--help" };
	char program[256], command[600];

	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
			snprintf(command, sizeof(command), "%s %s | grep -q '^Usage: %s'",
				box_program(programs[i], program), words[k], programs[i]);
			assert_int_equal(WEXITSTATUS(system(command)), 0);
			snprintf(command, sizeof(command), "%s %s >/dev/null", program, words[k]);
			assert_int_equal(WEXITSTATUS(system(command)), 0);
		}
}

static void two_daemons_do_not_share_one_database(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	char config[256], program[256], command[600];

	(void)state;
	box_start(box);
	snprintf(config, sizeof(config), "%s/faro.cfg", box_dir(box));
	snprintf(command, sizeof(command), "%s -c %s 2>%s/second.log",
		box_program("farod", program), config, box_dir(box));
	assert_int_equal(WEXITSTATUS(system(command)), 1);
	/* the first is not disturbed */
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	box_free(box);
}

static void what_was_there_is_there_after_a_restart(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN north");
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	box_start(box);
	box_wait_status(box, "members.active", 3, false);
	person_texts(box, &ben, "ZONE");
	expect_text(box, &ben, "north");
	box_free(box);
}

static void a_damaged_database_is_set_aside_and_salvaged(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	char path[256], *log;
	FILE *file;

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN north");
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	snprintf(path, sizeof(path), "%s/data/faro.db", box_dir(box));
	file = fopen(path, "r+");
	assert_non_null(file);
	fwrite("this is not the header of a database", 1, 36, file);
	fclose(file);
	box_start(box);
	log = box_log(box);
	assert_non_null(strstr(log, "damaged"));
	free(log);
	box_wait_status(box, "members.active", 3, false);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(status_has_every_key_that_others_rely_on),
		cmocka_unit_test(the_socket_is_for_the_group_and_the_key_for_nobody_else),
		cmocka_unit_test(every_mistake_of_a_configuration_is_named_with_its_line),
		cmocka_unit_test(
			mistakes_of_the_board_and_the_words_are_told_with_those_of_the_settings),
		cmocka_unit_test(a_name_that_is_a_word_of_texts_is_refused),
		cmocka_unit_test(a_wrong_board_section_is_told_and_no_other_board_is_looked_at),
		cmocka_unit_test(a_right_configuration_is_said_to_be_in_order),
		cmocka_unit_test(a_missing_chip_is_a_clear_error_at_check_and_at_start),
		cmocka_unit_test(faroctl_says_when_nobody_answers_and_when_it_is_used_wrongly),
		cmocka_unit_test(help_is_no_mistake),
		cmocka_unit_test(two_daemons_do_not_share_one_database),
		cmocka_unit_test(what_was_there_is_there_after_a_restart),
		cmocka_unit_test(a_damaged_database_is_set_aside_and_salvaged),
	};

	return run_stories(stories);
}
