/* SPDX-License-Identifier: Apache-2.0 */
/* Statements, prepared once each; binding by letters; errors as -errno; transactions. */
#include "internal.h"

#include <string.h>

#define S(name, sql) [SQL_##name] = sql,
static const char *const texts[SQL_COUNT] = {
#include "statements.h"
};
#undef S

/* ---- errors --------------------------------------------------------------------------------- */

static const struct {
	int result;
	int error;
} errors[] = {
	{ SQLITE_FULL, -ENOSPC },
	{ SQLITE_READONLY, -EROFS },
	{ SQLITE_NOMEM, -ENOMEM },
	{ SQLITE_BUSY, -EBUSY },
	{ SQLITE_LOCKED, -EBUSY },
	{ SQLITE_CONSTRAINT, -EEXIST },
	{ SQLITE_TOOBIG, -E2BIG },
	{ SQLITE_CORRUPT, -EUCLEAN },
	{ SQLITE_NOTADB, -EUCLEAN },
};

static int errno_of(struct store *store, int result)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		if (errors[i].result == (result & 0xff))
			return errors[i].error;
	}
	int system = sqlite3_system_errno(store->db);
	return system == ENOSPC || system == EROFS ? -system : -EIO;
}

int sql_error(struct store *store, int result)
{
	int error = errno_of(store, result);
	if (store->in_transaction)
		store->broken = true;
	store->ailing = true;
	if (store->spell != error) {
		store->spell = error;
		log_error("store: %s (SQLite %d: %s)", strerror(-error),
			sqlite3_extended_errcode(store->db), sqlite3_errmsg(store->db));
	}
	return error;
}

/* ---- statements ----------------------------------------------------------------------------- */

