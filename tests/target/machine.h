/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The far side of the kernel's simulated parts: a GPIO chip (gpio-sim) and a USB serial adapter
 * (ACM gadget).
 */
#ifndef FARO_TARGET_MACHINE_H
#define FARO_TARGET_MACHINE_H

#include <stdbool.h>

/** Plugs a chip with this label and number of lines. One at a time. */
void chip_plug(const char *label, unsigned int n_lines);
void chip_unplug(void);

/** "gpiochip0". */
const char *chip_name(void);

/** The level that is driven on a line, or its pull. */
bool chip_level(unsigned int line);

/** Pulls an input up or down, as a button would. */
void chip_pull(unsigned int line, bool up);

/** Takes a line for somebody else; returns a descriptor that gives it back when closed. */
int chip_occupy(unsigned int line, const char *consumer);

/** Plugs the adapter; near becomes the name of the port that appears ("/dev/ttyACM0"). */
void adapter_plug(char near[32]);
void adapter_unplug(void);

/** The far end of the adapter's cable: an open descriptor, raw and non-blocking. */
int adapter_far_end(void);

#endif
