/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real faroctl, run as its users run it, against the real door; the commands behind the door
 * are this test's, and tell what they were asked.
 */
#include "faroctl_world.h"

/* ---- a farod that answers as it is told ------------------------------------------------------ */

static char asked[65536]; /* every request, one JSON a line */
static struct strbuf asked_buffer;

static void note_request(const struct control_request *request)
{
	char *text = json_dumps(control_arguments(request), JSON_COMPACT | JSON_SORT_KEYS);

	strbuf_addf(&asked_buffer, "%s\n", text);
	free(text);
}

static enum control_step run_status(void *ctx, struct control_request *request)
{
	(void)ctx;
	return control_answer(request,
		json_pack("{s:s,s:i,s:s,s:b,s:[{s:s,s:s,s:s,s:s,s:i,s:f,s:i,s:n,s:i}],s:{s:i,s:i,s:"
			  "i},s:{s:i,s:i},s:{s:i,s:i},"
			  "s:{s:i},s:{s:i},s:{s:b,s:s,s:s,s:s,s:s}}",
			"version", "0.1.0", "uptime_s", 7260, "box", "Faro", "paused", 0, "modems",
			"name", "sim1", "state", "ready", "why", "", "operator", "Telcél\033[2J",
			"signal_dbm", -67, "segment_s", 3.94, "sent_today", 12, "allowance_today",
			"resets", 0, "members", "active", 212, "applicants", 0, "left", 3, "outbox",
			"queued", 5, "delivered", 209, "inbox", "received", 40, "handled", 40,
			"incidents", "open", 1, "alerts", "running", 0, "clock", "known", 1,
			"source", "NITZ", "modem", "sim1", "local", "14:05", "time",
			"2026-11-02T22:05:00Z"));
}

static enum control_step run_members(void *ctx, struct control_request *request)
{
	(void)ctx;
	note_request(request);
	control_row(request, json_pack("{s:i,s:s,s:s,s:s,s:s,s:s}", "member", 1, "phone",
				     "+15105550100", "name", "Ana \"la\", \xC3\x91", "role",
				     "admin", "language", "es", "zones", "north south"));
	control_row(request,
		json_pack("{s:i,s:s,s:s,s:s,s:s,s:s}", "member", 2, "phone", "+15105550101", "name",
			"", "role", "member", "language", "", "zones", ""));
	return control_answer(request, json_pack("{s:i}", "people", 2));
}

/* Refuses the row whose name is "Bad". */
static enum control_step run_import(void *ctx, struct control_request *request)
{
	json_t *rows = json_object_get(control_arguments(request), "rows"), *row;
	int imported = 0;
	size_t i;

	(void)ctx;
	json_array_foreach (rows, i, row) {
		const char *name = json_string_value(json_object_get(row, "name"));

		if (name && strcmp(name, "Bad") == 0)
			control_row(request,
				json_pack("{s:O,s:s}", "line", json_object_get(row, "line"),
					"error", "the role is not known"));
		else
			imported++;
	}
	note_request(request);
	return control_answer(request, json_pack("{s:i}", "imported", imported));
}

static enum control_step run_alert(void *ctx, struct control_request *request)
{
	(void)ctx;
	note_request(request);
	return control_answer(request,
		json_pack("{s:i,s:i,s:i,s:i,s:i,s:i,s:i}", "alert", 5, "n", 17, "people", 212,
			"on_duty", 40, "segments", 1, "seconds", 848, "seconds_on_duty", 160));
}

static enum control_step run_noted(void *ctx, struct control_request *request)
{
	(void)ctx;
	note_request(request);
	return control_answer(request, NULL);
}

static enum control_step run_follow(void *ctx, struct control_request *request)
{
	int64_t *sent = control_scratch(request);

	(void)ctx;
	if (*sent == 200)
		return control_answer(
			request, json_pack("{s:s,s:i,s:i,s:i,s:i,s:i,s:f}", "state", "running",
					 "people", 212, "delivered", 200, "failed", 12, "waiting",
					 0, "segments_sent", 214, "seconds", 831.5));
	control_progress(request, json_pack("{s:i,s:i,s:i}", "people", 212, "waiting",
					  (int)(212 - *sent), "sent", (int)*sent));
	*sent += 10;
	return CONTROL_AGAIN;
}

