/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points at which a process of the crash build (make CRASH=1) ends itself. No other build has any
 * of it.
 */
#ifdef FARO_CRASH

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faro/base.h"

#define POINTS_MAX 1024

static struct {
	char name[80];
	int hits;
} points[POINTS_MAX];

/* FARO_CRASH_LIST: a file that gets the name of each point that is come to. */
static void list(const char *name)
{
	const char *path = getenv("FARO_CRASH_LIST");
	char line[96];
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return;
	snprintf(line, sizeof(line), "%s\n", name);
	if (write(fd, line, strlen(line)) < 0)
		log_error("%s: %s", path, strerror(errno));
	close(fd);
}

static int hits_of(const char *name)
{
	int i = 0;

	while (i < POINTS_MAX - 1 && points[i].name[0] && strcmp(points[i].name, name) != 0)
		i++;
	if (!points[i].name[0]) {
		text_copy(points[i].name, sizeof(points[i].name), name);
		list(name);
	}
	return ++points[i].hits;
}

void crash_expect(const char *format, ...)
{
	char name[80] = "expected ";
	va_list ap;

	va_start(ap, format);
	vsnprintf(name + strlen(name), sizeof(name) - strlen(name), format, ap);
	va_end(ap);
	hits_of(name);
}

int64_t crash_hasten(const char *variable, int64_t ms)
{
	const char *haste = getenv(variable);
	int by = haste ? atoi(haste) : 0;

	return by > 1 ? ms / by : ms;
}

void crash_point(const char *format, ...)
{
	const char *wanted = getenv("FARO_CRASH"), *colon = wanted ? strrchr(wanted, ':') : NULL;
	char name[80];
	va_list ap;
	int hits;

	va_start(ap, format);
	vsnprintf(name, sizeof(name), format, ap);
	va_end(ap);
	hits = hits_of(name);
	if (colon && strlen(name) == (size_t)(colon - wanted) &&
		strncmp(wanted, name, strlen(name)) == 0 && hits == atoi(colon + 1))
		raise(SIGKILL);
}

#endif
