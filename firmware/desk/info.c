/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ben: rights        -> You may remain silent. ... MORE: the next part.
 * Ben: more          -> ... and what comes last
 * A text of the configuration, in the sender's language; one that would take more than three
 * segments goes part by part, each ending with a sentence or at least with a word.
 */
#include <ctype.h>
#include <stdio.h>

#include "internal.h"

#define SEGMENTS_MAX 3
#define WAITS_MS     MS_PER_DAY

#define INFO_HELP 0xFFFF /* in place of a text: the pages of HELP */

/* Where somebody is in which text; kept as one value of the store. */
struct place {
	int info, text, offset;
	int64_t minute; /* when they were sent the part before it; 0 = nothing waits */
};

static const char *key_of(const struct turn *turn, char out[32])
{
	snprintf(out, 32, "info %" PRId64, turn->who.id);
	return out;
}

static int keep(struct turn *turn, const struct place *place)
{
	char key[32];

	return store_value_set(turn->desk->store, key_of(turn, key),
		place->minute << 36 | (int64_t)place->info << 20 | place->text << 14 |
			place->offset);
}

/* 1 and where they are, 0 nothing waits, -errno. */
static int waiting(const struct turn *turn, struct place *place)
{
	const struct settings *settings = turn->desk->settings;
	char key[32];
	int64_t value = 0;
	int rc = store_value_get(turn->desk->store, key_of(turn, key), &value);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	*place = (struct place){ .minute = value >> 36,
		.info = (int)(value >> 20 & 0xFFFF),
		.text = (int)(value >> 14 & 0x3F),
		.offset = (int)(value & 0x3FFF) };
	if (place->minute == 0 || turn->now_ms - place->minute * MS_PER_MIN >= WAITS_MS)
		return 0;
	if (place->info == INFO_HELP)
		return 1;
	/* the configuration may have changed since */
	return place->info < settings->n_info &&
	       place->text < settings->info[place->info].n_texts &&
	       place->offset < (int)strlen(settings->info[place->info].texts[place->text].body);
}

int info_keep_help(struct turn *turn, int page)
{
	struct place place = {
		.info = INFO_HELP, .text = page, .minute = page ? turn->now_ms / MS_PER_MIN : 0
	};
	char key[32];
	int64_t value;

	/* most people's HELP has one page: no row for that */
	if (page == 0 && store_value_get(turn->desk->store, key_of(turn, key), &value) == -ENOENT)
		return 0;
	return keep(turn, &place);
}

/* ---- which text ---- */

static const struct settings_info *info_of_word(const struct turn *turn, const char *word)
{
	const struct settings *settings = turn->desk->settings;
	char folded[64], keyword[64];

	text_fold(folded, sizeof(folded), word);
	for (int i = 0; i < settings->n_info; i++)
		for (int k = 0; k < settings->info[i].n_keywords; k++) {
			text_fold(keyword, sizeof(keyword), settings->info[i].keywords[k]);
			if (strcmp(folded, keyword) == 0)
				return &settings->info[i];
		}
	return NULL;
}

/* Which of its texts is in this language; -1 none. */
static int text_in(const struct settings_info *info, const char *language)
{
	for (int i = 0; i < info->n_texts; i++)
		if (strcmp(info->texts[i].language, language) == 0)
			return i;
	return -1;
}

/* The n-th keyword is in the language of the n-th text: "derechos" is answered in Spanish. */
static void take_language_of_keyword(
	struct turn *turn, const struct settings_info *info, const char *word)
{
	char folded[64], keyword[64];

	text_fold(folded, sizeof(folded), word);
	for (int i = 0; i < info->n_keywords && i < info->n_texts; i++)
		if (strcmp(text_fold(keyword, sizeof(keyword), info->keywords[i]), folded) == 0)
			text_copy(turn->language, sizeof(turn->language), info->texts[i].language);
}

/* ---- which part ---- */

struct part {
	const char *from;
	int bytes;
	bool last;
};

