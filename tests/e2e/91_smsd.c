/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An outside daemon takes the simulator for a modem: smstools' smsd sends one text through it and
 * receives another.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "../sim/sim_rig.h"

#define SMSD "/usr/sbin/smsd"

static struct rig r;
static bool there;
static pid_t smsd;

static void path_in(char out[200], const char *name)
{
	snprintf(out, 200, "%s/%s", r.dir, name);
}

static void write_file(const char *name, const char *text)
{
	char path[200], last[200];
	FILE *f;

	path_in(path, "writing");
	path_in(last, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_return_code(rename(path, last), errno);
}

static void write_config(void)
{
	static const char *const dirs[] = { "outgoing", "checked", "incoming", "failed", "sent",
		"stats" };
	char text[4096], path[200];
	struct strbuf sb;

	strbuf_init(&sb, text, sizeof(text));
	strbuf_add(&sb, "devices = GSM1\ndelaytime = 1\nreceive_before_send = no\n");
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		path_in(path, dirs[i]);
		assert_return_code(mkdir(path, 0700), errno);
		strbuf_addf(&sb, "%s = %s\n", dirs[i], path);
	}
	strbuf_addf(&sb, "logfile = %s/log\npidfile = %s/pid\ninfofile = %s/info\n", r.dir, r.dir,
		r.dir);
	strbuf_addf(&sb,
		"[GSM1]\ndevice = %s/sim1\nincoming = yes\nbaudrate = 115200\nrtscts = "
		"no\nsend_delay = 0\n",
		r.dir);
	assert_false(sb.cut);
	write_file("smsd.conf", text);
}

/* Reads the first file of a directory of the rig into text; "" while there is none. */
static void read_first(const char *dir, char *text, size_t size)
{
	char path[200], file[512] = "";
	struct dirent *entry;
	size_t n = 0;
	FILE *f;
	DIR *d;

	path_in(path, dir);
	d = opendir(path);
	assert_non_null(d);
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
	closedir(d);
	f = file[0] ? fopen(file, "r") : NULL;
	if (f) {
		n = fread(text, 1, size - 1, f);
		fclose(f);
	}
	text[n] = '\0';
}

/* Waits until the first file of a directory says this: smsd writes its files in several steps. */
static const char *wait_until_said(const char *dir, const char *words)
{
	int64_t until_ms = time_mono_ms() + 2 * RIG_LIMIT_MS;
	static char text[4096];

	for (;;) {
		read_first(dir, text, sizeof(text));
		if (strstr(text, words))
			return text;
		if (time_mono_ms() > until_ms)
			fail_msg("smsd put no '%s' into %s but: %s", words, dir, text);
		usleep(20000); /* between two looks; nothing is awaited by it */
	}
}

static int start(void **state)
{
	char config[220];
	const char *argv[] = { SMSD, config, "-t", NULL };

	(void)state;
	there = access(SMSD, X_OK) == 0;
	if (!there)
		return 0;
	rig_start(&r, 1, 0);
	rig_do(&r, "{\"cmd\":\"subscribe\",\"events\":[\"deleted\"]}");
	write_config();
	snprintf(config, sizeof(config), "-c%s/smsd.conf", r.dir);
	rig_do(&r, "{\"cmd\":\"text\",\"from\":\"+15105550102\",\"text\":\"Hello smsd, how are "
		   "you?\"}");
	write_file("outgoing/one", "To: 15105550101\n\nHello from smsd");
	smsd = rig_spawn(&r, "said", argv);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	if (!there)
		return 0;
	kill(smsd, SIGTERM);
	waitpid(smsd, NULL, 0);
	rig_stop(&r);
	return 0;
}

static void smsd_sends(void **state)
{
	json_t *answer, *list;

	(void)state;
	if (!there)
		skip();
	wait_until_said("sent", "Sending_time: ");
	answer = rig_ask(&r, "{\"cmd\":\"received\",\"number\":\"+15105550101\"}");
	list = json_object_get(answer, "texts");
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(rig_str(json_array_get(list, 0), "text"), "Hello from smsd");
	json_decref(answer);
}

static void smsd_receives_and_deletes(void **state)
{
	json_t *event;

	(void)state;
	if (!there)
		skip();
	assert_non_null(strstr(
		wait_until_said("incoming", "Hello smsd, how are you?"), "From: 15105550102"));
	event = rig_event(&r, "deleted");
	assert_int_equal(rig_int(event, "text_id"), 1);
	json_decref(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smsd_sends),
		cmocka_unit_test(smsd_receives_and_deletes),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
