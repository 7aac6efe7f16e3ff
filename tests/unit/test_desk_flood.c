/* SPDX-License-Identifier: Apache-2.0 */
/* Floods from thousands of numbers, and machines that answer machines. */
#include "desk_world.h"

#define MANY      300
#define THOUSANDS 3000

/* Nothing leaves while they text, as on a slow modem. */
static void flood(struct world *w, int many, const char *what)
{
	static const char *const kinds[] = { "what is going on", "REPORT vans at 5th", "JOIN" };
	char body[64];

	w->deaf = true;
	for (int i = 0; i < many; i++) {
		snprintf(body, sizeof(body), "%s %d", what ? what : kinds[i % 3], i);
		stranger_texts(w, i, body);
	}
	settle(w);
}

/* How many texts left before the first to this person with this piece; -1: it never left. */
static int texts_before(const struct world *w, const char *name, const char *piece)
{
	for (int i = 0; i < w->n_heard; i++)
		if (strcmp(w->heard[i].to, phone_of(name)) == 0 && strstr(w->heard[i].text, piece))
			return i;
	return -1;
}

static int heard_by(const struct world *w, const char *name)
{
	int n = 0;

	for (int i = 0; i < w->n_heard; i++)
		n += strcmp(w->heard[i].to, phone_of(name)) == 0;
	return n;
}

static void stop_and_help_get_through_a_flood_of_thousands(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	flood(w, THOUSANDS, NULL);
	texts(w, "Mia", "STOP");
	texts(w, "Ben", "HELP");
	w->deaf = false;
	settle(w);
	assert_int_equal(texts_before(w, "Mia", "you are off the list"), 0);
	/* behind what dispatchers are told, before all answers to strangers */
	assert_in_range(texts_before(w, "Ben", "neighborhood alert line"), 1, 200);
	assert_in_range(w->n_heard, 1, 1000);
	world_destroy(w);
}

static void dispatchers_are_told_of_some_and_then_of_the_sum(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	flood(w, MANY, "what is going on");
	w->deaf = false;
	settle(w);
	assert_int_equal(heard_by(w, "Ana"), 40);
	forget(w);
	/* the box is started anew in between */
	world_restart(w);
	time_goes_on(w, w->now_ms + 10 * MS_PER_MIN);
	hears(w, "Ana",
		"Many texts are coming in: 260 were not passed on one by one, from #41 "
		"to #300");
	hears_nothing(w, "Ana");
	time_goes_on(w, w->now_ms + MS_PER_H);
	hears_nothing(w, "Ana");
	/* nothing is lost */
	assert_int_equal(incidents_open(w), 300);
	texts(w, "Ana", "TAKE 200");
	hears(w, "Ana", "#200 more: what is going on 199");
	hears(w, "Ana", "#200 is yours");
	world_destroy(w);
}

static void a_flood_of_reports_wakes_no_admin_for_each(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	flood(w, MANY, "REPORT vans at 5th");
	w->deaf = false;
	settle(w);
	forget(w);
	time_goes_on(w, w->now_ms + MS_PER_H);
	/* those that were told one by one go on to the admins; of the rest there are two sums */
	assert_in_range(heard_by(w, "Rosa"), 1, 42);
	world_destroy(w);
}

static int answers_to_strangers(const struct world *w)
{
	int n = 0;

	for (int i = 0; i < w->n_heard; i++)
		n += strncmp(w->heard[i].to, "+1212555", 8) == 0;
	return n;
}

/* Those behind the fortieth too; what they wrote is told in sums, and waits for nobody in vain. */
static void each_reporter_is_answered_and_none_is_forgotten(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	flood(w, 50, "REPORT vans at 5th");
	w->deaf = false;
	settle(w);
	assert_int_equal(answers_to_strangers(w), 50);
	forget(w);
	time_goes_on(w, w->now_ms + MS_PER_MIN);
	hears(w, "Ana",
		"Many texts are coming in: 10 were not passed on one by one, from #41 to #50");
	texts(w, "Ana", "TAKE 45");
	forget(w);
	world_restart(w);
	time_goes_on(w, w->now_ms + 4 * MS_PER_MIN);
	assert_true(texts_before(w, "Rosa", "9 reportes esperan hace 4 min, de #41 a #50") >= 0);
	assert_int_equal(texts_before(w, "Ana", "9 report"), -1);
	world_destroy(w);
}

