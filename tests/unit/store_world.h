/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the store's tests share: a store in a directory of its own, people, bodies, and a look into
 * the file.
 */
#ifndef FARO_STORE_WORLD_H
#define FARO_STORE_WORLD_H

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "store_peek.h"

#define NOW_MS INT64_C(1790000000000)

struct world {
	char dir[64];
	struct store *store;
	struct store_health health;
	char why[256];
	int64_t now_ms;
};

__attribute__((unused)) static int world_open(struct world *w)
{
	struct store_config config = { .data_dir = w->dir, .key_file = "" };
	return store_open(&config, &w->store, &w->health, w->why, sizeof(w->why));
}

__attribute__((unused)) static void world_close(struct world *w)
{
	store_close(w->store);
	w->store = NULL;
}

__attribute__((unused)) static void world_reopen(struct world *w)
{
	world_close(w);
	if (world_open(w))
		fail_msg("open: %s", w->why);
}

__attribute__((unused)) static int world_new(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const char *tmp = getenv("TMPDIR");
	snprintf(w->dir, sizeof(w->dir), "%s/faro-store-XXXXXX", tmp ? tmp : "/tmp");
	*state = w;
	if (!mkdtemp(w->dir))
		return -1;
	w->now_ms = NOW_MS;
	log_set_level((enum log_level)0);
	return world_open(w);
}

__attribute__((unused)) static void dir_remove(const char *dir)
{
	DIR *d = opendir(dir);
	if (!d)
		return;
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		char path[512];
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		unlink(path);
	}
	closedir(d);
	rmdir(dir);
}

static void tallies_are_true(struct world *w);

__attribute__((unused)) static int world_free(void **state)
{
	struct world *w = *state;
	if (w->store && !store_in_transaction(w->store))
		tallies_are_true(w);
	store_close(w->store);
	dir_remove(w->dir);
	free(w);
	return 0;
}

