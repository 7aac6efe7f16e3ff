/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The box's own contacts: mains, battery, lid. An empty battery ends everything in order: nothing
 * but what is urgent is begun, so that the admins hear of it; then nothing at all; and when no
 * segment is on the air any more farod stops, and asks for the machine to be switched off.
 */
#include <string.h>

#include "farod.h"

/* For the admins' text to leave. */
#define GRACE_MS (15 * MS_PER_S)

/* At most so long for what is on the air: no segment takes longer (at.h). */
#define AIR_MS (90 * MS_PER_S)

#define LOOK_MS MS_PER_S

/* The store is in trouble, and said so. */
#define TRY_AGAIN_MS (5 * MS_PER_S)

static const enum desk_sensor desk_sensors[BOARD_SENSORS] = {
	[BOARD_MAINS_LOST] = DESK_MAINS_LOST,
	[BOARD_BATTERY_LOW] = DESK_BATTERY_LOW,
	[BOARD_TAMPER] = DESK_TAMPER,
};

bool farod_sensor(const struct farod *farod, enum board_sensor sensor)
{
	return farod->sensors >> sensor & 1U;
}

static bool battery_ends(const struct farod *farod)
{
	const struct board *board = panel_unit_board(farod->panel);

	return farod_sensor(farod, BOARD_BATTERY_LOW) &&
	       (farod_sensor(farod, BOARD_MAINS_LOST) ||
		       !board_has_sensor(board, BOARD_MAINS_LOST));
}

/* What the admins are told of. */
static bool is_so(const struct farod *farod, enum board_sensor sensor)
{
	return sensor == BOARD_BATTERY_LOW ? battery_ends(farod) : farod_sensor(farod, sensor);
}

/* ---- the end of the battery ------------------------------------------------------------------ */

static void set_gate(struct farod *farod, enum courier_gate gate)
{
	farod->gate = gate;
	courier_set_gate(farod->courier, gate);
}

static void begin_to_end(struct farod *farod)
{
	log_alert("the battery is nearly empty: the box is switched off in %d s",
		(int)(GRACE_MS / MS_PER_S));
	set_gate(farod, COURIER_URGENT);
	farod->gate_ms = time_mono_ms() + GRACE_MS;
}

static void go_on(struct farod *farod)
{
	log_notice("the mains are back: the box stays on");
	set_gate(farod, COURIER_OPEN);
}

/* Returns when to look again. */
static int64_t end_by_steps(struct farod *farod)
{
	int64_t now = time_mono_ms();

	if (farod->gate == COURIER_OPEN && battery_ends(farod))
		begin_to_end(farod);
	else if (farod->gate != COURIER_OPEN && !battery_ends(farod))
		go_on(farod);
	if (farod->gate == COURIER_OPEN)
		return TIME_NEVER;
	if (farod->gate == COURIER_URGENT && now >= farod->gate_ms) {
		set_gate(farod, COURIER_SHUT);
		farod->gate_ms = now + AIR_MS;
	}
	if (farod->gate == COURIER_SHUT &&
		(courier_on_air(farod->courier) == 0 || now >= farod->gate_ms)) {
		farod->power_off = true;
		loop_exit(farod->loop, FARO_EXIT_OK);
		return TIME_NEVER;
	}
	return now + LOOK_MS;
}

/* ---- what is believed ------------------------------------------------------------------------ */

/* The desk is told until it has taken it; it knows what it has told already. */
static void sensors_look(void *ctx)
{
	struct farod *farod = ctx;
	int64_t next = TIME_NEVER;

	for (enum board_sensor sensor = 0; sensor < BOARD_SENSORS; sensor++) {
		if (!(farod->sensors_untold >> sensor & 1U))
			continue;
		if (desk_sensor(farod->desk, desk_sensors[sensor], is_so(farod, sensor),
			    time_wall_ms()) < 0)
			next = time_mono_ms() + TRY_AGAIN_MS;
		else
			farod->sensors_untold &= ~(1U << sensor);
	}
	next = time_min(next, end_by_steps(farod));
	loop_timer_set(farod->sensors_timer, next, 100);
	farod_desk_wanted(farod);
	farod_changed(farod);
}

void farod_sensed(void *ctx, enum board_sensor sensor, bool on)
{
	struct farod *farod = ctx;
	unsigned int bit = 1U << sensor;

	if (on != farod_sensor(farod, sensor))
		log_write(on ? LOG_LEVEL_ALERT : LOG_LEVEL_NOTICE, "sensor %s is %s",
			board_sensor_name(sensor), on ? "active" : "at rest");
	farod->sensors = on ? farod->sensors | bit : farod->sensors & ~bit;
	/* whether the battery matters depends on the mains */
	farod->sensors_untold |= bit | 1U << BOARD_BATTERY_LOW;
	loop_timer_set(farod->sensors_timer, time_mono_ms(), 0);
}

int farod_start_sensors(struct farod *farod)
{
	return loop_timer_new(farod->loop, sensors_look, farod, &farod->sensors_timer);
}

void farod_stop_sensors(struct farod *farod)
{
	loop_timer_free(farod->sensors_timer);
}
