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

/* What is forgotten, in id order; how far it has come is a value of its own. */
static const struct {
	const char *cursor;
	enum sql upto, forget;
} forgotten[] = {
	{ "forgotten text", SQL_FORGET_TEXT_UPTO, SQL_FORGET_TEXT },
	{ "forgotten note", SQL_FORGET_NOTE_UPTO, SQL_FORGET_NOTE },
	{ "forgotten alert", SQL_FORGET_ALERT_UPTO, SQL_FORGET_ALERT },
	{ "forgotten body", SQL_FORGET_BODY_UPTO, SQL_FORGET_BODY },
};

static int forget_slice(struct store *store, size_t kind, int64_t before_ms, int64_t limit)
{
	sqlite3_stmt *row;
	int64_t after = 0;
	int rc = store_value_get(store, forgotten[kind].cursor, &after);
	if (rc && rc != -ENOENT)
		return rc;
	rc = sql_row(store, forgotten[kind].upto, &row, "iii", after, before_ms, limit);
	if (rc != 1)
		return rc;
	int64_t upto = col(row, 0);
	int rows = (int)col(row, 1);
	sql_done(row);
	if (rows == 0)
		return 0;
	rc = sql_run(store, forgotten[kind].forget, "ii", after, upto);
	if (rc == 0 && forgotten[kind].forget == SQL_FORGET_BODY)
		rc = sql_run(store, SQL_FORGET_BODY_PARTS, "ii", after, upto);
	if (rc == 0)
		rc = store_value_set(store, forgotten[kind].cursor, upto);
	return rc ? rc : rows;
}

static int64_t forget(struct store *store, int64_t before_ms, int64_t limit)
{
	int64_t count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(forgotten) && count < limit; i++) {
		int rows = forget_slice(store, i, before_ms, limit - count);
		if (rows < 0)
			return rows;
		count += rows;
	}
	return count;
}

int store_oldest_words(struct store *store, int64_t *at_ms)
{
	return sql_int(store, SQL_FORGET_OLDEST, TIME_NEVER, at_ms, "");
}

int store_forget(struct store *store, int64_t before_ms, int limit)
{
	return (int)TX(store, forget(store, before_ms, limit));
}
