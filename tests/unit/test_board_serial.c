/* SPDX-License-Identifier: Apache-2.0 */
/* Serial ports, on pseudo-terminals (what a USB adapter does is seen in tests/target). */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/board.h"

struct cable {
	int far; /* the modem's end */
	char near[64];
};

static void cable_lay(struct cable *cable)
{
	cable->far = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(cable->far >= 0);
	assert_int_equal(0, grantpt(cable->far));
	assert_int_equal(0, unlockpt(cable->far));
	assert_int_equal(0, ptsname_r(cable->far, cable->near, sizeof(cable->near)));
}

static struct serial *opened(const char *path)
{
	struct serial *serial = NULL;

	assert_int_equal(0, serial_open(path, 115200, &serial));
	assert_non_null(serial);
	return serial;
}

static void bytes_pass_unchanged_both_ways(void **state)
{
	static const char odd[] = "\r\n\x03\x1a\x1b\x00\x7f\xff\x11\x13";
	struct cable cable;
	struct serial *serial;
	char got[64];

	(void)state;
	cable_lay(&cable);
	serial = opened(cable.near);
	assert_int_equal(sizeof(odd), write(cable.far, odd, sizeof(odd)));
	assert_int_equal(sizeof(odd), serial_read(serial, got, sizeof(got)));
	assert_memory_equal(odd, got, sizeof(odd));
	assert_int_equal(sizeof(odd), serial_write(serial, odd, sizeof(odd)));
	assert_int_equal(sizeof(odd), read(cable.far, got, sizeof(got)));
	assert_memory_equal(odd, got, sizeof(odd));
	serial_close(serial);
	close(cable.far);
}

static void nothing_waiting_reads_zero_at_once(void **state)
{
	struct cable cable;
	struct serial *serial;
	char got[8];

	(void)state;
	cable_lay(&cable);
	serial = opened(cable.near);
	assert_int_equal(0, serial_read(serial, got, sizeof(got)));
	assert_int_equal(0, serial_alive(serial));
	serial_close(serial);
	close(cable.far);
}

static void a_full_port_takes_part_and_then_nothing(void **state)
{
	static char much[1 << 20];
	struct cable cable;
	struct serial *serial;
	ssize_t n, total = 0;

	(void)state;
	cable_lay(&cable);
	serial = opened(cable.near);
	while ((n = serial_write(serial, much, sizeof(much))) > 0)
		total += n;
	assert_int_equal(0, n);
	assert_in_range(total, 1, sizeof(much) - 1);
	serial_close(serial);
	close(cable.far);
}

static void a_pulled_cable_is_noticed_by_alive_read_and_write(void **state)
{
	struct cable cable;
	struct serial *serial;
	struct pollfd poll_fd;
	char got[8];

	(void)state;
	cable_lay(&cable);
	serial = opened(cable.near);
	close(cable.far);
	poll_fd = (struct pollfd){ .fd = serial_fd(serial), .events = POLLIN };
	assert_int_equal(1, poll(&poll_fd, 1, 0));
	assert_true(poll_fd.revents & POLLHUP);
	assert_int_equal(-ENODEV, serial_alive(serial));
	assert_int_equal(-ENODEV, serial_read(serial, got, sizeof(got)));
	assert_int_equal(-ENODEV, serial_write(serial, "AT\r", 3));
	assert_int_equal(-ENODEV, serial_set_dtr(serial, true));
	serial_close(serial);
}

static void a_symbolic_link_is_followed(void **state)
{
	char folder[] = "/tmp/faro-serial-XXXXXX", path[64];
	struct cable cable;
	struct serial *serial;

	(void)state;
	cable_lay(&cable);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/modem", folder);
	assert_int_equal(0, symlink(cable.near, path));
	serial = opened(path);
	serial_close(serial);
	unlink(path);
	rmdir(folder);
	close(cable.far);
}

static void a_second_opener_is_told_that_the_port_is_in_use(void **state)
{
	struct cable cable;
	struct serial *first, *second;

	(void)state;
	cable_lay(&cable);
	first = opened(cable.near);
	assert_int_equal(-EBUSY, serial_open(cable.near, 115200, &second));
	assert_null(second);
	serial_close(first);
	second = opened(cable.near);
	serial_close(second);
	close(cable.far);
}

static void a_killed_owner_leaves_the_port_free(void **state)
{
	struct cable cable;
	struct serial *serial;
	int status;
	pid_t child;

	(void)state;
	cable_lay(&cable);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct serial *mine;

		if (serial_open(cable.near, 9600, &mine) < 0)
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFSIGNALED(status));
	serial = opened(cable.near);
	serial_close(serial);
	close(cable.far);
}

static void input_from_before_the_opening_is_discarded(void **state)
{
	struct cable cable;
	struct serial *serial;
	char got[16];
	int holder;

	(void)state;
	cable_lay(&cable);
	holder = open(cable.near, O_RDWR | O_NOCTTY);
	assert_int_equal(4, write(cable.far, "old\n", 4));
	serial = opened(cable.near);
	assert_int_equal(0, serial_read(serial, got, sizeof(got)));
	serial_close(serial);
	close(holder);
	close(cable.far);
}

static void what_is_not_a_port_is_refused(void **state)
{
	struct serial *serial;

	(void)state;
	assert_int_equal(-ENOENT, serial_open("/dev/faro-no-such-port", 115200, &serial));
	assert_int_equal(-ENOTTY, serial_open("/dev/null", 115200, &serial));
	assert_int_equal(-ENOTTY, serial_open("/tmp", 115200, &serial));
	assert_null(serial);
	serial_close(NULL);
}

static void a_pseudo_terminal_has_no_control_lines(void **state)
{
	struct cable cable;
	struct serial *serial;

	(void)state;
	cable_lay(&cable);
	serial = opened(cable.near);
	assert_int_equal(-ENOTTY, serial_set_dtr(serial, true));
	serial_close(serial);
	close(cable.far);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_pass_unchanged_both_ways),
		cmocka_unit_test(nothing_waiting_reads_zero_at_once),
		cmocka_unit_test(a_full_port_takes_part_and_then_nothing),
		cmocka_unit_test(a_pulled_cable_is_noticed_by_alive_read_and_write),
		cmocka_unit_test(a_symbolic_link_is_followed),
		cmocka_unit_test(a_second_opener_is_told_that_the_port_is_in_use),
		cmocka_unit_test(a_killed_owner_leaves_the_port_free),
		cmocka_unit_test(input_from_before_the_opening_is_discarded),
		cmocka_unit_test(what_is_not_a_port_is_refused),
		cmocka_unit_test(a_pseudo_terminal_has_no_control_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
