/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The states of a modem's life as a table: which events each may see, where it may go, and what
 * happens when it is entered, hears an event, is left. What breaks the table is logged and changes
 * nothing.
 */
#include <string.h>

#include "modem_private.h"

#define SIM_AGAIN_MS    (30 * MS_PER_S)
#define FAILED_AGAIN_MS (5 * MS_PER_MIN)
#define RETURN_MS       (20 * MS_PER_S) /* sticks are back within 10 s of a reset */

#define EV(e) (1U << MODEM_EV_##e)
#define ST(s) (1U << MODEM_##s)

struct life_state {
	const char *name;
	unsigned int events; /* legal here, beside those legal everywhere */
	unsigned int next;   /* legal next states, beside itself */
	void (*enter)(struct modem *m);
	void (*event)(struct modem *m, enum modem_event event);
	void (*leave)(struct modem *m);
};

/* Legal in every state: what the world does does not ask. */
static const unsigned int events_everywhere =
	EV(LOST) | EV(RESET) | EV(REBOOTED) | EV(NETWORK) | EV(PARK);

static const char *const event_names[MODEM_EVENTS] = {
	[MODEM_EV_OPENED] = "opened",
	[MODEM_EV_LOST] = "lost",
	[MODEM_EV_STRANGER] = "stranger",
	[MODEM_EV_STARTED] = "started",
	[MODEM_EV_SIM_WANTED] = "SIM wanted",
	[MODEM_EV_SIM_READY] = "SIM ready",
	[MODEM_EV_NETWORK] = "network",
	[MODEM_EV_PARK] = "park",
	[MODEM_EV_DEAF] = "deaf",
	[MODEM_EV_REBOOTED] = "rebooted",
	[MODEM_EV_RUNG_DONE] = "rung done",
	[MODEM_EV_RUNG_FAILED] = "rung failed",
	[MODEM_EV_TIME] = "time",
	[MODEM_EV_RESET] = "reset",
};

static const struct life_state states[MODEM_STATES];

static void go(struct modem *m, enum modem_state next);

/* What keeps a registered modem from sending, or nothing. */
static enum modem_state on_the_network(const struct modem *m)
{
	if (!m->registered)
		return MODEM_SEARCHING;
	return m->parked ? MODEM_PARKED : MODEM_READY;
}

static void stop_work(struct modem *m)
{
	at_abort(&m->at);
	m->script_ended = NULL;
	send_abort(m);
	receive_reset(m);
	jobs_reset(m);
}

/* ---- absent ---- */

/*
 * A port that a rung took away and that stays away is that rung's failure; one that was pulled is
 * waited for.
 */
static void absent_enter(struct modem *m)
{
	port_close(m);
	stop_work(m);
	port_wait(m);
	if (m->climbing)
		m->state_timer_ms = m->first_open_ms + RETURN_MS;
}

static void absent_event(struct modem *m, enum modem_event event)
{
	if (event == MODEM_EV_OPENED)
		go(m, MODEM_STARTING);
	else if (event == MODEM_EV_TIME)
		go(m, MODEM_RECOVERING);
}

static void absent_leave(struct modem *m)
{
	port_stop_waiting(m);
}

/* ---- starting ---- */

static void starting_enter(struct modem *m)
{
	stop_work(m);
	start_run(m);
}

static void starting_event(struct modem *m, enum modem_event event)
{
	switch (event) {
	case MODEM_EV_STRANGER:
		go(m, MODEM_ABSENT);
		break;
	case MODEM_EV_STARTED:
		ladder_helped(m);
		go(m, on_the_network(m));
		break;
	case MODEM_EV_SIM_WANTED:
		ladder_helped(m);
		go(m, MODEM_PIN);
		break;
	case MODEM_EV_DEAF:
		go(m, MODEM_RECOVERING);
		break;
	default:
		break;
	}
}

/* ---- pin ---- */

static void pin_enter(struct modem *m)
{
	stop_work(m);
	m->state_timer_ms = modem_now(m) + SIM_AGAIN_MS;
}

static void pin_event(struct modem *m, enum modem_event event)
{
	switch (event) {
	case MODEM_EV_SIM_READY:
		go(m, MODEM_STARTING);
		break;
	case MODEM_EV_SIM_WANTED:
		m->state_timer_ms = time_min(modem_now(m) + SIM_AGAIN_MS, start_sim_due(m));
		why_tell(m); /* it may want something else now */
		break;
	case MODEM_EV_TIME:
		start_sim_check(m);
		break;
	case MODEM_EV_DEAF:
		go(m, MODEM_RECOVERING);
		break;
	default:
		break;
	}
}

/* ---- searching, ready, parked ---- */

static void network_event(struct modem *m, enum modem_event event)
{
	switch (event) {
	case MODEM_EV_NETWORK:
	case MODEM_EV_PARK:
		go(m, on_the_network(m));
		break;
	case MODEM_EV_SIM_WANTED:
		go(m, MODEM_PIN);
		break;
	case MODEM_EV_SIM_READY:
		if (m->sim != SIM_READY) /* it was out, and wants its PIN again */
			go(m, MODEM_STARTING);
		break;
	case MODEM_EV_DEAF:
		m->why[0] = '\0';
		go(m, MODEM_RECOVERING);
		break;
	default:
		break;
	}
}

/* ---- recovering, failed ---- */

static void recovering_enter(struct modem *m)
{
	stop_work(m);
	ladder_begin(m);
}

static void recovering_event(struct modem *m, enum modem_event event)
{
	switch (event) {
	case MODEM_EV_RUNG_DONE:
		go(m, MODEM_STARTING);
		break;
	case MODEM_EV_RUNG_FAILED:
		ladder_climb(m);
		break;
	case MODEM_EV_TIME:
		go(m, MODEM_FAILED);
		break;
	default:
		break;
	}
}

