/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a configuration file with its @include lines expanded, and where each line came from.
 * libconfig could include by itself, but version 1.5 ends the process when a directory is included,
 * waits for ever on a FIFO, and does not find absolute paths when relative ones are to start at the
 * file.
 */
#ifndef FARO_SETTINGS_SOURCES_H
#define FARO_SETTINGS_SOURCES_H

#include "faro/base.h"

#define SOURCES_FILES_MAX 32
#define SOURCES_DEPTH_MAX 8
#define SOURCES_SIZE_MAX  ((size_t)1 << 20)

struct source_line {
	int file, line;
};

struct sources {
	char *text; /* everything, NUL-terminated */
	size_t len;
	struct source_line *lines; /* of line i + 1 of text */
	size_t n_lines;
	char *files[SOURCES_FILES_MAX];
	int n_files;
	/* Told of each mistake, with the place where it stands. */
	void (*report)(void *ctx, const char *file, int line, const char *text);
	void *ctx;
	unsigned int mistakes;
	/* Where the first text begins that goes on over the end of its line; line 0: none does. */
	struct source_line wrapped;
	bool broken; /* a text or comment is not closed: what follows means nothing */
};

/**
 * Reads path and what it includes. 0, -errno when path itself cannot be read (sources_error() in
 * words), -ENOMEM.
 */
int sources_read(struct sources *sources, const char *path);
const char *sources_error(int error);

/**
 * Takes text as the contents of a file called name; an @include in it is a mistake. 0 or -ENOMEM.
 */
int sources_take(struct sources *sources, const char *name, const char *text);

/** The place of a line of the expanded text. */
void sources_where(
	const struct sources *sources, unsigned int line, const char **file, int *file_line);

/** That line, up to its end; valid until sources_fini(). */
const char *sources_line(const struct sources *sources, unsigned int line);

void sources_fini(struct sources *sources);

#endif
