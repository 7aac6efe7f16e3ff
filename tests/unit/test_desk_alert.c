/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An alert until it has left: who it goes to, what the promise says, and the code or the button
 * that sends it.
 */
#include "desk_world.h"

static void the_code_sends_the_alert_to_everybody_in_their_language(void **state)
{
	static const struct line talk[] = {
		ALERT_GONE_OUT,
		SAYS(2, "Ana", CODE), /* one use */
		HEARS("Ana", "The alert of #1 is running."),
		SAYS(3, "Ana", "CLEAR 1"),
		HEARS("Ana", "#1: it goes to the 7"),
		HEARS("Ana", "ALL CLEAR"),
		HEARS("Abe", "ALL CLEAR"),
		HEARS("Carla", "ALL CLEAR"),
		HEARS("Mia", "ALL CLEAR"),
		HEARS("Rosa", "DESPEJADO"),
		HEARS("Dan", "DESPEJADO"),
		HEARS("Max", "DESPEJADO"),
		SAYS(4, "Ana", CODE),
		HEARS("Ana", "No alert waits for a code."),
	};

	(void)state;
	TALK(talk);
}

static void a_code_sent_twice_takes_no_try_from_another_alert(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	text_copy(code, sizeof(code), w->code);
	texts(w, "Ana", code);
	hears(w, "Ana", "#1 is going out");
	hears(w, "Abe", ALERT_1);
	texts(w, "Abe", "ALERT trucks at 9th");
	keep_code(w, hears(w, "Abe", "Reply "));
	forget(w);
	for (int i = 0; i < 3; i++)
		texts(w, "Ana", code);
	hears(w, "Ana", "The alert of #1 is running.");
	texts(w, "Abe", w->code);
	hears(w, "Abe", "#2 is going out");
	world_destroy(w);
}

static void a_zone_with_a_wrong_letter_is_told_before_the_code_is_used(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT nroth vans at 5th"),
		HEARS("Ana", "#1 (all zones): 7 people, 1 segment, about 1 min. nroth is no zone: "
			     "it would go to all zones. Reply "),
		SAYS(0, "Ana", "ALERT north suoth vans at 5th"),
		HEARS("Ana", "suoth is no zone: it would go to north. Reply "),
		SAYS(1, "Ana", "ALERT checkpoint at 98th"),
		HEARS("Ana", "Reply "),
	};

	(void)state;
	TALK(talk);
}

static void an_alert_for_a_zone_reaches_its_people_and_those_of_no_zone(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "DUTY ON"),
		HEARS("Carla", "12 h"),
		SAYS(0, "Ana", "alert NORTE need 2 vans at 5th"),
		HEARS("Ana",
			"#1 (north): 5 people, 1 segment, about 1 min. 2 needed. The one on duty "
			"in the next minute. Reply "),
		SAYS(1, "Ana", CODE),
		HEARS("Ana", "#1 is going out to 5 people."),
		HEARS("Carla", ALERT_1),
		HEARS("Mia", ALERT_1),
		HEARS("Abe", ALERT_1),
		HEARS("Ana", ALERT_1),
		HEARS("Rosa", ALERTA_1),
	};

	(void)state;
	TALK(talk);
}

static void all_behind_the_zones_means_the_others_too(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT north ALL vans at 5th"),
		HEARS("Ana", "#1 (north): 7 people"),
	};

	(void)state;
	TALK(talk);
}

static void need_is_also_understood_at_the_end(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT vans at 5th NEED 3"),
		HEARS("Ana", "about 1 min. 3 needed. Reply "),
		SAYS(1, "Ana", CODE),
		HEARS("Ana", "going out"),
		ALL_HEAR(ALERT_1, ALERTA_1),
	};

	(void)state;
	TALK(talk);
}

