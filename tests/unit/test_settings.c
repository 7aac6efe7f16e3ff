/* SPDX-License-Identifier: Apache-2.0 */
/* Run with the word `print` it writes the sample: test_settings print > config/faro.cfg */
#include "settings_world.h"
#include "whole_file.h"

/* ---- defaults and the sample ----------------------------------------------------------------- */

static void check_defaults(const struct settings *s)
{
	static const int retry[] = { 5, 15, 45, 120, 600 };

	assert_string_equal(s->box.name, "Faro");
	assert_string_equal(s->box.language, "en");
	assert_string_equal(s->box.country_code, "1");
	assert_string_equal(s->box.timezone, "America/Los_Angeles");
	assert_string_equal(s->box.data_dir, "/var/lib/faro");
	assert_string_equal(s->box.control_socket, "/run/faro/control.sock");
	assert_string_equal(s->box.messages_dir, "/etc/faro/messages");
	assert_int_equal(s->box.log_level, LOG_LEVEL_INFO);
	assert_int_equal(s->board.driver, SETTINGS_DRIVER_GPIOD);
	assert_string_equal(s->board.definition, "/etc/faro/boards/raspberry-pi.cfg");
	assert_int_equal(s->board.n_hats, 0);
	assert_string_equal(s->board.night, "");
	assert_int_equal(s->list.join, SETTINGS_JOIN_OPEN);
	assert_string_equal(s->list.invite_code, "");
	assert_int_equal(s->list.n_zones, 0);
	assert_int_equal(s->alerts.confirm, SETTINGS_CONFIRM_CODE);
	assert_int_equal(s->alerts.code_ttl_s, 300);
	assert_int_equal(s->alerts.shelf_life_s, 7200);
	assert_int_equal(s->alerts.remind_after_s, 600);
	assert_true(s->delivery.reports);
	assert_int_equal(s->delivery.encoding.standard, SETTINGS_ENCODING_AUTO);
	assert_int_equal(s->delivery.unknown_wait_s, 60);
	assert_int_equal(s->delivery.retries, ARRAY_SIZE(retry));
	assert_memory_equal(s->delivery.retry_s, retry, sizeof(retry));
	assert_int_equal(s->delivery.parts_wait_s, 600);
	assert_int_equal(s->delivery.report_wait_s, 600);
	assert_int_equal(s->delivery.canary_every_s, 86400);
	assert_int_equal(s->n_info, 0);
	assert_string_equal(s->privacy.key_file, "");
	assert_int_equal(s->privacy.keep_text_days, 30);
	assert_int_equal(s->desk.summary_every_s, 60);
	assert_int_equal(s->desk.quiet_texts, 10);
	assert_int_equal(s->desk.quiet_window_s, 600);
	assert_int_equal(s->desk.quiet_time_s, 3600);
}

static void every_key_but_people_has_a_default(void **state)
{
	const struct settings *settings = accepted(PEOPLE);

	(void)state;
	assert_int_equal(settings->n_people, 1);
	assert_int_equal(settings->n_modems, 0);
	check_defaults(settings);
	settings_free(settings);

	assert_int_equal(parse("", &settings), -EINVAL);
	assert_non_null(strstr(said, "t.cfg:1: the file has no \"people\""));
}

static char *print_sample(void)
{
	size_t size;
	char *text;
	FILE *file = open_memstream(&text, &size);

	settings_print_sample(file);
	fclose(file);
	return text;
}

static void the_sample_file_is_what_the_schema_prints(void **state)
{
	char *file = read_whole("config/faro.cfg"), *printed = print_sample();

	(void)state;
	assert_string_equal(file, printed);
	free(file);
	free(printed);
}

static void the_sample_parses_to_the_defaults(void **state)
{
	char *printed = print_sample();
	const struct settings *settings = accepted(printed);

	(void)state;
	check_defaults(settings);
	assert_int_equal(settings->n_people + settings->n_modems, 0);
	settings_free(settings);
	free(printed);
}

