/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana: ALERT 17 raid 3500 International Blvd
 *   -> everybody reads it in their language: "Redada en 3500 International Blvd, 14:35."
 * Ana: ALERT 17 Two vans at 5th and Main
 *   -> #17 ...: 212 people ... en 120. 92 not in their language.
 * Ana: ES Dos camionetas en la 5th y Main
 *   -> #17 ...: Added: ES Dos camionetas ... Reply 7305 ... en 120, es 80. 12 not in theirs.
 */
#include <ctype.h>
#include <stdio.h>

#include "internal.h"

/* Behind the text as it was written, each version: this sign, the language's code, a blank. */
#define VERSION_MARK '\x1F'

/* ---- versions -------------------------------------------------------------------------------- */

void desk_alert_text(const struct alert *alert, char out[ALERT_TEXT_SIZE])
{
	text_copy(out, ALERT_TEXT_SIZE, alert->text);
	out[strcspn(out, "\x1F")] = '\0';
}

static bool version_find(const char *text, const char *language, char out[ALERT_TEXT_SIZE])
{
	size_t n = strlen(language);

	for (const char *at = text; (at = strchr(at, VERSION_MARK));) {
		at++;
		if (strncmp(at, language, n) != 0 || at[n] != ' ')
			continue;
		text_copy(out, ALERT_TEXT_SIZE, at + n + 1);
		out[strcspn(out, "\x1F")] = '\0';
		return true;
	}
	return false;
}

void version_in(const char *text, const char *language, char out[ALERT_TEXT_SIZE])
{
	if (version_find(text, language, out))
		return;
	text_copy(out, ALERT_TEXT_SIZE, text);
	out[strcspn(out, "\x1F")] = '\0';
}

/* ---- templates ------------------------------------------------------------------------------- */

/* What networks alert about. The words for a kind and its sentence are in the message files. */
static const struct template
{
	enum speech_word kind;
	enum speech_message said;
}
templates[] = {
	{ WORD_KIND_RAID, MSG_TEMPLATE_RAID },
	{ WORD_KIND_CHECKPOINT, MSG_TEMPLATE_CHECKPOINT },
	{ WORD_KIND_DOOR, MSG_TEMPLATE_DOOR },
	{ WORD_KIND_WORKPLACE, MSG_TEMPLATE_WORKPLACE },
	{ WORD_KIND_COURTHOUSE, MSG_TEMPLATE_COURTHOUSE },
	{ WORD_KIND_PATROL, MSG_TEMPLATE_PATROL },
	{ WORD_KIND_DETAINED, MSG_TEMPLATE_DETAINED },
	{ WORD_KIND_MISSING, MSG_TEMPLATE_MISSING },
};

/** A template that is filled in. */
struct filled {
	const struct template *template;
	char place[ALERT_TEXT_SIZE];
	char time[CLOCK_SIZE];
};

/* "14:35" at the end of the place says when it was seen. */
static void take_time(struct filled *filled)
{
	char *last = strrchr(filled->place, ' ');
	unsigned int hour, minute;
	int end = 0;

	if (!last || sscanf(last, " %2u:%2u%n", &hour, &minute, &end) != 2 || last[end] ||
		hour > 23 || minute > 59)
		return;
	text_copy(filled->time, sizeof(filled->time), last + 1);
	*last = '\0';
}

/* "raid at 5th and Main": the sentence has its own "at". */
static void take_at(struct turn *turn, const char **text)
{
	const char *at = *text;
	char word[16];

	if (take_word(&at, word, sizeof(word)) && *at &&
		(speech_is(turn->desk->speech, word, WORD_AT) || strcmp(word, "@") == 0))
		*text = at;
}

/* In place of a language: the text is none of ours, whatever it begins with. */
#define AS_WRITTEN "="

static const struct {
	const char *open, *close;
} quotes[] = { { "\"", "\"" }, { "\xE2\x80\x9C", "\xE2\x80\x9D" }, { "\xC2\xAB", "\xC2\xBB" },
	{ "\xE2\x80\x9E", "\xE2\x80\x9C" } };

