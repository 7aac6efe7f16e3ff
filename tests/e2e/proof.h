/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stories that break things share: a list of people, alerts, texts that come in, dice, and
 * the judgement at the end. Each has a short form for `make test` and a long one for `make proof`
 * (FARO_PROOF=1).
 */
#ifndef FARO_TESTS_PROOF_H
#define FARO_TESTS_PROOF_H

#include "box.h"
#include "invariants.h"

/* The long form is wanted. */
bool proof_long(void);

/* The same numbers in every run, so that what was found is found again. 0 .. sides - 1 */
uint32_t roll(uint32_t sides);

/* Person i of a list: 555-0100 to 555-0199 in as many area codes as it takes. */
void number_of(int i, char phone[24]);
/* Puts `people` persons on the list, in two languages and two zones; waits until they are. */
void import_people(struct box *box, int people);
/* The same, all of them members of no zone who read English. */
void import_members(struct box *box, int people);
/* "alert number N: come to the market", to everybody, without waiting for its end. */
void start_alert(struct box *box, int n);
/* The same with words of its own, for one that is called off; returns its incident. */
int64_t start_drill(struct box *box, int n);
/* Ana, a dispatcher, calls it off by text. */
void dispatcher_cancels(struct box *box, int64_t incident);
/* Person i of the list texts STOP. */
void member_stops(struct box *box, int i, const char *modem);
/* A neighbor nobody has heard of reports; each n is another number and another text. */
void neighbor_reports(struct box *box, int n, const char *modem);
/* What a process has of the machine's memory (VmRSS). */
int64_t memory_kib(pid_t pid);
/* Longer than any deadline: it hangs. */
#define STILL_MS 120000
/* Waits until all that is queued has gone, however slowly; fails when it stands still. */
void box_work_off(struct box *box);
/* Starts the crash build with deadlines and heartbeats so many times shorter, which it keeps. */
void box_start_hasty(struct box *box, const char *times);
/* Waits until the modems are asked nothing but a heartbeat now and then; else fails. */
void box_wait_rest(struct box *box);
/* A number from a statement on the database of a farod that has stopped. */
int64_t box_query(struct box *box, const char *sql);
/* The same of a database anywhere. */
int64_t file_query(const char *path, const char *sql);
/*
 * farod has stopped, everything is over: the journal and the database are compared; fails unless
 * all holds.
 */
void box_check_invariants(struct box *box, struct invariants_found *found);

#endif
