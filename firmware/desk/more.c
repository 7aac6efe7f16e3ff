/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Box: #17: the 10 that you need said yes. 120 copies ... are held. MORE 17 lets them go on.
 * Ana: MORE 17 4    -> 14 are needed now; the copies go on until so many said yes
 * Ana: MORE 17      -> half as many again
 * Copies that an UPDATE dropped go out too, with what it said behind the alert's own words.
 */
#include "internal.h"

/* The number behind the incident's; half as many again when there is none. */
static bool read_more(const char *rest, int need, int64_t *more)
{
	char word[16];

	*more = (need + 1) / 2;
	return !take_word(&rest, word, sizeof(word)) ||
	       (text_int(word, 1, NEED_MAX, more) == 0 && !*rest);
}

static int note_more(struct turn *turn, const struct alert *alert)
{
	log_notice("incident=%" PRId64 " alert=%" PRId64 " needs %d now, by person=%" PRId64,
		alert->incident_id, alert->id, alert->need, turn->who.id);
	return store_incident_note(turn->desk->store, alert->incident_id, turn->who.id,
		"more asked", turn->body, turn->now_ms);
}

static int say_more(struct turn *turn, const struct alert *alert, int64_t yes)
{
	struct store_tally tally;
	int rc = store_tally(turn->desk->store, alert->broadcast_id, &tally);

	return rc < 0 ? rc
		      : reply(turn,
				SAY(MSG_MORE_GOES, SPEECH_NUMBER("incident", alert->incident_id),
					SPEECH_NUMBER("need", alert->need),
					SPEECH_NUMBER("yes", yes),
					SPEECH_NUMBER("left", tally.messages[MESSAGE_QUEUED])));
}

static int ask_more(struct turn *turn, struct alert *alert)
{
	int64_t asked = alert->held ? quorum_release(turn, alert) : 0;

	if (asked >= 0)
		asked = alert_send_again(turn, alert);
	return asked < 0 ? (int)asked : 0;
}

/* More than asked for may have said yes before the last copy was held: so many more than they. */
static int need_more(struct turn *turn, struct alert *alert, int64_t more)
{
	struct store *store = turn->desk->store;
	struct answer_counts counts;
	int rc = store_answer_counts(store, alert->id, turn->now_ms, &counts);
	int64_t yes = answers_coming(&counts), need = yes > alert->need ? yes : alert->need;

	if (rc < 0)
		return rc;
	alert->need = (int)(need + more < NEED_MAX ? need + more : NEED_MAX);
	rc = store_alert_set_need(store, alert->id, alert->need);
	if (rc == 0)
		rc = note_more(turn, alert);
	if (rc == 0 && yes < alert->need)
		rc = ask_more(turn, alert);
	return rc < 0 ? rc : say_more(turn, alert, yes);
}

static int is_over(struct turn *turn, const struct alert *alert)
{
	struct answer_counts counts;
	int rc = store_answer_counts(turn->desk->store, alert->id, turn->now_ms, &counts);

	return rc < 0 ? rc
		      : reply(turn, SAY(alert->info ? MSG_INFO_EXPIRED : MSG_ALERT_EXPIRED,
					    SPEECH_NUMBER("incident", alert->incident_id),
					    SPEECH_NUMBER("yes", answers_coming(&counts))));
}

/* MORE, "need more people": of the alert that runs. "More of them come" is no command. */
static int more_without_number(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	int64_t incident_id;
	int rc;

	if ((*rest && !speech_is(turn->desk->speech, rest, WORD_SAYS_PEOPLE)) ||
		info_is_asked(turn))
		return NOT_MINE;
	rc = alert_at_hand(turn, false, &incident_id);
	if (rc != 1)
		return rc < 0 ? rc : NOT_MINE;
	return reply(turn, SAY(MSG_HOW_MORE, SPEECH_NUMBER("incident", incident_id)));
}

int more_command(struct turn *turn)
{
	const char *rest = turn->heard.rest, *at = rest;
	struct incident incident;
	struct alert alert;
	int64_t more;
	int rc;

	if (!take_number(&at, &more))
		return more_without_number(turn);
	rc = take_open_incident(turn, &rest, &incident);
	if (rc != 1)
		return rc;
	rc = store_alert_of_incident(turn->desk->store, incident.id, &alert);
	if (rc < 0)
		return rc;
	if (rc == 0 || alert.broadcast_id == 0)
		return reply(turn, SAY(MSG_NOT_SENT, SPEECH_NUMBER("incident", incident.id)));
	if (!read_more(rest, alert.need, &more))
		return reply(turn, SAY(MSG_HOW_MORE, SPEECH_NUMBER("incident", incident.id)));
	if (alert.state != ALERT_RUNNING)
		return is_over(turn, &alert);
	if (alert.need == 0)
		return reply(turn, SAY(MSG_MORE_NONE, SPEECH_NUMBER("incident", incident.id)));
	return need_more(turn, &alert, more);
}
