/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A modem is never idle while it may send: what follows is chosen and encoded while a segment is on
 * the air, when the loop has nothing else to do. The turn of the answer only commits it. Nobody
 * holds a segment that was chosen: the store gives it to whoever is free first, and does not give
 * it when anything that came meanwhile may go before it or keep it back. Then the turn chooses
 * anew.
 */
#include "office.h"

#include <string.h>

/** The caps' scope in *scope; *used is it, or NULL for a modem that nothing binds. */
static int scope_of(struct courier *courier, struct post *post, int64_t now_ms,
	struct store_scope *scope, const struct store_scope **used)
{
	*used = NULL;
	if (!caps_bound(post))
		return 1;
	*used = scope;
	return caps_scope(courier, post, now_ms, scope);
}

/** 1, 0 (nothing waits), -errno; -EBUSY: its caps allow nothing now. */
static int choose(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct store_scope scope;
	const struct store_scope *used;
	int64_t widens_ms = post->caps.widens_ms, after = post->flight.segment_id;
	int rc = scope_of(courier, post, now_ms, &scope, &used);
	/* When a modem that is busy may do more is of no interest to anybody. */
	post->caps.widens_ms = widens_ms;
	if (rc <= 0)
		return rc < 0 ? rc : -EBUSY;
	return store_choose(courier->store, post->name, used, office_begin(courier),
		post->flight.canary ? 0 : after, now_ms, &post->ahead.choice);
}

static void prepare(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct ahead *ahead = &post->ahead;
	const struct store_claim *claim = &ahead->choice.claim;
	int size = 0, rc = choose(courier, post, now_ms);
	if (rc == 1) {
		ahead->want_report = courier->settings.reports;
		ahead->validity = outward_validity(claim, now_ms);
		size = outward_submit(
			claim, ahead->want_report, now_ms, ahead->tpdu, sizeof(ahead->tpdu));
	}
	/* What cannot be encoded fails in the turn. */
	ahead->size = size > 0 ? size : 0;
	ahead->looked = true;
	ahead->shut = rc < 0;
	courier->counts.prepared += size > 0;
}

void ahead_request(struct courier *courier)
{
	loop_idle_request(courier->idle_ahead);
}

/** On the air, and nothing is known, or nothing that still holds, of what follows it. */
static bool is_open(const struct courier *courier, const struct post *post)
{
	const struct ahead *ahead = &post->ahead;
	if (!post->used || !post->modem || !post->flight.on)
		return false;
	if (!ahead->looked)
		return true;
	return !ahead->shut && !store_choice_stands(courier->store, &ahead->choice);
}

/** A turn is asked for, or nothing can be committed: choosing is the turn's then. */
static bool turn_comes(const struct courier *courier)
{
	bool comes = !courier->started || courier->retry_ms || courier->again || courier->wake ||
		     courier->expanding;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++)
		comes |= courier->posts[i].flight.answered;
	return comes;
}

bool ahead_prepare(struct courier *courier, int64_t now_ms)
{
	struct post *first = NULL;
	if (turn_comes(courier))
		return false;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		if (is_open(courier, post) && (!first || post->flight.turn < first->flight.turn))
			first = post;
	}
	if (first)
		prepare(courier, first, now_ms);
	return first != NULL;
}

/* ---- the prompt before the segment ---------------------------------------------------------- */

static bool follows(const struct courier *courier, const struct post *post)
{
	if (post->retired || post->flight.result.outcome != MODEM_SENT_OK || !post->ahead.size)
		return false;
	if (courier->retry_ms || courier->wake || courier->expanding || post->canary.wanted ||
		courier->gate == COURIER_SHUT)
		return false;
	if (caps_bound(post) || !pace_unbroken(post, courier->now_ms))
		return false;
	/* A text may be a STOP: the desk hears of it before anything else leaves. */
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		if (courier->posts[i].n_fragments)
			return false;
	}
	return store_choice_stands(courier->store, &post->ahead.choice);
}

void ahead_announce(struct courier *courier, struct post *post)
{
	if (follows(courier, post))
		post->announced = modem_announce(post->modem, (size_t)post->ahead.size) == 0;
}

void ahead_withdraw(struct post *post)
{
	if (post->announced && post->modem)
		modem_withdraw(post->modem);
	post->announced = false;
}

/* ---- in the turn ---------------------------------------------------------------------------- */

/** A period that is shorter by now, or another wish: only then is it encoded again. */
static int encode(
	struct courier *courier, const struct ahead *ahead, int64_t now_ms, struct claimed *claimed)
{
	const struct store_claim *claim = &ahead->choice.claim;
	struct sms_validity validity = outward_validity(claim, now_ms);
	bool same = ahead->want_report == courier->settings.reports &&
		    validity.relative == ahead->validity.relative;
	if (!same)
		return outward_submit(claim, courier->settings.reports, now_ms, claimed->tpdu,
			sizeof(claimed->tpdu));
	memcpy(claimed->tpdu, ahead->tpdu, (size_t)ahead->size);
	return ahead->size;
}

static int claim(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct store_choice *choice = &post->ahead.choice;
	struct store_scope scope;
	const struct store_scope *used;
	int rc = scope_of(courier, post, now_ms, &scope, &used);
	if (rc > 0)
		rc = store_claim_choice(
			courier->store, post->name, used, office_begin(courier), now_ms, choice);
	if (rc <= 0 || !used)
		return rc;
	rc = caps_claimed(courier, post, &choice->claim);
	return rc < 0 ? rc : 1;
}

int ahead_claim(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct ahead *ahead = &post->ahead;
	struct claimed *claimed = &post->claimed;
	int rc = ahead->size ? claim(courier, post, now_ms) : 0;
	int size = rc > 0 ? encode(courier, ahead, now_ms, claimed) : rc;
	ahead->size = 0;
	ahead->looked = false;
	if (size <= 0)
		return size;
	claimed->size = size;
	claimed->flight = (struct flight){ .segment_id = ahead->choice.claim.segment_id,
		.attempt = ahead->choice.claim.attempt,
		.error_before = ahead->choice.claim.error_before };
	text_copy(claimed->flight.phone, PHONE_SIZE, ahead->choice.claim.phone);
	courier->counts.taken++;
	return 1;
}
