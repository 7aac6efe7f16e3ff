/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.join = "vouch": who joins was let in by somebody on the list.
 *
 * Mia (member): VOUCH       -> pass this on to one person you trust: JOIN bakolumi. ...
 * Ben: JOIN north bakolumi  -> reply YES to get our alerts for north
 * Ben: yes                  -> welcome                Mia: the word you passed on let somebody in
 * Eva: JOIN bakolumi        -> to join, text JOIN and a word that a member got by texting VOUCH
 */
#include "internal.h"

static bool lets_in(const struct person *voucher)
{
	return voucher->state == PERSON_ACTIVE && !voucher->blocked && !voucher->suppressed &&
	       voucher->role >= ROLE_MEMBER;
}

int vouch_command(struct turn *turn)
{
	const struct settings_list *list = &turn->desk->settings->list;
	struct store *store = turn->desk->store;
	char word[STORE_VOUCH_SIZE];
	int64_t today;
	int rc;

	if (list->join != SETTINGS_JOIN_VOUCH)
		return reply(turn, SAY(MSG_VOUCH_OFF));
	rc = store_vouch_count(store, turn->who.id, turn->now_ms - MS_PER_DAY, &today);
	if (rc < 0)
		return rc;
	if (today >= list->vouches || turn->quiet)
		return reply(turn, SAY(MSG_VOUCH_SPENT, SPEECH_NUMBER("number", list->vouches)));
	rc = store_vouch_new(store, turn->who.id, turn->now_ms + list->vouch_ttl_s * MS_PER_S,
		turn->now_ms, word);
	if (rc < 0)
		return rc;
	log_notice("person=%" PRId64 " vouches for somebody", turn->who.id);
	return reply(turn, SAY(MSG_VOUCH_WORD, SPEECH_TEXT("word", word),
				   SPEECH_NUMBER("hours", (list->vouch_ttl_s + 3599) / 3600)));
}

int vouch_find(struct turn *turn, const char *word, int64_t *voucher_id)
{
	struct person voucher;
	char folded[STORE_VOUCH_SIZE];
	int rc;

	*voucher_id = 0;
	if (strlen(word) != STORE_VOUCH_SIZE - 1)
		return 0;
	text_fold(folded, sizeof(folded), word);
	rc = store_vouch_find(turn->desk->store, folded, turn->now_ms, voucher_id);
	if (rc < 0 || *voucher_id == 0)
		return rc;
	rc = store_person_get(turn->desk->store, *voucher_id, &voucher);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	return rc == 0 && lets_in(&voucher);
}

int vouch_use(struct turn *turn, const char *word)
{
	struct store *store = turn->desk->store;
	struct person voucher;
	char folded[STORE_VOUCH_SIZE];
	int64_t voucher_id;
	int rc = vouch_find(turn, word, &voucher_id);

	if (rc <= 0)
		return rc;
	text_fold(folded, sizeof(folded), word);
	rc = store_vouch_use(store, folded, turn->who.id, turn->now_ms);
	if (rc == 0)
		rc = store_person_get(store, voucher_id, &voucher);
	if (rc == 0)
		rc = tell(turn, &voucher, CLASS_REPLY, 0, SAY(MSG_VOUCH_USED));
	log_notice(
		"person=%" PRId64 " was vouched for by person=%" PRId64, turn->who.id, voucher_id);
	return rc < 0 ? rc : 1;
}
