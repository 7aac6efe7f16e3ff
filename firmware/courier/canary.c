/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canary: a text to a number of the admin's, best to another modem of this box. An operator
 * that blocks a SIM takes the text and delivers nothing; so one that arrives is worth more than any
 * answer of a modem. Its text ends in a token that only this box's key makes: wherever and whenever
 * it comes in, it is known and is nobody's text. Where it goes to a phone its delivery report
 * counts.
 *
 * It is no message of the store: it stands in no queue, is sent at most once, and what a restart
 * must know of it is three small values.
 */
#include "office.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERIAL_POSTS 16 /* a serial is the time of its claim times this, and the post's place */
_Static_assert(COURIER_MODEMS_MAX <= SERIAL_POSTS, "each post has serials of its own");

#define ASK_AGAIN_MS     MS_PER_H   /* missing reports ask for no more than one in this time */
#define BLOCKED_MS       MS_PER_H   /* how often a blocked SIM is tried */
#define POSTPONE_MS      MS_PER_MIN /* it could not leave just now */
#define RETRY_MS         (10 * MS_PER_MIN) /* it was refused, or cannot be judged */
#define VALIDITY_S       3600              /* later it says nothing any more */
#define NEAR_MS          (5 * MS_PER_MIN)  /* how far the service centre's clock may be off */
#define MISSED_MAX       2
#define TOKEN_DIGITS_MIN 6
#define KEY_SIZE         64
#define WORDS_SIZE       512

static int64_t wait_ms(const struct courier *courier)
{
	return courier->settings.report_wait_s * MS_PER_S;
}

static int64_t every_ms(const struct courier *courier)
{
	return courier->settings.canary_every_s * MS_PER_S;
}

static int64_t next_after(const struct courier *courier, const struct post *post, int64_t sent_ms)
{
	int64_t apart_ms = every_ms(courier);
	return sent_ms + (watch_blocked(post) ? time_min(apart_ms, BLOCKED_MS) : apart_ms);
}

/* ---- what is kept --------------------------------------------------------------------------- */

static int keep(struct courier *courier, const struct post *post, const char *what, int64_t value)
{
	char key[KEY_SIZE];
	snprintf(key, sizeof(key), "%s %s", what, post->name);
	return store_value_set(courier->store, key, value);
}

static int64_t kept(
	const struct courier *courier, const struct post *post, const char *what, int64_t missing)
{
	char key[KEY_SIZE];
	int64_t value;
	snprintf(key, sizeof(key), "%s %s", what, post->name);
	return store_value_get(courier->store, key, &value) == 0 ? value : missing;
}

/** Outside of a transaction: what cannot be kept is at worst judged again after a restart. */
static void keep_settled(struct courier *courier, const struct post *post)
{
	int rc = keep(courier, post, "canary_out", 0);
	if (rc < 0)
		log_error("what became of the canary of %s cannot be kept: %s", post->name,
			strerror(-rc));
}

void canary_init(struct courier *courier, struct post *post)
{
	struct canary *canary = &post->canary;
	*canary = (struct canary){ .due_ms = 0 };
	canary->serial = kept(courier, post, "canary", 0);
	canary->sent_ms = canary->serial / SERIAL_POSTS;
	canary->reference = (int)kept(courier, post, "canary_reference", -1);
	canary->out = kept(courier, post, "canary_out", 0) > 0;
}

/* ---- the token ------------------------------------------------------------------------------ */

static void mark_of(const struct courier *courier, const char *digits, char out[STORE_MARK_SIZE])
{
	char words[CANARY_TOKEN_SIZE + 8];
	snprintf(words, sizeof(words), "canary %s", digits);
	store_mark(courier->store, words, out);
}

static void make_token(const struct courier *courier, int64_t serial, char token[CANARY_TOKEN_SIZE])
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char memory[16], mark[STORE_MARK_SIZE];
	char *digits = memory + sizeof(memory) - 1;
	*digits = '\0';
	for (; serial > 0 && digits > memory; serial /= 36)
		*--digits = letters[serial % 36];
	mark_of(courier, digits, mark);
	snprintf(token, CANARY_TOKEN_SIZE, "%s-%s", digits, mark);
}

