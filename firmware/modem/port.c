/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The port: opened when it is there, closed at once when it is lost, waited for in between. Waiting
 * costs nothing: the directory is watched, and a slow timer stands in where that does not tell.
 */
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "modem_private.h"

/* After a loss the node often comes back within a second; later nobody is in a hurry. */
static const int backoff_ms[] = { 0, 200, 500, 1000, 2000, 5000, 5000, 5000, 5000, 5000, 5000 };
#define BACKOFF_LAST_MS 30000

#define READ_SIZE 4096

/* ---- open, closed ---- */

static void write_unsent(struct modem *m)
{
	ssize_t n = serial_write(m->serial, m->unsent, m->unsent_n);

	if (n < 0) {
		port_lost(m, (int)n);
		return;
	}
	m->unsent_n -= (size_t)n;
	memmove(m->unsent, m->unsent + n, m->unsent_n);
	if (m->unsent_n == 0)
		loop_fd_events(m->port_source, LOOP_READ);
}

void port_write(void *ctx, const void *data, size_t n)
{
	struct modem *m = ctx;
	ssize_t written = 0;

	if (!m->serial)
		return;
	if (m->unsent_n == 0)
		written = serial_write(m->serial, data, n);
	/* A lost port is noticed by the loop; the answer will not come either way. */
	if (written < 0 || (size_t)written == n)
		return;
	n -= (size_t)written;
	if (n > sizeof(m->unsent) - m->unsent_n)
		return;
	memcpy(m->unsent + m->unsent_n, (const char *)data + written, n);
	m->unsent_n += n;
	loop_fd_events(m->port_source, LOOP_READ | LOOP_WRITE);
}

static void port_read(struct modem *m)
{
	char data[READ_SIZE];
	uint32_t session = m->session;
	ssize_t n;

	do {
		n = serial_read(m->serial, data, sizeof(data));
		if (n < 0)
			port_lost(m, (int)n);
		else if (n > 0)
			at_feed(&m->at, data, (size_t)n, time_mono_ms());
	} while (n == READ_SIZE && m->serial && m->session == session);
}

static void port_ready(void *ctx, int fd, unsigned int events)
{
	struct modem *m = ctx;

	(void)fd;
	if (events & LOOP_READ)
		port_read(m);
	if (m->serial && (events & LOOP_WRITE))
		write_unsent(m);
	if (m->serial && (events & LOOP_HANGUP) && serial_alive(m->serial) < 0)
		port_lost(m, -ENODEV);
	modem_settle(m);
}

/* 0 or -errno. */
int port_open(struct modem *m)
{
	int err = serial_open(m->path, (unsigned int)m->baud, &m->serial);

	if (err < 0)
		return err;
	err = loop_fd_new(m->loop, serial_fd(m->serial), LOOP_READ, port_ready, m, &m->port_source);
	if (err < 0) {
		serial_close(m->serial);
		m->serial = NULL;
		return err;
	}
	m->unsent_n = 0;
	m->session++;
	return 0;
}

void port_close(struct modem *m)
{
	loop_fd_free(m->port_source);
	m->port_source = NULL;
	serial_close(m->serial);
	m->serial = NULL;
	m->unsent_n = 0;
	at_abort(&m->at);
	m->script_ended = NULL;
}

/* What its place on the USB says of it; NULL where that is nothing. */
const struct modem_usb_id *port_usb(const struct modem *m)
{
	struct board_usb usb;

	return serial_usb(m->path, &usb) == 0 ? modem_usb_find(usb.vendor, usb.product) : NULL;
}

void port_lost(struct modem *m, int error)
{
	log_notice("modem %s: lost its port: %s", m->name, strerror(-error));
	text_copy(m->why, sizeof(m->why), "its port is gone");
	life_event(m, MODEM_EV_LOST);
}

/* ---- waiting ---- */

static void watch_ready(void *ctx, int fd, unsigned int events);

/* Watches the port's directory, or the nearest one above it that exists. */
static void watch(struct modem *m)
{
	char dir[sizeof(m->path)];
	char *slash;

	text_copy(dir, sizeof(dir), m->path);
	while ((slash = strrchr(dir, '/')) != NULL) {
		slash[slash == dir] = '\0';
		if (inotify_add_watch(m->watch_fd, dir,
			    IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF) >= 0)
			return;
		if (slash == dir)
			return;
	}
}

/* Without a watch the timer alone finds the port. */
static void start_watching(struct modem *m)
{
	if (m->watch_source)
		return;
	m->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (m->watch_fd < 0)
		return;
	if (loop_fd_new(m->loop, m->watch_fd, LOOP_READ, watch_ready, m, &m->watch_source) < 0) {
		close(m->watch_fd);
		m->watch_source = NULL;
		return;
	}
	watch(m);
}

void port_stop_waiting(struct modem *m)
{
	m->open_ms = TIME_NEVER;
	if (!m->watch_source)
		return;
	loop_fd_free(m->watch_source);
	m->watch_source = NULL;
	close(m->watch_fd);
}

static void watch_ready(void *ctx, int fd, unsigned int events)
{
	struct modem *m = ctx;
	char data[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	(void)events;
	while (read(fd, data, sizeof(data)) > 0)
		continue;
	/* A directory on the way may have come with it. */
	watch(m);
	if (access(m->path, F_OK) == 0) {
		/* The node is there before udev has set its owner: be quick again. */
		m->opens_failed = 0;
		m->open_ms = time_mono_ms();
		if (m->open_ms < m->first_open_ms)
			m->open_ms = m->first_open_ms;
	}
	modem_settle(m);
}

static int backoff(const struct modem *m)
{
	size_t step = (size_t)m->opens_failed;

	return step < ARRAY_SIZE(backoff_ms) ? backoff_ms[step] : BACKOFF_LAST_MS;
}

void port_wait(struct modem *m)
{
	int64_t now = time_mono_ms();

	m->opens_failed = 0;
	m->open_ms = now > m->first_open_ms ? now : m->first_open_ms;
	start_watching(m);
}

/* It is time to try; MODEM_EV_OPENED when it went well. */
void port_try(struct modem *m)
{
	int err = port_open(m);

	if (err == 0) {
		port_stop_waiting(m);
		life_event(m, MODEM_EV_OPENED);
		return;
	}
	m->opens_failed++;
	m->open_ms = time_mono_ms() + backoff(m);
	text_copy(m->why, sizeof(m->why),
		err == -ENOENT || err == -ENODEV ? "not plugged in" : strerror(-err));
}
