/* SPDX-License-Identifier: Apache-2.0 */
/*
 * farod: wiring only. The table `rooms` says in which order the rooms start; they stop in reverse.
 * Everything else here passes what one room says to the one above it.
 */
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "farod.h"
#include "faro/base.h"
#include "faro/board.h"
#include "faro/control.h"
#include "faro/courier.h"
#include "faro/desk.h"
#include "faro/modem.h"
#include "faro/panel.h"
#include "faro/settings.h"
#include "faro/speech.h"
#include "faro/store.h"

/* A modem that is absent, or searches, longer than this is a fault that the light shows. */
#define FAULT_AFTER_MS (30 * MS_PER_S)

/*
 * Changes come by the thousand while a broadcast runs; lights follow this long after the first of
 * them.
 */
#define SHOW_AFTER_MS 50

/* Whether the database is still in its place is looked at so often when nothing else happens. */
#define STORE_LOOK_MS (30 * MS_PER_S)

/* Wall clocks step: no timer sleeps longer than this without looking again. */
#define LOOK_AGAIN_MS MS_PER_H

struct farod {
	const char *config_path;
	const struct settings *settings;
	struct loop *loop;
	struct store *store;
	struct speech *speech;
	struct desk *desk;
	struct loop_timer *desk_timer;
	struct loop_idle *desk_idle;
	struct panel_unit *panel;
	struct loop_timer *show_timer;
	struct courier *courier;
	struct modem *modems[SETTINGS_MODEMS_MAX];
	int n_modems;
	struct control *control;
	struct control_rooms behind_control;
	char gap_mark[64];
	/* the database was salvaged: the fault light says so until a restart finds it whole */
	bool damaged;
	bool show_due;  /* show() was asked for */
	bool power_off; /* the POWER button was held */
	bool starving;  /* the watchdog is not fed */
};

/* ---- what is shown -------------------------------------------------------------------------- */

static enum panel_network network_of(int ready, int coming, int modems)
{
	if (modems > 0 && ready == modems)
		return PANEL_NETWORK_ALL;
	if (ready > 0)
		return PANEL_NETWORK_SOME;
	return coming > 0 ? PANEL_NETWORK_SEARCHING : PANEL_NETWORK_NONE;
}

/* What a modem's state means for the fault light once it has lasted FAULT_AFTER_MS. */
static const enum panel_fault fault_of_state[MODEM_STATES] = {
	[MODEM_ABSENT] = PANEL_FAULT_MODEM,
	[MODEM_STARTING] = PANEL_FAULT_MODEM,
	[MODEM_PIN] = PANEL_FAULT_SIM,
	[MODEM_SEARCHING] = PANEL_FAULT_NETWORK,
	[MODEM_READY] = PANEL_FAULT_NONE,
	[MODEM_PARKED] = PANEL_FAULT_WARNING,
	[MODEM_RECOVERING] = PANEL_FAULT_MODEM,
	[MODEM_FAILED] = PANEL_FAULT_MODEM,
};

static enum panel_fault worse(enum panel_fault a, enum panel_fault b)
{
	return a > b ? a : b;
}

/*
 * Looks at every modem: how many are ready or on their way, the worst fault, and when to look
 * again.
 */
static void judge_modems(struct farod *farod, struct panel_state *state, int64_t *look_again_ms)
{
	int64_t now = time_mono_ms();
	int ready = 0, coming = 0;

	for (int i = 0; i < farod->n_modems; i++) {
		enum modem_state s = modem_state(farod->modems[i]);
		struct modem_info info;

		ready += s == MODEM_READY;
		if (courier_modem_blocked(farod->courier, farod->modems[i]))
			state->fault = worse(state->fault, PANEL_FAULT_WARNING);
		coming += s == MODEM_STARTING || s == MODEM_SEARCHING || s == MODEM_RECOVERING;
		modem_get_info(farod->modems[i], &info);
		if (info.alarm)
			state->fault = worse(state->fault, PANEL_FAULT_WARNING);
		if (fault_of_state[s] == PANEL_FAULT_NONE)
			continue;
		if (s == MODEM_PIN || now - info.since_ms >= FAULT_AFTER_MS)
			state->fault = worse(state->fault, fault_of_state[s]);
		else
			*look_again_ms = time_min(*look_again_ms, info.since_ms + FAULT_AFTER_MS);
	}
	state->network = network_of(ready, coming, farod->n_modems);
}

