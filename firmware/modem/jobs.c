/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a started modem does beside sending, in order of urgency, as a table; and the facts it
 * tells.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "modem_private.h"

#define HEARTBEAT_MS  MS_PER_MIN
#define CLOCK_BEATS   360  /* heartbeats between two looks at the clock: six hours */
#define CLIP_MS       2000 /* +CLIP follows the first RING within this */
#define CALL_MS       8000 /* a ring so long after the last is another call's */
#define USSD_LIMIT_MS (60 * MS_PER_S)

struct job {
	const char *name;
	bool (*due)(const struct modem *m);
	void (*start)(struct modem *m);
};

static void silence_is_deafness(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_SILENCE)
		life_event(m, MODEM_EV_DEAF);
}

/* ---- heartbeat ---- */

/* One line, one answer: an idle modem wakes the processor twice a minute. */
static int fmt_heartbeat(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	snprintf(out, size, "AT+CSQ;+CREG?%s%s;+CPMS?",
		m->registration[NET_CEREG] >= 0 ? ";+CEREG?" : "",
		m->registration[NET_CGREG] >= 0 ? ";+CGREG?" : "");
	return 0;
}

static int on_signal(void *ctx, const char *line, const char *next)
{
	jobs_fact(ctx, line, next);
	return 0;
}

static const struct at_step heartbeat_steps[] = {
	{ .format = fmt_heartbeat,
		.expect = "+CSQ:",
		.line = on_signal,
		.deadline_ms = 5000,
		.flags = AT_NEEDS_LINE },
};
static const struct at_script heartbeat = AT_SCRIPT("heartbeat", heartbeat_steps);

static const struct at_step single_steps[] = {
	{ .command = "AT+CSQ",
		.expect = "+CSQ:",
		.line = on_signal,
		.deadline_ms = 5000,
		.flags = AT_OPTIONAL },
	{ .command = "AT+CREG?", .deadline_ms = 5000, .flags = AT_OPTIONAL },
	{ .command = "AT+CPMS?", .deadline_ms = 5000, .flags = AT_OPTIONAL },
};
static const struct at_script single = AT_SCRIPT("heartbeat, singly", single_steps);

/*
 * The network tells its time (NITZ, TS 22.042) some while after registration, or never: until the
 * modem knows it is asked ever more rarely, then so that its clock is followed.
 */
static void count_to_clock(struct modem *m)
{
	if (!m->registered || --m->clock_beats > 0)
		return;
	m->operator_wanted = true;
	m->clock_wait = m->clock_wait < CLOCK_BEATS / 2 ? 2 * m->clock_wait : CLOCK_BEATS;
	m->clock_beats = m->clock_wait;
}

static void heartbeat_ended(struct modem *m, const struct at_result *result)
{
	m->heartbeat_ms = modem_now(m) + crash_hasten(CRASH_BEAT, HEARTBEAT_MS);
	count_to_clock(m);
	receive_sweep_later(m);
	/* Some lose their SIM without a word: no network is all that shows. */
	m->sim_check = m->sim_check || !m->registered || result->retry == AT_RETRY_SIM;
	if (result->outcome == AT_SILENCE) {
		log_warning("modem %s: missed its heartbeat", m->name);
		life_event(m, MODEM_EV_DEAF);
	} else if (m->forgot) {
		life_event(m, MODEM_EV_REBOOTED);
	} else if (result->outcome != AT_DONE && result->retry != AT_RETRY_SIM &&
		   !m->heartbeat_single) {
		m->heartbeat_single = true;
		m->heartbeat_ms = modem_now(m);
	}
}

static bool heartbeat_due(const struct modem *m)
{
	return modem_now(m) >= m->heartbeat_ms;
}

static void heartbeat_start(struct modem *m)
{
	modem_run(m, m->heartbeat_single ? &single : &heartbeat, heartbeat_ended);
}

/* ---- operator and clock ---- */

static const struct at_step operator_steps[] = {
	{ .command = "AT+COPS?", .deadline_ms = 10000, .flags = AT_OPTIONAL },
	{ .command = "AT+CCLK?", .deadline_ms = 5000, .flags = AT_OPTIONAL },
};
static const struct at_script operator_ = AT_SCRIPT("operator and clock", operator_steps);

