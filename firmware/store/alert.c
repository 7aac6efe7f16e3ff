/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts from their code to their end, and the answers to them. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

#define CODES 10000

static const char *const state_names[ALERT_STATES] = {
	[ALERT_PENDING] = "pending",
	[ALERT_RUNNING] = "running",
	[ALERT_CLEARED] = "cleared",
	[ALERT_CANCELLED] = "cancelled",
	[ALERT_EXPIRED] = "expired",
	[ALERT_SCHEDULED] = "scheduled",
};

const char *store_alert_state_name(enum alert_state state)
{
	return (unsigned int)state < ALERT_STATES ? state_names[state] : "pending";
}

static void from_row(struct store *store, sqlite3_stmt *row, struct alert *out)
{
	out->id = col(row, 0);
	out->incident_id = col(row, 1);
	out->author_id = col(row, 2);
	out->state = (enum alert_state)col(row, 3);
	out->zones = (uint64_t)col(row, 4);
	out->wide = col(row, 5) != 0;
	out->need = (int)col(row, 6);
	out->wrong_codes = (int)col(row, 7);
	out->broadcast_id = col(row, 8);
	out->created_ms = col(row, 9);
	out->code_expires_ms = col(row, 10);
	out->started_ms = col(row, 11);
	out->expires_ms = col(row, 12);
	out->ended_ms = col(row, 13);
	out->promised_s = col(row, 14);
	out->summary_ms = col(row, 15);
	out->held = col(row, 16) != 0;
	out->promised_people = col(row, 18);
	out->promised_segments = col(row, 19);
	out->first_yes_ms = col(row, 20);
	out->info = col(row, 21) != 0;
	out->planned = col(row, 22);
	col_sealed(store, row, 17, SEALED_ALERT, out->id, out->text, sizeof(out->text));
	sql_done(row);
}

/* 1 and the alert, or 0. */
static int found(struct store *store, int rc, sqlite3_stmt *row, struct alert *out)
{
	if (rc == 1)
		from_row(store, row, out);
	return rc;
}

/* ---- the code ------------------------------------------------------------------------------- */

static void code_hash(struct store *store, const char *code, uint8_t out[STORE_HASH_SIZE])
{
	seal_hash(store->seal, HASHED_CODE, code, strnlen(code, ALERT_CODE_SIZE), out);
}

/*
 * Different from every other pending code: tried again until it is (there are never thousands
 * pending).
 */
static int code_draw(struct store *store, char code[ALERT_CODE_SIZE], uint8_t hash[STORE_HASH_SIZE])
{
	for (int tries = 0; tries < CODES; tries++) {
		int64_t taken;
		snprintf(code, ALERT_CODE_SIZE, "%04u", seal_random(CODES));
		code_hash(store, code, hash);
		int rc = sql_int(
			store, SQL_ALERT_CODE_TAKEN, 0, &taken, "b", hash, (size_t)STORE_HASH_SIZE);
		if (rc || !taken)
			return rc;
	}
	return -ENOSPC;
}

static int alert_new(
	struct store *store, struct alert *alert, int64_t now_ms, char code[ALERT_CODE_SIZE])
{
	uint8_t hash[STORE_HASH_SIZE];
	int rc = code_draw(store, code, hash);
	if (rc == 0)
		rc = sql_int(store, SQL_ALERT_NEXT_ID, 1, &alert->id, "");
	if (rc)
		return rc;
	size_t size = seal_close(store->seal, SEALED_ALERT, alert->id, alert->text,
		strnlen(alert->text, sizeof(alert->text) - 1), store->scratch);
	rc = sql_run(store, SQL_ALERT_NEW, "iiiidiiiiibbiidi", alert->id, alert->incident_id,
		alert->author_id, (int64_t)alert->zones, (int)alert->wide, (int64_t)alert->need,
		now_ms, alert->code_expires_ms, shelf_life(alert->expires_ms), alert->promised_s,
		hash, sizeof(hash), store->scratch, size, alert->promised_people,
		alert->promised_segments, (int)alert->info, alert->planned);
	if (rc)
		return rc;
	alert->state = ALERT_PENDING;
	alert->created_ms = now_ms;
	/* faroctl has no name (0): two there may not know of each other */
	return alert->author_id ? sql_run(store, SQL_ALERT_SUPERSEDE, "iii", alert->author_id,
					  now_ms, alert->id)
				: 0;
}

