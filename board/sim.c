/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated board: a Unix stream socket instead of pins. Each client gets the full state and
 * then one line per change ("light power on", "button send down", "modem sim1 reset on") and may
 * say "button send down", "button send up", "sensor tamper on", "modem sim1 status on" and
 * "unplug" (the board goes away). Nothing happens unless somebody does something.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "driver.h"

#define SIM_CLIENTS     16
#define SIM_OUTPUT_SIZE 8192
#define SIM_INPUT_SIZE  256

struct sim_client {
	struct sim *sim;
	struct loop_fd *source;
	int fd;
	bool open;
	unsigned int pressed; /* buttons that this client holds down */
	char input[SIM_INPUT_SIZE];
	size_t input_len;
	char output[SIM_OUTPUT_SIZE];
	size_t output_len;
};

struct sim {
	struct board *board;
	struct sockaddr_un address;
	int fd;
	struct loop_fd *source;
	bool active[DEFINITION_LINES];
	struct sim_client clients[SIM_CLIENTS];
};

/* ---- what clients are told ---- */

static void client_close(struct sim_client *client);

static void client_flush(struct sim_client *client)
{
	ssize_t n =
		send(client->fd, client->output, client->output_len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		client_close(client);
		return;
	}
	if (n > 0) {
		client->output_len -= (size_t)n;
		memmove(client->output, client->output + n, client->output_len);
	}
	loop_fd_events(client->source, LOOP_READ | (client->output_len ? LOOP_WRITE : 0));
}

static void client_say(struct sim_client *client, const char *line)
{
	size_t n = strlen(line);

	/* who does not read is let go, so that the board never waits */
	if (client->output_len + n > sizeof(client->output)) {
		client_close(client);
		return;
	}
	memcpy(client->output + client->output_len, line, n);
	client->output_len += n;
	client_flush(client);
}

static void sim_describe(const struct sim *sim, unsigned int i, char *out, size_t size)
{
	const struct definition_line *line = &sim->board->definition.lines[i];
	bool button = line->role == LINE_BUTTON;
	char name[LINE_NAME_SIZE];

	snprintf(out, size, "%s %s\n", definition_line_name(line, name),
		sim->active[i] ? (button ? "down" : "on") : (button ? "up" : "off"));
}

static void sim_change(struct sim *sim, unsigned int i, bool active)
{
	char line[LINE_NAME_SIZE + 8];

	if (sim->active[i] == active)
		return;
	sim->active[i] = active;
	sim_describe(sim, i, line, sizeof(line));
	for (size_t c = 0; c < SIM_CLIENTS; c++)
		if (sim->clients[c].open)
			client_say(&sim->clients[c], line);
}

/* ---- what clients say ---- */

static void sim_press(struct sim *sim, enum board_button button, bool down)
{
	int i = board_find_line(sim->board, LINE_BUTTON, button, NULL);

	if (i < 0 || sim->active[i] == down || sim->board->lost)
		return;
	sim_change(sim, (unsigned int)i, down);
	board_input_changed(sim->board, (unsigned int)i, down, time_mono_ms());
}

static bool client_press(struct sim_client *client, const char *name, bool down)
{
	for (enum board_button b = 0; b < BOARD_BUTTONS; b++) {
		if (strcmp(board_button_name(b), name) != 0)
			continue;
		client->pressed = down ? client->pressed | 1U << b : client->pressed & ~(1U << b);
		sim_press(client->sim, b, down);
		return true;
	}
	return false;
}

/* "modem hat status on": line is what comes after "modem". */
static bool client_status(struct sim *sim, const char *line)
{
	char modem[DEFINITION_NAME_SIZE] = "", what[16] = "", state[16] = "";
	int i;

	text_word(&line, modem, sizeof(modem));
	text_word(&line, what, sizeof(what));
	text_word(&line, state, sizeof(state));
	i = board_find_line(sim->board, LINE_MODEM, BOARD_MODEM_STATUS, modem);
	if (i < 0 || strcmp(what, "status") != 0)
		return false;
	sim_change(sim, (unsigned int)i, strcmp(state, "on") == 0);
	return true;
}

