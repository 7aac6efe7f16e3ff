/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every readable row of a damaged file into a new one. Tables are followed from their roots as far
 * as their trees hold; leaves that no tree reaches any more are taken by the shape of their rows
 * (deleted rows leave zeros: secure_delete). Indices are not read: they are made anew.
 */
#include "image.h"
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_MAX 40
#define DEPTH_MAX  20
/* Numbers are given in order and the greatest are messages times 256: a greater one is damage. */
#define ROWID_MAX ((int64_t)1 << 40)

struct table {
	char name[32];
	/* where a new file of this version has it; the damaged file's own word goes before */
	uint32_t root;
	int columns;
	enum value_kind types[ROW_COLUMNS_MAX];
	bool not_null[ROW_COLUMNS_MAX];
	sqlite3_stmt *insert;
};

struct salvage {
	sqlite3 *db;
	struct image image;
	struct table tables[TABLES_MAX];
	int table_count;
	int64_t rows, unreadable;
	int64_t holes; /* pages that a tree names and that are none of a tree */
	uint8_t page[IMAGE_PAGE_MAX], payload[CELL_PAYLOAD_MAX];
};

/* ---- what tables there are ------------------------------------------------------------------- */

static enum value_kind kind_of(const char *type)
{
	return strcmp(type, "INTEGER") == 0 ? VALUE_INT
	       : strcmp(type, "TEXT") == 0  ? VALUE_TEXT
					    : VALUE_BLOB;
}

static int learn_columns(struct salvage *s, struct table *table)
{
	sqlite3_stmt *row;
	char sql[128];
	snprintf(sql, sizeof(sql), "PRAGMA table_info(%s)", table->name);
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &row, NULL);
	if (rc != SQLITE_OK)
		return -EIO;
	while (sqlite3_step(row) == SQLITE_ROW && table->columns < ROW_COLUMNS_MAX) {
		int i = table->columns++;
		table->types[i] = kind_of((const char *)sqlite3_column_text(row, 2));
		table->not_null[i] = sqlite3_column_int(row, 3) != 0;
	}
	sqlite3_finalize(row);
	return 0;
}

static int prepare_insert(struct salvage *s, struct table *table)
{
	char sql[512];
	struct strbuf sb;
	strbuf_init(&sb, sql, sizeof(sql));
	strbuf_addf(&sb, "INSERT OR IGNORE INTO %s VALUES (?", table->name);
	for (int i = 1; i < table->columns; i++)
		strbuf_add(&sb, ", ?");
	strbuf_add(&sb, ")");
	return sqlite3_prepare_v2(s->db, sql, -1, &table->insert, NULL) == SQLITE_OK ? 0 : -EIO;
}

static int learn_tables(struct salvage *s)
{
	static const char sql[] = "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' "
				  "AND name NOT LIKE 'sqlite_%' ORDER BY rootpage";
	sqlite3_stmt *row;
	if (sqlite3_prepare_v2(s->db, sql, -1, &row, NULL) != SQLITE_OK)
		return -EIO;
	while (sqlite3_step(row) == SQLITE_ROW && s->table_count < TABLES_MAX) {
		struct table *table = &s->tables[s->table_count++];
		col_text(row, 0, table->name, sizeof(table->name));
		table->root = (uint32_t)col(row, 1);
	}
	sqlite3_finalize(row);
	int rc = 0;
	for (int i = 0; rc == 0 && i < s->table_count; i++) {
		rc = learn_columns(s, &s->tables[i]);
		if (rc == 0)
			rc = prepare_insert(s, &s->tables[i]);
	}
	return rc;
}

/* ---- whose page is it ------------------------------------------------------------------------ */

static void claim_child(struct salvage *s, uint32_t table, uint32_t number, int depth);

/* 1.6: an interior page's cells each begin with a child; one more stands in its header. */
static void claim_children(
	struct salvage *s, uint32_t table, const uint8_t *page, size_t start, int depth)
{
	unsigned int cells = be16(page + start + 3);
	for (unsigned int i = 0; i < cells; i++) {
		size_t pointer = start + 12 + 2 * (size_t)i;
		size_t offset = pointer + 2 <= s->image.page_size ? be16(page + pointer) : 0;
		if (offset > pointer && offset + 4 <= s->image.page_size)
			claim_child(s, table, be32(page + offset), depth);
	}
	claim_child(s, table, be32(page + start + 8), depth);
}

