/* SPDX-License-Identifier: Apache-2.0 */
/* The courier's life, its place in the loop, and what modems say to it. */
#include "office.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EXPAND_FIRST   64
#define PARTS_WAIT_S   600
#define REPORT_WAIT_S  600
#define CANARY_EVERY_S 86400
#define CLOCK_STEP_MS  (2 * MS_PER_S)
#define CLOCK_LOOK_MS  (60 * MS_PER_S) /* how long a step of the wall clock may go unseen */
#define REPORT_WAIT_MS (5 * MS_PER_S)
#define SLACK_AFTER_MS (5 * MS_PER_S) /* waits longer than that may end a little later */
#define SLACK_MS       250
#define PAUSED_KEY     "paused"

/* ---- the office ----------------------------------------------------------------------------- */

void office_request(struct courier *courier)
{
	loop_idle_request(courier->idle);
}

void office_undry(struct courier *courier)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++)
		courier->posts[i].dry = false;
}

/** False when it was raised in this spell before. */
static bool first_time(struct post *post, const char *what)
{
	for (size_t i = 0; i < ARRAY_SIZE(post->alarms); i++) {
		if (!post->alarms[i]) {
			post->alarms[i] = what;
			return true;
		}
		if (strcmp(post->alarms[i], what) == 0)
			return false;
	}
	return false;
}

void office_alarm(struct courier *courier, struct post *post, const char *what, const char *words)
{
	if (post && !first_time(post, what))
		return;
	const char *name = post ? post->name : "";
	log_alert("%s%s%s: %s", name, *name ? ": " : "", what, words);
	if (courier->events.alarm)
		courier->events.alarm(courier->ctx, name, what, words);
}

/** The post of this modem, or of what a modem of this name left behind. */
static struct post *post_of(const struct courier *courier, const struct modem *modem)
{
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		const struct post *post = &courier->posts[i];
		if (post->used && post->modem == modem)
			return (struct post *)post;
	}
	return NULL;
}

/* ---- what modems say ------------------------------------------------------------------------ */

static void on_state(void *ctx, struct modem *modem, enum modem_state state)
{
	struct courier *courier = ctx;
	struct post *post = post_of(courier, modem);
	if (!post)
		return;
	post->away = state != MODEM_READY;
	if (!post->away) {
		post->away_ms = TIME_NEVER;
		post->released = false;
		post->dry = false;
	} else {
		/* One that was held for blocked may be the last that is ready. */
		office_undry(courier);
	}
	office_request(courier);
	if (courier->events.changed)
		courier->events.changed(courier->ctx);
}

static void on_idle(void *ctx, struct modem *modem)
{
	(void)modem;
	office_request(ctx);
}

static void on_sent(void *ctx, struct modem *modem, const struct modem_result *result)
{
	struct courier *courier = ctx;
	struct post *post = post_of(courier, modem);
	if (!post || !post->flight.on || post->flight.answered) {
		log_warning("an answer from %s to nothing that was handed over", modem_name(modem));
		return;
	}
	post->flight.result = *result;
	post->flight.answered = true;
	ahead_announce(courier, post);
	/*
	 * It acknowledges a report first, which takes no longer than a line does: the next one
	 * comes with that, for the same commit. on_idle() or on_state() follow.
	 */
	if (post->announced && !modem_idle(modem))
		return;
	office_request(courier);
}

/** Makes room by settling at once; false when that does not help: the modem keeps the PDU. */
static bool make_room(struct courier *courier, const int *n, int size)
{
	if (*n < size)
		return true;
	courier_settle(courier, time_wall_ms());
	if (*n < size)
		return true;
	courier->counts.pdus_left++;
	return false;
}

static void take_fragment(
	struct courier *courier, struct post *post, const struct fragment *fragment, int slot)
{
	if (!make_room(courier, &post->n_fragments, POST_FRAGMENTS))
		return;
	struct fragment *kept = &post->fragments[post->n_fragments++];
	*kept = *fragment;
	kept->slot = slot;
}

