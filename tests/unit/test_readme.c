/* SPDX-License-Identifier: Apache-2.0 */
/* The README's tables are the program's tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ctype.h>
#include <jansson.h>

#include "faro/control.h"
#include "faro/desk.h"
#include "faro/panel.h"

#include "faroctl_help.h"
#include "whole_file.h"

static char *readme;

static int read_readme(void **state)
{
	(void)state;
	readme = read_whole("README.md");
	return 0;
}

static int free_readme(void **state)
{
	(void)state;
	free(readme);
	return 0;
}

static void has_line(const char *line)
{
	if (!strstr(readme, line))
		fail_msg("README.md lacks: %s", line);
}

static void every_light_is_in_the_readme(void **state)
{
	struct panel_light_row row;
	char line[512];

	(void)state;
	for (unsigned int i = 0; panel_light_row(i, &row); i++) {
		snprintf(line, sizeof(line), "| %s | %s: %s | %s |\n", row.light, row.pattern,
			row.rhythm, row.meaning);
		has_line(line);
	}
}

static void every_button_is_in_the_readme(void **state)
{
	struct panel_gesture_row row;
	char line[512];

	(void)state;
	for (unsigned int i = 0; panel_gesture_row(i, &row); i++) {
		snprintf(line, sizeof(line), "| %s | %s | %s |\n", row.button, row.press,
			row.effect);
		has_line(line);
	}
}

static void the_check_list_is_in_the_readme(void **state)
{
	struct control_check_row row;
	char line[512];

	(void)state;
	for (unsigned int i = 0; control_check_row(i, &row); i++) {
		snprintf(line, sizeof(line), "| %s | %s | %s |\n", row.part, row.light, row.todo);
		has_line(line);
	}
}

/* ---- texts --------------------------------------------------------------------------------- */

/* The first English word of each entry of the table of words. */
static const char *const english[] = {
#define WORD(id, words, what) [WORD_##id] = words,
#include "faro/speech_words.def"
#undef WORD
};

/* Who is named in the README where the desk's table has this role. */
static const char *const readers[][2] = {
	[ROLE_NEIGHBOR] = { "anyone", "whoever was alerted" },
	[ROLE_MEMBER] = { "member", "whoever was alerted" },
	[ROLE_RESPONDER] = { "responder", "responder" },
	[ROLE_DISPATCHER] = { "dispatcher", "dispatcher" },
	[ROLE_ADMIN] = { "admin", "admin" },
};

/* The table under this heading: from its first row to the next heading. */
static char *table_of(const char *heading)
{
	char *from = strstr(readme, heading), *to, *table;

	assert_non_null(from);
	to = strstr(from + 1, "\n## ");
	assert_non_null(to);
	table = strndup(from, (size_t)(to - from));
	assert_non_null(table);
	return table;
}

/* True when a row of these readers has `WORD` or `WORD ...` in it. */
static bool row_has(const char *table, const char *reader, const char *word)
{
	char begin[64], code[64];

	snprintf(begin, sizeof(begin), "\n| %s |", reader);
	for (const char *row = strstr(table, begin); row; row = strstr(row + 1, begin)) {
		const char *end = strchr(row + 1, '\n');

		snprintf(code, sizeof(code), "`%s", word);
		for (const char *at = strstr(row, code); at && at < end; at = strstr(at + 1, code))
			if (!isalnum((unsigned char)at[strlen(code)]))
				return true;
	}
	return false;
}

static void every_text_command_is_in_the_readme(void **state)
{
	char *table = table_of("## Texts");
	struct desk_command_row row;

	(void)state;
	for (unsigned int i = 0; desk_command_row(i, &row); i++) {
		char word[32];

		snprintf(word, sizeof(word), "%.*s", (int)strcspn(english[row.word], ",."),
			english[row.word]);
		if (!row_has(table, readers[row.role][0], word) &&
			!row_has(table, readers[row.role][1], word))
			fail_msg("README.md, Texts: lacks `%s` for %s", word, readers[row.role][0]);
	}
	free(table);
}

/* STOP and HELP are no commands: they are reserved in front of them. */
static bool is_reserved(const char *word)
{
	static const char *const reserved[] = { "STOP", "HELP", "INFO", "ALTO", "AYUDA" };

	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (strcmp(word, reserved[i]) == 0)
			return true;
	return false;
}

static bool is_command(const char *word)
{
	struct desk_command_row row;
	size_t n = strlen(word);

	for (unsigned int i = 0; desk_command_row(i, &row); i++)
		if (strncmp(english[row.word], word, n) == 0 && strchr(",.", english[row.word][n]))
			return true;
	return false;
}

