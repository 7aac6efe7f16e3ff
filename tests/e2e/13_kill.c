/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 13: somebody pulls the plug, two hundred times.
 *
 * farod is killed with SIGKILL at random moments while alerts go to 200 people and texts come in.
 * Afterwards nobody is missing, no text was handled twice, and the only duplicates are counted
 * unknowns.
 */
#include <sqlite3.h>
#include <time.h>

#include "cmocka_story.h"

#define PEOPLE 200
#define KILLS  200
#define MODEMS 2

static uint32_t dice = 20261121;

static uint32_t roll(uint32_t sides)
{
	dice = dice * 1664525U + 1013904223U;
	return (dice >> 8) % sides;
}

static void number_of(int i, char phone[24])
{
	/* 555-0100 to 555-0199 in two area codes */
	snprintf(phone, 24, "+1%d5550%03d", i < 100 ? 212 : 213, 100 + i % 100);
}

static void import_people(struct box *box)
{
	char path[256], phone[24];
	struct ran ran;
	FILE *file;

	snprintf(path, sizeof(path), "%s/people.csv", box_dir(box));
	file = fopen(path, "w");
	fprintf(file, "phone,name,role,language,zones\n");
	for (int i = 0; i < PEOPLE; i++) {
		number_of(i, phone);
		fprintf(file, "%s,Person %d,%s,%s,%s\n", phone, i, i % 3 ? "member" : "responder",
			i % 2 ? "en" : "es", i % 4 ? "north" : "south");
	}
	fclose(file);
	ran = box_faroctl(box, "members", "import", path, NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_wait_status(box, "members.active", PEOPLE + 2, false);
}

static void start_alert(struct box *box, int n)
{
	char text[64];
	struct ran ran;

	snprintf(text, sizeof(text), "alert number %d: come to the market", n);
	ran = box_faroctl(box, "alert", "--yes", "--no-wait", text, NULL);
	if (ran.code != 0)
		fail_msg("faroctl alert: %d %s", ran.code, ran.err);
	ran_free(&ran);
}

static int64_t query(struct box *box, const char *sql)
{
	sqlite3_stmt *statement;
	char path[256];
	int64_t value;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/data/faro.db", box_dir(box));
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

/* A moment of a life: some are killed while they start, most while they send. */
static void live_a_little(void)
{
	int ms = 1 + (int)roll(roll(4) ? 120 : 400);

	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

/* Nobody missing; the copies too many are at most what the box says it sent again. */
static void check_alerts(struct box *box, int alerts)
{
	int64_t too_many = 0;
	char text[64], phone[24];

	for (int n = 1; n <= alerts; n++) {
		snprintf(text, sizeof(text), "alert number %d:", n);
		for (int i = 0; i < PEOPLE; i++) {
			int copies;

			number_of(i, phone);
			copies = texts_with(box, phone, text);
			if (copies == 0)
				fail_msg("person %d never got alert %d", i, n);
			too_many += copies - 1;
		}
	}
	print_message("%d alerts to %d people, %d kills: %lld copies too many, %lld segments sent "
		      "again after an unknown\n",
		alerts, PEOPLE, KILLS, (long long)too_many,
		(long long)query(box, "SELECT coalesce(sum(resent), 0) FROM message"));
	assert_true(too_many <= query(box, "SELECT coalesce(sum(resent), 0) FROM message"));
	assert_true(too_many <= KILLS * MODEMS);
}

static void nobody_is_missing_after_200_kills(void **state)
{
	struct box *box = box_new(
		&(struct box_options){ .modems = MODEMS, .segment_ms = 10, .report_delay_ms = 30 });
	int alerts = 0, reports = 0;

	(void)state;
	box_start(box);
	import_people(box);
	for (int kills = 0; kills < KILLS; kills++) {
		struct person_of_test neighbor = { "+13105550100", "a neighbor" };
		char text[64], phone[24];

		/* a text comes in at every second kill, each from a number of its own */
		if (kills % 2 == 0 && reports < 100) {
			snprintf(phone, sizeof(phone), "+1310555%04d", 100 + reports);
			snprintf(text, sizeof(text), "REPORT van number %d at the market", reports);
			neighbor.phone = phone;
			person_texts(box, &neighbor, text);
			reports++;
		}
		if (kills % 40 == 0)
			start_alert(box, ++alerts);
		live_a_little();
		box_kill(box);
		/* every 40th life is waited for, because it starts the next alert */
		box_start_modems(box, kills % 40 == 39 ? 0 : -1);
	}
	box_wait_status(box, "inbox.received", reports, true);
	box_settle(box);
	box_wait_status(box, "outbox.unknown", 0, false);
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	box_hear(box);
	assert_int_equal(query(box, "SELECT count(*) FROM text WHERE state = 2"), reports);
	assert_int_equal(query(box, "SELECT count(*) FROM incident WHERE reporter <> 0"), reports);
	check_alerts(box, alerts);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(nobody_is_missing_after_200_kills),
	};

	return run_stories(stories);
}
