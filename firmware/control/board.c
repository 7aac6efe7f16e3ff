/* SPDX-License-Identifier: Apache-2.0 */
/* The front of the box: what is wired, and a walk over lights and buttons with a person at it. */
#include <stdio.h>
#include <string.h>

#include "room.h"

#define LIT_MS              (2 * MS_PER_S) /* how long each light is shown */
#define LEASE_MS            (3 * MS_PER_S) /* who tests and vanishes keeps the lights this long */
#define RENEW_MS            MS_PER_S
#define SECONDS_OF_A_BUTTON 20

static json_t *json_of_part(const struct control_part *part, const char *said, bool good)
{
	char name[64];

	snprintf(name, sizeof(name), "%s %s", part->kind, part->name);
	return json_pack("{s:s,s:s,s:b}", "part", name, "said", said, "good", good);
}

/* ---- list ------------------------------------------------------------------------------------ */

static bool is_button(const struct control_part *part)
{
	return strcmp(part->kind, "button") == 0;
}

static bool is_sensor(const struct control_part *part)
{
	return strcmp(part->kind, "sensor") == 0;
}

static const char *state_of(const struct control_part *part)
{
	if (!part->wired)
		return "not wired";
	if (is_button(part))
		return part->on ? "pressed" : "not pressed";
	if (is_sensor(part))
		return part->on ? "active" : "at rest";
	return part->on ? "on" : "off";
}

enum control_step command_board_list(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	struct control_part part;

	if (rooms->board_lost)
		return control_fail(request, FARO_EXIT_FAILED,
			"the board is not there: its chip went away (faroctl log)");
	for (unsigned int i = 0; rooms->front->part(rooms->ctx, i, &part); i++)
		control_row(request, json_of_part(&part, state_of(&part), true));
	return control_answer(request, NULL);
}

/* ---- test ------------------------------------------------------------------------------------ */

struct walk {
	bool began;
	bool asked;          /* part is lit, or was asked for */
	unsigned int part;   /* the one at hand */
	unsigned int others; /* buttons that were pressed instead */
	int64_t until;       /* mono_ms: the end of this part */
	int tested, failed;
};

static void walk_on(struct walk *walk, struct control_request *request,
	const struct control_part *part, const char *said, bool good)
{
	control_row(request, json_of_part(part, said, good));
	walk->failed += !good;
	walk->part++;
	walk->asked = false;
}

static void walk_light(const struct control_rooms *rooms, struct walk *walk,
	struct control_request *request, const struct control_part *part, int64_t now)
{
	char why[128];
	int rc;

	if (walk->asked && now >= walk->until) {
		rooms->front->light(rooms->ctx, walk->part++, false);
		walk->asked = false;
		return;
	}
	if (walk->asked)
		return;
	rc = rooms->front->light(rooms->ctx, walk->part, true);
	walk->tested++;
	if (rc < 0) {
		snprintf(why, sizeof(why), "cannot be lit: %s", strerror(-rc));
		walk_on(walk, request, part, why, false);
		return;
	}
	control_row(request, json_of_part(part,
				     strcmp(part->kind, "sound") == 0 ? "sounds now"
								      : "is lit now, and no other",
				     true));
	walk->asked = true;
	walk->until = now + LIT_MS;
}

static void ask_for_button(struct walk *walk, struct control_request *request,
	const struct control_part *part, int64_t now)
{
	int64_t seconds = control_number(request, "seconds", SECONDS_OF_A_BUTTON);

	walk->asked = true;
	walk->others = 0;
	walk->until = now + seconds * MS_PER_S;
	walk->tested++;
	control_progress(request,
		json_pack("{s:s,s:I}", "button", part->name, "seconds", (json_int_t)seconds));
}

/* "not pressed", and what may be the matter */
static void say_missing(const struct control_rooms *rooms, const struct walk *walk,
	const struct control_part *part, char *out, size_t size)
{
	struct control_part other;

	snprintf(out, size, "%s",
		part->on ? "stays pressed: is it stuck, or \"active_low\" wrong?"
			 : "was not pressed");
	for (unsigned int i = 0; !part->on && i < 32; i++)
		if (walk->others >> i & 1U && rooms->front->part(rooms->ctx, i, &other))
			snprintf(out, size,
				"was not pressed, but button %s was: are the wires swapped?",
				other.name);
}

static void walk_button(const struct control_rooms *rooms, struct walk *walk,
	struct control_request *request, const struct control_part *part, int64_t now)
{
	unsigned int pressed = rooms->front->pressed(rooms->ctx);
	char said[128];

	if (!walk->asked) {
		ask_for_button(walk, request, part, now);
	} else if (pressed >> walk->part & 1U) {
		walk_on(walk, request, part, "was pressed", true);
	} else if (now >= walk->until) {
		say_missing(rooms, walk, part, said, sizeof(said));
		walk_on(walk, request, part, said, false);
	} else {
		walk->others |= pressed;
	}
}

static enum control_step walk_end(
	const struct control_rooms *rooms, const struct walk *walk, struct control_request *request)
{
	rooms->front->end(rooms->ctx);
	if (walk->tested == 0)
		return control_fail(request, FARO_EXIT_FAILED,
			"this box has no lights and buttons (board.driver, board.definition)");
	return control_answer(
		request, json_pack("{s:i,s:i}", "tested", walk->tested, "failed", walk->failed));
}

static enum control_step walk_fail(struct control_request *request, int rc)
{
	if (rc == -EBUSY)
		return control_fail(request, FARO_EXIT_FAILED,
			"somebody else tests the lights and buttons now");
	if (rc == -ENODEV)
		return control_fail(request, FARO_EXIT_FAILED,
			"the board is not there: its chip went away (faroctl log)");
	return control_fail_errno(request, rc, "the test was given up");
}

/* {"seconds"}: how long each button is waited for. */
enum control_step command_board_test(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	struct walk *walk = control_scratch(request);
	int64_t now = time_mono_ms();
	struct control_part part;
	unsigned int at = walk->part;
	int rc = walk->began ? rooms->front->keep(rooms->ctx, now + LEASE_MS)
			     : rooms->front->begin(rooms->ctx, now + LEASE_MS);

	if (rc < 0)
		return walk_fail(request, rc);
	walk->began = true;
	if (!rooms->front->part(rooms->ctx, walk->part, &part))
		return walk_end(rooms, walk, request);
	if (is_sensor(&part))
		walk->part++; /* nobody is asked to pull the plug */
	else if (!part.wired)
		walk_on(walk, request, &part, "not wired", true);
	else if (is_button(&part))
		walk_button(rooms, walk, request, &part, now);
	else
		walk_light(rooms, walk, request, &part, now);
	if (walk->part != at)
		return CONTROL_AGAIN;
	control_wait(request, time_min(walk->until, now + RENEW_MS));
	return CONTROL_WAIT;
}
