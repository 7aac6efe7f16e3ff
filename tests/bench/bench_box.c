/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures of the whole box: the real farod with simulated modems, measured from outside (the
 * simulator's counters, /proc, the control socket). Prints figures, never a verdict.
 * FARO_BENCH=send,answer,code,list,idle,util picks some.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faro/base.h"

#include "../e2e/box.h"
#include "figure.h"

/* ---- boxes ----------------------------------------------------------------------------------- */

static void townsman(FILE *csv, int i)
{
	/* +1 2xx..9xx 555 01xx are too few for a large list; no country has +999 */
	fprintf(csv, "+99955501%06d,Person %d,%s,%s,%s\n", i, i, i % 10 ? "member" : "responder",
		i % 3 ? "en" : "es", i % 4 ? "north" : "south");
}

static void send_alert(struct box *box)
{
	/* does not wait for the broadcast: the figures are read from outside */
	json_t *answer = farod_ask(
		box, "{s:s,s:s,s:b}", "cmd", "alert", "text", "come to the market", "yes", 1);

	if (!answer)
		box_failed(__FILE__, __LINE__, "farod does not take the alert");
	json_decref(answer);
}

static struct box *new_box(int modems, int segment_ms, int people)
{
	struct box *box =
		box_new(&(struct box_options){ .modems = modems, .segment_ms = segment_ms });
	int64_t start;

	box_start(box);
	start = time_mono_us();
	if (people > 0)
		import_list(box, people, townsman);
	box_wait_status(box, "members.active", people + 2, false);
	if (people >= 10000)
		figure("people imported by faroctl per second", NULL, "%.0f",
			people * 1e6 / (double)(time_mono_us() - start));
	return box;
}

static void pause_s(int s)
{
	nanosleep(&(struct timespec){ .tv_sec = s }, NULL);
}

/* ---- sending --------------------------------------------------------------------------------- */

#define SEND_MODEMS 8

/* What a box does of itself, beside what a client does that keeps nothing. */
static void figure_send(int modems, double per_s, double sync_us, double cpu_s)
{
	double bare = line_per_s(modems, false), acknowledging = line_per_s(modems, true);
	char what[96];

	snprintf(what, sizeof(what), "segments/s, %d modem%s, no radio time, durable, with reports",
		modems, modems > 1 ? "s" : "");
	figure(what, ">= 3000", "%.0f", per_s);
	figure_limit("%.0f us each; fdatasync takes %.0f us, the line alone %.0f us, farod's CPU "
		     "%.0f us (the report's part included)",
		1e6 / per_s, sync_us, 1e6 / bare, cpu_s * 1e6);
	figure("segments/s of a bare line client there, nothing kept", NULL, "%.0f", bare);
	figure("farod's share of the bare line client's", ">= 50 %", "%.0f %%", 100 * per_s / bare);
	figure("segments/s of one that takes reports and acknowledges each", NULL, "%.0f",
		acknowledging);
	figure("farod's share of that one's", NULL, "%.0f %%", 100 * per_s / acknowledging);
}

static void send_on(int modems)
{
	int people = 10000;
	struct box *box = new_box(modems, 0, people);
	pid_t pid = box_pid(box);
	int64_t bytes = disk_bytes(box_dir(box)), chars = proc_number(pid, "io", "wchar: ");
	double cpu = proc_cpu_s(pid), sync_us = disk_sync_us(box_dir(box)), each;
	struct span span;

	send_alert(box);
	/* Seldom asked: whoever hears of each segment would take a part of the two processors. */
	while (network_saw(box).segments < people)
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	box_wait_status(box, "outbox.delivered", people, true);
	span = network_saw(box);
	each = (double)span.segments;
	cpu = (proc_cpu_s(pid) - cpu) / each;
	bytes = disk_bytes(box_dir(box)) - bytes;
	chars = proc_number(pid, "io", "wchar: ") - chars;
	box_free(box);
	figure_send(modems, span_per_s(&span), sync_us, cpu);
	figure("CPU of farod per segment, ms", NULL, "%.3f", cpu * 1e3);
	figure("bytes written to the disk per segment", NULL, "%.0f", (double)bytes / each);
	figure_limit("whole blocks of the disk; by write() it is %.0f", (double)chars / each);
}

static void bench_send(void)
{
	for (int modems = 1; modems <= SEND_MODEMS; modems *= 2)
		send_on(modems);
}

/* Lets the box run dry and says how much of the time its modems were on the air. */
static void utilisation(int modems)
{
	int people = 398; /* and the two of the configuration */
	struct box *box = new_box(modems, 250, people);
	double sync_us = disk_sync_us(box_dir(box)), idle_ms;
	struct span span;
	char what[64];

	send_alert(box);
	/* one modem takes 100 s for it: longer than anything else is waited for */
	while (network_saw(box).segments < people + 2)
		box_wait_event(box, 200);
	box_wait_status(box, "outbox.delivered", people + 2, true);
	span = network_saw(box);
	idle_ms = (span_s(&span) * modems - (double)span.busy_us / 1e6) * 1e3;
	snprintf(what, sizeof(what), "utilisation of %d modem%s, 0.25 s a segment, %lld messages",
		modems, modems > 1 ? "s" : "", (long long)span.segments);
	figure(what, ">= 99 %", "%.2f %%", 100 * span_utilisation(&span, modems));
	figure_limit("between two segments a modem waits %.2f ms; fdatasync takes %.2f ms of them",
		idle_ms / (double)span.segments, sync_us / 1e3);
	box_free(box);
}

static void utilisation_of_many(void)
{
	utilisation(2);
	utilisation(4);
	utilisation(8);
}

/*
 * One modem alone takes as long as the others together: side by side, each in a process of its own,
 * since a box is one process's.
 */
static void bench_utilisation(void)
{
	FILE *said = tmpfile();
	char line[256];
	pid_t pid;

	if (!said)
		return;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fileno(said), STDOUT_FILENO);
		utilisation_of_many();
		fflush(stdout);
		_exit(0);
	}
	utilisation(1);
	waitpid(pid, NULL, 0);
	rewind(said);
	while (fgets(line, sizeof(line), said))
		fputs(line, stdout);
	fclose(said);
}

