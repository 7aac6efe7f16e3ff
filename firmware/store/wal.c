/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log's blocks. A log that grows makes every sync write its new length, and the blocks that it
 * was given, besides what it is about: on a file system with a journal that doubles what the card
 * must write for a segment. So it gets its whole length once, at start, and is only written over.
 *
 * It is filled with zeros: a frame of page 0 is none, and every reader stops there (SQLite's file
 * format, 4.1 and 4.3). Space that is only set aside, without being written, would not do: its
 * first use is a change to the file system, too.
 */
#include "internal.h"

/* SQLite's file format, 4.1 */
#define LOG_HEADER   32
#define FRAME_HEADER 24

void wal_reserve(sqlite3 *db, int pages, int page_size)
{
	static const char zeros[65536];
	sqlite3_file *log = NULL;
	sqlite3_int64 length = LOG_HEADER + (sqlite3_int64)pages * (FRAME_HEADER + page_size), at;
	if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK ||
		!log || !log->pMethods || log->pMethods->xFileSize(log, &at) != SQLITE_OK)
		return;
	/* Where there is no room for it the log grows as it is used, or says so then. */
	for (int n; at < length; at += n) {
		n = length - at < (int)sizeof(zeros) ? (int)(length - at) : (int)sizeof(zeros);
		if (log->pMethods->xWrite(log, zeros, n, at) != SQLITE_OK)
			return;
	}
	log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
}
