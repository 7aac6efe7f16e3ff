/* SPDX-License-Identifier: Apache-2.0 */
/* A file of the source tree as one string, for tests of what is written in it. */
#ifndef FARO_WHOLE_FILE_H
#define FARO_WHOLE_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Paths are relative to the top of the source; the caller's to free. */
static char *read_whole(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!file || getdelim(&text, &size, 0, file) < 0)
		fail_msg("%s cannot be read (tests run from the top of the source)", path);
	fclose(file);
	return text;
}

#endif
