/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel knows of USB devices (sysfs, Documentation/ABI/stable/sysfs-bus-usb): who is
 * behind a serial port, and who is plugged in without having one.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faro/board.h"

static const char *root = "/sys";

void board_usb_set_root(const char *path)
{
	root = path ? path : "/sys";
}

/* The first line of DIR/NAME. False when there is none. */
static bool read_attribute(const char *dir, const char *name, char *out, size_t size)
{
	char path[PATH_MAX + 32];
	FILE *file;
	bool there;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	there = fgets(out, (int)size, file) != NULL;
	fclose(file);
	if (there)
		out[strcspn(out, "\r\n")] = '\0';
	return there;
}

static bool read_number(const char *dir, const char *name, unsigned int *out)
{
	char text[16];
	char *end;

	if (!read_attribute(dir, name, text, sizeof(text)))
		return false;
	*out = (unsigned int)strtoul(text, &end, 16);
	return end != text;
}

/* A directory that has idVendor is a device; above it are hubs. */
static bool read_device(const char *dir, struct board_usb *out)
{
	unsigned int vendor, product;

	if (!read_number(dir, "idVendor", &vendor) || !read_number(dir, "idProduct", &product))
		return false;
	out->vendor = (uint16_t)vendor;
	out->product = (uint16_t)product;
	read_attribute(dir, "manufacturer", out->maker, sizeof(out->maker));
	read_attribute(dir, "product", out->name, sizeof(out->name));
	return true;
}

int serial_usb(const char *path, struct board_usb *out)
{
	char link[PATH_MAX + 32], dir[PATH_MAX], *slash, *real = realpath(path, NULL);
	unsigned int number;

	*out = (struct board_usb){ .interface = -1 };
	if (!real)
		return -errno;
	slash = strrchr(real, '/');
	snprintf(link, sizeof(link), "%s/class/tty/%s/device", root, slash ? slash + 1 : real);
	free(real);
	if (!realpath(link, dir))
		return -ENODEV;
	/* .../1-1 (the device)/1-1:1.2 (its interface)/ttyUSB0 */
	while ((slash = strrchr(dir, '/')) && slash != dir) {
		if (out->interface < 0 && read_number(dir, "bInterfaceNumber", &number))
			out->interface = (int)number;
		if (read_device(dir, out))
			return 0;
		*slash = '\0';
	}
	return -ENODEV;
}

int board_usb_walk(void (*each)(void *ctx, const struct board_usb *device), void *ctx)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/bus/usb/devices", root);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		struct board_usb device = { .interface = -1 };

		snprintf(path, sizeof(path), "%s/bus/usb/devices/%s", root, entry->d_name);
		if (entry->d_name[0] != '.' && read_device(path, &device))
			each(ctx, &device);
	}
	closedir(dir);
	return 0;
}
