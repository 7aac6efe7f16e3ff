/* SPDX-License-Identifier: Apache-2.0 */
/* The same figures for a spreadsheet, and as one JSON object. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "faroctl_report.h"

/* ---- CSV ------------------------------------------------------------------------------------- */

void csv_line(FILE *file, const char *const *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			fputc(',', file);
		print_csv_field(file, fields[i]);
	}
	fputs("\r\n", file);
}

struct row {
	int64_t at_ms; /* 0: of no time */
	const char *what, *by, *name;
	double value;
	const char *text;
};

/* What a spreadsheet would take for a formula is none: it begins with an apostrophe. */
static const char *harmless(const char *text, char *out, size_t size)
{
	if (!text || !strchr("=+-@\t\r", *text) || !*text)
		return text ? text : "";
	out[0] = '\'';
	text_copy(out + 1, size - 1, text);
	return out;
}

static void write_row(FILE *file, const struct row *row)
{
	char time[TIME_ISO_SIZE] = "", value[32], text[4096];
	const char *fields[] = { time, row->what, row->by, row->name, value, "" };

	if (row->at_ms)
		time_iso(row->at_ms, time);
	snprintf(value, sizeof(value), "%.10g", row->value);
	fields[5] = harmless(row->text, text, sizeof(text));
	csv_line(file, fields, ARRAY_SIZE(fields));
}

static void write_trail(FILE *file, const struct report *report)
{
	for (size_t i = 0; i < report->n_notes; i++) {
		const struct report_note *note = &report->notes[i];

		write_row(file, &(struct row){ note->at_ms, "trail", note->who, note->what,
					(double)note->count, note->text });
	}
}

static void write_alerts(FILE *file, const struct report *report)
{
	for (size_t i = 0; i < report->n_alerts; i++) {
		const struct report_alert *a = &report->alerts[i];
		const struct row rows[] = {
			{ a->started_ms, "alert", "state", a->state, (double)a->id, a->text },
			{ a->started_ms, "promised", "people", "", (double)a->promised_people, "" },
			{ a->started_ms, "promised", "segments", "", (double)a->promised_segments,
				"" },
			{ a->started_ms, "promised", "seconds", "", (double)a->promised_s, "" },
			{ a->started_ms, "fact", "people sent to", "", (double)a->sent, "" },
			{ a->started_ms, "fact", "people reached", "", (double)a->reached, "" },
			{ a->started_ms, "fact", "segments", "", (double)a->segments, "" },
			{ a->started_ms, "fact", "seconds", "", a->took_s, "" },
			{ a->first_yes_ms, "fact", "seconds to first yes", "",
				(double)(a->first_yes_ms - a->started_ms) / (double)MS_PER_S, "" },
		};

		for (size_t k = 0; k < ARRAY_SIZE(rows); k++)
			if (rows[k].value >= 0)
				write_row(file, &rows[k]);
	}
}

static const char *const by_names[BYS] = { "all", "zone", "language", "modem" };
static const char *const what_names[WHATS] = { "sent", "delivered", "answered" };

/* Of rows older than is kept the minutes are not known: their sum has no time. */
static void write_sum(FILE *file, const struct group *group, int what)
{
	const int64_t sums[WHATS] = { group->sent, group->delivered, group->answered };

	if (group->curves[what].n == 0 && sums[what] > 0)
		write_row(file, &(struct row){ 0, what_names[what], by_names[group->by],
					group->name, (double)sums[what], "" });
}

static void write_curves(FILE *file, const struct report *report)
{
	for (size_t i = 0; i < report->n_groups; i++) {
		const struct group *group = &report->groups[i];

		for (int what = 0; what < WHATS; what++) {
			write_sum(file, group, what);
			for (size_t k = 0; k < group->curves[what].n; k++)
				write_row(file,
					&(struct row){
						group->curves[what].points[k].minute * MS_PER_MIN,
						what_names[what], by_names[group->by], group->name,
						(double)group->curves[what].points[k].n, "" });
		}
	}
}

static const struct {
	enum word word;
	const char *name;
} reason_names[] = {
	{ WORD_FAIL_NUMBER, "number" },
	{ WORD_FAIL_REPORT, "reported" },
	{ WORD_FAIL_BARRED, "barred" },
	{ WORD_FAIL_FULL, "memory full" },
	{ WORD_FAIL_NETWORK, "network" },
	{ WORD_FAIL_MODEM, "modem" },
	{ WORD_FAIL_SILENT, "silent" },
	{ WORD_FAIL_OTHER, "other" },
};

static void write_failures(FILE *file, const struct report *report)
{
	for (size_t i = 0; i < ARRAY_SIZE(reason_names); i++)
		if (report->reasons[reason_names[i].word] > 0)
			write_row(
				file, &(struct row){ 0, "failed", "reason", reason_names[i].name,
					      (double)report->reasons[reason_names[i].word], "" });
}

