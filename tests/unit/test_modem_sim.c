/* SPDX-License-Identifier: Apache-2.0 */
/* The modem room against the simulated modem: how it starts, and how it is lost and found. */
#include "modem_sim_world.h"

/* ---- start ---- */

static void it_starts_and_is_ready(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	modem_get_info(b->modem, &info);
	assert_int_equal(info.state, MODEM_READY);
	assert_string_equal(info.profile, "generic");
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
}

static void it_waits_for_a_modem_that_boots(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"reboot\",\"modem\":\"sim1\"}");
	start_ready(b);
}

static void the_right_pin_opens_the_sim(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"pin\":\"2468\",\"required\":true}");
	start(b, "sim1", "2468");
	UNTIL(b, modem_idle(b->modem));
	/* and again when the modem has restarted */
	rig_do(&b->rig, "{\"cmd\":\"reboot\",\"modem\":\"sim1\"}");
	UNTIL(b, b->states[MODEM_STARTING] >= 2);
	UNTIL(b, modem_idle(b->modem));
}

static void a_wrong_pin_costs_one_try_for_ever(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"pin\":\"2468\",\"required\":true,"
			"\"tries\":2}");
	start(b, "sim1", "1357");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	for (int i = 0; i < 3; i++) {
		int before = b->states[MODEM_PIN];

		modem_reset(b->modem);
		UNTIL(b, b->states[MODEM_PIN] > before);
	}
	/* a second one would have blocked it: the right one still opens it */
	modem_free(b->modem);
	b->modem = NULL;
	{
		int fd = rig_open(&b->rig, "sim1");

		rig_at(&b->rig, fd, "AT+CPIN=\"2468\"", "OK");
		close(fd);
	}
}

static void a_blocked_sim_is_left_to_a_person(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"pin\":\"2468\",\"required\":true,"
			"\"tries\":0}");
	start(b, "sim1", "2468");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
}

static void without_a_sim_it_says_so(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	rig_do(&b->rig, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"sim\":false}");
	start(b, "sim1", "");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	modem_get_info(b->modem, &info);
	assert_non_null(strstr(info.why, "SIM"));
}

static void the_network_comes_and_goes(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"network\",\"modem\":\"sim1\",\"state\":\"searching\"}");
	start(b, "sim1", "");
	UNTIL(b, modem_state(b->modem) == MODEM_SEARCHING);
	rig_do(&b->rig, "{\"cmd\":\"network\",\"modem\":\"sim1\",\"state\":\"roaming\"}");
	UNTIL(b, modem_idle(b->modem));
	rig_do(&b->rig, "{\"cmd\":\"network\",\"modem\":\"sim1\",\"state\":\"denied\"}");
	UNTIL(b, modem_state(b->modem) == MODEM_SEARCHING);
}

/* ---- starts that take longer ---- */

static void expect_answered(struct box *b, int fd, const char *command, const char *piece)
{
	if (!strstr(rig_at(&b->rig, fd, command, "OK\r\n"), piece))
		fail_msg("%s does not say %s", command, piece);
}

/*
 * TS 27.007 10.1.21: left at packets alone by its maker or owner, no text would leave; every other
 * setting is its owner's.
 */
static void texts_do_not_leave_by_packets_alone(void **state)
{
	static const struct {
		const char *family, *after;
	} rows[] = {
		{ "cgsms_default 0\n", "+CGSMS: 3" },
		{ "cgsms_default 0\ncgsms 0-2\n", "+CGSMS: 2" },
		{ "cgsms_default 0\ncgsms 0,1\n", "+CGSMS: 1" },
		{ "cgsms_default 1\n", "+CGSMS: 1" },
		{ "cgsms_default 2\n", "+CGSMS: 2" },
	};
	struct box *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char name[16];
		int fd;

		snprintf(name, sizeof(name), "packets%zu", i);
		add_modem(b, name, rows[i].family);
		start(b, name, "");
		UNTIL(b, modem_idle(b->modem));
		expect_sent(b, MODEM_SENT_OK);
		modem_free(b->modem);
		b->modem = NULL;
		fd = rig_open(&b->rig, name);
		expect_answered(b, fd, "AT+CGSMS?", rows[i].after);
		close(fd);
	}
}

/* The SIM and its texts can be read seconds after the modem answers; until then errors come. */
static void a_sim_that_is_slow_to_wake_is_waited_for(void **state)
{
	static const char *const faults[] = {
		"\"times\":2,\"on\":\"+CPIN\",\"family\":\"cme\",\"code\":14",
		"\"times\":2,\"on\":\"+CMGF\",\"code\":310",
		"\"times\":3,\"on\":\"+CPMS\",\"code\":515",
		"\"times\":3,\"on\":\"+CPMS\",\"code\":314",
	};
	struct box *b = *state;
	struct modem_info info;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"error\",%s}",
			faults[i]);
	start_ready(b);
	assert_int_equal(b->states[MODEM_PIN], 0);
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
	modem_get_info(b->modem, &info);
	assert_true(info.store_size > 0);
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"is anybody there\"}");
	UNTIL(b, b->pdus == 1);
}

/* ---- losing it ---- */

static void it_is_found_again_under_its_link(void **state)
{
	struct box *b = *state;

	start_ready(b);
	for (int i = 0; i < 3; i++) {
		rig_do(&b->rig, "{\"cmd\":\"unplug\",\"modem\":\"sim1\",\"ms\":400}");
		UNTIL(b, modem_state(b->modem) == MODEM_ABSENT);
		UNTIL(b, modem_idle(b->modem));
	}
	expect_sent(b, MODEM_SENT_OK);
}

static void a_restart_of_its_own_is_noticed(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"reboot\",\"modem\":\"sim1\"}");
	UNTIL(b, b->states[MODEM_STARTING] >= 2);
	UNTIL(b, modem_idle(b->modem));
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"still heard\"}");
	UNTIL(b, b->pdus == 1);
	expect_sent(b, MODEM_SENT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_starts_and_is_ready),
		TEST(it_waits_for_a_modem_that_boots),
		TEST(the_right_pin_opens_the_sim),
		TEST(a_wrong_pin_costs_one_try_for_ever),
		TEST(a_blocked_sim_is_left_to_a_person),
		TEST(without_a_sim_it_says_so),
		TEST(the_network_comes_and_goes),
		TEST(texts_do_not_leave_by_packets_alone),
		TEST(a_sim_that_is_slow_to_wake_is_waited_for),
		TEST(it_is_found_again_under_its_link),
		TEST(a_restart_of_its_own_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
