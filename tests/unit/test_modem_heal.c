/* SPDX-License-Identifier: Apache-2.0 */
/* What heals by itself, and the words for it meanwhile. */
#include "modem_world.h"

/* A SIM that was taken out and put back wants its PIN again. */
static void a_sim_that_comes_back_locked_has_its_pin_entered(void **state)
{
	struct box *b = *state;

	peer_plug(&b->peer);
	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 2 },
		{ "AT+CPIN=\"1234\"", "\r\nOK\r\n", 0 });
	start(b, "1234");
	UNTIL(b, quiet(b));
	/* out */
	ROWS(b, { "AT+CPIN?", "\r\n+CME ERROR: 10\r\n", 0 });
	peer_say(&b->peer, "\r\n+CPIN: NOT READY\r\n");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	/* and back */
	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 3 },
		{ "AT+CPIN=\"1234\"", "\r\nOK\r\n", 0 });
	peer_say(&b->peer, "\r\n+CPIN: SIM PIN\r\n");
	UNTIL(b, quiet(b));
	assert_int_equal(count(b, "AT+CPIN=\"1234\""), 2);
}

/* Neither it nor the modem says a word: no network is all that shows. */
static void a_sim_that_goes_without_a_word_is_missed(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	ROWS(b, { "AT+CPIN?", "\r\n+CME ERROR: 10\r\n", 0 });
	peer_say(&b->peer, "\r\n+CREG: 0\r\n\r\n+CGREG: 0\r\n\r\n+CEREG: 0\r\n");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	modem_get_info(b->modem, &info);
	assert_string_equal(info.why, "no SIM card, or it does not answer");
}

/* One whose lines of the network were lost, too: the heartbeat meets the error. */
static void a_heartbeat_that_misses_the_sim_asks_for_it(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CPIN?", "\r\n+CME ERROR: 10\r\n", 0 },
		{ "AT+CSQ;", "\r\n+CSQ: 20,99\r\n+CMS ERROR: 310\r\n", 0 });
	heartbeats(b, 1);
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	assert_false(b->modem->heartbeat_single);
}

/* The section is read anew for something else, or under another name: the PIN is the same. */
static void a_wrong_pin_is_not_entered_again_by_a_section_that_is_read_anew(void **state)
{
	struct box *b = *state;

	peer_plug(&b->peer);
	ROWS(b, { "AT+CPINR", "\r\nERROR\r\n", 0 },
		{ "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 0 },
		{ "AT+CPIN=", "\r\n+CME ERROR: 16\r\n", 0 });
	start(b, "9999");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	modem_free(b->modem);
	start(b, "9999");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	assert_non_null(strstr(b->modem->why, "did not take the PIN"));
	assert_int_equal(count(b, "AT+CPIN="), 1);
	assert_int_equal(b->pins_refused, 1);
	modem_free(b->modem);
	start(b, "1234"); /* another has its try */
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	assert_int_equal(count(b, "AT+CPIN=\"1234\""), 1);
}

/* Of an earlier life the store knows; what cannot be kept is not entered either. */
static void a_pin_is_entered_only_when_the_store_lets_it(void **state)
{
	static const struct {
		int error;
		const char *why;
	} cases[] = {
		{ -EALREADY, "did not take the PIN; it is not entered again" },
		{ -EIO, "is not entered while nothing can be stored" },
	};
	struct box *b = *state;

	peer_plug(&b->peer);
	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 0 },
		{ "AT+CPIN=", "\r\n+CME ERROR: 16\r\n", 0 });
	for (int i = 0; i < (int)ARRAY_SIZE(cases); i++) {
		b->pins_asked = 0;
		b->pin_error = cases[i].error;
		start(b, i ? "7777" : "8888");
		UNTIL(b, modem_state(b->modem) == MODEM_PIN);
		assert_non_null(strstr(b->modem->why, cases[i].why));
		assert_int_equal(b->pins_asked, 1);
		assert_int_equal(count(b, "AT+CPIN="), 0);
		modem_free(b->modem);
	}
	/* who takes it out of the file and puts it back wants it tried */
	start(b, "");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	modem_free(b->modem);
	start(b, "7777");
	UNTIL(b, count(b, "AT+CPIN=\"7777\"") == 1);
}

