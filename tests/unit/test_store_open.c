/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: keys, locks, versions; transactions; copies. */
#include "store_world.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void key_path(struct world *w, char out[128])
{
	snprintf(out, 128, "%s/key", w->dir);
}

static void the_first_start_makes_a_key_of_32_bytes_for_its_owner_only(void **state)
{
	struct world *w = *state;
	char path[128];
	struct stat st;
	key_path(w, path);
	OK(stat(path, &st));
	assert_int_equal(st.st_size, 32);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(w->health.created);
	assert_int_equal(w->health.migrated_from, -1);
	world_reopen(w);
	assert_false(w->health.created);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
	struct world *w = *state;
	char path[128];
	key_path(w, path);
	world_close(w);
	OK(chmod(path, 0640));
	assert_int_equal(world_open(w), -EKEYREJECTED);
	assert_non_null(strstr(w->why, "0600"));
	OK(chmod(path, 0600));
	OK(world_open(w));
}

static void a_key_of_the_wrong_size_is_refused(void **state)
{
	struct world *w = *state;
	char path[128];
	key_path(w, path);
	world_close(w);
	static const int sizes[] = { 31, 33, 0 };
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint8_t bytes[64] = { 1 };
		int fd = open(path, O_WRONLY | O_TRUNC);
		assert_int_equal(write(fd, bytes, (size_t)sizes[i]), sizes[i]);
		close(fd);
		assert_int_equal(world_open(w), -EKEYREJECTED);
		assert_non_null(strstr(w->why, "32 bytes"));
	}
}

static void a_key_that_does_not_fit_the_file_is_refused_and_nothing_is_changed(void **state)
{
	struct world *w = *state;
	char path[128], kept[160];
	key_path(w, path);
	snprintf(kept, sizeof(kept), "%s.kept", path);
	int64_t id = person_new(w, 1, ROLE_MEMBER, 1);
	world_close(w);
	OK(rename(path, kept));
	assert_int_equal(world_open(w), -ENOKEY);
	assert_int_equal(access(path, F_OK), -1); /* no new key is made for an old file */
	uint8_t other[32] = { 42 };
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, other, sizeof(other)), sizeof(other));
	close(fd);
	assert_int_equal(world_open(w), -EKEYREJECTED);
	assert_non_null(strstr(w->why, "does not fit"));
	OK(rename(kept, path));
	OK(world_open(w));
	assert_string_equal(person_now(w, id).phone, phone_of(1));
}

