/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One PDU out. Exactly one sent() per modem_send(). After a silence the line is re-synchronised
 * before the outcome is told: an answer that comes late, but before the modem answers again, still
 * settles it, and none that comes later can be taken for the answer of the next PDU.
 */
#include <stdio.h>
#include <string.h>

#include "modem_private.h"

/* What every modem keeps the link up for (TS 27.005 3.5.6: 1 to 5 s). */
#define LINK_KEPT_MS MS_PER_S

/* A burst goes on: see network.c. */
static int fmt_link(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	if (m->cmms != 1 || modem_now(m) < m->link_ms)
		return AT_SKIP;
	m->link_ms = modem_now(m) + LINK_KEPT_MS;
	text_copy(out, size, "AT+CMMS=1");
	return 0;
}

/* TS 27.005 4.3: <length> counts the TPDU without the service centre's address. */
static int fmt_cmgs(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	if (modem_now(m) >= m->link_ms)
		m->link_ms = 0;
	snprintf(out, size, "AT+CMGS=%zu", m->ahead ? m->announced_n : m->tpdu_n);
	return 0;
}

/* A service centre's address of no octets: the SIM's own is used. */
static int fmt_pdu(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	if (size < 2 * m->tpdu_n + 3)
		return -EMSGSIZE;
	int rc = m->events->handing ? m->events->handing(m->ctx, m) : 0;
	if (rc)
		return rc;
	m->handed_over = true;
	out[0] = out[1] = '0';
	hex_encode(out + 2, m->tpdu, m->tpdu_n);
	return 0;
}

static int on_reference(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;
	int reference = at_field_int(line, 0, -1);

	(void)next;
	if (reference >= 0 && reference <= 255)
		m->reference = reference;
	return 0;
}

/* An OK without a reference is somebody else's, or half an answer: the text may be on its way. */
static int done_sent(void *ctx)
{
	const struct modem *m = ctx;

	return m->reference >= 0 ? 0 : -EBADMSG;
}

#define ASK                                                                                        \
	{                                                                                          \
		.format = fmt_cmgs, .deadline_ms = 10000, .flags = AT_PROMPT,                      \
		.retry = AT_RETRY_TEMPORARY                                                        \
	}
#define HAND_OVER                                                                                  \
	{                                                                                          \
		.format = fmt_pdu, .expect = "+CMGS:", .line = on_reference, .done = done_sent,    \
		.deadline_ms = AT_LIMIT, .flags = AT_PDU, .retry = AT_RETRY_UNKNOWN                \
	}
static const struct at_step send_steps[] = { ASK, HAND_OVER };
static const struct at_script send_script = AT_SCRIPT("send", send_steps);

/* The two halves of it, for a segment that is announced before it may be handed over. */
static const struct at_step ask_steps[] = {
	{ .format = fmt_link, .deadline_ms = 5000, .flags = AT_OPTIONAL },
	ASK,
};
static const struct at_script ask_script = AT_SCRIPT("ask", ask_steps);
static const struct at_step hand_over_steps[] = { HAND_OVER };
static const struct at_script hand_over_script = AT_SCRIPT("hand over", hand_over_steps);

/*
 * ESC leaves a prompt. Whatever comes before the line that is asked for belongs to the past. A
 * value other than the one that start-up set: the modem has restarted unseen.
 */
static int on_cmee(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)next;
	m->forgot = at_field_int(line, 0, 1) != 1;
	return 0;
}

#define RESYNC(tries_)                                                                             \
	{                                                                                          \
		{ .command = "AT", .deadline_ms = 1000, .flags = AT_ESCAPE | AT_NO_ANSWER },       \
			{ .command = "AT+CMEE?",                                                   \
				.expect = "+CMEE:",                                                \
				.line = on_cmee,                                                   \
				.deadline_ms = 1500,                                               \
				.tries = (tries_),                                                 \
				.pause_ms = 200,                                                   \
				.flags = AT_NEEDS_LINE | AT_STUBBORN },                            \
	}
static const struct at_step resync_steps[] = RESYNC(3);
static const struct at_script resync = AT_SCRIPT("re-sync", resync_steps);

