/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 16: whatever modem it is. Each family of tests/sim (NAME.modem) lives through the same
 * stories: with its own boot lines, noise, stores and refusals nothing is lost and nobody is told
 * twice. FARO_SIM_PROFILE=NAME: one family.
 */
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_story.h"

#define FAMILIES_MAX 32
#define AT_A_TIME    4

/* The family of the story that runs. */
static const char *family_of(void **state)
{
	return *state;
}

static struct box *box_of(void **state, const struct box_options *options)
{
	struct box_options with = options ? *options : (struct box_options){ 0 };

	with.profile = family_of(state);
	return box_new(&with);
}

static struct box *started_box(void **state)
{
	struct box *box = box_of(state, NULL);

	box_start(box);
	return box;
}

static json_t *the_modem(struct box *box)
{
	json_t *modems = sim_ask(box, "{s:s}", "cmd", "modems");
	json_t *modem = json_incref(json_array_get(json_object_get(modems, "modems"), 0));

	json_decref(modems);
	return modem;
}

static int64_t used(struct box *box, const char *memory)
{
	json_t *modem = the_modem(box);
	char path[32];
	int64_t n;

	snprintf(path, sizeof(path), "stores.%s.used", memory);
	n = json_number_at(modem, path);
	json_decref(modem);
	return n;
}

static void stores_become_empty(struct box *box)
{
	for (int i = 0; used(box, "SM") + used(box, "ME") > 0; i++) {
		if (i == 1000)
			fail_msg("texts stay in the stores: SM %d, ME %d", (int)used(box, "SM"),
				(int)used(box, "ME"));
		box_wait_event(box, 10);
	}
}

static void ben_is_answered_once(struct box *box)
{
	expect_text(box, &ben, "STOP");
	box_settle(box);
	box_wait_status(box, "outbox.unknown", 0, false);
	assert_int_equal(texts_with(box, ben.phone, NULL), 1);
	stores_become_empty(box);
}

static void fault(struct box *box, const char *words)
{
	json_t *command = json_loads(words, 0, NULL);

	assert_non_null(command);
	json_object_set_new(command, "cmd", json_string("fault"));
	json_object_set_new(command, "modem", json_string("sim1"));
	sim_do(box, "o", command);
}

static void its_family_is_found_by_what_it_says(void **state)
{
	struct box *box = started_box(state);
	json_t *modem = the_modem(box), *list = farod_ask(box, "{s:s}", "cmd", "modem list");
	json_t *mine = json_array_get(json_object_get(list, "modems"), 0);

	assert_string_equal(json_string_value(json_object_get(mine, "profile")),
		json_string_value(json_object_get(modem, "family")));
	json_decref(modem);
	json_decref(list);
	box_free(box);
}

static void a_text_is_handled_and_deleted(void **state)
{
	struct box *box = started_box(state);

	person_texts(box, &ben, "HELP");
	ben_is_answered_once(box);
	box_free(box);
}

/* 3 parts of at most 153 letters, the last one first, one of them twice */
static void a_long_text_comes_together(void **state)
{
	static const char report[] =
		"REPORT there are three white vans without plates and about eleven men in vests at "
		"the corner of 35th and International, they stop everybody who walks from the "
		"station to the market and ask for papers, two more vans wait behind the church on "
		"Fruitvale and a bus with dark windows stands at the library, it began half an "
		"hour "
		"ago and goes on";
	struct box *box = started_box(state);

	sim_do(box, "{s:s,s:s,s:s,s:s,s:[i,i,i],s:[i]}", "cmd", "text", "modem", "sim1", "from",
		ben.phone, "text", report, "order", 3, 1, 2, "double", 2);
	expect_text(box, &ana, "ago and goes on");
	expect_text(box, &ben, "#1");
	box_settle(box);
	stores_become_empty(box);
	box_free(box);
}

static void an_alert_goes_out_and_its_reports_come_in(void **state)
{
	struct box *box = started_box(state);
	const struct heard *promise;
	json_t *status;
	char code[8];

	person_joins(box, &ben, "JOIN north");
	person_joins(box, &carla, "JOIN north");
	forget_texts(box, NULL);
	person_texts(box, &ana, "ALERT north vans at the market");
	promise = expect_text(box, &ana, "to send");
	digits_of(strstr(promise->text, "Reply "), 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &ben, "vans at the market");
	expect_text(box, &carla, "vans at the market");
	box_settle(box);
	box_wait_status(box, "outbox.sent", 0, false);
	status = box_status(box);
	assert_int_equal(json_number_at(status, "outbox.unknown"), 0);
	assert_int_equal(json_number_at(status, "outbox.failed"), 0);
	json_decref(status);
	stores_become_empty(box);
	box_free(box);
}

