/* SPDX-License-Identifier: Apache-2.0 */
/* What is older than is kept: counts stay, rows go, and the file gives its pages back. */
#include "store_world.h"

#define OLD_MS  (40 * MS_PER_DAY)
#define PEOPLE  6
#define STRANGE 9 /* error of the copy that failed */

struct sums {
	int64_t people, accepted, segments, delivered, failed, reported;
};

static int add_up(void *ctx, const struct store_copies *copies)
{
	struct sums *sums = ctx;
	sums->people += copies->people;
	sums->accepted += copies->accepted;
	sums->segments += copies->segments;
	sums->delivered += copies->state == MESSAGE_DELIVERED ? copies->people : 0;
	sums->failed +=
		copies->state == MESSAGE_FAILED && copies->error == STRANGE ? copies->people : 0;
	sums->reported += copies->reported ? copies->people : 0;
	return 0;
}

static struct sums report_of(struct world *w, int64_t broadcast)
{
	struct sums sums = { .people = 0 };
	int64_t after = 0;
	int rc;
	while ((rc = store_copies_walk(w->store, broadcast, &after, 4, add_up, &sums)) == 1)
		;
	OK(rc);
	return sums;
}

/* A running alert to everybody; its broadcast. */
static int64_t alert_new(struct world *w, struct alert *alert)
{
	char code[ALERT_CODE_SIZE];
	int64_t incident, broadcast;
	struct store_broadcast b = { .zones = 1, .expires_ms = w->now_ms + MS_PER_H };
	OK(store_incident_open(w->store, INCIDENT_REPORT, 0, w->now_ms, &incident));
	*alert = (struct alert){
		.incident_id = incident, .zones = 1, .code_expires_ms = w->now_ms + MS_PER_MIN
	};
	text_copy(alert->text, sizeof(alert->text), "Van at 5th and Main");
	OK(store_alert_new(w->store, alert, w->now_ms, code));
	b.alert_id = alert->id;
	OK(store_broadcast_new(w->store, &b, w->now_ms, &broadcast));
	OK(store_broadcast_body(w->store, broadcast, "", body_new(w, 1)));
	OK(store_alert_start(w->store, alert->id, broadcast, w->now_ms + MS_PER_H, w->now_ms));
	OK(store_broadcast_expand(w->store, 1000, w->now_ms));
	return broadcast;
}

/* Also its incident. */
static void alert_is_over(struct world *w, const struct alert *alert)
{
	OK(store_alert_end(w->store, alert->id, ALERT_CLEARED, w->now_ms));
	OK(store_incident_set(w->store, alert->incident_id, INCIDENT_CLOSED, 0, w->now_ms));
}

/* One fails, one is only accepted, the others arrive. */
static void alert_leaves(struct world *w)
{
	struct store_claim c;
	for (int i = 0; claim(w, "sim1", &c) == 1; i++) {
		if (i == 0) {
			OK(store_segment_failed(w->store, c.segment_id, STRANGE, w->now_ms));
			continue;
		}
		OK(store_segment_sent(w->store, c.segment_id, i, w->now_ms));
		if (i > 1)
			assert_int_equal(store_report(w->store, "sim1", i, c.phone,
						 REPORT_DELIVERED, w->now_ms, w->now_ms),
				1);
	}
	assert_true(store_due(w->store, 100, w->now_ms) >= 0);
}

static void people_new(struct world *w)
{
	for (int i = 0; i < PEOPLE; i++)
		person_new(w, i + 1, i ? ROLE_MEMBER : ROLE_RESPONDER, i % 2 ? 1 : 3);
}

static int64_t drop_all(struct world *w, int64_t rows_ms, int64_t trail_ms)
{
	struct store_round round = { .keep = { .rows_ms = rows_ms, .trail_ms = trail_ms } };
	int rc;
	while ((rc = store_drop_old(w->store, &round)) == 1)
		;
	OK(rc);
	return round.gone;
}

