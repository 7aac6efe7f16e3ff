/* SPDX-License-Identifier: Apache-2.0 */
/* The languages of the box: loaded, said in, understood, and what their messages cost. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"

#define WORD_SIZE 64

/* ---- loading -------------------------------------------------------------------------------- */

static int is_message_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && strcmp(dot, ".cfg") == 0 &&
	       dot - entry->d_name < (int)sizeof(((struct catalogue *)0)->code);
}

/** Reads one file. Returns the number of errors, or -errno. */
static int speech_load(
	struct speech *speech, const char *dir, const char *file, speech_report *report, void *ctx)
{
	char path[1024], code[sizeof(speech->languages[0]->code)];
	struct strbuf sb;

	if (speech->n == SPEECH_LANGUAGES_MAX)
		return -ENOSPC;
	strbuf_init(&sb, path, sizeof(path));
	strbuf_addf(&sb, "%s/%s", dir, file);
	strbuf_init(&sb, code, sizeof(code));
	strbuf_add_n(&sb, file, strlen(file) - strlen(".cfg"));
	return catalogue_load(
		path, code, &speech->english, report, ctx, &speech->languages[speech->n++]);
}

/** Reads all files; errors are counted, so that all of them are reported. */
static int speech_load_all(struct speech *speech, const char *dir, speech_report *report, void *ctx)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, is_message_file, alphasort), errors = 0, rc = 0;

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		if (rc >= 0) {
			rc = speech_load(speech, dir, entries[i]->d_name, report, ctx);
			errors += rc > 0 ? rc : 0;
		}
		free(entries[i]);
	}
	free(entries);
	return rc < 0 ? rc : errors ? -EINVAL : 0;
}

static int language_index(const struct speech *speech, const char *code)
{
	for (int i = 0; i < speech->n; i++)
		if (strcmp(speech->languages[i]->code, code) == 0)
			return i;
	return -ENOENT;
}

/** Puts the box's own language first; the others keep their order. */
static int own_language_first(struct speech *speech, const char *language)
{
	int at = language_index(speech, language);
	struct catalogue *own;

	if (at < 0)
		return at;
	own = speech->languages[at];
	for (; at > 0; at--)
		speech->languages[at] = speech->languages[at - 1];
	speech->languages[0] = own;
	return 0;
}

/** The box's own language stands in for others, so that it must have every message. */
static int own_language_whole(const struct speech *speech, speech_report *report, void *ctx)
{
	char text[128];
	int missing = 0;
	struct strbuf sb;

	for (int id = 0; id < SPEECH_MESSAGES; id++)
		missing += !speech->languages[0]->messages[id];
	if (!missing)
		return 0;
	strbuf_init(&sb, text, sizeof(text));
	strbuf_addf(&sb, "%s.cfg:1: the box's own language lacks %d messages and cannot be a draft",
		speech->languages[0]->code, missing);
	if (report)
		report(ctx, true, text);
	return -EINVAL;
}

int speech_new(const char *messages_dir, const char *language, speech_report *report, void *ctx,
	struct speech **out)
{
	struct speech *speech = calloc(1, sizeof(*speech));
	int rc;

	*out = NULL;
	if (!speech)
		return -ENOMEM;
	rc = vocabulary_init_english(&speech->english);
	if (rc == 0)
		rc = speech_load_all(speech, messages_dir, report, ctx);
	if (rc == 0)
		rc = own_language_first(speech, language);
	if (rc == 0)
		rc = own_language_whole(speech, report, ctx);
	if (rc < 0)
		speech_free(speech);
	else
		*out = speech;
	return rc;
}

void speech_free(struct speech *speech)
{
	if (!speech)
		return;
	for (int i = 0; i < speech->n; i++)
		catalogue_free(speech->languages[i]);
	vocabulary_fini(&speech->english);
	free(speech);
}

void speech_set_encoding(struct speech *speech, const char *language, enum sms_encoding encoding)
{
	for (int i = 0; i < speech->n; i++)
		if (!language || strcmp(speech->languages[i]->code, language) == 0)
			speech->languages[i]->encoding = encoding;
}

