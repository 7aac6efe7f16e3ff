/* SPDX-License-Identifier: Apache-2.0 */
/* Texts: what is planned and sent comes back, for random texts of every alphabet; and joining. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "faro/sms.h"

#define TEXTS    3000
#define TEXT_MAX 2400
#define GAP      "[...]"

/* xorshift64*: the same numbers everywhere */
static uint64_t seed = UINT64_C(0xFA20FA20FA20FA20);

static uint32_t random_u32(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)(seed * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

/* ---- random texts --------------------------------------------------------------------------- */

static const char *const alphabets[] = {
	"abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,:;!?'\"()",
	"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà",
	"^{}\\[~]|€\f",
	"áíóúÁÍÓÚç",
	"ĞİŞçğış€ı",
	"êçÔôÁáΦΓΩΠΨΣΘÊÀÍÓÚÃÕÂíóúãõâªº∞`",
	"Дабвгдежз你好안녕ابجד",
	"👋🚨😀🏽🇲🇽\U0010FFFF\U00010000",
	"“”‘’…–—•™½\u00A0ąćęłńśźżőűșțẤếởự",
	"कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहािीुूेैोौ्ं।॥०१२३ 0123,.!?",
	"আইঈউঊএঐওঔকখগঘঙচছজঝঞটঠড়ঢ়ৰৱ০১২৯ঽৎ abc",
	"அஆஇஈஉஊகஙசஞடணதநபமயரலவழளறனஸஹஜ்ாிீுூெேைொோௌ௧௨௯௳௸",
	"ابپتٹثجچحخدڈذرڑزژسشصضطظعفقکگلمنںوہھءیے۔،؟؛۰۱۲۹ abc 012",
};

/** Adds a random letter of alphabets[i]. */
static void add_random_letter(struct strbuf *sb, size_t i)
{
	const char *text = alphabets[i];
	size_t n = strlen(text), pick = random_u32() % utf8_length(text), used;
	uint32_t cp;

	for (;; text += used, n -= used) {
		used = utf8_next(text, n, &cp);
		if (pick-- == 0)
			break;
	}
	strbuf_add_n(sb, text, used);
}

/** A text of mostly one alphabet, with some letters of a few others. */
static void random_text(char out[TEXT_MAX])
{
	static const uint32_t lengths[] = { 5, 80, 170, 330, 700 };
	size_t common = random_u32() % 3 ? 0 : random_u32() % ARRAY_SIZE(alphabets);
	size_t rare = random_u32() % ARRAY_SIZE(alphabets);
	uint32_t n = random_u32() % lengths[random_u32() % ARRAY_SIZE(lengths)];
	uint32_t every = 1 + random_u32() % 40;
	struct strbuf sb;

	strbuf_init(&sb, out, TEXT_MAX);
	while (n--)
		add_random_letter(&sb, random_u32() % every ? common : rare);
}

/* ---- sending to oneself --------------------------------------------------------------------- */

/** Encodes all segments. Returns their number; sums up what each is alone. */
static size_t send(
	const struct sms_plan *plan, const char *text, struct sms_part *parts, char *alone)
{
	struct strbuf sb;

	strbuf_init(&sb, alone, 2 * TEXT_MAX);
	for (uint8_t i = 0; i < plan->segments; i++) {
		char piece[SMS_TEXT_SIZE];
		struct sms_udh udh;
		struct sms_ud *ud = &parts[i].ud;

		assert_int_equal(sms_plan_segment(plan, text, i, 0xA5C3, ud), 0);
		assert_int_equal(sms_udh_read(ud, &udh), 0);
		assert_int_equal(udh.total, plan->segments);
		assert_int_equal(udh.part, i + 1);
		if (plan->segments > 1)
			assert_int_equal(udh.reference, plan->reference_16bit ? 0xA5C3 : 0xC3);
		assert_true(sms_ud_octets(ud) <= SMS_UD_MAX);
		assert_true(sms_ud_text(ud, piece, sizeof(piece)) >= 0);
		strbuf_add(&sb, piece);
		parts[i].part = udh.part;
	}
	return plan->segments;
}

static void shuffle(struct sms_part *parts, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = random_u32() % i;
		struct sms_part swap = parts[i - 1];

		parts[i - 1] = parts[k];
		parts[k] = swap;
	}
}

