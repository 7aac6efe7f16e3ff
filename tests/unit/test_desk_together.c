/* SPDX-License-Identifier: Apache-2.0 */
/* Two dispatchers at once, two questions at once, and who leaves in between. */
#include "desk_world.h"

static int heard_by(const struct world *w, const char *name, const char *piece)
{
	int n = 0;

	for (int i = 0; i < w->n_heard; i++)
		n += strcmp(w->heard[i].to, phone_of(name)) == 0 && strstr(w->heard[i].text, piece);
	return n;
}

/* Texts it, and keeps the code that is said then. */
static void asks_for_code(struct world *w, const char *name, const char *body, char code[8])
{
	forget(w);
	texts(w, name, body);
	for (int i = 0; i < w->n_heard; i++)
		keep_code(w, w->heard[i].text);
	text_copy(code, 8, w->code);
	forget(w);
}

/* ---- two questions ---- */

static void a_code_is_no_answer_to_the_question_of_a_report(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	(void)state;
	texts(w, "Ana", "REPORT men in vests");
	/* where nothing waits for one, four digits are a place */
	texts(w, "Ana", "3500");
	hears(w, "Abe", "#1 REPORT");
	hears(w, "Abe", "#1 so far. Where: 3500.");
	asks_for_code(w, "Ana", "ALERT vans at 5th", code);
	texts(w, "Ana", code);
	hears(w, "Ana", "#2 is going out to 7 people.");
	assert_int_equal(heard_by(w, "Mia", "vans at 5th"), 1);
	world_destroy(w);
}

static void a_report_does_not_take_a_drafts_code_away(void **state)
{
	static const struct {
		const char *who, *says, *hears;
	} rows[] = {
		{ "Ana", "POST rights night", "Posted" },
		{ "Rosa", "ADD 510 555 0110 dispatcher Ben", "Ben" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		char code[8];

		asks_for_code(w, rows[i].who, rows[i].says, code);
		texts(w, rows[i].who, "REPORT men in vests");
		forget(w);
		texts(w, rows[i].who, code);
		hears(w, rows[i].who, rows[i].hears);
		world_destroy(w);
	}
}

static void whose_draft_takes_two_is_confirmed_by_a_dispatcher_with_an_open_question(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "alerts : { confirm = \"two\"; };\n");
	char code[8];

	(void)state;
	texts(w, "Abe", "REPORT men in vests");
	asks_for_code(w, "Ana", "POST rights night", code);
	texts(w, "Abe", code);
	hears(w, "Abe", "Posted");
	world_destroy(w);
}

static void a_language_set_between_the_question_and_the_yes_is_spoken(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "UNIRME norte"),
		HEARS("Ben", "responda SI"),
		SAYS(0, "Ben", "LANG fr"),
		HEARS("Ben", "fran"),
		SAYS(0, "Ben", "oui"),
		HEARS("Ben", "Bienvenue"),
	};

	(void)state;
	TALK(talk);
}

/* ---- two dispatchers ---- */

static void two_alerts_wait_for_one_incident_and_one_goes_out(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char anas[8], abes[8];

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th");
	asks_for_code(w, "Ana", "ALERT 1 vans at 5th", anas);
	asks_for_code(w, "Abe", "ALERT 1 vans at 6th", abes);
	texts(w, "Ana", anas);
	hears(w, "Abe", "The alert of #1 is running.");
	forget(w);
	texts(w, "Abe", abes);
	assert_int_equal(heard_by(w, "Mia", "6th"), 0);
	hears(w, "Abe", "No alert waits for a code.");
	/* and what follows it goes to those who have it */
	texts(w, "Abe", "UPDATE 1 they left");
	assert_int_equal(heard_by(w, "Mia", "they left"), 1);
	texts(w, "Abe", "CLEAR 1");
	assert_int_equal(heard_by(w, "Mia", "ALL CLEAR #1"), 1);
	world_destroy(w);
}

static void an_alert_takes_no_announcement_for_later_with_it(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	(void)state;
	live_in("America/Los_Angeles");
	asks_for_code(w, "Ana", "SCHEDULE tomorrow 9:00 Meeting", code);
	texts(w, "Ana", code);
	asks_for_code(w, "Abe", "ALERT 1 vans at 5th", code);
	texts(w, "Abe", code);
	forget(w);
	time_goes_on(w, w->now_ms + 2 * MS_PER_DAY);
	assert_int_equal(heard_by(w, "Mia", "Meeting"), 1);
	world_destroy(w);
}

