/* SPDX-License-Identifier: Apache-2.0 */
/* The 7-bit alphabets of TS 23.038: default, extension, and national language shift tables. */
#include "gsm7.h"

/* TS 23.038 6.2.1; the escape stands for itself. */
static const char16_t default_alphabet[] = u"@£$¥èéùìòÇ\nØø\rÅå"
					   u"Δ_ΦΓΛΩΠΨΣΘΞ\033ÆæßÉ"
					   u" !\"#¤%&'()*+,-./"
					   u"0123456789:;<=>?"
					   u"¡ABCDEFGHIJKLMNO"
					   u"PQRSTUVWXYZÄÖÑÜ§"
					   u"¿abcdefghijklmno"
					   u"pqrstuvwxyzäöñüà";

/*
 * TS 23.038 6.2.1.1. Every national single shift table of annex A.2 has these at the same places.
 */
static const struct gsm7_pair extension[] = {
	{ 0x0A, u'\f' }, /* page break */
	{ 0x14, u'^' },
	{ 0x28, u'{' },
	{ 0x29, u'}' },
	{ 0x2F, u'\\' },
	{ 0x3C, u'[' },
	{ 0x3D, u'~' },
	{ 0x3E, u']' },
	{ 0x40, u'|' },
	{ 0x65, u'€' },
	{ 0, 0 },
};

/* A.3.1 */
static const char16_t turkish_locking[] = u"@£$¥€éùıòÇ\nĞğ\rÅå"
					  u"Δ_ΦΓΛΩΠΨΣΘΞ\033ŞşßÉ"
					  u" !\"#¤%&'()*+,-./"
					  u"0123456789:;<=>?"
					  u"İABCDEFGHIJKLMNO"
					  u"PQRSTUVWXYZÄÖÑÜ§"
					  u"çabcdefghijklmno"
					  u"pqrstuvwxyzäöñüà";

/* A.2.1 */
static const struct gsm7_pair turkish_single[] = {
	{ 0x47, u'Ğ' },
	{ 0x49, u'İ' },
	{ 0x53, u'Ş' },
	{ 0x63, u'ç' },
	{ 0x67, u'ğ' },
	{ 0x69, u'ı' },
	{ 0x73, u'ş' },
	{ 0, 0 },
};

/* A.2.2; A.3.2 is void: there is no Spanish locking table */
static const struct gsm7_pair spanish_single[] = {
	{ 0x09, u'ç' },
	{ 0x41, u'Á' },
	{ 0x49, u'Í' },
	{ 0x4F, u'Ó' },
	{ 0x55, u'Ú' },
	{ 0x61, u'á' },
	{ 0x69, u'í' },
	{ 0x6F, u'ó' },
	{ 0x75, u'ú' },
	{ 0, 0 },
};

/* A.3.3 */
static const char16_t portuguese_locking[] = u"@£$¥êéúíóç\nÔô\rÁá"
					     u"Δ_ªÇÀ∞^\\€Ó|\033ÂâÊÉ"
					     u" !\"#º%&'()*+,-./"
					     u"0123456789:;<=>?"
					     u"ÍABCDEFGHIJKLMNO"
					     u"PQRSTUVWXYZÃÕÚÜ§"
					     u"~abcdefghijklmno"
					     u"pqrstuvwxyzãõ`üà";

/* A.2.3 */
static const struct gsm7_pair portuguese_single[] = {
	{ 0x05, u'ê' },
	{ 0x09, u'ç' },
	{ 0x0B, u'Ô' },
	{ 0x0C, u'ô' },
	{ 0x0E, u'Á' },
	{ 0x0F, u'á' },
	{ 0x12, u'Φ' },
	{ 0x13, u'Γ' },
	{ 0x15, u'Ω' },
	{ 0x16, u'Π' },
	{ 0x17, u'Ψ' },
	{ 0x18, u'Σ' },
	{ 0x19, u'Θ' },
	{ 0x1F, u'Ê' },
	{ 0x41, u'À' },
	{ 0x49, u'Í' },
	{ 0x4F, u'Ó' },
	{ 0x55, u'Ú' },
	{ 0x5B, u'Ã' },
	{ 0x5C, u'Õ' },
	{ 0x61, u'Â' },
	{ 0x69, u'í' },
	{ 0x6F, u'ó' },
	{ 0x75, u'ú' },
	{ 0x7B, u'ã' },
	{ 0x7C, u'õ' },
	{ 0x7F, u'â' },
	{ 0, 0 },
};

