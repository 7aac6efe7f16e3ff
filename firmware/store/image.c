/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages, cells and records of a damaged file. Clause numbers are those of
 * sqlite.org/fileformat2.html.
 */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAL_HEADER   32
#define FRAME_HEADER 24

/* ---- the write-ahead log (4) ----------------------------------------------------------------- */

struct wal {
	bool big_endian; /* of the checksums */
	uint32_t page_size, salt[2], sum[2];
};

static uint32_t word(const struct wal *wal, const uint8_t *p)
{
	return wal->big_endian
		       ? be32(p)
		       : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* 4.2 Checksum Algorithm */
static void checksum(struct wal *wal, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i + 8 <= size; i += 8) {
		wal->sum[0] += word(wal, data + i) + wal->sum[1];
		wal->sum[1] += word(wal, data + i + 4) + wal->sum[0];
	}
}

/* 4.1 WAL File Format */
static bool wal_header(int fd, struct wal *wal)
{
	uint8_t h[WAL_HEADER];
	*wal = (struct wal){ .page_size = 0 };
	if (fd < 0 || pread(fd, h, sizeof(h), 0) != (ssize_t)sizeof(h))
		return false;
	wal->big_endian = h[3] & 1;
	wal->page_size = be32(h + 8);
	wal->salt[0] = be32(h + 16);
	wal->salt[1] = be32(h + 20);
	checksum(wal, h, 24);
	return (be32(h) & ~1U) == 0x377f0682 && wal->sum[0] == be32(h + 24) &&
	       wal->sum[1] == be32(h + 28);
}

/*
 * The frame's page number, 0 when it is not a valid frame; *size is set on the last frame of a
 * transaction.
 */
static uint32_t wal_frame(int fd, struct wal *wal, uint32_t index, uint32_t *size)
{
	static uint8_t f[FRAME_HEADER + IMAGE_PAGE_MAX];
	size_t whole = FRAME_HEADER + wal->page_size;
	if (pread(fd, f, whole, (off_t)(WAL_HEADER + index * (uint64_t)whole)) != (ssize_t)whole)
		return 0;
	checksum(wal, f, 8);
	checksum(wal, f + FRAME_HEADER, wal->page_size);
	if (be32(f + 8) != wal->salt[0] || be32(f + 12) != wal->salt[1] ||
		be32(f + 16) != wal->sum[0] || be32(f + 20) != wal->sum[1])
		return 0;
	*size = be32(f + 4);
	return be32(f);
}

/*
 * Calls for each frame up to the last commit, or, with to NULL, finds how many these are and the
 * greatest page.
 */
static uint32_t wal_walk(int fd, uint32_t frames, uint32_t *to, uint32_t *greatest)
{
	struct wal wal;
	uint32_t committed = 0, top = 0;
	if (!wal_header(fd, &wal))
		return 0;
	for (uint32_t i = 0; i < frames; i++) {
		uint32_t size = 0, page = wal_frame(fd, &wal, i, &size);
		if (!page)
			break;
		top = page > top ? page : top;
		if (to)
			to[page] = i + 1;
		if (size) {
			committed = i + 1;
			*greatest = top;
		}
	}
	return committed;
}

/* ---- the file ------------------------------------------------------------------------------- */

static bool is_page_size(uint32_t size)
{
	return size >= 512 && size <= IMAGE_PAGE_MAX && (size & (size - 1)) == 0;
}

/* 1.3.2 Page Size; the log repeats it. */
static uint32_t page_size_of(const struct image *image, uint32_t otherwise)
{
	uint8_t h[18];
	struct wal wal;
	if (pread(image->file, h, sizeof(h), 0) == (ssize_t)sizeof(h) &&
		memcmp(h, "SQLite format 3", 16) == 0) {
		uint32_t size = be16(h + 16) == 1 ? IMAGE_PAGE_MAX : be16(h + 16);
		if (is_page_size(size))
			return size;
	}
	return wal_header(image->wal, &wal) && is_page_size(wal.page_size) ? wal.page_size
									   : otherwise;
}

static int map_pages(struct image *image)
{
	struct stat st;
	uint32_t greatest = 0;
	uint32_t committed = wal_walk(image->wal, UINT32_MAX, NULL, &greatest);
	if (fstat(image->file, &st))
		return -errno;
	uint64_t pages = (uint64_t)st.st_size / image->page_size;
	if (pages > INT32_MAX)
		return -EFBIG;
	image->pages = greatest > pages ? greatest : (uint32_t)pages;
	image->frame = calloc(image->pages + 1, sizeof(*image->frame));
	image->owner = calloc(image->pages + 1, sizeof(*image->owner));
	if (!image->frame || !image->owner)
		return -ENOMEM;
	wal_walk(image->wal, committed, image->frame, &greatest);
	return 0;
}

int image_open(struct image *image, const char *path, uint32_t page_size)
{
	char wal[PATH_MAX];
	snprintf(wal, sizeof(wal), "%s-wal", path);
	*image = (struct image){ .file = open(path, O_RDONLY | O_CLOEXEC), .wal = -1 };
	if (image->file < 0)
		return -errno;
	image->wal = open(wal, O_RDONLY | O_CLOEXEC);
	image->page_size = page_size_of(image, page_size);
	return map_pages(image);
}

