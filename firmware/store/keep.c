/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is older than is kept goes, in rounds over the tables and in slices of rows: of each slice
 * what a report still needs is counted, then its rows are deleted, in one transaction.
 */
#include "internal.h"

/* Rows of a slice: each deleted one touches a page of each of its indices. */
#define SLICE_ROWS   128
#define SLICE_TRAILS 16 /* each has many rows of its own */
#define SLICE_LOOKS  2000

enum { STEPS_MAX = 6 };

/* In this order: an alert goes when nobody's copy and answer is left, an incident after it. */
static const struct kind {
	const char *gone; /* the value that says up to which id rows have gone; NULL: none does */
	bool trail;       /* older than trail_ms, else than rows_ms */
	int rows;
	enum sql behind, steps[STEPS_MAX]; /* the last one lets go */
} kinds[] = {
	{ "message gone", false, SLICE_ROWS, SQL_OLD_MESSAGES_BEHIND,
		{ SQL_OLD_MESSAGES_COUNT, SQL_OLD_MESSAGES_LIVED, SQL_OLD_MESSAGES_PARTS,
			SQL_OLD_MESSAGES_EARLY, SQL_OLD_MESSAGES_DROP } },
#define KIND_LEAST_BODY 1
	{ NULL, false, SLICE_LOOKS, SQL_LEAST_BODY, { SQL_BEGIN } },
#define KIND_BODIES 2
	{ "body gone", false, SLICE_ROWS, SQL_OLD_BODIES_BEHIND,
		{ SQL_OLD_BODIES_PARTS, SQL_OLD_BODIES_DROP } },
	{ "text gone", false, SLICE_ROWS, SQL_OLD_TEXTS_BEHIND,
		{ SQL_OLD_TEXTS_COUNT, SQL_OLD_TEXTS_CENSUS, SQL_OLD_TEXTS_PARTS,
			SQL_OLD_TEXTS_DROP } },
	{ NULL, false, SLICE_ROWS, SQL_OLD_ANSWERS_BEHIND,
		{ SQL_OLD_ANSWERS_COUNT, SQL_OLD_ANSWERS_DROP } },
	{ "alert gone", true, SLICE_TRAILS, SQL_OLD_ALERTS_BEHIND,
		{ SQL_OLD_ALERTS_ANSWERS, SQL_OLD_ALERTS_REMINDER, SQL_OLD_ALERTS_DROP } },
	{ "broadcast gone", true, SLICE_TRAILS, SQL_OLD_BROADCASTS_BEHIND,
		{ SQL_OLD_BROADCASTS_COUNT, SQL_OLD_BROADCASTS_COUNTED, SQL_OLD_BROADCASTS_BODIES,
			SQL_OLD_BROADCASTS_DROP } },
	{ "incident gone", true, SLICE_TRAILS, SQL_OLD_INCIDENTS_BEHIND,
		{ SQL_OLD_INCIDENTS_NOTES, SQL_OLD_INCIDENTS_ASKED, SQL_OLD_INCIDENTS_WORK,
			SQL_OLD_INCIDENTS_DROP } },
};

struct slice {
	int64_t upto, rows;
	int64_t last; /* when the last of them came; of bodies: its id; or the least body */
};

static int look(struct store *store, const struct kind *kind, int64_t after, struct slice *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, kind->behind, &row, "id", after, kind->rows);
	if (rc <= 0)
		return rc;
	*out = (struct slice){ .upto = col(row, 0), .rows = col(row, 1), .last = col(row, 2) };
	sql_done(row);
	return 0;
}

static int let_go(struct store *store, struct store_round *round, const struct kind *kind,
	int64_t upto, int64_t before)
{
	int rc = 0;
	for (int i = 0; rc == 0 && i < STEPS_MAX && kind->steps[i] != SQL_BEGIN; i++)
		rc = sql_run(store, kind->steps[i], "iii", round->after_id, upto, before);
	int rows = rc ? 0 : sql_changes(store);
	round->gone += rows;
	tally_recount(store);
	if (rc == 0 && rows && kind->gone)
		rc = sql_run(store, SQL_GONE_UPTO, "ti", kind->gone, upto);
	return rc;
}

/* Bodies carry no time: they go when no message that is left has a lesser one. */
static int64_t limit_of(const struct store_round *round, const struct kind *kind)
{
	if (round->kind == KIND_BODIES)
		return round->least_body;
	return kind->trail ? round->keep.trail_ms : round->keep.rows_ms;
}

static void note_least_body(struct store_round *round, const struct slice *slice)
{
	if (slice->rows && (!round->least_body || slice->last < round->least_body))
		round->least_body = slice->last;
}

static void next_kind(struct store_round *round)
{
	round->kind++;
	round->after_id = 0;
}

static int drop_slice(struct store *store, struct store_round *round, int64_t *rows)
{
	const struct kind *kind = &kinds[round->kind];
	int64_t before = limit_of(round, kind);
	bool looks = round->kind == KIND_LEAST_BODY;
	struct slice slice = { .rows = 0 };
	int rc = look(store, kind, round->after_id, &slice);
	if (rc == 0 && looks)
		note_least_body(round, &slice);
	else if (rc == 0 && slice.rows)
		rc = let_go(store, round, kind, slice.upto, before);
	if (rc)
		return rc;
	*rows = slice.rows;
	/* behind a young one all are young */
	if (slice.rows < kind->rows || (!looks && slice.last >= before))
		next_kind(round);
	else
		round->after_id = slice.upto;
	return round->kind < (int)ARRAY_SIZE(kinds);
}

/* Of what there is none nothing is heard: a box that keeps little does not wake for each kind. */
static int64_t drop_old(struct store *store, struct store_round *round)
{
	int64_t rows;
	int rc;
	do {
		rows = 0;
		rc = drop_slice(store, round, &rows);
	} while (rc == 1 && rows == 0);
	return rc;
}

int store_drop_old(struct store *store, struct store_round *round)
{
	struct store_round before = *round;
	if (round->kind >= (int)ARRAY_SIZE(kinds))
		return 0;
	int rc = (int)TX(store, drop_old(store, round));
	if (rc < 0)
		*round = before;
	return rc;
}

int store_oldest_row(struct store *store, int64_t *at_ms)
{
	return sql_int(store, SQL_OLDEST_ROW, TIME_NEVER, at_ms, "");
}
