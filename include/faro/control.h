/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control: the admin's door. A Unix socket (mode 0660) on which faroctl sends one JSON object a
 * line:
 *
 *   -> {"cmd": "status"}                    cmd and whatever else the command takes
 *   <- {"progress": {...}}  {"row": {...}}  {"line": "..."}  any number of them, in long work
 *   <- {"ok": true, ...}                    the last line of every answer, or
 *      {"ok": false, "error": "one line", "exit": 1}
 *
 * Who may use it: root, the daemon's own user, members of the socket's group (by the kernel's word,
 * SO_PEERCRED and SO_PEERGROUPS). Nothing a client does can block the loop or make memory grow:
 * lines, answers and the number of clients are bounded; a command works in small steps, and only
 * while there is room for what it says; who does not read or does not ask is sent away after a
 * while.
 */
#ifndef FARO_CONTROL_H
#define FARO_CONTROL_H

#include <jansson.h>

#include "faro/base.h"
#include "faro/settings.h"

#define CONTROL_CLIENTS_MAX 8
#define CONTROL_LINE_MAX    65536  /* bytes of a request, with its line feed */
#define CONTROL_OUTPUT_MAX  131072 /* bytes of answers that wait for one client */
#define CONTROL_STEP_MAX                                                                           \
	65536 /* there is always room for this many bytes when a command's step begins */
#define CONTROL_IDLE_MS  (60 * MS_PER_S) /* a client that asks nothing */
#define CONTROL_STUCK_MS (20 * MS_PER_S) /* a client that does not read its answer */

struct control;
struct control_request;

/** What a command's step says of its request. */
enum control_step {
	CONTROL_DONE, /* control_answer() or control_fail() was called */
	/* call me again as soon as the client has read enough: there is more to say or to do */
	CONTROL_AGAIN,
	CONTROL_WAIT, /* call me again at the time given to control_wait(), or at control_wake() */
};

/**
 * A command. run is called until it is done, each time for a short while (under 20 ms), never after
 * the client has gone. What it must remember lies in control_scratch(): a request that is not
 * finished owns nothing that would have to be freed.
 */
struct control_command {
	const char *name;
	enum control_step (*run)(void *ctx, struct control_request *request);
};

/**
 * Opens the door at path. A socket that is left over from a dead process is replaced. commands
 * (sorted as you like) and ctx must outlive it. -EADDRINUSE when another process answers there,
 * -ENOTSOCK when something else lies there, -errno.
 */
int control_new(struct loop *loop, const char *path, const struct control_command *commands,
	size_t n_commands, void *ctx, struct control **out);

/** Closes all connections and removes the socket. Not from within a command. NULL is fine. */
void control_free(struct control *control);

/**
 * Something has happened that waiting commands may want to see (a log line, an alert's end). Cheap;
 * call freely.
 */
void control_wake(struct control *control);

/* ---- for commands ---------------------------------------------------------------------------- */

/** The request as it came: borrowed, a JSON object. */
const json_t *control_arguments(const struct control_request *request);

/** A text argument, or fallback when it is missing or not a text. */
const char *control_text(
	const struct control_request *request, const char *name, const char *fallback);
/** A whole number, or fallback when it is missing or not a number. */
int64_t control_number(const struct control_request *request, const char *name, int64_t fallback);
bool control_flag(const struct control_request *request, const char *name);

#define CONTROL_SCRATCH_SIZE 512
/**
 * Memory of this request, zeroed before its first step: CONTROL_SCRATCH_SIZE bytes, aligned for
 * anything.
 */
void *control_scratch(struct control_request *request);

/**
 * The latest time of the next step after CONTROL_WAIT (mono_ms; TIME_NEVER = only control_wake()).
 */
void control_wait(struct control_request *request, int64_t mono_ms);

/**
 * Each of these takes over its json (also on failure). A line that does not fit becomes an error in
 * the answer.
 */
void control_progress(struct control_request *request, json_t *progress);
void control_line(struct control_request *request, json_t *line);
void control_row(struct control_request *request, json_t *row);
/**
 * Ends the request with "ok": true and the members of answer (NULL: none). Returns CONTROL_DONE.
 */
enum control_step control_answer(struct control_request *request, json_t *answer);
/**
 * Ends it with "ok": false. exit is what faroctl exits with (enum faro_exit). Returns CONTROL_DONE.
 */
enum control_step control_fail(struct control_request *request, int exit, const char *format, ...)
	PRINTF_LIKE(3, 4);

/** A JSON string of any bytes: what is not UTF-8 becomes U+FFFD (then at most 2 KiB are kept). */
json_t *control_json_text(const char *text);

/** Bytes that can still be said in this step. */
size_t control_room(const struct control_request *request);

/* ---- Faro's commands ------------------------------------------------------------------------- */

struct courier;
struct desk;
struct speech;
struct store;

/** A light, the buzzer, a button or a sensor. */
struct control_part {
	const char *kind, *name; /* "light", "sound", "button" or "sensor"; "power" */
	bool wired, on;          /* on: lit, sounds, pressed, active */
};

/** The front of the box, for a test by hand; each gets the ctx of struct control_rooms. */
struct control_front {
	/** Part i; false past the end. At most 32. */
	bool (*part)(void *ctx, unsigned int i, struct control_part *part);
	/** Takes the lights and buttons until `until` (mono_ms). -EBUSY, -ENODEV (board lost). */
	int (*begin)(void *ctx, int64_t until);
	/** Keeps them longer. -ENOENT (too late), -ENODEV. */
	int (*keep)(void *ctx, int64_t until);
	/** Gives them back. */
	void (*end)(void *ctx);
	/** Lights part i. 0, -ENODEV, -errno. */
	int (*light)(void *ctx, unsigned int i, bool on);
	/** The buttons pressed since it was asked last, as bits 1U << i. */
	unsigned int (*pressed)(void *ctx);
};

/** What the network answered last to a USSD code. */
struct control_ussd {
	uint64_t serial; /* counts the answers */
	char modem[32];
	int error; /* 0 or -errno */
	char text[600];
};

/**
 * What the commands work on: lent by farod, which keeps it up to date (settings and speech change
 * at a reload).
 */
struct control_rooms {
	const struct settings *settings;
	/* those of the start: a reload does not change which paths and which board are in use */
	const struct settings *at_start;
	struct store *store;
	struct desk *desk;
	struct courier *courier;
	const struct clock *clock;
	struct speech *speech;
	int64_t started_mono_ms;
	bool board_lost; /* its chip is gone for now */
	/**
	 * Checks the daemon's configuration as `farod -n` does; the number of mistakes or -errno.
	 */
	int (*check)(void *ctx, settings_report_fn *report, void *report_ctx);
	/**
	 * Reads it anew and swaps it in when it is right. How many of its keys wait for the next
	 * start (reported), -EINVAL (reported), -errno.
	 */
	int (*reload)(void *ctx, settings_report_fn *report, void *report_ctx);
	struct control_ussd ussd;
	/** Stops the daemon and starts it again, soon, when the answer has gone. */
	void (*restart)(void *ctx);
	const struct control_front *front;
	void *ctx;
};

/** One row of the check list (faroctl doctor), as people read it. */
struct control_check_row {
	const char *part;  /* "SIM" */
	const char *light; /* what the front shows when it is not well: "fault: 5 flashes" */
	const char *todo;  /* what to do then, in sentences */
};

/** Row i of the check list, in the order in which to look; false past the end. */
bool control_check_row(unsigned int i, struct control_check_row *row);

/** The table for control_new(); its ctx is a struct control_rooms. */
extern const struct control_command control_commands[];
extern const size_t control_n_commands;

#endif
