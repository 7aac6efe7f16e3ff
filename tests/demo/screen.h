/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the demo prints: lines that scroll, wrapped at words, and below them, on a terminal, the
 * box's front and how far things are, drawn anew as they change. Into a file or a pipe go plain
 * lines only.
 */
#ifndef FARO_DEMO_SCREEN_H
#define FARO_DEMO_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

void screen_start(void);
/* Takes the front away and gives the terminal back as it was; what follows only scrolls. */
void screen_end(void);

/* A chapter's heading. */
void screen_chapter(const char *title);
/* A text: to the box, or from it to this person. */
void screen_text(const char *person, bool to_box, const char *text);
/* Small words, wrapped. */
void screen_note(const char *words);
/* A figure of the closing table. */
void screen_figure(const char *what, const char *value);

/* A light of the box: "power", "network", "traffic", "alert", "fault". */
void screen_light(const char *light, bool on);
/*
 * The bar below the front: "11 of 40 on the list", and a line of more under it. total 0 takes it
 * away. In a file: a line each time another fifth is done, and whenever `more` is told as news.
 */
void screen_progress(int64_t done, int64_t total, const char *what, const char *more);
/* Draws what has changed. */
void screen_draw(void);

#endif
