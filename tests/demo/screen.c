/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "screen.h"

#define LIGHTS        5
#define LIGHT_COLUMNS 13
#define FRONT_LINES   5
#define WIDTH_DEFAULT 80
#define WIDTH_MIN     48
#define WIDTH_MAX     110 /* longer lines are harder to read */
#define BAR_MAX       40
#define NAME_COLUMNS  16

#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define CYAN  "\033[36m"
#define PLAIN "\033[0m"
/*
 * The cursor is hidden, and what is too long for a narrow terminal is cut, while the front lasts.
 */
#define TAKE_TERMINAL "\033[?25l\033[?7l"
#define GIVE_TERMINAL "\033[?7h\033[?25h\033[0m"

static struct {
	const char *name, *colour;
	bool on;
} lights[LIGHTS] = {
	{ "power", "\033[32m", false },
	{ "network", "\033[34m", false },
	{ "traffic", "\033[37m", false },
	{ "alert", "\033[33m", false },
	{ "fault", "\033[31m", false },
};

static struct {
	bool terminal; /* else a file or a pipe */
	bool front;    /* is shown below what scrolls */
	bool drawn, dirty;
	char what[64], more[128];
	int64_t done, total;
	int fifth; /* the last that was printed into a file */
	int64_t start_ms;
} screen;

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static const char *style(const char *sequence)
{
	return screen.terminal ? sequence : "";
}

/* Asked each time: a terminal's size changes. Into a file lines are not wrapped. */
static int width(void)
{
	struct winsize size;

	if (!screen.terminal)
		return 10000;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return WIDTH_DEFAULT;
	if (size.ws_col < WIDTH_MIN)
		return WIDTH_MIN;
	return size.ws_col > WIDTH_MAX ? WIDTH_MAX : size.ws_col;
}

/* Ctrl-C: the cursor comes back; farod and modemsim end with their parent. */
static void interrupted(int signal)
{
	static const char back[] = "\r\n" GIVE_TERMINAL;
	ssize_t written = write(STDOUT_FILENO, back, sizeof(back) - 1);

	(void)written;
	raise(signal); /* SA_RESETHAND: this time it ends the process */
}

void screen_start(void)
{
	struct sigaction action = { .sa_handler = interrupted, .sa_flags = (int)SA_RESETHAND };
	const char *term = getenv("TERM");

	screen.terminal = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
	screen.start_ms = now_ms();
	screen.fifth = -1;
	setvbuf(stdout, NULL, _IOFBF, 65536);
	if (!screen.terminal)
		return;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	fputs(TAKE_TERMINAL, stdout);
	screen.front = true;
	atexit(screen_end);
}

/* Nobody looks any more (the terminal, or who reads the pipe, has gone): it is over. */
static void show(void)
{
	if (fflush(stdout) == EOF)
		_exit(1);
}

/* ---- the front ------------------------------------------------------------------------------- */

static void erase_front(void)
{
	if (screen.drawn)
		printf("\033[%dA\r\033[J", FRONT_LINES);
	screen.drawn = false;
}

static void draw_bar(void)
{
	int cells = width() - 4 - (int)strlen(screen.what) - 16;
	int full;

	if (screen.total == 0) {
		fputs("\n\n", stdout);
		return;
	}
	if (cells > BAR_MAX)
		cells = BAR_MAX;
	full = (int)(screen.done * cells / screen.total);
	fputs("  ", stdout);
	for (int i = 0; i < cells; i++)
		fputs(i < full ? "█" : "░", stdout);
	printf("  %lld of %lld %s\n", (long long)screen.done, (long long)screen.total, screen.what);
	printf("  %s\n", screen.more);
}

static void draw_edge(const char *left, const char *title, const char *right)
{
	int columns = LIGHTS * LIGHT_COLUMNS + 1 - (int)strlen(title);

	printf("  %s%s", left, title);
	while (columns-- > 0)
		fputs("─", stdout);
	printf("%s\n", right);
}

