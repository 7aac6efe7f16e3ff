/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lexer and the engine on virtual time. Each transcript runs with its bytes cut in every way.
 */
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

/* ---- transcripts ---- */

enum { SPLIT_ALL = 160 }; /* longer than any of them */

/* What the modem says after what was sent so far equals `after`. NULL `says`: that many ms pass. */
struct turn {
	const char *after;
	const char *says;
	int wait_ms;
};

struct transcript {
	const char *rule;
	const struct at_script *script;
	struct turn turns[8];
	const char *sent, *heard;
	enum at_outcome outcome;
	int error;
	enum at_retry retry;
};

static const struct transcript transcripts[] = {
	{ "an answer ends a step", &one, { { "AT;", "\r\nOK\r\n", 0 } }, "AT;", "", AT_DONE, 0, 0 },
	{ "echo and bare line ends are tolerated", &one, { { "AT;", "AT\r\r\nOK\r", 0 } }, "AT;",
		"", AT_DONE, 0, 0 },
	{ "NUL and 8-bit garbage are survived", &one,
		{ { "AT;", "\xff\xfe\x80\r\n\xf0\x9f\r\nO\x80K\r\n", 0 } }, "AT;", "", AT_DONE, 0,
		0 },
	{ "a CMS error has its class", &one, { { "AT;", "+CMS ERROR: 42\r\n", 0 } }, "AT;", "",
		AT_ERROR, 42, AT_RETRY_CONGESTION },
	{ "a CME error is 1000 and its code", &one, { { "AT;", "\r\n+CME ERROR: 10\r\n", 0 } },
		"AT;", "", AT_ERROR, 1010, AT_RETRY_SIM },
	{ "a maker's word for error is an error", &one, { { "AT;", "COMMAND NOT SUPPORT\r\n", 0 } },
		"AT;", "", AT_ERROR, 0, 0 },
	{ "unsolicited lines go to the table, unknown ones nowhere", &one,
		{ { "AT;", "\r\n+CMTI: \"SM\",3\r\n^RSSI: 9\r\nwhat is this\r\nOK\r\n", 0 } },
		"AT;", "cmti(+CMTI: \"SM\",3)", AT_DONE, 0, 0 },
	{ "an answer and an unsolicited line of equal prefix are told apart", &creg,
		{ { "AT+CREG?;",
			"\r\n+CREG: 1\r\n\r\n+CREG: 1,\"00C3\",\"0A\"\r\n\r\n+CREG: 2,5\r\nOK\r\n",
			0 } },
		"AT+CREG?;", "creg(+CREG: 1)creg(+CREG: 1,\"00C3\",\"0A\")step(+CREG: 2,5)",
		AT_DONE, 0, 0 },
	{ "an OK before the line that a step needs is somebody else's", &creg,
		{ { "AT+CREG?;", "OK\r\nOK\r\n+CREG: 2,1\r\nOK\r\n", 0 } }, "AT+CREG?;",
		"step(+CREG: 2,1)", AT_DONE, 0, 0 },
	{ "prompt, PDU, reference", &send_,
		{ { "AT+CMGS=3;", "\r\n> ", 0 },
			{ "AT+CMGS=3;00010203!", "\r\n+CMGS: 7\r\n\r\nOK\r\n", 0 } },
		"AT+CMGS=3;00010203!", "step(+CMGS: 7)", AT_DONE, 0, 0 },
	{ "a prompt without blank or line end before it", &send_,
		{ { "AT+CMGS=3;", "AT+CMGS=3\r>", 0 },
			{ "AT+CMGS=3;00010203!", " 00010203\x1a\r\n+CMGS:7\r\nOK\r\n", 0 } },
		"AT+CMGS=3;00010203!", "step(+CMGS:7)", AT_DONE, 0, 0 },
	{ "unsolicited lines around and after the prompt are handled", &send_,
		{ { "AT+CMGS=3;", "\r\n+CMTI: \"SM\",1\r\n\r\n> ", 0 },
			{ "AT+CMGS=3;00010203!",
				"\r\n+CDS: 3\r\n00AA\r\n+CMTI: \"SM\",2\r\n+CMGS: 8\r\nOK\r\n",
				0 } },
		"AT+CMGS=3;00010203!",
		"cmti(+CMTI: \"SM\",1)cds(+CDS: 3|00AA)cmti(+CMTI: \"SM\",2)step(+CMGS: 8)",
		AT_DONE, 0, 0 },
	{ "an OK while the prompt is waited for is stray", &send_,
		{ { "AT+CMGS=3;", "\r\n+CMGS: 6\r\nOK\r\n\r\n> ", 0 },
			{ "AT+CMGS=3;00010203!", "+CMGS: 7\r\nOK\r\n", 0 } },
		"AT+CMGS=3;00010203!", "step(+CMGS: 7)", AT_DONE, 0, 0 },
	{ "a refusal instead of the prompt", &send_,
		{ { "AT+CMGS=3;", "\r\n+CMS ERROR: 304\r\n", 0 } }, "AT+CMGS=3;", "", AT_ERROR, 304,
		AT_RETRY_OUR_MISTAKE },
	{ "a refusal that names no class takes the step's", &send_,
		{ { "AT+CMGS=3;", "> ", 0 }, { "AT+CMGS=3;00010203!", "ERROR\r\n", 0 } },
		"AT+CMGS=3;00010203!", "", AT_ERROR, 0, AT_RETRY_UNKNOWN },
	{ "lists come with their PDU lines", &list,
		{ { "AT+CMGL=4;",
			"\r\n+CMGL: 1,0,,3\r\n000102\r\n+CMGL: 2,1,,3\r\n000103\r\n\r\nOK\r\n",
			0 } },
		"AT+CMGL=4;", "step(+CMGL: 1,0,,3|000102)step(+CMGL: 2,1,,3|000103)", AT_DONE, 0,
		0 },
	{ "a line between a header and its PDU takes neither's place", &list,
		{ { "AT+CMGL=4;", "+CMGL: 1,0,,3\r\n+CMTI: \"SM\",4\r\n000102\r\nOK\r\n", 0 } },
		"AT+CMGL=4;", "cmti(+CMTI: \"SM\",4)step(+CMGL: 1,0,,3|000102)", AT_DONE, 0, 0 },
	{ "a header without its PDU is told as such", &list,
		{ { "AT+CMGL=4;", "+CMGL: 1,0,,0\r\n\r\n+CMGL: 2,0,,2\r\n0001\r\nOK\r\n", 0 } },
		"AT+CMGL=4;", "step(+CMGL: 1,0,,0|)step(+CMGL: 2,0,,2|0001)", AT_DONE, 0, 0 },
	{ "any line but the echo and the unsolicited answers a question", &any,
		{ { "AT+CGMI;", "AT+CGMI\r\r\n+CMTI: \"SM\",1\r\nAcme\r\nOK\r\n", 0 } }, "AT+CGMI;",
		"cmti(+CMTI: \"SM\",1)step(Acme)", AT_DONE, 0, 0 },
	{ "a callback can fail its step", &any, { { "AT+CGMI;", "BAD\r\nOK\r\n", 0 } }, "AT+CGMI;",
		"step(BAD)", AT_REJECTED, 0, 0 },
	{ "silence is tried again, and late answers pass by", &patient,
		{ { "AT;", NULL, 500 }, { "AT;", NULL, 100 }, { "AT;AT;", "OK\r\n", 0 },
			{ "AT;AT;", "OK\r\n", 100 }, { "AT;AT;", NULL, 200 },
			{ "AT;AT;ATE0;", "OK\r\n", 0 } },
		"AT;AT;ATE0;", "", AT_DONE, 0, 0 },
	{ "silence ends a script when the tries are used up", &patient,
		{ { "AT;", NULL, 500 }, { "AT;", NULL, 100 }, { "AT;AT;", NULL, 500 },
			{ "AT;AT;", NULL, 100 }, { "AT;AT;AT;", NULL, 500 } },
		"AT;AT;AT;", "", AT_SILENCE, 0, 0 },
	{ "an optional step may be refused", &optional,
		{ { "AT+ONE;", "ERROR\r\n", 0 }, { "AT+ONE;AT+TWO;", "OK\r\n", 0 } },
		"AT+ONE;AT+TWO;", "", AT_DONE, 0, 0 },
	{ "silence of an optional step ends the script", &optional, { { "AT+ONE;", NULL, 500 } },
		"AT+ONE;", "", AT_SILENCE, 0, 0 },
	{ "candidates are tried until one is read back", &candidates,
		{ { "AT+TRY=0;", "ERROR\r\n", 0 }, { "AT+TRY=0;AT+TRY=1;", "OK\r\n", 0 },
			{ "AT+TRY=0;AT+TRY=1;AT+TRY?;", "OK\r\n", 0 },
			{ "AT+TRY=0;AT+TRY=1;AT+TRY?;AT+TRY=2;", "OK\r\n", 0 },
			{ "AT+TRY=0;AT+TRY=1;AT+TRY?;AT+TRY=2;AT+TRY?;", "OK\r\n", 0 },
			{ "AT+TRY=0;AT+TRY=1;AT+TRY?;AT+TRY=2;AT+TRY?;AT;", "OK\r\n", 0 } },
		"AT+TRY=0;AT+TRY=1;AT+TRY?;AT+TRY=2;AT+TRY?;AT;", "", AT_DONE, 0, 0 },
	{ "a SIM that is not ready is waited for", &waits,
		{ { "AT+CPIN?;", "+CME ERROR: 14\r\n", 0 }, { "AT+CPIN?;", NULL, 100 },
			{ "AT+CPIN?;AT+CPIN?;", "OK\r\n", 0 } },
		"AT+CPIN?;AT+CPIN?;", "", AT_DONE, 0, 0 },
	{ "what the modem cannot do is not asked again", &waits,
		{ { "AT+CPIN?;", "+CME ERROR: 4\r\n", 0 } }, "AT+CPIN?;", "", AT_ERROR, 1004,
		AT_RETRY_OUR_MISTAKE },
	{ "re-sync lets the answers of an earlier command pass", &resync,
		{ { "^AT;", "+CMGS: 9\r\nOK\r\n", 0 },
			{ "^AT;AT+CMEE?;", "OK\r\n\r\n+CMEE: 1\r\nOK\r\n", 0 } },
		"^AT;AT+CMEE?;", "step(+CMEE: 1)", AT_DONE, 0, 0 },
	{ "re-sync leaves a late prompt", &resync,
		{ { "^AT;", "\r\n> ", 0 }, { "^AT;^", "\r\nOK\r\n", 0 },
			{ "^AT;^AT+CMEE?;", "+CMEE: 1\r\nOK\r\n", 0 } },
		"^AT;^AT+CMEE?;", "step(+CMEE: 1)", AT_DONE, 0, 0 },
	{ "an over-long line is cut and harms nothing", &one,
		{ { "AT;", NULL, 1 }, { "AT;", "@", 0 }, { "AT;", "\r\nOK\r\n", 0 } }, "AT;", "",
		AT_DONE, 0, 0 },
};

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

