/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations with the box, as tables: who texts what in which minute, and who hears what. */
#include "desk_world.h"

static void help_says_what_each_role_can_text(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "help"),
		HEARS("Ben", "Faro is a neighborhood alert line."),
		SAYS(0, "Mia", "INFO"),
		HEARS("Mia", "Other texts go to a person."),
		SAYS(0, "Carla", "Help?"),
		HEARS("Carla", "DUTY ON 12"),
		SAYS(0, "Ana", "HELP"),
		HEARS("Ana", "TAKE n, #n text, VERIFY n, SAME n n, CONFIRM n, FALSE n. ALERT n "
			     "zone NEED k text (or INFO text), then the code. STOP leaves. MORE: "
			     "the next part."),
		SAYS(0, "Ana", "MORE"),
		HEARS("Ana", "MORE n k, CLEAR n, CANCEL n. POST"),
		SAYS(0, "Rosa", "ayuda"),
		HEARS("Rosa", "AGREGAR tel rol nombre"),
		SAYS(0, "Rosa", "HELP"),
		HEARS("Rosa", "ESTADO. ALTO para salir. MAS: la parte que sigue."),
		SAYS(0, "Rosa", "mas"),
		HEARS("Rosa", "TOMAR n, #n texto, VERIFICAR n, MISMO n n"),
		SAYS(0, "Rosa", "mas"),
		HEARS("Rosa", "ACTUALIZAR n texto, MAS n k"),
		SAYS(0, "Eva", "AYUDA"),
		HEARS("Eva", "Faro avisa entre vecinos."),
	};

	(void)state;
	TALK(talk);
}

static void a_cry_for_help_reaches_people(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "Help! They take my neighbor at 5th and Main"),
		HEARS("Ana", "#1 message: Help! They take my neighbor at 5th and Main (TAKE 1)"),
		HEARS("Abe", "#1 message"),
		HEARS("Rosa", "#1 mensaje"),
		HEARS("Ben", "Your text is #1."),
	};

	(void)state;
	TALK(talk);
}

static void a_language_is_set_by_lang_or_by_its_own_name(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "LANG"),
		HEARS("Ben", "Text LANG and one of: English, العربية, español, français, "
			     "kreyòl, português, Tagalog, tiếng Việt, 中文."),
		SAYS(1, "Ben", "LANG klingon"),
		HEARS("Ben", "Text LANG and one of: English, العربية, español, français, "
			     "kreyòl, português, Tagalog, tiếng Việt, 中文."),
		SAYS(2, "Ben", "LANG es"),
		HEARS("Ben", "Desde ahora le escribimos en español."),
		SAYS(3, "Ben", "HELP"),
		HEARS("Ben", "Faro avisa entre vecinos."),
		SAYS(4, "Ben", "english"),
		HEARS("Ben", "We text you in English from now on."),
		SAYS(5, "Ben", "Español!"),
		HEARS("Ben", "Desde ahora le escribimos en español."),
		SAYS(6, "Ben", "idioma inglés"),
		HEARS("Ben", "We text you in English from now on."),
	};

	(void)state;
	TALK(talk);
}