static bool is_digit(char letter)
{
	return isdigit((unsigned char)letter) || isupper((unsigned char)letter);
}

void canary_find_token(const char *text, char token[CANARY_TOKEN_SIZE])
{
	token[0] = '\0';
	for (const char *dash = strchr(text, '-'); dash; dash = strchr(dash + 1, '-')) {
		size_t before = 0, after = 0;
		while (before < (size_t)(dash - text) && is_digit(dash[-1 - (ptrdiff_t)before]))
			before++;
		while (after < STORE_MARK_SIZE && isxdigit((unsigned char)dash[1 + after]))
			after++;
		if (before < TOKEN_DIGITS_MIN || after != STORE_MARK_SIZE - 1 ||
			before + 1 + after >= CANARY_TOKEN_SIZE)
			continue;
		memcpy(token, dash - before, before + 1 + after);
		token[before + 1 + after] = '\0';
		return;
	}
}

/** The serial of a token that this box made, or 0. */
static int64_t serial_of(const struct courier *courier, const char *token)
{
	char digits[CANARY_TOKEN_SIZE], mark[STORE_MARK_SIZE];
	text_copy(digits, sizeof(digits), token);
	char *dash = strchr(digits, '-');
	if (!dash)
		return 0;
	*dash = '\0';
	mark_of(courier, digits, mark);
	return strcmp(mark, dash + 1) == 0 ? (int64_t)strtoll(digits, NULL, 36) : 0;
}

/* ---- out ------------------------------------------------------------------------------------ */

/** The modem of this box that the canary goes to, as far as its SIM knows its own number. */
static const struct post *target_of(const struct courier *courier, const struct canary *canary)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		const struct post *post = &courier->posts[i];
		struct modem_info info;
		if (!post->used || !post->modem)
			continue;
		modem_get_info(post->modem, &info);
		if (strcmp(info.own_number, canary->phone) == 0)
			return post;
	}
	return NULL;
}

static bool is_away(const struct post *post)
{
	return !post->modem || (modem_state(post->modem) != MODEM_READY &&
				       modem_state(post->modem) != MODEM_PARKED);
}

/** Whether what arrives would be seen: else a canary that does not arrive says nothing. */
static bool can_be_judged(const struct courier *courier, const struct post *post)
{
	const struct post *target = target_of(courier, &post->canary);
	return !courier->paused && courier->gate == COURIER_OPEN && !is_away(post) &&
	       (!target || !is_away(target));
}

static int plan_words(struct courier *courier, const struct post *post, const char *token,
	struct strbuf *words, struct sms_ud *ud)
{
	const char *text = words->text;
	if (courier->events.canary_words)
		courier->events.canary_words(courier->ctx, post->name, token, words);
	int rc = sms_plan_make(&courier->plan, text, SMS_ENCODING_AUTO, false);
	/* Words that are too long, or that forgot the token, are not worth a second segment. */
	if (rc < 0 || courier->plan.segments > 1 || !strstr(text, token)) {
		text = token;
		rc = sms_plan_make(&courier->plan, text, SMS_ENCODING_AUTO, false);
	}
	return rc < 0 ? rc : sms_plan_segment(&courier->plan, text, 0, 0, ud);
}

static int make_submit(struct courier *courier, struct post *post, int64_t serial)
{
	struct sms_submit submit = {
		.want_report = true,
		.validity = sms_validity_from_s(VALIDITY_S),
	};
	char token[CANARY_TOKEN_SIZE], memory[WORDS_SIZE];
	struct claimed *claimed = &post->claimed;
	struct strbuf words;
	strbuf_init(&words, memory, sizeof(memory));
	make_token(courier, serial, token);
	int rc = sms_address_from_text(&submit.to, post->canary.phone);
	if (rc == 0)
		rc = plan_words(courier, post, token, &words, &submit.ud);
	if (rc == 0)
		rc = sms_submit_encode(&submit, claimed->tpdu, sizeof(claimed->tpdu));
	return rc;
}

static int keep_serial(struct courier *courier, const struct post *post, int64_t serial)
{
	int rc = keep(courier, post, "canary", serial);
	if (rc == 0)
		rc = keep(courier, post, "canary_reference", -1);
	return rc ? rc : keep(courier, post, "canary_out", 1);
}

