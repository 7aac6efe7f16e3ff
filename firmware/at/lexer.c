/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to lines and prompts. Knows no command: what a line means is the engine's business. */
#include <string.h>

#include "faro/at.h"

void at_lexer_init(struct at_lexer *lexer)
{
	memset(lexer, 0, sizeof(*lexer));
}

/* A line that was handed out, or a prompt, is over: the next byte begins a new line. */
static void begin_line(struct at_lexer *lexer)
{
	lexer->len = 0;
	lexer->cut = false;
	lexer->complete = false;
}

static bool is_end_of_line(char c)
{
	return c == '\r' || c == '\n';
}

/*
 * "> " anywhere but in a line; a bare '>' only where it is waited for: makers differ on the blank.
 */
static bool is_prompt(const struct at_lexer *lexer, char c)
{
	if (lexer->len == 0)
		return lexer->prompt_wanted && c == '>';
	return lexer->len == 1 && lexer->line[0] == '>' && c == ' ';
}

static void take_byte(struct at_lexer *lexer, char c)
{
	if (c == '\t')
		c = ' ';
	if (c < ' ' || c > '~') {
		lexer->bytes_bad++;
		return;
	}
	if (lexer->len == 0 && c == ' ')
		return;
	if (lexer->len < AT_LINE_SIZE - 1) {
		lexer->line[lexer->len++] = c;
	} else if (!lexer->cut) {
		lexer->cut = true;
		lexer->lines_cut++;
	}
}

static enum at_token hand_out(struct at_lexer *lexer, enum at_token token)
{
	while (lexer->len > 0 && lexer->line[lexer->len - 1] == ' ')
		lexer->len--;
	lexer->line[lexer->len] = '\0';
	lexer->complete = true;
	return token;
}

enum at_token at_lexer_next(struct at_lexer *lexer, const char **data, size_t *n)
{
	if (lexer->complete)
		begin_line(lexer);
	while (*n > 0) {
		char c = **data;

		(*data)++;
		(*n)--;
		if (is_end_of_line(c)) {
			if (lexer->len > 0)
				return hand_out(lexer, AT_TOKEN_LINE);
		} else if (is_prompt(lexer, c)) {
			lexer->len = 0;
			return hand_out(lexer, AT_TOKEN_PROMPT);
		} else {
			take_byte(lexer, c);
		}
	}
	return AT_TOKEN_NONE;
}