static enum panel_alert alert_of(const struct desk_state *desk)
{
	if (desk->alerts_pending > 0)
		return PANEL_ALERT_PENDING;
	if (desk->untaken)
		return PANEL_ALERT_UNTAKEN;
	if (desk->alerts_running == 0)
		return PANEL_ALERT_NONE;
	return desk->quorum ? PANEL_ALERT_HELD : PANEL_ALERT_RUNNING;
}

static void show(void *ctx)
{
	struct farod *farod = ctx;
	struct panel_state state = { .power = PANEL_POWER_OK };
	int64_t look_again_ms = time_mono_ms() + STORE_LOOK_MS;
	struct desk_state desk;

	farod->show_due = false;
	if (!farod->panel)
		return;
	judge_modems(farod, &state, &look_again_ms);
	if (desk_get_state(farod->desk, time_wall_ms(), &desk) == 0) {
		state.alert = alert_of(&desk);
		if (desk.paused)
			state.fault = worse(state.fault, PANEL_FAULT_WARNING);
	} else {
		state.fault = PANEL_FAULT_BOX;
	}
	if (farod->damaged || store_alive(farod->store) < 0)
		state.fault = PANEL_FAULT_BOX;
	panel_unit_show(farod->panel, &state);
	loop_timer_set(farod->show_timer, look_again_ms, MS_PER_S);
}

static void changed(void *ctx)
{
	struct farod *farod = ctx;

	if (!farod->show_due)
		loop_timer_set(farod->show_timer, time_mono_ms() + SHOW_AFTER_MS, 0);
	farod->show_due = true;
	if (farod->control)
		control_wake(farod->control);
}

/* ---- the desk's hours ------------------------------------------------------------------------ */

/* One text a turn, so that modems are served in between. */
static void desk_turn(void *ctx)
{
	struct farod *farod = ctx;
	int64_t now = time_wall_ms(), next;
	int handled = desk_handle_next(farod->desk, now);

	if (handled == 1)
		loop_idle_request(farod->desk_idle);
	next = desk_tick(farod->desk, now);
	if (handled < 0 || next < 0)
		next = now + 5 * MS_PER_S; /* the store is in trouble and said so: try again */
	next = time_mono_ms() + time_min(next > now ? next - now : 0, LOOK_AGAIN_MS);
	loop_timer_set(farod->desk_timer, next, 200);
	changed(farod);
}

static void desk_wanted(void *ctx)
{
	struct farod *farod = ctx;

	loop_idle_request(farod->desk_idle);
}

static void desk_wakes_courier(void *ctx)
{
	struct farod *farod = ctx;

	courier_wake(farod->courier);
	loop_idle_request(farod->desk_idle); /* its deadlines may be nearer now */
}

static void desk_asks_pace(void *ctx, struct desk_pace *out)
{
	struct farod *farod = ctx;
	struct courier_pace pace;

	courier_get_pace(farod->courier, &pace);
	*out = (struct desk_pace){ .modems = pace.modems,
		.modems_ready = pace.ready,
		.segments_per_s = pace.segments_per_s,
		.allowance = pace.allowance,
		.newcomers = pace.newcomers };
	for (int i = 0; i < farod->n_modems; i++) {
		struct modem_info info;

		modem_get_info(farod->modems[i], &info);
		if (info.signal_dbm != 0 &&
			(out->signal_dbm == 0 || info.signal_dbm > out->signal_dbm))
			out->signal_dbm = info.signal_dbm;
	}
}

