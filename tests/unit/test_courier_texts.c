/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that come: committed, then deleted from the modem, joined, and waited for. */
#include "courier_world.h"

static void test_a_text_is_deleted_from_the_modem_after_its_commit_only(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	text_comes(world, modem, 3, ANA, "JOIN north");
	assert_int_equal(modem->n_taken, 0);
	turn(world);
	assert_int_equal(modem->n_taken, 1);
	const struct store_text *text = next_text(world);
	assert_non_null(text);
	assert_string_equal(text->body, "JOIN north");
	assert_string_equal(text->sender, ANA);
	assert_string_equal(text->modem, "sim1");
	assert_int_equal(text->gaps, 0);
	assert_null(next_text(world));
	world_free(world);
}

static void test_the_same_pdu_twice_is_one_text_and_both_copies_go(void **state)
{
	(void)state;
	struct world *world = world_new(2);
	text_comes(world, &world->modems[0], 3, ANA, "hello");
	text_comes(world, &world->modems[0], 4, ANA, "hello");
	turn(world);
	text_comes(world, &world->modems[0], 3, ANA, "hello");
	turn(world);
	assert_int_equal(world->modems[0].n_taken, 3);
	assert_non_null(next_text(world));
	assert_null(next_text(world));
	world_free(world);
}

/* Its acknowledgement was lost: when it comes again, others may wait behind it or not any more. */
static void test_the_same_text_is_known_though_others_wait_behind_it_now(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct sms_deliver text = a_text(ANA, "there are two vans", 0, world->now);
	for (int i = 0; i < 3; i++) {
		text.more = i % 2 == 0;
		hand_up_deliver(&world->modems[0], i, &text);
		turn(world);
	}
	assert_int_equal(world->modems[0].n_taken, 3);
	assert_string_equal(next_text(world)->body, "there are two vans");
	assert_null(next_text(world));
	world_free(world);
}

static void test_parts_in_any_order_make_one_text(void **state)
{
	(void)state;
	static const unsigned int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };
	char text[400];
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	text[sizeof(text) - 1] = '\0';
	for (size_t o = 0; o < ARRAY_SIZE(orders); o++) {
		struct world *world = world_new(1);
		for (int i = 0; i < 3; i++) {
			struct sms_deliver part = a_text(ANA, text, orders[o][i], world->now);
			hand_up_deliver(&world->modems[0], i, &part);
			turn(world);
			assert_int_equal(world->announced, i < 2 ? 1 : 2);
		}
		assert_string_equal(next_text(world)->body, text);
		world_free(world);
	}
}

static void test_parts_that_never_come_are_marked_after_the_wait(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct sms_deliver part = a_text(ANA, long_text(), 0, world->now);
	hand_up_deliver(&world->modems[0], 1, &part);
	part = a_text(ANA, long_text(), 2, world->now);
	hand_up_deliver(&world->modems[0], 2, &part);
	turn(world);
	assert_int_equal(courier_deadline(world->courier), world->now + 600 * MS_PER_S);
	pass(world, 600 * MS_PER_S - 1);
	assert_null(next_text(world));
	pass(world, 1);
	const struct store_text *text = next_text(world);
	assert_non_null(text);
	assert_int_equal(text->gaps, 1);
	assert_non_null(strstr(text->body, "x[...]x"));
	assert_int_equal(courier_deadline(world->courier), TIME_NEVER);
	world_free(world);
}

static void test_a_corrupt_pdu_stops_nothing(void **state)
{
	(void)state;
	static const uint8_t corrupt[] = { 0x04, 0xFF, 0x91 };
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	hand_up(modem, MODEM_PDU_DELIVER, 9, corrupt, sizeof(corrupt));
	assert_int_equal(modem->n_taken, 1);
	text_comes(world, modem, 10, ANA, "hello");
	turn(world);
	assert_string_equal(next_text(world)->body, "hello");
	world_free(world);
}

static void test_more_texts_than_there_is_room_for_are_settled_at_once(void **state)
{
	(void)state;
	struct world *world = world_new(1);
	struct modem *modem = &world->modems[0];
	char words[32];
	world->now = time_wall_ms();
	for (int i = 0; i < 100; i++) {
		snprintf(words, sizeof(words), "text %d", i);
		text_comes(world, modem, i, ANA, words);
	}
	turn(world);
	assert_int_equal(modem->n_taken, 100);
	for (int i = 0; i < 100; i++) {
		snprintf(words, sizeof(words), "text %d", i);
		assert_string_equal(next_text(world)->body, words);
	}
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_is_deleted_from_the_modem_after_its_commit_only),
		cmocka_unit_test(test_the_same_pdu_twice_is_one_text_and_both_copies_go),
		cmocka_unit_test(test_the_same_text_is_known_though_others_wait_behind_it_now),
		cmocka_unit_test(test_parts_in_any_order_make_one_text),
		cmocka_unit_test(test_parts_that_never_come_are_marked_after_the_wait),
		cmocka_unit_test(test_a_corrupt_pdu_stops_nothing),
		cmocka_unit_test(test_more_texts_than_there_is_room_for_are_settled_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