static void take_report(
	struct courier *courier, struct post *post, const struct report *report, int slot)
{
	if (!make_room(courier, &post->n_reports, POST_REPORTS))
		return;
	struct report *kept = &post->reports[post->n_reports++];
	*kept = *report;
	kept->slot = slot;
}

static void drop_junk(
	struct courier *courier, struct modem *modem, const struct modem_pdu *pdu, const char *why)
{
	courier->counts.junk++;
	log_notice("pdu %016" PRIx64 " on %s (%zu octets): %s, deleted",
		inward_hash(pdu->data, pdu->size), modem_name(modem), pdu->size, why);
	if (pdu->slot >= 0)
		modem_taken(modem, pdu->slot);
}

static void arm(struct courier *courier, int64_t wall_ms, int64_t mono_ms);

/*
 * The report of what is on the air came before the modem's answer. TP-MR tells it from the reports
 * of earlier texts to this number (the part before, say); where it is not known, the time does.
 */
static bool is_of_flight(const struct post *post, const struct report *report)
{
	const struct flight *flight = &post->flight;
	if (!flight->on || flight->answered || strcmp(flight->phone, report->phone) != 0)
		return false;
	if (post->pace.reference >= 0)
		return report->reference == ((post->pace.reference + 1) & 0xFF);
	return report->sent_ms >= flight->handed_ms - CLOCK_STEP_MS;
}

static void note_arrival(struct post *post, const struct report *report)
{
	if (!post->modem || !is_of_flight(post, report))
		return;
	post->flight.arrived = true;
	post->pace.reference = report->reference;
	modem_text_arrived(post->modem);
}

/*
 * A report does not ask for a commit of its own while a segment is on the air: its modem cannot
 * acknowledge it (+CNMA) before the answer, and the answer brings a commit that takes it along.
 * Until then it counts as not received.
 */
static void report_came(struct courier *courier, const struct post *post)
{
	if (!post->flight.on || post->flight.answered) {
		office_request(courier);
		return;
	}
	if (courier->reports_ms != TIME_NEVER)
		return;
	int64_t mono_ms = time_mono_ms();
	int64_t now_ms = courier->now_ms + mono_ms - courier->turn_mono_ms;
	courier->reports_ms = now_ms + REPORT_WAIT_MS;
	arm(courier, now_ms, mono_ms);
}

static void on_pdu(void *ctx, struct modem *modem, const struct modem_pdu *pdu)
{
	struct courier *courier = ctx;
	struct post *post = post_of(courier, modem);
	struct inward inward;
	if (!post)
		return;
	inward_read(pdu, courier->settings.country_code, &inward);
	switch (inward.kind) {
	case INWARD_FRAGMENT:
		if (inward.token[0] && canary_heard(courier, post, inward.token)) {
			if (pdu->slot >= 0)
				modem_taken(modem, pdu->slot);
			break;
		}
		if (inward.fragment.sent_ms && courier->events.text_time)
			courier->events.text_time(courier->ctx, inward.fragment.sent_ms);
		take_fragment(courier, post, &inward.fragment, pdu->slot);
		break;
	case INWARD_REPORT:
		note_arrival(post, &inward.report);
		take_report(courier, post, &inward.report, pdu->slot);
		report_came(courier, post);
		return;
	case INWARD_JUNK:
		drop_junk(courier, modem, pdu, inward.junk);
		return;
	}
	office_request(courier);
}

static void on_call(void *ctx, struct modem *modem, const char *number)
{
	struct courier *courier = ctx;
	char phone[PHONE_SIZE];
	(void)modem;
	if (phone_parse(number, courier->settings.country_code, phone) != PHONE_E164)
		phone[0] = '\0';
	if (courier->events.call)
		courier->events.call(courier->ctx, phone);
}

static void on_network_time(void *ctx, struct modem *modem, int64_t wall_ms)
{
	struct courier *courier = ctx;
	if (courier->events.network_time)
		courier->events.network_time(courier->ctx, modem, wall_ms);
}

