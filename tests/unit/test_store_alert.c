/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents, alerts with their codes, and the answers to them. */
#include "store_world.h"

static struct alert alert_new(struct world *w, int64_t author, char code[ALERT_CODE_SIZE])
{
	struct alert a = { .author_id = author,
		.zones = 3,
		.wide = true,
		.need = 10,
		.code_expires_ms = w->now_ms + 300000,
		.promised_s = 840 };
	text_copy(a.text, sizeof(a.text), "Agents at 5th and Main");
	OK(store_alert_new(w->store, &a, w->now_ms, code));
	return a;
}

static void an_alert_is_kept_as_it_was_written(void **state)
{
	struct world *w = *state;
	char code[ALERT_CODE_SIZE];
	struct alert a = alert_new(w, 7, code), b;
	world_reopen(w);
	OK(store_alert_get(w->store, a.id, &b));
	assert_string_equal(b.text, "Agents at 5th and Main");
	assert_int_equal(b.state, ALERT_PENDING);
	assert_int_equal(b.author_id, 7);
	assert_int_equal(b.zones, 3);
	assert_true(b.wide);
	assert_int_equal(b.need, 10);
	assert_int_equal(b.promised_s, 840);
	assert_int_equal(b.created_ms, w->now_ms);
	assert_int_equal(store_alert_get(w->store, 99, &b), -ENOENT);
}

static void a_code_is_four_digits_and_fits_one_pending_alert(void **state)
{
	struct world *w = *state;
	char codes[50][ALERT_CODE_SIZE];
	int64_t ids[50];
	struct alert found;
	for (int i = 0; i < 50; i++) {
		ids[i] = alert_new(w, i + 1, codes[i]).id;
		assert_int_equal(strlen(codes[i]), 4);
		assert_int_equal(strspn(codes[i], "0123456789"), 4);
	}
	for (int i = 0; i < 50; i++) {
		assert_int_equal(store_alert_by_code(w->store, codes[i], w->now_ms, &found), 1);
		assert_int_equal(found.id, ids[i]);
	}
	assert_int_equal(store_alert_by_code(w->store, codes[0], w->now_ms + 300000, &found), 0);
	assert_int_equal(store_alert_by_code(w->store, "", w->now_ms, &found), 0);
	OK(store_alert_start(w->store, ids[0], 1, w->now_ms + MS_PER_H, w->now_ms));
	assert_int_equal(store_alert_by_code(w->store, codes[0], w->now_ms, &found), 0);
}

static void a_new_alert_of_the_same_author_takes_the_place_of_the_one_before(void **state)
{
	struct world *w = *state;
	char first[ALERT_CODE_SIZE], second[ALERT_CODE_SIZE], other[ALERT_CODE_SIZE];
	struct alert a = alert_new(w, 1, first), c = alert_new(w, 2, other),
		     b = alert_new(w, 1, second), got;
	OK(store_alert_get(w->store, a.id, &got));
	assert_int_equal(got.state, ALERT_CANCELLED);
	assert_int_equal(store_alert_pending(w->store, 1, w->now_ms, &got), 1);
	assert_int_equal(got.id, b.id);
	assert_int_equal(store_alert_pending(w->store, 2, w->now_ms, &got), 1);
	assert_int_equal(got.id, c.id);
	assert_int_equal(store_alert_pending(w->store, 0, w->now_ms, &got), 1);
	assert_int_equal(got.id, b.id);
	assert_int_equal(store_alert_pending(w->store, 3, w->now_ms, &got), 0);
	assert_int_equal(store_alert_pending(w->store, 0, w->now_ms + 300000, &got), 0);
}

static void the_third_wrong_code_cancels(void **state)
{
	struct world *w = *state;
	char code[ALERT_CODE_SIZE];
	struct alert a = alert_new(w, 1, code), other = alert_new(w, 2, code), got;
	assert_int_equal(store_alert_wrong_code(w->store, 1, w->now_ms), 2);
	assert_int_equal(store_alert_wrong_code(w->store, 1, w->now_ms), 1);
	assert_int_equal(store_alert_wrong_code(w->store, 1, w->now_ms), 0);
	OK(store_alert_get(w->store, a.id, &got));
	assert_int_equal(got.state, ALERT_CANCELLED);
	OK(store_alert_get(w->store, other.id, &got));
	assert_int_equal(got.state, ALERT_PENDING);
	assert_int_equal(got.wrong_codes, 0);
}

