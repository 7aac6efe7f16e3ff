/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in and out of the modem room and the simulated modem, with everything that goes wrong. */
#include "modem_sim_world.h"

/* ---- in ---- */

static void a_text_is_read_and_deleted(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"JOIN north\"}");
	UNTIL(b, b->pdus == 1);
	json_decref(rig_ask(&b->rig, "{\"cmd\":\"ping\"}"));
	UNTIL(b, store_used(b, "SM") + store_used(b, "ME") == 0);
	assert_int_equal(b->pdus, 1);
}

static void a_full_store_is_emptied_at_start(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"fill\",\"modem\":\"sim1\",\"memory\":\"SM\"}");
	rig_do(&b->rig, "{\"cmd\":\"fill\",\"modem\":\"sim1\",\"memory\":\"ME\"}");
	start_ready(b);
	UNTIL(b, store_used(b, "SM") + store_used(b, "ME") == 0);
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"now there is room\"}");
	{
		int before = b->pdus;

		UNTIL(b, b->pdus == before + 1);
	}
}

static void texts_beyond_the_store_are_all_received(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"memory\",\"modem\":\"sim1\",\"memory\":\"SM\",\"size\":5}");
	start_ready(b);
	for (int i = 0; i < 60; i++)
		rig_do(&b->rig,
			"{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"text number %d\"}",
			i);
	UNTIL(b, b->pdus == 60);
}

static void a_doubled_notice_gives_one_text(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"doubled_notice\"}");
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"once\"}");
	UNTIL(b, b->pdus == 1 && store_used(b, "SM") == 0);
	run_for(b, 100);
	assert_int_equal(b->pdus, 1);
}

static void a_text_that_stays_is_handed_up_once(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig,
		"{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"undeletable\",\"times\":0}");
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"stays\"}");
	UNTIL(b, b->pdus == 1);
	run_for(b, 300);
	assert_int_equal(b->pdus, 1);
}

static void chunks_of_one_byte_make_no_difference(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"radio\",\"chunk\":1}");
	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"in pieces\"}");
	UNTIL(b, b->pdus == 1);
	expect_sent(b, MODEM_SENT_OK);
}

/* ---- out ---- */

static void reports_are_received_and_acknowledged(void **state)
{
	struct box *b = *state;

	b->submit.want_report = true;
	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"report\",\"outcome\":\"delivered\",\"delay_ms\":0}");
	b->burst = 100;
	send_next(b);
	UNTIL(b, b->sents == 100 && b->reports == 100);
	assert_int_equal(b->ok, 100);
	assert_int_equal(accepted(b), 100);
	assert_int_equal(b->states[MODEM_READY], 1);
}

static void texts_come_in_while_a_burst_goes_out(void **state)
{
	struct box *b = *state;

	b->submit.want_report = true;
	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"report\",\"outcome\":\"delivered\",\"delay_ms\":0}");
	b->burst = 400;
	send_next(b);
	for (int i = 0; i < 40; i++) {
		rig_do(&b->rig,
			"{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"meanwhile %d\"}",
			i);
		run_for(b, 2);
	}
	UNTIL(b, b->sents == 400 && b->reports == 400 && b->pdus == 40);
	assert_int_equal(b->ok, 400);
	UNTIL(b, store_used(b, "SM") + store_used(b, "SR") == 0);
}

/* A row: the fault, and what becomes of the PDU that meets it and of those after it. */
struct trouble {
	const char *fault;
	enum modem_sent outcome;
	int limit_ms;
	int accepted; /* of the two that are sent */
};

static const struct trouble troubles[] = {
	{ "\"kind\":\"error\",\"on\":\"+CMGS\",\"code\":38", MODEM_SENT_REFUSED, 1000, 1 },
	{ "\"kind\":\"error\",\"on\":\"+CMGS\",\"stage\":\"command\",\"code\":304",
		MODEM_SENT_REFUSED, 1000, 1 },
	{ "\"kind\":\"error_accepted\"", MODEM_SENT_REFUSED, 1000, 2 },
	{ "\"kind\":\"lost_answer\"", MODEM_SENT_UNKNOWN, 1000, 2 },
	{ "\"kind\":\"silence\",\"on\":\"+CMGS\",\"stage\":\"pdu\"", MODEM_SENT_UNKNOWN, 1000, 1 },
	{ "\"kind\":\"late\",\"on\":\"+CMGS\",\"ms\":1500", MODEM_SENT_OK, 1000, 2 },
	{ "\"kind\":\"garbage\",\"on\":\"+CMGS\",\"lines\":\"\\n^RSSI: 3\\nfoo\\n+CMTI: "
	  "\\\"SM\\\",1\\n\"",
		MODEM_SENT_OK, 1000, 2 },
	{ "\"kind\":\"unplug\",\"ms\":300", MODEM_SENT_UNKNOWN, 5000, 2 },
	{ "\"kind\":\"reboot\"", MODEM_SENT_UNKNOWN, 5000, 2 },
	{ "\"kind\":\"hang\",\"on\":\"+CMGS\",\"stage\":\"pdu\",\"ms\":4000", MODEM_SENT_UNKNOWN,
		1000, -1 },
};

