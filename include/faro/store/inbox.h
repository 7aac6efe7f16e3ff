/* SPDX-License-Identifier: Apache-2.0 */
/* A part of store.h: texts that come in. */
#ifndef FARO_STORE_INBOX_H
#define FARO_STORE_INBOX_H

#include "faro/base.h"

struct store;

/* ---- inbox ---------------------------------------------------------------------------------- */

#define STORE_HASH_SIZE 16
#define STORE_PDU_SIZE  200
/**
 * One received PDU. Unique by (sender, sent_ms, hash of the PDU): the same one twice is one row.
 */
struct store_fragment {
	char sender[PHONE_SIZE]; /* E.164, or a short code or name as it came */
	enum phone_kind kind;
	const char *modem;
	int64_t sent_ms; /* the service centre's time stamp; 0 = it has none that can be read */
	/* without one: it may be a text that was there an hour ago, and not its equal */
	bool again;
	int reference;   /* of the concatenation; -1 for a single text */
	int total, seq;  /* parts; 1, 1 for a single text. seq counts from 1 */
	const void *pdu; /* kept sealed, given back by store_fragment_walk() */
	size_t pdu_size; /* at most STORE_PDU_SIZE */
};

/** Where a fragment landed. */
struct store_landing {
	bool duplicate;  /* it was there already: nothing changed */
	int64_t text_id; /* the text it is a part of */
	bool complete;   /* all parts of the text are there (and it is not yet waiting) */
};
/**
 * The same PDU from the same sender at the same time is a duplicate. A single text without a time
 * is one only when it may have come `again`; else equal words from one person are two texts.
 * Parts of one text are those of one sender, reference and total that lie where the centre's times
 * say a phone would have sent them; a part that is there already begins a second text.
 */
int store_fragment_add(struct store *store, const struct store_fragment *fragment, int64_t now_ms,
	struct store_landing *out);

/** Visits the parts of a text in order of seq (gaps are simply not visited). */
int store_fragment_walk(struct store *store, int64_t text_id,
	int (*visit)(void *ctx, int seq, int total, const void *pdu, size_t size), void *ctx);

/**
 * The text is whole (or given up waiting for, `gaps` parts missing): body is kept sealed,
 * fragments' PDUs go.
 */
int store_text_complete(
	struct store *store, int64_t text_id, const char *body, int gaps, int64_t now_ms);

/**
 * The oldest incomplete text first heard of before `before_ms`, with what else came of it. Returns
 * 1 and its id, or 0.
 */
int store_text_overdue(struct store *store, int64_t before_ms, int64_t *text_id);
/** When the oldest incomplete text was first heard of; TIME_NEVER if none. */
int store_text_oldest_incomplete(struct store *store, int64_t *first_ms);

#define STORE_TEXT_SIZE 65536
struct store_text {
	int64_t id, person_id; /* person_id 0 for short codes and names */
	enum phone_kind kind;
	char sender[PHONE_SIZE];
	char modem[32];
	int64_t received_ms, sent_ms;
	int gaps;
	char body[STORE_TEXT_SIZE];
};
/** The oldest text waiting to be handled. Returns 1 and fills out, or 0. */
int store_text_next(struct store *store, struct store_text *out);
/**
 * Marks handled with what it was taken for (a short word for statistics, not sealed, never
 * personal: "stop").
 */
int store_text_handled(struct store *store, int64_t text_id, const char *taken_for, int64_t now_ms);
/**
 * Texts of this person received since, and how many of them have the same body as text_id (keyed
 * hash), itself included.
 */
int store_text_frequency(struct store *store, int64_t person_id, int64_t text_id, int64_t since_ms,
	int *texts, int *same);

#endif
