/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a line, sets of numbers, and the class of each error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "faro/at.h"

static void fields_are_parted_by_commas_outside_quotes(void **state)
{
	static const struct {
		const char *line;
		unsigned int index;
		const char *field; /* NULL: there is none */
	} rows[] = {
		{ "+CPMS: (\"SM\",\"ME\"),(\"SM\")", 1, "(\"SM\")" },
		{ "+COPS: 0,0,\"A, B\",7", 2, "A, B" },
		{ "+COPS: 0,0,\"A, B\",7", 3, "7" },
		{ "+CMGL: 1,1,,24", 2, "" },
		{ "+CMGL: 1,1,,24", 4, NULL },
		{ "+CMTI:\"SM\" , 3 ", 1, "3" },
		{ "860000000000001", 0, "860000000000001" },
		{ "+CUSD: 0,\"open", 1, "open" },
		{ "+X: \"", 0, "" },
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool found = at_field(rows[i].line, rows[i].index, out, sizeof(out));

		assert_int_equal(found, rows[i].field != NULL);
		assert_string_equal(out, rows[i].field ? rows[i].field : "");
	}
	assert_int_equal(at_field_int("+CSQ: 17,99", 0, -1), 17);
	assert_int_equal(at_field_int("+CSQ: x", 0, -1), -1);
	assert_int_equal(at_field_int("+CSQ: 99999999999999", 0, -1), -1);
	at_field("+X: abcdef", 0, out, 4);
	assert_string_equal(out, "abc");
}

static void sets_are_lists_and_ranges(void **state)
{
	(void)state;
	assert_true(at_set_contains("(0-3)", 3));
	assert_false(at_set_contains("(0-3)", 4));
	assert_true(at_set_contains("(0,2-4,7)", 7));
	assert_false(at_set_contains("(0,2-4,7)", 1));
	assert_true(at_set_contains("1", 1));
	assert_false(at_set_contains("", 0));
	assert_false(at_set_contains("(-)", 0));
}

static void every_code_has_its_class(void **state)
{
	static const struct {
		int code;
		enum at_retry retry;
	} rows[] = {
		{ 1, AT_RETRY_RECIPIENT },
		{ 28, AT_RETRY_RECIPIENT },
		{ 29, AT_RETRY_RECIPIENT },
		{ 30, AT_RETRY_RECIPIENT },
		{ 50, AT_RETRY_RECIPIENT },
		{ 69, AT_RETRY_RECIPIENT },
		{ 96, AT_RETRY_RECIPIENT },
		{ 99, AT_RETRY_RECIPIENT },
		{ 111, AT_RETRY_RECIPIENT },
		{ 8, AT_RETRY_BARRED },
		{ 10, AT_RETRY_BARRED },
		{ 21, AT_RETRY_FAR_SIDE },
		{ 27, AT_RETRY_TEMPORARY },
		{ 41, AT_RETRY_TEMPORARY },
		{ 47, AT_RETRY_TEMPORARY },
		{ 331, AT_RETRY_TEMPORARY },
		{ 332, AT_RETRY_TEMPORARY },
		{ 512, AT_RETRY_TEMPORARY },
		{ 513, AT_RETRY_TEMPORARY },
		{ 515, AT_RETRY_TEMPORARY },
		{ 42, AT_RETRY_CONGESTION },
		{ 514, AT_RETRY_CONGESTION },
		{ 38, AT_RETRY_OUTAGE },
		{ 17, AT_RETRY_UNKNOWN },
		{ 500, AT_RETRY_UNKNOWN },
		{ 310, AT_RETRY_SIM },
		{ 318, AT_RETRY_SIM },
		{ 20, AT_RETRY_STORE_FULL },
		{ 22, AT_RETRY_STORE_FULL },
		{ 322, AT_RETRY_STORE_FULL },
		{ 330, AT_RETRY_NO_CENTRE },
		{ 302, AT_RETRY_OUR_MISTAKE },
		{ 305, AT_RETRY_OUR_MISTAKE },
		{ 321, AT_RETRY_OUR_MISTAKE },
		{ 340, AT_RETRY_OUR_MISTAKE },
		{ 600, AT_RETRY_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(at_retry_of_cms(rows[i].code), rows[i].retry);
	assert_int_equal(at_retry_of_cme(10), AT_RETRY_SIM);
	assert_int_equal(at_retry_of_cme(14), AT_RETRY_TEMPORARY);
	assert_int_equal(at_retry_of_cme(4), AT_RETRY_OUR_MISTAKE);
	for (int r = 0; r < AT_RETRIES; r++)
		assert_string_not_equal(at_retry_name((enum at_retry)r), "?");
	assert_string_equal(at_retry_name(AT_RETRIES), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_parted_by_commas_outside_quotes),
		cmocka_unit_test(sets_are_lists_and_ranges),
		cmocka_unit_test(every_code_has_its_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