static void compose_part(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct part *part = arg;

	strbuf_addf(out, "%.*s", part->bytes, part->from);
	if (part->last)
		return;
	/* it may be cut within a sentence */
	strbuf_add(out, " ");
	say_in(turn, language, SAY(MSG_INFO_MORE), out);
}

static bool fits(struct turn *turn, const struct part *part)
{
	struct desk *desk = turn->desk;
	struct strbuf out;

	strbuf_init(&out, desk->said, sizeof(desk->said));
	compose_part(turn, turn->language, part, &out);
	return speech_plan(desk->speech, turn->language, out.text, &desk->plan) == 0 &&
	       desk->plan.segments <= SEGMENTS_MAX;
}

static bool ends_sentence(const char *from, int bytes)
{
	return bytes > 0 && strchr(".!?\n", from[bytes - 1]) && isspace((unsigned char)from[bytes]);
}

/* Back to the end of a sentence in its second half, else of a word, else of a letter. */
static void cut(struct part *part)
{
	int most = part->bytes, n;

	for (n = most; n > most / 2 && !ends_sentence(part->from, n); n--)
		;
	if (n <= most / 2)
		for (n = most; n > most / 2 && !isspace((unsigned char)part->from[n]); n--)
			;
	if (n <= most / 2)
		for (n = most; n > 1 && (part->from[n] & 0xC0) == 0x80; n--)
			;
	part->bytes = n;
}

static void find_part(struct turn *turn, struct part *part)
{
	int fit = 1, over = (int)strlen(part->from);

	part->bytes = over;
	part->last = true;
	if (fits(turn, part))
		return;
	part->last = false;
	while (over - fit > 1) {
		part->bytes = (fit + over) / 2;
		while ((part->from[part->bytes] & 0xC0) == 0x80)
			part->bytes--;
		if (part->bytes <= fit)
			break;
		if (fits(turn, part))
			fit = part->bytes;
		else
			over = part->bytes;
	}
	part->bytes = fit;
	cut(part);
}

static int say_part(struct turn *turn, struct place *place)
{
	const struct settings_info_text *text =
		&turn->desk->settings->info[place->info].texts[place->text];
	struct part part = { .from = text->body + place->offset };
	int rc;

	turn->taken_for = "info";
	if (turn->quiet)
		return 0;
	text_copy(turn->language, sizeof(turn->language), text->language);
	find_part(turn, &part);
	rc = reply(turn, COMPOSED(compose_part, &part));
	place->offset += part.bytes;
	place->offset += (int)strspn(text->body + place->offset, " \t\n");
	place->minute = part.last ? 0 : turn->now_ms / MS_PER_MIN;
	return rc < 0 ? rc : keep(turn, place);
}

/* ---- what is asked for ---- */

static bool asks_for_more(const struct turn *turn)
{
	return turn->heard.word == WORD_MORE && count_words(turn->heard.rest) == 0;
}

int info_handle(struct turn *turn)
{
	const struct settings *settings = turn->desk->settings;
	const struct settings_info *info;
	const char *rest = turn->body;
	struct place place;
	char word[64];
	int rc = asks_for_more(turn) ? waiting(turn, &place) : 0;

	if (rc == 1 && place.info == INFO_HELP)
		return turn->quiet ? 0 : help_page(turn, place.text);
	if (rc != 0)
		return rc < 0 ? rc : say_part(turn, &place);
	if (!take_word(&rest, word, sizeof(word)) || !(info = info_of_word(turn, word)))
		return NOT_MINE;
	if (!turn->who.language[0])
		take_language_of_keyword(turn, info, word);
	place = (struct place){ .info = (int)(info - settings->info) };
	place.text = text_in(info, turn->language);
	if (place.text < 0)
		place.text = text_in(info, settings->box.language);
	if (place.text < 0)
		place.text = 0;
	return say_part(turn, &place);
}

bool info_is_asked(const struct turn *turn)
{
	const char *rest = turn->body;
	struct place place;
	char word[64];

	if (asks_for_more(turn))
		return waiting(turn, &place) == 1;
	return take_word(&rest, word, sizeof(word)) && !*rest && info_of_word(turn, word);
}
