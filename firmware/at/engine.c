/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs one dialogue at a time. The three things that happen to it are a line, a prompt and the
 * deadline; each either belongs to the running step, to the table of unsolicited lines, or to
 * nobody.
 */
#include <stdlib.h>
#include <string.h>

#include "faro/at.h"

#define ESC    0x1B
#define CTRL_Z 0x1A

/* Whoever answers ESC with another prompt, and never a line between, is no modem. */
#define ESCAPES_MAX 8

static const char *const outcome_names[] = {
	[AT_DONE] = "done",
	[AT_ERROR] = "error",
	[AT_SILENCE] = "silence",
	[AT_REJECTED] = "rejected",
	[AT_ABORTED] = "aborted",
};

/* A final result code (V.250 5.7.1, TS 27.005 3.2.5, TS 27.007 9.1). */
struct final {
	bool ok;
	int error;           /* as in struct at_result */
	enum at_retry retry; /* AT_RETRY_NONE: the modem names no class */
};

/* Makers' own words for ERROR. */
static const char *const plain_errors[] = { "ERROR", "COMMAND NOT SUPPORT", "TOO MANY PARAMETERS" };

const char *at_outcome_name(enum at_outcome outcome)
{
	return (size_t)outcome < ARRAY_SIZE(outcome_names) ? outcome_names[outcome] : "?";
}

void at_init(struct at *at, const struct at_host *host, void *ctx)
{
	memset(at, 0, sizeof(*at));
	at->host = host;
	at->ctx = ctx;
	at->deadline_ms = TIME_NEVER;
	at->limit_ms = 60000;
	at_lexer_init(&at->lexer);
}

static const struct at_step *running_step(const struct at *at)
{
	return at->script ? &at->script->steps[at->step] : NULL;
}

/* The step whose answer is waited for; NULL between tries, too. */
static const struct at_step *waiting_step(const struct at *at)
{
	return at->phase == AT_PHASE_WAITING ? running_step(at) : NULL;
}

static bool has_prefix(const char *line, const char *prefix)
{
	return strncmp(line, prefix, strlen(prefix)) == 0;
}

static void go_idle(struct at *at)
{
	at->script = NULL;
	at->phase = AT_PHASE_IDLE;
	at->deadline_ms = TIME_NEVER;
	at->lexer.prompt_wanted = false;
	at->held_step = false;
}

static void end_script(struct at *at, enum at_outcome outcome, int error, enum at_retry retry)
{
	const struct at_result result = {
		.script = at->script,
		.step = outcome == AT_DONE ? NULL : running_step(at),
		.outcome = outcome,
		.error = error,
		.retry = outcome == AT_DONE ? AT_RETRY_NONE : retry,
		.pdu_sent = at->pdu_sent,
	};

	go_idle(at);
	at->host->ended(at->ctx, &result);
}

static void pause_until(struct at *at, int64_t when_ms)
{
	at->phase = AT_PHASE_PAUSE;
	at->deadline_ms = when_ms;
	at->lexer.prompt_wanted = false;
	at->held_step = false;
}

/* Writes the step's command into at->out. 0, AT_SKIP or -errno. */
static int compose(struct at *at, const struct at_step *step)
{
	size_t len = 0;
	int err = 0;

	if (step->flags & AT_ESCAPE)
		at->out[len++] = ESC;
	at->out[len] = '\0';
	if (step->format)
		err = step->format(at->ctx, at->out + len, sizeof(at->out) - len - 1);
	else
		text_copy(at->out + len, sizeof(at->out) - len - 1, step->command);
	if (err)
		return err;
	len += strlen(at->out + len);
	at->out[len++] = step->flags & AT_PDU ? CTRL_Z : '\r';
	at->out_len = len;
	return 0;
}

static void step_failed(struct at *at, enum at_outcome outcome, int error, enum at_retry retry);

/* A modem that answers a PDU within the limit gives its prompt sooner than that. */
static int deadline_of(const struct at *at, const struct at_step *step)
{
	bool shorter = (step->flags & AT_PROMPT) && at->limit_ms < step->deadline_ms;

	if (step->deadline_ms == AT_LIMIT)
		return at->limit_ms;
	return (int)crash_hasten(CRASH_DEADLINE, shorter ? at->limit_ms : step->deadline_ms);
}

static void begin_tries(struct at *at)
{
	const struct at_step *step = running_step(at);

	at->tries_left = at->step < at->script->n_steps && step->tries > 1 ? step->tries : 1;
	at->was_silent = false;
}

