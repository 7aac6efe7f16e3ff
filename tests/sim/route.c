/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the network to a modem: texts and reports wait in order until the modem is on the network
 * and has room, then go where +CNMI says (TS 27.005 3.4.1): into a store with a notice, or straight
 * to the line, and then with +CSMS 1 one at a time, each acknowledged (3.4.4).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define ACK_LIMIT_US 15000000 /* TS 24.011 6.2.1: about the time the network waits */

void sim_mailbox_init(struct sim_mailbox *box)
{
	box->first = NULL;
	box->last = &box->first;
	box->n = 0;
}

static void box_push(struct sim_mailbox *box, struct sim_mail *mail)
{
	mail->next = NULL;
	*box->last = mail;
	box->last = &mail->next;
	box->n++;
}

static void box_push_front(struct sim_mailbox *box, struct sim_mail *mail)
{
	mail->next = box->first;
	box->first = mail;
	if (!mail->next)
		box->last = &mail->next;
	box->n++;
}

static struct sim_mail *box_pop(struct sim_mailbox *box)
{
	struct sim_mail *mail = box->first;

	box->first = mail->next;
	if (!box->first)
		box->last = &box->first;
	box->n--;
	return mail;
}

struct sim_mail *sim_mail_new(const struct sms_address *centre, const uint8_t *tpdu, size_t n)
{
	struct sim_mail *mail = sim_alloc(sizeof(*mail));
	struct sim_slot *slot = &mail->slot;
	int c = sms_centre_encode(centre, slot->pdu, sizeof(slot->pdu));

	if (c < 0)
		c = sms_centre_encode(NULL, slot->pdu, sizeof(slot->pdu));
	slot->centre_n = (uint8_t)c;
	memcpy(slot->pdu + c, tpdu, n);
	slot->pdu_n = (uint8_t)(c + (int)n);
	slot->state = SIM_REC_UNREAD;
	mail->message_class = mail->memory = -1;
	return mail;
}

/* ---- notices ---- */

static void say(struct sim_modem *m, const char *line)
{
	if (m->set.cnmi[0]) {
		sim_at_unsolicited(m, line);
		return;
	}
	sim_buf_addf(&m->buffered, "\r\n%s\r\n", line);
}

/* False when a fault ate it. */
static bool notice(struct sim_modem *m, const char *kind, const char *line)
{
	const struct sim_fault *f = m->faults ? sim_fault_at(m, SIM_AT_NOTICE, kind, -1) : NULL;

	if (f && f->act == SIM_ACT_SILENCE)
		return false;
	say(m, line);
	if (f && f->act == SIM_ACT_DOUBLE)
		say(m, line);
	return true;
}

static bool to_line(
	struct sim_modem *m, const char *kind, const char *prefix, const struct sim_slot *s)
{
	char line[2 * SMS_PDU_MAX + 64];
	int n = snprintf(line, sizeof(line), "%s%d\r\n", prefix, s->pdu_n - s->centre_n);

	hex_encode(line + n, s->pdu, s->pdu_n);
	return notice(m, kind, line);
}

/* Straight to the line: with +CSMS 1 it is kept until it is acknowledged. */
static void went_to_line(struct sim_modem *m, struct sim_mail *mail)
{
	if (m->set.csms != 1) {
		free(mail);
		return;
	}
	m->unacked = mail;
	sim_timer_start(&m->ack_timer, ACK_LIMIT_US);
}

static void tell_text(struct sim_modem *m, enum sim_event event, const struct sim_mail *mail,
	const char *memory, int slot)
{
	struct sim_buf *b = sim_journal_begin(m->sim, event, m);

	sim_json_int(b, "text_id", mail->slot.text_id);
	sim_json_int(b, "part", mail->slot.part);
	if (event == SIM_EV_STORED) {
		sim_json_str(b, "memory", memory);
		sim_json_int(b, "slot", slot + m->profile->slot_base);
	} else if (event == SIM_EV_WAITING) {
		sim_json_str(b, "why", memory);
	}
	sim_journal_end(m->sim, NULL);
}

static void tell_reported(struct sim_modem *m, const struct sim_mail *mail, const char *how)
{
	struct sim_buf *b = sim_journal_begin(m->sim, SIM_EV_REPORTED, m);

	sim_json_int(b, "mr", mail->slot.mr);
	sim_json_int(b, "segment", (int64_t)mail->slot.segment);
	sim_json_str(b, "how", how);
	sim_journal_end(m->sim, NULL);
}

/* ---- reports ---- */

static bool store_report(struct sim_modem *m, struct sim_mail *mail)
{
	const char *memory = m->profile->cdsi_memory[0] ? m->profile->cdsi_memory : "SR";
	int slot = sim_store_put(&m->stores[SIM_SR], &mail->slot);
	char line[40];

	if (slot < 0)
		return false;
	tell_reported(m, mail, "cdsi");
	snprintf(line, sizeof(line), "+CDSI: \"%s\",%d", memory,
		m->profile->cdsi_slot >= 0 ? m->profile->cdsi_slot : slot + m->profile->slot_base);
	notice(m, "+CDSI", line);
	return true;
}

static bool route_report(struct sim_modem *m)
{
	struct sim_mail *mail = m->reports.first;
	char prefix[24];

	if (m->set.cnmi[3] == 1 && m->unacked)
		return false;
	if (m->set.cnmi[3] == 2 && !store_report(m, mail))
		return false;
	box_pop(&m->reports);
	if (m->set.cnmi[3] == 1) {
		snprintf(prefix, sizeof(prefix), "%s%s", m->profile->cds_prefix,
			strchr(m->profile->cds_prefix, ',') ? "" : " ");
		if (to_line(m, "+CDS", prefix, &mail->slot)) {
			tell_reported(m, mail, "cds");
			went_to_line(m, mail);
			return true;
		}
		tell_reported(m, mail, "lost");
	} else if (!m->set.cnmi[3]) {
		tell_reported(m, mail, "dropped");
	}
	free(mail);
	return true;
}

