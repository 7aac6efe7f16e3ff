/* SPDX-License-Identifier: Apache-2.0 */
/* Which segment a status report is for. */
#include "store_world.h"

static int64_t sent_new(struct world *w, int64_t person, const char *modem, int reference)
{
	struct store_claim c;
	int64_t id = message_new(w, person, 1, CLASS_REPLY);
	assert_int_equal(claim(w, modem, &c), 1);
	assert_int_equal(c.message_id, id);
	OK(store_segment_sent(w->store, c.segment_id, reference, w->now_ms));
	return id;
}

static int64_t unknown_new(struct world *w, int64_t person, const char *modem)
{
	struct store_claim c;
	int64_t id = message_new(w, person, 1, CLASS_REPLY);
	assert_int_equal(claim(w, modem, &c), 1);
	assert_int_equal(c.message_id, id);
	OK(store_segment_unknown(w->store, c.segment_id, 0, w->now_ms + 60000, w->now_ms));
	return id;
}

static int delivered(struct world *w, const char *modem, int reference, int phone)
{
	return store_report(w->store, modem, reference, phone_of(phone), REPORT_DELIVERED,
		w->now_ms, w->now_ms);
}

static void modem_reference_and_number_must_all_fit(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	person_new(w, 2, ROLE_MEMBER, 1);
	int64_t id = sent_new(w, ana, "sim1", 7);
	assert_int_equal(delivered(w, "sim2", 7, 1), 0);
	assert_int_equal(delivered(w, "sim1", 8, 1), 0);
	assert_int_equal(delivered(w, "sim1", 7, 2), 0);
	assert_int_equal(delivered(w, "sim1", 7, 3), 0); /* nobody */
	assert_int_equal(state_of(w, id), MESSAGE_SENT);
	assert_int_equal(delivered(w, "sim1", 7, 1), 1);
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
	assert_int_equal(delivered(w, "sim1", 7, 1), 0); /* the same once more */
}

static void references_wrap_and_the_newest_is_meant(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t older = sent_new(w, ana, "sim1", 7), newer = sent_new(w, ana, "sim1", 7);
	assert_int_equal(delivered(w, "sim1", 7, 1), 1);
	assert_int_equal(state_of(w, newer), MESSAGE_DELIVERED);
	assert_int_equal(state_of(w, older), MESSAGE_SENT);
	assert_int_equal(delivered(w, "sim1", 7, 1), 1);
	assert_int_equal(state_of(w, older), MESSAGE_DELIVERED);
}

static void all_references_of_a_wrap_find_their_segment(void **state)
{
	struct world *w = *state;
	int64_t ids[300];
	for (int i = 0; i < 300; i++)
		ids[i] = sent_new(w, person_new(w, i, ROLE_MEMBER, 1), "sim1", i % 256);
	for (int i = 299; i >= 0; i--) {
		assert_int_equal(delivered(w, "sim1", i % 256, i), 1);
		assert_int_equal(state_of(w, ids[i]), MESSAGE_DELIVERED);
	}
}

/*
 * 600 segments to two numbers, ten seconds apart: each reference goes three times, and 256 is even,
 * so always to the same number. Reports come late, in a mixed order, some twice; every fifth is a
 * failure.
 */
static void late_reports_of_three_wraps_find_their_own_segment(void **state)
{
	struct world *w = *state;
	enum { N = 600, STEP = 7 * 13 };
	static int64_t ids[N], sent[N];
	int64_t people[2] = { person_new(w, 0, ROLE_MEMBER, 1), person_new(w, 1, ROLE_MEMBER, 1) };
	for (int i = 0; i < N; i++) {
		w->now_ms += 10 * MS_PER_S;
		ids[i] = sent_new(w, people[i % 2], "sim1", i % 256);
		sent[i] = w->now_ms / 1000 * 1000; /* the centre's clock knows seconds */
	}
	w->now_ms += MS_PER_H;
	for (int k = 0; k < N; k++) {
		int i = k * STEP % N; /* each once: 91 and 600 have no common divisor */
		enum report_outcome outcome = i % 5 ? REPORT_DELIVERED : REPORT_FAILED;
		assert_int_equal(store_report(w->store, "sim1", i % 256, phone_of(i % 2), outcome,
					 sent[i], w->now_ms),
			1);
		if (state_of(w, ids[i]) != (i % 5 ? MESSAGE_DELIVERED : MESSAGE_FAILED))
			fail_msg("the report of segment %d went to another", i);
		if (k % 3 == 0) /* the same once more settles nothing else */
			assert_int_equal(store_report(w->store, "sim1", i % 256, phone_of(i % 2),
						 outcome, sent[i], w->now_ms),
				0);
	}
	tallies_are_true(w);
	for (int i = 0; i < N; i++)
		assert_int_equal(state_of(w, ids[i]), i % 5 ? MESSAGE_DELIVERED : MESSAGE_FAILED);
}

