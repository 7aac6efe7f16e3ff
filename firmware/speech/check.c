/* SPDX-License-Identifier: Apache-2.0 */
/* What the messages of each language cost, and which files are still drafts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"

#define SAID_SIZE 2048

/* Values as long as they usually get: a check with shorter ones would promise too much. */
static const struct speech_arg samples[] = {
	SPEECH_TEXT("box", "Neighbors"),
	SPEECH_TEXT("zones", "north, south"),
	SPEECH_TEXT("known", "north, south, east, west"),
	SPEECH_TEXT("word", "everywhere"),
	SPEECH_TEXT("text", "Two vans and six agents at 5th and Main, north side."),
	SPEECH_TEXT("person", "P1234"),
	SPEECH_TEXT("name", "Maria"),
	SPEECH_TEXT("role", "dispatcher"),
	SPEECH_TEXT("language", "English"),
	SPEECH_TEXT("languages", "English, Tagalog"),
	SPEECH_TEXT("code", "1234"),
	SPEECH_NUMBER("incident", 1234),
	SPEECH_NUMBER("number", 1234),
	SPEECH_NUMBER("people", 1200),
	SPEECH_NUMBER("minutes", 120),
	SPEECH_NUMBER("sent", 1200),
	SPEECH_NUMBER("total", 1200),
	SPEECH_NUMBER("queued", 1200),
	SPEECH_NUMBER("signal", -113),
};

/**
 * A value for every placeholder of a message; numbers without a row of their own have two digits.
 */
static size_t samples_for(
	enum speech_message id, struct speech_arg *args, char (*names)[NAME_SIZE], size_t max)
{
	const char *spec = message_placeholders(id);
	size_t n = 0;

	for (; n < max && *(spec += strspn(spec, " ()")); n++) {
		size_t len = strcspn(spec, " )");

		snprintf(names[n], NAME_SIZE, "%.*s", (int)len, spec);
		args[n] = (struct speech_arg)SPEECH_NUMBER(names[n], 12);
		for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
			if (strcmp(samples[i].name, names[n]) == 0)
				args[n] = samples[i];
		spec += len;
	}
	return n;
}

/** Says a message with its longest plausible values. */
static void say_sample(const struct speech *speech, const char *language, enum speech_message id,
	struct strbuf *out)
{
	char names[16][NAME_SIZE];
	struct speech_arg args[16];
	size_t n = samples_for(id, args, names, ARRAY_SIZE(args));

	speech_say(speech, language, id, args, n, out);
}

static int plan_sample(const struct speech *speech, const char *language, enum speech_message id,
	struct sms_plan *out)
{
	char said[SAID_SIZE];
	struct strbuf sb;

	strbuf_init(&sb, said, sizeof(said));
	say_sample(speech, language, id, &sb);
	return speech_plan(speech, language, said, out);
}

int speech_check(const struct speech *speech,
	void (*row)(void *ctx, const char *language, enum speech_message id,
		const struct sms_plan *plan),
	void *ctx)
{
	struct sms_plan plan;

	for (int i = 0; i < speech->n; i++) {
		for (int id = 0; id < SPEECH_MESSAGES; id++) {
			const char *code = speech->languages[i]->code;
			int rc = plan_sample(speech, code, (enum speech_message)id, &plan);

			if (rc < 0)
				return rc;
			row(ctx, code, (enum speech_message)id, &plan);
		}
	}
	return 0;
}

int speech_cost(const struct speech *speech, int i, enum speech_message id, struct speech_cost *out)
{
	const char *language = speech_language(speech, i);
	struct sms_plan english;
	int rc;

	if (!language)
		return -ENOENT;
	*out = (struct speech_cost){
		.language = language, .id = id, .missing = !speech->languages[i]->messages[id]
	};
	rc = plan_sample(speech, language, id, &out->plan);
	if (rc == 0 && strcmp(language_or_own(speech, "en")->code, "en") == 0) {
		rc = plan_sample(speech, "en", id, &english);
		out->english_segments = english.segments;
	}
	return rc;
}

/* ---- beside the English ones ---------------------------------------------------------------- */

#define DEARER_TOLD_MAX 5 /* of one file; the others are counted */

static void tell(speech_report *report, void *ctx, const char *path, unsigned int line,
	const char *format, ...) PRINTF_LIKE(5, 6);

static void tell(speech_report *report, void *ctx, const char *path, unsigned int line,
	const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_at(report, ctx, false, path, line, format, args);
	va_end(args);
}

int speech_compare(
	const struct speech *speech, const char *language, speech_report *report, void *ctx)
{
	const struct catalogue *own = language_or_own(speech, language);
	struct sms_plan plan, english;
	int dearer = 0;

	if (strcmp(language_or_own(speech, "en")->code, "en") != 0)
		return 0;
	for (int id = 0; id < SPEECH_MESSAGES; id++) {
		if (!own->messages[id] ||
			plan_sample(speech, own->code, (enum speech_message)id, &plan) < 0 ||
			plan_sample(speech, "en", (enum speech_message)id, &english) < 0 ||
			plan.segments <= english.segments)
			continue;
		if (dearer++ < DEARER_TOLD_MAX)
			tell(report, ctx, own->path, own->lines[id],
				"%s takes %u segments, the English one %u",
				speech_message_name((enum speech_message)id), plan.segments,
				english.segments);
	}
	if (dearer > DEARER_TOLD_MAX)
		tell(report, ctx, own->path, 1,
			"so do %d more messages; \"faroctl messages check\" shows them all",
			dearer - DEARER_TOLD_MAX);
	return dearer;
}

bool speech_is_draft(const struct speech *speech, const char *language, struct strbuf *where)
{
	const struct catalogue *own = language_or_own(speech, language);

	if (strcmp(own->code, language) != 0 || !own->draft_line)
		return false;
	if (where)
		strbuf_addf(where, "%s:%u", own->path, own->draft_line);
	return true;
}
