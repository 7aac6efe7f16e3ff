/* SPDX-License-Identifier: Apache-2.0 */
/* faroctl backup and restore: the database, sealed as it is, into a file and back. */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "faroctl.h"

#define PIECE_SIZE 16384

/* ---- backup ---------------------------------------------------------------------------------- */

struct taking {
	int fd, error;
};

static void hear_piece(void *ctx, const char *kind, const json_t *row)
{
	const char *hex = json_string_value(json_object_get(row, "data"));
	struct taking *taking = ctx;
	uint8_t piece[PIECE_SIZE];
	int n;

	if (strcmp(kind, "row") != 0 || !hex || taking->error)
		return;
	n = hex_decode(hex, strlen(hex), piece, sizeof(piece));
	errno = 0;
	if (n < 0 || write(taking->fd, piece, (size_t)n) != n)
		taking->error = n < 0 ? -n : errno ? errno : ENOSPC;
}

/* Whole and on the disk, or not there: only then it gets its name. */
static int name_it(const struct ctl *ctl, const char *made, const char *path, int fd)
{
	int rc = fsync(fd) < 0 || close(fd) < 0 ? errno : 0;

	/* a name that came up meanwhile is somebody's, too */
	if (rc == 0 && (ctl->force ? rename(made, path) : link(made, path)) < 0)
		rc = errno;
	if (rc != 0 || !ctl->force)
		unlink(made);
	return rc == 0 ? 0 : ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", path, strerror(rc));
}

static int take_copy(struct ctl *ctl, const char *path, int64_t *bytes)
{
	json_t *answer = NULL;
	struct taking taking;
	char made[PATH_MAX];
	int rc;

	if ((size_t)snprintf(made, sizeof(made), "%s.XXXXXX", path) >= sizeof(made))
		return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", path, strerror(ENAMETOOLONG));
	/* mode 0600 */
	taking = (struct taking){ .fd = mkstemp(made) };
	if (taking.fd < 0)
		return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", path, strerror(errno));
	rc = ctl_ask_patiently(ctl, ctl_request("backup"), hear_piece, &taking, &answer);
	*bytes = json_integer_value(json_object_get(answer, "bytes"));
	json_decref(answer);
	if (rc == 0 && (taking.error || lseek(taking.fd, 0, SEEK_END) != *bytes))
		rc = ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", path,
			strerror(taking.error ? taking.error : EIO));
	if (rc == 0)
		return name_it(ctl, made, path, taking.fd);
	close(taking.fd);
	unlink(made);
	return rc;
}

/* A new name takes the place of the old: a device of the machine would be gone. */
static int check_place(const struct ctl *ctl, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return 0;
	if (!S_ISREG(st.st_mode))
		return ctl_fail(ctl, FARO_EXIT_FAILED,
			"%s is %s; allowed: a file, or a name that is not there yet", path,
			S_ISDIR(st.st_mode) ? "a directory" : "no file");
	if (!ctl->force)
		return ctl_fail(ctl, FARO_EXIT_FAILED,
			"%s is there already (--force writes over it)", path);
	return 0;
}

int ctl_backup(struct ctl *ctl)
{
	const char *path = ctl->words[0];
	int64_t bytes = 0;
	int rc = check_place(ctl, path);

	if (rc != 0)
		return rc;
	rc = take_copy(ctl, path, &bytes);
	if (rc != 0)
		return rc;
	if (ctl->json)
		print_json(json_pack(
			"{s:b,s:s,s:I}", "ok", 1, "file", path, "bytes", (json_int_t)bytes));
	else
		printf("%s: %" PRId64
		       " bytes, sealed; it is of no use without the key (privacy.key_file), "
		       "which is not in it: keep a copy of both, in two places\n",
			path, bytes);
	return rc;
}

/* ---- restore --------------------------------------------------------------------------------- */

static int put_piece(const struct ctl *ctl, int64_t at, const uint8_t *piece, size_t n)
{
	json_t *request = ctl_request("restore put");
	char hex[2 * PIECE_SIZE + 1];

	hex_encode(hex, piece, n);
	json_object_set_new(request, "at", json_integer(at));
	json_object_set_new(request, "data", json_string(hex));
	json_object_set_new(request, "force", json_boolean(ctl->force));
	return ctl_ask(ctl, request, NULL, NULL, NULL);
}

/* The head of every SQLite database (its file format, 1.3), as a copy is one. */
static const char head[16] = "SQLite format 3";

static int check_head(const struct ctl *ctl, const char *path, FILE *file)
{
	char mine[sizeof(head)];
	size_t n = fread(mine, 1, sizeof(mine), file);

	if (n == sizeof(mine) && memcmp(mine, head, sizeof(mine)) != 0)
		n = 1;
	rewind(file);
	if (n == 0 || n == sizeof(mine))
		return 0;
	return ctl_fail(ctl, FARO_EXIT_FAILED,
		"%s is not a backup of Faro; allowed: a file that faroctl backup has made", path);
}

static int put_file(const struct ctl *ctl, const char *path)
{
	FILE *file = fopen(path, "re");
	uint8_t piece[PIECE_SIZE];
	int64_t at = 0;
	size_t n = 1;
	int rc = 0;

	if (!file)
		return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", path, strerror(errno));
	rc = check_head(ctl, path, file);
	while (rc == 0 && (n = fread(piece, 1, sizeof(piece), file)) > 0) {
		rc = put_piece(ctl, at, piece, n);
		at += (int64_t)n;
	}
	if (rc == 0 && ferror(file))
		rc = ctl_fail(ctl, FARO_EXIT_FAILED, "%s: it cannot be read", path);
	if (rc == 0 && at == 0)
		rc = ctl_fail(ctl, FARO_EXIT_FAILED, "%s is empty", path);
	fclose(file);
	return rc;
}

#define LOOKS   150
#define LOOK_NS 200000000

/* Its door closes, and opens again when it has started with the copy. */
static bool comes_back(const struct ctl *ctl)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	json_t *answer;

	for (int i = 0; i < LOOKS; i++) {
		nanosleep(&pause, NULL);
		nanosleep(&pause, NULL);
		answer = ctl_ask_quietly(ctl, ctl_request("version"));
		json_decref(answer);
		if (answer)
			return true;
	}
	return false;
}

int ctl_restore(struct ctl *ctl)
{
	json_t *request = ctl_request("restore");
	int rc = put_file(ctl, ctl->words[0]);

	json_object_set_new(request, "force", json_boolean(ctl->force));
	if (rc != 0) {
		json_decref(request);
		return rc;
	}
	rc = ctl_ask_patiently(ctl, request, NULL, NULL, NULL);
	if (rc != 0)
		return rc;
	if (!comes_back(ctl))
		return ctl_fail(ctl, FARO_EXIT_NO_DAEMON,
			"the copy is taken in, but farod has not come back; see its log");
	if (ctl->json)
		print_json(json_pack("{s:b,s:s}", "ok", 1, "file", ctl->words[0]));
	else
		printf("farod has started anew with %s; what waited in it is not sent again\n",
			ctl->words[0]);
	return rc;
}
