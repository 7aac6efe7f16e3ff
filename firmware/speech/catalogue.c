/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one message file and finding everything that is wrong with it. */
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"

#define PROBLEM_SIZE 512

/** A file being read. */
struct loading {
	const char *path;
	const struct vocabulary *english;
	speech_report *report;
	void *ctx;
	struct catalogue *catalogue;
	bool draft; /* perhaps not all messages are there yet */
	int errors;
	bool no_memory;
};

void report_at(speech_report *report, void *ctx, bool error, const char *path, unsigned int line,
	const char *format, va_list args)
{
	char what[PROBLEM_SIZE], text[PROBLEM_SIZE];
	struct strbuf sb;

	vsnprintf(what, sizeof(what), format, args);
	strbuf_init(&sb, text, sizeof(text));
	strbuf_addf(&sb, "%s:%u: %s", path, line, what);
	if (report)
		report(ctx, error, text);
}

static void problem(struct loading *l, bool error, unsigned int line, const char *format, ...)
	PRINTF_LIKE(4, 5);

static void problem(struct loading *l, bool error, unsigned int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_at(l->report, l->ctx, error, l->path, line, format, args);
	va_end(args);
	l->errors += error;
}

static unsigned int line_of(const config_setting_t *setting)
{
	return setting ? config_setting_source_line(setting) : 1;
}

/** The string of a setting; NULL and a problem when it is none. */
static const char *string_of(struct loading *l, const config_setting_t *setting)
{
	const char *text = config_setting_get_string(setting);

	if (!text)
		problem(l, true, line_of(setting), "%s must be a text in quotes",
			config_setting_name(setting));
	else if (!utf8_valid(text))
		problem(l, true, line_of(setting), "%s is not UTF-8", config_setting_name(setting));
	return text;
}

/** The name of the table that is nearest to a wrong one. */
static const char *nearest(const char *wrong, int first, int last, const char *(*name)(int))
{
	const char *best = name(first);

	for (int i = first; i < last; i++)
		if (text_distance(wrong, name(i)) < text_distance(wrong, best))
			best = name(i);
	return best;
}

static const char *message_name(int id)
{
	return speech_message_name((enum speech_message)id);
}

static const char *word_name(int id)
{
	return speech_word_name((enum speech_word)id);
}

static int name_find(const char *name, int first, int last, const char *(*name_of)(int))
{
	for (int i = first; i < last; i++)
		if (strcmp(name_of(i), name) == 0)
			return i;
	return -ENOENT;
}

/* ---- the language --------------------------------------------------------------------------- */

static void names_add(struct loading *l, const char *name)
{
	if (vocabulary_add(&l->catalogue->names, WORD_NONE, name) == -ENOMEM)
		l->no_memory = true;
}

static void load_names(struct loading *l, config_setting_t *names)
{
	for (int i = 0; i < config_setting_length(names); i++) {
		const char *name = config_setting_get_string_elem(names, i);

		if (name)
			names_add(l, name);
		else
			problem(l, true, line_of(names), "names must be texts in quotes");
	}
}

static void load_language_key(struct loading *l, config_setting_t *setting)
{
	const char *key = config_setting_name(setting), *text;

	if (strcmp(key, "draft") == 0) {
		l->draft = config_setting_get_bool(setting);
		l->catalogue->draft_line = l->draft ? line_of(setting) : 0;
	} else if (strcmp(key, "names") == 0) {
		load_names(l, setting);
	} else if (strcmp(key, "code") == 0) {
		text = string_of(l, setting);
		if (text && strcmp(text, l->catalogue->code) != 0)
			problem(l, true, line_of(setting),
				"code must be \"%s\", as the file is named", l->catalogue->code);
	} else if (strcmp(key, "name") == 0) {
		text = string_of(l, setting);
		free(l->catalogue->name);
		l->catalogue->name = text ? strdup(text) : NULL;
		if (text)
			names_add(l, text);
	} else {
		problem(l, true, line_of(setting),
			"unknown key %s: language has code, name, names and draft", key);
	}
}

static void load_language(struct loading *l, config_setting_t *language)
{
	for (int i = 0; i < config_setting_length(language); i++)
		load_language_key(l, config_setting_get_elem(language, (unsigned int)i));
	names_add(l, l->catalogue->code);
	if (!l->catalogue->name)
		problem(l, true, line_of(language),
			"language needs a name, as the language calls itself");
}

/* ---- words ---------------------------------------------------------------------------------- */

static bool is_reserved(enum speech_word word)
{
	return word == WORD_STOP || word == WORD_HELP;
}

