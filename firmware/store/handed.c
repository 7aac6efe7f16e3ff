/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each modem was handed last: a note beside the database that no disk need ever see. It lies
 * in the kernel's memory, so it costs a segment no sync and outlives the process, though not the
 * machine. After a SIGKILL it parts the segments that a modem was given from those that were only
 * claimed: these were never sent, and nobody waits a minute for their reports.
 *
 * It is believed only when it is of the last process that wrote this database, since this boot.
 * When in doubt everything on the air may have been handed over.
 */
#include "internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BOOT_FILE "/proc/sys/kernel/random/boot_id"

size_t handed_read_boot(char *out, size_t size)
{
	int fd = open(BOOT_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size);
	if (fd >= 0)
		close(fd);
	return n < 0 ? 0 : (size_t)n;
}

/* A note that cannot be kept must not be found later. */
static int drop(struct store *store)
{
	int rc = ftruncate(store->handed_fd, 0) ? -errno : 0;
	if (rc)
		return rc;
	log_warning("store: what modems are handed cannot be noted: after a crash all that was on "
		    "the air is unknown");
	close(store->handed_fd);
	store->handed_fd = -1;
	return 0;
}

int handed_open(struct store *store, const char *data_dir)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/handed", data_dir);
	store->handed_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->handed_fd < 0)
		return -errno;
	if (pread(store->handed_fd, &store->handed, sizeof(store->handed), 0) !=
		(ssize_t)sizeof(store->handed))
		memset(&store->handed, 0, sizeof(store->handed));
	return 0;
}

void handed_close(struct store *store)
{
	if (store->handed_fd >= 0)
		close(store->handed_fd);
	store->handed_fd = -1;
}

/* 1: the note is of the process that wrote the database last, and of this boot. */
static int is_ours(struct store *store)
{
	char boot[HANDED_BOOT_SIZE] = "";
	int64_t life;
	int rc = store_value_get(store, HANDED_KEY, &life);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	return store->handed_fd >= 0 && life && life == store->handed.life &&
	       handed_read_boot(boot, sizeof(boot)) &&
	       memcmp(boot, store->handed.boot, sizeof(boot)) == 0;
}

/* The database knows the new life before the note does: between the two nothing is believed. */
static int begin_life(struct store *store)
{
	int64_t life = (int64_t)seal_random(INT32_MAX) << 31 | seal_random(INT32_MAX) | 1;
	memset(&store->handed, 0, sizeof(store->handed));
	store->handed.life = life;
	if (!handed_read_boot(store->handed.boot, sizeof(store->handed.boot)))
		store->handed.life = 0;
	return store_value_set(store, HANDED_KEY, life);
}

int handed_recall(struct store *store, struct handed *before)
{
	int rc = is_ours(store);
	if (rc < 0)
		return rc;
	*before = rc ? store->handed : (struct handed){ .life = 0 };
	return begin_life(store);
}

void handed_write(struct store *store)
{
	if (store->handed_fd < 0)
		return;
	/* Its blocks are there from now on: a full disk cannot refuse a note. */
	if (posix_fallocate(store->handed_fd, 0, sizeof(store->handed)) ||
		pwrite(store->handed_fd, &store->handed, sizeof(store->handed), 0) !=
			(ssize_t)sizeof(store->handed))
		drop(store);
}

bool handed_never(const struct handed *before, const struct message *message)
{
	if (!before->life || message->modem < 0 || message->modem >= HANDED_MODEMS)
		return false;
	const struct handed_slot *slot = &before->slots[message->modem];
	return slot->segment_id != SEGMENT_ID(message->id, message->part) ||
	       slot->attempt != message->tries;
}

int store_segment_handing(struct store *store, const char *modem, int64_t segment_id, int attempt)
{
	int64_t id = modem_id(store, modem);
	if (id < 0)
		return (int)id;
	/* A prompt may take seconds: who texted STOP meanwhile to another modem gets nothing. */
	int64_t stopped = 0;
	int rc = sql_int(store, SQL_MESSAGE_STOPPED, 0, &stopped, "i", segment_id / 256);
	if (rc || stopped)
		return rc ? rc : -ECANCELED;
	if (store->handed_fd < 0 || id >= HANDED_MODEMS)
		return 0;
	struct handed_slot *slot = &store->handed.slots[id];
	*slot = (struct handed_slot){ segment_id, attempt };
	off_t at = (off_t)((const char *)slot - (const char *)&store->handed);
	if (pwrite(store->handed_fd, slot, sizeof(*slot), at) == (ssize_t)sizeof(*slot))
		return 0;
	return drop(store);
}