static void run_transcript(const struct transcript *t, size_t chunk)
{
	static struct owner o;
	int64_t now = 1000000;

	memset(&o, 0, sizeof(o));
	at_init(&o.at, &host, &o);
	assert_int_equal(at_run(&o.at, t->script, now), 0);
	for (size_t i = 0; i < ARRAY_SIZE(t->turns) && t->turns[i].after; i++) {
		const struct turn *turn = &t->turns[i];

		if (strcmp(o.sent, turn->after) != 0)
			fail_msg("%s (chunks of %zu): sent %s, expected %s", t->rule, chunk, o.sent,
				turn->after);
		if (turn->says)
			feed_cut(&o, turn->says, chunk, now);
		now += turn->wait_ms;
		at_tick(&o.at, now);
	}
	if (o.ends != 1 || o.result.outcome != t->outcome)
		fail_msg("%s (chunks of %zu): ended %d times, %s", t->rule, chunk, o.ends,
			at_outcome_name(o.result.outcome));
	if (strcmp(o.sent, t->sent) != 0 || strcmp(o.heard, t->heard) != 0)
		fail_msg("%s (chunks of %zu): sent %s heard %s", t->rule, chunk, o.sent, o.heard);
	assert_int_equal(o.result.error, t->error);
	assert_int_equal(o.result.retry, t->retry);
	assert_false(at_busy(&o.at));
	assert_true(at_deadline(&o.at) == TIME_NEVER);
}

