/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 20: the plug is pulled at every point that has a name.
 *
 * The crash build counts the points it comes to: before and after each commit, each write and sync
 * of the disk, before and after each AT command and at its answer. Scenes bring it to all of them:
 * an everyday with an alert, and what happens rarely. The rehearsal of a scene lists the points
 * that the scenes before did not come to; then each ends one life (`make proof`: ten lives, at its
 * first to its tenth time), while texts go out and come in, people stop and alerts are called off.
 * Then the work is let finish and the journal is compared with the database. No step of any AT
 * dialogue may be left. Needs build/crash/farod (make crash).
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_story.h"
#include "internal.h"
#include "proof.h"

#define PEOPLE     40
#define STOPPERS   100 /* on the list beside the others, to text STOP: one in every fifth life */
#define MODEMS     2
#define POINTS_MAX 512
#define CHANCES    3
#define LIFE_MS    15000
#define COMMANDS   4

/*
 * A scene brings farod to points that the ones before it do not come to. Its commands are the
 * simulator's; SIM 1 is as it begins with them before each life, and is done to once it is ready.
 */
struct scene {
	const char *name;
	const char *profile, *modem_settings; /* NULL: the usual */
	const char *haste, *beat;             /* deadlines, or rests, are that many times shorter */
	const char *before[COMMANDS], *after[COMMANDS];
	const char *until;  /* the rehearsal lasts until this point is come to */
	const char *at;     /* an AT command that the modem is given before each life */
	const char *signal; /* "TERM": it is asked to end; "PORT": its ports are looked for */
	const char
		*chance; /* points that come here by chance only: they have scenes of their own */
	bool unready;    /* its points may come before it is ready */
	bool stored;     /* texts lie in two stores of its modem */
};

#define FAULT(kind_) "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"" kind_ "\""
#define NO_CENTRE    "{\"cmd\":\"centre\",\"modem\":\"sim1\",\"number\":\"\"}"
/* No prompt, and then nothing for the re-sync and for so many of the ladder's commands. */
#define DEAF(at_)                                                                                  \
	FAULT("no_prompt")                                                                         \
	"}", FAULT("silence") ",\"on\":\"+CMEE\",\"times\":3}",                                    \
		FAULT("silence") ",\"on\":\"AT\",\"times\":" #at_ "}"

static const struct scene scenes[] = {
	/* a prompt that was asked for ahead may be left, or not */
	{ .name = "an everyday", .until = "at.send.1.answered", .chance = "at.re-sync." },
	{ .name = "a call",
		.after = { "{\"cmd\":\"call\",\"modem\":\"sim1\",\"from\":\"+14155550100\","
			   "\"rings\":2}" },
		.until = "at.hang up.1.answered",
		.chance = "at.re-sync." },
	{ .name = "a report that wants to be acknowledged", /* not every family's reports do */
		.profile = "generic",
		.unready = true,
		.until = "at.acknowledge.0.answered" },
	{ .name = "an end", .signal = "TERM", .until = "disk.db.synced" },
	{ .name = "a SIM that says something",
		.after = { "{\"cmd\":\"line\",\"modem\":\"sim1\",\"text\":\"+CPIN: READY\"}" },
		.until = "at.SIM check.0.answered" },
	{ .name = "a PIN",
		.modem_settings = "pin = \"1234\";",
		.before = { "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"pin\":\"1234\",\"required\":"
			    "true}",
			"{\"cmd\":\"reboot\",\"modem\":\"sim1\",\"ms\":1}" },
		.unready = true,
		.until = "at.start-up.15.answered" },
	{ .name = "a radio that is off",
		.at = "AT+CFUN=4",
		.unready = true,
		.until = "at.start-up.11.answered" },
	{ .name = "factory settings",
		.profile = "sim7600",
		.unready = true,
		.until = "at.start-up.7.answered" },
	{ .name = "a stick that is told to be quiet",
		.profile = "e3531",
		.unready = true,
		.until = "at.start-up.9.answered" },
	{ .name = "a port of which nobody knows what it is",
		.signal = "PORT",
		.unready = true,
		.until = "at.is a modem there.0.answered" },
	{ .name = "a SIM without a service centre",
		.modem_settings = "service_centre = \"+15105550199\";",
		.before = { NO_CENTRE },
		.unready = true,
		.until = "at.network.4.answered" },
	{ .name = "a SIM that loses its service centre",
		.modem_settings = "service_centre = \"+15105550199\";",
		.after = { NO_CENTRE },
		.until = "at.service centre.1.answered" },
	{ .name = "a SIM that does not use its service centre",
		.after = { FAULT("error") ",\"on\":\"+CMGS\",\"code\":330}" },
		.until = "at.service centre.2.answered" },
	{ .name = "a modem that was set to packets alone",
		.at = "AT+CGSMS=0",
		.unready = true,
		.until = "at.network.8.answered" },
	{ .name = "a store that is not listed",
		.before = { FAULT("error") ",\"on\":\"+CMGL\",\"code\":303,\"times\":0}" },
		.stored = true,
		.unready = true,
		.until = "at.read a place.1.answered" },
	{ .name = "a prompt that never comes",
		.haste = "20",
		.after = { FAULT("no_prompt") "}" },
		.until = "at.re-sync.1.answered" },
	{ .name = "a modem that is deaf for a moment",
		.haste = "20",
		.after = { DEAF(1) },
		.until = "at.poke.0.answered" },
	{ .name = "a modem that wants its prompt left",
		.haste = "20",
		.after = { DEAF(4) },
		.until = "at.escape.1.answered" },
	{ .name = "a modem that wants its radio off",
		.haste = "20",
		.after = { DEAF(5) },
		.until = "at.radio off and on.1.answered" },
	{ .name = "a modem that wants a restart",
		.haste = "20",
		.after = { DEAF(5), FAULT("silence") ",\"on\":\"+CFUN\"}" },
		.until = "at.restart.0.written" },
	/* so soon that it comes before anybody has seen that the modem is ready */
	{ .name = "a heartbeat",
		.beat = "60",
		.unready = true,
		.until = "at.heartbeat.0.answered" },
	{ .name = "a heartbeat that is refused",
		.beat = "60",
		.unready = true,
		.before = { FAULT("error") ",\"on\":\"+CSQ\",\"after\":1,\"times\":1}" },
		.until = "at.heartbeat, singly.2.answered" },
};
#define N_SCENES (sizeof(scenes) / sizeof(scenes[0]))

