/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Incidents: what is going on somewhere, who takes care of it, and the trail of all that was said
 * and done.
 */
#include "internal.h"

#include <string.h>

static const char *const state_names[INCIDENT_STATES] = {
	[INCIDENT_OPEN] = "open",
	[INCIDENT_TAKEN] = "taken",
	[INCIDENT_VERIFYING] = "verifying",
	[INCIDENT_CONFIRMED] = "confirmed",
	[INCIDENT_ALERTED] = "alerted",
	[INCIDENT_CLOSED] = "closed",
	[INCIDENT_UNFOUNDED] = "unfounded",
	[INCIDENT_CANCELLED] = "cancelled",
};

const char *store_incident_state_name(enum incident_state state)
{
	return (unsigned int)state < INCIDENT_STATES ? state_names[state] : "open";
}

static void from_row(sqlite3_stmt *row, struct incident *out)
{
	*out = (struct incident){
		.id = col(row, 0),
		.kind = (enum incident_kind)col(row, 1),
		.state = (enum incident_state)col(row, 2),
		.reporter_id = col(row, 3),
		.taken_by_id = col(row, 4),
		.opened_ms = col(row, 5),
		.changed_ms = col(row, 6),
	};
	sql_done(row);
}

static int found(int rc, sqlite3_stmt *row, struct incident *out)
{
	if (rc != 1)
		return rc ? rc : -ENOENT;
	from_row(row, out);
	return 0;
}

static int note_add(struct store *store, int64_t id, int64_t who_id, const char *what,
	const char *text, int64_t now_ms)
{
	int64_t note;
	size_t size = text ? strlen(text) : 0;
	if (size >= STORE_TEXT_SIZE)
		return -E2BIG;
	int rc = sql_int(store, SQL_NOTE_NEXT_ID, 1, &note, "");
	if (rc)
		return rc;
	if (text)
		size = seal_close(store->seal, SEALED_NOTE, note, text, size, store->scratch);
	return sql_run(store, SQL_NOTE_ADD, "iiiitb", note, id, now_ms, who_id, what,
		text ? store->scratch : NULL, size);
}

static int incident_open(struct store *store, enum incident_kind kind, int64_t reporter_id,
	int64_t now_ms, int64_t *id)
{
	int rc = sql_run(store, SQL_INCIDENT_OPEN, "dii", (int)kind, reporter_id, now_ms);
	*id = sql_inserted(store);
	return rc ? rc : note_add(store, *id, reporter_id, "opened", NULL, now_ms);
}

int store_incident_open(struct store *store, enum incident_kind kind, int64_t reporter_id,
	int64_t now_ms, int64_t *id)
{
	return (int)TX(store, incident_open(store, kind, reporter_id, now_ms, id));
}

int store_incident_get(struct store *store, int64_t id, struct incident *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_INCIDENT_GET, &row, "i", id);
	return found(rc, row, out);
}

int store_incident_of(
	struct store *store, int64_t reporter_id, int64_t since_ms, struct incident *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_INCIDENT_OF, &row, "ii", reporter_id, since_ms);
	return found(rc, row, out);
}

int store_incident_last_of(
	struct store *store, int64_t reporter_id, int64_t since_ms, struct incident *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_INCIDENT_LAST_OF, &row, "ii", reporter_id, since_ms);
	return found(rc, row, out);
}

int store_incident_joined(struct store *store, int64_t id, int64_t after_id, int64_t *joined_id)
{
	return sql_int(store, SQL_INCIDENT_SAME, 0, joined_id, "ii", id, after_id);
}

static int set_state(
	struct store *store, int64_t id, enum incident_state state, int64_t who_id, int64_t now_ms)
{
	int rc = sql_run(store, SQL_INCIDENT_SET, "idi", id, (int)state, now_ms);
	if (rc == 0 && !sql_changes(store))
		return -ENOENT;
	return rc ? rc
		  : note_add(store, id, who_id, store_incident_state_name(state), NULL, now_ms);
}

int store_incident_set(
	struct store *store, int64_t id, enum incident_state state, int64_t who_id, int64_t now_ms)
{
	return (int)TX(store, set_state(store, id, state, who_id, now_ms));
}

static int take(struct store *store, int64_t id, int64_t who_id, int64_t now_ms)
{
	int rc = sql_run(store, SQL_INCIDENT_TAKE, "iii", id, who_id, now_ms);
	if (rc == 0 && !sql_changes(store))
		return -ENOENT;
	return rc ? rc : note_add(store, id, who_id, "taken", NULL, now_ms);
}

int store_incident_take(struct store *store, int64_t id, int64_t who_id, int64_t now_ms)
{
	return (int)TX(store, take(store, id, who_id, now_ms));
}

static int release(struct store *store, int64_t id, int64_t who_id, int64_t now_ms)
{
	int rc = sql_run(store, SQL_INCIDENT_RELEASE, "ii", id, now_ms);
	if (rc || !sql_changes(store))
		return rc;
	return note_add(store, id, who_id, "released", NULL, now_ms);
}

int store_incident_release(struct store *store, int64_t id, int64_t who_id, int64_t now_ms)
{
	return (int)TX(store, release(store, id, who_id, now_ms));
}

static int note(struct store *store, int64_t id, int64_t who_id, const char *what, const char *text,
	int64_t now_ms)
{
	int rc = sql_run(store, SQL_INCIDENT_TOUCH, "ii", id, now_ms);
	if (rc == 0 && !sql_changes(store))
		return -ENOENT;
	return rc ? rc : note_add(store, id, who_id, what, text, now_ms);
}

int store_incident_note(struct store *store, int64_t id, int64_t who_id, const char *what,
	const char *text, int64_t now_ms)
{
	return (int)TX(store, note(store, id, who_id, what, text, now_ms));
}

int store_incident_notes_behind(struct store *store, int64_t id, int64_t after,
	int (*visit)(void *ctx, const struct incident_note *note), void *ctx)
{
	for (;;) {
		sqlite3_stmt *row;
		struct incident_note one = { .text = "" };
		int rc = sql_row(store, SQL_NOTE_NEXT, &row, "ii", id, after);
		if (rc != 1)
			return rc;
		after = col(row, 0);
		one.id = after;
		one.at_ms = col(row, 1);
		one.who_id = col(row, 2);
		col_text(row, 3, one.what, sizeof(one.what));
		char *text = (char *)store->scratch;
		col_sealed(store, row, 4, SEALED_NOTE, after, text, STORE_TEXT_SIZE);
		sql_done(row);
		one.text = text;
		rc = visit(ctx, &one);
		if (rc)
			return rc;
	}
}

int store_incident_notes(struct store *store, int64_t id,
	int (*visit)(void *ctx, const struct incident_note *note), void *ctx)
{
	return store_incident_notes_behind(store, id, 0, visit, ctx);
}

int store_incident_walk(struct store *store, bool open_only, int64_t after_id,
	int (*visit)(void *ctx, const struct incident *incident), void *ctx)
{
	enum sql statement = open_only ? SQL_INCIDENT_NEXT_OPEN : SQL_INCIDENT_NEXT;
	struct incident incident = { .id = after_id };
	for (;;) {
		sqlite3_stmt *row;
		int rc = sql_row(store, statement, &row, "i", incident.id);
		if (rc != 1)
			return rc;
		from_row(row, &incident);
		rc = visit(ctx, &incident);
		if (rc)
			return rc;
	}
}
