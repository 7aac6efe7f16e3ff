/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lights show and what buttons do. All that may last for hours while the box is well is steady
 * or off: a box with nothing to do wakes up for no light.
 */
#include <string.h>

#include "tables.h"

/* clang-format off */
const struct pattern_row panel_patterns[PATTERNS] = {
	[PATTERN_OFF]        = { "off", "dark", false, { 0 } },
	[PATTERN_STEADY]     = { "steady", "lit", true, { 0 } },
	[PATTERN_SLOW_BLINK] = { "slow blink", "1 s lit, 1 s dark", false, { 1000, 1000 } },
	[PATTERN_FAST_BLINK] = { "fast blink", "five times in 2 s", false, { 200, 200 } },
	[PATTERN_HEARTBEAT]  = { "heartbeat", "two short beats every 2 s", false,
				 { 100, 150, 100, 1650 } },
	[PATTERN_WINK]       = { "wink", "lit, with a short dark every 2 s", false, { 1800, 200 } },
	[PATTERN_SPARK]      = { "spark", "one short flash every 3 s", false, { 100, 2900 } },
	[PATTERN_FLASHES_2]  = { "2 flashes", "two flashes, pause", false,
				 { 200, 300, 200, 1500 } },
	[PATTERN_FLASHES_3]  = { "3 flashes", "three flashes, pause", false,
				 { 200, 300, 200, 300, 200, 1500 } },
	[PATTERN_FLASHES_4]  = { "4 flashes", "four flashes, pause", false,
				 { 200, 300, 200, 300, 200, 300, 200, 1500 } },
	[PATTERN_FLASHES_5]  = { "5 flashes", "five flashes, pause", false,
				 { 200, 300, 200, 300, 200, 300, 200, 300, 200, 1500 } },
	[PATTERN_FLASH]      = { "flash", "one short flash", false, { 60, 60 } },
	[PATTERN_HURRY_1]    = { "hurry", "blinks faster and faster", false, { 250, 250 } },
	[PATTERN_HURRY_2]    = { "hurry", "blinks faster and faster", false, { 125, 125 } },
	[PATTERN_HURRY_3]    = { "hurry", "blinks faster and faster", false, { 60, 60 } },
	[PATTERN_FLICKER]    = { "flicker", "flickers for 1 s", false, { 30, 30 } },
	[PATTERN_GLINT]      = { "glint", "one short flash every 10 s", false, { 100, 9900 } },
	[PATTERN_SILENT]     = { "off", "silent", false, { 0 } },
	[PATTERN_BEEP]       = { "beep", "one short beep every 10 s", false, { 80, 9920 } },
	[PATTERN_BEEPS_2]    = { "2 beeps", "two beeps every 5 s", false, { 80, 120, 80, 4720 } },
	[PATTERN_ALARM]      = { "alarm", "on and off, twice in a second", false, { 250, 250 } },
};

const struct meaning_row panel_meanings[] = {
	{ BOARD_LIGHT_POWER, PANEL_POWER_STARTING, PATTERN_SLOW_BLINK,
	  "the box is starting, please wait" },
	{ BOARD_LIGHT_POWER, PANEL_POWER_OK, PATTERN_STEADY, "the box is running" },
	{ BOARD_LIGHT_POWER, PANEL_POWER_STOPPING, PATTERN_FAST_BLINK,
	  "the box is shutting down, leave the plug in until all lights are dark" },
	{ BOARD_LIGHT_POWER, PANEL_POWER_BATTERY, PATTERN_GLINT,
	  "the mains are lost: the box runs on its battery, and spares lights" },
	{ BOARD_LIGHT_POWER, PANEL_POWER_NIGHT, PATTERN_OFF,
	  "it is night (board.night) and the box is running: a press of any button shows all" },
	{ BOARD_LIGHT_NETWORK, PANEL_NETWORK_NONE, PATTERN_OFF, "no modem can work" },
	{ BOARD_LIGHT_NETWORK, PANEL_NETWORK_SEARCHING, PATTERN_SLOW_BLINK,
	  "no modem is ready yet, the box is trying" },
	{ BOARD_LIGHT_NETWORK, PANEL_NETWORK_SOME, PATTERN_WINK,
	  "some modems are ready, some are not" },
	{ BOARD_LIGHT_NETWORK, PANEL_NETWORK_ALL, PATTERN_STEADY,
	  "all modems are ready: texts go in and out" },
	{ BOARD_LIGHT_TRAFFIC, TRAFFIC_QUIET, PATTERN_OFF, "no texts at the moment" },
	{ BOARD_LIGHT_TRAFFIC, TRAFFIC_FLASH, PATTERN_FLASH, "a text came in or left" },
	{ BOARD_LIGHT_ALERT, PANEL_ALERT_NONE, PATTERN_OFF, "no alert" },
	{ BOARD_LIGHT_ALERT, PANEL_ALERT_UNTAKEN, PATTERN_FAST_BLINK,
	  "a report waits and no dispatcher took it" },
	{ BOARD_LIGHT_ALERT, PANEL_ALERT_PENDING, PATTERN_SLOW_BLINK,
	  "an alert waits: text its code, or hold SEND, to send it" },
	{ BOARD_LIGHT_ALERT, PANEL_ALERT_RUNNING, PATTERN_STEADY,
	  "an alert is running; STOP cancels it" },
	{ BOARD_LIGHT_ALERT, PANEL_ALERT_HELD, PATTERN_HEARTBEAT,
	  "enough people are coming, the rest of the alert is held back" },
	{ BOARD_LIGHT_FAULT, PANEL_FAULT_NONE, PATTERN_OFF, "all is well" },
	{ BOARD_LIGHT_FAULT, PANEL_FAULT_WARNING, PATTERN_SPARK,
	  "the box works, but look at \"faroctl status\"" },
	{ BOARD_LIGHT_FAULT, PANEL_FAULT_BUTTON, PATTERN_FLASHES_2,
	  "a button is stuck, it is ignored until let go" },
	{ BOARD_LIGHT_FAULT, PANEL_FAULT_NETWORK, PATTERN_FLASHES_3,
	  "no network takes a modem: move the aerial, check the contract" },
	{ BOARD_LIGHT_FAULT, PANEL_FAULT_MODEM, PATTERN_FLASHES_4,
	  "a modem is missing or does not answer: check its cable" },
	{ BOARD_LIGHT_FAULT, PANEL_FAULT_SIM, PATTERN_FLASHES_5,
	  "a SIM card is missing, locked or barred" },
	{ BOARD_LIGHT_FAULT, PANEL_FAULT_BOX, PATTERN_STEADY,
	  "the box cannot do its work: get help" },
	{ BOARD_BUZZER, BUZZER_QUIET, PATTERN_SILENT, "nothing that cannot wait" },
	{ BOARD_BUZZER, BUZZER_UNTAKEN, PATTERN_BEEP, "a report waits that nobody took" },
	{ BOARD_BUZZER, BUZZER_PENDING, PATTERN_BEEPS_2, "an alert waits to be confirmed" },
	{ BOARD_BUZZER, BUZZER_TAMPER, PATTERN_ALARM, "the case is open" },
	{ LIGHT_ANY, ANY_HELD, PATTERN_HURRY_1, "a button is being held: go on until it flickers" },
	{ LIGHT_ANY, ANY_DONE, PATTERN_FLICKER, "the button was understood, let it go" },
};