/* What no scene comes to, and why. */
static const struct {
	const char *point, *why;
} never[] = {
	{ "at.start-up.6.", "is no command: it looks whose modem it is" },
	{ "at.ask.0.", "told to a modem whose +CMMS ends by itself, which no family's does" },
	{ "at.USSD.", "nothing asks for one but an admin" },
	{ "at.read a place.0.", "the count before has chosen the store" },
	{ "at.delete.0.", "a text of the other store: its commit took longer than a sweep" },
};

/** A point, and the scene in which a life ends at it. */
static struct {
	char name[80];
	size_t scene;
	int ended;
} points[POINTS_MAX];
static char expected[POINTS_MAX][80];
static int n_points, n_expected, alerts, reports, stops, drills, lives;

static void text_in(struct box *box)
{
	neighbor_reports(box, reports, reports % 2 ? "sim1" : "sim2");
	reports++;
}

/* A text in each of two stores: what is read from the one is deleted after the other was read. */
static void texts_stored(struct box *box)
{
	static const char *const memories[] = { "SM", "ME" };

	for (int i = 0; i < 2; i++) {
		char phone[24];

		number_of(500 + reports++, phone);
		sim_do(box, "{s:s,s:s,s:s,s:s,s:s}", "cmd", "text", "from", phone, "text",
			"REPORT it lies in a store", "modem", "sim1", "memory", memories[i]);
		box->texts_sent++;
	}
}

static void tell_sim(struct box *box, const char *const commands[COMMANDS])
{
	for (int i = 0; i < COMMANDS && commands[i]; i++) {
		json_t *command = json_loads(commands[i], 0, NULL);

		assert_non_null(command);
		json_decref(sim_ask(box, "O", command));
		json_decref(command);
	}
}

/* farod is not there: the modem is told something by another. */
static void tell_modem(struct box *box, const char *command)
{
	char path[256], answer[256] = "";
	size_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/sim1", box_dir(box));
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(fd >= 0);
	dprintf(fd, "\x1b%s\r", command);
	while (n + 1 < sizeof(answer) && !strstr(answer, "OK")) {
		ssize_t got = read(fd, answer + n, sizeof(answer) - 1 - n);

		assert_true(got > 0);
		n += (size_t)got;
		answer[n] = 0;
	}
	close(fd);
}

static struct box *a_box(const struct scene *scene)
{
	bool searched = scene->signal && strcmp(scene->signal, "PORT") == 0;
	struct box *box = box_new(&(struct box_options){ .daemon = "crash/farod",
		.modems = MODEMS,
		.profile = scene->profile,
		.modem_settings = scene->modem_settings,
		.port = searched ? "auto" : NULL,
		.board = searched ? "board : { driver = \"none\"; dev = \"@DIR/dev\"; sys = "
				    "\"@DIR/sys\"; };"
				  : NULL,
		.segment_ms = 5,
		.report_delay_ms = 20 });
	char path[200], link[256];

