/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A member whose number failed for good in several alerts gets no more of them. The admins are told
 * once; any text from that number shows that it lives, and brings its owner back.
 */
#include "internal.h"

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

static int tell_admins(struct turn *turn, int64_t person_id)
{
	struct store *store = turn->desk->store;
	char name[PERSON_NAME_SIZE];
	struct person person;
	int rc = store_person_get(store, person_id, &person);

	if (rc == 0)
		rc = tell_role(turn, ROLE_ADMIN, person_id, 0,
			SAY(MSG_SUSPENDED, SPEECH_TEXT("person", shown_name(&person, name)),
				SPEECH_NUMBER("alerts", STORE_FAILED_ALERTS)));
	if (rc < 0 && rc != -ENOENT && rc != -EBADMSG)
		return rc;
	turn->desk->news.changed = true;
	return store_suspended_told(store, person_id);
}

int suspensions_tell(struct turn *turn)
{
	int64_t person_id;
	int rc;

	while ((rc = store_suspended_next(turn->desk->store, &person_id)) == 1) {
		rc = tell_admins(turn, person_id);
		if (rc < 0)
			return rc;
	}
	return rc;
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
