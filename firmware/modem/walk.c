/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store that +CMGL does not list (some refuse it for some memories, some stop in the middle of a
 * long one): how many texts lie there is asked, and its places are read one by one with +CMGR until
 * so many were found. Each place is a job of its own, so that texts leave in between.
 */
#include <stdio.h>
#include <string.h>

#include "modem_private.h"

#define PLACES_MAX   255  /* of a modem that does not say how many it has */
#define PLACES_LIMIT 1000 /* no modem has more: one that says so was misread */

/* The answer to a setting: <used1>,<total1>,... (TS 27.005 3.2.3) */
static int on_count(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	m->walk_used = at_field_int(line, 0, PLACES_MAX);
	m->walk_end = at_field_int(line, 1, PLACES_MAX);
	if (m->walk_end > PLACES_LIMIT)
		m->walk_end = PLACES_MAX;
	return 0;
}

static int fmt_count(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	m->selected = MEMORY_NONE;
	return receive_format_select(ctx, out, size);
}

static const struct at_step count_steps[] = {
	{ .format = fmt_count,
		.expect = "+CPMS:",
		.line = on_count,
		.done = receive_done_select,
		.deadline_ms = 10000 },
};
static const struct at_script count = AT_SCRIPT("count", count_steps);

static void end_walk(struct modem *m)
{
	m->sweeping = m->walking;
	m->walking = MEMORY_NONE;
	if (m->list_fails[m->sweeping] < LIST_FAILS)
		m->by_slot &= ~(1U << m->sweeping);
	/* A line that nobody knows may be what stood before a PDU: the place looked empty. */
	receive_swept(m, m->sweep_torn > 0 || m->at.counts.lines_unknown != m->sweep_unknown);
}

/* The first place is 0 with some and 1 with others, so the last is <total>. */
static bool is_through(const struct modem *m)
{
	return m->sweep_lines >= m->walk_used || m->walk_index > m->walk_end;
}

static void counted(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_SILENCE) {
		life_event(m, MODEM_EV_DEAF);
	} else if (result->outcome != AT_DONE) {
		receive_unselected(m, m->walking, result);
		m->walking = MEMORY_NONE;
	} else if (is_through(m)) {
		end_walk(m);
	}
}

void walk_begin(struct modem *m)
{
	m->walking = m->sweeping;
	m->walk_index = 0;
	m->walk_used = m->walk_end = PLACES_MAX;
	modem_run(m, &count, counted);
}

/* ---- a place ---- */

/* Something else may have been selected to delete from. */
static int fmt_select(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	m->sweeping = m->walking;
	return receive_format_select(ctx, out, size);
}

static int fmt_read(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	snprintf(out, size, "AT+CMGR=%d", m->walk_index);
	return 0;
}

/* +CMGR: <stat>,[<alpha>],<length> (TS 27.005 4.2); some show an empty place so, with length 0. */
static int on_read(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;
	int length = at_field_int(line, 2, at_field_int(line, 1, -1));

	if (length != 0 || next[0])
		receive_listed(m, m->walk_index, at_field_int(line, 0, -1), length, next);
	return 0;
}

/* An empty place is an error with some: 321. */
static const struct at_step read_steps[] = {
	{ .format = fmt_select, .deadline_ms = 10000, .done = receive_done_select },
	{ .format = fmt_read,
		.expect = "+CMGR:",
		.line = on_read,
		.deadline_ms = 10000,
		.flags = AT_TWO_LINES | AT_OPTIONAL },
};
static const struct at_script read_place = AT_SCRIPT("read a place", read_steps);

static void place_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_SILENCE) {
		life_event(m, MODEM_EV_DEAF);
		return;
	}
	m->turn = TURN_SEND;
	m->walk_index++;
	if (is_through(m))
		end_walk(m);
}

void walk_on(struct modem *m)
{
	modem_run(m, &read_place, place_ended);
}
