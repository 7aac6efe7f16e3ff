/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes to many goes on nobody's number alone, which can be forged: as with an alert a code
 * goes to the number on file, and must come back. A draft whose code does not is no more. Where an
 * alert takes two people (alerts.confirm = "two"), so does what an author publishes otherwise: the
 * code goes to other dispatchers too, and must come from one of them.
 */
#include <stdio.h>

#include "internal.h"

/* As words in the dialogue's data; whose dialogue it is. */
struct waiting {
	int64_t author_id;
	char code[ALERT_CODE_SIZE];
	int wrong;
	int64_t draft_id, expires_ms;
};

static bool takes_two(const struct turn *turn)
{
	return turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_TWO;
}

static int keep(struct turn *turn, const struct waiting *waiting)
{
	struct dialogue dialogue = { .kind = DIALOGUE_DRAFT, .expires_ms = waiting->expires_ms };

	snprintf(dialogue.data, sizeof(dialogue.data), "%s %d %" PRId64, waiting->code,
		waiting->wrong, waiting->draft_id);
	return store_dialogue_set(turn->desk->store, waiting->author_id, &dialogue);
}

/* 1 and what waits for the code of this author's, 0 nothing does, -errno. */
static int read_of(struct turn *turn, int64_t author_id, struct waiting *out)
{
	struct dialogue dialogue;
	int rc = store_dialogue_get(turn->desk->store, author_id, turn->now_ms, &dialogue);

	if (rc < 0 || dialogue.kind != DIALOGUE_DRAFT || code_is_stale(turn, dialogue.expires_ms))
		return rc < 0 ? rc : 0;
	out->author_id = author_id;
	out->expires_ms = dialogue.expires_ms;
	return sscanf(dialogue.data, "%7s %d %" SCNd64, out->code, &out->wrong, &out->draft_id) ==
	       3;
}

static int read_waiting(struct turn *turn, struct waiting *out)
{
	return turn->role < ROLE_DISPATCHER ? 0 : read_of(turn, turn->who.id, out);
}

struct search {
	struct turn *turn;
	const char *code; /* NULL: any */
	struct waiting *out;
};

static int look_at_one(void *ctx, const struct person *person)
{
	struct search *search = ctx;
	struct waiting waiting;
	int rc = person->id == search->turn->who.id ? 0
						    : read_of(search->turn, person->id, &waiting);

	if (rc != 1 || (search->code && strcmp(search->code, waiting.code) != 0))
		return rc < 0 ? rc : 0;
	*search->out = waiting;
	return 1;
}

/* The same of another author's, where that is whom a code must come from. */
static int read_others(struct turn *turn, const char *code, struct waiting *out)
{
	struct person_filter filter = { .role_min = ROLE_DISPATCHER, .active_only = true };
	struct search search = { .turn = turn, .code = code, .out = out };

	if (!takes_two(turn) || turn->role < ROLE_DISPATCHER)
		return 0;
	return store_person_walk(turn->desk->store, &filter, look_at_one, &search);
}

int draft_of_others_waits(struct turn *turn)
{
	struct waiting waiting;

	return read_others(turn, NULL, &waiting);
}

static int read_draft(struct turn *turn, const struct waiting *waiting, struct bulletin *out)
{
	int rc = store_bulletin_get(turn->desk->store, waiting->draft_id, out);

	if (rc == -ENOENT)
		return 0;
	return rc < 0 ? rc : out->state == BULLETIN_DRAFT;
}

int draft_waiting(struct turn *turn, struct bulletin *out)
{
	struct waiting waiting;
	int rc = read_waiting(turn, &waiting);

	return rc == 1 ? read_draft(turn, &waiting, out) : rc;
}

/* One waits for a code at a time. */
static int give_way(struct turn *turn)
{
	struct waiting before;
	int rc = read_waiting(turn, &before);

	if (rc == 1)
		code_put_aside(turn, before.draft_id, true);
	return rc < 0 ? rc : 0;
}

int draft_ask(struct turn *turn, int64_t draft_id, char code[ALERT_CODE_SIZE])
{
	const struct settings_alerts *alerts = &turn->desk->settings->alerts;
	struct waiting waiting = { .author_id = turn->who.id,
		.draft_id = draft_id,
		.expires_ms = turn->now_ms + alerts->code_ttl_s * MS_PER_S };
	int count, rc = grant_guesses(turn, false, &count);

	code[0] = '\0';
	if (rc < 0 || alerts->confirm == SETTINGS_CONFIRM_NONE)
		return rc;
	if (count == GUESSES_MAX)
		return reply(turn, SAY(MSG_CODE_LOCKED));
	turn->desk->coded_ms = turn->now_ms;
	rc = give_way(turn);
	if (rc == 0)
		rc = store_code_draw(turn->desk->store, waiting.code);
	if (rc == 0)
		rc = keep(turn, &waiting);
	code_said(turn->desk, turn->who.id, draft_id, true, waiting.code);
	text_copy(code, ALERT_CODE_SIZE, waiting.code);
	return rc;
}

