/* SPDX-License-Identifier: Apache-2.0 */
/* The names of messages and words in the files: their identifiers in lower case. */
#include <ctype.h>

#include "catalogue.h"

static const struct {
	const char *id;
	const char *placeholders;
} messages[] = {
#define MESSAGE(id, placeholders, when) { #id, placeholders },
#include "faro/speech_messages.def"
#undef MESSAGE
};

static const char *const words[] = {
	"",
#define WORD(id, english, what) #id,
#include "faro/speech_words.def"
#undef WORD
};

static const char *lower(char out[NAME_SIZE], const char *id)
{
	size_t i = 0;

	for (; i < NAME_SIZE - 1 && id[i]; i++)
		out[i] = (char)tolower((unsigned char)id[i]);
	out[i] = '\0';
	return out;
}

/* The names are made once, when they are first asked for, because macros cannot make lower case. */
const char *speech_message_name(enum speech_message id)
{
	static char names[SPEECH_MESSAGES][NAME_SIZE];

	if ((unsigned int)id >= SPEECH_MESSAGES)
		return "?";
	return names[id][0] ? names[id] : lower(names[id], messages[id].id);
}

const char *speech_word_name(enum speech_word id)
{
	static char names[SPEECH_WORDS][NAME_SIZE];

	if (id == WORD_NONE || (unsigned int)id >= SPEECH_WORDS)
		return "?";
	return names[id][0] ? names[id] : lower(names[id], words[id]);
}

const char *message_placeholders(enum speech_message id)
{
	return messages[id].placeholders;
}