static bool desk_asks_own_number(void *ctx, const char *phone)
{
	struct farod *farod = ctx;

	for (int i = 0; i < farod->n_modems; i++) {
		struct modem_info info;

		modem_get_info(farod->modems[i], &info);
		if (info.own_number[0] && strcmp(info.own_number, phone) == 0)
			return true;
	}
	return false;
}

static void desk_pauses(void *ctx, bool paused)
{
	struct farod *farod = ctx;

	courier_set_paused(farod->courier, paused);
}

/* ---- the courier's news ---------------------------------------------------------------------- */

static void courier_changed(void *ctx)
{
	struct farod *farod = ctx;

	if (farod->panel)
		panel_unit_traffic(farod->panel);
	changed(farod);
}

static void courier_call(void *ctx, const char *phone)
{
	struct farod *farod = ctx;

	desk_call(farod->desk, phone, time_wall_ms());
}

static void courier_alarm(void *ctx, const char *modem, const char *what, const char *words)
{
	(void)modem;
	(void)what;
	(void)words; /* the courier has logged it */
	changed(ctx);
}

static void courier_blocked(void *ctx, const char *modem, int percent)
{
	struct farod *farod = ctx;

	desk_modem_blocked(farod->desk, modem, percent, time_wall_ms());
}

static void courier_unblocked(void *ctx, const char *modem)
{
	struct farod *farod = ctx;

	desk_modem_back(farod->desk, modem, time_wall_ms());
}

static void canary_words(void *ctx, const char *modem, const char *token, struct strbuf *out)
{
	struct farod *farod = ctx;
	const struct settings_box *box = &farod->settings->box;
	const struct speech_arg args[] = { SPEECH_TEXT("box", box->name),
		SPEECH_TEXT("modem", modem), SPEECH_TEXT("token", token) };

	speech_say(farod->speech, box->language, MSG_CANARY, args, ARRAY_SIZE(args), out);
}

/* ---- buttons --------------------------------------------------------------------------------- */

static int power_button(struct farod *farod)
{
	farod->power_off = true;
	loop_exit(farod->loop, FARO_EXIT_OK);
	return 1;
}

