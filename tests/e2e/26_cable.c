/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 26: a bad cable. Of what the modems say bytes are lost and others come between, all the
 * time, while alerts go out, neighbors report, people leave and reports of delivery come. Once the
 * cable is mended everybody has got what was promised: nothing is lost, nothing comes twice but a
 * counted unknown, and the lines come to rest. (What farod says is not spoilt: a modem has no way
 * to see that a number in a PDU is another.) Deadlines are twenty times shorter, as in story 24.
 */

#include "cmocka_story.h"
#include "internal.h"
#include "proof.h"

#define HASTE  "20"
#define PEOPLE 20

/* Bytes of a million: none, a loose plug now and then, a line in ten, in two, hardly one whole. */
static const int cables_ppm[] = { 0, 100, 1000, 5000, 20000 };
#define N_CABLES (sizeof(cables_ppm) / sizeof(cables_ppm[0]))

static void cable(struct box *box, const char *modem, int ppm)
{
	sim_do(box, "{s:s,s:s,s:i,s:i}", "cmd", "radio", "modem", modem, "lost_ppm", ppm,
		"junk_ppm", ppm);
}

static void nothing_is_lost_over_a_bad_cable(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.daemon = "crash/farod", .modems = 2, .segment_ms = 5, .report_delay_ms = 20 });
	int rounds = proof_long() ? 400 : 24, stops = 0;
	struct invariants_found found;
	pid_t pid;

	(void)state;
	box_start_hasty(box, HASTE);
	pid = box_pid(box);
	import_people(box, PEOPLE);
	for (int i = 0; i < rounds; i++) {
		cable(box, "sim1", cables_ppm[roll(N_CABLES)]);
		cable(box, "sim2", cables_ppm[roll(N_CABLES)]);
		neighbor_reports(box, 2 * i, "sim1");
		neighbor_reports(box, 2 * i + 1, "sim2");
		if (i % 8 == 0)
			start_alert(box, i);
		if (i % 8 == 4 && stops < PEOPLE / 2)
			member_stops(box, stops++, i % 16 ? "sim1" : "sim2");
		for (int n = 0; n < 20; n++)
			box_wait_event(box, (int)roll(10));
	}
	cable(box, "sim1", 0);
	cable(box, "sim2", 0);
	box_work_off(box);
	box_wait_rest(box);
	assert_int_equal(box_pid(box), pid);
	assert_int_equal(box_stop(box), 0);
	box_check_invariants(box, &found);
	assert_int_equal(found.stopped, stops);
	print_message("%lld segments, %lld texts in\n", (long long)found.segments,
		(long long)found.texts);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(nothing_is_lost_over_a_bad_cable),
	};

	return run_stories(stories);
}
