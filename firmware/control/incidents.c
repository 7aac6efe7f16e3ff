/* SPDX-License-Identifier: Apache-2.0 */
/* What has happened. People are named by their row: their numbers are nobody's business here. */
#include <string.h>

#include "faro/desk.h"
#include "room.h"

static const char *const kind_names[] = {
	[INCIDENT_REPORT] = "report", [INCIDENT_MESSAGE] = "message"
};

static json_t *json_of_row(int64_t id)
{
	return id > 0 ? json_integer(id) : json_null();
}

static json_t *json_of_incident(const struct incident *incident)
{
	json_t *json = json_object();

	json_object_set_new(json, "n", json_integer(incident->id));
	json_set_text(json, "kind", kind_names[incident->kind]);
	json_set_text(json, "state", store_incident_state_name(incident->state));
	json_object_set_new(json, "reporter", json_of_row(incident->reporter_id));
	json_object_set_new(json, "taken_by", json_of_row(incident->taken_by_id));
	json_object_set_new(json, "opened", json_of_time(incident->opened_ms));
	json_object_set_new(json, "changed", json_of_time(incident->changed_ms));
	return json;
}

/* ---- incidents ------------------------------------------------------------------------------- */

#define INCIDENTS_A_STEP 64

struct listing {
	int64_t listed, after_id; /* kept over the steps */
	struct control_request *request;
	const char *timezone;
	int said;
	bool more;
};
_Static_assert(sizeof(struct listing) <= CONTROL_SCRATCH_SIZE, "kept between two steps");

static int list_incident(void *ctx, const struct incident *incident)
{
	struct listing *listing = ctx;
	json_t *row;

	if (listing->said == INCIDENTS_A_STEP || control_room(listing->request) < 1024) {
		listing->more = true;
		return 1;
	}
	listing->said++;
	listing->listed++;
	listing->after_id = incident->id;
	row = json_of_incident(incident);
	json_set_text(row, "timezone", listing->timezone);
	control_row(listing->request, row);
	return 0;
}

enum control_step command_incidents(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	struct listing *listing = control_scratch(request);
	bool all = control_flag(request, "all");
	int rc;

	listing->request = request;
	listing->timezone = rooms->settings->box.timezone;
	listing->said = 0;
	listing->more = false;
	rc = store_incident_walk(rooms->store, !all, listing->after_id, list_incident, listing);
	if (rc < 0)
		return control_fail_errno(request, rc, "the incidents cannot be read");
	if (listing->more)
		return CONTROL_AGAIN;
	return control_answer(
		request, json_pack("{s:I}", "incidents", (json_int_t)listing->listed));
}

/* ---- show ------------------------------------------------------------------------------------ */

#define NOTE_TEXT_MAX 1000
#define NOTES_MAX                                                                                  \
	40 /* of NOTE_TEXT_MAX each, they fit into one answer even when JSON escapes them */

struct notes {
	json_t *list;
	int left_out;
};

/* The newest stay. */
static int add_note(void *ctx, const struct incident_note *note)
{
	struct notes *notes = ctx;
	json_t *json = json_object();
	char text[NOTE_TEXT_MAX];

	text_copy(text, sizeof(text), note->text ? note->text : "");
	json_object_set_new(json, "at", json_of_time(note->at_ms));
	json_object_set_new(json, "who", json_of_row(note->who_id));
	json_set_text(json, "what", note->what);
	json_set_text(json, "text", text);
	json_array_append_new(notes->list, json);
	if (json_array_size(notes->list) > NOTES_MAX) {
		json_array_remove(notes->list, 0);
		notes->left_out++;
	}
	return 0;
}

static int add_notes(const struct control_rooms *rooms, int64_t n, json_t *answer)
{
	struct notes notes = { .list = json_array() };
	int rc = store_incident_notes(rooms->store, n, add_note, &notes);

	json_object_set_new(answer, "notes", notes.list);
	json_object_set_new(answer, "notes_left_out", json_integer(notes.left_out));
	return rc;
}

static json_t *json_of_answers(const struct answer_counts *counts)
{
	return json_pack("{s:I,s:I,s:I,s:I}", "yes", (json_int_t)counts->yes, "no",
		(json_int_t)counts->no, "here", (json_int_t)counts->here, "done",
		(json_int_t)counts->done);
}

static void add_alert_times(json_t *json, const struct alert *alert)
{
	json_object_set_new(json, "created", json_of_time(alert->created_ms));
	json_object_set_new(json, "started", json_of_time(alert->started_ms));
	json_object_set_new(json, "expires", json_of_time(alert->expires_ms));
	json_object_set_new(json, "ended", json_of_time(alert->ended_ms));
}

