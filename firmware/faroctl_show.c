/* SPDX-License-Identifier: Apache-2.0 */
/* What faroctl shows: the box, its modems, its incidents. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "faroctl.h"

static int64_t number(const json_t *object, const char *part, const char *key)
{
	return json_integer_value(
		json_object_get(part ? json_object_get(object, part) : object, key));
}

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

/* ---- status, watch --------------------------------------------------------------------------- */

static const struct column modem_columns[] = {
	{ "modem", "name", 1 },
	{ "state", "state", 1 },
	{ "operator", "operator", 1 },
	{ "dBm", "signal_dbm", -1 },
	{ "s/segment", "segment_s", -1 },
	{ "today", "sent_today", -1 },
	{ "left", "allowance_today", -1 },
	{ "new", "newcomers_left", -1 },
	{ "resets", "resets", -1 },
};

/* What still waits, and what has come of the others. */
static const char *const waiting_states[] = { "queued", "sending", "held", "unknown" };
static const char *const settled_states[] = { "sent", "delivered", "failed", "dropped" };

/* A modem that has sent nothing yet has no pace. */
static void drop_unknown(json_t *modem)
{
	if (json_real_value(json_object_get(modem, "segment_s")) <= 0)
		json_object_del(modem, "segment_s");
}

/* What the texts that try a SIM have shown. */
static void print_canary(const json_t *modem)
{
	static const struct {
		const char *state, *words;
	} words[] = {
		{ "planned", "the first is still to be sent" },
		{ "waiting", "sent" },
		{ "arrived", "arrived" },
		{ "missing", "did not arrive, sent" },
	};
	const json_t *canary = json_object_get(modem, "canary"), *since;
	char time[64];

	for (size_t i = 0; json_is_object(canary) && i < ARRAY_SIZE(words); i++) {
		if (strcmp(text(canary, "state"), words[i].state) != 0)
			continue;
		since = json_object_get(canary, "since");
		printf("%s: canary %s %s\n", text(modem, "name"), words[i].words,
			i > 0 ? print_time(since, time, sizeof(time)) : "");
	}
}

static void print_modems(const json_t *modems)
{
	if (json_array_size(modems) == 0) {
		puts("no modem: name one in `modems` of the configuration");
		return;
	}
	for (size_t i = 0; i < json_array_size(modems); i++)
		drop_unknown(json_array_get(modems, i));
	print_table(modem_columns, ARRAY_SIZE(modem_columns), modems);
	for (size_t i = 0; i < json_array_size(modems); i++) {
		const json_t *modem = json_array_get(modems, i);

		if (*text(modem, "why"))
			printf("%s is %s: %s\n", text(modem, "name"), text(modem, "state"),
				text(modem, "why"));
		print_canary(modem);
	}
}

static void print_states(
	const char *title, const json_t *messages, const char *const *states, size_t n)
{
	printf("%-10s", title);
	for (size_t i = 0; i < n; i++)
		printf("%s%" PRId64 " %s", i > 0 ? ", " : "", number(messages, NULL, states[i]),
			states[i]);
}

static void print_messages(const char *title, const json_t *messages)
{
	int64_t given_up = number(messages, NULL, "given_up");

	print_states(title, messages, waiting_states, ARRAY_SIZE(waiting_states));
	putchar('\n');
	print_states("", messages, settled_states, ARRAY_SIZE(settled_states));
	if (given_up > 0)
		printf("\n          %" PRId64 " of the failed %s given up: no answer and no report "
		       "came, nobody can know",
			given_up, given_up == 1 ? "was" : "were");
	putchar('\n');
}

static void print_clock(const json_t *clock)
{
	const char *modem = text(clock, "modem");

	if (json_is_true(json_object_get(clock, "known")))
		printf("clock     %s, %s, by %s%s%s\n", text(clock, "local"), text(clock, "time"),
			text(clock, "source"), *modem ? " of " : "", modem);
	else
		printf("clock     not known: nothing that is scheduled happens (see faroctl "
		       "doctor)\n");
}

