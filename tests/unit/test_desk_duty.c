/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shifts: their end is told, and once a week the hours in which nobody was there. The tests begin
 * on Monday 2026-09-21 at 7:13 in Los Angeles.
 */

#include "desk_world.h"

#define H   60
#define DAY (24 * H)

#define DESK_GROUP(more)                                                                           \
	"desk : { duty_remind = 1800; gaps_day = \"sunday\"; gaps_at = \"18:00\"; " more " };\n"
#define SETTINGS USUAL_SETTINGS DESK_GROUP("")

static void the_end_of_a_shift_is_told_before_and_after(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "DUTY ON 2"),
		HEARS("Carla", "You are on duty for 2 h."),
		TIME(89),
		TIME(90),
		HEARS("Carla", "Your shift ends at 09:13. DUTY ON 4 adds"),
		TIME(119),
		TIME(120),
		HEARS("Carla", "Your shift has ended."),
		TIME(2 * DAY),
	};

	(void)state;
	talk_with(SETTINGS, talk, ARRAY_SIZE(talk));
}

static void duty_on_again_goes_on_and_off_ends(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Dan", "DUTY ON 1"),
		HEARS("Dan", "Usted tiene turno por 1 h."),
		TIME(30),
		HEARS("Dan", "Su turno termina a las 08:13."),
		SAYS(31, "Dan", "DUTY ON 1"),
		HEARS("Dan", "Usted tiene turno por 1 h."),
		TIME(61),
		HEARS("Dan", "Su turno termina a las 08:44."),
		SAYS(62, "Dan", "DUTY OFF"),
		HEARS("Dan", "Su turno ha terminado."),
		TIME(2 * DAY),
	};

	(void)state;
	talk_with(SETTINGS, talk, ARRAY_SIZE(talk));
}

static void without_a_notice_only_the_end_is_told(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "DUTY ON 1"),
		HEARS("Carla", "You are on duty for 1 h."),
		TIME(59),
		TIME(60),
		HEARS("Carla", "Your shift has ended."),
	};

	(void)state;
	talk_with(USUAL_SETTINGS "desk : { duty_remind = 0; };\n", talk, ARRAY_SIZE(talk));
	/* nor where the notice would come with the beginning */
	talk_with(USUAL_SETTINGS "desk : { duty_remind = 3600; };\n", talk, ARRAY_SIZE(talk));
}

static void who_left_hears_of_no_shift(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "DUTY ON 2"),
		HEARS("Carla", "You are on duty for 2 h."),
		SAYS(10, "Carla", "STOP"),
		HEARS("Carla", "you are off the list"),
		TIME(5 * H),
	};

	(void)state;
	talk_with(SETTINGS, talk, ARRAY_SIZE(talk));
}

static void a_restart_forgets_no_shift_and_tells_nothing_twice(void **state)
{
	struct world *w = world_of_people(SETTINGS);

	(void)state;
	texts(w, "Carla", "DUTY ON 2");
	hears(w, "Carla", "You are on duty");
	for (int i = 0; i < 3; i++) {
		world_close(w);
		w->now_ms += 31 * MS_PER_MIN;
		world_open(w);
		settle(w);
	}
	hears(w, "Carla", "Your shift ends at 09:13.");
	hears_nothing(w, "Carla");
	world_close(w);
	w->now_ms += 5 * MS_PER_H; /* long over: who was there knows */
	world_open(w);
	settle(w);
	hears_nothing(w, "Carla");
	world_destroy(w);
}

/* ---- the week ---- */

static void serve(struct world *w, const char *name, int64_t from_ms, const char *text)
{
	time_goes_on(w, NOW_MS + from_ms);
	texts(w, name, text);
	forget(w);
}

/* Monday 7:13 is NOW_MS. */
static int64_t at(int day, int hour)
{
	return day * MS_PER_DAY + (hour - 7) * MS_PER_H - 13 * MS_PER_MIN - 20 * MS_PER_S;
}

static void gaps_of_the_week_are_named_to_dispatchers(void **state)
{
	struct world *w = world_of_people(SETTINGS);

	(void)state;
	/* from the first Sunday on, day and night but for Tuesday night and Friday */
	serve(w, "Carla", at(6, 17), "DUTY ON 48");
	serve(w, "Dan", at(8, 16), "DUTY ON 6");
	serve(w, "Carla", at(9, 8), "DUTY ON 48");
	serve(w, "Carla", at(11, 7), "DUTY ON 5");
	serve(w, "Dan", at(11, 18), "DUTY ON 48");
	time_goes_on(w, NOW_MS + at(13, 18) - 1);
	forget(w);
	time_goes_on(w, NOW_MS + at(13, 18));
	hears(w, "Ana",
		"Nobody was on duty for 16 h of the last week: 09-29 22:00-08:00, 10-02 "
		"12:00-18:00.");
	hears(w, "Abe", "Nobody was on duty for 16 h");
	hears(w, "Rosa", "Nadie tuvo turno por 16 h");
	hears_nothing(w, "Carla");
	/* once */
	world_restart(w);
	settle(w);
	time_goes_on(w, w->now_ms + 3 * MS_PER_DAY);
	hears_nothing(w, "Abe");
	world_destroy(w);
}

static void where_nobody_takes_shifts_nobody_is_blamed(void **state)
{
	struct world *w = world_of_people(SETTINGS);

	(void)state;
	time_goes_on(w, NOW_MS + 30 * MS_PER_DAY);
	hears_nothing(w, "Ana");
	world_destroy(w);
}

static void no_gap_is_no_text_and_never_is_never(void **state)
{
	static const char *const settings[] = { SETTINGS,
		USUAL_SETTINGS "desk : { gaps_at = \"\"; };\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		struct world *w = world_of_people(settings[i]);

		for (int day = 5; day < 14; day++)
			if (i == 0 || day == 8)
				serve(w, "Carla", at(day, 17), "DUTY ON 25");
		time_goes_on(w, NOW_MS + at(14, 0));
		for (int j = 0; j < w->n_heard; j++)
			assert_null(strstr(w->heard[j].text, "Nobody was on duty"));
		world_destroy(w);
	}
}

static void before_the_time_is_known_no_week_ends(void **state)
{
	struct world *w = world_of_people(SETTINGS);

	(void)state;
	serve(w, "Carla", at(6, 10), "DUTY ON 4");
	desk_set_time_known(w->desk, false);
	time_goes_on(w, NOW_MS + at(6, 19));
	hears(w, "Carla", "Your shift ends"); /* four hours are four hours */
	hears_nothing(w, "Ana");
	desk_set_time_known(w->desk, true);
	settle(w);
	hears(w, "Ana", "Nobody was on duty for 164 h");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_a_shift_is_told_before_and_after),
		cmocka_unit_test(duty_on_again_goes_on_and_off_ends),
		cmocka_unit_test(without_a_notice_only_the_end_is_told),
		cmocka_unit_test(who_left_hears_of_no_shift),
		cmocka_unit_test(a_restart_forgets_no_shift_and_tells_nothing_twice),
		cmocka_unit_test(gaps_of_the_week_are_named_to_dispatchers),
		cmocka_unit_test(where_nobody_takes_shifts_nobody_is_blamed),
		cmocka_unit_test(no_gap_is_no_text_and_never_is_never),
		cmocka_unit_test(before_the_time_is_known_no_week_ends),
	};

	live_in("America/Los_Angeles");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
