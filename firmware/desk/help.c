/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ben: HELP                 -> who this is and what Ben can text, by his role
 * Ben: español              -> from now on in Spanish
 */
#include "internal.h"

#define HELP_WORDS_MAX 3

static const enum speech_message help_of_role[ROLES] = {
	[ROLE_NEIGHBOR] = MSG_HELP_NEIGHBOR,
	[ROLE_MEMBER] = MSG_HELP_MEMBER,
	[ROLE_RESPONDER] = MSG_HELP_RESPONDER,
	[ROLE_DISPATCHER] = MSG_HELP_DISPATCHER,
	[ROLE_ADMIN] = MSG_HELP_ADMIN,
};

/*
 * HELP is answered for anyone, also for those who left by STOP: they asked. Only the class of the
 * confirmation may reach them. HELP is answered too when the loop guard is on.
 */
static int say_help(struct turn *turn)
{
	if (turn->who.suppressed)
		return answer(turn, CLASS_STOP, SAY(MSG_HELP_LEFT));
	turn->first = true;
	return answer(turn, CLASS_REPLY, SAY(help_of_role[turn->role]));
}

int help_handle(struct turn *turn)
{
	int rc = flood_may_help(turn);

	turn->taken_for = "help";
	if (rc == 1)
		rc = say_help(turn);
	turn->first = false;
	if (rc < 0)
		return rc;
	/* "Help! They are at 5th and Main" asks for more than the list of commands */
	if (turn->role < ROLE_DISPATCHER && count_words(turn->body) > HELP_WORDS_MAX)
		return message_pass_on(turn);
	return 0;
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
	int rc = store_person_set_language(turn->desk->store, turn->who.id, language);

	turn->taken_for = "lang";
	if (rc < 0)
		return rc;
	text_copy(turn->language, sizeof(turn->language), language);
	return reply(turn,
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
