/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status reports (TS 23.040 9.2.2.3). A reference has 8 bits, so it fits many segments: of those to
 * this number over this modem the one is meant that left when the report says the service centre
 * took it in (TP-SCTS); when the clocks do not agree, the newest. A segment whose answer was lost
 * has no reference; it is settled by the number alone, when nothing else fits.
 */
#include <stdlib.h>

#include "internal.h"

/* A repeated report of something settled long ago is not one: references wrap at 256. */
#define REPEAT_MS MS_PER_DAY

/*
 * How far the service centre's clock and ours may be apart for a time to tell two of a wrap apart.
 */
#define NEAR_MS (5 * MS_PER_MIN)

/* Two tries of one segment, and the queues before them, take less beside the wait between them. */
#define TRIES_MS (15 * MS_PER_MIN)

/* A segment that was accepted so near to a report's time is the one: its reference was misread. */
#define SAME_MS (5 * MS_PER_S)

struct report {
	int64_t modem, person;
	int reference;
	enum report_outcome outcome;
	int64_t sent_ms, now_ms;
	int64_t doubt_ms; /* how long unknowns wait */
};

/** Whom a report may be for, the best kind first. */
enum fit { FIT_EXACT, FIT_REPEAT, FIT_UNKNOWN, FIT_ON_AIR, FIT_RESENT, FIT_GIVEN_UP, FITS };

/* What was handed over: of one of several parts its own row says when. */
struct segment {
	int64_t id, sent_ms;
};

struct match {
	struct message message[FITS];
	bool found[FITS];
	int64_t segment;  /* of FIT_EXACT */
	int64_t apart_ms; /* the nearest in time so far */
	bool repeat_fits; /* and that is a FIT_REPEAT */
	bool another;     /* was accepted when this one was: the clocks agree, and it is meant */
};

static bool is_single(const struct message *m, const struct report *r)
{
	return m->parts == 1 && m->reference == r->reference && m->modem == r->modem;
}

/* Handed over without an answer: waiting for its report, or for its second try. */
static bool is_unsettled(const struct message *m)
{
	return m->unknowns > 0 && !message_on_air(m) &&
	       (m->state == MESSAGE_UNKNOWN || m->lane != NO_LANE || m->due_ms);
}

/*
 * Its fate was unknown, and another modem has the second try. A part is not meant: a phone joins
 * those of one sender (TS 23.040 9.2.3.24.1).
 */
static bool is_copy_before(const struct message *m, const struct report *r)
{
	return m->parts == 1 && m->unknowns > 0 && r->outcome == REPORT_DELIVERED;
}

/*
 * Given up because nobody could know, and the service centre took a copy in about then (sent_ms: of
 * the last doubt). Its number alone says too little. Of several parts it is the last one.
 */
static bool is_given_up(const struct message *m, const struct report *r)
{
	return m->state == MESSAGE_FAILED && m->error == STORE_GIVEN_UP &&
	       m->accepted == m->parts - 1 && r->outcome == REPORT_DELIVERED && r->sent_ms > 0 &&
	       r->sent_ms < m->sent_ms + NEAR_MS &&
	       r->sent_ms > m->sent_ms - r->doubt_ms - TRIES_MS;
}

static enum fit fit_of(const struct message *m, const struct report *r)
{
	if (is_single(m, r) && m->state == MESSAGE_SENT)
		return FIT_EXACT;
	if (is_given_up(m, r))
		return FIT_GIVEN_UP;
	if (is_single(m, r) && (m->state == MESSAGE_DELIVERED || m->state == MESSAGE_FAILED) &&
		m->sent_ms > r->now_ms - REPEAT_MS)
		return FIT_REPEAT;
	if (is_unsettled(m) && m->modem == r->modem)
		return FIT_UNKNOWN;
	if (message_on_air(m) && (m->modem == r->modem || is_copy_before(m, r)))
		return FIT_ON_AIR;
	if (m->state == MESSAGE_SENT && m->resent && r->outcome == REPORT_DELIVERED)
		return FIT_RESENT;
	return FITS;
}

/*
 * When its answer was given up: what the service centre took in later (TP-SCTS, whole seconds) was
 * another.
 */
static bool may_have_left(const struct message *m, const struct report *r)
{
	int64_t doubted_ms = m->due_ms - r->doubt_ms;
	return m->state == MESSAGE_UNKNOWN && doubted_ms / MS_PER_S >= r->sent_ms / MS_PER_S;
}

/* So it is not for a text of hours ago that had the same reference. */
static bool left_about_then(const struct message *m, const struct report *r)
{
	int64_t doubted_ms = m->due_ms - r->doubt_ms;
	return m->state == MESSAGE_UNKNOWN && r->sent_ms > 0 &&
	       llabs(doubted_ms - r->sent_ms) < NEAR_MS;
}

