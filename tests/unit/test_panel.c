/* SPDX-License-Identifier: Apache-2.0 */
/* What the lights show and what the buttons do, on virtual time. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../../firmware/panel/tables.h"

#define BEGIN 1000000 /* mono_ms at which each test begins; the texts below count from here */

struct fixture {
	struct panel panel;
	int64_t now;
	unsigned int wakeups;
	char lights[4096];         /* "100 alert on\n" */
	char acts[512];            /* "3000 send\n" */
	struct panel_state answer; /* what a gesture changes the state to */
	bool answers;
};

static void note(char *log, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);

static void note(char *log, size_t size, const char *format, ...)
{
	size_t n = strlen(log);
	va_list args;

	va_start(args, format);
	vsnprintf(log + n, size - n, format, args);
	va_end(args);
}

static void lit(void *ctx, enum board_light light, bool on)
{
	struct fixture *f = ctx;

	if (light == BOARD_BUZZER)
		return; /* has a test of its own */
	note(f->lights, sizeof(f->lights), "%d %s %s\n", (int)(f->now - BEGIN),
		board_light_name(light), on ? "on" : "off");
}

static void acted(void *ctx, enum panel_gesture gesture)
{
	struct fixture *f = ctx;

	note(f->acts, sizeof(f->acts), "%d %s\n", (int)(f->now - BEGIN),
		panel_gesture_name(gesture));
	if (f->answers)
		panel_set_state(&f->panel, &f->answer, f->now);
}

static void stuck(void *ctx, enum board_button button, bool is_stuck)
{
	struct fixture *f = ctx;

	note(f->acts, sizeof(f->acts), "%d %s %s\n", (int)(f->now - BEGIN),
		board_button_name(button), is_stuck ? "stuck" : "free");
}

static const struct panel_state idle = { .power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL };
static const struct panel_state pending = {
	.power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL, .alert = PANEL_ALERT_PENDING
};
static const struct panel_state running = {
	.power = PANEL_POWER_OK, .network = PANEL_NETWORK_ALL, .alert = PANEL_ALERT_RUNNING
};

static void begin_with(
	struct fixture *f, const struct panel_state *state, unsigned int buttons_down)
{
	const struct panel_ops ops = {
		.set_light = lit, .gesture = acted, .stuck = stuck, .ctx = f
	};

	memset(f, 0, sizeof(*f));
	f->now = BEGIN;
	panel_init(&f->panel, &ops, buttons_down, f->now);
	panel_set_state(&f->panel, state, f->now);
	f->lights[0] = '\0';
}

static void begin(struct fixture *f, const struct panel_state *state)
{
	begin_with(f, state, 0);
}

/* Wakes the panel whenever it asks to be woken, until `at` (ms from the begin). */
static void run_to(struct fixture *f, int64_t at)
{
	int64_t end = BEGIN + at, deadline;

	while ((deadline = panel_tick(&f->panel, f->now)) <= end) {
		assert_true(deadline > f->now);
		f->now = deadline;
		f->wakeups++;
	}
	f->now = end;
	panel_tick(&f->panel, f->now);
}

static void edge(struct fixture *f, int64_t at, enum board_button button, bool down)
{
	run_to(f, at);
	panel_button(&f->panel, button, down, f->now);
}

static void press(struct fixture *f, enum board_button button, int64_t from, int64_t to)
{
	edge(f, from, button, true);
	edge(f, to, button, false);
	run_to(f, to + 100);
}

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

