/* SPDX-License-Identifier: Apache-2.0 */
/* What texts are made of: numbers, words, zones. See internal.h. */
#ifndef FARO_DESK_WORDS_H
#define FARO_DESK_WORDS_H

#include "faro/desk.h"

#define TOLD_TEXT_BYTES 600 /* of a text as dispatchers see it: four segments at most */

#define MINUTES_MAX 600 /* until somebody arrives */

struct desk;
struct turn;

/* ---- words.c: what texts are made of ---- */

/** Takes the number of an incident ("17", "#17:") from the front of *cursor. */
bool take_number(const char **cursor, int64_t *number);
/** Takes the next word without the punctuation around it. */
bool take_word(const char **cursor, char *out, size_t size);
int count_words(const char *text);
/** The number that a word says ("two"), 0 when it says none. */
int number_of_word(const struct desk *desk, const char *word);
/**
 * The first whole number among the first three words ("in 15 min") that is one of minutes: it has a
 * unit or stands last ("2 of us" is none). -1: there is none.
 */
int find_minutes(const char *text);
/** What stands behind the minutes or hours that the text begins with; NULL: it does not. */
const char *behind_minutes(const char *text);
/** The text cut to what dispatchers are shown; in desk->cut. */
const char *cut_text(struct desk *desk, const char *text);
/**
 * The incident that the text names. 1 and the row; 0 when it names none (the sender was told what
 * is right, with `how` when there is no number at all); -errno.
 */
int take_incident(struct turn *turn, const char **cursor, struct incident *out);
bool incident_closed(const struct incident *incident);
/** The same, and it must not be closed. */
int take_open_incident(struct turn *turn, const char **cursor, struct incident *out);

/* ---- zones.c ---- */

int zones_configure(
	const struct settings *settings, struct store *store, int bits[SETTINGS_ZONES_MAX]);
/** The mask of a zone by any of its names, 0 if it is none. */
uint64_t zone_of_word(const struct desk *desk, const char *word);
/* The word is one letter off from a zone's name, and is none. */
bool zone_nearly(const struct desk *desk, const char *word);
void zones_known(const struct desk *desk, struct strbuf *out);
#define ZONES_WORDS_SIZE 160
/** The zones in words: ids, or "all zones" in the language. Returns out. */
const char *zones_words(
	struct turn *turn, const char *language, uint64_t zones, char out[ZONES_WORDS_SIZE]);
/** Takes zones from the front of *cursor as long as there are any. */
uint64_t take_zones(const struct desk *desk, const char **cursor);
/** Answers that the word is no zone, and which there are. */
int zone_unknown(struct turn *turn, const char *word);
int zone_command(struct turn *turn);

#endif
