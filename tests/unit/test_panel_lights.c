/* SPDX-License-Identifier: Apache-2.0 */
/* What the lights show and the buzzer sounds, on virtual time. */
#include "panel_world.h"

/* ---- lights ---- */

struct shown {
	struct panel_state state;
	enum board_light light;
	bool at_once; /* lit when shown */
	int changes_ms[10];
	int period_ms; /* 0: steady */
};

static void expect_shown(const struct shown *s)
{
	struct fixture f;
	size_t n = 0;
	int64_t at;

	begin(&f, &(struct panel_state){ 0 });
	/* the first state lights power for a slow blink: begin from another */
	panel_set_state(&f.panel,
		&(struct panel_state){
			.power = PANEL_POWERS, .network = PANEL_NETWORKS, .alert = PANEL_ALERTS },
		f.now);
	panel_set_state(&f.panel, &s->state, f.now);
	assert_int_equal(s->at_once, f.panel.lights[s->light].on);
	while (n < ARRAY_SIZE(s->changes_ms) && s->changes_ms[n])
		n++;
	for (at = 1; at <= 3 * (s->period_ms ? s->period_ms : 10000); at++) {
		bool on = s->at_once;

		for (size_t i = 0; i < n; i++)
			if (at % s->period_ms >= s->changes_ms[i])
				on = !on;
		run_to(&f, at);
		if (on != f.panel.lights[s->light].on)
			fail_msg("light %s at %d ms: %s", board_light_name(s->light), (int)at,
				on ? "dark" : "lit");
	}
}

#define POWER(x)   .state = { .power = PANEL_POWER_##x }, .light = BOARD_LIGHT_POWER
#define NETWORK(x) .state = { .network = PANEL_NETWORK_##x }, .light = BOARD_LIGHT_NETWORK
#define ALERT(x)   .state = { .alert = PANEL_ALERT_##x }, .light = BOARD_LIGHT_ALERT
#define FAULT(x)   .state = { .fault = PANEL_FAULT_##x }, .light = BOARD_LIGHT_FAULT

static const struct shown all_shown[] = {
	{ POWER(STARTING), true, { 1000 }, 2000 },
	{ POWER(OK), true, { 0 }, 0 },
	{ POWER(STOPPING), true, { 200 }, 400 },
	{ POWER(BATTERY), true, { 100 }, 10000 },
	{ POWER(NIGHT), false, { 0 }, 0 },
	{ NETWORK(NONE), false, { 0 }, 0 },
	{ NETWORK(SEARCHING), true, { 1000 }, 2000 },
	{ NETWORK(SOME), true, { 1800 }, 2000 },
	{ NETWORK(ALL), true, { 0 }, 0 },
	{ ALERT(NONE), false, { 0 }, 0 },
	{ ALERT(UNTAKEN), true, { 200 }, 400 },
	{ ALERT(PENDING), true, { 1000 }, 2000 },
	{ ALERT(RUNNING), true, { 0 }, 0 },
	{ ALERT(HELD), true, { 100, 250, 350 }, 2000 },
	{ FAULT(NONE), false, { 0 }, 0 },
	{ FAULT(WARNING), true, { 100 }, 3000 },
	{ FAULT(BUTTON), true, { 200, 500, 700 }, 2200 },
	{ FAULT(NETWORK), true, { 200, 500, 700, 1000, 1200 }, 2700 },
	{ FAULT(MODEM), true, { 200, 500, 700, 1000, 1200, 1500, 1700 }, 3200 },
	{ FAULT(SIM), true, { 200, 500, 700, 1000, 1200, 1500, 1700, 2000, 2200 }, 3700 },
	{ FAULT(BOX), true, { 0 }, 0 },
};

static void every_state_is_shown_in_its_rhythm(void **state)
{
	(void)state;
	assert_int_equal(
		ARRAY_SIZE(all_shown), PANEL_POWERS + PANEL_NETWORKS + PANEL_ALERTS + PANEL_FAULTS);
	for (size_t i = 0; i < ARRAY_SIZE(all_shown); i++)
		expect_shown(&all_shown[i]);
}

static void the_buzzer_asks_for_somebody(void **state)
{
	static const struct shown sounds[] = {
		{ { .alert = PANEL_ALERT_NONE }, BOARD_BUZZER, false, { 0 }, 0 },
		{ { .alert = PANEL_ALERT_RUNNING }, BOARD_BUZZER, false, { 0 }, 0 },
		{ { .alert = PANEL_ALERT_UNTAKEN }, BOARD_BUZZER, true, { 80 }, 10000 },
		{ { .alert = PANEL_ALERT_PENDING }, BOARD_BUZZER, true, { 80, 200, 280 }, 5000 },
		{ { .alert = PANEL_ALERT_PENDING, .tamper = true }, BOARD_BUZZER, true, { 250 },
			500 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sounds); i++)
		expect_shown(&sounds[i]);
}

