/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints what the bench's kernel must be told of its clocks. QEMU hands an emulated x86 processor
 * the time stamp counter of the real one; a guest that compares it with a timer while this machine
 * is busy gets it wrong by any factor, and its seconds with it. Here the two are compared at
 * leisure. What else the guest would test of its timers fails likewise, and is left out.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>

#define MEASURE_NS 200000000

static int64_t mono_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Both clocks at one moment: the closest of many tries. */
static void look(int64_t *ns, uint64_t *ticks)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < 1000; i++) {
		int64_t before = mono_ns();
		uint64_t now = __rdtsc();
		int64_t after = mono_ns();

		if (after - before >= best)
			continue;
		best = after - before;
		*ns = before + best / 2;
		*ticks = now;
	}
}

int main(void)
{
	int64_t from = 0, to = 0;
	uint64_t first = 0, last = 0;

	look(&from, &first);
	nanosleep(&(struct timespec){ .tv_nsec = MEASURE_NS }, NULL);
	look(&to, &last);
	printf("tsc_early_khz=%.0f noapictimer no_timer_check\n",
		(double)(last - first) * 1e6 / (double)(to - from));
	return 0;
}
#else
int main(void)
{
	return 0;
}
#endif
