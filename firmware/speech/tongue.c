/* SPDX-License-Identifier: Apache-2.0 */
/* In which language a text is: one word may be of several, or a name. */
#include <string.h>

#include "catalogue.h"

/* Commands of other languages, as they are typed without accents, that begin English texts too. */
static const char *const english[] = { "arrive", "ban", "bulletin", "can", "chan", "dang", "debut",
	"den", "dung", "ed", "encore", "fin", "fo", "hang", "hen", "lever", "non", "parti", "poz",
	"programmer", "rapport", "retire", "sim", "sip", "tam", "tara", "them", "tin", "toi",
	"yen" };

static bool is_english(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(english); i++)
		if (strcmp(english[i], word) == 0)
			return true;
	return false;
}

static bool is_shared(const struct speech *speech, const char *word)
{
	int n = 0;

	for (int i = 0; i < speech->n; i++)
		n += vocabulary_find(&speech->languages[i]->words, PHRASE_FIRST, word) != NULL;
	return n > 1;
}

/* English is written without them. */
static bool has_accents(const char *text)
{
	size_t n = strlen(text), used;
	uint32_t cp;

	for (; (used = utf8_next(text, n, &cp)) > 0; text += used, n -= used)
		if (cp >= 0x80 && words_is_letter(cp))
			return true;
	return false;
}

static bool vocabulary_has(const struct vocabulary *v, const char *phrase)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->phrases[i].text, phrase) == 0)
			return true;
	return false;
}

/* Whether a word that is of this language, and not of English, stands in what is left of it. */
static bool has_word_of(const struct speech *speech, const struct vocabulary *v, const char *plain)
{
	char padded[WORDS_MAX + 2], phrase[WORDS_MAX + 2];
	struct strbuf sb;

	strbuf_init(&sb, padded, sizeof(padded));
	strbuf_addf(&sb, " %s ", plain);
	for (size_t i = 0; i < v->n; i++) {
		strbuf_init(&sb, phrase, sizeof(phrase));
		strbuf_addf(&sb, " %s ", v->phrases[i].text);
		if (strstr(padded, phrase) && !is_english(v->phrases[i].text) &&
			!vocabulary_has(&speech->english, v->phrases[i].text))
			return true;
	}
	return false;
}

bool speech_tells_language(
	const struct speech *speech, const char *text, const struct speech_heard *heard)
{
	char plain[WORDS_MAX];
	size_t n;

	if (!heard->language)
		return false;
	words_plain(plain, sizeof(plain), text, false);
	n = strcspn(plain, " ");
	if (!plain[n])
		return true;
	plain[n] = '\0';
	if (!is_english(plain) && !is_shared(speech, plain))
		return true;
	return has_accents(text) ||
	       has_word_of(speech, &language_or_own(speech, heard->language)->words, plain + n + 1);
}
