/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One modem's life: plugged in, booting, on, on the network; hanging, restarted, unplugged, back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

const char *sim_power_name(enum sim_power power)
{
	static const char *const names[] = { [SIM_OFF] = "off",
		[SIM_UNPLUGGED] = "unplugged",
		[SIM_BOOTING] = "booting",
		[SIM_ON] = "on" };

	return names[power];
}

static void tell(struct sim_modem *m, const char *power)
{
	struct sim_buf *b = sim_journal_begin(m->sim, SIM_EV_MODEM, m);

	sim_json_str(b, "power", power);
	sim_json_str(b, "link", m->link);
	sim_json_str(b, "number", m->number);
	sim_journal_end(m->sim, NULL);
}

static void set_power(struct sim_modem *m, enum sim_power power)
{
	m->power = power;
	tell(m, sim_power_name(power));
}

bool sim_modem_on_network(const struct sim_modem *m)
{
	return m->power == SIM_ON && !m->hung && m->pin_state == SIM_PIN_READY &&
	       m->set.cfun == 1 && (m->reg == SIM_REG_HOME || m->reg == SIM_REG_ROAMING);
}

void sim_modem_settings(struct sim_modem *m)
{
	int cfun = m->set.cfun;
	int memory = sim_store_index(m->profile->memory_default);

	m->set = (struct sim_settings){ .echo = true,
		.verbose = true,
		.s3 = '\r',
		.s4 = '\n',
		.s5 = 8,
		.cfun = cfun,
		.cgsms = m->profile->cgsms_default,
		.csmp = { 17, 167, 0, 0 },
		.cscs = "GSM",
		.pb = "SM" };
	memory = memory < 0 ? SIM_SM : memory;
	for (int i = 0; i < 3; i++)
		m->set.memory[i] = memory;
}

/* ---- network ---- */

void sim_modem_creg_line(const struct sim_modem *m, int which, bool read, char out[80])
{
	static const char *const names[] = { "+CREG", "+CGREG", "+CEREG" };
	static const int access[] = { 0, 2, 7 }; /* TS 27.007 7.2, <AcT>: GSM, UTRAN, E-UTRAN */
	int n = m->set.creg[which];
	size_t used = 0;

	used += (size_t)snprintf(out, 80, "%s: ", names[which]);
	if (read)
		used += (size_t)snprintf(out + used, 80 - used, "%d,", n);
	used += (size_t)snprintf(out + used, 80 - used, "%d", m->reg);
	if (n == 2 && (m->reg == SIM_REG_HOME || m->reg == SIM_REG_ROAMING))
		snprintf(out + used, 80 - used, ",\"00A1\",\"0000B2C3\",%d", access[which]);
}

static void set_reg(struct sim_modem *m, enum sim_reg reg)
{
	char line[80];

	if (m->reg == reg)
		return;
	m->reg = reg;
	for (int i = 0; i < 3; i++) {
		if (!m->set.creg[i])
			continue;
		sim_modem_creg_line(m, i, false, line);
		sim_at_unsolicited(m, line);
	}
	sim_route_kick(m);
}

static void network_back(void *ctx)
{
	struct sim_modem *m = ctx;

	m->signal = 21;
	if (m->power == SIM_ON && m->set.cfun == 1 && m->pin_state == SIM_PIN_READY)
		set_reg(m, SIM_REG_HOME);
}

void sim_modem_network(struct sim_modem *m, enum sim_reg reg, int ms, int signal)
{
	bool there = reg == SIM_REG_HOME || reg == SIM_REG_ROAMING;

	m->signal = signal >= 0 ? signal : there ? 21 : 99;
	sim_timer_stop(&m->network_timer);
	sim_timer_stop(&m->register_timer);
	set_reg(m, reg);
	if (ms > 0)
		sim_timer_start(&m->network_timer, (int64_t)ms * 1000);
}

