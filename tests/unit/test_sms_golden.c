/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The golden vectors of tests/golden/sms_*.txt. A vector is decoded and written out as "key: value"
 * lines; each line that the vector expects must be among them. PDUs are encoded again and must come
 * out as they went in, unless the vector says "reencode: no".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "faro/sms.h"

#define VECTORS_MIN 60
#define FIELDS_MAX  32
#define LINE_SIZE   8192

struct field {
	char *key;
	char *value;
};

struct vector {
	struct field fields[FIELDS_MAX];
	size_t n;
	char said[2 * LINE_SIZE]; /* what the codec says: "key: value" lines */
	struct strbuf out;
};

static const char *vector_get(const struct vector *v, const char *key)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->fields[i].key, key) == 0)
			return v->fields[i].value;
	return NULL;
}

static const char *vector_need(const struct vector *v, const char *key)
{
	const char *value = vector_get(v, key);

	if (!value)
		fail_msg("vector '%s' has no %s", vector_get(v, "name"), key);
	return value;
}

/* ---- writing out ---------------------------------------------------------------------------- */

static void say(struct vector *v, const char *key, const char *value)
{
	strbuf_addf(&v->out, "%s:%s%s\n", key, *value ? " " : "", value);
}

static void say_int(struct vector *v, const char *key, int64_t value)
{
	strbuf_addf(&v->out, "%s: %lld\n", key, (long long)value);
}

static void say_octet(struct vector *v, const char *key, uint8_t value)
{
	strbuf_addf(&v->out, "%s: %02X\n", key, value);
}

static void say_error(struct vector *v, const char *key, int rc)
{
	say(v, key, rc == -EBADMSG ? "EBADMSG" : rc == -ENOTSUP ? "ENOTSUP" : "another error");
}

static void say_escaped(struct vector *v, const char *key, const char *value)
{
	static const struct {
		char letter;
		const char *escape;
	} escapes[] = { { '\\', "\\\\" }, { '\n', "\\n" }, { '\r', "\\r" }, { '\f', "\\f" } };

	strbuf_addf(&v->out, "%s:%s", key, *value ? " " : "");
	for (; *value; value++) {
		const char *escape = NULL;

		for (size_t i = 0; i < ARRAY_SIZE(escapes); i++)
			if (escapes[i].letter == *value)
				escape = escapes[i].escape;
		strbuf_add_n(&v->out, escape ? escape : value, escape ? strlen(escape) : 1);
	}
	strbuf_add(&v->out, "\n");
}

static void say_time(struct vector *v, const char *key, const struct sms_time *time)
{
	char iso[TIME_ISO_SIZE];

	say(v, key, time->known ? time_iso(time->wall_ms, iso) : "unknown");
}

static void say_address(struct vector *v, const char *key, const struct sms_address *address)
{
	char text[SMS_ADDRESS_SIZE];

	say(v, key, sms_address_to_text(address, text));
}

static void say_header(struct vector *v, const struct sms_ud *ud)
{
	struct sms_udh udh;
	struct sms_udh_iter iter;
	struct sms_udh_element element;
	bool first = true;

	(void)sms_udh_read(ud, &udh);
	if (udh.total > 1)
		strbuf_addf(&v->out, "concat: %02X/%u/%u%s\n", udh.reference, udh.total, udh.part,
			udh.reference_16bit ? "/16" : "");
	else
		say(v, "concat", "none");
	strbuf_addf(&v->out, "shift: %u/%u\n", udh.single_shift, udh.locking_shift);
	if (udh.has_port)
		strbuf_addf(&v->out, "port: %u/%u\n", udh.port_to, udh.port_from);
	say_int(v, "wap_push", udh.wap_push);
	if (sms_udh_begin(&iter, ud) < 0)
		return;
	for (; sms_udh_next(&iter, &element) > 0; first = false)
		strbuf_addf(
			&v->out, "%s%02X:%u", first ? "elements: " : " ", element.iei, element.len);
	strbuf_add(&v->out, "\n");
}

static void say_ud(struct vector *v, const struct sms_ud *ud)
{
	char text[SMS_TEXT_SIZE];
	struct sms_dcs dcs;
	int rc = sms_ud_text(ud, text, sizeof(text));

	say_octet(v, "dcs", ud->dcs);
	say_int(v, "udhi", ud->udhi);
	say_int(v, "udl", ud->udl);
	(void)sms_dcs_decode(ud->dcs, &dcs);
	say_int(v, "class", dcs.message_class);
	say_header(v, ud);
	if (rc < 0)
		say_error(v, "text_error", rc);
	else
		say_escaped(v, "text", text);
}

/* ---- kinds ---------------------------------------------------------------------------------- */

/** Octets of the vector, decoded, and written again. */
struct octets {
	uint8_t in[512];
	size_t n;
	uint8_t again[512];
	int again_n; /* 0: this kind is not written again */
};

