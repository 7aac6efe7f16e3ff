/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sending an alert would mean, in words, and how it is sent:
 *   #17 (north): 212 people, 1 segment, about 14 min. 10 needed. The 40 on duty in the next 3 min.
 *   Reply 4821 to send.
 */
#include <ctype.h>

#include "internal.h"

struct promise_words {
	const struct desk_promise *promise;
	const struct alert *alert;
	int asked;         /* others who can confirm it, where that takes two people */
	const char *added; /* the version that is new in it; NULL = none is */
};

static int64_t minutes_of(int64_t seconds)
{
	return seconds <= 60 ? 1 : (seconds + 59) / 60;
}

static void say_limits(struct turn *turn, const char *language, const struct desk_promise *promise,
	struct strbuf *out)
{
	if (promise->seconds < 0)
		say_next(turn, language, SAY(MSG_PROMISE_NO_MODEM), out);
	else if (promise->on_duty > 0 && promise->on_duty < promise->people)
		say_next(turn, language,
			SAY(MSG_PROMISE_DUTY, SPEECH_NUMBER("duty", promise->on_duty),
				SPEECH_NUMBER("minutes", minutes_of(promise->seconds_on_duty))),
			out);
	if (promise->allowance >= 0)
		say_next(turn, language,
			SAY(promise->allowance < promise->segments_all ? MSG_PROMISE_ALLOWANCE
								       : MSG_PROMISE_LEFT,
				SPEECH_NUMBER("left", promise->allowance)),
			out);
	if (promise->newcomers >= 0 && promise->newcomers < promise->people)
		say_next(turn, language,
			SAY(MSG_PROMISE_NEWCOMERS, SPEECH_NUMBER("left", promise->newcomers)), out);
}

static void say_how(struct turn *turn, const char *language, const struct promise_words *words,
	struct strbuf *out)
{
	enum settings_confirm confirm = turn->desk->settings->alerts.confirm;
	const char *code = words->promise->code;

	switch (confirm) {
	case SETTINGS_CONFIRM_CODE:
		say_next(turn, language, SAY(MSG_PROMISE_CODE, SPEECH_TEXT("code", code)), out);
		break;
	case SETTINGS_CONFIRM_TWO:
		say_next(turn, language, SAY(MSG_PROMISE_TWO, SPEECH_TEXT("code", code)), out);
		if (words->asked == 0)
			say_next(turn, language, SAY(MSG_PROMISE_ALONE), out);
		break;
	case SETTINGS_CONFIRM_BUTTON:
		say_next(turn, language, SAY(MSG_PROMISE_BUTTON), out);
		break;
	case SETTINGS_CONFIRM_NONE:
		say_next(turn, language, SAY(MSG_PROMISE_SENT), out);
		break;
	}
}

/* "ALERT nroth ..." would go to all zones. It may be meant so: it is said where it would go. */
static void say_odd_zone(
	struct turn *turn, const char *language, const struct alert *alert, struct strbuf *out)
{
	const char *text = alert->text;
	char word[64], zones[ZONES_WORDS_SIZE];

	if (!take_word(&text, word, sizeof(word)) || !zone_nearly(turn->desk, word))
		return;
	say_next(turn, language,
		SAY(MSG_PROMISE_ZONE, SPEECH_TEXT("word", word),
			SPEECH_TEXT("zones", zones_words(turn, language, alert->zones, zones))),
		out);
}

/* SCHEDULE sat 10:00 ... */
static void say_later(
	struct turn *turn, const char *language, const struct alert *alert, struct strbuf *out)
{
	char text[WHEN_SIZE];

	if (!alert->planned)
		return;
	say_next(turn, language,
		SAY(MSG_PROMISE_WHEN, SPEECH_TEXT("when", desk_alert_when(alert, text))), out);
}

/* NEED that was not understood went into the text, and nobody would count. */
static void say_need(
	struct turn *turn, const char *language, const struct alert *alert, struct strbuf *out)
{
	const char *text = alert->text;
	char word[64];

