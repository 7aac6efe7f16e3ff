/* SPDX-License-Identifier: Apache-2.0 */
/* The report as one page that needs nothing else: no script, no network, no file beside it. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "faroctl_report.h"

/* As many as two printed pages hold. */
#define GROUPS_SHOWN 9
#define NOTES_SHOWN  36
#define ALERTS_SHOWN 6

/* ---- the page -------------------------------------------------------------------------------- */

void html_text(FILE *file, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", file);
			break;
		case '<':
			fputs("&lt;", file);
			break;
		case '>':
			fputs("&gt;", file);
			break;
		case '"':
			fputs("&quot;", file);
			break;
		case '\'':
			fputs("&#39;", file);
			break;
		default:
			/* HTML has no other control characters than these */
			fputc((unsigned char)*text < 0x20 && !strchr("\t\n", *text) ? ' ' : *text,
				file);
		}
	}
}

/* Whatever a text says, the policy lets nothing be loaded and nothing run. */
static const char head[] =
	"<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	"'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"robots\" content=\"noindex\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n";

static const char style[] =
	"<style>\n"
	":root{color-scheme:light dark;--ink:#222;--dim:#666;--line:#ccc;--paper:#fff;"
	"--sent:#888;--delivered:#1f5f99;--answered:#2e7d4f}\n"
	"@media screen and (prefers-color-scheme:dark){:root{--ink:#ddd;--dim:#999;--line:#444;"
	"--paper:#181818;--sent:#999;--delivered:#7fb2e0;--answered:#7cc59a}}\n"
	"body{font:16px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);"
	"max-width:60rem;margin:0 auto;padding:1rem}\n"
	"h1{font-size:1.4rem;line-height:1.25;margin:0}h2{font-size:1.1rem;margin:1.4rem 0 .4rem;"
	"border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:.8rem 0 .2rem}\n"
	"p{margin:.3rem 0}.dim{color:var(--dim);font-size:.9rem}\n"
	"table{border-collapse:collapse;width:100%;max-width:44rem}"
	"th,td{text-align:left;padding:.2rem .6rem .2rem 0;vertical-align:top;"
	"border-bottom:1px solid var(--line)}th{font-weight:600}\n"
	".n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}\n"
	"svg{display:block;width:100%;max-width:44rem;height:auto}svg text{fill:var(--dim)}\n"
	".axis{fill:none;stroke:var(--line)}rect{fill:var(--delivered)}"
	"polyline{fill:none;stroke-width:2;stroke-linejoin:round;"
	"vector-effect:non-scaling-stroke}\n"
	".sent{stroke:var(--sent);stroke-dasharray:2 3}.delivered{stroke:var(--delivered)}"
	".answered{stroke:var(--answered);stroke-dasharray:8 3;stroke-width:2.5}\n"
	".key svg{display:inline;width:2.2em;height:.7em;vertical-align:middle}"
	".key span{margin-right:1.2em;white-space:nowrap}\n"
	".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));"
	"gap:.4rem 1rem}.grid>div{display:flex;flex-direction:column;overflow-wrap:anywhere}"
	".grid svg{margin-top:auto}\n"
	".months td{white-space:nowrap}@media(max-width:32rem){.months{font-size:.8rem}}\n"
	".bars td{vertical-align:middle}.bar{background:var(--line);height:.7em;width:100%;"
	"min-width:3rem}.bar i{display:block;height:100%;background:var(--delivered)}\n"
	"ol{list-style:none;padding:0;margin:0;columns:22rem;column-gap:2rem}"
	"li{break-inside:avoid;padding:.1rem 0}li time{color:var(--dim);"
	"font-variant-numeric:tabular-nums}blockquote{margin:.1rem 0 .3rem 1rem;"
	"overflow-wrap:anywhere;white-space:pre-line}\n"
	/* two sheets, A4 or Letter: what is below one another on a screen is beside */
	"@page{margin:11mm}\n"
	"@media print{body{font-size:8.5pt;line-height:1.25;max-width:none;padding:0}"
	".dim{font-size:8pt}h1{font-size:13pt}h2{font-size:10pt;margin:2.5mm 0 1mm;"
	"break-after:avoid}h3{font-size:8.5pt;margin:1.5mm 0 .5mm;break-after:avoid}"
	"p{margin:.5mm 0}th,td{padding:.3mm 3mm .3mm 0}"
	".two{display:grid;grid-template-columns:1fr 1fr;gap:0 8mm}"
	".large svg{max-width:112mm}.grid{grid-template-columns:repeat(5,1fr);gap:1mm 4mm}"
	"ol{columns:3;column-gap:6mm}li{padding:0}"
	".grid>div,table,.large,.two>div{break-inside:avoid}"
	"*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n"
	"</style>\n";