static void every_transcript_holds_for_every_chunk_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(transcripts); i++) {
		for (size_t chunk = 1; chunk <= SPLIT_ALL; chunk++)
			run_transcript(&transcripts[i], chunk);
		run_transcript(&transcripts[i], 100000);
	}
}

/* ---- rules that need more than a transcript ---- */

static void start(struct owner *o, const struct at_script *script)
{
	memset(o, 0, sizeof(*o));
	at_init(&o->at, &host, o);
	assert_int_equal(at_run(&o->at, script, 0), 0);
}

static void stray_lines_never_move_a_deadline(void **state)
{
	static struct owner o;

	(void)state;
	start(&o, &one);
	for (int64_t now = 0; now < 1000; now += 10) {
		at_feed(&o.at, "\r\n+CMTI: \"SM\",1\r\nnoise\r\n^RSSI: 3\r\n", 35, now);
		assert_true(at_deadline(&o.at) == 1000);
		assert_int_equal(o.ends, 0);
	}
	/* The flood goes on and nobody calls at_tick(): the deadline holds all the same. */
	at_feed(&o.at, "noise\r\n", 7, 1000);
	assert_int_equal(o.ends, 1);
	assert_int_equal(o.result.outcome, AT_SILENCE);
	assert_int_equal(o.at.counts.deadlines_missed, 1);
}

