/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that look whole and are not, files of older versions, and what lost rows leave behind: the
 * box begins, and what it begins with can be worked with.
 */
#include "store_world.h"

#include <sodium.h>

/* ---- the file, behind the store's back ------------------------------------------------------- */

static sqlite3 *file_of(struct world *w)
{
	char path[256];
	sqlite3 *db;
	snprintf(path, sizeof(path), "%s/faro.db", w->dir);
	OK(sqlite3_open(path, &db));
	return db;
}

static void change(struct world *w, const char *sql)
{
	char *why = NULL;
	sqlite3 *db = file_of(w);
	if (sqlite3_exec(db, sql, NULL, NULL, &why))
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

/* Runs sql while the index does not know of it. */
static void change_without(struct world *w, const char *index, const char *sql)
{
	char drop[256], back[256];
	snprintf(drop, sizeof(drop),
		"PRAGMA writable_schema = ON; CREATE TABLE kept AS SELECT * FROM sqlite_schema "
		"WHERE name = '%s'; DELETE FROM sqlite_schema WHERE name = '%s'",
		index, index);
	snprintf(back, sizeof(back),
		"PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM kept; "
		"DROP TABLE kept");
	change(w, drop);
	change(w, sql);
	change(w, back);
}

/* Sets the file aside and begins a new one of its rows. */
static void reopen_repaired(struct world *w)
{
	if (world_open(w))
		fail_msg("open: %s", w->why);
	assert_true(w->health.salvaged);
}

/* Damage that hits no row. */
static void lose(struct world *w, const char *sql)
{
	world_close(w);
	change(w, sql);
	change_without(w, "person_state", "UPDATE person SET state = 1 - state WHERE id = 1");
	reopen_repaired(w);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void a_message_that_its_index_has_lost_leaves_after_all(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t message = message_new(w, person_new(w, 1, ROLE_MEMBER, 1), 1, CLASS_REPLY);
	world_close(w);
	change(w, "UPDATE message SET lane = NULL");
	change_without(w, "message_ready", "UPDATE message SET lane = 0");
	reopen_repaired(w);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.message_id, message);
}

static void a_version_that_none_can_be_is_damage(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	world_close(w);
	change(w, "PRAGMA user_version = -77");
	reopen_repaired(w);
	assert_int_equal(person_now(w, ana).state, PERSON_ACTIVE);
}

/* Who is on the list, in a file as the program of version 3 had it. */
static void back_to_version_3(struct world *w)
{
	static const char rows[] =
		"INSERT INTO identity SELECT * FROM newer.identity;"
		"INSERT INTO fingerprint SELECT * FROM newer.fingerprint;"
		"INSERT INTO person SELECT id, role, state, configured, blocked, suppressed, "
		"language, zones, duty_until_ms, muted_until_ms, joined_ms, last_text_ms "
		"FROM newer.person";
	char old[256], newer[256], attach[300];
	sqlite3 *db;
	int from;
	snprintf(old, sizeof(old), "%s/old.db", w->dir);
	snprintf(newer, sizeof(newer), "%s/faro.db", w->dir);
	snprintf(attach, sizeof(attach), "ATTACH '%s' AS newer", newer);
	OK(store_connect(old, &db, w->why, sizeof(w->why)));
	OK(migrate(db, store_migrations, 3, &from, w->why, sizeof(w->why)));
	OK(sqlite3_exec(db, attach, NULL, NULL, NULL));
	OK(sqlite3_exec(db, rows, NULL, NULL, NULL));
	sqlite3_close(db);
	OK(rename(old, newer));
}

static void damage_header(struct world *w)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/faro.db", w->dir);
	int fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "lost", 4, 0), 4);
	close(fd);
}

/* An update meets a damaged file: the list is not lost for being of the version before. */
static void a_damaged_file_of_an_older_version_gives_its_people(void **state)
{
	struct world *w = *state;
	for (int header = 0; header < 2; header++) {
		int64_t ana = person_new(w, 1, ROLE_RESPONDER, 1);
		for (int i = 2; i < 90; i++)
			person_new(w, i, ROLE_MEMBER, 1);
		world_close(w);
		back_to_version_3(w);
		if (header)
			damage_header(w);
		else
			change_without(
				w, "person_state", "UPDATE person SET state = 5 WHERE id = 89");
		reopen_repaired(w);
		assert_int_equal(person_now(w, ana).state, PERSON_ACTIVE);
		assert_int_equal(person_now(w, ana).role, ROLE_RESPONDER);
		assert_int_equal(
			peek(w, "SELECT count(*) FROM person WHERE state = 2"), header ? 89 : 88);
		assert_int_equal(peek(w, "PRAGMA user_version"),
			store_migrations[store_migrations_count - 1].version);
	}
}

static void a_body_whose_row_is_lost_is_sent_and_its_number_is_not_given_again(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t ana = person_new(w, 1, ROLE_MEMBER, 1);
	int64_t message = message_new(w, ana, 2, CLASS_REPLY);
	lose(w, "DELETE FROM body");
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.message_id, message);
	/* Else nothing could ever be said again. */
	assert_int_not_equal(message_new(w, ana, 2, CLASS_REPLY), message);
}

static void what_was_queued_for_somebody_lost_goes_to_nobody_new(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	struct person stranger;
	person_new(w, 1, ROLE_MEMBER, 1);
	int64_t lost = person_new(w, 2, ROLE_ADMIN, 1);
	message_new(w, lost, 1, CLASS_REPLY);
	lose(w, "DELETE FROM person WHERE id = 2; DELETE FROM identity WHERE id = 2");
	OK(store_person_meet(w->store, phone_of(3), w->now_ms, &stranger));
	assert_int_not_equal(stranger.id, lost);
	assert_int_equal(stranger.role, ROLE_NEIGHBOR);
	assert_int_equal(claim(w, "sim1", &c), 0);
}

static void a_lost_incident_and_its_alert_keep_their_numbers(void **state)
{
	struct world *w = *state;
	int64_t ana = person_new(w, 1, ROLE_DISPATCHER, 1), incident, next;
	OK(store_incident_open(w->store, INCIDENT_REPORT, ana, w->now_ms, &incident));
	OK(store_incident_note(w->store, incident, ana, "said", "two vans", w->now_ms));
	lose(w, "INSERT INTO answer (alert, person, answer, eta_ms, at_ms) VALUES (7, 1, 1, 0, 5);"
		"DELETE FROM incident");
	struct incident found;
	OK(store_incident_get(w->store, incident, &found));
	assert_int_equal(found.state, INCIDENT_OPEN);
	OK(store_incident_open(w->store, INCIDENT_REPORT, ana, w->now_ms, &next));
	assert_int_equal(next, incident + 1);
	assert_int_equal(peek(w, "SELECT state FROM alert WHERE id = 7"), ALERT_EXPIRED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_that_its_index_has_lost_leaves_after_all),
		TEST(a_version_that_none_can_be_is_damage),
		TEST(a_damaged_file_of_an_older_version_gives_its_people),
		TEST(a_body_whose_row_is_lost_is_sent_and_its_number_is_not_given_again),
		TEST(what_was_queued_for_somebody_lost_goes_to_nobody_new),
		TEST(a_lost_incident_and_its_alert_keep_their_numbers),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
