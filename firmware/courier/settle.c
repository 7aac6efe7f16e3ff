/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The turn. Everything that was said since the last one, and what follows from it, is one
 * transaction; nothing leaves the box and nothing is deleted from a modem before it is committed.
 *
 * When it fails because of the disk, memory still holds all of it and the same turn is tried again.
 * When it fails because of one row (a report that the store cannot understand, say), that one thing
 * is put aside and the others go on: one bad row must not stop the box.
 */
#include "office.h"

#include <inttypes.h>
#include <string.h>

#define ASIDE_MS     MS_PER_MIN /* a step that fails by itself is left out so long */
#define RETRY_MAX_MS (30 * MS_PER_S)

static const char *const step_names[] = {
	[STEP_BEGIN] = "begin",
	[STEP_RESULT] = "a segment's result",
	[STEP_REPORT] = "a report",
	[STEP_FRAGMENT] = "a fragment",
	[STEP_PARTS] = "missing parts",
	[STEP_DUE] = "what is due",
	[STEP_RELEASE] = "a lost modem's messages",
	[STEP_EXPAND] = "a broadcast",
	[STEP_CLAIM] = "a claim",
	[STEP_COMMIT] = "commit",
};

/* ---- the transaction ------------------------------------------------------------------------- */

/** What the transaction would have done to memory is undone: everything is looked at again. */
static void forget(struct courier *courier)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		caps_forget(post);
		post->claimed.size = 0;
		post->flight.verdict = NULL;
		post->dry = false;
		post->released = false;
	}
	courier->expanding = true;
	courier->orphans = true;
	courier->due_ms = courier->now_ms;
	courier->parts_ms = courier->now_ms;
}

static int transact(struct courier *courier, struct turn *turn)
{
	turn->step = STEP_BEGIN;
	int rc = store_begin(courier->store);
	if (rc < 0)
		return rc;
	rc = turn_write(courier, turn);
	if (rc == 0) {
		turn->step = STEP_COMMIT;
		rc = store_commit(courier->store);
	}
	if (rc < 0) {
		if (store_in_transaction(courier->store))
			store_rollback(courier->store);
		forget(courier);
	}
	return rc;
}

/* ---- when it fails -------------------------------------------------------------------------- */

static bool is_disk(int rc)
{
	static const int disk[] = { -EIO, -ENOSPC, -EROFS, -EDQUOT, -ENOMEM, -EBUSY, -EAGAIN,
		-ESTALE, -EUCLEAN };
	for (size_t i = 0; i < ARRAY_SIZE(disk); i++) {
		if (rc == disk[i])
			return true;
	}
	return false;
}

static void remove_report(struct post *post, int item)
{
	if (post->modem && post->reports[item].slot >= 0)
		modem_taken(post->modem, post->reports[item].slot);
	post->n_reports--;
	memmove(&post->reports[item], &post->reports[item + 1],
		(size_t)(post->n_reports - item) * sizeof(post->reports[0]));
}

static void remove_fragment(struct post *post, int item)
{
	if (post->modem && post->fragments[item].slot >= 0)
		modem_taken(post->modem, post->fragments[item].slot);
	post->n_fragments--;
	memmove(&post->fragments[item], &post->fragments[item + 1],
		(size_t)(post->n_fragments - item) * sizeof(post->fragments[0]));
}

/** Puts aside the one thing that the store does not want. False when it is not about one thing. */
static bool put_aside(struct courier *courier, const struct turn *turn, int rc)
{
	if (is_disk(rc))
		return false;
	switch (turn->step) {
	case STEP_RESULT:
		log_error("segment=%lld: its result is not wanted",
			(long long)turn->post->flight.segment_id);
		turn->post->flight = (struct flight){ 0 };
		break;
	case STEP_REPORT:
		remove_report(turn->post, turn->item);
		break;
	case STEP_FRAGMENT: {
		const struct fragment *bad = &turn->post->fragments[turn->item];
		log_error("pdu %016" PRIx64 " is not wanted", inward_hash(bad->tpdu, bad->size));
		remove_fragment(turn->post, turn->item);
		break;
	}
	case STEP_PARTS:
		courier->parts_ms = turn->now_ms + ASIDE_MS;
		break;
	case STEP_DUE:
		courier->due_ms = turn->now_ms + ASIDE_MS;
		break;
	case STEP_RELEASE:
		if (turn->post)
			turn->post->release_ms = turn->now_ms + ASIDE_MS;
		courier->orphans = false;
		break;
	case STEP_EXPAND:
		courier->expanding = false;
		break;
	case STEP_CLAIM:
		turn->post->pace.rest_ms = turn->now_ms + ASIDE_MS;
		break;
	case STEP_BEGIN:
	case STEP_COMMIT:
		return false;
	}
	log_error("%s could not be settled (%s): put aside", step_names[turn->step], strerror(-rc));
	return true;
}

static void turn_failed(struct courier *courier, const struct turn *turn, int rc)
{
	int64_t wait_ms = RETRY_MAX_MS;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++)
		ahead_withdraw(&courier->posts[i]);
	if (courier->failures < 5)
		wait_ms = MS_PER_S << courier->failures;
	courier->failures++;
	courier->retry_ms = turn->now_ms + wait_ms;
	courier->again = false;
	if (courier->failures > 1)
		return;
	log_error("nothing can be committed (%s: %s): nothing leaves", step_names[turn->step],
		strerror(-rc));
	office_alarm(courier, NULL, "store", strerror(-rc));
}

/* ---- after the commit ----------------------------------------------------------------------- */

