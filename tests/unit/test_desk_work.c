/* SPDX-License-Identifier: Apache-2.0 */
/* From rumour to alert: what is asked, who is told, who goes and looks, and what it then says. */
#include "desk_world.h"

#define REPORT_1(text)                                                                             \
	HEARS("Ana", "#1 REPORT: " text), HEARS("Abe", "#1 REPORT: " text),                        \
		HEARS("Rosa", "#1 REPORTE: " text)

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

static void what_was_answered_before_a_pause_is_passed_on_after_a_minute(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th"),
		REPORT_1("vans at 5th"),
		HEARS("Eva", "How many"),
		SAYS(1, "Eva", "two"),
		HEARS("Eva", "What are they doing?"),
		TIME(2),
		HEARS("Ana", "#1 so far. How many: two."),
		HEARS("Abe", "#1 so far. How many: two."),
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

/* ---- verification ---------------------------------------------------------------------------- */

#define ANA_TAKES                                                                                  \
	SAYS(0, "Ana", "TAKE 1"), HEARS("Ana", "#1 is yours."), HEARS("Abe", "taken by Ana"),      \
		HEARS("Rosa", "Ana tiene")

static void a_responder_goes_and_looks(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans in the north"),
		REPORT_1("vans in the north"),
		HEARS("Eva", "Where exactly?"),
		ANA_TAKES,
		SAYS(0, "Eva", "5th and Main"),
		HEARS("Ana", "Where: 5th and Main."),
		HEARS("Eva", "How many"),
		SAYS(0, "Ana", "VERIFY 1"),
		HEARS("Ana", "#1: 2 responders were asked to look."),
		HEARS("Carla", "#1: can you go and look? vans in the north. GO 1 if you go. "
			       "Where: 5th and Main."),
		HEARS("Dan", "#1: ¿puede ir a ver? vans in the north. Responda IR 1 si va."),
		SAYS(1, "Carla", "GO 1"),
		HEARS("Dan", "#1: alguien ya va."),
		HEARS("Ana", "#1: Carla goes to look."),
		HEARS("Carla", "#1 is yours to look at."),
		SAYS(1, "Dan", "IR 1"),
		HEARS("Dan", "#1: alguien ya va."),
		SAYS(5, "Carla", "SEEN 3 vans, six men"),
		HEARS("Ana", "#1 SEEN by Carla: 3 vans, six men. CONFIRM 1 or FALSE 1."),
		HEARS("Carla", "The dispatcher of #1 knows."),
		SAYS(6, "Ana", "CONFIRM 1"),
		HEARS("Ana", "#1 is confirmed."),
		SAYS(6, "Ana", "ALERT 1 north vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(6, "Ana", CODE),
		HEARS("Ana", "#1 is going out to 5 people"),
		HEARS("Ana", "Faro ALERT #1: vans at 5th"),
		HEARS("Abe", "Faro ALERT #1: vans at 5th"),
		HEARS("Carla", "Faro ALERT #1: vans at 5th"),
		HEARS("Mia", "Faro ALERT #1: vans at 5th"),
		HEARS("Rosa", "Faro ALERTA #1: vans at 5th"),
	};

	(void)state;
	TALK(talk);
}

static void nothing_there(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th in the south"),
		REPORT_1("vans at 5th in the south"),
		HEARS("Eva", "How many"),
		ANA_TAKES,
		SAYS(0, "Ana", "VERIFY 1"),
		HEARS("Ana", "2 responders"),
		HEARS("Dan", "¿puede ir a ver?"),
		HEARS("Carla", "can you go and look?"),
		SAYS(1, "Dan", "IR"),
		HEARS("Carla", "somebody goes to look"),
		HEARS("Ana", "#1: Dan goes to look."),
		HEARS("Dan", "El #1 es suyo."),
		SAYS(9, "Dan", "NADA 1"),
		HEARS("Ana", "#1: Dan sees NOTHING there."),
		HEARS("Dan", "Quien coordina el #1 ya lo sabe"),
		SAYS(9, "Ana", "FALSE 1"),
		HEARS("Ana", "#1 is closed as unfounded."),
		SAYS(10, "Mia", "GO home"), /* not a responder: a message */
		HEARS("Ana", "#2 message: GO home"),
		HEARS("Abe", "#2"),
		HEARS("Rosa", "#2"),
		HEARS("Mia", "#2"),
		SAYS(10, "Dan", "nada nuevo"), /* asked nothing: a message too */
		HEARS("Ana", "#3 message: nada nuevo"),
		HEARS("Abe", "#3"),
		HEARS("Rosa", "#3"),
		HEARS("Dan", "#3"),
	};

	(void)state;
	TALK(talk);
}

static void when_nobody_goes_the_dispatcher_hears_it(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th"),
		REPORT_1("vans at 5th"),
		HEARS("Eva", "How many"),
		ANA_TAKES,
		SAYS(0, "Ana", "VERIFY 1 north"),
		HEARS("Ana", "2 responders"),
		HEARS("Carla", "can you go and look?"),
		HEARS("Dan", "¿puede ir a ver?"),
		TIME(3),
		HEARS("Ana", "#1: there is nobody else to ask."),
		SAYS(4, "Ana", "VERIFY 1"),
		HEARS("Ana", "#1: there is nobody else to ask."),
	};

	(void)state;
	TALK(talk);
}