/*
 * Nobody knows yet how long this modem takes for a segment; some take more than ten seconds, and
 * are deaf meanwhile. One whose answer is lost says so at once, one that is still on the air gets
 * its time here, not before: so the wait for an answer may be short.
 */
static const struct at_step patient_steps[] = RESYNC(8);
static const struct at_script patient_resync = AT_SCRIPT("re-sync", patient_steps);

/*
 * Refusals that are the network's, one after the other: temporary, outage, 500. Not congestion,
 * which says itself what is wrong.
 */
static void count_refusals(struct modem *m)
{
	static const bool networks[AT_RETRIES] = {
		[AT_RETRY_TEMPORARY] = true,
		[AT_RETRY_OUTAGE] = true,
		[AT_RETRY_UNKNOWN] = true,
	};

	if (m->result.outcome == MODEM_SENT_OK)
		m->refused_in_row = m->no_centre = 0;
	else if (m->result.outcome == MODEM_SENT_REFUSED && networks[m->result.retry])
		m->refused_in_row++;
	else
		return;
	why_tell(m);
}

/*
 * A segment that takes less does not keep an acknowledgement from the network, which waits for it
 * for 12 s and more (TS 24.011 10, TR2M).
 */
#define BRISK_MS 500

static void tell_sent(struct modem *m)
{
	/* One that was lost says nothing about how slow the network is. */
	if (m->handed_over && !m->arrived)
		m->unanswered = m->result.outcome == MODEM_SENT_UNKNOWN ? m->unanswered + 1 : 0;
	m->sending = false;
	m->result_held = false;
	m->result.took_ms = modem_now(m) - m->send_ms;
	m->answered = m->answered || m->result.outcome == MODEM_SENT_OK;
	m->brisk = m->result.outcome == MODEM_SENT_OK && m->result.took_ms < BRISK_MS;
	m->link_ms = m->link_ms ? modem_now(m) + LINK_KEPT_MS : 0;
	if (m->result.outcome != MODEM_SENT_OK)
		m->result.reference = -1;
	count_refusals(m);
	/* What came in meanwhile goes first, once: the modem's store must not fill. */
	if (m->state == MODEM_READY && m->turn == TURN_RECEIVE && jobs_due(m) &&
		!jobs_only_acknowledge(m))
		jobs_start(m);
	m->tell_idle = m->tell_idle && !modem_idle(m);
	m->events->sent(m->ctx, m, &m->result);
}

/*
 * A modem that is not itself any more leaves MODEM_READY before the outcome is told: nothing
 * follows it.
 */
static void resync_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome != AT_SILENCE && m->forgot)
		life_event(m, MODEM_EV_REBOOTED);
	else if (result->outcome == AT_SILENCE || ladder_is_stalled(m))
		life_event(m, MODEM_EV_DEAF);
	if (m->sending)
		tell_sent(m);
}

/*
 * An answer that did not come in time may yet come: the network has become slow. So the limit
 * doubles with each, until one comes: to what no modem needs, or what was given if that is more.
 */
#define UNANSWERED_MAX_MS 45000

static int answer_limit(const struct modem *m)
{
	int64_t limit_ms = (int64_t)m->answer_limit_ms << (m->unanswered < 6 ? m->unanswered : 6);

	if (limit_ms > UNANSWERED_MAX_MS)
		limit_ms = UNANSWERED_MAX_MS;
	return limit_ms > m->answer_limit_ms ? (int)limit_ms : m->answer_limit_ms;
}

static void judge(struct modem *m, const struct at_result *result)
{
	m->result.error = result->error;
	m->result.retry = result->retry;
	if (result->outcome == AT_DONE || m->reference >= 0)
		m->result.outcome = MODEM_SENT_OK;
	else if (result->outcome == AT_ERROR)
		m->result.outcome = MODEM_SENT_REFUSED;
	else
		m->result.outcome = m->handed_over ? MODEM_SENT_UNKNOWN : MODEM_SENT_NEVER;
	if (m->result.outcome == MODEM_SENT_OK) {
		m->result.reference = m->reference;
		m->result.error = 0;
		m->result.retry = AT_RETRY_NONE;
	}
}