/* Of two of a wrap a minute apart: whose acknowledgement was lost is reported once more. */
static void a_report_that_comes_twice_settles_no_other_of_a_fast_wrap(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t at_ms[2], ids[2];
	for (int i = 0; i < 2; i++) {
		w->now_ms += MS_PER_MIN;
		ids[i] = sent_new(w, ana, "sim1", 7);
		at_ms[i] = w->now_ms;
	}
	for (int i = 1; i >= 0; i--) {
		assert_int_equal(store_report(w->store, "sim1", 7, phone_of(1), REPORT_DELIVERED,
					 at_ms[i], w->now_ms),
			1);
		assert_int_equal(store_report(w->store, "sim1", 7, phone_of(1), REPORT_DELIVERED,
					 at_ms[i], w->now_ms),
			0);
		assert_int_equal(state_of(w, ids[i]), MESSAGE_DELIVERED);
		assert_int_equal(state_of(w, ids[0]), i ? MESSAGE_SENT : MESSAGE_DELIVERED);
	}
}

/* The same when the older one's came first: the newer one still waits for its own. */
static void a_report_that_comes_twice_settles_no_newer_of_a_fast_wrap(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t older = sent_new(w, ana, "sim1", 7), at_ms = w->now_ms;
	assert_int_equal(delivered(w, "sim1", 7, 1), 1);
	assert_int_equal(state_of(w, older), MESSAGE_DELIVERED);
	w->now_ms += MS_PER_MIN;
	int64_t newer = sent_new(w, ana, "sim1", 7);
	assert_int_equal(
		store_report(w->store, "sim1", 7, phone_of(1), REPORT_DELIVERED, at_ms, w->now_ms),
		0);
	assert_int_equal(state_of(w, newer), MESSAGE_SENT);
	assert_int_equal(delivered(w, "sim1", 7, 1), 1);
	assert_int_equal(state_of(w, newer), MESSAGE_DELIVERED);
}

static void when_the_clocks_do_not_agree_the_newest_is_meant(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t older = sent_new(w, ana, "sim1", 7);
	w->now_ms += MS_PER_H;
	int64_t newer = sent_new(w, ana, "sim1", 7);
	/* A box that came up in 1970, or a centre that is a day late. */
	assert_int_equal(store_report(w->store, "sim1", 7, phone_of(1), REPORT_DELIVERED,
				 w->now_ms - MS_PER_DAY, w->now_ms),
		1);
	assert_int_equal(state_of(w, newer), MESSAGE_DELIVERED);
	assert_int_equal(state_of(w, older), MESSAGE_SENT);
}

static void several_parts_are_delivered_when_all_are(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t id = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 3, CLASS_ALERT);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(claim(w, "sim1", &c), 1);
		OK(store_segment_sent(w->store, c.segment_id, 254 + i, w->now_ms));
		if (i == 1) /* the first part's report comes while others are still in line */
			assert_int_equal(delivered(w, "sim1", 254, 1), 1);
	}
	assert_int_equal(state_of(w, id), MESSAGE_SENT);
	assert_int_equal(delivered(w, "sim1", 256, 1), 1);
	assert_int_equal(state_of(w, id), MESSAGE_SENT);
	assert_int_equal(delivered(w, "sim1", 255, 1), 1);
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
	assert_int_equal(delivered(w, "sim1", 255, 1), 0);
}

/* One whose acknowledgement was lost comes again: an unknown to the same number is not meant. */
static void a_part_s_report_that_comes_twice_settles_no_unknown(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t id = message_new(w, ana, 2, CLASS_ALERT);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(claim(w, "sim1", &c), 1);
		OK(store_segment_sent(w->store, c.segment_id, 10 + i, w->now_ms));
	}
	int64_t unknown = unknown_new(w, ana, "sim1");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(delivered(w, "sim1", 10 + i, 1), 1);
		assert_int_equal(delivered(w, "sim1", 10 + i, 1), 0);
		assert_int_equal(state_of(w, unknown), MESSAGE_UNKNOWN);
	}
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
}

