/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy takes the place of the file. It comes in pieces (faro.db.incoming), is looked at, and gets
 * the name by which the next start knows it (faro.db.restore); that start marks what waited in it,
 * sets the file that was in use aside and gives the copy its name. Cut off at any point it is done
 * again, from the same copy.
 */
#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char begin_anew[] =
#include "restore.sql.h"
	;
static const char take_over[] =
#include "restore_now.sql.h"
	;

static void name_of(const struct store *store, const char *suffix, char out[PATH_MAX])
{
	repair_beside(store->path, suffix, out);
}

/* ---- it comes in ---------------------------------------------------------------------------- */

int store_restore_put(struct store *store, int64_t at, const void *data, size_t size)
{
	char path[PATH_MAX];
	struct stat st = { .st_size = 0 };
	name_of(store, ".incoming", path);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (at == 0 ? O_TRUNC : 0), 0600);
	if (fd < 0)
		return -errno;
	int rc = fstat(fd, &st) ? -errno : 0;
	if (rc == 0 && st.st_size != at)
		rc = -EINVAL;
	ssize_t written = rc ? 0 : pwrite(fd, data, size, at);
	if (rc == 0 && written != (ssize_t)size)
		rc = written < 0 ? -errno : -ENOSPC;
	if (rc == 0 && fsync(fd))
		rc = -errno;
	close(fd);
	return rc;
}

static void remove_all(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char name[PATH_MAX];
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		repair_beside(path, suffixes[i], name);
		unlink(name);
	}
}

/* Another store on the same key, which looks at the copy as at any file. */
static int open_copy(struct store *other, const char *path, char *why, size_t size)
{
	struct store_health health;
	text_copy(other->path, sizeof(other->path), path);
	int rc = store_open_file(other, &health, why, size);
	if (rc == -EBADMSG) {
		char what[256];
		text_copy(what, sizeof(what), why);
		snprintf(why, size, "the copy is damaged: %s", what);
	}
	return rc;
}

static int with_copy(struct store *store, const char *path, int (*then)(struct store *other),
	char *why, size_t size)
{
	struct store *other = calloc(1, sizeof(*other));
	struct stat st;
	if (!other)
		return -ENOMEM;
	other->seal = store->seal;
	other->lock_fd = other->handed_fd = -1;
	int rc = stat(path, &st) ? -errno : st.st_size == 0 ? -EBADMSG : 0;
	if (rc == -EBADMSG)
		snprintf(why, size, "the copy is empty");
	if (rc == 0)
		rc = open_copy(other, path, why, size);
	if (rc == 0 && then)
		rc = then(other);
	if (other->db)
		store_disconnect(other);
	modem_free_all(other);
	free(other);
	return rc;
}

int store_restore(struct store *store, char *why, size_t size)
{
	char incoming[PATH_MAX], ready[PATH_MAX];
	if (size)
		why[0] = '\0';
	name_of(store, ".incoming", incoming);
	name_of(store, ".restore", ready);
	int rc = with_copy(store, incoming, NULL, why, size);
	if (rc == 0 && rename(incoming, ready))
		rc = -errno;
	if (rc == 0)
		rc = place_sync(ready);
	if (rc)
		remove_all(incoming);
	if (rc && !why[0])
		snprintf(why, size, "the copy cannot be used: %s", strerror(-rc));
	return rc;
}

/* ---- it takes the file's place -------------------------------------------------------------- */

static int execute(struct store *other, const char *sql)
{
	int rc = sqlite3_exec(other->db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : sql_error(other, rc);
}

static int in_one(struct store *other, const char *sql)
{
	int rc = store_begin(other);
	if (rc == 0)
		rc = execute(other, sql);
	if (rc) {
		store_rollback(other);
		return rc;
	}
	return store_commit(other);
}

/* The file in use is named like the copy, without ".restore". */
static int take_what_was_taken_back(struct store *other)
{
	char *quoted, now[PATH_MAX];
	text_copy(now, sizeof(now), other->path);
	now[strlen(now) - strlen(".restore")] = '\0';
	if (access(now, F_OK))
		return -ENOENT;
	quoted = sqlite3_mprintf("ATTACH %Q AS now", now);
	int rc = quoted ? execute(other, quoted) : -ENOMEM;
	sqlite3_free(quoted);
	if (rc)
		return rc;
	rc = in_one(other, take_over);
	execute(other, "DETACH now");
	return rc;
}

static int mark_copy(struct store *other)
{
	int rc = in_one(other, begin_anew);
	if (rc == 0 && take_what_was_taken_back(other))
		log_alert("store: the file that was in use cannot be read: who has texted STOP "
			  "since the copy was made is not known");
	return rc;
}

static int give_name(struct store *store, const char *ready)
{
	char aside[PATH_MAX];
	int rc = repair_set_aside(store->path, "before", aside);
	if (rc == 0 && rename(ready, store->path))
		rc = -errno;
	if (rc == 0)
		rc = place_sync(ready);
	if (rc == 0)
		log_notice("store: restored from a copy; what waited in it is not sent again; the "
			   "file that was in use lies in %s",
			aside);
	return rc;
}

int restore_take(struct store *store)
{
	char ready[PATH_MAX], refused[PATH_MAX], why[256] = "";
	name_of(store, ".incoming", refused);
	remove_all(refused);
	name_of(store, ".restore", ready);
	if (access(ready, F_OK))
		return 0;
	int rc = with_copy(store, ready, mark_copy, why, sizeof(why));
	if (rc == 0)
		return give_name(store, ready);
	name_of(store, ".restore-refused", refused);
	rename(ready, refused);
	log_alert("store: the copy that was to be restored cannot be used (%s); it lies in %s",
		why[0] ? why : strerror(-rc), refused);
	return 0;
}
