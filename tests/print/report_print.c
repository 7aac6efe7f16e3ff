/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a printer makes of `faroctl report N`: two pages, also for as large an incident as a network
 * has. The box is the real one, with 500 people of nine languages in eight zones and four modems;
 * a browser without a window prints what it tells.
 *
 * Usage: report_print DIR. Leaves in DIR for a person to look at: each page as report.html, .pdf
 * and .png, which is its beginning on a telephone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../e2e/box.h"

#define MEMBERS     500
#define PAGES_MOST  2
#define PHONE_WIDTH "--window-size=412,3000" /* in the pixels that a page is laid out by */

static const char *const browsers[] = { "/usr/bin/chromium", "/usr/bin/chromium-browser" };

static const char settings[] =
	"list : { zones = (\n"
	" { id = \"north\"; names = ( \"north\" ); }, { id = \"south\"; names = ( \"south\" ); },\n"
	" { id = \"east\"; names = ( \"east\" ); }, { id = \"west\"; names = ( \"west\" ); },\n"
	" { id = \"harbor\"; names = ( \"harbor\" ); },\n"
	" { id = \"station\"; names = ( \"station\" ); },\n"
	" { id = \"old-market\"; names = ( \"old-market\" ); },\n"
	" { id = \"hills\"; names = ( \"hills\" ); } ); };\n";
static const char *const zones[] = { "north", "south", "east", "west", "harbor", "station",
	"old-market", "hills" };
static const char *const languages[] = { "en", "es", "fr", "pt", "ht", "zh", "vi", "tl", "ar" };
#define N(list) (sizeof(list) / sizeof((list)[0]))

static const struct person_of_test *person_of(int i)
{
	static struct person_of_test person;
	static char phone[24];

	snprintf(phone, sizeof(phone), "+1%03d55501%02d", 600 + i / 100, i % 100);
	person = (struct person_of_test){ phone, "one of the list" };
	return &person;
}

/* ---- a large incident ------------------------------------------------------------------------ */

static void people_come(struct box *box)
{
	char path[256];
	struct ran ran;
	FILE *file;

	snprintf(path, sizeof(path), "%s/people.csv", box_dir(box));
	file = fopen(path, "w");
	if (!file)
		box_failed(__FILE__, __LINE__, "the list cannot be written");
	fprintf(file, "phone,name,role,language,zones\n");
	for (int i = 0; i < MEMBERS; i++)
		fprintf(file, "%s,,%s,%s,%s %s\n", person_of(i)->phone,
			i % 3 ? "member" : "responder", languages[i % (int)N(languages)],
			zones[i % (int)N(zones)], i % 7 ? "" : zones[(i + 3) % (int)N(zones)]);
	fclose(file);
	ran = box_faroctl(box, "members", "import", path, NULL);
	ran_free(&ran);
	box_wait_status(box, "members.active", MEMBERS + 2, false);
}

static void everybody_is_alerted(struct box *box)
{
	char code[8];

	person_texts(box, &ana, "ALERT 1 NEED 200 raid 3500 International Blvd");
	digits_of(strstr(expect_text(box, &ana, "to send")->text, "Reply "), 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &ana, "going out");
	box_settle(box);
	for (int i = 0; i < 60; i++) {
		static const char *const says[] = { "YES 5", "YES", "NO", "12", "HERE" };

		person_texts(box, person_of(i * 7), says[i % (int)N(says)]);
	}
	box_settle(box);
}

/* Longer than what a page has room for: what comes by turns is a line each. */
static void much_is_said(struct box *box)
{
	char words[80];

	for (int i = 0; i < 20; i++) {
		snprintf(words, sizeof(words), "#1 question %d: what do they do now?", i);
		person_texts(box, &ana, words);
		snprintf(words, sizeof(words), "%d: they move on, a woman is on the corner", i);
		person_texts(box, &stranger, words);
		box_settle(box);
	}
	person_texts(box, &ana, "CONFIRM 1");
	expect_text(box, &ana, "is confirmed");
}

/* TS 23.040, 9.2.3.15: each permanent error once, and phones that say nothing. */
static void some_cannot_be_reached(struct box *box)
{
	for (int i = 0; i < 16; i++)
		sim_do(box, "{s:s,s:s,s:s,s:i,s:i}", "cmd", "report", "number",
			person_of(11 * i + 1)->phone, "outcome", i < 10 ? "failed" : "never",
			"status", 0x40 + i, "delay_ms", 50);
}