void image_close(struct image *image)
{
	if (image->file >= 0)
		close(image->file);
	if (image->wal >= 0)
		close(image->wal);
	free(image->frame);
	free(image->owner);
}

int image_page(const struct image *image, uint32_t page, uint8_t *out)
{
	if (page < 1 || page > image->pages)
		return -ERANGE;
	uint64_t size = image->page_size, frame = image->frame[page];
	ssize_t n = frame ? pread(image->wal, out, size,
				    (off_t)(WAL_HEADER + (frame - 1) * (size + FRAME_HEADER) +
					    FRAME_HEADER))
			  : pread(image->file, out, size, (off_t)((page - 1) * size));
	return n == (ssize_t)size ? 0 : -EIO;
}

/* ---- cells (1.6) ----------------------------------------------------------------------------- */

/* Up to 9 bytes, most significant first. Returns the bytes used, 0 when the end came first. */
static size_t varint(const uint8_t *p, const uint8_t *end, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < 9 && p + i < end; i++) {
		if (i == 8) {
			*value = *value << 8 | p[i];
			return 9;
		}
		*value = *value << 7 | (p[i] & 0x7f);
		if (!(p[i] & 0x80))
			return i + 1;
	}
	return 0;
}

/* 1.6: how much of a payload of `size` lies on the leaf itself. */
static size_t local_size(size_t usable, size_t size)
{
	if (size <= usable - 35)
		return size;
	size_t least = (usable - 12) * 32 / 255 - 23;
	size_t fitted = least + (size - least) % (usable - 4);
	return fitted <= usable - 35 ? fitted : least;
}

static int join_overflow(
	const struct image *image, uint32_t page, uint8_t *payload, size_t have, size_t size)
{
	static uint8_t data[IMAGE_PAGE_MAX];
	while (have < size) {
		if (image_page(image, page, data))
			return -EBADMSG;
		size_t n = image->page_size - 4;
		n = n < size - have ? n : size - have;
		memcpy(payload + have, data + 4, n);
		have += n;
		page = be32(data);
	}
	return 0;
}

int image_cell(const struct image *image, const uint8_t *page, size_t start, unsigned int index,
	uint8_t *payload, struct cell *out)
{
	const uint8_t *end = page + image->page_size;
	size_t pointer = start + 8 + 2 * (size_t)index;
	uint64_t size, rowid;
	if (pointer + 2 > image->page_size)
		return -EBADMSG;
	size_t offset = be16(page + pointer);
	if (offset < pointer + 2 || offset >= image->page_size)
		return -EBADMSG;
	const uint8_t *p = page + offset;
	size_t n = varint(p, end, &size);
	size_t m = n ? varint(p + n, end, &rowid) : 0;
	if (!m || size > CELL_PAYLOAD_MAX)
		return -EBADMSG;
	p += n + m;
	size_t local = local_size(image->page_size, size);
	if (local + (local < size ? 4 : 0) > (size_t)(end - p))
		return -EBADMSG;
	*out = (struct cell){ (int64_t)rowid, p, size };
	if (local == size)
		return 0;
	memcpy(payload, p, local);
	out->payload = payload;
	return join_overflow(image, be32(p + local), payload, local, size);
}

/* ---- records (2.1) --------------------------------------------------------------------------- */

static size_t content_size(uint64_t type)
{
	static const uint8_t sizes[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };
	return type < sizeof(sizes) ? sizes[type] : (size_t)(type - 12) / 2;
}

static int64_t big_endian(const uint8_t *p, size_t size)
{
	uint64_t value = size && (p[0] & 0x80) ? UINT64_MAX : 0;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | p[i];
	return (int64_t)value;
}

static bool take_value(uint64_t type, const uint8_t *p, const uint8_t *end, struct value *out)
{
	size_t size = content_size(type);
	if (type == 10 || type == 11 || size > (size_t)(end - p))
		return false;
	*out = (struct value){ .kind = VALUE_NULL, .data = p, .size = size };
	if (type >= 12)
		out->kind = type & 1 ? VALUE_TEXT : VALUE_BLOB;
	else if (type == 7)
		out->kind = VALUE_REAL;
	else if (type > 0)
		out->kind = VALUE_INT;
	if (out->kind == VALUE_INT)
		out->number = type >= 8 ? (int64_t)type - 8 : big_endian(p, size);
	return true;
}

int image_record(const struct cell *cell, struct value out[ROW_COLUMNS_MAX])
{
	const uint8_t *end = cell->payload + cell->size;
	uint64_t header, type;
	size_t n = varint(cell->payload, end, &header);
	if (!n || header > cell->size || header < n)
		return -EBADMSG;
	const uint8_t *types = cell->payload + n, *data = cell->payload + header;
	int columns = 0;
	for (; types < cell->payload + header; columns++) {
		n = varint(types, cell->payload + header, &type);
		if (!n || columns == ROW_COLUMNS_MAX || !take_value(type, data, end, &out[columns]))
			return -EBADMSG;
		types += n;
		data += out[columns].size;
	}
	return columns;
}
