/* SPDX-License-Identifier: Apache-2.0 */
/* PDUs and their fields: random ones there and back, and what cannot be written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "faro/sms.h"

#define ROUNDS 5000

/* xorshift64*: the same numbers everywhere */
static uint64_t seed = UINT64_C(0xC0DEC0DEC0DEC0DE);

static uint32_t random_u32(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)(seed * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

static bool random_bool(void)
{
	return random_u32() & 1;
}

/* ---- random fields -------------------------------------------------------------------------- */

static struct sms_address random_address(void)
{
	static const char *const names[] = { "Faro", "a", "[F]", "@@@@@@@@", "ElevenChars",
		"Ωß à" };
	struct sms_address address = { .type = SMS_NUMBER_UNKNOWN };
	char text[SMS_ADDRESS_SIZE] = "+";
	size_t n = 1 + random_u32() % SMS_ADDRESS_DIGITS_MAX;
	bool plus = random_bool();

	if (random_u32() % 4 == 0) {
		assert_int_equal(
			sms_address_from_text(&address, names[random_u32() % ARRAY_SIZE(names)]),
			0);
		assert_int_equal(address.type, SMS_NUMBER_ALPHANUMERIC);
		return address;
	}
	for (size_t i = 1; i <= n; i++)
		text[i] = "0123456789*#"[random_u32() % 12];
	text[n + 1] = '\0';
	assert_int_equal(sms_address_from_text(&address, text + !plus), 0);
	assert_int_equal(address.type, plus ? SMS_NUMBER_INTERNATIONAL : SMS_NUMBER_UNKNOWN);
	return address;
}

static struct sms_time random_time(void)
{
	/* 1980-01-02 to 2079-12-30, so that every zone stays within */
	int64_t first = INT64_C(315619200), last = INT64_C(3471206400);
	struct sms_time time = { .known = random_u32() % 8 };

	if (!time.known)
		return time;
	time.wall_ms = (first + random_u32() % (last - first)) * 1000;
	time.zone_quarters = (int8_t)((int)(random_u32() % 159) - 79);
	return time;
}

static struct sms_ud random_ud(void)
{
	static const uint8_t codings[] = { SMS_DCS_GSM7, SMS_DCS_DATA8, SMS_DCS_UCS2, 0xF1, 0x20 };
	struct sms_ud ud = { .dcs = codings[random_u32() % ARRAY_SIZE(codings)],
		.udhi = random_bool() };
	int octets;

	do
		ud.udl = (uint8_t)(random_u32() % 161);
	while ((octets = sms_ud_octets(&ud)) < 0);
	for (int i = 0; i < octets; i++)
		ud.ud[i] = (uint8_t)random_u32();
	return ud;
}

static struct sms_validity random_validity(void)
{
	struct sms_validity validity = { .format = (enum sms_validity_format)(random_u32() % 4) };

	if (validity.format == SMS_VALIDITY_RELATIVE)
		validity.relative = (uint8_t)random_u32();
	else if (validity.format == SMS_VALIDITY_ABSOLUTE)
		validity.absolute = random_time();
	else if (validity.format == SMS_VALIDITY_ENHANCED)
		validity.enhanced[0] = (uint8_t)random_u32();
	return validity;
}

/* ---- the same again ------------------------------------------------------------------------- */

static void same_address(const struct sms_address *a, const struct sms_address *b)
{
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->numbering, b->numbering);
	assert_string_equal(a->value, b->value);
}

static void same_time(const struct sms_time *a, const struct sms_time *b)
{
	assert_int_equal(a->known, b->known);
	assert_int_equal(a->wall_ms, b->wall_ms);
	assert_int_equal(a->zone_quarters, b->zone_quarters);
}

static void same_ud(const struct sms_ud *a, const struct sms_ud *b)
{
	assert_int_equal(a->dcs, b->dcs);
	assert_int_equal(a->udl, b->udl);
	assert_int_equal(a->udhi, b->udhi);
	assert_memory_equal(a->ud, b->ud, SMS_UD_MAX);
}

static void same_validity(const struct sms_validity *a, const struct sms_validity *b)
{
	assert_int_equal(a->format, b->format);
	assert_int_equal(a->relative, b->relative);
	same_time(&a->absolute, &b->absolute);
	assert_memory_equal(a->enhanced, b->enhanced, SMS_TIME_OCTETS);
}

