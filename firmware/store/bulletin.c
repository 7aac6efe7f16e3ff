/* SPDX-License-Identifier: Apache-2.0 */
/* Posts and events, the readers of the digest, and what an edition is made of. */
#include "internal.h"

#include <string.h>

/* ---- posts and events ------------------------------------------------------------------------ */

static int set_text(struct store *store, int64_t id, const char *text)
{
	size_t size = strlen(text);
	if (size >= ALERT_TEXT_SIZE)
		return -E2BIG;
	size = seal_close(store->seal, SEALED_BULLETIN, id, text, size, store->scratch);
	return sql_run(store, SQL_BULLETIN_TEXT, "ib", id, store->scratch, size);
}

static int bulletin_new(struct store *store, struct bulletin *bulletin, int64_t now_ms)
{
	int rc = sql_run(store, SQL_BULLETIN_NEW, "dddiiio", (int)bulletin->kind,
		(int)BULLETIN_DRAFT, 0, bulletin->author_id, now_ms, bulletin->at_ms,
		bulletin->due_ms ? bulletin->due_ms : NO_LANE);
	if (rc)
		return rc;
	bulletin->id = sql_inserted(store);
	bulletin->state = BULLETIN_DRAFT;
	bulletin->made_ms = now_ms;
	return set_text(store, bulletin->id, bulletin->text);
}

int store_bulletin_new(struct store *store, struct bulletin *bulletin, int64_t now_ms)
{
	return (int)TX(store, bulletin_new(store, bulletin, now_ms));
}

static void from_row(struct store *store, sqlite3_stmt *row, struct bulletin *out)
{
	*out = (struct bulletin){
		.id = col(row, 0),
		.kind = (enum bulletin_kind)col(row, 1),
		.state = (enum bulletin_state)col(row, 2),
		.author_id = col(row, 3),
		.broadcast_id = col(row, 4),
		.made_ms = col(row, 5),
		.at_ms = col(row, 6),
		.due_ms = col(row, 7),
	};
	/* one that cannot be opened has lost its words, and says nothing */
	col_sealed(store, row, 8, SEALED_BULLETIN, out->id, out->text, sizeof(out->text));
	sql_done(row);
}

static int found(struct store *store, int rc, sqlite3_stmt *row, struct bulletin *out)
{
	if (rc == 1)
		from_row(store, row, out);
	return rc;
}

int store_bulletin_get(struct store *store, int64_t id, struct bulletin *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_BULLETIN_GET, &row, "i", id);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	from_row(store, row, out);
	return 0;
}

int store_bulletin_set_text(struct store *store, int64_t id, const char *text)
{
	return (int)TX(store, set_text(store, id, text));
}

int store_bulletin_set(struct store *store, const struct bulletin *bulletin)
{
	return (int)TX(store,
		sql_run(store, SQL_BULLETIN_SET, "idio", bulletin->id, (int)bulletin->state,
			bulletin->broadcast_id, bulletin->due_ms ? bulletin->due_ms : NO_LANE));
}

int store_bulletin_due(struct store *store, int64_t now_ms, struct bulletin *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_BULLETIN_DUE, &row, "i", now_ms);
	return found(store, rc, row, out);
}

int store_bulletin_next_due(struct store *store, int64_t *at_ms)
{
	return sql_int(store, SQL_BULLETIN_NEXT_DUE, TIME_NEVER, at_ms, "");
}

int store_bulletin_delete(struct store *store, int64_t id)
{
	return (int)TX(store, sql_run(store, SQL_BULLETIN_DELETE, "i", id));
}

static int forget(struct store *store, int64_t before_ms, int limit)
{
	int rc = sql_run(store, SQL_RSVP_FORGET_EVENTS, "id", before_ms, limit);
	if (rc == 0 && sql_changes(store) >= limit)
		return 1;
	return rc ? rc : sql_run(store, SQL_BULLETIN_FORGET, "i", before_ms);
}