static void start_registration(struct sim_modem *m)
{
	int ms;

	if (m->pin_state != SIM_PIN_READY || m->set.cfun != 1 || sim_timer_armed(&m->network_timer))
		return;
	ms = m->radio.register_ms ? m->radio.register_ms : m->profile->register_ms;
	sim_timer_start(&m->register_timer, (int64_t)ms * 1000);
}

void sim_modem_pin_ok(struct sim_modem *m)
{
	m->pin_state = SIM_PIN_READY;
	m->pin_left = 3;
	start_registration(m);
}

/* ---- power ---- */

/* What the card asks for after power-on. */
static void card_restart(struct sim_modem *m)
{
	if (m->pin_state != SIM_ABSENT && m->pin_state != SIM_PUK_WANTED)
		m->pin_state = m->pin_enabled ? SIM_PIN_WANTED : SIM_PIN_READY;
}

static void stop_timers(struct sim_modem *m)
{
	sim_timer_stop(&m->boot_timer);
	sim_timer_stop(&m->restart_timer);
	sim_timer_stop(&m->reset_timer);
	sim_timer_stop(&m->register_timer);
	sim_timer_stop(&m->return_timer);
	sim_timer_stop(&m->ring_timer);
	sim_timer_stop(&m->unhang);
	for (int i = 0; i < m->profile->n_noise; i++)
		sim_timer_stop(&m->noise[i].timer);
}

static void go_down(struct sim_modem *m, enum sim_power power)
{
	stop_timers(m);
	sim_route_forget(m);
	sim_at_reset(m);
	m->hung = false;
	m->reg = SIM_REG_NONE;
	set_power(m, power);
}

static void start_noise(struct sim_modem *m)
{
	for (int i = 0; i < m->profile->n_noise; i++)
		sim_timer_start(&m->noise[i].timer, (int64_t)m->profile->noise[i].ms * 1000);
}

static void go_on(struct sim_modem *m)
{
	set_power(m, SIM_ON);
	start_registration(m);
	start_noise(m);
}

static void say_boot_line(struct sim_modem *m, const char *line)
{
	static const char *const pin[] = { "+CPIN: READY", "+CPIN: SIM PIN", "+CPIN: SIM PUK",
		"+CPIN: NOT INSERTED" };

	sim_at_unsolicited(m, strncmp(line, "+CPIN:", 6) ? line : pin[m->pin_state]);
}

static void boot_step(void *ctx)
{
	struct sim_modem *m = ctx;
	const struct sim_profile *p = m->profile;
	int64_t at_us = time_mono_us() - m->boot_us, next_us = INT64_MAX;

	while (m->boot_next < p->n_boot && p->boot[m->boot_next].ms * INT64_C(1000) <= at_us)
		say_boot_line(m, p->boot[m->boot_next++].line);
	if (m->power == SIM_BOOTING && p->ready_ms * INT64_C(1000) <= at_us)
		go_on(m);
	if (m->boot_next < p->n_boot)
		next_us = p->boot[m->boot_next].ms * INT64_C(1000);
	if (m->power == SIM_BOOTING && p->ready_ms * INT64_C(1000) < next_us)
		next_us = p->ready_ms * INT64_C(1000);
	if (next_us != INT64_MAX)
		sim_timer_start(&m->boot_timer, next_us - at_us);
}

static void boot(struct sim_modem *m)
{
	m->set.cfun = 1;
	sim_modem_settings(m);
	card_restart(m);
	m->boot_next = 0;
	m->boot_us = time_mono_us();
	set_power(m, SIM_BOOTING);
	boot_step(m);
}

static void set_link(struct sim_modem *m, const char *link)
{
	char old[sizeof(m->link)];
	char *slash;

	text_copy(old, sizeof(old), m->link);
	slash = strrchr(old, '/');
	if (strchr(link, '/') || !slash) {
		text_copy(m->link, sizeof(m->link), link);
		return;
	}
	*slash = '\0';
	if ((size_t)snprintf(m->link, sizeof(m->link), "%s/%s", old, link) >= sizeof(m->link))
		text_copy(m->link, sizeof(m->link), link);
}

