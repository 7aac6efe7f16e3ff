/* SPDX-License-Identifier: Apache-2.0 */
/* What the buttons do, and when a sensor is believed, on virtual time. */
#include "panel_world.h"

static void send_held_3_s_confirms_a_pending_alert(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 100, BOARD_BUTTON_SEND, true);
	run_to(&f, 3099);
	assert_string_equal("", f.acts);
	run_to(&f, 10000);
	assert_string_equal("3100 send\n", f.acts);
	edge(&f, 10000, BOARD_BUTTON_SEND, false);
	run_to(&f, 20000);
	assert_string_equal("3100 send\n", f.acts);
}

static void send_let_go_too_early_does_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	press(&f, BOARD_BUTTON_SEND, 100, 3099);
	run_to(&f, 20000);
	assert_string_equal("", f.acts);
}

static void send_without_a_pending_alert_does_nothing_and_shows_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_SEND, 100, 5000);
	assert_string_equal("", f.acts);
	assert_string_equal("", f.lights);
}

static void an_alert_that_comes_during_the_hold_is_not_confirmed_by_it(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	run_to(&f, 1000);
	panel_set_state(&f.panel, &pending, f.now);
	run_to(&f, 9000);
	assert_string_equal("", f.acts);
	edge(&f, 9000, BOARD_BUTTON_SEND, false);
	press(&f, BOARD_BUTTON_SEND, 10000, 14000);
	assert_string_equal("13000 send\n", f.acts);
}

static void an_alert_withdrawn_during_the_hold_is_not_confirmed(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	run_to(&f, 1000);
	panel_set_state(&f.panel, &idle, f.now);
	run_to(&f, 2000);
	panel_set_state(&f.panel, &pending, f.now);
	run_to(&f, 9000);
	assert_string_equal("", f.acts);
}

static void the_alert_light_hurries_while_send_is_held_and_flickers_when_done(void **state)
{
	struct fixture f;
	const char *end;
	int stage[4] = { 0 };

	(void)state;
	begin(&f, &pending);
	f.answers = true;
	f.answer = running;
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	run_to(&f, 10000);
	for (const char *line = f.lights; (end = strchr(line, '\n')); line = end + 1) {
		int at;
		char name[16];

		assert_int_equal(2, sscanf(line, "%d %15s", &at, name));
		assert_string_equal("alert", name);
		if (at < 4000)
			stage[at / 1000]++;
		else
			assert_in_range(at, 4000, 4000);
	}
	assert_in_range(stage[0], 3, 4);
	assert_in_range(stage[1], 7, 9);
	assert_in_range(stage[2], 15, 18);
	assert_in_range(stage[3], 31, 35);
	assert_true(f.panel.lights[BOARD_LIGHT_ALERT].on);
}

static void stop_held_1_s_cancels(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &running);
	press(&f, BOARD_BUTTON_STOP, 0, 999);
	assert_string_equal("", f.acts);
	press(&f, BOARD_BUTTON_STOP, 2000, 3500);
	assert_string_equal("3000 stop\n", f.acts);
}

static void test_acts_on_a_short_press_when_it_is_let_go(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_TEST, 0, 150);
	assert_string_equal("170 test\n", f.acts);
}

static void test_held_for_a_second_does_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_TEST, 0, 1000);
	run_to(&f, 5000);
	assert_string_equal("", f.acts);
}

static void power_held_5_s_shuts_down_and_shows_the_way(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_POWER, 0, 4999);
	assert_string_equal("", f.acts);
	assert_non_null(strstr(f.lights, " power off\n"));
	assert_true(f.panel.lights[BOARD_LIGHT_POWER].on);
	press(&f, BOARD_BUTTON_POWER, 10000, 15100);
	assert_string_equal("15000 power\n", f.acts);
}

