/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "figure.h"
#include "peer.h"

void peer_phone(int k, char phone[24])
{
	/* no country has +999: nobody is ever texted by mistake */
	snprintf(phone, 24, "+99955501%04d", k);
}

/* ---- files and processes -------------------------------------------------------------------- */

static void path_of(const struct peer_run *run, const char *name, char path[300])
{
	snprintf(path, 300, "%s/%s", box_dir(run->box), name);
}

/* Where the i-th modem is, for whoever has to be told. */
static void port_of(const struct peer_run *run, int i, char path[300])
{
	char name[32];

	snprintf(name, sizeof(name), run->stick ? "dev/ttyUSB%d" : "sim%d", run->stick ? i : i + 1);
	path_of(run, name, path);
}

/* Opens DIR/name for writing; ends the bench when it cannot. */
static FILE *create(const struct peer_run *run, const char *name)
{
	char path[300];
	FILE *file;

	path_of(run, name, path);
	file = fopen(path, "w");
	if (!file)
		box_failed(__FILE__, __LINE__, path);
	return file;
}

static void make_dir(const struct peer_run *run, const char *name)
{
	char path[300];

	path_of(run, name, path);
	mkdir(path, 0700);
}

/* Starts a program in a session of its own, quiet. */
static void spawn(struct peer_run *run, const char *const argv[])
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		setsid();
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	run->pids[run->n_pids++] = pid;
}

static void run_and_wait(const char *const argv[])
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 1);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		box_failed(__FILE__, __LINE__, argv[0]);
}

/* SIGTERM to each, SIGKILL to whoever of its session is left. */
static void end_all(struct peer_run *run)
{
	for (int i = 0; i < run->n_pids; i++)
		kill(run->pids[i], SIGTERM);
	for (int i = 0; i < run->n_pids; i++) {
		for (int tries = 0; tries < 300 && waitpid(run->pids[i], NULL, WNOHANG) == 0;
			tries++) {
			nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
			if (tries == 298)
				kill(-run->pids[i], SIGKILL);
		}
		kill(-run->pids[i], SIGKILL);
	}
	run->n_pids = 0;
}

/* ---- gammu-smsd ----------------------------------------------------------------------------- */

static const char gammu_tuned[] =
	"PIN =\nLogFile = /dev/null\nDebugLevel = 0\nCommTimeout = 1\nSendTimeout = 10\n"
	"ReceiveFrequency = 0\nStatusFrequency = 0\nLoopSleep = 0\nCheckSecurity = 0\n"
	"CheckBattery = 0\nCheckSignal = 0\nCheckNetwork = 0\nDeliveryReport = log\n"
	"MaxRetries = 3\nRetryTimeout = 5\nResetFrequency = 0\nHardResetFrequency = 0\n";

/* A script that answers every received text, as gammu's manual shows it. */
static void write_answerer(const struct peer_run *run, const char *config)
{
	char path[300];
	FILE *file = create(run, "answer.sh");

	fprintf(file,
		"#!/bin/sh\nexec gammu-smsd-inject -c %s TEXT \"$SMS_1_NUMBER\" -text \"An "
		"answer\"\n",
		config);
	fclose(file);
	path_of(run, "answer.sh", path);
	chmod(path, 0700);
}

static void start_gammu(struct peer_run *run, bool sql)
{
	char name[64], config[300], script[300], port[300];

	path_of(run, "answer.sh", script);
	for (int i = 0; i < run->modems; i++) {
		FILE *file;

		snprintf(name, sizeof(name), "gammu%d.conf", i + 1);
		file = create(run, name);
		port_of(run, i, port);
		fprintf(file,
			"[gammu]\ndevice = %s\nconnection = at115200\n[smsd]\n%sRunOnReceive "
			"= %s\n",
			port, gammu_tuned, script);
		if (sql) {
			fprintf(file,
				"Service = sql\nDriver = sqlite3\nDBDir = %s/\nDatabase = "
				"smsd.db\nPhoneID = sim%d\n",
				box_dir(run->box), i + 1);
		} else {
			fprintf(file, "Service = files\n");
			for (const char *const *box = (const char *const[]){ "inbox", "outbox",
				     "sentsmsb", "errorsms", NULL };
				*box; box++) {
				char dir[64];

				snprintf(dir, sizeof(dir), "%s%d", *box, i + 1);
				make_dir(run, dir);
				fprintf(file, "%spath = %s/%s/\n",
					strcmp(*box, "sentsmsb") == 0 ? "sentsms" : *box,
					box_dir(run->box), dir);
			}
		}
		fclose(file);
		path_of(run, name, config);
		if (i == 0)
			write_answerer(run, config);
		spawn(run, (const char *[]){ "gammu-smsd", "-c", config, NULL });
	}
}

static void start_gammu_files(struct peer_run *run)
{
	start_gammu(run, false);
}