static void what_another_finds_unfounded_is_not_sent(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th");
	asks_for_code(w, "Ana", "ALERT 1 vans at 5th", code);
	texts(w, "Abe", "FALSE 1");
	hears(w, "Ana", "Alert #1 is withdrawn. Nobody was sent it.");
	forget(w);
	texts(w, "Ana", code);
	assert_int_equal(heard_by(w, "Mia", "vans"), 0);
	assert_int_equal(incidents_open(w), 0);
	world_destroy(w);
}

static void clear_reaches_those_who_were_sent_it_though_another_one_waits(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	(void)state;
	texts(w, "Eva", "REPORT vans at 5th");
	asks_for_code(w, "Ana", "ALERT 1 vans at 5th", code);
	texts(w, "Ana", code);
	time_goes_on(w, w->now_ms + 3 * MS_PER_H);
	asks_for_code(w, "Ana", "ALERT 1 vans at 6th", code);
	texts(w, "Ana", "CLEAR 1");
	assert_int_equal(heard_by(w, "Mia", "ALL CLEAR #1"), 1);
	texts(w, "Ana", code);
	assert_int_equal(heard_by(w, "Mia", "6th"), 0);
	world_destroy(w);
}

/* Nobody has a name there: the alert of one is not a better wording of the other's. */
static void two_at_faroctl_do_not_take_each_others_alert_away(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	const struct desk_alert_request requests[] = { { .text = "vans at 5th" },
		{ .text = "vans at 6th" }, { .text = "nobody says yes to this" } };
	struct desk_promise promises[3];
	char why[128];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(desk_alert_prepare(w->desk, &requests[i], w->now_ms, &promises[i],
					 why, sizeof(why)),
			0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(desk_alert_send(w->desk, promises[i].alert_id, w->now_ms), 0);
		settle(w);
		hears(w, "Mia", requests[i].text);
	}
	assert_int_equal(incidents_open(w), 3);
	/* one that is left alone leaves no incident behind */
	w->now_ms += MS_PER_H;
	ticks(w);
	assert_int_equal(incidents_open(w), 2);
	world_destroy(w);
}

/* ---- what is stale ---- */

static void an_update_that_has_not_left_does_not_come_behind_the_end(void **state)
{
	static const struct {
		const char *says, *hears;
	} rows[] = { { "CANCEL 1", "called off" }, { "CLEAR 1", "ALL CLEAR" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		char code[8];

		asks_for_code(w, "Ana", "ALERT vans at 5th", code);
		texts(w, "Ana", code);
		forget(w);
		w->deaf = true;
		texts(w, "Ana", "UPDATE 1 come to 7th");
		texts(w, "Ana", "UPDATE 1 come to 8th");
		texts(w, "Ana", rows[i].says);
		w->deaf = false;
		settle(w);
		assert_int_equal(heard_by(w, "Mia", "UPDATE"), 0);
		assert_int_equal(heard_by(w, "Mia", rows[i].hears), 1);
		world_destroy(w);
	}
}

/* ---- what may have left ---- */

/* Everything leaves but Mia's, which is handed over and not answered for. */
static void deliver_but_mias(struct world *w)
{
	struct store_claim claim;

	while (store_broadcast_expand(w->store, 100, w->now_ms) == 1)
		;
	while (store_claim_next(w->store, "sim1", BEGIN_ALL, w->now_ms, &claim) == 1) {
		bool mias = strcmp(claim.phone, phone_of("Mia")) == 0;
		int rc = mias ? store_segment_unknown(w->store, claim.segment_id, 0,
					w->now_ms + MS_PER_MIN, w->now_ms)
			      : store_segment_sent(w->store, claim.segment_id, ++w->reference & 255,
					w->now_ms);

		assert_int_equal(rc, 0);
	}
}

/* An alert; Mia's copy may have left so many times, and does not leave again. */
static struct world *mia_may_have_it(int times)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	asks_for_code(w, "Ana", "ALERT vans at 5th", code);
	w->deaf = true;
	texts(w, "Ana", code);
	for (int i = 0; i < times; i++) {
		deliver_but_mias(w);
		w->now_ms += MS_PER_MIN + MS_PER_S;
	}
	assert_true(store_due(w->store, 100, w->now_ms) >= 0);
	w->deaf = false;
	forget(w);
	return w;
}

