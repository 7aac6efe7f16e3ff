/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-device.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "faro/base.h"

/* Lower runs first. Input before timers: an answer that is already there beats its own deadline. */
enum loop_priority {
	PRIORITY_SIGNAL = SD_EVENT_PRIORITY_IMPORTANT,
	PRIORITY_INPUT = SD_EVENT_PRIORITY_IMPORTANT / 2,
	PRIORITY_TIMER = SD_EVENT_PRIORITY_NORMAL,
	PRIORITY_IDLE = SD_EVENT_PRIORITY_IDLE,
};

struct loop_caught {
	struct loop_caught *next;
	sd_event_source *source;
	void (*caught)(void *ctx, int signal);
	void *ctx;
};

/* The unit's watchdog, while there is one. */
struct loop_watchdog {
	struct loop_timer *timer;
	int64_t ms;
	bool (*alive)(void *ctx);
	void *ctx;
};

struct loop {
	sd_event *event;
	struct loop_caught *signals;
	struct loop_watchdog dog;
	sd_event_source *idle_source;
	struct loop_idle *idle_first, *idle_last;
};

struct loop_fd {
	sd_event_source *source;
	void (*ready)(void *ctx, int fd, unsigned int events);
	void *ctx;
};

struct loop_timer {
	sd_event_source *source;
	void (*due)(void *ctx);
	void *ctx;
};

struct loop_idle {
	struct loop *loop;
	struct loop_idle *next;
	bool waits; /* its run was requested */
	void (*run)(void *ctx);
	void *ctx;
};

static int idle_source(struct loop *loop);

/* ---- the loop -------------------------------------------------------------------------------- */

int loop_new(struct loop **out)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int rc;

	if (!loop)
		return -ENOMEM;
	rc = sd_event_new(&loop->event);
	if (rc >= 0)
		rc = idle_source(loop);
	if (rc < 0) {
		loop_free(loop);
		return rc;
	}
	*out = loop;
	return 0;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	loop_timer_free(loop->dog.timer);
	while (loop->signals) {
		struct loop_caught *caught = loop->signals;

		loop->signals = caught->next;
		sd_event_source_disable_unref(caught->source);
		free(caught);
	}
	sd_event_source_disable_unref(loop->idle_source);
	sd_event_unref(loop->event);
	free(loop);
}

int loop_run(struct loop *loop)
{
	return sd_event_loop(loop->event);
}

int loop_run_once(struct loop *loop, int timeout_ms)
{
	return sd_event_run(loop->event, timeout_ms < 0 ? UINT64_MAX : (uint64_t)timeout_ms * 1000);
}

void loop_exit(struct loop *loop, int code)
{
	sd_event_exit(loop->event, code);
}

/* ---- descriptors ----------------------------------------------------------------------------- */

static uint32_t to_epoll(unsigned int events)
{
	return (events & LOOP_READ ? EPOLLIN : 0U) | (events & LOOP_WRITE ? EPOLLOUT : 0U);
}

static unsigned int from_epoll(uint32_t events)
{
	return (events & EPOLLIN ? LOOP_READ : 0U) | (events & EPOLLOUT ? LOOP_WRITE : 0U) |
	       (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP) ? LOOP_HANGUP : 0U);
}

static int on_ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct loop_fd *watched = userdata;

	(void)source;
	watched->ready(watched->ctx, fd, from_epoll(revents));
	return 0;
}

int loop_fd_new(struct loop *loop, int fd, unsigned int events,
	void (*ready)(void *ctx, int fd, unsigned int events), void *ctx, struct loop_fd **out)
{
	struct loop_fd *watched = calloc(1, sizeof(*watched));
	int rc;

	if (!watched)
		return -ENOMEM;
	watched->ready = ready;
	watched->ctx = ctx;
	rc = sd_event_add_io(
		loop->event, &watched->source, fd, to_epoll(events), on_ready, watched);
	if (rc >= 0)
		rc = sd_event_source_set_priority(watched->source, PRIORITY_INPUT);
	if (rc < 0) {
		loop_fd_free(watched);
		return rc;
	}
	*out = watched;
	return 0;
}

int loop_fd_events(struct loop_fd *source, unsigned int events)
{
	int rc = sd_event_source_set_io_events(source->source, to_epoll(events));

	return rc < 0 ? rc : 0;
}

void loop_fd_free(struct loop_fd *source)
{
	if (!source)
		return;
	sd_event_source_disable_unref(source->source);
	free(source);
}

/* ---- timers ---------------------------------------------------------------------------------- */

static int on_due(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct loop_timer *timer = userdata;

	(void)source;
	(void)usec;
	timer->due(timer->ctx);
	return 0;
}