static void a_deliver_comes_back(void **state)
{
	uint8_t out[SMS_TPDU_MAX];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct sms_deliver a = {
			.more = random_bool(),
			.loop_prevention = random_bool(),
			.reply_path = random_bool(),
			.status_report_indicated = random_bool(),
			.from = random_address(),
			.pid = (uint8_t)random_u32(),
			.centre_time = random_time(),
			.ud = random_ud(),
		};
		struct sms_deliver b;
		int n = sms_deliver_encode(&a, out, sizeof(out));

		assert_true(n > 0);
		assert_int_equal(sms_kind_from_network(out, (size_t)n), SMS_KIND_DELIVER);
		assert_int_equal(sms_deliver_decode(out, (size_t)n, &b), 0);
		assert_int_equal(a.more, b.more);
		assert_int_equal(a.loop_prevention, b.loop_prevention);
		assert_int_equal(a.reply_path, b.reply_path);
		assert_int_equal(a.status_report_indicated, b.status_report_indicated);
		assert_int_equal(a.pid, b.pid);
		same_address(&a.from, &b.from);
		same_time(&a.centre_time, &b.centre_time);
		same_ud(&a.ud, &b.ud);
	}
}

static void a_submit_comes_back(void **state)
{
	uint8_t out[SMS_TPDU_MAX];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct sms_submit a = {
			.reject_duplicates = random_bool(),
			.reply_path = random_bool(),
			.want_report = random_bool(),
			.reference = (uint8_t)random_u32(),
			.to = random_address(),
			.pid = (uint8_t)random_u32(),
			.validity = random_validity(),
			.ud = random_ud(),
		};
		struct sms_submit b;
		int n = sms_submit_encode(&a, out, sizeof(out));

		assert_true(n > 0);
		assert_int_equal(sms_submit_decode(out, (size_t)n, &b), 0);
		assert_int_equal(a.reject_duplicates, b.reject_duplicates);
		assert_int_equal(a.reply_path, b.reply_path);
		assert_int_equal(a.want_report, b.want_report);
		assert_int_equal(a.reference, b.reference);
		assert_int_equal(a.pid, b.pid);
		same_address(&a.to, &b.to);
		same_validity(&a.validity, &b.validity);
		same_ud(&a.ud, &b.ud);
	}
}

static struct sms_status_report random_report(void)
{
	struct sms_status_report report = {
		.more = random_bool(),
		.loop_prevention = random_bool(),
		.for_command = random_bool(),
		.reference = (uint8_t)random_u32(),
		.to = random_address(),
		.centre_time = random_time(),
		.discharge = random_time(),
		.status = (uint8_t)random_u32(),
		.has_pid = random_bool(),
		.has_ud = random_bool(),
	};

	if (report.has_pid)
		report.pid = (uint8_t)random_u32();
	if (report.has_ud)
		report.ud = random_ud();
	return report;
}

static void a_status_report_comes_back(void **state)
{
	uint8_t out[SMS_TPDU_MAX];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct sms_status_report a = random_report(), b;
		int n = sms_status_report_encode(&a, out, sizeof(out));

		assert_true(n > 0);
		assert_int_equal(sms_kind_from_network(out, (size_t)n), SMS_KIND_STATUS_REPORT);
		assert_int_equal(sms_status_report_decode(out, (size_t)n, &b), 0);
		assert_int_equal(a.more, b.more);
		assert_int_equal(a.loop_prevention, b.loop_prevention);
		assert_int_equal(a.for_command, b.for_command);
		assert_int_equal(a.reference, b.reference);
		assert_int_equal(a.status, b.status);
		assert_int_equal(a.has_pid, b.has_pid);
		assert_int_equal(a.pid, b.pid);
		assert_int_equal(a.has_ud, b.has_ud);
		same_address(&a.to, &b.to);
		same_time(&a.centre_time, &b.centre_time);
		same_time(&a.discharge, &b.discharge);
		same_ud(&a.ud, &b.ud);
	}
}

/* ---- what cannot be ------------------------------------------------------------------------- */

static void every_cut_of_a_pdu_is_an_error(void **state)
{
	struct sms_deliver d = { .ud = { .dcs = SMS_DCS_DATA8, .udl = 140 } };
	struct sms_submit s = { .ud = d.ud, .validity = sms_validity_from_s(7200) };
	struct sms_status_report r = { .status = 0 };
	uint8_t out[SMS_TPDU_MAX];
	int n;

	(void)state;
	assert_int_equal(sms_address_from_text(&d.from, "+15105550100"), 0);
	s.to = r.to = d.from;
	n = sms_deliver_encode(&d, out, sizeof(out));
	for (int i = 0; i < n; i++)
		assert_int_equal(sms_deliver_decode(out, (size_t)i, &d), -EBADMSG);
	n = sms_submit_encode(&s, out, sizeof(out));
	for (int i = 0; i < n; i++)
		assert_int_equal(sms_submit_decode(out, (size_t)i, &s), -EBADMSG);
	n = sms_status_report_encode(&r, out, sizeof(out));
	for (int i = 0; i < n; i++)
		assert_int_equal(sms_status_report_decode(out, (size_t)i, &r), -EBADMSG);
}

