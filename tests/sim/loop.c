/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator's own loop: farod's loop is what is being tested, and this one must turn faster.
 * Timers lie in a binary heap (place 1 is the earliest); epoll_pwait2 waits in nanoseconds, so that
 * radio times are exact.
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "sim_base.h"

static struct {
	int epoll;
	bool ends;
	struct sim_timer **heap; /* [1..n] */
	size_t n, size;
	struct epoll_event events[64];
	int n_events;
} loop;

int sim_loop_init(void)
{
	loop.epoll = epoll_create1(EPOLL_CLOEXEC);
	return loop.epoll < 0 ? -errno : 0;
}

void sim_loop_fini(void)
{
	free(loop.heap);
	close(loop.epoll);
}

void sim_loop_exit(void)
{
	loop.ends = true;
}

/* ---- timers ---- */

static void heap_put(size_t at, struct sim_timer *timer)
{
	loop.heap[at] = timer;
	timer->at = at;
}

static void heap_up(size_t at)
{
	struct sim_timer *timer = loop.heap[at];

	for (; at > 1 && loop.heap[at / 2]->due_us > timer->due_us; at /= 2)
		heap_put(at, loop.heap[at / 2]);
	heap_put(at, timer);
}

static void heap_down(size_t at)
{
	struct sim_timer *timer = loop.heap[at];

	for (;;) {
		size_t child = at * 2;

		if (child > loop.n)
			break;
		if (child < loop.n && loop.heap[child + 1]->due_us < loop.heap[child]->due_us)
			child++;
		if (loop.heap[child]->due_us >= timer->due_us)
			break;
		heap_put(at, loop.heap[child]);
		at = child;
	}
	heap_put(at, timer);
}

void sim_timer_stop(struct sim_timer *timer)
{
	size_t at = timer->at;
	struct sim_timer *last;

	if (!at)
		return;
	last = loop.heap[loop.n--];
	timer->at = 0;
	if (last == timer)
		return;
	heap_put(at, last);
	heap_up(at);
	heap_down(last->at);
}

void sim_timer_start(struct sim_timer *timer, int64_t after_us)
{
	sim_timer_stop(timer);
	timer->due_us = time_mono_us() + (after_us > 0 ? after_us : 0);
	if (loop.n + 2 > loop.size) {
		loop.size = loop.size ? loop.size * 2 : 64;
		loop.heap = realloc(loop.heap, loop.size * sizeof(struct sim_timer *));
		if (!loop.heap)
			abort();
	}
	heap_put(++loop.n, timer);
	heap_up(loop.n);
}

/*
 * Those due when the turn began; what they arm "at once" waits for the next turn, after the input.
 */
static void timers_run(void)
{
	int64_t now_us = loop.n ? time_mono_us() : 0;

	while (loop.n && loop.heap[1]->due_us <= now_us && !loop.ends) {
		struct sim_timer *timer = loop.heap[1];

		sim_timer_stop(timer);
		timer->run(timer->ctx);
	}
}

/* ---- descriptors ---- */

int sim_watch_add(struct sim_watch *watch, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	return epoll_ctl(loop.epoll, EPOLL_CTL_ADD, watch->fd, &event) < 0 ? -errno : 0;
}

void sim_watch_change(struct sim_watch *watch, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	epoll_ctl(loop.epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

void sim_watch_remove(struct sim_watch *watch)
{
	epoll_ctl(loop.epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	for (int i = 0; i < loop.n_events;
		i++) /* one that waits in this turn must not be called any more */
		if (loop.events[i].data.ptr == watch)
			loop.events[i].data.ptr = NULL;
}

/* The same in two calls, for kernels before 5.11 and for qemu-user, which have no epoll_pwait2. */
static int wait_in_two(const struct timespec *limit)
{
	struct pollfd any = { .fd = loop.epoll, .events = POLLIN };

	if (ppoll(&any, 1, limit, NULL) <= 0)
		return 0;
	return epoll_wait(loop.epoll, loop.events, ARRAY_SIZE(loop.events), 0);
}

static int wait_for(const struct timespec *limit)
{
	static bool in_two;
	int n = -1;

	if (!in_two)
		n = epoll_pwait2(loop.epoll, loop.events, ARRAY_SIZE(loop.events), limit, NULL);
	in_two = in_two || (n < 0 && errno == ENOSYS);
	return in_two ? wait_in_two(limit) : n;
}

static int wait_events(void)
{
	struct timespec limit = { 0 };
	int64_t us;

	if (!loop.n)
		return wait_for(NULL);
	us = loop.heap[1]->due_us - time_mono_us();
	if (us > 0)
		limit = (struct timespec){ us / 1000000, us % 1000000 * 1000 };
	return wait_for(&limit);
}

void sim_loop_run(void)
{
	while (!loop.ends) {
		loop.n_events = wait_events();
		for (int i = 0; i < loop.n_events && !loop.ends; i++) {
			struct sim_watch *watch = loop.events[i].data.ptr;

			if (watch)
				watch->ready(watch->ctx, loop.events[i].events);
		}
		loop.n_events = 0;
		timers_run();
	}
}
