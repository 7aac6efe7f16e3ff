/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People: found by keyed hash, kept in a small row that lists walk and a sealed one that says who
 * they are.
 */
#include "internal.h"

#include <string.h>

static const char *const role_names[ROLES] = {
	[ROLE_NEIGHBOR] = "neighbor",
	[ROLE_MEMBER] = "member",
	[ROLE_RESPONDER] = "responder",
	[ROLE_DISPATCHER] = "dispatcher",
	[ROLE_ADMIN] = "admin",
};

const char *store_role_name(enum role role)
{
	return (unsigned int)role < ROLES ? role_names[role] : "neighbor";
}

int store_role_parse(const char *name, enum role *role)
{
	for (unsigned int i = 0; i < ROLES; i++) {
		if (strcmp(name, role_names[i]) == 0) {
			*role = (enum role)i;
			return 0;
		}
	}
	return -EINVAL;
}

static const char *const state_names[PERSON_STATES] = {
	[PERSON_KNOWN] = "known",
	[PERSON_APPLICANT] = "applicant",
	[PERSON_ACTIVE] = "active",
	[PERSON_LEFT] = "left",
	[PERSON_REMOVED] = "removed",
	[PERSON_SUSPENDED] = "suspended",
};

const char *store_person_state_name(enum person_state state)
{
	return (unsigned int)state < PERSON_STATES ? state_names[state] : "known";
}

/* ---- zones ---------------------------------------------------------------------------------- */

static int64_t zone_bit(struct store *store, const char *zone_id)
{
	int64_t id;
	int rc = sql_int(store, SQL_ZONE_FIND, 0, &id, "t", zone_id);
	if (rc == 0 && id == 0) {
		rc = sql_run(store, SQL_ZONE_ADD, "t", zone_id);
		id = sql_inserted(store);
	}
	if (rc)
		return rc;
	if (id <= ZONES_MAX)
		return id - 1;
	/* it is no disk that is full: whoever reads the error reads this before it */
	log_error("store: there is no place for the zone \"%s\": a box knows %d zones in its life, "
		  "those too that the configuration names no more; a name (list.zones.names) can "
		  "change at any time, an id cannot",
		zone_id, ZONES_MAX);
	return -ENOSPC;
}

int store_zone_bit(struct store *store, const char *zone_id)
{
	return (int)TX(store, zone_bit(store, zone_id));
}

/* ---- finding -------------------------------------------------------------------------------- */

void person_hash(struct store *store, const char *phone, uint8_t out[STORE_HASH_SIZE])
{
	seal_hash(store->seal, HASHED_PHONE, phone, strlen(phone), out);
}

int64_t person_id_of(struct store *store, const char *phone)
{
	uint8_t hash[STORE_HASH_SIZE];
	int64_t id;
	person_hash(store, phone, hash);
	int rc = sql_int(store, SQL_PERSON_ID, 0, &id, "b", hash, sizeof(hash));
	return rc ? rc : id;
}

int person_from_row(struct store *store, sqlite3_stmt *row, struct person *out)
{
	*out = (struct person){
		.id = col(row, 0),
		.role = (enum role)col(row, 1),
		.state = (enum person_state)col(row, 2),
		.configured = col(row, 3) != 0,
		.blocked = col(row, 4) != 0,
		.suppressed = col(row, 5) != 0,
		.zones = (uint64_t)col(row, 7),
		.duty_until_ms = col(row, 8),
		.muted_until_ms = col(row, 9),
		.joined_ms = col(row, 10),
		.last_text_ms = col(row, 11),
	};
	col_text(row, 6, out->language, sizeof(out->language));
	/* A name that cannot be opened is only missing; a person without a number is no person. */
	col_sealed(store, row, 13, SEALED_NAME, out->id, out->name, sizeof(out->name));
	return col_sealed(store, row, 12, SEALED_PHONE, out->id, out->phone, sizeof(out->phone));
}

int store_person_get(struct store *store, int64_t person_id, struct person *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_PERSON_GET, &row, "i", person_id);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	rc = person_from_row(store, row, out);
	sql_done(row);
	return rc;
}

int store_person_find(struct store *store, const char *phone, struct person *out)
{
	int64_t id = person_id_of(store, phone);
	if (id <= 0)
		return id ? (int)id : -ENOENT;
	return store_person_get(store, id, out);
}

