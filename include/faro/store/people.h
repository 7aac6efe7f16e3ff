/* SPDX-License-Identifier: Apache-2.0 */
/* A part of store.h: who is on the list, what they do, what is being said with them. */
#ifndef FARO_STORE_PEOPLE_H
#define FARO_STORE_PEOPLE_H

#include "faro/base.h"

struct store;

/* ---- people --------------------------------------------------------------------------------- */

enum role { ROLE_NEIGHBOR, ROLE_MEMBER, ROLE_RESPONDER, ROLE_DISPATCHER, ROLE_ADMIN, ROLES };
/** "neighbor" ... "admin". store_role_parse returns -EINVAL for anything else. */
const char *store_role_name(enum role role);
int store_role_parse(const char *name, enum role *role);

enum person_state {
	PERSON_KNOWN,     /* has texted; not on the list */
	PERSON_APPLICANT, /* asked to join, waits for an admin */
	PERSON_ACTIVE,    /* on the list */
	PERSON_LEFT,      /* left by STOP; the number is suppressed */
	PERSON_REMOVED,   /* taken off by an admin */
	PERSON_SUSPENDED, /* their number failed for good too often */
	PERSON_STATES
};
const char *store_person_state_name(enum person_state state);

#define PERSON_NAME_SIZE 64
#define LANGUAGE_SIZE    12
#define ZONES_MAX        62
/** Everybody: a zone mask of all bits. A person with mask 0 has named no zone. */
#define ZONES_ALL UINT64_MAX

struct person {
	int64_t id; /* > 0 */
	char phone[PHONE_SIZE];
	char name[PERSON_NAME_SIZE];
	char language[LANGUAGE_SIZE]; /* "" = has not said */
	enum role role;
	enum person_state state;
	bool configured;        /* named in the configuration: role is the configuration's */
	bool blocked;           /* BLOCK: texts are kept, nothing is answered or shown */
	bool suppressed;        /* STOP holds: nothing may be sent but the one confirmation */
	uint64_t zones;         /* bits as store_zone_bit() gives them */
	int64_t duty_until_ms;  /* on shift until; 0 = off */
	int64_t muted_until_ms; /* no automatic answers until; 0 = none */
	int64_t joined_ms; /* when they came onto the list; 0 = never, or an admin took them off */
	int64_t last_text_ms;
};

/**
 * Gives the zone's bit number, 0..ZONES_MAX-1, for ever the same for the same id. -ENOSPC beyond.
 */
int store_zone_bit(struct store *store, const char *zone_id);

/**
 * Finds a person by number (by keyed hash) or by row. -ENOENT; -EBADMSG when the number in the row
 * cannot be opened.
 */
int store_person_find(struct store *store, const char *phone, struct person *out);
int store_person_get(struct store *store, int64_t person_id, struct person *out);

/**
 * Finds or makes the row of a number that texted or was named. New rows are neighbors,
 * PERSON_KNOWN.
 */
int store_person_meet(struct store *store, const char *phone, int64_t now_ms, struct person *out);

/**
 * Makes active (or applicant, when `applicant`) and keeps how and with which wording; lifts a
 * suppression.
 */
int store_person_join(struct store *store, int64_t person_id, uint64_t zones, bool applicant,
	const char *how, const char *wording, int64_t now_ms);

/**
 * STOP. In this transaction: PERSON_LEFT, role neighbor unless configured, suppressed, duty off,
 * dialogue cleared, a story that waits for a yes forgotten, pending alerts of theirs cancelled and
 * drafts of posts and events deleted, a yes to an alert that runs taken back as by a NO, every
 * message for this person that has not left the box is dropped. `dropped` may be NULL.
 */
int store_person_leave(struct store *store, int64_t person_id, int64_t now_ms, int64_t *dropped);

/**
 * REMOVE by an admin: as leave, PERSON_REMOVED, not suppressed.
 */
int store_person_remove(struct store *store, int64_t person_id, int64_t now_ms);