static void failed_enter(struct modem *m)
{
	stop_work(m);
	ladder_over(m);
	m->state_timer_ms = modem_now(m) + FAILED_AGAIN_MS;
	if (!m->serial)
		port_wait(m);
}

static void failed_event(struct modem *m, enum modem_event event)
{
	if (event == MODEM_EV_OPENED)
		go(m, MODEM_STARTING);
	else if (event == MODEM_EV_TIME)
		go(m, MODEM_RECOVERING);
}

/* ---- the table ---- */

static const struct life_state states[MODEM_STATES] = {
	[MODEM_ABSENT] = { "absent", EV(OPENED) | EV(TIME), ST(STARTING) | ST(RECOVERING),
		absent_enter, absent_event, absent_leave },
	[MODEM_STARTING] = { "starting", EV(STARTED) | EV(SIM_WANTED) | EV(STRANGER) | EV(DEAF),
		ST(ABSENT) | ST(PIN) | ST(SEARCHING) | ST(READY) | ST(PARKED) | ST(RECOVERING),
		starting_enter, starting_event, NULL },
	[MODEM_PIN] = { "pin", EV(SIM_READY) | EV(SIM_WANTED) | EV(TIME) | EV(DEAF),
		ST(ABSENT) | ST(STARTING) | ST(RECOVERING), pin_enter, pin_event, NULL },
	[MODEM_SEARCHING] = { "searching", EV(SIM_WANTED) | EV(SIM_READY) | EV(DEAF),
		ST(ABSENT) | ST(STARTING) | ST(PIN) | ST(READY) | ST(PARKED) | ST(RECOVERING), NULL,
		network_event, NULL },
	[MODEM_READY] = { "ready", EV(SIM_WANTED) | EV(SIM_READY) | EV(DEAF),
		ST(ABSENT) | ST(STARTING) | ST(PIN) | ST(SEARCHING) | ST(PARKED) | ST(RECOVERING),
		NULL, network_event, NULL },
	[MODEM_PARKED] = { "parked", EV(SIM_WANTED) | EV(SIM_READY) | EV(DEAF),
		ST(ABSENT) | ST(STARTING) | ST(PIN) | ST(SEARCHING) | ST(READY) | ST(RECOVERING),
		NULL, network_event, NULL },
	[MODEM_RECOVERING] = { "recovering", EV(RUNG_DONE) | EV(RUNG_FAILED) | EV(TIME),
		ST(ABSENT) | ST(STARTING) | ST(FAILED), recovering_enter, recovering_event, NULL },
	[MODEM_FAILED] = { "failed", EV(TIME) | EV(OPENED),
		ST(ABSENT) | ST(STARTING) | ST(RECOVERING), failed_enter, failed_event,
		absent_leave },
};

const char *modem_state_name(enum modem_state state)
{
	return (unsigned int)state < MODEM_STATES ? states[state].name : "?";
}

static void tell_change(struct modem *m, bool anew)
{
	/* Port by port, round by round: only what comes of it is news. */
	if (m->probing && (m->state == MODEM_STARTING || m->state == MODEM_ABSENT))
		return;
	if (!anew)
		m->told_why[0] = '\0';
	why_tell(m);
	if (!anew && m->told_why[0] == '\0')
		log_notice("modem %s: %s", m->name, states[m->state].name);
}

static void go(struct modem *m, enum modem_state next)
{
	const struct life_state *from = &states[m->state];
	bool anew = next == m->state;

	if (next == m->state && next != MODEM_STARTING)
		return;
	if (next != m->state && !(from->next & (1U << next))) {
		log_error("modem %s: no way from %s to %s", m->name, from->name, states[next].name);
		return;
	}
	if (from->leave)
		from->leave(m);
	m->state = next;
	m->state_ms = modem_now(m);
	m->state_timer_ms = TIME_NEVER;
	if (next == MODEM_STARTING)
		m->why[0] = '\0';
	tell_change(m, anew);
	if (states[next].enter)
		states[next].enter(m);
}

/* What happens alike in every state. True when that was all. */
static bool everywhere(struct modem *m, enum modem_event event)
{
	switch (event) {
	case MODEM_EV_LOST:
		if (m->state != MODEM_ABSENT)
			go(m, MODEM_ABSENT);
		return true;
	case MODEM_EV_RESET:
		ladder_over(m);
		if (m->state == MODEM_ABSENT) {
			port_wait(m); /* there is nothing to restart */
			return true;
		}
		m->resets++;
		text_copy(m->why, sizeof(m->why), "being restarted");
		go(m, MODEM_ABSENT);
		return true;
	case MODEM_EV_REBOOTED:
		if (m->state == MODEM_ABSENT)
			return true;
		if (m->state != MODEM_STARTING) {
			log_warning("modem %s: has restarted by itself", m->name);
			m->resets++;
		}
		why_brown_out(m, false);
		go(m, MODEM_STARTING);
		return true;
	default:
		return false;
	}
}

void life_event(struct modem *m, enum modem_event event)
{
	const struct life_state *state = &states[m->state];

	if (!((state->events | events_everywhere) & (1U << event))) {
		log_debug("modem %s: %s means nothing while %s", m->name, event_names[event],
			state->name);
		return;
	}
	if (!everywhere(m, event))
		state->event(m, event);
}

void life_tick(struct modem *m)
{
	if (modem_now(m) < m->state_timer_ms)
		return;
	m->state_timer_ms = TIME_NEVER;
	life_event(m, MODEM_EV_TIME);
}
