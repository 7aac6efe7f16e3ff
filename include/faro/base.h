/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base: the ground every other room stands on. It knows nothing of Faro: result codes, time, text,
 * phone numbers, the log and the event loop.
 *
 * Conventions that hold in every face:
 *   - functions return 0 or a positive count on success and -errno on failure, unless they say
 *     other;
 *   - the caller owns the memory it passes; x_init/x_fini are for caller-owned objects,
 *     x_new/x_free for heap objects, and x_free(NULL) does nothing;
 *   - wall_ms is milliseconds since 1970-01-01T00:00Z, mono_ms milliseconds of CLOCK_MONOTONIC;
 *   - text is UTF-8, NUL-terminated, and sizes include the NUL unless they say other.
 */
#ifndef FARO_BASE_H
#define FARO_BASE_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FARO_VERSION "0.1.0"

#define ARRAY_SIZE(a)     (sizeof(a) / sizeof((a)[0]))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* ---- result codes --------------------------------------------------------------------------- */

/**
 * Exit codes of every program of Faro (interfaces.md, "Programs"; 64, 75 and 78 as in sysexits.h).
 */
enum faro_exit {
	FARO_EXIT_OK = 0,
	FARO_EXIT_FAILED = 1,     /* it could not be done; stderr says why in one line */
	FARO_EXIT_USAGE = 64,     /* wrong options or words */
	FARO_EXIT_NO_DAEMON = 75, /* farod does not answer */
	FARO_EXIT_CONFIG = 78,    /* the configuration is wrong */
};

/* ---- time ----------------------------------------------------------------------------------- */

#define MS_PER_S   INT64_C(1000)
#define MS_PER_MIN (60 * MS_PER_S)
#define MS_PER_H   (60 * MS_PER_MIN)
#define MS_PER_DAY (24 * MS_PER_H)

/** "Never": the deadline of something that is not waiting. Every other deadline is earlier. */
#define TIME_NEVER INT64_MAX

/**
 * The wall clock, in wall_ms: that of the system, unless time_set_base() gave another. May step.
 */
int64_t time_wall_ms(void);
/** The system's clock, in wall_ms, whoever set it. */
int64_t time_system_ms(void);
/** From now on time_wall_ms() is time_mono_ms() + base_ms (TIME_NEVER: the system's clock). */
void time_set_base(int64_t base_ms);

/** The monotonic clock, in mono_ms. Never steps. */
int64_t time_mono_ms(void);

/** The monotonic clock in microseconds, for measuring. */
int64_t time_mono_us(void);

#define TIME_ISO_SIZE 32
/**
 * Writes wall_ms as "2026-11-21T20:28:32.123Z" into out[TIME_ISO_SIZE]; TIME_NEVER as "never".
 * Returns out.
 */
const char *time_iso(int64_t wall_ms, char out[TIME_ISO_SIZE]);

#define CLOCK_SIZE 6
/** The local time of day, "14:35". Returns out. */
const char *time_clock(int64_t wall_ms, char out[CLOCK_SIZE]);

/*
 * Local time: what the clock and the calendar on the wall show in the time zone of the process (TZ,
 * tzset(3); farod sets it to box.timezone). Where the clock goes forward some times of a day do not
 * come; where it goes back some come twice. Here every time of day comes once a day: one that is
 * skipped comes at the moment at which the clock goes forward, one that comes twice the first time.
 */
#define TIME_DAY_MINUTES 1440

struct time_local {
	int year, month, day; /* 2026, 1 to 12, 1 to 31 */
	int minute;           /* of the day: 0 to 1439; at 18:30 it is 1110 */
	int weekday;          /* 0 Sunday to 6 Saturday */
};

/** What it shows at wall_ms. */
void time_local(int64_t wall_ms, struct time_local *out);
/**
 * The wall_ms at which it shows year, month, day and minute (weekday is not looked at). A day or a
 * month outside of its range is counted on: day 32 of January is the first of February.
 */
int64_t time_of_local(const struct time_local *local);

/** When the local day of wall_ms begins, or one that is `days` later, in wall_ms. */
int64_t time_day(int64_t wall_ms, int days);

/** Moments that come again and again, by the clock on the wall: daily, weekly or monthly. */
struct time_rule {
	int minute;  /* of the day: 0 to 1439 */
	int weekday; /* TIME_ANY_DAY, or 0 Sunday to 6 Saturday */
	int day;     /* TIME_ANY_DAY, or 1 to 31 of the month; its last one where it has fewer */
};
#define TIME_ANY_DAY (-1)

/** The first such moment later than after_ms, in wall_ms. */
int64_t time_next(int64_t after_ms, const struct time_rule *rule);

/**
 * True when the clock shows from_minute or later and not yet to_minute: also over midnight (22:00
 * to 7:00); never when both are the same. What is shown twice counts twice.
 */
