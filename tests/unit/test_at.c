/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the engine that need more than a transcript, on virtual time. */
#include "at_world.h"

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

static int escapes(const struct owner *o)
{
	int n = 0;

	for (const char *at = o->sent; (at = strchr(at, '^')); at++)
		n++;
	return n;
}

/* A terminal that is not a modem's: each ESC would bring the next prompt. */
static void who_answers_esc_with_a_prompt_is_not_answered_for_ever(void **state)
{
	static struct owner o;

	(void)state;
	start(&o, &send_);
	at_tick(&o.at, 10000);
	for (int i = 0; i < 20; i++)
		at_feed(&o.at, "\r\n> ", 4, 10500);
	assert_int_equal(escapes(&o), 8);
	at_feed(&o.at, "\r\nOK\r\n\r\n> ", 10, 10600);
	assert_int_equal(escapes(&o), 9);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stray_lines_never_move_a_deadline),
		cmocka_unit_test(lines_never_move_the_deadline_of_a_pdu),
		cmocka_unit_test(only_its_own_lines_give_a_listing_more_time),
		cmocka_unit_test(no_prompt_means_never_handed_over),
		cmocka_unit_test(who_answers_esc_with_a_prompt_is_not_answered_for_ever),
		cmocka_unit_test(a_prompt_is_awaited_no_longer_than_an_answer),
		cmocka_unit_test(a_step_behind_one_that_is_skipped_has_its_own_tries),
		cmocka_unit_test(a_late_answer_after_the_end_is_stray),
		cmocka_unit_test(the_next_script_may_start_from_within_the_end),
		cmocka_unit_test(only_one_script_runs),
		cmocka_unit_test(an_abort_within_a_callback_drops_the_rest),
		cmocka_unit_test(long_lines_and_bad_bytes_are_counted),
		cmocka_unit_test(random_bytes_never_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
