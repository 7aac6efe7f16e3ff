/* SPDX-License-Identifier: Apache-2.0 */
/* A segment as the store keeps it between the desk, which encodes it, and the courier, which sends
 * it. */
#include <string.h>

#include "faro/sms.h"

/* octets of the packed form before the user data: TP-DCS, TP-UDHI, TP-UDL */
#define PACK_HEAD 3

int sms_ud_pack(const struct sms_ud *ud, uint8_t *out, size_t size)
{
	int octets = sms_ud_octets(ud);

	if (octets < 0)
		return octets;
	if (size < (size_t)octets + PACK_HEAD)
		return -ENOBUFS;
	out[0] = ud->dcs;
	out[1] = ud->udhi;
	out[2] = ud->udl;
	memcpy(out + PACK_HEAD, ud->ud, (size_t)octets);
	return octets + PACK_HEAD;
}

int sms_ud_unpack(struct sms_ud *ud, const uint8_t *packed, size_t n)
{
	memset(ud, 0, sizeof(*ud));
	if (n < PACK_HEAD || n > PACK_HEAD + SMS_UD_MAX || packed[1] > 1)
		return -EBADMSG;
	ud->dcs = packed[0];
	ud->udhi = packed[1];
	ud->udl = packed[2];
	memcpy(ud->ud, packed + PACK_HEAD, n - PACK_HEAD);
	return sms_ud_octets(ud) == (int)(n - PACK_HEAD) ? 0 : -EBADMSG;
}
