/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the simulator is: a bare line client sends one segment after another with zero radio
 * time, on 1 and on 8 modems, and counts. What farod reaches is compared with this, so it must not
 * be the bottleneck.
 */
#include <sys/epoll.h>
#include <sys/resource.h>

#include "../sim/sim_rig.h"

#define MODEMS_MAX 16
#define SEGMENTS   20000

static const char command[] = "AT+CMGS=153\r";

struct line {
	int fd;
	char said[256];
	size_t n;
};

/* "0011000B91..." with 160 septets of text: the largest single segment. */
static size_t make_pdu(char out[400])
{
	int n = sprintf(out, "0001000B915101551000F10000A0");

	for (int i = 0; i < 140; i++)
		n += sprintf(out + n, "%s", i % 7 ? "C3" : "41");
	out[n++] = 0x1a;
	out[n] = '\0';
	return (size_t)n;
}

/* Answers what came; true when a segment went out. */
static bool step(struct line *l, const char *pdu, size_t pdu_n)
{
	ssize_t n = read(l->fd, l->said + l->n, sizeof(l->said) - 1 - l->n);
	bool sent;

	assert_true(n > 0);
	l->n += (size_t)n;
	l->said[l->n] = '\0';
	if (strstr(l->said, "> ")) {
		l->n = 0;
		assert_int_equal(write(l->fd, pdu, pdu_n), pdu_n);
		return false;
	}
	sent = strstr(l->said, "OK\r\n");
	if (strstr(l->said, "ERROR"))
		fail_msg("%s", l->said);
	if (sent) {
		l->n = 0;
		assert_int_equal(write(l->fd, command, sizeof(command) - 1), sizeof(command) - 1);
	}
	return sent;
}

static double cpu_us(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void measure(int modems)
{
	double simulator_us = cpu_us(RUSAGE_CHILDREN), client_us;
	struct line lines[MODEMS_MAX] = { 0 };
	struct epoll_event events[MODEMS_MAX];
	int epoll = epoll_create1(EPOLL_CLOEXEC), sent = 0;
	static struct rig r;
	char pdu[400], name[16];
	size_t pdu_n = make_pdu(pdu);
	int64_t began_us;

	rig_start(&r, modems, 0);
	for (int i = 0; i < modems; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)i };

		snprintf(name, sizeof(name), "sim%d", i + 1);
		lines[i].fd = rig_open(&r, name);
		rig_at(&r, lines[i].fd, "ATE0", "OK\r\n");
		epoll_ctl(epoll, EPOLL_CTL_ADD, lines[i].fd, &event);
	}
	client_us = cpu_us(RUSAGE_SELF);
	began_us = time_mono_us();
	for (int i = 0; i < modems; i++)
		assert_int_equal(
			write(lines[i].fd, command, sizeof(command) - 1), sizeof(command) - 1);
	while (sent < SEGMENTS) {
		int n = epoll_wait(epoll, events, MODEMS_MAX, RIG_LIMIT_MS);

		assert_true(n > 0);
		for (int i = 0; i < n; i++)
			sent += step(&lines[events[i].data.u32], pdu, pdu_n);
	}
	began_us = time_mono_us() - began_us;
	client_us = cpu_us(RUSAGE_SELF) - client_us;
	for (int i = 0; i < modems; i++)
		close(lines[i].fd);
	close(epoll);
	rig_stop(&r);
	simulator_us = cpu_us(RUSAGE_CHILDREN) - simulator_us;
	printf("  %d modem%s: %6.0f segments/s; CPU per segment: simulator %.1f us, client %.1f "
	       "us\n",
		modems, modems > 1 ? "s" : "", sent * 1e6 / (double)began_us, simulator_us / sent,
		client_us / sent);
}

static void a_line_client_counts_segments(void **state)
{
	(void)state;
	printf("simulator, bare line client, 160 letters, zero radio time:\n");
	for (int modems = 1; modems <= 8; modems *= 2)
		measure(modems);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_line_client_counts_segments) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