static enum control_step run_check(void *ctx, struct control_request *request)
{
	(void)ctx;
	control_row(request, json_pack("{s:b,s:s}", "error", 1, "text",
				     "faro.cfg:3: alerts.code_ttl is 0; allowed: 1 to 3600"));
	return control_fail(request, FARO_EXIT_CONFIG, "the configuration has 1 mistake");
}

static enum control_step run_log(void *ctx, struct control_request *request)
{
	(void)ctx;
	note_request(request);
	control_line(request, json_pack("{s:s,s:s,s:s}", "time", "2026-11-21T20:28:32.123Z",
				      "level", "info", "text", "member=12"));
	return control_answer(request, NULL);
}

/* 22:05 UTC is 17:05 in New York. */
static enum control_step run_show(void *ctx, struct control_request *request)
{
	(void)ctx;
	if (control_number(request, "n", 0) == 7)
		return control_answer(
			request, json_pack("{s:s,s:{s:i},s:[{s:s,s:s,s:s,s:s}]}", "timezone",
					 "America/New_York", "incident", "n", 7, "notes", "at",
					 "2026-11-02T22:05:00.000Z", "who", "P1", "what", "opened",
					 "text", ""));
	return control_fail(request, FARO_EXIT_FAILED,
		"there is no incident #%lld; see faroctl incidents --all",
		(long long)control_number(request, "n", 0));
}

static enum control_step run_events(void *ctx, struct control_request *request)
{
	(void)ctx;
	control_row(request, json_pack("{s:i,s:s}", "event", 3, "at", "2026-11-02T22:05:00.000Z"));
	return control_answer(request, json_pack("{s:s}", "timezone", "America/New_York"));
}

static const struct control_command commands[] = {
	{ "events", run_events },
	{ "status", run_status },
	{ "members list", run_members },
	{ "members import", run_import },
	{ "members add", run_noted },
	{ "alert", run_alert },
	{ "alert send", run_noted },
	{ "alert follow", run_follow },
	{ "cancel", run_noted },
	{ "check", run_check },
	{ "log", run_log },
	{ "show", run_show },
};

static int open_door(void **state)
{
	(void)state;
	strbuf_init(&asked_buffer, asked, sizeof(asked));
	return world_open(commands, ARRAY_SIZE(commands), "csv");
}

static void put_csv(const char *text, size_t n)
{
	FILE *file = fopen(file_path, "w");

	fwrite(text, 1, n, file);
	fclose(file);
}

#define put_text(text) put_csv(text, sizeof(text) - 1)

/* ---- the tests ------------------------------------------------------------------------------- */

static void status_is_one_tidy_screen(void **state)
{
	(void)state;
	assert_int_equal(faroctl("status"), 0);
	assert_string_equal(err, "");
	assert_string_equal(out,
		"Faro: farod 0.1.0, up 2 h 1 min\n"
		"\n"
		"modem  state  operator    dBm  s/segment  today  left  new  resets\n"
		"sim1   ready  Telcél [2J  -67        3.9     12     -    -       0\n"
		"\n"
		"members   212 active, 0 applicants, 3 left\n"
		"outbox    5 queued, 0 sending, 0 held, 0 unknown\n"
		"          0 sent, 209 delivered, 0 failed, 0 dropped\n"
		"inbox     40 received, 40 handled\n"
		"incidents 1 open\n"
		"alerts    0 running, 0 waiting for their code\n"
		"clock     14:05, 2026-11-02T22:05:00Z, by NITZ of sim1\n");
}

