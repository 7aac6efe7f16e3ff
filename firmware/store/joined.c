/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite writes each frame of its log in two pieces, a header of 24 octets and the page, and syncs
 * once a commit. As an SQLite VFS over the ordinary one this joins what follows on each other to
 * one write, done before the sync: a commit of four pages takes half the time (bench_store). What
 * is kept back belongs to a commit that has not been synced, which nobody was promised.
 *
 * Only the log is treated so; everything else is the ordinary VFS's own.
 */
#include "internal.h"

#include <string.h>

#define JOINED_SIZE 65536

struct joined_file {
	sqlite3_file base;
	sqlite3_file *real;
	uint8_t *kept; /* not written yet: from `at` on, `n` octets */
	int n;
	sqlite3_int64 at;
};

static sqlite3_vfs joined, *ordinary;

static struct joined_file *of(sqlite3_file *file)
{
	return (struct joined_file *)file;
}

#define REAL(file)            of(file)->real
#define PASS(file, call, ...) REAL(file)->pMethods->call(REAL(file), ##__VA_ARGS__)

/* What failed to be written is given up: so is the commit it belongs to. */
static int flush(sqlite3_file *file)
{
	struct joined_file *joint = of(file);
	int n = joint->n;

	joint->n = 0;
	return n ? PASS(file, xWrite, joint->kept, n, joint->at) : SQLITE_OK;
}

static int joined_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
	struct joined_file *joint = of(file);
	bool follows = at == joint->at + joint->n && joint->n + n <= JOINED_SIZE;
	int rc = follows ? SQLITE_OK : flush(file);

	if (rc != SQLITE_OK)
		return rc;
	if (n > JOINED_SIZE)
		return PASS(file, xWrite, data, n, at);
	if (!joint->n)
		joint->at = at;
	memcpy(joint->kept + joint->n, data, (size_t)n);
	joint->n += n;
	return SQLITE_OK;
}

static int joined_read(sqlite3_file *file, void *data, int n, sqlite3_int64 at)
{
	int rc = flush(file);

	return rc == SQLITE_OK ? PASS(file, xRead, data, n, at) : rc;
}

static int joined_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = flush(file);

	return rc == SQLITE_OK ? PASS(file, xTruncate, size) : rc;
}

static int joined_sync(sqlite3_file *file, int flags)
{
	int rc = flush(file);

	return rc == SQLITE_OK ? PASS(file, xSync, flags) : rc;
}

static int joined_size(sqlite3_file *file, sqlite3_int64 *size)
{
	int rc = flush(file);

	return rc == SQLITE_OK ? PASS(file, xFileSize, size) : rc;
}

static int joined_close(sqlite3_file *file)
{
	flush(file);
	sqlite3_free(of(file)->kept);
	return PASS(file, xClose);
}

/* Nobody locks a log. */
static int joined_lock(sqlite3_file *file, int lock)
{
	return PASS(file, xLock, lock);
}

static int joined_unlock(sqlite3_file *file, int lock)
{
	return PASS(file, xUnlock, lock);
}

static int joined_reserved(sqlite3_file *file, int *out)
{
	return PASS(file, xCheckReservedLock, out);
}

static int joined_control(sqlite3_file *file, int op, void *arg)
{
	return PASS(file, xFileControl, op, arg);
}

static int joined_sector(sqlite3_file *file)
{
	return PASS(file, xSectorSize);
}

static int joined_device(sqlite3_file *file)
{
	return PASS(file, xDeviceCharacteristics);
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = joined_close,
	.xRead = joined_read,
	.xWrite = joined_write,
	.xTruncate = joined_truncate,
	.xSync = joined_sync,
	.xFileSize = joined_size,
	.xLock = joined_lock,
	.xUnlock = joined_unlock,
	.xCheckReservedLock = joined_reserved,
	.xFileControl = joined_control,
	.xSectorSize = joined_sector,
	.xDeviceCharacteristics = joined_device,
};

static int open_log(sqlite3_file *file, const char *name, int flags, int *out_flags)
{
	struct joined_file *joint = of(file);

	*joint = (struct joined_file){ .real = (sqlite3_file *)(joint + 1) };
	joint->kept = sqlite3_malloc(JOINED_SIZE);
	if (!joint->kept)
		return SQLITE_NOMEM;
	int rc = ordinary->xOpen(ordinary, name, REAL(file), flags, out_flags);
	if (rc == SQLITE_OK)
		file->pMethods = &methods;
	else
		sqlite3_free(joint->kept);
	return rc;
}

static int joined_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	(void)vfs;
	return flags & SQLITE_OPEN_WAL ? open_log(file, name, flags, out_flags)
				       : ordinary->xOpen(ordinary, name, file, flags, out_flags);
}

const char *joined_register(void)
{
	static const char name[] = "joined";

	if (ordinary)
		return name;
	ordinary = sqlite3_vfs_find(NULL);
	joined = *ordinary;
	joined.zName = name;
	joined.szOsFile = (int)sizeof(struct joined_file) + ordinary->szOsFile;
	joined.xOpen = joined_open;
	return sqlite3_vfs_register(&joined, 0) == SQLITE_OK ? name : NULL;
}
