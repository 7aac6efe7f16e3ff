/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/base.h"

/* What ran, one letter each. */
static char ran[64];

static void note(char c)
{
	size_t n = strlen(ran);

	if (n + 1 < sizeof(ran)) {
		ran[n] = c;
		ran[n + 1] = '\0';
	}
}

static void on_input(void *ctx, int fd, unsigned int events)
{
	char c = '-';

	(void)ctx;
	if (events & LOOP_READ && read(fd, &c, 1) == 1)
		note(c);
	else if (events & LOOP_HANGUP)
		note('H');
	else if (events & LOOP_WRITE)
		note('W');
}

static void on_timer(void *ctx)
{
	note(*(const char *)ctx);
}

static void stop(void *ctx)
{
	note('S');
	loop_exit(ctx, 7);
}

static struct loop *fresh_loop(void)
{
	struct loop *loop;

	ran[0] = '\0';
	assert_int_equal(loop_new(&loop), 0);
	return loop;
}

static void input_runs_before_timers_and_idle_last(void **state)
{
	struct loop *loop = fresh_loop();
	struct loop_timer *timer;
	struct loop_idle *idle;
	struct loop_fd *input;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(loop_idle_new(loop, stop, loop, &idle), 0);
	assert_int_equal(loop_timer_new(loop, on_timer, (void *)(uintptr_t) "t", &timer), 0);
	assert_int_equal(loop_fd_new(loop, fds[0], LOOP_READ, on_input, NULL, &input), 0);
	loop_idle_request(idle);
	assert_int_equal(loop_timer_set(timer, time_mono_ms() - 5, 0), 0);
	assert_int_equal(write(fds[1], "ab", 2), 2);
	assert_int_equal(loop_run(loop), 7);
	assert_string_equal(ran, "abtS");
	loop_fd_free(input);
	loop_timer_free(timer);
	loop_idle_free(idle);
	loop_free(loop);
	close(fds[0]);
	close(fds[1]);
}

static void a_timer_runs_once_each_time_it_is_armed(void **state)
{
	struct loop *loop = fresh_loop();
	int64_t start = time_mono_ms();
	struct loop_timer *timer;

	(void)state;
	assert_int_equal(loop_timer_new(loop, on_timer, (void *)(uintptr_t) "t", &timer), 0);
	assert_int_equal(loop_run_once(loop, 0), 0); /* unarmed at first */
	assert_int_equal(loop_timer_set(timer, start + 20, 0), 0);
	assert_int_equal(loop_run_once(loop, 5000), 1);
	assert_true(time_mono_ms() >= start + 20);
	assert_string_equal(ran, "t");
	assert_int_equal(loop_run_once(loop, 0), 0);
	assert_int_equal(loop_timer_set(timer, -1, 1000), 0);
	assert_int_equal(loop_timer_set(timer, TIME_NEVER, 0), 0);
	assert_int_equal(loop_run_once(loop, 0), 0);
	assert_string_equal(ran, "t");
	loop_timer_free(timer);
	loop_timer_free(NULL);
	loop_free(loop);
}

/*
 * True when the timer with slack waited for the exact one instead of waking the processor on its
 * own.
 */
static bool shared_a_wake_up(void)
{
	struct loop *loop = fresh_loop();
	int64_t start = time_mono_ms();
	struct loop_timer *slack, *exact;
	bool shared;

	assert_int_equal(loop_timer_new(loop, on_timer, (void *)(uintptr_t) "1", &slack), 0);
	assert_int_equal(loop_timer_new(loop, on_timer, (void *)(uintptr_t) "2", &exact), 0);
	assert_int_equal(loop_timer_set(slack, start + 10, 400), 0);
	assert_int_equal(loop_timer_set(exact, start + 60, 0), 0);
	assert_int_equal(loop_run_once(loop, 5000), 1);
	shared = time_mono_ms() >= start + 60;
	while (strlen(ran) < 2)
		assert_true(loop_run_once(loop, 5000) >= 0);
	assert_true(time_mono_ms() >= start + 60);
	loop_timer_free(slack);
	loop_timer_free(exact);
	loop_free(loop);
	return shared;
}

/*
 * sd-event also wakes at points, 250 ms apart, that all processes of the machine share; one of them
 * may lie within one try's 50 ms, but not within each of three.
 */
static void timers_with_slack_share_a_wake_up(void **state)
{
	(void)state;
	assert_true(shared_a_wake_up() || shared_a_wake_up() || shared_a_wake_up());
}

struct requester {
	struct loop_idle *idle;
	int left;
};

static void request_again(void *ctx)
{
	struct requester *requester = ctx;

	note('i');
	if (requester->left-- > 0)
		loop_idle_request(requester->idle);
}

/* ---- idle ---- */

struct in_line {
	struct loop_idle *idle;
	char name;
	char *order;
	int again; /* requests itself so often */
	struct loop *loop;
};

