/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 47: posts and digests. A box that was switched off when the digest was due sends it when it
 * comes up: what is posted comes once, in each reader's language, though the box is killed at it.
 * In quiet hours it waits, and an alert does not.
 */
#include <sqlite3.h>
#include <time.h>

#include "cmocka_story.h"

#define OPEN "list : { quiet = \"\"; };\n"

static void clock_of(char out[8], int hours_from_now)
{
	time_t then = time(NULL) + hours_from_now * 3600;
	struct tm tm;

	setenv("TZ", "America/Los_Angeles", 1); /* box.timezone, unless it is told */
	tzset();
	localtime_r(&then, &tm);
	strftime(out, 8, "%H:%M", &tm);
}

static struct box *two_read_and_ana_posts(const char *settings)
{
	struct box *box = box_new(&(struct box_options){ .settings = settings });
	char code[8];

	box_start(box);
	person_joins(box, &ben, "JOIN");
	person_joins(box, &dan, "JOIN");
	person_texts(box, &dan, "español");
	expect_text(box, &dan, "Desde ahora");
	person_texts(box, &ben, "DIGEST DAILY");
	expect_text(box, &ben, "You get our digest every day");
	person_texts(box, &dan, "RESUMEN DIARIO");
	expect_text(box, &dan, "Usted recibe los avisos");
	person_texts(box, &ana, "POST Rights night on Friday");
	digits_of(expect_text(box, &ana, "The next digests go to 2 readers")->text, 4, code);
	person_texts(box, &ana, "ES Noche de derechos el viernes");
	digits_of(strstr(expect_text(box, &ana, "Added: ES Noche de derechos el viernes")->text,
			  "Reply "),
		4, code);
	person_texts(box, &ana, code);
	expect_text(box, &ana, "Posted");
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	return box;
}

/* The last digest was the day before yesterday: one was due while the box was off. */
static void a_day_passes(struct box *box)
{
	char path[256];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/data/faro.db", box_dir(box));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				 "UPDATE value SET value = value - 172800000 "
				 "WHERE name = 'digest daily'",
				 NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_changes(db), 1);
	sqlite3_close(db);
}

static void a_post_comes_once_in_each_language_though_the_box_is_killed(void **state)
{
	struct box *box = two_read_and_ana_posts(OPEN);

	(void)state;
	a_day_passes(box);
	box_start(box);
	expect_text(box, &ben, "Faro news: - Rights night on Friday. DIGEST OFF");
	box_kill(box);
	box_start(box);
	expect_text(box, &dan, "Avisos de Faro: - Noche de derechos el viernes. RESUMEN");
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, "Rights night"), 1);
	assert_int_equal(texts_with(box, dan.phone, "Noche de"), 1);
	box_free(box);
}

static void in_quiet_hours_it_waits_and_an_alert_does_not(void **state)
{
	char quiet[64], from[8], to[8], code[8];
	struct box *box;
	struct ran ran;

	(void)state;
	clock_of(from, -1);
	clock_of(to, 3);
	snprintf(quiet, sizeof(quiet), "list : { quiet = \"%s-%s\"; };\n", from, to);
	box = two_read_and_ana_posts(quiet);
	a_day_passes(box);
	box_start(box);
	box_wait_status(box, "outbox.queued", 2, false);
	person_texts(box, &ana, "ALERT vans at 5th");
	digits_of(expect_text(box, &ana, "Reply")->text, 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &ben, "vans at 5th");
	expect_text(box, &dan, "vans at 5th");
	box_wait_status(box, "outbox.queued", 2, false);
	assert_int_equal(texts_with(box, ben.phone, "Rights night"), 0);
	ran = box_faroctl(box, "status", NULL);
	assert_non_null(strstr(ran.out, "QUIET     bulk waits until"));
	ran_free(&ran);
	/* the morning comes early */
	box_configure(box, OPEN, NULL);
	ran = box_faroctl(box, "reload", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	expect_text(box, &ben, "Rights night");
	expect_text(box, &dan, "Noche de derechos");
	box_settle(box);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_post_comes_once_in_each_language_though_the_box_is_killed),
		cmocka_unit_test(in_quiet_hours_it_waits_and_an_alert_does_not),
	};

	return run_stories(stories);
}
