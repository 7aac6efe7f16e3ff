/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana: EVENT sat 10:00 Rights night, 1 Main St
 *   -> E3, 2026-11-28 10:00: 212 people, 1 segment each, 212 together. Reply 4821 to send.
 * Ana: 4821                 -> it is announced
 * Mia: YES (or RSVP 3 2)    -> counted for E3
 * Ana: EVENT 3              -> E3: 14 said yes, 20 people
 * (the day before)          -> to those who come: tomorrow ...; to Ana: how many they are
 * Ana: CANCEL E3            -> those who were told of it are told
 */
#include <ctype.h>
#include <stdio.h>

#include "internal.h"

#define GUESTS_MAX 50
/* An announcement is of use for so long, if the event is not earlier. */
#define ANNOUNCE_MS (3 * MS_PER_DAY)

/* ---- words ----------------------------------------------------------------------------------- */

bool take_event(const char **cursor, int64_t *id)
{
	const char *at = *cursor;

	while (isspace((unsigned char)*at))
		at++;
	if ((*at != 'E' && *at != 'e') || !isdigit((unsigned char)at[1]))
		return false;
	at++;
	if (!take_number(&at, id))
		return false;
	*cursor = at;
	return true;
}

static const char *time_of(const struct bulletin *event, char out[WHEN_SIZE])
{
	struct time_local local;

	time_local(event->at_ms, &local);
	return when_say(&local, out);
}

void event_say(struct turn *turn, const char *language, enum speech_message id,
	const struct bulletin *event, struct strbuf *out)
{
	char text[ALERT_TEXT_SIZE], time[WHEN_SIZE];

	version_in(event->text, language, text);
	say_in(turn, language,
		SAY(id, SPEECH_NUMBER("number", event->id),
			SPEECH_TEXT("time", time_of(event, time)), SPEECH_TEXT("text", text)),
		out);
}

/** An event in one of its messages. */
struct event_words {
	enum speech_message id;
	const struct bulletin *event;
};

static void compose_event(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct event_words *words = arg;

	event_say(turn, language, words->id, words->event, out);
}

static int broadcast(struct turn *turn, const struct store_broadcast *broadcast,
	enum speech_message message, const struct bulletin *event, int64_t *id)
{
	const struct event_words words = { message, event };
	int rc = store_broadcast_new(turn->desk->store, broadcast, turn->now_ms, id);

	turn->desk->news.wake = true;
	return rc < 0 ? rc : broadcast_bodies(turn, *id, COMPOSED(compose_event, &words));
}

/* 1 and an event that is out and to come, 0, -errno. */
static int coming(struct turn *turn, int64_t id, struct bulletin *out)
{
	int rc = id > 0 ? store_bulletin_get(turn->desk->store, id, out) : -ENOENT;

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	return out->kind == BULLETIN_EVENT && out->state == BULLETIN_OUT &&
	       out->at_ms > turn->now_ms;
}

/* ---- EVENT ----------------------------------------------------------------------------------- */

struct measure {
	struct turn *turn;
	const struct bulletin *event;
	struct bulk_cost cost;
};

static int measure_language(void *ctx, const char *language, int64_t people)
{
	struct measure *measure = ctx;
	struct desk *desk = measure->turn->desk;
	const char *own = *language ? language : desk->settings->box.language;
	char memory[SAY_SIZE];
	struct strbuf out;

	strbuf_init(&out, memory, sizeof(memory));
	event_say(measure->turn, own, MSG_EVENT_TEXT, measure->event, &out);
	return bulk_cost_add(desk, own, out.text, people, &measure->cost);
}

struct promise_words {
	const struct bulletin *event;
	const struct bulk_cost *cost;
	const struct draft_how *how;
};

static void compose_promise(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct promise_words *words = arg;
	const struct bulk_cost *cost = words->cost;
	char time[WHEN_SIZE];

	say_in(turn, language,
		SAY(MSG_EVENT_COST, SPEECH_NUMBER("number", words->event->id),
			SPEECH_TEXT("time", time_of(words->event, time)),
			SPEECH_NUMBER("people", cost->people),
			SPEECH_NUMBER("segments", cost->segments),
			SPEECH_NUMBER("total", cost->total)),
		out);
	draft_say_how(turn, language, words->how, out);
}

int event_promise(struct turn *turn, const struct bulletin *draft, const struct draft_how *how)
{
	struct measure measure = { .turn = turn, .event = draft };
	const struct promise_words words = { draft, &measure.cost, how };
	struct store_audience audience;
	int rc = store_audience_measure(turn->desk->store, ZONES_ALL, true, turn->now_ms, &audience,
		measure_language, &measure);

	return rc < 0 ? rc : answer(turn, CLASS_DISPATCH, COMPOSED(compose_promise, &words));
}

