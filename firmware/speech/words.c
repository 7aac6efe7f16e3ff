/* SPDX-License-Identifier: Apache-2.0 */
/* Words and phrases: made plain, so that case, accents and punctuation do not matter. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"

#define PHRASE_SIZE 128
#define QUOTE_LEAST 32 /* bytes: less may be a word that is only marked as one */

/* ---- plain words ---------------------------------------------------------------------------- */

struct range {
	uint32_t first, last;
};

/*
 * Beyond ASCII, what is no part of a word: signs of Latin-1, Arabic, Indian and general
 * punctuation, money, arrows and other symbols, CJK punctuation, wide forms, and what stands for
 * an object that was left out.
 */
static const struct range signs[] = {
	{ 0x0080, 0x00A9 },
	{ 0x00AB, 0x00B4 },
	{ 0x00B6, 0x00B9 },
	{ 0x00BB, 0x00BF },
	{ 0x00D7, 0x00D7 },
	{ 0x00F7, 0x00F7 },
	{ 0x02C2, 0x02DF },
	{ 0x060C, 0x060C },
	{ 0x061B, 0x061F },
	{ 0x066A, 0x066D },
	{ 0x06D4, 0x06D4 },
	{ 0x0964, 0x0965 },
	{ 0x2000, 0x206F },
	{ 0x20A0, 0x218F },
	{ 0x2800, 0x28FF },
	{ 0x3000, 0x303F },
	{ 0x30FB, 0x30FB },
	{ 0xFEFF, 0xFEFF },
	{ 0xFF01, 0xFF0F },
	{ 0xFF1A, 0xFF20 },
	{ 0xFF3B, 0xFF40 },
	{ 0xFF5B, 0xFF65 },
	{ 0xFFE0, 0xFFEE },
	{ 0xFFFC, 0xFFFD },
};

/* Arrows, symbols, emoji: each a word of its own, where they are words at all. */
static const struct range pictures[] = {
	{ 0x2190, 0x27FF },
	{ 0x2900, 0x2BFF },
	{ 0x1F000, 0x1FAFF },
};

/* Within a word they are not there: apostrophes, and what nobody sees. */
static const struct range silent[] = {
	{ '\'', '\'' },
	{ 0x00AD, 0x00AD },
	{ 0x02BC, 0x02BC },
	{ 0x115F, 0x1160 },
	{ 0x180B, 0x180F },
	{ 0x2019, 0x2019 },
	{ 0x3164, 0x3164 },
	{ 0xFE00, 0xFE0F },
	{ 0xE0000, 0xE0FFF },
};

static bool is_in(const struct range *ranges, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

static bool is_silent(uint32_t cp)
{
	return is_in(silent, ARRAY_SIZE(silent), cp);
}

/* What stands together in a word; of a script without blanks, and of pictures, only their like. */
enum kind { KIND_NONE, KIND_LETTER, KIND_UNSPACED, KIND_PICTURE };

static enum kind kind_of(uint32_t cp, bool seeing)
{
	if (cp < 0x80)
		return isalnum((int)cp) ? KIND_LETTER : KIND_NONE;
	if (is_in(pictures, ARRAY_SIZE(pictures), cp))
		return seeing ? KIND_PICTURE : KIND_NONE;
	if (is_silent(cp) || is_in(signs, ARRAY_SIZE(signs), cp))
		return KIND_NONE;
	return text_is_unspaced(cp) ? KIND_UNSPACED : KIND_LETTER;
}

bool words_is_letter(uint32_t cp)
{
	enum kind kind = kind_of(cp, false);

	return kind == KIND_LETTER || kind == KIND_UNSPACED;
}

static bool is_word(uint32_t cp)
{
	return kind_of(cp, true) != KIND_NONE;
}

const char *words_plain(char *out, size_t size, const char *text, bool seeing)
{
	char folded[WORDS_MAX];
	const char *from = folded;
	enum kind kind, last = KIND_NONE;
	bool blank = false;
	struct strbuf sb;
	uint32_t cp;

	strbuf_init(&sb, out, size);
	text_fold(folded, sizeof(folded), text);
	for (size_t n = strlen(from), used; (used = utf8_next(from, n, &cp)) > 0;
		from += used, n -= used) {
		if (is_silent(cp))
			continue;
		kind = kind_of(cp, seeing);
		if (kind == KIND_NONE) {
			blank = true;
			continue;
		}
		if ((blank || kind != last) && sb.len > 0)
			strbuf_add_n(&sb, " ", 1);
		blank = false;
		last = kind;
		strbuf_add_n(&sb, from, used);
	}
	return out;
}

/* The length of the quotation mark that opens, or closes, at `at`; 0: there is none. */
static size_t quote_at(const char *at, bool closes)
{
	static const char *const marks[][2] = { { "\u201C", "\u201D" }, { "\u201E", "\u201C" },
		{ "\u00AB", "\u00BB" }, { "\u300C", "\u300D" }, { "\"", "\"" } };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (strncmp(at, marks[i][closes], strlen(marks[i][closes])) == 0)
			return strlen(marks[i][closes]);
	return 0;
}

size_t words_own(const char *text)
{
	size_t n = strlen(text), own = 0, close = n > 3 ? n - 3 : 0, used;
	bool said = false;
	uint32_t cp;

	while (close < n && close + quote_at(text + close, true) != n)
		close++;
	while (own < close && !quote_at(text + own, false)) {
		used = utf8_next(text + own, n - own, &cp);
		said = said || is_word(cp);
		own += used;
	}
	return said && own < close && close - own >= QUOTE_LEAST ? own : n;
}

const char *words_first(const char *text, const char **end, bool seeing)
{
	size_t n = strlen(text), used;
	const char *begin;
	enum kind kind;
	uint32_t cp;

	while ((used = utf8_next(text, n, &cp)) > 0 && kind_of(cp, seeing) == KIND_NONE)
		text += used, n -= used;
	begin = text;
	kind = used ? kind_of(cp, seeing) : KIND_NONE;
	while ((used = utf8_next(text, n, &cp)) > 0 &&
		(is_silent(cp) || kind_of(cp, seeing) == kind))
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

	words_plain(plain, sizeof(plain), notation, true);
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
