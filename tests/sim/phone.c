/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Phones: every number that was ever sent to is one. It joins parts, keeps what it got, and may be
 * off.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define ASSEMBLIES_MAX 16 /* texts in parts that a phone keeps at a time */

struct sim_assembly {
	struct sim_assembly *next;
	char from[PHONE_SIZE];
	uint16_t reference;
	bool wide;
	int total, have;
	uint64_t first; /* serial of the first part that came */
	struct sms_part *parts;
};

/* ---- the table ---- */

static size_t bucket(const struct sim *sim, const char *number)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	while (*number)
		hash = (hash ^ (unsigned char)*number++) * UINT64_C(0x100000001b3);
	return (size_t)(hash & (sim->phones_size - 1));
}

static void grow(struct sim *sim)
{
	struct sim_phone **old = sim->phones;
	size_t old_size = sim->phones_size;

	sim->phones_size = old_size ? old_size * 4 : 1024;
	sim->phones = sim_alloc(sim->phones_size * sizeof(struct sim_phone *));
	for (size_t i = 0; i < old_size; i++) {
		while (old[i]) {
			struct sim_phone *phone = old[i];
			size_t at = bucket(sim, phone->number);

			old[i] = phone->next;
			phone->next = sim->phones[at];
			sim->phones[at] = phone;
		}
	}
	free(old);
}

struct sim_phone *sim_phone_get(struct sim *sim, const char *number)
{
	struct sim_phone *phone;
	size_t at;

	if (sim->phones_n >= sim->phones_size)
		grow(sim);
	at = bucket(sim, number);
	for (phone = sim->phones[at]; phone; phone = phone->next)
		if (!strcmp(phone->number, number))
			return phone;
	phone = sim_alloc(sizeof(*phone));
	phone->sim = sim;
	text_copy(phone->number, sizeof(phone->number), number);
	phone->next = sim->phones[at];
	sim->phones[at] = phone;
	sim->phones_n++;
	return phone;
}

const struct sim_policy *sim_phone_policy(const struct sim_phone *phone)
{
	return phone->has_policy ? &phone->policy : &phone->sim->policy;
}

/* ---- texts ---- */

static void keep(struct sim_phone *phone, const char *from, const char *text, int parts)
{
	struct sim_received *r;

	if (!phone->received)
		phone->received = sim_alloc(SIM_RECEIVED_KEPT * sizeof(*phone->received));
	r = &phone->received[phone->n_received++ % SIM_RECEIVED_KEPT];
	free(r->text);
	r->serial = phone->sim->journal.serial;
	r->mono_us = phone->sim->journal.mono_us;
	r->wall_ms = phone->sim->journal.wall_ms;
	r->text = sim_strdup(text);
	r->parts = parts;
	text_copy(r->from, sizeof(r->from), from);
}

static void complete(struct sim_phone *phone, const char *modem, const char *from, const char *text,
	int parts, uint64_t first)
{
	struct sim *sim = phone->sim;
	struct sim_buf *b = sim_journal_begin(sim, SIM_EV_TEXT, NULL);

	sim_json_str(b, "modem", modem);
	sim_json_str(b, "from", from);
	sim_json_str(b, "to", phone->number);
	sim_json_str(b, "text", text);
	sim_json_int(b, "parts", parts);
	sim_json_int(b, "first", (int64_t)first);
	keep(phone, from, text, parts);
	sim_journal_end(sim, phone->number);
	sim_hand_hear(phone->number, text);
	if (phone->person)
		sim_person_reads(phone->person, modem, text);
}

static void assembly_free(struct sim_assembly *a)
{
	free(a->parts);
	free(a);
}

static struct sim_assembly *assembly_new(
	const char *from, const struct sms_udh *udh, uint64_t segment)
{
	struct sim_assembly *a = sim_alloc(sizeof(*a));

	text_copy(a->from, sizeof(a->from), from);
	a->reference = udh->reference;
	a->wide = udh->reference_16bit;
	a->total = udh->total;
	a->first = segment;
	a->parts = sim_alloc((size_t)a->total * sizeof(*a->parts));
	return a;
}

