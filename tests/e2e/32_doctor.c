/* SPDX-License-Identifier: Apache-2.0 */
/* Story 32: the check list. Each part of a box fails once, and is well again afterwards. */
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_story.h"

/* What `faroctl --json doctor` says of one part: good, and words when it is not. */
static bool is_good(struct box *box, const char *part)
{
	struct ran ran = box_faroctl(box, "--json", "doctor", NULL);
	json_t *answer = json_loads(ran.out, 0, NULL), *check;
	bool found = false, good = false, all = true;
	size_t i;

	assert_non_null(answer);
	json_array_foreach (json_object_get(answer, "checks"), i, check) {
		bool this_good = json_is_true(json_object_get(check, "good"));

		all = all && this_good;
		assert_true(*json_string_value(json_object_get(check, "said")));
		assert_int_equal(!*json_string_value(json_object_get(check, "todo")), this_good);
		if (strcmp(json_string_value(json_object_get(check, "check")), part) == 0) {
			found = true;
			good = this_good;
		}
	}
	assert_true(found);
	assert_int_equal(json_is_true(json_object_get(answer, "all_good")), all);
	assert_int_equal(ran.code, all ? 0 : 1);
	json_decref(answer);
	ran_free(&ran);
	return good;
}

static void wait_until(struct box *box, const char *part, bool good)
{
	for (int i = 0; i < WAIT_MS / 100; i++) {
		if (is_good(box, part) == good)
			return;
		box_wait_event(box, 100);
	}
	fail_msg("%s never became %s", part, good ? "good" : "bad");
}

static void only_a_text_is_missing_in_a_new_box(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	struct ran ran;

	(void)state;
	box_start(box);
	ran = box_faroctl(box, "doctor", NULL);
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.out, "NOT OK  test text"));
	assert_non_null(strstr(ran.out, "faroctl test"));
	assert_non_null(strstr(ran.out, "ok      network    modem sim1 is ready"));
	ran_free(&ran);
	ran = box_faroctl(box, "test", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	expect_text(box, &rosa, "");
	wait_until(box, "test text", true);
	ran = box_faroctl(box, "doctor", NULL);
	assert_int_equal(ran.code, 0);
	assert_null(strstr(ran.out, "NOT OK"));
	ran_free(&ran);
	box_free(box);
}

static int64_t resets_of(struct box *box)
{
	json_t *status = box_status(box);
	int64_t resets = json_number_at(status, "modems.0.resets");

	json_decref(status);
	return resets;
}

static void modem_sim_network_and_power_are_told_apart(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	box_wait_state(box, "sim1", "absent");
	assert_false(is_good(box, "modem"));
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
	box_wait_state(box, "sim1", "ready");
	assert_true(is_good(box, "modem"));

	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "searching");
	box_wait_state(box, "sim1", "searching");
	assert_false(is_good(box, "network"));
	assert_true(is_good(box, "modem"));
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "home");
	box_wait_state(box, "sim1", "ready");
	assert_true(is_good(box, "network"));
	assert_true(is_good(box, "power"));

	/* a start right after the port was opened is forgiven, a further one is the supply's */
	for (int i = 0; i < 6 && is_good(box, "power"); i++) {
		int64_t resets = resets_of(box);

		sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", "sim1");
		box_wait_status(box, "modems.0.resets", resets + 1, true);
		box_wait_state(box, "sim1", "ready");
	}
	assert_false(is_good(box, "power"));

	sim_do(box, "{s:s,s:s,s:s,s:b}", "cmd", "pin", "modem", "sim1", "pin", "9999", "required",
		1);
	sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", "sim1");
	box_wait_state(box, "sim1", "pin");
	assert_false(is_good(box, "SIM"));
	box_free(box);
}