static void json_is_one_object_wherever_the_option_stands(void **state)
{
	json_t *object;

	(void)state;
	assert_int_equal(faroctl("--json", "status"), 0);
	object = json_loads(out, 0, NULL);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(object, "members"), "active")),
		212);
	json_decref(object);
	assert_int_equal(faroctl("members", "list", "--json", "--all"), 0);
	object = json_loads(out, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(object, "members")), 2);
	assert_int_equal(json_integer_value(json_object_get(object, "people")), 2);
	json_decref(object);
	assert_string_equal(asked, "{\"all\":true,\"cmd\":\"members list\"}\n");
}

/* Whatever zone the shell is in. */
static void times_are_the_boxs(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Tokyo", 1);
	assert_int_equal(faroctl("events"), 0);
	assert_non_null(strstr(out, "2026-11-02 17:05"));
	assert_int_equal(faroctl("show", "7"), 0);
	assert_non_null(strstr(out, "2026-11-02 17:05:00"));
	unsetenv("TZ");
}

static void errors_are_one_line_and_an_exit_code(void **state)
{
	json_t *object;

	(void)state;
	assert_int_equal(faroctl("show", "9"), FARO_EXIT_FAILED);
	assert_string_equal(out, "");
	assert_string_equal(err, "faroctl: there is no incident #9; see faroctl incidents --all\n");
	assert_int_equal(faroctl("show", "9", "--json"), FARO_EXIT_FAILED);
	object = json_loads(out, 0, NULL);
	assert_true(json_is_false(json_object_get(object, "ok")));
	json_decref(object);
	assert_int_equal(faroctl("reload"), FARO_EXIT_USAGE); /* this farod has no such command */
	assert_int_equal(faroctl("-s", "/nonexistent/faro.sock", "status"), FARO_EXIT_NO_DAEMON);
	assert_non_null(strstr(err, "farod does not answer at /nonexistent/faro.sock"));
}

static void wrong_usage_says_what_is_right(void **state)
{
	(void)state;
	assert_int_equal(faroctl("stauts"), FARO_EXIT_USAGE);
	assert_string_equal(err, "faroctl: there is no command \"stauts\"; did you mean "
				 "\"status\"? (faroctl help lists them)\n");
	assert_int_equal(faroctl("members"), FARO_EXIT_USAGE);
	assert_string_equal(
		err, "faroctl: members needs one of: list, add, remove, import, export\n");
	assert_int_equal(faroctl("status", "--zone", "north"), FARO_EXIT_USAGE);
	assert_string_equal(err, "faroctl: status takes no --zone (faroctl help status)\n");
	assert_int_equal(faroctl("cancel"), FARO_EXIT_USAGE);
	assert_string_equal(err, "faroctl: usage: faroctl cancel N\n");
	assert_int_equal(faroctl("cancel", "x"), FARO_EXIT_USAGE);
	assert_int_equal(faroctl("alert", "--need", "10000", "x"), FARO_EXIT_USAGE);
	assert_string_equal(err, "faroctl: --need is \"10000\"; allowed: 0 to 9999\n");
	assert_int_equal(faroctl("--nonsense"), FARO_EXIT_USAGE);
	assert_string_equal(asked, "");
}

static void every_command_has_help(void **state)
{
	char commands_text[sizeof(out)];
	const char *line;

	(void)state;
	assert_int_equal(faroctl("help"), 0);
	strcpy(commands_text, out);
	line = strstr(commands_text, "\n\n  ");
	assert_non_null(line);
	for (line += 2; strncmp(line, "  ", 2) == 0; line += strcspn(line, "\n") + 1) {
		char name[17], first[16] = "", second[16] = "";

		text_copy(name, sizeof(name), line + 2);
		sscanf(name, "%15s %15s", first, second);
		assert_int_equal(
			*second ? faroctl("help", first, second) : faroctl("help", first), 0);
		assert_memory_equal(out, "Usage: faroctl ", 15);
		assert_int_equal(
			*second ? faroctl(first, second, "--help") : faroctl(first, "-h"), 0);
		assert_memory_equal(out, "Usage: faroctl ", 15);
	}
}

static void check_prints_each_mistake_and_exits_with_78(void **state)
{
	(void)state;
	assert_int_equal(faroctl("check"), FARO_EXIT_CONFIG);
	assert_string_equal(err, "faro.cfg:3: alerts.code_ttl is 0; allowed: 1 to 3600\nfaroctl: "
				 "the configuration has 1 mistake\n");
}

