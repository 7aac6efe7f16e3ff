/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real faroctl report, against a farod of this test's that tells it what it likes: what is
 * added up, what is escaped, and that nothing is written when something went wrong.
 */
#include "faroctl_world.h"

/* ---- what farod tells ------------------------------------------------------------------------ */

static const char evil[] = "<script>alert('x')</script>\" onload=\"x & y";

static bool breaks_off; /* in the middle */
static int trail_lines;
static bool long_ago; /* rows are sums by now */

static void tell_head(struct control_request *request)
{
	control_row(request,
		json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:b,s:s,s:[{s:s,s:f}]}", "incident", 17, "box",
			evil, "language", "en", "timezone", "UTC", "version", "0.1.0", "state",
			"closed", "verified", 0, "opened", "2026-11-21T20:00:00.000Z", "modems",
			"name", "sim1", "segment_s", 4.0));
}

static void tell_trail(struct control_request *request)
{
	char at[32];

	for (int i = 0; i < trail_lines; i++) {
		snprintf(at, sizeof(at), "2026-11-21T20:%02d:00.000Z", i % 60);
		control_row(request, json_pack("{s:s,s:s,s:s}", "at", at, "what",
					     i < 3   ? "answered"
					     : i % 2 ? "relayed"
						     : "more",
					     "who", "responder"));
	}
}

static void tell_alert(struct control_request *request)
{
	control_row(request,
		json_pack("{s:i,s:s,s:b,s:s,s:i,s:i,s:i,s:i,s:s,s:s}", "alert", 3, "state",
			"cleared", "info", 1, "zones", evil, "need", 4, "promised_people", 100,
			"promised_segments", 120, "promised_s", 480, "started",
			"2026-11-21T20:10:00.000Z", "first_yes", "2026-11-21T20:11:30.000Z"));
}

static json_t *copies(int n, const char *state, const char *zones, const char *minute)
{
	return json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:i,s:i}", "copies", n, "state", state, "zones",
		zones, "language", "es", "modem", "sim1", "sent", minute, "accepted", n, "segments",
		n);
}

static json_t *failed(int n, int error)
{
	return json_pack("{s:i,s:s,s:s,s:s,s:i}", "copies", n, "state", "failed", "zones", "",
		"language", "en", "error", error);
}

static void tell_copies(struct control_request *request)
{
	static const int errors[] = { 28, 38, 302, 22, 8, 0, 150 };
	json_t *delivered = copies(60, "delivered", "north south", "2026-11-21T20:10:00.000Z");

	if (long_ago) {
		json_object_del(delivered, "sent");
		json_object_set_new(delivered, "arrived", json_null());
		json_object_set_new(
			delivered, "last_sent", json_string("2026-11-21T20:22:00.000Z"));
		control_row(request, delivered);
		control_row(request, json_pack("{s:s,s:i,s:n,s:s,s:s}", "answer", "yes", "people",
					     7, "at", "language", "es", "zones", "north"));
		return;
	}
	json_object_set_new(delivered, "arrived", json_string("2026-11-21T20:12:00.000Z"));
	json_object_set_new(delivered, "last_sent", json_string("2026-11-21T20:22:00.000Z"));
	control_row(request, delivered);
	control_row(request, copies(20, "sent", evil, "2026-11-21T20:11:00.000Z"));
	control_row(request, copies(10, "sent", "north", "2026-11-21T20:10:00.000Z"));
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		control_row(request, failed(1 + (int)i, errors[i]));
	control_row(
		request, json_pack("{s:s,s:s,s:s,s:s}", "answer", "yes", "at",
				 "2026-11-21T20:11:00.000Z", "language", "es", "zones", "north"));
}

static enum control_step run_report(void *ctx, struct control_request *request)
{
	(void)ctx;
	tell_head(request);
	tell_trail(request);
	tell_alert(request);
	tell_copies(request);
	if (breaks_off)
		return control_fail(request, FARO_EXIT_FAILED, "the copies cannot be read");
	return control_answer(request, NULL);
}

