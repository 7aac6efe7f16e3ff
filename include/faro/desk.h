/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk: what a text means and what the box does about it. It handles each incoming text in one
 * transaction: its effect, the replies it causes and the mark "handled" land together or not at
 * all. It never touches a modem: it writes rows and says so by a callback. One file per
 * conversation; commands, roles and handlers are one table.
 *
 * `now` is wall_ms, given by the caller: tests run a week in a millisecond.
 */
#ifndef FARO_DESK_H
#define FARO_DESK_H

#include "faro/base.h"
#include "faro/settings.h"
#include "faro/speech.h"
#include "faro/store.h"

struct desk;

/**
 * How fast the box sends now: what promises are made of. The courier's figures, passed in by farod.
 */
struct desk_pace {
	int modems, modems_ready;
	double segments_per_s; /* of all ready modems together; 0 = none is ready */
	int64_t allowance;     /* segments left today for alerts; -1 = no cap */
	int64_t newcomers; /* people who may be texted for the first time this month; -1 = no cap */
	int signal_dbm;    /* of the best modem, for STATUS; 0 = not known */
};

struct desk_events {
	/** Rows were queued or taken back: the courier should look. Called after the commit. */
	void (*wake)(void *ctx);
	void (*pace)(void *ctx, struct desk_pace *out);
	/** True for the numbers of the box's own SIMs. */
	bool (*own_number)(void *ctx, const char *phone);
	/** PAUSE, RESUME: takes effect with the next segment. */
	void (*paused)(void *ctx, bool paused);
	/** What lights show may have changed (desk_get_state). */
	void (*changed)(void *ctx);
};

/**
 * Reports, as warnings, what is to be known of the languages of a configuration: drafts that are in
 * use, and messages that take more segments than the English ones. Needs no store.
 */
void desk_check_languages(const struct settings *settings, const struct speech *speech,
	void (*report)(void *ctx, bool error, const char *problem), void *ctx);

/**
 * Reports, as errors with FILE:LINE, zones whose id or name, and keywords of info that are words
 * that people text for something else, in any language that the box has a file of: who texts it
 * would never be sure to mean the zone, or to be given the text. Needs no store. Returns how many
 * there are.
 */
int desk_check_names(const struct settings *settings, const struct speech *speech,
	void (*report)(void *ctx, bool error, const char *problem), void *ctx);

/**
 * settings, store and speech must outlive the desk; events is copied. Reads what must survive
 * restarts from the store and writes the configuration's people and zones into it. -errno of the
 * store.
 */
int desk_new(const struct settings *settings, struct store *store, struct speech *speech,
	const struct desk_events *events, void *ctx, int64_t now_ms, struct desk **out);
void desk_free(struct desk *desk);

/**
 * Reload: the new settings and catalogues take over between two texts. On error the old ones stay.
 */
int desk_reload(
	struct desk *desk, const struct settings *settings, struct speech *speech, int64_t now_ms);

/**
 * Whether `now` is the time that people have (base.h, struct clock); true until said otherwise.
 * While it is not, it only grows: texts are handled, alerts go and waits end, but nothing happens
 * that was set for a time of day, and no old text is forgotten.
 */
void desk_set_time_known(struct desk *desk, bool known);

/**
 * Handles the oldest waiting text, in one transaction. 1 handled, 0 none waits, -errno: nothing
 * happened, it still waits.
 */
int desk_handle_next(struct desk *desk, int64_t now_ms);

/**
 * What time does: codes and shelf lives that end, summaries, the next slice of an alert that is
 * being queued. Returns the next deadline in wall_ms (now_ms: at once, when the loop has nothing
 * else to do; TIME_NEVER: none), or -errno. To be called at that deadline and after every other
 * call that returned without error: what it did may have made something due.
 */
int64_t desk_tick(struct desk *desk, int64_t now_ms);

/**
 * A voice call from this number was refused (E.164, "" withheld): the caller is texted, dispatchers
 * are told, both once in an hour.
 */
int desk_call(struct desk *desk, const char *phone, int64_t now_ms);

/** The SIM of this modem seems to be blocked (courier.h): the admins are told. */
int desk_modem_blocked(struct desk *desk, const char *modem, int percent, int64_t now_ms);
/** It is used for everything again: so are they. */
int desk_modem_back(struct desk *desk, const char *modem, int64_t now_ms);

/** What the box's own contacts tell. */
enum desk_sensor { DESK_MAINS_LOST, DESK_BATTERY_LOW, DESK_TAMPER, DESK_SENSORS };

/**
 * A contact is, or is no more, active: the admins are told, once for each spell, whatever restarts
 * in it. 1 told, 0 known already or not worth a text, -errno: not done, to be called again.
 */
