/* SPDX-License-Identifier: Apache-2.0 */
/* A part of store.h, for the courier: which segment goes next, and what became of it. */
#ifndef FARO_STORE_COURIER_H
#define FARO_STORE_COURIER_H

#include "faro/base.h"
#include "faro/store/messages.h"

struct store;

/* ---- the courier's side --------------------------------------------------------------------- */

/** One segment for one recipient, ready to be made a SUBMIT. */
struct store_claim {
	int64_t segment_id, message_id, person_id, broadcast_id;
	char phone[PHONE_SIZE];
	enum message_class class;
	int index, total; /* part 0..total-1 of the message */
	int attempt;      /* 1 for the first time */
	int error_before; /* store_segment_requeue() of the attempt before; 0 = none */
	int64_t expires_ms;
	/* store_claim_within: not texted before in the scope's month by this modem */
	bool newcomer;
	uint8_t part[BODY_PART_SIZE];
	int part_size;
};

/** Which messages may be begun now; 0 as false: all. */
enum store_begin {
	BEGIN_ALL,
	BEGIN_URGENT, /* the box is paused: nothing less urgent than CLASS_DISPATCH goes on */
	BEGIN_NO_BULK /* quiet hours: no CLASS_REST is begun, but what was begun goes on */
};
/**
 * Chooses and marks `sending` the next segment for this modem: the next part of the message it has
 * begun, unless one of a more urgent class waits; else the first by class, rank, age. A message
 * stays on the modem that sent its first part. Expired ones are dropped on the way. Returns 1 and
 * fills out, or 0.
 */
int store_claim_next(struct store *store, const char *modem, enum store_begin what, int64_t now_ms,
	struct store_claim *out);

/** What of the queue a modem may take now, under its caps. */
struct store_scope {
	int least;                /* no message that is less urgent is begun (-1: none is) ... */
	enum message_class begun; /* ... nor gone on with, when it is less urgent than this */
	/* none of more parts is begun; parts_urgent: of CLASS_DISPATCH or more urgent */
	int64_t parts, parts_urgent;
	/*
	 * who was not texted in `month` is texted in this class or more urgent ones; -1 = in none
	 */
	int newcomers;
	char month[8]; /* "2026-11": the recipient is kept as texted in it; "" = nobody counts */
};
/** As store_claim_next, within a scope; out->newcomer says that the month has a recipient more. */
int store_claim_within(struct store *store, const char *modem, const struct store_scope *scope,
	int64_t now_ms, struct store_claim *out);

/**
 * The segment that a modem will claim next, chosen while its last one is on the air. Nothing is
 * written and nothing is kept for it: whoever is free first takes what comes first.
 */
struct store_choice {
	struct store_claim claim; /* as store_claim_next() would give it */
	enum store_begin what;
	bool scoped;
	struct store_scope scope;
	/* the store's: how the queue stood, and where this one stood in it */
	uint64_t stirred;
	int64_t after, lane;
	bool again; /* its fate was unknown once */
};
/**
 * Chooses what store_claim_next(), or within a scope (may be NULL) store_claim_within(), will claim
 * when the segment `after`, which this modem has now (0 = none), is accepted. 1, 0 (nothing, or
 * what has to be dropped first), -errno.
 */
int store_choose(struct store *store, const char *modem, const struct store_scope *scope,
	enum store_begin what, int64_t after, int64_t now_ms, struct store_choice *out);
/** False when something was stirred since it was chosen: store_claim_choice() would give 0. */
bool store_choice_stands(const struct store *store, const struct store_choice *choice);
/**
 * Claims what was chosen, at the cost of one row: 1 (choice->claim is the claim; its newcomer is
 * set), -errno; 0 and nothing claimed when something that came since may go first or keep it back:
 * a more urgent text, STOP, cancel, hold, another modem, a narrower or wider scope, the end of a
 * shelf life. What is due by now is to be moved by store_due() before.
 */
int store_claim_choice(struct store *store, const char *modem, const struct store_scope *scope,
	enum store_begin what, int64_t now_ms, struct store_choice *choice);

