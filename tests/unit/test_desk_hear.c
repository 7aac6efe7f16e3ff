/* SPDX-License-Identifier: Apache-2.0 */
/* A word that the box knows, in front of words that it does not: people read those. */
#include "desk_world.h"

struct said {
	const char *who, *says;
};

/* A report of Eva's that waits for its place. */
static struct world *world_of_a_question(void)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	texts(w, "Eva", "REPORT 2 vans, 6 agents in vests");
	hears(w, "Eva", "Where exactly?");
	forget(w);
	return w;
}

static int find_note(void *ctx, const struct incident_note *note)
{
	const char **text = ctx;

	if (note->text && strcmp(note->text, *text) == 0)
		*text = "";
	return 0;
}

static bool is_noted(struct world *w, int64_t incident_id, const char *text)
{
	assert_int_equal(store_incident_notes(w->store, incident_id, find_note, &text), 0);
	return !*text;
}

static void words_beside_stop_reach_who_handles_the_report(void **state)
{
	static const char *const said[] = { "stop sign on 35th", "cancel that, they left",
		"Alto 35 y Foothill", "stop it!! hurry", "unsubscribe? no i need help",
		"arret de bus 35", "remove the gate" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		struct world *w = world_of_a_question();
		const char *told;

		texts(w, "Eva", said[i]);
		assert_true(row_of(w, "Eva").suppressed);
		hears(w, "Eva", i == 2 ? "fuera de la lista" : "off the list");
		hears_nothing(w, "Eva");
		assert_true(is_noted(w, 1, said[i]));
		told = hears(w, "Ana", "#1 more: ");
		assert_non_null(strstr(told, said[i]));
		assert_non_null(strstr(told, "They left the list by this text"));
		/* and what they say when they are off the list */
		texts(w, "Eva", "stop them now");
		hears(w, "Ana", "#1 more: stop them now");
		hears_nothing(w, "Eva");
		world_destroy(w);
	}
}

static void stop_and_no_other_word_is_told_nobody(void **state)
{
	static const char *const said[] = { "STOP", "stop!!", "Cancel.", "ALTO", "no más",
		"stop please" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		struct world *w = world_of_a_question();

		texts(w, "Eva", said[i]);
		assert_true(row_of(w, "Eva").suppressed);
		hears_nothing(w, "Ana");
		world_destroy(w);
	}
}

static void the_start_of_the_street_is_a_place(void **state)
{
	struct world *w = world_of_a_question();

	(void)state;
	texts(w, "Eva", "start of the street");
	hears(w, "Ana", "Where: start of the street");
	assert_null(strstr(next_heard(w, "Eva")->text, "YES"));
	forget(w);
	texts(w, "Eva", "START");
	hears(w, "Eva", "YES");
	world_destroy(w);
}

static void a_cry_for_help_is_a_message(void **state)
{
	static const struct said said[] = { { "Ben", "help us" }, { "Ben", "help me please" },
		{ "Ben", "help my mom" }, { "Ben", "Help!!! now" }, { "Mia", "Help us" },
		{ "Carla", "help me" }, { "Abe", "help us" } };
	struct world *w = world_of_people(USUAL_SETTINGS);
	char told[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		forget(w);
		texts(w, said[i].who, said[i].says);
		snprintf(told, sizeof(told), " %s", said[i].says);
		assert_non_null(strstr(hears(w, "Ana", "#"), told));
		if (i < 1)
			hears(w, said[i].who, "A person reads it");
		else
			assert_null(strstr(next_heard(w, said[i].who)->text, "REPORT"));
	}
	world_destroy(w);
}

static void a_cry_for_help_goes_to_ones_own_report(void **state)
{
	static const char *const said[] = { "help us", "help me please", "help!!!", "¡Ayuda!",
		"ayuda por favor", "ayuda migra" };
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Eva", "LANG en");
	texts(w, "Eva", "REPORT vans at 5th");
	w->now_ms += MS_PER_H;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		forget(w);
		w->now_ms += MS_PER_H;
		texts(w, "Eva", said[i]);
		hears(w, "Eva", " #1.");
		assert_non_null(strstr(hears(w, "Ana", "#1 more: "), said[i]));
	}
	/* the word alone is what it always was */
	forget(w);
	texts(w, "Eva", "HELP");
	hears(w, "Eva", "Faro is a neighborhood alert line.");
	hears_nothing(w, "Ana");
	world_destroy(w);
}

static void a_cry_for_help_is_no_place(void **state)
{
	struct world *w = world_of_a_question();

	(void)state;
	texts(w, "Eva", "help!!!");
	hears(w, "Ana", "#1 more: help!!!");
	hears(w, "Eva", "added to #1");
	forget(w);
	texts(w, "Eva", "help at 5th Street");
	hears(w, "Ana", "Where: help at 5th Street");
	world_destroy(w);
}

static void help_alone_is_help(void **state)
{
	static const struct said said[] = { { "Ben", "HELP" }, { "Ben", "help." },
		{ "Ben", "Help?" }, { "Eva", "help!!!" }, { "Flo", "INFO" }, { "Mia", "help" } };
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		forget(w);
		texts(w, said[i].who, said[i].says);
		assert_non_null(next_heard(w, said[i].who));
		hears_nothing(w, "Ana");
	}
	forget(w);
	texts(w, "Ana", "help alert");
	hears(w, "Ana", "ALERT");
	hears_nothing(w, "Abe");
	world_destroy(w);
}

static void who_left_and_cries_for_help_is_read(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Mia", "STOP");
	hears(w, "Mia", "off the list");
	texts(w, "Mia", "help us");
	assert_non_null(next_heard(w, "Mia"));
	hears(w, "Ana", "message: help us");
	world_destroy(w);
}

