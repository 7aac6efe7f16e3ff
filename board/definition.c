/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definition files: the one place where pins are known. What is allowed is a table; every mistake
 * is named.
 */
#include <libconfig.h>
#include <stdio.h>
#include <string.h>

#include "driver.h"

struct reader {
	struct definition *definition;
	enum definition_style style;
	struct complaints *complaints;
};

struct key {
	const char *name;
	int type;         /* CONFIG_TYPE_... */
	const char *what; /* for the manual page, without a full stop */
};

static const struct key top_keys[] = {
	{ "board", CONFIG_TYPE_STRING, "What the board is called; for people" },
	{ "socket", CONFIG_TYPE_STRING,
		"Driver \"sim\" only: the Unix socket of the simulated board. A relative path is "
		"in farod's run-time directory" },
	{ "chips", CONFIG_TYPE_LIST,
		"The GPIO chips that have the lines. Several chips need an \"id\" each" },
	{ "lights", CONFIG_TYPE_GROUP, "The lights. One that is not wired is left out" },
	{ "buttons", CONFIG_TYPE_GROUP, "The buttons. One that is not wired is left out" },
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
		"the "
		"header's pin. Must be given" },
	{ "active_low", CONFIG_TYPE_BOOL,
		"True where a low level lights, presses or switches. Default: false" },
	{ "bias", CONFIG_TYPE_STRING,
		"The chip's own resistor: \"as-is\" (the default), \"none\", \"pull-up\" or "
		"\"pull-down\"" },
	{ "debounce_ms", CONFIG_TYPE_INT,
		"Buttons: how long a contact must be quiet, asked of the kernel, 0 to 100. "
		"Default: 0" },
	{ "pulse_ms", CONFIG_TYPE_INT,
		"Lines of modems: how long the line is active, 0 to 60000. Default: 500" },
};

static const struct key modem_keys[] = {
	{ "name", CONFIG_TYPE_STRING, "The name that the modem has in faro.cfg. Must be given" },
	{ "power", CONFIG_TYPE_GROUP, "Its power key, or a switch that cuts its supply" },
	{ "reset", CONFIG_TYPE_GROUP, "Its reset line" },
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

static const struct {
	const char *where;
	const struct key *keys;
	unsigned int n_keys;
} tables[] = {
	{ "The file", top_keys, ARRAY_SIZE(top_keys) },
	{ "A chip", chip_keys, ARRAY_SIZE(chip_keys) },
	{ "Lights", light_keys, ARRAY_SIZE(light_keys) },
	{ "Buttons", button_keys, ARRAY_SIZE(button_keys) },
	{ "A modem", modem_keys, ARRAY_SIZE(modem_keys) },
	{ "A light, a button, a line of a modem", line_keys, ARRAY_SIZE(line_keys) },
};

static const char *const bias_names[] = { "as-is", "none", "pull-up", "pull-down" };

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

static const char *type_name(int type)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_names); i++)
		if (type_names[i].type == type)
			return type_names[i].name;
	return "something else";
}

bool board_definition_row(unsigned int i, struct board_definition_row *row)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		if (i < tables[t].n_keys) {
			const struct key *key = &tables[t].keys[i];

			*row = (struct board_definition_row){
				.where = tables[t].where,
				.key = key->name,
				.type = type_name(key->type),
				.what = key->what,
			};
			return true;
		}
		i -= tables[t].n_keys;
	}
	return false;
}

static void wrong(struct reader *reader, const config_setting_t *setting, const char *format, ...)
	PRINTF_LIKE(3, 4);

static void wrong(struct reader *reader, const config_setting_t *setting, const char *format, ...)
{
	char text[BOARD_ERROR_SIZE];
	const char *file = config_setting_source_file(setting);
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	complain(reader->complaints, file ? file : reader->definition->file,
		(int)config_setting_source_line(setting), "%s", text);
}

/* ---- keys against a table ---- */

