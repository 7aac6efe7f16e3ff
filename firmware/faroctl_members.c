/* SPDX-License-Identifier: Apache-2.0 */
/* The list of people, and CSV files of them. */
#include <csv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "faroctl.h"

/* ---- list, export ---------------------------------------------------------------------------- */

static const struct column member_columns[] = {
	{ "member", "member", -6 },
	{ "phone", "phone", 15 },
	{ "name", "name", 16 },
	{ "role", "role", 10 },
	{ "lang", "language", 4 },
	{ "state", "state", 9 },
	{ "zones", "zones", 0 },
};

struct listing {
	bool json;
	bool begun;
};

/* One word of a person's state: what matters most of it. */
static void print_member_row(const json_t *member)
{
	json_t *row = json_copy((json_t *)(uintptr_t)member);

	const char *state = json_string_value(json_object_get(row, "state"));

	if (json_is_true(json_object_get(row, "blocked")))
		json_object_set_new(row, "state", json_string("blocked"));
	else if (json_is_true(json_object_get(row, "on_duty")) && state &&
		 strcmp(state, "active") == 0)
		json_object_set_new(row, "state", json_string("on duty"));
	print_row(member_columns, ARRAY_SIZE(member_columns), row);
	json_decref(row);
}

/* With --json the rows go out as they come, so that a long list needs no memory here either. */
static void print_member(void *ctx, const char *kind, const json_t *row)
{
	struct listing *listing = ctx;

	if (strcmp(kind, "row") != 0)
		return;
	if (listing->json) {
		fputs(listing->begun ? "," : "{\"members\":[", stdout);
		json_dumpf(row, stdout, JSON_COMPACT);
	} else {
		if (!listing->begun)
			print_head(member_columns, ARRAY_SIZE(member_columns));
		print_member_row(row);
	}
	listing->begun = true;
}

static int list_members(struct ctl *ctl, json_t *request)
{
	struct listing listing = { .json = ctl->json };
	struct ctl plain = *ctl;
	json_t *answer = NULL;
	int64_t people;
	int rc;

	/* an error is said inside of the object that has begun */
	plain.json = false;
	rc = ctl_ask(&plain, request, print_member, &listing, &answer);
	people = json_integer_value(json_object_get(answer, "people"));
	json_decref(answer);
	if (ctl->json)
		printf("%s],\"people\":%" PRId64 ",\"ok\":%s}\n",
			listing.begun ? "" : "{\"members\":[", people, rc == 0 ? "true" : "false");
	else if (rc == 0)
		printf("%s%" PRId64 " %s\n", listing.begun ? "\n" : "", people,
			people == 1 ? "person" : "people");
	return rc;
}

int ctl_members_list(struct ctl *ctl)
{
	json_t *request = ctl_request("members list");

	json_object_set_new(request, "all", json_boolean(ctl->all));
	return list_members(ctl, request);
}

static const char *const csv_names[] = { "phone", "name", "role", "language", "zones" };
#define CSV_COLUMNS ARRAY_SIZE(csv_names)

static void write_member(void *ctx, const char *kind, const json_t *row)
{
	FILE *file = ctx;

	if (strcmp(kind, "row") != 0)
		return;
	for (size_t i = 0; i < CSV_COLUMNS; i++) {
		const char *text = json_string_value(json_object_get(row, csv_names[i]));

		if (i > 0)
			fputc(',', file);
		print_csv_field(file, text ? text : "");
	}
	fputc('\n', file);
}

static int write_members(struct ctl *ctl, json_t *request, FILE *file, const char *name)
{
	int rc;

	for (size_t i = 0; i < CSV_COLUMNS; i++)
		fprintf(file, "%s%s", i > 0 ? "," : "", csv_names[i]);
	fputc('\n', file);
	rc = ctl_ask(ctl, request, write_member, file, NULL);
	if (fflush(file) != 0 && rc == 0)
		rc = ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", name, strerror(errno));
	return rc;
}

int ctl_members_export(struct ctl *ctl)
{
	const char *path = ctl->n_words > 0 ? ctl->words[0] : NULL;
	json_t *request = ctl_request("members list");
	FILE *file;
	int rc;

	json_object_set_new(request, "active", json_true());
	if (ctl->json)
		return list_members(ctl, request);
	if (!path)
		return write_members(ctl, request, stdout, "standard output");
	/* the list in clear text: for its owner's eyes */
	umask(077);
	file = fopen(path, "wx");
	if (!file) {
		json_decref(request);
		return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", path, strerror(errno));
	}
	rc = write_members(ctl, request, file, path);
	fclose(file);
	return rc;
}

