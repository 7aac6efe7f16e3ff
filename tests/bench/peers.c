/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Farod beside Debian's gammu-smsd and smstools, on the same simulated modems, the same machine, in
 * one run. Prints one table of figures; no verdicts. PEERS=speed,util,answer,idle,faults picks
 * parts, PEERS_FAULT=words the faults that are named so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faro/base.h"

#include "figure.h"
#include "peer.h"

#define COLUMNS 4
#define LIMIT_S 120

static void pause_ms(int64_t ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* ---- the table ------------------------------------------------------------------------------ */

static void print_head(void)
{
	printf("%-46s", "");
	for (int i = 0; i < n_peers; i++)
		printf(" %20s", peers[i].name);
	printf("\n");
}

static void print_row(const char *what, char cells[COLUMNS][64])
{
	printf("%-46s", what);
	for (int i = 0; i < n_peers; i++)
		printf(" %20s", cells[i]);
	printf("\n");
	fflush(stdout);
}

/* ---- what the network saw ------------------------------------------------------------------- */

/* Waits until the network has taken n segments. False after LIMIT_S. */
static bool wait_segments(struct box *box, int64_t n)
{
	int64_t until = time_mono_us() + LIMIT_S * INT64_C(1000000);

	while (network_saw(box).segments < n) {
		if (time_mono_us() > until)
			return false;
		pause_ms(50);
	}
	return true;
}

/* ---- speed and cost ------------------------------------------------------------------------- */

struct speed {
	double per_s, cpu_s_1000, bytes_1000, peak_mib;
};

/* farod is given more to do, or it would be over before it can be measured. */
static int messages_for(const struct peer *peer)
{
	return peer->package ? 60 : 4000;
}

static struct speed measure_speed(const struct peer *peer, int modems)
{
	struct peer_run run = peer_start(peer, modems, 0);
	int n = messages_for(peer);
	struct peer_load before, after;
	struct speed speed = { 0 };
	struct span span;

	pause_ms(3000);
	before = peer_measure(&run);
	peer->queue(&run, n);
	wait_segments(run.box, n);
	span = network_saw(run.box);
	pause_ms(1000); /* what is written after the last answer counts too */
	after = peer_measure(&run);
	speed.per_s = span_per_s(&span);
	if (span.segments > 0) {
		speed.cpu_s_1000 = (after.cpu_s - before.cpu_s) * 1000 / (double)span.segments;
		speed.bytes_1000 = (double)(after.write_bytes - before.write_bytes) * 1000 /
				   (double)span.segments;
	}
	speed.peak_mib = (double)after.peak_kib / 1024;
	peer_stop(&run);
	return speed;
}

/* What the line itself allows. */
static void print_line(int modems)
{
	printf("  a bare line client there, nothing kept: %.0f; asking for reports and "
	       "acknowledging "
	       "each: %.0f\n",
		line_per_s(modems, false), line_per_s(modems, true));
}

static void print_speed_on(int modems)
{
	char cells[COLUMNS][64], what[64];

	for (int i = 0; i < n_peers; i++)
		snprintf(cells[i], 64, "%.1f", measure_speed(&peers[i], modems).per_s);
	snprintf(what, sizeof(what), "segments/s, zero radio time, %d modems", modems);
	print_row(what, cells);
	print_line(modems);
}

static void print_speed(void)
{
	char per_s[COLUMNS][64], cpu[COLUMNS][64], bytes[COLUMNS][64], memory[COLUMNS][64];

	for (int i = 0; i < n_peers; i++) {
		struct speed speed = measure_speed(&peers[i], 1);

		snprintf(per_s[i], 64, "%.1f", speed.per_s);
		snprintf(cpu[i], 64, "%.2f", speed.cpu_s_1000);
		snprintf(bytes[i], 64, "%.0f", speed.bytes_1000 / 1000);
		snprintf(memory[i], 64, "%.1f", speed.peak_mib);
	}
	print_row("segments/s, zero radio time, 1 modem", per_s);
	print_line(1);
	print_row("CPU seconds per 1,000 messages", cpu);
	print_row("bytes written per message", bytes);
	print_row("peak memory of all its processes, MiB", memory);
	for (int modems = 2; modems <= 8; modems *= 2)
		print_speed_on(modems);
}

/* ---- utilisation ---------------------------------------------------------------------------- */

static double measure_utilisation(const struct peer *peer, int modems)
{
	struct peer_run run = peer_start(peer, modems, 250);
	int n = (peer->package ? 12 : 40) * modems;
	struct span span;

	pause_ms(2000);
	peer->queue(&run, n);
	wait_segments(run.box, n);
	span = network_saw(run.box);
	peer_stop(&run);
	return span_utilisation(&span, modems);
}

static void print_utilisation(void)
{
	static const int modems[] = { 1, 2, 4, 8 };

	for (size_t m = 0; m < sizeof(modems) / sizeof(modems[0]); m++) {
		char cells[COLUMNS][64], what[64];

		for (int i = 0; i < n_peers; i++)
			snprintf(cells[i], 64, "%.1f %%",
				100 * measure_utilisation(&peers[i], modems[m]));
		snprintf(what, sizeof(what), "utilisation, 0.25 s a segment, %d modem%s", modems[m],
			modems[m] > 1 ? "s" : "");
		print_row(what, cells);
	}
}

/* ---- from a text to its answer -------------------------------------------------------------- */

struct answer_times {
	int64_t text_us, answer_us;
};

static void note_answer(void *ctx, const json_t *event)
{
	struct answer_times *answer = ctx;
	const char *kind = json_string_value(json_object_get(event, "event"));
	int64_t at = json_integer_value(json_object_get(event, "mono_us"));

	if (kind && (strcmp(kind, "stored") == 0 || strcmp(kind, "routed") == 0))
		answer->text_us = at;
	else if (kind && strcmp(kind, "command") == 0 && answer->text_us && !answer->answer_us &&
		 strncmp(json_string_value(json_object_get(event, "line")), "AT+CMGS", 7) == 0)
		answer->answer_us = at;
}

static double measure_answer(const struct peer *peer)
{
	struct peer_run run = peer_start(peer, 1, 0);
	int64_t until = time_mono_us() + 60 * INT64_C(1000000);
	struct answer_times answer = { 0 };

	pause_ms(5000); /* the start is over for all of them */
	sim_do(run.box, "{s:s,s:[s,s,s]}", "cmd", "subscribe", "events", "stored", "routed",
		"command");
	box_set_event_hook(run.box, note_answer, &answer);
	sim_do(run.box, "{s:s,s:s,s:s,s:s}", "cmd", "text", "from", "+15105550155", "text", "HELP",
		"modem", "sim1");
	while (!answer.answer_us && time_mono_us() < until)
		box_wait_event(run.box, 200);
	box_set_event_hook(run.box, NULL, NULL);
	peer_stop(&run);
	return answer.answer_us ? (double)(answer.answer_us - answer.text_us) / 1000 : -1;
}

static void print_answer(void)
{
	char cells[COLUMNS][64];

	for (int i = 0; i < n_peers; i++) {
		double ms = measure_answer(&peers[i]);

		if (ms < 0)
			snprintf(cells[i], 64, "none in 60 s");
		else
			snprintf(cells[i], 64, "%.1f ms", ms);
	}
	print_row("from an incoming text to its answer's first byte", cells);
}

/* ---- idle ----------------------------------------------------------------------------------- */

static void print_idle(void)
{
	char cpu[COLUMNS][64], wake_ups[COLUMNS][64];
	struct peer_load before[COLUMNS];
	struct peer_run runs[COLUMNS];

	for (int i = 0; i < n_peers; i++)
		runs[i] = peer_start(&peers[i], 1, 0);
	pause_ms(20000); /* what each does once after its start is over */
	for (int i = 0; i < n_peers; i++)
		before[i] = peer_measure(&runs[i]);
	pause_ms(60000);
	for (int i = 0; i < n_peers; i++) {
		struct peer_load load = peer_measure(&runs[i]);

		snprintf(cpu[i], 64, "%.2f s", load.cpu_s - before[i].cpu_s);
		snprintf(wake_ups[i], 64, "%lld", (long long)(load.wake_ups - before[i].wake_ups));
		peer_stop(&runs[i]);
	}
	print_row("idle: CPU seconds in a minute", cpu);
	print_row("idle: wake-ups in a minute", wake_ups);
}

/* ---- faults --------------------------------------------------------------------------------- */

#define FAULT_MESSAGES 6

/*
 * A SMS-DELIVER that says 160 septets and has one octet (TS 23.040 9.2.3.16), as it lies in the
 * modem's store.
 */
#define CORRUPT_PDU "00040B915101550551F5000062111200000000A0C8"

/* A fault at the third message. `lasts_ms`: when it is over by itself. */
static const struct fault {
	const char *what, *json;
	int lasts_ms;
	bool moves;   /* the modem comes back under another name */
	bool answers; /* not messages that were queued, but answers to as many texts */
} faults[] = {
	{ "the first answer to a PDU ever is lost", "{\"kind\":\"lost_answer\"}", .lasts_ms = 0 },
	{ "the answer to a PDU is lost", "{\"kind\":\"lost_answer\",\"after\":2}", .lasts_ms = 0 },
	{ "an error is answered though it went out",
		"{\"kind\":\"error_accepted\",\"code\":500,\"after\":2}", .lasts_ms = 0 },
	{ "unplugged for 10 s in mid-send", "{\"kind\":\"unplug\",\"ms\":10000,\"after\":2}",
		.lasts_ms = 10000 },
	{ "reboot in mid-send", "{\"kind\":\"reboot\",\"after\":2}", .lasts_ms = 5000 },
	{ "network out of order (38) three times",
		"{\"kind\":\"error\",\"on\":\"+CMGS\",\"code\":38,\"times\":3,\"after\":2}",
		.lasts_ms = 0 },
	{ "no prompt, once", "{\"kind\":\"no_prompt\",\"after\":2}", .lasts_ms = 0 },
	{ "the modem hangs for 10 s",
		"{\"kind\":\"hang\",\"on\":\"+CMGS\",\"ms\":10000,\"after\":2}",
		.lasts_ms = 10000 },
	{ "unplugged for 10 s, returns under another name",
		"{\"kind\":\"unplug\",\"ms\":10000,\"after\":2}", .lasts_ms = 10000,
		.moves = true },
	{ "one corrupt PDU in the store, then texts to answer",
		"{\"cmd\":\"text\",\"pdu\":\"" CORRUPT_PDU "\"}", .lasts_ms = 0, .answers = true },
};

/*
 * Segments as they arrive, with the longest pause before one: since the last one, or since the
 * fault acted last.
 */
struct arrivals {
	int copies[FAULT_MESSAGES + 1], n;
	int64_t last_us, longest_us;
};

static void note_arrival(void *ctx, const json_t *event)
{
	struct arrivals *arrivals = ctx;
	const char *kind = json_string_value(json_object_get(event, "event"));
	const char *to = json_string_value(json_object_get(event, "to"));
	int64_t at = json_integer_value(json_object_get(event, "mono_us"));
	int k;

	if (kind && strcmp(kind, "fault") == 0 && arrivals->last_us)
		arrivals->last_us = at;
	if (!kind || strcmp(kind, "segment") != 0 || !to || strlen(to) < 12)
		return;
	k = atoi(to + strlen(to) - 4);
	if (k < FAULT_MESSAGES)
		arrivals->copies[k]++;
	if (arrivals->last_us && at - arrivals->last_us > arrivals->longest_us)
		arrivals->longest_us = at - arrivals->last_us;
	arrivals->last_us = at;
	arrivals->n++;
}

static int arrived(const struct arrivals *arrivals)
{
	int people = 0;

	for (int k = 0; k < FAULT_MESSAGES; k++)
		people += arrivals->copies[k] > 0;
	return people;
}

static void set_fault(const struct peer_run *run, const struct fault *fault)
{
	json_t *command = json_loads(fault->json, 0, NULL);
	char link[300];

	json_object_set_new(command, "modem", json_string("sim1"));
	if (!json_object_get(command, "cmd"))
		json_object_set_new(command, "cmd", json_string("fault"));
	if (fault->moves) {
		snprintf(link, sizeof(link), "%s/dev/ttyUSB7", box_dir(run->box));
		json_object_set_new(command, "link", json_string(link));
	}
	sim_do(run->box, "o", command);
}

static void text_all(const struct peer_run *run)
{
	for (int k = 0; k < FAULT_MESSAGES; k++) {
		char phone[24];

		peer_phone(k, phone);
		sim_do(run->box, "{s:s,s:s,s:s,s:s}", "cmd", "text", "from", phone, "text", "HELP",
			"modem", "sim1");
	}
}

static void measure_fault(const struct peer *peer, const struct fault *fault, char cell[64])
{
	struct peer_run run = fault->moves ? peer_start_stick(peer, 250) : peer_start(peer, 1, 250);
	int64_t until = time_mono_us() + LIMIT_S * INT64_C(1000000), quiet_until = INT64_MAX;
	struct arrivals arrivals = { 0 };
	int lost, doubled;
	double pause_s;

	pause_ms(3000);
	set_fault(&run, fault);
	sim_do(run.box, "{s:s,s:[s,s]}", "cmd", "subscribe", "events", "segment", "fault");
	box_set_event_hook(run.box, note_arrival, &arrivals);
	if (fault->answers)
		text_all(&run);
	else
		peer->queue(&run, FAULT_MESSAGES);
	/* once everybody has theirs, a while longer: doubles come late */
	while (time_mono_us() < until && time_mono_us() < quiet_until) {
		box_wait_event(run.box, 200);
		if (arrived(&arrivals) == FAULT_MESSAGES && quiet_until == INT64_MAX)
			quiet_until = time_mono_us() + 30 * INT64_C(1000000);
	}
	box_set_event_hook(run.box, NULL, NULL);
	lost = FAULT_MESSAGES - arrived(&arrivals);
	doubled = arrivals.n - arrived(&arrivals);
	/* the pause beyond what the fault itself and the segment take */
	pause_s = (double)(arrivals.longest_us - fault->lasts_ms * INT64_C(1000) - 250000) / 1e6;
	if (lost)
		snprintf(cell, 64, "%d lost, %d twice", lost, doubled);
	else
		snprintf(cell, 64, "%d twice, +%.1f s", doubled, pause_s > 0 ? pause_s : 0);
	peer_stop(&run);
}

/*
 * All four at once: most of the time everybody waits. Each in a process of its own, because a box
 * is one process's.
 */
static void print_fault(const struct fault *fault)
{
	char cells[COLUMNS][64] = { "" }, what[96];
	int pipes[COLUMNS][2];

	for (int i = 0; i < n_peers; i++) {
		if (pipe(pipes[i]) < 0)
			return;
		if (fork() == 0) {
			char cell[64] = "did not run";

			measure_fault(&peers[i], fault, cell);
			if (write(pipes[i][1], cell, sizeof(cell)) < 0)
				_exit(1);
			_exit(0);
		}
		close(pipes[i][1]);
	}
	for (int i = 0; i < n_peers; i++) {
		if (read(pipes[i][0], cells[i], 64) <= 0)
			snprintf(cells[i], 64, "did not run");
		close(pipes[i][0]);
	}
	while (wait(NULL) > 0)
		;
	snprintf(what, sizeof(what), "%s", fault->what);
	print_row(what, cells);
}

static void print_faults(void)
{
	const char *only = getenv("PEERS_FAULT");

	printf("\nfaults at the third of %d messages, 0.25 s a segment: lost within %d s, sent "
	       "twice, seconds of standstill beyond the "
	       "fault itself\n",
		FAULT_MESSAGES, LIMIT_S);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (!only || strstr(faults[i].what, only))
			print_fault(&faults[i]);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {
		{ "speed", print_speed },
		{ "util", print_utilisation },
		{ "answer", print_answer },
		{ "idle", print_idle },
		{ "faults", print_faults },
	};
	const char *wanted = getenv("PEERS");

	print_head();
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!wanted || strstr(wanted, parts[i].name))
			parts[i].run();
	return 0;
}