static void tell_month(struct control_request *request, const char *opened, bool verified)
{
	control_row(request, json_pack("{s:s,s:b,s:b}", "opened", opened, "report", 1, "verified",
				     (int)verified));
}

static void tell_yes(struct control_request *request, json_t *first_yes_s)
{
	control_row(request, json_pack("{s:s,s:o,s:i,s:i}", "started", "2026-11-02T12:00:00.000Z",
				     "first_yes_s", first_yes_s, "sent", 50, "delivered", 40));
}

/* In New York the month begins 5 hours later than in UTC. */
static enum control_step run_months(void *ctx, struct control_request *request)
{
	(void)ctx;
	control_row(request, json_pack("{s:s,s:s,s:s,s:s}", "box", "Faro", "language", "en",
				     "timezone", "America/New_York", "version", "0.1.0"));
	tell_month(request, "2026-11-01T03:00:00.000Z", true);
	tell_month(request, "2026-11-01T05:00:00.000Z", true);
	tell_month(request, "2026-11-20T05:00:00.000Z", false);
	tell_yes(request, json_integer(100));
	tell_yes(request, json_integer(20));
	tell_yes(request, json_integer(60));
	tell_yes(request, json_integer(50));
	tell_yes(request, json_null());
	return control_answer(request, NULL);
}

static const struct control_command commands[] = {
	{ "report", run_report },
	{ "report months", run_months },
};

static int open_door(void **state)
{
	(void)state;
	breaks_off = long_ago = false;
	trail_lines = 3;
	return world_open(commands, ARRAY_SIZE(commands), "html");
}

/* ---- what faroctl says ----------------------------------------------------------------------- */

static void is_there(const char *piece)
{
	if (!strstr(out, piece))
		fail_msg("\"%s\" is not in:\n%s", piece, out);
}

static int times(const char *piece)
{
	int n = 0;

	for (const char *at = strstr(out, piece); at; at = strstr(at + 1, piece))
		n++;
	return n;
}

/* ---- the tests ------------------------------------------------------------------------------- */

static void whatever_a_text_is_it_is_only_text(void **state)
{
	(void)state;
	assert_int_equal(faroctl("report", "17"), 0);
	assert_string_equal(err, "");
	assert_null(strstr(out, "<script"));
	assert_null(strstr(out, "\" onload"));
	is_there("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;");
	is_there("default-src 'none'");
	is_there("· not verified");
}

static void promise_and_fact_stand_in_one_row(void **state)
{
	(void)state;
	assert_int_equal(faroctl("report", "17"), 0);
	is_there("<td>people</td><td class=\"n\">100</td><td class=\"n\">90</td>");
	is_there("<td class=\"n\">–</td><td class=\"n\">60</td>");
	is_there("<td>segments</td><td class=\"n\">120</td><td class=\"n\">90</td>");
	is_there("<td>minutes</td><td class=\"n\">8.0</td><td class=\"n\">12.0</td>");
	is_there("all clear · to be known, nobody was asked to come</h3>");
	is_there("people needed: 4 · first yes after: 1.5 minutes");
	/* 90 segments of 4 s in 720 s */
	is_there("<td>sim1</td><td class=\"n\">90</td><td class=\"n\">50 %</td>");
}

/* As farod tells an alert whose copies and answers are counts by now (privacy.keep_row_days). */
static void a_report_on_long_ago_keeps_its_sums(void **state)
{
	(void)state;
	long_ago = true;
	assert_int_equal(faroctl("report", "17"), 0);
	is_there("The minutes are not kept any more");
	is_there("<td>people</td><td class=\"n\">100</td><td class=\"n\">60</td>");
	is_there("<td>minutes</td><td class=\"n\">8.0</td><td class=\"n\">12.0</td>");
	is_there("<b>south</b> <span class=\"dim\">60 people · 60 sent · 60 delivered · 0 ");
	is_there("<b>north</b> <span class=\"dim\">60 people · 60 sent · 60 delivered · 7 ");
	is_there("<b>es</b> <span class=\"dim\">60 people · 60 sent · 60 delivered · 7 ");
	assert_null(strstr(out, "<polyline"));
}

