/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated board over its socket, in the real loop. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/board.h"

struct fixture {
	struct loop *loop;
	struct board *board;
	char folder[32], definition[64], socket[64];
	char heard[512]; /* what the board told, one line each */
};

static void heard_button(void *ctx, enum board_button button, bool down, int64_t mono_ms)
{
	struct fixture *f = ctx;
	size_t n = strlen(f->heard);

	assert_in_range(mono_ms, 1, time_mono_ms());
	snprintf(f->heard + n, sizeof(f->heard) - n, "%s %s\n", board_button_name(button),
		down ? "down" : "up");
}

static void heard_sensor(void *ctx, enum board_sensor sensor, bool active, int64_t mono_ms)
{
	struct fixture *f = ctx;
	size_t n = strlen(f->heard);

	assert_in_range(mono_ms, 1, time_mono_ms());
	snprintf(f->heard + n, sizeof(f->heard) - n, "%s %s\n", board_sensor_name(sensor),
		active ? "on" : "off");
}

static void heard_lost(void *ctx, const char *text)
{
	struct fixture *f = ctx;
	size_t n = strlen(f->heard);

	snprintf(f->heard + n, sizeof(f->heard) - n, "lost: %s\n", text);
}

static void board_begin(struct fixture *f, const char *definition)
{
	struct board_config config = { .driver = "sim", .definition = f->definition };
	struct board_events events = {
		.button = heard_button, .sensor = heard_sensor, .lost = heard_lost, .ctx = f
	};
	char error[BOARD_ERROR_SIZE];
	FILE *file;

	strcpy(f->folder, "/tmp/faro-board-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->definition, sizeof(f->definition), "%s/sim.cfg", f->folder);
	snprintf(f->socket, sizeof(f->socket), "%s/board.sock", f->folder);
	file = fopen(f->definition, "w");
	assert_non_null(file);
	fputs(definition, file);
	fclose(file);
	f->heard[0] = '\0';
	assert_true(loop_new(&f->loop) >= 0);
	if (board_open(&config, f->loop, &events, &f->board, error) != 0)
		fail_msg("%s", error);
}

static void board_end(struct fixture *f)
{
	board_close(f->board);
	loop_free(f->loop);
	assert_int_equal(-1, access(f->socket, F_OK));
	unlink(f->definition);
	assert_int_equal(0, rmdir(f->folder));
}

/* Runs all that is pending. */
static void settle(struct fixture *f)
{
	while (loop_run_once(f->loop, 0) > 0)
		;
}

static int client(struct fixture *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	strcpy(address.sun_path, f->socket);
	assert_int_equal(0, connect(fd, (struct sockaddr *)&address, sizeof(address)));
	settle(f);
	return fd;
}

static void say(struct fixture *f, int fd, const char *text)
{
	assert_int_equal(strlen(text), send(fd, text, strlen(text), MSG_NOSIGNAL));
	settle(f);
}

static void expect_read(int fd, const char *expected)
{
	char got[1024];
	ssize_t n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);

	got[n > 0 ? n : 0] = '\0';
	assert_string_equal(expected, got);
}

/* As long as it takes, and nothing else: a loop that had to wait has more than one thing to do. */
static void expect_said(struct fixture *f, int fd, const char *expected)
{
	int64_t until = time_mono_ms() + 5000;
	char got[1024] = "";
	size_t n = 0;

	while (n < strlen(expected) && time_mono_ms() < until) {
		ssize_t more = recv(fd, got + n, sizeof(got) - 1 - n, MSG_DONTWAIT);

		n += more > 0 ? (size_t)more : 0;
		got[n] = '\0';
		if (n < strlen(expected))
			loop_run_once(f->loop, 10);
	}
	assert_string_equal(expected, got);
}

#define PLAIN "socket = \"board.sock\";\n"
#define ALL_OFF                                                                                    \
	"light power off\nlight network off\nlight traffic off\nlight alert off\nlight fault "     \
	"off\n"                                                                                    \
	"button send up\nbutton stop up\nbutton test up\nbutton power up\n"

