/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faroctl: the admin's command. One table says what can be asked; the wire, printing and the longer
 * commands have files of their own (faroctl_*.c).
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faroctl.h"

#define DEFAULT_SOCKET "/run/faro/control.sock"

/* ---- short commands -------------------------------------------------------------------------- */

static void hear_problem(void *ctx, const char *kind, const json_t *row)
{
	json_t *rows = ctx;
	const char *text = json_string_value(json_object_get(row, "text"));

	(void)kind;
	if (rows)
		json_array_append(rows, (json_t *)(uintptr_t)row);
	fprintf(stderr, "%s\n", text ? text : "");
}

/*
 * check, reload: each problem on stderr, as `farod -n` prints it. `but` is said too when keys wait
 * for the next start.
 */
static int ask_problems(struct ctl *ctl, const char *command, const char *done, const char *but)
{
	struct ctl plain = *ctl;
	json_t *rows = json_array(), *answer = NULL;
	int64_t restart;
	int rc;

	plain.json = false;
	rc = ctl_ask(&plain, ctl_request(command), hear_problem, rows, &answer);
	restart = json_integer_value(json_object_get(answer, "restart"));
	if (ctl->json)
		print_json(json_pack("{s:b,s:O,s:i,s:I}", "ok", rc == 0, "problems", rows, "exit",
			rc, "restart", (json_int_t)restart));
	else if (rc == 0)
		printf("%s%s\n", done, restart > 0 ? but : "");
	json_decref(answer);
	json_decref(rows);
	return rc;
}

static int ctl_check(struct ctl *ctl)
{
	return ask_problems(ctl, "check", "the configuration is in order", "");
}

static int ctl_reload(struct ctl *ctl)
{
	return ask_problems(ctl, "reload", "the configuration is in force",
		", but for what waits for the next start");
}

struct log_output {
	const struct ctl *ctl;
	json_t *lines; /* --json without -f: one object in the end */
};

static void hear_log(void *ctx, const char *kind, const json_t *line)
{
	struct log_output *output = ctx;
	char time[64], level[16], text[1024];

	(void)kind;
	if (output->lines) {
		json_array_append(output->lines, (json_t *)(uintptr_t)line);
	} else if (output->ctl->json) {
		print_json(json_incref((json_t *)(uintptr_t)line));
	} else {
		printf("%s %-7s %s\n",
			print_value(json_object_get(line, "time"), time, sizeof(time)),
			print_value(json_object_get(line, "level"), level, sizeof(level)),
			print_value(json_object_get(line, "text"), text, sizeof(text)));
		fflush(stdout);
	}
}

static int ctl_log(struct ctl *ctl)
{
	struct log_output output = { .ctl = ctl,
		.lines = ctl->json && !ctl->follow ? json_array() : NULL };
	json_t *request = ctl_request("log");
	int rc;

	json_object_set_new(request, "follow", json_boolean(ctl->follow));
	rc = ctl_ask_patiently(ctl, request, hear_log, &output, NULL);
	if (rc == 0 && output.lines)
		print_json(json_pack("{s:b,s:O}", "ok", 1, "lines", output.lines));
	json_decref(output.lines);
	return rc;
}

static int ctl_test(struct ctl *ctl)
{
	json_t *answer = NULL, *ready;
	int rc = ctl_ask(ctl, ctl_request("test"), NULL, NULL, &answer);

	ready = json_object_get(answer, "modems_ready");
	if (rc == 0 && ctl->json)
		print_json(json_incref(answer));
	else if (rc == 0 && json_is_integer(ready) && json_integer_value(ready) == 0)
		puts("no modem is ready: the text with the box's state waits, and is sent to the "
		     "admins as soon as one is (faroctl doctor says what is missing)");
	else if (rc == 0)
		puts("the admins are sent the box's state");
	json_decref(answer);
	return rc;
}

static int ctl_version(struct ctl *ctl)
{
	struct ctl plain = *ctl;
	json_t *answer = NULL;
	const char *version;
	int rc;

	plain.json = false;
	if (!ctl->json)
		printf("faroctl %s\n", FARO_VERSION);
	rc = ctl_ask(&plain, ctl_request("version"), NULL, NULL, &answer);
	version = json_string_value(json_object_get(answer, "version"));
	if (ctl->json)
		print_json(json_pack("{s:s,s:s?}", "faroctl", FARO_VERSION, "farod", version));
	else if (version)
		printf("farod   %s\n", version);
	json_decref(answer);
	return rc;
}