int store_code_draw(struct store *store, char code[ALERT_CODE_SIZE])
{
	uint8_t hash[STORE_HASH_SIZE];
	return code_draw(store, code, hash);
}

int store_alert_set_text(
	struct store *store, int64_t alert_id, const char *text, char code[ALERT_CODE_SIZE])
{
	uint8_t hash[STORE_HASH_SIZE];
	int rc = code_draw(store, code, hash);
	if (rc)
		return rc;
	size_t size =
		seal_close(store->seal, SEALED_ALERT, alert_id, text, strlen(text), store->scratch);
	rc = sql_run(
		store, SQL_ALERT_TEXT, "ibb", alert_id, store->scratch, size, hash, sizeof(hash));

	return rc ? rc : sqlite3_changes(store->db) == 1 ? 0 : -EALREADY;
}

int store_alert_new(
	struct store *store, struct alert *alert, int64_t now_ms, char code[ALERT_CODE_SIZE])
{
	return (int)TX(store, alert_new(store, alert, now_ms, code));
}

int store_alert_by_code(struct store *store, const char *code, int64_t now_ms, struct alert *out)
{
	uint8_t hash[STORE_HASH_SIZE];
	sqlite3_stmt *row;
	code_hash(store, code, hash);
	int rc = sql_row(store, SQL_ALERT_BY_CODE, &row, "bi", hash, sizeof(hash), now_ms);
	return found(store, rc, row, out);
}

static int64_t wrong_code(struct store *store, int64_t author_id, int64_t now_ms)
{
	int64_t left;
	int rc = sql_run(store, SQL_ALERT_WRONG, "ii", author_id, now_ms);
	if (rc == 0)
		rc = sql_run(store, SQL_ALERT_WRONG_THIRD, "ii", author_id, now_ms);
	if (rc == 0)
		rc = sql_int(store, SQL_ALERT_TRIES_LEFT, 0, &left, "ii", author_id, now_ms);
	return rc ? rc : left;
}

int store_alert_wrong_code(struct store *store, int64_t author_id, int64_t now_ms)
{
	return (int)TX(store, wrong_code(store, author_id, now_ms));
}

int store_alert_wrong_since(
	struct store *store, int64_t author_id, int64_t since_ms, int64_t *wrong)
{
	return sql_int(store, SQL_ALERT_WRONG_SINCE, 0, wrong, "ii", author_id, since_ms);
}

/* ---- finding -------------------------------------------------------------------------------- */

int store_alert_get(struct store *store, int64_t alert_id, struct alert *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_ALERT_GET, &row, "i", alert_id);
	rc = found(store, rc, row, out);
	return rc == 1 ? 0 : rc ? rc : -ENOENT;
}

int store_alert_pending(struct store *store, int64_t author_id, int64_t now_ms, struct alert *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_ALERT_PENDING, &row, "ii", author_id, now_ms);
	return found(store, rc, row, out);
}

int store_alert_behind(
	struct store *store, int64_t incident_id, int64_t after_id, struct alert *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_ALERT_BEHIND, &row, "ii", incident_id, after_id);
	return found(store, rc, row, out);
}

int store_alert_of_incident(struct store *store, int64_t incident_id, struct alert *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_ALERT_OF_INCIDENT, &row, "i", incident_id);
	return found(store, rc, row, out);
}

int store_alert_for_person(
	struct store *store, int64_t person_id, int64_t since_ms, struct alert *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_ALERT_RUNNING_FOR_PERSON, &row, "ii", person_id, since_ms);
	if (rc == 0)
		rc = sql_row(store, SQL_ALERT_FOR_PERSON, &row, "ii", person_id, since_ms);
	return found(store, rc, row, out);
}

int store_alert_walk(struct store *store, enum alert_state state,
	int (*visit)(void *ctx, const struct alert *alert), void *ctx)
{
	enum sql statement = state <= ALERT_RUNNING ? SQL_ALERT_NEXT_LIVE : SQL_ALERT_NEXT;
	struct alert alert = { .id = 0 };
	for (;;) {
		sqlite3_stmt *row;
		int rc = sql_row(store, statement, &row, "id", alert.id, (int)state);
		if (rc != 1)
			return rc;
		from_row(store, row, &alert);
		rc = visit(ctx, &alert);
		if (rc)
			return rc;
	}
}

int store_alert_next_end(struct store *store, int64_t *at_ms)
{
	return sql_int(store, SQL_ALERT_NEXT_END, TIME_NEVER, at_ms, "");
}

/* ---- moving on ------------------------------------------------------------------------------ */

