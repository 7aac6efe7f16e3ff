/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 31: the service. What systemd is told of a farod that lives, and of one that does not.
 */
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_story.h"

#define WATCHDOG_MS 800

static int notify_fd = -1;

/* What farod says to systemd comes here. */
static void listen_as_systemd(struct box *box)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char usec[32];

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", box_dir(box));
	notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(notify_fd >= 0);
	assert_int_equal(bind(notify_fd, (struct sockaddr *)&address, sizeof(address)), 0);
	snprintf(usec, sizeof(usec), "%d", WATCHDOG_MS * 1000);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	setenv("WATCHDOG_USEC", usec, 1);
}

static void stop_listening(void)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	close(notify_fd);
}

static int64_t mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* True when these words are said within ms; what else is said is forgotten. */
static bool is_told(const char *words, int64_t ms)
{
	int64_t until = mono_ms() + ms;

	for (int64_t left = ms; left > 0; left = until - mono_ms()) {
		struct pollfd fd = { .fd = notify_fd, .events = POLLIN };
		char got[256] = "";

		if (poll(&fd, 1, (int)left) == 1 && recv(notify_fd, got, sizeof(got) - 1, 0) > 0 &&
			strstr(got, words))
			return true;
	}
	return false;
}

static void forget_what_was_told(void)
{
	char got[256];

	while (recv(notify_fd, got, sizeof(got), MSG_DONTWAIT) > 0)
		;
}

static void wait_for_log(struct box *box, const char *words)
{
	int64_t until = mono_ms() + WAIT_MS;

	for (;;) {
		char *log = box_log(box);
		bool said = strstr(log, words);

		free(log);
		if (said)
			return;
		if (mono_ms() > until)
			fail_msg("the log never said \"%s\"", words);
		box_wait_event(box, 20);
	}
}

static void a_box_whose_modem_is_pulled_is_alive(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });

	(void)state;
	listen_as_systemd(box);
	box_start(box);
	assert_true(is_told("READY=1", WAIT_MS));
	assert_true(is_told("WATCHDOG=1", WAIT_MS));
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	box_wait_state(box, "sim1", "absent");
	forget_what_was_told();
	for (int i = 0; i < 4; i++)
		assert_true(is_told("WATCHDOG=1", WAIT_MS));
	/* no udev tells in a directory of a test's own */
	wait_for_log(box, "ports: ");
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
	box_wait_state(box, "sim1", "ready");
	assert_int_equal(box_stop(box), 0);
	assert_true(is_told("STOPPING=1", WAIT_MS));
	stop_listening();
	box_free(box);
}

static void order_disk(const char *path, const char *order)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(order, file);
	fclose(file);
}

static struct box *box_with_disk(char path[256])
{
	struct box *box = box_new(&(struct box_options){ .daemon = "crash/farod" });

	snprintf(path, 256, "%s/disk", box_dir(box));
	setenv("FARO_DISK", path, 1);
	listen_as_systemd(box);
	box_start(box);
	assert_true(is_told("WATCHDOG=1", WAIT_MS));
	return box;
}

static void a_store_that_fails_starves_the_watchdog_until_it_heals(void **state)
{
	char path[256];
	struct box *box = box_with_disk(path);

	(void)state;
	order_disk(path, "io 0 1000000");
	person_texts(box, &ben, "REPORT a van at the corner");
	wait_for_log(box, "watchdog: not fed: the store");
	forget_what_was_told();
	assert_false(is_told("WATCHDOG=1", 3 * WATCHDOG_MS));
	unlink(path);
	assert_true(is_told("WATCHDOG=1", WAIT_MS));
	wait_for_log(box, "watchdog: fed again");
	expect_text(box, &ana, "corner"); /* nothing was lost meanwhile */
	unsetenv("FARO_DISK");
	stop_listening();
	box_free(box);
}

static void a_full_disk_is_not_cured_by_a_restart(void **state)
{
	char path[256];
	struct box *box = box_with_disk(path);

	(void)state;
	order_disk(path, "full 0 1000000");
	person_texts(box, &ben, "REPORT a van at the corner");
	wait_for_log(box, "No space left on device");
	forget_what_was_told();
	for (int i = 0; i < 4; i++)
		assert_true(is_told("WATCHDOG=1", WAIT_MS));
	unlink(path);
	expect_text(box, &ana, "corner");
	unsetenv("FARO_DISK");
	stop_listening();
	box_free(box);
}

/* It would begin with an empty list. */
static void a_database_that_was_taken_away_is_not_cured_by_a_restart(void **state)
{
	char path[256], data[192], away[192];
	struct box *box = box_with_disk(path);

	(void)state;
	snprintf(data, sizeof(data), "%s/data", box_dir(box));
	snprintf(away, sizeof(away), "%s/away", box_dir(box));
	assert_int_equal(rename(data, away), 0);
	person_texts(box, &ben, "REPORT a van at the corner");
	wait_for_log(box, "was deleted, moved or replaced");
	forget_what_was_told();
	for (int i = 0; i < 4; i++)
		assert_true(is_told("WATCHDOG=1", WAIT_MS));
	assert_int_equal(rename(away, data), 0);
	expect_text(box, &ana, "corner");
	unsetenv("FARO_DISK");
	stop_listening();
	box_free(box);
}

static void the_fault_light_is_lit_for_a_farod_that_does_not_start(void **state)
{
	struct box *box =
		box_new(&(struct box_options){ .board = "board : { driver = \"sim\"; definition = "
							"\"config/boards/sim.cfg\"; };" });
	char program[256], config[256];
	int status;
	pid_t pid;

	(void)state;
	box_program("farod", program);
	snprintf(config, sizeof(config), "%s/faro.cfg", box_dir(box));
	pid = fork();
	if (pid == 0) {
		execl(program, "farod", "-F", "-c", config, NULL);
		_exit(127);
	}
	board_expect_light(box, "fault", true);
	board_expect_light(box, "power", false);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_box_whose_modem_is_pulled_is_alive),
		cmocka_unit_test(a_store_that_fails_starves_the_watchdog_until_it_heals),
		cmocka_unit_test(a_full_disk_is_not_cured_by_a_restart),
		cmocka_unit_test(a_database_that_was_taken_away_is_not_cured_by_a_restart),
		cmocka_unit_test(the_fault_light_is_lit_for_a_farod_that_does_not_start),
	};

	return run_stories(stories);
}
