/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier: the post office between modems and store, the only room with a door to both wings.
 *
 * In:  a PDU comes up from a modem -> decoded -> the fragment is committed -> the modem deletes it
 *      -> when all parts are there the text is put together and waits for the desk, which is told
 *      by a callback.
 * Out: the next segment for every idle modem is claimed -> committed "sending" -> handed over ->
 *      the result is committed together with the next claim.
 *
 * Everything that modems said since the last turn of the loop is settled in one transaction
 * (courier_settle): one durable commit per segment at steady state, less with several modems.
 * Nothing is handed over before the commit that says so.
 */
#ifndef FARO_COURIER_H
#define FARO_COURIER_H

#include "faro/base.h"
#include "faro/modem.h"
#include "faro/store.h"

struct courier;

#define COURIER_MODEMS_MAX  16
#define COURIER_RETRIES_MAX 10

/** The `delivery` part of the configuration as the courier needs it. */
struct courier_settings {
	const char *country_code; /* for addresses without a plus */
	bool reports;             /* ask for delivery reports */
	/* how long an unknown waits for its report before it is sent once more */
	int unknown_wait_s;
	int retry_s[COURIER_RETRIES_MAX]; /* waits between tries of a temporary failure */
	int retries;
	int parts_wait_s; /* how long missing parts of a text are waited for (default 600) */
	/* after so long a report, or a canary, that has not come is missing (default 600) */
	int report_wait_s;
	int canary_every_s; /* between two canaries of a modem (default a day) */
	/*
	 * In between, in local minutes after midnight, no CLASS_REST is begun; equal: always.
	 * Which hours these are is asked of the clock anew each time: a restart and a change of the
	 * clocks shorten and lengthen nothing.
	 */
	int quiet_from_minute, quiet_to_minute;
	/** A canned mark for parts that never came, from the message files ("[...]"). */
	const char *gap_mark;
};

/** Any of them may be NULL. */
struct courier_events {
	/**
	 * At least one text waits to be handled (committed). Called from courier_settle, outside
	 * any transaction.
	 */
	void (*texts_waiting)(void *ctx);
	/**
	 * Something that lights or numbers show has changed: a modem's state, a segment sent, a
	 * report.
	 */
	void (*changed)(void *ctx);
	/** A member was suspended: their number failed in too many alerts (store_person_failed). */
	void (*suspended)(void *ctx);
	/**
	 * Delivery reports, which came before, stopped coming on this modem: percent of its
	 * segments have none; 0: its canaries do not arrive. Its SIM may be blocked; it is not used
	 * for alerts any more, and for nothing while another modem is ready, until reports come
	 * again, a canary arrives or, where it has none, a day has passed.
	 */
	void (*blocked)(void *ctx, const char *modem, int percent);
	/** It is used for everything again. */
	void (*unblocked)(void *ctx, const char *modem);
	/** Adds the words of a canary, with the token in them, to out. Needed by canaries. */
	void (*canary_words)(void *ctx, const char *modem, const char *token, struct strbuf *out);
	/** A voice call from a number (E.164 or ""). */
	void (*call)(void *ctx, const char *phone);
	/** Passed on from the modem as they come (modem.h). */
	void (*network_time)(void *ctx, struct modem *modem, int64_t wall_ms);
	/** A text came that its service centre took in at wall_ms, perhaps long ago. */
	void (*text_time)(void *ctx, int64_t wall_ms);
	void (*ussd)(void *ctx, struct modem *modem, int error, const char *text);
	/**
	 * Something a person must know, once per spell: a short word ("sim-barred", "store-full")
	 * and words for the log. modem is its name, "" when it is about the whole box ("store":
	 * nothing can be committed, nothing leaves).
	 */
	void (*alarm)(void *ctx, const char *modem, const char *what, const char *words);
};

/** settings and events are copied; the pointers inside must outlive the courier. -ENOMEM. */
int courier_new(struct loop *loop, struct store *store, const struct courier_settings *settings,
	const struct courier_events *events, void *ctx, struct courier **out);
void courier_free(struct courier *courier);

/** Reload: takes effect for the next segment. */
void courier_set_settings(struct courier *courier, const struct courier_settings *settings);

#define COURIER_IMEI_SIZE 20
/**
 * The IMEI that this section's modem had when it last was ready, for `known_imei` of struct
 * modem_config; "" when none is known. The store keeps it under the box's key.
 */
void courier_known_imei(
	const struct courier *courier, const char *modem, char out[COURIER_IMEI_SIZE]);

/** What farod passes to modem_new(), with the courier as ctx. */
const struct modem_events *courier_modem_events(void);

/**
 * Takes a modem into use; it stays the caller's, who removes it before freeing it. -ENOSPC beyond
 * the maximum.
 */
