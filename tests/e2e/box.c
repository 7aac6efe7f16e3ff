/* SPDX-License-Identifier: Apache-2.0 */
/* A box of a story: its directory, its configuration, its processes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

static const char default_people[] = "people = (\n"
				     "  { phone = \"+15105550101\"; name = \"Ana\"; role = "
				     "\"dispatcher\"; language = \"en\"; },\n"
				     "  { phone = \"+15105550102\"; name = \"Rosa\"; role = "
				     "\"admin\"; language = \"es\"; } );\n";

/* Groups that a story's own settings replace when they name them. */
static const struct {
	const char *group, *text;
} default_groups[] = {
	{ "list",
		"list : { join = \"open\"; zones = ( { id = \"north\"; names = ( \"north\", "
		"\"norte\" ); },\n  { id = \"south\"; names = ( \"south\", \"sur\" ); } ); };\n" },
	{ "alerts", "alerts : { confirm = \"code\"; };\n" },
	{ "delivery", "delivery : { reports = true; unknown_wait = 1; retry = [ 1, 2, 4 ]; };\n" },
	{ "info",
		"info = ( { keyword = ( \"rights\", \"derechos\" ); text = (\n"
		"  { language = \"en\"; body = \"You have the right to remain silent.\"; },\n"
		"  { language = \"es\"; body = \"Usted tiene derecho a guardar silencio.\"; } ); } "
		");\n" },
};

const char *box_program(const char *name, char out[256])
{
	const char *build = getenv("FARO_BUILD");

	snprintf(out, 256, "%s/%s", build ? build : "build", name);
	return out;
}

const char *box_dir(const struct box *box)
{
	return box->dir;
}

pid_t box_pid(const struct box *box)
{
	return box->farod_pid;
}

/* ---- configuration ---- */

static bool names_group(const char *settings, const char *group)
{
	size_t n = strlen(group);

	for (const char *at = settings; at && (at = strstr(at, group)); at += n)
		if ((at == settings || at[-1] == '\n' || at[-1] == ' ' || at[-1] == ';') &&
			strspn(at + n, " ") + n < strlen(at) &&
			strchr(":=", at[n + strspn(at + n, " ")]))
			return true;
	return false;
}

static void write_modems(struct box *box, FILE *file)
{
	const char *more = box->options.modem_settings, *port = box->options.port;
	const char *first = box->options.first_modem_settings;

	fprintf(file, "modems = (");
	for (int i = 0; i < box->options.modems; i++) {
		fprintf(file, "%s\n  { name = \"sim%d\"; port = \"", i ? "," : "", i + 1);
		if (port)
			fprintf(file, "%s", port);
		else
			fprintf(file, "%s/sim%d", box->dir, i + 1);
		fprintf(file, "\"; %s%s }", more ? more : "", first && i == 0 ? first : "");
	}
	fprintf(file, " );\n");
}

/* The directory is made after the story has written its settings: "@DIR" stands for it. */
static void write_with_dir(const struct box *box, FILE *file, const char *text)
{
	const char *at;

	while ((at = strstr(text, "@DIR"))) {
		fprintf(file, "%.*s%s", (int)(at - text), text, box->dir);
		text = at + 4;
	}
	fprintf(file, "%s\n", text);
}

void box_write_config(struct box *box)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/faro.cfg", box->dir);
	file = fopen(path, "w");
	if (!file) {
		failed(__FILE__, __LINE__, "cannot write %s", path);
		return;
	}
	fprintf(file,
		"box : { name = \"Faro\"; data_dir = \"%s/data\"; control_socket = "
		"\"%s/control.sock\";\n  messages_dir = \"%s\"; %s };\n",
		box->dir, box->dir,
		box->options.messages ? box->options.messages : "config/messages",
		box->options.box ? box->options.box : "clock = \"system\";");
	write_modems(box, file);
	write_with_dir(box, file,
		box->options.board ? box->options.board : "board : { driver = \"none\"; };");
	fprintf(file, "%s\n", box->people ? box->people : default_people);
	for (size_t i = 0; i < sizeof(default_groups) / sizeof(default_groups[0]); i++)
		if (!names_group(box->settings, default_groups[i].group))
			fprintf(file, "%s", default_groups[i].text);
	fprintf(file, "%s\n", box->settings ? box->settings : "");
	fclose(file);
}

