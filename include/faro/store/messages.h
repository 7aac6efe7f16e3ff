/* SPDX-License-Identifier: Apache-2.0 */
/* A part of store.h: texts that go out, to one or to many. */
#ifndef FARO_STORE_MESSAGES_H
#define FARO_STORE_MESSAGES_H

#include "faro/base.h"
#include "faro/store/people.h"

struct store;

/* ---- bodies and messages -------------------------------------------------------------------- */

/** Who goes first. Smaller is earlier. (interfaces.md and the courier's order) */
enum message_class {
	CLASS_STOP,     /* confirmation of a STOP */
	CLASS_DISPATCH, /* codes and dispatcher traffic */
	CLASS_ALERT,
	CLASS_RELAY,
	CLASS_REPLY,
	CLASS_REST, /* bulk: what waits in quiet hours */
	MESSAGE_CLASSES
};

enum message_state {
	MESSAGE_QUEUED,    /* waits for its turn or for its retry */
	MESSAGE_SENDING,   /* at least one segment was claimed; not all are accepted */
	MESSAGE_SENT,      /* the network accepted every segment */
	MESSAGE_DELIVERED, /* every segment was reported delivered */
	MESSAGE_FAILED,
	MESSAGE_UNKNOWN, /* a segment was handed over and no answer came; waits for the report */
	MESSAGE_HELD,    /* enough people said yes */
	MESSAGE_DROPPED, /* STOP, cancel, or its shelf life ended before it left */
	MESSAGE_STATES
};
const char *store_message_state_name(enum message_state state);

#define BODY_PARTS_MAX 255
#define BODY_PART_SIZE 160 /* an encoded segment as speech made it and the courier reads it */
/** A text encoded once, for any number of recipients. */
struct store_body {
	const char *text; /* kept sealed, for the reports */
	const char *language;
	int parts; /* 1..BODY_PARTS_MAX */
	/** Gives part 0..parts-1; called during store_body_add only. Returns its size or -errno. */
	int (*part)(void *ctx, int index, uint8_t out[BODY_PART_SIZE]);
	void *ctx;
};
int store_body_add(struct store *store, const struct store_body *body, int64_t *body_id);

struct store_message {
	int64_t person_id, body_id;
	enum message_class class;
	int rank;                /* within the class: smaller first */
	int64_t due_ms;          /* not before; 0 = now */
	int64_t expires_ms;      /* shelf life: dropped if not sent by then; TIME_NEVER = none */
	int64_t broadcast_id;    /* 0 = none */
	int64_t incident_id;     /* 0 = none */
	int64_t answers_text_id; /* the text that caused it; 0 = none */
};
/**
 * Queues one message. -EPERM when the person is blocked or suppressed and class is not CLASS_STOP
 * (nothing is queued then). message_id may be NULL.
 */
int store_message_add(struct store *store, const struct store_message *message, int64_t now_ms,
	int64_t *message_id);

/* ---- broadcasts: alerts and what follows them ----------------------------------------------- */

enum broadcast_kind {
	BROADCAST_ALERT,
	BROADCAST_UPDATE,
	BROADCAST_CLEAR,
	BROADCAST_CANCEL,
	BROADCAST_OTHER,
	BROADCAST_OVER,     /* the shelf life is over: to those of them who said YES or HERE last */
	BROADCAST_REMINDER, /* queued by store_remind() */
	BROADCAST_DIGEST,   /* to the readers of a period */
	BROADCAST_EVENT,    /* to all of the list */
	BROADCAST_GUESTS,   /* to those who come to an event */
	/* to those whose copy of an announcement left the box */
	BROADCAST_CALLED_OFF,
	BROADCAST_KINDS
};

/**
 * Ranks within an alert (domain.md: the queue is ordered by who matters first); within a rank those
 * first who came to most alerts.
 */
enum alert_rank { RANK_DUTY, RANK_RESPONDER, RANK_ZONE, RANK_OTHER, ALERT_RANKS };

