/* SPDX-License-Identifier: Apache-2.0 */
/* Broadcasts: everybody once, the right ones first, and what holds or stops the rest. */
#include "store_world.h"

#define NORTH UINT64_C(1)
#define SOUTH UINT64_C(2)

static int64_t broadcast_of(
	struct world *w, enum broadcast_kind kind, int64_t alert, uint64_t zones, bool wide)
{
	struct store_broadcast b = { .kind = kind,
		.alert_id = alert,
		.zones = zones,
		.wide = wide,
		.expires_ms = w->now_ms + MS_PER_H };
	int64_t id;
	OK(store_broadcast_new(w->store, &b, w->now_ms, &id));
	OK(store_broadcast_body(w->store, id, "", body_new(w, 1)));
	OK(store_broadcast_body(w->store, id, "es", body_new(w, 2)));
	return id;
}

static int expand_all(struct world *w, int limit)
{
	int slices = 0, rc;
	do {
		rc = store_broadcast_expand(w->store, limit, w->now_ms);
		assert_in_range(rc, 0, 1);
		slices++;
	} while (rc == 1);
	return slices;
}

/* 4 on duty, 6 responders, 10 members of the north; as many of the south. */
static void town_new(struct world *w)
{
	for (int i = 0; i < 40; i++) {
		uint64_t zone = i % 2 ? SOUTH : NORTH;
		int64_t id = person_new(w, i, i < 20 ? ROLE_RESPONDER : ROLE_MEMBER, zone);
		if (i < 8)
			OK(store_person_set_duty(w->store, id, w->now_ms + MS_PER_H));
		if (i % 5 == 0)
			OK(store_person_set_language(w->store, id, "es"));
	}
}

static int64_t copies(struct world *w, int64_t broadcast)
{
	return peek(w, "SELECT count(*) FROM message WHERE broadcast = %lld", (long long)broadcast);
}

static int64_t twice(struct world *w)
{
	return peek(w, "SELECT count(*) FROM (SELECT 1 FROM message WHERE broadcast > 0 "
		       "GROUP BY broadcast, person HAVING count(*) > 1)");
}

static void those_who_matter_most_go_first(void **state)
{
	struct world *w = *state;
	struct store_audience a;
	town_new(w);
	OK(store_audience_count(w->store, NORTH, true, w->now_ms, &a));
	static const int64_t expected[ALERT_RANKS] = { 4, 6, 10, 20 };
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	expand_all(w, 7);
	for (int rank = 0; rank < ALERT_RANKS; rank++) {
		assert_int_equal(a.people[rank], expected[rank]);
		assert_int_equal(
			peek(w, "SELECT count(*) FROM message WHERE broadcast = %lld AND rank = %d",
				(long long)id, rank),
			expected[rank]);
	}
	assert_int_equal(a.total, 40);
	int last = 0;
	for (int i = 0; i < 40; i++) {
		struct store_claim c;
		assert_int_equal(claim(w, "sim1", &c), 1);
		int rank = (int)peek(
			w, "SELECT rank FROM message WHERE id = %lld", (long long)c.message_id);
		assert_true(rank >= last);
		last = rank;
		assert_int_equal(c.total, person_now(w, c.person_id).language[0] ? 2 : 1);
		for (int part = 1; part <= c.total; part++) {
			OK(store_segment_sent(w->store, c.segment_id, i, w->now_ms));
			if (part < c.total)
				assert_int_equal(claim(w, "sim1", &c), 1);
		}
	}
	assert_int_equal(last, RANK_OTHER);
	tallies_are_true(w);
}

/* The row of the i-th whose copy leaves. */
static int64_t next_recipient(struct world *w)
{
	struct store_claim c;
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
	return c.person_id;
}

