/* SPDX-License-Identifier: Apache-2.0 */
/* User data and its header: TS 23.040 9.2.3.16 and 9.2.3.24. */
#include <string.h>

#include "gsm7.h"

int sms_ud_octets(const struct sms_ud *ud)
{
	struct sms_dcs dcs;
	size_t octets = ud->udl;

	/* 9.2.3.16: septets, but a compressed text is counted in octets whatever its alphabet */
	if (sms_dcs_decode(ud->dcs, &dcs) == 0 && dcs.alphabet == SMS_ALPHABET_GSM7)
		octets = gsm7_octets(octets);
	return octets > SMS_UD_MAX ? -EBADMSG : (int)octets;
}

/* ---- reading the header --------------------------------------------------------------------- */

int sms_udh_begin(struct sms_udh_iter *iter, const struct sms_ud *ud)
{
	int octets = sms_ud_octets(ud);

	if (octets < 0)
		return octets;
	if (!ud->udhi)
		return -ENOENT;
	if (octets < 1 || ud->ud[0] + 1 > octets)
		return -EBADMSG;
	iter->at = ud->ud + 1;
	iter->end = iter->at + ud->ud[0];
	return 0;
}

int sms_udh_next(struct sms_udh_iter *iter, struct sms_udh_element *element)
{
	if (iter->at == iter->end)
		return 0;
	if (iter->end - iter->at < 2 || iter->end - iter->at - 2 < iter->at[1])
		return -EBADMSG;
	element->iei = iter->at[0];
	element->len = iter->at[1];
	element->data = iter->at + 2;
	iter->at += 2 + element->len;
	return 1;
}

static uint16_t get16(const uint8_t *octets)
{
	return (uint16_t)(octets[0] << 8 | octets[1]);
}

/** 9.2.3.24.1 and .8: a total of 0, or a part of 0 or above the total, makes the element void. */
static void concat_get(struct sms_udh *udh, bool wide, uint16_t reference, const uint8_t *parts)
{
	if (parts[0] == 0 || parts[1] == 0 || parts[1] > parts[0])
		return;
	udh->reference_16bit = wide;
	udh->reference = reference;
	udh->total = parts[0];
	udh->part = parts[1];
}

static void concat8_get(struct sms_udh *udh, const uint8_t *data)
{
	concat_get(udh, false, data[0], data + 1);
}

static void concat16_get(struct sms_udh *udh, const uint8_t *data)
{
	concat_get(udh, true, get16(data), data + 2);
}

static void ports_get(struct sms_udh *udh, uint16_t to, uint16_t from)
{
	udh->has_port = true;
	udh->port_to = to;
	udh->port_from = from;
	udh->wap_push = to == SMS_PORT_WAP_PUSH || to == SMS_PORT_WAP_PUSH_SECURE;
}

static void port8_get(struct sms_udh *udh, const uint8_t *data)
{
	ports_get(udh, data[0], data[1]);
}

static void port16_get(struct sms_udh *udh, const uint8_t *data)
{
	ports_get(udh, get16(data), get16(data + 2));
}

static void single_shift_get(struct sms_udh *udh, const uint8_t *data)
{
	udh->single_shift = data[0];
}

static void locking_shift_get(struct sms_udh *udh, const uint8_t *data)
{
	udh->locking_shift = data[0];
}

struct element_reader {
	uint8_t iei;
	uint8_t len; /* at least */
	void (*get)(struct sms_udh *udh, const uint8_t *data);
};

static const struct element_reader element_readers[] = {
	{ SMS_IEI_CONCAT8, 3, concat8_get },
	{ SMS_IEI_PORT8, 2, port8_get },
	{ SMS_IEI_PORT16, 4, port16_get },
	{ SMS_IEI_CONCAT16, 4, concat16_get },
	{ SMS_IEI_SINGLE_SHIFT, 1, single_shift_get },
	{ SMS_IEI_LOCKING_SHIFT, 1, locking_shift_get },
};