static void every_text_of_the_readme_is_a_command(void **state)
{
	char *table = table_of("## Texts");

	(void)state;
	for (char *at = strstr(table, "\n| anyone |"); at; at = strstr(at, "| `")) {
		char *end, *cell = strstr(at, "| `");

		if (!cell)
			break;
		end = strstr(cell + 2, " |");
		assert_non_null(end);
		for (char *code = strchr(cell, '`'); code && code < end; code = strchr(code, '`')) {
			char word[32] = "";
			size_t n = 0;

			for (code++; isupper((unsigned char)code[n]) && n + 1 < sizeof(word); n++)
				word[n] = code[n];
			if (n > 0 && !is_reserved(word) && !is_command(word))
				fail_msg("README.md, Texts: `%s` is no command", word);
			code = strchr(code, '`') + 1;
		}
		at = end;
	}
	free(table);
}

/* ---- commands ------------------------------------------------------------------------------ */

static void the_table_of_commands_is_faroctls(void **state)
{
	json_t *answer = ask_faroctl(), *command;
	char *table = table_of("## Commands"), line[512];
	size_t i, rows = 0;

	(void)state;
	json_array_foreach (json_object_get(answer, "commands"), i, command) {
		const char *name = json_string_value(json_object_get(command, "name"));
		const char *arguments = json_string_value(json_object_get(command, "arguments"));

		snprintf(line, sizeof(line), "| `%s%s%s` | %s |\n", name, *arguments ? " " : "",
			arguments, json_string_value(json_object_get(command, "help")));
		if (!strstr(table, line))
			fail_msg("README.md, Commands: lacks %s", line);
	}
	for (const char *row = strstr(table, "\n| `"); row; row = strstr(row + 1, "\n| `"))
		rows++;
	assert_int_equal(rows, json_array_size(json_object_get(answer, "commands")));
	json_decref(answer);
	free(table);
}

/* ---- what the README tells people to type --------------------------------------------------- */

/* Copies what stands at `at` up to a character that no name has. */
static void take_name(const char *at, const char *letters, char out[128])
{
	snprintf(out, 128, "%.*s", (int)strspn(at, letters), at);
}

#define SMALL "abcdefghijklmnopqrstuvwxyz"

static void every_make_is_a_target(void **state)
{
	char *makefile = read_whole("Makefile"), name[128], target[160];
	int n = 0;

	(void)state;
	for (const char *at = strstr(readme, "make "); at; at = strstr(at + 1, "make ")) {
		/* in a line of code or in backticks */
		if (at == readme || !strchr("` ", at[-1]) ||
			(at[-1] == ' ' && at[-2] != ' ' && at[-2] != '&' &&
				strncmp(at - 5, "sudo", 4) != 0))
			continue;
		take_name(at + 5, SMALL "-", name);
		snprintf(target, sizeof(target), "\n%s:", name);
		if (name[0] && strcmp(name, "git") != 0 && !strstr(makefile, target))
			fail_msg("README.md: make %s is no target", name);
		n++;
	}
	assert_in_range(n, 5, 100);
	free(makefile);
}

static bool is_ctl_command(const json_t *commands, const char *said)
{
	const json_t *command;
	size_t i;

	json_array_foreach (commands, i, command) {
		const char *name = json_string_value(json_object_get(command, "name"));
		size_t n = strlen(name);

		if (strncmp(said, name, n) == 0 && !isalpha((unsigned char)said[n]))
			return true;
	}
	return false;
}

static void every_faroctl_is_a_command(void **state)
{
	json_t *answer = ask_faroctl();
	const json_t *commands = json_object_get(answer, "commands");
	int n = 0;

	(void)state;
	for (const char *at = strstr(readme, "faroctl "); at; at = strstr(at + 1, "faroctl ")) {
		const char *said = at + 8;

		/* "sudo faroctl ...", "`faroctl ..." */
		if (strncmp(at - 5, "sudo ", 5) != 0 && at[-1] != '`' && at[-1] != '/')
			continue;
		if (strncmp(said, "-s build/demo/control.sock ", 27) == 0)
			said += 27;
		if (!is_ctl_command(commands, said))
			fail_msg("README.md: faroctl %.20s is no command", said);
		n++;
	}
	assert_in_range(n, 10, 100);
	json_decref(answer);
}

