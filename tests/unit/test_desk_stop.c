/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STOP beats everything: every word and phrase of both languages, in every dialogue, and nothing
 * queued leaves after it.
 */
#include "desk_world.h"

/* ---- the words, as the tables and the message file have them ---- */

static char entries[512][96];
static int n_entries;

static void add_entry(const char *text, size_t n)
{
	while (n && strchr(" .", *text))
		text++, n--;
	while (n && strchr(" .", text[n - 1]))
		n--;
	if (n && n < sizeof(entries[0]) && n_entries < (int)ARRAY_SIZE(entries))
		snprintf(entries[n_entries++], sizeof(entries[0]), "%.*s", (int)n, text);
}

static void add_list(const char *list)
{
	while (*list) {
		size_t n = strcspn(list, ",");

		add_entry(list, n);
		list += n + (list[n] == ',');
	}
}

static void add_english(bool family)
{
	static const struct {
		enum speech_word word;
		const char *list;
	} words_of[] = {
#define WORD(id, english, what) { WORD_##id, english },
#include "faro/speech_words.def"
#undef WORD
	};

	for (size_t i = 0; i < ARRAY_SIZE(words_of); i++)
		if (words_of[i].word == WORD_STOP ||
			(family && (words_of[i].word == WORD_CANCEL ||
					   words_of[i].word == WORD_REMOVE)))
			add_list(words_of[i].list);
}

/* The strings of one setting of a message file, up to its semicolon. */
static void add_setting(const char *file, const char *name)
{
	const char *at = strstr(file, name), *end;

	assert_non_null(at);
	end = at + strcspn(at, ";");
	for (at = strchr(at, '"'); at && at < end; at = strchr(at, '"')) {
		char list[1024];
		size_t n = strcspn(at + 1, "\"");

		snprintf(list, sizeof(list), "%.*s", (int)n, at + 1);
		add_list(list);
		at += n + 2;
	}
}

static void add_language(const char *language, bool family)
{
	static char file[65536];
	char path[64];
	FILE *in;

	snprintf(path, sizeof(path), "config/messages/%s.cfg", language);
	in = fopen(path, "r");
	assert_non_null(in);
	file[fread(file, 1, sizeof(file) - 1, in)] = '\0';
	fclose(in);
	add_setting(file, "  stop = ");
	if (!family)
		return;
	add_setting(file, "  cancel = ");
	add_setting(file, "  remove = ");
}

/* ---- the dialogues ---- */

static void becomes(struct world *w, enum role role)
{
	struct person ben;

	assert_int_equal(store_person_meet(w->store, phone_of("Ben"), w->now_ms, &ben), 0);
	assert_int_equal(store_person_join(w->store, ben.id, 0, false, "test", "", w->now_ms), 0);
	assert_int_equal(store_person_set_role(w->store, ben.id, role, w->now_ms), 0);
	assert_int_equal(store_person_set_muted(w->store, ben.id, 0), 0);
}

static void as_member(struct world *w)
{
	becomes(w, ROLE_MEMBER);
}

static void as_stranger(struct world *w)
{
	struct person ben;

	becomes(w, ROLE_MEMBER);
	assert_int_equal(store_person_find(w->store, phone_of("Ben"), &ben), 0);
	assert_int_equal(store_person_remove(w->store, ben.id, w->now_ms), 0);
}

static void asked_to_say_yes(struct world *w)
{
	as_stranger(w);
	texts(w, "Ben", "JOIN");
}

static void in_an_alert(struct world *w)
{
	becomes(w, ROLE_RESPONDER);
	texts(w, "Ana", "ALERT vans at 5th");
	for (int i = 0; i < w->n_heard; i++)
		keep_code(w, w->heard[i].text);
	texts(w, "Ana", w->code);
}

static void with_an_open_incident(struct world *w)
{
	as_member(w);
	texts(w, "Ben", "REPORT vans at 5th");
}

static void with_a_pending_alert(struct world *w)
{
	becomes(w, ROLE_DISPATCHER);
	texts(w, "Ben", "ALERT vans at 6th");
}

