/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the engine share: its owner, which keeps all that was written and told as text,
 * and the scripts that they run.
 */
#ifndef FARO_AT_WORLD_H
#define FARO_AT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "faro/at.h"

#define MAX_LOG 4096

/* The owner of an engine: keeps what was written and what was told, as text. */
struct owner {
	struct at at;
	char sent[MAX_LOG];  /* CR as ';', ESC as '^', Ctrl-Z as '!' */
	char heard[MAX_LOG]; /* "kind(line)" of callbacks */
	struct at_result result;
	int ends;
	int candidate;
	const struct at_script *then; /* started from within ended() */
};

static void append(char *log, const char *text)
{
	size_t len = strlen(log);

	snprintf(log + len, MAX_LOG - len, "%s", text);
}

static void host_write(void *ctx, const void *data, size_t n)
{
	struct owner *o = ctx;
	char text[AT_COMMAND_SIZE + 1];

	memcpy(text, data, n);
	text[n] = '\0';
	for (char *p = text; *p; p++)
		*p = *p == '\r' ? ';' : *p == 0x1B ? '^' : *p == 0x1A ? '!' : *p;
	append(o->sent, text);
}

static void host_ended(void *ctx, const struct at_result *result)
{
	struct owner *o = ctx;

	o->result = *result;
	o->ends++;
	if (o->then) {
		const struct at_script *then = o->then;

		o->then = NULL;
		assert_int_equal(at_run(&o->at, then, o->at.now_ms), 0);
	}
}

static void hear(struct owner *o, const char *kind, const char *line, const char *next)
{
	char text[600];

	snprintf(text, sizeof(text), next ? "%s(%s|%s)" : "%s(%s)", kind, line, next ? next : "");
	append(o->heard, text);
}

static void on_cmti(void *ctx, const char *line, const char *next)
{
	hear(ctx, "cmti", line, next);
}

static void on_cds(void *ctx, const char *line, const char *next)
{
	hear(ctx, "cds", line, next);
}

static void on_creg(void *ctx, const char *line, const char *next)
{
	hear(ctx, "creg", line, next);
}

static void on_gone(void *ctx, const char *line, const char *next)
{
	struct owner *o = ctx;

	hear(o, "gone", line, next);
	at_abort(&o->at);
}

static bool creg_unasked(const char *line)
{
	char second[8];

	return !at_field(line, 1, second, sizeof(second)) || strlen(second) > 1;
}

static const struct at_urc urcs[] = {
	{ "+CMTI:", false, NULL, on_cmti },
	{ "+CDS:", true, NULL, on_cds },
	{ "+CREG:", false, creg_unasked, on_creg },
	{ "GONE", false, NULL, on_gone },
	{ "^RSSI:", false, NULL, NULL },
};

static const struct at_host host = { urcs, ARRAY_SIZE(urcs), host_write, host_ended };

static int step_line(void *ctx, const char *line, const char *next)
{
	hear(ctx, "step", line, next);
	return strstr(line, "BAD") ? -EPROTO : 0;
}

static int fmt_candidate(void *ctx, char *out, size_t size)
{
	struct owner *o = ctx;

	if (o->candidate >= 3)
		return -ENOENT;
	snprintf(out, size, "AT+TRY=%d", o->candidate++);
	return 0;
}

static int fmt_skip(void *ctx, char *out, size_t size)
{
	(void)ctx;
	snprintf(out, size, "AT+NEVER");
	return AT_SKIP;
}

static int done_third(void *ctx)
{
	const struct owner *o = ctx;

	return o->candidate < 3 ? AT_BACK : AT_GO_ON;
}

static const struct at_step one_steps[] = { { .command = "AT", .deadline_ms = 1000 } };
static const struct at_step creg_steps[] = { { .command = "AT+CREG?",
	.expect = "+CREG:",
	.line = step_line,
	.deadline_ms = 1000,
	.flags = AT_NEEDS_LINE } };
