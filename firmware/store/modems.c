/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modems by name, and when each last handed segments to its network. The newest are kept in memory,
 * so that a cap per minute costs no statement and a segment no further page; longer questions are
 * counted in the file once and kept up to date from then on.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static struct modem_memory *known(struct store *store, int64_t id)
{
	for (unsigned int i = 0; i < store->modem_count; i++) {
		if (store->modems[i]->id == id)
			return store->modems[i];
	}
	return NULL;
}

static void remember(struct store *store, int64_t id, const char *name, bool fresh)
{
	struct modem_memory *modem = known(store, id);
	if (!modem && store->modem_count < MODEMS_KNOWN) {
		modem = calloc(1, sizeof(*modem));
		if (modem)
			store->modems[store->modem_count++] = modem;
	}
	if (!modem)
		return;
	modem->id = id;
	modem->fresh = fresh;
	text_copy(modem->name, sizeof(modem->name), name);
	modem->complete_since_ms = TIME_NEVER;
	modem->asked_since_ms = TIME_NEVER;
}

int64_t modem_id(struct store *store, const char *name)
{
	for (unsigned int i = 0; i < store->modem_count; i++) {
		if (strcmp(store->modems[i]->name, name) == 0)
			return store->modems[i]->id;
	}
	int64_t id;
	int rc = sql_int(store, SQL_MODEM_FIND, 0, &id, "t", name);
	bool fresh = rc == 0 && id == 0;
	if (fresh) {
		rc = sql_run(store, SQL_MODEM_ADD, "t", name);
		id = sql_inserted(store);
	}
	if (rc)
		return rc;
	remember(store, id, name, fresh);
	return id;
}

void modem_begin(struct store *store)
{
	for (unsigned int i = 0; i < store->modem_count; i++) {
		store->modems[i]->fresh = false;
		store->modems[i]->noted = 0;
	}
}

/* What the transaction added is taken back; a modem that it made is not known any more. */
void modem_rollback(struct store *store)
{
	unsigned int kept = 0;
	for (unsigned int i = 0; i < store->modem_count; i++) {
		struct modem_memory *modem = store->modems[i];
		modem->next -= modem->noted;
		if (modem->noted)
			modem->asked_since_ms = TIME_NEVER;
		if (modem->fresh)
			free(modem);
		else
			store->modems[kept++] = modem;
	}
	store->modem_count = kept;
}

void modem_free_all(struct store *store)
{
	for (unsigned int i = 0; i < store->modem_count; i++)
		free(store->modems[i]);
	store->modem_count = 0;
}

bool modem_gone(struct store *store, int64_t id)
{
	const struct modem_memory *modem = known(store, id);
	return modem && modem->gone;
}

void modem_set_gone(struct store *store, int64_t id, bool gone)
{
	struct modem_memory *modem = known(store, id);
	if (modem)
		modem->gone = gone;
}

void modem_note_sent(struct store *store, int64_t id, int64_t now_ms)
{
	struct modem_memory *modem = known(store, id);
	if (!modem)
		return;
	modem->noted++;
	if (modem->asked_since_ms <= now_ms)
		modem->asked_count++;
	if (modem->complete_since_ms == TIME_NEVER)
		modem->complete_since_ms = now_ms + 1;
	int64_t *slot = &modem->sent_ms[modem->next++ % SENT_REMEMBERED];
	if (modem->next > SENT_REMEMBERED && *slot >= modem->complete_since_ms)
		modem->complete_since_ms = *slot + 1;
	*slot = now_ms;
}

static int64_t count_remembered(const struct modem_memory *modem, int64_t since_ms)
{
	int64_t count = 0;
	unsigned int kept = modem->next < SENT_REMEMBERED ? modem->next : SENT_REMEMBERED;
	for (unsigned int i = 0; i < kept; i++)
		count += modem->sent_ms[i] >= since_ms;
	return count;
}

static int sent_since(struct store *store, const char *name, int64_t since_ms, int64_t *segments)
{
	int64_t id = modem_id(store, name);
	if (id < 0)
		return (int)id;
	struct modem_memory *modem = known(store, id);
	if (modem && since_ms >= modem->complete_since_ms) {
		*segments = count_remembered(modem, since_ms);
		return 0;
	}
	if (modem && since_ms == modem->asked_since_ms) {
		*segments = modem->asked_count;
		return 0;
	}
	int rc = sql_int(store, SQL_MODEM_SENT, 0, segments, "ii", id, since_ms);
	if (rc == 0 && modem) {
		modem->asked_since_ms = since_ms;
		modem->asked_count = *segments;
	}
	return rc;
}

int store_modem_sent_since(
	struct store *store, const char *modem, int64_t since_ms, int64_t *segments)
{
	return (int)TX(store, sent_since(store, modem, since_ms, segments));
}
