/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rosa (admin): ADD 510 555 0100 dispatcher Ana -> Ana as dispatcher ... Reply 4821 to confirm.
 * Rosa: 4821                                    -> Ana is on the list as dispatcher
 *
 * Whoever may send alerts is not named on a sender's number alone, which can be forged: the code
 * goes to the number on file and must come back, as with an alert. Lesser roles need none.
 */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* What waits for its code; as words in the dialogue's data. */
struct grant {
	char code[ALERT_CODE_SIZE];
	int wrong;
	int64_t person_id;
	struct naming naming; /* without the phone */
};

/* ---- what is kept -------------------------------------------------------------------------- */

static int keep(struct turn *turn, const struct grant *grant, int64_t expires_ms)
{
	struct dialogue dialogue = { .kind = DIALOGUE_GRANT, .expires_ms = expires_ms };

	snprintf(dialogue.data, sizeof(dialogue.data), "%s %d %" PRId64 " %d %d %s", grant->code,
		grant->wrong, grant->person_id, (int)grant->naming.role, (int)grant->naming.add,
		grant->naming.name);
	return store_dialogue_set(turn->desk->store, turn->who.id, &dialogue);
}

/* 1 and what waits, 0 nothing does, -errno. */
static int waiting(struct turn *turn, struct grant *grant, int64_t *expires_ms)
{
	struct dialogue dialogue;
	int rc = store_dialogue_get(turn->desk->store, turn->who.id, turn->now_ms, &dialogue);
	int role = 0, add = 0, name = 0;

	if (rc < 0 || dialogue.kind != DIALOGUE_GRANT || turn->role < ROLE_ADMIN ||
		code_is_stale(turn, dialogue.expires_ms))
		return rc < 0 ? rc : 0;
	*grant = (struct grant){ .wrong = 0 };
	if (sscanf(dialogue.data, "%7s %d %" SCNd64 " %d %d %n", grant->code, &grant->wrong,
		    &grant->person_id, &role, &add, &name) != 5)
		return 0;
	grant->naming.role = (enum role)role;
	grant->naming.add = add;
	text_copy(grant->naming.name, sizeof(grant->naming.name), dialogue.data + name);
	*expires_ms = dialogue.expires_ms;
	return 1;
}

/* ---- guesses ------------------------------------------------------------------------------- */

/* The hour's beginning and the wrong codes since, as one value of the store. */
int grant_guesses(struct turn *turn, bool one_more, int *count)
{
	struct store *store = turn->desk->store;
	int64_t value = 0, since_ms;
	char key[40];
	int rc;

	snprintf(key, sizeof(key), "guesses %" PRId64, turn->who.id);
	rc = store_value_get(store, key, &value);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	since_ms = value / (GUESSES_MAX + 1);
	*count = (int)(value % (GUESSES_MAX + 1));
	if (turn->now_ms - since_ms >= GUESSES_MS || since_ms > turn->now_ms) {
		since_ms = turn->now_ms;
		*count = 0;
	}
	if (!one_more || *count == GUESSES_MAX)
		return 0;
	++*count;
	return store_value_set(store, key, since_ms * (GUESSES_MAX + 1) + *count);
}

/* ---- ADD and ROLE -------------------------------------------------------------------------- */

bool grant_needs_code(const struct turn *turn, enum role role)
{
	return role >= ROLE_DISPATCHER &&
	       turn->desk->settings->alerts.confirm != SETTINGS_CONFIRM_NONE;
}

int grant_ask(struct turn *turn, const struct person *person, const struct naming *naming)
{
	int64_t ttl_ms = turn->desk->settings->alerts.code_ttl_s * MS_PER_S;
	struct grant grant = { .person_id = person->id, .naming = *naming };
	char name[PERSON_NAME_SIZE];
	int count, rc = grant_guesses(turn, false, &count);

	if (rc < 0)
		return rc;
	if (count == GUESSES_MAX) {
		log_warning(
			"person=%" PRId64 " guesses codes: names nobody for an hour", turn->who.id);
		return reply(turn, SAY(MSG_GRANT_LOCKED));
	}
	turn->desk->coded_ms = turn->now_ms;
	rc = store_code_draw(turn->desk->store, grant.code);
	if (rc == 0)
		rc = keep(turn, &grant, turn->now_ms + ttl_ms);
	if (rc < 0)
		return rc;
	log_notice("person=%" PRId64 " as %s waits for the code of person=%" PRId64, person->id,
		store_role_name(naming->role), turn->who.id);
	/* as with an alert: without this code nothing comes of it */
	return answer_role(turn, MSG_GRANT_CODE,
		naming->name[0] ? naming->name : shown_name(person, name), naming->role,
		grant.code);
}

/* ---- the code ------------------------------------------------------------------------------ */

int grant_code(struct turn *turn, const char *code)
{
	struct grant grant;
	int64_t expires_ms;
	int rc = waiting(turn, &grant, &expires_ms);

	if (rc <= 0 || strcmp(grant.code, code) != 0)
		return rc < 0 ? rc : NOT_MINE;
	turn->taken_for = "code";
	rc = store_dialogue_clear(turn->desk->store, turn->who.id);
	return rc < 0 ? rc : person_grant(turn, grant.person_id, &grant.naming);
}

int grant_code_wrong(struct turn *turn, bool say)
{
	struct grant grant;
	int64_t expires_ms;
	int count, rc = waiting(turn, &grant, &expires_ms);

	if (rc <= 0)
		return rc < 0 ? rc : NOT_MINE;
	turn->taken_for = "code-wrong";
	rc = grant_guesses(turn, true, &count);
	if (rc < 0)
		return rc;
	if (++grant.wrong < CODE_TRIES) {
		rc = keep(turn, &grant, expires_ms);
		return rc < 0 || !say ? rc : code_say_wrong(turn, CODE_TRIES - grant.wrong);
	}
	log_warning("person=%" PRId64 " is not named: three wrong codes of person=%" PRId64,
		grant.person_id, turn->who.id);
	rc = store_dialogue_clear(turn->desk->store, turn->who.id);
	return rc < 0 ? rc : reply(turn, SAY(MSG_GRANT_SPENT));
}
