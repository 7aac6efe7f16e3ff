/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies, and a message's row as a struct: loaded, changed in C, saved once. */
#include "internal.h"

#include <string.h>

static const char *const names[MESSAGE_STATES] = {
	[MESSAGE_QUEUED] = "queued",
	[MESSAGE_SENDING] = "sending",
	[MESSAGE_SENT] = "sent",
	[MESSAGE_DELIVERED] = "delivered",
	[MESSAGE_FAILED] = "failed",
	[MESSAGE_UNKNOWN] = "unknown",
	[MESSAGE_HELD] = "held",
	[MESSAGE_DROPPED] = "dropped",
};

const char *store_message_state_name(enum message_state state)
{
	return (unsigned int)state < MESSAGE_STATES ? names[state] : "failed";
}

/* ---- bodies --------------------------------------------------------------------------------- */

static int parts_add(struct store *store, const struct store_body *body, int64_t body_id)
{
	for (int i = 0; i < body->parts; i++) {
		uint8_t part[BODY_PART_SIZE], sealed[BODY_PART_SIZE + SEAL_OVERHEAD];
		int size = body->part(body->ctx, i, part);
		if (size < 0)
			return size;
		if (size > BODY_PART_SIZE)
			return -E2BIG;
		size_t n = seal_close(store->seal, SEALED_PART, SEGMENT_ID(body_id, i), part,
			(size_t)size, sealed);
		int rc = sql_run(store, SQL_PART_ADD, "ib", SEGMENT_ID(body_id, i), sealed, n);
		if (rc)
			return rc;
	}
	return 0;
}

static int body_add(struct store *store, const struct store_body *body, int64_t *body_id)
{
	size_t size = strlen(body->text);
	if (body->parts < 1 || body->parts > BODY_PARTS_MAX || size > STORE_TEXT_SIZE)
		return -EINVAL;
	int rc = sql_int(store, SQL_BODY_NEXT, 1, body_id, "");
	if (rc)
		return rc;
	size = seal_close(store->seal, SEALED_BODY, *body_id, body->text, size, store->scratch);
	rc = sql_run(store, SQL_BODY_ADD, "idtb", *body_id, body->parts, body->language,
		store->scratch, size);
	return rc ? rc : parts_add(store, body, *body_id);
}

int store_body_add(struct store *store, const struct store_body *body, int64_t *body_id)
{
	return (int)TX(store, body_add(store, body, body_id));
}

/* ---- rows ----------------------------------------------------------------------------------- */

static int64_t col_or(sqlite3_stmt *row, int index, int64_t missing)
{
	return sqlite3_column_type(row, index) == SQLITE_NULL ? missing : col(row, index);
}

static bool given_up(const struct message *message)
{
	return message->state == MESSAGE_FAILED && message->error == STORE_GIVEN_UP;
}

int message_from_row(sqlite3_stmt *row, struct message *out)
{
	*out = (struct message){
		.id = col(row, 0),
		.state = (enum message_state)col(row, 1),
		.lane = col_or(row, 2, NO_LANE),
		.person = col(row, 3),
		.broadcast = col(row, 4),
		.body = col(row, 5),
		.class = (enum message_class)col(row, 6),
		.parts = (int)col(row, 7),
		.part = (int)col(row, 8),
		.tries = (int)col(row, 9),
		.unknowns = (int)col(row, 10),
		.accepted = (int)col(row, 11),
		.resent = (int)col(row, 12),
		.modem = col(row, 13),
		.stopped = col(row, 14) != 0,
		.reference = (int)col_or(row, 15, -1),
		.error = (int)col(row, 16),
		.sent_ms = col(row, 17),
		.due_ms = col(row, 18),
		.expires_ms = col(row, 19),
		.arrived_s = col(row, 20),
	};
	out->was = out->state;
	out->was_given_up = given_up(out);
	out->was_queued = out->lane != NO_LANE || out->due_ms;
	return 1;
}