static void gesture(void *ctx, enum panel_gesture gesture)
{
	struct farod *farod = ctx;
	int64_t now = time_wall_ms();
	int done = 0;

	switch (gesture) {
	case PANEL_GESTURE_SEND:
		done = desk_button_send(farod->desk, now);
		break;
	case PANEL_GESTURE_STOP:
		done = desk_button_stop(farod->desk, now);
		break;
	case PANEL_GESTURE_TEST:
		done = desk_button_test(farod->desk, now);
		break;
	case PANEL_GESTURE_POWER:
		done = power_button(farod);
		break;
	case PANEL_GESTURES:
		break;
	}
	log_notice("button %s: %s", panel_gesture_name(gesture),
		done > 0    ? "done"
		: done == 0 ? "there was nothing to do"
			    : strerror(-done));
	desk_wanted(farod);
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

/* ---- settings -------------------------------------------------------------------------------- */

/* Passes what the checks of several rooms report on to whoever asked, and counts the mistakes. */
struct report {
	settings_report_fn *tell;
	void *ctx;
	int errors;
};

static void report_setting(void *ctx, bool error, const char *text)
{
	struct report *report = ctx;

	report->errors += error;
	report->tell(report->ctx, error, text);
}

static void report_speech(void *ctx, bool error, const char *problem)
{
	report_setting(ctx, error, problem);
}

static void report_board(void *ctx, const char *text)
{
	report_setting(ctx, true, text);
}

static void tell_stderr(void *ctx, bool error, const char *text)
{
	/* settings says so by itself, behind FILE:LINE */
	bool says_so = error || strstr(text, ": warning: ");

	(void)ctx;
	fprintf(stderr, "%s%s\n", says_so ? "" : "warning: ", text);
}

static void tell_log(void *ctx, bool error, const char *text)
{
	(void)ctx;
	log_write(error ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "%s", text);
}

static struct board_config board_config_of(const struct settings *settings, char dir[PATH_MAX])
{
	text_copy(dir, PATH_MAX, settings->box.control_socket);
	return (struct board_config){ .driver = settings_driver_name(settings->board.driver),
		.definition = settings->board.definition,
		.socket_dir = dirname(dir) };
}

static const enum sms_encoding encoding_of[] = {
	[SETTINGS_ENCODING_AUTO] = SMS_ENCODING_AUTO,
	[SETTINGS_ENCODING_TRANSLITERATE] = SMS_ENCODING_TRANSLITERATE,
	[SETTINGS_ENCODING_SHIFT] = SMS_ENCODING_SHIFT,
	[SETTINGS_ENCODING_UCS2] = SMS_ENCODING_UCS2,
};

static void set_encodings(struct speech *speech, const struct settings_words *words)
{
	speech_set_encoding(speech, NULL, encoding_of[words->standard]);
	for (int i = 0; i < words->n_own; i++)
		speech_set_encoding(
			speech, words->own[i].language, encoding_of[words->own[i].word]);
}

static int load_speech(const struct settings *settings, struct report *report, struct speech **out)
{
	int rc = speech_new(
		settings->box.messages_dir, settings->box.language, report_speech, report, out);

	if (rc == 0)
		set_encodings(*out, &settings->delivery.encoding);
	return rc;
}

/*
 * Everything that a start would need to be right; every mistake is told. Returns how many there
 * are.
 */
static int check_files(const char *path, settings_report_fn *tell, void *ctx)
{
	struct report report = { .tell = tell, .ctx = ctx };
	const struct settings *settings;
	struct speech *speech = NULL;
	struct board_config board;
	char dir[PATH_MAX];

	if (settings_load(path, report_setting, &report, &settings) < 0)
		return report.errors ? report.errors : 1;
	if (load_speech(settings, &report, &speech) == 0)
		desk_check_languages(settings, speech, report_speech, &report);
	speech_free(speech);
	board = board_config_of(settings, dir);
	board_check(&board, report_board, &report);
	settings_free(settings);
	return report.errors;
}

/* `farod -n` */
static int check_only(const char *path)
{
	if (check_files(path, tell_stderr, NULL) > 0)
		return FARO_EXIT_CONFIG;
	printf("%s: in order\n", path);
	return FARO_EXIT_OK;
}

/* What of the settings belongs to the process. */
static void use_settings(const struct settings *settings)
{
	setenv("TZ", settings->box.timezone, 1);
	tzset();
	log_set_level(settings->box.log_level);
}

static struct courier_settings courier_settings_of(struct farod *farod)
{
	const struct settings_delivery *delivery = &farod->settings->delivery;
	struct strbuf mark;
	struct courier_settings out = {
		.country_code = farod->settings->box.country_code,
		.reports = delivery->reports,
		.unknown_wait_s = delivery->unknown_wait_s,
		.retries = delivery->retries,
		.parts_wait_s = delivery->parts_wait_s,
		.report_wait_s = delivery->report_wait_s,
		.canary_every_s = delivery->canary_every_s,
	};

	memcpy(out.retry_s, delivery->retry_s, (size_t)delivery->retries * sizeof(out.retry_s[0]));
	strbuf_init(&mark, farod->gap_mark, sizeof(farod->gap_mark));
	out.gap_mark = speech_say(
		farod->speech, farod->settings->box.language, MSG_GAP_MARK, NULL, 0, &mark);
	return out;
}

static void set_limits(struct farod *farod, const struct settings_modem *section)
{
	struct courier_caps caps = { .per_minute = section->per_minute,
		.per_day = section->per_day,
		.recipients_per_month = section->recipients_per_month };

	courier_set_caps(farod->courier, section->name, &caps);
	courier_set_canary(farod->courier, section->name, section->canary);
}

static int open_modem(struct farod *farod, const struct settings_modem *section)
{
	char known[COURIER_IMEI_SIZE];
	struct modem_config config = { .name = section->name,
		.port = section->port,
		.imei = section->imei,
		.known_imei = known,
		.dev = farod->settings->board.dev,
		.sys = farod->settings->board.sys,
		.baud = section->baud,
		.pin = section->pin,
		.service_centre = section->service_centre,
		.profile = section->profile };
	struct modem *modem;
	int rc;

	courier_known_imei(farod->courier, section->name, known);
	rc = modem_new(farod->loop, panel_unit_board(farod->panel), &config, courier_modem_events(),
		farod->courier, &modem);

	if (rc < 0) {
		log_error("modem %s: %s", section->name, strerror(-rc));
		return rc;
	}
	farod->modems[farod->n_modems++] = modem;
	rc = courier_add_modem(farod->courier, modem);
	if (rc == 0)
		set_limits(farod, section);
	return rc;
}

static void close_modem(struct farod *farod, int i)
{
	courier_remove_modem(farod->courier, farod->modems[i]);
	modem_free(farod->modems[i]);
	farod->n_modems--;
	for (; i < farod->n_modems; i++)
		farod->modems[i] = farod->modems[i + 1];
}

/* ---- reload: read whole, check, swap; a wrong file changes nothing -------------------------- */

static void reload_modem(void *ctx, const struct settings_modem *before,
	const struct settings_modem *after, bool restart)
{
	struct farod *farod = ctx;

	if (before && after && !restart) {
		set_limits(farod, after); /* its session stays open */
		return;
	}
	for (int i = 0; before && i < farod->n_modems; i++)
		if (strcmp(modem_name(farod->modems[i]), before->name) == 0)
			close_modem(farod, i--);
	if (after)
		open_modem(farod, after);
}

/* What only a restart can change. */
static void warn_of_restart(const struct settings *before, const struct settings *after)
{
	const struct {
		const char *key, *before, *after;
	} keys[] = {
		{ "box.data_dir", before->box.data_dir, after->box.data_dir },
		{ "box.control_socket", before->box.control_socket, after->box.control_socket },
		{ "privacy.key_file", before->privacy.key_file, after->privacy.key_file },
		{ "board.dev", before->board.dev, after->board.dev },
		{ "board.sys", before->board.sys, after->board.sys },
		{ "board.definition", before->board.definition, after->board.definition },
		{ "board.driver", settings_driver_name(before->board.driver),
			settings_driver_name(after->board.driver) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].before, keys[i].after) != 0)
			log_warning("reload: %s takes effect at the next start", keys[i].key);
}

