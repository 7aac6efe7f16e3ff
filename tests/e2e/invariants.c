/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two sorted tables, one of what the network saw and one of what the rows say, walked side by side.
 */
#include <jansson.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../../firmware/store/internal.h"
#include "faro/sms.h"
#include "invariants.h"

#define AIR_MS        15000
#define VIOLATION_MAX 40 /* told; the rest is counted */

/** A segment that the network accepted. */
struct segment {
	uint64_t key, phone; /* of number, user data; of the number */
	int64_t serial, wall_ms;
	int modem;     /* a bit of its own, of 32 */
	bool reported; /* a report "delivered" has reached the modem */
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
	uint32_t landed; /* from these modems one was on the air */
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

static void violated(struct check *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void violated(struct check *c, const char *format, ...)
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

static void *list_add(struct list *list)
{
	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 1024;
		list->items = realloc(list->items, list->room * list->size);
		if (!list->items)
			abort();
	}
	return memset((char *)list->items + list->n++ * list->size, 0, list->size);
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void list_sort(struct list *list)
{
	if (list->n)
		qsort(list->items, list->n, list->size, by_key);
}

static uint64_t hash_more(uint64_t hash, const void *data, size_t size)
{
	const uint8_t *octets = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ octets[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_of(const char *text)
{
	return hash_more(UINT64_C(0xcbf29ce484222325), text, strlen(text) + 1);
}

static uint64_t segment_key(const char *phone, uint64_t ud_hash)
{
	return hash_more(hash_of(phone), &ud_hash, sizeof(ud_hash));
}

static uint64_t text_key(const char *from, const char *text)
{
	return hash_more(hash_of(from), text, strlen(text));
}

/* ---- the journal ----------------------------------------------------------------------------- */

static const char *word(const json_t *event, const char *key)
{
	const char *value = json_string_value(json_object_get(event, key));

	return value ? value : "";
}

static int64_t number(const json_t *event, const char *key)
{
	return json_integer_value(json_object_get(event, key));
}

static void on_segment(struct check *c, const json_t *event)
{
	struct segment *segment = list_add(&c->segments);

	segment->serial = number(event, "serial");
	segment->wall_ms = number(event, "wall_ms");
	segment->phone = hash_of(word(event, "to"));
	segment->modem = (int)(hash_of(word(event, "modem")) % 31);
	segment->key = segment_key(word(event, "to"), strtoull(word(event, "hash"), NULL, 16));
}

/* Segments are still in the order of their serials. */
static struct segment *segment_of(struct check *c, int64_t serial)
{
	struct segment *all = c->segments.items;
	size_t low = 0, high = c->segments.n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (all[middle].serial < serial)
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->segments.n && all[low].serial == serial ? &all[low] : NULL;
}

/*
 * What the network says of a segment is known by its `report`, that the modem has it by `reported`:
 * the second counts.
 */
static void on_reported(struct check *c, const json_t *event)
{
	struct segment *segment = segment_of(c, number(event, "segment"));

	if (segment && strcmp(word(event, "how"), "dropped") != 0)
		segment->reported = true;
}

static void on_inject(struct check *c, const json_t *event)
{
	struct text *text;

	if (!*word(event, "from"))
		return;
	text = list_add(&c->given);
	text->key = text_key(word(event, "from"), word(event, "text"));
	text->id = number(event, "text_id");
	text->parts = (int)number(event, "parts");
}

static void on_deleted(struct check *c, const json_t *event)
{
	struct text *all = c->given.items;
	int64_t id = number(event, "text_id");

	/* ids count up, and few texts have none of their own */
	for (size_t i = c->given.n < (size_t)id ? c->given.n : (size_t)id; id && i-- > 0;)
		if (all[i].id == id) {
			all[i].deleted++;
			return;
		}
}

static int read_journal(struct check *c)
{
	static const struct {
		const char *event;
		void (*take)(struct check *c, const json_t *event);
	} takers[] = {
		{ "segment", on_segment },
		{ "reported", on_reported },
		{ "inject", on_inject },
		{ "deleted", on_deleted },
	};
	FILE *file = fopen(c->of->journal, "r");
	char *line = NULL;
	size_t size = 0;

	if (!file) {
		fprintf(c->out, "%s cannot be read\n", c->of->journal);
		return -1;
	}
	while (getline(&line, &size, file) > 0) {
		for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
			char begin[32];
			json_t *event;

			snprintf(begin, sizeof(begin), "{\"event\":\"%s\"", takers[i].event);
			if (strncmp(line, begin, strlen(begin)) != 0)
				continue;
			event = json_loads(line, 0, NULL);
			if (event)
				takers[i].take(c, event);
			else
				violated(c, "a line of the journal is none: %s", line);
			json_decref(event);
		}
	}
	free(line);
	fclose(file);
	return 0;
}

/* ---- the database ---------------------------------------------------------------------------- */

static sqlite3_stmt *prepare(struct check *c, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		violated(c, "the database cannot be asked: %s", sqlite3_errmsg(c->db));
	return statement;
}

static bool opened(struct check *c, sqlite3_stmt *row, int index, enum sealed column, int64_t id,
	char *out, size_t size)
{
	ssize_t n = seal_open(c->seal, column, id, sqlite3_column_blob(row, index),
		(size_t)sqlite3_column_bytes(row, index), out, size - 1);

	out[n > 0 ? n : 0] = 0;
	if (n < 0)
		violated(c, "a sealed value of row %lld cannot be opened", (long long)id);
	return n >= 0;
}

/* FNV-1a of what a part's user data is in this message. */
static bool part_hash(struct check *c, sqlite3_stmt *parts, int64_t body, int64_t message, int part,
	uint64_t *hash)
{
	int64_t id = SEGMENT_ID(body, part);
	uint8_t packed[BODY_PART_SIZE];
	struct sms_ud ud;
	ssize_t n = -1;

	sqlite3_bind_int64(parts, 1, id);
	if (sqlite3_step(parts) == SQLITE_ROW)
		n = seal_open(c->seal, SEALED_PART, id, sqlite3_column_blob(parts, 0),
			(size_t)sqlite3_column_bytes(parts, 0), packed, sizeof(packed));
	sqlite3_reset(parts);
	if (n < 0 || sms_ud_unpack(&ud, packed, (size_t)n) < 0 ||
		sms_ud_set_reference(&ud, (uint16_t)message) < 0)
		return false;
	*hash = hash_more(UINT64_C(0xcbf29ce484222325), ud.ud, (size_t)sms_ud_octets(&ud));
	return true;
}

enum {
	M_ID,
	M_STATE,
	M_BODY,
	M_CLASS,
	M_PARTS,
	M_PART,
	M_TRIES,
	M_UNKNOWNS,
	M_ACCEPTED,
	M_RESENT,
	M_PERSON,
	M_PHONE,
	M_BROADCAST,
	M_QUEUED_MS
};

static void add_part(
	struct check *c, sqlite3_stmt *m, sqlite3_stmt *parts, const char *phone, int part)
{
	enum message_state state = (enum message_state)col(m, M_STATE);
	bool all = state == MESSAGE_SENT || state == MESSAGE_DELIVERED;
	struct row *row;
	uint64_t hash;

	if (!part_hash(c, parts, col(m, M_BODY), col(m, M_ID), part, &hash)) {
		violated(c, "message=%lld has no part %d", (long long)col(m, M_ID), part);
		return;
	}
	row = list_add(&c->rows);
	row->key = segment_key(phone, hash);
	row->message = col(m, M_ID);
	row->broadcast = col(m, M_BROADCAST);
	row->queued_ms = col(m, M_QUEUED_MS);
	row->class = (int)col(m, M_CLASS);
	row->resent = (int)col(m, M_RESENT);
	row->unknowns = (int)col(m, M_UNKNOWNS);
	row->accepted = all || part < col(m, M_PART);
	row->delivered = state == MESSAGE_DELIVERED;
	/* A message of several parts may begin again elsewhere: what was accepted tells then. */
	row->handed = row->accepted || col(m, M_ACCEPTED) > part ||
		      (part == col(m, M_PART) && (col(m, M_TRIES) > 0 || col(m, M_UNKNOWNS) > 0 ||
							 col(m, M_RESENT) > 0));
}

static void read_messages(struct check *c)
{
	sqlite3_stmt *parts = prepare(c, "SELECT data FROM body_part WHERE id = ?1");
	sqlite3_stmt *m = prepare(c, "SELECT m.id, m.state, m.body, m.class, m.parts, m.part, "
				     "m.tries, m.unknowns, m.accepted, m.resent, "
				     "m.person, i.phone, m.broadcast, m.queued_ms FROM message m "
				     "JOIN identity i ON i.id = "
				     "m.person ORDER BY m.id");
	char phone[PHONE_SIZE];

	while (sqlite3_step(m) == SQLITE_ROW) {
		enum message_state state = (enum message_state)col(m, M_STATE);

		c->found->messages++;
		c->found->resent += col(m, M_RESENT);
		c->found->delivered += state == MESSAGE_DELIVERED;
		c->found->failed += state == MESSAGE_FAILED;
		c->found->dropped += state == MESSAGE_DROPPED;
		if ((state == MESSAGE_SENT || state == MESSAGE_DELIVERED) &&
			col(m, M_ACCEPTED) < col(m, M_PARTS))
			violated(c, "message=%lld is %s, but %lld of %lld segments were accepted",
				(long long)col(m, M_ID), store_message_state_name(state),
				(long long)col(m, M_ACCEPTED), (long long)col(m, M_PARTS));
		if (!opened(c, m, M_PHONE, SEALED_PHONE, col(m, M_PERSON), phone, sizeof(phone)))
			continue;
		for (int part = 0; part < col(m, M_PARTS); part++)
			add_part(c, m, parts, phone, part);
	}
	sqlite3_finalize(m);
	sqlite3_finalize(parts);
}

static void read_texts(struct check *c)
{
	static char body[STORE_TEXT_SIZE + 1];
	sqlite3_stmt *t = prepare(c, "SELECT t.id, t.state, t.person, t.gaps, t.sender, t.body, "
				     "i.phone, t.total FROM text t "
				     "LEFT JOIN identity i ON i.id = t.person");
	char from[64];

	while (sqlite3_step(t) == SQLITE_ROW) {
		int64_t id = col(t, 0), person = col(t, 2);
		struct text *text;

		/* Its body is forgotten, or not all parts came: no text to compare. */
		if (sqlite3_column_type(t, 5) == SQLITE_NULL || col(t, 3) > 0)
			continue;
		if (!opened(c, t, person ? 6 : 4, person ? SEALED_PHONE : SEALED_SENDER,
			    person ? person : id, from, sizeof(from)) ||
			!opened(c, t, 5, SEALED_TEXT, id, body, sizeof(body)))
			continue;
		text = list_add(&c->kept);
		text->key = text_key(from, body);
		text->id = id;
		text->handled = col(t, 1) == 2;
	}
	sqlite3_finalize(t);
}

/*
 * Each STOP that was handled, and the numbers that are suppressed: those whose text is forgotten
 * too.
 */
static void read_stops(struct check *c)
{
	sqlite3_stmt *s = prepare(c,
		"SELECT i.id, t.handled_ms, i.phone, (SELECT count(*) FROM text w WHERE w.person = "
		"i.id AND w.taken_for IN ('start', 'join-yes')) FROM text t JOIN identity i ON "
		"i.id = t.person WHERE t.state = 2 AND t.taken_for = 'stop' UNION ALL "
		"SELECT i.id, s.since_ms, i.phone, 0 FROM suppressed s JOIN identity i ON i.hash = "
		"s.hash WHERE NOT EXISTS (SELECT 1 FROM text t WHERE t.person = i.id AND "
		"t.taken_for = 'stop')");
	char phone[PHONE_SIZE];

	while (sqlite3_step(s) == SQLITE_ROW) {
		struct stop *stop;

		if (!opened(c, s, 2, SEALED_PHONE, col(s, 0), phone, sizeof(phone)))
			continue;
		stop = list_add(&c->stops);
		stop->key = hash_of(phone);
		stop->id = col(s, 0);
		stop->since_ms = col(s, 1);
		stop->welcomes = (int)col(s, 3);
	}
	c->found->stopped = (int64_t)c->stops.n;
	sqlite3_finalize(s);
}

/* Alerts that were called off or cleared: what was queued of them is dropped. */
static void read_ends(struct check *c)
{
	sqlite3_stmt *s = prepare(c, "SELECT b.id, a.ended_ms FROM broadcast b JOIN alert a ON "
				     "a.broadcast = b.id WHERE b.gate = 7 AND a.ended_ms > 0");

	while (sqlite3_step(s) == SQLITE_ROW) {
		struct stop *end = list_add(&c->ends);

		end->key = (uint64_t)col(s, 0);
		end->id = col(s, 0);
		end->since_ms = col(s, 1);
	}
	c->found->ended = (int64_t)c->ends.n;
	sqlite3_finalize(s);
}

static int open_database(struct check *c)
{
	char why[256];

	if (seal_new(c->of->key, false, &c->seal, why, sizeof(why)) < 0) {
		fprintf(c->out, "%s\n", why);
		return -1;
	}
	if (sqlite3_open_v2(c->of->database, &c->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
		sqlite3_exec(c->db, "PRAGMA query_only = ON", NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(c->out, "%s: %s\n", c->of->database, sqlite3_errmsg(c->db));
		return -1;
	}
	return 0;
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

/* It left all the same: on the air by then, or too late. One modem has one on the air. */
static void judge_landing(struct check *c, struct stop *stop, const struct segment *segment,
	bool alone, const char *what)
{
	int air_ms = c->of->air_ms ? c->of->air_ms : AIR_MS;
	long long after = (long long)(segment->wall_ms - stop->since_ms);

	c->found->landed_after_stop++;
	if (after > air_ms)
		violated(c, "%s=%lld: segment %lld left %lld ms after the end", what,
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

/* After check_segments(): both tables are sorted by key. */
static void check_stops(struct check *c)
{
	const struct segment *segments = c->segments.items;

	list_sort(&c->stops);
	list_sort(&c->ends);
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
	read_messages(c);
	read_texts(c);
	read_stops(c);
	read_ends(c);
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
		rc = open_database(&c);
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