/* ---- add, remove ----------------------------------------------------------------------------- */

static void set_zones(const struct ctl *ctl, json_t *request)
{
	char memory[2048];
	struct strbuf zones;

	strbuf_init(&zones, memory, sizeof(memory));
	for (int i = 0; i < ctl->n_zones; i++)
		strbuf_addf(&zones, "%s%s", i > 0 ? " " : "", ctl->zones[i]);
	json_object_set_new(request, "zones", json_string(zones.text));
}

int ctl_members_add(struct ctl *ctl)
{
	static const char *const names[] = { "phone", "role", "name" };
	json_t *request;

	/* which of the two is meant nobody can know */
	if ((ctl->role && ctl->n_words > 1) || (ctl->name && ctl->n_words > 2))
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"%s is given twice: as the word \"%s\" and by --%s",
			ctl->role ? "the role" : "the name", ctl->words[ctl->role ? 1 : 2],
			ctl->role ? "role" : "name");
	request = ctl_request("members add");
	for (int i = 0; i < ctl->n_words && i < (int)ARRAY_SIZE(names); i++)
		json_object_set_new(request, names[i], json_string(ctl->words[i]));
	if (ctl->role)
		json_object_set_new(request, "role", json_string(ctl->role));
	if (ctl->name)
		json_object_set_new(request, "name", json_string(ctl->name));
	if (ctl->language)
		json_object_set_new(request, "language", json_string(ctl->language));
	set_zones(ctl, request);
	return ctl_order(ctl, request, "added");
}

int ctl_members_remove(struct ctl *ctl)
{
	json_t *request = ctl_request("members remove");

	json_object_set_new(request, "phone", json_string(ctl->words[0]));
	return ctl_order(ctl, request, "removed");
}

/* ---- import ---------------------------------------------------------------------------------- */

#define FIELD_MAX   200  /* bytes of one field */
#define BATCH_BYTES 8000 /* of fields; escaped as JSON they stay below farod's longest line */
#define COLUMNS_MAX 16

struct import {
	const struct ctl *ctl;
	const char *path;
	FILE *file;
	struct csv_parser parser;
	long line, row_line; /* where the reader is, where the row began */
	bool in_row, skipping;
	bool have_delimiter;
	unsigned char delimiter;
	int columns[COLUMNS_MAX]; /* index into csv_names of each column of the file */
	int n_columns, field;
	json_t *row, *rows, *errors, *repeated;
	json_t *lines;   /* by number, as farod reads it: the line that was taken last */
	json_t *refused; /* lines of the batch that farod did not take */
	size_t batch_bytes;
	int64_t imported, bad, bytes, size;
	const char *wrong; /* the row cannot be used */
	int rc;            /* not 0: stop */
	bool have_header;
	struct bar bar;
};

static void row_error(struct import *import, long line, const char *text)
{
	import->bad++;
	if (import->ctl->json)
		json_array_append_new(import->errors,
			json_pack("{s:I,s:s}", "line", (json_int_t)line, "error", text));
	fprintf(stderr, "%s:%ld: %s\n", import->path, line, text);
}

static void hear_row_error(void *ctx, const char *kind, const json_t *row)
{
	const char *text = json_string_value(json_object_get(row, "error"));
	json_int_t line = json_integer_value(json_object_get(row, "line"));
	struct import *import = ctx;

	if (strcmp(kind, "row") != 0)
		return;
	row_error(import, (long)line, text ? text : "refused");
	json_array_append_new(import->refused, json_integer(line));
}

static bool was_refused(const struct import *import, json_int_t line)
{
	const json_t *refused;
	size_t i;

	json_array_foreach (import->refused, i, refused)
		if (json_integer_value(refused) == line)
			return true;
	return false;
}

/* The last row of a number counts: whoever merged two lists is to know which. */
static void note_repeated(struct import *import, const char *country_code)
{
	const json_t *row;
	size_t i;

	json_array_foreach (import->rows, i, row) {
		const char *phone = json_string_value(json_object_get(row, "phone"));
		json_int_t line = json_integer_value(json_object_get(row, "line")), before;
		char number[PHONE_SIZE];

		if (!phone || phone_parse(phone, country_code, number) != PHONE_E164 ||
			was_refused(import, line))
			continue;
		before = json_integer_value(json_object_get(import->lines, number));
		json_object_set_new(import->lines, number, json_integer(line));
		if (!before)
			continue;
		json_array_append_new(
			import->repeated, json_pack("{s:I,s:I}", "line", line, "before", before));
		fprintf(stderr,
			"%s:%" PRId64 ": warning: the number of line %" PRId64
			" again; what line %" PRId64 " says was taken\n",
			import->path, (int64_t)line, (int64_t)before, (int64_t)line);
	}
	json_array_clear(import->refused);
}

