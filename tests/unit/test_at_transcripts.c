/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lexer and the engine on virtual time. Each transcript runs with its bytes cut in every way.
 */
#include "at_world.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_transcript_holds_for_every_chunk_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
