/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flood: more texts than people can read. Each is kept and answered, and dispatchers are told of
 * so many one by one; of the rest they are told in one text after a minute, and in one every five
 * minutes while it goes on. A part of that number is kept for people on the list and for talks that
 * somebody has taken: strangers cannot use it up.
 *
 * -> dispatchers: So many texts come in that 312 were not passed on, #41 to #352. TAKE and a
 *    number shows one.
 * (desk.escalate_after)
 * -> admins: 300 of these reports have waited 4 min, #41 to #340, and no dispatcher took them.
 * STOP and HELP are answered all the while.
 */
#include "internal.h"

#define WINDOW_MS    (10 * MS_PER_MIN)
#define SUM_MS       MS_PER_MIN       /* so long is counted before the sum is told */
#define SUM_AGAIN_MS (5 * MS_PER_MIN) /* between two sums */

/* Texts of others that dispatchers are told before alerts go on. */
#define HURRIED_MAX 10

/* What one number may say in a window until the rest of it is counted only. */
#define ONE_NUMBER 3 /* times desk.quiet_texts */

/*
 * A machine that answers each text of the box with another one never says the same twice. People
 * who text a lot in a hurry need no thanks for each: what they say is passed on all the same.
 */
#define THANKS_MAX 4
#define HELPS_MAX  5

/* The counts of the window that runs, of one person or (0) of all strangers together. */
static int counts_of(struct turn *turn, int64_t person_id, struct talk *out)
{
	int64_t window_ms =
		person_id ? turn->desk->settings->desk.quiet_window_s * MS_PER_S : WINDOW_MS;
	int rc = store_talk_get(turn->desk->store, person_id, out);
	int64_t ago_ms = turn->now_ms - out->since_ms;

	if (rc == 0 && (ago_ms < 0 || ago_ms >= window_ms))
		*out = (struct talk){ .person_id = person_id, .since_ms = turn->now_ms };
	return rc;
}

struct recent *flood_recent(struct desk *desk, int64_t person_id)
{
	struct recent *recent;

	for (int i = 0; i < RECENT_KEPT; i++)
		if (desk->recent[i].person_id == person_id)
			return &desk->recent[i];
	recent = &desk->recent[desk->next_recent];
	desk->next_recent = (desk->next_recent + 1) % RECENT_KEPT;
	*recent = (struct recent){ .person_id = person_id };
	return recent;
}

/* ---- machines -------------------------------------------------------------------------------- */

uint64_t flood_hash(const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *text; text++)
		if (*text < '0' || *text > '9')
			hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return hash;
}

bool flood_is_a_machine(struct turn *turn)
{
	static const enum speech_message ids[] = { MSG_MESSAGE_THANKS, MSG_MESSAGE_ADDED };
	uint64_t hash = flood_hash(turn->body);
	struct speech *speech = turn->desk->speech;
	char memory[512];
	struct strbuf out;

	if (flood_recent(turn->desk, turn->who.id)->hash == hash)
		return true;
	for (int l = 0; speech_language(speech, l); l++)
		for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
			strbuf_init(&out, memory, sizeof(memory));
			say_in(turn, speech_language(speech, l),
				SAY(ids[i], SPEECH_NUMBER("incident", 1)), &out);
			if (flood_hash(out.text) == hash)
				return true;
		}
	return false;
}

/* A bit for each word without its digits: "ticket 5, Ana" is nearly "ticket 6, Ben". */
static uint64_t words_of(const char *text)
{
	uint64_t words = 0;
	char word[64], folded[64];

	while (take_word(&text, word, sizeof(word)))
		words |= UINT64_C(1) << (flood_hash(text_fold(folded, sizeof(folded), word)) % 64);
	return words;
}

#define WORDS_TO_TELL 4 /* "they are gone", "they are back": short texts are like each other */

void flood_words(struct turn *turn)
{
	struct recent *recent = flood_recent(turn->desk, turn->who.id);
	uint64_t words = words_of(turn->body);
	int common = __builtin_popcountll(words & recent->words);
	int all = __builtin_popcountll(words | recent->words);

	turn->alike = common >= WORDS_TO_TELL && common * 2 >= all;
	recent->words = words;
}

/* ---- what is told in one sum ---- */

