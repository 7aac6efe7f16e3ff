/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How farod learns that a modem was plugged, on the kernel's own USB: from the directories of
 * ports where no udev runs, and from Debian's udev where it does.
 */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../e2e/cmocka_story.h"
#include "faro/base.h"
#include "story.h"

#define UDEVD "/usr/lib/systemd/systemd-udevd"
#define BY_ID "/dev/serial/by-id/usb-Quectel_EC25_a1-if00"
#define RULES "/etc/udev/rules.d"

/* A port that nobody tells of is looked for every 10 s. */
#define AT_ONCE_MS 5000

static const struct fleet three_ports = {
	.sticks = { { "0x2c7c", "0x0125", "Quectel", "EC25", "a1", 3 } },
	.at = { 2 },
};

static pid_t udev;

static void run(const char *const argv[])
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (status)
		fail_msg("%s %s: %d", argv[0], argv[1], status);
}

static void wait_path(const char *path, bool there)
{
	int64_t deadline = time_mono_ms() + MS_PER_MIN;

	while ((access(path, F_OK) == 0) != there) {
		if (time_mono_ms() > deadline)
			fail_msg("%s did not %s", path, there ? "come" : "go");
		story_pause(10);
	}
}

/* Debian's udev, its rules, and Faro's. */
static void start_udev(void)
{
	const char *const rules[] = { "/bin/cp", "config/udev/70-faro.rules", RULES, NULL };
	const char *const trigger[] = { "/usr/bin/udevadm", "trigger", NULL };
	const char *const settle[] = { "/usr/bin/udevadm", "settle", NULL };

	mkdir("/etc/udev", 0755);
	mkdir(RULES, 0755);
	run(rules);
	udev = fork();
	if (udev == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(UDEVD, UDEVD, (char *)NULL);
		_exit(127);
	}
	wait_path("/run/udev/control", true);
	run(trigger);
	run(settle);
}

/*
 * Takes every watch of a directory or file that the kernel has for this user; they are given back
 * when the descriptor is closed.
 */
static int exhaust_watches(void)
{
	int fd = inotify_init1(IN_CLOEXEC), n = 0;
	char path[64];

	mkdir("/tmp/watched", 0700);
	do {
		snprintf(path, sizeof(path), "/tmp/watched/%d", n++);
		close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	} while (inotify_add_watch(fd, path, IN_MODIFY) >= 0);
	assert_int_equal(ENOSPC, errno);
	print_message("%d watches taken\n", n - 1);
	return fd;
}

/* Milliseconds from the plug until the modem is ready; the best of three: others compute too. */
static int best_return(struct box *box)
{
	int best = INT32_MAX;

	for (int i = 0; i < 3; i++) {
		int64_t from;

		sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
		box_wait_state(box, "sim1", "absent");
		from = time_mono_ms();
		sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
		box_wait_state(box, "sim1", "ready");
		if (time_mono_ms() - from < best)
			best = (int)(time_mono_ms() - from);
	}
	return best;
}

static void expect_answer(struct box *box)
{
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
}

/* ---- without udev ---- */

static void without_udev_the_directories_tell(void **state)
{
	struct box *box = story_box(&(struct box_options){ 0 }, &usual_fleet);
	int ms;

	(void)state;
	box_start(box);
	story_wait_log(box, "ports: their directories are watched; udev is not heard");
	ms = best_return(box);
	print_message("directory watch: ready %d ms after the plug\n", ms);
	assert_true(ms < AT_ONCE_MS);
	expect_answer(box);
	story_over(box);
}

static void a_modem_is_known_again_under_another_name(void **state)
{
	struct box *box = story_box(&(struct box_options){ .port = "/dev/ttyACM0" }, &usual_fleet);
	int holder;

	(void)state;
	box_start(box);
	expect_answer(box);
	/* somebody keeps the old name */
	holder = open("/dev/ttyACM0", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(holder >= 0);
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	box_wait_state(box, "sim1", "absent");
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
	wait_path("/dev/ttyACM1", true);
	box_wait_state(box, "sim1", "ready");
	forget_texts(box, NULL);
	expect_answer(box);
	close(holder);
	story_over(box);
}

static void a_stick_of_three_ports_is_one_modem(void **state)
{
	struct box *box = story_box(&(struct box_options){ .port = "usb:2c7c:0125" }, &three_ports);
	json_t *answer;

	(void)state;
	wait_path("/dev/ttyACM2", true);
	box_start(box);
	expect_answer(box);
	answer = farod_ask(box, "{s:s}", "cmd", "modem list");
	assert_string_equal("/dev/ttyACM2",
		json_string_value(json_object_get(
			json_array_get(json_object_get(answer, "modems"), 0), "port")));
	json_decref(answer);
	story_over(box);
}

static void an_interface_is_chosen_by_its_number(void **state)
{
	struct box *box =
		story_box(&(struct box_options){ .port = "usb:2c7c:0125:04" }, &three_ports);

	(void)state;
	box_start(box);
	expect_answer(box);
	story_over(box);
}

/* ---- with it ---- */

static void expect_rights(const char *path)
{
	const struct group *dialout = getgrnam("dialout");
	struct stat st;

	assert_non_null(dialout);
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(dialout->gr_gid, st.st_gid);
	assert_int_equal(0660, st.st_mode & 0777);
}

/* No directory can be watched: whatever is seen at once was told by udev. */
static void udev_tells_through_sd_device(void **state)
{
	struct box *box;
	int ms, watches;

	(void)state;
	start_udev();
	watches = exhaust_watches();
	box = story_box(&(struct box_options){ .port = BY_ID }, &usual_fleet);
	wait_path(BY_ID, true);
	expect_rights("/dev/ttyACM0");
	box_start(box);
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	wait_path(BY_ID, false);
	story_wait_log(box, "ports: udev tells which come and go");
	ms = best_return(box);
	print_message("udev: ready %d ms after the plug\n", ms);
	assert_true(ms < AT_ONCE_MS);
	expect_answer(box);
	story_over(box);
	close(watches);
}

static void udev_tells_who_takes_any_port_too(void **state)
{
	struct box *box = story_box(&(struct box_options){ 0 }, &usual_fleet);
	int ms;

	(void)state;
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	box_start_modems(box, 0);
	story_wait_log(box, "ports: udev tells which come and go");
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
	box_wait_state(box, "sim1", "ready");
	ms = best_return(box);
	print_message("udev and directory watch: ready %d ms after the plug\n", ms);
	expect_answer(box);
	story_over(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		story(without_udev_the_directories_tell),
		story(a_modem_is_known_again_under_another_name),
		story(a_stick_of_three_ports_is_one_modem),
		story(an_interface_is_chosen_by_its_number),
		/* from here on udev runs */
		story(udev_tells_through_sd_device),
		story(udev_tells_who_takes_any_port_too),
	};
	int failed;

	failed = run_target_stories(stories);
	if (udev > 0)
		kill(udev, SIGKILL);
	return failed;
}
