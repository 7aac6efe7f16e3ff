/* SPDX-License-Identifier: Apache-2.0 */
/*
 * farod, as it is installed, behind a front on the kernel's own GPIO and modems on the kernel's own
 * USB: what a press of a button's line does, and what farod says when the chip is not as it should
 * be.
 */
#include <unistd.h>

#include "../e2e/cmocka_story.h"
#include "faro/base.h"
#include "rhythm.h"
#include "story.h"

/* A change that lasts longer is believed: a button that bounces so is not tested here. */
#define BOUNCE_MOST_MS 15

/* ---- buttons ---- */

static void each_gesture_acts_as_documented(void **state)
{
	struct box *box = story_front_box(1, "alerts : { confirm = \"button\"; };");
	char path[192];

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN");
	front_press(BOARD_BUTTON_TEST, 150);
	expect_text(box, &rosa, "1");
	person_texts(box, &ana, "ALERT come to the market");
	expect_text(box, &ana, "Hold SEND");
	/* too short, each of them */
	front_press(BOARD_BUTTON_SEND, 2500);
	front_press(BOARD_BUTTON_STOP, 600);
	front_press(BOARD_BUTTON_POWER, 4500);
	box_settle(box);
	assert_int_equal(0, texts_with(box, ben.phone, "market"));
	assert_false(story_has_said(box, "button send") || story_has_said(box, "button stop") ||
		     story_has_said(box, "button power"));
	front_press(BOARD_BUTTON_SEND, 3300);
	expect_text(box, &ben, "come to the market");
	expect_text(box, &ana, "button at the box");
	front_press(BOARD_BUTTON_STOP, 1300);
	expect_text(box, &ben, "called off");
	box_wait_status(box, "alerts.running", 0, false);
	box_settle(box);
	front_press(BOARD_BUTTON_POWER, 5300);
	box_wait_end(box, 0);
	snprintf(path, sizeof(path), "%s/poweroff", box_dir(box));
	assert_int_equal(0, access(path, F_OK));
	story_over(box);
}

/* False when the machine was away in between for so long that it was no bounce. */
static bool bounce(bool down, int n)
{
	bool is_bounce = true;

	for (int i = 0; i < n; i++) {
		int64_t from = time_mono_ms();

		front_contact(BOARD_BUTTON_TEST, down == (i % 2 == 0));
		story_pause(5);
		is_bounce = is_bounce && time_mono_ms() - from < BOUNCE_MOST_MS;
	}
	return is_bounce;
}

static void bounces_of_5_ms_are_one_press(void **state)
{
	struct box *box = story_front_box(1, NULL);
	bool honest = false;

	(void)state;
	box_start(box);
	for (int tries = 0; tries < 100 && !honest; tries++) {
		box_settle(box);
		forget_texts(box, &rosa);
		honest = bounce(true, 11);
		story_pause(150);
		honest = bounce(false, 11) && honest;
		expect_text(box, &rosa, "1");
		story_pause(150);
	}
	assert_true(honest);
	expect_no_text(box, &rosa);
	/* one alone is none */
	for (honest = false; !honest; story_pause(150)) {
		box_settle(box);
		forget_texts(box, &rosa);
		honest = bounce(true, 1);
		front_contact(BOARD_BUTTON_TEST, false);
	}
	expect_no_text(box, &rosa);
	story_over(box);
}

static void two_buttons_at_once_do_nothing(void **state)
{
	struct box *box = story_front_box(1, "alerts : { confirm = \"button\"; };");

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN");
	person_texts(box, &ana, "ALERT come to the market");
	expect_text(box, &ana, "Hold SEND");
	front_contact(BOARD_BUTTON_SEND, true);
	story_pause(500);
	front_press(BOARD_BUTTON_STOP, 1500);
	story_pause(2500);
	front_contact(BOARD_BUTTON_SEND, false);
	expect_no_text(box, &ben);
	assert_false(story_has_said(box, "button "));
	story_pause(200); /* or the release is a bounce */
	/* apart they work */
	front_press(BOARD_BUTTON_SEND, 3300);
	expect_text(box, &ben, "come to the market");
	story_over(box);
}

/* ---- the chip ---- */

static void expect_refusal(struct box *box, const char *words)
{
	struct ran ran = box_check_config(box, NULL);

	assert_int_equal(ran.code, 78);
	if (!strstr(ran.err, words) && !strstr(ran.out, words))
		fail_msg("farod -n says \"%s\" \"%s\", not \"%s\"", ran.out, ran.err, words);
	ran_free(&ran);
	box_start_modems(box, -1);
	box_wait_end(box, 1);
	story_wait_log(box, words);
}

static void a_missing_or_busy_chip_is_named(void **state)
{
	struct box *box = story_front_box(1, NULL);
	char words[160];
	int holder;

	(void)state;
	holder = chip_occupy(BOARD_LIGHT_ALERT, "other");
	snprintf(words, sizeof(words),
		FRONT_DEFINITION ":6: line 3 of %s (light alert) is held by "
				 "\"other\"",
		chip_name());
	expect_refusal(box, words);
	close(holder);
	chip_unplug();
	expect_refusal(box, FRONT_DEFINITION ":1: chip label");
	story_wait_log(box, "is not present; present: none");
	front_plug();
	box_start(box);
	story_over(box);
}

static void an_unplugged_chip_is_named_and_comes_back(void **state)
{
	struct box *box = story_front_box(1, NULL);
	char words[160];

	(void)state;
	box_start(box);
	expect_shown(BOARD_LIGHT_NETWORK, "steady");
	snprintf(words, sizeof(words), "board: %s (" FRONT_LABEL ") was unplugged", chip_name());
	chip_unplug();
	story_wait_log(box, words);
	/* texts are not the board's business */
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	front_plug();
	story_wait_log(box, "board: it is back");
	expect_shown(BOARD_LIGHT_NETWORK, "steady");
	front_press(BOARD_BUTTON_TEST, 150);
	expect_text(box, &rosa, "1");
	story_over(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		story(each_gesture_acts_as_documented),
		story(bounces_of_5_ms_are_one_press),
		story(two_buttons_at_once_do_nothing),
		story(a_missing_or_busy_chip_is_named),
		story(an_unplugged_chip_is_named_and_comes_back),
	};

	return run_target_stories(stories);
}
