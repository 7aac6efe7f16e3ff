/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes out later, while nobody is there to send it.
 *
 * Ana (dispatcher): SCHEDULE sat 10:00 north Meeting at the library
 *   -> #17 (north): 212 people, 1 segment, about 14 min. It waits until 2026-11-28 10:00. Reply
 *   4821 to send.
 * Ana: 4821       -> #17 goes out on 2026-11-28 10:00 ...
 * Ana: SCHEDULE   -> #17 2026-11-28 10:00 (north): Meeting at the library
 * Ana: CANCEL 17  -> withdrawn
 *
 * It is an announcement: nobody is asked to come, and quiet hours are kept. Its time is kept as the
 * clock on the wall shows it, and only made a moment when it is looked whether it has come: neither
 * a step of the clock nor a change of the zone's rules moves it. What the spring gap skips comes at
 * its end; what autumn brings twice goes out the first time.
 */
#include "internal.h"

#define LISTED_MOST  5
#define LISTED_BYTES 60 /* of each text */

/* ---- SCHEDULE ---- */

static int64_t due_ms(const struct alert *alert)
{
	struct time_local when;

	when_of_number(alert->planned, &when);
	return time_of_local(&when);
}

const char *desk_alert_when(const struct alert *alert, char out[DESK_WHEN_SIZE])
{
	struct time_local when;

	when_of_number(alert->planned, &when);
	return when_say(&when, out);
}

struct listing {
	struct turn *turn;
	const char *language;
	struct strbuf *out;
	int listed;
};

static int list_one(void *ctx, const struct alert *alert)
{
	struct listing *listing = ctx;
	char zones[ZONES_WORDS_SIZE], when[WHEN_SIZE], plain[ALERT_TEXT_SIZE], text[LISTED_BYTES];

	if (listing->listed++ >= LISTED_MOST)
		return 1;
	desk_alert_text(alert, plain);
	if (!text_copy(text, sizeof(text) - 3, plain))
		memcpy(text + strlen(text), "...", sizeof("..."));
	zones_words(listing->turn, listing->language, alert->zones, zones);
	say_next(listing->turn, listing->language,
		SAY(MSG_SCHEDULE_LINE, SPEECH_NUMBER("incident", alert->incident_id),
			SPEECH_TEXT("when", desk_alert_when(alert, when)),
			SPEECH_TEXT("zones", zones), SPEECH_TEXT("text", text)),
		listing->out);
	return 0;
}

static void compose_list(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	struct listing listing = { turn, language, out, 0 };

	(void)arg;
	store_alert_walk(turn->desk->store, ALERT_SCHEDULED, list_one, &listing);
	if (listing.listed == 0)
		say_in(turn, language, SAY(MSG_SCHEDULE_NONE), out);
}

static bool take_all(const struct desk *desk, const char **cursor)
{
	const char *at = *cursor;
	char word[32];

	if (!take_word(&at, word, sizeof(word)) || !speech_is(desk->speech, word, WORD_ALL))
		return false;
	*cursor = at;
	return true;
}

/* -EINVAL: there is no text, or too long a one. */
static int read_announcement(struct turn *turn, const char *rest, struct alert *alert)
{
	alert->author_id = turn->who.id;
	alert->info = true;
	alert->zones = take_zones(turn->desk, &rest);
	alert->wide = alert->zones != 0 && take_all(turn->desk, &rest);
	if (alert->zones == 0)
		alert->zones = ZONES_ALL;
	if (!*rest)
		return reply(turn, SAY(MSG_HOW_SCHEDULE));
	if (!text_copy(alert->text, sizeof(alert->text), rest))
		return reply(turn, SAY(MSG_TOO_LONG));
	return 1;
}

int schedule_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	struct alert alert = { .id = 0 };
	struct time_local when;
	char text[WHEN_SIZE];
	int rc;

	if (!*rest)
		return reply(turn, COMPOSED(compose_list, NULL));
	if (turn->desk->paused)
		return reply(turn, SAY(MSG_ALERT_PAUSED));
	if (turn->desk->time_unknown)
		return reply(turn, SAY(MSG_SCHEDULE_NO_TIME));
	rc = alert_guesses_codes(turn);
	if (rc != 0)
		return rc < 0 ? rc : reply(turn, SAY(MSG_CODE_LOCKED));
	rc = when_take(turn->desk, &rest, turn->now_ms, &when);
	if (rc == -ERANGE)
		return reply(
			turn, SAY(MSG_SCHEDULE_PAST, SPEECH_TEXT("when", when_say(&when, text))));
	if (rc == 0)
		return reply(turn, SAY(MSG_HOW_SCHEDULE));
	alert.planned = when_number(&when);
	rc = read_announcement(turn, rest, &alert);
	return rc == 1 ? alert_propose(turn, &alert) : rc;
}

/* ---- its time ---- */

int schedule_keep(struct turn *turn, const struct alert *alert)
{
	int rc;

	if (!alert->planned || alert->state == ALERT_SCHEDULED)
		return 0;
	rc = store_alert_schedule(turn->desk->store, alert->id);
	if (rc < 0)
		return rc;
	turn->desk->schedule_ms = 0;
	turn->desk->news.changed = true;
	log_notice("incident=%" PRId64 " alert=%" PRId64 " waits until %" PRId64,
		alert->incident_id, alert->id, alert->planned);
	return 1;
}

