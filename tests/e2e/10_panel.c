/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 10: the box's front. Lights say what is going on, buttons act when they are held as long as
 * they must be.
 */
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_story.h"

static struct box *box_with_a_front(const char *settings)
{
	struct box *box = box_new(&(struct box_options){ .settings = settings,
		.board =
			"board : { driver = \"sim\"; definition = \"config/boards/sim.cfg\"; };" });

	box_start(box);
	return box;
}

static void power_and_network_are_steady_when_all_is_well(void **state)
{
	struct box *box = box_with_a_front(NULL);

	(void)state;
	board_expect_light(box, "power", true);
	board_expect_light(box, "network", true);
	board_expect_light(box, "alert", false);
	board_expect_light(box, "fault", false);
	box_free(box);
}

static void send_held_for_three_seconds_confirms_the_pending_alert(void **state)
{
	struct box *box = box_with_a_front("alerts : { confirm = \"button\"; };");

	(void)state;
	person_joins(box, &ben, "JOIN");
	person_texts(box, &ana, "ALERT come to the market");
	expect_text(box, &ana, "Hold SEND");
	board_expect_light(box, "alert", true);
	/* too short: nothing happens */
	board_press(box, "send", 800);
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, "market"), 0);
	board_press(box, "send", 3300);
	expect_text(box, &ben, "come to the market");
	expect_text(box, &ana, "button at the box");
	box_free(box);
}

/* It may be the author's hand: the code of another dispatcher sends it. */
static void send_alone_sends_nothing_where_two_people_are_asked_for(void **state)
{
	struct box *box = box_with_a_front("alerts : { confirm = \"two\"; };");
	char code[8];

	(void)state;
	person_joins(box, &ben, "JOIN");
	person_texts(box, &ana, "ALERT come to the market");
	digits_of(expect_text(box, &ana, "Another dispatcher must reply ")->text, 4, code);
	board_expect_light(box, "alert", true);
	board_press(box, "send", 3300);
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, "market"), 0);
	person_texts(box, &rosa, code);
	expect_text(box, &ben, "come to the market");
	box_free(box);
}

static void stop_cancels_the_running_alert(void **state)
{
	struct box *box = box_with_a_front(NULL);
	struct ran ran;

	(void)state;
	person_joins(box, &ben, "JOIN");
	ran = box_faroctl(box, "alert", "--yes", "come to the market", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	expect_text(box, &ben, "come to the market");
	board_press(box, "stop", 1500);
	expect_text(box, &ben, "called off");
	box_wait_status(box, "alerts.running", 0, false);
	box_free(box);
}

static void test_texts_the_admins_the_state(void **state)
{
	struct box *box = box_with_a_front(NULL);

	(void)state;
	board_press(box, "test", 200);
	expect_text(box, &rosa, "1");
	assert_int_equal(texts_with(box, ana.phone, NULL), 0);
	box_free(box);
}

static void power_held_for_five_seconds_stops_cleanly(void **state)
{
	struct box *box = box_with_a_front(NULL);
	char path[256];

	(void)state;
	board_press(box, "power", 5300);
	box_wait_end(box, 0);
	/* whoever may switch the machine off waits for this */
	snprintf(path, sizeof(path), "%s/poweroff", box_dir(box));
	assert_int_equal(access(path, F_OK), 0);
	box_free(box);
}

/* Waits until the light has changed so often. */
static void expect_blinks(struct box *box, const char *light, int changes)
{
	char prefix[32];
	const char *line;

	snprintf(prefix, sizeof(prefix), "light %s ", light);
	for (int n = 0; n < changes;) {
		line = board_line(box, WAIT_MS);
		assert_non_null(line);
		n += strncmp(line, prefix, strlen(prefix)) == 0;
	}
}

static void power_held_ends_what_is_on_the_air_and_blinks_meanwhile(void **state)
{
	struct box *box = box_new(&(struct box_options){ .segment_ms = 12000,
		.board =
			"board : { driver = \"sim\"; definition = \"config/boards/sim.cfg\"; };" });
	json_t *status;

	(void)state;
	box_start(box);
	person_texts(box, &ben, "HELP");
	box_wait_status(box, "outbox.sending", 1, true);
	board_press(box, "power", 5300);
	/* it hurries, flickers, and then blinks until the air is over */
	expect_blinks(box, "power", 60);
	assert_true(box_pid(box));
	box_wait_end(box, 0);
	expect_text(box, &ben, "STOP");
	box_start(box);
	status = box_status(box);
	assert_int_equal(json_number_at(status, "outbox.unknown"), 0);
	json_decref(status);
	box_free(box);
}

static void power_blinks_until_a_modem_is_ready(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.board =
			"board : { driver = \"sim\"; definition = \"config/boards/sim.cfg\"; };" });

	(void)state;
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "searching");
	box_start_modems(box, 0);
	expect_blinks(box, "power", 3);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "home");
	box_wait_state(box, "sim1", "ready");
	board_expect_light(box, "power", true);
	box_free(box);
}

static void a_pulled_modem_lights_the_fault(void **state)
{
	struct box *box = box_with_a_front(NULL);

	(void)state;
	board_expect_light(box, "network", true);
	sim_do(box, "{s:s,s:s,s:s,s:b}", "cmd", "pin", "modem", "sim1", "pin", "9999", "required",
		1);
	sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", "sim1");
	box_wait_state(box, "sim1", "pin");
	board_expect_light(box, "fault", true);
	box_free(box);
}

/* "21:30" of the box's time zone, minutes from now. */
static void clock_shows(int minutes, char out[8])
{
	time_t at = time(NULL) + 60 * minutes;
	struct tm local;

	setenv("TZ", "America/Los_Angeles", 1);
	tzset();
	strftime(out, 8, "%H:%M", localtime_r(&at, &local));
}

static void at_night_the_front_is_dark_until_a_button_is_pressed(void **state)
{
	char from[8], to[8], board[160];
	struct box *box;

	(void)state;
	clock_shows(-60, from);
	clock_shows(60, to);
	snprintf(board, sizeof(board),
		"board : { driver = \"sim\"; definition = \"config/boards/sim.cfg\"; night = "
		"\"%s-%s\"; };",
		from, to);
	box = box_new(&(struct box_options){ .board = board });
	box_start(box);
	board_expect_light(box, "power", false);
	board_expect_light(box, "network", false);
	board_press(box, "stop", 100);
	board_expect_light(box, "power", true);
	board_expect_light(box, "network", true);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(power_and_network_are_steady_when_all_is_well),
		cmocka_unit_test(send_held_for_three_seconds_confirms_the_pending_alert),
		cmocka_unit_test(send_alone_sends_nothing_where_two_people_are_asked_for),
		cmocka_unit_test(stop_cancels_the_running_alert),
		cmocka_unit_test(test_texts_the_admins_the_state),
		cmocka_unit_test(power_held_for_five_seconds_stops_cleanly),
		cmocka_unit_test(power_held_ends_what_is_on_the_air_and_blinks_meanwhile),
		cmocka_unit_test(power_blinks_until_a_modem_is_ready),
		cmocka_unit_test(a_pulled_modem_lights_the_fault),
		cmocka_unit_test(at_night_the_front_is_dark_until_a_button_is_pressed),
	};

	return run_stories(stories);
}
