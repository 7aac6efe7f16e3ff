/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending and writing (TS 27.005 3.5.1, 3.5.2, 3.5.3, 4.3, 4.4): the prompt, the PDU, the time on
 * the air.
 */
#include <stdio.h>
#include <string.h>

#include "sim.h"

static bool writes(const struct sim_modem *m)
{
	return !strcmp(m->send.command, "+CMGW");
}

/* ---- the way out ---- */

static void account(struct sim_modem *m)
{
	m->last_us = time_mono_us();
	m->busy_us += m->last_us - m->send.began_us;
	m->link_left = m->set.cmms > 0;
}

static void answer(struct sim_modem *m, int result)
{
	account(m);
	m->send.running = false;
	if (result == SIM_OK)
		sim_at_info(m, "%s: %d", m->send.command, m->send.reference);
	else
		m->counts.refused++;
	sim_at_finish(m, result);
}

static void accepted(struct sim_modem *m)
{
	const struct sim_fault *f =
		m->faults ? sim_fault_at(m, SIM_AT_ACCEPTED, m->send.command, -1) : NULL;

	if (m->send.store_slot >= 0)
		m->stores[m->set.memory[1]].slots[m->send.store_slot].state = SIM_STO_SENT;
	if (!f) {
		answer(m, SIM_OK);
	} else if (f->act == SIM_ACT_SILENCE) {
		account(m);
		m->send.running = false;
		sim_at_finish(m, SIM_SILENT);
	} else if (f->act == SIM_ACT_ERROR) {
		answer(m, (f->cme ? SIM_CME_0 : SIM_CMS_0) + f->code);
	} else if (f->act == SIM_ACT_LATE) {
		m->send.result = SIM_OK;
		m->send.late = true;
		sim_timer_start(&m->air, (int64_t)f->ms * 1000);
	} else if (!sim_fault_act(m, f)) {
		answer(m, SIM_OK);
	} else if (m->hung) {
		m->send.running = false;
		m->busy = false;
	}
}

static void air_due(void *ctx)
{
	struct sim_modem *m = ctx;
	int result;

	if (m->send.late) {
		m->send.late = false;
		answer(m, m->send.result);
		return;
	}
	result = m->send.result;
	if (result == SIM_OK)
		result = sim_net_accept(m, m->send.tpdu, (size_t)m->send.n, &m->send.reference);
	if (result == SIM_OK && m->profile->sim_alone && m->send.spoiled)
		answer(m, SIM_CMS(500));
	else if (result == SIM_OK)
		accepted(m);
	else
		answer(m, result);
}

static int64_t air_us(struct sim_modem *m)
{
	int64_t us = (int64_t)m->radio.segment_ms * 1000,
		jitter = (int64_t)m->radio.jitter_ms * 1000;

	if (jitter)
		us += sim_rng_between(&m->sim->rng, -jitter, jitter);
	return us > 0 ? us : 0;
}

/* Onto the air; an error of the network's comes when the time there is over. */
static void transmit(struct sim_modem *m)
{
	const struct sim_fault *f;
	int64_t us = air_us(m);

	m->busy = m->send.running = true;
	m->send.result = SIM_OK;
	m->send.late = m->send.spoiled = false;
	m->send.began_us = time_mono_us();
	m->send.handed_ms = time_wall_ms();
	if (!m->first_us)
		m->first_us = m->send.began_us;
	m->air.run = air_due;
	m->air.ctx = m;
	f = m->faults ? sim_fault_at(m, SIM_AT_PDU, m->send.command, -1) : NULL;
	if (f && f->act == SIM_ACT_ERROR)
		m->send.result = f->code ? (f->cme ? SIM_CME_0 : SIM_CMS_0) + f->code : SIM_ERROR;
	else if (f && f->act == SIM_ACT_LATE)
		us += (int64_t)f->ms * 1000;
	else if (f && (f->act == SIM_ACT_SILENCE || sim_fault_act(m, f))) {
		m->busy = m->send.running = false;
		return;
	}
	if (us)
		sim_timer_start(&m->air, us);
	else
		air_due(m);
}

/* ---- what was typed ---- */