/* Begins the running step, or the first after it that is not skipped. */
static void start_step(struct at *at)
{
	while (at->step < at->script->n_steps) {
		const struct at_step *step = running_step(at);
		int err = compose(at, step);

		if (err == AT_SKIP) {
			at->step++;
			begin_tries(at);
			continue;
		}
		at->failed = 0;
		at->line_seen = false;
		if (err < 0) {
			step_failed(at, AT_REJECTED, 0, step->retry);
			return;
		}
		at->phase = AT_PHASE_WAITING;
		at->begun_ms = at->now_ms;
		at->deadline_ms = at->now_ms + deadline_of(at, step);
		at->lexer.prompt_wanted = step->flags & AT_PROMPT;
		at->pdu_sent = at->pdu_sent || (step->flags & AT_PDU);
		crash_point("at.%s.%u.write", at->script->name, (unsigned int)at->step);
		at->host->write(at->ctx, at->out, at->out_len);
		crash_point("at.%s.%u.written", at->script->name, (unsigned int)at->step);
		return;
	}
	end_script(at, AT_DONE, 0, AT_RETRY_NONE);
}

static void next_step(struct at *at)
{
	bool was_silent = at->was_silent;

	at->step++;
	begin_tries(at);
	if (was_silent && at->step < at->script->n_steps)
		pause_until(at, at->now_ms + AT_SETTLE_MS);
	else
		start_step(at);
}

static void step_back(struct at *at)
{
	at->step--;
	begin_tries(at);
	start_step(at);
}

/* Does another try have a chance? */
static bool worth_another(const struct at_step *step, enum at_outcome outcome, enum at_retry retry)
{
	if (step->flags & AT_STUBBORN)
		return true;
	if (outcome != AT_ERROR)
		return outcome == AT_SILENCE;
	return retry == AT_RETRY_TEMPORARY || retry == AT_RETRY_CONGESTION || retry == AT_RETRY_SIM;
}

static void step_failed(struct at *at, enum at_outcome outcome, int error, enum at_retry retry)
{
	const struct at_step *step = running_step(at);

	if (outcome == AT_SILENCE) {
		at->was_silent = true;
		at->counts.deadlines_missed++;
	}
	if (--at->tries_left > 0 && worth_another(step, outcome, retry))
		pause_until(at, at->now_ms + step->pause_ms);
	else if ((step->flags & AT_OPTIONAL) && outcome != AT_SILENCE)
		next_step(at);
	else
		end_script(at, outcome, error, retry);
}

static void step_done(struct at *at)
{
	const struct at_step *step = running_step(at);
	int answer = at->failed;

	crash_point("at.%s.%u.answered", at->script->name, (unsigned int)at->step);
	if (answer == 0 && step->done)
		answer = step->done(at->ctx);
	if (answer < 0)
		step_failed(at, AT_REJECTED, 0, step->retry);
	else if (answer == AT_END)
		end_script(at, AT_DONE, 0, AT_RETRY_NONE);
	else if (answer == AT_BACK && at->step > 0)
		step_back(at);
	else
		next_step(at);
}

/* ---- what comes in ---- */

#define CME_UNKNOWN 100 /* TS 27.007 9.2.1 */
#define CME_MAX     65535

/* A code that no standard and no family has is an unknown error. */
static int cme_code(const char *line)
{
	int code = at_field_int(line, 0, CME_UNKNOWN);

	return code < 0 || code > CME_MAX ? CME_UNKNOWN : code;
}

static bool parse_final(const char *line, struct final *final)
{
	*final = (struct final){ .ok = strcmp(line, "OK") == 0 };
	if (final->ok)
		return true;
	if (has_prefix(line, "+CMS ERROR:")) {
		final->error = at_field_int(line, 0, 0);
		final->retry = final->error ? at_retry_of_cms(final->error) : AT_RETRY_NONE;
		return true;
	}
	if (has_prefix(line, "+CME ERROR:")) {
		final->error = 1000 + cme_code(line);
		final->retry = at_retry_of_cme(final->error - 1000);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(plain_errors); i++) {
		if (strcmp(line, plain_errors[i]) == 0)
			return true;
	}
	return false;
}

/* Does this final result belong to the waiting step? */
static bool final_is_ours(
	const struct at *at, const struct at_step *step, const struct final *final)
{
	if (!step)
		return false;
	if (!final->ok)
		return true;
	if (step->flags & AT_PROMPT)
		return false;
	return at->line_seen || !(step->flags & AT_NEEDS_LINE);
}

