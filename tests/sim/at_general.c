/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of the line itself and of identity (ITU-T V.250 6; TS 27.007 5, 8). */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sim.h"

static int ok(struct sim_modem *m, struct sim_call *call)
{
	(void)m, (void)call;
	return SIM_OK;
}

/* A basic command's digit: left out is 0 (V.250 5.3.1). */
static int basic_value(struct sim_call *call, int max, int *value)
{
	*value = 0;
	return sim_arg_int(call, 0, max, value) < 0 ? SIM_ERROR : SIM_OK;
}

static int basic_flag(struct sim_call *call, bool *flag)
{
	int value, result = basic_value(call, 1, &value);

	if (result == SIM_OK)
		*flag = value;
	return result;
}

static int exec_echo(struct sim_modem *m, struct sim_call *call)
{
	return basic_flag(call, &m->set.echo);
}

static int exec_verbose(struct sim_modem *m, struct sim_call *call)
{
	return basic_flag(call, &m->set.verbose);
}

static int exec_quiet(struct sim_modem *m, struct sim_call *call)
{
	return basic_flag(call, &m->set.quiet);
}

/* Which service carries texts (+CGSMS) is in no profile: it outlasts Z and &F. */
static void profile_settings(struct sim_modem *m, bool factory_done)
{
	int cgsms = m->set.cgsms;

	sim_modem_settings(m);
	m->set.cgsms = cgsms;
	m->set.factory_done = factory_done;
}

static int exec_z(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	profile_settings(m, m->set.factory_done);
	return SIM_OK;
}

static int exec_factory(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	profile_settings(m, true);
	return SIM_OK;
}

static int *s_register(struct sim_modem *m, const char *name)
{
	static int others;

	return name[1] == '3'   ? &m->set.s3
	       : name[1] == '4' ? &m->set.s4
	       : name[1] == '5' ? &m->set.s5
				: &others;
}

static int read_s(struct sim_modem *m, struct sim_call *call)
{
	sim_at_info(m, "%03d", *s_register(m, call->name));
	return SIM_OK;
}

static int set_s(struct sim_modem *m, struct sim_call *call)
{
	int value = 0;

	if (sim_arg_int(call, 0, 127, &value) < 0)
		return SIM_ERROR;
	*s_register(m, call->name) = value;
	return SIM_OK;
}

static int exec_i(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "Manufacturer: %s\r\nModel: %s\r\nRevision: %s\r\nIMEI: %s",
		m->profile->manufacturer, m->profile->model, m->profile->revision, m->imei);
	return SIM_OK;
}

static int exec_manufacturer(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "%s", m->profile->manufacturer);
	return SIM_OK;
}

static int exec_model(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "%s", m->profile->model);
	return SIM_OK;
}

static int exec_revision(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "%s", m->profile->revision);
	return SIM_OK;
}

static int exec_imei(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "%s", m->imei);
	return SIM_OK;
}

static int exec_imsi(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "%s", m->imsi);
	return SIM_OK;
}

static int exec_ccid(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CCID: 8901260%s0", m->imsi + 3);
	return SIM_OK;
}

static int read_cmee(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CMEE: %d", m->set.cmee);
	return SIM_OK;
}

static int set_cmee(struct sim_modem *m, struct sim_call *call)
{
	return sim_arg_int(call, 0, 2, &m->set.cmee) < 0 ? SIM_CME(50) : SIM_OK;
}

static int read_cscs(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CSCS: \"%s\"", m->set.cscs);
	return SIM_OK;
}

static int set_cscs(struct sim_modem *m, struct sim_call *call)
{
	static const char *const known[] = { "GSM", "IRA", "UCS2", "HEX" };
	char name[16];

	sim_arg(call, name, sizeof(name));
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i], name)) {
			text_copy(m->set.cscs, sizeof(m->set.cscs), name);
			return SIM_OK;
		}
	return SIM_CME(50);
}

