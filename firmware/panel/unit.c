/* SPDX-License-Identifier: Apache-2.0 */
/* A panel on its board, in the loop; a board that went away is tried again. */
#include <stdlib.h>
#include <string.h>

#include "faro/panel.h"

#define RETRY_FIRST_MS  MS_PER_S
#define RETRY_MOST_MS   (5 * MS_PER_MIN)
#define LIGHT_SLACK_MS  2
#define SENSOR_SLACK_MS 50

struct panel_unit {
	struct loop *loop;
	struct loop_timer *timer; /* the panel's next deadline */
	struct loop_timer *retry; /* the next try to open a lost board */
	int64_t retry_ms;
	struct board *board;
	bool lost;
	struct loop_timer *test_end;
	bool testing;
	unsigned int test_pressed; /* bits, since they were asked for */
	struct loop_timer *sense;  /* the next sensor that may be believed */
	struct panel_sensor sensors[BOARD_SENSORS];
	struct panel panel;
	struct panel_state state;
	struct panel_events events;
};

static void unit_arm(struct panel_unit *unit)
{
	if (!unit->lost && !unit->testing)
		loop_timer_set(
			unit->timer, panel_tick(&unit->panel, time_mono_ms()), LIGHT_SLACK_MS);
}

static void unit_due(void *ctx)
{
	unit_arm(ctx);
}

/* ---- what the panel does ---- */

static void unit_set_light(void *ctx, enum board_light light, bool on)
{
	struct panel_unit *unit = ctx;

	board_set_light(unit->board, light, on);
}

static bool unit_has_light(void *ctx, enum board_light light)
{
	const struct panel_unit *unit = ctx;

	return board_has_light(unit->board, light);
}

static void unit_gesture(void *ctx, enum panel_gesture gesture)
{
	struct panel_unit *unit = ctx;

	if (unit->events.gesture)
		unit->events.gesture(unit->events.ctx, gesture);
}

static void unit_stuck(void *ctx, enum board_button button, bool stuck)
{
	struct panel_unit *unit = ctx;

	if (unit->events.stuck)
		unit->events.stuck(unit->events.ctx, button, stuck);
}

static void test_button(struct panel_unit *unit, enum board_button button, bool down)
{
	if (!down)
		return;
	unit->test_pressed |= 1U << button;
	if (unit->events.tested)
		unit->events.tested(unit->events.ctx);
}

/* ---- sensors: also while the front is tested ---- */

static void unit_arm_sensors(struct panel_unit *unit)
{
	int64_t due = TIME_NEVER;

	for (unsigned int s = 0; s < BOARD_SENSORS; s++)
		due = time_min(due, panel_sensor_due(&unit->sensors[s]));
	loop_timer_set(unit->sense, due, SENSOR_SLACK_MS);
}

static void sensors_due(void *ctx)
{
	struct panel_unit *unit = ctx;
	int64_t now = time_mono_ms();

	for (unsigned int s = 0; s < BOARD_SENSORS; s++)
		if (panel_sensor_settle(&unit->sensors[s], now) && unit->events.sensor)
			unit->events.sensor(
				unit->events.ctx, (enum board_sensor)s, unit->sensors[s].on);
	unit_arm_sensors(unit);
}

/* ---- what the board tells ---- */

static void unit_sensor_line(void *ctx, enum board_sensor sensor, bool active, int64_t mono_ms)
{
	struct panel_unit *unit = ctx;

	panel_sensor_line(&unit->sensors[sensor], active,
		board_sensor_settle_ms(unit->board, sensor), mono_ms);
	unit_arm_sensors(unit);
}

static void unit_button(void *ctx, enum board_button button, bool down, int64_t mono_ms)
{
	struct panel_unit *unit = ctx;

	if (unit->testing) {
		test_button(unit, button, down);
		return;
	}
	panel_button(&unit->panel, button, down, mono_ms);
	unit_arm(unit);
}

static void unit_board_lost(void *ctx, const char *text)
{
	struct panel_unit *unit = ctx;

	unit->lost = true;
	unit->testing = false;
	loop_timer_set(unit->test_end, TIME_NEVER, 0);
	loop_timer_set(unit->timer, TIME_NEVER, 0);
	unit->retry_ms = RETRY_FIRST_MS;
	loop_timer_set(unit->retry, time_mono_ms(), 0);
	if (unit->events.lost)
		unit->events.lost(unit->events.ctx, text);
}

/* ---- life ---- */

/* The board is open: it shows what was shown last. */
static void unit_begin(struct panel_unit *unit)
{
	const struct panel_ops ops = { .set_light = unit_set_light,
		.has_light = unit_has_light,
		.gesture = unit_gesture,
		.stuck = unit_stuck,
		.ctx = unit };

	unit->lost = false;
	panel_init(&unit->panel, &ops, board_buttons_down(unit->board), time_mono_ms());
	for (enum board_sensor sensor = 0; sensor < BOARD_SENSORS; sensor++)
		if (board_has_sensor(unit->board, sensor))
			unit_sensor_line(unit, sensor,
				board_sensors_active(unit->board) >> sensor & 1U, time_mono_ms());
	panel_unit_show(unit, &unit->state);
}

