/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Board and panel on the kernel's own devices: gpio-sim for lights, buttons and modem lines, a USB
 * ACM gadget for the serial port. Needs root and a kernel that has them.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/panel.h"
#include "front.h"
#include "machine.h"

/* A change that lasts longer is believed: a button that bounces so is not tested here. */
#define BOUNCE_MOST_MS 15

struct fixture {
	struct loop *loop;
	struct panel_unit *unit;
	char acts[1024];
};

static void note(struct fixture *f, const char *what, const char *which)
{
	size_t n = strlen(f->acts);

	snprintf(f->acts + n, sizeof(f->acts) - n, "%s %s\n", what, which);
}

static void acted(void *ctx, enum panel_gesture gesture)
{
	note(ctx, "gesture", panel_gesture_name(gesture));
}

static void stuck(void *ctx, enum board_button button, bool is_stuck)
{
	note(ctx, is_stuck ? "stuck" : "free", board_button_name(button));
}

static void lost(void *ctx, const char *text)
{
	note(ctx, "lost:", text);
}

static void back(void *ctx)
{
	note(ctx, "back", "again");
}

static void report(void *ctx, const char *text)
{
	note(ctx, "check:", text);
}

static const struct board_config config = { .driver = "gpiod", .definition = FRONT_DEFINITION };

static const struct panel_state pending = {
	.power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL, .alert = PANEL_ALERT_PENDING
};

static void begin(struct fixture *f)
{
	const struct panel_events events = {
		.gesture = acted, .stuck = stuck, .lost = lost, .back = back, .ctx = f
	};
	char error[BOARD_ERROR_SIZE];

	memset(f, 0, sizeof(*f));
	front_define(NULL);
	front_plug();
	assert_true(loop_new(&f->loop) >= 0);
	if (panel_unit_new(f->loop, &config, &events, &f->unit, error) < 0)
		fail_msg("%s", error);
	panel_unit_show(f->unit, &pending);
}

static void end(struct fixture *f)
{
	panel_unit_free(f->unit);
	loop_free(f->loop);
	chip_unplug();
}

static void run_for(struct fixture *f, int64_t ms)
{
	int64_t until = time_mono_ms() + ms, left;

	while ((left = until - time_mono_ms()) > 0)
		loop_run_once(f->loop, (int)left);
}

static void run_until(struct fixture *f, const char *text)
{
	int64_t deadline = time_mono_ms() + MS_PER_MIN;

	while (!strstr(f->acts, text)) {
		if (time_mono_ms() > deadline)
			fail_msg("never came: %s; so far:\n%s", text, f->acts);
		loop_run_once(f->loop, 1000);
	}
}

static void press(struct fixture *f, enum board_button button, int64_t ms)
{
	front_contact(button, true);
	run_for(f, ms);
	front_contact(button, false);
	run_for(f, 100);
}

/* ---- lights ---- */

struct seen {
	struct board *board;
	unsigned int changes;
};

static void drive(void *ctx, enum board_light light, bool on)
{
	struct seen *seen = ctx;

	assert_int_equal(0, board_set_light(seen->board, light, on));
	assert_int_equal(on, front_is_lit(light));
	seen->changes++;
}

static void show_for_10_s(struct seen *seen, const struct panel_state *state)
{
	const struct panel_ops ops = { .set_light = drive, .ctx = seen };
	struct panel panel;
	int64_t now = 1000, end_ms = 11000;

	for (enum board_light light = 0; light < BOARD_LIGHTS; light++)
		board_set_light(seen->board, light, false);
	panel_init(&panel, &ops, 0, now);
	panel_set_state(&panel, state, now);
	while ((now = panel_tick(&panel, now)) <= end_ms)
		for (enum board_light light = 0; light < BOARD_LIGHTS; light++)
			assert_int_equal(panel.lights[light].on, front_is_lit(light));
}

