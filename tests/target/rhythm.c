/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/base.h"
#include "machine.h"
#include "rhythm.h"

#define LIMIT_MS 90000
#define STILL_MS 3500
#define CYCLES   3 /* of the short ones as many more as one second holds */
#define KEPT     128

/* clang-format off */
static const struct rhythm rhythms[RHYTHMS] = {
	[SLOW_BLINK] = { "slow blink", { 1000, 1000 } },
	[FAST_BLINK] = { "fast blink", { 200, 200 } },
	[HEARTBEAT]  = { "heartbeat", { 100, 150, 100, 1650 } },
	[WINK]       = { "wink", { 1800, 200 } },
	[SPARK]      = { "spark", { 100, 2900 } },
	[FLASHES_2]  = { "2 flashes", { 200, 300, 200, 1500 } },
	[FLASHES_3]  = { "3 flashes", { 200, 300, 200, 300, 200, 1500 } },
	[FLASHES_4]  = { "4 flashes", { 200, 300, 200, 300, 200, 300, 200, 1500 } },
	[FLASHES_5]  = { "5 flashes", { 200, 300, 200, 300, 200, 300, 200, 300, 200, 1500 } },
	[HURRY_1]    = { "hurry", { 250, 250 } },
	[HURRY_2]    = { "hurry, faster", { 125, 125 } },
	[HURRY_3]    = { "hurry, fastest", { 60, 60 } },
	[FLICKER]    = { "flicker", { 30, 30 } },
	[BEEP]       = { "beep", { 80, 9920 } },
	[BEEPS_2]    = { "2 beeps", { 80, 120, 80, 4720 } },
};
/* clang-format on */

/** How long the line was lit or dark; the newest last. */
struct seen {
	unsigned int line;
	bool active_low, lit;
	int64_t since_ms;
	int n;
	struct {
		bool lit;
		int ms;
	} spans[KEPT];
};

static bool is_lit(const struct seen *seen)
{
	return chip_level(seen->line) != seen->active_low;
}

static void seen_begin(struct seen *seen, unsigned int line, bool active_low)
{
	*seen = (struct seen){ .line = line, .active_low = active_low };
	seen->lit = is_lit(seen);
	seen->since_ms = time_mono_ms();
}

/* True when the line has changed. */
static bool look(struct seen *seen)
{
	int64_t now = time_mono_ms();

	if (is_lit(seen) == seen->lit)
		return false;
	if (seen->n == KEPT)
		memmove(seen->spans, seen->spans + 1, sizeof(seen->spans[0]) * --seen->n);
	seen->spans[seen->n].lit = seen->lit;
	seen->spans[seen->n++].ms = (int)(now - seen->since_ms);
	seen->lit = !seen->lit;
	seen->since_ms = now;
	return true;
}

static int steps_of(const struct rhythm *rhythm)
{
	int n = 0;

	while (n < RHYTHM_STEPS && rhythm->ms[n])
		n++;
	return n;
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* A busy machine is late now and then: the middle one of several counts. */
static bool is_near(const int *ms, int n, int wanted)
{
	int sorted[KEPT];

	memcpy(sorted, ms, sizeof(ms[0]) * (size_t)n);
	qsort(sorted, (size_t)n, sizeof(sorted[0]), by_number);
	return sorted[n / 2] * 10 > wanted * 7 && sorted[n / 2] * 10 < wanted * 14;
}

/* The newest spans are `cycles` times the rhythm, which begins anywhere. */
static bool is_rhythm(const struct seen *seen, const struct rhythm *rhythm, int cycles)
{
	int steps = steps_of(rhythm), n = cycles * steps, ms[KEPT];

	if (seen->n < n)
		return false;
	for (int shift = 0; shift < steps; shift++) {
		int right = 0;

		for (int step = 0; step < steps; step++) {
			int at = seen->n - n + (step + shift) % steps;

			if (seen->spans[at].lit != (step % 2 == 0))
				break;
			for (int i = 0; i < cycles; i++)
				ms[i] = seen->spans[at + i * steps].ms;
			right += is_near(ms, cycles, rhythm->ms[step]);
		}
		if (right == steps)
			return true;
	}
	return false;
}

static int cycles_of(const struct rhythm *rhythm)
{
	int all = 0;

	for (int i = 0; i < RHYTHM_STEPS; i++)
		all += rhythm->ms[i];
	return CYCLES + (all < 1000 ? 500 / all : 0);
}

static void tell(const struct seen *seen)
{
	print_error("line %u was", seen->line);
	for (int i = seen->n > 30 ? seen->n - 30 : 0; i < seen->n; i++)
		print_error(" %s %d", seen->spans[i].lit ? "lit" : "dark", seen->spans[i].ms);
	print_error(" and is %s\n", seen->lit ? "lit" : "dark");
}

void expect_rhythm(unsigned int line, bool active_low, enum rhythm_name name)
{
	const struct rhythm *rhythm = &rhythms[name];
	int64_t from = time_mono_ms();
	struct seen seen;

	seen_begin(&seen, line, active_low);
	while (!look(&seen) || !is_rhythm(&seen, rhythm, cycles_of(rhythm))) {
		if (time_mono_ms() - from > LIMIT_MS) {
			tell(&seen);
			fail_msg("line %u never showed: %s", line, rhythm->name);
		}
		usleep(1000);
	}
	print_message("line %u: %s, seen after %.1f s\n", line, rhythm->name,
		(double)(time_mono_ms() - from) / 1000);
}

void expect_still(unsigned int line, bool active_low, bool lit)
{
	int64_t from = time_mono_ms();
	struct seen seen;

	seen_begin(&seen, line, active_low);
	while (seen.lit != lit || time_mono_ms() - seen.since_ms < STILL_MS) {
		if (time_mono_ms() - from > LIMIT_MS) {
			tell(&seen);
			fail_msg("line %u was never still and %s", line, lit ? "lit" : "dark");
		}
		look(&seen);
		usleep(1000);
	}
	print_message("line %u: %s\n", line, lit ? "lit" : "dark");
}

bool wait_level(unsigned int line, bool level, int wait_ms)
{
	int64_t from = time_mono_ms();

	while (chip_level(line) != level) {
		if (time_mono_ms() - from > wait_ms)
			return false;
		usleep(500);
	}
	return true;
}
