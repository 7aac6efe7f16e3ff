/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other gateways beside farod, each driven as its users would drive it: gammu-smsd with files,
 * gammu-smsd with SQL, smstools' smsd. All are tuned for speed as their manuals say (no battery and
 * signal checks, shortest sleeps): the comparison is with the best they can do.
 */
#ifndef FARO_BENCH_PEER_H
#define FARO_BENCH_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../e2e/box.h"

#define PEER_MODEMS_MAX 8

/* A gateway that runs on a box's simulated modems. */
struct peer_run {
	const struct peer *peer;
	struct box *box; /* its simulator, its directory; farod itself too when the peer is farod */
	int modems;
	bool stick;                  /* its modem lies at DIR/dev/ttyUSB0 */
	pid_t pids[PEER_MODEMS_MAX]; /* top processes; 0 = none */
	int n_pids;
	double cpu_s; /* user and system of all processes that have ended */
	int queued;   /* messages handed over until now */
};

struct peer {
	const char *name, *package; /* the Debian package that must be there, NULL for farod */
	/* Writes configurations and starts it; returns when it has begun. */
	void (*start)(struct peer_run *run);
	/* Hands over n messages to n different numbers, "message <k>". */
	void (*queue)(struct peer_run *run, int n);
	void (*stop)(struct peer_run *run);
	bool answers; /* it can be made to answer an incoming text */
};

extern const struct peer peers[];
extern const int n_peers;

/* A box with `modems` simulated modems of segment_ms radio time, the peer started on them. */
struct peer_run peer_start(const struct peer *peer, int modems, int segment_ms);
/*
 * The same with one modem that lies where a stick does, DIR/dev/ttyUSB0, and may come back under
 * another name beside it.
 */
struct peer_run peer_start_stick(const struct peer *peer, int segment_ms);
void peer_stop(struct peer_run *run);

/* The number of the k-th recipient. */
void peer_phone(int k, char phone[24]);

/*
 * Sums over all processes of the run: CPU seconds so far, peak resident KiB, bytes given to
 * write(), wake-ups.
 */
struct peer_load {
	double cpu_s;
	int64_t peak_kib, write_bytes, wake_ups;
};
struct peer_load peer_measure(struct peer_run *run);

#endif