struct store_broadcast {
	enum broadcast_kind kind;
	int64_t alert_id; /* the alert it belongs to */
	/*
	 * BROADCAST_ALERT: whose zones come first; members of other zones come last only when
	 * `wide`
	 */
	uint64_t zones;
	bool wide; /* also those of other zones */
	/*
	 * BROADCAST_DIGEST: enum digest_period; EVENT, GUESTS: the bulletin; CALLED_OFF: the
	 * broadcast that announced it
	 */
	int64_t audience;
	int64_t expires_ms;
	/*
	 * Audience of UPDATE, CLEAR, CANCEL: everyone whose copy of the alert left the box
	 * (sending, sent, delivered, unknown).
	 */
};
/** Makes the row, not yet expanded. Bodies are added next, then it is expanded in slices. */
int store_broadcast_new(
	struct store *store, const struct store_broadcast *broadcast, int64_t now_ms, int64_t *id);
/** The body for a language; "" is for those whose language has none. */
int store_broadcast_body(
	struct store *store, int64_t broadcast_id, const char *language, int64_t body_id);
/**
 * Queues the next slice of messages of the oldest broadcast that is not fully expanded: those on
 * duty first, then responders, then the rest; in each, who answered most alerts before. Looks at
 * most at `limit` rows of people, so that a slice's time is bounded; durable progress. Returns 1
 * when more is left to do, 0 when nothing is. Restart continues where it was.
 */
int store_broadcast_expand(struct store *store, int limit, int64_t now_ms);

struct store_audience {
	int64_t people[ALERT_RANKS]; /* by rank */
	int64_t total;
};
/**
 * Counts who an alert for these zones would reach now (the promise). Bodies per language:
 * store_audience_languages.
 */
int store_audience_count(
	struct store *store, uint64_t zones, bool wide, int64_t now_ms, struct store_audience *out);
int store_audience_languages(struct store *store, uint64_t zones, bool wide,
	int (*visit)(void *ctx, const char *language, int64_t people), void *ctx);

/**
 * Both at once, at the same small cost for any list; visit (may be NULL) for each language, and
 * what it answers other than 0 ends it.
 */
int store_audience_measure(struct store *store, uint64_t zones, bool wide, int64_t now_ms,
	struct store_audience *out, int (*visit)(void *ctx, const char *language, int64_t people),
	void *ctx);

/**
 * Copies not yet sent: drop (cancel, clear, update), hold (enough said yes), release. Each returns
 * the count or -errno, and takes effect before the next claim at the same small cost for any list:
 * a gate is shut. The rows of a long dropped queue follow in slices of store_due(). A message of
 * several parts that has begun is finished.
 */
int64_t store_broadcast_drop(struct store *store, int64_t broadcast_id, int64_t now_ms);
/**
 * The same of every UPDATE of an alert, whose own broadcast this is: what it says is stale when the
 * alert is over, and must not come behind that.
 */
int64_t store_updates_drop(
	struct store *store, int64_t alert_id, int64_t broadcast_id, int64_t now_ms);
int64_t store_broadcast_hold(struct store *store, int64_t broadcast_id, int64_t now_ms);
int64_t store_broadcast_release(struct store *store, int64_t broadcast_id, int64_t now_ms);
/**
 * What was dropped before anything of it left is queued anew, with the bodies that the broadcast
 * has now (store_broadcast_body), and grows on for those who had no copy yet. Nobody whose copy
 * left gets another one. Returns how many copies are queued anew; 0 also when it was not dropped;
 * -ENOENT, -errno.
 */
int64_t store_broadcast_again(struct store *store, int64_t broadcast_id, int64_t now_ms);

/** In the place of an error's code: an unknown was given up, the network reported no failure. */
#define STORE_GIVEN_UP (-2)

struct store_tally {
	int64_t messages[MESSAGE_STATES];
	int64_t segments_sent;               /* accepted by the network, repeats included */
	int64_t resent;                      /* segments sent again after an unknown */
	int64_t first_sent_ms, last_sent_ms; /* 0 = none */
	/*
	 * Of the failed ones those of which nobody can know: no answer and no report came, and no
	 * (further) try was allowed.
	 */
	int64_t given_up;
};
/** Of one broadcast, or of everything when broadcast_id is 0. */
int store_tally(struct store *store, int64_t broadcast_id, struct store_tally *out);
/**
 * Counts at most `limit` copies of a broadcast whose tally is not in memory, as that of an alert of
 * long ago: 1 = there are more, call again; 0 = store_tally() answers at once. A copy that changes
 * meanwhile makes it begin anew.
 */
int store_tally_slice(struct store *store, int64_t broadcast_id, int limit);

#endif
