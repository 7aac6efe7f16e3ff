/* SPDX-License-Identifier: Apache-2.0 */
/* Words and languages as people write them, and what is heard of it. */
#include "speech_world.h"

static void words_are_heard_whatever_their_dress(void **state)
{
	static const struct heard_row rows[] = {
		{ "en", "JOIN north", WORD_JOIN, "en", "north" },
		{ "en", "  join   North South ", WORD_JOIN, "en", "North South " },
		{ "", "Únirse norte", WORD_JOIN, "es", "norte" },
		{ "en", "“Join”", WORD_JOIN, "en", "" },
		{ "en", "REPORT: two vans", WORD_REPORT, "en", "two vans" },
		{ "en", "report,two vans", WORD_REPORT, "en", "two vans" },
		{ "en", "Yes! 15", WORD_YES, "en", "15" },
		{ "es", "¡Sí!", WORD_YES, "es", "" },
		{ "es", "no", WORD_NO, "en", "" },
		{ "en", "CONFIRM #17", WORD_CONFIRM, "en", "#17" },
		{ "en", "ADD +1 510 555 0100 member", WORD_ADD, "en", "+1 510 555 0100 member" },
		{ "en", "ADD (510) 555-0100", WORD_ADD, "en", "(510) 555-0100" },
		{ "en", "CANCEL 17", WORD_CANCEL, "en", "17" },
		{ "en", "TAKE17", WORD_TAKE, "en", "17" },
		{ "en", "yes15 min", WORD_YES, "en", "15 min" },
		{ "es", "SI15", WORD_YES, "es", "15" },
		{ "en", "N95 masks", WORD_NONE, NULL, "N95 masks" },
		{ "en", "take17b", WORD_NONE, NULL, "take17b" },
		{ "en", "joining the dots", WORD_NONE, NULL, "joining the dots" },
		{ "en", "#17 hello", WORD_NONE, NULL, "#17 hello" },
		{ "en", "", WORD_NONE, NULL, "" },
		{ "en", "...", WORD_NONE, NULL, "..." },
		{ "en", "\xFF\xFE", WORD_NONE, NULL, "\xFF\xFE" },
	};
	struct speech *speech = shipped();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		heard(speech, &rows[i]);
	speech_free(speech);
}

static void stop_and_help_beat_everything(void **state)
{
	static const struct heard_row rows[] = {
		{ "en", "stop", WORD_STOP, "en", "" },
		{ "es", "STOP.", WORD_STOP, "en", "" },
		{ "en", "Stop sending me these", WORD_STOP, "en", "sending me these" },
		{ "en", "please take me off the list", WORD_STOP, "en", "" },
		{ "en", "Don't text me again", WORD_STOP, "en", "" },
		{ "en", "Don’t text me again", WORD_STOP, "en", "" },
		{ "en", "yes but opt-out", WORD_STOP, "en", "" },
		{ "en", "no más", WORD_STOP, "es", "" },
		{ "es", "No más, por favor", WORD_STOP, "es", "" },
		{ "en", "ALTO", WORD_STOP, "es", "" },
		{ "es", "quiero darme de baja", WORD_STOP, "es", "" },
		{ "en", "END", WORD_STOP, "en", "" },
		{ "en", "end of 5th street", WORD_NONE, NULL, "end of 5th street" },
		{ "en", "ayuda", WORD_HELP, "es", "" },
		{ "en", "Help me", WORD_HELP, "en", "me" },
	};
	struct speech *speech = shipped();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		heard(speech, &rows[i]);
	speech_free(speech);
}

static void a_whole_text_may_be_a_word(void **state)
{
	struct speech *speech = shipped();

	(void)state;
	assert_true(speech_is(speech, "YES", WORD_YES));
	assert_true(speech_is(speech, "sí", WORD_YES));
	assert_true(speech_is(speech, " Ok. ", WORD_YES));
	assert_false(speech_is(speech, "yes 10", WORD_YES));
	assert_false(speech_is(speech, "no", WORD_YES));
	assert_false(speech_is(speech, "", WORD_YES));
	speech_free(speech);
}

static void a_long_text_is_heard_by_its_beginning(void **state)
{
	struct speech *speech = shipped();
	static char text[20000] = "REPORT ";
	struct speech_heard out;

	(void)state;
	memset(text + 7, 'x', sizeof(text) - 8);
	speech_hear(speech, "en", text, &out);
	assert_int_equal(out.word, WORD_REPORT);
	assert_ptr_equal(out.rest, text + 7);
	memset(text, 'x', sizeof(text) - 1);
	speech_hear(speech, "en", text, &out);
	assert_int_equal(out.word, WORD_NONE);
	speech_free(speech);
}

