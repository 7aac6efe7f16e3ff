/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures of the store alone: durable commits (a result and the next claim in one), bytes per
 * segment, time to queue an alert, time to open, memory. Each list size runs in a process of its
 * own. FARO_BENCH_DIR says on which disk.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faro/store.h"

#include "figure.h"

#define NOW_MS   INT64_C(1790000000000)
#define SEGMENTS 20000
#define SLICE    2000

#define COUNT_SLICE 1000 /* the control room's */

static int64_t body(struct store *store, const char *language)
{
	struct store_body b = { .text = "Agents at 5th and Main",
		.language = language,
		.parts = 1,
		.part = full_part };
	int64_t id;
	must(store_body_add(store, &b, &id), "body");
	return id;
}

/* 2 in 5 read Spanish, 1 in 10 is a responder, 1 in 100 is on duty; 4 zones. */
static void fill(struct store *store, int people)
{
	for (int i = 0; i < people; i++) {
		char phone[PHONE_SIZE];
		struct person p;
		if (i % 1000 == 0)
			must(store_begin(store), "begin");
		/* 80,000 numbers of fiction; after them those of +999, which no country has */
		snprintf(phone, sizeof(phone), "+%d%03d55501%02d", i < 80000 ? 1 : 998 + i / 80000,
			200 + i / 100 % 800, i % 100);
		must(store_person_meet(store, phone, NOW_MS, &p), "meet");
		must(store_person_join(store, p.id, UINT64_C(1) << (i % 4), false, "import",
			     "wording", NOW_MS),
			"join");
		must(store_person_set_name(store, p.id, "Ana María"), "name");
		must(store_person_set_language(store, p.id, i % 5 < 2 ? "es" : "en"), "language");
		if (i % 10 == 0)
			must(store_person_set_role(store, p.id, ROLE_RESPONDER, NOW_MS), "role");
		if (i % 100 == 0)
			must(store_person_set_duty(store, p.id, NOW_MS + MS_PER_DAY), "duty");
		if (i % 1000 == 999 || i == people - 1)
			must(store_commit(store), "commit");
	}
}

static int64_t broadcast(struct store *store)
{
	struct store_broadcast b = {
		.kind = BROADCAST_ALERT, .zones = 1, .wide = true, .expires_ms = NOW_MS + MS_PER_DAY
	};
	int64_t id;
	must(store_broadcast_new(store, &b, NOW_MS, &id), "broadcast");
	must(store_broadcast_body(store, id, "", body(store, "en")), "body");
	must(store_broadcast_body(store, id, "es", body(store, "es")), "body");
	return id;
}

static void bench_expand(struct store *store, int people)
{
	int64_t longest_us = 0, slices = 0, start = time_mono_us();
	must(store_begin(store), "begin");
	int64_t id = broadcast(store);
	must(store_commit(store), "commit");
	int64_t first_us = 0;
	for (int rc = 1; rc == 1; slices++) {
		int64_t t = time_mono_us();
		rc = store_broadcast_expand(store, SLICE, NOW_MS);
		must(rc, "expand");
		note_longest(&longest_us, t);
		if (!first_us)
			first_us = time_mono_us() - start;
	}
	int64_t total_us = time_mono_us() - start;
	struct store_tally tally;
	must(store_tally(store, id, &tally), "tally");
	printf("%7d people: alert queued in %.3f s (%" PRId64 " rows, %" PRId64
	       " slices of %d rows, longest %.1f ms, first after %.1f ms)\n",
		people, (double)total_us / 1e6, tally.messages[MESSAGE_QUEUED], slices, SLICE,
		(double)longest_us / 1e3, (double)first_us / 1e3);
}

struct io {
	int64_t us, wchar, blocks;
};

static struct io io_now(void)
{
	return (struct io){ time_mono_us(), proc_number(getpid(), "io", "wchar:"),
		disk_bytes(NULL) };
}

static void print_io(const char *what, struct io from, int64_t n)
{
	struct io to = io_now();
	double s = (double)(to.us - from.us) / 1e6;
	printf("%s: %.0f durable commits/s, %.0f us each; written per segment: %.0f bytes, %.0f in "
	       "whole blocks\n",
		what, (double)n / s, s * 1e6 / (double)n,
		(double)(to.wchar - from.wchar) / (double)n,
		(double)(to.blocks - from.blocks) / (double)n);
}

/* Steady state: the result of one segment and the claim of the next in one commit. */
static void bench_segments(struct store *store, int64_t n)
{
	struct store_claim claim;
	int64_t longest_us = 0;
	if (store_claim_next(store, "sim1", false, NOW_MS, &claim) != 1)
		return;
	struct io from = io_now();
	int64_t i = 0;
	for (; i < n; i++) {
		int64_t t = time_mono_us();
		must(store_begin(store), "begin");
		must(store_segment_sent(store, claim.segment_id, (int)(i % 256), NOW_MS + i),
			"sent");
		int more = store_claim_next(store, "sim1", false, NOW_MS + i, &claim);
		must(more, "claim");
		must(store_commit(store), "commit");
		note_longest(&longest_us, t);
		if (!more)
			break;
	}
	print_io("        result + next claim", from, i);
	printf("        longest commit %.1f ms\n", (double)longest_us / 1e3);
}

static void bench_reports(struct store *store, int people, int64_t n)
{
	(void)people;
	struct io from = io_now();
	int64_t i = 0, matched = 0;
	struct store_claim claim;
	for (; i < n && store_claim_next(store, "sim2", false, NOW_MS, &claim) == 1; i++) {
		must(store_begin(store), "begin");
		must(store_segment_sent(store, claim.segment_id, (int)(i % 256), NOW_MS + i),
			"sent");
		must(store_commit(store), "commit");
		int rc = store_report(store, "sim2", (int)(i % 256), claim.phone, REPORT_DELIVERED,
			NOW_MS, NOW_MS + i);
		must(rc, "report");
		matched += rc;
	}
	if (i)
		print_io("        claim, result, report as three commits", from, i);
	if (matched != i)
		printf("        only %" PRId64 " of %" PRId64 " reports matched\n", matched, i);
}