/* A list that is not through by the evening is gone on with in the morning. */
static int64_t after_waking_hours(int64_t at_ms, int64_t life_ms, int from, int to)
{
	const struct time_rule evening = { from, TIME_ANY_DAY, TIME_ANY_DAY };

	for (;;) {
		int64_t morning_ms = time_between_ends(at_ms, from, to), evening_ms;

		at_ms = morning_ms ? morning_ms : at_ms;
		evening_ms = time_next(at_ms, &evening);
		if (evening_ms >= at_ms + life_ms)
			return at_ms + life_ms;
		life_ms -= evening_ms - at_ms;
		at_ms = evening_ms;
	}
}

int64_t schedule_expires_ms(const struct desk *desk, int64_t now_ms)
{
	int64_t shelf_ms = desk->settings->alerts.shelf_life_s * MS_PER_S;
	int from, to;

	if (!settings_quiet(&desk->settings->list, &from, &to))
		return now_ms + shelf_ms;
	return after_waking_hours(now_ms, shelf_ms, from, to);
}

static int end(struct turn *turn, const struct alert *alert, enum alert_state state)
{
	int rc = store_alert_end(turn->desk->store, alert->id, state, turn->now_ms);

	turn->desk->news.changed = true;
	return rc < 0 ? rc : alert_incident_forget(turn, alert->incident_id);
}

/* Its time is too long ago. */
static int miss(struct turn *turn, const struct alert *alert)
{
	char when[WHEN_SIZE];
	int rc = end(turn, alert, ALERT_EXPIRED);

	if (rc < 0)
		return rc;
	log_notice("incident=%" PRId64 " alert=%" PRId64 " missed its time", alert->incident_id,
		alert->id);
	rc = tell_dispatcher(turn, alert->author_id, alert->incident_id,
		SAY(MSG_SCHEDULE_MISSED, SPEECH_NUMBER("incident", alert->incident_id),
			SPEECH_TEXT("when", desk_alert_when(alert, when))));
	return rc < 0 ? rc : 0;
}

/* Those who are left hear of it at once: one of them may set it again. */
static int withdraw(struct turn *turn, const struct alert *alert)
{
	int rc = end(turn, alert, ALERT_CANCELLED);

	if (rc < 0)
		return rc;
	log_notice("incident=%" PRId64 " alert=%" PRId64 " is withdrawn: its author may not send",
		alert->incident_id, alert->id);
	rc = tell_role(turn, ROLE_DISPATCHER, 0, alert->incident_id,
		SAY(MSG_CANCELLED_PENDING, SPEECH_NUMBER("incident", alert->incident_id)));
	return rc < 0 ? rc : 0;
}

/* A dispatcher who was removed sends nothing, also not what was confirmed before. */
static int may_send(struct turn *turn, const struct alert *alert)
{
	struct person author;
	int rc;

	if (alert->author_id == 0)
		return 1;
	rc = store_person_get(turn->desk->store, alert->author_id, &author);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	return role_of(&author) >= ROLE_DISPATCHER;
}

static int send_due(struct turn *turn, const struct alert *alert)
{
	struct store_audience audience;
	int rc = store_audience_count(
		turn->desk->store, alert->zones, alert->wide, turn->now_ms, &audience);

	if (rc == 0)
		rc = alert_start(turn, alert);
	if (rc == 0 && alert->author_id > 0)
		rc = tell_dispatcher(turn, alert->author_id, alert->incident_id,
			SAY(MSG_ALERT_SENT, SPEECH_NUMBER("incident", alert->incident_id),
				SPEECH_NUMBER("people", audience.total)));
	return rc < 0 ? rc : 0;
}

struct looking {
	struct turn *turn;
	int64_t *next_ms;
};

static int look_at(void *ctx, const struct alert *alert)
{
	const struct looking *looking = ctx;
	struct turn *turn = looking->turn;
	int64_t at_ms = due_ms(alert);
	int64_t grace_ms = turn->desk->settings->desk.schedule_grace_s * MS_PER_S;
	int rc = may_send(turn, alert);

	if (rc <= 0)
		return rc < 0 ? rc : withdraw(turn, alert);
	if (at_ms > turn->now_ms) {
		*looking->next_ms = time_min(*looking->next_ms, at_ms);
		return 0;
	}
	if (turn->now_ms - at_ms > grace_ms)
		return miss(turn, alert);
	if (!turn->desk->paused)
		return send_due(turn, alert);
	/* RESUME may come in time */
	*looking->next_ms = time_min(*looking->next_ms, at_ms + grace_ms + 1);
	return 0;
}

int schedules_do(struct turn *turn, int64_t *next_ms)
{
	struct desk *desk = turn->desk;
	struct looking looking = { turn, next_ms };
	int rc;

	if (desk->time_unknown)
		return 0;
	if (desk->schedule_ms > turn->now_ms) {
		*next_ms = desk->schedule_ms;
		return 0;
	}
	desk->schedule_ms = 0; /* if this is rolled back, it is looked at again */
	rc = store_alert_walk(desk->store, ALERT_SCHEDULED, look_at, &looking);
	if (rc == 0 && !desk->paused)
		desk->schedule_ms = *next_ms;
	return rc;
}
