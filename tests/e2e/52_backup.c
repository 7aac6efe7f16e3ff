/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 52: a copy of the list is made while the box works, and is put back another day. What
 * waited in it is not sent again, and who has left since stays away.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_story.h"

static char *file_of(struct box *box, const char *name, char out[512])
{
	snprintf(out, 512, "%s/%s", box_dir(box), name);
	return out;
}

static void backs_up(struct box *box, const char *file)
{
	struct ran ran = box_faroctl(box, "backup", file, NULL);
	struct stat st;

	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "key"));
	ran_free(&ran);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void fails_with(struct box *box, const char *command, const char *file, const char *piece)
{
	struct ran ran = box_faroctl(box, command, file, NULL);

	assert_int_equal(ran.code, 1);
	if (!strstr(ran.err, piece))
		fail_msg("\"%s\" is not in: %s", piece, ran.err);
	ran_free(&ran);
}

/* A copy takes the place of what has its name: of a device it must not. */
static void a_copy_takes_the_place_of_a_file_only(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	char file[512];
	struct ran ran;
	struct stat st;

	(void)state;
	box_start(box);
	assert_int_equal(mkfifo(file_of(box, "pipe", file), 0600), 0);
	fails_with(box, "backup", file, "no file");
	ran = box_faroctl(box, "backup", file, "--force", NULL);
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "/pipe is no file; allowed: a file, or a name"));
	ran_free(&ran);
	assert_int_equal(stat(file, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	fails_with(box, "backup", box_dir(box), "is a directory");
	box_free(box);
}

static void restores(struct box *box, const char *file)
{
	struct ran ran = box_faroctl(box, "restore", file, NULL);

	if (ran.code != 0)
		fail_msg("%s", ran.err);
	ran_free(&ran);
	box_wait_state(box, "sim1", "ready");
}

static void a_copy_is_put_back_and_nothing_leaves_twice(void **state)
{
	struct box *box = box_new(&(struct box_options){ .segment_ms = 100 });
	char file[512];
	struct ran ran;
	int texts;

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN north");
	person_joins(box, &carla, "JOIN north");
	/* the copy is made while texts wait in it: nothing leaves a modem that hears nobody */
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "searching");
	box_wait_state(box, "sim1", "searching");
	ran = box_faroctl(box, "test", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_wait_status(box, "outbox.queued", 1, true);
	backs_up(box, file_of(box, "list.faro", file));
	fails_with(box, "backup", file, "--force");
	ran = box_faroctl(box, "backup", file, "--force", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);

	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "home");
	box_wait_state(box, "sim1", "ready");
	box_wait_status(box, "outbox.queued", 0, false);
	box_settle(box);
	person_texts(box, &carla, "STOP");
	box_wait_status(box, "members.left", 1, false);
	box_settle(box);
	forget_texts(box, NULL);
	texts = texts_with(box, NULL, NULL);

	restores(box, file);
	box_wait_status(box, "members.left", 1, false); /* said since, and it holds */
	box_wait_status(box, "outbox.queued", 0, false);
	box_wait_status(box, "outbox.dropped", 1, true);
	person_texts(box, &ben, "HELP"); /* it works */
	expect_text(box, &ben, "STOP");
	assert_int_equal(texts_with(box, NULL, NULL), texts + 1); /* and nobody is texted again */
	box_free(box);
}

static void what_is_no_copy_of_this_box_changes_nothing(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	struct box *other = box_new(&(struct box_options){ 0 });
	char file[512], theirs[512];
	int fd;

	(void)state;
	box_start(box);
	box_start(other);
	person_joins(box, &ben, "JOIN north");
	backs_up(other, file_of(other, "list.faro", theirs));
	fails_with(box, "restore", theirs, "key");
	backs_up(box, file_of(box, "list.faro", file));
	fd = open(file, O_WRONLY);
	assert_int_equal(pwrite(fd, "this was a page of a database", 29, 4096), 29);
	close(fd);
	fails_with(box, "restore", file, "damaged");
	fails_with(box, "restore", "/dev/null", "empty");
	fails_with(box, "restore", "README.md", "README.md is not a backup of Faro");
	fails_with(box, "restore", "/", "cannot be read");
	box_wait_status(box, "members.active", 3, false);
	box_free(other);
	box_free(box);
}

static void a_copy_waits_for_the_alert_to_end(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	char file[512], taken[512];
	struct ran ran;

	(void)state;
	box_start(box);
	person_joins(box, &ben, "JOIN north");
	backs_up(box, file_of(box, "list.faro", file));
	ran = box_faroctl(box, "alert", "--yes", "--no-wait", "Van at 5th", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_wait_status(box, "alerts.running", 1, false);
	fails_with(box, "restore", file, "an alert is running");
	/* and nothing of it was taken in first */
	file_of(box, "data/faro.db.incoming", taken);
	assert_int_equal(access(taken, F_OK), -1);
	ran = box_faroctl(box, "restore", file, "--force", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_wait_state(box, "sim1", "ready");
	box_wait_status(box, "alerts.running", 0, false);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_copy_takes_the_place_of_a_file_only),
		cmocka_unit_test(a_copy_is_put_back_and_nothing_leaves_twice),
		cmocka_unit_test(what_is_no_copy_of_this_box_changes_nothing),
		cmocka_unit_test(a_copy_waits_for_the_alert_to_end),
	};

	return run_stories(stories);
}
