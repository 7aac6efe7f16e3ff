/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start-up dialogue, in three parts: who it is and its SIM; where texts lie and how they are
 * announced (routes.c); the network (network.c). Nothing in it depends on what the modem was told
 * before.
 */
#include <stdio.h>
#include <string.h>

#include "modem_private.h"

#define SIM_GAP_MS MS_PER_S /* between two questions to the SIM */
#define DOUBTS     3        /* answers of one start that made no sense and are asked for again */

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

/* Shown is only its tail: an IMEI names a person's device. */
static int on_imei(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;
	char imei[32];
	size_t len;

	(void)next;
	at_field(line, 0, imei, sizeof(imei));
	len = strspn(imei, "0123456789");
	if (len < 14 || len >= sizeof(m->seen_imei) || m->imei_tail[0])
		return 0;
	imei[len] = '\0';
	text_copy(m->seen_imei, sizeof(m->seen_imei), imei);
	text_copy(m->imei_tail, 5, imei + len - 4);
	return 0;
}

/* An answer made no sense: the line may have spoilt it. A few in a start are asked for again. */
static bool ask_again(struct modem *m)
{
	return m->doubts++ < DOUBTS;
}

/* Where it must be known. */
static int done_imei(void *ctx)
{
	struct modem *m = ctx;

	return m->imei_given && m->seen_imei[0] == '\0' && ask_again(m) ? AT_BACK : 0;
}

/*
 * Whether the modem at this port is this section's. One that no section knows may take the place of
 * one that was only learned, where the section leaves open which it is or names this very port.
 */
static bool is_ours(const struct modem *m)
{
	if (m->seen_imei[0] == '\0')
		return !m->imei_given && (!m->probing || m->wish.anywhere);
	if (find_same_imei(m->imei, m->seen_imei))
		return !m->probing || !find_is_at_its_clones(m);
	if (m->imei_given)
		return false;
	if (find_is_anothers(m, m->seen_imei) && !find_is_a_clone(m))
		return false;
	return m->imei[0] == '\0' || !m->probing || m->wish.anywhere;
}

static int fmt_is_ours(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	text_copy(out, size, "AT");
	m->stranger = !is_ours(m);
	return m->stranger ? -EXDEV : AT_SKIP;
}

static void choose_profile(struct modem *m)
{
	char identity[160];

	if (strcmp(m->wanted_profile, "auto") == 0) {
		snprintf(identity, sizeof(identity), "%s %s %s", m->manufacturer, m->model,
			m->revision);
		m->profile = modem_profile_match(identity, port_usb(m), NULL);
	}
	log_info("modem %s: %s %s %s, IMEI ...%s, profile %s", m->name, m->manufacturer, m->model,
		m->revision, m->imei_tail, modem_profile_name(m->profile));
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

/*
 * PINs that were entered and not followed by READY, by their modem: a section that is read anew
 * must not spend the next try. Of each modem the last; of more than there may be the first goes.
 */
static struct doubt {
	char modem[52], pin[12];
} doubts[16];
static size_t next_doubt;

/* Of two with one IMEI each has a SIM of its own. Good until the next call. */
static const char *doubt_key(const struct modem *m)
{
	static char key[sizeof(doubts[0].modem)];
	bool is_one_of_two = find_is_anothers(m, m->seen_imei);

	snprintf(key, sizeof(key), "%s%s%s", m->seen_imei, is_one_of_two ? " " : "",
		is_one_of_two || !m->seen_imei[0] ? m->name : "");
	return key;
}

static struct doubt *doubt_find(const struct modem *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(doubts); i++) {
		if (strcmp(doubts[i].modem, doubt_key(m)) == 0)
			return &doubts[i];
	}
	return NULL;
}

static bool is_doubtful(const struct modem *m)
{
	const struct doubt *doubt = doubt_find(m);

	return doubt && strcmp(doubt->pin, m->pin) == 0;
}

static void doubt_pin(const struct modem *m)
{
	struct doubt *doubt = doubt_find(m);

	if (!doubt)
		doubt = &doubts[next_doubt++ % ARRAY_SIZE(doubts)];
	text_copy(doubt->modem, sizeof(doubt->modem), doubt_key(m));
	text_copy(doubt->pin, sizeof(doubt->pin), m->pin);
}

static void trust_pin(struct modem *m, bool ready)
{
	struct doubt *doubt = doubt_find(m);

	if (doubt)
		doubt->modem[0] = '\0';
	if (m->events->pin_free)
		m->events->pin_free(m->ctx, m, doubt_key(m), ready);
}

/* An earlier life may have entered it, and what is entered now must be known to the next. */
static int enter_pin(struct modem *m)
{
	int rc = 0;

	if (m->events->pin_entering)
		rc = m->events->pin_entering(m->ctx, m, doubt_key(m), m->pin);
	if (rc == 0 || rc == -EALREADY)
		doubt_pin(m);
	return rc;
}

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
		trust_pin(m, true);
}

static int on_cpin(void *ctx, const char *line, const char *next)
{
	(void)next;
	start_on_cpin(ctx, line);
	return 0;
}

