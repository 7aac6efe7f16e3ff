/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../firmware/control/client.h"
#include "../../firmware/control/room.h"

/* ---- commands of the test -------------------------------------------------------------------- */

static int steps, hushed;

static enum control_step run_echo(void *ctx, struct control_request *request)
{
	(void)ctx;
	return control_answer(
		request, json_pack("{s:s,s:I,s:b}", "text", control_text(request, "text", "none"),
				 "number", (json_int_t)control_number(request, "number", -1),
				 "flag", control_flag(request, "flag")));
}

static enum control_step run_fail(void *ctx, struct control_request *request)
{
	(void)ctx;
	return control_fail(request, FARO_EXIT_CONFIG, "no such thing: \"%s\"", "a\xFF");
}

/* Says `rows` rows of 1000 bytes, one a step. */
static enum control_step run_rows(void *ctx, struct control_request *request)
{
	int64_t *said = control_scratch(request), rows = control_number(request, "rows", 0);
	char text[1000];

	(void)ctx;
	steps++;
	assert_true(control_room(request) >= CONTROL_STEP_MAX);
	if (*said == rows)
		return control_answer(request, json_pack("{s:I}", "rows", (json_int_t)rows));
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	control_row(request, json_pack("{s:I,s:s}", "n", (json_int_t)++ * said, "text", text));
	return CONTROL_AGAIN;
}

static enum control_step run_wait(void *ctx, struct control_request *request)
{
	int64_t *times = control_scratch(request);

	(void)ctx;
	steps++;
	if (++*times == 1) {
		control_wait(request, time_mono_ms() + control_number(request, "ms", 10));
		control_progress(request, json_pack("{s:b}", "waiting", 1));
		return CONTROL_WAIT;
	}
	return control_answer(request, NULL);
}

static enum control_step run_for_ever(void *ctx, struct control_request *request)
{
	(void)ctx;
	(void)request;
	hushed++;
	return CONTROL_WAIT;
}

static enum control_step run_too_long(void *ctx, struct control_request *request)
{
	char *text = malloc(CONTROL_OUTPUT_MAX + 1);
	json_t *answer;

	(void)ctx;
	memset(text, 'x', CONTROL_OUTPUT_MAX);
	text[CONTROL_OUTPUT_MAX] = '\0';
	answer = json_pack("{s:s}", "text", text);
	free(text);
	return control_answer(request, answer);
}

static const struct control_command commands[] = {
	{ "echo", run_echo },
	{ "fail", run_fail },
	{ "rows", run_rows },
	{ "wait", run_wait },
	{ "hush", run_for_ever },
	{ "too-long", run_too_long },
};

/* ---- the door and its clients ---------------------------------------------------------------- */

static struct loop *loop;
static struct control *control;
static char path[100];

static int open_door(void **state)
{
	(void)state;
	steps = hushed = 0;
	snprintf(path, sizeof(path), "/tmp/faro-control-%d.sock", (int)getpid());
	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(
		control_new(loop, path, commands, ARRAY_SIZE(commands), NULL, &control), 0);
	return 0;
}

static int close_door(void **state)
{
	(void)state;
	control_free(control);
	control_free(NULL);
	loop_free(loop);
	assert_int_equal(access(path, F_OK), -1);
	return 0;
}

/* What was received of each connection and not yet asked for. */
static struct {
	size_t start, end;
	char bytes[4096];
} rests[64];

