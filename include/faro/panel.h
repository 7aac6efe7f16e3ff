/* SPDX-License-Identifier: Apache-2.0 */
/*
 * panel: what the lights show and what the buttons do. Meanings, patterns and gestures are tables
 * (firmware/panel/tables.c). struct panel is pure over `now` (mono_ms); struct panel_unit is a
 * panel on its board, in the loop. Stands on board; shows a state it is handed and reports gestures
 * upwards by callbacks.
 */
#ifndef FARO_PANEL_H
#define FARO_PANEL_H

#include "faro/board.h"

/* ---- what the lights show ------------------------------------------------------------------- */

enum panel_power {
	PANEL_POWER_STARTING,
	PANEL_POWER_OK,
	PANEL_POWER_STOPPING,
	/* runs, on its battery: lights that only say that all is well stay dark */
	PANEL_POWER_BATTERY,
	/* runs, and it is night: likewise, until somebody presses a button */
	PANEL_POWER_NIGHT,
	PANEL_POWERS,
};

enum panel_network {
	PANEL_NETWORK_NONE,      /* no modem at all, or none that could ever work */
	PANEL_NETWORK_SEARCHING, /* none ready yet, at least one on its way */
	PANEL_NETWORK_SOME,      /* at least one ready, at least one not */
	PANEL_NETWORK_ALL,
	PANEL_NETWORKS,
};

/** When several hold, hand down the first of pending, untaken, running, held. */
enum panel_alert {
	PANEL_ALERT_NONE,
	PANEL_ALERT_UNTAKEN, /* a report waits, and nobody took it */
	PANEL_ALERT_PENDING, /* waits for its code or for the SEND button */
	PANEL_ALERT_RUNNING,
	PANEL_ALERT_HELD, /* enough people said yes, the rest of the copies are held */
	PANEL_ALERTS,
};

/** From harmless to worst: when several hold, hand down the last. */
enum panel_fault {
	PANEL_FAULT_NONE,
	/* works, but somebody should look: allowance low, disk filling, time not known */
	PANEL_FAULT_WARNING,
	PANEL_FAULT_BUTTON,  /* a button is stuck; the panel finds this one itself */
	PANEL_FAULT_NETWORK, /* a modem is ready but no network takes it */
	PANEL_FAULT_MODEM,   /* a modem is missing or does not answer */
	PANEL_FAULT_SIM,     /* PIN, PUK, no SIM, barred */
	PANEL_FAULT_BOX,     /* the box cannot do its work: database, disk, board */
	PANEL_FAULTS,
};

struct panel_state {
	enum panel_power power;
	enum panel_network network;
	enum panel_alert alert;
	enum panel_fault fault;
	bool tamper; /* the case is open */
};

#define PANEL_DRAWN 40

/** One row of the table of lights, as people read it in the README and in faroctl. */
struct panel_light_row {
	const char *light;   /* "network", or "any" */
	const char *pattern; /* "wink" */
	const char *rhythm;  /* "lit, with a short dark every 2 s" */
	const char *meaning; /* "some modems are ready, some are not" */
	/* the first 4 s, a letter for each 100 ms: # lit, . dark, : both */
	char drawn[PANEL_DRAWN + 1];
};

/** Row i of the table of lights; false past the end. */
bool panel_light_row(unsigned int i, struct panel_light_row *row);

/* ---- what the buttons do -------------------------------------------------------------------- */

enum panel_gesture {
	/* confirm the pending alert: only when one was pending during all of the hold */
	PANEL_GESTURE_SEND,
	PANEL_GESTURE_STOP,  /* cancel the running alert */
	PANEL_GESTURE_TEST,  /* text the box's state to the admins */
	PANEL_GESTURE_POWER, /* shut down cleanly */
	PANEL_GESTURES,
};

/** "send", "stop", "test", "power". */
const char *panel_gesture_name(enum panel_gesture gesture);

/** One row of the table of buttons, as people read it. */
struct panel_gesture_row {
	const char *button; /* "send" */
	const char *press;  /* "hold 3 s" */
	const char *effect; /* "sends the pending alert" */
};

/** Row i of the table of buttons; false past the end. */
bool panel_gesture_row(unsigned int i, struct panel_gesture_row *row);

/** What a panel calls. Callbacks may call panel_set_state and panel_note_traffic. */
struct panel_ops {
	void (*set_light)(void *ctx, enum board_light light, bool on);
	/** One that is not there is not shown, and its blinking wakes nobody. NULL: all are. */
	bool (*has_light)(void *ctx, enum board_light light);
	void (*gesture)(void *ctx, enum panel_gesture gesture);
	/**
	 * A button was down for 30 s: it is ignored until it is let go
	 * (stuck = false).
	 */
	void (*stuck)(void *ctx, enum board_button button, bool stuck);
	void *ctx;
};

/**
 * A contact: what the line says, what is believed after debouncing, and what becomes of the press.
 */
struct panel_contact {
	bool raw, down;
	/* this press does nothing more: it acted, came with another, or began before the start */
	bool spent;
	bool stuck;
	int64_t raw_ms;  /* since when raw */
	int64_t down_ms; /* since when down */
};

