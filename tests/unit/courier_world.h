/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The courier's small world: the real store in a directory of its own, the real codec, virtual time
 * - and modems that do only what the test says, because the radio is the one part that cannot be
 * had here. They are the functions of modem.h, linked in place of the modem room.
 */
#ifndef TEST_COURIER_WORLD_H
#define TEST_COURIER_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faro/courier.h"
#include "faro/sms.h"

#include "../../firmware/courier/office.h"

#define WORLD_MODEMS 8
#define TAKEN_MAX    256

#define ANA  "+15105550101"
#define BEN  "+15105550102"
#define CLEO "+15105550103"

struct modem {
	char name[32], own_number[PHONE_SIZE];
	enum modem_state state;
	bool sending, busy, parked;
	bool send_fails; /* it goes away between the question and the hand-over */
	int sends;
	size_t announced;  /* octets; 0: nothing is */
	bool acknowledges; /* before the prompt: idle when the test says so */
	int announces, withdrawals;
	struct sms_submit submit; /* the last one handed over */
	int taken[TAKEN_MAX];
	int n_taken;
	int64_t answer_limit_ms;
	int arrived; /* texts of which it was told that they have reached their phone */
	void *ctx;
	/* Called with every hand-over; the row must be durable by then. */
	void (*handed)(struct modem *modem, const uint8_t *tpdu, size_t size);
};

/* ---- the modem's face ----------------------------------------------------------------------- */

const char *modem_name(const struct modem *modem)
{
	return modem->name;
}

enum modem_state modem_state(const struct modem *modem)
{
	return modem->parked && modem->state == MODEM_READY ? MODEM_PARKED : modem->state;
}

void modem_get_info(const struct modem *modem, struct modem_info *out)
{
	*out = (struct modem_info){ .state = modem_state(modem) };
	text_copy(out->own_number, sizeof(out->own_number), modem->own_number);
}

bool modem_idle(const struct modem *modem)
{
	return modem_state(modem) == MODEM_READY && !modem->sending && !modem->busy;
}

int modem_send(struct modem *modem, const uint8_t *tpdu, size_t size)
{
	if (modem->send_fails || !modem_idle(modem))
		return -EAGAIN;
	assert_int_equal(sms_submit_decode(tpdu, size, &modem->submit), 0);
	modem->sending = true;
	modem->announced = 0;
	modem->sends++;
	assert_int_equal(courier_modem_events()->handing(modem->ctx, modem), 0);
	if (modem->handed)
		modem->handed(modem, tpdu, size);
	return 0;
}

int modem_announce(struct modem *modem, size_t size)
{
	if (!modem_idle(modem))
		return -EAGAIN;
	modem->announced = size;
	modem->announces++;
	modem->busy = modem->acknowledges;
	return 0;
}

void modem_withdraw(struct modem *modem)
{
	modem->withdrawals += modem->announced > 0;
	modem->announced = 0;
}

void modem_set_answer_limit(struct modem *modem, int64_t limit_ms)
{
	modem->answer_limit_ms = limit_ms;
}

void modem_text_arrived(struct modem *modem)
{
	modem->arrived++;
}

void modem_taken(struct modem *modem, int slot)
{
	assert_true(modem->n_taken < TAKEN_MAX);
	modem->taken[modem->n_taken++] = slot;
}

void modem_park(struct modem *modem, bool parked, const char *why)
{
	(void)why;
	modem->parked = parked;
}

/* ---- the world ------------------------------------------------------------------------------ */

struct world {
	char dir[64];
	struct loop *loop;
	struct store *store;
	struct courier *courier;
	struct courier_settings settings;
	struct modem modems[WORLD_MODEMS];
	int n_modems;
	int64_t now;
	int announced, alarms;
	char alarm[32];
	/* What the desk does when texts wait. */
	void (*desk)(struct world *world);
};

static inline void world_texts_waiting(void *ctx)
{
	struct world *world = ctx;
	assert_false(store_in_transaction(world->store));
	world->announced++;
	if (world->desk)
		world->desk(world);
}

static inline void world_alarm(void *ctx, const char *modem, const char *what, const char *words)
{
	struct world *world = ctx;
	(void)modem;
	(void)words;
	world->alarms++;
	text_copy(world->alarm, sizeof(world->alarm), what);
}

static const struct courier_events world_events = {
	.texts_waiting = world_texts_waiting,
	.alarm = world_alarm,
};

static inline void world_start_store(struct world *world)
{
	struct store_config config = { .data_dir = world->dir, .key_file = "" };
	struct store_health health;
	char why[256] = "";
	if (store_open(&config, &world->store, &health, why, sizeof(why)) != 0)
		fail_msg("store: %s", why);
}

