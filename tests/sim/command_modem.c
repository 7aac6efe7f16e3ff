/* SPDX-License-Identifier: Apache-2.0 */
/* Control commands about modems and their faults (sim_protocol.h tells what each does). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static struct sim_modem *the_modem(struct sim *sim, json_t *command, char why[200])
{
	const char *name = NULL;
	struct sim_modem *m;

	if (!sim_json_get_str(command, "modem", &name, why))
		return NULL;
	m = name ? sim_modem_find(sim, name) : NULL;
	if (!m)
		snprintf(why, 200, "no such modem: %s", name ? name : "(none named)");
	return m;
}

/*
 * Begins a walk over the modems meant: one by name, all by "*" or, where it may be left out,
 * without a name.
 */
static bool these_modems(struct sim *sim, json_t *command, bool may_omit, struct sim_modem **first,
	bool *all, char why[200])
{
	const char *name = may_omit ? "*" : NULL;

	if (!sim_json_get_str(command, "modem", &name, why))
		return false;
	*all = name && !strcmp(name, "*");
	*first = *all ? sim->modems : the_modem(sim, command, why);
	return *all || *first;
}

/* ---- coming and going ---- */

struct add_words {
	const char *name, *link, *profile, *number, *pin, *imei;
	bool boot;
};

static bool read_add(struct sim *sim, json_t *command, struct add_words *w, char why[200])
{
	*w = (struct add_words){ .profile = sim->profile_default };
	return sim_json_get_str(command, "modem", &w->name, why) &&
	       sim_json_get_str(command, "link", &w->link, why) &&
	       sim_json_get_str(command, "profile", &w->profile, why) &&
	       sim_json_get_str(command, "number", &w->number, why) &&
	       sim_json_get_str(command, "pin", &w->pin, why) &&
	       sim_json_get_str(command, "imei", &w->imei, why) &&
	       sim_json_get_bool(command, "boot", &w->boot, why);
}

/* Each names the other where one is left out. */
static bool name_and_link(
	struct sim *sim, struct add_words *w, char name[64], char link[200], char why[200])
{
	if (!w->name && !w->link) {
		snprintf(why, 200, "modem or link must be given");
		return false;
	}
	if (w->link)
		text_copy(link, 200, w->link);
	else
		snprintf(link, 200, "%s/%s", sim->link_dir, w->name);
	text_copy(name, 64, w->name ? w->name : strrchr(link, '/') ? strrchr(link, '/') + 1 : link);
	if (!sim_modem_find(sim, name))
		return true;
	snprintf(why, 200, "there is a modem %s already", name);
	return false;
}

static json_t *run_add(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	const struct sim_profile *profile;
	char name[64], link[200];
	struct add_words w;
	struct sim_modem *m;
	int error;

	(void)client;
	if (!read_add(sim, command, &w, why) || !name_and_link(sim, &w, name, link, why))
		return NULL;
	profile = sim_profile_get(sim, w.profile, why);
	if (!profile)
		return NULL;
	m = sim_modem_new(sim, name, link, profile);
	if (w.number)
		text_copy(m->number, sizeof(m->number), w.number);
	if (w.imei)
		text_copy(m->imei, sizeof(m->imei), w.imei);
	if (w.pin) {
		text_copy(m->pin, sizeof(m->pin), w.pin);
		m->pin_enabled = true;
	}
	error = w.boot ? sim_modem_plug(m, NULL) : sim_modem_start(m);
	if (error < 0) {
		snprintf(why, 200, "%.100s: %s", link, strerror(-error));
		sim_modem_free(m);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:s}", "modem", m->name, "link", m->link, "number", m->number);
}

static json_t *run_remove(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);

	(void)client;
	if (!m)
		return NULL;
	sim_modem_free(m);
	return json_object();
}

static json_t *show_modem(const struct sim_modem *m)
{
	json_t *stores = json_object();

	for (int i = 0; i < SIM_STORES; i++)
		json_object_set_new(stores, sim_store_name(i),
			json_pack("{s:i, s:i}", "used", m->stores[i].used, "size",
				m->stores[i].size));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:b, s:o, s:i, s:i}",
		"modem", m->name, "link", m->link, "pts", m->pts, "profile", m->profile->name,
		"family", m->profile->family, "number", m->number, "imei", m->imei, "power",
		sim_power_name(m->power), "registration", (int)m->reg, "hung", m->hung, "stores",
		stores, "waiting", (int)(m->texts.n + m->reports.n), "pin_left", m->pin_left);
}

