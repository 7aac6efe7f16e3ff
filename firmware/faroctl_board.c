/* SPDX-License-Identifier: Apache-2.0 */
/* faroctl board: the front of the box, and a walk over it with a person who looks and presses. */
#include <stdio.h>
#include <unistd.h>

#include "faroctl.h"

#define PART_WIDTH 14

struct walk {
	const struct ctl *ctl;
	json_t *rows;
	bool asking; /* the terminal's line says what is to be pressed */
};

static void show_row(struct walk *walk, const json_t *row)
{
	char part[64], said[160];

	if (walk->asking && isatty(STDOUT_FILENO))
		printf("\r\033[K");
	walk->asking = false;
	printf("%-6s  %-*s  %s\n", json_is_true(json_object_get(row, "good")) ? "ok" : "NOT OK",
		PART_WIDTH, print_value(json_object_get(row, "part"), part, sizeof(part)),
		print_value(json_object_get(row, "said"), said, sizeof(said)));
}

/* On a terminal the line is written over by what came of it; elsewhere it stays. */
static void show_question(struct walk *walk, const json_t *progress)
{
	char button[64], seconds[16], text[96];

	snprintf(text, sizeof(text), "button %s",
		print_value(json_object_get(progress, "button"), button, sizeof(button)));
	printf("press   %-*s  now, within %s s%s", PART_WIDTH, text,
		print_value(json_object_get(progress, "seconds"), seconds, sizeof(seconds)),
		isatty(STDOUT_FILENO) ? " ... " : "\n");
	walk->asking = true;
}

static void hear(void *ctx, const char *kind, const json_t *value)
{
	struct walk *walk = ctx;

	if (kind[0] == 'r' && walk->rows)
		json_array_append(walk->rows, (json_t *)(uintptr_t)value);
	if (walk->ctl->json)
		return;
	if (kind[0] == 'r')
		show_row(walk, value);
	else
		show_question(walk, value);
	fflush(stdout);
}

static const struct column list_columns[] = { { "PART", "part", 0 }, { "STATE", "said", 0 } };

int ctl_board_list(struct ctl *ctl)
{
	struct ctl plain = *ctl;
	struct walk walk = { .ctl = &plain, .rows = json_array() };
	int rc;

	plain.json = true; /* rows are kept, for one table */
	rc = ctl_ask(&plain, ctl_request("board list"), hear, &walk, NULL);
	if (rc == 0 && ctl->json)
		print_json(json_pack("{s:b,s:O}", "ok", 1, "parts", walk.rows));
	else if (rc == 0)
		print_table(list_columns, ARRAY_SIZE(list_columns), walk.rows);
	json_decref(walk.rows);
	return rc;
}

/* What is to be known before lights go dark and buttons stop acting. */
static void say_beforehand(void)
{
	puts("Each light is lit alone for 2 s, then each button is asked for. Until the end the "
	     "lights show\n"
	     "nothing else and no button acts; texts and alerts go on. Ctrl-C ends it.");
	fflush(stdout);
}

int ctl_board_test(struct ctl *ctl)
{
	struct walk walk = { .ctl = ctl, .rows = ctl->json ? json_array() : NULL };
	json_t *request = ctl_request("board test"), *answer = NULL;
	int failed = 0, tested, rc;

	if (ctl->seconds > 0)
		json_object_set_new(request, "seconds", json_integer(ctl->seconds));
	if (!ctl->json)
		say_beforehand();
	rc = ctl_ask_patiently(ctl, request, hear, &walk, &answer);
	if (rc == 0) {
		failed = (int)json_integer_value(json_object_get(answer, "failed"));
		tested = (int)json_integer_value(json_object_get(answer, "tested"));
		if (ctl->json)
			print_json(json_pack("{s:b,s:O,s:i,s:i}", "ok", failed == 0, "parts",
				walk.rows, "tested", tested, "failed", failed));
		else if (failed == 0)
			printf("all %d did what they should\n", tested);
		else
			printf("%d of %d did not do what they should\n", failed, tested);
	}
	json_decref(walk.rows);
	json_decref(answer);
	return rc == 0 && failed > 0 ? FARO_EXIT_FAILED : rc;
}
