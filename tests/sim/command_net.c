/* SPDX-License-Identifier: Apache-2.0 */
/* Control commands about texts, people and knowledge (sim_protocol.h tells what each does). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/* ---- texts ---- */

static int one_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(words[i], word))
			return (int)i;
	return -1;
}

static bool read_words(json_t *command, struct sim_inject *in, char why[200])
{
	static const char *const encodings[] = { "auto", "gsm7", "ucs2" };
	static const char *const types[] = { "auto", "international", "national", "short",
		"alphanumeric" };
	const char *from = "", *encoding = "auto", *type = "auto", *memory = "";
	int e, t;

	if (!sim_json_get_str(command, "from", &from, why) ||
		!sim_json_get_str(command, "text", &in->text, why) ||
		!sim_json_get_str(command, "encoding", &encoding, why) ||
		!sim_json_get_str(command, "type", &type, why) ||
		!sim_json_get_str(command, "memory", &memory, why))
		return false;
	in->memory = sim_store_index(memory);
	e = one_of(encoding, encodings, ARRAY_SIZE(encodings));
	t = one_of(type, types, ARRAY_SIZE(types));
	if (e < 0 || t < 0) {
		snprintf(why, 200, "no such %s: %s", e < 0 ? "encoding" : "type",
			e < 0 ? encoding : type);
		return false;
	}
	in->encoding = e;
	in->type = t;
	text_copy(in->from, sizeof(in->from), from);
	return true;
}

static bool read_numbers(json_t *command, struct sim_inject *in, char why[200])
{
	int64_t class = -1, ref = -1, delay_ms = 0, gap_ms = 0;

	if (!sim_json_get_int(command, "class", 0, 3, &class, why) ||
		!sim_json_get_int(command, "ref", 0, 65535, &ref, why) ||
		!sim_json_get_int(command, "sent_ms", 0, INT64_MAX, &in->sent_ms, why) ||
		!sim_json_get_int(command, "delay_ms", 0, INT32_MAX, &delay_ms, why) ||
		!sim_json_get_int(command, "gap_ms", 0, INT32_MAX, &gap_ms, why) ||
		!sim_json_get_bool(command, "wide", &in->wide, why))
		return false;
	in->message_class = (int)class;
	in->ref = (int)ref;
	in->delay_ms = (int)delay_ms;
	in->gap_ms = (int)gap_ms;
	return true;
}

static void mark_parts(json_t *parts, bool *marked)
{
	for (size_t i = 0; i < json_array_size(parts); i++)
		marked[json_integer_value(json_array_get(parts, i)) & 0xff] = true;
}

static bool read_parts(json_t *command, struct sim_inject *in, char why[200])
{
	json_t *order = json_object_get(command, "order");

	if (json_array_size(order) > SMS_SEGMENTS_MAX) {
		snprintf(why, 200, "order has too many parts");
		return false;
	}
	for (size_t i = 0; i < json_array_size(order); i++) {
		in->order[i] = (uint8_t)json_integer_value(json_array_get(order, i));
		in->has_order = true;
	}
	mark_parts(json_object_get(command, "drop"), in->drop);
	mark_parts(json_object_get(command, "double"), in->twice);
	return true;
}

/* By name, by number, or the first there is. */
static struct sim_modem *addressee(struct sim *sim, json_t *command, char why[200])
{
	const char *name = NULL, *to = NULL;
	struct sim_modem *m;

	if (!sim_json_get_str(command, "modem", &name, why) ||
		!sim_json_get_str(command, "to", &to, why))
		return NULL;
	m = name ? sim_modem_find(sim, name) : to ? sim_modem_by_number(sim, to) : sim->modems;
	if (!m)
		snprintf(why, 200, "no such modem: %s", name ? name : to ? to : "(there is none)");
	return m;
}

static json_t *text_pdu(struct sim_modem *m, const char *hex, int delay_ms, char why[200])
{
	uint8_t pdu[SMS_PDU_MAX];
	int n = hex_decode(hex, strlen(hex), pdu, sizeof(pdu));
	int64_t id = n < 0 ? n : sim_inject_pdu(m, pdu, (size_t)n, delay_ms);

	if (id < 0) {
		snprintf(why, 200, "pdu is not understood");
		return NULL;
	}
	return json_pack("{s:I, s:i, s:s}", "text", (json_int_t)id, "parts", 1, "modem", m->name);
}

