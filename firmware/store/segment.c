/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a segment that a modem had: given back, accepted, refused for good, or nobody
 * knows.
 */
#include "internal.h"

#include <string.h>

/* The segment's message when that part is on air: 1; 0 when it is not (any more); -errno. */
static int load_on_air(struct store *store, int64_t segment_id, struct message *out)
{
	int rc = message_load(store, segment_id / 256, out);
	if (rc != 1)
		return rc;
	return message_on_air(out) && out->part == (int)(segment_id % 256);
}

/* An answer may also come late, when the segment was given up as unknown. */
static int load_unsettled(struct store *store, int64_t segment_id, struct message *out)
{
	int rc = message_load(store, segment_id / 256, out);
	if (rc != 1)
		return rc;
	bool waits = message_on_air(out) || out->state == MESSAGE_UNKNOWN;
	return waits && out->part == (int)(segment_id % 256);
}

/*
 * All parts are with the network: delivered when every report said so, failed when one said that.
 */
static int settle_last(struct store *store, struct message *message, bool delivered)
{
	sqlite3_stmt *row;
	bool failed = false;
	if (message->parts > 1) {
		int rc = sql_row(store, SQL_SEGMENT_OUTCOMES, &row, "i", PARTS_OF(message->id));
		if (rc < 0)
			return rc;
		delivered = col(row, 0) == message->parts;
		failed = col(row, 1) > 0;
		sql_done(row);
	}
	message_end(message, failed      ? MESSAGE_FAILED
			     : delivered ? MESSAGE_DELIVERED
					 : MESSAGE_SENT);
	if (message->state != MESSAGE_SENT)
		message_arrived(message, message->sent_ms);
	return 0;
}

static int next_part(struct store *store, struct message *message)
{
	message->part++;
	message->tries = 0;
	message->unknowns = 0;
	return message_ready(store, message);
}

int segment_accept(
	struct store *store, struct message *message, int reference, bool delivered, int64_t now_ms)
{
	int rc = 0;
	message->accepted++;
	message->sent_ms = now_ms;
	if (message->parts == 1)
		message->reference = reference;
	else
		rc = sql_run(store, SQL_SEGMENT_SET, "iiodi",
			SEGMENT_ID(message->id, message->part), message->modem,
			reference < 0 ? NO_LANE : (int64_t)reference, (int)delivered, now_ms);
	if (rc)
		return rc;
	tally_sent(store, message->broadcast, now_ms);
	modem_note_sent(store, message->modem, now_ms);
	return message->part + 1 < message->parts ? next_part(store, message)
						  : settle_last(store, message, delivered);
}

/* ---- reports that came while it was on air --------------------------------------------------- */

struct early {
	bool found;
	int reference;
	enum report_outcome outcome;
	int64_t modem;
};

static int early_take(struct store *store, const struct message *message, struct early *out)
{
	sqlite3_stmt *row;
	*out = (struct early){ .found = false };
	int rc = sql_row(store, SQL_EARLY_GET, &row, "i", message->id);
	if (rc != 1)
		return rc;
	*out = (struct early){ true, (int)col(row, 0), (enum report_outcome)col(row, 1),
		col(row, 2) };
	sql_done(row);
	return sql_run(store, SQL_EARLY_DONE, "i", message->id);
}

/*
 * The copy before it, whose fate was unknown, has arrived: this one, which came to nothing, is not
 * wanted any more. 1, 0, -errno.
 */
static int arrived_before(struct store *store, struct message *message, int64_t now_ms)
{
	struct early early;
	int rc = early_take(store, message, &early);
	if (rc || !early.found || !message->unknowns || early.outcome != REPORT_DELIVERED)
		return rc;
	message->modem = early.modem;
	rc = segment_accept(store, message, early.reference, true, now_ms);
	return rc ? rc : 1;
}

/* ---- results -------------------------------------------------------------------------------- */

static int requeue(
	struct store *store, int64_t segment_id, int64_t due_ms, int error, int64_t now_ms)
{
	struct message message;
	int rc = load_on_air(store, segment_id, &message);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	if (!error)
		message_untry(store, &message);
	message.error = error;
	rc = arrived_before(store, &message, now_ms);
	if (rc == 0)
		rc = message_wait(store, &message, due_ms, now_ms);
	return rc < 0 ? rc : message_save(store, &message);
}

int store_segment_requeue(
	struct store *store, int64_t segment_id, int64_t due_ms, int error, int64_t now_ms)
{
	return (int)TX(store, requeue(store, segment_id, due_ms, error, now_ms));
}

static int sent(struct store *store, int64_t segment_id, int reference, int64_t now_ms)
{
	struct message message;
	struct early early;
	uint64_t stirred = store->stirred;
	int rc = load_unsettled(store, segment_id, &message);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	rc = early_take(store, &message, &early);
	if (rc)
		return rc;
	/*
	 * A report under another reference is for the copy before, whose fate was unknown: it
	 * arrived all the same.
	 */
	bool fits = early.found && (early.reference == reference || message.unknowns);
	rc = segment_accept(
		store, &message, reference, fits && early.outcome == REPORT_DELIVERED, now_ms);
	if (rc == 0 && fits && early.outcome == REPORT_FAILED && early.reference == reference)
		message_end(&message, MESSAGE_FAILED);
	if (rc == 0)
		rc = message_save(store, &message);
	/* Its next part waits in its place now: whoever chose with this in mind has chosen well. */
	store->accepted.segment = segment_id;
	store->accepted.from = stirred;
	store->accepted.to = store->stirred;
	return rc;
}

