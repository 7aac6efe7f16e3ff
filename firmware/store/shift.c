/* SPDX-License-Identifier: Apache-2.0 */
/* Who is on duty and who was. */
#include "internal.h"

static int set(struct store *store, int64_t person_id, int64_t until_ms, int64_t now_ms)
{
	bool over = until_ms <= now_ms;
	int64_t id = 0;
	int rc = store_person_set_duty(store, person_id, over ? 0 : until_ms);

	if (rc == 0)
		rc = sql_int(store, SQL_SHIFT_OF, 0, &id, "i", person_id);
	if (rc < 0)
		return rc;
	if (id)
		return sql_run(store, SQL_SHIFT_UNTIL, "iid", id, over ? now_ms : until_ms,
			(int)(over ? SHIFT_OVER : SHIFT_UNTOLD));
	return over ? 0 : sql_run(store, SQL_SHIFT_NEW, "iii", person_id, now_ms, until_ms);
}

int store_shift_set(struct store *store, int64_t person_id, int64_t until_ms, int64_t now_ms)
{
	return (int)TX(store, set(store, person_id, until_ms, now_ms));
}

int store_shift_tell(struct store *store, int64_t id, enum shift_told told)
{
	return (int)TX(store, sql_run(store, SQL_SHIFT_TELL, "id", id, (int)told));
}

static int walk(struct store *store, enum sql next, int64_t since_ms,
	int (*visit)(void *ctx, const struct shift *shift), void *ctx)
{
	struct shift shift = { .id = 0 };

	for (;;) {
		sqlite3_stmt *row;
		int rc = sql_row(store, next, &row, "i", shift.id);

		if (rc != 1)
			return rc;
		shift = (struct shift){ col(row, 0), col(row, 1), col(row, 2), col(row, 3),
			(enum shift_told)col(row, 4) };
		sql_done(row);
		if (shift.until_ms <= since_ms)
			continue;
		rc = visit(ctx, &shift);
		if (rc)
			return rc;
	}
}

int store_shift_walk(
	struct store *store, int (*visit)(void *ctx, const struct shift *shift), void *ctx)
{
	return walk(store, SQL_SHIFT_NEXT_OPEN, INT64_MIN, visit, ctx);
}

int store_shift_since(struct store *store, int64_t since_ms,
	int (*visit)(void *ctx, const struct shift *shift), void *ctx)
{
	int rc = (int)TX(store, sql_run(store, SQL_SHIFT_FORGET, "i", since_ms));

	return rc < 0 ? rc : walk(store, SQL_SHIFT_NEXT, since_ms, visit, ctx);
}