static int on_handing(void *ctx, struct modem *modem)
{
	struct courier *courier = ctx;
	const struct post *post = post_of(courier, modem);
	if (!post || !post->flight.on)
		return -ENOENT;
	return store_segment_handing(
		courier->store, post->name, post->flight.segment_id, post->flight.attempt);
}

static void on_ussd(void *ctx, struct modem *modem, int error, const char *text)
{
	struct courier *courier = ctx;
	if (courier->events.ussd)
		courier->events.ussd(courier->ctx, modem, error, text);
}

const struct modem_events *courier_modem_events(void)
{
	static const struct modem_events events = {
		.state = on_state,
		.pdu = on_pdu,
		.handing = on_handing,
		.sent = on_sent,
		.idle = on_idle,
		.call = on_call,
		.learned = known_learned,
		.pin_entering = known_pin_entering,
		.pin_refused = known_pin_refused,
		.pin_free = known_pin_free,
		.network_time = on_network_time,
		.ussd = on_ussd,
	};
	return &events;
}

/* ---- the loop ------------------------------------------------------------------------------- */

int64_t courier_deadline(const struct courier *courier)
{
	int64_t next_ms = time_min(courier->due_ms, courier->parts_ms);
	next_ms = time_min(next_ms, time_min(courier->reports_ms, courier->quiet_ms));
	if (courier->again || courier->wake || courier->expanding)
		next_ms = courier->now_ms;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		const struct post *post = &courier->posts[i];
		if (post->used)
			next_ms = time_min(
				next_ms, time_min(pace_next_ms(post, courier->now_ms),
						 time_min(caps_next_ms(&post->caps),
							 time_min(post->watch.look_ms,
								 canary_next_ms(courier, post)))));
	}
	return next_ms < courier->retry_ms ? courier->retry_ms : next_ms;
}

void office_follow_clock(struct courier *courier, int64_t wall_ms, int64_t mono_ms)
{
	int64_t offset_ms = wall_ms - mono_ms;
	int64_t step_ms = offset_ms - courier->offset_ms;
	if (step_ms > -CLOCK_STEP_MS && step_ms < CLOCK_STEP_MS)
		return;
	courier->offset_ms = offset_ms;
	log_notice("the clock stepped by %lld ms", (long long)step_ms);
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		pace_stepped(&post->pace, step_ms);
		caps_stepped(&post->caps, step_ms);
		if (post->away_ms != TIME_NEVER)
			post->away_ms += step_ms;
		watch_stepped(courier, post, step_ms);
		canary_stepped(&post->canary, step_ms);
	}
	if (courier->retry_ms)
		courier->retry_ms += step_ms;
	if (courier->reports_ms != TIME_NEVER)
		courier->reports_ms += step_ms;
	int rc = store_clock_stepped(courier->store, step_ms);
	if (rc < 0)
		log_error("waits do not follow the clock: %s", strerror(-rc));
	courier->due_ms = time_min(courier->due_ms, wall_ms);
	courier->parts_ms = time_min(courier->parts_ms, wall_ms);
	courier->quiet_ms = 0;
}

static void arm(struct courier *courier, int64_t wall_ms, int64_t mono_ms)
{
	int64_t next_ms = courier_deadline(courier);
	/* A turn that was asked for runs anyway, when the loop has nothing else to do. */
	bool asked = (courier->again || courier->wake) && wall_ms >= courier->retry_ms;
	if (asked || next_ms == TIME_NEVER) {
		loop_timer_set(courier->timer, TIME_NEVER, 0);
		return;
	}
	int64_t wait_ms = next_ms > wall_ms ? next_ms - wall_ms : 0;
	int64_t slack_ms = wait_ms > SLACK_AFTER_MS ? SLACK_MS : 0;
	loop_timer_set(courier->timer, mono_ms + time_min(wait_ms, CLOCK_LOOK_MS), slack_ms);
}

static void run(void *ctx)
{
	struct courier *courier = ctx;
	if (!courier->started)
		return;
	int64_t wall_ms = time_wall_ms(), mono_ms = time_mono_ms();
	office_follow_clock(courier, wall_ms, mono_ms);
	/* In a spell of failing commits only time tries again, not every line a modem says. */
	if (wall_ms >= courier->retry_ms)
		courier_settle(courier, wall_ms);
	arm(courier, wall_ms, mono_ms);
}

