/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema's history: each step brings the file from the version before to its own, in one
 * transaction.
 */
#include "internal.h"

#include <stdio.h>

static const char schema[] =
#include "schema.sql.h"
	;
static const char limits[] =
#include "limits.sql.h"
	;
static const char work[] =
#include "work.sql.h"
	;
static const char quorum[] =
#include "quorum.sql.h"
	;
static const char after[] =
#include "after.sql.h"
	;
static const char trust[] =
#include "trust.sql.h"
	;
static const char story[] =
#include "story.sql.h"
	;
static const char talk[] =
#include "talk.sql.h"
	;
static const char keep[] =
#include "keep.sql.h"
	;
static const char bulletin[] =
#include "bulletin.sql.h"
	;
static const char rsvp[] =
#include "rsvp.sql.h"
	;

static const char plan[] =
#include "plan.sql.h"
	;

static const char shift[] =
#include "shift.sql.h"
	;

/* A file that was ever written by a release is brought forward: steps are added, never changed. */
const struct migration store_migrations[] = {
	{ 1, schema },
	{ 2, limits },
	{ 3, work },
	{ 4, quorum },
	{ 5, after },
	{ 6, trust },
	{ 7, story },
	{ 8, talk },
	{ 9, keep },
	{ 10, bulletin },
	{ 11, plan },
	{ 12, rsvp },
	{ 13, shift },
};
const int store_migrations_count = ARRAY_SIZE(store_migrations);

static int version_of(sqlite3 *db)
{
	sqlite3_stmt *row;
	int version = -1;
	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &row, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_step(row) == SQLITE_ROW)
		version = sqlite3_column_int(row, 0);
	sqlite3_finalize(row);
	return version;
}

static int step(sqlite3 *db, const struct migration *migration, char *why, size_t size)
{
	char mark[64];
	snprintf(mark, sizeof(mark), "PRAGMA user_version = %d; COMMIT", migration->version);
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
		sqlite3_exec(db, migration->sql, NULL, NULL, NULL) == SQLITE_OK &&
		sqlite3_exec(db, mark, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	snprintf(why, size, "the database cannot be brought to version %d: %s", migration->version,
		sqlite3_errmsg(db));
	int rc = sqlite3_errcode(db) == SQLITE_FULL ? -ENOSPC : -EIO;
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

int migrate(
	sqlite3 *db, const struct migration *steps, int count, int *from, char *why, size_t size)
{
	int version = version_of(db);
	*from = -1;
	if (version < 0) {
		snprintf(why, size, "the database cannot be read: %s",
			version == -1 ? sqlite3_errmsg(db) : "no version is below 0");
		return version == -1 ? -EIO : -EUCLEAN;
	}
	if (version > steps[count - 1].version) {
		snprintf(why, size,
			"the database is of version %d, this program knows %d: it was written by a "
			"newer Faro",
			version, steps[count - 1].version);
		return -EPROTO;
	}
	for (int i = 0; i < count; i++) {
		if (steps[i].version <= version)
			continue;
		*from = version;
		int rc = step(db, &steps[i], why, size);
		if (rc)
			return rc;
	}
	return 0;
}
