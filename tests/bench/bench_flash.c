/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a memory card must bear: bytes written per message and per idle day, by ways to set up the
 * database; how long a slice of what goes for its age takes; what the idle farod does in a minute.
 * Each way runs in a process of its own. FARO_BENCH_DIR says on which disk (tmpfs counts no blocks;
 * a file system without a journal, or one that others write to, is not what a card has).
 * FARO_BENCH=ways,old,day,idle picks some.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../firmware/store/internal.h"

#include "faro/desk.h"

#include "../e2e/box.h"
#include "figure.h"

#define NOW_MS INT64_C(1790000000000)
#define PEOPLE 300
#define ALERTS 4

static void fill(struct store *store)
{
	must(store_begin(store), "begin");
	for (int i = 0; i < PEOPLE; i++) {
		char phone[PHONE_SIZE];
		struct person p;

		snprintf(phone, sizeof(phone), "+1%03d55501%02d", 200 + i / 100, i % 100);
		must(store_person_meet(store, phone, NOW_MS, &p), "meet");
		must(store_person_join(store, p.id, 1, false, "import", "wording", NOW_MS), "join");
	}
	must(store_commit(store), "commit");
}

static int64_t alert_queue(struct store *store, int64_t now_ms)
{
	struct store_broadcast b = { .kind = BROADCAST_OTHER, .zones = 1 };
	struct store_body y = { .text = "Agents at 5th and Main", .parts = 1, .part = full_part };
	int64_t id, body;

	b.expires_ms = now_ms + MS_PER_DAY;
	y.language = "en";
	must(store_begin(store), "begin");
	must(store_body_add(store, &y, &body), "body");
	must(store_broadcast_new(store, &b, now_ms, &id), "broadcast");
	must(store_broadcast_body(store, id, "", body), "body");
	must(store_commit(store), "commit");
	while (store_broadcast_expand(store, 256, now_ms) == 1)
		;
	return id;
}

/* ---- ways to set up the database ------------------------------------------------------------ */

/* How results, claims and reports share commits. */
enum grouping { GROUPED, SINGLY, REPORTS_BY_4 };

static const struct way {
	const char *name;
	int page, checkpoint; /* bytes; pages */
	bool vacuum;          /* incremental */
	int64_t limit;        /* journal_size_limit; -1 = none */
	enum grouping grouping;
	bool grows; /* the log is as long as what was written to it */
} ways[] = {
	{ "as Faro does it", STORE_PAGE_SIZE, 2000, true, -1, GROUPED, false },
	{ "a log that grows", STORE_PAGE_SIZE, 2000, true, -1, GROUPED, true },
	{ "without incremental vacuum", STORE_PAGE_SIZE, 2000, false, -1, GROUPED, false },
	{ "checkpoint at 250 pages", STORE_PAGE_SIZE, 250, true, -1, GROUPED, false },
	{ "checkpoint at 1000 pages", STORE_PAGE_SIZE, 1000, true, -1, GROUPED, false },
	{ "checkpoint at 4000 pages", STORE_PAGE_SIZE, 4000, true, -1, GROUPED, false },
	{ "checkpoint at 8000 pages", STORE_PAGE_SIZE, 8000, true, -1, GROUPED, false },
	{ "log cut to 256 KiB after each", STORE_PAGE_SIZE, 2000, true, 262144, GROUPED, false },
	{ "pages of 2048, the same bytes", 2048, 1000, true, -1, GROUPED, false },
	{ "pages of 4096, the same bytes", 4096, 500, true, -1, GROUPED, false },
	{ "pages of 4096, as many", 4096, 2000, true, -1, GROUPED, false },
	{ "result and claim in two commits", STORE_PAGE_SIZE, 2000, true, -1, SINGLY, false },
	{ "four reports in a commit", STORE_PAGE_SIZE, 2000, true, -1, REPORTS_BY_4, false },
};

static void execute(struct store *store, const char *sql)
{
	if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return;
	printf("%s: %s\n", sql, sqlite3_errmsg(store->db));
	exit(1);
}

/* The page size is only changed outside the log. */
static void set_up(struct store *store, const struct way *way)
{
	char sql[256];

	if (way->page != STORE_PAGE_SIZE || !way->vacuum) {
		snprintf(sql, sizeof(sql),
			"PRAGMA journal_mode = DELETE; PRAGMA page_size = %d; "
			"PRAGMA auto_vacuum = %s; VACUUM; PRAGMA journal_mode = WAL",
			way->page, way->vacuum ? "INCREMENTAL" : "NONE");
		execute(store, sql);
	}
	snprintf(sql, sizeof(sql),
		"PRAGMA wal_autocheckpoint = %d; PRAGMA journal_size_limit = %" PRId64,
		way->checkpoint, way->limit);
	execute(store, sql);
	must(store_value_set(store, "way", 1), "the log's first page");
	if (way->grows)
		execute(store, "PRAGMA wal_checkpoint(TRUNCATE)");
	else
		wal_reserve(store->db, way->checkpoint, way->page);
}

struct io {
	int64_t written, blocks, commits, us, longest_us;
};

