/* SPDX-License-Identifier: Apache-2.0 */
/* What status shows, and what is forgotten after a while. */
#include "internal.h"

static const char census[] =
#include "census.sql.h"
	;

int census_load(struct store *store)
{
	int rc = sqlite3_exec(store->db, census, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : sql_error(store, rc);
}

static int census_counts(struct store *store, struct store_counts *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_CENSUS, &row, "");
	if (rc != 1)
		return rc;
	out->active = col(row, 0);
	out->applicants = col(row, 1);
	out->left = col(row, 2);
	out->suspended = col(row, 3);
	out->received = col(row, 4);
	out->handled = col(row, 5);
	sql_done(row);
	return 0;
}

static int live_counts(struct store *store, struct store_counts *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_LIVE_COUNTS, &row, "");
	if (rc != 1)
		return rc;
	out->incidents_open = col(row, 0);
	out->alerts_running = col(row, 1);
	out->alerts_pending = col(row, 2);
	sql_done(row);
	return 0;
}

int store_counts(struct store *store, struct store_counts *out)
{
	*out = (struct store_counts){ .active = 0 };
	int rc = census_counts(store, out);
	return rc ? rc : live_counts(store, out);
}

/* ---- retention ------------------------------------------------------------------------------ */

#define LOOK_ROWS 2000

/* What is forgotten, in id order; how far it has come is a value of its own. */
static const struct words {
	const char *cursor;
	enum sql upto, forget;
} forgotten[] = {
	{ "forgotten text", SQL_FORGET_TEXT_UPTO, SQL_FORGET_TEXT },
	{ "forgotten note", SQL_FORGET_NOTE_UPTO, SQL_FORGET_NOTE },
	{ "forgotten alert", SQL_FORGET_ALERT_UPTO, SQL_FORGET_ALERT },
	{ "forgotten body", SQL_FORGET_BODY_UPTO, SQL_FORGET_BODY },
};

/* Rows that are older than upto_of, which of a body is an id. */
static int forget_slice(
	struct store *store, const struct words *words, int64_t upto_of, int64_t limit)
{
	sqlite3_stmt *row;
	int64_t after = 0;
	int rc = store_value_get(store, words->cursor, &after);
	if (rc && rc != -ENOENT)
		return rc;
	rc = sql_row(store, words->upto, &row, "iii", after, upto_of, limit);
	if (rc != 1)
		return rc;
	int64_t upto = col(row, 0);
	int rows = (int)col(row, 1);
	sql_done(row);
	if (rows == 0)
		return 0;
	rc = sql_run(store, words->forget, "ii", after, upto);
	if (rc == 0 && words->forget == SQL_FORGET_BODY)
		rc = sql_run(store, SQL_FORGET_BODY_PARTS, "ii", after, upto);
	if (rc == 0)
		rc = store_value_set(store, words->cursor, upto);
	return rc ? rc : rows;
}

/*
 * Bodies carry no time: whose messages are young or not over is looked for in all of these. Behind
 * the last one it goes on with those that came since. 1 when there are more to be looked at.
 */
static int look_at_messages(struct store *store, struct store_forgetting *pass)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_FORGET_BODY_LOOK, &row, "idi", pass->after_id, LOOK_ROWS,
		pass->before_ms);
	if (rc != 1)
		return rc;
	int64_t rows = col(row, 1), least = col(row, 2), last = col(row, 3);
	if (rows)
		pass->after_id = col(row, 0);
	sql_done(row);
	if (least && (!pass->least_body || least < pass->least_body))
		pass->least_body = least;
	if (last > pass->last_body)
		pass->last_body = last;
	return rows == LOOK_ROWS;
}

static int forget_bodies(struct store *store, struct store_forgetting *pass, int64_t limit)
{
	const struct words *bodies = &forgotten[ARRAY_SIZE(forgotten) - 1];
	int rc = look_at_messages(store, pass);
	if (rc)
		return rc;
	int rows = forget_slice(
		store, bodies, pass->least_body ? pass->least_body : pass->last_body, limit);
	pass->gone += rows > 0 ? rows : 0;
	return rows < 0 ? rows : rows == limit;
}

static int forget(struct store *store, struct store_forgetting *pass, int64_t limit)
{
	int64_t count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(forgotten) - 1 && count < limit; i++) {
		int rows = forget_slice(store, &forgotten[i], pass->before_ms, limit - count);
		if (rows < 0)
			return rows;
		count += rows;
	}
	pass->gone += count;
	return count == limit ? 1 : forget_bodies(store, pass, limit - count);
}

int store_oldest_words(struct store *store, int64_t *at_ms)
{
	return sql_int(store, SQL_FORGET_OLDEST, TIME_NEVER, at_ms, "");
}

int store_forget(struct store *store, struct store_forgetting *pass, int limit)
{
	struct store_forgetting before = *pass;
	int rc = (int)TX(store, forget(store, pass, limit));
	if (rc < 0)
		*pass = before;
	return rc;
}
