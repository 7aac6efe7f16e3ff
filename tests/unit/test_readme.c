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
		cmocka_unit_test(the_two_commands_are_in_the_readme),
	};

	return cmocka_run_group_tests(tests, read_readme, free_readme);
}