static void bounces_of_5_ms_neither_double_nor_break_a_press(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	for (int at = 0; at < 40; at += 10) {
		edge(&f, at, BOARD_BUTTON_TEST, true);
		edge(&f, at + 5, BOARD_BUTTON_TEST, false);
	}
	edge(&f, 40, BOARD_BUTTON_TEST, true);
	for (int at = 140; at < 180; at += 10) {
		edge(&f, at, BOARD_BUTTON_TEST, false);
		edge(&f, at + 5, BOARD_BUTTON_TEST, true);
	}
	edge(&f, 180, BOARD_BUTTON_TEST, false);
	run_to(&f, 5000);
	assert_string_equal("200 test\n", f.acts);
}

static void a_contact_of_5_ms_is_no_press(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_TEST, 0, 5);
	run_to(&f, 60000);
	assert_string_equal("", f.acts);
}

static void a_bounce_during_a_hold_does_not_start_it_anew(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	edge(&f, 2998, BOARD_BUTTON_SEND, false);
	edge(&f, 3003, BOARD_BUTTON_SEND, true);
	run_to(&f, 5000);
	assert_string_equal("3003 send\n", f.acts);
}

static void edges_read_late_count_with_their_own_time(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &running);
	/* the loop was busy: both edges are read at 3000 */
	panel_button(&f.panel, BOARD_BUTTON_STOP, true, BEGIN + 100);
	panel_button(&f.panel, BOARD_BUTTON_STOP, false, BEGIN + 600);
	run_to(&f, 3000);
	assert_string_equal("", f.acts);
	panel_button(&f.panel, BOARD_BUTTON_TEST, true, BEGIN + 3100);
	panel_button(&f.panel, BOARD_BUTTON_TEST, false, BEGIN + 3300);
	run_to(&f, 6000);
	assert_non_null(strstr(f.acts, "test\n"));
}

static void two_buttons_at_once_do_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	edge(&f, 1000, BOARD_BUTTON_STOP, true);
	run_to(&f, 9000);
	edge(&f, 9000, BOARD_BUTTON_STOP, false);
	run_to(&f, 18000);
	edge(&f, 18000, BOARD_BUTTON_SEND, false);
	run_to(&f, 19000);
	assert_string_equal("", f.acts);
	/* and all is as before once both are let go */
	press(&f, BOARD_BUTTON_SEND, 20000, 24000);
	assert_string_equal("23000 send\n", f.acts);
}

static void a_short_press_while_another_is_held_does_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	edge(&f, 0, BOARD_BUTTON_POWER, true);
	press(&f, BOARD_BUTTON_TEST, 1000, 1200);
	run_to(&f, 9000);
	assert_string_equal("", f.acts);
}

static void a_button_down_for_30_s_is_stuck_named_and_a_fault(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	edge(&f, 0, BOARD_BUTTON_TEST, true);
	run_to(&f, 29999);
	assert_string_equal("", f.acts);
	assert_false(f.panel.lights[BOARD_LIGHT_FAULT].on);
	run_to(&f, 30000);
	assert_string_equal("30000 test stuck\n", f.acts);
	assert_true(f.panel.lights[BOARD_LIGHT_FAULT].on);
	edge(&f, 90000, BOARD_BUTTON_TEST, false);
	run_to(&f, 90020);
	assert_string_equal("30000 test stuck\n90020 test free\n", f.acts);
	assert_false(f.panel.lights[BOARD_LIGHT_FAULT].on);
	assert_true(panel_tick(&f.panel, f.now) == TIME_NEVER);
}

static void a_stuck_button_does_not_stop_the_others(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 0, BOARD_BUTTON_TEST, true);
	press(&f, BOARD_BUTTON_SEND, 40000, 44000);
	assert_string_equal("30000 test stuck\n43000 send\n", f.acts);
}

static void a_button_down_since_before_the_start_does_nothing_and_is_stuck_after_30_s(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, &pending, 1U << BOARD_BUTTON_SEND | 1U << BOARD_BUTTON_POWER);
	edge(&f, 10000, BOARD_BUTTON_POWER, false);
	run_to(&f, 60000);
	assert_string_equal("30000 send stuck\n", f.acts);
	edge(&f, 60000, BOARD_BUTTON_SEND, false);
	press(&f, BOARD_BUTTON_SEND, 70000, 74000);
	assert_string_equal("30000 send stuck\n60020 send free\n73000 send\n", f.acts);
}

