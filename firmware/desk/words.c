/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and words in the texts that people send. */
#include <ctype.h>

#include "internal.h"

#define NUMBER_DIGITS_MAX 9

static bool is_edge(char c)
{
	return strchr(".,:;!?()\"'-", c) != NULL;
}

/* Where a number may end: at a blank, at a sign, and where letters need no blank ("17他们"). */
static bool ends_number(const char *at)
{
	uint32_t cp = 0;

	utf8_next(at, strlen(at), &cp);
	return !*at || isspace((unsigned char)*at) || is_edge(*at) || text_is_unspaced(cp);
}

static const char *skip_blanks(const char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

bool take_number(const char **cursor, int64_t *number)
{
	const char *at = skip_blanks(*cursor), *digits;

	if (*at == '#')
		at = skip_blanks(at + 1);
	digits = at;
	for (*number = 0; isdigit((unsigned char)*at); at++) {
		if (at - digits >= NUMBER_DIGITS_MAX)
			return false;
		*number = *number * 10 + (*at - '0');
	}
	if (at == digits || !ends_number(at))
		return false;
	while (*at && is_edge(*at))
		at++;
	*cursor = skip_blanks(at);
	return true;
}

bool take_word(const char **cursor, char *out, size_t size)
{
	size_t first = 0, n;

	if (!text_word(cursor, out, size))
		return false;
	n = strlen(out);
	while (n > 0 && is_edge(out[n - 1]))
		out[--n] = '\0';
	while (first < n && is_edge(out[first]))
		first++;
	memmove(out, out + first, n - first + 1);
	return true;
}

int number_of_word(const struct desk *desk, const char *word)
{
	for (int n = 1; n <= WORD_N12 - WORD_N1 + 1; n++)
		if (speech_is(desk->speech, word, (enum speech_word)(WORD_N1 + n - 1)))
			return n;
	return 0;
}

int count_words(const char *text)
{
	char word[8];
	int n = 0;

	while (text_word(&text, word, sizeof(word)))
		n++;
	return n;
}

enum unit { UNIT_NONE, UNIT_MINUTE, UNIT_HOUR };

/* "15 min", "1h", "2 hours", "1 hora": as the languages of the box write it. */
static enum unit unit_of(const char *word)
{
	static const struct {
		const char *word;
		enum unit unit;
	} units[] = {
		{ "m", UNIT_MINUTE },
		{ "mn", UNIT_MINUTE },
		{ "min", UNIT_MINUTE },
		{ "mins", UNIT_MINUTE },
		{ "minute", UNIT_MINUTE },
		{ "minutes", UNIT_MINUTE },
		{ "minuto", UNIT_MINUTE },
		{ "minutos", UNIT_MINUTE },
		{ "minit", UNIT_MINUTE },
		{ "phút", UNIT_MINUTE },
		{ "分", UNIT_MINUTE },
		{ "分钟", UNIT_MINUTE },
		{ "分鐘", UNIT_MINUTE },
		{ "دقيقة", UNIT_MINUTE },
		{ "دقائق", UNIT_MINUTE },
		{ "h", UNIT_HOUR },
		{ "hr", UNIT_HOUR },
		{ "hrs", UNIT_HOUR },
		{ "hour", UNIT_HOUR },
		{ "hours", UNIT_HOUR },
		{ "hora", UNIT_HOUR },
		{ "horas", UNIT_HOUR },
		{ "heure", UNIT_HOUR },
		{ "heures", UNIT_HOUR },
	};
	char folded[32], known[32];

	text_fold(folded, sizeof(folded), word);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strcmp(folded, text_fold(known, sizeof(known), units[i].word)) == 0)
			return units[i].unit;
	return UNIT_NONE;
}

/* Takes a word that begins with a number, and its unit: "15 min", "15min", "10-15 min". */
static bool take_minutes(const char **cursor, int64_t *minutes)
{
	char word[32];
	size_t digits, n;
	enum unit unit;
	const char *at;

	if (!take_word(cursor, word, sizeof(word)))
		return false;
	n = digits = strspn(word, "0123456789");
	if (digits && word[n] == '-')
		n += 1 + strspn(word + n + 1, "0123456789");
	unit = unit_of(word + n);
	if (word[n] && unit == UNIT_NONE)
		return false;
	word[digits] = '\0';
	if (text_int(word, 1, MINUTES_MAX, minutes) < 0)
		return false;
	at = *cursor;
	if (unit == UNIT_NONE && take_word(&at, word, sizeof(word))) {
		unit = unit_of(word);
		if (unit == UNIT_NONE)
			return false;
		*cursor = at;
	}
	*minutes *= unit == UNIT_HOUR ? 60 : 1;
	return *minutes <= MINUTES_MAX;
}

int find_minutes(const char *text)
{
	int64_t minutes;

	for (int i = 0; i < 3 && *text; i++)
		if (take_minutes(&text, &minutes))
			return (int)minutes;
	return -1;
}

const char *behind_minutes(const char *text)
{
	int64_t minutes;

	return take_minutes(&text, &minutes) ? skip_blanks(text) : NULL;
}

const char *cut_text(struct desk *desk, const char *text)
{
	if (!text_copy(desk->cut, TOLD_TEXT_BYTES, text))
		memcpy(desk->cut + strlen(desk->cut), "...", sizeof("..."));
	return desk->cut;
}

bool incident_closed(const struct incident *incident)
{
	return incident->state >= INCIDENT_CLOSED;
}

int take_incident(struct turn *turn, const char **cursor, struct incident *out)
{
	const char *rest = turn->heard.rest;
	int64_t number;
	struct strbuf word;
	char memory[32];
	int rc;

	if (!take_number(cursor, &number)) {
		/* "all clear" is one of two words */
		while (rest > turn->body && (is_edge(rest[-1]) || isspace((unsigned char)rest[-1])))
			rest--;
		strbuf_init(&word, memory, sizeof(memory));
		strbuf_add_n(&word, turn->body, (size_t)(rest - turn->body));
		return reply(turn, SAY(MSG_HOW_NUMBER, SPEECH_TEXT("word", word.text)));
	}
	rc = store_incident_get(turn->desk->store, number, out);
	if (rc == -ENOENT)
		return reply(turn, SAY(MSG_INCIDENT_UNKNOWN, SPEECH_NUMBER("number", number)));
	return rc < 0 ? rc : 1;
}

int take_open_incident(struct turn *turn, const char **cursor, struct incident *out)
{
	int rc = take_incident(turn, cursor, out);

	if (rc == 1 && incident_closed(out))
		return reply(turn, SAY(MSG_INCIDENT_CLOSED, SPEECH_NUMBER("incident", out->id)));
	return rc;
}
