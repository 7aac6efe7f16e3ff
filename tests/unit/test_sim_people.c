/* SPDX-License-Identifier: Apache-2.0 */
/* The people behind the phones answer by their rules, the same from the same seed. */
#include "../sim/sim_line.h"

static int setup(void **state)
{
	(void)state;
	line_start(2, "sim2", "ATE0;+CNMI=2,1,0,0,0");
	rig_do(&r, "{\"cmd\":\"subscribe\",\"events\":[\"inject\"]}");
	return 0;
}

#define CROWD                                                                                      \
	"{\"cmd\":\"population\",\"count\":%d,\"first\":\"+15105550110\",\"seed\":%d,"             \
	"\"languages\":{\"en\":0.5,\"es\":0.5},"                                                   \
	"\"rules\":["                                                                              \
	"{\"match\":\"responda si\",\"answers\":[\"S\xc3\x8d\"],\"language\":\"es\"},"             \
	"{\"match\":\"reply yes\",\"answers\":[\"YES\"],\"language\":\"en\"},"                     \
	"{\"match\":\"#^ALERT [0-9]+\",\"answers\":[{\"text\":\"YES "                              \
	"15\",\"weight\":3},\"NO\",\"3\"],"                                                        \
	"\"delay\":{\"dist\":\"uniform\",\"min_ms\":0,\"max_ms\":20}}]}"

/*
 * Sends a text to each of n phones, and gathers the n answers as one string, in the order of the
 * numbers.
 */
static void answers_to(const char *text, int n, char *out)
{
	char to[PHONE_SIZE], *answers[100] = { 0 };

	for (int i = 0; i < n; i++) {
		snprintf(to, sizeof(to), "+151055501%02d", 10 + i);
		rig_send(&r, fd, to, text, "OK\r\n");
	}
	for (int i = 0; i < n; i++) {
		json_t *event = rig_event(&r, "inject");

		assert_string_equal(rig_str(event, "modem"), "sim2"); /* to where it came from */
		answers[atoi(rig_str(event, "from") + 10)] = strdup(rig_str(event, "text"));
		json_decref(event);
	}
	*out = '\0';
	for (int i = 0; i < 100; i++) {
		if (!answers[i])
			continue;
		strcat(out, answers[i]);
		strcat(out, ",");
		free(answers[i]);
	}
}

static void people_answer_in_their_language(void **state)
{
	char answers[1000];
	int yes = 0, si = 0;

	(void)state;
	rig_do(&r, CROWD, 30, 7);
	answers_to("Responda S\xc3\x8d / Reply YES to join", 30, answers);
	for (const char *at = answers; *at; at = strchr(at, ',') + 1) {
		yes += !strncmp(at, "YES,", 4);
		si += !strncmp(at, "S\xc3\x8d,", 4);
	}
	assert_int_equal(yes + si, 30);
	assert_in_range(yes, 5, 25);
}

static void the_same_seed_gives_the_same_answers(void **state)
{
	char first[1000], second[1000], other[1000];

	(void)state;
	rig_do(&r, CROWD, 30, 7);
	answers_to("ALERT 17 north gate", 30, first);
	assert_non_null(strstr(first, "YES 15,"));
	assert_non_null(strstr(first, "NO,"));
	rig_do(&r, "{\"cmd\":\"forget\"}");
	rig_do(&r, CROWD, 30, 7);
	answers_to("ALERT 18 north gate", 30, second);
	rig_do(&r, "{\"cmd\":\"forget\"}");
	rig_do(&r, CROWD, 30, 8);
	answers_to("ALERT 19 north gate", 30, other);
	assert_string_equal(first, second);
	assert_string_not_equal(first, other);
}

static void who_has_no_rule_for_it_is_silent(void **state)
{
	json_t *stats;

	(void)state;
	rig_do(&r, CROWD, 3, 7);
	rig_send(&r, fd, "+15105550110", "Something else", "OK\r\n");
	stats = rig_ask(&r, "{\"cmd\":\"stats\"}");
	assert_int_equal(rig_int(stats, "texts_in"), 0);
	json_decref(stats);
}

static void an_echo_says_the_same_and_a_robot_always_the_first_rule(void **state)
{
	char answers[100];

	(void)state;
	rig_do(&r, "{\"cmd\":\"population\",\"count\":1,\"first\":\"+15105550110\",\"kind\":"
		   "\"echo\"}");
	answers_to("to and fro", 1, answers);
	assert_string_equal(answers, "to and fro,");
	rig_do(&r,
		"{\"cmd\":\"population\",\"count\":1,\"first\":\"+15105550110\",\"kind\":\"robot\","
		"\"rules\":[{\"match\":\"never\",\"answers\":[\"beep\"]}]}");
	answers_to("to and fro", 1, answers);
	assert_string_equal(answers, "beep,");
}

