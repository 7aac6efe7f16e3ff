/* SPDX-License-Identifier: Apache-2.0 */
/* Reload: read whole, check, swap; a wrong file changes nothing. */
#include <stdio.h>
#include <string.h>

#include "farod.h"

static void reload_modem(void *ctx, const struct settings_modem *before,
	const struct settings_modem *after, bool restart)
{
	struct farod *farod = ctx;

	if (before && after && !restart)
		farod_set_limits(farod, after); /* its session stays open */
	else if (before)
		farod_leave_modem(farod, before->name);
}

static bool same_hats(const struct settings_board *a, const struct settings_board *b)
{
	if (a->n_hats != b->n_hats)
		return false;
	for (int i = 0; i < a->n_hats; i++)
		if (strcmp(a->hats[i], b->hats[i]) != 0)
			return false;
	return true;
}

static void tell_restart(struct farod_mistakes *asked, const char *key)
{
	char text[160];

	snprintf(text, sizeof(text),
		"%s takes effect at the next start (systemctl restart farod); until then it is as "
		"it was",
		key);
	farod_report(asked, false, text);
}

/*
 * What only a restart can change, against what is in use since the start: a reload before this one
 * has not changed it either. Returns how many keys wait.
 */
static int tell_restarts(
	struct farod_mistakes *asked, const struct settings *in_use, const struct settings *after)
{
	const struct {
		const char *key, *in_use, *after;
	} keys[] = {
		{ "box.data_dir", in_use->box.data_dir, after->box.data_dir },
		{ "box.control_socket", in_use->box.control_socket, after->box.control_socket },
		{ "privacy.key_file", in_use->privacy.key_file, after->privacy.key_file },
		{ "board.dev", in_use->board.dev, after->board.dev },
		{ "board.sys", in_use->board.sys, after->board.sys },
		{ "board.definition", in_use->board.definition, after->board.definition },
		{ "board.driver", settings_driver_name(in_use->board.driver),
			settings_driver_name(after->board.driver) },
	};
	int waiting = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].in_use, keys[i].after) != 0) {
			tell_restart(asked, keys[i].key);
			waiting++;
		}
	if (!same_hats(&in_use->board, &after->board)) {
		tell_restart(asked, "board.hats");
		waiting++;
	}
	return waiting;
}

/* Problems go to the log and to the one who asked. */
static void tell_both(void *ctx, bool error, const char *text)
{
	const struct farod_mistakes *asked = ctx;

	farod_tell_log(NULL, error, text);
	if (asked->tell)
		asked->tell(asked->ctx, error, text);
}

/* Reads and checks the file and the catalogues it names; the desk is the first to use them. */
static int load_again(struct farod *farod, struct farod_mistakes *mistakes,
	const struct settings **settings, struct speech **speech)
{
	int rc = settings_load(farod->config_path, farod_report, mistakes, settings);

	if (rc < 0)
		return rc;
	rc = farod_load_speech(*settings, mistakes, speech);
	if (rc == 0) {
		rc = desk_reload(farod->desk, *settings, *speech, time_wall_ms());
		if (rc < 0)
			speech_free(*speech);
	}
	if (rc < 0)
		settings_free(*settings);
	return rc;
}

/* Puts in force what the desk uses already; what was before is freed when nobody uses it. */
static void swap(struct farod *farod, const struct settings *settings, struct speech *speech)
{
	const struct settings *before = farod->settings;
	struct speech *speech_before = farod->speech;
	struct courier_settings courier;

	farod->settings = farod->behind_control.settings = settings;
	farod->speech = farod->behind_control.speech = speech;
	farod_use_settings(settings);
	courier = farod_courier_settings(farod);
	courier_set_settings(farod->courier, &courier);
	settings_compare_modems(before, settings, reload_modem, farod);
	farod_follow_sections(farod);
	speech_free(speech_before);
	if (before != farod->at_start)
		settings_free(before);
}

/* Each mistake has a line of its own before this one: where it is and what is allowed. */
static void tell_unchanged(const char *path, int mistakes, int error)
{
	if (mistakes > 0)
		log_error("reload: nothing was changed: %s has %d mistake%s, named above", path,
			mistakes, mistakes == 1 ? "" : "s");
	else
		log_error("reload: nothing was changed: %s: %s", path, strerror(-error));
}

int farod_reload(void *ctx, settings_report_fn *tell, void *tell_ctx)
{
	struct farod *farod = ctx;
	struct farod_mistakes asked = { .tell = tell, .ctx = tell_ctx };
	struct farod_mistakes mistakes = { .tell = tell_both, .ctx = &asked };
	const struct settings *settings;
	struct speech *speech;
	int rc;

	loop_notify("RELOADING=1");
	rc = load_again(farod, &mistakes, &settings, &speech);
	loop_notify("READY=1");
	if (rc < 0) {
		tell_unchanged(farod->config_path, mistakes.errors, rc);
		return rc;
	}
	swap(farod, settings, speech);
	log_notice("reload: done");
	farod_changed(farod);
	return tell_restarts(&mistakes, farod->at_start, settings);
}