static void an_alert_shows_its_promise_and_its_progress(void **state)
{
	(void)state;
	assert_int_equal(faroctl("alert", "--zone", "north", "--zone", "south", "--need", "10",
				 "--yes", "Van at", "5th and Oak"),
		0);
	assert_string_equal(asked, "{\"cmd\":\"alert\",\"need\":10,\"text\":\"Van at 5th and "
				   "Oak\",\"zones\":[\"north\",\"south\"]}\n"
				   "{\"alert\":5,\"cmd\":\"alert send\"}\n");
	assert_non_null(strstr(out, "#17: 212 people (40 on duty), 1 segment each: about 14 min, "
				    "those on duty in 3 min\n"));
	assert_non_null(strstr(out, "  0 %  0 of 212 sent"));
	assert_non_null(strstr(out, " 51 %  110 of 212 sent"));
	assert_null(strstr(out, "\r")); /* plain lines: this is no terminal */
	assert_non_null(strstr(
		out, "done: 212 people, 200 delivered, 12 failed; 214 segments in 14 min\n"));
}

static void an_alert_may_be_left_to_itself(void **state)
{
	(void)state;
	assert_int_equal(faroctl("alert", "--yes", "--no-wait", "x"), 0);
	assert_non_null(strstr(out, "on its way; faroctl show 17 tells how far it is\n"));
}

static void nobody_is_alerted_without_a_yes(void **state)
{
	(void)state;
	assert_int_equal(faroctl("alert", "x"), FARO_EXIT_USAGE);
	assert_string_equal(
		err, "faroctl: nobody can be asked here; add --yes to send without a question\n");
	assert_int_equal(faroctl("alert", "--json", "x"), FARO_EXIT_USAGE);
	assert_string_equal(asked, "");
}

static void import_takes_columns_in_any_order_and_tells_wrong_lines(void **state)
{
	(void)state;
	put_text("\xEF\xBB\xBFZones,NAME,phone\r\n"
		 "north south,\"Ana, \"\"la\"\"\r\nbuena\",+15105550100\r\n"
		 "\r\n"
		 ",Bad,+15105550101\r\n"
		 ",\xFF,+15105550102\r\n"
		 ",Ben,+15105550103,more\r\n"
		 ",Carla,+15105550104");
	assert_int_equal(faroctl("members", "import", file_path), FARO_EXIT_FAILED);
	assert_string_equal(asked,
		"{\"cmd\":\"members import\",\"rows\":["
		"{\"line\":2,\"name\":\"Ana, "
		"\\\"la\\\"\\r\\nbuena\",\"phone\":\"+15105550100\",\"zones\":\"north south\"},"
		"{\"line\":5,\"name\":\"Bad\",\"phone\":\"+15105550101\",\"zones\":\"\"},"
		"{\"line\":8,\"name\":\"Carla\",\"phone\":\"+15105550104\",\"zones\":\"\"}]}\n");
	assert_non_null(strstr(err, ".csv:6: this is not UTF-8; save the file as UTF-8\n"));
	assert_non_null(strstr(err, ".csv:7: there are more fields than the header has\n"));
	assert_non_null(strstr(err, ".csv:5: the role is not known\n"));
	assert_non_null(
		strstr(err, "faroctl: 3 rows were not imported; correct and import them again\n"));
	assert_non_null(strstr(out, "2 imported\n"));
}