static void meet(struct box *b, const struct trouble *t)
{
	size_t before = accepted(b);

	modem_set_answer_limit(b->modem, t->limit_ms);
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"sim1\",%s}", t->fault);
	send_one(b);
	UNTIL_MS(b, 15000, b->sents == 1);
	if (b->result.outcome != t->outcome)
		fail_msg("%s: outcome %d, error %d", t->fault, b->result.outcome, b->result.error);
	UNTIL_MS(b, 30000, modem_idle(b->modem));
	expect_sent(b, MODEM_SENT_OK);
	if (t->accepted >= 0 && accepted(b) - before != (size_t)t->accepted)
		fail_msg("%s: %zu accepted", t->fault, accepted(b) - before);
	rig_do(&b->rig, "{\"cmd\":\"clear\",\"modem\":\"sim1\"}");
}

static void every_trouble_of_sending_is_told_as_what_it_is(void **state)
{
	struct box *b = *state;

	start_ready(b);
	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++)
		meet(b, &troubles[i]);
	assert_int_equal(b->states[MODEM_FAILED], 0);
}

static void without_a_prompt_it_was_never_sent(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"no_prompt\"}");
	expect_sent(b, MODEM_SENT_NEVER);
	expect_sent(b, MODEM_SENT_OK);
	assert_int_equal(accepted(b), 1);
}

/* ---- the link between two segments ---- */

/* Send commands that found the link of the segment before up. */
static int64_t linked(struct box *b, const char *modem)
{
	json_t *answer = rig_ask(&b->rig, "{\"cmd\":\"stats\"}"), *one;
	int64_t n = -1;
	size_t i;

	json_array_foreach (json_object_get(answer, "modems"), i, one) {
		if (strcmp(rig_str(one, "modem"), modem) == 0)
			n = rig_int(one, "linked");
	}
	json_decref(answer);
	return n;
}

static void the_link_stays_up_between_the_segments_of_a_burst(void **state)
{
	struct box *b = *state;

	add_modem(b, "patient", "link_ms 60000\n");
	start(b, "patient", "");
	UNTIL(b, modem_idle(b->modem));
	for (int i = 0; i < 3; i++)
		expect_sent(b, MODEM_SENT_OK);
	assert_int_equal(linked(b, "patient"), 2);
}

/* One that is announced, as the next of a burst is. */
static void expect_sent_announced(struct box *b)
{
	uint8_t tpdu[SMS_TPDU_MAX];
	int n = sms_submit_encode(&b->submit, tpdu, sizeof(tpdu));

	assert_true(n > 0);
	b->sents = 0;
	UNTIL(b, modem_announce(b->modem, (size_t)n) == 0);
	assert_int_equal(modem_send(b->modem, tpdu, (size_t)n), 0);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

/*
 * Mode 1 is over after each pause: lone segments go without, bursts have it from their second on.
 */
static void a_mode_that_ends_by_itself_is_told_to_each_burst(void **state)
{
	struct box *b = *state;

	add_modem(b, "forgetful", "cmms 0,1\nlink_ms 1000\n");
	start(b, "forgetful", "");
	UNTIL(b, modem_idle(b->modem));
	expect_sent(b, MODEM_SENT_OK);
	expect_sent(b, MODEM_SENT_OK);
	assert_int_equal(linked(b, "forgetful"), 0);
	for (int i = 0; i < 3; i++)
		expect_sent_announced(b);
	assert_int_equal(linked(b, "forgetful"), 2);
	run_for(b, 1200);
	expect_sent(b, MODEM_SENT_OK);
	assert_int_equal(linked(b, "forgetful"), 2);
	expect_sent_announced(b);
	expect_sent_announced(b);
	assert_int_equal(linked(b, "forgetful"), 3);
}

/* Its row says that it answers +CMMS with an error: it is not asked, and all leaves as well. */
static void a_family_without_such_a_link_is_not_asked_for_it(void **state)
{
	struct box *b = *state;

	add_modem(b, "stick", "manufacturer huawei\nmodel E3531\nlink_ms 60000\n");
	start(b, "stick", "");
	UNTIL(b, modem_idle(b->modem));
	for (int i = 0; i < 2; i++)
		expect_sent(b, MODEM_SENT_OK);
	/* the simulated one would have taken it */
	assert_int_equal(linked(b, "stick"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_text_is_read_and_deleted),
		TEST(a_full_store_is_emptied_at_start),
		TEST(texts_beyond_the_store_are_all_received),
		TEST(a_doubled_notice_gives_one_text),
		TEST(a_text_that_stays_is_handed_up_once),
		TEST(chunks_of_one_byte_make_no_difference),
		TEST(reports_are_received_and_acknowledged),
		TEST(texts_come_in_while_a_burst_goes_out),
		TEST(the_link_stays_up_between_the_segments_of_a_burst),
		TEST(a_mode_that_ends_by_itself_is_told_to_each_burst),
		TEST(a_family_without_such_a_link_is_not_asked_for_it),
		TEST(every_trouble_of_sending_is_told_as_what_it_is),
		TEST(without_a_prompt_it_was_never_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