/* Problems go to the log and to the one who asked. */
static void tell_both(void *ctx, bool error, const char *text)
{
	const struct report *asked = ctx;

	tell_log(NULL, error, text);
	if (asked->tell)
		asked->tell(asked->ctx, error, text);
}

/* Reads and checks the file and the catalogues it names. */
static int load_again(struct farod *farod, struct report *report, const struct settings **settings,
	struct speech **speech)
{
	int rc = settings_load(farod->config_path, report_setting, report, settings);

	if (rc < 0)
		return rc;
	rc = load_speech(*settings, report, speech);
	if (rc < 0)
		settings_free(*settings);
	return rc;
}

static int reload(void *ctx, settings_report_fn *tell, void *tell_ctx)
{
	struct farod *farod = ctx;
	struct report asked = { .tell = tell, .ctx = tell_ctx };
	struct report report = { .tell = tell_both, .ctx = &asked };
	const struct settings *before = farod->settings, *after;
	struct speech *speech_before = farod->speech, *speech;
	struct courier_settings courier;
	int rc;

	loop_notify("RELOADING=1");
	rc = load_again(farod, &report, &after, &speech);
	if (rc == 0) {
		rc = desk_reload(farod->desk, after, speech, time_wall_ms());
		if (rc < 0) {
			speech_free(speech);
			settings_free(after);
		}
	}
	loop_notify("READY=1");
	if (rc < 0) {
		log_error("reload: nothing was changed: %s", strerror(-rc));
		return rc;
	}
	farod->settings = farod->behind_control.settings = after;
	farod->speech = farod->behind_control.speech = speech;
	use_settings(after);
	courier = courier_settings_of(farod);
	courier_set_settings(farod->courier, &courier);
	settings_compare_modems(before, after, reload_modem, farod);
	warn_of_restart(before, after);
	speech_free(speech_before);
	settings_free(before);
	log_notice("reload: done");
	changed(farod);
	return 0;
}