/* At the same hour of the day before; an event that is nearer needs no reminder. */
static int64_t remind_ms(const struct turn *turn, const struct bulletin *event)
{
	struct time_local local;
	int64_t at_ms;

	time_local(event->at_ms, &local);
	local.day--;
	at_ms = time_of_local(&local);
	return at_ms > turn->now_ms ? at_ms : 0;
}

int event_publish(struct turn *turn, struct bulletin *draft)
{
	struct store_broadcast announcement = { .kind = BROADCAST_EVENT,
		.audience = draft->id,
		.expires_ms = time_min(draft->at_ms, turn->now_ms + ANNOUNCE_MS) };
	int rc;

	if (draft->at_ms <= turn->now_ms) {
		rc = store_bulletin_delete(turn->desk->store, draft->id);
		return rc < 0 ? rc : reply(turn, SAY(MSG_POST_EXPIRED));
	}
	rc = broadcast(turn, &announcement, MSG_EVENT_TEXT, draft, &draft->broadcast_id);
	draft->state = BULLETIN_OUT;
	draft->due_ms = remind_ms(turn, draft);
	if (rc == 0)
		rc = store_bulletin_set(turn->desk->store, draft);
	if (rc < 0)
		return rc;
	log_notice("event=%" PRId64 " is announced by person=%" PRId64, draft->id, turn->who.id);
	return reply(turn, SAY(MSG_EVENT_SENT, SPEECH_NUMBER("number", draft->id)));
}

static int propose(struct turn *turn, struct bulletin *draft)
{
	char code[ALERT_CODE_SIZE] = "";
	int rc = store_bulletin_new(turn->desk->store, draft, turn->now_ms);

	if (rc == 0)
		rc = draft_ask(turn, draft->id, code);
	if (rc < 0)
		return rc;
	if (code[0])
		return post_promise(turn, draft, code, NULL);
	if (turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_NONE)
		return event_publish(turn, draft);
	return store_bulletin_delete(turn->desk->store, draft->id);
}

/* Who comes. */
static const struct saying *count_of(const struct bulletin *event, const struct rsvp_counts *counts,
	struct saying *saying, struct speech_arg args[5], char time[WHEN_SIZE])
{
	args[0] = (struct speech_arg)SPEECH_NUMBER("number", event->id);
	args[1] = (struct speech_arg)SPEECH_TEXT("time", time_of(event, time));
	args[2] = (struct speech_arg)SPEECH_NUMBER("yes", counts->yes);
	args[3] = (struct speech_arg)SPEECH_NUMBER("people", counts->people);
	args[4] = (struct speech_arg)SPEECH_NUMBER("no", counts->no);
	*saying = (struct saying){ .id = MSG_EVENT_COUNT, .args = args, .n = 5 };
	return saying;
}

static int unknown(struct turn *turn, int64_t id)
{
	return reply(turn, SAY(MSG_EVENT_UNKNOWN, SPEECH_NUMBER("number", id)));
}

static int show(struct turn *turn, int64_t id)
{
	struct speech_arg args[5];
	struct rsvp_counts counts;
	struct bulletin event;
	struct saying saying;
	char time[WHEN_SIZE];
	int rc = store_bulletin_get(turn->desk->store, id, &event);

	if (rc == -ENOENT ||
		(rc == 0 && (event.kind != BULLETIN_EVENT || event.state != BULLETIN_OUT)))
		return unknown(turn, id);
	if (rc == 0)
		rc = store_rsvp_count(turn->desk->store, id, &counts);
	return rc < 0 ? rc : reply(turn, count_of(&event, &counts, &saying, args, time));
}

int event_command(struct turn *turn)
{
	struct bulletin draft = { .kind = BULLETIN_EVENT,
		.author_id = turn->who.id,
		.due_ms = turn->now_ms + turn->desk->settings->alerts.code_ttl_s * MS_PER_S };
	const char *rest = turn->heard.rest;
	struct time_local when = { .year = 0 };
	int64_t id = 0;

	if ((take_event(&rest, &id) || take_number(&rest, &id)) && !*rest)
		return show(turn, id);
	if (turn->desk->time_unknown)
		return reply(turn, SAY(MSG_SCHEDULE_NO_TIME));
	rest = turn->heard.rest;
	if (when_take(turn->desk, &rest, turn->now_ms, &when) != 1)
		return reply(turn, SAY(MSG_HOW_EVENT));
	while (isspace((unsigned char)*rest))
		rest++;
	if (!*rest || !text_copy(draft.text, sizeof(draft.text), rest))
		return reply(turn, *rest ? SAY(MSG_TOO_LONG) : SAY(MSG_HOW_EVENT));
	draft.at_ms = time_of_local(&when);
	return propose(turn, &draft);
}

/* ---- who comes ------------------------------------------------------------------------------- */

