/* SPDX-License-Identifier: Apache-2.0 */
/* The board with its lights and buttons: what a button does. */
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "farod.h"

static int power_button(struct farod *farod, int64_t now)
{
	(void)now;
	farod_end(farod);
	return 1;
}

static int send_button(struct farod *farod, int64_t now)
{
	return desk_button_send(farod->desk, now);
}

static int stop_button(struct farod *farod, int64_t now)
{
	return desk_button_stop(farod->desk, now);
}

static int test_button(struct farod *farod, int64_t now)
{
	return desk_button_test(farod->desk, now);
}

/* 1: done; 0: there was nothing to do; -errno. */
static int (*const press[PANEL_GESTURES])(struct farod *farod, int64_t now) = {
	[PANEL_GESTURE_SEND] = send_button,
	[PANEL_GESTURE_STOP] = stop_button,
	[PANEL_GESTURE_TEST] = test_button,
	[PANEL_GESTURE_POWER] = power_button,
};

static void gesture(void *ctx, enum panel_gesture gesture)
{
	struct farod *farod = ctx;
	int done = press[gesture](farod, time_wall_ms());

	log_notice("button %s: %s", panel_gesture_name(gesture),
		done > 0    ? "done"
		: done == 0 ? "there was nothing to do"
			    : strerror(-done));
	farod_desk_wanted(farod);
}

static void button_stuck(void *ctx, enum board_button button, bool stuck)
{
	(void)ctx;
	if (stuck)
		log_alert("button %s is stuck: it is ignored until it is let go",
			board_button_name(button));
	else
		log_notice("button %s is free again", board_button_name(button));
}

static void board_lost(void *ctx, const char *text)
{
	struct farod *farod = ctx;

	farod->behind_control.board_lost = true;
	log_alert("board: %s: no lights and buttons until it is back", text);
}

static void board_back(void *ctx)
{
	struct farod *farod = ctx;

	farod->behind_control.board_lost = false;
	log_notice("board: it is back");
}

static void board_tested(void *ctx)
{
	struct farod *farod = ctx;

	if (farod->control)
		control_wake(farod->control);
}

struct board_config farod_board_config(const struct settings *settings, char dir[PATH_MAX])
{
	text_copy(dir, PATH_MAX, settings->box.control_socket);
	return (struct board_config){ .driver = settings_driver_name(settings->board.driver),
		.definition = settings->board.definition,
		.hats = settings->board.hats,
		.n_hats = settings->board.n_hats,
		.socket_dir = dirname(dir) };
}

int farod_start_panel(struct farod *farod)
{
	char dir[PATH_MAX], error[BOARD_ERROR_SIZE];
	struct board_config config = farod_board_config(farod->settings, dir);
	struct panel_events events = { .gesture = gesture,
		.stuck = button_stuck,
		.sensor = farod_sensed,
		.lost = board_lost,
		.back = board_back,
		.tested = board_tested,
		.ctx = farod };
	int rc = panel_unit_new(farod->loop, &config, &events, &farod->panel, error);

	if (rc < 0)
		log_alert("board: %s", error);
	return rc;
}

void farod_stop_panel(struct farod *farod)
{
	panel_unit_free(farod->panel);
	farod->panel = NULL;
}

/*
 * The POWER button: farod has stopped cleanly; whoever may switch the machine off
 * (faro-poweroff.path) waits for this file.
 */
void farod_ask_for_power_off(const struct settings *settings)
{
	char dir[PATH_MAX], path[PATH_MAX + 16];
	int fd;

	text_copy(dir, sizeof(dir), settings->box.control_socket);
	snprintf(path, sizeof(path), "%s/poweroff", dirname(dir));
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		log_error("%s: %s", path, strerror(errno));
	else
		close(fd);
}
