/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main job, shown: a real farod with config/demo.cfg, two simulated modems, the simulated board
 * and forty simulated people in two languages. A list is made, a report comes in, an alert goes
 * out, answers are counted, an all clear. The figures at the end are read from the database file.
 *
 * Radio time is RADIO_MS a segment instead of the about 4 s of a real modem, so that it fits in a
 * minute.
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

/* ---- figures --------------------------------------------------------------------------------- */

static int64_t query(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t value = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
		fprintf(stderr, "demo: %s: %s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
	if (sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

/* One screen of figures, from the database that farod left. */
static void print_figures(double utilisation[2])
{
#define OF_ALERT " FROM outbox o WHERE broadcast = (SELECT broadcast FROM alert WHERE id = 1)"
#define STARTED  "(SELECT started_ms FROM alert WHERE id = 1)"
	static const struct {
		const char *what, *sql;
		double per; /* the figure is divided by it */
		const char *unit;
	} figures[] = {
		{ "people the alert was for", "SELECT count(*)" OF_ALERT, 1, "" },
		{ "  first segment accepted after",
			"SELECT min(sent_ms) - " STARTED OF_ALERT " AND sent_ms > 0", 1000, " s" },
		{ "  last segment accepted after", "SELECT max(sent_ms) - " STARTED OF_ALERT, 1000,
			" s" },
		{ "  promised", "SELECT promised_s FROM alert WHERE id = 1", 1, " s" },
		{ "  delivered", "SELECT count(*)" OF_ALERT " AND state = 3", 1, "" },
		{ "  sent, no report yet", "SELECT count(*)" OF_ALERT " AND state = 2", 1, "" },
		{ "  failed", "SELECT count(*)" OF_ALERT " AND state = 4", 1, "" },
		{ "  unknown", "SELECT count(*)" OF_ALERT " AND state = 5", 1, "" },
		{ "  held, because enough said yes", "SELECT count(*)" OF_ALERT " AND state = 6", 1,
			"" },
		{ "  said yes", "SELECT count(*) FROM answer WHERE answer <> 2", 1, "" },
		{ "  said no", "SELECT count(*) FROM answer WHERE answer = 2", 1, "" },
		{ "texts received, each handled once", "SELECT count(*) FROM text WHERE state = 2",
			1, "" },
		{ "messages sent, all kinds", "SELECT count(*) FROM outbox WHERE state IN (2, 3)",
			1, "" },
		{ "segments accepted by the network", "SELECT sum(accepted) FROM message", 1, "" },
		{ "segments sent a second time", "SELECT sum(resent) FROM message", 1, "" },
	};
	sqlite3 *db;

	if (sqlite3_open_v2(DIR "/data/faro.db", &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) {
		fprintf(stderr, "demo: cannot open the database\n");
		exit(1);
	}
	screen_chapter("What the database says");
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		printf("  %-38s %*.*f%s\n", figures[i].what, 8, figures[i].per > 1 ? 2 : 0,
			(double)query(db, figures[i].sql) / figures[i].per, figures[i].unit);
	for (int i = 0; i < 2; i++)
		printf("  modem sim%d busy during the alert        %8.1f %%\n", i + 1,
			utilisation[i] * 100);
	printf("\n  %s is what was used; radio time here is %d ms a segment, a real modem takes "
	       "about 4 s.\n"
	       "  %s holds the log and the sealed database.\n\n",
		"config/demo.cfg", RADIO_MS, DIR);
	sqlite3_close(db);
}

/* Time with a segment on the air, per modem, until now. */
static void busy_us(struct demo *demo, int64_t busy[2])
{
	json_t *stats = sim_ask(demo->box, "{s:s}", "cmd", "stats"), *modem;
	size_t i;

	json_array_foreach (json_object_get(stats, "modems"), i, modem)
		if (i < 2)
			busy[i] = json_number_at(modem, "busy_us");
	json_decref(stats);
}

/* ---- chapters -------------------------------------------------------------------------------- */

static bool answered(struct demo *demo, const struct person_of_test *who, const char *piece)
{
	return texts_with(demo->box, who->phone, piece) > 0;
}

static int64_t status_of(struct demo *demo, const char *path)
{
	json_t *status = box_status(demo->box);
	int64_t value = json_number_at(status, path);

	json_decref(status);
	return value;
}

static bool queue_is_empty(struct demo *demo)
{
	json_t *status = box_status(demo->box);
	bool empty =
		json_number_at(status, "outbox.queued") +
				json_number_at(status, "outbox.sending") ==
			0 &&
		json_number_at(status, "inbox.received") == json_number_at(status, "inbox.handled");

	json_decref(status);
	return empty;
}

static bool list_is_complete(struct demo *demo)
{
	int64_t members = status_of(demo, "members.active") - 2;

	screen_progress("on the list", members, PEOPLE, "people");
	return members >= PEOPLE && queue_is_empty(demo);
}

static void people_join(struct demo *demo)
{
	json_error_t error;
	json_t *population = json_load_file("tests/demo/people.json", 0, &error);

	screen_chapter("1. Forty people join by text. JOIN is asked back once; only YES counts");
	if (!population) {
		fprintf(stderr, "demo: tests/demo/people.json:%d: %s\n", error.line, error.text);
		exit(1);
	}
	sim_do(demo->box, "o", population);
	go_on(demo, list_is_complete, "the list");
	screen_progress("", 0, 0, "");
}

static bool report_is_in(struct demo *demo)
{
	return answered(demo, &ana, "REPORT") && answered(demo, &neighbor, "#1") &&
	       queue_is_empty(demo);
}

static bool report_is_taken(struct demo *demo)
{
	return answered(demo, &neighbor, "vests or uniforms") && answered(demo, &ana, "#1 more") &&
	       queue_is_empty(demo);
}

static void neighbor_reports(struct demo *demo)
{
	screen_chapter("2. A neighbor reports. Dispatchers read it without the number, and ask "
		       "back through the box");
	person_texts(demo->box, &neighbor,
		"REPORT 3 vans and 8 men asking people for papers at 35th and International");
	go_on(demo, report_is_in, "the report");
	person_texts(demo->box, &ana, "TAKE 1");
	person_texts(demo->box, &ana,
		"#1 Thank you. Are they in vests or uniforms? Are they still there?");
	go_on(demo, a_moment, "a moment");
	person_texts(demo->box, &neighbor, "Vests that say POLICE. They are still here");
	go_on(demo, report_is_taken, "the relay");
}

static const char alert[] =
	"ALERT 1 north NEED 12 Verified: 3 vans at 35th & International. Witnesses needed.";

static bool is_promised(struct demo *demo)
{
	return answered(demo, &ana, "to send") && queue_is_empty(demo);
}

/* The code stands in the promise, behind the word that comes before it in the message file. */
static void code_of_promise(struct demo *demo, char code[8])
{
	for (int i = 0; heard_at(demo->box, i); i++) {
		const struct heard *heard = heard_at(demo->box, i);
		const char *reply = strstr(heard->text, "Reply ");

		if (reply && strcmp(heard->to, ana.phone) == 0 && strstr(reply, "to send"))
			digits_of(reply, 4, code);
	}
}

static bool alert_is_over(struct demo *demo)
{
	json_t *answer = farod_ask(demo->box, "{s:s,s:i}", "cmd", "show", "n", 1);
	json_t *alert_now = json_object_get(answer, "alert");
	int64_t total, sent;
	char more[128];
	bool over;

	if (!alert_now) {
		json_decref(answer);
		return false;
	}
	total = json_number_at(alert_now, "people");
	sent = json_number_at(alert_now, "messages.sent") +
	       json_number_at(alert_now, "messages.delivered");
	snprintf(more, sizeof(more), "| delivered %lld | yes %lld, no %lld | held %lld",
		(long long)json_number_at(alert_now, "messages.delivered"),
		(long long)json_number_at(alert_now, "answers.yes"),
		(long long)json_number_at(alert_now, "answers.no"),
		(long long)json_number_at(alert_now, "messages.held"));
	screen_progress("sent", sent, total, more);
	over = total > 0 && json_number_at(alert_now, "messages.queued") +
					    json_number_at(alert_now, "messages.sending") ==
				    0;
	json_decref(answer);
	return over;
}

static bool all_is_quiet(struct demo *demo)
{
	return alert_is_over(demo) && queue_is_empty(demo) && a_moment(demo);
}

static void dispatcher_alerts(struct demo *demo, double utilisation[2])
{
	int64_t before[2] = { 0 }, after[2] = { 0 }, start_us, us;
	char code[8] = "";

	screen_chapter("3. The dispatcher's alert: a promise first, then the code that only her "
		       "phone has");
	person_texts(demo->box, &ana, alert);
	go_on(demo, is_promised, "the promise");
	code_of_promise(demo, code);
	busy_us(demo, before);
	start_us = now_ms() * 1000;
	person_texts(demo->box, &ana, code);
	go_on(demo, alert_is_over, "the broadcast");
	us = now_ms() * 1000 - start_us;
	busy_us(demo, after);
	for (int i = 0; i < 2; i++)
		utilisation[i] = us > 0 ? (double)(after[i] - before[i]) / (double)us : 0;
	go_on(demo, all_is_quiet, "the answers");
}

static bool is_clear(struct demo *demo)
{
	return answered(demo, &ana, "#1: it goes") && queue_is_empty(demo);
}

static void all_clear(struct demo *demo)
{
	screen_chapter("4. All clear, to those who were sent the alert, each in their language");
	person_texts(demo->box, &ana, "CLEAR 1");
	go_on(demo, is_clear, "the all clear");
	screen_progress("", 0, 0, "");
	person_texts(demo->box, &ana, "STATUS");
	go_on(demo, a_moment, "a moment");
	go_on(demo, queue_is_empty, "the end");
}

static void demo_failed(const char *file, int line, const char *words)
{
	screen_end();
	fprintf(stderr, "demo: %s (%s:%d); see %s/farod.log\n", words, file, line, DIR);
	exit(1);
}

int main(void)
{
	struct demo demo = { 0 };
	double utilisation[2] = { 0 };

	box_failed = demo_failed;
	screen_start();
	screen_chapter("Faro: farod with two simulated modems, the simulated board and forty "
		       "simulated phones");
	demo.box = box_new(&(struct box_options){ .modems = 2,
		.segment_ms = RADIO_MS,
		.report_delay_ms = 400,
		.dir = DIR,
		.config = "config/demo.cfg" });
	sim_do(demo.box, "{s:s,s:[s,s]}", "cmd", "subscribe", "events", "text", "inject");
	box_set_event_hook(demo.box, take_event, &demo);
	box_start(demo.box);
	people_join(&demo);
	neighbor_reports(&demo);
	dispatcher_alerts(&demo, utilisation);
	all_clear(&demo);
	screen_end();
	box_free(demo.box);
	print_figures(utilisation);
	return 0;
}
