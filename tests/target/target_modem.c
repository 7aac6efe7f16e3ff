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

/* The kernel hangs a port up before it takes its name away. */
static void wait_gone(const char *path)
{
	int64_t deadline = time_mono_ms() + 10 * MS_PER_S;

	while (access(path, F_OK) == 0) {
		assert_true(time_mono_ms() < deadline);
		story_pause(10);
	}
}

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
	set_fault(box, "unplug", 10 * MS_PER_MIN); /* it is plugged before */
	person_texts(box, &ben, "HELP");
	story_wait_log(box, "modem sim1: lost its port");
	wait_gone("/dev/ttyACM0");
	box_wait_status(box, "outbox.unknown", 1, false);
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
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

#define PULSE_TRIES 5

/* A machine that looked no better cannot say how long a pulse was. */
#define WRONG_MOST_MS 20

/* Looks until the line has the level; the time of that, and for how long it was not looked at. */
static int64_t when_level(unsigned int line, bool level, int64_t wait_ms, int64_t *away_ms)
{
	int64_t from = time_mono_ms(), now = from, last = from;

	*away_ms = 0;
	while (chip_level(line) != level) {
		story_pause(1);
		last = now;
		now = time_mono_ms();
		*away_ms = now - last;
		assert_true(now - from < wait_ms);
	}
	return now;
}

/* Milliseconds for which a line has the level, once it has it; so much may be wrong with it. */
static int64_t pulse_of(unsigned int line, bool level, int64_t *wrong_ms)
{
	int64_t begin_ms, end_ms, late_ms;

	begin_ms = when_level(line, level, 3 * MS_PER_MIN, wrong_ms);
	end_ms = when_level(line, !level, 30 * MS_PER_S, &late_ms);
	*wrong_ms += late_ms;
	return end_ms - begin_ms;
}

static bool is_within(int64_t ms, int64_t least, int64_t most)
{
	return ms >= least && ms <= most;
}

/* The ladder goes up to the lines. False when the machine was too busy to say what they did. */
static bool lines_pulse(struct box *box)
{
	int64_t reset_ms, reset_wrong, key_ms, key_wrong;

	hang(box);
	reset_ms = pulse_of(LINE_RESET, false, &reset_wrong);
	assert_false(chip_level(LINE_KEY));
	key_ms = pulse_of(LINE_KEY, true, &key_wrong);
	come_back(box);
	print_message("reset line: %lld ms of 100, power line: %lld ms of 300 (or %lld and %lld "
		      "more or less)\n",
		(long long)reset_ms, (long long)key_ms, (long long)reset_wrong,
		(long long)key_wrong);
	if (is_within(reset_ms, 90, 250) && is_within(key_ms, 290, 450))
		return true;
	assert_true(reset_wrong > WRONG_MOST_MS || key_wrong > WRONG_MOST_MS);
	return false;
}

static void modem_lines_pulse_as_the_definition_says(void **state)
{
	struct box *box = story_front_box(1, NULL);
	int tries = 1;

	(void)state;
	box_start(box);
	assert_false(chip_level(LINE_KEY));
	assert_true(chip_level(LINE_RESET));
	while (!lines_pulse(box)) {
		assert_true(tries++ < PULSE_TRIES);
		box_wait_state(box, "sim1", "ready");
	}
	if (tries == 1)
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
