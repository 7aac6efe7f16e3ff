/* SPDX-License-Identifier: Apache-2.0 */
/* An alert that has left: its answers, what follows it, and what ends it. */
#include "desk_world.h"

static void yes_and_no_are_understood_as_people_write_them(void **state)
{
	static const struct {
		const char *who, *says, *hears;
	} rows[] = {
		{ "Carla", "YES10", "Counted for #1, in 10 min." },
		{ "Mia", "omw", "You are counted for #1." },
		{ "Mia", "I can come in 20", "Counted for #1, in 20 min." },
		{ "Mia", "ETA 1h", "Counted for #1, in 60 min." },
		{ "Mia", "yes 2 hours", "Counted for #1, in 120 min." },
		{ "Mia", "\xF0\x9F\x91\x8D", "You are counted for #1." },
		{ "Carla", "I'm here", "you are there for #1" },
		{ "Mia", "can't", "Thank you for answering #1." },
		{ "Dan", "ya voy 15", "#1, en 15 min." },
	};
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	confirms(w, "Ana", "Reply ");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		w->now_ms += 3 * MS_PER_MIN;
		forget(w);
		texts(w, rows[i].who, rows[i].says);
		hears(w, rows[i].who, rows[i].hears);
	}
	world_destroy(w);
}

static void answers_are_counted_and_the_author_gets_one_summary_a_minute(void **state)
{
	static const struct line talk[] = {
		ALERT_GONE_OUT,
		SAYS(2, "Carla", "yes"),
		HEARS("Carla", "Thank you! You are counted for #1. Text HERE when you arrive"),
		HEARS("Ana", "#1: 1 yes. Sent to 7 of 7."),
		SAYS(2, "Dan", "Sí 15 min"),
		HEARS("Dan", "Contamos con usted para #1, en 15 min."),
		SAYS(2, "Mia", "20"),
		HEARS("Mia", "Counted for #1, in 20 min."),
		SAYS(2, "Max", "NO"),
		HEARS("Max", "Gracias por responder a #1."),
		TIME(3),
		HEARS("Ana", "#1: 3 yes, 1 no. Sent to 7 of 7. Soonest in 14 min."),
		TIME(10),
		SAYS(10, "Dan", "aquí"),
		HEARS("Dan", "Gracias por llegar a #1."),
		HEARS("Ana", "#1: 2 yes, 1 here, 1 no."),
		SAYS(10, "Mia", "ETA 5"),
		HEARS("Mia", "Counted for #1, in 5 min."),
		SAYS(10, "Mia", "eta"),
		HEARS("Mia", "Text ETA and the minutes"),
		SAYS(12, "Carla", "Done"),
		HEARS("Ana", "#1: 2 yes, 1 here, 1 no. Sent to 7 of 7. Soonest in 4 min."),
		HEARS("Carla", "Thank you for being there for #1."),
		HEARS("Ana", "#1: 1 yes, 1 here, 1 done, 1 no."),
		SAYS(14, "Carla", "yes but I need a ride from the station"),
		HEARS("Ana", "#1 responder: yes but I need a ride from the station"),
		HEARS("Carla", "You are counted for #1."),
		HEARS("Ana", "#1: 2 yes, 1 here, 1 no."),
	};

	(void)state;
	TALK(talk);
}

static void an_answer_without_an_alert_is_no_answer(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "YES"),
		HEARS("Carla", "There is no alert to answer at the moment."),
		SAYS(0, "Mia", "ETA 5"),
		HEARS("Mia", "There is no alert to answer"),
		SAYS(0, "Mia", "15"),
		HEARS("Ana", "#1 message: 15"),
		HEARS("Abe", "#1"),
		HEARS("Rosa", "#1"),
		HEARS("Mia", "#1"),
		SAYS(1, "Mia", "yes"), /* of an open incident it is more of it */
		HEARS("Ana", "#1 more: yes"),
		HEARS("Abe", "#1"),
		HEARS("Rosa", "#1"),
		HEARS("Mia", "added to #1"),
		SAYS(2, "Eva", "Here they are at 5th"), /* of a neighbor a report, not an answer */
		HEARS("Ana", "#2 message: Here they are at 5th"),
		HEARS("Abe", "#2"),
		HEARS("Rosa", "#2"),
		HEARS("Eva", "#2"),
	};

	(void)state;
	TALK(talk);
}

