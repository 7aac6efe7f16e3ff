/* SPDX-License-Identifier: Apache-2.0 */
/* faroctl modem probe: who is at a port, and a report of it that may be shown to anybody. */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faro/modem.h"
#include "faroctl.h"

/* "ModemManager (pid 812)": the program that has this port open, as far as this user may see. */
static void find_program(const char *port, char *out, size_t size)
{
	char *mine = realpath(port, NULL);
	glob_t fds;

	out[0] = '\0';
	if (!mine || glob("/proc/[0-9]*/fd/*", GLOB_NOSORT, NULL, &fds) != 0) {
		free(mine);
		return;
	}
	for (size_t i = 0; i < fds.gl_pathc && !out[0]; i++) {
		char path[PATH_MAX], comm[64], name[32] = "?";
		ssize_t n = readlink(fds.gl_pathv[i], path, sizeof(path) - 1);
		int pid = atoi(fds.gl_pathv[i] + strlen("/proc/"));
		FILE *file;

		path[n > 0 ? n : 0] = '\0';
		if (pid == (int)getpid() || strcmp(path, mine) != 0)
			continue;
		snprintf(comm, sizeof(comm), "/proc/%d/comm", pid);
		file = fopen(comm, "re");
		if (file && fgets(name, sizeof(name), file))
			name[strcspn(name, "\n")] = '\0';
		if (file)
			fclose(file);
		snprintf(out, size, "%s (pid %d)", name, pid);
	}
	globfree(&fds);
	free(mine);
}

/*
 * The name of farod's modem that has this port, by whatever link. "" when none has: one that is
 * absent only waits for it.
 */
static void find_holder(const struct ctl *ctl, const char *port, char *out, size_t size)
{
	json_t *answer = ctl_ask_quietly(ctl, ctl_request("modem list")), *modem;
	char *mine = realpath(port, NULL);
	size_t i;

	out[0] = '\0';
	json_array_foreach (json_object_get(answer, "modems"), i, modem) {
		const char *path = json_string_value(json_object_get(modem, "port"));
		const char *name = json_string_value(json_object_get(modem, "name"));
		const char *state = json_string_value(json_object_get(modem, "state"));
		char *theirs = path ? realpath(path, NULL) : NULL;

		if (state && strcmp(state, "absent") != 0 && mine && theirs && name &&
			strcmp(mine, theirs) == 0)
			text_copy(out, size, name);
		free(theirs);
	}
	free(mine);
	json_decref(answer);
}

static void hear_line(void *ctx, bool asked, const char *text)
{
	json_t *talk = ctx;
	char line[1100];

	snprintf(line, sizeof(line), "%s%s", asked ? "> " : "  ", text);
	json_array_append_new(talk, json_string(line));
}

static void usb_words(const struct modem_probe *probe, char *out, size_t size)
{
	if (!probe->is_usb)
		text_copy(out, size, "not on the USB");
	else if (probe->interface < 0)
		snprintf(out, size, "USB %04x:%04x %s", probe->vendor, probe->product,
			probe->device);
	else
		snprintf(out, size, "USB %04x:%04x %s, interface %d", probe->vendor, probe->product,
			probe->device, probe->interface);
}

static void print_report(const char *port, const struct modem_probe *probe, const json_t *talk)
{
	const json_t *line;
	char usb[200];
	size_t i;

	usb_words(probe, usb, sizeof(usb));
	printf("port     %s, %s\n", port, usb);
	printf("answers  AT after %d ms\n", (int)probe->took_ms);
	printf("profile  %s: %s\n", probe->profile, probe->family);
	printf("because  %s\n", probe->because);
	printf("habits   %s\n", probe->habits);
	printf("SIM      %s\n", probe->sim);
	printf("\nFor a bug report (faroctl %s; numbers, IMEI, IMSI, ICCID and cell are masked):\n",
		FARO_VERSION);
	json_array_foreach (talk, i, line)
		printf("  %s\n", json_string_value(line));
}

static json_t *report_json(const char *port, const struct modem_probe *probe, json_t *talk)
{
	json_t *json = json_pack("{s:b,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:O}", "ok", 1, "port", port,
		"profile", probe->profile, "family", probe->family, "because", probe->because,
		"habits", probe->habits, "sim", probe->sim, "took_ms", (json_int_t)probe->took_ms,
		"talk", talk);
	char id[16];

	snprintf(id, sizeof(id), "%04x:%04x", probe->vendor, probe->product);
	json_object_set_new(json, "usb", probe->is_usb ? json_string(id) : json_null());
	json_object_set_new(json, "interface",
		probe->interface >= 0 ? json_integer(probe->interface) : json_null());
	return json;
}

static int say_why_not(
	const struct ctl *ctl, const char *port, int error, const struct modem_probe *probe)
{
	const char *what = error == 0 ? "nobody answers AT" : strerror(-error);
	char program[64];

	if (error == -EBUSY) {
		find_program(port, program, sizeof(program));
		return ctl_fail(ctl, FARO_EXIT_FAILED,
			"%s: %s has it open: end that program (ModemManager: systemctl disable "
			"--now ModemManager)%s",
			port, program[0] ? program : "another program",
			program[0] || geteuid() == 0 ? "" : "; sudo names it");
	}
	return ctl_fail(ctl, FARO_EXIT_FAILED, "%s: %s%s%s", port, what,
		probe->advice[0] ? "; " : "", probe->advice);
}

int ctl_modem_probe(struct ctl *ctl)
{
	const char *port = ctl->words[0];
	struct modem_probe probe;
	int64_t baud = 115200;
	char holder[64];
	json_t *talk;
	int rc;

	if (ctl->n_words > 1 && text_int(ctl->words[1], 300, 4000000, &baud) < 0)
		return ctl_fail(ctl, FARO_EXIT_USAGE, "BAUD is \"%s\"; allowed: 300 to 4000000",
			ctl->words[1]);
	find_holder(ctl, port, holder, sizeof(holder));
	if (holder[0])
		return ctl_fail(ctl, FARO_EXIT_FAILED,
			"%s: farod's modem \"%s\" has it: see faroctl modem list, or take it out "
			"of the configuration and reload",
			port, holder);
	talk = json_array();
	rc = modem_probe(port, (int)baud, hear_line, talk, &probe);
	if (rc < 0 || !probe.answers)
		rc = say_why_not(ctl, port, rc, &probe);
	else if (ctl->json)
		print_json(report_json(port, &probe, talk));
	else
		print_report(port, &probe, talk);
	json_decref(talk);
	return rc;
}
