/* SPDX-License-Identifier: Apache-2.0 */
/* The harness's sockets: to the simulator, to farod, to the simulated board. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

int box_wait_ms(void)
{
	const char *wanted = getenv("FARO_WAIT_MS");

	return wanted && *wanted ? atoi(wanted) : 20000;
}

int64_t mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void pause_ms(int ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

int wire_open(struct wire *wire, const char *path, int wait_ms)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int64_t until = mono_ms() + wait_ms;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	wire->len = wire->used = 0;
	for (;;) {
		wire->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(wire->fd, (struct sockaddr *)&address, sizeof(address)) == 0)
			return 0;
		close(wire->fd);
		wire->fd = -1;
		if (mono_ms() >= until)
			return -1;
		pause_ms(5);
	}
}

void wire_close(struct wire *wire)
{
	if (wire->fd >= 0)
		close(wire->fd);
	wire->fd = -1;
	free(wire->buffer);
	wire->buffer = NULL;
	wire->size = wire->len = wire->used = 0;
}

int wire_say(struct wire *wire, const char *line)
{
	size_t n = strlen(line), done = 0;
	char *whole = malloc(n + 1);

	memcpy(whole, line, n);
	whole[n++] = '\n';
	while (done < n) {
		ssize_t put = send(wire->fd, whole + done, n - done, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			break;
		done += (size_t)put;
	}
	free(whole);
	return done == n ? 0 : -1;
}

/* Reads what is there. False at the end of the stream. */
static bool wire_fill(struct wire *wire)
{
	ssize_t n;

	if (wire->used > 0) {
		memmove(wire->buffer, wire->buffer + wire->used, wire->len - wire->used);
		wire->len -= wire->used;
		wire->used = 0;
	}
	if (wire->size - wire->len < 65536) {
		wire->size += 131072;
		wire->buffer = realloc(wire->buffer, wire->size);
	}
	n = recv(wire->fd, wire->buffer + wire->len, wire->size - wire->len, 0);
	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	wire->len += (size_t)n;
	return true;
}

char *wire_line(struct wire *wire, int wait_ms)
{
	int64_t until = mono_ms() + wait_ms;

	for (;;) {
		char *line = wire->buffer ? wire->buffer + wire->used : NULL;
		char *end = line ? memchr(line, '\n', wire->len - wire->used) : NULL;
		int64_t left = until - mono_ms();
		struct pollfd poller = { .fd = wire->fd, .events = POLLIN };

		if (end) {
			*end = 0;
			wire->used = (size_t)(end + 1 - wire->buffer);
			return line;
		}
		if (wire->fd < 0)
			return NULL;
		if (poll(&poller, 1, left > 0 ? (int)left : 0) <= 0) {
			if (left <= 0)
				return NULL;
			continue;
		}
		if (!wire_fill(wire)) {
			close(wire->fd);
			wire->fd = -1;
			return NULL;
		}
	}
}

/* ---- the simulator ---- */

void box_take_event(struct box *box, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "event"));
	struct heard *heard = &box->heard[box->n_heard];
	const char *to, *text, *modem;

	if (box->hook)
		box->hook(box->hook_ctx, event);
	if (!kind || strcmp(kind, "text") != 0)
		return;
	to = json_string_value(json_object_get(event, "to"));
	text = json_string_value(json_object_get(event, "text"));
	modem = json_string_value(json_object_get(event, "modem"));
	if (!to || !text || box->n_heard >= HEARD_MAX)
		failed(__FILE__, __LINE__, "the simulator's text event is not as it should be");
	*heard = (struct heard){ 0 };
	snprintf(heard->to, sizeof(heard->to), "%s", to);
	snprintf(heard->text, sizeof(heard->text), "%s", text);
	snprintf(heard->modem, sizeof(heard->modem), "%s", modem ? modem : "");
	heard->mono_us = json_integer_value(json_object_get(event, "mono_us"));
	box->n_heard++;
}

void box_set_event_hook(struct box *box, void (*hook)(void *ctx, const json_t *event), void *ctx)
{
	box->hook = hook;
	box->hook_ctx = ctx;
}

bool box_wait_event(struct box *box, int wait_ms)
{
	char *line = wire_line(&box->sim, wait_ms);
	json_t *event = line ? json_loads(line, 0, NULL) : NULL;

	if (!event) {
		if (box->sim.fd < 0)
			failed(__FILE__, __LINE__, "the simulator is gone");
		return false;
	}
	box_take_event(box, event);
	json_decref(event);
	return true;
}

