/* SPDX-License-Identifier: Apache-2.0 */
/* What `faroctl board` may do with lights and buttons: lights first, then buttons. */
#include "farod.h"

static bool front_part(void *ctx, unsigned int i, struct control_part *part)
{
	const struct farod *farod = ctx;
	const struct board *board = panel_unit_board(farod->panel);

	if (i < BOARD_LIGHTS) {
		enum board_light light = (enum board_light)i;

		*part = (struct control_part){ "light", board_light_name(light),
			board_has_light(board, light), board_light_on(board, light) };
	} else {
		enum board_button button = (enum board_button)(i - BOARD_LIGHTS);

		if (button >= BOARD_BUTTONS)
			return false;
		*part = (struct control_part){ "button", board_button_name(button),
			board_has_button(board, button), board_buttons_down(board) >> button & 1U };
	}
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
