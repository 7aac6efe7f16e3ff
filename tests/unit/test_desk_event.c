/* SPDX-License-Identifier: Apache-2.0 */
/* EVENT: announced by a code, answered by YES, NO and RSVP, reminded of, called off. */

#include "desk_world.h"

/* NOW_MS is Monday 2026-09-21, 7:13 in California. */
#define HOUR 60
#define DAY  (24 * HOUR)

static void converse_in(const char *settings, const struct line *lines, size_t n)
{
	struct world *w;

	live_in("America/Los_Angeles");
	w = world_of_people(settings);
	settle(w);
	forget(w);
	play(w, lines, n);
	world_destroy(w);
}
#define CONVERSE(lines) converse_in(USUAL_SETTINGS, lines, ARRAY_SIZE(lines))

/* Ana, Abe, Rosa, Carla, Dan, Mia and Max are told. */
#define ANNOUNCED                                                                                  \
	SAYS(0, "Ana", "EVENT sat 10:00 Rights night, 1 Main St."),                                \
		HEARS("Ana", "E1 on 2026-09-26 10:00: 7 people, 1 segment each, 7 together. Rep"), \
		SAYS(1, "Ana", CODE), HEARS("Ana", "E1 is announced."),                            \
		ALL_HEAR("Faro 2026-09-26 10:00: Rights night, 1 Main St. Will you come?",         \
			"Faro 2026-09-26 10:00: Rights night, 1 Main St. ¿Viene?")

static void an_event_is_announced_answered_and_reminded_of(void **state)
{
	static const struct line talk[] = {
		ANNOUNCED,
		SAYS(2, "Mia", "yes"),
		HEARS("Mia", "Thank you! 1 person for 2026-09-26 10:00 (E1)."),
		SAYS(2, "Max", "ASISTIR 1 3"),
		HEARS("Max", "3 personas para 2026-09-26 10:00 (E1)."),
		SAYS(3, "Carla", "no"),
		HEARS("Carla", "Thank you for answering about E1."),
		SAYS(3, "Dan", "RSVP E1"),
		HEARS("Dan", "1 persona para 2026-09-26 10:00"),
		SAYS(4, "Dan", "RSVP 1 NO"),
		HEARS("Dan", "Gracias por responder a E1."),
		SAYS(5, "Ana", "EVENT 1"),
		HEARS("Ana", "E1, 2026-09-26 10:00: 2 said yes, 4 people, 2 no."),
		/* Friday, 10:00 */
		TIME(4 * DAY + 2 * HOUR + 45),
		TIME(4 * DAY + 2 * HOUR + 47),
		HEARS("Ana", "E1, 2026-09-26 10:00: 2 said yes, 4 people, 2 no."),
		HEARS("Mia", "Faro, tomorrow, 2026-09-26 10:00: Rights night, 1 Main St."),
		HEARS("Max", "Faro, mañana, 2026-09-26 10:00: Rights night"),
		/* when it is over a yes is about nothing */
		SAYS(6 * DAY, "Mia", "yes"),
		HEARS("Mia", "There is no alert to answer"),
		SAYS(6 * DAY, "Mia", "RSVP 1"),
		HEARS("Mia", "There is no event E1 to come."),
	};

	(void)state;
	CONVERSE(talk);
}

static void while_an_alert_runs_a_yes_is_about_the_alert(void **state)
{
	static const struct line talk[] = {
		ANNOUNCED,
		SAYS(2, "Ana", "ALERT vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(2, "Ana", CODE),
		HEARS("Ana", "#1 is going out"),
		ALL_HEAR("vans at 5th", "vans at 5th"),
		SAYS(3, "Mia", "yes"),
		HEARS("Mia", "You are counted for #1"),
		HEARS("Ana", "#1: 1 yes"),
		SAYS(3, "Mia", "RSVP 1"),
		HEARS("Mia", "1 person for 2026-09-26 10:00 (E1)"),
		SAYS(4, "Ana", "CLEAR 1"),
		HEARS("Ana", "#1: it goes to the 7"),
		ALL_HEAR("ALL CLEAR", "TODO DESPEJADO"),
		SAYS(5, "Carla", "yes 2"),
		HEARS("Carla", "2 people for 2026-09-26 10:00 (E1)"),
	};

	(void)state;
	CONVERSE(talk);
}

static void an_event_that_is_called_off_is_told_to_those_who_were_told(void **state)
{
	static const struct line talk[] = {
		ANNOUNCED,
		SAYS(2, "Mia", "yes"),
		HEARS("Mia", "1 person"),
		SAYS(3, "Max", "ALTO"),
		HEARS("Max", "fuera de la lista"),
		SAYS(4, "Ana", "CANCEL E1"),
		HEARS("Ana", "E1 is called off"),
		HEARS("Ana", "Faro: called off: Rights night"),
		HEARS("Abe", "called off"),
		HEARS("Rosa", "se cancela"),
		HEARS("Carla", "called off"),
		HEARS("Dan", "se cancela"),
		HEARS("Mia", "Faro: called off: Rights night, 1 Main St. (2026-09-26 10:00)"),
		SAYS(5, "Ana", "CANCEL E1"),
		HEARS("Ana", "There is no event E1 to come."),
		/* nobody is reminded; of a member CANCEL is STOP, whatever follows */
		TIME(7 * DAY),
		SAYS(7 * DAY, "Mia", "CANCEL E1"),
		HEARS("Mia", "off the list"),
	};

	(void)state;
	CONVERSE(talk);
}

static void who_left_does_not_count_and_is_not_reminded(void **state)
{
	static const struct line talk[] = {
		ANNOUNCED,
		SAYS(2, "Mia", "yes"),
		HEARS("Mia", "1 person"),
		SAYS(3, "Mia", "STOP"),
		HEARS("Mia", "off the list"),
		SAYS(4, "Mia", "START"),
		HEARS("Mia", "Welcome"),
		SAYS(5, "Ana", "EVENT E1"),
		HEARS("Ana", "E1, 2026-09-26 10:00: nobody said yes."),
		TIME(4 * DAY + 3 * HOUR),
		HEARS("Ana", "nobody said yes"),
	};

	(void)state;
	CONVERSE(talk);
}

static void without_its_code_nobody_hears_of_it(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "EVENT tomorrow 18:30 forged"),
		HEARS("Ana", "E1 on 2026-09-22 18:30"),
		TIME(10),
		SAYS(10, "Ana", CODE),
		HEARS("Ana", "No alert waits for a code."),
		SAYS(11, "Ana", "CANCEL E1"),
		HEARS("Ana", "There is no event E1 to come."),
		SAYS(12, "Ana", "EVENT 2026-09-20 10:00 over"),
		HEARS("Ana", "EVENT, when, and what and where"),
		TIME(3 * DAY),
	};

	(void)state;
	CONVERSE(talk);
}

