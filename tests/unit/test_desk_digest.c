/* SPDX-License-Identifier: Apache-2.0 */
/* POST and DIGEST: what goes to whom, when, once, and what it costs. */

#include "desk_world.h"

/* NOW_MS is a Monday, 7:13 in California; minutes from then to the next digests at 9:00. */
#define HOUR  60
#define DAY   (24 * HOUR)
#define NINE  107
#define LATER (NINE + 1)

static struct world *world_of_readers(const char *settings)
{
	struct world *w;

	live_in("America/Los_Angeles");
	w = world_of_people(settings);
	settle(w);
	return w;
}

static void converse(const struct line *lines, size_t n)
{
	struct world *w = world_of_readers(USUAL_SETTINGS);

	play(w, lines, n);
	world_destroy(w);
}
#define CONVERSE(lines) converse(lines, ARRAY_SIZE(lines))

static void a_post_comes_with_the_next_digest_once(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Mia", "DIGEST"),
		HEARS("Mia", "You get no digest of Faro."),
		SAYS(0, "Mia", "digest daily"),
		HEARS("Mia", "You get our digest every day at 09:00"),
		SAYS(0, "Max", "RESUMEN DIARIO"),
		HEARS("Max", "cada 24 horas, a las 09:00"),
		SAYS(1, "Ana", "POST Know your rights night is on Friday at 7"),
		HEARS("Ana",
			"The next digests go to 2 readers, 1 segment each, 2 together. Reply "),
		SAYS(2, "Ana", "ES La noche de sus derechos es el viernes a las 7"),
		HEARS("Ana",
			"2 together. Added: ES La noche de sus derechos es el viernes a las 7. "
			"Reply "),
		SAYS(3, "Ana", CODE),
		HEARS("Ana", "Posted"),
		TIME(NINE - 1),
		TIME(LATER),
		HEARS("Mia", "Faro news: - Know your rights night is on Friday at 7. DIGEST OFF"),
		HEARS("Max",
			"Avisos de Faro: - La noche de sus derechos es el viernes a las 7. RES"),
		/* no news, no digest */
		TIME(LATER + 3 * DAY),
		SAYS(LATER + 3 * DAY, "Mia", "DIGEST OFF"),
		HEARS("Mia", "You get no digest of Faro."),
	};

	(void)state;
	CONVERSE(talk);
}

/* Each period has its own next one; a week's has all of the week. */
static void daily_weekly_and_monthly_each_have_what_is_new_to_them(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Mia", "DIGEST DAILY"),
		HEARS("Mia", "every day"),
		SAYS(0, "Carla", "DIGEST WEEKLY"),
		HEARS("Carla", "once a week"),
		SAYS(0, "Dan", "RESUMEN MENSUAL"),
		HEARS("Dan", "una vez al mes"),
		/* that of this Monday */
		TIME(LATER),
		SAYS(LATER, "Ana", "POST One"),
		HEARS("Ana", "3 readers, 1 segment each, 3 together. Reply "),
		SAYS(LATER, "Ana", CODE),
		HEARS("Ana", "Posted"),
		TIME(LATER + DAY),
		HEARS("Mia", "news: - One. DIGEST OFF"),
		SAYS(LATER + DAY, "Ana", "POST Two"),
		HEARS("Ana", "Reply "),
		SAYS(LATER + DAY, "Ana", CODE),
		HEARS("Ana", "Posted"),
		TIME(LATER + 2 * DAY),
		HEARS("Mia", "news: - Two. DIGEST OFF"),
		TIME(LATER + 7 * DAY),
		HEARS("Carla", "news: - Two. - One. DIGEST OFF"),
		/* the first of October is ten days after that Monday */
		TIME(LATER + 10 * DAY),
		HEARS("Dan", "Avisos de Faro: - Two. - One. RESUMEN FUERA"),
		TIME(LATER + 40 * DAY),
	};

	(void)state;
	CONVERSE(talk);
}