static int add_value(struct store *store, const char *key, int64_t more, int64_t *value)
{
	int rc = store_value_get(store, key, value);

	if (rc == -ENOENT)
		*value = 0;
	else if (rc < 0)
		return rc;
	*value += more;
	return more ? store_value_set(store, key, *value) : 0;
}

/* What is counted until it is told: how many, from which number to which, and when it is due. */
static const struct sum {
	const char *count, *first, *last, *due, *told;
	enum role to;
	enum speech_message id;
	const char *warning;
} sums[FLOOD_SUMS] = {
	[FLOOD_UNREAD] = { "flood count", "flood first", "flood last", "flood due", "flood told",
		ROLE_DISPATCHER, MSG_FLOOD,
		"more texts come in than people can read: the rest is counted" },
	[FLOOD_UNTAKEN] = { "untaken count", "untaken first", "untaken last", "untaken due",
		"untaken told", ROLE_ADMIN, MSG_FLOOD_UNTAKEN,
		"of the reports that were counted some were taken by nobody" },
};

/* The first is told soon; the next not at once behind it. */
static int make_due(struct turn *turn, enum flood_sum which)
{
	const struct sum *sum = &sums[which];
	int64_t *due_ms = &turn->desk->flood_due_ms[which], told_ms = 0;
	int rc = add_value(turn->desk->store, sum->told, 0, &told_ms);

	if (rc < 0)
		return rc;
	*due_ms = turn->now_ms + SUM_MS;
	if (told_ms <= turn->now_ms && *due_ms < told_ms + SUM_AGAIN_MS)
		*due_ms = told_ms + SUM_AGAIN_MS;
	log_warning("%s", sum->warning);
	return store_value_set(turn->desk->store, sum->due, *due_ms);
}

/* One more of an incident; 0: of none. */
static int count_one(struct turn *turn, enum flood_sum which, int64_t incident_id)
{
	const struct sum *sum = &sums[which];
	struct store *store = turn->desk->store;
	int64_t count = 0, first = 0, last = 0;
	int rc = add_value(store, sum->count, 1, &count);

	if (rc == 0)
		rc = add_value(store, sum->first, 0, &first);
	if (rc == 0)
		rc = add_value(store, sum->last, 0, &last);
	if (rc == 0 && incident_id > 0 && (first == 0 || incident_id < first))
		rc = store_value_set(store, sum->first, incident_id);
	if (rc == 0 && incident_id > last)
		rc = store_value_set(store, sum->last, incident_id);
	return rc < 0 || turn->desk->flood_due_ms[which] ? rc : make_due(turn, which);
}

static int hold(struct turn *turn, int64_t incident_id)
{
	int rc = 0;

	if (incident_id > 0)
		rc = store_incident_note(
			turn->desk->store, incident_id, turn->who.id, "held", NULL, turn->now_ms);
	return rc < 0 ? rc : count_one(turn, FLOOD_UNREAD, incident_id);
}

int flood_untaken(struct turn *turn, int64_t incident_id)
{
	return count_one(turn, FLOOD_UNTAKEN, incident_id);
}

int flood_resume(struct desk *desk)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < FLOOD_SUMS; i++)
		rc = add_value(desk->store, sums[i].due, 0, &desk->flood_due_ms[i]);
	return rc;
}

static int say_sum(struct turn *turn, const struct sum *sum, const int64_t values[3])
{
	struct incident first = { .opened_ms = turn->now_ms };
	int rc = store_incident_get(turn->desk->store, values[1], &first);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	turn->first = true; /* before the many that are told one by one */
	rc = tell_role(turn, sum->to, 0, 0,
		SAY(sum->id, SPEECH_NUMBER("number", values[0]),
			SPEECH_NUMBER("incident", values[1]), SPEECH_NUMBER("other", values[2]),
			SPEECH_NUMBER("minutes", (turn->now_ms - first.opened_ms) / MS_PER_MIN)));
	turn->first = false;
	return rc < 0 ? rc : 0;
}

