/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

static void on_ready(void *ctx, int fd, unsigned int events);

/* ---- life ------------------------------------------------------------------------------------ */

int client_open(struct control *control, struct control_client *client, int fd)
{
	int rc;

	*client =
		(struct control_client){ .control = control, .fd = -1, .moved_ms = time_mono_ms() };
	client->in = malloc(CONTROL_LINE_MAX);
	client->out = malloc(CONTROL_OUTPUT_MAX);
	rc = client->in && client->out
		     ? loop_fd_new(control->loop, fd, LOOP_READ, on_ready, client, &client->source)
		     : -ENOMEM;
	if (rc < 0) {
		free(client->in);
		free(client->out);
		return rc;
	}
	client->fd = fd;
	control_schedule(control);
	return 0;
}

void client_close(struct control_client *client)
{
	if (client->fd < 0)
		return;
	json_decref(client->request.arguments);
	loop_fd_free(client->source);
	close(client->fd);
	free(client->in);
	free(client->out);
	*client = (struct control_client){ .control = client->control, .fd = -1 };
}

/* ---- saying ---------------------------------------------------------------------------------- */

static size_t output_free(const struct control_client *client)
{
	return CONTROL_OUTPUT_MAX - client->out_len;
}

static int append(const char *text, size_t n, void *ctx)
{
	struct control_client *client = ctx;

	if (n > output_free(client))
		return -1;
	memcpy(client->out + client->out_len, text, n);
	client->out_len += n;
	return 0;
}

/* One whole line or nothing. Takes over json. */
static bool say(struct control_client *client, json_t *json)
{
	size_t before = client->out_len;
	bool said;

	/* patience with the reader begins when there is something to read */
	if (before == 0)
		client->moved_ms = time_mono_ms();
	said = json && json_dump_callback(json, append, client, JSON_COMPACT) == 0 &&
	       append("\n", 1, client) == 0;
	if (!said)
		client->out_len = before;
	json_decref(json);
	return said;
}

static bool say_error(struct control_client *client, int exit, const char *text)
{
	json_t *line = json_pack("{s:b}", "ok", 0);

	json_object_set_new(line, "error", control_json_text(text));
	json_object_set_new(line, "exit", json_integer(exit));
	return say(client, line);
}

