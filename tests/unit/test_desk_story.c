/* SPDX-License-Identifier: Apache-2.0 */
/* STORY: asked for, kept on a yes, gone without one and on its teller's word. */
#include <sqlite3.h>

#include "desk_world.h"

#define DAY (24 * 60)

static int64_t kept_of(struct world *w, const char *name)
{
	int64_t kept;

	assert_int_equal(store_story_count(w->store, row_of(w, name).id, &kept), 0);
	return kept;
}

/* All that is kept, piece behind piece. */
static const char *all_words(struct world *w)
{
	static char words[4096];
	struct store_story_piece piece = { .id = 0 };
	int rc;

	for (words[0] = '\0'; (rc = store_story_next(w->store, &piece)) == 1;)
		snprintf(words + strlen(words), sizeof(words) - strlen(words), "[%s]", piece.text);
	assert_int_equal(rc, 0);
	return words;
}

static void a_story_is_kept_on_a_yes_and_goes_on_its_tellers_word(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "STORY They took my brother on his way to work"),
		HEARS("Eva", "may we keep this? Only our admins read it"),
		SAYS(1, "Eva", "story and he has two children"),
		HEARS("Eva", "may we keep this?"),
		SAYS(2, "Eva", "Yes, keep it"),
		HEARS("Eva", "Thank you, it is kept. Faro has 1 story of yours."),
		SAYS(3, "Eva", "STORY"),
		HEARS("Eva", "Faro has 1 story of yours."),
		SAYS(4, "Eva", "STORY Another one"),
		HEARS("Eva", "may we keep this?"),
		SAYS(5, "Eva", "yes"),
		HEARS("Eva", "Faro has 2 stories of yours."),
	};
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	play(w, talk, ARRAY_SIZE(talk));
	assert_string_equal(all_words(w),
		"[They took my brother on his way to work][and he has two children][Another one]");
	texts(w, "Eva", "Story: delete.");
	hears(w, "Eva", "Your 2 stories are deleted.");
	assert_string_equal(all_words(w), "");
	texts(w, "Eva", "STORY REMOVE");
	hears(w, "Eva", "There was no story of yours to delete.");
	world_destroy(w);
}

static void it_is_asked_and_answered_in_the_tellers_language(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Max", "HISTORIA Se llevaron a mi hermano"),
		HEARS("Max", "podemos guardar esto?"),
		SAYS(1, "Max", "si"),
		HEARS("Max", "queda guardada. Faro tiene 1 historia suya."),
		SAYS(2, "Max", "historia borrar"),
		HEARS("Max", "Su historia queda borrada."),
		SAYS(3, "Flo", "Relato vinieron de noche"),
		HEARS("Flo", "podemos guardar esto?"),
		SAYS(4, "Flo", "no"),
		HEARS("Flo", "No se guarda nada de eso."),
	};

	(void)state;
	TALK(talk);
}

static void a_no_and_a_day_without_a_yes_leave_nothing(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "STORY one"),
		HEARS("Eva", "may we keep this?"),
		SAYS(1, "Eva", "no"),
		HEARS("Eva", "It was not kept."),
		SAYS(2, "Eva", "STORY two"),
		HEARS("Eva", "may we keep this?"),
		TIME(2 + DAY),
		SAYS(3 + DAY, "Eva", "yes"),
		HEARS("Eva", "neighborhood alert line"),
		SAYS(4 + DAY, "Eva", "STORY YES"),
		HEARS("Eva", "Faro has no story of yours."),
	};
	struct world *w = world_of_people(USUAL_SETTINGS);
	int64_t at_ms;

	(void)state;
	play(w, talk, ARRAY_SIZE(talk));
	assert_int_equal(store_story_delete(w->store, row_of(w, "Eva").id), 0);
	assert_int_equal(store_story_next_end(w->store, &at_ms), 0);
	assert_true(at_ms == TIME_NEVER);
	world_destroy(w);
}

/* Texts in the inbox whose words are still there. */
static int64_t texts_with_words(struct world *w)
{
	char path[128];
	sqlite3_stmt *row;
	sqlite3 *db;
	int64_t count;

	world_close(w);
	snprintf(path, sizeof(path), "%s/faro.db", w->dir);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM text WHERE body IS NOT NULL",
				 -1, &row, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	count = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	sqlite3_close(db);
	world_open(w);
	return count;
}

/* The inbox does not keep what its teller has said no to; nor is any dispatcher told. */
static void the_words_are_in_no_other_place(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Eva", "STORY they took him");
	assert_int_equal(texts_with_words(w), 0);
	hears(w, "Eva", "may we keep this?");
	texts(w, "Eva", "no");
	assert_int_equal(texts_with_words(w), 1);
	hears(w, "Eva", "It was not kept.");
	hears_nothing(w, "Ana");
	hears_nothing(w, "Rosa");
	world_destroy(w);
}

