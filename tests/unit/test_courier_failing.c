/* SPDX-License-Identifier: Apache-2.0 */
/* What each error class does, row by row, and what becomes of a number that fails for good. */
#include "courier_world.h"

#include "../../firmware/courier/office.h"

/* ---- the classes, as the table of +CMS ERROR classes has them -------------------------------- */

enum { ONCE_MORE = 2, ALWAYS = ATTEMPTS_MAX, LONG = ATTEMPTS_OUTAGE };

static const struct {
	int codes[12];
	enum ruling ruling;
	int attempts;    /* after so many it is given up; 0 = at once */
	double waits[4]; /* seconds before the second, third, fourth and fifth try */
	bool slows, parks, alarms;
} rows[] = {
	{ { 1, 28, 29, 30, 50, 69, 96, 97, 98, 99, 111 }, RULING_FAILED, 0, { 0 }, .slows = false },
	{ { 8, 10 }, RULING_FAILED, 0, { 0 }, .parks = true, .alarms = true },
	{ { 21 }, RULING_AGAIN, ONCE_MORE, { 120 }, .slows = false },
	{ { 27, 41, 47, 331, 332, 512, 513, 515 }, RULING_AGAIN, ALWAYS, { 5, 15, 45, 120 },
		.slows = false },
	{ { 42, 514 }, RULING_AGAIN, ALWAYS, { 5, 15, 45, 120 }, .slows = true },
	{ { 38 }, RULING_AGAIN, LONG, { 0, 0.5, 1, 5 }, .parks = true, .alarms = true },
	{ { 17, 500 }, RULING_UNKNOWN, 0, { 0 }, .slows = false },
	{ { 310, 311, 312, 313, 314, 315, 316, 317, 318 }, RULING_AGAIN, LONG, { 0, 0.5, 1, 5 },
		.parks = true, .alarms = true },
	{ { 20, 22, 322 }, RULING_AGAIN, ALWAYS, { 5, 5, 5, 5 }, .alarms = true },
	/* The SIM rests while its centre is set; another modem may have the next try. */
	{ { 330 }, RULING_AGAIN, ONCE_MORE, { 0 }, .parks = true, .alarms = true },
	{ { 302, 303, 304, 305, 321, 340 }, RULING_FAILED, 0, { 0 }, .alarms = true },
};

static void check_code(size_t row, int code)
{
	static const struct courier_settings settings = { .retry_s = { 5, 15, 45, 120, 600 },
		.retries = 5 };
	struct modem_result result = refused_with(code);
	const struct verdict *verdict = verdict_find(&result);
	int tries = rows[row].attempts ? rows[row].attempts : 1;
	bool right = verdict->ruling == rows[row].ruling && verdict->slows == rows[row].slows &&
		     (verdict->park_s > 0) == rows[row].parks &&
		     (verdict->alarm != NULL) == rows[row].alarms;
	if (rows[row].ruling == RULING_AGAIN)
		right = right && verdict_ruling(verdict, tries, code) == RULING_FAILED &&
			verdict_ruling(verdict, tries - 1, code) == RULING_AGAIN;
	for (int i = 0; rows[row].ruling == RULING_AGAIN && i < 4 && i < tries - 1; i++)
		right = right && verdict_wait_ms(verdict, i + 1, &settings) ==
					 (int64_t)(rows[row].waits[i] * MS_PER_S);
	if (!right)
		fail_msg("+CMS ERROR %d does not act as its class", code);
}

static void test_every_code_acts_as_its_class(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (int k = 0; rows[i].codes[k]; k++)
			check_code(i, rows[i].codes[k]);
	struct modem_result none = ended(MODEM_SENT_UNKNOWN);
	assert_int_equal(verdict_find(&none)->ruling, RULING_UNKNOWN);
}

/** The same on the courier: what it leaves in the store and of the modem, and who sends next. */
static void drive_code(size_t row, int code)
{
	struct world *world = world_new(2);
	struct modem *bad = &world->modems[0], *other = &world->modems[1];
	bool again = rows[row].ruling == RULING_AGAIN, moves = rows[row].parks && again;
	other->busy = true;
	queue(world, ANA, CLASS_ALERT, "come");
	turn(world);
	answer(bad, refused_with(code));
	turn(world);
	bool right = bad->parked == rows[row].parks && (world->alarms > 0) == rows[row].alarms &&
		     count(world, MESSAGE_FAILED) == (rows[row].ruling == RULING_FAILED) &&
		     count(world, MESSAGE_UNKNOWN) == (rows[row].ruling == RULING_UNKNOWN) &&
		     !bad->sending;
	other->busy = moves ? false : other->busy;
	courier_wake(world->courier);
	turn(world);
	right = right && other->sending == moves;
	if (again && !moves) {
		/* the same one again: not before its wait, and then at once */
		pass(world, rows[row].waits[0] * MS_PER_S - 1);
		right = right && !bad->sending;
		pass(world, 2);
		right = right && bad->sending;
	}
	if (!right)
		fail_msg("+CMS ERROR %d does not act as its class on the courier", code);
	world_free(world);
}