static void what_is_absent_is_not_being_restarted(void **state)
{
	struct box *b = *state;

	start(b, "");
	run_for(b, 50);
	text_copy(b->modem->why, sizeof(b->modem->why), "its port is gone");
	modem_reset(b->modem);
	run_for(b, 50);
	assert_int_equal(modem_state(b->modem), MODEM_ABSENT);
	assert_string_equal(b->modem->why, "not plugged in");
	assert_int_equal(b->modem->resets, 0);
	assert_int_equal(modem_ussd(b->modem, "*100#"), -EAGAIN);
}

/* What the ladder does makes some say that they are ready for texts, as after a start. */
static void radio_off_and_on_is_no_brown_out(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->modem->started_ms -= 2 * BOOT_MS; /* long ago */
	b->modem->boot_till_ms = 0;
	ROWS(b, { "AT+CSQ;", "", 1 }, { "AT+CFUN=0", "\r\nOK\r\n", 0 },
		{ "AT+CFUN=1", "\r\nSMS Ready\r\n\r\nOK\r\n", 1 }, { "AT", "", 4 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, b->states[MODEM_RECOVERING] == 1);
	UNTIL(b, quiet(b));
	assert_int_equal(count(b, "AT+CFUN=1"), 1);
	assert_int_equal(b->modem->rungs[2].successes, 1);
	assert_int_equal(b->modem->brown_outs, 0);
	assert_int_equal(b->modem->resets, 0);
}

/* It takes no +CGREG setting but answers the question: nothing else tells when that one goes. */
static void a_network_that_goes_unsaid_is_missed_by_the_heartbeat(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CGREG=2", "\r\nERROR\r\n", 0 });
	start_ready(b);
	ROWS(b,
		{ "AT+CSQ;+CREG?;+CEREG?;+CPMS?",
			"\r\n+CSQ: 99,99\r\n+CREG: 2,2\r\n+CEREG: 2,2\r\n\r\nOK\r\n", 0 },
		{ "AT+CSQ;",
			"\r\n+CSQ: 99,99\r\n+CREG: 2,2\r\n+CGREG: 0,2\r\n+CEREG: 2,2\r\n\r\nOK\r\n",
			0 });
	heartbeats(b, 2);
	assert_int_equal(modem_state(b->modem), MODEM_SEARCHING);
}

/* Each network is told in a line of its own: what is so between two of them nobody reads. */
static void what_a_registration_only_passes_through_is_not_said(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	b->modem->network_ms -= MS_PER_MIN;
	peer_say(&b->peer, "\r\n+CREG: 0\r\n");
	UNTIL(b, b->modem->registration[NET_CREG] == 0);
	modem_get_info(b->modem, &info);
	assert_string_equal(info.why, "");
	UNTIL(b, strcmp(b->modem->told_why, "on LTE alone: texts need IMS") == 0);
	peer_say(&b->peer, "\r\n+CGREG: 0\r\n\r\n+CEREG: 0\r\n");
	UNTIL(b, modem_state(b->modem) == MODEM_SEARCHING);
	modem_get_info(b->modem, &info);
	assert_string_equal(info.why, "searching for a network");
	UNTIL(b, strstr(b->modem->told_why, "aerial"));
	modem_get_info(b->modem, &info);
	assert_string_equal(info.why, b->modem->told_why);
	peer_say(&b->peer, "\r\n+CREG: 3\r\n\r\n+CEREG: 1\r\n\r\n+CREG: 1\r\n");
	UNTIL(b, modem_state(b->modem) == MODEM_READY);
	assert_string_equal(b->modem->told_why, "");
}

static void a_torn_registration_is_no_loss_of_the_network(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CGREG?", "\r\n+CGREG: 2,0\r\n\r\nOK\r\n", 0 },
		{ "AT+CEREG?", "\r\n+CEREG: 2,0\r\n\r\nOK\r\n", 0 });
	start_ready(b);
	ROWS(b, { "AT+CSQ;", "\r\n+CSQ: 20,99\r\n+CREG: 2,\r\n\r\nOK\r\n", 1 },
		{ "AT+CSQ;", "\r\n+CSQ: 20,99\r\n+CREG: 21,\"00C3\",\"0A12\"\r\n\r\nOK\r\n", 1 });
	heartbeats(b, 2);
	assert_int_equal(b->states[MODEM_SEARCHING], 0);
}

