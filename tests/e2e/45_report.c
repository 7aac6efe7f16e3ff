/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 45: after. What became of an incident, told without names: a page, CSV and JSON, and the
 * months side by side.
 */
#include <sys/stat.h>

#include "cmocka_story.h"

static const char people[] =
	"people = ( { phone = \"+15105550101\"; name = \"Ana\"; role = \"dispatcher\"; language = "
	"\"en\"; },\n"
	" { phone = \"+15105550111\"; name = \"Benjamin\"; role = \"responder\"; language = "
	"\"en\"; zones = ( \"north\" ); },\n"
	" { phone = \"+15105550112\"; name = \"Carla\"; role = \"responder\"; language = \"es\"; "
	"zones = ( \"north\" ); },\n"
	" { phone = \"+15105550113\"; name = \"Daniel\"; role = \"member\"; language = \"en\"; "
	"zones = ( \"south\" ); } );\n";

static const char *const secrets[] = { "5550", "Ana", "Benjamin", "Carla", "Daniel", "bakery",
	"Lopez" };

/* A neighbor's report, confirmed, alerted, answered, over. */
static struct box *box_after_an_incident(void)
{
	struct box *box = box_new(&(struct box_options){ .people = people, .report_delay_ms = 50 });
	char code[8];

	box_start(box);
	person_texts(box, &stranger, "REPORT vans at the bakery of <b>Mrs Lopez</b>");
	expect_text(box, &ana, "bakery");
	person_texts(box, &ana, "CONFIRM 1");
	box_settle(box);
	forget_texts(box, &ana);
	person_texts(box, &ana, "ALERT 1 NEED 1 come to the bakery & watch");
	digits_of(strstr(expect_text(box, &ana, "to send")->text, "Reply "), 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &ben, "bakery");
	expect_text(box, &carla, "bakery");
	expect_text(box, &dan, "bakery");
	/* once enough have said yes, what has not left is held */
	box_settle(box);
	person_texts(box, &ben, "YES 5");
	expect_text(box, &ben, "");
	person_texts(box, &carla, "NO");
	box_settle(box);
	box_wait_status(box, "outbox.sent", 0, false);
	return box;
}

static json_t *json_of(struct ran *ran)
{
	json_t *json;

	if (ran->code != 0)
		fail_msg("%s", ran->err);
	json = json_loads(ran->out, 0, NULL);
	assert_non_null(json);
	ran_free(ran);
	return json;
}

static void no_secret_in(const char *text)
{
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (strstr(text, secrets[i]))
			fail_msg("\"%s\" is in the report", secrets[i]);
}

static void a_page_tells_what_happened_and_names_nobody(void **state)
{
	struct box *box = box_after_an_incident();
	struct ran ran = box_faroctl(box, "report", "1", NULL);

	(void)state;
	if (ran.code != 0)
		fail_msg("%s", ran.err);
	no_secret_in(ran.out);
	assert_non_null(strstr(ran.out, "<!DOCTYPE html>"));
	assert_non_null(strstr(ran.out, "Report on incident #1"));
	assert_non_null(strstr(ran.out, "· verified"));
	assert_non_null(strstr(ran.out, "<polyline class=\"delivered\""));
	assert_non_null(strstr(ran.out, "<polyline class=\"answered\""));
	assert_non_null(strstr(ran.out, "<b>north</b>"));
	assert_non_null(strstr(ran.out, "<b>es</b>"));
	assert_non_null(strstr(ran.out, "Nothing failed."));
	/* nothing runs, nothing is fetched */
	assert_null(strstr(ran.out, "<script"));
	assert_null(strstr(ran.out, "http:"));
	assert_null(strstr(ran.out, "https:"));
	assert_null(strstr(ran.out, "src="));
	assert_null(strstr(ran.out, "href="));
	ran_free(&ran);
	ran = box_faroctl(box, "report", "#1", "--language", "es", NULL);
	assert_non_null(strstr(ran.out, "Informe del incidente #1"));
	assert_non_null(strstr(ran.out, "Nada falló."));
	ran_free(&ran);
	box_free(box);
}

