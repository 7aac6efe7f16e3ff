/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the modem room alone is: one segment after another from within sent(), zero radio time,
 * nothing stored. Compare with bench_line, which is what the simulator can do.
 */
#include <sys/resource.h>

#include "../sim/sim_rig.h"

#include "faro/modem.h"

#include "figure.h"

#define SEGMENTS 20000

struct bench {
	struct modem *modem;
	int left, ok;
};

/* A SUBMIT of 160 septets: the largest single segment. */
static size_t make_tpdu(uint8_t tpdu[164])
{
	static const uint8_t head[] = { 0x01, 0x00, 0x0B, 0x91, 0x51, 0x01, 0x55, 0x15, 0x10, 0xF0,
		0x00, 0x00, 0xA0 };

	memcpy(tpdu, head, sizeof(head));
	memset(tpdu + sizeof(head), 0x41, 140);
	return sizeof(head) + 140;
}

static void send_next(struct bench *b)
{
	uint8_t tpdu[164];
	size_t n = make_tpdu(tpdu);

	if (b->left > 0 && modem_send(b->modem, tpdu, n) == 0)
		b->left--;
}

static void on_sent(void *ctx, struct modem *modem, const struct modem_result *result)
{
	struct bench *b = ctx;

	(void)modem;
	b->ok += result->outcome == MODEM_SENT_OK;
	send_next(b);
}

static void on_idle(void *ctx, struct modem *modem)
{
	(void)modem;
	send_next(ctx);
}

static void on_pdu(void *ctx, struct modem *modem, const struct modem_pdu *pdu)
{
	(void)ctx;
	modem_taken(modem, pdu->slot);
}

static const struct modem_events events = { .sent = on_sent, .idle = on_idle, .pdu = on_pdu };

int main(void)
{
	static struct rig rig;
	struct bench b = { .left = 0 };
	struct loop *loop;
	char port[128];
	const struct modem_config config = { .name = "sim1", .port = port, .profile = "auto" };
	int64_t began_us;
	double cpu, s;

	log_set_level(LOG_LEVEL_WARNING);
	rig_start(&rig, 1, 0);
	snprintf(port, sizeof(port), "%s/sim1", rig.dir);
	if (loop_new(&loop) < 0 || modem_new(loop, NULL, &config, &events, &b, &b.modem) < 0)
		return 1;
	while (!modem_idle(b.modem))
		loop_run_once(loop, 100);
	began_us = time_mono_us();
	cpu = own_cpu_s(RUSAGE_SELF);
	b.left = SEGMENTS;
	send_next(&b);
	while (b.ok < SEGMENTS)
		loop_run_once(loop, 1000);
	s = (double)(time_mono_us() - began_us) / 1e6;
	cpu = own_cpu_s(RUSAGE_SELF) - cpu;
	figure("segments/s of the modem room alone, 1 modem, nothing kept", NULL, "%.0f",
		SEGMENTS / s);
	figure_limit("%.1f us CPU each", cpu * 1e6 / SEGMENTS);
	modem_free(b.modem);
	loop_free(loop);
	rig_stop(&rig);
	return 0;
}