/*
 * A word that is none of the table's is a lock, or one that the line spoilt. It may have spoilt
 * "SIM PIN2", too, whose tries are not for this PIN: that the PIN is wanted is read twice before it
 * is entered.
 */
static int done_cpin(void *ctx)
{
	struct modem *m = ctx;

	m->pin_wanted = m->sim == SIM_PIN ? m->pin_wanted + 1 : 0;
	if (m->pin_wanted == 1 && m->pin[0])
		return AT_BACK;
	if (m->sim == SIM_OTHER_LOCK && ask_again(m))
		return AT_BACK;
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

/* How many are left was asked and not understood. */
static int done_pin_tries(void *ctx)
{
	struct modem *m = ctx;

	return (m->pin_tries < 0 || m->pin_tries > 9) && ask_again(m) ? AT_BACK : 0;
}

/*
 * A wrong PIN three times over blocks a SIM. So one that was not followed by READY is never entered
 * again, and the last try that is left belongs to a person: it also survives a daemon that is
 * started in a loop.
 */
static bool may_enter_pin(const struct modem *m)
{
	return m->sim == SIM_PIN && m->pin[0] && !is_doubtful(m) && m->pin_tries != 1;
}

static int fmt_pin(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	if (m->sim == SIM_READY)
		return AT_SKIP;
	if (m->pin[0] == '\0') /* who puts it back wants it tried */
		trust_pin(m, false);
	if (!may_enter_pin(m) || enter_pin(m) < 0)
		return -EACCES;
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
	if (m->sim == SIM_PIN && is_doubtful(m))
		return "the SIM did not take the PIN; it is not entered again (unless taken out "
		       "and "
		       "put back)";
	if (m->sim == SIM_PIN && m->pin_tries == 1)
		return "the SIM has one try left for its PIN, which is a person's";
	if (m->sim == SIM_PIN)
		return "the SIM wants its PIN, which is not entered while nothing can be stored";
	if (m->sim == SIM_OTHER_LOCK)
		return "the SIM has a lock that is not its PIN";
	return "no SIM card, or it does not answer";
}

/* ---- who acknowledges ---- */

/* TS 27.005 3.2.1: with service 1 each +CMT and +CDS wants its +CNMA. */
static int fmt_csms(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	text_copy(out, size, m->profile->flags & MODEM_NO_ACKNOWLEDGE ? "AT+CSMS=0" : "AT+CSMS=1");
	return 0;
}

static int done_csms(void *ctx)
{
	struct modem *m = ctx;

	m->csms1 = !(m->profile->flags & MODEM_NO_ACKNOWLEDGE);
	return 0;
}

/* ---- the dialogue ---- */

/* Before anything that the network waits for: see routes.c. */
#define EARLY                                                                                      \
	{                                                                                          \
		.format = routes_format_early, .done = routes_done_early, .deadline_ms = 15000,    \
		.flags = AT_OPTIONAL                                                               \
	}

static const struct at_step start_steps[] = {
	/*
	 * A modem in its own start-up is deaf for a while; a prompt may be left from an earlier
	 * life.
	 */
	{ .command = "AT",
		.deadline_ms = 300,
		.tries = 40,
		.pause_ms = 100,
		.flags = AT_ESCAPE | AT_STUBBORN },
	{ .command = "ATE0", .deadline_ms = 2000 },
	{ .command = "AT+CGMI",
		.expect = "",
		.line = on_manufacturer,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL | AT_NEEDS_LINE },
	STEP_ASK("AT+CGMM", "", on_model),
	STEP_ASK("AT+CGMR", "", on_revision),
	{ .command = "AT+CGSN",
		.expect = "",
		.line = on_imei,
		.done = done_imei,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL },
	{ .format = fmt_is_ours, .deadline_ms = 1000 },
	STEP_TELL_BY(fmt_factory),
	EARLY,
	{ .command = "AT+CMEE=1", .deadline_ms = 2000 },
	STEP_TELL_BY(fmt_quiet),
	STEP_ASK("AT+CFUN?", "+CFUN:", on_cfun),
	STEP_TELL_BY(fmt_cfun),
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
		.done = done_pin_tries,
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
	EARLY, /* some take it only now */
	{ .command = "AT+CMGF=0", .deadline_ms = 5000, .tries = 20, .pause_ms = 1000 },
	{ .format = fmt_csms, .deadline_ms = 5000, .done = done_csms, .flags = AT_OPTIONAL },
};
static const struct at_script start = AT_SCRIPT("start-up", start_steps);

/*
 * A port of which nobody knows what it is: asked shortly, and left as it was found. It may be a
 * modem that an earlier life left in mid-send, at its prompt.
 */
static const struct at_step ask_steps[] = {
	{ .command = "AT", .deadline_ms = 700, .tries = 2, .pause_ms = 100, .flags = AT_ESCAPE },
};
static const struct at_script ask = AT_SCRIPT("is a modem there", ask_steps);

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

#define CME_WRONG_PIN 1016 /* TS 27.007 9.2.1: incorrect password */

static void sim_wanted(struct modem *m, const struct at_result *result)
{
	if (result->error == CME_WRONG_PIN && m->events->pin_refused)
		m->events->pin_refused(m->ctx, m, doubt_key(m), m->pin);
	if (result->error == 1010 || result->error == 310)
		m->sim = SIM_ABSENT;
	if (m->sim == SIM_ABSENT)
		m->pin_tries = -1; /* the next one may be another */
	text_copy(m->why, sizeof(m->why), sim_why(m, result->error));
	life_event(m, MODEM_EV_SIM_WANTED);
}

/*
 * Not a word at the port where it should be, of a modem that may have another by now: the names of
 * a stick's ports move. It is looked for once before it is taken for hung.
 */
static bool may_be_elsewhere(const struct modem *m, const struct at_result *result)
{
	struct serial_port list[2];

	return result->outcome == AT_SILENCE && result->step == &start_steps[0] && m->imei[0] &&
	       !m->probing && !m->climbing && m->rung == 0 && !m->looked &&
	       find_candidates(m, list, 2) == 2;
}

/* True when a part of the start went well; else what did not is told. */
static bool went_well(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_DONE)
		return true;
	if (m->stranger) {
		text_copy(m->why, sizeof(m->why), "another modem is at its port; looking for it");
		life_event(m, MODEM_EV_STRANGER);
		/* the port is free again: whose it is need not look for it */
		find_tell_owner(m);
		return false;
	}
	if (result->retry == AT_RETRY_SIM && result->outcome != AT_SILENCE) {
		sim_wanted(m, result);
		return false;
	}
	if (may_be_elsewhere(m, result)) {
		text_copy(m->why, sizeof(m->why), "its port is silent; looking for it");
		m->looked = m->stranger = true;
		life_event(m, MODEM_EV_STRANGER);
		return false;
	}
	m->refuses = result->outcome != AT_SILENCE;
	snprintf(m->why, sizeof(m->why), "start-up: %s at %s", at_outcome_name(result->outcome),
		result->step->command ? result->step->command : "a setting");
	life_event(m, MODEM_EV_DEAF);
	return false;
}

