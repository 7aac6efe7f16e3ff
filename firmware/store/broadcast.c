/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Broadcasts: one body per language, one message per recipient, made in slices by INSERT .. SELECT,
 * those who matter most first. Each broadcast has a queue of its own with a gate, so that holding
 * or dropping a hundred thousand copies is one row.
 */
#include "internal.h"

#include <string.h>

struct expansion {
	int64_t id, source, zones, gate, pass, after, first_message, expires_ms, alert;
	enum broadcast_kind kind;
	bool wide;
};

/* How far a slice reaches, and its copies. */
struct walk {
	enum sql upto, insert;
};

/*
 * Who is looked at in which pass: those who answered most alerts first, by a key in an index
 * (quorum.sql), so that nothing is sorted. Of the list at large only those who ever answered have
 * one; then everybody is walked by id, and whoever has a copy is passed over. So nobody is left out
 * whose key changes while it is walked.
 */
static const struct walk by_answers[ALERT_RANKS] = {
	[RANK_DUTY] = { SQL_UPTO_DUTY, SQL_EXPAND_DUTY },
	[RANK_RESPONDER] = { SQL_UPTO_STAFF, SQL_EXPAND_STAFF },
	[RANK_ZONE] = { SQL_UPTO_EAGER, SQL_EXPAND_EAGER_ZONED },
	[RANK_OTHER] = { SQL_UPTO_EAGER, SQL_EXPAND_EAGER_OTHERS },
}, by_id[ALERT_RANKS] = {
	[RANK_ZONE] = { SQL_UPTO_PEOPLE, SQL_EXPAND_ZONED },
	[RANK_OTHER] = { SQL_UPTO_PEOPLE, SQL_EXPAND_OTHERS },
};
/* Bulk has an audience of its own, walked once: struct store_broadcast.audience. */
static const struct walk by_kind[BROADCAST_KINDS] = {
	[BROADCAST_DIGEST] = { SQL_UPTO_READERS, SQL_EXPAND_READERS },
	[BROADCAST_EVENT] = { SQL_UPTO_PEOPLE, SQL_EXPAND_INVITED },
	[BROADCAST_GUESTS] = { SQL_UPTO_GUESTS, SQL_EXPAND_GUESTS },
};
#define EXPANDED ALERT_RANKS
/* `after` of a walk by id begins here: behind every key of somebody who answered (quorum.sql). */
#define BY_ID (INT64_C(4095) << 40)

static bool goes_to_list(enum broadcast_kind kind)
{
	return kind == BROADCAST_ALERT || kind == BROADCAST_OTHER;
}

static bool has_audience(enum broadcast_kind kind)
{
	return by_kind[kind].insert != 0;
}

static bool is_bulk(enum broadcast_kind kind)
{
	return kind == BROADCAST_OTHER || kind == BROADCAST_CALLED_OFF || has_audience(kind);
}

/* An alert without zones is for everybody. */
static int64_t zone_bits(uint64_t zones)
{
	return (int64_t)(zones ? zones : ZONES_ALL);
}

static int broadcast_new(
	struct store *store, const struct store_broadcast *broadcast, int64_t now_ms, int64_t *id)
{
	int64_t source = 0;
	int rc = 0;
	if (broadcast->kind == BROADCAST_CALLED_OFF)
		source = broadcast->audience;
	else if (!goes_to_list(broadcast->kind) && !has_audience(broadcast->kind))
		rc = sql_int(store, SQL_BROADCAST_SOURCE, 0, &source, "i", broadcast->alert_id);
	if (rc == 0)
		rc = sql_run(store, SQL_BROADCAST_NEW, "diiidii", (int)broadcast->kind,
			broadcast->alert_id, source,
			has_audience(broadcast->kind) ? broadcast->audience
						      : zone_bits(broadcast->zones),
			(int)broadcast->wide, shelf_life(broadcast->expires_ms), now_ms);
	*id = sql_inserted(store);
	if (rc == 0)
		tally_new(store, *id);
	if (rc == 0 && broadcast->kind == BROADCAST_REMINDER)
		rc = sql_run(store, SQL_EXPAND_PROGRESS, "iii", *id, (int64_t)EXPANDED, (int64_t)0);
	return rc;
}

int broadcast_reopen(struct store *store, int64_t broadcast_id, int64_t after)
{
	int rc = sql_run(store, SQL_EXPAND_PROGRESS, "iii", broadcast_id, (int64_t)EXPANDED, after);
	return rc ? rc : sql_run(store, SQL_BROADCAST_REOPEN, "i", broadcast_id);
}

int store_broadcast_new(
	struct store *store, const struct store_broadcast *broadcast, int64_t now_ms, int64_t *id)
{
	return (int)TX(store, broadcast_new(store, broadcast, now_ms, id));
}

int store_broadcast_body(
	struct store *store, int64_t broadcast_id, const char *language, int64_t body_id)
{
	return (int)TX(
		store, sql_run(store, SQL_BROADCAST_BODY, "iti", broadcast_id, language, body_id));
}

