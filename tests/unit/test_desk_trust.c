/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what, and on whose word: alerts that take two people, members' words. */
#include "desk_world.h"

#define TWO USUAL_SETTINGS "alerts : { confirm = \"two\"; };\n"

/* ---- two people ---- */

static void an_alert_that_takes_two_leaves_on_anothers_code(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT north NEED 3 vans at 5th"),
		HEARS("Ana", "3 needed. Another dispatcher must reply "),
		HEARS("Abe", "Ana wants to alert 5 people, #1 (north): vans at 5th. Reply "),
		HEARS("Rosa",
			"Ana quiere alertar a 5 personas, #1 (north): vans at 5th. Responda "),
		SAYS(0, "Ana", CODE),
		HEARS("Ana", "#1 needs two people: another dispatcher must reply with this code."),
		SAYS(1, "Abe", CODE),
		HEARS("Abe", "#1 is going out to 5 people"),
		HEARS("Ana", "Your alert #1 was sent by Abe."),
		HEARS("Abe", "vans at 5th"),
		HEARS("Ana", "vans at 5th"),
		HEARS("Carla", "vans at 5th"),
		HEARS("Mia", "vans at 5th"),
		HEARS("Rosa", "vans at 5th"),
	};

	(void)state;
	talk_with(TWO, talk, ARRAY_SIZE(talk));
}

/* A post and an event reach the list too. */
static void a_post_that_takes_two_is_published_on_anothers_code(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "POST Rights night on Friday"),
		HEARS("Ana", "Another dispatcher must reply "),
		HEARS("Abe", "Ana wants to publish: Rights night on Friday. Reply "),
		HEARS("Rosa", "Ana quiere publicar: Rights night on Friday. Responda "),
		SAYS(0, "Ana", CODE),
		HEARS("Ana", "Another dispatcher must reply "),
		SAYS(1, "Ana", "ES Noche de derechos el viernes"),
		HEARS("Abe", "Ana wants to publish: ES Noche de derechos el viernes. Reply "),
		HEARS("Rosa", "Ana quiere publicar: ES Noche de derechos el viernes. Responda "),
		HEARS("Ana", "Added: ES Noche de derechos el viernes. Another dispatcher must "),
		SAYS(2, "Abe", CODE),
		HEARS("Abe", "Posted"),
		HEARS("Ana", "Posted"),
		SAYS(3, "Abe", CODE),
		HEARS("Abe", "No alert waits for a code."),
	};

	(void)state;
	talk_with(TWO, talk, ARRAY_SIZE(talk));
}

static void an_event_that_takes_two_is_announced_on_anothers_code(void **state)
{
	struct world *w = world_of_people(TWO);
	char code[8];

	(void)state;
	texts(w, "Ana", "EVENT tomorrow 18:30 Rights night");
	keep_code(w, hears(w, "Abe", ": Rights night (RSVP 1) Reply "));
	text_copy(code, sizeof(code), w->code);
	hears(w, "Ana", "Another dispatcher must reply ");
	hears(w, "Rosa", "Ana quiere publicar: ");
	/* who is no dispatcher knows no code */
	texts(w, "Carla", code);
	hears_nothing(w, "Mia");
	texts(w, "Ana", code);
	hears_nothing(w, "Mia");
	forget(w);
	texts(w, "Abe", code);
	hears(w, "Abe", "E1 is announced");
	hears(w, "Ana", "E1 is announced");
	hears(w, "Mia", "Rights night");
	world_destroy(w);
}

/* Three of another dispatcher's too, who may be somebody else with that number. */
static void wrong_codes_of_others_end_a_draft_that_takes_two(void **state)
{
	static const char *const tries[] = { "2 tries left", "1 try left", "It did not go out" };
	struct world *w = world_of_people(TWO);
	char wrong[8];

	(void)state;
	texts(w, "Ana", "POST Rights night on Friday");
	keep_code(w, hears(w, "Abe", "Reply "));
	snprintf(wrong, sizeof(wrong), "%.3s%c", w->code, w->code[3] == '9' ? '0' : w->code[3] + 1);
	for (int i = 0; i < 3; i++) {
		texts(w, "Abe", wrong);
		hears(w, "Abe", tries[i]);
	}
	texts(w, "Abe", w->code);
	hears(w, "Abe", "No alert waits for a code.");
	world_destroy(w);
}

