/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The port: opened when it is there, closed at once when it is lost, waited for in between. Waiting
 * costs nothing: the directory is watched, and a slow timer stands in where that does not tell.
 */
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "modem_private.h"

/*
 * A node that does not open may be udev's yet: be quick. One that is not there is not polled faster
 * than every 10 s: its coming is told.
 */
static const int backoff_ms[] = { 200, 500, 1000, 2000, 5000 };
#define BACKOFF_MS      10000
#define BACKOFF_LAST_MS 30000
#define BACKOFF_QUICK   30

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
	m->boot_till_ms = time_mono_ms() + BOOT_MS;
	serial_look(&m->where, m->path, &m->port);
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
	if (!m->climbing)
		m->vanished_ms = time_mono_ms();
	life_event(m, MODEM_EV_LOST);
}

/* ---- waiting ---- */

static void watch_ready(void *ctx, int fd, unsigned int events);

static bool looks_everywhere(const struct modem *m)
{
	return m->wish.anywhere || m->imei[0];
}

/* Watches a directory, or the nearest one above it that exists. */
static void watch_dir(const struct modem *m, char *dir)
{
	do {
		char *slash;

		if (inotify_add_watch(m->watch_fd, dir[0] ? dir : "/",
			    IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM |
				    IN_DELETE_SELF) >= 0)
			return;
		slash = strrchr(dir, '/');
		if (!slash)
			return;
		*slash = '\0';
	} while (dir[0]);
}

/* Where the port's own name may come, and where any port's may. */
static void watch(const struct modem *m)
{
	char dir[sizeof(m->path)];
	char *slash;

	text_copy(dir, sizeof(dir), m->spec);
	slash = m->wish.anywhere ? NULL : strrchr(dir, '/');
	if (slash) {
		*slash = '\0';
		watch_dir(m, dir);
	}
	if (looks_everywhere(m)) {
		text_copy(dir, sizeof(dir), m->dev[0] ? m->dev : "/dev");
		watch_dir(m, dir);
	}
}

/* Something came: the round of ports begins anew, at once. */
void port_look_again(struct modem *m)
{
	m->opens_failed = m->next_candidate = 0;
	m->open_ms = time_mono_ms();
	if (m->open_ms < m->first_open_ms)
		m->open_ms = m->first_open_ms;
	loop_idle_request(m->idle);
}

/* udev has made its links and set its owners. */
static void device_changed(void *ctx, bool added)
{
	struct modem *m = ctx;

	if (added && (looks_everywhere(m) || access(m->spec, F_OK) == 0))
		port_look_again(m);
	modem_settle(m);
}

/*
 * Where no udev may be heard (none runs, or netlink is not for this process) the directories tell:
 * a node that comes, a link that is made, an owner that is set.
 */
static void listen_to_udev(struct modem *m)
{
	static int told = 1;
	int rc = loop_devices_new(m->loop, "tty", device_changed, m, &m->devices);

	if (rc == told)
		return;
	told = rc;
	if (rc == 0)
		log_info("ports: udev tells which come and go");
	else
		log_info("ports: their directories are watched; udev is not heard: %s",
			strerror(-rc));
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
	listen_to_udev(m);
}

void port_stop_waiting(struct modem *m)
{
	m->open_ms = TIME_NEVER;
	loop_devices_free(m->devices);
	m->devices = NULL;
	if (!m->watch_source)
		return;
	loop_fd_free(m->watch_source);
	m->watch_source = NULL;
	close(m->watch_fd);
}

struct news {
	bool away, came;
};

static bool is_name_of(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, name) == 0;
}

static void hear(const struct modem *m, const struct inotify_event *event, struct news *news)
{
	bool own = event->len && is_name_of(m->path, event->name);
	bool port = event->len && strncmp(event->name, "tty", 3) == 0;

	if (event->mask & (IN_DELETE | IN_MOVED_FROM))
		news->away = news->away || own;
	else
		news->came = news->came || (port && looks_everywhere(m));
}

