/* SPDX-License-Identifier: Apache-2.0 */
/* TPDUs: TS 23.040 9.2.2.1 DELIVER, 9.2.2.2 SUBMIT, 9.2.2.3 STATUS-REPORT. */
#include <string.h>

#include "faro/sms.h"

/* 9.2.3.1, TP-MTI: the meaning of two bits depends on the direction */
#define MTI_MASK          0x03
#define MTI_DELIVER       0x00
#define MTI_SUBMIT        0x01
#define MTI_STATUS_REPORT 0x02

/* the other bits of the first octet */
#define BIT_NO_MORE     0x04 /* TP-MMS, 9.2.3.2: set when there are none */
#define BIT_REJECT_DUPS 0x04 /* TP-RD, 9.2.3.25 */
#define BIT_LOOP        0x08 /* TP-LP, 9.2.3.28 */
#define BIT_REPORT      0x20 /* TP-SRI, TP-SRR, TP-SRQ: 9.2.3.4, .5, .26 */
#define BIT_HEADER      0x40 /* TP-UDHI, 9.2.3.23 */
#define BIT_REPLY_PATH  0x80 /* TP-RP, 9.2.3.17 */
#define VPF_SHIFT       3    /* TP-VPF, 9.2.3.3 */

/* TP-PI, 9.2.3.27 */
#define PI_PID       0x01
#define PI_DCS       0x02
#define PI_UD        0x04
#define PI_EXTENSION 0x80

/* ---- reading -------------------------------------------------------------------------------- */

/** Octets being read; failed is set once something was not there, and all is zeros from then on. */
struct reader {
	const uint8_t *at;
	size_t left;
	bool failed;
};

static const uint8_t *take(struct reader *r, size_t n)
{
	static const uint8_t zeros[SMS_UD_MAX] = { 0 };
	const uint8_t *at = r->at;

	if (r->failed || n > r->left) {
		r->failed = true;
		return zeros;
	}
	r->at += n;
	r->left -= n;
	return at;
}

static uint8_t take_octet(struct reader *r)
{
	return *take(r, 1);
}

static void take_address(struct reader *r, struct sms_address *address)
{
	int n = sms_address_decode(r->at, r->failed ? 0 : r->left, address);

	(void)take(r, n < 0 ? SIZE_MAX : (size_t)n);
}

static void take_time(struct reader *r, struct sms_time *time)
{
	sms_time_decode(take(r, SMS_TIME_OCTETS), time);
}

/** TP-UDL and TP-UD; TP-DCS and TP-UDHI came before. */
static void take_ud(struct reader *r, struct sms_ud *ud)
{
	int octets;

	ud->udl = take_octet(r);
	octets = sms_ud_octets(ud);
	if (octets < 0)
		r->failed = true;
	else
		memcpy(ud->ud, take(r, (size_t)octets), (size_t)octets);
}

static int reader_end(const struct reader *r)
{
	return r->failed ? -EBADMSG : 0;
}

/* ---- writing -------------------------------------------------------------------------------- */

/** Octets being written; error is the first one. */
struct writer {
	uint8_t *out;
	size_t size;
	size_t len;
	int error;
};

static void put(struct writer *w, const uint8_t *octets, size_t n)
{
	if (!w->error && w->size - w->len < n)
		w->error = -ENOBUFS;
	if (w->error)
		return;
	memcpy(w->out + w->len, octets, n);
	w->len += n;
}

static void put_octet(struct writer *w, unsigned int octet)
{
	put(w, (uint8_t[]){ (uint8_t)octet }, 1);
}

static void put_or_fail(struct writer *w, const uint8_t *octets, int n)
{
	if (n < 0 && !w->error)
		w->error = n == -EBADMSG ? -EINVAL : n;
	if (n > 0)
		put(w, octets, (size_t)n);
}

static void put_address(struct writer *w, const struct sms_address *address)
{
	uint8_t octets[SMS_ADDRESS_OCTETS_MAX];

	put_or_fail(w, octets, sms_address_encode(address, octets, sizeof(octets)));
}

static void put_time(struct writer *w, const struct sms_time *time)
{
	uint8_t octets[SMS_TIME_OCTETS];
	int rc = sms_time_encode(time, octets);

	put_or_fail(w, octets, rc < 0 ? rc : SMS_TIME_OCTETS);
}