static json_t *run_modems(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	json_t *list = json_array();

	(void)client, (void)command, (void)why;
	for (const struct sim_modem *m = sim->modems; m; m = m->next)
		json_array_append_new(list, show_modem(m));
	return json_pack("{s:o}", "modems", list);
}

static json_t *run_unplug(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	const char *link = NULL;
	int64_t ms = -1;

	(void)client;
	if (!m || !sim_json_get_int(command, "ms", 0, INT32_MAX, &ms, why) ||
		!sim_json_get_str(command, "link", &link, why))
		return NULL;
	sim_modem_unplug(m, (int)ms, link);
	return json_object();
}

static json_t *run_plug(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	const char *link = NULL;
	int error;

	(void)client;
	if (!m || !sim_json_get_str(command, "link", &link, why))
		return NULL;
	error = sim_modem_plug(m, link);
	if (error < 0) {
		snprintf(why, 200, "%.100s: %s", m->link, strerror(-error));
		return NULL;
	}
	return json_pack("{s:s}", "link", m->link);
}

static json_t *run_reboot(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	int64_t ms = -1;

	(void)client;
	if (!m || !sim_json_get_int(command, "ms", 0, INT32_MAX, &ms, why))
		return NULL;
	sim_modem_restart(m, (int)ms);
	return json_object();
}

/* ---- network and card ---- */

static json_t *run_network(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	static const struct {
		const char *name;
		enum sim_reg reg;
	} states[] = { { "home", SIM_REG_HOME }, { "roaming", SIM_REG_ROAMING },
		{ "searching", SIM_REG_SEARCHING }, { "denied", SIM_REG_DENIED },
		{ "none", SIM_REG_NONE } };
	int64_t ms = 0, signal = -1;
	const char *state = "";
	struct sim_modem *m;
	bool all;

	(void)client;
	if (!these_modems(sim, command, false, &m, &all, why) ||
		!sim_json_get_str(command, "state", &state, why) ||
		!sim_json_get_int(command, "ms", 0, INT32_MAX, &ms, why) ||
		!sim_json_get_int(command, "signal", 0, 99, &signal, why))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (strcmp(states[i].name, state))
			continue;
		for (; m; m = all ? m->next : NULL)
			sim_modem_network(m, states[i].reg, (int)ms, (int)signal);
		return json_object();
	}
	snprintf(why, 200, "state is home, roaming, searching, denied or none");
	return NULL;
}

static json_t *run_block(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	bool blocked = true;

	(void)client;
	if (!m || !sim_json_get_bool(command, "blocked", &blocked, why))
		return NULL;
	m->blocked = blocked;
	return json_object();
}

static bool read_pin(struct sim_modem *m, json_t *command, bool *required, bool *sim, char why[200])
{
	const char *pin = m->pin, *puk = m->puk;
	int64_t tries = m->pin_left;

	if (!sim_json_get_str(command, "pin", &pin, why) ||
		!sim_json_get_str(command, "puk", &puk, why) ||
		!sim_json_get_bool(command, "required", required, why) ||
		!sim_json_get_bool(command, "sim", sim, why) ||
		!sim_json_get_int(command, "tries", 0, 3, &tries, why))
		return false;
	if (pin != m->pin)
		text_copy(m->pin, sizeof(m->pin), pin);
	if (puk != m->puk)
		text_copy(m->puk, sizeof(m->puk), puk);
	m->pin_left = (int)tries;
	return true;
}

static json_t *run_pin(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	bool required, card;

	(void)client;
	if (!m)
		return NULL;
	required = m->pin_enabled;
	card = m->pin_state != SIM_ABSENT;
	if (!read_pin(m, command, &required, &card, why))
		return NULL;
	m->pin_enabled = required;
	if (!card)
		m->pin_state = SIM_ABSENT;
	else if (!m->pin_left)
		m->pin_state = SIM_PUK_WANTED;
	else
		m->pin_state = required ? SIM_PIN_WANTED : SIM_PIN_READY;
	if (m->pin_state == SIM_PIN_READY)
		sim_modem_pin_ok(m);
	else
		sim_modem_network(m, SIM_REG_NONE, 0, -1);
	return json_object();
}