static void the_samples_examples_are_right(void **state)
{
	char *printed = print_sample();
	const struct settings *settings;

	(void)state;
	for (char *p = printed; (p = strstr(p, "// ")); p++)
		memcpy(p, "   ", 3);
	settings = accepted(printed);
	assert_int_equal(warnings, 0);
	assert_int_equal(settings->n_modems, 1);
	assert_int_equal(settings->n_people, 1);
	assert_int_equal(settings->list.n_zones, 1);
	assert_int_equal(settings->n_info, 1);
	assert_string_equal(settings->info[0].texts[1].language, "es");
	settings_free(settings);
	free(printed);
}

static void the_demo_file_is_right(void **state)
{
	char *file = read_whole("config/demo.cfg");
	const struct settings *settings = accepted(file);

	(void)state;
	assert_int_equal(warnings, 0);
	assert_int_equal(settings->n_modems, 2);
	assert_int_equal(settings->board.driver, SETTINGS_DRIVER_SIM);
	assert_string_equal(settings->list.zones[1].names[1], "sur");
	settings_free(settings);
	free(file);
}

/* ---- values ---------------------------------------------------------------------------------- */

static void every_section_is_read(void **state)
{
	const struct settings *s =
		accepted("modems = ( { name = \"a\"; port = \"/dev/a\"; baud = 9600; pin = "
			 "\"1234\"; profile = \"quectel\";"
			 "  per_minute = 15; per_day = 200; recipients_per_month = 250;"
			 "  canary = \"510 555 0171\"; } );"
			 "board : { driver = \"none\"; hats = [ \"a.cfg\", \"b.cfg\" ]; };"
			 "list : { join = \"invite\"; invite_code = \"Farol\";"
			 "  zones = ( { id = \"n\"; names = ( \"Norte\", \"north\" ); }, { id = "
			 "\"s\"; names = \"sur\"; } ); };"
			 "people = ( { phone = \"(510) 555-0100\"; name = \"Ana\"; role = "
			 "\"dispatcher\"; language = \"es\";"
			 "  zones = [ \"n\", \"s\" ]; },"
			 "  { phone = \"+15105550101\"; role = \"admin\"; } );"
			 "alerts : { remind_after = 0; };"
			 "delivery : { reports = false; encoding = \"ucs2\"; retry = ( 1, 2 ); };"
			 "info = ( { keyword = \"rights\"; text = ( { language = \"en\"; body = "
			 "\"two\\nlines\"; } ); } );"
			 "privacy : { keep_text_days = 7; };");

	(void)state;
	assert_int_equal(warnings, 0);
	assert_int_equal(s->modems[0].baud, 9600);
	assert_string_equal(s->modems[0].pin, "1234");
	assert_string_equal(s->modems[0].profile, "quectel");
	assert_int_equal(s->modems[0].per_minute, 15);
	assert_int_equal(s->modems[0].recipients_per_month, 250);
	assert_string_equal(s->modems[0].canary, "+15105550171");
	assert_string_equal(settings_driver_name(s->board.driver), "none");
	assert_int_equal(s->board.n_hats, 2);
	assert_string_equal(s->board.hats[1], "b.cfg");
	assert_string_equal(s->list.invite_code, "Farol");
	assert_int_equal(s->list.zones[0].n_names, 2);
	assert_string_equal(s->list.zones[1].names[0], "sur");
	assert_string_equal(s->people[0].phone, "+15105550100");
	assert_string_equal(s->people[0].role, "dispatcher");
	assert_string_equal(s->people[0].zones[1], "s");
	assert_false(s->delivery.reports);
	assert_int_equal(s->delivery.encoding.standard, SETTINGS_ENCODING_UCS2);
	assert_int_equal(s->delivery.retries, 2);
	assert_string_equal(s->info[0].keywords[0], "rights");
	assert_string_equal(s->info[0].texts[0].body, "two\nlines");
	assert_int_equal(s->privacy.keep_text_days, 7);
	settings_free(s);
}

