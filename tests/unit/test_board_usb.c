/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel tells of USB devices, read from a tree of the test's own that looks like sysfs;
 * and what comes of it: a stick that has no port for AT is named with what to do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "faro/board.h"
#include "faro/modem.h"

static char dir[64];

static void make_dir(const char *path)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "%s/%s", dir, path);
	for (char *slash = whole + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(whole, 0700);
	}
	mkdir(whole, 0700);
}

static void write_file(const char *path, const char *text)
{
	char whole[256];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s/%s", dir, path);
	file = fopen(whole, "w");
	assert_non_null(file);
	fprintf(file, "%s\n", text);
	fclose(file);
}

static void add_device(const char *place, const char *vendor, const char *product, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "bus/usb/devices/%s", place);
	make_dir(path);
	snprintf(path, sizeof(path), "bus/usb/devices/%s/idVendor", place);
	write_file(path, vendor);
	snprintf(path, sizeof(path), "bus/usb/devices/%s/idProduct", place);
	write_file(path, product);
	snprintf(path, sizeof(path), "bus/usb/devices/%s/product", place);
	write_file(path, name);
}

/* /sys/class/tty/TTY/device leads into the tree of the device. */
static void add_port(const char *tty, const char *place, const char *interface)
{
	char path[128], link[256], target[256];

	snprintf(path, sizeof(path), "bus/usb/devices/%s/%s:1/%s", place, place, tty);
	make_dir(path);
	snprintf(target, sizeof(target), "%s/%s", dir, path);
	snprintf(path, sizeof(path), "bus/usb/devices/%s/%s:1/bInterfaceNumber", place, place);
	write_file(path, interface);
	snprintf(path, sizeof(path), "class/tty/%s", tty);
	make_dir(path);
	snprintf(link, sizeof(link), "%s/class/tty/%s/device", dir, tty);
	assert_int_equal(symlink(target, link), 0);
}

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/faro-usb-XXXXXX");
	assert_non_null(mkdtemp(dir));
	make_dir("bus/usb/devices");
	board_usb_set_root(dir);
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	board_usb_set_root(NULL);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void no_line(void *ctx, bool asked, const char *text)
{
	(void)ctx;
	fail_msg("%d: %s", asked, text);
}

static void a_port_is_traced_to_its_device_and_interface(void **state)
{
	struct board_usb usb;

	(void)state;
	add_device("1-1", "2c7c", "0125", "Android");
	/* /dev/null stands in for the node: only its name counts */
	add_port("null", "1-1", "02");
	assert_int_equal(serial_usb("/dev/null", &usb), 0);
	assert_int_equal(usb.vendor, 0x2c7c);
	assert_int_equal(usb.product, 0x0125);
	assert_int_equal(usb.interface, 2);
	assert_string_equal(usb.name, "Android");
}

static void a_port_that_is_not_on_the_usb_is_nobodys(void **state)
{
	struct board_usb usb;

	(void)state;
	assert_int_equal(serial_usb("/dev/null", &usb), -ENODEV);
	assert_int_equal(serial_usb("/dev/nosuch", &usb), -ENOENT);
}

static void a_stick_without_a_port_is_named_with_what_to_do(void **state)
{
	struct modem_probe probe;

	(void)state;
	add_device("1-1", "1d6b", "0002", "hub");
	assert_int_equal(modem_probe("/dev/nosuch", 115200, no_line, NULL, &probe), -ENOENT);
	assert_string_equal(probe.advice, "");
	add_device("1-2", "12d1", "14dc", "Mobile");
	assert_int_equal(modem_probe("/dev/nosuch", 115200, no_line, NULL, &probe), -ENOENT);
	assert_non_null(strstr(probe.advice, "12d1:14dc"));
	assert_non_null(strstr(probe.advice, "HiLink"));
}

static void a_stick_in_storage_mode_is_named_with_what_to_do(void **state)
{
	struct modem_probe probe;

	(void)state;
	add_device("1-2", "12d1", "1f01", "Mass Storage");
	assert_int_equal(modem_probe("/dev/nosuch", 115200, no_line, NULL, &probe), -ENOENT);
	assert_non_null(strstr(probe.advice, "usb-modeswitch"));
}

static void a_port_that_is_not_for_at_is_told_which_is(void **state)
{
	struct modem_probe probe;

	(void)state;
	add_device("1-1", "2c7c", "0125", "Android");
	add_port("null", "1-1", "00");
	assert_true(modem_probe("/dev/null", 115200, no_line, NULL, &probe) < 0);
	assert_non_null(strstr(probe.advice, "interface 0 does not answer AT"));
	assert_non_null(strstr(probe.advice, "2 or 3"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_port_is_traced_to_its_device_and_interface),
		TEST(a_port_that_is_not_on_the_usb_is_nobodys),
		TEST(a_stick_without_a_port_is_named_with_what_to_do),
		TEST(a_stick_in_storage_mode_is_named_with_what_to_do),
		TEST(a_port_that_is_not_for_at_is_told_which_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
