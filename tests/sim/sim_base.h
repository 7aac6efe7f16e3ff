/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulator stands on: growing buffers, JSON by hand (a segment must cost microseconds), a
 * loop over epoll with timers in microseconds, and random numbers that repeat from a seed.
 */
#ifndef SIM_BASE_H
#define SIM_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "faro/base.h"

/* ---- memory: a simulator that has none left has nothing to say ------------------------------- */

void *sim_alloc(size_t n); /* zeroed; ends the program when there is none */
char *sim_strdup(const char *text);

struct sim_buf {
	char *data; /* NUL-terminated once something was added */
	size_t len, size;
};

void sim_buf_add(struct sim_buf *b, const void *data, size_t n);
void sim_buf_puts(struct sim_buf *b, const char *text);
void sim_buf_addf(struct sim_buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void sim_buf_drop(struct sim_buf *b, size_t n); /* takes n bytes off the front */
void sim_buf_free(struct sim_buf *b);

/* Each adds ,"key":value - the caller wrote the opening brace and a first member. */
void sim_json_int(struct sim_buf *b, const char *key, int64_t value);
void sim_json_str(struct sim_buf *b, const char *key, const char *value);
void sim_json_bool(struct sim_buf *b, const char *key, bool value);

/* ---- loop ------------------------------------------------------------------------------------ */

struct sim_timer {
	void (*run)(void *ctx);
	void *ctx;
	int64_t due_us;
	size_t at; /* place in the heap, 0 = not armed */
};

struct sim_watch {
	int fd;
	void (*ready)(void *ctx, uint32_t events); /* EPOLLIN ... */
	void *ctx;
};

int sim_loop_init(void);
void sim_loop_fini(void);
void sim_loop_run(void);
void sim_loop_exit(void);

/*
 * Watches edge-triggered when events say EPOLLET. The watch must outlive its registration. 0 or
 * -errno.
 */
int sim_watch_add(struct sim_watch *watch, uint32_t events);
void sim_watch_change(struct sim_watch *watch, uint32_t events);
void sim_watch_remove(struct sim_watch *watch);

/*
 * Arms in after_us microseconds from now (at once: with the next turn of the loop). Arming again
 * moves it.
 */
void sim_timer_start(struct sim_timer *timer, int64_t after_us);
void sim_timer_stop(struct sim_timer *timer);

static inline bool sim_timer_armed(const struct sim_timer *timer)
{
	return timer->at != 0;
}

/* ---- chance ---------------------------------------------------------------------------------- */

struct sim_rng {
	uint64_t state;
};

uint64_t sim_rng_next(struct sim_rng *rng);
double sim_rng_unit(struct sim_rng *rng);                           /* [0, 1) */
int64_t sim_rng_between(struct sim_rng *rng, int64_t a, int64_t b); /* both ends too */

enum sim_dist { SIM_DIST_FIXED, SIM_DIST_UNIFORM, SIM_DIST_EXP, SIM_DIST_NORMAL };

struct sim_delay {
	enum sim_dist dist;
	double ms, min_ms, max_ms, sd_ms; /* max_ms 0: no upper end */
};

int64_t sim_delay_us(const struct sim_delay *delay, struct sim_rng *rng);

#endif
