/* SPDX-License-Identifier: Apache-2.0 */
/* faroctl report --month: the months side by side. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "faroctl_report.h"

struct month {
	char name[8]; /* "2026-11", by the box's own clock */
	int64_t reports, verified, alerts, sent, delivered;
	int64_t *yes_s; /* of the alerts to which somebody said yes */
	size_t n_yes;
};

struct months {
	json_t *box;
	struct month shown[MONTHS_SHOWN]; /* the last one is the one that was asked for */
};

/* ---- what happened --------------------------------------------------------------------------- */

static void name_month(int year, int month, char out[8])
{
	unsigned int y = (unsigned int)(year + (month < 0 ? -1 : 0)) % 10000;

	snprintf(out, 8, "%04u-%02u", y, (unsigned int)((month + 12) % 12 + 1) % 100);
}

/* Names the last twelve months up to this one ("": to today's). False: it is none. */
static bool name_months(struct months *months, const char *last)
{
	time_t now = time_wall_ms() / MS_PER_S;
	struct tm local;
	int year, month, end = 0;

	localtime_r(&now, &local);
	year = local.tm_year + 1900;
	month = local.tm_mon;
	if (*last) {
		if (sscanf(last, "%4d-%2d%n", &year, &month, &end) != 2 || end != 7 || last[7] ||
			year < 1970 || month < 1 || month > 12)
			return false;
		month--;
	}
	for (int i = 0; i < MONTHS_SHOWN; i++)
		name_month(year, month - i, months->shown[MONTHS_SHOWN - 1 - i].name);
	return true;
}

static struct month *month_of(struct months *months, int64_t wall_ms)
{
	time_t seconds = wall_ms / MS_PER_S;
	struct tm local;
	char name[8];

	localtime_r(&seconds, &local);
	name_month(local.tm_year + 1900, local.tm_mon, name);
	for (int i = 0; wall_ms > 0 && i < MONTHS_SHOWN; i++)
		if (strcmp(months->shown[i].name, name) == 0)
			return &months->shown[i];
	return NULL;
}

static void hear_incident(struct months *months, const json_t *row)
{
	struct month *month = month_of(months, report_time(json_object_get(row, "opened")));

	if (!month || !json_is_true(json_object_get(row, "report")))
		return;
	month->reports++;
	month->verified += json_is_true(json_object_get(row, "verified"));
}

static void hear_alert(struct months *months, const json_t *row)
{
	struct month *month = month_of(months, report_time(json_object_get(row, "started")));
	const json_t *yes = json_object_get(row, "first_yes_s");
	int64_t *list;

	if (!month)
		return;
	month->alerts++;
	month->sent += report_number(row, "sent");
	month->delivered += report_number(row, "delivered");
	if (!json_is_integer(yes))
		return;
	list = realloc(month->yes_s, (month->n_yes + 1) * sizeof(*list));
	if (!list)
		abort();
	month->yes_s = list;
	month->yes_s[month->n_yes++] = json_integer_value(yes);
}

static void hear(void *ctx, const char *kind, const json_t *row)
{
	struct months *months = ctx;

	if (strcmp(kind, "row") != 0)
		return;
	if (json_object_get(row, "opened"))
		hear_incident(months, row);
	else if (json_object_get(row, "started"))
		hear_alert(months, row);
}

