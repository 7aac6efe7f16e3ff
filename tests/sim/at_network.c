/* SPDX-License-Identifier: Apache-2.0 */
/* Network, power and the card (TS 27.007 7, 8). */
#include <stdio.h>
#include <string.h>

#include "sim.h"

/* ---- registration ---- */

static int which_creg(const struct sim_call *call)
{
	return call->name[2] == 'R' ? 0 : call->name[2] == 'G' ? 1 : 2;
}

static int read_creg(struct sim_modem *m, struct sim_call *call)
{
	char line[80];

	sim_modem_creg_line(m, which_creg(call), true, line);
	sim_at_info(m, "%s", line);
	return SIM_OK;
}

static int set_creg(struct sim_modem *m, struct sim_call *call)
{
	return sim_arg_int(call, 0, 2, &m->set.creg[which_creg(call)]) < 0 ? SIM_CME(50) : SIM_OK;
}

static bool registered(const struct sim_modem *m)
{
	return m->reg == SIM_REG_HOME || m->reg == SIM_REG_ROAMING;
}

static int read_cops(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	if (registered(m) && m->set.cops_format == 2)
		sim_at_info(m, "+COPS: 0,2,\"310260\",7");
	else if (registered(m))
		sim_at_info(
			m, "+COPS: 0,%d,\"%s\",7", m->set.cops_format, m->profile->operator_name);
	else
		sim_at_info(m, "+COPS: 0");
	return SIM_OK;
}

static int set_cops(struct sim_modem *m, struct sim_call *call)
{
	int mode = 0, format = m->set.cops_format;

	if (sim_arg_int(call, 0, 4, &mode) < 0 || sim_arg_int(call, 0, 2, &format) < 0)
		return SIM_CME(50);
	m->set.cops_format = format;
	if (mode == 2)
		sim_modem_network(m, SIM_REG_NONE, 0, -1);
	else if (mode != 3 && !registered(m) && !sim_timer_armed(&m->network_timer))
		sim_modem_network(m, SIM_REG_HOME, 0, -1);
	return SIM_OK;
}

static int test_cops(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+COPS: (2,\"%s\",\"%.5s\",\"310260\",7),,(0-4),(0-2)",
		m->profile->operator_name, m->profile->operator_name);
	return SIM_OK;
}

static int exec_csq(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CSQ: %d,99", m->set.cfun == 1 ? m->signal : 99);
	return SIM_OK;
}

/* ---- power ---- */

static int read_cfun(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CFUN: %d", m->set.cfun);
	return SIM_OK;
}

static int set_cfun(struct sim_modem *m, struct sim_call *call)
{
	int fun = 1, reset = 0;

	if (sim_arg_int(call, 0, 4, &fun) < 0 || sim_arg_int(call, 0, 1, &reset) < 0 || fun == 2 ||
		fun == 3)
		return SIM_CME(50);
	if (reset) {
		sim_timer_start(&m->reset_timer, 20000); /* OK still goes out */
		return SIM_OK;
	}
	if (fun == m->set.cfun)
		return SIM_OK;
	if (fun != 1)
		sim_modem_network(m, SIM_REG_NONE, 0, -1);
	m->set.cfun = fun;
	if (fun == 1 && m->pin_state == SIM_PIN_READY)
		sim_modem_pin_ok(m);
	return SIM_OK;
}

/* ---- the card ---- */

static int read_cpin(struct sim_modem *m, struct sim_call *call)
{
	static const char *const words[] = { [SIM_PIN_READY] = "READY",
		[SIM_PIN_WANTED] = "SIM PIN",
		[SIM_PUK_WANTED] = "SIM PUK" };

	(void)call;
	if (m->pin_state == SIM_ABSENT)
		return SIM_CME(10);
	sim_at_info(m, "+CPIN: %s", words[m->pin_state]);
	return SIM_OK;
}

static int try_pin(struct sim_modem *m, const char *pin)
{
	if (!strcmp(pin, m->pin)) {
		sim_modem_pin_ok(m);
		sim_at_unsolicited(m, "+CPIN: READY");
		return SIM_OK;
	}
	if (--m->pin_left <= 0)
		m->pin_state = SIM_PUK_WANTED;
	return m->pin_left <= 0 ? SIM_CME(12) : SIM_CME(16);
}

static int try_puk(struct sim_modem *m, const char *puk, const char *new_pin)
{
	if (strlen(new_pin) < 4 || strlen(new_pin) > 8)
		return SIM_CME(50);
	if (m->puk_left > 0 && !strcmp(puk, m->puk)) {
		text_copy(m->pin, sizeof(m->pin), new_pin);
		sim_modem_pin_ok(m);
		return SIM_OK;
	}
	if (--m->puk_left <= 0)
		m->pin_state = SIM_ABSENT;
	return SIM_CME(16);
}

static int set_cpin(struct sim_modem *m, struct sim_call *call)
{
	char pin[16], new_pin[16];

	sim_arg(call, pin, sizeof(pin));
	sim_arg(call, new_pin, sizeof(new_pin));
	if (m->pin_state == SIM_PIN_WANTED)
		return try_pin(m, pin);
	if (m->pin_state == SIM_PUK_WANTED)
		return try_puk(m, pin, new_pin);
	return m->pin_state == SIM_ABSENT ? SIM_CME(10) : SIM_CME(3);
}

static int set_clck(struct sim_modem *m, struct sim_call *call)
{
	char facility[8], pin[16];
	int mode = 2;

	sim_arg(call, facility, sizeof(facility));
	if (sim_arg_int(call, 0, 2, &mode) < 0)
		return SIM_CME(50);
	if (mode == 2) {
		sim_at_info(m, "+CLCK: %d", !strcmp(facility, "SC") && m->pin_enabled);
		return SIM_OK;
	}
	sim_arg(call, pin, sizeof(pin));
	if (strcmp(facility, "SC"))
		return SIM_CME(4);
	if (strcmp(pin, m->pin))
		return try_pin(m, pin);
	m->pin_enabled = mode;
	return SIM_OK;
}

const struct sim_at_command sim_at_network[] = {
	{ .name = "+CREG", .read = read_creg, .set = set_creg, .test_text = "(0-2)" },
	{ .name = "+CGREG", .read = read_creg, .set = set_creg, .test_text = "(0-2)" },
	{ .name = "+CEREG", .read = read_creg, .set = set_creg, .test_text = "(0-2)" },
	{ .name = "+COPS",
		.read = read_cops,
		.set = set_cops,
		.test = test_cops,
		.needs = SIM_NEEDS_PIN },
	{ .name = "+CSQ", .exec = exec_csq, .test_text = "(0-31,99),(99)" },
	{ .name = "+CFUN", .read = read_cfun, .set = set_cfun, .test_text = "(0,1,4),(0,1)" },
	{ .name = "+CPIN", .read = read_cpin, .set = set_cpin, .test_text = "" },
	{ .name = "+CLCK", .set = set_clck, .test_text = "(\"SC\")", .needs = SIM_NEEDS_PIN },
	{ .name = NULL },
};
