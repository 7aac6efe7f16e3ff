/* SPDX-License-Identifier: Apache-2.0 */
/* What the box's clock knew in this boot, and the dates of what happened before it knew. */
#include "internal.h"

/* In the order they run: what ends moves before the beginning that it is told by. */
static const enum sql dated[] = {
	SQL_DATE_MESSAGE_EXPIRES,
	SQL_DATE_MESSAGE_QUEUED,
	SQL_DATE_MESSAGE_SENT,
	SQL_DATE_PART,
	SQL_DATE_TEXT_HANDLED,
	SQL_DATE_TEXT_RECEIVED,
	SQL_DATE_PERSON_DUTY,
	SQL_DATE_PERSON_MUTED,
	SQL_DATE_PERSON_JOINED,
	SQL_DATE_PERSON_TEXTED,
	SQL_DATE_SUPPRESSED,
	SQL_DATE_CONSENT,
	SQL_DATE_DIALOGUE,
	SQL_DATE_BROADCAST_EXPIRES,
	SQL_DATE_BROADCAST,
	SQL_DATE_INCIDENT_OPENED,
	SQL_DATE_INCIDENT_CHANGED,
	SQL_DATE_NOTE,
	SQL_DATE_ALERT_CODE,
	SQL_DATE_ALERT_EXPIRES,
	SQL_DATE_ALERT_SUMMARY,
	SQL_DATE_ALERT_CREATED,
	SQL_DATE_ALERT_STARTED,
	SQL_DATE_ALERT_ENDED,
	SQL_DATE_ALERT_YES,
	SQL_DATE_ANSWER_ETA,
	SQL_DATE_ANSWER_FIRST,
	SQL_DATE_ANSWER,
	SQL_DATE_WORK_ESCALATE,
	SQL_DATE_WORK_VERIFY,
	SQL_DATE_WORK_FORM,
	SQL_DATE_WORK,
	SQL_DATE_REMINDER,
	SQL_DATE_FAILING,
	SQL_DATE_VOUCH_EXPIRES,
	SQL_DATE_VOUCH,
	SQL_DATE_SHIFT_UNTIL,
	SQL_DATE_SHIFT_FROM,
	SQL_DATE_BULLETIN,
	SQL_DATE_TALK,
	SQL_DATE_STORY_EXPIRES,
	SQL_DATE_STORY_TOLD,
	SQL_DATE_STORY_KEPT,
};

/* The kernel's name of this boot as a number, 0 when it is not told. */
static int64_t this_boot(void)
{
	char name[HANDED_BOOT_SIZE];
	size_t n = handed_read_boot(name, sizeof(name));
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (uint8_t)name[i]) * UINT64_C(0x100000001b3);
	return n ? (int64_t)(hash >> 1) | 1 : 0;
}

static const char *const names[] = { "clock boot", "clock source", "clock base", "clock from" };

static int keep(struct store *store, const struct store_clock *clock)
{
	const int64_t values[] = { this_boot(), clock->source, clock->base_ms, clock->from_ms };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(names); i++)
		rc = store_value_set(store, names[i], values[i]);
	return rc;
}

int store_clock_keep(struct store *store, const struct store_clock *clock)
{
	return (int)TX(store, keep(store, clock));
}

int store_clock_recall(struct store *store, struct store_clock *out)
{
	int64_t values[ARRAY_SIZE(names)], boot = this_boot();

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int rc = store_value_get(store, names[i], &values[i]);

		if (rc)
			return rc == -ENOENT ? 0 : rc;
	}
	if (boot == 0 || values[0] != boot)
		return 0;
	*out = (struct store_clock){
		.source = (int)values[1], .base_ms = values[2], .from_ms = values[3]
	};
	return 1;
}

int store_clock_seen(struct store *store, int64_t now_ms)
{
	return store_value_set(store, "clock seen", now_ms);
}

int store_clock_newest(struct store *store, int64_t *newest_ms)
{
	return sql_int(store, SQL_CLOCK_NEWEST, 0, newest_ms, "");
}

static int date(struct store *store, int64_t from_ms, int64_t step_ms)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(dated); i++)
		rc = sql_run(store, dated[i], "ii", step_ms, from_ms);
	return rc;
}

int store_clock_date(struct store *store, int64_t from_ms, int64_t step_ms)
{
	return step_ms == 0 ? 0 : (int)TX(store, date(store, from_ms, step_ms));
}
