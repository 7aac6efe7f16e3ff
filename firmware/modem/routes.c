/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where texts lie and how they are announced: asked for, set, and read back, candidate by
 * candidate, because modems refuse what they advertise and forget what they accept.
 */
#include <stdio.h>
#include <string.h>

#include "modem_private.h"

/* ---- stores ---- */

static int fmt_ask_stores(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	m->candidate = -1;
	memset(m->cpms_sets, 0, sizeof(m->cpms_sets));
	text_copy(out, size, "AT+CPMS=?");
	return 0;
}

static int on_stores(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	for (unsigned int i = 0; i < ARRAY_SIZE(m->cpms_sets); i++)
		at_field(line, i, m->cpms_sets[i], sizeof(m->cpms_sets[i]));
	/* what is known stays: a name is soon lost on the line, and what is none is found so */
	for (int i = 0; i < MEMORIES; i++) {
		if (strstr(m->cpms_sets[0], memory_name(i)))
			m->memories |= 1U << i;
	}
	return 0;
}

/* "" in a set: the modem did not say, so everything may be tried. */
static bool store_allowed(const struct modem *m, const char *store)
{
	for (size_t i = 0; i < ARRAY_SIZE(m->cpms_sets); i++) {
		if (m->cpms_sets[i][0] && !strstr(m->cpms_sets[i], store))
			return false;
	}
	return true;
}

static const char *store_candidate(const struct modem *m)
{
	if (m->candidate < 0 || (size_t)m->candidate >= ARRAY_SIZE(m->profile->store))
		return NULL;
	return m->profile->store[m->candidate];
}

static int fmt_store(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;
	const char *store;

	do {
		m->candidate++;
		store = store_candidate(m);
		if (!store)
			return -ENOENT;
	} while (!store_allowed(m, store));
	snprintf(out, size, "AT+CPMS=\"%s\",\"%s\",\"%s\"", store, store, store);
	return 0;
}

static int on_store(void *ctx, const char *line, const char *next)
{
	(void)next;
	receive_store_counts(ctx, line);
	return 0;
}

static int done_store(void *ctx)
{
	struct modem *m = ctx;
	const char *store = store_candidate(m);

	m->selected = MEMORY_NONE;
	return !store || m->receives == memory_find(store) ? 0 : AT_BACK;
}

/* ---- who tells us of new texts: TS 27.005 3.4.1 ---- */

static const char *const cnmi_candidates[] = {
	"2,1,0,1,0",
	"2,1,0,2,0",
	"1,1,0,1,0",
	"1,1,0,2,0",
	"2,1,0,2,1",
	"2,1,0,1,1",
	"2,1,0,0,0",
	"2,1",
};

/* The profile's own comes first; a second round takes no notice of what the modem says it can. */
#define CNMI_ROUND ((int)ARRAY_SIZE(cnmi_candidates) + 1)

static const char *cnmi_candidate(const struct modem *m)
{
	int i = m->candidate % CNMI_ROUND;

	if (m->candidate < 0 || m->candidate >= 2 * CNMI_ROUND)
		return NULL;
	return i == 0 ? m->profile->cnmi : cnmi_candidates[i - 1];
}

/* Some must not be given ds=2 whatever they show, others show what they refuse. */
static bool cnmi_allowed(const struct modem *m, const char *candidate)
{
	if ((m->profile->flags & MODEM_REPORTS_DIRECT) && at_field_int(candidate, 3, 0) == 2)
		return false;
	if (m->candidate >= CNMI_ROUND)
		return true;
	for (unsigned int i = 0; i < ARRAY_SIZE(m->cnmi_sets); i++) {
		int value = at_field_int(candidate, i, -1);

		if (value >= 0 && m->cnmi_sets[i][0] && !at_set_contains(m->cnmi_sets[i], value))
			return false;
	}
	return true;
}

static int fmt_ask_cnmi(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	m->candidate = -1;
	m->cnmi_ok = false;
	memset(m->cnmi_sets, 0, sizeof(m->cnmi_sets));
	text_copy(out, size, "AT+CNMI=?");
	return 0;
}

