/* SPDX-License-Identifier: Apache-2.0 */
/* What farod tells of an incident, added up as it comes. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "faroctl_report.h"

const char *report_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

int64_t report_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

int64_t report_time(const json_t *value)
{
	const char *text = json_string_value(value), *rest;
	struct tm utc = { .tm_isdst = 0 };

	if (!text)
		return 0;
	rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	if (!rest)
		return 0;
	return (int64_t)timegm(&utc) * MS_PER_S + (*rest == '.' ? strtol(rest + 1, NULL, 10) : 0);
}

static int64_t time_of(const json_t *row, const char *key)
{
	return report_time(json_object_get(row, key));
}

const char *report_clock(int64_t wall_ms, bool day, char out[32])
{
	time_t seconds = wall_ms / MS_PER_S;
	struct tm local;

	strftime(out, 32, day ? "%Y-%m-%d %H:%M" : "%H:%M", localtime_r(&seconds, &local));
	return out;
}

/* One element more at the end of a list, zeroed. */
static void *grow(void *list, size_t *n, size_t element)
{
	/* doubled at every power of two */
	if ((*n & (*n - 1)) == 0)
		list = realloc(list, (*n ? 2 * *n : 1) * element);
	if (!list)
		abort();
	memset((char *)list + *n * element, 0, element);
	++*n;
	return list;
}

/* ---- groups and their curves ----------------------------------------------------------------- */

static struct group *group_of(struct report *report, enum report_by by, const char *name)
{
	struct group *group;

	for (size_t i = 0; i < report->n_groups; i++)
		if (report->groups[i].by == by && strcmp(report->groups[i].name, name) == 0)
			return &report->groups[i];
	report->groups = grow(report->groups, &report->n_groups, sizeof(*group));
	group = &report->groups[report->n_groups - 1];
	group->by = by;
	text_copy(group->name, sizeof(group->name), name);
	return group;
}

const struct group *report_next(
	const struct report *report, enum report_by by, const struct group *behind)
{
	for (size_t i = behind ? (size_t)(behind - report->groups) + 1 : 0; i < report->n_groups;
		i++)
		if (report->groups[i].by == by)
			return &report->groups[i];
	return NULL;
}

/* Minutes come nearly in their order. */
static void curve_add(struct curve *curve, int64_t minute, int64_t n)
{
	size_t i = curve->n;

	while (i > 0 && curve->points[i - 1].minute > minute)
		i--;
	if (i > 0 && curve->points[i - 1].minute == minute) {
		curve->points[i - 1].n += n;
		return;
	}
	curve->points = grow(curve->points, &curve->n, sizeof(*curve->points));
	memmove(&curve->points[i + 1], &curve->points[i],
		(curve->n - 1 - i) * sizeof(*curve->points));
	curve->points[i] = (struct point){ .minute = minute, .n = n };
}

/* Calls for everybody, for each zone of the row, for its language and its modem. */
static void each_group(struct report *report, const json_t *row,
	void (*add)(struct group *group, const json_t *row))
{
	const char *zones = report_text(row, "zones"), *modem = report_text(row, "modem");
	char zone[REPORT_NAME_SIZE];
	bool any = false;

	add(group_of(report, BY_ALL, ""), row);
	while (text_word(&zones, zone, sizeof(zone))) {
		add(group_of(report, BY_ZONE, zone), row);
		any = true;
	}
	if (!any)
		add(group_of(report, BY_ZONE, ""), row);
	add(group_of(report, BY_LANGUAGE, report_text(row, "language")), row);
	if (*modem)
		add(group_of(report, BY_MODEM, modem), row);
}

/* ---- copies ---------------------------------------------------------------------------------- */

static void add_copies(struct group *group, const json_t *row)
{
	int64_t people = report_number(row, "copies"), accepted = report_number(row, "accepted");
	int64_t sent_ms = time_of(row, "sent"), arrived_ms = time_of(row, "arrived");
	const char *state = report_text(row, "state");

	group->people += people;
	group->sent += accepted;
	group->segments += report_number(row, "segments");
	if (strcmp(state, "failed") == 0)
		group->failed += people;
	if (sent_ms && accepted)
		curve_add(&group->curves[WHAT_SENT], sent_ms / MS_PER_MIN, accepted);
	if (strcmp(state, "delivered") != 0)
		return;
	group->delivered += people;
	if (arrived_ms)
		curve_add(&group->curves[WHAT_DELIVERED], arrived_ms / MS_PER_MIN, people);
}