static void a_house_number_in_front_is_text_and_an_incidents_number_is_the_incident(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th"),
		STAFF_HEAR("#1"),
		HEARS("Eva", "#1"),
		SAYS(1, "Ana", "ALERT 3500 International Blvd"),
		HEARS("Ana", "#2 (all zones)"),
		SAYS(2, "Ana", "ALERT 1 south vans at 5th"),
		HEARS("Ana", "#1 (south): 4 people"),
		SAYS(3, "Ana", "ALERT #77 vans"),
		HEARS("Ana", "There is no #77."),
		SAYS(4, "Ana", "ALERT"),
		HEARS("Ana", "ALERT [number] [zone] [NEED people] text."),
		SAYS(5, "Ana", "TAKE 2"), /* it went with the alert that gave way */
		HEARS("Ana", "#2 is closed."),
	};

	(void)state;
	TALK(talk);
}

static void three_wrong_codes_withdraw_the_alert(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char wrong[3][8];
	int code;

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	code = atoi(w->code);
	for (int i = 0; i < 3; i++)
		snprintf(wrong[i], sizeof(wrong[i]), "%04d", (code + 1 + i) % 10000);
	texts(w, "Ana", wrong[0]);
	hears(w, "Ana", "That is not the code. 2 tries left.");
	texts(w, "Abe", wrong[1]); /* another dispatcher's wrong code counts too */
	hears(w, "Abe", "That is not the code. 1 try left.");
	texts(w, "Ana", wrong[2]);
	hears(w, "Ana", "the alert is withdrawn");
	texts(w, "Ana", w->code);
	hears(w, "Ana", "No alert waits for a code.");
	hears_nothing(w, "Mia");
	texts(w, "Ana", "TAKE 1");
	hears(w, "Ana", "#1 is closed.");
	world_destroy(w);
}

static void a_code_from_another_dispatcher_sends_it_and_the_author_is_told(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(1, "Abe", CODE),
		HEARS("Ana", "Your alert #1 was sent by Abe."),
		HEARS("Abe", "#1 is going out to 7 people."),
		ALL_HEAR(ALERT_1, ALERTA_1),
	};

	(void)state;
	TALK(talk);
}

static void a_code_from_a_member_or_a_stranger_sends_nothing(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(1, "Eva", CODE),
		HEARS("Ana", "#2 message"),
		HEARS("Abe", "#2"),
		HEARS("Rosa", "#2"),
		HEARS("Eva", "#2"),
		SAYS(1, "Carla", CODE),
		HEARS("Ana", "#3 message"),
		HEARS("Abe", "#3"),
		HEARS("Rosa", "#3"),
		HEARS("Carla", "#3"),
	};

	(void)state;
	TALK(talk);
}

static void a_code_runs_out_after_its_time(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT vans at 5th"),
		HEARS("Ana", "Reply "),
		TIME(4),
		TIME(6),
		HEARS("Ana", "Alert #1 was not confirmed in time and was not sent."),
		SAYS(6, "Ana", CODE),
		HEARS("Ana", "No alert waits for a code."),
	};

	(void)state;
	TALK(talk);
}

static void the_promise_is_honest_about_modems_and_allowance(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	w->pace.modems_ready = 0;
	w->pace.segments_per_s = 0;
	texts(w, "Ana", "ALERT vans at 5th");
	hears(w, "Ana", "No modem is ready: it would wait. Reply ");
	w->pace.segments_per_s = 0.01;
	w->pace.allowance = 3;
	texts(w, "Ana", "ALERT vans at 6th");
	hears(w, "Ana", "about 12 min. Only 3 segments are left today. Reply ");
	w->pace.allowance = -1;
	w->pace.newcomers = 2;
	texts(w, "Ana", "ALERT vans at 7th");
	hears(w, "Ana", "Of people not texted yet this month only 2 can be reached. Reply ");
	world_destroy(w);
}