static void came_to(struct world *w, int64_t person, int alerts)
{
	char code[ALERT_CODE_SIZE];
	for (int i = 0; i < alerts; i++) {
		struct alert alert = { .code_expires_ms = w->now_ms + MS_PER_H };
		OK(store_alert_new(w->store, &alert, w->now_ms, code));
		OK(store_answer_set(w->store, alert.id, person, ANSWER_YES, 0, w->now_ms));
		OK(store_answer_set(w->store, alert.id, person, ANSWER_HERE, 0, w->now_ms));
		OK(store_answer_set(w->store, alert.id, person, ANSWER_DONE, 0, w->now_ms));
	}
}

/* Ten of each class, by row; then what each came to. */
static void within_a_class_those_who_answered_most_go_first(void **state)
{
	struct world *w = *state;
	int64_t ids[40];
	static const struct {
		int who, alerts;
	} history[] = { { 3, 1 }, { 7, 2 }, { 12, 5 }, { 19, 4 }, { 28, 2 }, { 21, 9 }, { 35, 7 },
		{ 39, 8 } };
	static const int order[40] = { 7, 3, 0, 1, 2, 4, 5, 6, 8, 9, 12, 19, 10, 11, 13, 14, 15, 16,
		17, 18, 21, 28, 20, 22, 23, 24, 25, 26, 27, 29, 39, 35, 30, 31, 32, 33, 34, 36, 37,
		38 };

	for (int i = 0; i < 40; i++) {
		ids[i] = person_new(
			w, i, i < 20 ? ROLE_RESPONDER : ROLE_MEMBER, i < 30 ? NORTH : SOUTH);
		if (i < 10)
			OK(store_person_set_duty(w->store, ids[i], w->now_ms + MS_PER_H));
	}
	for (size_t i = 0; i < ARRAY_SIZE(history); i++)
		came_to(w, ids[history[i].who], history[i].alerts);
	broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	/* the first that leave are the right ones before anybody else was looked at */
	assert_int_equal(store_broadcast_expand(w->store, 2, w->now_ms), 1);
	assert_int_equal(next_recipient(w), ids[7]);
	assert_int_equal(next_recipient(w), ids[3]);
	expand_all(w, 3);
	for (int i = 2; i < 40; i++)
		assert_int_equal(next_recipient(w), ids[order[i]]);
	tallies_are_true(w);
}

static void a_no_takes_back_what_a_yes_counted_and_who_leaves_is_forgotten(void **state)
{
	struct world *w = *state;
	int64_t id = person_new(w, 1, ROLE_MEMBER, NORTH);
	struct alert alert = { .code_expires_ms = w->now_ms + MS_PER_H };
	char code[ALERT_CODE_SIZE];

	came_to(w, id, 3);
	assert_int_equal(peek(w, "SELECT answered FROM person"), 3);
	OK(store_alert_new(w->store, &alert, w->now_ms, code));
	OK(store_answer_set(w->store, alert.id, id, ANSWER_NO, 0, w->now_ms));
	assert_int_equal(peek(w, "SELECT answered FROM person"), 3);
	OK(store_answer_set(w->store, alert.id, id, ANSWER_YES, 0, w->now_ms));
	assert_int_equal(peek(w, "SELECT answered FROM person"), 4);
	OK(store_answer_set(w->store, alert.id, id, ANSWER_NO, 0, w->now_ms));
	assert_int_equal(peek(w, "SELECT answered FROM person"), 3);
	OK(store_person_leave(w->store, id, w->now_ms, NULL));
	assert_int_equal(peek(w, "SELECT answered FROM person"), 0);
}

static void answers_that_come_while_it_grows_neither_double_nor_omit(void **state)
{
	struct world *w = *state;
	int rc = 1;

	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	for (int slice = 0; rc == 1; slice++) {
		rc = store_broadcast_expand(w->store, 3, w->now_ms);
		assert_in_range(rc, 0, 1);
		/* those behind it come to be those before it */
		came_to(w, 40 - slice % 40, 1 + slice % 3);
		if (slice % 2)
			world_reopen(w);
	}
	assert_int_equal(copies(w, id), 40);
	assert_int_equal(twice(w), 0);
	tallies_are_true(w);
}