int message_load(struct store *store, int64_t id, struct message *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_MESSAGE_LOAD, &row, "i", id);
	if (rc == 1) {
		message_from_row(row, out);
		sql_done(row);
	}
	return rc;
}

bool message_on_air(const struct message *message)
{
	return message->state == MESSAGE_SENDING && message->lane == NO_LANE && !message->due_ms;
}

/* A result that leaves no queue and enters none touches the row alone: no index, one page less. */
int message_save(struct store *store, struct message *m)
{
	bool queued = m->lane != NO_LANE || m->due_ms;
	int64_t reference = m->reference < 0 ? NO_LANE : m->reference;
	bool requeue = queued || m->was_queued;
	int rc = sql_run(store, requeue ? SQL_MESSAGE_SAVE_LANE : SQL_MESSAGE_SAVE,
		requeue ? "iddidddddodiioo" : "iddidddddodii", m->id, (int)m->state, m->part,
		m->modem, m->tries, m->unknowns, m->accepted, m->resent, (int)m->stopped, reference,
		m->error, m->sent_ms, m->arrived_s, m->lane, m->due_ms ? m->due_ms : NO_LANE);
	if (rc)
		return rc;
	tally_move(store, m->broadcast, m->was, m->state, 1);
	tally_given_up(store, m->broadcast, given_up(m) - m->was_given_up);
	m->was = m->state;
	m->was_given_up = given_up(m);
	m->was_queued = queued;
	return 0;
}

void message_end(struct message *message, enum message_state state)
{
	message->state = state;
	message->lane = NO_LANE;
	message->due_ms = 0;
}

void message_give_up(struct message *message)
{
	message_end(message, MESSAGE_FAILED);
	message->error = STORE_GIVEN_UP;
}

void message_drop(struct message *message)
{
	if (message->unknowns)
		message_give_up(message);
	else
		message_end(message, MESSAGE_DROPPED);
}

void message_arrived(struct message *message, int64_t now_ms)
{
	int64_t after_ms = now_ms - message->sent_ms;
	message->arrived_s = 1 + (message->sent_ms && after_ms > 0 ? after_ms / MS_PER_S : 0);
}

/* ---- queueing ------------------------------------------------------------------------------- */

/*
 * The phone joins parts by the sender's number (TS 23.040 9.2.3.24.1): on another modem a message
 * begins again.
 */
static int begin_again(struct store *store, struct message *message)
{
	message->part = 0;
	message->tries = 0;
	message->unknowns = 0;
	return sql_run(store, SQL_SEGMENTS_FORGET, "i", PARTS_OF(message->id));
}

static int lane_of_broadcast(struct store *store, struct message *message)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_BROADCAST_GATE_GET, &row, "i", message->broadcast);
	if (rc < 0)
		return rc;
	int64_t gate = rc ? col(row, 0) : MESSAGE_DROPPED;
	bool open = rc && col(row, 1);
	if (rc)
		sql_done(row);
	message->lane = message->broadcast;
	if (gate == MESSAGE_DROPPED)
		message_drop(message);
	else if (!open)
		return sql_run(store, SQL_BROADCAST_REOPEN, "i", message->broadcast);
	return 0;
}

int message_ready(struct store *store, struct message *message)
{
	message->due_ms = 0;
	if (message->stopped) {
		message_drop(message);
		return 0;
	}
	if (message->part > 0 && modem_gone(store, message->modem)) {
		int rc = begin_again(store, message);
		if (rc)
			return rc;
	}
	message->state = message->part > 0 ? MESSAGE_SENDING : MESSAGE_QUEUED;
	message->lane = message->part > 0 ? -message->modem : 0;
	if (message->part == 0 && message->broadcast)
		return lane_of_broadcast(store, message);
	return 0;
}

int message_ready_elsewhere(struct store *store, struct message *message)
{
	int rc = message->part > 0 && !message->stopped ? begin_again(store, message) : 0;
	return rc ? rc : message_ready(store, message);
}