static void every_pattern_is_seen_on_the_lines(void **state)
{
	struct fixture f;
	struct seen seen = { 0 };

	(void)state;
	begin(&f);
	seen.board = panel_unit_board(f.unit);
	for (unsigned int i = 0; i < PANEL_POWERS; i++)
		show_for_10_s(&seen, &(struct panel_state){ .power = (enum panel_power)i });
	for (unsigned int i = 0; i < PANEL_NETWORKS; i++)
		show_for_10_s(&seen, &(struct panel_state){ .network = (enum panel_network)i });
	for (unsigned int i = 0; i < PANEL_ALERTS; i++)
		show_for_10_s(&seen, &(struct panel_state){ .alert = (enum panel_alert)i });
	for (unsigned int i = 0; i < PANEL_FAULTS; i++)
		show_for_10_s(&seen, &(struct panel_state){ .fault = (enum panel_fault)i });
	print_message("%u changes of light seen on the lines\n", seen.changes);
	assert_in_range(seen.changes, 300, 3000);
	end(&f);
}

static void lights_are_dark_once_the_board_is_closed(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	assert_true(chip_level(BOARD_LIGHT_NETWORK));
	panel_unit_free(f.unit);
	f.unit = NULL;
	for (enum board_light light = 0; light < BOARD_LIGHTS; light++)
		if (light != BOARD_LIGHT_FAULT)
			assert_false(front_is_lit(light));
	end(&f);
}

/* ---- buttons ---- */

static void each_gesture_acts_as_documented(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	press(&f, BOARD_BUTTON_TEST, 150);
	assert_string_equal("gesture test\n", f.acts);
	press(&f, BOARD_BUTTON_SEND, 2500);
	press(&f, BOARD_BUTTON_STOP, 700);
	press(&f, BOARD_BUTTON_POWER, 4500);
	press(&f, BOARD_BUTTON_TEST, 1200);
	assert_string_equal("gesture test\n", f.acts);
	press(&f, BOARD_BUTTON_SEND, 3300);
	press(&f, BOARD_BUTTON_STOP, 1300);
	press(&f, BOARD_BUTTON_POWER, 5300);
	assert_string_equal("gesture test\ngesture send\ngesture stop\ngesture power\n", f.acts);
	end(&f);
}

/*
 * A contact that changes n times, every 5 ms. False when the machine was away in between for so
 * long that it was no bounce: then that was a press, and nothing is said of bounces.
 */
static bool bounce(struct fixture *f, enum board_button button, bool down, int n)
{
	bool is_bounce = true;

	for (int i = 0; i < n; i++) {
		int64_t from = time_mono_ms();

		front_contact(button, down == (i % 2 == 0));
		run_for(f, 5);
		is_bounce = is_bounce && time_mono_ms() - from < BOUNCE_MOST_MS;
	}
	return is_bounce;
}

static void a_contact_of_5_ms_is_no_press(struct fixture *f)
{
	bool honest;

	for (int tries = 0; tries < 100; tries++) {
		honest = bounce(f, BOARD_BUTTON_TEST, true, 1);
		front_contact(BOARD_BUTTON_TEST, false);
		run_for(f, 200);
		if (honest)
			break;
		f->acts[0] = '\0';
	}
	assert_true(honest);
	assert_string_equal("", f->acts);
}

static void bounces_of_5_ms_are_swallowed(void **state)
{
	struct fixture f;
	bool honest = false;

	(void)state;
	begin(&f);
	a_contact_of_5_ms_is_no_press(&f);
	for (int tries = 0; tries < 100 && !honest; tries++) {
		f.acts[0] = '\0';
		honest = bounce(&f, BOARD_BUTTON_TEST, true, 5);
		run_for(&f, 200);
		honest = bounce(&f, BOARD_BUTTON_TEST, false, 5) && honest;
		run_for(&f, 300);
	}
	assert_true(honest);
	assert_string_equal("gesture test\n", f.acts);
	end(&f);
}

static void two_buttons_at_once_do_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	front_contact(BOARD_BUTTON_SEND, true);
	run_for(&f, 500);
	press(&f, BOARD_BUTTON_STOP, 1500);
	run_for(&f, 2500);
	front_contact(BOARD_BUTTON_SEND, false);
	run_for(&f, 200);
	assert_string_equal("", f.acts);
	end(&f);
}

