/* SPDX-License-Identifier: Apache-2.0 */
/* The prompt that is asked for before the PDU is there, and what may come between the two. */
#include "modem_world.h"

#define ASKED "AT+CMGS=15"

static void announce(struct box *b, size_t size)
{
	assert_int_equal(modem_announce(b->modem, size), 0);
}

static void a_prompt_is_asked_for_before_the_pdu_is_there(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	assert_true(modem_idle(b->modem));
	assert_int_equal(modem_announce(b->modem, sizeof(tpdu)), -EAGAIN);
	UNTIL(b, b->peer.in_pdu && b->modem->ahead == AHEAD_PROMPT);
	assert_true(modem_idle(b->modem));
	assert_int_equal(b->handings, 0);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->handings, 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_string_equal(b->peer.last_pdu, "0001000B915101551510F0000002E834");
	assert_int_equal(count(b, ASKED ";PDU"), 1);
	assert_int_equal(count(b, ASKED), 1);
}

static void a_pdu_may_come_before_its_prompt(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	send_one(b);
	assert_false(modem_idle(b->modem));
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ASKED ";PDU"), 1);
	assert_int_equal(count(b, ASKED), 1);
}

/* Before the prompt is there, and after. */
static void a_pdu_of_another_size_gets_a_prompt_of_its_own(void **state)
{
	struct box *b = *state;

	start_ready(b);
	for (int there = 0; there < 2; there++) {
		announce(b, 20);
		if (there)
			UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
		send_one(b);
		UNTIL(b, b->sents == 1);
		assert_int_equal(b->result.outcome, MODEM_SENT_OK);
		assert_int_equal(b->result.reference, 7 + there);
	}
	assert_int_equal(count(b, "AT+CMGS=20;AT;AT+CMEE?;" ASKED ";PDU"), 2);
	assert_int_equal(b->peer.accepted, 2);
}

static void a_prompt_is_left_when_nothing_follows(void **state)
{
	struct box *b = *state;

	start_ready(b);
	for (int there = 0; there < 2; there++) {
		announce(b, sizeof(tpdu));
		if (there)
			UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
		modem_withdraw(b->modem);
		assert_false(modem_idle(b->modem));
		UNTIL(b, modem_idle(b->modem));
		assert_false(b->peer.in_pdu);
	}
	assert_int_equal(count(b, ASKED ";AT;AT+CMEE?"), 2);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->peer.accepted, 1);
}

static void a_prompt_that_nobody_serves_is_left_in_time(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
	UNTIL(b, quiet(b) && b->modem->ahead == AHEAD_NOT);
	assert_int_equal(count(b, ASKED ";AT;AT+CMEE?"), 1);
}

static void a_pdu_that_comes_late_gets_another_prompt(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
	/* a commit that took long, on a slow disk: the loop stood still */
	b->modem->asked_ms -= 3000;
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ASKED ";AT;AT+CMEE?;" ASKED ";PDU"), 1);
}

static void a_refused_prompt_before_the_pdu_is_asked_for_again(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CMGS", "\r\n+CMS ERROR: 512\r\n", 1 });
	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_NOT);
	assert_true(modem_idle(b->modem));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ASKED), 2);
}

static void a_prompt_that_is_refused_to_the_pdu_is_its_answer(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CMGS", "\r\n+CMS ERROR: 38\r\n", 1 });
	start_ready(b);
	announce(b, sizeof(tpdu));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_REFUSED);
	assert_int_equal(b->result.error, 38);
	assert_int_equal(b->handings, 0);
}

static void silent_to_an_announcement_it_was_never_sent(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CMGS", "", 1 });
	start_ready(b);
	modem_set_answer_limit(b->modem, 1000);
	announce(b, sizeof(tpdu));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
	assert_int_equal(b->handings, 0);
	UNTIL(b, modem_idle(b->modem));
}