/*
 * A PDU in hexadecimal, with the service centre's address before it; <length> counts what comes
 * after that.
 */
static int read_pdu(struct sim_modem *m, const char *typed, size_t n)
{
	uint8_t pdu[SMS_PDU_MAX];
	struct sms_address centre;
	char hex[2 * SMS_PDU_MAX + 1];
	size_t digits = 0;
	int octets, skip;

	for (size_t i = 0; i < n; i++) {
		if (typed[i] == '\r' || typed[i] == '\n' || typed[i] == ' ')
			continue;
		if (digits + 1 >= sizeof(hex))
			return -EINVAL;
		hex[digits++] = typed[i];
	}
	octets = hex_decode(hex, digits, pdu, sizeof(pdu));
	skip = octets > 0 ? sms_pdu_open(pdu, (size_t)octets, -1, &centre) : -EINVAL;
	if (skip < 0 || octets - skip != m->send.length)
		return -EINVAL;
	memcpy(m->send.tpdu, pdu + skip, (size_t)(octets - skip));
	m->send.n = octets - skip;
	return 0;
}

static void write_stored(struct sim_modem *m)
{
	struct sim_store *s = &m->stores[m->set.memory[1]];
	struct sms_address centre;
	struct sim_slot slot = { .state = (uint8_t)m->send.state };
	int at, n = -1;

	if (sms_address_from_text(&centre, m->centre) == 0)
		n = sms_centre_encode(&centre, slot.pdu, sizeof(slot.pdu));
	if (n < 0)
		n = sms_centre_encode(NULL, slot.pdu, sizeof(slot.pdu));
	slot.centre_n = (uint8_t)n;
	memcpy(slot.pdu + n, m->send.tpdu, (size_t)m->send.n);
	slot.pdu_n = (uint8_t)(n + m->send.n);
	at = sim_store_put(s, &slot);
	if (at >= 0)
		sim_at_info(m, "+CMGW: %d", at + m->profile->slot_base);
	sim_at_finish(m, at < 0 ? SIM_CMS(322) : SIM_OK);
}

void sim_send_text(struct sim_modem *m, const char *typed, size_t n)
{
	int error;

	if (m->set.text_mode) {
		error = sim_text_submit(
			m, &m->send.to, typed, n, m->send.tpdu, sizeof(m->send.tpdu));
		m->send.n = error;
	} else {
		error = read_pdu(m, typed, n);
	}
	if (error < 0)
		sim_at_finish(m, SIM_CMS(m->set.text_mode ? 305 : 304));
	else if (writes(m))
		write_stored(m);
	else
		transmit(m);
}

void sim_send_cancel(struct sim_modem *m)
{
	sim_at_finish(m, SIM_OK);
}

/* ---- the commands ---- */

void sim_send_prompt(struct sim_modem *m)
{
	sim_buf_puts(&m->out, "\r\n> ");
	m->prompt = true;
}

static int say_prompt(struct sim_modem *m)
{
	const struct sim_fault *f =
		m->faults ? sim_fault_at(m, SIM_AT_PROMPT, m->send.command, -1) : NULL;

	if (f && f->act == SIM_ACT_ERROR)
		return SIM_CMS(f->code);
	if (f && f->act == SIM_ACT_LATE) {
		m->busy = m->late_prompt = true;
		sim_timer_start(&m->late, (int64_t)f->ms * 1000);
		return SIM_PENDING;
	}
	if (f && (f->act == SIM_ACT_SILENCE || sim_fault_act(m, f)))
		return SIM_SILENT;
	sim_send_prompt(m);
	return SIM_PENDING;
}

/*
 * +CMMS keeps the link of a segment up until the next send command, but no longer than link_ms
 * after the answer; 1 then falls back to 0 (TS 27.005 3.5.6).
 */
bool sim_send_linked(struct sim_modem *m)
{
	bool late = time_mono_us() - m->last_us > (int64_t)m->profile->link_ms * 1000;

	if (m->link_left && late) {
		m->link_left = false;
		m->set.cmms = m->set.cmms == 1 ? 0 : m->set.cmms;
	}
	return m->link_left;
}