static void a_stuck_button_is_named_and_the_others_work(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	front_contact(BOARD_BUTTON_SEND, true);
	panel_unit_show(f.unit, &(struct panel_state){ .power = PANEL_POWER_OK });
	run_until(&f, "stuck send\n");
	press(&f, BOARD_BUTTON_TEST, 150);
	front_contact(BOARD_BUTTON_SEND, false);
	run_until(&f, "free send\n");
	assert_string_equal("stuck send\ngesture test\nfree send\n", f.acts);
	end(&f);
}

static void an_idle_board_does_not_wake_the_loop(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	panel_unit_show(f.unit,
		&(struct panel_state){ .power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL });
	run_for(&f, 500);
	assert_int_equal(0, loop_run_once(f.loop, 3000));
	end(&f);
}

/* ---- modem lines ---- */

static void modem_lines_pulse_as_the_definition_says(void **state)
{
	struct fixture f;
	struct board *board;
	int64_t from;

	(void)state;
	begin(&f);
	board = panel_unit_board(f.unit);
	assert_false(chip_level(LINE_KEY));
	assert_true(chip_level(LINE_RESET));
	assert_int_equal(300, board_pulse_modem(board, "sim1", BOARD_MODEM_POWER));
	assert_int_equal(100, board_pulse_modem(board, "sim1", BOARD_MODEM_RESET));
	from = time_mono_ms();
	assert_true(chip_level(LINE_KEY));
	assert_false(chip_level(LINE_RESET));
	while (chip_level(LINE_KEY) && time_mono_ms() - from < 5000)
		loop_run_once(f.loop, 1000);
	print_message("pulse of 300 ms took %d ms\n", (int)(time_mono_ms() - from));
	assert_in_range(time_mono_ms() - from, 295, 1000);
	assert_true(chip_level(LINE_RESET));
	end(&f);
}

/* ---- what is wrong is named ---- */

static void expect_error(int result, const char *expected)
{
	const struct board_events events = { 0 };
	char error[BOARD_ERROR_SIZE], checked[BOARD_ERROR_SIZE + 16];
	struct fixture f = { 0 };
	struct board *board;
	struct loop *loop;

	assert_true(loop_new(&loop) >= 0);
	assert_int_equal(result, board_open(&config, loop, &events, &board, error));
	assert_string_equal(expected, error);
	loop_free(loop);
	assert_int_equal(1, board_check(&config, report, &f));
	snprintf(checked, sizeof(checked), "check: %s\n", expected);
	assert_string_equal(checked, f.acts);
}

static void a_missing_chip_is_named_with_those_present(void **state)
{
	(void)state;
	chip_plug("another", 4);
	front_define("\nchips = ( { labels = [ \"pinctrl-rp1\" ]; } );\n");
	expect_error(-ENODEV,
		FRONT_DEFINITION ":2: chip label \"pinctrl-rp1\" is not present; present: another");
	chip_unplug();
	expect_error(-ENODEV,
		FRONT_DEFINITION ":2: chip label \"pinctrl-rp1\" is not present; present: none");
}

static void a_missing_line_is_named(void **state)
{
	char expected[BOARD_ERROR_SIZE];

	(void)state;
	chip_plug(FRONT_LABEL, 4);
	front_define("chips = ( { labels = [ \"" FRONT_LABEL
		     "\" ]; } );\nlights : {\nalert = { line = 17; };\n};\n");
	snprintf(expected, sizeof(expected),
		FRONT_DEFINITION ":3: %s has no line 17 (light alert); its lines are 0 to 3",
		chip_name());
	expect_error(-ENODEV, expected);
	chip_unplug();
}

static void a_line_that_is_held_is_named_with_its_holder(void **state)
{
	char expected[BOARD_ERROR_SIZE];
	int holder;

	(void)state;
	front_define(NULL);
	front_plug();
	holder = chip_occupy(3, "other");
	snprintf(expected, sizeof(expected),
		FRONT_DEFINITION ":6: line 3 of %s (light alert) is held by \"other\"",
		chip_name());
	expect_error(-EBUSY, expected);
	close(holder);
	chip_unplug();
}

static void a_check_beside_a_running_farod_finds_no_mistake(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	assert_int_equal(0, board_check(&config, report, &f));
	end(&f);
}

