/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a directory can be written, and why not: one table of causes. */
#include "faro/base.h"

#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct look {
	const char *dir;
	struct statvfs disk;
	struct stat st;
	uint64_t bytes_free;
	int error; /* of looking at it; 0 */
};

static bool cannot_be_seen(const struct look *look)
{
	return look->error != 0;
}

static bool is_read_only(const struct look *look)
{
	return look->disk.f_flag & ST_RDONLY;
}

static bool is_anothers(const struct look *look)
{
	return access(look->dir, W_OK | X_OK) < 0;
}

static bool is_full(const struct look *look)
{
	return look->bytes_free < DISK_FULL;
}

static void say_error(const struct look *look, struct strbuf *said)
{
	strbuf_addf(said, "%s: %s", look->dir, strerror(look->error));
}

static void say_read_only(const struct look *look, struct strbuf *said)
{
	strbuf_addf(said,
		"the disk of %s is mounted read-only: see the kernel's log (dmesg) for its "
		"faults, and mount it read-write",
		look->dir);
}

static void add_user(struct strbuf *said, uid_t uid)
{
	struct passwd user, *found = NULL;
	char memory[1024];

	if (getpwuid_r(uid, &user, memory, sizeof(memory), &found) == 0 && found)
		strbuf_add(said, user.pw_name);
	else
		strbuf_addf(said, "user %u", (unsigned int)uid);
}

static void say_anothers(const struct look *look, struct strbuf *said)
{
	strbuf_addf(said, "%s belongs to ", look->dir);
	add_user(said, look->st.st_uid);
	strbuf_addf(said, ", mode %04o, and ", (unsigned int)look->st.st_mode & 07777);
	add_user(said, geteuid());
	strbuf_add(said, " cannot write there: chown it");
}

static void say_full(const struct look *look, struct strbuf *said)
{
	strbuf_addf(said,
		"the disk is full: %llu KB are free in %s; make room (journalctl "
		"--vacuum-size=50M, df -h shows what else lies there)",
		(unsigned long long)look->bytes_free >> 10, look->dir);
}

static const struct {
	bool (*is)(const struct look *look);
	int error; /* 0: that of the look */
	void (*say)(const struct look *look, struct strbuf *said);
} causes[] = {
	{ cannot_be_seen, 0, say_error },
	{ is_read_only, -EROFS, say_read_only },
	{ is_anothers, -EACCES, say_anothers },
	{ is_full, -ENOSPC, say_full },
};

int disk_look(const char *dir, uint64_t *bytes_free, struct strbuf *said)
{
	struct look look = { .dir = dir };

	if (statvfs(dir, &look.disk) < 0 || stat(dir, &look.st) < 0)
		look.error = errno;
	look.bytes_free = (uint64_t)look.disk.f_bavail * look.disk.f_frsize;
	if (bytes_free)
		*bytes_free = look.bytes_free;
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		if (!causes[i].is(&look))
			continue;
		causes[i].say(&look, said);
		return causes[i].error ? causes[i].error : -look.error;
	}
	return 0;
}