static void a_report_opens_an_incident_and_is_talked_about_without_numbers(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT"), HEARS("Eva", "Text REPORT and what you see"),
		SAYS(1, "Eva", "Report: two vans near the school"),
		HEARS("Ana", "#1 REPORT: two vans near the school (TAKE 1)"),
		HEARS("Abe", "#1 REPORT: two vans near the school (TAKE 1)"),
		HEARS("Rosa", "#1 REPORTE: two vans near the school (TOMAR 1)"),
		HEARS("Eva", "It is report #1 and people look at it now. Where exactly?"),
		SAYS(2, "Eva", "at 5th and Main"),
		HEARS("Ana", "#1 so far. Where: at 5th and Main."),
		HEARS("Abe", "#1 so far. Where: at 5th and Main."),
		HEARS("Rosa", "#1 hasta ahora. Lugar: at 5th and Main."),
		HEARS("Eva", "What are they doing?"), SAYS(3, "Ana", "TAKE 1"),
		HEARS("Ana", "#1 is yours."), HEARS("Abe", "#1 was taken by Ana."),
		HEARS("Rosa", "Ana tiene ahora #1."), SAYS(4, "Ana", "#1 are they still there?"),
		HEARS("Eva", "Faro #1: are they still there?"),
		SAYS(5, "Eva", "Yes, three of them with vests"),
		HEARS("Ana", "#1 more: Yes, three of them with vests"), HEARS("Eva", "added to #1"),
		SAYS(6, "Eva", "#1 now they leave"), HEARS("Ana", "#1 more: now they leave"),
		HEARS("Eva", "added to #1"), SAYS(7, "Ana", "CONFIRM 1"),
		HEARS("Ana", "#1 is confirmed."), SAYS(8, "Ana", "clear #1"),
		HEARS("Ana", "#1 is closed."), SAYS(9, "Ana", "TAKE 1"),
		HEARS("Ana", "#1 is closed."), SAYS(10, "Eva", "REPORTE tres carros en la 7"),
		HEARS("Ana", "#2 REPORT: tres carros en la 7"), HEARS("Abe", "#2 REPORT"),
		HEARS("Rosa", "#2 REPORTE"), HEARS("Eva", "Es el reporte #2"),
		SAYS(11, "Abe", "FALSE 2"), HEARS("Abe", "#2 is closed as unfounded."),
		SAYS(11, "Eva", "REPORTE: ¿quién está en la 9?"),
		HEARS("Ana", "#3 REPORT: ¿quién está en la 9? (TAKE 3)"), HEARS("Abe", "#3"),
		HEARS("Rosa", "#3"), HEARS("Eva", "#3"), SAYS(11, "Abe", "FALSE 3"),
		HEARS("Abe", "#3"), SAYS(12, "Eva", "thank you"),
		HEARS("Ana", "#4 message: thank you (TAKE 4)"), HEARS("Abe", "#4 message"),
		HEARS("Rosa", "#4 mensaje"),
		HEARS("Eva", "Su mensaje es el #4."), /* REPORTE was the last to tell */
	};

	(void)state;
	TALK(talk);
}

static void a_report_is_asked_about_in_its_own_language(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORTE hay agentes en la puerta"),
		STAFF_HEAR("#1"),
		HEARS("Eva", "Falta el lugar exacto"),
		SAYS(1, "Eva", "12 y Central"), /* no word that tells a language */
		STAFF_HEAR("#1"),
		HEARS("Eva", "personas y"),
		SAYS(2, "Eva", "LANG en"),
		HEARS("Eva", "We text you in English"),
	};

	(void)state;
	TALK(talk);
}

static const char *hears_last(struct world *w, const char *who)
{
	for (int i = w->n_heard; i-- > 0;)
		if (strcmp(w->heard[i].to, phone_of(who)) == 0)
			return w->heard[i].text;
	fail_msg("%s heard nothing", who);
	return "";
}

static enum message_class class_of(struct world *w, const char *who, const char *piece)
{
	for (int i = 0; i < w->n_heard; i++)
		if (strcmp(w->heard[i].to, phone_of(who)) == 0 && strstr(w->heard[i].text, piece))
			return w->heard[i].class;
	fail_msg("%s never heard \"%s\"", who, piece);
	return MESSAGE_CLASSES;
}

/* What leaves before what is the courier's business; which is which is the desk's. */
static void each_text_has_its_place_in_the_queue(void **state)
{
	static const struct {
		const char *who, *piece;
		enum message_class class;
	} rows[] = {
		{ "Ana", "#1 REPORT: vans", CLASS_DISPATCH },
		{ "Eva", "It is report #1", CLASS_REPLY },
		{ "Eva", "Faro #1: which street?", CLASS_RELAY },
		{ "Ana", "Reply ", CLASS_DISPATCH },
		{ "Ana", "is going out", CLASS_DISPATCH },
		{ "Carla", "ALERT #1", CLASS_ALERT },
		{ "Carla", "You are counted", CLASS_REPLY },
		{ "Ana", "1 yes", CLASS_DISPATCH },
		{ "Carla", "off the list", CLASS_STOP },
	};
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[5];

	(void)state;
	texts(w, "Eva", "REPORT vans");
	texts(w, "Ana", "#1 which street?");
	texts(w, "Ana", "ALERT 1 come to the market");
	text_copy(code, sizeof(code), strstr(hears_last(w, "Ana"), "Reply ") + strlen("Reply "));
	texts(w, "Ana", code);
	texts(w, "Carla", "YES");
	texts(w, "Carla", "STOP");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (class_of(w, rows[i].who, rows[i].piece) != rows[i].class)
			fail_msg("%s: \"%s\" has the wrong class", rows[i].who, rows[i].piece);
	world_destroy(w);
}