static bool operator_due(const struct modem *m)
{
	return m->operator_wanted && m->registered;
}

static void operator_start(struct modem *m)
{
	m->operator_wanted = false;
	modem_run(m, &operator_, silence_is_deafness);
}

/* ---- voice calls ---- */

static const struct at_step hangup_steps[] = {
	{ .command = "AT+CHUP", .deadline_ms = 10000, .flags = AT_OPTIONAL },
	{ .command = "ATH", .deadline_ms = 10000, .flags = AT_OPTIONAL },
};
static const struct at_script hangup = AT_SCRIPT("hang up", hangup_steps);

static bool hangup_due(const struct modem *m)
{
	return m->hangup;
}

static void hangup_start(struct modem *m)
{
	m->hangup = false;
	modem_run(m, &hangup, silence_is_deafness);
}

static void tell_call(struct modem *m, const char *number)
{
	m->call_told = true;
	m->hangup = true;
	if (m->events->call)
		m->events->call(m->ctx, m, number);
}

/*
 * RING has no number; +CLIP (TS 27.007 7.6) brings it, once for each RING. One call is told once.
 */
void jobs_on_call(struct modem *m, const char *number)
{
	int64_t now = modem_now(m);

	if (!m->calling || now >= m->ring_ms + CALL_MS) {
		m->calling = true;
		m->call_told = false;
		m->call_ms = now + CLIP_MS;
	}
	m->ring_ms = now;
	if (number && !m->call_told)
		tell_call(m, number);
}

/* ---- USSD: TS 27.007 7.15 ---- */

static int fmt_ussd(void *ctx, char *out, size_t size)
{
	const struct modem *m = ctx;

	snprintf(out, size, "AT+CUSD=1,\"%s\",15", m->ussd);
	return 0;
}

static const struct at_step ussd_steps[] = { { .format = fmt_ussd, .deadline_ms = 30000 } };
static const struct at_script ussd = AT_SCRIPT("USSD", ussd_steps);

static void tell_ussd(struct modem *m, int error, const char *text)
{
	if (m->ussd_ms == TIME_NEVER)
		return;
	m->ussd_ms = TIME_NEVER;
	m->ussd_wanted = false;
	if (m->events->ussd)
		m->events->ussd(m->ctx, m, error, text);
}

static void ussd_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome != AT_DONE)
		tell_ussd(m, -EIO, "");
	silence_is_deafness(m, result);
}

static bool ussd_due(const struct modem *m)
{
	return m->ussd_wanted;
}

static void ussd_start(struct modem *m)
{
	m->ussd_wanted = false;
	modem_run(m, &ussd, ussd_ended);
}

/* Texts in UCS-2 come as hexadecimal: DCS 0x48 or 0x11 (TS 23.038 5). */
static void decode_ucs2(const char *hex, char *out, size_t size)
{
	uint8_t units[400];
	int n = hex_decode(hex, strlen(hex), units, sizeof(units));
	struct strbuf text;

	strbuf_init(&text, out, size);
	for (int i = 0; i + 1 < n; i += 2) {
		uint32_t unit = (uint32_t)units[i] << 8 | units[i + 1];
		char utf8[4];

		if (unit >= 0xD800 && unit < 0xDC00 && i + 3 < n) {
			unit = 0x10000 + ((unit & 0x3FF) << 10) +
			       (((uint32_t)units[i + 2] << 8 | units[i + 3]) & 0x3FF);
			i += 2;
		}
		strbuf_add_n(&text, utf8, utf8_put(utf8, unit));
	}
}

void jobs_on_ussd(struct modem *m, const char *line)
{
	char raw[AT_LINE_SIZE], text[600];
	int dcs = at_field_int(line, 2, 15);

	at_field(line, 1, raw, sizeof(raw));
	if (dcs == 0x48 || dcs == 0x11)
		decode_ucs2(raw, text, sizeof(text));
	else
		text_copy(text, sizeof(text), raw);
	tell_ussd(m, 0, text);
}

static bool has_started(const struct modem *m)
{
	return m->state == MODEM_SEARCHING || m->state == MODEM_READY || m->state == MODEM_PARKED;
}