/* ---- expansion ------------------------------------------------------------------------------ */

/* 1 and the oldest that is not expanded, or 0. */
static int growing(struct store *store, struct expansion *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_EXPAND_NEXT, &row, "");
	if (rc != 1)
		return rc;
	*out = (struct expansion){
		.id = col(row, 0),
		.kind = (enum broadcast_kind)col(row, 1),
		.source = col(row, 2),
		.zones = col(row, 3),
		.wide = col(row, 4) != 0,
		.gate = col(row, 5),
		.pass = col(row, 6),
		.after = col(row, 7),
		.first_message = col(row, 8),
		.expires_ms = col(row, 9),
		.alert = col(row, 10),
	};
	sql_done(row);
	return 1;
}

static bool has_two_walks(const struct expansion *e)
{
	return goes_to_list(e->kind) && e->pass >= RANK_ZONE;
}

static bool is_by_id(const struct expansion *e)
{
	return has_two_walks(e) && e->after >= BY_ID;
}

static int64_t place_of(const struct expansion *e)
{
	return is_by_id(e) ? e->after - BY_ID : e->after;
}

static const struct walk *walk_of(const struct expansion *e)
{
	static const struct walk copies = { SQL_UPTO_COPIES, SQL_EXPAND_COPIES },
				 coming = { SQL_UPTO_COPIES, SQL_EXPAND_COMING };

	if (has_audience(e->kind))
		return &by_kind[e->kind];
	if (!goes_to_list(e->kind))
		return e->kind == BROADCAST_OVER ? &coming : &copies;
	return is_by_id(e) ? &by_id[e->pass] : &by_answers[e->pass];
}

/* How far a slice of `limit` rows reaches, and how many rows that is. */
static int reach(
	struct store *store, const struct expansion *e, int limit, int64_t *upto, int *rows)
{
	sqlite3_stmt *row;
	enum sql upto_of = walk_of(e)->upto;
	int rc = goes_to_list(e->kind) || has_audience(e->kind)
			 ? sql_row(store, upto_of, &row, "id", place_of(e), limit)
			 : sql_row(store, upto_of, &row, "idi", e->after, limit, e->first_message);
	if (rc < 0)
		return rc;
	*upto = col(row, 0);
	*rows = (int)col(row, 1);
	sql_done(row);
	return 0;
}

static int insert_slice(
	struct store *store, const struct expansion *e, int64_t upto, int64_t now_ms)
{
	bool list = goes_to_list(e->kind) || has_audience(e->kind);
	enum message_class class = is_bulk(e->kind) ? CLASS_REST : CLASS_ALERT;
	/* only what goes to those who have the alert asks for it */
	int rc = sql_run(store, walk_of(e)->insert, list ? "iiiiiidiii" : "iiiiiidiiii", e->id,
		place_of(e), upto, e->pass, list ? e->zones : e->source, now_ms, (int)class,
		e->expires_ms, e->first_message, (int64_t)0, e->alert);
	if (rc == 0)
		tally_add(store, e->id, MESSAGE_QUEUED, sql_changes(store));
	return rc;
}

static bool pass_is_over(const struct expansion *e)
{
	return e->gate == MESSAGE_DROPPED || (e->pass == RANK_OTHER && !e->wide) ||
	       (!goes_to_list(e->kind) && !has_audience(e->kind) && e->source == 0);
}

static void next_pass(struct expansion *e)
{
	e->pass = goes_to_list(e->kind) && e->gate != MESSAGE_DROPPED ? e->pass + 1 : EXPANDED;
	e->after = 0;
}

static void next_walk(struct expansion *e)
{
	if (has_two_walks(e) && !is_by_id(e))
		e->after = BY_ID;
	else
		next_pass(e);
}

/* One slice of one pass. Returns the rows looked at. */
static int slice(struct store *store, struct expansion *e, int limit, int64_t now_ms)
{
	int64_t upto = 0;
	int rows = 0;
	if (pass_is_over(e)) {
		next_pass(e);
		return 0;
	}
	int rc = reach(store, e, limit, &upto, &rows);
	if (rc == 0 && rows)
		rc = insert_slice(store, e, upto, now_ms);
	if (rc)
		return rc;
	if (rows < limit)
		next_walk(e);
	else
		e->after = is_by_id(e) ? upto + BY_ID : upto;
	return rows;
}

static int64_t expand(struct store *store, int limit, int64_t now_ms)
{
	struct expansion e;
	int rc = growing(store, &e);
	if (rc != 1)
		return rc;
	for (int left = limit; left > 0 && e.pass < EXPANDED;) {
		int rows = slice(store, &e, left, now_ms);
		if (rows < 0)
			return rows;
		left -= rows;
	}
	rc = sql_run(store, SQL_EXPAND_PROGRESS, "iii", e.id, e.pass, e.after);
	if (rc == 0 && e.pass == EXPANDED)
		return growing(store, &e);
	return rc ? rc : 1;
}

int store_broadcast_expand(struct store *store, int limit, int64_t now_ms)
{
	return limit < 1 ? -EINVAL : (int)TX(store, expand(store, limit, now_ms));
}