int loop_timer_new(struct loop *loop, void (*due)(void *ctx), void *ctx, struct loop_timer **out)
{
	struct loop_timer *timer = calloc(1, sizeof(*timer));
	int rc;

	if (!timer)
		return -ENOMEM;
	timer->due = due;
	timer->ctx = ctx;
	rc = sd_event_add_time(loop->event, &timer->source, CLOCK_MONOTONIC, 0, 1, on_due, timer);
	if (rc >= 0)
		rc = sd_event_source_set_priority(timer->source, PRIORITY_TIMER);
	if (rc >= 0)
		rc = sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
	if (rc < 0) {
		loop_timer_free(timer);
		return rc;
	}
	*out = timer;
	return 0;
}

int loop_timer_set(struct loop_timer *timer, int64_t mono_ms, int64_t slack_ms)
{
	int rc;

	if (mono_ms >= TIME_NEVER / 1000)
		return sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
	rc = sd_event_source_set_time(timer->source, mono_ms > 0 ? (uint64_t)mono_ms * 1000 : 0);
	/* an accuracy of 0 would mean sd-event's default of 250 ms */
	if (rc >= 0)
		rc = sd_event_source_set_time_accuracy(
			timer->source, slack_ms > 0 ? (uint64_t)slack_ms * 1000 : 1);
	if (rc >= 0)
		rc = sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
	return rc < 0 ? rc : 0;
}

void loop_timer_free(struct loop_timer *timer)
{
	if (!timer)
		return;
	sd_event_source_disable_unref(timer->source);
	free(timer);
}

/* ---- steps of the clock ---------------------------------------------------------------------- */

struct loop_steps {
	int fd;
	struct loop_fd *watched;
	void (*stepped)(void *ctx);
	void *ctx;
};

/* For a moment that never comes: where time_t has 32 bits it may, and once is no harm. */
static int steps_arm(int fd)
{
	const struct itimerspec never = {
		.it_value.tv_sec = sizeof(time_t) > 4 ? (time_t)(TIME_NEVER / 1000) : INT32_MAX
	};

	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

/* timerfd_create(2), TFD_TIMER_CANCEL_ON_SET: a read fails once for each time the clock was set. */
static void on_step(void *ctx, int fd, unsigned int events)
{
	struct loop_steps *steps = ctx;
	uint64_t times;

	(void)events;
	if (read(fd, &times, sizeof(times)) >= 0 || errno != ECANCELED)
		return;
	steps_arm(fd); /* ECANCELED: it was set again just now; armed it is all the same */
	steps->stepped(steps->ctx);
}

int loop_steps_new(
	struct loop *loop, void (*stepped)(void *ctx), void *ctx, struct loop_steps **out)
{
	struct loop_steps *steps = calloc(1, sizeof(*steps));
	int rc = 0;

	if (!steps)
		return -ENOMEM;
	steps->stepped = stepped;
	steps->ctx = ctx;
	steps->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (steps->fd < 0 || (steps_arm(steps->fd) < 0 && errno != ECANCELED))
		rc = -errno;
	if (rc == 0)
		rc = loop_fd_new(loop, steps->fd, LOOP_READ, on_step, steps, &steps->watched);
	if (rc < 0) {
		loop_steps_free(steps);
		return rc;
	}
	*out = steps;
	return 0;
}

void loop_steps_free(struct loop_steps *steps)
{
	if (!steps)
		return;
	loop_fd_free(steps->watched);
	if (steps->fd >= 0)
		close(steps->fd);
	free(steps);
}

/* ---- idle ------------------------------------------------------------------------------------ */

/*
 * First come, first served, over one source of sd-event: that knows no order among its own defer
 * sources of one priority, so whoever asks again and again could keep another waiting.
 */
static void idle_enqueue(struct loop *loop, struct loop_idle *idle)
{
	idle->next = NULL;
	idle->waits = true;
	if (loop->idle_last)
		loop->idle_last->next = idle;
	else
		loop->idle_first = idle;
	loop->idle_last = idle;
}

static void idle_remove(struct loop *loop, struct loop_idle *idle)
{
	struct loop_idle **link = &loop->idle_first, *before = NULL;

	if (!idle->waits)
		return;
	while (*link != idle) {
		before = *link;
		link = &before->next;
	}
	*link = idle->next;
	if (loop->idle_last == idle)
		loop->idle_last = before;
	idle->waits = false;
}

/* One, then input and timers again. */
static int on_idle(sd_event_source *source, void *userdata)
{
	struct loop *loop = userdata;
	struct loop_idle *idle = loop->idle_first;

	if (idle) {
		idle_remove(loop, idle);
		idle->run(idle->ctx);
	}
	return sd_event_source_set_enabled(source, loop->idle_first ? SD_EVENT_ON : SD_EVENT_OFF);
}

static int idle_source(struct loop *loop)
{
	int rc = sd_event_add_defer(loop->event, &loop->idle_source, on_idle, loop);

	if (rc >= 0)
		rc = sd_event_source_set_priority(loop->idle_source, PRIORITY_IDLE);
	if (rc >= 0)
		rc = sd_event_source_set_enabled(loop->idle_source, SD_EVENT_OFF);
	return rc;
}

int loop_idle_new(struct loop *loop, void (*run)(void *ctx), void *ctx, struct loop_idle **out)
{
	struct loop_idle *idle = calloc(1, sizeof(*idle));

	if (!idle)
		return -ENOMEM;
	idle->loop = loop;
	idle->run = run;
	idle->ctx = ctx;
	*out = idle;
	return 0;
}

void loop_idle_request(struct loop_idle *idle)
{
	if (idle->waits)
		return;
	idle_enqueue(idle->loop, idle);
	sd_event_source_set_enabled(idle->loop->idle_source, SD_EVENT_ON);
}

void loop_idle_free(struct loop_idle *idle)
{
	if (!idle)
		return;
	idle_remove(idle->loop, idle);
	free(idle);
}

/* ---- devices --------------------------------------------------------------------------------- */

struct loop_devices {
	sd_device_monitor *monitor;
	void (*changed)(void *ctx, bool added);
	void *ctx;
};

static int on_device(sd_device_monitor *monitor, sd_device *device, void *userdata)
{
	struct loop_devices *devices = userdata;
	sd_device_action_t action;

	(void)monitor;
	if (sd_device_get_action(device, &action) >= 0)
		devices->changed(devices->ctx, action != SD_DEVICE_REMOVE);
	return 0;
}

int loop_devices_new(struct loop *loop, const char *subsystem,
	void (*changed)(void *ctx, bool added), void *ctx, struct loop_devices **out)
{
	struct loop_devices *devices;
	int rc;

	/* as libsystemd itself finds out whether udev runs */
	if (access("/run/udev/control", F_OK) < 0)
		return -ENOENT;
	devices = calloc(1, sizeof(*devices));
	if (!devices)
		return -ENOMEM;
	devices->changed = changed;
	devices->ctx = ctx;
	rc = sd_device_monitor_new(&devices->monitor);
	if (rc >= 0)
		rc = sd_device_monitor_filter_add_match_subsystem_devtype(
			devices->monitor, subsystem, NULL);
	if (rc >= 0)
		rc = sd_device_monitor_attach_event(devices->monitor, loop->event);
	if (rc >= 0)
		rc = sd_device_monitor_start(devices->monitor, on_device, devices);
	if (rc < 0) {
		loop_devices_free(devices);
		return rc;
	}
	*out = devices;
	return 0;
}

void loop_devices_free(struct loop_devices *devices)
{
	if (!devices)
		return;
	sd_device_monitor_unref(devices->monitor);
	free(devices);
}

/* ---- signals, systemd ------------------------------------------------------------------------ */

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct loop_caught *caught = userdata;

	(void)source;
	caught->caught(caught->ctx, (int)info->ssi_signo);
	return 0;
}