static void reports_that_were_closed_are_counted_and_not_told(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Mia", "DIGEST DAILY"),
		HEARS("Mia", "every day"),
		SAYS(1, "Eva", "REPORT vans at 5th"),
		HEARS("Eva", "#1"),
		STAFF_HEAR("#1"),
		SAYS(1, "Flo", "REPORT men at 9th"),
		HEARS("Flo", "#2"),
		STAFF_HEAR("#2"),
		SAYS(2, "Ana", "FALSE 1"),
		HEARS("Ana", "#1 is closed"),
		SAYS(2, "Ana", "CLEAR 2"),
		HEARS("Ana", "#2 is closed"),
		TIME(LATER),
		HEARS("Mia", "Faro news: 2 reports were closed, 1 of them unfounded. DIGEST OFF"),
		TIME(LATER + 2 * DAY),
	};

	(void)state;
	CONVERSE(talk);
}

/* A number can be forged: without the code that went to it nothing is posted. */
static void a_post_takes_the_code_that_went_to_its_author(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Mia", "DIGEST DAILY"),
		HEARS("Mia", "every day"),
		SAYS(0, "Ana", "POST forged"),
		HEARS("Ana", "Reply "),
		SAYS(1, "Ana", "0000"),
		HEARS("Ana", "That is not the code. 2 tries left."),
		SAYS(1, "Ana", "0001"),
		HEARS("Ana", "That is not the code. 1 try left."),
		SAYS(1, "Ana", "0002"),
		HEARS("Ana", "It did not go out"),
		SAYS(2, "Ana", CODE),
		HEARS("Ana", "No alert waits for a code."),
		SAYS(3, "Ana", "POST too late"),
		HEARS("Ana", "Reply "),
		TIME(10),
		SAYS(10, "Ana", CODE),
		HEARS("Ana", "No alert waits for a code."),
		SAYS(11, "Mia", "POST me too"),
		HEARS("Mia", "A person reads it"),
		STAFF_HEAR("POST me too"),
		TIME(LATER),
	};

	(void)state;
	CONVERSE(talk);
}

static void who_left_or_has_no_such_language_is_served_rightly(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Mia", "DIGEST DAILY"),
		HEARS("Mia", "every day"),
		SAYS(0, "Carla", "DIGEST DAILY"),
		HEARS("Carla", "every day"),
		SAYS(1, "Ana", "POST One"),
		HEARS("Ana", "2 readers"),
		SAYS(1, "Ana", CODE),
		HEARS("Ana", "Posted"),
		SAYS(2, "Mia", "STOP"),
		HEARS("Mia", "off the list"),
		SAYS(3, "Mia", "START"),
		HEARS("Mia", "Welcome"),
		TIME(LATER),
		HEARS("Carla", "news: - One"),
	};
	struct world *w = world_of_readers(USUAL_SETTINGS);

	(void)state;
	assert_int_equal(store_person_set_language(w->store, row_of(w, "Carla").id, "xx"), 0);
	play(w, talk, ARRAY_SIZE(talk));
	world_destroy(w);
}

/* What has no room is counted, not cut; a post that is too long is refused. */
static void nothing_is_cut_in_silence(void **state)
{
	struct world *w = world_of_readers(USUAL_SETTINGS);
	char post[300], text[400];
	struct heard_text *heard;

	(void)state;
	texts(w, "Mia", "DIGEST DAILY");
	memset(post, 'x', 281);
	post[281] = '\0';
	snprintf(text, sizeof(text), "POST %s", post);
	forget(w);
	texts(w, "Ana", text);
	hears(w, "Ana", "POST and your news, at most 280 letters");
	for (int i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "POST %.*s %d", 90, post, i);
		texts(w, "Ana", text);
		keep_code(w, next_heard(w, "Ana")->text);
		forget(w);
		texts(w, "Ana", w->code);
		hears(w, "Ana", "Posted");
	}
	time_goes_on(w, NOW_MS + LATER * MS_PER_MIN);
	heard = next_heard(w, "Mia");
	assert_non_null(heard);
	assert_int_equal(heard->segments, 3);
	assert_non_null(strstr(heard->text, "x 9. - "));
	assert_non_null(strstr(heard->text, "(6 more had no room.) DIGEST OFF"));
	world_destroy(w);
}

