/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long things are kept: the words of texts, who was texted, what happened. All of it goes in
 * slices, so that nobody waits for it, and rows go while the box has nothing to send.
 */
#include "internal.h"

#define FORGET_ROWS     200
#define FORGET_EVERY    MS_PER_H
#define FORGET_JUMP     (2 * MS_PER_DAY)
#define FORGET_PATIENCE MS_PER_DAY
#define FORGET_NOTED    (12 * MS_PER_H) /* how often it is written down that the clock went on */
#define DROP_EVERY      MS_PER_H
#define DROP_FIRST      (10 * MS_PER_S)
#define BUSY_WAIT       (5 * MS_PER_MIN)
/* A box that always has something to send does it nevertheless, a day later. */
#define DROP_AT_LAST MS_PER_DAY
/* No Faro wrote anything before 2025: what is older was dated by a clock that was not set. */
#define FIRST_DAY_MS INT64_C(1735689600000)

/* ---- words ---------------------------------------------------------------------------------- */

/*
 * A clock that has jumped ahead makes every text old. When it was seen last is written down: after
 * a jump, also one over a time in which the box was off, nothing is forgotten for a day.
 */
static int forget_patience(struct desk *desk, int64_t now_ms)
{
	int64_t seen_ms = 0;
	int rc = store_value_get(desk->store, "forget seen", &seen_ms);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (now_ms >= seen_ms && now_ms < seen_ms + FORGET_NOTED)
		return 0;
	if (rc == 0 && (now_ms < seen_ms || now_ms > seen_ms + FORGET_JUMP)) {
		log_notice("desk: the clock has jumped; old texts are kept for another day");
		rc = store_value_set(desk->store, "forget after", now_ms + FORGET_PATIENCE);
		if (rc < 0)
			return rc;
	}
	return store_value_set(desk->store, "forget seen", now_ms);
}

/* What was jumped over before a restart counts after it. */
static int forget_is_allowed(struct desk *desk, int64_t now_ms)
{
	int64_t after_ms = 0;
	int rc = forget_patience(desk, now_ms);

	if (rc == 0)
		rc = store_value_get(desk->store, "forget after", &after_ms);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	return now_ms >= after_ms || now_ms < after_ms - FORGET_PATIENCE;
}

/*
 * And if nobody has set it right by then, of what is kept only the oldest day goes in an hour.
 */
static int forget_begin(struct desk *desk, int64_t keep_ms, int64_t now_ms)
{
	int64_t before_ms = now_ms - keep_ms, oldest_ms;
	int rc = store_oldest_words(desk->store, &oldest_ms);

	if (rc == 0 && oldest_ms < before_ms - MS_PER_DAY)
		before_ms = oldest_ms + MS_PER_DAY;
	desk->forgets = (struct store_forgetting){ .before_ms = before_ms };
	return rc;
}

/*
 * privacy.keep_text_days: the words of old texts and posts go, what happened stays. 1 when there is
 * more.
 */
