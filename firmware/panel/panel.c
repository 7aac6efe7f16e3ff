/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The panel over `now`. Time is settled before anything new is looked at: contacts that have been
 * quiet long enough are believed, holds that are long enough act, in the order in which they fell
 * due. Then each light shows the most urgent of what it could show.
 */
#include <string.h>

#include "tables.h"

/* ---- buttons ---- */

/* When this contact's next step is due, if nothing changes. */
static int64_t contact_due(const struct panel_contact *contact, const struct gesture_row *gesture)
{
	if (contact->raw != contact->down)
		return contact->raw_ms + PANEL_DEBOUNCE_MS;
	if (!contact->down || contact->stuck)
		return TIME_NEVER;
	if (!contact->spent && gesture->hold_ms)
		return contact->down_ms + gesture->hold_ms;
	return contact->down_ms + PANEL_STUCK_MS;
}

/* A press that comes while another lasts makes both void; a stuck button is not a press. */
static bool spoil_others(struct panel *panel, const struct panel_contact *contact)
{
	bool spoiled = false;

	for (unsigned int b = 0; b < BOARD_BUTTONS; b++) {
		struct panel_contact *other = &panel->buttons[b];

		if (other == contact || !other->down || other->stuck)
			continue;
		other->spent = true;
		spoiled = true;
	}
	return spoiled;
}

static void contact_press(
	struct panel *panel, struct panel_contact *contact, const struct gesture_row *gesture)
{
	contact->down = true;
	contact->down_ms = contact->raw_ms;
	panel->awake_ms = contact->down_ms + PANEL_AWAKE_MS;
	contact->spent = spoil_others(panel, contact);
	if (gesture->pending_only && panel->state.alert != PANEL_ALERT_PENDING)
		contact->spent = true;
}

static void contact_act(struct panel *panel, struct panel_contact *contact,
	const struct gesture_row *gesture, int64_t at)
{
	contact->spent = true;
	panel->answer_light = gesture->light;
	panel->answer_ms = at + PANEL_ANSWER_MS;
	if (panel->ops.gesture)
		panel->ops.gesture(panel->ops.ctx, gesture->gesture);
}

static void contact_stick(struct panel *panel, struct panel_contact *contact, bool stuck)
{
	contact->stuck = stuck;
	contact->spent = true;
	if (panel->ops.stuck)
		panel->ops.stuck(
			panel->ops.ctx, (enum board_button)(contact - panel->buttons), stuck);
}

static void contact_release(
	struct panel *panel, struct panel_contact *contact, const struct gesture_row *gesture)
{
	bool is_short = contact->raw_ms - contact->down_ms < PANEL_SHORT_MAX_MS;

	contact->down = false;
	if (contact->stuck)
		contact_stick(panel, contact, false);
	else if (!contact->spent && !gesture->hold_ms && is_short)
		contact_act(panel, contact, gesture, contact->raw_ms);
}

static void contact_step(struct panel *panel, unsigned int button, int64_t at)
{
	struct panel_contact *contact = &panel->buttons[button];
	const struct gesture_row *gesture = &panel_gestures[button];

	if (contact->raw != contact->down && contact->raw)
		contact_press(panel, contact, gesture);
	else if (contact->raw != contact->down)
		contact_release(panel, contact, gesture);
	else if (!contact->spent && gesture->hold_ms)
		contact_act(panel, contact, gesture, at);
	else
		contact_stick(panel, contact, true);
}

static int64_t next_step(const struct panel *panel, unsigned int *button)
{
	int64_t earliest = TIME_NEVER;

	*button = 0;
	for (unsigned int b = 0; b < BOARD_BUTTONS; b++) {
		int64_t due = contact_due(&panel->buttons[b], &panel_gestures[b]);

		if (due < earliest) {
			earliest = due;
			*button = b;
		}
	}
	return earliest;
}

static void settle(struct panel *panel, int64_t now)
{
	unsigned int button;
	int64_t due;

	if (now < panel->now_ms)
		now = panel->now_ms;
	while ((due = next_step(panel, &button)) <= now)
		contact_step(panel, button, due);
	if (now > panel->now_ms)
		panel->now_ms = now;
}

