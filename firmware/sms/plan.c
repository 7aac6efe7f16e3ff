/* SPDX-License-Identifier: Apache-2.0 */
/* Planning a text: which encoding, how many segments, and which letters make it dear. */
#include <string.h>

#include "gsm7.h"

/* ---- a letter in an encoding ---------------------------------------------------------------- */

/** One way to encode a text. */
struct coding {
	enum sms_alphabet alphabet;
	uint8_t locking;
	uint8_t single;
	bool plain; /* letters that the tables lack become plain ones */
	/* this letter becomes plain in any case ('?' if it has no plain form); 0 none */
	uint32_t only;
};

#define SEPTETS_MAX (2 * LETTER_PLAIN_MAX)

static int plain_septets(const struct coding *c, const char *plain, uint8_t out[SEPTETS_MAX])
{
	int count = 0;
	uint32_t cp;

	for (size_t n = strlen(plain), used; n; n -= used, plain += used) {
		used = utf8_next(plain, n, &cp);
		count += (int)gsm7_find(c->locking, c->single, cp, out + count);
	}
	return count;
}

/** The septets of a letter, perhaps 0; -EILSEQ when this coding does not have it. */
static int letter_septets(const struct coding *c, uint32_t cp, uint8_t out[SEPTETS_MAX])
{
	unsigned int count = gsm7_find(c->locking, c->single, cp, out);
	char memory[2];
	const char *plain;

	if (count)
		return (int)count;
	if (!c->plain && cp != c->only)
		return -EILSEQ;
	plain = letter_plain(cp, memory);
	if (!plain && cp == c->only)
		plain = "?";
	return plain ? plain_septets(c, plain, out) : -EILSEQ;
}

static bool in_gsm7(uint32_t cp)
{
	uint8_t septets[2];

	return gsm7_find(0, 0, cp, septets) > 0;
}

static int letter_units(const struct coding *c, uint32_t cp)
{
	uint8_t septets[SEPTETS_MAX];

	if (c->alphabet == SMS_ALPHABET_GSM7)
		return letter_septets(c, cp, septets);
	return cp > 0xFFFF && cp != c->only ? 2 : 1;
}

/* ---- segments ------------------------------------------------------------------------------- */

/** The text to plan, and what holds for every try. */
struct planning {
	const char *text;
	size_t n;
	bool reference_16bit;
	uint32_t only; /* see struct coding */
};

/** A coding tried on the text. */
struct layout {
	struct coding coding;
	unsigned int segments;
	unsigned int capacity; /* units per segment */
	unsigned int used;     /* units in the last segment */
	uint32_t units;
};

/** The header of segments with this coding; total and part are set later. */
static struct sms_udh header_of(const struct coding *c, bool concat, bool reference_16bit)
{
	return (struct sms_udh){
		.total = concat ? 2 : 1,
		.part = 1,
		.reference_16bit = reference_16bit,
		.single_shift = c->single,
		.locking_shift = c->locking,
	};
}

static unsigned int capacity_of(const struct coding *c, bool concat, bool reference_16bit)
{
	struct sms_udh udh = header_of(c, concat, reference_16bit);
	uint8_t scratch[SMS_UD_MAX];
	unsigned int header = (unsigned int)sms_udh_write(&udh, scratch, sizeof(scratch));

	if (c->alphabet == SMS_ALPHABET_GSM7)
		return SMS_UD_MAX * 8 / 7 - (unsigned int)gsm7_header_septets(header);
	return (SMS_UD_MAX - header) / 2;
}

/** Fills segments of layout->capacity units; start (may be NULL) takes where each begins. */
static int layout_fill(
	const struct planning *p, struct layout *layout, unsigned int segments_max, uint32_t *start)
{
	size_t at = 0, used;
	uint32_t cp;

	layout->segments = 1;
	layout->used = layout->units = 0;
	if (start)
		start[0] = 0;
	for (; (used = letter_next(p->text + at, p->n - at, &cp)) > 0; at += used) {
		int units = letter_units(&layout->coding, cp);

		if (units < 0)
			return units;
		if (layout->used + (unsigned int)units > layout->capacity) {
			if (layout->segments == segments_max)
				return -EMSGSIZE;
			if (start)
				start[layout->segments] = (uint32_t)at;
			layout->segments++;
			layout->used = 0;
		}
		layout->used += (unsigned int)units;
		layout->units += (uint32_t)units;
	}
	if (start)
		start[layout->segments] = (uint32_t)at;
	return 0;
}

