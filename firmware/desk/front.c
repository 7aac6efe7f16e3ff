/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts from the box's front and from faroctl: whoever stands there has shown who they are by
 * that.
 */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* ---- the buttons ---- */

static int send_newest(struct turn *turn, void *arg)
{
	struct alert alert;
	int rc = expiries(turn);

	(void)arg;
	if (rc < 0)
		return rc;
	rc = store_alert_pending(turn->desk->store, 0, turn->now_ms, &alert);
	if (rc != 1)
		return rc;
	if (turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_TWO) {
		/* the hand at the button may be the author's */
		log_warning("incident=%" PRId64 ": SEND alone sends nothing where two people are "
			    "asked for",
			alert.incident_id);
		return 0;
	}
	if (turn->desk->paused)
		return 0;
	rc = alert_start(turn, &alert);
	if (rc == 0)
		rc = tell_role(turn, ROLE_DISPATCHER, 0, alert.incident_id,
			SAY(MSG_ALERT_SENT_BUTTON, SPEECH_NUMBER("incident", alert.incident_id)));
	return rc < 0 ? rc : 1;
}

int desk_button_send(struct desk *desk, int64_t now_ms)
{
	return desk_transact(desk, now_ms, send_newest, NULL);
}

static int keep_newest(void *ctx, const struct alert *alert)
{
	*(struct alert *)ctx = *alert;
	return 0;
}

static int stop_newest(struct turn *turn, void *arg)
{
	struct alert alert = { .id = 0 };
	struct follow done;
	int rc = store_alert_walk(turn->desk->store, ALERT_RUNNING, keep_newest, &alert);

	(void)arg;
	if (rc < 0 || alert.id == 0)
		return rc;
	rc = alert_call_off(turn, &alert, &done);
	if (rc == 1)
		rc = tell_role(turn, ROLE_DISPATCHER, 0, alert.incident_id,
			SAY(MSG_CANCELLED_BUTTON, SPEECH_NUMBER("incident", alert.incident_id)));
	return rc < 0 ? rc : 1;
}

int desk_button_stop(struct desk *desk, int64_t now_ms)
{
	return desk_transact(desk, now_ms, stop_newest, NULL);
}

/* ---- faroctl ---- */

struct preparation {
	const struct desk_alert_request *request;
	struct desk_promise *promise;
	struct alert alert;
	char *why;
	size_t size;
};

static int refuse(const struct preparation *preparation, int rc, const char *why, const char *what)
{
	snprintf(preparation->why, preparation->size, "%s%s%s", why, *what ? ": " : "", what);
	return rc;
}

static int refuse_zone(struct turn *turn, const struct preparation *preparation, const char *word)
{
	char memory[512], why[640];
	struct strbuf known;

	strbuf_init(&known, memory, sizeof(memory));
	zones_known(turn->desk, &known);
	snprintf(why, sizeof(why), "there is no zone \"%.40s\"; the zones are", word);
	return refuse(preparation, -EINVAL, why, known.text);
}

static int read_at(struct turn *turn, struct preparation *preparation)
{
	const char *at = preparation->request->at;
	struct time_local when;
	int rc;

	if (!at || !*at)
		return 0;
	if (turn->desk->time_unknown)
		return refuse(preparation, -EPERM, "the box does not know what time it is", "");
	rc = when_take(turn->desk, &at, turn->now_ms, &when);
	if (rc == -ERANGE)
		return refuse(preparation, -EINVAL, "that is over, or more than a year away",
			preparation->request->at);
	if (rc != 1 || *at)
		return refuse(preparation, -EINVAL,
			"a time is 18:30, tomorrow 9:00, sat 10:00 or 2026-12-24 18:00, not",
			preparation->request->at);
	preparation->alert.planned = when_number(&when);
	return 0;
}

static int read_versions(struct turn *turn, struct preparation *preparation)
{
	const struct desk_alert_request *request = preparation->request;

	for (int i = 0; i < request->n_versions; i++) {
		const struct desk_alert_version *version = &request->versions[i];
		const char *language = speech_language_find(turn->desk->speech, version->language);

		if (!language)
			return refuse(preparation, -EINVAL, "the box does not speak this language",
				version->language);
		if (!version->text[strspn(version->text, " \t\n")])
			return refuse(preparation, -EINVAL, "this language has no text",
				version->language);
		if (!version_put(preparation->alert.text, language, version->text))
			return refuse(preparation, -EINVAL, "the texts are too long together", "");
	}
	return 0;
}