static void an_unplugged_chip_is_told_and_comes_back(void **state)
{
	struct fixture f;
	char expected[128];

	(void)state;
	begin(&f);
	snprintf(expected, sizeof(expected), "lost: %s (" FRONT_LABEL ")", chip_name());
	front_contact(BOARD_BUTTON_TEST, true);
	/* steady lights: nothing of ours touches the chip when it goes */
	panel_unit_show(f.unit,
		&(struct panel_state){ .power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL });
	run_for(&f, 300);
	chip_unplug();
	run_until(&f, expected);
	assert_int_equal(
		-ENODEV, board_pulse_modem(panel_unit_board(f.unit), "sim1", BOARD_MODEM_RESET));
	run_for(&f, 1500);
	front_plug();
	run_until(&f, "back again\n");
	assert_true(chip_level(BOARD_LIGHT_NETWORK));
	press(&f, BOARD_BUTTON_TEST, 150);
	assert_non_null(strstr(f.acts, "gesture test\n"));
	assert_int_equal(
		100, board_pulse_modem(panel_unit_board(f.unit), "sim1", BOARD_MODEM_RESET));
	print_message("%s", f.acts);
	end(&f);
}

static void a_chip_unplugged_in_the_middle_of_a_blink_is_told(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	run_for(&f, 300);
	chip_unplug();
	run_until(&f, "lost: ");
	print_message("%s", f.acts);
	panel_unit_free(f.unit);
	loop_free(f.loop);
}

/* ---- the serial port ---- */

static void expect_bytes(int fd, struct serial *serial, const char *text)
{
	char got[64] = "";
	size_t n = 0;
	int64_t deadline = time_mono_ms() + 10 * MS_PER_S;

	while (n < strlen(text) && time_mono_ms() < deadline) {
		ssize_t r = serial ? serial_read(serial, got + n, sizeof(got) - 1 - n)
				   : read(fd, got + n, sizeof(got) - 1 - n);

		n += r > 0 ? (size_t)r : 0;
	}
	assert_string_equal(text, got);
}

static void hung_up(void *ctx, int fd, unsigned int events)
{
	unsigned int *seen = ctx;

	(void)fd;
	*seen |= events;
}

static void a_usb_adapter_is_used_pulled_and_found_again(void **state)
{
	struct serial *serial, *second;
	struct loop_fd *source;
	struct loop *loop;
	unsigned int events = 0;
	char near[32], again[32], got[16];
	int far, status;

	(void)state;
	adapter_plug(near);
	assert_int_equal(0, serial_open(near, 115200, &serial));
	status = serial_open(near, 115200, &second);
	assert_int_equal(-EBUSY, status);
	assert_int_equal(0, serial_set_dtr(serial, true));
	far = adapter_far_end();
	assert_int_equal(4, serial_write(serial, "AT\r\x1a", 4));
	expect_bytes(far, NULL, "AT\r\x1a");
	assert_int_equal(6, write(far, "\r\nOK\r\n", 6));
	expect_bytes(serial_fd(serial), serial, "\r\nOK\r\n");
	assert_int_equal(0, serial_read(serial, got, sizeof(got)));
	assert_int_equal(0, serial_alive(serial));
	assert_true(loop_new(&loop) >= 0);
	assert_true(
		loop_fd_new(loop, serial_fd(serial), LOOP_READ, hung_up, &events, &source) >= 0);
	adapter_unplug();
	assert_int_equal(1, loop_run_once(loop, 10000));
	assert_true(events & LOOP_HANGUP);
	assert_int_equal(-ENODEV, serial_alive(serial));
	assert_int_equal(-ENODEV, serial_read(serial, got, sizeof(got)));
	assert_int_equal(-ENODEV, serial_write(serial, "AT\r", 3));
	assert_int_equal(-ENODEV, serial_set_dtr(serial, true));
	loop_fd_free(source);
	serial_close(serial);
	loop_free(loop);
	close(far);
	adapter_plug(again);
	assert_string_equal(near, again);
	assert_int_equal(0, serial_open(again, 9600, &serial));
	serial_close(serial);
	adapter_unplug();
}