static void bench_counts(struct store *store)
{
	struct store_audience audience;
	struct store_counts counts;
	struct store_tally tally;
	int64_t t0 = time_mono_us();
	must(store_audience_count(store, 1, true, NOW_MS, &audience), "audience");
	int64_t t1 = time_mono_us();
	must(store_counts(store, &counts), "counts");
	int64_t t2 = time_mono_us();
	must(store_tally(store, 0, &tally), "tally");
	int64_t t3 = time_mono_us();
	must(store_tally(store, 0, &tally), "tally");
	int64_t t4 = time_mono_us();
	printf("        audience %.1f ms, counts %.1f ms, tally %.1f ms the first time, %.3f ms "
	       "then\n",
		(double)(t1 - t0) / 1e3, (double)(t2 - t1) / 1e3, (double)(t3 - t2) / 1e3,
		(double)(t4 - t3) / 1e3);
}

static int64_t bench_drop(struct store *store)
{
	int64_t id = broadcast(store);
	while (store_broadcast_expand(store, SLICE, NOW_MS) == 1)
		;
	int64_t t0 = time_mono_us(), longest_us = 0, at;
	int64_t dropped = store_broadcast_drop(store, id, NOW_MS);
	must(dropped, "drop");
	int64_t t1 = time_mono_us(), slices = 0;
	for (must(store_next_due(store, &at), "next"); at <= NOW_MS;
		must(store_next_due(store, &at), "next")) {
		int64_t t = time_mono_us();
		must(store_due(store, SLICE, NOW_MS), "due");
		note_longest(&longest_us, t);
		slices++;
	}
	printf("        drop of %" PRId64 " copies %.1f ms, then %" PRId64
	       " slices, longest %.1f ms\n",
		dropped, (double)(t1 - t0) / 1e3, slices, (double)longest_us / 1e3);
	return id;
}

/* What `faroctl show` of an alert of long ago asks: the store was opened since. */
static void bench_ended(const char *dir, int64_t id)
{
	struct store *store = bench_store_open(dir);
	int64_t longest_us = 0;
	int slices = 0;
	for (int rc = 1; rc == 1; slices++) {
		int64_t t = time_mono_us();
		rc = store_tally_slice(store, id, COUNT_SLICE);
		must(rc, "tally");
		note_longest(&longest_us, t);
	}
	printf("        copies of an ended alert counted in %d slices of %d, longest %.1f ms\n",
		slices, COUNT_SLICE, (double)longest_us / 1e3);
	store_close(store);
}

static int add_people(void *ctx, const char *language, int64_t people)
{
	(void)language;
	*(int64_t *)ctx += people;
	return 0;
}

/* Everybody reads the digest and comes to the event: what a post and EVENT 1 ask for. */
static void bench_bulletins(struct store *store, int people)
{
	struct rsvp_counts guests;
	int64_t readers = 0, start;
	must(store_begin(store), "begin");
	for (int64_t id = 1; id <= people; id++) {
		must(store_reader_set(store, id, DIGEST_DAILY), "reader");
		must(store_rsvp_set(store, 1, id, 2, NOW_MS), "guest");
	}
	must(store_commit(store), "commit");
	start = time_mono_us();
	must(store_readers_count(store, DIGEST_DAILY, add_people, &readers), "readers");
	printf("        %" PRId64 " readers: counted in %.2f ms\n", readers,
		(double)(time_mono_us() - start) / 1e3);
	start = time_mono_us();
	must(store_rsvp_count(store, 1, &guests), "guests");
	printf("        %" PRId64 " guests: counted in %.2f ms\n", guests.people,
		(double)(time_mono_us() - start) / 1e3);
}

static void bench_list(const char *dir, int people)
{
	struct store *store = bench_store_open(dir);
	int64_t start = time_mono_us();
	fill(store, people);
	printf("%7d people: joined at %.0f/s\n", people,
		people / ((double)(time_mono_us() - start) / 1e6));
	store_close(store);
}

static void bench_alert(const char *dir, int people)
{
	int64_t start = time_mono_us();
	struct store *store = bench_store_open(dir);
	printf("%7d people: opened in %.1f ms\n", people, (double)(time_mono_us() - start) / 1e3);
	int64_t rss = proc_number(getpid(), "status", "VmRSS:");
	bench_expand(store, people);
	bench_segments(store, SEGMENTS);
	bench_reports(store, people, SEGMENTS / 4);
	bench_counts(store);
	bench_bulletins(store, people);
	int64_t ended = bench_drop(store);
	printf("        memory after opening %" PRId64 " KiB, peak %" PRId64 " KiB\n", rss,
		proc_number(getpid(), "status", "VmHWM:"));
	store_close(store);
	bench_ended(dir, ended);
}

static void in_child(void (*run)(const char *dir, int people), const char *dir, int people)
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		run(dir, people);
		exit(0);
	}
	waitpid(pid, &status, 0);
	if (status)
		exit(1);
}

int main(void)
{
	static const int sizes[] = { 100, 100000 };
	log_set_level(LOG_LEVEL_ERROR);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char dir[256];

		bench_dir_make(dir, "store");
		if (i == 0)
			printf("this disk: a page is durable after %.0f us\n", disk_sync_us(dir));
		in_child(bench_list, dir, sizes[i]);
		in_child(bench_alert, dir, sizes[i]);
		bench_dir_remove(dir);
	}
	return 0;
}
