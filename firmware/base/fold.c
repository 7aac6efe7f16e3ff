/* SPDX-License-Identifier: Apache-2.0 */
/* Folding of text for comparison: what a person typed, against the words that Faro knows. */
#include <string.h>

#include "faro/base.h"

/*
 * U+00C0 to U+017F, Latin-1 letters and Latin Extended-A: two characters each, sixteen letters a
 * line.
 */
static const char latin[] = "a a a a a a aec e e e e i i i i " /* 00C0 */
			    "d n o o o o o \xC3\x97o u u u u y thss"
			    "a a a a a a aec e e e e i i i i " /* 00E0 */
			    "d n o o o o o \xC3\xB7o u u u u y thy "
			    "a a a a a a c c c c c c c c d d " /* 0100 */
			    "d d e e e e e e e e e e g g g g "
			    "g g g g h h h h i i i i i i i i " /* 0120 */
			    "i i ijijj j k k k l l l l l l l "
			    "l l l n n n n n n n n n o o o o " /* 0140 */
			    "o o oeoer r r r r r s s s s s s "
			    "s s t t t t t t u u u u u u u u " /* 0160 */
			    "u u u u w w y y y z z z z z z s ";
_Static_assert(sizeof(latin) == 2 * (0x180 - 0xC0) + 1, "two characters for every letter");

/* U+1EA0 to U+1EF9, Vietnamese: capital and small letter in turn, one plain letter a pair. */
static const char vietnamese[] = "aaaaaaaaaaaaeeeeeeeeiioooooooooooouuuuuuuyyyy";
_Static_assert(sizeof(vietnamese) == (0x1EFA - 0x1EA0) / 2 + 1, "one letter for every pair");

/* Single code points outside of the two ranges; "" removes. */
static const struct fold_one {
	uint32_t first, last;
	const char *to;
} singles[] = {
	{ 0x0060, 0x0060, "'" }, { 0x00AB, 0x00AB, "\"" }, { 0x00AD, 0x00AD, "" },
	{ 0x00B4, 0x00B4, "'" }, { 0x00BB, 0x00BB, "\"" }, { 0x01A0, 0x01A1, "o" },
	{ 0x01AF, 0x01B0, "u" }, { 0x0218, 0x0219, "s" }, { 0x021A, 0x021B, "t" },
	{ 0x02B9, 0x02B9, "'" }, { 0x02BC, 0x02BC, "'" }, { 0x0300, 0x036F, "" }, /* combining */
	{ 0x0610, 0x061A, "" }, /* Arabic: signs over letters, and one form of each letter */
	{ 0x0622, 0x0623, "\u0627" }, { 0x0624, 0x0624, "\u0648" }, { 0x0625, 0x0625, "\u0627" },
	{ 0x0626, 0x0626, "\u064A" }, { 0x0629, 0x0629, "\u0647" }, { 0x0640, 0x0640, "" },
	{ 0x0649, 0x0649, "\u064A" }, { 0x064B, 0x065F, "" }, { 0x0670, 0x0670, "" },
	{ 0x06A9, 0x06A9, "\u0643" }, { 0x06CC, 0x06CC, "\u064A" }, { 0x200E, 0x200F, "" },
	{ 0x2018, 0x201B, "'" }, { 0x201C, 0x201F, "\"" },
	{ 0x202A, 0x202E, "" }, /* direction marks come along when a number is copied on a phone */
	{ 0x2032, 0x2032, "'" }, { 0x2033, 0x2033, "\"" }, { 0x2039, 0x203A, "'" },
	{ 0x2066, 0x2069, "" }, { 0xFE00, 0xFE0F, "" },
	{ 0x1F3FB, 0x1F3FF, "" }, /* colors of skin */
	{ 0xE0000, 0xE0FFF, "" }, /* tags, and more of FE00 */
};

static const struct {
	uint32_t first, last;
} unspaced[] = {
	{ 0x0E00, 0x0EFF },   /* Thai, Lao */
	{ 0x1000, 0x109F },   /* Myanmar */
	{ 0x1780, 0x17FF },   /* Khmer */
	{ 0x3040, 0x30FF },   /* kana */
	{ 0x3400, 0x4DBF },   /* Han */
	{ 0x4E00, 0x9FFF },   /* Han */
	{ 0xF900, 0xFAFF },   /* Han */
	{ 0x20000, 0x3FFFF }, /* Han */
};

