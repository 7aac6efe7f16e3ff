/* SPDX-License-Identifier: Apache-2.0 */
/* How faroctl shows things to people. */
#include <csv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "faroctl.h"

#define BAR_COLUMNS 30
#define COLUMNS_MAX 16

/* Names and texts come from people: nothing in them may move the terminal's cursor. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			*text = ' ';
}

const char *print_value(const json_t *value, char *out, size_t size)
{
	struct strbuf sb;

	strbuf_init(&sb, out, size);
	if (json_is_string(value))
		strbuf_add(&sb, json_string_value(value));
	else if (json_is_integer(value))
		strbuf_addf(&sb, "%" PRId64, (int64_t)json_integer_value(value));
	else if (json_is_real(value))
		strbuf_addf(&sb, "%.1f", json_real_value(value));
	else if (json_is_boolean(value))
		strbuf_add(&sb, json_is_true(value) ? "yes" : "no");
	if (sb.len == 0)
		strbuf_add(&sb, "-");
	make_printable(out);
	return out;
}

/* printf pads by bytes, people read characters. */
static void print_cell(const struct column *column, const char *text, bool last)
{
	bool right = column->width < 0;
	int pad = (right ? -column->width : column->width) - (int)utf8_length(text);

	if (pad < 0)
		pad = 0;
	if (right)
		printf("%*s%s", pad, "", text);
	else
		printf("%s%*s", text, last ? 0 : pad, "");
	fputs(last ? "\n" : "  ", stdout);
}

void print_head(const struct column *columns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		print_cell(&columns[i], columns[i].title, i + 1 == n);
}

void print_row(const struct column *columns, size_t n, const json_t *row)
{
	char text[1024];

	for (size_t i = 0; i < n; i++)
		print_cell(&columns[i],
			print_value(json_object_get(row, columns[i].key), text, sizeof(text)),
			i + 1 == n);
}

void print_table(const struct column *columns, size_t n, const json_t *rows)
{
	struct column fitted[COLUMNS_MAX];
	char text[1024];

	for (size_t i = 0; i < n; i++) {
		size_t width = utf8_length(columns[i].title);

		for (size_t row = 0; row < json_array_size(rows); row++) {
			size_t value = utf8_length(print_value(
				json_object_get(json_array_get(rows, row), columns[i].key), text,
				sizeof(text)));

			width = value > width ? value : width;
		}
		fitted[i] = columns[i];
		fitted[i].width = columns[i].width < 0 ? -(int)width : (int)width;
	}
	print_head(fitted, n);
	for (size_t row = 0; row < json_array_size(rows); row++)
		print_row(fitted, n, json_array_get(rows, row));
}

void print_zone(const json_t *answer)
{
	const char *zone = json_string_value(json_object_get(answer, "timezone"));

	if (zone && *zone)
		setenv("TZ", zone, 1);
	tzset();
}

const char *print_time(const json_t *value, char *out, size_t size)
{
	const char *text = json_string_value(value);
	struct tm utc = { .tm_isdst = 0 }, local;
	time_t seconds;

	if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%S", &utc))
		return print_value(value, out, size);
	seconds = timegm(&utc);
	strftime(out, size, "%Y-%m-%d %H:%M:%S", localtime_r(&seconds, &local));
	return out;
}

const char *print_duration(int64_t seconds, char *out, size_t size)
{
	struct strbuf sb;

	strbuf_init(&sb, out, size);
	if (seconds < 120)
		strbuf_addf(&sb, "%" PRId64 " s", seconds);
	else if (seconds < INT64_C(120) * 60)
		strbuf_addf(&sb, "%" PRId64 " min", (seconds + 30) / 60);
	else if (seconds < INT64_C(48) * 3600)
		strbuf_addf(
			&sb, "%" PRId64 " h %" PRId64 " min", seconds / 3600, seconds / 60 % 60);
	else
		strbuf_addf(&sb, "%" PRId64 " days", seconds / 86400);
	return out;
}

void print_csv_field(FILE *file, const char *text)
{
	size_t n = strlen(text);

	if (n > 0 && (strpbrk(text, ",\"\r\n") || text[0] == ' ' || text[n - 1] == ' '))
		csv_fwrite(file, text, n);
	else
		fputs(text, file);
}

void print_json(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	fputc('\n', stdout);
	fflush(stdout);
	json_decref(object);
}

/* ---- progress -------------------------------------------------------------------------------- */

static int terminal_columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* In one line: one that wraps would be left behind each time it is drawn anew. */
static void draw_bar(int64_t done, int64_t total, int percent, const char *text)
{
	static const char full[] = "##############################",
			  empty[] = "..............................";
	int frame = (int)strlen("[] 100 %  ") + 1; /* and the last column stays free */
	int room = terminal_columns() - frame - (int)utf8_length(text);
	int columns = room > BAR_COLUMNS ? BAR_COLUMNS : room < 0 ? 0 : room;
	int share = total > 0 ? (int)(done * columns / total) : 0;

	printf("\r[%.*s%.*s] %3d %%  %s\033[K", share, full, columns - share, empty, percent, text);
	fflush(stdout);
}

void bar_show(struct bar *bar, int64_t done, int64_t total, const char *text)
{
	int percent = total > 0 ? (int)(done * 100 / total) : 0;

	if (isatty(STDOUT_FILENO)) {
		draw_bar(done, total, percent, text);
	} else if (!bar->shown || percent / 10 != bar->tenth) {
		printf("%3d %%  %s\n", percent, text);
		fflush(stdout);
		bar->tenth = percent / 10;
	}
	bar->shown = true;
}

void bar_end(struct bar *bar)
{
	if (bar->shown && isatty(STDOUT_FILENO))
		putchar('\n');
}
