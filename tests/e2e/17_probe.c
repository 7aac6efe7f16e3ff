/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 17: an admin asks who is at a port, and may show the answer to anybody.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "cmocka_story.h"

/* One more modem, that no section of the configuration names. */
static void add_spare(struct box *box, const char *family)
{
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "add", "modem", "spare", "profile", family);
}

static json_t *find_modem(struct box *box, const char *name)
{
	json_t *modems = sim_ask(box, "{s:s}", "cmd", "modems"), *modem, *found = NULL;
	size_t i;

	json_array_foreach (json_object_get(modems, "modems"), i, modem)
		if (!strcmp(json_string_value(json_object_get(modem, "modem")), name))
			found = json_incref(modem);
	json_decref(modems);
	assert_non_null(found);
	return found;
}

static struct ran probe(struct box *box, const char *name)
{
	char port[256];

	snprintf(port, sizeof(port), "%s/%s", box_dir(box), name);
	return box_faroctl(box, "modem", "probe", port, NULL);
}

static void nothing_personal_is_in(const char *report, const json_t *modem)
{
	const char *number = json_string_value(json_object_get(modem, "number"));
	const char *imei = json_string_value(json_object_get(modem, "imei"));

	assert_null(strstr(report, number + 1));
	assert_null(strstr(report, imei));
	/* nor any other run of 7 digits: IMSI, ICCID, service centre */
	for (const char *at = report; *at; at++)
		assert_true(strspn(at, "0123456789") < 7);
}

static void a_port_that_no_section_names_is_asked_while_farod_runs(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	json_t *modem;
	struct ran ran;

	(void)state;
	box_start(box);
	add_spare(box, "generic");
	modem = find_modem(box, "spare");
	ran = probe(box, "spare");
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "profile  generic: "));
	assert_non_null(strstr(ran.out, "because  what it says names no family"));
	assert_non_null(strstr(ran.out, "\nSIM      ready\n"));
	assert_non_null(strstr(ran.out, "> AT+CNMI=?"));
	nothing_personal_is_in(ran.out, modem);
	ran_free(&ran);
	json_decref(modem);
	/* and farod has not noticed */
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	box_free(box);
}

static void a_port_of_farods_is_left_to_farod(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	struct ran ran;

	(void)state;
	box_start(box);
	ran = probe(box, "sim1");
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "farod's modem \"sim1\" has it"));
	ran_free(&ran);
	/* where it is sent to: two counts of what was sent are told apart */
	ran = box_faroctl(box, "modem", "list", NULL);
	assert_non_null(strstr(ran.out, "  today  "));
	assert_non_null(strstr(ran.out, "  sent since start  "));
	ran_free(&ran);
	box_free(box);
}

/* ModemManager is not farod: nobody is told to plug in what is there. */
static void a_port_of_another_program_is_said_with_its_name(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	char port[256], name[64];
	struct ran ran;
	int fd;

	(void)state;
	snprintf(port, sizeof(port), "%s/sim1", box_dir(box));
	fd = open(port, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	box_start_modems(box, -1);
	box_wait_state(box, "sim1", "absent");
	ran = box_faroctl(box, "doctor", NULL);
	assert_non_null(strstr(ran.out, "modem sim1: absent, another program has its port"));
	assert_non_null(strstr(ran.out, "End the program that has the port"));
	assert_null(strstr(ran.out, "Plug it in"));
	ran_free(&ran);
	ran = probe(box, "sim1");
	assert_int_equal(ran.code, 1);
	snprintf(name, sizeof(name), " (pid %d) has it open: end that program", (int)getpid());
	if (!strstr(ran.err, name))
		fail_msg("no \"%s\" in %s", name, ran.err);
	assert_null(strstr(ran.err, "farod's modem"));
	ran_free(&ran);
	close(fd);
	box_wait_state(box, "sim1", "ready");
	box_free(box);
}

static void nobody_there_and_nobody_awake_are_told_apart(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	struct ran ran;

	(void)state;
	add_spare(box, "generic");
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "spare", "kind", "silence",
		"times", 0);
	ran = probe(box, "nobody");
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "No such file"));
	ran_free(&ran);
	ran = probe(box, "spare");
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.err, "nobody answers AT"));
	ran_free(&ran);
	box_free(box);
}

