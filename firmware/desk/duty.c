/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shifts: who is asked first.
 *
 * Carla (responder): DUTY ON 8   -> Thank you! You are on duty for 8 h ...
 *   half an hour before its end  -> Your shift ends at 20:00. DUTY ON 4 adds ...
 *   at its end                   -> Your shift has ended ...
 * Carla: DUTY OFF                -> You are off duty ...
 *
 * Once a week dispatchers are told at which hours of the last one nobody was on duty. Nobody plans
 * here: a plan that is not kept would say that somebody is there.
 */
#include <ctype.h>

#include "internal.h"

#define DUTY_HOURS     12
#define DUTY_HOURS_MAX 48
#define LATE_MS        MS_PER_H /* who is told later than this that a shift ended knows it */

/* ---- DUTY ON [hours], DUTY OFF ---- */

static int how_duty(struct turn *turn)
{
	return reply(turn, SAY(MSG_HOW_DUTY, SPEECH_NUMBER("hours", DUTY_HOURS_MAX)));
}

/* Before this text. */
static bool is_on_duty(const struct turn *turn)
{
	return turn->who.duty_until_ms > turn->now_ms;
}

static int duty_on(struct turn *turn, const char *rest)
{
	int64_t hours = DUTY_HOURS;
	char word[16];
	size_t digits;
	int rc;

	if (take_word(&rest, word, sizeof(word))) {
		digits = strspn(word, "0123456789");
		if (tolower((unsigned char)word[digits]) == 'h') /* "8h" */
			word[digits] = '\0';
		if (text_int(word, 1, DUTY_HOURS_MAX, &hours) < 0)
			return how_duty(turn);
	}
	rc = store_shift_set(
		turn->desk->store, turn->who.id, turn->now_ms + hours * MS_PER_H, turn->now_ms);
	return rc < 0 ? rc
		      : (is_on_duty(turn) ? reply : done)(
				turn, SAY(MSG_DUTY_ON, SPEECH_NUMBER("hours", hours)));
}

int duty_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	char word[32] = "";
	int rc;

	turn->desk->shifts_ms = 0;
	take_word(&rest, word, sizeof(word));
	if (speech_is(turn->desk->speech, word, WORD_ON))
		return duty_on(turn, rest);
	if (!speech_is(turn->desk->speech, word, WORD_OFF))
		return how_duty(turn);
	rc = store_shift_set(turn->desk->store, turn->who.id, 0, turn->now_ms);
	return rc < 0 ? rc : (is_on_duty(turn) ? done : reply)(turn, SAY(MSG_DUTY_OFF));
}

/* ---- the end of a shift ---- */

struct looking {
	struct turn *turn;
	int64_t *next_ms;
};

static int remind(struct turn *turn, const struct shift *shift, const struct person *person)
{
	char clock[CLOCK_SIZE];
	int rc = tell(turn, person, CLASS_REPLY, 0,
		SAY(MSG_DUTY_ENDS, SPEECH_TEXT("clock", time_clock(shift->until_ms, clock))));

	return rc < 0 ? rc : store_shift_tell(turn->desk->store, shift->id, SHIFT_REMINDED);
}

static int end(struct turn *turn, const struct shift *shift, const struct person *person)
{
	int rc = 0;

	if (turn->now_ms - shift->until_ms < LATE_MS)
		rc = tell(turn, person, CLASS_REPLY, 0, SAY(MSG_DUTY_ENDED));
	return rc < 0 ? rc : store_shift_tell(turn->desk->store, shift->id, SHIFT_OVER);
}

/* Who left or was removed has no shift any more. */
static bool still_serves(const struct person *person)
{
	return person->state == PERSON_ACTIVE && person->duty_until_ms != 0;
}

static int look_at(void *ctx, const struct shift *shift)
{
	const struct looking *looking = ctx;
	struct turn *turn = looking->turn;
	int64_t remind_ms = turn->desk->settings->desk.duty_remind_s * MS_PER_S;
	int64_t soon_ms = shift->until_ms - remind_ms;
	struct person person;
	int rc = store_person_get(turn->desk->store, shift->person_id, &person);

	if (rc == -ENOENT || (rc == 0 && !still_serves(&person)))
		return store_shift_set(
			turn->desk->store, shift->person_id, turn->now_ms, turn->now_ms);
	if (rc < 0)
		return rc;
	if (shift->until_ms <= turn->now_ms)
		return end(turn, shift, &person);
	*looking->next_ms = time_min(*looking->next_ms, shift->until_ms);
	/* one that is no longer than the notice needs none */
	if (remind_ms == 0 || shift->told != SHIFT_UNTOLD || soon_ms <= shift->from_ms)
		return 0;
	if (soon_ms <= turn->now_ms)
		return remind(turn, shift, &person);
	*looking->next_ms = time_min(*looking->next_ms, soon_ms);
	return 0;
}

/* ---- the gaps of a week ---- */

#define SLOT_MS  (15 * MS_PER_MIN)
#define SLOTS    ((int)(7 * MS_PER_DAY / SLOT_MS))
#define GAP_MIN  2 /* slots: what is shorter is a change of shifts */
#define GAPS_SAY 6
#define GAPS_KEY "gaps told"

