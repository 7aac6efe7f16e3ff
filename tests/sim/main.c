/* SPDX-License-Identifier: Apache-2.0 */
/* modemsim: modems on ptys with a network behind them. sim_protocol.h tells how it is used. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "sim.h"

static const char usage[] = "usage: modemsim [-s SOCKET] [-l JOURNAL] [-d DIR] [-n COUNT] [-p "
			    "PROFILE] [-m PROFILE_DIR] [-r MS] [-k] "
			    "[LINK[=PROFILE]]...\n";

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
	bool with_parent;
};

static int read_options(int argc, char **argv, struct words *w)
{
	int c;

	while ((c = getopt(argc, argv, "s:l:d:n:p:m:r:k")) != -1) {
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
	fflush(stdout);
	return 0;
}

static void stop(void)
{
	while (sim.modems)
		sim_modem_free(sim.modems);
	sim_journal_flush(&sim); /* the last modem's removal too */
	sim_control_close(&sim);
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