static void every_table_is_strict_and_every_commit_reaches_the_disk(void **state)
{
	struct world *w = *state;
	assert_int_equal(peek(w, "PRAGMA synchronous"), 2); /* FULL */
	assert_int_equal(peek(w, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
	assert_int_equal(peek(w, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' "
				 "AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite%%'"),
		0);
	assert_true(peek(w, "SELECT count(*) FROM pragma_table_list WHERE strict") > 10);
}

static void a_second_one_on_the_same_directory_is_told_so(void **state)
{
	struct world *w = *state;
	struct world second = *w;
	second.store = NULL;
	assert_int_equal(world_open(&second), -EBUSY);
	assert_non_null(strstr(second.why, "another farod"));
	assert_non_null(strstr(second.why, w->dir));
	person_new(w, 1, ROLE_MEMBER, 1);
}

/* ---- versions ------------------------------------------------------------------------------- */

static const struct migration history[] = {
	{ 1, "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);" },
	{ 2, "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 3;" },
	{ 3, "CREATE TABLE b (z INTEGER) STRICT; INSERT INTO b SELECT x + y FROM a;" },
};

static int64_t plain(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *row;
	int64_t value = -1;
	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK &&
		sqlite3_step(row) == SQLITE_ROW)
		value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return value;
}

static void an_old_version_is_brought_forward_step_by_step(void **state)
{
	struct world *w = *state;
	sqlite3 *db;
	int from;
	OK(sqlite3_open(":memory:", &db));
	OK(migrate(db, history, 1, &from, w->why, sizeof(w->why)));
	assert_int_equal(from, 0);
	OK(migrate(db, history, 3, &from, w->why, sizeof(w->why)));
	assert_int_equal(from, 1);
	assert_int_equal(plain(db, "SELECT z FROM b"), 10);
	assert_int_equal(plain(db, "PRAGMA user_version"), 3);
	OK(migrate(db, history, 3, &from, w->why, sizeof(w->why)));
	assert_int_equal(from, -1);
	sqlite3_close(db);
}

static void a_file_of_version_1_gets_the_tables_of_caps_and_keeps_its_people(void **state)
{
	struct world *w = *state;
	struct store_scope scope = { .month = "2026-11" };
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1), segments, people;
	peek(w, "DROP TABLE allowance");
	peek(w, "DROP TABLE recipient");
	peek(w, "DROP TABLE failing");
	peek(w, "DROP TABLE work");
	peek(w, "DROP TABLE asked");
	peek(w, "DROP TABLE vouch");
	peek(w, "DROP TABLE shift");
	peek(w, "DROP TABLE story");
	peek(w, "DROP TABLE talk");
	peek(w, "DROP TABLE bulletin");
	peek(w, "DROP TABLE rsvp");
	peek(w, "DROP TABLE reminder");
	peek(w, "DROP TABLE past");
	peek(w, "DROP TABLE past_answer");
	peek(w, "ALTER TABLE alert DROP COLUMN info");
	peek(w, "ALTER TABLE alert DROP COLUMN planned");
	peek(w, "DROP INDEX person_duty");
	peek(w, "DROP INDEX person_willing");
	peek(w, "DROP INDEX person_eager");
	peek(w, "ALTER TABLE person DROP COLUMN answered");
	peek(w, "CREATE INDEX person_duty ON person (id, duty_until_ms) WHERE duty_until_ms > 0");
	peek(w, "ALTER TABLE alert DROP COLUMN promised_people");
	peek(w, "ALTER TABLE alert DROP COLUMN promised_segments");
	peek(w, "ALTER TABLE alert DROP COLUMN first_yes_ms");
	peek(w, "ALTER TABLE answer DROP COLUMN first_ms");
	peek(w, "ALTER TABLE message DROP COLUMN arrived_s");
	peek(w, "DROP TABLE reader"); /* last: triggers of people ask for it */
	peek(w, "PRAGMA user_version = 1");
	world_reopen(w);
	assert_int_equal(w->health.migrated_from, 1);
	assert_int_equal(peek(w, "PRAGMA user_version"),
		store_migrations[store_migrations_count - 1].version);
	assert_int_equal(person_now(w, ana).state, PERSON_ACTIVE);
	OK(store_allowance_set(w->store, "sim1", w->now_ms, 7));
	OK(store_allowance_load(
		w->store, "sim1", w->now_ms, scope.month, w->now_ms, &segments, &people));
	assert_int_equal(segments, 7);
	assert_int_equal(people, 0);
}

static void a_step_that_fails_leaves_the_version_before(void **state)
{
	struct world *w = *state;
	static const struct migration bad[] = {
		{ 1, "CREATE TABLE a (x INTEGER) STRICT;" },
		{ 2, "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);" },
	};
	sqlite3 *db;
	int from;
	OK(sqlite3_open(":memory:", &db));
	assert_int_equal(migrate(db, bad, 2, &from, w->why, sizeof(w->why)), -EIO);
	assert_non_null(strstr(w->why, "nowhere"));
	assert_int_equal(plain(db, "PRAGMA user_version"), 1);
	assert_int_equal(plain(db, "SELECT count(*) FROM sqlite_schema"), 1);
	sqlite3_close(db);
}

static void a_file_of_a_newer_version_is_refused(void **state)
{
	struct world *w = *state;
	peek(w, "PRAGMA user_version = 999");
	world_close(w);
	assert_int_equal(world_open(w), -EPROTO);
	assert_non_null(strstr(w->why, "newer"));
}

/* ---- transactions --------------------------------------------------------------------------- */

static void what_is_rolled_back_never_was(void **state)
{
	struct world *w = *state;
	struct person p;
	int64_t value;
	OK(store_begin(w->store));
	assert_true(store_in_transaction(w->store));
	assert_int_equal(store_begin(w->store), -EALREADY);
	person_new(w, 1, ROLE_MEMBER, 1);
	OK(store_value_set(w->store, "paused", 1));
	store_rollback(w->store);
	assert_false(store_in_transaction(w->store));
	assert_int_equal(store_person_find(w->store, phone_of(1), &p), -ENOENT);
	assert_int_equal(store_value_get(w->store, "paused", &value), -ENOENT);
	assert_int_equal(store_commit(w->store), -EINVAL);
	tallies_are_true(w);
}