static void log_answer(const struct post *post)
{
	const struct flight *flight = &post->flight;
	enum log_level level = LOG_LEVEL_INFO;
	if (flight->verdict->ruling == RULING_SENT)
		level = LOG_LEVEL_DEBUG;
	/* the same number may come again: of what never left no attempt is used up */
	bool counts = flight->verdict->ruling != RULING_AGAIN || flight->verdict->attempts;
	log_write(level, "%s=%lld attempt %d%s on %s: %s (%s, error %d) after %lld ms",
		flight->canary ? "canary" : "segment",
		(long long)(flight->canary ? flight->canary : flight->segment_id), flight->attempt,
		counts ? "" : " (not counted)", post->name, flight->verdict->words,
		at_retry_name(flight->result.retry), flight->result.error,
		(long long)flight->result.took_ms);
}

static void close_result(struct courier *courier, struct post *post, int64_t now_ms)
{
	if (!post->flight.answered || !post->flight.verdict)
		return;
	log_answer(post);
	pace_answered(courier, post, now_ms);
	if (post->flight.canary)
		canary_settled(post, now_ms);
	else if (post->flight.verdict->ruling == RULING_SENT)
		watch_sent(courier, post, now_ms);
	post->flight = (struct flight){ 0 };
}

static void close_reports(struct courier *courier, struct post *post)
{
	for (int i = post->n_reports - 1; i >= 0; i--) {
		struct report *report = &post->reports[i];
		if (report->held)
			continue;
		if (report->canary) {
			canary_reported(courier, post, report);
			remove_report(post, i);
			continue;
		}
		if (!report->matched && !report->tried) {
			report->tried = true;
			courier->again = true;
			continue;
		}
		if (report->matched)
			watch_reported(courier, post, report);
		if (!report->matched) {
			courier->counts.reports_unmatched++;
			log_info("a report (reference %d) on %s is for nothing we sent",
				report->reference, post->name);
		}
		remove_report(post, i);
	}
}

/** Between the commit and this the file may have gone: then the modem's copy is the only one. */
static void close_fragments(struct courier *courier, struct post *post)
{
	if (post->n_fragments && store_alive(courier->store) == -ESTALE) {
		courier->again = true;
		return;
	}
	while (post->n_fragments)
		remove_fragment(post, post->n_fragments - 1);
}

static void hand_over(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct claimed *claimed = &post->claimed;
	struct flight *flight = &post->flight;
	if (!claimed->size) {
		/* One that still acknowledges may be told the next segment later. */
		if (post->announced && (!post->modem || modem_idle(post->modem)))
			ahead_withdraw(post);
		return;
	}
	post->announced = false;
	*flight = claimed->flight;
	flight->on = true;
	flight->handed_ms = now_ms;
	flight->turn = courier->counts.turns;
	canary_left(courier, post, now_ms);
	int rc = modem_send(post->modem, claimed->tpdu, (size_t)claimed->size);
	claimed->size = 0;
	if (rc == 0)
		return;
	/* It went away since it was asked. The row says `sending`; nothing was handed over. */
	flight->answered = true;
	flight->result = (struct modem_result){ .outcome = MODEM_SENT_NEVER, .reference = -1 };
	courier->again = true;
}

static void close_posts(struct courier *courier, const struct turn *turn)
{
	/* What is durable is taken before the next segment: a modem acknowledges it first. */
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		if (!post->used)
			continue;
		close_result(courier, post, turn->now_ms);
		close_reports(courier, post);
		close_fragments(courier, post);
		hand_over(courier, post, turn->now_ms);
	}
}

static void turn_done(struct courier *courier, const struct turn *turn)
{
	bool changed = turn->changed || courier->failures;
	if (courier->failures) {
		log_notice("commits work again after %d failures", courier->failures);
		courier->failures = 0;
	}
	courier->retry_ms = 0;
	courier->reports_ms = TIME_NEVER;
	crash_point("courier.turn");
	close_posts(courier, turn);
	crash_point("courier.turned");
	bool announce = turn->texts || courier->announce;
	courier->announce = false;
	if (announce && courier->events.texts_waiting)
		courier->events.texts_waiting(courier->ctx);
	if (courier->suspended && courier->events.suspended)
		courier->events.suspended(courier->ctx);
	courier->suspended = false;
	if (changed && courier->events.changed)
		courier->events.changed(courier->ctx);
}

static void look_again(struct courier *courier, int64_t now_ms)
{
	courier->again = false;
	if (courier->wake) {
		courier->wake = false;
		courier->woken = true;
		courier->expanding = true;
		courier->due_ms = time_min(courier->due_ms, now_ms);
		office_undry(courier);
	}
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		if (!post->used)
			continue;
		pace_tick(courier, post, now_ms);
		caps_tick(courier, post, now_ms);
		watch_tick(courier, post, now_ms);
		canary_tick(courier, post, now_ms);
		if (post->away && post->away_ms == TIME_NEVER)
			post->away_ms = now_ms;
	}
}

int courier_settle(struct courier *courier, int64_t now_ms)
{
	if (courier->settling || store_in_transaction(courier->store)) {
		courier->again = true;
		office_request(courier);
		return -EBUSY;
	}
	courier->settling = true;
	courier->now_ms = now_ms;
	courier->turn_mono_ms = time_mono_ms();
	look_again(courier, now_ms);

	struct turn turn;
	int64_t start_us = time_mono_us();
	int rc;
	do {
		turn = (struct turn){ .now_ms = now_ms };
		rc = transact(courier, &turn);
	} while (rc < 0 && put_aside(courier, &turn, rc));
	courier->counts.turns++;
	courier->counts.turn_us += time_mono_us() - start_us;
	if (rc < 0)
		turn_failed(courier, &turn, rc);
	else
		turn_done(courier, &turn);
	courier->settling = false;
	if (courier->again)
		office_request(courier);
	else
		ahead_request(courier);
	return rc;
}