static void say_validity(struct vector *v, const struct sms_validity *validity)
{
	char iso[TIME_ISO_SIZE];

	if (validity->format == SMS_VALIDITY_RELATIVE)
		strbuf_addf(&v->out, "validity: relative %02X %lld\n", validity->relative,
			(long long)sms_validity_relative_s(validity->relative));
	else if (validity->format == SMS_VALIDITY_ABSOLUTE)
		strbuf_addf(&v->out, "validity: absolute %s\n",
			time_iso(sms_validity_end_ms(validity, 0), iso));
	else if (validity->format == SMS_VALIDITY_ENHANCED)
		strbuf_addf(&v->out, "validity: enhanced %lld\n",
			(long long)sms_validity_end_ms(validity, 0) / 1000);
	else
		say(v, "validity", "none");
}

static int run_deliver(struct vector *v, struct octets *o, size_t at)
{
	struct sms_deliver d;
	int rc = sms_deliver_decode(o->in + at, o->n - at, &d);

	if (rc < 0)
		return rc;
	say_int(v, "more", d.more);
	say_address(v, "from", &d.from);
	say_int(v, "from_type", d.from.type);
	say_octet(v, "pid", d.pid);
	say_time(v, "time", &d.centre_time);
	say_int(v, "zone", d.centre_time.zone_quarters);
	say_ud(v, &d.ud);
	return sms_deliver_encode(&d, o->again + at, sizeof(o->again) - at);
}

static int run_submit(struct vector *v, struct octets *o, size_t at)
{
	struct sms_submit s;
	int rc = sms_submit_decode(o->in + at, o->n - at, &s);

	if (rc < 0)
		return rc;
	say_address(v, "to", &s.to);
	say_int(v, "reference", s.reference);
	say_int(v, "reject_duplicates", s.reject_duplicates);
	say_int(v, "reply_path", s.reply_path);
	say_int(v, "report", s.want_report);
	say_validity(v, &s.validity);
	say_ud(v, &s.ud);
	return sms_submit_encode(&s, o->again + at, sizeof(o->again) - at);
}

static int run_status_report(struct vector *v, struct octets *o, size_t at)
{
	static const char *const outcomes[] = {
		[SMS_OUTCOME_DELIVERED] = "delivered",
		[SMS_OUTCOME_TRYING] = "trying",
		[SMS_OUTCOME_FAILED_PERMANENT] = "failed permanently",
		[SMS_OUTCOME_FAILED_TEMPORARY] = "failed temporarily",
	};
	struct sms_status_report r;
	int rc = sms_status_report_decode(o->in + at, o->n - at, &r);

	if (rc < 0)
		return rc;
	say_int(v, "more", r.more);
	say_int(v, "loop", r.loop_prevention);
	say_int(v, "for_command", r.for_command);
	say_address(v, "to", &r.to);
	say_int(v, "reference", r.reference);
	say_time(v, "time", &r.centre_time);
	say_int(v, "zone", r.centre_time.zone_quarters);
	say_time(v, "discharge", &r.discharge);
	say_octet(v, "status", r.status);
	say(v, "outcome", outcomes[sms_status_outcome(r.status)]);
	say_int(v, "has_pid", r.has_pid);
	say_int(v, "has_ud", r.has_ud);
	if (r.has_ud)
		say_ud(v, &r.ud);
	return sms_status_report_encode(&r, o->again + at, sizeof(o->again) - at);
}

static int run_address(struct vector *v, struct octets *o, size_t at)
{
	struct sms_address address, made;
	char text[SMS_ADDRESS_SIZE];
	int rc = sms_address_decode(o->in + at, o->n - at, &address);

	if (rc < 0)
		return rc;
	say_address(v, "text", &address);
	say_int(v, "type", address.type);
	assert_int_equal(sms_address_from_text(&made, sms_address_to_text(&address, text)), 0);
	assert_int_equal(made.type, address.type);
	assert_string_equal(made.value, address.value);
	return sms_address_encode(&made, o->again + at, sizeof(o->again) - at);
}

static int run_centre(struct vector *v, struct octets *o, size_t at)
{
	struct sms_address centre;
	int rc;

	o->in[o->n++] = 0; /* a centre stands before a TPDU */
	rc = sms_pdu_open(o->in + at, o->n - at, -1, &centre);
	o->n--;
	if (rc < 0)
		return rc;
	say_address(v, "text", &centre);
	return sms_centre_encode(&centre, o->again + at, sizeof(o->again) - at);
}

static int run_time(struct vector *v, struct octets *o, size_t at)
{
	struct sms_time time;

	assert_int_equal(o->n - at, SMS_TIME_OCTETS);
	sms_time_decode(o->in + at, &time);
	say_time(v, "time", &time);
	say_int(v, "zone", time.zone_quarters);
	return sms_time_encode(&time, o->again + at) < 0 ? -EINVAL : SMS_TIME_OCTETS;
}

