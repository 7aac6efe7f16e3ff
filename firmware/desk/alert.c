/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana (dispatcher): ALERT 17 north NEED 10 Two vans at 5th and Main
 *   -> #17 (north): 212 people, 1 segment, about 14 min. 10 needed. The 40 on duty in the next 3
 *   min. Reply 4821 to send.
 * Ana: 4821
 *   -> #17 is going out to 212 people ...
 */
#include <ctype.h>

#include "internal.h"

#define NEED_WRONG (-1)

#define CODE_TAKEN 8 /* seven digits at most: more are a phone number */

#define GUESSES_MAX 9
#define GUESSES_MS  MS_PER_H

/* ---- ALERT [n] [zone ...] [NEED k] [INFO] text ---- */

struct alert_words {
	int64_t incident_id; /* 0 = none named */
	uint64_t zones;
	bool wide;
	bool info; /* nobody is asked to come */
	int need;
	bool whole; /* the text fits */
	char text[ALERT_TEXT_SIZE];
};

/* NEED and a number. One that nobody can mean (0, -3, 100000) makes *need NEED_WRONG. */
static bool take_need(const struct desk *desk, const char **cursor, int *need)
{
	const char *at = *cursor;
	char word[32];
	int64_t number;
	bool negative;
	int rc;

	if (!take_word(&at, word, sizeof(word)) || !speech_is(desk->speech, word, WORD_NEED))
		return false;
	negative = *at == '-';
	if (!take_word(&at, word, sizeof(word)))
		return false;
	rc = text_int(word, 1, NEED_MAX, &number);
	if (rc == -EINVAL && (number = number_of_word(desk, word)) > 0)
		rc = 0;
	if (rc == -EINVAL)
		return false;
	*need = rc < 0 || negative ? NEED_WRONG : (int)number;
	*cursor = at;
	return true;
}

static bool take_the(const struct desk *desk, const char **cursor, enum speech_word which)
{
	const char *at = *cursor;
	char word[32];

	if (!take_word(&at, word, sizeof(word)) || !speech_is(desk->speech, word, which))
		return false;
	*cursor = at;
	return true;
}

/* NEED k is also understood where people rather write it: at the very end. */
static void need_at_the_end(const struct desk *desk, struct alert_words *words)
{
	size_t n = strlen(words->text), starts[2];

	for (int i = 0; i < 2; i++) {
		while (n > 0 && isspace((unsigned char)words->text[n - 1]))
			n--;
		while (n > 0 && !isspace((unsigned char)words->text[n - 1]))
			n--;
		starts[i] = n;
	}
	const char *tail = words->text + starts[1];

	if (words->need == 0 && starts[1] > 0 && take_need(desk, &tail, &words->need) && !*tail)
		words->text[starts[1]] = '\0';
}

static void trim_end(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
}

static void take_where(const struct desk *desk, const char **rest, struct alert_words *words)
{
	words->zones = take_zones(desk, rest);
	words->wide = words->zones != 0 && take_the(desk, rest, WORD_ALL);
}

/* The words in front of the text come in any order; INFO asks nobody, so it needs nobody either. */
static void read_words(const struct desk *desk, const char *rest, struct alert_words *words)
{
	words->info = take_the(desk, &rest, WORD_NOTICE);
	take_where(desk, &rest, words);
	words->info |= take_the(desk, &rest, WORD_NOTICE);
	if (take_need(desk, &rest, &words->need) && words->zones == 0)
		take_where(desk, &rest, words);
	words->info |= take_the(desk, &rest, WORD_NOTICE);
	if (words->zones == 0)
		words->zones = ZONES_ALL;
	words->whole = text_copy(words->text, sizeof(words->text), rest);
	if (words->info)
		words->need = 0;
	else
		need_at_the_end(desk, words);
	trim_end(words->text);
}

/*
 * A bare number that is no incident belongs to the text: "ALERT 3500 International Blvd". 1 go on,
 * 0 answered.
 */
static int read_incident(struct turn *turn, const char **rest, int64_t *id)
{
	const char *at = *rest;
	bool marked = *at == '#';
	struct incident incident;
	struct alert alert;
	int64_t number;
	int rc;

	if (!take_number(&at, &number))
		return 1;
	rc = store_incident_get(turn->desk->store, number, &incident);
	if (rc == -ENOENT)
		return marked ? reply(turn,
					SAY(MSG_INCIDENT_UNKNOWN, SPEECH_NUMBER("number", number)))
			      : 1;
	if (rc < 0)
		return rc;
	if (incident_closed(&incident))
		return reply(turn, SAY(MSG_INCIDENT_CLOSED, SPEECH_NUMBER("incident", number)));
	rc = store_alert_of_incident(turn->desk->store, number, &alert);
	if (rc < 0)
		return rc;
	if (rc == 1 && alert.state == ALERT_RUNNING)
		return reply(turn, SAY(MSG_ALERT_RUNNING, SPEECH_NUMBER("incident", number)));
	*id = number;
	*rest = at;
	return 1;
}

