/* SPDX-License-Identifier: Apache-2.0 */
/* The clock goes back: what was to end soon does not last until the clock has caught up. */
#include "desk_world.h"

#define BACK_MS (400 * MS_PER_DAY)

static int heard_by(const struct world *w, const char *name, const char *piece)
{
	int n = 0;

	for (int i = 0; i < w->n_heard; i++)
		n += strcmp(w->heard[i].to, phone_of(name)) == 0 && strstr(w->heard[i].text, piece);
	return n;
}

static void keep_codes(struct world *w)
{
	for (int i = 0; i < w->n_heard; i++)
		keep_code(w, w->heard[i].text);
	forget(w);
}

/* The text that asks for a code, and what is said when it is used. */
static const struct {
	const char *who, *asks, *done;
} coded[] = {
	{ "Ana", "ALERT vans at 5th", "going out" },
	{ "Ana", "POST rights night", "Posted" },
	{ "Rosa", "ADD 510 555 0110 dispatcher Ben", "Ben" },
};

static void nobody_knows_how_old_a_code_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(coded); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);

		texts(w, coded[i].who, coded[i].asks);
		keep_codes(w);
		w->now_ms -= 10 * MS_PER_H;
		texts(w, coded[i].who, w->code);
		assert_int_equal(heard_by(w, coded[i].who, coded[i].done), 0);
		world_destroy(w);
	}
}

static void a_clock_put_right_by_seconds_takes_no_code_away(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(coded); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);

		texts(w, coded[i].who, coded[i].asks);
		keep_codes(w);
		w->now_ms -= 5 * MS_PER_S;
		texts(w, coded[i].who, w->code);
		assert_int_equal(heard_by(w, coded[i].who, coded[i].done), 1);
		world_destroy(w);
	}
}

static void a_button_sends_no_alert_of_another_time(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	struct desk_state lights;

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	w->now_ms -= 10 * MS_PER_H;
	assert_int_equal(desk_button_send(w->desk, w->now_ms), 0);
	settle(w);
	assert_int_equal(desk_get_state(w->desk, w->now_ms, &lights), 0);
	assert_int_equal(lights.alerts_pending, 0);
	world_destroy(w);
}

static void what_a_flood_held_is_told(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	w->now_ms += BACK_MS;
	for (int i = 0; i < 60; i++)
		stranger_texts(w, i, "REPORT vans at fifth and main");
	settle(w);
	w->now_ms -= BACK_MS;
	forget(w);
	time_goes_on(w, w->now_ms + MS_PER_H);
	hears(w, "Ana", "20 were not passed on one by one, from #41 to #60.");
	world_destroy(w);
}

static void who_looped_is_answered_again(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	w->now_ms += BACK_MS;
	for (int i = 0; i < 6; i++)
		texts(w, "Mia", "ZONE");
	w->now_ms -= BACK_MS;
	forget(w);
	texts(w, "Mia", "DIGEST");
	hears(w, "Mia", "digest");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_knows_how_old_a_code_is),
		cmocka_unit_test(a_clock_put_right_by_seconds_takes_no_code_away),
		cmocka_unit_test(a_button_sends_no_alert_of_another_time),
		cmocka_unit_test(what_a_flood_held_is_told),
		cmocka_unit_test(who_looped_is_answered_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
