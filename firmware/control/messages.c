/* SPDX-License-Identifier: Apache-2.0 */
/* `messages check`: what every message costs in every language, and what the files lack. */
#include <string.h>

#include "faro/courier.h"
#include "faro/speech.h"
#include "room.h"

/* Where a request has got to: a step for the files, then one for each language. */
struct progress {
	bool begun;
	int language, messages, errors, segments_max;
};

/* ---- the files, as they lie on the disk now -------------------------------------------------- */

struct file_problems {
	struct control_request *request;
	struct progress *progress;
	const char *dir;
};

/* Of everything that the check of a configuration says, what is about the message files. */
static void say_file_problem(void *ctx, bool error, const char *text)
{
	struct file_problems *problems = ctx;
	json_t *row;

	if (strncmp(text, problems->dir, strlen(problems->dir)) != 0)
		return;
	problems->progress->errors += error;
	if (control_room(problems->request) < 8192)
		return;
	row = json_pack("{s:b}", "error", error);
	json_set_text(row, "problem", text);
	control_row(problems->request, row);
}

static void check_the_files(const struct control_rooms *rooms, struct control_request *request,
	struct progress *progress)
{
	struct file_problems problems = {
		.request = request, .progress = progress, .dir = rooms->settings->box.messages_dir
	};

	(void)rooms->check(rooms->ctx, say_file_problem, &problems);
	progress->begun = true;
}

/* ---- what they cost -------------------------------------------------------------------------- */

/* Letters that force a dearer alphabet, as they are: "áó", and "..." where there are more. */
static void add_letters(json_t *row, const struct sms_plan *plan)
{
	char letters[(size_t)4 * SMS_PLAN_LETTERS + sizeof("...")], bytes[4];
	struct strbuf sb;

	strbuf_init(&sb, letters, sizeof(letters));
	for (uint8_t i = 0; i < plan->letters_n; i++)
		strbuf_add_n(&sb, bytes, utf8_put(bytes, plan->letters[i].cp));
	if (plan->letters_more)
		strbuf_add(&sb, "...");
	json_set_text(row, "letters", sb.text);
}

static const char *alphabet_of(const struct sms_plan *plan)
{
	if (plan->alphabet == SMS_ALPHABET_UCS2)
		return "ucs2";
	if (plan->single_shift || plan->locking_shift)
		return "shift";
	return plan->transliterated ? "plain" : "gsm7";
}

/* Seconds of one copy with the modems that are ready; null when none is. */
static json_t *seconds_of(const struct sms_plan *plan, const struct courier_pace *pace)
{
	if (pace->segments_per_s <= 0)
		return json_null();
	return json_real(plan->segments / pace->segments_per_s);
}

static void say_cost(struct control_request *request, const struct speech *speech,
	const struct speech_cost *cost, const struct courier_pace *pace)
{
	json_t *row = json_pack("{s:s,s:b,s:s,s:b,s:s,s:i,s:i,s:o,s:b}", "language", cost->language,
		"draft", speech_is_draft(speech, cost->language, NULL), "message",
		speech_message_name(cost->id), "missing", cost->missing, "alphabet",
		alphabet_of(&cost->plan), "segments", cost->plan.segments, "english_segments",
		cost->english_segments, "seconds", seconds_of(&cost->plan, pace), "dearer",
		cost->english_segments > 0 && cost->plan.segments > cost->english_segments);

	add_letters(row, &cost->plan);
	control_row(request, row);
}

/* All messages of one language: some 30 kB of rows, less than there always is room for. */
static int say_language(const struct control_rooms *rooms, struct control_request *request,
	struct progress *progress)
{
	struct courier_pace pace;
	struct speech_cost cost;
	int rc;

	courier_get_pace(rooms->courier, &pace);
	for (int id = 0; id < SPEECH_MESSAGES; id++) {
		rc = speech_cost(rooms->speech, progress->language, (enum speech_message)id, &cost);
		if (rc < 0)
			return rc;
		progress->messages++;
		if (cost.plan.segments > progress->segments_max)
			progress->segments_max = cost.plan.segments;
		say_cost(request, rooms->speech, &cost, &pace);
	}
	return 0;
}

static enum control_step answer(struct control_request *request, const struct progress *progress)
{
	if (progress->errors > 0)
		return control_fail(request, FARO_EXIT_CONFIG,
			"the message files have %d mistake%s", progress->errors,
			progress->errors == 1 ? "" : "s");
	return control_answer(
		request, json_pack("{s:i,s:i,s:i}", "languages", progress->language, "messages",
				 progress->messages, "segments_max", progress->segments_max));
}

enum control_step command_messages_check(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	struct progress *progress = control_scratch(request);
	const char *only = control_text(request, "language", ""), *language;
	int rc;

	if (!progress->begun) {
		check_the_files(rooms, request, progress);
		return CONTROL_AGAIN;
	}
	language = speech_language(rooms->speech, progress->language);
	if (!language)
		return answer(request, progress);
	if (!*only || strcmp(only, language) == 0) {
		rc = say_language(rooms, request, progress);
		if (rc < 0)
			return control_fail_errno(request, rc, "the messages cannot be checked");
	}
	progress->language++;
	return CONTROL_AGAIN;
}
