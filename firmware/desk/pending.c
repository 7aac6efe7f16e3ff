/* SPDX-License-Identifier: Apache-2.0 */
/* An alert is made, and waits for what sends it. */
#include "internal.h"

int alert_incident_forget(struct turn *turn, int64_t incident_id)
{
	struct store *store = turn->desk->store;
	struct incident incident;
	int rc = store_incident_get(store, incident_id, &incident);

	if (rc < 0 || incident.reporter_id != 0 || incident_closed(&incident) ||
		incident.state == INCIDENT_ALERTED)
		return rc;
	return store_incident_set(
		store, incident_id, INCIDENT_CANCELLED, turn->who.id, turn->now_ms);
}

struct withdrawing {
	struct turn *turn;
	const struct alert *but;
	int64_t incident_id;
	enum speech_message told;
};

static int withdraw_one(void *ctx, const struct alert *alert)
{
	const struct withdrawing *round = ctx;
	struct turn *turn = round->turn;
	int rc;

	if (alert->incident_id != round->incident_id)
		return 0;
	/* an announcement for later is about something else */
	if (round->but && (alert->id == round->but->id || alert->planned || round->but->planned))
		return 0;
	rc = store_alert_end(turn->desk->store, alert->id, ALERT_CANCELLED, turn->now_ms);
	if (rc < 0)
		return rc;
	turn->desk->schedule_ms = 0;
	turn->desk->news.changed = true;
	log_notice(
		"incident=%" PRId64 " alert=%" PRId64 " withdrawn", alert->incident_id, alert->id);
	if (alert->author_id == 0 || alert->author_id == turn->who.id)
		return 0;
	rc = tell_dispatcher(turn, alert->author_id, alert->incident_id,
		SAY(round->told, SPEECH_NUMBER("incident", alert->incident_id)));
	return rc < 0 ? rc : 0;
}

int alerts_withdraw(
	struct turn *turn, int64_t incident_id, const struct alert *but, enum speech_message told)
{
	struct withdrawing round = { turn, but, incident_id, told };
	int rc = store_alert_walk(turn->desk->store, ALERT_PENDING, withdraw_one, &round);

	return rc < 0 ? rc
		      : store_alert_walk(turn->desk->store, ALERT_SCHEDULED, withdraw_one, &round);
}

struct replacing {
	struct turn *turn;
	const struct alert *alert;
};

static int replace_one(void *ctx, const struct alert *before)
{
	const struct replacing *round = ctx;
	struct turn *turn = round->turn;
	int rc;

	/* at faroctl nobody has a name: it may be two who do not know of each other */
	if (before->author_id == 0 || before->author_id != round->alert->author_id)
		return 0;
	code_put_aside(turn, before->id, false);
	rc = store_alert_end(turn->desk->store, before->id, ALERT_CANCELLED, turn->now_ms);
	if (rc == 0 && before->incident_id != round->alert->incident_id)
		rc = alert_incident_forget(turn, before->incident_id);
	return rc;
}

/* The author's earlier pending alert gives way to the new one. */
static int replace_pending(struct turn *turn, const struct alert *alert)
{
	struct replacing round = { turn, alert };

	return store_alert_walk(turn->desk->store, ALERT_PENDING, replace_one, &round);
}

static int alert_incident_open(struct turn *turn, struct alert *alert)
{
	struct store *store = turn->desk->store;
	char text[ALERT_TEXT_SIZE];
	int rc = store_incident_open(store, INCIDENT_REPORT, 0, turn->now_ms, &alert->incident_id);

	desk_alert_text(alert, text);
	if (rc == 0)
		rc = store_incident_note(
			store, alert->incident_id, turn->who.id, "alert", text, turn->now_ms);
	if (rc == 0 && turn->who.id > 0)
		rc = store_incident_take(store, alert->incident_id, turn->who.id, turn->now_ms);
	return rc;
}

int alert_prepare(struct turn *turn, struct alert *alert, struct desk_promise *promise)
{
	struct desk *desk = turn->desk;
	int rc = alert_measure(turn, alert, promise);

	if (rc < 0 || promise->people == 0)
		return rc;
	rc = replace_pending(turn, alert);
	if (rc == 0 && alert->incident_id == 0)
		rc = alert_incident_open(turn, alert);
	if (rc < 0)
		return rc;
	alert->promised_s = promise->seconds > 0 ? promise->seconds : 0;
	alert->promised_people = promise->people;
	alert->promised_segments = promise->segments_all;
	alert->code_expires_ms = turn->now_ms + desk->settings->alerts.code_ttl_s * MS_PER_S;
	desk->coded_ms = turn->now_ms;
	rc = store_alert_new(desk->store, alert, turn->now_ms, promise->code);
	if (rc < 0)
		return rc;
	promise->alert_id = alert->id;
	promise->incident_id = alert->incident_id;
	desk->promised_alert = alert->id;
	desk->promised_people = promise->people;
	text_copy(desk->promised_code, sizeof(desk->promised_code), promise->code);
	code_said(desk, alert->author_id, alert->id, false, promise->code);
	desk->news.changed = true;
	log_notice("incident=%" PRId64 " alert=%" PRId64 " pending, by person=%" PRId64
		   ", for %" PRId64 " people",
		alert->incident_id, alert->id, alert->author_id, promise->people);
	return 1;
}
