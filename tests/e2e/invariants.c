/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two sorted tables, one of what the network saw and one of what the rows say, walked side by side.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "invariants_private.h"

/*
 * The rows name the time at which the transaction of a STOP began. What was chosen in the one
 * before it may still be on its way to the modem, and a commit takes its time.
 */
#define COMMIT_MS     1000
#define VIOLATION_MAX 40 /* told; the rest is counted */

void violated(struct check *c, const char *format, ...)
{
	va_list ap;

	if (++c->found->violations > VIOLATION_MAX)
		return;
	fprintf(c->out, "VIOLATED: ");
	va_start(ap, format);
	vfprintf(c->out, format, ap);
	va_end(ap);
	fputc('\n', c->out);
}

void *list_add(struct list *list)
{
	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 1024;
		list->items = realloc(list->items, list->room * list->size);
		if (!list->items)
			abort();
	}
	return memset((char *)list->items + list->n++ * list->size, 0, list->size);
}

int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void list_sort(struct list *list)
{
	if (list->n)
		qsort(list->items, list->n, list->size, by_key);
}

uint64_t hash_more(uint64_t hash, const void *data, size_t size)
{
	const uint8_t *octets = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ octets[i]) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t hash_of(const char *text)
{
	return hash_more(UINT64_C(0xcbf29ce484222325), text, strlen(text) + 1);
}

uint64_t segment_key(const char *phone, uint64_t ud_hash)
{
	return hash_more(hash_of(phone), &ud_hash, sizeof(ud_hash));
}

uint64_t text_key(const char *from, const char *text)
{
	return hash_more(hash_of(from), text, strlen(text));
}

sqlite3_stmt *prepare(struct check *c, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		violated(c, "the database cannot be asked: %s", sqlite3_errmsg(c->db));
	return statement;
}

/* ---- the checks ------------------------------------------------------------------------------ */

/* Each violation is a row of this question: id, and what is wrong with it. */
static void none_of(struct check *c, const char *what, const char *sql)
{
	sqlite3_stmt *row = prepare(c, sql);

	while (row && sqlite3_step(row) == SQLITE_ROW)
		violated(
			c, "%s (%lld, %lld)", what, (long long)col(row, 0), (long long)col(row, 1));
	sqlite3_finalize(row);
}

static void check_file(struct check *c)
{
	sqlite3_stmt *row = prepare(c, "PRAGMA integrity_check");

	if (row && sqlite3_step(row) == SQLITE_ROW &&
		strcmp((const char *)sqlite3_column_text(row, 0), "ok") != 0)
		violated(c, "the file is damaged: %s", sqlite3_column_text(row, 0));
	sqlite3_finalize(row);
}

static void check_texts(struct check *c)
{
	const struct text *given = c->given.items, *kept = c->kept.items;
	size_t g = 0, k = 0;

	list_sort(&c->given);
	list_sort(&c->kept);
	while (g < c->given.n || k < c->kept.n) {
		uint64_t key = k >= c->kept.n || (g < c->given.n && given[g].key < kept[k].key)
				       ? given[g].key
				       : kept[k].key;
		int came = 0, left = 0, rows = 0;
		int64_t id = 0, row = 0;

		for (; g < c->given.n && given[g].key == key; g++) {
			came++;
			id = given[g].id;
			left += given[g].deleted >= given[g].parts;
		}
		for (; k < c->kept.n && kept[k].key == key; k++) {
			rows++;
			row = kept[k].id;
			if (c->of->settled && !kept[k].handled)
				violated(c, "text=%lld is not handled", (long long)kept[k].id);
		}
		if (rows > came)
			violated(c, "text=%lld: %d rows for %d texts of the network",
				(long long)row, rows, came);
		if (rows < (c->of->settled ? came : left))
			violated(c,
				"text %lld of the network is lost: %d came, %d were deleted from "
				"the modem, %d rows",
				(long long)id, came, left, rows);
	}
	c->found->texts = (int64_t)c->given.n;
	none_of(c, "a text was answered in two transactions (text, transactions)",
		"SELECT answers, count(DISTINCT queued_ms) AS n FROM message WHERE answers <> 0 "
		"GROUP BY answers HAVING n > 1");
	none_of(c, "a text opened two incidents (person, incidents)",
		"SELECT reporter, count(*) AS n FROM incident WHERE reporter <> 0 GROUP BY "
		"reporter "
		"HAVING n > max(1, (SELECT count(*) FROM text WHERE person = reporter AND state = "
		"2))");
}

