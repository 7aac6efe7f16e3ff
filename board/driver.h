/* SPDX-License-Identifier: Apache-2.0 */
/* Inside board/: the definition of a board, and the operations that each driver gives. */
#ifndef FARO_BOARD_DRIVER_H
#define FARO_BOARD_DRIVER_H

#include "faro/board.h"

#define DEFINITION_LABELS    8
#define DEFINITION_FILES     16
#define DEFINITION_CHIPS     4
#define DEFINITION_LINES     64
#define DEFINITION_NAME_SIZE 32
#define DEFINITION_PATH_SIZE 256

/** Who hears of mistakes: each is one text, with file and line where there is one. */
struct complaints {
	void (*report)(void *ctx, const char *text);
	void *ctx;
	unsigned int count;
};

/** Reports "file:line: ..." (file NULL: only the text; line 0: no line). */
void complain(struct complaints *complaints, const char *file, int line, const char *format, ...)
	PRINTF_LIKE(4, 5);

/** Where something was defined. */
struct definition_place {
	unsigned int file; /* index into files */
	int line;
};

struct definition_chip {
	char id[DEFINITION_NAME_SIZE];
	char labels[DEFINITION_LABELS][DEFINITION_NAME_SIZE]; /* any of these */
	unsigned int n_labels;
	char path[DEFINITION_PATH_SIZE]; /* or this one */
	struct definition_place place;
};

enum line_role { LINE_LIGHT, LINE_BUTTON, LINE_MODEM, LINE_SENSOR };
enum line_bias { LINE_BIAS_AS_IS, LINE_BIAS_OFF, LINE_BIAS_PULL_UP, LINE_BIAS_PULL_DOWN };

struct definition_line {
	enum line_role role;
	unsigned int kind; /* enum board_light, _button, _modem_line or _sensor, by role */
	char modem[DEFINITION_NAME_SIZE];
	unsigned int chip; /* index into chips */
	unsigned int offset;
	bool active_low;
	enum line_bias bias;
	unsigned int debounce_ms; /* asked of the kernel where it can (libgpiod 2.x) */
	unsigned int pulse_ms;
	unsigned int settle_ms; /* sensors */
	struct definition_place place;
};

struct definition {
	/* the board's own first, then those of its HATs and what they include */
	char files[DEFINITION_FILES][DEFINITION_PATH_SIZE];
	unsigned int n_files;
	struct definition_chip chips[DEFINITION_CHIPS];
	unsigned int n_chips;
	struct definition_line lines[DEFINITION_LINES];
	unsigned int n_lines;
	char socket[DEFINITION_PATH_SIZE];
	int socket_line;
};

/** Whether lines have pins (and so a chip), or are only names. */
enum definition_style { DEFINITION_WITH_PINS, DEFINITION_WITHOUT_PINS };

/** Reads the definition and those of HATs; every mistake goes to complaints. 0 or -EINVAL. */
int definition_read(struct definition *definition, const struct board_config *config,
	enum definition_style style, struct complaints *complaints);

/** Whether each change of the line is told: buttons and sensors. */
bool definition_line_is_watched(const struct definition_line *line);

/** Whether farod reads the line: the others it drives. */
bool definition_line_is_input(const struct definition_line *line);

/** As complain, of a place of a definition. */
void complain_at(struct complaints *complaints, const struct definition *definition,
	struct definition_place place, const char *format, ...) PRINTF_LIKE(4, 5);

#define LINE_NAME_SIZE 64
/** "light power", "button send", "modem sim1 reset". Returns out. */
const char *definition_line_name(const struct definition_line *line, char out[LINE_NAME_SIZE]);

/** A modem line that is made active for a while. */
struct board_pulse {
	struct board *board;
	unsigned int line;
	struct loop_timer *timer;
	bool on;
	bool was_on; /* the modem was on when its power key was pressed */
	int looks;   /* at its status, before it is given up */
};

/** A board is a driver, a definition, and what is true now. */
struct board {
	const struct board_driver *driver;
	void *hardware; /* the driver's own */
	struct definition definition;
	char socket_dir[DEFINITION_PATH_SIZE];
	struct loop *loop;
	struct board_events events;
	struct board_pulse pulses[DEFINITION_LINES]; /* those of modem lines have a timer */
	unsigned int lights_on, buttons_down, sensors_active; /* bits by kind */
	struct loop_idle *lost_later;
	bool lost;
	bool let_go; /* the hardware was closed */
	char lost_text[BOARD_ERROR_SIZE];
};

struct board_driver {
	const char *name;
	bool has_definition;
	enum definition_style style;
	/**
	 * Takes all lines: lights dark, modem lines at rest, buttons and sensors watched and
	 * board->buttons_down and sensors_active set (board_input_is).
	 */
	int (*open)(struct board *board, struct complaints *complaints);
	void (*close)(struct board *board);
	/** Drives output line i of the definition. 0, -ENODEV, -errno. */
	int (*set)(struct board *board, unsigned int i, bool active);
	/** The level of input line i: 0 or 1, -ENODEV, -errno. */
	int (*get)(struct board *board, unsigned int i);
	/** Complains of all that open would fail for. board has a definition but is not open. */
	void (*check)(struct board *board, struct complaints *complaints);
};

extern const struct board_driver board_driver_gpiod;
extern const struct board_driver board_driver_sim;
extern const struct board_driver board_driver_none;

/** For drivers: how a watched input is when the board is opened. */
void board_input_is(struct board *board, unsigned int i, bool active);

/** For drivers: an input that is watched changed: button or sensor. */
void board_input_changed(struct board *board, unsigned int i, bool active, int64_t mono_ms);

/** For drivers: the hardware is gone. The owner is told from the loop, once. */
void board_gone(struct board *board, const char *format, ...) PRINTF_LIKE(2, 3);

/** The definition's line of this role and kind (and modem), or -ENOENT. */
int board_find_line(
	const struct board *board, enum line_role role, unsigned int kind, const char *modem);

#endif
