/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what, and on whose word: alerts that take two people. */
#include "desk_world.h"

#define TWO USUAL_SETTINGS "alerts : { confirm = \"two\"; };\n"

/* ---- two people ---- */

static void an_alert_that_takes_two_leaves_on_anothers_code(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT north NEED 3 vans at 5th"),
		HEARS("Ana", "3 needed. Another dispatcher must reply "),
		HEARS("Abe", "Ana wants to alert 5 people, #1 (north): vans at 5th Reply "),
		HEARS("Rosa", "Ana quiere alertar a 5, #1 (north): vans at 5th Responda "),
		SAYS(0, "Ana", CODE),
		HEARS("Ana", "#1 needs two people: another dispatcher must reply with this code."),
		SAYS(1, "Abe", CODE),
		HEARS("Abe", "#1 is going out to 5 people"),
		HEARS("Ana", "Your alert #1 was sent by Abe."),
		HEARS("Abe", "vans at 5th"),
		HEARS("Ana", "vans at 5th"),
		HEARS("Carla", "vans at 5th"),
		HEARS("Mia", "vans at 5th"),
		HEARS("Rosa", "vans at 5th"),
	};

	(void)state;
	talk_with(TWO, talk, ARRAY_SIZE(talk));
}

static void the_authors_own_code_is_no_wrong_try(void **state)
{
	struct world *w = world_make(TWO);

	(void)state;
	people_join(w);
	texts(w, "Ana", "ALERT north vans at 5th");
	keep_code(w, next_heard(w, "Abe")->text);
	for (int i = 0; i < 5; i++)
		texts(w, "Ana", w->code);
	hears_nothing(w, "Mia");
	forget(w);
	texts(w, "Abe", w->code);
	hears(w, "Mia", "vans at 5th");
	world_destroy(w);
}

/* Those on duty are asked, and nobody who is not. */
static void the_second_is_somebody_on_duty(void **state)
{
	struct world *w = world_make(TWO);

	(void)state;
	people_join(w);
	texts(w, "Rosa", "DUTY ON");
	forget(w);
	texts(w, "Ana", "ALERT north vans at 5th");
	hears(w, "Rosa", "Ana quiere alertar");
	hears_nothing(w, "Abe");
	world_destroy(w);
}

static void who_is_alone_is_told_that_nobody_can_confirm(void **state)
{
	struct world *w = world_make(BOX_GROUP LIST_GROUP(
		"open") "people = ( { phone = \"+15105550102\"; name = \"Ana\";"
			" role = \"dispatcher\"; } );\n"
			"alerts : { confirm = \"two\"; };\n");

	(void)state;
	people_join(w);
	texts(w, "Ana", "ALERT vans at 5th");
	hears(w, "Ana", "No other dispatcher is there to confirm it.");
	world_destroy(w);
}

static int prepare_at_faroctl(struct world *w, struct desk_promise *promise)
{
	struct desk_alert_request request = { .text = "vans at 5th" };
	char why[128];

	return desk_alert_prepare(w->desk, &request, w->now_ms, promise, why, sizeof(why));
}

static void faroctl_is_one_of_the_two(void **state)
{
	struct world *w = world_make(TWO);
	struct desk_promise promise, other;

	(void)state;
	people_join(w);
	assert_int_equal(prepare_at_faroctl(w, &promise), 0);
	settle(w);
	hears_nothing(w, "Ana"); /* its user has not said yes */
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), 1);
	settle(w);
	hears_nothing(w, "Mia");
	keep_code(w, hears(w, "Ana", "faroctl wants to alert 7 people, #1 (all zones): vans at"));
	texts(w, "Ana", w->code);
	hears(w, "Mia", "vans at 5th");
	/* the code of one that another replaced is forgotten */
	assert_int_equal(prepare_at_faroctl(w, &promise), 0);
	texts(w, "Abe", "ALERT vans at 6th");
	assert_int_equal(prepare_at_faroctl(w, &other), 0);
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), -EALREADY);
	assert_int_equal(desk_alert_send(w->desk, other.alert_id, w->now_ms), 1);
	world_destroy(w);
}

static void faroctl_alone_sends_nothing(void **state)
{
	struct world *w = world_make(
		BOX_GROUP LIST_GROUP("open") "people = ();\nalerts : { confirm = \"two\"; };\n");
	struct desk_promise promise;

	(void)state;
	people_join(w);
	assert_int_equal(prepare_at_faroctl(w, &promise), 0);
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), -EPERM);
	settle(w);
	hears_nothing(w, "Mia");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alert_that_takes_two_leaves_on_anothers_code),
		cmocka_unit_test(the_authors_own_code_is_no_wrong_try),
		cmocka_unit_test(the_second_is_somebody_on_duty),
		cmocka_unit_test(who_is_alone_is_told_that_nobody_can_confirm),
		cmocka_unit_test(faroctl_is_one_of_the_two),
		cmocka_unit_test(faroctl_alone_sends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
