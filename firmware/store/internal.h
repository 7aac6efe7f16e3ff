/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this room share. Below store.h's functions there are three layers:
 *   sql.c     statements as data (statements.h, *.def), binding, errors, transactions
 *   seal.c    keys, sealing, keyed hashes
 *   message.c a message's row as a struct, and the counts that follow its state
 */
#ifndef FARO_STORE_INTERNAL_H
#define FARO_STORE_INTERNAL_H

#include <limits.h>
#include <sqlite3.h>
#include <sys/types.h>

#include "faro/store.h"

/* ---- statements ----------------------------------------------------------------------------- */

#define S(name, sql) SQL_##name,
enum sql {
#include "statements.h"
	SQL_COUNT
};
#undef S

/* ---- seal ----------------------------------------------------------------------------------- */

/** Which column a sealed value stands in: bound to it, together with its row's id. */
enum sealed {
	SEALED_PHONE,
	SEALED_NAME,
	SEALED_WORDING,
	SEALED_DIALOGUE,
	SEALED_SENDER,
	SEALED_TEXT,
	SEALED_PDU,
	SEALED_BODY,
	SEALED_PART,
	SEALED_NOTE,
	SEALED_ALERT,
	SEALED_STORY,
	SEALED_STORY_WORDING,
	SEALED_BULLETIN,
	SEALED_COLUMNS
};

/**
 * What a hash is of: each has its own key, so that equal values in different places do not look
 * equal.
 */
enum hashed {
	HASHED_PHONE,
	HASHED_BODY,
	HASHED_FRAGMENT,
	HASHED_CODE,
	HASHED_KEY,
	HASHED_MARK,
	HASHED_VOUCH,
	HASHED_KINDS
};

#define SEAL_OVERHEAD 40 /* nonce 24, tag 16 */

struct seal;
/** Reads the key file, or makes it when `make`. -ENOKEY when it is missing and may not be made. */
int seal_new(const char *path, bool make, struct seal **out, char *why, size_t size);
void seal_free(struct seal *seal);
/** out holds size + SEAL_OVERHEAD. Returns the sealed size. */
size_t seal_close(const struct seal *seal, enum sealed column, int64_t id, const void *plain,
	size_t size, uint8_t *out);
/** out holds at least sealed_size - SEAL_OVERHEAD. Returns the plain size or -EBADMSG. */
ssize_t seal_open(const struct seal *seal, enum sealed column, int64_t id, const void *sealed,
	size_t sealed_size, void *out, size_t size);
void seal_hash(const struct seal *seal, enum hashed kind, const void *data, size_t size,
	uint8_t out[STORE_HASH_SIZE]);
uint32_t seal_random(uint32_t below);

/* ---- the store ------------------------------------------------------------------------------ */

#define MODEMS_KNOWN    256 /* names, of those that are no more too */
#define SENT_REMEMBERED 1024

/** When this modem's last segments were accepted; older ones are counted in the file. */
struct modem_memory {
	char name[32];
	int64_t id;
	int64_t sent_ms[SENT_REMEMBERED]; /* a ring */
	unsigned int next;
	int64_t complete_since_ms; /* every segment accepted since then is in the ring */
	bool gone;
	bool fresh;         /* its row is of the open transaction */
	unsigned int noted; /* segments of the open transaction */
	int64_t asked_since_ms,
		asked_count; /* the last long question and its answer, kept up to date */
};

#define TALLIES_KEPT 8
struct tally_memory {
	bool valid;
	bool counting; /* not valid yet: its copies up to counted_id are in it */
	int64_t counted_id;
	int64_t broadcast; /* 0: everything */
	uint64_t used;     /* the least is replaced */
	struct store_tally tally;
};

/** handed.c: the note of what each modem was handed last, as it lies in its file. */
#define HANDED_MODEMS    256 /* a modem of a greater row id has no slot: always in doubt */
#define HANDED_BOOT_SIZE 40
#define HANDED_KEY       "life" /* in the database: which process's note fits it */
struct handed_slot {
	int64_t segment_id, attempt;
};
struct handed {
	char boot[HANDED_BOOT_SIZE]; /* the kernel's id of this boot */
	int64_t life;                /* as in the database; 0: not to be believed */
	struct handed_slot slots[HANDED_MODEMS];
};

/** Where a file lay when it was opened. */
struct store_place {
	bool known;
	dev_t dev;
	ino_t ino;
};
#define STORE_FILES 2 /* the database and its log */

/** A copy that is being made: run is NULL when it is whole. */
struct store_copy {
	sqlite3 *db;
	sqlite3_backup *run;
};

