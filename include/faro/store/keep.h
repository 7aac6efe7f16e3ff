/* SPDX-License-Identifier: Apache-2.0 */
/* A part of store.h: how much there is, how long it is kept, and how big the file is. */
#ifndef FARO_STORE_KEEP_H
#define FARO_STORE_KEEP_H

#include "faro/base.h"

struct store;

/* ---- counts ---------------------------------------------------------------------------------- */

struct store_counts {
	int64_t active, applicants, left, suspended;
	int64_t received, handled; /* texts */
	int64_t incidents_open, alerts_running, alerts_pending;
};
int store_counts(struct store *store, struct store_counts *out);

/* ---- words that are forgotten ---------------------------------------------------------------- */

/** When the oldest text or note that still has its words came; TIME_NEVER if none. */
int store_oldest_words(struct store *store, int64_t *at_ms);
/** A pass over all that has words; with nothing but before_ms set = at its beginning. */
struct store_forgetting {
	int64_t before_ms;
	int64_t after_id;   /* the message that was looked at last */
	int64_t least_body; /* that one of these still needs; 0 = none does */
	int64_t last_body;  /* the greatest of these */
	int64_t gone;       /* rows whose words this pass has forgotten */
};
/**
 * Retention: texts, notes, alerts and messages older than before_ms lose their words, a slice of at
 * most limit rows (or a look at as many messages as are read in a few ms), in one transaction. 1
 * when there is more, 0 when the pass is over, -errno and the pass as it was.
 */
int store_forget(struct store *store, struct store_forgetting *pass, int limit);

/* ---- the file's size ------------------------------------------------------------------------- */

/*
 * The file grows with what is kept, not with what was sent. Rows of people (copies, texts and their
 * keys, answers) that are over and older than rows_ms become counts, as a report needs them; what
 * is over and older than trail_ms (incidents with their trail, alerts, the counts by alert) goes
 * for good, and is counted in store_tally() of everything. People, consents, suppressions, how
 * often somebody came and whose number fails stay.
 */
struct store_keep {
	int64_t rows_ms, trail_ms; /* rows_ms is not before trail_ms */
};
/** A round over everything; zeroed = at its beginning. */
struct store_round {
	struct store_keep keep;
	int kind;         /* of rows that are looked at */
	int64_t after_id; /* the one that was looked at last */
	int64_t least_body;
	int64_t gone; /* rows that this round has let go */
};
/**
 * Looks at the next rows of a round, as many as are done in a few ms, in one transaction (which
 * writes nothing when none of them goes). 1 when there are more, 0 when the round is over.
 */
int store_drop_old(struct store *store, struct store_round *round);
/** When the oldest row of those came; TIME_NEVER if there is none. */
int store_oldest_row(struct store *store, int64_t *at_ms);

/**
 * Gives what is free in the file back to the disk, a slice of a few ms; an eighth of the file stays
 * free for what comes. 1 when there is more to give, 0 when not, or when the file was made before
 * this was known and is too big to be made anew at start (its free pages are used again all the
 * same).
 */
int store_shrink(struct store *store);
/** How big the file is, and how much of that is free, in bytes. */
int store_size(struct store *store, int64_t *bytes, int64_t *unused);

#endif
