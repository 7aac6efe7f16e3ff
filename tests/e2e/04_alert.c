/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 4: an alert. A promise, a code, the right people first, answers counted, and the end of it.
 */
#include "cmocka_story.h"

static const struct person_of_test second = { "+15105550103", "Sol" };

static const char people[] =
	"people = ( { phone = \"+15105550101\"; name = \"Ana\"; role = \"dispatcher\"; language = "
	"\"en\"; },\n"
	" { phone = \"+15105550103\"; name = \"Sol\"; role = \"dispatcher\"; language = \"en\"; "
	"},\n"
	" { phone = \"+15105550102\"; name = \"Rosa\"; role = \"admin\"; language = \"es\"; "
	"},\n" NEIGHBORS " );\n";

static struct box *box_of_seven(const char *settings)
{
	struct box *box = box_new(&(struct box_options){ .people = people, .settings = settings });

	box_start(box);
	return box;
}

/* The code of the newest promise to Ana. */
static void read_code(struct box *box, char code[8])
{
	const struct heard *promise = expect_text(box, &ana, "to send");

	digits_of(strstr(promise->text, "Reply "), 4, code);
}

static void a_running_alert(struct box *box, const char *words)
{
	char code[8];

	person_texts(box, &ana, words);
	read_code(box, code);
	person_texts(box, &ana, code);
	expect_text(box, &ana, "is going out");
}

static void an_alert_goes_out_in_each_language_after_the_code(void **state)
{
	struct box *box = box_of_seven(NULL);
	char code[8];

	(void)state;
	person_texts(box, &ana, "ALERT north NEED 2 vans at the market");
	read_code(box, code);
	assert_int_equal(texts_with(box, ben.phone, NULL), 0);
	person_texts(box, &ana, code);
	expect_text(box, &ben, "ALERT #1: vans at the market");
	expect_text(box, &carla, "ALERTA #1: vans at the market");
	expect_text(box, &eva, "vans at the market");
	box_settle(box);
	/* Dan is of another zone */
	assert_int_equal(texts_with(box, dan.phone, NULL), 0);
	box_wait_status(box, "alerts.running", 1, false);
	box_free(box);
}

static void a_forged_number_without_the_code_alerts_nobody(void **state)
{
	struct box *box = box_of_seven(NULL);

	(void)state;
	/* somebody texts in Ana's name; the promise goes to the real Ana */
	person_texts(box, &ana, "ALERT false alarm for everybody");
	expect_text(box, &ana, "to send");
	person_texts(box, &ana, "0000");
	person_texts(box, &ana, "0001");
	person_texts(box, &ana, "0002");
	expect_text(box, &ana, "third wrong code");
	box_settle(box);
	assert_int_equal(texts_with(box, NULL, "ALERT #1:"), 0);
	box_wait_status(box, "alerts.running", 0, false);
	box_free(box);
}

static void a_member_cannot_alert(void **state)
{
	struct box *box = box_of_seven(NULL);

	(void)state;
	person_texts(box, &eva, "ALERT everybody come");
	/* it is a text as any other: dispatchers read it */
	expect_text(box, &ana, "ALERT everybody come");
	box_settle(box);
	assert_int_equal(texts_with(box, dan.phone, NULL), 0);
	box_wait_status(box, "alerts.running", 0, false);
	box_free(box);
}

static void another_dispatcher_may_text_the_code_a_stranger_may_not(void **state)
{
	struct box *box = box_of_seven(NULL);
	char code[8];

	(void)state;
	person_texts(box, &ana, "ALERT north come");
	read_code(box, code);
	person_texts(box, &stranger, code);
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, NULL), 0);
	person_texts(box, &second, code);
	expect_text(box, &ben, "come");
	expect_text(box, &ana, "Sol");
	/* one use */
	box_settle(box);
	person_texts(box, &ana, code);
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, "come"), 1);
	box_free(box);
}

static void answers_are_counted_and_the_dispatcher_is_told(void **state)
{
	struct box *box = box_of_seven("desk : { summary_every = 1; };");

	(void)state;
	a_running_alert(box, "ALERT north vans");
	expect_text(box, &ben, "vans");
	expect_text(box, &carla, "vans");
	expect_text(box, &eva, "vans");
	person_texts(box, &ben, "yes 15");
	expect_text(box, &ben, "in 15 min");
	person_texts(box, &carla, "No");
	expect_text(box, &carla, "Gracias");
	person_texts(box, &eva, "HERE");
	expect_text(box, &eva, "you are there");
	expect_text(box, &ana, "1 yes, 1 here, 1 no");
	box_free(box);
}

static void enough_yes_holds_what_was_not_sent(void **state)
{
	struct box *box = box_new(&(struct box_options){ .people = people, .segment_ms = 300 });

	(void)state;
	box_start(box);
	/*
	 * one modem, 0.3 s a segment: Ben, a responder, is first, and says yes before everybody was
	 * sent it
	 */
	sim_do(box, "{s:s,s:i,s:s,s:[{s:s,s:[s]}]}", "cmd", "population", "count", 1, "first",
		ben.phone, "rules", "match", "vans", "answers", "YES 5");
	a_running_alert(box, "ALERT north ALL NEED 1 vans");
	expect_text(box, &ana, "held");
	box_wait_status(box, "outbox.held", 1, true);
	box_free(box);
}

