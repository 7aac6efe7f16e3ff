/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The courier from the inside. One struct post a modem holds everything that waits for the next
 * turn: the answer to the segment that is on the air, reports, fragments. All of it is fixed
 * memory.
 *
 *   verdict.c  what a modem's answer means for the segment and for the modem (one table, pure)
 *   inward.c   a received PDU -> fragment, report or junk (pure)
 *   outward.c  a claim -> a SUBMIT (pure)
 *   ahead.c    the next segment, chosen and encoded while the last one is on the air
 *   turn.c     what is written in one turn: results, reports, fragments, claims
 *   release.c  what a modem has begun and cannot end
 *   settle.c   the transaction around it, and what is done when it is durable
 *   texts.c    parts put together
 *   pace.c     how fast each modem is, and what it may take
 *   watch.c    reports that stop coming: a SIM that is blocked without a word
 *   canary.c   a text to oneself: whether what a SIM sends arrives
 *   caps.c     what each SIM may still be used for in this minute, on this day, in this month
 *   courier.c  life, the loop, what modems say
 */
#ifndef FARO_COURIER_OFFICE_H
#define FARO_COURIER_OFFICE_H

#include "faro/courier.h"
#include "faro/sms.h"

/* ---- verdict.c ------------------------------------------------------------------------------ */

/** However long a message lives: a segment that was refused so often is given up. */
#define ATTEMPTS_MAX 10
/**
 * The same where the modem's network or SIM was at fault, not the message: one that lasts for an
 * hour or two must not cost it.
 */
#define ATTEMPTS_OUTAGE 20
/** Once more after such an answer, and then no more. */
#define ATTEMPTS_TWICE 2

enum ruling { RULING_SENT, RULING_AGAIN, RULING_FAILED, RULING_UNKNOWN };

/** What one answer of a modem means. Constant rows of the table in verdict.c. */
struct verdict {
	enum ruling ruling;
	uint8_t wait;     /* RULING_AGAIN: enum verdict_wait in verdict.c */
	uint8_t attempts; /* RULING_AGAIN: the attempt after which it fails; 0 = not counted */
	bool slows;       /* halves the modem's pace */
	bool modem_fault; /* says something about the modem, not about this recipient */
	uint16_t park_s;  /* the modem rests so long, at the longest; 0 = not at all */
	/* short at first and longer each time in a row: begins with this rest; 0 = park_s always */
	uint8_t park_grows;
	const char *alarm; /* a short word for a person, or NULL */
	const char *words; /* for the log and the admin */
};

/** The table row for a result of the attempt-th try (1..). Never NULL. */
const struct verdict *verdict_find(const struct modem_result *result);

/**
 * What becomes of the segment: the row's ruling, or RULING_FAILED when its attempts are used up.
 * error_before: the +CMS ERROR of the attempt before; 0 = there was none.
 */
enum ruling verdict_ruling(const struct verdict *verdict, int attempt, int error_before);

/** How long the segment waits for its next try. */
int64_t verdict_wait_ms(
	const struct verdict *verdict, int attempt, const struct courier_settings *settings);

/* ---- inward.c ------------------------------------------------------------------------------- */

#define CANARY_TOKEN_SIZE 32 /* "LX9K3B2M-4F7A91C2" */

enum inward_kind { INWARD_FRAGMENT, INWARD_REPORT, INWARD_JUNK };

/** A part of a text. */
struct fragment {
	int slot;
	char sender[PHONE_SIZE];
	enum phone_kind kind;
	int64_t sent_ms; /* 0: its time stamp cannot be read */
	bool again;      /* it may have come before */
	int reference;   /* -1: a single text */
	uint8_t total, part;
	uint8_t size;
	uint8_t tpdu[STORE_PDU_SIZE];
};

struct report {
	int slot;
	int reference;
	char phone[PHONE_SIZE];
	enum report_outcome outcome;
	bool no_number; /* the number itself is no good, whatever the text */
	int64_t sent_ms;
	bool canary;  /* it is for a canary */
	bool tried;   /* matched nothing in an earlier turn */
	bool held;    /* of this turn: waits for the answer to what is on the air */
	bool matched; /* of this turn */
};

struct inward {
	enum inward_kind kind;
	union {
		struct fragment fragment;
		struct report report;
		const char *junk; /* why it is no use to anybody */
	};
	/* INWARD_FRAGMENT of a single text: what may be the token of a canary, or "" */
	char token[CANARY_TOKEN_SIZE];
};

