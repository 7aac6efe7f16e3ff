/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stories on the kernel's own devices share: a box whose modems are USB sticks, what farod
 * says, and room for the next story when one has failed. Comes after ../e2e/cmocka_story.h.
 */
#ifndef FARO_TARGET_STORY_H
#define FARO_TARGET_STORY_H

#include "../e2e/box.h"
#include "cable.h"
#include "front.h"
#include "machine.h"

/** The sticks in the sockets, and which of their ports the modem is at. */
struct fleet {
	struct stick sticks[STICKS];
	unsigned int at[STICKS];
};

/** Two sticks of one port each. */
extern const struct fleet usual_fleet;

/**
 * A box with so many modems, each in its stick; farod is not started yet. Without a port in
 * options it takes any.
 */
struct box *story_box(const struct box_options *options, const struct fleet *fleet);

/** A box with a front (front.h), and so many modems of the usual fleet. */
struct box *story_front_box(int modems, const char *settings);

/** The cable of a stick. */
struct cable *story_cable(unsigned int which);

/** Ends the box and takes everything away that was plugged. */
void story_over(struct box *box);

/** cmocka's teardown: of a story that failed, what farod said, and room for the next. */
int story_tidy(void **state);

/** Waits until farod's log has these words; fails after a minute. */
void story_wait_log(struct box *box, const char *words);
bool story_has_said(struct box *box, const char *words);

void story_pause(int ms);

#define story(name) cmocka_unit_test_teardown(name, story_tidy)

/** Runs the stories; FARO_STORY=pattern those whose names match. */
#define run_target_stories(stories)                                                                \
	(cmocka_set_test_filter(getenv("FARO_STORY")), run_stories(stories))

#endif