static json_t *run_text(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	const char *pdu = NULL;
	struct sim_inject in;
	int parts = 0;
	int64_t id;

	(void)client;
	sim_inject_init(&in);
	in.modem = addressee(sim, command, why);
	if (!in.modem || !sim_json_get_str(command, "pdu", &pdu, why) ||
		!read_words(command, &in, why) || !read_numbers(command, &in, why) ||
		!read_parts(command, &in, why))
		return NULL;
	if (pdu)
		return text_pdu(in.modem, pdu, in.delay_ms, why);
	id = sim_inject_text(sim, &in, &parts);
	if (id < 0) {
		snprintf(why, 200,
			id == -EMSGSIZE ? "the text is too long" : "from is no sender: %s",
			in.from);
		return NULL;
	}
	return json_pack(
		"{s:I, s:i, s:s}", "text", (json_int_t)id, "parts", parts, "modem", in.modem->name);
}

/* ---- people ---- */

static json_t *run_report(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	static const char *const outcomes[] = { "delivered", "failed", "never", "off", "refused" };
	const char *number = NULL, *outcome = "";
	int64_t status = -1, delay_ms = 0, jitter_ms = 0;
	struct sim_policy policy;
	int known;

	(void)client;
	if (!sim_json_get_str(command, "number", &number, why) ||
		!sim_json_get_str(command, "outcome", &outcome, why) ||
		!sim_json_get_int(command, "status", 0, 1000, &status, why) ||
		!sim_json_get_int(command, "delay_ms", 0, INT32_MAX, &delay_ms, why) ||
		!sim_json_get_int(command, "jitter_ms", 0, INT32_MAX, &jitter_ms, why))
		return NULL;
	known = one_of(outcome, outcomes, ARRAY_SIZE(outcomes));
	if (known < 0) {
		snprintf(why, 200, "outcome is delivered, failed, never, off or refused");
		return NULL;
	}
	policy = (struct sim_policy){
		.outcome = known, .delay_ms = (int)delay_ms, .jitter_ms = (int)jitter_ms
	};
	policy.status = status >= 0 ? (int)status : known == SIM_REFUSED ? 1 : 70;
	if (number) {
		struct sim_phone *phone = sim_phone_get(sim, number);

		phone->policy = policy;
		phone->has_policy = true;
	} else {
		sim->policy = policy;
	}
	return json_object();
}

static json_t *run_phone(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	const char *number = NULL;
	bool on = true;

	(void)client;
	if (!sim_json_get_str(command, "number", &number, why) ||
		!sim_json_get_bool(command, "on", &on, why))
		return NULL;
	if (!number) {
		snprintf(why, 200, "number must be given");
		return NULL;
	}
	sim_phone_switch(sim_phone_get(sim, number), on);
	return json_object();
}

static json_t *run_population(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	(void)client;
	return sim_people_make(sim, command, why);
}

static json_t *run_forget(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	(void)client, (void)command, (void)why;
	sim_phones_forget(sim);
	sim_people_forget(sim);
	sim->policy = (struct sim_policy){ .outcome = SIM_DELIVERED };
	return json_object();
}

/* ---- knowledge ---- */

static json_t *run_subscribe(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	json_t *names = json_object_get(command, "events");
	uint32_t events = names ? 0 : ~(1U << SIM_EV_COMMAND);
	const char *number = "";

	(void)sim;
	if (!sim_json_get_str(command, "number", &number, why))
		return NULL;
	for (size_t i = 0; i < json_array_size(names); i++) {
		json_t *one = json_array_get(names, i);
		int event = json_is_string(one) ? sim_event_parse(json_string_value(one)) : -1;

		if (event < 0) {
			snprintf(why, 200, "no such event: %s",
				json_is_string(one) ? json_string_value(one) : "?");
			return NULL;
		}
		events |= 1U << event;
	}
	sim_client_subscribe(client, events, number);
	return json_object();
}

static json_t *run_unsubscribe(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	(void)sim, (void)command, (void)why;
	sim_client_subscribe(client, 0, "");
	return json_object();
}

static json_t *modem_stats(const struct sim_modem *m)
{
	const struct sim_counts *c = &m->counts;

	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i}",
		"modem", m->name, "linked", (json_int_t)c->linked, "segments",
		(json_int_t)c->segments, "refused", (json_int_t)c->refused, "reports",
		(json_int_t)c->reports, "texts_in", (json_int_t)c->texts_in, "parts_in",
		(json_int_t)c->parts_in, "commands", (json_int_t)c->commands, "faults",
		(json_int_t)c->faults, "dropped_bytes", (json_int_t)c->dropped_bytes, "busy_us",
		(json_int_t)m->busy_us, "first_us", (json_int_t)m->first_us, "last_us",
		(json_int_t)m->last_us, "waiting", (int)(m->texts.n + m->reports.n));
}