static void when_enough_said_yes_the_rest_is_held_and_a_no_lets_it_go_on(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Carla", "DUTY ON");
	forget(w);
	texts(w, "Ana", "ALERT NEED 2 vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	w->deaf = true;
	texts(w, "Ana", w->code);
	w->deaf = false;
	deliver(w, 3); /* the answer to Ana, and two copies: Carla, who is on duty, and Rosa */
	hears(w, "Ana", "going out to 7 people");
	hears(w, "Carla", "Faro ALERT #");
	hears(w, "Rosa", "Faro ALERTA #");
	w->deaf = true;
	texts(w, "Carla", "YES");
	texts(w, "Rosa", "SI 5");
	w->deaf = false;
	settle(w);
	hears(w, "Ana", ": 1 yes");
	hears(w, "Ana", "the 2 that you need said yes. 5 copies that were not sent yet are held.");
	hears_nothing(w, "Mia");
	hears_nothing(w, "Max");
	time_goes_on(w, w->now_ms + 5 * MS_PER_MIN);
	hears_nothing(w, "Ana");
	texts(w, "Rosa", "NO");
	hears(w, "Ana", "now 1 of 2, somebody cannot come. The 5 held copies go out.");
	hears(w, "Mia", "Faro ALERT #");
	hears(w, "Max", "Faro ALERTA #");
	world_destroy(w);
}

static void update_clear_and_cancel_go_to_those_who_were_sent_the_alert(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Carla", "DUTY ON");
	texts(w, "Ana", "ALERT vans at 5th");
	keep_code(w, next_heard(w, "Ana")->text);
	forget(w);
	w->deaf = true;
	texts(w, "Ana", w->code);
	w->deaf = false;
	deliver(w, 3);
	hears(w, "Ana", "going out");
	hears(w, "Carla", "ALERT #1");
	hears(w, "Rosa", "ALERTA #1"); /* who runs the network comes before its members */
	w->deaf = true;
	texts(w, "Ana", "UPDATE 1 they moved to 7th");
	w->deaf = false;
	settle(w);
	hears(w, "Ana",
		"#1: it goes to the 2 who were sent the alert. 5 unsent copies were dropped.");
	hears(w, "Carla", "Faro UPDATE #1: they moved to 7th");
	hears(w, "Rosa", "Faro #1 CAMBIO: they moved to 7th");
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		hears_nothing(w, people[i].name);
	texts(w, "Ana", "CLEAR 1");
	hears(w, "Ana", "#1: it goes to the 2");
	hears(w, "Carla", "Faro ALL CLEAR #1: it is over.");
	hears(w, "Rosa", "Faro #1 TODO DESPEJADO.");
	texts(w, "Carla", "YES");
	hears(w, "Carla", "#1 is over.");
	texts(w, "Ana", "UPDATE 1 more");
	hears(w, "Ana", "#1 is closed.");
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		hears_nothing(w, people[i].name);
	world_destroy(w);
}

static void clear_with_a_text_says_it(void **state)
{
	static const struct line talk[] = {
		ALERT_GONE_OUT,
		SAYS(2, "Abe", "CLEAR 1 they left, nobody was taken"),
		HEARS("Abe", "#1: it goes to the 7 who were sent the alert."),
#define OVER(name)      HEARS(name, "Faro ALL CLEAR #1: they left, nobody was taken")
#define DESPEJADO(name) HEARS(name, "Faro #1 TODO DESPEJADO: they left, nobody was taken")
		OVER("Ana"),
		OVER("Abe"),
		OVER("Carla"),
		OVER("Mia"),
		DESPEJADO("Rosa"),
		DESPEJADO("Dan"),
		DESPEJADO("Max"),
	};

	(void)state;
	TALK(talk);
}

static void cancel_with_a_number_calls_off_and_alone_it_is_stop(void **state)
{
	static const struct line talk[] = {
		ALERT_GONE_OUT,
		SAYS(2, "Ana", "cancel 1"),
		HEARS("Ana", "#1: it goes to the 7"),
#define OFF(name)        HEARS(name, "Faro: #1 is called off. Please do not come.")
#define SE_CANCELA(name) HEARS(name, "Faro: #1 se cancela. Por favor no venga.")
		OFF("Ana"),
		OFF("Abe"),
		OFF("Carla"),
		OFF("Mia"),
		SE_CANCELA("Rosa"),
		SE_CANCELA("Dan"),
		SE_CANCELA("Max"),
		SAYS(3, "Ana", "ALERT south vans"),
		HEARS("Ana", "#2 (south)"),
		SAYS(4, "Ana", "CANCEL #2"),
		HEARS("Ana", "Alert #2 is withdrawn. Nobody was sent it."),
		SAYS(5, "Carla", "CANCEL 1"), /* not a dispatcher: it is STOP */
		HEARS("Carla", "you are off the list"),
		SAYS(6, "Ana", "CANCEL 99"), /* a typing error of hers is no STOP */
		HEARS("Ana", "There is no #99."),
		SAYS(7, "Abe", "Cancel"),
		HEARS("Abe", "you are off the list"),
	};

	(void)state;
	TALK(talk);
}

static void the_shelf_life_ends_an_alert_and_clear_still_reaches_its_people(void **state)
{
	static const struct line talk[] = {
		ALERT_GONE_OUT,
		SAYS(2, "Mia", "YES"),
		HEARS("Mia", "You are counted"),
		HEARS("Ana", "#1: 1 yes"),
		TIME(120),
		TIME(121),
		HEARS("Ana", "The time of alert #1 is over: 1 said yes."),
		HEARS("Mia", "Faro #1: the time of this alert is over."),
		SAYS(122, "Mia", "YES"),
		HEARS("Mia", "#1 is over."),
		SAYS(123, "Ana", "CLEAR 1"),
		HEARS("Ana", "#1: it goes to the 7"),
		HEARS("Ana", "ALL CLEAR #1"),
		HEARS("Abe", "ALL CLEAR #1"),
		HEARS("Carla", "ALL CLEAR #1"),
		HEARS("Mia", "ALL CLEAR #1"),
		HEARS("Rosa", "DESPEJADO"),
		HEARS("Dan", "DESPEJADO"),
		HEARS("Max", "DESPEJADO"),
	};

	(void)state;
	TALK(talk);
}

/* ---- what is to be known only ---- */

static void an_info_alert_is_never_told_not_to_come(void **state)
{
	static const char *const ends[][2] = {
		{ "CLEAR 1", "Faro INFO #1: this is over now. Thank you." },
		{ "CANCEL 1", "Faro INFO #1: please ignore this notice. Thank you." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);

		texts(w, "Ana", "ALERT north INFO stay away from 5th");
		confirms(w, "Ana", "Nobody is asked to come.");
		hears(w, "Mia", "Faro INFO #1: stay away from 5th");
		texts(w, "Mia", "YES");
		hears(w, "Mia", "There is no alert to answer at the moment.");
		texts(w, "Ana", ends[i][0]);
		hears(w, "Mia", ends[i][1]);
		hears_nothing(w, "Mia");
		world_destroy(w);
	}
}

static void the_time_of_an_info_alert_ends_without_counting_who_comes(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT north INFO stay away from 5th");
	confirms(w, "Ana", "Nobody is asked to come.");
	texts(w, "Mia", "YES");
	time_goes_on(w, w->now_ms + MS_PER_MIN);
	forget(w);
	time_goes_on(w, w->now_ms + 3 * MS_PER_H);
	hears(w, "Ana", "The time of notice #1 is over. CLEAR 1 tells");
	hears_nothing(w, "Ana");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

/* Its code ran out: nobody has it, and nothing hinders what is said of its incident. */
static void an_alert_whose_code_ran_out_was_sent_to_nobody(void **state)
{
	static const struct {
		const char *says, *answer;
	} orders[] = {
		{ "UPDATE 1 they moved", "No alert was sent for #1" },
		{ "CANCEL 1", "No alert was sent for #1" },
		{ "MORE 1 3", "No alert was sent for #1" },
		{ "CLEAR 1", "#1 is closed" },
	};
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ben", "REPORT vans at 5th and Main");
	texts(w, "Ana", "ALERT 1 vans at 5th");
	time_goes_on(w, w->now_ms + MS_PER_H);
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		forget(w);
		texts(w, "Ana", orders[i].says);
		hears(w, "Ana", orders[i].answer);
	}
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yes_and_no_are_understood_as_people_write_them),
		cmocka_unit_test(answers_are_counted_and_the_author_gets_one_summary_a_minute),
		cmocka_unit_test(an_answer_without_an_alert_is_no_answer),
		cmocka_unit_test(when_enough_said_yes_the_rest_is_held_and_a_no_lets_it_go_on),
		cmocka_unit_test(update_clear_and_cancel_go_to_those_who_were_sent_the_alert),
		cmocka_unit_test(clear_with_a_text_says_it),
		cmocka_unit_test(cancel_with_a_number_calls_off_and_alone_it_is_stop),
		cmocka_unit_test(the_shelf_life_ends_an_alert_and_clear_still_reaches_its_people),
		cmocka_unit_test(an_info_alert_is_never_told_not_to_come),
		cmocka_unit_test(the_time_of_an_info_alert_ends_without_counting_who_comes),
		cmocka_unit_test(an_alert_whose_code_ran_out_was_sent_to_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
