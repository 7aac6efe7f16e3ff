/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures of the whole box: the real farod with simulated modems, measured from outside (the
 * simulator's counters, /proc, the control socket). Prints figures, never a verdict.
 * FARO_BENCH=send,util,code,list,idle picks some.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../e2e/box.h"

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* ---- /proc ----------------------------------------------------------------------------------- */

/* A number behind `key` in /proc/PID/file. */
static int64_t proc_number(pid_t pid, const char *file, const char *key)
{
	char path[64], line[256];
	int64_t value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtoll(line + strlen(key), NULL, 10);
	if (f)
		fclose(f);
	return value;
}

/* CPU seconds used so far, user and system. */
static double cpu_s(pid_t pid)
{
	unsigned long long user = 0, system = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f && fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
			 &user, &system) != 2)
		user = system = 0;
	if (f)
		fclose(f);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static int64_t wake_ups(pid_t pid)
{
	return proc_number(pid, "status", "voluntary_ctxt_switches:");
}

/* ---- boxes ----------------------------------------------------------------------------------- */

static void import_people(struct box *box, int people)
{
	char path[256];
	int64_t start;
	struct ran ran;
	FILE *file;

	snprintf(path, sizeof(path), "%s/people.csv", box_dir(box));
	file = fopen(path, "w");
	fprintf(file, "phone,name,role,language,zones\n");
	/* +1 2xx..9xx 555 01xx are too few for a large list; no country has +999 */
	for (int i = 0; i < people; i++)
		fprintf(file, "+99955501%06d,Person %d,%s,%s,%s\n", i, i,
			i % 10 ? "member" : "responder", i % 3 ? "en" : "es",
			i % 4 ? "north" : "south");
	fclose(file);
	start = now_us();
	ran = box_faroctl(box, "members", "import", path, NULL);
	if (ran.code != 0)
		box_failed(__FILE__, __LINE__, ran.err);
	ran_free(&ran);
	if (people >= 10000)
		printf("  import of %d people by faroctl: %.1f s\n", people,
			(double)(now_us() - start) / 1e6);
	box_wait_status(box, "members.active", people + 2, false);
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

	box_start(box);
	if (people > 0)
		import_people(box, people);
	return box;
}

/* ---- figures --------------------------------------------------------------------------------- */

struct span {
	int64_t segments, busy_us, first_us, last_us;
};

/* What the simulated network saw of all modems. */
static struct span network_saw(struct box *box)
{
	json_t *stats = sim_ask(box, "{s:s}", "cmd", "stats"), *modem;
	struct span span = { .first_us = INT64_MAX };
	size_t i;

	json_array_foreach (json_object_get(stats, "modems"), i, modem) {
		int64_t first = json_number_at(modem, "first_us"),
			last = json_number_at(modem, "last_us");

		span.segments += json_number_at(modem, "segments");
		span.busy_us += json_number_at(modem, "busy_us");
		if (first > 0 && first < span.first_us)
			span.first_us = first;
		if (last > span.last_us)
			span.last_us = last;
	}
	json_decref(stats);
	return span;
}

static void bench_send(void)
{
	int people = 10000;
	struct box *box = new_box(1, 0, people);
	pid_t pid = box_pid(box);
	double cpu = cpu_s(pid);
	int64_t bytes = proc_number(pid, "io", "write_bytes: "),
		chars = proc_number(pid, "io", "wchar: ");
	struct span span;

	send_alert(box);
	box_wait_status(box, "outbox.delivered", people, true);
	span = network_saw(box);
	cpu = cpu_s(pid) - cpu;
	printf("segments per second, one modem, zero radio time, durable, with delivery reports: "
	       "%.0f\n",
		(double)(span.segments - 1) / ((double)(span.last_us - span.first_us) / 1e6));
	printf("CPU of farod per segment: %.3f ms\n", cpu * 1000 / (double)span.segments);
	printf("bytes written per segment: %.0f to the disk, %.0f by write()\n",
		(double)(proc_number(pid, "io", "write_bytes: ") - bytes) / (double)span.segments,
		(double)(proc_number(pid, "io", "wchar: ") - chars) / (double)span.segments);
	box_free(box);
}

static void bench_utilisation(void)
{
	static const int modems[] = { 1, 2, 4, 8 };
	int people = 398; /* and the two of the configuration */

	for (size_t i = 0; i < sizeof(modems) / sizeof(modems[0]); i++) {
		struct box *box = new_box(modems[i], 250, people);
		struct span span;

		send_alert(box);
		/* one modem takes 100 s for it: longer than anything else is waited for */
		while (network_saw(box).segments < people + 2)
			box_wait_event(box, 200);
		box_wait_status(box, "outbox.delivered", people + 2, true);
		span = network_saw(box);
		printf("modem utilisation, %d modem%s, 0.25 s a segment, %lld messages: %.2f %%\n",
			modems[i], modems[i] > 1 ? "s" : "", (long long)span.segments,
			100.0 * (double)span.busy_us / (double)(span.last_us - span.first_us) /
				modems[i]);
		box_free(box);
	}
}