/** Who is no dispatcher any more loses their pending alerts and drafts, as by leave. */
int store_person_set_role(struct store *store, int64_t person_id, enum role role, int64_t now_ms);
int store_person_set_language(struct store *store, int64_t person_id, const char *language);
int store_person_set_name(struct store *store, int64_t person_id, const char *name);
int store_person_set_zones(struct store *store, int64_t person_id, uint64_t zones);
int store_person_set_duty(struct store *store, int64_t person_id, int64_t until_ms);
int store_person_set_muted(struct store *store, int64_t person_id, int64_t until_ms);
/** Blocked: messages that have not left are dropped too, and a yes is taken back, as by leave. */
int store_person_set_blocked(struct store *store, int64_t person_id, bool blocked, int64_t now_ms);

#define STORE_FAILED_ALERTS 3
/**
 * The network said of the newest alert's copy that this number cannot be texted at all. In the
 * third alert after one another, with nothing delivered and nothing heard from it in between, the
 * person is suspended (PERSON_SUSPENDED): nothing queued leaves, no alert goes there. 1 suspended
 * now, 0 not.
 */
int store_person_failed(struct store *store, const char *phone, int64_t now_ms);
/** Suspended -> active: the number lives. */
int store_person_restore(struct store *store, int64_t person_id);
/** Somebody suspended of whom the admins have not been told. 1 and the row, or 0. */
int store_suspended_next(struct store *store, int64_t *person_id);
/** How many they are. */
int store_suspended_untold(struct store *store, int64_t *people);
/** The admins know of all of them. */
int store_suspended_told(struct store *store);

/**
 * True when the number asked not to be texted; also for numbers without a row (they survive a purge
 * as hashes).
 */
int store_suppressed(struct store *store, const char *phone, bool *suppressed);

/**
 * The configuration's people, at start and at reload: begin, one call each, end. At the end those
 * who were configured before and are not any more fall back to member. A suppressed configured
 * number keeps its role and stays suppressed.
 */
int store_people_configure_begin(struct store *store);
int store_people_configure(struct store *store, const char *phone, const char *name, enum role role,
	const char *language, uint64_t zones, int64_t now_ms);
int store_people_configure_end(struct store *store);

/** Whom a walk visits. Zero-initialised = everybody with a row. */
struct person_filter {
	enum role role_min;
	bool active_only; /* PERSON_ACTIVE, not blocked, not suppressed */
	bool state_set;
	enum person_state state; /* when state_set */
	uint64_t zones;          /* 0 = any; else those who share a bit or named none */
	int64_t on_duty_at_ms;   /* 0 = any; else on shift at that time */
	int64_t after_id;        /* only rows with a greater id */
};
/**
 * Calls visit for each, by id. visit may change rows (also this one) and queue messages; a result
 * other than 0 ends the walk and is returned.
 */
int store_person_walk(struct store *store, const struct person_filter *filter,
	int (*visit)(void *ctx, const struct person *person), void *ctx);
int store_person_count(struct store *store, const struct person_filter *filter, int64_t *count);

/* ---- shifts --------------------------------------------------------------------------------- */

enum shift_told { SHIFT_UNTOLD, SHIFT_REMINDED, SHIFT_OVER };
struct shift {
	int64_t id, person_id, from_ms, until_ms;
	enum shift_told told;
};
/**
 * This person is on duty until then: the shift that runs is longer or shorter, else a new one
 * begins. until_ms <= now_ms: it ends. -errno.
 */
int store_shift_set(struct store *store, int64_t person_id, int64_t until_ms, int64_t now_ms);
int store_shift_tell(struct store *store, int64_t id, enum shift_told told);
/** Those that are not over, by id. visit may change them; its result ends the walk if not 0. */
int store_shift_walk(
	struct store *store, int (*visit)(void *ctx, const struct shift *shift), void *ctx);
/** All that ended later than since_ms, by id; those that ended before are deleted. */
int store_shift_since(struct store *store, int64_t since_ms,
	int (*visit)(void *ctx, const struct shift *shift), void *ctx);

/* ---- dialogue: the one question that is open with a person ----------------------------------- */