/* ---- the watchdog ---------------------------------------------------------------------------- */

/*
 * A full disk is no reason to start anew: it would be as full, and the fault light says so. Nor is
 * a database that was taken away: a new one would be empty.
 */
static const char *dead_part(struct farod *farod, int *error)
{
	int64_t now = time_mono_ms();
	bool any = farod->n_modems == 0;

	*error = store_alive(farod->store);
	if (*error < 0 && *error != -ENOSPC && *error != -ESTALE)
		return "the store";
	*error = -ETIMEDOUT;
	for (int i = 0; i < farod->n_modems; i++)
		any = any || modem_alive(farod->modems[i], now);
	return any ? NULL : "every modem";
}

/* Fed while the loop, the store and at least one modem's state machine are alive. */
static bool is_alive(void *ctx)
{
	struct farod *farod = ctx;
	int error;
	const char *dead = dead_part(farod, &error);

	if (dead && !farod->starving)
		log_alert("watchdog: not fed: %s: %s", dead, strerror(-error));
	else if (!dead && farod->starving)
		log_notice("watchdog: fed again");
	farod->starving = dead;
	return !dead;
}

/* ---- the rooms, in the order they start ----------------------------------------------------- */

static void stop_asked(void *ctx, int signal)
{
	struct farod *farod = ctx;

	log_notice("%s: stopping", strsignal(signal));
	loop_exit(farod->loop, FARO_EXIT_OK);
}

static void reload_asked(void *ctx, int signal)
{
	(void)signal;
	reload(ctx, NULL, NULL);
}

static int start_loop(struct farod *farod)
{
	int rc = loop_new(&farod->loop);

	if (rc == 0)
		rc = loop_signal(farod->loop, SIGTERM, stop_asked, farod);
	if (rc == 0)
		rc = loop_signal(farod->loop, SIGINT, stop_asked, farod);
	if (rc == 0)
		rc = loop_signal(farod->loop, SIGHUP, reload_asked, farod);
	if (rc == 0)
		rc = loop_idle_new(farod->loop, desk_turn, farod, &farod->desk_idle);
	if (rc == 0)
		rc = loop_timer_new(farod->loop, desk_wanted, farod, &farod->desk_timer);
	if (rc == 0)
		rc = loop_timer_new(farod->loop, show, farod, &farod->show_timer);
	return rc;
}

static void stop_loop(struct farod *farod)
{
	loop_timer_free(farod->show_timer);
	loop_timer_free(farod->desk_timer);
	loop_idle_free(farod->desk_idle);
	loop_free(farod->loop);
}

static int start_store(struct farod *farod)
{
	struct store_config config = { .data_dir = farod->settings->box.data_dir,
		.key_file = farod->settings->privacy.key_file };
	struct store_health health;
	char why[512] = "";
	int rc = store_open(&config, &farod->store, &health, why, sizeof(why));

	if (rc < 0) {
		log_alert("store: %s", why);
		return rc;
	}
	/* Whoever has deleted it is to know that the list begins anew. */
	if (health.created)
		log_notice("store: a new and empty database in %s", config.data_dir);
	if (health.salvaged) {
		farod->damaged = true;
		log_alert("store: the database was damaged: %lld rows were salvaged, the damaged "
			  "file is %s",
			(long long)health.rows_salvaged, health.set_aside);
	}
	return 0;
}

