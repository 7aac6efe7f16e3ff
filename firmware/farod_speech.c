/* SPDX-License-Identifier: Apache-2.0 */
/* What the box says, read with the encodings that the settings ask for. */
#include "farod.h"

static const enum sms_encoding encoding_of[] = {
	[SETTINGS_ENCODING_AUTO] = SMS_ENCODING_AUTO,
	[SETTINGS_ENCODING_TRANSLITERATE] = SMS_ENCODING_TRANSLITERATE,
	[SETTINGS_ENCODING_SHIFT] = SMS_ENCODING_SHIFT,
	[SETTINGS_ENCODING_UCS2] = SMS_ENCODING_UCS2,
};

static void set_encodings(struct speech *speech, const struct settings_words *words)
{
	speech_set_encoding(speech, NULL, encoding_of[words->standard]);
	for (int i = 0; i < words->n_own; i++)
		speech_set_encoding(
			speech, words->own[i].language, encoding_of[words->own[i].word]);
}

int farod_load_speech(
	const struct settings *settings, struct farod_mistakes *mistakes, struct speech **out)
{
	int rc = speech_new(
		settings->box.messages_dir, settings->box.language, farod_report, mistakes, out);

	if (rc < 0)
		return rc;
	if (desk_check_names(settings, *out, farod_report, mistakes) > 0) {
		speech_free(*out);
		*out = NULL;
		return -EINVAL;
	}
	set_encodings(*out, &settings->delivery.encoding);
	return 0;
}

int farod_start_speech(struct farod *farod)
{
	struct farod_mistakes mistakes = { .tell = farod_tell_log };

	return farod_load_speech(farod->settings, &mistakes, &farod->speech);
}

void farod_stop_speech(struct farod *farod)
{
	speech_free(farod->speech);
}
