/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ben: JOIN north           -> reply YES to get our alerts for north
 * Ben: yes                  -> welcome (or, where admins decide: you will hear from us)
 * Ben: STOP ... START       -> welcome back, with the zones he had
 */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

#define JOIN_ASKED_MS (24 * MS_PER_H)
#define JOIN_HOW      "sms"

/* What JOIN asked for. */
struct wish {
	uint64_t zones;
	bool invited;                /* the invite code, or a member's word, was among the words */
	char word[STORE_VOUCH_SIZE]; /* the member's */
	char unknown[64];            /* the first word that is neither zone nor code */
};

/* 1 the word lets them in, 0 it does not, -errno. */
static int is_invitation(struct turn *turn, const char *word, struct wish *wish)
{
	const struct settings_list *list = &turn->desk->settings->list;
	char code[64], folded[64];
	int64_t voucher_id;

	if (list->join == SETTINGS_JOIN_VOUCH) {
		int rc = vouch_find(turn, word, &voucher_id);

		if (rc == 1)
			text_copy(wish->word, sizeof(wish->word), word);
		return rc;
	}
	text_fold(code, sizeof(code), list->invite_code);
	return code[0] && strcmp(text_fold(folded, sizeof(folded), word), code) == 0;
}

static int read_wish(struct turn *turn, struct wish *wish)
{
	const char *rest = turn->heard.rest;
	char word[64];
	int rc = 0;

	*wish = (struct wish){ .invited = false };
	while (rc >= 0 && take_word(&rest, word, sizeof(word))) {
		uint64_t zone = zone_of_word(turn->desk, word);

		wish->zones |= zone;
		if (zone)
			continue;
		rc = is_invitation(turn, word, wish);
		wish->invited |= rc == 1;
		if (rc == 0 && !wish->unknown[0])
			text_copy(wish->unknown, sizeof(wish->unknown), word);
	}
	return rc < 0 ? rc : 0;
}

static int say_zones(struct turn *turn, enum speech_message id, uint64_t zones)
{
	char text[ZONES_WORDS_SIZE];

	zones_words(turn, turn->language, zones, text);
	return (id == MSG_JOINED ? done : reply)(turn, SAY(id, SPEECH_TEXT("zones", text)));
}

static int tell_admins(struct turn *turn)
{
	char zones[ZONES_WORDS_SIZE], handle[HANDLE_SIZE];
	int rc;

	zones_words(turn, turn->desk->settings->box.language, turn->who.zones, zones);
	person_handle(turn->who.id, handle);
	rc = words_hurry(turn, NULL);
	if (rc < 0)
		return rc;
	rc = tell_role(turn, ROLE_ADMIN, 0, 0,
		SAY(MSG_APPLICANT, SPEECH_TEXT("person", handle), SPEECH_TEXT("zones", zones)));
	return rc < 0 ? rc : 0;
}

/* The language of the word that somebody used is theirs, unless they have set one. */
static int keep_language(struct turn *turn)
{
	if (turn->who.language[0] ||
		strcmp(turn->language, turn->desk->settings->box.language) == 0)
		return 0;
	return store_person_set_language(turn->desk->store, turn->who.id, turn->language);
}

static int put_on_list(struct turn *turn, uint64_t zones, bool applicant)
{
	struct store *store = turn->desk->store;
	char wording[SAY_SIZE], text[ZONES_WORDS_SIZE];
	struct strbuf said;
	int rc;

	zones_words(turn, turn->language, zones, text);
	strbuf_init(&said, wording, sizeof(wording));
	say_in(turn, turn->language, SAY(MSG_JOIN_ASK, SPEECH_TEXT("zones", text)), &said);
	rc = store_person_join(
		store, turn->who.id, zones, applicant, JOIN_HOW, wording, turn->now_ms);
	if (rc == 0 && !applicant && turn->who.role < ROLE_MEMBER)
		rc = store_person_set_role(store, turn->who.id, ROLE_MEMBER, turn->now_ms);
	if (rc == 0)
		rc = keep_language(turn);
	if (rc == 0)
		rc = store_dialogue_clear(store, turn->who.id);
	return rc < 0 ? rc : turn_refresh(turn);
}

static int admit(struct turn *turn, uint64_t zones, bool known)
{
	bool applicant = !known && turn->desk->settings->list.join == SETTINGS_JOIN_APPROVE;
	int rc = put_on_list(turn, zones, applicant);

	if (rc < 0)
		return rc;
	turn->desk->news.changed = true;
	log_info("person=%" PRId64 " %s", turn->who.id, applicant ? "asks to join" : "joined");
	/* LANG may have come between the question and the yes */
	if (turn->who.language[0])
		text_copy(turn->language, sizeof(turn->language), turn->who.language);
	if (!applicant)
		return say_zones(turn, MSG_JOINED, turn->who.zones) ?: role_tell_lost(turn);
	rc = reply(turn, SAY(MSG_JOIN_APPLIED));
	return rc < 0 ? rc : tell_admins(turn);
}

/* After STOP only the class of the confirmation reaches them; here they have just asked for it. */
static enum message_class class_of_asked(const struct turn *turn)
{
	return turn->who.suppressed ? CLASS_STOP : CLASS_REPLY;
}