static int ctl_help(struct ctl *ctl);

/* ---- the table ------------------------------------------------------------------------------- */

static const struct command {
	const char *name;
	const char *arguments; /* as the help shows them */
	const char *options;   /* letters of ctl_long_options (faroctl_options.c) */
	int words_min, words_max;
	int (*run)(struct ctl *ctl);
	const char *help; /* one line */
	const char *more; /* for `faroctl help NAME` */
} commands[] = {
	{ "status", "", "", 0, 0, ctl_status, "the box in one screen",
		"s/segment  seconds that a segment takes now, as measured\n"
		"today      segments sent since midnight\n"
		"left       segments that per_day still allows today\n"
		"new        people that recipients_per_month still allows this month\n" },
	{ "watch", "", "", 0, 0, ctl_watch, "the same, every 2 seconds, until Ctrl-C", NULL },
	{ "doctor", "", "", 0, 0, ctl_doctor, "checks the box part by part, and says what to do",
		"power, board, modem, SIM, network, test text, time, disk, key: the list to go "
		"through with a new box,\n"
		"and with one that does not do what it should. Exit code 1 when a part is not as "
		"it "
		"should be.\n" },
	{ "members list", "[--all]", "a", 0, 0, ctl_members_list, "the people on the list",
		"--all also shows those who left, were removed, or only ever texted.\n" },
	{ "members add", "PHONE [--role R] [--name N] [--language L] [--zone Z]...", "lrNz", 1, 3,
		ctl_members_add, "adds or changes a person",
		"R is neighbor, member (the default), responder, dispatcher or admin. Role and "
		"name may also stand\n"
		"behind the phone, as an admin texts them (members add 5105550100 responder Ana).\n"
		"Who has texted STOP cannot be added: they text START themselves.\n" },
	{ "members remove", "PHONE", "", 1, 1, ctl_members_remove, "takes a person off the list",
		NULL },
	{ "members import", "FILE.csv", "", 1, 1, ctl_members_import,
		"adds the people of a CSV file",
		"UTF-8, the first line names the columns: phone,name,role,language,zones (in any "
		"order; only phone\n"
		"must be there; zones are parted by blanks). A wrong row is reported as FILE:LINE "
		"and the others are\n"
		"imported; of a number that is there twice the last row counts, and both lines "
		"are named.\n"
		"FILE may be - for standard input.\n" },
	{ "members export", "[FILE.csv]", "", 0, 1, ctl_members_export,
		"writes the active people as CSV",
		"To standard output, or to a new file that only its owner can read.\n" },
	{ "events", "", "", 0, 0, ctl_events, "the events and how many come",
		"yes      people who said that they come\n"
		"people   whom they bring, and they themselves\n" },
	{ "stories export", "[FILE.csv]", "", 0, 1, ctl_stories_export,
		"writes the stories that people let the box keep, as CSV",
		"Columns: told,language,text. Nothing says who told them, but for what they told "
		"themselves. To standard\n"
		"output, or to a new file that only its owner can read.\n" },
	{ "alert",
		"[--zone Z]... [--need N] [--info] [--text L=TEXT]... [--at TIME] [--yes] "
		"[--no-wait] TEXT",
		"znITAyw", 1, 1000, ctl_alert, "sends an alert, after showing what it means",
		"Says how many people and minutes it is, asks, sends, and shows how far it is.\n"
		"--zone Z    to those of this zone; may be given several times; without it to "
		"everybody\n"
		"--need N    people needed; when so many say yes the rest is held\n"
		"--info      to be known only; nobody is asked to come\n"
		"--text L=T  the text in language L, as --text es=\"Dos camionetas ...\"; may be "
		"given several times\n"
		"--at TIME   an announcement for later: 18:30, \"tomorrow 9:00\", \"sat 10:00\", "
		"\"2026-12-24 18:00\", by the clock of the box's zone; nobody is asked to come, "
		"and quiet hours are kept\n"
		"--yes       sends without asking\n"
		"--no-wait   returns as soon as it is on its way\n" },
	{ "schedule", "", "", 0, 0, ctl_schedule, "what was set for later and waits",
		"faroctl cancel N withdraws one of them.\n" },
	{ "cancel", "N", "", 1, 1, ctl_cancel, "cancels the alert of incident N",
		"Copies that have not left are dropped; those who were sent it are told.\n" },
	{ "incidents", "[--all]", "a", 0, 0, ctl_incidents, "the open incidents, or all", NULL },
	{ "show", "N", "", 1, 1, ctl_show, "incident N, its alert and its trail", NULL },
	{ "report", "[N] [--month] [--csv] [--with-text] [--language L] [-o FILE]", "cmtlo", 0, 1,
		ctl_report, "what became of incident N, or of the months, as a page to print",
		"One HTML file that needs nothing else, on standard output: time line, curves of "
		"what was sent, delivered\n"
		"and answered by zone and language, promise and fact, failures by reason, modems. "
		"No names, no numbers,\n"
		"no words of people.\n"
		"--month      twelve months side by side, up to N (2026-11; today's unless given)\n"
		"--csv        the same figures: time,what,by,name,value,text\n"
		"--with-text  also the words of the trail and of the alert: they may name "
		"somebody\n"
		"--language   en or es; the box's own unless given\n"
		"-o           into a new file that only its owner can read (also --output)\n" },
	{ "board list", "", "", 0, 0, ctl_board_list,
		"the lights, buttons and sensors, and how they are now", NULL },
	{ "board test", "[--seconds N]", "S", 0, 0, ctl_board_test,
		"walks over every light and asks for every button",
		"For somebody at the box, with the terminal beside it or on a phone over SSH. Each "
		"light is lit alone\n"
		"for 2 s; then each button is asked for. No button acts meanwhile; texts and "
		"alerts "
		"go on. Exit code 1\n"
		"when a light could not be lit or a button was not pressed.\n"
		"--seconds N  how long each button is waited for (20 unless given)\n" },
	{ "modem list", "", "", 0, 0, ctl_modem_list, "the modems in detail", NULL },
	{ "modem reset", "NAME", "", 1, 1, ctl_modem_reset, "restarts a modem", NULL },
	{ "modem ussd", "NAME CODE", "", 2, 2, ctl_modem_ussd,
		"sends a USSD code, and shows the answer",
		"Such as *100#, which many networks answer with the balance of a prepaid SIM. It "
		"waits until no segment\n"
		"is on the air.\n" },
	{ "modem probe", "PORT [BAUD]", "", 1, 2, ctl_modem_probe,
		"asks whoever is at a port what it is",
		"Says what answers at PORT (such as /dev/ttyUSB2), which profile fits it and why, "
		"whether its SIM is ready\n"
		"and else what to do, and prints a report for a bug report: numbers, IMEI, IMSI, "
		"ICCID and the cell\n"
		"are masked. It only asks: no PIN is entered and nothing is stored. It opens the "
		"port itself,\n"
		"so it works with and without farod; a port that a modem of farod's holds is left "
		"to farod\n"
		"(faroctl modem list). BAUD is 115200 unless given.\n" },
	{ "messages check", "[--language L]", "l", 0, 0, ctl_messages_check,
		"what every message costs in every language",
		"alphabet   gsm7, plain (letters were replaced), shift or ucs2\n"
		"seconds    of one copy with the modems that are ready\n"
		"letters    those that are not in GSM 7-bit\n"
		"Also what is missing or wrong in the files as they are now, with FILE:LINE.\n" },
	{ "check", "", "", 0, 0, ctl_check, "checks farod's configuration file",
		"As farod -n for the file that the running farod reads.\n" },
	{ "reload", "", "", 0, 0, ctl_reload, "puts the changed configuration in force",
		"A wrong file changes nothing. Modems whose section did not change stay "
		"connected.\n"
		"What only a start can change is named, and is as it was until then.\n" },
	{ "log", "[-f]", "f", 0, 0, ctl_log, "the last lines of farod's log",
		"-f also shows new lines as they come, until Ctrl-C.\n" },
	{ "backup", "FILE [--force]", "F", 1, 1, ctl_backup,
		"writes a copy of the database into a file",
		"Made while farod works, sealed as the database is, and read by its owner only. "
		"The "
		"key is not in it\n"
		"(privacy.key_file): keep a copy of both, in two places.\n"
		"--force  writes over a file that is there\n" },
	{ "restore", "FILE [--force]", "F", 1, 1, ctl_restore,
		"puts such a copy in the database's place",
		"The copy is checked and its key must be this box's; then farod starts anew with "
		"it. What waited in it\n"
		"(messages, alerts, deadlines, texts not answered) is marked and never sent again. "
		"Who has texted STOP\n"
		"since stays away. The database of before is kept as faro.db.before-TIME. Refused "
		"while an alert runs.\n"
		"--force  also while an alert runs\n" },
	{ "test", "", "", 0, 0, ctl_test, "texts the box's state to the admins", NULL },
	{ "version", "", "", 0, 0, ctl_version, "the versions of faroctl and farod", NULL },
	{ "help", "[COMMAND]", "", 0, 2, ctl_help, "this help, or that of a command", NULL },
};