static void replace(char **kept, const char *with)
{
	free(*kept);
	*kept = with ? strdup(with) : NULL;
}

void box_configure(struct box *box, const char *settings, const char *people)
{
	replace(&box->settings, settings ? settings : box->options.settings);
	replace(&box->people, people ? people : box->options.people);
	box_write_config(box);
}

/* ---- processes ---- */

static pid_t spawn(const char *const argv[], int out, int err)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (out >= 0)
		dup2(out, 1);
	if (err >= 0)
		dup2(err, 2);
	execv(argv[0], (char *const *)(uintptr_t)argv);
	fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The family of modems that all stories are told with: `make check-families`. */
static const char *sim_family(void)
{
	const char *family = getenv("FARO_SIM_PROFILE");

	return family && *family ? family : "generic";
}

static void start_sim(struct box *box)
{
	char program[256], socket[192], journal[192], count[16], radio[16], ready[16];
	const char *profile = box->options.profile ? box->options.profile : sim_family();
	const char *argv[] = { box_program("modemsim", program), "-k", "-s", socket, "-l", journal,
		"-d", box->dir, "-n", count, "-r", radio, "-p", profile, NULL };
	int out[2];

	snprintf(socket, sizeof(socket), "%s/sim.sock", box->dir);
	snprintf(journal, sizeof(journal), "%s/journal", box->dir);
	snprintf(count, sizeof(count), "%d", box->options.modems);
	snprintf(radio, sizeof(radio), "%d", box->options.segment_ms);
	if (pipe2(out, O_CLOEXEC) < 0)
		failed(__FILE__, __LINE__, "no pipe");
	box->sim_pid = spawn(argv, out[1], -1);
	close(out[1]);
	if (read(out[0], ready, sizeof(ready)) <= 0)
		failed(__FILE__, __LINE__, "%s did not start", program);
	close(out[0]);
	if (wire_open(&box->sim, socket, WAIT_MS) < 0)
		failed(__FILE__, __LINE__, "no simulator at %s", socket);
	sim_do(box, "{s:s,s:[s]}", "cmd", "subscribe", "events", "text");
	sim_do(box, "{s:s,s:s,s:i}", "cmd", "report", "outcome", "delivered", "delay_ms",
		box->options.report_delay_ms);
}

static void remove_dir(const char *dir)
{
	const char *argv[] = { "/bin/rm", "-rf", dir, NULL };

	wait_for(spawn(argv, -1, -1));
}

static void make_dir(struct box *box)
{
	const char *dir = box->options.dir, *tmp = getenv("TMPDIR");

	if (dir) {
		snprintf(box->dir, sizeof(box->dir), "%s", dir);
		box->options.keep = true;
		remove_dir(dir);
	} else {
		snprintf(box->dir, sizeof(box->dir), "%s/faro-story-XXXXXX", tmp ? tmp : "/tmp");
	}
	if (dir ? mkdir(dir, 0700) < 0 : !mkdtemp(box->dir))
		failed(__FILE__, __LINE__, "cannot make %s", box->dir);
}

struct box *box_new(const struct box_options *options)
{
	struct box *box = calloc(1, sizeof(*box));

	box->options = *options;
	if (box->options.modems == 0)
		box->options.modems = 1;
	box->sim.fd = box->board.fd = -1;
	box->heard = calloc(HEARD_MAX + 1, sizeof(*box->heard));
	make_dir(box);
	if (!options->config)
		box_configure(box, NULL, NULL);
	start_sim(box);
	return box;
}

void box_start_modems(struct box *box, int ready)
{
	char program[256], config[192], log_path[192];
	const char *argv[] = { program, "-c", config, NULL };
	int64_t until = mono_ms() + WAIT_MS;
	int log_fd, is_ready = -1;

	box_program(box->options.daemon ? box->options.daemon : "farod", program);
	if (box->options.config)
		snprintf(config, sizeof(config), "%s", box->options.config);
	else
		snprintf(config, sizeof(config), "%s/faro.cfg", box->dir);
	snprintf(log_path, sizeof(log_path), "%s/farod.log", box->dir);
	log_fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	box->farod_pid = spawn(argv, log_fd, log_fd);
	close(log_fd);
	while (is_ready < ready) {
		json_t *status, *modem;
		size_t i;

		if (waitpid(box->farod_pid, NULL, WNOHANG) == box->farod_pid) {
			char *log = box_log(box);

			box->farod_pid = 0;
			failed(__FILE__, __LINE__, "farod ended at once:\n%s", log);
		}
		status = farod_ask(box, "{s:s}", "cmd", "status");
		is_ready = status ? 0 : -1;
		json_array_foreach (json_object_get(status, "modems"), i, modem)
			is_ready += strcmp(json_string_value(json_object_get(modem, "state")),
					    "ready") == 0;
		json_decref(status);
		if (is_ready < ready && mono_ms() > until)
			failed(__FILE__, __LINE__, "%d of %d modems are ready; the log:\n%s",
				is_ready, ready, box_log(box));
		if (is_ready < ready)
			nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	}
}