static void start_gammu_sql(struct peer_run *run)
{
	static char schema[] =
		"sqlite3 \"$0\"/smsd.db < /usr/share/doc/gammu-smsd/examples/sqlite.sql";

	run_and_wait((const char *[]){ "/bin/sh", "-c", schema, box_dir(run->box), NULL });
	start_gammu(run, true);
}

static void queue_gammu(struct peer_run *run, int n, bool sql)
{
	for (int k = 0; k < n; k++) {
		char config[300], name[32], phone[24], text[32];

		/*
		 * with files each modem has a queue of its own; with SQL whoever is free takes the
		 * next
		 */
		snprintf(name, sizeof(name), "gammu%d.conf", sql ? 1 : k % run->modems + 1);
		path_of(run, name, config);
		peer_phone(run->queued, phone);
		snprintf(text, sizeof(text), "message %d", run->queued++);
		run_and_wait((const char *[]){ "gammu-smsd-inject", "-c", config, "TEXT", phone,
			"-report", "-text", text, NULL });
	}
}

static void queue_gammu_files(struct peer_run *run, int n)
{
	queue_gammu(run, n, false);
}

static void queue_gammu_sql(struct peer_run *run, int n)
{
	char statement[8192], path[300];
	size_t len = 0;

	(void)queue_gammu;
	path_of(run, "smsd.db", path);
	/* rows as inject makes them, for any modem (SenderID '') */
	while (n > 0) {
		len = (size_t)snprintf(
			statement, sizeof(statement), "PRAGMA busy_timeout=20000;BEGIN;");
		for (int batch = 0; batch < 40 && n > 0; batch++, n--) {
			char phone[24];

			peer_phone(run->queued, phone);
			len += (size_t)snprintf(statement + len, sizeof(statement) - len,
				"INSERT INTO "
				"outbox(DestinationNumber,TextDecoded,CreatorID,Coding,"
				"DeliveryReport) "
				"VALUES('%s','message %d','b','Default_No_Compression','yes');",
				phone, run->queued++);
		}
		snprintf(statement + len, sizeof(statement) - len, "COMMIT;");
		run_and_wait((const char *[]){ "sqlite3", path, statement, NULL });
	}
}

/* ---- smstools ------------------------------------------------------------------------------- */

static void start_smsd(struct peer_run *run)
{
	static const char *const dirs[] = { "outgoing", "checked", "incoming", "failed", "sent",
		"stats" };
	char config[310], script[300], port[300];
	FILE *file = create(run, "event.sh");

	fprintf(file,
		"#!/bin/sh\n[ \"$1\" = RECEIVED ] || exit 0\nfrom=$(sed -n 's/^From: //p' \"$2\")\n"
		"printf 'To: %%s\\n\\nAn answer\\n' \"$from\" > %s/a.$$\nmv %s/a.$$ "
		"%s/outgoing/a.$$\n",
		box_dir(run->box), box_dir(run->box), box_dir(run->box));
	fclose(file);
	path_of(run, "event.sh", script);
	chmod(script, 0700);
	file = create(run, "smsd.conf");
	fprintf(file, "devices = ");
	for (int i = 0; i < run->modems; i++)
		fprintf(file, "%sGSM%d", i ? "," : "", i + 1);
	fprintf(file,
		"\ndelaytime = 1\ndelaytime_mainprocess = 1\nerrorsleeptime = 1\nblocktime = "
		"5\nblockafter = 3\n"
		"receive_before_send = no\nautosplit = 3\neventhandler = %s\n",
		script);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		make_dir(run, dirs[i]);
		fprintf(file, "%s = %s/%s\n", dirs[i], box_dir(run->box), dirs[i]);
	}
	fprintf(file, "logfile = %s/smsd.log\nloglevel = 3\npidfile = %s/pid\ninfofile = %s/info\n",
		box_dir(run->box), box_dir(run->box), box_dir(run->box));
	for (int i = 0; i < run->modems; i++) {
		port_of(run, i, port);
		fprintf(file,
			"[GSM%d]\ndevice = %s\nincoming = yes\nbaudrate = 115200\nrtscts = "
			"no\nsend_delay = 0\nreport = yes\n",
			i + 1, port);
	}
	fclose(file);
	snprintf(config, sizeof(config), "-c%s/smsd.conf", box_dir(run->box));
	spawn(run, (const char *[]){ "smsd", config, "-t", NULL });
}

static void queue_smsd(struct peer_run *run, int n)
{
	for (int k = 0; k < n; k++) {
		char name[32], from[300], to[320], phone[24];
		FILE *file;

		peer_phone(run->queued, phone);
		snprintf(name, sizeof(name), "m%d", run->queued);
		file = create(run, name);
		fprintf(file, "To: %s\nReport: yes\n\nmessage %d\n", phone + 1, run->queued++);
		fclose(file);
		path_of(run, name, from);
		snprintf(to, sizeof(to), "%s/outgoing/%s", box_dir(run->box), name);
		rename(from, to);
	}
}

