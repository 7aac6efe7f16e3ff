/* SPDX-License-Identifier: Apache-2.0 */
/* A part of store.h: alerts, their answers, and what a report tells of them. */
#ifndef FARO_STORE_ALERTS_H
#define FARO_STORE_ALERTS_H

#include "faro/base.h"
#include "faro/store/messages.h"

struct store;

/* ---- alerts --------------------------------------------------------------------------------- */

enum alert_state {
	ALERT_PENDING,
	ALERT_RUNNING,
	ALERT_CLEARED,
	ALERT_CANCELLED,
	ALERT_EXPIRED,
	ALERT_SCHEDULED, /* confirmed, and waits for its time */
	ALERT_STATES
};
const char *store_alert_state_name(enum alert_state state);

#define ALERT_TEXT_SIZE 2048
struct alert {
	int64_t id, incident_id, author_id; /* author 0 = faroctl */
	enum alert_state state;
	uint64_t zones;
	bool wide;
	bool info; /* to be known: nobody is asked to come, so no answer is about it */
	int need;  /* people needed; 0 = not said */
	int wrong_codes;
	int64_t broadcast_id; /* 0 while pending */
	int64_t created_ms, code_expires_ms, started_ms, expires_ms, ended_ms;
	int64_t promised_s; /* what the promise said; 0 = none */
	/* and to how many people, in how many segments together */
	int64_t promised_people, promised_segments;
	int64_t first_yes_ms; /* 0 = nobody has said it */
	int64_t summary_ms;   /* when the dispatcher was last told the count; 0 = never */
	bool held;            /* copies are held: enough said yes */
	/* when it goes out, as clock and calendar show it (202612241800); 0 = at once */
	int64_t planned;
	char text[ALERT_TEXT_SIZE];
};
#define ALERT_CODE_SIZE 8
/**
 * Makes a pending alert and its one-time code of 4 random digits (libsodium), different from every
 * other pending code. Fills id in alert. The code is kept only as a keyed hash. author's earlier
 * pending alert is cancelled, but not one of nobody (0: it is of faroctl).
 */
int store_alert_new(
	struct store *store, struct alert *alert, int64_t now_ms, char code[ALERT_CODE_SIZE]);
/** A one-time code for something else, different from every pending alert's. 0 or -errno. */
int store_code_draw(struct store *store, char code[ALERT_CODE_SIZE]);
int store_alert_get(struct store *store, int64_t alert_id, struct alert *out);
/** The pending alert this code belongs to (not expired). 1 and the alert, or 0. */
int store_alert_by_code(struct store *store, const char *code, int64_t now_ms, struct alert *out);
/** The newest pending alert (of this author; 0 = of anybody). 1 or 0. */
int store_alert_pending(struct store *store, int64_t author_id, int64_t now_ms, struct alert *out);
/**
 * Counts a wrong code against every pending alert of the author; the third cancels. Returns how
 * many tries are left.
 */
int store_alert_wrong_code(struct store *store, int64_t author_id, int64_t now_ms);
/** The wrong codes that were counted against this author's alerts made since then. */
int store_alert_wrong_since(
	struct store *store, int64_t author_id, int64_t since_ms, int64_t *wrong);
/** Pending -> running with its broadcast. -EALREADY when it is not pending any more. */
int store_alert_start(struct store *store, int64_t alert_id, int64_t broadcast_id,
	int64_t expires_ms, int64_t now_ms);
/** Running or pending -> cleared, cancelled or expired. -EALREADY when it has ended. */
int store_alert_end(struct store *store, int64_t alert_id, enum alert_state state, int64_t now_ms);
/** Pending no more: it waits for its time. -EALREADY, -ENOENT. */
int store_alert_schedule(struct store *store, int64_t alert_id);
/** How many people are needed from now on. */
int store_alert_set_need(struct store *store, int64_t alert_id, int need);
/**
 * Another text for an alert that is pending, and another code: the one before sends nothing any
 * more. 0, -EALREADY when it is not pending any more, -errno.
 */
int store_alert_set_text(
	struct store *store, int64_t alert_id, const char *text, char code[ALERT_CODE_SIZE]);
int store_alert_set_held(struct store *store, int64_t alert_id, bool held);
int store_alert_set_summary(struct store *store, int64_t alert_id, int64_t now_ms);
/**
 * The alert of an incident: the one that is running, else the newest that was sent or waits, else
 * the newest. 1 or 0.
 */
int store_alert_of_incident(struct store *store, int64_t incident_id, struct alert *out);
/**
 * The newest alert that asked this person (its copy left the box, or may have), started since; one
 * that runs before one that is over. 1 or 0.
 */
