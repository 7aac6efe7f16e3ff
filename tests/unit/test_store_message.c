/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a message: every event in every state. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>

#include "store_world.h"

#define MODEM     "sim1"
#define REFERENCE 7

/* ---- states: how a message gets there ------------------------------------------------------- */

struct fixture {
	struct world *w;
	int64_t person, message, segment;
};

static void take(struct fixture *f)
{
	struct store_claim c;
	assert_int_equal(claim(f->w, MODEM, &c), 1);
	assert_int_equal(c.message_id, f->message);
	f->segment = c.segment_id;
}

static void to_queued(struct fixture *f)
{
	(void)f;
}

static void to_waiting(struct fixture *f)
{
	take(f);
	OK(store_segment_requeue(f->w->store, f->segment, f->w->now_ms + 5000, 27, f->w->now_ms));
}

static void to_on_air(struct fixture *f)
{
	take(f);
}

/* Of two parts, one accepted, the other in line. */
static void to_begun(struct fixture *f)
{
	take(f);
	OK(store_segment_sent(f->w->store, f->segment, REFERENCE, f->w->now_ms));
}

static void to_unknown(struct fixture *f)
{
	take(f);
	OK(store_segment_unknown(f->w->store, f->segment, 0, f->w->now_ms + 60000, f->w->now_ms));
}

/* An unknown whose wait is over: in line for its second try. */
static void to_again(struct fixture *f)
{
	to_unknown(f);
	f->w->now_ms += 60000;
	assert_int_equal(store_due(f->w->store, 100, f->w->now_ms), 1);
}

static void to_unknown_twice(struct fixture *f)
{
	to_again(f);
	to_unknown(f);
}

static void to_sent(struct fixture *f)
{
	take(f);
	OK(store_segment_sent(f->w->store, f->segment, REFERENCE, f->w->now_ms));
}

static void to_delivered(struct fixture *f)
{
	to_sent(f);
	assert_int_equal(store_report(f->w->store, MODEM, REFERENCE, phone_of(1), REPORT_DELIVERED,
				 0, f->w->now_ms),
		1);
}

static void to_failed(struct fixture *f)
{
	take(f);
	OK(store_segment_failed(f->w->store, f->segment, 1, f->w->now_ms));
}

static void to_dropped(struct fixture *f)
{
	OK(store_person_set_blocked(f->w->store, f->person, true, f->w->now_ms));
	OK(store_person_set_blocked(f->w->store, f->person, false, f->w->now_ms));
}

static const struct {
	char letter;
	const char *name;
	void (*go)(struct fixture *f);
	int parts;
} states[] = {
	{ 'Q', "queued", to_queued, 1 },
	{ 'W', "waiting for its retry", to_waiting, 1 },
	{ 'A', "on air", to_on_air, 1 },
	{ 'B', "begun", to_begun, 2 },
	{ 'U', "unknown", to_unknown, 1 },
	{ 'R', "queued again after unknown", to_again, 1 },
	{ 'V', "unknown twice", to_unknown_twice, 1 },
	{ 'S', "sent", to_sent, 1 },
	{ 'D', "delivered", to_delivered, 1 },
	{ 'F', "failed", to_failed, 1 },
	{ 'X', "dropped", to_dropped, 1 },
};

/* ---- events --------------------------------------------------------------------------------- */

static void accepted(struct fixture *f)
{
	store_segment_sent(f->w->store, f->segment, REFERENCE, f->w->now_ms);
}

static void refused(struct fixture *f)
{
	store_segment_failed(f->w->store, f->segment, 1, f->w->now_ms);
}

static void given_back(struct fixture *f)
{
	store_segment_requeue(f->w->store, f->segment, 0, 27, f->w->now_ms);
}

static void no_answer(struct fixture *f)
{
	store_segment_unknown(f->w->store, f->segment, 0, f->w->now_ms + 60000, f->w->now_ms);
}

static void report(struct fixture *f, enum report_outcome outcome)
{
	int rc = store_report(
		f->w->store, MODEM, REFERENCE, phone_of(1), outcome, f->w->now_ms, f->w->now_ms);
	assert_in_range(rc, 0, 1);
}

static void reported_delivered(struct fixture *f)
{
	report(f, REPORT_DELIVERED);
}

static void reported_failed(struct fixture *f)
{
	report(f, REPORT_FAILED);
}

static void reported_pending(struct fixture *f)
{
	report(f, REPORT_PENDING);
}

static void time_passes(struct fixture *f)
{
	f->w->now_ms += MS_PER_H;
	assert_in_range(store_due(f->w->store, 100, f->w->now_ms), 0, 1);
}

