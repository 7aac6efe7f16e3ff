/* SPDX-License-Identifier: Apache-2.0 */
/* The courier's pure parts: what an answer means, what a PDU is, how a claim becomes a SUBMIT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../../firmware/courier/office.h"

#define ANA "+15105550101"

/* ---- what an answer means ------------------------------------------------------------------- */

static const struct courier_settings schedule = { .retry_s = { 5, 15, 45, 120, 600 },
	.retries = 5 };

static const struct {
	int cms; /* 0: the outcome alone */
	enum modem_sent outcome;
	int attempt;
	enum ruling ruling;
	int64_t wait_s;
	bool parks;
} answers[] = {
	{ 0, MODEM_SENT_OK, 1, RULING_SENT, 0, false },
	{ 0, MODEM_SENT_UNKNOWN, 1, RULING_UNKNOWN, 0, false },
	{ 0, MODEM_SENT_NEVER, 1, RULING_AGAIN, 0, false },
	{ 0, MODEM_SENT_NEVER, 50, RULING_AGAIN, 0, false },
	/* the number */
	{ 1, MODEM_SENT_REFUSED, 1, RULING_FAILED, 0, false },
	{ 28, MODEM_SENT_REFUSED, 1, RULING_FAILED, 0, false },
	{ 69, MODEM_SENT_REFUSED, 1, RULING_FAILED, 0, false },
	/* barred */
	{ 8, MODEM_SENT_REFUSED, 1, RULING_FAILED, 0, true },
	{ 10, MODEM_SENT_REFUSED, 1, RULING_FAILED, 0, true },
	/* the far side: once more, later */
	{ 21, MODEM_SENT_REFUSED, 1, RULING_AGAIN, 120, false },
	{ 21, MODEM_SENT_REFUSED, 2, RULING_FAILED, 0, false },
	/* temporary: the schedule, its last wait again and again, ten attempts */
	{ 41, MODEM_SENT_REFUSED, 1, RULING_AGAIN, 5, false },
	{ 41, MODEM_SENT_REFUSED, 2, RULING_AGAIN, 15, false },
	{ 41, MODEM_SENT_REFUSED, 5, RULING_AGAIN, 600, false },
	{ 41, MODEM_SENT_REFUSED, 9, RULING_AGAIN, 600, false },
	{ 41, MODEM_SENT_REFUSED, 10, RULING_FAILED, 0, false },
	{ 332, MODEM_SENT_REFUSED, 1, RULING_AGAIN, 5, false },
	{ 42, MODEM_SENT_REFUSED, 1, RULING_AGAIN, 5, false },
	{ 514, MODEM_SENT_REFUSED, 3, RULING_AGAIN, 45, false },
	/* the network is gone: another modem at once, the same message a little later */
	{ 38, MODEM_SENT_REFUSED, 1, RULING_AGAIN, 0, true },
	{ 38, MODEM_SENT_REFUSED, 3, RULING_AGAIN, 1, true },
	{ 38, MODEM_SENT_REFUSED, 4, RULING_AGAIN, 5, true },
	{ 38, MODEM_SENT_REFUSED, 19, RULING_AGAIN, 600, true },
	{ 38, MODEM_SENT_REFUSED, 20, RULING_FAILED, 0, true },
	/* may have gone out */
	{ 17, MODEM_SENT_REFUSED, 1, RULING_UNKNOWN, 0, false },
	{ 500, MODEM_SENT_REFUSED, 1, RULING_UNKNOWN, 0, false },
	/* the SIM */
	{ 310, MODEM_SENT_REFUSED, 1, RULING_AGAIN, 0, true },
	{ 318, MODEM_SENT_REFUSED, 4, RULING_AGAIN, 5, true },
	/* the store */
	{ 322, MODEM_SENT_REFUSED, 1, RULING_AGAIN, 5, false },
	/* no service centre */
	{ 330, MODEM_SENT_REFUSED, 1, RULING_AGAIN, 0, true },
	/* our mistake */
	{ 304, MODEM_SENT_REFUSED, 1, RULING_FAILED, 0, false },
};