static struct io io_now(void)
{
	return (struct io){ .written = proc_number(getpid(), "io", "wchar:"),
		.blocks = disk_bytes(NULL),
		.us = time_mono_us() };
}

static void commit(struct store *store, struct io *io)
{
	int64_t start_us = time_mono_us();

	must(store_commit(store), "commit");
	note_longest(&io->longest_us, start_us);
	io->commits++;
}

struct waiting {
	char phone[PHONE_SIZE];
	int reference;
};

static void reports(
	struct store *store, const struct waiting *waiting, int n, int64_t now_ms, struct io *io)
{
	must(store_begin(store), "begin");
	for (int i = 0; i < n; i++)
		must(store_report(store, "sim1", waiting[i].reference, waiting[i].phone,
			     REPORT_DELIVERED, now_ms, now_ms),
			"report");
	commit(store, io);
}

/* Each copy: claimed, accepted, reported; as the courier does it. */
static void send_all(struct store *store, const struct way *way, int64_t now_ms, struct io *io)
{
	int group = way->grouping == REPORTS_BY_4 ? 4 : 1, waits = 0, more;
	struct waiting waiting[4];
	struct store_claim claim;

	must(store_begin(store), "begin");
	more = store_claim_next(store, "sim1", false, now_ms, &claim);
	commit(store, io);
	for (int i = 0; more == 1; i++) {
		text_copy(waiting[waits].phone, PHONE_SIZE, claim.phone);
		waiting[waits++].reference = i & 255;
		must(store_begin(store), "begin");
		must(store_segment_sent(store, claim.segment_id, i & 255, now_ms), "sent");
		if (way->grouping == SINGLY) {
			commit(store, io);
			must(store_begin(store), "begin");
		}
		more = store_claim_next(store, "sim1", false, now_ms, &claim);
		commit(store, io);
		if (waits == group || more != 1) {
			reports(store, waiting, waits, now_ms, io);
			waits = 0;
		}
	}
}

static void run_way(const char *dir, const struct way *way)
{
	struct store *store = bench_store_open(dir);
	struct io from, to, io = { .commits = 0 };
	double n = PEOPLE * ALERTS;

	fill(store);
	set_up(store, way);
	from = io_now();
	for (int i = 0; i < ALERTS; i++) {
		alert_queue(store, NOW_MS + i * MS_PER_H);
		send_all(store, way, NOW_MS + i * MS_PER_H, &io);
	}
	store_close(store); /* with what is left in the log */
	to = io_now();
	printf("%-34s %9.0f %9.0f %8.2f %9.1f %9.1f\n", way->name,
		(double)(to.written - from.written) / n, (double)(to.blocks - from.blocks) / n,
		(double)io.commits / n, (double)(to.us - from.us) / n / 1e3,
		(double)io.longest_us / 1e3);
}

static void in_child(void (*run)(const char *dir, const void *with), const void *with)
{
	char dir[256];
	int status;
	pid_t pid;

	bench_dir_make(dir, "flash");
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		run(dir, with);
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	bench_dir_remove(dir);
	if (status)
		exit(1);
}

static void run_any_way(const char *dir, const void *way)
{
	run_way(dir, way);
}

static void bench_ways(void)
{
	printf("per message of an alert to %d people: queued, claimed, accepted, reported\n",
		PEOPLE);
	printf("%-34s %9s %9s %8s %9s %9s\n", "", "bytes", "in blocks", "commits", "ms",
		"longest ms");
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		in_child(run_any_way, &ways[i]);
}

/* ---- what goes for its age ------------------------------------------------------------------ */

#define AGED_ALERTS 60

/* Of this process: the disk's share is the commit's, and other programs' are nobody's. */
static int64_t cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t longest(int64_t longest_us, int64_t start_us)
{
	int64_t us = cpu_us() - start_us;

	return us > longest_us ? us : longest_us;
}

static void run_old(const char *dir, const void *with)
{
	struct store_round round = { .keep = { NOW_MS + 50 * MS_PER_DAY, NOW_MS } };
	struct store *store = bench_store_open(dir);
	int64_t drop_us = 0, shrink_us = 0, before, after, unused, n = 0;
	struct io from, to, io = { .commits = 0 };
	int rc = 1;

	fill(store);
	execute(store, "PRAGMA synchronous = OFF"); /* nobody waits for the past */
	for (int i = 0; i < AGED_ALERTS; i++) {
		alert_queue(store, NOW_MS);
		send_all(store, with, NOW_MS, &io);
	}
	must(store_due(store, 1000, NOW_MS), "due");
	execute(store, "PRAGMA synchronous = FULL");
	must(store_size(store, &before, &unused), "size");
	from = io_now();
	for (; rc == 1; n++) {
		int64_t start_us = cpu_us();

		rc = store_drop_old(store, &round);
		must(rc, "drop");
		drop_us = longest(drop_us, start_us);
	}
	for (rc = 1; rc == 1;) {
		int64_t start_us = cpu_us();

		rc = store_shrink(store);
		must(rc, "shrink");
		shrink_us = longest(shrink_us, start_us);
	}
	to = io_now();
	must(store_size(store, &after, &unused), "size");
	figure("longest slice that lets old rows go, CPU", "< 50 ms", "%.1f ms",
		(double)drop_us / 1e3);
	figure_limit("%" PRId64 " rows in %" PRId64
		     " slices; of each the commit's sync comes on top",
		round.gone, n);
	figure("longest slice that gives pages back, CPU", "< 50 ms", "%.1f ms",
		(double)shrink_us / 1e3);
	figure("the file before and after, KiB", NULL, "%" PRId64 ", %" PRId64, before / 1024,
		after / 1024);
	figure("written per copy that went, bytes (in blocks)", NULL, "%.0f (%.0f)",
		(double)(to.written - from.written) / (AGED_ALERTS * PEOPLE),
		(double)(to.blocks - from.blocks) / (AGED_ALERTS * PEOPLE));
	store_close(store);
}