/* A port of a stick that nobody is behind: its driver would wait for 30 s. */
static void a_port_that_takes_nothing_is_closed_at_once(void **state)
{
	struct serial *serial;
	char near[32];
	int64_t from;

	(void)state;
	adapter_plug(near);
	assert_int_equal(0, serial_open(near, 115200, &serial));
	assert_int_equal(3, serial_write(serial, "AT\r", 3));
	from = time_mono_ms();
	serial_close(serial);
	print_message("closed in %d ms\n", (int)(time_mono_ms() - from));
	assert_in_range(time_mono_ms() - from, 0, 10 * MS_PER_S);
	adapter_unplug();
}

/* The kernel says so in its log, whatever the driver of the port does with it. */
static bool kernel_said(int log, const char *words, int64_t wait_ms)
{
	int64_t deadline = time_mono_ms() + wait_ms;
	char line[1024];

	while (time_mono_ms() < deadline) {
		ssize_t n = read(log, line, sizeof(line) - 1);

		line[n > 0 ? n : 0] = '\0';
		if (n > 0 && strstr(line, words))
			return true;
		if (n <= 0)
			usleep(10000);
	}
	return false;
}

static void a_usb_adapter_is_known_by_its_ids_and_can_be_reset(void **state)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct serial_port port, list[8];
	int64_t deadline = time_mono_ms() + 20 * MS_PER_S;
	struct serial *serial;
	char near[32];

	(void)state;
	assert_true(log >= 0);
	adapter_plug(near);
	assert_int_equal(0, serial_look(NULL, near, &port));
	assert_string_equal(near + 5, port.tty);
	assert_int_equal(0, access(port.node, F_OK));
	assert_true(port.vendor > 0 && port.product >= 0 && port.interface >= 0);
	assert_int_equal(1, serial_list(NULL, list, 8));
	assert_string_equal(near, list[0].path);
	lseek(log, 0, SEEK_END);
	assert_int_equal(0, serial_reset_usb(&port));
	assert_true(kernel_said(log, "reset ", 5000));
	/* it goes and comes back, under the same name */
	while (serial_open(near, 115200, &serial) < 0) {
		assert_true(time_mono_ms() < deadline);
		usleep(10000);
	}
	serial_close(serial);
	adapter_unplug();
	close(log);
}

/* What a test that failed has left. */
static int tidy(void **state)
{
	(void)state;
	chip_unplug();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_pattern_is_seen_on_the_lines, tidy),
		cmocka_unit_test_teardown(lights_are_dark_once_the_board_is_closed, tidy),
		cmocka_unit_test_teardown(each_gesture_acts_as_documented, tidy),
		cmocka_unit_test_teardown(bounces_of_5_ms_are_swallowed, tidy),
		cmocka_unit_test_teardown(two_buttons_at_once_do_nothing, tidy),
		cmocka_unit_test_teardown(a_stuck_button_is_named_and_the_others_work, tidy),
		cmocka_unit_test_teardown(an_idle_board_does_not_wake_the_loop, tidy),
		cmocka_unit_test_teardown(modem_lines_pulse_as_the_definition_says, tidy),
		cmocka_unit_test_teardown(a_missing_chip_is_named_with_those_present, tidy),
		cmocka_unit_test_teardown(a_missing_line_is_named, tidy),
		cmocka_unit_test_teardown(a_line_that_is_held_is_named_with_its_holder, tidy),
		cmocka_unit_test_teardown(a_check_beside_a_running_farod_finds_no_mistake, tidy),
		cmocka_unit_test_teardown(an_unplugged_chip_is_told_and_comes_back, tidy),
		cmocka_unit_test_teardown(a_chip_unplugged_in_the_middle_of_a_blink_is_told, tidy),
		cmocka_unit_test_teardown(a_usb_adapter_is_used_pulled_and_found_again, tidy),
		cmocka_unit_test_teardown(a_port_that_takes_nothing_is_closed_at_once, tidy),
		cmocka_unit_test_teardown(a_usb_adapter_is_known_by_its_ids_and_can_be_reset, tidy),
	};

	cmocka_set_test_filter(getenv("FARO_STORY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
