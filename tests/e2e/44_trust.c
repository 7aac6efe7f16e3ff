/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 44: trust on the line. An alert that takes two people leaves on another dispatcher's
 * code, a member's word lets one person in, a flood and a loop end.
 */
#include <time.h>

#include "cmocka_story.h"

static const char *const two = "alerts : { confirm = \"two\"; };\n";

static void an_alert_that_takes_two_leaves_on_anothers_code(void **state)
{
	struct box *box = box_new(&(struct box_options){ .settings = two });
	char code[8];

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN north");
	person_texts(box, &ana, "ALERT north vans at 5th");
	digits_of(expect_text(box, &ana, "Another dispatcher must reply ")->text, 4, code);
	expect_text(box, &rosa, "Ana quiere alertar a ");
	person_texts(box, &ana, code);
	expect_text(box, &ana, "#1 needs two people");
	assert_int_equal(texts_with(box, ben.phone, "vans at 5th"), 0);
	person_texts(box, &rosa, code);
	expect_text(box, &ana, "Your alert #1 was sent by Rosa.");
	expect_text(box, &ben, "vans at 5th");
	box_free(box);
}

static void faroctl_is_one_of_the_two(void **state)
{
	struct box *box = box_new(&(struct box_options){ .settings = two });
	struct ran ran;
	char code[8];

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN north");
	ran = box_faroctl(box, "alert", "--yes", "--no-wait", "vans at 5th", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "#1 takes two people"));
	ran_free(&ran);
	digits_of(
		expect_text(box, &ana, "faroctl wants to alert 3 people, #1")->text + 40, 4, code);
	assert_int_equal(texts_with(box, ben.phone, "vans at 5th"), 0);
	person_texts(box, &ana, code);
	expect_text(box, &ben, "vans at 5th");
	box_free(box);
}

static void a_members_word_lets_one_person_in(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.settings = "list : { join = \"vouch\"; vouches = 1; };\n" });
	const struct heard *heard;
	char join[16] = "";

	(void)state;
	box_start(box);
	person_texts(box, &ben, "JOIN");
	expect_text(box, &ben, "a word that a member got for you");
	person_texts(box, &ana, "VOUCH");
	heard = expect_text(box, &ana, "Pass this on to one person you trust: JOIN ");
	snprintf(join, sizeof(join), "%.13s", strstr(heard->text, "JOIN "));
	person_texts(box, &ben, join);
	expect_text(box, &ben, "reply YES");
	person_texts(box, &ben, "YES");
	expect_text(box, &ben, "Welcome");
	expect_text(box, &ana, "somebody joined with the word");
	person_texts(box, &carla, join);
	expect_text(box, &carla, "a word that a member got for you");
	person_texts(box, &ana, "VOUCH please");
	expect_text(box, &ana, "You can vouch for 1 person a day");
	box_free(box);
}

static const char *const swapped =
	"people = ( { phone = \"+15105550101\"; name = \"Ana\"; role = \"admin\"; },\n"
	"  { phone = \"+15105550102\"; name = \"Rosa\"; role = \"dispatcher\"; } );\n";

static void whose_role_the_file_changes_is_told_at_the_start(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });

	(void)state;
	box_start(box);
	box_settle(box);
	expect_no_text(box, &ana);
	assert_int_equal(box_stop(box), 0);
	box_configure(box, NULL, swapped);
	box_start(box);
	expect_text(box, &ana, "your role is admin now");
	expect_text(box, &rosa, "ahora usted es persona que coordina");
	box_free(box);
}

static void a_flood_drowns_neither_stop_nor_the_dispatchers(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.settings = "desk : { flood_told = 20; flood_reserve = 5; };\n" });
	char phone[24], text[32];

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN north");
	for (int i = 0; i < 60; i++) {
		struct person_of_test one = { .phone = phone, .name = "One of many" };

		snprintf(phone, sizeof(phone), "+1212555%04d", 100 + i);
		snprintf(text, sizeof(text), "what is going on %d", i);
		person_texts(box, &one, text);
	}
	person_texts(box, &ben, "STOP");
	expect_text(box, &ben, "you are off the list");
	person_texts(box, &eva, "HELP");
	expect_text(box, &eva, "neighborhood alert line");
	box_settle(box);
	assert_int_equal(texts_with(box, ana.phone, "what is going on"), 15);
	/* a start of the box makes no room for more */
	box_stop(box);
	box_start(box);
	person_texts(box, &carla, "what is going on here");
	box_settle(box);
	assert_int_equal(texts_with(box, ana.phone, "what is going on"), 15);
	box_free(box);
}