static void a_sensor_is_believed_when_it_has_lasted(void **state)
{
	struct panel_sensor s = { .wired = false };

	(void)state;
	assert_true(panel_sensor_due(&s) == TIME_NEVER);
	/* how it is at the start is told once */
	panel_sensor_line(&s, false, 5000, 1000);
	assert_int_equal(panel_sensor_due(&s), 6000);
	assert_false(panel_sensor_settle(&s, 5999));
	assert_true(panel_sensor_settle(&s, 6000));
	assert_false(s.on);
	assert_true(panel_sensor_due(&s) == TIME_NEVER);
	/* a blink is none */
	panel_sensor_line(&s, true, 5000, 10000);
	panel_sensor_line(&s, false, 5000, 14000);
	assert_false(panel_sensor_settle(&s, 20000));
	/* the last change counts, and a line that says the same again changes nothing */
	panel_sensor_line(&s, true, 5000, 30000);
	panel_sensor_line(&s, true, 5000, 33000);
	assert_int_equal(panel_sensor_due(&s), 35000);
	assert_true(panel_sensor_settle(&s, 35000));
	assert_true(s.on);
	assert_false(panel_sensor_settle(&s, 90000));
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

/* ---- gestures ---- */

static void send_held_3_s_confirms_a_pending_alert(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 100, BOARD_BUTTON_SEND, true);
	run_to(&f, 3099);
	assert_string_equal("", f.acts);
	run_to(&f, 10000);
	assert_string_equal("3100 send\n", f.acts);
	edge(&f, 10000, BOARD_BUTTON_SEND, false);
	run_to(&f, 20000);
	assert_string_equal("3100 send\n", f.acts);
}

static void send_let_go_too_early_does_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	press(&f, BOARD_BUTTON_SEND, 100, 3099);
	run_to(&f, 20000);
	assert_string_equal("", f.acts);
}

static void send_without_a_pending_alert_does_nothing_and_shows_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_SEND, 100, 5000);
	assert_string_equal("", f.acts);
	assert_string_equal("", f.lights);
}

static void an_alert_that_comes_during_the_hold_is_not_confirmed_by_it(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	run_to(&f, 1000);
	panel_set_state(&f.panel, &pending, f.now);
	run_to(&f, 9000);
	assert_string_equal("", f.acts);
	edge(&f, 9000, BOARD_BUTTON_SEND, false);
	press(&f, BOARD_BUTTON_SEND, 10000, 14000);
	assert_string_equal("13000 send\n", f.acts);
}

static void an_alert_withdrawn_during_the_hold_is_not_confirmed(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	run_to(&f, 1000);
	panel_set_state(&f.panel, &idle, f.now);
	run_to(&f, 2000);
	panel_set_state(&f.panel, &pending, f.now);
	run_to(&f, 9000);
	assert_string_equal("", f.acts);
}

static void the_alert_light_hurries_while_send_is_held_and_flickers_when_done(void **state)
{
	struct fixture f;
	const char *end;
	int stage[4] = { 0 };

	(void)state;
	begin(&f, &pending);
	f.answers = true;
	f.answer = running;
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	run_to(&f, 10000);
	for (const char *line = f.lights; (end = strchr(line, '\n')); line = end + 1) {
		int at;
		char name[16];

		assert_int_equal(2, sscanf(line, "%d %15s", &at, name));
		assert_string_equal("alert", name);
		if (at < 4000)
			stage[at / 1000]++;
		else
			assert_in_range(at, 4000, 4000);
	}
	assert_in_range(stage[0], 3, 4);
	assert_in_range(stage[1], 7, 9);
	assert_in_range(stage[2], 15, 18);
	assert_in_range(stage[3], 31, 35);
	assert_true(f.panel.lights[BOARD_LIGHT_ALERT].on);
}

static void stop_held_1_s_cancels(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &running);
	press(&f, BOARD_BUTTON_STOP, 0, 999);
	assert_string_equal("", f.acts);
	press(&f, BOARD_BUTTON_STOP, 2000, 3500);
	assert_string_equal("3000 stop\n", f.acts);
}

static void test_acts_on_a_short_press_when_it_is_let_go(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_TEST, 0, 150);
	assert_string_equal("170 test\n", f.acts);
}

static void test_held_for_a_second_does_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_TEST, 0, 1000);
	run_to(&f, 5000);
	assert_string_equal("", f.acts);
}

static void power_held_5_s_shuts_down_and_shows_the_way(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_POWER, 0, 4999);
	assert_string_equal("", f.acts);
	assert_non_null(strstr(f.lights, " power off\n"));
	assert_true(f.panel.lights[BOARD_LIGHT_POWER].on);
	press(&f, BOARD_BUTTON_POWER, 10000, 15100);
	assert_string_equal("15000 power\n", f.acts);
}

