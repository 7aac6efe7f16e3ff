/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out through a modem: one PDU, its answer, and the service centre it goes to. */
#include "modem_world.h"

/* ---- out ---- */

static void a_pdu_goes_out_in_one_command_and_one_pdu(void **state)
{
	struct box *b = *state;

	start_ready(b);
	send_one(b);
	assert_int_equal(modem_send(b->modem, tpdu, sizeof(tpdu)), -EAGAIN);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->result.reference, 7);
	assert_true(b->ready_at_sent);
	assert_string_equal(b->peer.last_pdu, "0001000B915101551510F0000002E834");
	assert_int_equal(count(b, "AT+CMGS=15;PDU"), 1);
	assert_int_equal(modem_send(b->modem, tpdu, 165), -EMSGSIZE);
}

static void an_acknowledgement_goes_before_the_next_pdu(void **state)
{
	struct box *b = *state;

	take_and_send(b);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ";AT+CNMA;AT+CMGS=15;PDU"), 1);
}

/* ---- answers ---- */

static void an_error_is_told_with_its_class(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "PDU", "\r\n+CMS ERROR: 38\r\n", 0 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_REFUSED);
	assert_int_equal(b->result.error, 38);
	assert_int_equal(b->result.retry, AT_RETRY_OUTAGE);
	assert_int_equal(b->result.reference, -1);
}

static void silence_after_the_pdu_is_unknown_and_the_modem_goes_on(void **state)
{
	struct box *b = *state;
	int64_t began = time_mono_ms();

	start_ready(b);
	modem_set_answer_limit(b->modem, 1000);
	ROWS(b, { "PDU", "", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
	assert_int_equal(b->result.retry, AT_RETRY_UNKNOWN);
	assert_true(time_mono_ms() - began < 2500);
	assert_true(b->ready_at_sent);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
}

/* Its report has come: the answer is late or lost, and no sign of a slow network. */
static void a_text_that_has_arrived_is_not_waited_for(void **state)
{
	struct box *b = *state;

	start_ready(b);
	modem_set_answer_limit(b->modem, 60000);
	modem_text_arrived(b->modem);
	ROWS(b, { "PDU", "", 1 });
	send_one(b);
	UNTIL(b, b->modem->handed_over);
	assert_true(at_deadline(&b->modem->at) > time_mono_ms() + 30000);
	modem_text_arrived(b->modem);
	assert_true(at_deadline(&b->modem->at) <= time_mono_ms() + 2000);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
	send_one(b);
	assert_int_equal(b->modem->at.limit_ms, 60000);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

/* A network that has become slow is not taken for silent for ever. */
static void the_limit_of_an_answer_doubles_until_one_comes(void **state)
{
	struct box *b = *state;

	start_ready(b);
	modem_set_answer_limit(b->modem, 1000);
	ROWS(b, { "PDU", "", 2 });
	for (int tries = 0; tries < 2; tries++) {
		send_one(b);
		assert_int_equal(b->modem->at.limit_ms, 1000 << tries);
		UNTIL(b, b->sents == 1);
		assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
	}
	send_one(b);
	assert_int_equal(b->modem->at.limit_ms, 4000);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	send_one(b);
	assert_int_equal(b->modem->at.limit_ms, 1000);
	UNTIL(b, b->sents == 1);
}

static void an_answer_that_comes_while_the_line_is_resynchronised_counts(void **state)
{
	struct box *b = *state;

	start_ready(b);
	modem_set_answer_limit(b->modem, 1000);
	ROWS(b, { "PDU", "", 1 }, { "AT", "\r\n+CMGS: 41\r\n\r\nOK\r\n\r\nOK\r\n", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->result.reference, 41);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.reference, 7);
}

/* Nobody knows this modem: its first answer may take long, and it is deaf meanwhile. */
static void a_first_answer_that_is_late_is_waited_for_in_the_re_sync(void **state)
{
	struct box *b = *state;

	ROWS(b, { "PDU", "", 1 }, { "AT", "", 1 }, { "AT+CMEE?", "", 4 },
		{ "AT+CMEE?", "\r\n+CMGS: 9\r\n\r\nOK\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n", 1 });
	start_ready(b);
	modem_set_answer_limit(b->modem, 1000);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->result.reference, 9);
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
}

static void a_late_answer_is_not_that_of_the_next_pdu(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "\r\n+CMGS: 99\r\n\r\nOK\r\n", 1 }, { "AT+CMGS=", ">", 0 });
	send_one(b);
	run_for(b, 50);
	assert_int_equal(b->sents, 0);
	peer_say(&b->peer, "\r\n> ");
	b->peer.in_pdu = true;
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.reference, 7);
}

