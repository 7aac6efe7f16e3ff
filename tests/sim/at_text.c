/* SPDX-License-Identifier: Apache-2.0 */
/* Text mode (TS 27.005 3): <fo>, <vp>, <pid>, <dcs> of +CSMP, the character set of +CSCS. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sim.h"

static const char *const states[] = { "REC UNREAD", "REC READ", "STO UNSENT", "STO SENT", "ALL" };

const char *sim_text_state(int state)
{
	return states[state];
}

int sim_text_state_parse(const char *name)
{
	char word[16];
	size_t n = 0;

	for (; name[n] && n + 1 < sizeof(word); n++)
		word[n] = name[n];
	word[n] = '\0';
	for (int i = 0; i < (int)ARRAY_SIZE(states); i++) {
		char joined[16], *to = joined;

		for (const char *from = states[i]; *from; from++)
			if (*from != ' ')
				*to++ = *from;
		*to = '\0';
		if (!strcmp(word, states[i]) || !strcmp(word, joined))
			return i;
	}
	return -1;
}

/* UCS-2 and HEX character sets are typed in hexadecimal digits; the others as they are. */
static int typed_to_utf8(
	const struct sim_modem *m, const char *typed, size_t n, char *out, size_t size)
{
	uint8_t octets[512];
	size_t used = 0;
	int count;

	if (strcmp(m->set.cscs, "UCS2")) {
		if (n >= size)
			return -EMSGSIZE;
		memcpy(out, typed, n);
		out[n] = '\0';
		return 0;
	}
	count = hex_decode(typed, n, octets, sizeof(octets));
	if (count < 0 || count % 2)
		return -EINVAL;
	for (int i = 0; i < count && used + 5 < size; i += 2) {
		uint32_t cp = (uint32_t)octets[i] << 8 | octets[i + 1];

		if (cp >= 0xd800 && cp < 0xdc00 && i + 3 < count) { /* RFC 2781 2.2 */
			cp = 0x10000 + ((cp - 0xd800) << 10) +
			     (((uint32_t)octets[i + 2] << 8 | octets[i + 3]) - 0xdc00);
			i += 2;
		}
		used += utf8_put(out + used, cp);
	}
	out[used] = '\0';
	return 0;
}

int sim_text_submit(struct sim_modem *m, const struct sms_address *to, const char *typed, size_t n,
	uint8_t *tpdu, size_t size)
{
	struct sms_submit submit = { .to = *to, .pid = (uint8_t)m->set.csmp[2] };
	struct sms_plan plan;
	struct sms_dcs dcs;
	char text[1024];

	while (n && (typed[n - 1] == '\r' || typed[n - 1] == '\n'))
		n--;
	if (typed_to_utf8(m, typed, n, text, sizeof(text)) < 0)
		return -EINVAL;
	sms_dcs_decode((uint8_t)m->set.csmp[3], &dcs);
	if (sms_plan_make(&plan, text,
		    dcs.alphabet == SMS_ALPHABET_UCS2 ? SMS_ENCODING_UCS2
						      : SMS_ENCODING_TRANSLITERATE,
		    false) < 0 ||
		plan.segments > 1)
		return -EMSGSIZE;
	if (sms_plan_segment(&plan, text, 0, 0, &submit.ud) < 0)
		return -EINVAL;
	submit.want_report = m->set.csmp[0] & 0x20; /* 9.2.3.5 of TS 23.040, in <fo> */
	if ((m->set.csmp[0] >> 3 & 3) == SMS_VALIDITY_RELATIVE) {
		submit.validity.format = SMS_VALIDITY_RELATIVE;
		submit.validity.relative = (uint8_t)m->set.csmp[1];
	}
	return sms_submit_encode(&submit, tpdu, size);
}

static void show_time(const struct sms_time *time, char out[32])
{
	time_t local = (time_t)(time->wall_ms / 1000) + time->zone_quarters * INT64_C(900);
	struct strbuf sb;
	struct tm tm;

	gmtime_r(&local, &tm);
	strbuf_init(&sb, out, 32);
	strbuf_addf(&sb, "%02d/%02d/%02d,%02d:%02d:%02d%+03d", tm.tm_year % 100, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, time->zone_quarters);
}

static void show_ud(struct sim_modem *m, const struct sms_ud *ud)
{
	char text[SMS_TEXT_SIZE], hex[5];
	size_t n;

	if (sms_ud_text(ud, text, sizeof(text)) < 0)
		text[0] = '\0';
	if (strcmp(m->set.cscs, "UCS2")) {
		sim_buf_puts(&m->out, text);
		return;
	}
	n = strlen(text);
	for (size_t i = 0; i < n;) {
		uint32_t cp;

		i += utf8_next(text + i, n - i, &cp);
		if (cp >= 0x10000) {
			snprintf(hex, sizeof(hex), "%04X",
				(unsigned int)(0xd800 + ((cp - 0x10000) >> 10)) & 0xffff);
			sim_buf_puts(&m->out, hex);
			cp = 0xdc00 + ((cp - 0x10000) & 0x3ff);
		}
		snprintf(hex, sizeof(hex), "%04X", (unsigned int)cp & 0xffff);
		sim_buf_puts(&m->out, hex);
	}
}

static void show_deliver(struct sim_modem *m, const struct sms_deliver *d)
{
	char number[SMS_ADDRESS_SIZE], stamp[32];

	show_time(&d->centre_time, stamp);
	sim_buf_addf(&m->out, ",\"%s\",,\"%s\"\r\n", sms_address_to_text(&d->from, number), stamp);
	show_ud(m, &d->ud);
}

static void show_report(struct sim_modem *m, const struct sms_status_report *r)
{
	char number[SMS_ADDRESS_SIZE], sent[32], done[32];

	show_time(&r->centre_time, sent);
	show_time(&r->discharge, done);
	sim_buf_addf(&m->out, ",6,%d,\"%s\",145,\"%s\",\"%s\",%d", r->reference,
		sms_address_to_text(&r->to, number), sent, done, r->status);
}

void sim_text_show(struct sim_modem *m, const char *prefix, const struct sim_slot *slot)
{
	const uint8_t *tpdu = slot->pdu + slot->centre_n;
	size_t n = (size_t)(slot->pdu_n - slot->centre_n);
	char number[SMS_ADDRESS_SIZE];
	struct sms_status_report report;
	struct sms_deliver deliver;
	struct sms_submit submit;

	sim_buf_addf(&m->out, "\r\n%s\"%s\"", prefix, states[slot->state]);
	if (slot->state >= SIM_STO_UNSENT && sms_submit_decode(tpdu, n, &submit) == 0) {
		sim_buf_addf(&m->out, ",\"%s\",,\r\n", sms_address_to_text(&submit.to, number));
		show_ud(m, &submit.ud);
	} else if (sms_kind_from_network(tpdu, n) == SMS_KIND_STATUS_REPORT &&
		   sms_status_report_decode(tpdu, n, &report) == 0) {
		show_report(m, &report);
	} else if (sms_deliver_decode(tpdu, n, &deliver) == 0) {
		show_deliver(m, &deliver);
	}
}
