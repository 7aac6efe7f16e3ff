/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the desk's tests share: a desk on the real store, message files and settings, on virtual
 * time. A conversation is a table that reads like one; every text the box sends is decoded from the
 * bytes that the courier would put into a PDU.
 *
 *   static const struct line talk[] = {
 *           { 0, "Ben", "JOIN north" },   { 0, NULL, NULL, "Ben", "reply YES" },
 *
 * After each text in, the desk handles it and everything that is due leaves. Each text out must be
 * in the table, in the order of its person; what is not in the table fails the test.
 */
#ifndef FARO_DESK_WORLD_H
#define FARO_DESK_WORLD_H

#include <ctype.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "faro/desk.h"

#define NOW_MS    INT64_C(1790000000000)
#define HEARD_MAX 4096

struct someone {
	const char *name, *phone;
};
static const struct someone people[] = {
	{ "Rosa", "+15105550101" },  /* admin, Spanish */
	{ "Ana", "+15105550102" },   /* dispatcher */
	{ "Abe", "+15105550103" },   /* dispatcher, north */
	{ "Carla", "+15105550104" }, /* responder, north */
	{ "Dan", "+15105550105" },   /* responder, south, Spanish */
	{ "Mia", "+15105550106" },   /* member, north */
	{ "Max", "+15105550107" },   /* member, south, Spanish */
	{ "Ben", "+15105550110" },   /* Ben and the rest are not known */
	{ "Eva", "+15105550111" },
	{ "Flo", "+15105550112" },
	{ "Box", "+15105550199" }, /* a SIM of the box */
	{ "Bank", "24680" },
	{ "Shop", "SHOP" },
};

#define BOX_GROUP "box : { name = \"Faro\"; language = \"en\"; };\n"
#define LIST_GROUP(join)                                                                           \
	"list : { join = \"" join "\"; invite_code = \"sesame\"; zones = (\n"                      \
	"  { id = \"north\"; names = ( \"north\", \"norte\" ); },\n"                               \
	"  { id = \"south\"; names = ( \"south\", \"sur\" ); } ); };\n"
#define PEOPLE_GROUP                                                                               \
	"people = (\n"                                                                             \
	" { phone = \"+15105550101\"; name = \"Rosa\"; role = \"admin\"; language = \"es\"; },\n"  \
	" { phone = \"+15105550102\"; name = \"Ana\"; role = \"dispatcher\"; },\n"                 \
	" { phone = \"+15105550103\"; name = \"Abe\"; role = \"dispatcher\"; zones = ( "           \
	"\"north\" ); } );\n"
#define INFO_GROUP                                                                                 \
	"info = ( { keyword = ( \"rights\", \"derechos\" ); text = (\n"                            \
	"  { language = \"en\"; body = \"You may remain silent.\"; },\n"                           \
	"  { language = \"es\"; body = \"Puede guardar silencio.\"; } ); } );\n"
#define USUAL_SETTINGS BOX_GROUP LIST_GROUP("open") PEOPLE_GROUP INFO_GROUP

struct heard_text {
	char to[PHONE_SIZE];
	char text[2048];
	int segments;
	enum message_class class;
	bool taken;
};

struct world {
	char dir[64];
	struct store *store;
	struct speech *speech;
	const struct settings *settings;
	struct desk *desk;
	int64_t now_ms;
	struct desk_pace pace;
	bool paused, deaf; /* deaf: nothing leaves the box */
	int wakes, texts_in, reference;
	char code[8];
	struct heard_text heard[HEARD_MAX];
	int n_heard;
};

static const char *phone_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		if (strcmp(people[i].name, name) == 0)
			return people[i].phone;
	fail_msg("nobody is called %s", name);
	return "";
}

__attribute__((unused)) static const char *name_of(const char *phone)
{
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		if (strcmp(people[i].phone, phone) == 0)
			return people[i].name;
	return phone;
}

/* ---- the box ---- */

static void on_wake(void *ctx)
{
	((struct world *)ctx)->wakes++;
}

static void on_pace(void *ctx, struct desk_pace *out)
{
	*out = ((struct world *)ctx)->pace;
}

static bool on_own_number(void *ctx, const char *phone)
{
	(void)ctx;
	return strcmp(phone, phone_of("Box")) == 0;
}

static void on_paused(void *ctx, bool paused)
{
	((struct world *)ctx)->paused = paused;
}

static void on_changed(void *ctx)
{
	(void)ctx;
}

static const struct desk_events world_events = { on_wake, on_pace, on_own_number, on_paused,
	on_changed };

static void print_problem(void *ctx, bool error, const char *problem)
{
	(void)ctx;
	if (error)
		print_message("%s\n", problem);
}

