/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 50: somebody stands at the box with a terminal beside it, and goes over its lights and
 * buttons. Nothing that they press acts, and the box works on.
 */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_story.h"

static struct box *box_with_two_lights(const char *settings)
{
	struct box *box =
		box_new(&(struct box_options){ .settings = settings, .board = DEFINED_BOARD });

	board_define(box, "lights : { power = { }; alert = { }; };\n");
	box_start(box);
	return box;
}

/* ---- a faroctl that goes on while the story does -------------------------------------------- */

struct walk {
	pid_t child;
	int fd;
	char out[8192];
	size_t len;
};

static void walk_begin(struct box *box, struct walk *walk, bool terminal, const char *seconds)
{
	char program[256], socket[256];
	const char *const argv[] = { box_program("faroctl", program), "-s", socket, "board", "test",
		"--seconds", seconds, NULL };
	int ends[2] = { -1, -1 };

	memset(walk, 0, sizeof(*walk));
	snprintf(socket, sizeof(socket), "%s/control.sock", box_dir(box));
	assert_true(terminal || pipe(ends) == 0);
	walk->child = terminal ? forkpty(&walk->fd, NULL, NULL, NULL) : fork();
	assert_true(walk->child >= 0);
	if (walk->child == 0) {
		if (!terminal)
			dup2(ends[1], STDOUT_FILENO);
		execv(argv[0], (char **)(uintptr_t)argv);
		_exit(127);
	}
	if (!terminal) {
		close(ends[1]);
		walk->fd = ends[0];
	}
}

static void walk_until(struct walk *walk, const char *text)
{
	struct pollfd at = { .fd = walk->fd, .events = POLLIN };

	while (!strstr(walk->out, text)) {
		ssize_t n = poll(&at, 1, WAIT_MS) > 0 ? read(walk->fd, walk->out + walk->len,
								sizeof(walk->out) - 1 - walk->len)
						      : -1;

		if (n <= 0)
			fail_msg("never said: %s\n%s", text, walk->out);
		walk->len += (size_t)n;
	}
}

static int walk_end(struct walk *walk)
{
	int status;

	close(walk->fd);
	assert_int_equal(waitpid(walk->child, &status, 0), walk->child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- stories -------------------------------------------------------------------------------- */

static void a_walk_says_what_works_and_nothing_that_is_pressed_acts(void **state)
{
	static const char *const acted[] = {
		"button send:", "button stop:", "button test:", "button power:"
	};
	struct box *box = box_with_two_lights("alerts : { confirm = \"button\"; };");
	struct walk walk;
	char *log;

	(void)state;
	person_joins(box, &ben, "JOIN");
	person_texts(box, &ana, "ALERT come to the market");
	expect_text(box, &ana, "Hold SEND");
	walk_begin(box, &walk, false, "10");
	walk_until(&walk, "ok      light power     is lit now, and no other\n");
	board_expect_light(box, "power", true);
	board_expect_light(box, "alert", false);
	walk_until(&walk, "ok      light network   not wired\n");
	walk_until(&walk, "ok      light alert     is lit now, and no other\n");
	board_expect_light(box, "alert", true);
	/* the box works on */
	person_texts(box, &carla, "REPORT two vans");
	expect_text(box, &carla, "#");
	/* as long as would send the alert, stop one, and switch the box off */
	walk_until(&walk, "press   button send     now, within 10 s\n");
	board_press(box, "send", 3300);
	walk_until(&walk, "ok      button send     was pressed\n");
	walk_until(&walk, "press   button stop     now, within 10 s\n");
	board_press(box, "stop", 1300);
	walk_until(&walk, "ok      button stop     was pressed\n");
	walk_until(&walk, "press   button test     now, within 10 s\n");
	board_press(box, "stop", 100);
	walk_until(&walk, "NOT OK  button test     was not pressed, but button stop was: are the "
			  "wires swapped?\n");
	walk_until(&walk, "press   button power    now, within 10 s\n");
	board_press(box, "power", 5300);
	walk_until(&walk, "ok      button power    was pressed\n");
	walk_until(&walk, "1 of 6 did not do what they should\n");
	assert_int_equal(walk_end(&walk), 1);
	assert_null(strchr(walk.out, '\r'));
	box_settle(box);
	assert_int_equal(texts_with(box, ben.phone, "market"), 0);
	log = box_log(box);
	assert_non_null(strstr(log, "lights and buttons are being tested"));
	for (int i = 0; i < 4; i++)
		assert_null(strstr(log, acted[i]));
	free(log);
	/* the alert still waits, its light says so, and now SEND sends it */
	board_expect_light(box, "alert", true);
	board_press(box, "send", 3300);
	expect_text(box, &ben, "come to the market");
	box_free(box);
}

static void a_walker_who_goes_away_leaves_the_lights_as_they_should_be(void **state)
{
	struct box *box = box_with_two_lights(NULL);
	struct walk walk;
	struct ran ran;

	(void)state;
	board_expect_light(box, "power", true);
	walk_begin(box, &walk, true, "600");
	walk_until(&walk, "light alert     is lit now");
	walk_until(&walk, "press   button send     now, within 600 s ... ");
	board_expect_light(box, "power", false);
	/* two would take each other's presses */
	ran = box_faroctl(box, "board", "test", NULL);
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "somebody else tests"));
	ran_free(&ran);
	/* what is pressed writes over the question */
	board_press(box, "send", 100);
	walk_until(&walk, "\r\033[Kok      button send     was pressed");
	kill(walk.child, SIGINT);
	walk_end(&walk);
	board_expect_light(box, "power", true);
	board_press(box, "test", 200);
	expect_text(box, &rosa, "1");
	box_free(box);
}

static void the_parts_are_listed_and_a_box_without_any_says_so(void **state)
{
	struct box *box = box_with_two_lights(NULL);
	json_t *json;
	struct ran ran;

	(void)state;
	board_expect_light(box, "power", true);
	ran = box_faroctl(box, "board", "list", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "light power         on\n"));
	assert_non_null(strstr(ran.out, "light traffic       not wired\n"));
	assert_non_null(strstr(ran.out, "button stop         not pressed\n"));
	ran_free(&ran);
	ran = box_faroctl(box, "--json", "board", "test", "--seconds", "1", NULL);
	assert_int_equal(ran.code, 1);
	json = json_loads(ran.out, 0, NULL);
	assert_int_equal(json_number_at(json, "failed"), 4);
	assert_int_equal(json_number_at(json, "tested"), 6);
	assert_int_equal(json_array_size(json_object_get(json, "parts")), 10);
	json_decref(json);
	ran_free(&ran);
	ran = box_faroctl(box, "board", "test", "--seconds", "0", NULL);
	assert_int_equal(ran.code, 64);
	ran_free(&ran);
	box_free(box);

	box = box_new(&(struct box_options){ .modems = 1 });
	box_start(box);
	ran = box_faroctl(box, "board", "test", NULL);
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "this box has no lights and buttons"));
	ran_free(&ran);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_walk_says_what_works_and_nothing_that_is_pressed_acts),
		cmocka_unit_test(a_walker_who_goes_away_leaves_the_lights_as_they_should_be),
		cmocka_unit_test(the_parts_are_listed_and_a_box_without_any_says_so),
	};

	return run_stories(stories);
}
