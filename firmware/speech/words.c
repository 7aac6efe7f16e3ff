/* SPDX-License-Identifier: Apache-2.0 */
/* Words and phrases: made plain, so that case, accents and punctuation do not matter. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"

#define PHRASE_SIZE 128

/* ---- plain words ---------------------------------------------------------------------------- */

/*
 * Beyond ASCII, what is no part of a word: signs of Latin-1, Arabic and general punctuation, CJK
 * punctuation, wide forms.
 */
static const struct {
	uint32_t first, last;
} signs[] = {
	{ 0x0080, 0x00A9 },
	{ 0x00AB, 0x00B4 },
	{ 0x00B6, 0x00B9 },
	{ 0x00BB, 0x00BF },
	{ 0x060C, 0x060C },
	{ 0x061B, 0x061F },
	{ 0x066A, 0x066D },
	{ 0x06D4, 0x06D4 },
	{ 0x2000, 0x206F },
	{ 0x3000, 0x303F },
	{ 0xFF01, 0xFF0F },
	{ 0xFF1A, 0xFF20 },
	{ 0xFF3B, 0xFF40 },
	{ 0xFF5B, 0xFF65 },
	{ 0xFFFD, 0xFFFD },
};

static bool is_word(uint32_t cp)
{
	if (cp < 0x80)
		return isalnum((int)cp);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (cp >= signs[i].first && cp <= signs[i].last)
			return false;
	return true;
}

static bool is_apostrophe(uint32_t cp)
{
	return cp == '\'' || cp == 0x2019 || cp == 0x02BC;
}

const char *words_plain(char *out, size_t size, const char *text)
{
	char folded[WORDS_MAX];
	const char *from = folded;
	bool blank = false, unspaced = false;
	struct strbuf sb;
	uint32_t cp;

	strbuf_init(&sb, out, size);
	text_fold(folded, sizeof(folded), text);
	for (size_t n = strlen(from), used; (used = utf8_next(from, n, &cp)) > 0;
		from += used, n -= used) {
		if (is_apostrophe(cp))
			continue;
		if (!is_word(cp)) {
			blank = true;
			continue;
		}
		if ((blank || unspaced != text_is_unspaced(cp)) && sb.len > 0)
			strbuf_add_n(&sb, " ", 1);
		blank = false;
		unspaced = text_is_unspaced(cp);
		strbuf_add_n(&sb, from, used);
	}
	return out;
}

const char *words_first(const char *text, const char **end)
{
	size_t n = strlen(text), used;
	const char *begin;
	bool unspaced;
	uint32_t cp;

	while ((used = utf8_next(text, n, &cp)) > 0 && !is_word(cp))
		text += used, n -= used;
	begin = text;
	unspaced = used && text_is_unspaced(cp);
	while ((used = utf8_next(text, n, &cp)) > 0 &&
		(is_apostrophe(cp) || (is_word(cp) && text_is_unspaced(cp) == unspaced)))
		text += used, n -= used;
	*end = text;
	return begin;
}

/*
 * Signs that open what follows them: numbers, questions, quotations, sums. Other signs only part
 * the word from it.
 */
static bool opens(uint32_t cp)
{
	static const uint32_t openers[] = { '#', '+', '(', '[', '{', '<', '"', '\'', '@', '$', '&',
		0xA1, 0xA3, 0xA5, 0xAB, 0xBF, 0x2018, 0x201C, 0x201E, 0x300C };

	for (size_t i = 0; i < ARRAY_SIZE(openers); i++)
		if (cp == openers[i])
			return true;
	return false;
}

const char *words_behind(const char *text)
{
	uint32_t cp;
	size_t n = strlen(text), used;

	while ((used = utf8_next(text, n, &cp)) > 0 && !is_word(cp) && !opens(cp))
		text += used, n -= used;
	return text;
}

bool words_end(const char *text)
{
	size_t n = strlen(text), used = 0;
	uint32_t cp;

	while (used < n && ((unsigned char)text[n - 1 - used] & 0xC0) == 0x80)
		used++;
	return used < n && utf8_next(text + n - 1 - used, used + 1, &cp) == used + 1 && is_word(cp);
}

bool words_follow(const char *text, size_t n)
{
	uint32_t cp;

	if (n < 2 || *text != ' ' || utf8_next(text + 1, n - 1, &cp) == 0)
		return false;
	return is_word(cp) || cp == '{' || cp == 0xA1 || cp == 0xBF;
}

/* ---- phrases -------------------------------------------------------------------------------- */

bool phrase_next(const char **list, char *out, size_t size)
{
	const char *comma;
	struct strbuf sb;
	size_t n;

	*list += strspn(*list, " ,\n\t");
	if (!**list)
		return false;
	comma = strchr(*list, ',');
	n = comma ? (size_t)(comma - *list) : strlen(*list);
	strbuf_init(&sb, out, size);
	strbuf_add_n(&sb, *list, n);
	*list += n;
	return true;
}

static enum phrase_where phrase_where(const char *notation, const char *plain)
{
	size_t n = strlen(notation);

	if (strncmp(notation, "...", 3) == 0)
		return PHRASE_ANYWHERE;
	if (n > 3 && strcmp(notation + n - 3, "...") == 0)
		return PHRASE_FRONT;
	if (strchr(plain, ' ') || (n && notation[n - 1] == '.'))
		return PHRASE_WHOLE;
	return PHRASE_FIRST;
}

int vocabulary_add(struct vocabulary *v, enum speech_word word, const char *notation)
{
	char plain[PHRASE_SIZE];
	struct phrase *more;

	words_plain(plain, sizeof(plain), notation);
	if (!plain[0])
		return -EINVAL;
	more = realloc(v->phrases, (v->n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	v->phrases = more;
	more[v->n] = (struct phrase){
		.word = word,
		.where = phrase_where(notation, plain),
		.text = strdup(plain),
	};
	if (!more[v->n].text)
		return -ENOMEM;
	v->n++;
	return 0;
}

const struct phrase *vocabulary_find(
	const struct vocabulary *v, enum phrase_where where, const char *plain)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->phrases[i].where == where && strcmp(v->phrases[i].text, plain) == 0)
			return &v->phrases[i];
	return NULL;
}

void vocabulary_fini(struct vocabulary *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->phrases[i].text);
	free(v->phrases);
	*v = (struct vocabulary){ .n = 0 };
}

int vocabulary_init_english(struct vocabulary *v)
{
	static const char *const lists[] = {
		"",
#define WORD(id, english, what) english,
#include "faro/speech_words.def"
#undef WORD
	};
	char notation[PHRASE_SIZE];
	int rc = 0;

	*v = (struct vocabulary){ .n = 0 };
	for (int word = WORD_NONE + 1; word < SPEECH_WORDS && rc == 0; word++)
		for (const char *list = lists[word];
			rc == 0 && phrase_next(&list, notation, sizeof(notation));)
			rc = vocabulary_add(v, (enum speech_word)word, notation);
	return rc;
}