static void failures_are_told_by_reason(void **state)
{
	static const char *const rows[] = {
		"<td>the number cannot be texted</td><td class=\"n\">1</td>",
		"<td>the network was busy or out of order</td><td class=\"n\">2</td>",
		"<td>the modem or its SIM refused</td><td class=\"n\">3</td>",
		"<td>memory full</td><td class=\"n\">4</td>",
		"<td>the SIM may not send</td><td class=\"n\">5</td>",
		"<td>no answer and no report</td><td class=\"n\">6</td>",
		"<td>refused for another reason</td><td class=\"n\">7</td>",
	};

	(void)state;
	assert_int_equal(faroctl("report", "17"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		is_there(rows[i]);
}

static void who_named_two_zones_is_counted_in_both(void **state)
{
	(void)state;
	assert_int_equal(faroctl("report", "17", "--csv"), 0);
	is_there("2026-11-21T20:10:00.000Z,sent,all,,70,\r\n");
	is_there("2026-11-21T20:10:00.000Z,sent,zone,north,70,\r\n");
	is_there("2026-11-21T20:10:00.000Z,sent,zone,south,60,\r\n");
	is_there("2026-11-21T20:12:00.000Z,delivered,zone,south,60,\r\n");
	is_there("2026-11-21T20:11:00.000Z,answered,zone,north,1,\r\n");
	is_there("2026-11-21T20:11:30.000Z,fact,seconds to first yes,,90,\r\n");
	is_there(",failed,reason,network,2,\r\n");
	is_there(",busy percent,modem,sim1,50,\r\n");
	assert_int_equal(times("\r\n"), times("\n"));
}

static void what_is_alike_in_the_trail_is_one_line(void **state)
{
	(void)state;
	assert_int_equal(faroctl("report", "17"), 0);
	assert_int_equal(times("<li>"), 1);
	is_there("20:00–20:02</time> answered with words × 3");
}

static void a_long_trail_keeps_to_its_page(void **state)
{
	(void)state;
	trail_lines = 60;
	assert_int_equal(faroctl("report", "17"), 0);
	assert_int_equal(times("<li"), 37);
	is_there("… 22 more: see --csv");
	assert_int_equal(faroctl("report", "17", "--csv"), 0);
	assert_int_equal(times(",trail,"), 58);
}

static void nothing_is_written_when_farod_breaks_off(void **state)
{
	(void)state;
	breaks_off = true;
	assert_int_equal(faroctl("report", "17"), 1);
	assert_string_equal(out, "");
	assert_string_equal(err, "faroctl: the copies cannot be read\n");
	assert_int_equal(faroctl("report", "17", "-o", file_path), 1);
	assert_int_equal(access(file_path, F_OK), -1);
}

static void a_month_is_the_boxs_own(void **state)
{
	(void)state;
	assert_int_equal(faroctl("report", "--month", "2026-11", "--csv"), 0);
	assert_int_equal(times("\r\n"), 13);
	is_there("month,reports,verified_percent,alerts,first_yes_median_s,delivered_percent\r\n"
		 "2025-12,0,,0,,\r\n");
	is_there("\r\n2026-10,1,100,0,,\r\n");
	is_there("\r\n2026-11,2,50,5,55,80\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whatever_a_text_is_it_is_only_text),
		TEST(promise_and_fact_stand_in_one_row),
		TEST(a_report_on_long_ago_keeps_its_sums),
		TEST(failures_are_told_by_reason),
		TEST(who_named_two_zones_is_counted_in_both),
		TEST(what_is_alike_in_the_trail_is_one_line),
		TEST(a_long_trail_keeps_to_its_page),
		TEST(nothing_is_written_when_farod_breaks_off),
		TEST(a_month_is_the_boxs_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
