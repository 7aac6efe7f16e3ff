/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control: the admin's door. A Unix stream socket (mode 0660) that speaks one JSON object a line; faroctl is its
 * usual visitor. Only root, the daemon's own user and members of the socket's group are let in (SO_PEERCRED).
 *
 *   request:  {"cmd": "status", ...}
 *   answer:   {"ok": true, ...} or {"ok": false, "error": "what is wrong and what is allowed", "code": 1}
 *   long work and streams: any number of {"progress": ...}, {"line": ...}, {"row": ...} before the answer
 *
 * Commands are one table. Lines, clients and what is kept for a slow reader are bounded; nothing a visitor does blocks the loop:
 * long walks (members export) go on slice by slice as the visitor reads.
 */
#ifndef FARO_CONTROL_H
#define FARO_CONTROL_H

#include "faro/base.h"
#include "faro/courier.h"
#include "faro/desk.h"
#include "faro/settings.h"
#include "faro/store.h"

#define CONTROL_LINE_SIZE   65536 /* longest request */
#define CONTROL_CLIENTS_MAX 16

struct control;

/** What stands behind the door. All are the caller's and outlive the control; `settings` changes with a reload. */
struct control_rooms {
	struct store *store;
	struct desk *desk;
	struct courier *courier;
	/** The settings and catalogues in force now. */
	const struct settings *(*settings)(void *ctx);
	const struct speech *(*speech)(void *ctx);
	/**
	 * Reads the configuration again and swaps it in. Every problem is told (warning or not). 0 or -errno: then nothing has changed.
	 */
	int (*reload)(void *ctx, settings_report_fn *tell, void *tell_ctx);
	/** As farod -n for the file in force; returns the number of mistakes. */
	int (*check)(void *ctx, settings_report_fn *tell, void *tell_ctx);
	const char *config_path;
	void *ctx;
};

/**
 * Listens on settings()->box.control_socket; a left-over socket file of a dead process is replaced, that of a living one is -EADDRINUSE.
 * `why` (size bytes) gets one line on error.
 */
int control_new(struct loop *loop, const struct control_rooms *rooms, struct control **out, char *why, size_t size);

/** Closes every connection and removes the socket file. */
void control_free(struct control *control);

/** Something changed that `watch` and a running alert's progress show. Cheap. */
void control_changed(struct control *control);

#endif