static void others_get_it_only_when_it_is_wide(void **state)
{
	struct world *w = *state;
	struct store_audience a;
	town_new(w);
	person_new(w, 50, ROLE_MEMBER, 0); /* named no zone: belongs to all */
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, false);
	expand_all(w, 100);
	OK(store_audience_count(w->store, NORTH, false, w->now_ms, &a));
	assert_int_equal(a.total, 21);
	assert_int_equal(copies(w, id), 21);
	id = broadcast_of(w, BROADCAST_ALERT, 0, 0, false);
	expand_all(w, 100);
	assert_int_equal(copies(w, id), 41);
}

static void slices_restarts_and_changes_in_between_neither_double_nor_omit(void **state)
{
	struct world *w = *state;
	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	int rc = 1;
	for (int slice = 0; rc == 1; slice++) {
		rc = store_broadcast_expand(w->store, 3, w->now_ms);
		assert_in_range(rc, 0, 1);
		world_reopen(w);
		/* People change while they are walked: on duty, off duty, other roles. */
		OK(store_person_set_duty(w->store, 1 + slice % 40, slice % 2 ? 0 : w->now_ms + 1));
		OK(store_person_set_role(w->store, 40 - slice % 40,
			slice % 3 ? ROLE_RESPONDER : ROLE_MEMBER, w->now_ms));
	}
	assert_int_equal(copies(w, id), 40);
	assert_int_equal(twice(w), 0);
	tallies_are_true(w);
}

/* Versions before quorum.sql kept a row's id as the place in every pass. */
static void a_walk_that_an_older_version_began_is_finished(void **state)
{
	struct world *w = *state;
	town_new(w);
	came_to(w, 3, 2);
	came_to(w, 40, 2);
	for (int pass = 0; pass < ALERT_RANKS; pass++) {
		int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
		assert_int_equal(store_broadcast_expand(w->store, 3, w->now_ms), 1);
		peek(w, "UPDATE broadcast SET pass = %d, after = 7 WHERE id = %lld", pass,
			(long long)id);
		expand_all(w, 5);
		assert_int_equal(copies(w, id), 40);
	}
	assert_int_equal(twice(w), 0);
	tallies_are_true(w);
}

static void a_slice_that_is_not_committed_is_done_again(void **state)
{
	struct world *w = *state;
	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	OK(store_begin(w->store));
	assert_int_equal(store_broadcast_expand(w->store, 10, w->now_ms), 1);
	store_rollback(w->store);
	assert_int_equal(copies(w, id), 0);
	tallies_are_true(w);
	expand_all(w, 10);
	assert_int_equal(copies(w, id), 40);
}

static void those_who_stop_while_it_grows_get_nothing(void **state)
{
	struct world *w = *state;
	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	assert_int_equal(store_broadcast_expand(w->store, 10, w->now_ms), 1);
	OK(store_person_leave(w->store, 1, w->now_ms, NULL));  /* has a copy */
	OK(store_person_leave(w->store, 40, w->now_ms, NULL)); /* has none yet */
	OK(store_person_set_blocked(w->store, 39, true, w->now_ms));
	expand_all(w, 10);
	assert_int_equal(copies(w, id), 38);
	assert_int_equal(peek(w, "SELECT count(*) FROM outbox WHERE state = 0"), 37);
	for (int i = 0; i < 37; i++) {
		struct store_claim c;
		assert_int_equal(claim(w, "sim1", &c), 1);
		assert_true(c.person_id != 1 && c.person_id < 39);
		OK(store_segment_failed(w->store, c.segment_id, 1, w->now_ms));
	}
	struct store_claim c;
	assert_int_equal(claim(w, "sim1", &c), 0);
}

