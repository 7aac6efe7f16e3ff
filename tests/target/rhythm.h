/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a light does, seen from outside: its line is looked at a thousand times a second. Patterns
 * have the names that the table of lights gives them; how long their steps last is said here again.
 */
#ifndef FARO_TARGET_RHYTHM_H
#define FARO_TARGET_RHYTHM_H

#include <stdbool.h>

#include "faro/board.h"

/**
 * Fails unless the light (or the buzzer) shows this pattern within 90 s: a rhythm a few times over,
 * a still one for longer than any rhythm is still.
 */
void expect_shown(enum board_light light, const char *pattern);

#define ANSWER_PATTERNS 4

/**
 * Presses a button for so long, and again, until a light was seen to answer with these patterns one
 * after the other; up to 20 times, because a busy machine blurs what is as short as a press. Fails
 * then.
 */
void expect_answer(enum board_button button, int hold_ms, enum board_light light,
	const char *const patterns[ANSWER_PATTERNS]);

/** Whether a light, dark at first, flashes as the pattern "flash" does, within ms. */
bool flashes_within(enum board_light light, int ms);

/** Whether any of these functions has seen this row of the table of lights. */
bool was_seen(const char *light, const char *pattern);

/** Waits at most wait_ms for the line to change to this level; false when it did not. */
bool wait_level(unsigned int line, bool level, int wait_ms);

#endif
