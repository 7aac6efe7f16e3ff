/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which segment a modem takes next. One look at the head of each queue, however much waits in them.
 */
#include "internal.h"

#define DUE_PER_CLAIM     16
#define EXPIRED_PER_CLAIM 1000

/*
 * The box knows no such person any more (a damaged file was salvaged): -ENOENT. Nothing may be
 * sent: -EPERM.
 */
static int recipient(struct store *store, const struct message *message, struct store_claim *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_CLAIM_PERSON, &row, "i", message->person);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	bool no = (col(row, 0) || col(row, 1)) && message->class != CLASS_STOP;
	rc = col_sealed(
		store, row, 2, SEALED_PHONE, message->person, out->phone, sizeof(out->phone));
	sql_done(row);
	return no ? -EPERM : rc;
}

static int part_of(struct store *store, const struct message *message, struct store_claim *out)
{
	sqlite3_stmt *row;
	int64_t id = SEGMENT_ID(message->body, message->part);
	int rc = sql_row(store, SQL_PART_GET, &row, "i", id);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	ssize_t size = seal_open(store->seal, SEALED_PART, id, sqlite3_column_blob(row, 0),
		(size_t)sqlite3_column_bytes(row, 0), out->part, sizeof(out->part));
	sql_done(row);
	out->part_size = (int)size;
	return size < 0 ? (int)size : 0;
}

static void facts(const struct message *message, struct store_claim *out)
{
	out->segment_id = SEGMENT_ID(message->id, message->part);
	out->message_id = message->id;
	out->person_id = message->person;
	out->broadcast_id = message->broadcast;
	out->class = message->class;
	out->index = message->part;
	out->total = message->parts;
	out->attempt = message->tries + 1;
	out->error_before = message->tries > 0 ? message->error : 0;
	out->expires_ms = message->expires_ms ? message->expires_ms : TIME_NEVER;
}

int claim_fill(
	struct store *store, const struct message *message, int64_t now_ms, struct store_claim *out)
{
	int rc = message->expires_ms && message->expires_ms <= now_ms ? -ETIME : 0;
	if (rc == 0)
		rc = recipient(store, message, out);
	if (rc == 0)
		rc = part_of(store, message, out);
	facts(message, out);
	return rc;
}

/* What cannot leave, and what becomes of it. 0: it can. */
static const struct {
	int error;
	enum message_state state;
} refusals[] = {
	{ -EPERM, MESSAGE_DROPPED },
	{ -ETIME, MESSAGE_DROPPED },
	{ -ENOENT, MESSAGE_FAILED },
	{ -EBADMSG, MESSAGE_FAILED },
};

static int refuse(struct store *store, struct message *message, int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		if (refusals[i].error != error)
			continue;
		if (refusals[i].state == MESSAGE_FAILED)
			log_error("store: message=%lld member=%lld cannot be read and is not sent",
				(long long)message->id, (long long)message->person);
		message_end(message, refusals[i].state);
		if (message->unknowns)
			message_give_up(message);
		return message_save(store, message);
	}
	return error;
}

int claim_count_person(struct store *store, int64_t modem, const struct store_scope *scope,
	struct store_claim *claim)
{
	claim->newcomer = false;
	if (!scope || !scope->month[0])
		return 0;
	int rc = sql_run(store, SQL_RECIPIENT_ADD, "iti", modem, scope->month, claim->person_id);
	claim->newcomer = rc == 0 && sql_changes(store) > 0;
	return rc;
}

static int take(struct store *store, struct message *message, int64_t modem,
	const struct store_scope *scope, int64_t now_ms, struct store_claim *out)
{
	int rc = claim_fill(store, message, now_ms, out);
	if (rc)
		return refuse(store, message, rc);
	message_end(message, MESSAGE_SENDING);
	message->modem = modem;
	message->tries++;
	if (message->unknowns) {
		message->resent++;
		tally_resent(store, message->broadcast, 1);
	}
	rc = message_save(store, message);
	if (rc == 0)
		rc = claim_count_person(store, modem, scope, out);
	return rc ? rc : 1;
}

/* ---- whose turn it is ----------------------------------------------------------------------- */

