/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start-up dialogue. What modems differ in is asked for, set and read back; what few of them know is
 * optional. Nothing in it depends on what the modem was told before.
 */
#include <stdio.h>
#include <string.h>

#include "modem_private.h"

/* ---- who are you ---- */

/* Some answer "+CGMI: NAME", some quote it. */
static void keep_identity(const char *line, char *out, size_t size)
{
	if (out[0] == '\0')
		at_field(line, 0, out, size);
}

static int on_manufacturer(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	keep_identity(line, m->manufacturer, sizeof(m->manufacturer));
	return 0;
}

static int on_model(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	keep_identity(line, m->model, sizeof(m->model));
	return 0;
}

static int on_revision(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	keep_identity(line, m->revision, sizeof(m->revision));
	return 0;
}

/* Only its tail is kept: an IMEI names a person's device. */
static int on_imei(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;
	char imei[32];
	size_t len;

	(void)next;
	at_field(line, 0, imei, sizeof(imei));
	len = strspn(imei, "0123456789");
	if (len >= 14 && m->imei_tail[0] == '\0')
		text_copy(m->imei_tail, 5, imei + len - 4);
	return 0;
}

static void choose_profile(struct modem *m)
{
	char identity[160];

	if (strcmp(m->wanted_profile, "auto") == 0) {
		snprintf(identity, sizeof(identity), "%s %s %s", m->manufacturer, m->model,
			m->revision);
		m->profile = modem_profile_match(identity);
	}
	log_info("modem %s: %s %s %s, IMEI ...%s, profile %s", m->name, m->manufacturer, m->model,
		m->revision, m->imei_tail, m->profile->name);
}

static int fmt_factory(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	choose_profile(m);
	text_copy(out, size, "AT&FE0");
	return m->profile->flags & MODEM_FACTORY ? 0 : AT_SKIP;
}

static int fmt_quiet(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	if (!m->profile->quiet)
		return AT_SKIP;
	text_copy(out, size, m->profile->quiet);
	return 0;
}

/* ---- power and SIM ---- */

static int on_cfun(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	m->functionality = at_field_int(line, 0, 1);
	return 0;
}

static int fmt_cfun(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	text_copy(out, size, "AT+CFUN=1");
	return m->functionality == 1 ? AT_SKIP : 0;
}

/* TS 27.007 8.3 */
static const struct {
	const char *word;
	enum modem_sim sim;
} sim_words[] = {
	{ "READY", SIM_READY },
	{ "SIM PIN", SIM_PIN },
	{ "SIM PUK", SIM_PUK },
	{ "NOT INSERTED", SIM_ABSENT },
	{ "NOT READY", SIM_ABSENT },
	{ "SIM REMOVED", SIM_ABSENT },
};

void start_on_cpin(struct modem *m, const char *line)
{
	char word[32];

	at_field(line, 0, word, sizeof(word));
	m->sim = SIM_OTHER_LOCK;
	for (size_t i = 0; i < ARRAY_SIZE(sim_words); i++) {
		if (strcmp(word, sim_words[i].word) == 0)
			m->sim = sim_words[i].sim;
	}
	if (m->sim == SIM_READY)
		m->pin_doubtful = false;
}

static int on_cpin(void *ctx, const char *line, const char *next)
{
	(void)next;
	start_on_cpin(ctx, line);
	return 0;
}

static int done_cpin(void *ctx)
{
	const struct modem *m = ctx;

	return m->sim == SIM_READY || m->sim == SIM_PIN ? 0 : -EACCES;
}

static int done_ready(void *ctx)
{
	const struct modem *m = ctx;

	return m->sim == SIM_READY ? 0 : -EACCES;
}

static int fmt_pin_tries(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	m->pin_tries = -1;
	text_copy(out, size, "AT+CPINR=\"SIM PIN\"");
	return m->sim == SIM_READY ? AT_SKIP : 0;
}

