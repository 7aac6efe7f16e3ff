/* SPDX-License-Identifier: Apache-2.0 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "internal.h"
#include "proof.h"

/* At rest: so many commands to all modems together within such a time. */
#define REST_COMMANDS 8
#define REST_LOOK_MS  300

static uint32_t dice = 20261121;

bool proof_long(void)
{
	const char *wanted = getenv("FARO_PROOF");

	return wanted && *wanted;
}

uint32_t roll(uint32_t sides)
{
	dice = dice * 1664525U + 1013904223U;
	return (dice >> 8) % sides;
}

void number_of(int i, char phone[24])
{
	snprintf(phone, 24, "+1%d5550%03d", 212 + i / 100, 100 + i % 100);
}

/* All English members of no zone, or a mixture. */
static void import(struct box *box, int people, bool plain)
{
	char path[256], phone[24];
	struct ran ran;
	FILE *file;

	snprintf(path, sizeof(path), "%s/people.csv", box_dir(box));
	file = fopen(path, "w");
	fprintf(file, "phone,name,role,language,zones\n");
	for (int i = 0; i < people; i++) {
		number_of(i, phone);
		fprintf(file, "%s,Person %d,%s,%s,%s\n", phone, i,
			plain || i % 3 ? "member" : "responder", plain || i % 2 ? "en" : "es",
			plain   ? ""
			: i % 4 ? "north"
				: "south");
	}
	fclose(file);
	ran = box_faroctl(box, "members", "import", path, NULL);
	if (ran.code != 0)
		failed(__FILE__, __LINE__, "import: %d %s", ran.code, ran.err);
	ran_free(&ran);
	box_wait_status(box, "members.active", people + 2, false);
}

void import_people(struct box *box, int people)
{
	import(box, people, false);
}

void import_members(struct box *box, int people)
{
	import(box, people, true);
}

void start_alert(struct box *box, int n)
{
	char text[64];
	struct ran ran;

	snprintf(text, sizeof(text), "alert number %d: come to the market", n);
	ran = box_faroctl(box, "alert", "--yes", "--no-wait", text, NULL);
	if (ran.code != 0)
		failed(__FILE__, __LINE__, "faroctl alert: %d %s", ran.code, ran.err);
	ran_free(&ran);
}

int64_t start_drill(struct box *box, int n)
{
	char text[64];
	json_t *answer;
	int64_t incident;

	snprintf(text, sizeof(text), "drill number %d: stay where you are", n);
	answer = farod_ask(box, "{s:s,s:s,s:b}", "cmd", "alert", "text", text, "yes", 1);
	if (!answer)
		failed(__FILE__, __LINE__, "farod does not answer an alert");
	incident = json_number_at(answer, "n");
	json_decref(answer);
	return incident;
}

void dispatcher_cancels(struct box *box, int64_t incident)
{
	char text[32];

	snprintf(text, sizeof(text), "CANCEL %lld", (long long)incident);
	person_texts(box, &ana, text);
}

void member_stops(struct box *box, int i, const char *modem)
{
	char phone[24];

	number_of(i, phone);
	sim_do(box, "{s:s,s:s,s:s,s:s}", "cmd", "text", "from", phone, "text", "STOP", "modem",
		modem);
	box->texts_sent++;
}

void neighbor_reports(struct box *box, int n, const char *modem)
{
	char text[64], phone[24];

	snprintf(phone, sizeof(phone), "+1%d5550%03d", 310 + n / 100, 100 + n % 100);
	snprintf(text, sizeof(text), "REPORT van number %d at the market", n);
	sim_do(box, "{s:s,s:s,s:s,s:s}", "cmd", "text", "from", phone, "text", text, "modem",
		modem);
	box->texts_sent++;
}

void box_work_off(struct box *box)
{
	int64_t left = INT64_MAX, moved = mono_ms();

	while (left > 0) {
		json_t *status = box_status(box);
		int64_t now = json_number_at(status, "outbox.queued") +
			      json_number_at(status, "outbox.sending") +
			      json_number_at(status, "outbox.unknown");

		json_decref(status);
		if (now < left)
			moved = mono_ms();
		left = now;
		if (mono_ms() - moved > STILL_MS)
			failed(__FILE__, __LINE__, "nothing has moved for two minutes");
		box_wait_event(box, 200);
	}
	box_settle(box);
}

void box_start_hasty(struct box *box, const char *times)
{
	setenv("FARO_HASTE", times, 1);
	setenv("FARO_HASTE_BEAT", times, 1);
	box_start(box);
	unsetenv("FARO_HASTE");
	unsetenv("FARO_HASTE_BEAT");
}

static int64_t commands_taken(struct box *box)
{
	json_t *stats = sim_ask(box, "{s:s}", "cmd", "stats"), *modem;
	int64_t n = 0;
	size_t i;

	json_array_foreach (json_object_get(stats, "modems"), i, modem)
		n += json_number_at(modem, "commands");
	json_decref(stats);
	return n;
}

void box_wait_rest(struct box *box)
{
	int64_t until = mono_ms() + WAIT_MS, before, n;

	do {
		before = commands_taken(box);
		nanosleep(&(struct timespec){ .tv_nsec = REST_LOOK_MS * 1000000L }, NULL);
		n = commands_taken(box) - before;
		if (n > REST_COMMANDS && mono_ms() > until)
			failed(__FILE__, __LINE__, "%lld commands within %d ms: no rest",
				(long long)n, REST_LOOK_MS);
	} while (n > REST_COMMANDS);
}

int64_t file_query(const char *path, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t value = 0;
	sqlite3 *db;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
		sqlite3_step(statement) != SQLITE_ROW)
		failed(__FILE__, __LINE__, "%s: %s", sql, sqlite3_errmsg(db));
	else
		value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

int64_t box_query(struct box *box, const char *sql)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/data/faro.db", box_dir(box));
	return file_query(path, sql);
}

void box_check_invariants(struct box *box, struct invariants_found *found)
{
	char journal[192], database[192], key[192];
	struct invariants of = {
		.journal = journal, .database = database, .key = key, .settled = true
	};

	snprintf(journal, sizeof(journal), "%s/journal", box->dir);
	snprintf(database, sizeof(database), "%s/data/faro.db", box->dir);
	snprintf(key, sizeof(key), "%s/data/key", box->dir);
	sim_do(box, "{s:s}", "cmd", "flush");
	if (invariants_check(&of, found, stdout) < 0 || found->violations)
		failed(__FILE__, __LINE__, "%d of what always holds does not; see %s",
			found->violations, box->dir);
	fflush(stdout);
}

int64_t memory_kib(pid_t pid)
{
	char path[64], line[128];
	long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}