/* It works, and an admin must know of it all the same. */
static void a_modem_that_works_and_is_not_well_is_said(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 2 });
	struct ran ran;

	(void)state;
	box_start(box);
	assert_true(is_good(box, "modem"));
	for (int i = 0; i < 5; i++)
		sim_do(box, "{s:s,s:s,s:s}", "cmd", "raw", "modem", "sim2", "bytes",
			"\r\n+CDS: 25\r\n0006\r\n");
	wait_until(box, "modem", false);
	ran = box_faroctl(box, "doctor", NULL);
	assert_non_null(strstr(ran.out, "modem sim2: ready, what it says comes torn: check its"));
	ran_free(&ran);
	box_free(box);
}

/* Doctor, once these words are in it. */
static struct ran doctor_saying(struct box *box, const char *words)
{
	struct ran ran = box_faroctl(box, "doctor", NULL);

	for (int i = 0; i < WAIT_MS / 100 && !strstr(ran.out, words); i++) {
		ran_free(&ran);
		box_wait_event(box, 100);
		ran = box_faroctl(box, "doctor", NULL);
	}
	return ran;
}

/* The advice is that of the cause: neither an aerial nor a plug helps a card that is refused. */
static void what_is_to_do_fits_the_cause(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	struct ran ran;

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", "denied");
	ran = doctor_saying(box, "the network refuses this SIM");
	assert_non_null(
		strstr(ran.out, "to do:     Ask the operator of the card: is its contract"));
	assert_null(strstr(ran.out, "aerial to a window"));
	ran_free(&ran);

	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	box_wait_state(box, "sim1", "absent");
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "silence",
		"times", 0);
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
	box_wait_state(box, "sim1", "starting");
	ran = box_faroctl(box, "doctor", NULL);
	assert_non_null(strstr(ran.out, "NOT OK  SIM        modem sim1: not known yet, it is "));
	assert_non_null(strstr(ran.out, "to do:     Wait a minute and ask again: it is being"));
	assert_null(strstr(ran.out, "Plug it in"));
	ran_free(&ran);
	box_free(box);
}

/* Doctor's line of a part that is not well says both. */
static void expect_both(struct box *box, const char *part, const char *first, const char *second)
{
	struct ran ran = box_faroctl(box, "doctor", NULL);
	char head[32], *line, *end;

	snprintf(head, sizeof(head), "NOT OK  %-9s  ", part);
	line = strstr(ran.out, head);
	end = line ? strchr(line, '\n') : NULL;
	if (!end)
		fail_msg("%s is well: %s", part, ran.out);
	*end = '\0';
	if (!strstr(line, first) || !strstr(line, second))
		fail_msg("not both \"%s\" and \"%s\": %s", first, second, line);
	ran_free(&ran);
}

static void of_several_modems_each_ill_one_is_named(void **state)
{
	static const char *const names[] = { "sim1", "sim2" };
	struct box *box = box_new(&(struct box_options){ .modems = 3 });

	(void)state;
	box_start(box);
	for (int i = 0; i < 2; i++)
		sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", names[i], "state",
			"searching");
	for (int i = 0; i < 2; i++)
		box_wait_state(box, names[i], "searching");
	expect_both(box, "network", "  modem sim1: searching, ", "; modem sim2: searching, ");
	for (int i = 0; i < 2; i++)
		sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", names[i]);
	for (int i = 0; i < 2; i++)
		box_wait_state(box, names[i], "absent");
	expect_both(box, "modem", "  modem sim1: absent, ", "; modem sim2: absent, ");
	for (int i = 0; i < 2; i++) {
		sim_do(box, "{s:s,s:s,s:s,s:b}", "cmd", "pin", "modem", names[i], "pin", "9999",
			"required", 1);
		sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", names[i]);
	}
	for (int i = 0; i < 2; i++)
		box_wait_state(box, names[i], "pin");
	expect_both(box, "SIM", "  modem sim1: pin, ", "; modem sim2: pin, ");
	box_free(box);
}

