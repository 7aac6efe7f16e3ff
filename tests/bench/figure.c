/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "faro/base.h"
#include "faro/store.h"

#include "../e2e/box.h"
#include "figure.h"

/* ---- printing ------------------------------------------------------------------------------- */

void figure(const char *what, const char *target, const char *value, ...)
{
	char words[64];
	va_list args;

	va_start(args, value);
	vsnprintf(words, sizeof(words), value, args);
	va_end(args);
	if (target)
		printf("%-62s %14s   target %s\n", what, words, target);
	else
		printf("%-62s %14s\n", what, words);
}

void figure_limit(const char *words, ...)
{
	va_list args;

	printf("        limit: ");
	va_start(args, words);
	vprintf(words, args);
	va_end(args);
	printf("\n");
}

void note_longest(int64_t *longest_us, int64_t start_us)
{
	int64_t us = time_mono_us() - start_us;

	if (us > *longest_us)
		*longest_us = us;
}

/* ---- processes ------------------------------------------------------------------------------ */

int64_t proc_number(pid_t pid, const char *file, const char *key)
{
	char path[64], line[256];
	int64_t value = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtoll(line + strlen(key), NULL, 10);
	if (f)
		fclose(f);
	return value;
}

double proc_cpu_s(pid_t pid)
{
	unsigned long long user = 0, system = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f && fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
			 &user, &system) != 2)
		user = system = 0;
	if (f)
		fclose(f);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

double own_cpu_s(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int64_t proc_wake_ups(pid_t pid)
{
	return proc_number(pid, "status", "voluntary_ctxt_switches:");
}

/* ---- the disk ------------------------------------------------------------------------------- */

static const char *bench_base(void)
{
	const char *base = getenv("FARO_BENCH_DIR");

	return base ? base : "/var/tmp";
}

int64_t disk_bytes(const char *dir)
{
	unsigned long long sectors = 0;
	char path[64];
	struct stat st;
	FILE *f;

	if (stat(dir ? dir : bench_base(), &st) < 0)
		return 0;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/stat", major(st.st_dev),
		minor(st.st_dev));
	f = fopen(path, "r");
	if (f && fscanf(f, "%*u %*u %*u %*u %*u %*u %llu", &sectors) != 1)
		sectors = 0;
	if (f)
		fclose(f);
	return (int64_t)sectors * 512;
}

double disk_sync_us(const char *dir)
{
	enum { PAGES = 64, ROUNDS = 500 };
	static const char page[4096] = { 1 };
	char path[512];
	int64_t start;
	int fd, n = 0;

	snprintf(path, sizeof(path), "%s/syncs", dir);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return 0;
	for (int i = 0; i < PAGES; i++)
		if (pwrite(fd, page, sizeof(page), (off_t)i * (off_t)sizeof(page)) < 0)
			break;
	fsync(fd);
	start = time_mono_us();
	while (n < ROUNDS) {
		off_t at = (off_t)(n % PAGES) * (off_t)sizeof(page);

		if (pwrite(fd, page, sizeof(page), at) < 0 || fdatasync(fd) < 0)
			break;
		n++;
	}
	start = time_mono_us() - start;
	close(fd);
	unlink(path);
	return n ? (double)start / n : 0;
}

/* ---- the line ------------------------------------------------------------------------------- */

#define LINES_MAX    16
#define LINE_WAIT_MS 60000

static const char cmgs[] = "AT+CMGS=153\r", cnma[] = "AT+CNMA\r";

struct line {
	int fd;
	char said[512];
	size_t n;
	bool owed; /* a report came and is not acknowledged */
};

static void line_fails(const char *words)
{
	fprintf(stderr, "line client: %s\n", words);
	exit(1);
}

/*
 * "0001000B91..." with 160 septets of text: the largest single segment. 21: with a status report
 * requested (TS 23.040 9.2.3.5).
 */
