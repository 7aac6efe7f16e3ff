/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recovery ladder against simulated modems that each hang until one thing happens, in the real
 * loop. They all hang at once, so that the whole ladder takes as long as its longest climb.
 */
#include "../sim/sim_rig.h"

#include "../../firmware/modem/modem_private.h"

#define MODEMS 6

struct box {
	struct rig rig;
	struct loop *loop;
	struct board *board;
	struct loop_fd *source;
	int line_fd; /* a client of the simulated board */
	struct modem *modems[MODEMS];
	int64_t heard_ms[MODEMS]; /* when the board pulled a line of it */
};

static const struct modem_events events = { 0 };

/* The board's lines are wired to the modems: whichever is pulled, the modem boots. */
static void on_line(void *ctx, int fd, unsigned int what)
{
	struct box *b = ctx;
	char text[1024], *rest = text, *line;
	ssize_t n = read(fd, text, sizeof(text) - 1);
	char kind[8], state[8];
	int i;

	(void)what;
	text[n > 0 ? n : 0] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "modem sim%d %7s %7s", &i, kind, state) != 3 ||
			strcmp(state, "on") != 0)
			continue;
		b->heard_ms[i - 1] = time_mono_ms();
		rig_do(&b->rig, "{\"cmd\":\"reboot\",\"modem\":\"sim%d\"}", i);
	}
}

