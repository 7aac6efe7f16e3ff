/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/base.h"
#include "machine.h"

#define CHIP   "/sys/kernel/config/gpio-sim/faro"
#define GADGET "/sys/kernel/config/usb_gadget/faro%u"

static char chip[32], lines[128];

bool machine_is_apart;

static void broken(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void broken(const char *format, ...)
{
	char words[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(words, sizeof(words), format, ap);
	va_end(ap);
	if (machine_is_apart) {
		print_error("%s\n", words);
		_exit(1);
	}
	fail_msg("%s", words);
	abort();
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		broken("%s: cannot write \"%s\": %s", path, text, strerror(errno));
	close(fd);
}

static void get(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

	if (n < 0)
		broken("%s: cannot read: %s", path, strerror(errno));
	out[n] = '\0';
	out[strcspn(out, "\n")] = '\0';
	close(fd);
}

static void folder(const char *path)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		broken("%s: %s", path, strerror(errno));
}

static void wait_for(const char *path, bool there)
{
	int64_t deadline = time_mono_ms() + 20 * MS_PER_S;

	while ((access(path, F_OK) == 0) != there) {
		if (time_mono_ms() > deadline)
			broken("%s did not %s", path, there ? "appear" : "go away");
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

	if (access(CHIP "/live", F_OK) < 0)
		return;
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
	if (fd < 0 || ioctl(fd, GPIO_GET_LINEHANDLE_IOCTL, &request) < 0)
		broken("line %u: %s", line, strerror(errno));
	close(fd);
	return request.fd;
}

/* ---- USB sticks ---- */

struct place {
	char path[192];
};

/* A file or folder of a stick. */
static struct place of_stick(unsigned int which, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static struct place of_stick(unsigned int which, const char *format, ...)
{
	struct place place;
	va_list ap;
	int n = snprintf(place.path, sizeof(place.path), GADGET, which);

	va_start(ap, format);
	vsnprintf(place.path + n, sizeof(place.path) - (size_t)n, format, ap);
	va_end(ap);
	return place;
}

static void stick_put(unsigned int which, const char *name, const char *text)
{
	put(of_stick(which, "/%s", name).path, text);
}

static void stick_remove(unsigned int which)
{
	for (unsigned int port = 0; port < 8; port++) {
		unlink(of_stick(which, "/configs/c.1/acm.%u%u", which, port).path);
		rmdir(of_stick(which, "/functions/acm.%u%u", which, port).path);
	}
	rmdir(of_stick(which, "/configs/c.1").path);
	rmdir(of_stick(which, "/strings/0x409").path);
	rmdir(of_stick(which, "/").path);
}

void stick_make(unsigned int which, const struct stick *stick)
{
	stick_unplug(which);
	stick_remove(which);
	folder(of_stick(which, "/").path);
	stick_put(which, "idVendor", stick->vendor);
	stick_put(which, "idProduct", stick->product);
	folder(of_stick(which, "/strings/0x409").path);
	stick_put(which, "strings/0x409/manufacturer", stick->maker);
	stick_put(which, "strings/0x409/product", stick->name);
	stick_put(which, "strings/0x409/serialnumber", stick->serial);
	folder(of_stick(which, "/configs/c.1").path);
	for (unsigned int port = 0; port < stick->ports; port++) {
		struct place function = of_stick(which, "/functions/acm.%u%u", which, port);

		folder(function.path);
		if (symlink(function.path,
			    of_stick(which, "/configs/c.1/acm.%u%u", which, port).path) < 0)
			broken("%s: %s", function.path, strerror(errno));
	}
}

static bool stick_is_plugged(unsigned int which)
{
	char text[32] = "";

	if (access(of_stick(which, "/UDC").path, F_OK) == 0)
		get(of_stick(which, "/UDC").path, text, sizeof(text));
	return text[0] != '\0';
}

void stick_plug(unsigned int which)
{
	char socket[16];

	snprintf(socket, sizeof(socket), "dummy_udc.%u", which);
	if (!stick_is_plugged(which))
		stick_put(which, "UDC", socket);
}

void stick_unplug(unsigned int which)
{
	if (stick_is_plugged(which))
		stick_put(which, "UDC", "\n");
}

int stick_far_end(unsigned int which, unsigned int port)
{
	char number[8], path[32];
	struct termios settings;
	int fd;

	get(of_stick(which, "/functions/acm.%u%u/port_num", which, port).path, number,
		sizeof(number));
	snprintf(path, sizeof(path), "/dev/ttyGS%s", number);
	fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || tcgetattr(fd, &settings) < 0)
		broken("%s: %s", path, strerror(errno));
	cfmakeraw(&settings);
	tcsetattr(fd, TCSANOW, &settings);
	return fd;
}

/* ---- the adapter ---- */

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
			broken("the adapter's port did not %s", there ? "appear" : "go away");
		usleep(10000);
	}
}

void adapter_plug(char near[32])
{
	static const struct stick adapter = { .vendor = "0x1d6b",
		.product = "0x0104",
		.maker = "faro",
		.name = "cable",
		.serial = "1",
		.ports = 1 };

	if (access(of_stick(0, "/").path, F_OK) < 0)
		stick_make(0, &adapter);
	stick_plug(0);
	wait_for_port(near, true);
}

void adapter_unplug(void)
{
	stick_unplug(0);
}

int adapter_far_end(void)
{
	return stick_far_end(0, 0);
}
