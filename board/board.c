/* SPDX-License-Identifier: Apache-2.0 */
/* The board's face: which driver, which line; pulses; what is told to the owner. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"

/*
 * A modem that goes off says goodbye to its network before its status line falls: that is looked at
 * so often, each time after as long as the key was held (30 s for some).
 */
#define STATUS_LOOKS 10

static const char *const light_names[BOARD_LIGHTS] = { "power", "network", "traffic", "alert",
	"fault", "buzzer" };
static const char *const button_names[BOARD_BUTTONS] = { "send", "stop", "test", "power" };
static const char *const sensor_names[BOARD_SENSORS] = { "mains_lost", "battery_low", "tamper" };
static const char *const modem_line_names[BOARD_MODEM_LINES] = { "power", "reset", "status" };

static const struct board_driver *const drivers[] = {
	&board_driver_gpiod,
	&board_driver_sim,
	&board_driver_none,
};

const char *board_light_name(enum board_light light)
{
	return light_names[light];
}

const char *board_button_name(enum board_button button)
{
	return button_names[button];
}

const char *board_sensor_name(enum board_sensor sensor)
{
	return sensor_names[sensor];
}

const char *board_modem_line_name(enum board_modem_line line)
{
	return modem_line_names[line];
}

static void complain_with(
	struct complaints *complaints, const char *file, int line, const char *format, va_list args)
{
	char text[BOARD_ERROR_SIZE];
	struct strbuf sb;

	strbuf_init(&sb, text, sizeof(text));
	if (file && line > 0)
		strbuf_addf(&sb, "%s:%d: ", file, line);
	else if (file)
		strbuf_addf(&sb, "%s: ", file);
	vsnprintf(text + sb.len, sizeof(text) - sb.len, format, args);
	complaints->count++;
	complaints->report(complaints->ctx, text);
}

void complain(struct complaints *complaints, const char *file, int line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_with(complaints, file, line, format, args);
	va_end(args);
}

void complain_at(struct complaints *complaints, const struct definition *definition,
	struct definition_place place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_with(complaints, definition->files[place.file], place.line, format, args);
	va_end(args);
}

static const struct board_driver *find_driver(const char *name, struct complaints *complaints)
{
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (strcmp(drivers[i]->name, name) == 0)
			return drivers[i];
	complain(complaints, NULL, 0, "board driver \"%s\" is not known; known: gpiod, sim, none",
		name);
	return NULL;
}

/* A board with its driver and definition, not open. */
static int board_describe(
	const struct board_config *config, struct complaints *complaints, struct board **out)
{
	const struct board_driver *driver = find_driver(config->driver, complaints);
	struct board *board;
	int error = 0;

	if (!driver)
		return -EINVAL;
	board = calloc(1, sizeof(*board));
	if (!board) {
		complain(complaints, NULL, 0, "board: out of memory");
		return -ENOMEM;
	}
	board->driver = driver;
	if (config->socket_dir)
		text_copy(board->socket_dir, sizeof(board->socket_dir), config->socket_dir);
	if (driver->has_definition)
		error = definition_read(&board->definition, config, driver->style, complaints);
	if (error < 0) {
		free(board);
		return error;
	}
	*out = board;
	return 0;
}

int board_check(
	const struct board_config *config, void (*report)(void *ctx, const char *text), void *ctx)
{
	struct complaints complaints = { .report = report, .ctx = ctx };
	struct board *board;

	if (board_describe(config, &complaints, &board) == 0) {
		board->driver->check(board, &complaints);
		free(board);
	}
	return (int)complaints.count;
}

/* ---- opening and closing ---- */

/* The level of the status line of the modem whose power line this is; -ENOENT without one. */
static int pulse_status(const struct board_pulse *pulse)
{
	struct board *board = pulse->board;
	const struct definition_line *line = &board->definition.lines[pulse->line];
	int i = board_find_line(board, LINE_MODEM, BOARD_MODEM_STATUS, line->modem);

	if (i < 0 || line->kind != BOARD_MODEM_POWER)
		return -ENOENT;
	return board->lost ? -ENODEV : board->driver->get(board, (unsigned int)i);
}

