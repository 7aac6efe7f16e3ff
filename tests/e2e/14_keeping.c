/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 14: modems are found and kept. What happens to them in the field happens here, to the real
 * farod; the box brings them back by itself and says in words what only a person can mend.
 */
#include <sys/stat.h>
#include <time.h>

#include "cmocka_story.h"

#define LADDER_MS 90000 /* the whole ladder up and down */

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A modem's row of `modem list`; the caller's. */
static json_t *modem_row(struct box *box, const char *name)
{
	json_t *answer = farod_ask(box, "{s:s}", "cmd", "modem list"), *row, *found = NULL;
	size_t i;

	json_array_foreach (json_object_get(answer, "modems"), i, row) {
		if (strcmp(json_string_value(json_object_get(row, "name")), name) == 0)
			found = json_incref(row);
	}
	json_decref(answer);
	assert_non_null(found);
	return found;
}

/* Waits until a modem is in this state, for this reason, with or without an alarm. */
static void expect_why(
	struct box *box, const char *name, const char *state, const char *words, bool alarm)
{
	int64_t until = now_ms() + WAIT_MS;

	for (;;) {
		json_t *row = modem_row(box, name);
		const char *is = json_string_value(json_object_get(row, "state"));
		const char *why = json_string_value(json_object_get(row, "why"));
		bool done = strcmp(is, state) == 0 && (*words ? !!strstr(why, words) : !*why) &&
			    json_is_true(json_object_get(row, "alarm")) == alarm;

		if (!done && now_ms() > until)
			fail_msg("%s is %s: \"%s\", never %s: \"%s\"", name, is, why, state, words);
		json_decref(row);
		if (done)
			return;
		box_wait_event(box, 20);
	}
}

static void network(struct box *box, const char *state)
{
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "network", "modem", "sim1", "state", state);
}

static bool family_is(const char *name)
{
	const char *family = getenv("FARO_SIM_PROFILE");

	return family && strcmp(family, name) == 0;
}

/* On a network, for `words`; what a family says of its supply all the time goes before them. */
static void expect_ready(struct box *box, const char *words)
{
	bool weak = family_is("sim800");

	expect_why(box, "sim1", "ready", weak ? "supply voltage" : words, weak);
}

static void what_is_wrong_with_the_network_has_its_own_words(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	network(box, "searching");
	expect_why(box, "sim1", "searching", "searching for a network", false);
	network(box, "denied");
	expect_why(box, "sim1", "searching", "the network refuses this SIM", true);
	network(box, "none");
	expect_why(box, "sim1", "searching", "no network in reach", false);
	network(box, "roaming");
	expect_ready(box, "roaming");
	network(box, "home");
	expect_ready(box, "");
	box_free(box);
}

static void two_modems_with_one_imei_are_an_alarm_and_both_work(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 2 });
	json_t *modems = sim_ask(box, "{s:s}", "cmd", "modems");
	const json_t *first = json_array_get(json_object_get(modems, "modems"), 0);
	char link[256];
	struct ran ran;

	(void)state;
	snprintf(link, sizeof(link), "%s/sim2", box_dir(box));
	sim_do(box, "{s:s,s:s}", "cmd", "remove", "modem", "sim2");
	sim_do(box, "{s:s,s:s,s:s,s:s}", "cmd", "add", "modem", "sim2", "link", link, "imei",
		json_string_value(json_object_get(first, "imei")));
	json_decref(modems);
	box_start(box);
	expect_why(box, "sim1", "ready", "tells the same IMEI", true);
	expect_why(box, "sim2", "ready", "tells the same IMEI", true);
	ran = box_faroctl(box, "doctor", NULL);
	assert_non_null(strstr(ran.out, "tells the same IMEI"));
	ran_free(&ran);
	/* and again, when it is known which each has */
	box_stop(box);
	box_start(box);
	expect_why(box, "sim1", "ready", "tells the same IMEI", true);
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim2");
	expect_why(box, "sim1", "ready", "", false);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	box_free(box);
}