static int read_cclk(struct sim_modem *m, struct sim_call *call)
{
	time_t local = (time_t)(time_wall_ms() / 1000 + m->sim->clock_shift_s) +
		       m->sim->zone_quarters * INT64_C(900);
	struct tm tm;

	(void)call;
	gmtime_r(&local, &tm);
	sim_at_info(m, "+CCLK: \"%02d/%02d/%02d,%02d:%02d:%02d%+03d\"", tm.tm_year % 100,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		m->sim->zone_quarters); /* the zone in quarter hours */
	return SIM_OK;
}

static int set_ctzu(struct sim_modem *m, struct sim_call *call)
{
	int value = 0;

	if (sim_arg_int(call, 0, 1, &value) < 0)
		return SIM_CME(50);
	*(call->name[4] == 'U' ? &m->set.ctzu : &m->set.ctzr) = value;
	return SIM_OK;
}

static int read_ctzu(struct sim_modem *m, struct sim_call *call)
{
	sim_at_info(m, "%s: %d", call->name, call->name[4] == 'U' ? m->set.ctzu : m->set.ctzr);
	return SIM_OK;
}

static int exec_cpas(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CPAS: %d", m->rings > 0 ? 3 : 0);
	return SIM_OK;
}

static int exec_cbc(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CBC: 0,100,4100");
	return SIM_OK;
}

const struct sim_at_command sim_at_general[] = {
	{ .name = "E", .exec = exec_echo },
	{ .name = "V", .exec = exec_verbose },
	{ .name = "Q", .exec = exec_quiet },
	{ .name = "Z", .exec = exec_z },
	{ .name = "&F", .exec = exec_factory },
	{ .name = "&W", .exec = ok },
	{ .name = "&C", .exec = ok },
	{ .name = "&D", .exec = ok },
	{ .name = "&K", .exec = ok },
	{ .name = "&S", .exec = ok },
	{ .name = "\\Q", .exec = ok },
	{ .name = "X", .exec = ok },
	{ .name = "L", .exec = ok },
	{ .name = "M", .exec = ok },
	{ .name = "I", .exec = exec_i },
	{ .name = "S0", .read = read_s, .set = set_s },
	{ .name = "S3", .read = read_s, .set = set_s },
	{ .name = "S4", .read = read_s, .set = set_s },
	{ .name = "S5", .read = read_s, .set = set_s },
	{ .name = "S7", .read = read_s, .set = set_s },
	{ .name = "+CGMI", .exec = exec_manufacturer, .test_text = "" },
	{ .name = "+GMI", .exec = exec_manufacturer, .test_text = "" },
	{ .name = "+CGMM", .exec = exec_model, .test_text = "" },
	{ .name = "+GMM", .exec = exec_model, .test_text = "" },
	{ .name = "+CGMR", .exec = exec_revision, .test_text = "" },
	{ .name = "+GMR", .exec = exec_revision, .test_text = "" },
	{ .name = "+CGSN", .exec = exec_imei, .test_text = "" },
	{ .name = "+GSN", .exec = exec_imei, .test_text = "" },
	{ .name = "+CIMI", .exec = exec_imsi, .test_text = "", .needs = SIM_NEEDS_PIN },
	{ .name = "+CCID", .exec = exec_ccid, .test_text = "" },
	{ .name = "+CMEE", .read = read_cmee, .set = set_cmee, .test_text = "(0-2)" },
	{ .name = "+CSCS",
		.read = read_cscs,
		.set = set_cscs,
		.test_text = "(\"GSM\",\"IRA\",\"UCS2\",\"HEX\")" },
	{ .name = "+CCLK", .read = read_cclk, .test_text = "" },
	{ .name = "+CTZU", .read = read_ctzu, .set = set_ctzu, .test_text = "(0,1)" },
	{ .name = "+CTZR", .read = read_ctzu, .set = set_ctzu, .test_text = "(0,1)" },
	{ .name = "+CPAS", .exec = exec_cpas, .test_text = "(0,3,4)" },
	{ .name = "+CBC", .exec = exec_cbc, .test_text = "(0-3),(0-100)" },
	{ .name = "+IPR", .set = ok, .test_text = "(0,9600,115200)" },
	{ .name = "+IFC", .set = ok, .test_text = "(0-2),(0-2)" },
	{ .name = "+ICF", .set = ok, .test_text = "(3),(0)" },
	{ .name = NULL },
};
