/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers that fail for good. Each alert counts once; a text that arrived in between, either way,
 * shows that the number lives and begins the count anew.
 */
#include "internal.h"

/* The alerts so far, this one included; 0 when it was counted before. */
static int count_alert(struct store *store, int64_t person, int64_t broadcast, int64_t now_ms)
{
	sqlite3_stmt *row;
	int64_t alerts = 0, last = 0;
	bool lives = false;
	int rc = sql_row(store, SQL_FAILING_GET, &row, "i", person);
	if (rc < 0)
		return rc;
	if (rc == 1) {
		alerts = col(row, 0);
		last = col(row, 1);
		lives = col(row, 2) != 0;
		sql_done(row);
	}
	if (last == broadcast)
		return 0;
	alerts = lives ? 1 : alerts + 1;
	rc = sql_run(store, SQL_FAILING_SET, "iiii", person, alerts, broadcast, now_ms);
	return rc ? rc : (int)alerts;
}

static int suspend(struct store *store, int64_t person)
{
	int rc = sql_run(store, SQL_PERSON_SUSPEND, "i", person);
	if (rc || sql_changes(store) == 0)
		return rc;
	rc = sql_run(store, SQL_UNTOLD_SET, "i", person);
	if (rc)
		return rc;
	int64_t dropped = messages_stop(store, person);
	if (dropped < 0)
		return (int)dropped;
	log_notice("member=%lld is suspended: the number failed in %d alerts", (long long)person,
		STORE_FAILED_ALERTS);
	return 1;
}

static int failed(struct store *store, const char *phone, int64_t now_ms)
{
	int64_t broadcast = 0, person = person_id_of(store, phone);
	if (person <= 0)
		return (int)person;
	int rc = sql_int(store, SQL_FAILED_ALERT, 0, &broadcast, "i", person);
	if (rc || !broadcast)
		return rc;
	rc = count_alert(store, person, broadcast, now_ms);
	return rc < STORE_FAILED_ALERTS ? (rc < 0 ? rc : 0) : suspend(store, person);
}

int store_person_failed(struct store *store, const char *phone, int64_t now_ms)
{
	return (int)TX(store, failed(store, phone, now_ms));
}

static int restore(struct store *store, int64_t person)
{
	int rc = sql_run(store, SQL_PERSON_RESTORE, "i", person);
	return rc ? rc : sql_run(store, SQL_FAILING_FORGET, "i", person);
}

int store_person_restore(struct store *store, int64_t person_id)
{
	return (int)TX(store, restore(store, person_id));
}

int store_suspended_next(struct store *store, int64_t *person_id)
{
	int rc = sql_int(store, SQL_UNTOLD_NEXT, 0, person_id, "");
	return rc ? rc : *person_id > 0;
}

int store_suspended_untold(struct store *store, int64_t *people)
{
	return sql_int(store, SQL_UNTOLD_COUNT, 0, people, "");
}

int store_suspended_told(struct store *store)
{
	return (int)TX(store, sql_run(store, SQL_UNTOLD_NONE, ""));
}
