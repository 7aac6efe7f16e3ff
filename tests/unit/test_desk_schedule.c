/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCHEDULE: announcements for later, by the clock on the wall. The tests begin on Monday 2026-09-21
 * at 7:13 in Los Angeles.
 */

#include "desk_world.h"
#include "../../firmware/desk/internal.h"

#define H   60
#define DAY (24 * H)

/* ---- when ---- */

static const struct {
	const char *text;
	int taken;
	const char *when, *rest;
} whens[] = {
	{ "18:30 Meeting", 1, "2026-09-21 18:30", "Meeting" },
	{ "7:13 Meeting", 1, "2026-09-22 07:13", "Meeting" }, /* over today */
	{ "7:14 Meeting", 1, "2026-09-21 07:14", "Meeting" },
	{ "6pm x", 1, "2026-09-21 18:00", "x" },
	{ "12am x", 1, "2026-09-22 00:00", "x" },
	{ "12:30pm x", 1, "2026-09-21 12:30", "x" },
	{ "18h30 x", 1, "2026-09-21 18:30", "x" },
	{ "18h x", 1, "2026-09-21 18:00", "x" },
	{ "18.30, x", 1, "2026-09-21 18:30", "x" },
	{ "today 18:30 x", 1, "2026-09-21 18:30", "x" },
	{ "Tomorrow 9:00 x", 1, "2026-09-22 09:00", "x" },
	{ "sat 10:00 x", 1, "2026-09-26 10:00", "x" },
	{ "SATURDAY 10:00 x", 1, "2026-09-26 10:00", "x" },
	{ "mon 7:00 x", 1, "2026-09-28 07:00", "x" }, /* today it is over */
	{ "mon 8:00 x", 1, "2026-09-21 08:00", "x" },
	{ "sun 23:59 x", 1, "2026-09-27 23:59", "x" },
	{ "2026-12-24 18:00 x", 1, "2026-12-24 18:00", "x" },
	{ "2026-10-1 8:05 x", 1, "2026-10-01 08:05", "x" },
	{ "2026-02-31 8:05 x", -ERANGE, "", "x" },
	{ "2026-09-31 8:05 x", 1, "2026-10-01 08:05", "x" }, /* said back before it is confirmed */
	/* other languages */
	{ "mañana 9:00 x", 1, "2026-09-22 09:00", "x" },
	{ "sáb 10:00 x", 1, "2026-09-26 10:00", "x" },
	{ "demain 18h30 x", 1, "2026-09-22 18:30", "x" },
	{ "周六 10:00 x", 1, "2026-09-26 10:00", "x" },
	{ "周六10:00 x", 1, "2026-09-26 10:00", "x" },
	{ "T7 10:00 x", 1, "2026-09-26 10:00", "x" },
	{ "السبت 10:00 x", 1, "2026-09-26 10:00", "x" },
	/* the spring gap and the autumn fold */
	{ "2027-03-14 2:30 x", 1, "2027-03-14 03:00", "x" },
	{ "2026-11-01 1:30 x", 1, "2026-11-01 01:30", "x" },
	/* over, or far */
	{ "today 6:00 x", -ERANGE, "2026-09-21 06:00", "x" },
	{ "2026-09-20 18:00 x", -ERANGE, "2026-09-20 18:00", "x" },
	{ "2028-09-20 18:00 x", -ERANGE, "2028-09-20 18:00", "x" },
	/* no time */
	{ "", 0, "", "" },
	{ "18 people are needed", 0, "", "18 people are needed" },
	{ "24:00 x", 0, "", "24:00 x" },
	{ "12:60 x", 0, "", "12:60 x" },
	{ "13pm x", 0, "", "13pm x" },
	{ "6:5 x", 0, "", "6:5 x" },
	{ "sat x", 0, "", "sat x" },
	{ "sat", 0, "", "sat" },
	{ "tomorrow meeting at 9:00", 0, "", "tomorrow meeting at 9:00" },
	{ "2026-13-01 8:00 x", 0, "", "2026-13-01 8:00 x" },
	{ "Meeting 18:30", 0, "", "Meeting 18:30" },
};

static void a_moment_is_read_as_people_write_it(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(whens); i++) {
		struct time_local when = { .year = 0 }, again;
		const char *cursor = whens[i].text;
		char said[WHEN_SIZE];
		int taken = when_take(w->desk, &cursor, w->now_ms, &when);

		if (taken != whens[i].taken)
			fail_msg("\"%s\" gives %d", whens[i].text, taken);
		assert_string_equal(cursor, whens[i].rest);
		if (taken == 0 || !*whens[i].when)
			continue;
		assert_string_equal(when_say(&when, said), whens[i].when);
		when_of_number(when_number(&when), &again);
		assert_string_equal(when_say(&again, said), whens[i].when);
	}
	world_destroy(w);
}