static void lines_never_move_the_deadline_of_a_pdu(void **state)
{
	static struct owner o;

	(void)state;
	start(&o, &send_);
	at_set_limit(&o.at, 4000);
	at_feed(&o.at, "> ", 2, 100);
	assert_true(at_deadline(&o.at) == 4100);
	for (int64_t now = 200; now < 4100; now += 100) {
		at_feed(&o.at, "+CDS: 2\r\n0001\r\n> \r\n", 19, now);
		assert_true(at_deadline(&o.at) == 4100);
	}
	at_tick(&o.at, 4100);
	assert_int_equal(o.result.outcome, AT_SILENCE);
	assert_int_equal(o.result.retry, AT_RETRY_UNKNOWN);
	assert_true(o.result.pdu_sent);
	assert_string_equal(o.sent, "AT+CMGS=3;00010203!");
}

/* A full store on a slow line: as long as its texts come, it is not silent; but not for ever. */
static void only_its_own_lines_give_a_listing_more_time(void **state)
{
	static const char text[] = "+CMGL: 1,1,,2\r\n000102\r\n", stray[] = "^RSSI: 3\r\n";
	static struct owner o;
	int64_t now = 0;

	(void)state;
	start(&o, &listing);
	for (now = 900; now < 9000; now += 900) {
		at_feed(&o.at, text, strlen(text), now);
		at_feed(&o.at, stray, strlen(stray), now + 50);
		assert_true(at_deadline(&o.at) == now + 1000);
	}
	at_feed(&o.at, "OK\r\n", 4, now);
	assert_int_equal(o.result.outcome, AT_DONE);
	/* one that stops in the middle is found within the step's time */
	start(&o, &listing);
	at_feed(&o.at, text, strlen(text), 500);
	at_tick(&o.at, 1500);
	assert_int_equal(o.result.outcome, AT_SILENCE);
	/* one that never ends */
	start(&o, &listing);
	for (now = 0; now < 20000 && at_busy(&o.at); now += 500)
		at_feed(&o.at, text, strlen(text), now);
	assert_int_equal(o.result.outcome, AT_SILENCE);
	assert_int_equal(now - 500, 1000 * AT_LISTING_TIMES);
}

