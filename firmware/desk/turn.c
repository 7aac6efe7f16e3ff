/* SPDX-License-Identifier: Apache-2.0 */
/* One transaction around everything that a text, a button or the clock causes. */
#include "internal.h"

enum role role_of(const struct person *person)
{
	bool listed = person->state == PERSON_ACTIVE || person->state == PERSON_SUSPENDED;

	return listed && !person->blocked ? person->role : ROLE_NEIGHBOR;
}

int turn_refresh(struct turn *turn)
{
	int rc = store_person_get(turn->desk->store, turn->who.id, &turn->who);

	if (rc == 0)
		turn->role = role_of(&turn->who);
	return rc;
}

void desk_tell_news(struct desk *desk)
{
	struct news news = desk->news;

	desk->news = (struct news){ 0 };
	if (news.paused && desk->events.paused)
		desk->events.paused(desk->ctx, desk->paused);
	if (news.wake && desk->events.wake)
		desk->events.wake(desk->ctx);
	if (news.changed && desk->events.changed)
		desk->events.changed(desk->ctx);
}

void desk_committed(struct desk *desk)
{
	desk_tell_news(desk);
}

static int undo(struct desk *desk, bool paused_before, int rc)
{
	store_rollback(desk->store);
	desk->news = (struct news){ 0 };
	desk->paused = paused_before;
	return rc;
}

int desk_transact(
	struct desk *desk, int64_t now_ms, int (*act)(struct turn *turn, void *arg), void *arg)
{
	struct turn turn = { .desk = desk, .now_ms = now_ms };
	bool paused_before = desk->paused;
	int rc, rc_commit;

	text_copy(turn.language, sizeof(turn.language), desk->settings->box.language);
	if (store_in_transaction(desk->store))
		return act(&turn, arg);
	rc = store_begin(desk->store);
	if (rc < 0)
		return rc;
	rc = act(&turn, arg);
	if (rc < 0)
		return undo(desk, paused_before, rc);
	crash_point("desk.transaction");
	rc_commit = store_commit(desk->store);
	crash_point("desk.transacted");
	if (rc_commit < 0)
		return undo(desk, paused_before, rc_commit);
	desk_tell_news(desk);
	return rc;
}