static void test_every_code_is_acted_on_by_the_courier(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (int k = 0; rows[i].codes[k]; k++)
			drive_code(i, rows[i].codes[k]);
}

/*
 * Each answer is judged by its own kind: what came before it, an hour without a network or a moment
 * of it, takes away no try.
 */
static void test_an_outage_before_costs_no_try_of_another_kind(void **state)
{
	(void)state;
	static const struct {
		int outages, code, tries; /* of that code, until it is given up */
	} cases[] = { { 1, 21, 2 }, { 1, 330, 2 }, { 3, 21, 2 }, { 9, 41, 11 }, { 15, 41, 5 },
		{ 15, 42, 5 }, { 0, 41, 10 } };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world *world = world_new(1);
		struct modem *modem = &world->modems[0];
		queue(world, ANA, CLASS_ALERT, "come");
		for (int k = 0; k < cases[i].outages + cases[i].tries; k++) {
			for (int wait = 0; wait < 20 && !modem->sending; wait++)
				pass(world, MS_PER_MIN);
			if (!modem->sending)
				fail_msg("case %zu: given up after %d tries", i, k);
			answer(modem, refused_with(k < cases[i].outages ? 38 : cases[i].code));
			turn(world);
		}
		assert_int_equal(count(world, MESSAGE_FAILED), 1);
		world_free(world);
	}
}

/* 38 and the SIM's codes: minutes, and then the modem is tried again. */
static void test_a_parked_modem_is_tried_again_after_its_time(void **state)
{
	(void)state;
	static const struct {
		int code;
		int64_t within_ms;
	} parks[] = { { 38, MS_PER_MIN }, { 310, 6 * MS_PER_MIN }, { 8, 61 * MS_PER_MIN } };
	for (size_t i = 0; i < ARRAY_SIZE(parks); i++) {
		struct world *world = world_new(1);
		struct modem *modem = &world->modems[0];
		queue(world, ANA, CLASS_ALERT, "come");
		turn(world);
		answer(modem, refused_with(parks[i].code));
		turn(world);
		queue(world, BEN, CLASS_ALERT, "come");
		turn(world);
		assert_false(modem->sending);
		pass(world, parks[i].within_ms);
		assert_false(modem->parked);
		assert_true(modem->sending);
		world_free(world);
	}
}

static void test_congestion_halves_the_pace_of_a_promise_and_recovers_slowly(void **state)
{
	(void)state;
	static const int codes[] = { 42, 514 };
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct world *world = world_new(1);
		struct modem *modem = &world->modems[0];
		struct courier_pace before, after;
		queue(world, ANA, CLASS_REPLY, "one");
		turn(world);
		answer(modem, accepted_as(1));
		turn(world);
		courier_get_pace(world->courier, &before);
		queue(world, BEN, CLASS_REPLY, "two");
		turn(world);
		answer(modem, refused_with(codes[i]));
		turn(world);
		courier_get_pace(world->courier, &after);
		assert_true(after.segments_per_s == before.segments_per_s / 2);
		for (int k = 0; k < 5; k++) {
			pass(world, MS_PER_MIN);
			if (!modem->sending)
				queue(world, ANA, CLASS_REPLY, "more");
			pass(world, MS_PER_MIN);
			answer(modem, accepted_as(k));
			turn(world);
		}
		courier_get_pace(world->courier, &after);
		assert_true(after.segments_per_s > before.segments_per_s / 2);
		assert_true(after.segments_per_s < before.segments_per_s);
		world_free(world);
	}
}

static void test_a_parked_sims_queue_moves_on_to_others(void **state)
{
	(void)state;
	static const int codes[] = { 8, 38, 310, 330 };
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct world *world = world_new(2);
		struct modem *bad = &world->modems[0], *good = &world->modems[1];
		good->busy = true;
		for (int k = 0; k < 20; k++)
			queue(world, k % 2 ? BEN : ANA, CLASS_REPLY, "hello");
		turn(world);
		answer(bad, refused_with(codes[i]));
		good->busy = false;
		turn(world);
		assert_true(bad->parked);
		/* Within the minute that the shortest parking takes, all the others have gone. */
		for (int k = 0; k < 20 && good->sending; k++) {
			answer(good, accepted_as(k));
			turn(world);
		}
		assert_int_equal(bad->sends, 1);
		assert_true(count(world, MESSAGE_SENT) >= 19);
		world_free(world);
	}
}

static void test_a_promise_after_a_restart_knows_the_pace(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct courier_pace pace;
	for (int i = 0; i < 20; i++) {
		struct modem_result result = accepted_as(i);
		result.took_ms = 9000;
		queue(world, ANA, CLASS_REPLY, "hello");
		turn(world);
		answer(&world->modems[0], result);
		turn(world);
	}
	courier_remove_modem(world->courier, &world->modems[0]);
	world_stop(world);
	world_start_store(world);
	world_start(world, 1);
	courier_get_pace(world->courier, &pace);
	assert_true(pace.segment_s == 9.0);
	world_free(world);
}

