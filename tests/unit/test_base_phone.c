/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "faro/base.h"

struct phone_case {
	const char *text, *code;
	enum phone_kind kind;
	const char *out;
};

static void check_cases(const struct phone_case *cases, size_t n)
{
	char out[PHONE_SIZE];

	for (size_t i = 0; i < n; i++) {
		enum phone_kind kind = phone_parse(cases[i].text, cases[i].code, out);

		if (kind != cases[i].kind || strcmp(out, cases[i].out) != 0)
			fail_msg("\"%s\" became \"%s\", kind %d; expected \"%s\", kind %d",
				cases[i].text, out, (int)kind, cases[i].out, (int)cases[i].kind);
	}
}

static void numbers_as_people_write_them_become_e164(void **state)
{
	static const struct phone_case cases[] = {
		{ "+15105550100", "1", PHONE_E164, "+15105550100" },
		{ "(510) 555-0100", "1", PHONE_E164, "+15105550100" },
		{ "510.555.0100", "1", PHONE_E164, "+15105550100" },
		{ "510/555 0100", "1", PHONE_E164, "+15105550100" },
		{ "1-510-555-0100", "1", PHONE_E164, "+15105550100" },
		{ "+1 510 555 0100", "1", PHONE_E164, "+15105550100" },
		{ "00 1 510 555 0100", "1", PHONE_E164, "+15105550100" },
		{ "011 34 550 555 010", "1", PHONE_E164, "+34550555010" },
		{ "\xE2\x80\xAA+1\xC2\xA0"
		  "510 555 0100\xE2\x80\xAC",
			"1", PHONE_E164, "+15105550100" },
		{ "+1 (510) 555-0100", "34", PHONE_E164, "+15105550100" },
	};

	(void)state;
	check_cases(cases, ARRAY_SIZE(cases));
}

/*
 * Numbers kept for fiction where the country keeps some (44, 49), else of ranges nobody is given.
 */
static void a_trunk_prefix_is_dropped_where_the_country_uses_one(void **state)
{
	static const struct phone_case cases[] = {
		{ "020 7946 0100", "44", PHONE_E164, "+442079460100" },
		{ "+44 (0)20 7946 0100", "1", PHONE_E164, "+442079460100" },
		{ "442079460100", "44", PHONE_E164, "+442079460100" },
		{ "030 23125 100", "49", PHONE_E164, "+493023125100" },
		{ "06 0000 0100", "39", PHONE_E164, "+390600000100" },
		{ "550 555 010", "34", PHONE_E164, "+34550555010" },
		{ "34550555010", "34", PHONE_E164, "+34550555010" },
		{ "8 999 000-01-00", "7", PHONE_E164, "+79990000100" },
		{ "899 000-01-00", "7", PHONE_E164, "+78990000100" },
		{ "55 0000 0100", "52", PHONE_E164, "+525500000100" },
	};

	(void)state;
	check_cases(cases, ARRAY_SIZE(cases));
}

static void what_must_never_be_answered_is_told_apart(void **state)
{
	static const struct phone_case cases[] = {
		{ "7726", "1", PHONE_SHORT_CODE, "7726" },
		{ "911", "1", PHONE_SHORT_CODE, "911" },
		{ "227263", "1", PHONE_SHORT_CODE, "227263" },
		{ "Verizon", "1", PHONE_ALPHANUMERIC, "Verizon" },
		{ "INFO-2FA", "1", PHONE_ALPHANUMERIC, "INFO-2FA" },
		{ "Ćao", "1", PHONE_ALPHANUMERIC, "Ćao" },
		{ "停止", "1", PHONE_ALPHANUMERIC, "停止" },
		{ "51O-555-0100", "1", PHONE_ALPHANUMERIC, "51O-555-0100" },
	};

	(void)state;
	check_cases(cases, ARRAY_SIZE(cases));
}

static void what_is_no_number_is_invalid(void **state)
{
	static const struct phone_case cases[] = {
		{ "", "1", PHONE_INVALID, "" },
		{ "+", "1", PHONE_INVALID, "+" },
		{ "()", "1", PHONE_INVALID, "()" },
		{ "+123456", "1", PHONE_INVALID, "+123456" },
		{ "+1234567890123456", "1", PHONE_INVALID, "+1234567890123456" },
		{ "+0123456789", "1", PHONE_INVALID, "+0123456789" },
		{ "5550100", "1", PHONE_INVALID, "5550100" },
		{ "110 555 0100", "1", PHONE_INVALID, "110 555 0100" },
		{ "510 155 0100", "1", PHONE_INVALID, "510 155 0100" },
		{ "510 555 01000", "1", PHONE_INVALID, "510 555 01000" },
		{ "510+5550100", "1", PHONE_INVALID, "510+5550100" },
		{ "510#5550100", "1", PHONE_INVALID, "510#5550100" },
		{ "*100#", "1", PHONE_INVALID, "*100#" },
		{ "000000000000000000000000000000000000000000000000000000", "44", PHONE_INVALID,
			"00000000000000000000000" },
	};

	(void)state;
	check_cases(cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_as_people_write_them_become_e164),
		cmocka_unit_test(a_trunk_prefix_is_dropped_where_the_country_uses_one),
		cmocka_unit_test(what_must_never_be_answered_is_told_apart),
		cmocka_unit_test(what_is_no_number_is_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
