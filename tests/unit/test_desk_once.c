/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every text is handled once, in one transaction: effect, replies and the mark land together or not
 * at all - when the disk is full, when the process dies in the middle, when a text cannot be
 * handled, and under random texts.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "desk_world.h"
#include "store_peek.h"

#define WAITING   "SELECT count(*) FROM text WHERE state = 1"
#define HANDLED   "SELECT count(*) FROM text WHERE state = 2"
#define INCIDENTS "SELECT count(*) FROM incident"
#define NOTES     "SELECT count(*) FROM note WHERE what = 'reported'"
#define MESSAGES  "SELECT count(*) FROM message"
#define FAILED    "SELECT count(*) FROM text WHERE taken_for = 'failed'"

/* ---- the disk is full ---- */

/*
 * Writing stops after `more` bytes of a log that begins anew (its file has its length from the
 * start): some transactions die in their writes, some in their commit.
 */
static void disk_is_full(struct world *w, off_t more)
{
	struct rlimit limit = { 0 };

	assert_int_equal(sqlite3_wal_checkpoint_v2(
				 w->store->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL),
		SQLITE_OK);
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = (rlim_t)more;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void disk_is_free(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_commit_that_fails_leaves_the_text_waiting_and_nothing_else(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	log_set_level(LOG_LEVEL_ALERT);
	for (off_t more = 0; more < 40000; more += 4000) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		int rc = 0;

		texts(w, "Ben", "HELP");
		text_arrives(w, phone_of("Eva"), "REPORT vans at 5th");
		w->wakes = 0;
		disk_is_full(w, more);
		for (int i = 0; i < 5;
			i++) /* it is no fault of the text's, however often it fails */
			if ((rc = desk_handle_next(w->desk, w->now_ms)) >= 0)
				break;
		disk_is_free();
		if (rc < 0) {
			assert_int_equal(w->wakes, 0); /* nobody was told of what did not happen */
			assert_int_equal(store_peek(w->store, WAITING), 1);
			assert_int_equal(store_peek(w->store, INCIDENTS), 0);
			assert_int_equal(store_peek(w->store, MESSAGES), 1);
			assert_int_equal(store_peek(w->store, FAILED), 0);
		}
		settle(w);
		assert_int_equal(store_peek(w->store, WAITING), 0);
		assert_int_equal(store_peek(w->store, INCIDENTS), 1);
		hears(w, "Eva", "It is report #1");
		hears_nothing(w, "Eva");
		hears(w, "Ana", "#1 REPORT");
		hears_nothing(w, "Ana");
		if (more == 0)
			assert_true(rc < 0);
		world_destroy(w);
	}
}

/* ---- the process dies ---- */

static void handle_until_killed(struct world *w, int ready)
{
	world_open(w);
	if (write(ready, "x", 1) != 1)
		_exit(1);
	/* they came ten minutes apart: a fast life must not take them for a flood */
	while (desk_handle_next(w->desk, w->now_ms) == 1)
		w->now_ms += 10 * MS_PER_MIN;
	for (;;)
		pause();
}

/* How long a text takes here: a life ends within a few of them, on any machine. */
static int64_t text_takes_us(struct world *w)
{
	int64_t from_us = time_mono_us();

	for (int i = 0; i < 10; i++)
		assert_int_equal(desk_handle_next(w->desk, w->now_ms + i * 10 * MS_PER_MIN), 1);
	return (time_mono_us() - from_us) / 10;
}

static void killed_at_any_moment_a_text_has_happened_wholly_or_not_at_all(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	int64_t handled, text_us, kills_in_between = 0;

	(void)state;
	srand(7);
	for (int i = 0; i < 300; i++) {
		char body[32];

		snprintf(body, sizeof(body), "REPORT van %d", i);
		text_arrives(w, phone_of("Eva"), body);
		w->now_ms += 10 * MS_PER_MIN;
	}
	text_us = text_takes_us(w);
	handled = store_peek(w->store, HANDLED);
	world_close(w);
	for (int kill_n = 0; kill_n < 60; kill_n++) {
		int64_t nap_us = rand() % (3 * text_us);
		struct timespec nap = { nap_us / 1000000, nap_us % 1000000 * 1000 };
		int ready[2];
		char byte;
		pid_t child;

		assert_int_equal(pipe(ready), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			handle_until_killed(w, ready[1]);
		close(ready[1]);
		assert_int_equal(read(ready[0], &byte, 1), 1);
		close(ready[0]);
		nanosleep(&nap, NULL); /* any moment will do: the test holds at each */
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		world_open(w);
		kills_in_between += store_peek(w->store, HANDLED) > handled;
		handled = store_peek(w->store, HANDLED);
		assert_int_equal(store_peek(w->store, INCIDENTS), handled);
		assert_int_equal(store_peek(w->store, NOTES), handled);
		assert_int_equal(
			store_peek(w->store, "SELECT count(DISTINCT answers) FROM message"),
			handled);
		/*
		 * one for each of the two dispatchers and the admin, one for Eva unless she is
		 * muted
		 */
		assert_true(store_peek(w->store, MESSAGES) >= 3 * handled);
		/* before alerts, and in a flood behind them: each is told to all three, once */
		assert_int_equal(
			store_peek(w->store, "SELECT count(*) FROM message WHERE class IN (1, 3)"),
			3 * handled);
		world_close(w);
	}
	world_open(w);
	settle(w);
	assert_int_equal(store_peek(w->store, HANDLED), 300);
	assert_int_equal(store_peek(w->store, INCIDENTS), 300);
	assert_int_equal(store_peek(w->store, FAILED), 0);
	print_message("%lld of 300 texts handled between kills that did something: %lld\n",
		(long long)handled, (long long)kills_in_between);
	world_destroy(w);
}

/* ---- a text that cannot be handled ---- */

static void damage_person(struct world *w, int64_t id)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "DELETE FROM identity WHERE id = %lld", (long long)id);
	assert_int_equal(sqlite3_exec(w->store->db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void a_text_that_fails_three_times_is_set_aside_and_those_behind_it_are_handled(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	log_set_level(LOG_LEVEL_ALERT - 1);
	text_arrives(w, phone_of("Eva"), "REPORT vans at 5th");
	text_arrives(w, phone_of("Ben"), "HELP");
	damage_person(w, row_of(w, "Eva").id);
	assert_true(desk_handle_next(w->desk, w->now_ms) < 0);
	assert_true(desk_handle_next(w->desk, w->now_ms) < 0);
	assert_int_equal(store_peek(w->store, FAILED), 0);
	assert_int_equal(desk_handle_next(w->desk, w->now_ms), 1);
	assert_int_equal(store_peek(w->store, FAILED), 1);
	settle(w);
	hears(w, "Ben", "neighborhood alert line");
	assert_int_equal(store_peek(w->store, WAITING), 0);
	world_destroy(w);
}

/* Handling Eva's text kills the process, whatever else waits. */
static bool deadly(void *ctx, const char *phone)
{
	(void)ctx;
	if (strcmp(phone, phone_of("Eva")) == 0)
		_exit(9);
	return false;
}

static void die_of_a_text(struct world *w)
{
	struct desk_events events = world_events;
	struct store_config config = { .data_dir = w->dir, .key_file = "" };
	struct store_health health;
	char why[128];

	events.own_number = deadly;
	if (store_open(&config, &w->store, &health, why, sizeof(why)) < 0 ||
		desk_new(w->settings, w->store, w->speech, &events, w, w->now_ms, &w->desk) < 0)
		_exit(1);
	while (desk_handle_next(w->desk, w->now_ms) == 1)
		;
	_exit(0);
}

static void a_text_that_kills_the_process_at_each_start_is_set_aside(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	int status, starts = 0;

	(void)state;
	text_arrives(w, phone_of("Mia"), "HELP");
	text_arrives(w, phone_of("Eva"), "REPORT vans at 5th");
	text_arrives(w, phone_of("Ben"), "HELP");
	world_close(w);
	do {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			die_of_a_text(w);
		waitpid(child, &status, 0);
		starts++;
	} while (WEXITSTATUS(status) == 9 && starts < 40);
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_in_range(starts, 10, 30);
	world_open(w);
	assert_int_equal(store_peek(w->store, FAILED), 1);
	assert_int_equal(store_peek(w->store, WAITING), 0);
	settle(w);
	hears(w, "Mia", "neighborhood alert line");
	hears(w, "Ben", "neighborhood alert line");
	world_destroy(w);
}

/* ---- random texts ---- */

static uint32_t dice_state = 20260101;

static unsigned int dice(unsigned int n)
{
	dice_state = dice_state * 1664525 + 1013904223;
	return (dice_state >> 8) % n;
}

static void random_word(struct strbuf *out)
{
	static const char *const some[] = { "JOIN", "yes", "sí", "NO", "STOP", "START", "HELP",
		"LANG", "es", "en", "español", "ZONE", "north", "sur", "REPORT", "REPORTE", "ALERT",
		"ALERTA", "NEED", "NECESITO", "ALL", "#1", "#2", "#", "1", "2", "17", "4821",
		"0000", "99999999999999999999", "ETA", "HERE", "DONE", "DUTY", "ON", "OFF", "TAKE",
		"CONFIRM", "FALSE", "UPDATE", "CLEAR", "CANCEL", "STATUS", "ADD", "REMOVE", "ROLE",
		"BLOCK", "PAUSE", "RESUME", "+15105550106", "(510) 555-0107", "P3", "P99", "member",
		"dispatcher", "admin", "rights", "vans", "at", "5th", "{box}", "{text", "}", "%s%n",
		"no más", "take me off", "'; DROP TABLE person;--", "\xF0\x9F\x9A\xA8", "中文",
		"\xCC\x81", "\xFF", "\x01", "\n", "\t", "....", "!!!", "<code>" };
	char cp[5] = "";

	if (dice(8) > 0) {
		strbuf_add(out, some[dice(ARRAY_SIZE(some))]);
		return;
	}
	for (unsigned int n = dice(12); n > 0; n--) {
		cp[utf8_put(cp, 1 + dice(0x3000))] = '\0';
		strbuf_add(out, cp);
	}
}

static void random_text(struct world *w, char *memory, size_t size)
{
	struct strbuf out;

	strbuf_init(&out, memory, size);
	for (unsigned int n = dice(50) == 0 ? 400 : 1 + dice(6); n > 0; n--) {
		random_word(&out);
		strbuf_add(&out, dice(10) ? " " : "");
	}
	if (dice(20) == 0)
		text_copy(memory, size, w->code);
}

/* After STOP nothing but what STOP and HELP themselves say reaches a person. */
static void suppressed_hear_nothing_else(struct world *w)
{
	for (int i = 0; i < w->n_heard; i++) {
		struct person person;

		if (w->heard[i].class == CLASS_STOP)
			continue;
		assert_int_equal(store_person_find(w->store, w->heard[i].to, &person), 0);
		if (person.suppressed)
			fail_msg("after STOP %s hears \"%s\"", name_of(w->heard[i].to),
				w->heard[i].text);
	}
}

static void random_texts_of_everybody_are_each_handled_once(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	static char text[8192];
	struct store_counts counts;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		const struct someone *who = &people[dice(ARRAY_SIZE(people))];

		random_text(w, text, sizeof(text));
		forget(w);
		texts(w, who->name, text);
		for (int k = 0; k < w->n_heard; k++)
			keep_code(w, w->heard[k].text);
		suppressed_hear_nothing_else(w);
		if (dice(5) == 0)
			time_goes_on(w, w->now_ms + dice(30) * MS_PER_MIN);
		if (dice(300) == 0) {
			world_restart(w);
		}
	}
	assert_int_equal(store_counts(w->store, &counts), 0);
	assert_int_equal(counts.received, 3000);
	assert_int_equal(counts.handled, 3000);
	assert_int_equal(store_peek(w->store, FAILED), 0);
	world_destroy(w);
}

/* ---- what survives ---- */

static void a_pause_survives_a_restart(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	struct desk_state lights;

	(void)state;
	texts(w, "Rosa", "PAUSE");
	world_restart(w);
	assert_int_equal(desk_get_state(w->desk, w->now_ms, &lights), 0);
	assert_true(lights.paused);
	texts(w, "Rosa", "RESUME");
	assert_false(w->paused);
	world_destroy(w);
}

static void a_reload_takes_over_people_and_zones_between_two_texts(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	const struct settings *before = w->settings;

	(void)state;
	w->settings = world_settings(
		BOX_GROUP "list : { zones = ( { id = \"hills\"; names = ( \"hills\" ); } ); };\n"
			  "people = ( { phone = \"+15105550110\"; name = \"Ben\"; role = "
			  "\"dispatcher\"; } );\n");
	assert_int_equal(desk_reload(w->desk, w->settings, w->speech, w->now_ms), 0);
	settings_free(before);
	texts(w, "Ben", "STATUS");
	hears(w, "Ben", "modems ready");
	texts(w, "Eva", "JOIN hills");
	hears(w, "Eva", "alerts for hills");
	assert_int_equal(row_of(w, "Ana").role, ROLE_MEMBER);
	world_destroy(w);
}

/* ---- a clock that is wrong ---- */

static int64_t oldest_kept_day(struct world *w)
{
	int64_t oldest_ms;

	assert_int_equal(store_oldest_words(w->store, &oldest_ms), 0);
	return (oldest_ms - NOW_MS) / MS_PER_DAY;
}

static void a_clock_that_jumps_ahead_forgets_nothing_for_a_day_and_then_little(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	for (int day = 0; day < 20; day++) {
		w->now_ms = NOW_MS + day * MS_PER_DAY;
		for (int i = 0; i < 15; i++)
			text_arrives(w, phone_of("Mia"), "there is a van at 5th");
		settle(w);
	}
	assert_int_equal(oldest_kept_day(w), 0);
	w->now_ms += 3650 * MS_PER_DAY;
	for (int hour = 0; hour < 24; hour++) {
		settle(w);
		assert_int_equal(oldest_kept_day(w), 0); /* there is a day to set it right */
		w->now_ms += MS_PER_H;
		if (hour == 12)
			world_close(w), world_open(w);
	}
	for (int hour = 0; hour < 3; hour++) {
		for (int i = 0; i < 20; i++)
			settle(w);
		assert_in_range(oldest_kept_day(w), 1, hour + 2);
		w->now_ms += MS_PER_H;
	}
	/* set right again, nothing more goes than is old */
	w->now_ms = NOW_MS + 20 * MS_PER_DAY;
	settle(w);
	assert_in_range(oldest_kept_day(w), 1, 4);
	/* and it goes when it is */
	for (int day = 21; day < 60; day++) {
		w->now_ms = NOW_MS + day * MS_PER_DAY;
		settle(w);
	}
	assert_true(oldest_kept_day(w) > 20);
	world_destroy(w);
}

/* Who does not know the time does not know what is old. */
static void nothing_is_forgotten_before_the_time_is_known(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	text_arrives(w, phone_of("Mia"), "there is a van at 5th");
	settle(w);
	desk_set_time_known(w->desk, false);
	for (int day = 1; day < 40; day++) {
		w->now_ms = NOW_MS + day * MS_PER_DAY;
		settle(w);
	}
	assert_int_equal(oldest_kept_day(w), 0);
	desk_set_time_known(w->desk, true);
	for (int hour = 0; hour < 30; hour++) {
		w->now_ms += MS_PER_H;
		settle(w);
	}
	assert_int_not_equal(oldest_kept_day(w), 0);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_that_fails_leaves_the_text_waiting_and_nothing_else),
		cmocka_unit_test(killed_at_any_moment_a_text_has_happened_wholly_or_not_at_all),
		cmocka_unit_test(
			a_text_that_fails_three_times_is_set_aside_and_those_behind_it_are_handled),
		cmocka_unit_test(a_text_that_kills_the_process_at_each_start_is_set_aside),
		cmocka_unit_test(random_texts_of_everybody_are_each_handled_once),
		cmocka_unit_test(a_pause_survives_a_restart),
		cmocka_unit_test(a_reload_takes_over_people_and_zones_between_two_texts),
		cmocka_unit_test(
			a_clock_that_jumps_ahead_forgets_nothing_for_a_day_and_then_little),
		cmocka_unit_test(nothing_is_forgotten_before_the_time_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