/* A network may be slow, and an answer be lost. Nobody is so slow so often. */
#define UNANSWERED_MANY 6

static void note_work(struct modem *m, const struct at_result *result)
{
	bool silent = result->outcome == AT_SILENCE;

	if (!silent)
		ladder_worked(m, WORK_SEND);
	else if (!m->handed_over || (!m->arrived && m->unanswered >= UNANSWERED_MANY))
		ladder_stalled(m, WORK_SEND);
}

static void send_ended(struct modem *m, const struct at_result *result)
{
	judge(m, result);
	note_work(m, result);
	if (result->outcome == AT_SILENCE || result->outcome == AT_REJECTED) {
		log_warning("modem %s: %s to a %s; re-sync", m->name,
			at_outcome_name(result->outcome), m->handed_over ? "PDU" : "prompt");
		m->result_held = true;
		modem_run(m, m->handed_over && !m->answered ? &patient_resync : &resync,
			resync_ended);
		return;
	}
	if (result->retry == AT_RETRY_STORE_FULL)
		receive_sweep_all(m);
	if (result->retry == AT_RETRY_NO_CENTRE)
		m->no_centre = m->centre_wanted = true;
	if (result->retry == AT_RETRY_SIM)
		m->sim_check = true;
	tell_sent(m);
}

/* "+CMGS:" outside its step: the answer to the PDU whose outcome is held back, or to none. */
void send_late_reference(struct modem *m, const char *line)
{
	if (!m->result_held || m->result.outcome != MODEM_SENT_UNKNOWN)
		return;
	on_reference(m, line, NULL);
	if (m->reference < 0)
		return;
	m->result.outcome = MODEM_SENT_OK;
	m->result.reference = m->reference;
	m->result.error = 0;
	m->result.retry = AT_RETRY_NONE;
}

/* ---- the prompt before the segment ---- */

/*
 * A prompt that waits is of use for as long as a commit takes, and nobody else may use the line
 * meanwhile. Modems keep it for a minute and more.
 */
#define PROMPT_KEPT_MS (2 * MS_PER_S)

/* Asked for anew where that is still wanted. */
static void left(struct modem *m, const struct at_result *result)
{
	m->ahead = AHEAD_NOT;
	if (result->outcome == AT_SILENCE || m->forgot || ladder_is_stalled(m)) {
		m->result.outcome = MODEM_SENT_NEVER;
		m->result.retry = AT_RETRY_TEMPORARY;
		resync_ended(m, result);
	} else if (m->sending) {
		modem_run(m, &send_script, send_ended);
	}
}

static void leave(struct modem *m)
{
	m->ahead = AHEAD_LEAVES;
	modem_run(m, &resync, left);
}

static void leave_silent(struct modem *m)
{
	ladder_stalled(m, WORK_SEND);
	leave(m);
}

static void hand_over(struct modem *m)
{
	m->ahead = AHEAD_NOT;
	modem_run(m, &hand_over_script, send_ended);
}

/* An error ends the dialogue, silence does not: the prompt may come later. */
static void asked(struct modem *m, const struct at_result *result)
{
	bool prompt = result->outcome == AT_DONE, silent = result->outcome == AT_SILENCE;

	m->ahead = prompt ? AHEAD_PROMPT : AHEAD_NOT;
	if (prompt && m->sending && !m->unwanted)
		hand_over(m);
	else if (prompt && m->unwanted)
		leave(m);
	else if (!prompt && m->sending && !m->unwanted)
		send_ended(m, result);
	else if (silent)
		leave_silent(m);
	else if (!prompt && m->sending)
		modem_run(m, &send_script, send_ended);
}

static void ask(struct modem *m)
{
	m->ahead = AHEAD_ASKED;
	m->asked_ms = modem_now(m);
	modem_run(m, &ask_script, asked);
}

static void acknowledged_before(struct modem *m, const struct at_result *result)
{
	receive_acknowledged(m, result);
	m->ahead = AHEAD_NOT;
	if (result->outcome == AT_SILENCE)
		life_event(m, MODEM_EV_DEAF);
	else if (!m->unwanted)
		ask(m);
}