static void a_call_that_rings_long_is_one_call(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CHUP", "\r\nERROR\r\n", 0 }, { "ATH", "\r\nERROR\r\n", 0 });
	for (int i = 0; i < 4; i++) {
		peer_say(&b->peer, "\r\nRING\r\n\r\n+CLIP: \"+15105550123\",145\r\n");
		run_for(b, 100);
		b->modem->call_ms -= 4000; /* the next ring comes that much later */
		b->modem->ring_ms -= 4000;
	}
	assert_int_equal(b->calls, 1);
}

/* Some say what is with their SIM again after each question. */
static void a_sim_word_said_twice_is_not_asked_for_without_end(void **state)
{
	struct box *b = *state;
	int n;

	start_ready(b);
	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n\r\n+CPIN: READY\r\n", 0 });
	peer_say(&b->peer, "\r\n+CPIN: READY\r\n");
	run_for(b, 1500);
	assert_in_range(count(b, "AT+CPIN?"), 2, 4);
	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: NOT INSERTED\r\n\r\nOK\r\n\r\n+CPIN: NOT INSERTED\r\n",
			0 });
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	peer_say(&b->peer, "\r\n+CPIN: NOT INSERTED\r\n");
	n = count(b, "AT+CPIN?");
	run_for(b, 1500);
	assert_in_range(count(b, "AT+CPIN?") - n, 1, 3);
}

/* It never comes as far as the network. */
static void a_modem_that_boots_again_and_again_is_named(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	peer_plug(&b->peer);
	ROWS(b, { "AT+CPIN?", "\r\nRDY\r\n", 3 }, { "AT+CPIN?", "", 0 });
	start(b, "");
	UNTIL(b, count(b, "AT+CPIN?") == 4);
	modem_get_info(b->modem, &info);
	assert_int_equal(info.state, MODEM_STARTING);
	assert_int_equal(info.brown_outs, 2); /* the first is that of a modem just plugged in */
	assert_true(info.alarm);
	assert_string_equal(info.why, "restarted by itself: most often a weak power supply");
	ROWS(b, { NULL, NULL, 0 });
	UNTIL(b, quiet(b));
}

static void again_in_a_moment(struct box *b)
{
	peer_unplug(&b->peer);
	UNTIL(b, modem_state(b->modem) == MODEM_ABSENT);
	peer_plug(&b->peer);
	UNTIL(b, quiet(b));
}

/* Gone and back twice in the hour is a weak supply, but not where another comes back. */
static void who_puts_another_modem_in_its_place_is_no_weak_supply(void **state)
{
	struct box *b = *state;

	start_ready(b);
	again_in_a_moment(b);
	ROWS(b, { "AT+CGSN", "\r\n860000000005678\r\n\r\nOK\r\n", 0 });
	again_in_a_moment(b);
	assert_int_equal(b->modem->brown_outs, 0);
	again_in_a_moment(b);
	assert_int_equal(b->modem->brown_outs, 0);
	again_in_a_moment(b);
	assert_int_equal(b->modem->brown_outs, 1);
}

