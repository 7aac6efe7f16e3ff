/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures of sending: the real store, courier and modem room in one process against build/modemsim.
 * Prints figures, never a verdict.
 *
 *   FARO_BENCH_SEND=zero,util   picks some;  FARO_BENCH_SEGMENTS=5000   of `zero`
 */
#include <fcntl.h>
#include <sys/resource.h>

#include "../unit/courier_sim.h"

#include "../../firmware/courier/office.h"

#define RADIO_MS 250

static double cpu_self_s(void)
{
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static double cpu_of_s(pid_t pid)
{
	unsigned long long user = 0, system = 0;
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
		    &user, &system) != 2)
		user = system = 0;
	fclose(file);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/** Bytes that this process had written to files (page cache included), or to the disk. */
static int64_t bytes(const char *key)
{
	char line[128];
	int64_t value = 0;
	FILE *file = fopen("/proc/self/io", "r");
	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtoll(line + strlen(key), NULL, 10);
	}
	if (file)
		fclose(file);
	return value;
}

/** What the disk can do: appends of one page, each made durable. */
static double syncs_per_s(const struct office *office)
{
	char path[128];
	static const char page[4096];
	snprintf(path, sizeof(path), "%s/syncs", office->dir);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600), n = 0;
	int64_t start = time_mono_us();
	if (fd < 0)
		return 0;
	while (time_mono_us() - start < 500000) {
		if (write(fd, page, sizeof(page)) < 0 || fdatasync(fd) < 0)
			break;
		n++;
	}
	double s = (double)(time_mono_us() - start) / 1e6;
	close(fd);
	return n / s;
}

static bool nothing_left(struct office *office, void *what)
{
	const int *n = what;
	int64_t sent = 0;
	for (int i = 0; i < office->n_modems; i++)
		sent += office->courier->posts[i].pace.sent;
	return sent >= *n;
}

static void send_all(struct office *office, int n)
{
	queue_many(office, "Come to 5th and Main, 10 people needed", n);
	run_until_ms(office, nothing_left, &n, 10 * MS_PER_MIN, "all accepted");
}

static void bench_zero(bool reports)
{
	const char *wanted = getenv("FARO_BENCH_SEGMENTS");
	int n = wanted ? atoi(wanted) : 5000;
	struct office *office = office_new(1, 0, 60);
	double syncs = syncs_per_s(office);
	office->settings.reports = reports;
	courier_set_settings(office->courier, &office->settings);
	if (!reports)
		sim_do(office, "{s:s,s:s}", "cmd", "report", "outcome", "never");
	queue_many(office, "warm", 50);
	int warm = 50;
	run_until_ms(office, nothing_left, &warm, OFFICE_WAIT_MS, "warm");

	const struct courier *courier = office->courier;
	int64_t turns = courier->counts.turns, turn_us = courier->counts.turn_us;
	int64_t written = bytes("wchar:"), to_disk = bytes("write_bytes:");
	double cpu = cpu_self_s(), sim_cpu = cpu_of_s(office->sim);
	queue_many(office, "Come to 5th and Main, 10 people needed", n);
	int64_t start = time_mono_us();
	int all = n + warm;
	run_until_ms(office, nothing_left, &all, 10 * MS_PER_MIN, "all accepted");
	double s = (double)(time_mono_us() - start) / 1e6;
	turns = courier->counts.turns - turns;
	turn_us = courier->counts.turn_us - turn_us;
	cpu = cpu_self_s() - cpu;
	sim_cpu = cpu_of_s(office->sim) - sim_cpu;
	printf("one modem, no radio time, %d segments, reports %s\n", n, reports ? "on" : "off");
	printf("  %8.0f segments/s, durable\n", n / s);
	printf("  %8.2f turns per segment, each at most one commit\n", (double)turns / n);
	printf("  %8.0f us per segment in all\n", s * 1e6 / n);
	printf("  %8.0f us of them in the turn (store, codec, commit)\n", (double)turn_us / n);
	printf("  %8.0f us CPU of this process, %.0f us CPU of the simulator\n", cpu * 1e6 / n,
		sim_cpu * 1e6 / n);
	printf("  %8.0f bytes written per segment, %.0f to the disk\n",
		(double)(bytes("wchar:") - written) / n,
		(double)(bytes("write_bytes:") - to_disk) / n);
	printf("  %8.0f appends of a page, each made durable, this disk does in a second\n", syncs);
	double turn_share = (double)turn_us / (s * 1e6);
	printf("  what limits: %.0f %% of the time in the turn, %.0f %% waiting for the modem's "
	       "answers\n",
		100 * turn_share, 100 * (1 - turn_share));
	office_free(office);
}

static void bench_utilisation(int modems, int n)
{
	struct office *office = office_new(modems, RADIO_MS, 60);
	double cpu = cpu_self_s();
	int64_t start = time_mono_us();
	send_all(office, n);
	double s = (double)(time_mono_us() - start) / 1e6;
	double least = 1, sum = 0;
	json_t *answer = sim_ask(office, "{s:s}", "cmd", "stats");
	json_t *list = json_object_get(answer, "modems"), *one;
	size_t i;
	json_array_foreach (list, i, one) {
		double busy = (double)json_integer_value(json_object_get(one, "busy_us")) / 1e6;
		sum += busy;
		if (busy / s < least)
			least = busy / s;
	}
	json_decref(answer);
	printf("%d modem%s, %.2f s a segment, %d messages: %6.2f s, utilisation %.1f %%, the least "
	       "used %.1f %%, %.2f ms CPU a message\n",
		modems, modems > 1 ? "s" : "", RADIO_MS / 1000.0, n, s, 100 * sum / (s * modems),
		100 * least, (cpu_self_s() - cpu) * 1000 / n);
	fflush(stdout);
	office_free(office);
}

static bool picked(const char *what)
{
	const char *some = getenv("FARO_BENCH_SEND");
	return !some || strstr(some, what);
}

int main(void)
{
	if (picked("zero")) {
		bench_zero(true);
		bench_zero(false);
	}
	if (picked("util")) {
		static const int modems[] = { 8, 4, 2, 1 };
		for (size_t i = 0; i < ARRAY_SIZE(modems); i++)
			bench_utilisation(modems[i], 400);
	}
	return 0;
}