/** Reads a PDU as a modem handed it up. Never fails: what cannot be read is junk. */
void inward_read(const struct modem_pdu *pdu, const char *country_code, struct inward *out);

/** The user data of a stored fragment. 0 or -EBADMSG. */
int inward_user_data(const void *tpdu, size_t size, struct sms_ud *ud);

/** Names a PDU in the log without saying what is in it. */
uint64_t inward_hash(const void *data, size_t size);

/* ---- outward.c ------------------------------------------------------------------------------ */

/** How long the service centre tries, as a relative period (TS 23.040 9.2.3.12.1). */
struct sms_validity outward_validity(const struct store_claim *claim, int64_t now_ms);

/** Makes the SUBMIT TPDU of a claim. Returns its octets, -EBADMSG (body) or -EINVAL (number). */
int outward_submit(const struct store_claim *claim, bool want_report, int64_t now_ms, uint8_t *out,
	size_t size);

/* ---- the office ----------------------------------------------------------------------------- */

/*
 * A modem hands up at most 64 PDUs that are not taken; those that come straight to the line are
 * more.
 */
#define POST_FRAGMENTS 64
#define POST_REPORTS   128

/**
 * What of the answers is kept in memory only (waits in wall_ms; lost at a restart, and well so).
 */
struct pace {
	int64_t longest_ms;  /* of accepted segments, of late */
	double segment_ms;   /* moving mean of accepted segments; 0 = none yet */
	int64_t gap_ms;      /* congestion: rest between segments */
	int64_t rest_ms;     /* wall_ms: nothing is handed over before */
	int64_t parked_ms;   /* wall_ms: parked by us until; TIME_NEVER = it is not */
	unsigned int streak; /* answers in a row that the modem is to blame for */
	int64_t sent, refused, unknown, busy_ms;
	int64_t kept_ms; /* segment_ms as the store has it; 0 = not */
	/* TP-MR of the segment before: it counts up (TS 23.040 9.2.3.6). -1 = not known */
	int reference;
};

/** What a SIM may still be used for. */
struct caps {
	struct courier_caps set;
	bool loaded;                /* what is below is what the store says */
	int64_t day_ms, day_end_ms; /* the local day that `used` is of */
	int64_t used, people;       /* segments of the day, people of the month */
	char month[8];              /* "2026-11" */
	int64_t month_end_ms;
	int64_t level, level_ms; /* of the minute's bucket, and when it was so; 0 = not known */
	/* wall_ms: more is allowed then, and something may wait for it; TIME_NEVER */
	int64_t widens_ms;
};

#define WATCHED 64

/** A segment whose report is awaited. */
struct awaited {
	int64_t sent_ms; /* 0: a free place */
	uint64_t phone;  /* a hash */
	int reference;
	bool reported;
};

/** Whether reports come for what a modem sends. */
struct watch {
	struct awaited ring[WATCHED];
	unsigned int next;
	bool reports_come;  /* they did, at least once: there are networks without any */
	int64_t look_ms;    /* wall_ms: judged then; TIME_NEVER */
	int64_t blocked_ms; /* wall_ms: taken for blocked since; 0 = it is not */
	int back;           /* reports of what was sent since then */
};

/** Texts to oneself. */
struct canary {
	char phone[PHONE_SIZE]; /* "" = none */
	int64_t serial;         /* of the newest; 0 = there was none */
	int64_t sent_ms;        /* when it was handed over */
	int reference;          /* its TP-MR; -1 = not known */
	bool out;               /* it has neither arrived nor been given up */
	bool wanted;            /* the next segment of this modem is one */
	bool held;              /* until it can be judged: the other modem is away */
	bool asked;             /* because reports are missing */
	int64_t asked_ms;       /* when they were; 0 = never */
	int64_t due_ms;         /* when the next one is; TIME_NEVER */
	int64_t arrived_ms;     /* when the last one did; 0 = never */
	int missed;             /* in a row */
};

/** A segment that a modem has, from the hand-over to the commit of its answer. */
struct flight {
	bool on; /* handed over */
	bool answered;
	struct modem_result result;    /* when answered */
	const struct verdict *verdict; /* of this turn; NULL = none */
	int64_t segment_id;
	/* its serial when it is one: then it is no segment of the store's; else 0 */
	int64_t canary;
	int attempt, error_before;
	int64_t turn; /* of its hand-over: courier->counts.turns */
	char phone[PHONE_SIZE];
	int64_t handed_ms; /* wall_ms */
	bool arrived;      /* a report said so before the answer came */
};

