/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plug is pulled in the middle of a broadcast: farod runs in a machine of its own (QEMU), its
 * data on ext4 on a virtual disk, its modems at the machine's USB; the machine is killed, and
 * started again with the same disk. The modems are simulated outside, so that their journal has
 * seen every life. After each cut the disk is read by somebody else and what always holds is
 * checked; at the end another box takes the disk over and finishes the work.
 *
 * Each of the cuts falls after copies have left and while many wait. Every fifth life is followed
 * by a shorter one, cut at any moment from power on; these are not counted.
 *
 * A cut loses what the guest's kernel had not yet given to the disk; what the disk was given, it
 * keeps.
 *
 * Environment: FARO_TARGET_KERNEL; FARO_TARGET_CLOCK (what host_clock says); FARO_TARGET_CUTS (50);
 * FARO_BUILD; the machine's farod, if it is another system's: FARO_TARGET_ROOT (/), FARO_TARGET_SRC
 * (the folder of the sources in it), FARO_TARGET_FAROD (build/farod).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../e2e/cmocka_story.h"
#include "../e2e/internal.h"
#include "../e2e/proof.h"
#include "faro/store.h"

#define MODEMS     2
#define PEOPLE     3000
#define SEGMENT_MS 100
#define SLOW_MS    5000 /* while the alert is put in the queue */
#define CUTS_MAX   1000
#define EARLY_MS   1000   /* no machine is up so soon: what is heard then left before the cut */
#define LIFE_MS    4000   /* after the first copy, at most */
#define BOOT_MS    300000 /* from power to the first segment, at most: then the test fails */
#define DISK_MB    "256M"
#define WORDS      "come to the market"

struct machine {
	struct box *box;
	char kernel[256], initramfs[192], disk[192], log[192];
	pid_t pid;
	int64_t on_ms, segments, copies, first_ms; /* of this life */
};

/* What all lives had. */
struct figures {
	int64_t first_ms[CUTS_MAX], copies[CUTS_MAX];
	int n, in_boot, on_air, reports;
};