	if (!searched)
		return box;
	snprintf(path, sizeof(path), "%s/dev", box_dir(box));
	assert_int_equal(mkdir(path, 0755), 0);
	for (int i = 1; i <= MODEMS; i++) {
		char name[8];

		snprintf(name, sizeof(name), "sim%d", i);
		snprintf(link, sizeof(link), "%s/ttyUSB%d", path, i);
		sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", name);
		sim_do(box, "{s:s,s:s,s:s}", "cmd", "plug", "modem", name, "link", link);
	}
	return box;
}

/* A life of this scene begins; what it is for comes once it is ready. */
static void begin(struct box *box, const struct scene *scene, bool wait)
{
	if (scene->haste)
		setenv("FARO_HASTE", scene->haste, 1);
	if (scene->beat)
		setenv("FARO_HASTE_BEAT", scene->beat, 1);
	tell_sim(box, scene->before);
	if (scene->at)
		tell_modem(box, scene->at);
	if (scene->stored)
		texts_stored(box);
	if (wait)
		box_start(box);
	else
		box_start_modems(box, -1);
	unsetenv("FARO_HASTE");
	unsetenv("FARO_HASTE_BEAT");
	if (wait)
		tell_sim(box, scene->after);
	text_in(box);
	if (scene->signal && strcmp(scene->signal, "TERM") == 0)
		kill(box->farod_pid, SIGTERM);
}

/* ---- the rehearsal --------------------------------------------------------------------------- */

static bool is_known(char names[][80], size_t stride, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(*names + (size_t)i * stride, name) == 0)
			return true;
	return false;
}

static bool is_never(const char *point)
{
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strncmp(point, never[i].point, strlen(never[i].point)) == 0)
			return true;
	return false;
}

/* The log is written back into the database at a clean end, and when the file is made: that is the
 * other story. */
static bool belongs(const char *point, const struct scene *scene)
{
	if (scene->chance && strncmp(point, scene->chance, strlen(scene->chance)) == 0)
		return false;
	return (strncmp(point, "disk.db.", 8) != 0 || scene->signal) && !is_never(point);
}

static void read_points(const char *path, size_t scene)
{
	static const char word[] = "expected ";
	FILE *file = fopen(path, "r");
	char line[80];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		assert_true(n_points < POINTS_MAX && n_expected < POINTS_MAX);
		if (strncmp(line, word, strlen(word)) == 0) {
			const char *name = line + strlen(word);

			if (!is_known(expected, sizeof(expected[0]), n_expected, name))
				memmove(expected[n_expected++], name, strlen(name) + 1);
		} else if (belongs(line, &scenes[scene]) &&
			   !is_known(&points[0].name, sizeof(points[0]), n_points, line)) {
			points[n_points].scene = scene;
			memcpy(points[n_points++].name, line, sizeof(line));
		}
	}
	fclose(file);
	unlink(path);
}

static bool listed(const char *path, const char *point)
{
	FILE *file = fopen(path, "r");
	char line[96];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		found = strcmp(line, point) == 0;
	}
	if (file)
		fclose(file);
	return found;
}

static void rehearse(struct box *box, size_t scene)
{
	int64_t until = mono_ms() + WAIT_MS;
	char path[256];

	snprintf(path, sizeof(path), "%s/points", box_dir(box));
	setenv("FARO_CRASH_LIST", path, 1);
	begin(box, &scenes[scene], true);
	unsetenv("FARO_CRASH_LIST");
	if (scene == 0) {
		import_people(box, PEOPLE + STOPPERS);
		start_alert(box, ++alerts);
		box_settle(box);
	}
	while (!listed(path, scenes[scene].until)) {
		if (mono_ms() > until)
			fail_msg("%s: never came to %s; see %s", scenes[scene].name,
				scenes[scene].until, box_dir(box));
		box_wait_event(box, 20);
	}
	sim_do(box, "{s:s}", "cmd", "clear");
	box_kill(box);
	read_points(path, scene);
}

/* ---- lives ----------------------------------------------------------------------------------- */

/*
 * Waits until the point has ended farod; false when it lived too long, and is killed, or came to
 * its end without that hit of the point.
 */