static void words_are_told_only_when_asked_for_and_are_only_words(void **state)
{
	struct box *box = box_after_an_incident();
	struct ran ran = box_faroctl(box, "report", "1", "--with-text", NULL);

	(void)state;
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "&lt;b&gt;Mrs Lopez&lt;/b&gt;"));
	assert_null(strstr(ran.out, "<b>Mrs"));
	assert_non_null(strstr(ran.out, "bakery &amp; watch"));
	ran_free(&ran);
	box_free(box);
}

static void the_promise_stands_beside_the_fact(void **state)
{
	struct box *box = box_after_an_incident();
	struct ran ran = box_faroctl(box, "report", "1", "--json", NULL);
	json_t *report = json_of(&ran);
	const json_t *alert = json_array_get(json_object_get(report, "alerts"), 0);

	(void)state;
	assert_int_equal(json_number_at(alert, "need"), 1);
	/* the alert is for everybody: Ana, Benjamin, Carla, Daniel */
	assert_int_equal(json_number_at(alert, "promised.people"), 4);
	assert_int_equal(json_number_at(alert, "fact.people"), 4);
	assert_int_equal(json_number_at(alert, "fact.reached"), 4);
	assert_int_equal(
		json_number_at(alert, "promised.segments"), json_number_at(alert, "fact.segments"));
	assert_true(json_number_at(alert, "promised.seconds") > 0);
	assert_true(
		json_number_value(json_object_get(json_object_get(alert, "fact"), "seconds")) >= 0);
	assert_true(json_is_string(json_object_get(alert, "first_yes")));
	assert_int_equal(json_number_at(report, "answers.yes"), 1);
	assert_int_equal(json_number_at(report, "answers.no"), 1);
	json_decref(report);
	box_free(box);
}

/* How many lines begin so after their time. */
static int rows_with(const char *csv, const char *columns)
{
	int n = 0;

	for (const char *at = strstr(csv, columns); at; at = strstr(at + 1, columns))
		n++;
	return n;
}

static void the_same_figures_come_as_csv(void **state)
{
	struct box *box = box_after_an_incident();
	struct ran ran = box_faroctl(box, "report", "1", "--csv", NULL);

	(void)state;
	assert_int_equal(ran.code, 0);
	no_secret_in(ran.out);
	assert_int_equal(strncmp(ran.out, "time,what,by,name,value,text\r\n", 30), 0);
	assert_true(rows_with(ran.out, ",sent,zone,north,") > 0);
	assert_true(rows_with(ran.out, ",delivered,language,es,1") > 0);
	assert_int_equal(
		rows_with(ran.out, ",answered,zone,north,"), rows_with(ran.out, ",answered,all,,"));
	assert_int_equal(rows_with(ran.out, ",promised,people,,4,"), 1);
	assert_int_equal(rows_with(ran.out, ",fact,people reached,,4,"), 1);
	assert_int_equal(rows_with(ran.out, ",trail,dispatcher,confirmed,1,"), 1);
	assert_int_equal(rows_with(ran.out, ",segments,modem,sim1,"), 1);
	ran_free(&ran);
	box_free(box);
}

static void a_file_is_new_and_its_owners_only(void **state)
{
	struct box *box = box_after_an_incident();
	struct stat st;
	struct ran ran;
	char path[300];

	(void)state;
	snprintf(path, sizeof(path), "%s/report.html", box_dir(box));
	ran = box_faroctl(box, "report", "1", "-o", path, NULL);
	assert_int_equal(ran.code, 0);
	assert_string_equal(ran.out, "");
	ran_free(&ran);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(st.st_size > 3000);
	ran = box_faroctl(box, "report", "1", "-o", path, NULL);
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "File exists"));
	ran_free(&ran);
	box_free(box);
}