/* 0 when the row was there and in the right state; else -EALREADY or -ENOENT. */
static int moved(struct store *store, int rc, int64_t alert_id)
{
	struct alert alert;
	if (rc || sql_changes(store))
		return rc;
	rc = store_alert_get(store, alert_id, &alert);
	return rc ? rc : -EALREADY;
}

static int start(struct store *store, int64_t alert_id, int64_t broadcast_id, int64_t expires_ms,
	int64_t now_ms)
{
	return moved(store,
		sql_run(store, SQL_ALERT_START, "iiii", alert_id, broadcast_id,
			shelf_life(expires_ms), now_ms),
		alert_id);
}

int store_alert_start(struct store *store, int64_t alert_id, int64_t broadcast_id,
	int64_t expires_ms, int64_t now_ms)
{
	return (int)TX(store, start(store, alert_id, broadcast_id, expires_ms, now_ms));
}

int store_alert_schedule(struct store *store, int64_t alert_id)
{
	return (int)TX(
		store, moved(store, sql_run(store, SQL_ALERT_SCHEDULE, "i", alert_id), alert_id));
}

static int end(struct store *store, int64_t alert_id, enum alert_state state, int64_t now_ms)
{
	return moved(store, sql_run(store, SQL_ALERT_END, "idi", alert_id, (int)state, now_ms),
		alert_id);
}

int store_alert_end(struct store *store, int64_t alert_id, enum alert_state state, int64_t now_ms)
{
	return (int)TX(store, end(store, alert_id, state, now_ms));
}

int store_alert_set_need(struct store *store, int64_t alert_id, int need)
{
	return (int)TX(store, sql_run(store, SQL_ALERT_NEED, "id", alert_id, need));
}

int store_alert_set_held(struct store *store, int64_t alert_id, bool held)
{
	return (int)TX(store, sql_run(store, SQL_ALERT_HELD, "id", alert_id, (int)held));
}

int store_alert_set_summary(struct store *store, int64_t alert_id, int64_t now_ms)
{
	return (int)TX(store, sql_run(store, SQL_ALERT_SUMMARY, "ii", alert_id, now_ms));
}

/* ---- answers -------------------------------------------------------------------------------- */

static bool is_coming(int64_t answer)
{
	return answer == ANSWER_YES || answer == ANSWER_HERE || answer == ANSWER_DONE;
}

/* An alert counts once for whoever came to it, and not when they took it back. */
static int count_answered(struct store *store, int64_t person_id, int64_t before, int64_t answer)
{
	int64_t change = is_coming(answer) - is_coming(before);
	return change ? sql_run(store, SQL_PERSON_ANSWERED, "ii", person_id, change) : 0;
}

static int answer_set(struct store *store, int64_t alert_id, int64_t person_id, enum answer answer,
	int64_t eta_ms, int64_t now_ms)
{
	int64_t before;
	int rc = sql_int(store, SQL_ANSWER_GET, ANSWER_NONE, &before, "ii", alert_id, person_id);
	if (rc == 0)
		rc = sql_run(store, SQL_ANSWER_SET, "iidii", alert_id, person_id, (int)answer,
			eta_ms, now_ms);
	if (rc == 0 && answer == ANSWER_YES)
		rc = sql_run(store, SQL_ALERT_FIRST_YES, "ii", alert_id, now_ms);
	if (rc == 0)
		rc = reminder_forget(store, alert_id, person_id);
	return rc ? rc : count_answered(store, person_id, before, answer);
}

int store_answer_set(struct store *store, int64_t alert_id, int64_t person_id, enum answer answer,
	int64_t eta_ms, int64_t now_ms)
{
	return (int)TX(store, answer_set(store, alert_id, person_id, answer, eta_ms, now_ms));
}

int store_answer_counts(
	struct store *store, int64_t alert_id, int64_t now_ms, struct answer_counts *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_ANSWER_COUNTS, &row, "i", alert_id);
	if (rc < 0)
		return rc;
	int64_t soonest_ms = col(row, 4);
	*out = (struct answer_counts){
		.yes = col(row, 0),
		.no = col(row, 1),
		.here = col(row, 2),
		.done = col(row, 3),
		.eta_min_soonest = -1,
		.last_ms = col(row, 5),
	};
	sql_done(row);
	if (soonest_ms)
		out->eta_min_soonest = soonest_ms > now_ms
					       ? (soonest_ms - now_ms + MS_PER_MIN - 1) / MS_PER_MIN
					       : 0;
	return 0;
}
