/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carla: YES 15       -> counted for #17, in 15 min
 * Carla: HERE ... DONE
 * Dan: NO             -> thank you for answering
 * The author of the alert hears of it by the rolling summary (summary.c).
 */
#include "internal.h"

/* "YES 15 min" is an answer; with more words than that a person should read it. */
#define ANSWER_WORDS_MAX 4
/* "sorry I cannot make it today" is one too. */
#define LOOSE_WORDS_MAX 6

/* The newest alert that was sent to this person. Nobody counts on who has left. 1, or 0. */
static int alert_asked(struct turn *turn, struct alert *alert)
{
	if (turn->role < ROLE_MEMBER)
		return 0;
	return store_alert_for_person(
		turn->desk->store, turn->who.id, turn->now_ms - ANSWER_MS, alert);
}

/* "No they took him" of somebody whom nothing was asked: only the word, or a number, is none. */
static bool says_more(const struct turn *turn)
{
	const char *rest = turn->heard.rest, *behind = behind_minutes(rest);

	if (turn->role >= ROLE_MEMBER)
		return count_words(turn->body) > ANSWER_WORDS_MAX;
	if (behind)
		rest = behind;
	return *rest && !speech_is(turn->desk->speech, rest, WORD_POLITE);
}

/*
 * No alert waits for an answer: "yes" belongs to the sender's open incident, if there is one. Else
 * this is said: that the alert is over, or that there is none.
 */
static int not_asked(struct turn *turn, const struct saying *saying)
{
	struct incident incident;
	int rc = store_incident_of(
		turn->desk->store, turn->who.id, turn->now_ms - REPORTER_MS, &incident);

	if (rc == 0 || (rc == -ENOENT && says_more(turn)))
		return NOT_MINE;
	return rc == -ENOENT ? thank(turn, saying) : rc;
}

static int thank_for(struct turn *turn, const struct alert *alert, enum answer answer, int minutes)
{
	static const enum speech_message thanks[] = {
		[ANSWER_NONE] = MSG_ANSWERED_YES,
		[ANSWER_YES] = MSG_ANSWERED_YES,
		[ANSWER_NO] = MSG_ANSWERED_NO,
		[ANSWER_HERE] = MSG_ANSWERED_HERE,
		[ANSWER_DONE] = MSG_ANSWERED_DONE,
	};

	if (answer == ANSWER_YES && minutes > 0)
		return thank(
			turn, SAY(MSG_ANSWERED_ETA, SPEECH_NUMBER("incident", alert->incident_id),
				      SPEECH_NUMBER("minutes", minutes)));
	return thank(turn, SAY(thanks[answer], SPEECH_NUMBER("incident", alert->incident_id)));
}

static int pass_words_on(struct turn *turn, const struct alert *alert)
{
	int rc = store_incident_note(turn->desk->store, alert->incident_id, turn->who.id,
		"answered", turn->body, turn->now_ms);

	if (rc == 0)
		rc = words_hurry(turn, NULL);
	if (rc == 0)
		rc = tell_dispatcher(turn, alert->author_id, alert->incident_id,
			SAY(MSG_TOLD_RESPONDER, SPEECH_NUMBER("incident", alert->incident_id),
				SPEECH_TEXT("text", cut_text(turn->desk, turn->body))));
	turn->calm = turn->held = false; /* what the answer itself leads to is the box's own word */
	return rc < 0 ? rc : 0;
}

static int count(struct turn *turn, struct alert *alert, enum answer answer, int minutes)
{
	int64_t eta_ms = minutes > 0 ? turn->now_ms + minutes * MS_PER_MIN : 0;
	/* later than the last summary even within its millisecond: the next one counts it */
	int64_t at_ms = turn->now_ms > alert->summary_ms ? turn->now_ms : alert->summary_ms + 1;
	int rc =
		store_answer_set(turn->desk->store, alert->id, turn->who.id, answer, eta_ms, at_ms);

	if (rc == 0 && count_words(turn->body) > ANSWER_WORDS_MAX)
		rc = pass_words_on(turn, alert);
	if (rc == 0)
		rc = quorum_check(turn, alert);
	turn->desk->news.changed = true;
	return rc < 0 ? rc : thank_for(turn, alert, answer, minutes);
}