static void a_wrong_value_is_named_with_what_is_allowed(void **state)
{
	(void)state;
	refused("alerts : { code_ttl = 0; };", "t.cfg:3: alerts.code_ttl is 0; allowed: 1 to 3600");
	refused("alerts : {\n code_ttl = 3601; };",
		"t.cfg:4: alerts.code_ttl is 3601; allowed: 1 to 3600");
	refused("alerts : { code_ttl = \"5\"; };",
		"t.cfg:3: alerts.code_ttl is a text in quotes; allowed: 1 to 3600");
	refused("alerts : { code_ttl = 1.5; };",
		"t.cfg:3: alerts.code_ttl is a broken number; allowed: 1 to 3600");
	refused("delivery : { reports = 1; };",
		"t.cfg:3: delivery.reports is a number; allowed: true or false");
	refused("alerts : { confirm = \"cod\"; };",
		"t.cfg:3: alerts.confirm is \"cod\"; allowed: \"code\", \"two\", \"button\" or "
		"\"none\"");
	refused("box : { language = \"EN\"; };",
		"t.cfg:3: box.language is \"EN\"; allowed: a language code such as \"en\", \"es\" "
		"or \"pt-BR\"");
	refused("box : { country_code = \"+1\"; };",
		"t.cfg:3: box.country_code is \"+1\"; allowed: the digits of a country code "
		"without \"+\", such as "
		"\"1\" or \"52\"");
	refused("box : { timezone = \"../../etc/passwd\"; };",
		"t.cfg:3: box.timezone is \"../../etc/passwd\"; allowed: a name of "
		"/usr/share/zoneinfo such as "
		"\"America/Los_Angeles\" or \"UTC\"");
	refused("list : { quiet = \"21-8\"; };",
		"t.cfg:3: list.quiet is \"21-8\"; allowed: two different times as the clock shows "
		"them, such as \"21:00-08:00\", or \"\" for none");
	refused("list : { quiet = \"08:00-08:00\"; };",
		"t.cfg:3: list.quiet is \"08:00-08:00\"; allowed: two different times as the "
		"clock shows them, such as \"21:00-08:00\", or \"\" for none");
	refused("box : { name = \"\"; };",
		"t.cfg:3: box.name is \"\"; allowed: one line of text, at most 32 bytes");
	refused("box : { name = \"a\\nb\"; };",
		"t.cfg:3: box.name is \"a b\"; allowed: one line of text, at most 32 bytes");
	refused("box : { name = \"\\xFF\"; };",
		"t.cfg:3: box.name is \"\xFF\"; allowed: one line of text, at most 32 bytes");
	refused("box = 5;", "t.cfg:3: box is a number; allowed: a group { ... }");
	refused("delivery : { retry = 5; };",
		"t.cfg:3: delivery.retry is a number; allowed: a list ( ... )");
	refused("delivery : { retry = []; };",
		"t.cfg:3: delivery.retry has 0 elements; allowed: 1 to 10");
	refused("delivery : { retry = [ 1,2,3,4,5,6,7,8,9,10,11 ]; };",
		"t.cfg:3: delivery.retry has 11 elements; allowed: 1 to 10");
	refused("delivery : { retry = [ 5, 15, 15 ]; };",
		"t.cfg:3: delivery.retry has 15 after 15; allowed: ascending numbers");
	refused("list : { zones = ( { id = \"2\"; } ); };",
		"t.cfg:3: list.zones.id is \"2\"; allowed: small letters a-z, digits, \"-\" and "
		"\"_\", with a letter "
		"first");
	refused("list : { zones = ( { names = \"x\"; } ); };",
		"t.cfg:3: a zone has no \"id\" (Never change it: members are kept under it)");
}

static void each_language_may_have_its_own_encoding(void **state)
{
	const struct settings *s =
		accepted(PEOPLE "delivery : { encoding = { default = \"shift\"; es = "
				"\"transliterate\"; pt-BR = \"ucs2\"; }; };");
	const struct settings_words *encoding = &s->delivery.encoding;

	(void)state;
	assert_int_equal(encoding->standard, SETTINGS_ENCODING_SHIFT);
	assert_int_equal(encoding->n_own, 2);
	assert_string_equal(encoding->own[0].language, "es");
	assert_int_equal(encoding->own[0].word, SETTINGS_ENCODING_TRANSLITERATE);
	assert_string_equal(encoding->own[1].language, "pt-BR");
	assert_int_equal(encoding->own[1].word, SETTINGS_ENCODING_UCS2);
	settings_free(s);
	s = accepted(PEOPLE "delivery : { encoding = { es = \"ucs2\"; }; };");
	assert_int_equal(s->delivery.encoding.standard, SETTINGS_ENCODING_AUTO);
	assert_int_equal(s->delivery.encoding.n_own, 1);
	settings_free(s);
	s = accepted(PEOPLE "delivery : { encoding = { }; };");
	assert_int_equal(s->delivery.encoding.n_own, 0);
	settings_free(s);
}

