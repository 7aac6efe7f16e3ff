/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time does by itself: retries come back, unknowns are decided, shelf lives end, dropped
 * queues are emptied.
 */
#include <limits.h>

#include "internal.h"

/*
 * An unknown that no report has settled: once more, if it has not been so once, and if it may still
 * leave.
 */
static int unknown_is_due(struct store *store, struct message *message, int64_t now_ms)
{
	bool expired = message->expires_ms && message->expires_ms <= now_ms;
	if (message->unknowns < 2 && !expired)
		return message_ready(store, message);
	message->sent_ms = message->due_ms - store->doubt_ms; /* its report may come yet */
	message_give_up(message);
	return 0;
}

static int come_back(struct store *store, struct message *message, int64_t now_ms)
{
	return message->state == MESSAGE_UNKNOWN ? unknown_is_due(store, message, now_ms)
						 : message_ready(store, message);
}

static int give_up(struct store *store, struct message *message, int64_t now_ms)
{
	(void)store;
	(void)now_ms;
	message_drop(message);
	return 0;
}

/* ---- dropped broadcasts ---------------------------------------------------------------------- */

static int64_t sweep_ready(struct store *store, int64_t broadcast, int64_t limit)
{
	int64_t unknowns;
	int rc = sql_int(store, SQL_SWEEP_UNKNOWN, 0, &unknowns, "ii", broadcast, limit);
	if (rc == 0)
		rc = sql_run(store, SQL_SWEEP_READY, "ii", broadcast, limit);
	if (rc)
		return rc;
	int64_t count = sql_changes(store);
	tally_move(store, broadcast, MESSAGE_QUEUED, MESSAGE_FAILED, unknowns);
	tally_given_up(store, broadcast, unknowns);
	tally_move(store, broadcast, MESSAGE_QUEUED, MESSAGE_DROPPED, count - unknowns);
	return count;
}

static int64_t sweep_one(struct store *store, int64_t broadcast, int64_t limit, int64_t now_ms)
{
	int64_t count = 0;
	int64_t ready = sweep_ready(store, broadcast, limit);
	if (ready < 0)
		return ready;
	count += ready;
	if (count >= limit)
		return count;
	int64_t waiting =
		messages_settle(store, SQL_SWEEP_TIMED, broadcast, limit - count, give_up, now_ms);
	if (waiting < 0)
		return waiting;
	count += waiting;
	if (count >= limit)
		return count;
	int rc = sql_run(store, SQL_BROADCAST_CLOSE, "i", broadcast);
	return rc ? rc : count;
}

/* Once its gate says "dropped" nothing of it leaves; the rows follow in slices. */
static int64_t sweep(struct store *store, int64_t limit, int64_t now_ms)
{
	int64_t broadcast;
	int rc = sql_int(store, SQL_BROADCAST_DROPPED, 0, &broadcast, "");
	return rc || !broadcast || limit <= 0 ? rc : sweep_one(store, broadcast, limit, now_ms);
}

/* What was not swept yet has the words of before, and must not leave with them. */
static int64_t again(struct store *store, int64_t broadcast, int64_t now_ms)
{
	int64_t gate, count;
	int rc = sql_int(store, SQL_BROADCAST_GATE_GET, -1, &gate, "i", broadcast);
	if (rc || gate != MESSAGE_DROPPED)
		return rc ? rc : gate < 0 ? -ENOENT : 0;
	count = sweep_one(store, broadcast, INT_MAX, now_ms);
	rc = count < 0 ? (int)count : sql_run(store, SQL_BROADCAST_AGAIN, "i", broadcast);
	if (rc)
		return rc;
	count = sql_changes(store);
	tally_move(store, broadcast, MESSAGE_DROPPED, MESSAGE_QUEUED, count);
	rc = sql_run(store, SQL_BROADCAST_GATE_SET, "id", broadcast, (int)MESSAGE_QUEUED);
	/* and those who had none when it was dropped */
	if (rc == 0)
		rc = sql_run(store, SQL_EXPAND_PROGRESS, "iii", broadcast, (int64_t)0, (int64_t)0);
	return rc ? rc : count;
}

int64_t store_broadcast_again(struct store *store, int64_t broadcast_id, int64_t now_ms)
{
	return TX(store, again(store, broadcast_id, now_ms));
}

static int expire_broadcasts(struct store *store, int64_t now_ms)
{
	for (;;) {
		int64_t broadcast;
		int rc = sql_int(store, SQL_BROADCAST_EXPIRED, 0, &broadcast, "i", now_ms);
		if (rc || !broadcast)
			return rc;
		rc = sql_run(store, SQL_BROADCAST_GATE_SET, "id", broadcast, (int)MESSAGE_DROPPED);
		if (rc)
			return rc;
	}
}

/* ---- the face ------------------------------------------------------------------------------- */

static int64_t due(struct store *store, int64_t limit, int64_t now_ms)
{
	static const struct {
		enum sql statement;
		int (*settle)(struct store *store, struct message *message, int64_t now_ms);
	} steps[] = {
		{ SQL_MESSAGE_DUE, come_back },
		{ SQL_MESSAGE_SHELF, give_up },
	};
	int64_t count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(steps) && count < limit; i++) {
		int64_t n = messages_settle(
			store, steps[i].statement, now_ms, limit - count, steps[i].settle, now_ms);
		if (n < 0)
			return n;
		count += n;
	}
	int rc = expire_broadcasts(store, now_ms);
	if (rc)
		return rc;
	int64_t swept = sweep(store, limit - count, now_ms);
	return swept < 0 ? swept : count + swept;
}

int store_due(struct store *store, int limit, int64_t now_ms)
{
	store->more_due = false;
	return (int)TX(store, due(store, limit, now_ms));
}

int store_next_due(struct store *store, int64_t *at_ms)
{
	static const enum sql parts[] = { SQL_NEXT_DUE, SQL_NEXT_SHELF, SQL_NEXT_BROADCAST_END };
	*at_ms = store->more_due ? 0 : TIME_NEVER;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		int64_t at;
		int rc = sql_int(store, parts[i], TIME_NEVER, &at, "");
		if (rc)
			return rc;
		*at_ms = time_min(*at_ms, at);
	}
	return 0;
}

int store_clock_stepped(struct store *store, int64_t step_ms)
{
	return (int)TX(
		store, sql_run(store, SQL_CLOCK_STEPPED, "id", step_ms, (int)MESSAGE_UNKNOWN));
}
