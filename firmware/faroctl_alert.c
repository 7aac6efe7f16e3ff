/* SPDX-License-Identifier: Apache-2.0 */
/* An alert from the admin's terminal: the promise, the question, the progress. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "faroctl.h"

static int64_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* "212 people (40 on duty), 1 segment each: about 14 min, those on duty in 3 min" */
static void print_promise(const json_t *promise)
{
	int64_t segments = number(promise, "segments"), people = number(promise, "people");
	char all[32], duty[32];

	printf("#%" PRId64 ": %" PRId64 " %s", number(promise, "n"), people,
		people == 1 ? "person" : "people");
	if (number(promise, "on_duty") > 0)
		printf(" (%" PRId64 " on duty)", number(promise, "on_duty"));
	printf(", %" PRId64 " segment%s each: ", segments, segments == 1 ? "" : "s");
	if (json_is_null(json_object_get(promise, "seconds"))) {
		puts("no modem is ready, it goes out when one is");
		return;
	}
	printf("about %s", print_duration(number(promise, "seconds"), all, sizeof(all)));
	if (number(promise, "on_duty") > 0)
		printf(", those on duty in %s",
			print_duration(number(promise, "seconds_on_duty"), duty, sizeof(duty)));
	putchar('\n');
}

/* Only where SIMs have caps. */
static void print_limits(const json_t *promise)
{
	const json_t *allowance = json_object_get(promise, "allowance");
	const json_t *newcomers = json_object_get(promise, "newcomers");

	if (json_is_integer(allowance) &&
		json_integer_value(allowance) < number(promise, "segments_all"))
		printf("only %" PRId64 " of %" PRId64 " segments may leave today\n",
			number(promise, "allowance"), number(promise, "segments_all"));
	else if (json_is_integer(allowance))
		printf("%" PRId64 " %s left today\n", number(promise, "allowance"),
			number(promise, "allowance") == 1 ? "segment is" : "segments are");
	if (json_is_integer(newcomers) && json_integer_value(newcomers) < number(promise, "people"))
		printf("of people not texted yet this month only %" PRId64 " can be reached\n",
			number(promise, "newcomers"));
}

/* Where not all of them speak one language. */
static void print_languages(const json_t *promise)
{
	const char *languages = json_string_value(json_object_get(promise, "languages"));
	const char *reads = json_string_value(json_object_get(promise, "reads"));
	int64_t foreign = number(promise, "foreign");

	if (reads && *reads)
		printf("they read, in their language: %s (put it in \"quotes\" to send it as "
		       "written)\n",
			reads);
	if (languages && *languages)
		printf("in their language: %s\n", languages);
	if (foreign > 0)
		printf("%" PRId64
		       " %s it in a language that is not theirs (--text es=... adds one)\n",
			foreign, foreign == 1 ? "person gets" : "people get");
}

static void ignore(int signal)
{
	(void)signal;
}

/* Ctrl-C is a no: what was prepared must not stay behind, waiting for the SEND button. */
static bool says_yes(void)
{
	struct sigaction no = { .sa_handler = ignore }, before; /* without SA_RESTART */
	char line[16] = "";
	bool yes;

	sigaction(SIGINT, &no, &before);
	fputs("Send it? [y/N] ", stdout);
	fflush(stdout);
	yes = fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y');
	sigaction(SIGINT, &before, NULL);
	if (!strchr(line, '\n'))
		putchar('\n');
	return yes;
}

/* ---- progress -------------------------------------------------------------------------------- */

struct following {
	struct bar bar;
	bool quiet;
};

static int64_t gone(const json_t *progress)
{
	return number(progress, "people") - number(progress, "waiting");
}