/** The next one, from its claim in the turn to the hand-over after the commit. */
struct claimed {
	struct flight flight;
	int size; /* 0: nothing was claimed */
	uint8_t tpdu[SMS_TPDU_MAX];
};

/** What is to follow a segment that is on the air. Nothing of it is written in the store. */
struct ahead {
	bool looked; /* since the last claim; what was found is `choice` */
	bool shut;   /* nothing could be chosen: the turn will see */
	int size;    /* 0: nothing is prepared */
	bool want_report;
	struct sms_validity validity;
	struct store_choice choice;
	uint8_t tpdu[SMS_TPDU_MAX];
};

/** One modem's place in the office. */
struct post {
	bool used;
	struct modem *modem; /* NULL: taken away; what it left behind is still settled */
	char name[32];
	struct flight flight;
	struct claimed claimed;
	struct ahead ahead;
	bool announced; /* its modem was told that a segment follows, and none has yet */
	struct fragment fragments[POST_FRAGMENTS];
	int n_fragments;
	struct report reports[POST_REPORTS];
	int n_reports;
	bool retired; /* about to be removed: nothing more is begun with it */
	bool dry;     /* the last claim found nothing, and nothing has been added since */
	bool away;    /* it cannot send */
	/* since when (wall_ms of the first turn that saw it); TIME_NEVER = it can */
	int64_t away_ms;
	int64_t release_ms;    /* wall_ms: not tried before, because it failed */
	bool released;         /* its begun messages were given to others in this spell */
	const char *alarms[4]; /* raised in this spell */
	struct pace pace;
	struct caps caps;
	struct watch watch;
	struct canary canary;
};

struct courier {
	struct loop *loop;
	struct loop_idle *idle;
	struct loop_idle *idle_ahead; /* when there is nothing else to do */
	struct loop_timer *timer;
	struct store *store;
	struct courier_settings settings;
	struct courier_events events;
	void *ctx;
	struct post posts[COURIER_MODEMS_MAX];
	bool paused, started;
	enum courier_gate gate;
	bool settling;

	/* What the next turn has to look at. */
	bool again;     /* at once */
	bool wake;      /* rows were added or taken back */
	bool woken;     /* this turn is the first since */
	bool expanding; /* a broadcast may not be fully expanded */
	bool announce;  /* texts may wait */
	bool suspended; /* somebody was, in this turn */
	bool orphans;   /* modems that are gone may have begun messages */
	int expand_limit;
	int64_t quiet_ms;   /* when bulk may be begun again; TIME_NEVER: it may */
	int64_t due_ms;     /* when the store has something due; TIME_NEVER */
	int64_t parts_ms;   /* when the oldest incomplete text is given up; TIME_NEVER */
	int64_t reports_ms; /* when reports that wait for an answer wait no longer; TIME_NEVER */

	/* A spell of failing commits. */
	int failures;
	int64_t retry_ms; /* wall_ms: not tried before; 0 = at once */

	int64_t now_ms, turn_mono_ms; /* of the last turn */
	int64_t offset_ms;            /* wall_ms - mono_ms when last looked at */
	struct {
		int64_t turns, turn_us; /* and what their transactions took */
		int64_t junk, reports_unmatched, pdus_left;
		int64_t prepared, taken; /* segments chosen ahead, and of them those that left */
	} counts;
	char text[STORE_TEXT_SIZE]; /* a text being put together */
	struct sms_plan plan;       /* of a canary's words */
};

/** Asks for a turn when everything that arrived together has arrived. */
void office_request(struct courier *courier);

/** Raises an alarm once per spell. post NULL: of the whole box. */
void office_alarm(struct courier *courier, struct post *post, const char *what, const char *words);

/**
 * When the wall clock has stepped against the monotonic one, every wait stays as long as it was.
 */
void office_follow_clock(struct courier *courier, int64_t wall_ms, int64_t mono_ms);

/** Every modem looks for work again. */
void office_undry(struct courier *courier);

/** Once a turn, before the claims: when the hours stop being quiet everybody looks for work. */
void office_follow_hours(struct courier *courier, int64_t now_ms);
/** What may be begun in this turn. */
enum store_begin office_begin(const struct courier *courier);

/* ---- turn.c --------------------------------------------------------------------------------- */

