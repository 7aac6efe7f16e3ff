/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to command lines to commands (ITU-T V.250 5.2 to 5.4; TS 27.007 4). One line holds several
 * commands parted by ";"; they run until one fails, and one final result ends them all. A command
 * that takes its time returns SIM_PENDING and calls sim_at_finish(); what comes from the client
 * meanwhile waits.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim.h"

#define LINE_MAX_CHARS 1024
#define CTRL_Z         0x1a
#define ESC            0x1b

static const struct sim_at_command *const tables[] = { sim_at_send, sim_at_store, sim_at_sms,
	sim_at_network, sim_at_general, sim_at_phone };

/* ---- arguments ---- */

bool sim_arg_end(const struct sim_call *call)
{
	return !call->next || !*call->next;
}

int sim_arg(struct sim_call *call, char *out, size_t size)
{
	const char *at = call->next;
	bool quoted = false;
	size_t n = 0;
	int there;

	out[0] = '\0';
	if (!at || !*at)
		return 0;
	there = *at != ',';
	for (; *at && (quoted || *at != ','); at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (n + 1 < size && (quoted || *at != ' '))
			out[n++] = *at;
	}
	out[n] = '\0';
	call->next = *at ? at + 1 : at;
	return there;
}

int sim_arg_int(struct sim_call *call, int min, int max, int *value)
{
	char text[24];
	int64_t number;

	if (!sim_arg(call, text, sizeof(text)))
		return 0;
	if (text_int(text, min, max, &number) < 0)
		return -EINVAL;
	*value = (int)number;
	return 1;
}

/* ---- answers ---- */

void sim_at_info(struct sim_modem *m, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sim_buf_add(&m->out, "\r\n", m->set.verbose ? 2 : 0);
	sim_buf_puts(&m->out, text);
	sim_buf_add(&m->out, "\r\n", 2);
}

void sim_at_unsolicited(struct sim_modem *m, const char *line)
{
	struct sim_buf *to = m->prompt && !m->profile->urc_in_prompt ? &m->held : &m->out;

	if (m->power != SIM_ON && m->power != SIM_BOOTING)
		return;
	sim_buf_add(to, "\r\n", 2);
	sim_buf_puts(to, line);
	sim_buf_add(to, "\r\n", 2);
	if (!m->pumping)
		sim_port_flush(m);
}

void sim_at_release(struct sim_modem *m)
{
	sim_buf_add(&m->out, m->held.data ? m->held.data : "", m->held.len);
	m->held.len = 0;
}

struct result_text {
	int code;
	const char *text;
};

/* TS 27.007 9.2, as far as the simulator says them. */
static const struct result_text cme_texts[] = {
	{ 3, "operation not allowed" },
	{ 4, "operation not supported" },
	{ 5, "PH-SIM PIN required" },
	{ 10, "SIM not inserted" },
	{ 11, "SIM PIN required" },
	{ 12, "SIM PUK required" },
	{ 13, "SIM failure" },
	{ 14, "SIM busy" },
	{ 16, "incorrect password" },
	{ 20, "memory full" },
	{ 21, "invalid index" },
	{ 22, "not found" },
	{ 30, "no network service" },
	{ 32, "network not allowed - emergency calls only" },
	{ 50, "incorrect parameters" },
	{ 100, "unknown" },
};

static const char *cme_text(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(cme_texts); i++)
		if (cme_texts[i].code == code)
			return cme_texts[i].text;
	return "unknown";
}

/* V.250 6.2.6: words with their line ends, or digits. */
static void plain_result(struct sim_modem *m, const char *word, int digit)
{
	if (m->set.verbose)
		sim_buf_addf(&m->out, "\r\n%s\r\n", word);
	else
		sim_buf_addf(&m->out, "%d\r", digit);
}

static void say_result(struct sim_modem *m, int result)
{
	if (m->set.quiet || result == SIM_SILENT)
		return;
	if (result == SIM_OK)
		plain_result(m, "OK", 0);
	else if (result == SIM_NO_CARRIER)
		plain_result(m, "NO CARRIER", 3);
	else if (result >= SIM_CME_0 && m->set.cmee == 1)
		sim_buf_addf(&m->out, "\r\n+CME ERROR: %d\r\n", result - SIM_CME_0);
	else if (result >= SIM_CME_0 && m->set.cmee == 2)
		sim_buf_addf(&m->out, "\r\n+CME ERROR: %s\r\n", cme_text(result - SIM_CME_0));
	else if (result >= SIM_CMS_0 && result < SIM_CME_0)
		sim_buf_addf(&m->out, "\r\n+CMS ERROR: %d\r\n", result - SIM_CMS_0);
	else
		plain_result(m, "ERROR", 4);
}

