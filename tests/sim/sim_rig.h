/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rig for the simulator's own tests: a directory, a modemsim in it, its control socket, and a
 * bare line client on its ports. All of it static, so that a test is one file. Anything that fails
 * ends the test with a reason.
 */
#ifndef SIM_RIG_H
#define SIM_RIG_H

#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "faro/sms.h"

#define RIG_LIMIT_MS 10000 /* longer than anything takes, also under ASan on a busy machine */
#define RIG_UNUSED   __attribute__((unused))

struct rig {
	char dir[64];
	pid_t pid;
	int control;
	char in[1 << 20]; /* control, not yet read as lines */
	size_t in_n;
	json_t *events;   /* that came and nobody took yet */
	char said[65536]; /* what the modem answered last */
	size_t said_n;
};

RIG_UNUSED static const char *rig_program(const char *name)
{
	static char path[256];
	const char *build = getenv("FARO_BUILD");

	snprintf(path, sizeof(path), "%s/%s", build ? build : "build", name);
	return path;
}

/* ---- control ---- */

static void rig_fill(struct rig *r, int64_t until_ms)
{
	struct pollfd p = { .fd = r->control, .events = POLLIN };
	int64_t left = until_ms - time_mono_ms();
	ssize_t n;

	if (left <= 0 || poll(&p, 1, (int)left) <= 0)
		fail_msg("modemsim said nothing in time");
	n = recv(r->control, r->in + r->in_n, sizeof(r->in) - r->in_n, 0);
	if (n <= 0)
		fail_msg("modemsim closed its socket");
	r->in_n += (size_t)n;
}

/* The next line that the control socket says. */
static json_t *rig_line(struct rig *r, int64_t until_ms)
{
	json_t *json;
	size_t n;
	char *end;

	while (!(end = memchr(r->in, '\n', r->in_n)))
		rig_fill(r, until_ms);
	n = (size_t)(end - r->in);
	json = json_loadb(r->in, n, 0, NULL);
	if (!json)
		fail_msg("not JSON: %.*s", (int)n, r->in);
	memmove(r->in, end + 1, r->in_n - n - 1);
	r->in_n -= n + 1;
	return json;
}

/* Sends one command and returns its answer; events that come before it are kept. */
RIG_UNUSED static json_t *rig_ask(struct rig *r, const char *format, ...)
{
	int64_t until_ms = time_mono_ms() + RIG_LIMIT_MS;
	char text[32768];
	va_list args;
	json_t *json;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text) - 1, format, args);
	va_end(args);
	text[n++] = '\n';
	assert_int_equal(send(r->control, text, (size_t)n, MSG_NOSIGNAL), n);
	while (json_object_get(json = rig_line(r, until_ms), "event"))
		json_array_append_new(r->events, json);
	return json;
}

RIG_UNUSED static void rig_must(struct rig *r, json_t *answer)
{
	(void)r;
	if (!json_is_true(json_object_get(answer, "ok")))
		fail_msg("refused: %s", json_string_value(json_object_get(answer, "error")));
	json_decref(answer);
}

#define rig_do(r, ...) rig_must(r, rig_ask(r, __VA_ARGS__))

/* The next event of this name, waited for; those of other names before it are passed over. */
RIG_UNUSED static json_t *rig_event(struct rig *r, const char *name)
{
	int64_t until_ms = time_mono_ms() + RIG_LIMIT_MS;

	for (;;) {
		json_t *event;

		if (json_array_size(r->events)) {
			event = json_incref(json_array_get(r->events, 0));
			json_array_remove(r->events, 0);
		} else {
			event = rig_line(r, until_ms);
		}
		if (!strcmp(json_string_value(json_object_get(event, "event")), name))
			return event;
		json_decref(event);
	}
}

RIG_UNUSED static int64_t rig_int(json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

RIG_UNUSED static const char *rig_str(json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text ? text : "(none)";
}

/* ---- the program ---- */

static void rig_connect(struct rig *r)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/control", r->dir);
	r->control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_return_code(r->control, errno);
	assert_return_code(
		connect(r->control, (const struct sockaddr *)&address, sizeof(address)), errno);
}

