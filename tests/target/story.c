/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "faro/base.h"
#include "story.h"

const struct fleet usual_fleet = {
	.sticks = { { "0x2c7c", "0x0125", "Quectel", "EC25", "a1", 1 },
		{ "0x1e0e", "0x9001", "SIMCom", "SIM7600", "b2", 1 } },
};

static struct cable *cables[STICKS];
static struct box *now; /* the box of the story that is being told */

void story_pause(int ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L }, NULL);
}

struct box *story_box(const struct box_options *options, const struct fleet *fleet)
{
	struct box_options own = *options;
	char link[160];

	if (!own.port)
		own.port = "auto";
	now = box_new(&own);
	for (unsigned int i = 0; i < (own.modems ? (unsigned int)own.modems : 1); i++) {
		stick_make(i, &fleet->sticks[i]);
		snprintf(link, sizeof(link), "%s/sim%u", box_dir(now), i + 1);
		cables[i] = cable_new(link, i, fleet->at[i]);
	}
	return now;
}

struct box *story_front_box(int modems, const char *settings)
{
	front_define(NULL);
	front_plug();
	return story_box(
		&(struct box_options){
			.modems = modems, .settings = settings, .board = FRONT_BOARD },
		&usual_fleet);
}

struct cable *story_cable(unsigned int which)
{
	return cables[which];
}

static void unplug_all(void)
{
	for (int i = 0; i < STICKS; i++) {
		cable_free(cables[i]);
		cables[i] = NULL;
	}
	chip_unplug();
}

void story_over(struct box *box)
{
	now = NULL;
	box_free(box);
	unplug_all();
}

int story_tidy(void **state)
{
	(void)state;
	if (!now)
		return 0;
	fputs(box_log(now), stderr);
	fflush(stderr);
	if (box_pid(now))
		box_kill(now);
	now = NULL;
	unplug_all();
	return 0;
}

bool story_has_said(struct box *box, const char *words)
{
	char *log = box_log(box);
	bool said = strstr(log, words);

	free(log);
	return said;
}

void story_wait_log(struct box *box, const char *words)
{
	int64_t deadline = time_mono_ms() + MS_PER_MIN;

	while (!story_has_said(box, words)) {
		if (time_mono_ms() > deadline)
			fail_msg("farod never said \"%s\"", words);
		story_pause(20);
	}
}
