/* SPDX-License-Identifier: Apache-2.0 */
/* A key in words: what it may be, what it means, what it is by itself. */
#include <inttypes.h>
#include <string.h>

#include "forms.h"

static void describe_words(const struct schema_word *words, struct strbuf *out)
{
	for (; words->word; words++)
		strbuf_addf(out, "\"%s\"%s", words->word,
			!words[1].word  ? ""
			: words[2].word ? ", "
					: " or ");
}

static void describe_string(const struct schema_key *key, struct strbuf *out)
{
	if (key->form)
		strbuf_add(out, key->form->allowed);
	if (key->form == &form_text || key->form == &form_path || key->form == &form_body ||
		key->form == &form_word || key->form == &form_name)
		strbuf_addf(out, ", at most %" PRId64 " bytes", key->max);
}

void schema_describe(const struct schema_key *key, struct strbuf *out)
{
	switch (key->type) {
	case SCHEMA_INT:
		strbuf_addf(out, "%" PRId64 " to %" PRId64, key->min, key->max);
		break;
	case SCHEMA_BOOL:
		strbuf_add(out, "true or false");
		break;
	case SCHEMA_WORD:
	case SCHEMA_NAME:
		describe_words(key->words, out);
		break;
	case SCHEMA_WORDS:
		describe_words(key->words, out);
		strbuf_add(out, ", or a word for each language: { default = ");
		schema_default(key, out);
		strbuf_addf(out, "; es = \"%s\"; }", key->words[1].word);
		break;
	case SCHEMA_STRING:
	case SCHEMA_STRINGS:
		describe_string(key, out);
		break;
	case SCHEMA_INTS:
		strbuf_addf(out, "%d to %d numbers, each %" PRId64 " to %" PRId64, key->count_min,
			key->count_max, key->min, key->max);
		break;
	case SCHEMA_GROUP:
	case SCHEMA_LIST:
		break;
	}
}

void schema_meaning(const struct schema_key *key, struct strbuf *out)
{
	char memory[256];
	struct strbuf allowed;
	size_t n = strlen(key->comment);

	strbuf_init(&allowed, memory, sizeof(memory));
	schema_describe(key, &allowed);
	strbuf_add(out, key->comment);
	if (n < 3 || strcmp(key->comment + n - 3, "...") != 0)
		strbuf_add(out, ".");
	if (allowed.len)
		strbuf_addf(out, " Allowed: %s.", allowed.text);
}

void schema_default(const struct schema_key *key, struct strbuf *out)
{
	switch (key->type) {
	case SCHEMA_STRING:
	case SCHEMA_WORD:
	case SCHEMA_WORDS:
	case SCHEMA_NAME:
		strbuf_addf(out, "\"%s\"", key->fallback);
		break;
	case SCHEMA_INTS:
		strbuf_addf(out, "[ %s ]", key->fallback);
		break;
	case SCHEMA_STRINGS:
	case SCHEMA_LIST:
		strbuf_add(out, "( )");
		break;
	case SCHEMA_INT:
	case SCHEMA_BOOL:
	case SCHEMA_GROUP:
		strbuf_add(out, key->fallback);
		break;
	}
}