static void on_final(struct at *at, const struct final *final)
{
	const struct at_step *step = waiting_step(at);

	if (!final_is_ours(at, step, final))
		at->counts.finals_stray++;
	else if (final->ok || (step->flags & AT_NO_ANSWER))
		step_done(at);
	else
		step_failed(at, AT_ERROR, final->error, final->retry ? final->retry : step->retry);
}

static void step_line(struct at *at, const char *line, const char *next)
{
	const struct at_step *step = waiting_step(at);
	uint32_t epoch = at->epoch;
	int err = step->line ? step->line(at->ctx, line, next) : 0;

	if (at->epoch == epoch && at->failed == 0)
		at->failed = err < 0 ? err : 0;
}

/* The quoted text in `held` is as complete as it will be. */
static void settle_quoted(struct at *at)
{
	const struct at_urc *urc = at->held_urc;

	at->held_urc = NULL;
	if (urc->handle)
		urc->handle(at->ctx, at->held, NULL);
}

/* The header in `held` got its second line, or "" when it will not come. */
static void settle_held(struct at *at, const char *next)
{
	const struct at_urc *urc = at->held_urc;
	bool for_step = at->held_step;

	if (urc && urc->tail == AT_UNTIL_QUOTE) {
		settle_quoted(at);
		return;
	}
	at->held_urc = NULL;
	at->held_step = false;
	if (*next == '\0')
		at->counts.headers_torn++;
	if (for_step)
		step_line(at, at->held, next);
	else if (urc->handle)
		urc->handle(at->ctx, at->held, next);
}

static bool is_held(const struct at *at)
{
	return at->held_urc || at->held_step;
}

static void hold(struct at *at, const char *line, const struct at_urc *urc)
{
	if (is_held(at))
		settle_held(at, "");
	text_copy(at->held, sizeof(at->held), line);
	at->held_urc = urc;
	at->held_step = !urc;
}

static bool is_hex(const char *line)
{
	size_t len = strspn(line, "0123456789ABCDEFabcdef");

	return line[len] == '\0' && len % 2 == 0;
}

/* A quote that is open at the end of a line: its text goes on. */
static bool quote_is_open(const char *line)
{
	bool open = false;

	for (; *line; line++)
		open = open != (*line == '"');
	return open;
}

static const struct at_urc *find_urc(const struct at *at, const char *line)
{
	for (size_t i = 0; i < at->host->n_urcs; i++) {
		if (has_prefix(line, at->host->urcs[i].prefix))
			return &at->host->urcs[i];
	}
	return NULL;
}

/* That of a step before, which a modem that was slow with its answers says late. */
static bool is_late_echo(const struct at *at, const char *line)
{
	for (unsigned int i = 0; at->script && i < at->step; i++) {
		const char *command = at->script->steps[i].command;

		if (command && strcmp(line, command) == 0)
			return true;
	}
	return false;
}

/* An echo is what was sent, maybe without the ESC before it (V.250 6.2.4). */
static bool is_echo(const struct at *at, const char *line)
{
	const char *sent = at->out[0] == ESC ? at->out + 1 : at->out;
	size_t len = strlen(line);

	return at->script && len < at->out_len && memcmp(line, sent, len) == 0 &&
	       (sent[len] == '\r' || sent[len] == CTRL_Z);
}

static bool step_wants(const struct at_step *step, const char *line, const struct at_urc *urc)
{
	if (!step || !step->expect || !has_prefix(line, step->expect))
		return false;
	if (!urc)
		return true;
	return step->expect[0] != '\0' && !(urc->unasked && urc->unasked(line));
}

/* The modem is at it: it has the step's time again. */
static void listing_goes_on(struct at *at, const struct at_step *step)
{
	int64_t gap_ms = deadline_of(at, step);

	if (step->flags & AT_LISTING)
		at->deadline_ms =
			time_min(at->now_ms + gap_ms, at->begun_ms + AT_LISTING_TIMES * gap_ms);
}

/* A PDU whose header was lost; in a listing the listing is repeated. */
static bool is_stray_pdu(const struct at_step *step, const char *line)
{
	return !(step && (step->flags & AT_TWO_LINES)) &&
	       strspn(line, "0123456789ABCDEFabcdef") >= 16;
}

static void on_information(struct at *at, const char *line)
{
	const struct at_step *step = waiting_step(at);
	const struct at_urc *urc = find_urc(at, line);

	if (step_wants(step, line, urc)) {
		at->line_seen = true;
		listing_goes_on(at, step);
		if (step->flags & AT_TWO_LINES)
			hold(at, line, NULL);
		else
			step_line(at, line, NULL);
	} else if (!urc) {
		at->counts.lines_unknown++;
		at->counts.pdus_stray += is_stray_pdu(step, line);
	} else if (urc->tail == AT_NEXT_LINE ||
		   (urc->tail == AT_UNTIL_QUOTE && quote_is_open(line))) {
		hold(at, line, urc);
	} else if (urc->handle) {
		urc->handle(at->ctx, line, NULL);
	}
}

