/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The courier among its real neighbours: the real store, the real modem room, and build/modemsim on
 * pseudo-terminals. Real time; everything waits for what it wants to see, nothing sleeps.
 */
#ifndef TEST_COURIER_SIM_H
#define TEST_COURIER_SIM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faro/courier.h"
#include "faro/sms.h"

#define OFFICE_MODEMS  8
#define OFFICE_WAIT_MS 20000

struct office {
	char dir[64];
	pid_t sim;
	int control;
	FILE *answers;
	struct loop *loop;
	struct store *store;
	struct courier *courier;
	struct courier_settings settings;
	struct modem *modems[OFFICE_MODEMS];
	int n_modems;
};

static const struct courier_events office_events = { 0 };

/* ---- the simulator -------------------------------------------------------------------------- */

/** One command; its answer is the caller's. */
static inline json_t *sim_ask(struct office *office, const char *format, ...)
{
	va_list args;
	json_error_t error;
	char *line = NULL;
	size_t size = 0;
	va_start(args, format);
	json_t *command = json_vpack_ex(&error, 0, format, args);
	va_end(args);
	if (!command)
		fail_msg("%s", error.text);
	char *text = json_dumps(command, JSON_COMPACT);
	assert_true(dprintf(office->control, "%s\n", text) > 0);
	if (getline(&line, &size, office->answers) <= 0)
		fail_msg("the simulator does not answer to %s", text);
	json_t *answer = json_loads(line, 0, &error);
	assert_non_null(answer);
	if (!json_is_true(json_object_get(answer, "ok")))
		fail_msg("%s: %s", text, line);
	free(line);
	free(text);
	json_decref(command);
	return answer;
}

#define sim_do(...) json_decref(sim_ask(__VA_ARGS__))

static inline void sim_connect(struct office *office)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/sim.sock", office->dir);
	office->control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(office->control >= 0);
	assert_int_equal(connect(office->control, (struct sockaddr *)&address, sizeof(address)), 0);
	office->answers = fdopen(dup(office->control), "r");
	assert_non_null(office->answers);
}

static inline void sim_start(struct office *office, int modems, int segment_ms)
{
	char program[256], path[128], journal[128], count[16], radio[16], ready[16] = "";
	const char *build = getenv("FARO_BUILD");
	int pipe_fds[2];
	snprintf(program, sizeof(program), "%s/modemsim", build ? build : "build");
	snprintf(path, sizeof(path), "%s/sim.sock", office->dir);
	snprintf(journal, sizeof(journal), "%s/journal", office->dir);
	snprintf(count, sizeof(count), "%d", modems);
	snprintf(radio, sizeof(radio), "%d", segment_ms);
	assert_int_equal(pipe(pipe_fds), 0);
	office->sim = fork();
	assert_true(office->sim >= 0);
	if (office->sim == 0) {
		dup2(pipe_fds[1], STDOUT_FILENO);
		close(pipe_fds[0]);
		execl(program, program, "-k", "-s", path, "-l", journal, "-d", office->dir, "-n",
			count, "-r", radio, "-m", "tests/sim", NULL);
		_exit(127);
	}
	close(pipe_fds[1]);
	if (read(pipe_fds[0], ready, sizeof(ready) - 1) <= 0)
		fail_msg("%s does not start", program);
	close(pipe_fds[0]);
	sim_connect(office);
}

/* ---- the office ----------------------------------------------------------------------------- */

/** Runs the loop until `done` says so; fails after limit_ms. */
static inline void run_until_ms(struct office *office,
	bool (*done)(struct office *office, void *what), void *what, int64_t limit_ms,
	const char *words)
{
	int64_t end = time_mono_ms() + limit_ms;
	while (!done(office, what)) {
		if (time_mono_ms() > end)
			fail_msg("waited %lld ms in vain: %s", (long long)limit_ms, words);
		assert_true(loop_run_once(office->loop, 20) >= 0);
	}
}

#define run_until(office, done, what) run_until_ms(office, done, what, OFFICE_WAIT_MS, #done)

static inline bool all_ready(struct office *office, void *what)
{
	(void)what;
	for (int i = 0; i < office->n_modems; i++) {
		if (modem_state(office->modems[i]) != MODEM_READY)
			return false;
	}
	return true;
}

