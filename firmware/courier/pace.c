/* SPDX-License-Identifier: Apache-2.0 */
/* How fast each modem is, when it rests, and what promises are made of. */
#include "office.h"

#include <stdio.h>
#include <string.h>

#define SEGMENT_DEFAULT_MS 4000.0
#define MEAN_WEIGHT        0.125 /* of the newest segment */

/*
 * How long an answer is waited for: generous against what this modem takes, but not minutes,
 * because nothing else leaves or comes in on it meanwhile. Reported are 1 to 35 s a segment. Too
 * short a limit makes an unknown, which its report settles, and the modem doubles it; and the modem
 * is patient with a first answer that is only late. Where no reports are asked for, nothing would
 * settle it, and the limit is never below what is reported of any modem.
 */
#define ANSWER_LIMIT_MIN_MS   (9 * MS_PER_S / 2)
#define ANSWER_LIMIT_BLIND_MS (45 * MS_PER_S)
#define ANSWER_LIMIT_MAX_MS   (180 * MS_PER_S)
#define ANSWER_LIMIT_MEANS    12
#define ANSWER_LIMIT_LONGEST  3
#define KEPT_AFTER            2 /* segments, before the mean is worth keeping */
#define KEPT_CHANGE_MS        500

#define GAP_MIN_MS   INT64_C(500)
#define GAP_MAX_MS   (60 * MS_PER_S)
#define GAP_SEGMENTS 7 /* an eighth of the pace: still asked often enough to see its end */
#define GAP_DEEP     2 /* segments; what is above falls by half with each that is taken */

/* A modem that fails every time would fail the whole queue as fast as it can. */
#define STREAK_FREE   3
#define STREAK_MAX_MS (60 * MS_PER_S)

void pace_init(struct pace *pace)
{
	*pace = (struct pace){ .parked_ms = TIME_NEVER, .reference = -1 };
}

#define PACE_KEY_SIZE 48

/*
 * A modem's pace is its own, under whatever section it is found again: kept by its IMEI where that
 * is known. The IMEI names a device, so only a mark of it is in the key.
 */
static const char *pace_key(
	const struct courier *courier, const struct post *post, char key[PACE_KEY_SIZE])
{
	char imei[COURIER_IMEI_SIZE], words[COURIER_IMEI_SIZE + 8], mark[STORE_MARK_SIZE];
	courier_known_imei(courier, post->name, imei);
	snprintf(words, sizeof(words), "pace %s", imei);
	store_mark(courier->store, words, mark);
	snprintf(key, PACE_KEY_SIZE, "segment_ms %s", imei[0] ? mark : post->name);
	return key;
}

void pace_remember(struct courier *courier, struct post *post)
{
	char key[PACE_KEY_SIZE];
	if (!post->pace.sent)
		return;
	post->pace.kept_ms = (int64_t)(post->pace.segment_ms + 0.5);
	int rc = store_value_set(courier->store, pace_key(courier, post, key), post->pace.kept_ms);
	if (rc < 0)
		log_warning("the pace of %s cannot be kept: %s", post->name, strerror(-rc));
}

void pace_recall(struct courier *courier, struct post *post)
{
	struct pace *pace = &post->pace;
	char key[PACE_KEY_SIZE];
	int64_t segment_ms;
	if (store_value_get(courier->store, pace_key(courier, post, key), &segment_ms) < 0)
		return;
	pace->segment_ms = (double)segment_ms;
	pace->kept_ms = segment_ms;
}

void pace_of_another(struct courier *courier, const struct modem *modem)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		if (!post->used || post->modem != modem)
			continue;
		post->pace.segment_ms = 0;
		post->pace.longest_ms = post->pace.kept_ms = 0;
		post->pace.reference = -1;
		pace_recall(courier, post);
		pace_begin(courier, post);
	}
}

/** True when the answer that is being settled says nothing against the next segment at once. */
static bool goes_on(const struct post *post)
{
	const struct verdict *verdict = post->flight.verdict;
	return verdict && !verdict->modem_fault && !verdict->slows && !post->pace.gap_ms;
}

bool pace_unbroken(const struct post *post, int64_t now_ms)
{
	return !post->pace.gap_ms && post->pace.rest_ms <= now_ms;
}

bool pace_ready(const struct post *post, int64_t now_ms)
{
	if (!post->modem || post->retired || post->pace.rest_ms > now_ms ||
		!modem_idle(post->modem))
		return false;
	return !post->flight.on || (post->flight.answered && goes_on(post));
}

static int64_t answer_limit_ms(const struct pace *pace, int64_t least_ms)
{
	int64_t limit_ms = (int64_t)(ANSWER_LIMIT_MEANS * pace->segment_ms);
	if (limit_ms < ANSWER_LIMIT_LONGEST * pace->longest_ms)
		limit_ms = ANSWER_LIMIT_LONGEST * pace->longest_ms;
	if (limit_ms < least_ms)
		limit_ms = least_ms;
	return time_min(limit_ms, ANSWER_LIMIT_MAX_MS);
}

