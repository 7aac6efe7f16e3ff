/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration that lies in files: what includes, what cannot be read, what is not there. */
#include <sys/stat.h>
#include <unistd.h>

#include "settings_world.h"

static char dir[64];

static int make_dir(void **state)
{
	char path[128];

	(void)state;
	strcpy(dir, "/tmp/faro-settings-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/messages", dir);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/data", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	return 0;
}

static int remove_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static void PRINTF_LIKE(2, 3) put_file(const char *name, const char *format, ...)
{
	char path[160];
	va_list args;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	va_start(args, format);
	vfprintf(file, format, args);
	va_end(args);
	fclose(file);
}

static int load(const struct settings **out)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/faro.cfg", dir);
	forget_reports();
	return settings_load(path, on_report, NULL, out);
}

/* The report without the directory of this run. */
static const char *said_here(void)
{
	static char out[sizeof(said)];
	struct strbuf sb;

	strbuf_init(&sb, out, sizeof(out));
	for (const char *p = said; *p;) {
		bool here = strncmp(p, dir, strlen(dir)) == 0;

		strbuf_add_n(&sb, here ? "D" : p, 1);
		p += here ? strlen(dir) : 1;
	}
	return out;
}

static void put_good(void)
{
	put_file("messages/en.cfg", "x = 1;\n");
	put_file("faro.cfg",
		PEOPLE MODEM "box : { messages_dir = \"%s/messages\"; data_dir = \"%s/data\"; "
			     "timezone = \"UTC\"; };\n",
		dir, dir);
}

static void includes_work_and_mistakes_name_the_included_file(void **state)
{
	const struct settings *settings;

	(void)state;
	put_good();
	put_file("more.cfg",
		"# @include \"none.cfg\"\n\nalerts : { code_ttl = 7; };"); /* without a line feed */
	put_file("faro.cfg",
		"/*\n@include \"none.cfg\"\n*/\n" PEOPLE MODEM
		"@include \"more.cfg\"\n@include \"%s/sub/deep.cfg\" # absolute\n"
		"box : { messages_dir = \"%s/messages\"; data_dir = \"%s/data\"; timezone = "
		"\"UTC\"; };\n",
		dir, dir, dir);
	assert_int_equal(mkdir(strcat(strcpy(said, dir), "/sub"), 0755), 0);
	put_file("sub/deep.cfg", "@include \"deeper.cfg\"\n");
	put_file("sub/deeper.cfg", "list : { zones = ( { id = \"z\"; } ); };\n");
	assert_int_equal(load(&settings), 0);
	assert_string_equal(said_here(), "");
	assert_int_equal(settings->alerts.code_ttl_s, 7);
	assert_string_equal(settings->list.zones[0].id, "z");
	settings_free(settings);

	put_file("more.cfg", "\nalerts : { code_ttl = 0; };");
	put_file("sub/deeper.cfg", "\n\nlist : { zonez = 1; };\n");
	put_file("faro.cfg",
		PEOPLE MODEM "@include \"more.cfg\"\n@include \"sub/deep.cfg\"\n"
			     "box : { messages_dir = \"%s/messages\"; data_dir = \"%s/data\"; "
			     "timezone = \"UTC\"; nmae = 1; };\n",
		dir, dir);
	assert_int_equal(load(&settings), -EINVAL);
	assert_string_equal(said_here(),
		"D/faro.cfg:5: unknown key \"nmae\" in box; did you mean \"name\"?\n"
		"D/sub/deeper.cfg:3: unknown key \"zonez\" in list; did you mean \"zones\"?\n"
		"D/more.cfg:2: alerts.code_ttl is 0; allowed: 1 to 3600\n");
	put_file("sub/deeper.cfg", "\nlist : {\n");
	assert_int_equal(load(&settings), -EINVAL);
	assert_non_null(strstr(said_here(), "syntax error"));
}

static void an_include_that_cannot_be_read_is_a_mistake_and_no_more(void **state)
{
	const struct settings *settings;
	char fifo[128];

	(void)state;
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	put_file("self.cfg", "@include \"self.cfg\"\n");
	put_file("nul.cfg", "a = 1;%c", 0);
	put_file("messages/en.cfg", "x = 1;\n");
	put_file("faro.cfg",
		PEOPLE MODEM
		"@include \"none.cfg\"\n@include \"data\"\n@include \"fifo\"\n@include more.cfg\n"
		"@include \"/dev/zero\"\n@include \"nul.cfg\"\n@include \"self.cfg\"\n"
		"box : { messages_dir = \"%s/messages\"; data_dir = \"%s/data\"; timezone = "
		"\"UTC\"; };\n",
		dir, dir);
	assert_int_equal(load(&settings), -EINVAL);
	assert_string_equal(said_here(),
		"D/faro.cfg:3: @include \"D/none.cfg\": No such file or directory\n"
		"D/faro.cfg:4: @include \"D/data\": Is a directory\n"
		"D/faro.cfg:5: @include \"D/fifo\": not a regular file\n"
		"D/faro.cfg:6: an @include line must be: @include \"more.cfg\", and nothing behind "
		"it\n"
		"D/faro.cfg:7: @include \"/dev/zero\": not a regular file\n"
		"D/faro.cfg:8: @include \"D/nul.cfg\": holds a NUL byte: not a text file\n"
		"D/self.cfg:1: @include goes too deep: at most 32 files, 8 levels\n");
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
	const struct settings *settings;

	(void)state;
	assert_int_equal(load(&settings), -ENOENT);
	assert_string_equal(said_here(), "D/faro.cfg: No such file or directory\n");
	forget_reports();
	assert_int_equal(settings_load(dir, on_report, NULL, &settings), -EISDIR);
	assert_string_equal(said_here(), "D: Is a directory\n");
}