static void update_clear_and_cancel_go_to_those_who_were_sent_it(void **state)
{
	struct box *box = box_of_seven(NULL);

	(void)state;
	a_running_alert(box, "ALERT north vans");
	box_settle(box);
	person_texts(box, &ana, "UPDATE 1 they moved to 6th");
	expect_text(box, &ben, "UPDATE #1: they moved to 6th");
	expect_text(box, &carla, "they moved to 6th");
	box_settle(box);
	person_texts(box, &ana, "CLEAR 1");
	expect_text(box, &ben, "ALL CLEAR #1");
	expect_text(box, &carla, "DESPEJADO");
	box_settle(box);
	assert_int_equal(texts_with(box, dan.phone, NULL), 0);
	box_wait_status(box, "alerts.running", 0, false);
	person_texts(box, &ben, "YES");
	expect_text(box, &ben, "is over");
	a_running_alert(box, "ALERT south another thing");
	expect_text(box, &dan, "another thing");
	person_texts(box, &ana, "CANCEL 2");
	expect_text(box, &dan, "called off");
	/* a dispatcher's CANCEL with a number is no STOP */
	box_wait_status(box, "members.left", 0, false);
	box_free(box);
}

static void cancel_stops_what_has_not_left(void **state)
{
	struct box *box = box_new(&(struct box_options){ .people = people, .segment_ms = 400 });

	(void)state;
	box_start(box);
	a_running_alert(box, "ALERT vans everywhere");
	expect_text(box, &ben, "vans");
	person_texts(box, &ana, "CANCEL 1");
	expect_text(box, &ben, "called off");
	box_settle(box);
	box_wait_status(box, "outbox.dropped", 1, true);
	/*
	 * nobody got the alert after it was called off, and nobody the end who did not get the
	 * beginning
	 */
	assert_int_equal(
		texts_with(box, eva.phone, "vans") >= texts_with(box, eva.phone, "called off"), 1);
	box_free(box);
}

static void stop_in_the_middle_of_an_alert_is_obeyed_before_the_next_segment(void **state)
{
	struct box *box = box_new(&(struct box_options){ .people = people, .segment_ms = 600 });

	(void)state;
	box_start(box);
	a_running_alert(box, "ALERT vans everywhere");
	expect_text(box, &ben, "vans");
	/* Carla is on the air, Dan is next, Eva is the last: time enough, also on a busy machine */
	person_texts(box, &eva, "STOP");
	expect_text(box, &eva, "off the list");
	box_settle(box);
	assert_int_equal(texts_with(box, eva.phone, "vans"), 0);
	box_free(box);
}

static void an_alert_in_parts_stays_whole_and_in_order(void **state)
{
	struct box *box = box_of_seven(NULL);
	const char *words =
		"ALERT north Three vans and eleven men in vests are stopping everybody who walks "
		"from the station to "
		"the market, at the corner of 35th and International, and two more vans wait "
		"behind the church. "
		"Come in pairs, keep your distance, film, and text HERE when you arrive.";

	(void)state;
	a_running_alert(box, words);
	expect_text(box, &ben,
		"and two more vans wait behind the church. Come in pairs, keep your distance, "
		"film, and text");
	box_free(box);
}

static void a_pending_alert_can_be_withdrawn(void **state)
{
	struct box *box = box_of_seven(NULL);
	struct ran ran;

	(void)state;
	person_texts(box, &ana, "ALERT north come");
	expect_text(box, &ana, "to send");
	ran = box_faroctl(box, "cancel", "1", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, NULL), 0);
	box_free(box);
}

/* Ana reported it herself, and both dispatchers ask for an alert about it. Ben comes and goes. */
static void of_two_that_wait_for_one_incident_one_goes_out(void **state)
{
	struct box *box = box_of_seven(NULL);
	char anas[8], sols[8];

	(void)state;
	person_texts(box, &ana, "REPORT men in vests");
	expect_text(box, &ana, "#1");
	expect_text(box, &second, "#1 REPORT");
	person_texts(box, &ana, "ALERT 1 NEED 1 vans at the market");
	digits_of(
		strstr(expect_text(box, &ana, "goes out as UNCONFIRMED")->text, "Reply "), 4, anas);
	person_texts(box, &second, "ALERT 1 vans at the station");
	digits_of(strstr(expect_text(box, &second, "to send")->text, "Reply "), 4, sols);
	person_texts(box, &ana, anas);
	expect_text(box, &ana, "is going out");
	expect_text(box, &second, "The alert of #1 is running.");
	person_texts(box, &second, sols);
	expect_text(box, &second, "No alert waits for a code.");
	expect_text(box, &ben, "vans at the market");
	expect_text(box, &eva, "vans at the market");
	person_texts(box, &ben, "YES");
	expect_text(box, &ana, "said yes");
	person_texts(box, &ben, "STOP");
	expect_text(box, &ana, "now 0 of 1");
	person_texts(box, &second, "CLEAR 1");
	expect_text(box, &eva, "ALL CLEAR #1");
	box_settle(box);
	assert_int_equal(texts_with(box, NULL, "station"), 0);
	assert_int_equal(texts_with(box, ben.phone, "ALL CLEAR"), 0);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(an_alert_goes_out_in_each_language_after_the_code),
		cmocka_unit_test(a_forged_number_without_the_code_alerts_nobody),
		cmocka_unit_test(a_member_cannot_alert),
		cmocka_unit_test(another_dispatcher_may_text_the_code_a_stranger_may_not),
		cmocka_unit_test(answers_are_counted_and_the_dispatcher_is_told),
		cmocka_unit_test(enough_yes_holds_what_was_not_sent),
		cmocka_unit_test(update_clear_and_cancel_go_to_those_who_were_sent_it),
		cmocka_unit_test(cancel_stops_what_has_not_left),
		cmocka_unit_test(stop_in_the_middle_of_an_alert_is_obeyed_before_the_next_segment),
		cmocka_unit_test(an_alert_in_parts_stays_whole_and_in_order),
		cmocka_unit_test(a_pending_alert_can_be_withdrawn),
		cmocka_unit_test(of_two_that_wait_for_one_incident_one_goes_out),
	};

	return run_stories(stories);
}
