/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long until ten of 500 members have said yes, with 1 to 4 modems, in three orders:
 *   list      as a plain list is texted: by row. The box is told of no role, zone or shift
 *   classes   on duty, responders of the zone, the zone, others; nobody has answered before
 *   answers   the same, and within each class those who came to most of the last ten alerts
 * Desk and store are the real ones, on virtual time: the order is theirs, the alert stops when they
 * hold it, and every text in and out goes through them. Only the modem is a figure (SEGMENT_MS).
 *
 * The people. That two in five are trained responders is from networks' own counts (800 of 2,000).
 * All else here is ASSUMED, for no network publishes it: one responder in ten is on shift; four
 * zones of equal size. Whether a person says yes is a coin of their own, whose chance is drawn once
 * from a beta distribution - mean 0.60 on shift, 0.25 of responders, 0.06 of members, all with
 * alpha + beta = 2, so that people differ much within a class - and is 0.4 of that for an alert of
 * another zone. A yes comes after a log-normal delay: median 3 min (1 min on shift), sigma 1.0. The
 * same people, coins and delays meet every order: what differs is the order alone. Members are in
 * no order in the list.
 *
 * FARO_BENCH_RUNS: towns per line (default 51). FARO_BENCH_DIR: where their files lie.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faro/desk.h"

#include "figure.h"

#define MEMBERS    500
#define ZONES      4
#define NEED       10
#define HISTORY    10
#define MODEMS_MAX 4
#define SEGMENT_MS (4 * MS_PER_S) /* one segment on one modem */
#define LIFE_MS    (2 * MS_PER_H) /* the alert's shelf life */
#define NOW_MS     INT64_C(1790000000000)
#define AUTHOR     "+15105550199"
#define PI         3.14159265358979323846

enum order { ORDER_LIST, ORDER_CLASSES, ORDER_ANSWERS, ORDERS };

static const char settings_text[] =
	"box : { name = \"Faro\"; language = \"en\"; };\n"
	"alerts : { confirm = \"none\"; };\n"
	"list : { zones = ( { id = \"z0\"; names = ( \"z0\" ); }, { id = \"z1\"; names = ( \"z1\" "
	"); },\n"
	" { id = \"z2\"; names = ( \"z2\" ); }, { id = \"z3\"; names = ( \"z3\" ); } ); };\n"
	"people = ( { phone = \"" AUTHOR "\"; name = \"Ana\"; role = \"dispatcher\"; } );\n";

/* ---- chance ---------------------------------------------------------------------------------- */

static uint64_t chance; /* xorshift64*: the same towns on every machine */

static double uniform(void)
{
	chance ^= chance >> 12;
	chance ^= chance << 25;
	chance ^= chance >> 27;
	return ((double)((chance * UINT64_C(2685821657736338717)) >> 11) + 0.5) /
	       9007199254740992.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * PI * uniform());
}

/* Johnk's way: alpha and beta of at most 2 together, so it seldom has to try again. */
static double beta(double mean)
{
	double a = 2 * mean, b = 2 * (1 - mean), x, y;

	do {
		x = pow(uniform(), 1 / a);
		y = pow(uniform(), 1 / b);
	} while (x + y > 1 || x + y <= 0);
	return x / (x + y);
}

/* ---- people ---------------------------------------------------------------------------------- */

struct member {
	bool responder, duty, yes;
	int zone;
	int64_t delay_ms;
	bool came[HISTORY];
	int64_t answers_ms; /* when the yes arrives; 0 = the alert has not reached them */
};

static struct member members[MEMBERS];

static bool comes(const struct member *m, double keen, int zone)
{
	return uniform() < (m->zone == zone ? keen : 0.4 * keen);
}

static void people_draw(unsigned int town)
{
	chance = UINT64_C(0x9E3779B97F4A7C15) * (town + 1);
	for (int i = 0; i < MEMBERS; i++) {
		struct member *m = &members[i];

		*m = (struct member){ .responder = uniform() < 0.4,
			.zone = (int)(uniform() * ZONES) };
		m->duty = uniform() < 0.1 && m->responder;
		double keen = beta(m->duty ? 0.60 : m->responder ? 0.25 : 0.06);

		for (int h = 0; h < HISTORY; h++)
			m->came[h] = comes(m, keen, h % ZONES);
		m->yes = comes(m, keen, 0);
		m->delay_ms = (int64_t)((m->duty ? 1 : 3) * MS_PER_MIN * exp(normal()));
	}
}

static const char *phone_of(int i, char out[PHONE_SIZE])
{
	snprintf(out, PHONE_SIZE, "+1%03d55501%02d", 200 + i / 100, i % 100);
	return out;
}

