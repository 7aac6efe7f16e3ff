/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cable between a simulated modem and a port of a USB stick (machine.h): a process that passes
 * bytes both ways. The stick is plugged while the modem has a port, so that whatever the simulator
 * does to the port happens to the stick.
 */
#ifndef FARO_TARGET_CABLE_H
#define FARO_TARGET_CABLE_H

struct cable;

/** Joins the modem whose simulated port is link with a port of the stick `which`, and plugs it. */
struct cable *cable_new(const char *link, unsigned int which, unsigned int port);

/** How often the stick was reset by its host, or left without being pulled, since the start. */
int cable_resets(const struct cable *cable);

/** Unplugs and ends. NULL is fine. */
void cable_free(struct cable *cable);

#endif
