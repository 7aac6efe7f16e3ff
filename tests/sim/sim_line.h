/* SPDX-License-Identifier: Apache-2.0 */
/* For a test that talks AT to one modem of a rig: the rig and the modem's open line. */
#ifndef SIM_LINE_H
#define SIM_LINE_H

#include "sim_rig.h"

static struct rig r;
static int fd;

/* Starts so many modems, opens the line of this one and says these commands to it. */
static int line_start(int modems, const char *modem, const char *commands)
{
	rig_start(&r, modems, 0);
	fd = rig_open(&r, modem);
	rig_at(&r, fd, commands, "OK\r\n");
	return 0;
}

static int line_stop(void **state)
{
	(void)state;
	close(fd);
	rig_stop(&r);
	return 0;
}

#endif
