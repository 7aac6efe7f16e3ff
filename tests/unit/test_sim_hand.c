/* SPDX-License-Identifier: Apache-2.0 */
/* modemsim at a terminal: its help, and texts typed by hand. */
#include "../sim/sim_rig.h"

static struct {
	struct rig rig;
	FILE *in, *out;
	pid_t pid;
	int fd;
} hand;

/* Runs `modemsim WORDS`; its stdout and exit code. */
static int ran(const char *words, char *out, size_t size)
{
	char command[400];
	FILE *pipe;
	size_t n;

	snprintf(command, sizeof(command), "%s %s 2>&1", rig_program("modemsim"), words);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	n = fread(out, 1, size - 1, pipe);
	out[n] = '\0';
	return WEXITSTATUS(pclose(pipe));
}

static void the_help_names_every_option_and_is_no_mistake(void **state)
{
	char out[4096];

	(void)state;
	assert_int_equal(ran("-h", out, sizeof(out)), 0);
	for (const char *o = "nd pmrtslkh"; *o; o++) {
		char option[8];

		snprintf(option, sizeof(option), "\n  -%c ", *o);
		if (*o != ' ' && !strstr(out, option))
			fail_msg("-%c is not in:\n%s", *o, out);
	}
	assert_int_equal(ran("--help", out, sizeof(out)), 0);
	assert_non_null(strstr(out, "Usage: modemsim"));
	assert_int_equal(ran("-Z", out, sizeof(out)), 64);
	assert_non_null(strstr(out, "Usage: modemsim"));
}

static void start(void)
{
	int in[2], out[2];
	char link[128];

	snprintf(hand.rig.dir, sizeof(hand.rig.dir), "/tmp/modemsim.XXXXXX");
	assert_non_null(mkdtemp(hand.rig.dir));
	snprintf(link, sizeof(link), "%s/sim1", hand.rig.dir);
	assert_return_code(pipe(in), errno);
	assert_return_code(pipe(out), errno);
	hand.pid = fork();
	if (!hand.pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl(rig_program("modemsim"), "modemsim", "-k", "-t", "-r", "0", link, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	hand.in = fdopen(in[1], "w");
	hand.out = fdopen(out[0], "r");
}

static void type(const char *line)
{
	fputs(line, hand.in);
	fflush(hand.in);
}

static void expect(const char *words)
{
	char line[400];

	do
		if (!fgets(line, sizeof(line), hand.out))
			fail_msg("\"%s\" was not printed", words);
	while (!strstr(line, words));
}

static void what_is_typed_is_texted_and_what_is_texted_is_printed(void **state)
{
	int status;

	(void)state;
	start();
	expect("ready");
	expect("Ctrl-D ends");
	hand.fd = rig_open(&hand.rig, "sim1");
	rig_at(&hand.rig, hand.fd, "ATE0;+CMGF=1;+CNMI=2,1,0,0,0", "OK\r\n");
	type("+15105550120 JOIN north\n");
	assert_true(rig_hear(&hand.rig, hand.fd, "+CMTI: ", RIG_LIMIT_MS));
	rig_at(&hand.rig, hand.fd, "AT+CMGL=\"ALL\"", "OK\r\n");
	assert_non_null(strstr(hand.rig.said, "JOIN north"));
	rig_at(&hand.rig, hand.fd, "AT+CMGF=0;+CLIP=1", "OK\r\n");
	rig_send(&hand.rig, hand.fd, "+15105550120", "Reply YES", "OK\r\n");
	expect("+15105550120 < Reply YES");
	type("JOIN north\n");
	expect("NUMBER TEXT texts the box");
	type("+15105550120 (call)\n");
	assert_true(rig_hear(&hand.rig, hand.fd, "RING", RIG_LIMIT_MS));
	close(hand.fd);
	fclose(hand.in); /* Ctrl-D */
	assert_int_equal(waitpid(hand.pid, &status, 0), hand.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	fclose(hand.out);
	assert_return_code(rmdir(hand.rig.dir), errno); /* the link is gone */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_help_names_every_option_and_is_no_mistake),
		cmocka_unit_test(what_is_typed_is_texted_and_what_is_texted_is_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
