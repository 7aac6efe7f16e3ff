/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana (dispatcher): ALERT 17 north NEED 10 Two vans at 5th and Main
 *   -> #17 (north): 212 people, 1 segment, about 14 min. 10 needed. The 40 on duty in the next 3
 *   min. Reply 4821 to send.
 * Ana: 4821
 *   -> #17 is going out to 212 people ...
 */
#include <ctype.h>

#include "internal.h"

#define NEED_WRONG (-1)

/* ---- ALERT [n] [zone ...] [NEED k] [INFO] text ---- */

struct alert_words {
	int64_t incident_id; /* 0 = none named */
	uint64_t zones;
	bool wide;
	bool info; /* nobody is asked to come */
	int need;
	bool whole; /* the text fits */
	char text[ALERT_TEXT_SIZE];
};

/* NEED and a number. One that nobody can mean (0, -3, 100000) makes *need NEED_WRONG. */
static bool take_need(const struct desk *desk, const char **cursor, int *need)
{
	const char *at = *cursor;
	char word[32];
	int64_t number;
	bool negative;
	int rc;

	if (!take_word(&at, word, sizeof(word)) || !speech_is(desk->speech, word, WORD_NEED))
		return false;
	negative = *at == '-';
	if (!take_word(&at, word, sizeof(word)))
		return false;
	rc = text_int(word, 1, NEED_MAX, &number);
	if (rc == -EINVAL && (number = number_of_word(desk, word)) > 0)
		rc = 0;
	if (rc == -EINVAL)
		return false;
	*need = rc < 0 || negative ? NEED_WRONG : (int)number;
	*cursor = at;
	return true;
}

static bool take_the(const struct desk *desk, const char **cursor, enum speech_word which)
{
	const char *at = *cursor;
	char word[32];

	if (!take_word(&at, word, sizeof(word)) || !speech_is(desk->speech, word, which))
		return false;
	*cursor = at;
	return true;
}

/* NEED k is also understood where people rather write it: at the very end. */
static void need_at_the_end(const struct desk *desk, struct alert_words *words)
{
	size_t n = strlen(words->text), starts[2];

	for (int i = 0; i < 2; i++) {
		while (n > 0 && isspace((unsigned char)words->text[n - 1]))
			n--;
		while (n > 0 && !isspace((unsigned char)words->text[n - 1]))
			n--;
		starts[i] = n;
	}
	const char *tail = words->text + starts[1];

	if (words->need == 0 && starts[1] > 0 && take_need(desk, &tail, &words->need) && !*tail)
		words->text[starts[1]] = '\0';
}

static void trim_end(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
}

static void take_where(const struct desk *desk, const char **rest, struct alert_words *words)
{
	words->zones = take_zones(desk, rest);
	words->wide = words->zones != 0 && take_the(desk, rest, WORD_ALL);
}

/* The words in front of the text come in any order; INFO asks nobody, so it needs nobody either. */
static void read_words(const struct desk *desk, const char *rest, struct alert_words *words)
{
	words->info = take_the(desk, &rest, WORD_NOTICE);
	take_where(desk, &rest, words);
	words->info |= take_the(desk, &rest, WORD_NOTICE);
	if (take_need(desk, &rest, &words->need) && words->zones == 0)
		take_where(desk, &rest, words);
	words->info |= take_the(desk, &rest, WORD_NOTICE);
	if (words->zones == 0)
		words->zones = ZONES_ALL;
	words->whole = text_copy(words->text, sizeof(words->text), rest);
	if (words->info)
		words->need = 0;
	else
		need_at_the_end(desk, words);
	trim_end(words->text);
}

/*
 * A bare number that is no incident belongs to the text: "ALERT 3500 International Blvd". 1 go on,
 * 0 answered.
 */
static int read_incident(struct turn *turn, const char **rest, int64_t *id)
{
	const char *at = *rest;
	bool marked = *at == '#';
	struct incident incident;
	struct alert alert;
	int64_t number;
	int rc;

	if (!take_number(&at, &number))
		return 1;
	rc = store_incident_get(turn->desk->store, number, &incident);
	if (rc == -ENOENT)
		return marked ? reply(turn,
					SAY(MSG_INCIDENT_UNKNOWN, SPEECH_NUMBER("number", number)))
			      : 1;
	if (rc < 0)
		return rc;
	if (incident_closed(&incident))
		return reply(turn, SAY(MSG_INCIDENT_CLOSED, SPEECH_NUMBER("incident", number)));
	rc = store_alert_of_incident(turn->desk->store, number, &alert);
	if (rc < 0)
		return rc;
	if (rc == 1 && alert.state == ALERT_RUNNING)
		return reply(turn, SAY(MSG_ALERT_RUNNING, SPEECH_NUMBER("incident", number)));
	*id = number;
	*rest = at;
	return 1;
}

int alert_guesses_codes(struct turn *turn)
{
	int64_t wrong;
	int rc = store_alert_wrong_since(
		turn->desk->store, turn->who.id, turn->now_ms - GUESSES_MS, &wrong);

	if (rc < 0 || wrong < GUESSES_MAX)
		return rc;
	log_warning(
		"person=%" PRId64 " guesses codes: no alert of theirs for an hour", turn->who.id);
	return 1;
}

int alert_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	struct alert_words words = { .need = 0 };
	struct alert alert = { .author_id = turn->who.id };
	int rc;

	if (turn->desk->paused)
		return reply(turn, SAY(MSG_ALERT_PAUSED));
	rc = alert_guesses_codes(turn);
	if (rc != 0)
		return rc < 0 ? rc : reply(turn, SAY(MSG_CODE_LOCKED));
	rc = read_incident(turn, &rest, &words.incident_id);
	if (rc == 1 && words.incident_id)
		rc = escalate_stop(turn, words.incident_id) ?: 1;
	if (rc != 1)
		return rc;
	read_words(turn->desk, rest, &words);
	if (!words.whole)
		return reply(turn, SAY(MSG_TOO_LONG));
	if (!words.text[0] || words.need == NEED_WRONG)
		return reply(turn, SAY(MSG_HOW_ALERT));
	alert.incident_id = words.incident_id;
	alert.zones = words.zones;
	alert.wide = words.wide;
	alert.need = words.need;
	alert.info = words.info;
	text_copy(alert.text, sizeof(alert.text), words.text);
	alert_take_quotes(&alert);
	return alert_propose(turn, &alert);
}