static int begin(struct sim_modem *m, struct sim_call *call)
{
	text_copy(m->send.command, sizeof(m->send.command), call->name);
	m->send.asked_ms = time_wall_ms();
	m->send.store_slot = -1;
	m->send.state = SIM_STO_UNSENT;
	if (!writes(m))
		m->counts.linked += sim_send_linked(m);
	if (!writes(m) && m->set.cgsms == 0)
		return SIM_CMS(38);
	return m->profile->needs_factory && !m->set.factory_done ? SIM_CMS(500) : SIM_OK;
}

/* Text mode: <da>[,<toda>]. */
static int text_address(struct sim_modem *m, struct sim_call *call)
{
	char number[SMS_ADDRESS_SIZE], plus[SMS_ADDRESS_SIZE + 1];
	int type = 0;

	if (!sim_arg(call, number, sizeof(number)) || sim_arg_int(call, 0, 255, &type) < 0)
		return SIM_CMS(302);
	snprintf(plus, sizeof(plus), "%s%s", type == 145 && number[0] != '+' ? "+" : "", number);
	return sms_address_from_text(&m->send.to, plus) < 0 ? SIM_CMS(305) : SIM_OK;
}

static int pdu_length(struct sim_modem *m, struct sim_call *call)
{
	return sim_arg_int(call, 1, SMS_TPDU_MAX, &m->send.length) == 1 ? SIM_OK : SIM_CMS(304);
}

static int set_cmgs(struct sim_modem *m, struct sim_call *call)
{
	int result = begin(m, call);

	if (result == SIM_OK)
		result = m->set.text_mode ? text_address(m, call) : pdu_length(m, call);
	if (result == SIM_OK && !m->centre[0])
		result = SIM_CMS(330);
	return result == SIM_OK ? say_prompt(m) : result;
}

static int set_cmgw(struct sim_modem *m, struct sim_call *call)
{
	int result = begin(m, call);

	if (result == SIM_OK)
		result = m->set.text_mode ? text_address(m, call) : pdu_length(m, call);
	if (result == SIM_OK && !m->set.text_mode && sim_arg_int(call, 0, 3, &m->send.state) < 0)
		result = SIM_CMS(302);
	return result == SIM_OK ? say_prompt(m) : result;
}

static void send_stored(void *ctx)
{
	transmit(ctx);
}

/* A stored SUBMIT goes out, maybe to another number. */
static int set_cmss(struct sim_modem *m, struct sim_call *call)
{
	struct sim_store *s = &m->stores[m->set.memory[1]];
	struct sms_submit submit;
	struct sim_slot *slot;
	int index = -1, n;

	n = begin(m, call);
	if (n != SIM_OK)
		return n;
	if (sim_arg_int(call, 0, 10000, &index) != 1)
		return SIM_CMS(302);
	index -= m->profile->slot_base;
	if (index < 0 || index >= s->size || s->slots[index].state == SIM_SLOT_FREE)
		return SIM_CMS(321);
	slot = &s->slots[index];
	if (sms_submit_decode(slot->pdu + slot->centre_n, (size_t)(slot->pdu_n - slot->centre_n),
		    &submit) < 0)
		return SIM_CMS(304);
	if (!sim_arg_end(call)) {
		int result = text_address(m, call);

		if (result != SIM_OK)
			return result;
		submit.to = m->send.to;
	}
	n = sms_submit_encode(&submit, m->send.tpdu, sizeof(m->send.tpdu));
	if (n < 0)
		return SIM_CMS(304);
	m->send.n = n;
	m->send.store_slot = index;
	m->busy = true;
	m->air.run = send_stored;
	m->air.ctx = m;
	sim_timer_start(&m->air, 0);
	return SIM_PENDING;
}

#define NEEDS (SIM_NEEDS_PIN | SIM_NEEDS_FULL | SIM_SMS)

const struct sim_at_command sim_at_send[] = {
	{ .name = "+CMGS", .set = set_cmgs, .test_text = "", .needs = NEEDS },
	{ .name = "+CMGW", .set = set_cmgw, .test_text = "", .needs = SIM_NEEDS_PIN | SIM_SMS },
	{ .name = "+CMSS", .set = set_cmss, .test_text = "", .needs = NEEDS },
	{ .name = NULL },
};