/* ---- lights ---- */

static enum panel_pattern pattern_of(enum board_light light, unsigned int value)
{
	for (unsigned int i = 0; i < panel_n_meanings; i++)
		if (panel_meanings[i].light == light && panel_meanings[i].value == value)
			return panel_meanings[i].pattern;
	return PATTERN_OFF;
}

static bool any_stuck(const struct panel *panel)
{
	for (unsigned int b = 0; b < BOARD_BUTTONS; b++)
		if (panel->buttons[b].stuck)
			return true;
	return false;
}

/* On battery and at night what says that all is well says nothing. */
static bool spares(const struct panel *panel)
{
	return panel->state.power == PANEL_POWER_BATTERY ||
	       (panel->state.power == PANEL_POWER_NIGHT && panel->now_ms >= panel->awake_ms);
}

static unsigned int buzzer_value(const struct panel *panel)
{
	if (panel->state.tamper)
		return BUZZER_TAMPER;
	if (panel->state.alert == PANEL_ALERT_PENDING)
		return BUZZER_PENDING;
	return panel->state.alert == PANEL_ALERT_UNTAKEN ? BUZZER_UNTAKEN : BUZZER_QUIET;
}

static unsigned int light_value(const struct panel *panel, enum board_light light)
{
	switch (light) {
	case BOARD_LIGHT_POWER:
		return panel->state.power == PANEL_POWER_NIGHT && !spares(panel)
			       ? PANEL_POWER_OK
			       : panel->state.power;
	case BOARD_LIGHT_NETWORK:
		return spares(panel) ? PANEL_NETWORK_NONE : panel->state.network;
	case BOARD_LIGHT_TRAFFIC:
		return panel->now_ms < panel->traffic_ms && !spares(panel) ? TRAFFIC_FLASH
									   : TRAFFIC_QUIET;
	case BOARD_BUZZER:
		return buzzer_value(panel);
	case BOARD_LIGHT_ALERT:
		return panel->state.alert;
	default:
		/* the faults are in order of weight */
		return any_stuck(panel) && panel->state.fault < PANEL_FAULT_BUTTON
			       ? PANEL_FAULT_BUTTON
			       : panel->state.fault;
	}
}

/* The contact whose hold this light shows, if any. */
static const struct panel_contact *held_on(
	const struct panel *panel, enum board_light light, const struct gesture_row **gesture)
{
	for (unsigned int b = 0; b < BOARD_BUTTONS; b++) {
		const struct panel_contact *contact = &panel->buttons[b];

		*gesture = &panel_gestures[b];
		if ((*gesture)->light == light && (*gesture)->hold_ms && contact->down &&
			!contact->spent &&
			((*gesture)->shows_when_quiet || panel->state.alert != PANEL_ALERT_NONE))
			return contact;
	}
	return NULL;
}

/* What the light shows now, and until when at most. */
static enum panel_pattern light_choose(
	const struct panel *panel, enum board_light light, int64_t *until)
{
	const struct gesture_row *gesture;
	const struct panel_contact *held = held_on(panel, light, &gesture);
	unsigned int stage, stage_ms;

	*until = TIME_NEVER;
	if (held) {
		stage_ms = gesture->hold_ms / PANEL_HURRY_STAGES;
		stage = (unsigned int)((panel->now_ms - held->down_ms) / stage_ms);
		if (stage >= PANEL_HURRY_STAGES)
			stage = PANEL_HURRY_STAGES - 1;
		else
			*until = held->down_ms + (int64_t)(stage + 1) * stage_ms;
		return (enum panel_pattern)(PATTERN_HURRY_1 + stage);
	}
	if (light == panel->answer_light && panel->now_ms < panel->answer_ms) {
		*until = panel->answer_ms;
		return PATTERN_FLICKER;
	}
	if (light == BOARD_LIGHT_TRAFFIC && panel->now_ms < panel->traffic_ms)
		*until = panel->traffic_ms;
	return pattern_of(light, light_value(panel, light));
}

