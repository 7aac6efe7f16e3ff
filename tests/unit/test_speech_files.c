/* SPDX-License-Identifier: Apache-2.0 */
/* Message files: the shipped ones, ones with mistakes, and one language more. */
#include <stdlib.h>
#include <unistd.h>

#include "speech_world.h"

/** What a draft lacks is no mistake: the box's own language stands in until it is written. */
static void the_shipped_files_have_no_problem(void **state)
{
	struct speech *speech = shipped();

	(void)state;
	for (char *line = strtok(problems, "\n"); line; line = strtok(NULL, "\n"))
		if (!strstr(line, " messages are missing, the box's own language stands in"))
			fail_msg("%s", line);
	assert_string_equal(speech_language(speech, 0), "en");
	assert_string_equal(speech_language(speech, 1), "ar");
	assert_string_equal(speech_language_name(speech, "es"), "español");
	speech_free(speech);
}

static void what_nobody_has_checked_is_a_draft(void **state)
{
	static const char *const drafts[] = { "fr", "pt", "ht", "zh", "vi", "tl", "ar" };
	struct speech *speech = shipped();
	char where[64] = "";
	struct strbuf sb;

	(void)state;
	assert_false(speech_is_draft(speech, "en", NULL));
	assert_false(speech_is_draft(speech, "es", NULL));
	assert_false(speech_is_draft(speech, "xx", NULL));
	for (size_t i = 0; i < ARRAY_SIZE(drafts); i++)
		assert_true(speech_is_draft(speech, drafts[i], NULL));
	strbuf_init(&sb, where, sizeof(where));
	speech_is_draft(speech, "zh", &sb);
	assert_string_equal(where, "config/messages/zh.cfg:6");
	speech_free(speech);
}

/* ---- files with mistakes -------------------------------------------------------------------- */

static char dir[] = "/tmp/faro-speech-XXXXXX";

