/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that fails when it is told to, as an SQLite VFS over the ordinary one. Only in the crash
 * build (make CRASH=1).
 *
 * FARO_DISK names a file, looked at before every write: "full AFTER COUNT", "io AFTER COUNT" or
 * "readonly AFTER COUNT" lets AFTER writes, syncs and truncations pass from then on and fails the
 * next COUNT of them; no file: the disk is well. Each write and sync is a crash point, too.
 */
#include "internal.h"

#ifdef FARO_CRASH

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shaky_file {
	sqlite3_file base;
	const char *what; /* "wal" or "db" */
	sqlite3_file *real;
};

static sqlite3_vfs shaky, *ordinary;

static struct {
	char order[64];
	long operations;
} spell;

static const struct {
	const char *kind;
	int write, sync;
} failures[] = {
	{ "full", SQLITE_FULL, SQLITE_OK },
	{ "io", SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC },
	{ "readonly", SQLITE_READONLY, SQLITE_OK },
};

/* What this operation is to answer: SQLITE_OK, or how it fails. */
static int failure(bool is_sync)
{
	const char *path = getenv("FARO_DISK");
	char order[64] = "", kind[16] = "";
	long after = 0, count = 0;
	FILE *file = path ? fopen(path, "re") : NULL;

	if (file && !fgets(order, sizeof(order), file))
		order[0] = '\0';
	if (file)
		fclose(file);
	if (strcmp(order, spell.order) != 0) {
		text_copy(spell.order, sizeof(spell.order), order);
		spell.operations = 0;
	}
	long n = spell.operations++;
	if (sscanf(order, "%15s %ld %ld", kind, &after, &count) != 3 || n < after ||
		n >= after + count)
		return SQLITE_OK;
	for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
		if (strcmp(failures[i].kind, kind) == 0)
			return is_sync ? failures[i].sync : failures[i].write;
	}
	return SQLITE_OK;
}

static struct shaky_file *of(sqlite3_file *file)
{
	return (struct shaky_file *)file;
}

#define REAL(file)            of(file)->real
#define PASS(file, call, ...) REAL(file)->pMethods->call(REAL(file), ##__VA_ARGS__)

static int shaky_close(sqlite3_file *file)
{
	return PASS(file, xClose);
}

static int shaky_read(sqlite3_file *file, void *data, int n, sqlite3_int64 at)
{
	return PASS(file, xRead, data, n, at);
}

static int shaky_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
	int rc = failure(false);
	crash_point("disk.%s.write", of(file)->what);
	return rc == SQLITE_OK ? PASS(file, xWrite, data, n, at) : rc;
}

static int shaky_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = failure(false);
	crash_point("disk.%s.truncate", of(file)->what);
	return rc == SQLITE_OK ? PASS(file, xTruncate, size) : SQLITE_IOERR_TRUNCATE;
}

static int shaky_sync(sqlite3_file *file, int flags)
{
	int rc = failure(true);
	crash_point("disk.%s.sync", of(file)->what);
	if (rc == SQLITE_OK)
		rc = PASS(file, xSync, flags);
	crash_point("disk.%s.synced", of(file)->what);
	return rc;
}

static int shaky_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return PASS(file, xFileSize, size);
}

static int shaky_lock(sqlite3_file *file, int lock)
{
	return PASS(file, xLock, lock);
}

static int shaky_unlock(sqlite3_file *file, int lock)
{
	return PASS(file, xUnlock, lock);
}

static int shaky_reserved(sqlite3_file *file, int *out)
{
	return PASS(file, xCheckReservedLock, out);
}

static int shaky_control(sqlite3_file *file, int op, void *arg)
{
	return PASS(file, xFileControl, op, arg);
}

static int shaky_sector(sqlite3_file *file)
{
	return PASS(file, xSectorSize);
}

static int shaky_device(sqlite3_file *file)
{
	return PASS(file, xDeviceCharacteristics);
}

static int shaky_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	return PASS(file, xShmMap, page, size, extend, out);
}

static int shaky_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return PASS(file, xShmLock, offset, n, flags);
}

static void shaky_shm_barrier(sqlite3_file *file)
{
	PASS(file, xShmBarrier);
}

static int shaky_shm_unmap(sqlite3_file *file, int delete)
{
	return PASS(file, xShmUnmap, delete);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = shaky_close,
	.xRead = shaky_read,
	.xWrite = shaky_write,
	.xTruncate = shaky_truncate,
	.xSync = shaky_sync,
	.xFileSize = shaky_size,
	.xLock = shaky_lock,
	.xUnlock = shaky_unlock,
	.xCheckReservedLock = shaky_reserved,
	.xFileControl = shaky_control,
	.xSectorSize = shaky_sector,
	.xDeviceCharacteristics = shaky_device,
	.xShmMap = shaky_shm_map,
	.xShmLock = shaky_shm_lock,
	.xShmBarrier = shaky_shm_barrier,
	.xShmUnmap = shaky_shm_unmap,
};

static int shaky_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	(void)vfs;
	of(file)->real = (sqlite3_file *)(of(file) + 1);
	of(file)->what = flags & SQLITE_OPEN_WAL ? "wal" : "db";
	int rc = ordinary->xOpen(ordinary, name, REAL(file), flags, out_flags);
	file->pMethods = REAL(file)->pMethods ? &methods : NULL;
	return rc;
}

int shaky_register(void)
{
	if (ordinary)
		return SQLITE_OK;
	ordinary = sqlite3_vfs_find(NULL);
	shaky = *ordinary;
	shaky.zName = "shaky";
	shaky.szOsFile = (int)sizeof(struct shaky_file) + ordinary->szOsFile;
	shaky.xOpen = shaky_open;
	return sqlite3_vfs_register(&shaky, 1);
}

#endif