/* A sum soon, and again: each is known as something to wake up for. */
static void sums_are_told_while_it_goes_on(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	flood(w, 50, "what is going on");
	w->deaf = false;
	settle(w);
	forget(w);
	assert_true(desk_tick(w->desk, w->now_ms) <= w->now_ms + MS_PER_MIN);
	time_goes_on(w, w->now_ms + MS_PER_MIN);
	hears(w, "Ana", "10 were not passed on one by one, from #41 to #50");
	for (int i = 50; i < 60; i++)
		stranger_texts(w, i, "and what now?");
	settle(w);
	assert_true(desk_tick(w->desk, w->now_ms) <= w->now_ms + 5 * MS_PER_MIN);
	time_goes_on(w, w->now_ms + 5 * MS_PER_MIN);
	hears(w, "Ana", "10 were not passed on one by one, from #51 to #60");
	hears_nothing(w, "Ana");
	world_destroy(w);
}

static void the_hotline_keeps_a_reserve(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th");
	texts(w, "Ana", "TAKE 1");
	flood(w, MANY, "what is going on");
	w->deaf = false;
	settle(w);
	forget(w);
	texts(w, "Eva", "#1 they are gone");
	hears(w, "Ana", "#1");
	hears(w, "Eva", "added to #1");
	texts(w, "Ana", "#1 thank you");
	hears(w, "Eva", "#1: thank you");
	forget(w);
	texts(w, "Mia", "what happens at the school?");
	hears(w, "Ana", "what happens at the school?");
	texts(w, "Ben", "and who are you?");
	hears_nothing(w, "Ana");
	hears(w, "Ben", "Thank you");
	world_destroy(w);
}

/* A start of the box opens no new window. */
static void a_restart_makes_no_room_for_more(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	flood(w, MANY, "what is going on");
	world_restart(w);
	flood(w, MANY, "and what is going on now");
	w->deaf = false;
	settle(w);
	assert_int_equal(heard_by(w, "Ana"), 40);
	world_destroy(w);
}

/* desk.flood_answers; STOP, HELP and those on the list are answered all the while. */
static void so_many_strangers_are_answered_and_no_more(void **state)
{
	struct world *w = world_of_people(
		USUAL_SETTINGS "desk : { flood_told = 1000; flood_answers = 25; };\n");

	(void)state;
	flood(w, 20, NULL);
	world_restart(w);
	flood(w, MANY, NULL);
	w->deaf = false;
	settle(w);
	assert_int_equal(answers_to_strangers(w), 25);
	forget(w);
	texts(w, "Ben", "JOIN");
	hears_nothing(w, "Ben");
	texts(w, "Ben", "HELP");
	hears(w, "Ben", "neighborhood alert line");
	texts(w, "Ben", "STOP");
	hears(w, "Ben", "you are off the list");
	texts(w, "Mia", "ZONE");
	hears(w, "Mia", "Your zones");
	w->now_ms += 10 * MS_PER_MIN;
	texts(w, "Eva", "JOIN");
	hears(w, "Eva", "reply YES");
	world_destroy(w);
}

/* Two thirds of what is told are for strangers: one of them alone cannot use it up. */
static void one_number_does_not_drown_the_others(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	for (int i = 0; i < 200; i++) {
		char body[64];

		snprintf(body, sizeof(body), "and another thing: %d", i);
		texts(w, "Ben", body);
	}
	assert_int_equal(heard_by(w, "Ana"), 30);
	forget(w);
	texts(w, "Eva", "REPORT vans at 5th");
	hears(w, "Ana", "REPORT: vans at 5th");
	world_destroy(w);
}

/* ---- loops ---- */

enum robot { ECHO, AUTORESPONDER, CLERK, PARROT, ROBOTS };

#define TEXTS_MAX  5
#define THANKS_MAX 4

/* What one texts back that never says the same twice, and means nothing by it. */
static const char *const chatter[] = {
	"I am in a meeting until later today, please wait",
	"Sorry, the shop is closed and opens again tomorrow morning",
	"Driving at the moment, my phone answers by itself",
	"We have moved, look for our new address online",
	"Nobody reads what comes to this line any more",
	"Your call is important for all of us here",
	"On holiday with the whole family, see you soon",
	"Battery is low and the charger stays at home",
	"Thanks for writing, somebody comes back to you later",
	"The office wishes everybody a good and quiet evening",
};

