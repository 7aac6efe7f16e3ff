/* SPDX-License-Identifier: Apache-2.0 */
/*
 * farod: wiring only. The table `rooms` says in which order the rooms start; they stop in reverse.
 * What one room says to the one above it is passed on by farod_*.c, one file for each.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "farod.h"

/* ---- the loop, and the signals that it takes ----------------------------------------------- */

static void stop_asked(void *ctx, int signal)
{
	struct farod *farod = ctx;

	log_notice("%s: stopping", strsignal(signal));
	farod_stop_asked(farod);
}

static void reload_asked(void *ctx, int signal)
{
	(void)signal;
	farod_reload(ctx, NULL, NULL);
}

static int start_loop(struct farod *farod)
{
	int rc = loop_new(&farod->loop);

	if (rc == 0)
		rc = loop_signal(farod->loop, SIGTERM, stop_asked, farod);
	if (rc == 0)
		rc = loop_signal(farod->loop, SIGINT, stop_asked, farod);
	if (rc == 0)
		rc = loop_signal(farod->loop, SIGHUP, reload_asked, farod);
	return rc;
}

static void stop_loop(struct farod *farod)
{
	loop_free(farod->loop);
}

/* ---- the rooms, in the order they start ---------------------------------------------------- */

static const struct {
	const char *name;
	int (*start)(struct farod *farod);
	void (*stop)(struct farod *farod);
} rooms[] = {
	{ "loop", start_loop, stop_loop },
	/* before whoever writes rows */
	{ "store", farod_start_store, farod_stop_store },
	/* before whoever asks what time it is */
	{ "clock", farod_start_clock, farod_stop_clock },
	{ "speech", farod_start_speech, farod_stop_speech },
	{ "sensors", farod_start_sensors, farod_stop_sensors },
	{ "panel", farod_start_panel, farod_stop_panel },
	{ "lights", farod_start_lights, farod_stop_lights },
	/* the desk's, which the courier asks for */
	{ "turns", farod_start_turns, farod_stop_turns },
	/* before the desk, which wakes it */
	{ "courier", farod_start_courier, farod_stop_courier },
	{ "desk", farod_start_desk, farod_stop_desk },
	/* when texts can be taken in */
	{ "modems", farod_start_modems, farod_stop_modems },
	/* the admin's door last, when everything behind it stands */
	{ "control", farod_start_control, farod_stop_control },
};

static int run_loop(struct farod *farod)
{
	int rc;

	log_notice("farod %s: box \"%s\", %d modem%s", FARO_VERSION, farod->settings->box.name,
		farod->n_modems, farod->n_modems == 1 ? "" : "s");
	loop_watchdog(farod->loop, farod_is_alive, farod);
	loop_notify("READY=1");
	farod->started_ms = time_mono_ms();
	farod_desk_wanted(farod);
	farod_changed(farod);
	rc = loop_run(farod->loop);
	loop_notify("STOPPING=1");
	return rc;
}

static int run(struct farod *farod)
{
	size_t started = 0;
	int rc = 0;

	while (started < ARRAY_SIZE(rooms) && rc == 0) {
		rc = rooms[started].start(farod);
		if (rc < 0)
			log_error("%s does not start: %s", rooms[started].name,
				rc == -EINVAL ? "its configuration is wrong, as said above"
					      : strerror(-rc));
		started++; /* what a failed start left behind is stopped too */
	}
	if (rc == 0)
		rc = run_loop(farod);
	while (started > 0)
		rooms[--started].stop(farod);
	return rc < 0 ? FARO_EXIT_FAILED : rc;
}

/* ---- options and settings ------------------------------------------------------------------ */

static const char usage[] =
	"Usage: farod [-c FILE] [-n | -F]\n"
	"Faro's daemon, in the foreground; it logs to stderr.\n\n"
	"  -c FILE        the configuration (default " SETTINGS_DEFAULT_PATH ")\n"
	"  -n             check the configuration, name every mistake, and exit\n"
	"  -F             light the fault light, and nothing more, until told to stop\n"
	"  -h, --help     this help\n"
	"  -V, --version  the version\n\n"
	"SIGTERM and SIGINT stop it, SIGHUP reads the configuration again.\n"
	"Exit codes: 0 done, 1 failed, 64 wrong usage, 78 the configuration is wrong.\n";

/* Options. Returns -1 to go on, or an exit code. */
static int parse_options(int argc, char **argv, struct farod *farod, char *only)
{
	static const struct option words[] = { { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 } };
	int option;

	while ((option = getopt_long(argc, argv, "c:nFhV", words, NULL)) != -1) {
		switch (option) {
		case 'c':
			farod->config_path = optarg;
			break;
		case 'n':
		case 'F':
			*only = (char)option;
			break;
		case 'h':
			fputs(usage, stdout);
			return FARO_EXIT_OK;
		case 'V':
			puts("farod " FARO_VERSION);
			return FARO_EXIT_OK;
		default:
			fputs(usage, stderr);
			return FARO_EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "farod: \"%s\" is not understood\n%s", argv[optind], usage);
		return FARO_EXIT_USAGE;
	}
	return -1;
}

void farod_use_settings(const struct settings *settings)
{
	setenv("TZ", settings->box.timezone, 1);
	tzset();
	log_set_level(settings->box.log_level);
}

/* Returns an exit code. */
static int load_and_run(struct farod *farod)
{
	struct farod_mistakes mistakes = { .tell = farod_tell_stderr };
	int rc;

	if (settings_load(farod->config_path, farod_report, &mistakes, &farod->settings) < 0)
		return FARO_EXIT_CONFIG;
	farod->at_start = farod->settings;
	signal(SIGPIPE, SIG_IGN);
	umask(0077);
	farod_use_settings(farod->settings);
	rc = run(farod);
	if (farod->power_off)
		farod_ask_for_power_off(farod->settings);
	if (farod->settings != farod->at_start)
		settings_free(farod->at_start);
	settings_free(farod->settings);
	return rc;
}

int main(int argc, char **argv)
{
	struct farod farod = { .config_path = SETTINGS_DEFAULT_PATH };
	char only = 0;
	int rc = parse_options(argc, argv, &farod, &only);

	if (rc >= 0)
		return rc;
	if (only == 'n')
		return farod_check_only(farod.config_path);
	if (only == 'F')
		return farod_show_fault(farod.config_path);
	rc = load_and_run(&farod);
	if (farod.restart)
		execv("/proc/self/exe", argv);
	return rc;
}