/* ---- help ------------------------------------------------------------------------------------ */

static void print_help(FILE *file)
{
	fputs("Usage: faroctl [-s SOCKET] [--json] COMMAND ...\n\n", file);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(file, "  %-16s %s\n", commands[i].name, commands[i].help);
	fputs("\n  -s, --socket SOCKET  farod's control socket (default " DEFAULT_SOCKET ")\n"
	      "  --json               one JSON object instead of words\n"
	      "  -h, --help           help, also for a command: faroctl help alert\n\n"
	      "Exit codes: 0 done, 1 it could not be done, 64 wrong usage, 75 farod does not "
	      "answer,\n"
	      "78 the configuration is wrong.\n",
		file);
}

/* The options whose letters are given, by name, and whether a word follows them. */
static json_t *json_of_options(const char *letters)
{
	json_t *list = json_array();

	for (const struct option *option = ctl_long_options; option->name; option++)
		if (strchr(letters, option->val))
			json_array_append_new(
				list, json_pack("{s:s,s:b}", "name", option->name, "word",
					      option->has_arg == required_argument));
	return list;
}

static json_t *json_of_command(const struct command *command)
{
	return json_pack("{s:s,s:s,s:s,s:s?,s:o}", "name", command->name, "arguments",
		command->arguments, "help", command->help, "more", command->more, "options",
		json_of_options(command->options));
}