int store_bulletin_forget(struct store *store, int64_t before_ms, int limit)
{
	return (int)TX(store, forget(store, before_ms, limit));
}

/* ---- events ---------------------------------------------------------------------------------- */

int store_event_next(struct store *store, int64_t now_ms, struct bulletin *event)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_EVENT_NEXT, &row, "iii", now_ms, event->at_ms, event->id);
	return found(store, rc, row, event);
}

int store_events_new(struct store *store, enum digest_period period, int64_t now_ms, int64_t *count)
{
	return sql_int(store, SQL_EVENTS_NEW, 0, count, "id", now_ms, 1 << period);
}

int store_events_printed(struct store *store, enum digest_period period, int64_t now_ms)
{
	return (int)TX(store, sql_run(store, SQL_EVENTS_PRINTED, "id", now_ms, 1 << period));
}

int store_event_walk(struct store *store, struct bulletin *event)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_EVENT_WALK, &row, "i", event->id);
	return found(store, rc, row, event);
}

int store_event_of(struct store *store, int64_t person_id, int64_t *event_id)
{
	return sql_int(store, SQL_EVENT_OF_PERSON, 0, event_id, "i", person_id);
}

int store_rsvp_set(
	struct store *store, int64_t event_id, int64_t person_id, int people, int64_t now_ms)
{
	return (int)TX(
		store, sql_run(store, SQL_RSVP_SET, "iidi", event_id, person_id, people, now_ms));
}

int store_rsvp_count(struct store *store, int64_t event_id, struct rsvp_counts *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_RSVP_COUNT, &row, "i", event_id);
	*out = (struct rsvp_counts){ .yes = 0 };
	if (rc != 1)
		return rc;
	out->yes = col(row, 0);
	out->people = col(row, 1);
	out->no = col(row, 2);
	sql_done(row);
	return 0;
}

/* ---- editions -------------------------------------------------------------------------------- */

int store_post_next(
	struct store *store, enum digest_period period, int64_t before_id, struct bulletin *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_POST_NEXT, &row, "di", 1 << period, before_id);
	return found(store, rc, row, out);
}

int store_post_count(struct store *store, enum digest_period period, int64_t *count)
{
	return sql_int(store, SQL_POST_COUNT, 0, count, "d", 1 << period);
}

int store_posts_printed(struct store *store, enum digest_period period)
{
	return (int)TX(store, sql_run(store, SQL_POSTS_PRINTED, "d", 1 << period));
}

int store_closed_count(
	struct store *store, int64_t since_ms, int64_t upto_ms, struct store_closed *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_CLOSED_COUNT, &row, "ii", since_ms, upto_ms);
	*out = (struct store_closed){ .reports = 0 };
	if (rc != 1)
		return rc;
	out->reports = col(row, 0);
	out->unfounded = col(row, 1);
	sql_done(row);
	return 0;
}

/* ---- readers --------------------------------------------------------------------------------- */

int store_reader_set(struct store *store, int64_t person_id, enum digest_period period)
{
	if (period == DIGEST_OFF)
		return (int)TX(store, sql_run(store, SQL_READER_FORGET, "i", person_id));
	return (int)TX(store, sql_run(store, SQL_READER_SET, "id", person_id, (int)period));
}

int store_reader_get(struct store *store, int64_t person_id, enum digest_period *period)
{
	int64_t value;
	int rc = sql_int(store, SQL_READER_GET, DIGEST_OFF, &value, "i", person_id);
	*period = (enum digest_period)value;
	return rc;
}

int store_readers_count(struct store *store, enum digest_period period,
	int (*visit)(void *ctx, const char *language, int64_t people), void *ctx)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_READERS_COUNT, &row, "d", (int)period);
	for (; rc == 1; rc = sql_next(store, row)) {
		char language[LANGUAGE_SIZE];
		col_text(row, 0, language, sizeof(language));
		int no = visit(ctx, language, col(row, 1));
		if (no) {
			sql_done(row);
			return no;
		}
	}
	return rc;
}
