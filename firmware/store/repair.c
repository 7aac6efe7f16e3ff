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

static void beside(const char *path, const char *suffix, char out[PATH_MAX])
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
	beside(path, "-wal", wal);
	return stat(path, &st) == 0 && st.st_size == 0 && !is_there(wal);
}

static int move(const char *from, const char *to)
{
	if (rename(from, to) == 0 || errno == ENOENT)
		return 0;
	return -errno;
}

static int sync_dir_of(const char *path)
{
	char dir[PATH_MAX];
	text_copy(dir, sizeof(dir), path);
	char *slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return rc;
}

/* "faro.db.damaged-20261121T205200", with a number when that name is taken. */
static void name_aside(const char *path, char out[PATH_MAX])
{
	char iso[TIME_ISO_SIZE], plain[TIME_ISO_SIZE];
	size_t n = 0;
	time_iso(time_wall_ms(), iso);
	for (const char *p = iso; *p && *p != '.' && n + 1 < sizeof(plain); p++) {
		if (*p != '-' && *p != ':')
			plain[n++] = *p;
	}
	plain[n] = '\0';
	snprintf(out, PATH_MAX, "%s.damaged-%s", path, plain);
	for (int i = 2; is_there(out) && i < 1000; i++)
		snprintf(out, PATH_MAX, "%s.damaged-%s-%d", path, plain, i);
}

/* The log is moved first: without its file it harms nobody, and it must never meet the new one. */
static int set_aside(const char *path, char aside[PATH_MAX])
{
	char from[PATH_MAX], to[PATH_MAX];
	name_aside(path, aside);
	beside(path, "-wal", from);
	beside(aside, "-wal", to);
	int rc = move(from, to);
	if (rc == 0)
		rc = move(path, aside);
	beside(path, "-shm", from);
	unlink(from);
	return rc ? rc : sync_dir_of(path);
}

static int finish(const char *path, struct store_health *health, char *why, size_t size)
{
	char salvaged[PATH_MAX], aside[PATH_MAX] = "";
	beside(path, ".salvaged", salvaged);
	int rc = set_aside(path, aside);
	if (rc == 0)
		rc = move(salvaged, path);
	if (rc == 0)
		rc = sync_dir_of(path);
	if (rc) {
		snprintf(why, size, "%s cannot be set aside: %s", path, strerror(-rc));
		return rc;
	}
	health->salvaged = true;
	text_copy(health->set_aside, sizeof(health->set_aside), aside);
	char rows[96] = "the repair that was interrupted is finished";
	if (health->rows_salvaged >= 0)
		snprintf(rows, sizeof(rows),
			"%lld readable rows were kept, missing: %lld (-1: not known)",
			(long long)health->rows_salvaged, (long long)health->rows_lost);
	log_alert("store: the database was damaged; it lies in %s now; %s", aside, rows);
	return 0;
}

int repair_resume(const char *path, struct store_health *health, char *why, size_t size)
{
	char made[PATH_MAX];
	beside(path, ".new", made);
	unlink(made);
	beside(path, ".new-wal", made);
	unlink(made);
	beside(path, ".salvaged", made);
	if (!is_there(made))
		return 0;
	health->rows_salvaged = health->rows_lost = -1;
	return finish(path, health, why, size);
}

/*
 * The new file, whole and closed: no log of its own is left beside it. damaged NULL: nothing is to
 * be salvaged.
 */
static int make_new(
	const char *path, const char *damaged, struct store_health *health, char *why, size_t size)
{
	sqlite3 *db = NULL;
	int from;
	int rc = store_connect(path, &db, why, size);
	if (rc == 0)
		rc = migrate(db, store_migrations, store_migrations_count, &from, why, size);
	if (rc == 0 && damaged) {
		rc = salvage(
			db, damaged, STORE_PAGE_SIZE, &health->rows_salvaged, &health->rows_lost);
		if (rc)
			snprintf(why, size, "the damaged database %s cannot be salvaged: %s",
				damaged, strerror(-rc));
	}
	if (sqlite3_close(db) != SQLITE_OK && rc == 0)
		rc = -EIO;
	return rc;
}

int repair_first(const char *path, struct store_health *health, char *why, size_t size)
{
	char made[PATH_MAX];
	beside(path, ".new", made);
	int rc = make_new(made, NULL, health, why, size);
	if (rc == 0 && rename(made, path))
		rc = -errno;
	if (rc == 0)
		rc = sync_dir_of(path);
	if (rc) {
		unlink(made);
		if (!why[0])
			snprintf(why, size, "%s cannot be made: %s", path, strerror(-rc));
	}
	return rc;
}

int repair(const char *path, struct store_health *health, char *why, size_t size)
{
	char made[PATH_MAX], salvaged[PATH_MAX];
	beside(path, ".new", made);
	beside(path, ".salvaged", salvaged);
	log_error("store: %s is damaged (%s); salvaging what can be read", path, why);
	int rc = make_new(made, path, health, why, size);
	if (rc == 0 && rename(made, salvaged))
		rc = -errno;
	if (rc == 0)
		rc = sync_dir_of(path);
	if (rc) {
		unlink(made);
		return rc;
	}
	return finish(path, health, why, size);
}