static void a_client_reads_the_state_and_then_each_change_once(void **state)
{
	struct fixture f;
	int a, b;

	(void)state;
	board_begin(&f, PLAIN);
	a = client(&f);
	expect_read(a, ALL_OFF);
	assert_int_equal(0, board_set_light(f.board, BOARD_LIGHT_ALERT, true));
	assert_int_equal(0, board_set_light(f.board, BOARD_LIGHT_ALERT, true));
	expect_read(a, "light alert on\n");
	assert_true(board_light_on(f.board, BOARD_LIGHT_ALERT));
	b = client(&f);
	expect_read(b, "light power off\nlight network off\nlight traffic off\nlight alert on\n"
		       "light fault off\nbutton send up\nbutton stop up\nbutton test up\nbutton "
		       "power up\n");
	board_set_light(f.board, BOARD_LIGHT_ALERT, false);
	expect_read(a, "light alert off\n");
	expect_read(b, "light alert off\n");
	close(a);
	close(b);
	board_end(&f);
}

static void a_client_presses_buttons_and_all_clients_see_it(void **state)
{
	struct fixture f;
	int a, b;

	(void)state;
	board_begin(&f, PLAIN);
	a = client(&f);
	b = client(&f);
	expect_read(a, ALL_OFF);
	expect_read(b, ALL_OFF);
	say(&f, a, "button send down\nbutton se");
	assert_string_equal("send down\n", f.heard);
	assert_int_equal(1U << BOARD_BUTTON_SEND, board_buttons_down(f.board));
	say(&f, a, "nd up\r\n");
	assert_string_equal("send down\nsend up\n", f.heard);
	expect_read(b, "button send down\nbutton send up\n");
	close(a);
	close(b);
	board_end(&f);
}

static void wrong_commands_are_answered_with_what_is_right(void **state)
{
	struct fixture f;
	int a;

	(void)state;
	board_begin(&f, PLAIN);
	a = client(&f);
	expect_read(a, ALL_OFF);
	say(&f, a, "button nose down\n");
	expect_read(a, "error say: button send|stop|test|power down|up, sensor NAME on|off, modem "
		       "NAME status on|off, "
		       "or: unplug\n");
	assert_string_equal("", f.heard);
	close(a);
	board_end(&f);
}

static void a_button_is_let_go_when_its_client_leaves(void **state)
{
	struct fixture f;
	int a;

	(void)state;
	board_begin(&f, PLAIN);
	a = client(&f);
	say(&f, a, "button power down\n");
	close(a);
	settle(&f);
	assert_string_equal("power down\npower up\n", f.heard);
	board_end(&f);
}

static void a_client_that_never_reads_does_not_stop_the_board(void **state)
{
	struct fixture f;
	int a;

	(void)state;
	board_begin(&f, PLAIN);
	a = client(&f);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(0, board_set_light(f.board, BOARD_LIGHT_TRAFFIC, !(i & 1)));
	settle(&f);
	close(a);
	a = client(&f);
	expect_read(a, ALL_OFF);
	close(a);
	board_end(&f);
}

static void nothing_wakes_the_loop_when_nothing_happens(void **state)
{
	struct fixture f;
	int a;

	(void)state;
	board_begin(&f, PLAIN);
	a = client(&f);
	settle(&f);
	assert_int_equal(0, loop_run_once(f.loop, 300));
	close(a);
	board_end(&f);
}

static void a_modem_line_pulses_for_its_time(void **state)
{
	struct fixture f;
	int a;
	int64_t begin;

	(void)state;
	board_begin(&f, PLAIN "modems = ( { name = \"m1\"; reset = { pulse_ms = 40; }; } );\n");
	a = client(&f);
	expect_read(a, ALL_OFF "modem m1 reset off\n");
	assert_true(board_has_modem_line(f.board, "m1", BOARD_MODEM_RESET));
	assert_false(board_has_modem_line(f.board, "m1", BOARD_MODEM_POWER));
	assert_int_equal(-ENOENT, board_pulse_modem(f.board, "m2", BOARD_MODEM_RESET));
	begin = time_mono_ms();
	assert_int_equal(40, board_pulse_modem(f.board, "m1", BOARD_MODEM_RESET));
	assert_int_equal(-EBUSY, board_pulse_modem(f.board, "m1", BOARD_MODEM_RESET));
	expect_read(a, "modem m1 reset on\n");
	assert_int_equal(1, loop_run_once(f.loop, 5000));
	assert_in_range(time_mono_ms() - begin, 40, 5000);
	expect_read(a, "modem m1 reset off\n");
	assert_int_equal(40, board_pulse_modem(f.board, "m1", BOARD_MODEM_RESET));
	board_close(f.board);
	f.board = NULL;
	expect_read(a, "modem m1 reset on\nmodem m1 reset off\n");
	close(a);
	board_end(&f);
}

