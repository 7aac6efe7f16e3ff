/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a report of a long list costs: how long others at the control socket wait while farod tells
 * it, and what memory both programs take. The list and its alert are written through the store, the
 * rest is the real farod and the real faroctl. Prints figures, never a verdict.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "faro/store.h"

#include "../e2e/box.h"
#include "figure.h"

#define PEOPLE 100000
#define SLICE  1000 /* rows of one transaction */

static int no_part(void *ctx, int index, uint8_t out[BODY_PART_SIZE])
{
	(void)ctx, (void)index;
	memset(out, 'a', BODY_PART_SIZE);
	return 100;
}

static int64_t first_person;

static void write_people(struct store *store, int64_t now_ms)
{
	for (int i = 0; i < PEOPLE; i++) {
		struct person person;
		char phone[PHONE_SIZE];

		if (i % SLICE == 0)
			must(store_begin(store), "begin");
		snprintf(phone, sizeof(phone), "+99955501%06d", i);
		must(store_person_meet(store, phone, now_ms, &person), "meet");
		must(store_person_join(
			     store, person.id, UINT64_C(1) << i % 2, false, "text", "YES", now_ms),
			"join");
		first_person = first_person ? first_person : person.id;
		if (i % SLICE == SLICE - 1)
			must(store_commit(store), "commit");
	}
}

/* An alert to all of them; every copy has left, a second apart. */
static void write_alert(struct store *store, int64_t now_ms)
{
	struct alert alert = { .zones = ZONES_ALL, .wide = true, .code_expires_ms = now_ms + 1000 };
	struct store_broadcast broadcast = {
		.zones = ZONES_ALL, .wide = true, .expires_ms = TIME_NEVER
	};
	struct store_body body = { .text = "come", .language = "en", .parts = 1, .part = no_part };
	int64_t id, body_id;
	char code[ALERT_CODE_SIZE];

	must(store_incident_open(store, INCIDENT_REPORT, first_person, now_ms, &alert.incident_id),
		"incident");
	must(store_alert_new(store, &alert, now_ms, code), "alert");
	broadcast.alert_id = alert.id;
	must(store_broadcast_new(store, &broadcast, now_ms, &id), "broadcast");
	must(store_body_add(store, &body, &body_id), "body");
	must(store_broadcast_body(store, id, "", body_id), "body");
	must(store_alert_start(store, alert.id, id, TIME_NEVER, now_ms), "start");
	while (store_broadcast_expand(store, 5000, now_ms) == 1)
		;
	for (int i = 0; i < PEOPLE; i++) {
		struct store_claim claim;

		if (i % SLICE == 0)
			must(store_begin(store), "begin");
		must(store_claim_next(store, "sim1", false, now_ms, &claim), "claim");
		must(store_segment_sent(store, claim.segment_id, i % 256, now_ms + i * MS_PER_S),
			"sent");
		if (i % SLICE == SLICE - 1)
			must(store_commit(store), "commit");
	}
	must(store_alert_end(store, alert.id, ALERT_CLEARED, now_ms), "end");
}

static void write_past(struct box *box)
{
	int64_t now_ms = time_wall_ms() - 2 * MS_PER_DAY;
	struct store *store;
	char dir[256], why[256] = "";
	struct store_config config = { .data_dir = dir, .key_file = "" };

	snprintf(dir, sizeof(dir), "%s/data", box_dir(box));
	log_set_level(LOG_LEVEL_ERROR);
	if (store_open(&config, &store, NULL, why, sizeof(why)))
		box_failed(__FILE__, __LINE__, why);
	write_people(store, now_ms);
	write_alert(store, now_ms);
	store_close(store);
}

static pid_t start_faroctl(struct box *box, const char *const *words)
{
	char program[256], socket[300];
	pid_t pid;

	box_program("faroctl", program);
	snprintf(socket, sizeof(socket), "%s/control.sock", box_dir(box));
	pid = fork();
	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		execl(program, "faroctl", "-s", socket, "report", words[0], words[1], NULL);
		_exit(127);
	}
	return pid;
}

/* Others ask for the version all the while. */
static void measure(struct box *box, const char *what, const char *const *words)
{
	int64_t start_us = time_mono_us(), longest_us = 0;
	pid_t pid = start_faroctl(box, words);
	struct rusage usage;
	int status;

	while (wait4(pid, &status, WNOHANG, &usage) == 0) {
		int64_t asked_us = time_mono_us();

		json_decref(farod_ask(box, "{s:s}", "cmd", "version"));
		note_longest(&longest_us, asked_us);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		box_failed(__FILE__, __LINE__, "faroctl has not ended well");
	printf("%s of %d people\n", what, PEOPLE);
	figure("  longest wait of somebody else, ms", "50 or less", "%.1f",
		(double)longest_us / 1000);
	figure("  seconds", NULL, "%.2f", (double)(time_mono_us() - start_us) / 1e6);
	figure("  peak memory of faroctl, KiB", NULL, "%ld", usage.ru_maxrss);
}

int main(void)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	int64_t before, after;

	write_past(box);
	box_start(box);
	before = proc_number(box_pid(box), "status", "VmHWM:");
	measure(box, "a page", (const char *const[]){ "1", NULL });
	measure(box, "CSV", (const char *const[]){ "1", "--csv" });
	measure(box, "the months", (const char *const[]){ "--month", NULL });
	after = proc_number(box_pid(box), "status", "VmHWM:");
	figure("peak memory of farod grew by, KiB", NULL, "%lld", (long long)(after - before));
	box_free(box);
	return 0;
}