static void note_turn(void *ctx)
{
	struct in_line *who = ctx;

	strncat(who->order, &who->name, 1);
	if (who->again-- > 0)
		loop_idle_request(who->idle);
	if (strlen(who->order) == 7)
		loop_exit(who->loop, 0);
}

static void idle_runs_in_the_order_of_requests_and_nobody_waits_for_ever(void **state)
{
	char order[16] = "";
	struct loop *loop;
	struct in_line a = { .name = 'a', .again = 3 }, b = { .name = 'b', .again = 1 },
		       c = { .name = 'c' }, gone = { .name = 'x' };
	struct in_line *all[] = { &c, &gone, &b, &a };

	(void)state;
	assert_int_equal(loop_new(&loop), 0);
	for (size_t i = 0; i < 4; i++) {
		all[i]->order = order;
		all[i]->loop = loop;
		assert_int_equal(loop_idle_new(loop, note_turn, all[i], &all[i]->idle), 0);
	}
	loop_idle_request(a.idle);
	loop_idle_request(gone.idle);
	loop_idle_request(b.idle);
	loop_idle_request(c.idle);
	loop_idle_request(a.idle);
	loop_idle_free(gone.idle);
	assert_int_equal(loop_run(loop), 0);
	assert_string_equal(order, "abcabaa");
	loop_idle_free(a.idle);
	loop_idle_free(b.idle);
	loop_idle_free(c.idle);
	loop_free(loop);
}

static void idle_runs_once_for_each_request(void **state)
{
	struct requester requester = { .left = 2 };
	struct loop *loop = fresh_loop();

	(void)state;
	assert_int_equal(loop_idle_new(loop, request_again, &requester, &requester.idle), 0);
	assert_int_equal(loop_run_once(loop, 0), 0);
	loop_idle_request(requester.idle);
	loop_idle_request(requester.idle);
	while (loop_run_once(loop, 0) == 1)
		;
	assert_string_equal(ran, "iii");
	loop_idle_free(requester.idle);
	loop_free(loop);
}

static struct loop_fd *own_source;

static void free_oneself(void *ctx, int fd, unsigned int events)
{
	(void)ctx;
	(void)fd;
	assert_true(events & LOOP_HANGUP);
	note('H');
	loop_fd_free(own_source);
	own_source = NULL;
}

static void hang_up_is_reported_and_a_source_may_free_itself(void **state)
{
	struct loop *loop = fresh_loop();
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(loop_fd_new(loop, fds[0], LOOP_WRITE, on_input, NULL, &own_source), 0);
	assert_int_equal(loop_run_once(loop, 0), 1);
	assert_string_equal(ran, "W");
	assert_int_equal(loop_fd_events(own_source, LOOP_READ), 0);
	assert_int_equal(loop_run_once(loop, 0), 0);
	loop_fd_free(own_source);
	assert_int_equal(loop_fd_new(loop, fds[0], LOOP_READ, free_oneself, NULL, &own_source), 0);
	close(fds[1]);
	assert_int_equal(loop_run_once(loop, 1000), 1);
	assert_int_equal(loop_run_once(loop, 0), 0);
	assert_string_equal(ran, "WH");
	close(fds[0]);
	loop_free(loop);
}

static void on_signal(void *ctx, int signal)
{
	note('s');
	loop_exit(ctx, signal);
}

static void a_signal_calls_back_in_the_loop(void **state)
{
	struct loop *loop = fresh_loop();

	(void)state;
	assert_int_equal(loop_signal(loop, SIGTERM, on_signal, loop), 0);
	assert_int_equal(loop_signal(loop, SIGHUP, on_signal, loop), 0);
	assert_int_equal(kill(getpid(), SIGTERM), 0);
	assert_int_equal(loop_run(loop), SIGTERM);
	assert_string_equal(ran, "s");
	loop_free(loop);
}

static bool says_so(void *ctx)
{
	return *(const bool *)ctx;
}

static void systemd_is_told_when_it_started_us(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct loop *loop = fresh_loop();
	bool alive = true;
	char got[64] = "";

	(void)state;
	loop_notify("READY=1"); /* not started by systemd: nothing happens */
	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/faro-notify-%d", (int)getpid());
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	loop_notify("READY=1\nSTATUS=ready");
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_string_equal(got, "READY=1\nSTATUS=ready");

	assert_int_equal(loop_watchdog(loop, says_so, &alive), 0);
	assert_int_equal(loop_run_once(loop, 0), 0);
	assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT),
		-1); /* no WATCHDOG_USEC, no sign of life */
	setenv("WATCHDOG_USEC", "20000", 1);
	assert_int_equal(loop_watchdog(loop, says_so, &alive), 0);
	for (int i = 0; i < 3; i++) { /* the first at once, the others by the clock */
		memset(got, 0, sizeof(got));
		assert_true(recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT) > 0);
		assert_string_equal(got, "WATCHDOG=1");
		assert_int_equal(loop_run_once(loop, 1000), 1);
	}
	while (recv(fd, got, sizeof(got), MSG_DONTWAIT) > 0)
		;
	alive = false; /* asked again and again, and never fed */
	for (int i = 0; i < 3; i++)
		assert_int_equal(loop_run_once(loop, 1000), 1);
	assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT), -1);
	alive = true;
	assert_int_equal(loop_run_once(loop, 1000), 1);
	assert_true(recv(fd, got, sizeof(got), MSG_DONTWAIT) > 0);
	unsetenv("WATCHDOG_USEC");
	unsetenv("NOTIFY_SOCKET");
	loop_free(loop);
	unlink(address.sun_path);
	close(fd);
}