static void one_part_that_fails_fails_the_message(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t id = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 2, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
	assert_int_equal(
		store_report(w->store, "sim1", 1, phone_of(1), REPORT_FAILED, 0, w->now_ms), 1);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 2, w->now_ms));
	assert_int_equal(state_of(w, id), MESSAGE_FAILED);
	tallies_are_true(w);
}

static void an_unknown_is_settled_by_number_when_nothing_else_fits(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t unknown = unknown_new(w, ana, "sim1"), sent = sent_new(w, ana, "sim1", 9);
	assert_int_equal(delivered(w, "sim1", 9, 1), 1);
	assert_int_equal(state_of(w, sent), MESSAGE_DELIVERED);
	assert_int_equal(state_of(w, unknown), MESSAGE_UNKNOWN);
	/* The same report again is for the one that it was for. */
	assert_int_equal(delivered(w, "sim1", 9, 1), 0);
	assert_int_equal(delivered(w, "sim2", 8, 1), 0);
	assert_int_equal(state_of(w, unknown), MESSAGE_UNKNOWN);
	assert_int_equal(delivered(w, "sim1", 8, 1), 1);
	assert_int_equal(state_of(w, unknown), MESSAGE_DELIVERED);
}

static void of_two_unknowns_the_older_is_settled_first(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t first = unknown_new(w, ana, "sim1"), second = unknown_new(w, ana, "sim1");
	assert_int_equal(delivered(w, "sim1", 8, 1), 1);
	assert_int_equal(state_of(w, first), MESSAGE_DELIVERED);
	assert_int_equal(state_of(w, second), MESSAGE_UNKNOWN);
	assert_int_equal(delivered(w, "sim1", 9, 1), 1);
	assert_int_equal(state_of(w, second), MESSAGE_DELIVERED);
}

/* The older one was handed over once more since, in vain: what left before that was the newer. */
static void of_two_unknowns_the_one_that_left_then_is_settled(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t first = unknown_new(w, ana, "sim1");
	w->now_ms += 30 * MS_PER_S;
	int64_t second = unknown_new(w, ana, "sim1"), left_ms = w->now_ms;
	w->now_ms += 31 * MS_PER_S;
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.message_id, first);
	OK(store_segment_unknown(w->store, c.segment_id, 0, w->now_ms + 60000, w->now_ms));
	assert_int_equal(store_report(w->store, "sim1", 8, phone_of(1), REPORT_DELIVERED,
				 left_ms - MS_PER_S, w->now_ms),
		1);
	assert_int_equal(state_of(w, first), MESSAGE_UNKNOWN);
	assert_int_equal(state_of(w, second), MESSAGE_DELIVERED);
}

static void what_the_network_took_after_the_doubt_was_another(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t first = unknown_new(w, ana, "sim1");
	w->now_ms += 10 * MS_PER_S;
	int64_t second = unknown_new(w, ana, "sim1");
	assert_int_equal(delivered(w, "sim1", 8, 1), 1);
	assert_int_equal(state_of(w, first), MESSAGE_UNKNOWN);
	assert_int_equal(state_of(w, second), MESSAGE_DELIVERED);
}

static void doubt_again(struct world *w, int64_t id)
{
	struct store_claim c;
	w->now_ms += 60000;
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.message_id, id);
	w->now_ms += 5000;
	OK(store_segment_unknown(w->store, c.segment_id, 0, w->now_ms + 60000, w->now_ms));
	w->now_ms += 60000;
	assert_int_equal(store_due(w->store, 10, w->now_ms), 1);
	assert_int_equal(state_of(w, id), MESSAGE_FAILED);
}