/* Whether a pattern is lit at elapsed_ms after its begin; *left is the time to its next change. */
bool pattern_lit(const struct pattern_row *pattern, int64_t elapsed_ms, int64_t *left)
{
	int64_t period = 0;
	unsigned int i;

	for (i = 0; i < PATTERN_STEPS; i++)
		period += pattern->steps_ms[i];
	if (period == 0) {
		*left = TIME_NEVER;
		return pattern->lit;
	}
	elapsed_ms %= period;
	for (i = 0; elapsed_ms >= pattern->steps_ms[i]; i++)
		elapsed_ms -= pattern->steps_ms[i];
	*left = pattern->steps_ms[i] - elapsed_ms;
	return i % 2 == 0;
}

static bool is_there(const struct panel *panel, enum board_light light)
{
	return !panel->ops.has_light || panel->ops.has_light(panel->ops.ctx, light);
}

/* Returns when this light must be looked at again. */
static int64_t light_show(struct panel *panel, enum board_light which)
{
	struct panel_light *light = &panel->lights[which];
	int64_t until, left;
	enum panel_pattern pattern = light_choose(panel, which, &until);
	bool lit;

	if (pattern != light->pattern) {
		light->pattern = pattern;
		light->since_ms = panel->now_ms;
	}
	lit = pattern_lit(&panel_patterns[pattern], panel->now_ms - light->since_ms, &left);
	if (lit != light->on) {
		light->on = lit;
		panel->ops.set_light(panel->ops.ctx, which, lit);
	}
	return left == TIME_NEVER ? until : time_min(until, panel->now_ms + left);
}

/* ---- the face ---- */

void panel_init(
	struct panel *panel, const struct panel_ops *ops, unsigned int buttons_down, int64_t now)
{
	memset(panel, 0, sizeof(*panel));
	panel->ops = *ops;
	panel->now_ms = now;
	panel->traffic_ms = now;
	panel->answer_ms = now;
	panel->awake_ms = now;
	for (unsigned int b = 0; b < BOARD_BUTTONS; b++) {
		bool down = buttons_down >> b & 1U;

		panel->buttons[b] = (struct panel_contact){
			.raw = down, .down = down, .spent = true, .raw_ms = now, .down_ms = now
		};
	}
	panel_tick(panel, now);
}

void panel_set_state(struct panel *panel, const struct panel_state *state, int64_t now)
{
	settle(panel, now);
	panel->state = *state;
	for (unsigned int b = 0; b < BOARD_BUTTONS; b++)
		if (panel_gestures[b].pending_only && state->alert != PANEL_ALERT_PENDING)
			panel->buttons[b].spent = true;
	panel_tick(panel, now);
}

void panel_note_traffic(struct panel *panel, int64_t now)
{
	settle(panel, now);
	/* a flash that is on its way is finished first, so that much traffic flickers */
	if (panel->now_ms >= panel->traffic_ms)
		panel->traffic_ms = panel->now_ms + PANEL_TRAFFIC_MS;
	panel_tick(panel, now);
}

void panel_button(struct panel *panel, enum board_button button, bool down, int64_t at)
{
	struct panel_contact *contact = &panel->buttons[button];

	settle(panel, at);
	if (contact->raw == down)
		return;
	contact->raw = down;
	contact->raw_ms = panel->now_ms;
}

int64_t panel_tick(struct panel *panel, int64_t now)
{
	unsigned int button;
	int64_t deadline = TIME_NEVER;

	settle(panel, now);
	for (enum board_light light = 0; light < BOARD_LIGHTS; light++)
		if (is_there(panel, light))
			deadline = time_min(deadline, light_show(panel, light));
	if (panel->state.power == PANEL_POWER_NIGHT && panel->now_ms < panel->awake_ms)
		deadline = time_min(deadline, panel->awake_ms);
	return time_min(deadline, next_step(panel, &button));
}