static void muted_by_the_loop_guard(struct world *w)
{
	becomes(w, ROLE_MEMBER);
	for (int i = 0; i < 4; i++)
		texts(w, "Ben", "echo");
}

static void (*const dialogues[])(struct world *w) = { as_member, as_stranger, asked_to_say_yes,
	in_an_alert, with_an_open_incident, with_a_pending_alert, muted_by_the_loop_guard };

static int64_t queued_for(struct world *w, const char *name)
{
	int64_t n = 0;
	char phone[PHONE_SIZE];
	struct store_claim claim;

	text_copy(phone, sizeof(phone), phone_of(name));
	while (store_claim_next(w->store, "sim1", false, w->now_ms, &claim) == 1) {
		n += strcmp(claim.phone, phone) == 0;
		hear_part(w, &claim);
		assert_int_equal(store_segment_sent(w->store, claim.segment_id,
					 ++w->reference & 255, w->now_ms),
			0);
	}
	return n;
}

/*
 * Texts wait for Ben when he says it: they are dropped, one confirmation goes out, and nothing
 * more.
 */
static void say_stop(struct world *w, const char *words_said)
{
	static const char *const before[] = { "LANG", "HELP", "rights" };
	const struct heard_text *heard;
	struct person ben;

	w->deaf = true;
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		texts(w, "Ben", before[i]);
	forget(w);
	texts(w, "Ben", words_said);
	ben = row_of(w, "Ben");
	if (ben.state != PERSON_LEFT || !ben.suppressed || ben.role != ROLE_NEIGHBOR)
		fail_msg("\"%s\" was not taken for STOP", words_said);
	w->deaf = false;
	if (queued_for(w, "Ben") != 1)
		fail_msg("\"%s\": not one text but %d", words_said, w->n_heard);
	heard = next_heard(w, "Ben");
	if (!heard || heard->class != CLASS_STOP ||
		(!strstr(heard->text, "you are off the list") &&
			!strstr(heard->text, "queda fuera de la lista")))
		fail_msg("\"%s\" was not answered by the confirmation", words_said);
	forget(w);
	texts(w, "Ben", words_said);
	hears_nothing(w, "Ben"); /* again: it is so already */
}

static bool is_cancel(struct world *w, const char *words_said)
{
	struct speech_heard heard;

	speech_hear(w->speech, "en", words_said, &heard);
	return heard.word == WORD_CANCEL;
}

static void a_dispatchers_cancel_while_an_alert_waits_or_runs_is_asked_back(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	texts(w, "Ana", "CANCEL");
	hears(w, "Ana", "CANCEL 1 calls alert #1 off. STOP takes you off the list.");
	texts(w, "Ana", w->code); /* nothing was done */
	hears(w, "Ana", "#1 is going out");
	forget(w);
	texts(w, "Ana", "cancel!!");
	hears(w, "Ana", "CANCEL 1 calls alert #1 off.");
	texts(w, "Ana", "cancel the alert");
	hears(w, "Ana", "CANCEL 1 calls alert #1 off.");
	texts(w, "Rosa", "Cancelar");
	hears(w, "Rosa", "CANCELAR 1 retira la alerta #1.");
	assert_false(row_of(w, "Ana").suppressed);
	/* one's own comes before another's */
	texts(w, "Abe", "ALERT vans at 6th");
	forget(w);
	texts(w, "Ana", "CANCEL");
	hears(w, "Ana", "CANCEL 1 calls alert #1 off.");
	texts(w, "Abe", "CANCEL");
	hears(w, "Abe", "CANCEL 2 calls alert #2 off.");
	/* of who sends no alerts it is STOP, and so it is when none is left */
	texts(w, "Carla", "CANCEL");
	assert_true(row_of(w, "Carla").suppressed);
	texts(w, "Ana", "CANCEL 1");
	texts(w, "Abe", "CANCEL 2");
	texts(w, "Ana", "CANCEL");
	assert_true(row_of(w, "Ana").suppressed);
	world_destroy(w);
}

