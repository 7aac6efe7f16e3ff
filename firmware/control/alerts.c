/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts from faroctl: the promise, the order to send, and how far it is. */
#include <string.h>

#include "faro/desk.h"
#include "room.h"

#define VERSIONS_MAX SPEECH_LANGUAGES_MAX

/* ---- the promise ----------------------------------------------------------------------------- */

static json_t *json_of_promise(const struct desk_promise *promise)
{
	json_t *json = json_object();

	json_object_set_new(json, "alert", json_integer(promise->alert_id));
	json_object_set_new(json, "n", json_integer(promise->incident_id));
	json_object_set_new(json, "people", json_integer(promise->people));
	json_object_set_new(json, "on_duty", json_integer(promise->on_duty));
	json_object_set_new(json, "segments", json_integer(promise->segments));
	json_object_set_new(json, "seconds", json_or_null(promise->seconds));
	json_object_set_new(json, "seconds_on_duty", json_or_null(promise->seconds_on_duty));
	json_object_set_new(json, "segments_all", json_integer(promise->segments_all));
	json_object_set_new(json, "allowance", json_or_null(promise->allowance));
	json_object_set_new(json, "newcomers", json_or_null(promise->newcomers));
	json_object_set_new(json, "languages", json_string(promise->languages));
	json_object_set_new(json, "foreign", json_integer(promise->foreign));
	json_object_set_new(json, "reads", json_string(promise->reads));
	return json;
}

/* False when "zones" is not a list of texts, or too long a one. */
static bool read_zones(
	const struct control_request *request, const char *zones[ZONES_MAX], int *n_zones)
{
	const json_t *list = json_object_get(control_arguments(request), "zones");
	size_t n = json_array_size(list);

	*n_zones = 0;
	if (n > ZONES_MAX || (list && !json_is_array(list)))
		return false;
	for (size_t i = 0; i < n; i++) {
		zones[i] = json_string_value(json_array_get(list, i));
		if (!zones[i])
			return false;
	}
	*n_zones = (int)n;
	return true;
}

/* False when "versions" is not an object of texts by language. */
static bool read_versions(const struct control_request *request,
	struct desk_alert_version versions[VERSIONS_MAX], int *n_versions)
{
	json_t *object = json_object_get(control_arguments(request), "versions"), *text;
	const char *language;

	*n_versions = 0;
	if (object && (!json_is_object(object) || json_object_size(object) > VERSIONS_MAX))
		return false;
	json_object_foreach (object, language, text) {
		if (!json_is_string(text))
			return false;
		versions[(*n_versions)++] =
			(struct desk_alert_version){ language, json_string_value(text) };
	}
	return true;
}

static enum control_step send_alert(const struct control_rooms *rooms,
	struct control_request *request, int64_t alert_id, json_t *answer)
{
	int rc = desk_alert_send(rooms->desk, alert_id, time_wall_ms());

	if (rc >= 0) {
		if (!answer)
			answer = json_object();
		json_object_set_new(answer, "asked", json_boolean(rc == 1));
		json_object_set_new(answer, "waits", json_boolean(rc == 2));
		return control_answer(request, answer);
	}
	json_decref(answer);
	if (rc == -EPERM)
		return control_fail(request, FARO_EXIT_FAILED,
			"this takes two people, and there is no dispatcher who could confirm it");
	if (rc == -EALREADY || rc == -ENOENT)
		return control_fail(request, FARO_EXIT_FAILED,
			"this alert does not wait any more: it was sent, withdrawn or has expired, "
			"or its code was forgotten for that of a newer one");
	return control_fail_errno(request, rc, "the alert cannot be sent");
}

/*
 * {"text", "versions": {"es": text}, "zones": [], "need", "info", "at", "yes"}: makes a pending
 * alert; with "yes" it is sent at once.
 */
