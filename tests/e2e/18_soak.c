/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 18: a long day. 2,000 segments and 500 texts in (`make soak`: 200,000 and 50,000) with
 * four modems that fail in every way the simulator knows, at random, without radio time.
 *
 * With every alert somebody texts STOP while it goes out, and every fourth is called off.
 *
 * One process from beginning to end. Once a quarter is done its memory and descriptors are
 * level; the database grows with what it keeps, so it is measured by that, and its log is bounded.
 * Then the journal is compared with the database.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "cmocka_story.h"
#include "internal.h"
#include "proof.h"

#define MODEMS    4
#define BATCH     100  /* texts in between two looks */
#define AHEAD     1000 /* texts that may wait to be handled */
#define QUEUE_LOW 400  /* another alert then */
#define DRILLS    4    /* with every so many alerts one that is called off */
#define LOOK_MS   20   /* `status` counts what the box keeps: not too often */
#ifdef __SANITIZE_ADDRESS__
/* A sanitizer keeps what was freed: memory is judged in the ordinary build. */
#define RSS_KIB (1024 * 1024)
#else
#define RSS_KIB 1024 /* may grow by so much after the first quarter */
#endif
/* What is kept: a copy; a text with its incident, its notes, its answers and their bodies. */
#define DB_BYTES      (2L * 1024 * 1024)
#define SEGMENT_BYTES 150
#define TEXT_BYTES    2048
#define LOG_BYTES     (8L * 1024 * 1024)

/** What is measured as the work goes on. */
struct figures {
	int64_t segments, texts, rss_kib, fds, db_bytes, log_bytes;
};

/** What is wanted of segments and texts, whom they go to, and what was begun. */
struct work {
	int64_t segments, texts;
	int people, stoppers, alerts, stops, drills, reports;
};

static const char *const faults[] = {
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"lost_answer\"}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"error_accepted\",\"code\":500}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"error\",\"on\":\"+CMGS\",\"code\":41}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"error\",\"on\":\"+CMGS\",\"code\":42}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"late\",\"ms\":300}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"garbage\",\"lines\":[\"+XYZZY: "
	"1,2\",\"RING\"]}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"lost_notice\",\"on\":\"+CMTI\"}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"lost_notice\",\"on\":\"+CDS\"}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"doubled_notice\"}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"undeletable\"}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"unplug\",\"ms\":300}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"reboot\"}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"network\",\"ms\":300}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"hang\",\"ms\":700}",
	"{\"cmd\":\"fault\",\"modem\":\"%s\",\"kind\":\"no_prompt\"}",
};
#define N_FAULTS (sizeof(faults) / sizeof(faults[0]))

static void random_fault(struct box *box, int i)
{
	char modem[16], text[256];
	json_t *command;

	snprintf(modem, sizeof(modem), "sim%u", 1 + (unsigned int)roll(MODEMS));
	snprintf(text, sizeof(text), faults[(size_t)i % N_FAULTS], modem);
	command = json_loads(text, 0, NULL);
	assert_non_null(command);
	json_decref(sim_ask(box, "O", command));
	json_decref(command);
}

static int64_t size_of(struct box *box, const char *name)
{
	struct stat st;
	char path[256];

	snprintf(path, sizeof(path), "%s/data/%s", box_dir(box), name);
	return stat(path, &st) == 0 ? st.st_size : 0;
}

