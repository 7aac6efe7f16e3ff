/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim_base.h"

void *sim_alloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (!p)
		abort();
	return p;
}

char *sim_strdup(const char *text)
{
	char *p = strdup(text);

	if (!p)
		abort();
	return p;
}

static void buf_room(struct sim_buf *b, size_t n)
{
	size_t want = b->len + n + 1;

	if (want <= b->size)
		return;
	b->size = b->size ? b->size : 256;
	while (b->size < want)
		b->size *= 2;
	b->data = realloc(b->data, b->size);
	if (!b->data)
		abort();
}

void sim_buf_add(struct sim_buf *b, const void *data, size_t n)
{
	buf_room(b, n);
	memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void sim_buf_puts(struct sim_buf *b, const char *text)
{
	sim_buf_add(b, text, strlen(text));
}

void sim_buf_addf(struct sim_buf *b, const char *format, ...)
{
	char text[2048];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0)
		return;
	sim_buf_add(b, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void sim_buf_drop(struct sim_buf *b, size_t n)
{
	if (n >= b->len) {
		b->len = 0;
		return;
	}
	memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
}

void sim_buf_free(struct sim_buf *b)
{
	free(b->data);
	*b = (struct sim_buf){ 0 };
}

static void json_key(struct sim_buf *b, const char *key)
{
	sim_buf_add(b, ",\"", 2);
	sim_buf_puts(b, key);
	sim_buf_add(b, "\":", 2);
}

void sim_json_int(struct sim_buf *b, const char *key, int64_t value)
{
	char digits[24];
	char *at = digits + sizeof(digits);
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	json_key(b, key);
	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (value < 0)
		*--at = '-';
	sim_buf_add(b, at, (size_t)(digits + sizeof(digits) - at));
}

/* The run of characters that JSON (RFC 8259, 7) takes as they are. */
static size_t json_plain(const char *text)
{
	size_t n = 0;

	while ((unsigned char)text[n] >= 0x20 && text[n] != '"' && text[n] != '\\')
		n++;
	return n;
}

void sim_json_str(struct sim_buf *b, const char *key, const char *value)
{
	json_key(b, key);
	sim_buf_add(b, "\"", 1);
	for (;;) {
		size_t n = json_plain(value);

		sim_buf_add(b, value, n);
		value += n;
		if (!*value)
			break;
		if (*value == '"' || *value == '\\')
			sim_buf_addf(b, "\\%c", *value);
		else
			sim_buf_addf(b, "\\u%04x", (unsigned char)*value);
		value++;
	}
	sim_buf_add(b, "\"", 1);
}

void sim_json_bool(struct sim_buf *b, const char *key, bool value)
{
	json_key(b, key);
	sim_buf_puts(b, value ? "true" : "false");
}

/* splitmix64 (Steele, Lea, Flood 2014): every seed is good, also 0. */
uint64_t sim_rng_next(struct sim_rng *rng)
{
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

double sim_rng_unit(struct sim_rng *rng)
{
	return (double)(sim_rng_next(rng) >> 11) * 0x1.0p-53;
}

int64_t sim_rng_between(struct sim_rng *rng, int64_t a, int64_t b)
{
	return b <= a ? a : a + (int64_t)(sim_rng_next(rng) % (uint64_t)(b - a + 1));
}

/* A variate of the exponential distribution of mean 1 from comparisons alone (von Neumann 1951). */
static double rng_exponential(struct sim_rng *rng)
{
	for (int whole = 0;; whole++) {
		double first = sim_rng_unit(rng), last = first, next;
		bool odd = true;

		while ((next = sim_rng_unit(rng)) < last) {
			last = next;
			odd = !odd;
		}
		if (odd)
			return whole + first;
	}
}

/* Near enough to normal, mean 0 and deviation 1: twelve uniform ones (Irwin and Hall). */
static double rng_normal(struct sim_rng *rng)
{
	double sum = -6.0;

	for (int i = 0; i < 12; i++)
		sum += sim_rng_unit(rng);
	return sum;
}

static double dist_ms(const struct sim_delay *d, struct sim_rng *rng)
{
	switch (d->dist) {
	case SIM_DIST_UNIFORM:
		return d->min_ms + (d->max_ms - d->min_ms) * sim_rng_unit(rng);
	case SIM_DIST_EXP:
		return d->min_ms + d->ms * rng_exponential(rng);
	case SIM_DIST_NORMAL:
		return d->ms + d->sd_ms * rng_normal(rng);
	case SIM_DIST_FIXED:
		break;
	}
	return d->ms;
}

int64_t sim_delay_us(const struct sim_delay *delay, struct sim_rng *rng)
{
	double ms = dist_ms(delay, rng);

	if (delay->max_ms > 0 && ms > delay->max_ms)
		ms = delay->max_ms;
	if (ms < delay->min_ms)
		ms = delay->min_ms;
	return ms <= 0 ? 0 : (int64_t)(ms * 1000.0);
}