/* A power key toggles; who was on, and is off now, needs it once more. */
static void the_key_of_a_modem_that_went_off_is_pressed_again(void **state)
{
	struct fixture f;
	int a;

	(void)state;
	board_begin(&f, PLAIN "modems = ( { name = \"m1\"; power = { pulse_ms = 20; }; status = { "
			      "}; } );\n");
	a = client(&f);
	expect_read(a, ALL_OFF "modem m1 power off\nmodem m1 status off\n");
	assert_int_equal(-EINVAL, board_pulse_modem(f.board, "m1", BOARD_MODEM_STATUS));
	assert_int_equal(-ENOENT, board_modem_status(f.board, "m2"));
	/* it was off: one press */
	assert_int_equal(0, board_modem_status(f.board, "m1"));
	assert_int_equal(20, board_pulse_modem(f.board, "m1", BOARD_MODEM_POWER));
	expect_said(&f, a, "modem m1 power on\nmodem m1 power off\n");
	assert_int_equal(0, loop_run_once(f.loop, 60));
	/* it was on, and goes off a while after the key was let go */
	say(&f, a, "modem m1 status on\n");
	assert_int_equal(1, board_modem_status(f.board, "m1"));
	assert_int_equal(20, board_pulse_modem(f.board, "m1", BOARD_MODEM_POWER));
	expect_said(&f, a, "modem m1 status on\nmodem m1 power on\nmodem m1 power off\n");
	say(&f, a, "modem m1 status off\n");
	expect_said(&f, a, "modem m1 status off\nmodem m1 power on\nmodem m1 power off\n");
	assert_int_equal(0, loop_run_once(f.loop, 60));
	close(a);
	board_end(&f);
}

static void sensors_and_the_buzzer_are_there_when_they_are_defined(void **state)
{
	struct fixture f;
	int a;

	(void)state;
	board_begin(&f, PLAIN "lights : { }; buttons : { }; buzzer : { };\n"
			      "sensors : { mains_lost = { active_low = true; };\n"
			      "tamper = { settle_ms = 7; }; };\n");
	a = client(&f);
	/* nothing drives the lines: they are low */
	expect_read(a, "buzzer off\nsensor mains_lost on\nsensor tamper off\n");
	assert_int_equal(1U << BOARD_MAINS_LOST, board_sensors_active(f.board));
	assert_true(board_has_sensor(f.board, BOARD_TAMPER));
	assert_false(board_has_sensor(f.board, BOARD_BATTERY_LOW));
	assert_int_equal(5000, board_sensor_settle_ms(f.board, BOARD_MAINS_LOST));
	assert_int_equal(7, board_sensor_settle_ms(f.board, BOARD_TAMPER));
	assert_int_equal(0, board_set_light(f.board, BOARD_BUZZER, true));
	say(&f, a, "sensor tamper on\nsensor mains_lost off\nsensor mains_lost off\n");
	expect_read(a, "buzzer on\nsensor tamper on\nsensor mains_lost off\n");
	assert_string_equal("tamper on\nmains_lost off\n", f.heard);
	assert_int_equal(1U << BOARD_TAMPER, board_sensors_active(f.board));
	say(&f, a, "sensor battery_low on\n");
	assert_int_equal(1U << BOARD_TAMPER, board_sensors_active(f.board));
	close(a);
	board_end(&f);
}

static void an_unplugged_board_is_told_once_and_refuses_from_then_on(void **state)
{
	struct fixture f;
	int a;

	(void)state;
	board_begin(&f, PLAIN);
	a = client(&f);
	say(&f, a, "unplug\nunplug\nbutton send down\n");
	assert_string_equal("lost: the simulated board was unplugged\n", f.heard);
	assert_int_equal(-ENODEV, board_set_light(f.board, BOARD_LIGHT_POWER, true));
	close(a);
	board_end(&f);
}

