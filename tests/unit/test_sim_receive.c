/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes in through the simulator: stored and noticed, or straight to the line, in every shape
 * texts have.
 */
#include "../sim/sim_line.h"

static int setup(void **state)
{
	(void)state;
	line_start(1, "sim1", "ATE0;+CMEE=1;+CNMI=2,1,0,1,0");
	rig_do(&r, "{\"cmd\":\"subscribe\"}");
	return 0;
}

/* The DELIVER of the n-th hexadecimal line in what was said (from 0). */
static struct sms_deliver deliver_at(int n)
{
	struct sms_deliver deliver;
	uint8_t pdu[SMS_PDU_MAX];
	const char *at = r.said;
	int octets, skip;

	for (int i = -1; i < n; i++) {
		at = strstr(at, "\r\n07");
		assert_non_null(at);
		at += 2;
	}
	octets = hex_decode(at, strcspn(at, "\r"), pdu, sizeof(pdu));
	skip = sms_pdu_open(pdu, (size_t)octets, -1, NULL);
	assert_true(skip > 0);
	assert_int_equal(sms_deliver_decode(pdu + skip, (size_t)(octets - skip), &deliver), 0);
	return deliver;
}

static void assert_text(int n, const char *from, const char *text)
{
	struct sms_deliver deliver = deliver_at(n);
	char said[SMS_TEXT_SIZE], number[SMS_ADDRESS_SIZE];

	assert_true(sms_ud_text(&deliver.ud, said, sizeof(said)) >= 0);
	assert_string_equal(said, text);
	assert_string_equal(sms_address_to_text(&deliver.from, number), from);
}

static void a_text_is_stored_noticed_listed_and_deleted(void **state)
{
	json_t *event;

	(void)state;
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"JOIN "
		   "north\",\"modem\":\"sim1\"}");
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",1\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMGL=0", "\r\n\r\nOK\r\n");
	assert_text(0, "+15105550101", "JOIN north");
	rig_at(&r, fd, "AT+CMGL=0", "OK\r\n");
	assert_string_equal(r.said, "\r\nOK\r\n"); /* it is read now */
	rig_at(&r, fd, "AT+CMGR=1", "OK\r\n");
	assert_non_null(strstr(r.said, "+CMGR: 1,,"));
	rig_at(&r, fd, "AT+CMGD=1", "OK\r\n");
	rig_at(&r, fd, "AT+CMGR=1", "+CMS ERROR: 321\r\n");
	for (size_t i = 0; i < 4; i++) {
		static const char *const fates[] = { "inject", "stored", "listed", "deleted" };

		event = rig_event(&r, fates[i]);
		assert_int_equal(rig_int(event, "text_id"), 1);
		json_decref(event);
	}
}

static void with_mt_2_a_text_comes_straight_to_the_line(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CNMI=2,2,0,1,0", "OK\r\n");
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"direct\",\"modem\":"
		   "\"sim1\"}");
	assert_true(rig_hear(&r, fd, "\r\n+CMT: ,", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CPMS?", "+CPMS: \"SM\",0,30");
}

static void a_long_text_comes_in_the_order_asked_for(void **state)
{
	static const int order[] = { 3, 1, 1 };
	char text[500];

	(void)state;
	for (int i = 0; i < 400; i++)
		text[i] = (char)('a' + i % 26);
	text[400] = '\0';
	rig_do(&r,
		"{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"%s\",\"modem\":\"sim1\","
		"\"order\":[3,2,1],"
		"\"drop\":[2],\"double\":[1],\"ref\":200}",
		text);
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",3\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMGL=4", "\r\n\r\nOK\r\n");
	for (int i = 0; i < 3; i++) {
		struct sms_deliver deliver = deliver_at(i);
		struct sms_udh udh;

		assert_int_equal(sms_udh_read(&deliver.ud, &udh), 0);
		assert_int_equal(udh.part, order[i]);
		assert_int_equal(udh.total, 3);
		assert_int_equal(udh.reference, 200);
		assert_false(udh.reference_16bit);
	}
}