static int on_cnmi_sets(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	for (unsigned int i = 0; i < ARRAY_SIZE(m->cnmi_sets); i++)
		at_field(line, i, m->cnmi_sets[i], sizeof(m->cnmi_sets[i]));
	return 0;
}

static int fmt_cnmi(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;
	const char *candidate;

	do {
		if (++m->candidate >= 2 * CNMI_ROUND)
			return -ENOENT;
		candidate = cnmi_candidate(m);
	} while (!candidate || !cnmi_allowed(m, candidate));
	snprintf(out, size, "AT+CNMI=%s", candidate);
	return 0;
}

/* <mt> and <ds> decide what comes and how. */
static int on_cnmi(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;
	const char *candidate = cnmi_candidate(m);

	(void)next;
	if (candidate)
		m->read_back = at_field_int(line, 1, -1) == at_field_int(candidate, 1, 0) &&
			       at_field_int(line, 3, 0) == at_field_int(candidate, 3, 0);
	else
		m->read_back = at_field_int(line, 1, -1) == 1;
	return 0;
}

static int done_cnmi(void *ctx)
{
	struct modem *m = ctx;

	m->cnmi_ok = m->read_back;
	if (m->cnmi_ok && cnmi_candidate(m))
		text_copy(m->cnmi_good, sizeof(m->cnmi_good), cnmi_candidate(m));
	if (m->cnmi_ok || m->candidate >= 2 * CNMI_ROUND)
		return 0;
	return AT_BACK;
}

/*
 * A modem that has restarted is registered within a second or two and drops the reports that wait
 * for it, until it is told otherwise (<ds> = 0, TS 27.005 3.4.1). So what it took in its last life,
 * else what most take, goes before the long dialogue, in which it is asked for and read back.
 */
int routes_format_early(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;
	const char *value = m->cnmi_good;

	if (!value[0])
		value = m->profile->cnmi ? m->profile->cnmi : cnmi_candidates[0];
	snprintf(out, size, "AT+CNMI=%s", value);
	return m->cnmi_early ? AT_SKIP : 0;
}

int routes_done_early(void *ctx)
{
	struct modem *m = ctx;

	m->cnmi_early = true;
	return 0;
}

/*
 * A life that ended before it acknowledged a text or report left the modem waiting: it says nothing
 * more and then turns +CNMI off (TS 27.005 3.4.1). Refused (<n> = 2) rather than acknowledged:
 * nobody has kept what it was, and it comes again. 340 says that none was awaited.
 */
static int fmt_refuse(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	if (!m->csms1)
		return AT_SKIP;
	text_copy(out, size, "AT+CNMA=2");
	return 0;
}

/* ---- the dialogue ---- */

static const struct at_step route_steps[] = {
	/* The SIM's texts may be read only seconds after the SIM itself. */
	{ .format = fmt_ask_stores,
		.expect = "+CPMS:",
		.line = on_stores,
		.deadline_ms = 10000,
		.tries = 20,
		.pause_ms = 1000,
		.flags = AT_OPTIONAL },
	{ .format = fmt_store,
		.deadline_ms = 10000,
		.tries = 4,
		.flags = AT_OPTIONAL | AT_STUBBORN },
	{ .command = "AT+CPMS?",
		.expect = "+CPMS:",
		.line = on_store,
		.done = done_store,
		.deadline_ms = 10000,
		.flags = AT_OPTIONAL },
	STEP_ASK_BY(fmt_ask_cnmi, "+CNMI:", on_cnmi_sets),
	{ .format = fmt_cnmi,
		.deadline_ms = 5000,
		.tries = 20,
		.flags = AT_OPTIONAL | AT_STUBBORN },
	{ .command = "AT+CNMI?",
		.expect = "+CNMI:",
		.line = on_cnmi,
		.done = done_cnmi,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL },
	{ .format = fmt_refuse, .deadline_ms = 5000, .flags = AT_OPTIONAL },
};
const struct at_script routes_script = AT_SCRIPT("stores and notices", route_steps);

static void routes_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_SILENCE)
		life_event(m, MODEM_EV_DEAF);
	else
		receive_sweep_all(m);
}

void routes_run(struct modem *m)
{
	modem_run(m, &routes_script, routes_ended);
}
