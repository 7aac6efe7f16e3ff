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
#include "front.h"
#include "machine.h"
#include "rhythm.h"

#define LIMIT_MS  90000
#define STILL_MS  3500
#define CYCLES    3 /* of the short ones as many more as one second holds */
#define KEPT      128
#define TRIES     20
#define ANSWER_MS 1300 /* the flicker lasts 1 s */
#define ROWS      64
#define FLASH_MS  60
#define STEPS     10

/** Lit, dark, lit ... in milliseconds; none: still. */
struct rhythm {
	const char *name;
	bool is_lit;
	int ms[STEPS];
	int lasts_ms; /* not longer; 0: for good */
};

/* clang-format off */
static const struct rhythm rhythms[] = {
	{ "off", .is_lit = false },
	{ "steady", .is_lit = true },
	{ "slow blink", .ms = { 1000, 1000 } },
	{ "fast blink", .ms = { 200, 200 } },
	{ "heartbeat", .ms = { 100, 150, 100, 1650 } },
	{ "wink", .ms = { 1800, 200 } },
	{ "spark", .ms = { 100, 2900 } },
	{ "2 flashes", .ms = { 200, 300, 200, 1500 } },
	{ "3 flashes", .ms = { 200, 300, 200, 300, 200, 1500 } },
	{ "4 flashes", .ms = { 200, 300, 200, 300, 200, 300, 200, 1500 } },
	{ "5 flashes", .ms = { 200, 300, 200, 300, 200, 300, 200, 300, 200, 1500 } },
	{ "glint", .ms = { 100, 9900 } },
	{ "beep", .ms = { 80, 9920 } },
	{ "2 beeps", .ms = { 80, 120, 80, 4720 } },
	{ "alarm", .ms = { 250, 250 } },
	/* POWER's, held for 5 s: a third of it each */
	{ "hurry", .ms = { 250, 250 }, .lasts_ms = 1666 },
	{ "hurry, faster", .ms = { 125, 125 }, .lasts_ms = 1666 },
	{ "hurry, fastest", .ms = { 60, 60 }, .lasts_ms = 1666 },
	{ "flicker", .ms = { 30, 30 }, .lasts_ms = 1000 },
};
/* clang-format on */

/* What was seen, as the table of lights names it. */
static struct {
	const char *light, *pattern;
} rows[ROWS];
static int n_rows;

/** How long the line was lit or dark; the newest last. */
struct seen {
	enum board_light light;
	bool lit;
	int64_t since_ms;
	int n;
	struct {
		bool lit;
		int ms;
	} spans[KEPT];
};

static void seen_begin(struct seen *seen, enum board_light light)
{
	*seen = (struct seen){ .light = light };
	seen->lit = front_is_lit(light);
	seen->since_ms = time_mono_ms();
}

/* True when the line has changed. */
static bool look(struct seen *seen)
{
	int64_t now = time_mono_ms();

	if (front_is_lit(seen->light) == seen->lit)
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

	while (n < STEPS && rhythm->ms[n])
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

/* The spans before `end` are `cycles` times the rhythm, which begins anywhere. */
static bool is_rhythm(const struct seen *seen, int end, const struct rhythm *rhythm, int cycles)
{
	int steps = steps_of(rhythm), n = cycles * steps, ms[KEPT];

	if (end < n)
		return false;
	for (int shift = 0; shift < steps; shift++) {
		int right = 0;

		for (int step = 0; step < steps; step++) {
			int at = end - n + (step + shift) % steps;

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
	int all = 0, cycles;

	for (int i = 0; i < STEPS; i++)
		all += rhythm->ms[i];
	cycles = CYCLES + (all < 1000 ? 500 / all : 0);
	if (rhythm->lasts_ms && cycles > rhythm->lasts_ms / all)
		cycles = rhythm->lasts_ms / all;
	return cycles;
}

static void tell(const struct seen *seen)
{
	print_error("%s was", board_light_name(seen->light));
	for (int i = seen->n > 30 ? seen->n - 30 : 0; i < seen->n; i++)
		print_error(" %s %d", seen->spans[i].lit ? "lit" : "dark", seen->spans[i].ms);
	print_error(" and is %s\n", seen->lit ? "lit" : "dark");
}

static const struct rhythm *rhythm_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rhythms); i++)
		if (strcmp(rhythms[i].name, name) == 0)
			return &rhythms[i];
	fail_msg("no pattern is called \"%s\"", name);
	return NULL;
}