static void send_batch(struct import *import)
{
	json_t *request = ctl_request("members import"), *answer = NULL;
	const char *country_code;
	char text[64];

	if (json_array_size(import->rows) == 0 || import->rc != 0) {
		json_decref(request);
		return;
	}
	json_object_set(request, "rows", import->rows);
	import->rc = ctl_ask(import->ctl, request, hear_row_error, import, &answer);
	import->imported += json_integer_value(json_object_get(answer, "imported"));
	country_code = json_string_value(json_object_get(answer, "country_code"));
	if (import->rc == 0)
		note_repeated(import, country_code ? country_code : "");
	json_decref(answer);
	json_array_clear(import->rows);
	import->batch_bytes = 0;
	snprintf(text, sizeof(text), "%" PRId64 " imported", import->imported);
	/* a file of one batch is imported before a bar could be read */
	if (!import->ctl->json && (import->bytes < import->size || import->bar.shown))
		bar_show(&import->bar, import->bytes, import->size, text);
}

static void header_field(struct import *import, const char *text)
{
	char name[64], why[256];
	struct strbuf sb;
	size_t known = 0;

	if (!utf8_valid(text)) {
		import->rc = ctl_fail(import->ctl, FARO_EXIT_FAILED,
			"%s:%ld: this is not UTF-8; save the file as CSV in UTF-8", import->path,
			import->row_line);
		return;
	}
	text_fold(name, sizeof(name), text);
	while (known < CSV_COLUMNS && strcmp(csv_names[known], name) != 0)
		known++;
	if (known == CSV_COLUMNS || import->n_columns == COLUMNS_MAX) {
		strbuf_init(&sb, why, sizeof(why));
		strbuf_addf(&sb,
			"%s:%ld: the header names \"%s\"; allowed: phone, name, role, language, "
			"zones",
			import->path, import->row_line, name);
		import->rc = ctl_fail(import->ctl, FARO_EXIT_FAILED, "%s", why);
		return;
	}
	for (int i = 0; i < import->n_columns; i++)
		if (import->columns[i] == (int)known)
			import->rc = ctl_fail(import->ctl, FARO_EXIT_FAILED,
				"%s:%ld: the header names \"%s\" twice; allowed: each column once",
				import->path, import->row_line, name);
	import->columns[import->n_columns++] = (int)known;
}

static void data_field(struct import *import, const char *text, size_t n)
{
	if (import->field >= import->n_columns) {
		if (n > 0)
			import->wrong = "there are more fields than the header has";
	} else if (n > FIELD_MAX) {
		import->wrong = "a field is longer than 200 bytes";
	} else if (!utf8_valid(text)) {
		import->wrong = "this is not UTF-8; save the file as UTF-8";
	} else {
		json_object_set_new(
			import->row, csv_names[import->columns[import->field]], json_string(text));
		import->batch_bytes += n + 16;
	}
	import->field++;
}

static void on_field(void *data, size_t n, void *ctx)
{
	struct import *import = ctx;
	const char *text = data ? data : "";

	if (import->rc != 0)
		return;
	if (!import->have_header)
		header_field(import, text);
	else
		data_field(import, text, strlen(text) == n ? n : FIELD_MAX + 1);
}

static void end_of_header(struct import *import)
{
	import->have_header = true;
	for (int i = 0; i < import->n_columns; i++)
		if (import->columns[i] == 0)
			return;
	if (import->rc == 0)
		import->rc = ctl_fail(import->ctl, FARO_EXIT_FAILED,
			"%s:%ld: the first line must name the columns: phone, name, role, "
			"language, zones (phone must be there)",
			import->path, import->row_line);
}

static void begin_row(struct import *import)
{
	json_decref(import->row);
	import->row = json_object();
	import->wrong = NULL;
	import->field = 0;
	import->in_row = false;
}

