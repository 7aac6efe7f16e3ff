/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a report, by language. */
#include <string.h>

#include "faroctl_report.h"

enum { ENGLISH, SPANISH, LANGUAGES };

#define WORD(name, ...) [WORD_##name] = { __VA_ARGS__ },
#define KEY(key, english, spanish)
static const char *const words[WORDS][LANGUAGES] = {
#include "faroctl_report_words.def"
};
#undef WORD
#undef KEY

#define WORD(name, ...)
#define KEY(key, ...) { key, { __VA_ARGS__ } },
static const struct {
	const char *key, *words[LANGUAGES];
} keys[] = {
#include "faroctl_report_words.def"
};
#undef WORD
#undef KEY

static int spoken = ENGLISH;

bool report_speak(const char *language)
{
	for (int i = 0; i < LANGUAGES; i++) {
		if (strcmp(words[WORD_LANGUAGE][i], language) != 0)
			continue;
		spoken = i;
		return true;
	}
	return false;
}

const char *word(enum word name)
{
	return words[name][spoken];
}

const char *word_of_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].key, key) == 0)
			return keys[i].words[spoken];
	return key;
}
