/* SPDX-License-Identifier: Apache-2.0 */
/* From user data to text, and the parts of a text to the whole. */
#include "gsm7.h"

#define REPLACEMENT 0xFFFD

static void letter_add(struct strbuf *out, uint32_t cp)
{
	char bytes[4];

	strbuf_add_n(out, bytes, utf8_put(bytes, cp ? cp : REPLACEMENT));
}

/** What was carried over and found no other half. */
static void carry_drop(struct sms_join *join)
{
	if (join->escape)
		letter_add(
			join->out, ' '); /* TS 23.038 6.2.1, note 1: an escape alone is a space */
	if (join->surrogate)
		letter_add(join->out, REPLACEMENT);
	join->escape = false;
	join->surrogate = 0;
}

/* ---- the three alphabets -------------------------------------------------------------------- */

static void septet_add(struct sms_join *join, const struct sms_udh *udh, uint8_t septet)
{
	if (join->escape) {
		join->escape = false;
		letter_add(
			join->out, gsm7_extension(udh->locking_shift, udh->single_shift, septet));
	} else if (septet == GSM7_ESC) {
		join->escape = true;
	} else {
		letter_add(join->out, gsm7_letter(udh->locking_shift, septet));
	}
}

static void gsm7_add(struct sms_join *join, const struct sms_ud *ud, const struct sms_udh *udh)
{
	for (size_t i = gsm7_header_septets(udh->octets); i < ud->udl; i++)
		septet_add(join, udh, gsm7_get(ud->ud, 7 * i));
}

static bool is_high(uint16_t unit)
{
	return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(uint16_t unit)
{
	return unit >= 0xDC00 && unit <= 0xDFFF;
}

static void unit_add(struct sms_join *join, uint16_t unit)
{
	uint32_t high = join->surrogate;

	if (high && is_low(unit)) {
		join->surrogate = 0;
		letter_add(join->out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00U));
		return;
	}
	carry_drop(join);
	if (is_high(unit))
		join->surrogate = unit;
	else
		letter_add(join->out, is_low(unit) ? REPLACEMENT : unit);
}

static void ucs2_add(struct sms_join *join, const struct sms_ud *ud, const struct sms_udh *udh)
{
	for (size_t i = udh->octets; i + 1 < ud->udl; i += 2)
		unit_add(join, (uint16_t)(ud->ud[i] << 8 | ud->ud[i + 1]));
}

static void data8_add(struct sms_join *join, const struct sms_ud *ud, const struct sms_udh *udh)
{
	for (size_t i = udh->octets; i < ud->udl; i++) {
		uint8_t octet = ud->ud[i];

		if ((octet >= ' ' && octet <= '~' && octet != '\\') || octet == '\n' ||
			octet == '\r')
			letter_add(join->out, octet);
		else
			strbuf_addf(join->out, "\\x%02X", octet);
	}
}

/** What must be known to read a text. */
struct text_form {
	struct sms_dcs dcs;
	struct sms_udh udh;
};

static int text_form_read(const struct sms_ud *ud, struct text_form *form)
{
	int rc = sms_dcs_decode(ud->dcs, &form->dcs);

	if (rc < 0)
		return rc;
	if (sms_ud_octets(ud) < 0)
		return -EBADMSG;
	/* a broken element voids the header, but one that is longer than the data leaves no text */
	if (sms_udh_read(ud, &form->udh) < 0 && form->udh.octets == 0)
		return -EBADMSG;
	return 0;
}

/** Decodes one user data behind what was joined before. */
static void text_add(struct sms_join *join, const struct sms_ud *ud, const struct text_form *form)
{
	/* half a letter has its other half in the same alphabet only */
	if ((join->escape && form->dcs.alphabet != SMS_ALPHABET_GSM7) ||
		(join->surrogate && form->dcs.alphabet != SMS_ALPHABET_UCS2))
		carry_drop(join);
	if (form->dcs.alphabet == SMS_ALPHABET_GSM7)
		gsm7_add(join, ud, &form->udh);
	else if (form->dcs.alphabet == SMS_ALPHABET_UCS2)
		ucs2_add(join, ud, &form->udh);
	else
		data8_add(join, ud, &form->udh);
}

int sms_ud_text(const struct sms_ud *ud, char *out, size_t size)
{
	struct text_form form;
	struct sms_join join;
	struct strbuf sb;
	int rc = text_form_read(ud, &form);

	if (rc < 0)
		return rc;
	if (size == 0)
		return -ENOBUFS;
	strbuf_init(&sb, out, size);
	sms_join_begin(&join, &sb, 1, "");
	text_add(&join, ud, &form);
	carry_drop(&join);
	return sb.cut ? -ENOBUFS : (int)sb.len;
}

/* ---- joining -------------------------------------------------------------------------------- */

void sms_join_begin(struct sms_join *join, struct strbuf *out, uint8_t total, const char *gap)
{
	*join = (struct sms_join){ .out = out, .gap = gap, .total = total };
}

static void gap_add(struct sms_join *join)
{
	carry_drop(join);
	strbuf_add(join->out, join->gap);
}

int sms_join_add(struct sms_join *join, uint8_t part, const struct sms_ud *ud)
{
	struct text_form form;
	int rc;

	if (part == 0 || part > join->total || part < join->last)
		return -EINVAL;
	if (part == join->last)
		return 0;
	rc = text_form_read(ud, &form);
	if (rc < 0)
		return rc;
	if (part != join->last + 1)
		gap_add(join);
	text_add(join, ud, &form);
	join->last = part;
	join->parts++;
	return 0;
}

int sms_join_end(struct sms_join *join)
{
	if (join->last != join->total)
		gap_add(join);
	carry_drop(join);
	return join->total - join->parts;
}

static const struct sms_ud *part_find(const struct sms_part *parts, size_t n, unsigned int part)
{
	for (size_t i = 0; i < n; i++)
		if (parts[i].part == part)
			return &parts[i].ud;
	return NULL;
}

int sms_join_parts(
	const struct sms_part *parts, size_t n, uint8_t total, const char *gap, struct strbuf *out)
{
	struct sms_join join;

	sms_join_begin(&join, out, total, gap);
	for (unsigned int part = 1; part <= total; part++) {
		const struct sms_ud *ud = part_find(parts, n, part);

		if (ud)
			(void)sms_join_add(&join, (uint8_t)part, ud);
	}
	return sms_join_end(&join);
}
