/* SPDX-License-Identifier: Apache-2.0 */
/* faroctl report: what became of an incident, as a page, as CSV or as JSON. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faroctl_report.h"

/* Asked for, it must be there; else that of the box, or English. */
int report_language(const struct ctl *ctl, const json_t *box)
{
	if (ctl->language)
		return report_speak(ctl->language)
			       ? 0
			       : ctl_fail(ctl, FARO_EXIT_USAGE,
					 "there are no words in \"%s\" for a report; allowed: en, "
					 "es",
					 ctl->language);
	report_speak(report_text(box, "language"));
	return 0;
}

/* A file that was not all written is none. */
static int write_file(const struct ctl *ctl, report_write_fn *write, const void *data)
{
	FILE *file;
	bool bad;

	umask(077);
	file = fopen(ctl->output, "wx");
	if (!file)
		return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", ctl->output, strerror(errno));
	write(file, ctl, data);
	bad = fflush(file) != 0 || ferror(file);
	if (fclose(file) == 0 && !bad)
		return 0;
	unlink(ctl->output);
	return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", ctl->output, strerror(errno));
}

int report_write(const struct ctl *ctl, report_write_fn *write, const void *data)
{
	if (ctl->output)
		return write_file(ctl, write, data);
	write(stdout, ctl, data);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return ctl_fail(ctl, FARO_EXIT_FAILED, "standard output: %s", strerror(errno));
}

static void write_report(FILE *file, const struct ctl *ctl, const void *data)
{
	json_t *json;

	if (ctl->json) {
		json = report_json(data);
		json_dumpf(json, file, JSON_COMPACT);
		fputc('\n', file);
		json_decref(json);
	} else if (ctl->csv) {
		report_csv(file, data);
	} else {
		report_html(file, data);
	}
}

static int report_incident(struct ctl *ctl, int64_t n)
{
	struct report report = { .with_text = ctl->with_text };
	json_t *request = ctl_request("report");
	int rc;

	json_object_set_new(request, "n", json_integer(n));
	json_object_set_new(request, "text", json_boolean(ctl->with_text));
	rc = ctl_ask(ctl, request, report_hear, &report, NULL);
	if (rc == 0)
		rc = report_language(ctl, report.head);
	if (rc == 0)
		rc = report_write(ctl, write_report, &report);
	report_free(&report);
	return rc;
}

int ctl_report(struct ctl *ctl)
{
	int64_t n;

	if (ctl->json && ctl->csv)
		return ctl_fail(ctl, FARO_EXIT_USAGE, "--json or --csv, not both");
	if (ctl->month)
		return ctl_report_months(ctl);
	if (ctl->n_words == 0)
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"report needs an incident's number, or --month (faroctl help report)");
	if (text_int(ctl->words[0] + (ctl->words[0][0] == '#'), 1, INT64_MAX, &n) < 0)
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"\"%s\" is no incident's number; faroctl incidents lists them",
			ctl->words[0]);
	return report_incident(ctl, n);
}
