/* SPDX-License-Identifier: Apache-2.0 */
/* The door itself: who comes in, and whose turn it is. What is said with one client: client.c. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"

#define ACCEPT_PAUSE_MS 1000 /* when the process has no descriptor left */

/* ---- the socket ------------------------------------------------------------------------------ */

static int make_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return text_copy(address->sun_path, sizeof(address->sun_path), path) ? 0 : -ENAMETOOLONG;
}

/* True when a process answers at the address; a socket without one is left over. */
static bool somebody_answers(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool answers;

	if (fd < 0)
		return false;
	answers = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
		  errno == EAGAIN;
	close(fd);
	return answers;
}

static void make_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[108];

	if (!slash || slash == path)
		return;
	text_copy(dir, (size_t)(slash - path) + 1, path);
	/* systemd's RuntimeDirectory= makes it; when it cannot be made, bind says why */
	(void)mkdir(dir, 0750);
}

static int bind_and_listen(int fd, const struct sockaddr_un *address)
{
	mode_t mask = umask(0117);
	int rc = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;

	umask(mask);
	if (rc == 0 && listen(fd, CONTROL_CLIENTS_MAX) < 0)
		rc = -errno;
	return rc;
}

static int open_socket(struct control *control)
{
	struct sockaddr_un address;
	struct stat st;
	int rc = make_address(&address, control->path);

	if (rc < 0)
		return rc;
	if (lstat(control->path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode))
			return -ENOTSOCK;
		if (somebody_answers(&address))
			return -EADDRINUSE;
		unlink(control->path);
	}
	make_directory(control->path);
	control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->fd < 0)
		return -errno;
	rc = bind_and_listen(control->fd, &address);
	if (rc == 0 && stat(control->path, &st) < 0)
		rc = -errno;
	control->group = st.st_gid;
	control->inode = st.st_ino;
	return rc;
}

/* ---- who may come in ------------------------------------------------------------------------- */

static bool in_group(int fd, gid_t group)
{
	gid_t groups[256];
	socklen_t size = sizeof(groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
		return false;
	for (size_t i = 0; i < size / sizeof(groups[0]); i++)
		if (groups[i] == group)
			return true;
	return false;
}

/* The kernel's word, taken when the peer connected; no name service is asked, which could block. */
static bool may_enter(const struct control *control, int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return false;
	if (peer.uid == 0 || peer.uid == geteuid() || peer.gid == control->group ||
		in_group(fd, control->group))
		return true;
	log_warning(
		"control: uid=%u is not allowed to use the control socket", (unsigned int)peer.uid);
	return false;
}

static void turn_away(int fd, const char *why)
{
	/* the socket buffer is empty: this small line fits, or it does not matter */
	(void)send(fd, why, strlen(why), MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

static struct control_client *free_place(struct control *control)
{
	for (size_t i = 0; i < ARRAY_SIZE(control->clients); i++)
		if (control->clients[i].fd < 0)
			return &control->clients[i];
	return NULL;
}

static void welcome(struct control *control, int fd)
{
	struct control_client *place = free_place(control);

	if (!may_enter(control, fd))
		turn_away(fd, "{\"ok\": false, \"error\": \"not allowed: be root or in the group "
			      "of the control socket\", \"exit\": 1}\n");
	else if (!place || client_open(control, place, fd) < 0)
		turn_away(fd, "{\"ok\": false, \"error\": \"too many clients; try again later\", "
			      "\"exit\": 1}\n");
}

static void on_connect(void *ctx, int fd, unsigned int events)
{
	struct control *control = ctx;
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (client >= 0) {
		welcome(control, client);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
		/* the connection stays in the queue and would wake us at once, for ever */
		loop_fd_events(control->source, 0);
		control->resume_ms = time_mono_ms() + ACCEPT_PAUSE_MS;
		control_schedule(control);
	}
}

/* ---- text for JSON --------------------------------------------------------------------------- */

json_t *control_json_text(const char *text)
{
	size_t n = strlen(text), step;
	json_t *json = json_string(text);
	struct strbuf sb;
	char clean[2048], piece[4];
	uint32_t cp;

	if (json)
		return json;
	/* a modem's or a person's bytes are not always UTF-8 */
	strbuf_init(&sb, clean, sizeof(clean));
	for (; (step = utf8_next(text, n, &cp)) > 0; text += step, n -= step)
		strbuf_add_n(&sb, piece, utf8_put(piece, cp));
	return json_string(clean);
}

/* ---- time ------------------------------------------------------------------------------------ */

void control_schedule(struct control *control)
{
	int64_t next = control->resume_ms;

	for (size_t i = 0; i < ARRAY_SIZE(control->clients); i++)
		next = time_min(next, client_deadline(&control->clients[i]));
	/*
	 * a second more or less does not matter to a time-out; what a command waits for says so
	 * itself
	 */
	loop_timer_set(control->timer, next, 50);
}

static void on_timer(void *ctx)
{
	struct control *control = ctx;
	int64_t now = time_mono_ms();

	if (now >= control->resume_ms) {
		control->resume_ms = TIME_NEVER;
		loop_fd_events(control->source, LOOP_READ);
	}
	for (size_t i = 0; i < ARRAY_SIZE(control->clients); i++)
		client_tick(&control->clients[i], now);
	control_schedule(control);
}

static void on_log_line(void *ctx)
{
	control_wake(ctx);
}

/* One step of every client that wants one; then the loop may do other things before the next. */
static void on_idle(void *ctx)
{
	struct control *control = ctx;

	for (size_t i = 0; i < ARRAY_SIZE(control->clients); i++)
		client_step(&control->clients[i]);
	control_schedule(control);
}

/* ---- life ------------------------------------------------------------------------------------ */

int control_new(struct loop *loop, const char *path, const struct control_command *commands,
	size_t n_commands, void *ctx, struct control **out)
{
	struct control *control = calloc(1, sizeof(*control));
	int rc;

	if (!control)
		return -ENOMEM;
	*control = (struct control){ .loop = loop,
		.commands = commands,
		.n_commands = n_commands,
		.ctx = ctx,
		.fd = -1,
		.resume_ms = TIME_NEVER };
	for (size_t i = 0; i < ARRAY_SIZE(control->clients); i++)
		control->clients[i].fd = -1;
	control->path = strdup(path);
	rc = control->path ? open_socket(control) : -ENOMEM;
	if (rc >= 0)
		rc = loop_fd_new(
			loop, control->fd, LOOP_READ, on_connect, control, &control->source);
	if (rc >= 0)
		rc = loop_timer_new(loop, on_timer, control, &control->timer);
	if (rc >= 0)
		rc = loop_idle_new(loop, on_idle, control, &control->idle);
	if (rc < 0) {
		control_free(control);
		return rc;
	}
	log_set_hook(on_log_line, control);
	control->hears_log = true;
	*out = control;
	return 0;
}

static void remove_socket(const struct control *control)
{
	struct stat st;

	if (control->inode != 0 && lstat(control->path, &st) == 0 && st.st_ino == control->inode)
		unlink(control->path);
}

void control_free(struct control *control)
{
	if (!control)
		return;
	if (control->hears_log)
		log_set_hook(NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(control->clients); i++)
		client_close(&control->clients[i]);
	loop_idle_free(control->idle);
	loop_timer_free(control->timer);
	loop_fd_free(control->source);
	if (control->fd >= 0) {
		remove_socket(control);
		close(control->fd);
	}
	free(control->path);
	free(control);
}

void control_wake(struct control *control)
{
	for (size_t i = 0; i < ARRAY_SIZE(control->clients); i++)
		client_wake(&control->clients[i]);
}
