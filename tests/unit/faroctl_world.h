/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the real faroctl share: a door behind which a table of the test's answers, and
 * faroctl run against it as its users run it.
 *
 *   assert_int_equal(faroctl("show", "9"), 1);
 *   assert_string_equal(err, "faroctl: there is no incident #9\n");
 *
 * Each test has a door of its own: TEST(name) with the test's own open_door(), which calls
 * world_open(), and world_close.
 */
#ifndef FARO_FAROCTL_WORLD_H
#define FARO_FAROCTL_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/control.h"

static struct loop *loop;
static struct control *control;
static char path[100], file_path[128];
/* What the last faroctl said. */
static char out[262144], err[16384];

/* file_path: a file for faroctl to read or write, which is not there yet. */
static int world_open(const struct control_command *commands, size_t n, const char *suffix)
{
	snprintf(path, sizeof(path), "/tmp/faroctl-%d.sock", (int)getpid());
	snprintf(file_path, sizeof(file_path), "/tmp/faroctl-%d.%s", (int)getpid(), suffix);
	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(control_new(loop, path, commands, n, NULL, &control), 0);
	return 0;
}

static int world_close(void **state)
{
	(void)state;
	control_free(control);
	loop_free(loop);
	unlink(file_path);
	return 0;
}

static void read_some(void *ctx, int fd, unsigned int events)
{
	char piece[4096];
	ssize_t n = read(fd, piece, sizeof(piece));

	(void)events;
	if (n > 0)
		strbuf_add_n(ctx, piece, (size_t)n);
}

static void exec_faroctl(int to, int errors, const char *const *arguments)
{
	const char *build = getenv("FARO_BUILD");
	char program[256];
	const char *argv[32] = { "faroctl", "-s", path };

	for (int i = 0; arguments[i]; i++)
		argv[3 + i] = arguments[i];
	snprintf(program, sizeof(program), "%s/faroctl", build ? build : "build");
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(to, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	execv(program, (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* A pipe whose reading end is read into `into` as the loop runs. */
static struct loop_fd *pipe_into(struct strbuf *into, int ends[2])
{
	struct loop_fd *source;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	assert_int_equal(loop_fd_new(loop, ends[0], LOOP_READ, read_some, into, &source), 0);
	return source;
}

/* Runs it to its end while the door is served; returns its exit code. */
static int run_with(const char *const *arguments)
{
	struct strbuf out_buffer, err_buffer;
	struct loop_fd *out_source, *err_source;
	int out_pipe[2], err_pipe[2], status;
	pid_t child;

	strbuf_init(&out_buffer, out, sizeof(out));
	strbuf_init(&err_buffer, err, sizeof(err));
	out_source = pipe_into(&out_buffer, out_pipe);
	err_source = pipe_into(&err_buffer, err_pipe);
	child = fork();
	if (child == 0)
		exec_faroctl(out_pipe[1], err_pipe[1], arguments);
	while (waitpid(child, &status, WNOHANG) == 0)
		loop_run_once(loop, 5);
	while (loop_run_once(loop, 0) == 1)
		;
	loop_fd_free(out_source);
	loop_fd_free(err_source);
	for (int i = 0; i < 2; i++) {
		close(out_pipe[i]);
		close(err_pipe[i]);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define faroctl(...) run_with((const char *const[]){ __VA_ARGS__, NULL })
#define TEST(name)   cmocka_unit_test_setup_teardown(name, open_door, world_close)

#endif