enum step {
	STEP_BEGIN,
	STEP_RESULT,
	STEP_REPORT,
	STEP_FRAGMENT,
	STEP_PARTS,
	STEP_DUE,
	STEP_RELEASE,
	STEP_EXPAND,
	STEP_CLAIM,
	STEP_COMMIT,
};

/** One turn, and where in it we are. */
struct turn {
	int64_t now_ms;
	enum step step;
	struct post *post;
	int item;
	int texts; /* that were completed */
	bool due;  /* time moved rows on */
	bool changed;
};

/** Everything that is written in one turn, within the transaction that is open. 0 or -errno. */
int turn_write(struct courier *courier, struct turn *turn);

/* ---- ahead.c --------------------------------------------------------------------------------- */

/** What follows the segments on the air is looked at as soon as the loop is idle. */
void ahead_request(struct courier *courier);

/**
 * Chooses and encodes what follows one of the segments on the air: of those that nothing, or
 * nothing good any more, is prepared for, the one that is out for longest. False: for none.
 */
bool ahead_prepare(struct courier *courier, int64_t now_ms);

/**
 * The answer to what was on the air is there: where it is all but certain that what was prepared
 * follows, the modem is told, so that it asks for the prompt while the commit is under way. Not for
 * a modem that is bound by caps: they are counted in the turn.
 */
void ahead_announce(struct courier *courier, struct post *post);

/** No segment follows what was announced. */
void ahead_withdraw(struct post *post);

/**
 * Claims what was prepared, in the turn's transaction. 1: it is post->claimed; 0: there is nothing,
 * or it is not what comes next any more; -errno.
 */
int ahead_claim(struct courier *courier, struct post *post, int64_t now_ms);

/* ---- release.c: within the turn's transaction ----------------------------------------------- */

int release_begun(struct courier *courier, struct turn *turn);

/* ---- texts.c: within the turn's transaction ------------------------------------------------- */

/**
 * Adds a fragment; when it was the last of its text, the text is put together. 1 when one waits.
 */
int texts_add(struct courier *courier, const struct post *post, const struct fragment *fragment,
	int64_t now_ms);

/** Gives up waiting for parts that are overdue. Returns how many texts wait now, or -errno. */
int texts_give_up(struct courier *courier, int64_t now_ms);

/* ---- pace.c --------------------------------------------------------------------------------- */

void pace_init(struct pace *pace);

/** What a segment takes on this modem, kept from one process to the next for promises. */
void pace_remember(struct courier *courier, struct post *post);
void pace_recall(struct courier *courier, struct post *post);
void pace_begin(struct courier *courier, struct post *post);
/** The section has another modem now, which may have been known under its IMEI. */
void pace_of_another(struct courier *courier, const struct modem *modem);

/* known.c */
void known_learned(void *ctx, struct modem *modem, const char *imei);
int known_pin_entering(void *ctx, struct modem *modem, const char *device, const char *pin);
void known_pin_refused(void *ctx, struct modem *modem, const char *device, const char *pin);
void known_pin_free(void *ctx, struct modem *modem, const char *device, bool ready);

/** True when an accepted segment is followed by the next without a rest. */
bool pace_unbroken(const struct post *post, int64_t now_ms);

/** True when the modem may take a segment now. */
bool pace_ready(const struct post *post, int64_t now_ms);

/** Takes note of an answer that is committed: figures, rests, parking, alarms. */
void pace_answered(struct courier *courier, struct post *post, int64_t now_ms);

/** Ends parking that is over. */
void pace_tick(struct courier *courier, struct post *post, int64_t now_ms);

/** When the modem's rest or parking ends and that matters: wall_ms, or TIME_NEVER. */
int64_t pace_next_ms(const struct post *post, int64_t now_ms);

/** The wall clock stepped. */
void pace_stepped(struct pace *pace, int64_t step_ms);

/* ---- caps.c --------------------------------------------------------------------------------- */

void caps_init(struct caps *caps);

/** True when this modem is bound by anything: only then do the functions below matter. */
bool caps_bound(const struct post *post);

/**
 * Claims within what the caps leave, and counts it. 1, 0 (nothing there, or nothing allowed),
 * -errno.
 */
int caps_claim(struct courier *courier, struct post *post, int64_t now_ms, struct store_claim *out);

/** Nothing may leave today any more, not even what was begun. */
bool caps_exhausted(const struct post *post);

/** Whether another modem than this (NULL: any) can send: ready, not blocked, not used up. */
bool caps_other_can_send(const struct courier *courier, const struct post *post);