static const struct gsm7_pair no_single[] = { { 0, 0 } };

/* TS 23.038 6.2.1.2.4. Another language is one more row. */
const struct gsm7_language gsm7_languages[] = {
	{ SMS_LANGUAGE_TURKISH, turkish_locking, turkish_single },
	{ SMS_LANGUAGE_SPANISH, NULL, spanish_single },
	{ SMS_LANGUAGE_PORTUGUESE, portuguese_locking, portuguese_single },
};
const size_t gsm7_languages_n = ARRAY_SIZE(gsm7_languages);

static const struct gsm7_language *language_find(uint8_t id)
{
	for (size_t i = 0; i < gsm7_languages_n; i++)
		if (gsm7_languages[i].id == id)
			return &gsm7_languages[i];
	return NULL;
}

static const char16_t *locking_table(uint8_t id)
{
	const struct gsm7_language *language = id ? language_find(id) : NULL;

	return language && language->locking ? language->locking : default_alphabet;
}

static const struct gsm7_pair *single_table(uint8_t id)
{
	const struct gsm7_language *language = id ? language_find(id) : NULL;

	return language ? language->single : no_single;
}

static char16_t pair_letter(const struct gsm7_pair *pairs, uint8_t septet)
{
	for (; pairs->letter; pairs++)
		if (pairs->septet == septet)
			return pairs->letter;
	return 0;
}

static bool pair_septet(const struct gsm7_pair *pairs, uint32_t cp, uint8_t *septet)
{
	for (; pairs->letter; pairs++) {
		if (pairs->letter == cp) {
			*septet = pairs->septet;
			return true;
		}
	}
	return false;
}

char16_t gsm7_letter(uint8_t locking, uint8_t septet)
{
	return locking_table(locking)[septet & 0x7F];
}

char16_t gsm7_extension(uint8_t locking, uint8_t single, uint8_t septet)
{
	char16_t letter = pair_letter(single_table(single), septet);

	if (!letter)
		letter = pair_letter(extension, septet);
	if (letter)
		return letter;
	/*
	 * 6.2.1.1: a second escape is a space, and what the table lacks is read in the main table
	 */
	return septet == GSM7_ESC ? u' ' : gsm7_letter(locking, septet);
}

static bool locking_septet(const char16_t *table, uint32_t cp, uint8_t *septet)
{
	if (cp == GSM7_ESC)
		return false;
	/* most letters of ASCII are where ASCII has them */
	if (cp < 128 && table[cp] == cp) {
		*septet = (uint8_t)cp;
		return true;
	}
	for (unsigned int i = 0; i < 128; i++) {
		if (table[i] == cp) {
			*septet = (uint8_t)i;
			return true;
		}
	}
	return false;
}

unsigned int gsm7_find(uint8_t locking, uint8_t single, uint32_t cp, uint8_t septets[2])
{
	if (locking_septet(locking_table(locking), cp, &septets[0]))
		return 1;
	septets[0] = GSM7_ESC;
	if (cp && (pair_septet(single_table(single), cp, &septets[1]) ||
			  pair_septet(extension, cp, &septets[1])))
		return 2;
	return 0;
}

uint8_t gsm7_get(const uint8_t *octets, size_t bit)
{
	size_t at = bit / 8, shift = bit % 8;
	unsigned int value = octets[at] >> shift;

	if (shift > 1)
		value |= (unsigned int)octets[at + 1] << (8 - shift);
	return value & 0x7F;
}

void gsm7_put(uint8_t *octets, size_t bit, uint8_t septet)
{
	size_t at = bit / 8, shift = bit % 8;

	octets[at] |= (uint8_t)(septet << shift);
	if (shift > 1)
		octets[at + 1] |= (uint8_t)(septet >> (8 - shift));
}
