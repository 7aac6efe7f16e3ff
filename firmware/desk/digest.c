/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mia: DIGEST WEEKLY     -> our digest every week at 9:00, when there is news
 * (Monday, 9:00)         -> Mia: Faro news: - Know your rights night ... 3 reports closed.
 * Mia: DIGEST            -> what she gets now
 *
 * An edition is one broadcast, one body for each language. The newest posts come first; what has no
 * room in DIGEST_SEGMENTS segments is counted in it. No news, no digest.
 */
#include <stdio.h>

#include "internal.h"

#define DIGEST_SEGMENTS 3
/* Of use even two days late: a night, and a queue of alerts. */
#define DIGEST_LIFE_MS (2 * MS_PER_DAY)
/* No period is longer. */
#define RULE_MAX_MS (32 * MS_PER_DAY)
/* A clock that was so far ahead was wrong. */
#define CLOCK_WRONG_MS (2 * MS_PER_DAY)

static const struct period {
	const char *last; /* the value that says when it went out last */
	enum speech_word word;
	enum speech_message shown;
} periods[DIGEST_PERIODS] = {
	[DIGEST_OFF] = { NULL, WORD_OFF, MSG_DIGEST_OFF },
	[DIGEST_DAILY] = { "digest daily", WORD_DAILY, MSG_DIGEST_DAILY },
	[DIGEST_WEEKLY] = { "digest weekly", WORD_WEEKLY, MSG_DIGEST_WEEKLY },
	[DIGEST_MONTHLY] = { "digest monthly", WORD_MONTHLY, MSG_DIGEST_MONTHLY },
};

/* ---- DIGEST ---------------------------------------------------------------------------------- */

static int show(struct turn *turn, enum digest_period period, bool new)
{
	return (new ? done : reply)(turn,
		SAY(periods[period].shown, SPEECH_TEXT("time", turn->desk->settings->digest.time)));
}

int digest_command(struct turn *turn)
{
	enum digest_period period;
	int rc;

	rc = store_reader_get(turn->desk->store, turn->who.id, &period);
	for (int i = 0; rc == 0 && i < DIGEST_PERIODS; i++) {
		if (!speech_is(turn->desk->speech, turn->heard.rest, periods[i].word))
			continue;
		rc = store_reader_set(turn->desk->store, turn->who.id, (enum digest_period)i);
		return rc < 0 ? rc
			      : show(turn, (enum digest_period)i, (enum digest_period)i != period);
	}
	return rc < 0 ? rc : show(turn, period, false);
}

/* ---- an edition in words --------------------------------------------------------------------- */

struct edition {
	enum digest_period period;
	const struct bulletin *draft; /* that would be in it; NULL = none */
	struct store_closed closed;
};

static bool fits(struct turn *turn, const char *language, const char *front, const char *back)
{
	char memory[SAY_SIZE];
	struct strbuf all;

	strbuf_init(&all, memory, sizeof(memory));
	strbuf_add(&all, front);
	say_break(turn, language, &all);
	strbuf_add(&all, back);
	return !all.cut &&
	       speech_plan(turn->desk->speech, language, all.text, &turn->desk->plan) == 0 &&
	       turn->desk->plan.segments <= DIGEST_SEGMENTS;
}

#define EVENTS_MAX 3 /* told of in a digest: the next ones */

/* All were announced: one that has no room is left out. */
static void say_events(
	struct turn *turn, const char *language, const char *tail, struct strbuf *out)
{
	struct bulletin event = { .at_ms = 0 };
	size_t before;

	for (int i = 0; i < EVENTS_MAX; i++) {
		if (store_event_next(turn->desk->store, turn->now_ms, &event) != 1)
			return;
		before = out->len;
		say_break(turn, language, out);
		event_say(turn, language, MSG_DIGEST_EVENT, &event, out);
		if (!fits(turn, language, out->text, tail))
			out->text[out->len = before] = '\0';
	}
}

