/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 5: admins manage people and the box by text, and wrong commands are answered with what is
 * right.
 */
#include "cmocka_story.h"

static struct box *new_box(void)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	box_start(box);
	/* Rosa reads Spanish; these stories read English */
	person_texts(box, &rosa, "LANG EN");
	expect_text(box, &rosa, "English");
	return box;
}

static void add_role_and_remove(void **state)
{
	struct box *box = new_box();
	char code[8];

	(void)state;
	person_texts(box, &rosa, "ADD (510) 555-0111 responder Ben");
	expect_text(box, &rosa, "on the list as responder");
	expect_text(box, &ben, "put on the list of Faro as responder");
	person_texts(box, &rosa, "ROLE 510.555.0111 dispatcher");
	digits_of(expect_text(box, &rosa, "Ben as dispatcher could send alerts")->text, 4, code);
	assert_int_equal(texts_with(box, ben.phone, "dispatcher"), 0);
	person_texts(box, &rosa, code);
	expect_text(box, &rosa, "dispatcher now");
	expect_text(box, &ben, "your role is dispatcher now");
	person_texts(box, &ben, "STATUS");
	expect_text(box, &ben, "modem ready");
	person_texts(box, &rosa, "REMOVE 510 555 0111");
	expect_text(box, &rosa, "off the list");
	box_wait_status(box, "members.active", 2, false);
	box_free(box);
}

static void a_dispatcher_is_no_admin(void **state)
{
	struct box *box = new_box();

	(void)state;
	person_texts(box, &ana, "ADD 510 555 0111 member Ben");
	expect_text(box, &ana, "Only an admin can do this.");
	box_settle(box);
	box_wait_status(box, "members.active", 2, false);
	assert_int_equal(texts_with(box, ben.phone, NULL), 0);
	box_free(box);
}

/* Whoever forges Rosa's number does not see what the box answers her. */
static void a_forged_admin_makes_no_dispatcher(void **state)
{
	struct box *box = new_box();
	char code[8], wrong[8];

	(void)state;
	person_texts(box, &rosa, "ADD 510 555 0111 dispatcher Ben");
	digits_of(expect_text(box, &rosa, "Reply ")->text, 4, code);
	for (int i = 1; i <= 3; i++) {
		snprintf(wrong, sizeof(wrong), "%04d", (atoi(code) + i) % 10000);
		person_texts(box, &rosa, wrong);
		expect_text(box, &rosa, i < 3 ? "That is not the code" : "nobody's role");
	}
	person_texts(box, &rosa, code);
	expect_text(box, &rosa, "No alert waits");
	box_settle(box);
	box_wait_status(box, "members.active", 2, false);
	assert_int_equal(texts_with(box, ben.phone, NULL), 0);
	box_free(box);
}

static void pause_lets_only_dispatch_out(void **state)
{
	struct box *box = new_box();
	json_t *status;

	(void)state;
	person_texts(box, &rosa, "PAUSE");
	expect_text(box, &rosa, "is paused");
	status = box_status(box);
	assert_true(json_is_true(json_object_get(status, "paused")));
	json_decref(status);
	person_texts(box, &ben, "JOIN");
	box_wait_status(box, "outbox.queued", 1, false);
	/* it survives a restart */
	assert_int_equal(box_stop(box), 0);
	box_start(box);
	box_wait_status(box, "outbox.queued", 1, false);
	person_texts(box, &rosa, "RESUME");
	expect_text(box, &rosa, "sends again");
	expect_text(box, &ben, "reply YES");
	box_free(box);
}

static void status_is_one_text(void **state)
{
	struct box *box = new_box();

	(void)state;
	person_texts(box, &ana, "status");
	expect_text(box, &ana, "1 of 1 modem ready. 2 people");
	box_free(box);
}

static void a_wrong_command_is_answered_with_what_is_right(void **state)
{
	static const struct {
		const char *text, *answer;
	} wrong[] = {
		{ "ADD 510 boss", "ADD phone role name" },
		{ "ROLE", "ROLE phone role" },
		{ "TAKE", "needs the number" },
		{ "ALERT", "NEED people" },
		{ "UPDATE", "UPDATE needs" },
		{ "TAKE 99", "There is no #99" },
		{ "REMOVE 510 555 0188", "not on the list" },
	};
	struct box *box = new_box();

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		person_texts(box, &rosa, wrong[i].text);
		expect_text(box, &rosa, wrong[i].answer);
	}
	box_wait_status(box, "members.active", 2, false);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(add_role_and_remove),
		cmocka_unit_test(a_dispatcher_is_no_admin),
		cmocka_unit_test(a_forged_admin_makes_no_dispatcher),
		cmocka_unit_test(pause_lets_only_dispatch_out),
		cmocka_unit_test(status_is_one_text),
		cmocka_unit_test(a_wrong_command_is_answered_with_what_is_right),
	};

	return run_stories(stories);
}