static void a_post_that_takes_two_says_when_nobody_else_is_there(void **state)
{
	struct world *w = world_of_people(BOX_GROUP LIST_GROUP(
		"open") "people = ( { phone = \"+15105550102\"; name = \"Ana\"; role = "
			"\"dispatcher\"; } );\nalerts : { confirm = \"two\"; };\n");

	(void)state;
	texts(w, "Ana", "POST Rights night on Friday");
	hears(w, "Ana", "No other dispatcher is there to confirm it.");
	world_destroy(w);
}

/* Whoever confirms it has read the words that were added since; the code from before is old. */
static void a_version_is_read_by_the_second_person_too(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT north vans at 5th"),
		HEARS("Abe", "Ana wants to alert 5 people, #1 (north): vans at 5th. Reply "),
		HEARS("Ana", "Another dispatcher must reply "),
		HEARS("Rosa", "Ana quiere alertar a 5 personas"),
	};
	struct world *w = world_of_people(TWO);
	char before[8];

	(void)state;
	play(w, talk, ARRAY_SIZE(talk));
	text_copy(before, sizeof(before), w->code);
	texts(w, "Ana", "ES camionetas en la 5th");
	hears(w, "Ana", "Added: ES camionetas en la 5th. Another dispatcher must reply ");
	hears(w, "Rosa", "#1 agrega: ES camionetas en la 5th. Responda ");
	keep_code(w, hears(w, "Abe", "#1 more: ES camionetas en la 5th. Reply "));
	for (int i = 0; i < 2; i++) {
		texts(w, i == 0 ? "Abe" : "Rosa", before);
		hears(w, i == 0 ? "Abe" : "Rosa",
			i == 0 ? "Words were added since that code" : "Se agregaron palabras");
	}
	hears_nothing(w, "Mia");
	texts(w, "Abe", w->code);
	hears(w, "Abe", "#1 is going out to 5 people");
	hears(w, "Mia", "vans at 5th");
	hears(w, "Rosa", "camionetas en la 5th");
	world_destroy(w);
}

static void the_authors_own_code_is_no_wrong_try(void **state)
{
	struct world *w = world_of_people(TWO);

	(void)state;
	texts(w, "Ana", "ALERT north vans at 5th");
	keep_code(w, next_heard(w, "Abe")->text);
	for (int i = 0; i < 5; i++)
		texts(w, "Ana", w->code);
	hears_nothing(w, "Mia");
	forget(w);
	texts(w, "Abe", w->code);
	hears(w, "Mia", "vans at 5th");
	world_destroy(w);
}

/* Those on duty are asked, and nobody who is not. */
static void the_second_is_somebody_on_duty(void **state)
{
	struct world *w = world_of_people(TWO);

	(void)state;
	texts(w, "Rosa", "DUTY ON");
	forget(w);
	texts(w, "Ana", "ALERT north vans at 5th");
	hears(w, "Rosa", "Ana quiere alertar");
	hears_nothing(w, "Abe");
	world_destroy(w);
}

static void who_is_alone_is_told_that_nobody_can_confirm(void **state)
{
	struct world *w = world_of_people(BOX_GROUP LIST_GROUP(
		"open") "people = ( { phone = \"+15105550102\"; name = \"Ana\";"
			" role = \"dispatcher\"; } );\n"
			"alerts : { confirm = \"two\"; };\n");

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	hears(w, "Ana", "No other dispatcher is there to confirm it.");
	world_destroy(w);
}

static int prepare_at_faroctl(struct world *w, struct desk_promise *promise)
{
	struct desk_alert_request request = { .text = "vans at 5th" };
	char why[128];

	return desk_alert_prepare(w->desk, &request, w->now_ms, promise, why, sizeof(why));
}

static void faroctl_is_one_of_the_two(void **state)
{
	struct world *w = world_of_people(TWO);
	struct desk_promise promise, other;

	(void)state;
	assert_int_equal(prepare_at_faroctl(w, &promise), 0);
	settle(w);
	hears_nothing(w, "Ana"); /* its user has not said yes */
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), 1);
	settle(w);
	hears_nothing(w, "Mia");
	confirms(w, "Ana", "faroctl wants to alert 7 people, #1 (all zones): vans at");
	hears(w, "Mia", "vans at 5th");
	/* the code of one that another replaced is forgotten */
	assert_int_equal(prepare_at_faroctl(w, &promise), 0);
	texts(w, "Abe", "ALERT vans at 6th");
	assert_int_equal(prepare_at_faroctl(w, &other), 0);
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), -EALREADY);
	assert_int_equal(desk_alert_send(w->desk, other.alert_id, w->now_ms), 1);
	world_destroy(w);
}