static int tell_sum(struct turn *turn, enum flood_sum which)
{
	const struct sum *sum = &sums[which];
	const char *const keys[] = { sum->count, sum->first, sum->last, sum->due };
	struct desk *desk = turn->desk;
	int64_t values[3] = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(values); i++)
		rc = add_value(desk->store, keys[i], 0, &values[i]);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(keys); i++)
		rc = store_value_set(desk->store, keys[i], 0);
	if (rc == 0)
		rc = store_value_set(desk->store, sum->told, turn->now_ms);
	if (rc < 0)
		return rc;
	desk->flood_due_ms[which] = 0;
	return say_sum(turn, sum, values);
}

int flood_tell(struct turn *turn, int64_t *next_ms)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < FLOOD_SUMS; i++) {
		int64_t due_ms = turn->desk->flood_due_ms[i];

		if (due_ms == 0)
			continue;
		/* further away than any: the clock went back */
		if (due_ms > turn->now_ms && due_ms <= turn->now_ms + WINDOW_MS)
			*next_ms = time_min(*next_ms, due_ms);
		else
			rc = tell_sum(turn, (enum flood_sum)i);
	}
	return rc;
}

/* ---- what is told one by one ---- */

static bool is_too_much(const struct turn *turn, const struct incident *incident,
	const struct talk *all, const struct talk *one)
{
	const struct settings_desk *settings = &turn->desk->settings->desk;
	bool taken = incident && incident->taken_by_id > 0;
	bool kept_for = taken || turn->role >= ROLE_MEMBER;
	int most = settings->flood_told - (kept_for ? 0 : settings->flood_reserve);

	return all->told >= (most > 1 ? most : 1) ||
	       (!taken && one->told >= ONE_NUMBER * settings->quiet_texts);
}

int words_hurry(struct turn *turn, const struct incident *incident)
{
	struct store *store = turn->desk->store;
	struct talk all = { 0 }, one = { 0 };
	int rc = counts_of(turn, 0, &all) ?: counts_of(turn, turn->who.id, &one);

	if (rc < 0)
		return rc;
	turn->calm = all.hurried >= HURRIED_MAX;
	turn->held = turn->role < ROLE_DISPATCHER && is_too_much(turn, incident, &all, &one);
	all.hurried += !turn->calm;
	all.told += turn->role < ROLE_DISPATCHER && !turn->held;
	one.told += turn->role < ROLE_DISPATCHER && !turn->held;
	rc = store_talk_set(store, &all) ?: store_talk_set(store, &one);
	if (rc < 0 || !turn->held)
		return rc;
	return hold(turn, incident ? incident->id : 0);
}

int flood_answers(struct turn *turn)
{
	struct talk all;
	int rc;

	if (turn->role > ROLE_NEIGHBOR)
		return 1;
	rc = counts_of(turn, 0, &all);
	if (rc < 0 || all.said >= turn->desk->settings->desk.flood_answers)
		return rc;
	all.said++;
	return store_talk_set(turn->desk->store, &all) ?: 1;
}

/* 1 and counted, 0 when there were as many in the window. */
static int may(struct turn *turn, int most, bool help)
{
	struct talk one;
	int rc = counts_of(turn, turn->who.id, &one);
	int *count = help ? &one.helps : &one.said;

	if (rc < 0 || *count >= most)
		return rc;
	++*count;
	return store_talk_set(turn->desk->store, &one) ?: 1;
}

int flood_may_thank(struct turn *turn)
{
	return may(turn, THANKS_MAX, false);
}

int flood_may_help(struct turn *turn)
{
	return may(turn, HELPS_MAX, true);
}

/* ---- one of them, when a dispatcher takes it ---- */

struct words {
	bool held;
	char text[TOLD_TEXT_BYTES];
};

static int look_at_note(void *ctx, const struct incident_note *note)
{
	struct words *words = ctx;

	words->held |= strcmp(note->what, "held") == 0;
	if (note->text[0] && !words->held)
		text_copy(words->text, sizeof(words->text), note->text);
	return 0;
}

int flood_show(struct turn *turn, int64_t incident_id)
{
	struct words words = { .held = false };
	int rc = store_incident_notes(turn->desk->store, incident_id, look_at_note, &words);

	if (rc < 0 || !words.held || !words.text[0])
		return rc;
	return reply(turn, SAY(MSG_TOLD_MORE, SPEECH_NUMBER("incident", incident_id),
				   SPEECH_TEXT("text", words.text)));
}