static json_t *sim_answer(struct box *box, const char *asked)
{
	for (;;) {
		char *line = wire_line(&box->sim, WAIT_MS);
		json_t *answer = line ? json_loads(line, 0, NULL) : NULL;

		if (!answer) {
			failed(__FILE__, __LINE__, "the simulator does not answer %s", asked);
			return NULL;
		}
		if (json_object_get(answer, "event")) {
			box_take_event(box, answer);
			json_decref(answer);
			continue;
		}
		if (!json_is_true(json_object_get(answer, "ok")))
			failed(__FILE__, __LINE__, "the simulator refuses %s: %s", asked, line);
		return answer;
	}
}

static json_t *sim_ask_v(struct box *box, const char *format, va_list ap)
{
	json_error_t error;
	json_t *command = json_vpack_ex(&error, 0, format, ap), *answer;
	char *text = command ? json_dumps(command, JSON_COMPACT) : NULL;

	if (!text)
		failed(__FILE__, __LINE__, "cannot pack %s: %s", format, error.text);
	if (wire_say(&box->sim, text) < 0)
		failed(__FILE__, __LINE__, "the simulator is gone at %s", text);
	answer = sim_answer(box, text);
	free(text);
	json_decref(command);
	return answer;
}

json_t *sim_ask(struct box *box, const char *format, ...)
{
	va_list ap;
	json_t *answer;

	va_start(ap, format);
	answer = sim_ask_v(box, format, ap);
	va_end(ap);
	return answer;
}

void sim_do(struct box *box, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	json_decref(sim_ask_v(box, format, ap));
	va_end(ap);
}

void box_hear(struct box *box)
{
	/* answers and events come in order: after the answer nothing older is on its way */
	sim_do(box, "{s:s}", "cmd", "ping");
}

int64_t sim_number(struct box *box, const char *path)
{
	json_t *stats = sim_ask(box, "{s:s}", "cmd", "stats");
	int64_t value = json_number_at(stats, path);

	json_decref(stats);
	return value;
}

/* ---- farod ---- */

json_t *farod_ask(struct box *box, const char *format, ...)
{
	struct wire wire = { .fd = -1 };
	json_t *command, *answer = NULL;
	char path[256], *text, *line;
	va_list ap;

	va_start(ap, format);
	command = json_vpack_ex(NULL, 0, format, ap);
	va_end(ap);
	text = command ? json_dumps(command, JSON_COMPACT) : NULL;
	if (!text)
		failed(__FILE__, __LINE__, "cannot pack %s", format);
	snprintf(path, sizeof(path), "%s/control.sock", box->dir);
	if (wire_open(&wire, path, 0) == 0 && wire_say(&wire, text) == 0) {
		line = wire_line(&wire, WAIT_MS);
		answer = line ? json_loads(line, 0, NULL) : NULL;
	}
	wire_close(&wire);
	free(text);
	json_decref(command);
	return answer;
}

int64_t json_number_at(const json_t *object, const char *path)
{
	char piece[128];
	const char *at = path;

	for (;;) {
		size_t n = strcspn(at, ".");

		snprintf(piece, sizeof(piece), "%.*s", (int)n, at);
		object = json_is_array(object) ? json_array_get(object, (size_t)atoi(piece))
					       : json_object_get(object, piece);
		if (!object)
			failed(__FILE__, __LINE__, "no %s", path);
		if (!at[n])
			break;
		at += n + 1;
	}
	if (!json_is_number(object) && !json_is_boolean(object))
		failed(__FILE__, __LINE__, "%s is no number", path);
	return json_is_boolean(object) ? json_is_true(object) : (int64_t)json_number_value(object);
}

json_t *box_status(struct box *box)
{
	int64_t until = mono_ms() + WAIT_MS;
	json_t *status;

	while (!(status = farod_ask(box, "{s:s}", "cmd", "status"))) {
		if (mono_ms() > until)
			failed(__FILE__, __LINE__, "farod does not answer; its log:\n%s",
				box_log(box));
		pause_ms(5);
	}
	return status;
}

