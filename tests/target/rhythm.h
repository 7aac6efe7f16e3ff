/* SPDX-License-Identifier: Apache-2.0 */
/* What a light does, seen from outside: its line is looked at a thousand times a second. */
#ifndef FARO_TARGET_RHYTHM_H
#define FARO_TARGET_RHYTHM_H

#include <stdbool.h>

#define RHYTHM_STEPS 10

/** As faro's table of lights says: lit, dark, lit ... in milliseconds. */
struct rhythm {
	const char *name;
	int ms[RHYTHM_STEPS];
};

enum rhythm_name {
	SLOW_BLINK,
	FAST_BLINK,
	HEARTBEAT,
	WINK,
	SPARK,
	FLASHES_2,
	FLASHES_3,
	FLASHES_4,
	FLASHES_5,
	HURRY_1,
	HURRY_2,
	HURRY_3,
	FLICKER,
	BEEP,
	BEEPS_2,
	RHYTHMS,
};

/** Fails unless the line shows this rhythm, a few times over, within 90 s. */
void expect_rhythm(unsigned int line, bool active_low, enum rhythm_name name);

/** Fails unless the line is still, lit or dark, for longer than any rhythm is, within 90 s. */
void expect_still(unsigned int line, bool active_low, bool lit);

/** Waits at most wait_ms for the line to change to this level; false when it did not. */
bool wait_level(unsigned int line, bool level, int wait_ms);

#endif