static void set_answer_limit(const struct courier *courier, struct post *post)
{
	bool settled = courier->settings.reports;
	int64_t least_ms = settled ? ANSWER_LIMIT_MIN_MS : ANSWER_LIMIT_BLIND_MS;
	modem_set_answer_limit(post->modem, answer_limit_ms(&post->pace, least_ms));
}

/** A pace that an earlier life learned is worth something too. */
void pace_begin(struct courier *courier, struct post *post)
{
	set_answer_limit(courier, post);
}

static void learn(const struct courier *courier, struct post *post, int64_t took_ms)
{
	struct pace *pace = &post->pace;
	double took = (double)(took_ms > 1 ? took_ms : 1);
	if (pace->segment_ms > 0)
		pace->segment_ms += MEAN_WEIGHT * (took - pace->segment_ms);
	else
		pace->segment_ms = took;
	/* The longest of late: forgotten by half in about fifty segments. */
	pace->longest_ms -= pace->longest_ms / 64;
	if (pace->longest_ms < took_ms)
		pace->longest_ms = took_ms;
	if (post->modem)
		set_answer_limit(courier, post);
}

/*
 * Also a box whose plug is pulled knows its modems' pace the next time: kept as soon as it is worth
 * something, and when it has become another. Seldom, because it is a commit of its own.
 */
static void keep(struct courier *courier, struct post *post)
{
	const struct pace *pace = &post->pace;
	double change = pace->segment_ms - (double)pace->kept_ms;
	double least = (double)pace->kept_ms / 2;
	if (least < KEPT_CHANGE_MS)
		least = KEPT_CHANGE_MS;
	if (pace->sent == KEPT_AFTER || change > least || change < -least)
		pace_remember(courier, post);
}

static int64_t whole_segment_ms(const struct pace *pace)
{
	int64_t segment_ms = (int64_t)pace->segment_ms;
	return segment_ms > GAP_MIN_MS ? segment_ms : GAP_MIN_MS;
}

/** Half the pace is one segment's time of rest after each; a quarter three of them; and so on. */
static void slow_down(struct pace *pace)
{
	int64_t segment_ms = whole_segment_ms(pace);
	pace->gap_ms = time_min(2 * pace->gap_ms + segment_ms, GAP_SEGMENTS * segment_ms);
	pace->gap_ms = time_min(pace->gap_ms, GAP_MAX_MS);
}

/*
 * A network that takes texts again is not punished for how often it was asked meanwhile: soon to
 * about half the pace, and from there to the full one slowly, in about twenty segments.
 */
static void speed_up(struct pace *pace)
{
	bool deep = pace->gap_ms > GAP_DEEP * whole_segment_ms(pace);
	pace->gap_ms -= pace->gap_ms / (deep ? 2 : 8);
	if (pace->gap_ms < GAP_MIN_MS / 2)
		pace->gap_ms = 0;
}

static void accepted(struct courier *courier, struct post *post)
{
	struct pace *pace = &post->pace;
	pace->sent++;
	pace->streak = 0;
	learn(courier, post, post->flight.result.took_ms);
	if (pace->sent >= KEPT_AFTER)
		keep(courier, post);
	speed_up(pace);
	for (size_t i = 0; i < ARRAY_SIZE(post->alarms); i++)
		post->alarms[i] = NULL;
}

static int64_t streak_ms(unsigned int streak)
{
	if (streak < STREAK_FREE)
		return 0;
	unsigned int doublings = streak - STREAK_FREE;
	return doublings > 6 ? STREAK_MAX_MS : time_min(MS_PER_S << doublings, STREAK_MAX_MS);
}

/*
 * A network that says it is out of order mostly is so for a moment: where there is no other modem,
 * minutes of silence after each such answer would cost an alert. So the first rests are short.
 */
static int64_t park_ms(const struct verdict *verdict, unsigned int streak)
{
	static const int growing_ms[] = { 200, 300, 400, 2000, 4000, 10000, 20000, 40000, 80000,
		160000 };
	unsigned int nth = streak + verdict->park_grows;

	if (!verdict->park_grows || streak < 1 || nth > ARRAY_SIZE(growing_ms) + 1)
		return verdict->park_s * MS_PER_S;
	return growing_ms[nth - 2];
}

static void park(struct courier *courier, struct post *post, int64_t now_ms)
{
	const struct verdict *verdict = post->flight.verdict;
	post->pace.parked_ms = now_ms + park_ms(verdict, post->pace.streak);
	if (post->modem)
		modem_park(post->modem, true, verdict->words);
	/* What waited for this modem, or was just given back, is for the others. */
	office_undry(courier);
}