/* ---- the conversation ---- */

static void it_waits_for_its_code_and_its_time(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "SCHEDULE"),
		HEARS("Ana", "Nothing is scheduled."),
		SAYS(1, "Ana", "SCHEDULE 18:30 north Meeting at the library"),
		HEARS("Ana", "#1 (north): 5 people"),
		SAYS(2, "Ana", "schedule"),
		HEARS("Ana", "Nothing is scheduled."), /* not without its code */
		SAYS(3, "Ana", CODE),
		HEARS("Ana", "#1 goes out on 2026-09-21 18:30. CANCEL 1 takes it back"),
		SAYS(4, "Abe", "SCHEDULE"),
		HEARS("Abe", "#1 2026-09-21 18:30 (north): Meeting at the library"),
		TIME(11 * H + 16),
		TIME(11 * H + 17),
		HEARS("Ana", "#1 is going out to 5 people."),
		HEARS("Ana", "Faro INFO #1: Meeting at the library"),
		HEARS("Abe", "Faro INFO #1: Meeting at the library"),
		HEARS("Carla", "Faro INFO #1: Meeting at the library"),
		HEARS("Mia", "Faro INFO #1: Meeting at the library"),
		HEARS("Rosa", "Meeting at the library"),
		SAYS(11 * H + 18, "Ana", "SCHEDULE"),
		HEARS("Ana", "Nothing is scheduled."),
	};

	(void)state;
	TALK(talk);
}

static void it_is_cancelled_and_listed_in_words_of_the_language(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Rosa", "PROGRAMAR mañana 9:00 Reunión en la biblioteca"),
		HEARS("Rosa", "Espera hasta 2026-09-22 09:00."),
		SAYS(1, "Rosa", CODE),
		HEARS("Rosa", "#1 sale el 2026-09-22 09:00. CANCELAR 1 lo retira"),
		SAYS(2, "Rosa", "CANCELAR 1"),
		HEARS("Rosa", "La alerta #1 se retira."),
		SAYS(3, "Rosa", "PROGRAMAR"),
		HEARS("Rosa", "No hay nada programado."),
		TIME(3 * DAY),
	};

	(void)state;
	TALK(talk);
}

static void who_may_not_alert_may_not_schedule(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "SCHEDULE 18:30 Meeting"),
		HEARS("Carla", "#1"),
		STAFF_HEAR("SCHEDULE 18:30 Meeting"),
		SAYS(1, "Ana", "SCHEDULE Meeting tomorrow"),
		HEARS("Ana", "SCHEDULE time [zone] text. For example:"),
		SAYS(1, "Ana", "SCHEDULE 18:30"),
		HEARS("Ana", "SCHEDULE time [zone] text. For example:"),
		SAYS(1, "Ana", "SCHEDULE 2025-01-01 18:30 Meeting"),
		HEARS("Ana", "2025-01-01 18:30 has passed"),
	};
	struct world *w = world_of_people("box : { name = \"Faro\"; };\n" LIST_GROUP("open")
			PEOPLE_GROUP "desk : { escalate_after = 86400; };\n");

	(void)state;
	play(w, talk, ARRAY_SIZE(talk));
	world_destroy(w);
}

static void schedule(struct world *w, const char *text)
{
	texts(w, "Ana", text);
	confirms(w, "Ana", "It waits until");
	hears(w, "Ana", "goes out on");
}

static void restart(struct world *w)
{
	world_restart(w);
	settle(w);
}

/* The wall clock at which Mia heard it, "2026-11-01 01:30"; the first of two. */
static const char *went_out(struct world *w, int64_t until_ms, char out[WHEN_SIZE])
{
	struct time_local local;

	while (!next_heard(w, "Mia") && w->now_ms < until_ms)
		time_goes_on(w, time_min(w->now_ms + MS_PER_MIN, until_ms));
	if (!next_heard(w, "Mia"))
		return "never";
	time_local(w->now_ms, &local);
	return when_say(&local, out);
}