static void wrong_key(struct reader *reader, const config_setting_t *setting,
	const struct key *keys, size_t n_keys)
{
	const char *name = config_setting_name(setting);
	char allowed[BOARD_ERROR_SIZE / 2];
	const char *nearest = keys[0].name;
	struct strbuf sb;

	strbuf_init(&sb, allowed, sizeof(allowed));
	for (size_t i = 0; i < n_keys; i++) {
		strbuf_addf(&sb, "%s%s", i ? ", " : "", keys[i].name);
		if (text_distance(name, keys[i].name) < text_distance(name, nearest))
			nearest = keys[i].name;
	}
	wrong(reader, setting, "unknown key \"%s\"; did you mean \"%s\"? allowed: %s", name,
		nearest, allowed);
}

static bool check_key(struct reader *reader, const config_setting_t *setting,
	const struct key *keys, size_t n_keys)
{
	for (size_t i = 0; i < n_keys; i++) {
		if (strcmp(keys[i].name, config_setting_name(setting)) != 0)
			continue;
		if (config_setting_type(setting) == keys[i].type)
			return true;
		wrong(reader, setting, "\"%s\" must be %s", keys[i].name, type_name(keys[i].type));
		return false;
	}
	wrong_key(reader, setting, keys, n_keys);
	return false;
}

static bool check_keys(
	struct reader *reader, const config_setting_t *group, const struct key *keys, size_t n_keys)
{
	bool good = true;

	if (config_setting_type(group) != CONFIG_TYPE_GROUP) {
		wrong(reader, group, "must be %s", type_name(CONFIG_TYPE_GROUP));
		return false;
	}
	for (int i = 0; i < config_setting_length(group); i++)
		good &= check_key(
			reader, config_setting_get_elem(group, (unsigned int)i), keys, n_keys);
	return good;
}

static bool read_text(struct reader *reader, const config_setting_t *group, const char *key,
	char *out, size_t size)
{
	const char *text;

	if (!config_setting_lookup_string(group, key, &text))
		return false;
	if (!text_copy(out, size, text))
		wrong(reader, group, "\"%s\" is too long (at most %zu bytes)", key, size - 1);
	return true;
}

static void read_number(struct reader *reader, const config_setting_t *group, const char *key,
	int max, unsigned int *out)
{
	int value;

	if (!config_setting_lookup_int(group, key, &value))
		return;
	if (value < 0 || value > max)
		wrong(reader, config_setting_get_member(group, key), "\"%s\" must be 0 to %d", key,
			max);
	else
		*out = (unsigned int)value;
}

/* ---- chips ---- */

static void read_labels(
	struct reader *reader, const config_setting_t *labels, struct definition_chip *chip)
{
	for (int i = 0; i < config_setting_length(labels); i++) {
		const char *label = config_setting_get_string_elem(labels, i);

		if (!label || chip->n_labels == DEFINITION_LABELS) {
			wrong(reader, labels, "\"labels\" must be at most %d texts in quotes",
				DEFINITION_LABELS);
			return;
		}
		if (!text_copy(chip->labels[chip->n_labels++], DEFINITION_NAME_SIZE, label))
			wrong(reader, labels, "chip label \"%s\" is too long (at most %d bytes)",
				label, DEFINITION_NAME_SIZE - 1);
	}
}

static void read_chip(struct reader *reader, const config_setting_t *setting)
{
	struct definition *definition = reader->definition;
	struct definition_chip *chip = &definition->chips[definition->n_chips];
	const config_setting_t *labels;

	if (!check_keys(reader, setting, chip_keys, ARRAY_SIZE(chip_keys)))
		return;
	if (definition->n_chips == DEFINITION_CHIPS) {
		wrong(reader, setting, "at most %d chips", DEFINITION_CHIPS);
		return;
	}
	chip->source_line = (int)config_setting_source_line(setting);
	read_text(reader, setting, "id", chip->id, sizeof(chip->id));
	read_text(reader, setting, "path", chip->path, sizeof(chip->path));
	labels = config_setting_get_member(setting, "labels");
	if (labels)
		read_labels(reader, labels, chip);
	if (!chip->path[0] == !chip->n_labels)
		wrong(reader, setting, "a chip needs either \"labels\" or \"path\"");
	definition->n_chips++;
}