/* ---- languages ------------------------------------------------------------------------------ */

const struct catalogue *language_or_own(const struct speech *speech, const char *language)
{
	int i = language ? language_index(speech, language) : -ENOENT;

	return speech->languages[i < 0 ? 0 : i];
}

const char *speech_language(const struct speech *speech, int i)
{
	return i >= 0 && i < speech->n ? speech->languages[i]->code : NULL;
}

const char *speech_language_name(const struct speech *speech, const char *language)
{
	return language_or_own(speech, language)->name;
}

static bool language_has_name(const struct catalogue *language, const char *plain)
{
	for (size_t i = 0; i < language->names.n; i++)
		if (strcmp(language->names.phrases[i].text, plain) == 0)
			return true;
	return false;
}

const char *speech_language_find(const struct speech *speech, const char *word)
{
	char plain[WORD_SIZE];

	words_plain(plain, sizeof(plain), word, false);
	for (int i = 0; i < speech->n && plain[0]; i++)
		if (language_has_name(speech->languages[i], plain))
			return speech->languages[i]->code;
	return NULL;
}

/* ---- saying --------------------------------------------------------------------------------- */

const char *speech_say(const struct speech *speech, const char *language, enum speech_message id,
	const struct speech_arg *args, size_t n, struct strbuf *out)
{
	char *const *own = speech->languages[0]->messages;
	char *const *messages = language_or_own(speech, language)->messages;

	if (!messages[id])
		messages = own;
	message_say(messages[id],
		messages[MSG_FULL_STOP] ? messages[MSG_FULL_STOP] : own[MSG_FULL_STOP], args, n,
		out);
	return out->text;
}

void speech_end_sentence(const struct speech *speech, const char *language, struct strbuf *out)
{
	const char *full_stop = language_or_own(speech, language)->messages[MSG_FULL_STOP];

	if (words_end(out->text))
		strbuf_add(
			out, full_stop ? full_stop : speech->languages[0]->messages[MSG_FULL_STOP]);
}

/* ---- hearing -------------------------------------------------------------------------------- */

/** What counts of a text: all of it, not what stands behind its beginning, or only that. */
enum heard_part { HEARD_ALL, HEARD_BEGINNING, HEARD_REMAINS };

/** A text taken apart. */
struct utterance {
	char all[WORDS_MAX + 2]; /* plain, with a blank before and behind */
	char first[WORD_SIZE];   /* plain */
	const char *rest;        /* behind the first word */
	char stem[WORD_SIZE];    /* "take17": the letters of the first word, else "" */
	const char *number;      /* and where its number begins in the text */
	bool seeing;             /* pictures are words too */
	enum heard_part part;
};

/** In a hurry the blank is left out: "TAKE17", "yes10". One letter is none: "N95" is a mask. */
static void take_stem(struct utterance *u, const char *begin, const char *end)
{
	size_t n = strcspn(u->first, "0123456789"), digits = strlen(u->first) - n;

	u->stem[0] = '\0';
	if (n < 2 || digits == 0 || digits != strspn(u->first + n, "0123456789") ||
		(size_t)(end - begin) < digits)
		return;
	memcpy(u->stem, u->first, n);
	u->stem[n] = '\0';
	u->number = end - digits;
}

static void utterance_init(struct utterance *u, const char *text, bool seeing)
{
	const char *end, *begin = words_first(text, &end, seeing);
	char word[WORD_SIZE], own[WORDS_MAX];
	struct strbuf sb;
	size_t n;

	strbuf_init(&sb, own, sizeof(own));
	strbuf_add_n(&sb, text, words_own(text));
	u->all[0] = ' ';
	u->seeing = seeing;
	words_plain(u->all + 1, WORDS_MAX, own, seeing);
	n = strlen(u->all);
	u->all[n] = ' ';
	u->all[n + 1] = '\0';
	strbuf_init(&sb, word, sizeof(word));
	strbuf_add_n(&sb, begin, (size_t)(end - begin));
	words_plain(u->first, sizeof(u->first), sb.cut ? "" : word, seeing);
	u->rest = words_behind(end);
	take_stem(u, begin, end);
}

