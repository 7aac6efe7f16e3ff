/* SPDX-License-Identifier: Apache-2.0 */
/*
 * farod, as it is installed, behind a front on the kernel's own GPIO and modems on the kernel's own
 * USB: everything that the table of lights promises is brought about and seen on the lines; the
 * last story compares what was seen with the table.
 */
#include <time.h>
#include <unistd.h>

#include "../e2e/cmocka_story.h"
#include "faro/base.h"
#include "faro/panel.h"
#include "rhythm.h"
#include "story.h"

#define POWER   BOARD_LIGHT_POWER
#define NETWORK BOARD_LIGHT_NETWORK
#define TRAFFIC BOARD_LIGHT_TRAFFIC
#define ALERT   BOARD_LIGHT_ALERT
#define FAULT   BOARD_LIGHT_FAULT
#define BUZZER  BOARD_BUZZER

#define FLASH_TRIES 20

static void set_network(struct box *box, const char *state)
{
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", state);
}

static void assert_dark(void)
{
	for (enum board_light light = 0; light < FAULT; light++)
		assert_false(front_is_lit(light));
	assert_false(front_is_lit(BUZZER));
}

/* farod has ended, and whoever may switch the machine off knows. */
static void expect_power_off(struct box *box)
{
	char path[192];

	box_wait_end(box, 0);
	assert_dark();
	snprintf(path, sizeof(path), "%s/poweroff", box_dir(box));
	assert_int_equal(0, access(path, F_OK));
}

/* ---- modems, alerts, faults ---- */

static void lights_of_the_network(struct box *box)
{
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim2");
	box_start_modems(box, 0);
	expect_shown(POWER, "slow blink");
	expect_shown(POWER, "steady");
	expect_shown(NETWORK, "off");
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
	expect_shown(NETWORK, "wink");
	set_network(box, "searching");
	expect_shown(NETWORK, "slow blink");
}

/* What lasts for half a minute is a fault; the worst is shown, and after it the next. */
static void lights_of_faults(struct box *box)
{
	front_contact(BOARD_BUTTON_SEND, true);
	expect_shown(FAULT, "4 flashes");
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim2");
	expect_shown(FAULT, "3 flashes");
	set_network(box, "home");
	expect_shown(NETWORK, "steady");
	expect_shown(FAULT, "2 flashes");
	front_contact(BOARD_BUTTON_SEND, false);
	expect_shown(FAULT, "off");
	story_wait_log(box, "button send is stuck: it is ignored until it is let go");
	story_wait_log(box, "button send is free again");
}

static void lights_of_alerts(struct box *box)
{
	char code[8];
	const struct heard *promise;

	expect_shown(ALERT, "off");
	expect_shown(TRAFFIC, "off");
	person_texts(box, &eva, "REPORT two vans at the market");
	expect_shown(ALERT, "fast blink");
	expect_shown(BUZZER, "beep");
	person_texts(box, &ana, "TAKE 1");
	expect_shown(ALERT, "off");
	person_joins(box, &ben, "JOIN");
	person_joins(box, &carla, "JOIN");
	person_texts(box, &ana, "ALERT NEED 1 come to the market");
	promise = expect_text(box, &ana, "to send");
	expect_shown(ALERT, "slow blink");
	expect_shown(BUZZER, "2 beeps");
	digits_of(strstr(promise->text, "Reply "), 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &ben, "come to the market");
	expect_shown(ALERT, "steady");
	expect_shown(BUZZER, "off");
	person_texts(box, &ben, "YES 5");
	expect_shown(ALERT, "heartbeat");
}

static void lights_of_the_box(struct box *box)
{
	char path[192];

	person_texts(box, &rosa, "PAUSE");
	expect_shown(FAULT, "spark");
	person_texts(box, &rosa, "RESUME");
	expect_shown(FAULT, "off");
	box_settle(box);
	sim_do(box, "{s:s,s:s,s:s,s:b}", "cmd", "pin", "modem", "sim1", "pin", "9999", "required",
		1);
	sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", "sim1");
	expect_shown(FAULT, "5 flashes");
	snprintf(path, sizeof(path), "%s/data/faro.db", box_dir(box));
	assert_int_equal(0, unlink(path));
	expect_shown(FAULT, "steady");
}

static void modems_alerts_and_faults_are_seen_on_the_lines(void **state)
{
	struct box *box = story_front_box(2, "desk : { escalate_after = 5; };");

	(void)state;
	lights_of_the_network(box);
	lights_of_faults(box);
	lights_of_alerts(box);
	lights_of_the_box(box);
	box_stop(box);
	assert_dark();
	story_over(box);
}

/* ---- traffic, and what any light may show ---- */

static void a_text_is_one_flash(void **state)
{
	struct box *box = story_front_box(1, NULL);
	bool seen = false;

	(void)state;
	box_start(box);
	for (int tries = 0; tries < FLASH_TRIES && !seen; tries++) {
		box_settle(box);
		expect_shown(TRAFFIC, "off");
		person_texts(box, &ben, "HELP");
		seen = flashes_within(TRAFFIC, 3000);
		expect_text(box, &ben, "STOP");
	}
	assert_true(seen);
	story_over(box);
}

static void a_hold_hurries_and_flickers_when_it_is_understood(void **state)
{
	static const char *const hurry[ANSWER_PATTERNS] = { "hurry", "hurry, faster",
		"hurry, fastest" };
	static const char *const flicker[ANSWER_PATTERNS] = { "flicker" };
	struct box *box = story_front_box(1, NULL);

	(void)state;
	box_start(box);
	/* not quite long enough to switch off */
	expect_answer(BOARD_BUTTON_POWER, 4700, POWER, hurry);
	expect_shown(POWER, "steady");
	expect_answer(BOARD_BUTTON_TEST, 150, TRAFFIC, flicker);
	story_over(box);
}

