/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file's size. Free pages are used again; when there are many, the last pages of the file move
 * into them and its end is given back, a few at a time.
 */
#include "internal.h"

#include <stdio.h>

#define SLICE_BYTES INT64_C(65536)
/* Part of the file that stays free, and the least that is worth a write. */
#define SPARE       8
#define SPARE_BYTES INT64_C(262144)
/*
 * A file that was made before this was known is made anew at start, when what is in it is at most
 * this: less than a second on an SD card. SQLite does it in memory and in the log.
 */
#define ANEW_BYTES INT64_C(4194304)

enum { AUTO_VACUUM_NONE, AUTO_VACUUM_FULL, AUTO_VACUUM_INCREMENTAL };

struct pages {
	int64_t all, unused, size;
};

static int count_pages(struct store *store, struct pages *out)
{
	int rc = sql_int(store, SQL_PAGE_COUNT, 0, &out->all, "");
	if (rc == 0)
		rc = sql_int(store, SQL_PAGES_FREE, 0, &out->unused, "");
	return rc ? rc : sql_int(store, SQL_PAGE_SIZE, STORE_PAGE_SIZE, &out->size, "");
}

int store_size(struct store *store, int64_t *bytes, int64_t *unused)
{
	struct pages pages;
	int rc = count_pages(store, &pages);
	*bytes = rc ? 0 : pages.all * pages.size;
	*unused = rc ? 0 : pages.unused * pages.size;
	return rc;
}

static int move_pages(struct store *store, int64_t n)
{
	char sql[64];
	snprintf(sql, sizeof(sql), "PRAGMA incremental_vacuum(%lld)", (long long)n);
	int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : sql_error(store, rc);
}

int store_shrink(struct store *store)
{
	struct pages pages;
	int64_t mode;
	int rc = sql_int(store, SQL_AUTO_VACUUM, AUTO_VACUUM_NONE, &mode, "");
	if (rc == 0)
		rc = count_pages(store, &pages);
	if (rc || mode != AUTO_VACUUM_INCREMENTAL)
		return rc;
	int64_t slice = SLICE_BYTES / pages.size, spare = pages.all / SPARE;
	if (spare < SPARE_BYTES / pages.size)
		spare = SPARE_BYTES / pages.size;
	if (pages.unused < spare + slice)
		return 0;
	rc = (int)TX(store, move_pages(store, slice));
	return rc ? rc : 1;
}

int shrink_adopt(struct store *store, char *why, size_t size)
{
	struct pages pages;
	int64_t mode;
	int rc = sql_int(store, SQL_AUTO_VACUUM, AUTO_VACUUM_NONE, &mode, "");
	if (rc == 0)
		rc = count_pages(store, &pages);
	if (rc || mode == AUTO_VACUUM_INCREMENTAL)
		return rc;
	int64_t kept = (pages.all - pages.unused) * pages.size;
	if (kept > ANEW_BYTES) {
		log_notice("store: the file is of an older Faro: its free pages are used again, "
			   "but it does not become smaller (%lld of %lld bytes are in use)",
			(long long)kept, (long long)(pages.all * pages.size));
		return 0;
	}
	rc = sqlite3_exec(store->db, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return 0;
	snprintf(why, size, "the database cannot be made anew: %s", sqlite3_errmsg(store->db));
	/* It is as it was, and works so. */
	if ((rc & 0xff) == SQLITE_FULL || (rc & 0xff) == SQLITE_NOMEM) {
		log_warning("store: %s", why);
		return 0;
	}
	return (rc & 0xff) == SQLITE_CORRUPT ? -EBADMSG : -EIO;
}
