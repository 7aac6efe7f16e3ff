/* SPDX-License-Identifier: Apache-2.0 */
/* Phone numbers as people and networks write them, and as Faro keeps them (ITU-T E.164). */
#include <string.h>

#include "faro/base.h"

#define E164_DIGITS_MIN 7
#define E164_DIGITS_MAX 15 /* ITU-T E.164 6.2.1 */
#define SHORT_CODE_MAX  6

/*
 * What is peculiar about the national numbers of a country; a trunk 0 is dropped everywhere else.
 */
static const struct phone_country {
	const char *code;
	/* prefix of long-distance calls inside; "" where a leading 0 belongs to the number */
	const char *trunk;
	const char *international; /* prefix of calls abroad, beside "00" */
	unsigned int
		national; /* digits of a national number when they are always as many, else 0 */
} countries[] = {
	{ "1", "1", "011", 10 }, /* North American Numbering Plan */
	{ "7", "8", "810", 10 }, /* Russia, Kazakhstan */
	{ "34", "", "", 9 },
	{ "36", "06", "", 0 },
	{ "39", "", "", 0 },
	{ "52", "", "", 10 },
	{ "225", "", "", 10 },
	{ "241", "", "", 0 },
	{ "242", "", "", 9 },
	{ "378", "", "", 0 },
	{ "502", "", "", 8 },
	{ "503", "", "", 8 },
	{ "504", "", "", 8 },
};
static const struct phone_country any_country = { "", "0", "", 0 };

static const struct phone_country *country_of(const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(countries); i++)
		if (strcmp(countries[i].code, code) == 0)
			return &countries[i];
	return &any_country;
}

/* What a text holds beside digits. */
struct phone_scan {
	char digits[2 * PHONE_SIZE];
	size_t n;
	bool plus;    /* it begins with "+" */
	bool letters; /* a letter of any script */
	bool strange; /* something that no number holds */
};

static void scan_char(struct phone_scan *scan, char c)
{
	if (c >= '0' && c <= '9') {
		if (scan->n + 1 < sizeof(scan->digits))
			scan->digits[scan->n++] = c;
		else
			scan->strange = true;
	} else if (c == '+' && scan->n == 0 && !scan->plus) {
		scan->plus = true;
	} else if (!strchr(" ()-./", c)) {
		/* text_fold made every Latin letter small; other scripts have the top bit */
		if ((c >= 'a' && c <= 'z') || (c & 0x80))
			scan->letters = true;
		else
			scan->strange = true;
	}
}

static void scan_text(struct phone_scan *scan, const char *folded)
{
	*scan = (struct phone_scan){ 0 };
	for (const char *p = folded; *p; p++) {
		/* "+44 (0)20": the trunk prefix is shown but not dialled from abroad */
		if (scan->plus && scan->n > 0 && strncmp(p, "(0)", 3) == 0)
			p += 2;
		else
			scan_char(scan, *p);
	}
}

static bool starts_with(const char *text, const char *prefix)
{
	return *prefix && strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Writes "+" code digits. False when that is no E.164 number. */
static bool put_e164(char out[PHONE_SIZE], const char *code, const char *digits)
{
	size_t n = strlen(code) + strlen(digits);

	if (n < E164_DIGITS_MIN || n > E164_DIGITS_MAX || (*code ? *code : *digits) == '0')
		return false;
	out[0] = '+';
	memcpy(out + 1, code, strlen(code));
	memcpy(out + 1 + strlen(code), digits, strlen(digits) + 1);
	return true;
}

/* The digits carry their country code without a "+", as some networks and people write it. */
static bool has_country_code(
	const char *digits, const struct phone_country *country, const char *code)
{
	size_t n = strlen(digits), n_code = strlen(code);

	if (!starts_with(digits, code))
		return false;
	return country->national ? n == n_code + country->national : n > 10 && n - n_code >= 8;
}

static bool national_valid(const char *digits, const struct phone_country *country)
{
	if (country->national && strlen(digits) != country->national)
		return false;
	/* NANP: area code and exchange begin with 2 to 9 */
	return strcmp(country->code, "1") != 0 || (digits[0] >= '2' && digits[3] >= '2');
}

static bool put_national(char out[PHONE_SIZE], const char *digits, const char *code)
{
	const struct phone_country *country = country_of(code);

	if (starts_with(digits, country->international))
		return put_e164(out, "", digits + strlen(country->international));
	if (starts_with(digits, "00"))
		return put_e164(out, "", digits + 2);
	if (has_country_code(digits, country, code))
		digits += strlen(code);
	else if (starts_with(digits, country->trunk) &&
		 (!country->national || strlen(digits) > country->national))
		digits += strlen(country->trunk);
	return national_valid(digits, country) && put_e164(out, code, digits);
}

enum phone_kind phone_parse(const char *text, const char *country_code, char out[PHONE_SIZE])
{
	struct phone_scan scan;
	char folded[4 * PHONE_SIZE];

	text_fold(folded, sizeof(folded), text);
	scan_text(&scan, folded);
	text_copy(out, PHONE_SIZE, text);
	if (scan.letters)
		return PHONE_ALPHANUMERIC;
	if (scan.strange || scan.n == 0)
		return PHONE_INVALID;
	if (scan.plus)
		return put_e164(out, "", scan.digits) ? PHONE_E164 : PHONE_INVALID;
	if (scan.n <= SHORT_CODE_MAX)
		return PHONE_SHORT_CODE;
	return put_national(out, scan.digits, country_code) ? PHONE_E164 : PHONE_INVALID;
}
