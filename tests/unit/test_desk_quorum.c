/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An alert reaches the right people first and stops when it is enough: who is next, what is held,
 * MORE, reminders, who is there, alerts that ask nobody, and what the end of a shelf life says.
 */
#include "desk_world.h"

#define QUICK_SETTINGS USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n"

/* The names of those whose copy of an alert left, in that order, and a blank after each. */
static void copies_left(struct world *w, const char *piece, char *out, size_t size)
{
	struct strbuf names;

	strbuf_init(&names, out, size);
	for (int i = 0; i < w->n_heard; i++)
		if (strstr(w->heard[i].text, piece))
			strbuf_addf(&names, "%s ", name_of(w->heard[i].to));
}

static void those_who_came_before_are_called_first(void **state)
{
	struct world *w = world_of_people(QUICK_SETTINGS);
	char names[256];

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	copies_left(w, "vans at 5th", names, sizeof(names));
	assert_string_equal(names, "Rosa Ana Abe Carla Dan Mia Max ");
	texts(w, "Dan", "SI 10");
	texts(w, "Max", "AQUI");
	texts(w, "Mia", "NO");
	texts(w, "Ana", "CLEAR 1");
	forget(w);
	texts(w, "Ana", "ALERT vans at 6th");
	copies_left(w, "vans at 6th", names, sizeof(names));
	/* within the responders and above, and within the members */
	assert_string_equal(names, "Dan Rosa Ana Abe Carla Max Mia ");
	texts(w, "Dan", "NO"); /* one alert less than nothing is nothing */
	texts(w, "Mia", "YES");
	texts(w, "Mia", "DONE");
	texts(w, "Carla", "YES");
	texts(w, "Carla", "NO");
	texts(w, "Carla", "DUTY ON");
	texts(w, "Ana", "CLEAR 2");
	forget(w);
	texts(w, "Ana", "ALERT north ALL vans at 7th");
	copies_left(w, "vans at 7th", names, sizeof(names));
	/* on duty; responders of the zone; the zone; others: there Dan has answered once */
	assert_string_equal(names, "Carla Rosa Ana Abe Mia Dan Max ");
	world_destroy(w);
}

/* Each answer counts: two go before one, and one before none. */
static void those_who_came_more_often_are_called_first(void **state)
{
	struct world *w = world_of_people(QUICK_SETTINGS);
	char names[256];

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	texts(w, "Abe", "YES");
	texts(w, "Dan", "SI");
	texts(w, "Max", "SI");
	texts(w, "Mia", "YES");
	texts(w, "Ana", "CLEAR 1");
	texts(w, "Ana", "ALERT vans at 6th");
	texts(w, "Dan", "SI");
	texts(w, "Max", "SI");
	texts(w, "Ana", "CLEAR 2");
	forget(w);
	texts(w, "Ana", "ALERT vans at 7th");
	copies_left(w, "vans at 7th", names, sizeof(names));
	assert_string_equal(names, "Dan Abe Rosa Ana Carla Max Mia ");
	world_destroy(w);
}

/* ---- MORE ------------------------------------------------------------------------------------ */

/* Of an alert for all that needs two, two copies left (Carla's and Rosa's), and both said yes. */
static struct world *two_of_two(void)
{
	struct world *w = world_of_people(QUICK_SETTINGS);

	texts(w, "Carla", "DUTY ON");
	forget(w);
	w->deaf = true;
	texts(w, "Ana", "ALERT NEED 2 vans at 5th");
	w->deaf = false;
	deliver(w, 3);
	hears(w, "Ana", "2 needed");
	hears(w, "Carla", "vans at 5th");
	hears(w, "Rosa", "vans at 5th");
	w->deaf = true;
	texts(w, "Carla", "YES 10");
	texts(w, "Rosa", "SI 5");
	w->deaf = false;
	settle(w);
	hears(w, "Ana", "1 yes");
	hears(w, "Ana",
		"#1: the 2 that you need said yes. 5 copies that were not sent yet are held. "
		"MORE 1 lets them go on.");
	forget(w);
	return w;
}