static void unplugged_before_an_announced_pdu_nothing_is_told(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
	peer_unplug(&b->peer);
	UNTIL(b, modem_state(b->modem) == MODEM_ABSENT);
	assert_int_equal(b->sents, 0);
	peer_plug(&b->peer);
	UNTIL(b, quiet(b));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

static void a_modem_that_is_parked_at_its_prompt_leaves_it(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
	modem_park(b->modem, true, "for a test");
	UNTIL(b, modem_state(b->modem) == MODEM_PARKED && b->modem->ahead == AHEAD_NOT);
	assert_false(b->peer.in_pdu);
	assert_int_equal(modem_announce(b->modem, sizeof(tpdu)), -EAGAIN);
}

/* What is durable is acknowledged first; what is not keeps the prompt from being asked for. */
static void an_acknowledgement_goes_before_the_prompt(void **state)
{
	struct box *b = *state;

	b->take = false;
	start_ready(b);
	peer_say(&b->peer, "\r\n+CDS: 25\r\n" REPORT "\r\n");
	UNTIL(b, b->pdus == 1 && quiet(b));
	assert_int_equal(modem_announce(b->modem, sizeof(tpdu)), -EAGAIN);
	modem_taken(b->modem, b->pdu.slot);
	b->idles = 0;
	announce(b, sizeof(tpdu));
	assert_false(modem_idle(b->modem));
	UNTIL(b, b->idles == 1);
	assert_int_equal(b->modem->ahead, AHEAD_ASKED);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(count(b, ";AT+CNMA;" ASKED ";PDU"), 1);
}

/* Nor does what is not durable, where a segment is so short that nobody waits for it. */
static void after_a_brisk_pdu_the_prompt_does_not_wait_for_an_acknowledgement(void **state)
{
	struct box *b = *state;

	b->take = false;
	start_ready(b);
	for (int brisk = 0; brisk < 2; brisk++) {
		send_one(b);
		if (!brisk)
			b->modem->send_ms -= 500;
		UNTIL(b, b->sents == 1);
		peer_say(&b->peer, "\r\n+CDS: 25\r\n" REPORT "\r\n");
		UNTIL(b, b->pdus == 1 && quiet(b));
		assert_int_equal(modem_announce(b->modem, sizeof(tpdu)), brisk ? 0 : -EAGAIN);
		modem_taken(b->modem, b->pdu.slot);
		if (!brisk)
			UNTIL(b, quiet(b));
		b->sents = b->pdus = 0;
	}
	send_one(b);
	UNTIL(b, b->sents == 1 && quiet(b));
	assert_int_equal(count(b, ASKED ";PDU;" ASKED ";PDU;AT+CNMA"), 1);
}

static void a_refused_acknowledgement_keeps_no_pdu_back(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CNMA=2", "\r\nOK\r\n", 0 }, { "AT+CNMA", "\r\n+CMS ERROR: 500\r\n", 1 });
	take_and_send(b);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ";AT+CNMA;AT+CMGS=15;PDU"), 1);
	/* a missed one turns the notices off: they are set again */
	UNTIL(b, count(b, "PDU;AT+CNMI=") + count(b, "PDU;AT+CPMS=") > 0);
}

static void silent_to_an_acknowledgement_it_was_never_sent(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CNMA=2", "\r\nOK\r\n", 0 }, { "AT+CNMA", "", 1 });
	take_and_send(b);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
	assert_int_equal(b->peer.accepted, 0);
	/* whether it was heard nobody knows: the notices may be off */
	UNTIL(b, count(b, "AT+CNMI=?") == 2);
	UNTIL(b, quiet(b));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_prompt_is_asked_for_before_the_pdu_is_there),
		TEST(a_pdu_may_come_before_its_prompt),
		TEST(a_pdu_of_another_size_gets_a_prompt_of_its_own),
		TEST(a_prompt_is_left_when_nothing_follows),
		TEST(a_prompt_that_nobody_serves_is_left_in_time),
		TEST(a_pdu_that_comes_late_gets_another_prompt),
		TEST(a_refused_prompt_before_the_pdu_is_asked_for_again),
		TEST(a_prompt_that_is_refused_to_the_pdu_is_its_answer),
		TEST(silent_to_an_announcement_it_was_never_sent),
		TEST(unplugged_before_an_announced_pdu_nothing_is_told),
		TEST(a_modem_that_is_parked_at_its_prompt_leaves_it),
		TEST(an_acknowledgement_goes_before_the_prompt),
		TEST(after_a_brisk_pdu_the_prompt_does_not_wait_for_an_acknowledgement),
		TEST(a_refused_acknowledgement_keeps_no_pdu_back),
		TEST(silent_to_an_acknowledgement_it_was_never_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