/*
 * For programs that build on faroctl, and for the tests that compare the README, the manual page
 * and the completion.
 */
static void print_help_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		json_array_append_new(list, json_of_command(&commands[i]));
	print_json(json_pack("{s:o,s:o}", "options", json_of_options("sjhV"), "commands", list));
}

static void print_command_help(const struct command *command)
{
	printf("Usage: faroctl [-s SOCKET] [--json] %s%s%s\n%c%s.\n", command->name,
		*command->arguments ? " " : "", command->arguments, command->help[0] & ~0x20,
		command->help + 1);
	if (command->more)
		printf("\n%s", command->more);
}

/* ---- the command line ------------------------------------------------------------------------ */

/* The command that words begin with; *used is how many words its name has. */
static const struct command *find_command(char **words, int n, int *used)
{
	char two[64] = "";

	if (n > 1)
		snprintf(two, sizeof(two), "%s %s", words[0], words[1]);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		*used = strchr(commands[i].name, ' ') ? 2 : 1;
		if (strcmp(commands[i].name, *used == 2 ? two : words[0]) == 0)
			return &commands[i];
	}
	return NULL;
}

/* "members" alone: the words that may follow. False when no command begins with this word. */
static bool add_second_words(const char *first, struct strbuf *out)
{
	size_t n = strlen(first);
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strncmp(commands[i].name, first, n) == 0 && commands[i].name[n] == ' ') {
			strbuf_addf(out, "%s%s", any ? ", " : "", commands[i].name + n + 1);
			any = true;
		}
	return any;
}