static struct news read_news(const struct modem *m, int fd)
{
	char data[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct news news = { false, false };
	ssize_t n;

	while ((n = read(fd, data, sizeof(data))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *event = (const void *)(data + at);

			at += (ssize_t)(sizeof(*event) + event->len);
			hear(m, event, &news);
		}
	}
	return news;
}

static void watch_ready(void *ctx, int fd, unsigned int events)
{
	struct modem *m = ctx;
	struct news news = read_news(m, fd);

	(void)events;
	/* What comes back after that is what a rung of the ladder waits for. */
	if (news.away)
		m->first_open_ms = 0;
	/* A directory on the way may have come with it. */
	watch(m);
	/* The node is there before udev has set its owner: be quick again. */
	if (news.came || (!m->wish.anywhere && access(m->spec, F_OK) == 0))
		port_look_again(m);
	modem_settle(m);
}

/* A port that is there but does not open may be udev's yet; one that is not there is not polled. */
static int backoff(const struct modem *m, int error)
{
	size_t step = (size_t)m->opens_failed - 1;

	if (error == -ENOENT || error == -ENODEV || step >= ARRAY_SIZE(backoff_ms))
		return step < BACKOFF_QUICK ? BACKOFF_MS : BACKOFF_LAST_MS;
	return backoff_ms[step];
}

void port_wait(struct modem *m)
{
	int64_t now = time_mono_ms();

	if (!m->stranger && !m->probing)
		m->next_candidate = m->opens_failed = 0;
	m->open_ms = now > m->first_open_ms ? now : m->first_open_ms;
	start_watching(m);
}

static int open_at(struct modem *m, const struct serial_port *port)
{
	text_copy(m->path, sizeof(m->path), port->path);
	m->probing = !find_is_home(m, port);
	return port_open(m);
}

/* 0 when one of the candidates that are left opened, else the last error. */
static int open_candidate(struct modem *m)
{
	struct serial_port list[FIND_PORTS];
	int n = find_candidates(m, list, FIND_PORTS);
	int err = -ENOENT;

	if (m->next_candidate == 0)
		m->round_mark = looks_everywhere(m) ? find_mark(m) : 0;
	while (m->next_candidate < n) {
		err = open_at(m, &list[m->next_candidate++]);
		if (err == 0)
			return 0;
	}
	m->next_candidate = 0;
	return err;
}

/*
 * Nobody listens while a port is asked. What came meanwhile may stand before those that were asked
 * already: then the round begins once more.
 */
static int open_next(struct modem *m)
{
	struct serial_port told;
	int err;

	if (find_told(m, &told) && open_at(m, &told) == 0)
		return 0;
	err = open_candidate(m);
	if (err < 0 && looks_everywhere(m) && find_mark(m) != m->round_mark)
		err = open_candidate(m);
	if (err < 0)
		m->probing = false;
	return err;
}

/* Why a port cannot be opened, for an admin; what is not there is said by strerror(). */
static const struct {
	int error;
	const char *words;
} refusals[] = {
	{ -ENOENT, "not plugged in" },
	{ -ENODEV, "not plugged in" },
	{ -EBUSY, "another program has its port" },
	{ -EACCES, "its port may not be opened by farod's user" },
	{ -EPERM, "its port may not be opened by farod's user" },
};

static const char *refusal(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (refusals[i].error == error)
			return refusals[i].words;
	return strerror(-error);
}

/* It is time to try; MODEM_EV_OPENED when it went well. */
void port_try(struct modem *m)
{
	int err;

	m->stranger = false;
	err = open_next(m);
	if (err == 0) {
		port_stop_waiting(m);
		life_event(m, MODEM_EV_OPENED);
		return;
	}
	m->opens_failed++;
	/* in vain, for one whose own port was silent: it is that port's turn again */
	m->open_ms = time_mono_ms() + (m->looked && m->opens_failed == 1 ? 0 : backoff(m, err));
	if (m->wish.anywhere)
		text_copy(m->why, sizeof(m->why), "no port has it; looking for it");
	else if (!m->imei[0] || err != -ENOENT)
		text_copy(m->why, sizeof(m->why), refusal(err));
	why_tell(m);
}
