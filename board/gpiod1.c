/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines through libgpiod 1.6. Its requests live as long as the chip's handle, so each line keeps
 * one.
 */
#include <gpiod.h>
#include <stdlib.h>

#include "gpio.h"

struct gpio_line {
	struct gpiod_chip *chip;
	struct gpiod_line *line;
};

#define NS_PER_MS 1000000

static const int bias_flags[] = {
	[LINE_BIAS_AS_IS] = 0,
	[LINE_BIAS_OFF] = GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE,
	[LINE_BIAS_PULL_UP] = GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP,
	[LINE_BIAS_PULL_DOWN] = GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN,
};

int gpio_chip_read(const char *path, struct gpio_chip_info *info)
{
	struct gpiod_chip *chip = gpiod_chip_open(path);

	if (!chip)
		return -errno;
	text_copy(info->name, sizeof(info->name), gpiod_chip_name(chip));
	text_copy(info->label, sizeof(info->label), gpiod_chip_label(chip));
	info->n_lines = gpiod_chip_num_lines(chip);
	gpiod_chip_close(chip);
	return 0;
}

static int line_get(const char *path, unsigned int offset, struct gpio_line *out)
{
	int error;

	out->chip = gpiod_chip_open(path);
	if (!out->chip)
		return -errno;
	out->line = gpiod_chip_get_line(out->chip, offset);
	if (out->line)
		return 0;
	error = -errno;
	gpiod_chip_close(out->chip);
	return error;
}

int gpio_line_holder(const char *path, unsigned int offset, char holder[GPIO_HOLDER_SIZE])
{
	struct gpio_line line = { 0 };
	const char *consumer;
	int held = line_get(path, offset, &line);

	if (held < 0)
		return held;
	held = gpiod_line_is_used(line.line);
	consumer = gpiod_line_consumer(line.line);
	text_copy(holder, GPIO_HOLDER_SIZE, consumer ? consumer : "the kernel");
	gpiod_chip_close(line.chip);
	return held;
}

int gpio_line_new(const char *path, const struct definition_line *line, const char *consumer,
	struct gpio_line **out)
{
	struct gpiod_line_request_config config = {
		.consumer = consumer,
		.request_type = definition_line_is_input(line)
					? GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES
					: GPIOD_LINE_REQUEST_DIRECTION_OUTPUT,
		.flags = bias_flags[line->bias] |
			 (line->active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0),
	};
	struct gpio_line *taken = calloc(1, sizeof(*taken));
	int error = taken ? line_get(path, line->offset, taken) : -ENOMEM;

	if (error == 0 && gpiod_line_request(taken->line, &config, 0) < 0) {
		error = -errno;
		gpiod_chip_close(taken->chip);
	}
	if (error < 0) {
		free(taken);
		return error;
	}
	*out = taken;
	return 0;
}

void gpio_line_free(struct gpio_line *line)
{
	if (!line)
		return;
	gpiod_line_release(line->line);
	gpiod_chip_close(line->chip);
	free(line);
}

int gpio_line_set(struct gpio_line *line, bool active)
{
	return gpiod_line_set_value(line->line, active) < 0 ? -errno : 0;
}

int gpio_line_get(struct gpio_line *line)
{
	int value = gpiod_line_get_value(line->line);

	return value < 0 ? -errno : value;
}

int gpio_line_fd(struct gpio_line *line)
{
	return gpiod_line_event_get_fd(line->line);
}

int gpio_line_edge(struct gpio_line *line, bool *active, int64_t *mono_ms)
{
	struct gpiod_line_event event;

	if (gpiod_line_event_read(line->line, &event) < 0)
		return -errno;
	*active = event.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
	*mono_ms = event.ts.tv_sec * MS_PER_S + event.ts.tv_nsec / NS_PER_MS;
	return 1;
}
