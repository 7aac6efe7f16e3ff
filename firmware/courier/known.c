/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which modem each section has: after a restart of farod it is found again under any name, and its
 * caps stay with its SIM. An IMEI names a device, so it is kept under the box's key: added to a
 * number that only this key makes of the section's name. And of each device the PIN that was last
 * entered and not taken, as a number that only this key makes of both.
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
static uint64_t pad_of(const struct courier *courier, const char *kind, const char *of)
{
	uint64_t pad = 0;

	for (int half = 0; half < 2; half++) {
		char words[64], mark[STORE_MARK_SIZE];

		snprintf(words, sizeof(words), "%s %d %s", kind, half, of);
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
	value = (power_of_ten(n) + strtoull(imei, NULL, 10)) ^ pad_of(courier, "imei", name);
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
	value = (uint64_t)kept ^ pad_of(courier, "imei", modem);
	for (size_t n = DIGITS_MIN; n <= DIGITS_MAX; n++) {
		uint64_t power = power_of_ten(n);

		if (value >= power && value < 2 * power)
			snprintf(out, COURIER_IMEI_SIZE, "%0*llu", (int)n,
				(unsigned long long)(value - power));
	}
}

/* ---- PINs ---- */

static const char *pin_key(const struct courier *courier, const char *device, char key[KEY_SIZE])
{
	char words[64], mark[STORE_MARK_SIZE];

	snprintf(words, sizeof(words), "pin of %s", device);
	store_mark(courier->store, words, mark);
	snprintf(key, KEY_SIZE, "pin %s", mark);
	return key;
}

/*
 * Of the number the two low bits say how often it was entered since the SIM was ready last; none:
 * the SIM took it before, so that it is right. A loss of power between the entry and its answer
 * must not lock a box out for good, nor a third one the SIM: the last try is a person's.
 */
#define ENTERED     3
#define ENTERED_MAX 2
#define REFUSED     3

static int64_t pin_value(const struct courier *courier, const char *device, const char *pin)
{
	char words[64];

	snprintf(words, sizeof(words), "%s %s", device, pin);
	return (int64_t)(pad_of(courier, "pin", words) & ~(uint64_t)ENTERED);
}

int known_pin_entering(void *ctx, struct modem *modem, const char *device, const char *pin)
{
	const struct courier *courier = ctx;
	int64_t kept = 0, value = pin_value(courier, device, pin), times = 0;
	char key[KEY_SIZE];
	int rc = store_value_get(courier->store, pin_key(courier, device, key), &kept);

	if (rc == 0 && kept == value)
		return 0;
	if (rc == 0 && (kept & ~(int64_t)ENTERED) == value)
		times = kept & ENTERED;
	if (times >= ENTERED_MAX)
		return -EALREADY;
	if (rc == 0 || rc == -ENOENT)
		rc = store_value_set(courier->store, key, value + times + 1);
	if (rc < 0)
		log_error("modem %s: its PIN is not entered: %s", modem_name(modem), strerror(-rc));
	return rc;
}

void known_pin_refused(void *ctx, struct modem *modem, const char *device, const char *pin)
{
	const struct courier *courier = ctx;
	char key[KEY_SIZE];
	int rc = store_value_set(courier->store, pin_key(courier, device, key),
		pin_value(courier, device, pin) + REFUSED);

	if (rc < 0)
		log_error("modem %s: that its PIN is wrong cannot be kept: %s", modem_name(modem),
			strerror(-rc));
}

void known_pin_free(void *ctx, struct modem *modem, const char *device, bool ready)
{
	const struct courier *courier = ctx;
	char key[KEY_SIZE];
	int64_t kept = 0, times;

	(void)modem;
	if (store_value_get(courier->store, pin_key(courier, device, key), &kept) < 0)
		return;
	times = kept & ENTERED;
	if (times)
		store_value_set(courier->store, key, ready && times != REFUSED ? kept - times : 0);
}