/* Starts a program; its output goes to a file of the rig's directory. */
RIG_UNUSED static pid_t rig_spawn(struct rig *r, const char *out, const char *const argv[])
{
	char path[128];
	pid_t pid;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", r->dir, out);
	pid = fork();
	assert_return_code(pid, errno);
	if (pid)
		return pid;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	fd = open("/dev/null", O_RDONLY);
	dup2(fd, STDIN_FILENO);
	/* a machine without locales: clients read and print UTF-8 all the same */
	setenv("LC_ALL", "C.UTF-8", 1);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

RIG_UNUSED static void rig_start(struct rig *r, int modems, int segment_ms)
{
	char socket_path[128], journal[128], count[16], ms[16], program[256], line[16] = "";
	const char *argv[] = { program, "-k", "-s", socket_path, "-l", journal, "-d", r->dir, "-n",
		count, "-r", ms, NULL };
	const char *tmp = getenv("TMPDIR");
	int pipe_fd[2];

	*r = (struct rig){ .events = json_array() };
	snprintf(r->dir, sizeof(r->dir), "%s/modemsim.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(r->dir));
	snprintf(program, sizeof(program), "%s", rig_program("modemsim"));
	snprintf(socket_path, sizeof(socket_path), "%s/control", r->dir);
	snprintf(journal, sizeof(journal), "%s/journal", r->dir);
	snprintf(count, sizeof(count), "%d", modems);
	snprintf(ms, sizeof(ms), "%d", segment_ms);
	assert_return_code(pipe(pipe_fd), errno);
	r->pid = fork();
	assert_return_code(r->pid, errno);
	if (!r->pid) {
		dup2(pipe_fd[1], STDOUT_FILENO);
		close(pipe_fd[0]);
		close(pipe_fd[1]);
		execv(program, (char *const *)argv);
		_exit(127);
	}
	close(pipe_fd[1]);
	assert_int_equal(read(pipe_fd[0], line, 6), 6);
	close(pipe_fd[0]);
	assert_string_equal(line, "ready\n");
	rig_connect(r);
}

static int rig_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

/* Ends it, and checks that it ended well. */
RIG_UNUSED static void rig_stop(struct rig *r)
{
	int status = -1;

	rig_do(r, "{\"cmd\":\"quit\"}");
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_int_equal(status, 0);
	close(r->control);
	json_decref(r->events);
	nftw(r->dir, rig_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- a bare line client ---- */

RIG_UNUSED static int rig_open(struct rig *r, const char *name)
{
	char path[128];
	struct termios t;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", r->dir, name);
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_return_code(fd, errno);
	tcgetattr(fd, &t);
	cfmakeraw(&t);
	tcsetattr(fd, TCSANOW, &t);
	return fd;
}

/* Reads until `until` is in what was said, at most limit_ms. False when it never came. */
static bool rig_hear(struct rig *r, int fd, const char *until, int limit_ms)
{
	int64_t until_ms = time_mono_ms() + limit_ms;

	r->said_n = 0;
	r->said[0] = '\0';
	while (!strstr(r->said, until)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = until_ms - time_mono_ms();
		ssize_t n;

		if (left < 0 || poll(&p, 1, (int)left) <= 0)
			return false;
		n = read(fd, r->said + r->said_n, sizeof(r->said) - 1 - r->said_n);
		if (n <= 0)
			return false;
		r->said_n += (size_t)n;
		r->said[r->said_n] = '\0';
	}
	return true;
}

RIG_UNUSED static void rig_type(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* Types a line, waits for `until`, and returns all that came with it. */
RIG_UNUSED static const char *rig_at(struct rig *r, int fd, const char *line, const char *until)
{
	rig_type(fd, line);
	rig_type(fd, "\r");
	if (!rig_hear(r, fd, until, RIG_LIMIT_MS))
		fail_msg("%s was answered '%s', not with '%s'", line, r->said, until);
	return r->said;
}

/* Types the PDU after the prompt of AT+CMGS, and returns what was answered. */
RIG_UNUSED static const char *rig_pdu(
	struct rig *r, int fd, const struct sms_submit *submit, const char *until)
{
	uint8_t tpdu[SMS_TPDU_MAX];
	char hex[2 * SMS_TPDU_MAX + 8] = "00", line[32];
	int n = sms_submit_encode(submit, tpdu, sizeof(tpdu));

	assert_true(n > 0);
	snprintf(line, sizeof(line), "AT+CMGS=%d", n);
	rig_at(r, fd, line, "> ");
	hex_encode(hex + 2, tpdu, (size_t)n);
	strcat(hex, "\x1a");
	rig_type(fd, hex);
	if (!rig_hear(r, fd, until, RIG_LIMIT_MS))
		fail_msg("the PDU was answered '%s', not with '%s'", r->said, until);
	return r->said;
}

/* A SUBMIT of one segment that asks for a report; validity a day. */
RIG_UNUSED static struct sms_submit rig_submit(const char *to, const char *text)
{
	struct sms_submit submit = { .want_report = true, .validity = sms_validity_from_s(86400) };
	struct sms_plan plan;

	assert_int_equal(sms_address_from_text(&submit.to, to), 0);
	assert_int_equal(sms_plan_make(&plan, text, SMS_ENCODING_AUTO, false), 0);
	assert_int_equal(sms_plan_segment(&plan, text, 0, 0, &submit.ud), 0);
	return submit;
}

/* Sends a text of one segment; what comes with the answer is in r->said. */
RIG_UNUSED static const char *rig_send(
	struct rig *r, int fd, const char *to, const char *text, const char *until)
{
	struct sms_submit submit = rig_submit(to, text);

	return rig_pdu(r, fd, &submit, until);
}

/* Nothing but what is not awaited: proves that no answer comes. */
RIG_UNUSED static void rig_silent(struct rig *r, int fd, int ms)
{
	if (rig_hear(r, fd, "\n", ms))
		fail_msg("there was to be silence, but '%s' came", r->said);
}

#endif