static int call(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_in_range(fd, 0, ARRAY_SIZE(rests) - 1);
	rests[fd].start = rests[fd].end = 0;
	text_copy(address.sun_path, sizeof(address.sun_path), path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void ask(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* The next byte; the loop runs until there is one. EOF at the end of the connection. */
static int byte_of(int fd)
{
	int64_t deadline = time_mono_ms() + 10000;
	ssize_t got;

	while (rests[fd].start == rests[fd].end) {
		got = recv(fd, rests[fd].bytes, sizeof(rests[fd].bytes), MSG_DONTWAIT);
		if (got == 0)
			return EOF;
		rests[fd].start = 0;
		rests[fd].end = got > 0 ? (size_t)got : 0;
		if (got > 0)
			break;
		assert_true(errno == EAGAIN || errno == ECONNRESET);
		if (time_mono_ms() > deadline)
			fail_msg("no answer in 10 s");
		loop_run_once(loop, 10);
	}
	return (unsigned char)rests[fd].bytes[rests[fd].start++];
}

/* Runs the loop until one whole line has come; "" at the end of the connection. */
static const char *line_of(int fd)
{
	static char line[CONTROL_OUTPUT_MAX + 1];
	size_t n = 0;
	int c;

	while ((c = byte_of(fd)) != '\n') {
		if (c == EOF)
			return "";
		assert_true(n < sizeof(line) - 1);
		line[n++] = (char)c;
	}
	line[n] = '\0';
	return line;
}

static void settle(void)
{
	while (loop_run_once(loop, 0) == 1)
		;
}

/* ---- the tests ------------------------------------------------------------------------------- */

static void a_request_is_answered_by_one_line(void **state)
{
	int fd = call();

	(void)state;
	ask(fd, "{\"cmd\":\"echo\",\"text\":\"hi\",\"number\":12,\"flag\":true}\n");
	assert_string_equal(
		line_of(fd), "{\"ok\":true,\"text\":\"hi\",\"number\":12,\"flag\":true}");
	ask(fd, "{\"cmd\":\"echo\",\"text\":5,\"number\":\"x\"}\n");
	assert_string_equal(
		line_of(fd), "{\"ok\":true,\"text\":\"none\",\"number\":-1,\"flag\":false}");
	close(fd);
}

static void requests_may_come_in_pieces_or_together(void **state)
{
	int fd = call();

	(void)state;
	ask(fd, "{\"cmd\":");
	settle();
	ask(fd, "\"echo\"}\n{\"cmd\":\"echo\",\"number\":2}\n{\"cmd\":\"echo\",\"number\":3}");
	assert_non_null(strstr(line_of(fd), "\"number\":-1"));
	assert_non_null(strstr(line_of(fd), "\"number\":2"));
	shutdown(fd, SHUT_WR); /* the last line may lack its line feed */
	assert_non_null(strstr(line_of(fd), "\"number\":3"));
	assert_string_equal(line_of(fd), "");
	close(fd);
}

static void what_is_no_request_is_answered_with_an_error(void **state)
{
	static const char *const bad[] = { "", "x", "{}", "[]", "{\"cmd\":1}", "{\"cmd\":\"echo\"",
		"\xFF", "{\"cmd\":\"echo\",\"cmd\":1}" };
	int fd = call();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ask(fd, bad[i]);
		ask(fd, "\n");
		assert_string_equal(line_of(fd), "{\"ok\":false,\"error\":\"a request is one JSON "
						 "object a line, with \\\"cmd\\\"\",\"exit\":64}");
	}
	ask(fd, "{\"cmd\":\"ecko\"}\n");
	assert_string_equal(line_of(fd), "{\"ok\":false,\"error\":\"this farod knows no command "
					 "\\\"ecko\\\"\",\"exit\":64}");
	ask(fd, "{\"cmd\":\"fail\"}\n");
	assert_string_equal(line_of(fd),
		"{\"ok\":false,\"error\":\"no such thing: \\\"a\xEF\xBF\xBD\\\"\",\"exit\":78}");
	ask(fd, "{\"cmd\":\"too-long\"}\n");
	assert_string_equal(
		line_of(fd), "{\"ok\":false,\"error\":\"the answer is too long\",\"exit\":1}");
	ask(fd, "{\"cmd\":\"echo\"}\n");
	assert_non_null(strstr(line_of(fd), "\"ok\":true"));
	close(fd);
}

static void an_oversized_line_ends_the_connection(void **state)
{
	static char text[CONTROL_LINE_MAX];
	int fd = call();

	(void)state;
	memset(text, ' ', sizeof(text));
	assert_int_equal(send(fd, text, sizeof(text), MSG_NOSIGNAL), sizeof(text));
	assert_string_equal(
		line_of(fd), "{\"ok\":false,\"error\":\"the request is too long\",\"exit\":64}");
	assert_string_equal(line_of(fd), "");
	close(fd);

	/* the longest line that is allowed */
	fd = call();
	memcpy(text, "{\"cmd\":\"echo\"}", 14);
	text[sizeof(text) - 1] = '\n';
	assert_int_equal(send(fd, text, sizeof(text), MSG_NOSIGNAL), sizeof(text));
	assert_non_null(strstr(line_of(fd), "\"ok\":true"));
	close(fd);
}

static void a_slow_reader_stops_only_its_own_request(void **state)
{
	int slow = call(), other = call(), before;

	(void)state;
	ask(slow, "{\"cmd\":\"rows\",\"rows\":5000}\n");
	settle(); /* ends, because the rest waits for the reader */
	before = steps;
	assert_true(before < 1000);
	settle();
	assert_int_equal(steps, before);
	ask(other, "{\"cmd\":\"echo\"}\n");
	assert_non_null(strstr(line_of(other), "\"ok\":true"));
	for (int i = 1; i <= 5000; i++) {
		char want[32];

		snprintf(want, sizeof(want), "{\"row\":{\"n\":%d,", i);
		assert_memory_equal(line_of(slow), want, strlen(want));
	}
	assert_string_equal(line_of(slow), "{\"ok\":true,\"rows\":5000}");
	close(slow);
	close(other);
}

static void a_client_that_leaves_takes_its_request_with_it(void **state)
{
	int fd = call(), before;

	(void)state;
	ask(fd, "{\"cmd\":\"rows\",\"rows\":5000}\n");
	settle();
	before = steps;
	close(fd);
	settle();
	assert_true(steps <= before + 1);
	fd = call();
	ask(fd, "{\"cmd\":\"hush\"}\n");
	settle();
	assert_int_equal(hushed, 1);
	close(fd);
	settle();
	control_wake(control);
	settle();
	assert_int_equal(hushed, 1);
}

static void a_waiting_command_goes_on_in_time_or_when_woken(void **state)
{
	int fd = call();
	int64_t start = time_mono_ms();

	(void)state;
	ask(fd, "{\"cmd\":\"wait\",\"ms\":30}\n");
	assert_string_equal(line_of(fd), "{\"progress\":{\"waiting\":true}}");
	assert_string_equal(line_of(fd), "{\"ok\":true}");
	assert_true(time_mono_ms() >= start + 30);
	ask(fd, "{\"cmd\":\"wait\",\"ms\":1000000}\n");
	assert_string_equal(line_of(fd), "{\"progress\":{\"waiting\":true}}");
	settle();
	control_wake(control);
	assert_string_equal(line_of(fd), "{\"ok\":true}");
	close(fd);
}

static void who_does_not_read_or_does_not_ask_is_sent_away(void **state)
{
	int64_t before = time_mono_ms(), now;
	int stuck = call(), idle = call(), waiting = call();

	(void)state;
	ask(stuck, "{\"cmd\":\"rows\",\"rows\":5000}\n");
	ask(waiting, "{\"cmd\":\"hush\"}\n");
	settle();
	now = time_mono_ms();
	for (int i = 0; i < 3; i++)
		client_tick(&control->clients[i], before + CONTROL_STUCK_MS - 1);
	for (int i = 0; i < 3; i++)
		assert_true(control->clients[i].fd >= 0);
	for (int i = 0; i < 3; i++)
		client_tick(&control->clients[i], now + CONTROL_STUCK_MS);
	assert_int_equal(control->clients[0].fd, -1);
	assert_true(control->clients[1].fd >= 0);
	for (int i = 0; i < 3; i++)
		client_tick(&control->clients[i], now + CONTROL_IDLE_MS);
	assert_int_equal(control->clients[1].fd, -1);
	assert_true(control->clients[2].fd >= 0); /* its command may take as long as it likes */
	close(stuck);
	close(idle);
	close(waiting);
}

static void the_number_of_clients_is_bounded(void **state)
{
	int fds[CONTROL_CLIENTS_MAX], extra;

	(void)state;
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		fds[i] = call();
		ask(fds[i], "{\"cmd\":\"echo\"}\n");
		assert_non_null(strstr(line_of(fds[i]), "\"ok\":true"));
	}
	for (int i = 0; i < 100; i++) {
		extra = call();
		assert_non_null(strstr(line_of(extra), "too many clients; try again later"));
		assert_string_equal(line_of(extra), "");
		close(extra);
	}
	close(fds[3]);
	settle();
	extra = call();
	ask(extra, "{\"cmd\":\"echo\"}\n");
	assert_non_null(strstr(line_of(extra), "\"ok\":true"));
	close(extra);
	for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (i != 3)
			close(fds[i]);
}

static void the_socket_is_for_owner_and_group_only(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0660);
}