static void a_buffer_that_is_too_small_is_an_error(void **state)
{
	struct sms_submit s = { .ud = { .udl = 160 }, .validity = sms_validity_from_s(7200) };
	uint8_t *out;
	int n = 0;

	(void)state;
	assert_int_equal(sms_address_from_text(&s.to, "+15105550100"), 0);
	for (size_t size = 0; n <= 0; size++) {
		out = malloc(size ? size : 1);
		assert_non_null(out);
		n = sms_submit_encode(&s, out, size);
		assert_true(n == -ENOBUFS || (n > 0 && (size_t)n == size));
		free(out);
	}
	assert_int_equal(n, 1 + 1 + 8 + 1 + 1 + 1 + 1 + 140);
}

static void what_has_no_place_in_a_pdu_is_refused(void **state)
{
	struct sms_submit s = { .ud = { .udl = 161 } };
	uint8_t out[SMS_TPDU_MAX];

	(void)state;
	assert_int_equal(sms_submit_encode(&s, out, sizeof(out)), -EINVAL);
	s.ud.udl = 0;
	strcpy(s.to.value, "12x");
	assert_int_equal(sms_submit_encode(&s, out, sizeof(out)), -EINVAL);
	strcpy(s.to.value, "123456789012345678901");
	assert_int_equal(sms_submit_encode(&s, out, sizeof(out)), -EINVAL);
	strcpy(s.to.value, "123");
	s.to.numbering = 16;
	assert_int_equal(sms_submit_encode(&s, out, sizeof(out)), -EINVAL);
	s.to.numbering = SMS_NUMBERING_ISDN;
	s.validity.format = SMS_VALIDITY_ABSOLUTE;
	s.validity.absolute = (struct sms_time){ .known = true, .wall_ms = INT64_C(3500000000000) };
	assert_int_equal(sms_submit_encode(&s, out, sizeof(out)), -EINVAL);
}

static void no_text_is_an_address_that_is_none(void **state)
{
	static const char *const none[] = { "", "123456789012345678901", "TwelveLetter",
		"ElevenCharé€", "你好", "+1510555x100ab" };
	struct sms_address address;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		assert_int_equal(sms_address_from_text(&address, none[i]), -EINVAL);
}

/* ---- fields --------------------------------------------------------------------------------- */

static void a_validity_never_outlives_what_was_asked(void **state)
{
	(void)state;
	for (int64_t s = -10; s < 64 * 7 * 86400; s += 1 + s / 500) {
		struct sms_validity v = sms_validity_from_s(s);
		int64_t got = sms_validity_relative_s(v.relative);

		assert_true(got <= s || (s < 300 && got == 300));
		assert_true(v.relative == 255 ||
			    sms_validity_relative_s((uint8_t)(v.relative + 1)) > s);
		assert_int_equal(sms_validity_end_ms(&v, 1000), 1000 + got * 1000);
	}
}

static void a_period_that_says_nothing_never_ends(void **state)
{
	struct sms_validity v = { .format = SMS_VALIDITY_NONE };

	(void)state;
	assert_int_equal(sms_validity_end_ms(&v, 5), TIME_NEVER);
	v.format = SMS_VALIDITY_ABSOLUTE;
	assert_int_equal(sms_validity_end_ms(&v, 5), TIME_NEVER);
	v.format = SMS_VALIDITY_ENHANCED;
	assert_int_equal(sms_validity_end_ms(&v, 5), TIME_NEVER);
}

static void every_status_has_an_outcome_and_a_name(void **state)
{
	unsigned int counts[4] = { 0 };

	(void)state;
	for (unsigned int status = 0; status < 256; status++) {
		counts[sms_status_outcome((uint8_t)status)]++;
		assert_true(strlen(sms_status_name((uint8_t)status)) > 5);
	}
	/*
	 * 9.2.3.15: 3 + 16 completed, 6 + 16 trying, 10 + 16 permanent, all others are 63 or like
	 * it
	 */
	assert_int_equal(counts[SMS_OUTCOME_DELIVERED], 19);
	assert_int_equal(counts[SMS_OUTCOME_TRYING], 22);
	assert_int_equal(counts[SMS_OUTCOME_FAILED_PERMANENT], 26);
}

static void every_coding_is_read(void **state)
{
	struct sms_dcs dcs;

	(void)state;
	for (unsigned int octet = 0; octet < 256; octet++) {
		bool compressed = octet < 0x80 && octet & 0x20;

		assert_int_equal(sms_dcs_decode((uint8_t)octet, &dcs), compressed ? -ENOTSUP : 0);
		assert_int_equal(dcs.compressed, compressed);
		assert_true(dcs.message_class >= -1 && dcs.message_class <= 3);
	}
}