/* ---- audience ------------------------------------------------------------------------------- */

/* The staff that is counted by zone is on duty or is not: those on duty are few, and are walked. */
static int part_duty(
	struct store *store, uint64_t zones, int64_t now_ms, struct store_audience *out)
{
	int64_t duty;
	int rc = sql_int(store, SQL_AUDIENCE_DUTY, 0, &duty, "ii", zone_bits(zones), now_ms);
	out->people[RANK_DUTY] = duty;
	out->people[RANK_RESPONDER] -= duty;
	return rc;
}

int store_audience_measure(struct store *store, uint64_t zones, bool wide, int64_t now_ms,
	struct store_audience *out, int (*visit)(void *ctx, const char *language, int64_t people),
	void *ctx)
{
	static const enum alert_rank ranks[] = { RANK_RESPONDER, RANK_ZONE, RANK_OTHER };
	sqlite3_stmt *row;
	*out = (struct store_audience){ .total = 0 };
	int rc = sql_row(store, SQL_AUDIENCE_CROWD, &row, "id", zone_bits(zones), (int)wide);
	for (; rc == 1; rc = sql_next(store, row)) {
		char language[LANGUAGE_SIZE];
		int64_t people = 0;
		for (int i = 0; i < (int)ARRAY_SIZE(ranks); i++) {
			out->people[ranks[i]] += col(row, 1 + i);
			people += col(row, 1 + i);
		}
		out->total += people;
		col_text(row, 0, language, sizeof(language));
		int no = visit ? visit(ctx, language, people) : 0;
		if (no) {
			sql_done(row);
			return no;
		}
	}
	return rc ? rc : part_duty(store, zones, now_ms, out);
}

int store_audience_count(
	struct store *store, uint64_t zones, bool wide, int64_t now_ms, struct store_audience *out)
{
	return store_audience_measure(store, zones, wide, now_ms, out, NULL, NULL);
}

int store_audience_languages(struct store *store, uint64_t zones, bool wide,
	int (*visit)(void *ctx, const char *language, int64_t people), void *ctx)
{
	struct store_audience audience;
	return store_audience_measure(store, zones, wide, 0, &audience, visit, ctx);
}

/* ---- the gate ------------------------------------------------------------------------------- */

/*
 * Broadcasts as small as this are dropped row by row at once; larger ones follow in slices of
 * store_due().
 */
#define DROPPED_AT_ONCE 500

static int64_t set_gate(struct store *store, int64_t broadcast_id, enum message_state gate)
{
	struct store_tally before, after;
	int64_t current;
	int rc = sql_int(store, SQL_BROADCAST_GATE_GET, -1, &current, "i", broadcast_id);
	if (rc == 0 && current < 0)
		rc = -ENOENT;
	if (rc || current == MESSAGE_DROPPED)
		return rc;
	rc = store_tally(store, broadcast_id, &before);
	if (rc == 0)
		rc = sql_run(store, SQL_BROADCAST_GATE_SET, "id", broadcast_id, (int)gate);
	if (rc == 0)
		rc = store_tally(store, broadcast_id, &after);
	return rc ? rc : after.messages[gate] - before.messages[gate];
}

static int64_t drop(struct store *store, int64_t broadcast_id, int64_t now_ms)
{
	int64_t count = set_gate(store, broadcast_id, MESSAGE_DROPPED);
	if (count < 0)
		return count;
	int rc = store_due(store, DROPPED_AT_ONCE, now_ms);
	return rc < 0 ? rc : count;
}

int64_t store_broadcast_drop(struct store *store, int64_t broadcast_id, int64_t now_ms)
{
	return TX(store, drop(store, broadcast_id, now_ms));
}

/* Copies that wait for a retry are in no queue: also one that was closed is looked at. */
static int64_t drop_updates(
	struct store *store, int64_t alert_id, int64_t broadcast_id, int64_t now_ms)
{
	int64_t dropped = 0;

	for (;;) {
		int rc = sql_int(store, SQL_BROADCAST_UPDATE_BEHIND, 0, &broadcast_id, "ii",
			broadcast_id, alert_id);
		if (rc || broadcast_id == 0)
			return rc ? rc : dropped;
		int64_t count = drop(store, broadcast_id, now_ms);
		if (count < 0)
			return count;
		dropped += count;
	}
}

int64_t store_updates_drop(
	struct store *store, int64_t alert_id, int64_t broadcast_id, int64_t now_ms)
{
	return TX(store, drop_updates(store, alert_id, broadcast_id, now_ms));
}

int64_t store_broadcast_hold(struct store *store, int64_t broadcast_id, int64_t now_ms)
{
	(void)now_ms;
	return TX(store, set_gate(store, broadcast_id, MESSAGE_HELD));
}

int64_t store_broadcast_release(struct store *store, int64_t broadcast_id, int64_t now_ms)
{
	(void)now_ms;
	return TX(store, set_gate(store, broadcast_id, MESSAGE_QUEUED));
}