enum control_step command_alert(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	const char *zones[ZONES_MAX] = { NULL };
	struct desk_alert_version versions[VERSIONS_MAX];
	struct desk_alert_request alert = {
		.zones = zones, .versions = versions, .text = control_text(request, "text", "")
	};
	struct desk_promise promise = { 0 };
	int64_t need = control_number(request, "need", 0);
	char why[256] = "";
	json_t *answer;
	int rc;

	/* what no int holds is wrong too, and said to be by the desk */
	alert.need = need < 0 || need > INT32_MAX ? -1 : (int)need;
	alert.info = control_flag(request, "info");
	alert.at = control_text(request, "at", "");
	if (!read_zones(request, zones, &alert.n_zones))
		return control_fail(request, FARO_EXIT_USAGE, "\"zones\" is a list of zone ids");
	if (!read_versions(request, versions, &alert.n_versions))
		return control_fail(request, FARO_EXIT_USAGE,
			"\"versions\" is an object: a text for each language's code");
	rc = desk_alert_prepare(rooms->desk, &alert, time_wall_ms(), &promise, why, sizeof(why));
	if (rc < 0)
		return control_fail(request, FARO_EXIT_FAILED, "%s", *why ? why : strerror(-rc));
	answer = json_of_promise(&promise);
	if (!control_flag(request, "yes"))
		return control_answer(request, answer);
	return send_alert(rooms, request, promise.alert_id, answer);
}

enum control_step command_alert_send(void *ctx, struct control_request *request)
{
	return send_alert(ctx, request, control_number(request, "alert", 0), NULL);
}

/* ---- how far it is --------------------------------------------------------------------------- */

#define FOLLOW_MS 250

struct follow {
	int64_t next_ms; /* mono_ms: not looked at before */
	int64_t said;    /* hash of what was said last */
	int still;       /* looks in a row in which nothing was waiting */
};

static int64_t waiting(const struct store_tally *tally)
{
	return tally->messages[MESSAGE_QUEUED] + tally->messages[MESSAGE_SENDING] +
	       tally->messages[MESSAGE_UNKNOWN];
}

static int64_t everybody(const struct store_tally *tally)
{
	int64_t sum = 0;

	for (int state = 0; state < MESSAGE_STATES; state++)
		sum += tally->messages[state];
	return sum;
}

static json_t *json_of_progress(const struct store_tally *tally)
{
	json_t *json = json_of_messages(tally);

	json_object_set_new(json, "people", json_integer(everybody(tally)));
	json_object_set_new(json, "waiting", json_integer(waiting(tally)));
	json_object_set_new(json, "segments_sent", json_integer(tally->segments_sent));
	json_object_set_new(json, "resent", json_integer(tally->resent));
	if (tally->first_sent_ms > 0)
		json_object_set_new(json, "seconds",
			json_real((double)(tally->last_sent_ms - tally->first_sent_ms) /
				  (double)MS_PER_S));
	return json;
}

/* The copies are queued in slices: nothing waits in earnest only when that was seen twice. */
static bool is_over(
	struct follow *follow, const struct alert *alert, const struct store_tally *tally)
{
	follow->still = waiting(tally) == 0 ? follow->still + 1 : 0;
	return follow->still >= 3 || (alert->state != ALERT_RUNNING && follow->still >= 1);
}

static enum control_step follow_once(struct control_request *request, struct follow *follow,
	const struct alert *alert, const struct store_tally *tally)
{
	int64_t said = everybody(tally) * 31 + tally->segments_sent * 7 + waiting(tally) * 3 +
		       tally->messages[MESSAGE_DELIVERED] + tally->messages[MESSAGE_HELD] * 5;

	if (is_over(follow, alert, tally)) {
		json_t *answer = json_of_progress(tally);

		json_object_set_new(
			answer, "state", json_string(store_alert_state_name(alert->state)));
		return control_answer(request, answer);
	}
	if (said != follow->said)
		control_progress(request, json_of_progress(tally));
	follow->said = said;
	follow->next_ms = time_mono_ms() + FOLLOW_MS;
	control_wait(request, follow->next_ms);
	return CONTROL_WAIT;
}

