/* SPDX-License-Identifier: Apache-2.0 */
/* What the checker's files share: tables of what the network saw and of what the rows say. */
#ifndef FARO_TESTS_INVARIANTS_PRIVATE_H
#define FARO_TESTS_INVARIANTS_PRIVATE_H

#include <sqlite3.h>

#include "../../firmware/store/internal.h"
#include "invariants.h"

/** A segment that the network accepted. */
struct segment {
	uint64_t key, phone; /* of number, user data; of the number */
	int64_t serial, wall_ms;
	int64_t asked_ms, handed_ms; /* its modem was told that it comes; was given it */
	int modem;                   /* a bit of its own, of 32 */
	bool reported;               /* a report "delivered" has reached the modem */
};

/** A part of a message's row. */
struct row {
	uint64_t key;
	int64_t message, broadcast, queued_ms;
	int resent, class, unknowns;
	bool handed;    /* it may have left */
	bool accepted;  /* the row says that the network has it */
	bool delivered; /* the row says that its report came */
};

/** A text that was given to a modem, or a row of one. */
struct text {
	uint64_t key;
	int64_t id;
	int parts, deleted;
	bool handled;
};

/** From then on nothing that was queued leaves: for a number (STOP), of a broadcast (its end). */
struct stop {
	uint64_t key; /* hash of the number; id of the broadcast */
	int64_t id, since_ms;
	int64_t committed_ms; /* by then it was: its confirmation was given to a modem; or 0 */
	uint32_t landed;      /* from these modems one was on the air */
	int confirmations, welcomes;
};

struct list {
	void *items;
	size_t n, room, size;
};

struct check {
	const struct invariants *of;
	struct invariants_found *found;
	FILE *out;
	sqlite3 *db;
	struct seal *seal;
	struct list segments, rows, given, kept, stops, ends;
};

/* Tells the first ones and counts all. */
void violated(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A new item, all zero. */
void *list_add(struct list *list);
/* Items begin with their key. */
int by_key(const void *a, const void *b);
void list_sort(struct list *list);

/* FNV-1a */
uint64_t hash_more(uint64_t hash, const void *data, size_t size);
uint64_t hash_of(const char *text);
uint64_t segment_key(const char *phone, uint64_t ud_hash);
uint64_t text_key(const char *from, const char *text);

/* NULL, and a violation, when the database cannot be asked. */
sqlite3_stmt *prepare(struct check *c, const char *sql);

/* invariants_read.c: both tables. 0, or -1 when something cannot be read. */
int read_journal(struct check *c);
int read_database(struct check *c);

#endif
