/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database file as pages, read without SQLite: what its own reader refuses because one page is
 * damaged is still there on the others. The format is SQLite's (sqlite.org/fileformat2.html), which
 * is frozen.
 */
#ifndef FARO_STORE_IMAGE_H
#define FARO_STORE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_PAGE_MAX 65536

struct image {
	int file, wal;
	uint32_t page_size, pages;
	uint32_t *frame; /* per page: 1 + its last committed frame in the WAL, 0 = in the file */
	uint32_t *owner; /* per page: 1 + the table it belongs to, 0 = not known */
};

/**
 * page_size is for a file whose own header is gone. Pair with image_close(), also after an error.
 */
int image_open(struct image *image, const char *path, uint32_t page_size);
void image_close(struct image *image);
/** Reads page 1..pages into out[page_size]. -EIO, -ERANGE. */
int image_page(const struct image *image, uint32_t page, uint8_t *out);

/** One row of a table's leaf. */
struct cell {
	int64_t rowid;
	const uint8_t *payload; /* whole: overflow pages are joined */
	size_t size;
};
#define CELL_PAYLOAD_MAX 262144
/**
 * Takes cell `index` of a table leaf (header at offset `start` of page). payload[CELL_PAYLOAD_MAX]
 * is room for one that does not lie on its page alone. -EBADMSG when it cannot be read.
 */
int image_cell(const struct image *image, const uint8_t *page, size_t start, unsigned int index,
	uint8_t *payload, struct cell *out);

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_BLOB };
struct value {
	enum value_kind kind;
	int64_t number;
	const uint8_t *data;
	size_t size;
};
#define ROW_COLUMNS_MAX 40
/** Takes a record apart. Returns its number of columns or -EBADMSG. */
int image_record(const struct cell *cell, struct value out[ROW_COLUMNS_MAX]);

#define PAGE_INTERIOR 0x05
#define PAGE_LEAF     0x0d
static inline uint32_t be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}
static inline uint32_t be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}

#endif