static void of_many_three_are_asked_and_those_on_duty_in_the_zone_first(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	static const char *const zones[] = { "south", "north", "south", "north", "north", "north" };
	int asked = 0;

	(void)state;
	for (int i = 0; i < 6; i++) {
		char phone[24], why[64] = "";
		struct desk_person_request person = { phone, "Helper", "responder", "en",
			zones[i] };

		snprintf(phone, sizeof(phone), "+151055501%02d", 40 + i);
		assert_int_equal(desk_person_add(w->desk, &person, w->now_ms, why, sizeof(why)), 0);
	}
	text_arrives(w, "+15105550145", "DUTY ON");
	texts(w, "Eva", "REPORT vans at 5th north");
	forget(w);
	texts(w, "Ana", "VERIFY 1");
	hears(w, "Ana", "3 responders");
	for (int i = 0; i < w->n_heard; i++) {
		const struct heard_text *heard = &w->heard[i];

		if (!strstr(heard->text, "can you go"))
			continue;
		/* 41, 43 and 45 are of the north; 45 is on duty */
		assert_true(strcmp(heard->to, "+15105550140") != 0 &&
			    strcmp(heard->to, "+15105550142") != 0);
		asked++;
	}
	assert_int_equal(asked, 3);
	forget(w);
	time_goes_on(w, NOW_MS + 3 * MS_PER_MIN);
	for (asked = 0; asked < w->n_heard && strstr(w->heard[asked].text, "can you go"); asked++)
		;
	assert_int_equal(asked, 3); /* the others */
	world_destroy(w);
}

/* ---- the same thing twice -------------------------------------------------------------------- */

static void two_reports_of_the_same_thing_become_one(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th north"),
		REPORT_1("vans at 5th north"),
		HEARS("Eva", "#1"),
		ANA_TAKES,
		SAYS(5, "Flo", "REPORT police on 5th north"),
		HEARS("Ana", "#2 REPORT: police on 5th north (TAKE 2) Perhaps the same as #1: SAME "
			     "1 2."),
		HEARS("Abe", "Perhaps the same as #1"),
		HEARS("Rosa", "Tal vez es lo mismo que el #1: MISMO 1 2."),
		HEARS("Flo", "#2"),
		SAYS(6, "Ana", "SAME 1 2"),
		HEARS("Ana", "#2 belongs to #1 now."),
		SAYS(7, "Flo", "two more came"),
		HEARS("Ana", "#1 more: two more came"),
		HEARS("Flo", "added to #1"),
		SAYS(8, "Ana", "#1 thank you both"),
		HEARS("Eva", "Faro #1: thank you both"),
		HEARS("Flo", "Faro #1: thank you both"),
		SAYS(9, "Ana", "SAME 1 1"),
		HEARS("Ana", "SAME needs two numbers"),
		SAYS(9, "Ana", "SAME 1 2"),
		HEARS("Ana", "#2 is closed"),
		SAYS(40, "Ben", "REPORT vans at 9th north"), /* too late to be near */
		HEARS("Ana", "#3 REPORT: vans at 9th north (TAKE 3)"),
		HEARS("Abe", "#3"),
		HEARS("Rosa", "#3"),
		HEARS("Ben", "#3"),
	};

	(void)state;
	TALK(talk);
}

static void confirm_of_a_running_alert_says_how_to_tell(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th"),
		REPORT_1("vans at 5th"),
		HEARS("Eva", "#1"),
		SAYS(0, "Ana", "ALERT 1 south vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(0, "Ana", CODE),
		HEARS("Ana", "going out"),
		HEARS("Ana", "UNCONFIRMED"),
		HEARS("Rosa", "SIN CONFIRMAR"),
		HEARS("Dan", "Faro ALERTA #1: SIN CONFIRMAR: vans at 5th"),
		HEARS("Max", "SIN CONFIRMAR"),
		SAYS(1, "Ana", "CONFIRM 1"),
		HEARS("Ana", "#1 is confirmed. UPDATE 1 and text"),
	};

	(void)state;
	TALK(talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_asked_one_thing_at_a_time_and_passed_on_in_one_text),
		cmocka_unit_test(what_a_report_says_already_is_not_asked),
		cmocka_unit_test(what_an_answer_says_besides_is_not_asked),
		cmocka_unit_test(what_was_answered_before_a_pause_is_passed_on_after_a_minute),
		cmocka_unit_test(commands_stop_and_help_go_through_an_open_question),
		cmocka_unit_test(after_half_an_hour_a_text_is_no_answer_any_more),
		cmocka_unit_test(an_alert_that_comes_between_is_what_yes_answers),
		cmocka_unit_test(nobody_takes_it),
		cmocka_unit_test(two_on_duty_are_told_first_then_the_next),
		cmocka_unit_test(the_light_shows_what_nobody_took),
		cmocka_unit_test(a_restart_in_between_forgets_nobody),
		cmocka_unit_test(a_responder_goes_and_looks),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(when_nobody_goes_the_dispatcher_hears_it),
		cmocka_unit_test(of_many_three_are_asked_and_those_on_duty_in_the_zone_first),
		cmocka_unit_test(two_reports_of_the_same_thing_become_one),
		cmocka_unit_test(confirm_of_a_running_alert_says_how_to_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