static void a_box_that_keeps_nothing_is_looked_through_at_once(void **state)
{
	struct world *w = *state;
	struct store_round round = { .keep = { .rows_ms = NOW_MS, .trail_ms = NOW_MS } };
	assert_int_equal(store_drop_old(w->store, &round), 0);
	assert_int_equal(round.gone, 0);
}

static void copies_become_counts_and_the_report_tells_the_same(void **state)
{
	struct world *w = *state;
	struct answer_counts said, still;
	struct store_tally tally, later;
	struct alert alert;
	people_new(w);
	int64_t broadcast = alert_new(w, &alert);
	alert_leaves(w);
	OK(store_answer_set(w->store, alert.id, 1, ANSWER_YES, 0, w->now_ms));
	OK(store_answer_set(w->store, alert.id, 2, ANSWER_NO, 0, w->now_ms));
	alert_is_over(w, &alert);
	message_new(w, 1, 2, CLASS_REPLY); /* the youngest stays, whatever it is */
	struct sums before = report_of(w, broadcast);
	assert_int_equal(before.people, PEOPLE);
	assert_int_equal(before.delivered, PEOPLE - 2);
	assert_int_equal(before.failed, 1);
	OK(store_tally(w->store, broadcast, &tally));
	OK(store_answer_counts(w->store, alert.id, w->now_ms, &said));

	w->now_ms += OLD_MS;
	assert_int_equal(drop_all(w, NOW_MS, NOW_MS), 0); /* not before it is old */
	assert_true(drop_all(w, w->now_ms - MS_PER_DAY, NOW_MS) >= PEOPLE + 2);
	assert_int_equal(peek(w, "SELECT count(*) FROM message"), 1);
	assert_int_equal(peek(w, "SELECT count(*) FROM answer"), 0);
	assert_int_equal(peek(w, "SELECT count(*) FROM body"), 1);
	/* two zones of people, delivered; one accepted, one failed */
	assert_in_range(peek(w, "SELECT count(*) FROM past"), 3, 4);
	struct sums after = report_of(w, broadcast);
	assert_memory_equal(&before, &after, sizeof(before));
	OK(store_answer_counts(w->store, alert.id, w->now_ms, &still));
	assert_int_equal(still.yes, 1);
	assert_int_equal(still.no, 1);
	world_reopen(w); /* counted from the rows again */
	OK(store_tally(w->store, broadcast, &later));
	assert_memory_equal(&tally, &later, sizeof(tally));

	/* the trail is over too: of everything that was sent the sum is left */
	assert_true(drop_all(w, w->now_ms - MS_PER_DAY, w->now_ms - MS_PER_DAY) == 0);
	alert_new(w, &alert); /* ids are given by the greatest one: it stays */
	alert_is_over(w, &alert);
	assert_true(drop_all(w, w->now_ms - MS_PER_DAY, w->now_ms - MS_PER_DAY) > 0);
	assert_int_equal(peek(w, "SELECT count(*) FROM incident"), 1);
	assert_int_equal(peek(w, "SELECT count(*) FROM alert"), 1);
	assert_int_equal(peek(w, "SELECT count(*) FROM broadcast"), 1);
	assert_int_equal(peek(w, "SELECT sum(people) FROM past WHERE broadcast = 0"), PEOPLE);
	OK(store_tally(w->store, 0, &later));
	assert_int_equal(later.messages[MESSAGE_DELIVERED], PEOPLE - 2);
	world_reopen(w);
	OK(store_tally(w->store, 0, &later));
	assert_int_equal(later.messages[MESSAGE_DELIVERED], PEOPLE - 2);
	world_close(w); /* its counts are more than its rows */
}