static int count_note(void *ctx, const struct incident_note *note)
{
	int *counts = ctx;

	counts[0] += strcmp(note->what, "more") == 0;
	counts[1] += strcmp(note->what, "more asked") == 0 && strcmp(note->text, "MORE 1 2") == 0;
	return 0;
}

/* In the trail it is the dispatcher's word, and nothing that came from the reporter. */
static void more_is_told_from_a_reporters_further_text(void **state)
{
	struct world *w = two_of_two();
	int counts[2] = { 0, 0 };

	(void)state;
	texts(w, "Ana", "MORE 1 2");
	assert_int_equal(store_incident_notes(w->store, 1, count_note, counts), 0);
	assert_int_equal(counts[0], 0);
	assert_int_equal(counts[1], 1);
	world_destroy(w);
}

/* Those whose copy an UPDATE dropped are asked with all that was said; nobody is told both. */
static void more_asks_them_behind_an_update_too(void **state)
{
	struct world *w = two_of_two();

	(void)state;
	texts(w, "Ana", "UPDATE 1 use back door");
	hears(w, "Ana", "it goes to the 2 who were sent the alert. 5 unsent copies were dropped.");
	hears(w, "Carla", "UPDATE #1: use back door");
	hears(w, "Rosa", "CAMBIO: use back door");
	w->deaf = true;
	texts(w, "Ana", "MORE 1 1");
	w->deaf = false;
	deliver(w, 2);
	hears(w, "Ana", "#1: 3 are needed now, 2 said yes. 5 copies go on going out.");
	hears(w, "Ana", "ALERT #1: vans at 5th. use back door");
	w->deaf = true;
	texts(w, "Ana", "YES");
	w->deaf = false;
	settle(w);
	hears(w, "Ana", "the 3 that you need said yes. 4 copies that were not sent yet are held.");
	hears(w, "Ana", "You are counted for #1.");
	texts(w, "Ana", "UPDATE 1 they are gone");
	hears(w, "Ana", "it goes to the 3 who were sent the alert. 4 unsent copies were dropped.");
	hears(w, "Ana", "UPDATE #1: they are gone");
	hears(w, "Carla", "UPDATE #1: they are gone");
	texts(w, "Ana", "MORE 1 5");
	hears(w, "Ana", "#1: 8 are needed now, 3 said yes. 4 copies go on going out.");
	hears(w, "Mia", "ALERT #1: vans at 5th. they are gone");
	hears(w, "Max", "ALERTA #1: vans at 5th. they are gone");
	hears_nothing(w, "Mia");
	hears_nothing(w, "Carla");
	texts(w, "Mia", "I can come");
	hears(w, "Mia", "You are counted for #1.");
	forget(w);
	texts(w, "Ana", "MORE 1 1");
	hears(w, "Ana",
		"#1: 9 are needed now, 4 said yes. Nobody is left to ask in its zones; a new ALERT "
		"asks others.");
	forget(w);
	texts(w, "Ana", "CLEAR 1");
	hears(w, "Mia", "#1");
	hears(w, "Carla", "#1");
	world_destroy(w);
}

static void more_lets_the_copies_go_on_until_so_many_came(void **state)
{
	struct world *w = two_of_two();

	(void)state;
	w->deaf = true;
	texts(w, "Ana", "MORE 1 2");
	w->deaf = false;
	deliver(w, 3);
	hears(w, "Ana", "#1: 4 are needed now, 2 said yes. 5 copies go on going out.");
	hears(w, "Ana", "vans at 5th");
	hears(w, "Abe", "vans at 5th");
	w->deaf = true;
	texts(w, "Abe", "YES");
	texts(w, "Ana", "YES");
	w->deaf = false;
	settle(w);
	hears(w, "Ana", "#1: the 4 that you need said yes. 3 copies");
	hears_nothing(w, "Mia");
	hears_nothing(w, "Max");
	world_destroy(w);
}

