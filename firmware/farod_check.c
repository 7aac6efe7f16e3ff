/* SPDX-License-Identifier: Apache-2.0 */
/* `farod -n` and `faroctl check`: every mistake that a start would meet. */
#include <stdio.h>
#include <string.h>

#include "farod.h"

void farod_report(void *ctx, bool error, const char *text)
{
	struct farod_mistakes *mistakes = ctx;

	mistakes->errors += error;
	mistakes->tell(mistakes->ctx, error, text);
}

static void report_board(void *ctx, const char *text)
{
	farod_report(ctx, true, text);
}

void farod_tell_stderr(void *ctx, bool error, const char *text)
{
	/* settings says so by itself, behind FILE:LINE */
	bool says_so = error || strstr(text, ": warning: ");

	(void)ctx;
	fprintf(stderr, "%s%s\n", says_so ? "" : "warning: ", text);
}

void farod_tell_log(void *ctx, bool error, const char *text)
{
	(void)ctx;
	log_write(error ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "%s", text);
}

static void check_speech(const struct settings *settings, struct farod_mistakes *mistakes)
{
	struct speech *speech = NULL;
	int rc = farod_load_speech(settings, mistakes, &speech);

	if (rc == 0)
		desk_check_languages(settings, speech, farod_report, mistakes);
	else if (mistakes->errors == 0)
		farod_report(mistakes, true, strerror(-rc));
	speech_free(speech);
}

static void check_board(const struct settings *settings, struct farod_mistakes *mistakes)
{
	char dir[PATH_MAX];
	struct board_config board = farod_board_config(settings, dir);

	board_check(&board, report_board, mistakes);
}

/* What the settings name is looked at although they have mistakes, but not what nobody named. */
int farod_check(const char *path, settings_report_fn *tell, void *ctx)
{
	struct farod_mistakes mistakes = { .tell = tell, .ctx = ctx };
	const struct settings *settings;

	if (settings_read(path, farod_report, &mistakes, &settings) < 0 && mistakes.errors == 0)
		mistakes.errors = 1; /* no memory */
	if (settings && settings_is_right(settings, "box.messages_dir"))
		check_speech(settings, &mistakes);
	if (settings && settings_is_right(settings, "board") &&
		settings_is_right(settings, "box.control_socket"))
		check_board(settings, &mistakes);
	settings_free(settings);
	return mistakes.errors;
}

/* `farod -n` */
int farod_check_only(const char *path)
{
	if (farod_check(path, farod_tell_stderr, NULL) > 0)
		return FARO_EXIT_CONFIG;
	printf("%s: in order\n", path);
	return FARO_EXIT_OK;
}