static void stop_store(struct farod *farod)
{
	store_close(farod->store);
}

static int start_speech(struct farod *farod)
{
	struct report report = { .tell = tell_log };

	return load_speech(farod->settings, &report, &farod->speech);
}

static void stop_speech(struct farod *farod)
{
	speech_free(farod->speech);
}

static int start_panel(struct farod *farod)
{
	char dir[PATH_MAX], error[BOARD_ERROR_SIZE];
	struct board_config config = board_config_of(farod->settings, dir);
	struct panel_events events = { .gesture = gesture,
		.stuck = button_stuck,
		.lost = board_lost,
		.back = board_back,
		.ctx = farod };
	int rc = panel_unit_new(farod->loop, &config, &events, &farod->panel, error);

	if (rc < 0)
		log_alert("board: %s", error);
	return rc;
}

static void stop_panel(struct farod *farod)
{
	panel_unit_free(farod->panel);
	farod->panel = NULL;
}

static int start_courier(struct farod *farod)
{
	static const struct courier_events events = {
		.texts_waiting = desk_wanted,
		.changed = courier_changed,
		.suspended = desk_wanted,
		.blocked = courier_blocked,
		.unblocked = courier_unblocked,
		.canary_words = canary_words,
		.call = courier_call,
		.alarm = courier_alarm,
	};
	struct courier_settings settings = courier_settings_of(farod);

	return courier_new(farod->loop, farod->store, &settings, &events, farod, &farod->courier);
}

static void stop_courier(struct farod *farod)
{
	courier_free(farod->courier);
}

static int start_desk(struct farod *farod)
{
	static const struct desk_events events = {
		.wake = desk_wakes_courier,
		.pace = desk_asks_pace,
		.own_number = desk_asks_own_number,
		.paused = desk_pauses,
		.changed = changed,
	};
	int64_t now = time_wall_ms();
	int rc = desk_new(
		farod->settings, farod->store, farod->speech, &events, farod, now, &farod->desk);

	return rc < 0 ? rc : courier_start(farod->courier, now);
}

static void stop_desk(struct farod *farod)
{
	desk_free(farod->desk);
}