static void an_update_goes_to_those_whose_copy_left_the_box(void **state)
{
	struct world *w = *state;
	char code[ALERT_CODE_SIZE];
	struct alert alert = { .zones = NORTH, .code_expires_ms = w->now_ms + 1000, .text = "x" };
	town_new(w);
	message_new(w, 1, 1, CLASS_REST);
	OK(store_alert_new(w->store, &alert, w->now_ms, code));
	int64_t id = broadcast_of(w, BROADCAST_ALERT, alert.id, NORTH, false);
	OK(store_alert_start(w->store, alert.id, id, w->now_ms + MS_PER_H, w->now_ms));
	expand_all(w, 100);
	struct store_claim c;
	int64_t reached[4];
	for (int i = 0; i < 4; i++) {
		assert_int_equal(claim(w, i ? "sim2" : "sim1", &c), 1);
		reached[i] = c.person_id;
		if (i == 1)
			OK(store_segment_unknown(
				w->store, c.segment_id, 0, w->now_ms + 1, w->now_ms));
		if (i >= 2)
			OK(store_segment_sent(w->store, c.segment_id, i, w->now_ms));
	}
	OK(store_person_leave(w->store, reached[3], w->now_ms, NULL));
	assert_true(store_broadcast_drop(w->store, id, w->now_ms) >= 16);
	int64_t update = broadcast_of(w, BROADCAST_CANCEL, alert.id, 0, false);
	expand_all(w, 2);
	assert_int_equal(copies(w, update), 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(peek(w,
					 "SELECT count(*) FROM message WHERE broadcast = %lld AND "
					 "person = %lld",
					 (long long)update, (long long)reached[i]),
			1);
	OK(store_alert_for_person(w->store, 40, 0, &alert));
	assert_int_equal(store_alert_for_person(w->store, reached[2], 0, &alert), 1);
	assert_int_equal(alert.broadcast_id, id);
	assert_int_equal(store_alert_for_person(w->store, reached[2], w->now_ms + 1, &alert), 0);
}

static void doubted(struct world *w, int64_t person)
{
	struct store_claim c;
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.person_id, person);
	OK(store_segment_unknown(w->store, c.segment_id, 0, w->now_ms + 1, w->now_ms));
}

static void waited(struct world *w)
{
	w->now_ms += 2;
	assert_int_equal(store_due(w->store, 100, w->now_ms), 1);
}

