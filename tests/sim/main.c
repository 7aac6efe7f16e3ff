/* SPDX-License-Identifier: Apache-2.0 */
/* modemsim: modems on ptys with a network behind them. sim_protocol.h tells how it is used. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "sim.h"

static const char usage[] =
	"Usage: modemsim [-s SOCKET] [-l JOURNAL] [-d DIR] [-n COUNT] [-p PROFILE] [-m DIR]\n"
	"                [-r MS] [-k] [-t] [LINK[=PROFILE]]...\n"
	"Simulated modems, and the network and the people behind them. Each LINK is a serial port\n"
	"that farod opens as it opens a modem's. PROFILE: how a make of modem behaves.\n\n"
	"  -n COUNT    COUNT modems, DIR/sim1 and on, beside the LINKs\n"
	"  -d DIR      where those are (default: here)\n"
	"  -p PROFILE  of modems that name none (default \"generic\"; tests/sim/*.modem has them)\n"
	"  -m DIR      where the profiles are\n"
	"  -r MS       radio time of a segment in ms (default 4000, as in the field)\n"
	"  -t          text by hand: \"+15105550120 JOIN north\" and Enter; the answers are "
	"printed\n"
	"  -s SOCKET   control socket, JSON lines: faults, populations, reports\n"
	"  -l JOURNAL  what happened, JSON lines, into this file\n"
	"  -k          ends when its parent ends\n"
	"  -h          this help\n\n"
	"It says \"ready\" when the ports are there. tests/sim/sim_protocol.h tells all of it.\n"
	"Exit codes: 0 done, 1 failed, 64 wrong usage.\n";

static struct sim sim = {
	.link_dir = ".",
	.profile_default = "generic",
	.radio = { .segment_ms = 4000 },
	.zone_quarters = -28,
	.rng = { 1 },
};

static struct sim_watch signals;

static void caught(void *ctx, uint32_t events)
{
	(void)ctx, (void)events;
	sim_loop_exit();
}

static int watch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signals = (struct sim_watch){ .fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
		.ready = caught };
	return signals.fd < 0 ? -errno : sim_watch_add(&signals, EPOLLIN);
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "modemsim: %s: %s\n", what, why);
	return FARO_EXIT_FAILED;
}

static int add_modem(const char *link, const char *profile_name)
{
	const char *slash = strrchr(link, '/'), *name = slash ? slash + 1 : link;
	const struct sim_profile *profile;
	char why[200];
	int error;

	profile = sim_profile_get(&sim, profile_name, why);
	if (!profile)
		return fail(link, why);
	if (sim_modem_find(&sim, name))
		return fail(link, "two modems of this name");
	error = sim_modem_start(sim_modem_new(&sim, name, link, profile));
	return error < 0 ? fail(link, strerror(-error)) : 0;
}

static int add_modems(int count, char **words)
{
	int error = 0;

	for (int i = 1; i <= count && !error; i++) {
		char link[200];

		snprintf(link, sizeof(link), "%s/sim%d", sim.link_dir, i);
		error = add_modem(link, sim.profile_default);
	}
	for (; *words && !error; words++) {
		char *profile = strchr(*words, '=');

		if (profile)
			*profile++ = '\0';
		error = add_modem(*words, profile ? profile : sim.profile_default);
	}
	return error;
}

struct words {
	const char *socket, *journal;
	int64_t count, segment_ms;
	bool with_parent, by_hand, help;
};

static int read_options(int argc, char **argv, struct words *w)
{
	static const struct option long_options[] = { { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 } };
	int c;

	while ((c = getopt_long(argc, argv, "s:l:d:n:p:m:r:kth", long_options, NULL)) != -1) {
		switch (c) {
		case 's':
			w->socket = optarg;
			break;
		case 'l':
			w->journal = optarg;
			break;
		case 'd':
			sim.link_dir = optarg;
			break;
		case 'p':
			sim.profile_default = optarg;
			break;
		case 'm':
			sim.profile_dir = optarg;
			break;
		case 'k':
			w->with_parent = true;
			break;
		case 't':
			w->by_hand = true;
			break;
		case 'h':
			w->help = true;
			break;
		case 'n':
			if (text_int(optarg, 0, 1000, &w->count) < 0)
				return -EINVAL;
			break;
		case 'r':
			if (text_int(optarg, 0, 3600000, &w->segment_ms) < 0)
				return -EINVAL;
			break;
		default:
			return -EINVAL;
		}
	}
	return 0;
}

static int start(const struct words *w, char **links)
{
	int error = sim_loop_init();

	if (error < 0 || (error = watch_signals()) < 0)
		return fail("start", strerror(-error));
	if ((error = sim_journal_open_file(&sim, w->journal)) < 0)
		return fail(w->journal, strerror(-error));
	if (w->socket && (error = sim_control_listen(&sim, w->socket)) < 0)
		return fail(w->socket, strerror(-error));
	error = add_modems((int)w->count, links);
	if (error)
		return error;
	puts("ready");
	if (w->by_hand && (error = sim_hand_open(&sim)) < 0)
		return fail("stdin", strerror(-error));
	fflush(stdout);
	return 0;
}

static void stop(void)
{
	while (sim.modems)
		sim_modem_free(sim.modems);
	sim_journal_flush(&sim); /* the last modem's removal too */
	sim_control_close(&sim);
	sim_hand_close();
	sim_phones_forget(&sim);
	sim_people_forget(&sim);
	sim_journal_close(&sim);
	sim_profiles_free(&sim);
	free(sim.ring);
	sim_loop_fini();
}

int main(int argc, char **argv)
{
	struct words w = { .segment_ms = sim.radio.segment_ms };
	int error;

	if (read_options(argc, argv, &w) < 0) {
		fputs(usage, stderr);
		return FARO_EXIT_USAGE;
	}
	if (w.help) {
		fputs(usage, stdout);
		return FARO_EXIT_OK;
	}
	if (w.with_parent)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	sim.radio.segment_ms = (int)w.segment_ms;
	sim.ring = sim_alloc(SIM_RING * sizeof(*sim.ring));
	error = start(&w, argv + optind);
	if (!error)
		sim_loop_run();
	stop();
	return error;
}