static void lte_without_ims_is_named_when_no_text_leaves(void **state)
{
	struct box *box;

	(void)state;
	if (family_is("sim800")) /* which knows older networks only */
		skip();
	box = box_new(&(struct box_options){ 0 });
	box_start(box);
	/* the older networks are gone, LTE stays */
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "line", "modem", "sim1", "text", "+CREG: 0");
	expect_why(box, "sim1", "ready", "on LTE alone", false);
	sim_do(box, "{s:s,s:s,s:s,s:s,s:i,s:i}", "cmd", "fault", "modem", "sim1", "kind", "error",
		"on", "+CMGS", "code", 41, "times", 3);
	person_texts(box, &ben, "HELP");
	expect_why(box, "sim1", "ready", "LTE without IMS", true);
	/* one that leaves takes the alarm back */
	expect_text(box, &ben, "STOP");
	expect_why(box, "sim1", "ready", "on LTE alone", false);
	box_free(box);
}

static void a_weak_supply_is_named_as_what_it_is(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "line", "modem", "sim1", "text",
		"UNDER-VOLTAGE WARNNING");
	expect_why(box, "sim1", "ready", "supply voltage is too low", true);
	box_free(box);
}

static void fresh_boot_lines_of_a_running_modem_are_named_too(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	/* the first may be that of a modem just plugged in */
	for (int i = 0; i < 2; i++) {
		sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", "sim1");
		box_wait_status(box, "modems.0.resets", i + 1, true);
		box_wait_state(box, "sim1", "ready");
	}
	expect_why(
		box, "sim1", "ready", "restarted by itself: most often a weak power supply", true);
	box_free(box);
}

static void a_missing_and_a_blocked_sim_are_alarms_with_their_own_words(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modem_settings = "pin = \"1111\";" });
	json_t *modems;
	char *log;

	(void)state;
	sim_do(box, "{s:s,s:s,s:b}", "cmd", "pin", "modem", "sim1", "sim", 0);
	box_start_modems(box, 0);
	expect_why(box, "sim1", "pin", "no SIM card", true);
	/* the PIN was wrong three times, elsewhere: only a person has the PUK */
	sim_do(box, "{s:s,s:s,s:b,s:b,s:i}", "cmd", "pin", "modem", "sim1", "sim", 1, "required", 1,
		"tries", 0);
	sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", "sim1");
	expect_why(box, "sim1", "pin", "PUK", true);
	modems = sim_ask(box, "{s:s}", "cmd", "modems");
	assert_int_equal(json_number_at(modems, "modems.0.pin_left"), 0);
	json_decref(modems);
	log = box_log(box);
	assert_non_null(strstr(log, "alert"));
	assert_null(strstr(log, "1111"));
	free(log);
	box_free(box);
}

static void a_store_that_stays_full_is_an_alarm(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	/* whichever of them takes its texts */
	for (int i = 0; i < 2; i++) {
		const char *memory = i ? "ME" : "SM";

		sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "memory", "modem", "sim1", "memory", memory,
			"size", 5);
		sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fill", "modem", "sim1", "memory", memory,
			"count", 4);
	}
	/* the box would sweep them: this modem does not let them go */
	sim_do(box, "{s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "undeletable",
		"times", 0);
	box_start(box);
	expect_why(box, "sim1", "ready", "its store is nearly full", true);
	sim_do(box, "{s:s}", "cmd", "clear");
	box_free(box);
}

/* The board's lines are wired to the modem: when one is pulled, it boots. Returns when. */
static int64_t wire_line_to_modem(struct box *box, const char *line)
{
	int64_t until = now_ms() + LADDER_MS;
	const char *said;

	do {
		said = board_line(box, 1000);
		if (now_ms() > until)
			fail_msg("the board never said \"%s\"", line);
	} while (!said || strcmp(said, line) != 0);
	sim_do(box, "{s:s,s:s}", "cmd", "reboot", "modem", "sim1");
	return now_ms();
}