static void whose_copy_may_have_left_hears_that_it_is_called_off(void **state)
{
	(void)state;
	for (int times = 1; times <= 2; times++) {
		struct world *w = mia_may_have_it(times);

		texts(w, "Ana", "CANCEL 1");
		assert_int_equal(heard_by(w, "Mia", "called off"), 1);
		assert_int_equal(heard_by(w, "Mia", "vans"), 0);
		world_destroy(w);
	}
}

static void whose_copy_may_have_left_can_answer_it(void **state)
{
	struct world *w = mia_may_have_it(2);

	(void)state;
	texts(w, "Mia", "yes");
	hears(w, "Mia", "You are counted for #1.");
	world_destroy(w);
}

/* ---- who leaves ---- */

static const struct {
	const char *who, *says;
} carla_goes[] = {
	{ "Carla", "STOP" },
	{ "Rosa", "REMOVE 5105550104" },
	{ "Rosa", "ROLE 5105550104 neighbor" },
};

static bool has_quorum(struct world *w)
{
	struct desk_state state;

	assert_int_equal(desk_get_state(w->desk, w->now_ms, &state), 0);
	return state.quorum;
}

static void nobody_counts_on_who_said_yes_and_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(carla_goes); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		char code[8];

		asks_for_code(w, "Ana", "ALERT NEED 2 vans at 5th", code);
		texts(w, "Ana", code);
		texts(w, "Carla", "yes 10");
		texts(w, "Dan", "si");
		assert_true(has_quorum(w));
		forget(w);
		texts(w, carla_goes[i].who, carla_goes[i].says);
		hears(w, "Ana", "#1: now 1 of 2");
		assert_false(has_quorum(w));
		/* also not when a yes comes behind it */
		texts(w, "Carla", "yes");
		assert_false(has_quorum(w));
		world_destroy(w);
	}
}

/* The second was a mistake: a yes is still about the first. */
static void a_yes_is_about_the_alert_that_runs(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	(void)state;
	asks_for_code(w, "Ana", "ALERT vans at 5th", code);
	texts(w, "Ana", code);
	w->now_ms += MS_PER_MIN;
	asks_for_code(w, "Abe", "ALERT vans at 6th", code);
	texts(w, "Abe", code);
	texts(w, "Abe", "CANCEL 2");
	forget(w);
	texts(w, "Mia", "yes 10");
	hears(w, "Mia", "Counted for #1, in 10 min.");
	texts(w, "Ana", "CLEAR 1");
	forget(w);
	texts(w, "Mia", "yes");
	hears(w, "Mia", "is over");
	world_destroy(w);
}

static const struct {
	const char *who, *says;
} flo_goes[] = {
	{ "Flo", "STOP" },
	{ "Rosa", "REMOVE 5105550112" },
	{ "Rosa", "ROLE 5105550112 responder" },
	{ "Rosa", "ROLE 5105550112 neighbor" },
};

/* Flo took the report of which two on duty were told, and has left. */
static void what_was_taken_by_who_left_is_told_again(void **state)
{
	static const struct desk_person_request flo = { "+15105550112", "Flo", "dispatcher", "",
		"" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flo_goes); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);
		char why[64];

		assert_int_equal(desk_person_add(w->desk, &flo, w->now_ms, why, sizeof(why)), 0);
		texts(w, "Flo", "DUTY ON 8");
		texts(w, "Abe", "DUTY ON 8");
		texts(w, "Eva", "REPORT vans at 5th");
		assert_int_equal(heard_by(w, "Ana", "#1 REPORT"), 0);
		texts(w, "Flo", "TAKE 1");
		forget(w);
		texts(w, flo_goes[i].who, flo_goes[i].says);
		assert_int_equal(heard_by(w, "Ana", "#1 REPORT: vans at 5th"), 1);
		/* and when nobody takes it the admins hear that */
		time_goes_on(w, w->now_ms + MS_PER_H);
		hears(w, "Ana", "#1");
		assert_int_equal(heard_by(w, "Rosa", "nadie lo tom"), 1);
		world_destroy(w);
	}
}

