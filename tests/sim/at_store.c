/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and deleting stored texts (TS 27.005 3.4.2, 3.4.3, 3.5.4, 4.1, 4.2). */
#include <stdio.h>
#include <string.h>

#include "sim.h"

static void tell_listed(struct sim_modem *m, int store, int slot, const struct sim_slot *s)
{
	struct sim_buf *b;

	if (!s->text_id)
		return;
	b = sim_journal_begin(m->sim, SIM_EV_LISTED, m);
	sim_json_int(b, "text_id", s->text_id);
	sim_json_int(b, "part", s->part);
	sim_json_str(b, "memory", sim_store_name(store));
	sim_json_int(b, "slot", slot + m->profile->slot_base);
	sim_journal_end(m->sim, NULL);
}

/* One text, as +CMGL (with its number) or +CMGR shows it; reading it marks it read. */
static void show(struct sim_modem *m, const char *prefix, int store, int slot)
{
	struct sim_slot *s = &m->stores[store].slots[slot];
	char hex[2 * SMS_PDU_MAX + 1];

	if (m->set.text_mode) {
		sim_text_show(m, prefix, s);
	} else {
		sim_buf_addf(&m->out, "\r\n%s%d,,%d\r\n", prefix, s->state, s->pdu_n - s->centre_n);
		sim_buf_puts(&m->out, hex_encode(hex, s->pdu, s->pdu_n));
	}
	tell_listed(m, store, slot, s);
	if (s->state == SIM_REC_UNREAD)
		s->state = SIM_REC_READ;
}

static int list(struct sim_modem *m, int state)
{
	int store = m->set.memory[0];
	struct sim_store *s = &m->stores[store];
	size_t before = m->out.len;
	char prefix[32];

	if (sim_word_in(m->profile->cmgl_not, sim_store_name(store)))
		return SIM_CMS(302);
	for (int i = 0; i < s->size; i++) {
		if (s->slots[i].state == SIM_SLOT_FREE ||
			(state != SIM_STATE_ALL && s->slots[i].state != state))
			continue;
		snprintf(prefix, sizeof(prefix), "+CMGL: %d,", i + m->profile->slot_base);
		show(m, prefix, store, i);
	}
	if (m->out.len > before)
		sim_buf_puts(&m->out, "\r\n");
	return SIM_OK;
}

static int exec_cmgl(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	return list(m, SIM_REC_UNREAD);
}

static int set_cmgl(struct sim_modem *m, struct sim_call *call)
{
	int state = SIM_REC_UNREAD;
	char name[16];

	if (m->set.text_mode) {
		sim_arg(call, name, sizeof(name));
		state = sim_text_state_parse(name);
		return state < 0 ? SIM_CMS(302) : list(m, state);
	}
	return sim_arg_int(call, 0, 4, &state) < 0 ? SIM_CMS(302) : list(m, state);
}

static int test_cmgl(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CMGL: %s",
		m->set.text_mode
			? "(\"REC UNREAD\",\"REC READ\",\"STO UNSENT\",\"STO SENT\",\"ALL\")"
			: "(0-4)");
	return SIM_OK;
}

/* The slot of the store that an index means, or -1. */
static int slot_of(const struct sim_modem *m, const struct sim_store *s, int index)
{
	int slot = index - m->profile->slot_base;

	return slot >= 0 && slot < s->size ? slot : -1;
}

static int set_cmgr(struct sim_modem *m, struct sim_call *call)
{
	int store = m->set.memory[0], index = -1, slot;

	if (sim_arg_int(call, 0, 10000, &index) != 1)
		return SIM_CMS(302);
	slot = slot_of(m, &m->stores[store], index);
	if (slot < 0 || m->stores[store].slots[slot].state == SIM_SLOT_FREE)
		return SIM_CMS(321);
	show(m, "+CMGR: ", store, slot);
	sim_buf_puts(&m->out, "\r\n");
	return SIM_OK;
}

/* <delflag> 1..4: the states that go (3.5.4). */
static bool flag_takes(int flag, int state)
{
	static const uint8_t states[5] = { 0, 1 << SIM_REC_READ,
		1 << SIM_REC_READ | 1 << SIM_STO_SENT,
		1 << SIM_REC_READ | 1 << SIM_STO_SENT | 1 << SIM_STO_UNSENT, 0xff };

	return state <= SIM_STO_SENT && (states[flag] >> state & 1);
}

static int delete_slot(struct sim_modem *m, int store, int slot)
{
	const struct sim_fault *f =
		m->faults ? sim_fault_at(m, SIM_AT_DELETE, "+CMGD", slot + m->profile->slot_base)
			  : NULL;

	if (f)
		return f->code ? SIM_CMS(f->code) : SIM_OK;
	sim_store_delete(m, store, slot);
	return SIM_OK;
}

static int set_cmgd(struct sim_modem *m, struct sim_call *call)
{
	int store = m->set.memory[0], index = -1, flag = 0, slot, result = SIM_OK;
	struct sim_store *s = &m->stores[store];

	if (sim_arg_int(call, 0, 10000, &index) != 1 || sim_arg_int(call, 0, 4, &flag) < 0)
		return SIM_CMS(302);
	if (!flag) {
		slot = slot_of(m, s, index);
		return slot < 0 ? SIM_CMS(321) : delete_slot(m, store, slot);
	}
	for (int i = 0; i < s->size && result == SIM_OK; i++)
		if (flag_takes(flag, s->slots[i].state))
			result = delete_slot(m, store, i);
	return result;
}

static int test_cmgd(struct sim_modem *m, struct sim_call *call)
{
	const struct sim_store *s = &m->stores[m->set.memory[0]];
	const char *sep = "";

	(void)call;
	sim_buf_puts(&m->out, "\r\n+CMGD: (");
	for (int i = 0; i < s->size; i++) {
		if (s->slots[i].state == SIM_SLOT_FREE)
			continue;
		sim_buf_addf(&m->out, "%s%d", sep, i + m->profile->slot_base);
		sep = ",";
	}
	sim_buf_puts(&m->out, "),(0-4)\r\n");
	return SIM_OK;
}

#define NEEDS (SIM_NEEDS_PIN | SIM_SMS)

const struct sim_at_command sim_at_store[] = {
	{ .name = "+CMGL", .exec = exec_cmgl, .set = set_cmgl, .test = test_cmgl, .needs = NEEDS },
	{ .name = "+CMGR", .set = set_cmgr, .test_text = "", .needs = NEEDS },
	{ .name = "+CMGD", .set = set_cmgd, .test = test_cmgd, .needs = NEEDS },
	{ .name = NULL },
};
