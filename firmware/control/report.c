/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened, for faroctl report: figures by zone, language and minute, in slices. Nobody is
 * named: rows of people do not leave this file, and words only when they were asked for.
 */
#include <string.h>

#include "faro/courier.h"
#include "faro/desk.h"
#include "room.h"

#define COPIES_A_STEP    256 /* rows of people: under 20 ms also on a slow board */
#define ANSWERS_A_STEP   128
#define NOTES_A_STEP     32
#define INCIDENTS_A_STEP 64
#define TEXT_MAX         1000
#define NOTE_ROOM        8192 /* a note as JSON, each byte of its words escaped */

/* In this order; ALERT, COPIES and ANSWERS once for each alert. */
enum phase { PHASE_HEAD, PHASE_NOTES, PHASE_ALERT, PHASE_COPIES, PHASE_ANSWERS };

struct telling {
	enum phase phase; /* these are kept over the steps */
	int64_t after_id; /* of what the phase walks over */
	int64_t alert_id, broadcast_id;
	const struct control_rooms *rooms;
	struct control_request *request;
	int said;
};
_Static_assert(sizeof(struct telling) <= CONTROL_SCRATCH_SIZE, "kept between two steps");

static bool with_text(const struct telling *telling)
{
	return control_flag(telling->request, "text");
}

static void add_zones(json_t *json, const struct control_rooms *rooms, uint64_t zones)
{
	char memory[ZONES_MAX * 26];
	struct strbuf text;

	strbuf_init(&text, memory, sizeof(memory));
	desk_zones_text(rooms->desk, zones, &text);
	json_set_text(json, "zones", text.text);
}

static const char *language_or_box(const struct telling *telling, const char *language)
{
	return *language ? language : telling->rooms->settings->box.language;
}

/* The next phase begins at its first row. */
static enum control_step go_on(struct telling *telling, enum phase phase)
{
	telling->phase = phase;
	telling->after_id = 0;
	return CONTROL_AGAIN;
}

/* ---- the incident ---------------------------------------------------------------------------- */

static json_t *json_of_paces(const struct courier *courier)
{
	json_t *list = json_array();
	struct modem *modem;

	for (int i = 0; courier && (modem = courier_modem(courier, i)); i++) {
		struct courier_modem_stats stats = { 0 };
		json_t *json = json_object();
		struct modem_info info;

		modem_get_info(modem, &info);
		courier_get_modem_stats(courier, modem, time_wall_ms(), &stats);
		json_set_text(json, "name", info.name);
		json_object_set_new(json, "segment_s", json_real(stats.segment_s));
		json_array_append_new(list, json);
	}
	return list;
}

static json_t *json_of_box(const struct control_rooms *rooms)
{
	json_t *json = json_object();

	json_set_text(json, "box", rooms->settings->box.name);
	json_set_text(json, "language", rooms->settings->box.language);
	json_set_text(json, "timezone", rooms->settings->box.timezone);
	json_set_text(json, "version", FARO_VERSION);
	return json;
}

static enum control_step tell_head(struct telling *telling, int64_t n)
{
	struct work work = { .confirmed = false };
	struct incident incident;
	int rc = store_incident_get(telling->rooms->store, n, &incident);
	json_t *json;

	if (rc == -ENOENT)
		return control_fail(telling->request, FARO_EXIT_FAILED,
			"there is no incident #%lld; see faroctl incidents --all", (long long)n);
	if (rc == 0)
		rc = store_work_get(telling->rooms->store, n, &work);
	if (rc < 0)
		return control_fail_errno(telling->request, rc, "the incident cannot be read");
	json = json_of_box(telling->rooms);
	json_object_set_new(json, "incident", json_integer(n));
	json_set_text(json, "state", store_incident_state_name(incident.state));
	json_object_set_new(json, "verified", json_boolean(work.confirmed));
	json_object_set_new(json, "reported", json_boolean(incident.reporter_id > 0));
	json_object_set_new(json, "opened", json_of_time(incident.opened_ms));
	json_object_set_new(json, "changed", json_of_time(incident.changed_ms));
	json_object_set_new(json, "modems", json_of_paces(telling->rooms->courier));
	control_row(telling->request, json);
	return go_on(telling, PHASE_NOTES);
}

/* ---- its trail ------------------------------------------------------------------------------- */

/* What they are, never who they are; the reporter is a neighbor whatever else they are. */
static const char *role_of(const struct control_rooms *rooms, int64_t person_id)
{
	struct person person;

	if (person_id <= 0)
		return "box";
	if (store_person_get(rooms->store, person_id, &person) < 0)
		return "neighbor";
	return store_role_name(person.role);
}

static int tell_note(void *ctx, const struct incident_note *note)
{
	struct telling *telling = ctx;
	char text[TEXT_MAX];
	json_t *json;

	if (telling->said == NOTES_A_STEP || control_room(telling->request) < NOTE_ROOM)
		return 1;
	telling->said++;
	telling->after_id = note->id;
	/* the words lie in memory that role_of() uses too */
	text_copy(text, sizeof(text), note->text ? note->text : "");
	json = json_object();
	json_object_set_new(json, "at", json_of_time(note->at_ms));
	json_set_text(json, "what", note->what);
	json_set_text(json, "who", role_of(telling->rooms, note->who_id));
	if (with_text(telling))
		json_set_text(json, "text", text);
	control_row(telling->request, json);
	return 0;
}

