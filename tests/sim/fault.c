/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes wrong. A fault waits at a stage of a modem's work; when the work comes by, it acts:
 * once, n times, or with a probability. The kinds are rows of a table: a name, where it acts unless
 * told, what it does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

struct kind {
	const char *name;
	enum sim_stage stage;
	enum sim_act act;
};

static const struct kind kinds[] = {
	{ "silence", SIM_AT_COMMAND, SIM_ACT_SILENCE },
	{ "error", SIM_AT_COMMAND, SIM_ACT_ERROR },
	{ "late", SIM_AT_ANSWER, SIM_ACT_LATE },
	{ "garbage", SIM_AT_ANSWER, SIM_ACT_GARBAGE },
	{ "no_prompt", SIM_AT_PROMPT, SIM_ACT_SILENCE },
	{ "late_prompt", SIM_AT_PROMPT, SIM_ACT_LATE },
	{ "lost_answer", SIM_AT_ACCEPTED, SIM_ACT_SILENCE },
	{ "error_accepted", SIM_AT_ACCEPTED, SIM_ACT_ERROR },
	{ "hang", SIM_AT_COMMAND, SIM_ACT_HANG },
	{ "unplug", SIM_AT_ACCEPTED, SIM_ACT_UNPLUG },
	{ "reboot", SIM_AT_ACCEPTED, SIM_ACT_REBOOT },
	{ "network", SIM_AT_PDU, SIM_ACT_NETWORK },
	{ "lost_notice", SIM_AT_NOTICE, SIM_ACT_SILENCE },
	{ "doubled_notice", SIM_AT_NOTICE, SIM_ACT_DOUBLE },
	{ "undeletable", SIM_AT_DELETE, SIM_ACT_ERROR },
};

static const char *const stage_names[SIM_STAGES] = {
	[SIM_AT_COMMAND] = "command",
	[SIM_AT_PROMPT] = "prompt",
	[SIM_AT_PDU] = "pdu",
	[SIM_AT_ACCEPTED] = "accepted",
	[SIM_AT_ANSWER] = "answer",
	[SIM_AT_NOTICE] = "notice",
	[SIM_AT_DELETE] = "delete",
};

static const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static int stage_parse(const char *name)
{
	for (int i = 0; i < SIM_STAGES; i++)
		if (!strcmp(stage_names[i], name))
			return i;
	return -1;
}

/*
 * An error on a sending command is one that the network gives, after the PDU; the others come at
 * once.
 */
static enum sim_stage default_stage(const struct kind *kind, const char *on)
{
	bool sends = !strcmp(on, "+CMGS") || !strcmp(on, "+CMSS");

	return sends && !strcmp(kind->name, "error") ? SIM_AT_PDU : kind->stage;
}

static char *join_lines(json_t *lines)
{
	struct sim_buf b = { 0 };

	sim_buf_puts(&b, "");
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *line = json_string_value(json_array_get(lines, i));

		sim_buf_addf(&b, "%s%s", i ? "\n" : "", line ? line : "");
	}
	return b.data;
}

struct numbers {
	int64_t times, after, ms, code, slot;
};

static bool read_numbers(json_t *command, struct numbers *n, char why[200])
{
	return sim_json_get_int(command, "times", 0, 1000000000, &n->times, why) &&
	       sim_json_get_int(command, "after", 0, 1000000000, &n->after, why) &&
	       sim_json_get_int(command, "ms", 0, 1000000000, &n->ms, why) &&
	       sim_json_get_int(command, "code", 0, 10000, &n->code, why) &&
	       sim_json_get_int(command, "slot", 0, 10000, &n->slot, why);
}

struct sim_fault *sim_fault_from_json(struct sim *sim, json_t *command, char why[200])
{
	const char *name = "", *on = "", *stage = NULL, *link = "", *family = "cms", *until = "";
	struct numbers n = { .times = 1, .ms = -1, .code = -1 };
	bool effect = false;
	const struct kind *kind;
	struct sim_fault *f;
	int at;