static void check_there_and_back(const char *text, enum sms_encoding encoding, bool wide)
{
	static struct sms_part parts[SMS_SEGMENTS_MAX + 1];
	static char alone[2 * TEXT_MAX], joined[2 * TEXT_MAX], plain[2 * TEXT_MAX];
	const char *expected = text;
	struct sms_plan plan;
	struct strbuf sb;
	size_t n;

	assert_int_equal(sms_plan_make(&plan, text, encoding, wide), 0);
	n = send(&plan, text, parts, alone);
	if (plan.transliterated) {
		assert_true(sms_transliterate(plain, sizeof(plain), text));
		expected = plain;
	}
	/* no letter is split, so that the segments are readable one by one */
	assert_string_equal(alone, expected);
	parts[n] = parts[random_u32() % n]; /* one comes twice */
	shuffle(parts, n + 1);
	strbuf_init(&sb, joined, sizeof(joined));
	assert_int_equal(sms_join_parts(parts, n + 1, (uint8_t)n, GAP, &sb), 0);
	assert_string_equal(joined, expected);
}

static void a_random_text_comes_back_in_every_encoding(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	for (int i = 0; i < TEXTS; i++) {
		random_text(text);
		check_there_and_back(text, SMS_ENCODING_AUTO, i & 1);
		check_there_and_back(text, SMS_ENCODING_TRANSLITERATE, i & 1);
		check_there_and_back(text, SMS_ENCODING_SHIFT, i & 1);
		check_there_and_back(text, SMS_ENCODING_UCS2, i & 1);
	}
}

static void no_encoding_is_dearer_than_one_that_it_could_have_taken(void **state)
{
	char text[TEXT_MAX];
	struct sms_plan plans[4];

	(void)state;
	for (int i = 0; i < TEXTS; i++) {
		random_text(text);
		for (int e = 0; e < 4; e++)
			assert_int_equal(
				sms_plan_make(&plans[e], text, (enum sms_encoding)e, false), 0);
		assert_true(plans[SMS_ENCODING_AUTO].segments <= plans[SMS_ENCODING_UCS2].segments);
		assert_true(
			plans[SMS_ENCODING_SHIFT].segments <= plans[SMS_ENCODING_AUTO].segments);
		assert_int_equal(plans[SMS_ENCODING_AUTO].segments_plain,
			plans[SMS_ENCODING_TRANSLITERATE].segments);
		assert_false(plans[SMS_ENCODING_AUTO].single_shift);
		assert_false(plans[SMS_ENCODING_AUTO].locking_shift);
	}
}

/* ---- capacities ----------------------------------------------------------------------------- */

static void capacities_are_those_of_the_standard(void **state)
{
	static const struct {
		enum sms_encoding encoding;
		const char *letter;
		bool wide;
		unsigned int one;  /* letters in a single segment */
		unsigned int each; /* units in each of several */
	} rows[] = {
		{ SMS_ENCODING_AUTO, "x", false, 160, 153 },
		{ SMS_ENCODING_AUTO, "x", true, 160, 152 },
		{ SMS_ENCODING_AUTO, "€", false, 80, 153 },
		{ SMS_ENCODING_AUTO, "ж", false, 70, 67 }, { SMS_ENCODING_AUTO, "ж", true, 70, 66 },
		{ SMS_ENCODING_UCS2, "x", false, 70, 67 },
		{ SMS_ENCODING_AUTO, "👋", false, 35, 67 },
		{ SMS_ENCODING_SHIFT, "ş", false, 155, 149 }, /* Turkish locking */
		{ SMS_ENCODING_SHIFT, "Â", false, 155, 149 }, /* Portuguese locking */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[1024];
		struct strbuf sb;
		struct sms_plan plan;

		strbuf_init(&sb, text, sizeof(text));
		for (unsigned int k = 0; k < rows[i].one; k++)
			strbuf_add(&sb, rows[i].letter);
		assert_int_equal(sms_plan_make(&plan, text, rows[i].encoding, rows[i].wide), 0);
		assert_int_equal(plan.segments, 1);
		assert_int_equal(plan.units_left, 0);
		strbuf_add(&sb, rows[i].letter);
		assert_int_equal(sms_plan_make(&plan, text, rows[i].encoding, rows[i].wide), 0);
		assert_int_equal(plan.segments, 2);
		assert_int_equal(plan.units_per_segment, rows[i].each);
	}
}