int sim_modem_plug(struct sim_modem *m, const char *link)
{
	int error;

	if (m->port.fd >= 0)
		return -EALREADY;
	sim_timer_stop(&m->return_timer);
	if (link)
		set_link(m, link);
	error = sim_port_open(m);
	if (error < 0)
		return error;
	boot(m);
	return 0;
}

static void returns(void *ctx)
{
	sim_modem_plug(ctx, NULL);
}

void sim_modem_unplug(struct sim_modem *m, int back_ms, const char *link)
{
	sim_port_close(m);
	go_down(m, SIM_UNPLUGGED);
	if (link)
		set_link(m, link);
	if (back_ms >= 0)
		sim_timer_start(&m->return_timer, (int64_t)back_ms * 1000);
}

static void restart_due(void *ctx)
{
	boot(ctx);
}

void sim_modem_restart(struct sim_modem *m, int ms)
{
	if (m->power == SIM_UNPLUGGED)
		return;
	if (m->profile->reenumerate_ms >= 0) {
		sim_modem_unplug(m, ms >= 0 ? ms : m->profile->reenumerate_ms, NULL);
		return;
	}
	sim_port_flush(m);
	go_down(m, SIM_OFF);
	sim_timer_start(&m->restart_timer, (ms > 0 ? (int64_t)ms : 0) * 1000);
}

static void reset_due(void *ctx)
{
	sim_modem_restart(ctx, -1);
}

void sim_modem_hang(struct sim_modem *m, int ms, const char *until)
{
	m->hung = true;
	text_copy(m->hung_until, sizeof(m->hung_until), until);
	sim_timer_stop(&m->unhang);
	if (ms > 0)
		sim_timer_start(&m->unhang, (int64_t)ms * 1000);
}

static void unhang_due(void *ctx)
{
	struct sim_modem *m = ctx;

	m->hung = false;
	sim_port_read(m);
	sim_at_pump(m);
	sim_route_kick(m);
}

/* ---- calls, noise ---- */

static void ring_due(void *ctx)
{
	struct sim_modem *m = ctx;
	char line[64];

	if (m->rings-- <= 0)
		return;
	sim_at_unsolicited(m, "RING");
	if (m->set.clip) {
		snprintf(line, sizeof(line), "+CLIP: \"%s\",145,,,,0", m->caller);
		sim_at_unsolicited(m, line);
	}
	sim_timer_start(&m->ring_timer, 3000000);
}

void sim_modem_ring(struct sim_modem *m, const char *from, int rings)
{
	text_copy(m->caller, sizeof(m->caller), from);
	m->rings = rings;
	sim_timer_start(&m->ring_timer, 0);
}

static void noise_due(void *ctx)
{
	struct sim_noise *noise = ctx;
	const struct sim_timed_line *line = &noise->modem->profile->noise[noise->index];

	if (noise->index == 0 || !noise->modem->set.hushed)
		sim_at_unsolicited(noise->modem, line->line);
	sim_timer_start(&noise->timer, (int64_t)line->ms * 1000);
}

/* ---- making and finding ---- */