int loop_signal(struct loop *loop, int signal, void (*caught)(void *ctx, int signal), void *ctx)
{
	struct loop_caught *entry = calloc(1, sizeof(*entry));
	sigset_t set;
	int rc;

	if (!entry)
		return -ENOMEM;
	sigemptyset(&set);
	sigaddset(&set, signal);
	rc = sigprocmask(SIG_BLOCK, &set, NULL) < 0 ? -errno : 0;
	entry->caught = caught;
	entry->ctx = ctx;
	if (rc == 0)
		rc = sd_event_add_signal(loop->event, &entry->source, signal, on_signal, entry);
	if (rc >= 0)
		rc = sd_event_source_set_priority(entry->source, PRIORITY_SIGNAL);
	if (rc < 0) {
		sd_event_source_disable_unref(entry->source);
		free(entry);
		return rc;
	}
	entry->next = loop->signals;
	loop->signals = entry;
	return 0;
}

void loop_notify(const char *state)
{
	sd_notify(0, state);
}

static void feed(void *ctx)
{
	struct loop_watchdog *dog = ctx;
	bool alive = dog->alive(dog->ctx);

	if (alive)
		sd_notify(0, "WATCHDOG=1");
	loop_timer_set(dog->timer, time_mono_ms() + (alive ? dog->ms / 2 : dog->ms / 16),
		alive ? dog->ms / 16 : 0);
}

int loop_watchdog(struct loop *loop, bool (*alive)(void *ctx), void *ctx)
{
	uint64_t usec;
	int rc = sd_watchdog_enabled(0, &usec);

	if (rc <= 0)
		return rc;
	loop->dog.ms = (int64_t)(usec / 1000);
	loop->dog.alive = alive;
	loop->dog.ctx = ctx;
	if (!loop->dog.timer)
		rc = loop_timer_new(loop, feed, &loop->dog, &loop->dog.timer);
	if (rc < 0)
		return rc;
	feed(&loop->dog);
	return 0;
}
