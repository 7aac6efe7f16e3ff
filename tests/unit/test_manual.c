/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What manual pages and the completion take from the program's tables is what stands in them:
 * between a line with "--- NAME ---" and one with "--- end ---". `test_manual write` writes it anew
 * (make manual).
 */
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

#include "faro/board.h"
#include "faro/control.h"
#include "faro/panel.h"
#include "faro/settings.h"

#include "faroctl_help.h"
#include "whole_file.h"

#define COLUMNS 76

/* ---- mdoc(7) --------------------------------------------------------------------------------- */

/* Words in lines of at most COLUMNS columns; each sentence begins a line. */
static void print_words(FILE *file, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " \n");
		bool ends = n > 0 && strchr(".:", text[n - 1]) && text[n];

		if (column + n > COLUMNS) {
			fputc('\n', file);
			column = 0;
		}
		fprintf(file, "%s%s%.*s", column ? " " : "",
			column == 0 && (*text == '.' || *text == '\'') ? "\\&" : "", (int)n, text);
		column += n + 1;
		text += n;
		text += strspn(text, " \n");
		if (ends) {
			fputc('\n', file);
			column = 0;
		}
	}
	if (column)
		fputc('\n', file);
}

/* "Begins so", with a full stop. */
static void print_sentence(FILE *file, const char *text)
{
	char sentence[512];

	snprintf(sentence, sizeof(sentence), "%c%s.", toupper((unsigned char)text[0]), text + 1);
	print_words(file, sentence);
}

/* "[--zone Z]... TEXT" as macros. */
static void print_arguments(FILE *file, const char *arguments)
{
	const char *before = "";
	char word[64];

	while (text_word(&arguments, word, sizeof(word))) {
		char *w = word;
		size_t n;

		if (*w == '[') {
			fputs(" Oo", file);
			before = "";
			w++;
		}
		n = strcspn(w, "].");
		if (strncmp(w, "FILE.csv", 8) == 0)
			n = 8;
		fprintf(file, "%s %s %.*s", before, *w == '-' ? "Fl" : "Ar", (int)n - (*w == '-'),
			w + (*w == '-'));
		if (w[n] == ']')
			fputs(strstr(w + n, "...") ? " Oc Ns ..." : " Oc", file);
	}
	fputc('\n', file);
}

/*
 * The longer help of a command. A line with two blanks in it is a term and what it means, and the
 * lines after it that have none, or begin with them, go on with that.
 */
static void print_more(FILE *file, const char *more)
{
	bool in_list = false;
	char line[256];

	for (; *more; more += strcspn(more, "\n"), more += *more == '\n') {
		char *gap;

		snprintf(line, sizeof(line), "%.*s", (int)strcspn(more, "\n"), more);
		gap = strstr(line, "  ");
		if (gap == line) {
			print_words(file, gap + strspn(gap, " "));
		} else if (gap) {
			*gap = '\0';
			if (!in_list)
				fputs(".Bl -tag -width \"--no-wait\" -compact\n", file);
			in_list = true;
			fprintf(file, ".It %s\n", line);
			gap += 1 + strspn(gap + 1, " ");
			print_words(file, gap);
		} else {
			print_words(file, line);
		}
	}
	if (in_list)
		fputs(".El\n", file);
}

/* ---- faroctl --------------------------------------------------------------------------------- */