/** One segment without a concatenation header, else as many as it takes with one. */
static int layout_make(const struct planning *p, struct layout *layout, uint32_t *start)
{
	int rc;

	layout->capacity = capacity_of(&layout->coding, false, p->reference_16bit);
	rc = layout_fill(p, layout, 1, start);
	if (rc != -EMSGSIZE)
		return rc;
	layout->capacity = capacity_of(&layout->coding, true, p->reference_16bit);
	return layout_fill(p, layout, SMS_SEGMENTS_MAX, start);
}

static int try(const struct planning *p, struct coding coding, struct layout *layout)
{
	coding.only = p->only;
	*layout = (struct layout){ .coding = coding };
	return layout_make(p, layout, NULL);
}

/* ---- choosing ------------------------------------------------------------------------------- */

static int choose_ucs2(const struct planning *p, struct layout *best)
{
	return try(p, (struct coding){ .alphabet = SMS_ALPHABET_UCS2 }, best);
}

/* GSM 7-bit never takes more segments than UCS-2: its dearest letters leave room for 76 in each. */
static int choose_auto(const struct planning *p, struct layout *best)
{
	int rc = try(p, (struct coding){ .alphabet = SMS_ALPHABET_GSM7 }, best);

	return rc == -EILSEQ ? choose_ucs2(p, best) : rc;
}

static int choose_transliterate(const struct planning *p, struct layout *best)
{
	int rc = try(p, (struct coding){ .alphabet = SMS_ALPHABET_GSM7, .plain = true }, best);

	return rc == -EILSEQ ? choose_ucs2(p, best) : rc;
}

/**
 * The first letters of a text that GSM 7-bit lacks: most tables lack one of them too, and need not
 * be tried on the whole text.
 */
struct forcing {
	uint32_t cp[SMS_PLAN_LETTERS];
	size_t n;
};

static void forcing_find(const struct planning *p, struct forcing *forcing)
{
	uint32_t cp;

	forcing->n = 0;
	for (size_t at = 0, used; forcing->n < ARRAY_SIZE(forcing->cp) &&
				  (used = letter_next(p->text + at, p->n - at, &cp)) > 0;
		at += used) {
		size_t i = 0;

		while (i < forcing->n && forcing->cp[i] != cp)
			i++;
		if (i == forcing->n && cp != p->only && !in_gsm7(cp))
			forcing->cp[forcing->n++] = cp;
	}
}

static bool forcing_in(const struct forcing *forcing, uint8_t locking, uint8_t single)
{
	uint8_t septets[2];

	for (size_t i = 0; i < forcing->n; i++)
		if (!gsm7_find(locking, single, forcing->cp[i], septets))
			return false;
	return true;
}

/** Takes the tables where they save a segment: with as many, UCS-2 is read by more handsets. */
static int shift_try(const struct planning *p, const struct forcing *forcing, uint8_t locking,
	uint8_t single, int rc, struct layout *best)
{
	struct coding coding = {
		.alphabet = SMS_ALPHABET_GSM7, .locking = locking, .single = single
	};
	struct layout layout;

	if (!forcing_in(forcing, locking, single) || try(p, coding, &layout) < 0 ||
		(rc == 0 && layout.segments >= best->segments))
		return rc;
	*best = layout;
	return 0;
}

/** Whether a locking and a single shift table of two languages are worth a try together. */
static bool pair_goes(const struct gsm7_language *locking, const struct gsm7_language *single)
{
	return locking != single && locking->locking && locking->latin && single->latin;
}

/**
 * One table first, then a language's own two, then two of two languages (9.2.3.24.15 and
 * 9.2.3.24.16 are independent of each other).
 */
static int choose_shift(const struct planning *p, struct layout *best)
{
	int rc = choose_auto(p, best);
	struct forcing forcing;

	if (rc == 0 && best->coding.alphabet == SMS_ALPHABET_GSM7)
		return 0;
	forcing_find(p, &forcing);
	for (size_t i = 0; i < gsm7_languages_n; i++) {
		const struct gsm7_language *language = &gsm7_languages[i];

		rc = shift_try(p, &forcing, 0, language->id, rc, best);
		if (!language->locking)
			continue;
		rc = shift_try(p, &forcing, language->id, 0, rc, best);
		rc = shift_try(p, &forcing, language->id, language->id, rc, best);
	}
	for (size_t i = 0; i < gsm7_languages_n; i++)
		for (size_t j = 0; j < gsm7_languages_n; j++)
			if (pair_goes(&gsm7_languages[i], &gsm7_languages[j]))
				rc = shift_try(p, &forcing, gsm7_languages[i].id,
					gsm7_languages[j].id, rc, best);
	return rc;
}

