/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside board/: what gpiod.c needs of libgpiod, once for 1.6 (gpiod1.c) and once for 2.x
 * (gpiod2.c).
 */
#ifndef FARO_BOARD_GPIO_H
#define FARO_BOARD_GPIO_H

#include "driver.h"

struct gpio_chip_info {
	char name[DEFINITION_NAME_SIZE];  /* "gpiochip0" */
	char label[DEFINITION_NAME_SIZE]; /* "pinctrl-bcm2711" */
	unsigned int n_lines;
};

/**
 * Reads about the chip at path ("/dev/gpiochip0"). -ENOENT, -EACCES, -ENOTTY (no GPIO chip),
 * -errno.
 */
int gpio_chip_read(const char *path, struct gpio_chip_info *info);

#define GPIO_HOLDER_SIZE 64
/** 1 and the name of who holds a line, 0 when it is free, -errno. */
int gpio_line_holder(const char *path, unsigned int offset, char holder[GPIO_HOLDER_SIZE]);

struct gpio_line;

/**
 * Takes a line for consumer: outputs at rest, buttons with both edges. -EBUSY when it is held,
 * -EINVAL when the line cannot do what the definition asks, -errno. Free with gpio_line_free.
 */
int gpio_line_new(const char *path, const struct definition_line *line, const char *consumer,
	struct gpio_line **out);
void gpio_line_free(struct gpio_line *line);

/**
 * Drives an output; active is logical (active_low is the library's business). 0, -ENODEV, -errno.
 */
int gpio_line_set(struct gpio_line *line, bool active);

/** The logical level: 0 or 1, -ENODEV, -errno. */
int gpio_line_get(struct gpio_line *line);

/** The descriptor that becomes readable when a button's line changes. */
int gpio_line_fd(struct gpio_line *line);

/**
 * Takes the next waiting edge of a button: 1 with its level and its time in mono_ms, -errno. Blocks
 * when none waits: call it only when the descriptor is readable.
 */
int gpio_line_edge(struct gpio_line *line, bool *active, int64_t *mono_ms);

#endif