static bool left_long_after(const struct message *m, const struct report *r)
{
	return m->state == MESSAGE_UNKNOWN && m->due_ms - r->doubt_ms - NEAR_MS > r->sent_ms;
}

/*
 * Of two that only the number speaks for: the one that was given up first after the service centre
 * had taken in what is reported. What was given up before had not left then, and what was handed
 * over once more was given up later.
 */
static bool is_rather(const struct message *m, const struct message *than, const struct report *r)
{
	return may_have_left(m, r) && (!may_have_left(than, r) || m->due_ms <= than->due_ms);
}

/*
 * Newest first, but of unknowns the one that fits the time best, and the oldest of those that are
 * alike: what was on the air when the last process died has mostly left.
 */
static void keep(
	struct match *match, enum fit fit, const struct message *message, const struct report *r)
{
	if (fit == FITS)
		return;
	if (match->found[fit] &&
		(fit != FIT_UNKNOWN || !is_rather(message, &match->message[fit], r)))
		return;
	match->found[fit] = true;
	match->message[fit] = *message;
}

static void choose(struct match *match, const struct message *message, int64_t segment)
{
	match->found[FIT_EXACT] = true;
	match->message[FIT_EXACT] = *message;
	match->segment = segment;
}

/*
 * Reference, number and time: of those that fit, settled ones too, the nearest in time is meant,
 * else a report that comes twice would settle one of a wrap before. True when none can be nearer.
 */
static bool is_certain(struct match *match, enum fit fit, const struct message *message,
	const struct segment *segment, const struct report *r)
{
	int64_t apart_ms = llabs(segment->sent_ms - r->sent_ms);
	if (r->sent_ms <= 0)
		return fit == FIT_EXACT;
	if (fit == FIT_EXACT ? apart_ms > match->apart_ms : apart_ms >= match->apart_ms)
		return false;
	if (fit == FIT_EXACT)
		choose(match, message, segment->id);
	else if (fit != FIT_REPEAT)
		return false;
	match->apart_ms = apart_ms;
	match->repeat_fits = fit == FIT_REPEAT;
	return fit == FIT_EXACT && apart_ms < MS_PER_S;
}

/* One of several parts has its reference in a row of its own. */
static int match_part(struct store *store, const struct report *r, const struct message *message,
	struct segment *segment, enum fit *fit)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_SEGMENT_MATCH, &row, "iid", PARTS_OF(message->id), r->modem,
		r->reference);
	if (rc <= 0)
		return rc;
	*segment = (struct segment){ .id = col(row, 0), .sent_ms = col(row, 2) };
	if (col(row, 1) == 0) /* none yet */
		*fit = FIT_EXACT;
	else if (message->sent_ms > r->now_ms - REPEAT_MS)
		*fit = FIT_REPEAT;
	sql_done(row);
	return 0;
}

static int match_report(struct store *store, const struct report *r, struct match *match)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_MESSAGE_RECENT, &row, "i", r->person);
	for (; rc == 1; rc = sql_next(store, row)) {
		struct message message;
		message_from_row(row, &message);
		enum fit fit = fit_of(&message, r);
		struct segment segment = { .id = 0, .sent_ms = message.sent_ms };
		match->another = match->another ||
				 (message.modem == r->modem && message.state != MESSAGE_UNKNOWN &&
					 r->sent_ms > 0 && message.sent_ms > 0 &&
					 llabs(message.sent_ms - r->sent_ms) < SAME_MS);
		int error = message.parts > 1 ? match_part(store, r, &message, &segment, &fit) : 0;
		if (error == 0 && fit == FIT_EXACT && !match->found[fit])
			choose(match, &message, segment.id);
		else if (error == 0)
			keep(match, fit, &message, r);
		if (error || is_certain(match, fit, &message, &segment, r)) {
			sql_done(row);
			return error;
		}
	}
	return rc;
}

/* ---- acting --------------------------------------------------------------------------------- */

static int settle_part(
	struct store *store, const struct report *r, struct message *message, int64_t segment)
{
	bool failed = r->outcome == REPORT_FAILED;
	sqlite3_stmt *row;
	int rc = sql_run(store, SQL_SEGMENT_OUTCOME, "id", segment, failed ? 2 : 1);
	if (rc || message->state != MESSAGE_SENT)
		return rc;
	rc = sql_row(store, SQL_SEGMENT_OUTCOMES, &row, "i", PARTS_OF(message->id));
	if (rc < 0)
		return rc;
	if (col(row, 1) > 0)
		message_end(message, MESSAGE_FAILED);
	else if (col(row, 0) == message->parts)
		message_end(message, MESSAGE_DELIVERED);
	sql_done(row);
	if (message->state != MESSAGE_SENT)
		message_arrived(message, r->now_ms);
	return 0;
}