/*
 * TS 27.005 3.2.5: 1..127 causes of the network (TS 24.011 E.2), 128..255 of the service centre (TS
 * 23.040 9.2.3.22), 300..511 of the modem; from 1000 on they are +CME ERROR's (TS 27.007 9.2). The
 * first row that contains a code wins.
 */
static const struct {
	int first, last;
	enum word reason;
} reasons[] = {
	{ 1, 1, WORD_FAIL_NUMBER },
	{ 8, 10, WORD_FAIL_BARRED },
	{ 20, 20, WORD_FAIL_FULL },
	{ 22, 22, WORD_FAIL_FULL },
	{ 28, 30, WORD_FAIL_NUMBER },
	{ 17, 47, WORD_FAIL_NETWORK },
	{ 50, 111, WORD_FAIL_NUMBER },
	{ 195, 196, WORD_FAIL_NUMBER },
	{ 192, 194, WORD_FAIL_NETWORK },
	{ 208, 208, WORD_FAIL_FULL },
	{ 322, 322, WORD_FAIL_FULL },
	{ 331, 332, WORD_FAIL_NETWORK },
	{ 300, 499, WORD_FAIL_MODEM },
	{ 500, 515, WORD_FAIL_NETWORK },
	{ 1030, 1030, WORD_FAIL_NETWORK },
	{ 1000, 2000, WORD_FAIL_MODEM },
	{ 0, 0, WORD_FAIL_SILENT },
};

/* Of several tries the report's word is the last. */
static enum word reason_of(const json_t *row)
{
	int64_t error = report_number(row, "error");

	if (json_object_get(row, "arrived"))
		return WORD_FAIL_REPORT;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (error >= reasons[i].first && error <= reasons[i].last)
			return reasons[i].reason;
	return WORD_FAIL_OTHER;
}

static void hear_copies(struct report *report, const json_t *row)
{
	int64_t people = report_number(row, "copies");
	const char *state = report_text(row, "state");
	int64_t last_ms = time_of(row, "last_sent");
	struct report_alert *alert;
	double took_s;

	if (report->n_alerts == 0)
		return;
	alert = &report->alerts[report->n_alerts - 1];
	took_s = (double)(last_ms - alert->started_ms) / (double)MS_PER_S;
	each_group(report, row, add_copies);
	alert->people += people;
	alert->sent += report_number(row, "accepted");
	alert->segments += report_number(row, "segments");
	if (took_s > alert->took_s)
		alert->took_s = took_s;
	if (strcmp(state, "delivered") == 0)
		alert->reached += people;
	else if (strcmp(state, "failed") == 0)
		report->reasons[reason_of(row)] += people;
	else if (strcmp(state, "held") == 0)
		report->held += people;
	else if (strcmp(state, "dropped") == 0)
		report->dropped += people;
	else if (strcmp(state, "sent") != 0)
		report->waiting += people;
}

/* ---- answers --------------------------------------------------------------------------------- */

/* A row of an answer may stand for several people who gave the same. */
static int64_t people_of(const json_t *row)
{
	return json_object_get(row, "people") ? report_number(row, "people") : 1;
}

static void add_answer(struct group *group, const json_t *row)
{
	int64_t at_ms = time_of(row, "at"), people = people_of(row);

	group->answered += people;
	group->yes += strcmp(report_text(row, "answer"), "no") != 0 ? people : 0;
	if (at_ms)
		curve_add(&group->curves[WHAT_ANSWERED], at_ms / MS_PER_MIN, people);
}

static void hear_answer(struct report *report, const json_t *row)
{
	const char *answer = report_text(row, "answer");

	int64_t people = people_of(row);

	each_group(report, row, add_answer);
	report->yes += strcmp(answer, "yes") == 0 ? people : 0;
	report->no += strcmp(answer, "no") == 0 ? people : 0;
	report->here += strcmp(answer, "here") == 0;
	report->done += strcmp(answer, "done") == 0;
}