static void stop(struct fixture *f)
{
	OK(store_person_leave(f->w->store, f->person, f->w->now_ms, NULL));
}

static void stop_then_time(struct fixture *f)
{
	stop(f);
	time_passes(f);
}

static void stop_then_accepted(struct fixture *f)
{
	stop(f);
	accepted(f);
}

static void stop_then_given_back(struct fixture *f)
{
	stop(f);
	given_back(f);
}

static void stop_then_no_answer_then_time(struct fixture *f)
{
	stop(f);
	no_answer(f);
	time_passes(f);
}

static void died(struct fixture *f)
{
	struct store_recovered found;
	world_reopen(f->w);
	OK(store_recover(f->w->store, f->w->now_ms + 60000, f->w->now_ms, &found));
}

static void died_twice(struct fixture *f)
{
	died(f);
	died(f);
}

/*
 * What each event makes of each state, in the order of states[]:
 * q queued, s sending, t sent, d delivered, f failed, u unknown, x dropped.
 */
static const struct {
	const char *name;
	void (*happen)(struct fixture *f);
	const char *becomes;
} events[] = {
	/*                                                      QWABURVSDFX */
	{ "nothing happens", to_queued, "qqssuqutdfx" },
	{ "accepted", accepted, "qqtstqttdfx" },
	{ "refused for good", refused, "qqfsfqftdfx" },
	{ "given back", given_back, "qqqsuqutdfx" },
	{ "no answer", no_answer, "qqusuqutdfx" },
	{ "report: delivered", reported_delivered, "qqssdddddfx" },
	{ "report: failed", reported_failed, "qqssffffdfx" },
	{ "report: still trying", reported_pending,
		"qqsstttt"
		"dfx" },
	{ "time passes", time_passes, "qqssqqftdfx" },
	{ "STOP", stop, "xxsxufutdfx" },
	{ "STOP, then time", stop_then_time, "xxsxffftdfx" },
	{ "STOP, then accepted", stop_then_accepted, "xxtxtfttdfx" },
	{ "STOP, then given back", stop_then_given_back, "xxxxufutdfx" },
	{ "STOP, no answer, time", stop_then_no_answer_then_time, "xxfxffftdfx" },
	{ "the process died", died, "qqusuqutdfx" },
	{ "the process died twice", died_twice, "qqusuqutdfx" },
};

static const char letters[MESSAGE_STATES + 1] = "qstdfuhx";

static void no_queue_holds_what_is_over(struct world *w)
{
	assert_int_equal(peek(w, "SELECT count(*) FROM message WHERE state IN (2, 3, 4, 7) "
				 "AND (lane IS NOT NULL OR due_ms IS NOT NULL)"),
		0);
	assert_int_equal(peek(w, "SELECT count(*) FROM message WHERE state IN (0, 5) "
				 "AND lane IS NULL AND due_ms IS NULL"),
		0);
}

static void every_event_in_every_state_has_its_result(void **unused)
{
	(void)unused;
	int wrong = 0;
	for (size_t e = 0; e < ARRAY_SIZE(events); e++) {
		assert_int_equal(strlen(events[e].becomes), ARRAY_SIZE(states));
		for (size_t s = 0; s < ARRAY_SIZE(states); s++) {
			void *state;
			OK(world_new(&state));
			struct fixture f = { .w = state };
			f.person = person_new(f.w, 1, ROLE_MEMBER, 1);
			f.message = message_new(f.w, f.person, states[s].parts, CLASS_REPLY);
			states[s].go(&f);
			events[e].happen(&f);
			char now = letters[state_of(f.w, f.message)];
			if (now != events[e].becomes[s]) {
				print_error("%s + %s: %c, not %c\n", states[s].name, events[e].name,
					now, events[e].becomes[s]);
				wrong++;
			}
			tallies_are_true(f.w);
			no_queue_holds_what_is_over(f.w);
			world_free(&state);
		}
	}
	assert_int_equal(wrong, 0);
}

/* ---- what the table does not say ------------------------------------------------------------- */

static void an_unknown_is_sent_at_most_once_more(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	struct store_tally tally;
	int64_t message = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	int claims = 0;
	for (int i = 0; i < 10; i++) {
		if (claim(w, MODEM, &c) == 1) {
			claims++;
			OK(store_segment_unknown(
				w->store, c.segment_id, 0, w->now_ms + 60000, w->now_ms));
		}
		w->now_ms += 60000;
	}
	assert_int_equal(claims, 2);
	assert_int_equal(state_of(w, message), MESSAGE_FAILED);
	OK(store_tally(w->store, 0, &tally));
	assert_int_equal(tally.resent, 1);
}

