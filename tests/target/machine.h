/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The far side of the kernel's simulated parts: a GPIO chip (gpio-sim) and a USB serial adapter
 * (ACM gadget).
 */
#ifndef FARO_TARGET_MACHINE_H
#define FARO_TARGET_MACHINE_H

#include <stdbool.h>

/**
 * Set in a process that is not the test's own: what fails here ends that process, where it would
 * end the test.
 */
extern bool machine_is_apart;

/** Plugs a chip with this label and number of lines. One at a time. */
void chip_plug(const char *label, unsigned int n_lines);
/** One that is not there: fine. */
void chip_unplug(void);

/** "gpiochip0". */
const char *chip_name(void);

/** The level that is driven on a line, or its pull. */
bool chip_level(unsigned int line);

/** Pulls an input up or down, as a button would. */
void chip_pull(unsigned int line, bool up);

/** Takes a line for somebody else; returns a descriptor that gives it back when closed. */
int chip_occupy(unsigned int line, const char *consumer);

/** A USB stick. It has a serial port on each of its interfaces. */
struct stick {
	const char *vendor, *product; /* "0x2c7c" */
	const char *maker, *name, *serial;
	unsigned int ports;
};

#define STICKS 2 /* sockets for them */

/** Makes the stick of socket `which`, in place of the one there was. It is not plugged. */
void stick_make(unsigned int which, const struct stick *stick);
/** Plugged, or unplugged, already: fine. */
void stick_plug(unsigned int which);
void stick_unplug(unsigned int which);

/** The far end of a port: an open descriptor, raw and non-blocking. */
int stick_far_end(unsigned int which, unsigned int port);

/**
 * Plugs an adapter of one port into the first socket; near becomes the name of the port that
 * appears ("/dev/ttyACM0").
 */
void adapter_plug(char near[32]);
void adapter_unplug(void);
int adapter_far_end(void);

#endif
