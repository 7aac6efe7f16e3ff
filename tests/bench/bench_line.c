/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the simulator is: a bare line client sends one segment after another with zero radio
 * time, on 1, 2, 4 and 8 modems, and counts. What farod reaches is compared with this, so it must
 * not be the bottleneck.
 */
#include <stdio.h>
#include <sys/resource.h>

#include "../e2e/box.h"
#include "figure.h"

#define MODEMS_MAX 8
#define SEGMENTS   20000

static void measure(int modems)
{
	struct box *box = box_new(&(struct box_options){ .modems = modems });
	double simulator_s = own_cpu_s(RUSAGE_CHILDREN);
	char paths[MODEMS_MAX][128], what[64];
	const char *ports[MODEMS_MAX];
	struct line_load load;

	for (int i = 0; i < modems; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/sim%d", box_dir(box), i + 1);
		ports[i] = paths[i];
	}
	load = line_client(ports, modems, SEGMENTS, false);
	box_free(box);
	simulator_s = own_cpu_s(RUSAGE_CHILDREN) - simulator_s;
	snprintf(what, sizeof(what), "segments/s of a bare line client on %d modem%s", modems,
		modems > 1 ? "s" : "");
	figure(what, NULL, "%.0f", load.per_s);
	figure_limit("CPU per segment: simulator %.1f us, client %.1f us",
		simulator_s * 1e6 / SEGMENTS, load.cpu_us);
}

int main(void)
{
	for (int modems = 1; modems <= MODEMS_MAX; modems *= 2)
		measure(modems);
	return 0;
}