/** One at a time: what comes in, and a turn that is asked for, goes before the next. */
static void run_ahead(void *ctx)
{
	struct courier *courier = ctx;
	if (ahead_prepare(courier, time_wall_ms()))
		ahead_request(courier);
}

/* ---- life ----------------------------------------------------------------------------------- */

int courier_new(struct loop *loop, struct store *store, const struct courier_settings *settings,
	const struct courier_events *events, void *ctx, struct courier **out)
{
	struct courier *courier = calloc(1, sizeof(*courier));
	if (!courier)
		return -ENOMEM;
	courier->loop = loop;
	courier->store = store;
	courier->events = *events;
	courier->ctx = ctx;
	courier->expand_limit = EXPAND_FIRST;
	courier->due_ms = courier->parts_ms = courier->reports_ms = courier->quiet_ms = TIME_NEVER;
	courier->offset_ms = time_wall_ms() - time_mono_ms();
	courier_set_settings(courier, settings);
	int rc = loop_idle_new(loop, run, courier, &courier->idle);
	if (rc == 0)
		rc = loop_idle_new(loop, run_ahead, courier, &courier->idle_ahead);
	if (rc == 0)
		rc = loop_timer_new(loop, run, courier, &courier->timer);
	if (rc < 0) {
		courier_free(courier);
		return rc;
	}
	*out = courier;
	return 0;
}

void courier_free(struct courier *courier)
{
	if (!courier)
		return;
	loop_idle_free(courier->idle);
	loop_idle_free(courier->idle_ahead);
	loop_timer_free(courier->timer);
	free(courier);
}

void courier_set_settings(struct courier *courier, const struct courier_settings *settings)
{
	courier->settings = *settings;
	courier->quiet_ms = 0;
	if (courier->settings.retries > COURIER_RETRIES_MAX)
		courier->settings.retries = COURIER_RETRIES_MAX;
	if (courier->settings.parts_wait_s <= 0)
		courier->settings.parts_wait_s = PARTS_WAIT_S;
	if (courier->settings.report_wait_s <= 0)
		courier->settings.report_wait_s = REPORT_WAIT_S;
	if (courier->settings.canary_every_s <= 0)
		courier->settings.canary_every_s = CANARY_EVERY_S;
	if (!courier->settings.gap_mark)
		courier->settings.gap_mark = "[...]";
	if (!courier->settings.country_code)
		courier->settings.country_code = "";
	if (courier->started)
		courier_wake(courier);
}

/** A modem of the same name comes back to the same post, else to a free one, else to a left one. */
static struct post *find_place(struct courier *courier, const char *name)
{
	struct post *free_post = NULL, *left = NULL;
	for (int i = 0; i < COURIER_MODEMS_MAX; i++) {
		struct post *post = &courier->posts[i];
		if (post->used && !post->modem && strcmp(post->name, name) == 0)
			return post;
		if (!post->used && !free_post)
			free_post = post;
		if (post->used && !post->modem && !post->flight.answered && !post->n_fragments)
			left = post;
	}
	return free_post ? free_post : left;
}

int courier_add_modem(struct courier *courier, struct modem *modem)
{
	struct post *post = find_place(courier, modem_name(modem));
	if (!post)
		return -ENOSPC;
	bool fresh = !post->used || strcmp(post->name, modem_name(modem)) != 0;
	if (fresh) {
		*post = (struct post){ .used = true };
		courier->orphans = true; /* of whom the place was */
		pace_init(&post->pace);
		caps_init(&post->caps);
		text_copy(post->name, sizeof(post->name), modem_name(modem));
	}
	if (!post->pace.segment_ms)
		pace_recall(courier, post);
	if (fresh) {
		watch_init(courier, post);
		canary_init(courier, post);
	}
	post->modem = modem;
	post->retired = false;
	pace_begin(courier, post);
	post->away = modem_state(modem) != MODEM_READY;
	post->away_ms = TIME_NEVER;
	post->dry = post->released = false;
	office_request(courier);
	return 0;
}