static void a_kept_story_outlives_the_texts_of_the_inbox(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "privacy : { keep_text_days = 1; };\n");

	(void)state;
	texts(w, "Eva", "STORY they took him");
	texts(w, "Eva", "yes");
	time_goes_on(w, w->now_ms + 40 * MS_PER_DAY);
	assert_string_equal(all_words(w), "[they took him]");
	world_destroy(w);
}

static void yes_goes_to_what_asked_last(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Mia", "STORY they took him"),
		HEARS("Mia", "may we keep this?"),
		SAYS(1, "Ana", "ALERT north vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(1, "Ana", CODE),
		HEARS("Ana", "#1 is going out"),
		STAFF_HEAR("vans at 5th"),
		HEARS("Carla", "vans at 5th"),
		HEARS("Mia", "vans at 5th"),
		SAYS(2, "Mia", "yes 10"),
		HEARS("Mia", "Thank you! Counted for #1"),
		HEARS("Ana", "#1: 1 yes"),
		SAYS(3, "Mia", "STORY YES"),
		HEARS("Mia", "Faro has 1 story of yours."),
		/* and asked while the alert runs it is the story's */
		SAYS(4, "Mia", "STORY another"),
		HEARS("Mia", "may we keep this?"),
		SAYS(4, "Mia", "yes"),
		HEARS("Mia", "Faro has 2 stories of yours."),
	};

	(void)state;
	TALK(talk);
}

static void stop_ends_the_question_and_takes_back_no_yes(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Mia", "STORY one"),
		HEARS("Mia", "may we keep this?"),
		SAYS(0, "Mia", "yes"),
		HEARS("Mia", "1 story of yours"),
		SAYS(1, "Mia", "STORY two"),
		HEARS("Mia", "may we keep this?"),
		SAYS(2, "Mia", "STOP"),
		HEARS("Mia", "you are off the list"),
		SAYS(3, "Mia", "STORY YES"),
		HEARS("Mia", "Faro has 1 story of yours."),
		/* who left is answered here: it was they who asked */
		SAYS(4, "Mia", "STORY DELETE"),
		HEARS("Mia", "Your story is deleted."),
	};

	(void)state;
	TALK(talk);
}

static void reserved_words_win_inside_of_a_story(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Mia", "STORY one"),
		HEARS("Mia", "may we keep this?"),
		SAYS(1, "Mia", "HELP"),
		HEARS("Mia", "STOP leaves"),
		SAYS(2, "Mia", "STORY no more texts please"),
		HEARS("Mia", "you are off the list"),
	};

	(void)state;
	TALK(talk);
}

static void a_long_story_is_kept_whole(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	static char story[20000], said[20010];
	struct store_story_piece piece = { .id = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(story) - 1; i++)
		story[i] = (char)(i % 10 == 9 ? ' ' : 'a' + i % 7);
	story[sizeof(story) - 2] = '.';
	snprintf(said, sizeof(said), "STORY %s", story);
	texts(w, "Eva", said);
	texts(w, "Eva", "yes");
	assert_int_equal(store_story_next(w->store, &piece), 1);
	assert_string_equal(piece.text, story);
	assert_true(piece.kept_ms == w->now_ms);
	assert_string_equal(piece.language, "en");
	world_destroy(w);
}

/* A question and its answer survive a restart between them. */
static void a_restart_forgets_nothing(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	texts(w, "Eva", "STORY they took him");
	world_restart(w);
	texts(w, "Eva", "yes");
	assert_int_equal(kept_of(w, "Eva"), 1);
	world_destroy(w);
}

/* A machine that says STORY and YES for ever ends as every loop does. */
static void a_machine_is_answered_no_more(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	for (int i = 0; i < 100; i++) {
		char text[32];

		snprintf(text, sizeof(text), "STORY number %d of many", i);
		texts(w, "Eva", text);
	}
	assert_true(w->n_heard < 40);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_story_is_kept_on_a_yes_and_goes_on_its_tellers_word),
		cmocka_unit_test(it_is_asked_and_answered_in_the_tellers_language),
		cmocka_unit_test(a_no_and_a_day_without_a_yes_leave_nothing),
		cmocka_unit_test(the_words_are_in_no_other_place),
		cmocka_unit_test(a_kept_story_outlives_the_texts_of_the_inbox),
		cmocka_unit_test(yes_goes_to_what_asked_last),
		cmocka_unit_test(stop_ends_the_question_and_takes_back_no_yes),
		cmocka_unit_test(reserved_words_win_inside_of_a_story),
		cmocka_unit_test(a_long_story_is_kept_whole),
		cmocka_unit_test(a_restart_forgets_nothing),
		cmocka_unit_test(a_machine_is_answered_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
