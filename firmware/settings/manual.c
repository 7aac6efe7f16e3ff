/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of faro.cfg(5), printed from the schema in the language of manual pages, mdoc(7). */
#include <string.h>

#include "schema.h"

#define COLUMNS 76

/*
 * Words in lines of at most COLUMNS columns; each sentence begins a line, as mdoc(7) wants it. What
 * begins like a request is made plain; no comment has a backslash.
 */
static void print_words(FILE *file, const char *text)
{
	int column = 0;

	while (*text) {
		int n = (int)strcspn(text, " ");
		bool ends = text[n - 1] == '.' && text[n] != '\0';

		if (column + n > COLUMNS) {
			fputc('\n', file);
			column = 0;
		}
		fprintf(file, "%s%s%.*s", column ? " " : "",
			column == 0 && (*text == '.' || *text == '\'') ? "\\&" : "", n, text);
		column += n + 1;
		text += n;
		text += strspn(text, " ");
		if (ends) {
			fputc('\n', file);
			column = 0;
		}
	}
	if (column)
		fputc('\n', file);
}

static void print_default(FILE *file, const struct schema_key *key)
{
	char memory[256];
	struct strbuf sb;

	if (key->type == SCHEMA_LIST || key->type == SCHEMA_GROUP)
		return;
	strbuf_init(&sb, memory, sizeof(memory));
	if (!key->fallback) {
		strbuf_add(&sb, "Must be given.");
	} else {
		strbuf_add(&sb, "Default: ");
		schema_default(key, &sb);
	}
	print_words(file, sb.text);
}

static void print_meaning(FILE *file, const struct schema_key *key)
{
	char memory[512];
	struct strbuf sb;

	strbuf_init(&sb, memory, sizeof(memory));
	schema_meaning(key, &sb);
	print_words(file, sb.text);
}

static void print_example(FILE *file, const struct schema_key *key)
{
	fputs(".Bd -literal\n", file);
	fprintf(file, "%s = (\n  ", key->name);
	for (const char *c = key->example; *c; c++)
		fputs(*c == '\n' ? "\n  " : (const char[]){ *c, '\0' }, file);
	fputs("\n);\n.Ed\n", file);
}

static void print_keys(FILE *file, const struct schema_group *group)
{
	fputs(".Bl -tag -width Ds\n", file);
	for (size_t i = 0; i < group->n_keys; i++) {
		const struct schema_key *key = &group->keys[i];

		fprintf(file, ".It Ic %s\n", key->name);
		print_meaning(file, key);
		print_default(file, key);
		if (key->group)
			print_keys(file, key->group);
		if (key->type == SCHEMA_LIST && key->example)
			print_example(file, key);
	}
	fputs(".El\n", file);
}

void settings_print_manual(FILE *file)
{
	for (size_t i = 0; i < settings_schema.n_keys; i++) {
		const struct schema_key *section = &settings_schema.keys[i];

		fprintf(file, ".Ss %s\n", section->name);
		print_meaning(file, section);
		print_keys(file, section->group);
		if (section->type == SCHEMA_LIST && section->example)
			print_example(file, section);
	}
}
