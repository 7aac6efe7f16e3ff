/* SPDX-License-Identifier: Apache-2.0 */
/* faroctl messages check: what is said in every language, and what it costs. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "faroctl.h"

static const struct column columns[] = {
	{ "lang", "language", 1 },
	{ "message", "message", 1 },
	{ "alphabet", "alphabet", 1 },
	{ "segments", "segments", -1 },
	{ "English", "english_segments", -1 },
	{ "seconds", "seconds", -1 },
	{ "letters", "letters", 1 },
	{ "", "note", 1 },
};

/* What came: costs and problems, each in its order. */
struct heard {
	json_t *rows, *problems;
};

static const char *text(const json_t *row, const char *key)
{
	const char *value = json_string_value(json_object_get(row, key));

	return value ? value : "";
}

static bool is(const json_t *row, const char *key)
{
	return json_is_true(json_object_get(row, key));
}

static void hear(void *ctx, const char *kind, const json_t *row)
{
	struct heard *heard = ctx;

	if (strcmp(kind, "row") == 0)
		json_array_append(*text(row, "problem") ? heard->problems : heard->rows,
			(json_t *)(uintptr_t)row);
}

static void add_note(json_t *row)
{
	const char *note = is(row, "missing") ? "missing" : is(row, "dearer") ? "dearer" : "";
	char seconds[16];

	json_object_set_new(row, "note", json_string(note));
	if (json_is_number(json_object_get(row, "seconds"))) {
		snprintf(seconds, sizeof(seconds), "%.1f",
			json_number_value(json_object_get(row, "seconds")));
		json_object_set_new(row, "seconds", json_string(seconds));
	}
}

/* The last line of each language. */
static void print_sum(const json_t *rows, size_t first, size_t end)
{
	const json_t *row = json_array_get(rows, first);
	int longer = 0, dearer = 0, missing = 0;

	for (size_t i = first; i < end; i++) {
		const json_t *at = json_array_get(rows, i);

		longer += json_integer_value(json_object_get(at, "segments")) > 1;
		dearer += is(at, "dearer");
		missing += is(at, "missing");
	}
	printf("%s%s: %zu messages, %d over one segment, %d dearer than in English, %d missing\n",
		text(row, "language"), is(row, "draft") ? " (a draft)" : "", end - first, longer,
		dearer, missing);
}

static void print_heard(const struct heard *heard)
{
	size_t first = 0, n = json_array_size(heard->rows), i;
	json_t *row;

	json_array_foreach (heard->rows, i, row)
		add_note(row);
	if (n > 0)
		print_table(columns, ARRAY_SIZE(columns), heard->rows);
	for (size_t end = 1; end <= n; end++) {
		const char *language = text(json_array_get(heard->rows, first), "language");

		if (end < n &&
			strcmp(text(json_array_get(heard->rows, end), "language"), language) == 0)
			continue;
		print_sum(heard->rows, first, end);
		first = end;
	}
	json_array_foreach (heard->problems, i, row)
		printf("%s%s\n", is(row, "error") ? "" : "warning: ", text(row, "problem"));
}

int ctl_messages_check(struct ctl *ctl)
{
	struct heard heard = { .rows = json_array(), .problems = json_array() };
	json_t *request = ctl_request("messages check"), *answer = NULL;
	int rc;

	if (ctl->language)
		json_object_set_new(request, "language", json_string(ctl->language));
	rc = ctl_ask(ctl, request, hear, &heard, &answer);
	if ((rc == 0 || rc == FARO_EXIT_CONFIG) && ctl->language &&
		json_array_size(heard.rows) == 0)
		rc = ctl_fail(ctl, FARO_EXIT_FAILED,
			"there is no message file for the language \"%s\"", ctl->language);
	else if (rc == 0 && ctl->json) {
		json_object_set(answer, "rows", heard.rows);
		json_object_set(answer, "problems", heard.problems);
		print_json(json_incref(answer));
	} else if (!ctl->json) {
		print_heard(&heard);
	}
	json_decref(heard.rows);
	json_decref(heard.problems);
	json_decref(answer);
	return rc;
}
