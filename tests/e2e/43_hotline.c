/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 43: the hotline. A voice call is refused and answered by one text, a withheld one is told;
 * two dispatchers talk with a neighbor, and nobody sees a number.
 */
#include "cmocka_story.h"

static void a_call_is_refused_and_answered_by_one_text(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "call", "modem", "sim1", "from", eva.phone);
	expect_text(
		box, &eva, "Faro cannot take calls. Please text what you see, or HELP. Faro no");
	expect_text(box, &ana, "#1: somebody called");
	expect_text(box, &rosa, "#1");
	box_free(box);
}

static void a_withheld_number_is_told_only(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "call", "modem", "sim1", "from", "");
	expect_text(box, &ana, "Somebody called with a hidden number");
	expect_text(box, &rosa, "Alguien llama con su tel");
	box_settle(box);
	assert_int_equal(texts_with(box, NULL, NULL), 2);
	box_free(box);
}

static void two_dispatchers_talk_with_a_neighbor_without_numbers(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });

	(void)state;
	box_start(box);
	person_texts(box, &eva, "is it safe at the market?");
	expect_text(box, &ana, "#1 message: is it safe");
	expect_text(box, &rosa, "#1 mensaje: is it safe");
	expect_text(box, &eva, "Your text is #1");
	person_texts(box, &ana, "TAKE 1");
	expect_text(box, &ana, "#1 is yours");
	person_texts(box, &rosa, "#1 somebody looks now");
	expect_text(box, &eva, "Faro #1: somebody looks now");
	person_texts(box, &eva, "thank you");
	expect_text(box, &ana, "#1 more: thank you");
	box_settle(box);
	assert_int_equal(texts_with(box, NULL, "555"), 0);
	box_free(box);
}

#define SENTENCE "You may remain silent and ask for a lawyer. "
#define TEN                                                                                        \
	SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE SENTENCE

static void a_long_text_comes_in_parts(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.settings = "info = ( { keyword = ( \"rights\" ); text = ( { language = \"en\"; "
			    "body = \"" TEN SENTENCE SENTENCE "Last words.\"; } ); } );\n" });

	(void)state;
	box_start(box);
	person_texts(box, &eva, "Rights");
	expect_text(box, &eva, "You may remain silent and ask for a lawyer. MORE: the next part.");
	person_texts(box, &eva, "more");
	expect_text(box, &eva, "Last words.");
	box_settle(box);
	assert_int_equal(texts_with(box, eva.phone, "MORE"), 1);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_call_is_refused_and_answered_by_one_text),
		cmocka_unit_test(a_withheld_number_is_told_only),
		cmocka_unit_test(a_long_text_comes_in_parts),
		cmocka_unit_test(two_dispatchers_talk_with_a_neighbor_without_numbers),
	};

	return run_stories(stories);
}
