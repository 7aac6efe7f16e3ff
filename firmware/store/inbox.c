/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts on their way in: parts, their joining, and the queue of whole texts that wait to be
 * handled.
 */
#include "internal.h"

#include <string.h>

/*
 * TS 23.040 9.2.3.16: the sender's reference alone says nothing; who, when and which octets does.
 */
static void fragment_key(
	struct store *store, const struct store_fragment *fragment, uint8_t key[STORE_HASH_SIZE])
{
	uint8_t data[PHONE_SIZE + sizeof(int64_t) + STORE_PDU_SIZE] = { 0 };
	memcpy(data, fragment->sender, strnlen(fragment->sender, PHONE_SIZE));
	memcpy(data + PHONE_SIZE, &fragment->sent_ms, sizeof(fragment->sent_ms));
	memcpy(data + PHONE_SIZE + sizeof(int64_t), fragment->pdu, fragment->pdu_size);
	seal_hash(store->seal, HASHED_FRAGMENT, data,
		PHONE_SIZE + sizeof(int64_t) + fragment->pdu_size, key);
}

/* Who sent it: a person's row for a number, a sealed sender for anything else. */
static int64_t sender_of(struct store *store, const struct store_fragment *fragment, int64_t now_ms)
{
	if (fragment->kind != PHONE_E164)
		return 0;
	int64_t person = person_id_meet(store, fragment->sender);
	if (person < 0)
		return person;
	int rc = sql_run(store, SQL_PERSON_TEXTED, "ii", person, now_ms);
	return rc ? rc : person;
}

static int64_t text_add(struct store *store, const struct store_fragment *fragment,
	const uint8_t hash[STORE_HASH_SIZE], int64_t now_ms)
{
	uint8_t sealed[PHONE_SIZE + SEAL_OVERHEAD];
	int64_t id, person = sender_of(store, fragment, now_ms);
	int64_t modem = person < 0 ? person : modem_id(store, fragment->modem);
	if (modem < 0)
		return modem;
	int rc = sql_int(store, SQL_TEXT_NEXT_ID, 1, &id, "");
	if (rc)
		return rc;
	size_t size = seal_close(store->seal, SEALED_SENDER, id, fragment->sender,
		strnlen(fragment->sender, PHONE_SIZE - 1), sealed);
	rc = sql_run(store, SQL_TEXT_ADD, "iidiiiddbb", id, person, (int)fragment->kind, modem,
		now_ms, fragment->sent_ms, fragment->reference, fragment->total, hash,
		(size_t)STORE_HASH_SIZE, person ? NULL : sealed, size);
	return rc ? rc : id;
}

static int64_t text_for(struct store *store, const struct store_fragment *fragment, int64_t now_ms)
{
	uint8_t hash[STORE_HASH_SIZE];
	int64_t id = parts_text_for(store, fragment, now_ms);
	if (id)
		return id;
	person_hash(store, fragment->sender, hash);
	return text_add(store, fragment, hash, now_ms);
}

/* So long a text may have lain in a modem's store after it was taken in: a box without power. */
#define LEFT_MS MS_PER_H

static int fragment_known(struct store *store, const uint8_t key[STORE_HASH_SIZE],
	int64_t *received_ms, struct store_landing *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_FRAGMENT_FIND, &row, "b", key, (size_t)STORE_HASH_SIZE);
	if (rc != 1)
		return rc;
	*out = (struct store_landing){
		.duplicate = true,
		.text_id = col(row, 0),
		.complete = col(row, 1) != 0,
	};
	*received_ms = col(row, 2);
	sql_done(row);
	return 1;
}

/* Its equal was another text: that one's key is given up for a key that nothing else has. */
static int fragment_rekey(struct store *store, const uint8_t key[STORE_HASH_SIZE], int64_t text_id)
{
	uint8_t data[STORE_HASH_SIZE + sizeof(text_id)], other[STORE_HASH_SIZE];
	memcpy(data, key, STORE_HASH_SIZE);
	memcpy(data + STORE_HASH_SIZE, &text_id, sizeof(text_id));
	seal_hash(store->seal, HASHED_FRAGMENT, data, sizeof(data), other);
	return sql_run(store, SQL_FRAGMENT_REKEY, "bb", key, (size_t)STORE_HASH_SIZE, other,
		(size_t)STORE_HASH_SIZE);
}

/* 1 it is known, 0 it is a text of its own, -errno. */
static int fragment_find(struct store *store, const struct store_fragment *fragment,
	const uint8_t key[STORE_HASH_SIZE], int64_t now_ms, struct store_landing *out)
{
	int64_t received_ms = 0;
	int rc = fragment_known(store, key, &received_ms, out);
	if (rc <= 0 || fragment->sent_ms || fragment->total > 1)
		return rc;
	if (fragment->again && now_ms - received_ms <= LEFT_MS)
		return rc;
	return fragment_rekey(store, key, out->text_id);
}

static int fragment_insert(struct store *store, const struct store_fragment *fragment,
	const uint8_t key[STORE_HASH_SIZE], int64_t text_id)
{
	uint8_t sealed[STORE_PDU_SIZE + SEAL_OVERHEAD];
	int64_t id;
	int rc = sql_int(store, SQL_FRAGMENT_NEXT, 1, &id, "");
	if (rc)
		return rc;
	size_t size =
		seal_close(store->seal, SEALED_PDU, id, fragment->pdu, fragment->pdu_size, sealed);
	rc = sql_run(store, SQL_FRAGMENT_ADD, "iidbdb", id, text_id, fragment->seq, key,
		(size_t)STORE_HASH_SIZE, fragment->total, sealed, size);
	return rc ? rc : sql_run(store, SQL_TEXT_HAVE, "i", text_id);
}