/* What stands behind the posts. */
static void say_tail(struct turn *turn, const char *language, const struct edition *edition,
	int64_t left_out, struct strbuf *out)
{
	const struct store_closed *closed = &edition->closed;

	if (left_out > 0)
		say_in(turn, language, SAY(MSG_DIGEST_MORE, SPEECH_NUMBER("number", left_out)),
			out);
	if (closed->reports > 0)
		say_next(turn, language,
			SAY(MSG_DIGEST_CLOSED, SPEECH_NUMBER("number", closed->reports),
				SPEECH_NUMBER("other", closed->unfounded)),
			out);
	say_next(turn, language, SAY(MSG_DIGEST_END), out);
}

/* False when there is no room for it. */
static bool say_post(struct turn *turn, const char *language, const struct bulletin *post,
	const char *tail, struct strbuf *out)
{
	char text[ALERT_TEXT_SIZE];
	size_t before = out->len;

	version_in(post->text, language, text);
	say_next(turn, language, SAY(MSG_DIGEST_POST, SPEECH_TEXT("text", text)), out);
	if (fits(turn, language, out->text, tail))
		return true;
	out->text[out->len = before] = '\0';
	return false;
}

/* The posts, as many as have room. Returns how many had. */
static int64_t say_posts(struct turn *turn, const char *language, const struct edition *edition,
	const char *tail, struct strbuf *out)
{
	struct bulletin post = { .id = INT64_MAX };
	int64_t said = 0;

	if (edition->draft && say_post(turn, language, edition->draft, tail, out))
		said++;
	while (store_post_next(turn->desk->store, edition->period, post.id, &post) == 1)
		if (!say_post(turn, language, &post, tail, out))
			break;
		else
			said++;
	return said;
}

static void compose_edition(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct edition *edition = arg;
	char memory[SAY_SIZE];
	struct strbuf tail;
	int64_t posts = 0, said;

	if (store_post_count(turn->desk->store, edition->period, &posts) < 0)
		return;
	posts += edition->draft != NULL;
	say_in(turn, language, SAY(MSG_DIGEST_HEAD), out);
	strbuf_init(&tail, memory, sizeof(memory));
	say_tail(turn, language, edition, posts, &tail);
	say_events(turn, language, tail.text, out);
	said = say_posts(turn, language, edition, tail.text, out);
	strbuf_init(&tail, memory, sizeof(memory));
	say_tail(turn, language, edition, posts - said, &tail);
	say_break(turn, language, out);
	strbuf_add(out, tail.text);
}

/* ---- what it costs --------------------------------------------------------------------------- */

struct measure {
	struct turn *turn;
	const struct edition *edition;
	struct bulk_cost *cost;
};

int bulk_cost_add(struct desk *desk, const char *language, const char *text, int64_t people,
	struct bulk_cost *cost)
{
	int rc = speech_plan(desk->speech, language, text, &desk->plan);

	if (rc < 0)
		return rc;
	cost->people += people;
	cost->total += people * desk->plan.segments;
	if (desk->plan.segments > cost->segments)
		cost->segments = desk->plan.segments;
	return 0;
}

static int measure_language(void *ctx, const char *language, int64_t people)
{
	struct measure *measure = ctx;
	struct desk *desk = measure->turn->desk;
	const char *own = *language ? language : desk->settings->box.language;
	char memory[SAY_SIZE];
	struct strbuf out;

	strbuf_init(&out, memory, sizeof(memory));
	compose_edition(measure->turn, own, measure->edition, &out);
	return bulk_cost_add(desk, own, out.text, people, measure->cost);
}

/* Closed reports come on top of it: how many they will be nobody knows. */
int digest_measure(struct turn *turn, const struct bulletin *draft, struct bulk_cost *out)
{
	struct edition edition = { .draft = draft };
	struct measure measure = { turn, &edition, out };
	int rc = 0;

	*out = (struct bulk_cost){ .people = 0 };
	for (int i = DIGEST_DAILY; rc == 0 && i < DIGEST_PERIODS; i++) {
		edition.period = (enum digest_period)i;
		rc = store_readers_count(
			turn->desk->store, edition.period, measure_language, &measure);
	}
	return rc;
}

/* ---- when it goes out ------------------------------------------------------------------------ */

static struct time_rule rule_of(const struct desk *desk, enum digest_period period)
{
	const struct settings_digest *settings = &desk->settings->digest;