static void unit_retry(void *ctx)
{
	struct panel_unit *unit = ctx;
	char error[BOARD_ERROR_SIZE];

	if (board_reopen(unit->board, error) < 0) {
		log_debug("board: %s", error);
		loop_timer_set(unit->retry, time_mono_ms() + unit->retry_ms, unit->retry_ms / 4);
		unit->retry_ms = time_min(2 * unit->retry_ms, RETRY_MOST_MS);
		return;
	}
	log_notice("board: it is back");
	unit_begin(unit);
	if (unit->events.back)
		unit->events.back(unit->events.ctx);
}

/* ---- a test by hand ---- */

static void all_dark(struct panel_unit *unit)
{
	for (enum board_light light = 0; light < BOARD_LIGHTS; light++)
		board_set_light(unit->board, light, false);
}

int panel_unit_test_begin(struct panel_unit *unit, int64_t until)
{
	if (unit->lost)
		return -ENODEV;
	if (unit->testing)
		return -EBUSY;
	unit->testing = true;
	unit->test_pressed = 0;
	loop_timer_set(unit->timer, TIME_NEVER, 0);
	loop_timer_set(unit->test_end, until, 0);
	all_dark(unit);
	return 0;
}

int panel_unit_test_keep(struct panel_unit *unit, int64_t until)
{
	if (unit->lost)
		return -ENODEV;
	if (!unit->testing)
		return -ENOENT;
	return loop_timer_set(unit->test_end, until, 0);
}

void panel_unit_test_end(struct panel_unit *unit)
{
	if (!unit->testing)
		return;
	unit->testing = false;
	loop_timer_set(unit->test_end, TIME_NEVER, 0);
	all_dark(unit);
	unit_begin(unit);
}

static void test_over(void *ctx)
{
	panel_unit_test_end(ctx);
}

int panel_unit_test_light(struct panel_unit *unit, enum board_light light, bool on)
{
	return unit->testing ? board_set_light(unit->board, light, on) : -ENOENT;
}

unsigned int panel_unit_test_pressed(struct panel_unit *unit)
{
	unsigned int pressed = unit->test_pressed;

	unit->test_pressed = 0;
	return pressed;
}

static int unit_open(
	struct panel_unit *unit, const struct board_config *config, char error[BOARD_ERROR_SIZE])
{
	const struct board_events events = { .button = unit_button,
		.sensor = unit_sensor_line,
		.lost = unit_board_lost,
		.ctx = unit };
	int result = loop_timer_new(unit->loop, unit_due, unit, &unit->timer);

	if (result >= 0)
		result = loop_timer_new(unit->loop, unit_retry, unit, &unit->retry);
	if (result >= 0)
		result = loop_timer_new(unit->loop, test_over, unit, &unit->test_end);
	if (result >= 0)
		result = loop_timer_new(unit->loop, sensors_due, unit, &unit->sense);
	if (result < 0) {
		text_copy(error, BOARD_ERROR_SIZE, strerror(-result));
		return result;
	}
	return board_open(config, unit->loop, &events, &unit->board, error);
}

int panel_unit_new(struct loop *loop, const struct board_config *config,
	const struct panel_events *events, struct panel_unit **out, char error[BOARD_ERROR_SIZE])
{
	struct panel_unit *unit = calloc(1, sizeof(*unit));
	int result;

	*out = NULL;
	if (!unit) {
		text_copy(error, BOARD_ERROR_SIZE, strerror(ENOMEM));
		return -ENOMEM;
	}
	unit->loop = loop;
	unit->events = *events;
	result = unit_open(unit, config, error);
	if (result < 0) {
		panel_unit_free(unit);
		return result;
	}
	unit_begin(unit);
	*out = unit;
	return 0;
}

void panel_unit_free(struct panel_unit *unit)
{
	if (!unit)
		return;
	loop_timer_free(unit->timer);
	loop_timer_free(unit->retry);
	loop_timer_free(unit->test_end);
	loop_timer_free(unit->sense);
	board_close(unit->board);
	free(unit);
}

void panel_unit_show(struct panel_unit *unit, const struct panel_state *state)
{
	unit->state = *state;
	if (unit->lost || unit->testing)
		return;
	panel_set_state(&unit->panel, state, time_mono_ms());
	unit_arm(unit);
}

void panel_unit_traffic(struct panel_unit *unit)
{
	if (unit->lost || unit->testing)
		return;
	panel_note_traffic(&unit->panel, time_mono_ms());
	unit_arm(unit);
}

struct board *panel_unit_board(struct panel_unit *unit)
{
	return unit->board;
}
