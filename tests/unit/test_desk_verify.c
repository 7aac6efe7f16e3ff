/* SPDX-License-Identifier: Apache-2.0 */
/* Whether it is so: who goes and looks, what is the same thing, and what nobody has seen yet. */
#include "desk_world.h"

/* ---- verification ---------------------------------------------------------------------------- */

static void a_responder_goes_and_looks(void **state)
{
	static const struct line talk[] = {
		EVA_REPORTS("vans in the north"),
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
		EVA_REPORTS("vans at 5th in the south"),
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
		SAYS(5, "Dan", "vi 1 dos camionetas"),
		HEARS("Ana", "#1 SEEN by Dan: dos camionetas."),
		HEARS("Dan", "Quien coordina el #1 ya lo sabe"),
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
		EVA_REPORTS("vans at 5th"),
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

/* Who was asked to look, as digits of the helpers' numbers, in order. */
static const char *asked_to_look(struct world *w, char out[16])
{
	int n = 0;

	for (int i = 0; i < w->n_heard && n < 15; i++)
		if (strstr(w->heard[i].text, "can you go"))
			out[n++] = w->heard[i].to[strlen(w->heard[i].to) - 1];
	out[n] = '\0';
	return out;
}

/*
 * On duty in the zone, in the zone, on duty elsewhere, elsewhere; in each circle as they joined.
 * Three at a time: by the last digits of their numbers.
 */
static void those_on_duty_are_asked_first_and_those_of_the_zone_before_others(void **state)
{
	static const struct {
		const char *zone;
		bool duty;
	} helpers[] = {
		{ "south", false }, /* 0 */
		{ "north", false },
		{ "north", false },
		{ "south", true },
		{ "north", false },
		{ "north", true }, /* 5 */
		{ "south", true },
	};
	struct world *w = world_make(USUAL_SETTINGS);
	char phone[24], why[64] = "", asked[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++) {
		struct desk_person_request person = { phone, "Helper", "responder", "en",
			helpers[i].zone };

		snprintf(phone, sizeof(phone), "+15105550%d4%zu", 1, i);
		assert_int_equal(desk_person_add(w->desk, &person, w->now_ms, why, sizeof(why)), 0);
		if (helpers[i].duty)
			text_arrives(w, phone, "DUTY ON");
	}
	texts(w, "Eva", "REPORT vans at 5th north");
	forget(w);
	texts(w, "Ana", "VERIFY 1");
	assert_int_equal(strlen(asked_to_look(w, asked)), 3);
	assert_non_null(strchr(asked, '5'));
	assert_true(!strchr(asked, '0') && !strchr(asked, '3') && !strchr(asked, '6'));
	forget(w);
	time_goes_on(w, NOW_MS + 3 * MS_PER_MIN);
	/* one of the zone is left; on duty elsewhere come before all the others */
	assert_int_equal(strlen(asked_to_look(w, asked)), 3);
	assert_true(strchr(asked, '3') && strchr(asked, '6') && !strchr(asked, '0'));
	forget(w);
	time_goes_on(w, NOW_MS + 6 * MS_PER_MIN);
	assert_string_equal(asked_to_look(w, asked), "0");
	world_destroy(w);
}

/* Whoever saw it has said what they saw, and another zone's responders can be asked. */
static void a_reporter_is_not_sent_to_look_and_a_zone_can_be_named(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "REPORT vans at 5th"),
		REPORT_1("vans at 5th"),
		HEARS("Carla", "How many"),
		ANA_TAKES,
		SAYS(1, "Ana", "VERIFY 1"),
		HEARS("Ana", "1 responder was asked to look."),
		HEARS("Dan", "¿puede ir a ver?"),
	};
	struct world *w = world_make(USUAL_SETTINGS);
	char asked[16];

	(void)state;
	TALK(talk);
	for (int i = 0; i < 4; i++) {
		char phone[24], why[64] = "";
		struct desk_person_request person = { phone, "Helper", "responder", "en",
			i == 2 ? "south" : "north" };

		snprintf(phone, sizeof(phone), "+1510555014%d", i);
		assert_int_equal(desk_person_add(w->desk, &person, w->now_ms, why, sizeof(why)), 0);
	}
	texts(w, "Eva", "REPORT vans at 5th north");
	forget(w);
	texts(w, "Ana", "VERIFY 1 south");
	assert_non_null(strchr(asked_to_look(w, asked), '2'));
	world_destroy(w);
}

/* ---- the same thing twice -------------------------------------------------------------------- */