static void print_status(const json_t *status)
{
	char duration[32], until[64];

	print_duration(number(status, NULL, "uptime_s"), duration, sizeof(duration));
	printf("%s: farod %s, up %s%s\n\n", text(status, "box"), text(status, "version"), duration,
		json_is_true(json_object_get(status, "paused")) ? ", PAUSED (an admin texts RESUME)"
								: "");
	if (json_is_string(json_object_get(status, "quiet_until")))
		printf("QUIET     bulk waits until %s\n\n",
			print_time(json_object_get(status, "quiet_until"), until, sizeof(until)));
	if (*text(status, "store"))
		printf("STORE     %s\n\n", text(status, "store"));
	print_modems(json_object_get(status, "modems"));
	printf("\nmembers   %" PRId64 " active, %" PRId64 " applicants, %" PRId64 " left",
		number(status, "members", "active"), number(status, "members", "applicants"),
		number(status, "members", "left"));
	if (number(status, "members", "suspended") > 0)
		printf(", %" PRId64 " suspended (their numbers fail)",
			number(status, "members", "suspended"));
	putchar('\n');
	print_messages("outbox", json_object_get(status, "outbox"));
	printf("inbox     %" PRId64 " received, %" PRId64 " handled\n",
		number(status, "inbox", "received"), number(status, "inbox", "handled"));
	printf("incidents %" PRId64 " open\n", number(status, "incidents", "open"));
	printf("alerts    %" PRId64 " running, %" PRId64 " waiting for their code\n",
		number(status, "alerts", "running"), number(status, "alerts", "pending"));
	print_clock(json_object_get(status, "clock"));
}

int ctl_status(struct ctl *ctl)
{
	json_t *status = NULL;
	int rc = ctl_ask(ctl, ctl_request("status"), NULL, NULL, &status);

	if (rc != 0)
		return rc;
	if (ctl->json) {
		print_json(status);
		return rc;
	}
	print_zone(status);
	print_status(status);
	json_decref(status);
	return rc;
}

/* Until it is interrupted or farod is gone. */
int ctl_watch(struct ctl *ctl)
{
	const struct timespec pause = { .tv_sec = 2 };
	int rc;

	for (;;) {
		if (!ctl->json && isatty(STDOUT_FILENO))
			fputs("\033[H\033[2J", stdout);
		rc = ctl_status(ctl);
		if (rc != 0)
			return rc;
		if (!ctl->json && !isatty(STDOUT_FILENO))
			putchar('\n');
		fflush(stdout);
		nanosleep(&pause, NULL);
	}
}

/* ---- modems ---------------------------------------------------------------------------------- */

/* Only rungs that were tried: a modem that is well has none. */
static void print_ladder(const json_t *modems)
{
	static const struct column columns[] = {
		{ "modem", "name", 1 },
		{ "recovery", "rung", 1 },
		{ "tries", "tries", -1 },
		{ "helped", "successes", -1 },
		{ "ms", "ms", -1 },
		{ "costs", "cost", 1 },
	};
	json_t *tried = json_array();

	for (size_t i = 0; i < json_array_size(modems); i++) {
		const json_t *modem = json_array_get(modems, i);
		json_t *ladder = json_object_get(modem, "ladder"), *rung;
		size_t k;

		json_array_foreach (ladder, k, rung) {
			if (number(rung, NULL, "tries") == 0)
				continue;
			json_object_set(rung, "name", json_object_get(modem, "name"));
			json_array_append(tried, rung);
		}
	}
	if (json_array_size(tried) > 0) {
		putchar('\n');
		print_table(columns, ARRAY_SIZE(columns), tried);
	}
	json_decref(tried);
}