static void no_prompt_means_never_handed_over(void **state)
{
	static struct owner o;

	(void)state;
	start(&o, &send_);
	at_tick(&o.at, 9999);
	assert_int_equal(o.ends, 0);
	at_tick(&o.at, 10000);
	assert_int_equal(o.result.outcome, AT_SILENCE);
	assert_false(o.result.pdu_sent);
	/* It comes late: nobody serves it, so it is left. */
	at_feed(&o.at, "\r\n> ", 4, 10500);
	assert_string_equal(o.sent, "AT+CMGS=3;^");
	assert_int_equal(o.at.counts.prompts_stray, 1);
}

static void a_prompt_is_awaited_no_longer_than_an_answer(void **state)
{
	static struct owner o;

	(void)state;
	memset(&o, 0, sizeof(o));
	at_init(&o.at, &host, &o);
	at_set_limit(&o.at, 4000);
	assert_int_equal(at_run(&o.at, &send_, 0), 0);
	assert_true(at_deadline(&o.at) == 4000);
	at_tick(&o.at, 4000);
	assert_int_equal(o.result.outcome, AT_SILENCE);
	assert_false(o.result.pdu_sent);
	/* generous to an answer is not generous to a prompt */
	at_set_limit(&o.at, 45000);
	assert_int_equal(at_run(&o.at, &send_, 5000), 0);
	assert_true(at_deadline(&o.at) == 15000);
}

/* TS 27.007 9.2.1: +CME ERROR 14 is a SIM that is busy. */
static void a_step_behind_one_that_is_skipped_has_its_own_tries(void **state)
{
	static const struct at_step steps[] = {
		{ .command = "AT", .deadline_ms = 1000 },
		{ .format = fmt_skip, .deadline_ms = 1000 },
		{ .command = "AT+CPIN?", .deadline_ms = 1000, .tries = 3, .pause_ms = 100 },
	};
	static const struct at_script busy_sim = AT_SCRIPT("busy SIM", steps);
	static struct owner o;

	(void)state;
	start(&o, &busy_sim);
	at_feed(&o.at, "OK\r\n", 4, 0);
	for (int64_t now = 100; now <= 300; now += 100) {
		assert_int_equal(o.ends, 0);
		at_feed(&o.at, "+CME ERROR: 14\r\n", 16, now - 50);
		at_tick(&o.at, now + 50);
	}
	assert_string_equal(o.sent, "AT;AT+CPIN?;AT+CPIN?;AT+CPIN?;");
	assert_int_equal(o.result.error, 1014);
}

static void a_late_answer_after_the_end_is_stray(void **state)
{
	static struct owner o;

	(void)state;
	start(&o, &one);
	at_tick(&o.at, 1000);
	at_feed(&o.at, "\r\nOK\r\n+CMS ERROR: 500\r\n", 24, 1001);
	assert_int_equal(o.ends, 1);
	assert_int_equal(o.at.counts.finals_stray, 2);
}

static void the_next_script_may_start_from_within_the_end(void **state)
{
	static struct owner o;

	(void)state;
	start(&o, &one);
	o.then = &creg;
	at_feed(&o.at, "OK\r\n+CREG: 2,1\r\nOK\r\n", 21, 10);
	assert_int_equal(o.ends, 2);
	assert_string_equal(o.sent, "AT;AT+CREG?;");
	assert_ptr_equal(o.result.script, &creg);
}

static void only_one_script_runs(void **state)
{
	static struct owner o;

	(void)state;
	start(&o, &one);
	assert_int_equal(at_run(&o.at, &creg, 0), -EBUSY);
	assert_true(at_runs(&o.at, &one));
}

static void an_abort_within_a_callback_drops_the_rest(void **state)
{
	static struct owner o;

	(void)state;
	start(&o, &one);
	at_feed(&o.at, "GONE\r\n+CMTI: \"SM\",1\r\nOK\r\n", 26, 10);
	assert_string_equal(o.heard, "gone(GONE)");
	assert_int_equal(o.ends, 0);
	assert_false(at_busy(&o.at));
}

