/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the desk share. A text comes in as a `turn`: who texts, what, when, and in
 * which language the answer is. The conversations write rows through it; what the outside must know
 * ("look at the outbox") is noted and told after the commit.
 *
 *   conversations.h   each a file
 *   say.h             what the box says, and to whom
 *   words.h           what texts are made of
 */
#ifndef FARO_DESK_INTERNAL_H
#define FARO_DESK_INTERNAL_H

#include <inttypes.h>
#include <string.h>

#include "faro/desk.h"

#include "conversations.h"
#include "say.h"
#include "words.h"

#define RECENT_KEPT 64
#define SAID_CODES  16
/* how long a quiet incident takes its sender's further texts */
#define REPORTER_MS (30 * MS_PER_DAY)
/* how long after its start an alert is what an answer is about */
#define ANSWER_MS     MS_PER_DAY
#define REPLY_LIFE_MS MS_PER_DAY /* an answer that could not leave for a day is of no use */
/* People looked at in the transaction that sends an alert; the courier walks the rest. */
#define SLICE_FIRST 32
#define NEED_MAX    9999 /* people that an alert can need */

/** What happened inside the transaction that others must know after it. */
struct news {
	bool wake, changed, paused;
};

struct desk {
	const struct settings *settings;
	struct store *store;
	struct speech *speech;
	struct desk_events events;
	void *ctx;
	bool paused;
	int zone_bit[SETTINGS_ZONES_MAX]; /* of settings->list.zones[i] */
	struct news news;
	uint16_t reference; /* of the next text of several parts */

	int64_t promised_alert, promised_people; /* of the promise made last */
	char promised_code[ALERT_CODE_SIZE];
	/* the code that a version took the place of last, and what waits for another since */
	struct replaced {
		char code[ALERT_CODE_SIZE];
		int64_t alert_id, draft_id; /* one of them is 0 */
		int64_t told_id;            /* who was told so last */
	} replaced;
	/* the codes that were said last, the newest at next_said - 1 */
	struct said_code {
		char code[ALERT_CODE_SIZE];
		int64_t author_id;
		int64_t alert_id, draft_id; /* one of them is 0 */
		bool aside;                 /* its author's next one took its place */
	} said_codes[SAID_CODES];
	int next_said;
	int64_t coded_ms;               /* when a code was said last; 0 = not since the start */
	int64_t sent_incident, sent_ms; /* of the alert that was sent by a code last */
	char sent_code[ALERT_CODE_SIZE];

	int64_t shifts_ms; /* when a shift is looked at next; 0 = to be looked up */
	int64_t gaps_ms;   /* when the gaps of a week are told next; 0 = to be looked up */
	/* when the next is due that was set for later; 0 = to be looked up: also whose each is */
	int64_t schedule_ms;
	int64_t digest_ms[DIGEST_PERIODS]; /* when each goes out next; 0 = to be asked for */
	bool time_unknown;                 /* nothing happens that was set for a time of day */
	int64_t forget_ms;                 /* when old texts are looked for next */
	struct store_forgetting forgets;   /* the pass that runs; before_ms 0 = none runs */
	struct keeping {
		int64_t next_ms;  /* when old rows are looked for next */
		int64_t since_ms; /* since when that is to be done */
		bool runs, shrinks;
		struct store_round round;
		struct store_keep done; /* the last round's, since the start */
	} keeping;

	int64_t flood_due_ms[FLOOD_SUMS]; /* when what was held is told; 0 = nothing was */

	struct recent {
		int64_t person_id;
		uint64_t hash;  /* of what the box answered last */
		uint64_t words; /* of their last text: flood_words() */
	} recent[RECENT_KEPT];
	int next_recent;

	int64_t failing_text; /* the text whose handling failed last */
	int failures;
	bool first_marked; /* the first text since the start was written down as "being tried" */

	/* too big for a stack */
	struct store_text text;
	struct sms_plan plan;
	char said[SAY_SIZE];
	char cut[TOLD_TEXT_BYTES + 8];
};

/** One text being handled, or one thing that the box does by itself (text NULL, who.id 0). */
struct turn {
	struct desk *desk;
	int64_t now_ms;
	const struct store_text *text;
	const char *body; /* of the text, without white space in front */
	struct person who;
	enum role role;               /* that counts: a neighbor's unless on the list */
	char language[LANGUAGE_SIZE]; /* of the answers */
	struct speech_heard heard;
	bool headless; /* its first part never came */
	bool leaves;   /* its sender left the list by it */
	int same;      /* how many equal texts came lately, this one included */
	bool held;     /* dispatchers are not told of this text alone: flood.c */
	bool alike; /* it has most words of the one before it: a machine fills in a form letter */
	bool first; /* what is answered goes before other answers */
	bool quiet; /* no automatic answers */
	bool aside; /* what waited for a code of the sender's gave way to this */
	bool calm;  /* what dispatchers are told now waits behind alerts */
	const char *taken_for;
};

/** A conversation's result beside 0 and -errno: it has nothing to do with this text. */
#define NOT_MINE 1

/* ---- turn.c: transactions ---- */

/**
 * Runs act in one transaction and tells the news after its commit. In an open one of the caller's
 * it is a part of that.
 */
int desk_transact(
	struct desk *desk, int64_t now_ms, int (*act)(struct turn *turn, void *arg), void *arg);
void desk_tell_news(struct desk *desk);
/** Reads the sender's row anew after it was changed. */
int turn_refresh(struct turn *turn);
/** The sender's own language, else that of what was heard, else the box's. */
void turn_choose_language(struct turn *turn);
enum role role_of(const struct person *person);

/* ---- keep.c --------------------------------------------------------------------------------- */

/** One slice of what is forgotten, dropped and given back; *next_ms is when to come again. */
int keep_tidy(struct desk *desk, int64_t now_ms, int64_t *next_ms);

#endif