static void test_every_answer_has_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct modem_result result = { .outcome = answers[i].outcome,
			.error = answers[i].cms,
			.retry = answers[i].cms ? at_retry_of_cms(answers[i].cms) : AT_RETRY_NONE };
		const struct verdict *verdict = verdict_find(&result);
		enum ruling ruling = verdict_ruling(verdict, answers[i].attempt, answers[i].cms);
		if (ruling != answers[i].ruling)
			fail_msg("+CMS ERROR %d, attempt %d: ruling %d", answers[i].cms,
				answers[i].attempt, ruling);
		if (ruling == RULING_AGAIN)
			assert_int_equal(verdict_wait_ms(verdict, answers[i].attempt, &schedule),
				answers[i].wait_s * MS_PER_S);
		assert_int_equal(verdict->park_s > 0, answers[i].parks);
	}
}

static void test_every_class_has_words_and_an_end(void **state)
{
	(void)state;
	for (int retry = 0; retry < AT_RETRIES; retry++) {
		struct modem_result result = { .outcome = MODEM_SENT_REFUSED,
			.retry = (enum at_retry)retry };
		const struct verdict *verdict = verdict_find(&result);
		assert_non_null(verdict->words);
		assert_int_not_equal(verdict->ruling, RULING_SENT);
		assert_int_not_equal(verdict_ruling(verdict, ATTEMPTS_OUTAGE, 0), RULING_AGAIN);
	}
}

static void test_without_a_schedule_there_is_still_a_wait(void **state)
{
	(void)state;
	const struct courier_settings none = { 0 };
	struct modem_result result = { .outcome = MODEM_SENT_REFUSED, .retry = AT_RETRY_TEMPORARY };
	assert_true(verdict_wait_ms(verdict_find(&result), 1, &none) >= MS_PER_S);
}

/* ---- what a PDU is -------------------------------------------------------------------------- */

static struct inward read_tpdu(const uint8_t *tpdu, int size)
{
	struct modem_pdu pdu = { .kind = MODEM_PDU_DELIVER, .slot = 1, .size = (size_t)size + 1 };
	struct inward inward;
	assert_true(size > 0);
	memcpy(pdu.data + 1, tpdu, (size_t)size);
	inward_read(&pdu, "1", &inward);
	return inward;
}

static struct inward read_deliver(const struct sms_deliver *deliver)
{
	uint8_t tpdu[SMS_TPDU_MAX];
	int size = sms_deliver_encode(deliver, tpdu, sizeof(tpdu));
	return read_tpdu(tpdu, size);
}

static struct sms_deliver a_text(const char *text)
{
	static struct sms_plan plan;
	struct sms_deliver deliver = { .centre_time = { INT64_C(1800000000000), 0, true } };
	assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_AUTO, false), 0);
	assert_int_equal(sms_plan_segment(&plan, text, 0, 77, &deliver.ud), 0);
	assert_int_equal(sms_address_from_text(&deliver.from, ANA), 0);
	return deliver;
}