int desk_sensor(struct desk *desk, enum desk_sensor sensor, bool on, int64_t now_ms);

/* ---- what the box's front and faroctl do ---------------------------------------------------- */

/** For the lights. */
struct desk_state {
	bool paused;
	int alerts_pending, alerts_running;
	bool quorum;  /* the newest running alert has the people it needs */
	bool untaken; /* a report that everybody was told of and nobody took */
};
int desk_get_state(struct desk *desk, int64_t now_ms, struct desk_state *out);

/**
 * SEND held: sends the newest pending alert, but where that takes two people: whose hand it is
 * nobody knows. STOP: cancels the newest running one. TEST: texts the
 * admins the state.
 *  1 done, 0 there was nothing to do, -errno.
 */
int desk_button_send(struct desk *desk, int64_t now_ms);
int desk_button_stop(struct desk *desk, int64_t now_ms);
int desk_button_test(struct desk *desk, int64_t now_ms);

/** The text of an alert in another language. */
struct desk_alert_version {
	const char *language, *text;
};
/** An alert from faroctl. zones: n ids, none = everybody. */
struct desk_alert_request {
	const char *const *zones;
	int n_zones;
	int need;  /* 0 = not said */
	bool info; /* nobody is asked to come: need does not count */
	/* NULL or "": at once; else when, as SCHEDULE has it: nobody is asked to come */
	const char *at;
	const char *text;
	const struct desk_alert_version *versions;
	int n_versions;
};
/** The promise: what sending it would mean. */
struct desk_promise {
	int64_t alert_id, incident_id;
	int64_t people, on_duty;
	int segments;                     /* per person, of the dearest language */
	int64_t seconds, seconds_on_duty; /* -1: no modem is ready */
	int64_t segments_all, allowance;  /* of everybody together; left today, -1 = no cap */
	int64_t newcomers; /* people who may be texted for the first time this month; -1 = no cap */
	int64_t foreign;   /* people who get it in none of their languages */
	bool unconfirmed;  /* it is about a report that nobody has confirmed, and says so */
	char languages[128]; /* "en 120, es 80"; "" when all read the same */
	/* what a template says in the box's language; "" when the text goes as it is */
	char reads[512];
	/* the one-time code that confirms it, "" when none is asked for */
	char code[ALERT_CODE_SIZE];
};
/**
 * Makes a pending alert. `why` (size bytes) gets one line on error: -EINVAL unknown zone, empty
 * text; -EPERM paused.
 */
int desk_alert_prepare(struct desk *desk, const struct desk_alert_request *request, int64_t now_ms,
	struct desk_promise *out, char *why, size_t size);
/** An alert's text as it was written, without the versions that were added in other languages. */
void desk_alert_text(const struct alert *alert, char out[ALERT_TEXT_SIZE]);

#define DESK_WHEN_SIZE 24
/** When an alert goes out that is for later: "2026-12-24 18:00" by the box's clock. Returns out. */
const char *desk_alert_when(const struct alert *alert, char out[DESK_WHEN_SIZE]);

/**
 * Sends a pending alert (faroctl has asked its user): 0. Where that takes two people
 * (alerts.confirm = "two") dispatchers are asked for its code, and it waits: 1. Where it is for
 * later it waits too: 2. -EPERM when there
 * is no dispatcher to be asked, -EALREADY when it is not pending any more.
 */
int desk_alert_send(struct desk *desk, int64_t alert_id, int64_t now_ms);
/**
 * Cancels the running or pending alert of incident #n: queued copies are dropped, a CANCEL goes to
 * those who were sent it.
 */
int desk_alert_cancel(struct desk *desk, int64_t incident_id, int64_t now_ms);

/**
 * A person added or changed by faroctl (also each row of an import). `why` says what is wrong.
 * -EPERM: suppressed by STOP.
 */
struct desk_person_request {
	/* NULL or "" = not said; zones parted by blanks */
	const char *phone, *name, *role, *language, *zones;
};
int desk_person_add(struct desk *desk, const struct desk_person_request *request, int64_t now_ms,
	char *why, size_t size);
int desk_person_remove(
	struct desk *desk, const char *phone, int64_t now_ms, char *why, size_t size);

/** One row of the table of commands: from this role on, this word begins a command. */
struct desk_command_row {
	enum speech_word word;
	enum role role;
};
/** Row i of the table of commands; false past the end. */
bool desk_command_row(unsigned int i, struct desk_command_row *row);

/**
 * After the commit of a transaction of the caller's own in which desk_person_add() was called: what
 * it queued leaves now.
 */
void desk_committed(struct desk *desk);

/** Writes the zones of a mask as ids parted by blanks. */
void desk_zones_text(const struct desk *desk, uint64_t zones, struct strbuf *out);

#endif
