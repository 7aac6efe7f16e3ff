/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 13: somebody pulls the plug, two hundred times (`make proof`: a thousand times, with four
 * modems).
 *
 * farod is killed with SIGKILL at random moments while alerts go to 200 people, reports come back
 * and texts come in; others text STOP, and every second alert is called off. Afterwards nobody is
 * missing, no text was handled twice, the only duplicates are counted unknowns, and nothing left
 * for whoever had stopped or of what had been called off.
 */
#include <time.h>

#include "cmocka_story.h"
#include "proof.h"

#define PEOPLE       200
#define KILLS_A_STOP 4 /* of somebody more, who is on the list for that */

static int kills_wanted(void)
{
	return proof_long() ? 1000 : 200;
}

static int modems_wanted(void)
{
	return proof_long() ? 4 : 2;
}

static int stoppers(void)
{
	return kills_wanted() / KILLS_A_STOP;
}

/* A moment of a life: some are killed while they start, most while they send. */
static void live_a_little(void)
{
	int ms = 1 + (int)roll(roll(4) ? 120 : 400);

	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

static int copies_of(struct box *box, const char *phone, const char *text)
{
	int copies = 0;

	for (int k = 0; heard_at(box, k); k++)
		copies += strcmp(heard_at(box, k)->to, phone) == 0 &&
			  strstr(heard_at(box, k)->text, text);
	return copies;
}

/* The copies too many are at most what the box says it sent again. */
static void check_alerts(struct box *box, int alerts)
{
	int64_t resent = box_query(box, "SELECT coalesce(sum(resent), 0) FROM message");
	int64_t too_many = 0, missing = 0;
	char text[64], phone[24];

	for (int n = 1; n <= alerts; n++) {
		snprintf(text, sizeof(text), "alert number %d:", n);
		for (int i = 0; i < PEOPLE; i++) {
			int copies;

			number_of(i, phone);
			copies = copies_of(box, phone, text);
			missing += copies == 0;
			too_many += copies > 1 ? copies - 1 : 0;
		}
	}
	print_message("%d alerts to %d people, %d kills: %lld copies too many, %lld segments sent "
		      "again after an unknown, %lld copies missing\n",
		alerts, PEOPLE, kills_wanted(), (long long)too_many, (long long)resent,
		(long long)missing);
	assert_int_equal(missing, 0);
	assert_true(too_many <= resent);
	assert_true(too_many <= kills_wanted() * modems_wanted());
}

static void nobody_is_missing_after_all_the_kills(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.modems = modems_wanted(), .segment_ms = 10, .report_delay_ms = 30 });
	struct invariants_found found;
	int alerts = 0, drills = 0, reports = 0, stops = 0;
	int64_t drill = 0;

	(void)state;
	box_start(box);
	import_people(box, PEOPLE + stoppers());
	for (int kills = 0; kills < kills_wanted(); kills++) {
		char modem[16];

		/* a text comes in at every second kill, each from a number of its own */
		snprintf(modem, sizeof(modem), "sim%d", 1 + reports % modems_wanted());
		if (kills % 2 == 0)
			neighbor_reports(box, reports++, modem);
		if (kills % KILLS_A_STOP == 1 && stops < stoppers())
			member_stops(box, PEOPLE + stops++, modem);
		if (kills % 40 == 0)
			start_alert(box, ++alerts);
		if (kills % 40 == 20)
			drill = start_drill(box, ++drills);
		if (kills % 40 == 22)
			dispatcher_cancels(box, drill);
		live_a_little();
		box_kill(box);
		/* every 20th life is waited for, because it starts the next alert */
		box_start_modems(box, kills % 20 == 19 ? 0 : -1);
	}
	box_wait_status(box, "inbox.received", reports + stops + drills, true);
	box_work_off(box);
	box_wait_status(box, "outbox.unknown", 0, false);
	box_settle(box);
	box_wait_rest(box);
	assert_int_equal(box_stop(box), 0);
	box_hear(box);
	assert_int_equal(box_query(box, "SELECT count(*) FROM text WHERE state = 2"),
		reports + stops + drills);
	assert_int_equal(
		box_query(box, "SELECT count(*) FROM incident WHERE reporter <> 0"), reports);
	check_alerts(box, alerts);
	box_check_invariants(box, &found);
	assert_int_equal(found.stopped, stops);
	assert_int_equal(found.ended, drills);
	/*
	 * ten lives a second, all to one dispatcher: rarely two unknowns to one number within a
	 * second
	 */
	assert_true(found.mistaken <= kills_wanted() / 20);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(nobody_is_missing_after_all_the_kills),
	};

	return run_stories(stories);
}