static void a_hung_modem_is_reset_by_its_line_while_the_other_takes_over(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 2,
		.board =
			"board : { driver = \"sim\"; definition = \"config/boards/sim.cfg\"; };" });
	json_t *row, *rung;
	struct ran ran;
	int64_t end_ms;
	size_t i;

	(void)state;
	box_start(box);
	/* deaf from the next text on, whatever is said to it */
	sim_do(box, "{s:s,s:s,s:s,s:s,s:i}", "cmd", "fault", "modem", "sim1", "kind", "hang", "on",
		"+CMGS", "ms", 0);
	for (int k = 0; k < 8; k++) {
		char phone[24];

		snprintf(phone, sizeof(phone), "+1510555013%d", k);
		sim_do(box, "{s:s,s:s,s:s,s:s}", "cmd", "text", "from", phone, "text", "HELP",
			"modem", "sim2");
	}
	box_wait_state(box, "sim1", "recovering");
	end_ms = wire_line_to_modem(box, "modem sim1 reset on");
	box_wait_state(box, "sim1", "ready");
	print_message("ready %lld ms after the reset\n", (long long)(now_ms() - end_ms));
	assert_in_range(now_ms() - end_ms, 0, 5000);
	for (int k = 0; k < 8; k++) {
		char phone[24];
		struct person_of_test who = { phone, "one of eight" };

		snprintf(phone, sizeof(phone), "+1510555013%d", k);
		expect_text(box, &who, "STOP");
		assert_int_equal(texts_with(box, phone, NULL), 1);
	}
	row = modem_row(box, "sim1");
	json_array_foreach (json_object_get(row, "ladder"), i, rung) {
		bool there = i != 4 && i <= 5; /* no USB, and the power line was not needed */

		assert_int_equal(json_number_at(rung, "tries"), there);
		assert_int_equal(json_number_at(rung, "successes"), i == 5);
	}
	json_decref(row);
	ran = box_faroctl(box, "modem", "list", NULL);
	assert_non_null(strstr(ran.out, "reset line"));
	assert_non_null(strstr(ran.out, "a restart without goodbye"));
	ran_free(&ran);
	box_free(box);
}

/* ---- found under any name -------------------------------------------------------------------- */

/* A box whose modems come as sticks under a /dev of its own, and are not named in its settings. */
static struct box *box_with_sticks(int modems)
{
	struct box *box = box_new(&(struct box_options){ .modems = modems,
		.port = "auto",
		/* a modem that has just booted drops reports until it is told where they go */
		.report_delay_ms = 2000,
		/* generous: on a busy machine a modem may take a second to come back */
		.settings = "delivery : { unknown_wait = 10; retry = [ 1, 2, 4 ]; };",
		.board = "board : { driver = \"none\"; dev = \"@DIR/dev\"; sys = \"@DIR/sys\"; "
			 "};" });
	char path[256];

	snprintf(path, sizeof(path), "%s/dev", box_dir(box));
	assert_int_equal(mkdir(path, 0755), 0);
	for (int i = 1; i <= modems; i++) {
		char name[8];

		snprintf(name, sizeof(name), "sim%d", i);
		sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", name);
	}
	return box;
}

static void plug(struct box *box, const char *modem, const char *tty)
{
	char link[256];

	snprintf(link, sizeof(link), "%s/dev/%s", box_dir(box), tty);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "plug", "modem", modem, "link", link);
}

static void a_stick_that_nobody_named_is_found_as_soon_as_it_is_plugged_in(void **state)
{
	struct box *box = box_with_sticks(1);
	int64_t plugged_ms;

	(void)state;
	box_start_modems(box, 0);
	box_wait_state(box, "sim1", "absent");
	plugged_ms = now_ms();
	plug(box, "sim1", "ttyUSB3");
	box_wait_state(box, "sim1", "ready");
	print_message(
		"ready %lld ms after it was plugged in\n", (long long)(now_ms() - plugged_ms));
	assert_in_range(now_ms() - plugged_ms, 0, 5000);
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "STOP");
	box_free(box);
}