/* Whose fate nobody can know stays apart from what failed, in each of the counts. */
static void what_was_given_up_stays_counted_apart(void **state)
{
	struct world *w = *state;
	struct store_tally tally;
	struct store_claim c;
	struct alert alert;
	people_new(w);
	int64_t broadcast = alert_new(w, &alert);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_failed(w->store, c.segment_id, STRANGE, w->now_ms));
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_unknown(w->store, c.segment_id, 0, w->now_ms + MS_PER_MIN, w->now_ms));
	w->now_ms += 2 * MS_PER_MIN;
	assert_int_equal(store_due(w->store, 100, w->now_ms), 1);
	assert_true(store_broadcast_drop(w->store, broadcast, w->now_ms) > 0);
	assert_true(store_due(w->store, 100, w->now_ms) >= 0);
	alert_is_over(w, &alert);
	for (int round = 0; round < 3; round++) {
		OK(store_tally(w->store, round < 2 ? broadcast : 0, &tally));
		assert_int_equal(tally.messages[MESSAGE_FAILED], 2);
		assert_int_equal(tally.given_up, 1);
		w->now_ms += OLD_MS;
		alert_new(w, &alert); /* ids are given by the greatest one: it stays */
		alert_is_over(w, &alert);
		drop_all(w, w->now_ms - MS_PER_DAY, round ? w->now_ms - MS_PER_DAY : NOW_MS);
		world_reopen(w);
	}
	world_close(w); /* its counts are more than its rows */
}

static void what_is_not_over_stays_however_old(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	struct alert alert;
	people_new(w);
	alert_new(w, &alert);
	alert_leaves(w);
	int64_t waiting = message_new(w, 1, 1, CLASS_REPLY), unknown;
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_unknown(w->store, c.segment_id, 0, TIME_NEVER, w->now_ms));
	unknown = c.message_id;
	assert_int_equal(unknown, waiting);
	waiting = message_new(w, 2, 1, CLASS_REPLY);
	message_new(w, 3, 1, CLASS_REPLY);
	w->now_ms += OLD_MS;
	assert_int_equal(drop_all(w, w->now_ms, w->now_ms), 0); /* the alert still runs */
	OK(store_alert_end(w->store, alert.id, ALERT_EXPIRED, NOW_MS));
	assert_true(drop_all(w, w->now_ms, w->now_ms) >= PEOPLE);
	assert_int_equal(peek(w, "SELECT count(*) FROM message"), 3);
	assert_int_equal(state_of(w, unknown), MESSAGE_UNKNOWN);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.message_id, waiting);
	assert_int_equal(c.part_size, 100);
	world_close(w);
}

/* Nobody closed it: however long nothing was said of it, it is still to be looked after. */
static void an_open_incident_stays_with_its_trail(void **state)
{
	struct world *w = *state;
	struct incident incident;
	int64_t ids[INCIDENT_STATES];
	for (int i = 0; i < INCIDENT_STATES; i++) {
		OK(store_incident_open(w->store, INCIDENT_REPORT, 0, w->now_ms, &ids[i]));
		OK(store_incident_note(w->store, ids[i], 0, "reported", "x", w->now_ms));
		OK(store_incident_set(w->store, ids[i], (enum incident_state)i, 0, w->now_ms));
	}
	w->now_ms += 11 * OLD_MS;
	OK(store_incident_open(w->store, INCIDENT_REPORT, 0, w->now_ms, &ids[0]));
	OK(store_incident_note(w->store, ids[0], 0, "reported", "x", w->now_ms));
	assert_true(drop_all(w, w->now_ms - MS_PER_DAY, w->now_ms - MS_PER_DAY) > 0);
	for (int i = 1; i < INCIDENT_STATES; i++) {
		bool open = i < INCIDENT_CLOSED;
		assert_int_equal(
			store_incident_get(w->store, ids[i], &incident), open ? 0 : -ENOENT);
		assert_int_equal(peek(w, "SELECT count(*) > 0 FROM note WHERE incident = %lld",
					 (long long)ids[i]),
			open);
	}
}

