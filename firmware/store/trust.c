/* SPDX-License-Identifier: Apache-2.0 */
/* One-time words by which members let people in whom they vouch for. */
#include "internal.h"

#include <string.h>

#define SYLLABLES   4
#define WORD_TRIES  100
#define FORGOTTEN_S (90 * (MS_PER_DAY / MS_PER_S))

static void word_hash(struct store *store, const char *word, uint8_t out[STORE_HASH_SIZE])
{
	seal_hash(store->seal, HASHED_VOUCH, word, strnlen(word, STORE_VOUCH_SIZE), out);
}

/*
 * Easy to say in any language and to type on any phone; 80^4 = 41 million, of which few are valid
 * at a time.
 */
static void word_draw(char word[STORE_VOUCH_SIZE])
{
	static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aeiou";
	for (int i = 0; i < SYLLABLES; i++) {
		*word++ = consonants[seal_random(sizeof(consonants) - 1)];
		*word++ = vowels[seal_random(sizeof(vowels) - 1)];
	}
	*word = '\0';
}

static int vouch_new(struct store *store, int64_t voucher_id, int64_t expires_ms, int64_t now_ms,
	char word[STORE_VOUCH_SIZE])
{
	uint8_t hash[STORE_HASH_SIZE];
	int rc = sql_run(store, SQL_VOUCH_FORGET, "i", now_ms - FORGOTTEN_S * MS_PER_S);
	for (int tries = 0; rc == 0 && tries < WORD_TRIES; tries++) {
		word_draw(word);
		word_hash(store, word, hash);
		rc = sql_run(store, SQL_VOUCH_NEW, "iiib", voucher_id, now_ms, expires_ms, hash,
			sizeof(hash));
		if (rc == 0 && sql_changes(store) > 0)
			return 0;
	}
	return rc ? rc : -ENOSPC;
}

int store_vouch_new(struct store *store, int64_t voucher_id, int64_t expires_ms, int64_t now_ms,
	char word[STORE_VOUCH_SIZE])
{
	return (int)TX(store, vouch_new(store, voucher_id, expires_ms, now_ms, word));
}

int store_vouch_count(struct store *store, int64_t voucher_id, int64_t since_ms, int64_t *count)
{
	return sql_int(store, SQL_VOUCH_COUNT, 0, count, "ii", voucher_id, since_ms);
}

int store_vouch_find(struct store *store, const char *word, int64_t now_ms, int64_t *voucher_id)
{
	uint8_t hash[STORE_HASH_SIZE];
	word_hash(store, word, hash);
	return sql_int(store, SQL_VOUCH_FIND, 0, voucher_id, "bi", hash, sizeof(hash), now_ms);
}

static int vouch_use(struct store *store, const char *word, int64_t guest_id, int64_t now_ms)
{
	uint8_t hash[STORE_HASH_SIZE];
	word_hash(store, word, hash);
	int rc = sql_run(store, SQL_VOUCH_USE, "bii", hash, sizeof(hash), guest_id, now_ms);
	return rc ? rc : sql_changes(store) ? 0 : -ENOENT;
}

int store_vouch_use(struct store *store, const char *word, int64_t guest_id, int64_t now_ms)
{
	return (int)TX(store, vouch_use(store, word, guest_id, now_ms));
}