/** What people of every language text who have chosen none. */
static void every_language_has_its_words(void **state)
{
	static const struct heard_row rows[] = {
		{ "", "Arrêtez", WORD_STOP, "fr", "" },
		{ "", "Aide", WORD_HELP, "fr", "" },
		{ "", "REJOINDRE nord", WORD_JOIN, "fr", "nord" },
		{ "", "Oui 15", WORD_YES, "fr", "15" },
		{ "", "non", WORD_NO, "fr", "" },
		{ "", "Não me mande mais nada", WORD_STOP, "pt", "" },
		{ "", "ajuda", WORD_HELP, "pt", "" },
		{ "", "Participar norte", WORD_JOIN, "pt", "norte" },
		{ "", "Sim", WORD_YES, "pt", "" },
		{ "", "NÃO", WORD_NO, "pt", "" },
		{ "", "Sispann", WORD_STOP, "ht", "" },
		{ "", "Èd", WORD_HELP, "ht", "" },
		{ "", "antre", WORD_JOIN, "ht", "" },
		{ "", "Wi 10", WORD_YES, "ht", "10" },
		{ "ht", "m ap rive 10", WORD_ETA, "ht", "10" },
		{ "", "退订", WORD_STOP, "zh", "" },
		{ "", "請不要再發短信給我！", WORD_STOP, "zh", "" },
		{ "", "幫助", WORD_HELP, "zh", "" },
		{ "", "加入north", WORD_JOIN, "zh", "north" },
		{ "", "是", WORD_YES, "zh", "" },
		{ "", "是15", WORD_YES, "zh", "15" },
		{ "", "否。", WORD_NO, "zh", "" },
		{ "zh", "更新17他们往北走了", WORD_UPDATE, "zh", "17他们往北走了" },
		{ "", "Ngừng", WORD_STOP, "vi", "" },
		{ "", "xin đừng nhắn tin nữa", WORD_STOP, "vi", "" },
		{ "", "giúp", WORD_HELP, "vi", "" },
		{ "", "Tham gia bắc", WORD_JOIN, "vi", "bắc" },
		{ "", "Có.", WORD_YES, "vi", "" },
		{ "", "vâng 20", WORD_YES, "vi", "20" },
		{ "", "KHÔNG", WORD_NO, "vi", "" },
		{ "vi", "Báo động 17 bắc: hai xe", WORD_ALERT, "vi", "17 bắc: hai xe" },
		{ "vi", "báo hai xe", WORD_REPORT, "vi", "hai xe" },
		{ "", "Itigil", WORD_STOP, "tl", "" },
		{ "", "tulong", WORD_HELP, "tl", "" },
		{ "", "Sali", WORD_JOIN, "tl", "" },
		{ "", "Oo", WORD_YES, "tl", "" },
		{ "", "hindi", WORD_NO, "tl", "" },
		{ "", "تَوَقَّف", WORD_STOP, "ar", "" },
		{ "", "الغاء الإشتراك", WORD_STOP, "ar", "" },
		{ "", "مساعده", WORD_HELP, "ar", "" },
		{ "", "انضمام north", WORD_JOIN, "ar", "north" },
		{ "", "نعم، 15", WORD_YES, "ar", "15" },
		{ "", "كلا", WORD_NO, "ar", "" },
	};
	struct speech *speech = shipped();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		heard(speech, &rows[i]);
	speech_free(speech);
}

/** Reports that begin with a word that is a command elsewhere, or would be as a part of one. */
static void words_that_only_look_like_a_command_are_none(void **state)
{
	static const char *const texts[] = { "Arrêté deux personnes", "We see two vans",
		"Tôi thấy hai xe", "Có hai xe ở đường 5", "Arete 3 moun", "أوقفوا رجلا",
		"توقف باص أمام المدرسة", "停止的车辆在第五街", "是不是警察来了", "不知道谁在门口",
		"来了很多人", "Alis na sila", "Ici la police" };
	struct speech *speech = shipped();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		heard(speech, &(struct heard_row){ "", texts[i], WORD_NONE, NULL, texts[i] });
	speech_free(speech);
}

static void languages_are_found_by_their_names(void **state)
{
	struct speech *speech = shipped();

	(void)state;
	assert_string_equal(speech_language_find(speech, "es"), "es");
	assert_string_equal(speech_language_find(speech, "ESPAÑOL"), "es");
	assert_string_equal(speech_language_find(speech, "espanol."), "es");
	assert_string_equal(speech_language_find(speech, "Spanish"), "es");
	assert_null(speech_language_find(speech, "klingon"));
	assert_null(speech_language_find(speech, ""));
	assert_string_equal(speech_language_find(speech, "中文"), "zh");
	assert_string_equal(speech_language_find(speech, "tieng viet"), "vi");
	assert_string_equal(speech_language_find(speech, "العربيه"), "ar");
	assert_null(speech_language(speech, 9));
	assert_null(speech_language(speech, -1));
	speech_free(speech);
}

/* The commas and stops of the nine languages. */
static char *next_phrase(char **text)
{
	static const char *const stops[] = { ",", ".", ":", "、", "。", "：", "،" };
	char *phrase = *text;

	for (char *at = phrase; *at; at++)
		for (size_t i = 0; i < ARRAY_SIZE(stops); i++)
			if (strncmp(at, stops[i], strlen(stops[i])) == 0) {
				*at = '\0';
				*text = at + strlen(stops[i]);
				return phrase;
			}
	return NULL;
}