static void run_validity(struct vector *v)
{
	struct sms_validity validity = sms_validity_from_s(atoll(vector_need(v, "seconds")));

	assert_int_equal(validity.format, SMS_VALIDITY_RELATIVE);
	say(v, "seconds", vector_get(v, "seconds"));
	say_int(v, "relative", validity.relative);
	say_int(v, "back", sms_validity_relative_s(validity.relative));
}

static void run_dcs(struct vector *v)
{
	static const char *const alphabets[] = { "gsm7", "data8", "ucs2" };
	static const char *const waitings[] = { "none", "voicemail", "fax", "email", "other" };
	struct sms_dcs dcs;
	uint8_t octet = (uint8_t)strtoul(vector_need(v, "octet"), NULL, 16);
	int rc = sms_dcs_decode(octet, &dcs);
	char flags[64] = "";

	assert_int_equal(rc, dcs.compressed ? -ENOTSUP : 0);
	say_octet(v, "octet", octet);
	say(v, "alphabet", alphabets[dcs.alphabet]);
	say_int(v, "class", dcs.message_class);
	say(v, "waiting", waitings[dcs.waiting]);
	snprintf(flags, sizeof(flags), "%s%s%s%s", dcs.auto_delete ? " auto_delete" : "",
		dcs.waiting_active ? " active" : "", dcs.waiting_discard ? " discard" : "",
		dcs.compressed ? " compressed" : "");
	say(v, "flags", flags[0] ? flags + 1 : "none");
}