static void nobody_counts_on_who_is_blocked(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	(void)state;
	asks_for_code(w, "Ana", "ALERT NEED 1 vans at 5th", code);
	texts(w, "Ana", code);
	texts(w, "Carla", "yes");
	assert_true(has_quorum(w));
	texts(w, "Carla", "REPORT you are all fools");
	texts(w, "Rosa", "BLOCK 2");
	assert_false(has_quorum(w));
	world_destroy(w);
}

static void who_was_there_and_leaves_the_list_was_there(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	(void)state;
	asks_for_code(w, "Ana", "ALERT NEED 1 vans at 5th", code);
	texts(w, "Ana", code);
	texts(w, "Carla", "here");
	texts(w, "Carla", "STOP");
	assert_true(has_quorum(w));
	world_destroy(w);
}

static void who_was_to_look_and_left_is_not_waited_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(carla_goes); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);

		texts(w, "Eva", "REPORT vans at 5th north");
		texts(w, "Ana", "VERIFY 1");
		texts(w, "Carla", "GO 1");
		forget(w);
		texts(w, carla_goes[i].who, carla_goes[i].says);
		assert_int_equal(heard_by(w, "Ana", "#1: there is nobody else to ask."), 1);
		world_destroy(w);
	}
}

static void a_neighbor_is_on_no_list(void **state)
{
	static const struct desk_person_request again = { "+15105550106", "", "neighbor", "", "" };
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8], why[64];

	(void)state;
	texts(w, "Rosa", "ROLE 5105550106 neighbor");
	hears(w, "Mia", "you are off the list and get no alerts any more");
	assert_int_equal(desk_person_add(w->desk, &again, w->now_ms, why, sizeof(why)), 0);
	asks_for_code(w, "Ana", "ALERT vans at 5th", code);
	texts(w, "Ana", code);
	hears(w, "Ana", "#1 is going out to 6 people.");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

/* ---- calls ---- */

/* As texts: ten go before alerts, and so many that people can read them are told. */
static void calls_of_many_numbers_are_a_flood_as_texts_are(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "desk : { flood_answers = 20; };\n");
	int told = 0, hurried = 0, answered = 0;

	(void)state;
	for (int i = 0; i < 50; i++) {
		char phone[PHONE_SIZE];

		snprintf(phone, sizeof(phone), "+1212555%04d", 100 + i);
		assert_int_equal(desk_call(w->desk, phone, w->now_ms), 0);
	}
	settle(w);
	for (int i = 0; i < w->n_heard; i++) {
		bool ana = strcmp(w->heard[i].to, phone_of("Ana")) == 0;

		told += ana;
		hurried += ana && w->heard[i].class == CLASS_DISPATCH;
		answered += strncmp(w->heard[i].to, "+1212", 5) == 0;
	}
	assert_int_equal(told, 40);
	assert_int_equal(hurried, 10);
	assert_int_equal(answered, 20);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_no_answer_to_the_question_of_a_report),
		cmocka_unit_test(a_report_does_not_take_a_drafts_code_away),
		cmocka_unit_test(
			whose_draft_takes_two_is_confirmed_by_a_dispatcher_with_an_open_question),
		cmocka_unit_test(a_language_set_between_the_question_and_the_yes_is_spoken),
		cmocka_unit_test(two_alerts_wait_for_one_incident_and_one_goes_out),
		cmocka_unit_test(an_alert_takes_no_announcement_for_later_with_it),
		cmocka_unit_test(what_another_finds_unfounded_is_not_sent),
		cmocka_unit_test(clear_reaches_those_who_were_sent_it_though_another_one_waits),
		cmocka_unit_test(two_at_faroctl_do_not_take_each_others_alert_away),
		cmocka_unit_test(an_update_that_has_not_left_does_not_come_behind_the_end),
		cmocka_unit_test(whose_copy_may_have_left_hears_that_it_is_called_off),
		cmocka_unit_test(whose_copy_may_have_left_can_answer_it),
		cmocka_unit_test(nobody_counts_on_who_said_yes_and_left),
		cmocka_unit_test(a_yes_is_about_the_alert_that_runs),
		cmocka_unit_test(what_was_taken_by_who_left_is_told_again),
		cmocka_unit_test(nobody_counts_on_who_is_blocked),
		cmocka_unit_test(who_was_there_and_leaves_the_list_was_there),
		cmocka_unit_test(who_was_to_look_and_left_is_not_waited_for),
		cmocka_unit_test(a_neighbor_is_on_no_list),
		cmocka_unit_test(calls_of_many_numbers_are_a_flood_as_texts_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
