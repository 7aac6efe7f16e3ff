/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alerts.confirm = "two": an alert, a post, an event leave when a second person wants them too.
 *
 * Ana (dispatcher): ALERT 17 north Two vans at 5th -> ... Another dispatcher must reply 4821 ...
 *     -> others on duty: Ana wants to alert 212 people, #17 (north): Two vans ... Reply 4821 ...
 * Ana: 4821                                        -> another dispatcher must reply with this code
 * Abe: 4821                                        -> #17 is going out ...
 */
#include "internal.h"

/* An alert must not wait until forty dispatchers were texted; the author can call one more. */
#define ASKED_MOST 5

struct second {
	const struct alert *alert;
	const struct desk_promise *promise;
	const char *name; /* of whoever wants it */
};

static void compose_second(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct second *second = arg;
	char zones[ZONES_WORDS_SIZE], plain_memory[ALERT_TEXT_SIZE + 256];
	char memory[sizeof(plain_memory) + 64];
	struct strbuf plain, text;

	strbuf_init(&plain, plain_memory, sizeof(plain_memory));
	strbuf_init(&text, memory, sizeof(memory));
	(void)alert_text_in(turn, second->alert, language, &plain);
	if (second->promise->unconfirmed)
		say_in(turn, language, SAY(MSG_UNCONFIRMED, SPEECH_TEXT("text", plain.text)),
			&text);
	else
		strbuf_add(&text, plain.text);
	zones_words(turn, language, second->alert->zones, zones);
	say_in(turn, language,
		SAY(MSG_SECOND_ASK, SPEECH_TEXT("name", second->name),
			SPEECH_NUMBER("incident", second->alert->incident_id),
			SPEECH_TEXT("zones", zones),
			SPEECH_NUMBER("people", second->promise->people),
			SPEECH_TEXT("text", text.text), SPEECH_TEXT("code", second->promise->code)),
		out);
}

/* Those on duty; where nobody else is, the rest. */
static int ask_others(struct turn *turn, int64_t incident_id, const struct saying *saying)
{
	struct person_filter filter = {
		.role_min = ROLE_DISPATCHER, .active_only = true, .on_duty_at_ms = turn->now_ms
	};
	int told = tell_some(turn, &filter, ASKED_MOST, turn->who.id, incident_id, saying);

	filter.on_duty_at_ms = 0;
	return told != 0 ? told
			 : tell_some(turn, &filter, ASKED_MOST, turn->who.id, incident_id, saying);
}

int second_ask(struct turn *turn, const struct alert *alert, const struct desk_promise *promise)
{
	char name[PERSON_NAME_SIZE] = "faroctl";
	struct second second = { .alert = alert, .promise = promise, .name = name };

	if (turn->who.id > 0)
		shown_name(&turn->who, name);
	return ask_others(turn, alert->incident_id, COMPOSED(compose_second, &second));
}

struct second_draft {
	const struct bulletin *draft;
	const struct draft_how *how;
};

/* As its readers will have it; of a version that was added its own words. */
static void compose_draft(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct second_draft *second = arg;
	char memory[SAY_SIZE], text[ALERT_TEXT_SIZE], name[PERSON_NAME_SIZE];
	struct strbuf words;

	strbuf_init(&words, memory, sizeof(memory));
	version_in(second->draft->text, language, text);
	if (second->how->added)
		strbuf_add(&words, second->how->added);
	else if (second->draft->kind == BULLETIN_EVENT)
		event_say(turn, language, MSG_DIGEST_EVENT, second->draft, &words);
	else
		strbuf_add(&words, text);
	say_in(turn, language,
		SAY(MSG_SECOND_DRAFT, SPEECH_TEXT("name", shown_name(&turn->who, name)),
			SPEECH_TEXT("text", words.text), SPEECH_TEXT("code", second->how->code)),
		out);
}

int second_ask_draft(struct turn *turn, const struct bulletin *draft, const struct draft_how *how)
{
	struct second_draft second = { draft, how };

	return ask_others(turn, 0, COMPOSED(compose_draft, &second));
}

struct second_version {
	const struct alert *alert;
	const char *code;
};

static void compose_version(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct second_version *version = arg;

	say_in(turn, language,
		SAY(MSG_TOLD_MORE, SPEECH_NUMBER("incident", version->alert->incident_id),
			SPEECH_TEXT("text", turn->body)),
		out);
	say_next(turn, language, SAY(MSG_PROMISE_CODE, SPEECH_TEXT("code", version->code)), out);
}

/* Whoever gives the second code is to know what goes out. */
int second_ask_again(struct turn *turn, const struct alert *alert, const char *code)
{
	struct second_version version = { alert, code };

	return tell_role(turn, ROLE_DISPATCHER, turn->who.id, alert->incident_id,
		COMPOSED(compose_version, &version));
}

bool second_needed(const struct turn *turn, const struct alert *alert)
{
	return turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_TWO &&
	       alert->author_id == turn->who.id;
}