int ctl_modem_list(struct ctl *ctl)
{
	static const struct column details[] = {
		{ "modem", "name", 1 },
		{ "profile", "profile", 1 },
		{ "model", "model", 1 },
		{ "imei", "imei_tail", 1 },
		{ "sent since start", "sent", -1 },
		{ "refused", "refused", -1 },
		{ "unknown", "unknown", -1 },
		{ "port", "port", 1 },
	};
	json_t *answer = NULL;
	int rc = ctl_ask(ctl, ctl_request("modem list"), NULL, NULL, &answer);
	const json_t *modems = json_object_get(answer, "modems");

	if (rc != 0)
		return rc;
	if (ctl->json) {
		print_json(answer);
		return rc;
	}
	print_modems(modems);
	if (json_array_size(modems) > 0) {
		putchar('\n');
		print_table(details, ARRAY_SIZE(details), modems);
	}
	print_ladder(modems);
	json_decref(answer);
	return rc;
}

int ctl_modem_reset(struct ctl *ctl)
{
	json_t *request = ctl_request("modem reset");
	char done[128];

	json_object_set_new(request, "name", json_string(ctl->words[0]));
	snprintf(done, sizeof(done), "modem %s starts anew", ctl->words[0]);
	return ctl_order(ctl, request, done);
}

int ctl_modem_ussd(struct ctl *ctl)
{
	json_t *request = ctl_request("modem ussd"), *answer = NULL;
	int rc;

	json_object_set_new(request, "name", json_string(ctl->words[0]));
	json_object_set_new(request, "code", json_string(ctl->words[1]));
	rc = ctl_ask_patiently(ctl, request, NULL, NULL, &answer);
	if (rc == 0 && ctl->json)
		print_json(json_incref(answer));
	else if (rc == 0)
		puts(text(answer, "answer"));
	json_decref(answer);
	return rc;
}

/* ---- incidents ------------------------------------------------------------------------------- */

static const struct column incident_columns[] = {
	{ "n", "n", -4 },
	{ "kind", "kind", 7 },
	{ "state", "state", 9 },
	{ "from", "reporter", -5 },
	{ "taken by", "taken_by", -8 },
	{ "opened", "opened", 19 },
	{ "changed", "changed", 19 },
};

static void print_incident(const json_t *incident)
{
	static const char *const times[] = { "opened", "changed" };
	json_t *row = json_copy((json_t *)(uintptr_t)incident);
	char time[64];

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		json_object_set_new(row, times[i],
			json_string(
				print_time(json_object_get(row, times[i]), time, sizeof(time))));
	print_row(incident_columns, ARRAY_SIZE(incident_columns), row);
	json_decref(row);
}

struct incident_list {
	json_t *rows; /* with --json */
	bool begun;
};

static void hear_incident(void *ctx, const char *kind, const json_t *row)
{
	struct incident_list *list = ctx;

	(void)kind;
	if (list->rows) {
		json_array_append(list->rows, (json_t *)(uintptr_t)row);
		return;
	}
	print_zone(row);
	if (!list->begun)
		print_head(incident_columns, ARRAY_SIZE(incident_columns));
	list->begun = true;
	print_incident(row);
}

int ctl_incidents(struct ctl *ctl)
{
	struct incident_list list = { .rows = ctl->json ? json_array() : NULL };
	json_t *request = ctl_request("incidents");
	int rc;

	json_object_set_new(request, "all", json_boolean(ctl->all));
	rc = ctl_ask(ctl, request, hear_incident, &list, NULL);
	if (rc == 0 && ctl->json)
		print_json(json_pack("{s:b,s:O}", "ok", 1, "incidents", list.rows));
	else if (rc == 0 && !list.begun)
		puts(ctl->all ? "no incidents" : "no open incidents (--all shows the closed ones)");
	json_decref(list.rows);
	return rc;
}

