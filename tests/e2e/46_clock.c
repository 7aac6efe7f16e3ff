/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 46: a box without a battery clock. Until somebody whom it trusts tells the time, alerts go
 * and texts are answered, and it says that it does not know; then what it wrote is dated.
 */
#include <inttypes.h>
#include <time.h>

#include "cmocka_story.h"

#define FAR_S (400 * INT64_C(86400)) /* what the network says is ahead of this machine's clock */

static const struct person_of_test mia = { "+15105550161", "Mia" };

#define YEAR_2004_MS INT64_C(1072915212000)

static const struct box_options network_only = { .box = "clock = \"network\";" };
static const struct box_options battery = { .box = "clock = \"system\";" };

static int64_t year_of_1970(void)
{
	return -(int64_t)time(NULL) + 3600;
}

static int64_t year_of_2080(void)
{
	return INT64_C(3471292800) - (int64_t)time(NULL);
}

/* "2027-12-27T...": the date that faroctl says of the first incident. */
static void expect_year_of(struct box *box, int incident, int64_t shift_s)
{
	json_t *answer = farod_ask(box, "{s:s,s:i}", "cmd", "show", "n", incident);
	char *text = json_dumps(answer, JSON_COMPACT), year[16];
	time_t then = time(NULL) + (time_t)shift_s;
	struct tm tm;

	gmtime_r(&then, &tm);
	strftime(year, sizeof(year), "%Y-%m-%d", &tm);
	if (!text || !strstr(text, year))
		fail_msg("no %s in %s", year, text ? text : "no answer");
	free(text);
	json_decref(answer);
}

static void before_the_time_is_known_alerts_go(void **state)
{
	struct box *box = box_new(&network_only);
	struct ran ran;
	char code[8];

	(void)state;
	modems_clocks_say(box, year_of_1970());
	box_start(box);
	box_wait_clock(box, "unknown");
	ran = box_faroctl(box, "status", NULL);
	assert_non_null(strstr(ran.out, "clock     not known"));
	ran_free(&ran);
	ran = box_faroctl(box, "doctor", NULL);
	assert_non_null(strstr(ran.out, "nobody has told it; alerts go"));
	ran_free(&ran);
	ran = box_faroctl(box, "members", "add", mia.phone, NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	person_texts(box, &ana, "ALERT vans at 5th and Main");
	digits_of(expect_text(box, &ana, "Reply ")->text, 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &mia, "vans at 5th and Main");
	box_free(box);
}

static void what_was_written_before_is_dated_when_it_is_known(void **state)
{
	struct box *box = box_new(&network_only);

	(void)state;
	modems_clocks_say(box, year_of_2080());
	box_start(box);
	box_wait_clock(box, "unknown");
	/* its centre does not know the time either */
	sim_do(box, "{s:s,s:s,s:s,s:s,s:I}", "cmd", "text", "from", eva.phone, "text",
		"REPORT a van at 5th", "modem", "sim1", "sent_ms", (json_int_t)YEAR_2004_MS);
	expect_text(box, &eva, "#1");
	box_wait_clock(box, "unknown");
	network_tells(box, FAR_S);
	box_wait_clock(box, "network");
	expect_year_of(box, 1, FAR_S);
	/* the same process again, and another one: the time is still known */
	assert_int_equal(box_stop(box), 0);
	modems_clocks_say(box, year_of_1970());
	box_start(box);
	box_wait_clock(box, "network");
	box_free(box);
}

static void a_text_tells_the_time_when_nobody_else_does(void **state)
{
	struct box *box = box_new(&network_only);
	int64_t now_s = (int64_t)time(NULL);

	(void)state;
	modems_clocks_say(box, year_of_1970());
	box_start(box);
	sim_do(box, "{s:s,s:s,s:s,s:s,s:I}", "cmd", "text", "from", eva.phone, "text",
		"REPORT a van at 5th", "modem", "sim1", "sent_ms",
		(json_int_t)((now_s + FAR_S) * 1000));
	expect_text(box, &eva, "#1");
	box_wait_clock(box, "text");
	expect_year_of(box, 1, FAR_S);
	/* who is trusted more sets it right */
	network_tells(box, 0);
	box_wait_clock(box, "network");
	box_free(box);
}

static void a_machine_with_a_battery_is_believed_when_the_settings_say_so(void **state)
{
	struct box *box = box_new(&battery);

	(void)state;
	modems_clocks_say(box, FAR_S);
	box_start(box);
	box_wait_clock(box, "system");
	person_texts(box, &eva, "REPORT a van at 5th");
	expect_text(box, &eva, "#1");
	expect_year_of(box, 1, 0);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(before_the_time_is_known_alerts_go),
		cmocka_unit_test(what_was_written_before_is_dated_when_it_is_known),
		cmocka_unit_test(a_text_tells_the_time_when_nobody_else_does),
		cmocka_unit_test(a_machine_with_a_battery_is_believed_when_the_settings_say_so),
	};

	return run_stories(stories);
}