static void draw_front(void)
{
	draw_edge("┌", " Faro ", "┐");
	fputs("  │", stdout);
	for (int i = 0; i < LIGHTS; i++)
		printf("  %s%s" PLAIN " %-8s ", lights[i].on ? lights[i].colour : DIM,
			lights[i].on ? "●" : "○", lights[i].name);
	fputs(" │\n", stdout);
	draw_edge("└", "", "┘");
	draw_bar();
	screen.drawn = true;
	screen.dirty = false;
}

void screen_draw(void)
{
	if (!screen.front || !screen.dirty)
		return;
	erase_front();
	draw_front();
	show();
}

void screen_end(void)
{
	if (!screen.front)
		return;
	erase_front();
	screen.front = false;
	fputs(GIVE_TERMINAL, stdout);
	fflush(stdout);
}

void screen_light(const char *light, bool on)
{
	for (int i = 0; i < LIGHTS; i++)
		if (strcmp(lights[i].name, light) == 0 && lights[i].on != on) {
			lights[i].on = on;
			screen.dirty = true;
		}
}

/* ---- lines that scroll ----------------------------------------------------------------------- */

/* What has been printed above the front stays; the front goes below it again. */
static void end_line(void)
{
	if (screen.front)
		draw_front();
	show();
}

/* The bytes of a word and the columns it takes: every letter of these texts takes one. */
static size_t word_of(const char *text, int *columns)
{
	size_t n = 0;

	for (*columns = 0; text[n] && text[n] != ' ' && text[n] != '\n'; n++)
		*columns += ((unsigned char)text[n] & 0xC0) != 0x80;
	return n;
}

/* Prints from column `indent` on; a word that does not fit begins a new line there. */
static void print_wrapped(const char *text, int indent)
{
	int limit = width() - 1, column = indent;

	while (*text) {
		int columns;
		size_t n = word_of(text, &columns);

		if (column > indent && column + 1 + columns > limit) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		fwrite(text, 1, n, stdout);
		column += columns;
		text += n + (text[n] != 0);
	}
}

static int print_time(void)
{
	return printf("%s%6.1f%s  ", style(DIM), (double)(now_ms() - screen.start_ms) / 1000,
		       style(PLAIN)) -
	       (int)(strlen(style(DIM)) + strlen(style(PLAIN)));
}

void screen_text(const char *person, bool to_box, const char *text)
{
	int column;

	erase_front();
	column = print_time();
	printf("%s%-*s %c ", style(to_box ? CYAN : ""), NAME_COLUMNS, person, to_box ? '>' : '<');
	print_wrapped(text, column + NAME_COLUMNS + 3);
	printf("%s\n", style(PLAIN));
	end_line();
}

void screen_chapter(const char *title)
{
	erase_front();
	printf("\n%s", style(BOLD));
	print_wrapped(title, 0);
	printf("%s\n", style(PLAIN));
	end_line();
}

void screen_note(const char *words)
{
	erase_front();
	printf("%s  ", style(DIM));
	print_wrapped(words, 2);
	printf("%s\n", style(PLAIN));
	end_line();
}

void screen_figure(const char *what, const char *value)
{
	printf("  %-44s %s%10s%s\n", what, style(BOLD), value, style(PLAIN));
}

void screen_progress(int64_t done, int64_t total, const char *what, const char *more)
{
	int fifth = total > 0 ? (int)(done * 5 / total) : -1;

	if (done == screen.done && total == screen.total && strcmp(more, screen.more) == 0)
		return;
	snprintf(screen.what, sizeof(screen.what), "%s", what);
	snprintf(screen.more, sizeof(screen.more), "%s", more);
	screen.done = done;
	screen.total = total;
	screen.dirty = true;
	if (!screen.terminal && fifth != screen.fifth && fifth >= 0) {
		print_time();
		printf("%lld of %lld %s%s%s\n", (long long)done, (long long)total, what,
			*more ? ": " : "", more);
		show();
	}
	screen.fifth = fifth;
}