/** Whether a letter that is no blank may be the end of a word: in scripts that have no blanks. */
static bool is_edge(const char *at)
{
	uint32_t cp = 0;

	utf8_next(at, strlen(at), &cp);
	return *at == ' ' || text_is_unspaced(cp);
}

/** The same for the letter before `at`. */
static bool is_edge_before(const char *at)
{
	at--;
	while (((unsigned char)*at & 0xC0) == 0x80)
		at--;
	return is_edge(at);
}

/** True when the phrase begins at `at` and a word ends there and behind it. */
static bool phrase_at(const char *at, const char *phrase, size_t n)
{
	return strncmp(at, phrase, n) == 0 && is_edge_before(at) && is_edge(at + n);
}

static bool phrase_anywhere(const char *all, const char *phrase)
{
	size_t n = strlen(phrase);

	for (const char *at = all + 1; (at = strstr(at, phrase)); at++)
		if (phrase_at(at, phrase, n))
			return true;
	return false;
}

static bool phrase_is_whole(const char *all, const char *phrase)
{
	size_t n = strlen(phrase);

	return strncmp(all + 1, phrase, n) == 0 && all[n + 1] == ' ' && !all[n + 2];
}

/** The first words; also the last ones of the text. */
static bool phrase_is_front(const char *all, const char *phrase)
{
	size_t n = strlen(phrase);

	return strncmp(all + 1, phrase, n) == 0 && all[n + 1] == ' ';
}

static bool phrase_matches(const struct phrase *phrase, const struct utterance *u)
{
	if (u->part == HEARD_REMAINS)
		return phrase->where == PHRASE_ANYWHERE && phrase_anywhere(u->all, phrase->text);
	if (phrase->where == PHRASE_FIRST)
		return strcmp(phrase->text, u->first) == 0 || strcmp(phrase->text, u->stem) == 0;
	if (phrase->where == PHRASE_WHOLE)
		return phrase_is_whole(u->all, phrase->text);
	if (phrase->where == PHRASE_FRONT || u->part == HEARD_BEGINNING)
		return phrase_is_front(u->all, phrase->text);
	return phrase_anywhere(u->all, phrase->text);
}

/** First words that say more than the phrase found before them: "báo động" is not "báo". */
static bool says_more(const struct phrase *phrase, const struct phrase *best)
{
	return !best ||
	       (phrase->where == PHRASE_FRONT && strlen(phrase->text) > strlen(best->text));
}

/**
 * The phrase of a vocabulary that the text is: of `only`, or of any word when that is WORD_NONE.
 */
static const struct phrase *vocabulary_hear(
	const struct vocabulary *v, const struct utterance *u, enum speech_word only)
{
	const struct phrase *best = NULL;

	for (size_t i = 0; i < v->n; i++)
		if ((only == WORD_NONE || v->phrases[i].word == only) &&
			phrase_matches(&v->phrases[i], u) && says_more(&v->phrases[i], best))
			best = &v->phrases[i];
	return best;
}

/** What stands behind the words of a phrase in the text itself. */
static const char *rest_behind(const struct phrase *phrase, const struct utterance *u)
{
	const char *rest = u->rest, *end;

	if (phrase->where != PHRASE_FIRST && phrase->where != PHRASE_FRONT)
		return rest + strlen(rest);
	if (phrase->where == PHRASE_FIRST && strcmp(phrase->text, u->first) != 0)
		return u->number;
	for (const char *blank = phrase->text; (blank = strchr(blank, ' ')); blank++) {
		(void)words_first(rest, &end, u->seeing);
		rest = words_behind(end);
	}
	return rest;
}

/** Sets out when the vocabulary has it. */
static bool hear_in(const struct vocabulary *v, const char *language, const struct utterance *u,
	enum speech_word only, struct speech_heard *out)
{
	const struct phrase *phrase = vocabulary_hear(v, u, only);

	if (!phrase)
		return false;
	out->word = phrase->word;
	out->language = language;
	out->rest = rest_behind(phrase, u);
	return true;
}

/** The person's own language, then English, then the others. */
static bool hear(const struct speech *speech, const char *language, const struct utterance *u,
	enum speech_word only, struct speech_heard *out)
{
	const struct catalogue *own = language_or_own(speech, language);