static void an_ok_without_a_reference_is_unknown(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "PDU", "\r\nOK\r\n", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
}

static void without_a_prompt_it_was_never_sent(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
	assert_int_equal(b->peer.accepted, 0);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

static void a_hand_over_is_told_before_each_pdu(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->handings, 0);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->handings, 1);
}

static void what_may_not_be_handed_over_is_not(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->handing_error = -EIO;
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
	assert_int_equal(b->peer.accepted, 0);
	b->handing_error = 0;
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->peer.accepted, 1);
}

static void garbage_in_between_harms_nothing(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "PDU",
			"\xff\xfe\r\n^RSSI: 9\r\n+CDS: 25\r\n" REPORT
			"\r\nfoo bar\r\n+CMGS: 5\r\n+CMTI: \"SM\",2\r\nOK\r\n",
			1 });
	b->peer.slots[2] = TEXT_A;
	send_one(b);
	UNTIL(b, b->sents == 1 && b->pdus == 2 && !b->peer.slots[2]);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->result.reference, 5);
}

static void texts_are_fetched_between_the_pdus_of_a_burst(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->burst = 200;
	send_one(b);
	for (int i = 0; i < 5; i++) {
		UNTIL(b, b->sents > 20 * (i + 1));
		b->peer.slots[i] = i % 2 ? TEXT_A : TEXT_B;
		peer_say(&b->peer, "\r\n+CMTI: \"SM\",1\r\n");
		UNTIL(b, !b->peer.slots[i]);
		assert_true(b->burst > 0);
	}
	assert_int_equal(b->pdus, 5);
	UNTIL(b, b->burst == 0 && quiet(b));
}

/* ---- the service centre ---- */

static void start_with_centre(struct box *b, const char *number)
{
	const struct modem_config config = {
		.name = "m1", .port = b->peer.link, .service_centre = number
	};

	peer_plug(&b->peer);
	assert_int_equal(modem_new(b->loop, NULL, &config, &events, b, &b->modem), 0);
	UNTIL(b, quiet(b));
}

static void a_sim_without_a_service_centre_gets_the_configured_one(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CSCA?", "\r\n+CSCA: \"\",129\r\n\r\nOK\r\n", 0 });
	start_with_centre(b, "+15105550199");
	assert_int_equal(count(b, "AT+CSCA=\"+15105550199\",145"), 1);
}

/* What the SIM says stands; what is configured is for one that says nothing. */
static void a_forgotten_service_centre_is_set_before_the_next_text(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_with_centre(b, "+15105550199");
	assert_int_equal(count(b, "AT+CSCA="), 0);
	ROWS(b, { "PDU", "\r\n+CMS ERROR: 330\r\n", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1 && quiet(b));
	assert_int_equal(b->result.retry, AT_RETRY_NO_CENTRE);
	assert_int_equal(count(b, "AT+CSCA=\"+12125550100\",145"), 1);
	assert_int_equal(count(b, "AT+CSCA="), 1);
	modem_get_info(b->modem, &info);
	assert_non_null(strstr(info.why, "service_centre"));
	assert_true(info.alarm);
	send_one(b);
	UNTIL(b, b->sents == 1);
	modem_get_info(b->modem, &info);
	assert_string_equal(info.why, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pdu_goes_out_in_one_command_and_one_pdu),
		TEST(an_acknowledgement_goes_before_the_next_pdu),
		TEST(an_error_is_told_with_its_class),
		TEST(silence_after_the_pdu_is_unknown_and_the_modem_goes_on),
		TEST(a_text_that_has_arrived_is_not_waited_for),
		TEST(the_limit_of_an_answer_doubles_until_one_comes),
		TEST(a_sim_without_a_service_centre_gets_the_configured_one),
		TEST(a_forgotten_service_centre_is_set_before_the_next_text),
		TEST(an_answer_that_comes_while_the_line_is_resynchronised_counts),
		TEST(a_first_answer_that_is_late_is_waited_for_in_the_re_sync),
		TEST(a_late_answer_is_not_that_of_the_next_pdu),
		TEST(an_ok_without_a_reference_is_unknown),
		TEST(without_a_prompt_it_was_never_sent),
		TEST(a_hand_over_is_told_before_each_pdu),
		TEST(what_may_not_be_handed_over_is_not),
		TEST(garbage_in_between_harms_nothing),
		TEST(texts_are_fetched_between_the_pdus_of_a_burst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