int modem_ussd(struct modem *m, const char *code)
{
	if (code[0] == '\0' || code[strspn(code, "0123456789*#+")] ||
		strlen(code) >= sizeof(m->ussd))
		return -EINVAL;
	if (!has_started(m) || !m->registered || m->ussd_ms != TIME_NEVER)
		return -EAGAIN;
	text_copy(m->ussd, sizeof(m->ussd), code);
	m->ussd_ms = modem_now(m) + USSD_LIMIT_MS;
	m->ussd_wanted = true;
	loop_idle_request(m->idle);
	return 0;
}

/* ---- the table ---- */

static bool cnma_due(const struct modem *m)
{
	return m->cnma_wanted;
}

static bool sim_check_due(const struct modem *m)
{
	return modem_now(m) >= start_sim_due(m);
}

static bool routes_due(const struct modem *m)
{
	return m->routes_wanted || (m->csms1 && m->at.counts.pdus_stray != m->pdus_stray);
}

static void routes_start(struct modem *m)
{
	m->routes_wanted = false;
	m->pdus_stray = m->at.counts.pdus_stray;
	routes_run(m);
}

static bool delete_due(const struct modem *m)
{
	return m->n_taken > 0;
}

static bool walk_due(const struct modem *m)
{
	return m->walking != MEMORY_NONE;
}

static bool sweep_due(const struct modem *m)
{
	return m->sweep_wanted != 0;
}

static bool centre_due(const struct modem *m)
{
	return m->centre_wanted;
}

static void centre_start(struct modem *m)
{
	m->centre_wanted = false;
	network_centre(m);
}

static const struct job jobs[] = {
	{ "acknowledge", cnma_due, receive_cnma }, /* within seconds, or the network sends again */
	{ "SIM check", sim_check_due, start_sim_check },
	{ "hang up", hangup_due, hangup_start },
	{ "stores and notices", routes_due, routes_start },
	{ "service centre", centre_due, centre_start }, /* before the text's second try */
	{ "delete", delete_due, receive_delete },
	{ "read a place", walk_due, walk_on },
	{ "sweep", sweep_due, receive_sweep },
	{ "heartbeat", heartbeat_due, heartbeat_start },
	{ "operator", operator_due, operator_start },
	{ "USSD", ussd_due, ussd_start },
};

static const struct job *first_due(const struct modem *m)
{
	if (!has_started(m))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		if (jobs[i].due(m))
			return &jobs[i];
	}
	return NULL;
}

bool jobs_due(const struct modem *m)
{
	return first_due(m) != NULL;
}

bool jobs_only_acknowledge(const struct modem *m)
{
	if (!has_started(m) || !m->cnma_wanted)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		if (jobs[i].due != cnma_due && jobs[i].due(m))
			return false;
	}
	return true;
}

/* Starts the most urgent job. False when there is none. */
bool jobs_start(struct modem *m)
{
	const struct job *job = first_due(m);

	if (!job)
		return false;
	job->start(m);
	return true;
}

void jobs_reset(struct modem *m)
{
	m->clock_beats = m->clock_wait = 1;
	m->heartbeat_ms = modem_now(m) + crash_hasten(CRASH_BEAT, HEARTBEAT_MS);
	m->operator_wanted = m->sim_check = m->hangup = m->routes_wanted = false;
	m->centre_wanted = false;
	m->pdus_stray = m->at.counts.pdus_stray;
	m->calling = false;
	tell_ussd(m, -ENODEV, "");
}

/* A heartbeat that is due already waits for its turn, not for the timer. */
int64_t jobs_deadline(const struct modem *m)
{
	int64_t due = time_min(heartbeat_due(m) ? TIME_NEVER : m->heartbeat_ms, m->ussd_ms);

	if (!has_started(m))
		return TIME_NEVER;
	if (!sim_check_due(m))
		due = time_min(due, start_sim_due(m));
	return m->calling && !m->call_told ? time_min(due, m->call_ms) : due;
}

void jobs_tick(struct modem *m)
{
	int64_t now = modem_now(m);

	if (now >= m->ussd_ms)
		tell_ussd(m, -ETIMEDOUT, "");
	if (m->calling && !m->call_told && now >= m->call_ms)
		tell_call(m, "");
}

/* ---- facts ---- */