/* Whoever may have been told to come is told that it is over; not whoever certainly was not. */
static void a_cancel_goes_to_those_whose_copy_may_have_arrived(void **state)
{
	enum { TWICE, HALF, OTHER_HALF, REPORTED, REFUSED, AGAIN, PEOPLE };
	static const bool told[PEOPLE] = {
		[TWICE] = true, [HALF] = true, [OTHER_HALF] = true, [AGAIN] = true
	};
	struct world *w = *state;
	char code[ALERT_CODE_SIZE];
	struct alert alert = { .zones = NORTH, .code_expires_ms = w->now_ms + 1000, .text = "x" };
	struct store_claim c;
	int64_t people[PEOPLE];
	for (int i = 0; i < PEOPLE; i++)
		people[i] = person_new(w, i, ROLE_MEMBER, NORTH);
	for (int i = HALF; i <= OTHER_HALF; i++)
		OK(store_person_set_language(w->store, people[i], "es")); /* two parts */
	OK(store_alert_new(w->store, &alert, w->now_ms, code));
	int64_t id = broadcast_of(w, BROADCAST_ALERT, alert.id, NORTH, false);
	OK(store_alert_start(w->store, alert.id, id, w->now_ms + MS_PER_H, w->now_ms));
	expand_all(w, 100);
	/* handed over twice, and never an answer or a report */
	for (int i = 0; i < 2; i++) {
		doubted(w, people[TWICE]);
		waited(w);
	}
	/* one of two parts */
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 9, w->now_ms));
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.person_id, people[HALF]);
	OK(store_segment_failed(w->store, c.segment_id, 1, w->now_ms));
	/* both, and reports say that one has arrived */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(claim(w, "sim1", &c), 1);
		assert_int_equal(c.person_id, people[OTHER_HALF]);
		OK(store_segment_sent(w->store, c.segment_id, 20 + i, w->now_ms));
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			store_report(w->store, "sim1", 20 + i, phone_of(OTHER_HALF),
				i ? REPORT_FAILED : REPORT_DELIVERED, w->now_ms, w->now_ms),
			1);
	assert_int_equal(state_of(w, c.message_id), MESSAGE_FAILED);
	/* it was handed over, and a report says that it did not arrive */
	doubted(w, people[REPORTED]);
	assert_int_equal(store_report(w->store, "sim1", 7, phone_of(REPORTED), REPORT_FAILED,
				 w->now_ms, w->now_ms),
		1);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.person_id, people[REFUSED]);
	OK(store_segment_failed(w->store, c.segment_id, 1, w->now_ms));
	/* its second try waits in the queue */
	doubted(w, people[AGAIN]);
	waited(w);
	store_broadcast_drop(w->store, id, w->now_ms);
	int64_t over = broadcast_of(w, BROADCAST_CANCEL, alert.id, 0, false);
	expand_all(w, 2);
	for (int i = 0; i < PEOPLE; i++) {
		assert_int_equal(peek(w,
					 "SELECT count(*) FROM message WHERE broadcast = %lld AND "
					 "person = %lld",
					 (long long)over, (long long)people[i]),
			told[i]);
		if (told[i]) /* and an answer of theirs is one to this alert */
			assert_int_equal(store_alert_for_person(w->store, people[i], 0, &alert), 1);
	}
}

/* ---- the gate ------------------------------------------------------------------------------- */

static void tally_is(struct world *w, int64_t id, int64_t queued, int64_t held, int64_t dropped)
{
	struct store_tally t;
	OK(store_tally(w->store, id, &t));
	assert_int_equal(t.messages[MESSAGE_QUEUED], queued);
	assert_int_equal(t.messages[MESSAGE_HELD], held);
	assert_int_equal(t.messages[MESSAGE_DROPPED], dropped);
	tallies_are_true(w);
}

static void held_copies_wait_for_their_release(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	expand_all(w, 100);
	assert_int_equal(store_broadcast_hold(w->store, id, w->now_ms), 40);
	tally_is(w, id, 0, 40, 0);
	assert_int_equal(claim(w, "sim1", &c), 0);
	world_reopen(w);
	tally_is(w, id, 0, 40, 0);
	assert_int_equal(claim(w, "sim1", &c), 0);
	assert_int_equal(store_broadcast_release(w->store, id, w->now_ms), 40);
	tally_is(w, id, 40, 0, 0);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(store_broadcast_hold(w->store, 99, w->now_ms), -ENOENT);
}

static void a_drop_takes_effect_before_the_next_segment_however_long_the_list(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t at;
	OK(store_begin(w->store));
	for (int i = 0; i < 1500; i++)
		person_new(w, i, ROLE_MEMBER, NORTH);
	OK(store_commit(w->store));
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, false);
	expand_all(w, 1000);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_requeue(w->store, c.segment_id, w->now_ms + 5000, 27, w->now_ms));
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(store_broadcast_drop(w->store, id, w->now_ms), 1499);
	struct store_claim none;
	assert_int_equal(claim(w, "sim2", &none), 0);
	tally_is(w, id, 0, 0, 1499);
	OK(store_next_due(w->store, &at));
	assert_true(at <= w->now_ms);
	world_reopen(w);
	int rows = 0, n;
	while ((n = store_due(w->store, 400, w->now_ms)) > 0)
		rows += n;
	OK(n);
	assert_in_range(rows, 1, 1499);
	tally_is(w, id, 0, 0, 1499);
	assert_int_equal(peek(w, "SELECT count(*) FROM message WHERE state = 7"), 1499);
	OK(store_next_due(w->store, &at));
	assert_true(at == TIME_NEVER);
	assert_int_equal(store_broadcast_release(w->store, id, w->now_ms), 0);
	/* What was on air is settled as always. */
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
	tallies_are_true(w);
}

