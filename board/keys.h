/* SPDX-License-Identifier: Apache-2.0 */
/* Inside board/: what a definition file may hold. */
#ifndef FARO_BOARD_KEYS_H
#define FARO_BOARD_KEYS_H

#include "driver.h"

struct key {
	const char *name;
	int type;         /* CONFIG_TYPE_... */
	const char *what; /* for the manual page, without a full stop */
};

enum {
	KEYS_FILE,
	KEYS_CHIP,
	KEYS_LIGHTS,  /* rows in the order of enum board_light */
	KEYS_BUTTONS, /* rows in the order of enum board_button */
	KEYS_SENSORS, /* rows in the order of enum board_sensor */
	KEYS_MODEM,   /* the name, then rows in the order of enum board_modem_line */
	KEYS_LINE,
	KEYS_TABLES,
};

struct key_table {
	const char *where; /* for the manual page */
	const struct key *keys;
	unsigned int n_keys;
};

extern const struct key_table key_tables[KEYS_TABLES];

/** What a CONFIG_TYPE_... is called: "a whole number". */
const char *key_type_name(int type);

#endif
