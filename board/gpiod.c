/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board on real lines. Chips are found by label, since their numbers change between kernels; a
 * chip that goes away is noticed when its device file disappears, since not every kernel wakes
 * those who wait for its edges.
 */
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gpio.h"

/* Lines that a farod holds are named so; gpioinfo shows it. */
#define CONSUMER_PREFIX "faro:"

struct real_line {
	struct board *board;
	unsigned int i; /* of the definition */
	struct gpio_line *gpio;
	struct loop_fd *source;
};

struct real_chip {
	char path[DEFINITION_PATH_SIZE];
	struct gpio_chip_info info;
	ino_t inode;
};

struct real {
	struct real_chip chips[DEFINITION_CHIPS];
	struct real_line lines[DEFINITION_LINES];
	int watch_fd;
	struct loop_fd *watch;
};

/* ---- finding chips ---- */

static int is_chip(const struct dirent *entry)
{
	return strncmp(entry->d_name, "gpiochip", 8) == 0;
}

static bool label_wanted(const struct definition_chip *wanted, const char *label)
{
	for (unsigned int i = 0; i < wanted->n_labels; i++)
		if (strcmp(wanted->labels[i], label) == 0)
			return true;
	return false;
}

/* Tries one device file; notes its label in present. True when it is the one wanted. */
static bool chip_matches(const struct definition_chip *wanted, const char *name,
	struct real_chip *chip, struct strbuf *present)
{
	int error;

	snprintf(chip->path, sizeof(chip->path), "/dev/%.200s", name);
	error = gpio_chip_read(chip->path, &chip->info);
	if (error < 0) {
		strbuf_addf(present, "%s%s (%s)", present->len ? ", " : "", name, strerror(-error));
		return false;
	}
	strbuf_addf(present, "%s%s", present->len ? ", " : "", chip->info.label);
	return label_wanted(wanted, chip->info.label);
}

static bool chip_by_label(
	const struct definition_chip *wanted, struct real_chip *chip, struct strbuf *present)
{
	struct dirent **entries = NULL;
	int n = scandir("/dev", &entries, is_chip, versionsort);
	bool found = false;

	for (int i = 0; i < n; i++) {
		if (!found)
			found = chip_matches(wanted, entries[i]->d_name, chip, present);
		free(entries[i]);
	}
	free(entries);
	return found;
}

static void complain_label(const struct definition *definition,
	const struct definition_chip *wanted, const struct strbuf *present,
	struct complaints *complaints)
{
	char labels[BOARD_ERROR_SIZE / 2];
	struct strbuf sb;

	strbuf_init(&sb, labels, sizeof(labels));
	for (unsigned int i = 0; i < wanted->n_labels; i++)
		strbuf_addf(&sb, "%s\"%s\"", i ? " or " : "", wanted->labels[i]);
	complain_at(complaints, definition, wanted->place,
		"chip label %s is not present; present: %s", labels,
		present->len ? present->text : "none");
}

static int chip_find(const struct definition *definition, const struct definition_chip *wanted,
	struct real_chip *chip, struct complaints *complaints)
{
	char names[BOARD_ERROR_SIZE / 2];
	struct strbuf present;
	struct stat st;
	int error;

	strbuf_init(&present, names, sizeof(names));
	if (wanted->path[0]) {
		text_copy(chip->path, sizeof(chip->path), wanted->path);
		error = gpio_chip_read(chip->path, &chip->info);
		if (error < 0) {
			complain_at(complaints, definition, wanted->place, "chip %s: %s",
				chip->path, strerror(-error));
			return -ENODEV;
		}
	} else if (!chip_by_label(wanted, chip, &present)) {
		complain_label(definition, wanted, &present, complaints);
		return -ENODEV;
	}
	chip->inode = stat(chip->path, &st) == 0 ? st.st_ino : 0;
	return 0;
}

/* ---- taking lines ---- */

