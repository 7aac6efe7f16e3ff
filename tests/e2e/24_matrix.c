/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 24: every kind of fault at every stage, one after the other, while texts go out and come in
 * over two modems. Deadlines are twenty times shorter (the crash build), so that silences do not
 * take minutes. Then the journal is compared with the database: nothing is lost, nothing comes
 * twice but a counted unknown. A seventh of the cells here, each kind and each stage among them;
 * all of them, and at each of five commands, in `make proof`.
 */
#include <stdlib.h>
#include <string.h>

#include "cmocka_story.h"
#include "internal.h"
#include "proof.h"

#define HASTE  "20"
#define PEOPLE 10

static const struct {
	const char *kind, *more;
} kinds[] = {
	{ "silence", "" },
	{ "silence", ",\"effect\":true" },
	{ "error", "" },
	{ "error", ",\"code\":500" },
	{ "error", ",\"code\":42" },
	{ "late", ",\"ms\":400" },
	{ "garbage",
		",\"lines\":[\"+CMTI: \\\"SM\\\",99999999999\",\"+CMGS: -1\",\"+CDS: 4096\",\"zz\","
		"\"> \",\"+CMT: ,\"]" },
	{ "no_prompt", "" },
	{ "lost_answer", "" },
	{ "error_accepted", "" },
	{ "hang", ",\"ms\":300" },
	{ "unplug", ",\"ms\":200" },
	{ "reboot", "" },
	{ "network", ",\"ms\":200" },
	{ "lost_notice", "" },
	{ "doubled_notice", "" },
	{ "undeletable", "" },
};
static const char *const stages[] = {
	"command",
	"prompt",
	"pdu",
	"accepted",
	"answer",
	"notice",
	"delete",
};
/* "": whatever comes first */
static const char *const commands[] = { "", "+CMGS", "+CMGL", "+CMGD", "+CNMA" };

#define N_KINDS    (sizeof(kinds) / sizeof(kinds[0]))
#define N_STAGES   (sizeof(stages) / sizeof(stages[0]))
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int alerts, reports;

static void break_once(struct box *box, size_t kind, size_t stage, const char *on)
{
	char text[400];
	json_t *command;

	snprintf(text, sizeof(text),
		"{\"cmd\":\"fault\",\"modem\":\"*\",\"kind\":\"%s\",\"stage\":\"%s\",\"on\":\"%s\"%"
		"s}",
		kinds[kind].kind, stages[stage], on, kinds[kind].more);
	command = json_loads(text, 0, NULL);
	assert_non_null(command);
	json_decref(sim_ask(box, "O", command));
	json_decref(command);
}

/* 42 says that nothing went out: of a network that says so of what did go out nobody can tell. */
static bool is_a_lie(size_t kind, size_t stage)
{
	return strstr(kinds[kind].more, "42") && strcmp(stages[stage], "accepted") == 0;
}

static bool is_wanted(size_t kind, size_t stage)
{
	return !is_a_lie(kind, stage) && (proof_long() || (kind + stage) % N_STAGES == 0);
}

static void one_cell(struct box *box, size_t kind, size_t stage, const char *on)
{
	break_once(box, kind, stage, on);
	for (int i = 1; i <= 2; i++)
		neighbor_reports(box, reports++, i == 1 ? "sim1" : "sim2");
	if (reports % 20 == 0)
		start_alert(box, ++alerts);
	box_settle(box);
	sim_do(box, "{s:s}", "cmd", "clear");
}

static void every_fault_at_every_stage_loses_nothing(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.daemon = "crash/farod", .modems = 2, .segment_ms = 2, .report_delay_ms = 20 });
	size_t n_commands = proof_long() ? N_COMMANDS : 1;
	int64_t start = mono_ms();
	struct invariants_found found;
	int cells = 0;

	(void)state;
	box_start_hasty(box, HASTE);
	import_people(box, PEOPLE);
	for (size_t on = 0; on < n_commands; on++)
		for (size_t kind = 0; kind < N_KINDS; kind++)
			for (size_t stage = 0; stage < N_STAGES; stage++) {
				if (!is_wanted(kind, stage))
					continue;
				one_cell(box, kind, stage, commands[on]);
				cells++;
			}
	box_wait_status(box, "outbox.unknown", 0, false);
	box_settle(box);
	box_wait_rest(box);
	assert_int_equal(box_stop(box), 0);
	box_check_invariants(box, &found);
	print_message("%d cells, %lld s\n", cells, (long long)(mono_ms() - start) / 1000);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(every_fault_at_every_stage_loses_nothing),
	};

	return run_stories(stories);
}