static void end_line(struct sim_modem *m, int result)
{
	m->busy = false;
	m->late_done = false;
	say_result(m, result);
	m->running[0] = '\0';
}

/* Before the final result: what makes it late or takes it away. */
static void final(struct sim_modem *m, int result)
{
	const struct sim_fault *fault;
	int wait_ms = m->radio.answer_ms;

	if (!m->late_done && result != SIM_SILENT) {
		fault = m->faults ? sim_fault_at(m, SIM_AT_ANSWER, m->running, -1) : NULL;
		if (fault && fault->act == SIM_ACT_LATE)
			wait_ms += fault->ms;
		else if (fault && fault->act == SIM_ACT_SILENCE)
			result = SIM_SILENT;
		else if (fault && fault->act == SIM_ACT_ERROR)
			result = (fault->cme ? SIM_CME_0 : SIM_CMS_0) + fault->code;
		else if (fault && sim_fault_act(m, fault))
			return;
		if (wait_ms) {
			m->busy = m->late_done = true;
			m->late_result = result;
			sim_timer_start(&m->late, (int64_t)wait_ms * 1000);
			return;
		}
	}
	end_line(m, result);
}

static void late_due(void *ctx)
{
	struct sim_modem *m = ctx;

	if (m->late_prompt) {
		m->busy = m->late_prompt = false;
		sim_send_prompt(m);
	} else {
		end_line(m, m->late_result);
	}
	sim_at_pump(m);
}

/* ---- commands ---- */

static const struct sim_at_command *find(const char *name)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		for (const struct sim_at_command *c = tables[t]; c->name; c++)
			if (!strcmp(c->name, name))
				return c;
	return NULL;
}

int sim_at_pin_error(const struct sim_modem *m, bool sms)
{
	static const int errors[][2] = {
		[SIM_PIN_READY] = { SIM_OK, SIM_OK },
		[SIM_PIN_WANTED] = { SIM_CME(11), SIM_CMS(311) },
		[SIM_PUK_WANTED] = { SIM_CME(12), SIM_CMS(316) },
		[SIM_ABSENT] = { SIM_CME(10), SIM_CMS(310) },
	};

	return errors[m->pin_state][sms];
}

static int call_command(struct sim_modem *m, const struct sim_at_command *c, struct sim_call *call)
{
	int (*const run[])(
		struct sim_modem *, struct sim_call *) = { c->exec, c->read, c->set, c->test };

	if (call->op == SIM_TEST && !c->test && c->test_text) {
		if (*c->test_text)
			sim_at_info(m, "%s: %s", c->name, c->test_text);
		return SIM_OK;
	}
	if (!run[call->op])
		return c->needs & SIM_SMS ? SIM_CMS(303) : SIM_CME(4);
	if ((c->needs & SIM_NEEDS_PIN) && call->op != SIM_TEST && m->pin_state != SIM_PIN_READY)
		return sim_at_pin_error(m, c->needs & SIM_SMS);
	if ((c->needs & SIM_NEEDS_FULL) && m->set.cfun != 1)
		return c->needs & SIM_SMS ? SIM_CMS(302) : SIM_CME(3);
	return run[call->op](m, call);
}

/* The family answers this whole command in its own words. */
static bool own_reply(struct sim_modem *m, const char *text, size_t n, int *result)
{
	for (int i = 0; i < m->profile->n_replies; i++) {
		const struct sim_reply *r = &m->profile->replies[i];
		char *line, *rest, *copy;

		if (strlen(r->command) != n + 2 || strncasecmp(r->command + 2, text, n))
			continue;
		*result = SIM_OK;
		copy = rest = sim_strdup(r->answer);
		while ((line = strsep(&rest, "\n"))) {
			if (!rest && !strcmp(line, "ERROR"))
				*result = SIM_ERROR;
			else if (!rest && !strncmp(line, "+CMS ERROR: ", 12))
				*result = SIM_CMS(atoi(line + 12));
			else if (!rest && !strncmp(line, "+CME ERROR: ", 12))
				*result = SIM_CME(atoi(line + 12));
			else if (strcmp(line, "OK") && *line)
				sim_at_info(m, "%s", line);
		}
		free(copy);
		return true;
	}
	return false;
}

