/* SPDX-License-Identifier: Apache-2.0 */
/* A part of store.h: what was reported, and what is to be done about it. */
#ifndef FARO_STORE_INCIDENTS_H
#define FARO_STORE_INCIDENTS_H

#include "faro/base.h"

struct store;

/* ---- incidents ------------------------------------------------------------------------------ */

enum incident_kind { INCIDENT_REPORT, INCIDENT_MESSAGE };
enum incident_state {
	INCIDENT_OPEN,
	INCIDENT_TAKEN,
	INCIDENT_VERIFYING,
	INCIDENT_CONFIRMED,
	INCIDENT_ALERTED,
	INCIDENT_CLOSED,
	INCIDENT_UNFOUNDED,
	INCIDENT_CANCELLED,
	INCIDENT_STATES
};
const char *store_incident_state_name(enum incident_state state);

struct incident {
	int64_t id; /* the #n of every text */
	enum incident_kind kind;
	enum incident_state state;
	int64_t reporter_id; /* 0 = the box itself or a dispatcher's alert without a report */
	int64_t taken_by_id; /* 0 = nobody */
	int64_t opened_ms, changed_ms;
};
int store_incident_open(struct store *store, enum incident_kind kind, int64_t reporter_id,
	int64_t now_ms, int64_t *id);
int store_incident_get(struct store *store, int64_t id, struct incident *out);
/**
 * The newest incident of this reporter that is not closed, unfounded or cancelled, and changed
 * since. -ENOENT.
 */
int store_incident_of(
	struct store *store, int64_t reporter_id, int64_t since_ms, struct incident *out);
/** The same, and it may have ended. */
int store_incident_last_of(
	struct store *store, int64_t reporter_id, int64_t since_ms, struct incident *out);
/** The next incident behind after_id that was joined to this one (struct work); 0 = no more. */
int store_incident_joined(struct store *store, int64_t id, int64_t after_id, int64_t *joined_id);
/** Moves it on and writes the audit line (who 0 = the box). */
int store_incident_set(
	struct store *store, int64_t id, enum incident_state state, int64_t who_id, int64_t now_ms);
int store_incident_take(struct store *store, int64_t id, int64_t who_id, int64_t now_ms);
/**
 * Whoever took it has left: it is open again, if that was all that was done about it. 0 or -errno.
 */
int store_incident_release(struct store *store, int64_t id, int64_t who_id, int64_t now_ms);
/**
 * Adds to the trail: what is a short plain word ("reported", "relayed"), text (may be NULL) is
 * sealed.
 */
int store_incident_note(struct store *store, int64_t id, int64_t who_id, const char *what,
	const char *text, int64_t now_ms);
struct incident_note {
	int64_t id, at_ms, who_id;
	char what[24];
	const char *text; /* opened; valid during the visit */
};
int store_incident_notes(struct store *store, int64_t id,
	int (*visit)(void *ctx, const struct incident_note *note), void *ctx);
/** The same, only those with a greater id. */
int store_incident_notes_behind(struct store *store, int64_t id, int64_t after_id,
	int (*visit)(void *ctx, const struct incident_note *note), void *ctx);
/** Those behind after_id (0: all), by id. A result other than 0 ends the walk and is returned. */
int store_incident_walk(struct store *store, bool open_only, int64_t after_id,
	int (*visit)(void *ctx, const struct incident *incident), void *ctx);

/** What is still to be done about an incident. Times are 0 when there is nothing. */
struct work {
	int64_t incident_id;
	uint64_t zones; /* where it is, as far as is known; 0 = it is not */
	bool confirmed;
	int64_t same_as;     /* the incident that is about the same thing; 0 = none */
	int level;           /* the desk's: who has been told that nobody took it */
	int64_t escalate_ms; /* when the next are told of it */
	int64_t verify_ms;   /* when the next are asked to look */
	int64_t form_ms;     /* when what its reporter answered is passed on */
};
/** All zero (but incident_id) when nothing was ever written. */
int store_work_get(struct store *store, int64_t incident_id, struct work *out);
int store_work_set(struct store *store, const struct work *work);
/** The one whose earliest time is due first. 1 and the row, or 0. */
int store_work_due(struct store *store, int64_t now_ms, struct work *out);
/** TIME_NEVER if nothing is to be done. */
int store_work_next_due(struct store *store, int64_t *at_ms);
/** Incidents that nobody has taken and whose level is at least this. */
int store_work_waiting(struct store *store, int level, int64_t *count);

enum asked_state {
	ASKED_NOT,
	ASKED_TOLD,    /* a dispatcher was told of it */
	ASKED_LOOK,    /* was asked to go and look */
	ASKED_GOES,    /* went to look */
	ASKED_SEEN,    /* it is so */
	ASKED_NOTHING, /* there is nothing */
	ASKED_OVER,    /* was told that it is not needed any more */
};
int store_asked_set(
	struct store *store, int64_t incident_id, int64_t person_id, enum asked_state state);
/** ASKED_NOT when there is no row. */
int store_asked_get(
	struct store *store, int64_t incident_id, int64_t person_id, enum asked_state *state);
/** The newest open incident that this person was asked to look at, or looks at; 0 = none. */
int store_asked_of(struct store *store, int64_t person_id, int64_t *incident_id);
/** By person. visit may change rows; a result other than 0 ends the walk and is returned. */
int store_asked_walk(struct store *store, int64_t incident_id,
	int (*visit)(void *ctx, int64_t person_id, enum asked_state state), void *ctx);

#endif
