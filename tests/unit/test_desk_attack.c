/* SPDX-License-Identifier: Apache-2.0 */
/* What forged numbers, robots, floods and hurried people try, and what they get. */
#include <signal.h>
#include <sys/resource.h>

#include "desk_world.h"

#define APPROVE_SETTINGS BOX_GROUP LIST_GROUP("approve") PEOPLE_GROUP INFO_GROUP

/* ---- onto the list without being asked or approved ---- */

static void stop_and_start_do_not_replace_an_admins_yes(void **state)
{
	struct world *w = world_make(APPROVE_SETTINGS);

	(void)state;
	texts(w, "Ben", "JOIN north");
	texts(w, "Ben", "YES");
	assert_int_equal(row_of(w, "Ben").state, PERSON_APPLICANT);
	texts(w, "Ben", "STOP");
	texts(w, "Ben", "START");
	assert_int_not_equal(row_of(w, "Ben").state, PERSON_ACTIVE);
	world_destroy(w);
}

static void whom_an_admin_removed_does_not_come_back_by_stop_and_start(void **state)
{
	struct world *w = world_of_people(APPROVE_SETTINGS);

	(void)state;
	texts(w, "Rosa", "REMOVE 5105550106");
	assert_int_equal(row_of(w, "Mia").state, PERSON_REMOVED);
	texts(w, "Mia", "STOP");
	texts(w, "Mia", "START");
	assert_int_not_equal(row_of(w, "Mia").state, PERSON_ACTIVE);
	world_destroy(w);
}

static void a_forged_stop_and_join_put_nobody_on_the_list(void **state)
{
	static const char *const words[] = { "JOIN", "START" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct world *w = world_make(USUAL_SETTINGS);

		texts(w, "Ben", "STOP");
		hears(w, "Ben", "you are off the list");
		texts(w, "Ben", words[i]);
		assert_int_not_equal(row_of(w, "Ben").state, PERSON_ACTIVE);
		hears(w, "Ben", "reply YES");
		texts(w, "Ben", "YES");
		assert_int_equal(row_of(w, "Ben").state, PERSON_ACTIVE);
		hears(w, "Ben", "Welcome");
		world_destroy(w);
	}
}

static void yes_after_add_answers_the_alert(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ben", "JOIN north");
	texts(w, "Rosa", "ADD 5105550110 responder");
	texts(w, "Ana", "ALERT vans at 5th");
	for (int i = 0; i < w->n_heard; i++)
		keep_code(w, w->heard[i].text);
	texts(w, "Ana", w->code);
	forget(w);
	texts(w, "Ben", "YES 10");
	hears(w, "Ben", "in 10 min");
	world_destroy(w);
}

/* ---- hurried people ---- */

static void a_dispatcher_who_mistypes_a_number_stays_on_the_list(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "CANCEL 71");
	assert_int_equal(row_of(w, "Ana").state, PERSON_ACTIVE);
	hears(w, "Ana", "There is no #71.");
	texts(w, "Rosa", "REMOVE 5");
	assert_int_equal(row_of(w, "Rosa").state, PERSON_ACTIVE);
	texts(w, "Rosa", "REMOVE me, that was the 5th");
	assert_int_equal(row_of(w, "Rosa").state, PERSON_LEFT);
	world_destroy(w);
}

static void the_same_alert_texted_again_always_gets_its_code(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (int i = 0; i < 8; i++) {
		forget(w);
		texts(w, "Ana", "ALERT vans at 5th");
		keep_code(w, hears(w, "Ana", "Reply "));
	}
	forget(w);
	texts(w, "Ana", w->code);
	hears(w, "Ana", "is going out");
	world_destroy(w);
}

static void a_number_that_cannot_be_needed_is_answered_with_what_is_right(void **state)
{
	static const char *const wrong[] = { "ALERT NEED 0 vans at 5th", "ALERT NEED 10000 vans",
		"ALERT north NEED 99999999999999999999 vans", "ALERT vans at 5th NEED 0",
		"ALERT NEED -3 vans at 5th" };
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		forget(w);
		texts(w, "Ana", wrong[i]);
		hears(w, "Ana", "ALERT [number] [zone] [NEED people] text");
	}
	world_destroy(w);
}

