/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of message files share: the files that the box ships with, what was found wrong,
 * and what is said and heard.
 */
#ifndef FARO_SPEECH_WORLD_H
#define FARO_SPEECH_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "faro/speech.h"

#define SHIPPED "config/messages"

static char problems[16384];
static struct strbuf problems_sb;

static void note_problem(void *ctx, bool error, const char *problem)
{
	(void)ctx;
	strbuf_addf(&problems_sb, "%s %s\n", error ? "E" : "W", problem);
}

static int load(const char *dir, const char *language, struct speech **speech)
{
	strbuf_init(&problems_sb, problems, sizeof(problems));
	return speech_new(dir, language, note_problem, NULL, speech);
}

static struct speech *shipped(void)
{
	struct speech *speech;
	int rc = load(SHIPPED, "en", &speech);

	if (rc < 0)
		fail_msg("%s: %s\n%s", SHIPPED, strerror(-rc), problems);
	return speech;
}

/** A text and what it must be heard as. */
struct heard_row {
	const char *language; /* the person's */
	const char *text;
	enum speech_word word;
	const char *whose;
	const char *rest;
};

__attribute__((unused)) static void heard(const struct speech *speech, const struct heard_row *row)
{
	struct speech_heard out;

	speech_hear(speech, row->language, row->text, &out);
	if (out.word != row->word || strcmp(out.rest, row->rest) != 0 ||
		(row->whose && (!out.language || strcmp(out.language, row->whose) != 0)))
		fail_msg("\"%s\" (%s) is heard as %s (%s) with \"%s\"", row->text, row->language,
			out.word ? speech_word_name(out.word) : "nothing",
			out.language ? out.language : "-", out.rest);
}

__attribute__((unused)) static void say_is(const struct speech *speech, const char *language,
	enum speech_message id, const struct speech_arg *args, size_t n, const char *expected)
{
	char out[400];
	struct strbuf sb;

	strbuf_init(&sb, out, sizeof(out));
	assert_string_equal(speech_say(speech, language, id, args, n, &sb), expected);
}

#endif