static void long_lines_and_bad_bytes_are_counted(void **state)
{
	static struct owner o;

	(void)state;
	start(&o, &one);
	feed_cut(&o, "@", 1000, 1);
	at_feed(&o.at, "\r\n", 2, 1);
	at_feed(&o.at, "\0\xff\x07", 3, 1);
	assert_int_equal(o.at.lexer.lines_cut, 1);
	assert_int_equal(o.at.lexer.bytes_bad, 3);
	assert_int_equal(o.at.counts.lines_unknown, 1);
}

/* Bytes that look like AT often enough to reach every branch. */
static void random_bytes_never_harm(void **state)
{
	static const char *const words[] = { "\r\n", "OK", "> ", ">", "+CMTI: \"SM\",1", "+CDS: 4",
		"0001", "+CMGL: 1,0,,3", "ERROR", "+CMS ERROR: ", "42", "+CREG: 2,1", "\x1b", "\"",
		",,", "(", "+CMGS: 5", "GONE", "\r", "ZZ" };
	const struct at_script *const scripts[] = { &one, &send_, &list, &creg, &resync, &patient,
		&candidates, &any };
	static struct owner o;
	int64_t now = 0;

	(void)state;
	srandom(1);
	start(&o, &one);
	for (int i = 0; i < 200000; i++) {
		const char *word = words[(size_t)random() % ARRAY_SIZE(words)];
		char noise = (char)random();

		o.sent[0] = o.heard[0] = '\0';
		o.candidate = (int)(random() % 4);
		if (!at_busy(&o.at))
			at_run(&o.at, scripts[(size_t)random() % ARRAY_SIZE(scripts)], now);
		if (random() % 4)
			at_feed(&o.at, word, strlen(word), now);
		else
			at_feed(&o.at, &noise, 1, now);
		now += random() % 50;
		at_tick(&o.at, now);
		assert_true(!at_busy(&o.at) || at_deadline(&o.at) < TIME_NEVER);
	}
	assert_true(o.ends > 1000);
}

/* ---- fields, sets, classes ---- */

static void fields_are_parted_by_commas_outside_quotes(void **state)
{
	static const struct {
		const char *line;
		unsigned int index;
		const char *field; /* NULL: there is none */
	} rows[] = {
		{ "+CPMS: (\"SM\",\"ME\"),(\"SM\")", 1, "(\"SM\")" },
		{ "+COPS: 0,0,\"A, B\",7", 2, "A, B" },
		{ "+COPS: 0,0,\"A, B\",7", 3, "7" },
		{ "+CMGL: 1,1,,24", 2, "" },
		{ "+CMGL: 1,1,,24", 4, NULL },
		{ "+CMTI:\"SM\" , 3 ", 1, "3" },
		{ "860000000000001", 0, "860000000000001" },
		{ "+CUSD: 0,\"open", 1, "open" },
		{ "+X: \"", 0, "" },
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool found = at_field(rows[i].line, rows[i].index, out, sizeof(out));

		assert_int_equal(found, rows[i].field != NULL);
		assert_string_equal(out, rows[i].field ? rows[i].field : "");
	}
	assert_int_equal(at_field_int("+CSQ: 17,99", 0, -1), 17);
	assert_int_equal(at_field_int("+CSQ: x", 0, -1), -1);
	assert_int_equal(at_field_int("+CSQ: 99999999999999", 0, -1), -1);
	at_field("+X: abcdef", 0, out, 4);
	assert_string_equal(out, "abc");
}

static void sets_are_lists_and_ranges(void **state)
{
	(void)state;
	assert_true(at_set_contains("(0-3)", 3));
	assert_false(at_set_contains("(0-3)", 4));
	assert_true(at_set_contains("(0,2-4,7)", 7));
	assert_false(at_set_contains("(0,2-4,7)", 1));
	assert_true(at_set_contains("1", 1));
	assert_false(at_set_contains("", 0));
	assert_false(at_set_contains("(-)", 0));
}