static void test_senders_become_numbers_codes_and_names(void **state)
{
	(void)state;
	static const struct {
		struct sms_address from;
		enum phone_kind kind;
		const char *sender;
	} rows[] = {
		{ { SMS_NUMBER_INTERNATIONAL, 1, "15105550101" }, PHONE_E164, ANA },
		{ { SMS_NUMBER_NATIONAL, 1, "5105550101" }, PHONE_E164, ANA },
		{ { SMS_NUMBER_UNKNOWN, 1, "15105550101" }, PHONE_E164, ANA },
		{ { SMS_NUMBER_UNKNOWN, 0, "72975" }, PHONE_SHORT_CODE, "72975" },
		{ { SMS_NUMBER_ALPHANUMERIC, 0, "Carrier" }, PHONE_ALPHANUMERIC, "Carrier" },
		{ { SMS_NUMBER_ALPHANUMERIC, 0, "5105550101" }, PHONE_ALPHANUMERIC, "5105550101" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sms_deliver deliver = a_text("hello");
		deliver.from = rows[i].from;
		struct inward inward = read_deliver(&deliver);
		assert_int_equal(inward.kind, INWARD_FRAGMENT);
		assert_int_equal(inward.fragment.kind, rows[i].kind);
		assert_string_equal(inward.fragment.sender, rows[i].sender);
	}
}

static void test_what_no_person_wrote_is_junk(void **state)
{
	(void)state;
	static const struct sms_udh wap = {
		.total = 1, .has_port = true, .port_to = SMS_PORT_WAP_PUSH, .port_from = 9200
	};
	static const struct sms_udh port = { .total = 1, .has_port = true, .port_to = 5000 };
	struct sms_deliver deliver = a_text("x");
	assert_int_equal(sms_ud_from_data(&deliver.ud, &wap, "\x01\x06mms", 5), 0);
	assert_string_equal(read_deliver(&deliver).junk, "wap push");
	assert_int_equal(sms_ud_from_data(&deliver.ud, &port, "abc", 3), 0);
	assert_string_equal(read_deliver(&deliver).junk, "for another application");

	deliver = a_text("x");
	deliver.pid = 0x40;
	assert_string_equal(read_deliver(&deliver).junk, "type 0");
	deliver = a_text("x");
	deliver.ud.dcs = 0xC8; /* voice mail waits, discard */
	assert_string_equal(read_deliver(&deliver).junk, "message waiting");
	deliver = a_text(" ");
	assert_string_equal(read_deliver(&deliver).junk, "empty");
	deliver = a_text("");
	assert_string_equal(read_deliver(&deliver).junk, "empty");
	deliver = a_text("x");
	deliver.ud.dcs = 0x20; /* compressed */
	assert_string_equal(read_deliver(&deliver).junk, "unreadable");
}

static void test_what_cannot_be_decoded_is_junk_and_never_more(void **state)
{
	(void)state;
	uint8_t tpdu[SMS_TPDU_MAX];
	struct sms_deliver deliver = a_text("hello there");
	int size = sms_deliver_encode(&deliver, tpdu, sizeof(tpdu));
	for (int n = 1; n < size; n++) {
		struct inward inward = read_tpdu(tpdu, n);
		assert_int_equal(inward.kind, INWARD_JUNK);
		assert_non_null(inward.junk);
	}
	struct modem_pdu pdu = { .size = 0 };
	struct inward inward;
	inward_read(&pdu, "1", &inward);
	assert_int_equal(inward.kind, INWARD_JUNK);
	memset(pdu.data, 0xFF, sizeof(pdu.data));
	for (pdu.size = 1; pdu.size <= sizeof(pdu.data); pdu.size++)
		inward_read(&pdu, "1", &inward);
}

static void test_a_text_keeps_what_tells_it_from_others(void **state)
{
	(void)state;
	struct sms_deliver deliver = a_text("hello");
	struct inward inward = read_deliver(&deliver);
	assert_int_equal(inward.fragment.sent_ms, INT64_C(1800000000000));
	assert_int_equal(inward.fragment.reference, -1);
	assert_int_equal(inward.fragment.total, 1);
	assert_int_equal(inward.fragment.part, 1);

	char text[400];
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	deliver = a_text(text);
	inward = read_deliver(&deliver);
	assert_int_equal(inward.fragment.reference, 77);
	assert_int_equal(inward.fragment.total, 3);
	assert_int_equal(inward.fragment.part, 1);

	/* A centre without a clock: no time is no reason to lose the text. */
	deliver.centre_time = (struct sms_time){ 0 };
	assert_int_equal(read_deliver(&deliver).fragment.sent_ms, 0);
}

static void test_reports_say_delivered_pending_or_failed(void **state)
{
	(void)state;
	static const struct {
		uint8_t status;
		enum report_outcome outcome;
	} rows[] = {
		{ 0x00, REPORT_DELIVERED },
		{ 0x20, REPORT_PENDING },
		{ 0x41, REPORT_FAILED },
		{ 0x46, REPORT_FAILED },
		{ 0x60, REPORT_FAILED },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t tpdu[SMS_TPDU_MAX];
		struct sms_status_report report = { .reference = 200, .status = rows[i].status };
		report.to = (struct sms_address){ SMS_NUMBER_NATIONAL, 1, "5105550101" };
		int size = sms_status_report_encode(&report, tpdu, sizeof(tpdu));
		struct inward inward = read_tpdu(tpdu, size);
		assert_int_equal(inward.kind, INWARD_REPORT);
		assert_int_equal(inward.report.outcome, rows[i].outcome);
		assert_int_equal(inward.report.reference, 200);
		assert_string_equal(inward.report.phone, ANA);
	}
}

/* ---- how a claim becomes a SUBMIT ----------------------------------------------------------- */

static struct store_claim a_claim(const char *text, unsigned int part)
{
	static struct sms_plan plan;
	struct sms_ud ud;
	struct store_claim claim = {
		.message_id = 0x1234, .class = CLASS_ALERT, .expires_ms = TIME_NEVER, .phone = ANA
	};
	assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_AUTO, false), 0);
	assert_int_equal(sms_plan_segment(&plan, text, part, 0, &ud), 0);
	claim.part_size = sms_ud_pack(&ud, claim.part, sizeof(claim.part));
	assert_true(claim.part_size > 0);
	return claim;
}