bool courier_retire_modem(struct courier *courier, struct modem *modem)
{
	struct post *post = post_of(courier, modem);
	if (!post)
		return true;
	post->retired = true;
	ahead_withdraw(post);
	return !post->flight.on || post->flight.answered;
}

void courier_remove_modem(struct courier *courier, struct modem *modem)
{
	struct post *post = modem ? post_of(courier, modem) : NULL;
	if (!post)
		return;
	if (post->flight.on && !post->flight.answered) {
		/* Whether it left nobody will ever say: its report may. */
		post->flight.answered = true;
		post->flight.result = (struct modem_result){
			.outcome = MODEM_SENT_UNKNOWN, .reference = -1, .retry = AT_RETRY_UNKNOWN
		};
	}
	pace_remember(courier, post);
	post->modem = NULL;
	post->away = true;
	office_request(courier);
}

struct modem *courier_modem(const struct courier *courier, int i)
{
	for (int k = 0; k < COURIER_MODEMS_MAX; k++) {
		const struct post *post = &courier->posts[k];
		if (post->used && post->modem && i-- == 0)
			return post->modem;
	}
	return NULL;
}

int courier_start(struct courier *courier, int64_t now_ms)
{
	int64_t until_ms = now_ms + courier->settings.unknown_wait_s * MS_PER_S;
	struct store_recovered found;
	int rc = store_recover(courier->store, until_ms, now_ms, &found);
	if (rc < 0)
		return rc;
	if (found.unknown || found.never)
		log_notice("when the last process ended, %lld segments were with a modem: unknown; "
			   "%lld were on their way to one: queued again",
			(long long)found.unknown, (long long)found.never);
	int64_t paused;
	rc = store_value_get(courier->store, PAUSED_KEY, &paused);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	courier->paused = rc == 0 && paused;
	courier->started = true;
	courier->orphans = true;
	courier->announce = true;
	courier->now_ms = courier->parts_ms = now_ms;
	courier_wake(courier);
	return 0;
}

void courier_wake(struct courier *courier)
{
	courier->wake = true;
	office_request(courier);
}

void courier_set_paused(struct courier *courier, bool paused)
{
	if (courier->paused == paused)
		return;
	courier->paused = paused;
	int rc = store_value_set(courier->store, PAUSED_KEY, paused);
	if (rc < 0)
		log_error("paused cannot be kept: %s", strerror(-rc));
	courier_wake(courier);
}

bool courier_paused(const struct courier *courier)
{
	return courier->paused;
}

void courier_set_gate(struct courier *courier, enum courier_gate gate)
{
	courier->gate = gate;
	courier_wake(courier);
}

int courier_on_air(const struct courier *courier)
{
	int n = 0;

	for (int i = 0; i < COURIER_MODEMS_MAX; i++)
		n += courier->posts[i].used && courier->posts[i].flight.on;
	return n;
}

/* ---- quiet hours ----------------------------------------------------------------------------- */

int64_t courier_quiet_until(const struct courier *courier, int64_t now_ms)
{
	const struct courier_settings *settings = &courier->settings;

	return time_between_ends(now_ms, settings->quiet_from_minute, settings->quiet_to_minute);
}

enum store_begin office_begin(const struct courier *courier)
{
	if (courier->paused || courier->gate == COURIER_URGENT)
		return BEGIN_URGENT;
	return courier->quiet_ms == TIME_NEVER ? BEGIN_ALL : BEGIN_NO_BULK;
}

void office_follow_hours(struct courier *courier, int64_t now_ms)
{
	if (courier->quiet_ms != TIME_NEVER && courier->quiet_ms > now_ms)
		return;
	if (courier->quiet_ms <= now_ms)
		office_undry(courier);
	int64_t until_ms = courier_quiet_until(courier, now_ms);
	courier->quiet_ms = until_ms ? until_ms : TIME_NEVER;
}
