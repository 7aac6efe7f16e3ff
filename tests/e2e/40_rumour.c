/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 40: from a rumour to an alert. A neighbor reports, is asked what is missing, a responder
 * goes and looks, and only then the list hears of it. What nobody takes ends in the alert light.
 */
#include "cmocka_story.h"

static const char *const settings =
	"list : { zones = ( { id = \"north\"; names = ( \"north\" ); } ); };\n"
	"desk : { escalate_after = 600; };\n";

static void a_rumour_is_looked_at_before_the_list_hears_of_it(void **state)
{
	struct box *box = box_new(&(struct box_options){ .settings = settings });
	char code[8];

	(void)state;
	box_start(box);
	person_joins(box, &carla, "JOIN north");
	person_joins(box, &dan, "JOIN north");
	person_texts(box, &rosa, "ROLE +15105550112 responder");
	box_settle(box);
	forget_texts(box, NULL);
	person_texts(box, &stranger, "REPORT men in vests take people in the north");
	expect_text(box, &stranger, "Where exactly?");
	expect_text(box, &ana, "#1 REPORT: men in vests");
	person_texts(box, &stranger, "5th and Main");
	expect_text(box, &ana, "#1 so far. Where: 5th and Main.");
	expect_text(box, &stranger, "How many");
	person_texts(box, &stranger, "6");
	expect_text(box, &stranger, "What are they doing?");
	person_texts(box, &ana, "VERIFY 1");
	expect_text(box, &ana, "asked to look. You will hear who goes");
	expect_text(box, &carla, "#1: can you go and look?");
	person_texts(box, &carla, "GO 1");
	expect_text(box, &carla, "#1 is yours to look at");
	expect_text(box, &ana, "goes to look");
	person_texts(box, &carla, "SEEN 1 two vans, six men, they check papers");
	expect_text(box, &ana, "SEEN by");
	person_texts(box, &ana, "CONFIRM 1");
	expect_text(box, &ana, "#1 is confirmed");
	person_texts(box, &ana, "ALERT 1 north two vans at 5th and Main, witnesses needed");
	digits_of(expect_text(box, &ana, "Reply ")->text, 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &dan, "ALERT #1: two vans");
	assert_int_equal(texts_with(box, NULL, "UNCONFIRMED"), 0);
	box_free(box);
}

static void what_a_report_says_is_not_asked_again(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	person_texts(box, &stranger, "REPORT 3 vans, 8 men in vests");
	expect_text(box, &stranger, "Where exactly?");
	person_texts(box, &stranger, "3500 International Blvd");
	expect_text(box, &stranger, "What are they doing?");
	person_texts(box, &stranger, "They are knocking on doors");
	expect_text(box, &stranger, "When did it begin");
	expect_no_text(box, &stranger);
	box_free(box);
}

static void a_stay_away_alert_is_ended_in_its_own_words(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	char code[8];

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN north");
	person_texts(box, &ana, "ALERT north INFO stay away from 5th");
	digits_of(expect_text(box, &ana, "Nobody is asked to come.")->text, 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &ben, "INFO #1: stay away from 5th");
	person_texts(box, &ana, "CANCEL 1");
	expect_text(box, &ben, "INFO #1: please ignore this notice.");
	assert_int_equal(texts_with(box, ben.phone, "do not come"), 0);
	box_free(box);
}

static void an_alert_that_nobody_confirmed_says_so(void **state)
{
	struct box *box = box_new(&(struct box_options){ .settings = settings });
	char code[8];

	(void)state;
	box_start(box);
	person_joins(box, &dan, "JOIN north");
	person_texts(box, &stranger, "REPORT two vans at 5th north");
	expect_text(box, &ana, "#1 REPORT");
	person_texts(box, &ana, "ALERT 1 north two vans at 5th");
	digits_of(expect_text(box, &ana, "Reply ")->text, 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &rosa, "#1 REPORTE");
	expect_text(box, &dan, "UNCONFIRMED: two vans at 5th");
	expect_text(box, &rosa, "SIN CONFIRMAR: two vans at 5th");
	box_free(box);
}

static void what_nobody_takes_reaches_the_admins_and_the_light(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.settings = "desk : { escalate_after = 2; };\n",
		.board =
			"board : { driver = \"sim\"; definition = \"config/boards/sim.cfg\"; };" });

	(void)state;
	box_start(box);
	person_texts(box, &stranger, "REPORT two vans at 5th");
	expect_text(box, &ana, "#1 REPORT");
	expect_text(box, &rosa, "#1 REPORTE");
	expect_text(box, &rosa, "nadie lo toma");
	board_expect_light(box, "alert", true);
	person_texts(box, &ana, "TAKE 1");
	expect_text(box, &ana, "#1 is yours");
	/* it blinks until then: it stays dark afterwards */
	box_settle(box);
	board_expect_light(box, "alert", false);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_rumour_is_looked_at_before_the_list_hears_of_it),
		cmocka_unit_test(what_a_report_says_is_not_asked_again),
		cmocka_unit_test(a_stay_away_alert_is_ended_in_its_own_words),
		cmocka_unit_test(an_alert_that_nobody_confirmed_says_so),
		cmocka_unit_test(what_nobody_takes_reaches_the_admins_and_the_light),
	};

	return run_stories(stories);
}
