/* SPDX-License-Identifier: Apache-2.0 */
/* What an alert says: templates, languages, and words that are added before its code comes. */
#include "desk_world.h"

static void a_kind_and_a_place_with_its_own_at_say_it_once(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT checkpoint at 98th 14:35");
	confirms(w, "Ana", "Reply ");
	hears(w, "Carla", "ALERT #1: Checkpoint at 98th, 14:35.");
	world_destroy(w);
}

static void how_to_answer_is_left_out_where_it_would_cost_a_segment(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char text[256] = "ALERT ";

	(void)state;
	memset(text + 6, 'x', 130);
	texts(w, "Ana", text);
	confirms(w, "Ana", "7 people, 1 segment");
	hears(w, "Ana", "going out");
	for (int i = 0; i < w->n_heard; i++)
		if (w->heard[i].class == CLASS_ALERT) {
			assert_int_equal(w->heard[i].segments, 1);
			assert_null(strstr(w->heard[i].text, "YES"));
			assert_non_null(strstr(w->heard[i].text, "Faro #1: xxx"));
		}
	world_destroy(w);
}

/* ---- a text that begins like a template ---- */

static void a_template_is_shown_and_quotation_marks_send_what_is_written(void **state)
{
	static const char *const quoted[] = { "ALERT north \"raid on the store at 5th\"",
		"ALERT north \xE2\x80\x9Craid on the store at 5th\xE2\x80\x9D" };
	struct world *w = world_of_people(USUAL_SETTINGS);
	const char *said;

	(void)state;
	texts(w, "Ana", "ALERT north raid on the store at 5th");
	hears(w, "Ana", "They read: Raid at on the store at 5th, ");
	for (size_t i = 0; i < ARRAY_SIZE(quoted); i++) {
		forget(w);
		texts(w, "Ana", quoted[i]);
		said = hears(w, "Ana", "Reply ");
		keep_code(w, said);
		assert_null(strstr(said, "They read"));
	}
	texts(w, "Ana", "ES redada en la tienda");
	confirms(w, "Ana", "Added: ES redada en la tienda. Reply ");
	hears(w, "Mia", ": raid on the store at 5th. Answer");
	hears(w, "Rosa", ": redada en la tienda. Responda");
	world_destroy(w);
}

/* ---- words that are added to what waits for its code ---- */

/*
 * A number can be forged: the code that Ana has not read the added words with sends nothing more,
 * and her answer with it is no wrong try, once.
 */
static void the_code_from_before_a_version_sends_nothing(
	const char *command, const char *lost, const char *sent)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char before[8];
	int heard;

	texts(w, "Ana", command);
	keep_code(w, hears(w, "Ana", "Reply "));
	text_copy(before, sizeof(before), w->code);
	texts(w, "Ana", "ES Vayan todos a la cárcel");
	keep_code(w, hears(w, "Ana", "Added: ES Vayan todos a la cárcel. Reply "));
	assert_string_not_equal(w->code, before);
	heard = w->n_heard;
	texts(w, "Ana", before);
	hears(w, "Ana", "Words were added since that code, so nothing was sent.");
	texts(w, "Ana", before);
	hears(w, "Ana", "That is not the code. 2 tries left.");
	assert_int_equal(w->n_heard, heard + 2);
	/* one of before that one is a wrong try */
	texts(w, "Ana", "ES Dos camionetas");
	keep_code(w, hears(w, "Ana", "Added: ES Dos camionetas. Reply "));
	texts(w, "Ana", before);
	hears(w, "Ana", lost);
	texts(w, "Ana", w->code);
	hears(w, "Ana", sent);
	world_destroy(w);
}

static void a_forged_version_leaves_on_no_code_from_before(void **state)
{
	static const struct {
		const char *command, *sent;
	} rows[] = {
		{ "ALERT Two vans at 5th", "#1 is going out" },
		{ "SCHEDULE 2026-10-01 10:00 Two vans at 5th", "#1 goes out on 2026-10-01 10:00" },
		{ "POST Two vans at 5th", "Posted" },
		{ "EVENT 2026-10-01 10:00 Two vans at 5th", "E1 is announced" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		the_code_from_before_a_version_sends_nothing(
			rows[i].command, "That is not the code. 1 try left.", rows[i].sent);
}

/* The code of before, when what waited for it is gone, is a code like any other. */
static void a_code_from_before_a_version_of_what_is_gone_waits_for_nothing(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char before[8];

	(void)state;
	texts(w, "Ana", "POST Two vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	text_copy(before, sizeof(before), w->code);
	texts(w, "Ana", "ES Dos camionetas");
	confirms(w, "Ana", "Reply ");
	hears(w, "Ana", "Posted");
	texts(w, "Ana", before);
	hears(w, "Ana", "No alert waits for a code.");
	world_destroy(w);
}

/* Item by item: who reads it in their language, and how many in none of theirs. */
static void the_promise_counts_who_reads_it_in_their_language(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	const char *said;

	(void)state;
	/* Rosa, Dan and Max read Spanish; Ana, Abe, Carla and Mia English */
	texts(w, "Ana", "ALERT Two vans at 5th");
	hears(w, "Ana", "In their language: en 4. Not in theirs: 3.");
	texts(w, "Ana", "ALERT north Two vans at 5th");
	hears(w, "Ana", "In their language: en 4. Not in theirs: 1.");
	texts(w, "Ana", "ALERT Two vans at 5th");
	hears(w, "Ana", "In their language: en 4. Not in theirs: 3.");
	texts(w, "Ana", "ES Dos camionetas en la 5th");
	said = hears(w, "Ana", "In their language: en 4, es 3.");
	assert_null(strstr(said, "Not in theirs"));
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kind_and_a_place_with_its_own_at_say_it_once),
		cmocka_unit_test(how_to_answer_is_left_out_where_it_would_cost_a_segment),
		cmocka_unit_test(a_template_is_shown_and_quotation_marks_send_what_is_written),
		cmocka_unit_test(a_forged_version_leaves_on_no_code_from_before),
		cmocka_unit_test(a_code_from_before_a_version_of_what_is_gone_waits_for_nothing),
		cmocka_unit_test(the_promise_counts_who_reads_it_in_their_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