/* What it texts back: the same, always one thing, one with the time in it, or never the same. */
static const char *robot_says(enum robot robot, const char *text, int n, char out[2048])
{
	static const char *const formats[] = {
		[AUTORESPONDER] = "I am driving and will answer later.",
		[CLERK] = "OK! Ticket %d: a human will look at it.",
	};

	if (robot == ECHO || robot == PARROT)
		snprintf(out, 2048, "%s",
			robot == ECHO ? text : chatter[n % (int)ARRAY_SIZE(chatter)]);
	else
		snprintf(out, 2048, formats[robot], n);
	return out;
}

/* How many texts go to and fro until neither says anything. */
static int texts_until_silence(struct world *w, enum robot robot, const char *name)
{
	struct heard_text *heard;
	char text[2048];
	int n = 0;

	while ((heard = next_heard(w, name)) && n < 50) {
		heard->taken = true;
		n++;
		w->now_ms += 5 * MS_PER_S;
		texts(w, name, robot_says(robot, heard->text, n, text));
	}
	return n;
}

static void a_robot_is_answered_no_more_within_five_texts(void **state)
{
	static const char *const firsts[] = { "hello", "REPORT vans at 5th", "REPORT men in vests",
		"JOIN", "HELP", "rights", "LANG" };

	(void)state;
	for (int robot = 0; robot < ROBOTS; robot++)
		for (size_t i = 0; i < ARRAY_SIZE(firsts); i++) {
			struct world *w = world_of_people(USUAL_SETTINGS);
			int n;

			texts(w, "Ben", firsts[i]);
			n = texts_until_silence(w, (enum robot)robot, "Ben");
			print_message("robot %d, %s: %d texts of the box\n", robot, firsts[i], n);
			assert_in_range(n, 1, TEXTS_MAX);
			world_destroy(w);
		}
}

static void so_is_one_that_an_alert_reaches(void **state)
{
	static const char *const whom[] = { "Mia", "Abe" }; /* a member, a dispatcher */

	(void)state;
	for (int robot = 0; robot < ROBOTS; robot++)
		for (size_t i = 0; i < ARRAY_SIZE(whom); i++) {
			struct world *w = world_of_people(USUAL_SETTINGS);
			int n;

			texts(w, "Ana", "ALERT vans at 5th");
			confirms(w, "Ana", "Reply ");
			n = texts_until_silence(w, (enum robot)robot, whom[i]);
			print_message("robot %d, %s: %d texts of the box\n", robot, whom[i], n);
			assert_in_range(n, 1, TEXTS_MAX); /* with the alert itself */
			world_destroy(w);
		}
}

/* A restart in each pause does not make it begin anew. */
static void a_robot_is_remembered_over_restarts(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	int n = 0;

	(void)state;
	for (int i = 0; i < 9; i++) {
		texts(w, "Ben", chatter[i]);
		for (; next_heard(w, "Ben"); n++)
			next_heard(w, "Ben")->taken = true;
		world_restart(w);
		w->now_ms += 5 * MS_PER_S;
	}
	assert_int_equal(n, THANKS_MAX);
	world_destroy(w);
}

/* Six short texts in a minute: all of them are passed on, and the first four are thanked for. */
static void a_frightened_neighbor_loses_no_word(void **state)
{
	static const char *const said[] = { "please help", "they are here", "at the door",
		"two men", "they knock", "now they shout" };
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		w->now_ms += 10 * MS_PER_S;
		texts(w, "Ben", said[i]);
		hears(w, "Ana", said[i]);
		if (i < THANKS_MAX)
			hears(w, "Ben", "#1");
	}
	hears_nothing(w, "Ben");
	/* what they ask for they get all the while, and a person's words too */
	texts(w, "Ben", "LANG es");
	hears(w, "Ben", "Desde ahora");
	texts(w, "Ben", "HELP");
	hears(w, "Ben", "Faro");
	texts(w, "Ana", "#1 we come");
	hears(w, "Ben", "we come");
	/* and later they are thanked again */
	time_goes_on(w, w->now_ms + 11 * MS_PER_MIN);
	texts(w, "Ben", "they left");
	hears(w, "Ben", "#1");
	world_destroy(w);
}

/* One box's texts to the other are texts from it: its number there is Flo's. */
static int pass_over(struct world *from, struct world *to)
{
	struct heard_text *heard = next_heard(from, "Flo");

	if (!heard)
		return 0;
	heard->taken = true;
	texts(to, "Flo", heard->text);
	return 1;
}

