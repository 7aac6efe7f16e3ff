/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as a text to send: planned, cut into segments, decoded and joined, it must be the same
 * text. The first octet picks encoding and reference. The other way, the octets are septets with
 * any shift tables.
 */
#include "fuzz_sms.h"

#define TEXT_MAX 3000
#define OUT_SIZE (8 * TEXT_MAX)

/** Sends text to itself. Returns the plan. */
static struct sms_plan there_and_back(
	const char *text, enum sms_encoding encoding, bool wide, char out[OUT_SIZE])
{
	struct sms_plan plan;
	struct sms_ud ud;
	struct strbuf sb;
	struct sms_join join;
	char alone[SMS_TEXT_SIZE];
	size_t sum = 0;

	MUST(sms_plan_make(&plan, text, encoding, wide) == 0);
	strbuf_init(&sb, out, OUT_SIZE);
	sms_join_begin(&join, &sb, plan.segments, "[...]");
	for (uint8_t i = 0; i < plan.segments; i++) {
		struct sms_udh udh;
		int n;

		MUST(sms_plan_segment(&plan, text, i, 0x1234, &ud) == 0);
		MUST(sms_udh_read(&ud, &udh) == 0);
		MUST(udh.total == plan.segments && (udh.total == 1 || udh.part == i + 1));
		/* no letter is split: every segment is whole by itself */
		n = sms_ud_text(&ud, alone, sizeof(alone));
		MUST(n >= 0);
		sum += (size_t)n;
		MUST(sms_join_add(&join, (uint8_t)(i + 1), &ud) == 0);
	}
	MUST(sms_join_end(&join) == 0 && !sb.cut && sb.len == sum);
	return plan;
}

static void septets(const uint8_t *data, size_t n)
{
	struct sms_udh udh = {
		.total = 1, .part = 1, .single_shift = data[0] & 15, .locking_shift = data[0] >> 4
	};
	struct sms_ud ud = { .dcs = SMS_DCS_GSM7 };
	char text[SMS_TEXT_SIZE];
	int header = sms_udh_write(&udh, ud.ud, SMS_UD_MAX), len;
	size_t octets = n - 1 < SMS_UD_MAX - (size_t)header ? n - 1 : SMS_UD_MAX - (size_t)header;

	memcpy(ud.ud + header, data + 1, octets);
	ud.udhi = header > 0;
	ud.udl = (uint8_t)(((size_t)header + octets) * 8 / 7);
	len = sms_ud_text(&ud, text, sizeof(text));
	MUST(len >= 0 || ud.udl == 0);
	MUST(utf8_valid(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char text[TEXT_MAX + 1], first[OUT_SIZE], second[OUT_SIZE], plain[OUT_SIZE];
	struct sms_plan plan;
	enum sms_encoding encoding;

	if (n == 0 || n > TEXT_MAX)
		return 0;
	septets(data, n);
	encoding = (enum sms_encoding)(data[0] & 3);
	memcpy(text, data + 1, n - 1);
	text[n - 1] = '\0';
	(void)there_and_back(text, SMS_ENCODING_UCS2, false, first);
	plan = there_and_back(text, encoding, data[0] & 4, second);
	if (plan.transliterated)
		(void)sms_transliterate(plain, sizeof(plain), text);
	MUST(strcmp(second, plan.transliterated ? plain : first) == 0);
	return 0;
}