/* ---- numbers that fail ----------------------------------------------------------------------- */

static int64_t a_member(struct world *world, const char *phone)
{
	struct person person;
	assert_int_equal(store_person_meet(world->store, phone, world->now, &person), 0);
	assert_int_equal(
		store_person_join(world->store, person.id, 1, false, "sms", "YES", world->now), 0);
	return person.id;
}

static enum person_state state_of(struct world *world, const char *phone)
{
	struct person person;
	assert_int_equal(store_person_find(world->store, phone, &person), 0);
	return person.state;
}

/** An alert to everybody; what it does to ANA: a +CMS ERROR, or the TP-ST of a report. */
static void an_alert(struct world *world, int cms, int status)
{
	struct modem *modem = &world->modems[0];
	struct store_broadcast broadcast = { .kind = BROADCAST_ALERT,
		.zones = ZONES_ALL,
		.wide = true,
		.expires_ms = world->now + MS_PER_H };
	int64_t id;
	int rc;
	world->now += MS_PER_H;
	broadcast.expires_ms += MS_PER_H;
	assert_int_equal(store_broadcast_new(world->store, &broadcast, world->now, &id), 0);
	assert_int_equal(store_broadcast_body(world->store, id, "", world_body(world, "come")), 0);
	while ((rc = store_broadcast_expand(world->store, 100, world->now)) == 1)
		;
	assert_int_equal(rc, 0);
	courier_wake(world->courier);
	turn(world);
	while (modem->sending) {
		bool ana = strcmp(on_air(modem), ANA) == 0;
		answer(modem, ana && cms ? refused_with(cms) : accepted_as(9));
		turn(world);
		if (ana && status >= 0)
			report_comes(world, modem, 1, 9, ANA, (uint8_t)status);
		turn(world);
	}
}

static void test_a_number_that_fails_in_three_alerts_is_suspended(void **state)
{
	(void)state;
	/* +CMS ERROR, or TP-ST; whether the number is to blame */
	static const struct {
		int cms, status;
		bool suspended;
	} ways[] = {
		{ 1, -1, true }, { 28, -1, true }, { 111, -1, true }, { 0, 0x43, true },
		{ 0, 0x41, true },
		{ 0, 0x46, false }, /* the phone was off until the text expired */
		{ 0, 0x63, false }, { 0, 0x00, false }, { 304, -1, false }, /* our mistake */
	};
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct world *world = world_new(1);
		int64_t told;
		a_member(world, ANA);
		a_member(world, BEN);
		for (int k = 0; k < 2; k++)
			an_alert(world, ways[i].cms, ways[i].status);
		assert_int_equal(state_of(world, ANA), PERSON_ACTIVE);
		an_alert(world, ways[i].cms, ways[i].status);
		assert_int_equal(
			state_of(world, ANA), ways[i].suspended ? PERSON_SUSPENDED : PERSON_ACTIVE);
		assert_int_equal(state_of(world, BEN), PERSON_ACTIVE);
		assert_int_equal(store_suspended_next(world->store, &told), ways[i].suspended);
		if (ways[i].suspended) {
			int sends = world->modems[0].sends;
			an_alert(world, 0, -1); /* BEN's alone */
			assert_int_equal(world->modems[0].sends, sends + 1);
		}
		world_free(world);
	}
}

static void test_a_number_that_lives_in_between_is_not_suspended(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	a_member(world, ANA);
	an_alert(world, 1, -1);
	an_alert(world, 1, -1);
	an_alert(world, 0, 0x00); /* delivered */
	an_alert(world, 1, -1);
	an_alert(world, 1, -1);
	assert_int_equal(state_of(world, ANA), PERSON_ACTIVE);
	an_alert(world, 1, -1);
	assert_int_equal(state_of(world, ANA), PERSON_SUSPENDED);
	world_free(world);
}

static void test_one_alert_counts_once(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	a_member(world, ANA);
	an_alert(world, 1, -1);
	for (int i = 0; i < 5; i++) {
		queue(world, ANA, CLASS_REPLY, "hello");
		turn(world);
		answer(&world->modems[0], refused_with(1));
		turn(world);
	}
	assert_int_equal(state_of(world, ANA), PERSON_ACTIVE);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_acts_as_its_class),
		cmocka_unit_test(test_every_code_is_acted_on_by_the_courier),
		cmocka_unit_test(test_an_outage_before_costs_no_try_of_another_kind),
		cmocka_unit_test(test_a_parked_modem_is_tried_again_after_its_time),
		cmocka_unit_test(test_congestion_halves_the_pace_of_a_promise_and_recovers_slowly),
		cmocka_unit_test(test_a_parked_sims_queue_moves_on_to_others),
		cmocka_unit_test(test_a_promise_after_a_restart_knows_the_pace),
		cmocka_unit_test(test_a_number_that_fails_in_three_alerts_is_suspended),
		cmocka_unit_test(test_a_number_that_lives_in_between_is_not_suspended),
		cmocka_unit_test(test_one_alert_counts_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