/* "sensor tamper on": line is what comes after "sensor". */
static bool client_sensor(struct sim *sim, const char *line)
{
	char name[16] = "", state[16] = "";

	text_word(&line, name, sizeof(name));
	text_word(&line, state, sizeof(state));
	for (enum board_sensor sensor = 0; sensor < BOARD_SENSORS; sensor++) {
		int i = board_find_line(sim->board, LINE_SENSOR, sensor, NULL);
		bool active = strcmp(state, "on") == 0;

		if (i < 0 || strcmp(board_sensor_name(sensor), name) != 0)
			continue;
		if (sim->active[i] != active && !sim->board->lost) {
			sim_change(sim, (unsigned int)i, active);
			board_input_changed(sim->board, (unsigned int)i, active, time_mono_ms());
		}
		return true;
	}
	return false;
}

static bool client_command(struct sim_client *client, const char *line)
{
	char what[16] = "", name[16] = "", state[16] = "";

	text_word(&line, what, sizeof(what));
	if (strcmp(what, "sensor") == 0)
		return client_sensor(client->sim, line);
	if (strcmp(what, "modem") == 0)
		return client_status(client->sim, line);
	text_word(&line, name, sizeof(name));
	text_word(&line, state, sizeof(state));
	if (strcmp(what, "unplug") == 0) {
		board_gone(client->sim->board, "the simulated board was unplugged");
		return true;
	}
	if (strcmp(what, "button") != 0)
		return false;
	if (strcmp(state, "down") == 0)
		return client_press(client, name, true);
	return strcmp(state, "up") == 0 && client_press(client, name, false);
}

static void client_lines(struct sim_client *client)
{
	char *end;

	while (client->open && (end = memchr(client->input, '\n', client->input_len))) {
		size_t n = (size_t)(end - client->input) + 1;

		*end = '\0';
		if (!client_command(client, client->input))
			client_say(client,
				"error say: button send|stop|test|power down|up, "
				"sensor NAME on|off, modem NAME status on|off, or: unplug\n");
		client->input_len -= n;
		memmove(client->input, client->input + n, client->input_len);
	}
}

static void client_ready(void *ctx, int fd, unsigned int events)
{
	struct sim_client *client = ctx;
	ssize_t n;

	if (events & LOOP_WRITE)
		client_flush(client);
	if (!client->open || !(events & (LOOP_READ | LOOP_HANGUP)))
		return;
	n = recv(fd, client->input + client->input_len, sizeof(client->input) - client->input_len,
		MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		client->input_len += (size_t)n;
	client_lines(client);
	/* the end, or a line without end */
	if (client->open && (n <= 0 || client->input_len == sizeof(client->input)))
		client_close(client);
}

/* A button is let go when the one who pressed it leaves. */
static void client_close(struct sim_client *client)
{
	unsigned int pressed = client->pressed;

	client->open = false;
	loop_fd_free(client->source);
	close(client->fd);
	for (enum board_button b = 0; b < BOARD_BUTTONS; b++)
		if (pressed >> b & 1U)
			sim_press(client->sim, b, false);
}

static struct sim_client *sim_free_client(struct sim *sim)
{
	for (size_t c = 0; c < SIM_CLIENTS; c++)
		if (!sim->clients[c].open)
			return &sim->clients[c];
	return NULL;
}

static void sim_ready(void *ctx, int fd, unsigned int events)
{
	struct sim *sim = ctx;
	int client_fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct sim_client *client = sim_free_client(sim);
	char line[LINE_NAME_SIZE + 8];

	(void)events;
	if (client_fd < 0)
		return;
	if (!client) {
		close(client_fd);
		return;
	}
	*client = (struct sim_client){ .sim = sim, .fd = client_fd };
	if (loop_fd_new(sim->board->loop, client_fd, LOOP_READ, client_ready, client,
		    &client->source) < 0) {
		close(client_fd);
		return;
	}
	client->open = true;
	for (unsigned int i = 0; i < sim->board->definition.n_lines && client->open; i++) {
		sim_describe(sim, i, line, sizeof(line));
		client_say(client, line);
	}
}

/* ---- the socket ---- */

/* Relative names lie in socket_dir, else beside the definition file. */
static int sim_address(
	const struct board *board, struct sockaddr_un *address, struct complaints *complaints)
{
	const struct definition *definition = &board->definition;
	const char *slash = strrchr(definition->files[0], '/');
	int n;

	address->sun_family = AF_UNIX;
	if (definition->socket[0] == '/')
		n = snprintf(
			address->sun_path, sizeof(address->sun_path), "%s", definition->socket);
	else if (board->socket_dir[0])
		n = snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s",
			board->socket_dir, definition->socket);
	else
		n = snprintf(address->sun_path, sizeof(address->sun_path), "%.*s%s",
			slash ? (int)(slash - definition->files[0]) + 1 : 0, definition->files[0],
			definition->socket);
	if ((size_t)n < sizeof(address->sun_path))
		return 0;
	complain(complaints, definition->files[0], definition->socket_line,
		"the socket's path is %d bytes long, at most %zu are possible", n,
		sizeof(address->sun_path) - 1);
	return -EINVAL;
}