static void a_socket_left_by_a_killed_process_is_replaced_but_a_live_one_is_not(void **state)
{
	struct board_config config = { .driver = "sim" };
	struct board_events events = { 0 };
	char error[BOARD_ERROR_SIZE], expected[BOARD_ERROR_SIZE];
	struct board *second;
	struct fixture f;

	(void)state;
	board_begin(&f, PLAIN);
	config.definition = f.definition;
	assert_int_equal(-EBUSY, board_open(&config, f.loop, &events, &second, error));
	snprintf(expected, sizeof(expected), "%s:1: socket %s is held by another process",
		f.definition, f.socket);
	assert_string_equal(expected, error);
	board_close(f.board);
	/* left over: the name is there, nobody listens */
	assert_int_equal(0, symlink("/nowhere", f.socket));
	assert_int_equal(0, board_open(&config, f.loop, &events, &f.board, error));
	board_end(&f);
}

static void the_owner_may_say_where_the_socket_lies(void **state)
{
	struct board_config config = { .driver = "sim" };
	struct board_events events = { 0 };
	char error[BOARD_ERROR_SIZE], folder[96], path[128];
	struct board *second;
	struct fixture f;

	(void)state;
	board_begin(&f, PLAIN);
	snprintf(folder, sizeof(folder), "%s/run", f.folder);
	snprintf(path, sizeof(path), "%s/board.sock", folder);
	config.definition = f.definition;
	config.socket_dir = folder;
	assert_int_equal(-ENOENT, board_open(&config, f.loop, &events, &second, error));
	assert_non_null(strstr(error, "sim.cfg:1: socket "));
	assert_int_equal(0, mkdir(folder, 0700));
	assert_int_equal(0, board_open(&config, f.loop, &events, &second, error));
	assert_int_equal(0, access(path, F_OK));
	board_close(second);
	assert_int_equal(0, rmdir(folder));
	board_end(&f);
}

static void a_board_of_kind_none_has_nothing_and_refuses_nothing(void **state)
{
	struct board_config config = { .driver = "none" };
	struct board_events events = { 0 };
	char error[BOARD_ERROR_SIZE];
	struct board *board;
	struct loop *loop;

	(void)state;
	assert_true(loop_new(&loop) >= 0);
	assert_int_equal(0, board_open(&config, loop, &events, &board, error));
	assert_false(board_has_light(board, BOARD_LIGHT_POWER));
	assert_false(board_has_button(board, BOARD_BUTTON_SEND));
	assert_int_equal(0, board_set_light(board, BOARD_LIGHT_POWER, true));
	assert_int_equal(-ENOENT, board_pulse_modem(board, "sim1", BOARD_MODEM_POWER));
	assert_int_equal(0, board_check(&config, NULL, NULL));
	board_close(board);
	config.driver = "gpoid";
	assert_int_equal(-EINVAL, board_open(&config, loop, &events, &board, error));
	assert_string_equal("board driver \"gpoid\" is not known; known: gpiod, sim, none", error);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_reads_the_state_and_then_each_change_once),
		cmocka_unit_test(a_client_presses_buttons_and_all_clients_see_it),
		cmocka_unit_test(wrong_commands_are_answered_with_what_is_right),
		cmocka_unit_test(a_button_is_let_go_when_its_client_leaves),
		cmocka_unit_test(a_client_that_never_reads_does_not_stop_the_board),
		cmocka_unit_test(nothing_wakes_the_loop_when_nothing_happens),
		cmocka_unit_test(a_modem_line_pulses_for_its_time),
		cmocka_unit_test(the_key_of_a_modem_that_went_off_is_pressed_again),
		cmocka_unit_test(sensors_and_the_buzzer_are_there_when_they_are_defined),
		cmocka_unit_test(an_unplugged_board_is_told_once_and_refuses_from_then_on),
		cmocka_unit_test(
			a_socket_left_by_a_killed_process_is_replaced_but_a_live_one_is_not),
		cmocka_unit_test(the_owner_may_say_where_the_socket_lies),
		cmocka_unit_test(a_board_of_kind_none_has_nothing_and_refuses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
