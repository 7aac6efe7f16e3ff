/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 23: in the middle of an alert the operator blocks one of two SIMs without a word. It is
 * found, shown and told, and the alert goes on over the other one.
 */
#include "cmocka_story.h"
#include "proof.h"

#define PEOPLE 150

static void send_alert(struct box *box, const char *text)
{
	json_t *answer = farod_ask(box, "{s:s,s:s,s:b}", "cmd", "alert", "text", text, "yes", 1);

	assert_non_null(answer);
	json_decref(answer);
}

/* How many texts with this piece left over this modem. */
static int left_over(struct box *box, const char *modem, const char *piece)
{
	int n = 0;

	for (int i = 0; heard_at(box, i); i++) {
		const struct heard *heard = heard_at(box, i);

		n += strcmp(heard->modem, modem) == 0 && strstr(heard->text, piece) != NULL;
	}
	return n;
}

static int64_t segments_of(struct box *box, int modem)
{
	json_t *stats = sim_ask(box, "{s:s}", "cmd", "stats");
	const json_t *one = json_array_get(json_object_get(stats, "modems"), (size_t)modem);
	int64_t n = json_number_at(one, "segments");

	json_decref(stats);
	return n;
}

static bool first_is_blocked(struct box *box)
{
	json_t *status = box_status(box);
	const json_t *modem = json_array_get(json_object_get(status, "modems"), 0);
	bool blocked = json_is_true(json_object_get(modem, "blocked"));

	json_decref(status);
	return blocked;
}

static void a_sim_blocked_in_mid_alert_is_found_and_the_other_goes_on(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 2,
		.segment_ms = 40,
		.settings = "delivery : { report_wait = 1; unknown_wait = 1; retry = [ 1, 2 ]; };",
		.board =
			"board : { driver = \"sim\"; definition = \"config/boards/sim.cfg\"; };" });
	int64_t segments;
	struct ran ran;

	(void)state;
	box_start(box);
	import_members(box, PEOPLE);
	send_alert(box, "come to the market");
	/* reports come, from both */
	box_wait_status(box, "outbox.delivered", 10, true);
	assert_true(left_over(box, "sim1", "market") > 0);
	sim_do(box, "{s:s,s:s}", "cmd", "block", "modem", "sim1");

	/* found: the admin is told over the other modem, and the light shows it */
	assert_string_equal(expect_text(box, &rosa, "Puede que bloqueen su SIM")->modem, "sim2");
	assert_true(first_is_blocked(box));
	board_expect_light(box, "fault", true);
	ran = box_faroctl(box, "status", NULL);
	assert_non_null(strstr(ran.out, "no reports come: the SIM may be blocked"));
	ran_free(&ran);

	/* the queue moves on, and the next alert goes over the other one only */
	box_settle(box);
	segments = segments_of(box, 0);
	send_alert(box, "come to the school");
	box_settle(box);
	assert_int_equal(segments_of(box, 0), segments);
	assert_int_equal(left_over(box, "sim2", "school"), PEOPLE + 2);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sim_blocked_in_mid_alert_is_found_and_the_other_goes_on),
	};
	return run_stories(tests);
}
