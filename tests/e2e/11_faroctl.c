/* SPDX-License-Identifier: Apache-2.0 */
/* Story 11: the admin at the terminal. */
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_story.h"

static struct box *new_box(void)
{
	struct box *box = box_new(&(struct box_options){ .modems = 2 });

	box_start(box);
	return box;
}

static void write_csv(struct box *box, const char *text, char path[256])
{
	FILE *file;

	snprintf(path, 256, "%s/people.csv", box_dir(box));
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
}

static void every_command_answers_in_json_too(void **state)
{
	static const char *const commands[][6] = { { "status" },
		{ "members", "add", "+15105550133", "--name", "Eva" }, { "members", "list" },
		{ "members", "export" }, { "members", "remove", "+15105550133" }, { "incidents" },
		{ "show", "1" }, { "alert", "--yes", "--no-wait", "come to the market" },
		{ "cancel", "2" }, { "modem", "list" }, { "modem", "reset", "sim2" }, { "check" },
		{ "reload" }, { "log" }, { "test" }, { "version" }, { "messages", "check" } };
	struct box *box = new_box();

	(void)state;
	person_texts(box, &ben, "REPORT vans");
	expect_text(box, &ben, "#1");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct ran ran = box_faroctl(box, "--json", commands[i][0], commands[i][1],
			commands[i][2], commands[i][3], commands[i][4], NULL);
		json_t *json = json_loads(ran.out, 0, NULL);

		if (ran.code != 0 || !json_is_object(json))
			fail_msg("faroctl --json %s %s: %d\n%s%s", commands[i][0],
				commands[i][1] ? commands[i][1] : "", ran.code, ran.out, ran.err);
		json_decref(json);
		ran_free(&ran);
	}
	box_free(box);
}

static void a_bad_row_is_named_with_its_line_and_the_others_are_imported(void **state)
{
	struct box *box = new_box();
	char path[256];
	struct ran ran;

	(void)state;
	write_csv(box,
		"name,phone,zones,language,role\n"
		"Ben,(510) 555-0111,north south,en,responder\n"
		"Nobody,12,,en,member\n"
		"\"Carla, the \"\"quick\"\"\",510.555.0112,,es,\n"
		"Dan,+15105550113,mars,en,member\n"
		"Eva,+15105550114,,en,queen\n",
		path);
	ran = box_faroctl(box, "members", "import", path, NULL);
	assert_int_equal(ran.code, 1);
	for (int line = 3; line <= 6; line++) {
		char piece[300];

		snprintf(piece, sizeof(piece), "%s:%d:", path, line);
		assert_int_equal(strstr(ran.err, piece) != NULL, line != 4);
	}
	ran_free(&ran);
	box_wait_status(box, "members.active", 4, false);
	ran = box_faroctl(box, "members", "export", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "phone,name,role,language,zones"));
	assert_non_null(strstr(ran.out, "+15105550111,Ben,responder,en,north south"));
	assert_non_null(strstr(ran.out, "\"Carla, the \"\"quick\"\"\""));
	ran_free(&ran);
	box_free(box);
}

static void a_number_that_is_in_a_file_twice_is_said_with_both_lines(void **state)
{
	struct box *box = new_box();
	char path[256], piece[400];
	struct ran ran;

	(void)state;
	write_csv(box,
		"name,phone,zones,language,role\n"
		"Ben,(510) 555-0111,north,en,responder\n"
		"Carla,+15105550112,,es,\n"
		"Benjamin,+1 510 555 0111,south,en,member\n"
		"Carlo,+15105550112,mars,es,member\n",
		path);
	ran = box_faroctl(box, "members", "import", path, NULL);
	snprintf(piece, sizeof(piece),
		"%s:4: warning: the number of line 2 again; what line 4 says was taken\n", path);
	if (!strstr(ran.err, piece))
		fail_msg("no \"%s\" in %s", piece, ran.err);
	/* a row that is refused has taken nobody's place */
	assert_null(strstr(ran.err, "the number of line 3"));
	ran_free(&ran);
	ran = box_faroctl(box, "members", "export", NULL);
	assert_non_null(strstr(ran.out, "+15105550111,Benjamin,"));
	ran_free(&ran);
	box_free(box);
}

/* What faroctl writes to a terminal; free it. */
static char *on_a_terminal(struct box *box, const char *const *args)
{
	char program[256], socket[256], *out = calloc(1, 65536);
	const char *argv[16] = { box_program("faroctl", program), "-s", socket };
	ssize_t n, len = 0;
	int fd;
	pid_t child;

	snprintf(socket, sizeof(socket), "%s/control.sock", box_dir(box));
	for (int i = 0; i < 12 && args[i]; i++)
		argv[3 + i] = args[i];
	child = forkpty(&fd, NULL, NULL, &(struct winsize){ .ws_row = 24, .ws_col = 80 });
	if (child == 0) {
		execv(argv[0], (char **)argv);
		_exit(127);
	}
	assert_true(child > 0);
	while ((n = read(fd, out + len, 65535 - (size_t)len)) > 0)
		len += n;
	close(fd);
	waitpid(child, NULL, 0);
	return out;
}