static void faroctl_alone_sends_nothing(void **state)
{
	struct world *w = world_of_people(
		BOX_GROUP LIST_GROUP("open") "people = ();\nalerts : { confirm = \"two\"; };\n");
	struct desk_promise promise;

	(void)state;
	assert_int_equal(prepare_at_faroctl(w, &promise), 0);
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), -EPERM);
	settle(w);
	hears_nothing(w, "Mia");
	world_destroy(w);
}

/* ---- vouching ---- */

#define VOUCHED BOX_GROUP LIST_GROUP("vouch") PEOPLE_GROUP INFO_GROUP
#define NO_WORD "text JOIN and a word that a member got for you"

/* The word that this person was given last. */
static const char *word_of(struct world *w, const char *name, char out[16])
{
	const char *at;

	texts(w, name, "VOUCH");
	at = strstr(hears(w, name, "Pass this on to one person you trust: JOIN "), "JOIN ");
	snprintf(out, 16, "%.8s", at + 5);
	return out;
}

static void joins(struct world *w, const char *name, const char *zone, const char *word)
{
	char text[64];

	snprintf(text, sizeof(text), "JOIN %s%s", zone, word);
	texts(w, name, text);
}

static void a_members_word_lets_one_person_in(void **state)
{
	struct world *w = world_of_people(VOUCHED);
	char word[16];

	(void)state;
	texts(w, "Ben", "JOIN north");
	hears(w, "Ben", NO_WORD);
	word_of(w, "Mia", word);
	joins(w, "Ben", "north ", word);
	hears(w, "Ben", "reply YES to get our alerts for north");
	assert_int_equal(row_of(w, "Ben").state, PERSON_KNOWN);
	texts(w, "Ben", "yes");
	hears(w, "Ben", "Welcome to Faro!");
	hears(w, "Mia", "somebody joined with the word that you passed on");
	assert_int_equal(row_of(w, "Ben").state, PERSON_ACTIVE);
	joins(w, "Eva", "", word);
	hears(w, "Eva", NO_WORD);
	world_destroy(w);
}

static void of_two_with_one_word_one_comes_in(void **state)
{
	struct world *w = world_of_people(VOUCHED);
	char word[16], shouted[16];

	(void)state;
	word_of(w, "Mia", word);
	for (int i = 0; i < 9; i++)
		shouted[i] = (char)toupper((unsigned char)word[i]);
	joins(w, "Ben", "", word);
	hears(w, "Ben", "reply YES");
	joins(w, "Eva", "", shouted);
	hears(w, "Eva", "reply YES");
	texts(w, "Eva", "YES");
	hears(w, "Eva", "Welcome");
	texts(w, "Ben", "YES");
	hears(w, "Ben", NO_WORD);
	assert_int_equal(row_of(w, "Ben").state, PERSON_KNOWN);
	world_destroy(w);
}

static void a_word_expires(void **state)
{
	struct world *w = world_of_people(VOUCHED);
	char word[16];

	(void)state;
	word_of(w, "Mia", word);
	time_goes_on(w, w->now_ms + 3 * MS_PER_DAY);
	joins(w, "Ben", "", word);
	hears(w, "Ben", NO_WORD);
	word_of(w, "Mia", word);
	time_goes_on(w, w->now_ms + 3 * MS_PER_DAY - 1);
	joins(w, "Ben", "", word);
	hears(w, "Ben", "reply YES");
	time_goes_on(w, w->now_ms + 1);
	texts(w, "Ben", "YES");
	hears(w, "Ben", NO_WORD);
	world_destroy(w);
}

static void whoever_was_removed_vouches_for_nobody(void **state)
{
	static const char *const gone[] = { "STOP", NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++) {
		struct world *w = world_of_people(VOUCHED);
		char word[16];

		word_of(w, "Mia", word);
		if (gone[i])
			texts(w, "Mia", gone[i]);
		else
			texts(w, "Rosa", "REMOVE 5105550106");
		joins(w, "Ben", "", word);
		hears(w, "Ben", NO_WORD);
		world_destroy(w);
	}
}

