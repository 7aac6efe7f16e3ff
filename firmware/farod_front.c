/* SPDX-License-Identifier: Apache-2.0 */
/* What `faroctl board` may do: lights and the buzzer first, then buttons, then sensors. */
#include "farod.h"

static struct control_part light_part(const struct board *board, enum board_light light)
{
	return (struct control_part){ light == BOARD_BUZZER ? "sound" : "light",
		board_light_name(light), board_has_light(board, light),
		board_light_on(board, light) };
}

static struct control_part button_part(const struct board *board, enum board_button button)
{
	return (struct control_part){ "button", board_button_name(button),
		board_has_button(board, button), board_buttons_down(board) >> button & 1U };
}

static struct control_part sensor_part(const struct board *board, enum board_sensor sensor)
{
	return (struct control_part){ "sensor", board_sensor_name(sensor),
		board_has_sensor(board, sensor), board_sensors_active(board) >> sensor & 1U };
}

static bool front_part(void *ctx, unsigned int i, struct control_part *part)
{
	const struct farod *farod = ctx;
	const struct board *board = panel_unit_board(farod->panel);

	if (i < BOARD_LIGHTS)
		*part = light_part(board, (enum board_light)i);
	else if (i < BOARD_LIGHTS + BOARD_BUTTONS)
		*part = button_part(board, (enum board_button)(i - BOARD_LIGHTS));
	else if (i < BOARD_LIGHTS + BOARD_BUTTONS + BOARD_SENSORS)
		*part = sensor_part(board, (enum board_sensor)(i - BOARD_LIGHTS - BOARD_BUTTONS));
	else
		return false;
	return true;
}

static int front_begin(void *ctx, int64_t until)
{
	struct farod *farod = ctx;
	int rc = panel_unit_test_begin(farod->panel, until);

	if (rc == 0)
		log_notice("board: lights and buttons are being tested");
	return rc;
}

static int front_keep(void *ctx, int64_t until)
{
	struct farod *farod = ctx;

	return panel_unit_test_keep(farod->panel, until);
}

static void front_end(void *ctx)
{
	struct farod *farod = ctx;

	panel_unit_test_end(farod->panel);
}

static int front_light(void *ctx, unsigned int i, bool on)
{
	struct farod *farod = ctx;

	return panel_unit_test_light(farod->panel, (enum board_light)i, on);
}

static unsigned int front_pressed(void *ctx)
{
	struct farod *farod = ctx;

	return panel_unit_test_pressed(farod->panel) << BOARD_LIGHTS;
}

const struct control_front farod_front = {
	.part = front_part,
	.begin = front_begin,
	.keep = front_keep,
	.end = front_end,
	.light = front_light,
	.pressed = front_pressed,
};
