/* SPDX-License-Identifier: Apache-2.0 */
/* Story 19: who checks the checker. A run is falsified in one place, and that is found. */
#include <sqlite3.h>

#include "cmocka_story.h"
#include "internal.h"
#include "proof.h"

static int violations(struct box *box)
{
	char journal[192], database[192], key[192];
	struct invariants of = {
		.journal = journal, .database = database, .key = key, .settled = true
	};
	struct invariants_found found;

	snprintf(journal, sizeof(journal), "%s/falsified", box->dir);
	snprintf(database, sizeof(database), "%s/data/faro.db", box->dir);
	snprintf(key, sizeof(key), "%s/data/key", box->dir);
	assert_int_equal(invariants_check(&of, &found, stdout), 0);
	return found.violations;
}

/* A shell's word on the journal; $J is the journal, $F what is made of it. */
static void falsify(struct box *box, const char *how)
{
	char command[512];

	snprintf(command, sizeof(command), "J=%s/journal F=%s/falsified; %s", box->dir, box->dir,
		how);
	assert_int_equal(system(command), 0);
}

static void change(struct box *box, const char *sql)
{
	char path[192];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/data/faro.db", box->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void each_falsehood_is_found(void **state)
{
	static const char *const journals[] = {
		/* a segment that never was; one twice; no report; a text not stored */
		"awk '!/\"event\":\"segment\"/ || n++' $J > $F",
		"awk '1; /\"event\":\"segment\"/ && !n++' $J > $F",
		"awk '!/\"event\":\"reported\"/ || n++' $J > $F",
		"awk '1; /\"event\":\"inject\"/ && !n++ { sub(/van/, \"car\"); print }' $J > $F",
		"awk '!/\"event\":\"inject\"/ || n++' $J > $F",
	};
	static const char *const rows[] = {
		"UPDATE message SET state = 0 WHERE id = (SELECT max(id) FROM message)",
		"DELETE FROM message WHERE id = (SELECT max(id) FROM message WHERE broadcast > 0)",
		"UPDATE text SET state = 1 WHERE id = 1",
	};
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	import_people(box, 5);
	start_alert(box, 1);
	neighbor_reports(box, 1, "sim1");
	box_settle(box);
	box_wait_status(box, "outbox.sent", 0, false);
	assert_int_equal(box_stop(box), 0);
	sim_do(box, "{s:s}", "cmd", "flush");
	falsify(box, "cp $J $F");
	assert_int_equal(violations(box), 0);
	for (size_t i = 0; i < sizeof(journals) / sizeof(journals[0]); i++) {
		falsify(box, journals[i]);
		if (violations(box) == 0)
			fail_msg("not found: %s", journals[i]);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		falsify(box, "cp $J $F");
		change(box, rows[i]);
		if (violations(box) == 0)
			fail_msg("not found: %s", rows[i]);
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
