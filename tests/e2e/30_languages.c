/* SPDX-License-Identifier: Apache-2.0 */
/* Story 30: every language. What is said to whom in which words, and what its letters cost. */
#include "cmocka_story.h"

static const char people[] =
	"people = ( { phone = \"+15105550101\"; name = \"Ana\"; role = \"dispatcher\"; language = "
	"\"en\"; },\n"
	" { phone = \"+15105550102\"; name = \"Rosa\"; role = \"admin\"; language = \"es\"; },\n"
	" { phone = \"+15105550111\"; name = \"Ben\"; role = \"responder\"; language = \"en\"; },\n"
	" { phone = \"+15105550112\"; name = \"Carla\"; role = \"responder\"; language = \"es\"; "
	"} );\n";

static struct box *box_of_four(const char *settings)
{
	struct box *box = box_new(&(struct box_options){ .people = people, .settings = settings });

	box_start(box);
	return box;
}

static void an_alert_goes_out(struct box *box)
{
	char code[8];
	const struct heard *promise = expect_text(box, &ana, "to send");

	digits_of(strstr(promise->text, "Reply "), 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &ana, "is going out");
}

static void each_language_has_its_own_encoding(void **state)
{
	struct box *box = box_of_four("delivery : { retry = [ 1, 2 ]; encoding = { default = "
				      "\"auto\"; es = \"transliterate\"; }; };");

	(void)state;
	person_texts(box, &ana, "ALERT Reunión en el jardín");
	an_alert_goes_out(box);
	expect_text(box, &ben, "Reunión en el jardín");
	expect_text(box, &carla, "Reunion en el jardin");
	/* a reload changes what comes next */
	box_configure(box, "delivery : { retry = [ 1, 2 ]; encoding = \"transliterate\"; };", NULL);
	ran_free((struct ran[]){ box_faroctl(box, "reload", NULL) });
	person_texts(box, &ana, "UPDATE 1 Mañana en el jardín");
	expect_text(box, &ben, "Mañana en el jardin");
	expect_text(box, &carla, "Mañana en el jardin");
	box_free(box);
}

static void a_wrong_encoding_is_refused_with_its_line(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.people = people, .settings = "delivery : { encoding = { es = \"utf8\"; }; };" });
	struct ran ran = box_check_config(box, NULL);

	(void)state;
	assert_int_equal(ran.code, 78);
	assert_non_null(strstr(ran.err, "delivery.encoding.es is \"utf8\"; allowed: \"auto\""));
	ran_free(&ran);
	box_free(box);
}

/* ---- message files --------------------------------------------------------------------------- */

static char dir[32], messages[64];