struct store {
	sqlite3 *db;
	struct store_copy copy;
	struct seal *seal;
	int lock_fd;
	int handed_fd; /* -1: no note is kept */
	struct handed handed;
	char path[PATH_MAX];
	sqlite3_stmt *stmts[SQL_COUNT];
	bool in_transaction;
	bool broken; /* a statement of the open transaction failed: it can only be rolled back */
	bool ailing; /* something failed, and store_alive() has not written since */
	int spell;   /* the error that was logged last and still holds, 0 none */
	struct store_place places[STORE_FILES];
	bool lost; /* the files are not where they were */
	unsigned int modem_count;
	struct modem_memory *modems[MODEMS_KNOWN];
	struct tally_memory tallies[TALLIES_KEPT];
	struct tally_memory tallies_before[TALLIES_KEPT]; /* the open transaction */
	uint64_t tally_clock;
	int64_t doubt_ms;      /* how long unknowns wait for their report, as was last said */
	bool stirs[SQL_COUNT]; /* a statement that may change what is claimed next */
	/* choice.c: counts them; and from which count to which the last accepted segment led */
	uint64_t stirred;
	struct {
		int64_t segment;
		uint64_t from, to;
	} accepted;
	bool more_due; /* a slice ended early: store_due has something to do now */
	uint8_t scratch[STORE_TEXT_SIZE + SEAL_OVERHEAD];
};

/* ---- sql.c ---------------------------------------------------------------------------------- */

/** Maps an SQLite result to -errno; logs once per spell; marks the open transaction broken. */
int sql_error(struct store *store, int result);

/**
 * Binds by type letters: i int64_t, o int64_t with NO_LANE for NULL, d int, t text, b bytes (const
 * void *, size_t; NULL pointer = NULL), n NULL. The bytes must live until the statement is done.
 * sql_run runs to the end: 0 or -errno.
 */
int sql_run(struct store *store, enum sql id, const char *types, ...);
/**
 * Runs to the first row: 1 and *row, which sql_done() must release; 0 when there is none; -errno.
 */
int sql_row(struct store *store, enum sql id, sqlite3_stmt **row, const char *types, ...);
/** The next row of the same: 1 or 0 or -errno. */
int sql_next(struct store *store, sqlite3_stmt *row);
void sql_done(sqlite3_stmt *row);
/** Runs and gives the first column of the first row; `missing` when there is no row. */
int sql_int(
	struct store *store, enum sql id, int64_t missing, int64_t *value, const char *types, ...);
int sql_changes(struct store *store);
int64_t sql_inserted(struct store *store);

static inline int64_t col(sqlite3_stmt *row, int index)
{
	return sqlite3_column_int64(row, index);
}
/** How "never" stands in a row. */
static inline int64_t shelf_life(int64_t expires_ms)
{
	return expires_ms == TIME_NEVER ? 0 : expires_ms;
}
void col_text(sqlite3_stmt *row, int index, char *out, size_t size);
/** Opens a sealed column as text; "" for NULL. -EBADMSG when it does not open; logged by row. */
int col_sealed(struct store *store, sqlite3_stmt *row, int index, enum sealed column, int64_t id,
	char *out, size_t size);

/**
 * Runs `call` in the caller's transaction, or in one of its own: committed when it gives >= 0, else
 * rolled back.
 */
#define TX(store, call)                                                                            \
	({                                                                                         \
		int tx_own_ = tx_enter(store);                                                     \
		tx_own_ < 0 ? tx_own_ : tx_leave(store, tx_own_, (call));                          \
	})
int tx_enter(struct store *store);
int64_t tx_leave(struct store *store, int own, int64_t result);

void sql_finalize(struct store *store);

/* ---- migrate.c ------------------------------------------------------------------------------ */

struct migration {
	int version;     /* user_version after it */
	const char *sql; /* may be many statements */
};
extern const struct migration store_migrations[];
extern const int store_migrations_count;

/**
 * Brings the file to the last version, each step one transaction. *from is the version before, -1
 * if unchanged.
 */
int migrate(
	sqlite3 *db, const struct migration *steps, int count, int *from, char *why, size_t size);

/* ---- open.c, repair.c, salvage.c ------------------------------------------------------------- */

#define STORE_PAGE_SIZE 1024
/* The log's length, in pages, at which it is checkpointed and then written over. */
#define STORE_LOG_PAGES 2000

/**
 * Opens path as every file of ours is opened. -EBADMSG: damaged. `*db` is to be closed also after
 * an error.
 */
int store_connect(const char *path, sqlite3 **db, char *why, size_t size);

/** Makes the log as long now as `pages` pages of `page_size` bytes will make it; see wal.c. */
void wal_reserve(sqlite3 *db, int pages, int page_size);

/** Opens, checks and brings forward the file at store->path; -EBADMSG: damaged. */
int store_open_file(struct store *store, struct store_health *health, char *why, size_t size);
void store_disconnect(struct store *store);

