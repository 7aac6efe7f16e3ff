/* SPDX-License-Identifier: Apache-2.0 */
/* Message files: read, checked, said; words understood; and the files that the box ships with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "faro/speech.h"

/* ---- the shipped files ---------------------------------------------------------------------- */

#define SHIPPED "config/messages"

static char problems[16384];
static struct strbuf problems_sb;

static void note_problem(void *ctx, bool error, const char *problem)
{
	(void)ctx;
	strbuf_addf(&problems_sb, "%s %s\n", error ? "E" : "W", problem);
}

static int load(const char *dir, const char *language, struct speech **speech)
{
	strbuf_init(&problems_sb, problems, sizeof(problems));
	return speech_new(dir, language, note_problem, NULL, speech);
}

static struct speech *shipped(void)
{
	struct speech *speech;
	int rc = load(SHIPPED, "en", &speech);

	if (rc < 0)
		fail_msg("%s: %s\n%s", SHIPPED, strerror(-rc), problems);
	return speech;
}

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

/** What the messages of a language may cost. */
static const struct cost_row {
	const char *language;
	enum sms_encoding encoding;
	enum sms_alphabet alphabet;
	unsigned int segments;
} costs[] = {
	{ "en", SMS_ENCODING_AUTO, SMS_ALPHABET_GSM7, 1 },
	{ "es", SMS_ENCODING_AUTO, SMS_ALPHABET_GSM7, 1 },
	{ "fr", SMS_ENCODING_AUTO, SMS_ALPHABET_GSM7, 1 },
	{ "ht", SMS_ENCODING_AUTO, SMS_ALPHABET_GSM7, 1 },
	{ "tl", SMS_ENCODING_AUTO, SMS_ALPHABET_GSM7, 1 },
	{ "pt", SMS_ENCODING_TRANSLITERATE, SMS_ALPHABET_GSM7, 1 },
	{ "vi", SMS_ENCODING_TRANSLITERATE, SMS_ALPHABET_GSM7, 1 },
	{ "pt", SMS_ENCODING_AUTO, SMS_ALPHABET_UCS2, 3 },
	{ "vi", SMS_ENCODING_AUTO, SMS_ALPHABET_UCS2, 3 },
	{ "zh", SMS_ENCODING_AUTO, SMS_ALPHABET_UCS2, 2 },
	{ "ar", SMS_ENCODING_AUTO, SMS_ALPHABET_UCS2, 2 },
};

struct costing {
	const struct cost_row *allowed;
	unsigned int rows;
};

static void row_costs(
	void *ctx, const char *language, enum speech_message id, const struct sms_plan *plan)
{
	struct costing *costing = ctx;
	const struct cost_row *allowed = costing->allowed;

	costing->rows++;
	if (strcmp(language, allowed->language) != 0)
		return;
	if (plan->segments > allowed->segments ||
		(allowed->alphabet == SMS_ALPHABET_GSM7 && plan->alphabet != SMS_ALPHABET_GSM7))
		fail_msg("%s: %s takes %u segments, %u letters outside GSM 7-bit", language,
			speech_message_name(id), plan->segments, plan->letters_count);
}