static void a_drop_stops_the_growing_too(void **state)
{
	struct world *w = *state;
	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	assert_int_equal(store_broadcast_expand(w->store, 10, w->now_ms), 1);
	assert_int_equal(store_broadcast_drop(w->store, id, w->now_ms), copies(w, id));
	int64_t before = copies(w, id);
	expand_all(w, 10);
	assert_int_equal(copies(w, id), before);
}

static void shelf_life_ends_for_all_that_has_not_left(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t at;
	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	expand_all(w, 100);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_true(c.expires_ms == w->now_ms + MS_PER_H);
	OK(store_next_due(w->store, &at));
	assert_true(at == w->now_ms + MS_PER_H);
	w->now_ms += MS_PER_H;
	assert_int_equal(claim(w, "sim2", &c), 0);
	while (store_due(w->store, 7, w->now_ms) > 0)
		;
	tally_is(w, id, 0, 0, 39);
	OK(store_next_due(w->store, &at));
	assert_true(at == TIME_NEVER);
}

static void a_retry_comes_back_to_a_queue_that_had_run_dry(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	person_new(w, 1, ROLE_MEMBER, NORTH);
	broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	expand_all(w, 100);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_requeue(w->store, c.segment_id, w->now_ms + 5000, 27, w->now_ms));
	assert_int_equal(claim(w, "sim1", &c), 0);
	w->now_ms += 5000;
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.attempt, 2);
}

static void the_queues_of_two_alerts_are_one_line(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	person_new(w, 1, ROLE_MEMBER, NORTH);
	int64_t duty = person_new(w, 2, ROLE_RESPONDER, SOUTH);
	OK(store_person_set_duty(w->store, duty, w->now_ms + MS_PER_H));
	int64_t other = broadcast_of(w, BROADCAST_OTHER, 0, 0, false);
	int64_t first = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, false);
	int64_t second = broadcast_of(w, BROADCAST_ALERT, 0, SOUTH, false);
	expand_all(w, 100);
	assert_int_equal(copies(w, other), 2);
	int64_t reply = message_new(w, 1, 1, CLASS_RELAY);
	const int64_t order[] = { second, first, 0, other, other };
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		assert_int_equal(claim(w, "sim1", &c), 1);
		assert_int_equal(c.broadcast_id, order[i]);
		assert_true(i != 2 || c.message_id == reply);
	}
}

struct languages {
	int64_t es, none;
	int calls;
};

static int count_language(void *ctx, const char *language, int64_t people)
{
	struct languages *l = ctx;
	l->calls++;
	*(strcmp(language, "es") == 0 ? &l->es : &l->none) += people;
	return 0;
}

static void an_audience_is_counted_by_language(void **state)
{
	struct world *w = *state;
	struct languages l = { 0 };
	town_new(w);
	OK(store_audience_languages(w->store, NORTH, true, count_language, &l));
	assert_int_equal(l.es, 8);
	assert_int_equal(l.none, 32);
	assert_int_equal(l.calls, 2);
}

static void tallies_know_segments_and_times(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	struct store_tally t;
	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, false);
	expand_all(w, 100);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(claim(w, "sim1", &c), 1);
		OK(store_segment_sent(w->store, c.segment_id, i, w->now_ms + 10 * i));
	}
	for (int pass = 0; pass < 2; pass++) {
		OK(store_tally(w->store, id, &t));
		assert_int_equal(t.segments_sent, 3);
		assert_int_equal(t.last_sent_ms, w->now_ms + 20);
		assert_in_range(t.first_sent_ms, w->now_ms, w->now_ms + 10);
		world_reopen(w);
	}
}