static void two_reports_of_the_same_thing_become_one(void **state)
{
	static const struct line talk[] = {
		EVA_REPORTS("vans at 5th north"),
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

/* Each with the one before, of which it says that they are perhaps the same (0: it does not). */
static void only_reports_of_others_near_in_time_and_place_are_perhaps_the_same(void **state)
{
	static const struct {
		const char *first_who, *first, *who, *says;
		int minutes;
		bool same;
	} rows[] = {
		{ "Eva", "REPORT vans at 5th north", "Flo", "REPORT police north", 0, true },
		{ "Eva", "REPORT vans at 5th north", "Flo", "REPORT police north", 29, true },
		{ "Eva", "REPORT vans at 5th north", "Flo", "REPORT police north", 31, false },
		{ "Eva", "REPORT vans at 5th north", "Flo", "REPORT police south", 1, false },
		{ "Eva", "REPORT vans at 5th", "Flo", "REPORT police north", 1, false },
		{ "Eva", "REPORT vans at 5th north", "Eva", "REPORT police north", 1, false },
		{ "Eva", "is the north clinic open", "Flo", "REPORT police north", 1, false },
		/* where no zone is named, who is on the list is where they live */
		{ "Mia", "REPORT vans at 5th", "Carla", "REPORT police here", 1, true },
		{ "Mia", "REPORT vans at 5th", "Max", "REPORT police here", 1, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		const char *told;

		settle(w);
		forget(w);
		texts(w, rows[i].first_who, rows[i].first);
		time_goes_on(w, NOW_MS + rows[i].minutes * MS_PER_MIN);
		forget(w);
		texts(w, rows[i].who, rows[i].says);
		told = hears(w, "Ana", "#2 REPORT: ");
		if (!strstr(told, "Perhaps the same as #1: SAME 1 2.") == rows[i].same)
			fail_msg("row %zu: %s", i, told);
		world_destroy(w);
	}
}

/* Three in a row, joined one after the other: the last one's sender talks about the first. */
static void what_was_joined_twice_goes_on_in_the_first(void **state)
{
	static const struct line talk[] = {
		EVA_REPORTS("vans at 5th"),
		HEARS("Eva", "#1"),
		ANA_TAKES,
		SAYS(1, "Flo", "REPORT police on 5th"),
		REPORTED("2"),
		HEARS("Flo", "#2"),
		SAYS(2, "Ben", "REPORT cars on 5th"),
		REPORTED("3"),
		HEARS("Ben", "#3"),
		SAYS(3, "Ana", "SAME 2 3"),
		HEARS("Ana", "#3 belongs to #2 now."),
		SAYS(3, "Ana", "SAME 1 2"),
		HEARS("Ana", "#2 belongs to #1 now."),
		SAYS(4, "Ben", "two more came"),
		HEARS("Ana", "#1 more: two more came"),
		HEARS("Ben", "added to #1"),
	};

	(void)state;
	TALK(talk);
}

/* What people were called to is not joined away under them. */
static void a_report_whose_alert_runs_is_joined_to_no_other(void **state)
{
	static const struct line talk[] = {
		EVA_REPORTS("vans at 5th"),
		HEARS("Eva", "#1"),
		ANA_TAKES,
		SAYS(1, "Flo", "REPORT police on 5th"),
		REPORTED("2"),
		HEARS("Flo", "#2"),
		SAYS(2, "Ana", "ALERT 2 south vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(2, "Ana", "SAME 1 2"),
		HEARS("Ana", "The alert of #2 is running."),
		SAYS(2, "Ana", CODE),
		HEARS("Ana", "going out"),
		HEARS("Ana", "UNCONFIRMED"),
		HEARS("Rosa", "SIN CONFIRMAR"),
		HEARS("Dan", "SIN CONFIRMAR"),
		HEARS("Max", "SIN CONFIRMAR"),
		SAYS(3, "Ana", "SAME 1 2"),
		HEARS("Ana", "The alert of #2 is running."),
	};

	(void)state;
	TALK(talk);
}

/* The words are the files'; that each is said in place of the text alone is the desk's. */
static void an_unverified_alert_says_so_in_every_language(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	struct speech_arg text = SPEECH_TEXT("text", "vans at 5th");
	int n = 0;

	(void)state;
	for (const char *language; (language = speech_language(w->speech, n)); n++) {
		char phone[24], why[64] = "";
		struct desk_person_request person = { phone, "Member", "member", language, "" };

		snprintf(phone, sizeof(phone), "+1510555014%d", n);
		assert_int_equal(desk_person_add(w->desk, &person, w->now_ms, why, sizeof(why)), 0);
	}
	assert_int_equal(n, 9);
	texts(w, "Eva", "REPORT vans at 5th");
	texts(w, "Ana", "ALERT 1 vans at 5th");
	keep_code(w, strstr(w->heard[w->n_heard - 1].text, "Reply "));
	forget(w);
	texts(w, "Ana", w->code);
	for (int i = 0; i < n; i++) {
		char memory[256], phone[24];
		struct strbuf said;
		int found = 0;

		strbuf_init(&said, memory, sizeof(memory));
		speech_say(
			w->speech, speech_language(w->speech, i), MSG_UNCONFIRMED, &text, 1, &said);
		snprintf(phone, sizeof(phone), "+1510555014%d", i);
		for (int h = 0; h < w->n_heard; h++)
			found += strcmp(w->heard[h].to, phone) == 0 &&
				 strstr(w->heard[h].text, said.text);
		if (found != 1 || strcmp(said.text, "vans at 5th") == 0)
			fail_msg("%s: %s", speech_language(w->speech, i), said.text);
	}
	world_destroy(w);
}

#define AS_UNCONFIRMED "It goes out as UNCONFIRMED."

/* Before the code is used; CONFIRM takes it away, and a dispatcher's own alert has none of it. */
static void the_promise_says_that_it_goes_out_as_unconfirmed(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th");
	forget(w);
	texts(w, "Ana", "ALERT 1 vans at 5th");
	hears(w, "Ana", "about 1 min. " AS_UNCONFIRMED " Reply ");
	texts(w, "Ana", "ES camionetas en la 5");
	hears(w, "Ana", AS_UNCONFIRMED);
	texts(w, "Ana", "CONFIRM 1");
	forget(w);
	texts(w, "Ana", "ALERT 1 vans at 5th");
	assert_null(strstr(hears(w, "Ana", "Reply "), AS_UNCONFIRMED));
	texts(w, "Ana", "ALERT vans at 5th");
	assert_null(strstr(hears(w, "Ana", "Reply "), AS_UNCONFIRMED));
	world_destroy(w);
}

static void who_confirms_as_the_second_reads_that_it_is_unconfirmed(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "alerts : { confirm = \"two\"; };\n");

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th");
	forget(w);
	texts(w, "Ana", "ALERT 1 vans at 5th");
	hears(w, "Abe", "UNCONFIRMED: vans at 5th");
	hears(w, "Rosa", "SIN CONFIRMAR: vans at 5th");
	world_destroy(w);
}

static void confirm_of_a_running_alert_says_how_to_tell(void **state)
{
	static const struct line talk[] = {
		EVA_REPORTS("vans at 5th"),
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

/* Not only a report's: what a neighbor texted without that word, what a dispatcher alerts about. */
static void who_is_asked_to_look_is_told_what_it_is_about(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT north vans at 5th");
	texts(w, "Ben", "two vans at 7th and Main");
	forget(w);
	texts(w, "Ana", "VERIFY 1");
	hears(w, "Carla", "#1: can you go and look? vans at 5th");
	forget(w);
	texts(w, "Ana", "VERIFY 2");
	hears(w, "Carla", "#2: can you go and look? two vans at 7th and Main");
	world_destroy(w);
}

/* Nobody is asked before it is known where. */
static void a_zone_that_is_none_is_said_and_nobody_is_asked(void **state)
{
	static const struct line talk[] = {
		EVA_REPORTS("vans at 5th and Main"),
		HEARS("Eva", "#1"),
		SAYS(1, "Ana", "VERIFY 1 nroth"),
		HEARS("Ana", "nroth is not one of our zones. They are: north, south."),
		SAYS(1, "Ana", "VERIFY 1 north"),
		HEARS("Ana", "#1: 2 responders were asked to look."),
		HEARS("Carla", "#1"),
		HEARS("Dan", "#1"),
	};

	(void)state;
	TALK(talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_that_is_none_is_said_and_nobody_is_asked),
		cmocka_unit_test(a_responder_goes_and_looks),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(when_nobody_goes_the_dispatcher_hears_it),
		cmocka_unit_test(of_many_three_are_asked_and_those_on_duty_in_the_zone_first),
		cmocka_unit_test(those_on_duty_are_asked_first_and_those_of_the_zone_before_others),
		cmocka_unit_test(a_reporter_is_not_sent_to_look_and_a_zone_can_be_named),
		cmocka_unit_test(two_reports_of_the_same_thing_become_one),
		cmocka_unit_test(
			only_reports_of_others_near_in_time_and_place_are_perhaps_the_same),
		cmocka_unit_test(what_was_joined_twice_goes_on_in_the_first),
		cmocka_unit_test(a_report_whose_alert_runs_is_joined_to_no_other),
		cmocka_unit_test(an_unverified_alert_says_so_in_every_language),
		cmocka_unit_test(the_promise_says_that_it_goes_out_as_unconfirmed),
		cmocka_unit_test(who_confirms_as_the_second_reads_that_it_is_unconfirmed),
		cmocka_unit_test(confirm_of_a_running_alert_says_how_to_tell),
		cmocka_unit_test(who_is_asked_to_look_is_told_what_it_is_about),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
