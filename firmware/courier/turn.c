/* SPDX-License-Identifier: Apache-2.0 */
/* What is written in one turn, in this order, in one transaction. */
#include "office.h"

#include <string.h>

#define DUE_MAX     64
#define CLAIM_TRIES 8
#define EXPAND_MIN  16
#define EXPAND_MAX  512   /* what a slice writes lies in memory until its commit: some KiB a copy */
#define EXPAND_US   10000 /* aimed at: a fifth of what the loop may stand still */

/* ---- results -------------------------------------------------------------------------------- */

static int give_back(struct courier *courier, struct flight *flight, int64_t now_ms)
{
	const struct verdict *verdict = flight->verdict;
	int64_t due_ms = now_ms + verdict_wait_ms(verdict, flight->attempt, &courier->settings);
	courier->due_ms = time_min(courier->due_ms, due_ms);
	/* 0 says that the attempt does not count; a plain ERROR, without a number, does. */
	int error = flight->result.error ? flight->result.error : -1;
	if (!verdict->attempts)
		error = 0;
	return store_segment_requeue(courier->store, flight->segment_id, due_ms, error, now_ms);
}

static int doubt(struct courier *courier, struct flight *flight, int64_t now_ms)
{
	int64_t until_ms = now_ms + courier->settings.unknown_wait_s * MS_PER_S;
	courier->due_ms = time_min(courier->due_ms, until_ms);
	return store_segment_unknown(
		courier->store, flight->segment_id, flight->result.error, until_ms, now_ms);
}

/** Counted against the member, in alerts only. */
static int number_failed(struct courier *courier, const char *phone, int64_t now_ms)
{
	int rc = store_person_failed(courier->store, phone, now_ms);
	courier->suspended |= rc > 0;
	return rc < 0 ? rc : 0;
}

static int fail(struct courier *courier, const struct flight *flight, int64_t now_ms)
{
	const struct modem_result *result = &flight->result;
	int rc = store_segment_failed(courier->store, flight->segment_id, result->error, now_ms);
	if (rc == 0 && result->retry == AT_RETRY_RECIPIENT)
		rc = number_failed(courier, flight->phone, now_ms);
	return rc;
}

static int settle_result(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct flight *flight = &post->flight;
	const struct modem_result *result = &flight->result;
	flight->verdict = verdict_find(result);
	if (flight->canary)
		return canary_answered(courier, post);
	switch (verdict_ruling(flight->verdict, flight->attempt, flight->error_before)) {
	case RULING_SENT:
		return store_segment_sent(
			courier->store, flight->segment_id, result->reference, now_ms);
	case RULING_AGAIN:
		return give_back(courier, flight, now_ms);
	case RULING_UNKNOWN:
		return doubt(courier, flight, now_ms);
	case RULING_FAILED:
		break;
	}
	return fail(courier, flight, now_ms);
}

/** What the network did not take does not count against the SIM's caps. */
static int settle_caps(struct courier *courier, struct post *post)
{
	enum ruling ruling = post->flight.verdict->ruling;
	if (ruling == RULING_SENT || ruling == RULING_UNKNOWN)
		return 0;
	return caps_refund(courier, post);
}

static int settle_results(struct courier *courier, struct turn *turn)
{
	turn->step = STEP_RESULT;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		turn->post = &courier->posts[i];
		if (!turn->post->used || !turn->post->flight.answered)
			continue;
		int rc = settle_result(courier, turn->post, turn->now_ms);
		if (rc < 0)
			return rc;
		if (turn->post->flight.verdict->ruling != RULING_SENT)
			office_undry(courier);
		rc = settle_caps(courier, turn->post);
		if (rc < 0)
			return rc;
		turn->changed = true;
	}
	return 0;
}

/* ---- reports -------------------------------------------------------------------------------- */

/**
 * A report for the number that is on the air may be for the very segment whose answer is not there.
 */
static bool must_wait(const struct post *post, const struct report *report)
{
	return post->flight.on && !post->flight.answered &&
	       strcmp(post->flight.phone, report->phone) == 0;
}

static int settle_post_reports(struct courier *courier, struct turn *turn)
{
	struct post *post = turn->post;
	for (turn->item = 0; turn->item < post->n_reports; turn->item++) {
		struct report *report = &post->reports[turn->item];
		report->matched = false;
		report->held = must_wait(post, report);
		report->canary = !report->held && canary_is_report(post, report);
		if (report->held || report->canary)
			continue;
		int rc = store_report(courier->store, post->name, report->reference, report->phone,
			report->outcome, report->sent_ms, turn->now_ms);
		if (rc < 0)
			return rc;
		report->matched = rc > 0;
		if (rc > 1)
			office_undry(courier);
		if (rc > 0 && report->no_number)
			rc = number_failed(courier, report->phone, turn->now_ms);
		if (rc < 0)
			return rc;
		turn->changed |= report->matched;
	}
	return 0;
}

/** After the results: the reference that a report names may have come just now. */
static int settle_reports(struct courier *courier, struct turn *turn)
{
	turn->step = STEP_REPORT;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		turn->post = &courier->posts[i];
		if (!turn->post->used)
			continue;
		int rc = settle_post_reports(courier, turn);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* ---- fragments and texts -------------------------------------------------------------------- */

static int settle_fragments(struct courier *courier, struct turn *turn)
{
	turn->step = STEP_FRAGMENT;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		turn->post = &courier->posts[i];
		for (turn->item = 0; turn->item < turn->post->n_fragments; turn->item++) {
			int rc = texts_add(courier, turn->post, &turn->post->fragments[turn->item],
				turn->now_ms);
			if (rc < 0)
				return rc;
			turn->texts += rc;
		}
	}
	turn->step = STEP_PARTS;
	if (courier->parts_ms > turn->now_ms)
		return 0;
	int rc = texts_give_up(courier, turn->now_ms);
	if (rc > 0)
		turn->texts += rc;
	return rc < 0 ? rc : 0;
}