/* Without farod; and whatever the family, the report names it and nobody else. */
static void every_family_is_named_and_its_identities_are_masked(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	DIR *dir = opendir("tests/sim");
	struct dirent *entry;
	int families = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char *dot = strrchr(entry->d_name, '.'), words[64];
		json_t *modem;
		struct ran ran;

		if (!dot || strcmp(dot, ".modem") != 0)
			continue;
		*dot = '\0';
		add_spare(box, entry->d_name);
		modem = find_modem(box, "spare");
		ran = probe(box, "spare");
		assert_int_equal(ran.code, 0);
		snprintf(words, sizeof(words),
			"profile  %.40s: ", json_string_value(json_object_get(modem, "family")));
		assert_non_null(strstr(ran.out, words));
		nothing_personal_is_in(strstr(ran.out, "profile"), modem);
		ran_free(&ran);
		json_decref(modem);
		sim_do(box, "{s:s,s:s}", "cmd", "remove", "modem", "spare");
		families++;
	}
	closedir(dir);
	assert_true(families > 10);
	box_free(box);
}

static void a_text_that_comes_meanwhile_is_not_in_the_report(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	struct ran ran;

	(void)state;
	add_spare(box, "generic");
	sim_do(box, "{s:s,s:s,s:s,s:s,s:[s,s,s]}", "cmd", "fault", "modem", "spare", "kind",
		"garbage", "on", "+CSQ", "lines", "+CMT: \"+15105550111\",,\"26/11/21\"",
		"the vans are at the market", "+CLIP: \"+15105550111\",145");
	ran = probe(box, "spare");
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "> AT+CSQ"));
	assert_null(strstr(ran.out, "vans"));
	assert_null(strstr(ran.out, "5550111"));
	ran_free(&ran);
	box_free(box);
}

/* The number of an error names nobody, and it is what a bug report is for. */
static void a_sim_that_is_not_ready_is_told_with_what_to_do(void **state)
{
	static const struct {
		const char *key;
		int value;
		const char *words, *error;
	} cases[] = {
		{ "required", 1, "\nSIM      it wants its PIN: set pin = ", "+CME ERROR: 11\n" },
		{ "tries", 0, "\nSIM      it is blocked and wants its PUK", "+CME ERROR: 12\n" },
		{ "sim", 0, "\nSIM      no SIM card", "+CME ERROR: 10\n" },
	};
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ran ran;

		add_spare(box, "generic");
		sim_do(box, "{s:s,s:s,s:s,s:b}", "cmd", "pin", "modem", "spare", "pin", "1234",
			"required", true);
		if (strcmp(cases[i].key, "tries") == 0)
			sim_do(box, "{s:s,s:s,s:i}", "cmd", "pin", "modem", "spare", "tries", 0);
		else
			sim_do(box, "{s:s,s:s,s:b}", "cmd", "pin", "modem", "spare", cases[i].key,
				cases[i].value);
		ran = probe(box, "spare");
		assert_int_equal(ran.code, 0);
		assert_non_null(strstr(ran.out, cases[i].words));
		assert_non_null(strstr(strstr(ran.out, "> AT+CIMI"), cases[i].error));
		assert_null(strstr(ran.out, "ERROR: *"));
		ran_free(&ran);
		sim_do(box, "{s:s,s:s}", "cmd", "remove", "modem", "spare");
	}
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_port_that_no_section_names_is_asked_while_farod_runs),
		cmocka_unit_test(a_port_of_farods_is_left_to_farod),
		cmocka_unit_test(a_port_of_another_program_is_said_with_its_name),
		cmocka_unit_test(nobody_there_and_nobody_awake_are_told_apart),
		cmocka_unit_test(every_family_is_named_and_its_identities_are_masked),
		cmocka_unit_test(a_text_that_comes_meanwhile_is_not_in_the_report),
		cmocka_unit_test(a_sim_that_is_not_ready_is_told_with_what_to_do),
	};

	return run_stories(stories);
}