static void every_word_and_phrase_is_stop_in_every_dialogue(void **state)
{
	(void)state;
	n_entries = 0;
	add_english(true);
	add_language("es", true);
	assert_true(n_entries > 70);
	for (size_t d = 0; d < ARRAY_SIZE(dialogues); d++) {
		struct world *w = world_of_people(USUAL_SETTINGS);

		for (int i = 0; i < n_entries; i++) {
			dialogues[d](w);
			forget(w);
			/* while an alert waits a dispatcher's CANCEL may be about that */
			if (dialogues[d] != with_a_pending_alert || !is_cancel(w, entries[i]))
				say_stop(w, entries[i]);
			w->now_ms += MS_PER_H;
		}
		world_destroy(w);
	}
}

static void stop_is_understood_as_people_write_it(void **state)
{
	static const char *const said[] = { "stop", " Stop! ", "STOP.", "sToP please",
		"Stop it now", "\"STOP\"", "please take me off the list",
		"Take me off your list, thank you", "pls don't text me again", "I want to opt out",
		"opt-out", "No más", "¡no más!", "no mas por favor", "Ya no más", "alto", "¡ALTO!",
		"basta ya", "quítenme de la lista", "por favor quítenme de la lista",
		"Ya no quiero recibir mensajes", "cancel please", "Remove me from this",
		"unsubscribe me please", "baja", "STOPALL" };
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		as_member(w);
		say_stop(w, said[i]);
		w->now_ms += MS_PER_H;
	}
	world_destroy(w);
}

static void what_only_begins_like_stop_is_a_report(void **state)
{
	static const char *const said[] = { "End of 5th street, three vans",
		"No más dos camionetas en la quinta", "Baja por la calle 5, son tres",
		"Fin de la calle Main", "they wont leave me alone, help at 5th and Main",
		"There are no more vans here", "stopped a car at 5th",
		"Salir por atras, hay agentes" };
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		as_member(w);
		forget(w);
		texts(w, "Ben", said[i]);
		if (row_of(w, "Ben").suppressed)
			fail_msg("\"%s\" was taken for STOP", said[i]);
		if (!next_heard(w, "Ana") || !strstr(next_heard(w, "Ana")->text, said[i]))
			fail_msg("Ana does not hear \"%s\"", said[i]);
		w->now_ms += MS_PER_H;
	}
	world_destroy(w);
}

static void a_long_text_that_begins_with_stop_is_stop_and_reaches_people(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	as_member(w);
	texts(w, "Ben", "STOP the van at 5th and Main, they took my brother");
	assert_true(row_of(w, "Ben").suppressed);
	hears(w, "Ben", "you are off the list");
	hears(w, "Ana", "message: STOP the van at 5th and Main, they took my brother");
	hears_nothing(w, "Ben");
	world_destroy(w);
}

static void a_dispatcher_who_stops_keeps_the_role_of_the_configuration(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "STOP");
	hears(w, "Ana", "you are off the list");
	texts(w, "Eva", "REPORT vans at 5th");
	hears_nothing(w, "Ana");
	world_restart(w);
	texts(w, "Eva", "they have vests");
	hears_nothing(w, "Ana");
	texts(w, "Ana", "START");
	hears(w, "Ana", "Welcome to Faro!");
	texts(w, "Ana", "TAKE 1");
	hears(w, "Ana", "#1 is yours.");
	world_destroy(w);
}