static void a_wrong_encoding_is_named_with_what_is_allowed(void **state)
{
	(void)state;
	refused("delivery : { encoding = \"utf8\"; };",
		"t.cfg:3: delivery.encoding is \"utf8\"; allowed: \"auto\", \"transliterate\", "
		"\"shift\" or \"ucs2\", or a word for each language: { default = \"auto\"; es = "
		"\"transliterate\"; }");
	refused("delivery : { encoding = {\n es = \"utf8\"; }; };",
		"t.cfg:4: delivery.encoding.es is \"utf8\"; allowed: \"auto\", \"transliterate\", "
		"\"shift\" or \"ucs2\", or a word for each language: { default = \"auto\"; es = "
		"\"transliterate\"; }");
	refused("delivery : { encoding = {\n es = \"auto\";\n Spanish = \"auto\"; }; };",
		"t.cfg:5: unknown key \"Spanish\" in encoding; allowed: \"default\" and language "
		"codes such as \"en\", \"es\" or \"pt-BR\"");
	refused("delivery : { encoding = 7; };",
		"t.cfg:3: delivery.encoding is a number, not a text in quotes; allowed: \"auto\", "
		"\"transliterate\", \"shift\" or \"ucs2\", or a word for each language: { default "
		"= "
		"\"auto\"; es = \"transliterate\"; }");
}

static void an_unknown_family_is_answered_with_those_there_are(void **state)
{
	const struct settings *settings;

	(void)state;
	assert_int_equal(parse(PEOPLE "modems = ( { name = \"m\"; port = \"/dev/x\"; "
				      "profile = \"nosuch\"; } );",
				 &settings),
		-EINVAL);
	assert_non_null(strstr(said, "profile is \"nosuch\"; allowed: \"auto\", \"generic\", "));
#define MODEM_FAMILY(id) assert_non_null(strstr(said, "\"" #id "\""));
#include "faro/modem_families.def"
#undef MODEM_FAMILY
}

/* libconfig 1.5 would take the low 32 bits without a word. */
static void a_number_of_more_than_31_bits_is_refused(void **state)
{
	const struct settings *settings;

	(void)state;
	assert_int_equal(parse(PEOPLE "alerts : { code_ttl = 4294967596; };", &settings), -EINVAL);
	assert_non_null(strstr(said, "t.cfg:2: the number 4294967596 is too large"));
	settings_free(accepted(
		PEOPLE "# 4294967596\nbox : { name = \"4294967596\"; }; /*\n4294967596 */"));
}

static void a_socket_path_that_does_not_fit_is_refused(void **state)
{
	char path[128], text[512];
	const struct settings *settings;

	(void)state;
	memset(path, 'a', sizeof(path));
	path[108] = '\0';
	snprintf(text, sizeof(text), PEOPLE "box : { control_socket = \"%s\"; };", path);
	assert_int_equal(parse(text, &settings), -EINVAL);
	assert_non_null(strstr(
		said, "box.control_socket is not right; allowed: a path, at most 107 bytes"));
	path[107] = '\0';
	snprintf(text, sizeof(text), PEOPLE "box : { control_socket = \"%s\"; };", path);
	settings_free(accepted(text));
}

static void an_unknown_key_names_the_nearest_known_one(void **state)
{
	(void)state;
	refused("box : { nmae = \"x\"; };",
		"t.cfg:3: unknown key \"nmae\" in box; did you mean \"name\"?");
	refused("\n\nalert : { };",
		"t.cfg:5: unknown key \"alert\" in the file; did you mean \"alerts\"?");
	refused("box : { confirm = \"code\"; };", "t.cfg:3: unknown key \"confirm\" in box; did "
						  "you mean \"confirm\", which belongs to alerts?");
	refused("zonez = ();", "t.cfg:3: unknown key \"zonez\" in the file; did you mean "
			       "\"zones\", which belongs to list?");
	refused("list : { zones = ( { id = \"a\"; nam = \"b\"; } ); };",
		"t.cfg:3: unknown key \"nam\" in a zone; did you mean \"names\"?");
}

