/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "front.h"
#include "machine.h"

static const char plain[] =
	"chips = ( { labels = [ \"none-such\", \"" FRONT_LABEL "\" ]; } );\n"
	"lights : {\n"
	"power = { line = 0; };\n"
	"network = { line = 1; };\n"
	"traffic = { line = 2; };\n"
	"alert = { line = 3; };\n"
	"fault = { line = 4; active_low = true; };\n"
	"};\n"
	"buzzer : { line = 11; };\n"
	"buttons : {\n"
	"send = { line = 5; active_low = true; bias = \"pull-up\"; debounce_ms = 5; };\n"
	"stop = { line = 6; active_low = true; bias = \"pull-up\"; debounce_ms = 5; };\n"
	"test = { line = 7; active_low = true; bias = \"pull-up\"; };\n"
	"power = { line = 8; bias = \"pull-down\"; };\n"
	"};\n"
	"sensors : {\n"
	"mains_lost = { line = 12; bias = \"pull-down\"; settle_ms = 300; };\n"
	"battery_low = { line = 13; bias = \"pull-down\"; settle_ms = 300; };\n"
	"tamper = { line = 14; bias = \"pull-down\"; settle_ms = 300; };\n"
	"};\n"
	"modems = ( { name = \"sim1\"; power = { line = 9; pulse_ms = 300; };\n"
	"reset = { line = 10; pulse_ms = 100; active_low = true; }; } );\n";

void front_define(const char *text)
{
	FILE *file = fopen(FRONT_DEFINITION, "w");

	if (!file)
		abort();
	fputs(text ? text : plain, file);
	fclose(file);
}

void front_plug(void)
{
	chip_plug(FRONT_LABEL, FRONT_LINES);
	for (enum board_button button = 0; button < BOARD_BUTTONS; button++)
		front_contact(button, false);
}

bool front_is_lit(enum board_light light)
{
	bool level = chip_level(light == BOARD_BUZZER ? LINE_BUZZER : (unsigned int)light);

	return level != (light == BOARD_LIGHT_FAULT);
}

void front_contact(enum board_button button, bool down)
{
	chip_pull(FIRST_BUTTON + button, button == BOARD_BUTTON_POWER ? down : !down);
}

void front_sense(enum board_sensor sensor, bool active)
{
	chip_pull(FIRST_SENSOR + sensor, active);
}

void front_press(enum board_button button, int ms)
{
	front_contact(button, true);
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L }, NULL);
	front_contact(button, false);
}
