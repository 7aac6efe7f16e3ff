/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The definition files that are shipped: right, complete in their comments, and free of collisions
 * in every combination of a board with what sits on it.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../board/driver.h"
#include "whole_file.h"

#define FOLDER "config/boards/"
#define ANY_PI FOLDER "raspberry-pi.cfg"

#define POWER  -1
#define GROUND -2

/* The 40-pin header of every Raspberry Pi: what is at each pin, a BCM line or a supply. */
static const int header[41] = { 0, /* there is no pin 0 */
	POWER, POWER, 2, POWER, 3, GROUND, 4, 14, GROUND, 15, 17, 18, 27, GROUND, 22, 23, POWER, 24,
	10, GROUND, 9, 25, 11, 8, GROUND, 7, 0, 1, 5, GROUND, 6, 12, 13, GROUND, 19, 16, 26, 20,
	GROUND, 21 };

struct shipped {
	char *names[64];
	int n;
};

static int is_definition(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 4 && strcmp(entry->d_name + n - 4, ".cfg") == 0;
}

static int find_files(void **state)
{
	static struct shipped shipped;
	struct dirent **entries;

	shipped.n = scandir(FOLDER, &entries, is_definition, alphasort);
	assert_in_range(shipped.n, 9, ARRAY_SIZE(shipped.names));
	for (int i = 0; i < shipped.n; i++) {
		shipped.names[i] = strdup(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	*state = &shipped;
	return 0;
}

static int forget_files(void **state)
{
	struct shipped *shipped = *state;

	for (int i = 0; i < shipped->n; i++)
		free(shipped->names[i]);
	return 0;
}

static bool is_board(const char *name)
{
	return strncmp(name, "raspberry-pi", 12) == 0;
}

static bool is_hat(const char *name)
{
	return strncmp(name, "hat-", 4) == 0 || strncmp(name, "usb-", 4) == 0 ||
	       strcmp(name, "extras.cfg") == 0;
}

/* ---- `farod -n` ---------------------------------------------------------------------------- */

static int other_mistakes;

/* The chip is not here: this machine is no Raspberry Pi. */
static void only_the_chip(void *ctx, const char *text)
{
	(void)ctx;
	if (strstr(text, "chip label \"pinctrl-"))
		return;
	print_error("%s\n", text);
	other_mistakes++;
}

static void check(const char *driver, const char *board, const char *const *hat)
{
	char path[512];
	const struct board_config config = { .driver = driver,
		.definition = path,
		.hats = hat,
		.n_hats = hat ? 1 : 0,
		.socket_dir = "/tmp" };

	snprintf(path, sizeof(path), FOLDER "%s", board);
	board_check(&config, only_the_chip, NULL);
}

static void every_board_with_every_hat_passes_the_check(void **state)
{
	const struct shipped *shipped = *state;
	int boards = 0, hats = 0;

	other_mistakes = 0;
	for (int b = 0; b < shipped->n; b++) {
		if (!is_board(shipped->names[b]))
			continue;
		boards++;
		check("gpiod", shipped->names[b], NULL);
		for (int h = 0; h < shipped->n; h++) {
			char path[512];
			const char *hat = path;

			snprintf(path, sizeof(path), FOLDER "%s", shipped->names[h]);
			if (is_hat(shipped->names[h]))
				check("gpiod", shipped->names[b], &hat);
			hats += is_hat(shipped->names[h]);
		}
	}
	check("sim", "sim.cfg", NULL);
	assert_int_equal(other_mistakes, 0);
	assert_int_equal(boards, 5);
	assert_int_equal(hats, 4 * 5);
	/* nothing else is there but the panel, which the boards include, and the simulated board */
	assert_int_equal(shipped->n, 5 + 4 + 2);
}

/* ---- the wiring that the comments say ------------------------------------------------------- */

static void complaint(void *ctx, const char *text)
{
	(void)ctx;
	fail_msg("%s", text);
}

/* What a file defines, with what it includes: for a HAT, without the board below it. */
static void read_lines(struct definition *out, const char *name)
{
	struct complaints complaints = { .report = complaint };
	char path[512];
	const char *hat = path;
	struct board_config config = { .definition = path };
	unsigned int kept = 0;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	if (is_hat(name))
		config = (struct board_config){ .definition = ANY_PI, .hats = &hat, .n_hats = 1 };
	else if (!is_board(name))
		config.definition = ANY_PI; /* the panel */
	assert_int_equal(definition_read(out, &config, DEFINITION_WITH_PINS, &complaints), 0);
	for (unsigned int i = 0; i < out->n_lines; i++)
		if (!is_hat(name) || strcmp(out->files[out->lines[i].place.file], path) == 0)
			out->lines[kept++] = out->lines[i];
	out->n_lines = kept;
}

/* One row of the table in a file's comments. */
struct row {
	int pin, bcm, ground;
	char wire[16], what[128];
};

static int read_table(const char *name, struct row rows[DEFINITION_LINES])
{
	char path[512], text[512];
	bool in_table = false;
	int n = 0, found = 0;
	FILE *file;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(text, sizeof(text), file)) {
		struct row *row = &rows[n];

		if (strstr(text, "pin  BCM  ground  wire    what")) {
			in_table = true;
			found++;
		} else if (in_table &&
			   sscanf(text, "# %d %d %d %15s %127[^\n]", &row->pin, &row->bcm,
				   &row->ground, row->wire, row->what) == 5) {
			n++;
		} else {
			in_table = false;
		}
	}
	fclose(file);
	if (found != 1)
		fail_msg("%s has %d tables of its wiring", path, found);
	return n;
}

static void expect_row(
	const char *name, const struct definition_line *line, const struct row *rows, int n)
{
	char said[LINE_NAME_SIZE];

	definition_line_name(line, said);
	for (int i = 0; i < n; i++) {
		if (rows[i].bcm != (int)line->offset)
			continue;
		if (strncmp(rows[i].what, said, strlen(said)) != 0)
			fail_msg("%s: BCM %u is %s, its table says %s", name, line->offset, said,
				rows[i].what);
		return;
	}
	fail_msg("%s: %s (BCM %u) is not in its table", name, said, line->offset);
}

static void every_file_says_its_wiring_and_pins_agree_with_lines(void **state)
{
	const struct shipped *shipped = *state;

	for (int f = 0; f < shipped->n; f++) {
		const char *name = shipped->names[f];
		struct row rows[DEFINITION_LINES];
		static struct definition definition;
		int n;

		if (strcmp(name, "sim.cfg") == 0)
			continue;
		n = read_table(name, rows);
		read_lines(&definition, name);
		assert_int_equal(n, definition.n_lines);
		for (unsigned int i = 0; i < definition.n_lines; i++)
			expect_row(name, &definition.lines[i], rows, n);
		for (int i = 0; i < n; i++) {
			assert_in_range(rows[i].pin, 1, 40);
			assert_in_range(rows[i].ground, 1, 40);
			if (header[rows[i].pin] != rows[i].bcm)
				fail_msg("%s: pin %d is BCM %d, not %d", name, rows[i].pin,
					header[rows[i].pin], rows[i].bcm);
			if (header[rows[i].ground] != GROUND)
				fail_msg("%s: pin %d is no ground", name, rows[i].ground);
			for (int j = 0; j < i; j++)
				if (strcmp(rows[i].wire, "HAT") != 0 &&
					strcmp(rows[i].wire, rows[j].wire) == 0)
					fail_msg("%s: two %s wires", name, rows[i].wire);
		}
	}
}

static void a_line_that_two_files_use_is_named_with_both(void **state)
{
	const char *hat = "/tmp/faro-hat-on-the-panel.cfg";
	struct board_config config = {
		.driver = "gpiod", .definition = ANY_PI, .hats = &hat, .n_hats = 1
	};
	struct loop *loop;
	struct board *board;
	char error[BOARD_ERROR_SIZE];
	FILE *file = fopen(hat, "w");

	(void)state;
	assert_non_null(file);
	fputs("\nmodems = ( { name = \"m\"; power = { line = 25; }; } );\n", file);
	fclose(file);
	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(
		board_open(&config, loop, &(struct board_events){ 0 }, &board, error), -EINVAL);
	assert_non_null(
		strstr(error, "/tmp/faro-hat-on-the-panel.cfg:2: modem m power is on line 25, as "
			      "is light power (line "));
	assert_non_null(strstr(error, " of panel.cfg)"));
	hat = "/tmp/faro-no-such-hat.cfg";
	assert_int_equal(
		board_open(&config, loop, &(struct board_events){ 0 }, &board, error), -EINVAL);
	assert_string_equal(error, "/tmp/faro-no-such-hat.cfg: No such file or directory "
				   "(board.hats names this file)");
	loop_free(loop);
	unlink("/tmp/faro-hat-on-the-panel.cfg");
}

/* ---- the manual page ------------------------------------------------------------------------ */

static void the_manual_page_names_every_file(void **state)
{
	const struct shipped *shipped = *state;
	char *page = read_whole("config/man/faro-board.5"), line[512];

	for (int f = 0; f < shipped->n; f++) {
		snprintf(line, sizeof(line), ".It Pa /etc/faro/boards/%s\n", shipped->names[f]);
		if (!strstr(page, line))
			fail_msg("faro-board(5) does not name %s", shipped->names[f]);
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_board_with_every_hat_passes_the_check),
		cmocka_unit_test(every_file_says_its_wiring_and_pins_agree_with_lines),
		cmocka_unit_test(a_line_that_two_files_use_is_named_with_both),
		cmocka_unit_test(the_manual_page_names_every_file),
	};

	return cmocka_run_group_tests(tests, find_files, forget_files);
}
