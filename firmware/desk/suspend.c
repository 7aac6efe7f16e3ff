/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A member whose number failed for good in several alerts gets no more of them. The admins are told
 * once, of many in a sum; any text from that number shows that it lives, and brings its owner back.
 */
#include "internal.h"

#define TELL_AGAIN_MS MS_PER_H /* who is suspended meanwhile is counted in one text */

int suspended_return(struct turn *turn)
{
	int rc;

	if (turn->who.state != PERSON_SUSPENDED)
		return 0;
	rc = store_person_restore(turn->desk->store, turn->who.id);
	if (rc < 0)
		return rc;
	log_notice("person=%" PRId64 " texted and is not suspended any more", turn->who.id);
	turn->desk->news.changed = true;
	return turn_refresh(turn);
}

static int tell_of_one(struct turn *turn, int64_t person_id)
{
	char name[PERSON_NAME_SIZE];
	struct person person;
	int rc = store_person_get(turn->desk->store, person_id, &person);

	if (rc == 0)
		rc = tell_role(turn, ROLE_ADMIN, person_id, 0,
			SAY(MSG_SUSPENDED, SPEECH_TEXT("person", shown_name(&person, name)),
				SPEECH_NUMBER("alerts", STORE_FAILED_ALERTS)));
	return rc == -ENOENT || rc == -EBADMSG ? 0 : rc;
}

static int tell_of_all(struct turn *turn, int64_t person_id)
{
	struct store *store = turn->desk->store;
	int64_t people;
	int rc = store_suspended_untold(store, &people);

	if (rc == 0 && people > 1)
		rc = tell_role(turn, ROLE_ADMIN, 0, 0,
			SAY(MSG_SUSPENDED_MORE, SPEECH_NUMBER("people", people),
				SPEECH_NUMBER("alerts", STORE_FAILED_ALERTS)));
	else if (rc == 0)
		rc = tell_of_one(turn, person_id);
	if (rc >= 0)
		rc = store_suspended_told(store);
	turn->desk->news.changed = true;
	return rc;
}

/*
 * Numbers that are no more fail in the same three alerts: a text about each would go out before the
 * third one's copies.
 */
int suspensions_tell(struct turn *turn, int64_t *next_ms)
{
	static const char told[] = "suspended told";
	struct store *store = turn->desk->store;
	int64_t person_id, told_ms = 0;
	int rc = store_suspended_next(store, &person_id);

	if (rc != 1)
		return rc;
	rc = store_value_get(store, told, &told_ms);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (rc == 0 && told_ms <= turn->now_ms && turn->now_ms < told_ms + TELL_AGAIN_MS) {
		*next_ms = time_min(*next_ms, told_ms + TELL_AGAIN_MS);
		return 0;
	}
	rc = tell_of_all(turn, person_id);
	return rc < 0 ? rc : store_value_set(store, told, turn->now_ms);
}

/* ---- SIMs ---- */

struct sim_news {
	const char *modem;
	int percent; /* of its texts that have no report; 0: its canaries do not arrive */
	bool back;
};

static int tell_sim_news(struct turn *turn, void *arg)
{
	const struct sim_news *news = arg;
	enum speech_message id = news->back      ? MSG_MODEM_BACK
				 : news->percent ? MSG_MODEM_BLOCKED
						 : MSG_MODEM_CANARY;
	int rc = tell_role(turn, ROLE_ADMIN, 0, 0,
		SAY(id, SPEECH_TEXT("modem", news->modem),
			SPEECH_NUMBER("percent", news->percent)));

	turn->desk->news.changed = true;
	return rc < 0 ? rc : 0;
}

int desk_modem_blocked(struct desk *desk, const char *modem, int percent, int64_t now_ms)
{
	struct sim_news news = { .modem = modem, .percent = percent };

	return desk_transact(desk, now_ms, tell_sim_news, &news);
}

int desk_modem_back(struct desk *desk, const char *modem, int64_t now_ms)
{
	struct sim_news news = { .modem = modem, .back = true };

	return desk_transact(desk, now_ms, tell_sim_news, &news);
}
