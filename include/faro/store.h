/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store: the box's memory, one SQLite file. One function per thing that happens; each is one
 * transaction by itself, or a part of the one the caller opened with store_begin(). Lists are
 * walked with statements, never loaded. Numbers, names and texts are sealed in the file
 * (XChaCha20-Poly1305, key file mode 0600); a number is looked up by its keyed hash. Nothing here
 * knows AT, a PDU or a word of any language.
 *
 * Every time is wall_ms and comes in as an argument. Every function returns 0 (or what it says) or
 * -errno: -ENOENT no such row, -ENOSPC disk full, -EIO disk or database error (logged once per
 * spell, with SQLite's words), -EROFS read-only disk, -ESTALE the file is gone. After an error
 * inside an open transaction the caller calls store_rollback().
 *
 * What is kept is in store/, a file a subject; whoever stands on the store includes this one.
 *
 *   text in:    fragment ... fragment -> text waiting -> text handled
 *   message:    queued -> sending -> sent -> delivered | failed;
 *               sending -> unknown -> sent | queued (once) | failed;
 *               queued -> held -> queued | dropped;  queued -> dropped
 */
#ifndef FARO_STORE_H
#define FARO_STORE_H

#include <sys/types.h>

#include "faro/base.h"
#include "faro/store/alerts.h"
#include "faro/store/bulletins.h"
#include "faro/store/courier.h"
#include "faro/store/inbox.h"
#include "faro/store/incidents.h"
#include "faro/store/keep.h"
#include "faro/store/messages.h"
#include "faro/store/people.h"

struct store;

/* ---- life ----------------------------------------------------------------------------------- */

struct store_config {
	const char *data_dir; /* made with mode 0700 when missing; the file is data_dir/faro.db */
	const char *key_file; /* "" = data_dir/key; made at first start, mode 0600 */
};

/** What opening found, for the log and the fault light. */
struct store_health {
	bool created; /* the file is new */
	/* the file was damaged: it was set aside and its readable rows were copied */
	bool salvaged;
	char set_aside[256]; /* where the damaged file lies now, "" if none */
	/* rows_lost is what could be seen to be missing; -1 = not known */
	int64_t rows_salvaged, rows_lost;
	int migrated_from; /* user_version before the migration, -1 when none was needed */
};

/**
 * Opens the database: lock, key, integrity check, migrations. Nothing is ever replaced silently:
 * -EBUSY another farod has this directory, -EKEYREJECTED the key file does not fit the database or
 * is not 32 bytes of mode 0600, -ENOKEY it is missing, -EMEDIUMTYPE somebody else's database,
 * -EPROTO one of a newer Faro. A damaged file is set aside as faro.db.damaged-<time> and its
 * readable rows are kept. health may be NULL. `why` (size bytes) gets one line for the admin on
 * error.
 */
int store_open(const struct store_config *config, struct store **out, struct store_health *health,
	char *why, size_t size);
/** Checkpoints and closes. */
void store_close(struct store *store);

/** One transaction around several things that happen together. They do not nest. */
int store_begin(struct store *store);
/**
 * Durable when it returns 0 (WAL, synchronous=FULL). A transaction that wrote nothing costs no
 * sync.
 */
int store_commit(struct store *store);
void store_rollback(struct store *store);
bool store_in_transaction(const struct store *store);

/**
 * Whether the store can still do its work. While all is well that costs no write: the lock is taken
 * and a row is read. After a failed commit a small one is tried. 0, or -errno of what fails:
 * -ESTALE when the file was deleted, moved or replaced since it was opened; then every commit fails
 * so until the very same file is back, and another one is never taken for it.
 */
int store_alive(struct store *store);

/** A consistent copy of the whole database file (still sealed) at path, which must not exist. */
int store_backup(struct store *store, const char *path);

/**
 * The same in slices of a few ms, into a file beside the database, to be read in pieces. Only one
 * at a time: beginning ends the one before. -EBUSY in a transaction.
 */
int store_copy_begin(struct store *store);
/** 1 when there is more to copy, 0 when it is whole, -ENOENT when none was begun. */
int store_copy_step(struct store *store);
/** Bytes of the whole copy from `at` on; 0 at its end. */
ssize_t store_copy_read(struct store *store, int64_t at, void *out, size_t size);
/** Removes it. Nothing when there is none. */
void store_copy_end(struct store *store);

/**
 * Takes in a copy in pieces, in order (at 0 begins anew; -EINVAL when one is missing), and then has
 * it take the file's place at the next store_open(): checked like any file, its key must be ours.
 * What waited in it - queued messages, running alerts, texts not handled, deadlines - is marked and
 * never sent again, because the box it was taken from did that; and who has texted STOP since, by
 * the file that is in use, has texted STOP. That file is set aside as faro.db.before-<time>. On
 * error nothing has changed and `why` says what is wrong with the copy.
 */
int store_restore_put(struct store *store, int64_t at, const void *data, size_t size);
int store_restore(struct store *store, char *why, size_t size);

/* ---- the box's clock (base.h, struct clock) -------------------------------------------------- */

struct store_clock {
	int source;      /* enum clock_source */
	int64_t base_ms; /* what it shows, less monotonic time: of this boot only */
	int64_t from_ms; /* what is from then on is not yet dated for good; 0: all is */
};
/** Keeps it for another process of the same boot. -errno. */
int store_clock_keep(struct store *store, const struct store_clock *clock);
/** What was kept in this boot. 1, 0 nothing was, -errno. */
int store_clock_recall(struct store *store, struct store_clock *out);
/** Notes that now_ms was the time, for the next boot. -errno. */
int store_clock_seen(struct store *store, int64_t now_ms);
/** No row is from a later time than *newest_ms; 0 when nothing has happened yet. -errno. */
int store_clock_newest(struct store *store, int64_t *newest_ms);
/**
 * The time became known: a clock that showed from_ms at first steps by step_ms. Rows written since
 * then are dated, and what ends by them ends as much later. Rows of older boots that never knew the
 * time stay as they are, in their order before these. Looks at every row: once a boot. -errno.
 */
int store_clock_date(struct store *store, int64_t from_ms, int64_t step_ms);

/** A small setting that survives ("paused"). Get returns -ENOENT when it was never set. */
int store_value_set(struct store *store, const char *key, int64_t value);
int store_value_get(struct store *store, const char *key, int64_t *value);

#define STORE_MARK_SIZE 9
/**
 * A short mark that only this box's key makes of these words: eight letters of 0-9 and A-F. Who
 * sees it again knows that the words are the box's own.
 */
void store_mark(const struct store *store, const char *words, char out[STORE_MARK_SIZE]);

#endif
