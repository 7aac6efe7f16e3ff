/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reaches the disk for a commit: the real SQLite and the real file, and between the store and
 * the ordinary VFS one that looks at the log's writes and syncs.
 */
#include "store_world.h"

static struct {
	int writes, syncs;
	int fail; /* the next write's result */
	sqlite3_int64 end;
	bool open; /* written since the last sync */
} seen;

static sqlite3_vfs watching, *ordinary;
static sqlite3_io_methods watched;
static const sqlite3_io_methods *below;

static int see_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
	if (seen.fail) {
		int rc = seen.fail;
		seen.fail = 0;
		return rc;
	}
	seen.writes++;
	seen.open = true;
	seen.end = at + n > seen.end ? at + n : seen.end;
	return below->xWrite(file, data, n, at);
}

static int see_sync(sqlite3_file *file, int flags)
{
	seen.syncs++;
	seen.open = false;
	return below->xSync(file, flags);
}

/* The ordinary VFS's own file, with two of its methods replaced. */
static int see_open(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	(void)vfs;
	int rc = ordinary->xOpen(ordinary, name, file, flags, out_flags);
	if (rc != SQLITE_OK || !(flags & SQLITE_OPEN_WAL))
		return rc;
	below = file->pMethods;
	watched = *below;
	watched.xWrite = see_write;
	watched.xSync = see_sync;
	file->pMethods = &watched;
	return rc;
}

static int watch_disk(void **state)
{
	(void)state;
	ordinary = sqlite3_vfs_find(NULL);
	watching = *ordinary;
	watching.zName = "watching";
	watching.xOpen = see_open;
	return sqlite3_vfs_register(&watching, 1);
}

/* The log is there, its header too. */
static void begun(struct world *w)
{
	OK(store_value_set(w->store, "first", 1));
	memset(&seen, 0, sizeof(seen));
}

static void many_people(struct world *w, int first, int n)
{
	struct person p;
	for (int i = first; i < first + n; i++)
		OK(store_person_meet(w->store, phone_of(i), w->now_ms, &p));
}

static void test_a_commit_of_many_pages_is_one_write_and_one_sync(void **state)
{
	struct world *w = *state;
	begun(w);
	OK(store_begin(w->store));
	many_people(w, 0, 20);
	assert_int_equal(seen.writes, 0);
	OK(store_commit(w->store));
	assert_int_equal(seen.writes, 1);
	assert_int_equal(seen.syncs, 1);
	assert_false(seen.open);
}

/* Every octet of it, when the commit says that it is done. */
static void test_nothing_of_a_commit_is_kept_back(void **state)
{
	struct world *w = *state;
	begun(w);
	for (int i = 0; i < 5; i++) {
		char path[128];
		struct stat st;
		OK(store_value_set(w->store, "more", i));
		assert_false(seen.open);
		snprintf(path, sizeof(path), "%s/faro.db-wal", w->dir);
		assert_int_equal(stat(path, &st), 0);
		assert_true(st.st_size >= seen.end);
	}
	assert_int_equal(seen.syncs, 5);
}

/* More than SQLite keeps in memory: pages go to the log before the commit and are read back. */
static void test_a_commit_larger_than_the_cache_reads_what_it_wrote(void **state)
{
	struct world *w = *state;
	begun(w);
	OK(sqlite3_exec(w->store->db, "PRAGMA cache_size = 20", NULL, NULL, NULL));
	OK(store_begin(w->store));
	many_people(w, 0, 2000);
	assert_true(seen.writes > 1);
	for (int i = 0; i < 2000; i += 100) {
		struct person p;
		OK(store_person_find(w->store, phone_of(i), &p));
		assert_string_equal(p.phone, phone_of(i));
	}
	OK(store_commit(w->store));
	assert_false(seen.open);
	/* it is checked when it is opened */
	world_reopen(w);
	assert_false(w->health.created);
	assert_int_equal(peek(w, "SELECT count(*) FROM person"), 2000);
}

static void test_a_write_that_fails_fails_the_commit_and_nothing_else(void **state)
{
	struct world *w = *state;
	int64_t value = 0;
	begun(w);
	OK(store_value_set(w->store, "kept", 1));
	seen.fail = SQLITE_FULL;
	assert_int_equal(store_value_set(w->store, "kept", 2), -ENOSPC);
	OK(store_value_get(w->store, "kept", &value));
	assert_int_equal(value, 1);
	OK(store_value_set(w->store, "kept", 3));
	world_reopen(w);
	OK(store_value_get(w->store, "kept", &value));
	assert_int_equal(value, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_commit_of_many_pages_is_one_write_and_one_sync),
		TEST(test_nothing_of_a_commit_is_kept_back),
		TEST(test_a_commit_larger_than_the_cache_reads_what_it_wrote),
		TEST(test_a_write_that_fails_fails_the_commit_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, watch_disk, NULL);
}