static void where_only_the_button_counts_a_code_sends_nothing(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "alerts : { confirm = \"button\"; };\n");
	struct desk_state lights;

	(void)state;
	assert_int_equal(desk_button_send(w->desk, w->now_ms), 0);
	texts(w, "Ana", "ALERT vans at 5th");
	hears(w, "Ana", "Hold SEND at the box for 3 seconds to send.");
	assert_int_equal(desk_get_state(w->desk, w->now_ms, &lights), 0);
	assert_int_equal(lights.alerts_pending, 1);
	assert_int_equal(desk_button_send(w->desk, w->now_ms), 1);
	settle(w);
	hears(w, "Ana", "Alert #1 was sent with the button at the box.");
	hears(w, "Mia", ALERT_1);
	assert_int_equal(desk_get_state(w->desk, w->now_ms, &lights), 0);
	assert_int_equal(lights.alerts_pending, 0);
	assert_int_equal(lights.alerts_running, 1);
	assert_int_equal(desk_button_stop(w->desk, w->now_ms), 1);
	settle(w);
	hears(w, "Mia", "Faro: #1 is called off.");
	assert_int_equal(desk_button_stop(w->desk, w->now_ms), 0);
	world_destroy(w);
}

static void without_confirmation_an_alert_leaves_at_once(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n");

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	hears(w, "Ana", "#1 (all zones): 7 people, 1 segment, about 1 min. It is going out now.");
	hears(w, "Mia", ALERT_1);
	world_destroy(w);
}

static void faroctl_prepares_sends_and_cancels(void **state)
{
	static const char *const zones[] = { "norte" }, *const nowhere[] = { "atlantis" };
	struct desk_alert_request request = {
		.zones = nowhere, .n_zones = 1, .text = "vans at 5th"
	};
	struct world *w = world_of_people(USUAL_SETTINGS);
	struct desk_promise promise;
	char why[128];

	(void)state;
	assert_int_equal(
		desk_alert_prepare(w->desk, &request, w->now_ms, &promise, why, sizeof(why)),
		-EINVAL);
	assert_string_equal(why, "there is no zone \"atlantis\"; the zones are: north, south");
	request.zones = zones;
	request.text = " ";
	assert_int_equal(
		desk_alert_prepare(w->desk, &request, w->now_ms, &promise, why, sizeof(why)),
		-EINVAL);
	request.text = "vans at 5th";
	request.need = 1;
	assert_int_equal(
		desk_alert_prepare(w->desk, &request, w->now_ms, &promise, why, sizeof(why)), 0);
	assert_int_equal(promise.people, 5);
	assert_int_equal(promise.segments, 1);
	assert_int_equal(promise.seconds, 10);
	assert_int_equal(strlen(promise.code), 4);
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), 0);
	settle(w);
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), -EALREADY);
	hears(w, "Mia", ALERT_1);
	hears(w, "Ana", ALERT_1);
	texts(w, "Mia", "YES");
	hears(w, "Ana", "#1: the one that you need said yes."); /* all dispatchers are told */
	hears(w, "Abe", ALERT_1);
	hears(w, "Abe", "#1: the one that you need said yes.");
	assert_int_equal(desk_alert_cancel(w->desk, promise.incident_id, w->now_ms), 0);
	settle(w);
	hears(w, "Ana", "Faro: #1 is called off.");
	assert_int_equal(desk_alert_cancel(w->desk, promise.incident_id, w->now_ms), -ENOENT);
	assert_int_equal(desk_alert_cancel(w->desk, 77, w->now_ms), -ENOENT);
	world_destroy(w);
}

