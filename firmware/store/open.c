/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: the lock, the key, the check, the repair, the schema; and closing and copying. */
#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Chosen by measurement (bench_flash, bench_store): a segment rewrites two pages, and a page is the
 * least that can be written: pages of 4096 write three and a half times as much per message. The
 * log comes to 2 MiB and is written over, not cut (wal.c); beyond that a later checkpoint saves
 * next to nothing and costs time at start. Incremental vacuum costs a fortieth.
 */
#define STRING_(x) #x
#define STRING(x)  STRING_(x)
/* clang-format off */
#define STORE_PRAGMAS                                           \
	"PRAGMA page_size = " STRING(STORE_PAGE_SIZE) ";"       \
	"PRAGMA auto_vacuum = INCREMENTAL;"                     \
	"PRAGMA locking_mode = EXCLUSIVE;"                      \
	"PRAGMA journal_mode = WAL;"                            \
	"PRAGMA synchronous = FULL;"                            \
	"PRAGMA wal_autocheckpoint = " STRING(STORE_LOG_PAGES) ";" \
	"PRAGMA cache_size = -1024;"                            \
	"PRAGMA temp_store = MEMORY;"                           \
	"PRAGMA foreign_keys = ON;"                             \
	"PRAGMA trusted_schema = OFF;"                          \
	"PRAGMA cell_size_check = ON;"
/* clang-format on */
#define BUSY_TIMEOUT_MS 2000

/* ---- directory, lock ------------------------------------------------------------------------ */

static int make_dir(const char *path, char *why, size_t size)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	int rc = -errno;
	snprintf(why, size, "the data directory %s cannot be made: %s", path, strerror(-rc));
	return rc;
}

static int take_lock(struct store *store, const char *data_dir, char *why, size_t size)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/lock", data_dir);
	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int rc = store->lock_fd < 0 ? -errno : 0;
	if (rc == 0 && flock(store->lock_fd, LOCK_EX | LOCK_NB))
		rc = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (rc == -EBUSY)
		snprintf(why, size, "another farod uses the data directory %s", data_dir);
	else if (rc)
		snprintf(why, size, "%s cannot be locked: %s", path, strerror(-rc));
	return rc;
}

/* ---- the file ------------------------------------------------------------------------------- */

static int plain_int(sqlite3 *db, const char *sql, int64_t *value)
{
	sqlite3_stmt *row;
	int rc = sqlite3_prepare_v2(db, sql, -1, &row, NULL);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(row);
	*value = rc == SQLITE_ROW ? col(row, 0) : 0;
	sqlite3_finalize(row);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static bool is_damage(int rc)
{
	return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

/*
 * -EBADMSG: damaged, `why` says what SQLite saw. The indices are compared with their rows too: a
 * message that its queue's index has lost would never leave.
 */
static int full_check(sqlite3 *db, char *why, size_t size)
{
	sqlite3_stmt *row;
	int rc = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &row, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(row);
	if (rc != SQLITE_ROW) {
		snprintf(why, size, "%s", sqlite3_errmsg(db));
		sqlite3_finalize(row);
		return is_damage(rc) ? -EBADMSG : -EIO;
	}
	const char *said = (const char *)sqlite3_column_text(row, 0);
	bool fine = said && strcmp(said, "ok") == 0;
	if (!fine)
		snprintf(why, size, "%s", said ? said : "no answer");
	sqlite3_finalize(row);
	return fine ? 0 : -EBADMSG;
}

int store_connect(const char *path, sqlite3 **db, char *why, size_t size)
{
#ifdef FARO_CRASH
	shaky_register();
#endif
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_EXRESCODE;
	int rc = sqlite3_open_v2(path, db, flags, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(*db, BUSY_TIMEOUT_MS);
		sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		rc = sqlite3_exec(*db, STORE_PRAGMAS, NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK)
		return 0;
	snprintf(why, size, "%s: %s", path, sqlite3_errmsg(*db));
	return is_damage(rc)                    ? -EBADMSG
	       : (rc & 0xff) == SQLITE_BUSY     ? -EBUSY
	       : (rc & 0xff) == SQLITE_FULL     ? -ENOSPC
	       : (rc & 0xff) == SQLITE_READONLY ? -EROFS
						: -EIO;
}

void store_disconnect(struct store *store)
{
	sql_finalize(store);
	/* What lies at the path is another file's log now: SQLite must not delete it. */
	if (store->lost)
		sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close(store->db);
	store->db = NULL;
}

/* Something else's database is not to be changed. */
static int check_ours(sqlite3 *db, const char *path, char *why, size_t size)
{
	int64_t tables = 0, ours = 0;
	int rc = plain_int(db, "SELECT count(*) FROM sqlite_schema", &tables);
	if (rc == SQLITE_OK)
		rc = plain_int(db,
			"SELECT count(*) FROM sqlite_schema WHERE name IN "
			"('identity', 'suppressed', 'person', 'message')",
			&ours);
	if (rc != SQLITE_OK)
		return is_damage(rc) ? -EBADMSG : -EIO;
	if (!tables || ours)
		return 0;
	snprintf(why, size, "%s is a database, but not one of Faro", path);
	return -EMEDIUMTYPE;
}

static int open_checked(struct store *store, char *why, size_t size)
{
	int rc = store_connect(store->path, &store->db, why, size);
	if (rc == 0)
		rc = full_check(store->db, why, size);
	if (rc == 0)
		rc = check_ours(store->db, store->path, why, size);
	if (rc)
		store_disconnect(store);
	return rc;
}

/* ---- the key -------------------------------------------------------------------------------- */

static int key_fits(struct store *store, const uint8_t ours[STORE_HASH_SIZE], bool *known)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_FINGERPRINT_GET, &row, "");
	*known = rc == 1;
	if (rc != 1)
		return rc;
	bool same = sqlite3_column_bytes(row, 0) == STORE_HASH_SIZE &&
		    memcmp(sqlite3_column_blob(row, 0), ours, STORE_HASH_SIZE) == 0;
	sql_done(row);
	return same ? 0 : -EKEYREJECTED;
}

/* A salvaged file may have lost its fingerprint: then a person's number must open. */
static int key_opens(struct store *store)
{
	struct person person;
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_PERSON_NEXT, &row, "ididii", (int64_t)0, 0, (int64_t)0, -1,
		(int64_t)0, (int64_t)0);
	if (rc != 1)
		return rc;
	rc = person_from_row(store, row, &person);
	sql_done(row);
	return rc ? -EKEYREJECTED : 0;
}