/* ---- making it pending ---- */

int alert_incident_forget(struct turn *turn, int64_t incident_id)
{
	struct store *store = turn->desk->store;
	struct incident incident;
	int rc = store_incident_get(store, incident_id, &incident);

	if (rc < 0 || incident.reporter_id != 0 || incident_closed(&incident) ||
		incident.state == INCIDENT_ALERTED)
		return rc;
	return store_incident_set(
		store, incident_id, INCIDENT_CANCELLED, turn->who.id, turn->now_ms);
}

/* The author's earlier pending alert gives way to the new one. */
static int replace_pending(struct turn *turn, const struct alert *alert)
{
	struct alert before;
	int rc = store_alert_pending(turn->desk->store, alert->author_id, turn->now_ms, &before);

	if (rc <= 0 || before.author_id != alert->author_id)
		return rc;
	rc = store_alert_end(turn->desk->store, before.id, ALERT_CANCELLED, turn->now_ms);
	if (rc == 0 && before.incident_id != alert->incident_id)
		rc = alert_incident_forget(turn, before.incident_id);
	return rc;
}

static int alert_incident_open(struct turn *turn, struct alert *alert)
{
	struct store *store = turn->desk->store;
	char text[ALERT_TEXT_SIZE];
	int rc = store_incident_open(store, INCIDENT_REPORT, 0, turn->now_ms, &alert->incident_id);

	desk_alert_text(alert, text);
	if (rc == 0)
		rc = store_incident_note(
			store, alert->incident_id, turn->who.id, "alert", text, turn->now_ms);
	if (rc == 0 && turn->who.id > 0)
		rc = store_incident_take(store, alert->incident_id, turn->who.id, turn->now_ms);
	return rc;
}

int alert_prepare(struct turn *turn, struct alert *alert, struct desk_promise *promise)
{
	struct desk *desk = turn->desk;
	int rc = alert_measure(turn, alert, promise);

	if (rc < 0 || promise->people == 0)
		return rc;
	rc = replace_pending(turn, alert);
	if (rc >= 0 && alert->incident_id == 0)
		rc = alert_incident_open(turn, alert);
	if (rc < 0)
		return rc;
	alert->promised_s = promise->seconds > 0 ? promise->seconds : 0;
	alert->promised_people = promise->people;
	alert->promised_segments = promise->segments_all;
	alert->code_expires_ms = turn->now_ms + desk->settings->alerts.code_ttl_s * MS_PER_S;
	rc = store_alert_new(desk->store, alert, turn->now_ms, promise->code);
	if (rc < 0)
		return rc;
	promise->alert_id = alert->id;
	promise->incident_id = alert->incident_id;
	desk->promised_alert = alert->id;
	desk->promised_people = promise->people;
	text_copy(desk->promised_code, sizeof(desk->promised_code), promise->code);
	desk->news.changed = true;
	log_notice("incident=%" PRId64 " alert=%" PRId64 " pending, by person=%" PRId64
		   ", for %" PRId64 " people",
		alert->incident_id, alert->id, alert->author_id, promise->people);
	return 1;
}

/* ---- the promise in words ---- */

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

/* "ALERT nroth ..." would go to all zones. It may be meant so: it is said before the code. */
static void say_odd_zone(
	struct turn *turn, const char *language, const struct alert *alert, struct strbuf *out)
{
	const char *text = alert->text;
	char word[64];

