/* SPDX-License-Identifier: Apache-2.0 */
/* Inside firmware/panel/: the tables of patterns, meanings and gestures. */
#ifndef FARO_PANEL_TABLES_H
#define FARO_PANEL_TABLES_H

#include "faro/panel.h"

enum panel_pattern {
	PATTERN_OFF,
	PATTERN_STEADY,
	PATTERN_SLOW_BLINK,
	PATTERN_FAST_BLINK,
	PATTERN_HEARTBEAT,
	PATTERN_WINK,
	PATTERN_SPARK,
	PATTERN_FLASHES_2,
	PATTERN_FLASHES_3,
	PATTERN_FLASHES_4,
	PATTERN_FLASHES_5,
	PATTERN_FLASH,
	PATTERN_HURRY_1, /* the three stages of a button being held */
	PATTERN_HURRY_2,
	PATTERN_HURRY_3,
	PATTERN_FLICKER,
	PATTERN_GLINT,
	PATTERN_SILENT,
	PATTERN_BEEP,
	PATTERN_BEEPS_2,
	PATTERN_ALARM,
	PATTERNS,
};

#define PATTERN_STEPS 12

struct pattern_row {
	const char *name;
	const char *rhythm;
	bool lit;                         /* when there are no steps */
	uint16_t steps_ms[PATTERN_STEPS]; /* lit, dark, lit, dark ... and again; ends at 0 */
};

extern const struct pattern_row panel_patterns[PATTERNS];

/* Values of the traffic light, and of what any light may show for a moment. */
enum { TRAFFIC_QUIET, TRAFFIC_FLASH };
enum { BUZZER_QUIET, BUZZER_UNTAKEN, BUZZER_PENDING, BUZZER_TAMPER };
enum { ANY_HELD, ANY_DONE };
#define LIGHT_ANY BOARD_LIGHTS

struct meaning_row {
	enum board_light light; /* or LIGHT_ANY */
	unsigned int value;     /* of the light's part of struct panel_state */
	enum panel_pattern pattern;
	const char *meaning;
};

extern const struct meaning_row panel_meanings[];
extern const unsigned int panel_n_meanings;

struct gesture_row {
	enum panel_gesture gesture;
	unsigned int hold_ms;   /* acts after this time; 0: acts when let go after a short press */
	bool pending_only;      /* an alert must wait for confirmation during all of the press */
	bool shows_when_quiet;  /* progress is shown although no alert is there */
	enum board_light light; /* where progress and success are shown */
	const char *press;
	const char *effect;
};

/** By button. */
extern const struct gesture_row panel_gestures[BOARD_BUTTONS];

#define PANEL_DEBOUNCE_MS  20
#define PANEL_SHORT_MAX_MS 1000
#define PANEL_STUCK_MS     (30 * MS_PER_S)
#define PANEL_ANSWER_MS    1000
#define PANEL_TRAFFIC_MS   120 /* one flash with its dark */
#define PANEL_HURRY_STAGES 3
#define PANEL_AWAKE_MS     MS_PER_MIN /* what a press at night shows the lights for */

/** Whether the pattern is lit ms after it began. */
bool pattern_lit(const struct pattern_row *pattern, int64_t ms, int64_t *left_ms);

#endif