static int check_key(struct store *store, char *why, size_t size)
{
	static const char what[] = "faro.db";
	uint8_t hash[STORE_HASH_SIZE];
	bool known;
	seal_hash(store->seal, HASHED_KEY, what, sizeof(what), hash);
	int rc = key_fits(store, hash, &known);
	if (rc == 0 && !known)
		rc = key_opens(store);
	if (rc == 0 && !known)
		rc = (int)TX(store, sql_run(store, SQL_FINGERPRINT_SET, "ib", time_wall_ms(), hash,
					    sizeof(hash)));
	if (rc == -EKEYREJECTED)
		snprintf(why, size, "the key does not fit the database %s", store->path);
	else if (rc)
		snprintf(why, size, "the database %s cannot be read: %s", store->path,
			sqlite3_errmsg(store->db));
	return rc;
}

/* ---- the face ------------------------------------------------------------------------------- */

static int open_key(
	struct store *store, const struct store_config *config, bool make, char *why, size_t size)
{
	char path[PATH_MAX];
	if (config->key_file && config->key_file[0])
		text_copy(path, sizeof(path), config->key_file);
	else
		snprintf(path, sizeof(path), "%s/key", config->data_dir);
	return seal_new(path, make, &store->seal, why, size);
}

/* -EBADMSG also for damage that only shows when the rows are counted. */
int store_open_file(struct store *store, struct store_health *health, char *why, size_t size)
{
	int rc = open_checked(store, why, size);
	if (rc == 0)
		rc = migrate(store->db, store_migrations, store_migrations_count,
			&health->migrated_from, why, size);
	if (rc == 0)
		rc = check_key(store, why, size);
	if (rc == 0)
		rc = shrink_adopt(store, why, size);
	if (rc == 0)
		rc = census_load(store);
	if (rc == 0)
		rc = tally_load(store);
	if (rc == 0)
		wal_reserve(store->db, STORE_LOG_PAGES, STORE_PAGE_SIZE);
	if (rc == -EUCLEAN) {
		snprintf(why, size, "%s", sqlite3_errmsg(store->db));
		rc = -EBADMSG;
	}
	return rc;
}

static int open_all(struct store *store, const struct store_config *config,
	struct store_health *health, char *why, size_t size)
{
	int rc = make_dir(config->data_dir, why, size);
	if (rc == 0)
		rc = take_lock(store, config->data_dir, why, size);
	if (rc == 0)
		rc = repair_resume(store->path, health, why, size);
	if (rc)
		return rc;
	bool exists = access(store->path, F_OK) == 0;
	health->created = !exists;
	rc = open_key(store, config, !exists, why, size);
	if (rc == 0)
		rc = restore_take(store);
	if (rc)
		return rc;
	exists = access(store->path, F_OK) == 0;
	if (!exists)
		rc = repair_first(store->path, health, why, size);
	if (rc)
		return rc;
	rc = exists && repair_is_empty(store->path) ? -EBADMSG
						    : store_open_file(store, health, why, size);
	if (rc == -EBADMSG) {
		store_disconnect(store);
		memset(store->tallies, 0, sizeof(store->tallies));
		rc = repair(store->path, health, why, size);
		if (rc == 0)
			rc = store_open_file(store, health, why, size);
	}
	if (rc == 0 && handed_open(store, config->data_dir))
		log_warning("store: no note of what modems are handed can be kept in %s",
			config->data_dir);
	return rc;
}

int store_open(const struct store_config *config, struct store **out, struct store_health *health,
	char *why, size_t size)
{
	struct store_health ignored = { .migrated_from = -1 };
	struct store *store = calloc(1, sizeof(*store));
	*out = NULL;
	health = health ? health : &ignored;
	*health = (struct store_health){ .migrated_from = -1 };
	if (size)
		why[0] = '\0';
	if (!store)
		return -ENOMEM;
	store->lock_fd = store->handed_fd = -1;
	if (snprintf(store->path, sizeof(store->path), "%s/faro.db", config->data_dir) >=
		(int)sizeof(store->path) - 64) {
		free(store);
		return -ENAMETOOLONG;
	}
	int rc = open_all(store, config, health, why, size);
	if (health->created)
		health->migrated_from = -1;
	if (rc) {
		store_close(store);
		return rc;
	}
	place_learn(store);
	*out = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->db) {
		store_rollback(store);
		place_check(store);
		store_copy_end(store);
		store_disconnect(store);
	}
	if (store->seal)
		seal_free(store->seal);
	handed_close(store);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	modem_free_all(store);
	free(store);
}