static void an_alert_starts_once_and_ends_once(void **state)
{
	struct world *w = *state;
	char code[ALERT_CODE_SIZE];
	struct alert a = alert_new(w, 1, code), got;
	OK(store_alert_start(w->store, a.id, 5, w->now_ms + MS_PER_H, w->now_ms));
	assert_int_equal(
		store_alert_start(w->store, a.id, 6, w->now_ms + MS_PER_H, w->now_ms), -EALREADY);
	OK(store_alert_set_held(w->store, a.id, true));
	OK(store_alert_set_summary(w->store, a.id, w->now_ms + 1));
	OK(store_alert_get(w->store, a.id, &got));
	assert_int_equal(got.state, ALERT_RUNNING);
	assert_int_equal(got.broadcast_id, 5);
	assert_int_equal(got.started_ms, w->now_ms);
	assert_true(got.held);
	assert_int_equal(got.summary_ms, w->now_ms + 1);
	OK(store_alert_end(w->store, a.id, ALERT_CLEARED, w->now_ms + 2));
	assert_int_equal(store_alert_end(w->store, a.id, ALERT_CANCELLED, w->now_ms), -EALREADY);
	assert_int_equal(store_alert_end(w->store, 99, ALERT_CANCELLED, w->now_ms), -ENOENT);
	OK(store_alert_get(w->store, a.id, &got));
	assert_int_equal(got.state, ALERT_CLEARED);
	assert_int_equal(got.ended_ms, w->now_ms + 2);
}

static int count_alert(void *ctx, const struct alert *alert)
{
	(void)alert;
	return ++*(int *)ctx == 100 ? -ECANCELED : 0;
}

static void the_next_end_is_the_earliest_code_or_shelf_life(void **state)
{
	struct world *w = *state;
	char code[ALERT_CODE_SIZE];
	int64_t at;
	int running = 0, pending = 0;
	OK(store_alert_next_end(w->store, &at));
	assert_true(at == TIME_NEVER);
	struct alert a = alert_new(w, 1, code), b = alert_new(w, 2, code);
	OK(store_alert_next_end(w->store, &at));
	assert_true(at == w->now_ms + 300000);
	OK(store_alert_start(w->store, a.id, 1, w->now_ms + 1000, w->now_ms));
	OK(store_alert_next_end(w->store, &at));
	assert_true(at == w->now_ms + 1000);
	OK(store_alert_walk(w->store, ALERT_RUNNING, count_alert, &running));
	OK(store_alert_walk(w->store, ALERT_PENDING, count_alert, &pending));
	assert_int_equal(running, 1);
	assert_int_equal(pending, 1);
	OK(store_alert_end(w->store, a.id, ALERT_EXPIRED, w->now_ms));
	OK(store_alert_end(w->store, b.id, ALERT_EXPIRED, w->now_ms));
	OK(store_alert_next_end(w->store, &at));
	assert_true(at == TIME_NEVER);
}

static void answers_are_counted_by_the_last_one_of_each(void **state)
{
	struct world *w = *state;
	char code[ALERT_CODE_SIZE];
	struct answer_counts c;
	int64_t id = alert_new(w, 1, code).id;
	OK(store_answer_counts(w->store, id, w->now_ms, &c));
	assert_int_equal(c.eta_min_soonest, -1);
	assert_int_equal(c.last_ms, 0);
	OK(store_answer_set(w->store, id, 1, ANSWER_YES, w->now_ms + 15 * MS_PER_MIN, w->now_ms));
	OK(store_answer_set(
		w->store, id, 2, ANSWER_YES, w->now_ms + 5 * MS_PER_MIN - 1, w->now_ms + 1));
	OK(store_answer_set(w->store, id, 3, ANSWER_NO, 0, w->now_ms + 2));
	OK(store_answer_set(w->store, id, 3, ANSWER_YES, 0, w->now_ms + 3));
	OK(store_answer_counts(w->store, id, w->now_ms, &c));
	assert_int_equal(c.yes, 3);
	assert_int_equal(c.no, 0);
	assert_int_equal(c.eta_min_soonest, 5);
	assert_int_equal(c.last_ms, w->now_ms + 3);
	OK(store_answer_set(w->store, id, 2, ANSWER_HERE, 0, w->now_ms + 4));
	OK(store_answer_set(w->store, id, 3, ANSWER_DONE, 0, w->now_ms + 5));
	OK(store_answer_counts(w->store, id, w->now_ms, &c));
	assert_int_equal(c.yes, 1);
	assert_int_equal(c.here, 1);
	assert_int_equal(c.done, 1);
	assert_int_equal(c.eta_min_soonest, 15);
	OK(store_answer_counts(w->store, id, w->now_ms + MS_PER_H, &c));
	assert_int_equal(c.eta_min_soonest, 0);
}

/* ---- incidents ------------------------------------------------------------------------------ */

struct trail {
	char text[1024];
};

static int note_seen(void *ctx, const struct incident_note *note)
{
	struct trail *trail = ctx;
	size_t n = strlen(trail->text);
	snprintf(trail->text + n, sizeof(trail->text) - n, "%s/%lld/%s ", note->what,
		(long long)note->who_id, note->text);
	return 0;
}

