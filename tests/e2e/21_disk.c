/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 21: the disk is full, fails, or lets itself be read only, in the middle of an alert and of
 * texts coming in.
 *
 * The box says so once, lives on, keeps what it has not written in the modems, and goes on by
 * itself when the disk does. Once with the crash build, whose disk fails from the N-th write on and
 * for a while, and once with the ordinary build on a small file system that is really full.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_story.h"
#include "internal.h"
#include "proof.h"

#define PEOPLE 40

static int alerts, reports;

static void texts_in(struct box *box, int n)
{
	while (n-- > 0)
		neighbor_reports(box, reports++, "sim1");
}

/* NULL: the disk is well. */
static void order(struct box *box, const char *text)
{
	char path[256], made[280];
	FILE *file;

	snprintf(path, sizeof(path), "%s/disk", box_dir(box));
	if (!text) {
		unlink(path);
		return;
	}
	snprintf(made, sizeof(made), "%s.new", path);
	file = fopen(made, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(rename(made, path), 0);
}

static int count_in_log(struct box *box, const char *words)
{
	char *log = box_log(box);
	int n = 0;

	for (const char *at = log; (at = strstr(at, words)); at++)
		n++;
	free(log);
	return n;
}

static void wait_for_log(struct box *box, const char *words, int times)
{
	int64_t until = mono_ms() + WAIT_MS;

	while (count_in_log(box, words) < times) {
		if (mono_ms() > until)
			fail_msg("the log never said \"%s\" %d times", words, times);
		box_wait_event(box, 20);
	}
}

/* Still the same process, and it answers. */
static void lives(struct box *box, pid_t pid)
{
	assert_int_equal(box_pid(box), pid);
	assert_int_equal(kill(pid, 0), 0);
	json_decref(box_status(box));
}

static void end_well(struct box *box)
{
	struct invariants_found found;

	box_settle(box);
	box_wait_status(box, "outbox.unknown", 0, false);
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	box_check_invariants(box, &found);
	assert_int_equal(found.failed, 0);
	box_free(box);
}

static struct box *a_box(const char *daemon)
{
	struct box *box = box_new(&(struct box_options){
		.daemon = daemon, .modems = 2, .segment_ms = 5, .report_delay_ms = 20 });
	char path[256];

	snprintf(path, sizeof(path), "%s/disk", box_dir(box));
	setenv("FARO_DISK", path, 1);
	alerts = reports = 0;
	return box;
}

/* ---- a disk that fails for long ------------------------------------------------------------- */

static void fails_and_heals(const char *kind, const char *said)
{
	struct box *box = a_box("crash/farod");
	char text[64];
	pid_t pid;

	box_start(box);
	pid = box_pid(box);
	import_people(box, PEOPLE);
	start_alert(box, ++alerts);
	snprintf(text, sizeof(text), "%s 20 1000000", kind);
	order(box, text);
	texts_in(box, 10);
	wait_for_log(box, "nothing can be committed", 1);
	assert_true(count_in_log(box, said) > 0);
	texts_in(box, 5);
	/* it tries again, and says it once */
	for (int i = 0; i < 25; i++)
		box_wait_event(box, 100);
	lives(box, pid);
	assert_int_equal(count_in_log(box, "nothing can be committed"), 1);
	order(box, NULL);
	box_settle(box);
	wait_for_log(box, "commits work again", 1);
	lives(box, pid);
	end_well(box);
}

static void a_full_disk_is_said_and_survived(void **state)
{
	(void)state;
	fails_and_heals("full", "No space left on device");
}

static void an_input_output_error_is_said_and_survived(void **state)
{
	(void)state;
	fails_and_heals("io", "Input/output error");
}

static void a_read_only_disk_is_said_and_survived(void **state)
{
	(void)state;
	fails_and_heals("readonly", "Read-only file system");
}

/* ---- spells of one to three writes at any write --------------------------------------------- */

static void a_short_spell_at_any_write_loses_nothing(void **state)
{
	static const char *const kinds[] = { "full", "io", "readonly" };
	int spells = proof_long() ? 90 : 9;
	struct box *box = a_box("crash/farod");
	pid_t pid;

	(void)state;
	box_start(box);
	pid = box_pid(box);
	import_people(box, PEOPLE);
	for (int i = 0; i < spells; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s %d %d", kinds[i % 3], i / 3,
			1 + i % (proof_long() ? 4 : 2));
		if (i % 9 == 0)
			start_alert(box, ++alerts);
		order(box, text);
		texts_in(box, 2);
		box_settle(box);
	}
	order(box, NULL);
	lives(box, pid);
	print_message("%d spells\n", spells);
	end_well(box);
}

/* ---- a file system that is really full ------------------------------------------------------ */