static int act_exact(struct store *store, const struct report *r, struct match *match)
{
	struct message *message = &match->message[FIT_EXACT];
	int rc = 0;
	if (r->outcome == REPORT_PENDING)
		return 1;
	if (message->parts > 1) {
		rc = settle_part(store, r, message, match->segment);
	} else {
		message_end(
			message, r->outcome == REPORT_FAILED ? MESSAGE_FAILED : MESSAGE_DELIVERED);
		message_arrived(message, r->now_ms);
	}
	if (rc == 0)
		rc = message_save(store, message);
	return rc ? rc : 1;
}

static int act_repeat(struct store *store, const struct report *r, struct match *match)
{
	(void)store, (void)r, (void)match;
	return 0;
}

static int act_unknown(struct store *store, const struct report *r, struct match *match)
{
	struct message *message = &match->message[FIT_UNKNOWN];
	int rc = 0;
	if (r->outcome == REPORT_FAILED) {
		/* The same once more is known by its reference. */
		message->sent_ms = r->now_ms;
		if (message->parts == 1)
			message->reference = r->reference;
		else
			rc = sql_run(store, SQL_SEGMENT_SET, "iiodi",
				SEGMENT_ID(message->id, message->part), message->modem,
				(int64_t)r->reference, 2, r->now_ms);
		message_end(message, MESSAGE_FAILED);
		message_arrived(message, r->now_ms);
	} else {
		rc = segment_accept(
			store, message, r->reference, r->outcome == REPORT_DELIVERED, r->now_ms);
	}
	if (rc == 0)
		rc = message_save(store, message);
	if (rc)
		return rc;
	return message->lane != NO_LANE ? 2 : 1;
}

/* Kept until the modem's answer tells the reference. */
static int act_on_air(struct store *store, const struct report *r, struct match *match)
{
	int rc = sql_run(store, SQL_EARLY_SET, "iidd", match->message[FIT_ON_AIR].id, r->modem,
		r->reference, (int)r->outcome);
	return rc ? rc : 1;
}

static int act_resent(struct store *store, const struct report *r, struct match *match)
{
	struct message *message = &match->message[FIT_RESENT];
	(void)r;
	if (message->parts > 1)
		return 0;
	message_end(message, MESSAGE_DELIVERED);
	message_arrived(message, r->now_ms);
	int rc = message_save(store, message);
	return rc ? rc : 1;
}

static int act_given_up(struct store *store, const struct report *r, struct match *match)
{
	struct message *message = &match->message[FIT_GIVEN_UP];
	message->error = 0;
	int rc = segment_accept(store, message, r->reference, true, r->now_ms);
	if (rc == 0)
		rc = message_save(store, message);
	return rc ? rc : 1;
}

static int (*const acts[FITS])(struct store *, const struct report *, struct match *) = {
	[FIT_EXACT] = act_exact,
	[FIT_REPEAT] = act_repeat,
	[FIT_UNKNOWN] = act_unknown,
	[FIT_ON_AIR] = act_on_air,
	[FIT_RESENT] = act_resent,
	[FIT_GIVEN_UP] = act_given_up,
};

static int report(struct store *store, const char *modem, const char *phone, struct report *r)
{
	struct match match = { .apart_ms = NEAR_MS };
	r->person = person_id_of(store, phone);
	if (r->person <= 0)
		return (int)r->person;
	r->modem = modem_id(store, modem);
	if (r->modem < 0)
		return (int)r->modem;
	int rc = match_report(store, r, &match);
	if (match.repeat_fits)
		return rc;
	if (match.found[FIT_UNKNOWN] && left_about_then(&match.message[FIT_UNKNOWN], r))
		match.found[FIT_REPEAT] = false;
	if (match.found[FIT_GIVEN_UP]) /* by its time, which a repeated one would have fitted */
		match.found[FIT_REPEAT] = false;
	if (match.another && left_long_after(&match.message[FIT_UNKNOWN], r))
		match.found[FIT_UNKNOWN] = false;
	for (int i = 0; rc == 0 && i < FITS; i++) {
		if (match.found[i])
			return acts[i](store, r, &match);
	}
	return rc;
}

int store_report(struct store *store, const char *modem, int reference, const char *phone,
	enum report_outcome outcome, int64_t sent_ms, int64_t now_ms)
{
	struct report r = { .reference = reference,
		.outcome = outcome,
		.sent_ms = sent_ms,
		.now_ms = now_ms,
		.doubt_ms = store->doubt_ms };
	return (int)TX(store, report(store, modem, phone, &r));
}