int store_alert_for_person(
	struct store *store, int64_t person_id, int64_t since_ms, struct alert *out);
int store_alert_walk(struct store *store, enum alert_state state,
	int (*visit)(void *ctx, const struct alert *alert), void *ctx);
/** The earliest code or shelf life that ends; TIME_NEVER if none. */
int store_alert_next_end(struct store *store, int64_t *at_ms);

enum answer { ANSWER_NONE, ANSWER_YES, ANSWER_NO, ANSWER_HERE, ANSWER_DONE };
struct answer_counts {
	int64_t yes, no, here, done; /* people, by their last answer */
	/* minutes from now of the soonest still on the way; -1 = none said */
	int64_t eta_min_soonest;
	int64_t last_ms; /* of the newest answer; 0 = none */
};
/**
 * Sets a person's answer; eta_ms is when they said they arrive (0 = not said). How many alerts
 * somebody came to is kept with their row (YES, HERE, DONE; a NO takes it back): within a rank
 * those who came most are sent the next alert first.
 */
int store_answer_set(struct store *store, int64_t alert_id, int64_t person_id, enum answer answer,
	int64_t eta_ms, int64_t now_ms);
int store_answer_counts(
	struct store *store, int64_t alert_id, int64_t now_ms, struct answer_counts *out);

/** When the silent responders of an alert are looked at, and how far that went. */
struct reminder {
	int64_t alert_id;
	int64_t broadcast_id; /* of the reminders; 0 = none yet */
	int64_t after_id;     /* the responder who was looked at last; 0 = none in this round */
	int64_t due_ms;       /* 0 = not any more */
	int64_t expires_ms;   /* of the copies that store_remind() makes; not kept */
};
int store_reminder_set(struct store *store, const struct reminder *reminder);
/** 1 and the row, or 0. */
int store_reminder_get(struct store *store, int64_t alert_id, struct reminder *out);
/** The one that is due first. 1 and the row, or 0. */
int store_reminder_due(struct store *store, int64_t now_ms, struct reminder *out);
/** TIME_NEVER if none is. */
int store_reminder_next_due(struct store *store, int64_t *at_ms);
/**
 * Looks at the next `limit` responders and queues a reminder for each whose copy of the alert was
 * accepted before before_ms and delivered, who gave no answer and was not reminded. Moves after_id.
 * 1 when there are more to look at, 0 when the round is over. An answer drops the reminder that has
 * not left.
 */
int store_remind(struct store *store, struct reminder *reminder, int64_t before_ms, int limit,
	int64_t now_ms);

/* ---- after: what a report tells ------------------------------------------------------------- */

/** The next alert of this incident behind after_id (0: the first). 1 and the alert, or 0. */
int store_alert_behind(
	struct store *store, int64_t incident_id, int64_t after_id, struct alert *out);

/** Copies of one broadcast to which the same has happened in the same minutes. */
struct store_copies {
	enum message_state state;
	char language[LANGUAGE_SIZE]; /* of the copy */
	uint64_t zones;               /* of the person, as they are now */
	char modem[32];               /* that tried last; "" = none did */
	/* of failed ones, as in struct modem_result; 0 = none; STORE_GIVEN_UP */
	int error;
	/* the minutes (wall_ms / MS_PER_MIN) of the last acceptance and of its report; 0 = none */
	int64_t sent_min, arrived_min;
	bool reported;        /* a status report settled it */
	int64_t people;       /* how many copies; older than is kept: no minutes, zones of then */
	int64_t accepted;     /* of them: of which the network took at least one segment */
	int64_t segments;     /* that the network took, repeats included */
	int64_t last_sent_ms; /* when it took the last one; 0 = none */
};
/**
 * Visits what became of the next `limit` copies of a broadcast, in groups. *after_id is 0 at first
 * and is moved on. visit may not change rows; a result other than 0 ends the walk and is returned.
 * Returns 1 when there are more, 0 when these were the last.
 */
int store_copies_walk(struct store *store, int64_t broadcast_id, int64_t *after_id, int limit,
	int (*visit)(void *ctx, const struct store_copies *copies), void *ctx);

/** One person's answer to an alert; of answers older than is kept: the same one of several. */
struct store_answer {
	enum answer answer;           /* the last one */
	int64_t people;               /* how many gave it */
	int64_t first_ms;             /* of the first one; 0 = not known any more */
	uint64_t zones;               /* of the person, as they are now */
	char language[LANGUAGE_SIZE]; /* "" = has not said */
};
/** As store_copies_walk, for the answers to an alert; *after_id is a person's. */
int store_answers_walk(struct store *store, int64_t alert_id, int64_t *after_id, int limit,
	int (*visit)(void *ctx, const struct store_answer *answer), void *ctx);

#endif
