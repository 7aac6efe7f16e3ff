/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faro/base.h"

/* ---- UTF-8 (RFC 3629) ------------------------------------------------------------------------ */

#define REPLACEMENT 0xFFFDU

/*
 * The lead bytes of RFC 3629 section 4: how long, and the smallest code point that needs this
 * length.
 */
static const struct utf8_lead {
	uint8_t mask, value;
	uint8_t length;
	uint32_t min;
} utf8_leads[] = {
	{ 0x80, 0x00, 1, 0 },
	{ 0xE0, 0xC0, 2, 0x80 },
	{ 0xF0, 0xE0, 3, 0x800 },
	{ 0xF8, 0xF0, 4, 0x10000 },
};

static const struct utf8_lead *lead_of(unsigned char byte)
{
	for (size_t i = 0; i < ARRAY_SIZE(utf8_leads); i++)
		if ((byte & utf8_leads[i].mask) == utf8_leads[i].value)
			return &utf8_leads[i];
	return NULL;
}

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

static bool is_scalar(uint32_t cp)
{
	return cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF);
}

static size_t decode(const char *text, size_t n, uint32_t *cp, bool *valid)
{
	const struct utf8_lead *lead = n ? lead_of((unsigned char)text[0]) : NULL;
	uint32_t value;

	*cp = REPLACEMENT;
	*valid = false;
	if (!lead || lead->length > n)
		return n ? 1 : 0;
	value = (unsigned char)text[0] & (uint8_t)~lead->mask;
	for (size_t i = 1; i < lead->length; i++) {
		if (!is_continuation(text[i]))
			return 1;
		value = value << 6 | ((unsigned char)text[i] & 0x3F);
	}
	if (value < lead->min || !is_scalar(value))
		return 1;
	*cp = value;
	*valid = true;
	return lead->length;
}

size_t utf8_next(const char *text, size_t n, uint32_t *cp)
{
	bool valid;

	return decode(text, n, cp, &valid);
}

size_t utf8_put(char out[4], uint32_t cp)
{
	size_t length = 1;

	if (!is_scalar(cp))
		cp = REPLACEMENT;
	while (length < ARRAY_SIZE(utf8_leads) && cp >= utf8_leads[length].min)
		length++;
	for (size_t i = length - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (cp & 0x3F));
		cp >>= 6;
	}
	out[0] = (char)(utf8_leads[length - 1].value | cp);
	return length;
}

bool utf8_valid(const char *text)
{
	size_t n = strlen(text), step;
	uint32_t cp;
	bool valid = true;

	while (n > 0 && valid) {
		step = decode(text, n, &cp, &valid);
		text += step;
		n -= step;
	}
	return valid;
}

size_t utf8_length(const char *text)
{
	size_t n = strlen(text), count = 0, step;
	uint32_t cp;

	while ((step = utf8_next(text, n, &cp)) > 0) {
		text += step;
		n -= step;
		count++;
	}
	return count;
}

/* The largest k <= n such that text[0..k) does not end inside a character. */
static size_t utf8_whole(const char *text, size_t n)
{
	size_t back = n;
	const struct utf8_lead *lead;

	while (back > 0 && n - back < 3 && is_continuation(text[back - 1]))
		back--;
	if (back == 0)
		return n;
	lead = lead_of((unsigned char)text[back - 1]);
	if (!lead || back - 1 + lead->length <= n)
		return n;
	return back - 1;
}

/* ---- strbuf ---------------------------------------------------------------------------------- */

void strbuf_init(struct strbuf *sb, char *memory, size_t size)
{
	*sb = (struct strbuf){ .text = memory, .size = size };
	memory[0] = '\0';
}

void strbuf_add_n(struct strbuf *sb, const char *text, size_t n)
{
	size_t room = sb->size - sb->len - 1;

	if (sb->cut)
		return;
	if (n > room) {
		n = utf8_whole(text, room);
		sb->cut = true;
	}
	memcpy(sb->text + sb->len, text, n);
	sb->len += n;
	sb->text[sb->len] = '\0';
}

void strbuf_add(struct strbuf *sb, const char *text)
{
	strbuf_add_n(sb, text, strlen(text));
}

void strbuf_addf(struct strbuf *sb, const char *format, ...)
{
	size_t room = sb->size - sb->len;
	va_list args;
	int n;

	if (sb->cut)
		return;
	va_start(args, format);
	n = vsnprintf(sb->text + sb->len, room, format, args);
	va_end(args);
	if (n < 0) {
		sb->text[sb->len] = '\0';
		sb->cut = true;
		return;
	}
	sb->cut = (size_t)n >= room;
	sb->len += sb->cut ? utf8_whole(sb->text + sb->len, room - 1) : (size_t)n;
	sb->text[sb->len] = '\0';
}

bool text_copy(char *out, size_t size, const char *text)
{
	struct strbuf sb;

	strbuf_init(&sb, out, size);
	strbuf_add(&sb, text);
	return !sb.cut;
}

/* ---- words and numbers ----------------------------------------------------------------------- */

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t\r\n\v\f");
}

bool text_word(const char **cursor, char *out, size_t size)
{
	const char *word = skip_blanks(*cursor);
	size_t n = strcspn(word, " \t\r\n\v\f");
	struct strbuf sb;

	strbuf_init(&sb, out, size);
	strbuf_add_n(&sb, word, n);
	*cursor = skip_blanks(word + n);
	return n > 0;
}

int text_int(const char *text, int64_t min, int64_t max, int64_t *value)
{
	char *end;
	long long parsed;

	/* strtoll would also take leading blanks and a plus sign */
	if (text[strspn(text, "-0123456789")] != '\0' || *text == '\0')
		return -EINVAL;
	errno = 0;
	parsed = strtoll(text, &end, 10);
	if (*end != '\0' || end == text)
		return -EINVAL;
	if (errno == ERANGE || parsed < min || parsed > max)
		return -ERANGE;
	*value = parsed;
	return 0;
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int least = a < b ? a : b;

	return least < c ? least : c;
}

#define WORD_MAX 63

/*
 * Optimal string alignment: insertion, deletion, substitution, and exchange of neighbours cost 1
 * each.
 */
unsigned int text_distance(const char *a, const char *b)
{
	unsigned int rows[3][WORD_MAX + 1];
	size_t n = strnlen(a, WORD_MAX), m = strnlen(b, WORD_MAX);

	for (size_t j = 0; j <= m; j++)
		rows[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned int *now = rows[i % 3], *last = rows[(i + 2) % 3],
			     *before = rows[(i + 1) % 3];

		now[0] = (unsigned int)i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = min3(
				now[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
	}
	return rows[n % 3][m];
}

/* ---- hexadecimal ----------------------------------------------------------------------------- */

char *hex_encode(char *out, const void *data, size_t n)
{
	static const char digits[] = "0123456789ABCDEF";
	const uint8_t *bytes = data;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 0x0F];
	}
	out[2 * n] = '\0';
	return out;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int hex_decode(const char *hex, size_t n_hex, uint8_t *out, size_t size)
{
	if (n_hex % 2 != 0)
		return -EINVAL;
	if (n_hex / 2 > size)
		return -ENOBUFS;
	for (size_t i = 0; i < n_hex; i += 2) {
		int high = hex_digit(hex[i]), low = high < 0 ? -1 : hex_digit(hex[i + 1]);

		if (low < 0)
			return -EINVAL;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (int)(n_hex / 2);
}
