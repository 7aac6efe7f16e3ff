/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A damaged file is set aside, never replaced silently. The new one is made whole beside it; giving
 * it its final name (faro.db.salvaged) is the moment from which on the repair is finished by any
 * later start, whatever interrupts this one.
 */
#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void repair_beside(const char *path, const char *suffix, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s%s", path, suffix);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

bool repair_is_empty(const char *path)
{
	struct stat st;
	char wal[PATH_MAX];
	repair_beside(path, "-wal", wal);
	return stat(path, &st) == 0 && st.st_size == 0 && !is_there(wal);
}

static int move(const char *from, const char *to)
{
	if (rename(from, to) == 0 || errno == ENOENT)
		return 0;
	return -errno;
}

/* "faro.db.damaged-20261121T205200", with a number when that name is taken. */
static void name_aside(const char *path, const char *what, char out[PATH_MAX])
{
	char iso[TIME_ISO_SIZE], plain[TIME_ISO_SIZE];
	size_t n = 0;
	time_iso(time_wall_ms(), iso);
	for (const char *p = iso; *p && *p != '.' && n + 1 < sizeof(plain); p++) {
		if (*p != '-' && *p != ':')
			plain[n++] = *p;
	}
	plain[n] = '\0';
	snprintf(out, PATH_MAX, "%s.%s-%s", path, what, plain);
	for (int i = 2; is_there(out) && i < 1000; i++)
		snprintf(out, PATH_MAX, "%s.%s-%s-%d", path, what, plain, i);
}

/* The log is moved first: without its file it harms nobody, and it must never meet the new one. */
int repair_set_aside(const char *path, const char *what, char aside[PATH_MAX])
{
	char from[PATH_MAX], to[PATH_MAX];
	name_aside(path, what, aside);
	repair_beside(path, "-wal", from);
	repair_beside(aside, "-wal", to);
	int rc = move(from, to);
	if (rc == 0)
		rc = move(path, aside);
	repair_beside(path, "-shm", from);
	unlink(from);
	return rc ? rc : place_sync(path);
}

static int finish(const char *path, struct store_health *health, char *why, size_t size)
{
	char salvaged[PATH_MAX], aside[PATH_MAX] = "";
	repair_beside(path, ".salvaged", salvaged);
	int rc = repair_set_aside(path, "damaged", aside);
	if (rc == 0)
		rc = move(salvaged, path);
	if (rc == 0)
		rc = place_sync(path);
	if (rc) {
		snprintf(why, size, "%s cannot be set aside: %s", path, strerror(-rc));
		return rc;
	}
	health->salvaged = true;
	text_copy(health->set_aside, sizeof(health->set_aside), aside);
	char rows[96] = "the repair that was interrupted is finished";
	if (health->rows_salvaged >= 0 && health->rows_lost >= 0)
		snprintf(rows, sizeof(rows), "%lld readable rows were kept, %lld are missing",
			(long long)health->rows_salvaged, (long long)health->rows_lost);
	else if (health->rows_salvaged >= 0)
		snprintf(rows, sizeof(rows),
			"%lld readable rows were kept, how many are missing nobody knows",
			(long long)health->rows_salvaged);
	log_alert("store: the database was damaged; it lies in %s now; %s", aside, rows);
	return 0;
}

int repair_resume(const char *path, struct store_health *health, char *why, size_t size)
{
	char made[PATH_MAX];
	repair_beside(path, ".new", made);
	unlink(made);
	repair_beside(path, ".new-wal", made);
	unlink(made);
	repair_beside(path, ".salvaged", made);
	if (!is_there(made))
		return 0;
	health->rows_salvaged = health->rows_lost = -1;
	return finish(path, health, why, size);
}

static const char mend[] =
#include "mend.sql.h"
	;

/* Every readable row, in a file of the damaged one's version; then as any file of that version. */
static int fill(sqlite3 *db, const char *damaged, int version, struct store_health *health,
	char *why, size_t size)
{
	int from, steps = 0;
	while (steps < store_migrations_count && store_migrations[steps].version <= version)
		steps++;
	int rc = migrate(db, store_migrations, steps, &from, why, size);
	if (rc == 0)
		rc = salvage(
			db, damaged, STORE_PAGE_SIZE, &health->rows_salvaged, &health->rows_lost);
	if (rc)
		snprintf(why, size, "the damaged database %s cannot be salvaged: %s", damaged,
			strerror(-rc));
	return rc;
}

static int mend_all(sqlite3 *db, char *why, size_t size)
{
	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
		sqlite3_exec(db, mend, NULL, NULL, NULL) == SQLITE_OK &&
		sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	snprintf(why, size, "the salvaged rows do not fit together: %s", sqlite3_errmsg(db));
	return sqlite3_errcode(db) == SQLITE_FULL ? -ENOSPC : -EIO;
}

/*
 * The new file, whole and closed: no log of its own is left beside it. damaged NULL: nothing is to
 * be salvaged; version: of the damaged one.
 */
static int make_new(const char *path, const char *damaged, int version, struct store_health *health,
	char *why, size_t size)
{
	sqlite3 *db = NULL;
	int from;
	int rc = store_connect(path, &db, why, size);
	if (rc == 0 && damaged)
		rc = fill(db, damaged, version, health, why, size);
	if (rc == 0)
		rc = migrate(db, store_migrations, store_migrations_count, &from, why, size);
	if (rc == 0 && damaged)
		rc = mend_all(db, why, size);
	if (sqlite3_close(db) != SQLITE_OK && rc == 0)
		rc = -EIO;
	return rc;
}

/*
 * The version of the damaged file. A row says by its shape whose it is, and shapes change: where
 * the file does not say its version any more it is the one by which most rows are readable.
 */
static int version_of(
	const char *made, const char *damaged, struct store_health *health, char *why, size_t size)
{
	int last = store_migrations[store_migrations_count - 1].version;
	int version = salvage_version(damaged, STORE_PAGE_SIZE), best = last;
	if (version >= 1 && version <= last)
		return version;
	int64_t most = -1;
	for (int i = store_migrations_count - 1; i >= 0; i--) {
		int rc = make_new(made, damaged, store_migrations[i].version, health, why, size);
		unlink(made);
		if (rc)
			return rc;
		if (health->rows_salvaged > most) {
			most = health->rows_salvaged;
			best = store_migrations[i].version;
		}
	}
	return best;
}

/* A file that was made (rc 0) takes the name `to`; what could not be made is not left behind. */
static int name_made(int rc, const char *made, const char *to)
{
	if (rc == 0 && rename(made, to))
		rc = -errno;
	if (rc == 0)
		rc = place_sync(to);
	if (rc)
		unlink(made);
	return rc;
}

int repair_first(const char *path, struct store_health *health, char *why, size_t size)
{
	char made[PATH_MAX];
	repair_beside(path, ".new", made);
	int rc = name_made(make_new(made, NULL, 0, health, why, size), made, path);
	if (rc && !why[0])
		snprintf(why, size, "%s cannot be made: %s", path, strerror(-rc));
	return rc;
}

int repair(const char *path, struct store_health *health, char *why, size_t size)
{
	char made[PATH_MAX], salvaged[PATH_MAX];
	repair_beside(path, ".new", made);
	repair_beside(path, ".salvaged", salvaged);
	log_error("store: %s is damaged (%s); salvaging what can be read", path, why);
	int version = version_of(made, path, health, why, size);
	int rc = version < 0 ? version : make_new(made, path, version, health, why, size);
	rc = name_made(rc, made, salvaged);
	return rc ? rc : finish(path, health, why, size);
}