static void who_is_off_reads_nothing_until_switched_on(void **state)
{
	json_t *event;

	(void)state;
	rig_do(&r,
		"{\"cmd\":\"population\",\"count\":1,\"first\":\"+15105550110\",\"kind\":\"off\","
		"\"rules\":[{\"answers\":[\"awake\"]}]}");
	rig_send(&r, fd, "+15105550110", "hello", "OK\r\n");
	rig_do(&r, "{\"cmd\":\"phone\",\"number\":\"+15105550110\",\"on\":true}");
	event = rig_event(&r, "inject");
	assert_string_equal(rig_str(event, "text"), "awake");
	json_decref(event);
}

static void a_forger_texts_in_anothers_name_and_sees_no_answer(void **state)
{
	json_t *event;

	(void)state;
	rig_do(&r, "{\"cmd\":\"population\",\"count\":1,\"first\":\"+15105550111\",\"kind\":"
		   "\"forger\",\"starts\":"
		   "[{\"text\":\"ALERT "
		   "fire\",\"modem\":\"sim2\"}],\"rules\":[{\"answers\":[\"1234\"]}]}");
	event = rig_event(&r, "inject");
	assert_string_equal(rig_str(event, "from"), "+15105550111");
	assert_string_equal(rig_str(event, "modem"), "sim2");
	json_decref(event);
	rig_send(&r, fd, "+15105550111", "Your code is 1234", "OK\r\n");
	event = rig_ask(&r, "{\"cmd\":\"stats\"}");
	assert_int_equal(rig_int(event, "texts_in"), 1);
	json_decref(event);
}

static void a_subscription_may_be_for_one_number(void **state)
{
	json_t *event;

	(void)state;
	rig_do(&r, "{\"cmd\":\"subscribe\",\"events\":[\"text\"],\"number\":\"+15105550102\"}");
	rig_send(&r, fd, "+15105550101", "not for us", "OK\r\n");
	rig_send(&r, fd, "+15105550102", "for us", "OK\r\n");
	event = rig_event(&r, "text");
	assert_string_equal(rig_str(event, "text"), "for us");
	json_decref(event);
	event = rig_ask(&r, "{\"cmd\":\"received\",\"number\":\"+15105550101\",\"id\":\"x\"}");
	assert_int_equal(rig_int(event, "count"), 1);
	assert_string_equal(rig_str(event, "id"), "x");
	json_decref(event);
}

static void modems_come_and_go_by_command(void **state)
{
	json_t *answer;

	(void)state;
	rig_do(&r, "{\"cmd\":\"add\",\"modem\":\"late\",\"number\":\"+15105550188\"}");
	answer = rig_ask(&r, "{\"cmd\":\"add\",\"modem\":\"late\"}");
	assert_string_equal(rig_str(answer, "error"), "there is a modem late already");
	json_decref(answer);
	answer = rig_ask(&r, "{\"cmd\":\"add\",\"modem\":\"odd\",\"profile\":\"nobody\"}");
	assert_string_equal(rig_str(answer, "error"), "no profile nobody");
	json_decref(answer);
	answer = rig_ask(&r, "{\"cmd\":\"text\",\"from\":\"+15105550101\",\"text\":\"x\",\"to\":\"+"
			     "15105550188\"}");
	assert_string_equal(rig_str(answer, "modem"), "late");
	json_decref(answer);
	rig_do(&r, "{\"cmd\":\"remove\",\"modem\":\"late\"}");
	answer = rig_ask(&r, "{\"cmd\":\"modems\"}");
	assert_int_equal(json_array_size(json_object_get(answer, "modems")), 2);
	json_decref(answer);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, line_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(people_answer_in_their_language),
		TEST(the_same_seed_gives_the_same_answers),
		TEST(who_has_no_rule_for_it_is_silent),
		TEST(an_echo_says_the_same_and_a_robot_always_the_first_rule),
		TEST(who_is_off_reads_nothing_until_switched_on),
		TEST(a_forger_texts_in_anothers_name_and_sees_no_answer),
		TEST(a_subscription_may_be_for_one_number),
		TEST(modems_come_and_go_by_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
