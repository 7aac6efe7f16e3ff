/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as a PDU of each kind. What can be decoded must encode again, and to the same meaning.
 * The first octet says what <length> the modem told: 0 none, else that of the TPDU.
 */
#include "fuzz_sms.h"

static void pdu_text(const struct sms_ud *ud)
{
	char text[SMS_TEXT_SIZE];
	int n = sms_ud_text(ud, text, sizeof(text));

	MUST(n != -ENOBUFS);
	MUST(n < 0 || (utf8_valid(text) && strlen(text) == (size_t)n));
}

static void same_address(const struct sms_address *a, const struct sms_address *b)
{
	MUST(a->type == b->type && a->numbering == b->numbering && strcmp(a->value, b->value) == 0);
}

static void same_ud(const struct sms_ud *a, const struct sms_ud *b)
{
	MUST(a->dcs == b->dcs && a->udl == b->udl && a->udhi == b->udhi);
	MUST(memcmp(a->ud, b->ud, sizeof(a->ud)) == 0);
}

/**
 * An address that was read can be written, but for a name whose escapes are letters of the main
 * table.
 */
static bool writable(const struct sms_address *address)
{
	uint8_t octets[SMS_ADDRESS_OCTETS_MAX];
	struct sms_address again;
	int n = sms_address_encode(address, octets, sizeof(octets));

	MUST(n > 0 || address->type == SMS_NUMBER_ALPHANUMERIC);
	return n > 0 && sms_address_decode(octets, (size_t)n, &again) == n &&
	       strcmp(again.value, address->value) == 0;
}

static void pdu_deliver(const uint8_t *tpdu, size_t n)
{
	struct sms_deliver d, again;
	uint8_t out[SMS_TPDU_MAX];
	int len;

	if (sms_deliver_decode(tpdu, n, &d) < 0)
		return;
	pdu_text(&d.ud);
	if (!writable(&d.from))
		return;
	len = sms_deliver_encode(&d, out, sizeof(out));
	MUST(len > 0);
	MUST(sms_deliver_decode(out, (size_t)len, &again) == 0);
	same_address(&d.from, &again.from);
	same_ud(&d.ud, &again.ud);
	MUST(d.centre_time.wall_ms == again.centre_time.wall_ms && d.more == again.more);
}

static void pdu_submit(const uint8_t *tpdu, size_t n)
{
	struct sms_submit s, again;
	uint8_t out[SMS_TPDU_MAX];
	int len;

	if (sms_submit_decode(tpdu, n, &s) < 0)
		return;
	pdu_text(&s.ud);
	(void)sms_validity_end_ms(&s.validity, 0);
	if (!writable(&s.to))
		return;
	len = sms_submit_encode(&s, out, sizeof(out));
	MUST(len > 0);
	MUST(sms_submit_decode(out, (size_t)len, &again) == 0);
	same_address(&s.to, &again.to);
	same_ud(&s.ud, &again.ud);
	MUST(sms_validity_end_ms(&s.validity, 7) == sms_validity_end_ms(&again.validity, 7));
}

static void pdu_status_report(const uint8_t *tpdu, size_t n)
{
	struct sms_status_report r, again;
	uint8_t out[SMS_TPDU_MAX];
	int len;

	if (sms_status_report_decode(tpdu, n, &r) < 0)
		return;
	if (r.has_ud)
		pdu_text(&r.ud);
	MUST(sms_status_name(r.status));
	if (!writable(&r.to))
		return;
	len = sms_status_report_encode(&r, out, sizeof(out));
	MUST(len > 0);
	MUST(sms_status_report_decode(out, (size_t)len, &again) == 0);
	same_address(&r.to, &again.to);
	MUST(r.status == again.status && r.discharge.wall_ms == again.discharge.wall_ms);
	MUST(r.has_ud == again.has_ud);
	if (r.has_ud)
		same_ud(&r.ud, &again.ud);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct sms_address centre;
	char text[SMS_ADDRESS_SIZE];
	int at;

	if (n == 0)
		return 0;
	at = sms_pdu_open(data + 1, n - 1, data[0] ? data[0] : -1, &centre);
	if (at < 0)
		return 0;
	MUST((size_t)at < n - 1);
	(void)sms_address_to_text(&centre, text);
	data += 1 + at;
	n -= 1 + (size_t)at;
	MUST(sms_kind_from_network(data, n) >= 0);
	pdu_deliver(data, n);
	pdu_submit(data, n);
	pdu_status_report(data, n);
	return 0;
}