int64_t person_id_meet(struct store *store, const char *phone)
{
	int64_t id = person_id_of(store, phone);
	if (id)
		return id;
	uint8_t hash[STORE_HASH_SIZE], sealed[PHONE_SIZE + SEAL_OVERHEAD];
	person_hash(store, phone, hash);
	int rc = sql_run(store, SQL_PERSON_ADD, "b", hash, sizeof(hash));
	if (rc)
		return rc;
	id = sql_inserted(store);
	size_t size = seal_close(store->seal, SEALED_PHONE, id, phone, strlen(phone), sealed);
	rc = sql_run(store, SQL_IDENTITY_ADD, "ibb", id, hash, sizeof(hash), sealed, size);
	return rc ? rc : id;
}

static int meet(struct store *store, const char *phone, struct person *out)
{
	if (strlen(phone) >= PHONE_SIZE)
		return -EINVAL;
	int64_t id = person_id_meet(store, phone);
	return id < 0 ? (int)id : store_person_get(store, id, out);
}

int store_person_meet(struct store *store, const char *phone, int64_t now_ms, struct person *out)
{
	(void)now_ms;
	return (int)TX(store, meet(store, phone, out));
}

int store_suppressed(struct store *store, const char *phone, bool *suppressed)
{
	uint8_t hash[STORE_HASH_SIZE];
	int64_t found;
	person_hash(store, phone, hash);
	int rc = sql_int(store, SQL_SUPPRESSED, 0, &found, "b", hash, sizeof(hash));
	*suppressed = found != 0;
	return rc;
}

/* ---- coming and going ----------------------------------------------------------------------- */

/* An update of one person's row: -ENOENT when there is none. */
static int changed(struct store *store, int rc)
{
	if (rc)
		return rc;
	return sql_changes(store) ? 0 : -ENOENT;
}

static int consent_add(struct store *store, int64_t person_id, bool applicant, const char *how,
	const char *wording, int64_t now_ms)
{
	int64_t id;
	size_t size = strlen(wording);
	if (size > STORE_TEXT_SIZE)
		return -E2BIG;
	int rc = sql_int(store, SQL_CONSENT_NEXT, 1, &id, "");
	if (rc)
		return rc;
	size = seal_close(store->seal, SEALED_WORDING, id, wording, size, store->scratch);
	return sql_run(store, SQL_CONSENT_ADD, "iiidtb", id, person_id, now_ms, (int)applicant, how,
		store->scratch, size);
}

static int join(struct store *store, int64_t person_id, uint64_t zones, bool applicant,
	const char *how, const char *wording, int64_t now_ms)
{
	int rc = changed(store, sql_run(store, SQL_PERSON_JOIN, "iidi", person_id, (int64_t)zones,
					(int)applicant, now_ms));
	if (rc == 0)
		rc = sql_run(store, SQL_UNSUPPRESS, "i", person_id);
	return rc ? rc : consent_add(store, person_id, applicant, how, wording, now_ms);
}

int store_person_join(struct store *store, int64_t person_id, uint64_t zones, bool applicant,
	const char *how, const char *wording, int64_t now_ms)
{
	return (int)TX(store, join(store, person_id, zones, applicant, how, wording, now_ms));
}

/* What leaving and being removed have in common. */
static int part_with(
	struct store *store, enum sql how, int64_t person_id, int64_t now_ms, int64_t *dropped)
{
	int rc = changed(store, sql_run(store, how, "i", person_id));
	if (rc == 0)
		rc = sql_run(store, SQL_ANSWER_TAKE_BACK, "ii", person_id, now_ms);
	if (rc == 0)
		rc = sql_run(store, SQL_DIALOGUE_CLEAR, "i", person_id);
	if (rc == 0)
		rc = sql_run(store, SQL_STORY_DROP, "i", person_id);
	if (rc == 0)
		rc = sql_run(store, SQL_READER_FORGET, "i", person_id);
	if (rc == 0)
		rc = sql_run(store, SQL_RSVP_FORGET, "i", person_id);
	if (rc)
		return rc;
	int64_t count = messages_stop(store, person_id);
	if (dropped)
		*dropped = count > 0 ? count : 0;
	return count < 0 ? (int)count : 0;
}