int modem_announce(struct modem *m, size_t size)
{
	if (size == 0 || size > 164)
		return -EMSGSIZE;
	if (!modem_idle(m) || m->ahead || (m->direct_open && !m->brisk) ||
		(jobs_due(m) && !m->cnma_wanted))
		return -EAGAIN;
	m->announced_n = size;
	m->unwanted = false;
	m->timer_lazy = true;
	at_set_limit(&m->at, answer_limit(m));
	if (m->cnma_wanted) {
		m->ahead = AHEAD_ACKNOWLEDGES;
		receive_acknowledge(m, acknowledged_before);
	} else {
		ask(m);
	}
	return 0;
}

void modem_withdraw(struct modem *m)
{
	m->unwanted = true;
	if (m->ahead == AHEAD_PROMPT)
		leave(m);
}

int64_t send_deadline(const struct modem *m)
{
	bool waits = m->ahead == AHEAD_PROMPT && !m->sending;

	return waits ? m->asked_ms + PROMPT_KEPT_MS : TIME_NEVER;
}

void send_tick(struct modem *m)
{
	if (modem_now(m) >= send_deadline(m))
		modem_withdraw(m);
}

/* The dialogue is cut off: nobody will serve the prompt. */
static void forget_prompt(struct modem *m)
{
	static const char escape = 0x1B;

	if (m->ahead == AHEAD_ASKED || m->ahead == AHEAD_PROMPT)
		port_write(m, &escape, 1);
	m->ahead = AHEAD_NOT;
}

/* The segment that was announced, or another one in its place. */
static void send_announced(struct modem *m)
{
	bool late = modem_now(m) > m->asked_ms + PROMPT_KEPT_MS;

	m->unwanted = late || m->tpdu_n != m->announced_n;
	if (m->ahead == AHEAD_PROMPT && m->unwanted)
		leave(m);
	else if (m->ahead == AHEAD_PROMPT)
		hand_over(m);
}

/* The line is gone: what was handed over is unknown, the rest never was. */
void send_abort(struct modem *m)
{
	forget_prompt(m);
	if (!m->sending)
		return;
	if (!m->result_held) {
		m->result.outcome = m->handed_over ? MODEM_SENT_UNKNOWN : MODEM_SENT_NEVER;
		m->result.retry = m->handed_over ? AT_RETRY_UNKNOWN : AT_RETRY_TEMPORARY;
		if (m->reference >= 0) {
			m->result.outcome = MODEM_SENT_OK;
			m->result.reference = m->reference;
			m->result.retry = AT_RETRY_NONE;
		}
	}
	tell_sent(m);
}

/* Silent to the acknowledgement: as to a prompt. Nothing was handed over. */
static void acknowledged(struct modem *m, const struct at_result *result)
{
	receive_acknowledged(m, result);
	if (result->outcome == AT_SILENCE)
		send_ended(m, result);
	else
		modem_run(m, &send_script, send_ended);
}

int modem_send(struct modem *m, const uint8_t *tpdu, size_t size)
{
	if (size == 0 || size > 164)
		return -EMSGSIZE;
	if (!modem_idle(m))
		return -EAGAIN;
	memcpy(m->tpdu, tpdu, size);
	m->tpdu_n = size;
	m->sending = true;
	m->handed_over = m->arrived = false;
	m->reference = -1;
	m->result = (struct modem_result){ .reference = -1 };
	m->send_ms = modem_now(m);
	m->turn = TURN_RECEIVE;
	m->tell_idle = false;
	m->timer_lazy = true;
	at_set_limit(&m->at, answer_limit(m));
	/* The network waits for it only so long: a segment on the air would keep it for seconds. */
	if (m->ahead)
		send_announced(m);
	else if (m->cnma_wanted)
		receive_acknowledge(m, acknowledged);
	else
		modem_run(m, &send_script, send_ended);
	return 0;
}

/* Answer and report may overtake each other by the time a loaded modem needs for its lines. */
#define ARRIVED_LIMIT_MS 2000

void modem_text_arrived(struct modem *m)
{
	if (!m->sending || !m->handed_over || m->arrived)
		return;
	m->arrived = true;
	at_shorten(&m->at, modem_now(m) + ARRIVED_LIMIT_MS);
	loop_idle_request(m->idle);
}
