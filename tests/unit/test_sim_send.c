/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out through the simulator: accepted, counted, joined, reported. */
#include "../sim/sim_line.h"

static int setup(void **state)
{
	(void)state;
	line_start(1, "sim1", "ATE0;+CMEE=1;+CNMI=2,1,0,1,0");
	rig_do(&r, "{\"cmd\":\"subscribe\"}");
	return 0;
}

static void a_segment_gets_a_reference_and_reaches_a_phone(void **state)
{
	json_t *event;

	(void)state;
	rig_do(&r, "{\"cmd\":\"report\",\"outcome\":\"never\"}");
	assert_string_equal(
		rig_send(&r, fd, "+15105550101", "Alert: \"quotes\" & \xc3\xb1", "OK\r\n"),
		"\r\n+CMGS: 0\r\n\r\nOK\r\n");
	event = rig_event(&r, "segment");
	assert_string_equal(rig_str(event, "to"), "+15105550101");
	assert_string_equal(rig_str(event, "text"), "Alert: \"quotes\" & \xc3\xb1");
	assert_int_equal(rig_int(event, "validity_min"), 1440);
	assert_true(json_is_true(json_object_get(event, "srr")));
	json_decref(event);
	event = rig_event(&r, "text");
	assert_string_equal(rig_str(event, "text"), "Alert: \"quotes\" & \xc3\xb1");
	json_decref(event);
}

static void references_wrap_at_256(void **state)
{
	char answer[32];

	(void)state;
	for (int i = 0; i < 258; i++) {
		snprintf(answer, sizeof(answer), "+CMGS: %d\r\n\r\nOK\r\n", i % 256);
		rig_send(&r, fd, "+15105550101", "n", answer);
	}
}

static void escape_leaves_the_prompt_and_nothing_goes_out(void **state)
{
	json_t *stats;

	(void)state;
	rig_at(&r, fd, "AT+CMGS=20", "> ");
	rig_type(fd, "0011223344\x1b");
	assert_true(rig_hear(&r, fd, "OK\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT", "OK\r\n");
	stats = rig_ask(&r, "{\"cmd\":\"stats\"}");
	assert_int_equal(rig_int(stats, "segments"), 0);
	json_decref(stats);
}

static void a_pdu_of_another_length_is_error_304(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CMGS=18", "> ");
	rig_type(fd, "0001000B915101551010F1000004D4F29C0E\x1a");
	assert_true(rig_hear(&r, fd, "+CMS ERROR: 304\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMGS=17", "> ");
	rig_type(fd, "not hexadecimal at all\x1a");
	assert_true(rig_hear(&r, fd, "+CMS ERROR: 304\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMGS=0", "+CMS ERROR: 304\r\n");
}

static void without_a_service_centre_nothing_is_sent(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CSCA=\"\"", "OK\r\n");
	rig_at(&r, fd, "AT+CMGS=17", "+CMS ERROR: 330\r\n");
	rig_at(&r, fd, "AT+CSCA=\"+15105550199\",145", "OK\r\n");
	rig_at(&r, fd, "AT+CMGS=17", "> ");
	rig_type(fd, "\x1b");
}

static void send_part(const char *text, const struct sms_plan *plan, unsigned int part)
{
	struct sms_submit submit = rig_submit("+15105550101", "");

	assert_int_equal(sms_plan_segment(plan, text, part, 77, &submit.ud), 0);
	rig_pdu(&r, fd, &submit, "OK\r\n");
}

static void a_long_text_is_joined_in_any_order(void **state)
{
	static const char text[] =
		"A text that is far too long for one segment, because it says the same thing "
		"twice: a text "
		"that is far too long for one segment \xe2\x82\xac, and then it says one thing "
		"more, and more, "
		"and more, until it needs a third segment, where it ends at last. \xe2\x82\xac "
		"\xe2\x82\xac "
		"[brackets] {braces} too, which take two septets each, and so it goes on and on.";
	struct sms_plan plan;
	json_t *event;

	(void)state;
	assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_AUTO, false), 0);
	assert_int_equal(plan.segments, 3);
	send_part(text, &plan, 2);
	send_part(text, &plan, 0);
	send_part(text, &plan, 0); /* a second copy changes nothing */
	send_part(text, &plan, 1);
	event = rig_event(&r, "text");
	assert_string_equal(rig_str(event, "text"), text);
	assert_int_equal(rig_int(event, "parts"), 3);
	json_decref(event);
}

static void a_national_number_is_the_same_phone(void **state)
{
	struct sms_submit submit = rig_submit("+15105550101", "home");
	json_t *event;

	(void)state;
	submit.to = (struct sms_address){ SMS_NUMBER_NATIONAL, SMS_NUMBERING_ISDN, "5105550101" };
	rig_pdu(&r, fd, &submit, "OK\r\n");
	event = rig_event(&r, "text");
	assert_string_equal(rig_str(event, "to"), "+15105550101");
	json_decref(event);
}

