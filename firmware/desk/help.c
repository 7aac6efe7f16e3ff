/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ben: HELP                 -> who this is and what Ben can text, by his role
 * Ben: help us              -> a message: people read it
 * Ana: HELP ... MORE        -> a dispatcher's words take two texts
 * Ben: español              -> from now on in Spanish
 */
#include "internal.h"

#define PAGES_MAX 3

/* The first is said, MORE says the next. */
static const struct {
	int n;
	enum speech_message pages[PAGES_MAX];
} help_of_role[ROLES] = {
	[ROLE_NEIGHBOR] = { 1, { MSG_HELP_NEIGHBOR } },
	[ROLE_MEMBER] = { 1, { MSG_HELP_MEMBER } },
	[ROLE_RESPONDER] = { 1, { MSG_HELP_RESPONDER } },
	[ROLE_DISPATCHER] = { 2, { MSG_HELP_DISPATCHER, MSG_HELP_DISPATCHER_MORE } },
	[ROLE_ADMIN] = { 3, { MSG_HELP_ADMIN, MSG_HELP_DISPATCHER, MSG_HELP_DISPATCHER_MORE } },
};

static void compose_help(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	int page = *(const int *)arg;

	say_in(turn, language, SAY(help_of_role[turn->role].pages[page]), out);
	if (page + 1 < help_of_role[turn->role].n)
		say_next(turn, language, SAY(MSG_INFO_MORE), out);
}

int help_page(struct turn *turn, int page)
{
	int pages = help_of_role[turn->role].n, rc;

	turn->taken_for = "help";
	if (page < 0 || page >= pages)
		page = pages - 1;
	rc = answer(turn, CLASS_REPLY, COMPOSED(compose_help, &page));
	return rc < 0 ? rc : info_keep_help(turn, page + 1 < pages ? page + 1 : 0);
}

/*
 * HELP is answered for anyone, also for those who left by STOP: they asked. Only the class of the
 * confirmation may reach them. HELP is answered too when the loop guard is on.
 */
static int say_help(struct turn *turn)
{
	if (turn->who.suppressed)
		return answer(turn, CLASS_STOP, SAY(MSG_HELP_LEFT));
	turn->first = true;
	return help_page(turn, 0);
}

/* "help join" of a dispatcher asks about the word; of others words beside HELP are for people. */
static bool is_about_a_word(const struct turn *turn)
{
	struct speech_heard heard;

	if (turn->role < ROLE_DISPATCHER)
		return false;
	speech_hear(turn->desk->speech, turn->who.language, turn->heard.rest, &heard);
	return heard.word != WORD_NONE && !*heard.rest;
}

/* Whether the text is for people: HELP with other words, or cried by who has told of something. */
static int is_for_people(struct turn *turn)
{
	struct incident incident;

	if (turn->who.suppressed || is_about_a_word(turn))
		return 0;
	if (!speech_is(turn->desk->speech, turn->body, WORD_HELP))
		return 1;
	return strchr(turn->body, '!') ? own_open_incident(turn, &incident) : 0;
}

int help_handle(struct turn *turn)
{
	int rc = is_for_people(turn);

	if (rc != 0)
		return rc < 0 ? rc : NOT_MINE;
	rc = flood_may_help(turn);
	turn->taken_for = "help";
	if (rc == 1)
		rc = say_help(turn);
	turn->first = false;
	if (rc < 0)
		return rc;
	/* who left is told no more than this, and what they write is read all the same */
	return turn->who.suppressed && !speech_is(turn->desk->speech, turn->body, WORD_HELP)
		       ? message_pass_on(turn)
		       : 0;
}

/* ---- LANG ---- */

static void languages(struct turn *turn, struct strbuf *out)
{
	const char *language;

	for (int i = 0; (language = speech_language(turn->desk->speech, i)); i++)
		strbuf_addf(out, "%s%s", i ? ", " : "",
			speech_language_name(turn->desk->speech, language));
}

int lang_set(struct turn *turn, const char *language)
{
	bool new = strcmp(turn->who.language, language) != 0;
	int rc = store_person_set_language(turn->desk->store, turn->who.id, language);

	turn->taken_for = "lang";
	if (rc < 0)
		return rc;
	text_copy(turn->language, sizeof(turn->language), language);
	return (new ? done : reply)(turn,
		SAY(MSG_LANG_SET, SPEECH_TEXT("language",
					  speech_language_name(turn->desk->speech, language))));
}

int lang_command(struct turn *turn)
{
	const char *rest = turn->heard.rest, *language = NULL;
	char word[64], memory[256];
	struct strbuf known;

	if (take_word(&rest, word, sizeof(word)))
		language = speech_language_find(turn->desk->speech, word);
	if (language)
		return lang_set(turn, language);
	strbuf_init(&known, memory, sizeof(memory));
	languages(turn, &known);
	return reply(turn, SAY(MSG_LANG_ASK, SPEECH_TEXT("languages", known.text)));
}
