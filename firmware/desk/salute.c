/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report says already, so that it is not asked: "3 vans, 8 men on 5th, knocking" says how
 * many, where and what they do. The words for it are in the message files; numbers count what
 * stands behind them, and one that counts nothing is a place's: 5th, 3500 Main, I-80.
 */
#include <strings.h>

#include "internal.h"

#define NEAR_WORDS 2 /* between a number and what it counts: "3 big white vans" */

static bool mentions(const struct turn *turn, const char *text, enum speech_word word)
{
	return speech_mentions(turn->desk->speech, text, word);
}

static bool is_counted(const struct turn *turn, const char *word)
{
	return mentions(turn, word, WORD_SAYS_PEOPLE) || mentions(turn, word, WORD_SAYS_VEHICLES);
}

/* "two", and in a script without blanks also a word that has one in it. */
static bool says_number(const struct turn *turn, const char *word)
{
	for (int n = WORD_N1; n <= WORD_N12; n++)
		if (mentions(turn, word, (enum speech_word)n))
			return true;
	return false;
}

/* The number that was read last and still counts nothing. */
struct number {
	bool waits, digits;
	int words; /* since it */
};

static void number_ends(struct number *number, unsigned int *known)
{
	if (number->waits && number->digits)
		*known |= 1U << FIELD_PLACE;
	number->waits = false;
}

static bool is_half_of_day(const char *word)
{
	return strcasecmp(word, "am") == 0 || strcasecmp(word, "pm") == 0;
}

/* "14:35", "8am" is a time; "5th" a place; "3" may count what follows. */
static void read_digits(const char *word, struct number *number, unsigned int *known)
{
	size_t n = strspn(word, "0123456789");

	number_ends(number, known);
	if (n == strlen(word))
		*number = (struct number){ .waits = true, .digits = true };
	else if (n > 0 && (word[n] == ':' || is_half_of_day(word + n)))
		*known |= 1U << FIELD_TIME;
	else
		*known |= 1U << FIELD_PLACE;
}

static void read_word(
	const struct turn *turn, const char *word, struct number *number, unsigned int *known)
{
	bool in_words = says_number(turn, word);

	if (strpbrk(word, "0123456789")) {
		read_digits(word, number, known);
		return;
	}
	if (is_counted(turn, word) && (number->waits || in_words)) {
		*known |= 1U << FIELD_SIZE;
		number->waits = false;
	} else if (number->waits && mentions(turn, word, WORD_SAYS_TIME)) {
		number->waits = false;                      /* "10 minutes ago" */
	} else if (number->waits && is_half_of_day(word)) { /* "8 am", and not "I am afraid" */
		*known |= 1U << FIELD_TIME;
		number->waits = false;
	} else if (in_words) {
		number_ends(number, known);
		*number = (struct number){ .waits = true };
	} else if (++number->words > NEAR_WORDS) {
		number_ends(number, known);
	}
}

/* By words alone: which no address has by chance. */
static unsigned int said_in_words(const struct turn *turn, const char *text)
{
	static const struct {
		enum speech_word says;
		int field;
	} tables[] = {
		{ WORD_SAYS_PLACE, FIELD_PLACE },
		{ WORD_SAYS_ACTIVITY, FIELD_ACTIVITY },
		{ WORD_SAYS_UNIT, FIELD_UNIT },
		{ WORD_SAYS_TIME, FIELD_TIME },
		{ WORD_SAYS_EQUIPMENT, FIELD_EQUIPMENT },
	};
	unsigned int said = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (mentions(turn, text, tables[i].says))
			said |= 1U << tables[i].field;
	return said;
}

unsigned int salute_known(const struct turn *turn, const char *text)
{
	struct number number = { .waits = false };
	unsigned int known = said_in_words(turn, text);
	char word[64];

	while (take_word(&text, word, sizeof(word)))
		read_word(turn, word, &number, &known);
	number_ends(&number, &known);
	return known;
}

int salute_field(const struct turn *turn, const char *text, int asked)
{
	unsigned int said = said_in_words(turn, text);

	said |= salute_known(turn, text) & 1U << FIELD_SIZE;
	if (asked == FIELD_PLACE || said == 0 || said >> asked & 1)
		return asked;
	for (int field = 0; field < FIELDS; field++)
		if (said >> field & 1)
			return field;
	return asked;
}