/* The status report in a +CDS line. */
static struct sms_status_report hear_report(const char *already)
{
	struct sms_status_report report;
	uint8_t pdu[SMS_PDU_MAX];
	const char *at;
	int n, skip;

	if (!(at = strstr(already, "+CDS: ")) || !strstr(at, "\r\n07")) {
		assert_true(rig_hear(&r, fd, "+CDS: ", RIG_LIMIT_MS));
		at = strstr(r.said, "+CDS: ");
	}
	at = strstr(at, "\r\n") + 2;
	n = hex_decode(at, strcspn(at, "\r"), pdu, sizeof(pdu));
	assert_true(n > 0);
	skip = sms_pdu_open(pdu, (size_t)n, -1, NULL);
	assert_int_equal(sms_status_report_decode(pdu + skip, (size_t)(n - skip), &report), 0);
	return report;
}

static void a_delivery_is_reported_with_cds(void **state)
{
	struct sms_status_report report;
	char number[SMS_ADDRESS_SIZE];

	(void)state;
	rig_do(&r, "{\"cmd\":\"report\",\"outcome\":\"delivered\",\"delay_ms\":20}");
	rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
	report = hear_report("");
	assert_int_equal(report.status, 0);
	assert_int_equal(report.reference, 0);
	assert_string_equal(sms_address_to_text(&report.to, number), "+15105550101");
}

static void a_failure_is_reported_with_its_status_and_no_phone_gets_it(void **state)
{
	json_t *received;

	(void)state;
	rig_do(&r, "{\"cmd\":\"report\",\"number\":\"+15105550102\",\"outcome\":\"failed\","
		   "\"status\":65,\"delay_ms\":20}");
	rig_send(&r, fd, "+15105550102", "x", "OK\r\n");
	assert_int_equal(hear_report("").status, 65);
	received = rig_ask(&r, "{\"cmd\":\"received\",\"number\":\"+15105550102\"}");
	assert_int_equal(rig_int(received, "count"), 0);
	json_decref(received);
}

static void a_report_may_never_come(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"report\",\"outcome\":\"never\"}");
	rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
	json_decref(rig_event(&r, "text"));
	rig_silent(&r, fd, 100);
}

static void a_number_may_be_refused(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"report\",\"number\":\"+15105550103\",\"outcome\":\"refused\","
		   "\"status\":38}");
	rig_send(&r, fd, "+15105550103", "x", "+CMS ERROR: 38\r\n");
	rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
}

static void a_phone_that_is_off_gets_it_when_it_is_on(void **state)
{
	json_t *event;

	(void)state;
	rig_do(&r, "{\"cmd\":\"phone\",\"number\":\"+15105550104\",\"on\":false}");
	rig_send(&r, fd, "+15105550104", "later", "OK\r\n");
	rig_silent(&r, fd, 50);
	rig_do(&r, "{\"cmd\":\"phone\",\"number\":\"+15105550104\",\"on\":true}");
	assert_int_equal(hear_report("").status, 0);
	event = rig_event(&r, "text");
	assert_string_equal(rig_str(event, "text"), "later");
	json_decref(event);
}

