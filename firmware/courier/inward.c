/* SPDX-License-Identifier: Apache-2.0 */
/* What a received PDU is: a part of a text, a report, or of no use to anybody. */
#include "office.h"

#include <string.h>

/** 9.2.3.9: a short message type 0 is acknowledged and discarded. */
#define PID_TYPE_0 0x40

/** 9.2.3.2: no more messages wait in the centre. */
#define NO_MORE 0x04

uint64_t inward_hash(const void *data, size_t size)
{
	const uint8_t *octets = data;
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ octets[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static void junk(struct inward *out, const char *why)
{
	*out = (struct inward){ .kind = INWARD_JUNK, .junk = why };
}

/** Writes an address as everything inside knows it. */
static enum phone_kind read_address(
	const struct sms_address *address, const char *country_code, char out[PHONE_SIZE])
{
	char text[SMS_ADDRESS_SIZE];
	sms_address_to_text(address, text);
	if (address->type == SMS_NUMBER_ALPHANUMERIC) {
		text_copy(out, PHONE_SIZE, text[0] ? text : "?");
		return PHONE_ALPHANUMERIC;
	}
	enum phone_kind kind = phone_parse(text, country_code, out);
	if (kind != PHONE_INVALID)
		return kind;
	/* Digits that are nobody's number: kept like a name, never answered. */
	text_copy(out, PHONE_SIZE, text[0] ? text : "?");
	return PHONE_ALPHANUMERIC;
}

/** Why this text is none for people; NULL when it is one. */
static const char *junk_text(
	const struct sms_deliver *deliver, const struct sms_udh *udh, char token[CANARY_TOKEN_SIZE])
{
	struct sms_dcs dcs;
	if (deliver->pid == PID_TYPE_0)
		return "type 0";
	/* MMS notifications are WAP pushes too. */
	if (udh->wap_push)
		return "wap push";
	if (udh->has_port)
		return "for another application";
	if (sms_dcs_decode(deliver->ud.dcs, &dcs) == 0 && dcs.waiting_discard)
		return "message waiting";
	if (udh->total > 1)
		return NULL; /* a part may be empty or unreadable: the joiner marks it */

	char text[SMS_TEXT_SIZE];
	int n = sms_ud_text(&deliver->ud, text, sizeof(text));
	if (n < 0)
		return "unreadable";
	canary_find_token(text, token);
	return n == 0 || text[strspn(text, " \r\n\t")] == '\0' ? "empty" : NULL;
}

static void read_deliver(
	const uint8_t *tpdu, size_t size, const char *country_code, struct inward *out)
{
	struct sms_deliver deliver;
	struct sms_udh udh;
	if (size > sizeof(out->fragment.tpdu) || sms_deliver_decode(tpdu, size, &deliver) < 0) {
		junk(out, "undecodable");
		return;
	}
	/* A header that does not fit its lengths is ignored as a whole (9.2.3.24). */
	sms_udh_read(&deliver.ud, &udh);
	const char *why = junk_text(&deliver, &udh, out->token);
	if (why) {
		junk(out, why);
		return;
	}

	bool whole = udh.total <= 1;
	struct fragment *fragment = &out->fragment;
	*fragment = (struct fragment){
		.sent_ms = deliver.centre_time.known ? deliver.centre_time.wall_ms : 0,
		.reference = whole ? -1 : udh.reference,
		.total = whole ? 1 : udh.total,
		.part = whole ? 1 : udh.part,
		.size = (uint8_t)size,
	};
	fragment->kind = read_address(&deliver.from, country_code, fragment->sender);
	memcpy(fragment->tpdu, tpdu, size);
	/* This is said of the delivery: the same text may come again without it. */
	fragment->tpdu[0] |= NO_MORE;
	out->kind = INWARD_FRAGMENT;
}

/*
 * 9.2.3.15: what the centre says of the number. Not here: that the text's time ran out or somebody
 * deleted it. A phone that is off at night is not a wrong number.
 */
static bool is_no_number(uint8_t status)
{
	static const uint8_t statuses[] = {
		0x40, /* remote procedure error */
		0x41, /* incompatible destination */
		0x42, /* connection rejected by SME */
		0x43, /* not obtainable */
		0x45, /* no interworking available */
	};
	return memchr(statuses, status, sizeof(statuses)) != NULL;
}

static void read_report(
	const uint8_t *tpdu, size_t size, const char *country_code, struct inward *out)
{
	static const enum report_outcome outcomes[] = {
		[SMS_OUTCOME_DELIVERED] = REPORT_DELIVERED,
		[SMS_OUTCOME_TRYING] = REPORT_PENDING,
		[SMS_OUTCOME_FAILED_PERMANENT] = REPORT_FAILED,
		/* Temporary or not, the centre has given up. */
		[SMS_OUTCOME_FAILED_TEMPORARY] = REPORT_FAILED,
	};
	struct sms_status_report status;
	if (sms_status_report_decode(tpdu, size, &status) < 0) {
		junk(out, "undecodable report");
		return;
	}
	if (status.for_command) {
		junk(out, "report for a command");
		return;
	}
	struct report *report = &out->report;
	*report = (struct report){
		.reference = status.reference,
		.outcome = outcomes[sms_status_outcome(status.status)],
		.no_number = is_no_number(status.status),
		.sent_ms = status.centre_time.known ? status.centre_time.wall_ms : 0,
	};
	read_address(&status.to, country_code, report->phone);
	out->kind = INWARD_REPORT;
}

void inward_read(const struct modem_pdu *pdu, const char *country_code, struct inward *out)
{
	out->token[0] = '\0';
	int at = sms_pdu_open(pdu->data, pdu->size, -1, NULL);
	if (at < 0 || (size_t)at >= pdu->size) {
		junk(out, "undecodable");
		return;
	}
	const uint8_t *tpdu = pdu->data + at;
	size_t size = pdu->size - (size_t)at;
	/*
	 * What it is stands in it: a modem's index may lead to another message than it announced.
	 */
	switch (sms_kind_from_network(tpdu, size)) {
	case SMS_KIND_DELIVER:
		read_deliver(tpdu, size, country_code, out);
		if (out->kind == INWARD_FRAGMENT)
			out->fragment.again = pdu->again;
		return;
	case SMS_KIND_STATUS_REPORT:
		read_report(tpdu, size, country_code, out);
		return;
	default:
		junk(out, "not for us");
		return;
	}
}

int inward_user_data(const void *tpdu, size_t size, struct sms_ud *ud)
{
	struct sms_deliver deliver;
	int rc = sms_deliver_decode(tpdu, size, &deliver);
	if (rc == 0)
		*ud = deliver.ud;
	return rc;
}