static void check_alerts(struct check *c)
{
	sqlite3_stmt *row = prepare(c, "SELECT count(*) FROM message m JOIN broadcast b ON b.id = "
				       "m.broadcast WHERE b.kind = 0");

	if (row && sqlite3_step(row) == SQLITE_ROW)
		c->found->alert_copies = col(row, 0);
	sqlite3_finalize(row);
	none_of(c, "somebody has two copies of one broadcast (person, broadcast)",
		"SELECT person, broadcast FROM message WHERE broadcast <> 0 AND id >= (SELECT "
		"first_message "
		"FROM broadcast b WHERE b.id = broadcast) GROUP BY broadcast, person HAVING "
		"count(*) > 1");
	none_of(c, "an alert was never queued to its end (broadcast, pass)",
		"SELECT id, pass FROM broadcast WHERE pass < 4 AND gate = 0");
	none_of(c, "somebody on the list has no row of an alert (person, broadcast)",
		"SELECT p.id, b.id FROM broadcast b JOIN person p ON p.state = 2 AND p.suppressed "
		"= 0 AND "
		"p.blocked = 0 AND p.joined_ms < b.created_ms WHERE b.kind = 0 AND b.gate = 0 AND "
		"(b.wide OR p.zones = 0 OR (p.zones & b.zones) <> 0) AND NOT EXISTS "
		"(SELECT 1 FROM message m WHERE m.person = p.id AND m.broadcast = b.id)");
}

static void check_settled(struct check *c)
{
	if (!c->of->settled)
		return;
	none_of(c, "a message is not at its end (message, state)",
		"SELECT id, state FROM message WHERE state IN (0, 1, 5)");
	none_of(c, "a text is not handled (text, state)",
		"SELECT id, state FROM text WHERE state <> 2");
}

/* One number, one user data: everything that left against everything that was to leave. */
static void compare(struct check *c, const struct segment *segments, size_t n_segments,
	const struct row *rows, size_t n_rows)
{
	int handed = 0, accepted = 0, delivered = 0, resent = 0, unknowns = 0, reports = 0;
	int left = (int)n_segments;

	for (size_t i = 0; i < n_rows; i++) {
		handed += rows[i].handed;
		accepted += rows[i].accepted;
		delivered += rows[i].delivered;
		resent += rows[i].resent;
		unknowns += rows[i].unknowns;
	}
	for (size_t i = 0; i < n_segments; i++)
		reports += segments[i].reported;
	if (n_rows == 0)
		violated(c, "segment %lld of the network belongs to no row",
			(long long)segments[0].serial);
	else if (left && !handed)
		violated(c, "message=%lld left without having been handed over",
			(long long)rows[0].message);
	if ((accepted > left || delivered > reports) && unknowns)
		c->found->mistaken++;
	else if (accepted > left)
		violated(c, "message=%lld: %d called accepted, %d left", (long long)rows[0].message,
			accepted, left);
	else if (delivered > reports)
		violated(c, "message=%lld: %d called delivered, %d reports came",
			(long long)rows[0].message, delivered, reports);
	if (n_rows && left > handed) {
		c->found->doubles += left - handed;
		if (left - handed > resent)
			violated(c, "message=%lld: %d copies too many, %d counted",
				(long long)rows[0].message, left - handed, resent);
	}
}

static void check_segments(struct check *c)
{
	const struct segment *segments = c->segments.items;
	const struct row *rows = c->rows.items;
	size_t s = 0, r = 0;

	list_sort(&c->segments);
	list_sort(&c->rows);
	while (s < c->segments.n || r < c->rows.n) {
		uint64_t key =
			r >= c->rows.n || (s < c->segments.n && segments[s].key < rows[r].key)
				? segments[s].key
				: rows[r].key;
		size_t s0 = s, r0 = r;

		while (s < c->segments.n && segments[s].key == key)
			s++;
		while (r < c->rows.n && rows[r].key == key)
			r++;
		compare(c, segments + s0, s - s0, rows + r0, r - r0);
	}
	c->found->segments = (int64_t)c->segments.n;
}

static struct stop *first_with(struct list *list, uint64_t key)
{
	struct stop *found =
		list->n ? bsearch(&key, list->items, list->n, sizeof(*found), by_key) : NULL;

	while (found && found > (struct stop *)list->items && found[-1].key == key)
		found--;
	return found;
}

static size_t rows_with(struct check *c, uint64_t key, const struct row **first)
{
	const struct row *rows = c->rows.items, *end = rows + c->rows.n;
	const struct row *row = bsearch(&key, rows, c->rows.n, sizeof(*row), by_key);
	size_t n = 0;

	while (row && row > rows && row[-1].key == key)
		row--;
	*first = row;
	while (row && row + n < end && row[n].key == key)
		n++;
	return n;
}

/*
 * It left all the same: begun by then, or too late. One modem has one on the air. After a person's
 * STOP nothing is handed over, though its prompt was asked for; of an alert that is over what was
 * asked for may still go. How long it then was on the air is the network's.
 */
static void judge_landing(struct check *c, struct stop *stop, const struct segment *segment,
	bool alone, const char *what)
{
	int64_t begun_ms = alone ? segment->handed_ms : segment->asked_ms;
	int64_t last_ms = stop->since_ms + COMMIT_MS;
	long long after = (long long)(begun_ms - stop->since_ms);

	if (stop->committed_ms && stop->committed_ms < last_ms)
		last_ms = stop->committed_ms;
	c->found->landed_after_stop++;
	if (begun_ms > last_ms)
		violated(c, "%s=%lld: segment %lld was begun %lld ms after the end", what,
			(long long)stop->id, (long long)segment->serial, after);
	else if (alone && stop->landed & 1U << segment->modem)
		violated(c, "%s=%lld: segment %lld is the modem's second after the end", what,
			(long long)stop->id, (long long)segment->serial);
	stop->landed |= 1U << segment->modem;
}