/*
 * A child with these groups asks; what it was answered: 'y', 'n', or 'c' when it could not even
 * connect.
 */
static int ask_as(uid_t uid, gid_t gid, size_t n_groups, const gid_t *groups)
{
	char answer[256] = "";
	int status, fds[2];
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct sockaddr_un address = { .sun_family = AF_UNIX };
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		text_copy(address.sun_path, sizeof(address.sun_path), path);
		if (setgroups(n_groups, groups) < 0 || setgid(gid) < 0 || setuid(uid) < 0)
			_exit('s');
		if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
			_exit('c');
		/* who is turned away is told so, but may find the door closed behind the words */
		(void)send(fd, "{\"cmd\":\"echo\"}\n", 15, MSG_NOSIGNAL);
		if (recv(fd, answer, sizeof(answer) - 1, 0) < 0)
			_exit('e');
		_exit(strstr(answer, "\"ok\":true")     ? 'y'
			: strstr(answer, "not allowed") ? 'n'
							: '?');
	}
	while (waitpid(child, &status, WNOHANG) == 0)
		loop_run_once(loop, 10);
	close(fds[0]);
	close(fds[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void only_root_ourselves_and_the_sockets_group_may_enter(void **state)
{
	static const gid_t others[] = { 3001, 3002 };

	(void)state;
	if (geteuid() != 0)
		skip(); /* another user can be tried only by root */
	assert_int_equal(ask_as(0, 0, 0, NULL), 'y');
	assert_int_equal(ask_as(3000, 3000, 2, others), 'c');
	assert_int_equal(
		chmod(path, 0666), 0); /* past the file's own mode, to see the check behind it */
	assert_int_equal(ask_as(3000, 3000, 2, others), 'n');
	assert_int_equal(ask_as(3000, 0, 0, NULL), 'y');
}

static void who_has_the_sockets_group_beside_another_may_enter(void **state)
{
	static const gid_t member[] = { 3001, 0 };
	const char *emulator = getenv("FARO_EMULATOR");

	(void)state;
	if (geteuid() != 0 || (emulator && *emulator))
		skip(); /* qemu-user has no SO_PEERGROUPS, which says who is in it */
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(ask_as(3000, 3000, 2, member), 'y');
}

static void a_socket_that_is_left_over_is_replaced_and_a_living_one_is_not(void **state)
{
	struct control *second = NULL;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = call();
	char other[120];
	FILE *file;

	(void)state;
	assert_int_equal(control_new(loop, path, commands, ARRAY_SIZE(commands), NULL, &second),
		-EADDRINUSE);
	ask(fd, "{\"cmd\":\"echo\"}\n");
	assert_non_null(strstr(line_of(fd), "\"ok\":true"));
	close(fd);

	snprintf(other, sizeof(other), "%s.left", path);
	text_copy(address.sun_path, sizeof(address.sun_path), other);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	assert_int_equal(
		control_new(loop, other, commands, ARRAY_SIZE(commands), NULL, &second), 0);
	control_free(second);
	assert_int_equal(access(other, F_OK), -1);

	file = fopen(other, "w");
	fclose(file);
	assert_int_equal(
		control_new(loop, other, commands, ARRAY_SIZE(commands), NULL, &second), -ENOTSOCK);
	assert_int_equal(access(other, F_OK), 0);
	unlink(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(t) cmocka_unit_test_setup_teardown(t, open_door, close_door)
		TEST(a_request_is_answered_by_one_line),
		TEST(requests_may_come_in_pieces_or_together),
		TEST(what_is_no_request_is_answered_with_an_error),
		TEST(an_oversized_line_ends_the_connection),
		TEST(a_slow_reader_stops_only_its_own_request),
		TEST(a_client_that_leaves_takes_its_request_with_it),
		TEST(a_waiting_command_goes_on_in_time_or_when_woken),
		TEST(who_does_not_read_or_does_not_ask_is_sent_away),
		TEST(the_number_of_clients_is_bounded),
		TEST(the_socket_is_for_owner_and_group_only),
		TEST(only_root_ourselves_and_the_sockets_group_may_enter),
		TEST(who_has_the_sockets_group_beside_another_may_enter),
		TEST(a_socket_that_is_left_over_is_replaced_and_a_living_one_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
