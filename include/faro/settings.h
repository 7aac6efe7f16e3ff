/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings: the configuration file as one constant struct with a part for each room. One schema
 * table (firmware/settings/schema.c) drives the parser, `farod -n` and the commented sample
 * config/faro.cfg.
 *
 * A struct settings never changes: a reload makes a new one, and the old one is freed when no room
 * points into it any more. Strings are never NULL. Times are in seconds, as in the file. Phone
 * numbers are E.164 already. Paths are as written; relative ones start at the working directory.
 */
#ifndef FARO_SETTINGS_H
#define FARO_SETTINGS_H

#include <stdio.h>

#include "faro/base.h"

#define SETTINGS_DEFAULT_PATH FARO_SYSCONFDIR "/faro/faro.cfg"

#define SETTINGS_MODEMS_MAX  16
#define SETTINGS_ZONES_MAX   62
#define SETTINGS_RETRIES_MAX 10

enum settings_clock { SETTINGS_CLOCK_AUTO, SETTINGS_CLOCK_SYSTEM, SETTINGS_CLOCK_NETWORK };
struct settings_box {
	const char *name; /* at most 32 characters: it stands in texts */
	const char *language;
	const char *country_code; /* digits, without "+" */
	const char *timezone;     /* a name of /usr/share/zoneinfo */
	enum settings_clock clock;
	const char *data_dir;
	const char *control_socket;
	const char *messages_dir; /* holds LANGUAGE.cfg for each language */
	enum log_level log_level;
};

struct settings_modem {
	const char *name; /* unique */
	const char *port; /* a path, "usb:VID:PID[:interface]", "auto" */
	const char *imei; /* "" = whichever is there */
	int baud;
	const char *pin;                               /* "" = none */
	const char *service_centre;                    /* for a SIM that names none; "" = none */
	const char *profile;                           /* "auto" or a profile's name */
	int per_minute, per_day, recipients_per_month; /* caps; 0 = none */
	const char
		*canary; /* E.164 of the number it texts to see whether texts arrive; "" = none */
};

enum settings_driver { SETTINGS_DRIVER_GPIOD, SETTINGS_DRIVER_SIM, SETTINGS_DRIVER_NONE };

struct settings_board {
	enum settings_driver driver;
	const char *definition;
	const char *const *hats; /* definition files of what sits on the board */
	int n_hats;
	const char *night;     /* "22:00-07:00" or "": settings_night() */
	const char *dev, *sys; /* where the kernel shows devices */
};

/** The word of the file: "gpiod", "sim" or "none". */
const char *settings_driver_name(enum settings_driver driver);

struct settings_zone {
	const char *id; /* unique, lower case, begins with a letter */
	const char *const
		*names; /* what people may text for it, one word each; the id always counts too */
	int n_names;
	/* "FILE:LINE" of both, for what only a room can find wrong with them */
	const char *id_where, *names_where;
};

enum settings_join {
	SETTINGS_JOIN_OPEN,
	SETTINGS_JOIN_APPROVE,
	SETTINGS_JOIN_INVITE,
	SETTINGS_JOIN_VOUCH
};

struct settings_list {
	enum settings_join join;
	const char *invite_code; /* not "" when join is SETTINGS_JOIN_INVITE */
	int vouches;             /* people a member may vouch for in 24 hours */
	int vouch_ttl_s;         /* how long the word for one works */
	const char *quiet;       /* "21:00-08:00" or "": settings_quiet() */
	const struct settings_zone *zones;
	int n_zones;
};

struct settings_digest {
	const char *time; /* "09:00" */
	int weekday;      /* of the weekly one: 0 Sunday to 6 Saturday */
	int day;          /* of the monthly one: 1 to 31, the last one where a month has fewer */
};

struct settings_person {
	const char *phone; /* E.164, unique */
	const char *name;
	const char *role;         /* "neighbor" ... "admin", as store_role_parse() takes it */
	const char *language;     /* "" = the box's */
	const char *const *zones; /* ids of settings_list.zones */
	int n_zones;
};

enum settings_confirm {
	SETTINGS_CONFIRM_CODE,
	SETTINGS_CONFIRM_TWO, /* the code, from another dispatcher than the author */
	SETTINGS_CONFIRM_BUTTON,
	SETTINGS_CONFIRM_NONE
};

struct settings_alerts {
	enum settings_confirm confirm;
	int code_ttl_s, shelf_life_s;
	int remind_after_s; /* responders who say nothing are asked once more; 0 = never */
};

enum settings_encoding {
	SETTINGS_ENCODING_AUTO,
	SETTINGS_ENCODING_TRANSLITERATE,
	SETTINGS_ENCODING_SHIFT,
	SETTINGS_ENCODING_UCS2,
};

/** One language that has a word of its own. */
struct settings_language_word {
	const char *language; /* unique */
	int word;
};

/** A word for all languages, and those that have one of their own. */
struct settings_words {
	int standard;
	const struct settings_language_word *own;
	int n_own;
};

#define SETTINGS_LANGUAGES_MAX 32

