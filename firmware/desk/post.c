/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana: POST Know your rights night is on Friday at 7
 *   -> 12 readers, the next digest: 1 segment each, 12 together. Reply 4821 to send.
 * Ana: ES La noche de sus derechos es el viernes a las 7 
 *   -> ... 12 together. Added: ES La noche de ... Reply 7305 to send.
 * Ana: 7305                                                -> it is in the next digests
 *
 * A post is never cut: one that is longer than POST_MAX letters is refused.
 */
#include "internal.h"

#define POST_MAX 280 /* letters */

static int letters_of(const char *text)
{
	int letters = 0;

	for (; *text; text++)
		letters += ((unsigned char)*text & 0xC0) != 0x80;
	return letters;
}

struct promise_words {
	struct bulk_cost cost;
	struct draft_how how;
};

static void compose_promise(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct promise_words *words = arg;

	say_in(turn, language,
		SAY(MSG_POST_COST, SPEECH_NUMBER("people", words->cost.people),
			SPEECH_NUMBER("segments", words->cost.segments),
			SPEECH_NUMBER("total", words->cost.total)),
		out);
	draft_say_how(turn, language, &words->how, out);
}

int post_promise(
	struct turn *turn, const struct bulletin *draft, const char *code, const char *added)
{
	struct promise_words words = { .how = { .code = code, .added = added } };
	int rc = draft_ask_others(turn, draft, &words.how);

	if (rc < 0)
		return rc;
	if (draft->kind == BULLETIN_EVENT)
		return event_promise(turn, draft, &words.how);
	rc = digest_measure(turn, draft, &words.cost);

	return rc < 0 ? rc : answer(turn, CLASS_DISPATCH, COMPOSED(compose_promise, &words));
}

static int how(struct turn *turn)
{
	return reply(turn, SAY(MSG_HOW_POST, SPEECH_NUMBER("number", POST_MAX)));
}

int post_publish(struct turn *turn, struct bulletin *draft)
{
	int rc;

	if (draft->kind == BULLETIN_EVENT)
		return event_publish(turn, draft);
	draft->state = BULLETIN_OUT;
	draft->due_ms = 0;
	rc = store_bulletin_set(turn->desk->store, draft);
	if (rc < 0)
		return rc;
	log_notice("post=%" PRId64 " of person=%" PRId64 " is in the next digests", draft->id,
		turn->who.id);
	return reply(turn, SAY(MSG_POST_SENT));
}

int post_command(struct turn *turn)
{
	struct bulletin draft = { .kind = BULLETIN_POST,
		.author_id = turn->who.id,
		.due_ms = turn->now_ms + turn->desk->settings->alerts.code_ttl_s * MS_PER_S };
	int letters = letters_of(turn->heard.rest);
	char code[ALERT_CODE_SIZE] = "";
	int rc;

	if (letters == 0 || letters > POST_MAX)
		return how(turn);
	text_copy(draft.text, sizeof(draft.text), turn->heard.rest);
	rc = store_bulletin_new(turn->desk->store, &draft, turn->now_ms);
	if (rc == 0)
		rc = draft_ask(turn, draft.id, code);
	if (rc < 0)
		return rc;
	if (code[0])
		return post_promise(turn, &draft, code, NULL);
	if (turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_NONE)
		return post_publish(turn, &draft);
	return store_bulletin_delete(turn->desk->store, draft.id);
}

int post_version(struct turn *turn, const char *language, const char *text)
{
	char code[ALERT_CODE_SIZE];
	struct bulletin draft;
	int rc = draft_waiting(turn, &draft);

	if (rc <= 0)
		return rc < 0 ? rc : NOT_MINE;
	turn->taken_for = "version";
	if (letters_of(text) > POST_MAX || !version_put(draft.text, language, text))
		return how(turn);
	rc = store_bulletin_set_text(turn->desk->store, draft.id, draft.text);
	if (rc == 0)
		rc = draft_ask_again(turn, code);
	return rc < 0 ? rc : post_promise(turn, &draft, code, turn->body);
}
