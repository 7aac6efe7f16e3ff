/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana: UPDATE 17 they moved to 7th   -> to those who were sent #17; copies that have not left
 *                                       are dropped
 * Ana: CLEAR 17                      -> it is over, thank you, everybody
 * Ana: CANCEL 17                     -> called off, please do not come
 */
#include "internal.h"

struct follow_words {
	enum broadcast_kind kind;
	const struct alert *alert;
	const char *text;
};

static void compose_follow(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct follow_words *words = arg;
	const struct speech_arg args[] = { SPEECH_NUMBER("incident", words->alert->incident_id),
		SPEECH_TEXT("text", words->text) };
	enum speech_message id = MSG_UPDATE_TEXT;

	if (words->kind == BROADCAST_CLEAR)
		id = *words->text         ? MSG_CLEAR_TEXT
		     : words->alert->info ? MSG_CLEAR_INFO
					  : MSG_CLEAR_PLAIN;
	else if (words->kind == BROADCAST_CANCEL)
		id = words->alert->info ? MSG_CANCEL_INFO : MSG_CANCEL_TEXT;
	say_in(turn, language, &(struct saying){ .id = id, .args = args, .n = ARRAY_SIZE(args) },
		out);
}

static int send_follow(struct turn *turn, const struct follow_words *words)
{
	struct desk *desk = turn->desk;
	struct store_broadcast broadcast = { .kind = words->kind,
		.alert_id = words->alert->id,
		.expires_ms = turn->now_ms + desk->settings->alerts.shelf_life_s * MS_PER_S };
	int64_t id;
	int rc = store_broadcast_new(desk->store, &broadcast, turn->now_ms, &id);

	if (rc == 0)
		rc = broadcast_bodies(turn, id, COMPOSED(compose_follow, words));
	if (rc == 0)
		rc = store_broadcast_expand(desk->store, SLICE_FIRST, turn->now_ms);
	return rc < 0 ? rc : 0;
}

/* First what has not left is dropped, then those who have it are told. */
static int follow(struct turn *turn, const struct follow_words *words, struct follow *out)
{
	struct store *store = turn->desk->store;
	int64_t broadcast_id = words->alert->broadcast_id;
	struct store_tally tally;
	int rc;

	out->dropped = store_broadcast_drop(store, broadcast_id, turn->now_ms);
	if (out->dropped >= 0 && words->kind != BROADCAST_UPDATE) {
		int64_t stale =
			store_updates_drop(store, words->alert->id, broadcast_id, turn->now_ms);

		out->dropped = stale < 0 ? stale : out->dropped;
	}
	if (out->dropped < 0)
		return (int)out->dropped;
	rc = store_tally(store, broadcast_id, &tally);
	if (rc < 0)
		return rc;
	out->people = tally.messages[MESSAGE_SENDING] + tally.messages[MESSAGE_SENT] +
		      tally.messages[MESSAGE_DELIVERED] + tally.messages[MESSAGE_UNKNOWN];
	turn->desk->news.wake = turn->desk->news.changed = true;
	return send_follow(turn, words);
}

/* One whose code ran out, or whose time was missed, has expired too. */
static bool was_sent(const struct alert *alert)
{
	return alert->broadcast_id > 0 &&
	       (alert->state == ALERT_RUNNING || alert->state == ALERT_EXPIRED);
}

static int end_alert(struct turn *turn, const struct alert *alert, enum alert_state state)
{
	int rc = store_alert_end(turn->desk->store, alert->id, state, turn->now_ms);

	if (rc == 0)
		rc = reminders_gate(turn, alert->id, store_broadcast_drop);
	/* its shelf life may have ended it before */
	return rc == -EALREADY ? 0 : rc;
}

static int say_followed(struct turn *turn, const struct alert *alert, const struct follow *done)
{
	return reply(turn, SAY(MSG_FOLLOW_SENT, SPEECH_NUMBER("incident", alert->incident_id),
				   SPEECH_NUMBER("people", done->people),
				   SPEECH_NUMBER("dropped", done->dropped)));
}

/* ---- UPDATE n text ---- */

int update_command(struct turn *turn)
{
	struct follow_words words = { .kind = BROADCAST_UPDATE, .text = turn->heard.rest };
	struct follow done = { .people = 0 };
	const char *at = turn->heard.rest;
	struct incident incident;
	struct alert alert;
	int64_t number;
	int rc;

	if (!take_number(&at, &number) || !*at)
		return reply(turn, SAY(MSG_HOW_UPDATE));
	rc = take_open_incident(turn, &words.text, &incident);
	if (rc != 1)
		return rc;
	if (strlen(words.text) >= ALERT_TEXT_SIZE)
		return reply(turn, SAY(MSG_TOO_LONG));
	rc = store_alert_of_incident(turn->desk->store, incident.id, &alert);
	if (rc < 0)
		return rc;
	if (rc == 0 || !was_sent(&alert))
		return reply(turn, SAY(MSG_NOT_SENT, SPEECH_NUMBER("incident", incident.id)));
	words.alert = &alert;
	rc = follow(turn, &words, &done);
	if (rc == 0)
		rc = store_incident_note(turn->desk->store, incident.id, turn->who.id, "updated",
			words.text, turn->now_ms);
	return rc < 0 ? rc : say_followed(turn, &alert, &done);
}

/* ---- CLEAR n [text] ---- */

static int close_incident(struct turn *turn, int64_t id, enum incident_state state)
{
	turn->desk->news.changed = true;
	return store_incident_set(turn->desk->store, id, state, turn->who.id, turn->now_ms);
}