void html_begin(FILE *file, const char *title)
{
	fprintf(file, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n%s<title>", word(WORD_LANGUAGE),
		head);
	html_text(file, title);
	fprintf(file, "</title>\n%s</head>\n<body>\n", style);
}

void html_end(FILE *file, const json_t *box, enum word last)
{
	char now[32];

	fprintf(file, "<p class=\"dim\">%s<br>%s ", word(last), word(WORD_MADE_BY));
	html_text(file, report_text(box, "version"));
	fprintf(file, ", %s (", report_clock(time_wall_ms(), true, now));
	html_text(file, report_text(box, "timezone"));
	fputs(")</p>\n</body>\n</html>\n", file);
}

static void heading(FILE *file, enum word name)
{
	fprintf(file, "<h2>%s</h2>\n", word(name));
}

/* A cell with a figure; nothing is known of a negative one. */
static void figure(FILE *file, int64_t n)
{
	if (n < 0)
		fputs("<td class=\"n\">–</td>", file);
	else
		fprintf(file, "<td class=\"n\">%" PRId64 "</td>", n);
}

/* ---- promise and fact ------------------------------------------------------------------------ */

static void minutes_row(FILE *file, const struct report_alert *alert)
{
	fprintf(file, "<tr><td>%s</td>", word(WORD_MINUTES));
	if (alert->promised_s > 0)
		fprintf(file, "<td class=\"n\">%.1f</td>", (double)alert->promised_s / 60);
	else
		figure(file, -1);
	if (alert->took_s >= 0)
		fprintf(file, "<td class=\"n\">%.1f</td>", alert->took_s / 60);
	else
		figure(file, -1);
	fputs("</tr>\n", file);
}

static void two_figures(FILE *file, enum word name, int64_t promised, int64_t fact)
{
	fprintf(file, "<tr><td>%s</td>", word(name));
	figure(file, promised > 0 ? promised : -1);
	figure(file, fact);
	fputs("</tr>\n", file);
}

static void alert_table(FILE *file, const struct report_alert *alert)
{
	char at[32];

	fprintf(file, "<div><h3>%s %s", word(WORD_ALERT),
		report_clock(alert->started_ms, true, at));
	if (alert->zones && *alert->zones)
		fputs(" · ", file);
	html_text(file, alert->zones ? alert->zones : "");
	fputs(" · ", file);
	html_text(file, word_of_key(alert->state));
	if (alert->info)
		fprintf(file, " · %s", word(WORD_INFO));
	fputs("</h3>\n", file);
	if (alert->text) {
		fputs("<blockquote>", file);
		html_text(file, alert->text);
		fputs("</blockquote>\n", file);
	}
	fprintf(file, "<table><tr><th></th><th class=\"n\">%s</th><th class=\"n\">%s</th></tr>\n",
		word(WORD_PROMISED), word(WORD_FACT));
	two_figures(file, WORD_PEOPLE, alert->promised_people, alert->sent);
	two_figures(file, WORD_PEOPLE_REACHED, -1, alert->reached);
	two_figures(file, WORD_SEGMENTS, alert->promised_segments, alert->segments);
	minutes_row(file, alert);
	fputs("</table>\n<p>", file);
	if (alert->need > 0)
		fprintf(file, "%s: %" PRId64 " · ", word(WORD_NEEDED), alert->need);
	fprintf(file, "%s: ", word(WORD_FIRST_YES));
	if (alert->first_yes_ms)
		fprintf(file, "%.1f %s</p></div>\n",
			(double)(alert->first_yes_ms - alert->started_ms) / (double)MS_PER_MIN,
			word(WORD_MINUTES));
	else
		fprintf(file, "%s</p></div>\n", word(WORD_NOBODY));
}

/* What the answers were, and what never left. */
static void sums(FILE *file, const struct report *report)
{
	const struct {
		int64_t n;
		enum word name;
		bool always;
	} counts[] = {
		{ report->yes, WORD_YES, true },
		{ report->here, WORD_HERE, true },
		{ report->done, WORD_DONE, true },
		{ report->no, WORD_NO, true },
		{ report->held, WORD_HELD, false },
		{ report->dropped, WORD_DROPPED, false },
		{ report->waiting, WORD_WAITING, false },
	};
	const char *before = "";

	fprintf(file, "<p>%s: ", word(WORD_ANSWERED));
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		if (!counts[i].always && counts[i].n == 0)
			continue;
		fprintf(file, "%s%" PRId64 " %s", before, counts[i].n, word(counts[i].name));
		before = " · ";
	}
	fputs("</p>\n", file);
}