static bool is_before(const struct head *a, const struct head *b)
{
	const int64_t left[] = { a->class, a->begun, a->rank, a->id };
	const int64_t right[] = { b->class, b->begun, b->rank, b->id };
	for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
		if (left[i] != right[i])
			return left[i] < right[i];
	}
	return false;
}

/* Each head is one step down an index, however long the queue: no sorting, no table in memory. */
static int look_at(struct store *store, int64_t lane, struct head *first)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_QUEUE_HEAD, &row, "i", lane);
	if (rc != 1)
		return rc;
	struct head head = { col(row, 0), lane >= 0, col(row, 1), col(row, 2) };
	sql_done(row);
	if (!first->id || is_before(&head, first))
		*first = head;
	return 0;
}

static int look_at_broadcasts(struct store *store, int64_t now_ms, struct head *first)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_QUEUES_OPEN, &row, "i", now_ms);
	while (rc == 1) {
		rc = look_at(store, col(row, 0), first);
		if (rc == 0)
			rc = sql_next(store, row);
		else
			sql_done(row);
	}
	return rc;
}

int claim_look(struct store *store, int64_t modem, int64_t now_ms, struct head *first)
{
	int rc = look_at(store, 0, first);
	if (rc == 0)
		rc = look_at(store, -modem, first);
	return rc ? rc : look_at_broadcasts(store, now_ms, first);
}

/* Less urgent than the first of all is only what stands behind it: one look is enough. */
bool claim_is_held_back(const struct head *first, enum store_begin what)
{
	if (what == BEGIN_NO_BULK)
		return first->begun && first->class >= CLASS_REST;
	return what == BEGIN_URGENT && first->class > CLASS_DISPATCH;
}

static int next_in_line(struct store *store, int64_t modem, enum store_begin what, int64_t now_ms,
	struct message *out)
{
	struct head first = { .id = 0 };
	int rc = claim_look(store, modem, now_ms, &first);
	if (rc || !first.id || claim_is_held_back(&first, what))
		return rc;
	return message_load(store, first.id, out);
}

/* The head of a queue may be out of scope: then what is behind it is looked through. */
int claim_look_within(struct store *store, int64_t modem, const struct store_scope *scope,
	int64_t now_ms, struct message *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_MESSAGE_CLAIM_WITHIN, &row, "ididiidt", modem, scope->least,
		now_ms, (int)scope->begun, scope->parts, scope->parts_urgent, scope->newcomers,
		scope->month);
	if (rc == 1) {
		message_from_row(row, out);
		sql_done(row);
	}
	return rc;
}

/* Queues that have run dry are not looked at any more. */
static int close_dry_queues(struct store *store)
{
	for (;;) {
		int64_t broadcast;
		int rc = sql_int(store, SQL_BROADCAST_EMPTY, 0, &broadcast, "");
		if (rc || !broadcast)
			return rc;
		rc = sql_run(store, SQL_BROADCAST_CLOSE, "i", broadcast);
		if (rc)
			return rc;
	}
}

static int claim_next(struct store *store, const char *modem, enum store_begin what,
	const struct store_scope *scope, int64_t now_ms, struct store_claim *out)
{
	int64_t id = modem_id(store, modem);
	if (id < 0)
		return (int)id;
	modem_set_gone(store, id, false);
	int rc = store_due(store, DUE_PER_CLAIM, now_ms);
	for (int i = 0; rc >= 0 && i < EXPIRED_PER_CLAIM; i++) {
		struct message message = { 0 };
		rc = scope ? claim_look_within(store, id, scope, now_ms, &message)
			   : next_in_line(store, id, what, now_ms, &message);
		if (rc == 0)
			return close_dry_queues(store);
		if (rc == 1)
			rc = take(store, &message, id, scope, now_ms, out);
		if (rc)
			return rc;
	}
	store->more_due = rc >= 0;
	return rc < 0 ? rc : 0;
}

int store_claim_next(struct store *store, const char *modem, enum store_begin what, int64_t now_ms,
	struct store_claim *out)
{
	return (int)TX(store, claim_next(store, modem, what, NULL, now_ms, out));
}

int store_claim_within(struct store *store, const char *modem, const struct store_scope *scope,
	int64_t now_ms, struct store_claim *out)
{
	return (int)TX(store, claim_next(store, modem, BEGIN_ALL, scope, now_ms, out));
}
