/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A box that sends alert after alert for half a year: the file grows with what is kept, not with
 * what was sent, and what is to last lasts.
 */
#include "desk_world.h"

#define KEEP_SETTINGS                                                                              \
	USUAL_SETTINGS "privacy : { keep_text_days = 10; keep_row_days = 35; "                     \
		       "keep_trail_days = 70; };\n"
#define MEMBERS 24

static void everybody_joins(struct world *w)
{
	struct person p;

	for (int i = 0; i < MEMBERS; i++) {
		char phone[PHONE_SIZE];

		snprintf(phone, sizeof(phone), "+1510555%04d", 120 + i);
		assert_int_equal(store_person_meet(w->store, phone, w->now_ms, &p), 0);
		assert_int_equal(
			store_person_join(w->store, p.id, 1, false, "import", "x", w->now_ms), 0);
	}
	assert_int_equal(store_person_meet(w->store, phone_of("Carla"), w->now_ms, &p), 0);
	assert_int_equal(store_person_join(w->store, p.id, 1, false, "import", "x", w->now_ms), 0);
	assert_int_equal(store_person_set_role(w->store, p.id, ROLE_RESPONDER, w->now_ms), 0);
}

static int64_t size_of(struct world *w)
{
	int64_t bytes, unused;

	assert_int_equal(store_size(w->store, &bytes, &unused), 0);
	return bytes;
}

/* The courier's part. */
static void broadcasts_go_out(struct world *w)
{
	int rc;

	while ((rc = store_broadcast_expand(w->store, 100, w->now_ms)) == 1)
		;
	assert_int_equal(rc, 0);
	settle(w);
}

/* One alert from its text to its end: it is incident n. */
static void alert_comes_and_goes(struct world *w, int n)
{
	char clear[32];

	forget(w);
	texts(w, "Ana", "ALERT north Van at 5th and Main");
	confirms(w, "Ana", "Reply ");
	broadcasts_go_out(w);
	hears(w, "Carla", "Van at 5th");
	texts(w, "Carla", "YES 10");
	snprintf(clear, sizeof(clear), "CLEAR %d", n);
	texts(w, "Ana", clear);
	broadcasts_go_out(w);
}

static int64_t delivered_ever(struct world *w)
{
	struct store_tally tally;

	assert_int_equal(store_tally(w->store, 0, &tally), 0);
	return tally.messages[MESSAGE_SENT];
}

static void the_file_levels_off(void **state)
{
	struct world *w = world_make(KEEP_SETTINGS);
	int64_t early = 0, late = 0, sent = 0;
	struct store_counts before, after;
	struct person carla;
	bool suppressed;

	(void)state;
	everybody_joins(w);
	texts(w, "Mia", "STOP");
	for (int day = 0; day < 210; day++) {
		int64_t size, now_sent;

		w->now_ms = NOW_MS + day * MS_PER_DAY;
		alert_comes_and_goes(w, day + 1);
		time_goes_on(w, w->now_ms + 20 * MS_PER_H);
		now_sent = delivered_ever(w);
		assert_true(now_sent >= sent + MEMBERS); /* what has gone is still counted */
		sent = now_sent;
		size = size_of(w);
		if (day % 15 == 0)
			print_message("day %3d: %4d KB\n", day, (int)(size / 1024));
		if (day >= 75 && day < 140)
			early = size > early ? size : early;
		if (day >= 140)
			late = size > late ? size : late;
	}
	assert_true(late <= early + early / 50);
	/* what is to last */
	assert_int_equal(store_suppressed(w->store, phone_of("Mia"), &suppressed), 0);
	assert_true(suppressed);
	assert_int_equal(store_person_find(w->store, phone_of("Carla"), &carla), 0);
	assert_int_equal(carla.state, PERSON_ACTIVE);
	assert_int_equal(store_counts(w->store, &before), 0);
	world_restart(w);
	assert_int_equal(store_counts(w->store, &after), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(delivered_ever(w), sent);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_levels_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
