/* SPDX-License-Identifier: Apache-2.0 */
/* The comma-separated fields of information lines (V.250 5.7, TS 27.007 4.2). */
#include <stdlib.h>
#include <string.h>

#include "faro/at.h"

/* The first byte after "+NAME:", or of the whole line where it has no name. */
static const char *fields_of(const char *line)
{
	const char *colon =
		line[0] == '+' || line[0] == '^' || line[0] == '#' ? strchr(line, ':') : NULL;

	return colon ? colon + 1 : line;
}

/*
 * The end of the field that starts at p: a comma outside quotes and parentheses, or the line's end.
 */
static const char *field_end(const char *p)
{
	bool quoted = false;
	int depth = 0;

	for (; *p; p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && depth > 0)
			depth--;
		else if (*p == ',' && depth == 0)
			break;
	}
	return p;
}

bool at_field(const char *line, unsigned int index, char *out, size_t size)
{
	const char *p = fields_of(line);
	const char *end = field_end(p);

	for (; index > 0; index--) {
		if (*end == '\0') {
			out[0] = '\0';
			return false;
		}
		p = end + 1;
		end = field_end(p);
	}
	while (p < end && *p == ' ')
		p++;
	while (p < end && end[-1] == ' ')
		end--;
	if (p < end && *p == '"') {
		p++;
		if (p < end && end[-1] == '"')
			end--;
	}
	if ((size_t)(end - p) >= size)
		end = p + size - 1;
	memcpy(out, p, (size_t)(end - p));
	out[end - p] = '\0';
	return true;
}

int at_field_int(const char *line, unsigned int index, int otherwise)
{
	char text[16];
	int64_t value;

	if (!at_field(line, index, text, sizeof(text)))
		return otherwise;
	return text_int(text, INT32_MIN, INT32_MAX, &value) == 0 ? (int)value : otherwise;
}

bool at_set_contains(const char *set, int value)
{
	const char *p = set;

	while (*p) {
		char *end;
		long first, last;

		if (*p < '0' || *p > '9') {
			p++;
			continue;
		}
		first = last = strtol(p, &end, 10);
		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (value >= first && value <= last)
			return true;
		p = end;
	}
	return false;
}