static void what_was_read_is_handed_out_with_its_mistakes(void **state)
{
	const struct settings *settings;
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/faro.cfg", dir);
	put_file("faro.cfg",
		"box : { nmae = \"x\"; language = 5; messages_dir = \"%s\"; };\n" PEOPLE
		"list = 7;\nboard : { driver = \"sim\"; };\nalerts : { code_ttl = \"soon\"; };\n",
		dir);
	forget_reports();
	assert_int_equal(settings_read(path, on_report, NULL, &settings), -EINVAL);
	assert_non_null(settings);
	assert_string_equal(settings->box.messages_dir, dir);
	assert_string_equal(settings->box.language, "en");
	assert_int_equal(settings->board.driver, SETTINGS_DRIVER_SIM);
	assert_true(settings_is_right(settings, "box.messages_dir"));
	assert_true(settings_is_right(settings, "board"));
	assert_true(settings_is_right(settings, "alert")); /* no part of a name */
	assert_false(settings_is_right(settings, "box"));
	assert_false(settings_is_right(settings, "box.language"));
	assert_false(settings_is_right(settings, "list.join"));
	assert_false(settings_is_right(settings, "alerts"));
	settings_free(settings);
	assert_int_equal(load(&settings), -EINVAL);
	assert_null(settings);
	put_file("faro.cfg", "%s", "box = {\n");
	assert_int_equal(settings_read(path, on_report, NULL, &settings), -EINVAL);
	assert_null(settings);
}

static void what_the_file_names_on_this_machine_is_checked(void **state)
{
	const struct settings *settings;

	(void)state;
	put_good();
	assert_int_equal(load(&settings), 0);
	assert_int_equal(warnings, 0);
	settings_free(settings);

	put_file("plain", "%s", "");
	put_file("faro.cfg",
		PEOPLE MODEM "box : { messages_dir = \"%s/messages\"; data_dir = \"%s/plain\"; "
			     "timezone = \"UTC\";\n"
			     "language = \"fr\"; };\nprivacy : { key_file = \"%s/data\"; };\n",
		dir, dir, dir);
	assert_int_equal(load(&settings), -EINVAL);
	assert_string_equal(said_here(), "D/faro.cfg:4: box.language is \"fr\" and there is no "
					 "D/messages/fr.cfg; allowed: a language "
					 "with a message file\n"
					 "D/faro.cfg:3: box.data_dir is \"D/plain\", which is no "
					 "directory; allowed: a directory, or "
					 "nothing yet\n"
					 "D/faro.cfg:5: the key file D/data is not a regular file; "
					 "allowed: a file of 32 bytes, or "
					 "nothing yet\n");
}

static void what_a_start_could_not_make_is_refused(void **state)
{
	const struct settings *settings;

	(void)state;
	put_good();
	put_file("faro.cfg",
		PEOPLE MODEM "box : { messages_dir = \"%s/messages\"; data_dir = \"%s/no/data\"; "
			     "timezone = \"UTC\"; };\nprivacy : { key_file = \"%s/none/key\"; };\n",
		dir, dir, dir);
	assert_int_equal(load(&settings), -EINVAL);
	assert_string_equal(said_here(),
		"D/faro.cfg:3: box.data_dir is \"D/no/data\", in a directory that is not there; "
		"allowed: a directory, or a new one in one that is there\n"
		"D/faro.cfg:4: the key file is D/none/key, in a directory that is not there; "
		"allowed: a file of 32 bytes, or nothing yet in a directory that is there\n");
}

static void a_socket_takes_the_place_of_no_file(void **state)
{
	const struct settings *settings;

	(void)state;
	put_good();
	put_file("plain", "%s", "");
	put_file("faro.cfg",
		PEOPLE MODEM "box : { messages_dir = \"%s/messages\"; data_dir = \"%s/data\"; "
			     "timezone = \"UTC\";\ncontrol_socket = \"%s/plain\"; };\n",
		dir, dir, dir);
	assert_int_equal(load(&settings), -EINVAL);
	assert_string_equal(said_here(),
		"D/faro.cfg:4: box.control_socket is \"D/plain\", where something lies that is no "
		"socket; allowed: a path where nothing lies\n");
}