static int on_pin_tries(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	m->pin_tries = at_field_int(line, 1, -1);
	return 0;
}

/*
 * A wrong PIN three times over blocks a SIM. So one that was not followed by READY is never entered again,
 * and the last try that is left belongs to a person: it also survives a daemon that is started in a loop.
 */
static int fmt_pin(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	if (m->sim == SIM_READY)
		return AT_SKIP;
	if (m->pin[0] == '\0' || m->pin_doubtful || m->pin_tries == 1)
		return -EACCES;
	m->pin_doubtful = true;
	snprintf(out, size, "AT+CPIN=\"%s\"", m->pin);
	return 0;
}

static int fmt_ready(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	text_copy(out, size, "AT+CPIN?");
	return m->sim == SIM_READY ? AT_SKIP : 0;
}

static const char *sim_why(const struct modem *m, int error)
{
	if (m->sim == SIM_PUK || error == 1012)
		return "the SIM is blocked: it wants its PUK, which only a person may enter";
	if (m->sim == SIM_PIN && m->pin[0] == '\0')
		return "the SIM wants a PIN and none is configured";
	if (m->sim == SIM_PIN && m->pin_doubtful)
		return "the SIM did not take the PIN; it is not entered again";
	if (m->sim == SIM_PIN && m->pin_tries == 1)
		return "the SIM has one try left for its PIN, which is a person's";
	if (m->sim == SIM_OTHER_LOCK)
		return "the SIM has a lock that is not its PIN";
	return "no SIM card, or it does not answer";
}

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
	m->memories = 0;
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

static bool cnmi_allowed(const struct modem *m, const char *candidate)
{
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
	} while (!candidate || (m->candidate < CNMI_ROUND && !cnmi_allowed(m, candidate)));
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
	if (m->cnmi_ok || m->candidate >= 2 * CNMI_ROUND)
		return 0;
	return AT_BACK;
}

/* ---- network ---- */

static int done_csms(void *ctx)
{
	struct modem *m = ctx;

	m->csms1 = true;
	return 0;
}

static int on_centre(void *ctx, const char *line, const char *next)
{
	const struct modem *m = ctx;
	char number[32];

	(void)next;
	if (!at_field(line, 0, number, sizeof(number)) || strlen(number) < 3)
		log_warning("modem %s: the SIM names no service centre", m->name);
	return 0;
}

/* +CNUM: [<alpha>],<number>,<type> (TS 27.007 7.1); type 145 is an international number. */
static int on_own_number(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;
	char number[PHONE_SIZE];
	const char *digits;

	(void)next;
	if (m->own_number[0] || !at_field(line, 1, number, sizeof(number)))
		return 0;
	digits = number + (number[0] == '+');
	if (digits[0] && (digits > number || at_field_int(line, 2, 0) == 145))
		snprintf(m->own_number, sizeof(m->own_number), "+%.15s", digits);
	return 0;
}

static int fmt_packet(void *ctx, char *out, size_t size, const char *command)
{
	const struct modem *m = ctx;

	text_copy(out, size, command);
	return m->profile->flags & MODEM_GSM_ONLY ? AT_SKIP : 0;
}

static int fmt_cgreg(void *ctx, char *out, size_t size)
{
	return fmt_packet(ctx, out, size, "AT+CGREG=2");
}

static int fmt_cereg(void *ctx, char *out, size_t size)
{
	return fmt_packet(ctx, out, size, "AT+CEREG=2");
}

static int fmt_ask_cgreg(void *ctx, char *out, size_t size)
{
	return fmt_packet(ctx, out, size, "AT+CGREG?");
}

static int fmt_ask_cereg(void *ctx, char *out, size_t size)
{
	return fmt_packet(ctx, out, size, "AT+CEREG?");
}

static int on_creg(void *ctx, const char *line, const char *next)
{
	(void)next;
	jobs_on_registration(ctx, NET_CREG, line);
	return 0;
}

/* ---- the dialogue ---- */