static void put_ud(struct writer *w, const struct sms_ud *ud)
{
	put_octet(w, ud->udl);
	put_or_fail(w, ud->ud, sms_ud_octets(ud));
}

static unsigned int bit_if(bool set, unsigned int bit)
{
	return set ? bit : 0;
}

static int writer_end(const struct writer *w)
{
	return w->error ? w->error : (int)w->len;
}

/* ---- kinds ---------------------------------------------------------------------------------- */

int sms_kind_from_network(const uint8_t *tpdu, size_t n)
{
	/* 9.2.3.1: a reserved value is processed as a DELIVER */
	static const enum sms_kind kinds[4] = { SMS_KIND_DELIVER, SMS_KIND_SUBMIT_REPORT,
		SMS_KIND_STATUS_REPORT, SMS_KIND_DELIVER };

	return n ? (int)kinds[tpdu[0] & MTI_MASK] : -EBADMSG;
}

/* ---- DELIVER -------------------------------------------------------------------------------- */

int sms_deliver_decode(const uint8_t *tpdu, size_t n, struct sms_deliver *deliver)
{
	struct reader r = { .at = tpdu, .left = n };
	uint8_t first = take_octet(&r);

	memset(deliver, 0, sizeof(*deliver));
	if (sms_kind_from_network(tpdu, n) != SMS_KIND_DELIVER)
		return -EBADMSG;
	deliver->more = !(first & BIT_NO_MORE);
	deliver->loop_prevention = first & BIT_LOOP;
	deliver->status_report_indicated = first & BIT_REPORT;
	deliver->ud.udhi = first & BIT_HEADER;
	deliver->reply_path = first & BIT_REPLY_PATH;
	take_address(&r, &deliver->from);
	deliver->pid = take_octet(&r);
	deliver->ud.dcs = take_octet(&r);
	take_time(&r, &deliver->centre_time);
	take_ud(&r, &deliver->ud);
	return reader_end(&r);
}

int sms_deliver_encode(const struct sms_deliver *deliver, uint8_t *out, size_t size)
{
	struct writer w = { .out = out, .size = size };

	put_octet(&w, MTI_DELIVER | bit_if(!deliver->more, BIT_NO_MORE) |
			      bit_if(deliver->loop_prevention, BIT_LOOP) |
			      bit_if(deliver->status_report_indicated, BIT_REPORT) |
			      bit_if(deliver->ud.udhi, BIT_HEADER) |
			      bit_if(deliver->reply_path, BIT_REPLY_PATH));
	put_address(&w, &deliver->from);
	put_octet(&w, deliver->pid);
	put_octet(&w, deliver->ud.dcs);
	put_time(&w, &deliver->centre_time);
	put_ud(&w, &deliver->ud);
	return writer_end(&w);
}

/* ---- SUBMIT --------------------------------------------------------------------------------- */

static void take_validity(struct reader *r, struct sms_validity *validity)
{
	if (validity->format == SMS_VALIDITY_RELATIVE)
		validity->relative = take_octet(r);
	else if (validity->format == SMS_VALIDITY_ABSOLUTE)
		take_time(r, &validity->absolute);
	else if (validity->format == SMS_VALIDITY_ENHANCED)
		memcpy(validity->enhanced, take(r, SMS_TIME_OCTETS), SMS_TIME_OCTETS);
}

static void put_validity(struct writer *w, const struct sms_validity *validity)
{
	if (validity->format == SMS_VALIDITY_RELATIVE)
		put_octet(w, validity->relative);
	else if (validity->format == SMS_VALIDITY_ABSOLUTE)
		put_time(w, &validity->absolute);
	else if (validity->format == SMS_VALIDITY_ENHANCED)
		put(w, validity->enhanced, SMS_TIME_OCTETS);
}

int sms_submit_decode(const uint8_t *tpdu, size_t n, struct sms_submit *submit)
{
	struct reader r = { .at = tpdu, .left = n };
	uint8_t first = take_octet(&r);

	memset(submit, 0, sizeof(*submit));
	if (n == 0 || (first & MTI_MASK) != MTI_SUBMIT)
		return -EBADMSG;
	submit->reject_duplicates = first & BIT_REJECT_DUPS;
	submit->validity.format = (enum sms_validity_format)(first >> VPF_SHIFT & 3);
	submit->want_report = first & BIT_REPORT;
	submit->ud.udhi = first & BIT_HEADER;
	submit->reply_path = first & BIT_REPLY_PATH;
	submit->reference = take_octet(&r);
	take_address(&r, &submit->to);
	submit->pid = take_octet(&r);
	submit->ud.dcs = take_octet(&r);
	take_validity(&r, &submit->validity);
	take_ud(&r, &submit->ud);
	return reader_end(&r);
}

