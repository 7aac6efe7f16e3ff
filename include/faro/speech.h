/* SPDX-License-Identifier: Apache-2.0 */
/*
 * speech: every word the box says and every word it understands, per language, from message files
 * (messages_dir/<language>.cfg, libconfig). Adding a language is adding a file. What can be said is
 * the table in speech_messages.def, what can be understood the table in speech_words.def; the same
 * tables check each file. It knows what a text costs in segments; it sends nothing.
 */
#ifndef FARO_SPEECH_H
#define FARO_SPEECH_H

#include "faro/base.h"
#include "faro/sms.h"

struct speech;

/** Things the box says: MESSAGE(id, "placeholders", "when it is said"). */
enum speech_message {
#define MESSAGE(id, placeholders, when) MSG_##id,
#include "faro/speech_messages.def"
#undef MESSAGE
	SPEECH_MESSAGES
};

/** Words the box understands: WORD(id, "ENGLISH WORDS", "what for"). */
enum speech_word {
	WORD_NONE,
#define WORD(id, english, what) WORD_##id,
#include "faro/speech_words.def"
#undef WORD
	SPEECH_WORDS
};

#define SPEECH_LANGUAGES_MAX 32

/** One problem of a message file, as "FILE:LINE: what is wrong and what is allowed". */
typedef void speech_report(void *ctx, bool error, const char *problem);

/**
 * Reads every *.cfg of messages_dir. `language` (the box's own, "en") must be among them; it also
 * stands in for what another file lacks. report is called for every problem; an error makes the
 * load fail with -EINVAL after all files were looked at. Errors: a missing (but in a file with
 * `draft = true`, where it is a warning) or unknown message, a missing or unknown placeholder, a
 * word that two commands claim, no STOP or HELP word, a file that is no libconfig. -ENOENT: no such
 * directory or language.
 */
int speech_new(const char *messages_dir, const char *language, speech_report *report, void *ctx,
	struct speech **out);
void speech_free(struct speech *speech);

/**
 * How texts in a language are encoded: `delivery.encoding`. language NULL: in all languages; one
 * that there is not is passed over. Default SMS_ENCODING_AUTO for all.
 */
void speech_set_encoding(struct speech *speech, const char *language, enum sms_encoding encoding);

/** The i-th language's code ("en"), 0.., or NULL. The box's own is the first. */
const char *speech_language(const struct speech *speech, int i);
/** The language's name in itself ("español"). */
const char *speech_language_name(const struct speech *speech, const char *language);
/**
 * Finds a language by its code or any of its names (folded): "es", "español", "spanish". NULL if
 * none.
 */
const char *speech_language_find(const struct speech *speech, const char *word);

/** One value for a placeholder: {name} in the message. text NULL: number is written in decimal. */
struct speech_arg {
	const char *name;
	const char *text;
	int64_t number;
};
#define SPEECH_TEXT(n, t)                                                                          \
	{                                                                                          \
		.name = (n), .text = (t)                                                           \
	}
#define SPEECH_NUMBER(n, v)                                                                        \
	{                                                                                          \
		.name = (n), .text = NULL, .number = (v)                                           \
	}

/**
 * Writes message `id` in `language` ("" or unknown: the box's own) into out, with its placeholders
 * filled in from args[n]. A placeholder {x:one|many} or {x:none|one|many} chooses by the number x
 * ("{people:person|people}"); a form may hold other placeholders and may be empty. Returns
 * out->text.
 */
const char *speech_say(const struct speech *speech, const char *language, enum speech_message id,
	const struct speech_arg *args, size_t n, struct strbuf *out);

/**
 * Ends what stands in out as a sentence of `language` ("" or unknown: the box's own): when its last
 * letter is one of a word, which is what people leave who type no full stop, that comes behind it.
 */
void speech_end_sentence(const struct speech *speech, const char *language, struct strbuf *out);