static int start_modems(struct farod *farod)
{
	for (int i = 0; i < farod->settings->n_modems; i++) {
		int rc = open_modem(farod, &farod->settings->modems[i]);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static void stop_modems(struct farod *farod)
{
	while (farod->n_modems > 0)
		close_modem(farod, farod->n_modems - 1);
	/* What they said last is kept; with no modem there is nothing that could leave. */
	courier_settle(farod->courier, time_wall_ms());
}

static int check_again(void *ctx, settings_report_fn *tell, void *tell_ctx)
{
	const struct farod *farod = ctx;

	return check_files(farod->config_path, tell, tell_ctx);
}

static int start_control(struct farod *farod)
{
	const char *path = farod->settings->box.control_socket;
	int rc;

	farod->behind_control = (struct control_rooms){ .settings = farod->settings,
		.store = farod->store,
		.desk = farod->desk,
		.courier = farod->courier,
		.speech = farod->speech,
		.started_mono_ms = time_mono_ms(),
		.board_lost = farod->behind_control.board_lost,
		.check = check_again,
		.reload = reload,
		.ctx = farod };
	rc = control_new(farod->loop, path, control_commands, control_n_commands,
		&farod->behind_control, &farod->control);
	if (rc < 0)
		log_error("control: %s: %s", path, strerror(-rc));
	return rc;
}

static void stop_control(struct farod *farod)
{
	control_free(farod->control);
	farod->control = NULL;
}

/*
 * Who starts after whom, and why: the store before whoever writes rows; the courier before the
 * desk, because the desk wakes it; modems when texts can be taken in; the admin's door last, when
 * everything behind it stands.
 */
static const struct {
	const char *name;
	int (*start)(struct farod *farod);
	void (*stop)(struct farod *farod);
} rooms[] = {
	{ "loop", start_loop, stop_loop },
	{ "store", start_store, stop_store },
	{ "speech", start_speech, stop_speech },
	{ "panel", start_panel, stop_panel },
	{ "courier", start_courier, stop_courier },
	{ "desk", start_desk, stop_desk },
	{ "modems", start_modems, stop_modems },
	{ "control", start_control, stop_control },
};

static int run(struct farod *farod)
{
	size_t started = 0;
	int rc = 0;

	while (started < ARRAY_SIZE(rooms) && rc == 0) {
		rc = rooms[started].start(farod);
		if (rc < 0)
			log_error("%s does not start: %s", rooms[started].name, strerror(-rc));
		started++; /* what a failed start left behind is stopped too */
	}
	if (rc == 0) {
		log_notice("farod %s: box \"%s\", %d modem%s", FARO_VERSION,
			farod->settings->box.name, farod->n_modems,
			farod->n_modems == 1 ? "" : "s");
		loop_watchdog(farod->loop, is_alive, farod);
		loop_notify("READY=1");
		desk_wanted(farod);
		changed(farod);
		rc = loop_run(farod->loop);
		loop_notify("STOPPING=1");
	}
	while (started > 0)
		rooms[--started].stop(farod);
	return rc < 0 ? FARO_EXIT_FAILED : rc;
}

/*
 * The POWER button: farod has stopped cleanly; whoever may switch the machine off
 * (faro-poweroff.path) waits for this file.
 */
static void ask_for_power_off(const struct settings *settings)
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

static const char usage[] =
	"Usage: farod [-c FILE] [-n | -F]\n"
	"Faro's daemon, in the foreground; it logs to stderr.\n\n"
	"  -c FILE  the configuration (default " SETTINGS_DEFAULT_PATH ")\n"
	"  -n       check the configuration, name every mistake, and exit\n"
	"  -F       light the fault light, and nothing more, until told to stop\n"
	"  -h       this help\n"
	"  -V       the version\n\n"
	"SIGTERM and SIGINT stop it, SIGHUP reads the configuration again.\n"
	"Exit codes: 0 done, 1 failed, 64 wrong usage, 78 the configuration is wrong.\n";

/* Options. Returns -1 to go on, or an exit code. */
static int parse_options(int argc, char **argv, struct farod *farod, char *only)
{
	int option;

	while ((option = getopt(argc, argv, "c:nFhV")) != -1) {
		switch (option) {
		case 'c':
			farod->config_path = optarg;
			break;
		case 'n':
		case 'F':
			*only = (char)option;
			break;
		case 'h':
			fputs(usage, stdout);
			return FARO_EXIT_OK;
		case 'V':
			puts("farod " FARO_VERSION);
			return FARO_EXIT_OK;
		default:
			fputs(usage, stderr);
			return FARO_EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "farod: \"%s\" is not understood\n%s", argv[optind], usage);
		return FARO_EXIT_USAGE;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct farod farod = { .config_path = SETTINGS_DEFAULT_PATH };
	struct report report = { .tell = tell_stderr };
	char only = 0;
	int rc = parse_options(argc, argv, &farod, &only);

	if (rc >= 0)
		return rc;
	if (only == 'n')
		return check_only(farod.config_path);
	if (only == 'F')
		return farod_show_fault(farod.config_path);
	if (settings_load(farod.config_path, report_setting, &report, &farod.settings) < 0)
		return FARO_EXIT_CONFIG;
	signal(SIGPIPE, SIG_IGN);
	umask(0077);
	use_settings(farod.settings);
	rc = run(&farod);
	if (farod.power_off)
		ask_for_power_off(farod.settings);
	settings_free(farod.settings);
	return rc;
}
