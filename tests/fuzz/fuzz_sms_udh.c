/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as user data: TP-DCS, TP-UDL, TP-UDHI, then the octets; cut into parts of a text as
 * well.
 */
#include "fuzz_sms.h"

static size_t ud_make(struct sms_ud *ud, const uint8_t *data, size_t n)
{
	size_t octets = n < 3 ? 0 : n - 3 < SMS_UD_MAX ? n - 3 : SMS_UD_MAX;

	*ud = (struct sms_ud){ .udhi = false };
	if (n < 3)
		return n;
	ud->dcs = data[0];
	ud->udl = data[1];
	ud->udhi = data[2] & 1;
	memcpy(ud->ud, data + 3, octets);
	return 3 + octets;
}

/** What the elements say can be written, and says the same. */
static void header_again(const struct sms_udh *udh)
{
	uint8_t out[SMS_UD_MAX];
	struct sms_ud ud;
	struct sms_udh again;

	MUST(udh->total >= 1 && udh->part >= 1 && udh->part <= udh->total);
	MUST(sms_udh_write(udh, out, sizeof(out)) >= 0);
	MUST(sms_ud_from_data(&ud, udh, "", 0) == 0);
	MUST(sms_udh_read(&ud, &again) == 0);
	MUST(again.total == udh->total && again.part == udh->part);
	MUST(again.single_shift == udh->single_shift && again.locking_shift == udh->locking_shift);
	MUST(again.wap_push == udh->wap_push && again.port_to == udh->port_to);
}

static void elements_walk(const struct sms_ud *ud)
{
	struct sms_udh_iter iter;
	struct sms_udh_element element;
	unsigned int sum = 0;

	if (sms_udh_begin(&iter, ud) < 0)
		return;
	while (sms_udh_next(&iter, &element) > 0) {
		sum += 2U + element.len;
		for (uint8_t i = 0; i < element.len; i++)
			MUST(element.data[i] == ud->ud[element.data - ud->ud + i]);
	}
	MUST(sum <= ud->ud[0]);
}

static void ud_check(struct sms_ud *ud)
{
	uint8_t packed[SMS_UD_PACKED_MAX];
	char text[SMS_TEXT_SIZE];
	struct sms_udh udh;
	int n = sms_ud_text(ud, text, sizeof(text));

	MUST(n != -ENOBUFS && (n < 0 || utf8_valid(text)));
	elements_walk(ud);
	if (sms_udh_read(ud, &udh) == 0)
		header_again(&udh);
	n = sms_ud_pack(ud, packed, sizeof(packed));
	if (n > 0)
		MUST(sms_ud_unpack(ud, packed, (size_t)n) == 0);
	(void)sms_ud_set_reference(ud, 0xBEEF);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char text[4 * SMS_TEXT_SIZE];
	struct sms_part parts[4];
	struct strbuf out;
	size_t count = 0;
	uint8_t total = 4;

	for (; n && count < ARRAY_SIZE(parts); count++) {
		size_t used = ud_make(&parts[count].ud, data, n);

		parts[count].part = data[0] % 5;
		ud_check(&parts[count].ud);
		data += used;
		n -= used;
	}
	strbuf_init(&out, text, sizeof(text));
	MUST(sms_join_parts(parts, count, total, "[...]", &out) <= total);
	MUST(utf8_valid(text) && !out.cut);
	return 0;
}