/* Asks for status again and again until `done` says so. */
static void box_poll_status(struct box *box,
	bool (*done)(struct box *box, json_t *status, void *ctx), void *ctx, const char *what)
{
	int64_t until = mono_ms() + 3 * WAIT_MS;

	for (;;) {
		json_t *status = box_status(box);
		bool is_done = done(box, status, ctx);
		char *text = json_dumps(status, JSON_INDENT(1));

		json_decref(status);
		if (!is_done && mono_ms() > until)
			failed(__FILE__, __LINE__, "waited in vain for %s; status is %s", what,
				text);
		free(text);
		if (is_done)
			return;
		while (box_wait_event(box, 10))
			;
	}
}

struct wanted {
	const char *path;
	int64_t value;
	bool at_least;
};

static bool has_wanted(struct box *box, json_t *status, void *ctx)
{
	struct wanted *wanted = ctx;
	int64_t value = json_number_at(status, wanted->path);

	(void)box;
	return wanted->at_least ? value >= wanted->value : value == wanted->value;
}

void box_wait_status(struct box *box, const char *path, int64_t value, bool at_least)
{
	struct wanted wanted = { path, value, at_least };

	box_poll_status(box, has_wanted, &wanted, path);
}

static bool has_state(struct box *box, json_t *status, void *ctx)
{
	const char *const *wanted = ctx;
	json_t *modem;
	size_t i;

	(void)box;
	json_array_foreach (json_object_get(status, "modems"), i, modem)
		if (strcmp(json_string_value(json_object_get(modem, "name")), wanted[0]) == 0)
			return strcmp(json_string_value(json_object_get(modem, "state")),
				       wanted[1]) == 0;
	return false;
}

void box_wait_state(struct box *box, const char *modem, const char *state)
{
	const char *wanted[] = { modem, state };

	box_poll_status(box, has_state, wanted, state);
}

static bool is_settled(struct box *box, json_t *status, void *ctx)
{
	(void)ctx;
	return json_number_at(status, "inbox.received") >= box->texts_sent &&
	       json_number_at(status, "inbox.handled") ==
		       json_number_at(status, "inbox.received") &&
	       json_number_at(status, "outbox.queued") == 0 &&
	       json_number_at(status, "outbox.sending") == 0;
}

void box_settle(struct box *box)
{
	box_poll_status(box, is_settled, NULL, "everything to be handled and sent");
	box_hear(box);
}

/* ---- the simulated board ---- */

static void board_connect(struct box *box)
{
	char path[256];

	if (box->board.fd >= 0)
		return;
	snprintf(path, sizeof(path), "%s/board.sock", box->dir);
	if (wire_open(&box->board, path, WAIT_MS) < 0)
		failed(__FILE__, __LINE__, "no board at %s", path);
}

const char *board_line(struct box *box, int wait_ms)
{
	board_connect(box);
	return wire_line(&box->board, wait_ms);
}

void board_define(struct box *box, const char *format, ...)
{
	char path[256];
	va_list args;
	FILE *file;

	snprintf(path, sizeof(path), "%s/board.cfg", box->dir);
	file = fopen(path, "w");
	if (!file)
		failed(__FILE__, __LINE__, "cannot write %s", path);
	fputs("socket = \"board.sock\";\n", file);
	va_start(args, format);
	vfprintf(file, format, args);
	va_end(args);
	fclose(file);
}

void board_press(struct box *box, const char *button, int hold_ms)
{
	char line[64];

	board_connect(box);
	snprintf(line, sizeof(line), "button %s down", button);
	wire_say(&box->board, line);
	pause_ms(0);
	nanosleep(&(struct timespec){ hold_ms / 1000, hold_ms % 1000 * 1000000L }, NULL);
	snprintf(line, sizeof(line), "button %s up", button);
	wire_say(&box->board, line);
}

void board_expect_light(struct box *box, const char *light, bool on)
{
	int64_t until = mono_ms() + WAIT_MS;
	char want[64];

	snprintf(want, sizeof(want), "light %s %s", light, on ? "on" : "off");
	/* who connects is told the full state: the last line about the light is what holds */
	wire_close(&box->board);
	box->board.fd = -1;
	for (;;) {
		const char *line = board_line(box, (int)(until - mono_ms()));

		if (!line) {
			failed(__FILE__, __LINE__, "the board never said \"%s\"", want);
			return;
		}
		if (strcmp(line, want) == 0)
			return;
	}
}