static size_t make_pdu(char out[400], bool reports)
{
	int n = sprintf(out, "00%s000B915101551000F10000A0", reports ? "21" : "01");

	for (int i = 0; i < 140; i++)
		n += sprintf(out + n, "%s", i % 7 ? "C3" : "41");
	out[n++] = 0x1a;
	out[n] = '\0';
	return (size_t)n;
}

static void line_write(const struct line *line, const char *data, size_t n)
{
	if (write(line->fd, data, n) != (ssize_t)n)
		line_fails("cannot write");
}

static void line_read(struct line *line)
{
	ssize_t n = read(line->fd, line->said + line->n, sizeof(line->said) - 1 - line->n);

	if (n <= 0)
		line_fails("the port is gone");
	line->n += (size_t)n;
	line->said[line->n] = '\0';
	if (strstr(line->said, "ERROR"))
		line_fails(line->said);
}

/* Takes note of a report; false when it is not whole. */
static bool line_report(struct line *line)
{
	const char *header = strstr(line->said, "+CDS:");
	const char *pdu = header ? strstr(header, "\r\n") : NULL;

	if (!header)
		return true;
	line->owed = pdu && strstr(pdu + 2, "\r\n");
	return line->owed;
}

/* Answers what came; true when a segment went out. */
static bool line_step(struct line *line, const char *pdu, size_t pdu_n)
{
	bool sent;

	line_read(line);
	if (!line_report(line))
		return false;
	if (strstr(line->said, "> ")) {
		line->n = 0;
		line_write(line, pdu, pdu_n);
		return false;
	}
	if (!strstr(line->said, "OK\r\n"))
		return false;
	sent = strstr(line->said, "+CMGS:");
	line->n = 0;
	if (line->owed)
		line_write(line, cnma, sizeof(cnma) - 1);
	else
		line_write(line, cmgs, sizeof(cmgs) - 1);
	line->owed = false;
	return sent;
}

static void line_ask(struct line *line, const char *command)
{
	line_write(line, command, strlen(command));
	while (!strstr(line->said, "OK\r\n"))
		line_read(line);
	line->n = 0;
	line->said[0] = '\0';
}

static void line_open(struct line *line, const char *port, bool reports)
{
	struct termios raw;

	*line = (struct line){ .fd = open(port, O_RDWR | O_NOCTTY | O_CLOEXEC) };
	if (line->fd < 0 || tcgetattr(line->fd, &raw) < 0)
		line_fails(port);
	cfmakeraw(&raw);
	tcsetattr(line->fd, TCSANOW, &raw);
	tcflush(line->fd, TCIOFLUSH);
	line_ask(line, "ATE0\r");
	if (!reports)
		return;
	line_ask(line, "AT+CSMS=1\r");
	line_ask(line, "AT+CNMI=2,1,0,1,0\r");
}

struct line_load line_client(const char *const *ports, int n, int segments, bool reports)
{
	struct epoll_event events[LINES_MAX];
	struct line lines[LINES_MAX];
	int epoll = epoll_create1(EPOLL_CLOEXEC), sent = 0;
	char pdu[400];
	size_t pdu_n = make_pdu(pdu, reports);
	double cpu_us;
	int64_t us;

	for (int i = 0; i < n; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)i };

		line_open(&lines[i], ports[i], reports);
		epoll_ctl(epoll, EPOLL_CTL_ADD, lines[i].fd, &event);
	}
	cpu_us = own_cpu_s(RUSAGE_SELF) * 1e6;
	us = time_mono_us();
	for (int i = 0; i < n; i++)
		line_write(&lines[i], cmgs, sizeof(cmgs) - 1);
	while (sent < segments) {
		int ready = epoll_wait(epoll, events, LINES_MAX, LINE_WAIT_MS);

		if (ready <= 0)
			line_fails("the modems are silent");
		for (int i = 0; i < ready; i++)
			sent += line_step(&lines[events[i].data.u32], pdu, pdu_n);
	}
	us = time_mono_us() - us;
	cpu_us = own_cpu_s(RUSAGE_SELF) * 1e6 - cpu_us;
	for (int i = 0; i < n; i++)
		close(lines[i].fd);
	close(epoll);
	return (struct line_load){ sent * 1e6 / (double)us, cpu_us / sent };
}

