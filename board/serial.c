/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serial ports. libserialport knows what is listed in /sys/class/tty; it refuses pseudo-terminals
 * ("Device not found"), so these are driven by termios: the second row of the same small set of
 * operations.
 */
#include <fcntl.h>
#include <libserialport.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#include "faro/board.h"

#define TICK_US 10000

struct serial_kind {
	int (*open)(struct serial *serial, const char *path, unsigned int baud);
	void (*close)(struct serial *serial);
	ssize_t (*read)(struct serial *serial, void *data, size_t size);
	ssize_t (*write)(struct serial *serial, const void *data, size_t n);
	int (*waiting)(
		const struct serial *serial); /* bytes to read, negative when the port is gone */
	int (*set_dtr)(struct serial *serial, bool on);
};

struct serial {
	const struct serial_kind *kind;
	struct sp_port *port; /* ports that libserialport knows */
	int fd;
};

/*
 * A port that was pulled answers EIO or ENXIO depending on the driver; for the caller these are
 * one.
 */
static int gone_or(int error)
{
	return error == EIO || error == ENXIO || error == EBADF ? -ENODEV : -error;
}

/* ---- ports that libserialport knows ---- */

static int port_error(enum sp_return code)
{
	switch (code) {
	case SP_ERR_ARG:
		return -EINVAL;
	case SP_ERR_MEM:
		return -ENOMEM;
	case SP_ERR_SUPP:
		return -EOPNOTSUPP;
	default:
		if (errno == EWOULDBLOCK) /* the lock of a libserialport that takes one */
			return -EBUSY;
		return errno > 0 ? gone_or(errno) : -EIO;
	}
}

static void port_free(struct serial *serial)
{
	sp_close(serial->port);
	sp_free_port(serial->port);
}

/* Only that it comes counts. */
static void on_tick(int signal)
{
	(void)signal;
}

static void tick_every(suseconds_t us)
{
	const struct itimerval every = { .it_interval.tv_usec = us, .it_value.tv_usec = us };

	setitimer(ITIMER_REAL, &every, NULL);
}

/*
 * close() waits up to 30 s for bytes that a port does not take. A UART's are thrown away; the
 * drivers of USB ports cannot take back what waits for the device, but a signal ends their wait:
 * one comes every 10 ms until close() has returned.
 */
static void port_close(struct serial *serial)
{
	struct sigaction tick = { .sa_handler = on_tick }, before;

	sp_flush(serial->port, SP_BUF_BOTH);
	sigaction(SIGALRM, &tick, &before);
	tick_every(TICK_US);
	port_free(serial);
	tick_every(0);
	sigaction(SIGALRM, &before, NULL);
}

static enum sp_return port_configure(struct sp_port *port, unsigned int baud)
{
	enum sp_return code = sp_set_baudrate(port, (int)baud);

	if (code == SP_OK)
		code = sp_set_bits(port, 8);
	if (code == SP_OK)
		code = sp_set_parity(port, SP_PARITY_NONE);
	if (code == SP_OK)
		code = sp_set_stopbits(port, 1);
	if (code == SP_OK)
		code = sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE);
	if (code == SP_OK)
		code = sp_flush(port, SP_BUF_INPUT);
	return code;
}

