/* SPDX-License-Identifier: Apache-2.0 */
/* What the network saw, from the simulator's journal; what the rows say, from the database. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "faro/sms.h"
#include "invariants_private.h"

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
	segment->asked_ms = number(event, "asked_ms");
	segment->handed_ms = number(event, "handed_ms");
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

int read_journal(struct check *c)
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

int read_database(struct check *c)
{
	if (open_database(c) < 0)
		return -1;
	read_messages(c);
	read_texts(c);
	read_stops(c);
	read_ends(c);
	return 0;
}
