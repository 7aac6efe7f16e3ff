/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which text a part belongs to. TS 23.040 9.2.3.24.1: sender, reference and number of parts name a
 * text, but a reference comes again, after 256 texts or, from some phones, with every text. So a
 * part also fits by its place: a phone sends the parts of one text one after another, seconds
 * apart, as the service centre's times say. Where nothing speaks for a second text (no part is
 * there twice), what together makes a whole is one.
 */
#include "internal.h"

#include <stdlib.h>

/* Parts of one text come within hours; the same reference later is another text. */
#define PARTS_TOGETHER_MS (24 * MS_PER_H)

/* What a slow phone takes for one part, and how far two service centres' clocks may differ. */
#define PART_MS (15 * MS_PER_S)
#define SKEW_MS (2 * MS_PER_S)

/* The parts of one text are sent in this time, however often the phone had to try. */
#define SENDING_MS (10 * MS_PER_MIN)

/*
 * How far from the first part that came this one is in time; -1 when it cannot be of the same text:
 * before a part that it comes behind, or too far away for its place.
 */
static int64_t distance(int64_t first_ms, int first_seq, const struct store_fragment *fragment)
{
	int steps = fragment->seq - first_seq;
	int64_t apart = fragment->sent_ms - first_ms;
	if (!first_ms || !fragment->sent_ms)
		return 0; /* a centre that does not say when */
	if (steps < 0)
		apart = -apart;
	if (apart < -SKEW_MS || apart > abs(steps) * PART_MS + SKEW_MS)
		return -1;
	return apart < 0 ? -apart : apart;
}

int64_t parts_text_for(struct store *store, const struct store_fragment *fragment, int64_t now_ms)
{
	uint8_t hash[STORE_HASH_SIZE];
	int64_t best = 0, nearest = INT64_MAX;
	sqlite3_stmt *row;
	if (fragment->total == 1)
		return 0;
	person_hash(store, fragment->sender, hash);
	int rc = sql_row(store, SQL_TEXTS_OPEN, &row, "bddid", hash, sizeof(hash),
		fragment->reference, fragment->total, now_ms - PARTS_TOGETHER_MS, fragment->seq);
	/* Of two that are as near the elder: a phone ends one text before it begins the next. */
	for (; rc == 1; rc = sql_next(store, row)) {
		int64_t far = distance(col(row, 1), (int)col(row, 2), fragment);
		if (far < 0 || far >= nearest)
			continue;
		nearest = far;
		best = col(row, 0);
	}
	return rc ? rc : best;
}

/* What the open texts of the same sender, reference and total have together. */
struct together {
	int64_t texts, parts, total, first, last_ms, first_ms;
	bool doubled;
};

static int look_together(struct store *store, int64_t text_id, struct together *out)
{
	sqlite3_stmt *row;
	int rc =
		sql_row(store, SQL_PARTS_TOGETHER, &row, "ii", text_id, (int64_t)PARTS_TOGETHER_MS);
	if (rc != 1)
		return rc;
	*out = (struct together){ .texts = col(row, 0),
		.parts = col(row, 1),
		.doubled = col(row, 1) != col(row, 2),
		.total = col(row, 3),
		.first = col(row, 4),
		.first_ms = col(row, 5),
		.last_ms = col(row, 6) };
	sql_done(row);
	return 0;
}

int parts_gather(struct store *store, int64_t *text_id, bool whole)
{
	struct together all = { 0 };
	int rc = look_together(store, *text_id, &all);
	if (rc || all.texts < 2 || all.doubled || (whole && all.parts < all.total) ||
		all.last_ms - all.first_ms > SENDING_MS)
		return rc;
	rc = sql_run(
		store, SQL_PARTS_GATHER, "iii", all.first, *text_id, (int64_t)PARTS_TOGETHER_MS);
	if (rc == 0)
		rc = sql_run(store, SQL_TEXT_HAS, "ii", all.first, all.parts);
	if (rc == 0)
		rc = sql_run(store, SQL_TEXT_EMPTIED, "ii", all.first, (int64_t)PARTS_TOGETHER_MS);
	*text_id = all.first;
	return rc;
}