/* It went out, and its phone was off: the person has it now. */
static void one_that_was_given_up_is_delivered_when_its_report_says_so(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t first_ms = w->now_ms, old = unknown_new(w, ana, "sim1");
	assert_int_equal(store_due(w->store, 10, w->now_ms + 60000), 1);
	doubt_again(w, old);
	w->now_ms += MS_PER_H;
	int64_t sent = sent_new(w, ana, "sim1", 8), sent_ms = w->now_ms;
	int64_t id = unknown_new(w, ana, "sim1");
	assert_int_equal(store_due(w->store, 10, w->now_ms + 60000), 1);
	doubt_again(w, id);
	assert_int_equal(delivered(w, "sim1", 8, 1), 1);
	assert_int_equal(state_of(w, sent), MESSAGE_DELIVERED);
	/* the same once more, and one of yesterday */
	assert_int_equal(store_report(w->store, "sim1", 8, phone_of(1), REPORT_DELIVERED, sent_ms,
				 w->now_ms),
		0);
	assert_int_equal(store_report(w->store, "sim1", 9, phone_of(1), REPORT_DELIVERED,
				 w->now_ms - MS_PER_DAY, w->now_ms),
		0);
	w->now_ms += MS_PER_DAY / 2;
	assert_int_equal(store_report(w->store, "sim1", 8, phone_of(1), REPORT_DELIVERED,
				 first_ms + MS_PER_S, w->now_ms),
		1);
	assert_int_equal(state_of(w, old), MESSAGE_DELIVERED);
	assert_int_equal(state_of(w, id), MESSAGE_FAILED);
	tallies_are_true(w);
}

static void a_report_of_failure_that_comes_twice_fails_one(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t first = unknown_new(w, ana, "sim1"), second = unknown_new(w, ana, "sim1");
	for (int i = 0; i < 2; i++)
		store_report(w->store, "sim1", 9, phone_of(1), REPORT_FAILED, w->now_ms, w->now_ms);
	assert_int_equal(state_of(w, first), MESSAGE_FAILED);
	assert_int_equal(state_of(w, second), MESSAGE_UNKNOWN);
}

static void a_report_of_one_whose_reference_was_misread_settles_no_unknown(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t first = sent_new(w, ana, "sim1", 12); /* the modem said 112 */
	int64_t sent_ms = w->now_ms, second;
	w->now_ms += MS_PER_H;
	second = unknown_new(w, ana, "sim1");
	w->now_ms += 1000;
	store_report(w->store, "sim1", 112, phone_of(1), REPORT_DELIVERED, sent_ms, w->now_ms);
	assert_int_equal(state_of(w, second), MESSAGE_UNKNOWN);
	(void)first;
}

static void a_settled_unknown_part_lets_the_next_part_go(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t id = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 2, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_unknown(w->store, c.segment_id, 0, w->now_ms + 60000, w->now_ms));
	assert_int_equal(claim(w, "sim1", &c), 0);
	assert_int_equal(delivered(w, "sim1", 3, 1), 2);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.index, 1);
	OK(store_segment_sent(w->store, c.segment_id, 4, w->now_ms));
	assert_int_equal(delivered(w, "sim1", 4, 1), 1);
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
}

static void a_report_before_the_answer_waits_for_it(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t id = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(delivered(w, "sim1", 5, 1), 1);
	assert_int_equal(state_of(w, id), MESSAGE_SENDING);
	OK(store_segment_sent(w->store, c.segment_id, 5, w->now_ms));
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
	assert_int_equal(peek(w, "SELECT count(*) FROM early"), 0);
}

static void a_stranger_s_report_before_the_answer_settles_nothing(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t id = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(delivered(w, "sim1", 99, 1), 1);
	OK(store_segment_sent(w->store, c.segment_id, 5, w->now_ms));
	assert_int_equal(state_of(w, id), MESSAGE_SENT);
	assert_int_equal(delivered(w, "sim1", 5, 1), 1);
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
}

static void a_report_whose_answer_never_comes_settles_it(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t id = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(delivered(w, "sim1", 5, 1), 1);
	OK(store_segment_unknown(w->store, c.segment_id, 0, w->now_ms + 60000, w->now_ms));
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
	w->now_ms += MS_PER_H;
	assert_int_equal(claim(w, "sim1", &c), 0);
}

static void the_first_copy_s_report_counts_after_the_second_try(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t id = unknown_new(w, person_new(w, 1, ROLE_MEMBER, 1), "sim1");
	w->now_ms += 60000;
	assert_int_equal(claim(w, "sim2", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 5, w->now_ms));
	assert_int_equal(delivered(w, "sim1", 200, 1), 1);
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
}

static void the_first_copy_s_report_counts_while_the_second_is_on_air(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t id = unknown_new(w, person_new(w, 1, ROLE_MEMBER, 1), "sim1");
	w->now_ms += 60000;
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(delivered(w, "sim1", 200, 1), 1);
	OK(store_segment_sent(w->store, c.segment_id, 5, w->now_ms));
	assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
}