static bool ends_itself(struct box *box, const struct scene *scene)
{
	for (int waited = 0; waited < LIFE_MS; waited += 2) {
		int status;

		if (waitpid(box->farod_pid, &status, WNOHANG) == box->farod_pid) {
			box->farod_pid = 0;
			if (scene->signal && WIFEXITED(status) && WEXITSTATUS(status) == 0)
				return false;
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

static bool die_at(struct box *box, size_t scene, const char *point, int hit)
{
	char crash[128];
	bool ended;

	snprintf(crash, sizeof(crash), "%.100s:%d", point, hit);
	lives++;
	setenv("FARO_CRASH", crash, 1);
	begin(box, &scenes[scene], !scenes[scene].unready && scene != 0);
	unsetenv("FARO_CRASH");
	ended = ends_itself(box, &scenes[scene]);
	sim_do(box, "{s:s}", "cmd", "clear");
	return ended;
}

/*
 * A shortened deadline may pass before a busy machine has let the modem answer, and the life goes
 * another way: then another life is given the chance.
 */
static bool die_within(struct box *box, size_t scene, const char *point, int hit)
{
	for (int life = 0; life < CHANCES; life++)
		if (die_at(box, scene, point, hit))
			return true;
		else if (!scenes[scene].haste)
			return false;
	return false;
}

/*
 * Every tenth life is whole enough to start an alert, every twentieth also one that is called off
 * in the lives to come; in every fifth somebody stops.
 */
static void new_work(struct box *box)
{
	if (lives % 5 == 1 && stops < STOPPERS)
		member_stops(box, PEOPLE + stops++, "sim2");
	if (lives % 10 != 0)
		return;
	box_start_modems(box, 0);
	start_alert(box, ++alerts);
	if (lives % 20 == 0)
		dispatcher_cancels(box, start_drill(box, ++drills));
	box_kill(box);
}

static void finish(struct box *box)
{
	struct invariants_found found;

	box_start(box);
	box_settle(box);
	box_wait_status(box, "outbox.unknown", 0, false);
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	assert_int_equal(box_query(box, "SELECT count(*) FROM incident WHERE reporter IN (SELECT "
					"person FROM text)"),
		reports);
	box_check_invariants(box, &found);
	assert_int_equal(found.stopped, stops);
	assert_int_equal(found.ended, drills);
	box_free(box);
}

static int play(size_t scene)
{
	int hits = proof_long() ? 10 : 1, missed = 0;
	struct box *box = a_box(&scenes[scene]);

	alerts = reports = stops = drills = 0;
	rehearse(box, scene);
	for (int i = 0; i < n_points; i++) {
		if (points[i].scene != scene)
			continue;
		for (int hit = 1; hit <= hits; hit++) {
			if (scene == 0)
				new_work(box);
			if (!die_within(box, scene, points[i].name, hit))
				break;
			points[i].ended++;
		}
		missed += points[i].ended == 0;
		print_message(
			"%-40s %-44s %d\n", scenes[scene].name, points[i].name, points[i].ended);
	}
	finish(box);
	return missed;
}

static bool was_come_to(const char *prefix)
{
	for (int i = 0; i < n_points; i++)
		if (strncmp(points[i].name, prefix, strlen(prefix)) == 0)
			return true;
	return is_never(prefix);
}

/* Every dialogue of the sources has run, and of each every step. */
static int not_come_to(void)
{
	FILE *sources = popen("grep -ho 'AT_SCRIPT(\"[^\"]*' firmware/modem/*.c", "r");
	char line[128], name[160];
	int n = 0, dialogues = 0;

	assert_non_null(sources);
	while (fgets(line, sizeof(line), sources)) {
		line[strcspn(line, "\n")] = 0;
		snprintf(name, sizeof(name), "at.%s.", strchr(line, '"') + 1);
		dialogues++;
		if (!was_come_to(name))
			n++, print_message("never begun: %s\n", name);
	}
	pclose(sources);
	assert_true(dialogues > 15);
	for (int i = 0; i < n_expected; i++)
		if (!was_come_to(expected[i]))
			n++, print_message("never come to: %s\n", expected[i]);
	return n;
}

static void every_point_ends_a_life_and_nothing_is_lost(void **state)
{
	int64_t start = mono_ms();
	int missed = 0;

	(void)state;
	for (size_t scene = 0; scene < N_SCENES; scene++)
		missed += play(scene);
	print_message("%d points in %zu scenes, %d lives, %d points not come to again, %lld s\n",
		n_points, N_SCENES, lives, missed, (long long)(mono_ms() - start) / 1000);
	assert_int_equal(missed + not_come_to(), 0);
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
	int most = proof_long() ? 60 : 3, cut = 0;
	struct box *box = a_box(&scenes[0]);

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (int hit = 1; hit <= most; hit++) {
			char crash[64], *log;
			bool ended;

			remove_data(box);
			snprintf(crash, sizeof(crash), "%s:%d", kinds[i], hit);
			setenv("FARO_CRASH", crash, 1);
			box_start_modems(box, -1);
			unsetenv("FARO_CRASH");
			ended = ends_itself(box, &scenes[0]);
			box_start_modems(box, 0);
			assert_int_equal(box_stop(box), 0);
			assert_int_equal(
				box_query(box, "SELECT count(*) FROM person WHERE state = 2"), 2);
			log = box_log(box);
			assert_null(strstr(log, "damaged"));
			free(log);
			cut += ended;
			if (!ended)
				break;
		}
	print_message("%d first starts cut off\n", cut);
	assert_true(cut > 5);
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
