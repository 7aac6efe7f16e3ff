/* SPDX-License-Identifier: Apache-2.0 */
/* What a definition file may hold, as tables: the reader and the manual page are made of them. */
#include <libconfig.h>

#include "keys.h"

static const struct key top_keys[] = {
	{ "board", CONFIG_TYPE_STRING, "What the board is called; for people" },
	{ "socket", CONFIG_TYPE_STRING,
		"Driver \"sim\" only: the Unix socket of the simulated board. A relative path is "
		"in farod's run-time directory" },
	{ "chips", CONFIG_TYPE_LIST,
		"The GPIO chips that have the lines. Several chips need an \"id\" each" },
	{ "lights", CONFIG_TYPE_GROUP, "The lights. One that is not wired is left out" },
	{ "buttons", CONFIG_TYPE_GROUP, "The buttons. One that is not wired is left out" },
	{ "buzzer", CONFIG_TYPE_GROUP,
		"A buzzer that sounds by itself when it gets a level. Its line is as a light's" },
	{ "sensors", CONFIG_TYPE_GROUP,
		"Contacts that tell of the box's own state. One that is not wired is left out" },
	{ "modems", CONFIG_TYPE_LIST, "Lines that go to modems" },
};

static const struct key chip_keys[] = {
	{ "id", CONFIG_TYPE_STRING, "What \"chip\" of a line calls it" },
	{ "labels", CONFIG_TYPE_ARRAY,
		"Labels of the chip, as gpiodetect shows them; the first that is present is "
		"taken" },
	{ "path", CONFIG_TYPE_STRING, "Instead of labels: its device, such as /dev/gpiochip0" },
};

static const struct key line_keys[] = {
	{ "chip", CONFIG_TYPE_STRING, "The \"id\" of its chip; without it the first chip" },
	{ "line", CONFIG_TYPE_INT,
		"Its number on the chip, 0 to 1023. On a Raspberry Pi that is the BCM number, not "
		"the header's pin. Must be given" },
	{ "active_low", CONFIG_TYPE_BOOL,
		"True where a low level lights, presses or switches. Default: false" },
	{ "bias", CONFIG_TYPE_STRING,
		"The chip's own resistor: \"as-is\" (the default), \"none\", \"pull-up\" or "
		"\"pull-down\"" },
	{ "debounce_ms", CONFIG_TYPE_INT,
		"Buttons and sensors: how long a contact must be quiet, asked of the kernel, 0 to "
		"100. "
		"Default: 0" },
	{ "settle_ms", CONFIG_TYPE_INT,
		"Sensors: how long it must stay as it is to be believed, 0 to 600000. Default: "
		"5000 for mains_lost, 10000 for battery_low, 300 for tamper" },
	{ "pulse_ms", CONFIG_TYPE_INT,
		"Lines of modems: how long the line is active, 0 to 60000. Default: 500" },
};

static const struct key modem_keys[] = {
	{ "name", CONFIG_TYPE_STRING, "The name that the modem has in faro.cfg. Must be given" },
	{ "power", CONFIG_TYPE_GROUP, "Its power key, or a switch that cuts its supply" },
	{ "reset", CONFIG_TYPE_GROUP, "Its reset line" },
	{ "status", CONFIG_TYPE_GROUP,
		"An input that is active while the modem is on. A power key that left it off is "
		"pressed once more" },
};

static const struct key light_keys[] = {
	{ "power", CONFIG_TYPE_GROUP, "The box runs" },
	{ "network", CONFIG_TYPE_GROUP, "Modems are ready" },
	{ "traffic", CONFIG_TYPE_GROUP, "Texts come and go" },
	{ "alert", CONFIG_TYPE_GROUP, "An alert waits or runs" },
	{ "fault", CONFIG_TYPE_GROUP, "Something needs a person" },
};

static const struct key button_keys[] = {
	{ "send", CONFIG_TYPE_GROUP, "Sends the alert that waits" },
	{ "stop", CONFIG_TYPE_GROUP, "Cancels the running alert" },
	{ "test", CONFIG_TYPE_GROUP, "Texts the box's state to the admins" },
	{ "power", CONFIG_TYPE_GROUP, "Shuts the box down" },
};

static const struct key sensor_keys[] = {
	{ "mains_lost", CONFIG_TYPE_GROUP,
		"Active while the box runs on its battery. The admins are texted once, and once "
		"more when the mains are back; meanwhile the lights spare the battery" },
	{ "battery_low", CONFIG_TYPE_GROUP,
		"Active when the battery is nearly empty. Unless the mains are there the admins "
		"are texted and the box shuts down cleanly, so that nothing is cut off" },
	{ "tamper", CONFIG_TYPE_GROUP,
		"Active when the case is open. The admins are texted, at most once in 10 min, and "
		"the buzzer sounds until it is closed" },
};

const struct key_table key_tables[KEYS_TABLES] = {
	[KEYS_FILE] = { "The file", top_keys, ARRAY_SIZE(top_keys) },
	[KEYS_CHIP] = { "A chip", chip_keys, ARRAY_SIZE(chip_keys) },
	[KEYS_LIGHTS] = { "Lights", light_keys, ARRAY_SIZE(light_keys) },
	[KEYS_BUTTONS] = { "Buttons", button_keys, ARRAY_SIZE(button_keys) },
	[KEYS_SENSORS] = { "Sensors", sensor_keys, ARRAY_SIZE(sensor_keys) },
	[KEYS_MODEM] = { "A modem", modem_keys, ARRAY_SIZE(modem_keys) },
	[KEYS_LINE] = { "A light, a button, a buzzer, a sensor, a line of a modem", line_keys,
		ARRAY_SIZE(line_keys) },
};

static const struct {
	int type;
	const char *name;
} type_names[] = {
	{ CONFIG_TYPE_STRING, "a text in quotes" },
	{ CONFIG_TYPE_INT, "a whole number" },
	{ CONFIG_TYPE_BOOL, "true or false" },
	{ CONFIG_TYPE_GROUP, "a group { ... }" },
	{ CONFIG_TYPE_LIST, "a list ( ... )" },
	{ CONFIG_TYPE_ARRAY, "an array [ ... ]" },
};

const char *key_type_name(int type)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_names); i++)
		if (type_names[i].type == type)
			return type_names[i].name;
	return "something else";
}

bool board_definition_row(unsigned int i, struct board_definition_row *row)
{
	for (size_t t = 0; t < KEYS_TABLES; t++) {
		if (i < key_tables[t].n_keys) {
			const struct key *key = &key_tables[t].keys[i];

			*row = (struct board_definition_row){
				.where = key_tables[t].where,
				.key = key->name,
				.type = key_type_name(key->type),
				.what = key->what,
			};
			return true;
		}
		i -= key_tables[t].n_keys;
	}
	return false;
}