/*
 * {"alert": id}: says how far an alert is until nothing of it waits any more. One that waits for
 * its code is waited for.
 */
enum control_step command_alert_follow(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	struct follow *follow = control_scratch(request);
	struct store_tally tally = { 0 };
	struct alert alert;
	int rc;

	/* woken by every segment: a look that often would cost the modems time */
	if (time_mono_ms() < follow->next_ms) {
		control_wait(request, follow->next_ms);
		return CONTROL_WAIT;
	}
	rc = store_alert_get(rooms->store, control_number(request, "alert", 0), &alert);
	if (rc == 0 && alert.state == ALERT_PENDING) {
		follow->next_ms = time_mono_ms() + FOLLOW_MS;
		control_wait(request, follow->next_ms);
		return CONTROL_WAIT;
	}
	if (rc == -ENOENT || (rc == 0 && alert.broadcast_id == 0))
		return control_fail(request, FARO_EXIT_FAILED, "this alert has not been sent");
	if (rc == 0)
		rc = store_tally_slice(rooms->store, alert.broadcast_id, CONTROL_SLICE_ROWS);
	if (rc == 1)
		return CONTROL_AGAIN;
	if (rc == 0)
		rc = store_tally(rooms->store, alert.broadcast_id, &tally);
	if (rc < 0)
		return control_fail_errno(request, rc, "the database cannot be read");
	return follow_once(request, follow, &alert, &tally);
}

/* ---- cancel ---------------------------------------------------------------------------------- */

enum control_step command_cancel(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	int64_t n = control_number(request, "n", 0);
	int rc = desk_alert_cancel(rooms->desk, n, time_wall_ms());

	if (rc == -ENOENT || rc == -EALREADY)
		return control_fail(request, FARO_EXIT_FAILED,
			"incident #%lld has no alert that is running or waits", (long long)n);
	if (rc < 0)
		return control_fail_errno(request, rc, "the alert cannot be cancelled");
	return control_answer(request, NULL);
}

/* ---- schedule -------------------------------------------------------------------------------- */

#define SCHEDULED_MAX      40
#define SCHEDULED_TEXT_MAX 300

struct schedule {
	const struct control_rooms *rooms;
	json_t *list;
	bool full; /* one answer does not hold them all */
};

static int list_scheduled(void *ctx, const struct alert *alert)
{
	struct schedule *schedule = ctx;
	char text[ALERT_TEXT_SIZE], brief[SCHEDULED_TEXT_MAX], at[DESK_WHEN_SIZE], memory[512];
	struct strbuf zones;
	json_t *row;

	schedule->full = json_array_size(schedule->list) == SCHEDULED_MAX;
	if (schedule->full)
		return 1;
	strbuf_init(&zones, memory, sizeof(memory));
	desk_zones_text(schedule->rooms->desk, alert->zones, &zones);
	desk_alert_text(alert, text);
	row = json_pack(
		"{s:I,s:s}", "n", (json_int_t)alert->incident_id, "at", desk_alert_when(alert, at));
	json_set_text(row, "zones", zones.len ? zones.text : "all");
	text_copy(brief, sizeof(brief), text);
	json_set_text(row, "text", brief);
	json_array_append_new(schedule->list, row);
	return 0;
}

/* {"scheduled": [{"n", "at", "zones", "text"}], "more": whether there are others} */
enum control_step command_schedule(void *ctx, struct control_request *request)
{
	struct schedule schedule = { .rooms = ctx, .list = json_array() };
	int rc =
		store_alert_walk(schedule.rooms->store, ALERT_SCHEDULED, list_scheduled, &schedule);

	if (rc < 0) {
		json_decref(schedule.list);
		return control_fail_errno(request, rc, "the database cannot be read");
	}
	return control_answer(
		request, json_pack("{s:o,s:b}", "scheduled", schedule.list, "more", schedule.full));
}