/* What says that all is well is dark, what calls somebody is not; and the loop sleeps. */
static void on_battery_lights_are_spared(void **state)
{
	struct panel_state battery = {
		.power = PANEL_POWER_BATTERY, .network = PANEL_NETWORK_ALL, .fault = PANEL_FAULT_BOX
	};
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	panel_set_state(&f.panel, &battery, f.now);
	panel_note_traffic(&f.panel, f.now);
	f.wakeups = 0;
	run_to(&f, MS_PER_MIN);
	assert_null(strstr(f.lights, "traffic on"));
	assert_false(f.panel.lights[BOARD_LIGHT_NETWORK].on);
	assert_true(f.panel.lights[BOARD_LIGHT_FAULT].on);
	assert_in_range(f.wakeups, 1, 13);
}

static void at_night_only_what_calls_somebody_is_lit_until_a_button_is_pressed(void **state)
{
	struct panel_state night = { .power = PANEL_POWER_NIGHT, .network = PANEL_NETWORK_ALL };
	struct fixture f;

	(void)state;
	begin(&f, &night);
	panel_note_traffic(&f.panel, f.now);
	run_to(&f, 1000);
	for (enum board_light light = 0; light < BOARD_LIGHTS; light++)
		assert_false(f.panel.lights[light].on);
	/* it costs no wake-up */
	assert_true(panel_tick(&f.panel, f.now) == TIME_NEVER);
	press(&f, BOARD_BUTTON_TEST, 2000, 2100);
	run_to(&f, 5000);
	assert_true(f.panel.lights[BOARD_LIGHT_POWER].on);
	assert_true(f.panel.lights[BOARD_LIGHT_NETWORK].on);
	run_to(&f, 2000 + MS_PER_MIN - 1);
	assert_true(f.panel.lights[BOARD_LIGHT_POWER].on);
	run_to(&f, 2000 + MS_PER_MIN);
	assert_false(f.panel.lights[BOARD_LIGHT_POWER].on);
	assert_false(f.panel.lights[BOARD_LIGHT_NETWORK].on);
	assert_true(panel_tick(&f.panel, f.now) == TIME_NEVER);
	/* who is called is called */
	night.alert = PANEL_ALERT_PENDING;
	night.fault = PANEL_FAULT_BOX;
	panel_set_state(&f.panel, &night, f.now);
	assert_true(f.panel.lights[BOARD_LIGHT_ALERT].on);
	assert_true(f.panel.lights[BOARD_LIGHT_FAULT].on);
	assert_true(f.panel.lights[BOARD_BUZZER].on);
}

/* ---- without colour ---- */

struct rhythm {
	int flashes; /* in a period; 0: it does not change */
	int period_ms, lit_ms;
};

static struct rhythm rhythm_of(enum panel_pattern which)
{
	const struct pattern_row *pattern = &panel_patterns[which];
	struct rhythm r = { 0 };

	for (int i = 0; i < PATTERN_STEPS && pattern->steps_ms[i]; i++) {
		r.period_ms += pattern->steps_ms[i];
		r.flashes += i % 2 == 0;
		r.lit_ms += i % 2 == 0 ? pattern->steps_ms[i] : 0;
	}
	if (r.flashes == 0)
		r.lit_ms = pattern->lit;
	return r;
}

/*
 * An eye tells how many flashes come together, how fast they come when one is at least half as fast
 * again as the other, and whether a light is mostly lit or mostly dark.
 */
static bool an_eye_tells(const struct rhythm *a, const struct rhythm *b)
{
	int share_a, share_b;

	if (a->flashes != b->flashes)
		return true;
	if (a->flashes == 0)
		return a->lit_ms != b->lit_ms;
	share_a = 100 * a->lit_ms / a->period_ms;
	share_b = 100 * b->lit_ms / b->period_ms;
	return 2 * a->period_ms >= 3 * b->period_ms || 2 * b->period_ms >= 3 * a->period_ms ||
	       share_a - share_b >= 30 || share_b - share_a >= 30;
}