static void what_is_secret_or_personal_is_never_repeated(void **state)
{
	const struct settings *settings;

	(void)state;
	assert_int_equal(parse("modems = ( { name = \"a\"; port = \"b\"; pin = \"12x4\"; } );"
			       "people = ( { phone = \"555-0147\"; name = \"Graci\\x01ela\"; role "
			       "= \"admin\"; },"
			       "  { phone = \"+15105550148\"; }, { phone = \"510 555 0148\"; } );"
			       "list : { join = \"invite\"; invite_code = \"se\\x02cret\"; };",
				 &settings),
		-EINVAL);
	assert_int_equal(errors, 5);
	assert_null(strstr(said, "12x4"));
	assert_null(strstr(said, "0147"));
	assert_null(strstr(said, "0148"));
	assert_null(strstr(said, "ela"));
	assert_null(strstr(said, "cret"));
}

/* ---- meaning --------------------------------------------------------------------------------- */

static void references_and_uniqueness_are_checked(void **state)
{
	const struct settings *settings;

	(void)state;
	refused("list : { zones = ( { id = \"a\"; }, { id = \"a\"; } ); };",
		"t.cfg:3: two zones have the id \"a\"; allowed: an id of its own for each");
	refused("list : { zones = ( { id = \"a\"; names = \"Norte\"; },\n { id = \"b\"; names = "
		"\"nórte\"; } ); };",
		"t.cfg:4: zones \"a\" and \"b\" share the name \"nórte\"; allowed: a name for one "
		"zone only");
	refused("list : { zones = ( { id = \"a\"; }, { id = \"b\"; names = \"A\"; } ); };",
		"t.cfg:3: zones \"a\" and \"b\" share the name \"A\"; allowed: a name for one zone "
		"only");
	refused("list : { join = \"invite\"; };",
		"t.cfg:3: list.join is \"invite\" without list.invite_code; allowed: one word in "
		"list.invite_code");
	refused("info = ( { keyword = ( \"a\", \"á\" ); text = ( { language = \"en\"; body = "
		"\"x\"; } ); } );",
		"t.cfg:3: info.keyword \"á\" is there twice; allowed: each word once");
	refused("info = ( { keyword = \"a\"; text = ( { language = \"en\"; body = \"x\"; },"
		" { language = \"en\"; body = \"y\"; } ); } );",
		"t.cfg:3: info.text has the language \"en\" twice; allowed: one text per language");
	refused("alerts : { confirm = \"button\"; }; board : { driver = \"none\"; };",
		"t.cfg:3: alerts.confirm is \"button\" and board.driver is \"none\": no alert "
		"could be sent; allowed: "
		"\"code\", \"two\" or \"none\"");
	assert_int_equal(parse("modems = ( { name = \"a\"; port = \"x\"; },\n{ name = \"a\"; port "
			       "= \"x\"; } );" PEOPLE,
				 &settings),
		-EINVAL);
	assert_string_equal(said, "t.cfg:2: two modems are called \"a\" (the other in line 1); "
				  "allowed: a name of its own for each\n"
				  "t.cfg:2: modems \"a\" and \"a\" share the port x; allowed: a "
				  "port of its own for each\n");
	assert_int_equal(parse("modems = ( { name = \"a\"; port = \"x\"; canary = \"5550171\"; "
			       "} );" PEOPLE,
				 &settings),
		-EINVAL);
	assert_string_equal(said, "t.cfg:1: modems.canary is no phone number; allowed: \"+\", "
				  "country code and number, or a full national number\n");
}

static void two_modems_of_one_imei_are_a_mistake(void **state)
{
	const struct settings *settings;

	(void)state;
	assert_int_equal(
		parse(PEOPLE "modems = (\n"
			     "{ name = \"a\"; port = \"auto\"; imei = \"490154203237518\"; },\n"
			     "{ name = \"b\"; port = \"auto\"; imei = \"490154203237518\"; } );",
			&settings),
		-EINVAL);
	assert_string_equal(said,
		"t.cfg:4: modems \"a\" and \"b\" have the same imei (the other in line 3), one "
		"of them would stay absent; allowed: an imei of its own for each\n");
}