static void what_is_not_there_yet_is_named(void **state)
{
	const struct settings *settings;

	(void)state;
	put_good();
	put_file("faro.cfg",
		"modems = ( { name = \"m1\"; port = \"%s/ttyUSBO\"; } );\n"
		"people = ( { phone = \"+15105550100\"; role = \"admin\"; language = \"fr\"; } );\n"
		"box : { messages_dir = \"%s/messages\"; data_dir = \"%s/data\"; timezone = "
		"\"UTC\"; };\n"
		"delivery : { encoding = { en = \"auto\"; ht = \"auto\"; }; };\n",
		dir, dir, dir);
	assert_int_equal(load(&settings), 0);
	assert_string_equal(said_here(), "D/faro.cfg:1: warning: modem \"m1\": there is no "
					 "D/ttyUSBO now; it is absent until "
					 "there is\n"
					 "D/faro.cfg:2: warning: people.language is \"fr\" and "
					 "there is no D/messages/fr.cfg: "
					 "they are spoken to in \"en\"\n"
					 "D/faro.cfg:4: warning: delivery.encoding has \"ht\" "
					 "and there is no D/messages/ht.cfg: nobody is spoken to "
					 "so\n");
	settings_free(settings);
}

static void a_byte_order_mark_is_no_part_of_the_file(void **state)
{
	const struct settings *settings;

	(void)state;
	put_good();
	put_file("faro.cfg",
		"\xEF\xBB\xBF" PEOPLE MODEM
		"box : { messages_dir = \"%s/messages\"; data_dir = \"%s/data\"; timezone = "
		"\"UTC\"; };\r\n",
		dir, dir);
	assert_int_equal(load(&settings), 0);
	assert_string_equal(said_here(), "");
	settings_free(settings);
}

static void a_time_zone_that_nobody_knows_is_refused(void **state)
{
	const struct settings *settings;

	(void)state;
	put_file("messages/en.cfg", "x = 1;\n");
	put_file("faro.cfg",
		PEOPLE MODEM "box : { messages_dir = \"%s/messages\"; data_dir = \"%s/data\"; "
			     "timezone = \"Mars/Base\"; };\n",
		dir, dir);
	if (access("/usr/share/zoneinfo", F_OK) < 0) {
		/* without the package tzdata it cannot be known; the clock is then UTC */
		assert_int_equal(load(&settings), 0);
		assert_string_equal(said_here(),
			"D/faro.cfg:3: warning: box.timezone is not known: "
			"/usr/share/zoneinfo is missing (package tzdata)\n");
		settings_free(settings);
		return;
	}
	assert_int_equal(load(&settings), -EINVAL);
	assert_string_equal(said_here(), "D/faro.cfg:3: box.timezone is \"Mars/Base\"; allowed: a "
					 "name of /usr/share/zoneinfo such as "
					 "\"America/Los_Angeles\" or \"UTC\"\n");
}

static void a_key_that_others_can_read_is_refused(void **state)
{
	const struct settings *settings;
	char path[128];

	(void)state;
	put_good();
	put_file("data/key", "01234567890123456789012345678901");
	snprintf(path, sizeof(path), "%s/data/key", dir);
	chmod(path, 0640);
	assert_int_equal(load(&settings), -EINVAL);
	assert_non_null(
		strstr(said, "data/key has mode 0640: others can open the list; allowed: 0600"));
	chmod(path, 0600);
	put_file("data/key", "0123");
	assert_int_equal(load(&settings), -EINVAL);
	assert_non_null(strstr(said, "data/key has 4 bytes; allowed: a file of 32 bytes"));
	put_file("data/key", "01234567890123456789012345678901");
	snprintf(path, sizeof(path), "%s/data", dir);
	chmod(path, 0755);
	assert_int_equal(load(&settings), 0);
	assert_int_equal(warnings, 1);
	assert_non_null(
		strstr(said, "has mode 0755: others on this machine can see into it (chmod 700)"));
	settings_free(settings);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(includes_work_and_mistakes_name_the_included_file),
		TEST(an_include_that_cannot_be_read_is_a_mistake_and_no_more),
		TEST(a_file_that_cannot_be_read_says_why),
		TEST(what_was_read_is_handed_out_with_its_mistakes),
		TEST(what_the_file_names_on_this_machine_is_checked),
		TEST(what_a_start_could_not_make_is_refused),
		TEST(a_socket_takes_the_place_of_no_file),
		TEST(what_is_not_there_yet_is_named),
		TEST(a_byte_order_mark_is_no_part_of_the_file),
		TEST(a_time_zone_that_nobody_knows_is_refused),
		TEST(a_key_that_others_can_read_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