#define PER_S_MODEMS   8
#define PER_S_SEGMENTS 10000

double line_per_s(int modems, bool reports)
{
	struct box *box = box_new(&(struct box_options){ .modems = modems });
	char paths[PER_S_MODEMS][128];
	const char *ports[PER_S_MODEMS];
	double per_s;

	for (int i = 0; i < modems; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/sim%d", box_dir(box), i + 1);
		ports[i] = paths[i];
	}
	per_s = line_client(ports, modems, PER_S_SEGMENTS, reports).per_s;
	box_free(box);
	return per_s;
}

/* ---- a store -------------------------------------------------------------------------------- */

void must(int64_t rc, const char *what)
{
	if (rc >= 0)
		return;
	printf("%s: %s\n", what, strerror((int)-rc));
	exit(1);
}

void bench_dir_make(char dir[256], const char *name)
{
	snprintf(dir, 256, "%s/faro-%s-XXXXXX", bench_base(), name);
	if (!mkdtemp(dir))
		must(-errno, dir);
}

void bench_dir_remove(const char *dir)
{
	DIR *d = opendir(dir);

	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		char path[600];

		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

struct store *bench_store_open(const char *dir)
{
	struct store_config config = { .data_dir = dir, .key_file = "" };
	struct store *store;
	char why[256];

	if (store_open(&config, &store, NULL, why, sizeof(why))) {
		printf("open: %s\n", why);
		exit(1);
	}
	return store;
}

int full_part(void *ctx, int index, uint8_t *out)
{
	(void)ctx, (void)index;
	memset(out, 'x', 140);
	return 140;
}

/* ---- benches of one program ----------------------------------------------------------------- */

void benches_run(const struct bench_choice *benches, size_t n)
{
	const char *picked = getenv("FARO_BENCH");

	for (size_t i = 0; i < n; i++)
		if (!picked || strstr(picked, benches[i].name))
			benches[i].run();
}

/* ---- a box ---------------------------------------------------------------------------------- */

struct span network_saw(struct box *box)
{
	json_t *stats = sim_ask(box, "{s:s}", "cmd", "stats"), *modem;
	struct span span = { .first_us = INT64_MAX };
	size_t i;

	json_array_foreach (json_object_get(stats, "modems"), i, modem) {
		int64_t first = json_number_at(modem, "first_us"),
			last = json_number_at(modem, "last_us");

		span.segments += json_number_at(modem, "segments");
		span.busy_us += json_number_at(modem, "busy_us");
		if (first > 0 && first < span.first_us)
			span.first_us = first;
		if (last > span.last_us)
			span.last_us = last;
	}
	json_decref(stats);
	return span;
}

double span_s(const struct span *span)
{
	return (double)(span->last_us - span->first_us) / 1e6;
}

double span_per_s(const struct span *span)
{
	return span->segments > 1 ? (double)(span->segments - 1) / span_s(span) : 0;
}

double span_utilisation(const struct span *span, int modems)
{
	return span->segments > 1 ? (double)span->busy_us / 1e6 / span_s(span) / modems : 0;
}

void import_list(struct box *box, int n, void (*person)(FILE *csv, int i))
{
	char path[300];
	struct ran ran;
	FILE *csv;

	snprintf(path, sizeof(path), "%s/people.csv", box_dir(box));
	csv = fopen(path, "w");
	if (!csv)
		box_failed(__FILE__, __LINE__, path);
	fprintf(csv, "phone,name,role,language,zones\n");
	for (int i = 0; i < n; i++)
		person(csv, i);
	fclose(csv);
	ran = box_faroctl(box, "members", "import", path, NULL);
	if (ran.code != 0)
		box_failed(__FILE__, __LINE__, ran.err);
	ran_free(&ran);
}