static void a_file_without_its_header_is_refused(void **state)
{
	(void)state;
	put_text("+15105550100,Ana\n");
	assert_int_equal(faroctl("members", "import", file_path), FARO_EXIT_FAILED);
	assert_non_null(strstr(err, ".csv:1: the header names \"+15105550100\"; allowed: phone, "
				    "name, role, language, zones"));
	put_text("name,role\nAna,admin\n");
	assert_int_equal(faroctl("members", "import", file_path), FARO_EXIT_FAILED);
	assert_non_null(strstr(err, "phone must be there"));
	put_text("");
	assert_int_equal(faroctl("members", "import", file_path), FARO_EXIT_FAILED);
	assert_non_null(strstr(err, "the file is empty"));
	put_text("\xFF\xFEp\0h\0o\0n\0e\0\n\0");
	assert_int_equal(faroctl("members", "import", file_path), FARO_EXIT_FAILED);
	assert_non_null(strstr(err, ".csv:1: this is not UTF-8; save the file as CSV in UTF-8"));
	assert_string_equal(asked, "");
	put_text("phone,name,Phone\n5105550100,Ana,5105550101\n");
	assert_int_equal(faroctl("members", "import", file_path), FARO_EXIT_FAILED);
	assert_non_null(
		strstr(err, ":1: the header names \"phone\" twice; allowed: each column once"));
	assert_int_equal(faroctl("members", "import", "/nonexistent.csv"), FARO_EXIT_FAILED);
	assert_int_equal(faroctl("members", "import", "/tmp"), FARO_EXIT_FAILED);
}

static void a_quote_in_the_wrong_place_spoils_only_its_line(void **state)
{
	(void)state;
	put_text("phone,name\n+15105550100,An\"a\n\"+15105550101\"x,Ben\n+15105550102,Carla\n");
	assert_int_equal(faroctl("members", "import", file_path), FARO_EXIT_FAILED);
	assert_non_null(strstr(err, ".csv:2: a field with a quote in it must be quoted"));
	assert_non_null(strstr(err, ".csv:3: a field with a quote in it must be quoted"));
	assert_string_equal(asked, "{\"cmd\":\"members "
				   "import\",\"rows\":[{\"line\":4,\"name\":\"Carla\",\"phone\":\"+"
				   "15105550102\"}]}\n");
}

static void an_open_quote_spoils_only_what_is_behind_it(void **state)
{
	(void)state;
	put_text("phone,name\n+15105550100,Ana\n+15105550101,\"Ben\n+15105550102,Carla\n");
	assert_int_equal(faroctl("members", "import", file_path), FARO_EXIT_FAILED);
	assert_string_equal(asked, "{\"cmd\":\"members import\",\"rows\":["
				   "{\"line\":2,\"name\":\"Ana\",\"phone\":\"+15105550100\"}]}\n");
	assert_non_null(strstr(err, ".csv:3: a quote of this row is not closed"));
}

static const char one_row[] = "{\"cmd\":\"members import\",\"rows\":["
			      "{\"line\":2,\"name\":\"Ana, la buena\",\"phone\":"
			      "\"+15105550100\"}]}\n";

static void columns_may_be_parted_by_semicolons(void **state)
{
	(void)state;
	put_text("phone;name\r\n+15105550100;Ana, la buena\r\n");
	faroctl("members", "import", file_path);
	assert_string_equal(asked, one_row);
}

static void columns_may_be_parted_by_tabs(void **state)
{
	(void)state;
	put_text("phone\tname\r\n+15105550100\tAna, la buena\r\n");
	faroctl("members", "import", file_path);
	assert_string_equal(asked, one_row);
}

static void a_long_file_goes_in_batches_that_farod_takes(void **state)
{
	static char text[400000];
	struct strbuf sb;
	unsigned int batches = 0;

	(void)state;
	strbuf_init(&sb, text, sizeof(text));
	strbuf_add(&sb, "phone,name\n");
	for (int i = 0; i < 2000; i++) /* control characters grow sixfold in JSON */
		strbuf_addf(&sb, "+1%03d55501%02d,\"%.*s\"\n", 200 + i / 100, i % 100, i % 100 + 1,
			"\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
			"\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
			"\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1");
	put_csv(text, sb.len);
	assert_int_equal(faroctl("members", "import", file_path), 0);
	assert_non_null(strstr(out, "\n2000 imported\n"));
	for (const char *p = asked; (p = strchr(p, '\n')); p++)
		batches++;
	assert_true(batches > 1);
}