static const char *told(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

static int cuts_wanted(void)
{
	int cuts = atoi(told("FARO_TARGET_CUTS", "50"));

	return cuts < CUTS_MAX ? cuts : CUTS_MAX;
}

static void must_run(const char *const argv[], int worst)
{
	struct ran ran = run_program(argv);

	if (ran.code > worst)
		fail_msg("%s: %d: %s%s", argv[0], ran.code, ran.out, ran.err);
	ran_free(&ran);
}

/* ---- the machine ---- */

/* A line of the box's configuration, with the machine's folder and whatever is on its USB. */
static void write_guest_line(const struct box *box, const char *line, FILE *out)
{
	const char *port = strstr(line, "port = \""), *at;

	if (port) {
		fprintf(out, "%.*sport = \"auto\"%s", (int)(port - line), line,
			strchr(port + 8, '"') + 1);
		return;
	}
	while ((at = strstr(line, box_dir(box)))) {
		fprintf(out, "%.*s/box", (int)(at - line), line);
		line = at + strlen(box_dir(box));
	}
	fputs(line, out);
}

/* What the machine runs: the disk is mounted, and farod started. */
static char *guest_command(const struct box *box)
{
	char path[192], line[1024], farod[256], *command = NULL;
	size_t size;
	FILE *out = open_memstream(&command, &size), *in;

	snprintf(path, sizeof(path), "%s/faro.cfg", box_dir(box));
	in = fopen(path, "r");
	assert_true(in && out);
	fputs("cat >/faro.cfg <<END\n", out);
	while (fgets(line, sizeof(line), in))
		write_guest_line(box, line, out);
	fprintf(out,
		"END\nmkdir -p /box/data && mount -t ext4 /dev/vda /box/data && "
		"chmod 700 /box/data && exec %s -c /faro.cfg",
		told("FARO_TARGET_FAROD", box_program("farod", farod)));
	fclose(in);
	fclose(out);
	return command;
}

static void make_machine(struct machine *machine, struct box *box)
{
	char farod[256], cwd[256], data[192], *command = guest_command(box);
	const char *kernel = getenv("FARO_TARGET_KERNEL");
	const char *pack[] = { "tests/target/pack.sh", machine->initramfs,
		told("FARO_TARGET_ROOT", "/"), told("FARO_TARGET_SRC", cwd), command,
		"config/messages", told("FARO_TARGET_FAROD", box_program("farod", farod)), NULL };
	const char *mkfs[] = { "/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-d", data, machine->disk,
		DISK_MB, NULL };

	*machine = (struct machine){ .box = box };
	if (!kernel)
		fail_msg("FARO_TARGET_KERNEL says no kernel");
	snprintf(machine->kernel, sizeof(machine->kernel), "%s", kernel);
	snprintf(machine->initramfs, sizeof(machine->initramfs), "%s/initramfs", box_dir(box));
	snprintf(machine->disk, sizeof(machine->disk), "%s/disk", box_dir(box));
	snprintf(machine->log, sizeof(machine->log), "%s/machine.log", box_dir(box));
	snprintf(data, sizeof(data), "%s/data", box_dir(box));
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	must_run(pack, 0);
	must_run(mkfs, 0);
	free(command);
}

static void power_on(struct machine *machine)
{
	static char devices[MODEMS][64], append[160];
	static char drive[256], chardevs[MODEMS][256], console[256], kernel_log[256];
	const char *argv[64] = { "qemu-system-x86_64", "-M", "pc", "-accel", "tcg", "-cpu", "max",
		"-m", "256", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-kernel", machine->kernel, "-initrd", machine->initramfs, "-append", append,
		"-serial", kernel_log, "-serial", console, "-drive", drive, "-device",
		"qemu-xhci" };
	const char *clock = getenv("FARO_TARGET_CLOCK");
	int n = 0, log;

	while (argv[n])
		n++;
	snprintf(append, sizeof(append), "console=ttyS0 panic=-1 reboot=t %s", clock ? clock : "");
	snprintf(console, sizeof(console), "stdio");
	snprintf(kernel_log, sizeof(kernel_log), "file:%s/console", box_dir(machine->box));
	snprintf(drive, sizeof(drive), "file=%s,if=virtio,format=raw", machine->disk);
	for (int i = 0; i < MODEMS; i++) {
		snprintf(chardevs[i], sizeof(chardevs[i]), "serial,id=m%d,path=%s/sim%d", i,
			box_dir(machine->box), i + 1);
		snprintf(devices[i], sizeof(devices[i]), "usb-serial,chardev=m%d", i);
		argv[n++] = "-chardev";
		argv[n++] = chardevs[i];
		argv[n++] = "-device";
		argv[n++] = devices[i];
	}
	machine->segments = machine->copies = 0;
	machine->on_ms = mono_ms();
	machine->pid = fork();
	if (machine->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	log = open(machine->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
	dup2(log, 1);
	dup2(log, 2);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void cut(struct machine *machine)
{
	kill(machine->pid, SIGKILL);
	waitpid(machine->pid, NULL, 0);
	machine->pid = 0;
}

static void tell_log(const struct machine *machine)
{
	char line[512];
	FILE *file = fopen(machine->log, "r");

	while (file && fgets(line, sizeof(line), file))
		fputs(line, stderr);
	if (file)
		fclose(file);
}

/* ---- a life ---- */

static void on_event(void *ctx, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "event"));
	const char *text = json_string_value(json_object_get(event, "text"));
	int64_t at_ms = json_integer_value(json_object_get(event, "mono_us")) / 1000;
	struct machine *machine = ctx;

	if (at_ms < machine->on_ms + EARLY_MS)
		return;
	if (strcmp(kind, "text") == 0 && text && strstr(text, WORDS))
		machine->copies++;
	if (strcmp(kind, "segment") == 0 && machine->segments++ == 0)
		machine->first_ms = at_ms;
}

static void live(struct machine *machine, int ms)
{
	int64_t until = mono_ms() + ms;

	while (mono_ms() < until) {
		box_wait_event(machine->box, 10);
		if (waitpid(machine->pid, NULL, WNOHANG) == machine->pid) {
			tell_log(machine);
			fail_msg("the machine ended by itself");
		}
	}
}

/* Until a copy has left. Milliseconds from power to the first segment. */
static int64_t wait_first(struct machine *machine)
{
	while (machine->copies == 0) {
		live(machine, 10);
		if (mono_ms() - machine->on_ms > BOOT_MS) {
			tell_log(machine);
			fail_msg("no copy %d s after power", BOOT_MS / 1000);
		}
	}
	return machine->first_ms - machine->on_ms;
}

/* Every second cut takes the modems' power too. */
static void reboot_modems(struct box *box)
{
	for (int i = 0; i < MODEMS; i++) {
		char name[8];

		snprintf(name, sizeof(name), "sim%d", i + 1);
		sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", name);
	}
}

/* ---- judgement ---- */

/* The disk's files, as a machine that mounts it would find them, in a folder. */
static void read_disk(const struct machine *machine, const char *folder)
{
	char copy[192], dump[256];
	const char *cp[] = { "/bin/cp", "--sparse=always", machine->disk, copy, NULL };
	const char *fsck[] = { "/sbin/e2fsck", "-fy", copy, NULL };
	const char *rm[] = { "/bin/rm", "-rf", folder, NULL };
	const char *rdump[] = { "/sbin/debugfs", "-R", dump, copy, NULL };

	snprintf(copy, sizeof(copy), "%s/copy", box_dir(machine->box));
	snprintf(dump, sizeof(dump), "rdump / %s", folder);
	must_run(cp, 0);
	must_run(fsck, 1); /* 1: its journal was replayed */
	must_run(rm, 0);
	assert_int_equal(0, mkdir(folder, 0700));
	must_run(rdump, 0);
}

/* A number of the disk as it was read last. */
static int64_t disk_number(const struct machine *machine, const char *sql)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/seen/faro.db", box_dir(machine->box));
	return file_query(path, sql);
}

/* Nothing is settled yet, but what always holds does. */
static void check_cut(const struct machine *machine, int cut_number)
{
	struct invariants_found found;
	char journal[192], folder[192], database[256], key[256], *words = NULL;
	size_t size;
	FILE *out = open_memstream(&words, &size);
	struct invariants of = { .journal = journal, .database = database, .key = key };
	int rc;

	snprintf(journal, sizeof(journal), "%s/journal", box_dir(machine->box));
	snprintf(folder, sizeof(folder), "%s/seen", box_dir(machine->box));
	snprintf(database, sizeof(database), "%s/faro.db", folder);
	snprintf(key, sizeof(key), "%s/key", folder);
	sim_do(machine->box, "{s:s}", "cmd", "flush");
	read_disk(machine, folder);
	rc = invariants_check(&of, &found, out);
	fclose(out);
	if (rc < 0 || found.violations)
		fail_msg("after cut %d: %s", cut_number, words);
	free(words);
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void tell_spread(const char *what, int64_t *values, int n, double unit)
{
	qsort(values, (size_t)n, sizeof(*values), by_number);
	print_message("%s: min %.1f, median %.1f, max %.1f\n", what, (double)values[0] / unit,
		(double)values[n / 2] / unit, (double)values[n - 1] / unit);
}

static void tell_figures(struct figures *figures)
{
	print_message("%d power cuts in the middle of the broadcast, %d of them with a segment on "
		      "the air; %d more on the way to it\n",
		figures->n, figures->on_air, figures->in_boot);
	tell_spread("seconds from power to the first segment", figures->first_ms, figures->n, 1000);
	tell_spread("copies that left between a boot and its cut", figures->copies, figures->n, 1);
	print_message(
		"(QEMU without KVM: one emulated x86 processor, kernel and farod from an "
		"initramfs, no firmware but QEMU's, no systemd; 2 modems on an emulated xHCI; "
		"%d ms of radio time)\n",
		SEGMENT_MS);
}

static void set_segment_ms(struct box *box, int ms)
{
	sim_do(box, "{s:s,s:i}", "cmd", "radio", "segment_ms", ms);
}

/* The people and the alert, queued to its end; then the data goes to the machine's disk. */
static struct box *begin(struct machine *machine)
{
	struct box *box = box_new(&(struct box_options){
		.modems = MODEMS, .segment_ms = SEGMENT_MS, .report_delay_ms = 30 });

	sim_do(box, "{s:s,s:[s,s]}", "cmd", "subscribe", "events", "text", "segment");
	set_segment_ms(box, SLOW_MS);
	box_start(box);
	import_people(box, PEOPLE);
	start_alert(box, 1);
	box_wait_status(box, "outbox.queued", PEOPLE - 10, true);
	assert_int_equal(box_stop(box), 0);
	while (box_wait_event(box, SLOW_MS + 1000))
		; /* what was on the air lands */
	set_segment_ms(box, SEGMENT_MS);
	make_machine(machine, box);
	box_set_event_hook(box, on_event, machine);
	return box;
}

/*
 * The network refuses nothing here: what failed was on the air at two cuts, of which nobody can
 * tell whether it left, and is counted so in its row.
 */
static void check_failed(struct box *box, const struct invariants_found *found)
{
	int64_t given_up;
	char sql[96];

	snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM message WHERE state = %d AND unknowns >= 2", MESSAGE_FAILED);
	given_up = box_query(box, sql);
	print_message("%lld failed, %lld of them given up because they were on the air at two "
		      "cuts and no report came\n",
		(long long)found->failed, (long long)given_up);
	assert_int_equal(found->failed, given_up);
}

/* Another box takes the disk over. */
static void finish(struct machine *machine, int reports)
{
	struct box *box = machine->box;
	struct invariants_found found;
	char data[192];

	snprintf(data, sizeof(data), "%s/data", box_dir(box));
	read_disk(machine, data);
	set_segment_ms(box, 0);
	box_start(box);
	print_message("%lld of %d copies were still queued\n",
		(long long)json_number_at(box_status(box), "outbox.queued"), PEOPLE);
	box_wait_status(box, "inbox.received", reports, true);
	box_settle(box);
	box_wait_status(box, "outbox.unknown", 0, false);
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	box_hear(box);
	box_check_invariants(box, &found);
	assert_true(found.alert_copies >= PEOPLE);
	check_failed(box, &found);
	box_free(box);
}

/* A life that is cut before it can do much. */
static void die_young(struct machine *machine)
{
	power_on(machine);
	live(machine, 300 + (int)roll(3000));
	cut(machine);
}

/* One that is cut in the middle of the broadcast, and what was found then. */
static void live_and_die(struct machine *machine, struct figures *figures)
{
	int64_t queued, on_air;
	int i = figures->n++;

	power_on(machine);
	figures->first_ms[i] = wait_first(machine);
	live(machine, (int)roll(LIFE_MS / 2));
	if (i % 4 == 0)
		neighbor_reports(machine->box, figures->reports++, "sim1");
	live(machine, (int)roll(LIFE_MS / 2));
	cut(machine);
	check_cut(machine, i + 1);
	figures->copies[i] = machine->copies;
	queued = disk_number(machine, "SELECT count(*) FROM message WHERE lane IS NOT NULL");
	on_air = disk_number(machine, "SELECT count(*) FROM message WHERE state = 1");
	figures->on_air += on_air > 0;
	print_message("cut %d: first segment after %.1f s, %lld copies left, then %lld on the "
		      "air, %lld of unknown fate, %lld queued\n",
		i + 1, (double)figures->first_ms[i] / 1000, (long long)machine->copies,
		(long long)on_air,
		(long long)disk_number(machine, "SELECT count(*) FROM message WHERE unknowns > 0"),
		(long long)queued);
	assert_true(machine->copies > 0 && queued > 0);
}

static void nobody_is_missing_after_the_power_cuts(void **state)
{
	static struct figures figures;
	struct machine machine;
	struct box *box = begin(&machine);

	(void)state;
	while (figures.n < cuts_wanted()) {
		if (roll(5) == 0) {
			die_young(&machine);
			check_cut(&machine, figures.n);
			figures.in_boot++;
		}
		live_and_die(&machine, &figures);
		if (roll(2))
			reboot_modems(box);
	}
	tell_figures(&figures);
	finish(&machine, figures.reports);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(nobody_is_missing_after_the_power_cuts),
	};

	return run_stories(stories);
}
