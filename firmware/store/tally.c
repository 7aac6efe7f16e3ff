/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts by state. They are derived from the rows once and then follow every change in memory, so
 * that a progress bar costs no scan and a segment no further page. A rolled back transaction
 * forgets them: the rows are the truth.
 */
#include "internal.h"

#include <string.h>

void tally_begin(struct store *store)
{
	memcpy(store->tallies_before, store->tallies, sizeof(store->tallies));
}

void tally_rollback(struct store *store)
{
	memcpy(store->tallies, store->tallies_before, sizeof(store->tallies));
}

static struct tally_memory *kept(struct store *store, int64_t broadcast)
{
	for (int i = 0; i < TALLIES_KEPT; i++) {
		struct tally_memory *memory = &store->tallies[i];
		if (memory->valid && memory->broadcast == broadcast)
			return memory;
	}
	return NULL;
}

static struct tally_memory *begun(struct store *store, int64_t broadcast)
{
	for (int i = 1; i < TALLIES_KEPT; i++) {
		struct tally_memory *memory = &store->tallies[i];
		if (memory->counting && memory->broadcast == broadcast)
			return memory;
	}
	return NULL;
}

/*
 * The first place is that of everything; the others are shared by the broadcasts asked about last.
 */
static struct tally_memory *place_for(struct store *store, int64_t broadcast)
{
	struct tally_memory *oldest = &store->tallies[1];
	if (broadcast == 0)
		return &store->tallies[0];
	if (begun(store, broadcast))
		return begun(store, broadcast);
	for (int i = 1; i < TALLIES_KEPT; i++) {
		struct tally_memory *memory = &store->tallies[i];
		if (!memory->valid && !memory->counting)
			return memory;
		if (memory->used < oldest->used)
			oldest = memory;
	}
	return oldest;
}

/* The sums of a statement made of TALLY. */
static void add_row(struct store_tally *tally, sqlite3_stmt *row)
{
	int64_t first_ms = col(row, MESSAGE_STATES + 2), last_ms = col(row, MESSAGE_STATES + 3);
	for (int i = 0; i < MESSAGE_STATES; i++)
		tally->messages[i] += col(row, i);
	tally->segments_sent += col(row, MESSAGE_STATES);
	tally->resent += col(row, MESSAGE_STATES + 1);
	tally->given_up += col(row, MESSAGE_STATES + 4);
	if (first_ms && (!tally->first_sent_ms || first_ms < tally->first_sent_ms))
		tally->first_sent_ms = first_ms;
	if (last_ms > tally->last_sent_ms)
		tally->last_sent_ms = last_ms;
}

static int load(struct store *store, int64_t broadcast, struct tally_memory **out)
{
	sqlite3_stmt *row;
	struct tally_memory *memory = place_for(store, broadcast);
	int rc = broadcast ? sql_row(store, SQL_TALLY_BROADCAST, &row, "i", broadcast)
			   : sql_row(store, SQL_TALLY_ALL, &row, "");
	if (rc < 0)
		return rc;
	*memory = (struct tally_memory){ .valid = true, .broadcast = broadcast };
	add_row(&memory->tally, row);
	sql_done(row);
	*out = memory;
	return 0;
}

static int tally_of(struct store *store, int64_t broadcast, struct tally_memory **out)
{
	*out = kept(store, broadcast);
	int rc = *out ? 0 : load(store, broadcast, out);
	if (rc == 0)
		(*out)->used = ++store->tally_clock;
	return rc;
}

void tally_new(struct store *store, int64_t broadcast)
{
	*place_for(store, broadcast) = (struct tally_memory){
		.valid = true,
		.broadcast = broadcast,
		.used = ++store->tally_clock,
	};
}

void tally_recount(struct store *store)
{
	for (int i = 0; i < TALLIES_KEPT; i++)
		store->tallies[i].counting = false;
}

/*
 * Calls for both that are concerned: everything, and the broadcast. Whether a row that changes is
 * among those that were counted is not known here: that count begins anew.
 */
static void each(struct store *store, int64_t broadcast,
	void (*change)(struct store_tally *tally, int64_t a, int64_t b, int64_t n), int64_t a,
	int64_t b, int64_t n)
{
	struct tally_memory *all = kept(store, 0);
	struct tally_memory *one = broadcast ? kept(store, broadcast) : NULL;
	struct tally_memory *part = broadcast ? begun(store, broadcast) : NULL;
	if (all)
		change(&all->tally, a, b, n);
	if (one)
		change(&one->tally, a, b, n);
	if (part)
		part->counting = false;
}

static void change_add(struct store_tally *tally, int64_t state, int64_t unused, int64_t n)
{
	(void)unused;
	tally->messages[state] += n;
}

static void change_sent(struct store_tally *tally, int64_t now_ms, int64_t unused, int64_t n)
{
	(void)unused;
	tally->segments_sent += n;
	if (!tally->first_sent_ms)
		tally->first_sent_ms = now_ms;
	if (now_ms > tally->last_sent_ms)
		tally->last_sent_ms = now_ms;
}

