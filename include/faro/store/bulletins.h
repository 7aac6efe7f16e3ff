/* SPDX-License-Identifier: Apache-2.0 */
/* A part of store.h: posts, events and digests. */
#ifndef FARO_STORE_BULLETINS_H
#define FARO_STORE_BULLETINS_H

#include "faro/base.h"
#include "faro/store/alerts.h"

struct store;

/* ---- posts, events, digests ------------------------------------------------------------------ */

enum digest_period { DIGEST_OFF, DIGEST_DAILY, DIGEST_WEEKLY, DIGEST_MONTHLY, DIGEST_PERIODS };

enum bulletin_kind { BULLETIN_POST, BULLETIN_EVENT };
enum bulletin_state {
	BULLETIN_DRAFT, /* waits for its author's code */
	BULLETIN_OUT,
	BULLETIN_CANCELLED
};
/** A dispatcher's post for the next digests, or an event. */
struct bulletin {
	int64_t id;
	enum bulletin_kind kind;
	enum bulletin_state state;
	int64_t author_id;
	int64_t broadcast_id; /* of an event's announcement; 0 = none */
	int64_t made_ms;
	int64_t at_ms;  /* when an event is; 0 of a post */
	int64_t due_ms; /* when something is to be done about it; 0 = nothing */
	char text[ALERT_TEXT_SIZE];
};
/** Makes a draft of kind, author_id, at_ms, due_ms and text; fills in the rest. */
int store_bulletin_new(struct store *store, struct bulletin *bulletin, int64_t now_ms);
int store_bulletin_get(struct store *store, int64_t id, struct bulletin *out);
int store_bulletin_set_text(struct store *store, int64_t id, const char *text);
/** Writes state, broadcast_id and due_ms. */
int store_bulletin_set(struct store *store, const struct bulletin *bulletin);
int store_bulletin_delete(struct store *store, int64_t id);
/** The one that is due first. 1 and the row, or 0. */
int store_bulletin_due(struct store *store, int64_t now_ms, struct bulletin *out);
/** TIME_NEVER if none is. */
int store_bulletin_next_due(struct store *store, int64_t *at_ms);
/**
 * Retention: posts that were in a digest of every period and events that are over, both older than
 * before_ms; first the answers to these, at most limit of them. 1 when there are more, 0, -errno.
 */
int store_bulletin_forget(struct store *store, int64_t before_ms, int limit);

/** The newest post before this id that was in no digest of the period yet. 1 or 0. */
int store_post_next(
	struct store *store, enum digest_period period, int64_t before_id, struct bulletin *out);
/** How many there are. */
int store_post_count(struct store *store, enum digest_period period, int64_t *count);
/** All of them were in one now. */
int store_posts_printed(struct store *store, enum digest_period period);
/** Reports that ended after since_ms, not later than upto_ms. */
struct store_closed {
	int64_t reports, unfounded; /* unfounded: of them */
};
int store_closed_count(
	struct store *store, int64_t since_ms, int64_t upto_ms, struct store_closed *out);

/** The next event that is out and later than now_ms, behind at_ms and id of *event. 1 or 0. */
int store_event_next(struct store *store, int64_t now_ms, struct bulletin *event);
/** How many of these were in no digest of the period yet. */
int store_events_new(
	struct store *store, enum digest_period period, int64_t now_ms, int64_t *count);
int store_events_printed(struct store *store, enum digest_period period, int64_t now_ms);
/** The next event that was ever out, by id, behind *event. 1 or 0. */
int store_event_walk(struct store *store, struct bulletin *event);
/** The event whose announcement this person was sent last; 0 = none. */
int store_event_of(struct store *store, int64_t person_id, int64_t *event_id);
/** Who answered: people who come with how many, and who do not. STOP and REMOVE take it back. */
struct rsvp_counts {
	int64_t yes, people, no;
};
int store_rsvp_set(
	struct store *store, int64_t event_id, int64_t person_id, int people, int64_t now_ms);
int store_rsvp_count(struct store *store, int64_t event_id, struct rsvp_counts *out);

/** STOP and REMOVE set it to DIGEST_OFF. */
int store_reader_set(struct store *store, int64_t person_id, enum digest_period period);
int store_reader_get(struct store *store, int64_t person_id, enum digest_period *period);
/** How many would get a digest now, by language. What visit answers other than 0 ends it. */
int store_readers_count(struct store *store, enum digest_period period,
	int (*visit)(void *ctx, const char *language, int64_t people), void *ctx);

#endif