static json_t *run_stats(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	json_t *list = json_array();
	uint64_t segments = 0, texts = 0;

	(void)client, (void)command, (void)why;
	for (const struct sim_modem *m = sim->modems; m; m = m->next) {
		json_array_append_new(list, modem_stats(m));
		segments += m->counts.segments;
		texts += m->counts.texts_in;
	}
	return json_pack("{s:I, s:I, s:I, s:I, s:o}", "segments", (json_int_t)segments, "texts_in",
		(json_int_t)texts, "phones", (json_int_t)sim->phones_n, "serial",
		(json_int_t)sim->journal.serial, "modems", list);
}

static json_t *show_segment(const struct sim_segment *g)
{
	char hash[20];

	snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)g->hash);
	return json_pack(
		"{s:I, s:I, s:I, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:s, s:s, s:i, s:b}",
		"serial", (json_int_t)g->serial, "mono_us", (json_int_t)g->mono_us, "wall_ms",
		(json_int_t)g->wall_ms, "modem", g->modem, "from", g->from, "to", g->to, "mr",
		g->mr, "total", g->total, "part", g->part, "cref", g->cref, "dcs", g->dcs, "hash",
		hash, "text", g->text, "validity_min", g->validity_min, "srr", g->want_report);
}

static json_t *run_accepted(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	uint64_t n = sim->ring_n < SIM_RING ? sim->ring_n : SIM_RING;
	int64_t since = 0, limit = 1000;
	const char *number = NULL;
	json_t *list;

	(void)client;
	if (!sim_json_get_int(command, "since", 0, INT64_MAX, &since, why) ||
		!sim_json_get_int(command, "limit", 1, SIM_RING, &limit, why) ||
		!sim_json_get_str(command, "number", &number, why))
		return NULL;
	list = json_array();
	for (uint64_t i = sim->ring_n - n;
		i < sim->ring_n && (int64_t)json_array_size(list) < limit; i++) {
		const struct sim_segment *g = &sim->ring[i % SIM_RING];

		if ((int64_t)g->serial > since && (!number || !strcmp(number, g->to)))
			json_array_append_new(list, show_segment(g));
	}
	return json_pack("{s:o, s:I}", "segments", list, "kept", (json_int_t)n);
}

static json_t *run_received(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	const char *number = NULL;
	struct sim_phone *phone;
	int64_t since = 0;
	json_t *list;

	(void)client;
	if (!sim_json_get_str(command, "number", &number, why) ||
		!sim_json_get_int(command, "since", 0, INT64_MAX, &since, why))
		return NULL;
	if (!number) {
		snprintf(why, 200, "number must be given");
		return NULL;
	}
	phone = sim_phone_get(sim, number);
	list = json_array();
	for (unsigned int i = phone->n_received > SIM_RECEIVED_KEPT
				      ? phone->n_received - SIM_RECEIVED_KEPT
				      : 0;
		i < phone->n_received; i++) {
		const struct sim_received *r = &phone->received[i % SIM_RECEIVED_KEPT];

		if ((int64_t)r->serial > since)
			json_array_append_new(list,
				json_pack("{s:I, s:I, s:I, s:s, s:s, s:i}", "serial",
					(json_int_t)r->serial, "mono_us", (json_int_t)r->mono_us,
					"wall_ms", (json_int_t)r->wall_ms, "from", r->from, "text",
					r->text, "parts", r->parts));
	}
	return json_pack("{s:o, s:i}", "texts", list, "count", (int)phone->n_received);
}

static json_t *run_flush(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	(void)client, (void)command, (void)why;
	sim_journal_flush(sim);
	return json_pack("{s:I}", "serial", (json_int_t)sim->journal.serial);
}

static json_t *run_ping(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	(void)sim, (void)client, (void)command, (void)why;
	return json_object();
}

static json_t *run_quit(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	(void)client, (void)command, (void)why;
	sim_journal_flush(sim);
	sim_loop_exit();
	return json_object();
}

const struct sim_command sim_commands_net[] = {
	{ "text", run_text,
		"from text modem to delay_ms encoding class ref wide sent_ms order drop double "
		"gap_ms type memory pdu" },
	{ "report", run_report, "number outcome status delay_ms jitter_ms" },
	{ "phone", run_phone, "number on" },
	{ "population", run_population, "count first seed languages rules starts delay kind" },
	{ "forget", run_forget, "" },
	{ "subscribe", run_subscribe, "events number" },
	{ "unsubscribe", run_unsubscribe, "" },
	{ "stats", run_stats, "" },
	{ "accepted", run_accepted, "since limit number" },
	{ "received", run_received, "number since" },
	{ "flush", run_flush, "" },
	{ "ping", run_ping, "" },
	{ "quit", run_quit, "" },
	{ NULL, NULL, NULL },
};
