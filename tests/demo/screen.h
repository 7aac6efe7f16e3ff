/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the demo prints: lines that scroll, and below them, on a terminal, the box's front and a
 * progress bar that are drawn anew as they change. Into a file or a pipe go plain lines only.
 */
#ifndef FARO_DEMO_SCREEN_H
#define FARO_DEMO_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

enum tone { TONE_PLAIN, TONE_DIM, TONE_BOLD, TONE_IN, TONE_OUT, TONE_GOOD, TONE_BAD };

void screen_start(void);
/* Takes the front away; what follows only scrolls. */
void screen_end(void);
bool screen_is_terminal(void);

/* A line that scrolls. */
void screen_line(enum tone tone, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A chapter's heading. */
void screen_chapter(const char *title);

/* A light of the box: "power", "network", "traffic", "alert", "fault". */
void screen_light(const char *light, bool on);
/*
 * The bar below the front; total 0 takes it away. In a file: a line each time another tenth is
 * done.
 */
void screen_progress(const char *what, int64_t done, int64_t total, const char *more);
/* Draws what has changed. */
void screen_draw(void);

#endif
