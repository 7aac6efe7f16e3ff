/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 22: a SIM that the operator blocks without a word, and the canary that finds it. sim1's
 * canary is the number of sim2.
 */
#include "cmocka_story.h"

static struct box *canary_box(const char *keys)
{
	return box_new(&(struct box_options){ .modems = 2,
		.first_modem_settings = keys,
		.settings = "delivery : { report_wait = 2; retry = [ 1, 2 ]; };" });
}

/* Waits until `status` says this of the first modem's canary. */
static void wait_canary(struct box *box, const char *word)
{
	for (;;) {
		json_t *status = box_status(box);
		const json_t *modem = json_array_get(json_object_get(status, "modems"), 0);
		const json_t *canary = json_object_get(modem, "canary");
		const char *state = json_string_value(json_object_get(canary, "state"));
		bool there = state && strcmp(state, word) == 0;

		json_decref(status);
		if (there)
			return;
		box_wait_event(box, 50);
	}
}

static void a_text_to_oneself_arrives_and_nobody_ever_sees_it(void **state)
{
	struct box *box = canary_box("canary = \"(510) 555-0171\";");
	struct ran ran;
	json_t *status;

	(void)state;
	box_start(box);
	wait_canary(box, "arrived");
	assert_int_equal(sim_number(box, "segments"), 1);
	assert_int_equal(texts_with(box, "+15105550171", "test of modem sim1"), 1);
	box_settle(box);
	status = box_status(box);
	assert_int_equal(json_number_at(status, "incidents.open"), 0);
	assert_int_equal(json_number_at(status, "inbox.received"), 0);
	json_decref(status);
	ran = box_faroctl(box, "modem", "list", NULL);
	assert_non_null(strstr(ran.out, "sim1: canary arrived"));
	ran_free(&ran);

	/* it is one a day, not one a start */
	box_stop(box);
	box_start(box);
	box_settle(box);
	assert_int_equal(sim_number(box, "segments"), 1);
	box_free(box);
}

static void a_canary_that_does_not_arrive_parks_the_sim(void **state)
{
	struct box *box = canary_box("canary = \"+15105550171\";");

	(void)state;
	sim_do(box, "{s:s,s:s}", "cmd", "block", "modem", "sim1");
	box_start(box);
	/* the admin hears of it over the other one, and so does everybody of the alert */
	assert_string_equal(
		expect_text(box, &rosa, "sus mensajes de prueba no llegan")->modem, "sim2");
	wait_canary(box, "missing");
	json_decref(farod_ask(box, "{s:s,s:s,s:b}", "cmd", "alert", "text", "come", "yes", 1));
	assert_string_equal(expect_text(box, &ana, "come")->modem, "sim2");
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_to_oneself_arrives_and_nobody_ever_sees_it),
		cmocka_unit_test(a_canary_that_does_not_arrive_parks_the_sim),
	};
	return run_stories(tests);
}