static int pulse_begin(struct board_pulse *pulse)
{
	int length_ms = (int)pulse->board->definition.lines[pulse->line].pulse_ms;
	int error = pulse->board->driver->set(pulse->board, pulse->line, true);

	if (error >= 0)
		error = loop_timer_set(pulse->timer, time_mono_ms() + length_ms, 0);
	pulse->on = error >= 0;
	return error < 0 ? error : length_ms;
}

/*
 * A power key toggles: it switches a modem off that was on. Once its status line says that it has
 * gone, the key is pressed again.
 */
static void pulse_look(struct board_pulse *pulse)
{
	if (pulse_status(pulse) == 0)
		pulse_begin(pulse);
	else if (pulse->looks-- > 0)
		loop_timer_set(pulse->timer,
			time_mono_ms() + pulse->board->definition.lines[pulse->line].pulse_ms, 0);
}

static void pulse_over(void *ctx)
{
	struct board_pulse *pulse = ctx;

	if (!pulse->on) {
		pulse_look(pulse);
		return;
	}
	pulse->on = false;
	if (pulse->board->lost)
		return;
	pulse->board->driver->set(pulse->board, pulse->line, false);
	if (pulse->was_on) {
		pulse->was_on = false;
		pulse->looks = STATUS_LOOKS;
		pulse_look(pulse);
	}
}

static void tell_lost(void *ctx)
{
	struct board *board = ctx;

	if (board->events.lost)
		board->events.lost(board->events.ctx, board->lost_text);
}

static int board_prepare(struct board *board)
{
	int error = loop_idle_new(board->loop, tell_lost, board, &board->lost_later);

	for (unsigned int i = 0; error >= 0 && i < board->definition.n_lines; i++) {
		if (board->definition.lines[i].role != LINE_MODEM)
			continue;
		board->pulses[i].board = board;
		board->pulses[i].line = i;
		error = loop_timer_new(
			board->loop, pulse_over, &board->pulses[i], &board->pulses[i].timer);
	}
	return error;
}

static void board_discard(struct board *board)
{
	for (unsigned int i = 0; i < board->definition.n_lines; i++)
		loop_timer_free(board->pulses[i].timer);
	loop_idle_free(board->lost_later);
	free(board);
}

static void keep_first(void *ctx, const char *text)
{
	char *error = ctx;

	if (!error[0])
		text_copy(error, BOARD_ERROR_SIZE, text);
}

int board_open(const struct board_config *config, struct loop *loop,
	const struct board_events *events, struct board **out, char error[BOARD_ERROR_SIZE])
{
	struct complaints complaints = { .report = keep_first, .ctx = error };
	struct board *board;
	int result;

	*out = NULL;
	error[0] = '\0';
	result = board_describe(config, &complaints, &board);
	if (result < 0)
		return result;
	board->loop = loop;
	board->events = *events;
	result = board_prepare(board);
	if (result < 0)
		complain(&complaints, NULL, 0, "board: %s", strerror(-result));
	else
		result = board->driver->open(board, &complaints);
	if (result < 0) {
		board_discard(board);
		return result;
	}
	*out = board;
	return 0;
}

static void board_let_go(struct board *board)
{
	if (!board->let_go)
		board->driver->close(board);
	board->let_go = true;
}

void board_close(struct board *board)
{
	if (!board)
		return;
	for (unsigned int i = 0; i < board->definition.n_lines; i++)
		if (!definition_line_is_input(&board->definition.lines[i]) && !board->lost)
			board->driver->set(board, i, false);
	board->lost = true; /* nobody is told anything any more */
	board_let_go(board);
	board_discard(board);
}

int board_reopen(struct board *board, char error[BOARD_ERROR_SIZE])
{
	struct complaints complaints = { .report = keep_first, .ctx = error };
	int result;

	error[0] = '\0';
	if (!board->lost)
		return 0;
	board_let_go(board);
	board->lights_on = board->buttons_down = board->sensors_active = 0;
	for (unsigned int i = 0; i < board->definition.n_lines; i++)
		board->pulses[i].on = false;
	result = board->driver->open(board, &complaints);
	if (result < 0)
		return result;
	board->lost = board->let_go = false;
	return 0;
}

