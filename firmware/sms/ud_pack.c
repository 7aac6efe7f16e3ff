/* SPDX-License-Identifier: Apache-2.0 */
/* User data as octets that can be kept, and one encoded body for many recipients. */
#include "faro/sms.h"

#include <string.h>

enum { PACKED_DCS, PACKED_UDHI, PACKED_UDL, PACKED_HEAD };

int sms_ud_pack(const struct sms_ud *ud, uint8_t *out, size_t size)
{
	int octets = sms_ud_octets(ud);
	if (octets < 0)
		return octets;
	if (size < PACKED_HEAD + (size_t)octets)
		return -ENOBUFS;
	out[PACKED_DCS] = ud->dcs;
	out[PACKED_UDHI] = ud->udhi;
	out[PACKED_UDL] = ud->udl;
	memcpy(out + PACKED_HEAD, ud->ud, (size_t)octets);
	return PACKED_HEAD + octets;
}

int sms_ud_unpack(struct sms_ud *ud, const uint8_t *octets, size_t n)
{
	if (n < PACKED_HEAD || octets[PACKED_UDHI] > 1)
		return -EBADMSG;
	*ud = (struct sms_ud){
		.dcs = octets[PACKED_DCS],
		.udhi = octets[PACKED_UDHI],
		.udl = octets[PACKED_UDL],
	};
	int len = sms_ud_octets(ud);
	if (len < 0 || n != PACKED_HEAD + (size_t)len)
		return -EBADMSG;
	memcpy(ud->ud, octets + PACKED_HEAD, (size_t)len);
	return 0;
}

int sms_ud_set_reference(struct sms_ud *ud, uint16_t reference)
{
	struct sms_udh_iter iter;
	int rc = sms_udh_begin(&iter, ud);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;

	struct sms_udh_element element;
	int found = 0;
	while ((rc = sms_udh_next(&iter, &element)) > 0) {
		uint8_t *at = ud->ud + (element.data - ud->ud);
		if (element.iei == SMS_IEI_CONCAT8 && element.len >= 3) {
			at[0] = (uint8_t)reference;
			found++;
		} else if (element.iei == SMS_IEI_CONCAT16 && element.len >= 4) {
			at[0] = (uint8_t)(reference >> 8);
			at[1] = (uint8_t)reference;
			found++;
		}
	}
	return rc < 0 ? rc : found;
}