static void shipped_messages_are_short(void **state)
{
	struct speech *speech = shipped();
	unsigned int languages = 0;

	(void)state;
	while (speech_language(speech, (int)languages))
		languages++;
	assert_int_equal(languages, 9);
	for (size_t i = 0; i < ARRAY_SIZE(costs); i++) {
		struct costing costing = { .allowed = &costs[i] };

		speech_set_encoding(speech, costs[i].language, costs[i].encoding);
		assert_int_equal(speech_check(speech, row_costs, &costing), 0);
		assert_int_equal(costing.rows, languages * SPEECH_MESSAGES);
	}
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

/** A text and what it must be heard as. */
struct heard_row {
	const char *language; /* the person's */
	const char *text;
	enum speech_word word;
	const char *whose;
	const char *rest;
};

static void heard(const struct speech *speech, const struct heard_row *row)
{
	struct speech_heard out;

	speech_hear(speech, row->language, row->text, &out);
	if (out.word != row->word || strcmp(out.rest, row->rest) != 0 ||
		(row->whose && (!out.language || strcmp(out.language, row->whose) != 0)))
		fail_msg("\"%s\" (%s) is heard as %s (%s) with \"%s\"", row->text, row->language,
			out.word ? speech_word_name(out.word) : "nothing",
			out.language ? out.language : "-", out.rest);
}

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

static void say_is(const struct speech *speech, const char *language, enum speech_message id,
	const struct speech_arg *args, size_t n, const char *expected)
{
	char out[400];
	struct strbuf sb;

	strbuf_init(&sb, out, sizeof(out));
	assert_string_equal(speech_say(speech, language, id, args, n, &sb), expected);
}

static void placeholders_are_filled_in(void **state)
{
	struct speech_arg one[] = { SPEECH_NUMBER("tries", 1) },
			  two[] = { SPEECH_NUMBER("tries", 2) };
	struct speech_arg name[] = { SPEECH_NUMBER("incident", 17),
		SPEECH_TEXT("name", "Ana {box}") };
	struct speech *speech = shipped();

	(void)state;
	say_is(speech, "en", MSG_CODE_WRONG, one, 1, "That is not the code. 1 try left.");
	say_is(speech, "en", MSG_CODE_WRONG, two, 1, "That is not the code. 2 tries left.");
	say_is(speech, "es", MSG_CODE_WRONG, one, 1, "Esa no es la clave. Queda 1 intento.");
	/* what people are called is never taken for a placeholder */
	say_is(speech, "en", MSG_TAKEN_BY, name, 2, "#17 was taken by Ana {box}.");
	say_is(speech, "xx", MSG_GAP_MARK, NULL, 0, "[...]");
	say_is(speech, "", MSG_DUTY_OFF, NULL, 0, "You are off duty. Thank you.");
	say_is(speech, "en", MSG_TAKEN_BY, name, 1, "#17 was taken by {name}.");
	speech_free(speech);
}

/** What people write often ends without a full stop, and our own sentence follows it. */
static void two_sentences_do_not_run_together(void **state)
{
	static const struct {
		const char *language;
		enum speech_message id;
		const char *text, *said;
	} rows[] = {
		{ "en", MSG_VERIFY_ASK, "3 vans at 5th",
			"#1: can you go and look? 3 vans at 5th. GO 1 if you go." },
		{ "en", MSG_VERIFY_ASK, "Are they here?",
			"#1: can you go and look? Are they here? GO 1 if you go." },
		{ "en", MSG_VERIFY_ASK, "1 Main St.",
			"#1: can you go and look? 1 Main St. GO 1 if you go." },
		{ "en", MSG_VERIFY_ASK, "van (white)",
			"#1: can you go and look? van (white) GO 1 if you go." },
		{ "en", MSG_VERIFY_ASK, "", "#1: can you go and look?  GO 1 if you go." },
		{ "es", MSG_VERIFY_ASK, "en el café",
			"#1: ¿puede ir a ver? en el café. Responda IR 1 si va." },
		{ "es", MSG_EVENT_TEXT, "Taller, 1 Main St",
			"{box} {time}: Taller, 1 Main St. ¿Viene? SI o NO. ASISTIR {number} 2 si "
			"son dos." },
		{ "zh", MSG_VERIFY_ASK, "两辆车", "#1：您能去看看吗？两辆车。 去请发“前往 1”。" },
		{ "zh", MSG_VERIFY_ASK, "两辆车。", "#1：您能去看看吗？两辆车。 去请发“前往 1”。" },
		{ "ar", MSG_VERIFY_ASK, "أين هم؟",
			"#1: هل تستطيع أن تذهب وتنظر؟ أين هم؟ ذاهب 1 إن ذهبت." },
		/* a sign of ours follows, or nothing */
		{ "en", MSG_TOLD_REPORT, "3 vans", "#1 REPORT: 3 vans (TAKE 1)" },
		{ "en", MSG_FORM_PLACE, "5th", "Where: 5th." },
		{ "en", MSG_TOLD_MORE, "3 vans", "#1 more: 3 vans" },
	};
	struct speech_arg name[] = { SPEECH_NUMBER("incident", 1), SPEECH_TEXT("name", "Ana") };
	struct speech *speech = shipped();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct speech_arg args[] = { SPEECH_NUMBER("incident", 1),
			SPEECH_TEXT("text", rows[i].text) };

		say_is(speech, rows[i].language, rows[i].id, args, 2, rows[i].said);
	}
	/* a name stands within our own sentence */
	say_is(speech, "en", MSG_NOTHING_TOLD, name, 2, "#1: Ana sees NOTHING there. {text}");
	speech_free(speech);
}