static void bench_old(void)
{
	in_child(run_old, &ways[0]);
}

/* ---- an idle day of the desk, on virtual time ----------------------------------------------- */

static void idle_pace(void *ctx, struct desk_pace *out)
{
	(void)ctx;
	*out = (struct desk_pace){ .modems = 1, .allowance = -1, .newcomers = -1 };
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static void not_paused(void *ctx, bool paused)
{
	(void)ctx, (void)paused;
}

static bool not_ours(void *ctx, const char *phone)
{
	(void)ctx, (void)phone;
	return false;
}

static void no_problem(void *ctx, bool error, const char *problem)
{
	(void)ctx;
	if (error)
		printf("%s\n", problem);
}

static int64_t day_of(struct desk *desk, int64_t now_ms)
{
	int64_t end_ms = now_ms + MS_PER_DAY, turns = 0;

	for (; now_ms < end_ms; turns++) {
		int64_t next_ms = desk_tick(desk, now_ms);

		must(next_ms, "tick");
		next_ms = next_ms > now_ms ? next_ms : now_ms + 200;
		now_ms = time_min(next_ms, now_ms + MS_PER_H);
	}
	return turns;
}

static void run_day(const char *dir, const void *with)
{
	static const struct desk_events events = { nothing, idle_pace, not_ours, not_paused,
		nothing };
	const struct settings *settings = NULL;
	struct store *store = bench_store_open(dir);
	struct speech *speech;
	struct desk *desk;
	struct io from, to;
	int64_t turns;

	(void)with;
	fill(store);
	must(settings_parse("people = ( { phone = \"+15105550101\"; role = \"admin\"; } );",
		     "bench.cfg", no_problem, NULL, &settings),
		"settings");
	must(speech_new("config/messages", "en", no_problem, NULL, &speech), "speech");
	must(desk_new(settings, store, speech, &events, NULL, NOW_MS, &desk), "desk");
	day_of(desk, NOW_MS); /* the first one also begins things */
	execute(store, "PRAGMA wal_checkpoint(TRUNCATE)");
	from = io_now();
	turns = day_of(desk, NOW_MS + MS_PER_DAY);
	execute(store, "PRAGMA wal_checkpoint(TRUNCATE)");
	to = io_now();
	figure("turns of the desk in an idle day", NULL, "%" PRId64, turns);
	figure("written to the database in an idle day, bytes", NULL, "%" PRId64,
		to.written - from.written);
	figure("  in blocks of the disk", NULL, "%" PRId64, to.blocks - from.blocks);
	desk_free(desk);
	speech_free(speech);
	settings_free(settings);
	store_close(store);
}

static void bench_day(void)
{
	in_child(run_day, NULL);
}

/* ---- the idle farod ------------------------------------------------------------------------- */

#define IDLE_S 120

static void bench_idle(void)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	int64_t wakes, written;
	double cpu;

	box_start(box);
	nanosleep(&(struct timespec){ .tv_sec = 15 }, NULL); /* let the start be over */
	wakes = proc_wake_ups(box_pid(box));
	cpu = proc_cpu_s(box_pid(box));
	written = proc_number(box_pid(box), "io", "wchar:");
	nanosleep(&(struct timespec){ .tv_sec = IDLE_S }, NULL);
	figure("wake-ups of farod in an idle minute", "< 10", "%.1f",
		(double)(proc_wake_ups(box_pid(box)) - wakes) * 60 / IDLE_S);
	figure("CPU of farod in an idle day, s", NULL, "%.1f",
		(proc_cpu_s(box_pid(box)) - cpu) * 86400 / IDLE_S);
	figure("written by farod in these idle minutes, bytes", NULL, "%" PRId64,
		proc_number(box_pid(box), "io", "wchar:") - written);
	figure_limit("lines to the modem and to the log are among them; %d s were watched", IDLE_S);
	box_free(box);
}

int main(void)
{
	static const struct bench_choice benches[] = {
		{ "ways", bench_ways },
		{ "old", bench_old },
		{ "day", bench_day },
		{ "idle", bench_idle },
	};

	log_set_level(LOG_LEVEL_ERROR);
	benches_run(benches, ARRAY_SIZE(benches));
	return 0;
}