static void a_big_list_is_queued_in_slices_and_a_restart_goes_on(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	struct store_tally tally;
	char phone[PHONE_SIZE], why[64];
	int slices = 0;

	(void)state;
	assert_int_equal(store_begin(w->store), 0);
	for (int i = 0; i < 2500; i++) {
		struct desk_person_request request = { .phone = phone };

		/* only different numbers are needed: 555-0200 and on, in many area codes */
		snprintf(phone, sizeof(phone), "+1%03d555%04d", 200 + i / 100, 100 + i % 100);
		assert_int_equal(
			desk_person_add(w->desk, &request, w->now_ms, why, sizeof(why)), 0);
	}
	assert_int_equal(store_commit(w->store), 0);
	w->deaf = true;
	texts(w, "Ana", "ALERT vans at 5th");
	w->deaf = false;
	deliver(w, 1);
	keep_code(w, hears(w, "Ana", "2503 people"));
	text_arrives(w, phone_of("Ana"), w->code);
	assert_int_equal(desk_handle_next(w->desk, w->now_ms), 1);
	world_restart(w);
	/* the courier's part */
	while (store_broadcast_expand(w->store, 1000, w->now_ms) == 1)
		slices++;
	assert_true(slices >= 2);
	assert_int_equal(store_tally(w->store, 1, &tally), 0);
	assert_int_equal(tally.messages[MESSAGE_QUEUED], 2503);
	world_destroy(w);
}

/* ---- numbers ---- */

static void need_takes_a_number_in_words_or_says_so(void **state)
{
	static const char *const rows[][2] = {
		{ "ALERT north vans at 5th NEED Two", " 2 needed." },
		{ "ALERT NEED ten north vans at 5th", " 10 needed." },
		{ "ALERTA norte NECESITO tres camionetas en la 5th", "Se necesitan 3." },
		{ "ALERT north vans at 5th NEED many", " NEED takes a number, as in NEED 5." },
	};
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		forget(w);
		texts(w, "Ana", rows[i][0]);
		hears(w, "Ana", rows[i][1]);
	}
	forget(w);
	texts(w, "Ana", "ALERT north they need water at 5th");
	assert_null(strstr(hears(w, "Ana", "Reply "), "NEED takes"));
	world_destroy(w);
}