static const struct at_step send_steps[] = {
	{ .command = "AT+CMGS=3",
		.deadline_ms = 10000,
		.flags = AT_PROMPT,
		.retry = AT_RETRY_TEMPORARY },
	{ .command = "00010203",
		.expect = "+CMGS:",
		.line = step_line,
		.flags = AT_PDU,
		.deadline_ms = AT_LIMIT,
		.retry = AT_RETRY_UNKNOWN },
};
static const struct at_step list_steps[] = { { .command = "AT+CMGL=4",
	.expect = "+CMGL:",
	.line = step_line,
	.flags = AT_TWO_LINES,
	.deadline_ms = 1000 } };
static const struct at_step any_steps[] = {
	{ .command = "AT+CGMI", .expect = "", .line = step_line, .deadline_ms = 1000 }
};
static const struct at_step patient_steps[] = {
	{ .command = "AT", .deadline_ms = 500, .tries = 3, .pause_ms = 100 },
	{ .command = "ATE0", .deadline_ms = 500 },
};
static const struct at_step optional_steps[] = {
	{ .command = "AT+ONE", .deadline_ms = 500, .flags = AT_OPTIONAL },
	{ .format = fmt_skip, .deadline_ms = 500 },
	{ .command = "AT+TWO", .deadline_ms = 500 },
};
static const struct at_step candidate_steps[] = {
	{ .format = fmt_candidate, .deadline_ms = 500, .tries = 5, .flags = AT_STUBBORN },
	{ .command = "AT+TRY?", .deadline_ms = 500, .done = done_third },
	{ .command = "AT", .deadline_ms = 500 },
};
static const struct at_step listing_steps[] = {
	{ .command = "AT+CMGL=4",
		.expect = "+CMGL:",
		.line = step_line,
		.deadline_ms = 1000,
		.flags = AT_TWO_LINES | AT_LISTING },
};
static const struct at_step wait_steps[] = {
	{ .command = "AT+CPIN?", .deadline_ms = 500, .tries = 3, .pause_ms = 100 }
};
static const struct at_step resync_steps[] = {
	{ .command = "AT", .deadline_ms = 500, .flags = AT_ESCAPE | AT_NO_ANSWER },
	{ .command = "AT+CMEE?",
		.expect = "+CMEE:",
		.line = step_line,
		.deadline_ms = 500,
		.flags = AT_NEEDS_LINE },
};

static const struct at_script one = AT_SCRIPT("one", one_steps);
static const struct at_script creg = AT_SCRIPT("creg", creg_steps);
static const struct at_script send_ = AT_SCRIPT("send", send_steps);
static const struct at_script list = AT_SCRIPT("list", list_steps);
static const struct at_script any = AT_SCRIPT("any", any_steps);
static const struct at_script patient = AT_SCRIPT("patient", patient_steps);
static const struct at_script optional = AT_SCRIPT("optional", optional_steps);
static const struct at_script candidates = AT_SCRIPT("candidates", candidate_steps);
static const struct at_script waits = AT_SCRIPT("waits", wait_steps);
static const struct at_script listing = AT_SCRIPT("listing", listing_steps);
static const struct at_script resync = AT_SCRIPT("resync", resync_steps);

/* "@" stands for a line of 5000 letters. */
static void feed_cut(struct owner *o, const char *says, size_t chunk, int64_t now)
{
	static char longest[5001];
	size_t n;

	if (says[0] == '@') {
		memset(longest, 'x', 5000);
		says = longest;
	}
	n = strlen(says);
	for (size_t i = 0; i < n; i += chunk)
		at_feed(&o->at, says + i, n - i < chunk ? n - i : chunk, now);
}

__attribute__((unused)) static void start(struct owner *o, const struct at_script *script)
{
	memset(o, 0, sizeof(*o));
	at_init(&o->at, &host, o);
	assert_int_equal(at_run(&o->at, script, 0), 0);
}

#endif
