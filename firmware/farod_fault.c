/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault light of a box whose farod does not run: systemd starts this when farod has failed so
 * often that it is not started again for a while (faro-fault.service).
 */
#include <signal.h>
#include <string.h>

#include "farod.h"

/* What is wrong with the file has been said by the farod that failed. */
static void keep_quiet(void *ctx, bool error, const char *text)
{
	(void)ctx;
	(void)error;
	(void)text;
}

/* A file that cannot be read may be what is wrong: then the board is the usual one. */
static const struct settings *settings_or_defaults(const char *path)
{
	const struct settings *settings;

	if (settings_load(path, keep_quiet, NULL, &settings) == 0 ||
		settings_parse("people = ();", path, keep_quiet, NULL, &settings) == 0)
		return settings;
	return NULL;
}

static struct board *open_board(const struct settings *settings, struct loop *loop)
{
	char dir[PATH_MAX], error[BOARD_ERROR_SIZE];
	struct board_config config = farod_board_config(settings, dir);
	struct board_events events = { .ctx = NULL };
	struct board *board;

	if (board_open(&config, loop, &events, &board, error) == 0)
		return board;
	log_error("board: %s", error);
	return NULL;
}

static void stop_asked(void *ctx, int signal)
{
	(void)signal;
	loop_exit(ctx, FARO_EXIT_OK);
}

int farod_show_fault(const char *config_path)
{
	const struct settings *settings = settings_or_defaults(config_path);
	struct board *board = NULL;
	struct loop *loop = NULL;
	int rc = settings ? loop_new(&loop) : -ENOMEM;

	if (rc == 0)
		rc = loop_signal(loop, SIGTERM, stop_asked, loop);
	if (rc == 0)
		rc = loop_signal(loop, SIGINT, stop_asked, loop);
	if (rc == 0) {
		log_alert("farod does not run: the fault light is on, see journalctl -u farod");
		board = open_board(settings, loop);
		if (board)
			board_set_light(board, BOARD_LIGHT_FAULT, true);
		rc = loop_run(loop);
	}
	board_close(board);
	loop_free(loop);
	settings_free(settings);
	return rc < 0 ? FARO_EXIT_FAILED : rc;
}
