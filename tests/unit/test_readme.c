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

#include "faro/desk.h"
#include "faro/panel.h"

static char *readme;

static int read_readme(void **state)
{
	size_t size = 0;
	FILE *file = fopen("README.md", "r");

	(void)state;
	if (!file || getdelim(&readme, &size, 0, file) < 0)
		return -1;
	return fclose(file);
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

/* What faroctl says of itself. */
static json_t *ask_faroctl(void)
{
	const char *build = getenv("FARO_BUILD");
	char command[512];
	json_t *answer;
	FILE *pipe;

	snprintf(command, sizeof(command), "%s/faroctl --json help", build ? build : "build");
	pipe = popen(command, "r");
	assert_non_null(pipe);
	answer = json_loadf(pipe, 0, NULL);
	assert_int_equal(pclose(pipe), 0);
	assert_non_null(answer);
	return answer;
}

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
		cmocka_unit_test(every_text_command_is_in_the_readme),
		cmocka_unit_test(every_text_of_the_readme_is_a_command),
		cmocka_unit_test(the_table_of_commands_is_faroctls),
		cmocka_unit_test(the_two_commands_are_in_the_readme),
	};

	return cmocka_run_group_tests(tests, read_readme, free_readme);
}
