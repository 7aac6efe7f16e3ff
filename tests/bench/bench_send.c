/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the time of sending goes: the real store, courier and modem room in one process against
 * build/modemsim. FARO_BENCH_SEGMENTS says how many.
 */
#include <sys/resource.h>

#include "../unit/courier_sim.h"

#include "../../firmware/courier/office.h"

#include "figure.h"

static bool nothing_left(struct office *office, void *what)
{
	const int *n = what;
	int64_t sent = 0;
	for (int i = 0; i < office->n_modems; i++)
		sent += office->courier->posts[i].pace.sent;
	return sent >= *n;
}

static void bench_zero(bool reports)
{
	const char *wanted = getenv("FARO_BENCH_SEGMENTS");
	int n = wanted ? atoi(wanted) : 5000;
	struct office *office = office_new(1, 0, 60);
	double sync_us = disk_sync_us(office->dir);
	office->settings.reports = reports;
	courier_set_settings(office->courier, &office->settings);
	if (!reports)
		sim_do(office, "{s:s,s:s}", "cmd", "report", "outcome", "never");
	queue_many(office, "warm", 50);
	int warm = 50;
	run_until_ms(office, nothing_left, &warm, OFFICE_WAIT_MS, "warm");

	const struct courier *courier = office->courier;
	int64_t turns = courier->counts.turns, turn_us = courier->counts.turn_us;
	int64_t written = proc_number(getpid(), "io", "wchar:"), to_disk = disk_bytes(office->dir);
	double cpu = own_cpu_s(RUSAGE_SELF), sim_cpu = proc_cpu_s(office->sim);
	queue_many(office, "Come to 5th and Main, 10 people needed", n);
	int64_t start = time_mono_us();
	int all = n + warm;
	run_until_ms(office, nothing_left, &all, 10 * MS_PER_MIN, "all accepted");
	double s = (double)(time_mono_us() - start) / 1e6;
	turns = courier->counts.turns - turns;
	turn_us = courier->counts.turn_us - turn_us;
	cpu = own_cpu_s(RUSAGE_SELF) - cpu;
	sim_cpu = proc_cpu_s(office->sim) - sim_cpu;
	printf("1 modem, no radio time, %d segments, reports %s\n", n, reports ? "on" : "off");
	figure("  segments/s, durable, within one process", NULL, "%.0f", n / s);
	figure("  turns per segment, each at most one commit", NULL, "%.2f", (double)turns / n);
	figure("  us per segment", NULL, "%.0f", s * 1e6 / n);
	figure("  us of them in the turn (store, codec, commit)", NULL, "%.0f",
		(double)turn_us / n);
	figure_limit("one fdatasync takes %.0f us", sync_us);
	figure("  us of them waiting for the modem's answers", NULL, "%.0f",
		(s * 1e6 - (double)turn_us) / n);
	figure_limit("CPU: %.0f us of this process, %.0f us of the simulator", cpu * 1e6 / n,
		sim_cpu * 1e6 / n);
	figure("  bytes written per segment", NULL, "%.0f",
		(double)(proc_number(getpid(), "io", "wchar:") - written) / n);
	figure_limit("%.0f on the disk, which writes whole blocks",
		(double)(disk_bytes(office->dir) - to_disk) / n);
	office_free(office);
}

int main(void)
{
	bench_zero(true);
	bench_zero(false);
	return 0;
}