static int64_t given_up(struct world *w)
{
	struct store_tally tally;
	OK(store_tally(w->store, 0, &tally));
	return tally.given_up;
}

/* What the network refused is not counted with them, nor what was not in doubt. */
static void an_unknown_that_is_given_up_is_no_failure_that_the_network_reported(void **state)
{
	struct world *w = *state;
	struct store_round round = { .keep = { .rows_ms = w->now_ms + MS_PER_DAY } };
	struct fixture f = { .w = w, .person = person_new(w, 1, ROLE_MEMBER, 1) };
	f.message = message_new(w, f.person, 1, CLASS_ALERT);
	to_failed(&f);
	assert_int_equal(given_up(w), 0);
	f.message = message_new(w, f.person, 1, CLASS_ALERT);
	to_unknown_twice(&f);
	assert_int_equal(given_up(w), 0);
	w->now_ms += 60000;
	assert_int_equal(store_due(w->store, 100, w->now_ms), 1);
	assert_int_equal(given_up(w), 1);
	/* called off before its second try */
	f.message = message_new(w, f.person, 1, CLASS_ALERT);
	to_again(&f);
	to_dropped(&f);
	assert_int_equal(given_up(w), 2);
	world_reopen(w);
	assert_int_equal(given_up(w), 2);
	/* the youngest row stays, whatever it is */
	message_new(w, f.person, 1, CLASS_ALERT);
	while (store_drop_old(w->store, &round) == 1)
		;
	world_reopen(w);
	assert_int_equal(peek(w, "SELECT count(*) FROM message"), 1);
	assert_int_equal(given_up(w), 2);
	world_close(w); /* its counts are more than its rows */
}

/* The process ends as by SIGKILL, and the next one starts. */
static void die(struct world *w, struct store_recovered *found)
{
	world_reopen(w);
	OK(store_recover(w->store, w->now_ms + 60000, w->now_ms, found));
}

static void an_unknown_outlives_crashes_without_a_third_try(void **state)
{
	struct world *w = *state;
	struct store_recovered found;
	struct store_claim c;
	message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	int claims = 0;
	for (int i = 0; i < 10; i++) {
		if (claim(w, MODEM, &c)) {
			OK(store_segment_handing(w->store, MODEM, c.segment_id, c.attempt));
			claims++;
		}
		die(w, &found);
		assert_in_range(found.unknown, 0, 1);
		assert_int_equal(found.never, 0);
		w->now_ms += 60000;
	}
	assert_int_equal(claims, 2);
}

/* Its modem was asked for the prompt, and the STOP came over another one. */
static void what_was_claimed_before_a_stop_is_not_handed_over_after_it(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t message = message_new(w, person, 1, CLASS_ALERT);
	assert_int_equal(claim(w, MODEM, &c), 1);
	OK(store_person_leave(w->store, person, w->now_ms, NULL));
	assert_int_equal(
		store_segment_handing(w->store, MODEM, c.segment_id, c.attempt), -ECANCELED);
	OK(store_segment_requeue(w->store, c.segment_id, w->now_ms, 0, w->now_ms));
	assert_int_equal(state_of(w, message), MESSAGE_DROPPED);
}

static void what_was_claimed_and_never_handed_over_is_no_unknown(void **state)
{
	struct world *w = *state;
	struct store_recovered found;
	struct store_claim c;
	int64_t message = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	die(w, &found);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(claim(w, MODEM, &c), 1);
		assert_int_equal(c.attempt, 1);
		die(w, &found);
		assert_int_equal(found.never, 1);
		assert_int_equal(found.unknown, 0);
		assert_int_equal(state_of(w, message), MESSAGE_QUEUED);
	}
	assert_int_equal(claim(w, MODEM, &c), 1);
	OK(store_segment_handing(w->store, MODEM, c.segment_id, c.attempt));
	die(w, &found);
	assert_int_equal(found.unknown, 1);
	assert_int_equal(state_of(w, message), MESSAGE_UNKNOWN);
}

static void a_second_try_that_was_never_handed_over_is_not_counted(void **state)
{
	struct world *w = *state;
	struct store_recovered found;
	struct store_tally tally;
	struct store_claim c;
	int64_t message = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	die(w, &found);
	assert_int_equal(claim(w, MODEM, &c), 1);
	OK(store_segment_handing(w->store, MODEM, c.segment_id, c.attempt));
	die(w, &found);
	for (int i = 0; i < 5; i++) {
		w->now_ms += 60000;
		assert_int_equal(claim(w, MODEM, &c), 1);
		die(w, &found);
		assert_int_equal(found.never, 1);
		OK(store_tally(w->store, 0, &tally));
		assert_int_equal(tally.resent, 0);
	}
	assert_int_equal(claim(w, MODEM, &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 7, w->now_ms));
	OK(store_tally(w->store, 0, &tally));
	assert_int_equal(tally.resent, 1);
	assert_int_equal(state_of(w, message), MESSAGE_SENT);
}

