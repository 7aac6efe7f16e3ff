/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of the file while it is in use, in slices: SQLite's backup follows what this connection
 * writes in between, so the copy is of the moment at which it is whole.
 */
#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLICE_PAGES 256

static int error_of(int rc)
{
	return rc == SQLITE_OK ? 0 : (rc & 0xff) == SQLITE_FULL ? -ENOSPC : -EIO;
}

static void copy_path(const struct store *store, char out[PATH_MAX])
{
	repair_beside(store->path, ".copy", out);
}

static int copy_start(struct store *store, struct store_copy *copy, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	int rc = sqlite3_open_v2(
		path, &copy->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK) {
		copy->run = sqlite3_backup_init(copy->db, "main", store->db, "main");
		rc = copy->run ? SQLITE_OK : sqlite3_errcode(copy->db);
	}
	return error_of(rc);
}

/* The note of what was handed over goes on; the copy stays behind it. */
static int finish(struct store_copy *copy)
{
	int rc = sqlite3_backup_finish(copy->run);
	copy->run = NULL;
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(copy->db, "DELETE FROM value WHERE name = '" HANDED_KEY "'", NULL,
			NULL, NULL);
	if (sqlite3_close(copy->db) != SQLITE_OK && rc == SQLITE_OK)
		rc = SQLITE_IOERR;
	copy->db = NULL;
	return error_of(rc);
}

static int copy_go_on(struct store_copy *copy, int pages)
{
	int rc = sqlite3_backup_step(copy->run, pages);
	if (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return 1;
	return rc == SQLITE_DONE ? finish(copy) : error_of(rc);
}

static void copy_drop(struct store_copy *copy)
{
	sqlite3_backup_finish(copy->run);
	sqlite3_close(copy->db);
	*copy = (struct store_copy){ .db = NULL };
}

int store_backup(struct store *store, const char *path)
{
	struct store_copy copy = { .db = NULL };
	if (store->in_transaction)
		return -EBUSY;
	int rc = copy_start(store, &copy, path);
	if (rc == -EEXIST)
		return rc;
	if (rc == 0)
		rc = copy_go_on(&copy, -1);
	copy_drop(&copy);
	if (rc)
		unlink(path);
	return rc > 0 ? -EIO : rc;
}

/* ---- one that somebody reads ---------------------------------------------------------------- */

void store_copy_end(struct store *store)
{
	char path[PATH_MAX];
	copy_drop(&store->copy);
	copy_path(store, path);
	unlink(path);
}

int store_copy_begin(struct store *store)
{
	char path[PATH_MAX];
	if (store->in_transaction)
		return -EBUSY;
	store_copy_end(store);
	copy_path(store, path);
	int rc = copy_start(store, &store->copy, path);
	if (rc)
		store_copy_end(store);
	return rc;
}

int store_copy_step(struct store *store)
{
	if (!store->copy.run)
		return -ENOENT;
	int rc = copy_go_on(&store->copy, SLICE_PAGES);
	if (rc < 0)
		store_copy_end(store);
	return rc;
}

ssize_t store_copy_read(struct store *store, int64_t at, void *out, size_t size)
{
	char path[PATH_MAX];
	if (store->copy.run)
		return -EBUSY;
	copy_path(store, path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : pread(fd, out, size, at);
	if (fd >= 0) {
		n = n < 0 ? -errno : n;
		close(fd);
	}
	return n;
}