static void a_text_too_long_to_be_sent_whole_is_not_sent_in_half(void **state)
{
	static const char *const commands[] = { "ALERT ", "#1 ", "UPDATE 1 ", "CLEAR 1 " };
	struct world *w = world_of_people(USUAL_SETTINGS);
	char text[6000];

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th");
	texts(w, "Ana", "ALERT 1 vans at 5th");
	for (int i = 0; i < w->n_heard; i++)
		keep_code(w, w->heard[i].text);
	texts(w, "Ana", w->code);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		/* a text of 2048 bytes, one more than is kept */
		snprintf(text, sizeof(text), "%s%2047s!", commands[i], "vans");
		for (char *c = text + strlen(commands[i]); *c == ' '; c++)
			*c = 'x';
		forget(w);
		texts(w, "Ana", text);
		hears(w, "Ana", "too long");
		assert_int_equal(w->n_heard, 1);
	}
	world_destroy(w);
}

/* ---- floods ---- */

/* How many texts left before the first with this piece; -1: it never left. */
static int texts_before(const struct world *w, const char *piece)
{
	for (int i = 0; i < w->n_heard; i++)
		if (strstr(w->heard[i].text, piece))
			return i;
	return -1;
}

/* Three dispatchers are told of ten strangers' texts before a code leaves, and of no more. */
#define BEFORE_A_CODE 30

static void flood(struct world *w, bool from_one)
{
	char body[64];

	w->deaf = true;
	for (int i = 0; i < 200; i++) {
		snprintf(body, sizeof(body), "what is going on, number %d", i);
		stranger_texts(w, from_one ? 0 : i, body);
	}
	settle(w);
}

static void a_flood_keeps_neither_the_code_nor_the_alert_waiting(void **state)
{
	(void)state;
	for (int from_one = 0; from_one < 2; from_one++) {
		struct world *w = world_of_people(USUAL_SETTINGS);

		flood(w, from_one);
		texts(w, "Ana", "ALERT vans at 5th");
		w->deaf = false;
		assert_int_equal(deliver(w, BEFORE_A_CODE + 1), BEFORE_A_CODE + 1);
		assert_true(texts_before(w, "Reply ") >= 0);
		for (int i = 0; i < w->n_heard; i++)
			keep_code(w, w->heard[i].text);
		forget(w);
		w->deaf = true;
		texts(w, "Ana", w->code);
		w->deaf = false;
		deliver(w, BEFORE_A_CODE + 8);
		assert_in_range(texts_before(w, "ALERT #"), 0, BEFORE_A_CODE);
		world_destroy(w);
	}
}

static void every_text_of_a_flood_is_told_or_counted(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	int told = 0;

	(void)state;
	flood(w, false);
	w->deaf = false;
	settle(w);
	for (int i = 0; i < w->n_heard; i++)
		told += strcmp(w->heard[i].to, phone_of("Ana")) == 0;
	assert_int_equal(told, 40);
	forget(w);
	time_goes_on(w, w->now_ms + 10 * MS_PER_MIN);
	assert_true(texts_before(w, "160 were not passed on one by one") >= 0);
	world_destroy(w);
}

static void a_robot_that_says_help_is_not_answered_for_ever(void **state)
{
	static const bool left[] = { false, true };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
		struct world *w = world_make(USUAL_SETTINGS);

		if (left[i])
			texts(w, "Ben", "STOP");
		forget(w);
		for (int n = 0; n < 200; n++) {
			w->now_ms += 2 * MS_PER_S;
			texts(w, "Ben", "HELP");
		}
		assert_int_equal(w->n_heard, 5);
		forget(w);
		w->now_ms += MS_PER_H;
		texts(w, "Ben", "HELP");
		assert_int_equal(w->n_heard, 1);
		world_destroy(w);
	}
}

/* ---- forged numbers ---- */

static bool code_waits(const struct world *w)
{
	struct alert alert;

	return store_alert_pending(w->store, 0, w->now_ms, &alert) == 1;
}

/* A code that is not the one that waits. */
static void guess(struct world *w, int n)
{
	char code[8];

	snprintf(code, sizeof(code), "%04d", n % 10000);
	if (strcmp(code, w->code) == 0)
		snprintf(code, sizeof(code), "%04d", (n + 5000) % 10000);
	texts(w, "Ana", code);
}

/* Two guesses an alert never reach the third wrong code of one; still they are few an hour. */
static int guesses_of_an_hour(struct world *w)
{
	int guesses = 0;

	for (int i = 0; i < 100; i++) {
		char body[64];

		snprintf(body, sizeof(body), "ALERT vans at 5th, number %d", i);
		forget(w);
		texts(w, "Ana", body);
		for (int k = 0; k < w->n_heard; k++)
			keep_code(w, w->heard[k].text);
		for (int k = 0; k < 2 && code_waits(w); k++)
			guess(w, 2 * guesses++ + 1);
		w->now_ms += 30 * MS_PER_S;
	}
	return guesses;
}

