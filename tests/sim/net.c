/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service centre: it takes SUBMITs, gives each its reference, hands it to a phone and reports
 * (TS 23.040 3, 9.2).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static uint64_t ud_hash(const struct sms_ud *ud)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	int n = sms_ud_octets(ud);

	for (int i = 0; i < n; i++)
		hash = (hash ^ ud->ud[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static int validity_min(const struct sms_submit *s)
{
	int64_t now_ms;

	switch (s->validity.format) {
	case SMS_VALIDITY_NONE:
		return -1;
	case SMS_VALIDITY_RELATIVE:
		return (int)(sms_validity_relative_s(s->validity.relative) / 60);
	default:
		now_ms = time_wall_ms();
		return (int)((sms_validity_end_ms(&s->validity, now_ms) - now_ms) / MS_PER_MIN);
	}
}

/*
 * Whose phone it is: numbers as they are dialled at home mean the same phone as international ones.
 */
static void dialled(const struct sms_address *address, char out[PHONE_SIZE])
{
	char text[SMS_ADDRESS_SIZE];

	sms_address_to_text(address, text);
	if (text[0] == '+' || phone_parse(text, "1", out) != PHONE_E164)
		text_copy(out, PHONE_SIZE, text);
}

static void tell_segment(struct sim_modem *m, struct sim_segment *g)
{
	struct sim_buf *b = sim_journal_begin(m->sim, SIM_EV_SEGMENT, m);
	char hash[20];

	g->serial = m->sim->journal.serial;
	g->mono_us = m->sim->journal.mono_us;
	g->wall_ms = m->sim->journal.wall_ms;
	snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)g->hash);
	sim_json_str(b, "from", g->from);
	sim_json_str(b, "to", g->to);
	sim_json_int(b, "mr", g->mr);
	sim_json_int(b, "total", g->total);
	sim_json_int(b, "part", g->part);
	sim_json_int(b, "cref", g->cref);
	sim_json_int(b, "dcs", g->dcs);
	sim_json_str(b, "hash", hash);
	sim_json_str(b, "text", g->text);
	sim_json_int(b, "validity_min", g->validity_min);
	sim_json_bool(b, "srr", g->want_report);
	sim_json_bool(b, "rd", g->reject_duplicates);
	sim_json_int(b, "asked_ms", m->send.asked_ms);
	sim_json_int(b, "handed_ms", m->send.handed_ms);
	sim_journal_end(m->sim, g->to);
}

static struct sim_segment *keep_segment(
	struct sim_modem *m, const struct sms_submit *s, const char *to, uint8_t mr)
{
	struct sim_segment *g = &m->sim->ring[m->sim->ring_n++ % SIM_RING];
	struct sms_udh udh;

	sms_udh_read(&s->ud, &udh);
	text_copy(g->modem, sizeof(g->modem), m->name);
	text_copy(g->from, sizeof(g->from), m->number);
	text_copy(g->to, sizeof(g->to), to);
	g->mr = mr;
	g->total = udh.total > 1 ? udh.total : 1;
	g->part = udh.total > 1 ? udh.part : 1;
	g->cref = udh.total > 1 ? udh.reference : 0;
	g->dcs = s->ud.dcs;
	g->validity_min = validity_min(s);
	g->want_report = s->want_report;
	g->reject_duplicates = s->reject_duplicates;
	g->hash = ud_hash(&s->ud);
	if (sms_ud_text(&s->ud, g->text, sizeof(g->text)) < 0)
		g->text[0] = '\0';
	tell_segment(m, g);
	return g;
}

/* ---- reports ---- */

static void push_report(struct sim_modem *m, const struct sim_pending *p, uint8_t status)
{
	int8_t zone = m->sim->zone_quarters;
	struct sms_status_report r = { .reference = p->mr,
		.to = p->address,
		.centre_time = { p->wall_ms, zone, true },
		.discharge = { time_wall_ms(), zone, true },
		.status = status };
	struct sms_address centre;
	uint8_t tpdu[SMS_TPDU_MAX];
	struct sim_mail *mail;
	int n = sms_status_report_encode(&r, tpdu, sizeof(tpdu));

	if (n < 0)
		return;
	mail = sim_mail_new(
		sms_address_from_text(&centre, m->centre) == 0 ? &centre : NULL, tpdu, (size_t)n);
	mail->report = true;
	mail->slot.mr = p->mr;
	mail->slot.segment = p->segment;
	sim_route_push(m, mail);
}

void sim_net_report(struct sim_pending *p, uint8_t status)
{
	struct sim_modem *m = sim_modem_find(p->sim, p->modem);
	struct sim_buf *b;

	if (m && p->want_report) {
		b = sim_journal_begin(p->sim, SIM_EV_REPORT, m);
		sim_json_str(b, "to", p->to);
		sim_json_int(b, "mr", p->mr);
		sim_json_int(b, "status", status);
		sim_json_int(b, "segment", (int64_t)p->segment);
		sim_json_str(b, "outcome", sms_status_name(status));
		sim_journal_end(p->sim, p->to);
		m->counts.reports++;
		push_report(m, p, status);
	}
	free(p);
}