	if (hear_in(&own->words, own->code, u, only, out) ||
		hear_in(&speech->english, "en", u, only, out))
		return true;
	for (int i = 0; i < speech->n; i++)
		if (hear_in(&speech->languages[i]->words, speech->languages[i]->code, u, only, out))
			return true;
	return false;
}

static void hear_text(const struct speech *speech, const char *language, const char *text,
	enum heard_part part, struct speech_heard *out)
{
	struct utterance u = { .part = part };

	utterance_init(&u, text, false);
	*out = (struct speech_heard){ .word = WORD_NONE, .rest = text };
	if (hear(speech, language, &u, WORD_STOP, out) ||
		hear(speech, language, &u, WORD_HELP, out) ||
		hear(speech, language, &u, WORD_NONE, out))
		return;
	/* a thumb alone, or before what no word begins */
	utterance_init(&u, text, true);
	(void)hear(speech, language, &u, WORD_NONE, out);
}

void speech_hear(const struct speech *speech, const char *language, const char *text,
	struct speech_heard *out)
{
	hear_text(speech, language, text, HEARD_ALL, out);
}

void speech_hear_beginning(const struct speech *speech, const char *language, const char *text,
	struct speech_heard *out)
{
	hear_text(speech, language, text, HEARD_BEGINNING, out);
}

void speech_hear_remains(const struct speech *speech, const char *language, const char *text,
	struct speech_heard *out)
{
	hear_text(speech, language, text, HEARD_REMAINS, out);
}

static bool vocabulary_is(
	const struct vocabulary *v, const struct utterance *u, enum speech_word id)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->phrases[i].word == id && phrase_is_whole(u->all, v->phrases[i].text))
			return true;
	return false;
}

static bool utterance_is(
	const struct speech *speech, const struct utterance *u, enum speech_word id)
{
	if (vocabulary_is(&speech->english, u, id))
		return true;
	for (int i = 0; i < speech->n; i++)
		if (vocabulary_is(&speech->languages[i]->words, u, id))
			return true;
	return false;
}

bool speech_is(const struct speech *speech, const char *text, enum speech_word id)
{
	struct utterance u = { .part = HEARD_ALL };

	utterance_init(&u, text, false);
	if (utterance_is(speech, &u, id))
		return true;
	utterance_init(&u, text, true);
	return utterance_is(speech, &u, id);
}

/* Between blanks; in a script without them anywhere. */
static bool stands_in(const char *plain, const char *phrase)
{
	size_t n = strlen(phrase);
	uint32_t cp;

	if (utf8_next(phrase, n, &cp) == 0)
		return false;
	for (const char *at = plain; (at = strstr(at, phrase)); at++)
		if (text_is_unspaced(cp) ||
			((at == plain || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')))
			return true;
	return false;
}

static bool vocabulary_in(const struct vocabulary *v, const char *plain, enum speech_word id)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->phrases[i].word == id && stands_in(plain, v->phrases[i].text))
			return true;
	return false;
}

bool speech_mentions(const struct speech *speech, const char *text, enum speech_word id)
{
	char plain[WORDS_MAX];

	words_plain(plain, sizeof(plain), text, true);
	if (vocabulary_in(&speech->english, plain, id))
		return true;
	for (int i = 0; i < speech->n; i++)
		if (vocabulary_in(&speech->languages[i]->words, plain, id))
			return true;
	return false;
}

/* ---- cost ----------------------------------------------------------------------------------- */

int speech_plan(
	const struct speech *speech, const char *language, const char *text, struct sms_plan *out)
{
	int rc = sms_plan_make(out, text, language_or_own(speech, language)->encoding, false);

	return rc == -EMSGSIZE ? -E2BIG : rc;
}

int speech_segment(const struct sms_plan *plan, const char *text, int index, uint16_t reference,
	uint8_t *out, size_t size)
{
	struct sms_ud ud;
	int rc = sms_plan_segment(plan, text, (unsigned int)index, reference, &ud);

	return rc < 0 ? rc : sms_ud_pack(&ud, out, size);
}