static void a_header_is_read_as_it_was_written(void **state)
{
	struct sms_udh a = { .total = 3,
		.part = 2,
		.reference = 0xBEEF,
		.reference_16bit = true,
		.single_shift = SMS_LANGUAGE_SPANISH,
		.locking_shift = SMS_LANGUAGE_TURKISH,
		.has_port = true,
		.port_to = SMS_PORT_WAP_PUSH,
		.port_from = 9200 };
	struct sms_udh b;
	struct sms_ud ud;

	(void)state;
	assert_int_equal(sms_ud_from_data(&ud, &a, "data", 4), 0);
	assert_int_equal(sms_udh_read(&ud, &b), 0);
	assert_int_equal(b.octets, 1 + 6 + 6 + 3 + 3);
	assert_int_equal(b.total, 3);
	assert_int_equal(b.part, 2);
	assert_int_equal(b.reference, 0xBEEF);
	assert_true(b.reference_16bit);
	assert_int_equal(b.single_shift, SMS_LANGUAGE_SPANISH);
	assert_int_equal(b.locking_shift, SMS_LANGUAGE_TURKISH);
	assert_true(b.has_port && b.wap_push);
	assert_int_equal(b.port_from, 9200);
	a.part = 4;
	assert_int_equal(sms_ud_from_data(&ud, &a, "data", 4), -EINVAL);
	assert_int_equal(sms_ud_from_data(&ud, NULL, ud.ud, 140), 0);
	a.part = 3;
	assert_int_equal(sms_ud_from_data(&ud, &a,
				 "1234567890123456789012345678901234567890"
				 "1234567890123456789012345678901234567890"
				 "123456789012345678901234567890123456789012",
				 122),
		-EMSGSIZE);
}

static void a_body_serves_many_recipients(void **state)
{
	static const bool widths[] = { false, true };
	char text[400];
	struct sms_plan plan;
	struct sms_udh udh;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		uint8_t packed[SMS_UD_PACKED_MAX];
		struct sms_ud ud, kept;
		int n;

		assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_AUTO, widths[i]), 0);
		assert_int_equal(sms_plan_segment(&plan, text, 1, 0, &ud), 0);
		n = sms_ud_pack(&ud, packed, sizeof(packed));
		assert_int_equal(n, 3 + 140);
		assert_int_equal(sms_ud_pack(&ud, packed, (size_t)n - 1), -ENOBUFS);
		assert_int_equal(sms_ud_unpack(&kept, packed, (size_t)n), 0);
		same_ud(&ud, &kept);
		assert_int_equal(sms_ud_unpack(&kept, packed, (size_t)n - 1), -EBADMSG);
		assert_int_equal(sms_ud_set_reference(&ud, 0x1234), 1);
		assert_int_equal(sms_udh_read(&ud, &udh), 0);
		assert_int_equal(udh.reference, widths[i] ? 0x1234 : 0x34);
		assert_int_equal(udh.part, 2);
	}
}

static void a_text_needs_room(void **state)
{
	struct sms_ud ud = { .dcs = SMS_DCS_DATA8, .udl = 3, .ud = "abc" };
	char out[4];

	(void)state;
	assert_int_equal(sms_ud_text(&ud, out, 4), 3);
	assert_int_equal(sms_ud_text(&ud, out, 3), -ENOBUFS);
	assert_int_equal(sms_ud_text(&ud, out, 0), -ENOBUFS);
}

static void the_longest_text_fits_its_bound(void **state)
{
	struct sms_ud ud = { .dcs = SMS_DCS_DATA8, .udl = 140 };
	char out[SMS_TEXT_SIZE];

	(void)state;
	memset(ud.ud, 0xFF, sizeof(ud.ud));
	assert_int_equal(sms_ud_text(&ud, out, sizeof(out)), 560);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deliver_comes_back),
		cmocka_unit_test(a_submit_comes_back),
		cmocka_unit_test(a_status_report_comes_back),
		cmocka_unit_test(every_cut_of_a_pdu_is_an_error),
		cmocka_unit_test(a_buffer_that_is_too_small_is_an_error),
		cmocka_unit_test(what_has_no_place_in_a_pdu_is_refused),
		cmocka_unit_test(no_text_is_an_address_that_is_none),
		cmocka_unit_test(a_validity_never_outlives_what_was_asked),
		cmocka_unit_test(a_period_that_says_nothing_never_ends),
		cmocka_unit_test(every_status_has_an_outcome_and_a_name),
		cmocka_unit_test(every_coding_is_read),
		cmocka_unit_test(a_header_is_read_as_it_was_written),
		cmocka_unit_test(a_body_serves_many_recipients),
		cmocka_unit_test(a_text_needs_room),
		cmocka_unit_test(the_longest_text_fits_its_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