void alert_take_quotes(struct alert *alert)
{
	char *text = alert->text;

	for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
		size_t open = strlen(quotes[i].open), close = strlen(quotes[i].close);
		size_t n = strlen(text);

		if (n <= open + close || strncmp(text, quotes[i].open, open) != 0 ||
			strcmp(text + n - close, quotes[i].close) != 0)
			continue;
		text[n - close] = '\0';
		memmove(text, text + open, n - open - close + 1);
		(void)version_put(text, AS_WRITTEN, "");
		return;
	}
}

/* A kind and a place; a kind alone is a text like any other. */
static bool template_read(
	struct turn *turn, const struct alert *alert, const char *text, struct filled *out)
{
	char word[64];

	out->template = NULL;
	if (version_find(alert->text, AS_WRITTEN, out->place) ||
		!take_word(&text, word, sizeof(word)) || !*text)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(templates); i++)
		if (speech_is(turn->desk->speech, word, templates[i].kind))
			out->template = &templates[i];
	take_at(turn, &text);
	text_copy(out->place, sizeof(out->place), text);
	time_clock(alert->created_ms ? alert->created_ms : turn->now_ms, out->time);
	take_time(out);
	return out->template;
}

/* ---- the text ------------------------------------------------------------------------------- */

bool alert_is_template(struct turn *turn, const struct alert *alert)
{
	char text[ALERT_TEXT_SIZE];
	struct filled filled;

	desk_alert_text(alert, text);
	return template_read(turn, alert, text, &filled);
}

bool alert_text_in(
	struct turn *turn, const struct alert *alert, const char *language, struct strbuf *out)
{
	char text[ALERT_TEXT_SIZE];
	const char *author;
	struct filled filled;

	if (version_find(alert->text, language, text)) {
		strbuf_add(out, text);
		return true;
	}
	desk_alert_text(alert, text);
	if (template_read(turn, alert, text, &filled)) {
		say_in(turn, language,
			SAY(filled.template->said, SPEECH_TEXT("place", filled.place),
				SPEECH_TEXT("time", filled.time)),
			out);
		return true;
	}
	strbuf_add(out, text);
	author = turn->language[0] ? turn->language : turn->desk->settings->box.language;
	return strcmp(language, author) == 0;
}

/* ---- ES texto: a version while the alert is pending ------------------------------------------ */

/* A code in capitals, as nobody begins a sentence: "ES", not "Es". */
static const char *take_code(const struct desk *desk, const char **rest)
{
	char word[8], small[8];
	const char *language;
	size_t n;

	if (!take_word(rest, word, sizeof(word)) || !**rest)
		return NULL;
	n = strlen(word);
	for (size_t i = 0; i <= n; i++) {
		if (i < n && !isupper((unsigned char)word[i]))
			return NULL;
		small[i] = (char)tolower((unsigned char)word[i]);
	}
	for (int i = 0; (language = speech_language(desk->speech, i)); i++)
		if (strcmp(language, small) == 0)
			return language;
	return NULL;
}

bool version_put(char text[ALERT_TEXT_SIZE], const char *language, const char *version)
{
	char before[ALERT_TEXT_SIZE];
	const char *at = before + strcspn(text, "\x1F");
	size_t k = strlen(language), n;
	struct strbuf sb;

	text_copy(before, sizeof(before), text);
	strbuf_init(&sb, text, ALERT_TEXT_SIZE);
	strbuf_add_n(&sb, before, (size_t)(at - before));
	for (; *at; at += n) {
		n = 1 + strcspn(at + 1, "\x1F");
		if (strncmp(at + 1, language, k) != 0 || at[k + 1] != ' ')
			strbuf_add_n(&sb, at, n);
	}
	strbuf_addf(&sb, "%c%s %s", VERSION_MARK, language, version);
	return !sb.cut;
}

int version_handle(struct turn *turn)
{
	const char *rest = turn->body, *language;
	struct alert alert;
	int rc;

	if (turn->role < ROLE_DISPATCHER || !(language = take_code(turn->desk, &rest)))
		return NOT_MINE;
	rc = store_alert_pending(turn->desk->store, turn->who.id, turn->now_ms, &alert);
	if (rc <= 0 || alert.author_id != turn->who.id)
		return rc < 0 ? rc : post_version(turn, language, rest);
	turn->taken_for = "version";
	if (!version_put(alert.text, language, rest))
		return reply(turn, SAY(MSG_TOO_LONG));
	return alert_promise_again(turn, &alert);
}
