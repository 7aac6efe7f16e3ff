/* SPDX-License-Identifier: Apache-2.0 */
/* The admin's door, and the rooms behind it. */
#include <string.h>

#include "farod.h"

static int check_again(void *ctx, settings_report_fn *tell, void *tell_ctx)
{
	const struct farod *farod = ctx;

	return farod_check(farod->config_path, tell, tell_ctx);
}

#define RESTART_MS 200 /* the answer is on its way */

static void restart_now(void *ctx)
{
	struct farod *farod = ctx;

	farod->restart = true;
	loop_exit(farod->loop, FARO_EXIT_OK);
}

static void restart(void *ctx)
{
	struct farod *farod = ctx;

	if (!farod->restart_timer &&
		loop_timer_new(farod->loop, restart_now, farod, &farod->restart_timer) < 0)
		restart_now(farod);
	else
		loop_timer_set(farod->restart_timer, time_mono_ms() + RESTART_MS, 0);
}

int farod_start_control(struct farod *farod)
{
	const char *path = farod->settings->box.control_socket;
	int rc;

	farod->behind_control = (struct control_rooms){ .settings = farod->settings,
		.at_start = farod->at_start,
		.store = farod->store,
		.desk = farod->desk,
		.courier = farod->courier,
		.clock = &farod->clock,
		.speech = farod->speech,
		.started_mono_ms = time_mono_ms(),
		.board_lost = farod->behind_control.board_lost,
		.check = check_again,
		.reload = farod_reload,
		.restart = restart,
		.front = &farod_front,
		.ctx = farod };
	rc = control_new(farod->loop, path, control_commands, control_n_commands,
		&farod->behind_control, &farod->control);
	if (rc < 0)
		log_error("control: %s: %s (box.control_socket)", path,
			rc == -EADDRINUSE ? "another farod answers there" : strerror(-rc));
	return rc;
}

void farod_stop_control(struct farod *farod)
{
	control_free(farod->control);
	farod->control = NULL;
	loop_timer_free(farod->restart_timer);
	farod->restart_timer = NULL;
}