static void fill(const char *path)
{
	static const char zeros[1024];
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

#define DATA_SIZE   192
#define FILLER_SIZE 224

/* A small file system of its own for the box's data; `filler` is a file in it. Only root may. */
static void mount_data(
	struct box *box, int megabytes, char data[DATA_SIZE], char filler[FILLER_SIZE])
{
	char options[48];

	snprintf(data, DATA_SIZE, "%s/data", box_dir(box));
	snprintf(filler, FILLER_SIZE, "%s/filler", data);
	snprintf(options, sizeof(options), "size=%dm,mode=0700", megabytes);
	assert_int_equal(mkdir(data, 0700), 0);
	if (mount("none", data, "tmpfs", 0, options) < 0) {
		print_message("no file system can be mounted here (%s): only root may\n",
			strerror(errno));
		box_free(box);
		skip();
	}
}

static void a_full_file_system_is_said_and_survived(void **state)
{
	struct box *box = a_box("farod");
	char data[DATA_SIZE], filler[FILLER_SIZE];
	pid_t pid;

	(void)state;
	mount_data(box, 4, data, filler);
	box_start(box);
	pid = box_pid(box);
	import_people(box, PEOPLE);
	start_alert(box, ++alerts);
	fill(filler);
	texts_in(box, 10);
	/* what is left of the log's pages is used up first */
	for (int i = 0; i < 50 && count_in_log(box, "nothing can be committed") == 0; i++) {
		texts_in(box, 5);
		box_wait_event(box, 100);
	}
	wait_for_log(box, "nothing can be committed", 1);
	lives(box, pid);
	assert_int_equal(unlink(filler), 0);
	box_settle(box);
	lives(box, pid);
	box_wait_status(box, "outbox.unknown", 0, false);
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	{
		struct invariants_found found;

		box_check_invariants(box, &found);
	}
	assert_int_equal(umount(data), 0);
	box_free(box);
}

/* A farod that ends by itself: option is "-n" or NULL. */
static struct ran run_on_it(struct box *box, const char *option)
{
	char program[256], config[192];
	const char *argv[] = { box_program("farod", program), "-c", config, option, NULL };

	snprintf(config, sizeof(config), "%s/faro.cfg", box_dir(box));
	return run_program(argv);
}

static void assert_said(const struct ran *ran, const char *words)
{
	if (!strstr(ran->err, words) && !strstr(ran->out, words))
		fail_msg("no \"%s\" in:\n%s%s", words, ran->out, ran->err);
}

static void a_full_file_system_is_named_by_status_check_and_start(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	char data[DATA_SIZE], filler[FILLER_SIZE], rest[224];
	struct ran ran;

	(void)state;
	mount_data(box, 8, data, filler);
	box_start(box);
	fill(filler);
	ran = box_faroctl(box, "status", NULL);
	assert_said(&ran, "STORE     the disk is full: 0 KB are free in ");
	ran_free(&ran);
	ran = box_faroctl(box, "doctor", NULL);
	assert_said(&ran, "NOT OK  disk       the disk is full: 0 KB are free in ");
	ran_free(&ran);
	assert_int_equal(box_stop(box), 0);
	/* with what the database's log has left */
	snprintf(rest, sizeof(rest), "%s/rest", data);
	fill(rest);
	ran = run_on_it(box, "-n");
	assert_int_equal(ran.code, 0);
	assert_said(&ran, "box.data_dir cannot be written: the disk is full: 0 KB are free in ");
	ran_free(&ran);
	ran = run_on_it(box, NULL);
	assert_int_equal(ran.code, 1);
	assert_said(&ran, "; the disk is full: 0 KB are free in ");
	assert_said(&ran, "make room (journalctl --vacuum-size=50M");
	assert_said(&ran, "store does not start: No space left on device");
	ran_free(&ran);
	assert_int_equal(unlink(filler), 0);
	assert_int_equal(unlink(rest), 0);
	box_start(box);
	assert_int_equal(box_stop(box), 0);
	assert_int_equal(umount(data), 0);
	box_free(box);
}

/* ---- a data directory that is taken away ----------------------------------------------------- */

static struct box *box_with_a_front(void)
{
	struct box *box = box_new(&(struct box_options){
		.board =
			"board : { driver = \"sim\"; definition = \"config/boards/sim.cfg\"; };" });

	box_start(box);
	board_expect_light(box, "fault", false);
	return box;
}

static void data_dirs(struct box *box, char data[192], char away[192])
{
	snprintf(data, 192, "%s/data", box_dir(box));
	snprintf(away, 192, "%s/away", box_dir(box));
}

static int64_t texts_in_the_modem(struct box *box)
{
	json_t *modems = sim_ask(box, "{s:s}", "cmd", "modems");
	/* whichever its family uses */
	int64_t used = json_number_at(modems, "modems.0.stores.SM.used") +
		       json_number_at(modems, "modems.0.stores.ME.used");

	json_decref(modems);
	return used;
}

/* How often the modem put a text into its store: some put one there twice. */
static int64_t texts_stored(struct box *box)
{
	char path[200], *line = NULL;
	size_t size = 0;
	int64_t n = 0;
	FILE *journal;

	sim_do(box, "{s:s}", "cmd", "flush");
	snprintf(path, sizeof(path), "%s/journal", box_dir(box));
	journal = fopen(path, "r");
	assert_non_null(journal);
	while (getline(&line, &size, journal) > 0)
		n += strstr(line, "\"event\":\"stored\"") != NULL;
	free(line);
	fclose(journal);
	return n;
}

static void the_text_is_still_in_the_modem(struct box *box)
{
	assert_true(texts_stored(box) > 0);
	assert_int_equal(texts_in_the_modem(box), texts_stored(box));
}

/* The answer may be out before the text is deleted from the modem. */
static void wait_for_an_empty_modem(struct box *box)
{
	for (int i = 0; texts_in_the_modem(box) > 0 && i < WAIT_MS / 10; i++)
		box_wait_event(box, 10);
	assert_int_equal(texts_in_the_modem(box), 0);
}

/* The box says it in all its ways, and the text stays where it is. */
static void expect_it_is_noticed(struct box *box)
{
	struct ran ran;
	json_t *status;

	wait_for_log(box, "was deleted, moved or replaced", 1);
	board_expect_light(box, "fault", true);
	status = box_status(box);
	assert_non_null(strstr(
		json_string_value(json_object_get(status, "store")), "deleted, moved or replaced"));
	json_decref(status);
	ran = box_faroctl(box, "status", NULL);
	assert_non_null(strstr(ran.out, "STORE     the database was deleted"));
	ran_free(&ran);
	/* what it has been taught can still be saved */
	ran = box_faroctl(box, "members", "export", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "555"));
	ran_free(&ran);
}

