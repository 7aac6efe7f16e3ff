/* SPDX-License-Identifier: Apache-2.0 */
/* Events and how many come. */
#include <stdio.h>
#include <string.h>

#include "faroctl.h"

static const struct column event_columns[] = {
	{ "event", "event", -5 },
	{ "when", "when", 16 },
	{ "state", "state", 9 },
	{ "yes", "yes", -4 },
	{ "people", "people", -6 },
	{ "no", "no", -4 },
	{ "text", "text", 0 },
};

static void hear_event(void *ctx, const char *kind, const json_t *row)
{
	if (strcmp(kind, "row") == 0)
		json_array_append_new(ctx, json_copy((json_t *)(uintptr_t)row));
}

static void add_times(json_t *rows, const json_t *answer)
{
	char time[64];

	print_zone(answer);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);

		json_object_set_new(row, "when",
			json_string(print_time(json_object_get(row, "at"), time, sizeof(time))));
	}
}

int ctl_events(struct ctl *ctl)
{
	json_t *rows = json_array(), *answer = NULL;
	int rc = ctl_ask(ctl, ctl_request("events"), hear_event, rows, &answer);

	if (rc == 0)
		add_times(rows, answer);
	json_decref(answer);
	if (rc == 0 && ctl->json)
		print_json(json_pack("{s:b,s:O}", "ok", 1, "events", rows));
	else if (rc == 0 && json_array_size(rows) == 0)
		puts("no events");
	else if (rc == 0)
		print_table(event_columns, ARRAY_SIZE(event_columns), rows);
	json_decref(rows);
	return rc;
}