/** path with a suffix. */
void repair_beside(const char *path, const char *suffix, char out[PATH_MAX]);
/** Moves the file and its log to path.WHAT-TIME, which becomes `aside`. */
int repair_set_aside(const char *path, const char *what, char aside[PATH_MAX]);

/** restore.c: with the lock and the key: takes a copy that waits (faro.db.restore), if it fits. */
int restore_take(struct store *store);

/** A file of no bytes: not new, something was there. */
bool repair_is_empty(const char *path);
/** Finishes a repair that was interrupted. */
int repair_resume(const char *path, struct store_health *health, char *why, size_t size);
/**
 * The first file. It has its name only when it is whole: a first start that is cut off leaves
 * nothing that looks like a damaged one.
 */
int repair_first(const char *path, struct store_health *health, char *why, size_t size);
/**
 * Makes a new file of all readable rows and sets the damaged one aside. why says what is wrong with
 * it.
 */
int repair(const char *path, struct store_health *health, char *why, size_t size);
/** What the damaged file says its schema's version is, 0 when its header is lost, or -errno. */
int salvage_version(const char *damaged_path, uint32_t page_size);
/**
 * Reads what can be read of the file at damaged_path (and its log) into db, which has the schema of
 * the damaged file's version and no rows.
 */
int salvage(
	sqlite3 *db, const char *damaged_path, uint32_t page_size, int64_t *rows, int64_t *lost);

#ifdef FARO_CRASH
/** shaky.c: from now on files are opened on a disk that fails when it is told to. */
int shaky_register(void);
#endif

/* ---- shrink.c ------------------------------------------------------------------------------- */

/**
 * After the migrations: makes a small file of an older Faro anew, so that it can shrink. Outside a
 * transaction. What does not work for lack of room changes nothing.
 */
int shrink_adopt(struct store *store, char *why, size_t size);

/* ---- place.c -------------------------------------------------------------------------------- */

/** Opened: here the files lie from now on. */
void place_learn(struct store *store);
/** 0, or -ESTALE while the files are not where they were; says so in the log once. */
int place_check(struct store *store);
/** What was made, named or moved at path keeps its name through a power cut. 0 or -errno. */
int place_sync(const char *path);

/* ---- parts.c -------------------------------------------------------------------------------- */

/** The open text that this part of several belongs to, 0 when it begins one, or -errno. */
int64_t parts_text_for(struct store *store, const struct store_fragment *fragment, int64_t now_ms);
/**
 * Open pieces of one text become one, when nothing speaks for two: no part is there twice and all
 * were sent within minutes. whole: only when no part lacks. *text_id is the one that stays.
 */
int parts_gather(struct store *store, int64_t *text_id, bool whole);

/* ---- message.c ------------------------------------------------------------------------------ */

#define PARTS_OF(id)         ((id)*256)
#define SEGMENT_ID(id, part) (PARTS_OF(id) + (part))

/** A message's row. lane, reference and due_ms: NO_LANE, -1 and 0 stand for NULL. */
#define NO_LANE INT64_MIN
struct message {
	int64_t id;
	enum message_state state, was;
	bool was_queued; /* in one of the two queues when it was loaded */
	bool was_given_up;
	int64_t lane;
	int64_t person, broadcast, body;
	enum message_class class;
	int parts, part, tries, unknowns, accepted, resent;
	int64_t modem;
	bool stopped;
	int reference, error;
	int64_t sent_ms, due_ms, expires_ms;
	int64_t arrived_s; /* from sent_ms to the report that settled it, and 1; 0 = none */
};

/** 1, 0 when there is no such row, -errno. */
int message_load(struct store *store, int64_t id, struct message *out);
int message_from_row(sqlite3_stmt *row, struct message *out);
/** Writes what may change, and moves the counts. */
int message_save(struct store *store, struct message *message);
bool message_on_air(const struct message *message);
/** Ready for a claim, in the right lane (or dropped, when its broadcast was). */
int message_ready(struct store *store, struct message *message);
/** The same, begun again with its first part: the modem that has begun it is gone. */
int message_ready_elsewhere(struct store *store, struct message *message);
/** Waits until due_ms; ready at once when that is not after now_ms. */
int message_wait(struct store *store, struct message *message, int64_t due_ms, int64_t now_ms);
void message_end(struct message *message, enum message_state state);
/** Failed, and nobody can know whether a copy of it arrived. */
void message_give_up(struct message *message);
/** Nothing of it leaves any more: dropped, or given up where a copy may have left. */
void message_drop(struct message *message);
/** A status report settled it. */
void message_arrived(struct message *message, int64_t now_ms);
/** The try on air never came to anything: it does not count. */
void message_untry(struct store *store, struct message *message);
/**
 * Settles and saves, one after the other, what `statement` gives for `key`; what is settled must
 * not come again. Returns how many (at most limit) or -errno.
 */