static int dir_make(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int dir_remove(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static void file_write(const char *file, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/** Copies a shipped file into dir, with one text replaced by another. */
static void file_with(const char *file, const char *from, const char *to)
{
	static char text[65536];
	char path[128], *at;
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", SHIPPED, file);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	at = strstr(text, from);
	assert_non_null(at);
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	fclose(f);
}

static void every_mistake_is_reported_with_its_line(void **state)
{
	static const struct {
		const char *from;
		const char *to;
		const char *problem; /* must be among the errors; NULL: no error */
	} rows[] = {
		{ "box} #{incident}: {text}\";\n  relay_how", "box} {text}\";\n  relay_how",
			"relayed needs {incident}" },
		{ "joined = \"", "joined = \"{people}",
			"joined has no {people}; it has: box (zones)" },
		{ "joined = ", "jioned = ",
			"unknown message jioned; the nearest known one is joined" },
		{ "joined = ", "jioned = ", "message joined is missing" },
		{ "joined = \"", "joined = \"{box", "joined: a brace does not close" },
		{ "joined = \"", "joined = \"{people:one}", "joined: a brace does not close" },
		{ "joined = \"", "joined = \"{zones:a|{zones:b|c}}",
			"joined: {zones:...} stands in the form of another number" },
		{ "joined = \"", "joined = \"{zones:a|b|c|d}", "joined: a brace does not close" },
		{ "done = \"LISTO", "done = \"VOY,LISTO", "\"voy\" cannot be both yes and done" },
		{ "done = \"LISTO", "done = \"STOP,LISTO",
			"\"stop\" is done here, but stop in English" },
		{ "  help = \"AYUDA,INFORMACION\";", "", "words needs help" },
		{ "  stop = \"ALTO", "  stpo = \"ALTO",
			"unknown word stpo; the nearest known one is stop" },
		{ "  yes = \"SI", "  yes = \"?!,SI", "has no letter in it" },
		{ "code = \"es\"", "code = \"pt\"", "code must be \"es\"" },
		{ "name = \"español\"; ", "", "language needs a name" },
		{ "draft = ", "daft = ", "unknown key daft" },
		{ "words :", "wrods :",
			"unknown key wrods: a message file has language, words and messages" },
		{ "messages :", "messages ;", "syntax error" },
		{ "joined = \"", "joined = \"\xFF", "joined is not UTF-8" },
		{ "duty_off = \"Su turno ha terminado. Gracias.\"", "duty_off = 5",
			"duty_off must be a text in quotes" },
		{ "  done = \"LISTO", "  done = \"ALERT,LISTO", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct speech *speech;
		int rc;

		file_with("en.cfg", "Faro", "Faro");
		file_with("es.cfg", rows[i].from, rows[i].to);
		rc = load(dir, "en", &speech);
		if (rc != (rows[i].problem ? -EINVAL : 0) ||
			(rows[i].problem && !strstr(problems, rows[i].problem)))
			fail_msg("\"%s\" gives %d and:\n%s", rows[i].to, rc, problems);
		if (rows[i].problem)
			assert_non_null(strstr(problems, "/es.cfg:"));
		else
			assert_non_null(strstr(problems, "W "));
		speech_free(speech);
	}
}

static void a_draft_may_lack_messages(void **state)
{
	struct speech *speech;

	(void)state;
	file_with("en.cfg", "Faro", "Faro");
	file_write("es.cfg", "language : { code = \"es\"; name = \"español\"; draft = true; };\n"
			     "words : { stop = \"ALTO\"; help = \"AYUDA\"; };\n"
			     "messages : { gap_mark = \"<...>\"; };\n");
	assert_int_equal(load(dir, "en", &speech), 0);
	assert_non_null(strstr(problems, "W "));
	say_is(speech, "es", MSG_GAP_MARK, NULL, 0, "<...>");
	say_is(speech, "es", MSG_DUTY_OFF, NULL, 0, "You are off duty. Thank you.");
	speech_free(speech);
	assert_int_equal(load(dir, "es", &speech), -EINVAL);
	assert_non_null(strstr(problems, "cannot be a draft"));
}

static void dearer_messages_are_told_with_their_line(void **state)
{
	struct speech *speech;

	(void)state;
	file_with("en.cfg", "Faro", "Faro");
	file_with("es.cfg", "duty_off = \"Su turno ha terminado.",
		"duty_off = \"Su turno terminó y esta es una despedida que nadie puede leer sin "
		"llegar tarde a su casa.");
	assert_int_equal(load(dir, "en", &speech), 0);
	assert_int_equal(speech_compare(speech, "en", note_problem, NULL), 0);
	assert_int_equal(speech_compare(speech, "es", note_problem, NULL), 1);
	assert_non_null(strstr(problems, "/es.cfg:"));
	assert_non_null(strstr(problems, ": duty_off takes 2 segments, the English one 1\n"));
	/* in plain letters it is no dearer */
	speech_set_encoding(speech, "es", SMS_ENCODING_TRANSLITERATE);
	assert_int_equal(speech_compare(speech, "es", note_problem, NULL), 0);
	/* a whole file of them is not told message by message */
	strbuf_init(&problems_sb, problems, sizeof(problems));
	speech_set_encoding(speech, "es", SMS_ENCODING_UCS2);
	assert_true(speech_compare(speech, "es", note_problem, NULL) > 5);
	assert_non_null(strstr(problems, " more messages; \"faroctl messages check\""));
	speech_free(speech);
}

/** One more file is one more language: the code knows none of them. */
static void a_language_is_added_by_adding_a_file(void **state)
{
	struct heard_row joins = { "", "ALIĜI norde", WORD_JOIN, "eo", "norde" };
	struct speech *speech;
	char path[64];

	(void)state;
	file_with("en.cfg", "Faro", "Faro");
	file_write("eo.cfg", "language : { code = \"eo\"; name = \"Esperanto\"; draft = true; };\n"
			     "words : { stop = \"HALTU\"; help = \"HELPO\"; join = \"ALIĜI\"; };\n"
			     "messages : { duty_off = \"Via deĵoro finiĝis. Dankon.\"; };\n");
	assert_int_equal(load(dir, "en", &speech), 0);
	assert_string_equal(speech_language_find(speech, "esperanto"), "eo");
	heard(speech, &joins);
	say_is(speech, "eo", MSG_DUTY_OFF, NULL, 0, "Via deĵoro finiĝis. Dankon.");
	speech_free(speech);
	snprintf(path, sizeof(path), "%s/eo.cfg", dir);
	assert_int_equal(unlink(path), 0);
}

static void no_directory_and_no_language_are_errors(void **state)
{
	struct speech *speech;

	(void)state;
	assert_int_equal(load("/nonexistent", "en", &speech), -ENOENT);
	assert_null(speech);
	assert_int_equal(load(SHIPPED, "xx", &speech), -ENOENT);
	assert_null(speech);
	speech_free(NULL);
}

static void names_are_those_of_the_files(void **state)
{
	(void)state;
	assert_string_equal(speech_message_name(MSG_JOIN_ASK), "join_ask");
	assert_string_equal(speech_message_name(SPEECH_MESSAGES), "?");
	assert_string_equal(speech_word_name(WORD_STOP), "stop");
	assert_string_equal(speech_word_name(WORD_ROLE_ADMIN), "role_admin");
	assert_string_equal(speech_word_name(WORD_NONE), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_files_have_no_problem),
		cmocka_unit_test(what_nobody_has_checked_is_a_draft),
		cmocka_unit_test(dearer_messages_are_told_with_their_line),
		cmocka_unit_test(a_language_is_added_by_adding_a_file),
		cmocka_unit_test(every_mistake_is_reported_with_its_line),
		cmocka_unit_test(a_draft_may_lack_messages),
		cmocka_unit_test(no_directory_and_no_language_are_errors),
		cmocka_unit_test(names_are_those_of_the_files),
	};

	return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