static int faulty(struct sim_modem *m, const struct sim_fault *fault)
{
	switch (fault->act) {
	case SIM_ACT_ERROR:
		return !fault->code ? SIM_ERROR
				    : (fault->cme ? SIM_CME_0 : SIM_CMS_0) + fault->code;
	case SIM_ACT_SILENCE:
		return SIM_SILENT;
	default:
		return sim_fault_act(m, fault) ? SIM_SILENT : SIM_OK;
	}
}

static int run_command(struct sim_modem *m, struct sim_call *call, const char *text, size_t n)
{
	const struct sim_fault *fault = NULL;
	const struct sim_at_command *c;
	size_t said = m->out.len;
	bool unheard;
	int result;

	text_copy(m->running, sizeof(m->running), call->name);
	m->counts.commands++;
	if (m->faults)
		fault = sim_fault_at(m, SIM_AT_COMMAND, call->name, -1);
	unheard = fault && fault->effect;
	if (fault && !unheard && (result = faulty(m, fault)) != SIM_OK)
		return result;
	if (m->profile->quiet[0] && strlen(m->profile->quiet) == n + 2 &&
		!strncasecmp(m->profile->quiet + 2, text, n)) {
		m->set.hushed = true;
		return SIM_OK;
	}
	if (m->profile->n_replies && own_reply(m, text, n, &result))
		return result;
	c = find(call->name);
	if (!c)
		return call->name[0] == '+' || isalpha((unsigned char)call->name[0]) ? SIM_CME(100)
										     : SIM_ERROR;
	result = call_command(m, c, call);
	if (!unheard || result == SIM_PENDING)
		return result;
	m->out.len = said; /* it took effect, nobody hears of it */
	return SIM_SILENT;
}

static size_t upto_semicolon(const char *text)
{
	bool quoted = false;
	size_t n = 0;

	for (; text[n] && (quoted || text[n] != ';'); n++)
		if (text[n] == '"')
			quoted = !quoted;
	return n;
}

