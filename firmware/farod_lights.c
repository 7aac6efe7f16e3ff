/* SPDX-License-Identifier: Apache-2.0 */
/* What the lights show: the worst of what the modems, the desk and the store say. */
#include "farod.h"

/* A modem that is absent, or searches, longer than this is a fault that the light shows. */
#define FAULT_AFTER_MS (30 * MS_PER_S)

/*
 * Changes come by the thousand while a broadcast runs; lights follow this long after the first of
 * them.
 */
#define SHOW_AFTER_MS 50

/* Whether the database is still in its place is looked at so often when nothing else happens. */
#define STORE_LOOK_MS (30 * MS_PER_S)

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

static bool is_coming(enum modem_state s)
{
	return s == MODEM_STARTING || s == MODEM_SEARCHING || s == MODEM_RECOVERING;
}

/* What is wrong with one modem; sooner than look_again_ms when it is not yet a fault. */
static enum panel_fault fault_of(
	const struct farod *farod, const struct modem *modem, int64_t *look_again_ms)
{
	enum modem_state s = modem_state(modem);
	enum panel_fault fault = PANEL_FAULT_NONE;
	struct modem_info info;

	modem_get_info(modem, &info);
	if (info.alarm || courier_modem_blocked(farod->courier, modem))
		fault = PANEL_FAULT_WARNING;
	if (fault_of_state[s] == PANEL_FAULT_NONE)
		return fault;
	if (s == MODEM_PIN || time_mono_ms() - info.since_ms >= FAULT_AFTER_MS)
		return worse(fault, fault_of_state[s]);
	*look_again_ms = time_min(*look_again_ms, info.since_ms + FAULT_AFTER_MS);
	return fault;
}

/* How many modems are ready or on their way, the worst fault, and when to look again. */
static void judge_modems(
	const struct farod *farod, struct panel_state *state, int64_t *look_again_ms)
{
	int ready = 0, coming = 0;

	for (int i = 0; i < farod->n_modems; i++) {
		const struct modem *modem = farod->modems[i];

		ready += modem_state(modem) == MODEM_READY;
		coming += is_coming(modem_state(modem));
		state->fault = worse(state->fault, fault_of(farod, modem, look_again_ms));
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

static void judge_desk(const struct farod *farod, struct panel_state *state)
{
	struct desk_state desk;

	if (desk_get_state(farod->desk, time_wall_ms(), &desk) < 0) {
		state->fault = PANEL_FAULT_BOX;
		return;
	}
	state->alert = alert_of(&desk);
	if (desk.paused)
		state->fault = worse(state->fault, PANEL_FAULT_WARNING);
}

static void judge_store(const struct farod *farod, struct panel_state *state)
{
	if (farod->damaged || store_alive(farod->store) < 0)
		state->fault = PANEL_FAULT_BOX;
}

/* Its begin and end are seen with the next look at the store: the loop wakes for neither. */
static bool is_night(const struct farod *farod, int64_t wall_ms)
{
	int from_minute, to_minute;

	return clock_is_plausible(wall_ms) &&
	       settings_night(&farod->settings->board, &from_minute, &to_minute) &&
	       time_is_between(wall_ms, from_minute, to_minute);
}

/*
 * A start lasts until a modem is ready, or until what keeps them from it is a fault that is shown.
 */
static bool is_starting(
	struct farod *farod, const struct panel_state *state, int64_t *look_again_ms)
{
	int64_t until = farod->started_ms + FAULT_AFTER_MS;

	if (farod->n_modems == 0 || state->network >= PANEL_NETWORK_SOME ||
		state->fault >= PANEL_FAULT_NETWORK || time_mono_ms() >= until)
		farod->running = true;
	else
		*look_again_ms = time_min(*look_again_ms, until);
	return !farod->running;
}

static enum panel_power power_of(
	struct farod *farod, const struct panel_state *state, int64_t *look_again_ms)
{
	if (farod->gate != COURIER_OPEN)
		return PANEL_POWER_STOPPING;
	if (is_starting(farod, state, look_again_ms))
		return PANEL_POWER_STARTING;
	if (farod_sensor(farod, BOARD_MAINS_LOST))
		return PANEL_POWER_BATTERY;
	return is_night(farod, time_wall_ms()) ? PANEL_POWER_NIGHT : PANEL_POWER_OK;
}

static void show(void *ctx)
{
	struct farod *farod = ctx;
	struct panel_state state = { .tamper = farod_sensor(farod, BOARD_TAMPER) };
	int64_t look_again_ms = time_mono_ms() + STORE_LOOK_MS;

	farod->show_due = false;
	judge_modems(farod, &state, &look_again_ms);
	judge_desk(farod, &state);
	judge_store(farod, &state);
	state.power = power_of(farod, &state, &look_again_ms);
	panel_unit_show(farod->panel, &state);
	loop_timer_set(farod->show_timer, look_again_ms, MS_PER_S);
}

void farod_changed(void *ctx)
{
	struct farod *farod = ctx;

	if (!farod->show_due)
		loop_timer_set(farod->show_timer, time_mono_ms() + SHOW_AFTER_MS, 0);
	farod->show_due = true;
	if (farod->control)
		control_wake(farod->control);
}

int farod_start_lights(struct farod *farod)
{
	return loop_timer_new(farod->loop, show, farod, &farod->show_timer);
}

void farod_stop_lights(struct farod *farod)
{
	loop_timer_free(farod->show_timer);
}