/* A directory of message files for the story to change: copies of those that the box ships with. */
static int dir_make(void **state)
{
	char command[128];

	(void)state;
	strcpy(dir, "/tmp/faro-languages-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(messages, sizeof(messages), "%s/messages", dir);
	snprintf(command, sizeof(command), "cp -r config/messages %s", messages);
	return system(command);
}

static int dir_remove(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

/* Makes messages/TO from messages/FROM by a sed script. */
static void write_language(const char *from, const char *to, const char *script)
{
	char command[512];

	snprintf(command, sizeof(command), "sed '%s' config/messages/%s >%s/%s", script, from,
		messages, to);
	assert_int_equal(system(command), 0);
}

static struct box *box_with_messages(const char *more_people)
{
	char list[1024];
	struct box *box;

	snprintf(list, sizeof(list), "%.*s%s );\n", (int)(strlen(people) - strlen(" );\n")), people,
		more_people);
	box = box_new(&(struct box_options){ .people = list, .messages = messages });
	return box;
}

static void a_language_is_added_by_adding_a_file(void **state)
{
	struct box *box = box_with_messages("");

	(void)state;
	write_language("en.cfg", "eo.cfg",
		"s/code = \"en\"; name = \"English\".*$/code = \"eo\"; name = \"Esperanto\"; draft "
		"= "
		"false; };/;"
		"s/^words : { };/words : { stop = \"HALTU\"; help = \"HELPO\"; join = \"ALIGHI\"; "
		"yes = \"JES\"; };/;"
		"s/  join_ask = .*/  join_ask = \"{box}: respondu JES por ricevi {zones}.\";/;"
		"s/  alert_full = .*/  alert_full = \"{box} ALARMO #{incident}: {text} Respondu "
		"JES.\";/");
	box_start(box);
	person_texts(box, &dan, "Alighi");
	expect_text(box, &dan, "Faro: respondu JES por ricevi all zones.");
	person_texts(box, &dan, "Jes!");
	expect_text(box, &dan, "Welcome to Faro");
	person_texts(box, &ana, "ALERT two vans");
	an_alert_goes_out(box);
	expect_text(box, &dan, "Faro ALARMO #1: two vans. Respondu JES.");
	person_texts(box, &dan, "haltu");
	expect_text(box, &dan, "off the list");
	box_free(box);
}

static void every_draft_in_use_is_named(void **state)
{
	struct box *box = box_with_messages(", { phone = \"+15105550113\"; name = \"Dan\"; role = "
					    "\"member\"; language = \"ht\"; }");
	struct ran ran = box_check_config(box, NULL);
	char *log;

	(void)state;
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.err, "/ht.cfg:6: \"ht\" is in use and a draft"));
	assert_null(strstr(ran.err, "\"fr\" is in use"));
	ran_free(&ran);
	box_start(box);
	log = box_log(box);
	assert_non_null(strstr(log, "language \"ht\" is a draft and 1 people are spoken to in it"));
	free(log);
	ran = box_faroctl(box, "check", NULL);
	assert_int_equal(ran.code, 0);
	assert_true(strstr(ran.out, "is in use and a draft") ||
		    strstr(ran.err, "is in use and a draft"));
	ran_free(&ran);
	/* somebody chooses another; the next start says so */
	person_texts(box, &ben, "LANG zh");
	expect_text(box, &ben, "中文");
	box_stop(box);
	box_start(box);
	log = box_log(box);
	assert_non_null(strstr(log, "language \"zh\" is a draft and 1 people"));
	free(log);
	box_free(box);
}

static void a_file_without_a_placeholder_is_refused_with_its_line(void **state)
{
	struct box *box = box_with_messages("");
	struct ran ran;

	(void)state;
	write_language("es.cfg", "es.cfg",
		"s/{name} tiene ahora/Alguien tiene ahora/;"
		"s/  duty_off = .*/  duty_off = \"Ya terminó su turno, y le "
		"damos las gracias por haber estado con todas y con "
		"todos.\";/");
	ran = box_check_config(box, NULL);
	assert_int_equal(ran.code, 78);
	assert_non_null(strstr(ran.err, "/es.cfg:"));
	assert_non_null(strstr(ran.err, ": taken_by needs {name}"));
	ran_free(&ran);
	write_language("es.cfg", "es.cfg",
		"s/  duty_off = .*/  duty_off = \"Ya terminó su turno, y "
		"le damos las gracias por haber estado con todas y con "
		"todos.\";/");
	ran = box_check_config(box, NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.err, ": duty_off takes 2 segments, the English one 1"));
	ran_free(&ran);
	box_free(box);
}