static void learn(struct modem *m)
{
	if (find_same_imei(m->imei, m->seen_imei))
		return;
	if (m->imei[0]) /* another in its place: by hand */
		m->vanished_ms = m->returned_ms = -1;
	text_copy(m->imei, sizeof(m->imei), m->seen_imei);
	if (m->events->learned)
		m->events->learned(m->ctx, m, m->imei);
}

static void network_ended(struct modem *m, const struct at_result *result)
{
	if (!went_well(m, result))
		return;
	if (m->seen_imei[0])
		learn(m);
	why_moved(m);
	m->home = m->port;
	m->probing = m->looked = false;
	m->operator_wanted = true;
	why_returned(m);
	receive_sweep_all(m);
	life_event(m, MODEM_EV_STARTED);
}

static void start_routes_ended(struct modem *m, const struct at_result *result)
{
	if (!went_well(m, result))
		return;
	if (!m->cnmi_ok)
		log_warning("modem %s: takes no +CNMI setting; new texts are looked for once a "
			    "minute",
			m->name);
	modem_run(m, &network_script, network_ended);
}

static void start_ended(struct modem *m, const struct at_result *result)
{
	if (went_well(m, result))
		modem_run(m, &routes_script, start_routes_ended);
}

static void ask_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_DONE) {
		modem_run(m, &start, start_ended);
		return;
	}
	text_copy(m->why, sizeof(m->why), "no modem answers");
	life_event(m, MODEM_EV_STRANGER);
}

void start_run(struct modem *m)
{
	m->started_ms = modem_now(m);
	m->manufacturer[0] = m->model[0] = m->revision[0] = m->imei_tail[0] = '\0';
	m->own_number[0] = m->seen_imei[0] = m->centre[0] = '\0';
	m->stranger = false;
	m->functionality = 1;
	m->sim = SIM_UNKNOWN;
	m->doubts = m->pin_wanted = 0;
	m->csms1 = m->cnmi_early = false;
	m->forgot = false;
	m->creg_n = -1;
	m->link_ms = 0;
	m->answered = false;
	m->registered = false;
	m->operator_name[0] = '\0';
	m->signal_dbm = 0;
	for (int i = 0; i < NETS; i++)
		m->registration[i] = -1;
	if (m->probing)
		modem_run(m, &ask, ask_ended);
	else
		modem_run(m, &start, start_ended);
}

static void sim_check_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_SILENCE)
		life_event(m, MODEM_EV_DEAF);
	else if (result->outcome == AT_DONE || may_enter_pin(m))
		life_event(m, MODEM_EV_SIM_READY);
	else
		sim_wanted(m, result);
}

/* Some say it once more whenever they are asked. */
int64_t start_sim_due(const struct modem *m)
{
	return m->sim_check ? m->sim_asked_ms + SIM_GAP_MS : TIME_NEVER;
}

void start_sim_check(struct modem *m)
{
	m->sim_check = false;
	m->sim_asked_ms = modem_now(m);
	m->sim = SIM_UNKNOWN;
	modem_run(m, &sim_check, sim_check_ended);
}