/* Those that are none are not told; of the failed, of how many nobody knows. */
static void add_rare(
	struct strbuf *words, const json_t *progress, const char *const *states, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (number(progress, states[i]) == 0)
			continue;
		strbuf_addf(words, ", %" PRId64 " %s", number(progress, states[i]), states[i]);
		if (strcmp(states[i], "failed") == 0 && number(progress, "given_up") > 0)
			strbuf_addf(words, " (%" PRId64 " given up without an answer)",
				number(progress, "given_up"));
	}
}

static void hear_progress(void *ctx, const char *kind, const json_t *progress)
{
	static const char *const rare[] = { "failed", "unknown", "held", "dropped" };
	struct following *following = ctx;
	struct strbuf words;
	int64_t sent = number(progress, "sent") + number(progress, "delivered");
	char text[192];

	if (following->quiet || strcmp(kind, "progress") != 0)
		return;
	strbuf_init(&words, text, sizeof(text));
	strbuf_addf(&words, "%" PRId64 " of %" PRId64 " sent, %" PRId64 " delivered", sent,
		number(progress, "people"), number(progress, "delivered"));
	add_rare(&words, progress, rare, ARRAY_SIZE(rare));
	bar_show(&following->bar, gone(progress), number(progress, "people"), text);
}

/* A running alert has nothing left to send, but people can still answer it. */
static void print_end(const json_t *end)
{
	static const char *const rare[] = { "sent", "failed", "unknown", "held", "dropped" };
	const char *state = json_string_value(json_object_get(end, "state"));
	int64_t people = number(end, "people"), segments = number(end, "segments_sent");
	char duration[32], text[192];
	struct strbuf words;

	strbuf_init(&words, text, sizeof(text));
	add_rare(&words, end, rare, ARRAY_SIZE(rare));
	printf("%s: %" PRId64 " %s, %" PRId64 " delivered%s; %" PRId64 " segment%s in %s\n",
		state && strcmp(state, "running") != 0 ? state : "done", people,
		people == 1 ? "person" : "people", number(end, "delivered"), text, segments,
		segments == 1 ? "" : "s",
		print_duration((int64_t)json_real_value(json_object_get(end, "seconds")), duration,
			sizeof(duration)));
}

static int follow(struct ctl *ctl, int64_t alert, int64_t n)
{
	struct following following = { .quiet = ctl->json };
	json_t *request = ctl_request("alert follow"), *end = NULL;
	int rc;

	if (!ctl->json && isatty(STDOUT_FILENO))
		printf("Ctrl-C leaves it running; faroctl cancel %" PRId64 " stops it.\n", n);
	json_object_set_new(request, "alert", json_integer(alert));
	rc = ctl_ask_patiently(ctl, request, hear_progress, &following, &end);
	if (!ctl->json)
		bar_end(&following.bar);
	if (rc == 0 && ctl->json)
		print_json(end);
	else if (rc == 0) {
		print_end(end);
		json_decref(end);
	}
	return rc;
}

/* ---- alert ----------------------------------------------------------------------------------- */

static json_t *alert_request(const struct ctl *ctl)
{
	json_t *request = ctl_request("alert"), *zones = json_array();
	char memory[4096];
	struct strbuf text;

	strbuf_init(&text, memory, sizeof(memory));
	for (int i = 0; i < ctl->n_words; i++)
		strbuf_addf(&text, "%s%s", i > 0 ? " " : "", ctl->words[i]);
	for (int i = 0; i < ctl->n_zones; i++)
		json_array_append_new(zones, json_string(ctl->zones[i]));
	json_object_set_new(request, "text", json_string(text.text));
	json_object_set_new(request, "zones", zones);
	json_object_set_new(request, "need", json_integer(ctl->need));
	if (ctl->info)
		json_object_set_new(request, "info", json_true());
	if (ctl->at)
		json_object_set_new(request, "at", json_string(ctl->at));
	if (ctl->versions)
		json_object_set(request, "versions", ctl->versions);
	return request;
}

