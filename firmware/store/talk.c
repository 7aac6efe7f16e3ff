/* SPDX-License-Identifier: Apache-2.0 */
/* How much was said lately: what ends a talk between machines, and a flood. */
#include "internal.h"

int store_talk_get(struct store *store, int64_t person_id, struct talk *out)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_TALK_GET, &row, "i", person_id);
	*out = (struct talk){ .person_id = person_id };
	if (rc != 1)
		return rc;
	out->since_ms = col(row, 0);
	out->said = (int)col(row, 1);
	out->helps = (int)col(row, 2);
	out->told = (int)col(row, 3);
	out->hurried = (int)col(row, 4);
	sql_done(row);
	return 0;
}

int store_talk_set(struct store *store, const struct talk *talk)
{
	return (int)TX(
		store, sql_run(store, SQL_TALK_SET, "iidddd", talk->person_id, talk->since_ms,
			       talk->said, talk->helps, talk->told, talk->hurried));
}

int store_talk_forget(struct store *store, int64_t before_ms)
{
	return (int)TX(store, sql_run(store, SQL_TALK_FORGET, "i", before_ms));
}