struct sim_modem *sim_modem_find(struct sim *sim, const char *name)
{
	for (struct sim_modem *m = sim->modems; m; m = m->next)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

struct sim_modem *sim_modem_by_number(struct sim *sim, const char *number)
{
	for (struct sim_modem *m = sim->modems; m; m = m->next)
		if (!strcmp(m->number, number))
			return m;
	return NULL;
}

static uint64_t hash_text(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	while (*text)
		hash = (hash ^ (unsigned char)*text++) * UINT64_C(0x100000001b3);
	return hash;
}

/* The check digit of an IMEI (TS 23.003 annex B). */
static char luhn(const char *digits)
{
	int sum = 0;

	for (int i = 0; digits[i]; i++) {
		int d = (digits[i] - '0') * (1 + i % 2);

		sum += d / 10 + d % 10;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

/* The same for a name in every run, so that a modem is known again. */
static void make_identity(struct sim_modem *m)
{
	unsigned int number = (unsigned int)(hash_text(m->name) % 1000000);

	snprintf(m->imei, sizeof(m->imei), "86012304%06u", number);
	m->imei[14] = luhn(m->imei);
	snprintf(m->imsi, sizeof(m->imsi), "310260%09u", number);
	snprintf(m->number, sizeof(m->number), "+151055501%02d", (69 + m->index) % 100);
	text_copy(m->centre, sizeof(m->centre), "+15105550199");
	text_copy(m->pin, sizeof(m->pin), "1234");
	text_copy(m->puk, sizeof(m->puk), "12345678");
}

static void make_timers(struct sim_modem *m)
{
	m->boot_timer = (struct sim_timer){ .run = boot_step, .ctx = m };
	m->restart_timer = (struct sim_timer){ .run = restart_due, .ctx = m };
	m->reset_timer = (struct sim_timer){ .run = reset_due, .ctx = m };
	m->register_timer = (struct sim_timer){ .run = network_back, .ctx = m };
	m->network_timer = (struct sim_timer){ .run = network_back, .ctx = m };
	m->return_timer = (struct sim_timer){ .run = returns, .ctx = m };
	m->ring_timer = (struct sim_timer){ .run = ring_due, .ctx = m };
	m->unhang = (struct sim_timer){ .run = unhang_due, .ctx = m };
	for (int i = 0; i < SIM_NOISE_LINES; i++)
		m->noise[i] = (struct sim_noise){ { .run = noise_due, .ctx = &m->noise[i] }, m, i };
}

struct sim_modem *sim_modem_new(
	struct sim *sim, const char *name, const char *link, const struct sim_profile *profile)
{
	struct sim_modem *m = sim_alloc(sizeof(*m)), **end = &sim->modems;

	m->sim = sim;
	m->profile = profile;
	m->index = ++sim->n_modems;
	text_copy(m->name, sizeof(m->name), name);
	text_copy(m->link, sizeof(m->link), link);
	make_identity(m);
	make_timers(m);
	m->port.fd = -1;
	m->radio = sim->radio;
	m->signal = 21;
	m->pin_left = 3;
	m->puk_left = 10;
	for (int i = 0; i < SIM_STORES; i++)
		sim_store_resize(&m->stores[i], profile->store_size[i]);
	sim_mailbox_init(&m->texts);
	sim_mailbox_init(&m->reports);
	sim_route_init(m);
	sim_at_reset(m);
	while (*end)
		end = &(*end)->next;
	*end = m;
	return m;
}

/* As one that was switched on long ago: no boot lines, on the network. */
int sim_modem_start(struct sim_modem *m)
{
	int error = sim_port_open(m);

	if (error < 0)
		return error;
	m->set.cfun = 1;
	sim_modem_settings(m);
	card_restart(m);
	m->reg = m->pin_state == SIM_PIN_READY ? SIM_REG_HOME : SIM_REG_NONE;
	set_power(m, SIM_ON);
	start_noise(m);
	return 0;
}

void sim_modem_free(struct sim_modem *m)
{
	struct sim_modem **at = &m->sim->modems;

	sim_port_close(m);
	go_down(m, SIM_OFF);
	tell(m, "removed");
	sim_timer_stop(&m->network_timer);
	sim_route_fini(m);
	sim_faults_clear(m, 0);
	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	for (int i = 0; i < SIM_STORES; i++)
		free(m->stores[i].slots);
	sim_buf_free(&m->in);
	sim_buf_free(&m->out);
	sim_buf_free(&m->line);
	sim_buf_free(&m->command);
	sim_buf_free(&m->last);
	sim_buf_free(&m->held);
	sim_buf_free(&m->buffered);
	free(m->ussd_code);
	free(m->ussd_answer);
	free(m);
}