static void restarts_and_steps_of_the_clock_do_not_move_it(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char when[WHEN_SIZE];

	(void)state;
	schedule(w, "SCHEDULE 10:00 Meeting");
	restart(w);
	w->now_ms += 2 * MS_PER_H; /* a step ahead, before its time */
	settle(w);
	hears_nothing(w, "Mia");
	w->now_ms -= 3 * MS_PER_H; /* and back, further than it was */
	settle(w);
	restart(w);
	assert_string_equal(went_out(w, w->now_ms + MS_PER_DAY, when), "2026-09-21 10:00");
	hears(w, "Mia", "Meeting");
	w->now_ms -= MS_PER_H; /* what has gone out goes out once */
	restart(w);
	time_goes_on(w, w->now_ms + 3 * MS_PER_H);
	hears_nothing(w, "Mia");
	world_destroy(w);
}

static void daylight_saving_does_not_move_it(void **state)
{
	static const struct {
		const char *text, *went_out;
		int64_t utc_ms;
	} rows[] = {
		/* 8:00 the day after the change is 25 hours after 8:00 the day before */
		{ "SCHEDULE 2026-11-02 8:00 Meeting", "2026-11-02 08:00", INT64_C(1793635200000) },
		{ "SCHEDULE 2026-11-01 1:30 Meeting", "2026-11-01 01:30", INT64_C(1793521800000) },
		{ "SCHEDULE 2027-03-14 2:30 Meeting", "2027-03-14 03:00", INT64_C(1805018400000) },
		{ "SCHEDULE 2027-03-14 8:00 Meeting", "2027-03-14 08:00", INT64_C(1805036400000) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		char when[WHEN_SIZE];

		schedule(w, rows[i].text);
		w->now_ms = rows[i].utc_ms - 90 * MS_PER_MIN;
		settle(w);
		assert_string_equal(went_out(w, w->now_ms + 4 * MS_PER_H, when), rows[i].went_out);
		assert_in_range(w->now_ms, rows[i].utc_ms, rows[i].utc_ms + MS_PER_MIN - 1);
		world_destroy(w);
	}
}

/* The box moves, or a parliament decides: it is what people read that counts. */
static void another_zone_takes_it_along(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char when[WHEN_SIZE];

	(void)state;
	schedule(w, "SCHEDULE 10:30 Meeting");
	live_in("America/New_York"); /* 10:13 there */
	assert_int_equal(desk_reload(w->desk, w->settings, w->speech, w->now_ms), 0);
	settle(w);
	assert_string_equal(went_out(w, w->now_ms + MS_PER_DAY, when), "2026-09-21 10:30");
	world_destroy(w);
	live_in("America/Los_Angeles");
}

static void nothing_goes_out_before_the_time_is_known(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	schedule(w, "SCHEDULE 7:30 Meeting");
	desk_set_time_known(w->desk, false);
	time_goes_on(w, w->now_ms + 30 * MS_PER_MIN);
	hears_nothing(w, "Mia");
	texts(w, "Ana", "SCHEDULE 8:00 Another meeting");
	hears(w, "Ana", "does not know what time it is yet");
	/* an alert goes at once */
	texts(w, "Ana", "ALERT Two vans at 5th");
	confirms(w, "Ana", "Reply ");
	hears(w, "Mia", "Two vans at 5th");
	desk_set_time_known(w->desk, true);
	settle(w);
	hears(w, "Mia", "Meeting");
	world_destroy(w);
}

static void what_is_missed_by_more_than_the_grace_is_told_to_its_author(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "desk : { schedule_grace = 3600; };\n");

	(void)state;
	schedule(w, "SCHEDULE 8:00 Breakfast");
	schedule(w, "SCHEDULE 9:30 Meeting");
	world_close(w);
	w->now_ms += 3 * MS_PER_H; /* 10:13 */
	world_open(w);
	settle(w);
	hears(w, "Ana", "#1 was to go out on 2026-09-21 08:00 and did not");
	hears(w, "Mia", "Meeting");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

static void a_pause_keeps_it_as_long_as_the_grace(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	schedule(w, "SCHEDULE 7:30 Coffee");
	schedule(w, "SCHEDULE 9:00 Meeting");
	texts(w, "Rosa", "PAUSE");
	time_goes_on(w, w->now_ms + 30 * MS_PER_MIN);
	hears_nothing(w, "Mia");
	texts(w, "Rosa", "RESUME");
	hears(w, "Mia", "Coffee");
	texts(w, "Rosa", "PAUSE");
	time_goes_on(w, w->now_ms + 4 * MS_PER_H);
	texts(w, "Rosa", "RESUME");
	hears_nothing(w, "Mia");
	hears(w, "Ana", "#1 is going out");
	hears(w, "Ana", "Coffee");
	hears(w, "Ana", "#2 was to go out");
	world_destroy(w);
}

/* Also what was confirmed before; who is left hears of it while there is time to set it again. */
static void a_dispatcher_who_was_removed_sends_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(carla_ends); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);

		carla_becomes_dispatcher(w);
		texts(w, "Carla", "SCHEDULE 7:50 Coffee");
		confirms(w, "Carla", "Reply ");
		forget(w);
		texts(w, carla_ends[i].who, carla_ends[i].says);
		hears(w, "Abe", "Alert #1 is withdrawn. Nobody was sent it.");
		forget(w);
		texts(w, "Ana", "SCHEDULE");
		hears(w, "Ana", "Nothing is scheduled.");
		assert_int_equal(incidents_open(w), 0);
		forget(w);
		time_goes_on(w, w->now_ms + H * MS_PER_MIN);
		assert_int_equal(w->n_heard, 0);
		world_destroy(w);
	}
}

