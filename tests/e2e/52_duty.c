/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 52: a shift. Whoever is on duty is told half an hour before its end, and at its end; once a
 * week dispatchers are told when nobody was there. The network's clock makes the hours pass.
 */
#include <time.h>

#include "cmocka_story.h"

static int64_t shift_s;

static void clock_goes_on(struct box *box, int64_t by_s)
{
	shift_s += by_s;
	sim_do(box, "{s:s,s:I}", "cmd", "clock", "shift_s", (json_int_t)shift_s);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "line", "modem", "sim1", "text", "+CTZV: -28");
}

/* Until the box lives by the clock that the network has told. */
static void wait_for_clock(struct box *box)
{
	time_t then = time(NULL) + (time_t)shift_s - 120;
	char wanted[32];
	struct tm tm;

	strftime(wanted, sizeof(wanted), "%Y-%m-%dT%H:%M", gmtime_r(&then, &tm));
	for (int tries = 0; tries < WAIT_MS / 10; tries++) {
		json_t *status = box_status(box);
		const json_t *clock = json_object_get(status, "clock");
		const char *said = json_string_value(json_object_get(clock, "time"));
		const char *source = json_string_value(json_object_get(clock, "source"));
		bool there = strcmp(said, wanted) >= 0 && strcmp(source, "network") == 0;

		json_decref(status);
		if (there)
			return;
		box_wait_event(box, 10);
	}
	fail_msg("the box's clock did not come to %s", wanted);
}

static const struct box_options by_the_network = { .box = "clock = \"network\";" };

static void a_shift_ends_and_the_week_is_told(void **state)
{
	struct box *box = box_new(&by_the_network);

	(void)state;
	clock_goes_on(box, 0);
	box_start(box);
	wait_for_clock(box); /* else what it tells later would date the shift too */
	person_texts(box, &ana, "DUTY ON 2");
	expect_text(box, &ana, "You are on duty for 2 h.");
	clock_goes_on(box, 100 * 60);
	expect_text(box, &ana, "Your shift ends at ");
	assert_int_equal(box_stop(box), 0);
	box_start(box);
	clock_goes_on(box, 25 * 60);
	expect_text(box, &ana, "Your shift has ended.");
	/* a Sunday evening is among the next seven days */
	for (int day = 0; day < 7 && texts_with(box, ana.phone, "Nobody was on duty") == 0; day++) {
		clock_goes_on(box, 86400 - 600);
		wait_for_clock(box);
		box_settle(box);
	}
	expect_text(box, &ana, "Nobody was on duty for 16");
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_shift_ends_and_the_week_is_told),
	};

	return run_stories(stories);
}
