/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libconfig's tree -> struct settings, by the schema. Goes on after each mistake, so that all are
 * found.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

static void read_group(struct reader *reader, const struct schema_group *group,
	const config_setting_t *setting, void *base);

void *reader_alloc(struct reader *reader, size_t size)
{
	struct settings_block *block = calloc(1, sizeof(*block) + size);

	if (!block) {
		reader->no_memory = true;
		return NULL;
	}
	block->next = reader->owner->blocks;
	reader->owner->blocks = block;
	return block + 1;
}

static const char *keep(struct reader *reader, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = reader_alloc(reader, size);

	return copy ? memcpy(copy, text, size) : "";
}

/* ---- reports --------------------------------------------------------------------------------- */

void reader_path(const config_setting_t *setting, struct strbuf *out)
{
	const config_setting_t *parent = config_setting_parent(setting);
	const char *name = config_setting_name(setting);

	if (!parent)
		return;
	reader_path(parent, out);
	if (name)
		strbuf_addf(out, "%s%s", out->len ? "." : "", name);
}

/* What is wrong with a value, after "box.name ": and what is allowed. */
static void PRINTF_LIKE(4, 5) value_error(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, const char *format, ...)
{
	char path_memory[128], wrong[256], allowed_memory[256];
	struct strbuf path, allowed;
	va_list args;

	va_start(args, format);
	vsnprintf(wrong, sizeof(wrong), format, args);
	va_end(args);
	strbuf_init(&path, path_memory, sizeof(path_memory));
	strbuf_init(&allowed, allowed_memory, sizeof(allowed_memory));
	reader_path(setting, &path);
	schema_describe(key, &allowed);
	reader_error(reader, setting, "%s %s; allowed: %s", path.text, wrong, allowed.text);
}

static const char *type_in_words(const config_setting_t *setting)
{
	static const char *const words[] = {
		[CONFIG_TYPE_GROUP] = "a group { }",
		[CONFIG_TYPE_INT] = "a number",
		[CONFIG_TYPE_INT64] = "a number",
		[CONFIG_TYPE_FLOAT] = "a broken number",
		[CONFIG_TYPE_STRING] = "a text in quotes",
		[CONFIG_TYPE_BOOL] = "true or false",
		[CONFIG_TYPE_ARRAY] = "an array [ ]",
		[CONFIG_TYPE_LIST] = "a list ( )",
	};
	int type = config_setting_type(setting);

	return type > 0 && (size_t)type < ARRAY_SIZE(words) ? words[type] : "nothing";
}

/* ---- single values --------------------------------------------------------------------------- */

static bool read_int(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, int *out)
{
	int type = config_setting_type(setting);
	int64_t value;

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
		value_error(reader, key, setting, "is %s", type_in_words(setting));
		return false;
	}
	value = config_setting_get_int64(setting);
	if (value < key->min || value > key->max) {
		value_error(reader, key, setting, "is %" PRId64, value);
		return false;
	}
	*out = (int)value;
	return true;
}

static bool read_string(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, const char **out)
{
	const char *text;
	int64_t n;

	if (config_setting_type(setting) != CONFIG_TYPE_STRING) {
		value_error(reader, key, setting, "is %s, not a text in quotes",
			type_in_words(setting));
		return false;
	}
	text = config_setting_get_string(setting);
	n = (int64_t)strlen(text);
	if (n < key->min || n > key->max || (key->form && !key->form->valid(text))) {
		/* what is personal or secret is not repeated: a reload reports into the log */
		if (key->private || n > 60)
			value_error(reader, key, setting, "is not right");
		else
			value_error(reader, key, setting, "is \"%s\"", text);
		return false;
	}
	*out = keep(reader, text);
	return true;
}

static bool read_bool(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, bool *out)
{
	if (config_setting_type(setting) != CONFIG_TYPE_BOOL) {
		value_error(reader, key, setting, "is %s", type_in_words(setting));
		return false;
	}
	*out = config_setting_get_bool(setting) != 0;
	return true;
}

static bool read_word(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, const char **word, int *value)
{
	const char *text;

	if (config_setting_type(setting) != CONFIG_TYPE_STRING) {
		value_error(reader, key, setting, "is %s, not a text in quotes",
			type_in_words(setting));
		return false;
	}
	text = config_setting_get_string(setting);
	*value = schema_word_value(key->words, text);
	if (*value < 0) {
		value_error(reader, key, setting, "is \"%.60s\"", text);
		return false;
	}
	*word = keep(reader, text);
	return true;
}

static const char *const standard_word = "default";

/* One line of a group of words: a language's own, or the one of all others. */
static void read_own_word(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, struct settings_words *out,
	struct settings_language_word *own)
{
	const char *name = config_setting_name(setting), *text;
	int word;

	if (strcmp(name, standard_word) != 0 && !schema_is_language(name)) {
		reader_error(reader, setting,
			"unknown key \"%.60s\" in %s; allowed: \"default\" and language codes such "
			"as "
			"\"en\", \"es\" or \"pt-BR\"",
			name, key->name);
		return;
	}
	if (!read_word(reader, key, setting, &text, &word))
		return;
	if (strcmp(name, standard_word) == 0)
		out->standard = word;
	else
		own[out->n_own++] = (struct settings_language_word){ .language = keep(reader, name),
			.word = word };
}