/** A row of the table of encodings. */
struct encoding {
	const char *name;
	int (*choose)(const struct planning *p, struct layout *best);
};

static const struct encoding encodings[] = {
	[SMS_ENCODING_AUTO] = { "auto", choose_auto },
	[SMS_ENCODING_TRANSLITERATE] = { "transliterate", choose_transliterate },
	[SMS_ENCODING_SHIFT] = { "shift", choose_shift },
	[SMS_ENCODING_UCS2] = { "ucs2", choose_ucs2 },
};

const char *sms_encoding_name(enum sms_encoding encoding)
{
	return encoding < ARRAY_SIZE(encodings) ? encodings[encoding].name : "?";
}

int sms_encoding_parse(const char *name, enum sms_encoding *encoding)
{
	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++) {
		if (strcmp(encodings[i].name, name) == 0) {
			*encoding = (enum sms_encoding)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* ---- what letters cost ---------------------------------------------------------------------- */

static void letter_count(struct sms_plan *plan, uint32_t cp)
{
	uint8_t i = 0;

	plan->letters_count++;
	while (i < plan->letters_n && plan->letters[i].cp != cp)
		i++;
	if (i == SMS_PLAN_LETTERS) {
		plan->letters_more = true;
		return;
	}
	if (i == plan->letters_n)
		plan->letters[plan->letters_n++] = (struct sms_letter){ .cp = cp };
	plan->letters[i].count++;
}

static void letters_count(struct sms_plan *plan, const struct planning *p)
{
	uint32_t cp;

	for (size_t at = 0, used; (used = letter_next(p->text + at, p->n - at, &cp)) > 0;
		at += used)
		if (!in_gsm7(cp))
			letter_count(plan, cp);
}

/** Prices each letter: plans the text again as if it were a plain one. */
static void letters_price(struct sms_plan *plan, const struct planning *p,
	const struct encoding *encoding, const struct coding *coding)
{
	struct planning without = *p;
	struct layout layout;
	char memory[2];

	for (uint8_t i = 0; i < plan->letters_n; i++) {
		struct sms_letter *letter = &plan->letters[i];

		letter->units = (uint8_t)letter_units(coding, letter->cp);
		letter->has_plain = letter_plain(letter->cp, memory);
		without.only = letter->cp;
		if (encoding->choose(&without, &layout) == 0 && layout.segments < plan->segments)
			letter->segments_saved = (uint8_t)(plan->segments - layout.segments);
	}
}

/* ---- the plan ------------------------------------------------------------------------------- */

static void plan_from_layout(struct sms_plan *plan, const struct layout *layout)
{
	plan->alphabet = layout->coding.alphabet;
	plan->single_shift = layout->coding.single;
	plan->locking_shift = layout->coding.locking;
	plan->segments = plan->segments_plain = (uint8_t)layout->segments;
	plan->units_per_segment = (uint8_t)layout->capacity;
	plan->units_used = (uint8_t)layout->used;
	plan->units_left = (uint8_t)(layout->capacity - layout->used);
	plan->units = layout->units;
}

int sms_plan_make(
	struct sms_plan *plan, const char *text, enum sms_encoding encoding, bool reference_16bit)
{
	struct planning p = { .text = text, .n = strlen(text), .reference_16bit = reference_16bit };
	struct layout layout, plain;
	int rc;

	if (encoding >= ARRAY_SIZE(encodings))
		return -EINVAL;
	memset(plan, 0, sizeof(*plan));
	plan->reference_16bit = reference_16bit;
	rc = encodings[encoding].choose(&p, &layout);
	if (rc < 0)
		return rc;
	(void)layout_make(&p, &layout, plan->start);
	plan_from_layout(plan, &layout);
	letters_count(plan, &p);
	if (plan->letters_count == 0)
		return 0;
	plan->transliterated = layout.coding.plain;
	letters_price(plan, &p, &encodings[encoding], &layout.coding);
	if (choose_transliterate(&p, &plain) == 0)
		plan->segments_plain = (uint8_t)plain.segments;
	return 0;
}

/* ---- writing a segment ---------------------------------------------------------------------- */

/** User data being written. */
struct ud_writer {
	struct sms_ud *ud;
	size_t at; /* next septet, or next octet */
};

static void septets_put(struct ud_writer *w, const struct coding *c, uint32_t cp)
{
	uint8_t septets[SEPTETS_MAX];
	int n = letter_septets(c, cp, septets);

	for (int i = 0; i < n; i++)
		gsm7_put(w->ud->ud, 7 * w->at++, septets[i]);
}

static void unit_put(struct ud_writer *w, uint32_t unit)
{
	w->ud->ud[w->at++] = (uint8_t)(unit >> 8);
	w->ud->ud[w->at++] = (uint8_t)unit;
}

static void units_put(struct ud_writer *w, uint32_t cp)
{
	if (cp > 0xFFFF) {
		unit_put(w, 0xD800 + ((cp - 0x10000) >> 10));
		cp = 0xDC00 + ((cp - 0x10000) & 0x3FF);
	}
	unit_put(w, cp);
}

static struct coding coding_of(const struct sms_plan *plan)
{
	return (struct coding){
		.alphabet = plan->alphabet,
		.locking = plan->locking_shift,
		.single = plan->single_shift,
		.plain = plan->transliterated,
	};
}

/** Writes the header. Returns its octets. */
static size_t segment_header(const struct sms_plan *plan, const struct coding *c, unsigned int i,
	uint16_t reference, struct sms_ud *ud)
{
	struct sms_udh udh = header_of(c, false, plan->reference_16bit);

	udh.reference = reference;
	udh.total = plan->segments;
	udh.part = (uint8_t)(i + 1);
	return (size_t)sms_udh_write(&udh, ud->ud, SMS_UD_MAX);
}

/**
 * True when letters from..to of text fill segment i as the plan says, so that they can be written.
 */
static bool segment_fits(
	const struct sms_plan *plan, const struct coding *c, const char *text, unsigned int i)
{
	struct planning p = { .text = text + plan->start[i],
		.n = plan->start[i + 1] - plan->start[i] };
	struct layout layout = { .coding = *c, .capacity = plan->units_per_segment };

	return layout_fill(&p, &layout, 1, NULL) == 0;
}

int sms_plan_segment(const struct sms_plan *plan, const char *text, unsigned int i,
	uint16_t reference, struct sms_ud *ud)
{
	struct coding c = coding_of(plan);
	struct ud_writer w = { .ud = ud };
	size_t header, used, end;
	uint32_t cp;

	*ud = (struct sms_ud){ .dcs = SMS_DCS_GSM7 };
	if (i >= plan->segments || strlen(text) != plan->start[plan->segments] ||
		!segment_fits(plan, &c, text, i))
		return -EINVAL;
	header = segment_header(plan, &c, i, reference, ud);
	end = plan->start[i + 1];
	ud->udhi = header > 0;
	if (plan->alphabet == SMS_ALPHABET_UCS2)
		ud->dcs = SMS_DCS_UCS2;
	w.at = plan->alphabet == SMS_ALPHABET_UCS2 ? header : gsm7_header_septets(header);
	for (size_t at = plan->start[i]; (used = letter_next(text + at, end - at, &cp)) > 0;
		at += used) {
		if (plan->alphabet == SMS_ALPHABET_UCS2)
			units_put(&w, cp);
		else
			septets_put(&w, &c, cp);
	}
	ud->udl = (uint8_t)w.at;
	return 0;
}

bool sms_transliterate(char *out, size_t size, const char *text)
{
	struct strbuf sb;
	size_t n = strlen(text), used;
	bool all = true;
	char memory[2], bytes[4];
	uint32_t cp;

	strbuf_init(&sb, out, size);
	for (; (used = letter_next(text, n, &cp)) > 0; text += used, n -= used) {
		const char *plain = in_gsm7(cp) ? NULL : letter_plain(cp, memory);

		if (plain) {
			strbuf_add(&sb, plain);
			continue;
		}
		all = all && in_gsm7(cp);
		strbuf_add_n(&sb, bytes, utf8_put(bytes, cp));
	}
	return all;
}