static void every_file_that_is_named_is_there(void **state)
{
	char name[128];
	int n = 0;

	(void)state;
	for (const char *at = strstr(readme, "config/"); at; at = strstr(at + 1, "config/")) {
		FILE *file;

		take_name(at, SMALL "0123456789-./", name);
		file = fopen(name, "r");
		if (!file)
			fail_msg("README.md names %s, which is not there", name);
		fclose(file);
		n++;
	}
	assert_in_range(n, 6, 100);
}

static void keep_problem(void *ctx, bool error, const char *text)
{
	char *said = ctx;

	if (error)
		snprintf(said, 512, "%s", text);
}

static void parse(const char *text, char said[512])
{
	const struct settings *settings = NULL;

	said[0] = '\0';
	settings_parse(text, "t", keep_problem, said, &settings);
	settings_free(settings);
}

/* Pieces of the configuration: "people = (", "modems = (", "board :" at the begin of a line. */
static void every_piece_of_configuration_is_right(void **state)
{
	static const char *const begins[] = { "people = (", "modems = (", "board :" };
	char text[2048], said[512];
	int n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		for (const char *at = strstr(readme, begins[i]); at;
			at = strstr(at + 1, begins[i])) {
			const char *end = strstr(at, i == 2 ? "};" : ");");

			snprintf(text, sizeof(text), "%.*s\n%s", (int)(end - at) + 2, at,
				i == 0 ? "" : "people = ();");
			parse(text, said);
			if (said[0])
				fail_msg("README.md: %s\n%s", text, said);
			n++;
		}
	}
	assert_in_range(n, 5, 20);
	/* and the mistake that it shows */
	parse("people = ();\nboard : { nigth = \"22:00-07:00\"; };", said);
	assert_memory_equal(said, "t:2: ", 5);
	has_line(said + 5);
}

/* ---- the drawings --------------------------------------------------------------------------- */

static void the_drawings_are_the_panel_and_its_wiring(void **state)
{
	char *wiring = read_whole("config/drawings/wiring.svg");
	char *front = read_whole("config/drawings/panel.svg");
	char *table = read_whole("config/boards/panel.cfg"), *rest = table, *line;
	struct panel_gesture_row row;
	char kind[16], name[16], wire[16], group[160];
	int pin, bcm, ground, n = 0;

	(void)state;
	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "# %d %d %d %15s %15s %15[a-z]", &pin, &bcm, &ground, wire, kind,
			    name) != 6)
			continue;
		snprintf(group, sizeof(group),
			"<g id=\"%s-%s\" data-pin=\"%d\" data-bcm=\"%d\" data-ground=\"%d\" "
			"data-wire=\"%s\">",
			kind, name, pin, bcm, ground, wire);
		if (!strstr(wiring, group))
			fail_msg("wiring.svg lacks %s", group);
		snprintf(group, sizeof(group), ">pin %d (BCM %d), %s</text>", pin, bcm, wire);
		assert_non_null(strstr(wiring, group));
		snprintf(group, sizeof(group), "<g id=\"%s-%s\">", kind, name);
		if (!strstr(front, group))
			fail_msg("panel.svg lacks %s", group);
		n++;
	}
	assert_int_equal(n, BOARD_LIGHTS - 1 + BOARD_BUTTONS); /* the buzzer is none of it */
	for (unsigned int i = 0; panel_gesture_row(i, &row); i++)
		assert_non_null(strstr(
			front, strncmp(row.press, "short ", 6) == 0 ? row.press + 6 : row.press));
	free(wiring);
	free(front);
	free(table);
}

static void the_two_commands_are_in_the_readme(void **state)
{
	(void)state;
	has_line("make demo ");
	has_line("make test ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_light_is_in_the_readme),
		cmocka_unit_test(every_button_is_in_the_readme),
		cmocka_unit_test(the_check_list_is_in_the_readme),
		cmocka_unit_test(every_text_command_is_in_the_readme),
		cmocka_unit_test(every_text_of_the_readme_is_a_command),
		cmocka_unit_test(the_table_of_commands_is_faroctls),
		cmocka_unit_test(every_make_is_a_target),
		cmocka_unit_test(every_faroctl_is_a_command),
		cmocka_unit_test(every_file_that_is_named_is_there),
		cmocka_unit_test(every_piece_of_configuration_is_right),
		cmocka_unit_test(the_drawings_are_the_panel_and_its_wiring),
		cmocka_unit_test(the_two_commands_are_in_the_readme),
	};

	return cmocka_run_group_tests(tests, read_readme, free_readme);
}
