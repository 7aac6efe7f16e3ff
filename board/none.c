/* SPDX-License-Identifier: Apache-2.0 */
/* A box without lights and buttons. */
#include "driver.h"

static int none_open(struct board *board, struct complaints *complaints)
{
	(void)board;
	(void)complaints;
	return 0;
}

static void none_close(struct board *board)
{
	(void)board;
}

static int none_set(struct board *board, unsigned int i, bool active)
{
	(void)board;
	(void)i;
	(void)active;
	return 0;
}

static int none_get(struct board *board, unsigned int i)
{
	(void)board;
	(void)i;
	return 0;
}

static void none_check(struct board *board, struct complaints *complaints)
{
	(void)board;
	(void)complaints;
}

const struct board_driver board_driver_none = {
	.name = "none",
	.open = none_open,
	.close = none_close,
	.set = none_set,
	.get = none_get,
	.check = none_check,
};
