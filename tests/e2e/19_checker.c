/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 19: who checks the checker. A run that has all that is judged in it is falsified in one
 * place, once for each way in which each thing that always holds may not hold, and the checker must
 * say just that.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_story.h"
#include "internal.h"
#include "proof.h"

#define FIRST(kind_, does_) "awk '1; /\"event\":\"" kind_ "\"/ && !n++ { " does_ "; print }' $J >$F"
/* All but the confirmation was queued long before. */
#define STOPPED_BEFORE_ALERT_1(ms_)                                                                \
	"UPDATE text SET handled_ms = (SELECT min(sent_ms) FROM message WHERE broadcast = 1) "     \
	"- " #ms_ " WHERE taken_for = 'stop'; UPDATE message SET queued_ms = queued_ms - 120000 "  \
	"WHERE class <> 0"
#define NONE(kind_) "grep -v '\"event\":\"" kind_ "\"' $J >$F"

/* The journal by a shell's word ($J it is, $F what is made of it), the database by SQL. */
static const struct {
	const char *said, *journal, *sql;
} falsehoods[] = {
	/* texts */
	{ " is lost: ", FIRST("inject", "sub(/van/, \"car\")"), NULL },
	{ "rows for 0 texts of the network", NONE("inject"), NULL },
	{ "is not handled", NULL, "UPDATE text SET state = 1 WHERE id = 1" },
	{ "was answered in two transactions", NULL,
		"UPDATE message SET queued_ms = queued_ms + 1 WHERE id = (SELECT max(id) FROM "
		"message "
		"WHERE answers = 1)" },
	{ "opened two incidents", NULL,
		"INSERT INTO incident (kind, state, reporter, opened_ms, changed_ms) SELECT kind, "
		"state, reporter, opened_ms, changed_ms FROM incident WHERE reporter <> 0" },
	/* alerts */
	{ "two copies of one broadcast", NULL,
		"UPDATE message SET person = (SELECT min(person) FROM message WHERE broadcast = 1) "
		"WHERE id = (SELECT max(id) FROM message WHERE broadcast = 1)" },
	{ "never queued to its end", NULL, "UPDATE broadcast SET pass = 1 WHERE gate = 0" },
	{ "has no row of an alert", NULL,
		"DELETE FROM message WHERE broadcast > 0 AND person = (SELECT max(id) FROM person "
		"WHERE state = 2 AND suppressed = 0 AND configured = 0)" },
	/* rows */
	{ "belongs to no row", FIRST("segment", "sub(/\"to\":\"[+]1/, \"\\\"to\\\":\\\"+2\")"),
		NULL },
	{ "left without having been handed over", NULL,
		"UPDATE message SET state = 0, tries = 0, unknowns = 0, accepted = 0, resent = 0 "
		"WHERE broadcast = 1" },
	/* accepted, delivered, doubles */
	{ "called accepted, 0 left", NONE("segment"), NULL },
	{ "segments were accepted", NULL, "UPDATE message SET accepted = 0 WHERE id = 1" },
	{ "called delivered, 0 reports came", NONE("reported"), NULL },
	{ "1 copies too many, 0 counted", FIRST("segment", ""), NULL },
	/* stop, end */
	{ "confirmations of STOP", "awk '1; /\"event\":\"segment\"/ && /off the list/' $J >$F",
		NULL },
	{ "person=", NULL,
		"UPDATE text SET handled_ms = handled_ms - 60000 WHERE taken_for = 'stop'; UPDATE "
		"message SET queued_ms = queued_ms - 120000" },
	{ "is the modem's second after the end",
		"sed 's/\"handed_ms\":[0-9]*/\"handed_ms\":1/' $J >$F",
		STOPPED_BEFORE_ALERT_1(1000) },
	/* sent again on a modem that was not told of it before */
	{ " was begun ", NULL, STOPPED_BEFORE_ALERT_1(3000) },
	{ " was begun -",
		"sed '/off the list/s/\"handed_ms\":[0-9]*/\"handed_ms\":1/; "
		"/off the list/!s/\"handed_ms\":[0-9]*/\"handed_ms\":2/' "
		"$J >$F",
		STOPPED_BEFORE_ALERT_1(500) },
	{ "ms after the end", NULL, "UPDATE alert SET ended_ms = ended_ms - 60000" },
	/* settled, file */
	{ "is not at its end", NULL,
		"UPDATE message SET state = 5 WHERE id = (SELECT max(id) FROM message)" },
	{ "the file is damaged", NULL,
		"PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = "
		"'message_person'" },
	{ "a line of the journal is none", "sed '1!b; s/^.*/{\"event\":\"segment\", none/' $J >$F",
		NULL },
};

/* What the checker says of the copies. */
static char *said(struct box *box, int *violations)
{
	char journal[192], database[192], key[192], *words = NULL;
	struct invariants of = {
		.journal = journal, .database = database, .key = key, .settled = true
	};
	struct invariants_found found;
	size_t size;
	FILE *out = open_memstream(&words, &size);

	assert_non_null(out);
	snprintf(journal, sizeof(journal), "%s/falsified", box->dir);
	snprintf(database, sizeof(database), "%s/falsified.db", box->dir);
	snprintf(key, sizeof(key), "%s/data/key", box->dir);
	assert_int_equal(invariants_check(&of, &found, out), 0);
	fclose(out);
	*violations = found.violations;
	return words;
}

static void falsify(struct box *box, const char *journal, const char *sql)
{
	char command[1024], path[192];
	sqlite3 *db;

	snprintf(command, sizeof(command),
		"J=%s/journal F=%s/falsified; cp $J $F; cp %s/data/faro.db $F.db; %s", box->dir,
		box->dir, box->dir, journal ? journal : "true");
	assert_int_equal(system(command), 0);
	if (!sql)
		return;
	snprintf(path, sizeof(path), "%s/falsified.db", box->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* Reports, alerts, STOP, START, CANCEL and CLEAR. */
static void work(struct box *box)
{
	char phone[24];
	struct person_of_test member = { phone, "a member" };
	struct ran ran;

	number_of(1, phone);
	import_people(box, 5);
	neighbor_reports(box, 1, "sim1");
	box_settle(box);
	start_alert(box, 1);
	start_alert(box, 2);
	box_settle(box);
	person_texts(box, &member, "STOP");
	expect_text(box, &member, "off the list");
	person_texts(box, &member, "START");
	box_settle(box);
	person_texts(box, &member, "Stop please");
	ran = box_faroctl(box, "cancel", "2", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	person_texts(box, &ana, "CLEAR 3");
	expect_text(box, &ana, "ALL CLEAR");
	box_settle(box);
	start_alert(box, 3);
	box_settle(box);
	box_wait_status(box, "outbox.sent", 0, false);
	assert_int_equal(box_stop(box), 0);
	sim_do(box, "{s:s}", "cmd", "flush");
}

static void each_falsehood_is_found(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	struct invariants_found found;

	(void)state;
	box_start(box);
	work(box);
	box_check_invariants(box, &found);
	assert_int_equal(found.stopped, 2);
	assert_true(found.ended >= 1);
	for (size_t i = 0; i < sizeof(falsehoods) / sizeof(falsehoods[0]); i++) {
		int violations;
		char *words;

		falsify(box, falsehoods[i].journal, falsehoods[i].sql);
		words = said(box, &violations);
		if (violations == 0 || !strstr(words, falsehoods[i].said))
			fail_msg("falsehood %zu: \"%s\" was not said, but:\n%s", i,
				falsehoods[i].said, words);
		free(words);
	}
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(each_falsehood_is_found),
	};

	return run_stories(stories);
}
