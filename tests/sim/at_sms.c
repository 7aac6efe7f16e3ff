/* SPDX-License-Identifier: Apache-2.0 */
/* How texts are handled (TS 27.005 3.2, 3.3, 3.4.1, 3.4.4). */
#include <stdio.h>
#include <string.h>

#include "sim.h"

/* ---- plain numbers ---- */

static int set_cmgf(struct sim_modem *m, struct sim_call *call)
{
	int mode = 0;

	if (sim_arg_int(call, 0, 1, &mode) < 0)
		return SIM_CMS(302);
	m->set.text_mode = mode;
	return SIM_OK;
}

static int read_cmgf(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CMGF: %d", m->set.text_mode);
	return SIM_OK;
}

static int set_csdh(struct sim_modem *m, struct sim_call *call)
{
	int show = 0;

	if (sim_arg_int(call, 0, 1, &show) < 0)
		return SIM_CMS(302);
	m->set.csdh = show;
	return SIM_OK;
}

static int read_csdh(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CSDH: %d", m->set.csdh);
	return SIM_OK;
}

static int set_csmp(struct sim_modem *m, struct sim_call *call)
{
	int values[4];

	memcpy(values, m->set.csmp, sizeof(values));
	for (int i = 0; i < 4; i++)
		if (sim_arg_int(call, 0, 255, &values[i]) < 0)
			return SIM_CMS(302);
	memcpy(m->set.csmp, values, sizeof(values));
	return SIM_OK;
}

static int read_csmp(struct sim_modem *m, struct sim_call *call)
{
	const int *v = m->set.csmp;

	(void)call;
	sim_at_info(m, "+CSMP: %d,%d,%d,%d", v[0], v[1], v[2], v[3]);
	return SIM_OK;
}

/* ---- service ---- */

static int set_csms(struct sim_modem *m, struct sim_call *call)
{
	int service = 0;

	if (sim_arg_int(call, 0, 127, &service) < 0 ||
		!sim_range_has(m->profile->csms_taken, service))
		return SIM_CMS(302);
	m->set.csms = service;
	sim_at_info(m, "+CSMS: 1,1,1%s", m->profile->csms_extra);
	return SIM_OK;
}

static int read_csms(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CSMS: %d,1,1,1%s", m->set.csms, m->profile->csms_extra);
	return SIM_OK;
}

static int test_csms(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CSMS: (%s)", m->profile->csms_taken);
	return SIM_OK;
}

static int set_cmms(struct sim_modem *m, struct sim_call *call)
{
	int value = 0;

	if (!m->profile->cmms_taken[0])
		return SIM_CMS(m->profile->cmms_error);
	if (sim_arg_int(call, 0, 9, &value) < 0 || !sim_range_has(m->profile->cmms_taken, value))
		return SIM_CMS(302);
	sim_send_linked(m); /* what was set before has had its end */
	m->set.cmms = value;
	return SIM_OK;
}

static int read_cmms(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	if (!m->profile->cmms_taken[0])
		return SIM_CMS(m->profile->cmms_error);
	sim_send_linked(m);
	sim_at_info(m, "+CMMS: %d", m->set.cmms);
	return SIM_OK;
}

static int test_cmms(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	if (!m->profile->cmms_taken[0])
		return SIM_CMS(m->profile->cmms_error);
	sim_at_info(m, "+CMMS: (%s)", m->profile->cmms_taken);
	return SIM_OK;
}

static int set_csca(struct sim_modem *m, struct sim_call *call)
{
	char number[PHONE_SIZE - 1];
	int type = 145;

	sim_arg(call, number, sizeof(number));
	if (sim_arg_int(call, 0, 255, &type) < 0)
		return SIM_CMS(302);
	snprintf(m->centre, sizeof(m->centre), "%s%s",
		type == 145 && number[0] && number[0] != '+' ? "+" : "", number);
	return SIM_OK;
}

static int read_csca(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CSCA: \"%s\",%d", m->centre, m->centre[0] == '+' ? 145 : 129);
	return SIM_OK;
}

static int set_cgsms(struct sim_modem *m, struct sim_call *call)
{
	int value = 0;

	if (sim_arg_int(call, 0, 3, &value) < 0 || !sim_range_has(m->profile->cgsms_taken, value))
		return SIM_CMS(302);
	m->set.cgsms = value;
	return SIM_OK;
}

static int read_cgsms(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CGSMS: %d", m->set.cgsms);
	return SIM_OK;
}

static int test_cgsms(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CGSMS: (%s)", m->profile->cgsms_taken);
	return SIM_OK;
}

static int set_nothing(struct sim_modem *m, struct sim_call *call)
{
	(void)m, (void)call;
	return SIM_OK;
}

/* ---- +CPMS ---- */

static int set_cpms(struct sim_modem *m, struct sim_call *call)
{
	int chosen[3], used[6];
	char name[8];

	memcpy(chosen, m->set.memory, sizeof(chosen));
	for (int i = 0; i < 3; i++) {
		if (!sim_arg(call, name, sizeof(name)))
			continue;
		if (!sim_word_in(m->profile->memories[i], name))
			return SIM_CMS(302);
		chosen[i] = sim_store_index(name);
	}
	memcpy(m->set.memory, chosen, sizeof(chosen));
	for (size_t i = 0; i < 3; i++) {
		used[2 * i] = m->stores[chosen[i]].used;
		used[2 * i + 1] = m->stores[chosen[i]].size;
	}
	sim_at_info(m, "+CPMS: %d,%d,%d,%d,%d,%d", used[0], used[1], used[2], used[3], used[4],
		used[5]);
	sim_route_kick(m);
	return SIM_OK;
}

