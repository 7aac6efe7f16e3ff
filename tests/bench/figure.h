/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the benches share: a figure printed beside its target and what limits it, /proc, the disk, a
 * bare line client, a box's list and what its simulated network saw.
 */
#ifndef FARO_BENCH_FIGURE_H
#define FARO_BENCH_FIGURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct box;
struct store;

/* ---- printing ---- */

/* One line: what it is, the value, its target (NULL: none is named). */
void figure(const char *what, const char *target, const char *value, ...)
	__attribute__((format(printf, 3, 4)));
/* What limits the figure above, as it was measured. */
void figure_limit(const char *words, ...) __attribute__((format(printf, 1, 2)));

/* Keeps the longest so far of what took from start_us (time_mono_us()) until now. */
void note_longest(int64_t *longest_us, int64_t start_us);

/* ---- processes ---- */

/* A number behind `key` in /proc/PID/file; 0 when it is not there. */
int64_t proc_number(pid_t pid, const char *file, const char *key);
/* CPU seconds used so far, user and system. */
double proc_cpu_s(pid_t pid);
/* The same to the microsecond, of RUSAGE_SELF or of the RUSAGE_CHILDREN that have ended. */
double own_cpu_s(int who);
/* How often the process has gone to sleep and was woken. */
int64_t proc_wake_ups(pid_t pid);

/* ---- the disk and the line ---- */

/* What it takes to write one page in `dir`, in place, and have it durable: microseconds. */
double disk_sync_us(const char *dir);

/*
 * Octets written so far to the disk that `dir` (NULL: the directory of bench_dir_make()) lies on,
 * by anybody; 0 where it is none. What /proc says of a process counts every octet of a page that
 * it touches, and pages have become large.
 */
int64_t disk_bytes(const char *dir);

struct line_load {
	double per_s;  /* segments, all ports together */
	double cpu_us; /* of this process, per segment */
};
/*
 * A bare line client: AT+CMGS, the prompt, the largest PDU, its answer, nothing kept; on n ports at
 * a time (16 at most), until `segments` went out. With `reports` it asks for a status report of
 * each and acknowledges it (AT+CNMA), as whoever wants to know what arrived has to.
 */
struct line_load line_client(const char *const *ports, int n, int segments, bool reports);
/* Segments a second of that client on so many modems (at most 8) without radio time. */
double line_per_s(int modems, bool reports);

/* ---- a store ---- */

/* Ends the program, saying what could not be done, when rc is an error. */
void must(int64_t rc, const char *what);
/* A directory on the disk that FARO_BENCH_DIR names, else under /var/tmp. */
void bench_dir_make(char dir[256], const char *name);
void bench_dir_remove(const char *dir);
/* A store in this directory; it is there or the program ends. */
struct store *bench_store_open(const char *dir);
/* The part of a body (struct store_body) that has no byte to spare. */
int full_part(void *ctx, int index, uint8_t *out);

/* ---- benches of one program ---- */

struct bench_choice {
	const char *name;
	void (*run)(void);
};
/* Runs those that FARO_BENCH names, or all. */
void benches_run(const struct bench_choice *benches, size_t n);

/* ---- a box ---- */

/* What the simulated network saw of all modems. */
struct span {
	int64_t segments, busy_us, first_us, last_us;
};
struct span network_saw(struct box *box);
double span_s(const struct span *span);
double span_per_s(const struct span *span);
/* Of 1: how much of the time all modems were on the air. */
double span_utilisation(const struct span *span, int modems);

/* Imports n people with faroctl; person() writes "phone,name,role,language,zones" of the i-th. */
void import_list(struct box *box, int n, void (*person)(FILE *csv, int i));

#endif