#define STORE_STEPS                                                                                \
	{ .format = fmt_ask_stores,                                                                \
		.expect = "+CPMS:",                                                                \
		.line = on_stores,                                                                 \
		.deadline_ms = 10000,                                                              \
		.tries = 20,                                                                       \
		.pause_ms = 1000,                                                                  \
		.flags = AT_OPTIONAL },                                                            \
		{ .format = fmt_store,                                                             \
			.deadline_ms = 10000,                                                      \
			.tries = 4,                                                                \
			.flags = AT_OPTIONAL | AT_STUBBORN },                                      \
	{                                                                                          \
		.command = "AT+CPMS?", .expect = "+CPMS:", .line = on_store, .done = done_store,   \
		.deadline_ms = 10000, .flags = AT_OPTIONAL                                         \
	}

#define NOTICE_STEPS                                                                               \
	{ .format = fmt_ask_cnmi,                                                                  \
		.expect = "+CNMI:",                                                                \
		.line = on_cnmi_sets,                                                              \
		.deadline_ms = 5000,                                                               \
		.flags = AT_OPTIONAL },                                                            \
		{ .format = fmt_cnmi,                                                              \
			.deadline_ms = 5000,                                                       \
			.tries = 20,                                                               \
			.flags = AT_OPTIONAL | AT_STUBBORN },                                      \
	{                                                                                          \
		.command = "AT+CNMI?", .expect = "+CNMI:", .line = on_cnmi, .done = done_cnmi,     \
		.deadline_ms = 5000, .flags = AT_OPTIONAL                                          \
	}

static const struct at_step start_steps[] = {
	/* A modem in its own start-up is deaf for a while; a prompt may be left from an earlier life. */
	{ .command = "AT",
		.deadline_ms = 600,
		.tries = 15,
		.pause_ms = 400,
		.flags = AT_ESCAPE | AT_STUBBORN },
	{ .command = "ATE0", .deadline_ms = 2000 },
	{ .command = "AT+CGMI",
		.expect = "",
		.line = on_manufacturer,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL | AT_NEEDS_LINE },
	{ .command = "AT+CGMM",
		.expect = "",
		.line = on_model,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL },
	{ .command = "AT+CGMR",
		.expect = "",
		.line = on_revision,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL },
	{ .command = "AT+CGSN",
		.expect = "",
		.line = on_imei,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL },
	{ .format = fmt_factory, .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .command = "AT+CMEE=1", .deadline_ms = 2000 },
	{ .format = fmt_quiet, .deadline_ms = 2000, .flags = AT_OPTIONAL },
	{ .command = "AT+CFUN?",
		.expect = "+CFUN:",
		.line = on_cfun,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL },
	{ .format = fmt_cfun, .deadline_ms = 15000, .flags = AT_OPTIONAL },
	{ .command = "AT+CPIN?",
		.expect = "+CPIN:",
		.line = on_cpin,
		.done = done_cpin,
		.deadline_ms = 5000,
		.tries = 8,
		.pause_ms = 1000,
		.flags = AT_NEEDS_LINE,
		.retry = AT_RETRY_SIM },
	{ .format = fmt_pin_tries,
		.expect = "+CPINR:",
		.line = on_pin_tries,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL },
	{ .format = fmt_pin, .deadline_ms = 20000, .retry = AT_RETRY_SIM },
	{ .format = fmt_ready,
		.expect = "+CPIN:",
		.line = on_cpin,
		.done = done_ready,
		.deadline_ms = 5000,
		.tries = 10,
		.pause_ms = 500,
		.flags = AT_STUBBORN,
		.retry = AT_RETRY_SIM },
	{ .command = "AT+CMGF=0", .deadline_ms = 5000, .tries = 20, .pause_ms = 1000 },
	{ .command = "AT+CSMS=1", .deadline_ms = 5000, .done = done_csms, .flags = AT_OPTIONAL },
	STORE_STEPS,
	NOTICE_STEPS,
	{ .command = "AT+CREG=2", .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .format = fmt_cgreg, .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .format = fmt_cereg, .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .command = "AT+CSCA?",
		.expect = "+CSCA:",
		.line = on_centre,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL },
	{ .command = "AT+CNUM",
		.expect = "+CNUM:",
		.line = on_own_number,
		.deadline_ms = 5000,
		.tries = 3,
		.pause_ms = 500,
		.flags = AT_OPTIONAL },
	{ .command = "AT+CMMS=2", .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .command = "AT+CLIP=1", .deadline_ms = 15000, .flags = AT_OPTIONAL },
	{ .command = "AT+CTZU=1", .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .command = "AT+COPS=3,0", .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .command = "AT+CREG?",
		.expect = "+CREG:",
		.line = on_creg,
		.deadline_ms = 5000,
		.flags = AT_NEEDS_LINE | AT_OPTIONAL },
	{ .format = fmt_ask_cgreg, .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .format = fmt_ask_cereg, .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .command = "AT+CSQ", .deadline_ms = 5000, .flags = AT_OPTIONAL },
};
static const struct at_script start = AT_SCRIPT("start-up", start_steps);