/** The same phrase for two commands could never reach one of them. */
static void phrase_check(struct loading *l, const struct phrase *phrase, unsigned int line)
{
	const struct phrase *own =
		vocabulary_find(&l->catalogue->words, phrase->where, phrase->text);
	const struct phrase *english = vocabulary_find(l->english, phrase->where, phrase->text);

	if (own && own->word != phrase->word)
		problem(l, true, line, "\"%s\" cannot be both %s and %s", phrase->text,
			speech_word_name(own->word), speech_word_name(phrase->word));
	if (english && english->word != phrase->word)
		problem(l, is_reserved(english->word), line, "\"%s\" is %s here, but %s in English",
			phrase->text, speech_word_name(phrase->word),
			speech_word_name(english->word));
}

static void load_word(struct loading *l, config_setting_t *setting)
{
	const char *name = config_setting_name(setting), *list;
	int word = name_find(name, WORD_NONE + 1, SPEECH_WORDS, word_name);
	struct vocabulary *v = &l->catalogue->words;
	char notation[128];

	if (word < 0) {
		problem(l, true, line_of(setting), "unknown word %s; the nearest known one is %s",
			name, nearest(name, WORD_NONE + 1, SPEECH_WORDS, word_name));
		return;
	}
	list = string_of(l, setting);
	while (list && phrase_next(&list, notation, sizeof(notation))) {
		int rc = vocabulary_add(v, (enum speech_word)word, notation);

		if (rc == -EINVAL)
			problem(l, true, line_of(setting), "%s: \"%s\" has no letter in it", name,
				notation);
		l->no_memory = l->no_memory || rc == -ENOMEM;
		if (rc == 0)
			phrase_check(l, &v->phrases[v->n - 1], line_of(setting));
	}
}

static bool has_word(const struct vocabulary *v, enum speech_word word)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->phrases[i].word == word)
			return true;
	return false;
}

static void load_words(struct loading *l, config_setting_t *words)
{
	static const enum speech_word needed[] = { WORD_STOP, WORD_HELP };

	for (int i = 0; i < config_setting_length(words); i++)
		load_word(l, config_setting_get_elem(words, (unsigned int)i));
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (strcmp(l->catalogue->code, "en") != 0 &&
			!has_word(&l->catalogue->words, needed[i]))
			problem(l, true, line_of(words),
				"words needs %s: people must be able to %s in their language",
				speech_word_name(needed[i]),
				needed[i] == WORD_STOP ? "leave" : "ask for help");
}

/* ---- messages ------------------------------------------------------------------------------- */

/** Takes the next placeholder of a specification. */
static bool spec_next(const char **spec, char name[NAME_SIZE], bool *optional)
{
	size_t n;

	*spec += strspn(*spec, " ");
	*optional = **spec == '(';
	*spec += *optional;
	n = strcspn(*spec, " )");
	if (n == 0 || n >= NAME_SIZE)
		return false;
	memcpy(name, *spec, n);
	name[n] = '\0';
	*spec += n + (*optional && (*spec)[n] == ')');
	return true;
}

static bool spec_has(const char *spec, const struct piece *piece)
{
	char name[NAME_SIZE];
	bool optional;

	while (spec_next(&spec, name, &optional))
		if (strlen(name) == piece->len && memcmp(name, piece->text, piece->len) == 0)
			return true;
	return false;
}

static bool form_has(struct form form, const char *name, bool in_forms)
{
	struct piece piece;

	while (piece_next(&form, &piece) > 0) {
		if (piece.placeholder && strlen(name) == piece.len &&
			memcmp(name, piece.text, piece.len) == 0)
			return true;
		for (int i = 0; in_forms && i < piece.n_forms; i++)
			if (form_has(piece.forms[i], name, false))
				return true;
	}
	return false;
}

static bool message_has(const char *text, const char *name)
{
	return form_has((struct form){ text, strlen(text) }, name, true);
}

/** Reports what is wrong in a message, or in a form of it; a form holds no other forms. */
static void form_check(struct loading *l, enum speech_message id, struct form form,
	unsigned int line, bool in_form)
{
	const char *spec = message_placeholders(id);
	struct piece piece;
	int rc;

	while ((rc = piece_next(&form, &piece)) > 0) {
		if (piece.placeholder && !spec_has(spec, &piece))
			problem(l, true, line, "%s has no {%.*s}; it has: %s",
				speech_message_name(id), (int)piece.len, piece.text,
				*spec ? spec : "none");
		if (in_form && piece.n_forms > 0)
			problem(l, true, line,
				"%s: {%.*s:...} stands in the form of another number",
				speech_message_name(id), (int)piece.len, piece.text);
		for (int i = 0; !in_form && i < piece.n_forms; i++)
			form_check(l, id, piece.forms[i], line, true);
	}
	if (rc < 0)
		problem(l, true, line,
			"%s: a brace does not close, or closes without a name; allowed: {name}, "
			"{name:one|many}, {name:none|one|many}",
			speech_message_name(id));
}

