/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer target: bytes from the port against the engine. The first byte picks the script, the
 * second the size of the chunks; time moves on with every chunk.
 */
#include <stdlib.h>

#include "faro/at.h"

static void host_write(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
}

static void host_ended(void *ctx, const struct at_result *result)
{
	(void)ctx;
	if (result->outcome != AT_DONE && !result->step)
		abort();
}

static void urc(void *ctx, const char *line, const char *next)
{
	char field[16];

	(void)ctx;
	(void)next;
	for (unsigned int i = 0; i < 8; i++) {
		if (at_field(line, i, field, sizeof(field)))
			at_set_contains(field, at_field_int(line, i, 0));
	}
}

static int line_seen(void *ctx, const char *line, const char *next)
{
	urc(ctx, line, next);
	return 0;
}

static const struct at_urc urcs[] = {
	{ "+CMTI:", false, NULL, urc },
	{ "+CDS:", true, NULL, urc },
	{ "+", false, NULL, urc },
};
static const struct at_host host = { urcs, ARRAY_SIZE(urcs), host_write, host_ended };

static const struct at_step send_steps[] = {
	{ .command = "AT+CMGS=3", .deadline_ms = 50, .flags = AT_PROMPT },
	{ .command = "00010203", .expect = "+CMGS:", .line = line_seen, .flags = AT_PDU },
};
static const struct at_step list_steps[] = {
	{ .command = "AT+CMGL=4",
		.expect = "+CMGL:",
		.line = line_seen,
		.flags = AT_TWO_LINES | AT_OPTIONAL,
		.deadline_ms = 50 },
	{ .command = "AT+CGMI", .expect = "", .line = line_seen, .deadline_ms = 50, .tries = 3 },
};
static const struct at_script scripts[] = {
	AT_SCRIPT("send", send_steps),
	AT_SCRIPT("list", list_steps),
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct at at;
	size_t chunk;
	int64_t now = 0;

	if (size < 2)
		return 0;
	chunk = data[1] % 64U + 1;
	at_init(&at, &host, NULL);
	for (size_t i = 2; i < size; i += chunk, now += 7) {
		if (!at_busy(&at))
			at_run(&at, &scripts[data[0] % ARRAY_SIZE(scripts)], now);
		at_feed(&at, data + i, size - i < chunk ? size - i : chunk, now);
		at_tick(&at, now);
	}
	return 0;
}