static void more_without_a_number_is_half_as_many_again(void **state)
{
	struct world *w = two_of_two();

	(void)state;
	texts(w, "Abe", "mas 1"); /* any dispatcher, in any language */
	hears(w, "Abe", "#1: ahora se necesitan 3, vienen 2. Siguen saliendo 5 copias.");
	hears(w, "Mia", "vans at 5th");
	hears(w, "Max", "vans at 5th");
	world_destroy(w);
}

static void more_counts_from_those_who_are_coming(void **state)
{
	struct world *w = world_of_people(QUICK_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT NEED 1 vans at 5th");
	texts(w, "Carla", "YES");
	texts(w, "Mia", "YES");
	texts(w, "Abe", "HERE");
	forget(w);
	texts(w, "Ana", "MORE #1 2");
	hears(w, "Ana", "#1: 5 are needed now, 3 said yes.");
	texts(w, "Carla", "MORE 1 2"); /* of others it is a text for people */
	hears(w, "Carla", "A person reads it");
	world_destroy(w);
}

static void more_of_an_alert_that_is_over_says_so(void **state)
{
	struct world *w = two_of_two();

	(void)state;
	time_goes_on(w, w->now_ms + 3 * MS_PER_H);
	forget(w);
	texts(w, "Ana", "MORE 1");
	hears(w, "Ana", "The time of alert #1 is over: 2 said yes.");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

/* ---- reminders ------------------------------------------------------------------------------- */

/* The network reports that what left for this person until now has arrived. */
static void reaches(struct world *w, const char *name)
{
	for (int i = 0; i < 256; i++)
		assert_true(store_report(w->store, "sim1", i, phone_of(name), REPORT_DELIVERED,
				    w->now_ms, w->now_ms) >= 0);
}

#define REMINDED "Faro #1: can you come? We have no answer from you yet."

/* Everybody has the alert; all phones but Dan's got it. */
static struct world *all_are_asked(const char *settings, const char *alert)
{
	struct world *w = world_of_people(settings);

	texts(w, "Rosa", "ROLE 5105550106 responder"); /* Mia */
	texts(w, "Ana", alert);
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		if (people[i].phone[0] == '+' && strcmp(people[i].name, "Dan") != 0)
			reaches(w, people[i].name);
	forget(w);
	return w;
}

static void a_silent_responder_is_reminded_once(void **state)
{
	struct world *w = all_are_asked(QUICK_SETTINGS, "ALERT vans at 5th");

	(void)state;
	texts(w, "Mia", "NO");
	forget(w);
	time_goes_on(w, NOW_MS + 9 * MS_PER_MIN);
	hears_nothing(w, "Carla");
	time_goes_on(w, NOW_MS + 12 * MS_PER_MIN);
	hears(w, "Carla", REMINDED);
	/* who answered, whose phone is off, members and those who run the network hear nothing */
	assert_int_equal(w->n_heard, 1);
	reaches(w, "Carla");
	time_goes_on(w, NOW_MS + 30 * MS_PER_MIN);
	hears_nothing(w, "Carla");
	reaches(w, "Dan"); /* his phone was off until now */
	time_goes_on(w, NOW_MS + 32 * MS_PER_MIN);
	hears(w, "Dan", "Faro #1: ¿puede venir?");
	time_goes_on(w, NOW_MS + 4 * MS_PER_H);
	hears_nothing(w, "Dan");
	hears_nothing(w, "Carla");
	world_destroy(w);
}

static void no_reminder_leaves_when_it_is_enough_over_or_not_wanted(void **state)
{
	static const struct {
		const char *settings, *alert, *then;
	} cases[] = {
		{ QUICK_SETTINGS, "ALERT NEED 1 vans at 5th", NULL }, /* Max comes */
		{ QUICK_SETTINGS, "ALERT vans at 5th", "CLEAR 1" },
		{ QUICK_SETTINGS, "ALERT vans at 5th", "CANCEL 1" },
		{ USUAL_SETTINGS "alerts : { confirm = \"none\"; remind_after = 0; };\n",
			"ALERT vans at 5th", NULL },
		{ USUAL_SETTINGS "alerts : { confirm = \"none\"; shelf_life = 500; };\n",
			"ALERT vans at 5th", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world *w = all_are_asked(cases[i].settings, cases[i].alert);

		texts(w, "Max", "SI 5");
		if (cases[i].then)
			texts(w, "Ana", cases[i].then);
		time_goes_on(w, NOW_MS + 3 * MS_PER_H);
		for (int n = 0; n < w->n_heard; n++)
			assert_null(strstr(w->heard[n].text, "can you come"));
		world_destroy(w);
	}
}

static void more_reminds_and_what_waits_is_held_and_dropped(void **state)
{
	struct world *w = all_are_asked(QUICK_SETTINGS, "ALERT NEED 1 vans at 5th");

	(void)state;
	texts(w, "Max", "SI 5");
	time_goes_on(w, NOW_MS + 20 * MS_PER_MIN);
	w->deaf = true;
	texts(w, "Ana", "MORE 1 1");
	time_goes_on(w, NOW_MS + 22 * MS_PER_MIN); /* Carla's and Mia's wait for a modem */
	texts(w, "Abe", "YES");
	forget(w);
	w->deaf = false;
	time_goes_on(w, NOW_MS + 23 * MS_PER_MIN);
	hears_nothing(w, "Carla");
	w->deaf = true;
	texts(w, "Ana", "MORE 1 1");
	texts(w, "Mia", "NO"); /* she needs none any more */
	w->deaf = false;
	settle(w);
	hears(w, "Carla", REMINDED);
	hears(w, "Mia", "Thank you for answering #1.");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

static void reminders_that_wait_go_with_the_alert(void **state)
{
	static const char *const ends[] = { "CLEAR 1", "CANCEL 1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct world *w = all_are_asked(QUICK_SETTINGS, "ALERT vans at 5th");

		w->deaf = true;
		time_goes_on(w, NOW_MS + 12 * MS_PER_MIN);
		texts(w, "Ana", ends[i]);
		w->deaf = false;
		settle(w);
		hears(w, "Carla", "#1");
		hears_nothing(w, "Carla");
		for (int n = 0; n < w->n_heard; n++)
			assert_null(strstr(w->heard[n].text, "can you come"));
		world_destroy(w);
	}
}

/* ---- INFO ------------------------------------------------------------------------------------ */

#define INFO_TALK(words)                                                                           \
	SAYS(0, "Ana", words),                                                                     \
		HEARS("Ana", "#1 (north): 5 people, 1 segment, about 1 min. Nobody is asked to "   \
			     "come. It is going out now."),                                        \
		HEARS("Carla", "Faro INFO #1: stay away from 5th"),                                \
		HEARS("Mia", "Faro INFO #1: stay away from 5th"),                                  \
		HEARS("Ana", "Faro INFO #1: stay away from 5th"),                                  \
		HEARS("Abe", "Faro INFO #1: stay away from 5th"),                                  \
		HEARS("Rosa", "Faro AVISO #1: stay away from 5th")

static void info_asks_nobody_and_nothing_holds_it(void **state)
{
	static const struct line orders[][7] = {
		{ INFO_TALK("ALERT north INFO stay away from 5th") },
		{ INFO_TALK("ALERT INFO north NEED 1 stay away from 5th") },
		{ INFO_TALK("alert norte NEED 1 aviso stay away from 5th") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		talk_with(QUICK_SETTINGS, orders[i], 7);
}

static void a_yes_is_about_the_alert_that_asked(void **state)
{
	struct world *w = all_are_asked(QUICK_SETTINGS, "ALERT NEED 2 vans at 5th");

	(void)state;
	texts(w, "Ana", "ALERT INFO stay away from 9th NEED 1");
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		if (people[i].phone[0] == '+')
			reaches(w, people[i].name);
	forget(w);
	texts(w, "Carla", "YES 5");
	hears(w, "Carla", "Counted for #1, in 5 min.");
	texts(w, "Ana", "MORE 2");
	hears(w, "Ana", "#1: 1 yes");
	hears(w, "Ana", "#2: no number was asked for");
	texts(w, "Ana", "CLEAR 1");
	forget(w);
	texts(w, "Mia", "YES"); /* the one that asked is over, the other one asks nothing */
	hears(w, "Mia", "#1 is over.");
	time_goes_on(w, w->now_ms + 100 * MS_PER_MIN);
	for (int i = 0; i < w->n_heard; i++)
		assert_null(strstr(w->heard[i].text, "can you come"));
	world_destroy(w);
}

/* ---- the end --------------------------------------------------------------------------------- */

static void those_who_are_coming_hear_that_its_time_is_over(void **state)
{
	struct world *w =
		all_are_asked(USUAL_SETTINGS "alerts : { confirm = \"none\"; shelf_life = "
					     "500; remind_after = 0; };\n",
			"ALERT vans at 5th");

	(void)state;
	texts(w, "Carla", "YES 5");
	texts(w, "Max", "AQUI");
	texts(w, "Mia", "HERE");
	texts(w, "Mia", "DONE");
	texts(w, "Dan", "NO");
	time_goes_on(w, NOW_MS + 7 * MS_PER_MIN);
	forget(w);
	time_goes_on(w, NOW_MS + 10 * MS_PER_MIN);
	hears(w, "Ana", "The time of alert #1 is over: 3 said yes.");
	hears(w, "Carla", "Faro #1: the time of this alert is over. Thank you! If you are not");
	hears(w, "Max", "Faro #1: el tiempo de esta alerta ha terminado.");
	assert_int_equal(w->n_heard, 3);
	world_destroy(w);
}

/* ---- who is there ---------------------------------------------------------------------------- */

static void status_says_who_is_there(void **state)
{
	struct world *w = world_of_people(QUICK_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	forget(w);
	texts(w, "Abe", "STATUS");
	for (int i = 0; i < w->n_heard; i++)
		assert_null(strstr(w->heard[i].text, "on the way"));
	hears(w, "Abe", "1 alert");
	texts(w, "Carla", "YES 10");
	texts(w, "Mia", "YES");
	texts(w, "Dan", "AQUI");
	texts(w, "Abe", "STATUS now");
	hears(w, "Abe", "#1: 1 there, 2 on the way.");
	texts(w, "Mia", "HERE");
	texts(w, "Dan", "LISTO");
	texts(w, "Rosa", "ESTADO");
	hears(w, "Rosa", "#1: 1 en el lugar, 1 en camino.");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_who_came_before_are_called_first),
		cmocka_unit_test(those_who_came_more_often_are_called_first),
		cmocka_unit_test(more_lets_the_copies_go_on_until_so_many_came),
		cmocka_unit_test(more_is_told_from_a_reporters_further_text),
		cmocka_unit_test(more_asks_them_behind_an_update_too),
		cmocka_unit_test(more_without_a_number_is_half_as_many_again),
		cmocka_unit_test(more_counts_from_those_who_are_coming),
		cmocka_unit_test(more_of_an_alert_that_is_over_says_so),
		cmocka_unit_test(a_silent_responder_is_reminded_once),
		cmocka_unit_test(no_reminder_leaves_when_it_is_enough_over_or_not_wanted),
		cmocka_unit_test(more_reminds_and_what_waits_is_held_and_dropped),
		cmocka_unit_test(reminders_that_wait_go_with_the_alert),
		cmocka_unit_test(info_asks_nobody_and_nothing_holds_it),
		cmocka_unit_test(a_yes_is_about_the_alert_that_asked),
		cmocka_unit_test(those_who_are_coming_hear_that_its_time_is_over),
		cmocka_unit_test(status_says_who_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