static inline void office_start(struct office *office)
{
	struct store_config config = { .data_dir = office->dir, .key_file = "" };
	struct store_health health;
	char why[256] = "", port[128], name[16];
	if (store_open(&config, &office->store, &health, why, sizeof(why)) != 0)
		fail_msg("store: %s", why);
	assert_int_equal(loop_new(&office->loop), 0);
	assert_int_equal(courier_new(office->loop, office->store, &office->settings, &office_events,
				 office, &office->courier),
		0);
	assert_int_equal(courier_start(office->courier, time_wall_ms()), 0);
	for (int i = 0; i < office->n_modems; i++) {
		snprintf(name, sizeof(name), "sim%d", i + 1);
		snprintf(port, sizeof(port), "%s/%s", office->dir, name);
		struct modem_config modem = {
			.name = name, .port = port, .baud = 115200, .pin = "", .profile = "auto"
		};
		assert_int_equal(modem_new(office->loop, NULL, &modem, courier_modem_events(),
					 office->courier, &office->modems[i]),
			0);
		assert_int_equal(courier_add_modem(office->courier, office->modems[i]), 0);
	}
	run_until(office, all_ready, NULL);
}

static inline struct office *office_new(int modems, int segment_ms, int unknown_wait_s)
{
	struct office *office = calloc(1, sizeof(*office));
	assert_non_null(office);
	log_set_level(LOG_LEVEL_ALERT);
	const char *tmp = getenv("TMPDIR");
	snprintf(office->dir, sizeof(office->dir), "%s/faro-courier-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(office->dir));
	office->n_modems = modems;
	office->settings = (struct courier_settings){ .country_code = "1",
		.reports = true,
		.unknown_wait_s = unknown_wait_s,
		.retry_s = { 1, 2, 4 },
		.retries = 3,
		.parts_wait_s = 600,
		.gap_mark = "[...]" };
	sim_start(office, modems, segment_ms);
	office_start(office);
	return office;
}

static inline int office_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void office_free(struct office *office)
{
	for (int i = 0; i < office->n_modems; i++) {
		courier_remove_modem(office->courier, office->modems[i]);
		modem_free(office->modems[i]);
	}
	courier_free(office->courier);
	loop_free(office->loop);
	store_close(office->store);
	fclose(office->answers);
	close(office->control);
	kill(office->sim, SIGTERM);
	waitpid(office->sim, NULL, 0);
	nftw(office->dir, office_unlink, 8, FTW_DEPTH | FTW_PHYS);
	free(office);
}

/* ---- texts out ------------------------------------------------------------------------------ */

struct office_body {
	struct sms_plan plan;
	const char *text;
};

static inline int office_part(void *ctx, int index, uint8_t out[BODY_PART_SIZE])
{
	struct office_body *body = ctx;
	struct sms_ud ud;
	int rc = sms_plan_segment(&body->plan, body->text, (unsigned int)index, 0, &ud);
	return rc < 0 ? rc : sms_ud_pack(&ud, out, BODY_PART_SIZE);
}

static inline int64_t office_body(struct office *office, const char *text)
{
	static struct office_body body;
	int64_t id;
	body.text = text;
	assert_int_equal(sms_plan_make(&body.plan, text, SMS_ENCODING_AUTO, false), 0);
	struct store_body row = { .text = text,
		.language = "en",
		.parts = body.plan.segments,
		.part = office_part,
		.ctx = &body };
	assert_int_equal(store_body_add(office->store, &row, &id), 0);
	return id;
}

/** One text to n numbers from +1 CCC 555 0100 on, in one transaction. */
static inline void queue_many(struct office *office, const char *text, int n)
{
	int64_t now = time_wall_ms();
	char phone[PHONE_SIZE];
	assert_int_equal(store_begin(office->store), 0);
	int64_t body = office_body(office, text);
	for (int i = 0; i < n; i++) {
		struct person person;
		snprintf(phone, sizeof(phone), "+1%03d55501%02d", 201 + i / 100, i % 100);
		assert_int_equal(store_person_meet(office->store, phone, now, &person), 0);
		struct store_message message = { .person_id = person.id,
			.body_id = body,
			.class = CLASS_ALERT,
			.expires_ms = now + 2 * MS_PER_H };
		assert_int_equal(store_message_add(office->store, &message, now, NULL), 0);
	}
	assert_int_equal(store_commit(office->store), 0);
	courier_wake(office->courier);
}

static inline int64_t tally_of(struct office *office, enum message_state state)
{
	struct store_tally tally;
	assert_int_equal(store_tally(office->store, 0, &tally), 0);
	return tally.messages[state];
}

struct wanted {
	enum message_state state;
	int64_t count;
};

/** True when so many messages are in that state. */
static inline bool in_state(struct office *office, void *what)
{
	const struct wanted *wanted = what;
	return tally_of(office, wanted->state) >= wanted->count;
}

static inline void run_until_state(struct office *office, enum message_state state, int64_t count)
{
	struct wanted wanted = { state, count };
	run_until_ms(office, in_state, &wanted, OFFICE_WAIT_MS, store_message_state_name(state));
}

#endif
