/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 49: an event. Ana announces it by its code; Ben comes with two, Dan does not; it is counted
 * for her and for faroctl over a kill of the box, and called off to those who were told of it.
 */
#include "cmocka_story.h"

#define OPEN "list : { quiet = \"\"; };\n"

static void an_event_is_announced_answered_and_called_off(void **state)
{
	struct box *box = box_new(&(struct box_options){ .settings = OPEN });
	char code[8];
	struct ran ran;

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN");
	person_joins(box, &dan, "JOIN");
	person_texts(box, &ana, "EVENT 2099-12-24 18:00 far away");
	expect_text(box, &ana, "EVENT, when, and what and where");
	person_texts(box, &ana, "EVENT tomorrow 18:30 Rights night, 1 Main St.");
	digits_of(strstr(expect_text(box, &ana, "4 people, 1 segment each, 4 together.")->text,
			  "Reply"),
		4, code);
	assert_int_equal(texts_with(box, ben.phone, "Rights night"), 0);
	person_texts(box, &ana, code);
	expect_text(box, &ana, "E1 is announced.");
	expect_text(box, &ben, "Rights night, 1 Main St. Will you come?");
	expect_text(box, &dan, "Rights night");
	expect_text(box, &rosa, "¿Viene?");
	box_kill(box);
	box_start(box);
	person_texts(box, &ben, "RSVP 1 2");
	expect_text(box, &ben, "Thank you! 2 people for");
	person_texts(box, &dan, "no");
	expect_text(box, &dan, "Thank you for answering about E1.");
	person_texts(box, &ana, "EVENT 1");
	expect_text(box, &ana, "Rights night");
	expect_text(box, &ana, "1 said yes, 2 people, 1 no.");
	ran = box_faroctl(box, "--json", "events", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "\"yes\":1,\"people\":2,\"no\":1"));
	assert_null(strstr(ran.out, "555"));
	ran_free(&ran);
	person_texts(box, &ana, "CANCEL E1");
	expect_text(box, &ana, "E1 is called off");
	expect_text(box, &ben, "Faro: called off: Rights night, 1 Main St.");
	expect_text(box, &dan, "called off");
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, "Will you come?"), 1);
	ran = box_faroctl(box, "events", NULL);
	assert_non_null(strstr(ran.out, "cancelled"));
	ran_free(&ran);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(an_event_is_announced_answered_and_called_off),
	};

	return run_stories(stories);
}