/* ---- texts ---- */

static bool goes_direct(const struct sim_modem *m, const struct sim_mail *mail)
{
	int mt = m->set.cnmi[1];

	return mail->memory < 0 && mail->message_class != 2 &&
	       (mt == 2 || (mt == 3 && mail->message_class == 3));
}

static void say_full(struct sim_modem *m, struct sim_store *s)
{
	if (s->used < s->size || s->full_said || !m->profile->full_line[0])
		return;
	s->full_said = true;
	say(m, m->profile->full_line);
}

/* Where a text goes: mem3, or where the family puts what has no room there. */
static int memory_of(const struct sim_modem *m, const struct sim_mail *mail)
{
	int memory = mail->message_class == 2 ? SIM_SM : m->set.memory[2];
	int other = sim_store_index(m->profile->overflow);

	if (mail->memory >= 0)
		return mail->memory;
	if (other >= 0 && m->stores[memory].used == m->stores[memory].size)
		return other;
	return memory;
}

static bool store_once(struct sim_modem *m, struct sim_mail *mail)
{
	int memory = memory_of(m, mail);
	struct sim_store *s = &m->stores[memory];
	int slot = sim_store_put(s, &mail->slot);
	char line[40];

	if (slot < 0) {
		if (!mail->waiting_said)
			tell_text(m, SIM_EV_WAITING, mail, "full", 0);
		mail->waiting_said = true;
		return false;
	}
	tell_text(m, SIM_EV_STORED, mail, sim_store_name(memory), slot);
	snprintf(line, sizeof(line), "+CMTI: \"%s\",%d", sim_store_name(memory),
		slot + m->profile->slot_base);
	if (m->set.cnmi[1])
		notice(m, "+CMTI", line);
	say_full(m, s);
	return true;
}

static bool store_text(struct sim_modem *m, struct sim_mail *mail)
{
	if (!store_once(m, mail))
		return false;
	if (m->profile->stored_twice)
		store_once(m, mail);
	return true;
}

static bool route_text(struct sim_modem *m)
{
	struct sim_mail *mail = m->texts.first;

	if (!goes_direct(m, mail)) {
		if (!store_text(m, mail))
			return false;
		free(box_pop(&m->texts));
		return true;
	}
	if (m->unacked)
		return false;
	box_pop(&m->texts);
	tell_text(m, SIM_EV_ROUTED, mail, NULL, 0);
	to_line(m, "+CMT", "+CMT: ,", &mail->slot);
	went_to_line(m, mail);
	return true;
}

/* ---- turning ---- */

static void route_due(void *ctx)
{
	struct sim_modem *m = ctx;
	int64_t now_us;

	if (!sim_modem_on_network(m))
		return;
	m->pumping = true; /* all of it in one write */
	while (m->reports.first && route_report(m))
		;
	now_us = m->texts.first ? time_mono_us() : 0;
	while (m->texts.first && m->texts.first->ready_us <= now_us && route_text(m))
		;
	m->pumping = false;
	sim_port_flush(m);
	if (m->texts.first && m->texts.first->ready_us > now_us)
		sim_timer_start(&m->route_timer, m->texts.first->ready_us - now_us);
}

static void ack_due(void *ctx)
{
	struct sim_modem *m = ctx;

	/* 3.4.4: no acknowledgement in time, so nothing more goes to the line */
	m->set.cnmi[1] = m->set.cnmi[3] = 0;
	sim_route_ack(m, false);
}

void sim_route_ack(struct sim_modem *m, bool positive)
{
	struct sim_mail *mail = m->unacked;

	sim_timer_stop(&m->ack_timer);
	m->unacked = NULL;
	if (positive)
		free(mail);
	else if (mail)
		box_push_front(mail->report ? &m->reports : &m->texts, mail);
	sim_route_kick(m);
}

void sim_route_kick(struct sim_modem *m)
{
	if (m->reports.first || m->texts.first)
		sim_timer_start(&m->route_timer, 0);
}

void sim_route_push(struct sim_modem *m, struct sim_mail *mail)
{
	if (mail->report) {
		box_push(&m->reports, mail);
	} else {
		int64_t now_us = time_mono_us();

		mail->ready_us = m->text_us = (m->text_us > now_us ? m->text_us : now_us) +
					      (int64_t)m->radio.incoming_ms * 1000;
		box_push(&m->texts, mail);
		if (!sim_modem_on_network(m)) {
			tell_text(m, SIM_EV_WAITING, mail,
				m->power == SIM_ON ? "no network" : "off", 0);
			mail->waiting_said = true;
		}
	}
	sim_timer_start(&m->route_timer, 0);
}

void sim_route_init(struct sim_modem *m)
{
	m->route_timer = (struct sim_timer){ .run = route_due, .ctx = m };
	m->ack_timer = (struct sim_timer){ .run = ack_due, .ctx = m };
}

void sim_route_forget(struct sim_modem *m)
{
	if (m->unacked)
		sim_route_ack(m, false);
	sim_timer_stop(&m->route_timer);
}

void sim_route_fini(struct sim_modem *m)
{
	sim_route_forget(m);
	while (m->texts.first)
		free(box_pop(&m->texts));
	while (m->reports.first)
		free(box_pop(&m->reports));
	sim_timer_stop(&m->route_timer);
}