/* The first column of the first row, -1 when there is no row. */
__attribute__((unused)) static int64_t peek(struct world *w, const char *format, ...)
{
	char sql[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	return store_peek(w->store, sql);
}

#define OK(call) assert_int_equal((call), 0)

/* 555-01xx belong to nobody, in every area; nor does anything in the country of +999. */
__attribute__((unused)) static const char *phone_of(int n)
{
	static char phone[PHONE_SIZE];
	snprintf(phone, sizeof(phone), "+%d%03d55501%02d", n < 80000 ? 1 : 998 + n / 80000,
		200 + n / 100 % 800, n % 100);
	return phone;
}

__attribute__((unused)) static int64_t person_new(
	struct world *w, int n, enum role role, uint64_t zones)
{
	struct person p;
	OK(store_person_meet(w->store, phone_of(n), w->now_ms, &p));
	OK(store_person_join(w->store, p.id, zones, false, "text", "Reply YES to join", w->now_ms));
	OK(store_person_set_role(w->store, p.id, role, w->now_ms));
	return p.id;
}

__attribute__((unused)) static struct person person_now(struct world *w, int64_t id)
{
	struct person p;
	OK(store_person_get(w->store, id, &p));
	return p;
}

__attribute__((unused)) static int body_part(void *ctx, int index, uint8_t out[BODY_PART_SIZE])
{
	(void)ctx;
	memset(out, 'a' + index, BODY_PART_SIZE);
	return 100 + index;
}

__attribute__((unused)) static int64_t body_new(struct world *w, int parts)
{
	struct store_body body = { .text = "Agents at 5th and Main",
		.language = "en",
		.parts = parts,
		.part = body_part };
	int64_t id;
	OK(store_body_add(w->store, &body, &id));
	return id;
}

__attribute__((unused)) static int64_t message_new(
	struct world *w, int64_t person, int parts, enum message_class class)
{
	struct store_message message = { .person_id = person,
		.body_id = body_new(w, parts),
		.class = class,
		.expires_ms = TIME_NEVER };
	int64_t id;
	OK(store_message_add(w->store, &message, w->now_ms, &id));
	return id;
}

__attribute__((unused)) static enum message_state state_of(struct world *w, int64_t message)
{
	return (enum message_state)peek(
		w, "SELECT state FROM outbox WHERE id = %lld", (long long)message);
}

__attribute__((unused)) static int claim(
	struct world *w, const char *modem, struct store_claim *out)
{
	return store_claim_next(w->store, modem, false, w->now_ms, out);
}

/* How many rows of a kept count and of what it counts are not in the other. */
#define COUNTED_WRONGLY(kept, rows)                                                                \
	"SELECT count(*) FROM (SELECT * FROM (" kept " EXCEPT " rows ") UNION ALL "                \
	"SELECT * FROM (" rows " EXCEPT " kept "))"

__attribute__((unused)) static void readers_and_guests_are_true(struct world *w)
{
	assert_int_equal(peek(w, COUNTED_WRONGLY("SELECT period, language, n FROM readership "
						 "WHERE n <> 0",
					 "SELECT r.period, p.language, count(*) FROM reader r "
					 "JOIN person p ON p.id = r.id WHERE p.state = 2 "
					 "AND p.blocked = 0 AND p.suppressed = 0 GROUP BY 1, 2")),
		0);
	assert_int_equal(peek(w, COUNTED_WRONGLY("SELECT event, yes, people, no FROM turnout",
					 "SELECT event, sum(people > 0), sum(people), "
					 "sum(people = 0) FROM rsvp GROUP BY event")),
		0);
}

/* What memory counts must be what the rows say. */
__attribute__((unused)) static void tallies_are_true(struct world *w)
{
	struct store_tally tally;
	OK(store_tally(w->store, 0, &tally));
	for (int i = 0; i < MESSAGE_STATES; i++) {
		int64_t rows = peek(w, "SELECT count(*) FROM outbox WHERE state = %d", i);
		if (tally.messages[i] != rows)
			fail_msg("%s: counted %lld, rows %lld",
				store_message_state_name((enum message_state)i),
				(long long)tally.messages[i], (long long)rows);
	}
	assert_int_equal(tally.given_up,
		peek(w, "SELECT count(*) FROM message WHERE state = 4 AND error = -2"));
	for (int64_t zones = 1; zones < 4; zones++) {
		static const char active[] = "state = 2 AND blocked = 0 AND suppressed = 0";
		struct store_audience a;
		OK(store_audience_count(w->store, (uint64_t)zones, true, w->now_ms, &a));
		assert_int_equal(a.total, peek(w, "SELECT count(*) FROM person WHERE %s", active));
		assert_int_equal(a.people[RANK_OTHER],
			peek(w,
				"SELECT count(*) FROM person WHERE %s AND zones & %lld = 0 "
				"AND zones <> 0",
				active, (long long)zones));
		assert_int_equal(a.people[RANK_ZONE],
			peek(w,
				"SELECT count(*) FROM person WHERE %s AND role < 2 "
				"AND (zones & %lld <> 0 OR zones = 0)",
				active, (long long)zones));
		assert_int_equal(a.people[RANK_DUTY],
			peek(w,
				"SELECT count(*) FROM person WHERE %s AND role >= 2 "
				"AND (zones & %lld <> 0 OR zones = 0) AND duty_until_ms > %lld",
				active, (long long)zones, (long long)w->now_ms));
	}
	readers_and_guests_are_true(w);
	struct store_counts c;
	OK(store_counts(w->store, &c));
	assert_int_equal(c.active,
		peek(w, "SELECT count(*) FROM person WHERE state = 2 AND suppressed = 0"));
	assert_int_equal(c.applicants, peek(w, "SELECT count(*) FROM person WHERE state = 1"));
	assert_int_equal(c.left, peek(w, "SELECT count(*) FROM person WHERE state = 3"));
	assert_int_equal(c.suspended, peek(w, "SELECT count(*) FROM person WHERE state = 5"));
	assert_int_equal(c.received, peek(w, "SELECT count(*) FROM text WHERE state > 0"));
	assert_int_equal(c.handled, peek(w, "SELECT count(*) FROM text WHERE state = 2"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)

#endif
