/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: TS 23.040 9.1.2.5, and the service centre's as TS 27.005 puts it before a TPDU. */
#include <string.h>

#include "gsm7.h"

/* 9.1.2.3: semi-octets; 15 fills up an odd number of digits. */
static const char digits[] = "0123456789*#abc";
#define FILLER 0x0F

static int digit_value(char c)
{
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -EINVAL;
}

/** Writes digits as swapped semi-octets. Returns the octets, or -EINVAL. */
static int semi_octets_put(const char *value, uint8_t *out)
{
	size_t n = strlen(value);

	for (size_t i = 0; i < n; i++) {
		int digit = digit_value(value[i]);

		if (digit < 0)
			return digit;
		if (i % 2)
			out[i / 2] = (uint8_t)((out[i / 2] & 0x0F) | digit << 4);
		else
			out[i / 2] = (uint8_t)(FILLER << 4 | digit);
	}
	return (int)((n + 1) / 2);
}

/** Reads n digits. -EBADMSG when one of them is a filler. */
static int semi_octets_get(const uint8_t *octets, size_t n, char *value)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t digit = i % 2 ? octets[i / 2] >> 4 : octets[i / 2] & 0x0F;

		if (digit == FILLER)
			return -EBADMSG;
		value[i] = digits[digit];
	}
	value[n] = '\0';
	return 0;
}

/** Packs a name. Returns its septets, or -EINVAL when it is none of at most 11. */
static int name_put(const char *value, uint8_t out[SMS_ADDRESS_OCTETS_MAX])
{
	size_t n = strlen(value), septets = 0;

	while (n) {
		uint32_t cp;
		uint8_t code[2];
		size_t used = utf8_next(value, n, &cp);
		unsigned int count = gsm7_find(0, 0, cp, code);

		if (!count || septets + count > SMS_ADDRESS_NAME_MAX)
			return -EINVAL;
		for (unsigned int i = 0; i < count; i++)
			gsm7_put(out, 7 * septets++, code[i]);
		value += used;
		n -= used;
	}
	return (int)septets;
}

static void name_get(const uint8_t *octets, size_t septets, char value[SMS_ADDRESS_SIZE])
{
	struct strbuf sb;
	bool escape = false;

	strbuf_init(&sb, value, SMS_ADDRESS_SIZE);
	for (size_t i = 0; i < septets; i++) {
		uint8_t septet = gsm7_get(octets, 7 * i);
		char bytes[4];

		if (!escape && septet == GSM7_ESC) {
			escape = true;
			continue;
		}
		strbuf_add_n(&sb, bytes,
			utf8_put(bytes,
				escape ? gsm7_extension(0, 0, septet) : gsm7_letter(0, septet)));
		escape = false;
	}
}

/** What people dial; the digits a, b and c would make names of some words. */
static bool all_digits(const char *text, size_t max)
{
	size_t n = strlen(text);

	return n && n <= max && strspn(text, "0123456789*#") == n;
}

int sms_address_from_text(struct sms_address *address, const char *text)
{
	uint8_t scratch[SMS_ADDRESS_OCTETS_MAX] = { 0 };
	struct sms_address made = { .type = SMS_NUMBER_UNKNOWN, .numbering = SMS_NUMBERING_ISDN };

	if (text[0] == '+' && all_digits(text + 1, SMS_ADDRESS_DIGITS_MAX)) {
		made.type = SMS_NUMBER_INTERNATIONAL;
		text++;
	} else if (!all_digits(text, SMS_ADDRESS_DIGITS_MAX)) {
		made.type = SMS_NUMBER_ALPHANUMERIC;
		made.numbering = 0;
		if (name_put(text, scratch) < 1)
			return -EINVAL;
	}
	text_copy(made.value, sizeof(made.value), text);
	*address = made;
	return 0;
}

const char *sms_address_to_text(const struct sms_address *address, char out[SMS_ADDRESS_SIZE])
{
	bool plus = address->type == SMS_NUMBER_INTERNATIONAL && address->value[0];
	struct strbuf sb;

	strbuf_init(&sb, out, SMS_ADDRESS_SIZE);
	strbuf_add(&sb, plus ? "+" : "");
	strbuf_add(&sb, address->value);
	return out;
}

