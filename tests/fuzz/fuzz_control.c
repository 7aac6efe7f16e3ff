/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes on the control socket: every line is answered by lines of JSON, and the door stays
 * open.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "faro/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct loop *loop;
static struct control *control;
static char socket_path[100];

/* Reads every kind of argument and says something of each. */
static enum control_step run_echo(void *ctx, struct control_request *request)
{
	int64_t *steps = control_scratch(request), number = control_number(request, "number", 0);

	(void)ctx;
	if (control_flag(request, "progress") && ++*steps < 20) {
		control_row(request, json_pack("{s:I}", "n", (json_int_t)*steps));
		return CONTROL_AGAIN;
	}
	if (number < 0)
		return control_fail(
			request, FARO_EXIT_FAILED, "%s", control_text(request, "text", "none"));
	return control_answer(request,
		json_pack("{s:o}", "text", control_json_text(control_text(request, "text", ""))));
}

static const struct control_command commands[] = { { "echo", run_echo } };

static void close_door(void)
{
	control_free(control);
	loop_free(loop);
}

static void open_door(void)
{
	snprintf(socket_path, sizeof(socket_path), "/tmp/faro-fuzz-%d.sock", (int)getpid());
	if (loop_new(&loop) < 0 ||
		control_new(loop, socket_path, commands, ARRAY_SIZE(commands), NULL, &control) < 0)
		abort();
	atexit(close_door);
}

/* Each whole line of what came back is a JSON object. */
static void check_answers(char *text)
{
	for (char *end; (end = strchr(text, '\n')); text = end + 1) {
		json_t *json = json_loadb(text, (size_t)(end - text), 0, NULL);

		if (!json_is_object(json))
			abort();
		json_decref(json);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char answers[CONTROL_OUTPUT_MAX + 1];
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t n_answers = 0;
	ssize_t n;
	int fd;

	if (!control)
		open_door();
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	text_copy(address.sun_path, sizeof(address.sun_path), socket_path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		abort();
	(void)send(fd, data, size, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	do {
		while (loop_run_once(loop, 0) == 1)
			;
		n = recv(fd, answers + n_answers, sizeof(answers) - 1 - n_answers, 0);
		n_answers += n > 0 ? (size_t)n : 0;
	} while (n > 0 && n_answers < sizeof(answers) - 1);
	answers[n_answers] = '\0';
	check_answers(answers);
	close(fd);
	while (loop_run_once(loop, 0) == 1)
		;
	return 0;
}
