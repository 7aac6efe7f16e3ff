/* SPDX-License-Identifier: Apache-2.0 */
/* The admin's command: what its files share. */
#ifndef FAROCTL_H
#define FAROCTL_H

#include <getopt.h>
#include <jansson.h>

#include "faro/base.h"

#define ZONE_OPTIONS_MAX 62

/* The command line, understood. Options that a command does not take are refused before it runs. */
struct ctl {
	const char *socket;
	bool json;
	bool quiet; /* failures are nobody's concern */
	const char *zones[ZONE_OPTIONS_MAX];
	int n_zones;
	const char *language, *role, *name;
	const char *at;
	int need;
	int seconds; /* 0 = farod's own */
	bool info;
	json_t *versions; /* an alert's text by language; NULL: only as it is written */
	bool yes, no_wait, all, follow;
	bool csv, month, with_text;
	const char *output;
	bool force;
	int n_words; /* what stands behind the command's name */
	char **words;
};

/* ---- faroctl_options.c: the command line ----------------------------------------------------- */

/* By letter: -s, --json and -h go with every command; the others where its options have them. */
extern const struct option ctl_long_options[];
/* "zone" */
const char *ctl_option_name(char letter);

/* What the options are made of while they are read. */
struct ctl_options {
	char seen[32]; /* letters of those that not every command takes */
	bool help, version;
};
/* Takes what getopt_long() found. 0, or an exit code and it was said what is wrong. */
int ctl_take_option(struct ctl *ctl, struct ctl_options *options, int letter);

/* ---- faroctl_wire.c: talking to farod -------------------------------------------------------- */

/* What comes before the answer: kind is "row", "line" or "progress". */
typedef void ctl_hear_fn(void *ctx, const char *kind, const json_t *value);

/*
 * Sends request (taken over) and waits for its answer, which becomes the caller's when `answer` is
 * not NULL. Returns an exit code; what went wrong has been said on stderr (and, with --json, as an
 * object on stdout).
 */
int ctl_ask(const struct ctl *ctl, json_t *request, ctl_hear_fn *hear, void *ctx, json_t **answer);

/* The same, and what stays silent for long is no reason to give up. */
int ctl_ask_patiently(
	const struct ctl *ctl, json_t *request, ctl_hear_fn *hear, void *ctx, json_t **answer);

/*
 * "faroctl: " and the reason, on stderr; with --json also {"ok": false, ...} on stdout. Returns
 * code.
 */
int ctl_fail(const struct ctl *ctl, int code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Sends request (taken over); once it is done prints the answer with --json, else `done`. */
int ctl_order(const struct ctl *ctl, json_t *request, const char *done);

/* As ctl_ask, but says nothing when farod does not answer. NULL then. */
json_t *ctl_ask_quietly(const struct ctl *ctl, json_t *request);

/* {"cmd": name} */
json_t *ctl_request(const char *name);

/* ---- faroctl_print.c: for people ------------------------------------------------------------- */

struct column {
	const char *title, *key;
	int width; /* in characters; a negative one is aligned to the right */
};

void print_head(const struct column *columns, size_t n);
void print_row(const struct column *columns, size_t n, const json_t *row);
/* The whole table, each column as wide as it must be: of the given width only the side counts. */
void print_table(const struct column *columns, size_t n, const json_t *rows);

/* One value as a person reads it: "-" for nothing, "yes" and "no", no control characters. */
const char *print_value(const json_t *value, char *out, size_t size);

/* The zone that an answer names is the box's: what follows is printed as its people read it. */
void print_zone(const json_t *answer);
/* "2026-11-21T22:36:01.654Z" as the clock of that zone shows it; anything else as it is. */
const char *print_time(const json_t *value, char *out, size_t size);

/* "about 14 min" */
const char *print_duration(int64_t seconds, char *out, size_t size);

/* A field of a CSV file, quoted only where it must be (RFC 4180), so that it stays readable. */
void print_csv_field(FILE *file, const char *text);

/* One JSON object and a line feed on stdout; frees it. */
void print_json(json_t *object);

/* A progress bar on a terminal; elsewhere a line whenever a further tenth is done. */
struct bar {
	bool shown;
	int tenth;
};
void bar_show(struct bar *bar, int64_t done, int64_t total, const char *text);
void bar_end(struct bar *bar);

/* ---- commands -------------------------------------------------------------------------------- */

int ctl_status(struct ctl *ctl);
int ctl_doctor(struct ctl *ctl);
int ctl_watch(struct ctl *ctl);
int ctl_board_list(struct ctl *ctl);
int ctl_board_test(struct ctl *ctl);
int ctl_modem_list(struct ctl *ctl);
int ctl_modem_reset(struct ctl *ctl);
int ctl_backup(struct ctl *ctl);
int ctl_restore(struct ctl *ctl);
int ctl_modem_ussd(struct ctl *ctl);
int ctl_modem_probe(struct ctl *ctl);
int ctl_incidents(struct ctl *ctl);
int ctl_show(struct ctl *ctl);

int ctl_members_list(struct ctl *ctl);
int ctl_members_add(struct ctl *ctl);
int ctl_members_remove(struct ctl *ctl);
int ctl_members_import(struct ctl *ctl);
int ctl_members_export(struct ctl *ctl);
int ctl_events(struct ctl *ctl);
int ctl_stories_export(struct ctl *ctl);

int ctl_messages_check(struct ctl *ctl);

int ctl_report(struct ctl *ctl);

int ctl_alert(struct ctl *ctl);
int ctl_cancel(struct ctl *ctl);
int ctl_schedule(struct ctl *ctl);

#endif