/* Events have been announced: one that has no room is not told again. */
static void long_events_make_no_digest_longer(void **state)
{
	struct world *w = world_of_readers(USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n");
	char words[400], text[480];
	struct heard_text *heard;

	(void)state;
	texts(w, "Mia", "DIGEST DAILY");
	memset(words, 'x', 399);
	words[399] = '\0';
	for (int i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "EVENT sat 10:00 %d %s", i, words);
		texts(w, "Ana", text);
	}
	texts(w, "Ana", "POST One");
	forget(w);
	time_goes_on(w, NOW_MS + LATER * MS_PER_MIN);
	heard = next_heard(w, "Mia");
	assert_non_null(heard);
	assert_in_range(heard->segments, 1, 3);
	assert_non_null(strstr(heard->text, "- One"));
	assert_non_null(strstr(heard->text, "DIGEST OFF"));
	world_destroy(w);
}

/* Killed at any time, a box that comes up again sends an edition once. */
static void a_restart_sends_nothing_twice_and_leaves_nothing_out(void **state)
{
	struct world *w = world_of_readers(USUAL_SETTINGS);

	(void)state;
	texts(w, "Mia", "DIGEST DAILY");
	texts(w, "Ana", "POST One");
	keep_code(w, next_heard(w, "Ana")->text);
	texts(w, "Ana", w->code);
	forget(w);
	world_close(w);
	/* it is down at nine, and comes up at noon */
	w->now_ms += 6 * MS_PER_H;
	world_open(w);
	w->deaf = true;
	settle(w);
	world_restart(w);
	w->deaf = false;
	settle(w);
	hears(w, "Mia", "news: - One");
	hears_nothing(w, "Mia");
	world_restart(w);
	time_goes_on(w, w->now_ms + 2 * MS_PER_DAY);
	hears_nothing(w, "Mia");
	world_destroy(w);
}

/* It is bulk: the store's least urgent class, one body for each language. */
static void a_digest_is_bulk_with_one_body_for_a_language(void **state)
{
	struct world *w = world_of_readers(USUAL_SETTINGS);
	struct heard_text *heard;

	(void)state;
	texts(w, "Mia", "DIGEST DAILY");
	texts(w, "Carla", "DIGEST DAILY");
	texts(w, "Ana", "POST One");
	keep_code(w, next_heard(w, "Ana")->text);
	texts(w, "Ana", w->code);
	forget(w);
	time_goes_on(w, NOW_MS + LATER * MS_PER_MIN);
	for (int i = 0; i < 2; i++) {
		heard = next_heard(w, i ? "Mia" : "Carla");
		assert_non_null(heard);
		assert_int_equal(heard->class, CLASS_REST);
	}
	world_destroy(w);
}