static json_t *run_centre(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	const char *number = "";

	(void)client;
	if (!m || !sim_json_get_str(command, "number", &number, why))
		return NULL;
	text_copy(m->centre, sizeof(m->centre), number);
	return json_object();
}

/* ---- stores ---- */

static struct sim_store *the_store(struct sim_modem *m, json_t *command, char why[200])
{
	const char *memory = "SM";
	int index;

	if (!sim_json_get_str(command, "memory", &memory, why))
		return NULL;
	index = sim_store_index(memory);
	if (index < 0)
		snprintf(why, 200, "memory is SM, ME or SR");
	return index < 0 ? NULL : &m->stores[index];
}

static json_t *run_memory(
	struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	struct sim_store *s = m ? the_store(m, command, why) : NULL;
	int64_t size = -1;

	(void)client;
	if (!s || !sim_json_get_int(command, "size", 0, 1000, &size, why))
		return NULL;
	if (size < 0) {
		snprintf(why, 200, "size must be given");
		return NULL;
	}
	sim_store_resize(s, (int)size);
	sim_route_kick(m);
	return json_object();
}

/* An old text of nobody's: "old" from a short code. */
static int old_text(struct sim_slot *slot)
{
	struct sms_deliver d = { .centre_time = { time_wall_ms() - 30 * MS_PER_DAY, 0, true } };
	struct sms_plan plan;
	int n;

	if (sms_address_from_text(&d.from, "12345") < 0 ||
		sms_plan_make(&plan, "old", SMS_ENCODING_AUTO, false) < 0 ||
		sms_plan_segment(&plan, "old", 0, 0, &d.ud) < 0)
		return -EINVAL;
	*slot = (struct sim_slot){ .state = SIM_REC_READ, .centre_n = 1 };
	n = sms_deliver_encode(&d, slot->pdu + 1, sizeof(slot->pdu) - 1);
	slot->pdu_n = (uint8_t)(n + 1);
	return n < 0 ? n : 0;
}

static json_t *run_fill(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	struct sim_store *s = m ? the_store(m, command, why) : NULL;
	int64_t count = 1000, done = 0;
	struct sim_slot slot;

	(void)client;
	if (!s || !sim_json_get_int(command, "count", 0, 1000, &count, why) || old_text(&slot) < 0)
		return NULL;
	while (done < count && sim_store_put(s, &slot) >= 0)
		done++;
	return json_pack("{s:I}", "count", (json_int_t)done);
}

/* ---- what it says by itself ---- */

static json_t *run_line(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	const char *text = "";

	(void)client;
	if (!m || !sim_json_get_str(command, "text", &text, why))
		return NULL;
	sim_at_unsolicited(m, text);
	return json_object();
}

static json_t *run_raw(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	const char *bytes = "";

	(void)client;
	if (!m || !sim_json_get_str(command, "bytes", &bytes, why))
		return NULL;
	sim_buf_add(&m->out, bytes, json_string_length(json_object_get(command, "bytes")));
	sim_port_flush(m);
	return json_object();
}

static json_t *run_call(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	const char *from = "";
	int64_t rings = 3;

	(void)client;
	if (!m || !sim_json_get_str(command, "from", &from, why) ||
		!sim_json_get_int(command, "rings", 1, 100, &rings, why))
		return NULL;
	sim_modem_ring(m, from, (int)rings);
	return json_object();
}

static json_t *run_ussd(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m = the_modem(sim, command, why);
	const char *code = "", *answer = "";

	(void)client;
	if (!m || !sim_json_get_str(command, "code", &code, why) ||
		!sim_json_get_str(command, "answer", &answer, why))
		return NULL;
	free(m->ussd_code);
	free(m->ussd_answer);
	m->ussd_code = sim_strdup(code);
	m->ussd_answer = sim_strdup(answer);
	return json_object();
}