/* A text of the same words may have been queued twice: the youngest speaks for the segment. */
static int64_t queued_of(const struct row *rows, size_t n)
{
	int64_t queued_ms = 0;

	for (size_t i = 0; i < n; i++)
		queued_ms = rows[i].queued_ms > queued_ms ? rows[i].queued_ms : queued_ms;
	return queued_ms;
}

static void check_number(
	struct check *c, const struct segment *segment, const struct row *rows, size_t n)
{
	struct stop *stop = first_with(&c->stops, segment->phone);
	const struct stop *end = (struct stop *)c->stops.items + c->stops.n;

	if (stop && rows[0].class == CLASS_STOP &&
		++stop->confirmations > 1 + stop->welcomes + rows[0].resent)
		violated(c, "person=%lld got %d confirmations of STOP", (long long)stop->id,
			stop->confirmations);
	for (; stop && stop < end && stop->key == segment->phone; stop++)
		if (segment->wall_ms > stop->since_ms && rows[0].class != CLASS_STOP &&
			queued_of(rows, n) < stop->since_ms)
			judge_landing(c, stop, segment, true, "person");
}

/* All that this segment may be was queued by the STOP's transaction, or later. */
static bool follows(const struct row *rows, size_t n, const struct stop *stop)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].class != CLASS_STOP || rows[i].queued_ms < stop->since_ms)
			return false;
	return n > 0;
}

/* A confirmation leaves when its STOP is committed. */
static void note_confirmation(struct check *c, const struct segment *segment)
{
	struct stop *stop = first_with(&c->stops, segment->phone);
	const struct stop *end = (struct stop *)c->stops.items + c->stops.n;
	const struct row *rows;
	size_t n = rows_with(c, segment->key, &rows);

	for (; stop && stop < end && stop->key == segment->phone; stop++)
		if (follows(rows, n, stop) &&
			(!stop->committed_ms || segment->handed_ms < stop->committed_ms))
			stop->committed_ms = segment->handed_ms;
}

/* After check_segments(): both tables are sorted by key. */
static void check_stops(struct check *c)
{
	const struct segment *segments = c->segments.items;

	list_sort(&c->stops);
	list_sort(&c->ends);
	for (size_t i = 0; i < c->segments.n; i++)
		note_confirmation(c, &segments[i]);
	for (size_t i = 0; i < c->segments.n; i++) {
		const struct row *rows;
		size_t n = rows_with(c, segments[i].key, &rows);
		struct stop *end = n == 1 ? first_with(&c->ends, (uint64_t)rows->broadcast) : NULL;

		if (n)
			check_number(c, &segments[i], rows, n);
		if (end && segments[i].wall_ms > end->since_ms)
			judge_landing(c, end, &segments[i], false, "broadcast");
	}
}

static void tell(struct check *c)
{
	const struct invariants_found *f = c->found;

	fprintf(c->out,
		"invariants: %lld texts in, %lld segments out, %lld rows (%lld copies of alerts), "
		"%lld "
		"delivered, %lld failed, %lld dropped, %lld copies too many of %lld sent again, "
		"%lld "
		"STOPs and %lld ends of alerts (%lld segments were on the air), %lld unknowns "
		"settled by the "
		"report of another: %s",
		(long long)f->texts, (long long)f->segments, (long long)f->messages,
		(long long)f->alert_copies, (long long)f->delivered, (long long)f->failed,
		(long long)f->dropped, (long long)f->doubles, (long long)f->resent,
		(long long)f->stopped, (long long)f->ended, (long long)f->landed_after_stop,
		(long long)f->mistaken, f->violations ? "" : "all hold\n");
	if (f->violations)
		fprintf(c->out, "%d VIOLATED\n", f->violations);
}

static void check_all(struct check *c)
{
	check_file(c);
	check_texts(c);
	check_alerts(c);
	check_settled(c);
	check_segments(c);
	check_stops(c);
	tell(c);
}

int invariants_check(const struct invariants *of, struct invariants_found *found, FILE *out)
{
	struct check c = { .of = of,
		.found = found,
		.out = out,
		.segments = { .size = sizeof(struct segment) },
		.rows = { .size = sizeof(struct row) },
		.given = { .size = sizeof(struct text) },
		.kept = { .size = sizeof(struct text) },
		.stops = { .size = sizeof(struct stop) },
		.ends = { .size = sizeof(struct stop) } };
	int rc;

	memset(found, 0, sizeof(*found));
	rc = read_journal(&c);
	if (rc == 0)
		rc = read_database(&c);
	if (rc == 0)
		check_all(&c);
	sqlite3_close(c.db);
	seal_free(c.seal);
	free(c.segments.items);
	free(c.rows.items);
	free(c.given.items);
	free(c.kept.items);
	free(c.stops.items);
	free(c.ends.items);
	return rc;
}
