/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: the box's memory, one SQLite file. One function per thing that happens; each is one
 * transaction by itself, or a part of the one the caller opened with store_begin(). Lists are
 * walked with statements, never loaded. Numbers, names and texts are sealed in the file
 * (XChaCha20-Poly1305, key file mode 0600); a number is looked up by its keyed hash. Nothing here
 * knows AT, a PDU or a word of any language.
 *
 * Every time is wall_ms and comes in as an argument. Every function returns 0 (or what it says) or
 * -errno: -ENOENT no such row, -ENOSPC disk full, -EIO disk or database error (logged once per
 * spell, with SQLite's words), -EROFS read-only disk, -ESTALE the file is gone. After an error
 * inside an open transaction the caller calls store_rollback().
 *
 *   text in:    fragment ... fragment -> text waiting -> text handled
 *   message:    queued -> sending -> sent -> delivered | failed;
 *               sending -> unknown -> sent | queued (once) | failed;
 *               queued -> held -> queued | dropped;  queued -> dropped
 */
#ifndef FARO_STORE_H
#define FARO_STORE_H

#include <sys/types.h>

#include "faro/base.h"

struct store;

/* ---- life ----------------------------------------------------------------------------------- */

struct store_config {
	const char *data_dir; /* made with mode 0700 when missing; the file is data_dir/faro.db */
	const char *key_file; /* "" = data_dir/key; made at first start, mode 0600 */
};

/** What opening found, for the log and the fault light. */
struct store_health {
	bool created; /* the file is new */
	/* the file was damaged: it was set aside and its readable rows were copied */
	bool salvaged;
	char set_aside[256]; /* where the damaged file lies now, "" if none */
	/* rows_lost is what could be seen to be missing; -1 = not known */
	int64_t rows_salvaged, rows_lost;
	int migrated_from; /* user_version before the migration, -1 when none was needed */
};

/**
 * Opens the database: lock, key, integrity check, migrations. Nothing is ever replaced silently:
 * -EBUSY another farod has this directory, -EKEYREJECTED the key file does not fit the database or
 * is not 32 bytes of mode 0600, -ENOKEY it is missing, -EMEDIUMTYPE somebody else's database,
 * -EPROTO one of a newer Faro. A damaged file is set aside as faro.db.damaged-<time> and its
 * readable rows are kept. health may be NULL. `why` (size bytes) gets one line for the admin on
 * error.
 */
int store_open(const struct store_config *config, struct store **out, struct store_health *health,
	char *why, size_t size);
/** Checkpoints and closes. */
void store_close(struct store *store);

/** One transaction around several things that happen together. They do not nest. */
int store_begin(struct store *store);
/**
 * Durable when it returns 0 (WAL, synchronous=FULL). A transaction that wrote nothing costs no
 * sync.
 */
int store_commit(struct store *store);
void store_rollback(struct store *store);
bool store_in_transaction(const struct store *store);

/**
 * Whether the store can still do its work. While all is well that costs no write: the lock is taken
 * and a row is read. After a failed commit a small one is tried. 0, or -errno of what fails:
 * -ESTALE when the file was deleted, moved or replaced since it was opened; then every commit fails
 * so until the very same file is back, and another one is never taken for it.
 */
int store_alive(struct store *store);

/** A consistent copy of the whole database file (still sealed) at path, which must not exist. */
int store_backup(struct store *store, const char *path);

/**
 * The same in slices of a few ms, into a file beside the database, to be read in pieces. Only one
 * at a time: beginning ends the one before. -EBUSY in a transaction.
 */
int store_copy_begin(struct store *store);
/** 1 when there is more to copy, 0 when it is whole, -ENOENT when none was begun. */
int store_copy_step(struct store *store);
/** Bytes of the whole copy from `at` on; 0 at its end. */
ssize_t store_copy_read(struct store *store, int64_t at, void *out, size_t size);
/** Removes it. Nothing when there is none. */
void store_copy_end(struct store *store);

/**
 * Takes in a copy in pieces, in order (at 0 begins anew; -EINVAL when one is missing), and then has
 * it take the file's place at the next store_open(): checked like any file, its key must be ours.
 * What waited in it - queued messages, running alerts, texts not handled, deadlines - is marked and
 * never sent again, because the box it was taken from did that; and who has texted STOP since, by
 * the file that is in use, has texted STOP. That file is set aside as faro.db.before-<time>. On
 * error nothing has changed and `why` says what is wrong with the copy.
 */
int store_restore_put(struct store *store, int64_t at, const void *data, size_t size);
int store_restore(struct store *store, char *why, size_t size);

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

/* ---- the box's clock (base.h, struct clock) -------------------------------------------------- */

struct store_clock {
	int source;      /* enum clock_source */
	int64_t base_ms; /* what it shows, less monotonic time: of this boot only */
	int64_t from_ms; /* what is from then on is not yet dated for good; 0: all is */
};
/** Keeps it for another process of the same boot. -errno. */
int store_clock_keep(struct store *store, const struct store_clock *clock);
/** What was kept in this boot. 1, 0 nothing was, -errno. */
int store_clock_recall(struct store *store, struct store_clock *out);
/** Notes that now_ms was the time, for the next boot. -errno. */
int store_clock_seen(struct store *store, int64_t now_ms);
/** No row is from a later time than *newest_ms; 0 when nothing has happened yet. -errno. */
int store_clock_newest(struct store *store, int64_t *newest_ms);
/**
 * The time became known: a clock that showed from_ms at first steps by step_ms. Rows written since
 * then are dated, and what ends by them ends as much later. Rows of older boots that never knew the
 * time stay as they are, in their order before these. Looks at every row: once a boot. -errno.
 */
int store_clock_date(struct store *store, int64_t from_ms, int64_t step_ms);

/** A small setting that survives ("paused"). Get returns -ENOENT when it was never set. */
int store_value_set(struct store *store, const char *key, int64_t value);
int store_value_get(struct store *store, const char *key, int64_t *value);

#define STORE_MARK_SIZE 9
/**
 * A short mark that only this box's key makes of these words: eight letters of 0-9 and A-F. Who
 * sees it again knows that the words are the box's own.
 */
void store_mark(const struct store *store, const char *words, char out[STORE_MARK_SIZE]);

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
 * drafts of posts and events deleted, every message for this person that has not left the box is
 * dropped. `dropped` may be NULL.
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
/** Blocked: messages that have not left are dropped too. */
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
int store_suspended_told(struct store *store, int64_t person_id);

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

/* ---- inbox ---------------------------------------------------------------------------------- */

#define STORE_HASH_SIZE 16
#define STORE_PDU_SIZE  200
/**
 * One received PDU. Unique by (sender, sent_ms, hash of the PDU): the same one twice is one row.
 */
struct store_fragment {
	char sender[PHONE_SIZE]; /* E.164, or a short code or name as it came */
	enum phone_kind kind;
	const char *modem;
	int64_t sent_ms; /* the service centre's time stamp */
	int reference;   /* of the concatenation; -1 for a single text */
	int total, seq;  /* parts; 1, 1 for a single text. seq counts from 1 */
	const void *pdu; /* kept sealed, given back by store_fragment_walk() */
	size_t pdu_size; /* at most STORE_PDU_SIZE */
};

/** Where a fragment landed. */
struct store_landing {
	bool duplicate;  /* it was there already: nothing changed */
	int64_t text_id; /* the text it is a part of */
	bool complete;   /* all parts of the text are there (and it is not yet waiting) */
};
/**
 * Parts of one text are those of one sender, reference and total that lie where the centre's times
 * say a phone would have sent them; a part that is there already begins a second text.
 */
int store_fragment_add(struct store *store, const struct store_fragment *fragment, int64_t now_ms,
	struct store_landing *out);

/** Visits the parts of a text in order of seq (gaps are simply not visited). */
int store_fragment_walk(struct store *store, int64_t text_id,
	int (*visit)(void *ctx, int seq, int total, const void *pdu, size_t size), void *ctx);

/**
 * The text is whole (or given up waiting for, `gaps` parts missing): body is kept sealed,
 * fragments' PDUs go.
 */
int store_text_complete(
	struct store *store, int64_t text_id, const char *body, int gaps, int64_t now_ms);

/**
 * The oldest incomplete text first heard of before `before_ms`, with what else came of it. Returns
 * 1 and its id, or 0.
 */
int store_text_overdue(struct store *store, int64_t before_ms, int64_t *text_id);
/** When the oldest incomplete text was first heard of; TIME_NEVER if none. */
int store_text_oldest_incomplete(struct store *store, int64_t *first_ms);

#define STORE_TEXT_SIZE 65536
struct store_text {
	int64_t id, person_id; /* person_id 0 for short codes and names */
	enum phone_kind kind;
	char sender[PHONE_SIZE];
	char modem[32];
	int64_t received_ms, sent_ms;
	int gaps;
	char body[STORE_TEXT_SIZE];
};
/** The oldest text waiting to be handled. Returns 1 and fills out, or 0. */
int store_text_next(struct store *store, struct store_text *out);
/**
 * Marks handled with what it was taken for (a short word for statistics, not sealed, never
 * personal: "stop").
 */
int store_text_handled(struct store *store, int64_t text_id, const char *taken_for, int64_t now_ms);
/**
 * Texts of this person received since, and how many of them have the same body as text_id (keyed
 * hash), itself included.
 */
int store_text_frequency(struct store *store, int64_t person_id, int64_t text_id, int64_t since_ms,
	int *texts, int *same);

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
int64_t store_broadcast_hold(struct store *store, int64_t broadcast_id, int64_t now_ms);
int64_t store_broadcast_release(struct store *store, int64_t broadcast_id, int64_t now_ms);

struct store_tally {
	int64_t messages[MESSAGE_STATES];
	int64_t segments_sent;               /* accepted by the network, repeats included */
	int64_t resent;                      /* segments sent again after an unknown */
	int64_t first_sent_ms, last_sent_ms; /* 0 = none */
};
/** Of one broadcast, or of everything when broadcast_id is 0. */
int store_tally(struct store *store, int64_t broadcast_id, struct store_tally *out);
/**
 * Counts at most `limit` copies of a broadcast whose tally is not in memory, as that of an alert of
 * long ago: 1 = there are more, call again; 0 = store_tally() answers at once. A copy that changes
 * meanwhile makes it begin anew.
 */
int store_tally_slice(struct store *store, int64_t broadcast_id, int limit);

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
 * pending alert is cancelled.
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
/** The newest alert of an incident. 1 or 0. */
int store_alert_of_incident(struct store *store, int64_t incident_id, struct alert *out);
/** The newest alert that asked this person (its copy left the box), started since. 1 or 0. */
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
	int error;                    /* of failed ones, as in struct modem_result; 0 = none */
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

/* ---- the courier's side --------------------------------------------------------------------- */

/** One segment for one recipient, ready to be made a SUBMIT. */
struct store_claim {
	int64_t segment_id, message_id, person_id, broadcast_id;
	char phone[PHONE_SIZE];
	enum message_class class;
	int index, total; /* part 0..total-1 of the message */
	int attempt;      /* 1 for the first time */
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
 * note that costs no sync: it outlives the process, not the machine. -errno: it could not be noted,
 * and the copy may not be written.
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

struct store_counts {
	int64_t active, applicants, left, suspended;
	int64_t received, handled; /* texts */
	int64_t incidents_open, alerts_running, alerts_pending;
};
int store_counts(struct store *store, struct store_counts *out);

/** When the oldest text or note that still has its words came; TIME_NEVER if none. */
int store_oldest_words(struct store *store, int64_t *at_ms);
/** A pass over all that has words; with nothing but before_ms set = at its beginning. */
struct store_forgetting {
	int64_t before_ms;
	int64_t after_id;   /* the message that was looked at last */
	int64_t least_body; /* that one of these still needs; 0 = none does */
	int64_t last_body;  /* the greatest of these */
	int64_t gone;       /* rows whose words this pass has forgotten */
};
/**
 * Retention: texts, notes, alerts and messages older than before_ms lose their words, a slice of at
 * most limit rows (or a look at as many messages as are read in a few ms), in one transaction. 1
 * when there is more, 0 when the pass is over, -errno and the pass as it was.
 */
int store_forget(struct store *store, struct store_forgetting *pass, int limit);

/* ---- the file's size ------------------------------------------------------------------------- */

/*
 * The file grows with what is kept, not with what was sent. Rows of people (copies, texts and their
 * keys, answers) that are over and older than rows_ms become counts, as a report needs them; what
 * is over and older than trail_ms (incidents with their trail, alerts, the counts by alert) goes
 * for good, and is counted in store_tally() of everything. People, consents, suppressions, how
 * often somebody came and whose number fails stay.
 */
struct store_keep {
	int64_t rows_ms, trail_ms; /* rows_ms is not before trail_ms */
};
/** A round over everything; zeroed = at its beginning. */
struct store_round {
	struct store_keep keep;
	int kind;         /* of rows that are looked at */
	int64_t after_id; /* the one that was looked at last */
	int64_t least_body;
	int64_t gone; /* rows that this round has let go */
};
/**
 * Looks at the next rows of a round, as many as are done in a few ms, in one transaction (which
 * writes nothing when none of them goes). 1 when there are more, 0 when the round is over.
 */
int store_drop_old(struct store *store, struct store_round *round);
/** When the oldest row of those came; TIME_NEVER if there is none. */
int store_oldest_row(struct store *store, int64_t *at_ms);

/**
 * Gives what is free in the file back to the disk, a slice of a few ms; an eighth of the file stays
 * free for what comes. 1 when there is more to give, 0 when not, or when the file was made before
 * this was known and is too big to be made anew at start (its free pages are used again all the
 * same).
 */
int store_shrink(struct store *store);
/** How big the file is, and how much of that is free, in bytes. */
int store_size(struct store *store, int64_t *bytes, int64_t *unused);

#endif