static void texts_go_and_are_still_counted(void **state)
{
	struct world *w = *state;
	struct store_counts counts;
	struct store_landing l;
	people_new(w);
	for (int i = 0; i < 300; i++) {
		struct store_fragment f = { .kind = PHONE_E164,
			.modem = "sim1",
			.sent_ms = w->now_ms,
			.reference = -1,
			.total = 1,
			.seq = 1,
			.pdu = &i,
			.pdu_size = sizeof(i) };
		text_copy(f.sender, sizeof(f.sender), phone_of(1));
		OK(store_fragment_add(w->store, &f, w->now_ms, &l));
		OK(store_text_complete(w->store, l.text_id, "x", 0, w->now_ms));
		if (i != 7)
			OK(store_text_handled(w->store, l.text_id, "x", w->now_ms));
	}
	assert_int_equal(drop_all(w, w->now_ms + OLD_MS, NOW_MS), 298);
	assert_int_equal(peek(w, "SELECT count(*) FROM text"), 2);
	assert_int_equal(peek(w, "SELECT count(*) FROM fragment"), 2);
	for (int again = 0; again < 2; again++) {
		OK(store_counts(w->store, &counts));
		assert_int_equal(counts.received, 300);
		assert_int_equal(counts.handled, 299);
		world_reopen(w);
	}
	world_close(w);
}

static void a_number_that_lived_in_between_begins_its_count_anew(void **state)
{
	struct world *w = *state;
	struct alert alert;
	struct store_claim c;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1);
	for (int i = 0; i < 2; i++) {
		alert_new(w, &alert);
		assert_int_equal(claim(w, "sim1", &c), 1);
		OK(store_segment_failed(w->store, c.segment_id, 1, w->now_ms));
		OK(store_person_failed(w->store, phone_of(1), w->now_ms));
		OK(store_alert_end(w->store, alert.id, ALERT_CLEARED, w->now_ms));
		assert_true(store_due(w->store, 100, w->now_ms) >= 0);
	}
	assert_int_equal(peek(w, "SELECT alerts FROM failing"), 2);
	w->now_ms += MS_PER_H;
	message_new(w, person, 1, CLASS_REPLY);
	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, 5, w->now_ms));
	assert_int_equal(store_report(w->store, "sim1", 5, phone_of(1), REPORT_DELIVERED, w->now_ms,
				 w->now_ms),
		1);
	message_new(w, person, 1, CLASS_REPLY);
	assert_true(drop_all(w, w->now_ms + OLD_MS, NOW_MS) > 0);
	assert_int_equal(peek(w, "SELECT count(*) FROM failing"), 0);
	world_close(w);
}

/* ---- readers and guests ---------------------------------------------------------------------- */

static int add_readers(void *ctx, const char *language, int64_t people)
{
	int64_t *sums = ctx;
	sums[strcmp(language, "es") == 0] += people;
	return 0;
}

static void readers_are(struct world *w, enum digest_period period, int64_t other, int64_t es)
{
	int64_t sums[2] = { 0, 0 };
	OK(store_readers_count(w->store, period, add_readers, sums));
	assert_int_equal(sums[0], other);
	assert_int_equal(sums[1], es);
	readers_and_guests_are_true(w);
}

static void readers_are_counted_as_they_come_change_and_go(void **state)
{
	struct world *w = *state;
	people_new(w);
	for (int64_t id = 1; id <= PEOPLE; id++) {
		OK(store_person_set_language(w->store, id, id <= 2 ? "es" : "en"));
		OK(store_reader_set(w->store, id, DIGEST_DAILY));
	}
	readers_are(w, DIGEST_DAILY, 4, 2);
	OK(store_reader_set(w->store, 1, DIGEST_WEEKLY));
	OK(store_reader_set(w->store, 1, DIGEST_WEEKLY));
	readers_are(w, DIGEST_DAILY, 4, 1);
	readers_are(w, DIGEST_WEEKLY, 0, 1);
	OK(store_person_set_language(w->store, 1, "en"));
	readers_are(w, DIGEST_WEEKLY, 1, 0);
	OK(store_person_leave(w->store, 2, w->now_ms, NULL));
	OK(store_person_remove(w->store, 3, w->now_ms));
	OK(store_reader_set(w->store, 4, DIGEST_OFF));
	readers_are(w, DIGEST_DAILY, 2, 0);
	OK(store_begin(w->store));
	OK(store_reader_set(w->store, 5, DIGEST_MONTHLY));
	store_rollback(w->store);
	readers_are(w, DIGEST_DAILY, 2, 0);
	world_reopen(w);
	readers_are(w, DIGEST_DAILY, 2, 0);
	readers_are(w, DIGEST_WEEKLY, 1, 0);
	readers_are(w, DIGEST_MONTHLY, 0, 0);
}

