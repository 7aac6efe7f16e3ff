/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "cable.h"
#include "machine.h"

#define LOOK_US 5000 /* how often a port that is not there is looked for */

struct shared {
	int resets;
};

struct cable {
	pid_t pid;
	unsigned int which;
	struct shared *shared;
};

/* A descriptor that is gone says so; -1 then. */
static bool is_gone(const struct pollfd *end)
{
	return end->revents & (POLLHUP | POLLERR | POLLNVAL);
}

static bool write_all(int fd, const char *data, ssize_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, data, (size_t)n);

		if (written > 0) {
			data += written;
			n -= written;
		} else if (written < 0 && errno == EAGAIN) {
			struct pollfd full = { .fd = fd, .events = POLLOUT };

			if (poll(&full, 1, -1) > 0 && is_gone(&full))
				return false;
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

/* False when the end that is read from has gone. What the other end does not take is lost. */
static bool pass(int from, int to)
{
	char data[512];
	ssize_t n = read(from, data, sizeof(data));

	if (n > 0)
		write_all(to, data, n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Until the modem's port goes. The stick's own may go and come: a reset by the host. */
static void carry(const struct cable *cable, int modem, unsigned int port)
{
	int stick = stick_far_end(cable->which, port);

	for (;;) {
		struct pollfd ends[] = { { .fd = modem, .events = POLLIN },
			{ .fd = stick, .events = POLLIN } };

		if (poll(ends, 2, -1) < 0)
			continue;
		if ((ends[0].revents & POLLIN) && !pass(modem, stick))
			break;
		if (is_gone(&ends[0]))
			break;
		if (is_gone(&ends[1]) || ((ends[1].revents & POLLIN) && !pass(stick, modem))) {
			close(stick);
			cable->shared->resets++;
			stick = stick_far_end(cable->which, port);
		}
	}
	close(stick);
}

static int wait_for_modem(const char *link)
{
	struct termios settings;
	int fd;

	while ((fd = open(link, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) < 0)
		usleep(LOOK_US);
	if (tcgetattr(fd, &settings) == 0) {
		cfmakeraw(&settings);
		tcsetattr(fd, TCSANOW, &settings);
	}
	return fd;
}

static void run(const struct cable *cable, const char *link, unsigned int port)
{
	for (;;) {
		int modem = wait_for_modem(link);

		stick_plug(cable->which);
		carry(cable, modem, port);
		stick_unplug(cable->which);
		close(modem);
	}
}

struct cable *cable_new(const char *link, unsigned int which, unsigned int port)
{
	struct cable *cable = calloc(1, sizeof(*cable));
	int zero;

	cable->which = which;
	zero = open("/dev/zero", O_RDWR | O_CLOEXEC);
	cable->shared =
		mmap(NULL, sizeof(*cable->shared), PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0);
	close(zero);
	cable->pid = fork();
	if (cable->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		machine_is_apart = true;
		run(cable, link, port);
	}
	return cable;
}

int cable_resets(const struct cable *cable)
{
	return cable->shared->resets;
}

void cable_free(struct cable *cable)
{
	if (!cable)
		return;
	kill(cable->pid, SIGKILL);
	waitpid(cable->pid, NULL, 0);
	stick_unplug(cable->which);
	munmap(cable->shared, sizeof(*cable->shared));
	free(cable);
}