static void a_strangers_yes_with_other_words_is_a_message(void **state)
{
	static const char *const said[] = { "No they took him", "ok they left", "non stop vans",
		"eta 5 min ambulance", "yes 2 vans" };
	static const char *const answers[] = { "ok", "no", "yes 15", "eta 5 min", "ok thanks",
		"No, gracias." };
	struct world *w = world_of_people(USUAL_SETTINGS);
	char phone[PHONE_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		forget(w);
		stranger_texts(w, (int)i, said[i]);
		settle(w);
		assert_non_null(strstr(hears(w, "Ana", "message: "), said[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		forget(w);
		snprintf(phone, sizeof(phone), "+1212555%04d", 150 + (int)i);
		stranger_texts(w, 50 + (int)i, answers[i]);
		settle(w);
		hears_nothing(w, "Ana");
		assert_int_equal(w->n_heard, 1);
		assert_string_equal(w->heard[0].to, phone);
	}
	world_destroy(w);
}

static void a_word_that_is_also_english_chooses_no_language(void **state)
{
	static const char *const english[] = { "can you come", "can somebody come", "can u help me",
		"Can I report something?", "non stop vans", "Ed is at the door", "Tara is here",
		"arrive soon", "Zona 5 is it" };
	static const struct said others[] = { { "cần người", "Cảm ơn" }, { "unirse", "SI" },
		{ "Non, merci", "Faro" }, { "ayuda migra", "Gracias" },
		{ "dang có hai xe", "Cảm ơn" } };
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(english); i++) {
		forget(w);
		w->now_ms += MS_PER_DAY;
		stranger_texts(w, (int)i, english[i]);
		settle(w);
		if (!strstr(w->heard[w->n_heard - 1].text, "A person reads it"))
			fail_msg("\"%s\" is answered \"%s\"", english[i],
				w->heard[w->n_heard - 1].text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		forget(w);
		w->now_ms += MS_PER_DAY;
		stranger_texts(w, 50 + (int)i, others[i].who);
		settle(w);
		if (!strstr(w->heard[w->n_heard - 1].text, others[i].says))
			fail_msg("\"%s\" is answered \"%s\"", others[i].who,
				w->heard[w->n_heard - 1].text);
	}
	world_destroy(w);
}

static void answers_in_other_words_count_while_an_alert_asks(void **state)
{
	static const struct said rows[] = { { "coming in 20 min", "in 20 min" },
		{ "be there in 5", "in 5 min" }, { "5 min away", "in 5 min" },
		{ "10-15 min", "in 10 min" }, { "I'll be there in 1 hour", "in 60 min" },
		{ "15 min thanks", "in 15 min" }, { "ahí voy en 10", "in 10 min" },
		{ "ETA 15 with my car", "in 15 min" }, { "sure", "counted for #1" },
		{ "k", "counted for #1" }, { "yess", "counted for #1" },
		{ "can do", "counted for #1" }, { "Yes, 2 of us", "counted for #1" },
		{ "ahi voy", "counted for #1" }, { "estou indo", "counted for #1" },
		{ "j'y vais", "counted for #1" }, { "马上到", "counted for #1" },
		{ "đang đến", "counted for #1" }, { "papunta na ako", "counted for #1" },
		{ "في الطريق", "counted for #1" }, { "M nan wout", "counted for #1" },
		{ "cannot make it sorry", "hank you for" }, { "busy", "hank you for" },
		{ "Sorry, I can't make it today", "hank you for" },
		{ "estoy ocupada", "hank you for" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		const struct heard_text *heard;

		texts(w, "Ana", "ALERT vans at 5th");
		confirms(w, "Ana", "Reply ");
		forget(w);
		texts(w, "Carla", rows[i].who);
		heard = next_heard(w, "Carla");
		if (!heard || !strstr(heard->text, rows[i].says))
			fail_msg(
				"\"%s\" is answered \"%s\"", rows[i].who, heard ? heard->text : "");
		assert_int_equal(incidents_open(w), 1);
		world_destroy(w);
	}
}

static void the_same_words_are_messages_when_no_alert_asks(void **state)
{
	static const char *const said[] = { "sure they took him", "busy", "be there in 5",
		"coming in through the back, three of them", "2 vans", "5 min ago they left" };
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		forget(w);
		w->now_ms += MS_PER_H;
		texts(w, "Carla", said[i]);
		assert_non_null(strstr(hears(w, "Ana", "#1 "), said[i]));
	}
	texts(w, "Ana", "ALERT vans at 5th");
	confirms(w, "Ana", "Reply ");
	/* nor do all of them answer one */
	for (size_t i = 3; i < ARRAY_SIZE(said); i++) {
		forget(w);
		w->now_ms += MS_PER_MIN;
		texts(w, "Carla", said[i]);
		assert_non_null(strstr(hears(w, "Ana", "#1 "), said[i]));
	}
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_beside_stop_reach_who_handles_the_report),
		cmocka_unit_test(stop_and_no_other_word_is_told_nobody),
		cmocka_unit_test(the_start_of_the_street_is_a_place),
		cmocka_unit_test(a_cry_for_help_is_a_message),
		cmocka_unit_test(a_cry_for_help_goes_to_ones_own_report),
		cmocka_unit_test(a_cry_for_help_is_no_place),
		cmocka_unit_test(help_alone_is_help),
		cmocka_unit_test(who_left_and_cries_for_help_is_read),
		cmocka_unit_test(a_strangers_yes_with_other_words_is_a_message),
		cmocka_unit_test(a_word_that_is_also_english_chooses_no_language),
		cmocka_unit_test(answers_in_other_words_count_while_an_alert_asks),
		cmocka_unit_test(the_same_words_are_messages_when_no_alert_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