static void section_promise(FILE *file, const struct report *report)
{
	heading(file, WORD_PROMISE);
	if (report->n_alerts == 0) {
		fprintf(file, "<p>%s</p>\n", word(WORD_NOT_SENT));
		return;
	}
	fputs("<div class=\"two\">\n", file);
	for (size_t i = 0; i < report->n_alerts && i < ALERTS_SHOWN; i++)
		alert_table(file, &report->alerts[i]);
	fputs("</div>\n", file);
	if (report->n_alerts > ALERTS_SHOWN)
		fprintf(file, "<p class=\"dim\">%zu %s</p>\n", report->n_alerts - ALERTS_SHOWN,
			word(WORD_AND_MORE));
	sums(file, report);
}

/* ---- curves ---------------------------------------------------------------------------------- */

static void key_line(FILE *file)
{
	static const struct {
		const char *class;
		enum word name;
	} lines[] = {
		{ "sent", WORD_SENT },
		{ "delivered", WORD_DELIVERED },
		{ "answered", WORD_ANSWERED },
	};

	fputs("<p class=\"key dim\">", file);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		fprintf(file,
			"<span><svg viewBox=\"0 0 32 10\" aria-hidden=\"true\"><polyline "
			"class=\"%s\" points=\"0,5 32,5\"/></svg> %s</span>",
			lines[i].class, word(lines[i].name));
	fputs("</p>\n", file);
}

static void span(const struct group *all, int64_t *from, int64_t *to)
{
	*from = INT64_MAX;
	*to = 0;
	for (int what = 0; what < WHATS; what++) {
		const struct curve *curve = &all->curves[what];

		if (curve->n == 0)
			continue;
		if (curve->points[0].minute < *from)
			*from = curve->points[0].minute;
		if (curve->points[curve->n - 1].minute >= *to)
			*to = curve->points[curve->n - 1].minute + 1;
	}
}

static void groups(
	FILE *file, const struct report *report, enum report_by by, int64_t from, int64_t to)
{
	const struct group *group = NULL;
	int shown = 0, more = 0;

	fprintf(file, "<h3>%s</h3>\n<div class=\"grid\">\n",
		word(by == BY_ZONE ? WORD_BY_ZONE : WORD_BY_LANGUAGE));
	while ((group = report_next(report, by, group))) {
		if (shown == GROUPS_SHOWN) {
			more++;
			continue;
		}
		shown++;
		fputs("<div><b>", file);
		html_text(file, *group->name ? group->name : word(WORD_NO_ZONE));
		fprintf(file,
			"</b> <span class=\"dim\">%" PRId64 " %s · %" PRId64 " %s · %" PRId64
			" %s · %" PRId64 " %s</span>\n",
			group->people, word(WORD_PEOPLE), group->sent, word(WORD_SENT),
			group->delivered, word(WORD_DELIVERED), group->answered,
			word(WORD_ANSWERED));
		if (to > 0)
			svg_curves(file, group, from, to, false);
		fputs("</div>\n", file);
	}
	fputs("</div>\n", file);
	if (more > 0)
		fprintf(file, "<p class=\"dim\">%d %s</p>\n", more, word(WORD_AND_MORE));
}

static void section_curves(FILE *file, const struct report *report)
{
	const struct group *all = report_next(report, BY_ALL, NULL);
	int64_t from, to;

	if (!all)
		return;
	span(all, &from, &to);
	if (to == 0 && all->sent == 0)
		return;
	heading(file, WORD_CURVES);
	if (to > 0)
		key_line(file);
	else /* of an alert that is older than privacy.keep_row_days the sums are left */
		fprintf(file, "<p>%s</p>\n", word(WORD_NO_MINUTES));
	fprintf(file,
		"<p class=\"dim\">%" PRId64 " %s · %" PRId64 " %s · %" PRId64 " %s · %" PRId64
		" %s</p>\n",
		all->people, word(WORD_PEOPLE), all->sent, word(WORD_SENT), all->delivered,
		word(WORD_DELIVERED), all->answered, word(WORD_ANSWERED));
	if (to > 0) {
		fputs("<div class=\"large\">", file);
		svg_curves(file, all, from, to, true);
		fputs("</div>\n", file);
	}
	groups(file, report, BY_ZONE, from, to);
	fprintf(file, "<p class=\"dim\">%s</p>\n", word(WORD_TWO_ZONES));
	groups(file, report, BY_LANGUAGE, from, to);
}

/* ---- failures, modems ------------------------------------------------------------------------ */

