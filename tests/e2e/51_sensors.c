/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 51: the power fails, and comes back or does not; somebody opens the case. Those who look
 * after the box hear of it once, and what was on its way arrives.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmocka_story.h"

/* The lines of a simulated board are low: active for what is active low. */
static struct box *box_with_contacts(const char *sensors, int segment_ms)
{
	struct box *box = box_new(&(struct box_options){ .segment_ms = segment_ms,
		.people = "people = ( { phone = \"+15105550101\"; name = \"Ana\"; role = "
			  "\"dispatcher\"; }, { phone = \"+15105550102\"; name = \"Rosa\"; role = "
			  "\"admin\"; } );",
		.board = DEFINED_BOARD });

	board_define(box, "buzzer : { };\nsensors : { %s };\n", sensors);
	box_start(box);
	return box;
}

static int board_open_socket(struct box *box)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/board.sock", box_dir(box));
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void board_says(int fd, const char *line)
{
	assert_int_equal(send(fd, line, strlen(line), MSG_NOSIGNAL), strlen(line));
}

static void the_mains_go_and_come_and_a_restart_in_between_says_nothing(void **state)
{
	struct box *box =
		box_with_contacts("mains_lost = { active_low = true; settle_ms = 300; };", 0);
	struct ran ran;
	int fd;

	(void)state;
	expect_text(box, &rosa, "runs on its battery");
	board_expect_light(box, "network", false);
	ran = box_faroctl(box, "board", "list", NULL);
	assert_non_null(strstr(ran.out, "sensor mains_lost   active\n"));
	ran_free(&ran);
	ran = box_faroctl(box, "doctor", NULL);
	assert_int_equal(ran.code, 1);
	assert_non_null(strstr(ran.out, "the mains are lost, the box runs on its battery"));
	ran_free(&ran);
	/* in the middle of it */
	assert_int_equal(box_stop(box), 0);
	box_start(box);
	board_expect_light(box, "network", false);
	box_settle(box);
	assert_int_equal(texts_with(box, rosa.phone, "battery"), 1);
	/* texts go on */
	person_joins(box, &ben, "JOIN");
	fd = board_open_socket(box);
	board_says(fd, "sensor mains_lost off\n");
	expect_text(box, &rosa, "the power is back after");
	board_expect_light(box, "network", true);
	assert_int_equal(texts_with(box, ana.phone, "mains"), 0);
	close(fd);
	box_free(box);
}

static void an_open_case_alarms_the_admins_and_the_buzzer(void **state)
{
	struct box *box = box_with_contacts("tamper = { settle_ms = 50; };", 0);
	const char *line;
	int fd;

	(void)state;
	box_settle(box);
	assert_int_equal(texts_with(box, rosa.phone, NULL), 0);
	fd = board_open_socket(box);
	board_says(fd, "sensor tamper on\n");
	expect_text(box, &rosa, "the case of the box is open");
	do
		line = board_line(box, WAIT_MS);
	while (line && strcmp(line, "buzzer on") != 0);
	assert_non_null(line);
	board_says(fd, "sensor tamper off\nsensor tamper on\n");
	box_settle(box);
	assert_int_equal(texts_with(box, rosa.phone, "case"), 1);
	close(fd);
	box_free(box);
}

static void an_empty_battery_ends_what_is_on_the_air_and_switches_the_box_off(void **state)
{
	struct box *box = box_with_contacts("battery_low = { settle_ms = 50; };", 4000);
	char path[256];
	json_t *status;
	struct ran ran;
	int fd;

	(void)state;
	for (int i = 0; i < 12; i++) {
		char phone[32];

		snprintf(phone, sizeof(phone), "+151055501%02d", 40 + i);
		ran = box_faroctl(box, "members", "add", phone, NULL);
		assert_int_equal(ran.code, 0);
		ran_free(&ran);
	}
	ran = box_faroctl(box, "alert", "--yes", "--no-wait", "come to the market", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	box_wait_status(box, "outbox.sending", 1, true);
	fd = board_open_socket(box);
	board_says(fd, "sensor battery_low on\n");
	expect_text(box, &rosa, "the battery is nearly empty");
	box_wait_end(box, 0);
	close(fd);
	/* whoever may switch the machine off waits for this */
	snprintf(path, sizeof(path), "%s/poweroff", box_dir(box));
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	/* not all were sent, and nothing was cut off: after the start nothing is unknown */
	assert_in_range(texts_with(box, NULL, "come to the market"), 1, 8);
	box_start(box);
	status = box_status(box);
	assert_int_equal(json_number_at(status, "outbox.unknown"), 0);
	assert_int_equal(json_number_at(status, "outbox.failed"), 0);
	json_decref(status);
	box_free(box);
}

static void with_the_mains_there_an_empty_battery_is_no_reason_to_stop(void **state)
{
	struct box *box = box_with_contacts("mains_lost = { settle_ms = 50; }; "
					    "battery_low = { settle_ms = 50; };",
		0);
	char *log;
	int fd;

	(void)state;
	fd = board_open_socket(box);
	board_says(fd, "sensor battery_low on\n");
	person_joins(box, &ben, "JOIN");
	expect_no_text(box, &rosa);
	/* now it is one; and while there is time left the mains come back */
	board_says(fd, "sensor mains_lost on\n");
	expect_text(box, &rosa, "runs on its battery");
	expect_text(box, &rosa, "the battery is nearly empty");
	board_says(fd, "sensor mains_lost off\n");
	expect_text(box, &rosa, "the power is back");
	log = box_log(box);
	assert_non_null(strstr(log, "switched off in 15 s"));
	assert_non_null(strstr(log, "the box stays on"));
	free(log);
	person_joins(box, &carla, "JOIN");
	close(fd);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(the_mains_go_and_come_and_a_restart_in_between_says_nothing),
		cmocka_unit_test(an_open_case_alarms_the_admins_and_the_buzzer),
		cmocka_unit_test(an_empty_battery_ends_what_is_on_the_air_and_switches_the_box_off),
		cmocka_unit_test(with_the_mains_there_an_empty_battery_is_no_reason_to_stop),
	};

	return run_stories(stories);
}
