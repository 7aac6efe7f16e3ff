/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The definition files that are shipped, on the kernel's own lines: a chip with the label and the
 * lines of each Raspberry Pi, a HAT on it, and what else may be wired.
 */
#include <glob.h>
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

#define NO_LINE CHIP_LINES

/* BCM lines, as the wiring tables say. */
static const unsigned int lights[BOARD_LIGHTS] = {
	[BOARD_LIGHT_POWER] = 25,
	[BOARD_LIGHT_NETWORK] = 27,
	[BOARD_LIGHT_TRAFFIC] = 22,
	[BOARD_LIGHT_ALERT] = 23,
	[BOARD_LIGHT_FAULT] = 24,
	[BOARD_BUZZER] = 12,
};
static const unsigned int buttons[BOARD_BUTTONS] = {
	[BOARD_BUTTON_SEND] = 16,
	[BOARD_BUTTON_STOP] = 20,
	[BOARD_BUTTON_TEST] = 21,
	[BOARD_BUTTON_POWER] = 19,
};
static const unsigned int sensors[BOARD_SENSORS] = {
	[BOARD_MAINS_LOST] = 5,
	[BOARD_BATTERY_LOW] = 10,
	[BOARD_TAMPER] = 11,
};

/* What is on the header, and its modem's lines: which, and for how long they are active. */
struct hat {
	const char *file;
	unsigned int power, reset;
	int power_ms, reset_ms;
};

static const struct hat hats[] = {
	{ "config/boards/hat-sim7600.cfg", 6, NO_LINE, 3000, 0 },
	{ "config/boards/hat-sim800.cfg", 17, 18, 1200, 200 },
	{ "config/boards/usb-stick.cfg", NO_LINE, NO_LINE, 0, 0 },
};

static const struct {
	const char *file, *label;
} boards[] = {
	{ "config/boards/raspberry-pi-zero-2-w.cfg", "pinctrl-bcm2835" },
	{ "config/boards/raspberry-pi-3b-plus.cfg", "pinctrl-bcm2835" },
	{ "config/boards/raspberry-pi-4b.cfg", "pinctrl-bcm2711" },
	{ "config/boards/raspberry-pi-5.cfg", "pinctrl-rp1" },
	{ "config/boards/raspberry-pi.cfg", "pinctrl-rp1" },
	{ "config/boards/raspberry-pi.cfg", "pinctrl-bcm2711" },
	{ "config/boards/raspberry-pi.cfg", "pinctrl-bcm2835" },
};

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

/* Nothing else is lit. */
static void expect_only(enum board_light light)
{
	for (enum board_light other = 0; other < BOARD_LIGHTS; other++)
		assert_int_equal(other == light, chip_level(lights[other]));
}

/* A walk over the front, as `faroctl board test` does it. */
static void walk(struct loop *loop, struct panel_unit *unit)
{
	assert_int_equal(panel_unit_test_begin(unit, time_mono_ms() + 5 * MS_PER_MIN), 0);
	for (enum board_light light = 0; light < BOARD_LIGHTS; light++) {
		panel_unit_test_light(unit, light, true);
		expect_only(light);
		panel_unit_test_light(unit, light, false);
	}
	for (enum board_button button = 0; button < BOARD_BUTTONS; button++) {
		chip_pull(buttons[button], false);
		while (panel_unit_test_pressed(unit) != 1U << button)
			run_for(loop, 20);
		chip_pull(buttons[button], true);
		run_for(loop, 50);
	}
	panel_unit_test_end(unit);
}

/* The sensors' lines, read through the loop; believed only after their time. */
static void expect_sensors(struct loop *loop, struct board *board)
{
	for (enum board_sensor sensor = 0; sensor < BOARD_SENSORS; sensor++) {
		assert_int_equal(0, board_sensors_active(board));
		chip_pull(sensors[sensor], false);
		while (board_sensors_active(board) != 1U << sensor)
			run_for(loop, 20);
		chip_pull(sensors[sensor], true);
		while (board_sensors_active(board))
			run_for(loop, 20);
	}
}

static void expect_pulse(struct loop *loop, struct board *board, enum board_modem_line which,
	unsigned int line, int ms)
{
	int64_t from = time_mono_ms();

	if (line == NO_LINE) {
		assert_int_equal(board_pulse_modem(board, "hat", which), -ENOENT);
		return;
	}
	assert_false(chip_level(line));
	assert_int_equal(board_pulse_modem(board, "hat", which), ms);
	assert_true(chip_level(line));
	while (chip_level(line))
		run_for(loop, 5);
	assert_true(time_mono_ms() - from >= ms - 5);
}

static void expect_wired(const char *definition, const char *label, const struct hat *hat)
{
	const char *const on_it[] = { hat->file, "config/boards/extras.cfg" };
	const struct board_config config = {
		.driver = "gpiod", .definition = definition, .hats = on_it, .n_hats = 2
	};
	const struct panel_events events = { .sensor = sensed };
	struct panel_state state = { .power = PANEL_POWER_OK };
	char error[BOARD_ERROR_SIZE];
	struct panel_unit *unit;
	struct board *board;
	struct loop *loop;

	chip_plug(label, CHIP_LINES);
	for (unsigned int line = 0; line < HEADER_LINES; line++)
		chip_pull(line, true);
	told[0] = '\0';
	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(board_check(&config, complaint, NULL), 0);
	if (panel_unit_new(loop, &config, &events, &unit, error) < 0)
		fail_msg("%s", error);
	board = panel_unit_board(unit);
	panel_unit_show(unit, &state);
	expect_only(BOARD_LIGHT_POWER);
	expect_sensors(loop, board);
	chip_pull(sensors[BOARD_TAMPER], false);
	while (!strstr(told, "tamper on\n"))
		run_for(loop, 50);
	state.tamper = true;
	panel_unit_show(unit, &state);
	assert_true(chip_level(lights[BOARD_BUZZER]));
	walk(loop, unit);
	assert_true(chip_level(lights[BOARD_LIGHT_POWER]));
	expect_pulse(loop, board, BOARD_MODEM_RESET, hat->reset, hat->reset_ms);
	expect_pulse(loop, board, BOARD_MODEM_POWER, hat->power, hat->power_ms);
	panel_unit_free(unit);
	loop_free(loop);
	chip_unplug();
}

static void each_pi_with_each_hat_and_the_extras_is_as_its_tables_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(boards); i++)
		for (size_t j = 0; j < ARRAY_SIZE(hats); j++) {
			expect_wired(boards[i].file, boards[i].label, &hats[j]);
			print_message(
				"%s on %s, %s\n", boards[i].file, boards[i].label, hats[j].file);
		}
}

static bool is_tried(const char *file)
{
	/* what the others include, and what has no lines */
	static const char *const beside[] = { "config/boards/panel.cfg", "config/boards/extras.cfg",
		"config/boards/sim.cfg" };

	for (size_t i = 0; i < ARRAY_SIZE(boards); i++)
		if (strcmp(boards[i].file, file) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(hats); i++)
		if (strcmp(hats[i].file, file) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(beside); i++)
		if (strcmp(beside[i], file) == 0)
			return true;
	return false;
}

static void no_file_that_is_shipped_is_left_out(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(0, glob("config/boards/*.cfg", 0, NULL, &found));
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (!is_tried(found.gl_pathv[i]))
			fail_msg("%s is in no table here", found.gl_pathv[i]);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_pi_with_each_hat_and_the_extras_is_as_its_tables_say),
		cmocka_unit_test(no_file_that_is_shipped_is_left_out),
	};

	cmocka_set_test_filter(getenv("FARO_STORY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