/* It is bulk: behind everything that somebody waits for, and kept over quiet hours. */
static void it_is_no_alert(void **state)
{
	/* 7:00 the next day and its shelf life of two hours, less what is before 22:00 */
	static const struct {
		const char *says;
		int64_t expires_ms;
	} times[] = {
		{ "SCHEDULE 23:00 Meeting", INT64_C(1790085600000) + 2 * MS_PER_H },
		{ "SCHEDULE 21:30 Meeting", INT64_C(1790085600000) + 90 * MS_PER_MIN },
		{ "SCHEDULE 20:00 Meeting", INT64_C(1790085600000) - 9 * MS_PER_H },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct world *w = world_make(
			"box : { name = \"Faro\"; };\n"
			"list : { quiet = \"22:00-07:00\"; zones = "
			"( { id = \"north\"; names = ( \"north\" ); } ); };\n" PEOPLE_GROUP);
		struct alert alert;
		char why[128];

		assert_int_equal(desk_person_add(w->desk,
					 &(struct desk_person_request){ .phone = "+15105550106" },
					 w->now_ms, why, sizeof(why)),
			0);
		schedule(w, times[i].says);
		time_goes_on(w, w->now_ms + 17 * MS_PER_H);
		assert_int_equal(next_heard(w, "Mia")->class, CLASS_REST);
		assert_int_equal(store_alert_of_incident(w->store, 1, &alert), 1);
		assert_int_equal(alert.expires_ms, times[i].expires_ms);
		world_destroy(w);
	}
}

static void faroctl_schedules_too(void **state)
{
	static const struct {
		const char *at, *why;
	} wrong[] = {
		{ "soon", "a time is 18:30" },
		{ "18:30 or so", "a time is 18:30" },
		{ "2020-01-01 18:30", "that is over" },
	};
	struct world *w = world_of_people(USUAL_SETTINGS);
	struct desk_alert_request request = { .text = "Meeting", .need = 5 };
	struct desk_promise promise;
	char why[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		request.at = wrong[i].at;
		assert_int_equal(desk_alert_prepare(
					 w->desk, &request, w->now_ms, &promise, why, sizeof(why)),
			-EINVAL);
		assert_non_null(strstr(why, wrong[i].why));
	}
	request.at = "tomorrow 9:00";
	assert_int_equal(
		desk_alert_prepare(w->desk, &request, w->now_ms, &promise, why, sizeof(why)), 0);
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), 2);
	settle(w);
	hears_nothing(w, "Mia");
	time_goes_on(w, w->now_ms + 30 * MS_PER_H);
	hears(w, "Mia", "Meeting");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moment_is_read_as_people_write_it),
		cmocka_unit_test(it_waits_for_its_code_and_its_time),
		cmocka_unit_test(it_is_cancelled_and_listed_in_words_of_the_language),
		cmocka_unit_test(who_may_not_alert_may_not_schedule),
		cmocka_unit_test(restarts_and_steps_of_the_clock_do_not_move_it),
		cmocka_unit_test(daylight_saving_does_not_move_it),
		cmocka_unit_test(another_zone_takes_it_along),
		cmocka_unit_test(nothing_goes_out_before_the_time_is_known),
		cmocka_unit_test(what_is_missed_by_more_than_the_grace_is_told_to_its_author),
		cmocka_unit_test(a_pause_keeps_it_as_long_as_the_grace),
		cmocka_unit_test(a_dispatcher_who_was_removed_sends_nothing),
		cmocka_unit_test(it_is_no_alert),
		cmocka_unit_test(faroctl_schedules_too),
	};

	live_in("America/Los_Angeles");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