static void stop_takes_an_alerts_copy_back_that_has_not_left(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	w->deaf = true;
	texts(w, "Ana", w->code);
	texts(w, "Mia", "STOP");
	w->deaf = false;
	settle(w);
	hears(w, "Mia", "you are off the list");
	hears_nothing(w, "Mia");
	hears(w, "Carla", "Faro ALERT #1");
	texts(w, "Ana", "CLEAR 1");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

static void an_import_does_not_bring_back_who_left(void **state)
{
	struct desk_person_request mia = { .phone = "+15105550106", .role = "member" };
	struct world *w = world_of_people(USUAL_SETTINGS);
	char why[128];

	(void)state;
	texts(w, "Mia", "STOP");
	assert_int_equal(desk_person_add(w->desk, &mia, w->now_ms, why, sizeof(why)), -EPERM);
	assert_string_equal(why, "this number left with STOP");
	assert_true(row_of(w, "Mia").suppressed);
	world_destroy(w);
}

/* As East Asian keyboards write what ASCII has too: STOP in letters as wide as theirs. */
static void make_wide(char *out, const char *text)
{
	for (; *text; text++)
		if (*text > ' ' && *text <= '~')
			out += utf8_put(out, 0xFF01 + (uint32_t)(*text - '!'));
		else
			*out++ = *text;
	*out = '\0';
}

static void is_stop(struct speech *speech, const char *text)
{
	struct speech_heard heard;

	speech_hear(speech, "", text, &heard);
	if (heard.word != WORD_STOP)
		fail_msg("\"%s\" is not heard as STOP", text);
}

static void whatever_stands_around_it_stop_is_stop_in_nine_languages(void **state)
{
	static const char *const languages[] = { "es", "fr", "pt", "ht", "zh", "vi", "tl", "ar" };
	static const char *const around[] = { "%s!!!", "%s…", "%s。", "%s！", "%s؟", "%s।", "%s ~",
		"*%s*", "_%s_", "(%s)", "\"%s\"", "“%s”", "«%s»", "‘%s’", "「%s」", "¡%s!", "👋%s",
		"%s👍", "%s🙏🏽", "%s ❤️", "🛑%s🛑", "%s♥", "%s→", "%s×", "%s™", "%s€",
		"%s :)",
		/* what nobody sees: byte order, direction, joiners, hyphens, fillers, tags */
		"\uFEFF%s", "%s\u200B", "\u200E%s\u200F", "\u202A%s\u202C", "\u2060%s", "%s\u200D",
		"%s\u00A0", "\u00AD%s", "%s\u034F", "%s\u180E", "%s\u3164", "%s\u2800", "%s\uFFFC",
		"%s\U000E0020" };
	struct world *w = world_make(USUAL_SETTINGS);
	char text[512];

	(void)state;
	n_entries = 0;
	add_english(false);
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
		add_language(languages[i], false);
	assert_in_range(n_entries, 290, (int)ARRAY_SIZE(entries) - 1);
	for (int i = 0; i < n_entries; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(around); k++) {
			snprintf(text, sizeof(text), around[k], entries[i]);
			is_stop(w->speech, text);
		}
		make_wide(text, entries[i]);
		is_stop(w->speech, text);
	}
	as_member(w);
	say_stop(w, "ＳＴＯＰ👍");
	world_destroy(w);
}

/* What Ana and Ben, dispatchers, write for others; nobody leaves the list by it. */
static void what_is_written_for_others_may_have_any_words(void **state)
{
	static const struct {
		const char *says, *answer;
	} orders[] = {
		{ "ALERT stop everybody at the gate", "Reply " },
		{ "ALERT vans at 5th. Do not text me back, no more texts to 911", "Reply " },
		{ "alert NEED 3 they say unsubscribe me from this", "Reply " },
		{ "ES No queremos, no quiero recibir mensajes", "Added: ES " },
		{ "POST if you get no more texts, do not text me but START", "The next digests" },
		{ "EVENT tomorrow 18:00 Park: how to opt out", "Reply " },
	};
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Mia", "REPORT vans at 5th");
	hears(w, "Ana", "#1");
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		forget(w);
		texts(w, "Ana", orders[i].says);
		hears(w, "Ana", orders[i].answer);
		assert_false(row_of(w, "Ana").suppressed);
	}
	forget(w);
	texts(w, "Ana", "#1 say no more texts to them, and take me off the hook");
	hears(w, "Mia", "no more texts to them");
	texts(w, "Ana", "ALERT 1 vans at 5th");
	confirms(w, "Ana", "Reply ");
	forget(w);
	texts(w, "Ana", "UPDATE 1 do not text me, call");
	hears(w, "Carla", "do not text me, call");
	assert_false(row_of(w, "Ana").suppressed);
	world_destroy(w);
}

