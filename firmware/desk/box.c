/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana: STATUS           -> Faro: 2 of 2 modems ready. 212 people, 3 open incidents, 1 alert ...
 * Rosa: PAUSE ... RESUME
 * Carla: DUTY ON 12 ... DUTY OFF
 * A button held at the box.
 */
#include <ctype.h>

#include "internal.h"

/* ---- STATUS, TEST ---- */

#define COUNTED_MAX 2 /* running alerts of which STATUS says who is there: the newest */

struct status {
	struct desk_pace pace;
	struct store_counts counts;
	struct store_tally tally;
	bool paused, test;
	struct turn *turn;
	struct {
		int64_t incident_id;
		struct answer_counts answers;
	} alerts[COUNTED_MAX];
	int n_alerts;
};

/* They come by age: the oldest gives way. */
static int look_at_running(void *ctx, const struct alert *alert)
{
	struct status *status = ctx;
	struct answer_counts answers;
	int rc = store_answer_counts(
		status->turn->desk->store, alert->id, status->turn->now_ms, &answers);

	if (rc < 0 || answers.last_ms == 0)
		return rc;
	if (status->n_alerts == COUNTED_MAX)
		memmove(status->alerts, status->alerts + 1,
			--status->n_alerts * sizeof(status->alerts[0]));
	status->alerts[status->n_alerts].incident_id = alert->incident_id;
	status->alerts[status->n_alerts++].answers = answers;
	return 0;
}

static int look_at_box(struct turn *turn, struct status *status)
{
	struct desk *desk = turn->desk;
	int rc = store_counts(desk->store, &status->counts);

	status->pace = (struct desk_pace){ .allowance = -1, .newcomers = -1 };
	if (rc == 0)
		rc = store_tally(desk->store, 0, &status->tally);
	status->turn = turn;
	if (rc == 0)
		rc = store_alert_walk(desk->store, ALERT_RUNNING, look_at_running, status);
	if (desk->events.pace)
		desk->events.pace(desk->ctx, &status->pace);
	status->paused = desk->paused;
	return rc;
}

/* With no modem ready it leaves later, and tells how the box was when it was asked. */
static void say_test(struct turn *turn, const char *language, struct strbuf *out)
{
	struct time_local local;
	char when[WHEN_SIZE];

	if (turn->desk->time_unknown) {
		say_next(turn, language, SAY(MSG_TEST), out);
		return;
	}
	time_local(turn->now_ms, &local);
	say_next(
		turn, language, SAY(MSG_TEST_AT, SPEECH_TEXT("when", when_say(&local, when))), out);
}

static void compose_status(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct status *status = arg;

	if (status->test)
		say_test(turn, language, out);
	say_next(turn, language,
		SAY(MSG_STATUS, SPEECH_NUMBER("ready", status->pace.modems_ready),
			SPEECH_NUMBER("modems", status->pace.modems),
			SPEECH_NUMBER("people", status->counts.active),
			SPEECH_NUMBER("incidents", status->counts.incidents_open),
			SPEECH_NUMBER("alerts", status->counts.alerts_running),
			SPEECH_NUMBER("queued", status->tally.messages[MESSAGE_QUEUED]),
			SPEECH_NUMBER("failed",
				status->tally.messages[MESSAGE_FAILED] - status->tally.given_up)),
		out);
	if (status->tally.given_up > 0)
		say_next(turn, language,
			SAY(MSG_STATUS_DOUBT, SPEECH_NUMBER("doubt", status->tally.given_up)), out);
	if (status->pace.signal_dbm != 0)
		say_next(turn, language,
			SAY(MSG_STATUS_SIGNAL, SPEECH_NUMBER("signal", status->pace.signal_dbm)),
			out);
	if (status->pace.allowance >= 0)
		say_next(turn, language,
			SAY(MSG_PROMISE_LEFT, SPEECH_NUMBER("left", status->pace.allowance)), out);
	if (status->paused)
		say_next(turn, language, SAY(MSG_STATUS_PAUSED), out);
	for (int i = 0; i < status->n_alerts; i++)
		say_next(turn, language,
			SAY(MSG_STATUS_THERE,
				SPEECH_NUMBER("incident", status->alerts[i].incident_id),
				SPEECH_NUMBER("here", status->alerts[i].answers.here),
				SPEECH_NUMBER("yes", status->alerts[i].answers.yes)),
			out);
}

int status_command(struct turn *turn)
{
	struct status status = { .test = false };
	int rc = look_at_box(turn, &status);

	return rc < 0 ? rc : reply(turn, COMPOSED(compose_status, &status));
}

static int test_box(struct turn *turn, void *arg)
{
	struct status status = { .test = true };
	int rc = look_at_box(turn, &status);

	(void)arg;
	return rc < 0 ? rc : tell_role(turn, ROLE_ADMIN, 0, 0, COMPOSED(compose_status, &status));
}

int desk_button_test(struct desk *desk, int64_t now_ms)
{
	int told = desk_transact(desk, now_ms, test_box, NULL);

	return told > 0 ? 1 : told;
}

/* ---- PAUSE, RESUME ---- */

static int set_paused(struct turn *turn, bool paused, enum speech_message id)
{
	struct desk *desk = turn->desk;
	int rc = store_value_set(desk->store, "paused", paused);

	if (rc < 0)
		return rc;
	desk->paused = paused;
	desk->news.paused = desk->news.wake = desk->news.changed = true;
	log_notice("%s by person=%" PRId64, paused ? "paused" : "resumed", turn->who.id);
	return reply(turn, SAY(id));
}

int pause_command(struct turn *turn)
{
	return set_paused(turn, true, MSG_PAUSED);
}

int resume_command(struct turn *turn)
{
	return set_paused(turn, false, MSG_RESUMED);
}