void box_start(struct box *box)
{
	box_start_modems(box, box->options.modems);
}

int box_stop(struct box *box)
{
	int code;

	if (!box->farod_pid)
		return 0;
	kill(box->farod_pid, SIGTERM);
	code = wait_for(box->farod_pid);
	box->farod_pid = 0;
	wire_close(&box->board);
	return code;
}

void box_wait_end(struct box *box, int code)
{
	int ended = wait_for(box->farod_pid);

	box->farod_pid = 0;
	if (ended != code)
		failed(__FILE__, __LINE__, "farod ended with %d, not %d", ended, code);
}

void box_kill(struct box *box)
{
	kill(box->farod_pid, SIGKILL);
	wait_for(box->farod_pid);
	box->farod_pid = 0;
	wire_close(&box->board);
}

char *box_log(struct box *box)
{
	char path[192], *text = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/farod.log", box->dir);
	file = fopen(path, "r");
	if (!file || getdelim(&text, &size, 0, file) < 0) {
		free(text);
		text = strdup("");
	}
	if (file)
		fclose(file);
	return text;
}

void box_free(struct box *box)
{
	int code = box_stop(box);
	char *log = box_log(box);

	if (code != 0 || strstr(log, "ERROR: AddressSanitizer") || strstr(log, "runtime error:"))
		failed(__FILE__, __LINE__, "farod ended with %d; its log:\n%s", code, log);
	free(log);
	if (box->sim_pid) {
		kill(box->sim_pid, SIGTERM);
		wait_for(box->sim_pid);
	}
	wire_close(&box->sim);
	wire_close(&box->board);
	if (!box->options.keep)
		remove_dir(box->dir);
	replace(&box->settings, NULL);
	replace(&box->people, NULL);
	free(box->heard);
	free(box);
}

/* ---- programs that run and end ---- */

static char *drain(int fd[2])
{
	char *text = NULL, *more;
	size_t size = 0, len = 0;
	ssize_t n;

	do {
		if (size - len < 4096) {
			more = realloc(text, size = size * 2 + 8192);
			if (!more)
				failed(__FILE__, __LINE__, "no memory");
			text = more;
		}
		n = read(fd[0], text + len, size - len - 1);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	text[len] = 0;
	close(fd[0]);
	return text;
}

struct ran run_program(const char *const argv[])
{
	struct ran ran;
	int out[2], err[2];
	FILE *err_file = tmpfile();
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0 || !err_file)
		failed(__FILE__, __LINE__, "no pipe");
	/* stderr goes to a file, so that neither can fill up while the other is read */
	err[0] = dup(fileno(err_file));
	pid = spawn(argv, out[1], err[0]);
	close(out[1]);
	ran.out = drain(out);
	ran.code = wait_for(pid);
	lseek(err[0], 0, SEEK_SET);
	ran.err = drain(err);
	fclose(err_file);
	return ran;
}

struct ran box_faroctl(struct box *box, ...)
{
	char program[256], socket[192];
	const char *argv[32];
	size_t n = 0;
	va_list ap;

	snprintf(socket, sizeof(socket), "%s/control.sock", box->dir);
	argv[n++] = box_program("faroctl", program);
	argv[n++] = "-s";
	argv[n++] = socket;
	va_start(ap, box);
	while (n < 31 && (argv[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	argv[n] = NULL;
	return run_program(argv);
}

struct ran box_check_config(struct box *box, const char *file)
{
	char program[256], config[192];
	const char *argv[] = { box_program("farod", program), "-c", file ? file : config, "-n",
		NULL };

	snprintf(config, sizeof(config), "%s/faro.cfg", box->dir);
	return run_program(argv);
}

void ran_free(struct ran *ran)
{
	free(ran->out);
	free(ran->err);
}
