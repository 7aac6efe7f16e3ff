/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana: STOP                 -> she is off the list, nothing that was queued for her leaves, one
 *                              confirmation goes out
 * Ana: stop                 -> she left already: nothing more is said
 * Eva: stop it!! hurry      -> she is off the list; those who handle her report read her words, and
 *                              that she left
 */
#include "internal.h"

/*
 * "STOP it please now": the word with a few others. More than that says something that people
 * should read.
 */
#define STOP_WORDS_MAX 6

int left_list(struct turn *turn, const struct person *person)
{
	int rc = verify_leave(turn, person->id);

	turn->desk->schedule_ms = 0;
	turn->desk->news.wake = turn->desk->news.changed = true;
	if (rc == 0 && person->role >= ROLE_DISPATCHER)
		rc = escalate_again(turn, person->id);
	return rc < 0 ? rc : quorums_check(turn);
}

/*
 * Words beside those of STOP are for people when there are many of them, or when their sender told
 * of something that is open: they may be about that.
 */
static int is_for_people(struct turn *turn)
{
	static const enum speech_word words[] = { WORD_STOP, WORD_CANCEL, WORD_REMOVE };
	struct incident incident;

	if (turn->who.blocked)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (speech_is(turn->desk->speech, turn->body, words[i]))
			return 0;
	if (count_words(turn->body) > STOP_WORDS_MAX)
		return 1;
	return own_open_incident(turn, &incident);
}

int stop_handle(struct turn *turn)
{
	bool again = turn->who.suppressed;
	int64_t dropped;
	int rc;

	turn->taken_for = "stop";
	rc = role_keep(turn);
	if (rc < 0)
		return rc;
	rc = store_person_leave(turn->desk->store, turn->who.id, turn->now_ms, &dropped);
	if (rc == 0)
		rc = left_list(turn, &turn->who);
	if (rc < 0)
		return rc;
	log_info("person=%" PRId64 " left, %" PRId64 " texts dropped", turn->who.id, dropped);
	if (!again) {
		rc = answer(turn, CLASS_STOP, SAY(MSG_STOPPED));
		if (rc < 0)
			return rc;
	}
	rc = turn_refresh(turn);
	if (rc == 0)
		rc = is_for_people(turn);
	if (rc <= 0)
		return rc;
	turn->leaves = true;
	return message_pass_on(turn);
}