static void a_transaction_in_which_a_statement_failed_is_not_committed(void **state)
{
	struct world *w = *state;
	struct person p;
	OK(store_begin(w->store));
	person_new(w, 1, ROLE_MEMBER, 1);
	/* An incident that is not there: the foreign key refuses its answer at once. */
	assert_int_equal(store_answer_set(w->store, 77, 1, ANSWER_YES, 0, w->now_ms), -EEXIST);
	assert_int_equal(store_value_set(w->store, "x", 1), -EIO);
	assert_int_equal(store_commit(w->store), -EIO);
	assert_false(store_in_transaction(w->store));
	assert_int_equal(store_person_find(w->store, phone_of(1), &p), -ENOENT);
	OK(store_value_set(w->store, "x", 1));
}

static void values_survive(void **state)
{
	struct world *w = *state;
	int64_t value;
	OK(store_value_set(w->store, "paused", 1));
	OK(store_value_set(w->store, "paused", -5));
	world_reopen(w);
	OK(store_value_get(w->store, "paused", &value));
	assert_int_equal(value, -5);
}

static int lines_with(const char *text)
{
	struct log_line line;
	int count = 0;
	for (uint64_t serial = 1; log_kept(serial, &line); serial = line.serial + 1)
		count += strstr(line.text, text) != NULL;
	return count;
}