/* Each in their own words, in their own script. */
static void a_neighbor_is_understood_in_every_language(void **state)
{
	static const struct {
		struct person_of_test who;
		const char *joins, *asked, *yes, *welcome, *stop, *stopped;
	} rows[] = {
		{ { "+15105550121", "fr" }, "Rejoindre", "répondez OUI", "oui", "Bienvenue",
			"Arrêtez", "vous avez quitté" },
		{ { "+15105550122", "pt" }, "participar", "responda SIM", "Sim", "Boas-vindas",
			"parar", "você saiu" },
		{ { "+15105550123", "ht" }, "Antre", "reponn WI", "wi", "Byenveni", "sispann",
			"ou pa sou lis" },
		{ { "+15105550124", "zh" }, "加入", "回复“是”", "是", "欢迎加入", "退订",
			"您已退出" },
		{ { "+15105550125", "vi" }, "tham gia", "nhắn VÂNG", "vâng", "Chào mừng", "ngừng",
			"đã ra khỏi" },
		{ { "+15105550126", "tl" }, "sali", "i-text ang OO", "Opo", "Maligayang", "itigil",
			"wala ka na sa listahan" },
		{ { "+15105550127", "ar" }, "انضمام", "أرسل نعم", "نعم", "أهلا بك", "توقف",
			"خرجت من القائمة" },
	};
	struct box *box = box_of_four(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		person_texts(box, &rows[i].who, rows[i].joins);
		expect_text(box, &rows[i].who, rows[i].asked);
		person_texts(box, &rows[i].who, rows[i].yes);
		expect_text(box, &rows[i].who, rows[i].welcome);
		person_texts(box, &rows[i].who, rows[i].stop);
		expect_text(box, &rows[i].who, rows[i].stopped);
	}
	box_wait_status(box, "members.left", 7, false);
	box_free(box);
}

static void digits_of_every_script_count(void **state)
{
	struct box *box = box_of_four(NULL);

	(void)state;
	person_texts(box, &ana, "ALERT two vans");
	an_alert_goes_out(box);
	expect_text(box, &ben, "two vans");
	person_texts(box, &ben, "نعم ١٥");
	expect_text(box, &ben, "in 15 min");
	expect_text(box, &ana, "1 yes");
	box_free(box);
}

/* ---- what they cost -------------------------------------------------------------------------- */

static const json_t *row_of(const json_t *json, const char *language, const char *message)
{
	const json_t *rows = json_object_get(json, "rows");

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if (strcmp(json_string_value(json_object_get(row, "language")), language) == 0 &&
			strcmp(json_string_value(json_object_get(row, "message")), message) == 0)
			return row;
	}
	fail_msg("no row for %s of %s", message, language);
	return NULL;
}

static void every_message_of_every_language_has_its_price(void **state)
{
	struct box *box = box_with_messages("");
	struct ran ran;
	const json_t *row;
	json_t *json;

	(void)state;
	write_language("es.cfg", "es.cfg",
		"s/  duty_off = .*/  duty_off = \"Ya terminó su turno, y "
		"le damos las gracias por haber estado con todas y con "
		"todos.\";/");
	write_language("zh.cfg", "zh.cfg", "/  duty_off = /d");
	box_start(box);
	ran = box_faroctl(box, "--json", "messages", "check", NULL);
	assert_int_equal(ran.code, 0);
	json = json_loads(ran.out, 0, NULL);
	assert_int_equal(json_number_at(json, "languages"), 9);
	assert_true(json_number_at(json, "messages") > 9 * 100);
	row = row_of(json, "es", "duty_off");
	assert_int_equal(json_number_at(row, "segments"), 2);
	assert_int_equal(json_number_at(row, "english_segments"), 1);
	assert_string_equal(json_string_value(json_object_get(row, "alphabet")), "ucs2");
	assert_string_equal(json_string_value(json_object_get(row, "letters")), "ó");
	assert_true(json_is_true(json_object_get(row, "dearer")));
	assert_true(json_is_number(json_object_get(row, "seconds")));
	row = row_of(json, "zh", "duty_off");
	assert_true(json_is_true(json_object_get(row, "missing")));
	assert_true(json_is_true(json_object_get(row, "draft")));
	row = row_of(json, "en", "duty_off");
	assert_string_equal(json_string_value(json_object_get(row, "alphabet")), "gsm7");
	json_decref(json);
	ran_free(&ran);
	ran = box_faroctl(box, "messages", "check", "--language", "es", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "duty_off"));
	assert_null(strstr(ran.out, "zh (a draft)"));
	assert_non_null(strstr(ran.out, "1 dearer than in English"));
	ran_free(&ran);
	/* what is wrong with a file on the disk is named before a reload would refuse it */
	write_language("es.cfg", "es.cfg", "s/{name} tiene ahora/Alguien tiene ahora/");
	ran = box_faroctl(box, "messages", "check", "--language", "zz", NULL);
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "no message file for the language \"zz\""));
	ran_free(&ran);
	ran = box_faroctl(box, "messages", "check", NULL);
	assert_int_equal(ran.code, 78);
	assert_non_null(strstr(ran.out, ": taken_by needs {name}"));
	ran_free(&ran);
	box_free(box);
}