static const struct at_step route_steps[] = { STORE_STEPS, NOTICE_STEPS };
static const struct at_script routes = AT_SCRIPT("stores and notices", route_steps);

static const struct at_step sim_steps[] = {
	{ .command = "AT+CPIN?",
		.expect = "+CPIN:",
		.line = on_cpin,
		.done = done_ready,
		.deadline_ms = 5000,
		.tries = 2,
		.pause_ms = 500,
		.flags = AT_NEEDS_LINE,
		.retry = AT_RETRY_SIM },
};
static const struct at_script sim_check = AT_SCRIPT("SIM check", sim_steps);

/* ---- its ends ---- */

static void sim_wanted(struct modem *m, const struct at_result *result)
{
	if (result->error == 1010 || result->error == 310)
		m->sim = SIM_ABSENT;
	text_copy(m->why, sizeof(m->why), sim_why(m, result->error));
	life_event(m, MODEM_EV_SIM_WANTED);
}

static void start_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_DONE) {
		if (!m->cnmi_ok)
			log_warning("modem %s: takes no +CNMI setting; new texts are looked for "
				    "once a minute",
				m->name);
		m->operator_wanted = true;
		receive_sweep_all(m);
		life_event(m, MODEM_EV_STARTED);
		return;
	}
	if (result->retry == AT_RETRY_SIM && result->outcome != AT_SILENCE) {
		sim_wanted(m, result);
		return;
	}
	snprintf(m->why, sizeof(m->why), "start-up: %s at %s", at_outcome_name(result->outcome),
		result->step->command ? result->step->command : "a setting");
	life_event(m, MODEM_EV_DEAF);
}

void start_run(struct modem *m)
{
	m->started_ms = modem_now(m);
	m->manufacturer[0] = m->model[0] = m->revision[0] = m->imei_tail[0] = '\0';
	m->own_number[0] = '\0';
	m->functionality = 1;
	m->sim = SIM_UNKNOWN;
	m->csms1 = false;
	m->forgot = false;
	m->creg_n = -1;
	m->registered = false;
	for (int i = 0; i < NETS; i++)
		m->registration[i] = -1;
	modem_run(m, &start, start_ended);
}

static void routes_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_SILENCE)
		life_event(m, MODEM_EV_DEAF);
	else
		receive_sweep_all(m);
}

void start_routes(struct modem *m)
{
	modem_run(m, &routes, routes_ended);
}

static void sim_check_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_SILENCE)
		life_event(m, MODEM_EV_DEAF);
	else if (result->outcome == AT_DONE)
		life_event(m, MODEM_EV_SIM_READY);
	else
		sim_wanted(m, result);
}

void start_sim_check(struct modem *m)
{
	modem_run(m, &sim_check, sim_check_ended);
}
