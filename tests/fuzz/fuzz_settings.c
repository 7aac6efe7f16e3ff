/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a configuration file: refused with words or accepted, never a crash. */
#include <stdlib.h>
#include <string.h>

#include "faro/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 forgets a token when it meets a syntax error. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

static void check_report(void *ctx, bool error, const char *text)
{
	(void)ctx;
	(void)error;
	if (strchr(text, '\n') || !strstr(text, "fuzz:"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct settings *settings;
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	if (settings_parse(text, "fuzz", check_report, NULL, &settings) == 0)
		settings_free(settings);
	free(text);
	return 0;
}