static bool line_exists(const struct definition *definition, const struct definition_line *line,
	const struct real_chip *chip, struct complaints *complaints)
{
	char name[LINE_NAME_SIZE];

	if (line->offset < chip->info.n_lines)
		return true;
	complain_at(complaints, definition, line->place,
		"%s has no line %u (%s); its lines are 0 to %u", chip->info.name, line->offset,
		definition_line_name(line, name), chip->info.n_lines - 1);
	return false;
}

static void complain_line(const struct definition *definition, const struct definition_line *line,
	const struct real_chip *chip, int error, struct complaints *complaints)
{
	char name[LINE_NAME_SIZE], holder[GPIO_HOLDER_SIZE];

	definition_line_name(line, name);
	if (error == -EBUSY && gpio_line_holder(chip->path, line->offset, holder) > 0)
		complain_at(complaints, definition, line->place,
			"line %u of %s (%s) is held by \"%s\"", line->offset, chip->info.name, name,
			holder);
	else
		complain_at(complaints, definition, line->place, "line %u of %s (%s): %s",
			line->offset, chip->info.name, name, strerror(-error));
}

static const char *line_consumer(const struct definition_line *line, char *out, size_t size)
{
	char name[LINE_NAME_SIZE];

	/* the kernel keeps 31 bytes of it */
	snprintf(out, size, CONSUMER_PREFIX "%s", definition_line_name(line, name));
	return out;
}

static void board_line_lost(struct board *board, const struct definition_line *line, int error)
{
	struct real *real = board->hardware;
	const struct real_chip *chip = &real->chips[line->chip];
	char name[LINE_NAME_SIZE];

	board_gone(board, "%s (%s) with %s went away: %s", chip->info.name, chip->info.label,
		definition_line_name(line, name), strerror(-error));
}

static void input_ready(void *ctx, int fd, unsigned int events)
{
	struct real_line *line = ctx;
	struct board *board = line->board;
	const struct definition_line *definition = &board->definition.lines[line->i];
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	bool active;
	int64_t mono_ms;
	int error = 0;

	while (poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & POLLIN) &&
		!(poll_fd.revents & POLLERR)) {
		error = gpio_line_edge(line->gpio, &active, &mono_ms);
		if (error < 0)
			break;
		board_input_changed(board, line->i, active, mono_ms);
	}
	if (error < 0 || (events & LOOP_HANGUP)) {
		loop_fd_free(line->source);
		line->source = NULL;
		board_line_lost(board, definition, error < 0 ? error : -ENODEV);
	}
}

static int input_watch(struct board *board, struct real_line *line)
{
	int active = gpio_line_get(line->gpio);

	if (active < 0)
		return active;
	board_input_is(board, line->i, active);
	return loop_fd_new(
		board->loop, gpio_line_fd(line->gpio), LOOP_READ, input_ready, line, &line->source);
}

static int line_open(struct board *board, unsigned int i, struct complaints *complaints)
{
	struct real *real = board->hardware;
	const struct definition_line *definition = &board->definition.lines[i];
	const struct real_chip *chip = &real->chips[definition->chip];
	struct real_line *line = &real->lines[i];
	char consumer[LINE_NAME_SIZE + sizeof(CONSUMER_PREFIX)];
	int error;

	if (!line_exists(&board->definition, definition, chip, complaints))
		return -ENODEV;
	line->board = board;
	line->i = i;
	error = gpio_line_new(chip->path, definition,
		line_consumer(definition, consumer, sizeof(consumer)), &line->gpio);
	if (error == 0 && definition_line_is_watched(definition))
		error = input_watch(board, line);
	if (error < 0)
		complain_line(&board->definition, definition, chip, error, complaints);
	return error;
}

/* ---- noticing that a chip goes away ---- */

static void watch_ready(void *ctx, int fd, unsigned int events)
{
	struct board *board = ctx;
	struct real *real = board->hardware;
	char notes[4096];
	struct stat st;

	(void)events;
	if (read(fd, notes, sizeof(notes)) < 0)
		return;
	for (unsigned int i = 0; i < board->definition.n_chips; i++) {
		const struct real_chip *chip = &real->chips[i];

		if (stat(chip->path, &st) < 0 || st.st_ino != chip->inode)
			board_gone(
				board, "%s (%s) was unplugged", chip->info.name, chip->info.label);
	}
}