/* -1 for the author. */
static int member_of(const char *phone)
{
	int i = (atoi((char[]){ phone[2], phone[3], phone[4], 0 }) - 200) * 100 + atoi(phone + 10);

	return strcmp(phone, AUTHOR) == 0 || i < 0 || i >= MEMBERS ? -1 : i;
}

/* ---- a town: its box ------------------------------------------------------------------------- */

struct town {
	char dir[128];
	struct store *store;
	struct desk *desk;
	int64_t now_ms;
	int texts_in;
	struct {
		int64_t free_ms; /* on the air until */
		struct store_claim claim;
		bool busy;
	} modems[MODEMS_MAX];
	int n_modems, yes, copies;
};

static const struct settings *settings;
static struct speech *speech;

static void say_problem(void *ctx, bool error, const char *problem)
{
	(void)ctx;
	if (error)
		puts(problem);
}

static void join_all(struct town *town, enum order order)
{
	char phone[PHONE_SIZE];
	struct person p;

	must(store_begin(town->store), "begin");
	for (int i = 0; i < MEMBERS; i++) {
		const struct member *m = &members[i];
		uint64_t zone = UINT64_C(1) << store_zone_bit(
					town->store, (char[]){ 'z', (char)('0' + m->zone), 0 });
		bool plain = order == ORDER_LIST;

		must(store_person_meet(town->store, phone_of(i, phone), NOW_MS, &p), "meet");
		must(store_person_join(
			     town->store, p.id, plain ? 0 : zone, false, "import", "-", NOW_MS),
			"join");
		if (!plain && m->responder)
			must(store_person_set_role(town->store, p.id, ROLE_RESPONDER, NOW_MS),
				"role");
		if (!plain && m->duty)
			must(store_person_set_duty(town->store, p.id, NOW_MS + MS_PER_DAY), "duty");
	}
	must(store_commit(town->store), "commit");
}

static void remember_alerts(struct town *town)
{
	char phone[PHONE_SIZE], code[ALERT_CODE_SIZE];
	struct person p;

	must(store_begin(town->store), "begin");
	for (int h = 0; h < HISTORY; h++) {
		struct alert alert = { .author_id = 0, .text = "before" };

		must(store_alert_new(town->store, &alert, NOW_MS, code), "alert");
		must(store_alert_end(town->store, alert.id, ALERT_CLEARED, NOW_MS), "end");
		for (int i = 0; i < MEMBERS; i++) {
			if (!members[i].came[h])
				continue;
			must(store_person_find(town->store, phone_of(i, phone), &p), "find");
			must(store_answer_set(town->store, alert.id, p.id, ANSWER_YES, 0, NOW_MS),
				"answer");
		}
	}
	must(store_commit(town->store), "commit");
}

static void town_open(struct town *town, enum order order)
{
	static const struct desk_events events;
	const char *dir = getenv("FARO_BENCH_DIR");
	struct store_config config = { .data_dir = town->dir, .key_file = "" };
	char why[256];

	snprintf(town->dir, sizeof(town->dir), "%s/faro-quorum-XXXXXX",
		dir                             ? dir
		: access("/dev/shm", W_OK) == 0 ? "/dev/shm"
						: "/tmp");
	must(mkdtemp(town->dir) ? 0 : -EIO, "a directory");
	must(store_open(&config, &town->store, NULL, why, sizeof(why)), "store");
	must(desk_new(settings, town->store, speech, &events, town, NOW_MS, &town->desk), "desk");
	join_all(town, order);
	if (order == ORDER_ANSWERS)
		remember_alerts(town);
}

static void town_close(struct town *town)
{
	desk_free(town->desk);
	store_close(town->store);
	bench_dir_remove(town->dir);
}

/* ---- time ------------------------------------------------------------------------------------ */

static void text_comes(struct town *town, const char *phone, const char *body)
{
	char unique[32];
	struct store_landing landing;
	struct store_fragment fragment = { .kind = PHONE_E164,
		.modem = "m0",
		.sent_ms = town->now_ms,
		.reference = -1,
		.total = 1,
		.seq = 1,
		.pdu = unique };

	fragment.pdu_size = (size_t)snprintf(unique, sizeof(unique), "%d", ++town->texts_in);
	text_copy(fragment.sender, sizeof(fragment.sender), phone);
	must(store_fragment_add(town->store, &fragment, town->now_ms, &landing), "fragment");
	must(store_text_complete(town->store, landing.text_id, body, 0, town->now_ms), "text");
	must(desk_handle_next(town->desk, town->now_ms), "handle");
}

static void answers_come(struct town *town)
{
	char phone[PHONE_SIZE];

	for (int i = 0; i < MEMBERS && town->yes < NEED; i++) {
		if (!members[i].answers_ms || members[i].answers_ms > town->now_ms)
			continue;
		members[i].answers_ms = 0;
		members[i].yes = false; /* once */
		text_comes(town, phone_of(i, phone), "YES 10");
		town->yes++;
	}
}