int canary_claim(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct canary *canary = &post->canary;
	if (!canary->wanted)
		return 0;
	canary->wanted = false;
	canary->due_ms = now_ms + POSTPONE_MS;
	canary->held = !can_be_judged(courier, post);
	if (canary->held)
		return 0;
	int rc = caps_take(courier, post, now_ms);
	if (rc <= 0)
		return rc;
	int64_t serial = now_ms * SERIAL_POSTS + (post - courier->posts);
	int size = make_submit(courier, post, serial);
	if (size <= 0) {
		log_error("the canary of %s cannot be encoded: %s", post->name, strerror(-size));
		canary->due_ms = now_ms + RETRY_MS;
		return 0;
	}
	rc = keep_serial(courier, post, serial);
	if (rc < 0)
		return rc;
	post->claimed.size = size;
	post->claimed.flight = (struct flight){ .canary = serial, .attempt = 1 };
	text_copy(post->claimed.flight.phone, PHONE_SIZE, canary->phone);
	return 1;
}

void canary_left(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct canary *canary = &post->canary;
	if (!post->flight.canary)
		return;
	canary->serial = post->flight.canary;
	canary->sent_ms = now_ms;
	canary->reference = -1;
	canary->out = true;
	canary->due_ms = next_after(courier, post, now_ms);
	log_info("%s sends its canary", post->name);
}

int canary_answered(struct courier *courier, const struct post *post)
{
	switch (post->flight.verdict->ruling) {
	case RULING_SENT:
		return keep(courier, post, "canary_reference", post->flight.result.reference);
	case RULING_UNKNOWN:
		return 0;
	case RULING_AGAIN:
	case RULING_FAILED:
		break;
	}
	return keep(courier, post, "canary_out", 0);
}

void canary_settled(struct post *post, int64_t now_ms)
{
	struct canary *canary = &post->canary;
	switch (post->flight.verdict->ruling) {
	case RULING_SENT:
		canary->reference = post->flight.result.reference;
		break;
	case RULING_UNKNOWN:
		break;
	case RULING_AGAIN:
	case RULING_FAILED:
		canary->out = false;
		canary->due_ms = now_ms + RETRY_MS;
		break;
	}
}

/* ---- in ------------------------------------------------------------------------------------- */

static void arrived(struct courier *courier, struct post *post, const char *how)
{
	struct canary *canary = &post->canary;
	log_info("the canary of %s arrived (%s)", post->name, how);
	canary->out = canary->asked = false;
	canary->missed = 0;
	canary->arrived_ms = courier->now_ms + time_mono_ms() - courier->turn_mono_ms;
	canary->due_ms = canary->sent_ms + every_ms(courier);
	keep_settled(courier, post);
	watch_unblock(courier, post, "its canary arrived");
}

bool canary_heard(struct courier *courier, struct post *by, const char *token)
{
	int64_t serial = serial_of(courier, token);
	if (!serial)
		return false;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		if (post->used && post->canary.serial == serial) {
			arrived(courier, post, by->name);
			return true;
		}
	}
	log_info("a canary of long ago came in on %s", by->name);
	return true;
}

bool canary_is_report(const struct post *post, const struct report *report)
{
	const struct canary *canary = &post->canary;
	bool on_air = post->flight.canary && post->flight.answered;
	int reference = on_air ? post->flight.result.reference : canary->reference;
	int64_t apart_ms = report->sent_ms - canary->sent_ms;
	bool its_time = !report->sent_ms || (apart_ms > -NEAR_MS && apart_ms < NEAR_MS);
	return canary->serial && reference >= 0 && report->reference == reference && its_time &&
	       strcmp(report->phone, canary->phone) == 0;
}

void canary_reported(struct courier *courier, struct post *post, const struct report *report)
{
	struct canary *canary = &post->canary;
	switch (report->outcome) {
	case REPORT_DELIVERED:
		arrived(courier, post, "its report");
		break;
	case REPORT_PENDING:
		break;
	case REPORT_FAILED:
		/* The network works for this SIM: it is the number that does not take it. */
		log_notice("the canary of %s was not taken by its number", post->name);
		canary->out = canary->asked = false;
		keep_settled(courier, post);
		break;
	}
}

/* ---- the judgement -------------------------------------------------------------------------- */

