/* SPDX-License-Identifier: Apache-2.0 */
/* The hotline: two people who talk without each other's number, and voice calls. */
#include "desk_world.h"

#define DAYS(n) ((n)*24 * 60)

static void a_second_dispatcher_can_step_in(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "is it safe at the market?"),
		HEARS("Ana", "#1 message: is it safe at the market? (TAKE 1)"),
		HEARS("Abe", "#1 message: "),
		HEARS("Rosa", "#1 mensaje: "),
		HEARS("Eva", "Your text is #1."),
		SAYS(1, "Ana", "TAKE 1"),
		HEARS("Ana", "#1 is yours."),
		HEARS("Abe", "#1 was taken by Ana."),
		HEARS("Rosa", "Ana tiene"),
		SAYS(2, "Ana", "#1 somebody looks now"),
		HEARS("Eva", "Faro #1: somebody looks now"),
		SAYS(3, "Abe", "#1 it is safe"),
		HEARS("Eva", "Faro #1: it is safe"),
		SAYS(4, "Abe", "TAKE 1"),
		HEARS("Abe", "#1 is yours."),
		HEARS("Ana", "#1 was taken by Abe."),
		HEARS("Rosa", "Abe tiene"),
		SAYS(5, "Eva", "thank you"),
		HEARS("Abe", "#1 more: thank you"),
		HEARS("Eva", "added to #1"),
	};

	(void)state;
	TALK(talk);
}

static void a_handle_expires_after_30_quiet_days(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "is it safe at the market?"),
		HEARS("Ana", "#1 message: "),
		HEARS("Abe", "#1 message: "),
		HEARS("Rosa", "#1 mensaje: "),
		HEARS("Eva", "Your text is #1."),
		/* each text begins the 30 days anew */
		SAYS(DAYS(29), "Ana", "#1 it is safe"),
		HEARS("Eva", "Faro #1: it is safe"),
		SAYS(DAYS(58), "Eva", "#1 thank you"),
		HEARS("Ana", "#1 more: thank you"),
		HEARS("Abe", "#1 more: thank you"),
		HEARS("Rosa", "thank you"),
		HEARS("Eva", "added to #1"),
		SAYS(DAYS(88), "Ana", "#1 are you well?"),
		HEARS("Ana", "#1 has been quiet for 30 days"),
		/* and hers is a new one */
		SAYS(DAYS(88) + 1, "Eva", "#1 hello"),
		HEARS("Ana", "#2 message: #1 hello"),
		HEARS("Abe", "#2 message: #1 hello"),
		HEARS("Rosa", "#2 mensaje: #1 hello"),
		HEARS("Eva", "Your text is #2."),
	};

	(void)state;
	TALK(talk);
}

static void calls(struct world *w, const char *phone)
{
	assert_int_equal(desk_call(w->desk, phone, w->now_ms), 0);
	settle(w);
}

static void a_caller_is_texted_once_in_an_hour_in_the_boxs_languages(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	const char *text;

	(void)state;
	calls(w, phone_of("Eva"));
	text = hears(w, "Eva", "Faro cannot take calls. Please text what you see");
	assert_non_null(strstr(text, "Faro no puede atender llamadas"));
	assert_null(strstr(text, "Faro ne ")); /* drafts are not spoken unasked */
	assert_in_range(strlen(text), 1, 160); /* one segment */
	hears(w, "Ana", "#1: somebody called");
	forget(w);
	w->now_ms += 59 * MS_PER_MIN;
	calls(w, phone_of("Eva"));
	assert_int_equal(w->n_heard, 0);
	/* also when the box was started anew, and for any number of callers in between */
	world_restart(w);
	calls(w, phone_of("Eva"));
	assert_int_equal(w->n_heard, 0);
	calls(w, phone_of("Ben"));
	hears(w, "Ben", "Faro cannot take calls");
	w->now_ms += MS_PER_MIN;
	forget(w);
	calls(w, phone_of("Eva"));
	hears(w, "Eva", "Faro cannot take calls");
	hears(w, "Ana", "#1: somebody called");
	world_destroy(w);
}