/* ---- answering ------------------------------------------------------------------------------- */

enum { ROUNDS = 11 };

/* From a text lying in the modem to the first AT+CMGS that follows it. */
struct first {
	int64_t text_us, cmgs_us;
	bool armed;
};

static void note_first(void *ctx, const json_t *event)
{
	struct first *first = ctx;
	const char *kind = json_string_value(json_object_get(event, "event"));
	const char *line = json_string_value(json_object_get(event, "line"));
	int64_t at = json_integer_value(json_object_get(event, "mono_us"));

	if (!first->armed || !kind)
		return;
	if (strcmp(kind, "stored") == 0 || strcmp(kind, "routed") == 0)
		first->text_us = at;
	else if (strcmp(kind, "command") == 0 && first->text_us && !first->cmgs_us && line &&
		 strncmp(line, "AT+CMGS", 7) == 0)
		first->cmgs_us = at;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void listen_for_first(struct box *box, struct first *first)
{
	sim_do(box, "{s:s,s:[s,s,s,s]}", "cmd", "subscribe", "events", "text", "stored", "routed",
		"command");
	box_set_event_hook(box, note_first, first);
}

/* Somebody texts `words`; milliseconds to the first AT+CMGS. */
static double time_first(
	struct box *box, struct first *first, const struct person_of_test *who, const char *words)
{
	box_settle(box);
	*first = (struct first){ .armed = true };
	person_texts(box, who, words);
	while (!first->cmgs_us)
		box_wait_event(box, 1000);
	first->armed = false;
	return (double)(first->cmgs_us - first->text_us) / 1000;
}

static void print_first(struct box *box, const char *what, const char *target, double ms[ROUNDS])
{
	qsort(ms, ROUNDS, sizeof(ms[0]), compare);
	figure(what, target, "%.2f ms", ms[ROUNDS / 2]);
	figure_limit("%.2f to %.2f ms in %d rounds; the text, its effect and the claim are three "
		     "commits, fdatasync takes %.2f ms",
		ms[0], ms[ROUNDS - 1], ROUNDS, disk_sync_us(box_dir(box)) / 1e3);
}

static void bench_answer(void)
{
	struct box *box = new_box(1, 0, 0);
	struct first first = { 0 };
	double ms[ROUNDS];

	listen_for_first(box, &first);
	for (int i = 0; i < ROUNDS; i++) {
		char phone[24];
		struct person_of_test who = { .phone = phone, .name = "a neighbor" };

		/* somebody else each time: nobody is told the same twice in a row */
		snprintf(phone, sizeof(phone), "+151055501%02d", 20 + i);
		ms[i] = time_first(box, &first, &who, "HELP");
	}
	print_first(box, "from a text lying in the modem to its answer's AT+CMGS", "<= 10 ms", ms);
	box_set_event_hook(box, NULL, NULL);
	box_free(box);
}

static void bench_code(void)
{
	struct box *box = new_box(1, 0, 100);
	struct first first = { 0 };
	double ms[ROUNDS];
	char code[8];

	listen_for_first(box, &first);
	for (int i = 0; i < ROUNDS; i++) {
		char words[64];

		/* different words each time: equal texts would be taken for a loop */
		snprintf(words, sizeof(words), "ALERT market %d is surrounded", i);
		forget_texts(box, NULL);
		person_texts(box, &ana, words);
		digits_of(expect_text(box, &ana, "102")->text, 4, code);
		ms[i] = time_first(box, &first, &ana, code);
		box_wait_status(box, "outbox.queued", 0, false);
	}
	print_first(
		box, "from the code lying in the modem to the alert's first AT+CMGS", "< 5 ms", ms);
	box_set_event_hook(box, NULL, NULL);
	box_free(box);
}

/* ---- a long list ----------------------------------------------------------------------------- */

/* `status`, and how long farod took to answer it: the loop stood still no longer than that. */
static json_t *timed_status(struct box *box, int64_t *longest_us)
{
	int64_t asked_us = time_mono_us();
	json_t *status = box_status(box);

	note_longest(longest_us, asked_us);
	return status;
}

static void time_status(struct box *box, int people)
{
	int64_t longest_us = 0;
	char what[64];

	for (int i = 0; i < 100; i++)
		json_decref(timed_status(box, &longest_us));
	snprintf(what, sizeof(what), "longest of 100 answers to `status`, %d members", people);
	figure(what, "< 50 ms", "%.1f ms", (double)longest_us / 1e3);
}

/* The promise: whom an alert would reach, counted and composed. */
static void time_promise(struct box *box, int people)
{
	int64_t longest_us = 0, start_us;
	char what[80];

	forget_texts(box, NULL);
	start_us = time_mono_us();
	person_texts(box, &ana, "ALERT the market is surrounded");
	while (!texts_with(box, ana.phone, "to send.") && time_mono_us() - start_us < 10000000) {
		json_decref(timed_status(box, &longest_us));
		box_hear(box);
	}
	snprintf(
		what, sizeof(what), "longest `status` while a promise is made, %d members", people);
	figure(what, "< 50 ms", "%.1f ms", (double)longest_us / 1e3);
	figure_limit("the promise lay with its dispatcher after %.0f ms, 1000 of them radio time",
		(double)(time_mono_us() - start_us) / 1e3);
}

static void time_queueing(struct box *box, int people)
{
	int64_t start_us = time_mono_us(), longest_us = 0, queued = 0;
	double cpu = proc_cpu_s(box_pid(box)), s;
	char what[80];

	send_alert(box);
	while (queued < people) {
		json_t *status = timed_status(box, &longest_us);

		/* asked without pause, the answers would take half of the time that is measured */
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
		queued = json_number_at(status, "outbox.queued") +
			 json_number_at(status, "outbox.sending") +
			 json_number_at(status, "outbox.sent") +
			 json_number_at(status, "outbox.delivered");
		json_decref(status);
	}
	s = (double)(time_mono_us() - start_us) / 1e6;
	snprintf(what, sizeof(what), "seconds to queue an alert to %d members", people);
	figure(what, "< 2 s", "%.2f s", s);
	figure_limit(
		"CPU of farod, %.2f s of it; asked every 0.1 s", proc_cpu_s(box_pid(box)) - cpu);
	snprintf(what, sizeof(what), "longest `status` while it is queued, %d members", people);
	figure(what, "< 50 ms", "%.1f ms", (double)longest_us / 1e3);
}

static void bench_list(void)
{
	static const int people[] = { 100, 100000 };

	for (size_t i = 0; i < 2; i++) {
		/* radio time keeps the alert going while the queue is made */
		struct box *box = new_box(1, 1000, people[i]);
		char what[64];

		if (people[i] > 1000) {
			time_status(box, people[i]);
			time_promise(box, people[i]);
			time_queueing(box, people[i]);
		} else {
			send_alert(box);
		}
		box_wait_status(box, "outbox.segments_sent", 1, true);
		snprintf(what, sizeof(what), "peak memory of farod with %d members", people[i]);
		figure(what, "< 12 MiB, the same", "%.1f MiB",
			(double)proc_number(box_pid(box), "status", "VmHWM:") / 1024);
		if (people[i] > 1000)
			figure_limit("SQLite's page cache, 1 MiB at most, which a short list does "
				     "not fill");
		box_free(box);
	}
}

/* ---- doing nothing --------------------------------------------------------------------------- */

static void an_idle_minute(struct box *box, const char *wake_ups, const char *cpu_ms)
{
	int64_t before = proc_wake_ups(box_pid(box));
	double cpu = proc_cpu_s(box_pid(box));

	pause_s(60);
	figure(wake_ups, "< 10", "%lld", (long long)(proc_wake_ups(box_pid(box)) - before));
	figure(cpu_ms, NULL, "%.0f", (proc_cpu_s(box_pid(box)) - cpu) * 1000);
}

static void bench_idle(void)
{
	struct box *box = new_box(1, 0, 10);

	pause_s(5); /* let the start be over */
	an_idle_minute(box, "wake-ups in an idle minute", "CPU in an idle minute, ms");
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	box_wait_state(box, "sim1", "absent");
	pause_s(5);
	an_idle_minute(box, "wake-ups in an idle minute, its modem missing",
		"CPU in an idle minute, its modem missing, ms");
	box_free(box);
}

int main(void)
{
	static const struct bench_choice benches[] = {
		{ "send", bench_send },
		{ "answer", bench_answer },
		{ "code", bench_code },
		{ "list", bench_list },
		{ "util", bench_utilisation },
		{ "idle", bench_idle },
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	benches_run(benches, ARRAY_SIZE(benches));
	return 0;
}