static enum control_step tell_notes(struct telling *telling, int64_t n)
{
	int rc = store_incident_notes_behind(
		telling->rooms->store, n, telling->after_id, tell_note, telling);

	if (rc < 0)
		return control_fail_errno(telling->request, rc, "the trail cannot be read");
	return rc == 1 ? CONTROL_AGAIN : go_on(telling, PHASE_ALERT);
}

/* ---- its alerts ------------------------------------------------------------------------------ */

static json_t *json_of_alert(const struct telling *telling, const struct alert *alert)
{
	json_t *json = json_object();

	json_object_set_new(json, "alert", json_integer(alert->id));
	json_set_text(json, "state", store_alert_state_name(alert->state));
	add_zones(json, telling->rooms, alert->zones);
	json_object_set_new(json, "need", json_integer(alert->need));
	json_object_set_new(json, "info", json_boolean(alert->info));
	json_object_set_new(json, "promised_people", json_integer(alert->promised_people));
	json_object_set_new(json, "promised_segments", json_integer(alert->promised_segments));
	json_object_set_new(json, "promised_s", json_integer(alert->promised_s));
	json_object_set_new(json, "started", json_of_time(alert->started_ms));
	json_object_set_new(json, "ended", json_of_time(alert->ended_ms));
	json_object_set_new(json, "first_yes", json_of_time(alert->first_yes_ms));
	if (with_text(telling))
		json_set_text(json, "text", alert->text);
	return json;
}

static enum control_step tell_alert(struct telling *telling, int64_t n)
{
	const struct control_rooms *rooms = telling->rooms;
	struct alert alert;
	int rc = store_alert_behind(rooms->store, n, telling->alert_id, &alert);

	if (rc == 0)
		return control_answer(telling->request, NULL);
	if (rc < 0)
		return control_fail_errno(telling->request, rc, "the alert cannot be read");
	telling->alert_id = alert.id;
	telling->broadcast_id = alert.broadcast_id;
	if (alert.broadcast_id == 0) /* it was never sent */
		return CONTROL_AGAIN;
	control_row(telling->request, json_of_alert(telling, &alert));
	return go_on(telling, PHASE_COPIES);
}

static json_t *json_of_minute(int64_t minute)
{
	return minute > 0 ? json_of_time(minute * MS_PER_MIN) : json_null();
}

static int tell_copies(void *ctx, const struct store_copies *copies)
{
	struct telling *telling = ctx;
	json_t *json = json_object();

	json_object_set_new(json, "copies", json_integer(copies->people));
	json_set_text(json, "state", store_message_state_name(copies->state));
	json_set_text(json, "language", language_or_box(telling, copies->language));
	add_zones(json, telling->rooms, copies->zones);
	if (*copies->modem)
		json_set_text(json, "modem", copies->modem);
	if (copies->state == MESSAGE_FAILED)
		json_object_set_new(json, "error",
			json_integer(copies->error == STORE_GIVEN_UP ? 0 : copies->error));
	if (copies->sent_min)
		json_object_set_new(json, "sent", json_of_minute(copies->sent_min));
	if (copies->reported)
		json_object_set_new(json, "arrived", json_of_minute(copies->arrived_min));
	json_object_set_new(json, "accepted", json_integer(copies->accepted));
	json_object_set_new(json, "segments", json_integer(copies->segments));
	if (copies->last_sent_ms)
		json_object_set_new(json, "last_sent", json_of_time(copies->last_sent_ms));
	control_row(telling->request, json);
	return 0;
}

static enum control_step tell_slice(struct telling *telling)
{
	int rc = store_copies_walk(telling->rooms->store, telling->broadcast_id, &telling->after_id,
		COPIES_A_STEP, tell_copies, telling);

	if (rc < 0)
		return control_fail_errno(telling->request, rc, "the copies cannot be read");
	return rc == 1 ? CONTROL_AGAIN : go_on(telling, PHASE_ANSWERS);
}

static const char *const answer_names[] = {
	[ANSWER_YES] = "yes",
	[ANSWER_NO] = "no",
	[ANSWER_HERE] = "here",
	[ANSWER_DONE] = "done",
};

static int tell_answer(void *ctx, const struct store_answer *answer)
{
	struct telling *telling = ctx;
	json_t *json = json_object();

	json_set_text(json, "answer", answer_names[answer->answer]);
	json_object_set_new(json, "people", json_integer(answer->people));
	json_object_set_new(json, "at", json_of_minute(answer->first_ms / MS_PER_MIN));
	json_set_text(json, "language", language_or_box(telling, answer->language));
	add_zones(json, telling->rooms, answer->zones);
	control_row(telling->request, json);
	return 0;
}

