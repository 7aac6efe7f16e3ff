/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which modem each section has: after a restart of farod it is found again under any name, and its
 * caps stay with its SIM. An IMEI names a device, so it is kept under the box's key: added to a
 * number that only this key makes of the section's name.
 */
#include "office.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MIN 14
#define DIGITS_MAX 16
#define KEY_SIZE   48

static const char *key_of(const char *modem, char key[KEY_SIZE])
{
	snprintf(key, KEY_SIZE, "imei %s", modem);
	return key;
}

/* 62 bits, so that the sum is a number of the store. */
static uint64_t pad_of(const struct courier *courier, const char *modem)
{
	uint64_t pad = 0;

	for (int half = 0; half < 2; half++) {
		char words[64], mark[STORE_MARK_SIZE];

		snprintf(words, sizeof(words), "imei %d %s", half, modem);
		store_mark(courier->store, words, mark);
		pad = pad << 31 | (strtoul(mark, NULL, 16) & 0x7FFFFFFF);
	}
	return pad;
}

static uint64_t power_of_ten(size_t n)
{
	uint64_t power = 1;

	while (n-- > 0)
		power *= 10;
	return power;
}

/* A 1 goes before the digits: the first of them may be 0. */
void known_learned(void *ctx, struct modem *modem, const char *imei)
{
	struct courier *courier = ctx;
	const char *name = modem_name(modem);
	size_t n = strlen(imei);
	char key[KEY_SIZE];
	uint64_t value;
	int rc;

	if (n < DIGITS_MIN || n > DIGITS_MAX)
		return;
	value = (power_of_ten(n) + strtoull(imei, NULL, 10)) ^ pad_of(courier, name);
	rc = store_value_set(courier->store, key_of(name, key), (int64_t)value);
	if (rc < 0)
		log_warning("which modem %s is cannot be kept: %s", name, strerror(-rc));
	pace_of_another(courier, modem);
}

void courier_known_imei(
	const struct courier *courier, const char *modem, char out[COURIER_IMEI_SIZE])
{
	char key[KEY_SIZE];
	int64_t kept;
	uint64_t value;

	out[0] = '\0';
	if (store_value_get(courier->store, key_of(modem, key), &kept) < 0)
		return;
	value = (uint64_t)kept ^ pad_of(courier, modem);
	for (size_t n = DIGITS_MIN; n <= DIGITS_MAX; n++) {
		uint64_t power = power_of_ten(n);

		if (value >= power && value < 2 * power)
			snprintf(out, COURIER_IMEI_SIZE, "%0*llu", (int)n,
				(unsigned long long)(value - power));
	}
}