static void read_chips(struct reader *reader, const config_setting_t *root)
{
	const config_setting_t *chips = config_setting_get_member(root, "chips");

	if (!chips || config_setting_length(chips) == 0) {
		if (reader->style == DEFINITION_WITH_PINS)
			complain(reader->complaints, reader->definition->file, 0,
				"\"chips\" is missing: chips = ( { labels = [ \"...\" ]; } );");
		return;
	}
	for (int i = 0; i < config_setting_length(chips); i++)
		read_chip(reader, config_setting_get_elem(chips, (unsigned int)i));
}

/* ---- lines ---- */

static void read_line_chip(
	struct reader *reader, const config_setting_t *setting, struct definition_line *line)
{
	const struct definition *definition = reader->definition;
	const char *id;

	if (!config_setting_lookup_string(setting, "chip", &id))
		return;
	for (line->chip = 0; line->chip < definition->n_chips; line->chip++)
		if (strcmp(definition->chips[line->chip].id, id) == 0)
			return;
	line->chip = 0;
	wrong(reader, setting, "chip \"%s\" is not in \"chips\"", id);
}

static void read_bias(
	struct reader *reader, const config_setting_t *setting, struct definition_line *line)
{
	const char *name;

	if (!config_setting_lookup_string(setting, "bias", &name))
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(bias_names); i++) {
		if (strcmp(bias_names[i], name) == 0) {
			line->bias = (enum line_bias)i;
			return;
		}
	}
	wrong(reader, config_setting_get_member(setting, "bias"),
		"bias \"%s\" is not known; known: as-is, none, pull-up, pull-down", name);
}

static void check_pin(
	struct reader *reader, const config_setting_t *setting, const struct definition_line *line)
{
	const struct definition *definition = reader->definition;
	char name[LINE_NAME_SIZE], other_name[LINE_NAME_SIZE];

	if (!config_setting_get_member(setting, "line")) {
		wrong(reader, setting, "%s has no \"line\"", definition_line_name(line, name));
		return;
	}
	for (unsigned int i = 0; i < definition->n_lines; i++) {
		const struct definition_line *other = &definition->lines[i];

		if (other->chip == line->chip && other->offset == line->offset)
			wrong(reader, setting, "%s is on line %u, as is %s (line %d of this file)",
				definition_line_name(line, name), line->offset,
				definition_line_name(other, other_name), other->source_line);
	}
}

#define MAX_OFFSET    1023
#define MAX_DEBOUNCE  100
#define MAX_PULSE     60000
#define DEFAULT_PULSE 500

static void read_line(
	struct reader *reader, const config_setting_t *setting, struct definition_line line)
{
	struct definition *definition = reader->definition;
	int active_low;

	if (!check_keys(reader, setting, line_keys, ARRAY_SIZE(line_keys)))
		return;
	if (definition->n_lines == DEFINITION_LINES) {
		wrong(reader, setting, "at most %d lines", DEFINITION_LINES);
		return;
	}
	line.source_line = (int)config_setting_source_line(setting);
	line.pulse_ms = line.role == LINE_MODEM ? DEFAULT_PULSE : 0;
	read_line_chip(reader, setting, &line);
	read_bias(reader, setting, &line);
	read_number(reader, setting, "line", MAX_OFFSET, &line.offset);
	read_number(reader, setting, "debounce_ms", MAX_DEBOUNCE, &line.debounce_ms);
	read_number(reader, setting, "pulse_ms", MAX_PULSE, &line.pulse_ms);
	if (config_setting_lookup_bool(setting, "active_low", &active_low))
		line.active_low = active_low;
	if (reader->style == DEFINITION_WITH_PINS)
		check_pin(reader, setting, &line);
	definition->lines[definition->n_lines++] = line;
}

/* The table's order is that of the enum, so a row's index is the kind. */
static void read_lines(struct reader *reader, const config_setting_t *group, const struct key *keys,
	size_t n_keys, struct definition_line line)
{
	for (unsigned int kind = 0; kind < n_keys; kind++) {
		const config_setting_t *setting = config_setting_get_member(group, keys[kind].name);

		if (!setting || config_setting_type(setting) != CONFIG_TYPE_GROUP)
			continue;
		line.kind = kind;
		read_line(reader, setting, line);
	}
}

