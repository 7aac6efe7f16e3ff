/* SPDX-License-Identifier: Apache-2.0 */
/*
 * board: the machine. Lights, buttons, power and reset lines of modems behind one small set of
 * operations (libgpiod 1.6, libgpiod 2.x, a simulated board, none), and serial ports. Pins are
 * data: one definition file per board in config/boards. Stands on base; the only user of libgpiod
 * and libserialport.
 */
#ifndef FARO_BOARD_H
#define FARO_BOARD_H

#include <sys/types.h>

#include "faro/base.h"

/* ---- lights, buttons, lines ------------------------------------------------------------------ */

enum board_light {
	BOARD_LIGHT_POWER,
	BOARD_LIGHT_NETWORK,
	BOARD_LIGHT_TRAFFIC,
	BOARD_LIGHT_ALERT,
	BOARD_LIGHT_FAULT,
	BOARD_BUZZER, /* a light for the ears: driven as they are */
	BOARD_LIGHTS,
};

enum board_button {
	BOARD_BUTTON_SEND,
	BOARD_BUTTON_STOP,
	BOARD_BUTTON_TEST,
	BOARD_BUTTON_POWER,
	BOARD_BUTTONS,
};

/** Contacts that nobody presses. Active: what the name says is the case. */
enum board_sensor {
	BOARD_MAINS_LOST,
	BOARD_BATTERY_LOW,
	BOARD_TAMPER,
	BOARD_SENSORS,
};

/**
 * The lines of one modem. What "active" does to it is the wiring's business: the definition says
 * for how long.
 */
enum board_modem_line {
	BOARD_MODEM_POWER, /* power key, or a switch that cuts the supply */
	BOARD_MODEM_RESET,
	BOARD_MODEM_STATUS, /* an input: active while the modem is on */
	BOARD_MODEM_LINES,
};

/** "power", "network", "traffic", "alert", "fault", "buzzer". */
const char *board_light_name(enum board_light light);

/** "send", "stop", "test", "power". */
const char *board_button_name(enum board_button button);

/** "mains_lost", "battery_low", "tamper". */
const char *board_sensor_name(enum board_sensor sensor);

/** "power", "reset", "status". */
const char *board_modem_line_name(enum board_modem_line line);

/** Which board. All strings are the caller's and are needed only during the call. */
struct board_config {
	const char *driver;     /* "gpiod", "sim" or "none" */
	const char *definition; /* definition file (libconfig); not read for "none" */
	/* further definition files, of what sits on the board and brings lines of its own */
	const char *const *hats;
	int n_hats;
	/* sim: where a relative `socket` lies; NULL: beside the definition file */
	const char *socket_dir;
};

/** What a board tells, from the loop. */
struct board_events {
	/**
	 * A button's contact changed; not debounced beyond what the definition asks of the kernel.
	 */
	void (*button)(void *ctx, enum board_button button, bool down, int64_t mono_ms);
	/** A sensor's contact changed; not debounced. */
	void (*sensor)(void *ctx, enum board_sensor sensor, bool active, int64_t mono_ms);
	/**
	 * The board went away while open (its chip was unplugged). Called once; text says which
	 * chip. From then on lights and pulses return -ENODEV, until board_reopen finds it again.
	 */
	void (*lost)(void *ctx, const char *text);
	void *ctx;
};

#define BOARD_ERROR_SIZE 512

struct board;

/**
 * Opens a board: lights are off, buttons are watched in the loop (no wake-ups when nothing
 * happens). On failure error says in one line what is wrong and what is there instead ("x.cfg:12:
 * chip label \"pinctrl-rp1\" is not present; present: ...", "x.cfg:20: line 17 of gpiochip0 (light
 * power) is held by \"other\""). Returns 0, -EINVAL (definition), -ENODEV (chip or line not there),
 * -EBUSY (line or socket held), -errno.
 */
int board_open(const struct board_config *config, struct loop *loop,
	const struct board_events *events, struct board **out, char error[BOARD_ERROR_SIZE]);

/**
 * Turns the lights off, lets all lines go and frees. NULL is fine. Not from within a board_events
 * callback.
 */
void board_close(struct board *board);

/**
 * Opens a lost board again, by the definition that was read at board_open: dark, buttons as they
 * are. The board's address stays, so whoever pulses modem lines may keep it. Errors as board_open;
 * the board is then still lost. Not from within a board_events callback.
 */
int board_reopen(struct board *board, char error[BOARD_ERROR_SIZE]);

/**
 * Checks what board_open would need, and changes nothing: report is called once for each mistake,
 * with the texts of board_open. A line that a running farod holds is not a mistake. Returns the
 * number of mistakes.
 */
int board_check(
	const struct board_config *config, void (*report)(void *ctx, const char *text), void *ctx);

/** One key of a definition file, as faro-board(5) shows it. The strings are constants. */
struct board_definition_row {
	const char *where; /* "A chip" */
	const char *key;   /* "labels" */
	const char *type;  /* "an array [ ... ]" */
	const char *what;  /* without a full stop */
};

/** Row i of the tables of what a definition file may hold; false past the end. */
bool board_definition_row(unsigned int i, struct board_definition_row *row);

/**
 * Lights or darkens. A light that the definition does not have is no error. 0 or -ENODEV (board
 * lost), -errno.
 */
int board_set_light(struct board *board, enum board_light light, bool on);