static void two_boxes_end_their_talk_within_five_texts(void **state)
{
	static const char *const firsts[] = { "hello", "REPORT vans at 5th", "JOIN", "HELP" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(firsts); i++) {
		struct world *a = world_make(USUAL_SETTINGS), *b = world_make(USUAL_SETTINGS);
		int n = 0, before = -1;

		texts(b, "Flo", firsts[i]);
		while (n > before && n < 50) {
			before = n;
			n += pass_over(b, a);
			n += pass_over(a, b);
		}
		print_message("%s: %d texts\n", firsts[i], n);
		assert_in_range(n, 1, 5);
		world_destroy(a);
		world_destroy(b);
	}
}

/* ---- what a command changed is said ---- */

/* Somebody in a hurry, so much that the loop guard is on; a row in which order they text on. */
static void what_a_command_changed_is_said_in_every_hurry(void **state)
{
	static const struct {
		const char *who, *says, *hears; /* NULL: it changed nothing */
	} rows[] = {
		{ "Carla", "STORY YES", "1 story of yours" },
		{ "Carla", "STORY YES", NULL },
		{ "Carla", "STORY DELETE", "Your story is deleted." },
		{ "Carla", "STORY DELETE", NULL },
		{ "Mia", "DIGEST DAILY", "every day" },
		{ "Mia", "DIGEST DAILY", NULL },
		{ "Mia", "ZONE south", "Your zones are now: south." },
		{ "Mia", "ZONE south", NULL },
		{ "Mia", "LANG es", "ahora" },
		{ "Mia", "LANG es", NULL },
		{ "Dan", "TURNO ON", "" },
		{ "Dan", "TURNO ON", NULL },
		{ "Dan", "TURNO OFF", "" },
		{ "Dan", "TURNO OFF", NULL },
	};
	static const char *const hurried[] = { "Carla", "Mia", "Dan" };
	struct world *w = world_make(USUAL_SETTINGS);
	char text[40];

	(void)state;
	people_join(w);
	texts(w, "Carla", "STORY They took my brother");
	for (size_t p = 0; p < ARRAY_SIZE(hurried); p++)
		for (int i = 0; i < 11; i++) {
			snprintf(text, sizeof(text), "they are at number %d now", 100 + i);
			texts(w, hurried[p], text);
		}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		forget(w);
		texts(w, rows[i].who, rows[i].says);
		if (rows[i].hears)
			hears(w, rows[i].who, rows[i].hears);
		hears_nothing(w, rows[i].who);
	}
	world_destroy(w);
}

/* By turns each changes something: as often as HELP is answered, and no more. */
static void a_machine_that_changes_something_each_time_is_answered_five_times(void **state)
{
	static const char *const says[] = { "DIGEST DAILY", "DIGEST OFF" };
	struct world *w = world_make(USUAL_SETTINGS);
	int heard = 0;

	(void)state;
	people_join(w);
	settle(w);
	forget(w);
	for (int i = 0; i < 40; i++)
		texts(w, "Mia", says[i % 2]);
	while (next_heard(w, "Mia")) {
		hears(w, "Mia", "digest");
		heard++;
	}
	assert_in_range(heard, 5, 12);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stop_and_help_get_through_a_flood_of_thousands),
		cmocka_unit_test(dispatchers_are_told_of_some_and_then_of_the_sum),
		cmocka_unit_test(a_flood_of_reports_wakes_no_admin_for_each),
		cmocka_unit_test(each_reporter_is_answered_and_none_is_forgotten),
		cmocka_unit_test(sums_are_told_while_it_goes_on),
		cmocka_unit_test(the_hotline_keeps_a_reserve),
		cmocka_unit_test(a_restart_makes_no_room_for_more),
		cmocka_unit_test(so_many_strangers_are_answered_and_no_more),
		cmocka_unit_test(one_number_does_not_drown_the_others),
		cmocka_unit_test(a_robot_is_answered_no_more_within_five_texts),
		cmocka_unit_test(so_is_one_that_an_alert_reaches),
		cmocka_unit_test(a_robot_is_remembered_over_restarts),
		cmocka_unit_test(a_frightened_neighbor_loses_no_word),
		cmocka_unit_test(two_boxes_end_their_talk_within_five_texts),
		cmocka_unit_test(what_a_command_changed_is_said_in_every_hurry),
		cmocka_unit_test(a_machine_that_changes_something_each_time_is_answered_five_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
