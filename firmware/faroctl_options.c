/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the command line: a table says where in struct ctl each of them goes. */
#include <inttypes.h>
#include <string.h>

#include "faroctl.h"

const struct option ctl_long_options[] = {
	{ "socket", required_argument, NULL, 's' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "zone", required_argument, NULL, 'z' },
	{ "need", required_argument, NULL, 'n' },
	{ "info", no_argument, NULL, 'I' },
	{ "text", required_argument, NULL, 'T' },
	{ "at", required_argument, NULL, 'A' },
	{ "language", required_argument, NULL, 'l' },
	{ "role", required_argument, NULL, 'r' },
	{ "name", required_argument, NULL, 'N' },
	{ "yes", no_argument, NULL, 'y' },
	{ "no-wait", no_argument, NULL, 'w' },
	{ "all", no_argument, NULL, 'a' },
	{ "follow", no_argument, NULL, 'f' },
	{ "csv", no_argument, NULL, 'c' },
	{ "month", no_argument, NULL, 'm' },
	{ "with-text", no_argument, NULL, 't' },
	{ "output", required_argument, NULL, 'o' },
	{ "force", no_argument, NULL, 'F' },
	{ "seconds", required_argument, NULL, 'S' },
	{ NULL, 0, NULL, 0 },
};

/* What a letter's argument becomes; -h, -V, --zone and --text are more than that. */
static const struct field {
	int letter;
	enum { FIELD_FLAG, FIELD_TEXT, FIELD_NUMBER } kind;
	size_t offset; /* in struct ctl: a bool, a const char * or an int */
	int64_t min, max;
} fields[] = {
	{ 's', FIELD_TEXT, offsetof(struct ctl, socket), 0, 0 },
	{ 'j', FIELD_FLAG, offsetof(struct ctl, json), 0, 0 },
	{ 'n', FIELD_NUMBER, offsetof(struct ctl, need), 0, 9999 },
	{ 'I', FIELD_FLAG, offsetof(struct ctl, info), 0, 0 },
	{ 'A', FIELD_TEXT, offsetof(struct ctl, at), 0, 0 },
	{ 'l', FIELD_TEXT, offsetof(struct ctl, language), 0, 0 },
	{ 'r', FIELD_TEXT, offsetof(struct ctl, role), 0, 0 },
	{ 'N', FIELD_TEXT, offsetof(struct ctl, name), 0, 0 },
	{ 'y', FIELD_FLAG, offsetof(struct ctl, yes), 0, 0 },
	{ 'w', FIELD_FLAG, offsetof(struct ctl, no_wait), 0, 0 },
	{ 'a', FIELD_FLAG, offsetof(struct ctl, all), 0, 0 },
	{ 'f', FIELD_FLAG, offsetof(struct ctl, follow), 0, 0 },
	{ 'c', FIELD_FLAG, offsetof(struct ctl, csv), 0, 0 },
	{ 'm', FIELD_FLAG, offsetof(struct ctl, month), 0, 0 },
	{ 't', FIELD_FLAG, offsetof(struct ctl, with_text), 0, 0 },
	{ 'o', FIELD_TEXT, offsetof(struct ctl, output), 0, 0 },
	{ 'F', FIELD_FLAG, offsetof(struct ctl, force), 0, 0 },
	{ 'S', FIELD_NUMBER, offsetof(struct ctl, seconds), 1, 600 },
};

const char *ctl_option_name(char letter)
{
	for (const struct option *option = ctl_long_options; option->name; option++)
		if (option->val == letter)
			return option->name;
	return "?";
}

/* --text es=Dos camionetas ... */
static int take_version(struct ctl *ctl, const char *option)
{
	const char *text = strchr(option, '=');
	char language[12];
	struct strbuf sb;

	if (!text || text == option || !text[1])
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"--text is \"%s\"; it needs a language and a text: --text es=...", option);
	strbuf_init(&sb, language, sizeof(language));
	strbuf_add_n(&sb, option, (size_t)(text - option));
	if (sb.cut)
		return ctl_fail(
			ctl, FARO_EXIT_USAGE, "--text is \"%s\"; a language is like es", option);
	if (!ctl->versions)
		ctl->versions = json_object();
	json_object_set_new(ctl->versions, language, json_string(text + 1));
	return 0;
}

static int take_zone(struct ctl *ctl, const char *zone)
{
	if (ctl->n_zones == ZONE_OPTIONS_MAX)
		return ctl_fail(ctl, FARO_EXIT_USAGE, "too many zones");
	ctl->zones[ctl->n_zones++] = zone;
	return 0;
}

static int take_number(struct ctl *ctl, const struct field *field, const char *text, int *out)
{
	int64_t value;

	if (text_int(text, field->min, field->max, &value) < 0)
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"--%s is \"%s\"; allowed: %" PRId64 " to %" PRId64,
			ctl_option_name((char)field->letter), text, field->min, field->max);
	*out = (int)value;
	return 0;
}

static int take_field(struct ctl *ctl, const struct field *field, const char *text)
{
	void *member = (char *)ctl + field->offset;

	switch (field->kind) {
	case FIELD_FLAG:
		*(bool *)member = true;
		return 0;
	case FIELD_TEXT:
		*(const char **)member = text;
		return 0;
	default:
		return take_number(ctl, field, text, member);
	}
}

int ctl_take_option(struct ctl *ctl, struct ctl_options *options, int letter)
{
	size_t n = strlen(options->seen);

	options->help |= letter == 'h';
	options->version |= letter == 'V';
	if (letter == 'h' || letter == 'V')
		return 0;
	if (!strchr("sj", letter) && n + 1 < sizeof(options->seen))
		options->seen[n] = (char)letter;
	if (letter == 'z')
		return take_zone(ctl, optarg);
	if (letter == 'T')
		return take_version(ctl, optarg);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].letter == letter)
			return take_field(ctl, &fields[i], optarg);
	return FARO_EXIT_USAGE; /* getopt has said what is wrong */
}