/* For its code, or for its time. */
static bool is_waiting(const struct alert *alert)
{
	return alert->state == ALERT_PENDING || alert->state == ALERT_SCHEDULED;
}

static int withdraw_pending(struct turn *turn, const struct alert *alert)
{
	if (!is_waiting(alert))
		return 0;
	return alerts_withdraw(turn, alert->incident_id, NULL, MSG_CANCELLED_PENDING);
}

static int clear_unsent(struct turn *turn, int64_t incident_id)
{
	int rc = close_incident(turn, incident_id, INCIDENT_CLOSED);

	return rc < 0 ? rc : reply(turn, SAY(MSG_CLOSED, SPEECH_NUMBER("incident", incident_id)));
}

int clear_command(struct turn *turn)
{
	struct follow_words words = { .kind = BROADCAST_CLEAR, .text = turn->heard.rest };
	struct follow done = { .people = 0 };
	struct incident incident;
	struct alert alert;
	int rc = take_open_incident(turn, &words.text, &incident);

	if (rc != 1)
		return rc;
	if (strlen(words.text) >= ALERT_TEXT_SIZE)
		return reply(turn, SAY(MSG_TOO_LONG));
	rc = store_alert_of_incident(turn->desk->store, incident.id, &alert);
	if (rc == 1 && is_waiting(&alert)) {
		/* an earlier one may have been sent */
		rc = withdraw_pending(turn, &alert);
		if (rc == 0)
			rc = store_alert_of_incident(turn->desk->store, incident.id, &alert);
	}
	if (rc < 0)
		return rc;
	if (rc == 0 || !was_sent(&alert))
		return clear_unsent(turn, incident.id);
	words.alert = &alert;
	rc = follow(turn, &words, &done);
	if (rc == 0)
		rc = end_alert(turn, &alert, ALERT_CLEARED);
	if (rc == 0)
		rc = reporters_tell_over(turn, &alert);
	if (rc == 0)
		rc = close_incident(turn, incident.id, INCIDENT_CLOSED);
	return rc < 0 ? rc : say_followed(turn, &alert, &done);
}

/* ---- CANCEL n ---- */

static int call_off_pending(struct turn *turn, const struct alert *alert)
{
	int rc = withdraw_pending(turn, alert);

	turn->desk->news.changed = true;
	return rc < 0 ? rc : alert_incident_forget(turn, alert->incident_id);
}

static int call_off_sent(struct turn *turn, const struct alert *alert, struct follow *out)
{
	struct follow_words words = { .kind = BROADCAST_CANCEL, .alert = alert, .text = "" };
	int rc = follow(turn, &words, out);

	if (rc == 0)
		rc = end_alert(turn, alert, ALERT_CANCELLED);
	if (rc == 0)
		rc = close_incident(turn, alert->incident_id, INCIDENT_CANCELLED);
	if (rc == 0)
		log_notice("incident=%" PRId64 " alert=%" PRId64 " called off by person=%" PRId64,
			alert->incident_id, alert->id, turn->who.id);
	return rc;
}

int alert_call_off(struct turn *turn, const struct alert *alert, struct follow *out)
{
	int rc;

	*out = (struct follow){ .pending = is_waiting(alert) };
	if (!out->pending && !was_sent(alert))
		return 0;
	rc = out->pending ? call_off_pending(turn, alert) : call_off_sent(turn, alert, out);
	return rc < 0 ? rc : 1;
}

/* The newest alert that somebody may mean: one of their own before others'. */
struct at_hand {
	int64_t person_id, incident_id;
	bool own;
};

static int find_at_hand(void *ctx, const struct alert *alert)
{
	struct at_hand *found = ctx;
	bool own = alert->author_id == found->person_id;

	if (own || !found->own)
		found->incident_id = alert->incident_id;
	found->own = found->own || own;
	return 0;
}

int alert_at_hand(struct turn *turn, bool pending, int64_t *incident_id)
{
	struct at_hand found = { .person_id = turn->who.id };
	struct store *store = turn->desk->store;
	int rc = store_alert_walk(store, ALERT_RUNNING, find_at_hand, &found);

	if (rc == 0 && pending)
		rc = store_alert_walk(store, ALERT_PENDING, find_at_hand, &found);
	*incident_id = found.incident_id;
	return rc < 0 ? rc : found.incident_id != 0;
}

int cancel_ask(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	int64_t incident_id;
	int rc;

	if (turn->role < ROLE_DISPATCHER || turn->who.blocked ||
		(*rest && !speech_mentions(turn->desk->speech, rest, WORD_ALERT)))
		return NOT_MINE;
	rc = alert_at_hand(turn, true, &incident_id);
	if (rc != 1)
		return rc < 0 ? rc : NOT_MINE;
	turn->taken_for = "cancel";
	return reply(turn, SAY(MSG_HOW_CANCEL, SPEECH_NUMBER("incident", incident_id)));
}

int cancel_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	struct incident incident;
	struct follow done = { 0 };
	struct alert alert;
	int rc = event_cancel(turn);

	if (rc != NOT_MINE)
		return rc;
	rc = take_open_incident(turn, &rest, &incident);
	if (rc != 1)
		return rc;
	rc = store_alert_of_incident(turn->desk->store, incident.id, &alert);
	if (rc == 1)
		rc = alert_call_off(turn, &alert, &done);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return reply(turn, SAY(MSG_NOT_SENT, SPEECH_NUMBER("incident", incident.id)));
	if (done.pending)
		return reply(
			turn, SAY(MSG_CANCELLED_PENDING, SPEECH_NUMBER("incident", incident.id)));
	return say_followed(turn, &alert, &done);
}