static inline void world_start(struct world *world, int modems)
{
	world->settings = (struct courier_settings){ .country_code = "1",
		.reports = true,
		.unknown_wait_s = 60,
		.retry_s = { 5, 15, 45, 120, 600 },
		.retries = 5,
		.parts_wait_s = 600,
		.gap_mark = "[...]" };
	assert_int_equal(loop_new(&world->loop), 0);
	assert_int_equal(courier_new(world->loop, world->store, &world->settings, &world_events,
				 world, &world->courier),
		0);
	assert_int_equal(courier_start(world->courier, world->now), 0);
	world->n_modems = modems;
	for (int i = 0; i < modems; i++) {
		struct modem *modem = &world->modems[i];
		snprintf(modem->name, sizeof(modem->name), "sim%d", i + 1);
		modem->state = MODEM_READY;
		modem->ctx = world->courier;
		assert_int_equal(courier_add_modem(world->courier, modem), 0);
	}
}

static inline struct world *world_new(int modems)
{
	struct world *world = calloc(1, sizeof(*world));
	assert_non_null(world);
	log_set_level(LOG_LEVEL_ALERT);
	const char *tmp = getenv("TMPDIR");
	snprintf(world->dir, sizeof(world->dir), "%s/faro-courier-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(world->dir));
	world->now = INT64_C(1800000000000);
	world_start_store(world);
	world_start(world, modems);
	return world;
}

static inline int world_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void world_stop(struct world *world)
{
	courier_free(world->courier);
	loop_free(world->loop);
	store_close(world->store);
}

static inline void world_free(struct world *world)
{
	world_stop(world);
	nftw(world->dir, world_unlink, 8, FTW_DEPTH | FTW_PHYS);
	free(world);
}

/** Turns until nothing is left to do now. */
static inline void turn(struct world *world)
{
	int turns = 0;
	do {
		assert_int_equal(courier_settle(world->courier, world->now), 0);
		assert_true(++turns < 100);
	} while (courier_deadline(world->courier) <= world->now);
	/* The loop is idle. */
	for (int i = 0; ahead_prepare(world->courier, world->now); i++)
		assert_true(i < WORLD_MODEMS);
}

/** Lets time pass up to `ms` later, stopping wherever something is due. */
static inline void pass(struct world *world, int64_t ms)
{
	int64_t end = world->now + ms, next;
	turn(world);
	while ((next = courier_deadline(world->courier)) <= end) {
		if (next > world->now)
			world->now = next;
		turn(world);
	}
	world->now = end;
	turn(world);
}

/* ---- out ------------------------------------------------------------------------------------ */

struct world_body {
	struct sms_plan plan;
	const char *text;
};

static inline int world_part(void *ctx, int index, uint8_t out[BODY_PART_SIZE])
{
	struct world_body *body = ctx;
	struct sms_ud ud;
	int rc = sms_plan_segment(&body->plan, body->text, (unsigned int)index, 0, &ud);
	return rc < 0 ? rc : sms_ud_pack(&ud, out, BODY_PART_SIZE);
}

static inline int64_t world_body(struct world *world, const char *text)
{
	struct world_body body = { .text = text };
	int64_t body_id;
	assert_int_equal(sms_plan_make(&body.plan, text, SMS_ENCODING_AUTO, false), 0);
	struct store_body row = { .text = text,
		.language = "en",
		.parts = body.plan.segments,
		.part = world_part,
		.ctx = &body };
	assert_int_equal(store_body_add(world->store, &row, &body_id), 0);
	return body_id;
}

/** Of three parts. */
static inline const char *long_text(void)
{
	static char text[400];
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	return text;
}

/** Queues a text; returns the message. */
static inline int64_t queue(
	struct world *world, const char *phone, enum message_class class, const char *text)
{
	struct person person;
	int64_t id = 0;
	assert_int_equal(store_person_meet(world->store, phone, world->now, &person), 0);
	struct store_message message = { .person_id = person.id,
		.body_id = world_body(world, text),
		.class = class,
		.expires_ms = TIME_NEVER };
	assert_int_equal(store_message_add(world->store, &message, world->now, &id), 0);
	courier_wake(world->courier);
	return id;
}

/** The answer to what is on the air. */
static inline void answer(struct modem *modem, struct modem_result result)
{
	assert_true(modem->sending);
	modem->sending = false;
	courier_modem_events()->sent(modem->ctx, modem, &result);
}

static inline struct modem_result accepted_as(int reference)
{
	return (struct modem_result){
		.outcome = MODEM_SENT_OK, .reference = reference, .took_ms = 4000
	};
}

static inline struct modem_result refused_with(int error)
{
	return (struct modem_result){ .outcome = MODEM_SENT_REFUSED,
		.reference = -1,
		.error = error,
		.retry = at_retry_of_cms(error),
		.took_ms = 1000 };
}

static inline struct modem_result ended(enum modem_sent outcome)
{
	return (struct modem_result){ .outcome = outcome, .reference = -1, .took_ms = 1000 };
}

static inline void set_state(struct modem *modem, enum modem_state state)
{
	modem->state = state;
	courier_modem_events()->state(modem->ctx, modem, state);
}

/** Whose number stands on the segment that is on the air; "" when none is. */
static inline const char *on_air(const struct modem *modem)
{
	static char text[SMS_ADDRESS_SIZE];
	if (!modem->sending)
		return "";
	return sms_address_to_text(&modem->submit.to, text);
}

static inline int64_t count(struct world *world, enum message_state state)
{
	struct store_tally tally;
	assert_int_equal(store_tally(world->store, 0, &tally), 0);
	return tally.messages[state];
}

/* ---- in ------------------------------------------------------------------------------------- */

static inline void hand_up(
	struct modem *modem, enum modem_pdu_kind kind, int slot, const uint8_t *tpdu, int size)
{
	struct modem_pdu pdu = { .kind = kind, .slot = slot, .size = (size_t)size + 1 };
	assert_true(size > 0);
	pdu.data[0] = 0; /* no service centre */
	memcpy(pdu.data + 1, tpdu, (size_t)size);
	courier_modem_events()->pdu(modem->ctx, modem, &pdu);
}

static inline void hand_up_deliver(struct modem *modem, int slot, const struct sms_deliver *deliver)
{
	uint8_t tpdu[SMS_TPDU_MAX];
	hand_up(modem, MODEM_PDU_DELIVER, slot, tpdu,
		sms_deliver_encode(deliver, tpdu, sizeof(tpdu)));
}

static inline struct sms_deliver a_text(
	const char *from, const char *text, unsigned int part, int64_t sent_ms)
{
	static struct sms_plan plan;
	struct sms_deliver deliver = { .centre_time = { sent_ms / 1000 * 1000, 0, true } };
	assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_AUTO, false), 0);
	assert_int_equal(sms_plan_segment(&plan, text, part, 77, &deliver.ud), 0);
	assert_int_equal(sms_address_from_text(&deliver.from, from), 0);
	return deliver;
}