static void element_read(struct sms_udh *udh, const struct sms_udh_element *element)
{
	for (size_t i = 0; i < ARRAY_SIZE(element_readers); i++)
		if (element_readers[i].iei == element->iei &&
			element->len >= element_readers[i].len)
			element_readers[i].get(udh, element->data);
}

int sms_udh_read(const struct sms_ud *ud, struct sms_udh *udh)
{
	const struct sms_udh whole = { .total = 1, .part = 1 };
	struct sms_udh_iter iter;
	struct sms_udh_element element;
	int rc = sms_udh_begin(&iter, ud);

	*udh = whole;
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	udh->octets = (uint8_t)(ud->ud[0] + 1);
	while ((rc = sms_udh_next(&iter, &element)) > 0)
		element_read(udh, &element);
	if (rc < 0) {
		/* 9.2.3.24: all of it is ignored; the text still begins behind it */
		*udh = whole;
		udh->octets = (uint8_t)(ud->ud[0] + 1);
	}
	return rc;
}

/* ---- writing the header --------------------------------------------------------------------- */

/** An element being written behind others. */
struct header_writer {
	uint8_t *out;
	size_t size;
	size_t len; /* what it would take, also beyond size */
};

static void element_put(struct header_writer *w, uint8_t iei, const uint8_t *data, uint8_t len)
{
	if (w->len + 2 + len <= w->size) {
		w->out[w->len] = iei;
		w->out[w->len + 1] = len;
		memcpy(w->out + w->len + 2, data, len);
	}
	w->len += 2U + len;
}

static void concat_put(struct header_writer *w, const struct sms_udh *udh)
{
	uint8_t high = (uint8_t)(udh->reference >> 8), low = (uint8_t)udh->reference;

	if (udh->total < 2)
		return;
	if (udh->reference_16bit)
		element_put(
			w, SMS_IEI_CONCAT16, (uint8_t[]){ high, low, udh->total, udh->part }, 4);
	else
		element_put(w, SMS_IEI_CONCAT8, (uint8_t[]){ low, udh->total, udh->part }, 3);
}

static void port_put(struct header_writer *w, const struct sms_udh *udh)
{
	if (udh->has_port)
		element_put(w, SMS_IEI_PORT16,
			(uint8_t[]){ (uint8_t)(udh->port_to >> 8), (uint8_t)udh->port_to,
				(uint8_t)(udh->port_from >> 8), (uint8_t)udh->port_from },
			4);
}

int sms_udh_write(const struct sms_udh *udh, uint8_t *out, size_t size)
{
	struct header_writer w = { .out = out, .size = size, .len = 1 };

	if (udh->total > 1 && (udh->part == 0 || udh->part > udh->total))
		return -EINVAL;
	concat_put(&w, udh);
	port_put(&w, udh);
	if (udh->single_shift)
		element_put(&w, SMS_IEI_SINGLE_SHIFT, &udh->single_shift, 1);
	if (udh->locking_shift)
		element_put(&w, SMS_IEI_LOCKING_SHIFT, &udh->locking_shift, 1);
	if (w.len == 1)
		return 0;
	if (w.len > size)
		return -ENOBUFS;
	out[0] = (uint8_t)(w.len - 1);
	return (int)w.len;
}

int sms_ud_from_data(struct sms_ud *ud, const struct sms_udh *udh, const void *data, size_t n)
{
	int header;

	*ud = (struct sms_ud){ .dcs = SMS_DCS_DATA8 };
	header = udh ? sms_udh_write(udh, ud->ud, SMS_UD_MAX) : 0;
	if (header < 0)
		return header;
	if ((size_t)header + n > SMS_UD_MAX)
		return -EMSGSIZE;
	if (n)
		memcpy(ud->ud + header, data, n);
	ud->udhi = header > 0;
	ud->udl = (uint8_t)((size_t)header + n);
	return 0;
}
