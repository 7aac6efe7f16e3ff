/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The face, and the turn of the loop. What comes in or is due may change the modem's state and end
 * its script; what is told above and what is done next is settled once, afterwards (modem_settle).
 */
#include <stdlib.h>
#include <string.h>

#include "modem_private.h"

#define ANSWER_LIMIT_MS     60000 /* until somebody knows better */
#define ANSWER_LIMIT_MIN_MS 1000
#define ANSWER_LIMIT_MAX_MS 180000 /* modems' manuals: the network may take three minutes */
#define SLACK_MAX_MS        2000
#define OVERDUE_MS          (30 * MS_PER_S)

/*
 * How often the loop goes round before a job begins: a text that was handed up is committed,
 * handled, and what it causes is claimed before the modem is busy with deleting it.
 */
#define ROUNDS 3

int64_t modem_now(const struct modem *m)
{
	(void)m;
	return time_mono_ms();
}

/* ---- scripts ---- */

int modem_run(struct modem *m, const struct at_script *script,
	void (*ended)(struct modem *m, const struct at_result *result))
{
	int err;

	if (at_busy(&m->at)) {
		log_error("modem %s: %s while another dialogue runs", m->name, script->name);
		return -EBUSY;
	}
	m->script_ended = ended;
	err = at_run(&m->at, script, modem_now(m));
	if (at_deadline(&m->at) < m->armed_ms)
		loop_idle_request(m->idle);
	return err;
}

void modem_at_ended(void *ctx, const struct at_result *result)
{
	struct modem *m = ctx;
	void (*ended)(struct modem * m, const struct at_result *result) = m->script_ended;

	m->script_ended = NULL;
	m->tell_idle = true;
	if (result->outcome != AT_DONE)
		log_write(m->probing || m->state == MODEM_PIN ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
			"modem %s: %s: %s, error %d", m->name, result->script->name,
			at_outcome_name(result->outcome), result->error);
	if (ended)
		ended(m, result);
}

/* ---- the turn ---- */

static bool waits_for_port(const struct modem *m)
{
	return !m->serial && (m->state == MODEM_ABSENT || m->state == MODEM_FAILED);
}

static int64_t deadline(const struct modem *m)
{
	int64_t due = time_min(at_deadline(&m->at), m->state_timer_ms);

	if (waits_for_port(m))
		due = time_min(due, m->open_ms);
	due = time_min(due, send_deadline(m));
	due = time_min(due, m->stood_ms);
	return time_min(due, jobs_deadline(m));
}

/* One timer. While PDUs go out it is left armed too early rather than set anew for each of them. */
static void arm(struct modem *m)
{
	int64_t due = deadline(m);
	int64_t slack;

	if (due == m->armed_ms || (due > m->armed_ms && m->timer_lazy))
		return;
	m->armed_ms = due;
	slack = due == TIME_NEVER ? 0 : (due - modem_now(m)) / 16;
	loop_timer_set(m->timer, due, slack > SLACK_MAX_MS ? SLACK_MAX_MS : slack);
}

static void tell_state(struct modem *m)
{
	if (m->told_state != m->state) {
		m->told_state = m->state;
		if (m->events->state)
			m->events->state(m->ctx, m, m->state);
	}
	/* A modem_send() may have been refused meanwhile. */
	if (m->tell_idle && modem_idle(m)) {
		m->tell_idle = false;
		if (m->events->idle)
			m->events->idle(m->ctx, m);
	}
}

/*
 * Sending and receiving take turns. After a PDU, what came in is fetched first; after that the one
 * above gets the chance to send before the next job begins, until the loop has nothing else to do.
 */
static void next_job(struct modem *m, bool last_chance)
{
	if (at_busy(&m->at) || m->ahead || !jobs_due(m)) {
		m->rounds = 0;
		return;
	}
	if (m->state == MODEM_READY && m->turn == TURN_SEND && !last_chance) {
		loop_idle_request(m->idle);
		return;
	}
	m->rounds = 0;
	jobs_start(m);
}

static void settle(struct modem *m, bool last_chance)
{
	if (!at_busy(&m->at) && m->turn == TURN_RECEIVE && !jobs_due(m))
		m->turn = TURN_SEND;
	if (m->turn == TURN_RECEIVE)
		next_job(m, true);
	tell_state(m);
	next_job(m, last_chance);
	arm(m);
}