	if (!sim_json_get_str(command, "kind", &name, why) ||
		!sim_json_get_str(command, "on", &on, why) ||
		!sim_json_get_str(command, "stage", &stage, why) ||
		!sim_json_get_str(command, "link", &link, why) ||
		!sim_json_get_str(command, "until", &until, why) ||
		!sim_json_get_str(command, "family", &family, why) ||
		!sim_json_get_bool(command, "effect", &effect, why) ||
		!read_numbers(command, &n, why))
		return NULL;
	kind = kind_find(name);
	at = !kind ? -1 : stage ? stage_parse(stage) : (int)default_stage(kind, on);
	if (at < 0) {
		snprintf(why, 200, "no such %s: %s", kind ? "stage" : "kind", kind ? stage : name);
		return NULL;
	}
	f = sim_alloc(sizeof(*f));
	*f = (struct sim_fault){ .id = ++sim->next_fault,
		.kind = kind->name,
		.stage = (enum sim_stage)at,
		.act = kind->act,
		.left = n.times ? n.times : -1,
		.after = n.after,
		.ms = (int)n.ms,
		.slot = (int)n.slot,
		.effect = effect,
		.cme = !strcmp(family, "cme") };
	f->code = n.code >= 0                                           ? (int)n.code
		  : kind->act == SIM_ACT_ERROR && at == SIM_AT_ACCEPTED ? 500
									: 0;
	f->probability = json_is_number(json_object_get(command, "probability"))
				 ? json_number_value(json_object_get(command, "probability"))
				 : 1.0;
	text_copy(f->on, sizeof(f->on), on);
	text_copy(f->link, sizeof(f->link), link);
	text_copy(f->until, sizeof(f->until), until);
	f->lines = join_lines(json_object_get(command, "lines"));
	return f;
}

static void fault_free(struct sim_fault *f)
{
	free(f->lines);
	free(f);
}

void sim_faults_clear(struct sim_modem *m, uint32_t id)
{
	for (struct sim_fault **at = &m->faults; *at;) {
		struct sim_fault *f = *at;

		if (id && f->id != id) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		fault_free(f);
	}
}

static bool matches(struct sim_modem *m, struct sim_fault *f, enum sim_stage stage,
	const char *command, int slot)
{
	if (f->stage != stage || !f->left || (f->on[0] && (!command || strcmp(f->on, command))))
		return false;
	if (f->slot && slot >= 0 && f->slot != slot)
		return false;
	if (f->after > 0) {
		f->after--;
		return false;
	}
	return f->probability >= 1.0 || sim_rng_unit(&m->sim->rng) < f->probability;
}

static void say_garbage(struct sim_modem *m, const struct sim_fault *f)
{
	char *copy = sim_strdup(f->lines), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")))
		sim_buf_addf(&m->out, "\r\n%s\r\n", line);
	free(copy);
}

static void tell(struct sim_modem *m, const struct sim_fault *f)
{
	struct sim_buf *b = sim_journal_begin(m->sim, SIM_EV_FAULT, m);

	m->counts.faults++;
	sim_json_str(b, "kind", f->kind);
	sim_json_int(b, "fault", f->id);
	sim_json_str(b, "stage", stage_names[f->stage]);
	if (f->stage == SIM_AT_ACCEPTED)
		sim_json_int(b, "segment",
			(int64_t)(m->sim->ring_n
					  ? m->sim->ring[(m->sim->ring_n - 1) % SIM_RING].serial
					  : 0));
	sim_journal_end(m->sim, NULL);
}

const struct sim_fault *sim_fault_at(
	struct sim_modem *m, enum sim_stage stage, const char *command, int slot)
{
	for (struct sim_fault **at = &m->faults; *at;) {
		struct sim_fault *f = *at;

		if (!f->left) { /* used up, and no longer in anybody's hands */
			*at = f->next;
			fault_free(f);
			continue;
		}
		at = &f->next;
		if (!matches(m, f, stage, command, slot))
			continue;
		if (f->left > 0)
			f->left--;
		tell(m, f);
		if (f->act != SIM_ACT_GARBAGE)
			return f;
		say_garbage(m, f);
	}
	return NULL;
}

bool sim_fault_act(struct sim_modem *m, const struct sim_fault *fault)
{
	switch (fault->act) {
	case SIM_ACT_HANG:
		sim_modem_hang(m, fault->ms > 0 ? fault->ms : 0, fault->until);
		return true;
	case SIM_ACT_UNPLUG:
		sim_modem_unplug(m, fault->ms, fault->link[0] ? fault->link : NULL);
		return true;
	case SIM_ACT_REBOOT:
		sim_modem_restart(m, fault->ms);
		return true;
	case SIM_ACT_NETWORK:
		sim_modem_network(m, SIM_REG_SEARCHING, fault->ms > 0 ? fault->ms : 0, 99);
		return false;
	default:
		return false;
	}
}
