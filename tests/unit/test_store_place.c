/* SPDX-License-Identifier: Apache-2.0 */
/* A database that is taken away while it is open: nothing is kept as if it were. */
#include "store_world.h"

#include <signal.h>
#include <sys/resource.h>

static void path_in(const struct world *w, const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", w->dir, name);
}

static int commits(struct world *w)
{
	return store_value_set(w->store, "now", 1);
}

static void assert_gone(struct world *w)
{
	int64_t value;
	assert_int_equal(commits(w), -ESTALE);
	assert_int_equal(store_alive(w->store), -ESTALE);
	OK(store_begin(w->store));
	OK(store_value_set(w->store, "in_one", 1));
	assert_int_equal(store_commit(w->store), -ESTALE);
	assert_false(store_in_transaction(w->store));
	/* what was there can still be read, what was refused is not there */
	OK(store_value_get(w->store, "before", &value));
	assert_int_equal(store_value_get(w->store, "in_one", &value), -ENOENT);
}

static void begin(struct world *w)
{
	OK(store_value_set(w->store, "before", 1));
	OK(store_alive(w->store));
}

static void a_deleted_file_takes_no_commit(void **state)
{
	static const char *const names[] = { "faro.db", "faro.db-wal" };
	struct world *w = *state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[128];
		world_reopen(w);
		begin(w);
		path_in(w, names[i], path);
		OK(unlink(path));
		assert_gone(w);
		/* nor is it made anew */
		assert_int_equal(access(path, F_OK), -1);
		world_close(w);
		dir_remove(w->dir);
		OK(mkdir(w->dir, 0700));
		OK(world_open(w));
	}
}

static void a_file_that_was_moved_is_used_again_when_it_is_back(void **state)
{
	struct world *w = *state;
	char path[128], away[128];
	int64_t value;
	path_in(w, "faro.db", path);
	path_in(w, "away", away);
	begin(w);
	OK(rename(path, away));
	assert_gone(w);
	OK(rename(away, path));
	OK(commits(w));
	OK(store_alive(w->store));
	world_reopen(w);
	assert_false(w->health.salvaged);
	OK(store_value_get(w->store, "before", &value));
	OK(store_value_get(w->store, "now", &value));
}

static void a_directory_that_was_moved_is_used_again_when_it_is_back(void **state)
{
	struct world *w = *state;
	char away[80];
	snprintf(away, sizeof(away), "%s.away", w->dir);
	begin(w);
	OK(rename(w->dir, away));
	assert_gone(w);
	OK(mkdir(w->dir, 0700));
	assert_gone(w);
	OK(rmdir(w->dir));
	OK(rename(away, w->dir));
	OK(commits(w));
}

static void another_file_in_its_place_is_neither_used_nor_harmed(void **state)
{
	struct world *w = *state, other = { .now_ms = NOW_MS };
	char away[80];
	int64_t value;
	begin(w);
	snprintf(away, sizeof(away), "%s.away", w->dir);
	OK(rename(w->dir, away));
	/* its rows are still in its log when the first one closes */
	memcpy(other.dir, w->dir, sizeof(other.dir));
	OK(world_open(&other));
	OK(store_value_set(other.store, "other", 7));
	assert_gone(w);
	world_close(w);
	OK(store_value_set(other.store, "another", 8));
	world_reopen(&other);
	assert_false(other.health.salvaged);
	OK(store_value_get(other.store, "other", &value));
	OK(store_value_get(other.store, "another", &value));
	assert_int_equal(store_value_get(other.store, "before", &value), -ENOENT);
	world_close(&other);
	dir_remove(w->dir);
	OK(rename(away, w->dir));
	OK(world_open(w));
	OK(store_value_get(w->store, "before", &value));
}

static void a_check_says_what_is_wrong_with_the_disk_until_it_has_healed(void **state)
{
	struct world *w = *state;
	struct rlimit whole, none;
	begin(w);
	signal(SIGXFSZ, SIG_IGN);
	OK(getrlimit(RLIMIT_FSIZE, &whole));
	none = whole;
	none.rlim_cur = 1024;
	OK(setrlimit(RLIMIT_FSIZE, &none));
	int failed = commits(w), checked = store_alive(w->store);
	OK(setrlimit(RLIMIT_FSIZE, &whole));
	signal(SIGXFSZ, SIG_DFL);
	assert_true(failed < 0);
	assert_int_equal(checked, failed);
	OK(store_alive(w->store));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_deleted_file_takes_no_commit),
		TEST(a_file_that_was_moved_is_used_again_when_it_is_back),
		TEST(a_directory_that_was_moved_is_used_again_when_it_is_back),
		TEST(another_file_in_its_place_is_neither_used_nor_harmed),
		TEST(a_check_says_what_is_wrong_with_the_disk_until_it_has_healed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