/* In the words that are understood in that language. */
static void the_help_of_dispatchers_names_what_goes_to_many(void **state)
{
	struct speech_arg box = SPEECH_TEXT("box", "Faro");
	struct speech *speech = shipped();
	const char *language;

	(void)state;
	for (int i = 0; (language = speech_language(speech, i)); i++) {
		bool named[SPEECH_WORDS] = { false };
		char said[512], *text = said, *phrase;
		struct speech_heard heard;
		struct strbuf sb;

		strbuf_init(&sb, said, sizeof(said));
		speech_say(speech, language, MSG_HELP_DISPATCHER_MORE, &box, 1, &sb);
		while ((phrase = next_phrase(&text))) {
			speech_hear(speech, language, phrase, &heard);
			named[heard.word] = true;
		}
		if (!named[WORD_POST] || !named[WORD_EVENT] || !named[WORD_SCHEDULE])
			fail_msg("%s: post %d, event %d, schedule %d", language, named[WORD_POST],
				named[WORD_EVENT], named[WORD_SCHEDULE]);
	}
	speech_free(speech);
}

static void pictures_are_words_only_where_no_other_is_heard(void **state)
{
	static const struct heard_row rows[] = {
		{ "en", "👍", WORD_YES, "en", "" },
		{ "en", "👍🏾", WORD_YES, "en", "" },
		{ "en", "👍 by bike, in 10", WORD_YES, "en", "by bike, in 10" },
		{ "en", "👍 be there in 10", WORD_COMING, "en", "in 10" },
		{ "en", "👍15", WORD_YES, "en", "15" },
		{ "en", "YES👍", WORD_YES, "en", "👍" },
		{ "es", "Sí🙏🏽 15", WORD_YES, "es", "🙏🏽 15" },
		{ "en", "coming 🚗💨", WORD_YES, "en", "" },
		{ "en", "🚨REPORT🚨 two vans", WORD_REPORT, "en", "🚨 two vans" },
		{ "en", "😢 NO", WORD_NO, "en", "" },
		{ "en", "🚐🚐 at 5th", WORD_NONE, NULL, "🚐🚐 at 5th" },
		{ "en", "ｊｏｉｎ　north", WORD_JOIN, "en", "north" },
	};
	struct speech *speech = shipped();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		heard(speech, &rows[i]);
	assert_true(speech_is(speech, "Ok 👍", WORD_YES));
	assert_true(speech_is(speech, "👍", WORD_YES));
	assert_false(speech_is(speech, "👎", WORD_YES));
	speech_free(speech);
}

/* Phones that can react to a text tell others so by a text that quotes it: what the box said. */
static void what_a_reaction_quotes_is_nobodys_order(void **state)
{
	static const char *const reactions[] = { "Liked \u201C%s\u201D", "Loved \u201C%s\u201D",
		"\u8D5E\u4E86\u201C%s\u201D", "A aim\u00E9 \u00AB\u00A0%s\u00A0\u00BB",
		"Gef\u00E4llt: \u201E%s\u201C", "Emphasized \"%s\"" };
	static const struct heard_row rows[] = {
		{ "zh", "我想“退订”", WORD_STOP, "zh", "" },
		{ "en", "Please \"take me off the list\"", WORD_STOP, "en", "" },
		{ "en", "\"Take me off the list, and never text me again\"", WORD_STOP, "en", "" },
		{ "en", "Take me off the list. You wrote \"Faro ALERT #1: vans at 5th and Main\"",
			WORD_STOP, "en", "" },
		{ "en", "\u200B👍\u200B to \u201CFaro ALERT #1: vans at 5th and Main\u201D",
			WORD_YES, "en", "to \u201CFaro ALERT #1: vans at 5th and Main\u201D" },
	};
	struct speech *speech = shipped();
	char said[512], text[600];
	const char *language;
	struct strbuf sb;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		heard(speech, &rows[i]);
	for (int i = 0; (language = speech_language(speech, i)); i++)
		for (int id = 0; id < SPEECH_MESSAGES; id++) {
			struct speech_heard out;

			strbuf_init(&sb, said, sizeof(said));
			speech_say(speech, language, (enum speech_message)id, NULL, 0, &sb);
			for (size_t r = 0; sb.len >= 32 && r < ARRAY_SIZE(reactions); r++) {
				snprintf(text, sizeof(text), reactions[r], said);
				speech_hear(speech, language, text, &out);
				if (out.word != WORD_NONE)
					fail_msg("\"%s\" is heard as %s", text,
						speech_word_name(out.word));
			}
		}
	speech_free(speech);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_language_has_its_words),
		cmocka_unit_test(words_that_only_look_like_a_command_are_none),
		cmocka_unit_test(the_help_of_dispatchers_names_what_goes_to_many),
		cmocka_unit_test(words_are_heard_whatever_their_dress),
		cmocka_unit_test(stop_and_help_beat_everything),
		cmocka_unit_test(a_whole_text_may_be_a_word),
		cmocka_unit_test(a_long_text_is_heard_by_its_beginning),
		cmocka_unit_test(languages_are_found_by_their_names),
		cmocka_unit_test(pictures_are_words_only_where_no_other_is_heard),
		cmocka_unit_test(what_a_reaction_quotes_is_nobodys_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