static int64_t descriptors(pid_t pid)
{
	char path[64];
	int64_t n = -2; /* . and .. */
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static struct figures measure(struct box *box, const json_t *status)
{
	struct figures now = { .segments = json_number_at(status, "outbox.segments_sent"),
		.texts = json_number_at(status, "inbox.handled"),
		.rss_kib = memory_kib(box_pid(box)),
		.fds = descriptors(box_pid(box)),
		.log_bytes = size_of(box, "faro.db-wal") };

	now.db_bytes = size_of(box, "faro.db");
	print_message("%8lld segments %7lld texts  memory %6lld KiB  %3lld descriptors  %9lld "
		      "bytes kept  log %lld bytes\n",
		(long long)now.segments, (long long)now.texts, (long long)now.rss_kib,
		(long long)now.fds, (long long)now.db_bytes, (long long)now.log_bytes);
	return now;
}

static void is_level(const struct figures *quarter, const struct figures *now)
{
	assert_true(now->rss_kib <= quarter->rss_kib + RSS_KIB);
	assert_true(now->fds <= quarter->fds + MODEMS);
	assert_true(now->log_bytes <= LOG_BYTES);
	assert_true(now->db_bytes <=
		    DB_BYTES + now->segments * SEGMENT_BYTES + now->texts * TEXT_BYTES);
}

/* An alert, a STOP of one of those who are on the list for that, and at times a CANCEL. */
static void more_work(struct box *box, struct work *work)
{
	start_alert(box, ++work->alerts);
	if (work->stops < work->stoppers)
		member_stops(box, work->people + work->stops++, "sim1");
	if (work->alerts % DRILLS == 0)
		dispatcher_cancels(box, start_drill(box, ++work->drills));
}

/* A batch of texts from neighbors, as far ahead in all of them as segments are in all of those. */
static void more_texts(struct box *box, struct work *work, const struct figures *now)
{
	int64_t share = work->texts * (now->segments + work->segments / 16) / work->segments;

	for (int i = 0; i < BATCH && work->reports < work->texts &&
			work->reports < now->texts + AHEAD && work->reports < share;
		i++) {
		char modem[16];

		snprintf(modem, sizeof(modem), "sim%d", 1 + work->reports % MODEMS);
		neighbor_reports(box, work->reports++, modem);
	}
}

static void everything_fails_and_nothing_is_lost_or_grows(void **state)
{
	struct work work = { .segments = proof_long() ? 200000 : 2000,
		.texts = proof_long() ? 50000 : 500,
		.people = proof_long() ? 1000 : 100,
		.stoppers = proof_long() ? 500 : 50 };
	int faulted = 0, marks = 0;
	struct box *box =
		box_new(&(struct box_options){ .modems = MODEMS, .dir = getenv("FARO_SOAK_DIR") });
	struct figures quarter = { 0 }, now = { 0 };
	struct invariants_found found;
	int64_t start = mono_ms(), moved = start;
	pid_t pid;

	(void)state;
	sim_do(box, "{s:s}", "cmd", "unsubscribe");
	box_start(box);
	pid = box_pid(box);
	import_people(box, work.people + work.stoppers);
	while (now.segments < work.segments || now.texts < work.texts) {
		json_t *status = box_status(box);
		int64_t before = now.segments + now.texts;

		now.segments = json_number_at(status, "outbox.segments_sent");
		now.texts = json_number_at(status, "inbox.handled");
		if (now.segments + now.texts > before)
			moved = mono_ms();
		if (now.segments * 16 >= work.segments * marks) {
			now = measure(box, status);
			if (marks++ == 4)
				quarter = now;
			else if (marks > 5)
				is_level(&quarter, &now);
		}
		more_texts(box, &work, &now);
		if (json_number_at(status, "outbox.queued") < QUEUE_LOW &&
			now.segments < work.segments)
			more_work(box, &work);
		json_decref(status);
		/* a modem whose pace is not known yet is waited for as long as the slowest */
		if (now.segments >= 400 + faulted * (proof_long() ? 400 : 80))
			random_fault(box, faulted++);
		box_wait_event(box, proof_long() ? 10 * LOOK_MS : LOOK_MS);
		if (mono_ms() - moved > STILL_MS)
			fail_msg("nothing has moved for two minutes");
	}
	sim_do(box, "{s:s}", "cmd", "clear");
	box_work_off(box);
	box_wait_rest(box);
	assert_int_equal(box_pid(box), pid);
	assert_int_equal(box_stop(box), 0);
	box_check_invariants(box, &found);
	assert_int_equal(found.stopped, work.stops);
	assert_int_equal(found.ended, work.drills);
	print_message("%lld segments, %lld texts in, %d alerts to %d people, %d STOPs, %d alerts "
		      "called off, %d faults, %lld s\n",
		(long long)found.segments, (long long)found.texts, work.alerts,
		work.people + work.stoppers + 2, work.stops, work.drills, faulted,
		(long long)(mono_ms() - start) / 1000);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(everything_fails_and_nothing_is_lost_or_grows),
	};

	return run_stories(stories);
}