static void report_due(void *ctx)
{
	struct sim_pending *p = ctx;

	sim_net_report(p, p->status);
}

static void report_later(struct sim_pending *p, const struct sim_policy *policy, uint8_t status)
{
	int64_t us = (int64_t)policy->delay_ms * 1000;

	if (policy->jitter_ms)
		us += sim_rng_between(&p->sim->rng, 0, (int64_t)policy->jitter_ms * 1000);
	p->status = status;
	p->timer = (struct sim_timer){ .run = report_due, .ctx = p };
	sim_timer_start(&p->timer, us);
}

static struct sim_pending *pending_new(struct sim_modem *m, struct sim_phone *phone,
	const struct sms_submit *s, const struct sim_segment *g)
{
	struct sim_pending *p = sim_alloc(sizeof(*p));

	p->sim = m->sim;
	p->phone = phone;
	p->segment = g->serial;
	p->wall_ms = g->wall_ms;
	p->mr = (uint8_t)g->mr;
	p->want_report = s->want_report;
	p->address = s->to;
	text_copy(p->modem, sizeof(p->modem), m->name);
	text_copy(p->from, sizeof(p->from), m->number);
	text_copy(p->to, sizeof(p->to), g->to);
	return p;
}

/* ---- a phone that is off ---- */

static void expired(void *ctx)
{
	struct sim_pending *p = ctx, **at = &p->phone->waiting;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	sim_net_report(p, 0x46); /* 9.2.3.15: validity period expired */
}

static void keep_for_phone(struct sim_pending *p, const struct sms_submit *s)
{
	struct sim_pending **end = &p->phone->waiting;
	int64_t now_ms = time_wall_ms(), end_ms = sms_validity_end_ms(&s->validity, now_ms);

	p->ud = s->ud;
	while (*end)
		end = &(*end)->next;
	*end = p;
	p->timer = (struct sim_timer){ .run = expired, .ctx = p };
	if (end_ms != TIME_NEVER)
		sim_timer_start(&p->timer, (end_ms - now_ms) * 1000);
}

/* ---- taking a SUBMIT ---- */

/* A text from one modem of the simulator to another one: it arrives there. */
static void to_modem(struct sim_modem *from, struct sim_modem *to, const struct sms_submit *s)
{
	struct sms_deliver d = { .ud = s->ud,
		.centre_time = { time_wall_ms(), to->sim->zone_quarters, true } };
	struct sms_address centre;
	uint8_t tpdu[SMS_TPDU_MAX];
	struct sim_mail *mail;
	int n;

	if (sms_address_from_text(&d.from, from->number) < 0)
		return;
	n = sms_deliver_encode(&d, tpdu, sizeof(tpdu));
	if (n < 0)
		return;
	mail = sim_mail_new(
		sms_address_from_text(&centre, to->centre) == 0 ? &centre : NULL, tpdu, (size_t)n);
	mail->slot.part = 1;
	sim_route_push(to, mail);
}

static void hand_over(struct sim_modem *m, const struct sms_submit *s, const struct sim_segment *g)
{
	struct sim_phone *phone = sim_phone_get(m->sim, g->to);
	const struct sim_policy *policy = sim_phone_policy(phone);
	struct sim_modem *other = sim_modem_by_number(m->sim, g->to);
	bool off = phone->off || policy->outcome == SIM_PHONE_OFF;
	uint64_t serial = g->serial;

	if (m->blocked)
		return; /* accepted, and nobody ever hears of it */
	if (other)
		to_modem(m, other, s);
	if (off)
		keep_for_phone(pending_new(m, phone, s, g), s);
	else if (s->want_report && policy->outcome != SIM_NEVER)
		report_later(pending_new(m, phone, s, g), policy,
			policy->outcome == SIM_FAILED ? (uint8_t)policy->status : 0);
	if (!off && policy->outcome != SIM_FAILED)
		sim_phone_take(phone, m->name, m->number, &s->ud, serial);
}

int sim_net_accept(struct sim_modem *m, const uint8_t *tpdu, size_t n, int *reference)
{
	const struct sim_policy *policy;
	struct sms_submit submit;
	struct sim_segment *g;
	char to[PHONE_SIZE];

	if (!sim_modem_on_network(m))
		return SIM_CMS(331);
	if (sms_submit_decode(tpdu, n, &submit) < 0)
		return SIM_CMS(304);
	dialled(&submit.to, to);
	if (!to[0])
		return SIM_CMS(28);
	policy = sim_phone_policy(sim_phone_get(m->sim, to));
	if (policy->outcome == SIM_REFUSED)
		return SIM_CMS(policy->status);
	g = keep_segment(m, &submit, to, m->next_reference++);
	m->counts.segments++;
	*reference = g->mr;
	hand_over(m, &submit, g);
	return SIM_OK;
}