/* ---- the box's own ---- */

static void power_held_blinks_until_the_box_has_ended(void **state)
{
	struct box *box = story_front_box(1, NULL);

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:i}", "cmd", "radio", "segment_ms", 25000);
	person_texts(box, &ben, "HELP");
	box_wait_status(box, "outbox.sending", 1, true);
	front_press(BOARD_BUTTON_POWER, 5300);
	expect_shown(POWER, "fast blink");
	expect_power_off(box);
	expect_text(box, &ben, "STOP");
	story_over(box);
}

static void mains_battery_and_lid_are_seen_and_told(void **state)
{
	struct box *box;

	(void)state;
	front_define(NULL);
	front_plug();
	box = story_box(
		&(struct box_options){ .people = "people = ( { phone = \"+15105550102\"; name = "
						 "\"Rosa\"; role = \"admin\"; } );",
			.board = FRONT_BOARD },
		&usual_fleet);
	box_start(box);
	expect_shown(POWER, "steady");
	front_sense(BOARD_TAMPER, true);
	expect_shown(BUZZER, "alarm");
	expect_text(box, &rosa, "the case of the box is open");
	front_sense(BOARD_TAMPER, false);
	expect_shown(BUZZER, "off");
	front_sense(BOARD_MAINS_LOST, true);
	expect_shown(POWER, "glint");
	expect_shown(NETWORK, "off");
	expect_text(box, &rosa, "runs on its battery");
	front_sense(BOARD_BATTERY_LOW, true);
	expect_text(box, &rosa, "the battery is nearly empty");
	expect_shown(POWER, "fast blink");
	expect_power_off(box);
	story_over(box);
}

/* The machine's clock, in the box's time zone, forward. */
static void set_clock(int hour, int minute, int second)
{
	struct timespec at = { .tv_sec = time(NULL) };
	struct tm local;

	setenv("TZ", "America/Los_Angeles", 1);
	tzset();
	localtime_r(&at.tv_sec, &local);
	local.tm_hour = hour;
	local.tm_min = minute;
	local.tm_sec = second;
	if (mktime(&local) <= at.tv_sec)
		local.tm_mday++;
	at.tv_sec = mktime(&local);
	assert_int_equal(0, clock_settime(CLOCK_REALTIME, &at));
}

static void the_front_is_dark_at_night_and_lit_in_the_morning(void **state)
{
	struct box *box;

	(void)state;
	front_define(NULL);
	front_plug();
	set_clock(12, 0, 0);
	box = story_box(
		&(struct box_options){ .settings = "desk : { escalate_after = 5; };",
			.board = "board : { driver = \"gpiod\"; definition = \"" FRONT_DEFINITION
				 "\"; night = \"22:00-06:00\"; };" },
		&usual_fleet);
	box_start(box);
	expect_shown(POWER, "steady");
	set_clock(21, 59, 50);
	expect_shown(POWER, "off");
	expect_shown(NETWORK, "off");
	/* for a minute */
	front_press(BOARD_BUTTON_STOP, 100);
	expect_shown(POWER, "steady");
	expect_shown(NETWORK, "steady");
	expect_shown(POWER, "off");
	/* what calls somebody does it at night as well */
	person_texts(box, &eva, "REPORT two vans at the market");
	expect_shown(ALERT, "fast blink");
	set_clock(5, 59, 50);
	person_texts(box, &ana, "TAKE 1"); /* whoever acts looks at the clock first */
	expect_shown(ALERT, "off");
	expect_shown(POWER, "steady");
	expect_shown(NETWORK, "steady");
	story_over(box);
}

/* Nothing else happens that would make the box look; by itself it does so every 10 minutes. */
static void a_clock_that_is_set_is_followed_at_once(void **state)
{
	struct box *box;

	(void)state;
	front_define(NULL);
	front_plug();
	set_clock(12, 0, 0);
	box = story_box(
		&(struct box_options){
			.board = "board : { driver = \"gpiod\"; definition = \"" FRONT_DEFINITION
				 "\"; night = \"22:00-06:00\"; };" },
		&usual_fleet);
	box_start(box);
	expect_shown(POWER, "steady");
	expect_shown(NETWORK, "steady");
	set_clock(23, 0, 0);
	expect_shown(POWER, "off");
	set_clock(12, 0, 0);
	expect_shown(POWER, "steady");
	story_over(box);
}

/* ---- and that was all of it ---- */

static void every_row_of_the_table_of_lights_was_seen(void **state)
{
	struct panel_light_row row;
	int missing = 0;

	(void)state;
	for (unsigned int i = 0; panel_light_row(i, &row); i++) {
		if (was_seen(row.light, row.pattern)) {
			print_message("seen: %s: %s\n", row.light, row.pattern);
			continue;
		}
		print_error("not seen: %s: %s\n", row.light, row.pattern);
		missing++;
	}
	assert_int_equal(0, missing);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		story(modems_alerts_and_faults_are_seen_on_the_lines),
		story(a_text_is_one_flash),
		story(a_hold_hurries_and_flickers_when_it_is_understood),
		story(power_held_blinks_until_the_box_has_ended),
		story(mains_battery_and_lid_are_seen_and_told),
		story(the_front_is_dark_at_night_and_lit_in_the_morning),
		story(a_clock_that_is_set_is_followed_at_once),
		story(every_row_of_the_table_of_lights_was_seen),
	};

	return run_target_stories(stories);
}
