/* SPDX-License-Identifier: Apache-2.0 */
/* What the caps of a SIM have been used for: segments of a day, people of a month. Its mark. */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static int load_segments(struct store *store, int64_t modem, int64_t day_ms, int64_t *segments)
{
	int64_t sent;
	int rc = sql_int(store, SQL_ALLOWANCE_GET, 0, segments, "ii", modem, day_ms);
	if (rc == 0)
		rc = sql_int(store, SQL_MODEM_SENT, 0, &sent, "ii", modem, day_ms);
	/* The cap may be younger than the day, or have been away for a part of it. */
	if (rc == 0 && sent > *segments)
		*segments = sent;
	return rc;
}

static int load_people(
	struct store *store, int64_t modem, const char *month, int64_t month_ms, int64_t *people)
{
	int rc = sql_run(store, SQL_RECIPIENTS_FORGET, "it", modem, month);
	if (rc == 0)
		rc = sql_run(store, SQL_RECIPIENTS_SEED, "iti", modem, month, month_ms);
	if (rc == 0)
		rc = sql_int(store, SQL_RECIPIENTS_COUNT, 0, people, "it", modem, month);
	return rc;
}

static int load(struct store *store, const char *name, int64_t day_ms, const char *month,
	int64_t month_ms, int64_t *segments, int64_t *people)
{
	int64_t modem = modem_id(store, name);
	if (modem < 0)
		return (int)modem;
	int rc = load_segments(store, modem, day_ms, segments);
	return rc || !people ? rc : load_people(store, modem, month, month_ms, people);
}

int store_allowance_load(struct store *store, const char *modem, int64_t day_ms, const char *month,
	int64_t month_ms, int64_t *segments, int64_t *people)
{
	return (int)TX(store, load(store, modem, day_ms, month, month_ms, segments, people));
}

static int set(struct store *store, const char *name, int64_t day_ms, int64_t segments)
{
	int64_t modem = modem_id(store, name);
	if (modem < 0)
		return (int)modem;
	return sql_run(store, SQL_ALLOWANCE_SET, "iii", modem, day_ms, segments);
}

int store_allowance_set(struct store *store, const char *modem, int64_t day_ms, int64_t segments)
{
	return (int)TX(store, set(store, modem, day_ms, segments));
}

void store_mark(const struct store *store, const char *words, char out[STORE_MARK_SIZE])
{
	uint8_t hash[STORE_HASH_SIZE];
	seal_hash(store->seal, HASHED_MARK, words, strlen(words), hash);
	for (size_t i = 0; i < (STORE_MARK_SIZE - 1) / 2; i++)
		snprintf(out + 2 * i, 3, "%02X", hash[i]);
}
