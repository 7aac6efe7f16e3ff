/* SPDX-License-Identifier: Apache-2.0 */
/* What each story's program begins with: cmocka, and a box whose failures are failed tests. */
#ifndef FARO_TESTS_CMOCKA_STORY_H
#define FARO_TESTS_CMOCKA_STORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "box.h"

static void story_failed(const char *file, int line, const char *words)
{
	print_error("%s:%d: %s\n", file, line, words);
	_fail(file, line);
}

/* Runs the stories of one program. */
#define run_stories(stories)                                                                       \
	(box_failed = story_failed, cmocka_run_group_tests(stories, NULL, NULL))

#endif
