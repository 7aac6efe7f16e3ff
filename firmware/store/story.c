/* SPDX-License-Identifier: Apache-2.0 */
/* What people tell, with their consent: asked for, kept, deleted on their word. */
#include "internal.h"

#include <string.h>

static int asked_first(struct store *store, int64_t person_id, int64_t *first)
{
	return sql_int(store, SQL_STORY_ASKED, 0, first, "i", person_id);
}

static int add(struct store *store, const struct store_story *story, int64_t now_ms)
{
	size_t size = strlen(story->text);
	int64_t id, first;
	if (size >= STORE_TEXT_SIZE)
		return -E2BIG;
	int rc = asked_first(store, story->person_id, &first);
	if (rc == 0)
		rc = sql_int(store, SQL_STORY_NEXT_ID, 1, &id, "");
	if (rc)
		return rc;
	size = seal_close(store->seal, SEALED_STORY, id, story->text, size, store->scratch);
	rc = sql_run(store, SQL_STORY_ADD, "iiiitb", id, story->person_id, first ? first : id,
		now_ms, story->language, store->scratch, size);
	return rc ? rc
		  : sql_run(store, SQL_STORY_EXPIRES, "ii", story->person_id, story->expires_ms);
}

int store_story_add(struct store *store, const struct store_story *story, int64_t now_ms)
{
	return (int)TX(store, add(store, story, now_ms));
}

static int keep(struct store *store, int64_t person_id, const char *wording, int64_t now_ms)
{
	size_t size = strlen(wording);
	int64_t first;
	if (size >= STORE_TEXT_SIZE)
		return -E2BIG;
	int rc = asked_first(store, person_id, &first);
	if (rc || !first)
		return rc;
	size = seal_close(store->seal, SEALED_STORY_WORDING, first, wording, size, store->scratch);
	rc = sql_run(store, SQL_STORY_WORDING, "ib", first, store->scratch, size);
	if (rc == 0)
		rc = sql_run(store, SQL_STORY_KEEP, "ii", person_id, now_ms);
	return rc ? rc : 1;
}

int store_story_keep(struct store *store, int64_t person_id, const char *wording, int64_t now_ms)
{
	return (int)TX(store, keep(store, person_id, wording, now_ms));
}

static int count_and(struct store *store, int64_t person_id, enum sql count, enum sql delete)
{
	int64_t stories;
	int rc = sql_int(store, count, 0, &stories, "i", person_id);
	if (rc == 0)
		rc = sql_run(store, delete, "i", person_id);
	return rc ? rc : (int)stories;
}

int store_story_drop(struct store *store, int64_t person_id)
{
	return (int)TX(store, count_and(store, person_id, SQL_STORY_COUNT_ASKED, SQL_STORY_DROP));
}

int store_story_delete(struct store *store, int64_t person_id)
{
	return (int)TX(store, count_and(store, person_id, SQL_STORY_COUNT, SQL_STORY_DELETE));
}

int store_story_count(struct store *store, int64_t person_id, int64_t *kept)
{
	return sql_int(store, SQL_STORY_COUNT, 0, kept, "i", person_id);
}

int store_story_forget(struct store *store, int64_t now_ms)
{
	return (int)TX(store, sql_run(store, SQL_STORY_FORGET, "i", now_ms));
}

int store_story_next_end(struct store *store, int64_t *at_ms)
{
	return sql_int(store, SQL_STORY_NEXT_END, TIME_NEVER, at_ms, "");
}

int store_text_empty(struct store *store, int64_t text_id)
{
	return (int)TX(store, sql_run(store, SQL_TEXT_EMPTY, "i", text_id));
}

int store_story_next(struct store *store, struct store_story_piece *piece)
{
	sqlite3_stmt *row;
	char *text = (char *)store->scratch;
	int rc = sql_row(store, SQL_STORY_NEXT, &row, "ii", piece->story, piece->id);
	if (rc != 1)
		return rc;
	*piece = (struct store_story_piece){
		.id = col(row, 0),
		.story = col(row, 1),
		.told_ms = col(row, 2),
		.kept_ms = col(row, 3),
		.text = text,
	};
	col_text(row, 4, piece->language, sizeof(piece->language));
	/* one that cannot be opened is told by its place: the others are there */
	col_sealed(store, row, 5, SEALED_STORY, piece->id, text, STORE_TEXT_SIZE);
	sql_done(row);
	return 1;
}