static void a_relay_that_cannot_reach_anybody_says_so(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "is the clinic open?"),
		HEARS("Ana", "#1 message"),
		HEARS("Abe", "#1 message"),
		HEARS("Rosa", "#1 mensaje"),
		HEARS("Eva", "Your text is #1."),
		SAYS(1, "Ana", "#1"),
		HEARS("Ana", "Text #1 and your words"),
		SAYS(2, "Ana", "#99 hello"),
		HEARS("Ana", "There is no #99."),
		SAYS(3, "Eva", "STOP"),
		HEARS("Eva", "you are off the list"),
		SAYS(4, "Ana", "#1 it is open until 6"),
		HEARS("Ana", "#1: the sender left the list or is blocked and cannot be reached."),
		SAYS(5, "Mia", "#1 who is this?"),
		HEARS("Ana", "#2 message: #1 who is this?"),
		HEARS("Abe", "#2"),
		HEARS("Rosa", "#2"),
		HEARS("Mia", "Your text is #2."),
	};

	(void)state;
	TALK(talk);
}

static void a_blocked_sender_is_kept_and_neither_answered_nor_shown(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "silly things"),
		STAFF_HEAR("#1"),
		HEARS("Eva", "#1"),
		SAYS(1, "Ana", "BLOCK 1"), /* not hers to do */
		HEARS("Ana", "Only an admin can do this."),
		SAYS(1, "Ana", "who knows them"),
		HEARS("Abe", "message: who knows them"),
		HEARS("Rosa", "mensaje: who knows them"),
		HEARS("Ana", "Your text is #2."),
		SAYS(2, "Rosa", "BLOQUEAR 1"),
		HEARS("Rosa", "La persona de #1 queda bloqueada"),
		SAYS(3, "Eva", "more silly things"),
		SAYS(4, "Eva", "HELP"),
		SAYS(5, "Eva", "JOIN"),
		SAYS(6, "Ana", "#1 hello"),
		HEARS("Ana", "#1: the sender left the list or is blocked"),
		SAYS(7, "Eva", "STOP"),
		HEARS("Eva", "you are off the list"),
		SAYS(8, "Eva", "STOP"),
		SAYS(9, "Rosa", "BLOCK 2"),
		HEARS("Rosa", "coordina o administra"),
	};

	(void)state;
	TALK(talk);
}

static void info_keywords_are_answered_in_the_senders_language(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "Rights"),
		HEARS("Ben", "You may remain silent."),
		SAYS(0, "Ben", "DERECHOS"),
		HEARS("Ben", "Puede guardar silencio."),
		SAYS(0, "Max", "rights?"),
		HEARS("Max", "Puede guardar silencio."),
	};

	(void)state;
	TALK(talk);
}

static void status_is_one_text(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "status"),
		HEARS("Ana", "Faro: 2 of 2 modems ready. 7 people. Signal -67 dBm."),
		SAYS(1, "Rosa", "PAUSE"),
		HEARS("Rosa", "Faro queda en pausa"),
		SAYS(2, "Ana", "STATUS"),
		HEARS("Ana", "Signal -67 dBm. PAUSED."),
		SAYS(3, "Ana", "ALERT vans at 5th"),
		HEARS("Ana", "The box is paused."),
		SAYS(4, "Rosa", "reanudar"),
		HEARS("Rosa", "Faro manda de nuevo."),
	};

	(void)state;
	TALK(talk);
}

static void a_dispatchers_typing_error_is_answered_with_the_word_that_was_meant(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALRET north vans"),
		HEARS("Ana", "ALRET? Perhaps ALERT."),
		SAYS(1, "Mia", "ALRET north vans"),
		HEARS("Ana", "#1 message: ALRET north vans"),
		HEARS("Abe", "#1"),
		HEARS("Rosa", "#1"),
		HEARS("Mia", "#1"),
	};

	(void)state;
	TALK(talk);
}

