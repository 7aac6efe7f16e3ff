/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In what order a text is judged, and which word leads to which conversation, for whom. Reserved
 * words come first; what nobody claims is a message to the dispatchers.
 */
#include <ctype.h>

#include "internal.h"

/* In an emergency dispatchers text a lot; more than this in the window is a loop. */
#define DISPATCHER_TEXTS_MAX 120

#define INCIDENT_DIGITS 4 /* more are a phone number */

#define SAME_TEXTS_MAX 3 /* the third equal text within the window is a loop */

/* ---- the commands ---- */

static const struct command {
	enum speech_word word;
	enum role role_min; /* of others the word is no command, see command_of */
	int (*handle)(struct turn *turn);
} commands[] = {
	{ WORD_JOIN, ROLE_NEIGHBOR, join_command },
	{ WORD_START, ROLE_NEIGHBOR, start_command },
	{ WORD_LANG, ROLE_NEIGHBOR, lang_command },
	{ WORD_REPORT, ROLE_NEIGHBOR, report_command },
	{ WORD_STORY, ROLE_NEIGHBOR, story_command },
	{ WORD_YES, ROLE_NEIGHBOR, yes_command },
	{ WORD_NO, ROLE_NEIGHBOR, no_command },
	{ WORD_ETA, ROLE_NEIGHBOR, eta_command },
	{ WORD_HERE, ROLE_MEMBER, here_command },
	{ WORD_DONE, ROLE_MEMBER, done_command },
	{ WORD_ZONE, ROLE_MEMBER, zone_command },
	{ WORD_RSVP, ROLE_MEMBER, rsvp_command },
	{ WORD_DIGEST, ROLE_MEMBER, digest_command },
	{ WORD_VOUCH, ROLE_MEMBER, vouch_command },
	{ WORD_DUTY, ROLE_RESPONDER, duty_command },
	{ WORD_GO, ROLE_RESPONDER, go_command },
	{ WORD_SEEN, ROLE_RESPONDER, seen_command },
	{ WORD_NOTHING, ROLE_RESPONDER, nothing_command },
	{ WORD_TAKE, ROLE_DISPATCHER, take_command },
	{ WORD_VERIFY, ROLE_DISPATCHER, verify_command },
	{ WORD_CONFIRM, ROLE_DISPATCHER, confirm_command },
	{ WORD_UNFOUNDED, ROLE_DISPATCHER, unfounded_command },
	{ WORD_SAME, ROLE_DISPATCHER, same_command },
	{ WORD_ALERT, ROLE_DISPATCHER, alert_command },
	{ WORD_SCHEDULE, ROLE_DISPATCHER, schedule_command },
	{ WORD_MORE, ROLE_DISPATCHER, more_command },
	{ WORD_UPDATE, ROLE_DISPATCHER, update_command },
	{ WORD_CLEAR, ROLE_DISPATCHER, clear_command },
	{ WORD_CANCEL, ROLE_DISPATCHER, cancel_command },
	{ WORD_EVENT, ROLE_DISPATCHER, event_command },
	{ WORD_POST, ROLE_DISPATCHER, post_command },
	{ WORD_STATUS, ROLE_DISPATCHER, status_command },
	{ WORD_ADD, ROLE_ADMIN, add_command },
	{ WORD_REMOVE, ROLE_ADMIN, remove_command },
	{ WORD_ROLE, ROLE_ADMIN, role_command },
	{ WORD_BLOCK, ROLE_ADMIN, block_command },
	{ WORD_PAUSE, ROLE_ADMIN, pause_command },
	{ WORD_RESUME, ROLE_ADMIN, resume_command },
};

bool desk_command_row(unsigned int i, struct desk_command_row *row)
{
	if (i >= ARRAY_SIZE(commands))
		return false;
	*row = (struct desk_command_row){ .word = commands[i].word, .role = commands[i].role_min };
	return true;
}

/* "BLOCK 17", and not "Block the door at 5th": the word alone, or what belongs to it alone. */
static bool is_an_admins(const struct turn *turn)
{
	const char *rest = turn->heard.rest;
	int64_t number;

	if (!*rest)
		return true;
	switch (turn->heard.word) {
	case WORD_ADD:
	case WORD_ROLE:
		return person_is_named(turn->desk, rest);
	case WORD_BLOCK:
		return take_number(&rest, &number) && !*rest;
	default:
		return false;
	}
}