/** Type octet and value, as every form of address has them. Returns the octets of the value. */
static int body_put(const struct sms_address *address, uint8_t *out, size_t *semi_octets)
{
	int n;

	if (address->type > SMS_NUMBER_RESERVED || address->numbering > 15)
		return -EINVAL;
	out[0] = (uint8_t)(0x80 | address->type << 4 | address->numbering);
	if (address->type == SMS_NUMBER_ALPHANUMERIC) {
		n = name_put(address->value, out + 1);
		if (n < 0)
			return n;
		/* 9.1.2.5: the number of useful semi-octets, here those that hold n septets */
		*semi_octets = ((size_t)n * 7 + 3) / 4;
		return (int)gsm7_octets((size_t)n);
	}
	*semi_octets = strlen(address->value);
	if (*semi_octets > SMS_ADDRESS_DIGITS_MAX)
		return -EINVAL;
	return semi_octets_put(address->value, out + 1);
}

int sms_address_encode(const struct sms_address *address, uint8_t *out, size_t size)
{
	uint8_t octets[SMS_ADDRESS_OCTETS_MAX + 1] = { 0 };
	size_t semi_octets;
	int n = body_put(address, octets + 1, &semi_octets);

	if (n < 0)
		return n;
	octets[0] = (uint8_t)semi_octets;
	if (size < (size_t)n + 2)
		return -ENOBUFS;
	memcpy(out, octets, (size_t)n + 2);
	return n + 2;
}

static void type_get(uint8_t octet, struct sms_address *address)
{
	address->type = (enum sms_number_type)(octet >> 4 & 7);
	address->numbering = octet & 0x0F;
}

int sms_address_decode(const uint8_t *octets, size_t n, struct sms_address *address)
{
	size_t semi_octets, value;

	*address = (struct sms_address){ .type = SMS_NUMBER_UNKNOWN };
	if (n < 2 || octets[0] > SMS_ADDRESS_DIGITS_MAX)
		return -EBADMSG;
	semi_octets = octets[0];
	value = (semi_octets + 1) / 2;
	if (n < 2 + value)
		return -EBADMSG;
	type_get(octets[1], address);
	if (address->type == SMS_NUMBER_ALPHANUMERIC)
		name_get(octets + 2, semi_octets * 4 / 7, address->value);
	else if (semi_octets_get(octets + 2, semi_octets, address->value) < 0)
		return -EBADMSG;
	return (int)(2 + value);
}

/* ---- service centre: TS 27.005 3.1, TS 24.011 8.2.5.1 --------------------------------------- */

int sms_centre_encode(const struct sms_address *centre, uint8_t *out, size_t size)
{
	uint8_t octets[SMS_ADDRESS_OCTETS_MAX + 1] = { 0 };
	size_t semi_octets, n = 1;

	if (centre && centre->value[0]) {
		int value = body_put(centre, octets + 1, &semi_octets);

		if (value < 0)
			return value;
		n = (size_t)value + 2;
	}
	octets[0] = (uint8_t)(n - 1); /* in octets, with the type; 0 when there is no centre */
	if (size < n)
		return -ENOBUFS;
	memcpy(out, octets, n);
	return (int)n;
}

/**
 * The length of a centre's address is in octets, so an odd number of digits shows by its filler.
 */
static int centre_get(const uint8_t *octets, size_t n, struct sms_address *centre)
{
	size_t semi_octets = 2 * (n - 1);

	type_get(octets[0], centre);
	if (semi_octets && octets[n - 1] >> 4 == FILLER)
		semi_octets--;
	if (centre->type == SMS_NUMBER_ALPHANUMERIC)
		name_get(octets + 1, semi_octets * 4 / 7, centre->value);
	else
		return semi_octets_get(octets + 1, semi_octets, centre->value);
	return 0;
}

int sms_pdu_open(const uint8_t *pdu, size_t n, int at_length, struct sms_address *centre)
{
	struct sms_address unused = { .numbering = 0 };

	centre = centre ? centre : &unused;
	*centre = (struct sms_address){ .type = SMS_NUMBER_UNKNOWN };
	if (n == 0)
		return -EBADMSG;
	if (at_length > 0 && (size_t)at_length == n)
		return 0; /* the modem gave the TPDU alone */
	if (pdu[0] == 0)
		return n > 1 ? 1 : -EBADMSG;
	if (pdu[0] > SMS_ADDRESS_OCTETS_MAX - 1 || (size_t)pdu[0] + 1 >= n)
		return -EBADMSG;
	/* a centre that cannot be read is no reason to lose the text behind it */
	if (centre_get(pdu + 1, pdu[0], centre) < 0)
		*centre = (struct sms_address){ .type = SMS_NUMBER_UNKNOWN };
	return pdu[0] + 1;
}