bool time_is_between(int64_t wall_ms, int from_minute, int to_minute);
/** Until when that is true, in wall_ms; 0: it is not. */
int64_t time_between_ends(int64_t wall_ms, int from_minute, int to_minute);

/** Parses "18:30" or "7:05" as a minute of the day. The minute, or -EINVAL. */
int time_minute_parse(const char *text);

/** The earlier of two deadlines. */
static inline int64_t time_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* ---- what time it is, and who says so ------------------------------------------------------- */

/*
 * A box without a battery clock does not know the time when it starts, and the system's clock may
 * lie. It keeps a clock of its own, monotonic time plus a base, that is set by whoever is trusted
 * most. It does not touch the system's: it needs no privilege, and what others do to that clock
 * does not reach the box before somebody vouches for it.
 */
enum clock_source {
	CLOCK_UNKNOWN, /* nobody yet: what it shows only grows */
	CLOCK_TEXT,    /* the service centre's time of a text that came */
	CLOCK_NETWORK, /* a modem's clock (AT+CCLK), which the network set (NITZ) */
	CLOCK_SYSTEM,  /* the system's, because the settings vouch for it */
	CLOCK_NTP,     /* the system's, because the kernel says that it is synchronized */
};
/** "unknown", "text", "network", "system", "ntp". */
const char *clock_source_name(enum clock_source source);

#define CLOCK_WHO_SIZE 32
struct clock {
	enum clock_source source;
	char who[CLOCK_WHO_SIZE]; /* the modem, of CLOCK_NETWORK; "" = it is not known any more */
	int64_t base_ms;          /* what it shows, less monotonic time */
	int64_t floor_ms;         /* it was not earlier when the box started: a row says so */
};

/** From 2026 to 2068: a clock that shows another year (1970, 1980, 2080) was set by nobody. */
bool clock_is_plausible(int64_t wall_ms);

/**
 * Nobody has said anything yet. It shows the system's time where that is plausible, and no time
 * before floor_ms, the newest of what the box remembers (0: nothing), so that whatever is written
 * now comes behind it.
 */
void clock_begin(struct clock *clock, int64_t system_ms, int64_t floor_ms, int64_t mono_ms);

/**
 * Somebody says that it is told_ms. Nobody is believed who is trusted less than who was believed
 * last, or who says what is not plausible. A text may have waited at its centre: it only ever sets
 * the clock forward, and one older than floor_ms says nothing. Of modems that contradict each other
 * by more than a minute the first is believed. True when the clock was set or is known better.
 */
bool clock_hear(struct clock *clock, enum clock_source source, const char *who, int64_t told_ms,
	int64_t mono_ms);

/** Whether the kernel says that NTP keeps its clock. Looks at systemd-timesyncd's mark where the
 * kernel may not be asked. */
bool clock_is_synchronized(void);

/* ---- text ----------------------------------------------------------------------------------- */

/** A string being built in memory of fixed size. Never overflows: what does not fit sets `cut`. */
struct strbuf {
	char *text;  /* always NUL-terminated once initialised */
	size_t size; /* bytes of memory behind text */
	size_t len;  /* bytes used, without the NUL */
	bool cut;    /* something did not fit */
};

/** Makes an empty strbuf over caller-owned memory; size is at least 1. */
void strbuf_init(struct strbuf *sb, char *memory, size_t size);

/**
 * Append; each cuts at a UTF-8 character boundary when the memory ends, and sets `cut`. After a cut
 * nothing more is added, so that no text stands behind a gap.
 */
void strbuf_add(struct strbuf *sb, const char *text);
void strbuf_add_n(struct strbuf *sb, const char *text, size_t n);
void strbuf_addf(struct strbuf *sb, const char *format, ...) PRINTF_LIKE(2, 3);

/** Copies text into out[size], cut at a UTF-8 boundary. Returns true when all of it fitted. */
bool text_copy(char *out, size_t size, const char *text);

/**
 * Reads one code point from a UTF-8 string of n bytes (RFC 3629: no overlong forms, no surrogates,
 * at most U+10FFFF). Sets *cp; an invalid byte gives U+FFFD and advances by one. Returns the bytes
 * consumed, 0 when n is 0.
 */
size_t utf8_next(const char *text, size_t n, uint32_t *cp);

/**
 * Writes one code point as UTF-8 into out[4]; returns 1..4 (an invalid one is written as U+FFFD).
 */
size_t utf8_put(char out[4], uint32_t cp);

/** True when all of text is valid UTF-8. */
bool utf8_valid(const char *text);

/** Number of code points of text. */
size_t utf8_length(const char *text);

/**
 * Folds text for comparison: lower case, accents removed (Latin letters of Latin-1, Latin
 * Extended-A and Vietnamese), Arabic letters without vowel signs and in one form each (other
 * scripts pass unchanged), typographic quotes made plain, every run of white space (also no-break
 * and zero-width ones) one blank, trimmed at both ends. out may not be text. Returns out.
 */