/* NULL when none is near enough to be meant. */
static const char *nearest_command(char **words, int n)
{
	const char *nearest = commands[0].name;
	unsigned int least = UINT32_MAX;
	char said[64];

	snprintf(said, sizeof(said), "%s%s%s", words[0], n > 1 ? " " : "", n > 1 ? words[1] : "");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		bool two = strchr(commands[i].name, ' ');
		unsigned int d = text_distance(commands[i].name, two ? said : words[0]);

		if (d < least) {
			least = d;
			nearest = commands[i].name;
		}
	}
	return least <= strlen(words[0]) / 3 + 1 ? nearest : NULL;
}

static int unknown_command(const struct ctl *ctl, char **words, int n)
{
	const char *nearest = nearest_command(words, n);
	char memory[128];
	struct strbuf second;

	strbuf_init(&second, memory, sizeof(memory));
	if (add_second_words(words[0], &second))
		return ctl_fail(ctl, FARO_EXIT_USAGE, "%s needs one of: %s", words[0], second.text);
	if (!nearest)
		return ctl_fail(ctl, FARO_EXIT_USAGE,
			"there is no command \"%s\"; faroctl help lists them", words[0]);
	return ctl_fail(ctl, FARO_EXIT_USAGE,
		"there is no command \"%s\"; did you mean \"%s\"? (faroctl help lists them)",
		words[0], nearest);
}

static int ctl_help(struct ctl *ctl)
{
	const struct command *command;
	int used;

	if (ctl->n_words == 0) {
		if (ctl->json)
			print_help_json();
		else
			print_help(stdout);
		return FARO_EXIT_OK;
	}
	command = find_command(ctl->words, ctl->n_words, &used);
	if (!command)
		return unknown_command(ctl, ctl->words, ctl->n_words);
	if (ctl->json)
		print_json(json_of_command(command));
	else
		print_command_help(command);
	return FARO_EXIT_OK;
}

/* Options that this command does not take, and the number of words. */
static int check_usage(
	const struct ctl *ctl, const struct command *command, const struct ctl_options *options)
{
	for (const char *letter = options->seen; *letter; letter++)
		if (!strchr(command->options, *letter))
			return ctl_fail(ctl, FARO_EXIT_USAGE, "%s takes no --%s (faroctl help %s)",
				command->name, ctl_option_name(*letter), command->name);
	if (ctl->n_words >= command->words_min && ctl->n_words <= command->words_max)
		return 0;
	return ctl_fail(ctl, FARO_EXIT_USAGE, "usage: faroctl %s%s%s", command->name,
		*command->arguments ? " " : "", command->arguments);
}

/* A list in a file on a full disk is not the list. */
static int check_output(const struct ctl *ctl)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return FARO_EXIT_OK;
	return ctl_fail(ctl, FARO_EXIT_FAILED, "standard output: %s",
		errno ? strerror(errno) : "it could not be written");
}

static int run_command(struct ctl *ctl, const struct ctl_options *options, char **words, int n)
{
	const struct command *command;
	int used, rc;

	command = find_command(words, n, &used);
	if (!command)
		return unknown_command(ctl, words, n);
	if (options->help) {
		print_command_help(command);
		return FARO_EXIT_OK;
	}
	ctl->words = words + used;
	ctl->n_words = n - used;
	rc = check_usage(ctl, command, options);
	if (rc == 0)
		rc = command->run(ctl);
	if (rc == 0)
		rc = check_output(ctl);
	json_decref(ctl->versions);
	return rc;
}

int main(int argc, char **argv)
{
	struct ctl ctl = { .socket = DEFAULT_SOCKET };
	struct ctl_options options = { .seen = "" };
	int letter, rc;

	while ((letter = getopt_long(argc, argv, "s:hVfyn:z:o:", ctl_long_options, NULL)) != -1) {
		rc = ctl_take_option(&ctl, &options, letter);
		if (rc != 0)
			return rc;
	}
	if (options.version) {
		printf("faroctl %s\n", FARO_VERSION);
		return FARO_EXIT_OK;
	}
	if (optind < argc)
		return run_command(&ctl, &options, argv + optind, argc - optind);
	print_help(options.help ? stdout : stderr);
	return options.help ? FARO_EXIT_OK : FARO_EXIT_USAGE;
}