	return (struct time_rule){ .minute = time_minute_parse(settings->time),
		.weekday = period == DIGEST_WEEKLY ? settings->weekday : TIME_ANY_DAY,
		.day = period == DIGEST_MONTHLY ? settings->day : TIME_ANY_DAY };
}

/* When the last one was; a new box's first one is about what comes from now on. */
static int last_of(struct turn *turn, enum digest_period period, int64_t *last_ms)
{
	struct store *store = turn->desk->store;
	int rc = store_value_get(store, periods[period].last, last_ms);

	if (rc == 0 && *last_ms <= turn->now_ms + CLOCK_WRONG_MS)
		return 0;
	if (rc < 0 && rc != -ENOENT)
		return rc;
	*last_ms = turn->now_ms;
	return store_value_set(store, periods[period].last, *last_ms);
}

static int send_out(struct turn *turn, const struct edition *edition)
{
	struct store_broadcast broadcast = { .kind = BROADCAST_DIGEST,
		.audience = edition->period,
		.expires_ms = turn->now_ms + DIGEST_LIFE_MS };
	int64_t id;
	int rc = store_broadcast_new(turn->desk->store, &broadcast, turn->now_ms, &id);

	if (rc == 0)
		rc = broadcast_bodies(turn, id, COMPOSED(compose_edition, edition));
	turn->desk->news.wake = true;
	log_notice("%s: goes out", periods[edition->period].last);
	return rc;
}

/* Its posts and its place in time are written with it: a restart sends nothing twice. */
static int edit(struct turn *turn, enum digest_period period, int64_t last_ms)
{
	struct store *store = turn->desk->store;
	struct edition edition = { .period = period };
	int64_t posts = 0, events = 0;
	int rc = store_post_count(store, period, &posts);

	if (rc == 0)
		rc = store_events_new(store, period, turn->now_ms, &events);
	if (rc == 0)
		rc = store_closed_count(store, last_ms, turn->now_ms, &edition.closed);
	if (rc == 0 && (posts > 0 || events > 0 || edition.closed.reports > 0))
		rc = send_out(turn, &edition);
	if (rc == 0)
		rc = store_posts_printed(store, period);
	if (rc == 0)
		rc = store_events_printed(store, period, turn->now_ms);
	return rc < 0 ? rc : store_value_set(store, periods[period].last, turn->now_ms);
}

static int look_at(struct turn *turn, enum digest_period period)
{
	int64_t *due_ms = &turn->desk->digest_ms[period], last_ms;
	struct time_rule rule = rule_of(turn->desk, period);
	int rc;

	if (*due_ms > turn->now_ms && *due_ms < turn->now_ms + RULE_MAX_MS)
		return 0;
	rc = last_of(turn, period, &last_ms);
	if (rc < 0)
		return rc;
	*due_ms = time_next(last_ms, &rule);
	if (*due_ms > turn->now_ms)
		return 0;
	rc = edit(turn, period, last_ms);
	*due_ms = 0; /* asked for anew, once this is committed */
	return rc;
}

/* Drafts whose code did not come in time go; of events people are reminded. */
static int look_at_bulletins(struct turn *turn, int64_t *next_ms)
{
	struct bulletin draft;
	int rc;

	*next_ms = TIME_NEVER;
	/* nine o'clock comes when there is a clock */
	if (turn->desk->time_unknown)
		return 0;
	while ((rc = store_bulletin_due(turn->desk->store, turn->now_ms, &draft)) == 1) {
		rc = draft.state == BULLETIN_DRAFT
			     ? store_bulletin_delete(turn->desk->store, draft.id)
			     : event_remind(turn, &draft);
		if (rc < 0)
			return rc;
	}
	return rc < 0 ? rc : store_bulletin_next_due(turn->desk->store, next_ms);
}

int digests_do(struct turn *turn, int64_t *next_ms)
{
	int rc = look_at_bulletins(turn, next_ms);

	for (int i = DIGEST_DAILY; rc == 0 && !turn->desk->time_unknown && i < DIGEST_PERIODS;
		i++) {
		rc = look_at(turn, (enum digest_period)i);
		*next_ms = time_min(*next_ms, turn->desk->digest_ms[i]);
	}
	return rc;
}
