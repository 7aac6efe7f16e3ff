/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts that people send to the modems: from words to DELIVERs, whole or in parts, in order or not.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/* A part that is still on its way. */
struct travel {
	struct sim_timer timer;
	struct sim *sim;
	struct sim_mail *mail;
	char modem[64];
};

void sim_inject_init(struct sim_inject *in)
{
	*in = (struct sim_inject){ .text = "", .message_class = -1, .memory = -1, .ref = -1 };
}

static void arrives(void *ctx)
{
	struct travel *t = ctx;
	struct sim_modem *m = sim_modem_find(t->sim, t->modem);

	if (m)
		sim_route_push(m, t->mail);
	else
		free(t->mail);
	free(t);
}

static void send_off(struct sim_modem *m, struct sim_mail *mail, int64_t delay_us)
{
	struct travel *t;

	if (delay_us <= 0) {
		sim_route_push(m, mail);
		return;
	}
	t = sim_alloc(sizeof(*t));
	t->sim = m->sim;
	t->mail = mail;
	text_copy(t->modem, sizeof(t->modem), m->name);
	t->timer = (struct sim_timer){ .run = arrives, .ctx = t };
	sim_timer_start(&t->timer, delay_us);
}

static int sender_address(const struct sim_inject *in, struct sms_address *from)
{
	int error = sms_address_from_text(from, in->from);

	if (error < 0)
		return error;
	switch (in->type) {
	case SIM_TYPE_INTERNATIONAL:
		from->type = SMS_NUMBER_INTERNATIONAL;
		break;
	case SIM_TYPE_NATIONAL:
		from->type = SMS_NUMBER_NATIONAL;
		break;
	case SIM_TYPE_SHORT:
		from->type = SMS_NUMBER_ABBREVIATED;
		break;
	default:
		break;
	}
	if (from->type != SMS_NUMBER_ALPHANUMERIC && from->type != SMS_NUMBER_ABBREVIATED)
		from->numbering = SMS_NUMBERING_ISDN;
	return 0;
}

static int plan(const struct sim_inject *in, struct sms_plan *out)
{
	static const enum sms_encoding encodings[] = { [SIM_AUTO] = SMS_ENCODING_AUTO,
		[SIM_GSM7] = SMS_ENCODING_TRANSLITERATE,
		[SIM_UCS2] = SMS_ENCODING_UCS2 };

	return sms_plan_make(out, in->text, encodings[in->encoding], in->wide);
}

static struct sim_mail *make_part(const struct sim_inject *in, const struct sms_plan *p,
	const struct sms_address *from, int part, uint16_t ref)
{
	struct sms_deliver d = { .from = *from,
		.centre_time = { in->sent_ms ? in->sent_ms : time_wall_ms(),
			in->modem->sim->zone_quarters, true } };
	uint8_t tpdu[SMS_TPDU_MAX];
	struct sms_address centre;
	struct sim_mail *mail;
	int n = sms_plan_segment(p, in->text, (unsigned int)part - 1, ref, &d.ud);

	if (n < 0)
		return NULL;
	if (in->message_class >= 0)
		d.ud.dcs = (uint8_t)(d.ud.dcs | 0x10 | in->message_class); /* TS 23.038 4 */
	n = sms_deliver_encode(&d, tpdu, sizeof(tpdu));
	if (n < 0)
		return NULL;
	mail = sim_mail_new(sms_address_from_text(&centre, in->modem->centre) == 0 ? &centre : NULL,
		tpdu, (size_t)n);
	mail->message_class = in->message_class;
	mail->memory = in->memory;
	mail->slot.part = (uint16_t)part;
	return mail;
}

static uint32_t tell(struct sim_modem *m, const char *from, const char *text, int parts)
{
	struct sim_buf *b = sim_journal_begin(m->sim, SIM_EV_INJECT, m);
	uint32_t id = ++m->sim->next_text;

	sim_json_int(b, "text_id", id);
	sim_json_str(b, "from", from);
	sim_json_str(b, "text", text);
	sim_json_int(b, "parts", parts);
	sim_journal_end(m->sim, from);
	m->counts.texts_in++;
	return id;
}

static uint16_t next_ref(const struct sim_inject *in)
{
	if (in->ref >= 0)
		return (uint16_t)in->ref;
	return in->wide ? ++in->modem->concat_wide : ++in->modem->concat_reference;
}

int64_t sim_inject_text(struct sim *sim, const struct sim_inject *in, int *parts)
{
	int64_t delay_us = (int64_t)in->delay_ms * 1000;
	struct sms_address from;
	struct sms_plan p;
	uint16_t ref;
	uint32_t id;

	(void)sim;
	if (sender_address(in, &from) < 0)
		return -EINVAL;
	if (plan(in, &p) < 0)
		return -EMSGSIZE;
	*parts = p.segments;
	ref = next_ref(in);
	id = tell(in->modem, in->from, in->text, p.segments);
	for (int i = 0; in->has_order ? in->order[i] : i < p.segments; i++) {
		int part = in->has_order ? in->order[i] : i + 1;

		if (part > p.segments || in->drop[part])
			continue;
		for (int copy = 0; copy < (in->twice[part] ? 2 : 1); copy++) {
			struct sim_mail *mail = make_part(in, &p, &from, part, ref);

			if (!mail)
				return -EINVAL;
			mail->slot.text_id = id;
			in->modem->counts.parts_in++;
			send_off(in->modem, mail, delay_us);
			delay_us += (int64_t)in->gap_ms * 1000;
		}
	}
	return id;
}

int64_t sim_inject_pdu(struct sim_modem *m, const uint8_t *pdu, size_t n, int delay_ms)
{
	struct sms_address centre;
	int skip = sms_pdu_open(pdu, n, -1, &centre);
	struct sim_mail *mail;
	uint32_t id;

	if (skip < 0)
		skip = 0; /* what is broken is sent as it is */
	if (n - (size_t)skip > SMS_TPDU_MAX)
		return -EMSGSIZE;
	mail = sim_mail_new(skip > 1 ? &centre : NULL, pdu + skip, n - (size_t)skip);
	mail->slot.part = 1;
	id = tell(m, "", "", 1);
	mail->slot.text_id = id;
	m->counts.parts_in++;
	send_off(m, mail, (int64_t)delay_ms * 1000);
	return id;
}