static void there_are_at_most_255_segments(void **state)
{
	static char text[255 * 153 + 2];
	struct sms_plan plan;
	struct sms_ud ud;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_AUTO, false), -EMSGSIZE);
	text[255 * 153] = '\0';
	assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_AUTO, false), 0);
	assert_int_equal(plan.segments, 255);
	assert_int_equal(plan.units_left, 0);
	assert_int_equal(sms_plan_segment(&plan, text, 254, 1, &ud), 0);
	assert_int_equal(ud.udl, 160);
	assert_int_equal(sms_plan_segment(&plan, text, 255, 1, &ud), -EINVAL);
	for (int e = SMS_ENCODING_AUTO; e <= SMS_ENCODING_UCS2; e++)
		assert_int_equal(sms_plan_make(&plan, text, (enum sms_encoding)e, false),
			e == SMS_ENCODING_UCS2 ? -EMSGSIZE : 0);
}

static void a_plan_writes_only_the_text_it_was_made_for(void **state)
{
	struct sms_plan plan;
	struct sms_ud ud;

	(void)state;
	assert_int_equal(sms_plan_make(&plan, "abc", SMS_ENCODING_AUTO, false), 0);
	assert_int_equal(sms_plan_segment(&plan, "abcd", 0, 1, &ud), -EINVAL);
	assert_int_equal(sms_plan_segment(&plan, "aж", 0, 1, &ud), -EINVAL);
	assert_int_equal(sms_plan_segment(&plan, "abc", 0, 1, &ud), 0);
}

/* ---- letters -------------------------------------------------------------------------------- */

static void every_letter_comes_back_or_has_a_reason(void **state)
{
	char text[5], back[SMS_TEXT_SIZE], plain[16];
	struct sms_plan plan;
	struct sms_ud ud;

	(void)state;
	for (uint32_t cp = 1; cp < 0x11000; cp++) {
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		text[utf8_put(text, cp)] = '\0';
		assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_SHIFT, false), 0);
		assert_int_equal(sms_plan_segment(&plan, text, 0, 0, &ud), 0);
		assert_true(sms_ud_text(&ud, back, sizeof(back)) > 0);
		assert_string_equal(back, text);
		assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_TRANSLITERATE, false), 0);
		assert_int_equal(plan.alphabet == SMS_ALPHABET_GSM7,
			sms_transliterate(plain, sizeof(plain), text));
		if (plan.letters_n)
			assert_int_equal(plan.letters[0].has_plain, plan.transliterated);
	}
}

static void dear_letters_are_named_with_their_price(void **state)
{
	char text[700] = "á";
	struct sms_plan plan;

	(void)state;
	memset(text + 2, 'x', 159);
	assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_AUTO, false), 0);
	assert_int_equal(plan.segments, 3);
	assert_int_equal(plan.segments_plain, 1);
	assert_int_equal(plan.letters_n, 1);
	assert_int_equal(plan.letters[0].cp, 0xE1);
	assert_int_equal(plan.letters[0].segments_saved, 2);
	assert_true(plan.letters[0].has_plain);
	assert_false(plan.letters_more);
}

static void more_letters_than_rows_are_counted(void **state)
{
	struct sms_plan plan;

	(void)state;
	assert_int_equal(sms_plan_make(&plan, "жзийклмнопжж", SMS_ENCODING_AUTO, false), 0);
	assert_int_equal(plan.letters_n, SMS_PLAN_LETTERS);
	assert_int_equal(plan.letters_count, 12);
	assert_int_equal(plan.letters[0].count, 3);
	assert_true(plan.letters_more);
}

