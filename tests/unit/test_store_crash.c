/* SPDX-License-Identifier: Apache-2.0 */
/* The process is killed at any moment: what it said was done is done, and nothing is half done. */
#include "store_world.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define ROUNDS 60
#define PEOPLE 40

/* What the child tells after a commit. */
struct ack {
	enum { ACK_TEXT, ACK_CLAIM, ACK_SENT } what;
	int64_t id, number;
};

static void tell(int pipe, struct ack ack)
{
	if (write(pipe, &ack, sizeof(ack)) != (ssize_t)sizeof(ack))
		_exit(1);
}

/* One that waits is handled and answered in one transaction. */
static int handle(struct world *w, int pipe, int64_t number)
{
	static struct store_text text;
	int64_t id;
	int rc = store_text_next(w->store, &text);
	if (rc != 1)
		return rc;
	rc = store_begin(w->store);
	if (rc)
		return rc;
	struct store_message m = { .person_id = text.person_id,
		.body_id = body_new(w, 1 + (int)(number % 2)),
		.class = CLASS_REPLY,
		.answers_text_id = text.id,
		.expires_ms = TIME_NEVER };
	rc = store_message_add(w->store, &m, w->now_ms, &id);
	if (rc == 0)
		rc = store_text_handled(w->store, text.id, "test", w->now_ms);
	if (rc == 0)
		rc = store_commit(w->store);
	if (rc == 0)
		tell(pipe, (struct ack){ ACK_TEXT, text.id, number });
	return rc;
}

/*
 * As the courier does: the part, the text when it is whole (also when the last process died in
 * between), the desk.
 */
static int text_in(struct world *w, int pipe, int64_t number)
{
	char pdu[32];
	struct store_landing l;
	struct store_fragment f = { .kind = PHONE_E164,
		.modem = "sim1",
		.reference = -1,
		.total = 1,
		.seq = 1,
		.sent_ms = number };
	snprintf(pdu, sizeof(pdu), "pdu %lld", (long long)number);
	f.pdu = pdu;
	f.pdu_size = strlen(pdu);
	text_copy(f.sender, sizeof(f.sender), phone_of((int)(number % PEOPLE)));
	int rc = store_fragment_add(w->store, &f, w->now_ms, &l);
	if (rc == 0 && l.complete)
		rc = store_text_complete(w->store, l.text_id, pdu, 0, w->now_ms);
	return rc ? rc : handle(w, pipe, number);
}

/* A result and the next claim in one transaction. */
static int segment_out(struct world *w, int pipe, int64_t *on_air)
{
	struct store_claim c;
	int rc = store_begin(w->store);
	if (rc == 0 && *on_air)
		rc = store_segment_sent(w->store, *on_air, (int)(*on_air / 256 % 256), w->now_ms);
	int claimed = rc == 0 ? store_claim_next(w->store, "sim1", false, w->now_ms, &c) : rc;
	rc = claimed < 0 ? claimed : store_commit(w->store);
	if (rc == 0 && claimed)
		rc = store_segment_handing(w->store, "sim1", c.segment_id, c.attempt);
	if (rc)
		return rc;
	if (*on_air)
		tell(pipe, (struct ack){ ACK_SENT, *on_air, 0 });
	*on_air = claimed ? c.segment_id : 0;
	if (*on_air)
		tell(pipe, (struct ack){ ACK_CLAIM, *on_air, 0 });
	return 0;
}

static void child(struct world *w, int pipe, int64_t first)
{
	int64_t on_air = 0;
	struct store_recovered found;
	if (world_open(w) || store_recover(w->store, w->now_ms, w->now_ms, &found))
		_exit(2);
	for (int64_t number = first;; number++) {
		if (text_in(w, pipe, number) || segment_out(w, pipe, &on_air))
			_exit(3);
	}
}

/* ---- the parent ------------------------------------------------------------------------------ */

struct told {
	int64_t texts[20000], sent[20000];
	int text_count, sent_count;
	int64_t next_number;
};

static void note(struct told *told, const struct ack *ack)
{
	if (ack->what == ACK_TEXT) {
		told->texts[told->text_count++] = ack->id;
		told->next_number = ack->number + 1;
	} else if (ack->what == ACK_SENT) {
		told->sent[told->sent_count++] = ack->id;
	}
}

/*
 * Lives for so many acknowledgements and a little more, then is killed; what it still said is read.
 */
static void live_and_die(struct world *w, struct told *told, int acks, int spin)
{
	int fds[2], status;
	struct ack ack;
	OK(pipe(fds));
	pid_t pid = fork();
	if (pid == 0) {
		close(fds[0]);
		child(w, fds[1], told->next_number);
	}
	close(fds[1]);
	for (int i = 0; i < acks && read(fds[0], &ack, sizeof(ack)) == (ssize_t)sizeof(ack); i++)
		note(told, &ack);
	for (volatile int i = 0; i < spin; i++)
		;
	kill(pid, SIGKILL);
	while (read(fds[0], &ack, sizeof(ack)) == (ssize_t)sizeof(ack))
		note(told, &ack);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status))
		fail_msg("the child gave up with code %d", WEXITSTATUS(status));
}