static void a_caller_whose_language_is_known_hears_that(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	const char *text;

	(void)state;
	calls(w, phone_of("Max"));
	text = hears(w, "Max", "Faro no puede atender llamadas");
	assert_null(strstr(text, "cannot take calls"));
	assert_non_null(strstr(text, "Faro no puede atender llamadas"));
	world_destroy(w);
}

static void a_withheld_number_is_told_only(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	calls(w, "");
	hears(w, "Ana", "Somebody called with a hidden number");
	hears(w, "Abe", "Somebody called");
	hears(w, "Rosa", "Alguien llama con su tel");
	w->now_ms += 59 * MS_PER_MIN;
	forget(w);
	calls(w, "");
	assert_int_equal(w->n_heard, 0);
	w->now_ms += MS_PER_MIN;
	calls(w, "");
	hears(w, "Ana", "Somebody called");
	forget(w);
	calls(w, "24680");
	calls(w, phone_of("Box"));
	assert_int_equal(w->n_heard, 0);
	world_destroy(w);
}

/* ---- long texts of info ---- */

#define SENTENCE(n) "This is sentence number " #n " of a long text about your rights. "
/* clang-format off */
#define TEN(n)                                                                                     \
	SENTENCE(n##0)                                                                             \
	SENTENCE(n##1)                                                                             \
	SENTENCE(n##2)                                                                             \
	SENTENCE(n##3) SENTENCE(n##4) SENTENCE(n##5) SENTENCE(n##6) SENTENCE(n##7) SENTENCE(n##8)  \
		SENTENCE(n##9)
#define LONG_INFO                                                                                  \
	BOX_GROUP LIST_GROUP("open") PEOPLE_GROUP                                                  \
		"info = ( { keyword = ( \"rights\", \"derechos\" ); text = (\n"                    \
		"  { language = \"en\"; body = \"" TEN(1)                                          \
			TEN(2) "Last words.\"; },\n"                                               \
			       "  { language = \"es\"; body = \"Puede guardar silencio.\"; } ); "  \
			       "} );\n"
/* clang-format on */

static void a_long_text_comes_in_parts(void **state)
{
	struct world *w = world_make(LONG_INFO);
	char all[2048] = "";
	int parts = 0;

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th"); /* a talk about something else goes on */
	forget(w);
	for (bool last = false; !last && parts < 10; parts++) {
		struct heard_text *heard;
		char *hint;

		texts(w, "Eva", parts ? "More" : "rights");
		heard = next_heard(w, "Eva");
		if (!heard)
			fail_msg("part %d does not come", parts);
		assert_in_range(heard->segments, 1, 3);
		hint = strstr(heard->text, " MORE: the next part.");
		last = !hint;
		if (hint)
			*hint = '\0';
		/* each ends with a sentence */
		assert_int_equal(heard->text[strlen(heard->text) - 1], '.');
		strcat(all, heard->text);
		strcat(all, " ");
		heard->taken = true;
	}
	assert_in_range(parts, 3, 5);
	assert_string_equal(all, TEN(1) TEN(2) "Last words. ");
	/* nothing is left: MORE is a text like any other, here an answer about the report */
	texts(w, "Eva", "MORE");
	assert_null(strstr(next_heard(w, "Eva") ? next_heard(w, "Eva")->text : "", "sentence"));
	texts(w, "Max", "derechos");
	hears(w, "Max", "Puede guardar silencio.");
	hears_nothing(w, "Max");
	world_destroy(w);
}

static void the_next_part_waits_a_day_and_through_a_restart(void **state)
{
	struct world *w = world_make(LONG_INFO);

	(void)state;
	texts(w, "Ana", "rights"); /* a dispatcher's MORE with a number is another word */
	hears(w, "Ana", "sentence number 10 ");
	world_restart(w);
	time_goes_on(w, w->now_ms + 23 * MS_PER_H);
	texts(w, "Ana", "MORE");
	hears(w, "Ana", "sentence number 17 ");
	time_goes_on(w, w->now_ms + 25 * MS_PER_H);
	texts(w, "Ana", "MORE");
	hears(w, "Ana", "Your text is #1.");
	world_destroy(w);
}

/* ---- the end of it ---- */

#define FIVE_HEAR(piece)                                                                           \
	HEARS("Ana", piece), HEARS("Abe", piece), HEARS("Carla", piece), HEARS("Mia", piece),      \
		HEARS("Rosa", "")

/* Also whose report was joined to it; who was sent the alert hears its end with the others. */
static void who_reported_hears_once_that_its_alert_is_over(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th north"),
		STAFF_HEAR("#1"),
		HEARS("Eva", "#1"),
		SAYS(0, "Flo", "REPORTE camionetas en la 5th"),
		STAFF_HEAR("#2"),
		HEARS("Flo", "#2"),
		SAYS(0, "Mia", "REPORT police at 5th"),
		STAFF_HEAR("#3"),
		HEARS("Mia", "#3"),
		SAYS(1, "Ana", "SAME 1 2"),
		HEARS("Ana", "#2 belongs to #1"),
		SAYS(1, "Ana", "SAME 1 3"),
		HEARS("Ana", "#3 belongs to #1"),
		SAYS(2, "Ana", "ALERT 1 north come to 5th"),
		HEARS("Ana", "Reply "),
		SAYS(2, "Ana", CODE),
		HEARS("Ana", "going out"),
		FIVE_HEAR("come to 5th"),
		TIME(125),
		HEARS("Ana", "The time of alert #1 is over"),
		HEARS("Eva", "Faro #1: the alert about your report is over. Thank you"),
		HEARS("Flo", "Faro #1: la alerta sobre su reporte ha terminado."),
		SAYS(130, "Ana", "CLEAR 1"),
		HEARS("Ana", "#1: it goes to"),
		FIVE_HEAR("ALL CLEAR #1"),
	};

	(void)state;
	TALK(talk);
}

static void who_reported_hears_of_the_all_clear(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th north"),
		STAFF_HEAR("#1"),
		HEARS("Eva", "#1"),
		SAYS(2, "Ana", "ALERT 1 north come to 5th"),
		HEARS("Ana", "Reply "),
		SAYS(2, "Ana", CODE),
		HEARS("Ana", "going out"),
		FIVE_HEAR("come to 5th"),
		SAYS(30, "Ana", "CLEAR 1 they left"),
		HEARS("Ana", "#1: it goes to"),
		FIVE_HEAR("they left"),
		HEARS("Eva", "Faro #1: the alert about your report is over."),
		TIME(300),
	};

	(void)state;
	TALK(talk);
}

/* Who left, and what was not alerted about, is told nothing. */
static void who_left_or_was_no_alert_hears_of_no_end(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th north");
	texts(w, "Flo", "REPORT vans in the south");
	texts(w, "Ana", "ALERT 1 north come to 5th");
	keep_code(w, strstr(w->heard[w->n_heard - 1].text, "Reply "));
	texts(w, "Ana", w->code);
	texts(w, "Eva", "STOP");
	forget(w);
	texts(w, "Ana", "CLEAR 1");
	texts(w, "Ana", "CLEAR 2");
	hears_nothing(w, "Eva");
	hears_nothing(w, "Flo");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_dispatcher_can_step_in),
		cmocka_unit_test(a_handle_expires_after_30_quiet_days),
		cmocka_unit_test(a_caller_is_texted_once_in_an_hour_in_the_boxs_languages),
		cmocka_unit_test(a_caller_whose_language_is_known_hears_that),
		cmocka_unit_test(a_withheld_number_is_told_only),
		cmocka_unit_test(a_long_text_comes_in_parts),
		cmocka_unit_test(the_next_part_waits_a_day_and_through_a_restart),
		cmocka_unit_test(who_reported_hears_once_that_its_alert_is_over),
		cmocka_unit_test(who_reported_hears_of_the_all_clear),
		cmocka_unit_test(who_left_or_was_no_alert_hears_of_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