/* ---- what time and the desk bring ----------------------------------------------------------- */

static int settle_due(struct courier *courier, struct turn *turn)
{
	turn->step = STEP_DUE;
	if (courier->due_ms > turn->now_ms)
		return 0;
	int rc = store_due(courier->store, DUE_MAX, turn->now_ms);
	if (rc < 0)
		return rc;
	if (rc > 0) {
		office_undry(courier);
		turn->due = turn->changed = true;
	}
	if (rc >= DUE_MAX) {
		courier->again = true;
		return 0;
	}
	int64_t next_ms;
	rc = store_next_due(courier->store, &next_ms);
	if (rc < 0)
		return rc;
	/* Never in the past: a row that the store does not move must not keep the loop awake. */
	courier->due_ms = next_ms > turn->now_ms ? next_ms : turn->now_ms + MS_PER_S;
	return 0;
}

static bool any_waits(const struct courier *courier, int64_t now_ms)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		if (courier->posts[i].used && pace_ready(&courier->posts[i], now_ms))
			return true;
	}
	return false;
}

/**
 * One slice; its size follows what the last one took, so that a slow card does not stop the loop.
 * While a modem waits for what a wake brought, the slice is small: the first copies are on the air
 * before the list is walked.
 */
static int settle_broadcast(struct courier *courier, struct turn *turn)
{
	turn->step = STEP_EXPAND;
	bool hurry = courier->woken && any_waits(courier, turn->now_ms);
	courier->woken = false;
	if (!courier->expanding)
		return 0;
	int64_t start_us = time_mono_us();
	int rc = store_broadcast_expand(
		courier->store, hurry ? EXPAND_MIN : courier->expand_limit, turn->now_ms);
	if (rc < 0)
		return rc;
	int64_t took_us = time_mono_us() - start_us;
	if (took_us > EXPAND_US && courier->expand_limit > EXPAND_MIN)
		courier->expand_limit /= 2;
	else if (took_us < EXPAND_US / 3 && courier->expand_limit < EXPAND_MAX && rc > 0 && !hurry)
		courier->expand_limit *= 2;
	office_undry(courier);
	courier->expanding = rc > 0;
	courier->again |= courier->expanding;
	return 0;
}

/* ---- claims --------------------------------------------------------------------------------- */

static int claim_next(
	struct courier *courier, struct post *post, int64_t now_ms, struct store_claim *claim)
{
	if (caps_bound(post))
		return caps_claim(courier, post, now_ms, claim);
	return store_claim_next(courier->store, post->name, office_begin(courier), now_ms, claim);
}

/** Claims until a segment can be made a SUBMIT. 1 claimed, 0 nothing there. */
static int claim_one(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct claimed *claimed = &post->claimed;
	struct store_claim claim;
	int first = canary_claim(courier, post, now_ms);
	if (first == 0)
		first = ahead_claim(courier, post, now_ms);
	if (first)
		return first;
	for (int tries = 0; tries < CLAIM_TRIES; tries++) {
		int rc = claim_next(courier, post, now_ms, &claim);
		if (rc <= 0)
			return rc;
		int size = outward_submit(&claim, courier->settings.reports, now_ms, claimed->tpdu,
			sizeof(claimed->tpdu));
		if (size > 0) {
			claimed->size = size;
			claimed->flight = (struct flight){ .segment_id = claim.segment_id,
				.attempt = claim.attempt,
				.error_before = claim.error_before };
			text_copy(claimed->flight.phone, PHONE_SIZE, claim.phone);
			return 1;
		}
		log_error("segment=%lld cannot be encoded (%s): failed",
			(long long)claim.segment_id, strerror(-size));
		rc = store_segment_failed(courier->store, claim.segment_id, 0, now_ms);
		if (rc < 0)
			return rc;
	}
	courier->again = true;
	return 0;
}

static int settle_claims(struct courier *courier, struct turn *turn)
{
	turn->step = STEP_CLAIM;
	if (courier->gate == COURIER_SHUT)
		return 0;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = turn->post = &courier->posts[i];
		if (!post->used || post->dry || !pace_ready(post, turn->now_ms))
			continue;
		int rc = claim_one(courier, post, turn->now_ms);
		if (rc < 0)
			return rc;
		post->dry = rc == 0;
		turn->changed |= rc > 0;
	}
	return 0;
}

/* ---- all of it ------------------------------------------------------------------------------ */

int turn_write(struct courier *courier, struct turn *turn)
{
	static int (*const steps[])(struct courier *, struct turn *) = {
		settle_results,
		settle_reports,
		settle_fragments,
		settle_due,
		release_begun,
		settle_broadcast,
	};
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		int rc = steps[i](courier, turn);
		if (rc < 0)
			return rc;
	}
	/*
	 * A text that came in this turn may be a STOP or a CANCEL: the desk hears of it before
	 * anything else leaves.
	 */
	if (turn->texts) {
		courier->again = true;
		return 0;
	}
	office_follow_hours(courier, turn->now_ms);
	return settle_claims(courier, turn);
}
