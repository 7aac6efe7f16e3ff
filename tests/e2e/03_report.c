/* SPDX-License-Identifier: Apache-2.0 */
/* Story 3: a neighbor reports, dispatchers answer, and neither sees the other's number. */
#include "cmocka_story.h"

static void nobody_sees_a_number(struct box *box)
{
	/* the last seven digits of anybody, in any text to anybody */
	assert_int_equal(texts_with(box, NULL, "5550101"), 0);
	assert_int_equal(texts_with(box, NULL, "5550102"), 0);
	assert_int_equal(texts_with(box, NULL, "5550111"), 0);
	assert_int_equal(texts_with(box, NULL, "5550119"), 0);
}

static void a_report_reaches_dispatchers_and_is_relayed_both_ways(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	person_texts(box, &stranger, "REPORT two vans stopping people");
	expect_text(box, &stranger, "report #1");
	expect_text(box, &ana, "#1 REPORT: two vans stopping people");
	expect_text(box, &rosa, "two vans stopping people");
	person_texts(box, &ana, "TAKE 1");
	expect_text(box, &ana, "#1 is yours");
	expect_text(box, &rosa, "Ana");
	person_texts(box, &ana, "#1 Where exactly?");
	expect_text(box, &stranger, "Faro #1: Where exactly?");
	person_texts(box, &stranger, "corner of 5th and Main");
	expect_text(box, &ana, "#1 more: corner of 5th and Main");
	box_wait_status(box, "incidents.open", 1, false);
	nobody_sees_a_number(box);
	person_texts(box, &ana, "FALSE 1");
	expect_text(box, &ana, "unfounded");
	box_wait_status(box, "incidents.open", 0, false);
	box_free(box);
}

static void any_other_text_reaches_a_person(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	person_texts(box, &ben, "hello is anybody there");
	expect_text(box, &ben, "#1");
	expect_text(box, &ana, "#1 message: hello is anybody there");
	person_texts(box, &ben, "please answer");
	expect_text(box, &ana, "#1 more: please answer");
	person_texts(box, &ana, "#1 We are here");
	expect_text(box, &ben, "We are here");
	person_texts(box, &ana, "#7 who?");
	expect_text(box, &ana, "There is no #7");
	box_free(box);
}

static void words_beside_help_and_stop_reach_who_handles_the_report(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	person_texts(box, &ben, "can somebody help us");
	expect_text(box, &ben, "A person reads it");
	expect_text(box, &ana, "#1 message: can somebody help us");
	person_texts(box, &stranger, "REPORT 2 vans, 6 agents in vests");
	expect_text(box, &stranger, "Where exactly?");
	expect_text(box, &ana, "#2 REPORT");
	person_texts(box, &stranger, "help!!!");
	expect_text(box, &ana, "help!!!");
	person_texts(box, &stranger, "stop sign on 35th");
	expect_text(box, &stranger, "off the list");
	expect_text(box, &ana, "#2 more: stop sign on 35th. They left the list by this text");
	box_free(box);
}

static void a_blocked_sender_is_neither_shown_nor_answered_and_may_still_stop(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	person_texts(box, &ben, "REPORT nonsense");
	expect_text(box, &rosa, "nonsense");
	person_texts(box, &rosa, "BLOCK 1");
	expect_text(box, &rosa, "#1");
	box_settle(box);
	forget_texts(box, NULL);
	person_texts(box, &ben, "REPORT more nonsense");
	expect_no_text(box, &ben);
	expect_no_text(box, &ana);
	person_texts(box, &ben, "STOP");
	expect_text(box, &ben, "off the list");
	box_free(box);
}

static void short_codes_names_and_the_box_itself_are_never_answered(void **state)
{
	static const char *const senders[] = { "12345", "72975", "BANK", "MyCarrier" };
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	for (size_t i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		struct person_of_test who = { senders[i], "no person" };

		person_texts(box, &who, i % 2 ? "HELP" : "Your balance is low. Reply YES for more");
	}
	box_settle(box);
	assert_int_equal(texts_with(box, NULL, NULL), 0);
	box_free(box);
}

static void a_robot_that_answers_everything_ends_within_five_texts(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:i,s:s,s:s,s:[{s:s,s:[s]}],s:[{s:s}]}", "cmd", "population", "count", 1,
		"first", "+15105550160", "kind", "robot", "rules", "match", "", "answers",
		"I am driving and will answer later", "starts", "text",
		"I am driving and will answer later");
	box_wait_status(box, "inbox.received", 1, true);
	box_settle(box);
	/* nothing is on its way any more: what it got until now is all it gets */
	box_settle(box);
	assert_in_range(texts_with(box, "+15105550160", NULL), 1, 5);
	box_free(box);
}

static void the_eleventh_text_in_ten_minutes_gets_no_automatic_answer(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	int answers;

	(void)state;
	box_start(box);
	for (int i = 0; i < 14; i++) {
		char text[64];

		snprintf(text, sizeof(text), "REPORT something new, number %d", i);
		person_texts(box, &ben, text);
		box_settle(box);
	}
	answers = texts_with(box, ben.phone, NULL);
	assert_in_range(answers, 1, 10);
	/* the reports themselves are not lost, and STOP and HELP are always answered */
	assert_int_equal(texts_with(box, ana.phone, "number 13"), 1);
	person_texts(box, &ben, "HELP");
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, NULL), answers + 1);
	person_texts(box, &ben, "STOP");
	expect_text(box, &ben, "off the list");
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_report_reaches_dispatchers_and_is_relayed_both_ways),
		cmocka_unit_test(any_other_text_reaches_a_person),
		cmocka_unit_test(words_beside_help_and_stop_reach_who_handles_the_report),
		cmocka_unit_test(a_blocked_sender_is_neither_shown_nor_answered_and_may_still_stop),
		cmocka_unit_test(short_codes_names_and_the_box_itself_are_never_answered),
		cmocka_unit_test(a_robot_that_answers_everything_ends_within_five_texts),
		cmocka_unit_test(the_eleventh_text_in_ten_minutes_gets_no_automatic_answer),
	};

	return run_stories(stories);
}