int draft_ask_again(struct turn *turn, char code[ALERT_CODE_SIZE])
{
	struct waiting waiting;
	char before[ALERT_CODE_SIZE];
	int rc = read_waiting(turn, &waiting);

	if (rc <= 0)
		return rc < 0 ? rc : -ENOENT;
	text_copy(before, sizeof(before), waiting.code);
	code_replaced_of_draft(turn->desk, waiting.draft_id, before);
	do
		rc = store_code_draw(turn->desk->store, waiting.code);
	while (rc == 0 && strcmp(waiting.code, before) == 0);
	if (rc == 0)
		rc = keep(turn, &waiting);
	code_said(turn->desk, turn->who.id, waiting.draft_id, true, waiting.code);
	text_copy(code, ALERT_CODE_SIZE, waiting.code);
	return rc;
}

/* ---- how it is published --------------------------------------------------------------------- */

void draft_say_how(
	struct turn *turn, const char *language, const struct draft_how *how, struct strbuf *out)
{
	if (how->added)
		say_next(turn, language, SAY(MSG_PROMISE_ADDED, SPEECH_TEXT("text", how->added)),
			out);
	say_next(turn, language,
		SAY(takes_two(turn) ? MSG_PROMISE_TWO : MSG_PROMISE_CODE,
			SPEECH_TEXT("code", how->code)),
		out);
	if (turn->aside)
		say_next(turn, language, SAY(MSG_PROMISE_ASIDE), out);
	if (takes_two(turn) && how->asked == 0)
		say_next(turn, language, SAY(MSG_PROMISE_ALONE), out);
}

int draft_ask_others(struct turn *turn, const struct bulletin *draft, struct draft_how *how)
{
	if (takes_two(turn))
		how->asked = second_ask_draft(turn, draft, how);
	return how->asked < 0 ? how->asked : 0;
}

/* Who wrote it is told when it was somebody else who sent it. */
static int tell_author(struct turn *turn, const struct bulletin *draft, int64_t author_id)
{
	bool event = draft->kind == BULLETIN_EVENT;
	struct person author;
	int rc;

	if (author_id == turn->who.id || draft->state != BULLETIN_OUT)
		return 0;
	rc = store_person_get(turn->desk->store, author_id, &author);
	if (rc == 0)
		rc = tell(turn, &author, CLASS_DISPATCH, 0,
			SAY(event ? MSG_EVENT_SENT : MSG_POST_SENT,
				SPEECH_NUMBER("number", draft->id)));
	return rc < 0 ? rc : 0;
}

static int publish(struct turn *turn, const struct waiting *waiting)
{
	struct bulletin draft;
	int rc = store_dialogue_clear(turn->desk->store, waiting->author_id);

	if (rc == 0)
		rc = read_draft(turn, waiting, &draft);
	if (rc <= 0)
		return rc < 0 ? rc : reply(turn, SAY(MSG_POST_EXPIRED));
	rc = post_publish(turn, &draft);
	return rc < 0 ? rc : tell_author(turn, &draft, waiting->author_id);
}

int draft_code(struct turn *turn, const char *code)
{
	struct waiting waiting;
	int rc = read_waiting(turn, &waiting);
	bool own = rc == 1 && strcmp(waiting.code, code) == 0;

	if (rc >= 0 && !own)
		rc = read_others(turn, code, &waiting);
	if (rc <= 0)
		return rc < 0 ? rc : NOT_MINE;
	turn->taken_for = "code";
	if (own && takes_two(turn))
		return reply(turn, SAY(MSG_PROMISE_TWO, SPEECH_TEXT("code", code)));
	return publish(turn, &waiting);
}

int draft_code_wrong(struct turn *turn, bool say)
{
	struct waiting waiting;
	int count, rc = read_waiting(turn, &waiting);

	if (rc == 0)
		rc = read_others(turn, NULL, &waiting);
	if (rc <= 0)
		return rc < 0 ? rc : NOT_MINE;
	turn->taken_for = "code-wrong";
	rc = grant_guesses(turn, true, &count);
	if (rc < 0)
		return rc;
	if (++waiting.wrong < CODE_TRIES) {
		rc = keep(turn, &waiting);
		return rc < 0 || !say ? rc : code_say_wrong(turn, CODE_TRIES - waiting.wrong);
	}
	log_warning("draft=%" PRId64 " goes: three wrong codes of person=%" PRId64,
		waiting.draft_id, turn->who.id);
	rc = store_bulletin_delete(turn->desk->store, waiting.draft_id);
	if (rc == 0)
		rc = store_dialogue_clear(turn->desk->store, waiting.author_id);
	return rc < 0 ? rc : reply(turn, SAY(MSG_POST_EXPIRED));
}
