/* SPDX-License-Identifier: Apache-2.0 */
/* A code comes back: what waits for it goes out, or it is a wrong one and counts. */
#include "internal.h"

#define CODE_TAKEN    8          /* seven digits at most: more are a phone number */
#define CLOCK_SLEW_MS MS_PER_MIN /* a clock that is put right by less is taken as it is */
#define CODED_MS      MS_PER_H   /* so long after a code four digits are meant as one */

/* What the promise said; counted anew when the box was started in between. */
static int people_promised(struct turn *turn, const struct alert *alert, int64_t *people)
{
	struct store_audience audience;
	int rc;

	*people = turn->desk->promised_people;
	if (turn->desk->promised_alert == alert->id)
		return 0;
	rc = store_audience_count(
		turn->desk->store, alert->zones, alert->wide, turn->now_ms, &audience);
	*people = audience.total;
	return rc;
}

static int say_waits(struct turn *turn, const struct alert *alert)
{
	char text[WHEN_SIZE];

	return answer(turn, CLASS_DISPATCH,
		SAY(MSG_SCHEDULE_SET, SPEECH_NUMBER("incident", alert->incident_id),
			SPEECH_TEXT("when", desk_alert_when(alert, text))));
}

static int code_right(struct turn *turn, const struct alert *alert, const char *code)
{
	int64_t people;
	char name[PERSON_NAME_SIZE];
	int rc;

	turn->taken_for = "code";
	if (turn->desk->settings->alerts.confirm == SETTINGS_CONFIRM_BUTTON)
		return reply(turn, SAY(MSG_CODE_BUTTON));
	if (second_needed(turn, alert))
		return reply(
			turn, SAY(MSG_CODE_OTHER, SPEECH_NUMBER("incident", alert->incident_id)));
	if (turn->desk->paused)
		return reply(turn, SAY(MSG_ALERT_PAUSED));
	rc = people_promised(turn, alert, &people);
	if (rc == 0)
		rc = alert_start(turn, alert);
	if (rc != 0)
		return rc < 0 ? rc : say_waits(turn, alert);
	turn->desk->sent_incident = alert->incident_id;
	turn->desk->sent_ms = turn->now_ms;
	text_copy(turn->desk->sent_code, sizeof(turn->desk->sent_code), code);
	if (alert->author_id != turn->who.id && alert->author_id > 0) {
		shown_name(&turn->who, name);
		rc = tell_dispatcher(turn, alert->author_id, alert->incident_id,
			SAY(MSG_ALERT_SENT_BY, SPEECH_NUMBER("incident", alert->incident_id),
				SPEECH_TEXT("name", name)));
		if (rc < 0)
			return rc;
	}
	return answer(turn, CLASS_DISPATCH,
		SAY(MSG_ALERT_SENT, SPEECH_NUMBER("incident", alert->incident_id),
			SPEECH_NUMBER("people", people)));
}

int code_say_wrong(struct turn *turn, int left)
{
	return reply(turn, SAY(MSG_CODE_WRONG, SPEECH_NUMBER("tries", left)));
}

/* A wrong code counts against the sender's own pending alert, else against the newest. */
static int code_wrong(struct turn *turn)
{
	struct store *store = turn->desk->store;
	struct alert alert;
	int left, rc = store_alert_pending(store, turn->who.id, turn->now_ms, &alert);

	if (rc == 0)
		rc = store_alert_pending(store, 0, turn->now_ms, &alert);
	if (rc < 0)
		return rc;
	/* where no code was said lately it is a house number, as in any talk */
	if (rc == 0 && turn->now_ms - turn->desk->coded_ms >= CODED_MS)
		return NOT_MINE;
	turn->taken_for = "code-wrong";
	if (rc == 0)
		return reply(turn, SAY(MSG_CODE_NONE));
	left = store_alert_wrong_code(store, alert.author_id, turn->now_ms);
	if (left < 0)
		return left;
	if (left > 0)
		return code_say_wrong(turn, left);
	turn->desk->news.changed = true;
	log_warning("incident=%" PRId64 " alert=%" PRId64 " withdrawn: three wrong codes",
		alert.incident_id, alert.id);
	rc = alert_incident_forget(turn, alert.incident_id);
	return rc < 0 ? rc : reply(turn, SAY(MSG_CODE_SPENT));
}

/* A wrong one counts against all that waits for one of this sender. */
static int code_no_ones(struct turn *turn)
{
	struct alert alert;
	int pending = store_alert_pending(turn->desk->store, turn->who.id, turn->now_ms, &alert);
	int rc = pending < 0 ? pending : grant_code_wrong(turn, !pending);

	if (rc == NOT_MINE)
		rc = draft_code_wrong(turn, !pending);

	return rc < 0 || (rc == 0 && !pending) ? rc : code_wrong(turn);
}

