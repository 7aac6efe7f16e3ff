/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eva: STORY They took my brother on his way to work
 *   -> may it be kept? The admins read it, without her number. YES keeps it
 * Eva: STORY and he has two children      -> the same question, about both
 * Eva: yes                                -> kept: one story of hers
 * Eva: STORY                              -> one story of hers
 * Eva: STORY DELETE                       -> it is gone
 *
 * The words leave the inbox at once: no dispatcher is told them, and without a YES within a day
 * they are nowhere. STOP ends the question, and takes back no yes: that has a word of its own.
 */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

#define STORY_ASKED_MS (24 * MS_PER_H)

/* "Yes, you may keep it" is an answer; more words than that are none. */
#define ANSWER_WORDS_MAX 5

/* After STOP only the class of the confirmation reaches them; here they have just asked for it. */
static int say(struct turn *turn, bool changed, const struct saying *saying)
{
	int rc;

	if (!turn->who.suppressed)
		return changed ? done(turn, saying) : reply(turn, saying);
	if (turn->quiet && !changed)
		return 0;
	rc = turn->quiet ? flood_may_help(turn) : 1;
	if (rc == 1)
		rc = flood_answers(turn);
	return rc == 1 ? answer(turn, CLASS_STOP, saying) : rc;
}

static const struct saying *the_question(void)
{
	static const struct saying question = { .id = MSG_STORY_ASK };

	return &question;
}

static int ask(struct turn *turn)
{
	struct dialogue dialogue = { .kind = DIALOGUE_STORY,
		.expires_ms = turn->now_ms + STORY_ASKED_MS };
	int rc;

	snprintf(dialogue.data, sizeof(dialogue.data), "%" PRId64, turn->now_ms);
	rc = store_dialogue_set(turn->desk->store, turn->who.id, &dialogue);
	return rc < 0 ? rc : say(turn, false, the_question());
}

static int tell_story(struct turn *turn)
{
	struct store_story story = { .person_id = turn->who.id,
		.language = turn->language,
		.text = turn->heard.rest,
		.expires_ms = turn->now_ms + STORY_ASKED_MS };
	int rc = store_text_empty(turn->desk->store, turn->text->id);

	if (rc == 0)
		rc = store_story_add(turn->desk->store, &story, turn->now_ms);
	return rc < 0 ? rc : ask(turn);
}

static int say_count(struct turn *turn, bool changed, enum speech_message id, int64_t number)
{
	return say(turn, changed, SAY(id, SPEECH_NUMBER("number", number)));
}

static int show(struct turn *turn)
{
	int64_t kept;
	int rc = store_story_count(turn->desk->store, turn->who.id, &kept);

	return rc < 0 ? rc : say_count(turn, false, MSG_STORY_COUNT, kept);
}

static int delete_all(struct turn *turn)
{
	int count = store_story_delete(turn->desk->store, turn->who.id);

	turn->taken_for = "story-delete";
	if (count < 0)
		return count;
	log_info("person=%" PRId64 " took back %d stories", turn->who.id, count);
	return say_count(turn, count > 0, MSG_STORY_DELETED, count);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static int keep(struct turn *turn)
{
	char wording[SAY_SIZE];
	struct strbuf said;
	int64_t before, kept;
	int rc;

	turn->taken_for = "story-yes";
	strbuf_init(&said, wording, sizeof(wording));
	say_in(turn, turn->language, the_question(), &said);
	rc = store_story_count(turn->desk->store, turn->who.id, &before);
	if (rc == 0)
		rc = store_story_keep(turn->desk->store, turn->who.id, wording, turn->now_ms);
	if (rc >= 0)
		rc = store_story_count(turn->desk->store, turn->who.id, &kept);
	if (rc < 0)
		return rc;
	log_info("person=%" PRId64 " lets a story be kept", turn->who.id);
	return say_count(turn, kept > before, MSG_STORY_KEPT, kept);
}

static int drop(struct turn *turn)
{
	int rc = store_story_drop(turn->desk->store, turn->who.id);

	turn->taken_for = "story-no";
	return rc < 0 ? rc : say(turn, rc > 0, SAY(MSG_STORY_DROPPED));
}

/* 1 the question is open and was the last one, 0, -errno. */
static int is_asked(struct turn *turn)
{
	struct dialogue dialogue;
	struct alert alert;
	int rc = store_dialogue_get(turn->desk->store, turn->who.id, turn->now_ms, &dialogue);

	if (rc < 0 || dialogue.kind != DIALOGUE_STORY)
		return rc;
	/* YES is said to what asked last: an alert's question, or this one */
	rc = store_alert_for_person(
		turn->desk->store, turn->who.id, strtoll(dialogue.data, NULL, 10), &alert);
	return rc < 0 ? rc : rc == 0 || alert.state != ALERT_RUNNING;
}

int story_handle(struct turn *turn)
{
	bool yes = turn->heard.word == WORD_YES, no = turn->heard.word == WORD_NO;
	int rc;

	if ((!yes && !no) || count_words(turn->body) > ANSWER_WORDS_MAX)
		return NOT_MINE;
	rc = is_asked(turn);
	if (rc == 1)
		rc = store_dialogue_clear(turn->desk->store, turn->who.id);
	else
		return rc < 0 ? rc : NOT_MINE;
	return rc < 0 ? rc : yes ? keep(turn) : drop(turn);
}

/* ---- STORY ----------------------------------------------------------------------------------- */

static bool is_word(const struct turn *turn, enum speech_word word)
{
	return speech_is(turn->desk->speech, turn->heard.rest, word);
}

int story_command(struct turn *turn)
{
	if (!*turn->heard.rest)
		return show(turn);
	if (is_word(turn, WORD_DELETE) || is_word(turn, WORD_REMOVE))
		return delete_all(turn);
	/* also when something else was asked meanwhile */
	if (is_word(turn, WORD_YES))
		return keep(turn);
	if (is_word(turn, WORD_NO))
		return drop(turn);
	return tell_story(turn);
}

int stories_forget(struct turn *turn, int64_t *next_ms)
{
	int rc = store_story_next_end(turn->desk->store, next_ms);

	if (rc < 0 || *next_ms > turn->now_ms)
		return rc;
	rc = store_story_forget(turn->desk->store, turn->now_ms);
	return rc < 0 ? rc : store_story_next_end(turn->desk->store, next_ms);
}