int courier_add_modem(struct courier *courier, struct modem *modem);
void courier_remove_modem(struct courier *courier, struct modem *modem);
/**
 * For a modem that is about to be removed: nothing more is begun with it. True when no answer of it
 * is awaited (any more): removed before that, what it has on the air would be unknown. To be asked
 * again whenever something has changed (`changed` of struct courier_events); a modem's own deadline
 * ends the wait.
 */
bool courier_retire_modem(struct courier *courier, struct modem *modem);
/** The i-th modem, 0.., or NULL. */
struct modem *courier_modem(const struct courier *courier, int i);

/**
 * What one SIM may be used for; 0 = no cap. Never more segments are handed over in any minute,
 * local calendar day (the process's TZ), never texts to more different people in a calendar month.
 * A tenth of each is kept for CLASS_STOP and CLASS_DISPATCH: an alert that has used a SIM up leaves
 * room for the confirmation of a STOP and for a dispatcher's code. What is used is in the store and
 * survives a restart; what a modem may not send goes over another one or waits.
 */
struct courier_caps {
	int per_minute, per_day, recipients_per_month;
};
/**
 * At start and at reload, for a modem that was added. Takes effect with the next segment. -ENOENT.
 */
int courier_set_caps(struct courier *courier, const char *modem, const struct courier_caps *caps);

/**
 * The canary of a modem: a text to this number (E.164; "" = none), once every canary_every_s and
 * when many reports are missing. It has arrived when it comes in over any modem of this box (it is
 * known by its token and never shown to anybody) or when its delivery report says so. When two in a
 * row, or one that missing reports asked for, do not arrive in report_wait_s, the SIM is taken for
 * blocked. At start and at reload. -ENOENT.
 */
int courier_set_canary(struct courier *courier, const char *modem, const char *phone);

/** True while the modem's SIM is taken for blocked. */
bool courier_modem_blocked(const struct courier *courier, const struct modem *modem);

/**
 * Once, after the store is open and before the first claim: what was being sent when the last
 * process died becomes unknown, texts that wait are announced.
 */
int courier_start(struct courier *courier, int64_t now_ms);

/**
 * There are new rows, or rows were taken back: looked at before the next segment leaves. Cheap;
 * call freely.
 */
void courier_wake(struct courier *courier);

/**
 * One turn: results, reports and fragments are committed with the next claims, then claims are
 * handed over and texts announced. Runs by itself in the loop (idle source) after courier_wake() or
 * when a modem said something; tests call it with their own now (wall_ms). 0 or -errno of the
 * store: then nothing of this turn has happened and it is tried again.
 */
int courier_settle(struct courier *courier, int64_t now_ms);

/** When time alone will make something due (wall_ms); TIME_NEVER if nothing waits. */
int64_t courier_deadline(const struct courier *courier);

/** How much may still be begun, whatever else holds: for a box that is about to be switched off. */
enum courier_gate {
	COURIER_OPEN,
	COURIER_URGENT, /* CLASS_DISPATCH and more urgent */
	COURIER_SHUT,
};
/** Takes effect with the next segment; not kept across restarts. */
void courier_set_gate(struct courier *courier, enum courier_gate gate);
/** Segments that were handed over and not answered. */
int courier_on_air(const struct courier *courier);

/** Paused: only what is CLASS_DISPATCH or more urgent leaves. Kept across restarts. */
void courier_set_paused(struct courier *courier, bool paused);
bool courier_paused(const struct courier *courier);

/** When bulk goes on: wall_ms, or 0 when it is not held back (the hours are not quiet). */
int64_t courier_quiet_until(const struct courier *courier, int64_t now_ms);

/** How fast the box sends now; what promises are made of. */
struct courier_pace {
	int modems; /* configured */
	int ready;  /* may send */
	/* seconds per segment of one modem: measured, or the default 4.0 before the first send */
	double segment_s;
	double segments_per_s; /* of all ready modems together */
	/* segments that an alert may use today under the caps: not the reserve; -1 = no cap */
	int64_t allowance;
	int64_t newcomers; /* people who may be texted for the first time this month; -1 = no cap */
};
void courier_get_pace(const struct courier *courier, struct courier_pace *out);

/** One modem's figures for `status` and `modem list`. */
struct courier_modem_stats {
	/* moving mean of the seconds from hand-over to answer; 0 = nothing was ever sent */
	double segment_s;
	/* of rest after each segment, because the network said that it is congested; 0 = none */
	double rest_s;
	int64_t sent_today;      /* segments, since local midnight */
	int64_t allowance_today; /* segments left, the reserve included; -1 = no cap */
	int64_t newcomers_left;  /* of recipients_per_month, the reserve included; -1 = no cap */
	int64_t sent, refused, unknown; /* since start */
	int64_t busy_ms; /* time with a segment on the air since start, for utilisation */
	/* "" (has none), "waiting", "arrived", "missing" or "planned", since when (wall_ms) */
	const char *canary;
	int64_t canary_ms;
};
int courier_get_modem_stats(const struct courier *courier, const struct modem *modem,
	int64_t now_ms, struct courier_modem_stats *out);

#endif