/* As when eight others were asked about since. */
static void tallies_forget(struct world *w)
{
	memset(w->store->tallies, 0, sizeof(w->store->tallies));
}

static int count_in_slices(struct world *w, int64_t id, int limit)
{
	for (int slices = 1;; slices++) {
		int rc = store_tally_slice(w->store, id, limit);
		if (rc == 0)
			return slices;
		assert_int_equal(rc, 1);
	}
}

static void a_tally_counted_in_slices_is_that_of_the_rows(void **state)
{
	struct world *w = *state;
	struct store_tally kept, sliced, whole;
	struct store_claim c;
	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	int64_t other = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	expand_all(w, 7);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(claim(w, "sim1", &c), 1);
		OK(store_segment_sent(w->store, c.segment_id, i, w->now_ms + 10 * i));
	}
	assert_true(store_broadcast_drop(w->store, id, w->now_ms) > 0);
	OK(store_tally(w->store, id, &kept));
	tallies_forget(w);
	assert_int_equal(store_tally_slice(w->store, other, 3), 1);
	assert_true(count_in_slices(w, id, 3) > 10);
	assert_int_equal(store_tally_slice(w->store, id, 3), 0);
	OK(store_tally(w->store, id, &sliced));
	tallies_forget(w);
	OK(store_tally(w->store, id, &whole));
	/* of several segments the row keeps the time of the last */
	kept.first_sent_ms = whole.first_sent_ms;
	assert_memory_equal(&sliced, &kept, sizeof(kept));
	assert_memory_equal(&sliced, &whole, sizeof(whole));
	assert_int_equal(store_tally_slice(w->store, 99, 3), 0);
}

static void a_copy_that_changes_while_it_is_counted_is_counted_once(void **state)
{
	struct world *w = *state;
	struct store_tally sliced, whole;
	struct store_claim c;
	town_new(w);
	int64_t id = broadcast_of(w, BROADCAST_ALERT, 0, NORTH, true);
	expand_all(w, 7);
	tallies_forget(w);
	for (int i = 0; i < 4; i++)
		assert_int_equal(store_tally_slice(w->store, id, 5), 1);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
	assert_int_equal(count_in_slices(w, id, 5), 8);
	OK(store_tally(w->store, id, &sliced));
	tallies_forget(w);
	OK(store_tally(w->store, id, &whole));
	assert_memory_equal(&sliced, &whole, sizeof(whole));
	assert_int_equal(sliced.segments_sent, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(those_who_matter_most_go_first),
		TEST(within_a_class_those_who_answered_most_go_first),
		TEST(a_no_takes_back_what_a_yes_counted_and_who_leaves_is_forgotten),
		TEST(answers_that_come_while_it_grows_neither_double_nor_omit),
		TEST(others_get_it_only_when_it_is_wide),
		TEST(slices_restarts_and_changes_in_between_neither_double_nor_omit),
		TEST(a_walk_that_an_older_version_began_is_finished),
		TEST(a_slice_that_is_not_committed_is_done_again),
		TEST(those_who_stop_while_it_grows_get_nothing),
		TEST(an_update_goes_to_those_whose_copy_left_the_box),
		TEST(a_cancel_goes_to_those_whose_copy_may_have_arrived),
		TEST(held_copies_wait_for_their_release),
		TEST(a_drop_takes_effect_before_the_next_segment_however_long_the_list),
		TEST(a_drop_stops_the_growing_too),
		TEST(shelf_life_ends_for_all_that_has_not_left),
		TEST(a_retry_comes_back_to_a_queue_that_had_run_dry),
		TEST(the_queues_of_two_alerts_are_one_line),
		TEST(an_audience_is_counted_by_language),
		TEST(tallies_know_segments_and_times),
		TEST(a_tally_counted_in_slices_is_that_of_the_rows),
		TEST(a_copy_that_changes_while_it_is_counted_is_counted_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