/*
 * NULL for a word above the sender's role: the text is a message, which a dispatcher reads. A
 * dispatcher who gives an admin's command knows it, and no other dispatcher could do it for them.
 */
static const struct command *command_of(const struct turn *turn)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].word == turn->heard.word &&
			(turn->role >= commands[i].role_min ||
				(turn->role == ROLE_DISPATCHER && is_an_admins(turn))))
			return &commands[i];
	return NULL;
}

static int command_handle(struct turn *turn)
{
	const struct command *command = command_of(turn);

	if (!command)
		return NOT_MINE;
	turn->taken_for = speech_word_name(command->word);
	if (turn->role < command->role_min)
		return reply(turn, SAY(MSG_ADMINS_ONLY));
	return command->handle(turn);
}

/* ---- who is never answered ---- */

static int stranger_handle(struct turn *turn)
{
	static const char *const names[] = {
		[PHONE_INVALID] = "no-number",
		[PHONE_SHORT_CODE] = "short-code",
		[PHONE_ALPHANUMERIC] = "name",
	};
	const struct store_text *text = turn->text;
	struct desk *desk = turn->desk;

	if (text->kind != PHONE_E164) {
		turn->taken_for = names[text->kind];
		log_info("text=%" PRId64 " from a %s: not answered", text->id, turn->taken_for);
		return 0;
	}
	if (desk->events.own_number && desk->events.own_number(desk->ctx, text->sender)) {
		turn->taken_for = "own-number";
		return 0;
	}
	return NOT_MINE;
}

/* ---- reserved words ---- */

/* "the alert 17": few digits, not those of a phone. */
static bool names_an_incident(const char *rest)
{
	int digits = 0;

	for (; *rest; rest++)
		digits += *rest >= '0' && *rest <= '9';
	return digits > 0 && digits <= INCIDENT_DIGITS;
}

/*
 * CANCEL n of a dispatcher, REMOVE phone of an admin: the only two that are not STOP. A wrong
 * number, or words before it, are an error in a hurry, and must not take a dispatcher off the list.
 */
static bool is_command_after_all(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	int64_t number;
	int digits = 0, letters = 0;

	if (turn->heard.word == WORD_CANCEL)
		return turn->role >= ROLE_DISPATCHER &&
		       (take_number(&rest, &number) || take_event(&rest, &number) ||
			       names_an_incident(rest));
	for (; *rest; rest++) {
		digits += *rest >= '0' && *rest <= '9';
		letters += isalpha((unsigned char)*rest) != 0;
	}
	/* "REMOVE 5" is a number cut short; "REMOVE me, that was the 5th" is STOP */
	return turn->role >= ROLE_ADMIN && digits > 0 &&
	       (digits >= 3 || letters == 0 || *turn->heard.rest == 'P' ||
		       *turn->heard.rest == 'p');
}

/* By how it begins: a command whose text goes to others, or #17 and an answer to its reporter. */
static bool is_for_others(const struct turn *turn)
{
	static const enum speech_word words[] = { WORD_ALERT, WORD_SCHEDULE, WORD_UPDATE,
		WORD_CLEAR, WORD_EVENT, WORD_POST };
	const char *rest = turn->body;
	int64_t number;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (turn->heard.word == words[i])
			return true;
	return *rest == '#' && take_number(&rest, &number);
}

/*
 * What a dispatcher writes for others may have any words in it ("ALERT they shout: do not text
 * me"), in each of its versions too. All else is STOP as it is from anybody.
 */
static int stop_unless_for_others(struct turn *turn)
{
	struct speech_heard stop = turn->heard;
	int rc;

	if (turn->role < ROLE_DISPATCHER || turn->who.blocked || turn->headless)
		return stop_handle(turn);
	speech_hear_beginning(turn->desk->speech, turn->who.language, turn->body, &turn->heard);
	turn_choose_language(turn);
	if (is_for_others(turn))
		return NOT_MINE;
	rc = version_handle(turn);
	if (rc != NOT_MINE)
		return rc;
	turn->heard = stop;
	turn_choose_language(turn);
	return stop_handle(turn);
}

