/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faroctl report: what its files share. farod tells rows of figures (control/report.c); they are
 * added up here by minute, zone, language and modem, so that memory grows with the minutes and the
 * zones, not with the list.
 */
#ifndef FAROCTL_REPORT_H
#define FAROCTL_REPORT_H

#include <stdio.h>

#include "faroctl.h"

/* ---- words ----------------------------------------------------------------------------------- */

#define WORD(name, english, spanish) WORD_##name,
#define KEY(key, english, spanish)
enum word {
#include "faroctl_report_words.def"
	WORDS
};
#undef WORD
#undef KEY

/* "en" or "es"; false when there are no words in it. */
bool report_speak(const char *language);
const char *word(enum word name);
/* What the box calls "taken", said; a key without words is said as it is. */
const char *word_of_key(const char *key);

/* ---- what happened --------------------------------------------------------------------------- */

#define REPORT_NAME_SIZE 48

enum report_by { BY_ALL, BY_ZONE, BY_LANGUAGE, BY_MODEM, BYS };
enum report_what { WHAT_SENT, WHAT_DELIVERED, WHAT_ANSWERED, WHATS };

struct point {
	int64_t minute, n; /* wall_ms / MS_PER_MIN; what happened in it */
};
struct curve {
	struct point *points; /* by minute */
	size_t n;
};
/* Everybody, a zone, a language or a modem. */
struct group {
	enum report_by by;
	char name[REPORT_NAME_SIZE];
	int64_t people, sent, delivered, failed, answered, yes, segments;
	struct curve curves[WHATS];
};

struct report_alert {
	int64_t id, need, promised_people, promised_segments, promised_s;
	int64_t started_ms, ended_ms, first_yes_ms; /* 0 = none */
	char state[16];
	bool info;          /* "know this, do not come" */
	char *text, *zones; /* text NULL: not asked for */
	int64_t people;     /* copies */
	int64_t reached, sent, segments;
	double took_s; /* from the order to the last segment; -1: none left */
};

/* Something of the trail; without texts what is alike and follows one another is one. */
struct report_note {
	int64_t at_ms, until_ms, count;
	char what[24], who[16];
	char *text;
};

struct report {
	bool with_text;
	json_t *head; /* the incident and the box */
	struct report_note *notes;
	struct report_alert *alerts;
	struct group *groups;
	size_t n_notes, n_alerts, n_groups;
	int64_t reasons[WORDS]; /* people, by WORD_FAIL_... */
	int64_t yes, no, here, done, held, dropped, waiting;
};

void report_hear(void *report, const char *kind, const json_t *row);
void report_free(struct report *report);
/* The next group of this kind behind one (NULL: the first), or NULL. */
const struct group *report_next(
	const struct report *report, enum report_by by, const struct group *behind);
/* Percent of the time from the order to the last segment; -1 when it cannot be known. */
int report_busy(const struct report *report, const struct group *modem);
/* The time of the box's own clock: "14:05", or with its day. */
const char *report_clock(int64_t wall_ms, bool day, char out[32]);
/* "2026-11-21T20:28:32.123Z" as wall_ms; 0 for anything else. */
int64_t report_time(const json_t *value);
/* An empty text for what is none. */
const char *report_text(const json_t *object, const char *key);
int64_t report_number(const json_t *object, const char *key);

/* ---- how it is shown ------------------------------------------------------------------------- */

/* Text of a page: nothing in it can be read as a tag, an attribute or a reference. */
void html_text(FILE *file, const char *text);
void html_begin(FILE *file, const char *title);
void html_end(FILE *file, const json_t *box, enum word last);

/* Sent, delivered and answered so far, over the minutes from..to (in pixels of its own). */
void svg_curves(FILE *file, const struct group *group, int64_t from, int64_t to, bool large);

/*
 * To standard output, or to a new file that only its owner can read. Called when everything has
 * been heard, so that nothing is half written. An exit code.
 */
typedef void report_write_fn(FILE *file, const struct ctl *ctl, const void *data);
int report_write(const struct ctl *ctl, report_write_fn *write, const void *data);
/* --language, or the box's own. An exit code. */
int report_language(const struct ctl *ctl, const json_t *box);

void report_html(FILE *file, const struct report *report);
void report_csv(FILE *file, const struct report *report);
json_t *report_json(const struct report *report);

/* One line of CSV of n texts. */
void csv_line(FILE *file, const char *const *fields, size_t n);

/* ---- months ---------------------------------------------------------------------------------- */

#define MONTHS_SHOWN 12
int ctl_report_months(struct ctl *ctl);

#endif
