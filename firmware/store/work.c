/* SPDX-License-Identifier: Apache-2.0 */
/* What is still to be done about incidents, when, and who was asked to do it. */
#include "internal.h"

static void from_row(sqlite3_stmt *row, struct work *out)
{
	*out = (struct work){
		.incident_id = col(row, 0),
		.zones = (uint64_t)col(row, 1),
		.confirmed = col(row, 2) != 0,
		.same_as = col(row, 3),
		.level = (int)col(row, 4),
		.escalate_ms = col(row, 5),
		.verify_ms = col(row, 6),
		.form_ms = col(row, 7),
	};
	sql_done(row);
}

int store_work_get(struct store *store, int64_t incident_id, struct work *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_WORK_GET, &row, "i", incident_id);
	*out = (struct work){ .incident_id = incident_id };
	if (rc == 1)
		from_row(row, out);
	return rc < 0 ? rc : 0;
}

/* The earliest of those that are set; NO_LANE (NULL) when none is. */
static int64_t due_of(const struct work *work)
{
	const int64_t times[] = { work->escalate_ms, work->verify_ms, work->form_ms };
	int64_t due_ms = NO_LANE;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		if (times[i] && (due_ms == NO_LANE || times[i] < due_ms))
			due_ms = times[i];
	}
	return due_ms;
}

int store_work_set(struct store *store, const struct work *work)
{
	return (int)TX(store, sql_run(store, SQL_WORK_SET,
				      "iidi"
				      "diiio",
				      work->incident_id, (int64_t)work->zones, (int)work->confirmed,
				      work->same_as, work->level, work->escalate_ms,
				      work->verify_ms, work->form_ms, due_of(work)));
}

int store_work_due(struct store *store, int64_t now_ms, struct work *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_WORK_DUE, &row, "i", now_ms);
	if (rc == 1)
		from_row(row, out);
	return rc;
}

int store_work_next_due(struct store *store, int64_t *at_ms)
{
	return sql_int(store, SQL_WORK_NEXT, TIME_NEVER, at_ms, "");
}

int store_work_waiting(struct store *store, int level, int64_t *count)
{
	return sql_int(store, SQL_WORK_WAITING, 0, count, "d", level);
}

/* ---- who was asked -------------------------------------------------------------------------- */

int store_asked_set(
	struct store *store, int64_t incident_id, int64_t person_id, enum asked_state state)
{
	return (int)TX(
		store, sql_run(store, SQL_ASKED_SET, "iid", incident_id, person_id, (int)state));
}

int store_asked_get(
	struct store *store, int64_t incident_id, int64_t person_id, enum asked_state *state)
{
	int64_t value;
	int rc = sql_int(store, SQL_ASKED_GET, ASKED_NOT, &value, "ii", incident_id, person_id);
	*state = (enum asked_state)value;
	return rc;
}

int store_asked_of(struct store *store, int64_t person_id, int64_t *incident_id)
{
	return sql_int(store, SQL_ASKED_OF, 0, incident_id, "i", person_id);
}

int store_asked_walk(struct store *store, int64_t incident_id,
	int (*visit)(void *ctx, int64_t person_id, enum asked_state state), void *ctx)
{
	int64_t after = 0;
	for (;;) {
		sqlite3_stmt *row;
		int rc = sql_row(store, SQL_ASKED_NEXT, &row, "ii", incident_id, after);
		if (rc != 1)
			return rc;
		after = col(row, 0);
		enum asked_state state = (enum asked_state)col(row, 1);
		sql_done(row);
		rc = visit(ctx, after, state);
		if (rc)
			return rc;
	}
}