static void what_cannot_be_reported_is_said(void **state)
{
	static const struct {
		const char *words[4];
		int code;
		const char *said;
	} cases[] = {
		{ { "report", "99" }, 1, "there is no incident #99" },
		{ { "report", "x" }, 64, "no incident's number" },
		{ { "report" }, 64, "needs an incident's number" },
		{ { "report", "1", "--language", "xx" }, 64, "there are no words in \"xx\"" },
		{ { "report", "1", "--json", "--csv" }, 64, "not both" },
		{ { "report", "--month", "2026-13" }, 64, "is no month" },
		{ { "report", "--month", "2026-11x" }, 64, "is no month" },
		{ { "status", "--csv" }, 64, "takes no --csv" },
	};
	struct box *box = box_after_an_incident();
	struct ran ran;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const *w = cases[i].words;

		ran = box_faroctl(
			box, w[0], w[1], w[1] ? w[2] : NULL, w[1] && w[2] ? w[3] : NULL, NULL);
		assert_int_equal(ran.code, cases[i].code);
		if (!strstr(ran.err, cases[i].said))
			fail_msg("%s", ran.err);
		ran_free(&ran);
	}
	/* a rumour to which nobody was alerted has a report too */
	person_texts(box, &eva, "REPORT something at the station");
	expect_text(box, &ana, "station");
	ran = box_faroctl(box, "report", "2", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "No alert was sent."));
	assert_null(strstr(ran.out, "station"));
	ran_free(&ran);
	assert_int_equal(box_stop(box), 0);
	ran = box_faroctl(box, "report", "1", NULL);
	assert_int_equal(ran.code, 75);
	assert_string_equal(ran.out, "");
	ran_free(&ran);
	box_free(box);
}

static void months_stand_side_by_side(void **state)
{
	struct box *box = box_after_an_incident();
	const json_t *month;
	struct ran ran;
	json_t *report;

	(void)state;
	person_texts(box, &eva, "REPORT something at the station");
	expect_text(box, &ana, "station");
	ran = box_faroctl(box, "report", "--month", "--json", NULL);
	report = json_of(&ran);
	assert_int_equal(json_array_size(json_object_get(report, "months")), 12);
	month = json_array_get(json_object_get(report, "months"), 11);
	assert_int_equal(json_number_value(json_object_get(month, "reports")), 2);
	assert_int_equal(json_number_value(json_object_get(month, "verified_percent")), 50);
	assert_int_equal(json_number_value(json_object_get(month, "alerts")), 1);
	assert_int_equal(json_number_value(json_object_get(month, "delivered_percent")), 100);
	assert_true(json_is_real(json_object_get(month, "first_yes_median_s")));
	month = json_array_get(json_object_get(report, "months"), 10);
	assert_int_equal(json_number_value(json_object_get(month, "reports")), 0);
	assert_true(json_is_null(json_object_get(month, "verified_percent")));
	json_decref(report);
	ran = box_faroctl(box, "report", "--month", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "<rect "));
	no_secret_in(ran.out);
	ran_free(&ran);
	ran = box_faroctl(box, "report", "--month", "2020-02", "--csv", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "month,reports,verified_percent,"));
	assert_non_null(strstr(ran.out, "\r\n2019-03,0,,0,,\r\n"));
	assert_non_null(strstr(ran.out, "\r\n2020-02,0,,0,,\r\n"));
	ran_free(&ran);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_page_tells_what_happened_and_names_nobody),
		cmocka_unit_test(words_are_told_only_when_asked_for_and_are_only_words),
		cmocka_unit_test(the_promise_stands_beside_the_fact),
		cmocka_unit_test(the_same_figures_come_as_csv),
		cmocka_unit_test(a_file_is_new_and_its_owners_only),
		cmocka_unit_test(what_cannot_be_reported_is_said),
		cmocka_unit_test(months_stand_side_by_side),
	};

	return run_stories(stories);
}
