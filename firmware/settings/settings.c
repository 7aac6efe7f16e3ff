/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "reader.h"

/* ---- reports --------------------------------------------------------------------------------- */

static void say(struct reader *reader, bool error, const char *file, int line, const char *text)
{
	char message[1024];
	struct strbuf sb;

	strbuf_init(&sb, message, sizeof(message));
	strbuf_addf(&sb, "%s:%d: %s%s", file, line, error ? "" : "warning: ", text);
	/* a value from the file may hold anything; the report is one line */
	for (char *p = message; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			*p = ' ';
	reader->mistakes += error;
	reader->report(reader->ctx, error, message);
}

static void say_at(struct reader *reader, bool error, const config_setting_t *at,
	const char *format, va_list args)
{
	const char *file;
	char text[768];
	int line;

	vsnprintf(text, sizeof(text), format, args);
	sources_where(&reader->sources, at ? config_setting_source_line(at) : 1, &file, &line);
	say(reader, error, file, line, text);
}

static void note_wrong(struct reader *reader, const config_setting_t *at)
{
	struct settings_wrong *wrong = reader_alloc(reader, sizeof(*wrong));
	struct strbuf path;

	if (!wrong)
		return;
	strbuf_init(&path, wrong->path, sizeof(wrong->path));
	reader_path(at, &path);
	wrong->next = reader->owner->wrong;
	reader->owner->wrong = wrong;
}

void reader_error(struct reader *reader, const config_setting_t *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_at(reader, true, at, format, args);
	va_end(args);
	if (at)
		note_wrong(reader, at);
}

void reader_warn(struct reader *reader, const config_setting_t *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_at(reader, false, at, format, args);
	va_end(args);
}

static void on_source_mistake(void *ctx, const char *file, int line, const char *text)
{
	say(ctx, true, file, line, text);
}

/* ---- life ------------------------------------------------------------------------------------ */

/* The key of a line that sets one alone: "" where several stand in a line. */
static void only_key(const char *line, char *out, size_t size)
{
	size_t end = strcspn(line, "\n");
	const char *key = line + strspn(line, " \t"), *set = strpbrk(key, "=:\n");
	size_t n = strcspn(key, " \t=:\n");
	bool only = set && *set != '\n' && !memchr(set + 1, '=', end - (size_t)(set + 1 - line));

	text_copy(out, only && n < size ? n + 1 : 1, key);
}

/* libconfig's words for the two usual mistakes say neither what is wrong nor what is allowed. */
static void say_parse_error(struct reader *reader, unsigned int at)
{
	const struct sources *sources = &reader->sources;
	const char *text = config_error_text(&reader->config), *file;
	char words[256], key[64];
	int line;

	sources_where(sources, at, &file, &line);
	if (strcmp(text, "syntax error") == 0) {
		text = "syntax error here or in the line before; allowed: key = value; with texts "
		       "in \"quotes\", numbers, true and false without";
	} else if (strcmp(text, "duplicate setting name") == 0) {
		only_key(sources_line(sources, at), key, sizeof(key));
		snprintf(words, sizeof(words),
			"duplicate setting name: %s stands in its group already; allowed: once",
			key[0] ? key : "this key");
		text = words;
	}
	if (sources->wrapped.line)
		say(reader, true, sources->files[sources->wrapped.file], sources->wrapped.line,
			"the text that begins here goes on over the end of its line: is a quote "
			"missing?");
	say(reader, true, file, line, text);
}

/* False when libconfig cannot make sense of it: then nothing else can be said. */
static bool parse(struct reader *reader)
{
	if (config_read_string(&reader->config, reader->sources.text))
		return true;
	say_parse_error(reader, (unsigned int)config_error_line(&reader->config));
	return false;
}

/* What was read, in order or not: NULL when nothing could be. */
static int reader_run(struct reader *reader, bool machine, const struct settings **out)
{
	bool parsed;

	*out = NULL;
	reader->owner = calloc(1, sizeof(*reader->owner));
	if (!reader->owner)
		return -ENOMEM;
	config_init(&reader->config);
	parsed = !reader->sources.broken && parse(reader);
	if (parsed) {
		reader_read(reader);
		reader_check_meaning(reader);
		if (machine)
			reader_check_machine(reader);
	}
	config_destroy(&reader->config);
	if (parsed && !reader->no_memory)
		*out = &reader->owner->settings;
	else
		settings_free(&reader->owner->settings);
	return reader->no_memory ? -ENOMEM : reader->mistakes > 0 ? -EINVAL : 0;
}

static void no_report(void *ctx, bool error, const char *text)
{
	(void)ctx;
	(void)error;
	(void)text;
}

static void reader_init(struct reader *reader, settings_report_fn *report, void *ctx)
{
	*reader = (struct reader){ .report = report ? report : no_report, .ctx = ctx };
	reader->sources.report = on_source_mistake;
	reader->sources.ctx = reader;
}

int settings_read(
	const char *path, settings_report_fn *report, void *ctx, const struct settings **out)
{
	struct reader reader;
	char text[1200];
	int rc;

	*out = NULL;
	reader_init(&reader, report, ctx);
	rc = sources_read(&reader.sources, path);
	if (rc < 0) {
		snprintf(text, sizeof(text), "%s: %s", path, sources_error(rc));
		reader.report(ctx, true, text);
	} else {
		rc = reader_run(&reader, true, out);
	}
	sources_fini(&reader.sources);
	return rc;
}

/* Only what is in order is handed out. */
static int whole_or_nothing(int rc, const struct settings **out)
{
	if (rc < 0) {
		settings_free(*out);
		*out = NULL;
	}
	return rc;
}

int settings_load(
	const char *path, settings_report_fn *report, void *ctx, const struct settings **out)
{
	return whole_or_nothing(settings_read(path, report, ctx, out), out);
}

int settings_parse(const char *text, const char *name, settings_report_fn *report, void *ctx,
	const struct settings **out)
{
	struct reader reader;
	int rc;

	*out = NULL;
	reader_init(&reader, report, ctx);
	rc = sources_take(&reader.sources, name, text);
	if (rc == 0)
		rc = reader_run(&reader, false, out);
	sources_fini(&reader.sources);
	return whole_or_nothing(rc, out);
}

/* "board" holds "board.driver". */
static bool holds(const char *outer, const char *inner)
{
	size_t n = strlen(outer);

	return strncmp(outer, inner, n) == 0 && (inner[n] == '\0' || inner[n] == '.');
}

bool settings_is_right(const struct settings *settings, const char *path)
{
	/* settings is the first member of its owner */
	const struct settings_owner *owner = (const struct settings_owner *)settings;

	for (const struct settings_wrong *wrong = owner->wrong; wrong; wrong = wrong->next)
		if (holds(wrong->path, path) || holds(path, wrong->path))
			return false;
	return true;
}

void settings_free(const struct settings *settings)
{
	/* settings is the first member of its owner */
	struct settings_owner *owner = (struct settings_owner *)(uintptr_t)settings;

	if (!owner)
		return;
	while (owner->blocks) {
		struct settings_block *block = owner->blocks;

		owner->blocks = block->next;
		free(block);
	}
	free(owner);
}

/* ---- modems ---------------------------------------------------------------------------------- */

const struct settings_modem *settings_modem_find(const struct settings *settings, const char *name)
{
	for (int i = 0; i < settings->n_modems; i++)
		if (strcmp(settings->modems[i].name, name) == 0)
			return &settings->modems[i];
	return NULL;
}

static bool session_same(const struct settings_modem *a, const struct settings_modem *b)
{
	return strcmp(a->port, b->port) == 0 && strcmp(a->imei, b->imei) == 0 &&
	       a->baud == b->baud && strcmp(a->pin, b->pin) == 0 &&
	       strcmp(a->profile, b->profile) == 0 &&
	       strcmp(a->service_centre, b->service_centre) == 0;
}

void settings_compare_modems(const struct settings *before, const struct settings *after,
	void (*visit)(void *ctx, const struct settings_modem *before,
		const struct settings_modem *after, bool restart),
	void *ctx)
{
	for (int i = 0; i < before->n_modems; i++) {
		const struct settings_modem *old = &before->modems[i];
		const struct settings_modem *new = settings_modem_find(after, old->name);

		visit(ctx, old, new, !new || !session_same(old, new));
	}
	for (int i = 0; i < after->n_modems; i++)
		if (!settings_modem_find(before, after->modems[i].name))
			visit(ctx, NULL, &after->modems[i], true);
}
