/* SPDX-License-Identifier: Apache-2.0 */
/* The sample file, printed from the schema: what an admin reads first. */
#include <string.h>

#include "schema.h"

#define COLUMNS 100

static const char header[] = "# SPDX-License-Identifier: Apache-2.0\n"
			     "# Faro: the configuration of this box.\n"
			     "#\n"
			     "# Every key is here with its default. After a change:\n"
			     "#   farod -n           checks the file and prints every mistake\n"
			     "#   faroctl reload     swaps it in; a wrong file changes nothing\n"
			     "# Times are in seconds unless a key says otherwise. Parts may stand "
			     "in other files: @include \"more.cfg\"\n";

/*
 * Prints words as "# " comment lines of at most COLUMNS columns; all but the first begin after
 * `hang` blanks.
 */
static void print_comment(FILE *file, int indent, int hang, const char *text)
{
	int width = COLUMNS - 8 * indent - 2;
	bool first = true;

	for (; *text; first = false) {
		int skip = first ? 0 : hang, n = (int)strlen(text);

		if (n > width - skip) {
			n = width - skip;
			while (n > 1 && text[n] != ' ')
				n--;
		}
		fprintf(file, "%.*s# %*s%.*s\n", indent, "\t\t", skip, "", n, text);
		text += n;
		text += strspn(text, " ");
	}
}

static void comment_key(FILE *file, int indent, const struct schema_key *key)
{
	char memory[512];
	struct strbuf sb;

	strbuf_init(&sb, memory, sizeof(memory));
	schema_meaning(key, &sb);
	print_comment(file, indent, 0, sb.text);
}

static void print_example(FILE *file, int indent, const char *example)
{
	while (*example) {
		int n = (int)strcspn(example, "\n");

		fprintf(file, "%.*s// %.*s\n", indent, "\t\t", n, example);
		example += n + (example[n] != '\0');
	}
}

/* What an element of a list holds, as a comment: the example below shows how it is written. */
static void print_element_key(FILE *file, int indent, int columns, const struct schema_key *key)
{
	char memory[512];
	struct strbuf sb;

	strbuf_init(&sb, memory, sizeof(memory));
	strbuf_addf(&sb, "  %-*s ", columns, key->name);
	schema_meaning(key, &sb);
	if (key->fallback) {
		strbuf_add(&sb, " Default: ");
		schema_default(key, &sb);
	} else {
		strbuf_add(&sb, " Must be given.");
	}
	print_comment(file, indent, columns + 3, sb.text);
}

static int longest_name(const struct schema_group *group)
{
	size_t longest = 0;

	for (size_t i = 0; i < group->n_keys; i++)
		if (strlen(group->keys[i].name) > longest)
			longest = strlen(group->keys[i].name);
	return (int)longest;
}

static void print_list(FILE *file, int indent, const struct schema_key *key)
{
	int columns = longest_name(key->group);

	for (size_t i = 0; i < key->group->n_keys; i++)
		print_element_key(file, indent, columns, &key->group->keys[i]);
	fprintf(file, "%.*s%s = (\n", indent, "\t\t", key->name);
	print_example(file, indent + 1, key->example);
	fprintf(file, "%.*s);\n", indent, "\t\t");
}

static void print_scalar(FILE *file, int indent, const struct schema_key *key)
{
	char memory[256];
	struct strbuf sb;

	strbuf_init(&sb, memory, sizeof(memory));
	schema_default(key, &sb);
	fprintf(file, "%.*s%s = %s;\n", indent, "\t\t", key->name, sb.text);
}

static void print_key(FILE *file, int indent, const struct schema_key *key)
{
	comment_key(file, indent, key);
	if (key->type == SCHEMA_LIST)
		print_list(file, indent, key);
	else
		print_scalar(file, indent, key);
}

static void print_section(FILE *file, const struct schema_key *section)
{
	fputc('\n', file);
	if (section->type != SCHEMA_GROUP) {
		print_key(file, 0, section);
		return;
	}
	comment_key(file, 0, section);
	fprintf(file, "%s : {\n", section->name);
	for (size_t i = 0; i < section->group->n_keys; i++)
		print_key(file, 1, &section->group->keys[i]);
	fputs("};\n", file);
}

void settings_print_sample(FILE *file)
{
	fputs(header, file);
	for (size_t i = 0; i < settings_schema.n_keys; i++)
		print_section(file, &settings_schema.keys[i]);
}