static int watch_open(struct board *board)
{
	struct real *real = board->hardware;

	real->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (real->watch_fd < 0)
		return -errno;
	for (unsigned int i = 0; i < board->definition.n_chips; i++)
		if (inotify_add_watch(
			    real->watch_fd, real->chips[i].path, IN_ATTRIB | IN_DELETE_SELF) < 0)
			return -errno;
	return loop_fd_new(
		board->loop, real->watch_fd, LOOP_READ, watch_ready, board, &real->watch);
}

/* ---- the driver ---- */

static void gpiod_board_close(struct board *board)
{
	struct real *real = board->hardware;

	for (unsigned int i = 0; i < board->definition.n_lines; i++) {
		loop_fd_free(real->lines[i].source);
		gpio_line_free(real->lines[i].gpio);
	}
	loop_fd_free(real->watch);
	if (real->watch_fd >= 0)
		close(real->watch_fd);
	free(real);
}

static int gpiod_board_take(struct board *board, struct complaints *complaints)
{
	struct real *real = board->hardware;
	int error = 0;

	for (unsigned int i = 0; error == 0 && i < board->definition.n_chips; i++)
		error = chip_find(&board->definition, &board->definition.chips[i], &real->chips[i],
			complaints);
	for (unsigned int i = 0; error == 0 && i < board->definition.n_lines; i++)
		error = line_open(board, i, complaints);
	if (error < 0)
		return error;
	error = watch_open(board);
	if (error < 0)
		complain(complaints, board->definition.files[0], 0, "watching the chips: %s",
			strerror(-error));
	return error < 0 ? error : 0;
}

static int gpiod_board_open(struct board *board, struct complaints *complaints)
{
	struct real *real = calloc(1, sizeof(*real));
	int error;

	if (!real) {
		complain(complaints, NULL, 0, "board: out of memory");
		return -ENOMEM;
	}
	real->watch_fd = -1;
	board->hardware = real;
	error = gpiod_board_take(board, complaints);
	if (error < 0)
		gpiod_board_close(board);
	return error;
}

static int gpiod_board_set(struct board *board, unsigned int i, bool active)
{
	struct real *real = board->hardware;
	int error = gpio_line_set(real->lines[i].gpio, active);

	if (error == -ENODEV)
		board_line_lost(board, &board->definition.lines[i], error);
	return error;
}

static int gpiod_board_get(struct board *board, unsigned int i)
{
	struct real *real = board->hardware;
	int level = gpio_line_get(real->lines[i].gpio);

	if (level == -ENODEV)
		board_line_lost(board, &board->definition.lines[i], level);
	return level;
}

static void gpiod_board_check(struct board *board, struct complaints *complaints)
{
	const struct definition *definition = &board->definition;
	struct real_chip chips[DEFINITION_CHIPS] = { 0 };
	bool present[DEFINITION_CHIPS] = { false };
	char holder[GPIO_HOLDER_SIZE];

	for (unsigned int i = 0; i < definition->n_chips; i++)
		present[i] =
			chip_find(definition, &definition->chips[i], &chips[i], complaints) == 0;
	for (unsigned int i = 0; i < definition->n_lines; i++) {
		const struct definition_line *line = &definition->lines[i];
		const struct real_chip *chip = &chips[line->chip];

		if (!present[line->chip] || !line_exists(definition, line, chip, complaints))
			continue;
		if (gpio_line_holder(chip->path, line->offset, holder) > 0 &&
			strncmp(holder, CONSUMER_PREFIX, strlen(CONSUMER_PREFIX)) != 0)
			complain_line(definition, line, chip, -EBUSY, complaints);
	}
}

const struct board_driver board_driver_gpiod = {
	.name = "gpiod",
	.has_definition = true,
	.style = DEFINITION_WITH_PINS,
	.open = gpiod_board_open,
	.close = gpiod_board_close,
	.set = gpiod_board_set,
	.get = gpiod_board_get,
	.check = gpiod_board_check,
};
