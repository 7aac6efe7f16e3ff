/* SPDX-License-Identifier: Apache-2.0 */
/* The stores of a modem: SM on the card, ME in the modem, SR for reports (TS 27.005 3.1, <mem>). */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static const char *const names[SIM_STORES] = { [SIM_SM] = "SM", [SIM_ME] = "ME", [SIM_SR] = "SR" };

const char *sim_store_name(int store)
{
	return names[store];
}

int sim_store_index(const char *name)
{
	for (int i = 0; i < SIM_STORES; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

void sim_store_resize(struct sim_store *store, int size)
{
	store->slots = realloc(store->slots, (size_t)(size ? size : 1) * sizeof(*store->slots));
	if (!store->slots)
		abort();
	for (int i = store->size; i < size; i++)
		store->slots[i].state = SIM_SLOT_FREE;
	store->size = size;
	store->used = 0;
	for (int i = 0; i < size; i++)
		store->used += store->slots[i].state != SIM_SLOT_FREE;
}

int sim_store_put(struct sim_store *store, const struct sim_slot *slot)
{
	for (int i = 0; i < store->size; i++) {
		if (store->slots[i].state != SIM_SLOT_FREE)
			continue;
		store->slots[i] = *slot;
		store->used++;
		return i;
	}
	return -ENOSPC;
}

void sim_store_delete(struct sim_modem *m, int store, int slot)
{
	struct sim_store *s = &m->stores[store];
	struct sim_slot *gone = &s->slots[slot];
	struct sim_buf *b;

	if (gone->state == SIM_SLOT_FREE)
		return;
	b = sim_journal_begin(m->sim, SIM_EV_DELETED, m);
	sim_json_str(b, "memory", names[store]);
	sim_json_int(b, "slot", slot + m->profile->slot_base);
	if (gone->text_id) {
		sim_json_int(b, "text_id", gone->text_id);
		sim_json_int(b, "part", gone->part);
	}
	sim_journal_end(m->sim, NULL);
	gone->state = SIM_SLOT_FREE;
	s->used--;
	s->full_said = false;
	sim_route_kick(m);
}
