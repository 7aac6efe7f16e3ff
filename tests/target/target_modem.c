/* SPDX-License-Identifier: Apache-2.0 */
/*
 * farod and modems on the kernel's own USB: a port that is pulled in mid-send, a stick that its
 * host resets, the power and reset lines on a simulated chip.
 */
#include <unistd.h>

#include "../e2e/cmocka_story.h"
#include "faro/base.h"
#include "rhythm.h"
#include "story.h"

static void set_fault(struct box *box, const char *kind, int ms)
{
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", kind, "ms", ms);
}

static void print_modems(struct box *box)
{
	struct ran ran = box_faroctl(box, "modem", "list", NULL);

	assert_int_equal(0, ran.code);
	fputs(ran.out, stdout);
	fflush(stdout);
	ran_free(&ran);
}

/* ---- pulled ---- */

static void a_port_pulled_in_mid_send_comes_back(void **state)
{
	struct box *box = story_box(
		&(struct box_options){ .settings = "delivery : { reports = true; unknown_wait = "
						   "30; retry = [ 1, 2 ]; };" },
		&usual_fleet);

	(void)state;
	box_start(box);
	/* the report comes when the modem is back, or it would be lost with it */
	sim_do(box, "{s:s,s:s,s:b}", "cmd", "phone", "number", ben.phone, "on", 0);
	set_fault(box, "unplug", 700);
	person_texts(box, &ben, "HELP");
	story_wait_log(box, "modem sim1: lost its port");
	assert_true(access("/dev/ttyACM0", F_OK) < 0);
	box_wait_status(box, "outbox.unknown", 1, false);
	box_wait_state(box, "sim1", "ready");
	sim_do(box, "{s:s,s:s,s:b}", "cmd", "phone", "number", ben.phone, "on", 1);
	expect_text(box, &ben, "STOP");
	box_settle(box);
	box_wait_status(box, "outbox.unknown", 0, false);
	assert_int_equal(1, texts_with(box, ben.phone, NULL));
	/* and it works as before */
	person_texts(box, &carla, "HELP");
	expect_text(box, &carla, "STOP");
	print_modems(box);
	story_over(box);
}

/* ---- the ladder's last rungs ---- */

/* Fails unless the rung was tried and has helped; prints what it says. */
static void expect_rung(struct box *box, const char *name)
{
	json_t *answer = farod_ask(box, "{s:s}", "cmd", "modem list"), *rung;
	const json_t *modems = json_object_get(answer, "modems");
	bool found = false;
	size_t i;

	json_array_foreach (json_object_get(json_array_get(modems, 0), "ladder"), i, rung) {
		if (strcmp(json_string_value(json_object_get(rung, "rung")), name) != 0)
			continue;
		found = true;
		assert_int_equal(1, json_number_at(rung, "tries"));
		assert_int_equal(1, json_number_at(rung, "successes"));
		assert_true(json_number_at(rung, "ms") > 0);
		assert_true(strlen(json_string_value(json_object_get(rung, "cost"))) > 0);
	}
	assert_true(found);
	json_decref(answer);
	print_modems(box);
}

/* It hears nothing any more, until somebody takes its power. */
static void hang(struct box *box)
{
	struct ran ran;

	set_fault(box, "hang", 0);
	ran = box_faroctl(box, "test", NULL);
	assert_int_equal(0, ran.code);
	ran_free(&ran);
}

static void come_back(struct box *box)
{
	sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", "sim1");
}

static void wait_recovered(struct box *box, const char *rung)
{
	char words[96];

	snprintf(words, sizeof(words), "modem sim1: recovered by: %s", rung);
	story_wait_log(box, words);
	box_wait_state(box, "sim1", "ready");
	expect_rung(box, rung);
}

static void a_stick_that_hangs_is_reset_by_its_host(void **state)
{
	struct box *box = story_box(&(struct box_options){ 0 }, &usual_fleet);
	int64_t deadline;
	int resets;

	(void)state;
	box_start(box);
	resets = cable_resets(story_cable(0));
	hang(box);
	deadline = time_mono_ms() + 3 * MS_PER_MIN;
	while (cable_resets(story_cable(0)) == resets) {
		assert_true(time_mono_ms() < deadline);
		story_pause(10);
	}
	come_back(box);
	wait_recovered(box, "USB reset");
	story_over(box);
}

/* Milliseconds for which a line has the level, once it has it. */
static int64_t pulse_of(unsigned int line, bool level)
{
	int64_t from;

	assert_true(wait_level(line, level, 3 * MS_PER_MIN));
	from = time_mono_ms();
	assert_true(wait_level(line, !level, 5 * MS_PER_S));
	return time_mono_ms() - from;
}

static void modem_lines_pulse_as_the_definition_says(void **state)
{
	int64_t reset_ms, key_ms;
	struct box *box;

	(void)state;
	front_define(NULL);
	front_plug();
	box = story_box(&(struct box_options){ .board = FRONT_BOARD }, &usual_fleet);
	box_start(box);
	assert_false(chip_level(LINE_KEY));
	assert_true(chip_level(LINE_RESET));
	hang(box);
	reset_ms = pulse_of(LINE_RESET, false);
	assert_false(chip_level(LINE_KEY));
	key_ms = pulse_of(LINE_KEY, true);
	come_back(box);
	print_message("reset line: %lld ms of 100, power line: %lld ms of 300\n",
		(long long)reset_ms, (long long)key_ms);
	assert_in_range(reset_ms, 90, 250);
	assert_in_range(key_ms, 290, 450);
	wait_recovered(box, "power line");
	story_over(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		story(a_port_pulled_in_mid_send_comes_back),
		story(a_stick_that_hangs_is_reset_by_its_host),
		story(modem_lines_pulse_as_the_definition_says),
	};

	return run_target_stories(stories);
}
