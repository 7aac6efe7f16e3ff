/* SPDX-License-Identifier: Apache-2.0 */
/* Mains, battery and lid: the admins hear of each spell once, whatever restarts in it. */
#include "desk_world.h"

static int sensor(struct world *w, enum desk_sensor which, bool on)
{
	int rc = desk_sensor(w->desk, which, on, w->now_ms);

	settle(w);
	return rc;
}

/* The box is switched off and on: another desk on the same store. */
static void restart(struct world *w)
{
	desk_free(w->desk);
	assert_int_equal(
		desk_new(w->settings, w->store, w->speech, &world_events, w, w->now_ms, &w->desk),
		0);
}

static void the_admins_hear_once_that_the_mains_are_off_and_when_they_are_back(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	/* how it is at the first start is no news */
	assert_int_equal(sensor(w, DESK_MAINS_LOST, false), 0);
	hears_nothing(w, "Rosa");
	assert_int_equal(sensor(w, DESK_MAINS_LOST, true), 1);
	hears(w, "Rosa", "Faro: se fue la luz");
	hears_nothing(w, "Ana");
	assert_int_equal(sensor(w, DESK_MAINS_LOST, true), 0);
	restart(w);
	assert_int_equal(sensor(w, DESK_MAINS_LOST, true), 0);
	hears_nothing(w, "Rosa");
	w->now_ms += 34 * MS_PER_MIN + 1000;
	restart(w);
	assert_int_equal(sensor(w, DESK_MAINS_LOST, false), 1);
	hears(w, "Rosa", "ha vuelto la luz tras 35 min");
	assert_int_equal(sensor(w, DESK_MAINS_LOST, false), 0);
	restart(w);
	assert_int_equal(sensor(w, DESK_MAINS_LOST, false), 0);
	hears_nothing(w, "Rosa");
	world_destroy(w);
}

static void an_empty_battery_is_told_once_and_its_end_is_not(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	assert_int_equal(sensor(w, DESK_BATTERY_LOW, true), 1);
	hears(w, "Rosa", "Faro: la pila se acaba.");
	restart(w);
	assert_int_equal(sensor(w, DESK_BATTERY_LOW, true), 0);
	assert_int_equal(sensor(w, DESK_BATTERY_LOW, false), 0);
	hears_nothing(w, "Rosa");
	assert_int_equal(sensor(w, DESK_BATTERY_LOW, true), 1);
	hears(w, "Rosa", "Faro: la pila se acaba.");
	world_destroy(w);
}

static void a_lid_that_rattles_is_one_text_in_ten_minutes(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	assert_int_equal(sensor(w, DESK_TAMPER, true), 1);
	hears(w, "Rosa", "Faro: han abierto la caja.");
	for (int i = 0; i < 5; i++) {
		w->now_ms += MS_PER_MIN;
		assert_int_equal(sensor(w, DESK_TAMPER, i % 2), 0);
	}
	restart(w);
	assert_int_equal(sensor(w, DESK_TAMPER, true), 0);
	hears_nothing(w, "Rosa");
	assert_int_equal(sensor(w, DESK_TAMPER, false), 0);
	w->now_ms += 6 * MS_PER_MIN;
	assert_int_equal(sensor(w, DESK_TAMPER, true), 1);
	hears(w, "Rosa", "Faro: han abierto la caja.");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_admins_hear_once_that_the_mains_are_off_and_when_they_are_back),
		cmocka_unit_test(an_empty_battery_is_told_once_and_its_end_is_not),
		cmocka_unit_test(a_lid_that_rattles_is_one_text_in_ten_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