static void a_forged_number_cannot_go_on_guessing_codes(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	assert_in_range(guesses_of_an_hour(w), 2, 12);
	forget(w);
	texts(w, "Ana", "ALERT vans at 6th");
	hears(w, "Ana", "Too many wrong codes");
	texts(w, "Abe", "ALERT vans at 7th"); /* the others go on */
	confirms(w, "Abe", "Reply ");
	hears(w, "Abe", "is going out");
	w->now_ms += 2 * MS_PER_H;
	settle(w);
	forget(w);
	texts(w, "Ana", "ALERT vans at 8th");
	hears(w, "Ana", "Reply ");
	world_destroy(w);
}

static void the_real_admins_hear_of_every_dispatcher_that_is_made(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	static const char *const made[] = { "ADD 5105550110 dispatcher Ben",
		"ROLE 5105550104 admin" };

	(void)state;
	texts(w, "Rosa", "ROLE 5105550105 admin");
	confirms(w, "Rosa", "Responda ");
	/* a forger floods in Rosa's name until the loop guard keeps the answers from her */
	for (int i = 0; i < 130; i++) {
		char body[32];

		snprintf(body, sizeof(body), "STATUS %d", i);
		texts(w, "Rosa", body);
	}
	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		forget(w);
		texts(w, "Rosa", made[i]);
		confirms(w, "Rosa", "Responda ");
		assert_non_null(next_heard(w, "Rosa"));
		assert_non_null(next_heard(w, "Dan"));
	}
	world_destroy(w);
}

/* ---- unlucky admins ---- */

static void an_alert_that_needs_less_than_nobody_is_refused(void **state)
{
	static const int wrong[] = { -1, -5, 10000, INT32_MIN };
	struct world *w = world_of_people(USUAL_SETTINGS);
	struct desk_promise promise;
	char why[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct desk_alert_request request = { .need = wrong[i], .text = "vans at 5th" };

		assert_int_equal(desk_alert_prepare(
					 w->desk, &request, w->now_ms, &promise, why, sizeof(why)),
			-EINVAL);
		assert_non_null(strstr(why, "9999"));
	}
	world_destroy(w);
}

#define SWAPPED_ZONES                                                                              \
	"list : { join = \"open\"; zones = (\n"                                                    \
	"  { id = \"south\"; names = ( \"south\", \"sur\" ); },\n"                                 \
	"  { id = \"north\"; names = ( \"north\", \"norte\" ); } ); };\n"

static int reload_on_a_full_disk(struct world *w, const struct settings *settings)
{
	struct rlimit limit;
	rlim_t before;
	int rc;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	before = limit.rlim_cur;
	limit.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	rc = desk_reload(w->desk, settings, w->speech, w->now_ms);
	limit.rlim_cur = before;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	return rc;
}

static void a_reload_that_fails_leaves_every_zone_where_it_was(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	const struct settings *swapped =
		world_settings(BOX_GROUP SWAPPED_ZONES PEOPLE_GROUP INFO_GROUP);

	(void)state;
	assert_true(reload_on_a_full_disk(w, swapped) < 0);
	texts(w, "Ana", "ALERT north vans at 5th");
	for (int i = 0; i < w->n_heard; i++)
		keep_code(w, w->heard[i].text);
	forget(w);
	texts(w, "Ana", w->code);
	hears(w, "Mia", "ALERT"); /* north */
	hears_nothing(w, "Max");  /* south */
	settings_free(swapped);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stop_and_start_do_not_replace_an_admins_yes),
		cmocka_unit_test(whom_an_admin_removed_does_not_come_back_by_stop_and_start),
		cmocka_unit_test(a_forged_stop_and_join_put_nobody_on_the_list),
		cmocka_unit_test(yes_after_add_answers_the_alert),
		cmocka_unit_test(a_dispatcher_who_mistypes_a_number_stays_on_the_list),
		cmocka_unit_test(the_same_alert_texted_again_always_gets_its_code),
		cmocka_unit_test(a_number_that_cannot_be_needed_is_answered_with_what_is_right),
		cmocka_unit_test(a_text_too_long_to_be_sent_whole_is_not_sent_in_half),
		cmocka_unit_test(a_flood_keeps_neither_the_code_nor_the_alert_waiting),
		cmocka_unit_test(every_text_of_a_flood_is_told_or_counted),
		cmocka_unit_test(a_robot_that_says_help_is_not_answered_for_ever),
		cmocka_unit_test(a_forged_number_cannot_go_on_guessing_codes),
		cmocka_unit_test(the_real_admins_hear_of_every_dispatcher_that_is_made),
		cmocka_unit_test(an_alert_that_needs_less_than_nobody_is_refused),
		cmocka_unit_test(a_reload_that_fails_leaves_every_zone_where_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