/* A socket file that nobody answers on is left over from a process that was killed. */
static bool sim_held(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool held = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;

	if (fd >= 0)
		close(fd);
	return held;
}

static int sim_listen(struct sim *sim)
{
	const struct sockaddr *address = (const struct sockaddr *)&sim->address;

	sim->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (sim->fd < 0)
		return -errno;
	unlink(sim->address.sun_path);
	if (bind(sim->fd, address, sizeof(sim->address)) < 0 || listen(sim->fd, SIM_CLIENTS) < 0)
		return -errno;
	return loop_fd_new(sim->board->loop, sim->fd, LOOP_READ, sim_ready, sim, &sim->source);
}

static void sim_free(struct sim *sim)
{
	if (sim->fd >= 0)
		close(sim->fd);
	free(sim);
}

static int sim_open(struct board *board, struct complaints *complaints)
{
	const struct definition *definition = &board->definition;
	struct sim *sim = calloc(1, sizeof(*sim));
	int error;

	if (!sim) {
		complain(complaints, NULL, 0, "board: out of memory");
		return -ENOMEM;
	}
	sim->board = board;
	sim->fd = -1;
	error = sim_address(board, &sim->address, complaints);
	if (error == 0 && sim_held(&sim->address)) {
		complain(complaints, definition->files[0], definition->socket_line,
			"socket %s is held by another process", sim->address.sun_path);
		error = -EBUSY;
	} else if (error == 0) {
		error = sim_listen(sim);
		if (error < 0)
			complain(complaints, definition->files[0], definition->socket_line,
				"socket %s: %s", sim->address.sun_path, strerror(-error));
	}
	if (error < 0) {
		sim_free(sim);
		return error;
	}
	board->hardware = sim;
	/* nothing drives a simulated line: it is low, and so active where low is */
	for (unsigned int i = 0; i < definition->n_lines; i++) {
		sim->active[i] =
			definition->lines[i].role == LINE_SENSOR && definition->lines[i].active_low;
		if (sim->active[i])
			board_input_is(board, i, true);
	}
	return 0;
}

static void sim_close(struct board *board)
{
	struct sim *sim = board->hardware;

	for (size_t c = 0; c < SIM_CLIENTS; c++)
		if (sim->clients[c].open)
			client_close(&sim->clients[c]);
	loop_fd_free(sim->source);
	unlink(sim->address.sun_path);
	sim_free(sim);
}

static int sim_set(struct board *board, unsigned int i, bool active)
{
	sim_change(board->hardware, i, active);
	return 0;
}

static int sim_get(struct board *board, unsigned int i)
{
	const struct sim *sim = board->hardware;

	return sim->active[i];
}

static void sim_check(struct board *board, struct complaints *complaints)
{
	struct sockaddr_un address = { 0 };
	char folder[sizeof(address.sun_path)];
	char *slash;

	if (sim_address(board, &address, complaints) < 0)
		return;
	text_copy(folder, sizeof(folder), address.sun_path);
	slash = strrchr(folder, '/');
	if (slash)
		slash[slash == folder] = '\0';
	if (slash && access(folder, W_OK | X_OK) < 0)
		complain(complaints, board->definition.files[0], board->definition.socket_line,
			"no socket can be made in %s: %s", folder, strerror(errno));
}

const struct board_driver board_driver_sim = {
	.name = "sim",
	.has_definition = true,
	.style = DEFINITION_WITHOUT_PINS,
	.open = sim_open,
	.close = sim_close,
	.set = sim_set,
	.get = sim_get,
	.check = sim_check,
};