static int fragment_add(struct store *store, const struct store_fragment *fragment, int64_t now_ms,
	struct store_landing *out)
{
	uint8_t key[STORE_HASH_SIZE];
	fragment_key(store, fragment, key);
	int rc = fragment_find(store, fragment, key, now_ms, out);
	if (rc)
		return rc < 0 ? rc : 0;
	int64_t whole, text_id = text_for(store, fragment, now_ms);
	if (text_id < 0)
		return (int)text_id;
	rc = fragment_insert(store, fragment, key, text_id);
	if (rc == 0 && fragment->total > 1)
		rc = parts_gather(store, &text_id, true);
	if (rc == 0)
		rc = sql_int(store, SQL_TEXT_IS_WHOLE, 0, &whole, "i", text_id);
	if (rc == 0)
		*out = (struct store_landing){ .text_id = text_id, .complete = whole != 0 };
	return rc;
}

int store_fragment_add(struct store *store, const struct store_fragment *fragment, int64_t now_ms,
	struct store_landing *out)
{
	if (fragment->pdu_size > STORE_PDU_SIZE || fragment->total < 1 || fragment->seq < 1 ||
		fragment->seq > fragment->total)
		return -EINVAL;
	return (int)TX(store, fragment_add(store, fragment, now_ms, out));
}

int store_fragment_walk(struct store *store, int64_t text_id,
	int (*visit)(void *ctx, int seq, int total, const void *pdu, size_t size), void *ctx)
{
	int seq = 0;
	for (;;) {
		uint8_t pdu[STORE_PDU_SIZE];
		sqlite3_stmt *row;
		int rc = sql_row(store, SQL_FRAGMENT_WALK, &row, "id", text_id, seq);
		if (rc != 1)
			return rc;
		seq = (int)col(row, 1);
		int total = (int)col(row, 2);
		ssize_t size =
			seal_open(store->seal, SEALED_PDU, col(row, 0), sqlite3_column_blob(row, 3),
				(size_t)sqlite3_column_bytes(row, 3), pdu, sizeof(pdu));
		sql_done(row);
		/* A part that cannot be opened is a gap. */
		rc = size < 0 ? 0 : visit(ctx, seq, total, pdu, (size_t)size);
		if (rc)
			return rc;
	}
}

static int text_complete(struct store *store, int64_t text_id, const char *body, int gaps)
{
	uint8_t hash[STORE_HASH_SIZE];
	size_t size = strlen(body);
	if (size >= STORE_TEXT_SIZE)
		return -E2BIG;
	seal_hash(store->seal, HASHED_BODY, body, size, hash);
	size = seal_close(store->seal, SEALED_TEXT, text_id, body, size, store->scratch);
	int rc = sql_run(store, SQL_TEXT_COMPLETE, "idbb", text_id, gaps, hash, sizeof(hash),
		store->scratch, size);
	if (rc == 0 && !sql_changes(store))
		return -ENOENT;
	return rc ? rc : sql_run(store, SQL_FRAGMENT_DONE, "i", text_id);
}

int store_text_complete(
	struct store *store, int64_t text_id, const char *body, int gaps, int64_t now_ms)
{
	(void)now_ms;
	return (int)TX(store, text_complete(store, text_id, body, gaps));
}

int store_text_overdue(struct store *store, int64_t before_ms, int64_t *text_id)
{
	int rc = sql_int(store, SQL_TEXT_OVERDUE, 0, text_id, "i", before_ms);
	if (rc == 0 && *text_id)
		rc = (int)TX(store, parts_gather(store, text_id, false));
	return rc ? rc : *text_id != 0;
}

int store_text_oldest_incomplete(struct store *store, int64_t *first_ms)
{
	return sql_int(store, SQL_TEXT_OLDEST, TIME_NEVER, first_ms, "");
}

int store_text_next(struct store *store, struct store_text *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_TEXT_NEXT, &row, "");
	if (rc != 1)
		return rc;
	out->id = col(row, 0);
	out->person_id = col(row, 1);
	out->kind = (enum phone_kind)col(row, 2);
	out->received_ms = col(row, 3);
	out->sent_ms = col(row, 4);
	out->gaps = (int)col(row, 5);
	col_text(row, 6, out->modem, sizeof(out->modem));
	if (out->person_id)
		col_sealed(store, row, 8, SEALED_PHONE, out->person_id, out->sender,
			sizeof(out->sender));
	else
		col_sealed(store, row, 7, SEALED_SENDER, out->id, out->sender, sizeof(out->sender));
	/* A body that cannot be opened is an empty text: it must not stop the ones behind it. */
	col_sealed(store, row, 9, SEALED_TEXT, out->id, out->body, sizeof(out->body));
	sql_done(row);
	return 1;
}

int store_text_handled(struct store *store, int64_t text_id, const char *taken_for, int64_t now_ms)
{
	return (int)TX(store, sql_run(store, SQL_TEXT_HANDLED, "iti", text_id, taken_for, now_ms));
}

int store_text_frequency(struct store *store, int64_t person_id, int64_t text_id, int64_t since_ms,
	int *texts, int *same)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_TEXT_FREQUENCY, &row, "iii", person_id, text_id, since_ms);
	if (rc != 1)
		return rc;
	*texts = (int)col(row, 0);
	*same = (int)col(row, 1);
	sql_done(row);
	return 0;
}