static const char *member(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void print_commands(FILE *file)
{
	json_t *answer = ask_faroctl(), *command;
	size_t i;

	fputs(".Bl -tag -width Ds\n", file);
	json_array_foreach (json_object_get(answer, "commands"), i, command) {
		fprintf(file, ".It Cm %s", member(command, "name"));
		print_arguments(file, member(command, "arguments"));
		print_sentence(file, member(command, "help"));
		if (member(command, "more"))
			print_more(file, member(command, "more"));
	}
	fputs(".El\n", file);
	json_decref(answer);
}

/* The options of one command, or of all, as bash has them in a pattern or a list. */
static void print_options(FILE *file, const json_t *options, bool only_with_word)
{
	const json_t *option;
	size_t i;

	json_array_foreach (options, i, option)
		if (!only_with_word || json_is_true(json_object_get(option, "word")))
			fprintf(file, " --%s", member(option, "name"));
}

static void print_completion(FILE *file)
{
	json_t *answer = ask_faroctl(), *command;
	const json_t *options = json_object_get(answer, "options");
	size_t i;

	fputs("_faroctl_common=\"", file);
	print_options(file, options, false);
	fputs("\"\ndeclare -gA _faroctl_options=(\n", file);
	json_array_foreach (json_object_get(answer, "commands"), i, command) {
		fprintf(file, "\t[\"%s\"]=\"", member(command, "name"));
		print_options(file, json_object_get(command, "options"), false);
		fputs("\"\n", file);
	}
	fputs(")\n_faroctl_with_word=\"", file);
	print_options(file, options, true);
	json_array_foreach (json_object_get(answer, "commands"), i, command)
		print_options(file, json_object_get(command, "options"), true);
	fputs(" \"\n", file);
	json_decref(answer);
}

/* ---- other tables ---------------------------------------------------------------------------- */

static void print_board(FILE *file)
{
	struct board_definition_row row;
	const char *where = NULL;

	for (unsigned int i = 0; board_definition_row(i, &row); i++) {
		if (!where || strcmp(where, row.where) != 0)
			fprintf(file, "%s.Ss %s\n.Bl -tag -width Ds\n", where ? ".El\n" : "",
				row.where);
		where = row.where;
		fprintf(file, ".It Ic %s No = ", row.key);
		for (const char *c = row.type; *c; c++)
			fputs(strchr("()[]{}", *c) ? (const char[]){ '\\', '&', *c, '\0' }
						   : (const char[]){ *c, '\0' },
				file);
		fputc('\n', file);
		print_sentence(file, row.what);
	}
	fputs(".El\n", file);
}

/* Each light's states, as rhythms that are drawn. */
static void print_rhythms(FILE *file)
{
	struct panel_light_row row;
	const char *light = NULL;

	for (unsigned int i = 0; panel_light_row(i, &row); i++) {
		if (!light || strcmp(light, row.light) != 0)
			fprintf(file, "%s.Ss %s\n.Bl -tag -width Ds\n", light ? ".El\n" : "",
				row.light);
		light = row.light;
		fprintf(file, ".It %s: %s\n.Li \"%s\"\n.br\n", row.pattern, row.rhythm, row.drawn);
		print_sentence(file, row.meaning);
	}
	fputs(".El\n", file);
}

static void print_lights(FILE *file)
{
	struct panel_light_row row;

	fputs(".Bl -tag -width Ds\n", file);
	for (unsigned int i = 0; panel_light_row(i, &row); i++) {
		fprintf(file, ".It %s, %s: %s\n", row.light, row.pattern, row.rhythm);
		print_sentence(file, row.meaning);
	}
	fputs(".El\n", file);
}

static void print_buttons(FILE *file)
{
	struct panel_gesture_row row;

	fputs(".Bl -tag -width Ds\n", file);
	for (unsigned int i = 0; panel_gesture_row(i, &row); i++) {
		fprintf(file, ".It %s, %s\n", row.button, row.press);
		print_sentence(file, row.effect);
	}
	fputs(".El\n", file);
}

static void print_checks(FILE *file)
{
	struct control_check_row row;

	fputs(".Bl -tag -width \"test text\"\n", file);
	for (unsigned int i = 0; control_check_row(i, &row); i++) {
		fprintf(file, ".It %s\n", row.part);
		print_words(file, row.todo);
		fprintf(file, ".br\nAt the front: %s.\n", row.light);
	}
	fputs(".El\n", file);
}

/* ---- pages ----------------------------------------------------------------------------------- */

static const struct page {
	const char *file, *name;
	void (*print)(FILE *file);
} pages[] = {
	{ "config/man/faro.cfg.5", "keys", settings_print_manual },
	{ "config/man/faro-board.5", "keys", print_board },
	{ "config/man/faro-board.5", "rhythms", print_rhythms },
	{ "config/man/farod.8", "lights", print_lights },
	{ "config/man/farod.8", "buttons", print_buttons },
	{ "config/man/faroctl.1", "commands", print_commands },
	{ "config/man/faroctl.1", "checks", print_checks },
	{ "config/completion/faroctl", "commands", print_completion },
};

/* The line after the one with this mark. */
static char *after(char *text, const char *name)
{
	char mark[64], *at;

	snprintf(mark, sizeof(mark), "--- %s ---", name);
	at = strstr(text, mark);
	if (!at || !strchr(at, '\n'))
		fail_msg("there is no line \"%s\"", mark);
	return strchr(at, '\n') + 1;
}

/* The page as it must be. */
static char *expected(const struct page *page, char *text)
{
	char *from = after(text, page->name), *end = strstr(from, "--- end ---"), *out = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&out, &size);

	assert_non_null(file);
	assert_non_null(end);
	while (end > from && end[-1] != '\n')
		end--;
	fwrite(text, 1, (size_t)(from - text), file);
	page->print(file);
	fputs(end, file);
	fclose(file);
	return out;
}

