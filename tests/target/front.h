/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front of a box on a simulated chip: five lights, a buzzer, four buttons, three sensors, and
 * the power and reset lines of its modems.
 */
#ifndef FARO_TARGET_FRONT_H
#define FARO_TARGET_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include "faro/board.h"

#define FRONT_LABEL      "faro-header"
#define FRONT_DEFINITION "/tmp/faro-target.cfg"
#define FRONT_LINES      16

/** For a box's configuration. */
#define FRONT_BOARD "board : { driver = \"gpiod\"; definition = \"" FRONT_DEFINITION "\"; };"

/** Lines of the definition; lights are on 0 to 4, in their order. */
#define LINE_FAULT   4 /* active low */
#define FIRST_BUTTON 5
#define LINE_KEY     9  /* "sim1": power, for 300 ms */
#define LINE_RESET   10 /* "sim1": reset, for 100 ms, active low */
#define LINE_BUZZER  11
#define FIRST_SENSOR 12

/** Writes the definition, as it is said above, or as text. */
void front_define(const char *text);

/** Plugs the chip that the definition asks for. */
void front_plug(void);

/** What a light's or the buzzer's line says. */
bool front_is_lit(enum board_light light);

/** A button's contact; POWER alone is wired to the supply, the others to ground. */
void front_contact(enum board_button button, bool down);

/** What a sensor's contact says. */
void front_sense(enum board_sensor sensor, bool active);

/** Holds a button for so long, by the clock. */
void front_press(enum board_button button, int ms);

#endif