static void plain_forms_are_what_people_would_write(void **state)
{
	static const struct {
		const char *text;
		const char *plain;
	} rows[] = {
		{ "¿Quién? ¡Mañana! áéíóúñÁÉÍÓÚÑü", "¿Quién? ¡Mañana! aéiouñAÉIOUÑü" },
		{ "“Hi” ‘x’ … – — a\u00A0b\u200B!", "\"Hi\" 'x' ... - - a b!" },
		{ "Tiếng Việt: Đường Nguyễn Huệ", "Tieng Viet: Duong Nguyen Hue" },
		{ "Łódź œuvre ﬁn ½ ™ • №", "Lodz oeuvre fin 1/2 TM * No" },
		{ "Şişli çığ", "Sisli cig" },
		{ "e\u0301a\u0301n\u0303", "éañ" },
		{ "x\u0301", "x" },
	};
	char out[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(sms_transliterate(out, sizeof(out), rows[i].text));
		assert_string_equal(out, rows[i].plain);
	}
	assert_false(sms_transliterate(out, sizeof(out), "á 你"));
	assert_string_equal(out, "a 你");
}

static void encodings_have_names(void **state)
{
	enum sms_encoding encoding;

	(void)state;
	for (int e = SMS_ENCODING_AUTO; e <= SMS_ENCODING_UCS2; e++) {
		assert_int_equal(
			sms_encoding_parse(sms_encoding_name((enum sms_encoding)e), &encoding), 0);
		assert_int_equal(encoding, e);
	}
	assert_int_equal(sms_encoding_parse("utf8", &encoding), -EINVAL);
}

/* ---- joining -------------------------------------------------------------------------------- */

/** A part of 7-bit septets or of UCS-2, as another sender might cut it. */
static struct sms_ud part_ud(uint8_t dcs, uint8_t total, uint8_t part, const void *data, size_t n)
{
	struct sms_udh udh = { .total = total, .part = part, .reference = 9 };
	struct sms_ud ud;

	assert_int_equal(sms_ud_from_data(&ud, &udh, data, n), 0);
	ud.dcs = dcs;
	return ud;
}

static void joined_is(
	const struct sms_part *parts, size_t n, uint8_t total, int missing, const char *text)
{
	char out[512];
	struct strbuf sb;

	strbuf_init(&sb, out, sizeof(out));
	assert_int_equal(sms_join_parts(parts, n, total, GAP, &sb), missing);
	assert_string_equal(out, text);
}

static void a_surrogate_pair_split_between_parts_is_joined(void **state)
{
	struct sms_part parts[2] = {
		{ 1, part_ud(SMS_DCS_UCS2, 2, 1, "\0A\xD8\x3D", 4) },
		{ 2, part_ud(SMS_DCS_UCS2, 2, 2, "\xDC\x4B\0B", 4) },
	};

	(void)state;
	joined_is(parts, 2, 2, 0, "A👋B");
	joined_is(parts, 1, 2, 1, "A\uFFFD" GAP);
	joined_is(parts + 1, 1, 2, 1, GAP "\uFFFDB");
}

static void an_escape_pair_split_between_parts_is_joined(void **state)
{
	/*
	 * 6 octets of header, one fill bit, then the septets A and ESC; and '<', which is '['
	 * behind it
	 */
	struct sms_part parts[2] = { { 1, { .udhi = false } }, { 2, { .udhi = false } } };

	(void)state;
	parts[0].ud = part_ud(SMS_DCS_GSM7, 2, 1, "\x82\x1B", 2);
	parts[0].ud.udl = 9;
	parts[0].ud.ud[6] = 'A' << 1;
	parts[0].ud.ud[7] = 0x1B;
	parts[1].ud = part_ud(SMS_DCS_GSM7, 2, 2, "", 0);
	parts[1].ud.udl = 8;
	parts[1].ud.ud[6] = '<' << 1;
	joined_is(parts, 2, 2, 0, "A[");
	joined_is(parts, 1, 2, 1, "A " GAP);
	joined_is(parts + 1, 1, 2, 1, GAP "<");
}

static void half_a_letter_is_not_carried_into_another_alphabet(void **state)
{
	struct sms_part parts[2] = {
		{ 1, part_ud(SMS_DCS_UCS2, 2, 1, "\0A\xD8\x3D", 4) },
		{ 2, part_ud(SMS_DCS_DATA8, 2, 2, "b", 1) },
	};

	(void)state;
	joined_is(parts, 2, 2, 0, "A\uFFFDb");
}