#define DIALOGUE_DATA_SIZE 192
struct dialogue {
	int kind;                      /* the desk's; 0 = none */
	char data[DIALOGUE_DATA_SIZE]; /* sealed in the file */
	int64_t expires_ms;
};
int store_dialogue_set(struct store *store, int64_t person_id, const struct dialogue *dialogue);
/** kind 0 when none is open or it has expired at now_ms. */
int store_dialogue_get(
	struct store *store, int64_t person_id, int64_t now_ms, struct dialogue *out);
int store_dialogue_clear(struct store *store, int64_t person_id);

/* ---- talk ------------------------------------------------------------------------------------ */

/**
 * What was lately said to somebody by the box itself, and told dispatchers of theirs; person 0: all
 * strangers together. The window of it is the caller's.
 */
struct talk {
	int64_t person_id;
	int64_t since_ms; /* since when the following are counted; 0 = never */
	int said;         /* answers that a machine could answer again */
	int helps;        /* answers to HELP */
	int told;         /* texts that dispatchers were told one by one */
	int hurried;      /* of these: before alerts went on */
};
/** All zero when nothing is known. */
int store_talk_get(struct store *store, int64_t person_id, struct talk *out);
int store_talk_set(struct store *store, const struct talk *talk);
/** Forgets what was counted since earlier than that. */
int store_talk_forget(struct store *store, int64_t before_ms);

/* ---- vouching -------------------------------------------------------------------------------- */

#define STORE_VOUCH_SIZE 9
/**
 * Draws a one-time word of eight small letters that this person passes on; it works until
 * expires_ms. Only its keyed hash is kept.
 */
int store_vouch_new(struct store *store, int64_t voucher_id, int64_t expires_ms, int64_t now_ms,
	char word[STORE_VOUCH_SIZE]);
/** How many this person was given after since_ms. */
int store_vouch_count(struct store *store, int64_t voucher_id, int64_t since_ms, int64_t *count);
/** Whose word this is, if it still works; else 0. */
int store_vouch_find(struct store *store, const char *word, int64_t now_ms, int64_t *voucher_id);
/** It let this person in and works no more. -ENOENT when it does not work. */
int store_vouch_use(struct store *store, const char *word, int64_t guest_id, int64_t now_ms);

/* ---- stories --------------------------------------------------------------------------------- */

/** What somebody told; it waits for their yes. */
struct store_story {
	int64_t person_id;
	const char *language; /* in which it was told, as far as is known */
	const char *text;     /* less than STORE_TEXT_SIZE; kept sealed */
	int64_t expires_ms;   /* without a yes it goes then, with all its pieces */
};
/**
 * While one of theirs waits for its yes, it goes on with this piece; else a story begins. -E2BIG.
 */
int store_story_add(struct store *store, const struct store_story *story, int64_t now_ms);
/** Their yes, and what it was said to: what waits is kept until they take it back. 1, 0 none. */
int store_story_keep(struct store *store, int64_t person_id, const char *wording, int64_t now_ms);
/** Their no: what waits goes. Returns how many stories (0 or 1) or -errno. */
int store_story_drop(struct store *store, int64_t person_id);
/** All of theirs goes, kept or waiting. Returns how many had been kept or -errno. */
int store_story_delete(struct store *store, int64_t person_id);
/** How many of theirs are kept. */
int store_story_count(struct store *store, int64_t person_id, int64_t *kept);
/** What nobody has said yes to in time goes. */
int store_story_forget(struct store *store, int64_t now_ms);
/** When that is next; TIME_NEVER if nothing waits. */
int store_story_next_end(struct store *store, int64_t *at_ms);
/** A kept piece of a story. Nothing here says who told it. */
struct store_story_piece {
	int64_t story, id; /* of the whole, of the piece; only to go on with */
	int64_t told_ms, kept_ms;
	char language[LANGUAGE_SIZE];
	const char *text; /* opened; valid until the store's next call. "" when it does not open */
};
/** The next piece behind this one, those of one story together; all zero: the first. 1 or 0. */
int store_story_next(struct store *store, struct store_story_piece *piece);
/** The words of a text in the inbox go: they are kept elsewhere, or nowhere. */
int store_text_empty(struct store *store, int64_t text_id);

#endif