struct settings_delivery {
	bool reports;
	struct settings_words encoding; /* enum settings_encoding */
	int unknown_wait_s;
	const int *retry_s; /* ascending */
	int retries;        /* 1 to SETTINGS_RETRIES_MAX */
	int parts_wait_s;   /* how long missing parts of a received text are waited for */
	int report_wait_s;  /* when a delivery report or a canary counts as missing */
	int canary_every_s; /* between two canaries of a modem */
};

struct settings_info_text {
	const char *language, *body;
};

struct settings_info {
	const char *const *keywords; /* at least one; one word each, unique over all of info */
	int n_keywords;
	const struct settings_info_text *texts; /* at least one; one per language */
	int n_texts;
	const char *where; /* "FILE:LINE" of the keywords; "" when the file did not name them */
};

struct settings_privacy {
	const char *key_file; /* "" = data_dir/key */
	int keep_text_days;
	int keep_row_days;   /* who was texted and what came of it; then it is counted */
	int keep_trail_days; /* incidents and alerts; not before keep_row_days */
};

struct settings_desk {
	int summary_every_s;  /* at most one summary of answers to the dispatcher in this time */
	int duty_remind_s;    /* so long before its end a shift's is told; 0 = not */
	int gaps_weekday;     /* 0 Sunday: when dispatchers are told who was missing ... */
	const char *gaps_at;  /* ... "09:00"; "" = never */
	int schedule_grace_s; /* what could not go out at its time goes so much later, no more */
	int escalate_after_s; /* a report that nobody took goes to more people */
	int quiet_texts;      /* a sender of more texts than this ... */
	int quiet_window_s;   /* ... within this time ... */
	int quiet_time_s;     /* ... gets no automatic answers for this long */
	int flood_told;       /* texts that dispatchers are told one by one in ten minutes */
	int flood_reserve;    /* of these: for people on the list and talks that were taken */
	int flood_answers;    /* automatic answers to strangers in ten minutes */
};

struct settings {
	struct settings_box box;
	const struct settings_modem *modems;
	int n_modems;
	struct settings_board board;
	struct settings_list list;
	struct settings_digest digest;
	const struct settings_person *people;
	int n_people;
	struct settings_alerts alerts;
	struct settings_delivery delivery;
	const struct settings_info *info;
	int n_info;
	struct settings_privacy privacy;
	struct settings_desk desk;
};

/**
 * The hours in which only what cannot wait is sent (list.quiet), in local minutes after midnight;
 * from_minute may be the greater one. False when there are none: both are 0.
 */
bool settings_quiet(const struct settings_list *list, int *from_minute, int *to_minute);
/** The hours in which lights show only what calls somebody (board.night), likewise. */
bool settings_night(const struct settings_board *board, int *from_minute, int *to_minute);

/**
 * Told of each mistake (error: the file cannot be used) and each oddity (a warning).
 * text is one line: "FILE:LINE: what is wrong and what is allowed", where FILE is the included file
 * if that is where it stands.
 */
typedef void settings_report_fn(void *ctx, bool error, const char *text);

/**
 * Reads and checks the whole file and what it names on this machine (message file of the box's
 * language, time zone, data directory, key file; not the board: board_check() does that). Every
 * mistake is reported, not only the first. On 0 the caller owns *out. -EINVAL when there was a
 * mistake, -ENOENT, -EACCES or other -errno when the file cannot be read (also reported), -ENOMEM.
 */
int settings_load(
	const char *path, settings_report_fn *report, void *ctx, const struct settings **out);

/**
 * As settings_load, for whoever looks at what the file names: with mistakes (-EINVAL) *out is what
 * could be read, with defaults for what is wrong, or NULL. No room may start with that.
 */
int settings_read(
	const char *path, settings_report_fn *report, void *ctx, const struct settings **out);

/**
 * Whether settings_read() found no mistake at a key ("box.language") or in a section ("board").
 */
bool settings_is_right(const struct settings *settings, const char *path);

/**
 * As settings_load, from text; name stands for FILE. What the file names on this machine is not
 * looked at.
 */
int settings_parse(const char *text, const char *name, settings_report_fn *report, void *ctx,
	const struct settings **out);

/** Frees it with everything it points to. NULL is fine. */
void settings_free(const struct settings *settings);

/** The section of the modem with this name, or NULL. */
const struct settings_modem *settings_modem_find(const struct settings *settings, const char *name);

/**
 * Visits each modem of either, by name: before NULL = it is new, after NULL = it is gone, both = it
 * stays, and `restart` says whether its session must be opened anew (port, baud, pin or profile
 * changed; caps take effect without).
 */
void settings_compare_modems(const struct settings *before, const struct settings *after,
	void (*visit)(void *ctx, const struct settings_modem *before,
		const struct settings_modem *after, bool restart),
	void *ctx);

/**
 * Writes the commented sample file: every key with its default, what it means and what is allowed.
 */
void settings_print_sample(FILE *file);

/** Writes the same as sections of faro.cfg(5), in mdoc(7). */
void settings_print_manual(FILE *file);

#endif