static void every_code_has_its_class(void **state)
{
	static const struct {
		int code;
		enum at_retry retry;
	} rows[] = {
		{ 1, AT_RETRY_RECIPIENT },
		{ 28, AT_RETRY_RECIPIENT },
		{ 29, AT_RETRY_RECIPIENT },
		{ 30, AT_RETRY_RECIPIENT },
		{ 50, AT_RETRY_RECIPIENT },
		{ 69, AT_RETRY_RECIPIENT },
		{ 96, AT_RETRY_RECIPIENT },
		{ 99, AT_RETRY_RECIPIENT },
		{ 111, AT_RETRY_RECIPIENT },
		{ 8, AT_RETRY_BARRED },
		{ 10, AT_RETRY_BARRED },
		{ 21, AT_RETRY_FAR_SIDE },
		{ 27, AT_RETRY_TEMPORARY },
		{ 41, AT_RETRY_TEMPORARY },
		{ 47, AT_RETRY_TEMPORARY },
		{ 331, AT_RETRY_TEMPORARY },
		{ 332, AT_RETRY_TEMPORARY },
		{ 512, AT_RETRY_TEMPORARY },
		{ 513, AT_RETRY_TEMPORARY },
		{ 515, AT_RETRY_TEMPORARY },
		{ 42, AT_RETRY_CONGESTION },
		{ 514, AT_RETRY_CONGESTION },
		{ 38, AT_RETRY_OUTAGE },
		{ 17, AT_RETRY_UNKNOWN },
		{ 500, AT_RETRY_UNKNOWN },
		{ 310, AT_RETRY_SIM },
		{ 318, AT_RETRY_SIM },
		{ 20, AT_RETRY_STORE_FULL },
		{ 22, AT_RETRY_STORE_FULL },
		{ 322, AT_RETRY_STORE_FULL },
		{ 330, AT_RETRY_NO_CENTRE },
		{ 302, AT_RETRY_OUR_MISTAKE },
		{ 305, AT_RETRY_OUR_MISTAKE },
		{ 321, AT_RETRY_OUR_MISTAKE },
		{ 340, AT_RETRY_OUR_MISTAKE },
		{ 600, AT_RETRY_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(at_retry_of_cms(rows[i].code), rows[i].retry);
	assert_int_equal(at_retry_of_cme(10), AT_RETRY_SIM);
	assert_int_equal(at_retry_of_cme(14), AT_RETRY_TEMPORARY);
	assert_int_equal(at_retry_of_cme(4), AT_RETRY_OUR_MISTAKE);
	for (int r = 0; r < AT_RETRIES; r++)
		assert_string_not_equal(at_retry_name((enum at_retry)r), "?");
	assert_string_equal(at_retry_name(AT_RETRIES), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_transcript_holds_for_every_chunk_size),
		cmocka_unit_test(stray_lines_never_move_a_deadline),
		cmocka_unit_test(lines_never_move_the_deadline_of_a_pdu),
		cmocka_unit_test(only_its_own_lines_give_a_listing_more_time),
		cmocka_unit_test(no_prompt_means_never_handed_over),
		cmocka_unit_test(a_prompt_is_awaited_no_longer_than_an_answer),
		cmocka_unit_test(a_step_behind_one_that_is_skipped_has_its_own_tries),
		cmocka_unit_test(a_late_answer_after_the_end_is_stray),
		cmocka_unit_test(the_next_script_may_start_from_within_the_end),
		cmocka_unit_test(only_one_script_runs),
		cmocka_unit_test(an_abort_within_a_callback_drops_the_rest),
		cmocka_unit_test(long_lines_and_bad_bytes_are_counted),
		cmocka_unit_test(random_bytes_never_harm),
		cmocka_unit_test(fields_are_parted_by_commas_outside_quotes),
		cmocka_unit_test(sets_are_lists_and_ranges),
		cmocka_unit_test(every_code_has_its_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