static void a_data_directory_that_was_moved_is_noticed_and_used_again(void **state)
{
	struct box *box = box_with_a_front();
	char data[192], away[192];
	pid_t pid = box_pid(box);

	(void)state;
	data_dirs(box, data, away);
	assert_int_equal(rename(data, away), 0);
	person_texts(box, &ben, "HELP");
	expect_it_is_noticed(box);
	the_text_is_still_in_the_modem(box);
	assert_int_equal(texts_with(box, ben.phone, NULL), 0);
	assert_int_equal(access(data, F_OK), -1);
	assert_int_equal(rename(away, data), 0);
	expect_text(box, &ben, "STOP");
	wait_for_log(box, "is back in its place", 1);
	box_settle(box);
	wait_for_an_empty_modem(box);
	assert_int_equal(box_pid(box), pid);
	json_t *status = box_status(box);
	assert_string_equal(json_string_value(json_object_get(status, "store")), "");
	json_decref(status);
	box_free(box);
}

static void a_deleted_data_directory_loses_no_text(void **state)
{
	struct box *box = box_with_a_front();
	char data[192], away[192], remove[400];

	(void)state;
	data_dirs(box, data, away);
	snprintf(remove, sizeof(remove), "rm -r '%s'", data);
	assert_int_equal(system(remove), 0);
	person_texts(box, &ben, "HELP");
	expect_it_is_noticed(box);
	/* a directory with nothing in it is not taken for the list */
	assert_int_equal(mkdir(data, 0700), 0);
	json_decref(box_status(box));
	the_text_is_still_in_the_modem(box);
	assert_int_equal(texts_with(box, ben.phone, NULL), 0);
	/* A person starts it anew: that is said, and the text is still there. */
	assert_int_equal(box_stop(box), 0);
	box_start(box);
	wait_for_log(box, "a new and empty database", 1);
	expect_text(box, &ben, "STOP");
	box_free(box);
}

static void a_file_system_mounted_over_the_data_is_noticed(void **state)
{
	struct box *box = box_with_a_front();
	char data[192], away[192];

	(void)state;
	data_dirs(box, data, away);
	if (mount("none", data, "tmpfs", 0, "size=4m,mode=0700") < 0) {
		print_message("no file system can be mounted here (%s): only root may\n",
			strerror(errno));
		box_free(box);
		skip();
	}
	person_texts(box, &ben, "HELP");
	expect_it_is_noticed(box);
	the_text_is_still_in_the_modem(box);
	assert_int_equal(umount(data), 0);
	expect_text(box, &ben, "STOP");
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_full_disk_is_said_and_survived),
		cmocka_unit_test(an_input_output_error_is_said_and_survived),
		cmocka_unit_test(a_read_only_disk_is_said_and_survived),
		cmocka_unit_test(a_short_spell_at_any_write_loses_nothing),
		cmocka_unit_test(a_full_file_system_is_said_and_survived),
		cmocka_unit_test(a_full_file_system_is_named_by_status_check_and_start),
		cmocka_unit_test(a_data_directory_that_was_moved_is_noticed_and_used_again),
		cmocka_unit_test(a_deleted_data_directory_loses_no_text),
		cmocka_unit_test(a_file_system_mounted_over_the_data_is_noticed),
	};

	return run_stories(stories);
}
