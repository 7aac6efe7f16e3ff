/* SPDX-License-Identifier: Apache-2.0 */
/* Events and how many come; who they are stays in the box. */
#include <string.h>

#include "room.h"

#define ROW_MAX ((size_t)6 * ALERT_TEXT_SIZE)

static const char *state_of(const struct bulletin *event, int64_t now_ms)
{
	if (event->state == BULLETIN_CANCELLED)
		return "cancelled";
	return event->at_ms > now_ms ? "coming" : "over";
}

static int say_event(
	const struct control_rooms *rooms, struct control_request *request, struct bulletin *event)
{
	struct rsvp_counts counts;
	json_t *row;
	int rc = store_rsvp_count(rooms->store, event->id, &counts);

	if (rc < 0)
		return rc;
	/* as it was written, without its versions */
	event->text[strcspn(event->text, "\x1F")] = '\0';
	row = json_object();
	json_object_set_new(row, "event", json_integer(event->id));
	json_object_set_new(row, "at", json_of_time(event->at_ms));
	json_set_text(row, "state", state_of(event, time_wall_ms()));
	json_object_set_new(row, "yes", json_integer(counts.yes));
	json_object_set_new(row, "people", json_integer(counts.people));
	json_object_set_new(row, "no", json_integer(counts.no));
	json_set_text(row, "text", event->text);
	control_row(request, row);
	return 0;
}

enum control_step command_events(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	int64_t *after_id = control_scratch(request);

	while (control_room(request) >= ROW_MAX) {
		struct bulletin event = { .id = *after_id };
		int rc = store_event_walk(rooms->store, &event);

		*after_id = event.id;
		if (rc == 1)
			rc = say_event(rooms, request, &event);
		else if (rc == 0)
			return control_answer(request,
				json_pack("{s:s}", "timezone", rooms->settings->box.timezone));
		if (rc < 0)
			return control_fail_errno(request, rc, "the events cannot be read");
	}
	return CONTROL_AGAIN;
}