/**
 * What a modem with caps has used: segments of the local day that began at day_ms, and different
 * people of the month that began at month_ms (people NULL: not asked). What was sent before the
 * modem had caps is counted too, from the messages: a walk over all.
 */
int store_allowance_load(struct store *store, const char *modem, int64_t day_ms, const char *month,
	int64_t month_ms, int64_t *segments, int64_t *people);
/** The day's segments as they are now. */
int store_allowance_set(struct store *store, const char *modem, int64_t day_ms, int64_t segments);

/**
 * Gives a claimed segment back unsent (nothing was handed over): queued again, due at due_ms, on
 * any modem if it was the first. error 0: the modem never came to hand it over; the attempt does
 * not count.
 */
int store_segment_requeue(
	struct store *store, int64_t segment_id, int64_t due_ms, int error, int64_t now_ms);
/** Accepted by the network. After the last part the message is sent. */
int store_segment_sent(struct store *store, int64_t segment_id, int reference, int64_t now_ms);
/**
 * Failed for good: the message fails, its other parts are dropped. error as in struct modem_result.
 */
int store_segment_failed(struct store *store, int64_t segment_id, int error, int64_t now_ms);
/** Handed over, no answer: waits for its report until wait_until_ms. */
int store_segment_unknown(
	struct store *store, int64_t segment_id, int error, int64_t wait_until_ms, int64_t now_ms);

enum report_outcome { REPORT_DELIVERED, REPORT_PENDING, REPORT_FAILED };
/**
 * A status report. Matched on modem, reference, number and time: the newest segment that fits and
 * has no final report; an unknown segment (it has no reference) fits by number alone when no other
 * does. Returns 1 when matched, 2 when its message besides goes on with its next part, 0 when not.
 */
int store_report(struct store *store, const char *modem, int reference, const char *phone,
	enum report_outcome outcome, int64_t sent_ms, int64_t now_ms);

/**
 * What time does by itself: retries that are due are queued, unknowns past their wait are queued
 * once more or (the second time) failed, expired ones dropped. At most `limit` rows. Returns how
 * many rows changed or -errno.
 */
int store_due(struct store *store, int limit, int64_t now_ms);
/** When store_due has something to do next; TIME_NEVER if nothing waits. */
int store_next_due(struct store *store, int64_t *at_ms);
/**
 * The wall clock stepped (a box without a clock battery heard the time): what waits for a retry or
 * for the report of an unknown waits as long as it would have. Times that people mean (shelf lives,
 * not before) stay.
 */
int store_clock_stepped(struct store *store, int64_t step_ms);

/**
 * The copy of this claim (store_claim.segment_id, .attempt) is about to be written to its modem. A
 * note that costs no sync: it outlives the process, not the machine. -ECANCELED: whom it is for has
 * texted STOP since the claim. Any -errno: the copy may not be written.
 */
int store_segment_handing(struct store *store, const char *modem, int64_t segment_id, int attempt);

/** What was `sending` when the last process ended. */
struct store_recovered {
	int64_t unknown; /* may have been handed over: waits for its report */
	int64_t never;   /* was not, as store_segment_handing()'s note says: queued again */
};
/**
 * At start, before the first claim, and outside a transaction. Unknowns wait until wait_until_ms.
 * After a power cut, or when the note is not the last process's, everything is unknown.
 */
int store_recover(
	struct store *store, int64_t wait_until_ms, int64_t now_ms, struct store_recovered *out);

/**
 * This modem is lost, others are there: messages of several parts that it has begun start again
 * with their first part on any modem, because a phone joins only parts of one sender (TS 23.040
 * 9.2.3.24.1). One whose part is on air or unknown is left alone until that is settled, and then
 * begins again elsewhere too. Holds until this modem's next store_claim_next(). Returns how many or
 * -errno.
 */
int64_t store_modem_release(struct store *store, const char *modem, int64_t now_ms);

/** The same for all modems that ever sent and whose name is none of these n. */
int64_t store_orphans_release(struct store *store, const char *const *names, int n, int64_t now_ms);

/** Segments handed to this modem's network since (for caps and status). */
int store_modem_sent_since(
	struct store *store, const char *modem, int64_t since_ms, int64_t *segments);

#endif