/* The promise and what became of it. */
static void print_kept(const json_t *alert)
{
	int64_t promised = number(alert, NULL, "promised_s");
	char said[32], took[32];

	if (promised > 0)
		printf("promised  %s", print_duration(promised, said, sizeof(said)));
	else
		printf("promised  nothing: no modem was ready");
	if (json_is_integer(json_object_get(alert, "took_s")))
		printf(", the last segment so far left after %s",
			print_duration(number(alert, NULL, "took_s"), took, sizeof(took)));
	putchar('\n');
}

static void print_alert(const json_t *alert)
{
	char value[2100];

	/* before it goes out nobody has a copy yet */
	bool waits = strcmp(text(alert, "state"), "pending") == 0 ||
		     strcmp(text(alert, "state"), "scheduled") == 0;
	int64_t people = number(alert, NULL, waits ? "promised_people" : "people");

	printf("\nalert     %s%s%s, %" PRId64 " %s", text(alert, "state"),
		*text(alert, "planned") ? " for " : "", text(alert, "planned"), people,
		people == 1 ? "person" : "people");
	if (number(alert, NULL, "need") > 0)
		printf(", needs %" PRId64, number(alert, NULL, "need"));
	if (json_is_true(json_object_get(alert, "info")))
		printf(", for information");
	if (*text(alert, "zones"))
		printf(", zones: %s", text(alert, "zones"));
	printf("\ntext      %s\n",
		print_value(json_object_get(alert, "text"), value, sizeof(value)));
	print_messages("messages", json_object_get(alert, "messages"));
	print_kept(alert);
	printf("answers   %" PRId64 " yes, %" PRId64 " no, %" PRId64 " here, %" PRId64 " done\n",
		number(alert, "answers", "yes"), number(alert, "answers", "no"),
		number(alert, "answers", "here"), number(alert, "answers", "done"));
}

/* Who: a member's row, or the box itself. */
static void print_note(const json_t *note)
{
	char at[64], who[32], what[64], words[2048];
	const json_t *member = json_object_get(note, "who");

	printf("%s  %-6s %-6s  ", print_time(json_object_get(note, "at"), at, sizeof(at)),
		json_is_null(member) ? "box" : "member",
		json_is_null(member) ? "" : print_value(member, who, sizeof(who)));
	print_value(json_object_get(note, "what"), what, sizeof(what));
	if (*text(note, "text"))
		printf("%-10s  %s\n", what,
			print_value(json_object_get(note, "text"), words, sizeof(words)));
	else
		puts(what);
}

static void print_notes(const json_t *answer)
{
	const json_t *notes = json_object_get(answer, "notes");

	if (number(answer, NULL, "notes_left_out") > 0)
		printf("\n(%" PRId64 " older notes are not shown)\n",
			number(answer, NULL, "notes_left_out"));
	else if (json_array_size(notes) > 0)
		putchar('\n');
	for (size_t i = 0; i < json_array_size(notes); i++)
		print_note(json_array_get(notes, i));
}

int ctl_show(struct ctl *ctl)
{
	json_t *request = ctl_request("show"), *answer = NULL;
	int64_t n;
	int rc;

	if (text_int(ctl->words[0] + (ctl->words[0][0] == '#'), 1, INT64_MAX, &n) < 0) {
		json_decref(request);
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"\"%s\" is no incident's number; faroctl incidents lists them",
			ctl->words[0]);
	}
	json_object_set_new(request, "n", json_integer(n));
	rc = ctl_ask(ctl, request, NULL, NULL, &answer);
	if (rc != 0)
		return rc;
	if (ctl->json) {
		print_json(answer);
		return rc;
	}
	print_zone(answer);
	print_head(incident_columns, ARRAY_SIZE(incident_columns));
	print_incident(json_object_get(answer, "incident"));
	if (json_object_get(answer, "alert"))
		print_alert(json_object_get(answer, "alert"));
	print_notes(answer);
	json_decref(answer);
	return rc;
}