static int read_cpms(struct sim_modem *m, struct sim_call *call)
{
	char line[128];
	struct strbuf sb;

	(void)call;
	strbuf_init(&sb, line, sizeof(line));
	for (int i = 0; i < 3; i++) {
		const struct sim_store *s = &m->stores[m->set.memory[i]];

		strbuf_addf(&sb, "%s\"%s\",%d,%d", i ? "," : "", sim_store_name(m->set.memory[i]),
			s->used, s->size);
	}
	sim_at_info(m, "+CPMS: %s", line);
	return SIM_OK;
}

static int test_cpms(struct sim_modem *m, struct sim_call *call)
{
	char word[8], line[128];
	struct strbuf sb;

	(void)call;
	strbuf_init(&sb, line, sizeof(line));
	for (int i = 0; i < 3; i++) {
		const char *at = m->profile->memories[i], *sep = "";

		strbuf_add(&sb, i ? ",(" : "(");
		for (; text_word(&at, word, sizeof(word)); sep = ",")
			strbuf_addf(&sb, "%s\"%s\"", sep, word);
		strbuf_add(&sb, ")");
	}
	sim_at_info(m, "+CPMS: %s", line);
	return SIM_OK;
}

/* ---- +CNMI, +CNMA ---- */

static int set_cnmi(struct sim_modem *m, struct sim_call *call)
{
	int values[5], given = 0;

	memcpy(values, m->set.cnmi, sizeof(values));
	for (int i = 0; i < 5 && !sim_arg_end(call); i++) {
		if (sim_arg_int(call, 0, 9, &values[i]) < 0)
			return SIM_CMS(302);
		given = i + 1;
	}
	if (given < m->profile->cnmi_least || !sim_arg_end(call))
		return SIM_CMS(302);
	for (int i = 0; i < given; i++)
		if (!sim_range_has(m->profile->cnmi_taken[i], values[i]))
			return SIM_CMS(302);
	memcpy(m->set.cnmi, values, sizeof(values));
	if (values[0] && m->buffered.len) { /* <bfr> 0 flushes what <mode> 0 kept, 1 clears it */
		if (!values[4])
			sim_buf_add(&m->out, m->buffered.data, m->buffered.len);
		m->buffered.len = 0;
	}
	sim_route_kick(m);
	return SIM_OK;
}

static int read_cnmi(struct sim_modem *m, struct sim_call *call)
{
	const int *v = m->set.cnmi;

	(void)call;
	sim_at_info(m, "+CNMI: %d,%d,%d,%d,%d", v[0], v[1], v[2], v[3], v[4]);
	return SIM_OK;
}

static int test_cnmi(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	sim_at_info(m, "+CNMI: %s", m->profile->cnmi_shown);
	return SIM_OK;
}

/* 3.4.4: an acknowledgement of what was not sent, or not asked for, is an error. */
static int acknowledge(struct sim_modem *m, bool positive)
{
	if (!m->unacked || !m->profile->cnma)
		return SIM_CMS(340);
	sim_route_ack(m, positive);
	return SIM_OK;
}

static int exec_cnma(struct sim_modem *m, struct sim_call *call)
{
	(void)call;
	return acknowledge(m, true);
}

static int set_cnma(struct sim_modem *m, struct sim_call *call)
{
	int n = 0;

	return sim_arg_int(call, 0, 2, &n) < 0 ? SIM_CMS(302) : acknowledge(m, n != 2);
}

const struct sim_at_command sim_at_sms[] = {
	{ .name = "+CNMA",
		.exec = exec_cnma,
		.set = set_cnma,
		.test_text = "(0-2)",
		.needs = SIM_NEEDS_PIN | SIM_SMS },
	{ .name = "+CMGF",
		.read = read_cmgf,
		.set = set_cmgf,
		.test_text = "(0,1)",
		.needs = SIM_SMS },
	{ .name = "+CSMS",
		.read = read_csms,
		.set = set_csms,
		.test = test_csms,
		.needs = SIM_SMS },
	{ .name = "+CPMS",
		.read = read_cpms,
		.set = set_cpms,
		.test = test_cpms,
		.needs = SIM_NEEDS_PIN | SIM_SMS },
	{ .name = "+CNMI",
		.read = read_cnmi,
		.set = set_cnmi,
		.test = test_cnmi,
		.needs = SIM_NEEDS_PIN | SIM_SMS },
	{ .name = "+CMMS",
		.read = read_cmms,
		.set = set_cmms,
		.test = test_cmms,
		.needs = SIM_NEEDS_PIN | SIM_SMS },
	{ .name = "+CSCA",
		.read = read_csca,
		.set = set_csca,
		.test_text = "",
		.needs = SIM_NEEDS_PIN | SIM_SMS },
	{ .name = "+CGSMS",
		.read = read_cgsms,
		.set = set_cgsms,
		.test = test_cgsms,
		.needs = SIM_SMS },
	{ .name = "+CSMP", .read = read_csmp, .set = set_csmp, .test_text = "", .needs = SIM_SMS },
	{ .name = "+CSDH",
		.read = read_csdh,
		.set = set_csdh,
		.test_text = "(0,1)",
		.needs = SIM_SMS },
	{ .name = "+CSCB", .set = set_nothing, .test_text = "(0,1)", .needs = SIM_SMS },
	{ .name = NULL },
};