	if (take_word(&text, word, sizeof(word)) && zone_nearly(turn->desk, word))
		say_next(turn, language, SAY(MSG_PROMISE_ZONE, SPEECH_TEXT("word", word)), out);
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
	say_later(turn, language, words->alert, out);
	say_limits(turn, language, promise, out);
	if (words->added)
		say_next(turn, language, SAY(MSG_PROMISE_ADDED, SPEECH_TEXT("text", words->added)),
			out);
	say_how(turn, language, words, out);
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

/* Known again: whoever answers it has not read what was added yet. */
static void replace_code(struct desk *desk, const struct alert *alert, const char *code)
{
	desk->replaced = (struct replaced){ .alert_id = alert->id };
	if (desk->promised_alert != alert->id)
		return;
	text_copy(desk->replaced.code, sizeof(desk->replaced.code), desk->promised_code);
	text_copy(desk->promised_code, sizeof(desk->promised_code), code);
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
	replace_code(turn->desk, alert, promise.code);
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

int alert_guesses_codes(struct turn *turn)
{
	int64_t wrong;
	int rc = store_alert_wrong_since(
		turn->desk->store, turn->who.id, turn->now_ms - GUESSES_MS, &wrong);

	if (rc < 0 || wrong < GUESSES_MAX)
		return rc;
	log_warning(
		"person=%" PRId64 " guesses codes: no alert of theirs for an hour", turn->who.id);
	return 1;
}

int alert_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	struct alert_words words = { .need = 0 };
	struct alert alert = { .author_id = turn->who.id };
	int rc;

	if (turn->desk->paused)
		return reply(turn, SAY(MSG_ALERT_PAUSED));
	rc = alert_guesses_codes(turn);
	if (rc != 0)
		return rc < 0 ? rc : reply(turn, SAY(MSG_CODE_LOCKED));
	rc = read_incident(turn, &rest, &words.incident_id);
	if (rc == 1 && words.incident_id)
		rc = escalate_stop(turn, words.incident_id) ?: 1;
	if (rc != 1)
		return rc;
	read_words(turn->desk, rest, &words);
	if (!words.whole)
		return reply(turn, SAY(MSG_TOO_LONG));
	if (!words.text[0] || words.need == NEED_WRONG)
		return reply(turn, SAY(MSG_HOW_ALERT));
	alert.incident_id = words.incident_id;
	alert.zones = words.zones;
	alert.wide = words.wide;
	alert.need = words.need;
	alert.info = words.info;
	text_copy(alert.text, sizeof(alert.text), words.text);
	alert_take_quotes(&alert);
	return alert_propose(turn, &alert);
}

/* ---- the code ---- */

/* What the promise said; counted anew when the box was started in between. */
static int people_promised(struct turn *turn, const struct alert *alert, int64_t *people)
{
	struct store_audience audience;
	int rc;

	*people = turn->desk->promised_people;
	if (turn->desk->promised_alert == alert->id)
		return 0;
	rc = store_audience_count(
		turn->desk->store, alert->zones, alert->wide, turn->now_ms, &audience);
	*people = audience.total;
	return rc;
}

static int say_waits(struct turn *turn, const struct alert *alert)
{
	char text[WHEN_SIZE];

	return answer(turn, CLASS_DISPATCH,
		SAY(MSG_SCHEDULE_SET, SPEECH_NUMBER("incident", alert->incident_id),
			SPEECH_TEXT("when", desk_alert_when(alert, text))));
}

static int code_right(struct turn *turn, const struct alert *alert, const char *code)
{
	int64_t people;
	char name[PERSON_NAME_SIZE];
	int rc;

	turn->taken_for = "code";
	if (turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_BUTTON)
		return reply(turn, SAY(MSG_CODE_BUTTON));
	if (second_needed(turn, alert))
		return reply(
			turn, SAY(MSG_CODE_OTHER, SPEECH_NUMBER("incident", alert->incident_id)));
	if (turn->desk->paused)
		return reply(turn, SAY(MSG_ALERT_PAUSED));
	rc = people_promised(turn, alert, &people);
	if (rc == 0)
		rc = alert_start(turn, alert);
	if (rc != 0)
		return rc < 0 ? rc : say_waits(turn, alert);
	turn->desk->sent_incident = alert->incident_id;
	turn->desk->sent_ms = turn->now_ms;
	text_copy(turn->desk->sent_code, sizeof(turn->desk->sent_code), code);
	if (alert->author_id != turn->who.id && alert->author_id > 0) {
		shown_name(&turn->who, name);
		rc = tell_dispatcher(turn, alert->author_id, alert->incident_id,
			SAY(MSG_ALERT_SENT_BY, SPEECH_NUMBER("incident", alert->incident_id),
				SPEECH_TEXT("name", name)));
		if (rc < 0)
			return rc;
	}
	return answer(turn, CLASS_DISPATCH,
		SAY(MSG_ALERT_SENT, SPEECH_NUMBER("incident", alert->incident_id),
			SPEECH_NUMBER("people", people)));
}

/* A wrong code counts against the sender's own pending alert, else against the newest. */
static int code_wrong(struct turn *turn)
{
	struct store *store = turn->desk->store;
	struct alert alert;
	int left, rc = store_alert_pending(store, turn->who.id, turn->now_ms, &alert);

	if (rc == 0)
		rc = store_alert_pending(store, 0, turn->now_ms, &alert);
	if (rc < 0)
		return rc;
	turn->taken_for = "code-wrong";
	if (rc == 0)
		return reply(turn, SAY(MSG_CODE_NONE));
	left = store_alert_wrong_code(store, alert.author_id, turn->now_ms);
	if (left < 0)
		return left;
	if (left > 0)
		return reply(turn, SAY(MSG_CODE_WRONG, SPEECH_NUMBER("tries", left)));
	turn->desk->news.changed = true;
	log_warning("incident=%" PRId64 " alert=%" PRId64 " withdrawn: three wrong codes",
		alert.incident_id, alert.id);
	rc = alert_incident_forget(turn, alert.incident_id);
	return rc < 0 ? rc : reply(turn, SAY(MSG_CODE_SPENT));
}

/* A wrong one counts against all that waits for one of this sender. */
static int code_no_ones(struct turn *turn)
{
	struct alert alert;
	int pending = store_alert_pending(turn->desk->store, turn->who.id, turn->now_ms, &alert);
	int rc = pending < 0 ? pending : grant_code_wrong(turn, !pending);

	if (rc == NOT_MINE)
		rc = draft_code_wrong(turn, !pending);

	return rc < 0 || (rc == 0 && !pending) ? rc : code_wrong(turn);
}

/*
 * Sent twice, by hand or by a network: no wrong code, which would count against another alert. 1,
 * 0, -errno.
 */
static int code_was_used(const struct turn *turn, const char *code)
{
	const struct desk *desk = turn->desk;
	int64_t ttl_ms = desk->settings->alerts.code_ttl_s * MS_PER_S;
	struct alert alert;
	int rc;

	if (desk->sent_incident == 0 || turn->now_ms - desk->sent_ms >= ttl_ms ||
		strcmp(desk->sent_code, code) != 0)
		return 0;
	rc = store_alert_of_incident(desk->store, desk->sent_incident, &alert);
	return rc < 0 ? rc : rc == 1 && alert.state == ALERT_RUNNING;
}

/*
 * The code from before a version was added: whoever sends it has not read that one yet, and has
 * mistyped nothing. Said once. 1, 0, -errno.
 */
static int code_was_replaced(struct turn *turn, const char *code)
{
	struct replaced *replaced = &turn->desk->replaced;
	struct bulletin draft;
	struct alert alert;
	int rc;

	if (strcmp(replaced->code, code) != 0 || replaced->told_id == turn->who.id)
		return 0;
	rc = replaced->alert_id ? store_alert_get(turn->desk->store, replaced->alert_id, &alert)
				: store_bulletin_get(turn->desk->store, replaced->draft_id, &draft);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (replaced->alert_id ? alert.state != ALERT_PENDING : draft.state != BULLETIN_DRAFT)
		return 0;
	replaced->told_id = turn->who.id;
	turn->taken_for = "code-replaced";
	return 1;
}

/* A number that stands alone, also behind the word for it: "4821", "code 4821". */
static bool take_code(const struct turn *turn, char code[CODE_TAKEN])
{
	const char *rest = turn->body;
	char word[32];

	if (!take_word(&rest, word, sizeof(word)))
		return false;
	if (*rest && (!speech_is(turn->desk->speech, word, WORD_CODE) ||
			     !take_word(&rest, word, sizeof(word)) || *rest))
		return false;
	return text_copy(code, CODE_TAKEN, word) && strspn(code, "0123456789") == strlen(code);
}

/* "999" of somebody whose alert waits is a code that lost a digit. */
static int code_cut_short(struct turn *turn, const char *code)
{
	struct alert alert;
	int rc = strlen(code) < 3 ? 0
				  : store_alert_pending(
					    turn->desk->store, turn->who.id, turn->now_ms, &alert);

	if (rc <= 0 || alert.author_id != turn->who.id)
		return rc < 0 ? rc : NOT_MINE;
	turn->taken_for = "code-wrong";
	return reply(turn, SAY(MSG_CODE_DIGITS));
}

int code_handle(struct turn *turn)
{
	char code[CODE_TAKEN];
	struct alert alert;
	int rc;

	if (turn->role < ROLE_DISPATCHER || !take_code(turn, code))
		return NOT_MINE;
	if (strlen(code) != 4)
		return code_cut_short(turn, code);
	/* whatever waits for a code: the code decides which */
	rc = grant_code(turn, code);
	if (rc == NOT_MINE)
		rc = draft_code(turn, code);
	if (rc != NOT_MINE)
		return rc;
	rc = store_alert_by_code(turn->desk->store, code, turn->now_ms, &alert);
	if (rc < 0)
		return rc;
	if (rc == 1)
		return code_right(turn, &alert, code);
	rc = code_was_used(turn, code);
	if (rc == 1)
		return reply(turn, SAY(MSG_ALERT_RUNNING,
					   SPEECH_NUMBER("incident", turn->desk->sent_incident)));
	if (rc == 0 && (rc = code_was_replaced(turn, code)) == 1)
		return reply(turn, SAY(MSG_CODE_REPLACED));
	return rc < 0 ? rc : code_no_ones(turn);
}