static int prepared(struct store *store, enum sql id, sqlite3_stmt **out)
{
	sqlite3_stmt **stmt = &store->stmts[id];
	if (!*stmt) {
		int rc = sqlite3_prepare_v3(
			store->db, texts[id], -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
		if (rc != SQLITE_OK)
			return sql_error(store, rc);
		store->stirs[id] = !sqlite3_stmt_readonly(*stmt) && !choice_is_calm(id);
	}
	store->stirred += store->stirs[id];
	*out = *stmt;
	return 0;
}

static int bind_optional(sqlite3_stmt *stmt, int index, int64_t value)
{
	return value == NO_LANE ? sqlite3_bind_null(stmt, index)
				: sqlite3_bind_int64(stmt, index, value);
}

static int bind_one(sqlite3_stmt *stmt, int index, char type, va_list *args)
{
	const void *data;
	switch (type) {
	case 'i':
		return sqlite3_bind_int64(stmt, index, va_arg(*args, int64_t));
	case 'o':
		return bind_optional(stmt, index, va_arg(*args, int64_t));
	case 'd':
		return sqlite3_bind_int(stmt, index, va_arg(*args, int));
	case 't':
		return sqlite3_bind_text(
			stmt, index, va_arg(*args, const char *), -1, SQLITE_STATIC);
	case 'b':
		data = va_arg(*args, const void *);
		return sqlite3_bind_blob(
			stmt, index, data, (int)va_arg(*args, size_t), SQLITE_STATIC);
	default:
		return sqlite3_bind_null(stmt, index);
	}
}

static int bind_all(
	struct store *store, enum sql id, sqlite3_stmt **stmt, const char *types, va_list *args)
{
	int rc = prepared(store, id, stmt);
	if (rc)
		return rc;
	for (int i = 0; types[i]; i++) {
		rc = bind_one(*stmt, i + 1, types[i], args);
		if (rc != SQLITE_OK)
			return sql_error(store, rc);
	}
	return 0;
}

int sql_next(struct store *store, sqlite3_stmt *row)
{
	int rc = sqlite3_step(row);
	if (rc == SQLITE_ROW)
		return 1;
	rc = sqlite3_reset(row);
	return rc == SQLITE_OK ? 0 : sql_error(store, rc);
}

void sql_done(sqlite3_stmt *row)
{
	sqlite3_reset(row);
}

int sql_run(struct store *store, enum sql id, const char *types, ...)
{
	sqlite3_stmt *stmt = NULL;
	va_list args;
	va_start(args, types);
	int rc = bind_all(store, id, &stmt, types, &args);
	va_end(args);
	if (rc)
		return rc;
	rc = sql_next(store, stmt);
	if (rc == 1)
		sql_done(stmt);
	return rc < 0 ? rc : 0;
}

int sql_row(struct store *store, enum sql id, sqlite3_stmt **row, const char *types, ...)
{
	va_list args;
	*row = NULL;
	va_start(args, types);
	int rc = bind_all(store, id, row, types, &args);
	va_end(args);
	return rc ? rc : sql_next(store, *row);
}

int sql_int(
	struct store *store, enum sql id, int64_t missing, int64_t *value, const char *types, ...)
{
	sqlite3_stmt *stmt = NULL;
	va_list args;
	va_start(args, types);
	int rc = bind_all(store, id, &stmt, types, &args);
	va_end(args);
	if (rc == 0)
		rc = sql_next(store, stmt);
	if (rc < 0)
		return rc;
	*value = rc && sqlite3_column_type(stmt, 0) != SQLITE_NULL ? col(stmt, 0) : missing;
	if (rc)
		sql_done(stmt);
	return 0;
}

int sql_changes(struct store *store)
{
	return sqlite3_changes(store->db);
}

int64_t sql_inserted(struct store *store)
{
	return sqlite3_last_insert_rowid(store->db);
}

void sql_finalize(struct store *store)
{
	for (int i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(store->stmts[i]);
		store->stmts[i] = NULL;
	}
}

void col_text(sqlite3_stmt *row, int index, char *out, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(row, index);
	text_copy(out, size, text ? text : "");
}

int col_sealed(struct store *store, sqlite3_stmt *row, int index, enum sealed column, int64_t id,
	char *out, size_t size)
{
	out[0] = '\0';
	if (sqlite3_column_type(row, index) == SQLITE_NULL)
		return 0;
	const void *sealed = sqlite3_column_blob(row, index);
	size_t sealed_size = (size_t)sqlite3_column_bytes(row, index);
	ssize_t n = seal_open(store->seal, column, id, sealed, sealed_size, out, size - 1);
	if (n < 0) {
		log_error("store: a sealed value of row %lld cannot be opened (column %s)",
			(long long)id, sqlite3_column_name(row, index));
		return (int)n;
	}
	out[n] = '\0';
	return 0;
}

/* ---- transactions --------------------------------------------------------------------------- */

int store_begin(struct store *store)
{
	if (store->in_transaction)
		return -EALREADY;
	int rc = sql_run(store, SQL_BEGIN, "");
	if (rc)
		return rc;
	store->in_transaction = true;
	store->broken = false;
	tally_begin(store);
	modem_begin(store);
	return 0;
}

int store_commit(struct store *store)
{
	if (!store->in_transaction)
		return -EINVAL;
	crash_point("store.commit");
	int rc = store->broken ? -EIO : place_check(store);
	if (rc == 0)
		rc = sql_run(store, SQL_COMMIT, "");
	crash_point("store.committed");
	if (rc) {
		store_rollback(store);
		return rc;
	}
	store->in_transaction = false;
	store->spell = 0;
	return 0;
}

void store_rollback(struct store *store)
{
	if (!store->in_transaction)
		return;
	store->in_transaction = false;
	store->broken = false;
	/* After a full disk SQLite may have rolled back by itself. */
	if (!sqlite3_get_autocommit(store->db))
		sql_run(store, SQL_ROLLBACK, "");
	tally_rollback(store);
	modem_rollback(store);
}

bool store_in_transaction(const struct store *store)
{
	return store->in_transaction;
}

int tx_enter(struct store *store)
{
	if (store->in_transaction)
		return store->broken ? -EIO : 0;
	int rc = store_begin(store);
	return rc ? rc : 1;
}

int64_t tx_leave(struct store *store, int own, int64_t result)
{
	if (!own)
		return result;
	if (result < 0) {
		store_rollback(store);
		return result;
	}
	int rc = store_commit(store);
	return rc ? rc : result;
}

/* ---- values --------------------------------------------------------------------------------- */

static int probe(struct store *store)
{
	int64_t value;
	int rc = store_value_get(store, "paused", &value);

	if (rc == -ENOENT)
		rc = 0;
	if (rc == 0 && store->ailing)
		rc = sql_run(store, SQL_VALUE_SET, "ti", "alive", time_mono_ms());
	return rc;
}

int store_alive(struct store *store)
{
	int rc;

	if (store->in_transaction)
		return 0;
	rc = (int)TX(store, probe(store));
	if (rc == 0)
		store->ailing = false;
	return rc;
}

int store_value_set(struct store *store, const char *key, int64_t value)
{
	return (int)TX(store, sql_run(store, SQL_VALUE_SET, "ti", key, value));
}

int store_value_get(struct store *store, const char *key, int64_t *value)
{
	sqlite3_stmt *row;
	int rc = sql_row(store, SQL_VALUE_GET, &row, "t", key);
	if (rc != 1)
		return rc ? rc : -ENOENT;
	*value = col(row, 0);
	sql_done(row);
	return 0;
}