static void read_words(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, struct settings_words *out)
{
	int n = config_setting_length(setting);
	struct settings_language_word *own;
	const char *text;
	int word;

	if (!config_setting_is_group(setting)) {
		if (read_word(reader, key, setting, &text, &word))
			out->standard = word;
		return;
	}
	if (n > SETTINGS_LANGUAGES_MAX) {
		value_error(reader, key, setting, "has %d languages", n);
		return;
	}
	own = reader_alloc(reader, (size_t)n * sizeof(*own));
	for (int i = 0; own && i < n; i++)
		read_own_word(
			reader, key, config_setting_get_elem(setting, (unsigned int)i), out, own);
	out->own = own;
}

/* ---- several values -------------------------------------------------------------------------- */

static bool is_sequence(const config_setting_t *setting)
{
	return config_setting_is_list(setting) || config_setting_is_array(setting);
}

static void store_counted(void *base, const struct schema_key *key, const void *array, int count)
{
	memcpy((char *)base + key->offset, &array, sizeof(array));
	memcpy((char *)base + key->count_offset, &count, sizeof(count));
}

/* The number of elements to read; -1 when it is no sequence at all. */
static int sequence_length(
	struct reader *reader, const struct schema_key *key, const config_setting_t *setting)
{
	char memory[128];
	struct strbuf path;
	int n;

	strbuf_init(&path, memory, sizeof(memory));
	reader_path(setting, &path);
	if (!is_sequence(setting)) {
		reader_error(reader, setting, "%s is %s; allowed: a list ( ... )", path.text,
			type_in_words(setting));
		return -1;
	}
	n = config_setting_length(setting);
	if (n < key->count_min || n > key->count_max)
		reader_error(reader, setting, "%s has %d elements; allowed: %d to %d", path.text, n,
			key->count_min, key->count_max);
	return n > key->count_max ? key->count_max : n;
}

static void read_ints(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, void *base)
{
	int n = sequence_length(reader, key, setting), count = 0;
	int *values = n > 0 ? reader_alloc(reader, (size_t)n * sizeof(*values)) : NULL;

	for (int i = 0; values && i < n; i++)
		if (read_int(reader, key, config_setting_get_elem(setting, (unsigned int)i),
			    &values[count]))
			count++;
	store_counted(base, key, values, count);
}

/* One text may stand for a list of one. */
static void read_strings(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, void *base)
{
	bool single = config_setting_type(setting) == CONFIG_TYPE_STRING;
	int n = single ? 1 : sequence_length(reader, key, setting), count = 0;
	const char **values = n > 0 ? reader_alloc(reader, (size_t)n * sizeof(*values)) : NULL;

	for (int i = 0; values && i < n; i++) {
		const config_setting_t *element =
			single ? setting : config_setting_get_elem(setting, (unsigned int)i);

		if (read_string(reader, key, element, &values[count]))
			count++;
	}
	store_counted(base, key, values, count);
}

static void read_list(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, void *base)
{
	int n = sequence_length(reader, key, setting);
	char *array = n > 0 ? reader_alloc(reader, (size_t)n * key->group->size) : NULL;

	for (int i = 0; array && i < n; i++)
		read_group(reader, key->group, config_setting_get_elem(setting, (unsigned int)i),
			array + (size_t)i * key->group->size);
	store_counted(base, key, array, array ? n : 0);
}

/* ---- defaults -------------------------------------------------------------------------------- */

static void default_ints(struct reader *reader, const struct schema_key *key, void *base)
{
	int *values = reader_alloc(reader, (size_t)key->count_max * sizeof(*values));
	int n = 0;

	for (const char *p = key->fallback ? key->fallback : ""; values && *p; n++) {
		values[n] = (int)strtol(p, NULL, 10);
		p += strspn(p, "0123456789");
		p += strspn(p, ", ");
	}
	store_counted(base, key, values, n);
}