/* What was promised against what it took: from the order to send to the last segment so far. */
static void add_times_kept(json_t *json, const struct alert *alert, const struct store_tally *tally)
{
	bool sent = alert->started_ms > 0 && tally->last_sent_ms >= alert->started_ms;
	int64_t took_ms = tally->last_sent_ms - alert->started_ms;

	json_object_set_new(json, "first_sent", json_of_time(tally->first_sent_ms));
	json_object_set_new(json, "last_sent", json_of_time(tally->last_sent_ms));
	json_object_set_new(json, "took_s",
		sent ? json_integer((took_ms + MS_PER_S - 1) / MS_PER_S) : json_null());
}

static json_t *json_of_alert(const struct control_rooms *rooms, const struct alert *alert,
	const struct store_tally *tally, const struct answer_counts *counts)
{
	json_t *json = json_object();
	char memory[ZONES_MAX * 26], text[ALERT_TEXT_SIZE], when[DESK_WHEN_SIZE];
	struct strbuf zones;
	int64_t people = 0;

	strbuf_init(&zones, memory, sizeof(memory));
	desk_zones_text(rooms->desk, alert->zones, &zones);
	for (int state = 0; state < MESSAGE_STATES; state++)
		people += tally->messages[state];
	json_object_set_new(json, "alert", json_integer(alert->id));
	json_set_text(json, "state", store_alert_state_name(alert->state));
	desk_alert_text(alert, text);
	json_set_text(json, "text", text);
	json_set_text(json, "zones", zones.text);
	json_object_set_new(json, "need", json_integer(alert->need));
	json_object_set_new(json, "info", json_boolean(alert->info));
	json_object_set_new(json, "held", json_boolean(alert->held));
	json_object_set_new(json, "people", json_integer(people));
	json_object_set_new(json, "promised_s", json_integer(alert->promised_s));
	json_object_set_new(json, "promised_people", json_integer(alert->promised_people));
	json_object_set_new(json, "planned",
		alert->planned ? json_string(desk_alert_when(alert, when)) : json_null());
	add_times_kept(json, alert, tally);
	json_object_set_new(json, "messages", json_of_messages(tally));
	json_object_set_new(json, "answers", json_of_answers(counts));
	add_alert_times(json, alert);
	return json;
}

/*
 * The newest alert of the incident, if there is one. A broadcast of 0 would be the tally of
 * everything.
 */
static int add_alert(const struct control_rooms *rooms, int64_t n, json_t *answer)
{
	struct answer_counts counts = { 0 };
	struct store_tally tally = { 0 };
	struct alert alert;
	int found = store_alert_of_incident(rooms->store, n, &alert), rc = 0;

	if (found <= 0)
		return found;
	if (alert.broadcast_id > 0)
		rc = store_tally(rooms->store, alert.broadcast_id, &tally);
	if (rc == 0)
		rc = store_answer_counts(rooms->store, alert.id, time_wall_ms(), &counts);
	json_object_set_new(answer, "alert", json_of_alert(rooms, &alert, &tally, &counts));
	return rc;
}

/* 1 = its tally is still being counted */
static int count_alert(const struct control_rooms *rooms, int64_t n)
{
	struct alert alert;
	int found = store_alert_of_incident(rooms->store, n, &alert);

	if (found <= 0 || alert.broadcast_id == 0)
		return found < 0 ? found : 0;
	return store_tally_slice(rooms->store, alert.broadcast_id, CONTROL_SLICE_ROWS);
}

enum control_step command_show(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	int64_t n = control_number(request, "n", 0);
	struct incident incident;
	int rc = store_incident_get(rooms->store, n, &incident);
	json_t *answer;

	if (rc == -ENOENT)
		return control_fail(request, FARO_EXIT_FAILED,
			"there is no incident #%lld; see faroctl incidents --all", (long long)n);
	if (rc < 0)
		return control_fail_errno(request, rc, "the incident cannot be read");
	rc = count_alert(rooms, n);
	if (rc < 0)
		return control_fail_errno(request, rc, "the incident cannot be read");
	if (rc == 1)
		return CONTROL_AGAIN;
	answer = json_pack("{s:o}", "incident", json_of_incident(&incident));
	json_set_text(answer, "timezone", rooms->settings->box.timezone);
	rc = add_notes(rooms, n, answer);
	if (rc >= 0)
		rc = add_alert(rooms, n, answer);
	if (rc >= 0)
		return control_answer(request, answer);
	json_decref(answer);
	return control_fail_errno(request, rc, "the incident cannot be read");
}
