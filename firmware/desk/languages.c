/* SPDX-License-Identifier: Apache-2.0 */
/* Which languages are in use, and what whoever runs the box must know of them. */
#include <stdio.h>

#include "internal.h"

static bool is_used(const struct settings *settings, const char *language)
{
	if (strcmp(settings->box.language, language) == 0)
		return true;
	for (int i = 0; i < settings->n_people; i++)
		if (strcmp(settings->people[i].language, language) == 0)
			return true;
	return false;
}

/* What nobody has checked yet says more than its price. */
static void check_draft(const char *where, const char *language,
	void (*report)(void *ctx, bool error, const char *problem), void *ctx)
{
	char text[512];
	struct strbuf sb;

	strbuf_init(&sb, text, sizeof(text));
	strbuf_addf(&sb, "%s: \"%s\" is in use and a draft: have a native speaker check it", where,
		language);
	report(ctx, false, sb.text);
}

void desk_check_languages(const struct settings *settings, const struct speech *speech,
	void (*report)(void *ctx, bool error, const char *problem), void *ctx)
{
	const char *language;

	for (int i = 0; (language = speech_language(speech, i)); i++) {
		bool used = is_used(settings, language), draft;
		char where[256];
		struct strbuf sb;

		strbuf_init(&sb, where, sizeof(where));
		draft = speech_is_draft(speech, language, &sb);
		if (draft && used)
			check_draft(where, language, report, ctx);
		if (!draft || used)
			speech_compare(speech, language, report, ctx);
	}
}

static int log_draft(void *ctx, const char *language, int64_t people)
{
	const struct desk *desk = ctx;

	if (people > 0 && speech_is_draft(desk->speech, language, NULL))
		log_warning("language \"%s\" is a draft and %" PRId64
			    " people are spoken to in it: have a native speaker check it",
			language, people);
	return 0;
}

int drafts_log(struct desk *desk)
{
	if (speech_is_draft(desk->speech, desk->settings->box.language, NULL))
		log_warning("the box's own language \"%s\" is a draft: have a native speaker "
			    "check it",
			desk->settings->box.language);
	return store_audience_languages(desk->store, ZONES_ALL, false, log_draft, desk);
}
