/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "screen.h"

#define LIGHTS      5
#define BAR_CELLS   40
#define FRONT_LINES 4

static const char *const tones[] = {
	[TONE_PLAIN] = "",
	[TONE_DIM] = "\033[2m",
	[TONE_BOLD] = "\033[1m",
	[TONE_IN] = "\033[36m",
	[TONE_OUT] = "\033[33m",
	[TONE_GOOD] = "\033[32m",
	[TONE_BAD] = "\033[31m",
};

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
	bool terminal, drawn, dirty;
	char what[64], more[128];
	int64_t done, total;
	int tenth; /* last tenth that was printed into a file */
	int64_t start_ms;
} screen;

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void screen_start(void)
{
	screen.terminal = isatty(STDOUT_FILENO);
	screen.start_ms = now_ms();
	screen.tenth = -1;
	setvbuf(stdout, NULL, _IOFBF, 65536);
}

bool screen_is_terminal(void)
{
	return screen.terminal;
}

static void erase_front(void)
{
	if (screen.drawn)
		printf("\033[%dA\r\033[J", FRONT_LINES);
	screen.drawn = false;
}

static void draw_bar(void)
{
	int cells = screen.total > 0 ? (int)(screen.done * BAR_CELLS / screen.total) : 0;

	if (screen.total == 0) {
		printf("\n");
		return;
	}
	printf("  %s ", screen.what);
	for (int i = 0; i < BAR_CELLS; i++)
		fputs(i < cells ? "█" : "░", stdout);
	printf(" %lld of %lld %s\n", (long long)screen.done, (long long)screen.total, screen.more);
}

static void draw_front(void)
{
	printf("  ┌─ Faro ───────────────────────────────────────────────────────┐\n  │ ");
	for (int i = 0; i < LIGHTS; i++)
		printf(" %s%s\033[0m %-8s ", lights[i].on ? lights[i].colour : "\033[2m",
			lights[i].on ? "●" : "○", lights[i].name);
	printf("  │\n  └──────────────────────────────────────────────────────────────┘\n");
	draw_bar();
	screen.drawn = true;
	screen.dirty = false;
}

void screen_draw(void)
{
	if (!screen.terminal || !screen.dirty)
		return;
	erase_front();
	draw_front();
	fflush(stdout);
}

void screen_end(void)
{
	erase_front();
	screen.terminal = false;
	fflush(stdout);
}

void screen_line(enum tone tone, const char *format, ...)
{
	va_list ap;

	erase_front();
	printf("%6.1f s  %s", (double)(now_ms() - screen.start_ms) / 1000,
		screen.terminal ? tones[tone] : "");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("%s\n", screen.terminal ? "\033[0m" : "");
	if (screen.terminal)
		draw_front();
	fflush(stdout);
}

void screen_chapter(const char *title)
{
	erase_front();
	printf("\n%s%s%s\n", screen.terminal ? "\033[1m" : "", title,
		screen.terminal ? "\033[0m" : "");
	if (screen.terminal)
		draw_front();
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

void screen_progress(const char *what, int64_t done, int64_t total, const char *more)
{
	int tenth = total > 0 ? (int)(done * 10 / total) : -1;

	snprintf(screen.what, sizeof(screen.what), "%s", what);
	snprintf(screen.more, sizeof(screen.more), "%s", more);
	screen.done = done;
	screen.total = total;
	screen.dirty = true;
	if (!screen.terminal && tenth != screen.tenth && tenth >= 0)
		screen_line(TONE_PLAIN, "%s: %lld of %lld %s", what, (long long)done,
			(long long)total, more);
	screen.tenth = tenth;
}