static void it_is_announced_in_every_language_that_has_a_version(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "EVENT fri 19:00 Rights night"),
		HEARS("Ana", "Reply "),
		SAYS(0, "Ana", "ES Noche de derechos"),
		HEARS("Ana", "Added: ES Noche de derechos. Reply "),
		SAYS(1, "Ana", CODE),
		HEARS("Ana", "E1 is announced."),
		ALL_HEAR("2026-09-25 19:00: Rights night", "2026-09-25 19:00: Noche de derechos"),
		SAYS(2, "Mia", "DIGEST DAILY"),
		HEARS("Mia", "every day"),
		SAYS(2, "Dan", "RESUMEN DIARIO"),
		HEARS("Dan", "cada 24 horas"),
		/* once in the digest as news */
		TIME(2 * HOUR),
		HEARS("Mia", "Faro news: - 2026-09-25 19:00: Rights night (RSVP 1) DIGEST OFF"),
		HEARS("Dan", "Avisos de Faro: - 2026-09-25 19:00: Noche de derechos (ASISTIR 1)"),
		TIME(2 * DAY + 2 * HOUR),
	};

	(void)state;
	CONVERSE(talk);
}

/* Announcement, reminder and cancellation are bulk, and survive a restart once. */
static void all_of_it_is_bulk_and_survives_a_restart_once(void **state)
{
	struct world *w;

	(void)state;
	live_in("America/Los_Angeles");
	w = world_of_people(USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n");
	settle(w);
	forget(w);
	w->deaf = true;
	texts(w, "Ana", "EVENT sat 10:00 Rights night");
	world_restart(w);
	w->deaf = false;
	settle(w);
	assert_int_equal(next_heard(w, "Mia")->class, CLASS_REST);
	hears(w, "Mia", "Rights night");
	hears_nothing(w, "Mia");
	texts(w, "Mia", "yes");
	hears(w, "Mia", "1 person");
	world_close(w);
	/* it is off at the reminder's time */
	w->now_ms += 4 * MS_PER_DAY + 6 * MS_PER_H;
	world_open(w);
	settle(w);
	assert_int_equal(next_heard(w, "Mia")->class, CLASS_REST);
	hears(w, "Mia", "tomorrow");
	world_restart(w);
	settle(w);
	hears_nothing(w, "Mia");
	world_destroy(w);
}

/* A day of the week is none before there is a clock. */
static void before_the_time_is_known_no_event_is_announced(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	settle(w);
	forget(w);
	desk_set_time_known(w->desk, false);
	texts(w, "Ana", "EVENT sat 10:00 Rights night");
	hears(w, "Ana", "does not know what time it is yet");
	hears_nothing(w, "Ana");
	world_destroy(w);
}

/* Who was told is forgotten after privacy.keep_row_days. */
static void an_event_of_long_ago_is_called_off_for_everybody(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n"
							 "privacy : { keep_row_days = 35; };\n");

	(void)state;
	settle(w);
	texts(w, "Ana", "EVENT 2026-12-24 18:00 Rights night");
	time_goes_on(w, w->now_ms + 60 * MS_PER_DAY);
	forget(w);
	texts(w, "Ana", "CANCEL E1");
	hears(w, "Ana", "E1 is called off");
	hears(w, "Mia", "called off: Rights night");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

static void an_event_that_has_begun_is_not_announced(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "EVENT 7:14 Vigil at the library"), /* in less than a minute */
		HEARS("Ana", "E1 on 2026-09-21 07:14"),
		SAYS(1, "Ana", CODE),
		HEARS("Ana", "It did not go out"),
		SAYS(2, "Ana", "EVENT 1"),
		HEARS("Ana", "There is no event E1 to come."),
	};

	(void)state;
	CONVERSE(talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_announced_answered_and_reminded_of),
		cmocka_unit_test(while_an_alert_runs_a_yes_is_about_the_alert),
		cmocka_unit_test(an_event_that_is_called_off_is_told_to_those_who_were_told),
		cmocka_unit_test(who_left_does_not_count_and_is_not_reminded),
		cmocka_unit_test(without_its_code_nobody_hears_of_it),
		cmocka_unit_test(it_is_announced_in_every_language_that_has_a_version),
		cmocka_unit_test(all_of_it_is_bulk_and_survives_a_restart_once),
		cmocka_unit_test(an_event_that_has_begun_is_not_announced),
		cmocka_unit_test(before_the_time_is_known_no_event_is_announced),
		cmocka_unit_test(an_event_of_long_ago_is_called_off_for_everybody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