/* ---- alerts in every language ---------------------------------------------------------------- */

#define HAITIAN                                                                                    \
	", { phone = \"+15105550113\"; name = \"Dan\"; role = \"member\"; language = \"ht\"; }"

static void the_code_of(const struct heard *promise, char code[8])
{
	const char *at = strstr(promise->text, "Reply ");

	assert_non_null(at);
	digits_of(at, 4, code);
}

static void a_template_is_read_by_everybody_in_their_language(void **state)
{
	struct box *box = box_with_messages(HAITIAN);
	const struct heard *promise;
	char code[8];

	(void)state;
	box_start(box);
	person_texts(box, &stranger, "REPORT many men with vests");
	expect_text(box, &ana, "#1 REPORT");
	person_texts(box, &ana, "ALERT 1 raid 3500 International Blvd 14:35");
	promise = expect_text(box, &ana, "to send");
	assert_non_null(strstr(promise->text, "en 2, es 2, ht 1."));
	assert_null(strstr(promise->text, "Not in theirs"));
	the_code_of(promise, code);
	person_texts(box, &ana, code);
	/* nobody has confirmed the report yet: that too is said in every language */
	expect_text(box, &ben, "UNCONFIRMED: Raid at 3500 International Blvd, 14:35.");
	expect_text(box, &carla, "Redada en 3500 International Blvd, 14:35.");
	expect_text(box, &dan, "POKO KONFIME: Rafal nan 3500 International Blvd, 14:35.");
	box_free(box);
}

/* The dispatcher's word for a kind may be of any language, and the time is that of the alert. */
static void a_template_takes_the_time_of_the_alert(void **state)
{
	struct box *box = box_with_messages(HAITIAN);
	const struct heard *heard;
	char digits[8];

	(void)state;
	box_start(box);
	person_texts(box, &ana, "ALERT retén Fruitvale y la 12");
	an_alert_goes_out(box);
	heard = expect_text(box, &ben, "Checkpoint at Fruitvale y la 12, ");
	digits_of(strstr(heard->text, "12, ") + 4, 2, digits);
	assert_int_equal(strlen(digits), 2);
	expect_text(box, &dan, "Baraj nan Fruitvale y la 12, ");
	box_free(box);
}

static void a_free_text_goes_as_written_but_where_a_version_was_added(void **state)
{
	struct box *box = box_with_messages(HAITIAN);
	const struct heard *promise;
	struct ran ran;
	char code[8], before[8];

	(void)state;
	box_start(box);
	/* without a pending alert it is a text like any other */
	person_texts(box, &ana, "ES nada");
	person_texts(box, &ana, "ALERT Two vans at 5th and Main");
	promise = expect_text(box, &ana, "to send");
	assert_non_null(strstr(promise->text, "en 2. Not in theirs: 3."));
	person_texts(box, &ana, "ES Dos carros");
	the_code_of(expect_text(box, &ana, "Added: ES Dos carros. Reply "), before);
	person_texts(box, &ana, "ES Dos camionetas en la 5th y Main");
	promise = expect_text(box, &ana, "Added: ES Dos camionetas en la 5th y Main. Reply ");
	assert_non_null(strstr(promise->text, "en 2, es 2. Not in theirs: 1."));
	the_code_of(promise, code);
	/* a code from before these words sends nothing, and takes no try */
	person_texts(box, &ana, before);
	expect_text(box, &ana, "Words were added since that code, so nothing was sent.");
	/* somebody else's version is not asked for */
	person_texts(box, &rosa, "HT De kamyonet");
	/* the versions outlive a restart */
	box_stop(box);
	box_start(box);
	person_texts(box, &ana, code);
	expect_text(box, &ben, "ALERT #");
	expect_text(box, &carla, "Dos camionetas en la 5th y Main");
	expect_text(box, &dan, "Two vans at 5th and Main");
	assert_int_equal(texts_with(box, ben.phone, "Two vans at 5th and Main"), 1);
	assert_int_equal(texts_with(box, carla.phone, "Two vans"), 0);
	/* but to Ana, who was shown it with its code */
	assert_int_equal(texts_with(box, NULL, "Dos carros"), 1);
	assert_int_equal(texts_with(box, ana.phone, "Dos carros"), 1);
	ran = box_faroctl(box, "show", "2", NULL);
	assert_null(strstr(ran.out, "camionetas"));
	ran_free(&ran);
	box_free(box);
}

