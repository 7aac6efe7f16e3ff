/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 49: an announcement for later. A dispatcher schedules it by text, an admin by faroctl; both
 * wait for their time through a restart and a kill, one is withdrawn, and nothing goes out without
 * its code, or before the box knows what time it is.
 */
#include <inttypes.h>
#include <time.h>

#include "cmocka_story.h"

static const struct person_of_test mia = { "+15105550161", "Mia" };

static struct ran run_well(struct ran ran)
{
	if (ran.code != 0)
		fail_msg("faroctl: %s", ran.err);
	return ran;
}
#define FAROCTL(box, ...) run_well(box_faroctl(box, __VA_ARGS__, NULL))

static const struct box_options by_the_network = { .box = "clock = \"network\";" };
static const struct box_options in_utc = {
	.box = "clock = \"network\"; timezone = \"UTC\";",
	.settings = "list : { quiet = \"\"; zones = ( { id = \"north\"; names = ( \"north\" ); } "
		    "); };\n",
};

static void it_goes_out_when_its_time_has_come(void **state)
{
	struct box *box = box_new(&in_utc);
	char code[8];
	struct ran ran;

	(void)state;
	network_tells(box, 0);
	box_start(box);
	box_wait_clock(box, "network");
	ran_free((struct ran[]){ FAROCTL(box, "members", "add", mia.phone) });

	/* in two days at most, whatever time the test runs at */
	person_texts(box, &ana, "SCHEDULE tomorrow 23:59 Meeting at the library");
	digits_of(expect_text(box, &ana, "It waits until")->text, 4, code);
	ran = FAROCTL(box, "schedule");
	assert_non_null(strstr(ran.out, "nothing is scheduled"));
	ran_free(&ran);
	/* the date has four digits too: the code is behind "Reply" */
	snprintf(code, sizeof(code), "%.4s",
		strstr(heard_at(box, texts_with(box, NULL, NULL) - 1)->text, "Reply ") + 6);
	person_texts(box, &ana, code);
	expect_text(box, &ana, "#1 goes out on 20");
	ran_free((struct ran[]){
		FAROCTL(box, "alert", "--yes", "--at", "tomorrow 23:58", "Bring water") });
	ran_free((struct ran[]){
		FAROCTL(box, "alert", "--yes", "--at", "tomorrow 23:57", "Not wanted") });
	ran = FAROCTL(box, "schedule");
	assert_non_null(strstr(ran.out, "23:59  all: Meeting at the library"));
	assert_non_null(strstr(ran.out, "23:58  all: Bring water"));
	assert_non_null(strstr(ran.out, "23:57  all: Not wanted"));
	ran_free(&ran);
	/* when, and to how many, though nobody has a copy yet */
	ran = FAROCTL(box, "show", "2");
	assert_non_null(strstr(ran.out, "alert     scheduled for 20"));
	assert_non_null(strstr(ran.out, " 23:58, "));
	assert_null(strstr(ran.out, ", 0 people"));
	ran_free(&ran);
	person_texts(box, &ana, "CANCEL 3");
	expect_text(box, &ana, "#3 is withdrawn");

	/* the same boot again: it still knows the time, and nothing has left */
	assert_int_equal(box_stop(box), 0);
	box_start(box);
	box_kill(box);
	box_start(box);
	box_settle(box);
	assert_int_equal(texts_with(box, mia.phone, NULL), 0);

	/* a day on: the clock steps over nothing; at its time it goes out */
	network_tells(box, INT64_C(86400) * 1);
	box_settle(box);
	assert_int_equal(texts_with(box, NULL, "Bring water"), 0);
	network_tells(box, INT64_C(86400) * 2 - (int64_t)time(NULL) % 86400);
	expect_text(box, &mia, "Bring water");
	expect_text(box, &mia, "Meeting at the library");
	expect_text(box, &ana, "#1 is going out");
	box_settle(box);
	assert_int_equal(texts_with(box, NULL, "Not wanted"), 0);
	box_free(box);
}

static void nothing_scheduled_fires_before_the_time_is_known(void **state)
{
	struct box *box = box_new(&by_the_network);

	(void)state;
	network_tells(box, -(int64_t)time(NULL) + 3600);
	box_start(box);
	/* her own text tells no time: its centre's clock is as wrong */
	sim_do(box, "{s:s,s:s,s:s,s:s,s:I}", "cmd", "text", "from", ana.phone, "text",
		"SCHEDULE 18:30 Meeting", "modem", "sim1", "sent_ms",
		(json_int_t)INT64_C(1072915212000));
	expect_text(box, &ana, "does not know what time it is yet. ALERT goes at once.");
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(it_goes_out_when_its_time_has_come),
		cmocka_unit_test(nothing_scheduled_fires_before_the_time_is_known),
	};

	return run_stories(stories);
}