static int ask(struct turn *turn, const struct wish *wish)
{
	struct dialogue dialogue = { .kind = DIALOGUE_JOIN,
		.expires_ms = turn->now_ms + JOIN_ASKED_MS };
	char text[ZONES_WORDS_SIZE];
	int rc;

	snprintf(dialogue.data, sizeof(dialogue.data), "%s %" PRIx64 " %s", turn->language,
		wish->zones, wish->word);
	rc = store_dialogue_set(turn->desk->store, turn->who.id, &dialogue);
	if (rc == 0) /* it is said whatever was said before; but a machine says YES to it */
		rc = turn->quiet ? 0 : flood_may_thank(turn);
	if (rc >= 0)
		rc = turn->quiet ? 0 : flood_answers(turn);
	if (rc != 1)
		return rc;
	zones_words(turn, turn->language, wish->zones, text);
	return answer(turn, class_of_asked(turn), SAY(MSG_JOIN_ASK, SPEECH_TEXT("zones", text)));
}

static int already(struct turn *turn, uint64_t zones)
{
	/* no zone named means all: naming one more narrows nothing */
	if (zones && turn->who.zones && (zones & ~turn->who.zones)) {
		int rc = store_person_set_zones(
			turn->desk->store, turn->who.id, turn->who.zones | zones);

		if (rc == 0)
			rc = turn_refresh(turn);
		if (rc < 0)
			return rc;
	}
	return say_zones(turn, MSG_JOIN_ALREADY, turn->who.zones);
}

static bool on_list(const struct turn *turn)
{
	return turn->role >= ROLE_MEMBER && turn->who.state == PERSON_ACTIVE &&
	       !turn->who.suppressed;
}

/*
 * They had said YES once, and no admin has taken them off since: their own word brings them back.
 */
static bool was_on_list(const struct turn *turn)
{
	return turn->who.state == PERSON_LEFT && (turn->who.joined_ms > 0 || turn->who.configured);
}

static int join_wished(struct turn *turn, const struct wish *wish)
{
	static const enum speech_message asks[] = {
		[SETTINGS_JOIN_INVITE] = MSG_JOIN_INVITE,
		[SETTINGS_JOIN_VOUCH] = MSG_JOIN_VOUCH,
	};
	enum settings_join how = turn->desk->settings->list.join;

	/* when the loop guard is on nobody goes on guessing the code */
	if (asks[how] && (!wish->invited || turn->quiet))
		return turn->quiet ? 0 : answer(turn, class_of_asked(turn), SAY(asks[how]));
	if (turn->who.state == PERSON_APPLICANT && !turn->who.suppressed)
		return reply(turn, SAY(MSG_JOIN_APPLIED));
	/* a forged STOP and a forged JOIN put nobody on the list who never said YES */
	return was_on_list(turn) ? admit(turn, wish->zones, false) : ask(turn, wish);
}

int join_command(struct turn *turn)
{
	const struct settings_list *list = &turn->desk->settings->list;
	struct wish wish;
	int rc;

	rc = read_wish(turn, &wish);
	if (rc < 0)
		return rc;
	if (on_list(turn))
		return already(turn, wish.zones);
	/* "JOIN nrth", not "JOIN please, I live near the park" */
	if (wish.unknown[0] && !wish.zones && !wish.invited && !turn->who.suppressed &&
		list->n_zones > 0 && list->join != SETTINGS_JOIN_VOUCH &&
		count_words(turn->heard.rest) == 1)
		return zone_unknown(turn, wish.unknown);
	return join_wished(turn, &wish);
}

int start_command(struct turn *turn)
{
	struct wish wish = { .zones = turn->who.zones };

	if (on_list(turn))
		return already(turn, 0);
	if (was_on_list(turn))
		return admit(turn, turn->who.zones, true);
	return join_wished(turn, &wish);
}

/* ---- the answer to "reply YES" ---- */

static int join_answered(struct turn *turn, const struct dialogue *dialogue, bool yes)
{
	bool vouched = turn->desk->settings->list.join == SETTINGS_JOIN_VOUCH;
	char *zones, *word = NULL;
	uint64_t wished = 0;
	int rc;

	text_copy(turn->language, sizeof(turn->language), dialogue->data);
	turn->language[strcspn(turn->language, " ")] = '\0';
	turn->taken_for = yes ? "join-yes" : "join-no";
	zones = strchr(dialogue->data, ' ');
	if (zones)
		wished = strtoull(zones, &word, 16);
	/* of two who have the same word the first to say YES comes in */
	rc = yes && vouched ? vouch_use(turn, word && *word ? word + 1 : "") : yes;
	if (rc == 1)
		return admit(turn, wished, false);
	if (rc == 0)
		rc = store_dialogue_clear(turn->desk->store, turn->who.id);
	return rc < 0 ? rc : reply(turn, SAY(yes ? MSG_JOIN_VOUCH : MSG_JOIN_DECLINED));
}

int dialogue_handle(struct turn *turn)
{
	bool yes = turn->heard.word == WORD_YES, no = turn->heard.word == WORD_NO;
	struct dialogue dialogue;
	int rc;

	/* whom an admin put on the list meanwhile answers an alert */
	if ((!yes && !no) || on_list(turn))
		return NOT_MINE;
	rc = store_dialogue_get(turn->desk->store, turn->who.id, turn->now_ms, &dialogue);
	if (rc < 0)
		return rc;
	return dialogue.kind == DIALOGUE_JOIN ? join_answered(turn, &dialogue, yes) : NOT_MINE;
}