static void a_caller_is_asked_to_text_and_dispatchers_are_told_once(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(desk_call(w->desk, phone_of("Ben"), w->now_ms), 0);
		settle(w);
	}
	hears(w, "Ben", "Faro cannot take calls.");
	hears(w, "Ana", "#1: somebody called");
	hears_nothing(w, "Ben");
	hears_nothing(w, "Ana");
	assert_int_equal(desk_call(w->desk, "", w->now_ms), 0);
	assert_int_equal(desk_call(w->desk, phone_of("Bank"), w->now_ms), 0);
	assert_int_equal(desk_call(w->desk, phone_of("Box"), w->now_ms), 0);
	world_destroy(w);
}

static int count_words(void *ctx, const struct incident_note *note)
{
	*(int *)ctx += note->text && note->text[0];
	return 0;
}

static void old_texts_lose_their_words_and_new_ones_do_not(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	int words = 0;

	(void)state;
	text_arrives(w, phone_of("Eva"), "REPORT vans at the church");
	settle(w);
	assert_int_equal(store_incident_notes(w->store, 1, count_words, &words), 0);
	assert_int_equal(words, 1);
	w->now_ms += 29 * MS_PER_DAY;
	ticks(w);
	words = 0;
	assert_int_equal(store_incident_notes(w->store, 1, count_words, &words), 0);
	assert_int_equal(words, 1);
	w->now_ms += 2 * MS_PER_DAY;
	ticks(w);
	words = 0;
	assert_int_equal(store_incident_notes(w->store, 1, count_words, &words), 0);
	assert_int_equal(words, 0);
	world_destroy(w);
}

static void the_test_button_texts_the_admins(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	struct time_local local;
	char said[128];

	(void)state;
	assert_int_equal(desk_button_test(w->desk, w->now_ms), 1);
	settle(w);
	time_local(w->now_ms, &local);
	snprintf(said, sizeof(said),
		"Prueba, %04d-%02d-%02d %02d:%02d. Faro: 2 de 2 equipos listos.", local.year,
		local.month, local.day, local.minute / 60, local.minute % 60);
	hears(w, "Rosa", said);
	hears_nothing(w, "Ana");
	desk_set_time_known(w->desk, false);
	assert_int_equal(desk_button_test(w->desk, w->now_ms), 1);
	settle(w);
	hears(w, "Rosa", "Prueba. Faro: 2 de 2 equipos listos.");
	world_destroy(w);
}

static void admins_hear_of_a_sim_that_seems_to_be_blocked(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	assert_int_equal(desk_modem_blocked(w->desk, "sim1", 92, w->now_ms), 0);
	settle(w);
	hears(w, "Rosa", "Modem sim1: 92% de sus mensajes sin acuse.");
	hears_nothing(w, "Ana");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_says_what_each_role_can_text),
		cmocka_unit_test(a_cry_for_help_reaches_people),
		cmocka_unit_test(a_language_is_set_by_lang_or_by_its_own_name),
		cmocka_unit_test(a_report_opens_an_incident_and_is_talked_about_without_numbers),
		cmocka_unit_test(each_text_has_its_place_in_the_queue),
		cmocka_unit_test(a_report_is_asked_about_in_its_own_language),
		cmocka_unit_test(a_relay_that_cannot_reach_anybody_says_so),
		cmocka_unit_test(a_blocked_sender_is_kept_and_neither_answered_nor_shown),
		cmocka_unit_test(info_keywords_are_answered_in_the_senders_language),
		cmocka_unit_test(status_is_one_text),
		cmocka_unit_test(
			a_dispatchers_typing_error_is_answered_with_the_word_that_was_meant),
		cmocka_unit_test(a_caller_is_asked_to_text_and_dispatchers_are_told_once),
		cmocka_unit_test(old_texts_lose_their_words_and_new_ones_do_not),
		cmocka_unit_test(the_test_button_texts_the_admins),
		cmocka_unit_test(admins_hear_of_a_sim_that_seems_to_be_blocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