static void a_disk_that_refuses_is_an_error_once_said_and_heals_by_itself(void **state)
{
	struct world *w = *state;
	struct rlimit whole, none;
	int64_t value;
	OK(store_value_set(w->store, "before", 1));
	signal(SIGXFSZ, SIG_IGN);
	OK(getrlimit(RLIMIT_FSIZE, &whole));
	none = whole;
	none.rlim_cur = 1024;
	log_set_level(LOG_LEVEL_ERROR);
	int said = lines_with("store: ");
	OK(setrlimit(RLIMIT_FSIZE, &none));
	int errors = 0;
	for (int i = 0; i < 5; i++)
		errors += store_value_set(w->store, "during", i) < 0;
	int rc = store_begin(w->store);
	if (rc == 0) {
		OK(store_value_set(w->store, "during", 9));
		rc = store_commit(w->store);
	}
	OK(setrlimit(RLIMIT_FSIZE, &whole));
	log_set_level((enum log_level)0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(errors, 5);
	assert_true(rc < 0);
	assert_false(store_in_transaction(w->store));
	assert_int_equal(lines_with("store: "), said + 1);
	assert_int_equal(store_value_get(w->store, "during", &value), -ENOENT);
	OK(store_value_set(w->store, "after", 1));
	world_reopen(w);
	assert_false(w->health.salvaged);
	OK(store_value_get(w->store, "before", &value));
	OK(store_value_get(w->store, "after", &value));
}

static off_t log_length(const struct world *w)
{
	char path[128];
	struct stat st;
	snprintf(path, sizeof(path), "%s/faro.db-wal", w->dir);
	OK(stat(path, &st));
	return st.st_size;
}

/* A commit that makes it longer makes the file system write more than the commit. */
static void the_log_has_its_whole_length_before_the_first_commit(void **state)
{
	struct world *w = *state;
	off_t length = log_length(w);
	assert_int_equal(length, 32 + STORE_LOG_PAGES * (24 + STORE_PAGE_SIZE));
	for (int i = 0; i < 2 * STORE_LOG_PAGES; i++) {
		OK(store_value_set(w->store, "n", i));
		assert_int_equal(log_length(w), length);
	}
	world_reopen(w);
	assert_int_equal(log_length(w), length);
}

static void a_log_that_was_not_closed_is_read_to_its_last_commit(void **state)
{
	struct world *w = *state;
	int64_t value;
	world_close(w);
	for (int i = 1; i <= 10; i++) {
		int status;
		pid_t child = fork();
		if (child == 0)
			_exit(world_open(w) || store_value_set(w->store, "n", i) ? 1 : 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
	}
	OK(world_open(w));
	assert_false(w->health.salvaged);
	OK(store_value_get(w->store, "n", &value));
	assert_int_equal(value, 10);
}

static void a_disk_with_no_room_for_the_whole_log_is_used_as_it_is(void **state)
{
	struct world *w = *state;
	struct rlimit whole, little;
	int64_t value;
	world_close(w);
	signal(SIGXFSZ, SIG_IGN);
	OK(getrlimit(RLIMIT_FSIZE, &whole));
	little = whole;
	little.rlim_cur = 500000;
	OK(setrlimit(RLIMIT_FSIZE, &little));
	int rc = world_open(w);
	if (rc == 0)
		rc = store_value_set(w->store, "n", 7);
	OK(setrlimit(RLIMIT_FSIZE, &whole));
	signal(SIGXFSZ, SIG_DFL);
	OK(rc);
	assert_true(log_length(w) <= 500000);
	world_reopen(w);
	OK(store_value_get(w->store, "n", &value));
	assert_int_equal(value, 7);
}

/* ---- copies --------------------------------------------------------------------------------- */

static void a_backup_is_whole_and_opens_with_the_key(void **state)
{
	struct world *w = *state;
	char copy[160], path[128];
	for (int i = 0; i < 20; i++)
		message_new(w, person_new(w, i, ROLE_MEMBER, 1), 1, CLASS_REPLY);
	snprintf(copy, sizeof(copy), "%s/copy", w->dir);
	OK(store_begin(w->store));
	assert_int_equal(store_backup(w->store, copy), -EBUSY);
	store_rollback(w->store);
	OK(store_backup(w->store, copy));
	assert_int_equal(store_backup(w->store, copy), -EEXIST);
	struct stat st;
	OK(stat(copy, &st));
	assert_int_equal(st.st_mode & 07777, 0600);
	person_new(w, 99, ROLE_MEMBER, 1);
	world_close(w);
	snprintf(path, sizeof(path), "%s/faro.db", w->dir);
	OK(rename(copy, path));
	OK(world_open(w));
	assert_false(w->health.salvaged);
	struct person p;
	OK(store_person_find(w->store, phone_of(19), &p));
	assert_int_equal(store_person_find(w->store, phone_of(99), &p), -ENOENT);
	tallies_are_true(w);
}

static void every_statement_is_valid(void **state)
{
#define S(name, sql) { #name, sql },
	static const struct {
		const char *name, *sql;
	} statements[] = {
#include "../../firmware/store/statements.h"
	};
#undef S
	struct world *w = *state;
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++) {
		sqlite3_stmt *stmt;
		if (sqlite3_prepare_v2(w->store->db, statements[i].sql, -1, &stmt, NULL) !=
			SQLITE_OK)
			fail_msg("%s: %s", statements[i].name, sqlite3_errmsg(w->store->db));
		sqlite3_finalize(stmt);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_start_makes_a_key_of_32_bytes_for_its_owner_only),
		TEST(a_key_that_others_can_read_is_refused),
		TEST(a_key_of_the_wrong_size_is_refused),
		TEST(a_key_that_does_not_fit_the_file_is_refused_and_nothing_is_changed),
		TEST(every_table_is_strict_and_every_commit_reaches_the_disk),
		TEST(a_second_one_on_the_same_directory_is_told_so),
		TEST(an_old_version_is_brought_forward_step_by_step),
		TEST(a_file_of_version_1_gets_the_tables_of_caps_and_keeps_its_people),
		TEST(a_step_that_fails_leaves_the_version_before),
		TEST(a_file_of_a_newer_version_is_refused),
		TEST(what_is_rolled_back_never_was),
		TEST(a_transaction_in_which_a_statement_failed_is_not_committed),
		TEST(values_survive),
		TEST(a_disk_that_refuses_is_an_error_once_said_and_heals_by_itself),
		TEST(the_log_has_its_whole_length_before_the_first_commit),
		TEST(a_log_that_was_not_closed_is_read_to_its_last_commit),
		TEST(a_disk_with_no_room_for_the_whole_log_is_used_as_it_is),
		TEST(a_backup_is_whole_and_opens_with_the_key),
		TEST(every_statement_is_valid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