static void change_resent(struct store_tally *tally, int64_t a, int64_t b, int64_t n)
{
	(void)a, (void)b;
	tally->resent += n;
}

static void change_given_up(struct store_tally *tally, int64_t a, int64_t b, int64_t n)
{
	(void)a, (void)b;
	tally->given_up += n;
}

void tally_add(struct store *store, int64_t broadcast, enum message_state state, int64_t count)
{
	each(store, broadcast, change_add, state, 0, count);
}

void tally_move(struct store *store, int64_t broadcast, enum message_state from,
	enum message_state to, int64_t count)
{
	if (from == to)
		return;
	tally_add(store, broadcast, from, -count);
	tally_add(store, broadcast, to, count);
}

void tally_given_up(struct store *store, int64_t broadcast, int64_t count)
{
	if (count)
		each(store, broadcast, change_given_up, 0, 0, count);
}

void tally_sent(struct store *store, int64_t broadcast, int64_t now_ms)
{
	each(store, broadcast, change_sent, now_ms, 0, 1);
}

void tally_resent(struct store *store, int64_t broadcast, int64_t count)
{
	each(store, broadcast, change_resent, 0, 0, count);
}

/* The rows of a held or dropped broadcast say "queued"; what they are is said by its gate. */
static int show_gate(
	struct store *store, int64_t broadcast, enum message_state gate, struct store_tally *out)
{
	struct tally_memory *memory;
	int rc = tally_of(store, broadcast, &memory);
	if (rc == 0 && gate != MESSAGE_QUEUED) {
		int64_t waiting = memory->tally.messages[MESSAGE_QUEUED];
		out->messages[MESSAGE_QUEUED] -= waiting;
		out->messages[gate] += waiting;
	}
	return rc;
}

static int show_all_gates(struct store *store, struct store_tally *out)
{
	int64_t broadcast = 0;
	for (;;) {
		sqlite3_stmt *row;
		int rc = sql_row(store, SQL_GATED, &row, "i", broadcast);
		if (rc != 1)
			return rc;
		broadcast = col(row, 0);
		enum message_state gate = (enum message_state)col(row, 1);
		sql_done(row);
		rc = show_gate(store, broadcast, gate, out);
		if (rc)
			return rc;
	}
}

int store_tally(struct store *store, int64_t broadcast_id, struct store_tally *out)
{
	struct tally_memory *memory;
	int64_t gate;
	int rc = tally_of(store, broadcast_id, &memory);
	if (rc)
		return rc;
	*out = memory->tally;
	if (broadcast_id == 0)
		return show_all_gates(store, out);
	rc = sql_int(store, SQL_BROADCAST_GATE_GET, 0, &gate, "i", broadcast_id);
	return rc ? rc : show_gate(store, broadcast_id, (enum message_state)gate, out);
}

static struct tally_memory *begin_count(struct store *store, int64_t broadcast, int64_t first)
{
	struct tally_memory *memory = place_for(store, broadcast);
	if (!memory->counting || memory->broadcast != broadcast)
		*memory = (struct tally_memory){
			.counting = true,
			.broadcast = broadcast,
			.counted_id = first - 1,
		};
	memory->used = ++store->tally_clock;
	return memory;
}

/* The copies up to `upto`, and with the last of them what is left of those that are gone. */
static int count_slice(struct store *store, struct tally_memory *memory, int64_t upto, bool last)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_TALLY_SLICE, &row, "iiid", memory->broadcast,
		memory->counted_id, upto, (int)last);
	if (rc < 0)
		return rc;
	add_row(&memory->tally, row);
	sql_done(row);
	memory->counted_id = upto;
	memory->valid = last;
	memory->counting = !last;
	return !last;
}

int store_tally_slice(struct store *store, int64_t broadcast_id, int limit)
{
	sqlite3_stmt *row;
	if (kept(store, broadcast_id))
		return 0;
	int rc = sql_row(store, SQL_BROADCAST_RANGE, &row, "i", broadcast_id);
	if (rc <= 0)
		return rc;
	struct tally_memory *memory = begin_count(store, broadcast_id, col(row, 0));
	int64_t end = col(row, 1), upto = memory->counted_id + limit;
	sql_done(row);
	return count_slice(store, memory, upto < end ? upto : end, upto >= end);
}

int tally_load(struct store *store)
{
	struct tally_memory *memory;
	int64_t broadcast = 0;
	int rc = tally_of(store, 0, &memory);
	for (int i = 1; rc == 0 && i < TALLIES_KEPT; i++) {
		rc = sql_int(store, SQL_BROADCAST_OPEN_AFTER, 0, &broadcast, "i", broadcast);
		if (rc || !broadcast)
			return rc;
		rc = tally_of(store, broadcast, &memory);
	}
	return rc;
}