/* What an author prepared and nobody has confirmed: alerts, posts and events. */
static int drop_prepared(struct store *store, int64_t person_id, int64_t now_ms)
{
	int rc = sql_run(store, SQL_INCIDENT_CANCEL_OF_AUTHOR, "ii", person_id, now_ms);
	if (rc == 0)
		rc = sql_run(store, SQL_ALERT_CANCEL_OF_AUTHOR, "ii", person_id, now_ms);
	return rc ? rc : sql_run(store, SQL_DRAFT_DELETE_OF_AUTHOR, "i", person_id);
}

static int leave(struct store *store, int64_t person_id, int64_t now_ms, int64_t *dropped)
{
	int rc = part_with(store, SQL_PERSON_LEAVE, person_id, now_ms, dropped);
	if (rc == 0)
		rc = drop_prepared(store, person_id, now_ms);
	return rc ? rc : sql_run(store, SQL_SUPPRESS, "ii", person_id, now_ms);
}

int store_person_leave(struct store *store, int64_t person_id, int64_t now_ms, int64_t *dropped)
{
	return (int)TX(store, leave(store, person_id, now_ms, dropped));
}

static int remove_person(struct store *store, int64_t person_id, int64_t now_ms)
{
	int rc = part_with(store, SQL_PERSON_REMOVE, person_id, now_ms, NULL);
	return rc ? rc : drop_prepared(store, person_id, now_ms);
}

int store_person_remove(struct store *store, int64_t person_id, int64_t now_ms)
{
	return (int)TX(store, remove_person(store, person_id, now_ms));
}

/* ---- changing ------------------------------------------------------------------------------- */

static int set_role(struct store *store, int64_t person_id, enum role role, int64_t now_ms)
{
	int rc = changed(store, sql_run(store, SQL_PERSON_ROLE, "id", person_id, (int)role));
	if (rc || role >= ROLE_DISPATCHER)
		return rc;
	return drop_prepared(store, person_id, now_ms);
}

int store_person_set_role(struct store *store, int64_t person_id, enum role role, int64_t now_ms)
{
	return (int)TX(store, set_role(store, person_id, role, now_ms));
}

int store_person_set_language(struct store *store, int64_t person_id, const char *language)
{
	char kept[LANGUAGE_SIZE];
	text_copy(kept, sizeof(kept), language);
	return (int)TX(
		store, changed(store, sql_run(store, SQL_PERSON_LANGUAGE, "it", person_id, kept)));
}

static int set_name(struct store *store, int64_t person_id, const char *name)
{
	char kept[PERSON_NAME_SIZE];
	uint8_t sealed[PERSON_NAME_SIZE + SEAL_OVERHEAD];
	text_copy(kept, sizeof(kept), name);
	size_t size = seal_close(store->seal, SEALED_NAME, person_id, kept, strlen(kept), sealed);
	return changed(store,
		sql_run(store, SQL_PERSON_NAME, "ib", person_id, kept[0] ? sealed : NULL, size));
}

int store_person_set_name(struct store *store, int64_t person_id, const char *name)
{
	return (int)TX(store, set_name(store, person_id, name));
}

int store_person_set_zones(struct store *store, int64_t person_id, uint64_t zones)
{
	return (int)TX(store,
		changed(store, sql_run(store, SQL_PERSON_ZONES, "ii", person_id, (int64_t)zones)));
}

int store_person_set_duty(struct store *store, int64_t person_id, int64_t until_ms)
{
	return (int)TX(
		store, changed(store, sql_run(store, SQL_PERSON_DUTY, "ii", person_id, until_ms)));
}

int store_person_set_muted(struct store *store, int64_t person_id, int64_t until_ms)
{
	return (int)TX(
		store, changed(store, sql_run(store, SQL_PERSON_MUTED, "ii", person_id, until_ms)));
}

static int set_blocked(struct store *store, int64_t person_id, bool blocked, int64_t now_ms)
{
	int rc = changed(store, sql_run(store, SQL_PERSON_BLOCKED, "id", person_id, (int)blocked));
	if (rc == 0 && blocked)
		rc = sql_run(store, SQL_ANSWER_TAKE_BACK, "ii", person_id, now_ms);
	if (rc == 0 && blocked) {
		int64_t dropped = messages_stop(store, person_id);
		rc = dropped < 0 ? (int)dropped : 0;
	}
	return rc;
}

int store_person_set_blocked(struct store *store, int64_t person_id, bool blocked, int64_t now_ms)
{
	return (int)TX(store, set_blocked(store, person_id, blocked, now_ms));
}