/* The same words from who does not speak to others, and orders that begin as STOP does. */
static void what_is_not_for_others_is_stop_from_dispatchers_too(void **state)
{
	static const struct {
		const char *who, *says;
	} stops[] = {
		{ "Mia", "ALERT do not text me again" }, { "Mia", "#1 no more texts" },
		{ "Ana", "TAKE ME OFF the list" },
		{ "Ana", "Thank you all, please take me off the list" },
		{ "Ana", "DUTY OFF and do not text me" },
		{ "Ana", "ES no quiero recibir mensajes" }, /* nothing waits for it */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);

		texts(w, stops[i].who, stops[i].says);
		if (!row_of(w, stops[i].who).suppressed)
			fail_msg("\"%s\" was not taken for STOP", stops[i].says);
		world_destroy(w);
	}
}

/* What a text without its first part begins with now is no order; what stands anywhere still is. */
static void the_rest_of_a_text_whose_beginning_never_came_is_read_by_people(void **state)
{
	static const char *const said[] = { "[...]stop filming, they told us", "[...]help at 5th",
		"[...]remove the gate at 5th", "[...]yes to all of it", "[...]cancel" };
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		forget(w);
		text_arrives_with(w, phone_of("Mia"), said[i], 1);
		settle(w);
		assert_false(row_of(w, "Mia").suppressed);
		hears(w, "Ana", said[i]);
	}
	/* nor a dispatcher's */
	texts(w, "Ana", "ALERT vans at 5th");
	confirms(w, "Ana", "Reply ");
	forget(w);
	text_arrives_with(w, phone_of("Ana"), "[...]UPDATE 1 and CLEAR 2", 1);
	settle(w);
	hears_nothing(w, "Carla");
	text_arrives_with(w, phone_of("Mia"), "[...]and take me off the list", 1);
	settle(w);
	assert_true(row_of(w, "Mia").suppressed);
	/* an answer that lacks its end is one */
	texts(w, "Carla", "LANG EN");
	text_arrives_with(w, phone_of("Carla"), "STOP these texts [...]", 1);
	settle(w);
	assert_true(row_of(w, "Carla").suppressed);
	world_destroy(w);
}

/* It calls nothing off, and is asked back: to leave the list then would leave the alert running. */
static void a_dispatcher_who_calls_an_alert_off_in_more_words_stays(void **state)
{
	static const char *const says[] = { "CANCEL alert 1", "Cancel the alert #1 please",
		"CANCELAR la alerta 1" };
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	confirms(w, "Ana", "Reply ");
	for (size_t i = 0; i < ARRAY_SIZE(says); i++) {
		forget(w);
		texts(w, "Ana", says[i]);
		assert_false(row_of(w, "Ana").suppressed);
		assert_non_null(next_heard(w, "Ana"));
	}
	texts(w, "Ana", "Cancel my number 510 555 0102");
	assert_true(row_of(w, "Ana").suppressed);
	texts(w, "Carla", "CANCEL alert 1");
	assert_true(row_of(w, "Carla").suppressed);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_and_phrase_is_stop_in_every_dialogue),
		cmocka_unit_test(a_dispatchers_cancel_while_an_alert_waits_or_runs_is_asked_back),
		cmocka_unit_test(stop_is_understood_as_people_write_it),
		cmocka_unit_test(what_only_begins_like_stop_is_a_report),
		cmocka_unit_test(a_long_text_that_begins_with_stop_is_stop_and_reaches_people),
		cmocka_unit_test(a_dispatcher_who_stops_keeps_the_role_of_the_configuration),
		cmocka_unit_test(stop_takes_an_alerts_copy_back_that_has_not_left),
		cmocka_unit_test(an_import_does_not_bring_back_who_left),
		cmocka_unit_test(whatever_stands_around_it_stop_is_stop_in_nine_languages),
		cmocka_unit_test(what_is_written_for_others_may_have_any_words),
		cmocka_unit_test(what_is_not_for_others_is_stop_from_dispatchers_too),
		cmocka_unit_test(the_rest_of_a_text_whose_beginning_never_came_is_read_by_people),
		cmocka_unit_test(a_dispatcher_who_calls_an_alert_off_in_more_words_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