/* ---- farod ---------------------------------------------------------------------------------- */

static void start_farod(struct peer_run *run)
{
	box_start(run->box);
	run->pids[0] = box_pid(run->box);
	run->n_pids = 1;
}

static void recipient(FILE *csv, int k)
{
	char phone[24];

	peer_phone(k, phone);
	fprintf(csv, "%s,P%d,member,en,north\n", phone, k);
}

static void queue_farod(struct peer_run *run, int n)
{
	json_t *answer;

	import_list(run->box, n, recipient);
	run->queued += n;
	answer = farod_ask(run->box, "{s:s,s:s,s:[s],s:b}", "cmd", "alert", "text",
		"message to all", "zones", "north", "yes", 1);
	json_decref(answer);
}

static void stop_farod(struct peer_run *run)
{
	box_stop(run->box);
	run->n_pids = 0;
}

const struct peer peers[] = {
	{ "farod", NULL, start_farod, queue_farod, stop_farod, true },
	{ "gammu-smsd files", "gammu-smsd", start_gammu_files, queue_gammu_files, end_all, true },
	{ "gammu-smsd SQL", "gammu-smsd", start_gammu_sql, queue_gammu_sql, end_all, true },
	{ "smstools", "smstools", start_smsd, queue_smsd, end_all, true },
};
const int n_peers = sizeof(peers) / sizeof(peers[0]);

/* ---- runs ----------------------------------------------------------------------------------- */

/*
 * Nobody of the default configuration's people is of the zone north alone: farod's alert goes to
 * the imported ones.
 */
static const char people[] = "people = ( { phone = \"+15105550101\"; name = \"Ana\"; role = "
			     "\"dispatcher\"; zones = ( \"south\" ); } );\n";

/* The defaults of config/faro.cfg, not the stories'. */
#define SETTINGS "delivery : { reports = true; };"

struct peer_run peer_start(const struct peer *peer, int modems, int segment_ms)
{
	struct peer_run run = { .peer = peer, .modems = modems };

	run.box = box_new(&(struct box_options){ .modems = modems,
		.segment_ms = segment_ms,
		.people = people,
		.settings = SETTINGS });
	peer->start(&run);
	return run;
}

struct peer_run peer_start_stick(const struct peer *peer, int segment_ms)
{
	struct peer_run run = { .peer = peer, .modems = 1, .stick = true };
	char port[300];

	run.box = box_new(&(struct box_options){ .modems = 1,
		.segment_ms = segment_ms,
		.people = people,
		.settings = SETTINGS,
		.port = "auto",
		.board = "board : { driver = \"none\"; dev = \"@DIR/dev\"; sys = \"@DIR/sys\"; "
			 "};" });
	make_dir(&run, "dev");
	port_of(&run, 0, port);
	sim_do(run.box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	sim_do(run.box, "{s:s,s:s,s:s}", "cmd", "plug", "modem", "sim1", "link", port);
	peer->start(&run);
	return run;
}

void peer_stop(struct peer_run *run)
{
	run->peer->stop(run);
	box_free(run->box);
}

/* ---- /proc ---------------------------------------------------------------------------------- */

/* CPU ticks of a process and its reaped children; its session through *session. */
static int64_t proc_ticks(int pid, int *session)
{
	long long ticks[4] = { 0 };
	char path[64];
	FILE *f;

	*session = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (f) {
		if (fscanf(f,
			    "%*d (%*[^)]) %*c %*d %*d %d %*d %*d %*u %*u %*u %*u %*u %lld %lld "
			    "%lld %lld",
			    session, &ticks[0], &ticks[1], &ticks[2], &ticks[3]) != 5)
			ticks[0] = 0;
		fclose(f);
	}
	return ticks[0] + ticks[1] + ticks[2] + ticks[3];
}

static bool belongs(const struct peer_run *run, int pid, int session)
{
	for (int i = 0; i < run->n_pids; i++)
		if (run->pids[i] == pid || run->pids[i] == session)
			return true;
	return false;
}

struct peer_load peer_measure(struct peer_run *run)
{
	struct peer_load load = { 0 };
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	while (proc && (entry = readdir(proc))) {
		int pid = atoi(entry->d_name), session;
		int64_t ticks = pid > 0 ? proc_ticks(pid, &session) : 0;

		if (pid <= 0 || !belongs(run, pid, session))
			continue;
		load.cpu_s += (double)ticks / (double)sysconf(_SC_CLK_TCK);
		load.peak_kib += proc_number(pid, "status", "VmHWM:");
		load.write_bytes += proc_number(pid, "io", "wchar: ");
		load.wake_ups += proc_number(pid, "status", "voluntary_ctxt_switches:");
	}
	if (proc)
		closedir(proc);
	return load;
}
