/* SPDX-License-Identifier: Apache-2.0 */
/* From rumour to alert: what is asked, and who is told; test_desk_verify.c: who goes and looks. */
#include "desk_world.h"

static void a_report_is_asked_one_thing_at_a_time_and_passed_on_in_one_text(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT men take people away"),
		REPORT_1("men take people away"),
		HEARS("Eva", "Where exactly?"),
		SAYS(0, "Ana", "TAKE 1"),
		HEARS("Ana", "#1 is yours."),
		HEARS("Abe", "taken by Ana"),
		HEARS("Rosa", "Ana tiene"),
		SAYS(0, "Eva", "5th and Main"),
		HEARS("Ana", "#1 so far. Where: 5th and Main."),
		HEARS("Eva", "How many people and vehicles"),
		SAYS(0, "Eva", "6"),
		HEARS("Eva", "What are they doing?"),
		SAYS(0, "Eva", "stopping cars"),
		HEARS("Eva", "Which uniforms"),
		SAYS(0, "Eva", "no"),
		HEARS("Eva", "When did it begin"),
		SAYS(0, "Eva", "just now"),
		HEARS("Eva", "What do they carry"),
		SAYS(0, "Eva", "long guns"),
		HEARS("Ana", "#1 so far. Where: 5th and Main. How many: 6. Doing: stopping cars. "
			     "Who: no. When: just now. With: long guns."),
		HEARS("Eva", "that is all we ask"),
		SAYS(1, "Eva", "they left"),
		HEARS("Ana", "#1 more: they left"),
		HEARS("Eva", "added to #1"),
	};

	(void)state;
	TALK(talk);
}

/* Which question comes first, after what. */
static void what_a_report_says_already_is_not_asked(void **state)
{
	static const struct {
		const char *says, *asked;
	} rows[] = {
		{ "REPORT something is wrong here", "Where exactly?" },
		{ "REPORT 3 vans, 8 men", "Where exactly?" },
		{ "REPORT vans at 5th", "How many people and vehicles" },
		{ "REPORT 3 vans, 8 men at 5th", "What are they doing?" },
		{ "REPORT two big white vans, 3500 International Blvd", "What are they doing?" },
		{ "REPORT six officers knocking on doors, 5th", "Which uniforms" },
		{ "REPORT 8 men in vests stopping cars on 5th", "When did it begin" },
		{ "REPORT police arrested 2 people 10 minutes ago at 5th", "What do they carry" },
		{ "REPORT 14:35 3 men", "Where exactly?" },
		{ "REPORT 8 am 3 men arrested somebody", "Where exactly?" },
		{ "REPORT I am afraid, 8 men in vests stopping cars on 5th", "When did it begin" },
		{ "REPORTE tres camionetas en la calle Main", "¿Qué hacen?" },
		{ "REPORTE 5 agentes tocando puertas en la 5th", "¿Qué uniformes" },
		{ "\xE4\xB8\xBE\xE6\x8A\xA5 5th \xE4\xB8\xA4\xE8\xBE\x86\xE8\xBD\xA6",
			"\xE5\x81\x9A\xE4\xBB\x80\xE4\xB9\x88" },
		{ "REPORT 4 police with rifles arrested 2 people on 5th just now, still there",
			"Please keep a safe distance." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *w = world_make(USUAL_SETTINGS);

		texts(w, "Eva", rows[i].says);
		hears(w, "Eva", rows[i].asked);
		world_destroy(w);
	}
}

/* Also what is said in an answer to another question. */
static void what_an_answer_says_besides_is_not_asked(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT something is wrong"),
		REPORT_1("something is wrong"),
		HEARS("Eva", "Where exactly?"),
		SAYS(0, "Eva", "5th, two vans, they arrested a man"),
		HEARS("Ana", "#1 so far. Where: 5th, two vans, they arrested a man."),
		HEARS("Abe", "#1 so far."),
		HEARS("Rosa", "#1 hasta ahora."),
		HEARS("Eva", "Which uniforms"),
	};

	(void)state;
	TALK(talk);
}