static void guests_are(struct world *w, int64_t event, struct rsvp_counts want)
{
	struct rsvp_counts counts;
	OK(store_rsvp_count(w->store, event, &counts));
	assert_memory_equal(&counts, &want, sizeof(want));
	readers_and_guests_are_true(w);
}

static void guests_are_counted_as_they_come_change_and_go(void **state)
{
	struct world *w = *state;
	people_new(w);
	guests_are(w, 7, (struct rsvp_counts){ .yes = 0 });
	for (int64_t id = 1; id <= PEOPLE; id++)
		OK(store_rsvp_set(w->store, 7, id, (int)id - 1, w->now_ms));
	OK(store_rsvp_set(w->store, 8, 1, 1, w->now_ms));
	guests_are(w, 7, (struct rsvp_counts){ .yes = 5, .people = 15, .no = 1 });
	OK(store_rsvp_set(w->store, 7, 6, 0, w->now_ms));
	OK(store_rsvp_set(w->store, 7, 1, 2, w->now_ms));
	guests_are(w, 7, (struct rsvp_counts){ .yes = 5, .people = 12, .no = 1 });
	OK(store_person_leave(w->store, 1, w->now_ms, NULL));
	guests_are(w, 7, (struct rsvp_counts){ .yes = 4, .people = 10, .no = 1 });
	guests_are(w, 8, (struct rsvp_counts){ .yes = 0 });
	world_reopen(w);
	guests_are(w, 7, (struct rsvp_counts){ .yes = 4, .people = 10, .no = 1 });
}

static void answers_to_what_is_over_go_in_slices(void **state)
{
	struct world *w = *state;
	struct bulletin event = { .kind = BULLETIN_EVENT, .at_ms = w->now_ms + 1, .text = "x" };
	struct bulletin coming = { .kind = BULLETIN_EVENT, .at_ms = w->now_ms + OLD_MS };
	people_new(w);
	OK(store_bulletin_new(w->store, &event, w->now_ms));
	OK(store_bulletin_new(w->store, &coming, w->now_ms));
	for (int64_t id = 1; id <= PEOPLE; id++) {
		OK(store_rsvp_set(w->store, event.id, id, 2, w->now_ms));
		OK(store_rsvp_set(w->store, coming.id, id, 1, w->now_ms));
	}
	w->now_ms += 2;
	for (int64_t left = PEOPLE - 2; left >= 0; left -= 2) {
		assert_int_equal(store_bulletin_forget(w->store, w->now_ms, 2), 1);
		guests_are(w, event.id, (struct rsvp_counts){ .yes = left, .people = 2 * left });
		OK(store_bulletin_get(w->store, event.id, &event));
	}
	OK(store_bulletin_forget(w->store, w->now_ms, 2));
	assert_int_equal(store_bulletin_get(w->store, event.id, &event), -ENOENT);
	guests_are(w, event.id, (struct rsvp_counts){ .yes = 0 });
	guests_are(w, coming.id, (struct rsvp_counts){ .yes = PEOPLE, .people = PEOPLE });
}

/* ---- the file ------------------------------------------------------------------------------- */

static int64_t size_of(struct world *w)
{
	int64_t bytes, unused;
	OK(store_size(w->store, &bytes, &unused));
	return bytes;
}

static void many_messages(struct world *w, int n)
{
	struct store_claim c;
	OK(store_begin(w->store));
	for (int i = 0; i < n; i++) {
		message_new(w, 1, 1, CLASS_REPLY);
		assert_int_equal(claim(w, "sim1", &c), 1);
		OK(store_segment_sent(w->store, c.segment_id, i & 255, w->now_ms));
	}
	OK(store_commit(w->store));
}

