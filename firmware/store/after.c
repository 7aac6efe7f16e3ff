/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report tells, read in slices: each looks at a bounded number of rows, so that a report of
 * a long list holds up nothing. A row that changes between two slices is told as it was or as it
 * is, never twice.
 */
#include "internal.h"

static void copies_from_row(sqlite3_stmt *row, struct store_copies *out)
{
	*out = (struct store_copies){
		.state = (enum message_state)col(row, 0),
		.zones = (uint64_t)col(row, 2),
		.error = (int)col(row, 4),
		.sent_min = col(row, 5),
		.arrived_min = col(row, 6),
		.reported = col(row, 7) != 0,
		.people = col(row, 9),
		.accepted = col(row, 10),
		.segments = col(row, 11),
		.last_sent_ms = col(row, 12),
	};
	col_text(row, 1, out->language, sizeof(out->language));
	col_text(row, 8, out->modem, sizeof(out->modem));
}

/* Where the slice ends; 1 when it was full, so that more may follow. */
static int copies_upto(
	struct store *store, int64_t broadcast_id, int64_t after_id, int limit, int64_t *upto_id)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_COPIES_UPTO, &row, "iid", after_id, broadcast_id, limit);
	if (rc <= 0)
		return rc;
	*upto_id = col(row, 0);
	rc = col(row, 1) == limit;
	sql_done(row);
	return rc;
}

static int visit_copies(struct store *store, sqlite3_stmt *row, int rc,
	int (*visit)(void *ctx, const struct store_copies *copies), void *ctx)
{
	for (; rc == 1; rc = sql_next(store, row)) {
		struct store_copies copies;
		copies_from_row(row, &copies);
		int end = visit(ctx, &copies);
		if (end) {
			sql_done(row);
			return end;
		}
	}
	return rc;
}

int store_copies_walk(struct store *store, int64_t broadcast_id, int64_t *after_id, int limit,
	int (*visit)(void *ctx, const struct store_copies *copies), void *ctx)
{
	sqlite3_stmt *row;
	int64_t upto_id = 0;
	int rc = 0;
	if (*after_id == 0) {
		rc = sql_row(store, SQL_COPIES_PAST, &row, "i", broadcast_id);
		rc = visit_copies(store, row, rc, visit, ctx);
	}
	int more = rc ? rc : copies_upto(store, broadcast_id, *after_id, limit, &upto_id);
	if (more < 0 || rc || upto_id == 0)
		return more;
	rc = sql_row(store, SQL_COPIES, &row, "iii", *after_id, upto_id, broadcast_id);
	rc = visit_copies(store, row, rc, visit, ctx);
	if (rc)
		return rc;
	*after_id = upto_id;
	return more;
}

/* 0 at the end, what visit said, or -errno; *after_id is then the last one's. */
static int visit_answers(struct store *store, sqlite3_stmt *row, int rc, int64_t *after_id,
	int (*visit)(void *ctx, const struct store_answer *answer), void *ctx, int *visited)
{
	for (; rc == 1; rc = sql_next(store, row)) {
		struct store_answer answer = {
			.answer = (enum answer)col(row, 1),
			.first_ms = col(row, 2),
			.zones = (uint64_t)col(row, 3),
			.people = col(row, 5),
		};
		col_text(row, 4, answer.language, sizeof(answer.language));
		*after_id = col(row, 0);
		++*visited;
		int end = visit(ctx, &answer);
		if (end) {
			sql_done(row);
			return end;
		}
	}
	return rc;
}

int store_answers_walk(struct store *store, int64_t alert_id, int64_t *after_id, int limit,
	int (*visit)(void *ctx, const struct store_answer *answer), void *ctx)
{
	sqlite3_stmt *row;
	int visited = 0, rc = 0;
	if (*after_id == 0) {
		rc = sql_row(store, SQL_ANSWERS_PAST, &row, "i", alert_id);
		rc = visit_answers(store, row, rc, after_id, visit, ctx, &visited);
	}
	if (rc)
		return rc;
	visited = 0;
	rc = sql_row(store, SQL_ANSWERS, &row, "iid", alert_id, *after_id, limit);
	rc = visit_answers(store, row, rc, after_id, visit, ctx, &visited);
	return rc ? rc : visited == limit;
}