static const struct settings *world_settings(const char *text)
{
	const struct settings *settings = NULL;

	if (settings_parse(text, "test.cfg", print_problem, NULL, &settings) < 0)
		fail_msg("the test's settings are wrong");
	return settings;
}

static void world_open(struct world *w)
{
	struct store_config config = { .data_dir = w->dir, .key_file = "" };
	struct store_health health;
	char why[256];
	int rc = store_open(&config, &w->store, &health, why, sizeof(why));

	if (rc < 0)
		fail_msg("store: %s", why);
	rc = desk_new(w->settings, w->store, w->speech, &world_events, w, w->now_ms, &w->desk);
	assert_int_equal(rc, 0);
}

static void world_close(struct world *w)
{
	desk_free(w->desk);
	store_close(w->store);
	w->desk = NULL;
	w->store = NULL;
}

/* The box is switched off and on. */
__attribute__((unused)) static void world_restart(struct world *w)
{
	world_close(w);
	world_open(w);
}

/* What people read as time is told by this zone's clocks. */
__attribute__((unused)) static void live_in(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

/* Read once for all the worlds of a program: nothing writes in it, and reading takes long. */
static struct speech *world_speech(void)
{
	static struct speech *speech;

	if (!speech)
		assert_int_equal(
			speech_new("config/messages", "en", print_problem, NULL, &speech), 0);
	return speech;
}

static struct world *world_make(const char *settings)
{
	struct world *w = calloc(1, sizeof(*w));
	const char *tmp = getenv("TMPDIR");

	assert_non_null(w);
	log_set_level(LOG_LEVEL_ALERT);
	snprintf(w->dir, sizeof(w->dir), "%s/faro-desk-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(w->dir));
	w->now_ms = NOW_MS;
	w->pace = (struct desk_pace){ .modems = 2,
		.modems_ready = 2,
		.segments_per_s = 0.5,
		.allowance = -1,
		.newcomers = -1,
		.signal_dbm = -67 };
	w->settings = world_settings(settings);
	w->speech = world_speech();
	world_open(w);
	return w;
}

static void world_destroy(struct world *w)
{
	DIR *dir;

	world_close(w);
	settings_free(w->settings);
	dir = opendir(w->dir);
	for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", w->dir, e->d_name);
		unlink(path);
	}
	closedir(dir);
	rmdir(w->dir);
	free(w);
}

/* ---- texts in ---- */

/* As the courier does it: the fragment is committed, then the text is whole and waits. */
static int64_t text_arrives_with(struct world *w, const char *phone, const char *body, int gaps)
{
	char unique[32];
	struct store_landing landing;
	char parsed[PHONE_SIZE];
	struct store_fragment fragment = { .modem = "sim1",
		.sent_ms = w->now_ms,
		.reference = -1,
		.total = 1,
		.seq = 1,
		.pdu = unique };

	snprintf(unique, sizeof(unique), "text %d", ++w->texts_in);
	fragment.pdu_size = strlen(unique);
	fragment.kind = phone_parse(phone, "1", parsed);
	text_copy(fragment.sender, sizeof(fragment.sender), parsed);
	assert_int_equal(store_fragment_add(w->store, &fragment, w->now_ms, &landing), 0);
	assert_int_equal(store_text_complete(w->store, landing.text_id, body, gaps, w->now_ms), 0);
	return landing.text_id;
}

static int64_t text_arrives(struct world *w, const char *phone, const char *body)
{
	return text_arrives_with(w, phone, body, 0);
}

/* From somebody nobody has heard of; each i is another number. */
__attribute__((unused)) static void stranger_texts(struct world *w, int i, const char *body)
{
	char phone[PHONE_SIZE];

	snprintf(phone, sizeof(phone), "+1212555%04d", 100 + i);
	text_arrives(w, phone, body);
}

/* ---- texts out ---- */

static void hear_part(struct world *w, const struct store_claim *claim)
{
	char text[SMS_TEXT_SIZE];
	struct heard_text *heard;
	struct sms_ud ud;

	assert_int_equal(sms_ud_unpack(&ud, claim->part, (size_t)claim->part_size), 0);
	assert_true(sms_ud_text(&ud, text, sizeof(text)) >= 0);
	if (claim->index == 0) {
		assert_true(w->n_heard < HEARD_MAX);
		heard = &w->heard[w->n_heard++];
		memset(heard, 0, sizeof(*heard));
		text_copy(heard->to, sizeof(heard->to), claim->phone);
		heard->segments = claim->total;
		heard->class = claim->class;
	} else {
		heard = &w->heard[w->n_heard - 1];
		assert_string_equal(heard->to, claim->phone);
	}
	strncat(heard->text, text, sizeof(heard->text) - strlen(heard->text) - 1);
}

/* Everything that may leave leaves. Returns how many segments did. */
static int deliver(struct world *w, int at_most)
{
	struct store_claim claim;
	int n = 0, rc = 0;

	while (!w->deaf && store_broadcast_expand(w->store, 100, w->now_ms) == 1)
		;
	while (n < at_most && !w->deaf &&
		(rc = store_claim_next(w->store, "sim1", w->paused, w->now_ms, &claim)) == 1) {
		hear_part(w, &claim);
		assert_int_equal(store_segment_sent(w->store, claim.segment_id,
					 ++w->reference & 255, w->now_ms),
			0);
		n++;
	}
	assert_true(rc >= 0);
	return n;
}

static int64_t ticks(struct world *w)
{
	int64_t next;

	while ((next = desk_tick(w->desk, w->now_ms)) <= w->now_ms)
		assert_true(next >= 0);
	return next;
}

/* The desk handles what waits and does what is due, and everything leaves. */
static void settle(struct world *w)
{
	int rc;

	while ((rc = desk_handle_next(w->desk, w->now_ms)) == 1)
		;
	assert_int_equal(rc, 0);
	do
		ticks(w);
	while (deliver(w, 100000) > 0);
}

/* Time goes on to then_ms, stopping at every deadline. */
static void time_goes_on(struct world *w, int64_t then_ms)
{
	for (;;) {
		int64_t next = ticks(w);

		deliver(w, 100000);
		if (next > then_ms)
			break;
		w->now_ms = next;
	}
	if (then_ms > w->now_ms)
		w->now_ms = then_ms;
	settle(w);
}

static void texts(struct world *w, const char *name, const char *body)
{
	text_arrives(w, phone_of(name), body);
	settle(w);
}

/* The oldest text to this person that nobody has asked for yet, or NULL. */
static struct heard_text *next_heard(struct world *w, const char *name)
{
	for (int i = 0; i < w->n_heard; i++)
		if (!w->heard[i].taken && strcmp(w->heard[i].to, phone_of(name)) == 0)
			return &w->heard[i];
	return NULL;
}

__attribute__((unused)) static const char *hears(
	struct world *w, const char *name, const char *piece)
{
	struct heard_text *heard = next_heard(w, name);

	if (!heard)
		fail_msg("%s should hear \"%s\" and hears nothing", name, piece);
	if (!strstr(heard->text, piece))
		fail_msg("%s should hear \"%s\" and hears \"%s\"", name, piece, heard->text);
	heard->taken = true;
	return heard->text;
}

__attribute__((unused)) static void hears_nothing(struct world *w, const char *name)
{
	struct heard_text *heard = next_heard(w, name);

	if (heard)
		fail_msg("%s should hear nothing and hears \"%s\"", name, heard->text);
}

__attribute__((unused)) static void forget(struct world *w)
{
	w->n_heard = 0;
}

static void nobody_hears_more(struct world *w, int line)
{
	for (int i = 0; i < w->n_heard; i++)
		if (!w->heard[i].taken)
			fail_msg("before line %d %s hears \"%s\", which is not in the table", line,
				name_of(w->heard[i].to), w->heard[i].text);
}

/* ---- conversations ---- */

struct line {
	int minute;
	const char *who, *says;     /* who texts the box; NULL: time goes on to this minute */
	const char *hearer, *hears; /* or who hears what from it: a piece of the text */
};

/* SAYS(minute, who, text), HEARS(who, piece), TIME(minute) */
#define SAYS(at, name, text)                                                                       \
	{                                                                                          \
		.minute = (at), .who = (name), .says = (text)                                      \
	}
#define HEARS(name, piece)                                                                         \
	{                                                                                          \
		.hearer = (name), .hears = (piece)                                                 \
	}
/* The two dispatchers and the admin hear the same of it. */
#define STAFF_HEAR(piece) HEARS("Ana", piece), HEARS("Abe", piece), HEARS("Rosa", piece)
#define TIME(at)                                                                                   \
	{                                                                                          \
		.minute = (at)                                                                     \
	}
/* What dispatchers hear of the first report, and of Ana taking it. */
#define REPORT_1(text)                                                                             \
	HEARS("Ana", "#1 REPORT: " text), HEARS("Abe", "#1 REPORT: " text),                        \
		HEARS("Rosa", "#1 REPORTE: " text)
#define EVA_REPORTS(text) SAYS(0, "Eva", "REPORT " text), REPORT_1(text)
#define REPORTED(n)                                                                                \
	HEARS("Ana", "#" n " REPORT"), HEARS("Abe", "#" n " REPORT"),                              \
		HEARS("Rosa", "#" n " REPORTE")
#define ANA_TAKES                                                                                  \
	SAYS(0, "Ana", "TAKE 1"), HEARS("Ana", "#1 is yours."), HEARS("Abe", "taken by Ana"),      \
		HEARS("Rosa", "Ana tiene")
/* In a text: the code that the box said last. */
#define CODE "<code>"

/* Everybody on the list hears it, each in their language. */
#define ALL_HEAR(en, es)                                                                           \
	HEARS("Ana", en), HEARS("Abe", en), HEARS("Rosa", es), HEARS("Carla", en),                 \
		HEARS("Dan", es), HEARS("Mia", en), HEARS("Max", es)

/* An alert to all of them. */
#define ALERT_1  "Faro ALERT #1: vans at 5th. Answer YES and minutes, or NO."
#define ALERTA_1 "Faro ALERTA #1: vans at 5th. Responda SI y minutos, o NO."
#define ALERT_GONE_OUT                                                                             \
	SAYS(0, "Ana", "ALERT vans at 5th"),                                                       \
		HEARS("Ana", "#1 (all zones): 7 people, 1 segment, "                               \
			     "about 1 min. Reply "),                                               \
		SAYS(1, "Ana", CODE), HEARS("Ana", "#1 is going out to 7 people."),                \
		ALL_HEAR(ALERT_1, ALERTA_1)

static void keep_code(struct world *w, const char *text)
{
	for (const char *p = strstr(text, "Reply "); p; p = strstr(p + 1, "Reply "))
		if (strspn(p + 6, "0123456789") == 4)
			snprintf(w->code, sizeof(w->code), "%.4s", p + 6);
	for (const char *p = strstr(text, "Responda "); p; p = strstr(p + 1, "Responda "))
		if (strspn(p + 9, "0123456789") == 4)
			snprintf(w->code, sizeof(w->code), "%.4s", p + 9);
}

/* Hears this piece of an answer with a code in it, and texts the code. */
__attribute__((unused)) static void confirms(struct world *w, const char *name, const char *piece)
{
	keep_code(w, hears(w, name, piece));
	texts(w, name, w->code);
}

static void play(struct world *w, const struct line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct line *line = &lines[i];

		if (line->hearer) {
			keep_code(w, hears(w, line->hearer, line->hears));
			continue;
		}
		nobody_hears_more(w, (int)i);
		if (NOW_MS + line->minute * MS_PER_MIN > w->now_ms)
			time_goes_on(w, NOW_MS + line->minute * MS_PER_MIN);
		if (line->who)
			texts(w, line->who, strcmp(line->says, CODE) == 0 ? w->code : line->says);
	}
	nobody_hears_more(w, (int)n);
}