/* Each is a number that texts the other. Returns how many texts went over. */
static int pass_over(struct box *from, struct box *to, int *at)
{
	int n = 0;

	box_settle(from);
	for (const struct heard *heard; (heard = heard_at(from, *at)); ++*at)
		if (strcmp(heard->to, stranger.phone) == 0) {
			char text[1200];

			snprintf(text, sizeof(text), "%s", heard->text);
			person_texts(to, &stranger, text);
			n++;
		}
	return n;
}

static void two_boxes_end_their_talk_within_five_texts(void **state)
{
	struct box *a = box_new(&(struct box_options){ .modems = 1 });
	struct box *b = box_new(&(struct box_options){ .modems = 1 });
	int at_a = 0, at_b = 0, n = 0, before = -1;

	(void)state;
	box_start(a);
	box_start(b);
	person_texts(b, &stranger, "REPORT vans at 5th");
	expect_text(b, &stranger, "How many people");
	while (n > before && n < 20) {
		before = n;
		n += pass_over(b, a, &at_b);
		n += pass_over(a, b, &at_a);
	}
	assert_in_range(n, 1, 5);
	box_free(a);
	box_free(b);
}

enum robot { ECHO, AUTORESPONDER, CLERK, PARROT, ROBOTS };

/* What a machine texts back: the same, always one thing, one with a number, never the same. */
static void robot_says(enum robot robot, const char *text, int n, char out[1200])
{
	static const char *const chatter[7] = {
		"I am in a meeting until later today, please wait",
		"Sorry, the shop is closed and opens again tomorrow morning",
		"Driving at the moment, my phone answers by itself",
		"We have moved, look for our new address online",
		"Nobody reads what comes to this line any more",
		"Your call is important for all of us here",
		"On holiday with the whole family, see you soon",
	};
	const char *says[ROBOTS] = { text, "I am driving and will answer later.",
		"a human will look at it.", chatter[n % 7] };

	snprintf(out, 1200, robot == CLERK ? "OK! Ticket %2$d: %1$s" : "%1$s", says[robot], n);
}

/* The same words within one second of the service centre are one text (TS 23.040 9.2.3.11). */
static void a_second_goes_by(struct box *box)
{
	for (time_t now = time(NULL); time(NULL) == now;)
		box_wait_event(box, 20);
}

static int texts_until_silence(struct box *box, enum robot robot, const char *first)
{
	char text[1200];
	int n = 0;

	person_texts(box, &stranger, first);
	box_settle(box);
	for (int at = 0; heard_at(box, at) && n < 20; at++) {
		if (strcmp(heard_at(box, at)->to, stranger.phone) != 0)
			continue;
		robot_says(robot, heard_at(box, at)->text, ++n, text);
		if (robot == AUTORESPONDER)
			a_second_goes_by(box);
		person_texts(box, &stranger, text);
		box_settle(box);
	}
	return n;
}

static void a_machine_is_answered_no_more_within_five_texts(void **state)
{
	static const char *const firsts[] = { "hello", "REPORT men in vests", "JOIN" };

	(void)state;
	for (int robot = 0; robot < ROBOTS; robot++)
		for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
			struct box *box = box_new(&(struct box_options){ 0 });

			box_start(box);
			assert_in_range(texts_until_silence(box, robot, firsts[i]), 1, 5);
			box_free(box);
		}
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(an_alert_that_takes_two_leaves_on_anothers_code),
		cmocka_unit_test(faroctl_is_one_of_the_two),
		cmocka_unit_test(a_members_word_lets_one_person_in),
		cmocka_unit_test(whose_role_the_file_changes_is_told_at_the_start),
		cmocka_unit_test(a_flood_drowns_neither_stop_nor_the_dispatchers),
		cmocka_unit_test(two_boxes_end_their_talk_within_five_texts),
		cmocka_unit_test(a_machine_is_answered_no_more_within_five_texts),
	};

	return run_stories(stories);
}
