/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged files: nothing is replaced silently, and what can be read comes back. */
#include "store_world.h"

#include <sodium.h>

#define PEOPLE 300
#define PAGE   STORE_PAGE_SIZE

/* ---- a file as bytes ------------------------------------------------------------------------- */

struct bytes {
	uint8_t *data;
	size_t size;
};

static void path_of(struct world *w, const char *name, char out[256])
{
	snprintf(out, 256, "%s/%s", w->dir, name);
}

static struct bytes file_read(struct world *w, const char *name)
{
	char path[256];
	struct stat st;
	path_of(w, name, path);
	int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	struct bytes b = { malloc((size_t)st.st_size + 1), (size_t)st.st_size };
	assert_int_equal(read(fd, b.data, b.size), b.size);
	close(fd);
	return b;
}

static void file_write(struct world *w, const char *name, struct bytes b)
{
	char path[256];
	path_of(w, name, path);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, b.data, b.size), b.size);
	close(fd);
}

static bool file_is_there(struct world *w, const char *name)
{
	char path[256];
	path_of(w, name, path);
	return access(path, F_OK) == 0;
}

/* ---- what was in it -------------------------------------------------------------------------- */

/* Where a person's number stands: their row's leaf is the page of a table that holds the hash. */
static size_t page_of_person(struct world *w, struct bytes b, int n)
{
	uint8_t hash[STORE_HASH_SIZE];
	person_hash(w->store, phone_of(n), hash);
	for (uint8_t *p = b.data;
		(p = memmem(p, (size_t)(b.data + b.size - p), hash, sizeof(hash))); p++) {
		size_t page = (size_t)(p - b.data) / PAGE;
		if (b.data[page * PAGE] == 0x0d)
			return page;
	}
	fail_msg("person %d is not in the file", n);
	return 0;
}

static void fill(struct world *w)
{
	OK(store_begin(w->store));
	for (int i = 0; i < PEOPLE; i++) {
		int64_t id = person_new(w, i, ROLE_MEMBER, 1);
		char name[32];
		snprintf(name, sizeof(name), "Ana %d", i);
		OK(store_person_set_name(w->store, id, name));
	}
	for (int i = 0; i < PEOPLE; i++)
		message_new(w, i + 1, 1, CLASS_REPLY);
	OK(store_commit(w->store));
	int64_t left = person_new(w, PEOPLE + 1, ROLE_MEMBER, 1);
	OK(store_person_leave(w->store, left, w->now_ms, NULL));
}

/*
 * Everybody whose row lay on no damaged page must be there, with number and name. Returns how many
 * are.
 */
static int people_back(struct world *w, const size_t *pages, const bool *damaged)
{
	int back = 0;
	for (int i = 0; i < PEOPLE; i++) {
		struct person p;
		char name[32];
		int rc = store_person_find(w->store, phone_of(i), &p);
		back += rc == 0;
		if (damaged && damaged[pages[i]])
			continue;
		if (rc)
			fail_msg("person %d was on page %zu, which is whole, and is lost", i,
				pages[i] + 1);
		snprintf(name, sizeof(name), "Ana %d", i);
		assert_string_equal(p.name, name);
	}
	return back;
}