/*
 * SEND takes 3 s because it cannot be taken back. STOP takes 1 s: long enough that neither an elbow
 * nor a brush acts, short enough that every second counts for people on their way to a place where
 * nothing happens.
 */
const struct gesture_row panel_gestures[BOARD_BUTTONS] = {
	[BOARD_BUTTON_SEND]  = { PANEL_GESTURE_SEND, 3000, true, false, BOARD_LIGHT_ALERT,
				 "hold 3 s", "sends the alert that waits for confirmation" },
	[BOARD_BUTTON_STOP]  = { PANEL_GESTURE_STOP, 1000, false, false, BOARD_LIGHT_ALERT,
				 "hold 1 s", "cancels the running alert" },
	[BOARD_BUTTON_TEST]  = { PANEL_GESTURE_TEST, 0, false, false, BOARD_LIGHT_TRAFFIC,
				 "short press", "texts the box's state to the admins" },
	[BOARD_BUTTON_POWER] = { PANEL_GESTURE_POWER, 5000, false, true, BOARD_LIGHT_POWER,
				 "hold 5 s", "shuts the box down cleanly" },
};
/* clang-format on */

const unsigned int panel_n_meanings = ARRAY_SIZE(panel_meanings);

static const char *const gesture_names[PANEL_GESTURES] = { "send", "stop", "test", "power" };

const char *panel_gesture_name(enum panel_gesture gesture)
{
	return gesture_names[gesture];
}

/* Each letter is looked at in 10 ms, which no step is shorter than. */
static void draw(const struct pattern_row *pattern, char out[PANEL_DRAWN + 1])
{
	int64_t left;

	for (int i = 0; i < PANEL_DRAWN; i++) {
		int lit = 0;

		for (int ms = 0; ms < 100; ms += 10)
			lit += pattern_lit(pattern, i * 100 + ms, &left);
		out[i] = lit == 0 ? '.' : lit == 10 ? '#' : ':';
	}
	out[PANEL_DRAWN] = '\0';
}

bool panel_light_row(unsigned int i, struct panel_light_row *row)
{
	if (i >= panel_n_meanings)
		return false;
	row->light = panel_meanings[i].light == LIGHT_ANY
			     ? "any"
			     : board_light_name(panel_meanings[i].light);
	row->pattern = panel_patterns[panel_meanings[i].pattern].name;
	row->rhythm = panel_patterns[panel_meanings[i].pattern].rhythm;
	row->meaning = panel_meanings[i].meaning;
	draw(&panel_patterns[panel_meanings[i].pattern], row->drawn);
	return true;
}

bool panel_gesture_row(unsigned int i, struct panel_gesture_row *row)
{
	if (i >= BOARD_BUTTONS)
		return false;
	row->button = board_button_name((enum board_button)i);
	row->press = panel_gestures[i].press;
	row->effect = panel_gestures[i].effect;
	return true;
}