static void bounces_of_5_ms_neither_double_nor_break_a_press(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	for (int at = 0; at < 40; at += 10) {
		edge(&f, at, BOARD_BUTTON_TEST, true);
		edge(&f, at + 5, BOARD_BUTTON_TEST, false);
	}
	edge(&f, 40, BOARD_BUTTON_TEST, true);
	for (int at = 140; at < 180; at += 10) {
		edge(&f, at, BOARD_BUTTON_TEST, false);
		edge(&f, at + 5, BOARD_BUTTON_TEST, true);
	}
	edge(&f, 180, BOARD_BUTTON_TEST, false);
	run_to(&f, 5000);
	assert_string_equal("200 test\n", f.acts);
}

static void a_contact_of_5_ms_is_no_press(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	press(&f, BOARD_BUTTON_TEST, 0, 5);
	run_to(&f, 60000);
	assert_string_equal("", f.acts);
}

static void a_bounce_during_a_hold_does_not_start_it_anew(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	edge(&f, 2998, BOARD_BUTTON_SEND, false);
	edge(&f, 3003, BOARD_BUTTON_SEND, true);
	run_to(&f, 5000);
	assert_string_equal("3003 send\n", f.acts);
}

static void edges_read_late_count_with_their_own_time(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &running);
	/* the loop was busy: both edges are read at 3000 */
	panel_button(&f.panel, BOARD_BUTTON_STOP, true, BEGIN + 100);
	panel_button(&f.panel, BOARD_BUTTON_STOP, false, BEGIN + 600);
	run_to(&f, 3000);
	assert_string_equal("", f.acts);
	panel_button(&f.panel, BOARD_BUTTON_TEST, true, BEGIN + 3100);
	panel_button(&f.panel, BOARD_BUTTON_TEST, false, BEGIN + 3300);
	run_to(&f, 6000);
	assert_non_null(strstr(f.acts, "test\n"));
}

static void two_buttons_at_once_do_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 0, BOARD_BUTTON_SEND, true);
	edge(&f, 1000, BOARD_BUTTON_STOP, true);
	run_to(&f, 9000);
	edge(&f, 9000, BOARD_BUTTON_STOP, false);
	run_to(&f, 18000);
	edge(&f, 18000, BOARD_BUTTON_SEND, false);
	run_to(&f, 19000);
	assert_string_equal("", f.acts);
	/* and all is as before once both are let go */
	press(&f, BOARD_BUTTON_SEND, 20000, 24000);
	assert_string_equal("23000 send\n", f.acts);
}

static void a_short_press_while_another_is_held_does_nothing(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	edge(&f, 0, BOARD_BUTTON_POWER, true);
	press(&f, BOARD_BUTTON_TEST, 1000, 1200);
	run_to(&f, 9000);
	assert_string_equal("", f.acts);
}

static void a_button_down_for_30_s_is_stuck_named_and_a_fault(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &idle);
	edge(&f, 0, BOARD_BUTTON_TEST, true);
	run_to(&f, 29999);
	assert_string_equal("", f.acts);
	assert_false(f.panel.lights[BOARD_LIGHT_FAULT].on);
	run_to(&f, 30000);
	assert_string_equal("30000 test stuck\n", f.acts);
	assert_true(f.panel.lights[BOARD_LIGHT_FAULT].on);
	edge(&f, 90000, BOARD_BUTTON_TEST, false);
	run_to(&f, 90020);
	assert_string_equal("30000 test stuck\n90020 test free\n", f.acts);
	assert_false(f.panel.lights[BOARD_LIGHT_FAULT].on);
	assert_true(panel_tick(&f.panel, f.now) == TIME_NEVER);
}

static void a_stuck_button_does_not_stop_the_others(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, &pending);
	edge(&f, 0, BOARD_BUTTON_TEST, true);
	press(&f, BOARD_BUTTON_SEND, 40000, 44000);
	assert_string_equal("30000 test stuck\n43000 send\n", f.acts);
}

