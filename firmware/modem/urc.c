/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that nobody asked for, and what each means for a modem's life. The first prefix that fits
 * counts.
 */
#include <string.h>

#include "modem_private.h"

static void on_cmti(void *ctx, const char *line, const char *next)
{
	(void)next;
	receive_notice(ctx, line, false);
}

static void on_cdsi(void *ctx, const char *line, const char *next)
{
	(void)next;
	receive_notice(ctx, line, true);
}

static void on_direct(void *ctx, const char *line, const char *next)
{
	receive_direct(ctx, line, next);
}

static void on_late_cmgs(void *ctx, const char *line, const char *next)
{
	(void)next;
	send_late_reference(ctx, line);
}

static void on_creg(void *ctx, const char *line, const char *next)
{
	(void)next;
	jobs_on_registration(ctx, NET_CREG, line);
}

static void on_cgreg(void *ctx, const char *line, const char *next)
{
	(void)next;
	jobs_on_registration(ctx, NET_CGREG, line);
}

static void on_cereg(void *ctx, const char *line, const char *next)
{
	(void)next;
	jobs_on_registration(ctx, NET_CEREG, line);
}

static void on_ring(void *ctx, const char *line, const char *next)
{
	(void)line;
	(void)next;
	jobs_on_call(ctx, NULL);
}

static void on_clip(void *ctx, const char *line, const char *next)
{
	char number[PHONE_SIZE];

	(void)next;
	at_field(line, 0, number, sizeof(number));
	jobs_on_call(ctx, number);
}

static void on_hung_up(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)line;
	(void)next;
	m->calling = m->calling && !m->call_told;
}

static void on_cusd(void *ctx, const char *line, const char *next)
{
	(void)next;
	jobs_on_ussd(ctx, line);
}

static void on_full(void *ctx, const char *line, const char *next)
{
	(void)line;
	(void)next;
	receive_store_full(ctx);
}

static void on_time_zone(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)line;
	(void)next;
	m->operator_wanted = true;
}

/* The SIM came or went by itself. */
static void on_sim(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)line;
	(void)next;
	m->sim_check = true;
	if (m->state == MODEM_PIN)
		m->state_timer_ms = start_sim_due(m);
}

/* The first word after power-on: everything that start-up set is lost. */
static void on_boot(void *ctx, const char *line, const char *next)
{
	(void)line;
	(void)next;
	life_event(ctx, MODEM_EV_REBOOTED);
}

/*
 * Ready for texts: the end of a start that is known, or the first sign of one that is not (modems
 * that look for their baud rate do not say more).
 */
static void on_sms_ready(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)line;
	(void)next;
	if (m->state == MODEM_STARTING || ladder_wakes_radio(m))
		return;
	if (m->state == MODEM_PIN)
		on_sim(m, line, next);
	else if (modem_now(m) - m->started_ms > BOOT_MS)
		life_event(m, MODEM_EV_REBOOTED);
	else
		m->routes_wanted = true;
}

static void on_brown_out(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;

	(void)line;
	(void)next;
	why_brown_out(m, true);
	why_tell(m);
}

static const struct at_urc urcs[] = {
	/* texts and reports */
	{ "+CMTI:", false, NULL, on_cmti },
	{ "+CMT:", true, NULL, on_direct },
	{ "+CDSI:", false, NULL, on_cdsi },
	{ "+CDS:", true, NULL, on_direct },
	{ "+CBM:", true, NULL, NULL },
	{ "+CBMI:", false, NULL, NULL },
	{ "+CMGS:", false, NULL, on_late_cmgs },
	{ "^SMMEMFULL", false, NULL, on_full },
	{ "+SMS FULL", false, NULL, on_full },
	/* network */
	{ "+CREG:", false, jobs_registration_unasked, on_creg },
	{ "+CGREG:", false, jobs_registration_unasked, on_cgreg },
	{ "+CEREG:", false, jobs_registration_unasked, on_cereg },
	{ "+CTZV:", false, NULL, on_time_zone },
	{ "+CTZE:", false, NULL, on_time_zone },
	{ "*PSUTTZ:", false, NULL, on_time_zone },
	{ "+CUSD:", AT_UNTIL_QUOTE, NULL, on_cusd },
	/* calls */
	{ "RING", false, NULL, on_ring },
	{ "+CRING:", false, NULL, on_ring },
	{ "+CLIP:", false, NULL, on_clip },
	{ "NO CARRIER", false, NULL, on_hung_up },
	{ "BUSY", false, NULL, on_hung_up },
	/* power and SIM */
	{ "RDY", false, NULL, on_boot },
	{ "+CPIN:", false, NULL, on_sim },
	{ "+QUSIM:", false, NULL, on_sim },
	{ "SMS Ready", false, NULL, on_sms_ready },
	{ "SMS DONE", false, NULL, on_sms_ready },
	{ "+QIND: SMS DONE", false, NULL, on_sms_ready },
	{ "Call Ready", false, NULL, NULL },
	{ "PB DONE", false, NULL, NULL },
	{ "+QIND:", false, NULL, NULL },
	{ "+CFUN:", false, NULL, NULL },
	{ "UNDER-VOLTAGE", false, NULL, on_brown_out },
	/* what the heartbeat and its like ask for */
	{ "+CSQ:", false, NULL, jobs_fact },
	{ "+COPS:", false, NULL, jobs_fact },
	{ "+CPMS:", false, NULL, jobs_fact },
	{ "+CCLK:", false, NULL, jobs_fact },
	/* chatter */
	{ "^", false, NULL, NULL },
	{ "*", false, NULL, NULL },
	{ "#", false, NULL, NULL },
};

const struct at_host modem_at_host = { urcs, ARRAY_SIZE(urcs), port_write, modem_at_ended };