/*
 * A bad evening: each answer meets another fault, and its report waits at the network. Real modems
 * take seconds from their start to the network; until then they must have been told to pass it on.
 */
static void faults_cost_nobody_their_answer(void **state)
{
	static const char *const faults[] = {
		"{\"kind\":\"error\",\"on\":\"+CMGS\",\"code\":41}",
		"{\"kind\":\"garbage\",\"on\":\"+CMGS\",\"lines\":[\"^RSSI:18\",\"+CIEV: "
		"2,4\",\"#X\"]}",
		"{\"kind\":\"error_accepted\",\"code\":500}",
		"{\"kind\":\"unplug\",\"ms\":100}",
		"{\"kind\":\"reboot\"}",
	};
	struct box *box = box_of(state,
		&(struct box_options){ .settings = "delivery : { reports = true; unknown_wait = "
						   "10; retry = [ 1, 2 ]; };" });

	sim_do(box, "{s:s,s:i}", "cmd", "radio", "register_ms", 1500);
	box_start(box);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char phone[24];
		struct person_of_test who = { phone, "one of five" };

		snprintf(phone, sizeof(phone), "+1510555013%d", (int)i);
		fault(box, faults[i]);
		person_texts(box, &who, "HELP");
		expect_text(box, &who, "STOP");
		box_settle(box);
		box_wait_status(box, "outbox.unknown", 0, false);
		assert_int_equal(texts_with(box, phone, NULL), 1);
	}
	box_wait_state(box, "sim1", "ready");
	box_free(box);
}

static void the_pin_is_entered_once(void **state)
{
	struct box *box =
		box_of(state, &(struct box_options){ .modem_settings = "pin = \"1234\";" });

	sim_do(box, "{s:s,s:s,s:s,s:b}", "cmd", "pin", "modem", "sim1", "pin", "1234", "required",
		1);
	box_start(box);
	person_texts(box, &ben, "HELP");
	ben_is_answered_once(box);
	box_free(box);
}

/* Full to the brim of what it has: nothing can come in, and at most one line says so. */
static void full_stores_are_emptied(void **state)
{
	static const char *const memories[] = { "SM", "ME" };
	struct box *box = box_of(state, NULL);

	for (int i = 0; i < 2; i++) {
		sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "memory", "modem", "sim1", "memory",
			memories[i], "size", 4);
		sim_do(box, "{s:s,s:s,s:s}", "cmd", "fill", "modem", "sim1", "memory", memories[i]);
	}
	box_start(box);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	stores_become_empty(box);
	/* and while it runs: more at once than there is room for */
	for (int i = 0; i < 9; i++) {
		char phone[24];
		struct person_of_test who = { phone, "one of nine" };

		snprintf(phone, sizeof(phone), "+1510555013%d", i);
		person_texts(box, &who, "HELP");
	}
	for (int i = 0; i < 9; i++) {
		char phone[24];
		struct person_of_test who = { phone, "one of nine" };

		snprintf(phone, sizeof(phone), "+1510555013%d", i);
		expect_text(box, &who, "STOP");
	}
	stores_become_empty(box);
	box_free(box);
}

/*
 * An MMS notification: 8-bit data for the WAP push port 2948 (0B84), in a store that it would fill.
 */
static void mms_and_wap_junk_is_deleted(void **state)
{
	static const char push[] = "0791511055159009440B915101551511F10004621112"
				   "00000000120605040B8423F0010605CAFEBEEF01020304";
	struct box *box = started_box(state);

	for (int i = 0; i < 3; i++)
		sim_do(box, "{s:s,s:s,s:s}", "cmd", "text", "modem", "sim1", "pdu", push);
	person_texts(box, &ben, "HELP");
	ben_is_answered_once(box);
	assert_int_equal(texts_with(box, ana.phone, NULL), 0);
	box_free(box);
}

static void a_doubled_notice_is_one_text(void **state)
{
	struct box *box = started_box(state);

	fault(box, "{\"kind\":\"doubled_notice\",\"on\":\"+CMTI\"}");
	person_texts(box, &ben, "HELP");
	ben_is_answered_once(box);
	box_free(box);
}

static void a_text_in_the_other_memory_is_found(void **state)
{
	static const char *const memories[] = { "SM", "ME" };
	struct box *box = started_box(state);

	for (int i = 0; i < 2; i++) {
		const struct person_of_test *who = i ? &carla : &ben;

		sim_do(box, "{s:s,s:s,s:s,s:s,s:s}", "cmd", "text", "modem", "sim1", "from",
			who->phone, "text", "HELP", "memory", memories[i]);
		expect_text(box, who, "STOP");
	}
	stores_become_empty(box);
	box_free(box);
}

