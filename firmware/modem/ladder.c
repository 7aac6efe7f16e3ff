/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recovery ladder as a table: cheap rungs first. A rung that makes the modem answer is followed
 * by the start-up dialogue; when that fails, the next rung is tried. m->rung is the rung to try
 * next.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "modem_private.h"

struct rung {
	const char *name, *cost;
	const struct at_script *script; /* done when it is answered, unless wait_ms; or */
	/** does it. Returns the ms that it takes by itself; -errno: this rung is not there. */
	int (*act)(struct modem *m);
	/** The port is closed, and opened anew when it went and came back, or after this. */
	int wait_ms;
	bool reset; /* counts as a restart */
};

static const struct at_step poke_steps[] = {
	{ .command = "AT", .deadline_ms = 1000, .tries = 2, .pause_ms = 100 },
};
static const struct at_script poke = AT_SCRIPT("poke", poke_steps);

/* A prompt that nobody serves swallows commands until ESC (TS 27.005 3.5.1). */
static const struct at_step escape_steps[] = {
	{ .command = "AT", .deadline_ms = 500, .flags = AT_ESCAPE | AT_NO_ANSWER },
	{ .command = "AT", .deadline_ms = 1000, .flags = AT_ESCAPE },
};
static const struct at_script escape = AT_SCRIPT("escape", escape_steps);

static const struct at_step radio_steps[] = {
	{ .command = "AT+CFUN=0", .deadline_ms = 5000 },
	{ .command = "AT+CFUN=1", .deadline_ms = 10000 },
};
static const struct at_script radio = AT_SCRIPT("radio off and on", radio_steps);

/* TS 27.007 8.2: the second 1 is a reset. Whatever it says, or nothing: it goes. */
static const struct at_step restart_steps[] = {
	{ .command = "AT+CFUN=1,1", .deadline_ms = 1000, .flags = AT_ESCAPE | AT_NO_ANSWER },
};
static const struct at_script restart = AT_SCRIPT("restart", restart_steps);

static int usb_reset(struct modem *m)
{
	int took_ms;

	/* a port that cannot be reset stays open: who fails keeps it, and is asked in 5 minutes */
	if (access(m->port.node, W_OK) < 0)
		return -errno;
	port_close(m);
	took_ms = serial_reset_usb(&m->port);
	if (took_ms < 0 && port_open(m) < 0)
		log_notice("modem %s: its port went with the USB reset", m->name);
	return took_ms;
}

static int pulse(struct modem *m, enum board_modem_line line)
{
	return m->board ? board_pulse_modem(m->board, m->name, line) : -ENOENT;
}

static int reset_line(struct modem *m)
{
	return pulse(m, BOARD_MODEM_RESET);
}

static int power_line(struct modem *m)
{
	return pulse(m, BOARD_MODEM_POWER);
}

#define RUNG_RADIO 2 /* the first that does more than to ask */

static const struct rung rungs[LADDER_RUNGS] = {
	{ "AT", "nothing", &poke, NULL, 0, false },
	{ "escape and re-sync", "a half-given command", &escape, NULL, 0, false },
	{ "radio off and on", "the network, for seconds", &radio, NULL, 0, false },
	{ "restart by command", "a restart", &restart, NULL, 3000, true },
	{ "USB reset", "a restart of all the stick's ports", NULL, usb_reset, 3000, true },
	{ "reset line", "a restart without goodbye", NULL, reset_line, 500, true },
	{ "power line", "a cut of its power", NULL, power_line, 2000, true },
};

bool modem_get_rung(const struct modem *m, size_t i, struct modem_rung *out)
{
	if (i >= LADDER_RUNGS)
		return false;
	*out = (struct modem_rung){ .name = rungs[i].name,
		.cost = rungs[i].cost,
		.tries = m->rungs[i].tries,
		.successes = m->rungs[i].successes,
		.took_ms = m->rungs[i].took_ms };
	return true;
}

/* It makes some say again that they are ready for texts. */
bool ladder_wakes_radio(const struct modem *m)
{
	return m->climbing && rungs[m->climbing - 1].script == &radio;
}

/* ---- the count ---- */

