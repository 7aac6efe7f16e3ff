/* SPDX-License-Identifier: Apache-2.0 */
/* tests/run.sh that is interrupted ends what it has started and leaves nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 20000

static char dir[64], place[128];
static pid_t sleeper;

/* A program that says where its folder is and who it is, and then waits for ever. */
static void write_program(void)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/waits", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file,
		"#!/bin/sh\ntouch $TMPDIR/a\necho $TMPDIR $$ >%s/new\nmv %s/new %s/said\n"
		"while :; do sleep 1; done\n",
		dir, dir, dir);
	fclose(file);
	assert_int_equal(chmod(path, 0755), 0);
}

static void rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

static void wait_for_program(void)
{
	char path[128];
	FILE *file = NULL;

	snprintf(path, sizeof(path), "%s/said", dir);
	for (int i = 0; !file && i < WAIT_MS / 10; i++) {
		rest();
		file = fopen(path, "r");
	}
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%127s %d", place, &sleeper), 2);
	fclose(file);
	assert_int_equal(access(place, F_OK), 0);
}

static pid_t start_run(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		char program[128];
		int nowhere = open("/dev/null", O_WRONLY);

		snprintf(program, sizeof(program), "%s/waits", dir);
		dup2(nowhere, 1);
		dup2(nowhere, 2);
		unsetenv("FARO_TEST");
		unsetenv("FARO_TEST_ONE");
		unsetenv("FARO_EMULATOR");
		execl("tests/run.sh", "run.sh", dir, program, NULL);
		_exit(127);
	}
	return pid;
}

static void who_interrupts_finds_nothing_left(void **state)
{
	const int signals[] = { SIGTERM, SIGHUP, SIGINT };
	char command[128];

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		int status;
		pid_t run;

		snprintf(dir, sizeof(dir), "/tmp/faro-run-XXXXXX");
		assert_non_null(mkdtemp(dir));
		write_program();
		run = start_run();
		wait_for_program();
		assert_int_equal(kill(run, signals[i]), 0);
		assert_int_equal(waitpid(run, &status, 0), run);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 130);
		for (int n = 0; access(place, F_OK) == 0 && n < WAIT_MS / 10; n++)
			rest();
		assert_int_equal(access(place, F_OK), -1);
		for (int n = 0; kill(sleeper, 0) == 0 && n < WAIT_MS / 10; n++)
			rest();
		assert_int_equal(kill(sleeper, 0), -1);
		snprintf(command, sizeof(command), "rm -rf %s", dir);
		assert_int_equal(system(command), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_interrupts_finds_nothing_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
