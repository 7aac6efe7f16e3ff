/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which serial ports there are, and what USB device is behind each: read from the directories in
 * which the kernel shows its devices. Their places are the caller's, so that a tree of a test's own
 * will do.
 */
#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faro/board.h"

static const char *dev_of(const struct serial_where *where)
{
	return where && where->dev && where->dev[0] ? where->dev : "/dev";
}

static const char *sys_of(const struct serial_where *where)
{
	return where && where->sys && where->sys[0] ? where->sys : "/sys";
}

/* ---- the USB device behind a port ---- */

/* What a file of sysfs says, as a number; -1 when it is not there. */
static int sys_number(const char *dir, const char *name, int base)
{
	char path[PATH_MAX], text[32] = "";
	ssize_t n = -1;
	char *end;
	long value;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	if (n <= 0)
		return -1;
	value = strtol(text, &end, base);
	return end == text ? -1 : (int)value;
}

/* From the tty's own directory up: first the interface, then the device (sysfs-bus-usb). */
static void usb_behind(const struct serial_where *where, struct serial_port *port)
{
	char link[PATH_MAX], dir[PATH_MAX];
	char *slash;

	snprintf(link, sizeof(link), "%s/class/tty/%s/device", sys_of(where), port->tty);
	if (!realpath(link, dir))
		return;
	while ((slash = strrchr(dir, '/')) && slash > dir) {
		int vendor = sys_number(dir, "idVendor", 16);

		if (port->interface < 0)
			port->interface = sys_number(dir, "bInterfaceNumber", 16);
		if (vendor >= 0) {
			port->vendor = vendor;
			port->product = sys_number(dir, "idProduct", 16);
			text_copy(port->usb, sizeof(port->usb), slash + 1);
			snprintf(port->node, sizeof(port->node), "%.80s/bus/usb/%03d/%03d",
				dev_of(where), sys_number(dir, "busnum", 10),
				sys_number(dir, "devnum", 10));
			return;
		}
		*slash = '\0';
	}
}

static bool is_port_name(const char *name)
{
	return strncmp(name, "ttyUSB", 6) == 0 || strncmp(name, "ttyACM", 6) == 0;
}

/* Follows links, but only to the name that the kernel gave: a test's ports are links themselves. */
static bool kernel_name(const char *path, char tty[32])
{
	char at[PATH_MAX], to[PATH_MAX];

	text_copy(at, sizeof(at), path);
	for (int hops = 0; hops < 8; hops++) {
		char *base = strrchr(at, '/');
		ssize_t n;

		if (!base)
			return false;
		if (is_port_name(base + 1))
			return text_copy(tty, 32, base + 1);
		n = readlink(at, to, sizeof(to) - 1);
		if (n <= 0)
			return text_copy(tty, 32, base + 1);
		to[n] = '\0';
		if (to[0] == '/')
			base = at;
		else
			base++;
		if (!text_copy(base, sizeof(at) - (size_t)(base - at), to))
			return false;
	}
	return false;
}

int serial_look(const struct serial_where *where, const char *path, struct serial_port *out)
{
	char real[PATH_MAX];

	*out = (struct serial_port){ .vendor = -1, .product = -1, .interface = -1 };
	if (!realpath(path, real))
		return -errno;
	if (!text_copy(out->path, sizeof(out->path), path) ||
		!text_copy(out->real, sizeof(out->real), real))
		return -ENAMETOOLONG;
	if (kernel_name(path, out->tty))
		usb_behind(where, out);
	return 0;
}

/* ---- all of them ---- */

/* Kernel messages and logins go there: never asked for a modem. */
static bool is_console(const struct serial_where *where, const char *tty)
{
	char path[PATH_MAX], text[256] = "", name[32];
	const char *at = text;
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/class/tty/console/active", sys_of(where));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	while (text_word(&at, name, sizeof(name)))
		if (strcmp(name, tty) == 0)
			return true;
	return false;
}

/* By length first: ttyUSB2 before ttyUSB10. */
static int by_name(const void *a, const void *b)
{
	const struct serial_port *x = a, *y = b;
	size_t nx = strlen(x->tty), ny = strlen(y->tty);

	return nx != ny ? (nx > ny) - (nx < ny) : strcmp(x->tty, y->tty);
}

int serial_list(const struct serial_where *where, struct serial_port *out, int max)
{
	DIR *dir = opendir(dev_of(where));
	const struct dirent *entry;
	int n = 0;

	if (!dir)
		return -errno;
	while (n < max && (entry = readdir(dir))) {
		char path[PATH_MAX];

		if (!is_port_name(entry->d_name) || is_console(where, entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dev_of(where), entry->d_name);
		n += serial_look(where, path, &out[n]) == 0;
	}
	closedir(dir);
	qsort(out, (size_t)n, sizeof(*out), by_name);
	return n;
}

/* ---- the reset of a USB device ---- */

/*
 * The kernel resets while the caller waits, and a dead device makes that seconds: a child waits
 * instead. It is nobody's child, so that nobody has to wait for it either; what came of it shows
 * when the port comes back.
 */
static int reset_apart(int fd)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return -errno;
	if (child == 0) {
		if (fork() == 0)
			ioctl(fd, USBDEVFS_RESET, NULL);
		_exit(0);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return 0;
}

int serial_reset_usb(const struct serial_port *port)
{
	struct stat st;
	int fd, error;

	if (!port->node[0])
		return -ENOENT;
	fd = open(port->node, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	error = fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) ? -ENOTTY : reset_apart(fd);
	close(fd);
	return error;
}
