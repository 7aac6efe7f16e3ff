/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines through libgpiod 2.x: one request for each line; the chip's handle is needed only to ask.
 */
#include <gpiod.h>
#include <stdlib.h>

#include "gpio.h"

struct gpio_line {
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *events;
	unsigned int offset;
};

#define NS_PER_MS 1000000
#define US_PER_MS 1000

static const enum gpiod_line_bias biases[] = {
	[LINE_BIAS_AS_IS] = GPIOD_LINE_BIAS_AS_IS,
	[LINE_BIAS_OFF] = GPIOD_LINE_BIAS_DISABLED,
	[LINE_BIAS_PULL_UP] = GPIOD_LINE_BIAS_PULL_UP,
	[LINE_BIAS_PULL_DOWN] = GPIOD_LINE_BIAS_PULL_DOWN,
};

int gpio_chip_read(const char *path, struct gpio_chip_info *info)
{
	struct gpiod_chip *chip = gpiod_chip_open(path);
	struct gpiod_chip_info *about;
	int error = 0;

	if (!chip)
		return -errno;
	about = gpiod_chip_get_info(chip);
	if (about) {
		text_copy(info->name, sizeof(info->name), gpiod_chip_info_get_name(about));
		text_copy(info->label, sizeof(info->label), gpiod_chip_info_get_label(about));
		info->n_lines = (unsigned int)gpiod_chip_info_get_num_lines(about);
		gpiod_chip_info_free(about);
	} else {
		error = -errno;
	}
	gpiod_chip_close(chip);
	return error;
}

int gpio_line_holder(const char *path, unsigned int offset, char holder[GPIO_HOLDER_SIZE])
{
	struct gpiod_chip *chip = gpiod_chip_open(path);
	struct gpiod_line_info *about;
	const char *consumer;
	int held;

	if (!chip)
		return -errno;
	about = gpiod_chip_get_line_info(chip, offset);
	held = about ? gpiod_line_info_is_used(about) : -errno;
	if (about) {
		consumer = gpiod_line_info_get_consumer(about);
		text_copy(holder, GPIO_HOLDER_SIZE, consumer ? consumer : "the kernel");
		gpiod_line_info_free(about);
	}
	gpiod_chip_close(chip);
	return held;
}

static int settings_fill(struct gpiod_line_settings *settings, const struct definition_line *line)
{
	int error;

	gpiod_line_settings_set_active_low(settings, line->active_low);
	error = gpiod_line_settings_set_bias(settings, biases[line->bias]);
	if (!definition_line_is_input(line))
		return error < 0 ? error
				 : gpiod_line_settings_set_direction(
					   settings, GPIOD_LINE_DIRECTION_OUTPUT);
	gpiod_line_settings_set_debounce_period_us(settings, line->debounce_ms * US_PER_MS);
	gpiod_line_settings_set_event_clock(settings, GPIOD_LINE_CLOCK_MONOTONIC);
	if (error == 0)
		error = gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
	if (error == 0)
		error = gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH);
	return error;
}

static struct gpiod_line_request *request_with(struct gpiod_chip *chip,
	const struct definition_line *line, const char *consumer,
	struct gpiod_line_settings *settings, struct gpiod_line_config *lines,
	struct gpiod_request_config *config)
{
	if (!settings || !lines || !config || settings_fill(settings, line) < 0 ||
		gpiod_line_config_add_line_settings(lines, &line->offset, 1, settings) < 0)
		return NULL;
	gpiod_request_config_set_consumer(config, consumer);
	return gpiod_chip_request_lines(chip, config, lines);
}

static struct gpiod_line_request *request_line(
	const char *path, const struct definition_line *line, const char *consumer)
{
	struct gpiod_chip *chip = gpiod_chip_open(path);
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_request_config *config = gpiod_request_config_new();
	struct gpiod_line_request *request = NULL;
	int error;

	if (chip)
		request = request_with(chip, line, consumer, settings, lines, config);
	error = errno;
	gpiod_request_config_free(config);
	gpiod_line_config_free(lines);
	gpiod_line_settings_free(settings);
	if (chip)
		gpiod_chip_close(chip);
	errno = error;
	return request;
}

int gpio_line_new(const char *path, const struct definition_line *line, const char *consumer,
	struct gpio_line **out)
{
	struct gpio_line *taken = calloc(1, sizeof(*taken));
	int error = 0;

	if (!taken)
		return -ENOMEM;
	taken->offset = line->offset;
	taken->request = request_line(path, line, consumer);
	if (!taken->request)
		error = -errno;
	/* one event at a time keeps the order between buttons that of the loop */
	else if (definition_line_is_input(line) &&
		 !(taken->events = gpiod_edge_event_buffer_new(1)))
		error = -errno;
	if (error < 0) {
		gpio_line_free(taken);
		return error;
	}
	*out = taken;
	return 0;
}

void gpio_line_free(struct gpio_line *line)
{
	if (!line)
		return;
	if (line->events)
		gpiod_edge_event_buffer_free(line->events);
	if (line->request)
		gpiod_line_request_release(line->request);
	free(line);
}

int gpio_line_set(struct gpio_line *line, bool active)
{
	enum gpiod_line_value value = active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;

	return gpiod_line_request_set_value(line->request, line->offset, value) < 0 ? -errno : 0;
}

int gpio_line_get(struct gpio_line *line)
{
	enum gpiod_line_value value = gpiod_line_request_get_value(line->request, line->offset);

	return value == GPIOD_LINE_VALUE_ERROR ? -errno : value == GPIOD_LINE_VALUE_ACTIVE;
}

int gpio_line_fd(struct gpio_line *line)
{
	return gpiod_line_request_get_fd(line->request);
}

int gpio_line_edge(struct gpio_line *line, bool *active, int64_t *mono_ms)
{
	struct gpiod_edge_event *event;

	if (gpiod_line_request_read_edge_events(line->request, line->events, 1) < 0)
		return -errno;
	event = gpiod_edge_event_buffer_get_event(line->events, 0);
	*active = gpiod_edge_event_get_event_type(event) == GPIOD_EDGE_EVENT_RISING_EDGE;
	*mono_ms = (int64_t)(gpiod_edge_event_get_timestamp_ns(event) / NS_PER_MS);
	return 1;
}
