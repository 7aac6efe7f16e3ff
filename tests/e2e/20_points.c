/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 20: the plug is pulled at every point that has a name.
 *
 * The crash build counts the points it comes to: before and after each commit, each write and sync
 * of the disk, before and after each AT command and at its answer. A rehearsal lists them; then
 * each ends one life (`make proof`: ten lives, at its first to its tenth time), while alerts go
 * out, reports come back and texts come in. Then the work is let finish and the journal is compared
 * with the database. Needs build/crash/farod (make crash).
 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_story.h"
#include "internal.h"
#include "proof.h"

#define PEOPLE     40
#define MODEMS     2
#define POINTS_MAX 512
#define LIFE_MS    2500

static char points[POINTS_MAX][80];
static int n_points, alerts, reports;

static void text_in(struct box *box)
{
	neighbor_reports(box, reports, reports % 2 ? "sim1" : "sim2");
	reports++;
}

/*
 * What happens to a life, once it is ready, that comes to a point which everyday work does not come
 * to.
 */
static const struct {
	const char *point, *command;
	bool stop; /* it is asked to end: the log is written back into the database */
} provocations[] = {
	{ "at.re-sync.",
		"{\"cmd\":\"fault\",\"modem\":\"*\",\"kind\":\"garbage\",\"on\":\"+CMGS\","
		"\"lines\":[\"OK\"]}",
		false },
	{ "at.hang up.",
		"{\"cmd\":\"call\",\"modem\":\"sim1\",\"from\":\"+14155550100\",\"rings\":2}",
		false },
	{ "disk.db.", "{\"cmd\":\"ping\"}", true },
};

static bool needs_provocation(const char *point)
{
	for (size_t i = 0; i < sizeof(provocations) / sizeof(provocations[0]); i++)
		if (strncmp(point, provocations[i].point, strlen(provocations[i].point)) == 0)
			return true;
	return false;
}

static void provoke(struct box *box, const char *point)
{
	for (size_t i = 0; i < sizeof(provocations) / sizeof(provocations[0]); i++) {
		json_t *command;

		if (strncmp(point, provocations[i].point, strlen(provocations[i].point)) != 0)
			continue;
		command = json_loads(provocations[i].command, 0, NULL);
		assert_non_null(command);
		json_decref(sim_ask(box, "O", command));
		json_decref(command);
		text_in(box);
		if (provocations[i].stop)
			kill(box->farod_pid, SIGTERM);
	}
}

static struct box *a_box(void)
{
	return box_new(&(struct box_options){ .daemon = "crash/farod",
		.modems = MODEMS,
		.segment_ms = 5,
		.report_delay_ms = 20 });
}

/* ---- the rehearsal --------------------------------------------------------------------------- */

static void read_points(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[80];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		int i = 0;

		line[strcspn(line, "\n")] = 0;
		while (i < n_points && strcmp(points[i], line) != 0)
			i++;
		assert_true(i < POINTS_MAX);
		if (i == n_points)
			memcpy(points[n_points++], line, sizeof(line));
	}
	fclose(file);
	unlink(path);
}

static void rehearse(struct box *box)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/points", box_dir(box));
	setenv("FARO_CRASH_LIST", path, 1);
	box_start(box);
	import_people(box, PEOPLE);
	start_alert(box, ++alerts);
	provoke(box, "at.hang up.");
	box_settle(box);
	provoke(box, "at.re-sync.");
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	unsetenv("FARO_CRASH_LIST");
	read_points(path);
}

/* ---- lives ----------------------------------------------------------------------------------- */

/* Waits until farod has ended itself; false when it lived too long, and it is killed. */
static bool ends_itself(struct box *box)
{
	for (int waited = 0; waited < LIFE_MS; waited += 2) {
		int status;

		if (waitpid(box->farod_pid, &status, WNOHANG) == box->farod_pid) {
			box->farod_pid = 0;
			if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
				fail_msg(
					"farod ended with status %x; see %s", status, box_dir(box));
			return true;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 2000000L }, NULL);
	}
	box_kill(box);
	return false;
}

static bool die_at(struct box *box, const char *point, int hit)
{
	char crash[128];
	bool ended;

	snprintf(crash, sizeof(crash), "%.100s:%d", point, hit);
	text_in(box);
	setenv("FARO_CRASH", crash, 1);
	if (needs_provocation(point))
		box_start(box);
	else
		box_start_modems(box, -1);
	unsetenv("FARO_CRASH");
	provoke(box, point);
	ended = ends_itself(box);
	sim_do(box, "{s:s}", "cmd", "clear");
	return ended;
}

/* Every tenth life is whole enough to start an alert. */
static void new_work(struct box *box, int lives)
{
	if (lives % 10 != 0)
		return;
	box_start_modems(box, 0);
	start_alert(box, ++alerts);
	box_kill(box);
}

static void every_point_ends_a_life_and_nothing_is_lost(void **state)
{
	int hits = proof_long() ? 10 : 1, lives = 0, ended = 0, missed = 0;
	struct box *box = a_box();
	struct invariants_found found;
	int64_t start = mono_ms();

	(void)state;
	rehearse(box);
	for (int i = 0; i < n_points; i++) {
		int at_point = 0;

		for (int hit = 1; hit <= hits; hit++) {
			new_work(box, lives++);
			if (!die_at(box, points[i], hit))
				break;
			at_point++;
		}
		ended += at_point;
		missed += at_point == 0;
		print_message("%3d %-44s %d\n", i + 1, points[i], at_point);
	}
	box_start(box);
	box_settle(box);
	box_wait_status(box, "outbox.unknown", 0, false);
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	assert_int_equal(box_query(box, "SELECT count(*) FROM incident WHERE reporter IN (SELECT "
					"person FROM text)"),
		reports);
	box_check_invariants(box, &found);
	print_message(
		"%d points, %d lives ended at one, %d points not come to again, %d alerts to %d "
		"people, %d texts in, %lld s\n",
		n_points, ended, missed, alerts, PEOPLE + 2, reports,
		(long long)(mono_ms() - start) / 1000);
	assert_true(n_points > 60);
	assert_int_equal(missed, 0);
	box_free(box);
}

/* ---- the first start ------------------------------------------------------------------------- */

static void remove_data(struct box *box)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -rf %s/data", box_dir(box));
	assert_int_equal(system(command), 0);
}

static void a_first_start_that_is_cut_off_is_followed_by_a_good_one(void **state)
{
	static const char *const kinds[] = { "disk.db.write", "disk.wal.write", "disk.wal.synced",
		"disk.db.synced", "store.commit", "store.committed" };
	int most = proof_long() ? 60 : 3, lives = 0;
	struct box *box = a_box();

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (int hit = 1; hit <= most; hit++) {
			char crash[64];
			bool ended;

			remove_data(box);
			snprintf(crash, sizeof(crash), "%s:%d", kinds[i], hit);
			setenv("FARO_CRASH", crash, 1);
			box_start_modems(box, -1);
			unsetenv("FARO_CRASH");
			ended = ends_itself(box);
			box_start_modems(box, 0);
			assert_int_equal(box_stop(box), 0);
			assert_int_equal(
				box_query(box, "SELECT count(*) FROM person WHERE state = 2"), 2);
			lives += ended;
			if (!ended)
				break;
		}
	print_message("%d first starts cut off\n", lives);
	assert_true(lives > 5);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(every_point_ends_a_life_and_nothing_is_lost),
		cmocka_unit_test(a_first_start_that_is_cut_off_is_followed_by_a_good_one),
	};

	return run_stories(stories);
}
