/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the panel share: a panel on virtual time. Its lights and what its buttons did
 * are kept as text, each line with its time since the beginning.
 */
#ifndef FARO_PANEL_WORLD_H
#define FARO_PANEL_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../../firmware/panel/tables.h"

#define BEGIN 1000000 /* mono_ms at which each test begins; the texts below count from here */

struct fixture {
	struct panel panel;
	int64_t now;
	unsigned int wakeups;
	char lights[4096];         /* "100 alert on\n" */
	char acts[512];            /* "3000 send\n" */
	struct panel_state answer; /* what a gesture changes the state to */
	bool answers;
};

static void note(char *log, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);

static void note(char *log, size_t size, const char *format, ...)
{
	size_t n = strlen(log);
	va_list args;

	va_start(args, format);
	vsnprintf(log + n, size - n, format, args);
	va_end(args);
}

static void lit(void *ctx, enum board_light light, bool on)
{
	struct fixture *f = ctx;

	if (light == BOARD_BUZZER)
		return; /* has a test of its own */
	note(f->lights, sizeof(f->lights), "%d %s %s\n", (int)(f->now - BEGIN),
		board_light_name(light), on ? "on" : "off");
}

static void acted(void *ctx, enum panel_gesture gesture)
{
	struct fixture *f = ctx;

	note(f->acts, sizeof(f->acts), "%d %s\n", (int)(f->now - BEGIN),
		panel_gesture_name(gesture));
	if (f->answers)
		panel_set_state(&f->panel, &f->answer, f->now);
}

static void stuck(void *ctx, enum board_button button, bool is_stuck)
{
	struct fixture *f = ctx;

	note(f->acts, sizeof(f->acts), "%d %s %s\n", (int)(f->now - BEGIN),
		board_button_name(button), is_stuck ? "stuck" : "free");
}

static const struct panel_state idle = { .power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL };
static const struct panel_state pending = {
	.power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL, .alert = PANEL_ALERT_PENDING
};
static const struct panel_state running = {
	.power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL, .alert = PANEL_ALERT_RUNNING
};

static void begin_with(
	struct fixture *f, const struct panel_state *state, unsigned int buttons_down)
{
	const struct panel_ops ops = {
		.set_light = lit, .gesture = acted, .stuck = stuck, .ctx = f
	};

	memset(f, 0, sizeof(*f));
	f->now = BEGIN;
	panel_init(&f->panel, &ops, buttons_down, f->now);
	panel_set_state(&f->panel, state, f->now);
	f->lights[0] = '\0';
}

static void begin(struct fixture *f, const struct panel_state *state)
{
	begin_with(f, state, 0);
}

/* Wakes the panel whenever it asks to be woken, until `at` (ms from the begin). */
static void run_to(struct fixture *f, int64_t at)
{
	int64_t end = BEGIN + at, deadline;

	while ((deadline = panel_tick(&f->panel, f->now)) <= end) {
		assert_true(deadline > f->now);
		f->now = deadline;
		f->wakeups++;
	}
	f->now = end;
	panel_tick(&f->panel, f->now);
}

static void edge(struct fixture *f, int64_t at, enum board_button button, bool down)
{
	run_to(f, at);
	panel_button(&f->panel, button, down, f->now);
}

static void press(struct fixture *f, enum board_button button, int64_t from, int64_t to)
{
	edge(f, from, button, true);
	edge(f, to, button, false);
	run_to(f, to + 100);
}

#endif