int64_t messages_settle(struct store *store, enum sql statement, int64_t key, int64_t limit,
	int (*settle)(struct store *store, struct message *message, int64_t now_ms),
	int64_t now_ms);
/** Nothing of this person's messages leaves any more. Returns how many were dropped or -errno. */
int64_t messages_stop(struct store *store, int64_t person_id);

/** segment.c: the network has accepted the part on air; what is next. reference -1 = not known. */
int segment_accept(struct store *store, struct message *message, int reference, bool delivered,
	int64_t now_ms);

/* ---- claim.c, choice.c ----------------------------------------------------------------------- */

/** The head of a queue: all that its place is decided by. */
struct head {
	int64_t class, begun, rank, id; /* begun: 0 for what this modem has begun, else 1 */
};

/** Lowers *first to the head that this modem would claim now, when one is before it. */
int claim_look(struct store *store, int64_t modem, int64_t now_ms, struct head *first);
bool claim_is_held_back(const struct head *first, enum store_begin what);
/** The same within a scope. 1, 0, -errno. */
int claim_look_within(struct store *store, int64_t modem, const struct store_scope *scope,
	int64_t now_ms, struct message *out);
/**
 * Number, part and facts of what is claimed. -ETIME expired, -EPERM nothing may be sent to them,
 * -ENOENT, -EBADMSG cannot be read.
 */
int claim_fill(struct store *store, const struct message *message, int64_t now_ms,
	struct store_claim *out);
/** Within a scope that counts people: this one counts from now on. */
int claim_count_person(struct store *store, int64_t modem, const struct store_scope *scope,
	struct store_claim *claim);
/** A statement that does not change what is claimed next, though it writes. */
bool choice_is_calm(enum sql id);

/* ---- broadcast.c, reminder.c ----------------------------------------------------------------- */

/** A broadcast that was expanded got copies more: it is looked at again. */
int broadcast_reopen(struct store *store, int64_t broadcast_id, int64_t after);
/** The person answered: a reminder that has not left is dropped. */
int reminder_forget(struct store *store, int64_t alert_id, int64_t person_id);

/* ---- tally.c -------------------------------------------------------------------------------- */

void tally_begin(struct store *store);
void tally_rollback(struct store *store);
/**
 * Counts what is there: everything, and the broadcasts whose queues are open. At start, so that
 * nobody waits for it later.
 */
int tally_load(struct store *store);
/** Rows go from one table to another: what is being counted is counted anew. */
void tally_recount(struct store *store);
/** A new broadcast: nothing is counted yet. */
void tally_new(struct store *store, int64_t broadcast);
void tally_move(struct store *store, int64_t broadcast, enum message_state from,
	enum message_state to, int64_t count);
void tally_add(struct store *store, int64_t broadcast, enum message_state state, int64_t count);
void tally_given_up(struct store *store, int64_t broadcast, int64_t count);
void tally_sent(struct store *store, int64_t broadcast, int64_t now_ms);
void tally_resent(struct store *store, int64_t broadcast, int64_t count);

/* ---- counts.c ------------------------------------------------------------------------------- */

/** Counts people and texts, once; from then on triggers follow the rows (census.sql). */
int census_load(struct store *store);

/* ---- modems.c ------------------------------------------------------------------------------- */

/** The modem's row id, made when new. -errno. */
int64_t modem_id(struct store *store, const char *name);
void modem_note_sent(struct store *store, int64_t id, int64_t now_ms);
void modem_begin(struct store *store);
void modem_rollback(struct store *store);
void modem_free_all(struct store *store);
/** Released by store_modem_release() and not back since: what it has begun goes elsewhere. */
bool modem_gone(struct store *store, int64_t id);
void modem_set_gone(struct store *store, int64_t id, bool gone);

/* ---- handed.c ------------------------------------------------------------------------------- */

/** The kernel's name of this boot. Returns its length, 0 when it is not told. */
size_t handed_read_boot(char *out, size_t size);
/** Opens the note and reads what the process before wrote. -errno: none is kept. */
int handed_open(struct store *store, const char *data_dir);
void handed_close(struct store *store);
/**
 * In the transaction that recovers: what the process before handed over (life 0 when that cannot be
 * known), and a new life in the database.
 */
int handed_recall(struct store *store, struct handed *before);
/** After its commit: the note of the new life. */
void handed_write(struct store *store);
/** True when it is certain that the try on air never reached its modem. */
bool handed_never(const struct handed *before, const struct message *message);

/* ---- people.c ------------------------------------------------------------------------------- */

void person_hash(struct store *store, const char *phone, uint8_t out[STORE_HASH_SIZE]);
/** The person's id: > 0, 0 when the number has no row, -errno. */
int64_t person_id_of(struct store *store, const char *phone);
int64_t person_id_meet(struct store *store, const char *phone);
int person_from_row(struct store *store, sqlite3_stmt *row, struct person *out);

#endif