static struct sms_submit submit_of(const struct store_claim *claim, bool reports, int64_t now_ms)
{
	uint8_t tpdu[SMS_TPDU_MAX];
	struct sms_submit submit;
	int size = outward_submit(claim, reports, now_ms, tpdu, sizeof(tpdu));
	assert_true(size > 0);
	assert_int_equal(sms_submit_decode(tpdu, (size_t)size, &submit), 0);
	return submit;
}

static void test_a_submit_has_the_number_the_text_and_the_wish_for_a_report(void **state)
{
	(void)state;
	char text[SMS_TEXT_SIZE], to[SMS_ADDRESS_SIZE];
	struct store_claim claim = a_claim("Ice at 5th & Main, need 10", 0);
	struct sms_submit submit = submit_of(&claim, true, 0);
	assert_string_equal(sms_address_to_text(&submit.to, to), ANA);
	assert_true(sms_ud_text(&submit.ud, text, sizeof(text)) > 0);
	assert_string_equal(text, "Ice at 5th & Main, need 10");
	assert_true(submit.want_report);
	assert_int_equal(submit.reference, 0);
	assert_false(submit_of(&claim, false, 0).want_report);
}

static int reference_of_claim(const struct store_claim *claim)
{
	struct sms_submit submit = submit_of(claim, true, 0);
	struct sms_udh udh;
	assert_int_equal(sms_udh_read(&submit.ud, &udh), 0);
	return udh.reference;
}

static void test_all_parts_of_a_message_share_a_reference_of_their_own(void **state)
{
	(void)state;
	char text[400];
	memset(text, 'b', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	struct store_claim first = a_claim(text, 0);
	for (unsigned int part = 0; part < 3; part++) {
		struct sms_udh udh;
		struct store_claim claim = a_claim(text, part);
		struct sms_submit submit = submit_of(&claim, true, 0);
		assert_int_equal(sms_udh_read(&submit.ud, &udh), 0);
		assert_int_equal(udh.reference, reference_of_claim(&first));
		assert_int_equal(udh.part, part + 1);
		assert_int_equal(udh.total, 3);
	}
}

/* Each person's copies of two broadcasts are as many ids apart as the list is long. */
static void test_the_next_text_to_a_number_has_another_reference(void **state)
{
	(void)state;
	static int references[4096];
	char text[400];
	memset(text, 'b', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	struct store_claim claim = a_claim(text, 0);
	for (int i = 0; i < 4096; i++) {
		claim.message_id = 1000 + i;
		references[i] = reference_of_claim(&claim);
		assert_in_range(references[i], 0, 255);
	}
	for (int apart = 1; apart <= 2048; apart++) {
		int same = 0;
		for (int i = 0; i < 2048; i++)
			same += references[i] == references[i + apart];
		if (same > (apart % 16 ? 0 : 2048 / 5))
			fail_msg("%d of 2048 that are %d apart are alike", same, apart);
	}
}

static void test_a_text_never_outlives_its_shelf_life(void **state)
{
	(void)state;
	static const struct {
		enum message_class class;
		int64_t left_s, validity_s; /* left_s 0: no shelf life */
	} rows[] = {
		{ CLASS_ALERT, 7200, 7200 },
		{ CLASS_ALERT, 7199, 6900 },
		{ CLASS_ALERT, 86400, 86400 },
		{ CLASS_ALERT, 604800, 604800 }, /* the longest that may be set */
		{ CLASS_ALERT, 10, 300 },        /* the smallest that there is */
		{ CLASS_DISPATCH, 300, 300 },
		{ CLASS_DISPATCH, 0, 3600 },
		{ CLASS_STOP, 0, 3600 },
		{ CLASS_REPLY, 0, 86400 },
	};
	const int64_t now_ms = INT64_C(1800000000000);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct store_claim claim = a_claim("x", 0);
		claim.class = rows[i].class;
		if (rows[i].left_s)
			claim.expires_ms = now_ms + rows[i].left_s * MS_PER_S;
		struct sms_submit submit = submit_of(&claim, true, now_ms);
		assert_int_equal(submit.validity.format, SMS_VALIDITY_RELATIVE);
		assert_int_equal(
			sms_validity_relative_s(submit.validity.relative), rows[i].validity_s);
	}
}

static void test_a_claim_that_makes_no_sense_is_an_error(void **state)
{
	(void)state;
	uint8_t tpdu[SMS_TPDU_MAX];
	struct store_claim claim = a_claim("x", 0);
	claim.part_size--;
	assert_int_equal(outward_submit(&claim, true, 0, tpdu, sizeof(tpdu)), -EBADMSG);
	claim = a_claim("x", 0);
	strcpy(claim.phone, "");
	assert_true(outward_submit(&claim, true, 0, tpdu, sizeof(tpdu)) < 0);
}

/* ---- encoded user data at rest -------------------------------------------------------------- */

static void test_user_data_comes_back_as_it_was_packed(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "a", "\xC3\xB1\xE2\x82\xAC {}", "\xC3\xA1rbol",
		"\xF0\x9F\x9A\xA8" };
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		uint8_t packed[SMS_UD_PACKED_MAX];
		struct sms_deliver deliver = a_text(texts[i]);
		struct sms_ud back;
		int n = sms_ud_pack(&deliver.ud, packed, sizeof(packed));
		assert_true(n >= 3);
		assert_int_equal(sms_ud_unpack(&back, packed, (size_t)n), 0);
		assert_memory_equal(back.ud, deliver.ud.ud, sizeof(back.ud));
		assert_int_equal(back.udl, deliver.ud.udl);
		assert_int_equal(back.dcs, deliver.ud.dcs);
		assert_int_equal(back.udhi, deliver.ud.udhi);
		assert_int_equal(sms_ud_pack(&deliver.ud, packed, (size_t)n - 1), -ENOBUFS);
		for (int cut = 0; cut < n; cut++)
			assert_int_equal(sms_ud_unpack(&back, packed, (size_t)cut), -EBADMSG);
	}
}

