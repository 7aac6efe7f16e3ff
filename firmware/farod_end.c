/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The box is about to be switched off: its battery is nearly empty, or POWER was held. Everything
 * ends in order. For the battery nothing but what is urgent is begun for a while, so that the
 * admins hear of it; then nothing at all; and when no segment is on the air any more farod stops,
 * and asks for the machine to be switched off.
 *
 * Who asks farod alone to stop (SIGTERM, an upgrade) has it wait for what is on the air too: cut
 * off, its fate would be unknown.
 */
#include "farod.h"

/* For the admins' text to leave. */
#define GRACE_MS (15 * MS_PER_S)

/* At most so long for what is on the air: no segment takes longer (at.h). */
#define AIR_MS (90 * MS_PER_S)

/* At least so long for who held POWER to see that it was understood, and what it does. */
#define SHOWN_MS (4 * MS_PER_S)

#define LOOK_MS MS_PER_S

/* Who asked farod to stop is not patient: systemd kills it after 20 s (farod.service). */
#define STOP_MS (12 * MS_PER_S)

static void set_gate(struct farod *farod, enum courier_gate gate, int64_t until)
{
	farod->gate = gate;
	farod->gate_ms = until;
	courier_set_gate(farod->courier, gate);
}

static void begin_to_end(struct farod *farod, int64_t now)
{
	if (farod->power_off)
		return;
	log_alert("the battery is nearly empty: the box is switched off in %d s",
		(int)(GRACE_MS / MS_PER_S));
	set_gate(farod, COURIER_URGENT, now + GRACE_MS);
}

static void go_on(struct farod *farod)
{
	if (farod->gate == COURIER_OPEN)
		return;
	log_notice("the mains are back: the box stays on");
	set_gate(farod, COURIER_OPEN, 0);
}

static bool is_over(const struct farod *farod, int64_t now)
{
	return (courier_on_air(farod->courier) == 0 && now >= farod->shown_ms) ||
	       now >= farod->gate_ms;
}

void farod_stop_when_landed(struct farod *farod)
{
	if (farod->stopping && courier_on_air(farod->courier) == 0)
		loop_exit(farod->loop, FARO_EXIT_OK);
}

void farod_stop_asked(struct farod *farod)
{
	if (farod->stopping || !farod->courier) {
		loop_exit(farod->loop, FARO_EXIT_OK);
		return;
	}
	farod->stopping = true;
	if (!farod->power_off)
		set_gate(farod, COURIER_SHUT, time_mono_ms() + STOP_MS);
	farod_stop_when_landed(farod);
	loop_timer_set(farod->sensors_timer, time_mono_ms(), 0);
}

int64_t farod_end_look(struct farod *farod)
{
	int64_t now = time_mono_ms();

	if (farod->stopping && !farod->power_off) {
		if (now >= farod->gate_ms)
			loop_exit(farod->loop, FARO_EXIT_OK);
		return farod->gate_ms;
	}
	if (!farod->power_off && !farod_battery_ends(farod)) {
		go_on(farod);
		return TIME_NEVER;
	}
	if (farod->gate == COURIER_OPEN)
		begin_to_end(farod, now);
	if (farod->gate != COURIER_SHUT && (farod->power_off || now >= farod->gate_ms))
		set_gate(farod, COURIER_SHUT, now + AIR_MS);
	if (farod->gate == COURIER_SHUT && is_over(farod, now)) {
		farod->power_off = true;
		loop_exit(farod->loop, FARO_EXIT_OK);
		return TIME_NEVER;
	}
	return now + LOOK_MS;
}

void farod_end(struct farod *farod)
{
	farod->power_off = true;
	farod->shown_ms = time_mono_ms() + SHOWN_MS;
	loop_timer_set(farod->sensors_timer, time_mono_ms(), 0);
}
