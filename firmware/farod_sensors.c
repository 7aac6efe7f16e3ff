/* SPDX-License-Identifier: Apache-2.0 */
/* The box's own contacts: mains, battery, lid. */
#include "farod.h"

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

bool farod_battery_ends(const struct farod *farod)
{
	const struct board *board = panel_unit_board(farod->panel);

	return farod_sensor(farod, BOARD_BATTERY_LOW) &&
	       (farod_sensor(farod, BOARD_MAINS_LOST) ||
		       !board_has_sensor(board, BOARD_MAINS_LOST));
}

/* What the admins are told of. */
static bool is_so(const struct farod *farod, enum board_sensor sensor)
{
	return sensor == BOARD_BATTERY_LOW ? farod_battery_ends(farod)
					   : farod_sensor(farod, sensor);
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
	next = time_min(next, farod_end_look(farod));
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
