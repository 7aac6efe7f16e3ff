/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: lines of JSON in, answers and events out. The commands are tables in
 * command_*.c.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim.h"

#define OUT_MAX     (64UL * 1024 * 1024) /* a client so far behind is cut off */
#define LAST_WORD_S 5 /* the simulator ends: a client that reads nothing for so long is left */

struct sim_client {
	struct sim_client *next;
	struct sim *sim;
	struct sim_watch watch;
	struct sim_buf in, out;
	struct sim_timer push; /* gathers what one turn of the loop has to say */
	uint32_t events;       /* subscribed */
	char number[PHONE_SIZE];
	bool waits; /* for room in the socket */
};

static const struct sim_command *const tables[] = { sim_commands_net, sim_commands_modem };

/* ---- members of a command ---- */

bool sim_json_get_int(
	json_t *o, const char *key, int64_t min, int64_t max, int64_t *value, char why[200])
{
	json_t *v = json_object_get(o, key);

	if (!v)
		return true;
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max) {
		snprintf(why, 200, "%s is a whole number from %lld to %lld", key, (long long)min,
			(long long)max);
		return false;
	}
	*value = json_integer_value(v);
	return true;
}

bool sim_json_get_bool(json_t *o, const char *key, bool *value, char why[200])
{
	json_t *v = json_object_get(o, key);

	if (!v)
		return true;
	if (!json_is_boolean(v)) {
		snprintf(why, 200, "%s is true or false", key);
		return false;
	}
	*value = json_is_true(v);
	return true;
}

bool sim_json_get_str(json_t *o, const char *key, const char **value, char why[200])
{
	json_t *v = json_object_get(o, key);

	if (!v)
		return true;
	if (!json_is_string(v)) {
		snprintf(why, 200, "%s is a string", key);
		return false;
	}
	*value = json_string_value(v);
	return true;
}

static const char *unknown_key(json_t *command, const char *keys)
{
	const char *key, *at;
	char word[32];

	for (void *i = json_object_iter(command); i; i = json_object_iter_next(command, i)) {
		bool known = !strcmp(key = json_object_iter_key(i), "cmd") || !strcmp(key, "id");

		for (at = keys; !known && text_word(&at, word, sizeof(word));)
			known = !strcmp(word, key);
		if (!known)
			return key;
	}
	return NULL;
}

/* ---- clients ---- */

static void client_free(struct sim_client *c)
{
	struct sim_client **at = &c->sim->clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	sim_timer_stop(&c->push);
	sim_watch_remove(&c->watch);
	close(c->watch.fd);
	sim_buf_free(&c->in);
	sim_buf_free(&c->out);
	free(c);
}

