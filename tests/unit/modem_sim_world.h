/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the modem room against the simulated modem share: a box that keeps what a
 * courier would keep, in the real loop.
 */
#ifndef FARO_MODEM_SIM_WORLD_H
#define FARO_MODEM_SIM_WORLD_H

#include "../sim/sim_rig.h"

#include "faro/modem.h"

struct box {
	struct rig rig;
	struct loop *loop;
	struct modem *modem;
	int states[MODEM_STATES];
	int sents, ok, pdus, reports;
	struct modem_result result;
	int burst; /* still to be sent */
	struct sms_submit submit;
};

static void send_next(struct box *b)
{
	uint8_t tpdu[SMS_TPDU_MAX];
	int n = sms_submit_encode(&b->submit, tpdu, sizeof(tpdu));

	assert_true(n > 0);
	if (b->burst > 0 && modem_send(b->modem, tpdu, (size_t)n) == 0)
		b->burst--;
}

static void on_state(void *ctx, struct modem *modem, enum modem_state state)
{
	struct box *b = ctx;

	(void)modem;
	b->states[state]++;
}

static void on_pdu(void *ctx, struct modem *modem, const struct modem_pdu *pdu)
{
	struct box *b = ctx;

	if (pdu->kind == MODEM_PDU_REPORT)
		b->reports++;
	else
		b->pdus++;
	modem_taken(modem, pdu->slot);
}

static void on_sent(void *ctx, struct modem *modem, const struct modem_result *result)
{
	struct box *b = ctx;

	(void)modem;
	b->sents++;
	b->ok += result->outcome == MODEM_SENT_OK;
	b->result = *result;
	send_next(b);
}

static void on_idle(void *ctx, struct modem *modem)
{
	(void)modem;
	send_next(ctx);
}

static const struct modem_events events = {
	.state = on_state,
	.pdu = on_pdu,
	.sent = on_sent,
	.idle = on_idle,
};

static int setup(void **state)
{
	struct box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	log_set_level(getenv("FARO_TEST_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ALERT);
	rig_start(&b->rig, 1, 0);
	assert_int_equal(loop_new(&b->loop), 0);
	b->submit = rig_submit("+12125550101", "all clear");
	b->submit.want_report = false;
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct box *b = *state;

	modem_free(b->modem);
	loop_free(b->loop);
	rig_stop(&b->rig);
	free(b);
	return 0;
}

static void start(struct box *b, const char *link, const char *pin)
{
	char port[128];
	const struct modem_config config = {
		.name = link, .port = port, .pin = pin, .profile = "auto", .baud = 115200
	};

	snprintf(port, sizeof(port), "%s/%s", b->rig.dir, link);
	assert_int_equal(modem_new(b->loop, NULL, &config, &events, b, &b->modem), 0);
}

#define UNTIL_MS(b, limit_ms, condition)                                                           \
	do {                                                                                       \
		int64_t end_ = time_mono_ms() + (limit_ms);                                        \
		struct modem_info info_;                                                           \
		while (!(condition)) {                                                             \
			modem_get_info((b)->modem, &info_);                                        \
			if (time_mono_ms() > end_)                                                 \
				fail_msg("never: %s; state %s: %s", #condition,                    \
					modem_state_name(info_.state), info_.why);                 \
			loop_run_once((b)->loop, 50);                                              \
		}                                                                                  \
	} while (0)
#define UNTIL(b, condition) UNTIL_MS(b, 20000, condition)

__attribute__((unused)) static void run_for(struct box *b, int ms)
{
	int64_t end = time_mono_ms() + ms;

	while (time_mono_ms() < end)
		loop_run_once(b->loop, (int)(end - time_mono_ms()));
}

static void start_ready(struct box *b)
{
	start(b, "sim1", "");
	UNTIL(b, modem_idle(b->modem));
}

static void send_one(struct box *b)
{
	b->sents = 0;
	b->burst = 1;
	UNTIL(b, (send_next(b), b->burst == 0));
}

static void expect_sent(struct box *b, enum modem_sent outcome)
{
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, outcome);
}

/* Used places of a store. */
__attribute__((unused)) static int64_t store_used(struct box *b, const char *memory)
{
	json_t *answer = rig_ask(&b->rig, "{\"cmd\":\"modems\"}");
	json_t *modem = json_array_get(json_object_get(answer, "modems"), 0);
	json_t *store = json_object_get(json_object_get(modem, "stores"), memory);
	int64_t used = rig_int(store, "used");

	json_decref(answer);
	return used;
}

/* How many segments the network has accepted. */
__attribute__((unused)) static size_t accepted(struct box *b)
{
	json_t *answer = rig_ask(&b->rig, "{\"cmd\":\"accepted\"}");
	size_t n = json_array_size(json_object_get(answer, "segments"));

	json_decref(answer);
	return n;
}

static void add_modem(struct box *b, const char *modem, const char *family)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.modem", b->rig.dir, modem);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(family, file);
	fclose(file);
	rig_do(&b->rig, "{\"cmd\":\"add\",\"modem\":\"%s\",\"profile\":\"%s\"}", modem, path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
