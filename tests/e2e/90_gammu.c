/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An outside client takes the simulator for a modem: Debian's gammu identifies it, sends through it
 * in 7-bit, Unicode and parts, and reads what it holds. gammu waits for seconds between its steps,
 * so each story has a modem of its own and all run at once.
 */
#include "../sim/sim_rig.h"

#define GAMMU "/usr/bin/gammu"
#define LONG                                                                                       \
	"A long text number 1 with words. A long text number 2 with words. A long text number 3 "  \
	"with words. "                                                                             \
	"A long text number 4 with words. A long text number 5 with words. A long text number 6 "  \
	"with words. "                                                                             \
	"A long text number 7 with words. A long text number 8 with words. A long text number 9 "  \
	"with words. "                                                                             \
	"Here it ends."
#define UNICODE                                                                                    \
	"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 \xc2\xbfqu\xc3\xa9? \xf0\x9f\x98\x80"

static struct rig r;
static bool there;
static pid_t running[5];

enum story { IDENTIFY, PLAIN, UNICODE_TEXT, LONG_TEXT, READ, STORIES };

/* A configuration for the story's modem, then gammu with these words. */
static void start(enum story story, const char *const words[])
{
	const char *argv[16] = { GAMMU, "-c" };
	char config[STORIES][128], out[16];
	int n = 2;
	FILE *f;

	snprintf(config[story], sizeof(config[story]), "%s/gammurc%d", r.dir, story);
	f = fopen(config[story], "w");
	assert_non_null(f);
	fprintf(f, "[gammu]\ndevice = %s/sim%d\nconnection = at115200\n", r.dir, story + 1);
	fclose(f);
	argv[n++] = config[story];
	while (*words)
		argv[n++] = *words++;
	snprintf(out, sizeof(out), "out%d", story);
	running[story] = rig_spawn(&r, out, argv);
}

/* Waits until gammu is done, and returns what it said. */
static const char *said(enum story story)
{
	static char text[16384];
	char path[128];
	int status = -1;
	size_t n;
	FILE *f;

	assert_int_equal(waitpid(running[story], &status, 0), running[story]);
	snprintf(path, sizeof(path), "%s/out%d", r.dir, story);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg("gammu ended with %d and said: %s", WEXITSTATUS(status), text);
	return text;
}

static void assert_received(const char *number, const char *text)
{
	json_t *answer = rig_ask(&r, "{\"cmd\":\"received\",\"number\":\"%s\"}", number), *list;

	list = json_object_get(answer, "texts");
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(rig_str(json_array_get(list, 0), "text"), text);
	json_decref(answer);
}

static int start_all(void **state)
{
	static const char *const words[STORIES][8] = {
		[IDENTIFY] = { "identify" },
		[PLAIN] = { "sendsms", "TEXT", "+15105550101", "-text", "Hello from gammu" },
		[UNICODE_TEXT] = { "sendsms", "TEXT", "+15105550102", "-unicode", "-text",
			UNICODE },
		[LONG_TEXT] = { "sendsms", "TEXT", "+15105550103", "-len", "400", "-text", LONG },
		[READ] = { "getallsms" },
	};

	(void)state;
	there = access(GAMMU, X_OK) == 0;
	if (!there)
		return 0;
	rig_start(&r, STORIES, 0);
	rig_do(&r, "{\"cmd\":\"text\",\"modem\":\"sim5\",\"from\":\"+15105550104\",\"text\":\"A "
		   "plain one\"}");
	rig_do(&r,
		"{\"cmd\":\"text\",\"modem\":\"sim5\",\"from\":\"+15105550105\",\"text\":\"%s\"}",
		UNICODE);
	rig_do(&r,
		"{\"cmd\":\"text\",\"modem\":\"sim5\",\"from\":\"+15105550106\",\"text\":\"%s\","
		"\"order\":[2,3,1]}",
		LONG);
	for (enum story s = 0; s < STORIES; s++)
		start(s, words[s]);
	return 0;
}

static int stop_all(void **state)
{
	(void)state;
	if (there)
		rig_stop(&r);
	return 0;
}

static void need_gammu(void)
{
	if (!there)
		skip();
}

static void gammu_identifies_the_modem(void **state)
{
	const char *text;

	(void)state;
	need_gammu();
	text = said(IDENTIFY);
	assert_non_null(strstr(text, "Manufacturer         : Faro"));
	assert_non_null(strstr(text, "GENERIC"));
	assert_non_null(strstr(text, "IMEI                 : 86012304"));
}

static void gammu_sends_7_bit(void **state)
{
	(void)state;
	need_gammu();
	assert_non_null(strstr(said(PLAIN), "OK, message reference=0"));
	assert_received("+15105550101", "Hello from gammu");
}

static void gammu_sends_unicode(void **state)
{
	(void)state;
	need_gammu();
	assert_non_null(strstr(said(UNICODE_TEXT), "OK, message reference=0"));
	assert_received("+15105550102", UNICODE);
}

static void gammu_sends_a_long_text_in_parts(void **state)
{
	(void)state;
	need_gammu();
	assert_non_null(strstr(said(LONG_TEXT), "OK, message reference=2"));
	assert_received("+15105550103", LONG);
}

static void gammu_reads_all_texts(void **state)
{
	const char *text;

	(void)state;
	need_gammu();
	text = said(READ);
	assert_non_null(strstr(text, "A plain one"));
	assert_non_null(strstr(text, UNICODE));
	assert_non_null(strstr(text, "+15105550106"));
	for (int part = 1; part <= 3; part++) {
		char shown[32];

		snprintf(shown, sizeof(shown), "part %d of 3", part);
		assert_non_null(strstr(text, shown));
	}
	assert_non_null(strstr(text, "5 SMS parts in "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gammu_identifies_the_modem),
		cmocka_unit_test(gammu_sends_7_bit),
		cmocka_unit_test(gammu_sends_unicode),
		cmocka_unit_test(gammu_sends_a_long_text_in_parts),
		cmocka_unit_test(gammu_reads_all_texts),
	};

	return cmocka_run_group_tests(tests, start_all, stop_all);
}