/* Extended: "+CSQ", "^CURC=0" (V.250 5.4; TS 27.007 4.1). Returns its characters. */
static size_t parse_extended(const char *text, struct sim_call *call)
{
	size_t n = upto_semicolon(text), name = 1, args;

	while (name < n && !strchr("=?", text[name]))
		name++;
	snprintf(call->name, sizeof(call->name), "%.*s", (int)name, text);
	for (char *c = call->name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	while (*call->name && call->name[strlen(call->name) - 1] == ' ')
		call->name[strlen(call->name) - 1] = '\0';
	call->op = SIM_EXEC;
	args = name;
	if (n - name >= 2 && !strncmp(text + name, "=?", 2)) {
		call->op = SIM_TEST;
		args = n;
	} else if (name < n) {
		call->op = text[name] == '?' ? SIM_READ : SIM_SET;
		args = name + 1;
	}
	snprintf(call->args, sizeof(call->args), "%.*s", (int)(n - args), text + args);
	return n;
}

/* Basic: a letter, "&" and a letter, or S and a number; D takes the rest (V.250 5.3). */
static size_t parse_basic(const char *text, struct sim_call *call)
{
	size_t n = text[0] == '&' || text[0] == '\\' ? 2 : 1, digits;

	snprintf(call->name, sizeof(call->name), "%.*s", (int)n, text);
	for (char *c = call->name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	call->op = SIM_EXEC;
	digits = call->name[0] == 'D' ? upto_semicolon(text + n) : strspn(text + n, "0123456789");
	if (call->name[0] == 'S') {
		snprintf(call->name, sizeof(call->name), "S%.*s", (int)digits, text + n);
		n += digits;
		digits = 0;
		if (text[n] == '=' || text[n] == '?') {
			call->op = text[n] == '=' ? SIM_SET : SIM_READ;
			n++;
			digits = strspn(text + n, "0123456789");
		}
	}
	snprintf(call->args, sizeof(call->args), "%.*s", (int)digits, text + n);
	return n + digits;
}

/* A line of AT alone, the heartbeat: it has a command's faults. */
static int run_nothing(struct sim_modem *m)
{
	const struct sim_fault *fault =
		m->faults ? sim_fault_at(m, SIM_AT_COMMAND, "AT", -1) : NULL;

	return fault ? faulty(m, fault) : SIM_OK;
}

/* Runs what is left of the line, up to its end or to a command that takes its time. */
static void run_line(struct sim_modem *m)
{
	for (;;) {
		const char *text = m->command.data + m->cursor;
		struct sim_call call = { 0 };
		size_t skip = strspn(text, " ;"), n;
		int result;

		text += skip;
		m->cursor += skip;
		if (!*text) {
			final(m, m->cursor ? SIM_OK : run_nothing(m));
			return;
		}
		n = isalpha((unsigned char)*text) || *text == '&' || *text == '\\'
			    ? parse_basic(text, &call)
			    : parse_extended(text, &call);
		call.next = call.args;
		m->cursor += n;
		result = run_command(m, &call, text, n);
		if (result == SIM_PENDING)
			return;
		if (result != SIM_OK) {
			final(m, result);
			return;
		}
	}
}

void sim_at_finish(struct sim_modem *m, int result)
{
	m->busy = false;
	if (result == SIM_OK)
		run_line(m);
	else
		final(m, result);
	sim_at_pump(m);
}

/* ---- lines ---- */

static void tell_command(struct sim_modem *m, const char *line)
{
	if (!sim_control_wants(m->sim, SIM_EV_COMMAND))
		return;
	sim_json_str(sim_journal_begin(m->sim, SIM_EV_COMMAND, m), "line", line);
	sim_journal_end(m->sim, NULL);
}

/* V.250 5.2.1: a line begins with AT; what comes before it is noise. A/ is the last line again. */
static void line_complete(struct sim_modem *m)
{
	const char *line = m->line.len ? m->line.data : "", *at = line;

	if (!strcasecmp(line, "A/")) {
		if (!m->last.len)
			return;
		m->line.len = 0;
		sim_buf_add(&m->line, m->last.data, m->last.len);
		at = m->line.data;
	}
	while (*at && strncasecmp(at, "AT", 2))
		at++;
	m->command.len = m->cursor = 0;
	if (!*at) {
		m->line.len = 0;
		return;
	}
	tell_command(m, at);
	sim_buf_puts(&m->command, at + 2);
	m->last.len = 0;
	sim_buf_puts(&m->last, at);
	m->line.len = 0;
	if (m->command.len > LINE_MAX_CHARS)
		final(m, SIM_ERROR);
	else
		run_line(m);
}

static void take_char(struct sim_modem *m, char c)
{
	if (m->set.echo)
		sim_buf_add(&m->out, &c, 1);
	if (c == (char)m->set.s3)
		line_complete(m);
	else if (c == (char)m->set.s5 && m->line.len)
		m->line.data[--m->line.len] = '\0';
	else if ((unsigned char)c >= ' ' && m->line.len <= LINE_MAX_CHARS + 2)
		sim_buf_add(&m->line, &c, 1);
}

/* After "> ": everything up to ^Z is the message, ESC gives it up (TS 27.005 3.5.1, 4.3). */
static void take_typed(struct sim_modem *m, char c)
{
	if (m->set.echo)
		sim_buf_add(&m->out, &c, 1);
	if (c != CTRL_Z && c != ESC) {
		if (m->line.len < LINE_MAX_CHARS)
			sim_buf_add(&m->line, &c, 1);
		return;
	}
	m->prompt = false;
	if (c == ESC)
		sim_send_cancel(m);
	else
		sim_send_text(m, m->line.len ? m->line.data : "", m->line.len);
	m->line.len = 0;
	sim_at_release(m);
}

void sim_at_pump(struct sim_modem *m)
{
	size_t done = 0;

	if (m->pumping)
		return;
	m->pumping = true;
	while (done < m->in.len && m->power == SIM_ON && !m->hung &&
		(!m->busy || m->profile->drops_busy ||
			(m->profile->sim_alone && m->send.running))) {
		char c = m->in.data[done++];

		m->send.spoiled = m->send.spoiled || (m->busy && m->send.running);
		if (m->busy)
			continue;
		if (m->prompt)
			take_typed(m, c);
		else
			take_char(m, c);
	}
	sim_buf_drop(&m->in, done);
	m->pumping = false;
	sim_port_flush(m);
}

void sim_at_reset(struct sim_modem *m)
{
	m->line.len = m->command.len = m->last.len = m->held.len = m->buffered.len = m->in.len =
		m->out.len = 0;
	m->cursor = 0;
	m->prompt = m->busy = m->late_done = m->late_prompt = false;
	m->running[0] = '\0';
	m->late.run = late_due;
	m->late.ctx = m;
	sim_timer_stop(&m->late);
	sim_timer_stop(&m->air);
	m->send.running = false;
}
