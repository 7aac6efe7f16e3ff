/* SPDX-License-Identifier: Apache-2.0 */
/* Time stamps (TS 23.040 9.2.3.11) and validity periods (9.2.3.12). */
#include <string.h>
#include <time.h>

#include "faro/sms.h"

#define ZONE_QUARTERS_MAX 79
#define QUARTER_MS        (15 * MS_PER_MIN)

/* ---- semi-octets: the first digit in the low half -------------------------------------------- */

static int pair_get(uint8_t octet)
{
	int tens = octet & 0x0F, ones = octet >> 4;

	return tens > 9 || ones > 9 ? -1 : 10 * tens + ones;
}

static uint8_t pair_put(int value)
{
	return (uint8_t)(value % 10 << 4 | value / 10);
}

/* ---- time stamps ---------------------------------------------------------------------------- */

/** Milliseconds of a date in UTC; false when there is no such date. */
static bool date_ms(const struct tm *date, int64_t *ms)
{
	struct tm made = *date, back;
	time_t seconds = timegm(&made);

	/* timegm makes a date of anything: the 31st of a short month comes back as another day */
	if (!gmtime_r(&seconds, &back) || back.tm_mon != date->tm_mon ||
		back.tm_mday != date->tm_mday || back.tm_hour != date->tm_hour ||
		back.tm_min != date->tm_min || back.tm_sec != date->tm_sec)
		return false;
	*ms = (int64_t)seconds * MS_PER_S;
	return true;
}

/** The zone: quarter hours, bit 3 of the first digit is the sign (9.2.3.11). */
static bool zone_get(uint8_t octet, int8_t *quarters)
{
	int value = pair_get(octet & 0xF7);

	if (value < 0)
		return false;
	*quarters = (int8_t)(octet & 0x08 ? -value : value);
	return true;
}

void sms_time_decode(const uint8_t octets[SMS_TIME_OCTETS], struct sms_time *time)
{
	int value[6];
	int64_t local_ms;
	int8_t quarters;
	struct tm date = { 0 };

	*time = (struct sms_time){ .known = false };
	for (int i = 0; i < 6; i++) {
		value[i] = pair_get(octets[i]);
		if (value[i] < 0)
			return;
	}
	date.tm_year = value[0] < 80 ? 100 + value[0] : value[0];
	date.tm_mon = value[1] - 1;
	date.tm_mday = value[2];
	date.tm_hour = value[3];
	date.tm_min = value[4];
	date.tm_sec = value[5];
	if (!date_ms(&date, &local_ms) || !zone_get(octets[6], &quarters))
		return;
	time->wall_ms = local_ms - quarters * QUARTER_MS;
	time->zone_quarters = quarters;
	time->known = true;
}

int sms_time_encode(const struct sms_time *time, uint8_t octets[SMS_TIME_OCTETS])
{
	bool west = time->zone_quarters < 0;
	int quarters = west ? -time->zone_quarters : time->zone_quarters;
	int64_t local_ms = time->wall_ms + (west ? -quarters : quarters) * QUARTER_MS;
	time_t seconds = (time_t)(local_ms / MS_PER_S);
	struct tm date;

	memset(octets, 0, SMS_TIME_OCTETS);
	if (!time->known)
		return 0;
	if (quarters > ZONE_QUARTERS_MAX || local_ms < 0 || !gmtime_r(&seconds, &date) ||
		date.tm_year < 80 || date.tm_year >= 180)
		return -EINVAL;
	octets[0] = pair_put(date.tm_year % 100);
	octets[1] = pair_put(date.tm_mon + 1);
	octets[2] = pair_put(date.tm_mday);
	octets[3] = pair_put(date.tm_hour);
	octets[4] = pair_put(date.tm_min);
	octets[5] = pair_put(date.tm_sec);
	octets[6] = (uint8_t)(pair_put(quarters) | (west ? 8 : 0));
	return 0;
}

/* ---- validity period ------------------------------------------------------------------------ */

/** Rows of the table in 9.2.3.12.1: values first..last mean base_s + (value - first) * step_s. */
struct validity_steps {
	uint8_t first;
	uint8_t last;
	int64_t base_s;
	int64_t step_s;
};

#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define WEEK   (7 * DAY)

static const struct validity_steps validity_steps[] = {
	{ 0, 143, 5 * MINUTE, 5 * MINUTE },
	{ 144, 167, 12 * HOUR + 30 * MINUTE, 30 * MINUTE },
	{ 168, 196, 2 * DAY, DAY },
	{ 197, 255, 5 * WEEK, WEEK },
};

int64_t sms_validity_relative_s(uint8_t relative)
{
	const struct validity_steps *row = validity_steps;

	while (relative > row->last)
		row++;
	return row->base_s + (relative - row->first) * row->step_s;
}

struct sms_validity sms_validity_from_s(int64_t seconds)
{
	struct sms_validity validity = { .format = SMS_VALIDITY_RELATIVE };

	/* the largest period that is not longer */
	for (unsigned int value = 255; value > 0; value--) {
		if (sms_validity_relative_s((uint8_t)value) <= seconds) {
			validity.relative = (uint8_t)value;
			break;
		}
	}
	return validity;
}

/** 9.2.3.12.3; -1 when it names no period. */
static int64_t enhanced_s(const uint8_t octets[SMS_TIME_OCTETS])
{
	int hours, minutes, seconds;
	/* each extension bit puts one more octet of indicators before the period */
	size_t at = octets[0] & 0x80 ? 2 : 1;

	switch (octets[0] & 0x07) {
	case 1:
		return sms_validity_relative_s(octets[at]);
	case 2:
		return octets[at] ? octets[at] : -1;
	case 3:
		hours = pair_get(octets[at]);
		minutes = pair_get(octets[at + 1]);
		seconds = pair_get(octets[at + 2]);
		if (hours < 0 || minutes < 0 || seconds < 0)
			return -1;
		return hours * HOUR + minutes * MINUTE + seconds;
	default:
		return -1;
	}
}

int64_t sms_validity_end_ms(const struct sms_validity *validity, int64_t now_ms)
{
	int64_t seconds = -1;

	if (validity->format == SMS_VALIDITY_ABSOLUTE && validity->absolute.known)
		return validity->absolute.wall_ms;
	if (validity->format == SMS_VALIDITY_RELATIVE)
		seconds = sms_validity_relative_s(validity->relative);
	else if (validity->format == SMS_VALIDITY_ENHANCED)
		seconds = enhanced_s(validity->enhanced);
	return seconds < 0 ? TIME_NEVER : now_ms + seconds * MS_PER_S;
}