static void write_modems(FILE *file, const struct report *report)
{
	const struct group *modem = NULL;

	while ((modem = report_next(report, BY_MODEM, modem))) {
		int busy = report_busy(report, modem);

		write_row(file, &(struct row){ 0, "segments", "modem", modem->name,
					(double)modem->segments, "" });
		if (busy >= 0)
			write_row(file,
				&(struct row){ 0, "busy percent", "modem", modem->name, busy, "" });
	}
}

void report_csv(FILE *file, const struct report *report)
{
	static const char *const columns[] = { "time", "what", "by", "name", "value", "text" };

	csv_line(file, columns, ARRAY_SIZE(columns));
	write_trail(file, report);
	write_alerts(file, report);
	write_curves(file, report);
	write_failures(file, report);
	write_modems(file, report);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *time_or_null(int64_t at_ms)
{
	char text[TIME_ISO_SIZE];

	return at_ms ? json_string(time_iso(at_ms, text)) : json_null();
}

static json_t *json_of_note(const struct report_note *note)
{
	return json_pack("{s:o,s:o,s:s,s:s,s:I,s:s?}", "at", time_or_null(note->at_ms), "until",
		time_or_null(note->until_ms), "what", note->what, "who", note->who, "count",
		(json_int_t)note->count, "text", note->text);
}

static json_t *json_of_alert(const struct report_alert *a)
{
	return json_pack(
		"{s:I,s:s,s:b,s:s?,s:o,s:o,s:o,s:I,s:{s:I,s:I,s:I},s:{s:I,s:I,s:I,s:f},s:s?}",
		"alert", (json_int_t)a->id, "state", a->state, "info", (int)a->info, "zones",
		a->zones, "started", time_or_null(a->started_ms), "ended",
		time_or_null(a->ended_ms), "first_yes", time_or_null(a->first_yes_ms), "need",
		(json_int_t)a->need, "promised", "people", (json_int_t)a->promised_people,
		"segments", (json_int_t)a->promised_segments, "seconds", (json_int_t)a->promised_s,
		"fact", "people", (json_int_t)a->sent, "reached", (json_int_t)a->reached,
		"segments", (json_int_t)a->segments, "seconds", a->took_s, "text", a->text);
}

static json_t *json_of_curve(const struct curve *curve)
{
	json_t *list = json_array();

	for (size_t i = 0; i < curve->n; i++)
		json_array_append_new(
			list, json_pack("[o,I]", time_or_null(curve->points[i].minute * MS_PER_MIN),
				      (json_int_t)curve->points[i].n));
	return list;
}

static json_t *json_of_group(const struct report *report, const struct group *group)
{
	json_t *json = json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "by", by_names[group->by],
		"name", group->name, "people", (json_int_t)group->people, "sent",
		(json_int_t)group->sent, "delivered", (json_int_t)group->delivered, "failed",
		(json_int_t)group->failed, "answered", (json_int_t)group->answered, "yes",
		(json_int_t)group->yes, "segments", (json_int_t)group->segments);
	json_t *curves = json_object();
	int busy = group->by == BY_MODEM ? report_busy(report, group) : -1;

	for (int what = 0; what < WHATS; what++)
		json_object_set_new(curves, what_names[what], json_of_curve(&group->curves[what]));
	json_object_set_new(json, "minutes", curves);
	if (busy >= 0)
		json_object_set_new(json, "busy_percent", json_integer(busy));
	return json;
}

json_t *report_json(const struct report *report)
{
	json_t *trail = json_array(), *alerts = json_array(), *groups = json_array();
	json_t *failed = json_object();

	for (size_t i = 0; i < report->n_notes; i++)
		json_array_append_new(trail, json_of_note(&report->notes[i]));
	for (size_t i = 0; i < report->n_alerts; i++)
		json_array_append_new(alerts, json_of_alert(&report->alerts[i]));
	for (size_t i = 0; i < report->n_groups; i++)
		json_array_append_new(groups, json_of_group(report, &report->groups[i]));
	for (size_t i = 0; i < ARRAY_SIZE(reason_names); i++)
		json_object_set_new(failed, reason_names[i].name,
			json_integer(report->reasons[reason_names[i].word]));
	return json_pack("{s:b,s:O,s:o,s:o,s:o,s:o,s:{s:I,s:I,s:I,s:I}}", "ok", 1, "incident",
		report->head, "trail", trail, "alerts", alerts, "groups", groups, "failed", failed,
		"answers", "yes", (json_int_t)report->yes, "no", (json_int_t)report->no, "here",
		(json_int_t)report->here, "done", (json_int_t)report->done);
}
