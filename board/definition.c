/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definition files: the one place where pins are known. What is allowed is a table; every mistake
 * is named.
 */
#include <libconfig.h>
#include <stdio.h>
#include <string.h>

#include "keys.h"

struct reader {
	struct definition *definition;
	const char *file; /* that is being read; what it includes is named by libconfig */
	bool first;       /* the board's own file, before those of its HATs */
	enum definition_style style;
	struct complaints *complaints;
};

static const char *const bias_names[] = { "as-is", "none", "pull-up", "pull-down" };

static void wrong(struct reader *reader, const config_setting_t *setting, const char *format, ...)
	PRINTF_LIKE(3, 4);

static const char *file_of(const struct reader *reader, const config_setting_t *setting)
{
	const char *file = config_setting_source_file(setting);

	return file ? file : reader->file;
}

static void wrong(struct reader *reader, const config_setting_t *setting, const char *format, ...)
{
	char text[BOARD_ERROR_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	complain(reader->complaints, file_of(reader, setting),
		(int)config_setting_source_line(setting), "%s", text);
}

static struct definition_place place_of(struct reader *reader, const config_setting_t *setting)
{
	struct definition *definition = reader->definition;
	struct definition_place place = { .line = (int)config_setting_source_line(setting) };
	const char *file = file_of(reader, setting);

	while (place.file < definition->n_files && strcmp(definition->files[place.file], file) != 0)
		place.file++;
	if (place.file == DEFINITION_FILES)
		place.file = 0;
	else if (place.file == definition->n_files)
		text_copy(definition->files[definition->n_files++], DEFINITION_PATH_SIZE, file);
	return place;
}

/* ---- keys against a table ---- */

static void wrong_key(
	struct reader *reader, const config_setting_t *setting, const struct key_table *table)
{
	const char *name = config_setting_name(setting);
	char allowed[BOARD_ERROR_SIZE / 2];
	const char *nearest = table->keys[0].name;
	struct strbuf sb;

	strbuf_init(&sb, allowed, sizeof(allowed));
	for (unsigned int i = 0; i < table->n_keys; i++) {
		strbuf_addf(&sb, "%s%s", i ? ", " : "", table->keys[i].name);
		if (text_distance(name, table->keys[i].name) < text_distance(name, nearest))
			nearest = table->keys[i].name;
	}
	wrong(reader, setting, "unknown key \"%s\"; did you mean \"%s\"? allowed: %s", name,
		nearest, allowed);
}

static bool check_key(
	struct reader *reader, const config_setting_t *setting, const struct key_table *table)
{
	for (unsigned int i = 0; i < table->n_keys; i++) {
		const struct key *key = &table->keys[i];

		if (strcmp(key->name, config_setting_name(setting)) != 0)
			continue;
		if (config_setting_type(setting) == key->type)
			return true;
		wrong(reader, setting, "\"%s\" must be %s", key->name, key_type_name(key->type));
		return false;
	}
	wrong_key(reader, setting, table);
	return false;
}

static bool check_keys(
	struct reader *reader, const config_setting_t *group, const struct key_table *table)
{
	bool good = true;

	if (config_setting_type(group) != CONFIG_TYPE_GROUP) {
		wrong(reader, group, "must be %s", key_type_name(CONFIG_TYPE_GROUP));
		return false;
	}
	for (int i = 0; i < config_setting_length(group); i++)
		good &= check_key(reader, config_setting_get_elem(group, (unsigned int)i), table);
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

	if (!check_keys(reader, setting, &key_tables[KEYS_CHIP]))
		return;
	if (definition->n_chips == DEFINITION_CHIPS) {
		wrong(reader, setting, "at most %d chips", DEFINITION_CHIPS);
		return;
	}
	chip->place = place_of(reader, setting);
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

	if (!chips || config_setting_type(chips) != CONFIG_TYPE_LIST)
		return;
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

/* "line 5 of this file", or of which other one: libconfig 1.7 says its folder too, 1.5 does not */
static const char *say_place(const struct definition *definition, struct definition_place place,
	unsigned int from, char *out, size_t size)
{
	const char *slash = strrchr(definition->files[place.file], '/');
	const char *name = slash ? slash + 1 : definition->files[place.file];

	snprintf(out, size, "line %d of %s", place.line, place.file == from ? "this file" : name);
	return out;
}

static void check_pin(
	struct reader *reader, const config_setting_t *setting, const struct definition_line *line)
{
	const struct definition *definition = reader->definition;
	char name[LINE_NAME_SIZE], other_name[LINE_NAME_SIZE], where[DEFINITION_PATH_SIZE + 32];

	if (!config_setting_get_member(setting, "line")) {
		wrong(reader, setting, "%s has no \"line\"", definition_line_name(line, name));
		return;
	}
	for (unsigned int i = 0; i < definition->n_lines; i++) {
		const struct definition_line *other = &definition->lines[i];

		if (other->chip == line->chip && other->offset == line->offset)
			wrong(reader, setting, "%s is on line %u, as is %s (%s)",
				definition_line_name(line, name), line->offset,
				definition_line_name(other, other_name),
				say_place(definition, other->place, line->place.file, where,
					sizeof(where)));
	}
}

/* Two files may each name the same thing. */
static void check_only(
	struct reader *reader, const config_setting_t *setting, const struct definition_line *line)
{
	const struct definition *definition = reader->definition;
	char name[LINE_NAME_SIZE], where[DEFINITION_PATH_SIZE + 32];

	for (unsigned int i = 0; i < definition->n_lines; i++) {
		const struct definition_line *other = &definition->lines[i];

		if (other->role == line->role && other->kind == line->kind &&
			strcmp(other->modem, line->modem) == 0)
			wrong(reader, setting, "%s is defined already (%s)",
				definition_line_name(line, name),
				say_place(definition, other->place, line->place.file, where,
					sizeof(where)));
	}
}

#define MAX_OFFSET    1023
#define MAX_DEBOUNCE  100
#define MAX_PULSE     60000
#define DEFAULT_PULSE 500
#define MAX_SETTLE    600000

/* The mains blink, and what fills a battery makes its gauge waver. */
static const unsigned int default_settle_ms[BOARD_SENSORS] = {
	[BOARD_MAINS_LOST] = 5000,
	[BOARD_BATTERY_LOW] = 10000,
	[BOARD_TAMPER] = 300,
};

static void read_line(
	struct reader *reader, const config_setting_t *setting, struct definition_line line)
{
	struct definition *definition = reader->definition;
	int active_low;

	if (!check_keys(reader, setting, &key_tables[KEYS_LINE]))
		return;
	if (definition->n_lines == DEFINITION_LINES) {
		wrong(reader, setting, "at most %d lines", DEFINITION_LINES);
		return;
	}
	line.place = place_of(reader, setting);
	line.pulse_ms = line.role == LINE_MODEM ? DEFAULT_PULSE : 0;
	line.settle_ms = line.role == LINE_SENSOR ? default_settle_ms[line.kind] : 0;
	read_line_chip(reader, setting, &line);
	read_bias(reader, setting, &line);
	read_number(reader, setting, "line", MAX_OFFSET, &line.offset);
	read_number(reader, setting, "debounce_ms", MAX_DEBOUNCE, &line.debounce_ms);
	read_number(reader, setting, "pulse_ms", MAX_PULSE, &line.pulse_ms);
	read_number(reader, setting, "settle_ms", MAX_SETTLE, &line.settle_ms);
	if (config_setting_lookup_bool(setting, "active_low", &active_low))
		line.active_low = active_low;
	check_only(reader, setting, &line);
	if (reader->style == DEFINITION_WITH_PINS)
		check_pin(reader, setting, &line);
	definition->lines[definition->n_lines++] = line;
}

/* The table's order is that of the enum, so a row's index is the kind; skip: rows before these. */
static void read_lines(struct reader *reader, const config_setting_t *group,
	const struct key_table *table, unsigned int skip, struct definition_line line)
{
	for (unsigned int row = skip; row < table->n_keys; row++) {
		const config_setting_t *setting =
			config_setting_get_member(group, table->keys[row].name);

		if (!setting || config_setting_type(setting) != CONFIG_TYPE_GROUP)
			continue;
		line.kind = row - skip;
		read_line(reader, setting, line);
	}
}

static void read_group(struct reader *reader, const config_setting_t *root, const char *name,
	const struct key_table *table, enum line_role role)
{
	const config_setting_t *group = config_setting_get_member(root, name);
	struct definition_line line = { .role = role };

	if (group && config_setting_type(group) == CONFIG_TYPE_GROUP) {
		check_keys(reader, group, table);
		read_lines(reader, group, table, 0, line);
	} else if (!group && reader->style == DEFINITION_WITHOUT_PINS && reader->first) {
		/* a board that exists in memory only has every light and button */
		for (line.kind = 0; line.kind < table->n_keys; line.kind++)
			reader->definition->lines[reader->definition->n_lines++] = line;
	}
}

static void read_buzzer(struct reader *reader, const config_setting_t *root)
{
	const config_setting_t *buzzer = config_setting_get_member(root, "buzzer");
	const struct definition_line line = { .role = LINE_LIGHT, .kind = BOARD_BUZZER };

	if (buzzer && config_setting_type(buzzer) == CONFIG_TYPE_GROUP)
		read_line(reader, buzzer, line);
}

/* What is not named is not there, also on a board in memory: a box without a battery is usual. */
static void read_sensors(struct reader *reader, const config_setting_t *root)
{
	const config_setting_t *sensors = config_setting_get_member(root, "sensors");
	const struct definition_line line = { .role = LINE_SENSOR };

	if (!sensors || config_setting_type(sensors) != CONFIG_TYPE_GROUP)
		return;
	check_keys(reader, sensors, &key_tables[KEYS_SENSORS]);
	read_lines(reader, sensors, &key_tables[KEYS_SENSORS], 0, line);
}

static void read_modem(struct reader *reader, const config_setting_t *setting)
{
	struct definition_line line = { .role = LINE_MODEM };

	if (!check_keys(reader, setting, &key_tables[KEYS_MODEM]))
		return;
	if (!read_text(reader, setting, "name", line.modem, sizeof(line.modem))) {
		wrong(reader, setting, "a modem needs the \"name\" that it has in faro.cfg");
		return;
	}
	/* the first row is the name */
	read_lines(reader, setting, &key_tables[KEYS_MODEM], 1, line);
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
	else if (reader->style == DEFINITION_WITHOUT_PINS && reader->first)
		complain(reader->complaints, reader->file, 0, "\"socket\" is missing");
}

static void read_all(struct reader *reader, const config_setting_t *root)
{
	check_keys(reader, root, &key_tables[KEYS_FILE]);
	read_socket(reader, root);
	read_chips(reader, root);
	if (reader->style == DEFINITION_WITH_PINS && reader->definition->n_chips == 0)
		complain(reader->complaints, reader->file, 0,
			"\"chips\" is missing: chips = ( { labels = [ \"...\" ]; } );");
	read_group(reader, root, "lights", &key_tables[KEYS_LIGHTS], LINE_LIGHT);
	read_group(reader, root, "buttons", &key_tables[KEYS_BUTTONS], LINE_BUTTON);
	read_buzzer(reader, root);
	read_sensors(reader, root);
	read_modems(reader, root);
}

/* What a file includes lies beside it. */
static void include_beside(config_t *config, const char *file)
{
	char folder[DEFINITION_PATH_SIZE];
	char *slash;

	text_copy(folder, sizeof(folder), file);
	slash = strrchr(folder, '/');
	if (!slash)
		return;
	slash[slash == folder] = '\0';
	config_set_include_dir(config, folder);
}

static int parse_file(struct reader *reader, config_t *config)
{
	FILE *stream = fopen(reader->file, "re");
	const char *included;
	bool good;

	if (!stream) {
		complain(reader->complaints, reader->file, 0, "%s (%s names this file)",
			strerror(errno), reader->first ? "board.definition" : "board.hats");
		return -EINVAL;
	}
	include_beside(config, reader->file);
	good = config_read(config, stream);
	fclose(stream);
	if (good)
		return 0;
	included = config_error_file(config);
	complain(reader->complaints, included ? included : reader->file, config_error_line(config),
		"%s", config_error_text(config));
	return -EINVAL;
}

static void read_file(struct reader *reader, const char *file)
{
	config_t config;

	reader->file = file ? file : "";
	config_init(&config);
	if (parse_file(reader, &config) == 0)
		read_all(reader, config_root_setting(&config));
	config_destroy(&config);
	reader->first = false;
}

int definition_read(struct definition *definition, const struct board_config *config,
	enum definition_style style, struct complaints *complaints)
{
	struct reader reader = {
		.definition = definition, .first = true, .style = style, .complaints = complaints
	};
	unsigned int before = complaints->count;

	memset(definition, 0, sizeof(*definition));
	definition->n_files = 1;
	text_copy(definition->files[0], sizeof(definition->files[0]),
		config->definition ? config->definition : "");
	read_file(&reader, config->definition);
	for (int i = 0; i < config->n_hats; i++)
		read_file(&reader, config->hats[i]);
	return complaints->count == before ? 0 : -EINVAL;
}

bool definition_line_is_watched(const struct definition_line *line)
{
	return line->role == LINE_BUTTON || line->role == LINE_SENSOR;
}

bool definition_line_is_input(const struct definition_line *line)
{
	return definition_line_is_watched(line) ||
	       (line->role == LINE_MODEM && line->kind == BOARD_MODEM_STATUS);
}

const char *definition_line_name(const struct definition_line *line, char out[LINE_NAME_SIZE])
{
	struct strbuf sb;

	strbuf_init(&sb, out, LINE_NAME_SIZE);
	if (line->role == LINE_LIGHT && line->kind == BOARD_BUZZER)
		strbuf_add(&sb, board_light_name(BOARD_BUZZER));
	else if (line->role == LINE_SENSOR)
		strbuf_addf(&sb, "sensor %s", board_sensor_name((enum board_sensor)line->kind));
	else if (line->role == LINE_LIGHT)
		strbuf_addf(&sb, "light %s", board_light_name((enum board_light)line->kind));
	else if (line->role == LINE_BUTTON)
		strbuf_addf(&sb, "button %s", board_button_name((enum board_button)line->kind));
	else
		strbuf_addf(&sb, "modem %s %s", line->modem,
			board_modem_line_name((enum board_modem_line)line->kind));
	return out;
}