static void rung_begins(struct modem *m, size_t i)
{
	m->climbing = i + 1;
	m->rung_ms = modem_now(m);
	m->rungs[i].tries++;
	log_notice("modem %s: recovery: %s", m->name, rungs[i].name);
}

/* The rung being tried, if any, is over. */
static void rung_over(struct modem *m)
{
	if (m->climbing)
		m->rungs[m->climbing - 1].took_ms += modem_now(m) - m->rung_ms;
	m->climbing = 0;
}

void ladder_over(struct modem *m)
{
	rung_over(m);
	m->rung = 0;
}

static void count_success(struct modem *m, size_t i)
{
	m->rungs[i].successes++;
	log_notice("modem %s: recovered by: %s, in %lld ms", m->name, rungs[i].name,
		(long long)(modem_now(m) - m->rung_ms));
}

void ladder_helped(struct modem *m)
{
	/* That it answers says nothing of one that did so before. */
	if (m->climbing && m->stalled)
		m->stall_climbed = m->climbing;
	else if (m->climbing)
		count_success(m, m->climbing - 1);
	ladder_over(m);
}

/* ---- of one that answers and does not work ---- */

#define STALLS 3

void ladder_stalled(struct modem *m, enum modem_work work)
{
	m->stalls[work]++;
}

/* Only now is it known that what was tried has helped. */
void ladder_worked(struct modem *m, enum modem_work work)
{
	m->stalls[work] = 0;
	if (m->stalled != (int)work + 1)
		return;
	if (m->stall_climbed)
		count_success(m, m->stall_climbed - 1);
	m->stalled = 0;
	m->stall_rung = m->stall_climbed = 0;
	why_tell(m);
}

bool ladder_is_stalled(const struct modem *m)
{
	bool stalled = false;

	for (int i = 0; i < WORKS; i++)
		stalled = stalled || m->stalls[i] >= STALLS;
	return stalled;
}

bool ladder_misses(const struct modem *m, enum modem_work work)
{
	return m->stalled == (int)work + 1 || m->stalls[work] >= STALLS;
}

/* Each time one rung higher, until it works; behind the last one from the first again. */
void ladder_begin(struct modem *m)
{
	if (ladder_is_stalled(m)) {
		m->stalled = 1 + (m->stalls[WORK_SEND] >= STALLS ? WORK_SEND : WORK_RECEIVE);
		memset(m->stalls, 0, sizeof(m->stalls));
		if (m->stall_rung < RUNG_RADIO || m->stall_rung >= LADDER_RUNGS)
			m->stall_rung = RUNG_RADIO;
		if (m->rung < m->stall_rung)
			m->rung = m->stall_rung;
		m->stall_rung++;
	}
	ladder_climb(m);
}

/* ---- climbing ---- */

static void wait_for_return(struct modem *m, const struct rung *rung, int took_ms)
{
	m->resets += rung->reset;
	snprintf(m->why, sizeof(m->why), "recovery: %s", rung->name);
	m->first_open_ms = modem_now(m) + rung->wait_ms + took_ms;
	life_event(m, MODEM_EV_LOST);
}

static void rung_ended(struct modem *m, const struct at_result *result)
{
	const struct rung *rung = &rungs[m->climbing - 1];

	if (rung->wait_ms > 0)
		wait_for_return(m, rung, 0);
	else /* an error is an answer */
		life_event(m,
			result->outcome == AT_SILENCE ? MODEM_EV_RUNG_FAILED : MODEM_EV_RUNG_DONE);
}

/* A dialogue needs a port. True when it runs. */
static bool talk(struct modem *m, size_t i)
{
	if (!m->serial)
		return false;
	rung_begins(m, i);
	modem_run(m, rungs[i].script, rung_ended);
	return true;
}

static bool act(struct modem *m, size_t i)
{
	int took_ms = rungs[i].act(m);

	if (took_ms < 0)
		return false;
	rung_begins(m, i);
	wait_for_return(m, &rungs[i], took_ms);
	return true;
}

void ladder_climb(struct modem *m)
{
	rung_over(m);
	while (m->rung < LADDER_RUNGS) {
		size_t i = m->rung++;

		if (rungs[i].script ? talk(m, i) : act(m, i))
			return;
	}
	/* Not from within enter(): a state may not be left before it is entered. */
	m->state_timer_ms = modem_now(m);
}