static void unescape(char *text)
{
	char *out = text;

	for (; *text; text++) {
		if (*text == '\\' && text[1]) {
			text++;
			*out++ = *text == 'n'   ? '\n'
				 : *text == 'r' ? '\r'
				 : *text == 'f' ? '\f'
						: *text;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

static void say_letters(struct vector *v, const struct sms_plan *plan)
{
	strbuf_add(&v->out, "letters: ");
	for (uint8_t i = 0; i < plan->letters_n; i++) {
		const struct sms_letter *l = &plan->letters[i];

		strbuf_addf(&v->out, "%sU+%04X x%u costs %u saves %u%s", i ? ", " : "", l->cp,
			l->count, l->units, l->segments_saved, l->has_plain ? " plain" : "");
	}
	strbuf_add(&v->out, plan->letters_n ? "\n" : "none\n");
}

static void run_plan(struct vector *v)
{
	char text[LINE_SIZE];
	struct sms_plan plan;
	enum sms_encoding encoding;

	text_copy(text, sizeof(text), vector_need(v, "text"));
	unescape(text);
	assert_int_equal(sms_encoding_parse(vector_need(v, "encoding"), &encoding), 0);
	assert_int_equal(sms_plan_make(&plan, text, encoding, false), 0);
	say_escaped(v, "text", text);
	say(v, "encoding", sms_encoding_name(encoding));
	say(v, "alphabet", plan.alphabet == SMS_ALPHABET_GSM7 ? "gsm7" : "ucs2");
	say_int(v, "segments", plan.segments);
	say_int(v, "left", plan.units_left);
	say_int(v, "per_segment", plan.units_per_segment);
	strbuf_addf(&v->out, "shift: %u/%u\n", plan.single_shift, plan.locking_shift);
	say_letters(v, &plan);
	assert_int_equal(plan.units_used + plan.units_left, plan.units_per_segment);
}

/* ---- the table of kinds --------------------------------------------------------------------- */

struct kind {
	const char *name;
	void (*run)(struct vector *v); /* of kinds without octets */
	int (*run_octets)(struct vector *v, struct octets *o, size_t at);
	bool pdu; /* a service centre stands before it */
};

static const struct kind kinds[] = {
	{ "deliver", NULL, run_deliver, true },
	{ "submit", NULL, run_submit, true },
	{ "status-report", NULL, run_status_report, true },
	{ "address", NULL, run_address, false },
	{ "centre", NULL, run_centre, false },
	{ "time", NULL, run_time, false },
	{ "validity", run_validity, NULL, false },
	{ "dcs", run_dcs, NULL, false },
	{ "plan", run_plan, NULL, false },
};

static const struct kind *kind_find(const struct vector *v)
{
	const char *name = vector_need(v, "kind");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	fail_msg("vector '%s' is of unknown kind %s", vector_get(v, "name"), name);
	return NULL;
}

/** The centre before the TPDU, read and written again. Returns where the TPDU begins. */
static int centre_open(struct vector *v, struct octets *o)
{
	const char *at_length = vector_get(v, "at_length");
	struct sms_address centre;
	int at = sms_pdu_open(o->in, o->n, at_length ? atoi(at_length) : -1, &centre);

	if (at < 0)
		return at;
	say_address(v, "centre", &centre);
	if (at > 0)
		assert_int_equal(sms_centre_encode(&centre, o->again, sizeof(o->again)), at);
	return at;
}

static void again_check(struct vector *v, const struct octets *o, size_t n)
{
	char hex[1100];

	if (vector_get(v, "reencode"))
		return;
	hex_encode(hex, o->again, n);
	if (strcmp(hex, vector_get(v, "hex")) != 0)
		fail_msg("vector '%s' is encoded as\n%s, not as\n%s", vector_get(v, "name"), hex,
			vector_get(v, "hex"));
}

static void run_octets(struct vector *v, const struct kind *kind)
{
	const char *hex = vector_need(v, "hex");
	struct octets o = { .n = 0 };
	int n = hex_decode(hex, strlen(hex), o.in, sizeof(o.in) - 1), at = 0, rc;

	assert_true(n >= 0);
	o.n = (size_t)n;
	if (kind->pdu)
		at = centre_open(v, &o);
	rc = at < 0 ? at : kind->run_octets(v, &o, (size_t)at);
	if (rc < 0)
		say_error(v, "error", rc);
	else
		again_check(v, &o, (size_t)(at + rc));
}

/* ---- files ---------------------------------------------------------------------------------- */

/** Keys that tell about the vector and are not said by the codec. */
static bool about(const char *key)
{
	static const char *const keys[] = { "name", "origin", "kind", "note", "hex", "reencode",
		"at_length" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

static void vector_run(struct vector *v)
{
	const struct kind *kind = kind_find(v);
	size_t expected = 0;

	(void)vector_need(v, "name");
	assert_true(strlen(vector_need(v, "origin")) > 10);
	strbuf_init(&v->out, v->said, sizeof(v->said));
	strbuf_add(&v->out, "\n");
	if (kind->run)
		kind->run(v);
	else
		run_octets(v, kind);
	assert_false(v->out.cut);
	for (size_t i = 0; i < v->n; i++) {
		static char line[LINE_SIZE];
		const struct field *f = &v->fields[i];

		if (about(f->key))
			continue;
		expected++;
		snprintf(line, sizeof(line), "\n%s:%s%s\n", f->key, *f->value ? " " : "", f->value);
		if (!strstr(v->said, line))
			fail_msg("vector '%s' expects %s: %s, but the codec says%s",
				vector_get(v, "name"), f->key, f->value, v->said);
	}
	assert_true(expected > 0);
}

static void vector_clear(struct vector *v)
{
	for (size_t i = 0; i < v->n; i++) {
		free(v->fields[i].key);
		free(v->fields[i].value);
	}
	v->n = 0;
}

static void vector_add(struct vector *v, char *line)
{
	char *colon = strchr(line, ':'), *value = colon + 1;

	assert_non_null(colon);
	assert_true(v->n < FIELDS_MAX);
	*colon = '\0';
	value += *value == ' ';
	v->fields[v->n].key = strdup(line);
	v->fields[v->n++].value = strdup(value);
}

static unsigned int file_run(const char *path)
{
	static struct vector v;
	static char line[LINE_SIZE];
	FILE *f = fopen(path, "r");
	unsigned int count = 0;
	bool more = true;

	if (!f)
		fail_msg("cannot open %s (run from the top of the tree)", path);
	v.n = 0;
	while (more) {
		more = fgets(line, sizeof(line), f);
		if (more && line[0] == '#')
			continue;
		line[more ? strcspn(line, "\n") : 0] = '\0';
		if (line[0]) {
			vector_add(&v, line);
		} else if (v.n) {
			vector_run(&v);
			vector_clear(&v);
			count++;
		}
	}
	fclose(f);
	return count;
}

#define GOLDEN(name)                                                                               \
	static void golden_##name(void **state)                                                    \
	{                                                                                          \
		(void)state;                                                                       \
		vectors += file_run("tests/golden/sms_" #name ".txt");                             \
	}

static unsigned int vectors;

GOLDEN(deliver)
GOLDEN(submit)
GOLDEN(status_report)
GOLDEN(fields)
GOLDEN(plan)
GOLDEN(malformed)
GOLDEN(shifts)

static void there_are_at_least_sixty_vectors(void **state)
{
	(void)state;
	print_message("%u golden vectors\n", vectors);
	assert_true(vectors >= VECTORS_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_deliver),
		cmocka_unit_test(golden_submit),
		cmocka_unit_test(golden_status_report),
		cmocka_unit_test(golden_fields),
		cmocka_unit_test(golden_plan),
		cmocka_unit_test(golden_malformed),
		cmocka_unit_test(golden_shifts),
		cmocka_unit_test(there_are_at_least_sixty_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
