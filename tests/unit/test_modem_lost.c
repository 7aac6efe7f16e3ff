/* SPDX-License-Identifier: Apache-2.0 */
/* A modem that is unplugged, that restarts by itself, or that falls silent. */
#include "modem_world.h"

static void unplugged_in_mid_send_is_unknown_and_it_returns_under_another_name(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "PDU", "", 1 });
	send_one(b);
	UNTIL(b, count(b, ";PDU") == 1);
	peer_unplug(&b->peer);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
	assert_int_equal(modem_state(b->modem), MODEM_ABSENT);
	run_for(b, 300);
	peer_plug(&b->peer);
	UNTIL(b, quiet(b));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

static void unplugged_before_the_pdu_was_never_sent(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "", 1 });
	send_one(b);
	UNTIL(b, count(b, "AT+CMGS") == 1);
	peer_unplug(&b->peer);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
}

static void a_restart_of_its_own_is_noticed_and_it_starts_again(void **state)
{
	struct box *b = *state;

	start_ready(b);
	peer_say(&b->peer, "\r\nRDY\r\n");
	UNTIL(b, b->states[MODEM_STARTING] == 2);
	UNTIL(b, quiet(b));
	assert_int_equal(count(b, "ATE0"), 2);
	assert_int_equal(b->modem->resets, 1);
}

static void a_silent_restart_is_found_by_what_it_forgot(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CSQ;+CREG?", "\r\n+CSQ: 20,99\r\n+CREG: 0,1\r\nOK\r\n", 1 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, b->states[MODEM_STARTING] == 2);
	UNTIL(b, quiet(b));
}

static void a_missed_heartbeat_is_recovered_by_the_ladder(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CSQ;", "", 1 }, { "AT", "", 3 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, b->states[MODEM_RECOVERING] == 1);
	UNTIL(b, quiet(b));
	assert_int_equal(b->modem->rung, 0);
}

static void a_joined_heartbeat_that_is_refused_is_sent_singly(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CSQ;", "\r\nERROR\r\n", 0 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, b->modem->heartbeat_single && quiet(b));
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
	assert_int_equal(b->modem->signal_dbm, -79);
}

static void a_lost_notice_is_made_up_for_by_the_heartbeat(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->peer.slots[0] = TEXT_A;
	ROWS(b, { "AT+CSQ;",
			"\r\n+CSQ: 20,99\r\n+CREG: 2,1\r\n"
			"+CPMS: \"SM\",1,20,\"SM\",1,20,\"SM\",1,20\r\nOK\r\n",
			1 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, b->pdus == 1 && !b->peer.slots[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unplugged_in_mid_send_is_unknown_and_it_returns_under_another_name),
		TEST(unplugged_before_the_pdu_was_never_sent),
		TEST(a_restart_of_its_own_is_noticed_and_it_starts_again),
		TEST(a_silent_restart_is_found_by_what_it_forgot),
		TEST(a_missed_heartbeat_is_recovered_by_the_ladder),
		TEST(a_joined_heartbeat_that_is_refused_is_sent_singly),
		TEST(a_lost_notice_is_made_up_for_by_the_heartbeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
