/* SPDX-License-Identifier: Apache-2.0 */
/* A panel on the simulated board, in the real loop. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/panel.h"

struct fixture {
	struct loop *loop;
	struct panel_unit *unit;
	char folder[32], definition[64], socket[64];
	int client;
	char acts[512];  /* what the unit told */
	char seen[4096]; /* what the client read */
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

static void lost(void *ctx, const char *text)
{
	note(ctx, "lost:", text);
}

static void back(void *ctx)
{
	note(ctx, "back", "again");
}

static void tested(void *ctx)
{
	note(ctx, "tested", "button");
}

static void connect_client(struct fixture *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	f->client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strcpy(address.sun_path, f->socket);
	assert_int_equal(0, connect(f->client, (struct sockaddr *)&address, sizeof(address)));
}

static void begin(struct fixture *f)
{
	const struct panel_events events = {
		.gesture = acted, .lost = lost, .back = back, .tested = tested, .ctx = f
	};
	struct board_config config = { .driver = "sim", .definition = f->definition };
	char error[BOARD_ERROR_SIZE];
	FILE *file;

	memset(f, 0, sizeof(*f));
	strcpy(f->folder, "/tmp/faro-panel-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->definition, sizeof(f->definition), "%s/sim.cfg", f->folder);
	snprintf(f->socket, sizeof(f->socket), "%s/board.sock", f->folder);
	file = fopen(f->definition, "w");
	fputs("socket = \"board.sock\";\n", file);
	fclose(file);
	assert_true(loop_new(&f->loop) >= 0);
	if (panel_unit_new(f->loop, &config, &events, &f->unit, error) != 0)
		fail_msg("%s", error);
	connect_client(f);
}

static void end(struct fixture *f)
{
	close(f->client);
	panel_unit_free(f->unit);
	loop_free(f->loop);
	unlink(f->definition);
	assert_int_equal(0, rmdir(f->folder));
}

/*
 * Runs the loop until the client has read text or the unit has told it; a minute is the end of the
 * test.
 */
static void run_until(struct fixture *f, const char *log, const char *text)
{
	int64_t deadline = time_mono_ms() + MS_PER_MIN;

	while (!strstr(log, text)) {
		size_t n = strlen(f->seen);
		ssize_t got = recv(f->client, f->seen + n, sizeof(f->seen) - 1 - n, MSG_DONTWAIT);

		if (got > 0)
			f->seen[n + (size_t)got] = '\0';
		if (time_mono_ms() > deadline)
			fail_msg("never came: %s\nseen:\n%s\nacts:\n%s", text, f->seen, f->acts);
		if (!strstr(log, text))
			loop_run_once(f->loop, 50);
	}
}

static void say(struct fixture *f, const char *text)
{
	assert_int_equal(strlen(text), send(f->client, text, strlen(text), MSG_NOSIGNAL));
}

static const struct panel_state idle = { .power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL };

static void states_reach_the_lights_and_presses_the_owner(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	run_until(&f, f.seen, "button power up\n");
	assert_non_null(strstr(f.seen, "light power on\n"));
	panel_unit_show(f.unit, &idle);
	run_until(&f, f.seen, "light network on\n");
	panel_unit_traffic(f.unit);
	run_until(&f, f.seen, "light traffic on\nlight traffic off\n");
	say(&f, "button test down\n");
	run_until(&f, f.seen, "button test down\n");
	/* longer than a bounce */
	loop_run_once(f.loop, 100);
	say(&f, "button test up\n");
	run_until(&f, f.acts, "gesture test\n");
	end(&f);
}

static void a_steady_panel_does_not_wake_the_loop(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	panel_unit_show(f.unit, &idle);
	run_until(&f, f.seen, "light network on\n");
	assert_int_equal(0, loop_run_once(f.loop, 500));
	end(&f);
}

/* What blinks on a board without lights would wake a box four times a second for nothing. */
static void a_light_that_is_not_there_does_not_blink(void **state)
{
	static const struct panel_state troubled = { .network = PANEL_NETWORK_SEARCHING,
		.alert = PANEL_ALERT_PENDING,
		.fault = PANEL_FAULT_MODEM };
	const struct board_config config = { .driver = "none" };
	const struct panel_events events = { 0 };
	char error[BOARD_ERROR_SIZE];
	struct panel_unit *unit;
	struct loop *loop;

	(void)state;
	assert_true(loop_new(&loop) >= 0);
	assert_int_equal(panel_unit_new(loop, &config, &events, &unit, error), 0);
	panel_unit_show(unit, &troubled);
	panel_unit_traffic(unit);
	assert_int_equal(0, loop_run_once(loop, 2000));
	panel_unit_free(unit);
	loop_free(loop);
}

static void a_test_takes_lights_and_buttons_and_gives_them_back(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f);
	panel_unit_show(f.unit, &idle);
	run_until(&f, f.seen, "light network on\n");
	f.seen[0] = '\0';
	assert_int_equal(-ENOENT, panel_unit_test_light(f.unit, BOARD_LIGHT_ALERT, true));
	assert_int_equal(0, panel_unit_test_begin(f.unit, time_mono_ms() + 60000));
	assert_int_equal(-EBUSY, panel_unit_test_begin(f.unit, time_mono_ms() + 60000));
	run_until(&f, f.seen, "light power off\nlight network off\n");
	/* what is to be shown waits */
	panel_unit_show(
		f.unit, &(struct panel_state){ .power = PANEL_POWER_OK, .fault = PANEL_FAULT_BOX });
	panel_unit_traffic(f.unit);
	assert_int_equal(0, panel_unit_test_light(f.unit, BOARD_LIGHT_ALERT, true));
	say(&f, "button send down\n");
	run_until(&f, f.acts, "tested button\n");
	assert_int_equal(1U << BOARD_BUTTON_SEND, panel_unit_test_pressed(f.unit));
	assert_int_equal(0, panel_unit_test_pressed(f.unit));
	/* a press that began in the test does nothing after it either */
	say(&f, "button send up\nbutton test down\n");
	run_until(&f, f.seen, "button test down\n");
	panel_unit_test_end(f.unit);
	say(&f, "button test up\n");
	run_until(&f, f.seen, "button test up\n");
	loop_run_once(f.loop, 100);
	assert_null(strstr(f.acts, "gesture"));
	assert_null(strstr(f.seen, "light traffic on"));
	assert_non_null(strstr(f.seen, "light fault on\n"));
	assert_non_null(strstr(f.seen, "light alert off\n"));
	assert_int_equal(-ENOENT, panel_unit_test_keep(f.unit, time_mono_ms() + 60000));
	/* who vanished: it ends by itself */
	f.seen[0] = '\0';
	assert_int_equal(0, panel_unit_test_begin(f.unit, time_mono_ms() + 30));
	run_until(&f, f.seen, "light power off\nlight fault off\nlight power on\nlight fault on\n");
	end(&f);
}