/* TS 27.007 8.5: 0 is -113 dBm or less, 31 is -51 dBm or more, 99 not known */
static void fact_signal(struct modem *m, const char *line)
{
	int rssi = at_field_int(line, 0, 99);

	m->signal_dbm = rssi >= 0 && rssi <= 31 ? -113 + 2 * rssi : 0;
}

static void fact_operator(struct modem *m, const char *line)
{
	at_field(line, 2, m->operator_name, sizeof(m->operator_name));
}

static void fact_stores(struct modem *m, const char *line)
{
	receive_store_counts(m, line);
}

/*
 * A clock that no network has set begins in 1970 (in the west: in 1969), 1980, 2000 or 2004; the
 * hours of the world reach from -12 to +14.
 */
static bool is_time(const struct tm *tm, int quarters)
{
	return tm->tm_year >= 24 && tm->tm_year < 69 && tm->tm_mon >= 1 && tm->tm_mon <= 12 &&
	       tm->tm_mday >= 1 && tm->tm_mday <= 31 && tm->tm_hour >= 0 && tm->tm_hour <= 23 &&
	       tm->tm_min >= 0 && tm->tm_min <= 59 && tm->tm_sec >= 0 && tm->tm_sec <= 60 &&
	       quarters >= -48 && quarters <= 56;
}

/* "yy/MM/dd,hh:mm:ss+zz", zz in quarters of an hour east of UTC (TS 27.007 8.15) */
static void fact_clock(struct modem *m, const char *line)
{
	struct tm tm = { 0 };
	char text[40];
	int quarters = 0;

	at_field(line, 0, text, sizeof(text));
	if (sscanf(text, "%d/%d/%d,%d:%d:%d%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		    &tm.tm_min, &tm.tm_sec, &quarters) < 6)
		return;
	tm.tm_year %= 100;
	if (!is_time(&tm, quarters))
		return;
	tm.tm_year += 100;
	tm.tm_mon -= 1;
	m->clock_beats = m->clock_wait = CLOCK_BEATS;
	if (m->events->network_time)
		m->events->network_time(
			m->ctx, m, ((int64_t)timegm(&tm) - quarters * INT64_C(900)) * MS_PER_S);
}

static const struct {
	const char *prefix;
	void (*fact)(struct modem *m, const char *line);
} facts[] = {
	{ "+CSQ:", fact_signal },
	{ "+COPS:", fact_operator },
	{ "+CPMS:", fact_stores },
	{ "+CCLK:", fact_clock },
};

void jobs_fact(void *ctx, const char *line, const char *next)
{
	(void)next;
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		if (strncmp(line, facts[i].prefix, strlen(facts[i].prefix)) == 0)
			facts[i].fact(ctx, line);
	}
}

/*
 * An answer is <n>,<stat>..., an unsolicited line <stat>[,<area>,<cell>...] (TS 27.007 7.2): the
 * second field of an answer is one or two digits, that of a line is absent, quoted, or four
 * hexadecimal digits.
 */
bool jobs_registration_unasked(const char *line)
{
	char second[8];

	return !at_field(line, 1, second, sizeof(second)) || strlen(second) > 2 ||
	       strchr(line, '"') == strchr(line, ',') + 1;
}

#define STAT_MAX 11

static bool is_registered(int stat)
{
	return stat == 1 || stat == 5 || stat == 6 || stat == 7;
}

void jobs_on_registration(struct modem *m, int net, const char *line)
{
	bool answer = !jobs_registration_unasked(line);
	int stat = at_field_int(line, answer ? 1 : 0, -1);
	bool registered = false;

	if (stat < 0 || stat > STAT_MAX)
		return; /* the line was torn: what is known stays until it is asked for again */
	if (m->registration[net] != stat)
		why_network(m);
	m->registration[net] = stat;
	if (answer && net == NET_CREG) {
		m->forgot = m->forgot || (m->creg_n > 0 && at_field_int(line, 0, -1) == 0);
		if (m->creg_n < 0)
			m->creg_n = at_field_int(line, 0, 0);
	}
	for (int i = 0; i < NETS; i++)
		registered = registered || is_registered(m->registration[i]);
	if (registered == m->registered) {
		if (has_started(m))
			why_tell(m);
		return;
	}
	m->registered = registered;
	m->operator_wanted = registered;
	m->sim_check = m->sim_check || !registered; /* it may be the SIM that went */
	life_event(m, MODEM_EV_NETWORK);
}
