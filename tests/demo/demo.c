/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main job, shown: a real farod with config/demo.cfg, two simulated modems, the simulated board
 * and forty simulated people in two languages. A list is made, a report comes in, an alert goes
 * out, answers are counted until enough are coming and the rest is held, an all clear. The figures
 * at the end are read from the database file.
 *
 * Radio time is RADIO_MS a segment instead of the about 4 s of a real modem, so that it fits in a
 * minute.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../e2e/box.h"
#include "figures.h"
#include "screen.h"

#define DIR         "build/demo"
#define LOG         DIR "/farod.log"
#define LOG_LINES   8
#define PEOPLE_FILE "tests/demo/people.json"
#define CONFIGURED  2  /* Ana and Rosa */
#define PEOPLE      40 /* Luis, Mei and those of PEOPLE_FILE */
#define RADIO_MS    350
#define REPORT_MS   400
#define LOOK_MS     100
#define PATIENCE_MS 45000

/* ---- the cast -------------------------------------------------------------------------------- */

static const struct person_of_test luis = { "+15105550111", "Luis" };
static const struct person_of_test mei = { "+15105550112", "Mei" };
static const struct person_of_test neighbor = { "+15105550190", "a neighbor" };

static const struct {
	const struct person_of_test *who;
	const char *name;
} shown[] = {
	{ &ana, "Ana, dispatcher" },
	{ &rosa, "Rosa, admin" },
	{ &luis, "Luis" },
	{ &mei, "Mei" },
	{ &neighbor, "a neighbor" },
};

/* What somebody texts once, a while after a text with this piece has reached them. */
struct reaction {
	const struct person_of_test *who;
	const char *hears, *says;
	int after_ms;
	int64_t due_ms; /* 0: not heard yet, -1: done */
};

static struct reaction reactions[] = {
	{ &luis, "responda SI para", "SI", 900, 0 },
	{ &mei, "reply YES to get", "YES", 900, 0 },
	{ &luis, "bienvenida", "DERECHOS", 1500, 0 },
	{ &mei, "Welcome", "HELP", 5500, 0 },
	{ &luis, "es persona voluntaria", "TURNO ON 4", 900, 0 },
	{ &luis, "ALERTA #1", "SI 15", 1200, 0 },
	{ &mei, "ALERT #1", "YES 10", 1600, 0 },
	{ &mei, "Counted for #1", "HERE", 2500, 0 },
	{ &luis, "Contamos con usted", "AQUI", 3500, 0 },
};

#define REACTIONS (sizeof(reactions) / sizeof(reactions[0]))

struct demo {
	struct box *box;
	int64_t until_ms; /* of a pause */
	int64_t alerted;  /* people who were sent the alert */
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* NULL for those who are too many to show. */
static const char *name_of(const char *phone)
{
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		if (strcmp(shown[i].who->phone, phone) == 0)
			return shown[i].name;
	return NULL;
}

static void react_later(const char *phone, const char *text)
{
	for (size_t i = 0; i < REACTIONS; i++)
		if (reactions[i].due_ms == 0 && strcmp(reactions[i].who->phone, phone) == 0 &&
			strstr(text, reactions[i].hears))
			reactions[i].due_ms = now_ms() + reactions[i].after_ms;
}

static void react(struct demo *demo)
{
	for (size_t i = 0; i < REACTIONS; i++)
		if (reactions[i].due_ms > 0 && now_ms() >= reactions[i].due_ms) {
			reactions[i].due_ms = -1;
			person_texts(demo->box, reactions[i].who, reactions[i].says);
		}
}

static bool reactions_wait(void)
{
	for (size_t i = 0; i < REACTIONS; i++)
		if (reactions[i].due_ms > 0)
			return true;
	return false;
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
	screen_text(name, in, text);
	if (out)
		react_later(phone, text);
}

/* ---- time goes on ---------------------------------------------------------------------------- */

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
	int64_t until = now_ms() + PATIENCE_MS, look = 0;

	for (;;) {
		box_wait_event(demo->box, 20);
		if (access(DIR, F_OK) < 0)
			box_failed(__FILE__, __LINE__, "somebody has removed " DIR);
		react(demo);
		take_lights(demo);
		screen_draw();
		if (now_ms() < look)
			continue;
		look = now_ms() + LOOK_MS;
		if (done(demo))
			return;
		if (now_ms() > until)
			box_failed(__FILE__, __LINE__, what);
	}
}

static bool pause_is_over(struct demo *demo)
{
	return now_ms() >= demo->until_ms;
}

/* Time to read. */
static void pause_ms(struct demo *demo, int ms)
{
	demo->until_ms = now_ms() + ms;
	go_on(demo, pause_is_over, "a pause");
}

static bool is_quiet(struct demo *demo)
{
	json_t *status = box_status(demo->box);
	bool quiet =
		json_number_at(status, "outbox.queued") == 0 &&
		json_number_at(status, "outbox.sending") == 0 &&
		json_number_at(status, "inbox.received") == json_number_at(status, "inbox.handled");

	json_decref(status);
	return quiet && !reactions_wait();
}

