/* SPDX-License-Identifier: Apache-2.0 */
/* The 7-bit alphabets of TS 23.038: the default one, its extension, and letters in all of them. */
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
static const struct gsm7_run extension[] = {
	{ 0x0A, u"\f" }, /* page break */
	{ 0x14, u"^" },
	{ 0x28, u"{}" },
	{ 0x2F, u"\\" },
	{ 0x3C, u"[~]" },
	{ 0x40, u"|" },
	{ 0x65, u"€" },
	{ 0, NULL },
};

static const struct gsm7_run no_single[] = { { 0, NULL } };

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

static const struct gsm7_run *single_table(uint8_t id)
{
	const struct gsm7_language *language = id ? language_find(id) : NULL;

	return language ? language->single : no_single;
}

static char16_t single_letter(const struct gsm7_run *runs, uint8_t septet)
{
	for (; runs->letters; runs++)
		for (unsigned int i = 0; runs->letters[i]; i++)
			if (runs->septet + i == septet)
				return runs->letters[i];
	return 0;
}

static bool single_septet(const struct gsm7_run *runs, uint32_t cp, uint8_t *septet)
{
	for (; runs->letters; runs++) {
		for (unsigned int i = 0; runs->letters[i]; i++) {
			if (runs->letters[i] == cp) {
				*septet = (uint8_t)(runs->septet + i);
				return true;
			}
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
	char16_t letter = single_letter(single_table(single), septet);

	if (!letter)
		letter = single_letter(extension, septet);
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
	if (cp && (single_septet(single_table(single), cp, &septets[1]) ||
			  single_septet(extension, cp, &septets[1])))
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
