/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The modem's serial port: the master side of a pty, and a link that clients open.
 *
 * The simulator keeps no descriptor of the other side, so it sees a client come (its first bytes)
 * and go (EPOLLHUP, edge-triggered, else it would be reported for ever). While nobody has the port
 * open, what the modem says is lost, as on a real port.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

#include "sim.h"

#define PPM     1000000
#define OUT_MAX 65536 /* said to a client that does not read: more is lost */

/* Text that nobody read must not greet the next client; it lies in the pty's own buffer. */
static void flush_unread(struct sim_modem *m)
{
	int slave = open(m->pts, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (slave < 0)
		return;
	tcflush(slave, TCIFLUSH);
	close(slave);
}

static void client_gone(struct sim_modem *m)
{
	if (!m->client_there)
		return;
	m->client_there = false;
	m->out.len = 0;
	m->out_stuck = false;
	sim_timer_stop(&m->out_timer);
	flush_unread(m);
}

/* A client that opened the port and has said nothing yet shows only in that the hang-up is over. */
static bool client_is_there(struct sim_modem *m)
{
	struct pollfd p = { .fd = m->port.fd };

	if (!m->client_there)
		m->client_there = poll(&p, 1, 0) >= 0 && !(p.revents & POLLHUP);
	return m->client_there;
}

/* A modem of which only a corner still listens: what it drops, and what wakes it. */
static void read_hung(struct sim_modem *m)
{
	size_t n = strlen(m->hung_until);
	const char *heard = m->in.len ? memmem(m->in.data, m->in.len, m->hung_until, n) : NULL;

	if (heard) {
		sim_buf_drop(&m->in, (size_t)(heard - m->in.data));
		m->hung = false;
		m->busy = m->prompt = false;
		m->command.len = m->line.len = 0;
		sim_timer_stop(&m->unhang);
	} else if (m->in.len >= n) {
		sim_buf_drop(&m->in, m->in.len - n + 1);
	}
}

void sim_port_read(struct sim_modem *m)
{
	char data[4096];
	ssize_t n;

	if (m->port.fd < 0 || (m->hung && !m->hung_until[0]))
		return;
	while (m->in.len < sizeof(data) * 4 && (n = read(m->port.fd, data, sizeof(data))) > 0) {
		m->client_there = true;
		if (m->power == SIM_ON)
			sim_buf_add(&m->in, data, (size_t)n);
		if ((size_t)n < sizeof(data))
			break;
	}
	if (m->hung)
		read_hung(m);
}

static void port_ready(void *ctx, uint32_t events)
{
	struct sim_modem *m = ctx;

	if (events & EPOLLIN) {
		sim_port_read(m);
		sim_at_pump(m);
	}
	if (m->port.fd >= 0 && (events & EPOLLHUP)) {
		sim_port_read(m);
		client_gone(m);
		sim_at_pump(m);
	} else if (m->port.fd >= 0 && (events & EPOLLOUT) && m->out_stuck) {
		m->out_stuck = false;
		sim_port_flush(m);
	}
}

static size_t chunk_size(struct sim_modem *m)
{
	int chunk = m->radio.chunk;

	if (chunk < 0)
		chunk = (int)sim_rng_between(&m->sim->rng, 1, 16);
	return chunk && (size_t)chunk < m->out.len ? (size_t)chunk : m->out.len;
}

/* What a bad cable makes of the bytes; each goes through it once. */
static void spoil(struct sim_modem *m)
{
	static const char junk[] = "\0\x11~z\x80\xFF";
	struct sim_buf rest = { 0 };

	if (m->out_spoilt > m->out.len)
		m->out_spoilt = m->out.len;
	if (m->radio.lost_ppm || m->radio.junk_ppm) {
		sim_buf_add(&rest, m->out.data + m->out_spoilt, m->out.len - m->out_spoilt);
		m->out.len = m->out_spoilt;
	}
	for (size_t i = 0; i < rest.len; i++) {
		if (sim_rng_between(&m->sim->rng, 1, PPM) <= m->radio.junk_ppm)
			sim_buf_add(&m->out,
				&junk[sim_rng_between(&m->sim->rng, 0, sizeof(junk) - 2)], 1);
		if (sim_rng_between(&m->sim->rng, 1, PPM) > m->radio.lost_ppm)
			sim_buf_add(&m->out, &rest.data[i], 1);
	}
	sim_buf_free(&rest);
	m->out_spoilt = m->out.len;
}

static void out_sent(struct sim_modem *m, size_t n)
{
	sim_buf_drop(&m->out, n);
	m->out_spoilt -= n;
}

void sim_port_flush(struct sim_modem *m)
{
	if (!m->out.len || m->out_stuck || sim_timer_armed(&m->out_timer))
		return;
	if (m->port.fd < 0 || !client_is_there(m)) {
		m->counts.dropped_bytes += m->out.len;
		m->out.len = 0;
		return;
	}
	spoil(m);
	while (m->out.len) {
		ssize_t n = write(m->port.fd, m->out.data, chunk_size(m));

		if (n < 0 && errno == EAGAIN) {
			m->out_stuck = true;
			break;
		}
		out_sent(m, n > 0 ? (size_t)n : m->out.len);
		if (m->out.len && m->radio.chunk && m->radio.chunk_gap_us) {
			sim_timer_start(&m->out_timer, m->radio.chunk_gap_us);
			return;
		}
	}
	if (m->out.len > OUT_MAX) {
		m->counts.dropped_bytes += m->out.len;
		m->out.len = 0;
	}
}

static int make_pty(char pts[64])
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC), slave;
	struct termios t;

	if (fd < 0)
		return -errno;
	if (grantpt(fd) < 0 || unlockpt(fd) < 0 || ptsname_r(fd, pts, 64) ||
		(slave = open(pts, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	/*
	 * The kernel must not echo what the modem says back to it; a client sets the rest as it
	 * likes.
	 */
	tcgetattr(slave, &t);
	cfmakeraw(&t);
	tcsetattr(slave, TCSANOW, &t);
	close(slave);
	return fd;
}

static void out_due(void *ctx)
{
	sim_port_flush(ctx);
}

int sim_port_open(struct sim_modem *m)
{
	int fd = make_pty(m->pts), error;

	if (fd < 0)
		return fd;
	unlink(m->link);
	if (symlink(m->pts, m->link) < 0) {
		error = errno;
		close(fd);
		return -error;
	}
	m->port = (struct sim_watch){ .fd = fd, .ready = port_ready, .ctx = m };
	m->out_timer.run = out_due;
	m->out_timer.ctx = m;
	m->client_there = m->out_stuck = false;
	return sim_watch_add(&m->port, EPOLLIN | EPOLLOUT | EPOLLET);
}

/*
 * The link goes first: who finds it must be able to open what it names. Only our own link, though.
 */
void sim_port_close(struct sim_modem *m)
{
	char target[64];
	ssize_t n;

	if (m->port.fd < 0)
		return;
	n = readlink(m->link, target, sizeof(target) - 1);
	if (n > 0) {
		target[n] = '\0';
		if (!strcmp(target, m->pts))
			unlink(m->link);
	}
	sim_timer_stop(&m->out_timer);
	sim_watch_remove(&m->port);
	close(m->port.fd);
	m->port.fd = -1;
	m->in.len = m->out.len = 0;
	m->client_there = m->out_stuck = false;
	m->pts[0] = '\0';
}