/** The name of a message in the files ("join_ask"), for reports. */
const char *speech_message_name(enum speech_message id);
/** The name of a word in the files ("join"). */
const char *speech_word_name(enum speech_word id);

/** What a text's words mean. */
struct speech_heard {
	/* by the first word or, for reserved phrases, the whole text; WORD_NONE: nothing known */
	enum speech_word word;
	/*
	 * whose word it was ("es"); of English words that others share: "en"; NULL with WORD_NONE
	 */
	const char *language;
	const char *rest; /* points into the text, behind the word and white space */
};
/**
 * Finds the command in a text: case, accents and punctuation around the first word do not matter.
 * The person's own language is asked first, then English, then the others. STOP and HELP families
 * beat everything: "STOP PLEASE", "no más", "take me off the list" are WORD_STOP whatever else is
 * said around them as far as the files' phrases say so.
 */
void speech_hear(const struct speech *speech, const char *language, const char *text,
	struct speech_heard *out);

/**
 * Whether a text's sender may be answered in the language of what was heard in it: not by one word
 * alone that begins English texts too ("can you come", "non stop vans") or that languages share,
 * when other words follow and nothing in them is of that language.
 */
bool speech_tells_language(
	const struct speech *speech, const char *text, const struct speech_heard *heard);

/**
 * The same by how the text begins: phrases that count wherever they stand are heard only there.
 * "ALERT they shout: do not text me" is WORD_ALERT.
 */
void speech_hear_beginning(const struct speech *speech, const char *language, const char *text,
	struct speech_heard *out);
/** Of a text whose beginning is missing: only phrases that count wherever they stand. */
void speech_hear_remains(const struct speech *speech, const char *language, const char *text,
	struct speech_heard *out);

/**
 * True when all of text is the word `id` in any language, and nothing else ("YES", "sí", "Ok.").
 */
bool speech_is(const struct speech *speech, const char *text, enum speech_word id);
/** True when the word `id` of any language stands anywhere in the text. */
bool speech_mentions(const struct speech *speech, const char *text, enum speech_word id);

/**
 * Plans a text in the language's encoding setting: segments and what letters cost. 0 or -E2BIG
 * (over 255 segments).
 */
int speech_plan(
	const struct speech *speech, const char *language, const char *text, struct sms_plan *out);

/**
 * Encodes segment index (0..plan->segments - 1) of a text that was planned: what is kept of it
 * until it is sent (sms_ud_pack). reference: of the concatenation. Returns its octets, -ENOBUFS
 * (size less than SMS_UD_PACKED_MAX may be), -EINVAL (no such segment).
 */
int speech_segment(const struct sms_plan *plan, const char *text, int index, uint16_t reference,
	uint8_t *out, size_t size);

/**
 * Checks every message of every language: alphabet, segments (with longest plausible values), dear
 * letters.
 */
int speech_check(const struct speech *speech,
	void (*row)(void *ctx, const char *language, enum speech_message id,
		const struct sms_plan *plan),
	void *ctx);

/** What one message costs in one language, with the longest plausible values. */
struct speech_cost {
	const char *language;
	enum speech_message id;
	bool missing;         /* the file lacks it: this is what stands in */
	int english_segments; /* 0: the box has no English */
	struct sms_plan plan;
};
/** Prices message `id` of the i-th language. 0, -ENOENT (no such language) or -E2BIG. */
int speech_cost(
	const struct speech *speech, int i, enum speech_message id, struct speech_cost *out);

/**
 * Reports, as warnings with FILE:LINE, messages of a language that take more segments than the
 * English ones (the first ones; the others by their number). Returns how many there are; 0 when the
 * box has no English.
 */
int speech_compare(
	const struct speech *speech, const char *language, speech_report *report, void *ctx);

/**
 * Whether a language's file says `draft = true`: no native speaker has checked it yet. Adds the
 * FILE:LINE of that to where (may be NULL).
 */
bool speech_is_draft(const struct speech *speech, const char *language, struct strbuf *where);

#endif