struct week {
	int64_t from_ms;
	bool served[SLOTS];
	int shifts;
};

static int serve(void *ctx, const struct shift *shift)
{
	struct week *week = ctx;

	week->shifts++;
	for (int i = 0; i < SLOTS; i++) {
		int64_t at_ms = week->from_ms + i * SLOT_MS;

		if (shift->from_ms < at_ms + SLOT_MS && shift->until_ms > at_ms)
			week->served[i] = true;
	}
	return 0;
}

/* "11-16 22:00-08:00" */
static void say_gap(const struct week *week, int first, int end, bool begun, struct strbuf *out)
{
	struct time_local from, to;

	time_local(week->from_ms + first * SLOT_MS, &from);
	time_local(week->from_ms + end * SLOT_MS, &to);
	strbuf_addf(out, "%s%02d-%02d %02d:%02d-%02d:%02d", begun ? ", " : "", from.month, from.day,
		from.minute / 60, from.minute % 60, to.minute / 60, to.minute % 60);
}

/* Returns how many slots nobody served. */
static int say_gaps(const struct week *week, struct strbuf *out)
{
	int missing = 0, gaps = 0;

	for (int i = 0; i < SLOTS;) {
		int first = i;

		while (i < SLOTS && !week->served[i])
			i++;
		if (i - first >= GAP_MIN) {
			missing += i - first;
			if (gaps++ < GAPS_SAY)
				say_gap(week, first, i, gaps > 1, out);
		}
		while (i < SLOTS && week->served[i])
			i++;
	}
	if (gaps > GAPS_SAY)
		strbuf_addf(out, " +%d", gaps - GAPS_SAY);
	return missing;
}

static int tell_gaps(struct turn *turn, int64_t at_ms)
{
	struct week week = { .from_ms = at_ms - SLOTS * SLOT_MS };
	char memory[256];
	struct strbuf gaps;
	int missing, rc;

	strbuf_init(&gaps, memory, sizeof(memory));
	rc = store_shift_since(turn->desk->store, week.from_ms, serve, &week);
	if (rc < 0 || week.shifts == 0)
		return rc;
	missing = say_gaps(&week, &gaps);
	if (missing == 0)
		return 0;
	rc = tell_role(turn, ROLE_DISPATCHER, 0, 0,
		SAY(MSG_DUTY_GAPS,
			SPEECH_NUMBER("hours", (missing * SLOT_MS + MS_PER_H / 2) / MS_PER_H),
			SPEECH_TEXT("gaps", gaps.text)));
	return rc < 0 ? rc : 0;
}

static int look_at_week(struct turn *turn, const struct time_rule *rule)
{
	struct store *store = turn->desk->store;
	int64_t told_ms = 0;
	int rc = store_value_get(store, GAPS_KEY, &told_ms);

	/* the first week begins now; so does one that a clock in the future had told */
	if (rc == -ENOENT || (rc == 0 && told_ms > turn->now_ms)) {
		told_ms = turn->now_ms;
		rc = store_value_set(store, GAPS_KEY, told_ms);
	}
	if (rc < 0)
		return rc;
	turn->desk->gaps_ms = time_next(told_ms, rule);
	if (turn->desk->gaps_ms > turn->now_ms)
		return 0;
	/* of weeks in which the box was off only the last one's end is of use, if it is fresh */
	if (turn->now_ms - turn->desk->gaps_ms < MS_PER_DAY)
		rc = tell_gaps(turn, turn->desk->gaps_ms);
	turn->desk->gaps_ms = time_next(turn->now_ms, rule);
	return rc < 0 ? rc : store_value_set(store, GAPS_KEY, turn->now_ms);
}

static int gaps_do(struct turn *turn, int64_t *next_ms)
{
	const struct settings_desk *settings = &turn->desk->settings->desk;
	struct time_rule rule = { .weekday = settings->gaps_weekday, .day = TIME_ANY_DAY };
	int rc = 0;

	if (turn->desk->time_unknown || !*settings->gaps_at)
		return 0;
	rule.minute = time_minute_parse(settings->gaps_at);
	if (turn->desk->gaps_ms <= turn->now_ms)
		rc = look_at_week(turn, &rule);
	*next_ms = time_min(*next_ms, turn->desk->gaps_ms);
	return rc;
}

static int shifts_do(struct turn *turn, int64_t *next_ms)
{
	struct desk *desk = turn->desk;
	struct looking looking = { turn, next_ms };
	int rc = 0;

	if (desk->shifts_ms <= turn->now_ms) {
		desk->shifts_ms = 0;
		rc = store_shift_walk(desk->store, look_at, &looking);
		if (rc == 0)
			desk->shifts_ms = *next_ms;
	}
	*next_ms = time_min(*next_ms, rc == 0 ? desk->shifts_ms : TIME_NEVER);
	return rc;
}

int duties_do(struct turn *turn, int64_t *next_ms)
{
	int rc = shifts_do(turn, next_ms);

	return rc < 0 ? rc : gaps_do(turn, next_ms);
}
