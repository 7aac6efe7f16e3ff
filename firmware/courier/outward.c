/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A claim becomes a SUBMIT (TS 23.040 9.2.2.2): the body was encoded once, the rest is the
 * recipient's.
 */
#include "office.h"

#include <string.h>

/** How long the service centre tries at most, by class; a shelf life that ends earlier wins. */
static const int64_t validity_max_ms[MESSAGE_CLASSES] = {
	/* A confirmation or a code that comes later only confuses. */
	[CLASS_STOP] = MS_PER_H,
	[CLASS_DISPATCH] = MS_PER_H,
	/* As long as its shelf life, which is at most a week. */
	[CLASS_ALERT] = 7 * MS_PER_DAY,
	[CLASS_RELAY] = MS_PER_DAY,
	[CLASS_REPLY] = MS_PER_DAY,
	[CLASS_REST] = 2 * MS_PER_DAY,
};

struct sms_validity outward_validity(const struct store_claim *claim, int64_t now_ms)
{
	int64_t max_ms = (unsigned int)claim->class < MESSAGE_CLASSES
				 ? validity_max_ms[claim->class]
				 : MS_PER_DAY;
	if (claim->expires_ms != TIME_NEVER)
		max_ms = time_min(max_ms, claim->expires_ms - now_ms);
	return sms_validity_from_s(max_ms / MS_PER_S);
}

/*
 * TS 23.040 9.2.3.24.1: the same in all parts of a text, another one in the next text to this
 * number, also in the 8 bits that most headers have for it. What is said in a conversation lies
 * close together: the low bits part it. Two broadcasts' copies to one person lie as far apart as
 * the list is long: mixed, the high bits leave no length (256, say) at which everybody's are alike.
 */
static uint16_t reference_of(int64_t message_id)
{
	uint64_t id = (uint64_t)message_id;
	uint64_t mixed = (id >> 4) * UINT64_C(0x9E3779B97F4A7C15);
	mixed = (mixed ^ mixed >> 32) * UINT64_C(0xD6E8FEB86659FD93);
	return (uint16_t)((mixed >> 48 & 0xFFF0) | (id & 0x0F));
}

int outward_submit(const struct store_claim *claim, bool want_report, int64_t now_ms, uint8_t *out,
	size_t size)
{
	struct sms_submit submit = {
		.want_report = want_report,
		.validity = outward_validity(claim, now_ms),
	};
	int rc = sms_address_from_text(&submit.to, claim->phone);
	if (rc < 0)
		return rc;
	rc = sms_ud_unpack(&submit.ud, claim->part, (size_t)claim->part_size);
	if (rc < 0)
		return rc;
	rc = sms_ud_set_reference(&submit.ud, reference_of(claim->message_id));
	if (rc < 0)
		return rc;
	return sms_submit_encode(&submit, out, size);
}