/* What is still to be said when the simulator ends: the socket may be full, so this waits. */
static void client_last_word(const struct sim_client *c)
{
	const struct timeval limit = { .tv_sec = LAST_WORD_S };
	size_t done = 0;
	ssize_t n = 1;

	setsockopt(c->watch.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	fcntl(c->watch.fd, F_SETFL, 0);
	for (; done < c->out.len && n > 0; done += n > 0 ? (size_t)n : 0)
		n = send(c->watch.fd, c->out.data + done, c->out.len - done, MSG_NOSIGNAL);
}

static void client_push(void *ctx)
{
	struct sim_client *c = ctx;
	size_t done = 0;
	ssize_t n = 0;

	sim_timer_stop(&c->push);
	while (done < c->out.len) {
		n = send(c->watch.fd, c->out.data + done, c->out.len - done,
			MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0)
			break;
		done += (size_t)n;
	}
	if ((n < 0 && errno != EAGAIN) || c->out.len - done > OUT_MAX) {
		client_free(c);
		return;
	}
	sim_buf_drop(&c->out, done);
	if (c->waits != (c->out.len > 0)) {
		c->waits = c->out.len > 0;
		sim_watch_change(&c->watch, c->waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
	}
}

static void client_say(struct sim_client *c, const char *data, size_t n)
{
	sim_buf_add(&c->out, data, n);
	if (!c->waits && !sim_timer_armed(&c->push))
		sim_timer_start(&c->push, 0);
}

static void client_answer(struct sim_client *c, json_t *command, json_t *answer, const char *why)
{
	json_t *id = json_object_get(command, "id");
	char *text;

	if (!answer)
		answer = json_pack("{s:b, s:s}", "ok", 0, "error", why);
	else
		json_object_set_new(answer, "ok", json_true());
	if (id)
		json_object_set(answer, "id", id);
	text = json_dumps(answer, JSON_COMPACT);
	if (text) {
		client_say(c, text, strlen(text));
		client_say(c, "\n", 1);
	}
	free(text);
	json_decref(answer);
}

static const struct sim_command *find(const char *name)
{
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++)
		for (const struct sim_command *c = tables[t]; c->name; c++)
			if (!strcmp(c->name, name))
				return c;
	return NULL;
}

static void client_line(struct sim_client *c, const char *line, size_t n)
{
	char why[200] = "it could not be done";
	const struct sim_command *known;
	const char *name, *key;
	json_error_t error;
	json_t *command = json_loadb(line, n, 0, &error), *answer = NULL;

	name = json_string_value(json_object_get(command, "cmd"));
	known = name ? find(name) : NULL;
	if (!command)
		snprintf(why, sizeof(why), "not JSON: %s", error.text);
	else if (!known)
		snprintf(why, sizeof(why), "no such command: %s", name ? name : "(no cmd)");
	else if ((key = unknown_key(command, known->keys)))
		snprintf(why, sizeof(why), "%s does not know %s", name, key);
	else
		answer = known->run(c->sim, c, command, why);
	client_answer(c, command, answer, why);
	json_decref(command);
}

static void client_lines(struct sim_client *c)
{
	size_t done = 0;
	char *end;

	while (done < c->in.len && (end = memchr(c->in.data + done, '\n', c->in.len - done))) {
		size_t n = (size_t)(end - (c->in.data + done));

		if (n)
			client_line(c, c->in.data + done, n);
		done += n + 1;
	}
	sim_buf_drop(&c->in, done);
}

static void client_ready(void *ctx, uint32_t events)
{
	struct sim_client *c = ctx;
	char data[16384];
	ssize_t n;

	if (events & EPOLLIN) {
		n = recv(c->watch.fd, data, sizeof(data), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN) || c->in.len > SIM_LINE_MAX) {
			client_free(c);
			return;
		}
		sim_buf_add(&c->in, data, n > 0 ? (size_t)n : 0);
		client_lines(c);
		client_push(c);
	} else if (events & EPOLLOUT) {
		client_push(c);
	} else {
		client_free(c);
	}
}

void sim_client_subscribe(struct sim_client *client, uint32_t events, const char *number)
{
	client->events = events;
	text_copy(client->number, sizeof(client->number), number);
}

static void accept_client(void *ctx, uint32_t events)
{
	struct sim *sim = ctx;
	struct sim_client *c;
	int fd = accept4(sim->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0)
		return;
	c = sim_alloc(sizeof(*c));
	c->sim = sim;
	c->watch = (struct sim_watch){ fd, client_ready, c };
	c->push = (struct sim_timer){ .run = client_push, .ctx = c };
	c->next = sim->clients;
	sim->clients = c;
	sim_watch_add(&c->watch, EPOLLIN);
}

/* ---- events ---- */

void sim_control_publish(
	struct sim *sim, enum sim_event event, const char *number, const struct sim_buf *line)
{
	for (struct sim_client *c = sim->clients; c; c = c->next)
		if ((c->events >> event & 1) &&
			(!c->number[0] || (number && !strcmp(number, c->number))))
			client_say(c, line->data, line->len);
}

bool sim_control_wants(const struct sim *sim, enum sim_event event)
{
	for (const struct sim_client *c = sim->clients; c; c = c->next)
		if (c->events >> event & 1)
			return true;
	return false;
}

/* ---- the socket ---- */

int sim_control_listen(struct sim *sim, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct sim_watch *listener = &sim->listener;

	if (!text_copy(address.sun_path, sizeof(address.sun_path), path))
		return -ENAMETOOLONG;
	*listener =
		(struct sim_watch){ socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
			accept_client, sim };
	if (listener->fd < 0)
		return -errno;
	text_copy(sim->socket, sizeof(sim->socket), path); /* closed with the others from here on */
	unlink(path);
	if (bind(listener->fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(listener->fd, 16) < 0)
		return -errno;
	return sim_watch_add(listener, EPOLLIN);
}

void sim_control_close(struct sim *sim)
{
	for (struct sim_client *c = sim->clients, *next; c; c = next) {
		next = c->next;
		client_last_word(c);
		client_free(c);
	}
	if (!sim->socket[0])
		return;
	sim_watch_remove(&sim->listener);
	close(sim->listener.fd);
	unlink(sim->socket);
}