static void each_run_of_missing_parts_is_one_gap(void **state)
{
	struct sms_part parts[] = {
		{ 2, part_ud(SMS_DCS_DATA8, 7, 2, "two", 3) },
		{ 5, part_ud(SMS_DCS_DATA8, 7, 5, "five", 4) },
		{ 6, part_ud(SMS_DCS_DATA8, 7, 6, "six", 3) },
		{ 9, part_ud(SMS_DCS_DATA8, 9, 9, "nine", 4) },
	};

	(void)state;
	joined_is(parts, 4, 7, 4, GAP "two" GAP "fivesix" GAP);
	joined_is(parts, 0, 3, 3, GAP);
	joined_is(parts, 2, 6, 4, GAP "two" GAP "five" GAP);
}

static void a_part_that_cannot_be_read_is_missing(void **state)
{
	struct sms_part parts[] = {
		{ 1, part_ud(SMS_DCS_DATA8, 3, 1, "one ", 4) },
		{ 2, part_ud(0x20, 3, 2, "compressed", 10) },
		{ 3, part_ud(SMS_DCS_DATA8, 3, 3, " three", 6) },
	};

	(void)state;
	joined_is(parts, 3, 3, 1, "one " GAP " three");
}

static void parts_are_added_in_rising_order(void **state)
{
	struct sms_ud ud = part_ud(SMS_DCS_DATA8, 3, 2, "two", 3);
	struct sms_join join;
	struct strbuf sb;
	char out[64];

	(void)state;
	strbuf_init(&sb, out, sizeof(out));
	sms_join_begin(&join, &sb, 3, GAP);
	assert_int_equal(sms_join_add(&join, 0, &ud), -EINVAL);
	assert_int_equal(sms_join_add(&join, 4, &ud), -EINVAL);
	assert_int_equal(sms_join_add(&join, 2, &ud), 0);
	assert_int_equal(sms_join_add(&join, 2, &ud), 0);
	assert_int_equal(sms_join_add(&join, 1, &ud), -EINVAL);
	assert_int_equal(sms_join_end(&join), 2);
	assert_string_equal(out, GAP "two" GAP);
}

static void a_joined_text_that_does_not_fit_is_cut_and_says_so(void **state)
{
	struct sms_part parts[] = { { 1,
		part_ud(SMS_DCS_UCS2, 1, 1, "\x04\x36\x04\x36\x04\x36", 6) } };
	struct strbuf sb;
	char out[6];

	(void)state;
	strbuf_init(&sb, out, sizeof(out));
	assert_int_equal(sms_join_parts(parts, 1, 1, GAP, &sb), 0);
	assert_true(sb.cut);
	assert_string_equal(out, "жж");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_random_text_comes_back_in_every_encoding),
		cmocka_unit_test(no_encoding_is_dearer_than_one_that_it_could_have_taken),
		cmocka_unit_test(capacities_are_those_of_the_standard),
		cmocka_unit_test(there_are_at_most_255_segments),
		cmocka_unit_test(a_plan_writes_only_the_text_it_was_made_for),
		cmocka_unit_test(every_letter_comes_back_or_has_a_reason),
		cmocka_unit_test(dear_letters_are_named_with_their_price),
		cmocka_unit_test(more_letters_than_rows_are_counted),
		cmocka_unit_test(plain_forms_are_what_people_would_write),
		cmocka_unit_test(encodings_have_names),
		cmocka_unit_test(a_surrogate_pair_split_between_parts_is_joined),
		cmocka_unit_test(an_escape_pair_split_between_parts_is_joined),
		cmocka_unit_test(half_a_letter_is_not_carried_into_another_alphabet),
		cmocka_unit_test(each_run_of_missing_parts_is_one_gap),
		cmocka_unit_test(a_part_that_cannot_be_read_is_missing),
		cmocka_unit_test(parts_are_added_in_rising_order),
		cmocka_unit_test(a_joined_text_that_does_not_fit_is_cut_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