static inline void text_comes(
	struct world *world, struct modem *modem, int slot, const char *from, const char *text)
{
	struct sms_deliver deliver = a_text(from, text, 0, world->now);
	hand_up_deliver(modem, slot, &deliver);
}

static inline void report_comes(struct world *world, struct modem *modem, int slot, int reference,
	const char *phone, uint8_t status)
{
	uint8_t tpdu[SMS_TPDU_MAX];
	struct sms_status_report report = { .reference = (uint8_t)reference,
		.centre_time = { world->now / 1000 * 1000, 0, true },
		.discharge = { world->now / 1000 * 1000, 0, true },
		.status = status };
	assert_int_equal(sms_address_from_text(&report.to, phone), 0);
	hand_up(modem, MODEM_PDU_REPORT, slot, tpdu,
		sms_status_report_encode(&report, tpdu, sizeof(tpdu)));
}

/** A copy to the i-th of many people leaves on this modem; at once it is accepted, and reported. */
static inline void a_copy_leaves(
	struct world *world, struct modem *modem, int i, int reference, bool reported)
{
	char phone[PHONE_SIZE];
	snprintf(phone, sizeof(phone), "+121255501%02d", i % 100);
	queue(world, phone, CLASS_ALERT, "come");
	turn(world);
	assert_string_equal(on_air(modem), phone);
	answer(modem, accepted_as(reference));
	turn(world);
	modem->n_taken = 0;
	if (reported)
		report_comes(world, modem, 1, reference, phone, 0x00);
}

/** The oldest text that waits, marked handled; NULL when none does. Valid until the next call. */
static inline const struct store_text *next_text(struct world *world)
{
	static struct store_text text;
	int rc = store_text_next(world->store, &text);
	assert_true(rc >= 0);
	if (rc == 0)
		return NULL;
	assert_int_equal(store_text_handled(world->store, text.id, "test", world->now), 0);
	return &text;
}

/* Set before each round; never 0. */
static uint32_t __attribute__((unused)) seed;

/** A number below n. xorshift: the same on every machine. */
static inline uint32_t any(uint32_t n)
{
	seed ^= seed << 13, seed ^= seed >> 17, seed ^= seed << 5;
	return (seed >> 3) % n;
}

#endif