/* libserialport 0.1.1 takes no lock; later ones take the same two. */
static int port_take(struct serial *serial)
{
	if (sp_get_port_handle(serial->port, &serial->fd) != SP_OK)
		return -EIO;
	if (flock(serial->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	return ioctl(serial->fd, TIOCEXCL) < 0 ? gone_or(errno) : 0;
}

static int port_open(struct serial *serial, const char *path, unsigned int baud)
{
	enum sp_return code;
	int error;

	if (sp_get_port_by_name(path, &serial->port) != SP_OK)
		return -ENOTTY;
	errno = 0;
	code = sp_open(serial->port, SP_MODE_READ_WRITE);
	error = code == SP_OK ? port_take(serial) : port_error(code);
	if (error == 0) {
		code = port_configure(serial->port, baud);
		error = code == SP_OK ? 0 : port_error(code);
	}
	if (error < 0)
		port_free(serial);
	return error;
}

static ssize_t port_read(struct serial *serial, void *data, size_t size)
{
	int n = sp_nonblocking_read(serial->port, data, size);

	return n >= 0 ? n : port_error(n);
}

static ssize_t port_write(struct serial *serial, const void *data, size_t n)
{
	int written = sp_nonblocking_write(serial->port, data, n);

	return written >= 0 ? written : port_error(written);
}

static int port_waiting(const struct serial *serial)
{
	return sp_input_waiting(serial->port);
}

static int port_set_dtr(struct serial *serial, bool on)
{
	enum sp_return code = sp_set_dtr(serial->port, on ? SP_DTR_ON : SP_DTR_OFF);

	if (code == SP_OK)
		return 0;
	/* adapters without control lines */
	return code == SP_ERR_FAIL && errno == EINVAL ? -ENOTTY : port_error(code);
}

/* ---- pseudo-terminals ---- */

static void pty_close(struct serial *serial)
{
	tcflush(serial->fd, TCIOFLUSH);
	close(serial->fd);
}

static int pty_configure(int fd)
{
	struct termios settings;

	/*
	 * no TIOCEXCL: a pseudo-terminal would stay exclusive after the death of who asked for it
	 */
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (tcgetattr(fd, &settings) < 0)
		return gone_or(errno);
	cfmakeraw(&settings);
	settings.c_cflag |= CLOCAL | CREAD;
	if (tcsetattr(fd, TCSANOW, &settings) < 0 || tcflush(fd, TCIFLUSH) < 0)
		return gone_or(errno);
	return 0;
}

static int pty_open(struct serial *serial, const char *path, unsigned int baud)
{
	int error;

	(void)baud;
	serial->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (serial->fd < 0)
		return -errno;
	error = isatty(serial->fd) ? pty_configure(serial->fd) : -ENOTTY;
	if (error < 0)
		close(serial->fd);
	return error;
}

static ssize_t pty_read(struct serial *serial, void *data, size_t size)
{
	ssize_t n = read(serial->fd, data, size);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : gone_or(errno);
	return n;
}

static ssize_t pty_write(struct serial *serial, const void *data, size_t n)
{
	ssize_t written = write(serial->fd, data, n);

	if (written < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : gone_or(errno);
	return written;
}

static int pty_waiting(const struct serial *serial)
{
	int waiting;

	return ioctl(serial->fd, FIONREAD, &waiting) < 0 ? -errno : waiting;
}

static int pty_set_dtr(struct serial *serial, bool on)
{
	(void)on;
	return serial_alive(serial) < 0 ? -ENODEV : -ENOTTY;
}

static const struct serial_kind kind_port = {
	port_open,
	port_close,
	port_read,
	port_write,
	port_waiting,
	port_set_dtr,
};

static const struct serial_kind kind_pty = {
	pty_open,
	pty_close,
	pty_read,
	pty_write,
	pty_waiting,
	pty_set_dtr,
};

/* ---- the face ---- */

static int serial_choose(struct serial *serial, const char *path, unsigned int baud)
{
	struct stat st;
	int error;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode))
		return -ENOTTY;
	serial->kind = &kind_port;
	error = port_open(serial, path, baud);
	if (error != -ENOTTY)
		return error;
	serial->kind = &kind_pty;
	return pty_open(serial, path, baud);
}

int serial_open(const char *path, unsigned int baud, struct serial **out)
{
	struct serial *serial;
	char *real;
	int error;

	*out = NULL;
	/* libserialport does not follow /dev/serial/by-id/... itself */
	real = realpath(path, NULL);
	if (!real)
		return -errno;
	serial = calloc(1, sizeof(*serial));
	error = serial ? serial_choose(serial, real, baud) : -ENOMEM;
	free(real);
	if (error < 0) {
		free(serial);
		return error;
	}
	*out = serial;
	return 0;
}

void serial_close(struct serial *serial)
{
	if (!serial)
		return;
	serial->kind->close(serial);
	free(serial);
}

int serial_fd(const struct serial *serial)
{
	return serial->fd;
}

ssize_t serial_read(struct serial *serial, void *data, size_t size)
{
	ssize_t n = serial->kind->read(serial, data, size);

	/* both libserialport and a hung-up terminal read 0 for ever */
	return n != 0 || size == 0 ? n : serial_alive(serial);
}

ssize_t serial_write(struct serial *serial, const void *data, size_t n)
{
	return serial->kind->write(serial, data, n);
}

int serial_alive(const struct serial *serial)
{
	struct pollfd poll_fd = { .fd = serial->fd, .events = 0 };

	if (serial->kind->waiting(serial) < 0)
		return -ENODEV;
	if (poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLHUP | POLLERR | POLLNVAL)))
		return -ENODEV;
	return 0;
}

int serial_set_dtr(struct serial *serial, bool on)
{
	return serial->kind->set_dtr(serial, on);
}