/* Also where each is a message of its own. */
static void what_ends_in_a_word_is_ended_as_a_sentence(void **state)
{
	static const struct {
		const char *language, *text, *said;
	} rows[] = {
		{ "en", "3 vans", "3 vans." },
		{ "en", "3 vans!", "3 vans!" },
		{ "en", "3 vans (white)", "3 vans (white)" },
		{ "es", "en el café", "en el café." },
		{ "zh", "两辆车", "两辆车。" },
		{ "xx", "3 vans", "3 vans." },
		{ "en", "", "" },
	};
	struct speech *speech = shipped();
	char memory[64];
	struct strbuf out;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		strbuf_init(&out, memory, sizeof(memory));
		strbuf_add(&out, rows[i].text);
		speech_end_sentence(speech, rows[i].language, &out);
		assert_string_equal(out.text, rows[i].said);
	}
	speech_free(speech);
}

static void a_plan_obeys_the_encoding(void **state)
{
	struct speech *speech = shipped();
	static char text[50000];
	struct sms_plan plan;

	(void)state;
	assert_int_equal(speech_plan(speech, "es", "Reunión", &plan), 0);
	assert_int_equal(plan.alphabet, SMS_ALPHABET_UCS2);
	speech_set_encoding(speech, "es", SMS_ENCODING_TRANSLITERATE);
	assert_int_equal(speech_plan(speech, "es", "Reunión", &plan), 0);
	assert_int_equal(plan.alphabet, SMS_ALPHABET_GSM7);
	assert_int_equal(speech_plan(speech, "en", "Reunión", &plan), 0);
	assert_int_equal(plan.alphabet, SMS_ALPHABET_UCS2);
	speech_set_encoding(speech, "xx", SMS_ENCODING_TRANSLITERATE);
	assert_int_equal(speech_plan(speech, "en", "Reunión", &plan), 0);
	assert_int_equal(plan.alphabet, SMS_ALPHABET_UCS2);
	speech_set_encoding(speech, NULL, SMS_ENCODING_UCS2);
	assert_int_equal(speech_plan(speech, "es", "plain", &plan), 0);
	assert_int_equal(plan.alphabet, SMS_ALPHABET_UCS2);
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(speech_plan(speech, "es", text, &plan), -E2BIG);
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
		cmocka_unit_test(shipped_messages_are_short),
		cmocka_unit_test(what_nobody_has_checked_is_a_draft),
		cmocka_unit_test(every_language_has_its_words),
		cmocka_unit_test(words_that_only_look_like_a_command_are_none),
		cmocka_unit_test(dearer_messages_are_told_with_their_line),
		cmocka_unit_test(the_help_of_dispatchers_names_what_goes_to_many),
		cmocka_unit_test(a_language_is_added_by_adding_a_file),
		cmocka_unit_test(words_are_heard_whatever_their_dress),
		cmocka_unit_test(stop_and_help_beat_everything),
		cmocka_unit_test(a_whole_text_may_be_a_word),
		cmocka_unit_test(a_long_text_is_heard_by_its_beginning),
		cmocka_unit_test(languages_are_found_by_their_names),
		cmocka_unit_test(placeholders_are_filled_in),
		cmocka_unit_test(two_sentences_do_not_run_together),
		cmocka_unit_test(what_ends_in_a_word_is_ended_as_a_sentence),
		cmocka_unit_test(a_plan_obeys_the_encoding),
		cmocka_unit_test(every_mistake_is_reported_with_its_line),
		cmocka_unit_test(a_draft_may_lack_messages),
		cmocka_unit_test(no_directory_and_no_language_are_errors),
		cmocka_unit_test(names_are_those_of_the_files),
	};

	return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
