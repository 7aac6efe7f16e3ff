/* SPDX-License-Identifier: Apache-2.0 */
/* What the box says: placeholders, sentences, and what a message may cost. */
#include "speech_world.h"

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
		{ "en", MSG_VERIFY_ASK, "", "#1: can you go and look? GO 1 if you go." },
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

/* "SEEN 17" and no more; nothing is left of the place where words would stand. */
static void words_that_nobody_wrote_leave_no_gap(void **state)
{
	const struct speech_arg args[] = { SPEECH_NUMBER("incident", 17),
		SPEECH_TEXT("name", "Carla"), SPEECH_TEXT("text", "") };
	struct speech *speech = shipped();

	(void)state;
	say_is(speech, "en", MSG_VERIFY_ASK, args, 3, "#17: can you go and look? GO 17 if you go.");
	say_is(speech, "en", MSG_SEEN_TOLD, args, 3, "#17 SEEN by Carla: CONFIRM 17 or FALSE 17.");
	say_is(speech, "en", MSG_NOTHING_TOLD, args, 3, "#17: Carla sees NOTHING there.");
	speech_free(speech);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_messages_are_short),
		cmocka_unit_test(placeholders_are_filled_in),
		cmocka_unit_test(two_sentences_do_not_run_together),
		cmocka_unit_test(what_ends_in_a_word_is_ended_as_a_sentence),
		cmocka_unit_test(a_plan_obeys_the_encoding),
		cmocka_unit_test(words_that_nobody_wrote_leave_no_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