/* ---- what was seen, to be compared with the table -------------------------------------------- */

bool was_seen(const char *light, const char *pattern)
{
	for (int i = 0; i < n_rows; i++)
		if (strcmp(rows[i].light, light) == 0 && strcmp(rows[i].pattern, pattern) == 0)
			return true;
	return false;
}

static void note_seen(const char *light, const char *pattern)
{
	if (was_seen(light, pattern) || n_rows == ROWS)
		return;
	rows[n_rows].light = light;
	rows[n_rows++].pattern = pattern;
}

/* ---- what must be seen ----------------------------------------------------------------------- */

static bool is_shown(const struct seen *seen, bool changed, const struct rhythm *rhythm)
{
	if (steps_of(rhythm) == 0)
		return seen->lit == rhythm->is_lit && time_mono_ms() - seen->since_ms >= STILL_MS;
	return changed && is_rhythm(seen, seen->n, rhythm, cycles_of(rhythm));
}

void expect_shown(enum board_light light, const char *pattern)
{
	const struct rhythm *rhythm = rhythm_of(pattern);
	int64_t from = time_mono_ms();
	struct seen seen;

	seen_begin(&seen, light);
	while (!is_shown(&seen, look(&seen), rhythm)) {
		if (time_mono_ms() - from > LIMIT_MS) {
			tell(&seen);
			fail_msg("%s never showed: %s", board_light_name(light), pattern);
		}
		usleep(1000);
	}
	note_seen(board_light_name(light), rhythm->name);
	print_message("%s: %s, seen after %.1f s\n", board_light_name(light), pattern,
		(double)(time_mono_ms() - from) / 1000);
}

static void look_for(struct seen *seen, int ms)
{
	int64_t until = time_mono_ms() + ms;

	while (time_mono_ms() < until) {
		look(seen);
		usleep(1000);
	}
}

/* The patterns, one after the other. */
static bool has_answered(const struct seen *seen, const char *const patterns[ANSWER_PATTERNS])
{
	int end = 0;

	for (int i = 0; i < ANSWER_PATTERNS && patterns[i]; i++) {
		const struct rhythm *rhythm = rhythm_of(patterns[i]);

		while (end <= seen->n && !is_rhythm(seen, end, rhythm, cycles_of(rhythm)))
			end++;
		if (end > seen->n)
			return false;
	}
	return true;
}

void expect_answer(enum board_button button, int hold_ms, enum board_light light,
	const char *const patterns[ANSWER_PATTERNS])
{
	struct seen seen;
	int tries = 0;

	do {
		if (tries++ == TRIES) {
			tell(&seen);
			fail_msg("%s never answered with: %s ...", board_light_name(light),
				patterns[0]);
		}
		seen_begin(&seen, light);
		front_contact(button, true);
		look_for(&seen, hold_ms);
		front_contact(button, false);
		look_for(&seen, ANSWER_MS);
	} while (!has_answered(&seen, patterns));
	for (int i = 0; i < ANSWER_PATTERNS && patterns[i]; i++) {
		note_seen("any", patterns[i]);
		print_message(
			"%s: %s, seen in press %d\n", board_light_name(light), patterns[i], tries);
	}
}

bool flashes_within(enum board_light light, int ms)
{
	struct seen seen;

	seen_begin(&seen, light);
	look_for(&seen, ms);
	for (int i = 0; i < seen.n; i++) {
		if (!seen.spans[i].lit || !is_near(&seen.spans[i].ms, 1, FLASH_MS))
			continue;
		note_seen(board_light_name(light), "flash");
		print_message("%s: flash of %d ms\n", board_light_name(light), seen.spans[i].ms);
		return true;
	}
	return false;
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