/* What is first told: by whose clock a month begins. */
static void hear_box(void *ctx, const char *kind, const json_t *row)
{
	struct months *months = ctx;

	if (months->box || strcmp(kind, "row") != 0)
		return;
	months->box = json_deep_copy(row);
	if (*report_text(row, "timezone"))
		setenv("TZ", report_text(row, "timezone"), 1);
	tzset();
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* -1: nobody said yes. */
static double median(const struct month *month)
{
	size_t n = month->n_yes, low, high = n / 2;

	if (n == 0)
		return -1;
	low = (n - 1) / 2;
	qsort(month->yes_s, n, sizeof(*month->yes_s), by_size);
	return ((double)month->yes_s[low] + (double)month->yes_s[high]) / 2;
}

/* Per cent; -1: of nothing. */
static double share(int64_t part, int64_t whole)
{
	return whole > 0 ? (double)part * 100 / (double)whole : -1;
}

/* ---- how it is shown ------------------------------------------------------------------------- */

/* The figures of a month in the order in which all three forms show them. */
enum { F_REPORTS, F_VERIFIED, F_ALERTS, F_YES, F_DELIVERED, FIGURES };
static const struct {
	enum word title;
	const char *name; /* in CSV and JSON */
	const char *unit;
} figures[FIGURES] = {
	[F_REPORTS] = { WORD_REPORTS, "reports", "" },
	[F_VERIFIED] = { WORD_SHARE_VERIFIED, "verified_percent", " %" },
	[F_ALERTS] = { WORD_ALERTS, "alerts", "" },
	[F_YES] = { WORD_MEDIAN_YES, "first_yes_median_s", " s" },
	[F_DELIVERED] = { WORD_SHARE_DELIVERED, "delivered_percent", " %" },
};

static void measure(const struct month *month, double out[FIGURES])
{
	out[F_REPORTS] = (double)month->reports;
	out[F_VERIFIED] = share(month->verified, month->reports);
	out[F_ALERTS] = (double)month->alerts;
	out[F_YES] = median(month);
	out[F_DELIVERED] = share(month->delivered, month->sent);
}

#define BAR_WIDTH 40
#define BARS_HIGH 110

/* A bar for each month, its figure above and its month below. */
static void draw_bars(FILE *file, const struct months *months, int which)
{
	double most = 0, values[FIGURES];

	for (int i = 0; i < MONTHS_SHOWN; i++) {
		measure(&months->shown[i], values);
		most = values[which] > most ? values[which] : most;
	}
	fprintf(file, "<svg viewBox=\"0 0 %d %d\" font-size=\"12\" role=\"img\" aria-label=\"%s\">",
		MONTHS_SHOWN * BAR_WIDTH, BARS_HIGH + 36, word(figures[which].title));
	for (int i = 0; i < MONTHS_SHOWN; i++) {
		double high;

		measure(&months->shown[i], values);
		high = most > 0 && values[which] > 0 ? values[which] * BARS_HIGH / most : 0;
		fprintf(file, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>",
			i * BAR_WIDTH + 8, 16 + BARS_HIGH - high, BAR_WIDTH - 16, high);
		if (values[which] >= 0)
			fprintf(file,
				"<text x=\"%d\" y=\"%.1f\" text-anchor=\"middle\">%.0f</text>",
				i * BAR_WIDTH + BAR_WIDTH / 2, 12 + BARS_HIGH - high,
				values[which]);
		fprintf(file, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
			i * BAR_WIDTH + BAR_WIDTH / 2, BARS_HIGH + 32, months->shown[i].name + 2);
	}
	fputs("</svg>\n", file);
}

static void month_row(FILE *file, const struct month *month)
{
	double values[FIGURES];

	measure(month, values);
	fprintf(file, "<tr><td>%s</td>", month->name);
	for (int i = 0; i < FIGURES; i++)
		if (values[i] < 0)
			fputs("<td class=\"n\">–</td>", file);
		else
			fprintf(file, "<td class=\"n\">%.0f%s</td>", values[i], figures[i].unit);
	fputs("</tr>\n", file);
}

static void months_html(FILE *file, const struct months *months)
{
	char title[160];

	snprintf(title, sizeof(title), "%s · %s", word(WORD_MONTHS),
		report_text(months->box, "box"));
	html_begin(file, title);
	fputs("<h1>", file);
	html_text(file, title);
	fprintf(file, "</h1>\n<table class=\"months\"><tr><th>%s</th>", word(WORD_MONTH));
	for (int i = 0; i < FIGURES; i++)
		fprintf(file, "<th class=\"n\">%s</th>", word(figures[i].title));
	fputs("</tr>\n", file);
	for (int i = 0; i < MONTHS_SHOWN; i++)
		month_row(file, &months->shown[i]);
	fputs("</table>\n", file);
	for (int i = 0; i < FIGURES; i++) {
		fprintf(file, "<h2>%s%s</h2>\n<div class=\"large\">", word(figures[i].title),
			figures[i].unit);
		draw_bars(file, months, i);
		fputs("</div>\n", file);
	}
	html_end(file, months->box, WORD_NAMELESS);
}

static void months_csv(FILE *file, const struct months *months)
{
	char texts[FIGURES][32];
	const char *fields[FIGURES + 1] = { "month" };
	double values[FIGURES];

	for (int i = 0; i < FIGURES; i++)
		fields[i + 1] = figures[i].name;
	csv_line(file, fields, FIGURES + 1);
	for (int i = 0; i < MONTHS_SHOWN; i++) {
		measure(&months->shown[i], values);
		fields[0] = months->shown[i].name;
		for (int k = 0; k < FIGURES; k++) {
			snprintf(texts[k], sizeof(texts[k]), values[k] < 0 ? "" : "%.10g",
				values[k]);
			fields[k + 1] = texts[k];
		}
		csv_line(file, fields, FIGURES + 1);
	}
}

static json_t *months_json(const struct months *months)
{
	json_t *list = json_array();
	double values[FIGURES];

	for (int i = 0; i < MONTHS_SHOWN; i++) {
		json_t *json = json_pack("{s:s}", "month", months->shown[i].name);

		measure(&months->shown[i], values);
		for (int k = 0; k < FIGURES; k++)
			json_object_set_new(json, figures[k].name,
				values[k] < 0 ? json_null() : json_real(values[k]));
		json_array_append_new(list, json);
	}
	return json_pack("{s:b,s:o}", "ok", 1, "months", list);
}

/* ---- the command ----------------------------------------------------------------------------- */

struct asked {
	struct months months;
	const char *last;
};

static void hear_row(void *ctx, const char *kind, const json_t *row)
{
	struct asked *asked = ctx;

	if (asked->months.box) {
		hear(&asked->months, kind, row);
		return;
	}
	hear_box(&asked->months, kind, row);
	name_months(&asked->months, asked->last);
}

static void write_months(FILE *file, const struct ctl *ctl, const void *data)
{
	json_t *json;

	if (ctl->json) {
		json = months_json(data);
		json_dumpf(json, file, JSON_COMPACT);
		fputc('\n', file);
		json_decref(json);
	} else if (ctl->csv) {
		months_csv(file, data);
	} else {
		months_html(file, data);
	}
}

int ctl_report_months(struct ctl *ctl)
{
	struct asked asked = { .last = ctl->n_words > 0 ? ctl->words[0] : "" };
	int rc;

	if (!name_months(&asked.months, asked.last))
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"\"%s\" is no month; a month is written as 2026-11", asked.last);
	rc = ctl_ask(ctl, ctl_request("report months"), hear_row, &asked, NULL);
	if (rc == 0)
		rc = report_language(ctl, asked.months.box);
	if (rc == 0)
		rc = report_write(ctl, write_months, &asked.months);
	for (int i = 0; i < MONTHS_SHOWN; i++)
		free(asked.months.shown[i].yes_s);
	json_decref(asked.months.box);
	return rc;
}