static void an_alert_draws_its_progress_on_a_terminal(void **state)
{
	static const char *const args[] = { "alert", "--yes", "come to the market", NULL };
	struct box *box = box_new(
		&(struct box_options){ .people = "people = ( { phone = \"+15105550101\"; name = "
						 "\"Ana\"; role = \"admin\"; } );" });
	char *out;

	(void)state;
	box_start(box);
	out = on_a_terminal(box, args);
	expect_text(box, &ana, "come to the market");
	if (!strstr(out, "\r[") || !strstr(out, "100 %"))
		fail_msg("no progress bar in:\n%s", out);
	assert_non_null(strstr(out, "#1: 1 person, 1 segment each: "));
	assert_non_null(strstr(out, "done: 1 person, 1 delivered; 1 segment in "));
	free(out);
	box_free(box);
}

static void what_was_exported_can_be_imported(void **state)
{
	struct box *box = new_box();
	struct ran ran, again;
	char path[256];

	(void)state;
	person_joins(box, &ben, "JOIN north");
	ran = box_faroctl(box, "members", "export", NULL);
	write_csv(box, ran.out, path);
	again = box_faroctl(box, "members", "import", path, NULL);
	assert_int_equal(again.code, 0);
	ran_free(&again);
	again = box_faroctl(box, "members", "export", NULL);
	assert_string_equal(ran.out, again.out);
	ran_free(&again);
	ran_free(&ran);
	box_free(box);
}

static void an_alert_shows_lines_where_there_is_no_terminal(void **state)
{
	struct box *box = new_box();
	struct ran ran;

	(void)state;
	person_joins(box, &ben, "JOIN north");
	ran = box_faroctl(box, "alert", "--zone", "north", "--need", "3", "--yes",
		"come to the market", NULL);
	assert_int_equal(ran.code, 0);
	assert_null(strchr(ran.out, '\r'));
	assert_non_null(strstr(ran.out, "#1: 3 people, 1 segment each: "));
	assert_non_null(strstr(ran.out, "done: 3 people, 3 delivered; 3 segments in "));
	assert_null(strchr(ran.out, '\033'));
	ran_free(&ran);
	expect_text(box, &ben, "come to the market");
	ran = box_faroctl(box, "cancel", "1", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	expect_text(box, &ben, "called off");
	ran = box_faroctl(box, "cancel", "1", NULL);
	assert_int_equal(ran.code, 1);
	ran_free(&ran);
	ran = box_faroctl(box, "alert", "--zone", "mars", "--yes", "come", NULL);
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "north"));
	ran_free(&ran);
	box_free(box);
}

/* How often farod began with this modem. */
static int starts_of(struct box *box, const char *modem)
{
	char *log = box_log(box), words[64];
	int n = 0;

	snprintf(words, sizeof(words), "modem %s: starting\n", modem);
	for (const char *at = log; (at = strstr(at, words)); at++)
		n++;
	free(log);
	return n;
}