static void people_are_checked(void **state)
{
	const struct settings *settings;

	(void)state;
	assert_int_equal(parse("people = ( { phone = \"5550100\"; role = \"admin\"; },\n"
			       "{ phone = \"+15105550101\"; zones = ( \"north\" ); },\n"
			       "{ phone = \"510.555.0101\"; } );" MODEM,
				 &settings),
		-EINVAL);
	assert_string_equal(said,
		"t.cfg:1: people.phone is no phone number; allowed: \"+\", country code and "
		"number, or a full national "
		"number\n"
		"t.cfg:2: people.zones names \"north\"; allowed: the ids of list.zones\n"
		"t.cfg:3: two people have this phone (the other in line 2); allowed: a phone for "
		"one person only\n");
}

static void a_box_that_nobody_leads_is_warned_about(void **state)
{
	const struct settings *settings;

	(void)state;
	settings =
		accepted("people = ( { phone = \"+15105550100\"; role = \"responder\"; } );" MODEM);
	assert_int_equal(warnings, 1);
	assert_non_null(
		strstr(said, "t.cfg:1: warning: nobody in people is a dispatcher or an admin"));
	settings_free(settings);
	settings = accepted(
		"people = ( { phone = \"+15105550100\"; role = \"dispatcher\"; } );" MODEM);
	assert_int_equal(warnings, 1);
	assert_non_null(strstr(said, "t.cfg:1: warning: nobody in people is an admin: faroctl "
				     "test and the button TEST have nobody to text"));
	settings_free(settings);
	settings = accepted(PEOPLE);
	assert_int_equal(warnings, 1);
	assert_non_null(strstr(said, "warning: there is no modem"));
	settings_free(settings);
}

static void reminders_without_reports_are_warned_about(void **state)
{
	const struct settings *settings;

	(void)state;
	settings = accepted(PEOPLE MODEM "delivery : { reports = false; };");
	assert_int_equal(warnings, 1);
	assert_non_null(strstr(said, "delivery.reports is false: nobody is asked once more"));
	settings_free(settings);
	settings = accepted(PEOPLE MODEM "delivery : { reports = false; };\n"
					 "alerts : { remind_after = 0; };");
	assert_int_equal(warnings, 0);
	settings_free(settings);
}

static void modems_with_wrong_names_that_share_a_port_are_named_by_their_lines(void **state)
{
	const struct settings *settings;

	(void)state;
	assert_int_equal(parse(PEOPLE "modems = (\n"
				      "{ name = \"a b\"; port = \"/dev/x\"; },\n"
				      "{ name = \"c d\"; port = \"/dev/x\"; } );\n",
				 &settings),
		-EINVAL);
	assert_non_null(strstr(said, "modems of line 3 and of line 4 share the port /dev/x"));
}

static void all_mistakes_are_reported_not_only_the_first(void **state)
{
	const struct settings *settings;

	(void)state;
	assert_int_equal(parse("box : { nam = 1; language = \"x\"; };\n"
			       "modems = ( { name = \"a\"; }, 5 );\n"
			       "alerts : { code_ttl = 0; };\n"
			       "people = ( { phone = \"1\"; role = \"boss\"; } );\n"
			       "delivery : { retry = [ 2, 1 ]; };\n",
				 &settings),
		-EINVAL);
	assert_int_equal(errors, 8);
	for (char line = '1'; line <= '5'; line++) {
		char where[] = { 't', '.', 'c', 'f', 'g', ':', line, ':', '\0' };

		assert_non_null(strstr(said, where));
	}
}

static void what_is_no_libconfig_is_reported_with_its_line(void **state)
{
	(void)state;
	refused("\nbox : { name = };",
		"t.cfg:4: syntax error here or in the line before; allowed: key = value; with "
		"texts in \"quotes\", numbers, true and false without");
	refused("box : { name = \"a\"; name = \"b\"; };",
		"t.cfg:3: duplicate setting name: this key stands in its group already; allowed: "
		"once");
	refused("\nbox : { name = \"a;\n };\n",
		"t.cfg:4: the text that begins here is not closed: a quote is missing");
	refused("box : {\nname = \"a\";\nname = \"b\";\n};",
		"t.cfg:5: duplicate setting name: name stands in its group already; allowed: once");
	refused("/* \n\n", "t.cfg:3: the comment that begins here is not closed");
}

