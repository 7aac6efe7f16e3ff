/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever happens in whatever order, in the end everybody is served. */
#include "courier_world.h"

#include <time.h>

#define PEOPLE 24
#define STEPS  400
#define SEEDS  12

static bool stopped[PEOPLE];
static int reference[WORLD_MODEMS];
static struct world *the;
/* of the modem and concatenation reference: the part that was last handed over */
static int last_part[WORLD_MODEMS][65536];

static const char *phone_of(int i)
{
	static char phone[PHONE_SIZE];
	snprintf(phone, sizeof(phone), "+151055501%02d", i);
	return phone;
}

static void on_handed(struct modem *modem, const uint8_t *tpdu, size_t size)
{
	char text[SMS_ADDRESS_SIZE];
	(void)tpdu, (void)size;
	sms_address_to_text(&modem->submit.to, text);
	int who = atoi(text + 10);
	if (stopped[who])
		fail_msg("sent to %d after STOP", who);
	struct sms_udh udh;
	sms_udh_read(&modem->submit.ud, &udh);
	if (udh.total <= 1)
		return;
	int m = (int)(modem - the->modems), key = udh.reference << 8 | who;
	int *last = &last_part[m][key];
	if (udh.part != 1 && udh.part != *last && udh.part != *last + 1)
		fail_msg("part %d of %d after part %d on modem %d", udh.part, udh.total, *last, m);
	*last = udh.part;
}

static void random_answer(struct world *world, struct modem *modem)
{
	static const int codes[] = { 1, 8, 21, 38, 41, 42, 310, 322, 330, 500 };
	int i = (int)(modem - world->modems);
	char text[SMS_ADDRESS_SIZE];
	sms_address_to_text(&modem->submit.to, text);
	switch (any(10)) {
	case 0:
		answer(modem, ended(MODEM_SENT_UNKNOWN));
		if (any(2))
			report_comes(world, modem, 9, ++reference[i] & 255, text, 0);
		break;
	case 1:
		answer(modem, ended(MODEM_SENT_NEVER));
		break;
	case 2:
		answer(modem, refused_with(codes[any(ARRAY_SIZE(codes))]));
		break;
	default:
		answer(modem, accepted_as(++reference[i] & 255));
		if (any(3))
			report_comes(world, modem, 9, reference[i] & 255, text, any(5) ? 0 : 0x41);
	}
	modem->n_taken = 0;
}

static void step_text(struct world *world, struct modem *modem)
{
	int who = (int)any(PEOPLE);
	(void)modem;
	if (!stopped[who])
		queue(world, phone_of(who), (enum message_class)any(MESSAGE_CLASSES),
			any(3) ? "come" : long_text());
}

static void step_state(struct world *world, struct modem *modem)
{
	static const enum modem_state states[] = { MODEM_READY, MODEM_READY, MODEM_SEARCHING,
		MODEM_RECOVERING };
	(void)world;
	if (modem->sending && any(2))
		answer(modem, ended(MODEM_SENT_UNKNOWN));
	if (!modem->sending)
		set_state(modem, states[any(ARRAY_SIZE(states))]);
}

static int cap(uint32_t most)
{
	return any(2) ? (int)any(most) : 0;
}

static void step_caps(struct world *world, struct modem *modem)
{
	struct courier_caps caps = { cap(30), cap(40), cap(20) };
	assert_int_equal(courier_set_caps(world->courier, modem->name, &caps), 0);
}

static void step_clock(struct world *world, struct modem *modem)
{
	int64_t step_ms = any(3) ? any(2 * MS_PER_H) : any(MS_PER_DAY);
	(void)modem;
	world->courier->offset_ms = world->now;
	world->now += any(2) ? step_ms : -step_ms;
	office_follow_clock(world->courier, world->now, 0);
}

static void step_stop(struct world *world, struct modem *modem)
{
	struct person person;
	int who = (int)any(PEOPLE);
	(void)modem;
	if (any(8))
		return;
	assert_int_equal(store_person_meet(world->store, phone_of(who), world->now, &person), 0);
	assert_int_equal(store_person_leave(world->store, person.id, world->now, NULL), 0);
	stopped[who] = true;
	courier_wake(world->courier);
}

static void step_gate(struct world *world, struct modem *modem)
{
	(void)modem;
	courier_set_paused(world->courier, any(2));
	courier_set_gate(world->courier, any(4) ? COURIER_OPEN : (enum courier_gate)any(3));
}

static void step_restart(struct world *world, struct modem *modem)
{
	enum modem_state kept[WORLD_MODEMS];
	(void)modem;
	if (any(4))
		return;
	for (int i = 0; i < world->n_modems; i++) {
		world->modems[i].sending = world->modems[i].parked = false;
		kept[i] = world->modems[i].state;
	}
	world_stop(world);
	world_start_store(world);
	world_start(world, world->n_modems);
	for (int i = 0; i < world->n_modems; i++)
		set_state(&world->modems[i], kept[i]);
}

static void step_block(struct world *world, struct modem *modem)
{
	struct post *post = &world->courier->posts[modem - world->modems];
	if (any(3))
		return;
	watch_block(world->courier, post, 90, world->now);
	post->watch.look_ms = world->now;
}

static void step_none(struct world *world, struct modem *modem)
{
	(void)world, (void)modem;
}

static void one_step(struct world *world)
{
	static void (*const steps[])(struct world *, struct modem *) = { step_text, step_text,
		step_text, step_state, step_caps, step_clock, step_stop, step_gate, step_restart,
		step_block, step_none, step_none, step_none, step_none };
	steps[any(ARRAY_SIZE(steps))](world, &world->modems[any((uint32_t)world->n_modems)]);
	for (int i = 0; i < world->n_modems; i++) {
		if (world->modems[i].sending && any(3))
			random_answer(world, &world->modems[i]);
	}
	pass(world, any(4) ? any(5000) : any(600000));
}

static void settle_all(struct world *world)
{
	courier_set_paused(world->courier, false);
	courier_set_gate(world->courier, COURIER_OPEN);
	for (int i = 0; i < world->n_modems; i++) {
		struct courier_caps none = { 0 };
		courier_set_caps(world->courier, world->modems[i].name, &none);
		if (!world->modems[i].sending)
			set_state(&world->modems[i], MODEM_READY);
	}
	for (int k = 0; k < 4000; k++) {
		bool any = false;
		for (int i = 0; i < world->n_modems; i++) {
			struct modem *modem = &world->modems[i];
			if (!modem->sending)
				continue;
			any = true;
			answer(modem, accepted_as(++reference[i] & 255));
			modem->n_taken = 0;
		}
		pass(world, any ? 1000 : 60000);
	}
}

static void run(int s)
{
	seed = (uint32_t)s * 2654435761U;
	memset(stopped, 0, sizeof(stopped));
	memset(last_part, 0, sizeof(last_part));
	struct world *world = the = world_new(1 + (int)any(WORLD_MODEMS));
	for (int i = 0; i < world->n_modems; i++)
		world->modems[i].handed = on_handed;
	for (int k = 0; k < STEPS; k++)
		one_step(world);
	settle_all(world);
	int64_t left = count(world, MESSAGE_QUEUED) + count(world, MESSAGE_SENDING) +
		       count(world, MESSAGE_UNKNOWN);
	if (left)
		fail_msg("seed %d: %lld are left", s, (long long)left);
	world_free(world);
}

static void test_in_the_end_everybody_is_served(void **state)
{
	(void)state;
	setenv("TZ", "America/Los_Angeles", 1);
	tzset();
	for (int s = 1; s <= SEEDS; s++)
		run(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_in_the_end_everybody_is_served) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
