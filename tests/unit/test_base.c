/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "faro/base.h"

static void fold_is(const char *text, const char *folded)
{
	char out[128];

	assert_string_equal(text_fold(out, sizeof(out), text), folded);
}

static void folding_makes_latin_letters_small_and_plain(void **state)
{
	(void)state;
	fold_is("STOP", "stop");
	fold_is("No MÁS", "no mas");
	fold_is("Ñandú ÀÉÎÕÜ Çß Æsir Œuvre Þór", "nandu aeiou css aesir oeuvre thor");
	fold_is("ĀăĄ ćĈ đ ĞĠ Ħ İı ĳ Ķ Łł ŉŊ ő řŕ ŠŞţ Űů Ŵ Ÿ Žż ſ",
		"aaa cc d gg h ii ij k ll nn o rr sst uu w y zz s");
	fold_is("Dừng lại ĐĂNG KÝ Ở Ỹ Ạ ệ Ị Ự ỵ", "dung lai dang ky o y a e i u y");
	fold_is("Ș ș Ț ț", "s s t t");
	fold_is("n\xCC\x83o ma\xCC\x81s", "no mas"); /* combining marks, as some phones send them */
	fold_is("× ÷", "× ÷");
}

static void folding_leaves_other_scripts_and_signs_unchanged(void **state)
{
	(void)state;
	fold_is("停止 СТОП قف 🚨", "停止 СТОП قف 🚨");
	fold_is("#17 need-10!", "#17 need-10!");
}

static void folding_makes_quotes_plain(void **state)
{
	(void)state;
	fold_is("“don’t” «no» ‘x’ „y‟", "\"don't\" \"no\" 'x' \"y\"");
}

static void folding_makes_every_run_of_white_space_one_blank(void **state)
{
	(void)state;
	fold_is("  a \t\r\n b\xC2\xA0\xE2\x80\x8B"
		"c \xEF\xBB\xBF ",
		"a b c");
	fold_is("\xE2\x80\xAAstop\xE2\x80\xAC", "stop"); /* direction marks */
	fold_is("a \xCC\x81 b", "a b");
	fold_is("", "");
	fold_is(" \t ", "");
}

static void folding_cuts_at_a_character_when_memory_ends(void **state)
{
	char out[6];

	(void)state;
	assert_string_equal(text_fold(out, sizeof(out), "ab停止"), "ab停");
	assert_string_equal(text_fold(out, 1, "ab"), "");
}

static void utf8_refuses_what_rfc_3629_refuses(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"\xC0\x80",
		"\xC1\xBF",
		"\xE0\x80\x80",
		"\xED\xA0\x80",
		"\xED\xBF\xBF",
		"\xF0\x80\x80\x80",
		"\xF4\x90\x80\x80",
		"\xF8\x88\x80\x80\x80",
		"\xFF",
		"a\xC3",
		"a\xE2\x82",
		"\xE2\x28\xA1",
	};
	uint32_t cp;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(utf8_valid(bad[i]));
	assert_true(utf8_valid("aé€😀\xF4\x8F\xBF\xBF"));
	assert_int_equal(utf8_next("\xED\xA0\x80", 3, &cp), 1);
	assert_int_equal(cp, 0xFFFD);
	assert_int_equal(utf8_next("\xE2\x82\xAC", 2, &cp), 1);
	assert_int_equal(utf8_next("", 0, &cp), 0);
	assert_int_equal(utf8_length("aé€😀"), 4);
}

static void utf8_writes_what_it_reads(void **state)
{
	char out[4];
	uint32_t cp;

	(void)state;
	for (uint32_t want = 1; want <= 0x10FFFF; want++) {
		size_t n = utf8_put(out, want);

		if (want >= 0xD800 && want <= 0xDFFF)
			continue;
		assert_int_equal(utf8_next(out, n, &cp), n);
		assert_int_equal(cp, want);
	}
	assert_int_equal(utf8_put(out, 0xD800), 3);
	assert_memory_equal(out, "\xEF\xBF\xBD", 3);
	assert_int_equal(utf8_put(out, 0x110000), 3);
}

static void a_full_strbuf_cuts_at_a_character_and_stays_cut(void **state)
{
	char memory[8];
	struct strbuf sb;

	(void)state;
	strbuf_init(&sb, memory, sizeof(memory));
	strbuf_add(&sb, "abc");
	strbuf_addf(&sb, "%d", 12);
	assert_false(sb.cut);
	strbuf_add(&sb, "é"); /* exactly full */
	assert_false(sb.cut);
	assert_int_equal(sb.len, 7);
	strbuf_add(&sb, "");
	assert_false(sb.cut);
	strbuf_add(&sb, "x");
	assert_true(sb.cut);
	assert_string_equal(memory, "abc12é");

	strbuf_init(&sb, memory, sizeof(memory));
	strbuf_addf(&sb, "%s", "abcde€");
	assert_true(sb.cut);
	assert_string_equal(memory, "abcde");
	strbuf_add(&sb, "f"); /* nothing may appear behind a gap */
	assert_string_equal(memory, "abcde");

	strbuf_init(&sb, memory, sizeof(memory));
	strbuf_add_n(&sb, "abcd😀", 8);
	assert_string_equal(memory, "abcd");
	assert_false(text_copy(memory, 3, "é€"));
	assert_string_equal(memory, "é");
	assert_true(text_copy(memory, 3, "é"));
}