static void open_board(struct box *b)
{
	static const char definition[] =
		"board = \"bench\"; socket = \"board.sock\";\n"
		"modems = ( { name = \"sim5\"; reset = { pulse_ms = 100; }; },\n"
		"           { name = \"sim6\"; power = { pulse_ms = 300; }; } );\n";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char path[128], error[BOARD_ERROR_SIZE];
	const struct board_config config = { .driver = "sim", .definition = path };
	FILE *file;

	snprintf(path, sizeof(path), "%s/board.cfg", b->rig.dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(definition, file);
	fclose(file);
	if (board_open(&config, b->loop, &(struct board_events){ 0 }, &b->board, error) < 0)
		fail_msg("%s", error);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/board.sock", b->rig.dir);
	b->line_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(b->line_fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(loop_fd_new(b->loop, b->line_fd, LOOP_READ, on_line, b, &b->source), 0);
}

static int setup(void **state)
{
	struct box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	log_set_level(getenv("FARO_TEST_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ALERT - 1);
	rig_start(&b->rig, MODEMS, 0);
	assert_int_equal(loop_new(&b->loop), 0);
	open_board(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct box *b = *state;

	for (int i = 0; i < MODEMS; i++)
		modem_free(b->modems[i]);
	loop_fd_free(b->source);
	close(b->line_fd);
	board_close(b->board);
	loop_free(b->loop);
	rig_stop(&b->rig);
	free(b);
	return 0;
}

#define UNTIL_MS(b, m, limit_ms, condition)                                                        \
	do {                                                                                       \
		int64_t end_ = time_mono_ms() + (limit_ms);                                        \
		while (!(condition)) {                                                             \
			if (time_mono_ms() > end_)                                                 \
				fail_msg("never: %s; %s is %s: %s", #condition, (m)->name,         \
					modem_state_name((m)->state), (m)->why);                   \
			loop_run_once((b)->loop, 20);                                              \
		}                                                                                  \
	} while (0)

static void start(struct box *b, int i)
{
	char name[16], port[128];
	const struct modem_config config = { .name = name, .port = port, .profile = "auto" };

	snprintf(name, sizeof(name), "sim%d", i + 1);
	snprintf(port, sizeof(port), "%s/%s", b->rig.dir, name);
	assert_int_equal(modem_new(b->loop, b->board, &config, &events, b, &b->modems[i]), 0);
	UNTIL_MS(b, b->modems[i], 20000, modem_idle(b->modems[i]));
}

/* The next command of modem i finds it deaf, until it hears this. */
static void hang(struct box *b, int i, const char *until)
{
	struct modem *m = b->modems[i];

	rig_do(&b->rig,
		"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"hang\",\"ms\":0,\"until\":\"%s\"}",
		m->name, until);
	m->heartbeat_ms = 0;
	modem_settle(m);
}

static const struct {
	const char *until;
	size_t rung;
} hangs[MODEMS] = {
	{ "AT\\r", 0 },
	{ "\\u001b", 1 },
	{ "AT+CFUN=0", 2 },
	{ "AT+CFUN=1,1", 3 },
	{ "", 5 },
	{ "", 6 },
};

static bool is_back(const struct modem *m, size_t rung)
{
	return m->rungs[rung].successes == 1 && modem_idle(m);
}

static void each_rung_brings_back_the_modem_that_needs_it(void **state)
{
	struct box *b = *state;

	for (int i = 0; i < MODEMS; i++)
		start(b, i);
	for (int i = 0; i < MODEMS; i++)
		hang(b, i, hangs[i].until);
	for (int i = 0; i < MODEMS; i++) {
		struct modem *m = b->modems[i];
		struct modem_rung rung;

		UNTIL_MS(b, m, 90000, is_back(m, hangs[i].rung));
		for (size_t k = 0; modem_get_rung(m, k, &rung); k++) {
			/* every rung below was tried once, without success; none above */
			bool there = k != 4 && (k != 5 || hangs[i].rung == 5);

			assert_int_equal(rung.tries, there && k <= hangs[i].rung);
			assert_int_equal(rung.successes, k == hangs[i].rung);
		}
		modem_get_rung(m, hangs[i].rung, &rung);
		print_message(
			"%s: ready %lld ms after its rung\n", rung.name, (long long)rung.took_ms);
		/* the fault ends with the rung; afterwards the pause is short */
		assert_in_range(rung.took_ms, 0, 5000);
		assert_int_equal(m->brown_outs, 0);
		assert_int_equal(m->rung, 0);
	}
}

/* What nothing helps is an alarm, and is tried again. */
static void what_nothing_helps_is_tried_again(void **state)
{
	struct box *b = *state;
	struct modem_info info;
	struct modem *m;

	start(b, 0);
	m = b->modems[0];
	hang(b, 0, "never");
	/* the ladder from its top on: the way there is another test's */
	UNTIL_MS(b, m, 20000, m->state == MODEM_RECOVERING);
	m->rung = LADDER_RUNGS;
	UNTIL_MS(b, m, 20000, m->state == MODEM_FAILED);
	modem_get_info(m, &info);
	assert_true(info.alarm);
	assert_string_equal(
		info.why, "does not answer, nothing helped; tried again every 5 minutes");
	assert_in_range(m->state_timer_ms - modem_now(m), 299000, 300000);
	rig_do(&b->rig, "{\"cmd\":\"clear\",\"modem\":\"sim1\"}");
	m->state_timer_ms = modem_now(m); /* five minutes later */
	modem_settle(m);
	UNTIL_MS(b, m, 20000, modem_idle(m));
	modem_get_info(m, &info);
	assert_false(info.alarm);
	assert_string_equal(info.why, "");
}

/* A stick that a rung took off the bus and that stays away: the ladder goes on without a port. */
static void a_port_that_stays_away_after_a_rung_is_that_rungs_failure(void **state)
{
	struct box *b = *state;
	struct modem *m;

	start(b, 5);
	m = b->modems[5];
	hang(b, 5, "never");
	UNTIL_MS(b, m, 20000, m->state == MODEM_RECOVERING);
	m->rung = 3;
	UNTIL_MS(b, m, 20000, m->state == MODEM_ABSENT);
	rig_do(&b->rig, "{\"cmd\":\"unplug\",\"modem\":\"sim6\"}");
	m->state_timer_ms = modem_now(m); /* long after */
	modem_settle(m);
	UNTIL_MS(b, m, 20000, b->heard_ms[5] != 0);
	assert_int_equal(m->rungs[6].tries, 1);
	rig_do(&b->rig, "{\"cmd\":\"plug\",\"modem\":\"sim6\"}");
	UNTIL_MS(b, m, 20000, modem_idle(m));
	assert_int_equal(m->rungs[6].successes, 1);
}

/* A port that goes and comes back is opened at once, not after the longest wait. */
static void a_port_that_comes_back_is_not_waited_for_any_longer(void **state)
{
	struct box *b = *state;
	struct modem *m;
	int64_t back_ms;

	start(b, 0);
	m = b->modems[0];
	hang(b, 0, "never");
	UNTIL_MS(b, m, 20000, m->state == MODEM_RECOVERING);
	m->rung = 3;
	UNTIL_MS(b, m, 20000, m->state == MODEM_ABSENT);
	m->first_open_ms = modem_now(m) + 60000;
	rig_do(&b->rig, "{\"cmd\":\"unplug\",\"modem\":\"sim1\",\"ms\":200}");
	back_ms = time_mono_ms() + 200;
	UNTIL_MS(b, m, 20000, modem_idle(m));
	assert_in_range(time_mono_ms() - back_ms, 0, 10000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_rung_brings_back_the_modem_that_needs_it),
		TEST(what_nothing_helps_is_tried_again),
		TEST(a_port_that_stays_away_after_a_rung_is_that_rungs_failure),
		TEST(a_port_that_comes_back_is_not_waited_for_any_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