static void an_export_is_what_an_import_reads(void **state)
{
	(void)state;
	assert_int_equal(faroctl("members", "export"), 0);
	assert_string_equal(out, "phone,name,role,language,zones\n"
				 "+15105550100,\"Ana \"\"la\"\", Ñ\",admin,es,north south\n"
				 "+15105550101,,member,,\n");
	assert_string_equal(asked, "{\"active\":true,\"cmd\":\"members list\"}\n");
	put_csv(out, strlen(out));
	strbuf_init(&asked_buffer, asked, sizeof(asked));
	assert_int_equal(faroctl("members", "import", file_path), 0);
	assert_non_null(strstr(asked, "\"name\":\"Ana \\\"la\\\", Ñ\""));
	assert_int_equal(faroctl("members", "export", file_path),
		FARO_EXIT_FAILED); /* never over a file that is there */
}

static void people_are_added_with_their_zones(void **state)
{
	(void)state;
	assert_int_equal(faroctl("members", "add", "(510) 555-0100", "responder", "Ana", "--zone",
				 "north", "--zone=south", "--language", "es"),
		0);
	assert_string_equal(asked,
		"{\"cmd\":\"members add\",\"language\":\"es\",\"name\":\"Ana\",\"phone\":\"(510) "
		"555-0100\",\"role\":\"responder\","
		"\"zones\":\"north south\"}\n");
}

static void role_and_name_may_be_options_or_words(void **state)
{
	(void)state;
	assert_int_equal(
		faroctl("members", "add", "5105550100", "--name", "Ana", "--role", "admin"), 0);
	assert_string_equal(asked, "{\"cmd\":\"members "
				   "add\",\"name\":\"Ana\",\"phone\":\"5105550100\",\"role\":"
				   "\"admin\",\"zones\":\"\"}\n");
	/* twice, and which is meant nobody can know */
	assert_int_equal(
		faroctl("members", "add", "5105550100", "responder", "--role", "admin"), 64);
	assert_non_null(strstr(err, "the role is given twice: as the word \"responder\""));
	assert_int_equal(
		faroctl("members", "add", "5105550100", "admin", "Ana", "--name", "Eva"), 64);
	assert_non_null(strstr(err, "the name is given twice: as the word \"Ana\""));
}

static void log_lines_are_shown_as_farod_writes_them(void **state)
{
	(void)state;
	assert_int_equal(faroctl("log", "-f"), 0);
	assert_string_equal(asked, "{\"cmd\":\"log\",\"follow\":true}\n");
	assert_string_equal(out, "2026-11-21T20:28:32.123Z info    member=12\n");
	assert_int_equal(faroctl("log", "--json"), 0);
	assert_string_equal(out, "{\"ok\":true,\"lines\":[{\"time\":\"2026-11-21T20:28:32.123Z\","
				 "\"level\":\"info\",\"text\":\"member=12\"}]}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(status_is_one_tidy_screen),
		TEST(json_is_one_object_wherever_the_option_stands),
		TEST(times_are_the_boxs),
		TEST(errors_are_one_line_and_an_exit_code),
		TEST(wrong_usage_says_what_is_right),
		TEST(every_command_has_help),
		TEST(check_prints_each_mistake_and_exits_with_78),
		TEST(an_alert_shows_its_promise_and_its_progress),
		TEST(an_alert_may_be_left_to_itself),
		TEST(nobody_is_alerted_without_a_yes),
		TEST(import_takes_columns_in_any_order_and_tells_wrong_lines),
		TEST(a_file_without_its_header_is_refused),
		TEST(a_quote_in_the_wrong_place_spoils_only_its_line),
		TEST(an_open_quote_spoils_only_what_is_behind_it),
		TEST(columns_may_be_parted_by_semicolons),
		TEST(columns_may_be_parted_by_tabs),
		TEST(a_long_file_goes_in_batches_that_farod_takes),
		TEST(an_export_is_what_an_import_reads),
		TEST(people_are_added_with_their_zones),
		TEST(role_and_name_may_be_options_or_words),
		TEST(log_lines_are_shown_as_farod_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