static void reports_go_into_sr_where_ds_is_2(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CNMI=2,1,0,2,0", "OK\r\n");
	rig_do(&r, "{\"cmd\":\"report\",\"outcome\":\"delivered\",\"delay_ms\":20}");
	rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
	assert_true(rig_hear(&r, fd, "+CDSI: \"SR\",1\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CPMS=\"SR\"", "+CPMS: 1,20,0,30,0,30\r\n\r\nOK\r\n");
	rig_at(&r, fd, "AT+CMGR=1", "OK\r\n");
	assert_non_null(strstr(r.said, "+CMGR: 0,,"));
	rig_at(&r, fd, "AT+CMGD=1", "OK\r\n");
	rig_at(&r, fd, "AT+CPMS?", "+CPMS: \"SR\",0,20");
}

static void with_csms_1_the_next_report_waits_for_cnma(void **state)
{
	(void)state;
	rig_at(&r, fd, "AT+CSMS=1", "+CSMS: 1,1,1\r\n\r\nOK\r\n");
	rig_do(&r, "{\"cmd\":\"report\",\"outcome\":\"delivered\",\"delay_ms\":50}");
	rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
	rig_send(&r, fd, "+15105550102", "y", "OK\r\n");
	assert_int_equal(hear_report("").reference, 0);
	rig_silent(&r, fd, 100);
	rig_at(&r, fd, "AT+CNMA", "OK\r\n");
	assert_int_equal(hear_report(r.said).reference, 1);
	rig_at(&r, fd, "AT+CNMA=0", "OK\r\n");
	rig_at(&r, fd, "AT+CNMA", "+CMS ERROR: 340\r\n");
}

static void a_stored_text_can_be_sent(void **state)
{
	json_t *event;

	(void)state;
	rig_at(&r, fd, "AT+CMGW=17", "> ");
	rig_type(fd, "0001000B915101551010F1000004D4F29C0E\x1a");
	assert_true(rig_hear(&r, fd, "+CMGW: 1\r\n\r\nOK\r\n", RIG_LIMIT_MS));
	rig_at(&r, fd, "AT+CMSS=1", "+CMSS: 0\r\n\r\nOK\r\n");
	event = rig_event(&r, "text");
	assert_string_equal(rig_str(event, "text"), "Test");
	json_decref(event);
	rig_at(&r, fd, "AT+CMGL=3", "+CMGL: 1,3,,17\r\n");
}

static void the_radio_takes_its_time_and_counts_it(void **state)
{
	json_t *stats, *modem;
	int64_t began_ms;

	(void)state;
	rig_do(&r, "{\"cmd\":\"radio\",\"segment_ms\":120}");
	began_ms = time_mono_ms();
	rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
	rig_send(&r, fd, "+15105550101", "y", "OK\r\n");
	assert_in_range(time_mono_ms() - began_ms, 240, RIG_LIMIT_MS);
	stats = rig_ask(&r, "{\"cmd\":\"stats\"}");
	modem = json_array_get(json_object_get(stats, "modems"), 0);
	assert_in_range(rig_int(modem, "busy_us"), 240000, 10000000);
	assert_int_equal(rig_int(modem, "segments"), 2);
	json_decref(stats);
}

static void no_network_is_error_331(void **state)
{
	(void)state;
	rig_do(&r, "{\"cmd\":\"network\",\"modem\":\"sim1\",\"state\":\"searching\",\"ms\":50}");
	rig_at(&r, fd, "AT+CREG=1", "OK\r\n");
	rig_send(&r, fd, "+15105550101", "x", "+CMS ERROR: 331\r\n");
	rig_hear(&r, fd, "+CREG: 1\r\n", RIG_LIMIT_MS);
	rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
}

static void what_was_accepted_can_be_asked_for(void **state)
{
	json_t *answer, *list;

	(void)state;
	for (int i = 0; i < 5; i++)
		rig_send(&r, fd, i % 2 ? "+15105550101" : "+15105550102", "x", "OK\r\n");
	answer = rig_ask(&r, "{\"cmd\":\"accepted\",\"number\":\"+15105550102\"}");
	list = json_object_get(answer, "segments");
	assert_int_equal(json_array_size(list), 3);
	assert_int_equal(rig_int(json_array_get(list, 2), "mr"), 4);
	json_decref(answer);
}

static void the_journal_has_every_line_when_it_ended(void **state)
{
	char path[128], line[4096];
	int segments = 0, last = 0;
	FILE *f;

	(void)state;
	for (int i = 0; i < 20; i++)
		rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
	rig_do(&r, "{\"cmd\":\"flush\"}");
	snprintf(path, sizeof(path), "%s/journal", r.dir);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		json_t *json = json_loads(line, 0, NULL);

		assert_int_equal(rig_int(json, "serial"), ++last);
		segments += !strcmp(rig_str(json, "event"), "segment");
		json_decref(json);
	}
	fclose(f);
	assert_int_equal(segments, 20);
}

/* Much more than a socket holds waits to be read when the end is asked for. */
static void who_reads_late_still_hears_all_before_the_end(void **state)
{
	json_t *heard = json_incref(r.events);
	int segments = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		rig_send(&r, fd, "+15105550101", "x", "OK\r\n");
	close(fd);
	rig_stop(&r);
	for (size_t i = 0; i < json_array_size(heard); i++)
		segments += !strcmp(rig_str(json_array_get(heard, i), "event"), "segment");
	assert_int_equal(segments, 1000);
	json_decref(heard);
	setup(NULL); /* for the teardown to end */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, line_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_segment_gets_a_reference_and_reaches_a_phone),
		TEST(references_wrap_at_256),
		TEST(escape_leaves_the_prompt_and_nothing_goes_out),
		TEST(a_pdu_of_another_length_is_error_304),
		TEST(without_a_service_centre_nothing_is_sent),
		TEST(a_long_text_is_joined_in_any_order),
		TEST(a_national_number_is_the_same_phone),
		TEST(a_delivery_is_reported_with_cds),
		TEST(a_failure_is_reported_with_its_status_and_no_phone_gets_it),
		TEST(a_report_may_never_come),
		TEST(a_number_may_be_refused),
		TEST(a_phone_that_is_off_gets_it_when_it_is_on),
		TEST(reports_go_into_sr_where_ds_is_2),
		TEST(with_csms_1_the_next_report_waits_for_cnma),
		TEST(a_stored_text_can_be_sent),
		TEST(the_radio_takes_its_time_and_counts_it),
		TEST(no_network_is_error_331),
		TEST(what_was_accepted_can_be_asked_for),
		TEST(the_journal_has_every_line_when_it_ended),
		TEST(who_reads_late_still_hears_all_before_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