static void people_join(struct world *w)
{
	static const struct desk_person_request list[] = {
		{ "+15105550104", "Carla", "responder", "en", "north" },
		{ "+15105550105", "Dan", "responder", "es", "south" },
		{ "+15105550106", "Mia", "member", "en", "north" },
		{ "+15105550107", "Max", "member", "es", "south" },
	};
	char why[128] = "";

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (desk_person_add(w->desk, &list[i], w->now_ms, why, sizeof(why)) < 0)
			fail_msg("%s: %s", list[i].name, why);
}

__attribute__((unused)) static struct world *world_of_people(const char *settings)
{
	struct world *w = world_make(settings);

	people_join(w);
	return w;
}

__attribute__((unused)) static void talk_with(
	const char *settings, const struct line *lines, size_t n)
{
	struct world *w = world_of_people(settings);

	play(w, lines, n);
	world_destroy(w);
}
#define TALK(lines) talk_with(USUAL_SETTINGS, lines, ARRAY_SIZE(lines))

/* Carla, a responder, is made a dispatcher; and what ends that again. */
__attribute__((unused)) static void carla_becomes_dispatcher(struct world *w)
{
	texts(w, "Rosa", "ROLE 5105550104 dispatcher");
	confirms(w, "Rosa", "Responda ");
	forget(w);
}

__attribute__((unused)) static const struct {
	const char *who, *says;
} carla_ends[] = {
	{ "Rosa", "REMOVE 5105550104" },
	{ "Rosa", "ROLE 5105550104 responder" },
	{ "Carla", "STOP" },
};

__attribute__((unused)) static int64_t incidents_open(struct world *w)
{
	struct store_counts counts;

	assert_int_equal(store_counts(w->store, &counts), 0);
	return counts.incidents_open;
}

__attribute__((unused)) static struct person row_of(struct world *w, const char *name)
{
	struct person person;

	assert_int_equal(store_person_find(w->store, phone_of(name), &person), 0);
	return person;
}

#endif