static void a_lost_notice_does_not_lose_the_text(void **state)
{
	struct box *box = started_box(state);

	fault(box, "{\"kind\":\"lost_notice\",\"on\":\"+CMTI\"}");
	person_texts(box, &ben, "HELP");
	/* the next notice drains the store; the heartbeat would too, within a minute */
	person_texts(box, &carla, "HELP");
	expect_text(box, &carla, "STOP");
	ben_is_answered_once(box);
	box_free(box);
}

/* The network says that there is one and hands over none: noted, and no harm. */
static void a_notice_without_a_text_does_no_harm(void **state)
{
	struct box *box = started_box(state);
	char *log;

	sim_do(box, "{s:s,s:s,s:s}", "cmd", "line", "modem", "sim1", "text", "+CMTI: ,-1");
	person_texts(box, &ben, "HELP");
	ben_is_answered_once(box);
	log = box_log(box);
	assert_non_null(strstr(log, "did not hand it over"));
	free(log);
	box_free(box);
}

/* ---- every story with every family ---- */

#define STORY(name)                                                                                \
	{                                                                                          \
#name, name                                                                        \
	}

static const struct {
	const char *name;
	CMUnitTestFunction tell;
} stories[] = {
	STORY(its_family_is_found_by_what_it_says),
	STORY(a_text_is_handled_and_deleted),
	STORY(a_long_text_comes_together),
	STORY(an_alert_goes_out_and_its_reports_come_in),
	STORY(faults_cost_nobody_their_answer),
	STORY(the_pin_is_entered_once),
	STORY(full_stores_are_emptied),
	STORY(mms_and_wap_junk_is_deleted),
	STORY(a_doubled_notice_is_one_text),
	STORY(a_text_in_the_other_memory_is_found),
	STORY(a_lost_notice_does_not_lose_the_text),
	STORY(a_notice_without_a_text_does_no_harm),
};
#define STORIES (sizeof(stories) / sizeof(stories[0]))

static int is_family(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".modem") == 0;
}

static size_t find_families(char *names[FAMILIES_MAX])
{
	const char *only = getenv("FARO_SIM_PROFILE");
	struct dirent **entries;
	int n = scandir("tests/sim", &entries, is_family, alphasort);
	size_t found = 0;

	for (int i = 0; i < n; i++) {
		*strrchr(entries[i]->d_name, '.') = '\0';
		if ((!only || !*only || strcmp(only, entries[i]->d_name) == 0) &&
			found < FAMILIES_MAX)
			names[found++] = strdup(entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return found;
}

static int tell_stories_of(char *family)
{
	static struct CMUnitTest tests[STORIES];
	static char names[STORIES][96];

	for (size_t i = 0; i < STORIES; i++) {
		snprintf(names[i], sizeof(names[i]), "%s: %s", family, stories[i].name);
		tests[i] = (struct CMUnitTest){
			.name = names[i], .test_func = stories[i].tell, .initial_state = family
		};
	}
	return _cmocka_run_group_tests(family, tests, STORIES, NULL, NULL);
}

/*
 * A story is mostly waiting: several families are told of at a time, each in a process of its own.
 */
struct teller {
	pid_t pid;
	FILE *said;
};

static void begin(struct teller *teller, char *family)
{
	teller->said = tmpfile();
	fflush(NULL);
	teller->pid = fork();
	if (teller->pid != 0)
		return;
	dup2(fileno(teller->said), 1);
	dup2(fileno(teller->said), 2);
	exit(tell_stories_of(family) ? 1 : 0);
}

/* 0 when all went well. */
static int end(struct teller *teller)
{
	char line[4096];
	int status = -1;

	waitpid(teller->pid, &status, 0);
	rewind(teller->said);
	while (fgets(line, sizeof(line), teller->said))
		fputs(line, stdout);
	fclose(teller->said);
	return status != 0;
}

int main(void)
{
	struct teller tellers[FAMILIES_MAX];
	char *families[FAMILIES_MAX];
	size_t n = find_families(families), begun = 0;
	int failed = n == 0;

	box_failed = story_failed;
	for (size_t ended = 0; ended < n; ended++) {
		while (begun < n && begun < ended + AT_A_TIME) {
			begin(&tellers[begun], families[begun]);
			begun++;
		}
		failed += end(&tellers[ended]);
		free(families[ended]);
	}
	return failed;
}