/* Whoever has forgotten it looks for why no alert leaves. */
static void a_box_that_is_paused_is_not_well(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	struct ran ran;

	(void)state;
	box_start(box);
	person_texts(box, &rosa, "PAUSE");
	expect_text(box, &rosa, "en pausa");
	wait_until(box, "test text", false);
	ran = box_faroctl(box, "doctor", NULL);
	assert_non_null(strstr(ran.out, "the box is paused: alerts wait until an admin texts "
					"RESUME"));
	ran_free(&ran);
	person_texts(box, &rosa, "RESUME");
	wait_until(box, "test text", true);
	box_free(box);
}

static void a_test_text_that_must_wait_says_so_and_when_it_was_asked(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	struct ran ran;

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	box_wait_state(box, "sim1", "absent");
	ran = box_faroctl(box, "test", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "no modem is ready: the text with the box's state waits"));
	ran_free(&ran);
	sim_do(box, "{s:s,s:s}", "cmd", "plug", "modem", "sim1");
	expect_text(box, &rosa, "Prueba, 20");
	ran = box_faroctl(box, "test", NULL);
	assert_string_equal(ran.out, "the admins are sent the box's state\n");
	ran_free(&ran);
	expect_text(box, &rosa, "1 de 1");
	box_free(box);
}

static void a_board_that_is_gone_is_said(void **state)
{
	struct box *box =
		box_new(&(struct box_options){ .board = "board : { driver = \"sim\"; definition = "
							"\"config/boards/sim.cfg\"; };" });
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	box_start(box);
	assert_true(is_good(box, "board"));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/board.sock", box_dir(box));
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	/* something is in its place when it is looked for again */
	assert_int_equal(unlink(address.sun_path), 0);
	assert_int_equal(mkdir(address.sun_path, 0700), 0);
	assert_int_equal(write(fd, "unplug\n", 7), 7);
	wait_until(box, "board", false);
	rmdir(address.sun_path);
	wait_until(box, "board", true);
	close(fd);
	box_free(box);
}

static void a_full_disk_and_a_missing_key_are_said(void **state)
{
	struct box *box = box_new(&(struct box_options){ .daemon = "crash/farod" });
	char disk[256], key[256], away[256];
	FILE *file;

	(void)state;
	snprintf(disk, sizeof(disk), "%s/disk", box_dir(box));
	snprintf(key, sizeof(key), "%s/data/key", box_dir(box));
	snprintf(away, sizeof(away), "%s/data/away", box_dir(box));
	setenv("FARO_DISK", disk, 1);
	box_start(box);
	assert_true(is_good(box, "disk"));
	assert_true(is_good(box, "time"));
	assert_true(is_good(box, "key"));

	file = fopen(disk, "w");
	assert_non_null(file);
	fputs("full 0 1000000", file);
	fclose(file);
	person_texts(box, &ben, "REPORT a van at the corner");
	wait_until(box, "disk", false);
	unlink(disk);
	wait_until(box, "disk", true);
	expect_text(box, &ana, "corner");

	assert_int_equal(chmod(key, 0644), 0);
	assert_false(is_good(box, "key"));
	assert_int_equal(chmod(key, 0600), 0);
	assert_int_equal(rename(key, away), 0);
	assert_false(is_good(box, "key"));
	assert_int_equal(rename(away, key), 0);
	assert_true(is_good(box, "key"));
	unsetenv("FARO_DISK");
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(only_a_text_is_missing_in_a_new_box),
		cmocka_unit_test(modem_sim_network_and_power_are_told_apart),
		cmocka_unit_test(a_modem_that_works_and_is_not_well_is_said),
		cmocka_unit_test(what_is_to_do_fits_the_cause),
		cmocka_unit_test(of_several_modems_each_ill_one_is_named),
		cmocka_unit_test(a_box_that_is_paused_is_not_well),
		cmocka_unit_test(a_test_text_that_must_wait_says_so_and_when_it_was_asked),
		cmocka_unit_test(a_board_that_is_gone_is_said),
		cmocka_unit_test(a_full_disk_and_a_missing_key_are_said),
	};

	return run_stories(stories);
}