/* ---- what drivers say ---- */

void board_input_is(struct board *board, unsigned int i, bool active)
{
	const struct definition_line *line = &board->definition.lines[i];
	unsigned int *bits =
		line->role == LINE_SENSOR ? &board->sensors_active : &board->buttons_down;

	*bits = active ? *bits | 1U << line->kind : *bits & ~(1U << line->kind);
}

void board_input_changed(struct board *board, unsigned int i, bool active, int64_t mono_ms)
{
	const struct definition_line *line = &board->definition.lines[i];
	const struct board_events *events = &board->events;

	board_input_is(board, i, active);
	if (line->role == LINE_SENSOR && events->sensor)
		events->sensor(events->ctx, (enum board_sensor)line->kind, active, mono_ms);
	else if (line->role == LINE_BUTTON && events->button)
		events->button(events->ctx, (enum board_button)line->kind, active, mono_ms);
}

void board_gone(struct board *board, const char *format, ...)
{
	va_list args;

	if (board->lost)
		return;
	va_start(args, format);
	vsnprintf(board->lost_text, sizeof(board->lost_text), format, args);
	va_end(args);
	board->lost = true;
	loop_idle_request(board->lost_later);
}

/* ---- lines ---- */

int board_find_line(
	const struct board *board, enum line_role role, unsigned int kind, const char *modem)
{
	for (unsigned int i = 0; i < board->definition.n_lines; i++) {
		const struct definition_line *line = &board->definition.lines[i];

		if (line->role == role && line->kind == kind &&
			(!modem || strcmp(line->modem, modem) == 0))
			return (int)i;
	}
	return -ENOENT;
}

bool board_has_light(const struct board *board, enum board_light light)
{
	return board_find_line(board, LINE_LIGHT, light, NULL) >= 0;
}

bool board_has_button(const struct board *board, enum board_button button)
{
	return board_find_line(board, LINE_BUTTON, button, NULL) >= 0;
}

bool board_has_sensor(const struct board *board, enum board_sensor sensor)
{
	return board_find_line(board, LINE_SENSOR, sensor, NULL) >= 0;
}

bool board_has_modem_line(const struct board *board, const char *modem, enum board_modem_line line)
{
	return board_find_line(board, LINE_MODEM, line, modem) >= 0;
}

int board_set_light(struct board *board, enum board_light light, bool on)
{
	unsigned int bit = 1U << light;
	int i = board_find_line(board, LINE_LIGHT, light, NULL);

	if (board->lost)
		return -ENODEV;
	board->lights_on = on ? board->lights_on | bit : board->lights_on & ~bit;
	return i < 0 ? 0 : board->driver->set(board, (unsigned int)i, on);
}

bool board_light_on(const struct board *board, enum board_light light)
{
	return board->lights_on >> light & 1U;
}

unsigned int board_buttons_down(const struct board *board)
{
	return board->buttons_down;
}

unsigned int board_sensors_active(const struct board *board)
{
	return board->sensors_active;
}

int64_t board_sensor_settle_ms(const struct board *board, enum board_sensor sensor)
{
	int i = board_find_line(board, LINE_SENSOR, sensor, NULL);

	return i < 0 ? 0 : board->definition.lines[i].settle_ms;
}

int board_modem_status(struct board *board, const char *modem)
{
	int i = board_find_line(board, LINE_MODEM, BOARD_MODEM_STATUS, modem);

	if (i < 0)
		return i;
	return board->lost ? -ENODEV : board->driver->get(board, (unsigned int)i);
}

int board_pulse_modem(struct board *board, const char *modem, enum board_modem_line line)
{
	int i = board_find_line(board, LINE_MODEM, line, modem);
	struct board_pulse *pulse;

	if (i < 0)
		return i;
	if (definition_line_is_input(&board->definition.lines[i]))
		return -EINVAL;
	if (board->lost)
		return -ENODEV;
	pulse = &board->pulses[i];
	if (pulse->on)
		return -EBUSY;
	pulse->was_on = pulse_status(pulse) > 0;
	pulse->looks = 0;
	return pulse_begin(pulse);
}
