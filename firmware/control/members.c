/* SPDX-License-Identifier: Apache-2.0 */
/* The list of people. Only farod can open it, so it goes over the socket, a slice at a time. */
#include <string.h>

#include "faro/desk.h"
#include "room.h"

/* ---- list ------------------------------------------------------------------------------------ */

#define PEOPLE_A_STEP 64
#define ROW_MAX       4096 /* one person as JSON, with all zones */

struct listing {
	int64_t after_id, people; /* kept over the steps */
	const struct control_rooms *rooms;
	struct control_request *request;
	int visited;
	bool all, only_active, more;
};
_Static_assert(sizeof(struct listing) <= CONTROL_SCRATCH_SIZE, "kept between two steps");

static bool is_listed(const struct listing *listing, const struct person *person)
{
	if (listing->only_active)
		return person->state == PERSON_ACTIVE && !person->suppressed;
	return listing->all || person->state == PERSON_ACTIVE ||
	       person->state == PERSON_APPLICANT || person->state == PERSON_SUSPENDED;
}

static json_t *json_of_person(const struct control_rooms *rooms, const struct person *person)
{
	json_t *json = json_object();
	char memory[ZONES_MAX * 26];
	struct strbuf zones;

	strbuf_init(&zones, memory, sizeof(memory));
	desk_zones_text(rooms->desk, person->zones, &zones);
	json_object_set_new(json, "member", json_integer(person->id));
	json_set_text(json, "phone", person->phone);
	json_set_text(json, "name", person->name);
	json_set_text(json, "role", store_role_name(person->role));
	json_set_text(json, "language", person->language);
	json_set_text(json, "zones", zones.text);
	json_set_text(json, "state", store_person_state_name(person->state));
	json_object_set_new(json, "on_duty", json_boolean(person->duty_until_ms > time_wall_ms()));
	json_object_set_new(json, "blocked", json_boolean(person->blocked));
	json_object_set_new(json, "configured", json_boolean(person->configured));
	json_object_set_new(json, "joined", json_of_time(person->joined_ms));
	return json;
}

static int list_person(void *ctx, const struct person *person)
{
	struct listing *listing = ctx;

	if (listing->visited == PEOPLE_A_STEP || control_room(listing->request) < ROW_MAX) {
		listing->more = true;
		return 1;
	}
	listing->visited++;
	listing->after_id = person->id;
	if (is_listed(listing, person)) {
		control_row(listing->request, json_of_person(listing->rooms, person));
		listing->people++;
	}
	return 0;
}

enum control_step command_members_list(void *ctx, struct control_request *request)
{
	struct listing *listing = control_scratch(request);
	const struct control_rooms *rooms = ctx;
	struct person_filter filter = { .after_id = listing->after_id };
	int rc;

	listing->rooms = rooms;
	listing->request = request;
	listing->visited = 0;
	listing->more = false;
	listing->all = control_flag(request, "all");
	listing->only_active = control_flag(request, "active");
	rc = store_person_walk(rooms->store, &filter, list_person, listing);
	if (rc < 0)
		return control_fail_errno(request, rc, "the list cannot be read");
	if (listing->more)
		return CONTROL_AGAIN;
	return control_answer(request, json_pack("{s:I}", "people", (json_int_t)listing->people));
}

/* ---- add, remove ----------------------------------------------------------------------------- */

enum control_step command_members_add(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	const struct desk_person_request person = {
		.phone = control_text(request, "phone", ""),
		.name = control_text(request, "name", ""),
		.role = control_text(request, "role", ""),
		.language = control_text(request, "language", ""),
		.zones = control_text(request, "zones", ""),
	};
	char why[256] = "";
	int rc = desk_person_add(rooms->desk, &person, time_wall_ms(), why, sizeof(why));

	if (rc < 0)
		return control_fail(request, FARO_EXIT_FAILED, "%s", *why ? why : strerror(-rc));
	return control_answer(request, NULL);
}

enum control_step command_members_remove(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	char why[256] = "";
	int rc = desk_person_remove(
		rooms->desk, control_text(request, "phone", ""), time_wall_ms(), why, sizeof(why));

	if (rc < 0)
		return control_fail(request, FARO_EXIT_FAILED, "%s", *why ? why : strerror(-rc));
	return control_answer(request, NULL);
}

/* ---- import ---------------------------------------------------------------------------------- */

/*
 * Rows of one transaction: few enough that the loop is not held up, many enough that a disk's sync
 * is shared.
 */
#define ROWS_A_STEP 50

struct import {
	size_t next;
	int64_t imported;
};

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));

	return text ? text : "";
}

/*
 * A wrong row is told with its line and does not stop the others. Only trouble of the database is
 * -errno.
 */
static int import_row(const struct control_rooms *rooms, struct control_request *request,
	const json_t *row, int64_t *imported)
{
	const struct desk_person_request person = {
		.phone = text_of(row, "phone"),
		.name = text_of(row, "name"),
		.role = text_of(row, "role"),
		.language = text_of(row, "language"),
		.zones = text_of(row, "zones"),
	};
	char why[256] = "";
	int rc = desk_person_add(rooms->desk, &person, time_wall_ms(), why, sizeof(why));
	json_t *problem;

	if (rc == 0) {
		++*imported;
		return 0;
	}
	if (rc != -EINVAL && rc != -EPERM && rc != -ENOENT)
		return rc;
	problem = json_object();
	json_object_set_new(
		problem, "line", json_integer(json_integer_value(json_object_get(row, "line"))));
	json_set_text(problem, "error", *why ? why : strerror(-rc));
	control_row(request, problem);
	return 0;
}

static int import_slice(const struct control_rooms *rooms, struct control_request *request,
	const json_t *rows, struct import *import)
{
	size_t end = import->next + ROWS_A_STEP, n = json_array_size(rows);
	int64_t imported = import->imported;
	int rc = store_begin(rooms->store);

	if (rc < 0)
		return rc;
	for (; import->next < n && import->next < end && rc == 0; import->next++)
		rc = import_row(rooms, request, json_array_get(rows, import->next), &imported);
	if (rc == 0)
		rc = store_commit(rooms->store);
	if (rc < 0) {
		store_rollback(rooms->store);
		return rc;
	}
	import->imported = imported;
	desk_committed(rooms->desk);
	return 0;
}

/*
 * {"rows": [{"line": 2, "phone": "...", ...}, ...]}: faroctl sends a file in batches of this. The
 * country code in the answer says which numbers are the same.
 */
enum control_step command_members_import(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	const json_t *rows = json_object_get(control_arguments(request), "rows");
	struct import *import = control_scratch(request);
	int rc;

	if (!json_is_array(rows))
		return control_fail(
			request, FARO_EXIT_USAGE, "members import needs \"rows\", a list");
	rc = import_slice(rooms, request, rows, import);
	if (rc < 0)
		return control_fail_errno(request, rc, "the list cannot be written");
	if (import->next < json_array_size(rows))
		return CONTROL_AGAIN;
	return control_answer(
		request, json_pack("{s:I,s:s}", "imported", (json_int_t)import->imported,
				 "country_code", rooms->settings->box.country_code));
}