/* Sends what the socket takes. -errno when the client is gone. */
static int flush(struct control_client *client)
{
	ssize_t n;

	while (client->out_start < client->out_len) {
		n = send(client->fd, client->out + client->out_start,
			client->out_len - client->out_start, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		client->out_start += (size_t)n;
		client->moved_ms = time_mono_ms();
	}
	client->out_start = client->out_len = 0;
	return 0;
}

/* What was sent makes room at the end again. */
static void compact(struct control_client *client)
{
	if (client->out_start == 0)
		return;
	client->out_len -= client->out_start;
	memmove(client->out, client->out + client->out_start, client->out_len);
	client->out_start = 0;
}

/* ---- requests -------------------------------------------------------------------------------- */

static void end_request(struct control_client *client)
{
	json_decref(client->request.arguments);
	client->request.arguments = NULL;
	client->state = CLIENT_ASKING;
	client->moved_ms = time_mono_ms();
	/* the next one may be there already */
	loop_idle_request(client->control->idle);
}

static const struct control_command *find_command(const struct control *control, const char *name)
{
	for (size_t i = 0; i < control->n_commands; i++)
		if (strcmp(control->commands[i].name, name) == 0)
			return &control->commands[i];
	return NULL;
}

/*
 * The request of one line (without its line feed). What cannot be understood is answered and
 * forgotten.
 */
static void begin_request(struct control_client *client, const char *line, size_t n)
{
	struct control_request *request = &client->request;
	json_t *arguments = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
	const char *name = json_string_value(json_object_get(arguments, "cmd"));

	*request = (struct control_request){
		.client = client, .arguments = arguments, .wait_ms = TIME_NEVER
	};
	client->state = CLIENT_STEPPING;
	client->moved_ms = time_mono_ms();
	request->command = name ? find_command(client->control, name) : NULL;
	if (!name)
		control_fail(request, FARO_EXIT_USAGE,
			"a request is one JSON object a line, with \"cmd\"");
	else if (!request->command)
		control_fail(
			request, FARO_EXIT_USAGE, "this farod knows no command \"%.40s\"", name);
	if (!request->command)
		end_request(client);
	else
		loop_idle_request(client->control->idle);
}

static bool has_room(const struct control_client *client)
{
	return output_free(client) >= CONTROL_STEP_MAX;
}

/* The length of the line that is there, with what ends it; 0 when none is whole yet. */
static size_t whole_line(const struct control_client *client, size_t *text_len)
{
	const char *newline = memchr(client->in, '\n', client->in_len);

	*text_len = newline ? (size_t)(newline - client->in) : client->in_len;
	if (newline)
		return *text_len + 1;
	/* the last line may lack its line feed */
	return client->eof ? client->in_len : 0;
}

/* Takes the next line, when no request is running. */
static void next_request(struct control_client *client)
{
	size_t text_len, n;

	if (client->state != CLIENT_ASKING || client->closing || !has_room(client))
		return;
	n = whole_line(client, &text_len);
	if (n > 0) {
		begin_request(client, client->in, text_len);
		client->in_len -= n;
		memmove(client->in, client->in + n, client->in_len);
	} else if (client->in_len == CONTROL_LINE_MAX) {
		say_error(client, FARO_EXIT_USAGE, "the request is too long");
		client->closing = true;
	} else if (client->eof) {
		client->closing = true;
	}
}

static void run_step(struct control_client *client)
{
	struct control_request *request = &client->request;

	request->wait_ms = TIME_NEVER;
	switch (request->command->run(client->control->ctx, request)) {
	case CONTROL_DONE:
		end_request(client);
		break;
	case CONTROL_AGAIN:
		client->state = CLIENT_STEPPING;
		break;
	case CONTROL_WAIT:
		client->state = CLIENT_WAITING;
		break;
	}
}

/* ---- the loop's side ------------------------------------------------------------------------- */

/* What is waited for on the socket. False when the client has gone. */
static bool settle(struct control_client *client)
{
	bool asking = client->state == CLIENT_ASKING && !client->eof && !client->closing;
	bool reading = asking && client->in_len < CONTROL_LINE_MAX;

	if (flush(client) < 0 || (client->closing && client->out_len == 0)) {
		client_close(client);
		return false;
	}
	loop_fd_events(client->source,
		(reading ? LOOP_READ : 0U) | (client->out_len > 0 ? LOOP_WRITE : 0U));
	return true;
}

void client_step(struct control_client *client)
{
	if (client->fd < 0)
		return;
	compact(client);
	next_request(client);
	if (client->state == CLIENT_STEPPING && has_room(client))
		run_step(client);
	if (settle(client) && client->state == CLIENT_STEPPING && has_room(client))
		loop_idle_request(client->control->idle);
}

void client_wake(struct control_client *client)
{
	if (client->fd < 0 || client->state != CLIENT_WAITING)
		return;
	client->state = CLIENT_STEPPING;
	loop_idle_request(client->control->idle);
}

/* False when the connection broke. */
static bool receive(struct control_client *client)
{
	ssize_t n = recv(client->fd, client->in + client->in_len, CONTROL_LINE_MAX - client->in_len,
		MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	client->eof = n == 0;
	client->in_len += (size_t)n;
	return true;
}

static void on_ready(void *ctx, int fd, unsigned int events)
{
	struct control_client *client = ctx;
	struct control *control = client->control;
	bool alive = true;

	(void)fd;
	if (events & LOOP_READ && client->in_len < CONTROL_LINE_MAX)
		alive = receive(client);
	else if (events & LOOP_HANGUP)
		alive = false;
	if (!alive)
		client_close(client);
	else
		client_step(client);
	control_schedule(control);
}

/* ---- time ------------------------------------------------------------------------------------ */

static bool is_stuck(const struct control_client *client)
{
	return client->out_len > 0;
}

static int64_t patience_ends(const struct control_client *client)
{
	if (is_stuck(client))
		return client->moved_ms + CONTROL_STUCK_MS;
	return client->state == CLIENT_ASKING ? client->moved_ms + CONTROL_IDLE_MS : TIME_NEVER;
}

int64_t client_deadline(const struct control_client *client)
{
	if (client->fd < 0)
		return TIME_NEVER;
	return time_min(patience_ends(client),
		client->state == CLIENT_WAITING ? client->request.wait_ms : TIME_NEVER);
}

void client_tick(struct control_client *client, int64_t now)
{
	if (client->fd < 0)
		return;
	if (now >= patience_ends(client))
		client_close(client);
	else if (client->state == CLIENT_WAITING && now >= client->request.wait_ms)
		client_wake(client);
}

/* ---- for commands ---------------------------------------------------------------------------- */

const json_t *control_arguments(const struct control_request *request)
{
	return request->arguments;
}

const char *control_text(
	const struct control_request *request, const char *name, const char *fallback)
{
	const char *text = json_string_value(json_object_get(request->arguments, name));

	return text ? text : fallback;
}

int64_t control_number(const struct control_request *request, const char *name, int64_t fallback)
{
	const json_t *number = json_object_get(request->arguments, name);

	return json_is_integer(number) ? (int64_t)json_integer_value(number) : fallback;
}

bool control_flag(const struct control_request *request, const char *name)
{
	return json_is_true(json_object_get(request->arguments, name));
}

void *control_scratch(struct control_request *request)
{
	return request->scratch;
}

void control_wait(struct control_request *request, int64_t mono_ms)
{
	request->wait_ms = mono_ms;
}

size_t control_room(const struct control_request *request)
{
	return output_free(request->client);
}

static void say_as(struct control_request *request, const char *kind, json_t *value)
{
	json_t *line = json_object();

	if (json_object_set_new(line, kind, value) < 0 || !say(request->client, json_incref(line)))
		request->overflow = true;
	json_decref(line);
}

void control_progress(struct control_request *request, json_t *progress)
{
	say_as(request, "progress", progress);
}

void control_line(struct control_request *request, json_t *line)
{
	say_as(request, "line", line);
}

void control_row(struct control_request *request, json_t *row)
{
	say_as(request, "row", row);
}

enum control_step control_fail(struct control_request *request, int exit, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!say_error(request->client, exit, text))
		request->client->closing = true;
	return CONTROL_DONE;
}

enum control_step control_answer(struct control_request *request, json_t *answer)
{
	json_t *line = json_pack("{s:b}", "ok", 1);

	if (answer)
		json_object_update(line, answer);
	json_decref(answer);
	if (request->overflow || !say(request->client, line)) {
		if (request->overflow)
			json_decref(line);
		return control_fail(request, FARO_EXIT_FAILED, "the answer is too long");
	}
	return CONTROL_DONE;
}