/* What the kernel knew before the power went is not what the disk knows. */
static void after_a_power_cut_everything_on_air_is_unknown(void **state)
{
	struct world *w = *state;
	struct store_recovered found;
	struct store_claim c;
	char path[PATH_MAX];
	message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	die(w, &found);
	assert_int_equal(claim(w, MODEM, &c), 1);
	world_close(w);
	snprintf(path, sizeof(path), "%s/handed", w->dir);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "another boot", 12, 0), 12);
	close(fd);
	OK(world_open(w));
	OK(store_recover(w->store, w->now_ms + 60000, w->now_ms, &found));
	assert_int_equal(found.unknown, 1);
	assert_int_equal(found.never, 0);
}

/* A copy of the database is older than the note beside it. */
static void a_restored_copy_does_not_believe_the_note(void **state)
{
	struct world *w = *state;
	struct store_recovered found;
	struct store_claim c;
	char copy[PATH_MAX], path[PATH_MAX];
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	message_new(w, person, 1, CLASS_ALERT);
	message_new(w, person, 1, CLASS_ALERT);
	die(w, &found);
	assert_int_equal(claim(w, MODEM, &c), 1);
	OK(store_segment_handing(w->store, MODEM, c.segment_id, c.attempt));
	snprintf(copy, sizeof(copy), "%s/copy.db", w->dir);
	snprintf(path, sizeof(path), "%s/faro.db", w->dir);
	OK(store_backup(w->store, copy));
	OK(store_segment_sent(w->store, c.segment_id, 7, w->now_ms));
	assert_int_equal(claim(w, MODEM, &c), 1);
	OK(store_segment_handing(w->store, MODEM, c.segment_id, c.attempt));
	world_close(w);
	OK(rename(copy, path));
	OK(world_open(w));
	OK(store_recover(w->store, w->now_ms + 60000, w->now_ms, &found));
	assert_int_equal(found.unknown, 1);
	assert_int_equal(found.never, 0);
}

/* A note that cannot be written is not found by the next process. */
static void a_note_that_fails_is_forgotten(void **state)
{
	struct world *w = *state;
	struct store_recovered found;
	struct store_claim c;
	struct rlimit before, none;
	message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_ALERT);
	die(w, &found);
	assert_int_equal(claim(w, MODEM, &c), 1);
	signal(SIGXFSZ, SIG_IGN);
	OK(getrlimit(RLIMIT_FSIZE, &before));
	none = (struct rlimit){ 0, before.rlim_max };
	OK(setrlimit(RLIMIT_FSIZE, &none));
	int rc = store_segment_handing(w->store, MODEM, c.segment_id, c.attempt);
	OK(setrlimit(RLIMIT_FSIZE, &before));
	OK(rc);
	die(w, &found);
	assert_int_equal(found.unknown, 1);
	assert_int_equal(found.never, 0);
}

static void attempts_are_counted_for_each_part(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 2, CLASS_ALERT);
	for (int attempt = 1; attempt <= 3; attempt++) {
		assert_int_equal(claim(w, MODEM, &c), 1);
		assert_int_equal(c.attempt, attempt);
		OK(store_segment_requeue(w->store, c.segment_id, 0, 331, w->now_ms));
	}
	assert_int_equal(claim(w, MODEM, &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
	assert_int_equal(claim(w, MODEM, &c), 1);
	assert_int_equal(c.index, 1);
	assert_int_equal(c.attempt, 1);
}

static void a_retry_of_a_first_part_may_go_anywhere_a_later_one_stays(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 2, CLASS_ALERT);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_requeue(w->store, c.segment_id, w->now_ms + 5000, 331, w->now_ms));
	w->now_ms += 5000;
	assert_int_equal(claim(w, "sim2", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
	assert_int_equal(claim(w, "sim2", &c), 1);
	OK(store_segment_requeue(w->store, c.segment_id, w->now_ms + 5000, 331, w->now_ms));
	w->now_ms += 5000;
	assert_int_equal(claim(w, "sim1", &c), 0);
	assert_int_equal(claim(w, "sim2", &c), 1);
	assert_int_equal(c.index, 1);
}

static void results_are_counted_by_modem_and_time(void **state)
{
	struct world *w = *state;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1), n;
	for (int i = 0; i < 5; i++) {
		struct store_claim c;
		message_new(w, person, i == 4 ? 2 : 1, CLASS_REPLY);
		assert_int_equal(claim(w, i < 3 ? "sim1" : "sim2", &c), 1);
		OK(store_segment_sent(w->store, c.segment_id, i, w->now_ms + i));
	}
	for (int pass = 0; pass < 2; pass++) {
		static const struct {
			const char *modem;
			int64_t since, segments;
		} cases[] = { { "sim1", 0, 3 }, { "sim1", 1, 2 }, { "sim1", 3, 0 },
			{ "sim2", 0, 2 }, { "sim2", 4, 1 }, { "sim9", 0, 0 } };
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			OK(store_modem_sent_since(
				w->store, cases[i].modem, NOW_MS + cases[i].since, &n));
			assert_int_equal(n, cases[i].segments);
		}
		world_reopen(w); /* the same again from the file */
	}
}

