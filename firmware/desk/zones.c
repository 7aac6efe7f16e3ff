/* SPDX-License-Identifier: Apache-2.0 */
/* The zones of the configuration: their names in texts, their bits in the store, and ZONE. */
#include <stdio.h>

#include "internal.h"

int zones_configure(
	const struct settings *settings, struct store *store, int bits[SETTINGS_ZONES_MAX])
{
	for (int i = 0; i < settings->list.n_zones; i++) {
		bits[i] = store_zone_bit(store, settings->list.zones[i].id);
		if (bits[i] < 0)
			return bits[i];
	}
	return 0;
}

/* ---- names that mean something else ---- */

struct name_check {
	const struct settings *settings;
	const struct speech *speech;
	void (*report)(void *ctx, bool error, const char *problem);
	void *ctx;
	int found;
};

/* what: "zone \"park\" is called \"stop\"". */
static void check_name(
	struct name_check *check, const char *where, const char *what, const char *name)
{
	char text[1024];
	struct speech_heard heard;
	struct strbuf sb;

	speech_hear_beginning(check->speech, check->settings->box.language, name, &heard);
	if (heard.word == WORD_NONE || *heard.rest)
		return;
	check->found++;
	strbuf_init(&sb, text, sizeof(text));
	strbuf_addf(&sb,
		"%s: %s \"%s\", which people text for something else (the word \"%s\" of "
		"language \"%s\"); allowed: a name that is no such word",
		where, what, name, speech_word_name(heard.word), heard.language);
	check->report(check->ctx, true, sb.text);
}

static void check_zone(struct name_check *check, const struct settings_zone *zone)
{
	char what[128];

	snprintf(what, sizeof(what), "zone \"%s\" is called", zone->id);
	check_name(check, zone->id_where, what, zone->id);
	for (int i = 0; i < zone->n_names; i++)
		if (strcmp(zone->names[i], zone->id) != 0)
			check_name(check, zone->names_where, what, zone->names[i]);
}

int desk_check_names(const struct settings *settings, const struct speech *speech,
	void (*report)(void *ctx, bool error, const char *problem), void *ctx)
{
	struct name_check check = { settings, speech, report, ctx, 0 };

	for (int i = 0; i < settings->list.n_zones; i++)
		check_zone(&check, &settings->list.zones[i]);
	for (int i = 0; i < settings->n_info; i++)
		for (int k = 0; k < settings->info[i].n_keywords; k++)
			check_name(&check, settings->info[i].where,
				"a text of info can never be given: its keyword is",
				settings->info[i].keywords[k]);
	return check.found;
}

/* ---- names in texts ---- */

static bool zone_is_called(const struct settings_zone *zone, const char *folded)
{
	char name[64];

	if (strcmp(text_fold(name, sizeof(name), zone->id), folded) == 0)
		return true;
	for (int i = 0; i < zone->n_names; i++)
		if (strcmp(text_fold(name, sizeof(name), zone->names[i]), folded) == 0)
			return true;
	return false;
}

uint64_t zone_of_word(const struct desk *desk, const char *word)
{
	char folded[64];

	text_fold(folded, sizeof(folded), word);
	for (int i = 0; i < desk->settings->list.n_zones; i++)
		if (zone_is_called(&desk->settings->list.zones[i], folded))
			return UINT64_C(1) << desk->zone_bit[i];
	return 0;
}

/* "nroth": one letter off, and long enough not to be a word of its own. */
static bool zone_is_nearly(const struct settings_zone *zone, const char *folded)
{
	char name[64];

	for (int i = 0; i < zone->n_names; i++)
		if (text_distance(text_fold(name, sizeof(name), zone->names[i]), folded) == 1)
			return true;
	return text_distance(text_fold(name, sizeof(name), zone->id), folded) == 1;
}

bool zone_nearly(const struct desk *desk, const char *word)
{
	char folded[64];

	text_fold(folded, sizeof(folded), word);
	if (strlen(folded) < 4 || zone_of_word(desk, word))
		return false;
	for (int i = 0; i < desk->settings->list.n_zones; i++)
		if (zone_is_nearly(&desk->settings->list.zones[i], folded))
			return true;
	return false;
}

uint64_t take_zones(const struct desk *desk, const char **cursor)
{
	const char *at = *cursor;
	uint64_t zones = 0, zone;
	char word[64];

	while (take_word(&at, word, sizeof(word)) && (zone = zone_of_word(desk, word)) != 0) {
		zones |= zone;
		*cursor = at;
	}
	return zones;
}

void desk_zones_text(const struct desk *desk, uint64_t zones, struct strbuf *out)
{
	bool first = true;

	for (int i = 0; zones != ZONES_ALL && i < desk->settings->list.n_zones; i++) {
		if (!(zones >> desk->zone_bit[i] & 1))
			continue;
		strbuf_addf(out, "%s%s", first ? "" : " ", desk->settings->list.zones[i].id);
		first = false;
	}
}

const char *zones_words(
	struct turn *turn, const char *language, uint64_t zones, char out[ZONES_WORDS_SIZE])
{
	struct strbuf text;

	strbuf_init(&text, out, ZONES_WORDS_SIZE);
	desk_zones_text(turn->desk, zones, &text);
	if (text.len == 0)
		say_in(turn, language, SAY(MSG_EVERYWHERE), &text);
	return out;
}

void zones_known(const struct desk *desk, struct strbuf *out)
{
	for (int i = 0; i < desk->settings->list.n_zones; i++)
		strbuf_addf(out, "%s%s", i ? ", " : "", desk->settings->list.zones[i].id);
}

/* ---- ZONE [zone ...] ---- */

static int show(struct turn *turn)
{
	char zones[ZONES_WORDS_SIZE], memory[ZONES_WORDS_SIZE];
	struct strbuf known;

	strbuf_init(&known, memory, sizeof(memory));
	zones_known(turn->desk, &known);
	zones_words(turn, turn->language, turn->who.zones, zones);
	return reply(turn,
		SAY(MSG_ZONE_SHOW, SPEECH_TEXT("zones", zones), SPEECH_TEXT("known", known.text)));
}

int zone_unknown(struct turn *turn, const char *word)
{
	char memory[ZONES_WORDS_SIZE];
	struct strbuf known;

	strbuf_init(&known, memory, sizeof(memory));
	zones_known(turn->desk, &known);
	return reply(turn,
		SAY(MSG_ZONE_UNKNOWN, SPEECH_TEXT("word", word), SPEECH_TEXT("known", known.text)));
}

int zone_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	char word[64], words[ZONES_WORDS_SIZE];
	uint64_t zones;
	int rc;

	if (turn->desk->settings->list.n_zones == 0)
		return reply(turn, SAY(MSG_ZONE_NO_ZONES));
	if (!*rest)
		return show(turn);
	zones = take_zones(turn->desk, &rest);
	if (take_word(&rest, word, sizeof(word))) {
		if (zones != 0 || !speech_is(turn->desk->speech, word, WORD_ALL))
			return zone_unknown(turn, word);
	}
	rc = store_person_set_zones(turn->desk->store, turn->who.id, zones);
	if (rc < 0)
		return rc;
	zones_words(turn, turn->language, zones, words);
	return (zones != turn->who.zones ? done : reply)(
		turn, SAY(MSG_ZONE_SET, SPEECH_TEXT("zones", words)));
}
