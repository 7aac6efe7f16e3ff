/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "faro/base.h"

static const char *const level_names[] = {
	[LOG_LEVEL_ALERT] = "alert",
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_NOTICE] = "notice",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

const char *log_level_name(enum log_level level)
{
	return level_names[level];
}

static struct {
	enum log_level level;
	uint64_t next; /* serial of the next line */
	struct log_line kept[LOG_KEPT_LINES];
	void (*hook)(void *ctx);
	void *hook_ctx;
} state = { .level = LOG_LEVEL_INFO, .next = 1 };

/* systemd.exec(5), JOURNAL_STREAM: device and inode of the stream, decimal, parted by a colon. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

/* One writev a line, so that lines of several processes do not mix. */
static void put_line(const struct log_line *line)
{
	char head[TIME_ISO_SIZE + 16], iso[TIME_ISO_SIZE];
	struct iovec parts[3];
	struct strbuf sb;

	strbuf_init(&sb, head, sizeof(head));
	if (stderr_is_journal())
		strbuf_addf(&sb, "<%d>", (int)line->level);
	else
		strbuf_addf(
			&sb, "%s %-7s ", time_iso(line->wall_ms, iso), log_level_name(line->level));
	parts[0] = (struct iovec){ head, sb.len };
	parts[1] = (struct iovec){ (void *)(uintptr_t)line->text, strlen(line->text) };
	parts[2] = (struct iovec){ (void *)(uintptr_t) "\n", 1 };
	while (writev(STDERR_FILENO, parts, ARRAY_SIZE(parts)) < 0 && errno == EINTR)
		;
}

/* A modem's or a person's bytes must not forge lines or move the reader's cursor. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			*text = ' ';
}

void log_write(enum log_level level, const char *format, ...)
{
	struct log_line *line = &state.kept[state.next % LOG_KEPT_LINES];
	/* a character more than a line holds, so that text_copy sees where to cut */
	char raw[LOG_LINE_SIZE + 4];
	int saved = errno;
	va_list args;

	if (level > state.level)
		return;
	va_start(args, format);
	if (vsnprintf(raw, sizeof(raw), format, args) < 0)
		raw[0] = '\0';
	va_end(args);
	make_printable(raw);
	line->serial = state.next++;
	line->wall_ms = time_wall_ms();
	line->level = level;
	text_copy(line->text, sizeof(line->text), raw);
	put_line(line);
	if (state.hook)
		state.hook(state.hook_ctx);
	errno = saved;
}

void log_set_level(enum log_level level)
{
	state.level = level;
}

bool log_kept(uint64_t from, struct log_line *out)
{
	uint64_t oldest = state.next > LOG_KEPT_LINES ? state.next - LOG_KEPT_LINES : 1;

	if (from < oldest)
		from = oldest;
	if (from >= state.next)
		return false;
	*out = state.kept[from % LOG_KEPT_LINES];
	return true;
}

void log_set_hook(void (*hook)(void *ctx), void *ctx)
{
	state.hook = hook;
	state.hook_ctx = ctx;
}
