/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources.h"

/* Where a line begins: an @include counts only between settings. */
enum scan_state { SCAN_PLAIN, SCAN_STRING, SCAN_COMMENT };

struct scan {
	struct sources *sources;
	enum scan_state state;
	struct source_line begun; /* where the string or comment began */
	int depth;                /* -1: includes are not allowed */
};

static int expand(struct scan *scan, const char *path, const char *text, size_t len);

static void PRINTF_LIKE(3, 4)
	mistake(struct sources *sources, const struct source_line *at, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	sources->mistakes++;
	sources->report(sources->ctx, sources->files[at->file], at->line, text);
}

/* ---- files ----------------------------------------------------------------------------------- */

static char *read_all(int fd, size_t size, int *error)
{
	char *text = malloc(size + 1);
	size_t len = 0;
	ssize_t n = 1;

	*error = -ENOMEM;
	while (text && len < size && n != 0) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno != EINTR) {
			*error = -errno;
			free(text);
			return NULL;
		}
		len += n > 0 ? (size_t)n : 0;
	}
	if (text)
		text[len] = '\0';
	return text;
}

const char *sources_error(int error)
{
	switch (error) {
	case -EINVAL:
		return "not a regular file";
	case -EFBIG:
		return "larger than 1 MiB";
	case -EILSEQ:
		return "holds a NUL byte: not a text file";
	default:
		return strerror(-error);
	}
}

/* Only regular files: a FIFO or a device would block the daemon or never end. */
static int why_not(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return -EISDIR;
	if (!S_ISREG(st->st_mode))
		return -EINVAL;
	return (size_t)st->st_size > SOURCES_SIZE_MAX ? -EFBIG : 0;
}

/* Editors of other systems begin a file with a byte order mark, which says nothing in UTF-8. */
static void drop_mark(char *text)
{
	static const char mark[] = "\xEF\xBB\xBF";

	if (strncmp(text, mark, strlen(mark)) == 0)
		memmove(text, text + strlen(mark), strlen(text + strlen(mark)) + 1);
}

/* The text of a file, or NULL and the reason. */
static char *read_file(const char *path, int *error)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *text = NULL;
	struct stat st;

	if (fd < 0) {
		*error = -errno;
		return NULL;
	}
	*error = fstat(fd, &st) < 0 ? -errno : why_not(&st);
	if (*error == 0)
		text = read_all(fd, (size_t)st.st_size, error);
	close(fd);
	if (text && strlen(text) < (size_t)st.st_size) {
		free(text);
		text = NULL;
		*error = -EILSEQ;
	}
	if (text)
		drop_mark(text);
	return text;
}

/* A relative path starts at the directory of the file that includes it. */
static void resolve(char *out, size_t size, const char *from, const char *path)
{
	const char *slash = strrchr(from, '/');
	struct strbuf sb;

	strbuf_init(&sb, out, size);
	if (*path != '/' && slash)
		strbuf_add_n(&sb, from, (size_t)(slash - from) + 1);
	strbuf_add(&sb, path);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static int append_text(struct sources *sources, const char *piece, size_t len)
{
	char *text = realloc(sources->text, sources->len + len + 1);

	if (!text)
		return -ENOMEM;
	memcpy(text + sources->len, piece, len);
	sources->text = text;
	sources->len += len;
	text[sources->len] = '\0';
	return 0;
}

static int append_line(struct sources *sources, const char *line, size_t len, struct source_line at)
{
	size_t n = sources->n_lines;

	/* grown by doubling: whenever the number of lines reaches a power of two */
	if ((n & (n - 1)) == 0) {
		void *lines = realloc(sources->lines, (n ? 2 * n : 1) * sizeof(*sources->lines));

		if (!lines)
			return -ENOMEM;
		sources->lines = lines;
	}
	sources->lines[sources->n_lines++] = at;
	return append_text(sources, line, len);
}

/* libconfig 1.5 takes the low 32 bits of a larger number without a word; no setting needs one. */
static size_t scan_number(struct scan *scan, const char *p, const struct source_line *at)
{
	size_t n = strspn(p, "0123456789");

	if (n > 0 && p[n] != '.' && (n > 10 || strtoll(p, NULL, 10) > INT32_MAX))
		mistake(scan->sources, at, "the number %.*s%s is too large", (int)(n < 24 ? n : 24),
			p, n < 24 ? "" : "...");
	return n > 0 ? n : 1;
}

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '.';
}

static size_t scan_plain(struct scan *scan, const char *p, const struct source_line *at)
{
	if (*p == '#' || strncmp(p, "//", 2) == 0)
		return strcspn(p, "\n");
	if (strncmp(p, "/*", 2) == 0) {
		scan->state = SCAN_COMMENT;
		scan->begun = *at;
		return 2;
	}
	if (*p == '"') {
		scan->state = SCAN_STRING;
		scan->begun = *at;
	}
	if (is_word_char(*p) && (*p < '0' || *p > '9')) {
		size_t n = 1;

		while (is_word_char(p[n]))
			n++;
		return n;
	}
	return scan_number(scan, p, at);
}

/* Follows strings and comments over the end of the line. */
static void scan_line(struct scan *scan, const char *line, size_t len, const struct source_line *at)
{
	const char *end = line + len;

	for (const char *p = line; p < end;) {
		if (scan->state == SCAN_PLAIN) {
			p += scan_plain(scan, p, at);
		} else if (scan->state == SCAN_STRING) {
			if (*p == '"')
				scan->state = SCAN_PLAIN;
			p += *p == '\\' && p + 1 < end ? 2 : 1;
		} else {
			bool over = strncmp(p, "*/", 2) == 0;

			if (over)
				scan->state = SCAN_PLAIN;
			p += over ? 2 : 1;
		}
	}
}