/** What was last asked of a light. */
bool board_light_on(const struct board *board, enum board_light light);

/** Buttons that are down now, as bits 1U << enum board_button. */
unsigned int board_buttons_down(const struct board *board);

/** Sensors that are active now, as bits 1U << enum board_sensor. */
unsigned int board_sensors_active(const struct board *board);

/** How long a sensor must stay as it is to be believed, ms: as defined, or what suits it. */
int64_t board_sensor_settle_ms(const struct board *board, enum board_sensor sensor);

/**
 * Whether the definition has such a light, button, or line of the modem with this name in
 * faro.cfg.
 */
bool board_has_light(const struct board *board, enum board_light light);
bool board_has_button(const struct board *board, enum board_button button);
bool board_has_sensor(const struct board *board, enum board_sensor sensor);
bool board_has_modem_line(const struct board *board, const char *modem, enum board_modem_line line);

/** Whether the modem is on by its status line: 0 or 1, -ENOENT (no such line), -ENODEV, -errno. */
int board_modem_status(struct board *board, const char *modem);

/**
 * Makes a modem's line active for the time that the definition gives and lets it go again from the
 * loop. The power key of a modem whose status line said that it was on is pressed again when that
 * says off. Returns the time of one pulse in ms, -ENOENT (no such line), -EINVAL (the status line),
 * -EBUSY (this line is pulsing), -ENODEV (board lost), -errno.
 */
int board_pulse_modem(struct board *board, const char *modem, enum board_modem_line line);

/* ---- serial ports ---------------------------------------------------------------------------- */

/*
 * A modem's port: raw, 8 data bits, no parity, 1 stop bit, no flow control, never blocking. A
 * pseudo-terminal is a port too; it has no baud rate and no control lines.
 */
struct serial;

/**
 * Opens path (a symbolic link is followed) for this process alone: an advisory lock is taken and
 * the port is closed to other programs (TIOCEXCL). Waiting input is discarded. -ENOENT, -EACCES,
 * -EBUSY (in use), -ENOTTY (not a serial port), -EINVAL (baud not supported), -errno.
 */
int serial_open(const char *path, unsigned int baud, struct serial **out);

/**
 * Closes at once, without waiting for unsent bytes. NULL is fine. Free loop sources on its fd
 * first.
 */
void serial_close(struct serial *serial);

/**
 * The descriptor, for the loop (LOOP_READ; LOOP_WRITE while bytes wait). Owned by the serial port.
 */
int serial_fd(const struct serial *serial);

/**
 * Reads at most size bytes. Returns the bytes read, 0 when none are waiting, -ENODEV when the port
 * is gone.
 */
ssize_t serial_read(struct serial *serial, void *data, size_t size);

/**
 * Writes. Returns the bytes taken (maybe fewer than n, 0 when full), -ENODEV when the port is
 * gone.
 */
ssize_t serial_write(struct serial *serial, const void *data, size_t n);

/**
 * 0, or -ENODEV once the adapter was pulled or the far end of a pseudo-terminal closed. Costs two
 * system calls; serial_read asks it by itself when it gets nothing. Close at once then, or the
 * adapter comes back under another name.
 */
int serial_alive(const struct serial *serial);

/* ---- which ports there are ---- */

/** Where this machine shows its devices. NULL and "": "/dev", "/sys". */
struct serial_where {
	const char *dev, *sys;
};

/** A port and the USB device behind it. */
struct serial_port {
	char path[128];
	char real[128]; /* what path leads to: equal for two names of one port */
	char tty[32];   /* the kernel's name: "ttyUSB2" */
	char usb[32];   /* the device's place: "1-1.4"; ports of one stick share it; "" = not USB */
	char node[128]; /* "/dev/bus/usb/001/004" */
	int vendor, product; /* -1 = not USB */
	int interface;       /* bInterfaceNumber; -1 = not known */
};

/** What is behind path. -ENOENT when there is nothing, -errno. */
int serial_look(const struct serial_where *where, const char *path, struct serial_port *out);

/**
 * Every ttyUSB* and ttyACM* but the system's consoles, by name; at most max. Nothing is opened.
 * Returns how many, -errno.
 */
int serial_list(const struct serial_where *where, struct serial_port *out, int max);

/**
 * Resets the USB device behind a port (USBDEVFS_RESET), without waiting for it: its ports go and
 * come back. Close them first. -ENOENT (not USB), -EACCES, -ENOTTY (no such device), -errno.
 */
int serial_reset_usb(const struct serial_port *port);

/**
 * Sets DTR (data terminal ready). -ENOTTY where the port has no control lines, -ENODEV when it is
 * gone.
 */
int serial_set_dtr(struct serial *serial, bool on);

/* ---- USB ------------------------------------------------------------------------------------- */

/** A USB device as the kernel tells it. */
struct board_usb {
	uint16_t vendor, product;
	int interface; /* of the port that was asked for; -1 = none, or not known */
	char maker[48], name[48];
};

/** Who is behind a serial port. -ENODEV: nobody on the USB (a UART, a pseudo-terminal), -errno. */
int serial_usb(const char *path, struct board_usb *out);

/** Calls each for every USB device that is plugged in. 0, or -errno where there is no USB. */
int board_usb_walk(void (*each)(void *ctx, const struct board_usb *device), void *ctx);

/** Where sysfs is, for tests; NULL: /sys. Not copied. */
void board_usb_set_root(const char *path);

#endif