static void an_incident_keeps_its_trail(void **state)
{
	struct world *w = *state;
	struct incident i;
	struct trail trail = { "" };
	int64_t id;
	OK(store_incident_open(w->store, INCIDENT_REPORT, 5, w->now_ms, &id));
	assert_int_equal(id, 1);
	OK(store_incident_note(w->store, id, 5, "reported", "two vans", w->now_ms));
	OK(store_incident_take(w->store, id, 9, w->now_ms + 1));
	OK(store_incident_set(w->store, id, INCIDENT_CONFIRMED, 9, w->now_ms + 2));
	world_reopen(w);
	OK(store_incident_get(w->store, id, &i));
	assert_int_equal(i.kind, INCIDENT_REPORT);
	assert_int_equal(i.state, INCIDENT_CONFIRMED);
	assert_int_equal(i.reporter_id, 5);
	assert_int_equal(i.taken_by_id, 9);
	assert_int_equal(i.opened_ms, w->now_ms);
	assert_int_equal(i.changed_ms, w->now_ms + 2);
	OK(store_incident_notes(w->store, id, note_seen, &trail));
	assert_string_equal(trail.text, "opened/5/ reported/5/two vans taken/9/ confirmed/9/ ");
	assert_int_equal(store_incident_get(w->store, 99, &i), -ENOENT);
	assert_int_equal(store_incident_set(w->store, 99, INCIDENT_CLOSED, 0, 0), -ENOENT);
	assert_int_equal(store_incident_take(w->store, 99, 1, 0), -ENOENT);
	assert_int_equal(store_incident_note(w->store, 99, 1, "x", NULL, 0), -ENOENT);
}

static int count_incident(void *ctx, const struct incident *incident)
{
	(void)incident;
	++*(int *)ctx;
	return 0;
}

static void a_reporter_s_incident_is_the_newest_that_is_open(void **state)
{
	struct world *w = *state;
	struct incident i;
	int64_t first, second;
	int open = 0, all = 0;
	assert_int_equal(store_incident_of(w->store, 5, 0, &i), -ENOENT);
	OK(store_incident_open(w->store, INCIDENT_REPORT, 5, w->now_ms, &first));
	OK(store_incident_open(w->store, INCIDENT_MESSAGE, 5, w->now_ms + 1, &second));
	OK(store_incident_of(w->store, 5, 0, &i));
	assert_int_equal(i.id, second);
	assert_int_equal(store_incident_of(w->store, 5, w->now_ms + 2, &i), -ENOENT);
	OK(store_incident_set(w->store, second, INCIDENT_UNFOUNDED, 9, w->now_ms + 3));
	OK(store_incident_of(w->store, 5, 0, &i));
	assert_int_equal(i.id, first);
	OK(store_incident_walk(w->store, true, 0, count_incident, &open));
	OK(store_incident_walk(w->store, false, 0, count_incident, &all));
	assert_int_equal(open, 1);
	assert_int_equal(all, 2);
	/* a long list is walked in slices: the next one begins where the last one ended */
	all = 0;
	OK(store_incident_walk(w->store, false, first, count_incident, &all));
	assert_int_equal(all, 1);
	OK(store_incident_walk(w->store, false, second, count_incident, &all));
	assert_int_equal(all, 1);
	struct store_counts c;
	OK(store_counts(w->store, &c));
	assert_int_equal(c.incidents_open, 1);
}

static void an_incident_s_alert_is_its_newest(void **state)
{
	struct world *w = *state;
	char code[ALERT_CODE_SIZE];
	struct alert a = { .incident_id = 4, .author_id = 1, .code_expires_ms = w->now_ms + 1 },
		     got;
	assert_int_equal(store_alert_of_incident(w->store, 4, &got), 0);
	OK(store_alert_new(w->store, &a, w->now_ms, code));
	OK(store_alert_new(w->store, &a, w->now_ms, code));
	assert_int_equal(store_alert_of_incident(w->store, 4, &got), 1);
	assert_int_equal(got.id, a.id);
	struct store_counts c;
	OK(store_counts(w->store, &c));
	assert_int_equal(c.alerts_pending, 1);
	assert_int_equal(c.alerts_running, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_alert_is_kept_as_it_was_written),
		TEST(a_code_is_four_digits_and_fits_one_pending_alert),
		TEST(a_new_alert_of_the_same_author_takes_the_place_of_the_one_before),
		TEST(the_third_wrong_code_cancels),
		TEST(an_alert_starts_once_and_ends_once),
		TEST(the_next_end_is_the_earliest_code_or_shelf_life),
		TEST(answers_are_counted_by_the_last_one_of_each),
		TEST(an_incident_keeps_its_trail),
		TEST(a_reporter_s_incident_is_the_newest_that_is_open),
		TEST(an_incident_s_alert_is_its_newest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