static void what_is_wrong_with_the_sim_is_said_anew(void **state)
{
	struct box *b = *state;

	peer_plug(&b->peer);
	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: NOT INSERTED\r\n\r\nOK\r\n", 1 },
		{ "AT+CPIN?", "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n", 0 });
	start(b, "");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	b->modem->state_timer_ms = modem_now(b->modem);
	modem_settle(b->modem);
	UNTIL(b, strstr(b->modem->why, "PUK"));
	assert_non_null(strstr(b->modem->told_why, "PUK"));
}

/* No rung is left that could be climbed without a port. */
static void what_was_pulled_while_it_was_deaf_is_said_to_be_gone(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	ROWS(b, { "AT+CSQ;", "", 0 }, { "AT", "", 0 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, modem_state(b->modem) == MODEM_RECOVERING);
	peer_unplug(&b->peer);
	UNTIL(b, modem_state(b->modem) == MODEM_ABSENT);
	b->modem->state_timer_ms = modem_now(b->modem); /* long after */
	modem_settle(b->modem);
	UNTIL(b, modem_state(b->modem) == MODEM_FAILED);
	modem_get_info(b->modem, &info);
	assert_non_null(strstr(info.why, "its port is gone"));
	ROWS(b, { NULL, NULL, 0 });
	peer_plug(&b->peer);
	UNTIL(b, quiet(b));
}

static void an_imei_without_its_check_digit_is_that_modem(void **state)
{
	struct box *b = *state;
	const struct modem_config config = { .name = "m1",
		.port = b->peer.link,
		.imei = "86000000000123",
		.profile = "auto",
		.baud = 115200 };

	peer_plug(&b->peer);
	assert_int_equal(modem_new(b->loop, NULL, &config, &events, b, &b->modem), 0);
	UNTIL(b, quiet(b));
}

/* The deadlines of the ladder, each at once. */
static void climb(struct box *b)
{
	for (int i = 0; i < 1000 && modem_state(b->modem) != MODEM_FAILED; i++) {
		b->modem->at.deadline_ms = time_min(b->modem->at.deadline_ms, 1);
		b->modem->first_open_ms = 0;
		b->modem->armed_ms = TIME_NEVER;
		modem_settle(b->modem);
		run_for(b, 10);
	}
}

/* It is left alone for five minutes though its port is there, and there is no USB to reset. */
static void what_refuses_to_start_is_said_to_and_left_for_five_minutes(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	peer_plug(&b->peer);
	ROWS(b, { "AT", "\r\nERROR\r\n", 0 }, { "A", "\r\nERROR\r\n", 0 });
	start(b, "");
	climb(b);
	run_for(b, 300);
	modem_get_info(b->modem, &info);
	assert_int_equal(info.state, MODEM_FAILED);
	assert_true(info.alarm);
	assert_string_equal(info.why,
		"answers, but refuses to start up; nothing helped; tried again every 5 minutes");
	assert_in_range(b->modem->state_timer_ms - modem_now(b->modem), 290000, 300000);
}

/* Waits for the n-th such command and for the end of its deadline, which is brought near. */
static void let_pass_in_silence(struct box *b, const char *command, int n)
{
	UNTIL(b, count(b, command) == n);
	run_for(b, 20);
	b->modem->at.deadline_ms = modem_now(b->modem) + 20;
	modem_settle(b->modem);
}

static void three_times_without_a_prompt(struct box *b)
{
	b->peer.log[0] = '\0';
	for (int i = 1; i <= 3; i++) {
		UNTIL(b, modem_idle(b->modem));
		send_one(b);
		let_pass_in_silence(b, "AT+CMGS=", i);
		UNTIL(b, b->sents == 1);
		assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
	}
}

/* It answers whatever asks for a sign of life: that is none any more. */
static void a_modem_that_answers_and_takes_no_text_is_restarted(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "", 6 });
	three_times_without_a_prompt(b);
	assert_string_equal(b->modem->told_why, "answers, but does not take what is to be sent");
	UNTIL(b, count(b, "AT+CFUN=0") == 1 && modem_state(b->modem) == MODEM_READY && quiet(b));
	assert_int_equal(count(b, "AT+CFUN=1,1"), 0);
	/* that it answers is no help: it did so before */
	modem_get_info(b->modem, &info);
	assert_true(info.alarm);
	assert_string_equal(info.why, "answers, but does not take what is to be sent");
	assert_int_equal(b->modem->rungs[2].successes, 0);
	three_times_without_a_prompt(b);
	UNTIL(b, count(b, "AT+CFUN=1,1") == 1);
	assert_int_equal(count(b, "AT+CFUN=0"), 0);
}

