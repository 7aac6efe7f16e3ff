/* SPDX-License-Identifier: Apache-2.0 */
/* Story 2: coming and going. People join by text, in two languages, and STOP is final. */
#include "cmocka_story.h"

static struct box *box_with(const char *settings)
{
	struct box *box = box_new(&(struct box_options){ .settings = settings });

	box_start(box);
	return box;
}

static void joining_asks_back_and_only_yes_counts(void **state)
{
	struct box *box = box_with(NULL);

	(void)state;
	person_texts(box, &ben, "join North");
	expect_text(box, &ben, "reply YES to get our alerts for north");
	box_wait_status(box, "members.active", 2, false);
	person_texts(box, &ben, "Yes.");
	expect_text(box, &ben, "Welcome to Faro! You get alerts for north");
	box_wait_status(box, "members.active", 3, false);
	expect_no_text(box, &ben);
	box_free(box);
}

static void spanish_words_are_answered_in_spanish(void **state)
{
	struct box *box = box_with(NULL);

	(void)state;
	person_texts(box, &carla, "Unirme norte");
	expect_text(box, &carla, "responda SI");
	person_texts(box, &carla, "S\u00ed");
	expect_text(box, &carla, "bienvenida a Faro");
	person_texts(box, &carla, "lang en");
	expect_text(box, &carla, "We text you in English");
	person_texts(box, &carla, "espa\u00f1ol");
	expect_text(box, &carla, "espa");
	box_free(box);
}

static void no_is_respected(void **state)
{
	struct box *box = box_with(NULL);

	(void)state;
	person_texts(box, &ben, "JOIN");
	expect_text(box, &ben, "reply YES");
	person_texts(box, &ben, "no");
	expect_text(box, &ben, "you are not on the list");
	box_wait_status(box, "members.active", 2, false);
	box_free(box);
}

static void an_unknown_zone_is_named_with_those_there_are(void **state)
{
	struct box *box = box_with(NULL);

	(void)state;
	person_joins(box, &ben, "JOIN north");
	person_texts(box, &ben, "ZONE east");
	expect_text(box, &ben, "east is not one of our zones. They are: north, south");
	person_texts(box, &ben, "ZONE sur");
	expect_text(box, &ben, "Your zones are now: south");
	person_texts(box, &ben, "ZONE");
	expect_text(box, &ben, "Your zones: south");
	box_free(box);
}

static void an_invite_list_wants_the_code(void **state)
{
	struct box *box = box_with("list : { join = \"invite\"; invite_code = \"manzana\"; };");

	(void)state;
	person_texts(box, &ben, "JOIN");
	expect_text(box, &ben, "invite code");
	person_texts(box, &ben, "JOIN manzana");
	expect_text(box, &ben, "reply YES");
	person_texts(box, &ben, "YES");
	expect_text(box, &ben, "Welcome");
	box_free(box);
}

static void on_an_approving_list_an_admin_decides(void **state)
{
	struct box *box = box_with("list : { join = \"approve\"; };");
	char add[64], handle[8] = "";
	const struct heard *heard;

	(void)state;
	person_texts(box, &ben, "JOIN");
	expect_text(box, &ben, "reply YES");
	person_texts(box, &ben, "YES");
	expect_text(box, &ben, "hear from us");
	box_wait_status(box, "members.applicants", 1, false);
	heard = expect_text(box, &rosa, "P");
	sscanf(heard->text, "%7[P0-9]", handle);
	snprintf(add, sizeof(add), "ADD %s member", handle);
	person_texts(box, &rosa, add);
	expect_text(box, &ben, "Welcome");
	box_wait_status(box, "members.active", 3, false);
	box_free(box);
}

static void stop_is_final_and_confirmed_once(void **state)
{
	struct box *box = box_with(NULL);

	(void)state;
	person_joins(box, &ben, "JOIN north");
	person_texts(box, &ben, "Stop please!");
	expect_text(box, &ben, "you are off the list");
	box_wait_status(box, "members.left", 1, false);
	person_texts(box, &ben, "STOP");
	expect_no_text(box, &ben);
	person_texts(box, &ben, "START");
	expect_text(box, &ben, "Welcome");
	box_wait_status(box, "members.active", 3, false);
	box_free(box);
}

static void every_way_of_saying_stop_is_understood(void **state)
{
	static const char *const ways[] = { "STOP", "stop.", "Quit", "END", "revoke", "opt out",
		"CANCEL", "Unsubscribe", "STOPALL", "optout", "remove", "ARRET", "no m\u00e1s",
		"ALTO", "take me off the list", "STOP PLEASE", "Por favor no me manden mensajes" };
	struct box *box = box_with(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char phone[24];
		struct person_of_test who = { phone, ways[i] };

		snprintf(phone, sizeof(phone), "+1510555%04zu", 120 + i);
		person_joins(box, &who, "JOIN");
		person_texts(box, &who, ways[i]);
		expect_text(box, &who,
			i == 12 || i == 13 || i == 16 ? "fuera de la lista"
						      : "you are off the list");
	}
	box_wait_status(box, "members.left", sizeof(ways) / sizeof(ways[0]), false);
	box_free(box);
}

static void who_left_is_not_put_back_by_an_import(void **state)
{
	struct box *box = box_with(NULL);
	char path[256];
	struct ran ran;
	FILE *file;

	(void)state;
	person_joins(box, &ben, "JOIN");
	person_texts(box, &ben, "STOP");
	expect_text(box, &ben, "off the list");
	snprintf(path, sizeof(path), "%s/people.csv", box_dir(box));
	file = fopen(path, "w");
	fprintf(file,
		"phone,name,role,language,zones\n%s,Ben,member,en,north\n%s,Carla,member,es,\n",
		ben.phone, carla.phone);
	fclose(file);
	ran = box_faroctl(box, "members", "import", path, NULL);
	assert_non_null(strstr(ran.err, "2"));
	assert_null(strstr(ran.err, ben.phone + 2));
	ran_free(&ran);
	box_wait_status(box, "members.active", 3, false);
	box_wait_status(box, "members.left", 1, false);
	box_free(box);
}

static void help_says_what_this_person_can_text(void **state)
{
	struct box *box = box_with(NULL);

	(void)state;
	person_texts(box, &ben, "HELP");
	expect_text(box, &ben, "JOIN to get alerts");
	person_texts(box, &ana, "help");
	expect_text(box, &ana, "TAKE n");
	person_texts(box, &rosa, "Ayuda");
	expect_text(box, &rosa, "AGREGAR");
	box_free(box);
}

static void information_is_given_in_the_senders_language(void **state)
{
	struct box *box = box_with(NULL);

	(void)state;
	person_texts(box, &ben, "Rights");
	expect_text(box, &ben, "You have the right to remain silent.");
	person_texts(box, &rosa, "derechos");
	expect_text(box, &rosa, "Usted tiene derecho");
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(joining_asks_back_and_only_yes_counts),
		cmocka_unit_test(spanish_words_are_answered_in_spanish),
		cmocka_unit_test(no_is_respected),
		cmocka_unit_test(an_unknown_zone_is_named_with_those_there_are),
		cmocka_unit_test(an_invite_list_wants_the_code),
		cmocka_unit_test(on_an_approving_list_an_admin_decides),
		cmocka_unit_test(stop_is_final_and_confirmed_once),
		cmocka_unit_test(every_way_of_saying_stop_is_understood),
		cmocka_unit_test(who_left_is_not_put_back_by_an_import),
		cmocka_unit_test(help_says_what_this_person_can_text),
		cmocka_unit_test(information_is_given_in_the_senders_language),
	};

	return run_stories(stories);
}
