/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recovery ladder as a table: cheap rungs first. A rung that makes the modem answer is followed
 * by the start-up dialogue; when that fails, the next rung is tried. m->rung is the rung to try
 * next.
 */
#include <stdio.h>

#include "modem_private.h"

struct rung {
	const char *name;
	const struct at_script *script; /* done when it is answered; or */
	/** does it. 0: wait_ms later the port is opened anew; -errno: this rung is not there. */
	int (*act)(struct modem *m);
	int wait_ms; /* for the modem to come back */
	bool reset;  /* counts as a restart */
};

static const struct at_step poke_steps[] = {
	{ .command = "AT", .deadline_ms = 1000, .tries = 2, .pause_ms = 100 },
};
static const struct at_script poke = AT_SCRIPT("poke", poke_steps);

static const struct at_step radio_steps[] = {
	{ .command = "AT+CFUN=0", .deadline_ms = 10000 },
	{ .command = "AT+CFUN=1", .deadline_ms = 10000 },
};
static const struct at_script radio = AT_SCRIPT("radio off and on", radio_steps);

/* TS 27.007 8.2: the second 1 is a reset. Whatever it says, or nothing: it goes. */
static int restart(struct modem *m)
{
	static const char command[] = "\x1b\rAT+CFUN=1,1\r";

	port_write(m, command, sizeof(command) - 1);
	return 0;
}

static int reopen(struct modem *m)
{
	(void)m;
	return 0;
}

static int pulse(struct modem *m, bool there, enum board_modem_line line)
{
	return there && m->board ? board_pulse_modem(m->board, m->name, line) : -ENOENT;
}

static int reset_line(struct modem *m)
{
	return pulse(m, m->has_reset_line, BOARD_MODEM_RESET);
}

static int power_line(struct modem *m)
{
	return pulse(m, m->has_power_line, BOARD_MODEM_POWER);
}

static const struct rung rungs[] = {
	{ "AT", &poke, NULL, 0, false },
	{ "escape and re-sync", &send_resync, NULL, 0, false },
	{ "open the port anew", NULL, reopen, 200, false },
	{ "radio off and on", &radio, NULL, 0, false },
	{ "restart", NULL, restart, 3000, true },
	{ "reset line", NULL, reset_line, 5000, true },
	{ "power line", NULL, power_line, 10000, true },
};

static void rung_ended(struct modem *m, const struct at_result *result)
{
	/* An error is an answer. */
	life_event(m, result->outcome == AT_SILENCE ? MODEM_EV_RUNG_FAILED : MODEM_EV_RUNG_DONE);
}

void ladder_climb(struct modem *m)
{
	while (m->rung < ARRAY_SIZE(rungs)) {
		const struct rung *rung = &rungs[m->rung++];
		int err;

		if (rung->script) {
			log_notice("modem %s: recovery: %s", m->name, rung->name);
			modem_run(m, rung->script, rung_ended);
			return;
		}
		err = rung->act(m);
		if (err < 0)
			continue;
		log_notice("modem %s: recovery: %s", m->name, rung->name);
		m->resets += rung->reset;
		snprintf(m->why, sizeof(m->why), "recovery: %s", rung->name);
		m->first_open_ms = modem_now(m) + rung->wait_ms + err;
		life_event(m, MODEM_EV_LOST);
		return;
	}
	/* Not from within enter(): a state may not be left before it is entered. */
	m->state_timer_ms = modem_now(m);
}
