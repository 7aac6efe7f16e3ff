/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power is cut in the middle of turns: a child lives with the store in a directory and is ended
 * by SIGKILL, at each kind of moment and at moments nobody chose. What it handed over and what it
 * deleted from its modems stands in memory that outlives it.
 *
 *   - whoever was to get a text got it, or the store says `failed` (cut off twice in the same
 *     segment);
 *   - nobody got one twice unless the store counts it as sent again after an unknown;
 *   - every text that was deleted from a modem is there, once.
 */
#include "courier_world.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define PEOPLE 60
#define TEXTS  24
#define MODEMS 2

/** What outlives a life. */
struct witness {
	int handed[PEOPLE];  /* hand-overs, by the last two digits of the number */
	bool deleted[TEXTS]; /* by slot */
	int moments;         /* that the life which is running has come to */
	int last_moment;     /* it ends itself there; 0: it does not */
};

static struct witness *witness;

static void moment(void)
{
	if (++witness->moments == witness->last_moment)
		raise(SIGKILL);
}

static int person_of(const char *phone)
{
	return (phone[10] - '0') * 10 + phone[11] - '0';
}

static void on_handed(struct modem *modem, const uint8_t *tpdu, size_t size)
{
	char phone[SMS_ADDRESS_SIZE];
	(void)tpdu;
	(void)size;
	moment();
	sms_address_to_text(&modem->submit.to, phone);
	witness->handed[person_of(phone)]++;
	moment();
}

static void note_deleted(struct modem *modem)
{
	while (modem->n_taken) {
		moment();
		witness->deleted[modem->taken[--modem->n_taken]] = true;
	}
}

/** What lies in the first modem's store is handed up: all that was not deleted. */
static void hand_up_store(struct world *world)
{
	char words[32];
	for (int i = 0; i < TEXTS; i++) {
		if (witness->deleted[i])
			continue;
		snprintf(words, sizeof(words), "text %d", i);
		struct sms_deliver deliver =
			a_text(ANA, words, 0, INT64_C(1800000000000) + i * MS_PER_S);
		hand_up_deliver(&world->modems[0], i, &deliver);
		if (i % 5 == 0)
			turn(world);
	}
}

static void announce(struct world *world)
{
	(void)world;
	moment();
}

static void answer_all(struct world *world, int *reference)
{
	for (int i = 0; i < MODEMS; i++) {
		struct modem *modem = &world->modems[i];
		note_deleted(modem);
		if (modem->sending)
			answer(modem, accepted_as((*reference)++ & 255));
	}
}

/** One life: it sends all there is to send, or dies. */
static void live(struct world *world)
{
	int reference = 0;
	world_start_store(world);
	world_start(world, MODEMS);
	world->desk = announce;
	for (int i = 0; i < MODEMS; i++)
		world->modems[i].handed = on_handed;
	hand_up_store(world);
	for (;;) {
		turn(world);
		bool on_the_air = false;
		for (int i = 0; i < MODEMS; i++)
			on_the_air |= world->modems[i].sending;
		answer_all(world, &reference);
		moment();
		if (on_the_air)
			continue;
		if (courier_deadline(world->courier) == TIME_NEVER)
			break;
		world->now = courier_deadline(world->courier);
	}
	world_stop(world);
}

/** Lets a child live until it ends or is ended; returns true when it came to its natural end. */
static bool one_life(struct world *world, int last_moment, long kill_after_us)
{
	int status;
	witness->moments = 0;
	witness->last_moment = last_moment;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		live(world);
		_exit(0);
	}
	if (kill_after_us) {
		struct timespec wait = { 0, kill_after_us * 1000 };
		nanosleep(&wait, NULL);
		kill(child, SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		fail_msg("a life failed with %d", WEXITSTATUS(status));
	return WIFEXITED(status);
}

static void everything_is_as_it_should_be(struct world *world, int kills)
{
	struct store_tally tally;
	bool seen[TEXTS] = { false };
	const struct store_text *text;
	int doubled = 0, missing = 0, n;
	world_start_store(world);
	assert_int_equal(store_tally(world->store, 0, &tally), 0);
	for (int i = 0; i < PEOPLE; i++) {
		if (witness->handed[i] < 1)
			missing++;
		else
			doubled += witness->handed[i] - 1;
	}
	/* One that the power was cut over twice is given up, and says so. */
	assert_int_equal(tally.messages[MESSAGE_SENT] + tally.messages[MESSAGE_FAILED], PEOPLE);
	assert_true(missing <= tally.messages[MESSAGE_FAILED]);
	assert_true(tally.messages[MESSAGE_FAILED] <= kills);
	/* A claim whose hand-over the cut came before is sent once more too, but is no double. */
	assert_true(doubled <= tally.resent);
	assert_true(tally.resent <= kills * MODEMS);
	while ((text = next_text(world))) {
		assert_int_equal(sscanf(text->body, "text %d", &n), 1);
		assert_false(seen[n]);
		seen[n] = true;
	}
	for (int i = 0; i < TEXTS; i++)
		assert_true(seen[i] && witness->deleted[i]);
	store_close(world->store);
}

static struct world *a_broadcast(void)
{
	struct world *world = world_new(0);
	char phone[PHONE_SIZE];
	memset(witness, 0, sizeof(*witness));
	assert_int_equal(store_begin(world->store), 0);
	for (int i = 0; i < PEOPLE; i++) {
		snprintf(phone, sizeof(phone), "+151055501%02d", i);
		queue(world, phone, CLASS_ALERT, "come");
	}
	assert_int_equal(store_commit(world->store), 0);
	world_stop(world);
	return world;
}

static void remove_world(struct world *world)
{
	nftw(world->dir, world_unlink, 8, FTW_DEPTH | FTW_PHYS);
	free(world);
}

static void test_cut_at_each_kind_of_moment_nothing_is_lost_and_no_double_uncounted(void **state)
{
	(void)state;
	struct world *world = a_broadcast();
	int kills = 0;
	/* Each life comes a little further into what the one before began. */
	for (int last = 1; !one_life(world, 1 + last % 23, 0); last++) {
		assert_true(++kills < 400);
		/* Unknowns of the last life wait for reports that will not come. */
		world->now += 20 * MS_PER_S;
	}
	assert_true(kills > 10);
	everything_is_as_it_should_be(world, kills);
	remove_world(world);
}

static void test_cut_at_any_moment_nothing_is_lost_and_no_double_uncounted(void **state)
{
	(void)state;
	struct world *world = a_broadcast();
	struct timespec clock;
	clock_gettime(CLOCK_MONOTONIC, &clock);
	srandom((unsigned int)clock.tv_nsec);
	int kills = 0;
	while (kills < 60 && !one_life(world, 0, 5000 + random() % 40000)) {
		kills++;
		world->now += 20 * MS_PER_S;
	}
	if (!one_life(world, 0, 0))
		fail_msg("the last life did not end well");
	everything_is_as_it_should_be(world, kills);
	remove_world(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_cut_at_each_kind_of_moment_nothing_is_lost_and_no_double_uncounted),
		cmocka_unit_test(test_cut_at_any_moment_nothing_is_lost_and_no_double_uncounted),
	};
	witness = mmap(
		/* cppcheck-suppress invalidFunctionArg ; MAP_ANONYMOUS wants -1 */
		NULL, sizeof(*witness), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (witness == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