/**
 * The two halves of it: what is allowed now (1, 0: nothing, -errno), and the count of what was
 * claimed within that (0 or -errno).
 */
int caps_scope(
	struct courier *courier, struct post *post, int64_t now_ms, struct store_scope *scope);
int caps_claimed(struct courier *courier, struct post *post, const struct store_claim *claim);

/** Counts one segment that is in no queue. 1, 0 (it is not allowed now), -errno. */
int caps_take(struct courier *courier, struct post *post, int64_t now_ms);

/** The network did not take what was counted: it is given back. 0 or -errno. */
int caps_refund(struct courier *courier, struct post *post);

/** Reads what was used, follows the calendar, and lets the post look again when more is allowed. */
void caps_tick(struct courier *courier, struct post *post, int64_t now_ms);

/** When more will be allowed and that matters: wall_ms, or TIME_NEVER. */
int64_t caps_next_ms(const struct caps *caps);

/** The turn's transaction did not come about: what was claimed in it was not. */
void caps_forget(struct post *post);

/** The wall clock stepped. */
void caps_stepped(struct caps *caps, int64_t step_ms);

/** The least seconds a segment can take, over a long time, under the cap per minute; 0 = no cap. */
double caps_segment_s(const struct caps *caps);

/**
 * Segments of today and people of this month that are left: all, or without the reserve. -1 = no
 * cap.
 */
int64_t caps_segments_left(const struct caps *caps, bool all);
int64_t caps_people_left(const struct caps *caps, bool all);

/* ---- watch.c -------------------------------------------------------------------------------- */

/** A modem that was added: what was known of it before. */
void watch_init(struct courier *courier, struct post *post);

/** The segment of the flight was accepted. */
void watch_sent(struct courier *courier, struct post *post, int64_t now_ms);

/** A report came that is for something we sent. */
void watch_reported(struct courier *courier, struct post *post, const struct report *report);

/** Judges when it is time. */
void watch_tick(struct courier *courier, struct post *post, int64_t now_ms);

/** The wall clock stepped. */
void watch_stepped(struct courier *courier, struct post *post, int64_t step_ms);

bool watch_blocked(const struct post *post);

/** Takes the SIM for blocked, as courier_events says. */
void watch_block(struct courier *courier, struct post *post, int percent, int64_t now_ms);
void watch_unblock(struct courier *courier, struct post *post, const char *why);

/* ---- canary.c ------------------------------------------------------------------------------- */

/** Finds what may be a token in a text; "" when there is none. */
void canary_find_token(const char *text, char token[CANARY_TOKEN_SIZE]);

/** A modem that was added: what was known of its canaries before. */
void canary_init(struct courier *courier, struct post *post);

/** A text came with this token. True: it is a canary of this box, and nobody's text. */
bool canary_heard(struct courier *courier, struct post *by, const char *token);

/** Many reports are missing: a canary at once, unless one was asked for lately. */
void canary_ask(struct post *post, int64_t now_ms);

enum canary_says { CANARY_NOTHING, CANARY_WAIT, CANARY_ARRIVED };
/** Whether it speaks for the SIM that many reports are missing of. */
enum canary_says canary_says(
	const struct courier *courier, const struct post *post, int64_t now_ms);

/** One is wanted: makes it the next segment. 1, 0 (it has to wait), -errno. In a transaction. */
int canary_claim(struct courier *courier, struct post *post, int64_t now_ms);

/** Its claim is committed and it is handed over. */
void canary_left(struct courier *courier, struct post *post, int64_t now_ms);

/** The modem's answer: what is kept of it. 0 or -errno. In a transaction. */
int canary_answered(struct courier *courier, const struct post *post);

/** The answer is committed. */
void canary_settled(struct post *post, int64_t now_ms);

/** True when a report is for this modem's newest canary, not for a message. */
bool canary_is_report(const struct post *post, const struct report *report);
void canary_reported(struct courier *courier, struct post *post, const struct report *report);

/** Wants the next one, and judges one that is missing, when it is time. */
void canary_tick(struct courier *courier, struct post *post, int64_t now_ms);

/** When it has something to do: wall_ms, or TIME_NEVER. */
int64_t canary_next_ms(const struct courier *courier, const struct post *post);

/** The wall clock stepped. */
void canary_stepped(struct canary *canary, int64_t step_ms);

/** For the admin: what became of the newest. */
const char *canary_word(const struct canary *canary, int64_t *since_ms);

#endif