struct first {
	int64_t code_us, segment_us;
	bool armed;
};

static void note_first(void *ctx, const json_t *event)
{
	struct first *first = ctx;
	const char *kind = json_string_value(json_object_get(event, "event"));
	int64_t at = json_integer_value(json_object_get(event, "mono_us"));

	if (!first->armed || !kind)
		return;
	if (strcmp(kind, "stored") == 0 || strcmp(kind, "routed") == 0)
		first->code_us = at;
	else if (strcmp(kind, "segment") == 0 && first->code_us && !first->segment_us)
		first->segment_us = at;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void bench_code(void)
{
	enum { ROUNDS = 11 };
	struct box *box = new_box(1, 0, 100);
	struct first first = { 0 };
	double ms[ROUNDS];
	char code[8];

	sim_do(box, "{s:s,s:[s,s,s,s]}", "cmd", "subscribe", "events", "text", "stored", "routed",
		"segment");
	box_set_event_hook(box, note_first, &first);
	for (int i = 0; i < ROUNDS; i++) {
		char words[64];

		/* different words each time: equal texts would be taken for a loop */
		snprintf(words, sizeof(words), "ALERT market %d is surrounded", i);
		forget_texts(box, NULL);
		person_texts(box, &ana, words);
		digits_of(expect_text(box, &ana, "102")->text, 4, code);
		box_settle(box);
		first = (struct first){ .armed = true };
		person_texts(box, &ana, code);
		while (!first.segment_us)
			box_wait_event(box, 1000);
		ms[i] = (double)(first.segment_us - first.code_us) / 1000;
		first.armed = false;
		box_wait_status(box, "outbox.queued", 0, false);
		box_settle(box);
	}
	qsort(ms, ROUNDS, sizeof(ms[0]), compare);
	printf("from the code lying in the modem to the first segment taken by the network, 102 "
	       "people: median %.2f ms "
	       "(%.2f to %.2f, %d rounds)\n",
		ms[ROUNDS / 2], ms[0], ms[ROUNDS - 1], ROUNDS);
	box_set_event_hook(box, NULL, NULL);
	box_free(box);
}

/*
 * Queues an alert and asks for the status all the time: how long until all is queued, and how long
 * farod ever took to answer.
 */
static void time_queueing(struct box *box, int people)
{
	int64_t start = now_us(), longest = 0, queued = 0;

	send_alert(box);
	while (queued < people) {
		int64_t asked = now_us(), took;
		json_t *status = box_status(box);

		took = now_us() - asked;
		longest = took > longest ? took : longest;
		/* asked without pause, the answers would take half of the time that is measured */
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
		queued = json_number_at(status, "outbox.queued") +
			 json_number_at(status, "outbox.sending") +
			 json_number_at(status, "outbox.sent") +
			 json_number_at(status, "outbox.delivered");
		json_decref(status);
	}
	printf("an alert to %d members is queued in %.2f s; the longest answer to `status` "
	       "meanwhile took %.1f ms\n",
		people, (double)(now_us() - start) / 1e6, (double)longest / 1000);
}

static void bench_list(void)
{
	static const int people[] = { 100, 100000 };

	for (size_t i = 0; i < 2; i++) {
		/* radio time keeps the alert going while the queue is made */
		struct box *box = new_box(1, 1000, people[i]);

		if (people[i] > 1000)
			time_queueing(box, people[i]);
		else
			send_alert(box);
		box_wait_status(box, "outbox.segments_sent", 1, true);
		printf("peak memory of farod with %d members: %.1f MiB\n", people[i],
			(double)proc_number(box_pid(box), "status", "VmHWM:") / 1024);
		box_free(box);
	}
}

static void bench_idle(void)
{
	struct box *box = new_box(1, 0, 10);
	int64_t before, cpu_ticks_s = 60;
	double cpu;

	/* let the start be over */
	nanosleep(&(struct timespec){ .tv_sec = 5 }, NULL);
	before = wake_ups(box_pid(box));
	cpu = cpu_s(box_pid(box));
	nanosleep(&(struct timespec){ .tv_sec = cpu_ticks_s }, NULL);
	printf("idle: %lld wake-ups and %.0f ms of CPU in a minute\n",
		(long long)(wake_ups(box_pid(box)) - before), (cpu_s(box_pid(box)) - cpu) * 1000);
	box_free(box);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} benches[] = {
		{ "send", bench_send },
		{ "code", bench_code },
		{ "list", bench_list },
		{ "util", bench_utilisation },
		{ "idle", bench_idle },
	};
	const char *wanted = getenv("FARO_BENCH");

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++)
		if (!wanted || strstr(wanted, benches[i].name))
			benches[i].run();
	return 0;
}
