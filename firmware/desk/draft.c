/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes to many goes on nobody's number alone, which can be forged: as with an alert a code
 * goes to the number on file, and must come back. A draft whose code does not is no more.
 */
#include <stdio.h>

#include "internal.h"

/* As words in the dialogue's data. */
struct waiting {
	char code[ALERT_CODE_SIZE];
	int wrong;
	int64_t draft_id, expires_ms;
};

static int keep(struct turn *turn, const struct waiting *waiting)
{
	struct dialogue dialogue = { .kind = DIALOGUE_DRAFT, .expires_ms = waiting->expires_ms };

	snprintf(dialogue.data, sizeof(dialogue.data), "%s %d %" PRId64, waiting->code,
		waiting->wrong, waiting->draft_id);
	return store_dialogue_set(turn->desk->store, turn->who.id, &dialogue);
}

/* 1 and what waits, 0 nothing does, -errno. */
static int read_waiting(struct turn *turn, struct waiting *out)
{
	struct dialogue dialogue;
	int rc = store_dialogue_get(turn->desk->store, turn->who.id, turn->now_ms, &dialogue);

	if (rc < 0 || dialogue.kind != DIALOGUE_DRAFT || turn->role < ROLE_DISPATCHER)
		return rc < 0 ? rc : 0;
	out->expires_ms = dialogue.expires_ms;
	return sscanf(dialogue.data, "%7s %d %" SCNd64, out->code, &out->wrong, &out->draft_id) ==
	       3;
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

int draft_ask(struct turn *turn, int64_t draft_id, char code[ALERT_CODE_SIZE])
{
	const struct settings_alerts *alerts = &turn->desk->settings->alerts;
	struct waiting waiting = { .draft_id = draft_id,
		.expires_ms = turn->now_ms + alerts->code_ttl_s * MS_PER_S };
	int count, rc = grant_guesses(turn, false, &count);

	code[0] = '\0';
	if (rc < 0 || alerts->confirm == SETTINGS_CONFIRM_NONE)
		return rc;
	if (count == GUESSES_MAX)
		return reply(turn, SAY(MSG_CODE_LOCKED));
	rc = store_code_draw(turn->desk->store, waiting.code);
	if (rc == 0)
		rc = keep(turn, &waiting);
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
	text_copy(code, ALERT_CODE_SIZE, waiting.code);
	return rc;
}

int draft_code(struct turn *turn, const char *code)
{
	struct waiting waiting;
	struct bulletin draft;
	int rc = read_waiting(turn, &waiting);

	if (rc <= 0 || strcmp(waiting.code, code) != 0)
		return rc < 0 ? rc : NOT_MINE;
	turn->taken_for = "code";
	rc = store_dialogue_clear(turn->desk->store, turn->who.id);
	if (rc == 0)
		rc = read_draft(turn, &waiting, &draft);
	if (rc <= 0)
		return rc < 0 ? rc : reply(turn, SAY(MSG_POST_EXPIRED));
	return post_publish(turn, &draft);
}

int draft_code_wrong(struct turn *turn, bool say)
{
	struct waiting waiting;
	int count, rc = read_waiting(turn, &waiting);

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
		rc = store_dialogue_clear(turn->desk->store, turn->who.id);
	return rc < 0 ? rc : reply(turn, SAY(MSG_POST_EXPIRED));
}