static void what_was_said_is_there(struct world *w, const struct told *told)
{
	OK(world_open(w));
	assert_false(w->health.salvaged);
	for (int i = 0; i < told->text_count; i++) {
		assert_int_equal(peek(w, "SELECT state FROM text WHERE id = %lld",
					 (long long)told->texts[i]),
			2);
		assert_int_equal(peek(w, "SELECT count(*) FROM message WHERE answers = %lld",
					 (long long)told->texts[i]),
			1);
	}
	for (int i = 0; i < told->sent_count; i++)
		assert_in_range(peek(w, "SELECT accepted FROM message WHERE id = %lld",
					(long long)told->sent[i] / 256),
			1, 2);
	assert_int_equal(peek(w, "SELECT count(*) FROM (SELECT 1 FROM message GROUP BY answers "
				 "HAVING count(*) > 1)"),
		0);
	/* Nothing half done: an answer exists with its mark or not at all. */
	assert_int_equal(peek(w, "SELECT count(*) FROM message m JOIN text t ON t.id = m.answers "
				 "WHERE t.state <> 2"),
		0);
	assert_int_equal(peek(w, "SELECT count(*) FROM text t WHERE t.state = 2 AND NOT EXISTS "
				 "(SELECT 1 FROM message m WHERE m.answers = t.id)"),
		0);
	/* One modem: at most one segment was on air. */
	assert_in_range(peek(w, "SELECT count(*) FROM message WHERE state = 1 AND lane IS NULL AND "
				"due_ms IS NULL"),
		0, 1);
	tallies_are_true(w);
	world_close(w);
}

static void a_killed_process_has_done_what_it_said(void **state)
{
	struct world *w = *state;
	struct told *told = calloc(1, sizeof(*told));
	uint32_t seed = 12345;
	for (int i = 0; i < PEOPLE; i++)
		person_new(w, i, ROLE_MEMBER, 1);
	world_close(w);
	for (int round = 0; round < ROUNDS; round++) {
		seed = seed * 1664525 + 1013904223;
		live_and_die(w, told, (int)(seed >> 16) % 60, (int)(seed >> 8) % 300000);
		if (round % 10 == 9)
			what_was_said_is_there(w, told);
	}
	assert_true(told->text_count > ROUNDS);
	assert_true(told->sent_count > ROUNDS);
	OK(world_open(w));
	assert_int_equal(peek(w, "SELECT count(*) FROM pragma_integrity_check WHERE "
				 "integrity_check <> 'ok'"),
		0);
	free(told);
}

static void a_broadcast_grows_on_after_every_kill_without_double_or_gap(void **state)
{
	struct world *w = *state;
	struct store_broadcast b = {
		.kind = BROADCAST_ALERT, .zones = 1, .wide = true, .expires_ms = TIME_NEVER
	};
	int64_t id;
	OK(store_begin(w->store));
	for (int i = 0; i < 600; i++)
		person_new(w, i, i % 9 ? ROLE_MEMBER : ROLE_RESPONDER, UINT64_C(1) << (i % 3));
	OK(store_broadcast_new(w->store, &b, w->now_ms, &id));
	OK(store_broadcast_body(w->store, id, "", body_new(w, 1)));
	OK(store_commit(w->store));
	world_close(w);
	uint32_t seed = 99;
	int kills = 0;
	for (bool done = false; !done; kills++) {
		int status;
		pid_t pid = fork();
		if (pid == 0) {
			if (world_open(w))
				_exit(2);
			int rc;
			do
				rc = store_broadcast_expand(w->store, 5, w->now_ms);
			while (rc == 1);
			_exit(rc ? 3 : 0);
		}
		seed = seed * 1664525 + 1013904223;
		/* lives grow longer, so that a slow machine gets through too */
		int64_t longest_ns = 8000000 + kills * INT64_C(1900000);
		int64_t life_ns = 1000000 + ((seed >> 8) * longest_ns >> 24);
		struct timespec pause = { life_ns / 1000000000, life_ns % 1000000000 };
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		done = WIFEXITED(status) || kills > 500;
		assert_true(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
	}
	OK(world_open(w));
	assert_int_equal(store_broadcast_expand(w->store, 5, w->now_ms), 0);
	assert_int_equal(peek(w, "SELECT count(*) FROM message"), 600);
	assert_int_equal(peek(w, "SELECT count(DISTINCT person) FROM message"), 600);
	assert_true(kills > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_killed_process_has_done_what_it_said),
		TEST(a_broadcast_grows_on_after_every_kill_without_double_or_gap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