static void two_states_of_a_light_never_have_the_same_rhythm(void **state)
{
	unsigned int compared = 0;

	(void)state;
	for (unsigned int i = 0; i < panel_n_meanings; i++) {
		for (unsigned int j = 0; j < i; j++) {
			const struct meaning_row *a = &panel_meanings[i], *b = &panel_meanings[j];
			struct rhythm ra = rhythm_of(a->pattern), rb = rhythm_of(b->pattern);

			/* a hurry is known by getting faster */
			if ((a->light != b->light && a->light != LIGHT_ANY) ||
				a->pattern == PATTERN_HURRY_1 || b->pattern == PATTERN_HURRY_1)
				continue;
			compared++;
			if (!an_eye_tells(&ra, &rb))
				fail_msg("\"%s\" looks like \"%s\"", a->meaning, b->meaning);
		}
	}
	assert_true(compared > 80);
}

static void a_rhythm_is_drawn(void **state)
{
	static const char *const drawn[] = {
		"##########..........##########..........", /* starting: slow blink */
		"########################################", /* steady */
		"##..##..##..##..##..##..##..##..##..##..", /* fast blink */
		"#.......................................", /* glint */
	};
	struct panel_light_row row;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(drawn); i++) {
		assert_true(panel_light_row(i, &row));
		assert_string_equal(row.drawn, drawn[i]);
	}
}

static void a_well_box_never_wakes_up_for_its_lights(void **state)
{
	static const struct panel_state steady[] = {
		{ .power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL },
		{ .power = PANEL_POWER_OK,
			.network = PANEL_NETWORK_ALL,
			.alert = PANEL_ALERT_RUNNING },
		{ .power = PANEL_POWER_OK,
			.network = PANEL_NETWORK_NONE,
			.fault = PANEL_FAULT_BOX },
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steady); i++) {
		begin(&f, &steady[i]);
		assert_true(panel_tick(&f.panel, f.now) == TIME_NEVER);
	}
}

static void the_box_lights_up_when_it_starts(void **state)
{
	const struct panel_ops ops = { .set_light = lit };
	struct fixture f = { .now = BEGIN };
	struct panel_ops with_ctx = ops;

	(void)state;
	with_ctx.ctx = &f;
	panel_init(&f.panel, &with_ctx, 0, BEGIN);
	assert_string_equal("0 power on\n", f.lights);
}

static void each_text_is_one_flash_and_many_flicker(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	panel_note_traffic(&f.panel, f.now);
	run_to(&f, 1000);
	assert_string_equal("0 traffic on\n60 traffic off\n", f.lights);
	assert_true(panel_tick(&f.panel, f.now) == TIME_NEVER);
	f.lights[0] = '\0';
	for (int i = 0; i < 10; i++) {
		run_to(&f, 1000 + 20 * i);
		panel_note_traffic(&f.panel, f.now);
	}
	run_to(&f, 2000);
	assert_string_equal(
		"1000 traffic on\n1060 traffic off\n1120 traffic on\n1180 traffic off\n", f.lights);
}

static void the_same_state_again_does_not_disturb_a_rhythm(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	for (int at = 0; at < 3000; at += 300) {
		run_to(&f, at);
		panel_set_state(&f.panel, &pending, f.now);
	}
	assert_string_equal("1000 alert off\n2000 alert on\n", f.lights);
}

static void the_table_of_lights_names_each_state_once(void **state)
{
	struct panel_light_row row, other;
	unsigned int n = 0;

	(void)state;
	for (; panel_light_row(n, &row); n++) {
		assert_true(row.light[0] && row.pattern[0] && row.rhythm[0] && row.meaning[0]);
		for (unsigned int i = 0; i < n; i++) {
			panel_light_row(i, &other);
			assert_false(strcmp(row.light, other.light) == 0 &&
				     strcmp(row.pattern, other.pattern) == 0);
			assert_string_not_equal(row.meaning, other.meaning);
		}
	}
	/* each state, traffic or none, four sounds, and the two answers to a button */
	assert_int_equal(
		PANEL_POWERS + PANEL_NETWORKS + PANEL_ALERTS + PANEL_FAULTS + 2 + 4 + 2, n);
	assert_false(panel_light_row(n, &row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_is_shown_in_its_rhythm),
		cmocka_unit_test(the_buzzer_asks_for_somebody),
		cmocka_unit_test(on_battery_lights_are_spared),
		cmocka_unit_test(
			at_night_only_what_calls_somebody_is_lit_until_a_button_is_pressed),
		cmocka_unit_test(two_states_of_a_light_never_have_the_same_rhythm),
		cmocka_unit_test(a_rhythm_is_drawn),
		cmocka_unit_test(a_well_box_never_wakes_up_for_its_lights),
		cmocka_unit_test(the_box_lights_up_when_it_starts),
		cmocka_unit_test(each_text_is_one_flash_and_many_flicker),
		cmocka_unit_test(the_same_state_again_does_not_disturb_a_rhythm),
		cmocka_unit_test(the_table_of_lights_names_each_state_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