static bool heard(struct demo *demo, const struct person_of_test *who, const char *piece)
{
	return texts_with(demo->box, who->phone, piece) > 0;
}

/* ---- chapters -------------------------------------------------------------------------------- */

static bool modems_are_ready(struct demo *demo)
{
	json_t *status = box_status(demo->box), *modem;
	size_t i, ready = 0;

	json_array_foreach (json_object_get(status, "modems"), i, modem)
		ready += strcmp(json_string_value(json_object_get(modem, "state")), "ready") == 0;
	json_decref(status);
	return ready == 2;
}

static void box_begins(struct demo *demo)
{
	screen_chapter("Faro: a real farod, two simulated modems and forty simulated phones");
	screen_note("Below: the box's lights. > a text to the box, < one from it.");
	demo->box = box_new(&(struct box_options){ .modems = 2,
		.segment_ms = RADIO_MS,
		.report_delay_ms = REPORT_MS,
		.dir = DIR,
		.config = "config/demo.cfg" });
	sim_do(demo->box, "{s:s,s:[s,s]}", "cmd", "subscribe", "events", "text", "inject");
	box_set_event_hook(demo->box, take_event, NULL);
	box_start_modems(demo->box, -1);
	go_on(demo, modems_are_ready, "the modems were not ready in time");
}

static bool list_is_complete(struct demo *demo)
{
	json_t *status = box_status(demo->box);
	int64_t members = json_number_at(status, "members.active") - CONFIGURED;

	json_decref(status);
	screen_progress(members > 0 ? members : 0, PEOPLE, "on the list", "");
	return members >= PEOPLE && is_quiet(demo);
}

static void people_join(struct demo *demo)
{
	json_error_t error;
	json_t *population = json_load_file(PEOPLE_FILE, 0, &error);

	screen_chapter("1. Forty people join by text. The box asks back, and only YES counts");
	if (!population) {
		fprintf(stderr, "demo: %s:%d: %s\n", PEOPLE_FILE, error.line, error.text);
		exit(1);
	}
	person_texts(demo->box, &luis, "UNIRME norte");
	person_texts(demo->box, &mei, "JOIN north");
	sim_do(demo->box, "o", population);
	go_on(demo, list_is_complete, "the list was not complete in time");
	screen_progress(0, 0, "", "");
}

static bool shift_has_begun(struct demo *demo)
{
	return heard(demo, &luis, "turno por") && heard(demo, &mei, "HELP lists") && is_quiet(demo);
}

static void responders_are_named(struct demo *demo)
{
	screen_chapter("2. Rosa, an admin, makes Luis and Mei responders; Luis begins a shift");
	person_texts(demo->box, &rosa, "AGREGAR 510 555 0111 voluntario Luis");
	person_texts(demo->box, &rosa, "AGREGAR 510 555 0112 voluntaria Mei");
	go_on(demo, shift_has_begun, "the responders were not named in time");
}

static bool report_is_in(struct demo *demo)
{
	return heard(demo, &ana, "REPORT") && heard(demo, &neighbor, "#1") && is_quiet(demo);
}

static bool report_is_taken(struct demo *demo)
{
	return heard(demo, &ana, "#1 is yours") && is_quiet(demo);
}

static bool report_is_relayed(struct demo *demo)
{
	return heard(demo, &neighbor, "taking anybody away") && is_quiet(demo);
}

static bool report_is_answered(struct demo *demo)
{
	return heard(demo, &ana, "#1 more") && is_quiet(demo);
}

static bool report_is_confirmed(struct demo *demo)
{
	return heard(demo, &ana, "#1 is confirmed") && is_quiet(demo);
}

static void neighbor_reports(struct demo *demo)
{
	screen_chapter("3. A neighbor reports. Nobody sees the number; Ana asks back and confirms");
	person_texts(demo->box, &neighbor,
		"REPORT 3 vans and 8 men asking people for papers at 35th and International");
	go_on(demo, report_is_in, "the report was not passed on in time");
	pause_ms(demo, 1000);
	person_texts(demo->box, &ana, "TAKE 1");
	go_on(demo, report_is_taken, "the report was not taken in time");
	person_texts(demo->box, &ana, "#1 Are they taking anybody away? Are they still there?");
	go_on(demo, report_is_relayed, "the question was not passed on in time");
	pause_ms(demo, 1000);
	person_texts(
		demo->box, &neighbor, "Two people are in a van. Vests that say POLICE. Still here");
	go_on(demo, report_is_answered, "the answer was not passed on in time");
	pause_ms(demo, 1000);
	person_texts(demo->box, &ana, "CONFIRM 1");
	go_on(demo, report_is_confirmed, "the report was not confirmed in time");
	pause_ms(demo, 1000);
}

static const char alert[] =
	"ALERT 1 north NEED 6 Verified: 3 vans at 35th & International. Witnesses needed.";