static void reload_swaps_and_leaves_unchanged_modems_alone(void **state)
{
	struct box *box = new_box();
	int before = starts_of(box, "sim1");
	struct ran ran;

	(void)state;
	box_configure(
		box, "list : { zones = ( { id = \"harbor\"; names = ( \"port\" ); } ); };", NULL);
	ran = box_faroctl(box, "reload", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	person_texts(box, &ben, "JOIN port");
	expect_text(box, &ben, "harbor");
	box_settle(box);
	assert_int_equal(before, 1);
	assert_int_equal(starts_of(box, "sim1"), before);
	box_free(box);
}

/* In the file, as an editor does it. */
static void replace_in_config(struct box *box, const char *old, const char *new)
{
	char path[256], text[8192], *at;
	FILE *file;

	snprintf(path, sizeof(path), "%s/faro.cfg", box_dir(box));
	file = fopen(path, "r");
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	at = strstr(text, old);
	assert_non_null(at);
	file = fopen(path, "w");
	fprintf(file, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
	fclose(file);
}

/* Cut off, its end would be unknown: it waits for its report, or is sent once more. */
static void a_segment_on_the_air_is_waited_for_when_its_section_changes(void **state)
{
	static const char *const others[][2] = {
		{ "baud = 115200", "baud = 57600" },
		{ "\"sim1\"; port", "\"renamed\"; port" },
		{ "{ name = \"renamed\";", "{ name = \"sim1\"; profile = \"generic\";" },
	};
	const struct person_of_test *who[] = { &ben, &carla, &dan };
	struct box *box = box_new(
		&(struct box_options){ .segment_ms = 800, .modem_settings = "baud = 115200;" });
	struct ran ran;
	char *log;

	(void)state;
	box_start(box);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		person_texts(box, who[i], "HELP");
		box_wait_status(box, "outbox.sending", 1, false);
		replace_in_config(box, others[i][0], others[i][1]);
		ran = box_faroctl(box, "reload", NULL);
		assert_int_equal(ran.code, 0);
		ran_free(&ran);
		expect_text(box, who[i], "STOP");
		box_wait_state(box, i == 1 ? "renamed" : "sim1", "ready");
		expect_no_text(box, who[i]);
	}
	log = box_log(box);
	assert_null(strstr(log, "unknown"));
	assert_null(strstr(log, "nothing that was handed over"));
	free(log);
	assert_int_equal(starts_of(box, "sim1"), 3);
	box_free(box);
}

static void a_wrong_file_changes_nothing_and_is_reported(void **state)
{
	struct box *box = new_box();
	struct ran ran;
	char *log;

	(void)state;
	box_configure(box, "list : { join = \"perhaps\"; };", NULL);
	ran = box_faroctl(box, "reload", NULL);
	assert_int_equal(ran.code, 78);
	assert_non_null(strstr(ran.err, "approve"));
	ran_free(&ran);
	ran = box_faroctl(box, "check", NULL);
	assert_int_equal(ran.code, 78);
	ran_free(&ran);
	log = box_log(box);
	assert_non_null(strstr(log, "faro.cfg has 1 mistake, named above\n"));
	assert_null(strstr(log, "Invalid argument"));
	free(log);
	person_texts(box, &ben, "JOIN north");
	expect_text(box, &ben, "reply YES");
	box_free(box);
}

/* Each time, until it is started anew or the file says again what it said at the start. */
static void what_waits_for_the_next_start_is_named_by_reload(void **state)
{
	static const char waits[] = "box.data_dir takes effect at the next start";
	struct box *box = new_box();
	struct ran ran;

	(void)state;
	replace_in_config(box, "/data\"", "/other\"");
	for (int i = 0; i < 2; i++) {
		ran = box_faroctl(box, "reload", NULL);
		assert_int_equal(ran.code, 0);
		assert_non_null(strstr(ran.err, waits));
		assert_string_equal(ran.out,
			"the configuration is in force, but for what waits for the next start\n");
		ran_free(&ran);
	}
	/* what is in use is looked at, not what will be */
	ran = box_faroctl(box, "doctor", NULL);
	assert_null(strstr(ran.out, "/other"));
	ran_free(&ran);
	replace_in_config(box, "/other\"", "/data\"");
	ran = box_faroctl(box, "reload", NULL);
	assert_string_equal(ran.err, "");
	assert_string_equal(ran.out, "the configuration is in force\n");
	ran_free(&ran);
	box_free(box);
}

/* /dev/full takes nothing, as a disk that is full. */
static void what_could_not_be_written_is_not_done(void **state)
{
	static const char *const commands[] = { "status", "members list", "--json status",
		"incidents --all", "log", "report --month", "members export" };
	struct box *box = new_box();
	char program[256], command[700], path[300], said[128];

	(void)state;
	box_program("faroctl", program);
	snprintf(path, sizeof(path), "%s/said", box_dir(box));
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		FILE *file;
		int status;

		snprintf(command, sizeof(command), "%s -s %s/control.sock %s >/dev/full 2>%s",
			program, box_dir(box), commands[i], path);
		status = system(command);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) != 1)
			fail_msg("%s: exit code %d", commands[i], WEXITSTATUS(status));
		file = fopen(path, "r");
		assert_non_null(fgets(said, sizeof(said), file));
		assert_non_null(strstr(said, "faroctl: standard output: "));
		assert_null(fgets(said, sizeof(said), file));
		fclose(file);
	}
	box_free(box);
}

static void people_and_modems_can_be_managed(void **state)
{
	struct box *box = new_box();
	struct ran ran = box_faroctl(box, "members", "add", "(510) 555-0111", "--name", "Ben",
		"--role", "responder", NULL);

	(void)state;
	if (ran.code != 0)
		fail_msg("%s", ran.err);
	ran_free(&ran);
	box_wait_status(box, "members.active", 3, false);
	ran = box_faroctl(box, "members", "list", NULL);
	assert_non_null(strstr(ran.out, "Ben"));
	ran_free(&ran);
	ran = box_faroctl(box, "members", "remove", "+15105550111", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_wait_status(box, "members.active", 2, false);
	ran = box_faroctl(box, "modem", "list", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "sim2"));
	assert_non_null(strstr(ran.out, "ready"));
	ran_free(&ran);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(every_command_answers_in_json_too),
		cmocka_unit_test(a_bad_row_is_named_with_its_line_and_the_others_are_imported),
		cmocka_unit_test(a_number_that_is_in_a_file_twice_is_said_with_both_lines),
		cmocka_unit_test(what_was_exported_can_be_imported),
		cmocka_unit_test(an_alert_draws_its_progress_on_a_terminal),
		cmocka_unit_test(an_alert_shows_lines_where_there_is_no_terminal),
		cmocka_unit_test(reload_swaps_and_leaves_unchanged_modems_alone),
		cmocka_unit_test(a_segment_on_the_air_is_waited_for_when_its_section_changes),
		cmocka_unit_test(a_wrong_file_changes_nothing_and_is_reported),
		cmocka_unit_test(what_waits_for_the_next_start_is_named_by_reload),
		cmocka_unit_test(what_could_not_be_written_is_not_done),
		cmocka_unit_test(people_and_modems_can_be_managed),
	};

	return run_stories(stories);
}