static enum control_step tell_answers(struct telling *telling)
{
	int rc = store_answers_walk(telling->rooms->store, telling->alert_id, &telling->after_id,
		ANSWERS_A_STEP, tell_answer, telling);

	if (rc < 0)
		return control_fail_errno(telling->request, rc, "the answers cannot be read");
	return rc == 1 ? CONTROL_AGAIN : go_on(telling, PHASE_ALERT);
}

/* {"n", "text"}: a row for the incident, each note, each alert, and what came of its copies. */
enum control_step command_report(void *ctx, struct control_request *request)
{
	struct telling *telling = control_scratch(request);
	int64_t n = control_number(request, "n", 0);

	telling->rooms = ctx;
	telling->request = request;
	telling->said = 0;
	switch (telling->phase) {
	case PHASE_HEAD:
		return tell_head(telling, n);
	case PHASE_NOTES:
		return tell_notes(telling, n);
	case PHASE_ALERT:
		return tell_alert(telling, n);
	case PHASE_COPIES:
		return tell_slice(telling);
	default:
		return tell_answers(telling);
	}
}

/* ---- the months ------------------------------------------------------------------------------ */

struct months {
	int64_t incident_id, alert_id; /* these are kept over the steps */
	int64_t after_copy_id;
	int64_t sent, delivered; /* of this alert's copies so far */
	bool begun;
	int64_t looked; /* copies of this step */
};
_Static_assert(sizeof(struct months) <= CONTROL_SCRATCH_SIZE, "kept between two steps");

static int take_incident(void *ctx, const struct incident *incident)
{
	*(struct incident *)ctx = *incident;
	return 1;
}

static int count_copies(void *ctx, const struct store_copies *copies)
{
	struct months *months = ctx;

	months->looked += copies->people;
	months->sent += copies->accepted;
	months->delivered += copies->state == MESSAGE_DELIVERED ? copies->people : 0;
	return 0;
}

/* One incident is a row; its alerts are rows behind it. 1 = there is one more. */
static int next_incident(
	const struct control_rooms *rooms, struct control_request *request, struct months *months)
{
	struct work work = { .confirmed = false };
	struct incident incident;
	json_t *json;
	int rc = store_incident_walk(
		rooms->store, false, months->incident_id, take_incident, &incident);

	if (rc != 1)
		return rc;
	rc = store_work_get(rooms->store, incident.id, &work);
	if (rc < 0)
		return rc;
	json = json_object();
	json_object_set_new(json, "opened", json_of_time(incident.opened_ms));
	json_object_set_new(json, "report",
		json_boolean(incident.kind == INCIDENT_REPORT && incident.reporter_id > 0));
	json_object_set_new(json, "verified", json_boolean(work.confirmed));
	control_row(request, json);
	months->incident_id = incident.id;
	months->alert_id = 0;
	return 1;
}

static json_t *json_of_ended(const struct months *months, const struct alert *alert)
{
	json_t *json = json_object();

	json_object_set_new(json, "started", json_of_time(alert->started_ms));
	json_object_set_new(json, "first_yes_s",
		alert->first_yes_ms > 0
			? json_integer((alert->first_yes_ms - alert->started_ms) / MS_PER_S)
			: json_null());
	json_object_set_new(json, "sent", json_integer(months->sent));
	json_object_set_new(json, "delivered", json_integer(months->delivered));
	return json;
}

/* A slice of the alert's copies; its row when they are at their end. 0 = no alert is left. */
static int next_alert(
	const struct control_rooms *rooms, struct control_request *request, struct months *months)
{
	struct alert alert;
	int rc = store_alert_behind(rooms->store, months->incident_id, months->alert_id, &alert);

	if (rc <= 0)
		return rc;
	rc = 0;
	if (alert.broadcast_id > 0)
		rc = store_copies_walk(rooms->store, alert.broadcast_id, &months->after_copy_id,
			COPIES_A_STEP, count_copies, months);
	if (rc != 0)
		return rc;
	if (alert.broadcast_id > 0)
		control_row(request, json_of_ended(months, &alert));
	months->alert_id = alert.id;
	months->after_copy_id = months->sent = months->delivered = 0;
	return 1;
}

static int advance(
	const struct control_rooms *rooms, struct control_request *request, struct months *months)
{
	int rc = months->incident_id ? next_alert(rooms, request, months) : 0;

	return rc == 0 ? next_incident(rooms, request, months) : rc;
}

/* Every incident and every alert in figures: faroctl puts them into months. */
enum control_step command_report_months(void *ctx, struct control_request *request)
{
	struct months *months = control_scratch(request);
	const struct control_rooms *rooms = ctx;
	int rc = 1;

	if (!months->begun)
		control_row(request, json_of_box(rooms));
	months->begun = true;
	months->looked = 0;
	for (int i = 0; rc == 1 && i < INCIDENTS_A_STEP && months->looked < COPIES_A_STEP; i++)
		rc = advance(rooms, request, months);
	if (rc < 0)
		return control_fail_errno(request, rc, "the incidents cannot be read");
	return rc == 1 ? CONTROL_AGAIN : control_answer(request, NULL);
}