static int forget_old_texts(struct desk *desk, int64_t now_ms)
{
	int64_t keep_ms = desk->settings->privacy.keep_text_days * MS_PER_DAY;
	int rc = 0;

	desk->forget_ms = time_min(desk->forget_ms, now_ms + FORGET_EVERY); /* it went back */
	if (keep_ms == 0 || now_ms < desk->forget_ms)
		return 0;
	if (desk->forgets.before_ms == 0) {
		rc = store_talk_forget(desk->store, now_ms - MS_PER_DAY);
		if (rc == 0)
			rc = forget_is_allowed(desk, now_ms);
		if (rc == 1)
			rc = forget_begin(desk, keep_ms, now_ms);
		else if (rc == 0)
			desk->forget_ms = now_ms + FORGET_EVERY;
		if (rc < 0 || desk->forgets.before_ms == 0)
			return rc;
	}
	rc = store_forget(desk->store, &desk->forgets, FORGET_ROWS);
	if (rc == 0)
		rc = store_bulletin_forget(desk->store, desk->forgets.before_ms, FORGET_ROWS);
	if (rc <= 0) {
		desk->forget_ms = now_ms + FORGET_EVERY;
		desk->forgets.before_ms = 0;
	}
	return rc;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/*
 * Whole days, so that an idle box writes this down once a day. What was kept last time moves on by
 * a day in an hour at most: a clock that has jumped ahead takes one day of it, not all.
 */
static int limit_of(struct desk *desk, const char *value, int days, int64_t now_ms, int64_t *out)
{
	int64_t want_ms = (now_ms / MS_PER_DAY - days) * MS_PER_DAY, had_ms = 0, oldest_ms;
	int rc = store_value_get(desk->store, value, &had_ms);

	if (rc == -ENOENT) {
		rc = store_oldest_row(desk->store, &oldest_ms);
		had_ms = time_min(oldest_ms, want_ms) / MS_PER_DAY * MS_PER_DAY;
	}
	if (had_ms < FIRST_DAY_MS)
		had_ms = FIRST_DAY_MS;
	*out = want_ms > had_ms + MS_PER_DAY ? had_ms + MS_PER_DAY
	       : want_ms > had_ms            ? want_ms
					     : had_ms;
	return rc < 0 || *out == had_ms ? rc : store_value_set(desk->store, value, *out);
}

/* Nothing is left to do in this hour. */
static int drop_next(struct keeping *keeping, int64_t now_ms)
{
	keeping->shrinks = false;
	keeping->next_ms = keeping->since_ms = now_ms + DROP_EVERY;
	return 0;
}

static int drop_begin(struct desk *desk, int64_t now_ms)
{
	const struct settings_privacy *privacy = &desk->settings->privacy;
	struct keeping *keeping = &desk->keeping;
	struct store_keep keep = { .rows_ms = 0 };
	int rc = forget_is_allowed(desk, now_ms);

	if (rc == 0)
		return drop_next(keeping, now_ms);
	if (rc == 1)
		rc = limit_of(
			desk, "rows kept since", privacy->keep_row_days, now_ms, &keep.rows_ms);
	if (rc == 0)
		rc = limit_of(
			desk, "trail kept since", privacy->keep_trail_days, now_ms, &keep.trail_ms);
	if (rc < 0)
		return rc;
	keep.trail_ms = time_min(keep.trail_ms, keep.rows_ms);
	if (keep.rows_ms == keeping->done.rows_ms && keep.trail_ms == keeping->done.trail_ms)
		return drop_next(keeping, now_ms);
	keeping->round = (struct store_round){ .keep = keep };
	keeping->runs = true;
	return 1;
}

static int drop_end(struct desk *desk)
{
	struct keeping *keeping = &desk->keeping;
	int64_t bytes, unused;
	int rc = store_size(desk->store, &bytes, &unused);

	keeping->done = keeping->round.keep;
	keeping->runs = false;
	keeping->shrinks = true;
	if (rc == 0 && keeping->round.gone > 0)
		log_info("desk: %" PRId64 " old rows are gone; of %" PRId64 " bytes %" PRId64
			 " are free",
			keeping->round.gone, bytes, unused);
	return rc < 0 ? rc : 1;
}

static int is_busy(struct desk *desk, bool *busy)
{
	struct store_counts counts = { .alerts_running = 0 };
	struct store_tally tally;
	int rc = store_tally(desk->store, 0, &tally);

	if (rc == 0)
		rc = store_counts(desk->store, &counts);
	*busy = rc == 0 && (counts.alerts_running > 0 || tally.messages[MESSAGE_QUEUED] > 0 ||
				   tally.messages[MESSAGE_SENDING] > 0);
	return rc;
}

/* privacy.keep_row_days and keep_trail_days. 1 when there is more. */
static int drop_old_rows(struct desk *desk, int64_t now_ms)
{
	struct keeping *keeping = &desk->keeping;
	bool busy;
	int rc;

	if (keeping->next_ms == 0)
		keeping->next_ms = keeping->since_ms = now_ms + DROP_FIRST;
	/* it went back */
	keeping->next_ms = time_min(keeping->next_ms, now_ms + DROP_EVERY);
	keeping->since_ms = time_min(keeping->since_ms, now_ms + DROP_EVERY);
	if (now_ms < keeping->next_ms)
		return 0;
	rc = is_busy(desk, &busy);
	if (rc < 0 || (busy && now_ms < keeping->since_ms + DROP_AT_LAST)) {
		keeping->next_ms = now_ms + BUSY_WAIT;
		return rc;
	}
	if (keeping->runs)
		rc = store_drop_old(desk->store, &keeping->round);
	else if (keeping->shrinks)
		rc = store_shrink(desk->store);
	else
		return drop_begin(desk, now_ms);
	if (rc == 0 && keeping->runs)
		return drop_end(desk);
	return rc ? rc : drop_next(keeping, now_ms);
}

int keep_tidy(struct desk *desk, int64_t now_ms, int64_t *next_ms)
{
	int rc;

	*next_ms = TIME_NEVER;
	if (desk->time_unknown)
		return 0;
	rc = forget_old_texts(desk, now_ms);
	if (rc == 0)
		rc = drop_old_rows(desk, now_ms);
	*next_ms = rc == 1 ? now_ms : desk->keeping.next_ms;
	return rc < 0 ? rc : 0;
}
