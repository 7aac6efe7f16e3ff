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
	{ 0x0060, 0x0060, "'" },
	{ 0x00AB, 0x00AB, "\"" },
	{ 0x00AD, 0x00AD, "" },
	{ 0x00B4, 0x00B4, "'" },
	{ 0x00BB, 0x00BB, "\"" },
	{ 0x01A0, 0x01A1, "o" },
	{ 0x01AF, 0x01B0, "u" },
	{ 0x0218, 0x0219, "s" },
	{ 0x021A, 0x021B, "t" },
	{ 0x02B9, 0x02B9, "'" },
	{ 0x02BC, 0x02BC, "'" },
	{ 0x0300, 0x036F, "" }, /* combining */
	{ 0x200E, 0x200F, "" },
	{ 0x2018, 0x201B, "'" },
	{ 0x201C, 0x201F, "\"" },
	{ 0x202A, 0x202E, "" }, /* direction marks come along when a number is copied on a phone */
	{ 0x2032, 0x2032, "'" },
	{ 0x2033, 0x2033, "\"" },
	{ 0x2039, 0x203A, "'" },
	{ 0x2066, 0x2069, "" },
	{ 0xFE00, 0xFE0F, "" },
	{ 0xFF02, 0xFF02, "\"" },
	{ 0xFF07, 0xFF07, "'" },
};

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