/* ---- the log writes to stderr, so a test looks at what arrives there ------------------------- */

static char captured[4096];

static void capture(void (*speak)(void), const char *journal_fd_format)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	char stream[64];
	struct stat st;

	assert_non_null(file);
	dup2(fileno(file), STDERR_FILENO);
	fstat(STDERR_FILENO, &st);
	snprintf(stream, sizeof(stream), journal_fd_format, (unsigned long long)st.st_dev,
		(unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	speak();
	unsetenv("JOURNAL_STREAM");
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	captured[fread(captured, 1, sizeof(captured) - 1, file)] = '\0';
	fclose(file);
}

static void speak_levels(void)
{
	log_warning("member=%d joined", 12);
	log_debug("too quiet");
	log_error("modem=%s said \"%s\"", "sim1", "a\r\n<0>forged\x1b[2J");
}

static void log_lines_carry_priorities_in_the_journal(void **state)
{
	(void)state;
	capture(speak_levels, "%llu:%llu");
	assert_string_equal(
		captured, "<4>member=12 joined\n<3>modem=sim1 said \"a  <0>forged [2J\"\n");
}

static void log_lines_carry_time_and_level_elsewhere(void **state)
{
	(void)state;
	capture(speak_levels, "%llu:%llu0");
	assert_non_null(strstr(captured, "Z warning member=12 joined\n"));
	assert_non_null(strstr(captured, "Z error   modem=sim1"));
	assert_null(strstr(captured, "too quiet"));
}

static void speak_long(void)
{
	char text[2 * LOG_LINE_SIZE];

	memset(text, 'x', sizeof(text));
	memcpy(text + LOG_LINE_SIZE - 2, "é", 2); /* the cut falls inside of this letter */
	text[sizeof(text) - 1] = '\0';
	log_info("%s", text);
}

static unsigned int hooked;

static void count_hook(void *ctx)
{
	(void)ctx;
	hooked++;
}

/* A step itself is seen in the kernel bench: this machine's clock is not ours to set. */
static void a_clock_that_nobody_sets_wakes_nobody(void **state)
{
	struct loop_steps *steps;
	struct loop *loop;

	(void)state;
	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(loop_steps_new(loop, count_hook, NULL, &steps), 0);
	assert_int_equal(loop_run_once(loop, 50), 0);
	assert_int_equal(hooked, 0);
	loop_steps_free(steps);
	loop_free(loop);
}

static void speak_many(void)
{
	for (int i = 0; i < LOG_KEPT_LINES + 10; i++)
		log_info("line %d", i);
}

static void the_last_lines_are_kept_and_a_hook_is_called(void **state)
{
	static struct log_line line, last;
	uint64_t serial = 0;
	unsigned int count = 0;

	(void)state;
	log_set_hook(count_hook, NULL);
	capture(speak_many, "%llu:%llu");
	log_set_hook(NULL, NULL);
	assert_int_equal(hooked, LOG_KEPT_LINES + 10);
	while (log_kept(serial + 1, &line)) {
		assert_true(count == 0 || line.serial == serial + 1);
		serial = line.serial;
		last = line;
		count++;
	}
	assert_int_equal(count, LOG_KEPT_LINES);
	assert_string_equal(last.text, "line 209");
	capture(speak_long, "%llu:%llu");
	assert_true(log_kept(serial + 1, &line));
	assert_true(utf8_valid(line.text));
	assert_int_equal(strlen(line.text), LOG_LINE_SIZE - 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(input_runs_before_timers_and_idle_last),
		cmocka_unit_test(a_timer_runs_once_each_time_it_is_armed),
		cmocka_unit_test(timers_with_slack_share_a_wake_up),
		cmocka_unit_test(idle_runs_once_for_each_request),
		cmocka_unit_test(idle_runs_in_the_order_of_requests_and_nobody_waits_for_ever),
		cmocka_unit_test(hang_up_is_reported_and_a_source_may_free_itself),
		cmocka_unit_test(a_signal_calls_back_in_the_loop),
		cmocka_unit_test(systemd_is_told_when_it_started_us),
		cmocka_unit_test(log_lines_carry_priorities_in_the_journal),
		cmocka_unit_test(log_lines_carry_time_and_level_elsewhere),
		cmocka_unit_test(a_clock_that_nobody_sets_wakes_nobody),
		cmocka_unit_test(the_last_lines_are_kept_and_a_hook_is_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