static void test_a_reference_is_set_in_short_and_long_headers_and_nowhere_else(void **state)
{
	(void)state;
	struct sms_udh udh = { .total = 2, .part = 1, .reference_16bit = true, .reference = 1 };
	struct sms_ud ud;
	assert_int_equal(sms_ud_from_data(&ud, &udh, "abc", 3), 0);
	assert_int_equal(sms_ud_set_reference(&ud, 0xABCD), 1);
	assert_int_equal(sms_udh_read(&ud, &udh), 0);
	assert_int_equal(udh.reference, 0xABCD);
	assert_int_equal(udh.part, 1);

	struct sms_deliver whole = a_text("whole");
	struct sms_ud before = whole.ud;
	assert_int_equal(sms_ud_set_reference(&whole.ud, 0xABCD), 0);
	assert_memory_equal(&before, &whole.ud, sizeof(before));
	ud.ud[0] = 200; /* a header longer than the data */
	assert_int_equal(sms_ud_set_reference(&ud, 1), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_answer_has_its_verdict),
		cmocka_unit_test(test_every_class_has_words_and_an_end),
		cmocka_unit_test(test_without_a_schedule_there_is_still_a_wait),
		cmocka_unit_test(test_senders_become_numbers_codes_and_names),
		cmocka_unit_test(test_what_no_person_wrote_is_junk),
		cmocka_unit_test(test_what_cannot_be_decoded_is_junk_and_never_more),
		cmocka_unit_test(test_a_text_keeps_what_tells_it_from_others),
		cmocka_unit_test(test_reports_say_delivered_pending_or_failed),
		cmocka_unit_test(test_a_submit_has_the_number_the_text_and_the_wish_for_a_report),
		cmocka_unit_test(test_all_parts_of_a_message_share_a_reference_of_their_own),
		cmocka_unit_test(test_the_next_text_to_a_number_has_another_reference),
		cmocka_unit_test(test_a_text_never_outlives_its_shelf_life),
		cmocka_unit_test(test_a_claim_that_makes_no_sense_is_an_error),
		cmocka_unit_test(test_user_data_comes_back_as_it_was_packed),
		cmocka_unit_test(
			test_a_reference_is_set_in_short_and_long_headers_and_nowhere_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