/* Who is afraid answers the question before: it is written down as what it says. */
static void an_answer_stands_where_it_belongs(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT they are breaking our door"),
		REPORT_1("they are breaking our door"),
		HEARS("Eva", "Where exactly?"),
		ANA_TAKES,
		SAYS(0, "Eva", "I am so scared what do I do"),
		HEARS("Ana", "#1 so far. Where: I am so scared what do I do."),
		HEARS("Eva", "How many"),
		SAYS(0, "Eva", "3500 International Blvd apt 4"),
		HEARS("Ana", "Where: I am so scared what do I do; 3500 International Blvd apt 4."),
		HEARS("Eva", "What are they doing?"),
		SAYS(0, "Eva", "I dont know, maybe 5 men"),
		HEARS("Eva", "Which uniforms"),
		SAYS(0, "Eva", "taking my husband"),
		HEARS("Eva", "When did it begin"),
		SAYS(0, "Eva", "10"),
		HEARS("Eva", "What do they carry"),
		SAYS(0, "Eva", "no"),
		HEARS("Ana", "International Blvd apt 4. How many: I dont know, maybe 5 men. Doing: "
			     "taking my husband. When: 10. With: no."),
		HEARS("Eva", "that is all we ask"),
	};

	(void)state;
	TALK(talk);
}

/* It may be alarming; what follows within a minute comes in one text, however much it is. */
static void the_first_answer_is_passed_on_at_once(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th");
	hears(w, "Ana", "#1 REPORT");
	w->now_ms += 5 * MS_PER_S;
	texts(w, "Eva", "they have guns");
	hears(w, "Ana", "#1 so far. ");
	for (int i = 0; i < 2; i++) {
		time_goes_on(w, w->now_ms + 25 * MS_PER_S);
		texts(w, "Eva", i ? "in vests" : "taking a man");
	}
	hears_nothing(w, "Ana");
	time_goes_on(w, w->now_ms + 10 * MS_PER_S);
	assert_non_null(strstr(hears(w, "Ana", "taking a man"), "in vests"));
	/* nothing more is asked behind this one */
	texts(w, "Eva", "an hour ago");
	hears(w, "Ana", "an hour ago");
	hears_nothing(w, "Ana");
	world_destroy(w);
}

static void what_was_answered_before_a_pause_is_passed_on_after_a_minute(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th"),
		REPORT_1("vans at 5th"),
		HEARS("Eva", "How many"),
		SAYS(1, "Eva", "two"),
		HEARS("Ana", "#1 so far. How many: two."),
		HEARS("Abe", "#1 so far. How many: two."),
		HEARS("Rosa", "#1 hasta ahora. Total: two."),
		HEARS("Eva", "What are they doing?"),
		SAYS(1, "Eva", "stopping cars"),
		HEARS("Eva", "Which uniforms"),
		TIME(2),
		HEARS("Ana", "#1 so far. How many: two. Doing: stopping cars."),
		HEARS("Abe", "#1 so far. How many: two. Doing: stopping cars."),
		HEARS("Rosa", "#1 hasta ahora. Total: two."),
	};

	(void)state;
	TALK(talk);
}

static void commands_stop_and_help_go_through_an_open_question(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th"),
		REPORT_1("vans at 5th"),
		HEARS("Eva", "How many"),
		SAYS(0, "Eva", "HELP"),
		HEARS("Eva", "Faro"),
		SAYS(0, "Eva", "rights"),
		HEARS("Eva", "You may remain silent."),
		SAYS(0, "Eva", "STOP"),
		HEARS("Eva", "off the list"),
	};

	(void)state;
	TALK(talk);
}

static void after_half_an_hour_a_text_is_no_answer_any_more(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th"),
		REPORT_1("vans at 5th"),
		HEARS("Eva", "How many"),
		SAYS(0, "Ana", "TAKE 1"),
		HEARS("Ana", "#1 is yours."),
		HEARS("Abe", "taken by Ana"),
		HEARS("Rosa", "Ana tiene"),
		SAYS(31, "Eva", "two"),
		HEARS("Ana", "#1 more: two"),
		HEARS("Eva", "added to #1"),
	};

	(void)state;
	TALK(talk);
}

static void within_half_an_hour_it_still_is_one(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th"),
		REPORT_1("vans at 5th"),
		HEARS("Eva", "How many"),
		ANA_TAKES,
		SAYS(29, "Eva", "two"),
		HEARS("Ana", "#1 so far. How many: two."),
		HEARS("Eva", "What are they doing?"),
		SAYS(58, "Eva", "knocking on doors"), /* each question has its own half hour */
		HEARS("Ana", "How many: two. Doing: knocking on doors."),
		HEARS("Eva", "Which uniforms"),
	};

	(void)state;
	TALK(talk);
}

