/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of an alert for its report, and the walks that read it in slices. */
#include "store_world.h"

#define PEOPLE 10

/* The alert of an incident, its broadcast expanded to ten people: even ones of zone 1. */
static int64_t alert_to_ten(struct world *w, int64_t *alert_id)
{
	struct alert alert = { .incident_id = 7,
		.code_expires_ms = w->now_ms + MS_PER_MIN,
		.promised_s = 40,
		.promised_people = PEOPLE,
		.promised_segments = 12 };
	struct store_broadcast broadcast = { .kind = BROADCAST_ALERT,
		.zones = ZONES_ALL,
		.wide = true,
		.expires_ms = w->now_ms + MS_PER_H };
	char code[ALERT_CODE_SIZE];
	int64_t id;

	for (int i = 0; i < PEOPLE; i++)
		person_new(w, i, ROLE_RESPONDER, i % 2 ? 2 : 1);
	OK(store_alert_new(w->store, &alert, w->now_ms, code));
	broadcast.alert_id = alert.id;
	OK(store_broadcast_new(w->store, &broadcast, w->now_ms, &id));
	OK(store_broadcast_body(w->store, id, "", body_new(w, 1)));
	while (store_broadcast_expand(w->store, 100, w->now_ms) == 1)
		;
	OK(store_alert_start(w->store, alert.id, id, w->now_ms + MS_PER_H, w->now_ms));
	*alert_id = alert.id;
	return id;
}

static void send_next(struct world *w, int reference)
{
	struct store_claim c;

	assert_int_equal(claim(w, "sim1", &c), 1);
	OK(store_segment_sent(w->store, c.segment_id, reference, w->now_ms));
}

struct seen {
	int64_t people, delivered, segments, groups;
	int64_t sent_min, arrived_min, last_sent_ms;
	uint64_t zones;
	int end;
};

static int see_copies(void *ctx, const struct store_copies *copies)
{
	struct seen *seen = ctx;

	seen->groups++;
	seen->people += copies->people;
	seen->segments += copies->segments;
	seen->zones |= copies->zones;
	assert_string_equal(copies->language, "en");
	if (copies->state != MESSAGE_DELIVERED)
		return seen->end;
	assert_string_equal(copies->modem, "sim1");
	assert_true(copies->reported);
	seen->delivered += copies->people;
	seen->sent_min = copies->sent_min;
	seen->arrived_min = copies->arrived_min;
	seen->last_sent_ms = copies->last_sent_ms;
	return seen->end;
}

static void a_promise_is_kept_with_its_people_and_segments(void **state)
{
	struct world *w = *state;
	struct alert alert, none;
	int64_t id;

	alert_to_ten(w, &id);
	world_reopen(w);
	assert_int_equal(store_alert_behind(w->store, 7, 0, &alert), 1);
	assert_int_equal(alert.id, id);
	assert_int_equal(alert.promised_s, 40);
	assert_int_equal(alert.promised_people, PEOPLE);
	assert_int_equal(alert.promised_segments, 12);
	assert_int_equal(store_alert_behind(w->store, 7, id, &none), 0);
	assert_int_equal(store_alert_behind(w->store, 8, 0, &none), 0);
}

static void the_minutes_of_sending_and_of_the_report_are_told(void **state)
{
	struct world *w = *state;
	struct seen seen = { .people = 0 };
	int64_t alert, broadcast = alert_to_ten(w, &alert), after = 0, start_ms = w->now_ms;

	for (int i = 0; i < 4; i++)
		send_next(w, i);
	w->now_ms += 3 * MS_PER_MIN;
	for (int i = 0; i < 4; i++)
		assert_int_equal(store_report(w->store, "sim1", i, phone_of(i), REPORT_DELIVERED,
					 start_ms, w->now_ms),
			1);
	assert_int_equal(store_copies_walk(w->store, broadcast, &after, 100, see_copies, &seen), 0);
	assert_int_equal(seen.people, PEOPLE);
	assert_int_equal(seen.delivered, 4);
	assert_int_equal(seen.segments, 4);
	assert_int_equal(seen.zones, 3);
	assert_int_equal(seen.sent_min, start_ms / MS_PER_MIN);
	assert_int_equal(seen.arrived_min, start_ms / MS_PER_MIN + 3);
	assert_int_equal(seen.last_sent_ms, start_ms);
	/* two zones, delivered and queued each: what is alike is one group */
	assert_int_equal(seen.groups, 4);
}

static void slices_tell_everybody_once(void **state)
{
	struct world *w = *state;
	struct seen seen = { .people = 0 };
	int64_t alert, broadcast = alert_to_ten(w, &alert), after = 0;
	int slices = 1;

	/* a copy of somebody else's lies between them */
	message_new(w, 1, 1, CLASS_REPLY);
	while (store_copies_walk(w->store, broadcast, &after, 3, see_copies, &seen) == 1)
		slices++;
	assert_int_equal(slices, 4);
	assert_int_equal(seen.people, PEOPLE);
	seen.end = -ECANCELED;
	after = 0;
	assert_int_equal(
		store_copies_walk(w->store, broadcast, &after, 3, see_copies, &seen), -ECANCELED);
}

static int see_held(void *ctx, const struct store_copies *copies)
{
	int64_t *held = ctx;

	*held += copies->state == MESSAGE_HELD ? copies->people : 0;
	return 0;
}

static void copies_behind_a_gate_are_told_as_what_they_are(void **state)
{
	struct world *w = *state;
	int64_t alert, broadcast = alert_to_ten(w, &alert), after = 0, held = 0;

	send_next(w, 1);
	assert_int_equal(store_broadcast_hold(w->store, broadcast, w->now_ms), PEOPLE - 1);
	assert_int_equal(store_copies_walk(w->store, broadcast, &after, 100, see_held, &held), 0);
	assert_int_equal(held, PEOPLE - 1);
}

static int see_answer(void *ctx, const struct store_answer *answer)
{
	*(struct store_answer *)ctx = *answer;
	return 0;
}

static void the_first_answer_and_the_first_yes_keep_their_time(void **state)
{
	struct world *w = *state;
	int64_t id, after = 0, start_ms = w->now_ms;
	struct store_answer answer;
	struct alert alert;

	alert_to_ten(w, &id);
	OK(store_answer_set(w->store, id, 1, ANSWER_NO, 0, start_ms + 1000));
	OK(store_answer_set(w->store, id, 1, ANSWER_YES, 0, start_ms + 2000));
	OK(store_answer_set(w->store, id, 1, ANSWER_HERE, 0, start_ms + 3000));
	OK(store_answer_set(w->store, id, 2, ANSWER_YES, 0, start_ms + 4000));
	OK(store_alert_get(w->store, id, &alert));
	assert_int_equal(alert.first_yes_ms, start_ms + 2000);
	assert_int_equal(store_answers_walk(w->store, id, &after, 1, see_answer, &answer), 1);
	assert_int_equal(answer.answer, ANSWER_HERE);
	assert_int_equal(answer.first_ms, start_ms + 1000);
	assert_int_equal(answer.zones, 1);
	assert_int_equal(store_answers_walk(w->store, id, &after, 5, see_answer, &answer), 0);
	assert_int_equal(answer.first_ms, start_ms + 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_promise_is_kept_with_its_people_and_segments),
		TEST(the_minutes_of_sending_and_of_the_report_are_told),
		TEST(slices_tell_everybody_once),
		TEST(copies_behind_a_gate_are_told_as_what_they_are),
		TEST(the_first_answer_and_the_first_yes_keep_their_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
