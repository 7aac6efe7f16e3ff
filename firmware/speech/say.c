/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and their placeholders. */
#include <string.h>

#include "catalogue.h"

/** What stands between braces: a name, or name:one|many. */
static int piece_placeholder(const char *text, size_t n, struct piece *piece)
{
	const char *colon = memchr(text, ':', n), *bar;

	*piece = (struct piece){ .text = text, .len = n, .placeholder = true };
	if (colon) {
		bar = memchr(colon, '|', n - (size_t)(colon - text));
		if (!bar)
			return -EINVAL;
		piece->len = (size_t)(colon - text);
		piece->one = colon + 1;
		piece->one_len = (size_t)(bar - piece->one);
		piece->many = bar + 1;
		piece->many_len = (size_t)(text + n - piece->many);
	}
	return piece->len && piece->len < NAME_SIZE ? 1 : -EINVAL;
}

int piece_next(const char **at, struct piece *piece)
{
	const char *text = *at, *close;
	size_t n = strcspn(text, "{}");

	if (n > 0) {
		*piece = (struct piece){ .text = text, .len = n };
		*at += n;
		return 1;
	}
	if (!*text)
		return 0;
	close = text + 1 + strcspn(text + 1, "{}");
	if (*text != '{' || *close != '}')
		return -EINVAL;
	*at = close + 1;
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

static void say_placeholder(
	struct strbuf *out, const struct piece *piece, const struct speech_arg *arg)
{
	if (!arg) /* plain to see in every test */
		strbuf_addf(out, "{%.*s}", (int)piece->len, piece->text);
	else if (piece->one)
		strbuf_add_n(out, arg->number == 1 ? piece->one : piece->many,
			arg->number == 1 ? piece->one_len : piece->many_len);
	else if (arg->text)
		strbuf_add(out, arg->text);
	else
		strbuf_addf(out, "%lld", (long long)arg->number);
}

void message_say(const char *message, const struct speech_arg *args, size_t n, struct strbuf *out)
{
	struct piece piece;

	while (piece_next(&message, &piece) > 0) {
		if (piece.placeholder)
			say_placeholder(out, &piece, arg_find(args, n, &piece));
		else
			strbuf_add_n(out, piece.text, piece.len);
	}
}
