/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Eva: REPORT two vans at 5th and Main   -> thank you, it is #17; how many ...?
 *                                        -> dispatchers: #17 REPORT: ...
 * Eva: they have vests                   -> added to #17
 *                                        -> who took #17: #17 more: ...
 * Dan: is the clinic open?               -> thank you, it is #18
 *                                        -> dispatchers: #18 message: ...
 */
#include <ctype.h>

#include "internal.h"

static int open_incident(
	struct turn *turn, enum incident_kind kind, const char *text, int64_t *incident_id)
{
	struct desk *desk = turn->desk;
	bool report = kind == INCIDENT_REPORT;
	int rc = store_incident_open(desk->store, kind, turn->who.id, turn->now_ms, incident_id);

	if (rc == 0)
		rc = store_incident_note(desk->store, *incident_id, turn->who.id,
			report ? "reported" : "message", text, turn->now_ms);
	if (rc < 0)
		return rc;
	desk->news.changed = true;
	log_notice("incident=%" PRId64 " opened by person=%" PRId64, *incident_id, turn->who.id);
	words_hurry(turn);
	rc = tell_role(turn, ROLE_DISPATCHER, turn->who.id, *incident_id,
		SAY(report ? MSG_TOLD_REPORT : MSG_TOLD_MESSAGE,
			SPEECH_NUMBER("incident", *incident_id),
			SPEECH_TEXT("text", cut_text(desk, text))));
	return rc < 0 ? rc : 0;
}

static int add_to(struct turn *turn, const struct incident *incident)
{
	struct desk *desk = turn->desk;
	int rc = store_incident_note(
		desk->store, incident->id, turn->who.id, "more", turn->body, turn->now_ms);

	/* the same words for the third time are kept, and nobody is told them again */
	if (rc == 0 && !(turn->quiet && turn->same > 1))
		rc = tell_holder(turn, incident,
			SAY(MSG_TOLD_MORE, SPEECH_NUMBER("incident", incident->id),
				SPEECH_TEXT("text", cut_text(desk, turn->body))));
	if (rc < 0)
		return rc;
	return reply(turn, SAY(MSG_MESSAGE_ADDED, SPEECH_NUMBER("incident", incident->id)));
}

static int own_open_incident(struct turn *turn, struct incident *incident)
{
	int rc = store_incident_of(
		turn->desk->store, turn->who.id, turn->now_ms - REPORTER_MS, incident);

	return rc == -ENOENT ? 0 : rc < 0 ? rc : 1;
}

/* A place almost always has a number in it: 5th, 3500, I-80. */
static bool names_a_place(const char *text)
{
	for (; *text; text++)
		if (isdigit((unsigned char)*text))
			return true;
	return false;
}

int report_command(struct turn *turn)
{
	const char *text = turn->heard.rest;
	struct incident incident;
	int64_t id;
	int rc;

	if (!*text)
		return reply(turn, SAY(MSG_REPORT_HOW));
	/* the same report again is not a second incident: a phone or a person tried twice */
	rc = turn->same > 1 ? own_open_incident(turn, &incident) : 0;
	if (rc != 0)
		return rc < 0 ? rc : add_to(turn, &incident);
	rc = open_incident(turn, INCIDENT_REPORT, text, &id);
	if (rc < 0)
		return rc;
	return reply(
		turn, SAY(names_a_place(text) ? MSG_REPORT_THANKS_MORE : MSG_REPORT_THANKS_PLACE,
			      SPEECH_NUMBER("incident", id)));
}

/* ---- everything else ---- */

/* "ALRET north ..." of a dispatcher is no message to the dispatchers. */
static int nearly_a_command(struct turn *turn)
{
	static const enum speech_word checked[] = { WORD_ALERT, WORD_UPDATE, WORD_CLEAR,
		WORD_CANCEL, WORD_CONFIRM, WORD_STATUS, WORD_PAUSE, WORD_RESUME, WORD_BLOCK,
		WORD_UNFOUNDED, WORD_REPORT };
	const char *rest = turn->body;
	char word[32], folded[32];

	if (turn->role < ROLE_DISPATCHER || turn->heard.word != WORD_NONE ||
		!take_word(&rest, word, sizeof(word)) || strlen(word) < 4)
		return NOT_MINE;
	text_fold(folded, sizeof(folded), word);
	for (size_t i = 0; i < ARRAY_SIZE(checked); i++) {
		char known[32];

		if (text_distance(folded, speech_word_name(checked[i])) != 1)
			continue;
		text_copy(known, sizeof(known), speech_word_name(checked[i]));
		for (char *c = known; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		return reply(turn, SAY(MSG_UNKNOWN_WORD, SPEECH_TEXT("word", word),
					   SPEECH_TEXT("known", known)));
	}
	return NOT_MINE;
}

int message_pass_on(struct turn *turn)
{
	struct incident incident;
	int64_t id;
	int rc = own_open_incident(turn, &incident);

	if (rc != 0)
		return rc < 0 ? rc : add_to(turn, &incident);
	rc = open_incident(turn, INCIDENT_MESSAGE, turn->body, &id);
	return rc < 0 ? rc : reply(turn, SAY(MSG_MESSAGE_THANKS, SPEECH_NUMBER("incident", id)));
}

int message_handle(struct turn *turn)
{
	int rc;

	turn->taken_for = *turn->body ? "message" : "empty";
	if (!*turn->body)
		return 0;
	rc = nearly_a_command(turn);
	return rc == NOT_MINE ? message_pass_on(turn) : rc;
}