static void a_lost_board_is_told_and_comes_back_with_its_lights(void **state)
{
	struct fixture f;
	struct board *board;

	(void)state;
	begin(&f);
	board = panel_unit_board(f.unit);
	panel_unit_show(f.unit, &idle);
	say(&f, "unplug\n");
	run_until(&f, f.acts, "lost: the simulated board was unplugged\n");
	assert_int_equal(-ENODEV, board_set_light(board, BOARD_LIGHT_POWER, true));
	panel_unit_show(f.unit, &idle);
	panel_unit_traffic(f.unit);
	run_until(&f, f.acts, "back again\n");
	assert_ptr_equal(board, panel_unit_board(f.unit));
	assert_true(board_light_on(board, BOARD_LIGHT_NETWORK));
	close(f.client);
	connect_client(&f);
	f.seen[0] = '\0';
	run_until(&f, f.seen, "light network on\n");
	end(&f);
}

static void a_board_that_cannot_be_opened_is_explained(void **state)
{
	const struct board_config config = { .driver = "sim", .definition = "/nowhere/sim.cfg" };
	const struct panel_events events = { 0 };
	char error[BOARD_ERROR_SIZE];
	struct panel_unit *unit;
	struct loop *loop;

	(void)state;
	assert_true(loop_new(&loop) >= 0);
	assert_int_equal(-EINVAL, panel_unit_new(loop, &config, &events, &unit, error));
	assert_string_equal("/nowhere/sim.cfg: No such file or directory (board.definition names "
			    "this file)",
		error);
	assert_null(unit);
	panel_unit_free(NULL);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_reach_the_lights_and_presses_the_owner),
		cmocka_unit_test(a_steady_panel_does_not_wake_the_loop),
		cmocka_unit_test(a_light_that_is_not_there_does_not_blink),
		cmocka_unit_test(a_test_takes_lights_and_buttons_and_gives_them_back),
		cmocka_unit_test(a_lost_board_is_told_and_comes_back_with_its_lights),
		cmocka_unit_test(a_board_that_cannot_be_opened_is_explained),
	};

	log_set_level(LOG_LEVEL_ALERT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