int store_segment_sent(struct store *store, int64_t segment_id, int reference, int64_t now_ms)
{
	return (int)TX(store, sent(store, segment_id, reference, now_ms));
}

static int failed(struct store *store, int64_t segment_id, int error, int64_t now_ms)
{
	struct message message;
	int rc = load_unsettled(store, segment_id, &message);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	message.error = error;
	rc = arrived_before(store, &message, now_ms);
	if (rc == 0)
		message_end(&message, MESSAGE_FAILED);
	return rc < 0 ? rc : message_save(store, &message);
}

int store_segment_failed(struct store *store, int64_t segment_id, int error, int64_t now_ms)
{
	return (int)TX(store, failed(store, segment_id, error, now_ms));
}

static int unknown(
	struct store *store, int64_t segment_id, int error, int64_t wait_until_ms, int64_t now_ms)
{
	struct message message;
	struct early early;
	int rc = load_on_air(store, segment_id, &message);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	rc = early_take(store, &message, &early);
	if (rc)
		return rc;
	message.error = error;
	if (early.found && early.outcome != REPORT_FAILED) {
		rc = segment_accept(store, &message, early.reference,
			early.outcome == REPORT_DELIVERED, now_ms);
	} else {
		message_end(&message, early.found ? MESSAGE_FAILED : MESSAGE_UNKNOWN);
		message.due_ms = early.found ? 0 : wait_until_ms;
		message.unknowns++;
	}
	return rc ? rc : message_save(store, &message);
}

int store_segment_unknown(
	struct store *store, int64_t segment_id, int error, int64_t wait_until_ms, int64_t now_ms)
{
	store->doubt_ms = wait_until_ms - now_ms;
	return (int)TX(store, unknown(store, segment_id, error, wait_until_ms, now_ms));
}

/* ---- after a crash -------------------------------------------------------------------------- */

/* The next on air after message->id: 1, 0 when there is none, -errno. */
static int next_on_air(struct store *store, struct message *message)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_MESSAGE_ON_AIR, &row, "i", message->id);
	if (rc != 1)
		return rc;
	message_from_row(row, message);
	sql_done(row);
	return 1;
}

static int recover_one(struct store *store, const struct handed *before, struct message *message,
	int64_t wait_until_ms, int64_t now_ms, struct store_recovered *out)
{
	int rc = arrived_before(store, message, now_ms);
	if (rc)
		return rc < 0 ? rc : message_save(store, message);
	if (handed_never(before, message)) {
		message_untry(store, message);
		rc = message_ready(store, message);
		out->never++;
	} else {
		message->state = MESSAGE_UNKNOWN;
		message->due_ms = wait_until_ms;
		message->unknowns++;
		out->unknown++;
	}
	return rc ? rc : message_save(store, message);
}

static int recover(
	struct store *store, int64_t wait_until_ms, int64_t now_ms, struct store_recovered *out)
{
	struct message message = { .id = 0 };
	struct handed before;
	int rc = handed_recall(store, &before);
	while (rc == 0) {
		rc = next_on_air(store, &message);
		if (rc != 1)
			return rc;
		rc = recover_one(store, &before, &message, wait_until_ms, now_ms, out);
	}
	return rc;
}

int store_recover(
	struct store *store, int64_t wait_until_ms, int64_t now_ms, struct store_recovered *out)
{
	*out = (struct store_recovered){ 0 };
	store->doubt_ms = wait_until_ms - now_ms;
	int rc = (int)TX(store, recover(store, wait_until_ms, now_ms, out));
	if (rc == 0)
		handed_write(store);
	return rc;
}

/* ---- a modem that is gone -------------------------------------------------------------------- */

static int go_on(struct store *store, struct message *message, int64_t now_ms)
{
	(void)now_ms;
	return message_ready_elsewhere(store, message);
}

static int64_t release(struct store *store, int64_t id, int64_t now_ms)
{
	if (id < 0)
		return id;
	modem_set_gone(store, id, true);
	return messages_settle(store, SQL_MESSAGE_IN_LANE, -id, INT64_MAX, go_on, now_ms);
}

int64_t store_modem_release(struct store *store, const char *modem, int64_t now_ms)
{
	return TX(store, release(store, modem_id(store, modem), now_ms));
}

static bool is_named(const char *name, const char *const *names, int n)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static int64_t release_orphans(struct store *store, const char *const *names, int n, int64_t now_ms)
{
	int64_t count = 0, id = 0;
	for (;;) {
		sqlite3_stmt *row;
		char name[32];
		int rc = sql_row(store, SQL_MODEM_NEXT, &row, "i", id);
		if (rc != 1)
			return rc ? rc : count;
		id = col(row, 0);
		col_text(row, 1, name, sizeof(name));
		sql_done(row);
		if (is_named(name, names, n))
			continue;
		/* by its name, so that it is known as gone */
		int64_t released = release(store, modem_id(store, name), now_ms);
		if (released < 0)
			return released;
		count += released;
	}
}

int64_t store_orphans_release(struct store *store, const char *const *names, int n, int64_t now_ms)
{
	return TX(store, release_orphans(store, names, n, now_ms));
}
