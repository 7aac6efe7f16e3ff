/* SPDX-License-Identifier: Apache-2.0 */
/* What a modem has begun and cannot end starts again on another one, whole. */
#include "courier_world.h"

#include "../../firmware/courier/office.h"

static int part_of(const struct modem *modem)
{
	assert_true(modem->sending);
	return modem->submit.ud.ud[5];
}

/** The first modem has sent the first part of a message to Ana, and has the second on the air. */
static struct world *begun(struct courier_caps caps)
{
	struct world *world = world_new(2);
	world->modems[1].busy = true;
	assert_int_equal(courier_set_caps(world->courier, "sim1", &caps), 0);
	queue(world, ANA, CLASS_ALERT, long_text());
	turn(world);
	answer(&world->modems[0], accepted_as(1));
	turn(world);
	assert_int_equal(part_of(&world->modems[0]), 2);
	world->modems[1].busy = false;
	return world;
}

static void block_first(struct world *world)
{
	watch_block(world->courier, &world->courier->posts[0], 90, world->now);
	turn(world);
}

static void whole_on(struct world *world, struct modem *modem)
{
	for (int part = 1; part <= 3; part++) {
		assert_string_equal(on_air(modem), ANA);
		assert_int_equal(part_of(modem), part);
		answer(modem, accepted_as(100 + part));
		turn(world);
	}
	assert_int_equal(count(world, MESSAGE_SENDING) + count(world, MESSAGE_QUEUED), 0);
}

static void test_a_blocked_sim_s_message_starts_again_on_another(void **state)
{
	(void)state;
	struct world *world = begun((struct courier_caps){ 0 });
	block_first(world);
	/* what is on the air is settled first */
	assert_false(world->modems[1].sending);
	answer(&world->modems[0], accepted_as(2));
	turn(world);
	assert_false(world->modems[0].sending);
	whole_on(world, &world->modems[1]);
	world_free(world);
}

static void test_a_part_of_unknown_fate_waits_for_its_report_first(void **state)
{
	(void)state;
	struct world *world = begun((struct courier_caps){ 0 });
	block_first(world);
	answer(&world->modems[0], ended(MODEM_SENT_UNKNOWN));
	pass(world, 59 * MS_PER_S);
	assert_int_equal(count(world, MESSAGE_UNKNOWN), 1);
	assert_false(world->modems[1].sending);
	pass(world, 2 * MS_PER_S);
	whole_on(world, &world->modems[1]);
	assert_int_equal(world->modems[0].sends, 2);
	world_free(world);
}

static void test_a_report_that_settles_it_lets_it_start_at_once(void **state)
{
	(void)state;
	struct world *world = begun((struct courier_caps){ 0 });
	block_first(world);
	answer(&world->modems[0], ended(MODEM_SENT_UNKNOWN));
	turn(world);
	report_comes(world, &world->modems[0], 1, 2, ANA, 0x00);
	turn(world);
	whole_on(world, &world->modems[1]);
	world_free(world);
}

static void test_a_sim_that_is_used_up_gives_its_message_to_another(void **state)
{
	(void)state;
	struct world *world = begun((struct courier_caps){ .per_day = 4 });
	struct modem *modem = &world->modems[0], *other = &world->modems[1];
	other->busy = true;
	for (int i = 0; i < 2; i++)
		queue(world, BEN, CLASS_DISPATCH, "code");
	for (int i = 0; i < 3; i++) {
		answer(modem, accepted_as(2 + i));
		turn(world);
	}
	/* two codes and two parts: nothing is left before midnight */
	assert_false(modem->sending);
	assert_int_equal(modem->sends, 4);
	pass(world, MS_PER_MIN);
	other->busy = false;
	courier_wake(world->courier);
	turn(world);
	whole_on(world, other);
	world_free(world);
}

static void test_alone_it_goes_on_where_it_was(void **state)
{
	(void)state;
	struct world *world = begun((struct courier_caps){ 0 });
	set_state(&world->modems[1], MODEM_SEARCHING);
	block_first(world);
	for (int part = 2; part <= 3; part++) {
		assert_int_equal(part_of(&world->modems[0]), part);
		answer(&world->modems[0], accepted_as(part));
		turn(world);
	}
	assert_int_equal(count(world, MESSAGE_SENT), 1);
	world_free(world);
}

static void test_alone_a_report_lets_the_next_part_leave_at_once(void **state)
{
	(void)state;
	struct world *world = begun((struct courier_caps){ 0 });
	set_state(&world->modems[1], MODEM_SEARCHING);
	answer(&world->modems[0], ended(MODEM_SENT_UNKNOWN));
	pass(world, 5 * MS_PER_S);
	assert_false(world->modems[0].sending);
	report_comes(world, &world->modems[0], 1, 2, ANA, 0x00);
	turn(world);
	assert_int_equal(part_of(&world->modems[0]), 3);
	world_free(world);
}

/** The same box with another modem in its configuration. */
static struct modem *restart_with(struct world *world, const char *name)
{
	struct modem *modem = &world->modems[2];
	world_stop(world);
	world_start_store(world);
	world_start(world, 0);
	text_copy(modem->name, sizeof(modem->name), name);
	modem->state = MODEM_READY;
	modem->ctx = world->courier;
	assert_int_equal(courier_add_modem(world->courier, modem), 0);
	return modem;
}

static void test_a_modem_that_went_while_the_box_was_off_leaves_nothing_lying(void **state)
{
	(void)state;
	struct world *world = begun((struct courier_caps){ 0 });
	answer(&world->modems[0], refused_with(41)); /* waits for its retry */
	turn(world);
	struct modem *fresh = restart_with(world, "new");
	pass(world, 5 * MS_PER_S);
	whole_on(world, fresh);
	world_free(world);
}

static void test_what_it_had_on_the_air_is_settled_first(void **state)
{
	(void)state;
	struct world *world = begun((struct courier_caps){ 0 });
	struct modem *fresh = restart_with(world, "new");
	pass(world, 59 * MS_PER_S);
	assert_false(fresh->sending);
	pass(world, 2 * MS_PER_S);
	whole_on(world, fresh);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_blocked_sim_s_message_starts_again_on_another),
		cmocka_unit_test(test_a_part_of_unknown_fate_waits_for_its_report_first),
		cmocka_unit_test(test_a_report_that_settles_it_lets_it_start_at_once),
		cmocka_unit_test(test_a_sim_that_is_used_up_gives_its_message_to_another),
		cmocka_unit_test(test_alone_it_goes_on_where_it_was),
		cmocka_unit_test(test_alone_a_report_lets_the_next_part_leave_at_once),
		cmocka_unit_test(test_a_modem_that_went_while_the_box_was_off_leaves_nothing_lying),
		cmocka_unit_test(test_what_it_had_on_the_air_is_settled_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