/*
 * Takes a further line of a quoted text. False when it is none: a line of its own that means
 * something ends a text whose quote never came.
 */
static bool take_quoted(struct at *at, const char *line)
{
	const struct at_urc *urc = find_urc(at, line);
	size_t used = strlen(at->held), n = strlen(line);

	if (!at->held_urc || at->held_urc->tail != AT_UNTIL_QUOTE)
		return false;
	if ((urc && urc->handle) || used + n + 2 > sizeof(at->held)) {
		settle_quoted(at);
		return false;
	}
	at->held[used] = '\n';
	memcpy(at->held + used + 1, line, n + 1);
	if (!quote_is_open(at->held))
		settle_quoted(at);
	return true;
}

static void on_line(struct at *at, const char *line)
{
	struct final final;
	uint32_t epoch = at->epoch;

	at->escapes = 0;
	if (is_echo(at, line) || is_late_echo(at, line))
		return;
	if (is_held(at) && is_hex(line) &&
		!(at->held_urc && at->held_urc->tail == AT_UNTIL_QUOTE)) {
		settle_held(at, line);
		return;
	}
	if (!parse_final(line, &final)) {
		if (!take_quoted(at, line) && at->epoch == epoch)
			on_information(at, line);
		return;
	}
	if (is_held(at))
		settle_held(at, "");
	if (at->epoch == epoch)
		on_final(at, &final);
}

static void on_prompt(struct at *at)
{
	static const char escape = ESC;
	const struct at_step *step = waiting_step(at);

	if (step && (step->flags & AT_PROMPT)) {
		step_done(at);
		return;
	}
	at->counts.prompts_stray++;
	/* While a PDU waits for its answer, ESC could take it back. */
	if ((!step || !(step->flags & AT_PDU)) && at->escapes++ < ESCAPES_MAX)
		at->host->write(at->ctx, &escape, 1);
}

void at_feed(struct at *at, const void *data, size_t n, int64_t now)
{
	const char *bytes = data;
	uint32_t epoch = at->epoch;
	enum at_token token;

	at->now_ms = now;
	while (at->epoch == epoch && (token = at_lexer_next(&at->lexer, &bytes, &n))) {
		if (token == AT_TOKEN_PROMPT)
			on_prompt(at);
		else
			on_line(at, at->lexer.line);
	}
	/* Also here: a flood of lines must not keep the caller from at_tick(). */
	if (at->epoch == epoch)
		at_tick(at, now);
}

int64_t at_deadline(const struct at *at)
{
	return at->deadline_ms;
}

void at_tick(struct at *at, int64_t now)
{
	const struct at_step *step = running_step(at);

	if (now < at->deadline_ms || !step)
		return;
	at->now_ms = now;
	if (at->phase == AT_PHASE_PAUSE)
		start_step(at);
	else if (step->flags & AT_NO_ANSWER)
		step_done(at);
	else
		step_failed(at, AT_SILENCE, 0, step->retry);
}

int at_run(struct at *at, const struct at_script *script, int64_t now)
{
	if (at->script)
		return -EBUSY;
	at->now_ms = now;
	at->script = script;
	at->step = 0;
	at->pdu_sent = false;
	for (size_t i = 0; i < script->n_steps; i++)
		crash_expect("at.%s.%zu.", script->name, i);
	begin_tries(at);
	start_step(at);
	return 0;
}

bool at_busy(const struct at *at)
{
	return at->script != NULL;
}

bool at_runs(const struct at *at, const struct at_script *script)
{
	return at->script == script;
}

bool at_pdu_sent(const struct at *at)
{
	return at->script && at->pdu_sent;
}

void at_set_limit(struct at *at, int limit_ms)
{
	at->limit_ms = limit_ms;
}

void at_shorten(struct at *at, int64_t by_ms)
{
	const struct at_step *step = running_step(at);

	if (step && step->deadline_ms == AT_LIMIT)
		at->deadline_ms = time_min(at->deadline_ms, by_ms);
}

void at_abort(struct at *at)
{
	go_idle(at);
	at->held_urc = NULL;
	at->escapes = 0;
	at->epoch++;
	at->pdu_sent = false;
	at->lexer.len = 0;
	at->lexer.cut = false;
	at->lexer.complete = false;
}