void modem_settle(struct modem *m)
{
	settle(m, false);
}

static void timer_due(void *ctx)
{
	struct modem *m = ctx;
	int64_t now = time_mono_ms();

	m->armed_ms = TIME_NEVER;
	m->timer_lazy = false;
	at_tick(&m->at, now);
	life_tick(m);
	why_tick(m);
	jobs_tick(m);
	send_tick(m);
	if (waits_for_port(m) && now >= m->open_ms)
		port_try(m);
	settle(m, false);
}

/* The loop has nothing else to do, or has gone round once more. */
static void idle_run(void *ctx)
{
	struct modem *m = ctx;

	if (m->reset_wanted) {
		m->reset_wanted = false;
		life_event(m, MODEM_EV_RESET);
	}
	if (m->park_changed) {
		m->park_changed = false;
		life_event(m, MODEM_EV_PARK);
	}
	settle(m, ++m->rounds >= ROUNDS);
}

/* ---- the face ---- */

static bool is_set(const char *text)
{
	return text && text[0];
}

static void copy_config(struct modem *m, const struct modem_config *config)
{
	text_copy(m->name, sizeof(m->name), config->name);
	text_copy(m->spec, sizeof(m->spec), config->port);
	text_copy(m->path, sizeof(m->path), m->wish.anywhere ? "" : config->port);
	text_copy(m->imei, sizeof(m->imei), config->imei ? config->imei : "");
	m->imei_given = m->imei[0] != '\0';
	if (!m->imei_given && config->known_imei)
		text_copy(m->imei, sizeof(m->imei), config->known_imei);
	text_copy(m->pin, sizeof(m->pin), config->pin ? config->pin : "");
	text_copy(m->wanted_profile, sizeof(m->wanted_profile),
		is_set(config->profile) ? config->profile : "auto");
	text_copy(m->given_centre, sizeof(m->given_centre),
		config->service_centre ? config->service_centre : "");
	m->baud = config->baud > 0 ? config->baud : 115200;
	text_copy(m->dev, sizeof(m->dev), config->dev ? config->dev : "");
	text_copy(m->sys, sizeof(m->sys), config->sys ? config->sys : "");
	m->where = (struct serial_where){ m->dev, m->sys };
}

static void init(struct modem *m)
{
	at_init(&m->at, &modem_at_host, m);
	m->answer_limit_ms = ANSWER_LIMIT_MS;
	m->state = m->told_state = MODEM_ABSENT;
	m->receives = m->selected = MEMORY_NONE;
	m->armed_ms = m->state_timer_ms = m->open_ms = m->ussd_ms = m->stood_ms = TIME_NEVER;
	m->pin_tries = -1;
	m->brown_out_ms = m->vanished_ms = m->returned_ms = -1;
	m->state_ms = modem_now(m);
	text_copy(m->why, sizeof(m->why), "not looked for yet");
	jobs_reset(m);
	receive_reset(m);
}

/* A PIN is 4 to 8 digits (TS 31.101 9.5.1); anything else would break the command it goes into. */
static bool pin_valid(const char *pin)
{
	return !is_set(pin) || (strlen(pin) <= 8 && pin[strspn(pin, "0123456789")] == '\0');
}

/* E.164 */
static bool centre_valid(const char *number)
{
	return !is_set(number) || (number[0] == '+' && strlen(number) < PHONE_SIZE &&
					  number[1 + strspn(number + 1, "0123456789")] == '\0');
}

int modem_new(struct loop *loop, struct board *board, const struct modem_config *config,
	const struct modem_events *events, void *ctx, struct modem **out)
{
	const struct modem_profile *profile =
		modem_profile_find(is_set(config->profile) ? config->profile : "auto");
	struct find_wish wish;
	struct modem *m;
	int err;

	if (!profile || !is_set(config->name) || !is_set(config->port) || !pin_valid(config->pin) ||
		!centre_valid(config->service_centre) || !find_parse(config->port, &wish))
		return -EINVAL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	m->loop = loop;
	m->board = board;
	m->events = events;
	m->ctx = ctx;
	m->profile = profile;
	m->wish = wish;
	m->home.vendor = m->home.product = m->home.interface = -1;
	copy_config(m, config);
	err = loop_timer_new(loop, timer_due, m, &m->timer);
	if (err == 0)
		err = loop_idle_new(loop, idle_run, m, &m->idle);
	if (err < 0) {
		modem_free(m);
		return err;
	}
	init(m);
	find_enter(m);
	port_wait(m);
	arm(m);
	*out = m;
	return 0;
}

