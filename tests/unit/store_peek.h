/* SPDX-License-Identifier: Apache-2.0 */
/* A look into the store's rows, beside its functions. */
#ifndef FARO_STORE_PEEK_H
#define FARO_STORE_PEEK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../firmware/store/internal.h"

/* The first column of the first row, -1 when there is no row. */
static int64_t store_peek(struct store *store, const char *sql)
{
	sqlite3_stmt *row;
	int64_t value = -1;

	if (sqlite3_prepare_v2(store->db, sql, -1, &row, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(store->db));
	if (sqlite3_step(row) == SQLITE_ROW)
		value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return value;
}

#endif
