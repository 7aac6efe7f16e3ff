/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doubts of every kind, and a report for whatever arrived, late and out of order: everybody gets
 * every text, and nobody gets one twice.
 */
#include "courier_world.h"

#define TEXTS  120
#define PEOPLE 3
#define SEEDS  12

struct pending {
	int64_t due_ms, sent_ms;
	int modem, reference;
	char phone[PHONE_SIZE];
};

static struct pending pending[64];
static int n_pending, arrived[TEXTS], doubts[TEXTS], reference[WORLD_MODEMS];

static void report_later(
	struct world *world, int modem, const char *phone, int ref, int64_t after_ms)
{
	assert_true(n_pending < (int)ARRAY_SIZE(pending));
	struct pending *p = &pending[n_pending++];
	*p = (struct pending){ world->now + after_ms, world->now, modem, ref, "" };
	text_copy(p->phone, PHONE_SIZE, phone);
}

static void reports_come(struct world *world)
{
	for (int i = 0; i < n_pending;) {
		struct pending p = pending[i];
		if (p.due_ms > world->now) {
			i++;
			continue;
		}
		int64_t now = world->now;
		world->now = p.sent_ms;
		report_comes(world, &world->modems[p.modem], 9, p.reference, p.phone, 0);
		world->now = now;
		world->modems[p.modem].n_taken = 0;
		pending[i] = pending[--n_pending];
	}
}

/* What the network does with the text that is on the air, and what the modem says of it. */
static void fate(struct world *world, int m)
{
	struct modem *modem = &world->modems[m];
	char text[SMS_TEXT_SIZE], phone[SMS_ADDRESS_SIZE];
	sms_ud_text(&modem->submit.ud, text, sizeof(text));
	sms_address_to_text(&modem->submit.to, phone);
	int n = atoi(text + 1);
	uint32_t what = any(10);
	int64_t handed_ms = world->now;
	world->now += 500 + any(4000);
	bool doubt = what < 4, lost = what < 2 && doubts[n] == 0;
	if (what == 4) {
		answer(modem, refused_with(any(2) ? 41 : 38));
		return;
	}
	doubts[n] += doubt;
	if (!lost) {
		arrived[n]++;
		reference[m] = (reference[m] + 1) & 255;
		int64_t now = world->now;
		world->now = handed_ms + (now - handed_ms) / 2;
		report_later(world, m, phone, reference[m], now - world->now + any(40000));
		world->now = now;
	}
	if (doubt)
		answer(modem, any(2) ? ended(MODEM_SENT_UNKNOWN) : refused_with(500));
	else
		answer(modem, accepted_as(reference[m]));
}

static void run(int s)
{
	seed = (uint32_t)s * 2654435761U;
	memset(arrived, 0, sizeof(arrived));
	memset(doubts, 0, sizeof(doubts));
	n_pending = 0;
	struct world *world = world_new(1 + (int)any(3));
	for (int i = 0; i < world->n_modems; i++)
		reference[i] = (int)any(256);
	int queued = 0;
	for (int k = 0; k < 3000; k++) {
		if (queued < TEXTS && any(6) == 0) {
			char text[16], phone[PHONE_SIZE];
			snprintf(text, sizeof(text), "t%d", queued++);
			snprintf(phone, sizeof(phone), "+1510555010%u", any(PEOPLE));
			queue(world, phone, CLASS_ALERT, text);
		}
		reports_come(world);
		turn(world);
		for (int i = 0; i < world->n_modems; i++) {
			if (world->modems[i].sending && any(2))
				fate(world, i);
		}
		pass(world, any(4000));
	}
	for (int i = 0; i < TEXTS; i++) {
		if (arrived[i] != 1)
			fail_msg("seed %d: text %d arrived %d times", s, i, arrived[i]);
	}
	assert_int_equal(count(world, MESSAGE_DELIVERED), TEXTS);
	world_free(world);
}

static void test_what_is_reported_in_time_arrives_once(void **state)
{
	(void)state;
	for (int s = 1; s <= SEEDS; s++)
		run(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		test_what_is_reported_in_time_arrives_once) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