/* The next quote closes it, and whatever is said of the lines behind it leads nowhere. */
static void a_quote_that_is_missing_is_reported_where_it_is_missing(void **state)
{
	const struct settings *settings;

	(void)state;
	assert_int_equal(
		parse("box : {\nname = \"a;\nshort_name = \"b;\n};\n", &settings), -EINVAL);
	assert_non_null(strstr(said, "t.cfg:2: the text that begins here goes on over the end of "
				     "its line: is a quote missing?"));
	refused("box : {\nname = \"a;\nshort_name = \"b\";\n};\n",
		"t.cfg:4: the text that begins here is not closed: a quote is missing");
}

/* ---- reload ---------------------------------------------------------------------------------- */

static void note_modem(void *ctx, const struct settings_modem *before,
	const struct settings_modem *after, bool restart)
{
	strbuf_addf(ctx, "%s>%s%s ", before ? before->name : "-", after ? after->name : "-",
		restart ? "!" : "");
}

static void a_reload_tells_which_modems_changed(void **state)
{
	const struct settings *before = accepted(
		PEOPLE "modems = ( { name = \"a\"; port = \"1\"; }, { name = \"b\"; port = "
		       "\"2\"; },"
		       " { name = \"c\"; port = \"3\"; }, { name = \"d\"; port = \"4\"; } );");
	const struct settings *after =
		accepted(PEOPLE "modems = ( { name = \"e\"; port = \"5\"; },"
				" { name = \"d\"; port = \"4\"; per_day = 5; },"
				" { name = \"c\"; port = \"3\"; pin = \"1234\"; },"
				" { name = \"a\"; port = \"1\"; } );");
	char memory[128];
	struct strbuf sb;

	(void)state;
	strbuf_init(&sb, memory, sizeof(memory));
	settings_compare_modems(before, after, note_modem, &sb);
	assert_string_equal(memory, "a>a b>-! c>c! d>d ->e! ");
	assert_int_equal(settings_modem_find(after, "d")->per_day, 5);
	assert_null(settings_modem_find(after, "b"));
	settings_free(before);
	settings_free(after);
	settings_free(NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_but_people_has_a_default),
		cmocka_unit_test(the_sample_file_is_what_the_schema_prints),
		cmocka_unit_test(the_sample_parses_to_the_defaults),
		cmocka_unit_test(the_samples_examples_are_right),
		cmocka_unit_test(the_demo_file_is_right),
		cmocka_unit_test(every_section_is_read),
		cmocka_unit_test(a_wrong_value_is_named_with_what_is_allowed),
		cmocka_unit_test(each_language_may_have_its_own_encoding),
		cmocka_unit_test(a_wrong_encoding_is_named_with_what_is_allowed),
		cmocka_unit_test(an_unknown_family_is_answered_with_those_there_are),
		cmocka_unit_test(a_number_of_more_than_31_bits_is_refused),
		cmocka_unit_test(a_socket_path_that_does_not_fit_is_refused),
		cmocka_unit_test(an_unknown_key_names_the_nearest_known_one),
		cmocka_unit_test(what_is_secret_or_personal_is_never_repeated),
		cmocka_unit_test(references_and_uniqueness_are_checked),
		cmocka_unit_test(two_modems_of_one_imei_are_a_mistake),
		cmocka_unit_test(people_are_checked),
		cmocka_unit_test(a_box_that_nobody_leads_is_warned_about),
		cmocka_unit_test(reminders_without_reports_are_warned_about),
		cmocka_unit_test(
			modems_with_wrong_names_that_share_a_port_are_named_by_their_lines),
		cmocka_unit_test(all_mistakes_are_reported_not_only_the_first),
		cmocka_unit_test(what_is_no_libconfig_is_reported_with_its_line),
		cmocka_unit_test(a_quote_that_is_missing_is_reported_where_it_is_missing),
		cmocka_unit_test(a_reload_tells_which_modems_changed),
	};

	if (argc > 1 && strcmp(argv[1], "print") == 0) {
		settings_print_sample(stdout);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
