/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and their placeholders. */
#include <string.h>

#include "catalogue.h"

/** The first `stop` in text[n] that stands in no braces of its own; NULL when there is none. */
static const char *find_outside(const char *text, size_t n, char stop)
{
	int depth = 0;

	for (const char *p = text; p < text + n; p++) {
		if (*p == stop && depth == 0)
			return p;
		depth += (*p == '{') - (*p == '}');
	}
	return NULL;
}

/** Takes forms apart at their bars. */
static int piece_forms(const char *text, size_t n, struct piece *piece)
{
	const char *end = text + n, *bar;

	while ((bar = find_outside(text, (size_t)(end - text), '|'))) {
		if (piece->n_forms == PIECE_FORMS_MAX - 1)
			return -EINVAL;
		piece->forms[piece->n_forms++] = (struct form){ text, (size_t)(bar - text) };
		text = bar + 1;
	}
	piece->forms[piece->n_forms++] = (struct form){ text, (size_t)(end - text) };
	return piece->n_forms > 1 ? 0 : -EINVAL;
}

/** What stands between braces: a name, name:one|many or name:none|one|many. */
static int piece_placeholder(const char *text, size_t n, struct piece *piece)
{
	const char *colon = memchr(text, ':', n);

	*piece = (struct piece){ .text = text, .len = n, .placeholder = true };
	if (colon) {
		piece->len = (size_t)(colon - text);
		if (piece_forms(colon + 1, (size_t)(text + n - colon - 1), piece) < 0)
			return -EINVAL;
	}
	return piece->len && piece->len < NAME_SIZE ? 1 : -EINVAL;
}

int piece_next(struct form *at, struct piece *piece)
{
	const char *text = at->text, *close;
	size_t n = 0;

	while (n < at->len && text[n] != '{' && text[n] != '}')
		n++;
	if (at->len == 0)
		return 0;
	if (n > 0) {
		*piece = (struct piece){ .text = text, .len = n };
		*at = (struct form){ text + n, at->len - n };
		return 1;
	}
	close = *text == '{' ? find_outside(text + 1, at->len - 1, '}') : NULL;
	if (!close)
		return -EINVAL;
	*at = (struct form){ close + 1, at->len - (size_t)(close + 1 - text) };
	return piece_placeholder(text + 1, (size_t)(close - text - 1), piece);
}

static const struct speech_arg *arg_find(
	const struct speech_arg *args, size_t n, const struct piece *piece)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(args[i].name) == piece->len &&
			memcmp(args[i].name, piece->text, piece->len) == 0)
			return &args[i];
	return NULL;
}

/** The last form is that of many; before it stands that of one, and before that the one of none. */
static const struct form *form_of(const struct piece *piece, int64_t number)
{
	int before = number == 1 ? 1 : number == 0 ? 2 : 0;

	return &piece->forms[piece->n_forms - 1 - (before < piece->n_forms ? before : 0)];
}

/*
 * Placeholders of whole sentences that people wrote, who seldom type the full stop; {place}, {name}
 * and the like stand within a sentence of ours.
 */
static const char *const sentences[] = { "text" };

static bool is_sentence(const struct piece *piece)
{
	for (size_t i = 0; i < ARRAY_SIZE(sentences); i++)
		if (strlen(sentences[i]) == piece->len &&
			memcmp(sentences[i], piece->text, piece->len) == 0)
			return true;
	return false;
}

/** What a message is said with. */
struct values {
	const struct speech_arg *args;
	size_t n;
	const char *full_stop; /* the language's own */
};

/** Where nothing was written there are no two blanks, and none at the end. */
static void close_gap(struct form rest, struct strbuf *out)
{
	if (out->len > 0 && out->text[out->len - 1] == ' ' && (rest.len == 0 || *rest.text == ' '))
		out->text[--out->len] = '\0';
}

/** rest: what follows in the message; two sentences without a sign between them run together. */
static void say_value(const struct values *values, const struct piece *piece,
	const struct speech_arg *arg, struct form rest, struct strbuf *out)
{
	if (!arg->text) {
		strbuf_addf(out, "%lld", (long long)arg->number);
		return;
	}
	strbuf_add(out, arg->text);
	if (!*arg->text)
		close_gap(rest, out);
	if (is_sentence(piece) && words_end(arg->text) && words_follow(rest.text, rest.len))
		strbuf_add(out, values->full_stop);
}

/** A form holds no other forms, so that this goes no deeper than two. */
static void say_form(struct form form, const struct values *values, struct strbuf *out)
{
	struct piece piece;

	while (piece_next(&form, &piece) > 0) {
		const struct speech_arg *arg =
			piece.placeholder ? arg_find(values->args, values->n, &piece) : NULL;

		if (!piece.placeholder)
			strbuf_add_n(out, piece.text, piece.len);
		else if (!arg) /* plain to see in every test */
			strbuf_addf(out, "{%.*s}", (int)piece.len, piece.text);
		else if (piece.n_forms == 0)
			say_value(values, &piece, arg, form, out);
		else
			say_form(*form_of(&piece, arg->number), values, out);
	}
}

void message_say(const char *message, const char *full_stop, const struct speech_arg *args,
	size_t n, struct strbuf *out)
{
	const struct values values = { args, n, full_stop };

	say_form((struct form){ message, strlen(message) }, &values, out);
}