static bool is_promised(struct demo *demo)
{
	return heard(demo, &ana, "to send") && is_quiet(demo);
}

/* The code stands in the promise, behind the word that comes before it in the message file. */
static void code_of_promise(struct demo *demo, char code[8])
{
	for (int i = 0; heard_at(demo->box, i); i++) {
		const struct heard *text = heard_at(demo->box, i);
		const char *reply = strstr(text->text, "Reply ");

		if (reply && strcmp(text->to, ana.phone) == 0 && strstr(reply, "to send"))
			digits_of(reply, 4, code);
	}
}

/* True when nothing of the alert is left to send. */
static bool show_alert(struct demo *demo)
{
	json_t *answer = farod_ask(demo->box, "{s:s,s:i}", "cmd", "show", "n", 1);
	json_t *now = json_object_get(answer, "alert");
	int64_t left = 1;
	char more[128];

	/* before that the list of those who get it is not complete */
	if (now && heard(demo, &ana, "is going out")) {
		int64_t sent = json_number_at(now, "messages.sent"),
			delivered = json_number_at(now, "messages.delivered");

		snprintf(more, sizeof(more),
			"delivered %lld   yes %lld   no %lld   there %lld   held %lld",
			(long long)delivered, (long long)json_number_at(now, "answers.yes"),
			(long long)json_number_at(now, "answers.no"),
			(long long)json_number_at(now, "answers.here"),
			(long long)json_number_at(now, "messages.held"));
		demo->alerted = sent + delivered;
		screen_progress(demo->alerted, json_number_at(now, "people"), "sent", more);
		left = json_number_at(now, "messages.queued") +
		       json_number_at(now, "messages.sending");
	}
	json_decref(answer);
	return left == 0;
}

static bool answers_are_in(struct demo *demo)
{
	bool all = show_alert(demo);

	return all && heard(demo, &ana, "6 that you need") && heard(demo, &luis, "por llegar") &&
	       heard(demo, &mei, "you are there") && is_quiet(demo);
}

static void dispatcher_alerts(struct demo *demo)
{
	char code[8] = "";

	screen_chapter("4. Ana alerts: a promise first, and only the code her phone got sends it");
	person_texts(demo->box, &ana, alert);
	go_on(demo, is_promised, "there was no promise in time");
	pause_ms(demo, 1500);
	code_of_promise(demo, code);
	person_texts(demo->box, &ana, code);
	go_on(demo, answers_are_in, "the alert did not end in time");
	pause_ms(demo, 1500);
}

static bool is_clear(struct demo *demo)
{
	screen_progress(texts_with(demo->box, NULL, "ALL CLEAR #1") +
				texts_with(demo->box, NULL, "#1 TODO DESPEJADO"),
		demo->alerted, "told that it is over", "");
	return heard(demo, &luis, "DESPEJADO") && heard(demo, &mei, "ALL CLEAR") && is_quiet(demo);
}

static bool state_is_told(struct demo *demo)
{
	return heard(demo, &ana, "modems ready") && is_quiet(demo);
}

static void all_clear(struct demo *demo)
{
	screen_chapter("5. All clear, to those who were sent the alert and nobody else");
	person_texts(demo->box, &ana, "CLEAR 1");
	go_on(demo, is_clear, "the all clear did not reach everybody in time");
	screen_progress(0, 0, "", "");
	person_texts(demo->box, &ana, "STATUS");
	go_on(demo, state_is_told, "the box did not tell its state in time");
	pause_ms(demo, 1000);
}

/* ---- beginning and end ----------------------------------------------------------------------- */

/* What farod said last is most often why. */
static void show_log(void)
{
	char lines[LOG_LINES][256];
	FILE *log = fopen(LOG, "r");
	int n = 0;

	while (log && fgets(lines[n % LOG_LINES], sizeof(lines[0]), log))
		n++;
	for (int i = n > LOG_LINES ? n - LOG_LINES : 0; i < n; i++)
		fprintf(stderr, "  %s", lines[i % LOG_LINES]);
	if (log)
		fclose(log);
}

static void demo_failed(const char *file, int line, const char *words)
{
	screen_end();
	fprintf(stderr, "demo: %s (%s:%d); the log " LOG " ends with:\n", words, file, line);
	show_log();
	exit(1);
}

int main(void)
{
	struct demo demo = { 0 };
	char note[160];

	box_failed = demo_failed;
	screen_start();
	box_begins(&demo);
	people_join(&demo);
	responders_are_named(&demo);
	neighbor_reports(&demo);
	dispatcher_alerts(&demo);
	all_clear(&demo);
	screen_end();
	box_free(demo.box);
	screen_chapter("What the database says");
	if (figures_print(DIR "/data/faro.db", RADIO_MS) < 0)
		return 1;
	snprintf(note, sizeof(note),
		"Simulated radio: %d ms a segment; a real modem takes about 4 s. The configuration "
		"is config/demo.cfg, log and database are in %s.",
		RADIO_MS, DIR);
	putchar('\n');
	screen_note(note);
	return 0;
}