static void open_repairs(struct world *w)
{
	if (world_open(w))
		fail_msg("open: %s", w->why);
	assert_true(w->health.salvaged);
	assert_false(w->health.created);
	assert_string_not_equal(w->health.set_aside, "");
	assert_int_equal(access(w->health.set_aside, F_OK), 0);
	assert_int_equal(peek(w, "SELECT count(*) FROM pragma_integrity_check WHERE "
				 "integrity_check <> 'ok'"),
		0);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void damage(struct bytes b, size_t page, uint32_t *seed)
{
	uint8_t key[randombytes_SEEDBYTES] = { 0 };
	memcpy(key, seed, sizeof(*seed));
	(*seed)++;
	if (*seed % 3 == 0)
		memset(b.data + page * PAGE, 0, PAGE);
	else
		randombytes_buf_deterministic(b.data + page * PAGE, PAGE, key);
}

static void every_row_of_whole_pages_comes_back_wherever_the_damage_is(void **state)
{
	struct world *w = *state;
	size_t pages[PEOPLE];
	int repaired = 0;
	fill(w);
	world_close(w);
	struct bytes whole = file_read(w, "faro.db");
	OK(world_open(w));
	for (int i = 0; i < PEOPLE; i++)
		pages[i] = page_of_person(w, whole, i);
	world_close(w);
	size_t count = whole.size / PAGE;
	for (uint32_t round = 0; round < 40; round++) {
		uint32_t seed = round * 1000;
		struct bytes b = { malloc(whole.size), whole.size };
		bool *damaged = calloc(count, sizeof(*damaged));
		memcpy(b.data, whole.data, whole.size);
		for (uint32_t i = 0; i <= round % 8; i++) {
			size_t page = (round * 2654435761U + i * 40503U) % count;
			damage(b, page, &seed);
			damaged[page] = true;
		}
		file_write(w, "faro.db", b);
		if (world_open(w))
			fail_msg("round %u: %s", round, w->why);
		people_back(w, pages, damaged);
		repaired += w->health.salvaged;
		assert_int_equal(peek(w, "SELECT count(*) FROM pragma_integrity_check WHERE "
					 "integrity_check <> 'ok'"),
			0);
		world_close(w);
		free(b.data);
		free(damaged);
	}
	free(whole.data);
	assert_in_range(repaired, 35, 40); /* a page that nobody uses may be hit */
}

static void a_destroyed_header_loses_no_row(void **state)
{
	struct world *w = *state;
	fill(w);
	world_close(w);
	struct bytes b = file_read(w, "faro.db");
	memset(b.data, 0xff, PAGE);
	file_write(w, "faro.db", b);
	free(b.data);
	open_repairs(w);
	assert_int_equal(people_back(w, NULL, NULL), PEOPLE);
	assert_int_equal(peek(w, "SELECT count(*) FROM message"), PEOPLE);
	assert_int_equal(w->health.rows_lost, 0);
	bool suppressed;
	OK(store_suppressed(w->store, phone_of(PEOPLE + 1), &suppressed));
	assert_true(suppressed);
	/* The box goes on where it was. */
	struct store_claim c;
	assert_int_equal(claim(w, "sim1", &c), 1);
}

static void a_truncated_file_gives_what_is_left_of_it(void **state)
{
	struct world *w = *state;
	size_t pages[PEOPLE];
	fill(w);
	world_close(w);
	struct bytes b = file_read(w, "faro.db");
	OK(world_open(w));
	for (int i = 0; i < PEOPLE; i++)
		pages[i] = page_of_person(w, b, i);
	world_close(w);
	bool *cut = calloc(b.size / PAGE, sizeof(*cut));
	b.size = b.size / 3 * 2 + 100;
	for (size_t page = b.size / PAGE; page < b.size / PAGE * 3 / 2 - 1; page++)
		cut[page] = true;
	file_write(w, "faro.db", b);
	open_repairs(w);
	assert_in_range(people_back(w, pages, cut), 1, PEOPLE);
	assert_int_not_equal(w->health.rows_lost, 0);
	free(b.data);
	free(cut);
}

static void an_empty_file_is_set_aside_and_said(void **state)
{
	struct world *w = *state;
	fill(w);
	world_close(w);
	file_write(w, "faro.db", (struct bytes){ (uint8_t *)"", 0 });
	open_repairs(w);
	assert_int_equal(w->health.rows_salvaged, 0);
	assert_int_equal(w->health.rows_lost, -1);
}

static void garbage_instead_of_a_file_is_set_aside(void **state)
{
	struct world *w = *state;
	uint8_t noise[10000];
	world_close(w);
	randombytes_buf(noise, sizeof(noise));
	file_write(w, "faro.db", (struct bytes){ noise, sizeof(noise) });
	open_repairs(w);
	struct person p;
	OK(store_person_meet(w->store, phone_of(1), w->now_ms, &p));
}

/* The state of the files when the power goes: nothing is closed. */
static struct bytes pull_the_plug(struct world *w, struct bytes *wal)
{
	struct bytes db = file_read(w, "faro.db");
	*wal = file_read(w, "faro.db-wal");
	world_close(w);
	return db;
}

static void rows_that_are_only_in_the_log_come_back_too(void **state)
{
	struct world *w = *state;
	struct bytes wal;
	fill(w);
	struct bytes db = pull_the_plug(w, &wal);
	if (db.size >= PAGE)
		memset(db.data, 0xff, PAGE);
	/* Also page 1 of the log: its header says what size pages have. */
	file_write(w, "faro.db", db.size ? db : (struct bytes){ (uint8_t *)"x", 1 });
	file_write(w, "faro.db-wal", wal);
	if (world_open(w))
		fail_msg("%s", w->why);
	assert_int_equal(people_back(w, NULL, NULL), PEOPLE);
	free(db.data);
	free(wal.data);
}

static void a_torn_log_gives_every_transaction_before_the_tear(void **state)
{
	struct world *w = *state;
	struct bytes wal;
	for (int i = 0; i < 50; i++)
		person_new(w, i, ROLE_MEMBER, 1);
	struct bytes db = pull_the_plug(w, &wal);
	for (size_t cut = 0; cut < 12; cut++) {
		struct bytes torn = { malloc(wal.size), wal.size };
		memcpy(torn.data, wal.data, wal.size);
		torn.data[wal.size * cut / 12] ^= 0x55;
		file_write(w, "faro.db", db);
		file_write(w, "faro.db-wal", torn);
		if (world_open(w))
			fail_msg("cut %zu: %s", cut, w->why);
		int64_t people = peek(w, "SELECT count(*) FROM identity");
		assert_in_range(people, 0, 50);
		assert_int_equal(peek(w, "SELECT max(id) FROM identity"), people ? people : 0);
		world_close(w);
		free(torn.data);
	}
	free(db.data);
	free(wal.data);
}

static void a_repair_that_was_interrupted_is_finished(void **state)
{
	struct world *w = *state;
	fill(w);
	world_close(w);
	struct bytes good = file_read(w, "faro.db");
	/* The moment after the new file got its name and before the damaged one lost it. */
	file_write(w, "faro.db.salvaged", good);
	file_write(w, "faro.db.new", (struct bytes){ (uint8_t *)"half", 4 });
	memset(good.data, 0xff, PAGE);
	file_write(w, "faro.db", good);
	free(good.data);
	open_repairs(w);
	assert_int_equal(people_back(w, NULL, NULL), PEOPLE);
	assert_false(file_is_there(w, "faro.db.salvaged"));
	assert_false(file_is_there(w, "faro.db.new"));
}

static void a_foreign_database_is_refused_and_left_alone(void **state)
{
	struct world *w = *state;
	char path[256];
	sqlite3 *db;
	world_close(w);
	path_of(w, "faro.db", path);
	unlink(path);
	OK(sqlite3_open(path, &db));
	OK(sqlite3_exec(db, "CREATE TABLE recipes (id INTEGER); INSERT INTO recipes VALUES (7)",
		NULL, NULL, NULL));
	sqlite3_close(db);
	assert_int_equal(world_open(w), -EMEDIUMTYPE);
	assert_non_null(strstr(w->why, "not one of Faro"));
	OK(sqlite3_open(path, &db));
	OK(sqlite3_exec(db, "UPDATE recipes SET id = 8", NULL, NULL, NULL));
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_row_of_whole_pages_comes_back_wherever_the_damage_is),
		TEST(a_destroyed_header_loses_no_row),
		TEST(a_truncated_file_gives_what_is_left_of_it),
		TEST(an_empty_file_is_set_aside_and_said),
		TEST(garbage_instead_of_a_file_is_set_aside),
		TEST(rows_that_are_only_in_the_log_come_back_too),
		TEST(a_torn_log_gives_every_transaction_before_the_tear),
		TEST(a_repair_that_was_interrupted_is_finished),
		TEST(a_foreign_database_is_refused_and_left_alone),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