static void a_rolled_back_result_counts_nowhere(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t n;
	int64_t id = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_REPLY);
	OK(store_begin(w->store));
	assert_int_equal(claim(w, "new-modem", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 1, w->now_ms));
	store_rollback(w->store);
	assert_int_equal(state_of(w, id), MESSAGE_QUEUED);
	OK(store_modem_sent_since(w->store, "new-modem", 0, &n));
	assert_int_equal(n, 0);
	tallies_are_true(w);
	assert_int_equal(claim(w, "new-modem", &c), 1);
}

static void what_nobody_may_get_is_not_queued(void **state)
{
	struct world *w = *state;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1), body = body_new(w, 1), id;
	struct store_message m = { .person_id = person, .body_id = body, .class = CLASS_REPLY };
	m.expires_ms = TIME_NEVER;
	OK(store_person_leave(w->store, person, w->now_ms, NULL));
	assert_int_equal(store_message_add(w->store, &m, w->now_ms, &id), -EPERM);
	m.class = CLASS_STOP;
	OK(store_message_add(w->store, &m, w->now_ms, &id));
	OK(store_person_set_blocked(w->store, person, true, w->now_ms));
	assert_int_equal(state_of(w, id), MESSAGE_DROPPED);
	m.class = CLASS_DISPATCH;
	assert_int_equal(store_message_add(w->store, &m, w->now_ms, &id), -EPERM);
	m.class = CLASS_STOP; /* whoever leaves is told so, also when blocked */
	OK(store_message_add(w->store, &m, w->now_ms, &id));
	m.person_id = 999;
	assert_int_equal(store_message_add(w->store, &m, w->now_ms, &id), -ENOENT);
	m.person_id = person_new(w, 2, ROLE_MEMBER, 1);
	m.body_id = 999;
	assert_int_equal(store_message_add(w->store, &m, w->now_ms, &id), -ENOENT);
}

static void refusals_inside_a_transaction_leave_it_whole(void **state)
{
	struct world *w = *state;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1), id;
	OK(store_begin(w->store));
	struct store_message m = { .person_id = 999, .body_id = body_new(w, 1) };
	assert_int_equal(store_message_add(w->store, &m, w->now_ms, NULL), -ENOENT);
	assert_int_equal(store_segment_sent(w->store, 256 * 77, 1, w->now_ms), -ENOENT);
	m.person_id = person;
	OK(store_message_add(w->store, &m, w->now_ms, &id));
	OK(store_commit(w->store));
	assert_int_equal(state_of(w, id), MESSAGE_QUEUED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_in_every_state_has_its_result),
		TEST(an_unknown_is_sent_at_most_once_more),
		TEST(an_unknown_that_is_given_up_is_no_failure_that_the_network_reported),
		TEST(an_unknown_outlives_crashes_without_a_third_try),
		TEST(what_was_claimed_before_a_stop_is_not_handed_over_after_it),
		TEST(what_was_claimed_and_never_handed_over_is_no_unknown),
		TEST(a_second_try_that_was_never_handed_over_is_not_counted),
		TEST(after_a_power_cut_everything_on_air_is_unknown),
		TEST(a_restored_copy_does_not_believe_the_note),
		TEST(a_note_that_fails_is_forgotten),
		TEST(attempts_are_counted_for_each_part),
		TEST(a_retry_of_a_first_part_may_go_anywhere_a_later_one_stays),
		TEST(results_are_counted_by_modem_and_time),
		TEST(a_rolled_back_result_counts_nowhere),
		TEST(what_nobody_may_get_is_not_queued),
		TEST(refusals_inside_a_transaction_leave_it_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