struct panel_light {
	unsigned int pattern; /* index into the table of patterns */
	int64_t since_ms;     /* when the pattern began */
	bool on;
};

/** Caller-owned; all fields are the panel's. */
struct panel {
	struct panel_ops ops;
	struct panel_state state;
	struct panel_contact buttons[BOARD_BUTTONS];
	struct panel_light lights[BOARD_LIGHTS];
	int64_t now_ms;     /* how far time was settled */
	int64_t traffic_ms; /* end of the traffic light's flash */
	int64_t answer_ms;  /* end of the flicker that answers a gesture */
	int64_t awake_ms;   /* until then a press makes the night a day */
	enum board_light answer_light;
};

/**
 * Starts with state STARTING, nothing else, and lights the power light. buttons_down: bits as
 * board_buttons_down(); these presses do nothing, and are stuck when not let go within 30 s.
 */
void panel_init(
	struct panel *panel, const struct panel_ops *ops, unsigned int buttons_down, int64_t now);

/** Shows a new state at once (calling set_light where something changes). */
void panel_set_state(struct panel *panel, const struct panel_state *state, int64_t now);

/** A segment came in or left: the traffic light flashes. */
void panel_note_traffic(struct panel *panel, int64_t now);

/** A contact changed at mono_ms `at`. Edges come in order; bounces are swallowed here. */
void panel_button(struct panel *panel, enum board_button button, bool down, int64_t at);

/**
 * Does what is due at now (lights, gestures, stuck buttons) and returns when to be called next:
 * TIME_NEVER when everything is steady. After every other call the deadline may be nearer: call
 * panel_tick again.
 */
int64_t panel_tick(struct panel *panel, int64_t now);

/* ---- sensors --------------------------------------------------------------------------------- */

/** What a sensor's line says, and what is believed once that has lasted. Zeroed: not known. */
struct panel_sensor {
	bool wired, known, raw, on;
	int64_t settle_ms;
	int64_t raw_ms; /* since when raw */
};

/** The line says `on` since `at`: to be believed after settle_ms without another change. */
void panel_sensor_line(struct panel_sensor *sensor, bool on, int64_t settle_ms, int64_t at);

/** True when there is news now: `on` is believed from now on (for the first time also false). */
bool panel_sensor_settle(struct panel_sensor *sensor, int64_t now);

/** When panel_sensor_settle() may have news; TIME_NEVER. */
int64_t panel_sensor_due(const struct panel_sensor *sensor);

/* ---- a panel on its board, in the loop ------------------------------------------------------ */

/** What a panel unit tells its owner. Any member may be NULL. */
struct panel_events {
	void (*gesture)(void *ctx, enum panel_gesture gesture);
	void (*stuck)(void *ctx, enum board_button button, bool stuck);
	/**
	 * A sensor is active, or is not, and has been for long enough: once for each that is wired
	 * after the start, then at each change.
	 */
	void (*sensor)(void *ctx, enum board_sensor sensor, bool on);
	/** The board went away; it is tried again, ever more rarely. */
	void (*lost)(void *ctx, const char *text);
	/** The board is there again. */
	void (*back)(void *ctx);
	/** A button was pressed in a test. */
	void (*tested)(void *ctx);
	void *ctx;
};

struct panel_unit;

/** Opens the board and shows STARTING. Errors and their text as board_open. */
int panel_unit_new(struct loop *loop, const struct board_config *config,
	const struct panel_events *events, struct panel_unit **out, char error[BOARD_ERROR_SIZE]);

/** Turns the lights off and closes the board. NULL is fine. Not from within a callback. */
void panel_unit_free(struct panel_unit *unit);

/** Shows a state; cheap when nothing changed. */
void panel_unit_show(struct panel_unit *unit, const struct panel_state *state);
void panel_unit_traffic(struct panel_unit *unit);

/** The board, for modem power and reset lines. It may be kept as long as the unit lives. */
struct board *panel_unit_board(struct panel_unit *unit);

/* ---- a test by hand -------------------------------------------------------------------------- */

/*
 * Lights and buttons belong to the test while it lasts: what is shown and traffic come back
 * afterwards, and no gesture acts, nor one that began before or in it. Nothing else is held up.
 */

/**
 * Begins a test, with all lights dark. It ends by itself at `until` (mono_ms), so that who began it
 * may vanish. -EBUSY (a test is going on), -ENODEV (board lost).
 */
int panel_unit_test_begin(struct panel_unit *unit, int64_t until);

/** Moves its end. -ENOENT (it has ended), -ENODEV (board lost). */
int panel_unit_test_keep(struct panel_unit *unit, int64_t until);

/** Ends it, if it goes on: the lights show what they should. */
void panel_unit_test_end(struct panel_unit *unit);

/** As board_set_light; -ENOENT when there is no test. */
int panel_unit_test_light(struct panel_unit *unit, enum board_light light, bool on);

/** The buttons that went down in the test since this was asked last, as 1U << enum board_button. */
unsigned int panel_unit_test_pressed(struct panel_unit *unit);

#endif