static void every_page_has_the_programs_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		char *is = read_whole(pages[i].file), *must = expected(&pages[i], is);
		size_t line = 1;

		if (strcmp(is, must) != 0) {
			for (size_t n = 0; is[n] && is[n] == must[n]; n++)
				line += is[n] == '\n';
			fail_msg("%s:%zu is not what the table says (make manual)", pages[i].file,
				line);
		}
		free(is);
		free(must);
	}
}

static void write_pages(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		char *is = read_whole(pages[i].file), *must = expected(&pages[i], is);
		FILE *file = fopen(pages[i].file, "w");

		assert_non_null(file);
		fputs(must, file);
		fclose(file);
		free(is);
		free(must);
	}
}

/* ---- completion ------------------------------------------------------------------------------ */

/* What bash offers after this line, one a line. */
static void offers(const char *line, const char *wanted)
{
	char command[1024], answer[2048] = "";
	FILE *pipe;

	snprintf(command, sizeof(command),
		"bash -c '. config/completion/faroctl; "
		"read -ra COMP_WORDS <<<\"%s\"; [ \"%s\" = \"${1%% }\" ] || COMP_WORDS+=(\"\"); "
		"COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=\"%s\"; "
		"COMP_POINT=${#COMP_LINE}; "
		"_faroctl; echo ${COMPREPLY[*]}' - '%s'",
		line, line, line, line);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	if (!fgets(answer, sizeof(answer), pipe))
		answer[0] = '\0';
	assert_int_equal(pclose(pipe), 0);
	answer[strcspn(answer, "\n")] = '\0';
	assert_string_equal(answer, wanted);
}

static void bash_completes_commands_and_options(void **state)
{
	(void)state;
	offers("faroctl st", "status stories");
	offers("faroctl members ", "add export import list remove");
	offers("faroctl mem", "members");
	offers("faroctl alert --",
		"--zone --need --info --text --at --yes --no-wait --socket --json --help "
		"--version");
	offers("faroctl --json -s /x modem r", "reset");
	offers("faroctl members add --ro", "--role");
	offers("faroctl members add --role di", "dispatcher");
	offers("faroctl status --z", "");
	offers("faroctl help inc", "incidents");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_has_the_programs_tables),
		cmocka_unit_test(bash_completes_commands_and_options),
	};

	if (argc > 1 && strcmp(argv[1], "write") == 0) {
		write_pages();
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