static void on_row(int c, void *ctx)
{
	struct import *import = ctx;

	(void)c;
	if (!import->have_header) {
		end_of_header(import);
	} else if (import->wrong) {
		row_error(import, import->row_line, import->wrong);
	} else if (import->rc == 0) {
		json_object_set_new(import->row, "line", json_integer(import->row_line));
		json_array_append(import->rows, import->row);
		if (import->batch_bytes >= BATCH_BYTES)
			send_batch(import);
	}
	begin_row(import);
}

#define CSV_OPTIONS (CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL)

static void begin_parser(struct import *import)
{
	csv_init(&import->parser, CSV_OPTIONS);
	csv_set_delim(&import->parser, import->delimiter);
}

/* A quote in the wrong place spoils its line; the next one is read afresh. */
static void skip_line(struct import *import)
{
	row_error(import, import->row_line,
		"a field with a quote in it must be quoted, and its quotes doubled");
	csv_free(&import->parser);
	begin_parser(import);
	import->skipping = true;
	begin_row(import);
}

/* Where a comma stands in numbers, spreadsheets part columns by semicolons; the header shows it. */
static void find_delimiter(struct import *import, unsigned char byte)
{
	if (import->have_delimiter || (byte != ',' && byte != ';' && byte != '\t'))
		return;
	import->delimiter = byte;
	import->have_delimiter = true;
	csv_set_delim(&import->parser, byte);
}

static void read_byte(struct import *import, unsigned char byte)
{
	bool newline = byte == '\n';

	import->bytes++;
	if (!import->have_header)
		find_delimiter(import, byte);
	if (!import->skipping && !import->in_row && !newline && byte != '\r') {
		import->in_row = true;
		import->row_line = import->line;
	}
	if (!import->skipping &&
		csv_parse(&import->parser, &byte, 1, on_field, on_row, import) != 1)
		skip_line(import);
	import->skipping = import->skipping && !newline;
	import->line += newline;
}

/* Byte by byte: libcsv does not tell lines, and an error without its line helps nobody. */
static void read_rows(struct import *import)
{
	int c;

	while (import->rc == 0 && (c = fgetc(import->file)) != EOF)
		read_byte(import, (unsigned char)c);
	if (import->rc == 0 && csv_fini(&import->parser, on_field, on_row, import) != 0)
		row_error(import, import->row_line,
			"a quote of this row is not closed: what stands behind it was not read");
	if (import->rc == 0 && !import->have_header)
		import->rc = ctl_fail(import->ctl, FARO_EXIT_FAILED,
			"%s: the file is empty; its first line must name the columns",
			import->path);
	if (import->rc == 0)
		send_batch(import);
}

static int import_end(struct import *import)
{
	if (!import->ctl->json)
		bar_end(&import->bar);
	if (import->rc != 0)
		return import->rc;
	if (import->ctl->json)
		print_json(json_pack("{s:b,s:I,s:O,s:O}", "ok", import->bad == 0, "imported",
			(json_int_t)import->imported, "errors", import->errors, "repeated",
			import->repeated));
	else
		printf("%" PRId64 " imported\n", import->imported);
	if (import->bad == 0)
		return FARO_EXIT_OK;
	fprintf(stderr, "faroctl: %" PRId64 " %s not imported; correct and import %s again\n",
		import->bad, import->bad == 1 ? "row was" : "rows were",
		import->bad == 1 ? "it" : "them");
	return FARO_EXIT_FAILED;
}

int ctl_members_import(struct ctl *ctl)
{
	struct import import = {
		.ctl = ctl, .path = ctl->words[0], .line = 1, .row_line = 1, .delimiter = ','
	};
	struct stat st;
	int rc;

	import.file = strcmp(import.path, "-") == 0 ? stdin : fopen(import.path, "r");
	if (!import.file)
		return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s", import.path, strerror(errno));
	if (fstat(fileno(import.file), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(import.file);
		return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: is a directory", import.path);
	}
	import.size = S_ISREG(st.st_mode) ? st.st_size : 0;
	import.row = json_object();
	import.rows = json_array();
	import.errors = json_array();
	import.repeated = json_array();
	import.refused = json_array();
	import.lines = json_object();
	begin_parser(&import);
	read_rows(&import);
	rc = import_end(&import);
	csv_free(&import.parser);
	json_decref(import.row);
	json_decref(import.rows);
	json_decref(import.errors);
	json_decref(import.repeated);
	json_decref(import.refused);
	json_decref(import.lines);
	if (import.file != stdin)
		fclose(import.file);
	return rc;
}