static void set_default(struct reader *reader, const struct schema_key *key, void *base)
{
	const char *text = key->fallback ? key->fallback : "";
	char *member = (char *)base + key->offset;
	int number;

	switch (key->type) {
	case SCHEMA_STRING:
	case SCHEMA_NAME:
		text = keep(reader, text);
		memcpy(member, &text, sizeof(text));
		break;
	case SCHEMA_INT:
	case SCHEMA_WORD:
		number = key->words ? schema_word_value(key->words, text)
				    : (int)strtol(text, NULL, 10);
		memcpy(member, &number, sizeof(number));
		break;
	case SCHEMA_WORDS:
		*(struct settings_words *)(void *)member =
			(struct settings_words){ .standard = schema_word_value(key->words, text) };
		break;
	case SCHEMA_BOOL:
		*(bool *)member = strcmp(text, "true") == 0;
		break;
	case SCHEMA_INTS:
		default_ints(reader, key, base);
		break;
	case SCHEMA_STRINGS:
	case SCHEMA_LIST:
		store_counted(base, key, NULL, 0);
		break;
	case SCHEMA_GROUP:
		read_group(reader, key->group, NULL, member);
		break;
	}
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void read_value(struct reader *reader, const struct schema_key *key,
	const config_setting_t *setting, void *base)
{
	char *member = (char *)base + key->offset;
	const char *text;
	int number;
	bool truth;

	switch (key->type) {
	case SCHEMA_STRING:
		if (read_string(reader, key, setting, &text))
			memcpy(member, &text, sizeof(text));
		break;
	case SCHEMA_NAME:
		if (read_word(reader, key, setting, &text, &number))
			memcpy(member, &text, sizeof(text));
		break;
	case SCHEMA_WORD:
		if (read_word(reader, key, setting, &text, &number))
			memcpy(member, &number, sizeof(number));
		break;
	case SCHEMA_WORDS:
		read_words(reader, key, setting, (struct settings_words *)(void *)member);
		break;
	case SCHEMA_INT:
		if (read_int(reader, key, setting, &number))
			memcpy(member, &number, sizeof(number));
		break;
	case SCHEMA_BOOL:
		if (read_bool(reader, key, setting, &truth))
			*(bool *)member = truth;
		break;
	case SCHEMA_STRINGS:
		read_strings(reader, key, setting, base);
		break;
	case SCHEMA_INTS:
		read_ints(reader, key, setting, base);
		break;
	case SCHEMA_LIST:
		read_list(reader, key, setting, base);
		break;
	case SCHEMA_GROUP:
		read_group(reader, key->group, setting, member);
		break;
	}
}

static const struct schema_key *find_key(const struct schema_group *group, const char *name)
{
	for (size_t i = 0; i < group->n_keys; i++)
		if (strcmp(group->keys[i].name, name) == 0)
			return &group->keys[i];
	return NULL;
}

static const struct schema_key *nearest_key(
	const struct schema_group *group, const char *name, unsigned int *distance)
{
	const struct schema_key *nearest = NULL;

	*distance = UINT32_MAX;
	for (size_t i = 0; i < group->n_keys; i++) {
		unsigned int d = text_distance(group->keys[i].name, name);

		if (d < *distance) {
			*distance = d;
			nearest = &group->keys[i];
		}
	}
	return nearest;
}

/* The nearest key of any section, and that section. */
static const struct schema_key *nearest_anywhere(
	const char *name, unsigned int *distance, const char **section)
{
	const struct schema_key *nearest = NULL;

	*distance = UINT32_MAX;
	*section = "";
	for (size_t i = 0; i < settings_schema.n_keys; i++) {
		const struct schema_key *key = &settings_schema.keys[i], *inner;
		unsigned int d;

		inner = nearest_key(key->group, name, &d);
		if (d < *distance) {
			*distance = d;
			*section = key->name;
			nearest = inner;
		}
	}
	return nearest;
}

#define TYPING_MISTAKES 2

/* A near key of the same group comes first; one of another section when only that one is near. */
static void report_unknown(
	struct reader *reader, const struct schema_group *group, const config_setting_t *setting)
{
	const char *name = config_setting_name(setting), *section;
	unsigned int here_distance, there_distance;
	const struct schema_key *here = nearest_key(group, name, &here_distance);
	const struct schema_key *there = nearest_anywhere(name, &there_distance, &section);

	if (there_distance < here_distance &&
		(there_distance == 0 || here_distance > TYPING_MISTAKES) &&
		there_distance <= TYPING_MISTAKES)
		reader_error(reader, setting,
			"unknown key \"%.60s\" in %s; did you mean \"%s\", which belongs to %s?",
			name, group->name, there->name, section);
	else
		reader_error(reader, setting, "unknown key \"%.60s\" in %s; did you mean \"%s\"?",
			name, group->name, here->name);
}

static void read_group(struct reader *reader, const struct schema_group *group,
	const config_setting_t *setting, void *base)
{
	bool is_group = setting && config_setting_is_group(setting);

	if (setting && !is_group)
		reader_error(reader, setting, "%s is %s; allowed: a group { ... }", group->name,
			type_in_words(setting));
	for (size_t i = 0; i < group->n_keys; i++) {
		const struct schema_key *key = &group->keys[i];
		const config_setting_t *member =
			is_group ? config_setting_get_member(setting, key->name) : NULL;

		set_default(reader, key, base);
		if (member)
			read_value(reader, key, member, base);
		else if (is_group && !key->fallback && key->type != SCHEMA_GROUP)
			reader_error(reader, setting, "%s has no \"%s\" (%s)", group->name,
				key->name, key->comment);
	}
	for (int i = 0; is_group && i < config_setting_length(setting); i++) {
		const config_setting_t *member = config_setting_get_elem(setting, (unsigned int)i);

		if (!find_key(group, config_setting_name(member)))
			report_unknown(reader, group, member);
	}
}

void reader_read(struct reader *reader)
{
	read_group(reader, &settings_schema, config_root_setting(&reader->config),
		&reader->owner->settings);
}