static void read_group(struct reader *reader, const config_setting_t *root, const char *name,
	const struct key *keys, size_t n_keys, enum line_role role)
{
	const config_setting_t *group = config_setting_get_member(root, name);
	struct definition_line line = { .role = role };

	if (group && config_setting_type(group) == CONFIG_TYPE_GROUP) {
		check_keys(reader, group, keys, n_keys);
		read_lines(reader, group, keys, n_keys, line);
	} else if (!group && reader->style == DEFINITION_WITHOUT_PINS) {
		/* a board that exists in memory only has every light and button */
		for (line.kind = 0; line.kind < n_keys; line.kind++)
			reader->definition->lines[reader->definition->n_lines++] = line;
	}
}

static void read_modem(struct reader *reader, const config_setting_t *setting)
{
	struct definition_line line = { .role = LINE_MODEM };

	if (!check_keys(reader, setting, modem_keys, ARRAY_SIZE(modem_keys)))
		return;
	if (!read_text(reader, setting, "name", line.modem, sizeof(line.modem))) {
		wrong(reader, setting, "a modem needs the \"name\" that it has in faro.cfg");
		return;
	}
	/* the first row is the name */
	read_lines(reader, setting, modem_keys + 1, BOARD_MODEM_LINES, line);
}

static void read_modems(struct reader *reader, const config_setting_t *root)
{
	const config_setting_t *modems = config_setting_get_member(root, "modems");

	if (!modems || config_setting_type(modems) != CONFIG_TYPE_LIST)
		return;
	for (int i = 0; i < config_setting_length(modems); i++)
		read_modem(reader, config_setting_get_elem(modems, (unsigned int)i));
}

static void read_socket(struct reader *reader, const config_setting_t *root)
{
	struct definition *definition = reader->definition;
	const config_setting_t *setting = config_setting_get_member(root, "socket");

	if (read_text(reader, root, "socket", definition->socket, sizeof(definition->socket)))
		definition->socket_line = (int)config_setting_source_line(setting);
	else if (reader->style == DEFINITION_WITHOUT_PINS)
		complain(reader->complaints, definition->file, 0, "\"socket\" is missing");
}

static void read_all(struct reader *reader, const config_setting_t *root)
{
	check_keys(reader, root, top_keys, ARRAY_SIZE(top_keys));
	read_socket(reader, root);
	read_chips(reader, root);
	read_group(reader, root, "lights", light_keys, ARRAY_SIZE(light_keys), LINE_LIGHT);
	read_group(reader, root, "buttons", button_keys, ARRAY_SIZE(button_keys), LINE_BUTTON);
	read_modems(reader, root);
}

static int read_file(struct reader *reader, config_t *config)
{
	const char *file = reader->definition->file;
	FILE *stream = fopen(file, "re");
	bool good;

	if (!stream) {
		complain(reader->complaints, file, 0, "%s (board.definition names this file)",
			strerror(errno));
		return -EINVAL;
	}
	good = config_read(config, stream);
	fclose(stream);
	if (good)
		return 0;
	complain(reader->complaints, file, config_error_line(config), "%s",
		config_error_text(config));
	return -EINVAL;
}

int definition_read(struct definition *definition, const char *file, enum definition_style style,
	struct complaints *complaints)
{
	struct reader reader = {
		.definition = definition, .style = style, .complaints = complaints
	};
	unsigned int before = complaints->count;
	config_t config;

	memset(definition, 0, sizeof(*definition));
	text_copy(definition->file, sizeof(definition->file), file ? file : "");
	config_init(&config);
	if (read_file(&reader, &config) == 0)
		read_all(&reader, config_root_setting(&config));
	config_destroy(&config);
	return complaints->count == before ? 0 : -EINVAL;
}

const char *definition_line_name(const struct definition_line *line, char out[LINE_NAME_SIZE])
{
	struct strbuf sb;

	strbuf_init(&sb, out, LINE_NAME_SIZE);
	if (line->role == LINE_LIGHT)
		strbuf_addf(&sb, "light %s", board_light_name((enum board_light)line->kind));
	else if (line->role == LINE_BUTTON)
		strbuf_addf(&sb, "button %s", board_button_name((enum board_button)line->kind));
	else
		strbuf_addf(&sb, "modem %s %s", line->modem,
			board_modem_line_name((enum board_modem_line)line->kind));
	return out;
}