/*
 * The path of an @include line ("" when it is not written as it should be), or NULL when this line
 * is none.
 */
static const char *include_path(const char *line, size_t len, size_t *path_len)
{
	const char *p = line + strspn(line, " \t"), *close;

	*path_len = 0;
	if (strncmp(p, "@include", 8) != 0)
		return NULL;
	p += 8;
	p += strspn(p, " \t");
	close = *p == '"' ? memchr(p + 1, '"', len - (size_t)(p + 1 - line)) : NULL;
	if (close && strchr("\r\n#/", close[1 + strspn(close + 1, " \t")]))
		*path_len = (size_t)(close - p - 1);
	return p + 1;
}

/* A path that cannot be read is a mistake of the line, not the end of the check. */
static int include(struct scan *scan, const char *path, size_t path_len, struct source_line at)
{
	struct sources *sources = scan->sources;
	char named[1024], full[2048], *text;
	int rc;

	if (scan->depth < 0) {
		mistake(sources, &at, "@include is not possible here");
		return 0;
	}
	if (path_len == 0 || path_len >= sizeof(named)) {
		mistake(sources, &at,
			"an @include line must be: @include \"more.cfg\", and nothing behind it");
		return 0;
	}
	if (scan->depth >= SOURCES_DEPTH_MAX || sources->n_files >= SOURCES_FILES_MAX) {
		mistake(sources, &at, "@include goes too deep: at most %d files, %d levels",
			SOURCES_FILES_MAX, SOURCES_DEPTH_MAX);
		return 0;
	}
	text_copy(named, path_len + 1, path);
	resolve(full, sizeof(full), sources->files[at.file], named);
	text = read_file(full, &rc);
	if (!text) {
		mistake(sources, &at, "@include \"%s\": %s", full, sources_error(rc));
		return 0;
	}
	scan->depth++;
	rc = expand(scan, full, text, strlen(text));
	scan->depth--;
	free(text);
	return rc;
}

/* Where a quote is missing the next one closes the text, and all behind it is turned inside out. */
static void note_wrapped(struct scan *scan)
{
	struct sources *sources = scan->sources;

	if (scan->state == SCAN_STRING && sources->wrapped.line == 0)
		sources->wrapped = scan->begun;
}

static int expand_line(struct scan *scan, const char *line, size_t len, struct source_line at)
{
	size_t path_len;
	const char *path = scan->state == SCAN_PLAIN ? include_path(line, len, &path_len) : NULL;

	if (scan->sources->len + len > SOURCES_SIZE_MAX)
		return -EFBIG;
	if (path)
		return include(scan, path, path_len, at);
	scan_line(scan, line, len, &at);
	note_wrapped(scan);
	return append_line(scan->sources, line, len, at);
}

/* libconfig would only say "syntax error" at the end of the file. */
static void check_closed(struct scan *scan)
{
	if (scan->state == SCAN_PLAIN)
		return;
	if (scan->state == SCAN_STRING)
		mistake(scan->sources, &scan->sources->wrapped,
			"the text that begins here is not closed: a quote is missing");
	else
		mistake(scan->sources, &scan->begun, "the comment that begins here is not closed");
	scan->sources->broken = true;
	scan->state = SCAN_PLAIN;
}

static int expand(struct scan *scan, const char *path, const char *text, size_t len)
{
	struct sources *sources = scan->sources;
	struct source_line at = { sources->n_files, 0 };
	char *name = strdup(path);
	int rc = 0;

	if (!name)
		return -ENOMEM;
	sources->files[sources->n_files++] = name;
	while (len > 0 && rc == 0) {
		const char *newline = memchr(text, '\n', len);
		size_t n = newline ? (size_t)(newline - text) + 1 : len;

		at.line++;
		rc = expand_line(scan, text, n, at);
		text += n;
		len -= n;
		/* the file that includes this one goes on with a line of its own */
		if (rc == 0 && !newline)
			rc = append_text(sources, "\n", 1);
	}
	check_closed(scan);
	return rc;
}

/* ---- the face -------------------------------------------------------------------------------- */

static int expand_whole(struct sources *sources, int depth, const char *name, const char *text)
{
	struct scan scan = { .sources = sources, .depth = depth };
	int rc = append_text(sources, "", 0);

	return rc < 0 ? rc : expand(&scan, name, text, strlen(text));
}

int sources_read(struct sources *sources, const char *path)
{
	int rc;
	char *text = read_file(path, &rc);

	if (!text)
		return rc;
	rc = expand_whole(sources, 0, path, text);
	free(text);
	return rc;
}

int sources_take(struct sources *sources, const char *name, const char *text)
{
	return expand_whole(sources, -1, name, text);
}

void sources_where(
	const struct sources *sources, unsigned int line, const char **file, int *file_line)
{
	size_t i = line > 0 ? line - 1 : 0;

	if (sources->n_lines > 0 && i >= sources->n_lines)
		i = sources->n_lines - 1;
	*file = sources->n_lines ? sources->files[sources->lines[i].file] : sources->files[0];
	*file_line = sources->n_lines ? sources->lines[i].line : 1;
}

const char *sources_line(const struct sources *sources, unsigned int line)
{
	const char *text = sources->text;

	while (line-- > 1 && strchr(text, '\n'))
		text = strchr(text, '\n') + 1;
	return text;
}

void sources_fini(struct sources *sources)
{
	for (int i = 0; i < sources->n_files; i++)
		free(sources->files[i]);
	free(sources->lines);
	free(sources->text);
}