/* The time parts what is reported now from what was delivered under this reference before. */
static void an_unknown_is_settled_though_an_older_text_had_its_reference(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	sent_new(w, ana, "sim1", 37);
	assert_int_equal(delivered(w, "sim1", 37, 1), 1);
	int64_t parts = message_new(w, ana, 2, CLASS_ALERT);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(claim(w, "sim1", &c), 1);
		OK(store_segment_sent(w->store, c.segment_id, 38 + i, w->now_ms));
		assert_int_equal(delivered(w, "sim1", 38 + i, 1), 1);
	}
	assert_int_equal(state_of(w, parts), MESSAGE_DELIVERED);
	for (int i = 0; i < 3; i++) {
		w->now_ms += 5 * MS_PER_H;
		int64_t unknown = unknown_new(w, ana, "sim1");
		assert_int_equal(delivered(w, "sim1", 37 + i, 1), 1);
		assert_int_equal(state_of(w, unknown), MESSAGE_DELIVERED);
	}
}

/* It goes over another modem the second time, and the first copy's report comes meanwhile. */
static void the_first_copy_s_report_counts_while_another_modem_has_the_second(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	struct store_recovered found;
	for (int i = 0; i < 5; i++) {
		int64_t id = unknown_new(w, ana, "sim1");
		w->now_ms += 60000;
		assert_int_equal(claim(w, "sim2", &c), 1);
		assert_int_equal(delivered(w, "sim1", 200 + i, 1), 1);
		if (i == 0)
			OK(store_segment_sent(w->store, c.segment_id, 5, w->now_ms));
		else if (i == 1)
			OK(store_segment_unknown(
				w->store, c.segment_id, 0, w->now_ms + 60000, w->now_ms));
		else if (i == 2)
			OK(store_segment_requeue(
				w->store, c.segment_id, w->now_ms + 5000, 38, w->now_ms));
		else if (i == 3)
			OK(store_segment_failed(w->store, c.segment_id, 1, w->now_ms));
		else
			OK(store_recover(w->store, w->now_ms + 60000, w->now_ms, &found));
		assert_int_equal(state_of(w, id), MESSAGE_DELIVERED);
		assert_int_equal(peek(w, "SELECT count(*) FROM early"), 0);
		w->now_ms += MS_PER_H;
		assert_int_equal(claim(w, "sim2", &c), 0);
	}
	tallies_are_true(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(modem_reference_and_number_must_all_fit),
		TEST(references_wrap_and_the_newest_is_meant),
		TEST(all_references_of_a_wrap_find_their_segment),
		TEST(late_reports_of_three_wraps_find_their_own_segment),
		TEST(a_report_that_comes_twice_settles_no_other_of_a_fast_wrap),
		TEST(a_report_that_comes_twice_settles_no_newer_of_a_fast_wrap),
		TEST(when_the_clocks_do_not_agree_the_newest_is_meant),
		TEST(several_parts_are_delivered_when_all_are),
		TEST(a_part_s_report_that_comes_twice_settles_no_unknown),
		TEST(one_part_that_fails_fails_the_message),
		TEST(an_unknown_is_settled_by_number_when_nothing_else_fits),
		TEST(of_two_unknowns_the_older_is_settled_first),
		TEST(of_two_unknowns_the_one_that_left_then_is_settled),
		TEST(what_the_network_took_after_the_doubt_was_another),
		TEST(a_report_of_failure_that_comes_twice_fails_one),
		TEST(a_report_of_one_whose_reference_was_misread_settles_no_unknown),
		TEST(a_settled_unknown_part_lets_the_next_part_go),
		TEST(a_report_before_the_answer_waits_for_it),
		TEST(a_stranger_s_report_before_the_answer_settles_nothing),
		TEST(a_report_whose_answer_never_comes_settles_it),
		TEST(the_first_copy_s_report_counts_after_the_second_try),
		TEST(the_first_copy_s_report_counts_while_the_second_is_on_air),
		TEST(one_that_was_given_up_is_delivered_when_its_report_says_so),
		TEST(an_unknown_is_settled_though_an_older_text_had_its_reference),
		TEST(the_first_copy_s_report_counts_while_another_modem_has_the_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