/* faroctl says who reads it in their language, and takes the text in others. */
static void faroctl_sends_an_alert_in_several_languages(void **state)
{
	struct box *box = box_with_messages(HAITIAN);
	struct ran ran;

	(void)state;
	box_start(box);
	ran = box_faroctl(box, "alert", "--yes", "--no-wait", "Two vans at 5th and Main", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out,
		"in their language: en 2\n3 people get it in a language that is not theirs"));
	ran_free(&ran);
	ran = box_faroctl(box, "alert", "--yes", "--no-wait", "--text", "es=Dos camionetas",
		"--text", "ht=De kamyonet", "Two trucks at 5th", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "in their language: en 2, es 2, ht 1\n"));
	assert_null(strstr(ran.out, "not theirs"));
	ran_free(&ran);
	expect_text(box, &carla, "Two vans");
	expect_text(box, &carla, "Dos camionetas");
	expect_text(box, &ben, "Two trucks at 5th");
	/* a template is said in every language, and shown before */
	ran = box_faroctl(box, "alert", "--yes", "--no-wait", "raid 3500 International Blvd", NULL);
	assert_non_null(strstr(ran.out, "Raid at 3500 International Blvd, "));
	ran_free(&ran);
	expect_text(box, &carla, "Redada en 3500 International Blvd");
	ran = box_faroctl(box, "alert", "--yes", "--text", "xx=Two", "Two trucks", NULL);
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "does not speak this language: xx"));
	ran_free(&ran);
	ran = box_faroctl(box, "alert", "--yes", "--text", "es", "Two trucks", NULL);
	assert_int_equal(ran.code, 64);
	ran_free(&ran);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(each_language_has_its_own_encoding),
		cmocka_unit_test(a_wrong_encoding_is_refused_with_its_line),
		cmocka_unit_test_setup_teardown(
			a_language_is_added_by_adding_a_file, dir_make, dir_remove),
		cmocka_unit_test_setup_teardown(every_draft_in_use_is_named, dir_make, dir_remove),
		cmocka_unit_test_setup_teardown(
			a_file_without_a_placeholder_is_refused_with_its_line, dir_make,
			dir_remove),
		cmocka_unit_test_setup_teardown(
			every_message_of_every_language_has_its_price, dir_make, dir_remove),
		cmocka_unit_test_setup_teardown(
			a_template_is_read_by_everybody_in_their_language, dir_make, dir_remove),
		cmocka_unit_test_setup_teardown(
			a_template_takes_the_time_of_the_alert, dir_make, dir_remove),
		cmocka_unit_test_setup_teardown(
			a_free_text_goes_as_written_but_where_a_version_was_added, dir_make,
			dir_remove),
		cmocka_unit_test_setup_teardown(
			faroctl_sends_an_alert_in_several_languages, dir_make, dir_remove),
		cmocka_unit_test(a_neighbor_is_understood_in_every_language),
		cmocka_unit_test(digits_of_every_script_count),
	};

	return run_stories(stories);
}