static void a_button_down_since_before_the_start_does_nothing_and_is_stuck_after_30_s(void **state)
{
	struct fixture f;

	(void)state;
	begin_with(&f, &pending, 1U << BOARD_BUTTON_SEND | 1U << BOARD_BUTTON_POWER);
	edge(&f, 10000, BOARD_BUTTON_POWER, false);
	run_to(&f, 60000);
	assert_string_equal("30000 send stuck\n", f.acts);
	edge(&f, 60000, BOARD_BUTTON_SEND, false);
	press(&f, BOARD_BUTTON_SEND, 70000, 74000);
	assert_string_equal("30000 send stuck\n60020 send free\n73000 send\n", f.acts);
}

static void a_worse_fault_is_shown_above_a_stuck_button(void **state)
{
	const struct panel_state broken = { .power = PANEL_POWER_OK, .fault = PANEL_FAULT_BOX };
	struct fixture f;

	(void)state;
	begin_with(&f, &broken, 1U << BOARD_BUTTON_TEST);
	run_to(&f, 40000);
	assert_true(panel_tick(&f.panel, f.now) == TIME_NEVER);
	assert_true(f.panel.lights[BOARD_LIGHT_FAULT].on);
}

/* ---- tables for people ---- */

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

static void the_table_of_buttons_names_each_button_once(void **state)
{
	struct panel_gesture_row row;

	(void)state;
	for (unsigned int i = 0; i < BOARD_BUTTONS; i++) {
		assert_true(panel_gesture_row(i, &row));
		assert_string_equal(board_button_name((enum board_button)i), row.button);
		assert_true(row.press[0] && row.effect[0]);
	}
	assert_false(panel_gesture_row(BOARD_BUTTONS, &row));
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
		cmocka_unit_test(a_sensor_is_believed_when_it_has_lasted),
		cmocka_unit_test(a_well_box_never_wakes_up_for_its_lights),
		cmocka_unit_test(the_box_lights_up_when_it_starts),
		cmocka_unit_test(each_text_is_one_flash_and_many_flicker),
		cmocka_unit_test(the_same_state_again_does_not_disturb_a_rhythm),
		cmocka_unit_test(send_held_3_s_confirms_a_pending_alert),
		cmocka_unit_test(send_let_go_too_early_does_nothing),
		cmocka_unit_test(send_without_a_pending_alert_does_nothing_and_shows_nothing),
		cmocka_unit_test(an_alert_that_comes_during_the_hold_is_not_confirmed_by_it),
		cmocka_unit_test(an_alert_withdrawn_during_the_hold_is_not_confirmed),
		cmocka_unit_test(the_alert_light_hurries_while_send_is_held_and_flickers_when_done),
		cmocka_unit_test(stop_held_1_s_cancels),
		cmocka_unit_test(test_acts_on_a_short_press_when_it_is_let_go),
		cmocka_unit_test(test_held_for_a_second_does_nothing),
		cmocka_unit_test(power_held_5_s_shuts_down_and_shows_the_way),
		cmocka_unit_test(bounces_of_5_ms_neither_double_nor_break_a_press),
		cmocka_unit_test(a_contact_of_5_ms_is_no_press),
		cmocka_unit_test(a_bounce_during_a_hold_does_not_start_it_anew),
		cmocka_unit_test(edges_read_late_count_with_their_own_time),
		cmocka_unit_test(two_buttons_at_once_do_nothing),
		cmocka_unit_test(a_short_press_while_another_is_held_does_nothing),
		cmocka_unit_test(a_button_down_for_30_s_is_stuck_named_and_a_fault),
		cmocka_unit_test(a_stuck_button_does_not_stop_the_others),
		cmocka_unit_test(
			a_button_down_since_before_the_start_does_nothing_and_is_stuck_after_30_s),
		cmocka_unit_test(a_worse_fault_is_shown_above_a_stuck_button),
		cmocka_unit_test(the_table_of_lights_names_each_state_once),
		cmocka_unit_test(the_table_of_buttons_names_each_button_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