/* A segment is with the network; an alert is with its reader. */
static void arrives(struct town *town, const struct store_claim *claim)
{
	int i = member_of(claim->phone);

	must(store_segment_sent(town->store, claim->segment_id, town->copies & 255, town->now_ms),
		"sent");
	if (claim->class != CLASS_ALERT)
		return;
	town->copies++;
	if (i >= 0 && members[i].yes)
		members[i].answers_ms = town->now_ms + members[i].delay_ms;
}

static void modems_work(struct town *town)
{
	for (int k = 0; k < town->n_modems; k++) {
		char name[8];

		if (town->modems[k].busy && town->modems[k].free_ms <= town->now_ms) {
			town->modems[k].busy = false;
			arrives(town, &town->modems[k].claim);
		}
		if (town->modems[k].busy)
			continue;
		snprintf(name, sizeof(name), "m%d", k);
		int rc = store_claim_next(
			town->store, name, false, town->now_ms, &town->modems[k].claim);

		must(rc, "claim");
		town->modems[k].busy = rc == 1;
		town->modems[k].free_ms = town->now_ms + SEGMENT_MS;
	}
}

static int64_t next_thing(const struct town *town, int64_t tick_ms)
{
	int64_t next_ms = tick_ms;

	for (int k = 0; k < town->n_modems; k++)
		if (town->modems[k].busy)
			next_ms = time_min(next_ms, town->modems[k].free_ms);
	for (int i = 0; i < MEMBERS; i++)
		if (members[i].answers_ms)
			next_ms = time_min(next_ms, members[i].answers_ms);
	return next_ms > town->now_ms ? next_ms : town->now_ms + 1;
}

/* Until the tenth yes, or until the alert's time is over. */
static void alert_runs(struct town *town, enum order order)
{
	char words[64];

	snprintf(words, sizeof(words), "ALERT %sNEED %d witnesses at 5th and Main",
		order == ORDER_LIST ? "" : "z0 ALL ", NEED);
	text_comes(town, AUTHOR, words);
	while (town->yes < NEED && town->now_ms < NOW_MS + LIFE_MS) {
		int64_t tick_ms = desk_tick(town->desk, town->now_ms);

		must(tick_ms, "tick");
		while (store_broadcast_expand(town->store, MEMBERS, town->now_ms) == 1)
			;
		modems_work(town);
		town->now_ms = next_thing(town, tick_ms);
		answers_come(town);
	}
}

/* ---- the table ------------------------------------------------------------------------------- */

#define RUNS_MAX 1000

struct series {
	double seconds[RUNS_MAX], copies[RUNS_MAX];
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(double *values, int n, double q)
{
	qsort(values, (size_t)n, sizeof(*values), by_size);
	return values[(int)(q * (n - 1) + 0.5)];
}

static void print_time(double seconds)
{
	if (seconds * MS_PER_S >= LIFE_MS)
		printf("   never");
	else
		printf("  %3d:%02d", (int)seconds / 60, (int)seconds % 60);
}

static void run(enum order order, int modems, int runs, struct series *out)
{
	for (int r = 0; r < runs; r++) {
		struct town town = { .now_ms = NOW_MS, .n_modems = modems };

		people_draw((unsigned int)r);
		town_open(&town, order);
		alert_runs(&town, order);
		out->seconds[r] = (double)(town.now_ms - NOW_MS) / MS_PER_S;
		out->copies[r] = town.copies;
		town_close(&town);
	}
}

int main(void)
{
	static const char *const names[] = { "list", "classes", "answers" };
	static struct series series;
	const char *wanted = getenv("FARO_BENCH_RUNS");
	int runs = wanted ? atoi(wanted) : 51;

	runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : runs;
	log_set_level(LOG_LEVEL_ALERT);
	must(settings_parse(settings_text, "bench.cfg", say_problem, NULL, &settings), "settings");
	must(speech_new("config/messages", "en", say_problem, NULL, &speech), "speech");
	printf("time until %d of %d have said yes, min:s, %d towns a line; %d s a segment\n", NEED,
		MEMBERS, runs, (int)(SEGMENT_MS / MS_PER_S));
	printf("modems  order       half   9 in 10   copies sent until then (half)\n");
	for (int modems = 1; modems <= MODEMS_MAX; modems++)
		for (int order = 0; order < ORDERS; order++) {
			run((enum order)order, modems, runs, &series);
			printf("%6d  %-8s", modems, names[order]);
			print_time(quantile(series.seconds, runs, 0.5));
			printf("  ");
			print_time(quantile(series.seconds, runs, 0.9));
			printf("   %d\n", (int)quantile(series.copies, runs, 0.5));
			fflush(stdout);
		}
	speech_free(speech);
	settings_free(settings);
	return 0;
}
