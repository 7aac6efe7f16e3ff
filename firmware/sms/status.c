/* SPDX-License-Identifier: Apache-2.0 */
/* Octets that are looked up: data coding schemes (TS 23.038 4) and TP-ST (TS 23.040 9.2.3.15). */
#include "faro/sms.h"

/* ---- data coding scheme --------------------------------------------------------------------- */

/* General data coding, bits 3 and 2; the last is reserved and so the default alphabet. */
static const enum sms_alphabet general_alphabets[4] = { SMS_ALPHABET_GSM7, SMS_ALPHABET_DATA8,
	SMS_ALPHABET_UCS2, SMS_ALPHABET_GSM7 };

static const enum sms_waiting waiting_kinds[4] = { SMS_WAITING_VOICEMAIL, SMS_WAITING_FAX,
	SMS_WAITING_EMAIL, SMS_WAITING_OTHER };

/** Groups 00xx and 01xx. */
static void dcs_general(uint8_t octet, struct sms_dcs *dcs)
{
	dcs->auto_delete = octet & 0x40;
	dcs->compressed = octet & 0x20;
	dcs->alphabet = general_alphabets[octet >> 2 & 3];
	if (octet & 0x10)
		dcs->message_class = octet & 3;
}

/** Groups 1100, 1101 (GSM 7-bit) and 1110 (UCS-2). */
static void dcs_waiting(uint8_t octet, struct sms_dcs *dcs)
{
	dcs->waiting = waiting_kinds[octet & 3];
	dcs->waiting_active = octet & 0x08;
	dcs->waiting_discard = octet >> 4 == 0x0C;
	dcs->alphabet = octet >> 4 == 0x0E ? SMS_ALPHABET_UCS2 : SMS_ALPHABET_GSM7;
}

/** Group 1111. */
static void dcs_class(uint8_t octet, struct sms_dcs *dcs)
{
	dcs->alphabet = octet & 0x04 ? SMS_ALPHABET_DATA8 : SMS_ALPHABET_GSM7;
	dcs->message_class = octet & 3;
}

int sms_dcs_decode(uint8_t octet, struct sms_dcs *dcs)
{
	*dcs = (struct sms_dcs){ .alphabet = SMS_ALPHABET_GSM7, .message_class = -1 };
	if (octet < 0x80)
		dcs_general(octet, dcs);
	else if (octet >= 0xF0)
		dcs_class(octet, dcs);
	else if (octet >= 0xC0)
		dcs_waiting(octet, dcs);
	/* else 1000..1011: reserved, the default alphabet */
	return dcs->compressed ? -ENOTSUP : 0;
}

/* ---- TP-ST ---------------------------------------------------------------------------------- */

struct status_range {
	uint8_t first;
	uint8_t last;
	enum sms_outcome outcome;
	const char *name;
};

/* Values that are in no row are reserved. */
static const struct status_range status_ranges[] = {
	{ 0x00, 0x00, SMS_OUTCOME_DELIVERED, "delivered" },
	{ 0x01, 0x01, SMS_OUTCOME_DELIVERED, "forwarded, delivery not confirmed" },
	{ 0x02, 0x02, SMS_OUTCOME_DELIVERED, "replaced by the centre" },
	{ 0x10, 0x1F, SMS_OUTCOME_DELIVERED, "completed, in the centre's own words" },
	{ 0x20, 0x20, SMS_OUTCOME_TRYING, "congestion, still trying" },
	{ 0x21, 0x21, SMS_OUTCOME_TRYING, "recipient busy, still trying" },
	{ 0x22, 0x22, SMS_OUTCOME_TRYING, "no response from recipient, still trying" },
	{ 0x23, 0x23, SMS_OUTCOME_TRYING, "service rejected, still trying" },
	{ 0x24, 0x24, SMS_OUTCOME_TRYING, "quality of service not available, still trying" },
	{ 0x25, 0x25, SMS_OUTCOME_TRYING, "error at recipient, still trying" },
	{ 0x30, 0x3F, SMS_OUTCOME_TRYING, "still trying, in the centre's own words" },
	{ 0x40, 0x40, SMS_OUTCOME_FAILED_PERMANENT, "remote procedure error" },
	{ 0x41, 0x41, SMS_OUTCOME_FAILED_PERMANENT, "incompatible destination" },
	{ 0x42, 0x42, SMS_OUTCOME_FAILED_PERMANENT, "connection rejected by recipient" },
	{ 0x43, 0x43, SMS_OUTCOME_FAILED_PERMANENT, "not obtainable" },
	{ 0x44, 0x44, SMS_OUTCOME_FAILED_PERMANENT, "quality of service not available" },
	{ 0x45, 0x45, SMS_OUTCOME_FAILED_PERMANENT, "no interworking available" },
	{ 0x46, 0x46, SMS_OUTCOME_FAILED_PERMANENT, "validity period expired" },
	{ 0x47, 0x47, SMS_OUTCOME_FAILED_PERMANENT, "deleted by its sender" },
	{ 0x48, 0x48, SMS_OUTCOME_FAILED_PERMANENT, "deleted by the centre" },
	{ 0x49, 0x49, SMS_OUTCOME_FAILED_PERMANENT, "message does not exist" },
	{ 0x50, 0x5F, SMS_OUTCOME_FAILED_PERMANENT, "failed, in the centre's own words" },
	{ 0x60, 0x60, SMS_OUTCOME_FAILED_TEMPORARY, "congestion, given up" },
	{ 0x61, 0x61, SMS_OUTCOME_FAILED_TEMPORARY, "recipient busy, given up" },
	{ 0x62, 0x62, SMS_OUTCOME_FAILED_TEMPORARY, "no response from recipient, given up" },
	{ 0x63, 0x63, SMS_OUTCOME_FAILED_TEMPORARY, "service rejected, given up" },
	{ 0x64, 0x64, SMS_OUTCOME_FAILED_TEMPORARY, "quality of service not available, given up" },
	{ 0x65, 0x65, SMS_OUTCOME_FAILED_TEMPORARY, "error at recipient, given up" },
	{ 0x70, 0x7F, SMS_OUTCOME_FAILED_TEMPORARY, "given up, in the centre's own words" },
};

static const struct status_range *status_find(uint8_t status)
{
	static const struct status_range reserved = { 0x63, 0x63, SMS_OUTCOME_FAILED_TEMPORARY,
		"reserved status, as service rejected" };

	for (size_t i = 0; i < ARRAY_SIZE(status_ranges); i++)
		if (status >= status_ranges[i].first && status <= status_ranges[i].last)
			return &status_ranges[i];
	return &reserved;
}

enum sms_outcome sms_status_outcome(uint8_t status)
{
	return status_find(status)->outcome;
}

const char *sms_status_name(uint8_t status)
{
	return status_find(status)->name;
}