void pace_answered(struct courier *courier, struct post *post, int64_t now_ms)
{
	const struct verdict *verdict = post->flight.verdict;
	struct pace *pace = &post->pace;
	pace->busy_ms += post->flight.result.took_ms;
	if (!post->flight.arrived)
		pace->reference = post->flight.result.reference;
	if (verdict->ruling == RULING_SENT)
		accepted(courier, post);
	else if (verdict->ruling == RULING_UNKNOWN)
		pace->unknown++;
	else
		pace->refused++;
	if (verdict->modem_fault)
		pace->streak++;
	if (verdict->slows)
		slow_down(pace);
	/* One that is parked rests by that. */
	int64_t rest_ms = verdict->park_s ? 0 : streak_ms(pace->streak);
	pace->rest_ms = now_ms + (rest_ms > pace->gap_ms ? rest_ms : pace->gap_ms);
	if (verdict->alarm)
		office_alarm(courier, post, verdict->alarm, verdict->words);
	if (verdict->park_s)
		park(courier, post, now_ms);
	/* The answer kept it from a claim in its own turn: in the next one, or after the rest. */
	if (!post->claimed.size && !post->dry && pace->rest_ms <= now_ms)
		courier->again = true;
}

void pace_tick(struct courier *courier, struct post *post, int64_t now_ms)
{
	if (post->pace.parked_ms > now_ms)
		return;
	post->pace.parked_ms = TIME_NEVER;
	if (post->modem)
		modem_park(post->modem, false, "");
	office_undry(courier);
}

int64_t pace_next_ms(const struct post *post, int64_t now_ms)
{
	const struct pace *pace = &post->pace;
	/* A rest ends for us only when there may be something to hand over after it. */
	bool rests = pace->rest_ms > now_ms && !post->dry && post->modem;
	return time_min(rests ? pace->rest_ms : TIME_NEVER, pace->parked_ms);
}

void pace_stepped(struct pace *pace, int64_t step_ms)
{
	pace->rest_ms += step_ms;
	if (pace->parked_ms != TIME_NEVER)
		pace->parked_ms += step_ms;
}

/* ---- figures -------------------------------------------------------------------------------- */

static double segment_s(const struct post *post)
{
	double mean_ms = post->pace.segment_ms > 0 ? post->pace.segment_ms : SEGMENT_DEFAULT_MS;
	double segment = (mean_ms + (double)post->pace.gap_ms) / (double)MS_PER_S;
	double capped = caps_segment_s(&post->caps);
	return segment > capped ? segment : capped;
}

/** What several SIMs have left together: no cap of one is no cap of all. -2 stands for none yet. */
static int64_t add_left(int64_t sum, int64_t left)
{
	if (sum == -1 || left == -1)
		return -1;
	return sum == -2 ? left : sum + left;
}

void courier_get_pace(const struct courier *courier, struct courier_pace *out)
{
	int64_t segments = -2, people = -2;
	double fresh_per_s = 0;
	int fresh = 0;
	*out = (struct courier_pace){ .segment_s = SEGMENT_DEFAULT_MS / MS_PER_S };
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		const struct post *post = &courier->posts[i];
		if (!post->used || !post->modem)
			continue;
		out->modems++;
		/* Alerts do not go over one that is held for blocked. */
		if (modem_state(post->modem) != MODEM_READY || watch_blocked(post))
			continue;
		out->ready++;
		out->segments_per_s += 1.0 / segment_s(post);
		if (caps_segments_left(&post->caps, false) != 0) {
			fresh_per_s += 1.0 / segment_s(post);
			fresh++;
		}
		segments = add_left(segments, caps_segments_left(&post->caps, false));
		people = add_left(people, caps_people_left(&post->caps, false));
	}
	out->allowance = segments < 0 ? -1 : segments;
	out->newcomers = people < 0 ? -1 : people;
	if (out->ready)
		out->segment_s = out->ready / out->segments_per_s;
	/* Alerts do not go over one that is used up for today either, unless all of them are. */
	if (fresh)
		out->segments_per_s = fresh_per_s;
}

int courier_get_modem_stats(const struct courier *courier, const struct modem *modem,
	int64_t now_ms, struct courier_modem_stats *out)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		const struct post *post = &courier->posts[i];
		if (!post->used || post->modem != modem)
			continue;
		*out = (struct courier_modem_stats){
			.segment_s = post->pace.segment_ms / (double)MS_PER_S,
			.rest_s = (double)post->pace.gap_ms / (double)MS_PER_S,
			.allowance_today = caps_segments_left(&post->caps, true),
			.newcomers_left = caps_people_left(&post->caps, true),
			.sent = post->pace.sent,
			.refused = post->pace.refused,
			.unknown = post->pace.unknown,
			.busy_ms = post->pace.busy_ms,
		};
		out->canary = canary_word(&post->canary, &out->canary_ms);
		return store_modem_sent_since(
			courier->store, post->name, time_day(now_ms, 0), &out->sent_today);
	}
	return -ENOENT;
}