static int answered(struct turn *turn, const struct bulletin *event, int people)
{
	char time[WHEN_SIZE];
	int rc = store_rsvp_set(turn->desk->store, event->id, turn->who.id, people, turn->now_ms);

	turn->taken_for = "rsvp";
	if (rc < 0)
		return rc;
	if (people == 0)
		return reply(turn, SAY(MSG_RSVP_NO, SPEECH_NUMBER("number", event->id)));
	return reply(turn, SAY(MSG_RSVP_YES, SPEECH_NUMBER("number", event->id),
				   SPEECH_TEXT("time", time_of(event, time)),
				   SPEECH_NUMBER("people", people)));
}

/* How many come, in words behind a yes: 1 when nothing is said, -1 when it is no such number. */
static int guests_of(const char *rest)
{
	int64_t number;

	if (!*rest)
		return 1;
	return take_number(&rest, &number) && number <= GUESTS_MAX ? (int)number : -1;
}

int event_answer(struct turn *turn, bool yes)
{
	struct bulletin event = { .id = 0 };
	int64_t id;
	int people = guests_of(turn->heard.rest);
	int rc = store_event_of(turn->desk->store, turn->who.id, &id);

	if (rc == 0)
		rc = turn->role >= ROLE_MEMBER ? coming(turn, id, &event) : 0;
	if (rc <= 0)
		return rc < 0 ? rc : NOT_MINE;
	return answered(turn, &event, !yes ? 0 : people > 0 ? people : 1);
}

int rsvp_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	struct bulletin event = { .id = 0 };
	int64_t id = 0;
	int people, rc;

	if (!take_event(&rest, &id) && !take_number(&rest, &id))
		return reply(turn, SAY(MSG_HOW_RSVP));
	rc = coming(turn, id, &event);
	people = speech_is(turn->desk->speech, rest, WORD_NO)    ? 0
		 : speech_is(turn->desk->speech, rest, WORD_YES) ? 1
								 : guests_of(rest);
	if (rc <= 0)
		return rc < 0 ? rc : unknown(turn, id);
	if (people < 0)
		return reply(turn, SAY(MSG_HOW_RSVP));
	return answered(turn, &event, people);
}

/* ---- the day before -------------------------------------------------------------------------- */

int event_remind(struct turn *turn, struct bulletin *event)
{
	struct store_broadcast reminder = {
		.kind = BROADCAST_GUESTS, .audience = event->id, .expires_ms = event->at_ms
	};
	struct speech_arg args[5];
	struct rsvp_counts counts;
	struct saying saying;
	char time[WHEN_SIZE];
	int64_t id;
	int rc = store_rsvp_count(turn->desk->store, event->id, &counts);

	/* a box that was off until it is over says nothing */
	if (rc == 0 && counts.yes > 0 && event->at_ms > turn->now_ms)
		rc = broadcast(turn, &reminder, MSG_EVENT_REMINDER, event, &id);
	if (rc == 0 && event->at_ms > turn->now_ms)
		rc = tell_dispatcher(
			turn, event->author_id, 0, count_of(event, &counts, &saying, args, time));
	event->due_ms = 0;
	return rc < 0 ? rc : store_bulletin_set(turn->desk->store, event);
}

/* ---- CANCEL E3 ------------------------------------------------------------------------------- */

/* To those who were told; to everybody when it is no longer known who was. */
static struct store_broadcast call_off(const struct turn *turn, const struct bulletin *event)
{
	int64_t kept_ms = turn->desk->settings->privacy.keep_row_days * MS_PER_DAY;
	bool known = event->made_ms >= turn->now_ms - kept_ms;

	return (struct store_broadcast){ .kind = known ? BROADCAST_CALLED_OFF : BROADCAST_EVENT,
		.audience = known ? event->broadcast_id : event->id,
		.expires_ms = event->at_ms };
}

int event_cancel(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	struct store_broadcast news;
	struct bulletin event;
	int64_t id, dropped;
	int rc;

	if (!take_event(&rest, &id))
		return NOT_MINE;
	rc = coming(turn, id, &event);
	if (rc <= 0)
		return rc < 0 ? rc : unknown(turn, id);
	dropped = store_broadcast_drop(turn->desk->store, event.broadcast_id, turn->now_ms);
	if (dropped < 0 && dropped != -ENOENT)
		return (int)dropped;
	news = call_off(turn, &event);
	rc = broadcast(turn, &news, MSG_EVENT_CANCELLED, &event, &id);
	event.state = BULLETIN_CANCELLED;
	event.due_ms = 0;
	if (rc == 0)
		rc = store_bulletin_set(turn->desk->store, &event);
	if (rc < 0)
		return rc;
	log_notice("event=%" PRId64 " is called off by person=%" PRId64, event.id, turn->who.id);
	return reply(turn, SAY(MSG_EVENT_OFF, SPEECH_NUMBER("number", event.id)));
}