void canary_ask(struct post *post, int64_t now_ms)
{
	struct canary *canary = &post->canary;
	if (!canary->phone[0] || (canary->asked_ms && now_ms < canary->asked_ms + ASK_AGAIN_MS))
		return;
	canary->asked = true;
	canary->asked_ms = now_ms;
	if (!canary->out)
		canary->due_ms = now_ms;
}

enum canary_says canary_says(const struct courier *courier, const struct post *post, int64_t now_ms)
{
	const struct canary *canary = &post->canary;
	if (!canary->phone[0] || !canary->asked_ms)
		return CANARY_NOTHING;
	if (canary->arrived_ms >= canary->asked_ms && now_ms < canary->arrived_ms + ASK_AGAIN_MS)
		return CANARY_ARRIVED;
	/* One that cannot even leave says nothing in the end. */
	return canary->asked && now_ms < canary->asked_ms + 3 * wait_ms(courier) ? CANARY_WAIT
										 : CANARY_NOTHING;
}

static void missing(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct canary *canary = &post->canary;
	canary->out = false;
	keep_settled(courier, post);
	canary->held = !can_be_judged(courier, post);
	if (canary->held)
		return;
	canary->missed++;
	log_notice("the canary of %s did not arrive (%d in a row)", post->name, canary->missed);
	canary->due_ms = now_ms;
	if (canary->missed < MISSED_MAX && !canary->asked)
		return;
	canary->asked = false;
	watch_block(courier, post, 0, now_ms);
	canary->due_ms = next_after(courier, post, now_ms);
}

void canary_tick(struct courier *courier, struct post *post, int64_t now_ms)
{
	struct canary *canary = &post->canary;
	if (!canary->phone[0])
		return;
	if (canary->out && !post->flight.canary && now_ms >= canary->sent_ms + wait_ms(courier))
		missing(courier, post, now_ms);
	if (canary->held && can_be_judged(courier, post)) {
		canary->held = false;
		canary->due_ms = now_ms;
	}
	if (canary->out || canary->held || canary->wanted || canary->due_ms > now_ms ||
		!post->modem || modem_state(post->modem) != MODEM_READY)
		return;
	canary->wanted = true;
	post->dry = false;
}

int64_t canary_next_ms(const struct courier *courier, const struct post *post)
{
	const struct canary *canary = &post->canary;
	if (!canary->phone[0] || canary->wanted || canary->held || post->flight.canary)
		return TIME_NEVER;
	if (canary->out)
		return canary->sent_ms + wait_ms(courier);
	bool ready = post->modem && modem_state(post->modem) == MODEM_READY;
	return ready ? canary->due_ms : TIME_NEVER;
}

void canary_stepped(struct canary *canary, int64_t step_ms)
{
	canary->sent_ms += step_ms;
	canary->due_ms += step_ms;
	if (canary->asked_ms)
		canary->asked_ms += step_ms;
	if (canary->arrived_ms)
		canary->arrived_ms += step_ms;
}

/* ---- for the admin -------------------------------------------------------------------------- */

const char *canary_word(const struct canary *canary, int64_t *since_ms)
{
	*since_ms = canary->sent_ms;
	if (!canary->phone[0])
		return "";
	if (canary->out)
		return "waiting";
	if (canary->missed > 0)
		return "missing";
	if (canary->arrived_ms == 0)
		return "planned";
	*since_ms = canary->arrived_ms;
	return "arrived";
}

int courier_set_canary(struct courier *courier, const char *modem, const char *phone)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		struct canary *canary = &post->canary;
		if (!post->used || strcmp(post->name, modem) != 0)
			continue;
		if (strcmp(canary->phone, phone) == 0)
			return 0;
		text_copy(canary->phone, sizeof(canary->phone), phone);
		canary->wanted = canary->asked = false;
		/* The first one at once: a number that is wrong is seen when it is set up. */
		canary->due_ms = canary->serial ? next_after(courier, post, canary->sent_ms) : 0;
		canary->missed = 0;
		/* Whether a canary or a day frees a SIM that is held for blocked is seen anew. */
		if (watch_blocked(post))
			post->watch.look_ms = 0;
		office_request(courier);
		return 0;
	}
	return -ENOENT;
}
