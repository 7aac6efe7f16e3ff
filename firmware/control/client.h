/* SPDX-License-Identifier: Apache-2.0 */
/* One connection of the control socket and its request. Inside of the control room only. */
#ifndef FARO_CONTROL_CLIENT_H
#define FARO_CONTROL_CLIENT_H

#include <sys/types.h>

#include "faro/control.h"

/*
 * A client is in one of three states:
 *   asking    no request: its line is being read
 *   stepping  its request wants the next step (as soon as there is room for what it says)
 *   waiting   its request waits for wait_ms or control_wake()
 */
enum client_state { CLIENT_ASKING, CLIENT_STEPPING, CLIENT_WAITING };

struct control_request {
	struct control_client *client;
	const struct control_command *command;
	json_t *arguments;
	int64_t wait_ms;
	bool overflow; /* something that was said did not fit */
	_Alignas(max_align_t) unsigned char scratch[CONTROL_SCRATCH_SIZE];
};

struct control_client {
	struct control *control;
	int fd; /* -1: this place is free */
	struct loop_fd *source;
	enum client_state state;
	bool eof;         /* it will ask nothing more */
	bool closing;     /* goes as soon as everything is said */
	int64_t moved_ms; /* when it last asked or read something (mono_ms) */
	struct control_request request;
	char *in, *out; /* CONTROL_LINE_MAX and CONTROL_OUTPUT_MAX bytes */
	size_t in_len, out_start, out_len;
};

struct control {
	struct loop *loop;
	char *path;
	int fd;
	gid_t group;
	ino_t inode;
	bool hears_log; /* the log's hook is ours */
	struct loop_fd *source;
	struct loop_timer *timer;
	struct loop_idle *idle;
	int64_t resume_ms; /* when connections are taken again */
	const struct control_command *commands;
	size_t n_commands;
	void *ctx;
	struct control_client clients[CONTROL_CLIENTS_MAX];
};

/** Takes fd over. -errno: fd is still the caller's. */
int client_open(struct control *control, struct control_client *client, int fd);
void client_close(struct control_client *client);

/** The next step of its request, if it wants one and there is room for what it says. */
void client_step(struct control_client *client);
/** A waiting request becomes a stepping one. */
void client_wake(struct control_client *client);
/** What time does: wakes a request, sends a stuck or idle client away. */
void client_tick(struct control_client *client, int64_t now);
int64_t client_deadline(const struct control_client *client);

/** Arms the timer for the nearest deadline. */
void control_schedule(struct control *control);

#endif
