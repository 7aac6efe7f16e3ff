/* SPDX-License-Identifier: Apache-2.0 */
/* A box that is about to be switched off: nothing is begun that could be cut off. */
#include "courier_world.h"

static void test_before_the_end_only_what_is_urgent_leaves_and_then_nothing(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	queue(world, ANA, CLASS_ALERT, "alert");
	queue(world, CLEO, CLASS_ALERT, "alert");
	turn(world);
	assert_string_equal(on_air(modem), ANA);
	assert_int_equal(courier_on_air(world->courier), 1);
	courier_set_gate(world->courier, COURIER_URGENT);
	queue(world, BEN, CLASS_DISPATCH, "the battery is empty");
	answer(modem, accepted_as(1));
	turn(world);
	assert_string_equal(on_air(modem), BEN);
	courier_set_gate(world->courier, COURIER_SHUT);
	queue(world, ANA, CLASS_DISPATCH, "too late");
	assert_int_equal(courier_on_air(world->courier), 1);
	answer(modem, accepted_as(2));
	turn(world);
	turn(world);
	assert_int_equal(modem->sends, 2);
	assert_int_equal(courier_on_air(world->courier), 0);
	assert_int_equal(count(world, MESSAGE_SENT), 2);
	/* the mains are back */
	courier_set_gate(world->courier, COURIER_OPEN);
	turn(world);
	assert_string_equal(on_air(modem), ANA);
	answer(modem, accepted_as(3));
	turn(world);
	assert_string_equal(on_air(modem), CLEO);
	world_free(world);
}

/* Caps are a scope of their own; the gate holds within it too, and what was begun stays back. */
static void test_the_gate_holds_for_a_sim_with_caps_too(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	struct courier_caps caps = { .per_day = 100 };
	assert_int_equal(courier_set_caps(world->courier, modem->name, &caps), 0);
	queue(world, CLEO, CLASS_ALERT, long_text());
	turn(world);
	assert_string_equal(on_air(modem), CLEO);
	courier_set_gate(world->courier, COURIER_URGENT);
	queue(world, ANA, CLASS_ALERT, "alert");
	answer(modem, accepted_as(1));
	turn(world);
	assert_string_equal(on_air(modem), "");
	queue(world, BEN, CLASS_DISPATCH, "the battery is empty");
	turn(world);
	assert_string_equal(on_air(modem), BEN);
	courier_set_gate(world->courier, COURIER_OPEN);
	answer(modem, accepted_as(2));
	turn(world);
	assert_string_equal(on_air(modem), CLEO);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_the_end_only_what_is_urgent_leaves_and_then_nothing),
		cmocka_unit_test(test_the_gate_holds_for_a_sim_with_caps_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