static void an_alert_that_comes_between_is_what_yes_answers(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "REPORT vans at 5th"),
		REPORT_1("vans at 5th"),
		HEARS("Carla", "How many"),
		SAYS(0, "Ana", "ALERT 1 north vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(0, "Ana", CODE),
		HEARS("Ana", "#1 is going out to 5 people"),
		HEARS("Ana", "UNCONFIRMED"),
		HEARS("Abe", "UNCONFIRMED"),
		HEARS("Carla", "Faro ALERT #1: UNCONFIRMED: vans at 5th"),
		HEARS("Mia", "UNCONFIRMED"),
		HEARS("Rosa", "SIN CONFIRMAR"),
		SAYS(1, "Carla", "YES 10"),
		HEARS("Carla", "#1"),
		HEARS("Ana", "1 yes"),
	};

	(void)state;
	TALK(talk);
}

/* ---- escalation ------------------------------------------------------------------------------ */

static void nobody_takes_it(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "DUTY ON"),
		HEARS("Ana", "12 h"),
		SAYS(0, "Eva", "REPORT vans at 5th"),
		HEARS("Ana", "#1 REPORT: vans at 5th"),
		HEARS("Eva", "#1"),
		TIME(2),
		TIME(3),
		HEARS("Abe", "#1 REPORT: vans at 5th"),
		HEARS("Rosa", "#1 REPORTE: vans at 5th"),
		TIME(5),
		TIME(6),
		HEARS("Rosa", "El #1 espera hace 6 min y nadie lo toma."),
		TIME(600),
	};

	(void)state;
	TALK(talk);
}

static void two_on_duty_are_told_first_then_the_next(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "DUTY ON"),
		HEARS("Ana", "12 h"),
		SAYS(0, "Abe", "DUTY ON"),
		HEARS("Abe", "12 h"),
		SAYS(0, "Rosa", "TURNO ON"),
		HEARS("Rosa", "12 h"),
		SAYS(0, "Eva", "REPORT vans at 5th"),
		HEARS("Rosa", "#1 REPORTE: vans at 5th"),
		HEARS("Ana", "#1 REPORT: vans at 5th"),
		HEARS("Eva", "#1"),
		TIME(3),
		HEARS("Abe", "#1 REPORT: vans at 5th"),
		SAYS(4, "Abe", "TAKE 1"),
		HEARS("Abe", "#1 is yours."),
		HEARS("Ana", "taken by Abe"),
		HEARS("Rosa", "Abe tiene"),
		TIME(60),
	};

	(void)state;
	TALK(talk);
}

static void the_light_shows_what_nobody_took(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	struct desk_state lights;

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th");
	time_goes_on(w, NOW_MS + 2 * MS_PER_MIN);
	assert_int_equal(desk_get_state(w->desk, w->now_ms, &lights), 0);
	assert_false(lights.untaken);
	time_goes_on(w, NOW_MS + 4 * MS_PER_MIN);
	assert_int_equal(desk_get_state(w->desk, w->now_ms, &lights), 0);
	assert_true(lights.untaken);
	texts(w, "Ana", "TAKE 1");
	assert_int_equal(desk_get_state(w->desk, w->now_ms, &lights), 0);
	assert_false(lights.untaken);
	world_destroy(w);
}

static void a_restart_in_between_forgets_nobody(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "DUTY ON");
	texts(w, "Eva", "REPORT vans at 5th");
	forget(w);
	world_restart(w);
	time_goes_on(w, NOW_MS + 3 * MS_PER_MIN);
	hears(w, "Abe", "#1 REPORT: vans at 5th");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_asked_one_thing_at_a_time_and_passed_on_in_one_text),
		cmocka_unit_test(what_a_report_says_already_is_not_asked),
		cmocka_unit_test(what_an_answer_says_besides_is_not_asked),
		cmocka_unit_test(an_answer_stands_where_it_belongs),
		cmocka_unit_test(the_first_answer_is_passed_on_at_once),
		cmocka_unit_test(what_was_answered_before_a_pause_is_passed_on_after_a_minute),
		cmocka_unit_test(commands_stop_and_help_go_through_an_open_question),
		cmocka_unit_test(after_half_an_hour_a_text_is_no_answer_any_more),
		cmocka_unit_test(within_half_an_hour_it_still_is_one),
		cmocka_unit_test(an_alert_that_comes_between_is_what_yes_answers),
		cmocka_unit_test(nobody_takes_it),
		cmocka_unit_test(two_on_duty_are_told_first_then_the_next),
		cmocka_unit_test(the_light_shows_what_nobody_took),
		cmocka_unit_test(a_restart_in_between_forgets_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