/* ---- the configuration's people ------------------------------------------------------------- */

int store_people_configure_begin(struct store *store)
{
	return (int)TX(store, sql_run(store, SQL_CONFIGURE_BEGIN, ""));
}

static int configure(struct store *store, const char *phone, const char *name, enum role role,
	const char *language, uint64_t zones, int64_t now_ms)
{
	int64_t id = person_id_meet(store, phone);
	if (id < 0)
		return (int)id;
	int rc = sql_run(
		store, SQL_CONFIGURE, "idtii", id, (int)role, language, (int64_t)zones, now_ms);
	if (rc == 0 && role < ROLE_DISPATCHER)
		rc = drop_prepared(store, id, now_ms);
	return rc || !name[0] ? rc : set_name(store, id, name);
}

int store_people_configure(struct store *store, const char *phone, const char *name, enum role role,
	const char *language, uint64_t zones, int64_t now_ms)
{
	return (int)TX(store, configure(store, phone, name, role, language, zones, now_ms));
}

int store_people_configure_end(struct store *store)
{
	return (int)TX(store, sql_run(store, SQL_CONFIGURE_END, ""));
}

/* ---- walking -------------------------------------------------------------------------------- */

/* Those who are few have an index of their own. */
static enum sql for_filter(const struct person_filter *filter, enum sql all, enum sql staff)
{
	return filter->role_min >= ROLE_RESPONDER ? staff : all;
}

#define FILTER_TYPES "ididii"
#define FILTER_ARGS(filter, after_id)                                                              \
	(int64_t)(after_id), (int)(filter)->role_min, (int64_t)(filter)->active_only,              \
		(filter)->state_set ? (int)(filter)->state : -1, (int64_t)(filter)->zones,         \
		(filter)->on_duty_at_ms

int store_person_walk(struct store *store, const struct person_filter *filter,
	int (*visit)(void *ctx, const struct person *person), void *ctx)
{
	enum sql statement = for_filter(filter, SQL_PERSON_NEXT, SQL_PERSON_NEXT_STAFF);
	int64_t after_id = filter->after_id;
	for (;;) {
		struct person person;
		sqlite3_stmt *row;
		int rc = sql_row(
			store, statement, &row, FILTER_TYPES, FILTER_ARGS(filter, after_id));
		if (rc != 1)
			return rc;
		rc = person_from_row(store, row, &person);
		sql_done(row);
		after_id = person.id;
		if (rc == 0)
			rc = visit(ctx, &person);
		if (rc && rc != -EBADMSG)
			return rc;
	}
}

int store_person_count(struct store *store, const struct person_filter *filter, int64_t *count)
{
	return sql_int(store, for_filter(filter, SQL_PERSON_COUNT, SQL_PERSON_COUNT_STAFF), 0,
		count, FILTER_TYPES, FILTER_ARGS(filter, filter->after_id));
}

/* ---- dialogue ------------------------------------------------------------------------------- */

int store_dialogue_set(struct store *store, int64_t person_id, const struct dialogue *dialogue)
{
	uint8_t sealed[DIALOGUE_DATA_SIZE + SEAL_OVERHEAD];
	size_t size = strnlen(dialogue->data, sizeof(dialogue->data));
	size = seal_close(store->seal, SEALED_DIALOGUE, person_id, dialogue->data, size, sealed);
	return (int)TX(store, sql_run(store, SQL_DIALOGUE_SET, "idib", person_id, dialogue->kind,
				      dialogue->expires_ms, sealed, size));
}

int store_dialogue_get(struct store *store, int64_t person_id, int64_t now_ms, struct dialogue *out)
{
	sqlite3_stmt *row;
	*out = (struct dialogue){ .kind = 0 };
	int rc = sql_row(store, SQL_DIALOGUE_GET, &row, "ii", person_id, now_ms);
	if (rc != 1)
		return rc;
	rc = col_sealed(store, row, 2, SEALED_DIALOGUE, person_id, out->data, sizeof(out->data));
	out->kind = rc ? 0 : (int)col(row, 0);
	out->expires_ms = col(row, 1);
	sql_done(row);
	return 0;
}

int store_dialogue_clear(struct store *store, int64_t person_id)
{
	return (int)TX(store, sql_run(store, SQL_DIALOGUE_CLEAR, "i", person_id));
}
