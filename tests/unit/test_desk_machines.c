/* SPDX-License-Identifier: Apache-2.0 */
/* What the box does not answer, so that two machines never talk for ever. */
#include "desk_world.h"

static void short_codes_names_and_own_numbers_are_never_answered(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Bank", "HELP"),
		SAYS(0, "Bank", "STOP"),
		SAYS(0, "Shop", "JOIN"),
		SAYS(0, "Box", "REPORT vans"),
		SAYS(0, "Box", "HELP"),
	};

	(void)state;
	TALK(talk);
}

static void an_equal_text_for_the_third_time_is_answered_no_more(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "I am on holiday"),
		HEARS("Ana", "#1 message"),
		HEARS("Abe", "#1"),
		HEARS("Rosa", "#1"),
		HEARS("Ben", "#1"),
		SAYS(1, "Ben", "I am on holiday"),
		HEARS("Ana", "#1 more"),
		HEARS("Abe", "#1"),
		HEARS("Rosa", "#1"),
		HEARS("Ben", "added to #1"),
		SAYS(2, "Ben", "I am on holiday"),
		SAYS(3, "Ben", "I am on holiday"),
		SAYS(4, "Ben", "help"),
		HEARS("Ben", "neighborhood alert line"),
		SAYS(5, "Ben", "something else"), /* still handled */
		HEARS("Ana", "#1 more: something else"),
		HEARS("Abe", "#1"),
		HEARS("Rosa", "#1"),
		SAYS(63, "Ben", "an hour later"),
		HEARS("Ana", "#1 more: an hour later"),
		HEARS("Abe", "#1"),
		HEARS("Rosa", "#1"),
		HEARS("Ben", "added to #1"),
	};

	(void)state;
	TALK(talk);
}

static void more_than_ten_texts_in_ten_minutes_are_answered_no_more(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	char text[32];

	(void)state;
	for (int i = 0; i < 14; i++) {
		snprintf(text, sizeof(text), "LANG nothing%d", i);
		texts(w, "Ben", text);
	}
	assert_int_equal(w->n_heard, 10);
	texts(w, "Ben", "HELP");
	assert_int_equal(w->n_heard, 11);
	time_goes_on(w, w->now_ms + 59 * MS_PER_MIN);
	texts(w, "Ben", "LANG still");
	assert_int_equal(w->n_heard, 11);
	time_goes_on(w, w->now_ms + 2 * MS_PER_MIN);
	texts(w, "Ben", "LANG again"); /* after an hour */
	assert_int_equal(w->n_heard, 12);
	texts(w, "Ben", "STOP");
	assert_int_equal(w->n_heard, 13);
	world_destroy(w);
}

static void two_boxes_that_answer_each_other_stop_within_five_texts(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	int answers = 0;

	(void)state;
	texts(w, "Ben", "hello");
	for (int i = 0; i < 50; i++) {
		struct heard_text *heard = next_heard(w, "Ben");

		if (!heard)
			break;
		heard->taken = true;
		answers++;
		texts(w, "Ben", heard->text); /* an echo */
	}
	assert_true(answers <= 5);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_codes_names_and_own_numbers_are_never_answered),
		cmocka_unit_test(an_equal_text_for_the_third_time_is_answered_no_more),
		cmocka_unit_test(more_than_ten_texts_in_ten_minutes_are_answered_no_more),
		cmocka_unit_test(two_boxes_that_answer_each_other_stop_within_five_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