static void senders_are_of_every_type(void **state)
{
	static const struct {
		const char *from, *type, *shown;
		enum sms_number_type expected;
	} rows[] = {
		{ "Faro Test", "auto", "Faro Test", SMS_NUMBER_ALPHANUMERIC },
		{ "72345", "auto", "72345", SMS_NUMBER_UNKNOWN },
		{ "72345", "short", "72345", SMS_NUMBER_ABBREVIATED },
		{ "5105550101", "national", "5105550101", SMS_NUMBER_NATIONAL },
		{ "+15105550101", "auto", "+15105550101", SMS_NUMBER_INTERNATIONAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		rig_do(&r, "{\"cmd\":\"text\",\"from\":\"%s\",\"text\":\"x\",\"type\":\"%s\"}",
			rows[i].from, rows[i].type);
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",5\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMGL=4", "\r\n\r\nOK\r\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_text((int)i, rows[i].shown, "x");
		assert_int_equal(deliver_at((int)i).from.type, rows[i].expected);
	}
}

static void the_alphabet_follows_the_text(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"\xc2\xbfqu\xc3\xa9? "
		   "\xe2\x82\xac\"}");
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"\xd0\x9f\xd1\x80 "
		   "\xf0\x9f\x98\x80\"}");
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"plain\",\"encoding\":"
		   "\"ucs2\",\"class\":1}");
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",3\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMGL=4", "\r\n\r\nOK\r\n");
	assert_text(0, "+15105550101", "\xc2\xbfqu\xc3\xa9? \xe2\x82\xac");
	assert_text(1, "+15105550101", "\xd0\x9f\xd1\x80 \xf0\x9f\x98\x80");
	assert_text(2, "+15105550101", "plain");
	assert_int_equal(deliver_at(0).ud.dcs, 0x00);
	assert_int_equal(deliver_at(1).ud.dcs, 0x08);
	assert_int_equal(deliver_at(2).ud.dcs, 0x19);
}

static void a_full_store_keeps_the_rest_in_the_network(void **state)
{
	json_t *event;

	(void)state;
	rig_do(&r, "{\"cmd\":\"fill\",\"modem\":\"sim1\",\"memory\":\"SM\"}");
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"patient\"}");
	event = rig_event(&r, "waiting");
	assert_string_equal(rig_str(event, "why"), "full");
	json_decref(event);
	rig_silent(&r, fd, 50);
	rig_type(fd, "AT+CMGD=7\r");
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",7\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMGD=1,4", "OK\r\n");
	rig_at(&r, fd, "AT+CPMS?", "+CPMS: \"SM\",0,30");
}

static void texts_wait_for_a_modem_that_is_away(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"unplug\",\"modem\":\"sim1\"}");
	assert_false(rig_hear(&r, fd, "\n", 1000)); /* hung up */
	close(fd);
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"welcome "
		   "back\",\"modem\":\"sim1\"}");
	json_decref(rig_event(&r, "waiting"));
	rig_do(&r, "{\"cmd\":\"plug\",\"modem\":\"sim1\"}");
	json_decref(rig_event(&r, "stored"));
	fd = rig_open(&r, "sim1");
	rig_at(&r, fd, "ATE0", "OK\r\n");
	rig_at(&r, fd, "AT+CMGL=4", "\r\n\r\nOK\r\n");
	assert_text(0, "+15105550101", "welcome back");
}

static void mode_0_keeps_notices_until_it_is_changed(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CNMI=0,1,0,0,0", "OK\r\n");
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"x\"}");
	json_decref(rig_event(&r, "stored"));
	rig_silent(&r, fd, 50);
	rig_at(&r, fd, "AT+CNMI=2,1,0,0,0", "OK\r\n");
	assert_string_equal(r.said, "\r\n+CMTI: \"SM\",1\r\n\r\nOK\r\n");
}

static void notices_wait_while_a_prompt_is_open(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CMGS=17", "> ");
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"x\"}");
	json_decref(rig_event(&r, "stored"));
	rig_silent(&r, fd, 50);
	rig_type(fd, "\x1b");
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",1\r\n", RIG_LIMIT_MS));
	assert_string_equal(r.said, "\r\nOK\r\n\r\n+CMTI: \"SM\",1\r\n");
}

static void the_centres_time_can_be_chosen(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"old\",\"sent_ms\":"
		   "1700000000000}");
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",1\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMGL=4", "\r\n\r\nOK\r\n");
	assert_int_equal(deliver_at(0).centre_time.wall_ms, 1700000000000);
}

static void a_broken_pdu_is_delivered_as_it_is(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"text\",\"pdu\":\"0791510155059109440B9151\",\"modem\":\"sim1\"}");
	assert_true(rig_hear(&r, fd, "+CMTI: \"SM\",1\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMGR=1", "OK\r\n");
	assert_non_null(strstr(r.said, "0791510155059109440B9151\r\n"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, line_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_text_is_stored_noticed_listed_and_deleted),
		TEST(with_mt_2_a_text_comes_straight_to_the_line),
		TEST(a_long_text_comes_in_the_order_asked_for),
		TEST(senders_are_of_every_type),
		TEST(the_alphabet_follows_the_text),
		TEST(a_full_store_keeps_the_rest_in_the_network),
		TEST(texts_wait_for_a_modem_that_is_away),
		TEST(mode_0_keeps_notices_until_it_is_changed),
		TEST(notices_wait_while_a_prompt_is_open),
		TEST(the_centres_time_can_be_chosen),
		TEST(a_broken_pdu_is_delivered_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