static int stop_unless_command(struct turn *turn)
{
	int rc;

	if (is_command_after_all(turn))
		return NOT_MINE;
	rc = turn->heard.word == WORD_CANCEL ? cancel_ask(turn) : NOT_MINE;
	return rc == NOT_MINE ? stop_handle(turn) : rc;
}

static int reserved_handle(struct turn *turn)
{
	switch (turn->heard.word) {
	case WORD_CANCEL:
	case WORD_REMOVE:
		return stop_unless_command(turn);
	case WORD_STOP:
		return stop_unless_for_others(turn);
	case WORD_HELP:
		return turn->who.blocked ? NOT_MINE : help_handle(turn);
	default:
		return NOT_MINE;
	}
}

/* Kept with the other texts, not answered, not shown. */
static int blocked_handle(struct turn *turn)
{
	if (!turn->who.blocked)
		return NOT_MINE;
	turn->taken_for = "blocked";
	return 0;
}

/* ---- the loop guard ---- */

static bool loops(const struct turn *turn, int texts)
{
	const struct settings_desk *settings = &turn->desk->settings->desk;

	if (turn->role >= ROLE_DISPATCHER)
		return texts > DISPATCHER_TEXTS_MAX;
	/* a long text has more parts than that */
	return (turn->same >= SAME_TEXTS_MAX &&
		       !(turn->heard.word == WORD_MORE && info_is_asked(turn))) ||
	       texts > settings->quiet_texts;
}

/* For longer than anybody is: the clock went back. */
static bool is_muted(const struct turn *turn)
{
	int64_t left_ms = turn->who.muted_until_ms - turn->now_ms;

	return left_ms > 0 && left_ms <= turn->desk->settings->desk.quiet_time_s * MS_PER_S;
}

/* Two boxes, an autoresponder, an echo: the talk ends, what is texted still counts. */
static int guard_handle(struct turn *turn)
{
	const struct settings_desk *settings = &turn->desk->settings->desk;
	struct store *store = turn->desk->store;
	int texts = 0;
	int rc = store_text_frequency(store, turn->who.id, turn->text->id,
		turn->now_ms - settings->quiet_window_s * MS_PER_S, &texts, &turn->same);
	if (rc < 0)
		return rc;
	flood_words(turn);
	turn->quiet = is_muted(turn) || flood_is_a_machine(turn);
	if (turn->quiet || !loops(turn, texts)) {
		/* a dispatcher is not muted; but the same text over and over is answered no more */
		turn->quiet |= turn->role >= ROLE_DISPATCHER && turn->same > SAME_TEXTS_MAX;
		return NOT_MINE;
	}
	log_warning("person=%" PRId64 " texts like a loop: no automatic answers for %d s",
		turn->who.id, settings->quiet_time_s);
	rc = store_person_set_muted(
		store, turn->who.id, turn->now_ms + settings->quiet_time_s * MS_PER_S);
	turn->quiet = true;
	return rc < 0 ? rc : NOT_MINE;
}

/* ---- a language's own name ---- */

static int language_name_handle(struct turn *turn)
{
	const char *rest = turn->body, *language;
	char word[64];

	/* "no", "hi" are codes of languages and words of others */
	if (turn->heard.word != WORD_NONE || !take_word(&rest, word, sizeof(word)) || *rest ||
		strlen(word) < 4)
		return NOT_MINE;
	language = speech_language_find(turn->desk->speech, word);
	return language ? lang_set(turn, language) : NOT_MINE;
}

bool judge_is_command(const struct turn *turn)
{
	return command_of(turn) || info_is_asked(turn);
}

/* ---- the order ---- */

static int (*const steps[])(struct turn *turn) = {
	stranger_handle,
	reserved_handle, /* beats everything, in every dialogue, for everyone */
	blocked_handle,
	guard_handle,
	form_handle,
	story_handle,
	dialogue_handle,
	version_handle,
	code_handle,
	number_handle,
	answer_handle,
	command_handle,
	info_handle,
	relay_handle,
	language_name_handle,
	message_handle,
};

int judge(struct turn *turn)
{
	int rc = NOT_MINE;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && rc == NOT_MINE; i++)
		rc = steps[i](turn);
	return rc;
}