static int cancel(const struct ctl *ctl, int64_t n, json_t **answer)
{
	json_t *request = ctl_request("cancel");

	json_object_set_new(request, "n", json_integer(n));
	return ctl_ask(ctl, request, NULL, NULL, answer);
}

static int withdraw(const struct ctl *ctl, int64_t n)
{
	if (cancel(ctl, n, NULL) == 0)
		puts("withdrawn, nothing was sent");
	return FARO_EXIT_FAILED;
}

/* Where an alert takes two people it waits now, and so does who asked for it. */
static void print_begun(const json_t *answer, int64_t n, bool wait)
{
	if (json_is_true(json_object_get(answer, "asked")))
		printf("#%" PRId64 " takes two people: it goes out when a dispatcher texts the "
		       "code that they were sent now\n",
			n);
	else if (json_is_true(json_object_get(answer, "waits")))
		printf("#%" PRId64
		       " waits; faroctl schedule lists what does, faroctl cancel %" PRId64
		       " withdraws it\n",
			n, n);
	else if (!wait)
		printf("on its way; faroctl show %" PRId64 " tells how far it is\n", n);
}

static int send_alert(struct ctl *ctl, json_t *promise)
{
	int64_t alert = number(promise, "alert"), n = number(promise, "n");
	json_t *request, *answer = NULL;
	int rc;

	if (!ctl->yes && !says_yes())
		return withdraw(ctl, n);
	request = ctl_request("alert send");
	json_object_set_new(request, "alert", json_integer(alert));
	rc = ctl_ask(ctl, request, NULL, NULL, &answer);
	if (rc == 0 && !ctl->json)
		print_begun(answer, n, !ctl->no_wait);
	json_decref(answer);
	if (rc == 0 && !ctl->no_wait && !ctl->at)
		return follow(ctl, alert, n);
	if (rc == 0 && ctl->json)
		print_json(json_incref(promise));
	return rc;
}

int ctl_alert(struct ctl *ctl)
{
	json_t *promise = NULL;
	int rc;

	/* a question needs somebody who can answer it */
	if (!ctl->yes && (ctl->json || !isatty(STDIN_FILENO)))
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"nobody can be asked here; add --yes to send without a question");
	rc = ctl_ask(ctl, alert_request(ctl), NULL, NULL, &promise);
	if (rc != 0)
		return rc;
	if (!ctl->json) {
		print_promise(promise);
		print_languages(promise);
		print_limits(promise);
	}
	rc = send_alert(ctl, promise);
	json_decref(promise);
	return rc;
}

int ctl_cancel(struct ctl *ctl)
{
	json_t *answer = NULL;
	int64_t n;
	int rc;

	if (text_int(ctl->words[0] + (ctl->words[0][0] == '#'), 1, INT64_MAX, &n) < 0)
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"\"%s\" is no incident's number; faroctl incidents lists them",
			ctl->words[0]);
	rc = cancel(ctl, n, &answer);
	if (rc == 0 && ctl->json)
		print_json(json_incref(answer));
	else if (rc == 0)
		printf("#%" PRId64 ": the alert is cancelled\n", n);
	json_decref(answer);
	return rc;
}

/* ---- schedule -------------------------------------------------------------------------------- */

int ctl_schedule(struct ctl *ctl)
{
	json_t *answer = NULL, *row;
	size_t i;
	int rc = ctl_ask(ctl, ctl_request("schedule"), NULL, NULL, &answer);

	if (rc != 0)
		return rc;
	if (ctl->json) {
		print_json(answer);
		return rc;
	}
	json_array_foreach (json_object_get(answer, "scheduled"), i, row)
		printf("#%-5" PRId64 " %s  %s: %s\n", number(row, "n"),
			json_string_value(json_object_get(row, "at")),
			json_string_value(json_object_get(row, "zones")),
			json_string_value(json_object_get(row, "text")));
	if (i == 0)
		puts("nothing is scheduled (faroctl alert --at TIME ...)");
	json_decref(answer);
	return rc;
}
