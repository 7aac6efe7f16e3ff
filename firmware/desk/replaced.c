/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words were added to what waits for its code. Whoever answers with the code from before has not
 * read them yet, and has mistyped nothing: that code is known again, once.
 *
 * Ana: ALERT north vans at 5th   -> ... Reply 4821 to send.
 * Ana: ALERT south vans at 9th   -> ... The earlier one ... was put aside. Reply 1177 to send.
 * Ana: 4821                      -> That is the code of an earlier one ... Reply 1177 to send.
 */
#include "internal.h"

void code_replaced(struct desk *desk, const struct alert *alert, const char *code)
{
	desk->replaced = (struct replaced){ .alert_id = alert->id };
	if (desk->promised_alert != alert->id)
		return;
	text_copy(desk->replaced.code, sizeof(desk->replaced.code), desk->promised_code);
	text_copy(desk->promised_code, sizeof(desk->promised_code), code);
}

void code_replaced_of_draft(struct desk *desk, int64_t draft_id, const char *before)
{
	desk->replaced = (struct replaced){ .draft_id = draft_id };
	text_copy(desk->replaced.code, sizeof(desk->replaced.code), before);
}

int code_was_replaced(struct turn *turn, const char *code)
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

/* ---- one gives way to the next --------------------------------------------------------------- */

void code_said(struct desk *desk, int64_t author_id, int64_t id, bool draft, const char *code)
{
	struct said_code *said = &desk->said_codes[desk->next_said];

	desk->next_said = (desk->next_said + 1) % SAID_CODES;
	*said = (struct said_code){
		.author_id = author_id, .alert_id = draft ? 0 : id, .draft_id = draft ? id : 0
	};
	text_copy(said->code, sizeof(said->code), code);
}

void code_put_aside(struct turn *turn, int64_t id, bool draft)
{
	turn->aside = true;
	for (int i = 0; i < SAID_CODES; i++) {
		struct said_code *said = &turn->desk->said_codes[i];

		if ((draft ? said->draft_id : said->alert_id) == id)
			said->aside = true;
	}
}

/* 1 it still sends what it was said for. */
static int still_sends(struct turn *turn, const struct said_code *said)
{
	struct bulletin draft;
	struct alert alert;
	int rc;

	if (said->alert_id)
		return store_alert_by_code(turn->desk->store, said->code, turn->now_ms, &alert);
	rc = draft_waiting(turn, &draft);
	return rc == 1 ? draft.id == said->draft_id : rc;
}

static bool is_newer_of(const struct said_code *said, const struct said_code *before)
{
	return said->author_id == before->author_id && !said->aside && said->code[0] &&
	       !said->draft_id == !before->draft_id;
}

/* The code of what took its place, where that waits and is the sender's own; else "". */
static int code_of_next(
	struct turn *turn, const struct said_code *before, char code[ALERT_CODE_SIZE])
{
	const struct desk *desk = turn->desk;

	code[0] = '\0';
	for (int i = 1; i <= SAID_CODES && before->author_id == turn->who.id; i++) {
		const struct said_code *said =
			&desk->said_codes[(desk->next_said + SAID_CODES - i) % SAID_CODES];

		if (!is_newer_of(said, before))
			continue;
		int rc = still_sends(turn, said);

		if (rc == 1)
			text_copy(code, ALERT_CODE_SIZE, said->code);
		return rc < 0 ? rc : 0;
	}
	return 0;
}

static void compose_aside(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const char *code = arg;
	bool two = turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_TWO;

	say_in(turn, language, SAY(MSG_CODE_ASIDE), out);
	if (*code)
		say_next(turn, language,
			SAY(two ? MSG_PROMISE_TWO : MSG_PROMISE_CODE, SPEECH_TEXT("code", code)),
			out);
}

int code_of_aside(struct turn *turn, const char *code)
{
	char next[ALERT_CODE_SIZE];
	int rc;

	for (int i = 0; i < SAID_CODES; i++) {
		const struct said_code *said = &turn->desk->said_codes[i];

		if (!said->aside || strcmp(said->code, code) != 0)
			continue;
		turn->taken_for = "code-aside";
		rc = code_of_next(turn, said, next);
		return rc < 0 ? rc : reply(turn, COMPOSED(compose_aside, next)) ?: 1;
	}
	return 0;
}
