/* SPDX-License-Identifier: Apache-2.0 */
/* Inside speech: what one message file says, and how texts and words are taken apart. */
#ifndef FARO_SPEECH_CATALOGUE_H
#define FARO_SPEECH_CATALOGUE_H

#include <stdarg.h>

#include "faro/speech.h"

/* ---- words ---------------------------------------------------------------------------------- */

/** Where a phrase counts; the notation of each is in speech_words.def. */
enum phrase_where {
	PHRASE_FIRST,    /* the first word of the text */
	PHRASE_FRONT,    /* the first words of the text */
	PHRASE_WHOLE,    /* the whole text */
	PHRASE_ANYWHERE, /* anywhere, between words */
};

struct phrase {
	enum speech_word word;
	enum phrase_where where;
	char *text; /* plain, see words_plain */
};

struct vocabulary {
	struct phrase *phrases;
	size_t n;
};

#define WORDS_MAX 2048 /* bytes of a text in which phrases are looked for */

/**
 * Writes text as plain words: folded, without apostrophes, one blank for everything else that is
 * neither letter nor digit, and one where a script without blanks meets another ("更新 17").
 * Pictures (emoji) are words of their own when `seeing`, else blanks too. No more than WORDS_MAX
 * bytes are looked at. Returns out.
 */
const char *words_plain(char *out, size_t size, const char *text, bool seeing);

/**
 * Where the first word of text begins, and *end where it ends; at the end of text when there is
 * none.
 */
const char *words_first(const char *text, const char **end, bool seeing);

/**
 * How much of text its writer says: not what it quotes at its end, as phones do that tell a text
 * from a reaction to another one (Liked "..."). A word in quotation marks is no such quotation.
 */
size_t words_own(const char *text);

/** Behind blanks and the punctuation that follows a word. */
const char *words_behind(const char *text);

/** Whether the last character of text is a letter or a digit. */
bool words_end(const char *text);

/** Whether text[n] is a blank and then a word, a placeholder or the sign that opens a question. */
bool words_follow(const char *text, size_t n);

/** Whether it is a letter of a word, in whatever script. */
bool words_is_letter(uint32_t cp);

/** The phrase that is the same text at the same place, or NULL. */
const struct phrase *vocabulary_find(
	const struct vocabulary *v, enum phrase_where where, const char *plain);

/**
 * Adds a phrase in the notation of speech_words.def. -ENOMEM, -EINVAL when nothing is left of it.
 */
int vocabulary_add(struct vocabulary *v, enum speech_word word, const char *notation);

/** The words of English that every box knows. */
int vocabulary_init_english(struct vocabulary *v);
void vocabulary_fini(struct vocabulary *v);

/** Reads the next phrase of a list parted by commas into out. False at the end. */
bool phrase_next(const char **list, char *out, size_t size);

/* ---- messages ------------------------------------------------------------------------------- */

/** A message, or one of the forms in it that a number chooses from. */
struct form {
	const char *text;
	size_t len;
};

#define PIECE_FORMS_MAX 3

/** A piece of a message. */
struct piece {
	const char *text; /* literal text, or the name of a placeholder */
	size_t len;
	bool placeholder;
	struct form forms[PIECE_FORMS_MAX]; /* of {x:one|many}, {x:none|one|many} */
	int n_forms;
};

/**
 * Takes the next piece of a message or of one of its forms. 1, 0 at the end, -EINVAL when a brace
 * does not close.
 */
int piece_next(struct form *at, struct piece *piece);

/**
 * Adds a message with its placeholders filled in, and full_stop between what a person wrote and the
 * words of ours that follow it, when the person put no sign there.
 */
void message_say(const char *message, const char *full_stop, const struct speech_arg *args,
	size_t n, struct strbuf *out);

/** The specification of a message's placeholders, "box (zones)". */
const char *message_placeholders(enum speech_message id);

#define NAME_SIZE 32

/* ---- files ---------------------------------------------------------------------------------- */

struct catalogue {
	char code[8];
	char *name;
	struct vocabulary names; /* of the language itself; the words mean nothing */
	struct vocabulary words;
	char *path;
	unsigned int draft_line; /* where the file says that it is a draft; 0: it does not */
	char *messages[SPEECH_MESSAGES]; /* NULL: the box's own language stands in */
	unsigned int lines[SPEECH_MESSAGES];
	enum sms_encoding encoding; /* SMS_ENCODING_AUTO until it is set */
};

/**
 * Reads a message file whose language must be `code`. Reports every problem and returns the number
 * of errors, or -ENOMEM. english is what the file's words must not contradict. *out is freed with
 * catalogue_free in any case.
 */
int catalogue_load(const char *path, const char *code, const struct vocabulary *english,
	speech_report *report, void *ctx, struct catalogue **out);
void catalogue_free(struct catalogue *catalogue);

/* ---- all of them ---------------------------------------------------------------------------- */

struct speech {
	struct catalogue *languages[SPEECH_LANGUAGES_MAX]; /* the box's own first */
	int n;
	struct vocabulary english; /* what every box knows */
};

/** The language of that code; the box's own when there is none. */
const struct catalogue *language_or_own(const struct speech *speech, const char *language);

/** "path:line: ...", where report is not NULL. */
void report_at(speech_report *report, void *ctx, bool error, const char *path, unsigned int line,
	const char *format, va_list args);

#endif