static void a_member_vouches_for_three_people_a_day(void **state)
{
	struct world *w = world_of_people(VOUCHED);
	char word[16];

	(void)state;
	for (int i = 0; i < 3; i++) {
		word_of(w, "Mia", word);
		w->now_ms += 11 * MS_PER_MIN;
	}
	texts(w, "Mia", "VOUCH");
	hears(w, "Mia", "You can vouch for 3 people a day");
	texts(w, "Carla", "VOUCH");
	hears(w, "Carla", "Pass this on");
	time_goes_on(w, NOW_MS + MS_PER_DAY);
	word_of(w, "Mia", word);
	world_destroy(w);
}

static void strangers_get_no_word_and_cannot_guess_one(void **state)
{
	struct world *w = world_of_people(VOUCHED);
	char word[16];

	(void)state;
	texts(w, "Ben", "VOUCH");
	hears(w, "Ben", "A person reads it");
	for (int i = 0; i < 12; i++) {
		char text[32];

		snprintf(text, sizeof(text), "JOIN bababab%c", 'a' + i);
		texts(w, "Ben", text);
	}
	forget(w);
	/* the loop guard is on: not even the right one is answered */
	joins(w, "Ben", "", word_of(w, "Mia", word));
	hears_nothing(w, "Ben");
	world_destroy(w);
}

/* ---- roles ---- */

static void whoever_is_no_dispatcher_any_more_loses_what_they_prepared(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(carla_ends); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		struct alert alert;

		carla_becomes_dispatcher(w);
		texts(w, "Carla", "ALERT vans at 5th");
		keep_code(w, hears(w, "Carla", "Reply "));
		texts(w, carla_ends[i].who, carla_ends[i].says);
		assert_int_equal(store_alert_pending(w->store, 0, w->now_ms, &alert), 0);
		texts(w, "Ana", w->code);
		assert_int_equal(desk_button_send(w->desk, w->now_ms), 0);
		hears_nothing(w, "Mia");
		assert_int_equal(incidents_open(w), 0);
		world_destroy(w);
	}
}

/* The role may come back before the code has run out; what it was for does not. */
static void nor_do_a_post_and_an_event_wait_for_them(void **state)
{
	static const char *const drafts[] = { "POST Coffee on Friday", "EVENT sat 10:00 Coffee" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(drafts); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		struct bulletin draft;
		int64_t carla, posts = -1;

		carla = row_of(w, "Carla").id;
		assert_int_equal(
			store_person_set_role(w->store, carla, ROLE_DISPATCHER, w->now_ms), 0);
		texts(w, "Carla", drafts[i]);
		keep_code(w, hears(w, "Carla", "Reply "));
		assert_int_equal(store_bulletin_get(w->store, 1, &draft), 0);
		texts(w, "Rosa", "ROLE 5105550104 responder");
		assert_int_equal(store_bulletin_get(w->store, 1, &draft), -ENOENT);
		assert_int_equal(
			store_person_set_role(w->store, carla, ROLE_DISPATCHER, w->now_ms), 0);
		forget(w);
		texts(w, "Carla", w->code);
		hears_nothing(w, "Mia");
		assert_int_equal(store_post_count(w->store, DIGEST_DAILY, &posts), 0);
		assert_int_equal(posts, 0);
		world_destroy(w);
	}
}

static void a_number_that_changes_role_is_told(void **state)
{
	struct desk_person_request carla = { .phone = "+15105550104", .role = "member" };
	struct world *w = world_of_people(USUAL_SETTINGS);
	char why[128];

	(void)state;
	texts(w, "Rosa", "ROLE 5105550106 responder");
	hears(w, "Mia", "Faro: your role is responder now.");
	texts(w, "Rosa", "REMOVE 5105550106");
	hears(w, "Mia", "Faro: you are off the list and get no alerts any more");
	assert_int_equal(desk_person_add(w->desk, &carla, w->now_ms, why, sizeof(why)), 0);
	settle(w);
	hears(w, "Carla", "Faro: your role is member now.");
	assert_int_equal(desk_person_add(w->desk, &carla, w->now_ms, why, sizeof(why)), 0);
	settle(w);
	hears_nothing(w, "Carla");
	assert_int_equal(
		desk_person_remove(w->desk, phone_of("Dan"), w->now_ms, why, sizeof(why)), 0);
	settle(w);
	hears(w, "Dan", "Faro: usted queda fuera de la lista");
	world_destroy(w);
}

