/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside sms: the GSM 7-bit alphabets of TS 23.038 and letters as they are planned and written.
 */
#ifndef FARO_SMS_GSM7_H
#define FARO_SMS_GSM7_H

#include <uchar.h>

#include "faro/sms.h"

#define GSM7_ESC 0x1B

/** Letters of a single shift table that stand one behind the other. */
struct gsm7_run {
	uint8_t septet; /* of the first: what follows ESC */
	const char16_t *letters;
};

/** The tables of one language: a row of the table in shifts.c. */
struct gsm7_language {
	uint8_t id;              /* TS 23.038 6.2.1.2.4 */
	const char16_t *locking; /* 128 letters; NULL: the standard has none */
	/* what it has before the extension table; ends with NULL */
	const struct gsm7_run *single;
	bool latin; /* its tables go with those of other such languages */
};

extern const struct gsm7_language gsm7_languages[];
extern const size_t gsm7_languages_n;

/** The letter of a septet, in the locking table of that language (default: none or unknown). */
char16_t gsm7_letter(uint8_t locking, uint8_t septet);

/** The letter of ESC and a septet; what TS 23.038 6.2.1.1 says where the tables have none. */
char16_t gsm7_extension(uint8_t locking, uint8_t single, uint8_t septet);

/** The septets of a letter: 1, 2 (ESC and one), or 0 when these tables do not have it. */
unsigned int gsm7_find(uint8_t locking, uint8_t single, uint32_t cp, uint8_t septets[2]);

/** Reads or writes (into zeros) the septet that begins at a bit (TS 23.038 6.1.2.1). */
uint8_t gsm7_get(const uint8_t *octets, size_t bit);
void gsm7_put(uint8_t *octets, size_t bit, uint8_t septet);

/** Octets that hold n septets, and septets that n octets of header take (9.2.3.24, fill bits). */
static inline size_t gsm7_octets(size_t septets)
{
	return (septets * 7 + 7) / 8;
}

static inline size_t gsm7_header_septets(size_t octets)
{
	return (octets * 8 + 6) / 7;
}

/** The plain form of a letter: some letters of GSM 7-bit, perhaps none (""), or NULL. */
const char *letter_plain(uint32_t cp, char memory[2]);

/** The longest plain form. */
#define LETTER_PLAIN_MAX 4

/** As utf8_next, but a base letter and the accents that combine with it are one letter. */
size_t letter_next(const char *text, size_t n, uint32_t *cp);

#endif
