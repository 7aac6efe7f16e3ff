/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the harness share. */
#ifndef FARO_TESTS_INTERNAL_H
#define FARO_TESTS_INTERNAL_H

#include "box.h"

#define HEARD_MAX 20000

/* A line-based Unix stream socket with what was read ahead. */
struct wire {
	int fd; /* -1 = closed */
	char *buffer;
	size_t size, len, used; /* used: bytes of buffer already given out as lines */
};

struct box {
	struct box_options options;
	char dir[128];
	pid_t sim_pid, farod_pid;
	struct wire sim, board;
	char *settings, *people; /* what the configuration was last written with */
	struct heard *heard;
	int n_heard;
	void (*hook)(void *ctx, const json_t *event);
	void *hook_ctx;
	int64_t texts_sent; /* texts injected that farod must have received */
};

int64_t mono_ms(void);
void failed(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4), noreturn));

/* Connects, trying again until wait_ms are over. 0 or -1. */
int wire_open(struct wire *wire, const char *path, int wait_ms);
void wire_close(struct wire *wire);
int wire_say(struct wire *wire, const char *line);
/* The next line without its end, or NULL: none within wait_ms, or closed (then fd is -1). */
char *wire_line(struct wire *wire, int wait_ms);

/* Takes what an event of the simulator says into `heard`. */
void box_take_event(struct box *box, const json_t *event);

/* Writes DIR/faro.cfg. */
void box_write_config(struct box *box);
/* Runs a program with its output in pipes until it ends. */
struct ran run_program(const char *const argv[]);

#endif