/*
 * The list's link to the assembly this part belongs to; a new one goes in front, the oldest falls
 * off.
 */
static struct sim_assembly **find_assembly(
	struct sim_phone *phone, const char *from, const struct sms_udh *udh, uint64_t segment)
{
	struct sim_assembly **at, *a;
	int n = 0;

	for (at = &phone->assemblies; *at; at = &(*at)->next) {
		a = *at;
		if (a->reference == udh->reference && a->wide == udh->reference_16bit &&
			a->total == udh->total && !strcmp(a->from, from))
			return at;
		if (++n >= ASSEMBLIES_MAX && !a->next) {
			*at = NULL;
			assembly_free(a);
			break;
		}
	}
	a = assembly_new(from, udh, segment);
	a->next = phone->assemblies;
	phone->assemblies = a;
	return &phone->assemblies;
}

static void join(struct sim_phone *phone, const char *modem, struct sim_assembly *a)
{
	size_t size = (size_t)a->total * SMS_TEXT_SIZE;
	char *text = sim_alloc(size);
	struct strbuf sb;

	strbuf_init(&sb, text, size);
	sms_join_parts(a->parts, (size_t)a->total, (uint8_t)a->total, "", &sb);
	complete(phone, modem, a->from, text, a->total, a->first);
	free(text);
}

static void take_part(struct sim_phone *phone, const char *modem, const char *from,
	const struct sms_udh *udh, const struct sms_ud *ud, uint64_t segment)
{
	struct sim_assembly **at = find_assembly(phone, from, udh, segment), *a = *at;
	struct sms_part *part = &a->parts[udh->part - 1];

	if (part->part)
		return; /* a second copy; the journal has it */
	*part = (struct sms_part){ udh->part, *ud };
	if (++a->have < a->total)
		return;
	*at = a->next;
	join(phone, modem, a);
	assembly_free(a);
}

void sim_phone_take(struct sim_phone *phone, const char *modem, const char *from,
	const struct sms_ud *ud, uint64_t segment)
{
	char text[SMS_TEXT_SIZE];
	struct sms_udh udh;

	sms_udh_read(ud, &udh);
	if (udh.total > 1) {
		take_part(phone, modem, from, &udh, ud, segment);
		return;
	}
	if (sms_ud_text(ud, text, sizeof(text)) < 0)
		text[0] = '\0';
	complete(phone, modem, from, text, 1, segment);
}

/* ---- on and off ---- */

void sim_phone_switch(struct sim_phone *phone, bool on)
{
	phone->off = !on;
	if (on && sim_phone_policy(phone)->outcome == SIM_PHONE_OFF) {
		phone->policy = (struct sim_policy){ .outcome = SIM_DELIVERED };
		phone->has_policy = true;
	}
	while (on && phone->waiting) {
		struct sim_pending *p = phone->waiting;

		phone->waiting = p->next;
		sim_timer_stop(&p->timer);
		sim_phone_take(phone, p->modem, p->from, &p->ud, p->segment);
		sim_net_report(p, 0);
	}
}

static void phone_free(struct sim_phone *phone)
{
	while (phone->assemblies) {
		struct sim_assembly *a = phone->assemblies;

		phone->assemblies = a->next;
		assembly_free(a);
	}
	while (phone->waiting) {
		struct sim_pending *p = phone->waiting;

		phone->waiting = p->next;
		sim_timer_stop(&p->timer);
		free(p);
	}
	for (int i = 0; phone->received && i < SIM_RECEIVED_KEPT; i++)
		free(phone->received[i].text);
	free(phone->received);
	sim_person_free(phone->person);
	free(phone);
}

void sim_phones_forget(struct sim *sim)
{
	for (size_t i = 0; i < sim->phones_size; i++) {
		while (sim->phones[i]) {
			struct sim_phone *phone = sim->phones[i];

			sim->phones[i] = phone->next;
			phone_free(phone);
		}
	}
	free(sim->phones);
	sim->phones = NULL;
	sim->phones_size = sim->phones_n = 0;
}
