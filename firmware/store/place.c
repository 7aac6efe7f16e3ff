/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what is written still lies where the next start will look for it. A file that was deleted
 * or moved, or over which another file system was mounted, goes on taking commits without an error;
 * they would be nowhere after the next start.
 */
#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* SQLite keeps what is new beside the file until it is checkpointed. */
static const char *const suffixes[STORE_FILES] = { "", "-wal" };

/*
 * Asks for no more than which file it is. Since Linux 6.13 a file whose times somebody looked at
 * gets a new time with the very next write, else every few milliseconds: with stat() each commit of
 * a busy box would sync the inode, too.
 */
static bool look(const struct store *store, int i, struct store_place *out)
{
	char path[PATH_MAX + 8];
	struct statx st;
	snprintf(path, sizeof(path), "%s%s", store->path, suffixes[i]);
	bool there = statx(AT_FDCWD, path, 0, STATX_INO, &st) == 0;
	*out = there ? (struct store_place){ true, makedev(st.stx_dev_major, st.stx_dev_minor),
		st.stx_ino }
		     : (struct store_place){ 0 };
	return there;
}

void place_learn(struct store *store)
{
	for (int i = 0; i < STORE_FILES; i++)
		look(store, i, &store->places[i]);
}

static bool in_place(struct store *store)
{
	for (int i = 0; i < STORE_FILES; i++) {
		struct store_place *known = &store->places[i], now;
		bool there = look(store, i, &now);
		/* SQLite makes its log with the first page that is read or written. */
		if (!known->known)
			*known = now;
		else if (!there || now.dev != known->dev || now.ino != known->ino)
			return false;
	}
	return true;
}

int place_check(struct store *store)
{
	bool lost = !in_place(store);
	if (lost == store->lost)
		return lost ? -ESTALE : 0;
	store->lost = lost;
	if (!lost) {
		log_notice("store: %s is back in its place", store->path);
		return 0;
	}
	log_alert("store: %s was deleted, moved or replaced while it was open: nothing is taken in "
		  "and nothing leaves until it is back; texts wait in the modems; \"faroctl "
		  "members export\" still reads the list",
		store->path);
	return -ESTALE;
}

int place_sync(const char *path)
{
	char dir[PATH_MAX];
	text_copy(dir, sizeof(dir), path);
	char *slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 || fsync(fd) ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return rc;
}