static void message_check(
	struct loading *l, enum speech_message id, const char *text, unsigned int line)
{
	const char *spec = message_placeholders(id);
	char name[NAME_SIZE];
	bool optional;

	form_check(l, id, (struct form){ text, strlen(text) }, line, false);
	while (spec_next(&spec, name, &optional))
		if (!optional && !message_has(text, name))
			problem(l, true, line, "%s needs {%s}", speech_message_name(id), name);
}

static void load_message(struct loading *l, config_setting_t *setting)
{
	const char *name = config_setting_name(setting), *text;
	int id = name_find(name, 0, SPEECH_MESSAGES, message_name);

	if (id < 0) {
		problem(l, true, line_of(setting),
			"unknown message %s; the nearest known one is %s", name,
			nearest(name, 0, SPEECH_MESSAGES, message_name));
		return;
	}
	text = string_of(l, setting);
	if (!text)
		return;
	message_check(l, (enum speech_message)id, text, line_of(setting));
	free(l->catalogue->messages[id]);
	l->catalogue->messages[id] = strdup(text);
	l->catalogue->lines[id] = line_of(setting);
	l->no_memory = l->no_memory || !l->catalogue->messages[id];
}

#define GAPS_NAMED 3

/** A draft may lack messages: one line counts them and names the first. */
static void report_gaps(struct loading *l, const config_setting_t *messages)
{
	char list[PROBLEM_SIZE - 128];
	struct strbuf sb;
	int gaps = 0;

	strbuf_init(&sb, list, sizeof(list));
	for (int id = 0; id < SPEECH_MESSAGES; id++)
		if (!l->catalogue->messages[id] && gaps++ < GAPS_NAMED)
			strbuf_addf(&sb, "%s%s", gaps > 1 ? ", " : "", message_name(id));
	if (gaps)
		problem(l, false, line_of(messages),
			"%d messages are missing, the box's own language stands in: %s%s", gaps,
			sb.text, gaps > GAPS_NAMED ? " ..." : "");
}

static void load_messages(struct loading *l, config_setting_t *messages)
{
	for (int i = 0; i < config_setting_length(messages); i++)
		load_message(l, config_setting_get_elem(messages, (unsigned int)i));
	for (int id = 0; id < SPEECH_MESSAGES; id++)
		if (!l->catalogue->messages[id] && !l->draft)
			problem(l, true, line_of(messages), "message %s is missing",
				message_name(id));
	if (l->draft)
		report_gaps(l, messages);
}

/* ---- the file ------------------------------------------------------------------------------- */

/** The groups of a file, in the order in which they are read. */
static const struct {
	const char *name;
	void (*load)(struct loading *l, config_setting_t *group);
} groups[] = {
	{ "language", load_language },
	{ "words", load_words },
	{ "messages", load_messages },
};

static bool group_known(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (strcmp(groups[i].name, name) == 0)
			return true;
	return false;
}

static void load_groups(struct loading *l, config_t *config)
{
	config_setting_t *root = config_root_setting(config);

	for (int i = 0; i < config_setting_length(root); i++) {
		config_setting_t *setting = config_setting_get_elem(root, (unsigned int)i);

		if (!group_known(config_setting_name(setting)))
			problem(l, true, line_of(setting),
				"unknown key %s: a message file has language, words and messages",
				config_setting_name(setting));
	}
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		config_setting_t *group = config_lookup(config, groups[i].name);

		if (group && config_setting_is_group(group))
			groups[i].load(l, group);
		else
			problem(l, true, line_of(group), "%s : { ... } is missing", groups[i].name);
	}
}

int catalogue_load(const char *path, const char *code, const struct vocabulary *english,
	speech_report *report, void *ctx, struct catalogue **out)
{
	struct loading l = { .path = path, .english = english, .report = report, .ctx = ctx };
	config_t config;

	*out = l.catalogue = calloc(1, sizeof(*l.catalogue));
	if (!l.catalogue)
		return -ENOMEM;
	text_copy(l.catalogue->code, sizeof(l.catalogue->code), code);
	l.catalogue->path = strdup(path);
	l.no_memory = !l.catalogue->path;
	config_init(&config);
	if (config_read_file(&config, path))
		load_groups(&l, &config);
	else
		problem(&l, true, (unsigned int)config_error_line(&config), "%s",
			config_error_text(&config));
	config_destroy(&config);
	return l.no_memory ? -ENOMEM : l.errors;
}

void catalogue_free(struct catalogue *catalogue)
{
	if (!catalogue)
		return;
	free(catalogue->name);
	free(catalogue->path);
	vocabulary_fini(&catalogue->names);
	vocabulary_fini(&catalogue->words);
	for (int id = 0; id < SPEECH_MESSAGES; id++)
		free(catalogue->messages[id]);
	free(catalogue);
}
