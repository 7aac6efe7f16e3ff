/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands, and those that are about farod itself. */
#include <string.h>

#include "faro/courier.h"
#include "faro/desk.h"
#include "room.h"

/* ---- what commands share --------------------------------------------------------------------- */

enum control_step control_fail_errno(struct control_request *request, int error, const char *doing)
{
	log_warning("control: %s: %s", doing, strerror(-error));
	return control_fail(request, FARO_EXIT_FAILED, "%s: %s", doing, strerror(-error));
}

json_t *json_of_messages(const struct store_tally *tally)
{
	json_t *object = json_object();

	for (int state = 0; state < MESSAGE_STATES; state++)
		json_object_set_new(object, store_message_state_name((enum message_state)state),
			json_integer(tally->messages[state]));
	json_object_set_new(object, "given_up", json_integer(tally->given_up));
	return object;
}

json_t *json_of_time(int64_t wall_ms)
{
	char text[TIME_ISO_SIZE];

	return wall_ms == 0 || wall_ms == TIME_NEVER ? json_null()
						     : json_string(time_iso(wall_ms, text));
}

json_t *json_or_null(int64_t number)
{
	return number < 0 ? json_null() : json_integer(number);
}

void json_set_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, control_json_text(text));
}

/* ---- version, log ---------------------------------------------------------------------------- */

static enum control_step command_version(void *ctx, struct control_request *request)
{
	(void)ctx;
	return control_answer(request, json_pack("{s:s}", "version", FARO_VERSION));
}

#define LOG_LINES_A_STEP 32

static void say_log_line(struct control_request *request, const struct log_line *line)
{
	json_t *json = json_object();

	json_object_set_new(json, "time", json_of_time(line->wall_ms));
	json_set_text(json, "level", log_level_name(line->level));
	json_set_text(json, "text", line->text);
	control_line(request, json);
}

/* The kept lines, and with "follow" every new one until the client goes. */
static enum control_step command_log(void *ctx, struct control_request *request)
{
	uint64_t *next = control_scratch(request);
	static struct log_line line;

	(void)ctx;
	for (int i = 0; i < LOG_LINES_A_STEP; i++) {
		if (!log_kept(*next, &line)) {
			if (!control_flag(request, "follow"))
				return control_answer(request, NULL);
			control_wait(request, TIME_NEVER);
			return CONTROL_WAIT;
		}
		say_log_line(request, &line);
		*next = line.serial + 1;
	}
	return CONTROL_AGAIN;
}

/* ---- configuration --------------------------------------------------------------------------- */

struct problems {
	struct control_request *request;
	int errors, warnings, left_out;
};

static void say_problem(void *ctx, bool error, const char *text)
{
	struct problems *problems = ctx;
	json_t *row;

	problems->errors += error;
	problems->warnings += !error;
	if (control_room(problems->request) < 8192) {
		problems->left_out++;
		return;
	}
	row = json_object();
	json_object_set_new(row, "error", json_boolean(error));
	json_set_text(row, "text", text);
	control_row(problems->request, row);
}

/* Each problem is a row; a wrong configuration ends the request with exit code 78. */
static enum control_step answer_problems(const struct problems *problems, int rc, int waiting)
{
	char left_out[32] = "";

	if (problems->left_out > 0)
		snprintf(left_out, sizeof(left_out), " (%d not shown)", problems->left_out);
	if (problems->errors > 0)
		return control_fail(problems->request, FARO_EXIT_CONFIG,
			"the configuration has %d mistake%s%s", problems->errors,
			problems->errors == 1 ? "" : "s", left_out);
	if (rc < 0)
		return control_fail(problems->request, FARO_EXIT_FAILED,
			"nothing was changed: %s (faroctl log says more)", strerror(-rc));
	return control_answer(
		problems->request, json_pack("{s:i,s:i}", "warnings", problems->warnings - waiting,
					   "restart", waiting));
}

static enum control_step command_check(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	struct problems problems = { .request = request };
	int rc = rooms->check(rooms->ctx, say_problem, &problems);

	return answer_problems(&problems, rc, 0);
}

static enum control_step command_reload(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	struct problems problems = { .request = request };
	int rc = rooms->reload(rooms->ctx, say_problem, &problems);

	return answer_problems(&problems, rc, rc > 0 ? rc : 0);
}

/* ---- test ------------------------------------------------------------------------------------ */

/* Also those that are held for blocked: alerts do not go over them, this text does. */
static int modems_ready(const struct courier *courier)
{
	struct modem *modem;
	int ready = 0;

	for (int i = 0; (modem = courier_modem(courier, i)); i++)
		ready += modem_state(modem) == MODEM_READY;
	return ready;
}

static enum control_step command_test(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	int rc = desk_button_test(rooms->desk, time_wall_ms());

	if (rc < 0)
		return control_fail_errno(request, rc, "the test text cannot be sent");
	if (rc == 0)
		return control_fail(request, FARO_EXIT_FAILED,
			"there is no admin to send a test text to; name one in people");
	return control_answer(
		request, json_pack("{s:i}", "modems_ready", modems_ready(rooms->courier)));
}

/* ---- the table ------------------------------------------------------------------------------- */

const struct control_command control_commands[] = {
	{ "status", command_status },
	{ "version", command_version },
	{ "log", command_log },
	{ "check", command_check },
	{ "reload", command_reload },
	{ "test", command_test },
	{ "messages check", command_messages_check },
	{ "doctor", command_doctor },
	{ "board list", command_board_list },
	{ "board test", command_board_test },
	{ "modem list", command_modem_list },
	{ "modem reset", command_modem_reset },
	{ "modem ussd", command_modem_ussd },
	{ "members list", command_members_list },
	{ "members add", command_members_add },
	{ "members remove", command_members_remove },
	{ "members import", command_members_import },
	{ "events", command_events },
	{ "stories export", command_stories_export },
	{ "alert", command_alert },
	{ "alert send", command_alert_send },
	{ "alert follow", command_alert_follow },
	{ "cancel", command_cancel },
	{ "schedule", command_schedule },
	{ "incidents", command_incidents },
	{ "show", command_show },
	{ "report", command_report },
	{ "report months", command_report_months },
	{ "backup", command_backup },
	{ "restore put", command_restore_put },
	{ "restore", command_restore },
};
const size_t control_n_commands = ARRAY_SIZE(control_commands);