static int read_request(struct turn *turn, struct preparation *preparation)
{
	const struct desk_alert_request *request = preparation->request;
	struct alert *alert = &preparation->alert;
	int rc;

	if (turn->desk->paused)
		return refuse(preparation, -EPERM, "the box is paused", "");
	if (!request->text || !request->text[strspn(request->text, " \t\n")])
		return refuse(preparation, -EINVAL, "the alert has no text", "");
	for (int i = 0; i < request->n_zones; i++) {
		uint64_t zone = zone_of_word(turn->desk, request->zones[i]);

		if (!zone)
			return refuse_zone(turn, preparation, request->zones[i]);
		alert->zones |= zone;
	}
	if (alert->zones == 0)
		alert->zones = ZONES_ALL;
	if (request->need < 0 || request->need > NEED_MAX)
		return refuse(
			preparation, -EINVAL, "the people needed are a number from 1 to 9999", "");
	rc = read_at(turn, preparation);
	if (rc < 0)
		return rc;
	alert->info = request->info || alert->planned;
	alert->need = alert->info ? 0 : request->need;
	if (!text_copy(alert->text, sizeof(alert->text), request->text))
		return refuse(preparation, -EINVAL, "the text is too long", "");
	alert_take_quotes(alert);
	return read_versions(turn, preparation);
}

static int prepare(struct turn *turn, void *arg)
{
	struct preparation *preparation = arg;
	int rc = read_request(turn, preparation);

	if (rc < 0)
		return rc;
	rc = alert_prepare(turn, &preparation->alert, preparation->promise);
	if (rc < 0)
		return refuse(preparation, rc, "the database cannot be written", "");
	if (rc == 0)
		return refuse(preparation, -EINVAL, "there is nobody to be reached", "");
	if (turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_NONE)
		preparation->promise->code[0] = '\0';
	return 0;
}

int desk_alert_prepare(struct desk *desk, const struct desk_alert_request *request, int64_t now_ms,
	struct desk_promise *out, char *why, size_t size)
{
	struct preparation preparation = {
		.request = request, .promise = out, .why = why, .size = size
	};

	*out = (struct desk_promise){ .allowance = -1, .newcomers = -1 };
	return desk_transact(desk, now_ms, prepare, &preparation);
}

/* Who stands at faroctl is one of the two; a dispatcher's code is the other. */
static int ask_dispatchers(struct turn *turn, const struct alert *alert)
{
	struct desk *desk = turn->desk;
	struct desk_promise promise = { .people = desk->promised_people };
	int asked;

	if (desk->promised_alert != alert->id)
		return -EALREADY; /* another one was prepared since: its code is forgotten */
	text_copy(promise.code, sizeof(promise.code), desk->promised_code);
	asked = second_ask(turn, alert, &promise);
	return asked < 0 ? asked : asked == 0 ? -EPERM : 1;
}

static int send_alert(struct turn *turn, void *arg)
{
	struct alert alert;
	int rc = store_alert_get(turn->desk->store, *(int64_t *)arg, &alert);

	if (rc < 0)
		return rc;
	if (alert.state != ALERT_PENDING || alert.code_expires_ms <= turn->now_ms)
		return -EALREADY;
	if (second_needed(turn, &alert))
		return ask_dispatchers(turn, &alert);
	rc = alert_start(turn, &alert);
	return rc == 1 ? 2 : rc;
}

int desk_alert_send(struct desk *desk, int64_t alert_id, int64_t now_ms)
{
	return desk_transact(desk, now_ms, send_alert, &alert_id);
}

static int cancel_alert(struct turn *turn, void *arg)
{
	struct follow done;
	struct alert alert;
	int rc = store_alert_of_incident(turn->desk->store, *(int64_t *)arg, &alert);

	if (rc == 1)
		rc = alert_call_off(turn, &alert, &done);
	return rc < 0 ? rc : rc == 0 ? -ENOENT : 0;
}

int desk_alert_cancel(struct desk *desk, int64_t incident_id, int64_t now_ms)
{
	return desk_transact(desk, now_ms, cancel_alert, &incident_id);
}
