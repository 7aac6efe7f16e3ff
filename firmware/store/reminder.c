/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is asked once more: responders who have an alert and said nothing. They are looked at in
 * slices, again and again while the alert runs, because some get their copy later than others; the
 * copies of one broadcast go to everybody once, so nobody is reminded twice.
 */
#include "internal.h"

static void from_row(sqlite3_stmt *row, struct reminder *out)
{
	*out = (struct reminder){
		.alert_id = col(row, 0),
		.broadcast_id = col(row, 1),
		.after_id = col(row, 2),
		.due_ms = col(row, 3),
	};
	sql_done(row);
}

int store_reminder_get(struct store *store, int64_t alert_id, struct reminder *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_REMINDER_GET, &row, "i", alert_id);
	if (rc == 1)
		from_row(row, out);
	return rc;
}

int store_reminder_due(struct store *store, int64_t now_ms, struct reminder *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_REMINDER_DUE, &row, "i", now_ms);
	if (rc == 1)
		from_row(row, out);
	return rc;
}

int store_reminder_next_due(struct store *store, int64_t *at_ms)
{
	return sql_int(store, SQL_REMINDER_NEXT, TIME_NEVER, at_ms, "");
}

int store_reminder_set(struct store *store, const struct reminder *reminder)
{
	return (int)TX(store,
		sql_run(store, SQL_REMINDER_SET, "iiio", reminder->alert_id, reminder->broadcast_id,
			reminder->after_id, reminder->due_ms ? reminder->due_ms : NO_LANE));
}

static int queue_slice(struct store *store, const struct reminder *reminder, int64_t upto,
	int64_t before_ms, int64_t now_ms)
{
	int rc = sql_run(store, SQL_EXPAND_SILENT, "iiidiidiiiii", reminder->broadcast_id,
		reminder->after_id, upto, (int)RANK_ZONE, (int64_t)0, now_ms, (int)CLASS_ALERT,
		reminder->expires_ms, (int64_t)0, (int64_t)0, before_ms, reminder->alert_id);
	int64_t copies = rc == 0 ? sql_changes(store) : 0;
	if (rc || copies == 0)
		return rc;
	tally_add(store, reminder->broadcast_id, MESSAGE_QUEUED, copies);
	return broadcast_reopen(store, reminder->broadcast_id, upto);
}

static int remind(struct store *store, struct reminder *reminder, int64_t before_ms, int limit,
	int64_t now_ms)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_UPTO_SILENT, &row, "id", reminder->after_id, limit);
	if (rc < 0)
		return rc;
	int64_t upto = col(row, 0), rows = col(row, 1);
	sql_done(row);
	rc = rows ? queue_slice(store, reminder, upto, before_ms, now_ms) : 0;
	reminder->after_id = rows < limit ? 0 : upto;
	return rc ? rc : rows == limit;
}

int store_remind(struct store *store, struct reminder *reminder, int64_t before_ms, int limit,
	int64_t now_ms)
{
	return limit < 1 ? -EINVAL
			 : (int)TX(store, remind(store, reminder, before_ms, limit, now_ms));
}

int reminder_forget(struct store *store, int64_t alert_id, int64_t person_id)
{
	struct message message;
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_REMINDER_OF, &row, "ii", alert_id, person_id);
	if (rc != 1)
		return rc;
	message_from_row(row, &message);
	sql_done(row);
	message_drop(&message);
	return message_save(store, &message);
}
