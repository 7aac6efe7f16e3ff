/* SPDX-License-Identifier: Apache-2.0 */
/* What faroctl says of itself, for the tests of what is written about it. */
#ifndef FARO_FAROCTL_HELP_H
#define FARO_FAROCTL_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

/* The commands and options as JSON; the caller's. */
static json_t *ask_faroctl(void)
{
	const char *build = getenv("FARO_BUILD");
	char command[512];
	json_t *answer;
	FILE *pipe;

	snprintf(command, sizeof(command), "%s/faroctl --json help", build ? build : "build");
	pipe = popen(command, "r");
	assert_non_null(pipe);
	answer = json_loadf(pipe, 0, NULL);
	assert_int_equal(pclose(pipe), 0);
	assert_non_null(answer);
	return answer;
}

#endif