void message_untry(struct store *store, struct message *message)
{
	if (message->tries)
		message->tries--;
	if (message->unknowns && message->resent) {
		message->resent--;
		tally_resent(store, message->broadcast, -1);
	}
}

int message_wait(struct store *store, struct message *message, int64_t due_ms, int64_t now_ms)
{
	if (due_ms <= now_ms || message->stopped)
		return message_ready(store, message);
	message->state = message->part > 0 ? MESSAGE_SENDING : MESSAGE_QUEUED;
	message->lane = NO_LANE;
	message->due_ms = due_ms;
	return 0;
}

/* -EPERM when nothing may be sent to this person. */
static int sendable(struct store *store, int64_t person_id, enum message_class class)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_PERSON_SENDABLE, &row, "i", person_id);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	bool no = (col(row, 0) || col(row, 1)) && class != CLASS_STOP;
	sql_done(row);
	return no ? -EPERM : 0;
}

static int message_add(struct store *store, const struct store_message *message, int64_t now_ms,
	int64_t *message_id)
{
	int64_t parts;
	int rc = sendable(store, message->person_id, message->class);
	if (rc == 0)
		rc = sql_int(store, SQL_BODY_PARTS, 0, &parts, "i", message->body_id);
	if (rc == 0 && parts == 0)
		rc = -ENOENT;
	if (rc)
		return rc;
	bool later = message->due_ms > now_ms;
	/*
	 * Not in the broadcast's own queue: that is only for what store_broadcast_expand() makes.
	 */
	rc = sql_run(store, SQL_MESSAGE_ADD, "ooiiiddiiiii", later ? NO_LANE : (int64_t)0,
		later ? message->due_ms : NO_LANE, message->person_id, message->broadcast_id,
		message->body_id, (int)message->class, message->rank, parts,
		shelf_life(message->expires_ms), now_ms, message->incident_id,
		message->answers_text_id);
	if (rc)
		return rc;
	tally_add(store, message->broadcast_id, MESSAGE_QUEUED, 1);
	if (message_id)
		*message_id = sql_inserted(store);
	return 0;
}

int store_message_add(struct store *store, const struct store_message *message, int64_t now_ms,
	int64_t *message_id)
{
	return (int)TX(store, message_add(store, message, now_ms, message_id));
}

/* ---- one after the other --------------------------------------------------------------------- */

int64_t messages_settle(struct store *store, enum sql statement, int64_t key, int64_t limit,
	int (*settle)(struct store *store, struct message *message, int64_t now_ms), int64_t now_ms)
{
	for (int64_t count = 0; count < limit; count++) {
		struct message message;
		sqlite3_stmt *row;
		int rc = sql_row(store, statement, &row, "i", key);
		if (rc != 1)
			return rc ? rc : count;
		message_from_row(row, &message);
		sql_done(row);
		rc = settle(store, &message, now_ms);
		if (rc == 0)
			rc = message_save(store, &message);
		if (rc)
			return rc;
	}
	return limit;
}

/* ---- stopping ------------------------------------------------------------------------------- */

/* On air or unknown: it cannot be called back, but nothing follows it. */
static void stop_one(struct message *message)
{
	message->stopped = true;
	if (message_on_air(message) || message->state == MESSAGE_UNKNOWN)
		return;
	message_drop(message);
}

int64_t messages_stop(struct store *store, int64_t person_id)
{
	int64_t dropped = 0;
	struct message message = { .id = 0 };
	for (;;) {
		sqlite3_stmt *row;
		int rc = sql_row(store, SQL_MESSAGE_OF_PERSON, &row, "ii", person_id, message.id);
		if (rc != 1)
			return rc ? rc : dropped;
		message_from_row(row, &message);
		sql_done(row);
		stop_one(&message);
		rc = message_save(store, &message);
		if (rc)
			return rc;
		dropped += message.state == MESSAGE_DROPPED;
	}
}
