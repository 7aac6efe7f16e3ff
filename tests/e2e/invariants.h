/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What always holds, checked afterwards by somebody who was not there: from the simulator's
 * journal, the database of a farod that has stopped, and its key. Nothing is asked of farod,
 * nothing of its counts is believed.
 *
 *   texts      each text that a modem was given is one row, handled once, in one transaction
 *   alerts     everybody who was on the list has one row of each alert, and the row says what
 *              became of it
 *   rows       each segment that the network accepted belongs to a row that was handed over before
 *   accepted   nothing is called sent or delivered that the network did not accept
 *   delivered  nothing is called delivered without the network's report
 *   doubles    copies too many are at most what the rows count as sent again after an unknown
 *   stop       after a STOP's transaction nothing that was queued leaves for the number but one
 *              confirmation; what its modem had been told of may land, one of each modem
 *   end        after the end of an alert (CANCEL, CLEAR) none of its copies leaves
 *   settled    nothing is queued, on the air or unhandled any more (only when the caller says that
 *              all is over)
 *   file       SQLite finds the file whole
 */
#ifndef FARO_TESTS_INVARIANTS_H
#define FARO_TESTS_INVARIANTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct invariants {
	const char *journal, *database, *key;
	bool settled; /* the work was let finish */
};

/** What was found; `violations` 0 means that all holds. */
struct invariants_found {
	int64_t texts, segments, messages, alert_copies, stopped, ended;
	int64_t doubles; /* copies too many, each counted by its row */
	int64_t resent;  /* sent again after an unknown, as the rows count */
	int64_t delivered, failed, dropped;
	/*
	 * Unknowns that a report settled which the network gave for another text to the same
	 * number. A report names number, time and reference, an unknown has no reference: of two to
	 * one number within a second nobody can tell.
	 */
	int64_t mistaken;
	int64_t landed_after_stop; /* were on the air when STOP or the end came */
	int violations;
};

/**
 * Reads everything, prints what was checked and each violation. 0, or -1 when something cannot be
 * read.
 */
int invariants_check(const struct invariants *of, struct invariants_found *found, FILE *out);

#endif