/* A box whose clock was in another year sends neither at every tick nor never again. */
static void a_wrong_clock_does_no_lasting_harm(void **state)
{
	struct world *w = world_of_readers(USUAL_SETTINGS);

	(void)state;
	texts(w, "Mia", "DIGEST DAILY");
	forget(w);
	w->now_ms = NOW_MS + 20000 * MS_PER_DAY;
	settle(w);
	w->now_ms = NOW_MS + 10 * MS_PER_MIN;
	settle(w);
	texts(w, "Ana", "POST One");
	keep_code(w, next_heard(w, "Ana")->text);
	texts(w, "Ana", w->code);
	time_goes_on(w, NOW_MS + LATER * MS_PER_MIN);
	hears(w, "Mia", "news: - One");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

/* An event of Saturday, to which Mia comes. */
static void mia_comes_to_an_event(struct world *w)
{
	texts(w, "Mia", "DIGEST DAILY");
	texts(w, "Ana", "EVENT sat 10:00 Rights night");
	settle(w);
	texts(w, "Mia", "RSVP 1 3");
	forget(w);
}

static void a_clock_that_jumps_ahead_forgets_no_event(void **state)
{
	struct world *w = world_of_readers(USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n");
	struct rsvp_counts guests;
	struct bulletin event;

	(void)state;
	mia_comes_to_an_event(w);
	w->now_ms = NOW_MS + 400 * MS_PER_DAY;
	settle(w);
	time_goes_on(w, w->now_ms + 20 * MS_PER_H);
	w->now_ms = NOW_MS + HOUR * MS_PER_MIN;
	settle(w);
	forget(w);
	assert_int_equal(store_bulletin_get(w->store, 1, &event), 0);
	assert_int_equal(store_rsvp_count(w->store, 1, &guests), 0);
	assert_int_equal(guests.people, 3);
	time_goes_on(w, NOW_MS + LATER * MS_PER_MIN);
	world_destroy(w);
}

static void an_event_of_long_ago_is_forgotten_with_its_answers(void **state)
{
	struct world *w = world_of_readers(USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n");
	struct rsvp_counts guests;
	struct bulletin event;

	(void)state;
	mia_comes_to_an_event(w);
	time_goes_on(w, NOW_MS + 30 * MS_PER_DAY);
	assert_int_equal(store_bulletin_get(w->store, 1, &event), 0);
	assert_int_equal(store_rsvp_count(w->store, 1, &guests), 0);
	assert_int_equal(guests.people, 3);
	time_goes_on(w, NOW_MS + 40 * MS_PER_DAY);
	assert_int_equal(store_bulletin_get(w->store, 1, &event), -ENOENT);
	assert_int_equal(store_rsvp_count(w->store, 1, &guests), 0);
	assert_int_equal(guests.people, 0);
	world_destroy(w);
}

static void where_no_code_is_asked_for_it_is_posted_at_once(void **state)
{
	struct world *w = world_of_readers(USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n");

	(void)state;
	texts(w, "Mia", "DIGEST DAILY");
	texts(w, "Ana", "POST One");
	hears(w, "Ana", "Posted");
	time_goes_on(w, NOW_MS + LATER * MS_PER_MIN);
	hears(w, "Mia", "every day");
	hears(w, "Mia", "news: - One");
	world_destroy(w);
}

static void the_word_of_two_words_is_understood(void **state)
{
	struct world *w = world_of_readers(USUAL_SETTINGS);

	(void)state;
	assert_int_equal(store_person_set_language(w->store, row_of(w, "Mia").id, "vi"), 0);
	texts(w, "Mia", "bản tin tuần");
	hears(w, "Mia", "mỗi tuần lúc 09:00");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_comes_with_the_next_digest_once),
		cmocka_unit_test(daily_weekly_and_monthly_each_have_what_is_new_to_them),
		cmocka_unit_test(reports_that_were_closed_are_counted_and_not_told),
		cmocka_unit_test(a_post_takes_the_code_that_went_to_its_author),
		cmocka_unit_test(who_left_or_has_no_such_language_is_served_rightly),
		cmocka_unit_test(nothing_is_cut_in_silence),
		cmocka_unit_test(long_events_make_no_digest_longer),
		cmocka_unit_test(a_restart_sends_nothing_twice_and_leaves_nothing_out),
		cmocka_unit_test(a_digest_is_bulk_with_one_body_for_a_language),
		cmocka_unit_test(a_wrong_clock_does_no_lasting_harm),
		cmocka_unit_test(a_clock_that_jumps_ahead_forgets_no_event),
		cmocka_unit_test(an_event_of_long_ago_is_forgotten_with_its_answers),
		cmocka_unit_test(where_no_code_is_asked_for_it_is_posted_at_once),
		cmocka_unit_test(the_word_of_two_words_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