static void a_modem_that_works_again_is_well_again(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	for (int i = 1; i <= 2; i++) {
		ROWS(b, { "AT+CMGS=", "", 3 });
		three_times_without_a_prompt(b);
		/* both times from the same rung */
		UNTIL(b, count(b, "AT+CFUN=0") == 1 && modem_state(b->modem) == MODEM_READY);
		UNTIL(b, modem_idle(b->modem) && quiet(b));
		send_one(b);
		UNTIL(b, b->sents == 1 && b->result.outcome == MODEM_SENT_OK);
		modem_get_info(b->modem, &info);
		assert_false(info.alarm);
		assert_string_equal(info.why, "");
		assert_int_equal(b->modem->rungs[2].successes, i);
	}
}

static void two_silences_are_no_reason_to_restart(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "", 1 });
	for (int i = 1; i <= 4; i++) {
		ROWS(b, { "AT+CMGS=", "", 1 });
		b->peer.log[0] = '\0';
		UNTIL(b, modem_idle(b->modem));
		send_one(b);
		let_pass_in_silence(b, "AT+CMGS=", 1);
		UNTIL(b, b->sents == 1);
		UNTIL(b, modem_idle(b->modem));
		send_one(b);
		UNTIL(b, b->sents == 1 && b->result.outcome == MODEM_SENT_OK);
		assert_int_equal(count(b, "AT+CFUN="), 0);
	}
}

static void a_modem_that_answers_and_lists_nothing_is_restarted(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "", 3 });
	b->peer.slots[2] = TEXT_A;
	b->peer.log[0] = '\0';
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",2\r\n");
	for (int i = 1; i <= 3; i++)
		let_pass_in_silence(b, "AT+CMGL", i);
	UNTIL(b, count(b, "AT+CFUN=0") == 1 && b->pdus == 1 && quiet(b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sim_that_comes_back_locked_has_its_pin_entered),
		TEST(a_sim_that_goes_without_a_word_is_missed),
		TEST(a_heartbeat_that_misses_the_sim_asks_for_it),
		TEST(a_wrong_pin_is_not_entered_again_by_a_section_that_is_read_anew),
		TEST(a_pin_is_entered_only_when_the_store_lets_it),
		TEST(what_is_absent_is_not_being_restarted),
		TEST(a_modem_that_works_again_is_well_again),
		TEST(radio_off_and_on_is_no_brown_out),
		TEST(a_network_that_goes_unsaid_is_missed_by_the_heartbeat),
		TEST(what_a_registration_only_passes_through_is_not_said),
		TEST(a_torn_registration_is_no_loss_of_the_network),
		TEST(a_call_that_rings_long_is_one_call),
		TEST(a_sim_word_said_twice_is_not_asked_for_without_end),
		TEST(a_modem_that_boots_again_and_again_is_named),
		TEST(who_puts_another_modem_in_its_place_is_no_weak_supply),
		TEST(what_is_wrong_with_the_sim_is_said_anew),
		TEST(what_was_pulled_while_it_was_deaf_is_said_to_be_gone),
		TEST(an_imei_without_its_check_digit_is_that_modem),
		TEST(what_refuses_to_start_is_said_to_and_left_for_five_minutes),
		TEST(a_modem_that_answers_and_takes_no_text_is_restarted),
		TEST(two_silences_are_no_reason_to_restart),
		TEST(a_modem_that_answers_and_lists_nothing_is_restarted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
