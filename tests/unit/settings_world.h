/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of settings share: a text that is read, and what was said of it. */
#ifndef FARO_SETTINGS_WORLD_H
#define FARO_SETTINGS_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "faro/settings.h"

static char said[16384];
static struct strbuf said_buffer;
static int errors, warnings;

static void on_report(void *ctx, bool error, const char *text)
{
	(void)ctx;
	assert_null(strchr(text, '\n'));
	strbuf_addf(&said_buffer, "%s\n", text);
	*(error ? &errors : &warnings) += 1;
}

static void forget_reports(void)
{
	strbuf_init(&said_buffer, said, sizeof(said));
	errors = warnings = 0;
}

static int parse(const char *text, const struct settings **out)
{
	forget_reports();
	return settings_parse(text, "t.cfg", on_report, NULL, out);
}

/* One admin, so that a test's own section is all there is to say. */
#define PEOPLE "people = ( { phone = \"+15105550100\"; role = \"admin\"; } );\n"
#define MODEM  "modems = ( { name = \"m1\"; port = \"/dev/null\"; } );\n"

/* The text, behind lines 1 and 2 of PEOPLE and MODEM, is refused with exactly this report. */
__attribute__((unused)) static void refused(const char *text, const char *report)
{
	const struct settings *settings = NULL;
	char file[4096];
	struct strbuf sb;

	strbuf_init(&sb, file, sizeof(file));
	strbuf_addf(&sb, PEOPLE MODEM "%s", text);
	assert_int_equal(parse(file, &settings), -EINVAL);
	assert_null(settings);
	said[strcspn(said, "\n")] = '\0';
	assert_string_equal(said, report);
	assert_int_equal(errors, 1);
}

__attribute__((unused)) static const struct settings *accepted(const char *text)
{
	const struct settings *settings = NULL;

	if (parse(text, &settings) != 0)
		fail_msg("refused: %s", said);
	return settings;
}

#endif