const char *text_fold(char *out, size_t size, const char *text);

/** True for a letter of a script that puts no blanks between words: Han, kana, Thai, Lao ... */
bool text_is_unspaced(uint32_t cp);

/** Makes the decimal digits of other scripts (Arabic, Devanagari, wide ones) 0 to 9, in place. */
void text_digits(char *text);

/**
 * Takes the next word of *cursor (words are parted by white space), copies it to out[size] cut if
 * need be, and moves *cursor to the start of the following word. Returns false at the end.
 */
bool text_word(const char **cursor, char *out, size_t size);

/** Parses all of text as a decimal integer within [min, max]. 0, -EINVAL or -ERANGE. */
int text_int(const char *text, int64_t min, int64_t max, int64_t *value);

/**
 * Damerau-Levenshtein distance of two short folded words (at most 63 bytes used), for "did you
 * mean".
 */
unsigned int text_distance(const char *a, const char *b);

/** Hexadecimal, upper case. out holds 2 * n + 1. Returns out. */
char *hex_encode(char *out, const void *data, size_t n);

/**
 * Decodes n_hex hexadecimal digits into out[size]. Returns the bytes written, -EINVAL or -ENOBUFS.
 */
int hex_decode(const char *hex, size_t n_hex, uint8_t *out, size_t size);

/* ---- phone numbers -------------------------------------------------------------------------- */

/** "+", up to 15 digits (ITU-T E.164 6.2.1), NUL; room for 11 alphanumeric characters too. */
#define PHONE_SIZE 24

enum phone_kind {
	PHONE_INVALID,      /* nothing that can be understood */
	PHONE_E164,         /* "+" and 7 to 15 digits: a person's number */
	PHONE_SHORT_CODE,   /* up to 6 digits: never answered */
	PHONE_ALPHANUMERIC, /* a sender's name: never answered */
};

/**
 * Understands a number as people and networks write it ("(510) 555-0100", "510.555.0100", "00 1
 * 510...", "+1 510 555 0100") and writes it as E.164 into out. country_code is the digits of the
 * home country without "+" ("1"); a national trunk prefix 0 is dropped where the country uses one.
 * Anything else is copied (cut) into out and its kind returned.
 */
enum phone_kind phone_parse(const char *text, const char *country_code, char out[PHONE_SIZE]);

/* ---- log ------------------------------------------------------------------------------------ */

/** As syslog(3) priorities. */
enum log_level {
	LOG_LEVEL_ALERT = 1,
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7
};

/**
 * Logs one line to stderr: with "<N>" priority prefixes when stderr is the journal
 * (JOURNAL_STREAM), else with time and level. Lines hold no personal data: they name rows
 * ("member=12"). The last LOG_KEPT_LINES lines stay in memory for `faroctl log`.
 */
