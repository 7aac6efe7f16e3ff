/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The definition files that are shipped, on the kernel's own lines: a chip with the label and the
 * lines of each Raspberry Pi, a HAT on it, and what else may be wired.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/panel.h"
#include "machine.h"

#define CHIP_LINES   54
#define HEADER_LINES 28

/* BCM lines, as the wiring tables say. */
enum { LID = 11, BUZZER = 12, KEY = 6, SEND = 16, FAULT = 24, POWER = 25 };

static const char *const hats[] = { "config/boards/hat-sim7600.cfg", "config/boards/extras.cfg" };

static char told[256];

static void sensed(void *ctx, enum board_sensor sensor, bool on)
{
	size_t n = strlen(told);

	(void)ctx;
	snprintf(told + n, sizeof(told) - n, "%s %s\n", board_sensor_name(sensor),
		on ? "on" : "off");
}

static void complaint(void *ctx, const char *text)
{
	(void)ctx;
	fail_msg("%s", text);
}

static void run_for(struct loop *loop, int64_t ms)
{
	int64_t until = time_mono_ms() + ms, left;

	while ((left = until - time_mono_ms()) > 0)
		loop_run_once(loop, (int)left);
}

static void expect_wired(const char *definition, const char *label)
{
	const struct board_config config = {
		.driver = "gpiod", .definition = definition, .hats = hats, .n_hats = 2
	};
	const struct panel_events events = { .sensor = sensed };
	struct panel_state state = { .power = PANEL_POWER_OK };
	char error[BOARD_ERROR_SIZE];
	struct panel_unit *unit;
	struct loop *loop;

	chip_plug(label, CHIP_LINES);
	for (unsigned int line = 0; line < HEADER_LINES; line++)
		chip_pull(line, true);
	told[0] = '\0';
	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(board_check(&config, complaint, NULL), 0);
	if (panel_unit_new(loop, &config, &events, &unit, error) < 0)
		fail_msg("%s", error);
	panel_unit_show(unit, &state);
	assert_true(chip_level(POWER));
	assert_false(chip_level(BUZZER));
	chip_pull(LID, false);
	while (!strstr(told, "tamper on\n"))
		run_for(loop, 100);
	state.tamper = true;
	panel_unit_show(unit, &state);
	assert_true(chip_level(BUZZER));
	/* a walk over the front */
	assert_int_equal(panel_unit_test_begin(unit, time_mono_ms() + MS_PER_MIN), 0);
	assert_false(chip_level(POWER));
	panel_unit_test_light(unit, BOARD_LIGHT_FAULT, true);
	assert_true(chip_level(FAULT));
	chip_pull(SEND, false);
	while (panel_unit_test_pressed(unit) != 1U << BOARD_BUTTON_SEND)
		run_for(loop, 50);
	panel_unit_test_end(unit);
	assert_true(chip_level(POWER));
	/* the HAT's power key */
	assert_int_equal(board_pulse_modem(panel_unit_board(unit), "hat", BOARD_MODEM_POWER), 3000);
	assert_true(chip_level(KEY));
	panel_unit_free(unit);
	loop_free(loop);
	chip_unplug();
}

static void each_pi_with_a_hat_and_the_extras_is_as_its_tables_say(void **state)
{
	static const char *const boards[][2] = {
		{ "config/boards/raspberry-pi-zero-2-w.cfg", "pinctrl-bcm2835" },
		{ "config/boards/raspberry-pi-3b-plus.cfg", "pinctrl-bcm2835" },
		{ "config/boards/raspberry-pi-4b.cfg", "pinctrl-bcm2711" },
		{ "config/boards/raspberry-pi-5.cfg", "pinctrl-rp1" },
		{ "config/boards/raspberry-pi.cfg", "pinctrl-rp1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(boards); i++)
		expect_wired(boards[i][0], boards[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pi_with_a_hat_and_the_extras_is_as_its_tables_say),
	};

	cmocka_set_test_filter(getenv("FARO_STORY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