/*
 * Sent twice, by hand or by a network: no wrong code, which would count against another alert. 1,
 * 0, -errno.
 */
static int code_was_used(const struct turn *turn, const char *code)
{
	const struct desk *desk = turn->desk;
	int64_t ttl_ms = desk->settings->alerts.code_ttl_s * MS_PER_S;
	struct alert alert;
	int rc;

	if (desk->sent_incident == 0 || turn->now_ms - desk->sent_ms >= ttl_ms ||
		strcmp(desk->sent_code, code) != 0)
		return 0;
	rc = store_alert_of_incident(desk->store, desk->sent_incident, &alert);
	return rc < 0 ? rc : rc == 1 && alert.state == ALERT_RUNNING;
}

/* Phones put marks of direction and hard blanks around a number that was copied. */
static void without_marks(const char *text, char *out, size_t size)
{
	static const uint32_t marks[] = { 0x061C, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A,
		0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF };
	struct strbuf sb;
	uint32_t cp;
	size_t used;

	strbuf_init(&sb, out, size);
	for (size_t n = strlen(text); (used = utf8_next(text, n, &cp)) > 0;
		text += used, n -= used) {
		bool mark = false;

		for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
			mark |= cp == marks[i];
		if (!mark)
			strbuf_add_n(&sb, cp == 0xA0 ? " " : text, cp == 0xA0 ? 1 : used);
	}
}

/* A number that stands alone, also behind the word for it: "4821", "code 4821". */
static bool take_code(const struct turn *turn, char code[CODE_TAKEN])
{
	char plain[64], word[32];
	const char *rest = plain;

	if (strlen(turn->body) >= sizeof(plain))
		return false;
	without_marks(turn->body, plain, sizeof(plain));
	if (!take_word(&rest, word, sizeof(word)))
		return false;
	if (*rest && (!speech_is(turn->desk->speech, word, WORD_CODE) ||
			     !take_word(&rest, word, sizeof(word)) || *rest))
		return false;
	return text_copy(code, CODE_TAKEN, word) && strspn(code, "0123456789") == strlen(code);
}

/* "999" of somebody whose alert waits is a code that lost a digit. */
static int code_cut_short(struct turn *turn, const char *code)
{
	struct alert alert;
	int rc = strlen(code) < 3 ? 0
				  : store_alert_pending(
					    turn->desk->store, turn->who.id, turn->now_ms, &alert);

	if (rc <= 0 || alert.author_id != turn->who.id)
		return rc < 0 ? rc : NOT_MINE;
	turn->taken_for = "code-wrong";
	return reply(turn, SAY(MSG_CODE_DIGITS));
}

bool code_is_stale(const struct turn *turn, int64_t expires_ms)
{
	int64_t ttl_ms = turn->desk->settings->alerts.code_ttl_s * MS_PER_S;

	return expires_ms > turn->now_ms + ttl_ms + CLOCK_SLEW_MS;
}

int code_is_awaited(struct turn *turn)
{
	char code[CODE_TAKEN];
	struct alert alert;
	int rc;

	if (turn->role < ROLE_DISPATCHER || !take_code(turn, code) || strlen(code) != 4)
		return 0;
	rc = store_alert_pending(turn->desk->store, 0, turn->now_ms, &alert);
	return rc != 0 ? rc : draft_of_others_waits(turn);
}

int code_handle(struct turn *turn)
{
	char code[CODE_TAKEN];
	struct alert alert;
	int rc;

	if (turn->role < ROLE_DISPATCHER || !take_code(turn, code))
		return NOT_MINE;
	rc = expiries(turn);
	if (rc < 0)
		return rc;
	if (strlen(code) != 4)
		return code_cut_short(turn, code);
	/* whatever waits for a code: the code decides which */
	rc = grant_code(turn, code);
	if (rc == NOT_MINE)
		rc = draft_code(turn, code);
	if (rc != NOT_MINE)
		return rc;
	rc = store_alert_by_code(turn->desk->store, code, turn->now_ms, &alert);
	if (rc < 0)
		return rc;
	if (rc == 1)
		return code_right(turn, &alert, code);
	rc = code_was_used(turn, code);
	if (rc == 1)
		return reply(turn, SAY(MSG_ALERT_RUNNING,
					   SPEECH_NUMBER("incident", turn->desk->sent_incident)));
	if (rc == 0 && (rc = code_was_replaced(turn, code)) == 1)
		return reply(turn, SAY(MSG_CODE_REPLACED));
	if (rc == 0 && (rc = code_of_aside(turn, code)) == 1)
		return 0;
	return rc < 0 ? rc : code_no_ones(turn);
}
