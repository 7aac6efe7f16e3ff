/* SPDX-License-Identifier: Apache-2.0 */
/* The stories that people let the box keep, as CSV or JSON. */
#include <csv.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "faroctl.h"

static const char *const columns[] = { "told", "language", "text" };

struct export
{
	bool json, begun;
	FILE *file;
	json_t *story; /* that is being heard, part after part */
};

static void write_story(struct export *export)
{
	if (!export->story)
		return;
	json_object_del(export->story, "begins");
	if (export->json) {
		fputs(export->begun ? "," : "{\"stories\":[", export->file);
		json_dumpf(export->story, export->file, JSON_COMPACT);
	} else
		for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
			const char *text =
				json_string_value(json_object_get(export->story, columns[i]));

			if (i > 0)
				fputc(',', export->file);
			csv_fwrite(export->file, text ? text : "", text ? strlen(text) : 0);
		}
	if (!export->json)
		fputc('\n', export->file);
	export->begun = true;
	json_decref(export->story);
	export->story = NULL;
}

static void hear_part(void *ctx, const char *kind, const json_t *row)
{
	struct export *export = ctx;
	json_t *text;

	if (strcmp(kind, "row") != 0)
		return;
	if (export->story &&
		!json_equal(json_object_get(export->story, "story"), json_object_get(row, "story")))
		write_story(export);
	if (!export->story) {
		export->story = json_copy((json_t *)(uintptr_t)row);
		return;
	}
	text = json_sprintf("%s%s%s", json_string_value(json_object_get(export->story, "text")),
		json_is_true(json_object_get(row, "begins")) ? "\n" : "",
		json_string_value(json_object_get(row, "text")));
	if (text)
		json_object_set_new(export->story, "text", text);
}

static int export_to(struct ctl *ctl, FILE *file, const char *name)
{
	struct export export = { .json = ctl->json, .file = file };
	struct ctl plain = *ctl;
	json_t *answer = NULL;
	int64_t stories;
	int rc;

	/* an error is said inside of the object that has begun */
	plain.json = false;
	if (!ctl->json)
		fprintf(file, "%s,%s,%s\n", columns[0], columns[1], columns[2]);
	rc = ctl_ask(&plain, ctl_request("stories export"), hear_part, &export, &answer);
	write_story(&export);
	stories = json_integer_value(json_object_get(answer, "stories"));
	json_decref(answer);
	if (ctl->json)
		fprintf(file, "%s],\"total\":%" PRId64 ",\"ok\":%s}\n",
			export.begun ? "" : "{\"stories\":[", stories, rc == 0 ? "true" : "false");
	if (fflush(file) != 0 && rc == 0)
		rc = ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", name, strerror(errno));
	if (rc == 0 && file != stdout)
		printf("%" PRId64 " %s\n", stories, stories == 1 ? "story" : "stories");
	return rc;
}

int ctl_stories_export(struct ctl *ctl)
{
	const char *path = ctl->n_words > 0 ? ctl->words[0] : NULL;
	FILE *file;
	int rc;

	if (!path)
		return export_to(ctl, stdout, "standard output");
	/* what people told in confidence, in clear text: for its owner's eyes */
	umask(077);
	file = fopen(path, "wx");
	if (!file)
		return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", path, strerror(errno));
	rc = export_to(ctl, file, path);
	fclose(file);
	return rc;
}