static void words_are_parted_by_white_space(void **state)
{
	const char *cursor = "  alert\tnorth  need 10 ";
	char word[5];

	(void)state;
	assert_true(text_word(&cursor, word, sizeof(word)));
	assert_string_equal(word, "aler");
	assert_string_equal(cursor, "north  need 10 ");
	assert_true(text_word(&cursor, word, sizeof(word)));
	assert_true(text_word(&cursor, word, sizeof(word)));
	assert_string_equal(word, "need");
	assert_true(text_word(&cursor, word, sizeof(word)));
	assert_string_equal(word, "10");
	assert_false(text_word(&cursor, word, sizeof(word)));
}

static void integers_are_whole_and_in_range(void **state)
{
	int64_t value;

	(void)state;
	assert_int_equal(text_int("-12", -12, 12, &value), 0);
	assert_int_equal(value, -12);
	assert_int_equal(text_int("13", -12, 12, &value), -ERANGE);
	assert_int_equal(text_int("99999999999999999999", INT64_MIN, INT64_MAX, &value), -ERANGE);
	static const char *const bad[] = { "", "-", " 1", "1 ", "+1", "0x1", "1a", "1-", "--1" };
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(text_int(bad[i], -12, 12, &value), -EINVAL);
}

static void distance_counts_typing_mistakes(void **state)
{
	(void)state;
	assert_int_equal(text_distance("help", "help"), 0);
	assert_int_equal(text_distance("hepl", "help"), 1);
	assert_int_equal(text_distance("halp", "help"), 1);
	assert_int_equal(text_distance("hep", "help"), 1);
	assert_int_equal(text_distance("hellp", "help"), 1);
	assert_int_equal(text_distance("", "help"), 4);
	assert_int_equal(text_distance("kitten", "sitting"), 3);
	assert_int_equal(text_distance("ca", "abc"), 3);
	char a[200], b[200];
	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	a[199] = b[199] = '\0';
	assert_int_equal(text_distance(a, b), 63);
}

static void hexadecimal_round_trips_and_refuses_the_rest(void **state)
{
	uint8_t bytes[4];
	char text[9];

	(void)state;
	assert_int_equal(hex_decode("00fFA5", 6, bytes, sizeof(bytes)), 3);
	assert_string_equal(hex_encode(text, bytes, 3), "00FFA5");
	assert_int_equal(hex_decode("0", 1, bytes, sizeof(bytes)), -EINVAL);
	assert_int_equal(hex_decode("0g", 2, bytes, sizeof(bytes)), -EINVAL);
	assert_int_equal(hex_decode("g0", 2, bytes, sizeof(bytes)), -EINVAL);
	assert_int_equal(hex_decode("0011223344", 10, bytes, sizeof(bytes)), -ENOBUFS);
	assert_int_equal(hex_decode("", 0, bytes, sizeof(bytes)), 0);
}

static void times_are_written_as_iso_8601(void **state)
{
	char out[TIME_ISO_SIZE];

	(void)state;
	assert_string_equal(time_iso(0, out), "1970-01-01T00:00:00.000Z");
	assert_string_equal(time_iso(1795292912123, out), "2026-11-21T20:28:32.123Z");
	assert_string_equal(time_iso(-1, out), "1969-12-31T23:59:59.999Z");
	assert_string_equal(time_iso(TIME_NEVER, out), "never");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folding_makes_latin_letters_small_and_plain),
		cmocka_unit_test(folding_leaves_other_scripts_and_signs_unchanged),
		cmocka_unit_test(folding_makes_quotes_plain),
		cmocka_unit_test(folding_makes_every_run_of_white_space_one_blank),
		cmocka_unit_test(folding_cuts_at_a_character_when_memory_ends),
		cmocka_unit_test(utf8_refuses_what_rfc_3629_refuses),
		cmocka_unit_test(utf8_writes_what_it_reads),
		cmocka_unit_test(a_full_strbuf_cuts_at_a_character_and_stays_cut),
		cmocka_unit_test(words_are_parted_by_white_space),
		cmocka_unit_test(integers_are_whole_and_in_range),
		cmocka_unit_test(distance_counts_typing_mistakes),
		cmocka_unit_test(hexadecimal_round_trips_and_refuses_the_rest),
		cmocka_unit_test(times_are_written_as_iso_8601),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