/* Whether a body is still needed is asked of all messages, a slice of them at a time. */
static void what_messages_still_need_is_looked_for_in_slices(void **state)
{
	struct world *w = *state;
	struct store_forgetting pass = { .before_ms = w->now_ms + 1 };
	int rc, slices = 0;
	people_new(w);
	many_messages(w, 5000);
	w->now_ms += 1;
	int64_t young = message_new(w, 1, 1, CLASS_REPLY);
	many_messages(w, 1);
	assert_int_equal(store_forget(w->store, &pass, 1000), 1);
	assert_in_range(pass.after_id, 1, 2500);
	while ((rc = store_forget(w->store, &pass, 1000)) == 1)
		slices++;
	OK(rc);
	assert_in_range(slices, 2 + 4, 2 + 6);
	assert_int_equal(pass.gone, 5000);
	assert_int_equal(peek(w, "SELECT min(id) FROM body WHERE text IS NOT NULL"),
		peek(w, "SELECT body FROM message WHERE id = %lld", (long long)young));
}

static void what_is_free_goes_back_to_the_disk(void **state)
{
	struct world *w = *state;
	int rc, slices = 0;
	people_new(w);
	many_messages(w, 8000);
	int64_t big = size_of(w);
	drop_all(w, w->now_ms + OLD_MS, NOW_MS);
	assert_int_equal(size_of(w), big);
	while ((rc = store_shrink(w->store)) == 1)
		slices++;
	OK(rc);
	assert_true(slices > 10); /* a few at a time */
	assert_true(size_of(w) < big / 3);
	world_close(w);
}

/* As a Faro that did not know of it would have left its file. */
static void forget_auto_vacuum(struct world *w)
{
	char path[PATH_MAX];
	sqlite3 *db;
	world_close(w);
	snprintf(path, sizeof(path), "%s/faro.db", w->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "PRAGMA auto_vacuum = NONE; VACUUM", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_small_file_of_an_older_faro_is_made_anew_a_big_one_is_not(void **state)
{
	struct world *w = *state;
	people_new(w);
	forget_auto_vacuum(w);
	OK(world_open(w));
	assert_int_equal(peek(w, "PRAGMA auto_vacuum"), 2);
	assert_int_equal(peek(w, "SELECT count(*) FROM person"), PEOPLE);
	many_messages(w, 20000);
	assert_true(size_of(w) > 4 * 1024 * 1024);
	forget_auto_vacuum(w);
	OK(world_open(w));
	assert_int_equal(peek(w, "PRAGMA auto_vacuum"), 0);
	OK(store_shrink(w->store));
	drop_all(w, w->now_ms + OLD_MS, NOW_MS); /* it is used again all the same */
	int64_t big = size_of(w);
	many_messages(w, 18000);
	assert_true(size_of(w) <= big);
	drop_all(w, w->now_ms + OLD_MS, NOW_MS);
	world_reopen(w); /* and there is little enough in it now */
	assert_int_equal(peek(w, "PRAGMA auto_vacuum"), 2);
	assert_true(size_of(w) < big / 3);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_box_that_keeps_nothing_is_looked_through_at_once),
		TEST(copies_become_counts_and_the_report_tells_the_same),
		TEST(what_was_given_up_stays_counted_apart),
		TEST(what_is_not_over_stays_however_old),
		TEST(an_open_incident_stays_with_its_trail),
		TEST(texts_go_and_are_still_counted),
		TEST(a_number_that_lived_in_between_begins_its_count_anew),
		TEST(readers_are_counted_as_they_come_change_and_go),
		TEST(guests_are_counted_as_they_come_change_and_go),
		TEST(answers_to_what_is_over_go_in_slices),
		TEST(what_messages_still_need_is_looked_for_in_slices),
		TEST(what_is_free_goes_back_to_the_disk),
		TEST(a_small_file_of_an_older_faro_is_made_anew_a_big_one_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