/* The zeros of Unicode's decimal digits, as far as phones write them. */
static const uint16_t zeros[] = { 0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6,
	0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x1040, 0x17E0, 0xFF10 };

/* ASCII as East Asian keyboards write it, as wide as their letters: U+FF01 "!" to U+FF5E "~". */
#define WIDE_FIRST 0xFF01
#define WIDE_LAST  0xFF5E

/* Unicode White_Space, and the zero-width ones that editors and copying leave behind. */
static const struct {
	uint32_t first, last;
} blanks[] = {
	{ 0x09, 0x0D },
	{ 0x20, 0x20 },
	{ 0x85, 0x85 },
	{ 0xA0, 0xA0 },
	{ 0x1680, 0x1680 },
	{ 0x2000, 0x200B },
	{ 0x2028, 0x2029 },
	{ 0x202F, 0x202F },
	{ 0x205F, 0x2060 },
	{ 0x3000, 0x3000 },
	{ 0xFEFF, 0xFEFF },
};

static bool is_blank(uint32_t cp)
{
	for (size_t i = 0; i < ARRAY_SIZE(blanks); i++)
		if (cp >= blanks[i].first && cp <= blanks[i].last)
			return true;
	return false;
}

static const char *fold_single(uint32_t cp)
{
	for (size_t i = 0; i < ARRAY_SIZE(singles); i++)
		if (cp >= singles[i].first && cp <= singles[i].last)
			return singles[i].to;
	return NULL;
}

/* Writes what one code point folds to, without a NUL; returns the bytes written (0 to 4). */
static size_t fold_char(char out[4], uint32_t cp)
{
	const char *to;
	size_t n;

	if (cp >= WIDE_FIRST && cp <= WIDE_LAST)
		cp = cp - WIDE_FIRST + '!';
	if (cp >= 'A' && cp <= 'Z')
		cp += 'a' - 'A';
	if (cp >= 0xC0 && cp <= 0x17F) {
		to = &latin[2 * (size_t)(cp - 0xC0)];
		n = to[1] == ' ' ? 1 : 2;
	} else if (cp >= 0x1EA0 && cp <= 0x1EF9) {
		to = &vietnamese[(cp - 0x1EA0) / 2];
		n = 1;
	} else {
		to = fold_single(cp);
		if (!to)
			return utf8_put(out, cp);
		n = strlen(to);
	}
	memcpy(out, to, n);
	return n;
}

bool text_is_unspaced(uint32_t cp)
{
	for (size_t i = 0; i < ARRAY_SIZE(unspaced); i++)
		if (cp >= unspaced[i].first && cp <= unspaced[i].last)
			return true;
	return false;
}

static uint32_t digit_of(uint32_t cp)
{
	for (size_t i = 0; i < ARRAY_SIZE(zeros); i++)
		if (cp >= zeros[i] && cp <= zeros[i] + 9u)
			return '0' + cp - zeros[i];
	return cp;
}

void text_digits(char *text)
{
	char *to = text;
	uint32_t cp;

	for (size_t n = strlen(text), used; (used = utf8_next(text, n, &cp)) > 0;
		text += used, n -= used) {
		uint32_t digit = digit_of(cp);

		if (digit != cp) {
			*to++ = (char)digit;
		} else {
			memmove(to, text, used);
			to += used;
		}
	}
	*to = '\0';
}

const char *text_fold(char *out, size_t size, const char *text)
{
	size_t n = strlen(text), step, piece_len;
	bool blank = false;
	struct strbuf sb;
	char piece[4];
	uint32_t cp;

	strbuf_init(&sb, out, size);
	for (; (step = utf8_next(text, n, &cp)) > 0; text += step, n -= step) {
		if (is_blank(cp)) {
			blank = true;
			continue;
		}
		piece_len = fold_char(piece, cp);
		if (blank && piece_len > 0 && sb.len > 0)
			strbuf_add_n(&sb, " ", 1);
		blank = blank && piece_len == 0;
		strbuf_add_n(&sb, piece, piece_len);
	}
	return out;
}