static void section_failures(FILE *file, const struct report *report)
{
	bool any = false;

	heading(file, WORD_REASONS);
	for (int reason = 0; reason < WORDS; reason++) {
		if (report->reasons[reason] == 0)
			continue;
		fprintf(file, "%s<tr><td>%s</td>", any ? "" : "<table>\n", word((enum word)reason));
		figure(file, report->reasons[reason]);
		fputs("</tr>\n", file);
		any = true;
	}
	if (any)
		fputs("</table>\n", file);
	else
		fprintf(file, "<p>%s</p>\n", word(WORD_NOTHING_FAILED));
}

static void section_modems(FILE *file, const struct report *report)
{
	const struct group *modem = report_next(report, BY_MODEM, NULL);

	if (!modem)
		return;
	heading(file, WORD_MODEMS);
	fprintf(file,
		"<table class=\"bars\"><tr><th>%s</th><th class=\"n\">%s</th><th "
		"class=\"n\">%s</th><th></th></tr>\n",
		word(WORD_MODEM), word(WORD_SEGMENTS), word(WORD_BUSY));
	for (; modem; modem = report_next(report, BY_MODEM, modem)) {
		int busy = report_busy(report, modem);

		fputs("<tr><td>", file);
		html_text(file, modem->name);
		fputs("</td>", file);
		figure(file, modem->segments);
		if (busy < 0)
			fputs("<td class=\"n\">–</td><td></td></tr>\n", file);
		else
			fprintf(file,
				"<td class=\"n\">%d %%</td><td><div class=\"bar\"><i "
				"style=\"width:%d%%\"></i></div></td></tr>\n",
				busy, busy);
	}
	fprintf(file, "</table>\n<p class=\"dim\">%s</p>\n", word(WORD_BUSY_NOTE));
}

/* ---- time line ------------------------------------------------------------------------------- */

static void note_line(FILE *file, const struct report_note *note, bool day)
{
	char at[32], until[32];

	fprintf(file, "<li><time>%s", report_clock(note->at_ms, day, at));
	if (note->until_ms / MS_PER_MIN != note->at_ms / MS_PER_MIN)
		fprintf(file, "–%s", report_clock(note->until_ms, false, until));
	fputs("</time> ", file);
	html_text(file, word_of_key(note->what));
	if (note->count > 1)
		fprintf(file, " × %" PRId64, note->count);
	fputs(" <span class=\"dim\">", file);
	html_text(file, word_of_key(note->who));
	fputs("</span>", file);
	if (note->text && *note->text) {
		fputs("<blockquote>", file);
		html_text(file, note->text);
		fputs("</blockquote>", file);
	}
	fputs("</li>\n", file);
}

/* The first and the last ones, when they are more than fit. */
static void section_time_line(FILE *file, const struct report *report)
{
	size_t n = report->n_notes, half = NOTES_SHOWN / 2;
	int64_t day = -1;

	heading(file, WORD_TIME_LINE);
	fputs("<ol>\n", file);
	for (size_t i = 0; i < n; i++) {
		const struct report_note *note = &report->notes[i];
		time_t seconds = note->at_ms / MS_PER_S;
		struct tm local;

		if (n > NOTES_SHOWN && i == half) {
			fprintf(file, "<li class=\"dim\">… %zu %s</li>\n", n - 2 * half,
				word(WORD_AND_MORE));
			i = n - half - 1;
			continue;
		}
		localtime_r(&seconds, &local);
		note_line(file, note, local.tm_yday != day);
		day = local.tm_yday;
	}
	fputs("</ol>\n", file);
}

/* ---- all of it ------------------------------------------------------------------------------- */

void report_html(FILE *file, const struct report *report)
{
	char title[160], at[32];

	snprintf(title, sizeof(title), "%s #%" PRId64 " · %s", word(WORD_TITLE),
		report_number(report->head, "incident"), report_text(report->head, "box"));
	html_begin(file, title);
	fputs("<h1>", file);
	html_text(file, title);
	fprintf(file, "</h1>\n<p class=\"dim\">%s %s · ", word(WORD_OPENED),
		report_clock(report_time(json_object_get(report->head, "opened")), true, at));
	html_text(file, word_of_key(report_text(report->head, "state")));
	fprintf(file, " · %s</p>\n",
		word(json_is_true(json_object_get(report->head, "verified")) ? WORD_VERIFIED
									     : WORD_UNVERIFIED));
	section_promise(file, report);
	section_curves(file, report);
	if (report->n_alerts > 0) {
		fputs("<div class=\"two\"><div>\n", file);
		section_failures(file, report);
		fputs("</div><div>\n", file);
		section_modems(file, report);
		fputs("</div></div>\n", file);
	}
	section_time_line(file, report);
	html_end(file, report->head, report->with_text ? WORD_WITH_TEXT : WORD_NAMELESS);
}