void log_write(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

/** "alert" to "debug". Static. */
const char *log_level_name(enum log_level level);

#define log_alert(...)   log_write(LOG_LEVEL_ALERT, __VA_ARGS__)
#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/** Lines less urgent than level are not written. Default LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);

#define LOG_KEPT_LINES 200
#define LOG_LINE_SIZE  512
struct log_line {
	uint64_t serial; /* 1 for the first line of the process, without gaps */
	int64_t wall_ms;
	enum log_level level;
	char text[LOG_LINE_SIZE];
};

/** Copies the kept line with the smallest serial >= from. False when there is none (yet). */
bool log_kept(uint64_t from, struct log_line *out);

/** Called after each line is written (one hook; NULL takes it away). It must not log. */
void log_set_hook(void (*hook)(void *ctx), void *ctx);

/* ---- disk ------------------------------------------------------------------------------------ */

/** Bytes: with less free than that a database cannot be opened (its log alone is larger). */
#define DISK_FULL ((uint64_t)1 << 20)

/**
 * Whether files can be written in dir by this process. 0, and nothing is said. -EROFS, -EACCES
 * (another user's), -ENOSPC (less than DISK_FULL is free) or the -errno of looking at it: then the
 * cause and what to do are added to said, for an admin. bytes_free (may be NULL): what is free.
 */
int disk_look(const char *dir, uint64_t *bytes_free, struct strbuf *said);

/* ---- event loop ----------------------------------------------------------------------------- */

/**
 * One loop a process, over libsystemd's sd-event. Sources are dispatched by priority: input from
 * ports and sockets first, timers next, `idle` sources last, when nothing else is pending - so
 * everything that arrived together is settled together.
 */
struct loop;
struct loop_fd;
struct loop_timer;
struct loop_steps;
struct loop_idle;

/** -ENOMEM or what sd_event_new says. Free with loop_free after all sources are freed. */
int loop_new(struct loop **out);
void loop_free(struct loop *loop);

/** Runs until loop_exit. Returns the code given there, or -errno. */
int loop_run(struct loop *loop);

/**
 * Waits at most timeout_ms (-1: for ever) and dispatches one source. 1 dispatched, 0 timed out,
 * -errno.
 */
int loop_run_once(struct loop *loop, int timeout_ms);

/** Makes loop_run return code once the running callback is over. */
void loop_exit(struct loop *loop, int code);

#define LOOP_READ   1U
#define LOOP_WRITE  2U
#define LOOP_HANGUP 4U /* always reported: hang-up or error on the descriptor */

/**
 * Watches fd (owned by the caller, who frees the source before closing it). events: LOOP_READ,
 * LOOP_WRITE or both. The callback may free its own source. -errno.
 */
int loop_fd_new(struct loop *loop, int fd, unsigned int events,
	void (*ready)(void *ctx, int fd, unsigned int events), void *ctx, struct loop_fd **out);
int loop_fd_events(struct loop_fd *source, unsigned int events);
void loop_fd_free(struct loop_fd *source);

/** A timer, at first unarmed. The callback runs once per arming. */
int loop_timer_new(struct loop *loop, void (*due)(void *ctx), void *ctx, struct loop_timer **out);

/**
 * Arms the timer for mono_ms (TIME_NEVER disarms). slack_ms is how much later it may run, so that
 * wake-ups coalesce; 0 is exact.
 */
int loop_timer_set(struct loop_timer *timer, int64_t mono_ms, int64_t slack_ms);
void loop_timer_free(struct loop_timer *timer);

/**
 * Calls stepped each time the system's clock is set (clock_settime(2), not the slow corrections of
 * NTP), or ran on while the machine slept. Nothing wakes up for it otherwise. -errno. Freed with
 * loop_steps_free.
 */
int loop_steps_new(
	struct loop *loop, void (*stepped)(void *ctx), void *ctx, struct loop_steps **out);
void loop_steps_free(struct loop_steps *steps);

/**
 * A callback that runs once after each loop_idle_request(), when no other source is pending;
 * several that were requested run in the order of their requests, with input and timers in between.
 */
int loop_idle_new(struct loop *loop, void (*run)(void *ctx), void *ctx, struct loop_idle **out);
void loop_idle_request(struct loop_idle *idle);
void loop_idle_free(struct loop_idle *idle);

/** Devices of one subsystem ("tty") that come and go, as udev tells. */
struct loop_devices;

/**
 * Calls changed for each device that udev has finished with (added) or that went. -ENOENT where no
 * udev runs: nobody would tell. -errno. Freed with loop_devices_free.
 */
int loop_devices_new(struct loop *loop, const char *subsystem,
	void (*changed)(void *ctx, bool added), void *ctx, struct loop_devices **out);
void loop_devices_free(struct loop_devices *devices);

/** Calls back in the loop when signal arrives (it is blocked from its default action). -errno. */
int loop_signal(struct loop *loop, int signal, void (*caught)(void *ctx, int signal), void *ctx);

/** sd_notify("READY=1" ...), when started by systemd; else does nothing. */
void loop_notify(const char *state);

/**
 * Feeds the watchdog of the unit (WATCHDOG_USEC of sd_watchdog_enabled(3)) for as long as the loop
 * turns and alive() says that the rest does too: it is asked every half of that time, and eight
 * times as often while it says no. Without a watchdog nobody is asked. -errno.
 */
int loop_watchdog(struct loop *loop, bool (*alive)(void *ctx), void *ctx);

/* ---- crash points ---------------------------------------------------------------------------- */

/*
 * Only in the crash build (make CRASH=1): the process ends itself by SIGKILL at the N-th time that
 * it comes to the point which FARO_CRASH=NAME:N names. In every other build nothing is there.
 */
#ifdef FARO_CRASH
void crash_point(const char *format, ...) PRINTF_LIKE(1, 2);
/* A point that there is, whether it is come to or not: "expected NAME" in FARO_CRASH_LIST. */
void crash_expect(const char *format, ...) PRINTF_LIKE(1, 2);
/*
 * ms divided by what the variable of the environment says: some points lie at the end of minutes.
 * CRASH_DEADLINE is how long an answer is waited for, CRASH_BEAT the rest between two heartbeats:
 * who hastens the one leaves a modem, and a machine that is busy, the time for the other.
 */
#define CRASH_DEADLINE "FARO_HASTE"
#define CRASH_BEAT     "FARO_HASTE_BEAT"
int64_t crash_hasten(const char *variable, int64_t ms);
#else
#define crash_point(...)           ((void)0)
#define crash_expect(...)          ((void)0)
#define crash_hasten(variable, ms) (ms)
#endif

#endif
