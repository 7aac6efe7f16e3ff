/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of farod share. farod.c is the wiring; each farod_*.c starts one room, stops it,
 * and passes what that room says to the one above it.
 */
#ifndef FAROD_H
#define FAROD_H

#include <limits.h>

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

struct farod {
	const char *config_path;
	const struct settings *settings;
	/* whose paths and board are in use: a reload does not change them */
	const struct settings *at_start;
	struct loop *loop;
	struct store *store;
	struct clock clock;
	int64_t clock_from_ms; /* what is from then on is not yet dated for good; 0: all is */
	struct loop_timer *clock_timer;
	struct loop_steps *clock_steps;
	struct speech *speech;
	struct panel_unit *panel;
	struct loop_timer *show_timer;
	struct loop_idle *desk_idle;
	struct loop_timer *desk_timer;
	struct courier *courier;
	struct desk *desk;
	struct modem *modems[SETTINGS_MODEMS_MAX];
	bool leaving[SETTINGS_MODEMS_MAX]; /* each ends when it has nothing on the air */
	int n_modems;
	struct loop_idle *modems_idle;
	struct control *control;
	struct control_rooms behind_control;
	char gap_mark[64];
	/* the database was salvaged: the fault light says so until a restart finds it whole */
	bool damaged;
	/* what the contacts say, as bits 1U << enum board_sensor; what the desk has not heard */
	unsigned int sensors, sensors_untold;
	struct loop_timer *sensors_timer;
	enum courier_gate gate; /* narrower once the box is about to be switched off ... */
	int64_t gate_ms;        /* ... and when the next step is due, mono_ms */
	int64_t shown_ms;       /* until then the lights say so at least */
	bool show_due;          /* farod_changed() was called */
	bool running;           /* the lights say "starting" no more */
	int64_t started_ms;     /* when the loop began, mono_ms */
	bool stopping;          /* farod was asked to stop; what is on the air is waited for */
	bool power_off;         /* the POWER button was held, or the battery is empty */
	bool restart;           /* a copy of the database was restored */
	struct loop_timer *restart_timer;
	bool starving; /* the watchdog is not fed */
};

/* ---- the rooms: starts return 0 or -errno; a stop also ends what a failed start left ------ */

int farod_start_store(struct farod *farod);
void farod_stop_store(struct farod *farod);
int farod_start_clock(struct farod *farod);
void farod_stop_clock(struct farod *farod);
int farod_start_speech(struct farod *farod);
void farod_stop_speech(struct farod *farod);
int farod_start_panel(struct farod *farod);
void farod_stop_panel(struct farod *farod);
int farod_start_sensors(struct farod *farod);
void farod_stop_sensors(struct farod *farod);
int farod_start_lights(struct farod *farod);
void farod_stop_lights(struct farod *farod);
int farod_start_turns(struct farod *farod);
void farod_stop_turns(struct farod *farod);
int farod_start_courier(struct farod *farod);
void farod_stop_courier(struct farod *farod);
int farod_start_desk(struct farod *farod);
void farod_stop_desk(struct farod *farod);
int farod_start_modems(struct farod *farod);
void farod_stop_modems(struct farod *farod);
int farod_start_control(struct farod *farod);
void farod_stop_control(struct farod *farod);

/* ---- what they tell each other; ctx is the struct farod ------------------------------------ */

/** Something that lights or `faroctl watch` show may have changed. */
void farod_changed(void *ctx);
/** The desk has something to do: it gets its turn when the loop is idle. */
void farod_desk_wanted(void *ctx);
/** Somebody tells the time (clock_hear of base.h). */
void farod_hear_time(
	struct farod *farod, enum clock_source source, const char *who, int64_t told_ms);
/** Asks the kernel, as box.clock has it. To be called before anything is done by the clock. */
void farod_look_at_clock(struct farod *farod);
/** A sensor of the board is believed. */
void farod_sensed(void *ctx, enum board_sensor sensor, bool on);
bool farod_sensor(const struct farod *farod, enum board_sensor sensor);
/** The battery is nearly empty, and there are no mains. */
bool farod_battery_ends(const struct farod *farod);
/** The POWER button was held: begins to end. */
void farod_end(struct farod *farod);
/** A signal asks farod to stop: at once, or when what is on the air has landed. Twice: at once. */
void farod_stop_asked(struct farod *farod);
/** The courier says that something changed: what farod waits for may have landed. Cheap. */
void farod_stop_when_landed(struct farod *farod);
/** Does the next step of ending, or of not ending any more. When to look again, mono_ms. */
int64_t farod_end_look(struct farod *farod);
/** Whether systemd is to be told that all is well. */
bool farod_is_alive(void *ctx);
/** The lights and buttons, for `faroctl board`; ctx is the struct farod. */
extern const struct control_front farod_front;
/** Asks for the machine to be switched off: farod has stopped cleanly after the POWER button. */
void farod_ask_for_power_off(const struct settings *settings);

/* ---- settings, and what each room takes of them -------------------------------------------- */

/** Passes what the checks of several rooms report on to whoever asked, and counts the mistakes. */
struct farod_mistakes {
	settings_report_fn *tell;
	void *ctx;
	int errors;
};

/** A settings_report_fn and a speech_report; ctx is a struct farod_mistakes. */
void farod_report(void *ctx, bool error, const char *text);
/** Whom it may be passed on to; ctx is not used. */
void farod_tell_stderr(void *ctx, bool error, const char *text);
void farod_tell_log(void *ctx, bool error, const char *text);

/** Tells every mistake that a start with this file would meet. Returns how many there are. */
int farod_check(const char *path, settings_report_fn *tell, void *ctx);
/** `farod -n`. Returns an exit code. */
int farod_check_only(const char *path);
/**
 * Reads the file again and puts it in force, or changes nothing. Returns how many of its keys wait
 * for the next start (each is told), or -errno.
 */
int farod_reload(void *ctx, settings_report_fn *tell, void *tell_ctx);

/** Puts in force what belongs to the process: time zone and log level. */
void farod_use_settings(const struct settings *settings);
/** The message files, with the encodings of the settings. Errors as speech_new. */
int farod_load_speech(
	const struct settings *settings, struct farod_mistakes *mistakes, struct speech **out);
/** dir holds a string of what is returned. */
struct board_config farod_board_config(const struct settings *settings, char dir[PATH_MAX]);
/** Its gap mark is farod's until the next call. */
struct courier_settings farod_courier_settings(struct farod *farod);

/** The modem of this section is another by now, or none: it ends with what it has on the air. */
void farod_leave_modem(struct farod *farod, const char *name);
/** Ends what is leaving and can, and begins what has a section and is not there; ctx is farod. */
void farod_follow_sections(void *ctx);
/** The courier says that something changed: modems that are leaving may end. Cheap. */
void farod_modems_changed(struct farod *farod);
/** The caps and the canary of this section. */
void farod_set_limits(struct farod *farod, const struct settings_modem *section);

/**
 * farod -F: lights the fault light and does nothing more until it is told to stop. Without a board
 * it only waits. Returns an exit code.
 */
int farod_show_fault(const char *config_path);

#endif