static void a_stick_pulled_in_mid_send_comes_back_under_another_name(void **state)
{
	struct box *box = box_with_sticks(2);
	json_t *row;
	char link[256];

	(void)state;
	plug(box, "sim1", "ttyUSB0");
	plug(box, "sim2", "ttyUSB1");
	box_start(box);
	snprintf(link, sizeof(link), "%s/dev/ttyUSB7", box_dir(box));
	/* slow enough that both are needed */
	sim_do(box, "{s:s,s:i}", "cmd", "radio", "segment_ms", 150);
	sim_do(box, "{s:s,s:s,s:s,s:i,s:s}", "cmd", "fault", "modem", "sim1", "kind", "unplug",
		"ms", 300, "link", link);
	for (int k = 0; k < 8; k++) {
		char phone[24];

		snprintf(phone, sizeof(phone), "+1510555013%d", k);
		sim_do(box, "{s:s,s:s,s:s,s:s}", "cmd", "text", "from", phone, "text", "HELP",
			"modem", "sim2");
	}
	for (int k = 0; k < 8; k++) {
		char phone[24];
		struct person_of_test who = { phone, "one of eight" };

		snprintf(phone, sizeof(phone), "+1510555013%d", k);
		expect_text(box, &who, "STOP");
	}
	box_wait_state(box, "sim1", "ready");
	box_wait_state(box, "sim2", "ready");
	box_settle(box);
	/* its report settles the text of which nobody could know: nobody hears twice */
	box_wait_status(box, "outbox.unknown", 0, false);
	assert_int_equal(texts_with(box, NULL, NULL), 8);
	row = modem_row(box, "sim1");
	if (!strstr(json_string_value(json_object_get(row, "port")), "ttyUSB7")) {
		json_decref(row);
		row = modem_row(box, "sim2");
	}
	assert_non_null(strstr(json_string_value(json_object_get(row, "port")), "ttyUSB7"));
	json_decref(row);
	box_free(box);
}

static void number_at_port(struct box *box, const char *name, char out[24])
{
	json_t *row = modem_row(box, name), *modems = sim_ask(box, "{s:s}", "cmd", "modems"),
	       *modem;
	const char *port = json_string_value(json_object_get(row, "port"));
	size_t i;

	out[0] = '\0';
	json_array_foreach (json_object_get(modems, "modems"), i, modem) {
		if (strcmp(json_string_value(json_object_get(modem, "link")), port) == 0)
			snprintf(
				out, 24, "%s", json_string_value(json_object_get(modem, "number")));
	}
	json_decref(row);
	json_decref(modems);
	assert_true(out[0]);
}

/* Caps, pace and what a SIM has used belong to the stick, whatever the kernel calls it today. */
static void sticks_keep_their_sections_over_a_restart(void **state)
{
	struct box *box = box_with_sticks(2);
	char before[24], after[24];

	(void)state;
	plug(box, "sim1", "ttyUSB0");
	plug(box, "sim2", "ttyUSB1");
	box_start(box);
	number_at_port(box, "sim1", before);
	assert_int_equal(box_stop(box), 0);
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim1");
	sim_do(box, "{s:s,s:s}", "cmd", "unplug", "modem", "sim2");
	plug(box, "sim1", "ttyUSB1");
	plug(box, "sim2", "ttyUSB0");
	box_start(box);
	number_at_port(box, "sim1", after);
	assert_string_equal(after, before);
	box_free(box);
}

static void a_wrong_usb_id_is_named_by_the_check(void **state)
{
	struct box *box = box_new(&(struct box_options){ .port = "usb:2c7c" });
	struct ran ran = box_check_config(box, NULL);

	(void)state;
	assert_int_equal(ran.code, 78);
	assert_non_null(strstr(ran.err, "usb:VID:PID"));
	ran_free(&ran);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(what_is_wrong_with_the_network_has_its_own_words),
		cmocka_unit_test(two_modems_with_one_imei_are_an_alarm_and_both_work),
		cmocka_unit_test(lte_without_ims_is_named_when_no_text_leaves),
		cmocka_unit_test(a_weak_supply_is_named_as_what_it_is),
		cmocka_unit_test(fresh_boot_lines_of_a_running_modem_are_named_too),
		cmocka_unit_test(a_missing_and_a_blocked_sim_are_alarms_with_their_own_words),
		cmocka_unit_test(a_store_that_stays_full_is_an_alarm),
		cmocka_unit_test(a_stick_that_nobody_named_is_found_as_soon_as_it_is_plugged_in),
		cmocka_unit_test(a_stick_pulled_in_mid_send_comes_back_under_another_name),
		cmocka_unit_test(sticks_keep_their_sections_over_a_restart),
		cmocka_unit_test(a_wrong_usb_id_is_named_by_the_check),
		cmocka_unit_test(a_hung_modem_is_reset_by_its_line_while_the_other_takes_over),
	};

	return run_stories(stories);
}