void modem_free(struct modem *m)
{
	if (!m)
		return;
	find_leave(m);
	port_close(m);
	port_stop_waiting(m);
	loop_timer_free(m->timer);
	loop_idle_free(m->idle);
	free(m);
}

const char *modem_name(const struct modem *m)
{
	return m->name;
}

enum modem_state modem_state(const struct modem *m)
{
	return m->state;
}

bool modem_alive(const struct modem *m, int64_t mono_ms)
{
	return m->armed_ms != TIME_NEVER && mono_ms < m->armed_ms + OVERDUE_MS;
}

static bool is_roaming(const struct modem *m)
{
	bool home = false, roaming = false;

	for (int i = 0; i < NETS; i++) {
		home = home || m->registration[i] == 1 || m->registration[i] == 6;
		roaming = roaming || m->registration[i] == 5 || m->registration[i] == 7;
	}
	return roaming && !home;
}

/* What the air was like when it was last asked is no news of a modem that cannot be asked. */
static bool is_on_air(const struct modem *m)
{
	return m->state == MODEM_SEARCHING || m->state == MODEM_READY || m->state == MODEM_PARKED;
}

void modem_get_info(const struct modem *m, struct modem_info *out)
{
	*out = (struct modem_info){ .state = m->state,
		.signal_dbm = is_on_air(m) ? m->signal_dbm : 0,
		.roaming = is_roaming(m),
		.sending = m->sending,
		.store_used = m->store_used,
		.store_size = m->store_size,
		.resets = m->resets,
		.brown_outs = m->brown_outs,
		.since_ms = m->state_ms };
	text_copy(out->name, sizeof(out->name), m->name);
	text_copy(out->port, sizeof(out->port), m->serial && !m->probing ? m->path : m->spec);
	text_copy(out->profile, sizeof(out->profile), modem_profile_name(m->profile));
	text_copy(out->why, sizeof(out->why), why_now(m, &out->alarm));
	text_copy(out->manufacturer, sizeof(out->manufacturer), m->manufacturer);
	text_copy(out->model, sizeof(out->model), m->model);
	text_copy(out->revision, sizeof(out->revision), m->revision);
	text_copy(out->imei_tail, sizeof(out->imei_tail), m->imei_tail);
	if (is_on_air(m) && m->registered)
		text_copy(out->operator_name, sizeof(out->operator_name), m->operator_name);
	text_copy(out->own_number, sizeof(out->own_number), m->own_number);
}

bool modem_idle(const struct modem *m)
{
	bool prompts = (m->ahead == AHEAD_ASKED || m->ahead == AHEAD_PROMPT) && !m->unwanted;
	bool free = prompts || (!m->ahead && !at_busy(&m->at));

	return m->state == MODEM_READY && !m->sending && free && !m->reset_wanted && !m->parked;
}

void modem_set_answer_limit(struct modem *m, int64_t limit_ms)
{
	if (limit_ms < ANSWER_LIMIT_MIN_MS)
		limit_ms = ANSWER_LIMIT_MIN_MS;
	m->answer_limit_ms = (int)time_min(limit_ms, ANSWER_LIMIT_MAX_MS);
}

void modem_taken(struct modem *m, int slot)
{
	receive_taken(m, slot);
	if (!at_busy(&m->at))
		loop_idle_request(m->idle);
}

void modem_park(struct modem *m, bool parked, const char *why)
{
	m->parked = parked;
	m->park_changed = true;
	text_copy(m->parked_why, sizeof(m->parked_why), parked && why ? why : "");
	loop_idle_request(m->idle);
}

void modem_reset(struct modem *m)
{
	m->reset_wanted = true;
	loop_idle_request(m->idle);
}