static void claim_child(struct salvage *s, uint32_t table, uint32_t number, int depth)
{
	uint8_t *page = malloc(s->image.page_size);
	if (!page || depth > DEPTH_MAX || image_page(&s->image, number, page) ||
		(page[0] != PAGE_INTERIOR && page[0] != PAGE_LEAF)) {
		s->holes++;
	} else if (number > 1 && !s->image.owner[number]) {
		s->image.owner[number] = table + 1;
		if (page[0] == PAGE_INTERIOR)
			claim_children(s, table, page, 0, depth + 1);
	}
	free(page);
}

static struct table *table_named(struct salvage *s, const struct value *name)
{
	for (int i = 0; i < s->table_count; i++) {
		if (name->kind == VALUE_TEXT && strlen(s->tables[i].name) == name->size &&
			memcmp(s->tables[i].name, name->data, name->size) == 0)
			return &s->tables[i];
	}
	return NULL;
}

/*
 * 2.6: type, name, tbl_name, rootpage, sql. Roots in the damaged file's own schema go before those
 * of a new one.
 */
static void learn_roots(struct salvage *s, uint32_t number, int depth)
{
	uint8_t *page = malloc(s->image.page_size);
	size_t start = number == 1 ? 100 : 0;
	if (!page || depth > DEPTH_MAX || image_page(&s->image, number, page)) {
		free(page);
		return;
	}
	unsigned int cells = be16(page + start + 3);
	for (unsigned int i = 0; page[start] == PAGE_LEAF && i < cells; i++) {
		struct cell cell;
		struct value row[ROW_COLUMNS_MAX];
		if (image_cell(&s->image, page, start, i, s->payload, &cell) ||
			image_record(&cell, row) != 5 || row[3].kind != VALUE_INT ||
			row[0].kind != VALUE_TEXT || row[0].size != 5 ||
			memcmp(row[0].data, "table", 5) != 0)
			continue;
		struct table *table = table_named(s, &row[1]);
		if (table)
			table->root = (uint32_t)row[3].number;
	}
	for (unsigned int i = 0; page[start] == PAGE_INTERIOR && i <= cells; i++) {
		size_t pointer = start + 12 + 2 * (size_t)i;
		size_t offset = i == cells                          ? start + 8
				: pointer + 2 <= s->image.page_size ? be16(page + pointer)
								    : 0;
		if (offset && offset + 4 <= s->image.page_size)
			learn_roots(s, be32(page + offset), depth + 1);
	}
	free(page);
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The first column is the row's id, which a record leaves NULL. */
static bool fits(const struct table *table, const struct value *row, int columns)
{
	if (columns != table->columns || row[0].kind != VALUE_NULL)
		return false;
	for (int i = 1; i < columns; i++) {
		if (row[i].kind == VALUE_NULL ? table->not_null[i] : row[i].kind != table->types[i])
			return false;
	}
	return true;
}

/* By its shape: NULL when none fits or more than one. */
static struct table *table_by_shape(struct salvage *s, const struct value *row, int columns)
{
	struct table *found = NULL;
	for (int i = 0; i < s->table_count; i++) {
		if (!fits(&s->tables[i], row, columns))
			continue;
		if (found)
			return NULL;
		found = &s->tables[i];
	}
	return found;
}

static void bind_value(sqlite3_stmt *insert, int index, const struct value *value)
{
	switch (value->kind) {
	case VALUE_INT:
		sqlite3_bind_int64(insert, index, value->number);
		break;
	case VALUE_TEXT:
		sqlite3_bind_text(
			insert, index, (const char *)value->data, (int)value->size, SQLITE_STATIC);
		break;
	case VALUE_BLOB:
		sqlite3_bind_blob(insert, index, value->data, (int)value->size, SQLITE_STATIC);
		break;
	default:
		sqlite3_bind_null(insert, index);
	}
}

/*
 * 0, or -errno when the new file cannot take rows at all; a row that does not fit is not readable.
 */
static int insert_row(
	struct salvage *s, struct table *table, int64_t rowid, const struct value *row, int columns)
{
	sqlite3_bind_int64(table->insert, 1, rowid);
	for (int i = 1; i < columns; i++)
		bind_value(table->insert, i + 1, &row[i]);
	int rc = sqlite3_step(table->insert);
	sqlite3_reset(table->insert);
	if (rc == SQLITE_DONE) {
		s->rows += sqlite3_changes(s->db);
		return 0;
	}
	s->unreadable++;
	return (rc & 0xff) == SQLITE_CONSTRAINT ? 0 : (rc & 0xff) == SQLITE_FULL ? -ENOSPC : -EIO;
}

static int salvage_cell(struct salvage *s, uint32_t owner, unsigned int index)
{
	struct value row[ROW_COLUMNS_MAX];
	struct cell cell;
	int columns = image_cell(&s->image, s->page, 0, index, s->payload, &cell);
	if (columns == 0)
		columns = image_record(&cell, row);
	if (columns < 0 || cell.rowid < 1 || cell.rowid > ROWID_MAX) {
		s->unreadable++;
		return 0;
	}
	struct table *table = owner ? &s->tables[owner - 1] : table_by_shape(s, row, columns);
	if (!table || !fits(table, row, columns)) {
		s->unreadable += owner != 0;
		return 0;
	}
	return insert_row(s, table, cell.rowid, row, columns);
}

static int salvage_page(struct salvage *s, uint32_t number, bool owned)
{
	uint32_t owner = s->image.owner[number];
	if ((owner != 0) != owned || image_page(&s->image, number, s->page) ||
		s->page[0] != PAGE_LEAF)
		return 0;
	unsigned int cells = be16(s->page + 3);
	int rc = 0;
	for (unsigned int i = 0; rc == 0 && i < cells && i < s->image.page_size / 4; i++)
		rc = salvage_cell(s, owner, i);
	return rc;
}

/* Rows that a tree reaches go before those that none does: the others may be older copies. */
static int salvage_pages(struct salvage *s)
{
	int rc = 0;
	for (int owned = 1; owned >= 0; owned--) {
		for (uint32_t page = 2; rc == 0 && page <= s->image.pages; page++)
			rc = salvage_page(s, page, owned);
	}
	return rc;
}

/* ---- what is missing ---------------------------------------------------------------------- */

static const char missing[] =
#include "missing.sql.h"
	;

static int64_t count_missing(const struct salvage *s)
{
	sqlite3_stmt *row;
	int64_t lost = -1;
	if (sqlite3_prepare_v2(s->db, missing, -1, &row, NULL) == SQLITE_OK &&
		sqlite3_step(row) == SQLITE_ROW)
		lost = col(row, 0);
	sqlite3_finalize(row);
	lost = lost > s->unreadable ? lost : s->unreadable;
	/* The youngest rows leave no gap. */
	return lost == 0 && s->holes ? -1 : lost;
}

static int read_all(struct salvage *s, const char *path, uint32_t page_size)
{
	int rc = learn_tables(s);
	if (rc == 0)
		rc = image_open(&s->image, path, page_size);
	if (rc)
		return rc;
	learn_roots(s, 1, 0);
	for (int i = 0; i < s->table_count; i++)
		claim_child(s, (uint32_t)i, s->tables[i].root, 0);
	return salvage_pages(s);
}

/* 1.3: the header string; 1.3.13: the user version, here the schema's. */
int salvage_version(const char *damaged_path, uint32_t page_size)
{
	struct image image;
	uint8_t *page = malloc(IMAGE_PAGE_MAX);
	int version = page ? 0 : -ENOMEM;
	if (page && image_open(&image, damaged_path, page_size) == 0) {
		if (image_page(&image, 1, page) == 0 && memcmp(page, "SQLite format 3", 16) == 0)
			version = (int)be32(page + 60);
		image_close(&image);
	}
	free(page);
	return version;
}

int salvage(sqlite3 *db, const char *damaged_path, uint32_t page_size, int64_t *rows, int64_t *lost)
{
	struct salvage *s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->db = db;
	s->image.file = s->image.wal = -1;
	sqlite3_exec(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", NULL, NULL, NULL);
	int rc = read_all(s, damaged_path, page_size);
	for (int i = 0; i < s->table_count; i++)
		sqlite3_finalize(s->tables[i].insert);
	image_close(&s->image);
	const char *end = rc ? "ROLLBACK" : "COMMIT";
	if (sqlite3_exec(db, end, NULL, NULL, NULL) != SQLITE_OK && rc == 0)
		rc = sqlite3_errcode(db) == SQLITE_FULL ? -ENOSPC : -EIO;
	*rows = s->rows;
	*lost = rc ? -1 : count_missing(s);
	sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
	free(s);
	return rc;
}