static void a_worse_fault_is_shown_above_a_stuck_button(void **state)
{
	const struct panel_state broken = { .power = PANEL_POWER_OK, .fault = PANEL_FAULT_BOX };
	struct fixture f;

	(void)state;
	begin_with(&f, &broken, 1U << BOARD_BUTTON_TEST);
	run_to(&f, 40000);
	assert_true(panel_tick(&f.panel, f.now) == TIME_NEVER);
	assert_true(f.panel.lights[BOARD_LIGHT_FAULT].on);
}

static void a_sensor_is_believed_when_it_has_lasted(void **state)
{
	struct panel_sensor s = { .wired = false };

	(void)state;
	assert_true(panel_sensor_due(&s) == TIME_NEVER);
	/* how it is at the start is told once */
	panel_sensor_line(&s, false, 5000, 1000);
	assert_int_equal(panel_sensor_due(&s), 6000);
	assert_false(panel_sensor_settle(&s, 5999));
	assert_true(panel_sensor_settle(&s, 6000));
	assert_false(s.on);
	assert_true(panel_sensor_due(&s) == TIME_NEVER);
	/* a blink is none */
	panel_sensor_line(&s, true, 5000, 10000);
	panel_sensor_line(&s, false, 5000, 14000);
	assert_false(panel_sensor_settle(&s, 20000));
	/* the last change counts, and a line that says the same again changes nothing */
	panel_sensor_line(&s, true, 5000, 30000);
	panel_sensor_line(&s, true, 5000, 33000);
	assert_int_equal(panel_sensor_due(&s), 35000);
	assert_true(panel_sensor_settle(&s, 35000));
	assert_true(s.on);
	assert_false(panel_sensor_settle(&s, 90000));
}

static void the_table_of_buttons_names_each_button_once(void **state)
{
	struct panel_gesture_row row;

	(void)state;
	for (unsigned int i = 0; i < BOARD_BUTTONS; i++) {
		assert_true(panel_gesture_row(i, &row));
		assert_string_equal(board_button_name((enum board_button)i), row.button);
		assert_true(row.press[0] && row.effect[0]);
	}
	assert_false(panel_gesture_row(BOARD_BUTTONS, &row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sensor_is_believed_when_it_has_lasted),
		cmocka_unit_test(send_held_3_s_confirms_a_pending_alert),
		cmocka_unit_test(send_let_go_too_early_does_nothing),
		cmocka_unit_test(send_without_a_pending_alert_does_nothing_and_shows_nothing),
		cmocka_unit_test(an_alert_that_comes_during_the_hold_is_not_confirmed_by_it),
		cmocka_unit_test(an_alert_withdrawn_during_the_hold_is_not_confirmed),
		cmocka_unit_test(the_alert_light_hurries_while_send_is_held_and_flickers_when_done),
		cmocka_unit_test(stop_held_1_s_cancels),
		cmocka_unit_test(test_acts_on_a_short_press_when_it_is_let_go),
		cmocka_unit_test(test_held_for_a_second_does_nothing),
		cmocka_unit_test(power_held_5_s_shuts_down_and_shows_the_way),
		cmocka_unit_test(bounces_of_5_ms_neither_double_nor_break_a_press),
		cmocka_unit_test(a_contact_of_5_ms_is_no_press),
		cmocka_unit_test(a_bounce_during_a_hold_does_not_start_it_anew),
		cmocka_unit_test(edges_read_late_count_with_their_own_time),
		cmocka_unit_test(two_buttons_at_once_do_nothing),
		cmocka_unit_test(a_short_press_while_another_is_held_does_nothing),
		cmocka_unit_test(a_button_down_for_30_s_is_stuck_named_and_a_fault),
		cmocka_unit_test(a_stuck_button_does_not_stop_the_others),
		cmocka_unit_test(
			a_button_down_since_before_the_start_does_nothing_and_is_stuck_after_30_s),
		cmocka_unit_test(a_worse_fault_is_shown_above_a_stuck_button),
		cmocka_unit_test(the_table_of_buttons_names_each_button_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