/* ---- the incident, its trail, its alerts ----------------------------------------------------- */

static void hear_head(struct report *report, const json_t *row)
{
	const char *zone = report_text(row, "timezone");

	json_decref(report->head);
	report->head = json_deep_copy(row);
	if (*zone)
		setenv("TZ", zone, 1);
	tzset();
}

static char *copy_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? strdup(text) : NULL;
}

static void hear_note(struct report *report, const json_t *row)
{
	struct report_note *last = report->n_notes ? &report->notes[report->n_notes - 1] : NULL;
	const char *what = report_text(row, "what"), *who = report_text(row, "who");
	int64_t at_ms = time_of(row, "at");

	if (!report->with_text && last && strcmp(last->what, what) == 0 &&
		strcmp(last->who, who) == 0) {
		last->count++;
		last->until_ms = at_ms;
		return;
	}
	report->notes = grow(report->notes, &report->n_notes, sizeof(*report->notes));
	last = &report->notes[report->n_notes - 1];
	last->at_ms = last->until_ms = at_ms;
	last->count = 1;
	text_copy(last->what, sizeof(last->what), what);
	text_copy(last->who, sizeof(last->who), who);
	last->text = copy_of(row, "text");
}

static void hear_alert(struct report *report, const json_t *row)
{
	struct report_alert *alert;

	report->alerts = grow(report->alerts, &report->n_alerts, sizeof(*alert));
	alert = &report->alerts[report->n_alerts - 1];
	*alert = (struct report_alert){
		.id = report_number(row, "alert"),
		.need = report_number(row, "need"),
		.promised_people = report_number(row, "promised_people"),
		.promised_segments = report_number(row, "promised_segments"),
		.promised_s = report_number(row, "promised_s"),
		.started_ms = time_of(row, "started"),
		.ended_ms = time_of(row, "ended"),
		.first_yes_ms = time_of(row, "first_yes"),
		.text = copy_of(row, "text"),
		.zones = copy_of(row, "zones"),
		.info = json_is_true(json_object_get(row, "info")),
		.took_s = -1,
	};
	text_copy(alert->state, sizeof(alert->state), report_text(row, "state"));
}

/* What a row is, is said by the key that only such a row has. */
static const struct {
	const char *key;
	void (*hear)(struct report *report, const json_t *row);
} hearers[] = {
	{ "incident", hear_head },
	{ "what", hear_note },
	{ "copies", hear_copies },
	{ "answer", hear_answer },
	{ "alert", hear_alert },
};

void report_hear(void *report, const char *kind, const json_t *row)
{
	for (size_t i = 0; strcmp(kind, "row") == 0 && i < ARRAY_SIZE(hearers); i++) {
		if (!json_object_get(row, hearers[i].key))
			continue;
		hearers[i].hear(report, row);
		return;
	}
}

int report_busy(const struct report *report, const struct group *modem)
{
	const json_t *pace;
	double took_s = 0, busy_s = 0;
	size_t i;

	for (size_t k = 0; k < report->n_alerts; k++)
		took_s += report->alerts[k].took_s > 0 ? report->alerts[k].took_s : 0;
	json_array_foreach (json_object_get(report->head, "modems"), i, pace)
		if (strcmp(report_text(pace, "name"), modem->name) == 0)
			busy_s = json_number_value(json_object_get(pace, "segment_s")) *
				 (double)modem->segments;
	if (took_s <= 0 || busy_s <= 0)
		return -1;
	return busy_s > took_s ? 100 : (int)(busy_s * 100 / took_s + 0.5);
}

void report_free(struct report *report)
{
	for (size_t i = 0; i < report->n_notes; i++)
		free(report->notes[i].text);
	for (size_t i = 0; i < report->n_alerts; i++) {
		free(report->alerts[i].text);
		free(report->alerts[i].zones);
	}
	for (size_t i = 0; i < report->n_groups; i++)
		for (int what = 0; what < WHATS; what++)
			free(report->groups[i].curves[what].points);
	free(report->notes);
	free(report->alerts);
	free(report->groups);
	json_decref(report->head);
}