int sms_submit_encode(const struct sms_submit *submit, uint8_t *out, size_t size)
{
	struct writer w = { .out = out, .size = size };

	put_octet(&w, MTI_SUBMIT | bit_if(submit->reject_duplicates, BIT_REJECT_DUPS) |
			      (submit->validity.format & 3U) << VPF_SHIFT |
			      bit_if(submit->want_report, BIT_REPORT) |
			      bit_if(submit->ud.udhi, BIT_HEADER) |
			      bit_if(submit->reply_path, BIT_REPLY_PATH));
	put_octet(&w, submit->reference);
	put_address(&w, &submit->to);
	put_octet(&w, submit->pid);
	put_octet(&w, submit->ud.dcs);
	put_validity(&w, &submit->validity);
	put_ud(&w, &submit->ud);
	return writer_end(&w);
}

/* ---- STATUS-REPORT -------------------------------------------------------------------------- */

/**
 * The optional parts (9.2.3.27). Centres are careless with them; what is cut short is taken as not
 * there, because the report itself is good.
 */
static void take_optional(struct reader *r, struct sms_status_report *report)
{
	struct sms_ud ud = report->ud;
	uint8_t indicator = take_octet(r), more = indicator, pid, dcs;

	while (more & PI_EXTENSION && !r->failed)
		more = take_octet(r);
	pid = indicator & PI_PID ? take_octet(r) : 0;
	if (!r->failed && indicator & PI_PID) {
		report->has_pid = true;
		report->pid = pid;
	}
	dcs = indicator & PI_DCS ? take_octet(r) : 0;
	if (!r->failed)
		report->ud.dcs = ud.dcs = dcs;
	if (indicator & PI_UD) {
		take_ud(r, &ud);
		report->has_ud = !r->failed;
	}
	if (report->has_ud)
		report->ud = ud;
}

int sms_status_report_decode(const uint8_t *tpdu, size_t n, struct sms_status_report *report)
{
	struct reader r = { .at = tpdu, .left = n };
	uint8_t first = take_octet(&r);

	memset(report, 0, sizeof(*report));
	if (n == 0 || (first & MTI_MASK) != MTI_STATUS_REPORT)
		return -EBADMSG;
	report->more = !(first & BIT_NO_MORE);
	report->loop_prevention = first & BIT_LOOP;
	report->for_command = first & BIT_REPORT;
	report->ud.udhi = first & BIT_HEADER;
	report->reference = take_octet(&r);
	take_address(&r, &report->to);
	take_time(&r, &report->centre_time);
	take_time(&r, &report->discharge);
	report->status = take_octet(&r);
	if (r.failed)
		return -EBADMSG;
	if (r.left)
		take_optional(&r, report);
	return 0;
}

int sms_status_report_encode(const struct sms_status_report *report, uint8_t *out, size_t size)
{
	struct writer w = { .out = out, .size = size };
	bool has_dcs = report->has_ud || report->ud.dcs;

	put_octet(&w, MTI_STATUS_REPORT | bit_if(!report->more, BIT_NO_MORE) |
			      bit_if(report->loop_prevention, BIT_LOOP) |
			      bit_if(report->for_command, BIT_REPORT) |
			      bit_if(report->has_ud && report->ud.udhi, BIT_HEADER));
	put_octet(&w, report->reference);
	put_address(&w, &report->to);
	put_time(&w, &report->centre_time);
	put_time(&w, &report->discharge);
	put_octet(&w, report->status);
	if (report->has_pid || has_dcs)
		put_octet(&w, bit_if(report->has_pid, PI_PID) | bit_if(has_dcs, PI_DCS) |
				      bit_if(report->has_ud, PI_UD));
	if (report->has_pid)
		put_octet(&w, report->pid);
	if (has_dcs)
		put_octet(&w, report->ud.dcs);
	if (report->has_ud)
		put_ud(&w, &report->ud);
	return writer_end(&w);
}
