/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/base.h"
#include "machine.h"

#define CHIP   "/sys/kernel/config/gpio-sim/faro"
#define GADGET "/sys/kernel/config/usb_gadget/faro"
#define UDC    "dummy_udc.0"

static char chip[32], lines[128];

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail_msg("%s: cannot write \"%s\": %s", path, text, strerror(errno));
	close(fd);
}

static void get(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

	if (n < 0)
		fail_msg("%s: cannot read: %s", path, strerror(errno));
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	close(fd);
}

static void folder(const char *path)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		fail_msg("%s: %s", path, strerror(errno));
}

static void wait_for(const char *path, bool there)
{
	int64_t deadline = time_mono_ms() + 20 * MS_PER_S;

	while ((access(path, F_OK) == 0) != there) {
		if (time_mono_ms() > deadline)
			fail_msg("%s did not %s", path, there ? "appear" : "go away");
		usleep(10000);
	}
}

/* ---- the chip ---- */

void chip_plug(const char *label, unsigned int n_lines)
{
	char text[64], path[64];

	folder(CHIP);
	folder(CHIP "/bank");
	snprintf(text, sizeof(text), "%u", n_lines);
	put(CHIP "/bank/num_lines", text);
	put(CHIP "/bank/label", label);
	put(CHIP "/live", "1");
	get(CHIP "/bank/chip_name", chip, sizeof(chip));
	get(CHIP "/dev_name", text, sizeof(text));
	snprintf(lines, sizeof(lines), "/sys/devices/platform/%s/%s", text, chip);
	snprintf(path, sizeof(path), "/dev/%s", chip);
	wait_for(path, true);
}

void chip_unplug(void)
{
	char path[64];

	put(CHIP "/live", "0");
	snprintf(path, sizeof(path), "/dev/%s", chip);
	wait_for(path, false);
	rmdir(CHIP "/bank");
	rmdir(CHIP);
}

const char *chip_name(void)
{
	return chip;
}

bool chip_level(unsigned int line)
{
	char path[192], text[8];

	snprintf(path, sizeof(path), "%s/sim_gpio%u/value", lines, line);
	get(path, text, sizeof(text));
	return text[0] == '1';
}

void chip_pull(unsigned int line, bool up)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/sim_gpio%u/pull", lines, line);
	put(path, up ? "pull-up" : "pull-down");
}

int chip_occupy(unsigned int line, const char *consumer)
{
	struct gpiohandle_request request = {
		.lineoffsets = { line }, .lines = 1, .flags = GPIOHANDLE_REQUEST_INPUT
	};
	char path[64];
	int fd;

	snprintf(request.consumer_label, sizeof(request.consumer_label), "%s", consumer);
	snprintf(path, sizeof(path), "/dev/%s", chip);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(0, ioctl(fd, GPIO_GET_LINEHANDLE_IOCTL, &request));
	close(fd);
	return request.fd;
}

/* ---- the adapter ---- */

static void gadget_make(void)
{
	if (access(GADGET, F_OK) == 0)
		return;
	folder(GADGET);
	put(GADGET "/idVendor", "0x1d6b");
	put(GADGET "/idProduct", "0x0104");
	folder(GADGET "/strings/0x409");
	put(GADGET "/strings/0x409/manufacturer", "faro");
	put(GADGET "/strings/0x409/product", "cable");
	folder(GADGET "/configs/c.1");
	folder(GADGET "/functions/acm.0");
	assert_int_equal(0, symlink(GADGET "/functions/acm.0", GADGET "/configs/c.1/acm.0"));
}

static bool port_find(char near[32])
{
	DIR *dir = opendir("/sys/class/tty");
	const struct dirent *entry;
	bool found = false;

	near[0] = '\0';
	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "ttyACM", 6) != 0)
			continue;
		snprintf(near, 32, "/dev/%.20s", entry->d_name);
		found = true;
	}
	if (dir)
		closedir(dir);
	return found && access(near, F_OK) == 0;
}

static void wait_for_port(char near[32], bool there)
{
	int64_t deadline = time_mono_ms() + 20 * MS_PER_S;

	while (port_find(near) != there) {
		if (time_mono_ms() > deadline)
			fail_msg("the adapter's port did not %s", there ? "appear" : "go away");
		usleep(10000);
	}
}

void adapter_plug(char near[32])
{
	gadget_make();
	put(GADGET "/UDC", UDC);
	wait_for_port(near, true);
}

void adapter_unplug(void)
{
	put(GADGET "/UDC", "\n");
}

int adapter_far_end(void)
{
	int fd = open("/dev/ttyGS0", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios settings;

	assert_true(fd >= 0);
	assert_int_equal(0, tcgetattr(fd, &settings));
	cfmakeraw(&settings);
	assert_int_equal(0, tcsetattr(fd, TCSANOW, &settings));
	return fd;
}