/* ---- radio ---- */

static bool read_radio(json_t *command, struct sim_radio *r, char why[200])
{
	const struct {
		const char *key;
		int *value;
		int min, max;
	} keys[] = { { "segment_ms", &r->segment_ms, 0, 3600000 },
		{ "jitter_ms", &r->jitter_ms, 0, 3600000 },
		{ "incoming_ms", &r->incoming_ms, 0, 3600000 },
		{ "answer_ms", &r->answer_ms, 0, 3600000 },
		{ "register_ms", &r->register_ms, 0, 3600000 }, { "chunk", &r->chunk, -1, 65536 },
		{ "chunk_gap_us", &r->chunk_gap_us, 0, 10000000 },
		{ "lost_ppm", &r->lost_ppm, 0, 1000000 },
		{ "junk_ppm", &r->junk_ppm, 0, 1000000 } };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		int64_t value = *keys[i].value;

		if (!sim_json_get_int(command, keys[i].key, keys[i].min, keys[i].max, &value, why))
			return false;
		*keys[i].value = (int)value;
	}
	return true;
}

static json_t *run_radio(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_radio check = sim->radio;
	struct sim_modem *m;
	bool all;

	(void)client;
	if (!these_modems(sim, command, true, &m, &all, why) || !read_radio(command, &check, why))
		return NULL;
	if (all)
		sim->radio = check;
	for (; m; m = all ? m->next : NULL)
		read_radio(command, &m->radio, why);
	return json_object();
}

static json_t *run_clock(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	(void)client;
	if (!sim_json_get_int(command, "shift_s", INT32_MIN, UINT32_MAX, &sim->clock_shift_s, why))
		return NULL;
	return json_object();
}

/* ---- faults ---- */

static json_t *run_fault(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_fault *f = NULL, **end;
	struct sim_modem *m;
	bool all;

	(void)client;
	if (!these_modems(sim, command, false, &m, &all, why))
		return NULL;
	for (; m; m = all ? m->next : NULL) {
		f = sim_fault_from_json(sim, command, why);
		if (!f)
			return NULL;
		for (end = &m->faults; *end; end = &(*end)->next)
			;
		*end = f;
	}
	return json_pack("{s:I}", "fault", (json_int_t)(f ? f->id : 0));
}

static json_t *run_clear(struct sim *sim, struct sim_client *client, json_t *command, char why[200])
{
	struct sim_modem *m;
	int64_t id = 0;
	bool all;

	(void)client;
	if (!these_modems(sim, command, true, &m, &all, why) ||
		!sim_json_get_int(command, "fault", 0, UINT32_MAX, &id, why))
		return NULL;
	for (; m; m = all ? m->next : NULL) {
		sim_faults_clear(m, (uint32_t)id);
		if (m->hung)
			sim_timer_start(&m->unhang, 0);
	}
	return json_object();
}

const struct sim_command sim_commands_modem[] = {
	{ "add", run_add, "modem link profile number pin imei boot" },
	{ "remove", run_remove, "modem" },
	{ "modems", run_modems, "" },
	{ "unplug", run_unplug, "modem ms link" },
	{ "plug", run_plug, "modem link" },
	{ "reboot", run_reboot, "modem ms" },
	{ "network", run_network, "modem state ms signal" },
	{ "pin", run_pin, "modem pin required tries puk sim" },
	{ "centre", run_centre, "modem number" },
	{ "block", run_block, "modem blocked" },
	{ "memory", run_memory, "modem memory size" },
	{ "fill", run_fill, "modem memory count" },
	{ "line", run_line, "modem text" },
	{ "raw", run_raw, "modem bytes" },
	{ "call", run_call, "modem from rings" },
	{ "ussd", run_ussd, "modem code answer" },
	{ "radio", run_radio,
		"modem segment_ms jitter_ms incoming_ms answer_ms register_ms chunk chunk_gap_us "
		"lost_ppm junk_ppm" },
	{ "clock", run_clock, "shift_s" },
	{ "fault", run_fault,
		"modem kind on stage times probability after ms code family lines slot effect "
		"link until" },
	{ "clear", run_clear, "modem fault" },
	{ NULL, NULL, NULL },
};
