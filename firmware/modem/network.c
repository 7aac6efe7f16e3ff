/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last part of the start-up dialogue: the network, and how texts go out to it.
 */
#include <stdio.h>
#include <string.h>

#include "modem_private.h"

/* ---- the radio link between two segments: TS 27.005 3.5.6 ---- */

/*
 * With +CMMS the modem leaves the link up for the 1 to 5 s after an answer, and the next segment is
 * spared its making. Mode 2 stays: it is told once, and a lone segment's link is up for these
 * seconds more, in which texts may come in over it. Mode 1 ends with the first pause that is
 * longer: it is told when a burst shows itself, which is when a segment is announced with the
 * answer to another (send.c); told with each lone one it would only be a line more for each.
 */

static int fmt_ask_cmms(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	m->cmms = m->profile->cmms;
	m->cmms_set[0] = '\0';
	text_copy(out, size, "AT+CMMS=?");
	return m->cmms ? 0 : AT_SKIP;
}

static int on_cmms_set(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	at_field(line, 0, m->cmms_set, sizeof(m->cmms_set));
	return 0;
}

/* The family's mode, or the most that this one says it has. */
static int fmt_cmms(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	while (m->cmms > 0 && m->cmms_set[0] == '(' && !at_set_contains(m->cmms_set, m->cmms))
		m->cmms--;
	text_copy(out, size, "AT+CMMS=2");
	return m->cmms == 2 ? 0 : AT_SKIP;
}

/* ---- which way out ---- */

/* <service> of +CGSMS, TS 27.007 10.1.21 */
enum { DOMAIN_PACKET = 0, DOMAIN_CIRCUIT = 1, DOMAIN_PACKET_FIRST = 2, DOMAIN_CIRCUIT_FIRST = 3 };

static int fmt_ask_domain(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	m->domain = -1;
	m->domains[0] = '\0';
	text_copy(out, size, "AT+CGSMS?");
	return 0;
}

static int on_domain(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	m->domain = at_field_int(line, 0, -1);
	return 0;
}

static int fmt_ask_domains(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	text_copy(out, size, "AT+CGSMS=?");
	return m->domain == DOMAIN_PACKET ? 0 : AT_SKIP;
}

static int on_domains(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	at_field(line, 0, m->domains, sizeof(m->domains));
	return 0;
}

/*
 * Packet service alone carries texts in few networks; every other setting finds its way. What was
 * set so by an earlier owner, or by its maker, would let no text leave.
 */
static int fmt_domain(void *ctx, char *out, size_t size)
{
	static const int better[] = { DOMAIN_CIRCUIT_FIRST, DOMAIN_PACKET_FIRST, DOMAIN_CIRCUIT };
	const struct modem *m = ctx;

	for (size_t i = 0; m->domain == DOMAIN_PACKET && i < ARRAY_SIZE(better); i++) {
		if (m->domains[0] && !at_set_contains(m->domains, better[i]))
			continue;
		snprintf(out, size, "AT+CGSMS=%d", better[i]);
		return 0;
	}
	return AT_SKIP;
}

/* ---- service centre and own number ---- */

static int on_centre(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	if (!at_field(line, 0, m->centre, sizeof(m->centre)) || strlen(m->centre) < 3)
		m->centre[0] = '\0';
	m->centre_type = at_field_int(line, 1, m->centre[0] == '+' ? 145 : 129);
	return 0;
}

/* For a SIM that names none, or has forgotten it. */
static int fmt_given_centre(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	if (m->centre[0])
		return AT_SKIP;
	if (m->given_centre[0] == '\0') {
		log_warning("modem %s: the SIM names no service centre and none is configured",
			m->name);
		return AT_SKIP;
	}
	snprintf(out, size, "AT+CSCA=\"%s\",145", m->given_centre);
	return 0;
}

/* What it names is set anew: some know it and do not use it. */
static int fmt_own_centre(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	snprintf(out, size, "AT+CSCA=\"%s\",%d", m->centre, m->centre_type);
	return m->centre[0] ? 0 : AT_SKIP;
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

/* It knows the question; its answer may have been lost on the line: the heartbeat asks again. */
static int done_cereg(void *ctx)
{
	struct modem *m = ctx;

	if (m->registration[NET_CEREG] < 0)
		m->registration[NET_CEREG] = 0;
	return 0;
}

static int on_creg(void *ctx, const char *line, const char *next)
{
	(void)next;
	jobs_on_registration(ctx, NET_CREG, line);
	return 0;
}

/* ---- the dialogue ---- */

static const struct at_step network_steps[] = {
	STEP_TELL("AT+CREG=2"),
	STEP_TELL_BY(fmt_cgreg),
	STEP_TELL_BY(fmt_cereg),
	STEP_ASK("AT+CSCA?", "+CSCA:", on_centre),
	STEP_TELL_BY(fmt_given_centre),
	{ .command = "AT+CNUM",
		.expect = "+CNUM:",
		.line = on_own_number,
		.deadline_ms = 5000,
		.tries = 3,
		.pause_ms = 500,
		.flags = AT_OPTIONAL },
	STEP_ASK_BY(fmt_ask_domain, "+CGSMS:", on_domain),
	STEP_ASK_BY(fmt_ask_domains, "+CGSMS:", on_domains),
	STEP_TELL_BY(fmt_domain),
	STEP_ASK_BY(fmt_ask_cmms, "+CMMS:", on_cmms_set),
	STEP_TELL_BY(fmt_cmms),
	STEP_TELL("AT+CLIP=1"),
	STEP_TELL("AT+CTZU=1"),
	STEP_TELL("AT+COPS=3,0"),
	STEP_ASK("AT+CREG?", "+CREG:", on_creg),
	STEP_TELL_BY(fmt_ask_cgreg),
	{ .format = fmt_ask_cereg, .done = done_cereg, .deadline_ms = 15000, .flags = AT_OPTIONAL },
	STEP_TELL("AT+CSQ"),
};
const struct at_script network_script = AT_SCRIPT("network", network_steps);

/* +CMS ERROR 330: the service centre's address is not known (TS 27.005 3.2.5). */
static const struct at_step centre_steps[] = {
	STEP_ASK("AT+CSCA?", "+CSCA:", on_centre),
	STEP_TELL_BY(fmt_given_centre),
	STEP_TELL_BY(fmt_own_centre),
};
static const struct at_script centre = AT_SCRIPT("service centre", centre_steps);

static void centre_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_SILENCE)
		life_event(m, MODEM_EV_DEAF);
}

void network_centre(struct modem *m)
{
	m->centre[0] = '\0';
	modem_run(m, &centre, centre_ended);
}