static void a_code_is_understood_behind_its_word_and_a_short_one_is_none(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char text[32];

	(void)state;
	texts(w, "Ana", "ALERT north vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	texts(w, "Ana", "999");
	hears(w, "Ana", "A code has 4 digits.");
	hears_nothing(w, "Abe");
	snprintf(text, sizeof(text), "Code: %s", w->code);
	texts(w, "Ana", text);
	hears(w, "Ana", "#1 is going out");
	hears(w, "Mia", "vans at 5th");
	world_destroy(w);
}

/* Where no code was said lately four digits are a message, and count against nobody. */
/* A mark of direction, a hard blank, a byte order mark: nobody sees them. */
static void marks_around_a_code_do_not_matter(void **state)
{
	static const char *const forms[] = { "\xE2\x80\x8F%s", "%s\xC2\xA0", "\xEF\xBB\xBF%s",
		"\xE2\x81\xA6%s\xE2\x81\xA9", "code\xC2\xA0%s" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		char *text = NULL;

		texts(w, "Ana", "ALERT vans at 5th");
		keep_code(w, hears(w, "Ana", "Reply "));
		assert_true(asprintf(&text, forms[i], w->code) > 0);
		texts(w, "Ana", text);
		hears(w, "Ana", "#1 is going out to 7 people.");
		free(text);
		world_destroy(w);
	}
}

static void a_house_number_alone_is_no_wrong_code(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (int i = 0; i < 12; i++) {
		char number[8];

		snprintf(number, sizeof(number), "%d", 3500 + 2 * i);
		forget(w);
		texts(w, "Ana", number);
		hears(w, "Abe", number);
	}
	forget(w);
	texts(w, "Ana", "ALERT north vans at 5th");
	confirms(w, "Ana", "Reply ");
	hears(w, "Mia", "vans at 5th");
	forget(w);
	/* somebody may have mistyped that one */
	texts(w, "Ana", "3599");
	hears(w, "Ana", "No alert waits for a code.");
	time_goes_on(w, w->now_ms + 70 * MS_PER_MIN);
	forget(w);
	texts(w, "Ana", "3601");
	hears(w, "Abe", "3601");
	world_destroy(w);
}

/* ---- one that waits gives way to the next ---- */

/* Ana asks for one thing and then for another: the first one's code is known, and sends nothing. */
static void the_code_of_what_gave_way_names_the_next_and_costs_no_try(void **state)
{
	static const struct {
		const char *first, *second, *sends;
	} rows[] = {
		{ "ALERT north one", "ALERT south two", "is going out" },
		{ "ALERT north one", "SCHEDULE 18:30 north Meeting at the library", "#2" },
		{ "SCHEDULE 18:30 north Meeting at the library", "ALERT north one",
			"is going out" },
		{ "EVENT sat 10:00 Rights night, 1 Main St.", "EVENT sun 10:00 Food", "E2" },
		{ "POST One", "EVENT sun 10:00 Food", "E2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		char first[8], next[40];

		texts(w, "Ana", rows[i].first);
		keep_code(w, hears(w, "Ana", "Reply "));
		text_copy(first, sizeof(first), w->code);
		texts(w, "Ana", rows[i].second);
		keep_code(w, hears(w, "Ana",
				     "The earlier one, which waited for its code, was "
				     "put aside."));
		snprintf(next, sizeof(next), "Reply %s to send.", w->code);
		for (int n = 0; n < 2; n++) {
			texts(w, "Ana", first);
			assert_non_null(strstr(hears(w, "Ana",
						       "replaced by your later one. Nothing "
						       "was sent."),
				next));
		}
		hears_nothing(w, "Mia");
		/* another dispatcher is told no code */
		texts(w, "Abe", first);
		assert_null(strstr(hears(w, "Abe", "replaced by your later one."), w->code));
		texts(w, "Ana", w->code);
		hears(w, "Ana", rows[i].sends);
		/* which waits no more */
		forget(w);
		time_goes_on(w, w->now_ms + 20 * MS_PER_MIN);
		forget(w);
		texts(w, "Ana", first);
		assert_null(strstr(hears(w, "Ana", "Nothing was sent."), "Reply"));
		world_destroy(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_sends_the_alert_to_everybody_in_their_language),
		cmocka_unit_test(a_code_sent_twice_takes_no_try_from_another_alert),
		cmocka_unit_test(the_code_of_what_gave_way_names_the_next_and_costs_no_try),
		cmocka_unit_test(a_zone_with_a_wrong_letter_is_told_before_the_code_is_used),
		cmocka_unit_test(an_alert_for_a_zone_reaches_its_people_and_those_of_no_zone),
		cmocka_unit_test(all_behind_the_zones_means_the_others_too),
		cmocka_unit_test(need_is_also_understood_at_the_end),
		cmocka_unit_test(
			a_house_number_in_front_is_text_and_an_incidents_number_is_the_incident),
		cmocka_unit_test(three_wrong_codes_withdraw_the_alert),
		cmocka_unit_test(a_code_from_another_dispatcher_sends_it_and_the_author_is_told),
		cmocka_unit_test(a_code_from_a_member_or_a_stranger_sends_nothing),
		cmocka_unit_test(a_code_runs_out_after_its_time),
		cmocka_unit_test(the_promise_is_honest_about_modems_and_allowance),
		cmocka_unit_test(where_only_the_button_counts_a_code_sends_nothing),
		cmocka_unit_test(without_confirmation_an_alert_leaves_at_once),
		cmocka_unit_test(faroctl_prepares_sends_and_cancels),
		cmocka_unit_test(a_big_list_is_queued_in_slices_and_a_restart_goes_on),
		cmocka_unit_test(need_takes_a_number_in_words_or_says_so),
		cmocka_unit_test(a_code_is_understood_behind_its_word_and_a_short_one_is_none),
		cmocka_unit_test(marks_around_a_code_do_not_matter),
		cmocka_unit_test(a_house_number_alone_is_no_wrong_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