static int answered(struct turn *turn, enum answer answer, int minutes)
{
	struct alert alert;
	int rc = alert_asked(turn, &alert), event;

	if (rc < 0)
		return rc;
	/* while an alert runs a YES is about nothing else */
	if ((rc == 0 || alert.state != ALERT_RUNNING) &&
		(answer == ANSWER_YES || answer == ANSWER_NO)) {
		event = event_answer(turn, answer == ANSWER_YES);
		if (event != NOT_MINE)
			return event;
	}
	if (rc == 0)
		return not_asked(
			turn, SAY(turn->role >= ROLE_MEMBER ? MSG_ANSWER_NONE : MSG_HELP_NEIGHBOR));
	if (alert.state != ALERT_RUNNING)
		return not_asked(
			turn, SAY(MSG_ANSWER_OVER, SPEECH_NUMBER("incident", alert.incident_id)));
	return count(turn, &alert, answer, minutes);
}

/* "Y ahora vienen tres": a single letter in front of other words is no answer. */
static bool only_a_letter(const struct turn *turn)
{
	const char *rest = turn->body;
	char word[8];

	/* "I can come": what was understood is longer than the letter */
	return take_word(&rest, word, sizeof(word)) && strlen(word) == 1 && *rest &&
	       strlen(turn->heard.rest) >= strlen(rest) && find_minutes(rest) < 0;
}

int yes_command(struct turn *turn)
{
	if (only_a_letter(turn))
		return NOT_MINE;
	return answered(turn, ANSWER_YES, find_minutes(turn->heard.rest));
}

int no_command(struct turn *turn)
{
	return only_a_letter(turn) ? NOT_MINE : answered(turn, ANSWER_NO, -1);
}

int here_command(struct turn *turn)
{
	return answered(turn, ANSWER_HERE, -1);
}

int done_command(struct turn *turn)
{
	return answered(turn, ANSWER_DONE, -1);
}

/* "ETA 15 with my car": right behind the word any number is one of minutes. */
static int find_eta(const char *rest)
{
	int minutes = find_minutes(rest);
	int64_t number;

	return minutes < 0 && take_number(&rest, &number) && number > 0 && number <= MINUTES_MAX
		       ? (int)number
		       : minutes;
}

int eta_command(struct turn *turn)
{
	int minutes = find_eta(turn->heard.rest);
	struct alert alert;

	if (minutes < 0 && alert_asked(turn, &alert) == 1 && alert.state == ALERT_RUNNING)
		return reply(turn, SAY(MSG_HOW_ETA));
	return answered(turn, ANSWER_YES, minutes);
}

/* Counts it when an alert waits for the sender's answer; else it is any text. */
static int count_if_asked(struct turn *turn, enum answer answer, int minutes, const char *taken_for)
{
	struct alert alert;
	int rc = alert_asked(turn, &alert);

	if (rc < 0)
		return rc;
	if (rc == 0 || alert.state != ALERT_RUNNING)
		return NOT_MINE;
	turn->taken_for = taken_for;
	return count(turn, &alert, answer, minutes);
}

/* "15", "5 min away": in so many minutes. */
int number_handle(struct turn *turn)
{
	const char *rest = behind_minutes(turn->body);

	if (!rest || (*rest && !speech_is(turn->desk->speech, rest, WORD_AWAY) &&
			     !speech_is(turn->desk->speech, rest, WORD_POLITE)))
		return NOT_MINE;
	return count_if_asked(turn, ANSWER_YES, find_minutes(turn->body), "eta");
}

/*
 * "be there in 5", "busy": an answer while one is waited for. In more words people should read
 * what it says: "coming in through the back door, three of them".
 */
int answer_handle(struct turn *turn)
{
	bool coming = turn->heard.word == WORD_COMING;
	int minutes = coming ? find_minutes(turn->heard.rest) : -1;

	if ((!coming && turn->heard.word != WORD_STAYING) ||
		(minutes < 0 && count_words(turn->body) > LOOSE_WORDS_MAX))
		return NOT_MINE;
	return count_if_asked(
		turn, coming ? ANSWER_YES : ANSWER_NO, minutes, coming ? "yes" : "no");
}