static void so_is_one_whose_role_the_file_changes(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	const struct settings *changed = world_settings(BOX_GROUP LIST_GROUP(
		"open") "people = (\n"
			" { phone = \"+15105550101\"; name = \"Rosa\"; role = \"admin\"; },\n"
			" { phone = \"+15105550102\"; name = \"Ana\"; role = \"admin\"; } );\n");
	struct alert alert;

	(void)state;
	settle(w);
	assert_int_equal(w->n_heard, 0); /* whom a first start names had no role before */
	texts(w, "Abe", "ALERT vans at 5th");
	forget(w);
	assert_int_equal(desk_reload(w->desk, changed, w->speech, w->now_ms), 0);
	settle(w);
	hears(w, "Ana", "Faro: your role is admin now.");
	hears(w, "Abe", "Faro: your role is member now.");
	hears_nothing(w, "Rosa");
	assert_int_equal(store_alert_pending(w->store, 0, w->now_ms, &alert), 0);
	world_close(w);
	settings_free(w->settings);
	w->settings = changed;
	world_open(w);
	settle(w);
	hears_nothing(w, "Ana");
	world_destroy(w);
}

/* Whose hand it is nobody knows: the author's may be the one. */
static void the_button_alone_sends_nothing_where_two_are_asked_for(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "alerts : { confirm = \"two\"; };\n");

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	hears(w, "Ana", "Another dispatcher must reply ");
	keep_code(w, hears(w, "Abe", "Ana wants to alert"));
	assert_int_equal(desk_button_send(w->desk, w->now_ms), 0);
	settle(w);
	hears_nothing(w, "Mia");
	texts(w, "Abe", w->code);
	hears(w, "Mia", "vans at 5th");
	assert_int_equal(desk_button_send(w->desk, w->now_ms), 0);
	world_destroy(w);
}

static void who_was_a_dispatcher_is_told_that_they_come_back_as_a_member(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	carla_becomes_dispatcher(w);
	texts(w, "Carla", "STOP");
	hears(w, "Carla", "you are off the list");
	texts(w, "Carla", "START");
	hears(w, "Carla", "Welcome");
	hears(w, "Carla",
		"Anybody who leaves comes back as a member. To be dispatcher again, "
		"please ask");
	hears_nothing(w, "Carla");
	assert_int_equal(row_of(w, "Carla").role, ROLE_MEMBER);
	/* said once; and who was a member before comes back as one */
	texts(w, "Carla", "STOP");
	hears(w, "Carla", "you are off the list");
	texts(w, "Carla", "START");
	hears(w, "Carla", "Welcome");
	hears_nothing(w, "Carla");
	texts(w, "Mia", "STOP");
	hears(w, "Mia", "you are off the list");
	texts(w, "Mia", "START");
	hears(w, "Mia", "Welcome");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alert_that_takes_two_leaves_on_anothers_code),
		cmocka_unit_test(a_post_that_takes_two_is_published_on_anothers_code),
		cmocka_unit_test(an_event_that_takes_two_is_announced_on_anothers_code),
		cmocka_unit_test(wrong_codes_of_others_end_a_draft_that_takes_two),
		cmocka_unit_test(a_post_that_takes_two_says_when_nobody_else_is_there),
		cmocka_unit_test(a_version_is_read_by_the_second_person_too),
		cmocka_unit_test(the_authors_own_code_is_no_wrong_try),
		cmocka_unit_test(the_second_is_somebody_on_duty),
		cmocka_unit_test(who_is_alone_is_told_that_nobody_can_confirm),
		cmocka_unit_test(faroctl_is_one_of_the_two),
		cmocka_unit_test(faroctl_alone_sends_nothing),
		cmocka_unit_test(a_members_word_lets_one_person_in),
		cmocka_unit_test(of_two_with_one_word_one_comes_in),
		cmocka_unit_test(a_word_expires),
		cmocka_unit_test(whoever_was_removed_vouches_for_nobody),
		cmocka_unit_test(a_member_vouches_for_three_people_a_day),
		cmocka_unit_test(strangers_get_no_word_and_cannot_guess_one),
		cmocka_unit_test(whoever_is_no_dispatcher_any_more_loses_what_they_prepared),
		cmocka_unit_test(nor_do_a_post_and_an_event_wait_for_them),
		cmocka_unit_test(a_number_that_changes_role_is_told),
		cmocka_unit_test(so_is_one_whose_role_the_file_changes),
		cmocka_unit_test(the_button_alone_sends_nothing_where_two_are_asked_for),
		cmocka_unit_test(who_was_a_dispatcher_is_told_that_they_come_back_as_a_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