	if (alert->need > 0)
		say_next(turn, language, SAY(MSG_PROMISE_NEED, SPEECH_NUMBER("need", alert->need)),
			out);
	while (alert->need == 0 && !alert->info && take_word(&text, word, sizeof(word)))
		if (isupper((unsigned char)word[0]) && isupper((unsigned char)word[1]) &&
			speech_is(turn->desk->speech, word, WORD_NEED)) {
			say_next(turn, language, SAY(MSG_PROMISE_NEED_HOW), out);
			return;
		}
}

static void compose_promise(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct promise_words *words = arg;
	const struct desk_promise *promise = words->promise;
	char zones[ZONES_WORDS_SIZE];

	zones_words(turn, language, words->alert->zones, zones);
	say_in(turn, language,
		SAY(MSG_PROMISE, SPEECH_NUMBER("incident", promise->incident_id),
			SPEECH_TEXT("zones", zones), SPEECH_NUMBER("people", promise->people),
			SPEECH_NUMBER("segments", promise->segments),
			SPEECH_NUMBER("minutes", minutes_of(promise->seconds))),
		out);
	say_odd_zone(turn, language, words->alert, out);
	say_need(turn, language, words->alert, out);
	if (words->alert->info && !words->alert->planned)
		say_next(turn, language, SAY(MSG_PROMISE_INFO), out);
	if (promise->unconfirmed)
		say_next(turn, language, SAY(MSG_PROMISE_UNCONFIRMED), out);
	say_later(turn, language, words->alert, out);
	say_limits(turn, language, promise, out);
	if (words->added)
		say_next(turn, language, SAY(MSG_PROMISE_ADDED, SPEECH_TEXT("text", words->added)),
			out);
	say_how(turn, language, words, out);
	if (turn->aside)
		say_next(turn, language, SAY(MSG_PROMISE_ASIDE), out);
	if (promise->languages[0])
		say_next(turn, language,
			SAY(MSG_PROMISE_LANGUAGES, SPEECH_TEXT("languages", promise->languages)),
			out);
	if (promise->foreign > 0)
		say_next(turn, language,
			SAY(MSG_PROMISE_FOREIGN, SPEECH_NUMBER("people", promise->foreign)), out);
	/* "raid on the corner store" may be meant as a sentence */
	if (promise->reads[0])
		say_next(turn, language,
			SAY(MSG_PROMISE_TEMPLATE, SPEECH_TEXT("text", promise->reads)), out);
}

int alert_promise_again(struct turn *turn, const struct alert *alert)
{
	struct desk_promise promise = { .incident_id = alert->incident_id };
	struct promise_words words = { .promise = &promise, .alert = alert, .added = turn->body };
	int rc = alert_measure(turn, alert, &promise);

	if (rc == 0)
		rc = store_alert_set_text(turn->desk->store, alert->id, alert->text, promise.code);
	if (rc < 0)
		return rc;
	code_replaced(turn->desk, alert, promise.code);
	code_said(turn->desk, alert->author_id, alert->id, false, promise.code);
	if (turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_TWO)
		rc = words.asked = second_ask_again(turn, alert, promise.code);
	return rc < 0 ? rc : answer(turn, CLASS_DISPATCH, COMPOSED(compose_promise, &words));
}

int alert_propose(struct turn *turn, struct alert *alert)
{
	struct desk_promise promise = { .people = 0 };
	struct promise_words words = { .promise = &promise, .alert = alert };
	char zones[ZONES_WORDS_SIZE];
	int rc = alert_prepare(turn, alert, &promise);

	if (rc == 0) {
		zones_words(turn, turn->language, alert->zones, zones);
		return reply(turn, SAY(MSG_ALERT_NOBODY, SPEECH_TEXT("zones", zones)));
	}
	if (rc > 0 && turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_NONE)
		rc = alert_start(turn, alert);
	else if (rc > 0 && turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_TWO)
		rc = words.asked = second_ask(turn, alert, &promise);
	/*
	 * Said whatever the loop guard thinks: without this code the alert cannot be sent, and the
	 * one before it has just given way.
	 */
	return rc < 0 ? rc : answer(turn, CLASS_DISPATCH, COMPOSED(compose_promise, &words));
}