static void it_happens(struct box *box)
{
	box_start(box);
	people_come(box);
	person_texts(box, &stranger, "REPORT 3 vans and 8 men at 3500 International Blvd");
	expect_text(box, &ana, "3 vans");
	person_texts(box, &ana, "VERIFY 1");
	expect_text(box, &ana, "asked to look");
	much_is_said(box);
	some_cannot_be_reached(box);
	everybody_is_alerted(box);
	person_texts(box, &ana, "UPDATE 1 they moved to the corner of 35th");
	box_settle(box);
	person_texts(box, &ana, "CLEAR 1");
	box_settle(box);
}

/* ---- the printer ----------------------------------------------------------------------------- */

static const char *browser(void)
{
	for (size_t i = 0; i < N(browsers); i++)
		if (access(browsers[i], X_OK) == 0)
			return browsers[i];
	box_failed(__FILE__, __LINE__, "there is no chromium: make report-print installs it");
	return NULL;
}

/* Its sandbox cannot be had as root; what it reads is a file of ours without a script. */
static void browse(const char *what, const char *width, const char *file)
{
	const char *const argv[] = { "chromium", "--headless", "--no-sandbox", "--disable-gpu",
		"--no-pdf-header-footer", "--hide-scrollbars", width, what, file, NULL };
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		int none = open("/dev/null", O_WRONLY);

		dup2(none, STDERR_FILENO);
		execv(browser(), (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		box_failed(__FILE__, __LINE__, "chromium did not end well");
}

static char *slurp(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *data = NULL;

	*size = 0;
	for (size_t n = 1; file && n > 0; *size += n) {
		data = realloc(data, *size + 65536);
		if (!data)
			abort();
		n = fread(data + *size, 1, 65536, file);
	}
	if (file)
		fclose(file);
	return data;
}

/* ISO 32000-1, 7.7.3: a dictionary for each page says "/Type /Page", the tree's "/Type /Pages". */
static int pages_of(const char *path)
{
	static const char mark[] = "/Type /Page";
	const size_t n = sizeof(mark) - 1;
	size_t size;
	char *data = slurp(path, &size);
	int pages = 0;

	for (size_t i = 0; data && i + n < size; i++)
		pages += memcmp(data + i, mark, n) == 0 && data[i + n] != 's';
	free(data);
	return pages;
}

/* The page in one form; false: it takes too much paper. */
static bool print(
	struct box *box, const char *dir, const char *name, const char *option, const char *value)
{
	char html[300], url[320], pdf[320], png[320];
	struct ran ran;
	int pages;

	snprintf(html, sizeof(html), "%s/%s.html", dir, name);
	snprintf(url, sizeof(url), "file://%s", html);
	snprintf(pdf, sizeof(pdf), "--print-to-pdf=%s/%s.pdf", dir, name);
	snprintf(png, sizeof(png), "--screenshot=%s/%s.png", dir, name);
	unlink(html);
	ran = box_faroctl(box, "report", "1", "-o", html, option, value, NULL);
	if (ran.code != 0)
		box_failed(__FILE__, __LINE__, ran.err);
	ran_free(&ran);
	browse(pdf, "--window-size=1280,1024", url);
	browse(png, PHONE_WIDTH, url);
	pages = pages_of(strchr(pdf, '=') + 1);
	printf("%-12s %d printed %s\n", name, pages, pages == 1 ? "page" : "pages");
	return pages > 0 && pages <= PAGES_MOST;
}

int main(int argc, char **argv)
{
	char *dir = argc == 2 ? realpath(argv[1], NULL) : NULL;
	struct box *box;
	bool good;

	if (!dir) {
		fprintf(stderr, "usage: report_print DIR\n");
		return 64;
	}
	box = box_new(
		&(struct box_options){ .modems = 4, .report_delay_ms = 50, .settings = settings });
	it_happens(box);
	good = print(box, dir, "report", NULL, NULL);
	good &= print(box, dir, "report-es", "--language", "es");
	good &= print(box, dir, "with-text", "--with-text", NULL);
	box_free(box);
	free(dir);
	if (!good)
		fprintf(stderr, "a report prints on at most %d pages\n", PAGES_MOST);
	return good ? 0 : 1;
}
