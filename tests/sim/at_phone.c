/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls, phonebook, USSD: what a client for texts touches of them (TS 27.007 6, 7.11, 7.15, 8.11 to
 * 8.14).
 */
#include <stdio.h>
#include <string.h>

#include "sim.h"

static int exec_hang_up(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	m->rings = 0;
	sim_timer_stop(&m->ring_timer);
	return SIM_OK;
}

static int exec_dial(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	return m->pin_state == SIM_PIN_READY ? SIM_NO_CARRIER : sim_at_pin_error(m, false);
}

static int read_clip(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CLIP: %d,1", m->set.clip);
	return SIM_OK;
}

static int set_clip(struct sim_modem *m, struct sim_call *call)
{
	int on = 0;

	if (sim_arg_int(call, 0, 1, &on) < 0)
		return SIM_CME(50);
	m->set.clip = on;
	return SIM_OK;
}

static int exec_clcc(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	if (m->rings > 0)
		sim_at_info(m, "+CLCC: 1,1,4,0,0,\"%s\",145", m->caller);
	return SIM_OK;
}

static int set_cusd(struct sim_modem *m, struct sim_call *call)
{
	char code[64], line[600];
	int n = 0;

	if (sim_arg_int(call, 0, 2, &n) < 0)
		return SIM_CME(50);
	if (!sim_arg(call, code, sizeof(code)))
		return SIM_OK;
	if (!sim_modem_on_network(m))
		return SIM_CME(30);
	if (m->ussd_code && !strcmp(code, m->ussd_code))
		snprintf(line, sizeof(line), "+CUSD: 0,\"%s\",15", m->ussd_answer);
	else
		snprintf(line, sizeof(line), "+CUSD: 4"); /* operation not supported */
	sim_at_info(m, "OK");
	sim_at_unsolicited(m, line);
	return SIM_SILENT; /* OK is out: the answer comes after it */
}

static int read_cusd(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CUSD: 1");
	return SIM_OK;
}

static int read_cpbs(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CPBS: \"%s\",0,100", m->set.pb);
	return SIM_OK;
}

static int set_cpbs(struct sim_modem *m, struct sim_call *call)
{
	static const char *const known[] = { "SM", "ME", "ON" };
	char name[8];

	sim_arg(call, name, sizeof(name));
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i], name)) {
			text_copy(m->set.pb, sizeof(m->set.pb), name);
			return SIM_OK;
		}
	return SIM_CME(3);
}

static int set_cpbr(struct sim_modem *m, struct sim_call *call)
{
	int index = 0;

	(void)m;
	return sim_arg_int(call, 1, 100, &index) == 1 ? SIM_OK
						      : SIM_CME(21); /* every entry is empty */
}

static int exec_cnum(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CNUM: \"\",\"%s\",145", m->number);
	return SIM_OK;
}

const struct sim_at_command sim_at_phone[] = {
	{ .name = "D", .exec = exec_dial },
	{ .name = "H", .exec = exec_hang_up },
	{ .name = "A", .exec = exec_dial },
	{ .name = "+CHUP", .exec = exec_hang_up, .test_text = "" },
	{ .name = "+CLCC", .exec = exec_clcc, .test_text = "" },
	{ .name = "+CLIP", .read = read_clip, .set = set_clip, .test_text = "(0,1)" },
	{ .name = "+CUSD",
		.read = read_cusd,
		.set = set_cusd,
		.test_text = "(0-2)",
		.needs = SIM_NEEDS_PIN },
	{ .name = "+CPBS",
		.read = read_cpbs,
		.set = set_cpbs,
		.test_text = "(\"SM\",\"ME\",\"ON\")",
		.needs = SIM_NEEDS_PIN },
	{ .name = "+CPBR", .set = set_cpbr, .test_text = "(1-100),40,20", .needs = SIM_NEEDS_PIN },
	{ .name = "+CNUM", .exec = exec_cnum, .test_text = "", .needs = SIM_NEEDS_PIN },
	{ .name = NULL },
};
